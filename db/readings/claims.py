"""One reading for each first and second look of a sweep, whoever looks."""

from __future__ import annotations

from sqlalchemy import Connection, text

from mediawatch.domain import Reading

_CLAIM = text(
    "INSERT INTO look_result (sweep_id, account_id, look, reading_id) "
    "SELECT CAST(:sweep AS bigint), CAST(:account AS bigint), CAST(:look AS varchar), "
    "CAST(:reading AS bigint) WHERE NOT EXISTS (SELECT 1 FROM reading WHERE "
    "account_id = :account AND sweep_id = :sweep AND look = :look AND id <> :reading) "
    "ON CONFLICT (sweep_id, account_id, look) DO UPDATE SET reading_id = :reading, "
    "collected = false WHERE look_result.reading_id IS NULL RETURNING account_id"
)
_STANDING = text(
    "SELECT min(id) FROM reading WHERE account_id = :account AND sweep_id = :sweep "
    "AND look = :look AND id <> :reading"
)


class LookTaken(Exception):
    """The look was made by another process before; the transaction is not to be committed."""

    def __init__(self, reading_id: int) -> None:
        super().__init__(f"reading {reading_id} stands")
        self.reading_id = reading_id


def claim_look(conn: Connection, kept: Reading) -> None:
    """Note a reading that was just kept as that of its look. LookTaken where another one stands.

    Of two transactions the second waits here for the first.
    """
    values = {
        "sweep": kept.sweep_id,
        "account": kept.account_id,
        "look": kept.look.value,
        "reading": kept.id,
    }
    if conn.execute(_CLAIM, values).one_or_none() is None:
        standing = conn.scalar(_STANDING, values)
        assert standing is not None, "a claimed look has its reading"
        raise LookTaken(standing)
