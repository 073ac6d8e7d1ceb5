"""A line of text as it is printed, and which of its numbers something vouches for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from mediawatch.domain.clock import chinese_day
from mediawatch.figures.values import agrees

PERCENT = r"\d+(?:\.\d+)?%"
DAY = r"\d{4}年\d{1,2}月\d{1,2}日"
_NUMBER = re.compile(rf"{DAY}|\d+(?:\.\d+)?%?")

Expected = int | str | date | Fraction | None
"""What a number must be: a count, a word as it is printed, a day, the fraction of a percentage;
None where nothing is known that it could be."""
Check = tuple[str, Expected]
"""A printed number, and what it must be."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A wording with numbers, and what each of them must be.

    `checks` gets the match, and the line. What else stands in the match is vouched for by the
    pattern itself, so that a pattern passes over no number.
    """

    pattern: re.Pattern[str]
    checks: Callable[[re.Match[str], str], Iterable[Check]]


def expect(pattern: str, *expected: Expected) -> Rule:
    """A wording whose numbers, in their order, must be these; a missing one is passed over."""

    def checks(match: re.Match[str], line: str) -> Iterator[Check]:
        for printed, wanted in zip(match.groups(), expected, strict=True):
            if printed is not None:
                yield printed, wanted

    return Rule(re.compile(pattern), checks)


@dataclass(slots=True)
class PrintedLine:
    """One line. What people gave (names, titles, 文号) is put aside before its numbers are read."""

    text: str
    vouched: list[tuple[int, int]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def put_aside(self, given: Mapping[str, str]) -> None:
        """Put a sign in the place of each text that was given, in the order of `given`."""
        for text, sign in given.items():
            self.text = self.text.replace(text, sign)

    def hold(self, rules: Iterable[Rule]) -> None:
        """Note what is wrong by these rules."""
        for rule in rules:
            for match in rule.pattern.finditer(self.text):
                self.vouched.append(match.span())
                self.wrong += [
                    f"{self.text!r} says {printed}, the figures {show(expected)}."
                    for printed, expected in rule.checks(match, self.text)
                    if not is_right(printed, expected)
                ]

    def faults(self) -> Iterator[str]:
        """What is wrong, and which numbers no rule has read."""
        yield from self.wrong
        for match in _NUMBER.finditer(self.text):
            if not any(
                start <= match.start() and match.end() <= end for start, end in self.vouched
            ):
                yield f"{self.text!r} says {match[0]}, and no figure stands behind it."


def is_right(printed: str, expected: Expected) -> bool:
    match expected:
        case None:
            return False
        case Fraction():
            return printed.endswith("%") and agrees(printed, expected)
        case date():
            return printed == chinese_day(expected)
        case int():
            return printed == str(expected)
        case _:
            return printed == expected


def show(expected: Expected) -> str:
    match expected:
        case None:
            return "nothing"
        case date():
            return chinese_day(expected)
    return str(expected)
