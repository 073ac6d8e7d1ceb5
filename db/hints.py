"""Hints, and links as they came in. Nothing here raises the news of an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from db.base import rows
from db.models import HintRow, LinkReceiptRow
from db.transactions import Aggregate, reads, writes
from db.types import fields_of, portions
from mediawatch.domain import Hint, LinkReceipt

_HINT = tuple(field.name for field in fields(Hint))
_RECEIPT = tuple(field.name for field in fields(LinkReceipt))
_PLACE = ("sha256", "sheet", "row", "account_id", "link", "source")
_RECEIVED = ("way", "file", "sheet", "row", "url")
_RESULT = ("sort", "account_id", "name_seen", "published_on", "received_at")


class SqlHints(Aggregate):
    @writes
    def add(self, conn: Connection, hints: Sequence[Hint]) -> None:
        row = HintRow
        new: dict[tuple[object, ...], Hint] = {}
        for hint in hints:
            new.setdefault(tuple(getattr(hint, name) for name in _PLACE), hint)
        for sha256 in {hint.sha256 for hint in hints}:
            kept = select(*(getattr(row, name) for name in _PLACE)).where(row.sha256 == sha256)
            for place in conn.execute(kept):
                new.pop(tuple(place), None)
        values = [
            fields_of(hint, [name for name in _HINT if name != "id"]) for hint in new.values()
        ]
        for portion in portions(values):
            conn.execute(insert(HintRow), list(portion))

    @reads
    def of_accounts(self, conn: Connection, account_ids: Iterable[int]) -> dict[int, list[Hint]]:
        found: dict[int, list[Hint]] = defaultdict(list)
        for portion in portions(sorted(set(account_ids))):
            wanted = rows(HintRow).where(HintRow.account_id.in_(portion))
            for row in conn.execute(wanted.order_by(HintRow.received_at.desc(), HintRow.id.desc())):
                found[row.account_id].append(Hint(**fields_of(row, _HINT)))
        return dict(found)

    @reads
    def all(self, conn: Connection, since: datetime | None = None) -> list[Hint]:
        wanted = rows(HintRow).order_by(HintRow.received_at.desc(), HintRow.id.desc())
        if since is not None:
            wanted = wanted.where(HintRow.received_at >= since)
        return [Hint(**fields_of(row, _HINT)) for row in conn.execute(wanted)]

    @writes
    def keep_receipts(self, conn: Connection, receipts: Sequence[LinkReceipt]) -> None:
        row = LinkReceiptRow
        for receipt in receipts:
            place = [getattr(row, name) == getattr(receipt, name) for name in _RECEIVED]
            values = fields_of(receipt, _RESULT)
            # A page that was opened before is not opened again: what it showed then stays.
            told = {name: value for name, value in values.items() if value not in (None, "")}
            known = update(row.__table__).where(*place).values(told)
            if not conn.execute(known).rowcount:
                values = fields_of(receipt, [name for name in _RECEIPT if name != "id"])
                conn.execute(insert(row).values(values))

    @reads
    def receipts(
        self, conn: Connection, account_ids: Iterable[int]
    ) -> dict[int, list[LinkReceipt]]:
        found: dict[int, list[LinkReceipt]] = defaultdict(list)
        row = LinkReceiptRow
        for portion in portions(sorted(set(account_ids))):
            wanted = rows(row).where(row.account_id.in_(portion))
            for each in conn.execute(wanted.order_by(row.received_at.desc(), row.id.desc())):
                found[each.account_id].append(LinkReceipt(**fields_of(each, _RECEIPT)))
        return dict(found)
