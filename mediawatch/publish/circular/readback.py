"""Every number of a circular's text is read back and held against the figures before it leaves.

It shares no code with what writes the text: it reads the finished lines, with what each number
counts, and takes what it should be from the proved statistics.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from mediawatch.publish.circular.printed import PrintedLine, Rule
from mediawatch.publish.circular.read_names import given_texts
from mediawatch.publish.circular.read_overview import overview_rules
from mediawatch.publish.circular.read_problems import named_faults, problem_rules
from mediawatch.publish.circular.text import AnnexEntry
from mediawatch.publish.inspection import Inspection

_OURS = "（二）政务新媒体"
"""Our half of a joint circular bears this number, also where we write that half alone."""
_LEVELS = (
    re.compile("(?P<place>[一二三四五六七八九十]+)、"),
    re.compile("（(?P<place>[一二三四五六七八九十]+)）"),
    re.compile(r"(\d+)\."),
)
"""How headings of the three levels begin."""
_DIGITS = "一二三四五六七八九"


def hold_against_figures(
    lines: Sequence[str],
    inspection: Inspection,
    annexes: Sequence[AnnexEntry] = (),
    checked_during: str = "",
) -> None:
    """AssertionError names each number of the text that is not that of the figures.

    `lines`: the text, a paragraph each, 附件说明 behind it; `checked_during` as it was given.
    """
    reader = FigureReader(inspection, annexes, checked_during)
    found = list(reader.faults(lines))
    if found:
        raise AssertionError(" ".join(found))


class FigureReader:
    """What the lines of one circular may say."""

    def __init__(
        self,
        inspection: Inspection,
        annexes: Sequence[AnnexEntry] = (),
        checked_during: str = "",
    ) -> None:
        self._inspection, self._annexes = inspection, annexes
        self._given = given_texts(inspection, checked_during)
        self._rules = [
            *overview_rules(inspection, annexes),
            *problem_rules(inspection),
            _HEADING,
        ]

    def faults(self, lines: Sequence[str]) -> Iterator[str]:
        """What is wrong in a text, 附件说明 at its end."""
        body = lines[: len(lines) - len(self._annexes)]
        yield from _annex_faults(lines[len(body) :], self._annexes)
        yield from heading_faults(body)
        for text in body:
            yield from self.line_faults(text)

    def line_faults(self, text: str) -> Iterator[str]:
        """What is wrong in a paragraph, but for the number of its heading."""
        issued = self._inspection.issued
        if text in self._inspection.office.requirements or (
            issued is not None and text == issued.notice.title
        ):
            return
        line = PrintedLine(text)
        line.put_aside(self._given)
        line.hold(self._rules)
        yield from line.faults()
        yield from named_faults(line.text, self._given, self._inspection)


_HEADING = Rule(re.compile(r"^\d+\."), lambda match, line: ())
"""Its number is held by `heading_faults`."""


def _annex_faults(lines: Iterable[str], annexes: Sequence[AnnexEntry]) -> Iterator[str]:
    for line, annex in zip(lines, annexes, strict=True):
        number, title = str(annex.number), annex.title
        if line != (f"{number}.{title}" if annex.number else title):
            yield f"{line!r} is not the line of 附件{number}."


def heading_faults(lines: Iterable[str]) -> Iterator[str]:
    """Headings that are not numbered one after the other."""
    counts = [0, 0, 0]
    for line in lines:
        if line == _OURS:
            counts[1:] = [2, 0]
            continue
        for level, pattern in enumerate(_LEVELS):
            if match := pattern.match(line):
                counts[level] += 1
                counts[level + 1 :] = [0] * (len(counts) - level - 1)
                number = int(match[1]) if match[1].isdigit() else _arabic(match[1])
                if number != counts[level]:
                    yield f"the heading {line[:12]!r} should be number {counts[level]}."
                break


def _arabic(words: str) -> int:
    tens, ten, ones = words.rpartition("十")
    value = 10 * (_DIGITS.index(tens) + 1 if tens else 1) if ten else 0
    return value + (_DIGITS.index(ones) + 1 if ones else 0)
