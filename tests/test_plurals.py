"""Numbers with their nouns."""

from __future__ import annotations

import pytest

from mediawatch.plurals import count_of


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 links"), (1, "1 link"), (2, "2 links"), (11, "11 links")]
)
def test_only_one_takes_the_singular(number: int, text: str) -> None:
    assert count_of(number, "link") == text
