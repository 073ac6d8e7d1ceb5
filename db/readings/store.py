"""Readings: kept, read back, and deleted when nothing follows from them any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import Connection, delete, func, insert, select

from db.accounts.identities import identities
from db.base import rows
from db.mapping.readings import states_of
from db.models import (
    POSTS,
    AccountRow,
    AccountStateRow,
    EvidenceRow,
    FirstSeenRow,
    IdentitySeenRow,
    PostRow,
    PruningRow,
    ReadingRow,
    SightRow,
)
from db.readings.claims import LookTaken, claim_look
from db.readings.following import bearing, keep_and_follow
from db.readings.history import problem_looks_of, readings_by_number, readings_of
from db.readings.idle import is_idle
from db.readings.judging import AT_ONCE, readings_for_judgement
from db.revision import raise_revision
from db.transactions import Aggregate, reads, writes
from db.types import PORTION, among, portions
from mediawatch.domain import AccountState, LookKind, Reading, same_ids
from mediawatch.ports import IdleReading, SightsAlike


class SqlReadings(Aggregate):
    @writes
    def keep(self, conn: Connection, reading: Reading) -> Reading:
        """Returned as `by_account` gives it back: with its id, without captures.

        The account's current state moves along.
        """
        # What a machine read is no news to a plan; the judgements' own counters tell of it.
        if reading.look is LookKind.PERSON:
            raise_revision(conn)
        return keep_and_follow(conn, reading)

    async def keep_look(self, reading: Reading) -> Reading:
        """See `ports.ReadingStore.keep_look`. All that follows goes with the reading."""
        try:
            return await self._keep_claimed(reading)
        except LookTaken as taken:
            found = await self.by_id([taken.reading_id])
            return found[reading.account_id][0]

    @writes
    def _keep_claimed(self, conn: Connection, reading: Reading) -> Reading:
        kept = keep_and_follow(conn, reading)
        # One process alone sweeps on SQLite, by the home's lock.
        if conn.dialect.name == "postgresql":
            claim_look(conn, kept)
        return kept

    @reads
    def by_account(
        self,
        conn: Connection,
        account_ids: Iterable[int] | None = None,
        *,
        sweep_id: int | None = None,
        since: datetime | None = None,
    ) -> dict[int, list[Reading]]:
        """Oldest `read_at` first; an account without readings has no entry."""
        wanted = [] if sweep_id is None else [ReadingRow.sweep_id == sweep_id]
        wanted += [] if since is None else [ReadingRow.read_at >= since]
        if account_ids is None:
            return readings_of(conn, *wanted)
        found: dict[int, list[Reading]] = {}
        for portion in portions(sorted(set(account_ids))):
            found |= readings_of(conn, among(conn, ReadingRow.account_id, portion), *wanted)
        return found

    @reads
    def problem_looks(
        self, conn: Connection, sweep_id: int | None, account_ids: Iterable[int] | None = None
    ) -> dict[int, list[Reading]]:
        """An account without any has no entry."""
        wanted = [] if sweep_id is None else [ReadingRow.sweep_id == sweep_id]
        if account_ids is None:
            return problem_looks_of(conn, *wanted)
        found: dict[int, list[Reading]] = {}
        for portion in portions(sorted(set(account_ids))):
            found |= problem_looks_of(conn, *wanted, among(conn, ReadingRow.account_id, portion))
        return found

    @reads
    def by_id(self, conn: Connection, ids: Iterable[int]) -> dict[int, list[Reading]]:
        """Numbers of which there is no reading are passed over."""
        found: dict[int, list[Reading]] = defaultdict(list)
        for reading in readings_by_number(conn, ids).values():
            found[reading.account_id].append(reading)
        return {
            account_id: sorted(some, key=lambda reading: (reading.read_at, reading.id))
            for account_id, some in found.items()
        }

    @reads
    def outlines(self, conn: Connection, ids: Iterable[int]) -> dict[int, Reading]:
        return readings_by_number(conn, ids, outlines=True)

    @reads
    def sights_alike(self, conn: Connection, sweep_id: int) -> list[SightsAlike]:
        alike = (SightRow.surface, SightRow.attested, SightRow.outcome, ReadingRow.look)
        wanted = (
            select(*alike, func.count().label("count"))
            .join_from(SightRow, ReadingRow)
            .where(ReadingRow.sweep_id == sweep_id, ReadingRow.problem.is_(None))
            .group_by(*alike)
            .order_by(func.min(SightRow.id))
        )
        return [SightsAlike(**row._mapping) for row in conn.execute(wanted)]

    @reads
    def sight_details(self, conn: Connection, sweep_id: int, beginning: str) -> set[str]:
        wanted = (
            select(SightRow.detail)
            .join_from(SightRow, ReadingRow)
            .where(ReadingRow.sweep_id == sweep_id, ReadingRow.problem.is_(None))
            .where(SightRow.detail.startswith(beginning, autoescape=True))
        )
        return set(conn.scalars(wanted.distinct()))

    @reads
    def for_judgement(
        self,
        conn: Connection,
        account_ids: Iterable[int],
        as_of: datetime,
        period_from: date | None = None,
    ) -> dict[int, list[Reading]]:
        """An account without readings has no entry."""
        return readings_for_judgement(conn, account_ids, as_of, period_from)

    @reads
    def identity_readings(
        self, conn: Connection, account_ids: Iterable[int]
    ) -> dict[int, list[Reading]]:
        """Of each reading what it says of the identity that is filed now."""
        wanted: dict[int, set[int]] = {}
        for portion in portions(sorted(set(account_ids))):
            kept = select(IdentitySeenRow.account_id, IdentitySeenRow.reading_id).where(
                IdentitySeenRow.account_id.in_(portion)
            )
            for account_id, reading_id in conn.execute(kept):
                wanted.setdefault(account_id, set()).add(reading_id)
        now = identities(conn, wanted)
        readings = readings_by_number(
            conn, {number for numbers in wanted.values() for number in numbers}
        )
        found = {
            key: [bearing(readings[number], key, now[key]).whole for number in numbers]
            for key, numbers in sorted(wanted.items())
        }
        return {
            key: sorted(
                (each for each in some if each is not None),
                key=lambda each: (each.read_at, each.id),
            )
            for key, some in found.items()
        }

    @reads
    def post_links(self, conn: Connection, account_ids: Iterable[int]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for portion in portions(sorted(set(account_ids)), AT_ONCE):
            now = identities(conn, portion)
            first = FirstSeenRow.account_id.in_(portion) & FirstSeenRow.what.in_(POSTS)
            columns = (
                FirstSeenRow.account_id,
                PostRow.link,
                SightRow.matched_by,
                SightRow.platform_id,
                SightRow.original_id,
                SightRow.provisional,
            )
            shown = (
                select(*columns)
                .join_from(FirstSeenRow, SightRow, SightRow.reading_id == FirstSeenRow.reading_id)
                .join(PostRow)
            )
            for account_id, link, matched_by, platform_id, original_id, through in conn.execute(
                shown.where(first, PostRow.link != "").distinct()
            ):
                same = same_ids(platform_id, original_id, now[account_id])
                # A link that a 暂用标识 led to proves itself where somebody hands it in.
                tied = matched_by is not None and same is None and not through
                if same or tied:
                    found.setdefault(account_id, set()).add(link)
        return found

    @reads
    def post_owners(self, conn: Connection, links: Collection[str]) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for portion in portions(sorted(links)):
            wanted = (
                select(PostRow.link, ReadingRow.account_id)
                .join_from(PostRow, SightRow, SightRow.id == PostRow.sight_id)
                .join(ReadingRow, ReadingRow.id == SightRow.reading_id)
                .where(PostRow.link.in_(portion), SightRow.matched_by.is_not(None))
                .distinct()
            )
            for link, account_id in conn.execute(wanted):
                found.setdefault(link, set()).add(account_id)
        return found

    @reads
    def account_states(
        self, conn: Connection, account_ids: Iterable[int] | None = None
    ) -> dict[int, AccountState]:
        """An account that was never read has an entry too; an unknown number has none."""
        states = rows(AccountStateRow).order_by(AccountStateRow.account_id)
        if account_ids is None:
            in_scope = states.join_from(AccountStateRow, AccountRow).where(
                AccountRow.retired_on.is_(None)
            )
            portion_wise = conn.execute(in_scope).partitions(PORTION)
            return {key: each for some in portion_wise for key, each in states_of(some).items()}
        found: dict[int, AccountState] = {}
        for portion in portions(sorted(set(account_ids))):
            wanted = states.where(among(conn, AccountStateRow.account_id, portion))
            found |= states_of(conn.execute(wanted).all())
        return found

    @writes
    def begin_pruning(self, conn: Connection, at: datetime, before: datetime) -> None:
        conn.execute(insert(PruningRow).values(at=at, before=before))

    @reads
    def pruned_before(self, conn: Connection) -> datetime | None:
        return conn.scalar(select(func.max(PruningRow.before)))

    @reads
    def find_idle(
        self, conn: Connection, before: datetime, after: int, limit: int
    ) -> tuple[list[IdleReading], int | None]:
        looked_at = conn.scalars(
            select(ReadingRow.id).where(ReadingRow.id > after).order_by(ReadingRow.id).limit(limit)
        ).all()
        if not looked_at:
            return [], None
        span = ReadingRow.id > after, ReadingRow.id <= looked_at[-1]
        found: dict[int, list[str]] = {
            key: [] for key in conn.scalars(select(ReadingRow.id).where(*span, is_idle(before)))
        }
        paths = select(SightRow.reading_id, EvidenceRow.path).join_from(EvidenceRow, SightRow)
        for key, path in conn.execute(
            paths.where(SightRow.reading_id > after, SightRow.reading_id <= looked_at[-1])
        ):
            if key in found:
                found[key].append(path)
        idle = [IdleReading(id=key, paths=tuple(each)) for key, each in found.items()]
        return idle, looked_at[-1]

    @writes
    def delete(self, conn: Connection, ids: Iterable[int], before: datetime) -> int:
        """A reading that is needed again since it was found idle stays."""
        gone = conn.execute(delete(ReadingRow).where(ReadingRow.id.in_(ids), is_idle(before)))
        return gone.rowcount
