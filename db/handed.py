"""Hand-offs of lower offices: received, never changed, compressed."""

from __future__ import annotations

import zlib
from collections.abc import Collection

from sqlalchemy import Connection, insert, select

from db.base import table
from db.models import HandedFileRow
from db.transactions import Aggregate, reads, writes
from db.types import fields_of
from mediawatch.domain import HandedFile, HandedState

_FILE = (
    "round",
    "office",
    "state",
    "reason",
    "file",
    "sha256",
    "size",
    "as_of",
    "notice",
    "issued_on",
    "version",
    "key",
    "signed_at",
    "received_at",
    "by",
)


class SqlHandedFiles(Aggregate):
    @writes
    def add(self, conn: Connection, file: HandedFile, body: bytes) -> None:
        """See `HandedFileStore.add`."""
        kept = b"" if file.state is HandedState.REFUSED else zlib.compress(body)
        conn.execute(insert(table(HandedFileRow)).values(fields_of(file, _FILE) | {"body": kept}))

    @reads
    def of_round(self, conn: Connection, round: str) -> list[HandedFile]:
        named = [table(HandedFileRow).c[name] for name in (*_FILE, "id")]
        wanted = select(*named).where(HandedFileRow.round == round).order_by(HandedFileRow.id)
        return [HandedFile(**fields_of(row, (*_FILE, "id"))) for row in conn.execute(wanted)]

    @reads
    def bodies(self, conn: Connection, ids: Collection[int]) -> dict[int, bytes]:
        wanted = select(HandedFileRow.id, HandedFileRow.body).where(HandedFileRow.id.in_(ids))
        return {row.id: zlib.decompress(row.body) for row in conn.execute(wanted) if row.body}
