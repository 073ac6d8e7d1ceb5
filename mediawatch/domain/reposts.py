"""重要信息转载任务: what accounts were to repost by a day, and what became of the task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostItem:
    """One piece of information to repost: its title, its link, or both."""

    number: int
    """Its place in the task, from 1."""
    title: str = ""
    link: str = ""

    @property
    def words(self) -> str:
        """How it is named where only one of the two fits."""
        return self.title or self.link


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostTask:
    """A task as it was given. Never updated: what becomes of it are events."""

    name: str
    from_day: date
    """The Beijing day from which a repost counts."""
    until_day: date
    """The last Beijing day on which it is in time."""
    scope: str
    """How the accounts were chosen, in words."""
    account_ids: tuple[int, ...]
    """The accounts of the scope, as they were when the task was entered."""
    items: tuple[RepostItem, ...]
    source: str = ""
    """The file that the items came from."""
    by: str
    at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRepost:
    """What is kept of an account against a person's word that it did not repost something."""

    look_id: int
    """The reading that carries the person's word."""
    is_certain: bool
    """Whether the word is refuted; else a person has to decide."""
    words: str
    """The post with its day, title and link, in Chinese."""


class RepostAction(StrEnum):
    """What may become of a task, or of one account's part in it."""

    CLOSED = "closed"
    """It is done with: nobody is asked any more."""
    WITHDRAWN = "withdrawn"
    """It was given in error."""
    ACCEPTED = "accepted"
    """A person found that the post is a repost."""
    REJECTED = "rejected"
    """A person found that the post is none."""

    @property
    def label(self) -> str:
        return {
            RepostAction.CLOSED: "已结束",
            RepostAction.WITHDRAWN: "已撤回",
            RepostAction.ACCEPTED: "人工确认为转载",
            RepostAction.REJECTED: "人工确认不是转载",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostEvent:
    """Something that became of a task. Appended, never updated."""

    task_id: int
    action: RepostAction
    item: int = 0
    """The number of the item, 0 where the whole task is meant."""
    account_id: int | None = None
    post: str = ""
    """Which post of the account (`rules.reposts.key_of`)."""
    reason: str = ""
    by: str
    at: datetime
    id: int = 0
