"""The judgements of a sweep: written with their findings, and into the state of each account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from db.accounts.news import refuse_news
from db.mapping.sweeps import finding_values, judgement_values
from db.models import AccountStateRow, FindingReadingRow, FindingRow, SweepAccountRow, SweepRow
from db.reviews.events import events_by_finding
from db.sweeps.scope import findings_of
from db.types import Values, among, portions
from mediawatch.domain import DateKind, Finding, Judgement, ReviewState, review_standing
from mediawatch.domain.clock import day_of
from mediawatch.ports import Rejudgement


def keep_rejudgement(conn: Connection, sweep_id: int, rejudged: Rejudgement) -> None:
    """Write what was judged in memory. StoreError where anything became known since."""
    refuse_news(conn, rejudged.news)
    before = {
        key: news for key, news in _judged_news(conn, sweep_id).items() if key in rejudged.apart
    }
    keep_judgements(conn, sweep_id, rejudged.judgements, {**rejudged.news, **before})


def _judged_news(conn: Connection, sweep_id: int) -> dict[int, int | None]:
    wanted = select(SweepAccountRow.account_id, SweepAccountRow.judged_news).where(
        SweepAccountRow.sweep_id == sweep_id
    )
    return {row.account_id: row.judged_news for row in conn.execute(wanted)}


def keep_judgements(
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
    of_account = (
        SweepAccountRow.sweep_id == sweep_id,
        SweepAccountRow.account_id == bindparam("key"),
    )
    for some in portions(sorted(judgements.items())):  # for memory, as `SqlSweeps.open`
        judged = [
            {"key": key, "judged_news": news.get(key)} | judgement_values(judgement)
            for key, judgement in some
        ]
        columns: Values = {name: bindparam(name) for name in judged[0] if name != "key"}
        conn.execute(update(SweepAccountRow).where(*of_account).values(columns), judged)
    _note_verdicts(conn, sweep_id, judgements)
    _replace_findings(conn, sweep_id, judgements)


def _note_verdicts(conn: Connection, sweep_id: int, judgements: Mapping[int, Judgement]) -> None:
    """The current state follows the sweep with the latest as_of.

    An old one judged anew says nothing about now.
    """
    as_of = conn.scalar(select(SweepRow.as_of).where(SweepRow.id == sweep_id))
    judged_before = or_(
        AccountStateRow.judged_as_of.is_(None), AccountStateRow.judged_as_of <= as_of
    )
    statement = update(AccountStateRow).where(
        AccountStateRow.account_id == bindparam("key"), judged_before
    )
    noted = statement.values(
        verdict=bindparam("said"), second_look=bindparam("pending"), judged_as_of=as_of
    )
    for some in portions(sorted(judgements.items())):
        said = [
            {"key": key, "said": judgement.verdict, "pending": judgement.second_look}
            for key, judgement in some
        ]
        conn.execute(noted, said)
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
            .where(among(conn, AccountStateRow.account_id, portion), earlier)
            .values(judged_on=day)
        )


def _replace_findings(conn: Connection, sweep_id: int, judgements: Mapping[int, Judgement]) -> None:
    """A finding with unchanged words keeps its key; any other is new.

    Its review follows from the events.
    """
    before, reviews = findings_of(conn, sweep_id), events_by_finding(conn, sweep_id)
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
