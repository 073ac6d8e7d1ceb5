"""Which readings may be deleted: nothing follows from them any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from db.base import table
from db.models import (
    AccountRow,
    AccountStateRow,
    FindingReadingRow,
    FirstSeenRow,
    IdentitySeenRow,
    NoticeReadingRow,
    ReadingIdentityRow,
    ReadingRow,
    SweepRow,
)
from mediawatch.domain import LookKind, SweepState


def is_idle(before: datetime) -> ColumnElement[bool]:
    """That nothing refers to a reading, and the others give every judgement it could give."""
    state, later = AccountStateRow, table(ReadingRow).alias().c
    named = and_(
        state.account_id == ReadingRow.account_id, state.name_read_at == ReadingRow.read_at
    )
    # The last look that was no control words the sentence of an account that is not settled.
    looked_since = and_(
        later.account_id == ReadingRow.account_id,
        later.look != LookKind.CONTROL,
        later.read_at > ReadingRow.read_at,
    )
    # Of another identity: it would count again if that one were filed again.
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
