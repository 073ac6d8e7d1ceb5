"""The circular, put together and read back: the whole one, our part of a joint one, the page's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mediawatch.ops.settings.office import Part
from mediawatch.publish.circular.annex_numbers import annex_entries
from mediawatch.publish.circular.frame import number, occasion, title
from mediawatch.publish.circular.noteworthy import DEDUCTIONS, OTHERS
from mediawatch.publish.circular.overview import overview
from mediawatch.publish.circular.previous import previous
from mediawatch.publish.circular.problems import problems
from mediawatch.publish.circular.readback import hold_against_figures
from mediawatch.publish.circular.requirements import requirements
from mediawatch.publish.circular.text import (
    ACCOUNTS,
    SITES,
    CircularParagraph,
    CircularSection,
    CircularText,
    References,
    numeral,
)
from mediawatch.publish.inspection import Inspection

HEADINGS: dict[Part, str] = {
    "总体情况": "总体情况",
    "主要问题": "存在的主要问题",
    "上期整改": "上期通报整改情况",
    "工作要求": "工作要求",
}
_SHARED: tuple[Part, ...] = ("总体情况", "主要问题")
"""The parts of which a joint circular has one half on 政府网站."""
_OURS = CircularParagraph("", f"（二）{ACCOUNTS}")
"""The heading of our half, also where we write that half alone."""


def compose(
    inspection: Inspection,
    *,
    part: bool = False,
    checked_during: str = "",
    signed_on: date | None = None,
) -> CircularText:
    """The circular of an inspection; with `part` our paragraphs and annexes of a joint one.

    UserError where an annex lacks its number. AssertionError names the numbers of the text that
    do not agree with the figures: nothing may leave then.
    """
    office = inspection.office
    annexes = annex_entries(inspection)
    sections = _sections(inspection, {each.key: each.name for each in annexes}, part=part)
    found = CircularText(sections=sections, annexes=annexes)
    if not part:
        notice = inspection.issued.notice if inspection.issued else None
        found = replace(
            found,
            title=title(inspection),
            number=number(inspection),
            # Notices issued before they kept 主送 have none.
            addressees=(notice.addressees if notice else "") or office.addressees,
            occasion=occasion(inspection, checked_during),
            issuer=office.issuer,
            # A draft has no number, and its day is open.
            signed_on=signed_on or (notice.issued_on if notice and notice.number else None),
            copies=notice.copies if notice else office.copies,
            publicity=notice.publicity if notice else office.publicity,
        )
    hold_against_figures(found.lines, inspection, annexes, checked_during)
    return found


def overview_texts(inspection: Inspection) -> list[str]:
    """总体情况 for a page that has the table itself. AssertionError as in `compose`."""
    texts = [
        paragraph.whole for paragraph in (*overview(inspection, {}), *previous(inspection, {}))
    ]
    hold_against_figures(texts, inspection)
    return texts


def _sections(
    inspection: Inspection, references: References, *, part: bool
) -> tuple[CircularSection, ...]:
    written: dict[Part, tuple[CircularParagraph, ...]] = {
        "总体情况": overview(inspection, references),
        "主要问题": problems(inspection, references),
        "上期整改": previous(inspection, references),
        "工作要求": requirements(inspection),
    }
    left_open = inspection.office.others == "留空" and not part
    found: list[CircularSection] = []
    for each in inspection.office.order:
        paragraphs = written[each]
        if each in _SHARED and (part or left_open):
            paragraphs = _half(paragraphs, left_open=left_open, numbered=each == "主要问题")
            if part and each == "主要问题" and not inspection.failed:
                paragraphs = (_OURS, no_failure(inspection), *paragraphs[1:])
        elif each == "主要问题" and inspection.failed:
            paragraphs = number_paragraphs(paragraphs, "（{}）")
        if paragraphs:
            heading = HEADINGS[each]
            if each == "主要问题" and paragraphs[0].heading in _NO_FAILURES:
                heading, paragraphs = _without_failures(paragraphs)
            numbered = f"{numeral(len(found) + 1)}、{heading}"
            found.append(CircularSection(each, numbered, paragraphs))
    return tuple(found)


_NO_FAILURES = (f"{DEDUCTIONS}。", f"{OTHERS}。")


def _without_failures(
    paragraphs: tuple[CircularParagraph, ...],
) -> tuple[str, tuple[CircularParagraph, ...]]:
    """The heading and the paragraphs where nothing fails: what fails nobody is no main problem."""
    if len(paragraphs) > 1:
        return f"{DEDUCTIONS}和{OTHERS}", number_paragraphs(paragraphs, "（{}）")
    (alone,) = paragraphs
    return alone.heading.rstrip("。"), (replace(alone, heading=""),)


def _half(
    ours: tuple[CircularParagraph, ...], *, left_open: bool, numbered: bool
) -> tuple[CircularParagraph, ...]:
    """Our half of a section of a joint circular; the heading of the other one where it is left
    open."""
    before = (CircularParagraph("", f"（一）{SITES}"),) if left_open else ()
    if not ours:
        return before
    return (
        *before,
        _OURS,
        *(number_paragraphs(ours, "{}.", plain=True) if numbered else ours),
    )


def no_failure(inspection: Inspection) -> CircularParagraph:
    """What a joint circular, whose other half may name problems, says where we found none."""
    if not inspection.statistics.whole.checked:
        return CircularParagraph("政务新媒体检查尚无结论。")
    if inspection.preliminary:
        return CircularParagraph("已核查的政务新媒体中未发现不合格的。")
    return CircularParagraph("本次检查未发现不合格的政务新媒体。")


def number_paragraphs(
    paragraphs: Sequence[CircularParagraph], form: str, *, plain: bool = False
) -> tuple[CircularParagraph, ...]:
    return tuple(
        replace(each, heading=form.format(place if plain else numeral(place)) + each.heading)
        for place, each in enumerate(paragraphs, 1)
    )
