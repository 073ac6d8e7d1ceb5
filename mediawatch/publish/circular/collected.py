"""The circular of an upper office: what lower ones reported (自查), and its own sample (本级抽查).

Two inspections make one text, and no number of one stands in a paragraph of the other. By name the
text tells only what the upper office found itself; what was reported stands in an annex that says
by whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from mediawatch.ops.settings.office import AnnexKey, Office, Part
from mediawatch.publish.circular.annex_numbers import annex_title, annexes_with_content
from mediawatch.publish.circular.compose import HEADINGS, no_failure, number_paragraphs
from mediawatch.publish.circular.frame import is_monitored_and_reviewed, title
from mediawatch.publish.circular.overview import overview
from mediawatch.publish.circular.previous import previous
from mediawatch.publish.circular.problems import problems
from mediawatch.publish.circular.readback import FigureReader, heading_faults
from mediawatch.publish.circular.requirements import requirements
from mediawatch.publish.circular.text import (
    AnnexEntry,
    CircularParagraph,
    CircularSection,
    CircularText,
    References,
    numeral,
)
from mediawatch.publish.inspection import Inspection
from mediawatch.sweep.scope import WHOLE

_HEADINGS: dict[Part, tuple[str, str]] = {
    "总体情况": ("各地区、各部门自查情况", "本级抽查情况"),
    "主要问题": ("各地区、各部门自查发现的问题", "本级抽查发现的问题"),
}
"""Of the parts that both halves have: of what was reported, and of our own."""
_REPORTED_TITLES: dict[AnnexKey, str] = {
    "table": "{reach}政务新媒体自查情况统计表（{basis}）",
    "list": "自查发现存在突出问题的政务新媒体名单（{basis}）",
    "listed": "自查其他需关注情形的政务新媒体名单（{basis}）",
}
_OWN_TITLES: dict[AnnexKey, str] = {
    "table": "政务新媒体本级抽查情况统计表",
    "list": "本级抽查发现存在突出问题的政务新媒体名单",
    "listed": "本级抽查其他需关注情形的政务新媒体名单",
}


@dataclass(frozen=True, slots=True)
class CircularHalf:
    """One of the two inspections, with the annexes that are its."""

    inspection: Inspection
    annexes: tuple[AnnexEntry, ...]

    @property
    def references(self) -> References:
        return {each.key: each.name for each in self.annexes}


@dataclass(frozen=True, slots=True)
class CollectedCircular:
    """The text, and by its annexes, in their order, of which inspection each is."""

    text: CircularText
    reported: Inspection
    sources: tuple[Inspection, ...]


_Write = Callable[[Inspection, References], tuple[CircularParagraph, ...]]


def compose_collected(
    reported: Inspection,
    own: Inspection | None,
    *,
    checked_during: str = "",
    signed_on: date | None = None,
) -> CollectedCircular:
    """The whole circular; `own` is None where the upper office looked at nothing itself.

    AssertionError names the numbers of the text that do not agree with the figures of the half in
    which they stand.
    """
    office = reported.office
    halves = _halves(reported, own)
    sections: list[CircularSection] = []
    lines: list[tuple[Inspection, str]] = []
    for part in office.order:
        written = list(_section(part, halves))
        if not written:
            continue
        heading = f"{numeral(len(sections) + 1)}、{HEADINGS[part]}"
        sections.append(CircularSection(part, heading, tuple(text for _, text in written)))
        lines += [(reported, heading), *((half, text.whole) for half, text in written)]
    annexes = tuple(entry for half in halves for entry in half.annexes)
    found = CircularText(
        title=title(reported),
        number=office.number,
        addressees=office.addressees,
        occasion=_occasion(reported, own, checked_during),
        sections=tuple(sections),
        annexes=annexes,
        issuer=office.issuer,
        signed_on=signed_on,
        copies=office.copies,
        publicity=office.publicity,
    )
    lines += [(reported, found.title), (reported, found.occasion)]
    _hold_against_figures(lines, halves, checked_during)
    return CollectedCircular(
        found, reported, tuple(half.inspection for half in halves for _ in half.annexes)
    )


def _halves(reported: Inspection, own: Inspection | None) -> list[CircularHalf]:
    """Each with its annexes, numbered one after the other; 附件 alone bears no number."""
    kinds = [(reported, key) for key in _annexes(reported)]
    kinds += [(own, key) for key in _annexes(own)] if own else []
    halves: list[CircularHalf] = []
    for inspection in (reported, own):
        if inspection is None:
            continue
        entries = tuple(
            AnnexEntry(key, number if len(kinds) > 1 else 0, _title(inspection, key))
            for number, (whose, key) in enumerate(kinds, 1)
            if whose is inspection
        )
        halves.append(CircularHalf(inspection, entries))
    return halves


def _annexes(inspection: Inspection) -> list[AnnexKey]:
    """An empty list is none: the text says that nobody failed, and points to no list."""
    named = any(not each.unnamed for each in inspection.failed)
    return [key for key in annexes_with_content(inspection) if named or key != "list"]


def _title(inspection: Inspection, key: AnnexKey) -> str:
    office: Office = inspection.office
    titles = _REPORTED_TITLES if inspection.reporting else _OWN_TITLES
    basis = inspection.reporting.basis if inspection.reporting else ""
    named = _how_looked_at(inspection, titles.get(key, ""))
    return named.format(reach=office.reach, basis=basis) if named else annex_title(office, key)


def _how_looked_at(inspection: Inspection, words: str) -> str:
    """An own inspection of all accounts is no 抽查."""
    whole = inspection.reporting is None and inspection.sweep.scope == WHOLE
    return words.replace("抽查", "检查") if whole else words


def _section(
    part: Part, halves: list[CircularHalf]
) -> Iterator[tuple[Inspection, CircularParagraph]]:
    """The paragraphs of a part, each with the inspection whose numbers it may hold."""
    match part:
        case "总体情况":
            yield from _both(overview, halves, part)
        case "主要问题":
            yield from _both(_problems, halves, part, numbered=True)
        case "上期整改":
            for half in halves[1:]:
                for each in previous(half.inspection, half.references):
                    yield half.inspection, each
        case "工作要求":
            told = next((half for half in reversed(halves) if half.inspection.failed), halves[0])
            for each in requirements(told.inspection):
                yield told.inspection, each


def _problems(inspection: Inspection, references: References) -> tuple[CircularParagraph, ...]:
    found = problems(inspection, references)
    if inspection.failed:
        return found
    return (_none_failed(inspection), *found)


def _none_failed(inspection: Inspection) -> CircularParagraph:
    if reporting := inspection.reporting:
        whose = "已报送的地区、部门" if reporting.missing else "各地区、各部门"
        told = "报送为不合格的政务新媒体均待核对，不计入不合格数" if reporting.told_failing else ""
        said = CircularParagraph(f"{whose}{told or '未报送不合格的政务新媒体'}。")
    else:
        said = no_failure(inspection)
    if not (waiting := inspection.statistics.whole.open):
        return said
    # That nothing failed is said of the settled ones alone; suspects wait among the others.
    measure = inspection.office.measure
    suspects = "（含尚未认定的疑似问题）" if inspection.undecided else ""
    return replace(said, text=f"{said.text}另有{waiting}{measure}尚待人工核查{suspects}。")


def _both(
    write: _Write, halves: list[CircularHalf], part: Part, *, numbered: bool = False
) -> Iterator[tuple[Inspection, CircularParagraph]]:
    """Both halves under their headings; one alone stands without. `numbered`: its kinds are."""
    for place, half in enumerate(halves, 1):
        paragraphs = write(half.inspection, half.references)
        if len(halves) > 1:
            yield (
                half.inspection,
                CircularParagraph(
                    "",
                    f"（{numeral(place)}）"
                    + _how_looked_at(half.inspection, _HEADINGS[part][place - 1]),
                ),
            )
        headed = [each for each in paragraphs if each.heading]
        bare = [each for each in paragraphs if not each.heading]
        form = "{}." if len(halves) > 1 else "（{}）"
        counted = (
            number_paragraphs(headed, form, plain=len(halves) > 1) if numbered else tuple(headed)
        )
        for each in (*bare, *counted):
            yield half.inspection, each


def _occasion(reported: Inspection, own: Inspection | None, checked_during: str) -> str:
    office = reported.office
    who = office.issuer or "我单位"
    basis = "、".join(office.basis or reported.policy.documents)
    during = f"于{checked_during}" if checked_during else ""
    how = "采取系统监测加人工审核的方式" if own and is_monitored_and_reviewed(own) else ""
    sample = _how_looked_at(own, f"，并{how}进行了抽查") if own else ""
    return (
        f"{f'根据{basis}要求，' if basis else ''}{who}{during}"
        f"组织各地区、各部门开展了政务新媒体自查{sample}，现将有关情况通报如下。"
    )


def _hold_against_figures(
    lines: list[tuple[Inspection, str]], halves: list[CircularHalf], checked_during: str
) -> None:
    """AssertionError names each number that is not that of its own half's figures."""
    faults = list(heading_faults(text for _, text in lines))
    for half in halves:
        reader = FigureReader(half.inspection, half.annexes, checked_during)
        faults += [
            fault
            for inspection, text in lines
            if inspection is half.inspection
            for fault in reader.line_faults(text)
        ]
    if faults:
        raise AssertionError(" ".join(faults))
