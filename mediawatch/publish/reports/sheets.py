"""佐证材料: a printable page an account, those of many zipped by prefecture.

What goes out names no person of the office. The internal copy says who looked and who reviewed, and
has room for their signatures.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from mediawatch.domain import DateKind, Effect, EvidenceKind, LookKind, Reading, Sight
from mediawatch.domain.clock import beijing, minute
from mediawatch.figures.regions import NOT_FILED
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.publish.circular.text import numeral
from mediawatch.publish.defects import mark_of
from mediawatch.publish.inspection import OPEN_MARK, PRELIMINARY, AccountProblem, Inspection
from mediawatch.publish.reports.account_page import describe_newest
from mediawatch.publish.reports.pages import describe_moment, name_look, render
from mediawatch.publish.reports.thumbnails import draw_thumbnail
from mediawatch.table import join_filled
from mediawatch.visible import make_visible

INTERNAL = "内部留存"
_SHOWN = (1280, 1400)
"""Pixels. A printed page shows only the upper part of a whole page's picture."""
_KINDS = {
    EvidenceKind.SCREENSHOT: "截图", EvidenceKind.PAYLOAD: "响应原文", EvidenceKind.TEXT: "页面文字", EvidenceKind.PICTURE: "人工截图",
    EvidenceKind.MANIFEST: "取证清单",
}  # fmt: skip
_UNSAFE = re.compile(r'[\x00-\x1f\\/:*?"<>|=+@]+')
"""Characters that Windows forbids in a file name, or that a spreadsheet would read as a formula."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCopy:
    """Which copy it is: the one that goes out, or the internal one.

    `reviewers` are those who decided, by account.
    """

    internal: bool = False
    reviewers: Mapping[int, Sequence[str]]


OUTGOING = SheetCopy(reviewers={})


def sheet(
    inspection: Inspection,
    problem: AccountProblem,
    folder: EvidenceFolder,
    copy: SheetCopy = OUTGOING,
) -> bytes:
    """佐证材料 of one account, on one printable page.

    Filed beside seen, the rule in a sentence, the picture of what proves it, times and hashes.
    """
    return render(
        "sheet.html",
        name=problem.entry.account.filed.name,
        marks=_marks(inspection, problem, copy),
        facts=_facts(inspection),
        compared=_compared(problem),
        findings=[
            {
                "label": f"{finding.label}（{finding.cost}）" if finding.cost else finding.label,
                "review": finding.review.label,
                "sentence": finding.sentence
                + (f"{caution}。" if (caution := problem.caution_of(finding)) else ""),
            }
            for finding in problem.findings
        ],
        looks=_looks(inspection, problem, copy),
        pictures=[
            (
                draw_thumbnail(folder.read(item), _SHOWN),
                f"{minute(item.taken_at)} {item.url}",
            )
            for item in problem.shown_pictures
        ],
        defects=mark_of(problem.defects),
        files=[
            {
                "kind": _KINDS[item.kind],
                "at": f"{beijing(item.taken_at):%Y-%m-%d %H:%M:%S}",
                "sha256": item.sha256,
                "fault": fault.label if (fault := problem.faults.get(item.path)) else "",
            }
            for item in problem.evidence
        ],
        issuer=inspection.office.issuer,
        signed=_signed(problem, copy) if copy.internal else (),
    )


def _marks(inspection: Inspection, problem: AccountProblem, copy: SheetCopy) -> tuple[str, ...]:
    """The marks of the inspection that hold of this account, too.

    What a person confirmed is no 初步结果, whatever is open elsewhere.
    """
    undecided = any(
        finding.review.is_undecided
        for finding in problem.findings
        if finding.effect is not Effect.HINT
    )
    of_inspection = (OPEN_MARK, PRELIMINARY)
    held = tuple(mark for mark in inspection.marks if undecided or mark not in of_inspection)
    return (*((INTERNAL,) if copy.internal else ()), *held)


def _facts(inspection: Inspection) -> str:
    sweep = inspection.sweep
    return join_filled(
        (
            sweep.round,
            describe_moment(inspection),
            f"规则：{inspection.policy.title}",
        ),
        "　",
    )


def _compared(problem: AccountProblem) -> list[tuple[str, str, str]]:
    """(heading, as filed, as the platform showed it)."""
    filed, judged = problem.entry.account.filed, problem.entry.judgement
    named = next((reading for reading in reversed(problem.readings) if reading.name), None)
    newest = judged.latest_on if judged else None
    # Whoever looked for such a problem alone has not looked for updates, and may leave the name.
    by_people = all(each.code.found_by_people for each in problem.findings)
    unseen, unnamed = ("", "未填") if by_people else ("未见发布内容", "未见")
    exact = judged is not None and judged.date_kind is DateKind.EXACT
    sights = _newest_first(problem)
    seen = next((each for each in sights if each.platform_id or each.original_id), None)
    verified = next((sight.verified_as for sight in sights if sight.verified_as), "")
    return [
        ("备案单号", filed.filing_number, ""),
        ("账号名称", filed.name, named.name if named else unnamed),
        ("类型", filed.type, ""),
        ("所属组织", filed.organiser, verified),
        (
            "平台ID",
            filed.platform_id or filed.original_id,
            (seen.platform_id or seen.original_id) if seen else "",
        ),
        ("运行状态", filed.status.label, ""),
        ("最近更新", "", describe_newest(newest, exact) if newest else unseen),
    ]


def _looks(
    inspection: Inspection, problem: AccountProblem, copy: SheetCopy
) -> list[Mapping[str, str]]:
    """What each surface gave in each proving look; of people who looked only that they are others."""
    people = list(dict.fromkeys(each.by for each in problem.readings if each.problem))
    return [
        {
            "kind": name_look(reading),
            "at": minute(sight.read_at),
            "surface": (reading.by if copy.internal else "")
            or (f"第{numeral(people.index(reading.by) + 1)}检查人" if reading.problem else "")
            or inspection.surfaces.get(sight.surface, sight.surface),
            "seen": _problem_seen(reading, sight, problem) if reading.problem else _seen(sight),
        }
        for reading in problem.readings
        for sight in reading.sights
    ]


def _signed(problem: AccountProblem, copy: SheetCopy) -> tuple[tuple[str, str], ...]:
    """检查人 and 审核人, as far as they are known."""
    machine = any(reading.look is not LookKind.PERSON for reading in problem.readings)
    people = dict.fromkeys(reading.by for reading in problem.readings if reading.by)
    looked = (*(("系统监测",) if machine else ()), *people)
    reviewed = dict.fromkeys(copy.reviewers.get(problem.entry.account.id, ()))
    return ("检查人", "、".join(looked)), ("审核人", "、".join(reviewed))


def _newest_first(problem: AccountProblem) -> list[Sight]:
    return [sight for reading in reversed(problem.readings) for sight in reading.sights]


def _problem_seen(reading: Reading, sight: Sight, problem: AccountProblem) -> str:
    """What a person says who looked for one kind of problem: his word, not the account's updates."""
    assert reading.problem is not None
    labels = [each.label for each in problem.findings if each.code is reading.problem.code]
    said = f"{'、'.join(labels)}：{reading.problem.described}"
    return join_filled((said, f"显示名称“{sight.name}”" if sight.name else "", sight.url), "，")


def _seen(sight: Sight) -> str:
    parts = [sight.outcome.label, f"“{sight.name}”" if sight.name else ""]
    if sight.latest:
        parts.append(f"最近更新{describe_newest(sight.latest.on, sight.exact)}")
    if sight.control:
        parts.append(f"对照“{sight.control}”正常")
    return join_filled(parts, "，")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetBundle:
    """A zip of the 佐证材料 of one prefecture; `name` is that of its file."""

    name: str
    inspection: Inspection
    problems: Sequence[AccountProblem]
    copy: SheetCopy

    def write(self, folder: EvidenceFolder, stream: IO[bytes]) -> None:
        """Write the zip, one page after the other: `folder` as in `sheet`."""
        moment = beijing(self.inspection.sweep.as_of).timetuple()[:6]
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
            for problem in self.problems:
                # The inspection's time on each, so that the same state gives the same bytes.
                bundle.writestr(
                    zipfile.ZipInfo(file_name(problem, self.copy), moment),
                    sheet(self.inspection, problem, folder, self.copy),
                    zipfile.ZIP_DEFLATED,
                )


def bundles(
    inspection: Inspection, problems: Sequence[AccountProblem], copy: SheetCopy = OUTGOING
) -> list[SheetBundle]:
    """The zip of each prefecture, in the order of the list.

    Of each region or department where the office says its level.
    """
    regions = inspection.regions
    places: dict[str, list[AccountProblem]] = {}
    for problem in problems:
        filed = problem.entry.account.filed
        place = regions.of(filed) if regions.level else filed.prefecture or NOT_FILED
        places.setdefault(place, []).append(problem)
    return [
        SheetBundle(
            name=f"{_paper(copy)} {safe(place)}.zip",
            inspection=inspection,
            problems=members,
            copy=copy,
        )
        for place, members in places.items()
    ]


def file_name(problem: AccountProblem, copy: SheetCopy = OUTGOING) -> str:
    """Filing number and name, with the account's own number: two accounts may have one name."""
    account = problem.entry.account
    filed = account.filed
    return f"{_paper(copy)} {safe(filed.filing_number)} {safe(filed.name)} {account.id}.html"


def _paper(copy: SheetCopy) -> str:
    return f"佐证材料（{INTERNAL}）" if copy.internal else "佐证材料"


def safe(text: str) -> str:
    """A given text as part of a file name."""
    return _UNSAFE.sub("_", make_visible(text)).strip(" ._-")[:60] or "_"
