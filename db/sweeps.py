"""Statements about sweeps: the frozen scope, and its judgements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, update

from db.base import rows
from db.mapping import (
    Values,
    account_of,
    filed_values,
    finding_of,
    finding_values,
    judgement_of,
    judgement_values,
    portions,
    sweep_of,
    sweep_values,
)
from db.models import (
    AccountLinkRow,
    AccountStateRow,
    FindingReadingRow,
    FindingRow,
    ReadingRow,
    SweepAccountRow,
    SweepRow,
)
from db.news import refuse_news
from db.registry import learned_links
from db.reviews import events
from mediawatch.domain import (
    Account,
    DateKind,
    Finding,
    Judgement,
    LookKind,
    Outcome,
    ReviewState,
    Sweep,
    SweepAccount,
    SweepKind,
    SweepState,
    review_standing,
)
from mediawatch.domain.clock import day_of
from mediawatch.ports import Rejudgement


def open_sweep(conn: Connection, sweep: Sweep, accounts: Sequence[Account]) -> Sweep:
    if sweep.id:
        raise ValueError(f"sweep {sweep.id} is open already")
    key = conn.execute(
        insert(SweepRow).values(sweep_values(sweep)).returning(SweepRow.id)
    ).scalar_one()
    frozen = [
        filed_values(account.filed)
        | {
            "sweep_id": key,
            "account_id": account.id,
            "retired_on": account.retired_on,
            "sentence": "",
        }
        for account in accounts
    ]
    if frozen:
        conn.execute(insert(SweepAccountRow), frozen)
    return replace(sweep, id=key)


def narrow_sweep(conn: Connection, sweep_id: int, account_ids: Collection[int]) -> None:
    in_scope = set(
        conn.scalars(select(SweepAccountRow.account_id).where(SweepAccountRow.sweep_id == sweep_id))
    )
    for portion in portions(sorted(in_scope - set(account_ids))):
        conn.execute(
            delete(SweepAccountRow).where(
                SweepAccountRow.sweep_id == sweep_id, SweepAccountRow.account_id.in_(portion)
            )
        )


def sweeps(conn: Connection) -> list[Sweep]:
    return [sweep_of(row) for row in conn.execute(rows(SweepRow).order_by(SweepRow.id))]


def close_sweep(conn: Connection, sweep_id: int, state: SweepState, at: datetime) -> None:
    closed = conn.execute(
        update(SweepRow).where(SweepRow.id == sweep_id).values(state=state, finished_at=at)
    )
    if not closed.rowcount:
        raise LookupError(f"no such sweep: {sweep_id}")


def last_read_at(conn: Connection, sweep_id: int) -> datetime | None:
    return conn.scalar(select(func.max(ReadingRow.read_at)).where(ReadingRow.sweep_id == sweep_id))


def unanswered(conn: Connection, sweep_id: int) -> bool:
    """People's answers are none of a site."""
    looks = (
        select(ReadingRow.outcome)
        .where(ReadingRow.sweep_id == sweep_id, ReadingRow.look != LookKind.PERSON)
        .distinct()
    )
    return set(conn.scalars(looks)) == {Outcome.UNREACHABLE}


def told(conn: Connection) -> list[int]:
    """As `db/reports` choose them."""
    newest = (
        select(func.max(SweepAccountRow.sweep_id))
        .where(SweepAccountRow.verdict.is_not(None))
        .group_by(SweepAccountRow.account_id)
    )
    kinds = (SweepKind.NIGHTLY.value, SweepKind.RECHECK.value)
    finished = SweepRow.state == SweepState.FINISHED, SweepRow.kind.not_in(kinds)
    inspections = select(SweepRow.id).where(*finished).order_by(SweepRow.id.desc()).limit(2)
    return sorted({*conn.scalars(newest), *conn.scalars(inspections)})


def scope(
    conn: Connection, sweep_id: int, account_ids: Collection[int] | None = None
) -> list[SweepAccount]:
    """Filed values as frozen; article links learned since then are added, for they help to look."""
    findings = _findings(conn, sweep_id)
    if account_ids is None:
        return _entries(conn, sweep_id, findings)
    return [
        entry
        for portion in portions(sorted(account_ids))
        for entry in _entries(conn, sweep_id, findings, portion)
    ]


def _entries(
    conn: Connection,
    sweep_id: int,
    findings: dict[int, list[tuple[int, Finding]]],
    account_ids: Sequence[int] | None = None,
) -> list[SweepAccount]:
    meant = [SweepAccountRow.sweep_id == sweep_id]
    if account_ids is not None:
        meant.append(SweepAccountRow.account_id.in_(account_ids))
    links = learned_links(
        conn, AccountLinkRow.account_id.in_(select(SweepAccountRow.account_id).where(*meant))
    )
    state = AccountStateRow.account_id == SweepAccountRow.account_id
    wanted = rows(SweepAccountRow).add_columns(AccountStateRow.news).join(AccountStateRow, state)
    wanted = wanted.where(*meant).order_by(SweepAccountRow.account_id)
    return [
        SweepAccount(
            sweep_id=sweep_id,
            account=account_of(row.account_id, row, links.get(row.account_id, ())),
            judgement=judgement_of(
                row, [finding for _, finding in findings.get(row.account_id, ())]
            ),
            news=row.news,
            judged_news=row.judged_news,
        )
        for row in conn.execute(wanted)
    ]


def last_entry(conn: Connection, account_id: int) -> SweepAccount | None:
    of_account = select(func.max(SweepAccountRow.sweep_id)).where(
        SweepAccountRow.account_id == account_id
    )
    judged = conn.scalar(of_account.where(SweepAccountRow.verdict.is_not(None)))
    newest = conn.scalar(of_account) if judged is None else judged
    return scope(conn, newest, [account_id])[0] if newest is not None else None


def _findings(conn: Connection, sweep_id: int) -> dict[int, list[tuple[int, Finding]]]:
    """Findings with their keys by account, in the judgement's order."""
    proofs: dict[int, list[int]] = defaultdict(list)
    wanted = rows(FindingReadingRow).join(FindingRow).where(FindingRow.sweep_id == sweep_id)
    for row in conn.execute(
        wanted.order_by(FindingReadingRow.finding_id, FindingReadingRow.position)
    ):
        proofs[row.finding_id].append(row.reading_id)
    found: dict[int, list[tuple[int, Finding]]] = defaultdict(list)
    of_sweep = (
        rows(FindingRow)
        .where(FindingRow.sweep_id == sweep_id)
        .order_by(FindingRow.account_id, FindingRow.position)
    )
    for row in conn.execute(of_sweep):
        found[row.account_id].append((row.id, finding_of(row, proofs.get(row.id, ()))))
    return found


def rejudge(conn: Connection, sweep_id: int, rejudged: Rejudgement) -> None:
    """Write what was judged in memory. StoreError where anything became known since."""
    refuse_news(conn, rejudged.news)
    before = {
        key: news for key, news in _judged_news(conn, sweep_id).items() if key in rejudged.apart
    }
    judge(conn, sweep_id, rejudged.judgements, {**rejudged.news, **before})


def _judged_news(conn: Connection, sweep_id: int) -> dict[int, int | None]:
    wanted = select(SweepAccountRow.account_id, SweepAccountRow.judged_news).where(
        SweepAccountRow.sweep_id == sweep_id
    )
    return {row.account_id: row.judged_news for row in conn.execute(wanted)}


def judge(
    conn: Connection,
    sweep_id: int,
    judgements: Mapping[int, Judgement],
    news: Mapping[int, int | None],
) -> None:
    if not judgements:
        return
    in_scope = set(
        conn.scalars(select(SweepAccountRow.account_id).where(SweepAccountRow.sweep_id == sweep_id))
    )
    if missing := set(judgements) - in_scope:
        raise LookupError(
            f"sweep {sweep_id} has no account {', '.join(map(str, sorted(missing)[:5]))}"
        )
    judged = [
        {"key": key, "judged_news": news.get(key)} | judgement_values(judgement)
        for key, judgement in sorted(judgements.items())
    ]
    columns: Values = {name: bindparam(name) for name in judged[0] if name != "key"}
    of_account = (
        SweepAccountRow.sweep_id == sweep_id,
        SweepAccountRow.account_id == bindparam("key"),
    )
    conn.execute(update(SweepAccountRow).where(*of_account).values(columns), judged)
    _note_verdicts(conn, sweep_id, judgements)
    _replace_findings(conn, sweep_id, judgements)


def _note_verdicts(conn: Connection, sweep_id: int, judgements: Mapping[int, Judgement]) -> None:
    """The current state follows the sweep with the latest as_of: an old one judged anew says
    nothing about now.
    """
    as_of = conn.scalar(select(SweepRow.as_of).where(SweepRow.id == sweep_id))
    judged_before = or_(
        AccountStateRow.judged_as_of.is_(None), AccountStateRow.judged_as_of <= as_of
    )
    statement = update(AccountStateRow).where(
        AccountStateRow.account_id == bindparam("key"), judged_before
    )
    said = [
        {"key": key, "said": judgement.verdict, "pending": judgement.second_look}
        for key, judgement in sorted(judgements.items())
    ]
    conn.execute(
        statement.values(
            verdict=bindparam("said"), second_look=bindparam("pending"), judged_as_of=as_of
        ),
        said,
    )
    if as_of is not None:
        exactly = sorted(
            key for key, judgement in judgements.items() if judgement.date_kind is DateKind.EXACT
        )
        _note_judged_on(conn, exactly, day_of(as_of))


def _note_judged_on(conn: Connection, account_ids: Sequence[int], day: date) -> None:
    earlier = or_(AccountStateRow.judged_on.is_(None), AccountStateRow.judged_on < day)
    for portion in portions(account_ids):
        conn.execute(
            update(AccountStateRow)
            .where(AccountStateRow.account_id.in_(portion), earlier)
            .values(judged_on=day)
        )


def _replace_findings(conn: Connection, sweep_id: int, judgements: Mapping[int, Judgement]) -> None:
    """A finding that says word for word what it said keeps its key; any other is new. Its review
    follows from the events.
    """
    before, reviews = _findings(conn, sweep_id), events(conn, sweep_id)
    gone: list[int] = []
    moved: list[Values] = []
    new: list[tuple[Values, tuple[int, ...]]] = []
    for account_id, judgement in sorted(judgements.items()):
        known = {_bare(finding): key for key, finding in before.get(account_id, ())}
        survived: set[int] = set()
        for position, finding in enumerate(judgement.findings):
            if key := known.pop(_bare(finding), None):
                survived.add(key)
                moved.append({"key": key, "place": position})
            else:
                review = review_standing(reviews.get((account_id, finding.code), ()), finding)
                place: Values = {
                    "sweep_id": sweep_id,
                    "account_id": account_id,
                    "position": position,
                }
                place |= {"review_state": review.state, "excuse": review.excuse}
                new.append((finding_values(finding) | place, finding.reading_ids))
        gone += {key for key, _ in before.get(account_id, ())} - survived
    for portion in portions(gone):
        conn.execute(delete(FindingRow).where(FindingRow.id.in_(portion)))
    if moved:
        conn.execute(
            update(FindingRow)
            .where(FindingRow.id == bindparam("key"))
            .values(position=bindparam("place")),
            moved,
        )
    _insert_findings(conn, new)


def _bare(finding: Finding) -> Finding:
    return replace(finding, review=ReviewState.OPEN, excuse="")


def _insert_findings(conn: Connection, new: Sequence[tuple[Values, tuple[int, ...]]]) -> None:
    if not new:
        return
    statement = insert(FindingRow).returning(FindingRow.id, sort_by_parameter_order=True)
    keys = conn.scalars(statement, [values for values, _ in new])
    proofs = [
        {"finding_id": key, "position": position, "reading_id": reading_id}
        for key, (_, reading_ids) in zip(keys, new, strict=True)
        for position, reading_id in enumerate(reading_ids)
    ]
    if proofs:
        conn.execute(insert(FindingReadingRow), proofs)
