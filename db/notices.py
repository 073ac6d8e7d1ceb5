"""Statements about notices: appended, read back with their items, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from db.base import rows
from db.errors import StoreError
from db.mapping import (
    Values,
    account_of,
    filed_values,
    held_of,
    held_values,
    judgement_of,
    judgement_values,
    notice_event_of,
    notice_event_values,
    notice_item_of,
    notice_of,
    notice_values,
    portions,
)
from db.models import (
    NoticeAccountRow,
    NoticeDocumentRow,
    NoticeEventRow,
    NoticeFindingRow,
    NoticeItemRow,
    NoticeReadingRow,
    NoticeRow,
    SweepAccountRow,
    SweepRow,
)
from mediawatch.domain import (
    IssuedDocument,
    IssuedFinding,
    Judgement,
    Notice,
    NoticeEvent,
    NoticeItem,
    SweepAccount,
    Verdict,
    standing_item,
)


def issue(
    conn: Connection,
    notice: Notice,
    document: IssuedDocument | None,
    scope: Sequence[SweepAccount] = (),
) -> Notice:
    """StoreError where a notice of that number is there already."""
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
        items.append(filed_values(item.filed) | own | {"result": item.result})
        for position, held in enumerate(item.findings):
            place = {"notice_id": key, "item": item.number, "position": position}
            findings.append(held_values(held) | place)
            readings += [place | {"reading_id": number} for number in held.finding.reading_ids]
    for table, values in (
        (NoticeItemRow, items),
        (NoticeFindingRow, findings),
        (NoticeReadingRow, readings),
    ):
        if values:
            conn.execute(insert(table), values)
    if document:
        _add_document(conn, key, document)
    for portion in portions(scope):
        conn.execute(
            insert(NoticeAccountRow),
            [_entry_values(entry) | {"notice_id": key} for entry in portion],
        )
    return replace(notice, id=key)


def _refuse_again(conn: Connection, notice: Notice) -> None:
    """StoreError where an account of it stands in another notice of its sweep, and nothing says why
    it should: somebody was faster.
    """
    if notice.sweep_id is None or notice.again:
        return
    # Serialises those who issue on PostgreSQL; on SQLite the transaction does.
    conn.scalar(select(SweepRow.id).where(SweepRow.id == notice.sweep_id).with_for_update())
    accused = {item.account_id for item in notice.items}
    for other in notices(conn):
        if other.sweep_id == notice.sweep_id:
            known = events(conn, other.id)
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


def scope(conn: Connection, notice_id: int) -> list[SweepAccount]:
    sweep_id = conn.scalar(select(NoticeRow.sweep_id).where(NoticeRow.id == notice_id))
    wanted = (
        rows(NoticeAccountRow)
        .where(NoticeAccountRow.notice_id == notice_id)
        .order_by(NoticeAccountRow.account_id)
    )
    return [
        SweepAccount(
            sweep_id=sweep_id or 0,
            account=account_of(row.account_id, row, ()),
            judgement=judgement_of(row, ()),
        )
        for row in conn.execute(wanted)
    ]


def cover(conn: Connection, sweep_id: int, account_ids: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key in conn.scalars(select(NoticeRow.id).where(NoticeRow.sweep_id.is_not(None))).all():
        both = select(NoticeAccountRow.account_id).join(
            SweepAccountRow,
            (SweepAccountRow.account_id == NoticeAccountRow.account_id)
            & (SweepAccountRow.sweep_id == sweep_id),
        )
        # One account suffices: a scope of a hundred thousand is not gone through.
        if conn.scalar(both.where(NoticeAccountRow.notice_id == key).limit(1)) is not None:
            found[key] = set()
    for portion in portions(account_ids):
        wanted = select(NoticeAccountRow.notice_id, NoticeAccountRow.account_id).where(
            NoticeAccountRow.account_id.in_(portion)
        )
        for notice_id, account_id in conn.execute(wanted):
            found.setdefault(notice_id, set()).add(account_id)
    return found


def notices(conn: Connection) -> list[Notice]:
    """With their items, oldest first."""
    proofs: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for row in conn.execute(rows(NoticeReadingRow).order_by(NoticeReadingRow.reading_id)):
        proofs[row.notice_id, row.item, row.position].append(row.reading_id)
    findings: dict[tuple[int, int], list[IssuedFinding]] = defaultdict(list)
    ordered = rows(NoticeFindingRow).order_by(
        NoticeFindingRow.notice_id, NoticeFindingRow.item, NoticeFindingRow.position
    )
    for row in conn.execute(ordered):
        findings[row.notice_id, row.item].append(
            held_of(row, proofs.get((row.notice_id, row.item, row.position), ()))
        )
    items: dict[int, list[NoticeItem]] = defaultdict(list)
    for row in conn.execute(
        rows(NoticeItemRow).order_by(NoticeItemRow.notice_id, NoticeItemRow.number)
    ):
        items[row.notice_id].append(
            notice_item_of(row, findings.get((row.notice_id, row.number), ()))
        )
    wanted = rows(NoticeRow).order_by(NoticeRow.issued_on, NoticeRow.id)
    return [notice_of(row, items.get(row.id, ())) for row in conn.execute(wanted)]


def issued_at(conn: Connection, sweep_id: int) -> dict[int, datetime]:
    wanted = (
        select(NoticeItemRow.account_id, NoticeRow.kept_at)
        .join(NoticeRow, NoticeRow.id == NoticeItemRow.notice_id)
        .where(NoticeRow.sweep_id == sweep_id, NoticeItemRow.account_id.is_not(None))
        .order_by(NoticeRow.issued_on.desc(), NoticeRow.id.desc())
    )
    return {row.account_id: row.kept_at for row in conn.execute(wanted)}


def note(conn: Connection, events: Sequence[NoticeEvent], document: IssuedDocument | None) -> None:
    """Append events, with the next version of their notice's hand-off where they correct it.

    StoreError where somebody else has made that version meanwhile.
    """
    if events:
        conn.execute(insert(NoticeEventRow), [notice_event_values(event) for event in events])
    if document:
        (notice_id,) = {event.notice_id for event in events}
        newest = conn.scalar(
            select(func.max(NoticeDocumentRow.version)).where(
                NoticeDocumentRow.notice_id == notice_id
            )
        )
        if document.version != (newest or 0) + 1:
            raise StoreError(
                "somebody else has corrected this notice meanwhile: look again, then correct it"
            )
        _add_document(conn, notice_id, document)


def _add_document(conn: Connection, notice_id: int, document: IssuedDocument) -> None:
    values = {
        "version": document.version,
        "sha256": document.sha256,
        "body": document.body,
        "at": document.at,
    }
    conn.execute(insert(NoticeDocumentRow).values(notice_id=notice_id, **values))


def events(conn: Connection, notice_id: int | None) -> list[NoticeEvent]:
    wanted = rows(NoticeEventRow).order_by(NoticeEventRow.id)
    if notice_id is not None:
        wanted = wanted.where(NoticeEventRow.notice_id == notice_id)
    return [notice_event_of(row) for row in conn.execute(wanted)]


def documents(conn: Connection, notice_id: int) -> list[IssuedDocument]:
    wanted = (
        rows(NoticeDocumentRow)
        .where(NoticeDocumentRow.notice_id == notice_id)
        .order_by(NoticeDocumentRow.version)
    )
    return [
        IssuedDocument(version=row.version, sha256=row.sha256, body=row.body, at=row.at)
        for row in conn.execute(wanted)
    ]
