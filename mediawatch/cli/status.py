"""`mediawatch status`: the last nights at a glance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

import typer

from mediawatch.app import runs_now
from mediawatch.app.appeals import all_open_appeals
from mediawatch.app.corrections import all_corrections_due
from mediawatch.app.documents import issues_of
from mediawatch.app.publications import unfinished_corrections
from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.domain import (
    UNFINISHED,
    Backup,
    Ending,
    Notice,
    NoticeDraft,
    SweepRun,
    UnfinishedCorrection,
    Verdict,
    open_draft,
)
from mediawatch.domain.clock import beijing, day_of, minute
from mediawatch.ops import logins as sessions
from mediawatch.ops.logins import ListedLogin
from mediawatch.ops.retention import archive_due
from mediawatch.plurals import count_of
from mediawatch.publish.reports.drafts import draft_state
from mediawatch.rules.appeals import APPEAL_OPEN, Appeal, AppealState
from mediawatch.rules.corrections_due import CORRECTION_DUE, CorrectionDue
from mediawatch.table import Table, plain

_COLUMNS = (
    "night",
    "sweep",
    "began",
    "minutes",
    "looks",
    "proven",
    "unproven",
    "new",
    "gone",
    "still",
    "unsettled",
    "ended",
    "exit",
)
_REASONS = 5


@dataclass(frozen=True)
class Status:
    """`nights` newest first."""

    nights: list[SweepRun]
    running: bool
    """Whether a sweep or an import holds the home's lock now."""
    sessions: list[ListedLogin]
    backup: Backup | None
    due: list[CorrectionDue]
    """What notices say and would not say today."""
    now: datetime
    unarchived: Sequence[Notice] = ()
    """Closed notices whose evidence waits for their archive."""
    unanswered: frozenset[int] = frozenset()
    """Sweeps whose looks no site answered."""
    drafts: Sequence[NoticeDraft] = ()
    """Drafts that wait to be signed or issued."""
    unfinished: Sequence[UnfinishedCorrection] = ()
    """Places that still show what was corrected."""
    appeals: Sequence[Appeal] = ()
    """复核 that wait for their opinion, the first term first."""


def register(app: typer.Typer) -> None:
    app.command("status")(status)


def status(
    ctx: typer.Context,
    last: Annotated[int, typer.Option("--last", metavar="N", help="How many nights.", min=1)] = 10,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of tables.")
    ] = False,
) -> None:
    """Show the last nights: looks, what was proven, why the rest was not, findings, exit codes.
    Show logins and the last backup."""

    async def work() -> Status:
        async with open_home(ctx) as app:
            nights = await app.store.runs.latest(last)
            logins = await sessions.list_logins(app.sessions, app.logins())
            made = {night.sweep_id for night in nights if night.sweep_id is not None}
            unanswered = frozenset(
                [sweep for sweep in made if await app.store.sweeps.is_unanswered(sweep)]
            )
            issues = await issues_of(app)
            backup, due = await app.store.runs.last_backup(), await all_corrections_due(app, issues)
            unarchived = await app.store.notices.unarchived()
            drafts = await app.store.notices.drafts()
            return Status(
                nights,
                runs_now(app.home),
                logins,
                backup,
                due,
                app.clock(),
                unarchived,
                unanswered,
                drafts=[each for each in drafts if open_draft(drafts, each.sweep_id) is each],
                unfinished=unfinished_corrections(issues),
                appeals=all_open_appeals(issues),
            )

    found = run(work())
    typer.echo(
        json.dumps(_as_json(found), ensure_ascii=False, indent=1) if as_json else _as_text(found)
    )


def _as_text(found: Status) -> str:
    parts = [
        fit_table(
            Table(
                "nights, newest first (times in Beijing)",
                _COLUMNS,
                tuple(_row(night, found) for night in found.nights),
            )
        )
    ]
    if not found.nights:
        parts = ["no night yet: `mediawatch sweep`"]
    parts += [
        f"night {night.id} {_ended(night, found)}: {night.why}"
        for night in found.nights
        if night.why
    ]
    parts += [
        (
            f"night {night.id}: no network: no site answered any look of sweep {night.sweep_id}, "
            "so nothing was found out"
        )
        for night in found.nights
        if night.sweep_id in found.unanswered
    ]
    for night in found.nights[:1]:
        parts += (
            [f"{count_of(night.left, 'due account')} could not be looked at (night {night.id})"]
            if night.left
            else []
        )
        word = "could not be checked" if night.sweep_id in found.unanswered else "unproven"
        parts += [f"{word}, and why (night {night.id}):"] if night.reasons else []
        parts += [
            f"  {count:>6}  {reason}" for reason, count in list(night.reasons.items())[:_REASONS]
        ]
        parts += [f"breaker still open at its end: {breaker}" for breaker in night.breakers]
    for each in found.sessions:
        parts.append(_login(each, found.now))
    parts += [f"{CORRECTION_DUE}: {each.words}" for each in found.due]
    parts += [f"{UNFINISHED}：{each.words}" for each in found.unfinished]
    parts += [f"{draft_state(each)}：{each.label}《{each.title}》" for each in found.drafts]
    parts += [plain(f"{APPEAL_OPEN}: {each.words(day_of(found.now))}") for each in found.appeals]
    parts += [archive_due(notice) for notice in found.unarchived]
    backup = found.backup
    last_backup = (
        f"{minute(backup.at)}, {backup.place}, {count_of(backup.files, 'file')}, "
        f"{backup.size / 1e6:.1f} MB"
        if backup
        else "none"
    )
    return "\n".join([*parts, f"last backup: {last_backup}"])


def _login(each: ListedLogin, now: datetime) -> str:
    told = f"login {each.session.platform}/{each.session.name}: {each.state.value}"
    unused = f", not used since {minute(each.last_use)}" if each.is_unused(now) else ""
    approval = each.session.approval
    approved = f", 使用审批 {approval.by} until {approval.until}" if approval else ""
    barred = f"; not used: {each.why_barred}" if each.why_barred else ""
    custodian = each.session.custodian or "not named"
    return f"{told}, 保管人 {custodian}{approved}{unused}{barred}"


def _row(night: SweepRun, found: Status) -> tuple[str, ...]:
    settled = sum(
        count
        for verdict, count in night.verdicts.items()
        if verdict not in (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)
    )
    unproven = sum(night.verdicts.values()) - settled
    minutes = (
        f"{(night.ended_at - night.started_at).total_seconds() / 60:.1f}" if night.ended_at else ""
    )
    proven = "-" if night.sweep_id in found.unanswered else str(settled)
    turns = [str(night.turns.get(turn, 0)) for turn in ("new", "gone", "still", "unsettled")]
    return (
        str(night.id),
        str(night.sweep_id or ""),
        minute(night.started_at),
        minutes,
        str(sum(night.looks.values())),
        proven,
        str(unproven),
        *turns,
        _ended(night, found),
        "" if night.exit_code is None else str(night.exit_code),
    )


def _ended(night: SweepRun, found: Status) -> str:
    """How a run ended, or that it still runs or was killed.

    The newest without an end runs as long as the home's lock is held; any other was killed.
    """
    if night.ending is None and night.ended_at is None:
        return "running" if found.running and night is found.nights[0] else Ending.KILLED.value
    return night.ending.value.replace("_", " ") if night.ending else "stopped or failed"


def _as_json(found: Status) -> dict[str, Any]:
    """Instants with Beijing's offset."""
    logins = [
        {
            "platform": each.session.platform,
            "name": each.session.name,
            "state": each.state.value,
            "custodian": each.session.custodian,
            "approval": {
                "by": approval.by,
                "purpose": approval.purpose,
                "until": approval.until.isoformat(),
            }
            if (approval := each.session.approval)
            else None,
            "why_barred": each.why_barred,
            "last_use": beijing(each.last_use).isoformat(),
            "unused": each.is_unused(found.now),
        }
        for each in found.sessions
    ]
    return {
        "nights": [
            _plain(asdict(night))
            | {
                "ending": _ended(night, found).replace(" ", "_"),
                "answered": night.sweep_id not in found.unanswered,
            }
            for night in found.nights
        ],
        "sessions": logins,
        "corrections_due": [asdict(each) for each in found.due],
        "corrections_unfinished": [
            {"notice": each.notice, "place": each.place.place, "url": each.place.url}
            for each in found.unfinished
        ],
        "drafts": [
            {
                "draft": each.label,
                "sweep": each.sweep_id,
                "title": each.title,
                "approved_by": each.approval.by if each.approval else None,
            }
            for each in found.drafts
        ],
        "appeals_open": [
            {
                "notice": each.notice.number,
                "item": each.item.number,
                "name": each.item.filed.name,
                "unit": each.unit,
                "received_on": each.received_on.isoformat(),
                "term": each.term.isoformat() if each.term else None,
                "overdue": each.state(day_of(found.now)) is AppealState.OVERDUE,
            }
            for each in found.appeals
        ],
        "archives_due": [notice.number for notice in found.unarchived],
        "backup": _plain(asdict(found.backup)) if found.backup else None,
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: beijing(value).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }
