"""Accounts with their other filings, and the readings that speak for each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, select

from db.accounts.identities import identities, twins
from db.models import AccountStateRow, ReadingRow
from db.readings.following import bearing
from db.readings.history import readings_by_number
from db.types import among, portions
from mediawatch.domain import FiledIdentity, LookKind, Reading

_BACK = 20
"""Readings that are loaded at once where the last one is searched for."""


@dataclass(frozen=True, slots=True)
class AccountReading:
    """A reading as it is given to judge by, and what it says of the account as filed now."""

    given: Reading
    said: Reading


@dataclass(frozen=True, slots=True)
class Filings:
    """Accounts with the identities filed now, and those of their twins."""

    now: Mapping[int, FiledIdentity]
    twins: Mapping[int, Mapping[int, FiledIdentity]]

    @classmethod
    def of(cls, conn: Connection, accounts: Sequence[int]) -> Filings:
        now = identities(conn, accounts)
        return cls(now, twins(conn, now))

    def group(self, key: int) -> tuple[int, ...]:
        """The account and its twins."""
        return key, *self.twins.get(key, ())

    def relevant(self, key: int, readings: Iterable[Reading]) -> list[AccountReading]:
        """Those that say something of the account.

        Of a twin's readings only what is tied by id.
        """
        said = ((reading, bearing(reading, key, self.now[key]).said) for reading in readings)
        return [
            AccountReading(
                reading
                if reading.account_id == key
                else replace(own, account_id=reading.account_id),
                own,
            )
            for reading, own in said
            if own
        ]


def last_two(
    conn: Connection, filings: Filings, accounts: Sequence[int], since: datetime
) -> dict[int, list[AccountReading]]:
    """Before `since`: the last reading about the account, and the last of those that was no
    control.
    """
    state = AccountStateRow
    of_account = select(ReadingRow.id).where(
        ReadingRow.account_id == state.account_id, ReadingRow.read_at < since
    )
    last = (
        of_account.order_by(ReadingRow.read_at.desc(), ReadingRow.id.desc())
        .limit(1)
        .correlate(state)
    )
    looked = last.where(ReadingRow.look != LookKind.CONTROL)
    wanted = select(state.account_id, last.scalar_subquery(), looked.scalar_subquery())
    # An account whose state names no reading has none that says anything.
    rows = conn.execute(
        wanted.where(among(conn, state.account_id, accounts), state.last_read_at.is_not(None))
    ).all()
    newest = {
        key: [number for number in dict.fromkeys(numbers) if number is not None]
        for key, *numbers in rows
    }
    readings = readings_by_number(
        conn, {number for numbers in newest.values() for number in numbers}
    )
    found: dict[int, list[AccountReading]] = {}
    for key, numbers in newest.items():
        found[key] = filings.relevant(key, (readings[number] for number in numbers))
        if key in filings.twins or len(found[key]) < len(numbers):
            found[key] = _search_back(conn, filings, key, since)
    return found


def _search_back(
    conn: Connection, filings: Filings, key: int, since: datetime
) -> list[AccountReading]:
    """As `last_two`, for accounts with twins or a changed identity: one reading after the other."""
    last: list[AccountReading] = []
    wanted = select(ReadingRow.id).where(
        ReadingRow.account_id.in_(filings.group(key)), ReadingRow.read_at < since
    )
    numbers = conn.scalars(wanted.order_by(ReadingRow.read_at.desc(), ReadingRow.id.desc())).all()
    for some in portions(numbers, _BACK):
        readings = readings_by_number(conn, some)
        for each in filings.relevant(key, (readings[number] for number in some)):
            if each.said.look is not LookKind.CONTROL:
                return [*last, each]
            last = last or [each]
    return last
