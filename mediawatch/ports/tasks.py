"""The looks of a sweep as tasks, handed from the coordinator to workers by a shared database.

The way of the data: the coordinator opens a sweep and puts a `LookOrder` into the queue of a
platform and login. A worker that serves the queue takes it, and looks as a sweep in one process
does. Its reading is kept together with the account's `LookResult`, which exists once for each kind
of look. The coordinator collects results and judges. No order, row or log line holds a cookie.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from mediawatch.domain import LookKind, UserError
from mediawatch.ports.store import LookOrder

ORDER_VERSION = 1
"""Of the orders that this version makes and understands."""
HEARTBEAT = timedelta(seconds=10)
"""How often a worker says that it is alive."""
CLOCK_TOLERANCE = timedelta(seconds=60)
"""How far a worker's clock may be off the database's.

A reading speaks for its moment, and two looks must be minutes apart: 60 seconds disturb neither.
"""
VISITOR = "visitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """The orders of one queue: those that wait, and those that workers have in hand."""

    name: str
    waiting: int
    in_hand: int


class OrderMaker(Protocol):
    """Makes ordered looks: a worker, as its queues see it."""

    def expect(self, orders: Sequence[LookOrder]) -> None:
        """Learn that these orders were taken together: each is made soon, or goes back."""

    async def make(self, order: LookOrder, begun: int) -> None:
        """Make the ordered look, which was begun so often before.

        Raises `WorkerMustEnd` where no order can be made here any more.
        """


class WorkerMustEnd(Exception):
    """The worker can make no look any more: what it has in hand goes back into its queue."""

    def __init__(self, why: UserError) -> None:
        super().__init__(str(why))
        self.why = why


class LookTasks(Protocol):
    """The queue, for the coordinator and for who lists it.

    Every method waits for a database that does not answer, and raises StoreError in the end.
    """

    async def defer(self, orders: Sequence[tuple[LookOrder, str, int]]) -> None:
        """Put orders into queues: each with its queue and its rank, the highest first.

        An order whose key waits already is left out.
        """

    async def outstanding(self, sweep_id: int) -> Mapping[str, str]:
        """The orders of a sweep that wait or are in hand: key to queue."""

    async def cancel(
        self, sweep_id: int | None, queue: str | None = None, *, looks_alone: bool = False
    ) -> list[str]:
        """Take back the orders that no worker has begun, of one queue or of all: their keys.

        `sweep_id` None: of all sweeps, for one that died may have left some. `looks_alone`: checks of canaries stay.
        """

    async def queues(self) -> list[QueueState]:
        """By name. Queues without any order are left out."""

    async def close(self) -> None: ...


class WorkerQueues(Protocol):
    """The queue, for a worker."""

    async def serve(
        self, queues: Mapping[str, Iterable[str]], maker: OrderMaker, *, at_hand: int
    ) -> None:
        """Take orders until cancelled: of each group of queues up to `at_hand` are made at a time.

        Where they are made quickly, a few more are taken ahead.

        What is in hand at the end may be finished for a while; then it goes back into its queue.
        Raises the reason of a `WorkerMustEnd`.
        """

    async def reclaim(self) -> None:
        """Put back what the queue holds to be in this worker's hand, and is not.

        The answer to its question may have been lost with a connection. Asked every few seconds.
        """


def queue_of(platform: str, login: str = "") -> str:
    """The queue of a login (`WORD:NAME`), else that of a platform's visitors."""
    return login or f"{platform}:{VISITOR}"


def queue_at(platform: str, address: str) -> str:
    """The queue of what visitors of a platform must do at one address, as closing checks."""
    return f"{platform}:{VISITOR}@{address}"


def as_payload(order: LookOrder) -> dict[str, Any]:
    """The order as JSON. Only what differs from a plain first look is written."""
    made: dict[str, Any] = {"v": ORDER_VERSION, "sweep": order.sweep_id, "platform": order.platform}
    if order.run is not None:
        made["run"] = order.run.isoformat()
    if order.look is None:
        return made | {"surface": order.surface, "session": order.session}
    made |= {"account": order.account_id, "look": order.look.value}
    if order.fresh_after is not None:
        made["fresh_after"] = order.fresh_after.isoformat()
    if order.not_by:
        made["not_by"] = sorted(order.not_by)
    return made


def of_payload(payload: Mapping[str, Any]) -> LookOrder | None:
    """The order; None for what this version does not understand."""
    began = payload.get("run")
    run = datetime.fromisoformat(began) if began else None
    match payload:
        case {"v": 1, "sweep": int(sweep), "platform": str(platform), "look": str(look)}:
            day = payload.get("fresh_after")
            return LookOrder(
                sweep_id=sweep,
                platform=platform,
                run=run,
                account_id=int(payload["account"]),
                look=LookKind(look),
                fresh_after=date.fromisoformat(day) if day else None,
                not_by=frozenset(payload.get("not_by", ())),
            )
        case {"v": 1, "sweep": int(sweep), "platform": str(platform), "surface": str(surface)}:
            return LookOrder(
                sweep_id=sweep,
                platform=platform,
                run=run,
                look=None,
                surface=surface,
                session=str(payload.get("session", "")),
            )
    return None
