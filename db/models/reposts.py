"""The tables of 重要信息转载任务. Their rows are never updated (triggers refuse it)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey

from db.base import Base, Field, Key
from mediawatch.domain import RepostAction

REPOSTS = ("repost_task", "repost_task_item", "repost_task_account", "repost_event")


class RepostTaskRow(Base):
    """A task as it was given."""

    __tablename__ = "repost_task"
    id: Field[int] = Field(Key, primary_key=True)
    name: Field[str]
    from_day: Field[date]
    until_day: Field[date]
    scope: Field[str]
    source: Field[str]
    by: Field[str]
    at: Field[datetime]
    __table_args__ = ({"sqlite_autoincrement": True},)


class RepostTaskItemRow(Base):
    """What was to be reposted: a title, a link, or both."""

    __tablename__ = "repost_task_item"
    task_id: Field[int] = Field(ForeignKey("repost_task.id"), primary_key=True, autoincrement=False)
    number: Field[int] = Field(primary_key=True, autoincrement=False)
    title: Field[str]
    link: Field[str]


class RepostTaskAccountRow(Base):
    """The accounts that were to repost it."""

    __tablename__ = "repost_task_account"
    task_id: Field[int] = Field(ForeignKey("repost_task.id"), primary_key=True, autoincrement=False)
    account_id: Field[int] = Field(
        ForeignKey("account.id"), primary_key=True, autoincrement=False, index=True
    )


class RepostEventRow(Base):
    """What became of a task, or of one account's part in it."""

    __tablename__ = "repost_event"
    id: Field[int] = Field(Key, primary_key=True)
    task_id: Field[int] = Field(ForeignKey("repost_task.id"), index=True)
    action: Field[RepostAction]
    item: Field[int]
    account_id: Field[int | None] = Field(ForeignKey("account.id"), index=True)
    post: Field[str]
    reason: Field[str]
    by: Field[str]
    at: Field[datetime]
