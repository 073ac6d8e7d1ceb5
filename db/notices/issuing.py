"""How a notice is written: with its items, its first document, and the scope it was issued on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert, select

from db.errors import StoreError
from db.mapping.accounts import filed_values
from db.mapping.notices import issued_finding_values, notice_values
from db.mapping.sweeps import judgement_values
from db.models import (
    NoticeAccountRow,
    NoticeDocumentRow,
    NoticeFindingRow,
    NoticeItemRow,
    NoticeReadingRow,
    NoticeRow,
    SweepRow,
)
from db.notices.loading import load_events, load_notices
from db.types import Values, portions
from mediawatch.domain import (
    IssuedDocument,
    Judgement,
    Notice,
    SweepAccount,
    Verdict,
    standing_item,
)


def add_notice(
    conn: Connection,
    notice: Notice,
    document: IssuedDocument | None,
    scope: Sequence[SweepAccount],
) -> Notice:
    """Write a notice. StoreError where a notice of that number is kept already."""
    if conn.scalar(select(NoticeRow.id).where(NoticeRow.number == notice.number)) is not None:
        raise StoreError(
            f"there is a notice {notice.number} already: it stays as it was issued; correct "
            "it, or give another number"
        )
    _refuse_again(conn, notice)
    key = conn.execute(
        insert(NoticeRow).values(notice_values(notice)).returning(NoticeRow.id)
    ).scalar_one()
    items: list[Values] = []
    findings: list[Values] = []
    readings: list[Values] = []
    for item in notice.items:
        own = {
            "notice_id": key,
            "number": item.number,
            "account_id": item.account_id,
            "problem": item.problem,
            "fails": item.fails,
        }
        items.append(
            filed_values(item.filed) | own | {"result": item.result, "unnamed": item.unnamed}
        )
        for position, held in enumerate(item.findings):
            place = {"notice_id": key, "item": item.number, "position": position}
            findings.append(issued_finding_values(held) | place)
            readings += [place | {"reading_id": number} for number in held.finding.reading_ids]
    for table, values in (
        (NoticeItemRow, items),
        (NoticeFindingRow, findings),
        (NoticeReadingRow, readings),
    ):
        if values:
            conn.execute(insert(table), values)
    if document:
        add_document(conn, key, document)
    for portion in portions(scope):
        conn.execute(
            insert(NoticeAccountRow),
            [_entry_values(entry) | {"notice_id": key} for entry in portion],
        )
    return replace(notice, id=key)


def _refuse_again(conn: Connection, notice: Notice) -> None:
    """Refuse an account that stands in another notice of its sweep without a reason given.

    StoreError: another person was faster.
    """
    if notice.sweep_id is None or notice.again:
        return
    # Serialises those who issue on PostgreSQL; on SQLite the transaction does.
    conn.scalar(select(SweepRow.id).where(SweepRow.id == notice.sweep_id).with_for_update())
    accused = {item.account_id for item in notice.items}
    for other in load_notices(conn):
        if other.sweep_id == notice.sweep_id:
            known = load_events(conn, other.id)
            if any(
                item.account_id in accused and standing_item(item, known) for item in other.items
            ):
                raise StoreError(
                    f"accounts of sweep {notice.sweep_id} stand in {other.number} already: "
                    "issue them again with a reason"
                )


def _entry_values(entry: SweepAccount) -> Values:
    judged = judgement_values(entry.judgement or Judgement(verdict=Verdict.UNPROVEN, sentence=""))
    del judged["second_look"]
    account = {"account_id": entry.account.id, "retired_on": entry.account.retired_on}
    return (
        filed_values(entry.account.filed)
        | judged
        | account
        | ({} if entry.judgement else {"verdict": None})
    )


def add_document(conn: Connection, notice_id: int, document: IssuedDocument) -> None:
    """The next version of its hand-off."""
    values = {
        "version": document.version,
        "sha256": document.sha256,
        "body": document.body,
        "at": document.at,
    }
    conn.execute(insert(NoticeDocumentRow).values(notice_id=notice_id, **values))
