"""Statements about readings that prove nothing any more: which they are, and letting them go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, or_, select
from sqlalchemy.orm import aliased

from db.models import (
    AccountRow,
    AccountStateRow,
    EvidenceRow,
    FindingReadingRow,
    FirstSeenRow,
    IdentitySeenRow,
    NoticeReadingRow,
    PruningRow,
    ReadingIdentityRow,
    ReadingRow,
    SightRow,
    SweepRow,
)
from mediawatch.domain import LookKind, SweepState
from mediawatch.ports import IdleReading


def begin(conn: Connection, at: datetime, before: datetime) -> None:
    conn.execute(insert(PruningRow).values(at=at, before=before))


def pruned_before(conn: Connection) -> datetime | None:
    return conn.scalar(select(func.max(PruningRow.before)))


def idle(
    conn: Connection, before: datetime, after: int, limit: int
) -> tuple[list[IdleReading], int | None]:
    """Of the next `limit` readings by id those that may leave; and the last id that was looked at,
    None at the end.
    """
    looked_at = conn.scalars(
        select(ReadingRow.id).where(ReadingRow.id > after).order_by(ReadingRow.id).limit(limit)
    ).all()
    if not looked_at:
        return [], None
    span = ReadingRow.id > after, ReadingRow.id <= looked_at[-1]
    found: dict[int, list[str]] = {
        key: [] for key in conn.scalars(select(ReadingRow.id).where(*span, _idle(before)))
    }
    paths = select(SightRow.reading_id, EvidenceRow.path).join_from(EvidenceRow, SightRow)
    for key, path in conn.execute(
        paths.where(SightRow.reading_id > after, SightRow.reading_id <= looked_at[-1])
    ):
        if key in found:
            found[key].append(path)
    return [IdleReading(id=key, paths=tuple(each)) for key, each in found.items()], looked_at[-1]


def forget(conn: Connection, ids: Sequence[int], before: datetime) -> int:
    """What has come to be needed since it was asked for stays."""
    gone = conn.execute(delete(ReadingRow).where(ReadingRow.id.in_(ids), _idle(before)))
    return gone.rowcount


def _idle(before: datetime) -> ColumnElement[bool]:
    """That nothing refers to a reading, and nothing could be judged from it that the others do not
    say.
    """
    state, later = AccountStateRow, aliased(ReadingRow)
    named = and_(
        state.account_id == ReadingRow.account_id, state.name_read_at == ReadingRow.read_at
    )
    # The last look that was no control words the sentence of an account that is not settled.
    looked_since = and_(
        later.account_id == ReadingRow.account_id,
        later.look != LookKind.CONTROL,
        later.read_at > ReadingRow.read_at,
    )
    # Of another identity: it would speak again if that one were filed again.
    ids = ReadingIdentityRow.platform_id, ReadingIdentityRow.original_id
    was = or_(
        ReadingIdentityRow.platform != AccountRow.platform,
        *(taken != getattr(AccountRow, taken.key) for taken in ids),
        and_(
            ReadingIdentityRow.platform_id == "",
            ReadingIdentityRow.original_id == "",
            ReadingIdentityRow.name != AccountRow.name,
        ),
    )
    return and_(
        ReadingRow.read_at < before,
        ReadingRow.look != LookKind.PERSON,
        ~exists().where(FirstSeenRow.reading_id == ReadingRow.id),
        ~exists().where(IdentitySeenRow.reading_id == ReadingRow.id),
        ~exists().where(FindingReadingRow.reading_id == ReadingRow.id),
        ~exists().where(NoticeReadingRow.reading_id == ReadingRow.id),
        # Of any account: a reading may serve another filing.
        ~exists().where(state.last_reading_id == ReadingRow.id),
        ~exists().where(state.exact_reading_id == ReadingRow.id),
        ~exists().where(named),
        ~exists().where(SweepRow.id == ReadingRow.sweep_id, SweepRow.state == SweepState.RUNNING),
        exists().where(looked_since),
        ~exists().where(
            was,
            AccountRow.id == ReadingRow.account_id,
            ReadingIdentityRow.reading_id == ReadingRow.id,
        ),
    )
