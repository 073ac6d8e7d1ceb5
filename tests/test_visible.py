"""What a reader cannot see is written out, and nothing else is changed."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mediawatch import visible
from mediawatch.table import Table, plain, to_text
from mediawatch.visible import make_visible

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("示例\u202e发布", "示例\\u202e发布"),
        ("\x1b[31m红", "\\u001b[31m红"),
        ("a\x9bb\x7f", "a\\u009bb\\u007f"),
        ("a\u2066\u200f\u061cb", "a\\u2066\\u200f\\u061cb"),
        ("官\U000e0041方", "官\\udb40\\udc41方"),
        ("a\u2028b\u200bc\ufeff", "a\\u2028b\\u200bc\\ufeff"),
        ("\udcff", "\\udcff"),
        ("a\tb\r\nc\rd", "a b\nc\\u000dd"),
        ("心\ufe0f", "心\\ufe0f"),
    ],
)
def test_hidden_characters_are_written_out(given: str, shown: str) -> None:
    assert make_visible(given) == shown


@pytest.mark.parametrize(
    "name", ["示例市第一测试局", "“两　江”·发布 É", "❤️", "👨‍👩‍👧", "🏳️‍🌈", "1️⃣", "𰻝\U00031350"]
)
def test_what_can_be_seen_stays(name: str) -> None:
    assert make_visible(name) == name


def test_no_hidden_character_passes_for_plain() -> None:
    """What passes is not searched."""
    every = map(chr, range(sys.maxunicode + 1))
    plain = "".join(each for each in every if visible._hides_nothing(each))
    assert len(plain) > 100_000
    assert visible._HIDDEN.findall(plain) == []


@given(st.text(st.characters()))
def test_no_hidden_character_is_left(text: str) -> None:
    shown = make_visible(text)
    assert all(char in "\n\u200d" or unicodedata.category(char) not in HIDDEN for char in shown)
    assert make_visible(shown) == shown
    shown.encode()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_json_stays_the_same_json(texts: list[str]) -> None:
    assert json.loads(make_visible(json.dumps(texts, ensure_ascii=False))) == texts


@given(st.lists(st.text(), min_size=1, max_size=4), st.sampled_from([None, 30, 200]))
def test_a_table_keeps_a_row_on_its_line(cells: list[str], width: int | None) -> None:
    heads = tuple(f"列{place}" for place in range(len(cells)))
    lines = to_text(Table("名单", heads, (tuple(cells),)), width=width).split("\n")
    assert all(plain(line) == line for line in lines)
    if width is None and sum(cell_len(plain(cell)) + 3 for cell in cells) < 200:
        assert len(lines) == 6  # title, gap, headings, rule, row, gap
