"""What was pointed out to units about their filings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import Connection, insert

from db.base import rows
from db.models import FilingRemarkRow
from db.types import fields_of
from mediawatch.domain import FilingRemark

_FIELDS = tuple(field.name for field in fields(FilingRemark))


def remarks(conn: Connection) -> list[FilingRemark]:
    """All of them, by account and oldest first."""
    wanted = rows(FilingRemarkRow).order_by(FilingRemarkRow.account_id, FilingRemarkRow.id)
    return [FilingRemark(**fields_of(row, _FIELDS)) for row in conn.execute(wanted)]


def add_remarks(conn: Connection, given: Sequence[FilingRemark]) -> None:
    """Keep what is pointed out for the first time; the rest stays as it was."""
    known = {_key(each) for each in remarks(conn)}
    new = {_key(each): each for each in reversed(given) if _key(each) not in known}
    if new:
        values = [fields_of(each, _FIELDS) for each in reversed(new.values())]
        conn.execute(insert(FilingRemarkRow), values)


def _key(remark: FilingRemark) -> tuple[int, str, str, str]:
    return remark.account_id, remark.field, remark.filed, remark.seen
