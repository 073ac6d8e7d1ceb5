"""Text that is fitted to a terminal: lines end between words, and nothing is lost."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from mediawatch.table import Table, plain, to_text, wrap

LINE = "warn  calendar   working days of 2027 are not known: 下发核实的期限 count Monday to Friday there"


@pytest.mark.parametrize("width", [36, 50, 80])
def test_a_long_line_ends_between_words(width: int) -> None:
    lines = list(wrap(LINE, width, 17))
    assert max(map(cell_len, lines)) <= width
    assert " ".join(lines).split() == LINE.split()
    assert all(line.startswith(" " * 17) for line in lines[1:])


def test_a_line_that_fits_stays_as_it_is() -> None:
    assert list(wrap(LINE, 200, 17)) == [LINE]
    assert list(wrap("  keys: 号码 1\n\nrest", 80)) == ["  keys: 号码 1", "", "rest"]


@settings(max_examples=60, deadline=None)
@given(
    words=st.lists(st.text("ab公:;,-", min_size=1, max_size=30), min_size=1, max_size=12),
    width=st.integers(24, 80),
    indent=st.integers(0, 6),
)
def test_wrapping_loses_nothing(words: list[str], width: int, indent: int) -> None:
    lines = list(wrap(" ".join(words), width, indent))
    assert max(map(cell_len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(words)


def test_what_follows_below_a_row_stays_whole() -> None:
    """A heading and its cell are not parted where they fit into one line."""
    cells = ("weread", "office", "2026-11-30 21:06", "3 d 4 h", "never used", "王五，至 2027-06-18")
    heads = ("platform", "name", "since", "age of it", "last use", "使用审批")
    for width in range(24, 70):
        text = to_text(Table("t", heads, (cells,)), width=width)
        for head, cell in zip(heads, cells, strict=True):
            below = f"{head}:{cell}"
            if cell_len(below) <= width - 5 and head not in text.splitlines()[2]:
                assert any(below in line for line in text.splitlines())


@pytest.mark.parametrize("columns", [1, 6, 9, 14])
def test_too_wide_columns_fold_as_rich_folds_them(columns: int) -> None:
    chosen = random.Random(columns)
    heads, *rows = [
        tuple("".join(chosen.choices("ab公示 :；", k=chosen.randrange(90))) for _ in range(columns))
        for _ in range(6)
    ]
    rows[0] = ("示例" * 120, *rows[0][1:])
    rich = RichTable(box=SIMPLE_HEAD, pad_edge=False)
    for heading in heads:
        rich.add_column(Text(plain(heading)), overflow="fold")
    for row in rows:
        rich.add_row(*[Text(plain(cell)) for cell in row])
    stream = io.StringIO()
    Console(file=stream, width=220, color_system=None).print(rich)
    wanted = [line.rstrip() for line in stream.getvalue().splitlines()]
    assert to_text(Table("t", heads, tuple(rows))).split("\n")[1:] == wanted
