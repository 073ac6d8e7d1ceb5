"""Kept evidence: every piece with the reading it belongs to."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, exists, func, or_, select

from db.accounts.closures import closures
from db.base import table
from db.leads import leads
from db.mapping.readings import evidence_of
from db.models import (
    EvidenceRow,
    FindingReadingRow,
    FindingRow,
    NoticeItemRow,
    NoticeReadingRow,
    NoticeRow,
    ReadingRow,
    ReviewEventRow,
    ReviewPictureRow,
    SightRow,
    SweepRow,
)
from db.notices.archived import archived_notices
from db.transactions import Aggregate, reads
from db.types import portions
from mediawatch.domain import Evidence, EvidenceKind, SweepState
from mediawatch.ports import KeptEvidence

_PAGE = 5_000
"""Rows of a page: some 4 MB."""


class SqlEvidence(Aggregate):
    @reads
    def page(self, conn: Connection, after: int) -> tuple[list[KeptEvidence], int | None]:
        # The last row's number by the key itself: of a join it would cost a walk of all rows.
        numbers = select(EvidenceRow.id).where(EvidenceRow.id > after).order_by(EvidenceRow.id)
        last = conn.scalar(select(func.max(numbers.limit(_PAGE).subquery().c.id)))
        if last is None:
            return _of_others(conn), None
        return _of_readings(conn, after, last), last

    @reads
    def owners(self, conn: Connection, hashes: Collection[str]) -> dict[str, set[int]]:
        """By hash, whose evidence it is; found by index."""
        found: dict[str, set[int]] = {}
        for portion in portions(sorted(hashes)):
            wanted = (
                select(EvidenceRow.sha256, ReadingRow.account_id)
                .join_from(EvidenceRow, SightRow, SightRow.id == EvidenceRow.sight_id)
                .join(ReadingRow, ReadingRow.id == SightRow.reading_id)
                .where(EvidenceRow.sha256.in_(portion))
                .distinct()
            )
            for digest, account_id in conn.execute(wanted):
                found.setdefault(digest, set()).add(account_id)
        return found


def _of_readings(conn: Connection, after: int, last: int) -> list[KeptEvidence]:
    """Of rows behind one number, and up to another."""
    # A notice holds the evidence of its findings until it is closed and its archive was taken
    # in; every other finding holds its evidence for good.
    archived = archived_notices()
    settled = exists().where(
        NoticeRow.sweep_id == FindingRow.sweep_id,
        NoticeItemRow.notice_id == NoticeRow.id,
        NoticeItemRow.account_id == FindingRow.account_id,
        NoticeRow.id.in_(archived),
    )
    found = exists().where(
        FindingReadingRow.reading_id == ReadingRow.id,
        FindingRow.id == FindingReadingRow.finding_id,
        ~settled,
    )
    issued = exists().where(
        NoticeReadingRow.reading_id == ReadingRow.id,
        NoticeReadingRow.notice_id.not_in(archived),
    )
    wanted = (
        select(
            table(EvidenceRow),
            ReadingRow.id.label("reading_id"),
            ReadingRow.account_id,
            ReadingRow.sweep_id,
            ReadingRow.read_at,
            or_(found, issued).label("proves"),
            SweepRow.state.label("sweep_state"),
        )
        .join_from(EvidenceRow, SightRow, SightRow.id == EvidenceRow.sight_id)
        .join(ReadingRow, ReadingRow.id == SightRow.reading_id)
        .outerjoin(SweepRow, SweepRow.id == ReadingRow.sweep_id)
        .where(EvidenceRow.id > after, EvidenceRow.id <= last)
        .order_by(EvidenceRow.id)
    )
    return [
        KeptEvidence(
            evidence=evidence_of(row),
            reading_id=row.reading_id,
            account_id=row.account_id,
            sweep_id=row.sweep_id,
            read_at=row.read_at,
            proves=bool(row.proves),
            sweep_runs=row.sweep_state is SweepState.RUNNING,
        )
        for row in conn.execute(wanted)
    ]


def _of_others(conn: Connection) -> list[KeptEvidence]:
    return _of_answers(conn) + _of_closures(conn) + _of_leads(conn)


def _of_closures(conn: Connection) -> list[KeptEvidence]:
    """Proofs of closing steps. They stay for good, as the ledger does that names them."""
    return [
        KeptEvidence(
            evidence=note.proof,
            reading_id=0,
            account_id=note.account_id,
            sweep_id=None,
            read_at=note.at,
            proves=True,
        )
        for note in closures(conn)
        if note.proof
    ]


def _of_leads(conn: Connection) -> list[KeptEvidence]:
    """Evidence of searches that showed a lead, and pictures of those who sorted it.

    It stays while a lead is open or handed over. What was found to be none of the office's
    business may leave in time.
    """
    found = []
    for lead in leads(conn):
        sort = next((each.sort for each in reversed(lead.decisions)), None)
        proofs = [(each.proof, each.at) for each in lead.decisions if each.proof]
        shown = [(item, sight.at) for sight in lead.sights for item in sight.evidence]
        found += [
            KeptEvidence(
                evidence=item,
                reading_id=0,
                account_id=0,
                sweep_id=None,
                read_at=at or item.taken_at,
                proves=sort is None or sort.leaves_house,
            )
            for item, at in (*shown, *proofs)
        ]
    return found


def _of_answers(conn: Connection) -> list[KeptEvidence]:
    """Pictures that units filed. They stay for good: a decision was taken in view of them."""
    wanted = select(
        table(ReviewPictureRow),
        ReviewEventRow.sweep_id,
        ReviewEventRow.account_id,
        ReviewEventRow.at,
    ).join_from(ReviewPictureRow, ReviewEventRow, ReviewEventRow.id == ReviewPictureRow.event_id)
    return [
        KeptEvidence(
            evidence=Evidence(
                kind=EvidenceKind.PICTURE, media_type=row.media_type, path=row.path, sha256=row.sha256, size=row.size,
                taken_at=row.at, url="",
            ),
            reading_id=0,
            account_id=row.account_id,
            sweep_id=row.sweep_id,
            read_at=row.at,
            proves=True,
        )
        # Here, for databases order text differently.
        for row in sorted(conn.execute(wanted), key=lambda row: (row.event_id, row.path))
    ]  # fmt: skip
