"""Numbers with their nouns and verbs, for English messages."""

from __future__ import annotations


def count_of(number: int, noun: str) -> str:
    """`1 unit`, `2 units`: only nouns whose plural ends in a plain s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def agree(number: int, one: str, many: str) -> str:
    """The form of a word that fits the number: `agree(n, "is", "are")`."""
    return one if number == 1 else many
