"""Settings of a backup that lead out of its home: a restore takes them only when told to.

A backup comes from another machine, perhaps by mail. Its settings could name a program to start as
the browser, a proxy that reads along, a database elsewhere, or places to which digests go.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from mediawatch.domain import UserError
from mediawatch.ops.settings.edits import find_setting, quote_value
from mediawatch.ops.settings.home import TEMPLATE

_SQLITE = re.compile(r"sqlite(?:\+pysqlite)?:///(.+)", re.DOTALL)
_SHIPPED_NAME = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class OutsideSetting:
    """A setting that leads out of the home: its key, and its value without anything secret."""

    key: str
    shown: str


@dataclass(frozen=True, slots=True)
class SafeSettings:
    """The text of mediawatch.toml for the restored home, and what was left out of it."""

    text: str
    left_out: tuple[OutsideSetting, ...]


def keep_inside(text: str, old: str, new: Path, held: frozenset[str]) -> SafeSettings:
    """The settings without those that lead out of the home, and without addresses in comments.

    A comment says what was left out, without anything secret. What names a file of the old home
    (`old`, "" where it is not known) that the backup holds names it in the new one. UserError where
    the text cannot be taken apart line by line.
    """
    text = _without_addresses(text)
    filed = _parsed(text)
    left_out: list[OutsideSetting] = []
    for section, key, value in _outward(filed):
        moved = _moved(section, value, old, new, held)
        text = _replaced(text, section, key, moved)
        if moved is None:
            left_out.append(OutsideSetting(f"{section}.{key}", _shown(key, value)))
    return SafeSettings(text, tuple(left_out))


def _without_addresses(text: str) -> str:
    """The text without comment lines that hold an address: an earlier value, with its password."""
    lines = text.splitlines(keepends=True)
    kept = "".join(
        _FORMER if _is_address(line) and line.strip() not in _SHIPPED else line for line in lines
    )
    # Such a line may stand within a longer text, as a template.
    return kept if _parsed(kept) == _parsed(text) else text


def _is_address(line: str) -> bool:
    return line.lstrip().startswith("#") and "://" in line


_FORMER = "# (a line with an address was left out when this home was restored)\n"
_SHIPPED = frozenset(map(str.strip, TEMPLATE.splitlines()))


def _parsed(text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UserError(f"mediawatch.toml of the backup is not valid TOML: {error}") from None


def _outward(filed: Mapping[str, object]) -> list[tuple[str, str, object]]:
    """The settings with a value that may lead outwards: (section, key, value)."""
    found = []
    for section, key in (
        ("database", "url"),
        ("evidence", "place"),
        ("evidence", "endpoint"),
        ("evidence", "access_key"),
        ("evidence", "secret_key"),
        ("browser", "executable"),
        ("browser", "proxy"),
        ("sweep", "policy"),
        ("notify", "urls"),
    ):
        table = filed.get(section)
        value = table.get(key) if isinstance(table, Mapping) else None
        named = (section, key) == ("sweep", "policy") and _SHIPPED_NAME.fullmatch(str(value))
        if value and not named:
            found.append((section, key, value))
    return found


def _moved(section: str, value: object, old: str, new: Path, held: frozenset[str]) -> str | None:
    """The value as it is in the new home; None where it leads out of it."""
    if section == "database" and (file := _SQLITE.fullmatch(str(value))):
        inside = _within(unquote(file[1]), old)
        name = inside if inside and inside.endswith((".db", ".sqlite")) else None
        return f"sqlite:///{new / name}" if name and "/" not in name else None
    if section == "sweep":
        text = str(value)
        inside = text if text in held else _within(text, old)
        return str(new / inside) if inside in held else None
    return None


def _within(path: str, old: str) -> str | None:
    """The path below the old home; None where it lies elsewhere."""
    if not old or ".." in Path(path).parts:
        return None
    try:
        return Path(path).relative_to(old).as_posix()
    except ValueError:
        return None


def _replaced(text: str, section: str, key: str, value: str | None) -> str:
    """The text without one setting, and with its new value where there is one."""
    lines = text.splitlines(keepends=True)
    span = find_setting(lines, section, key)
    if span is None:
        raise UserError(_TANGLED.format(section, key))
    first, after = span
    former = _parsed("".join(lines[first:after]))[key]
    new = [f"# {key} was {_shown(key, former)}: left out when this home was restored\n"]
    if value is not None:
        new = [f"{key} = {_quoted(value)}\n"]
    changed = "".join([*lines[:first], *new, *lines[after:]])
    expected = {name: dict(t) if isinstance(t, Mapping) else t for name, t in _parsed(text).items()}
    table = expected[section]
    assert isinstance(table, dict)
    if value is None:
        del table[key]
    else:
        table[key] = value
    if _parsed(changed) != expected:
        raise UserError(_TANGLED.format(section, key))
    return changed


_TANGLED = (
    "mediawatch.toml of the backup sets {}.{} in a way that cannot be left out: give "
    "--outside-paths if you know where the backup comes from"
)


def _quoted(value: str) -> str:
    if not value.isprintable():
        raise UserError(f"the new home's path {value!r} cannot stand in its settings")
    return quote_value(value)


def _shown(key: str, value: object) -> str:
    """A path as it is; of an address its kind and host only, for the rest may be a secret."""
    if isinstance(value, list):
        return ", ".join(_shown(key, each) for each in value)
    text = str(value)
    if key.endswith("_key"):
        return "a key"
    if key in ("executable", "policy", "place"):
        return repr(text[:200])
    try:
        parts = urlsplit(text)
    except ValueError:
        return "an address"
    if not re.match(r"https?|postgres|sqlite", parts.scheme):
        # Of robots' addresses even the host is a key.
        return f"{parts.scheme[:20]}://…" if "://" in text else "an address"
    return repr(f"{parts.scheme}://{parts.hostname or parts.path}"[:200])
