"""重要信息转载任务: kept, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import Connection, insert, select

from db.accounts.news import raise_news
from db.base import rows
from db.models import (
    ReadingRow,
    RepostEventRow,
    RepostTaskAccountRow,
    RepostTaskItemRow,
    RepostTaskRow,
)
from db.revision import raise_revision
from db.transactions import Aggregate, reads, writes
from db.types import fields_of, portions
from mediawatch.domain import Code, RepostEvent, RepostItem, RepostTask

_TASK = ("name", "from_day", "until_day", "scope", "source", "by", "at")
_ITEM = tuple(field.name for field in fields(RepostItem))
_EVENT = tuple(field.name for field in fields(RepostEvent))


class SqlReposts(Aggregate):
    @writes
    def add(self, conn: Connection, task: RepostTask) -> RepostTask:
        raise_revision(conn)
        statement = insert(RepostTaskRow).returning(RepostTaskRow.id)
        key = conn.scalar(statement, fields_of(task, _TASK))
        items = [fields_of(item, _ITEM) | {"task_id": key} for item in task.items]
        conn.execute(insert(RepostTaskItemRow), items)
        for portion in portions(task.account_ids):
            members = [{"task_id": key, "account_id": each} for each in portion]
            conn.execute(insert(RepostTaskAccountRow), members)
        return RepostTask(
            **fields_of(task, (*_TASK, "items", "account_ids")),
            id=key or 0,
        )

    @reads
    def all(self, conn: Connection) -> list[RepostTask]:
        items: dict[int, list[RepostItem]] = defaultdict(list)
        item = RepostTaskItemRow
        for row in conn.execute(rows(item).order_by(item.task_id, item.number)):
            items[row.task_id].append(RepostItem(**fields_of(row, _ITEM)))
        members: dict[int, list[int]] = defaultdict(list)
        of = RepostTaskAccountRow
        for task_id, account_id in conn.execute(
            select(of.task_id, of.account_id).order_by(of.task_id, of.account_id)
        ):
            members[task_id].append(account_id)
        return [
            RepostTask(
                **fields_of(row, _TASK),
                id=row.id,
                items=tuple(items[row.id]),
                account_ids=tuple(members[row.id]),
            )
            for row in conn.execute(rows(RepostTaskRow).order_by(RepostTaskRow.id))
        ]

    @writes
    def add_events(self, conn: Connection, events: Sequence[RepostEvent]) -> None:
        raise_revision(conn)
        values = [fields_of(event, [name for name in _EVENT if name != "id"]) for event in events]
        if values:
            conn.execute(insert(RepostEventRow), values)
            raise_news(conn, _concerned(conn, events))

    @reads
    def events(self, conn: Connection) -> list[RepostEvent]:
        wanted = rows(RepostEventRow).order_by(RepostEventRow.id)
        return [RepostEvent(**fields_of(row, _EVENT)) for row in conn.execute(wanted)]


def _concerned(conn: Connection, events: Sequence[RepostEvent]) -> set[int]:
    """Accounts of which somebody says that they did not repost what these events are about."""
    of = ReadingRow
    said = select(of.account_id, of.problem_task).where(of.problem == Code.NOT_REPOSTED)
    looked = conn.execute(said.distinct()).all()
    decided = {event.account_id for event in events}
    ended = {event.task_id for event in events if event.account_id is None}
    return {row[0] for row in looked if row[0] in decided or row[1] in ended}
