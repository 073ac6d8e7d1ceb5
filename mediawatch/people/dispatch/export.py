"""Suspects out: one file a prefecture, 主管单位 or unit.

The first two forward their files, so only a unit's own file holds contacts: its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from mediawatch.domain import (
    DECIDED,
    Account,
    Contact,
    Effect,
    EvidenceFault,
    ReviewAction,
    ReviewEvent,
    Sweep,
)
from mediawatch.domain.clock import beijing, minute
from mediawatch.figures.regions import Regions
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.people.dispatch.row_pictures import best_picture, caption_of, fault_words
from mediawatch.people.dispatch.sheet import (
    FORM,
    GUIDE,
    SEALED,
    DispatchColumn,
    texts_of,
    version_of,
)
from mediawatch.people.forms.account import account_cells
from mediawatch.people.forms.book import (
    FormCover,
    FormRow,
    without_contacts,
    write_form,
)
from mediawatch.people.forms.columns import Cell, given_text
from mediawatch.people.forms.rowkey import RowKey, Window, sealed_key
from mediawatch.people.forms.splits import DispatchSplit
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.review import ReviewDecision, leads_on
from mediawatch.people.suspects import Suspect
from mediawatch.people.worklist.export import part_name
from mediawatch.ports import Store
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.hearing import by_weekdays, term_of
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.proving_sights import proving_pictures
from mediawatch.rules.sentences import moment
from mediawatch.workbooks.images import EMBEDDED


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchFile:
    """One file of a dispatch."""

    path: Path
    part: str
    accounts: int
    new: int
    """Findings in it that were not dispatched before, or have changed since."""
    term: date
    """The last day on which its newest findings may be answered."""
    years_by_weekdays: tuple[int, ...] = ()
    """Years in the term whose working days are not known: Monday to Friday were counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchOrder:
    """Who sends suspects down, when, in which files, and with what beside them."""

    by: DispatchSplit
    person: str
    at: datetime
    after: int
    """The newest review event that is known: see `ReviewStore.add`."""
    evidence: EvidenceFolder
    labels: Mapping[str, str] = field(default_factory=dict)
    """What inspectors call the surfaces."""
    regions: Regions = field(default_factory=Regions)
    """How the office divides its registry."""


async def dispatch(
    store: Store,
    target: FormTarget,
    suspects: Sequence[Suspect],
    judged: JudgedScope,
    order: DispatchOrder,
) -> list[DispatchFile]:
    """Write the files into the target's folder, then note what went out for the first time.

    Run again, it writes the same and notes nothing. `suspects` are those of the judged scope; those
    that are decided, and mere hints, stay.
    """
    parts = _by_part(suspects, order)
    written, events = _plan(parts, target.path, order)
    target.refuse_existing((file.path for file in written), "name another folder, or --overwrite")
    contacts = await store.accounts.contacts()
    rows = _Rows(
        judged=judged,
        home=await store.operator.home_id(),
        evidence=order.evidence,
        faults=await _faults(parts, order.evidence),
        labels=order.labels,
        now=order.at,
    )
    for file, accounts in zip(written, parts.values(), strict=True):
        known = order.by.contacts_in(file.part, contacts)
        lines = [_line(found, known.get(number), rows) for number, found in accounts.items()]
        cover = _cover(judged.sweep, file, target)
        form = FORM if known else without_contacts(FORM)
        write_form(file.path, form, lines, cover, overwrite=target.overwrite, write=target.write)
    concerned = judged.rejudged.of(event.account_id for event in events)
    await store.reviews.add(judged.sweep.id, events, after=order.after, rejudged=concerned)
    return written


async def _faults(
    parts: Mapping[str, Mapping[int, Sequence[Suspect]]], evidence: EvidenceFolder
) -> Mapping[str, EvidenceFault]:
    """What is wrong with the files of what is sent, by path; told on standard error."""
    items = [
        item
        for accounts in parts.values()
        for found in accounts.values()
        for each in found
        for reading in each.readings
        for item in reading.evidence
    ]
    faults = await asyncio.to_thread(evidence.faults_in, items)
    if faults:
        # Imported here: with it come rich and pygments.
        from mediawatch.log import get_logger

        for path, fault in faults.items():
            get_logger(__name__).error(
                f"evidence/{path} is {fault.value}: its row is marked; put the file back from a "
                "backup, and send the row once more with --overwrite"
            )
    return faults


def _by_part(
    suspects: Sequence[Suspect], order: DispatchOrder
) -> dict[str, dict[int, list[Suspect]]]:
    """What is sent, by part and account."""
    parts: dict[str, dict[int, list[Suspect]]] = {}
    for each in suspects:
        if each.standing.state not in DECIDED and each.finding.effect is not Effect.HINT:
            part = parts.setdefault(order.by.of(each.account.filed, order.regions), {})
            part.setdefault(each.account.id, []).append(each)
    return parts


def _plan(
    parts: Mapping[str, Mapping[int, Sequence[Suspect]]], folder: Path, order: DispatchOrder
) -> tuple[list[DispatchFile], list[ReviewEvent]]:
    """The files, and the events of what goes out for the first time.

    Decided before anything is written: a refused event must leave no file behind.
    """
    written, events, taken = [], [], set[str]()
    for part, accounts in parts.items():
        path = folder / part_name(folder / "核实.xlsx", part, taken)
        everything = [each for found in accounts.values() for each in found]
        new = [each for each in everything if leads_on(each, ReviewAction.DISPATCHED)]
        made = ReviewDecision(ReviewAction.DISPATCHED, order.person, source=path.name)
        events += [made.of(each, order.at) for each in new]
        term = max(_term(each, order.at) for each in everything)
        written.append(
            DispatchFile(
                path=path,
                part=part,
                accounts=len(accounts),
                new=len(new),
                term=term,
                years_by_weekdays=by_weekdays(order.at, term) if new else (),
            )
        )
    return written, events


def _term(suspect: Suspect, now: datetime) -> date:
    """The last day of its hearing, also of a hearing that begins now."""
    begins = leads_on(suspect, ReviewAction.DISPATCHED)
    return (
        term_of(now, suspect.rule)
        if begins or suspect.hearing.term is None
        else suspect.hearing.term
    )


def _cover(sweep: Sweep, file: DispatchFile, target: FormTarget) -> FormCover:
    title = (
        f"政务新媒体疑似问题核实表  {' '.join(moment(sweep))}  反馈期限 {file.term}  "
        f"{given_text(file.part)}"
    )
    meta = {
        "schema": "mediawatch.dispatch/1",
        "sweep": str(sweep.id),
        "as_of": beijing(sweep.as_of).isoformat(),
    }
    return FormCover(
        title=title,
        made_at=sweep.as_of,
        meta=meta,
        guide=GUIDE,
        marks=target.marks,
        issuer=target.issuer,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What all rows of a dispatch share."""

    judged: JudgedScope
    home: str
    evidence: EvidenceFolder
    faults: Mapping[str, EvidenceFault]
    labels: Mapping[str, str]
    now: datetime


def _line(
    found: Sequence[Suspect], contact: Contact | None, rows: _Rows
) -> FormRow[DispatchColumn]:
    """One account with all that is suspected of it."""
    first = found[0]
    readings = {reading.id: reading for each in found for reading in each.readings}
    pictures = [
        item
        for item in proving_pictures([each.finding for each in found], readings.values())
        if item.media_type in EMBEDDED
    ]
    newest = max(readings.values(), key=lambda reading: (reading.read_at, reading.id), default=None)
    cells = {
        DispatchColumn(heading): cell
        for heading, cell in account_cells(first.account.filed, contact).items()
    }
    cells |= {
        DispatchColumn.PROBLEM: given_text("、".join(each.finding.label for each in found)),
        DispatchColumn.SENTENCE: given_text("".join(map(_sentence, found))),
        DispatchColumn.SOURCE: given_text(
            "、".join(
                sorted(
                    {
                        rows.labels.get(surface, surface)
                        for each in found
                        for surface in each.surfaces
                    }
                )
            )
        ),
        DispatchColumn.READ_AT: minute(newest.read_at) if newest else "",
        DispatchColumn.PICTURE: fault_words(readings.values(), rows.faults),
        DispatchColumn.VERSION: "、".join(version_of(each.finding.facts) for each in found),
        DispatchColumn.TERM: max(_term(each, rows.now) for each in found).isoformat(),
    }
    own = account_policy(rows.judged.policy, first.account.filed)
    window = Window.of(rows.judged.sweep, own)
    cells[DispatchColumn.KEY] = str(key_of(rows.home, first.sweep_id, first.account, window, cells))
    shown, body = best_picture(pictures, rows.evidence, rows.faults)
    return FormRow(cells=cells, picture=body, caption=caption_of(cells, shown) if shown else "")


def _sentence(suspect: Suspect) -> str:
    """With what to mind of its ground: the unit answers to that, too."""
    return suspect.finding.sentence + (f"{suspect.caution}。" if suspect.caution else "")


def key_of(
    home: str, sweep_id: int, account: Account, window: Window, cells: Mapping[DispatchColumn, Cell]
) -> RowKey:
    """The row's key: a worklist's row of the same account has another."""
    texts = texts_of(cells, SEALED) + [
        text for text in texts_of(cells, [DispatchColumn.VERSION]) if text
    ]
    return sealed_key(home, sweep_id, account.id, window, ["下发核实", *texts], account.filed)
