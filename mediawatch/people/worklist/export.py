"""Worklists out: what the machine could not prove, one yes/no question a row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from mediawatch.domain import Code, Sweep, UserError, Verdict
from mediawatch.domain.clock import beijing, day_of
from mediawatch.figures.regions import Regions
from mediawatch.names import same_person
from mediawatch.people.forms.book import FormCover
from mediawatch.people.forms.columns import text_of
from mediawatch.people.forms.rowkey import Window
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.worklist.guide import guide
from mediawatch.people.worklist.lines import to_line
from mediawatch.people.worklist.problem_sheet import problem_guide, problem_row
from mediawatch.people.worklist.problem_todo import (
    ProblemQuestion,
    ProblemRequest,
    problem_questions,
)
from mediawatch.people.worklist.sheet import write_book
from mediawatch.people.worklist.todo import (
    Unproven,
    for_a_second_person,
    glances,
    unproven,
)
from mediawatch.ports import Store
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.found_problems import is_open_by_people
from mediawatch.rules.hints import HintCall, call_of
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import Policy
from mediawatch.rules.sentences import moment

_NO_LEVEL = Regions()
NO_REQUEST = ProblemRequest()
Asked = Unproven | ProblemQuestion
"""What a row of a worklist asks about."""


class WorklistSplit(StrEnum):
    """How a worklist is divided into files."""

    REGION = "region"
    PREFECTURE = "prefecture"
    PERSON = "person"
    WHOLE = "whole"
    """Not at all: one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorklistFile:
    """One file of an export."""

    path: Path
    rows: int
    part: str = ""
    """The prefecture or person it is for."""
    problems: int = 0
    """How many of the rows stand on the sheet 人工检查."""


async def export(
    store: Store,
    target: FormTarget,
    judged: JudgedScope,
    *,
    by: WorklistSplit | None = None,
    people: Sequence[str] = (),
    indexes: Mapping[str, str] = MappingProxyType({}),
    with_glances: bool = False,
    regions: Regions = _NO_LEVEL,
    request: ProblemRequest = NO_REQUEST,
) -> list[WorklistFile]:
    """Write the worklist of a sweep, by its judged scope.

    `indexes`: surfaces that show what others have indexed, each with its name for inspectors.

    A split writes `NAME-PART.xlsx` beside it. UserError for bad requests. By person, rows are dealt
    out in equal runs (neighbours stay together) and 核查人 is filled in. `with_glances`: those that
    a 暂用标识 alone proves sound come last. `regions`: how the office divides its registry.
    `request`: the problems that are to be looked for (人工检查), on a sheet of their own.
    """
    sweep, path, policy = judged.sweep, target.path, judged.policy
    home = await store.operator.home_id()
    asked = [
        *await unproven(store, sweep, judged.entries, policy),
        *await for_a_second_person(store, sweep, judged.entries, policy),
    ]
    questions = await problem_questions(store, judged, request)
    # Of these nobody needs to look at the updates.
    settled = {
        entry.account.id
        for entry in judged.entries
        if entry.judgement and is_open_by_people(entry.judgement)
    }
    used = {each.account.id for each in questions if each.code is Code.UNUSABLE}
    settled |= {
        each.account.id
        for each in asked
        if each.verdict is Verdict.OUT_OF_SCOPE and each.account.id in used
    }
    asked = [item for item in asked if item.account.id not in settled]
    looked_at = await glances(store, sweep, judged.entries, policy) if with_glances else []
    items = [
        *await in_order_of_hints(store, asked, judged),
        *await in_order_of_hints(store, looked_at, judged),
    ]
    if path.suffix.lower() != ".xlsx":
        raise UserError(f"{path}: a worklist is an .xlsx file")
    files = divide([*items, *questions], path, by, people, regions)
    target.refuse_existing((file for file, _, _ in files), "give another name or --overwrite")
    title = f"政务新媒体待核查清单  {' '.join(moment(sweep))}"
    cover = FormCover(
        title=title,
        made_at=sweep.as_of,
        meta=_meta(sweep, policy),
        marks=target.marks,
        issuer=target.issuer,
        guide=guide(
            policy.updates.reposts,
            {_window_of(item, judged) for item in items},
            {item.account.platform for item in items},
        ),
    )
    for file, part, chosen in files:
        person = part if by is WorklistSplit.PERSON else ""
        lines = [
            to_line(item, sweep, _window_of(item, judged), home, person, indexes)
            for item in chosen
            if isinstance(item, Unproven)
        ]
        problems = [
            problem_row(item, sweep, policy, home, person)
            for item in chosen
            if isinstance(item, ProblemQuestion)
        ]
        paragraphs = (*(cover.guide if lines or not problems else ()), *problem_guide())
        write_book(
            file,
            lines,
            replace(
                cover,
                title=text_of(f"{title}  {part}"),
                guide=paragraphs if problems else cover.guide,
            ),
            problems=problems,
            overwrite=target.overwrite,
            write=target.write,
        )
    return [
        WorklistFile(
            path=file,
            rows=len(chosen),
            part=part,
            problems=sum(isinstance(item, ProblemQuestion) for item in chosen),
        )
        for file, part, chosen in files
    ]


async def in_order_of_hints(
    store: Store, items: Sequence[Unproven], judged: JudgedScope
) -> list[Unproven]:
    """The rows with what others say of them: those that they call silent first, active last.

    A row that is called active is likely to need a glance alone. Within each kind the order stays.
    """
    said = await store.hints.of_accounts(item.account.id for item in items)
    rows = [replace(item, hints=tuple(said.get(item.account.id, ()))) for item in items]

    def call(item: Unproven) -> HintCall:
        window = _window_of(item, judged)
        return call_of(item.hints, window.start, window.end)

    return sorted(rows, key=call)


def _window_of(item: Unproven, judged: JudgedScope) -> Window:
    """What a row asks about: the account's own window, by its filed values in the sweep."""
    return Window.asked_about(judged.sweep, account_policy(judged.policy, item.account.filed))


def _meta(sweep: Sweep, policy: Policy) -> Mapping[str, str]:
    start = sweep.period_from or policy.widest_window_start(day_of(sweep.as_of))
    return {
        "schema": "mediawatch.worklist/1",
        "sweep": str(sweep.id),
        "as_of": beijing(sweep.as_of).isoformat(),
        "window_start": start.isoformat(),
        "policy": text_of(sweep.policy),
    }


def divide(
    items: Sequence[Asked],
    path: Path,
    by: WorklistSplit | None,
    people: Sequence[str] = (),
    regions: Regions = _NO_LEVEL,
) -> list[tuple[Path, str, Sequence[Asked]]]:
    """(file, part, accounts) of each file. Without a split one file, even if it is empty."""
    if by in (None, WorklistSplit.WHOLE):
        return [(path, "", items)]
    parts: dict[str, list[Asked]] = {}
    if by is WorklistSplit.REGION:
        for item in items:
            parts.setdefault(regions.of(item.account.filed), []).append(item)
    elif by is WorklistSplit.PREFECTURE:
        for item in items:
            parts.setdefault(item.account.filed.prefecture or "未填地市", []).append(item)
    else:
        names = list(dict.fromkeys(filter(None, (text_of(name) for name in people))))
        if not names:
            raise UserError("--by person needs --people 甲,乙")
        for place, name in enumerate(names):
            parts[name] = list(
                items[len(items) * place // len(names) : len(items) * (place + 1) // len(names)]
            )
        _pass_on(parts)
    taken: set[str] = set()
    return [
        (path.with_name(part_name(path, part, taken)), part, chosen)
        for part, chosen in parts.items()
        if chosen
    ]


def _pass_on(parts: dict[str, list[Asked]]) -> None:
    """Hand a row that somebody has answered already to the next person.

    With one person alone it is left out.
    """
    names = list(parts)
    for place, name in enumerate(names):
        own = [item for item in parts[name] if item.not_by and same_person(item.not_by, name)]
        parts[name] = [item for item in parts[name] if item not in own]
        others = [
            other for other in (*names[place + 1 :], *names[:place]) if not same_person(other, name)
        ]
        if others:
            parts[others[0]] += own


def safe_part(part: str) -> str:
    """A part of a file's or a folder's name, safe on every system, of at most 40 characters."""
    shown = "".join(char for char in part if unicodedata.category(char)[0] != "C")
    return re.sub(r'[\s\\/:*?"<>|.]+', "_", shown).strip("_")[:40] or "其他"


def part_name(path: Path, part: str, taken: set[str]) -> str:
    """`FILE-PART.xlsx`, safe on every system.

    A prefecture's name is input and may hold `/` or `..`.
    """
    text = safe_part(part)
    name, count = text, 1
    while name.casefold() in taken:
        count += 1
        name = f"{text}_{count}"
    taken.add(name.casefold())
    return f"{path.stem}-{name}{path.suffix}"
