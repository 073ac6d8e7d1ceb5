"""What the core asks of the kept notices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from mediawatch.domain import (
    DraftApproval,
    IssuedDocument,
    Notice,
    NoticeDraft,
    NoticeEvent,
    SweepAccount,
)
from mediawatch.ports.store.sweeps import Rejudgement


class NoticeStore(Protocol):
    """Notices that were issued, with their events and documents."""

    async def issue(
        self,
        notice: Notice,
        document: IssuedDocument | None = None,
        *,
        scope: Sequence[SweepAccount] = (),
        rejudged: Rejudgement | None = None,
    ) -> Notice:
        """Keep a notice with its items, the first version of its hand-off, and its whole scope.

        The scope has the verdicts after review. The notice is returned with its id, and is never
        updated afterwards.

        UserError where a notice of that number exists, and where anything became known since
        `rejudged`. `rejudged` is written first, in the same transaction.
        """

    async def add_draft(
        self, draft: NoticeDraft, *, rejudged: Rejudgement | None = None
    ) -> NoticeDraft:
        """Keep the next draft of a sweep, which takes the place of the one before.

        It is returned with its id. UserError where anything became known since `rejudged`, which
        is written first, in the same transaction.
        """

    async def approve_draft(
        self,
        draft: NoticeDraft,
        approval: DraftApproval,
        *,
        rejudged: Rejudgement | None = None,
    ) -> None:
        """Keep the signature under a draft.

        UserError where it is signed or issued already, or a newer draft of its sweep exists.
        """

    async def drafts(self) -> list[NoticeDraft]:
        """All of them, oldest first, each with its approval and the notice that it became."""

    async def all(self) -> list[Notice]:
        """All of them with their items, by day of issue."""

    async def scope(self, notice_id: int) -> list[SweepAccount]:
        """The scope that a notice was issued on, in account order.

        It has the filed values and verdicts of then, without findings. Empty for another system's
        notice.
        """

    async def coverage(self, sweep_id: int, account_ids: Iterable[int]) -> dict[int, set[int]]:
        """The notices issued on any account of a sweep's scope, each with those of `account_ids`."""

    async def issued_at(self, sweep_id: int) -> dict[int, datetime]:
        """Since when each account stands in a notice of the sweep, by account id.

        That is when its first notice was kept.
        """

    async def add_events(
        self,
        events: Sequence[NoticeEvent],
        document: IssuedDocument | None = None,
        *,
        after: int | None = None,
    ) -> None:
        """Append events of one notice, and the next version of its hand-off where they correct it.

        All or nothing. UserError where another person has made that version meanwhile, or where
        the notice has an event younger than the id `after`.
        """

    async def events(self, notice_id: int | None = None) -> list[NoticeEvent]:
        """Oldest first, of one notice or of all."""

    async def unarchived(self) -> list[Notice]:
        """The closed notices of our own whose evidence waits for its archive, by day of issue.

        Nobody acknowledged their archive, or something was done about them afterwards.
        """

    async def documents(self, notice_id: int) -> list[IssuedDocument]:
        """The versions of its hand-off, oldest first; empty for another system's notice."""
