"""The row of one pace with one login: made, and ended for a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update
from sqlalchemy.dialects import postgresql

from db.base import table
from db.models import PaceRow
from db.pace.run import DAY, MOMENT

PaceKey = tuple[str, str, str]
"""The pace's name, a session, and for a visitor the address."""


def make_pace(conn: Connection, key: PaceKey) -> int | None:
    """Make the row of a pace; its number, or None where there is one."""
    name, session, address = key
    values = {"name": name, "session": session, "address": address, "pruned_at": MOMENT}
    new = postgresql.Insert(table(PaceRow)).values(values).on_conflict_do_nothing()
    return conn.scalar(new.returning(PaceRow.id))


def end_day(conn: Connection, key: PaceKey, moment: datetime) -> None:
    """Real hours, whatever the scale: it is the site that wants a person."""
    make_pace(conn, key)
    name, session, address = key
    of_key = (PaceRow.name == name, PaceRow.session == session, PaceRow.address == address)
    conn.execute(update(PaceRow).where(*of_key).values(ended_until=moment + DAY))
