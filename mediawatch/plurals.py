"""Numbers with their nouns, for English messages."""

from __future__ import annotations


def count_of(number: int, noun: str) -> str:
    """`1 unit`, `2 units`: only nouns whose plural ends in a plain s."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
