"""Numbers with their nouns."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediawatch.plurals import count_of

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 links"), (1, "1 link"), (2, "2 links"), (11, "11 links")]
)
def test_only_one_takes_the_singular(number: int, text: str) -> None:
    assert count_of(number, "link") == text


NEVER_ONE = {
    # A constant, a rate, a floor of two, an assertion, or a stored text.
    "mediawatch.app.backup": "files",
    "mediawatch.app.receiving": "files",
    "mediawatch.app.restore": "bytes",
    "mediawatch.app.tar_file": "bytes files",
    "mediawatch.inputs": "bytes",
    "mediawatch.ops.alerts": "seconds",
    "mediawatch.ops.retention": "files",
    "mediawatch.ops.settings.holidays": "days",
    "mediawatch.registry.find": "accounts",
    "mediawatch.sweep.scope": "accounts",
    "mediawatch.cli.worklist": "accounts",
    "mediawatch.cli.progress": "accounts",
    "mediawatch.figures.comparison": "accounts",
    "mediawatch.figures.sums": "accounts",
    "mediawatch.registry.problems": "rows",
    "mediawatch.sweep.forecast": "hours",
    "mediawatch.workbooks.frames": "bytes",
    "scrapers.weibo.replies": "posts",
    "scrapers.searches": "accounts",
    "scrapers.wechat.statistics": "days",
}
COUNTED = (
    "account bytes contact cookie day file finding hour inspection item link look login minute "
    "night notice person picture post reading row second sheet sight source sweep unit year"
)
PLURAL = re.compile(
    rf" ?({'|'.join(word.removesuffix('s') for word in COUNTED.split())})s\b(?! ?\()"
)


def bare_plurals(tree: ast.AST) -> Iterator[str]:
    """Plurals that follow a bare number, in texts that are put together."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for value, after in zip(node.values, node.values[1:], strict=False):
                if (
                    isinstance(value, ast.FormattedValue)
                    and is_number(value.value)
                    and isinstance(after, ast.Constant)
                    and (found := PLURAL.match(str(after.value)))
                    and after.value.startswith(" ")
                ):
                    yield f"{found[1]}s"


def is_number(node: ast.expr) -> bool:
    """Lengths, and names: a call of something else gives a text."""
    return not isinstance(node, ast.Call) or getattr(node.func, "id", "") in ("len", "sum", "round")


@pytest.mark.parametrize("package", ["mediawatch", "scrapers", "db"])
def test_numbers_agree_with_their_nouns(package: str) -> None:
    found = {}
    for path in (ROOT / package).rglob("*.py"):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        words = set(bare_plurals(ast.parse(path.read_text("utf-8"))))
        if words - set(NEVER_ONE.get(module, "").split()):
            found[module] = words
    assert found == {}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('f"{n} rows"', ["rows"]),
        ('f"{len(x)} minutes left"', ["minutes"]),
        ('f"{count_of(n, x)} minutes"', []),
        ('f"{n} MB"', []),
    ],
)
def test_a_bare_plural_is_seen(line: str, words: list[str]) -> None:
    assert list(bare_plurals(ast.parse(line))) == words
