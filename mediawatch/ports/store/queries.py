"""What the core asks by named queries, and by statements of the operator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from mediawatch.domain import SweepAccount

T = TypeVar("T")
QueryRow = tuple[object, ...]
TakeRows = Callable[[Sequence[str], Iterator[QueryRow]], T]
"""What is called with the columns' names and the rows, which come as they are found."""


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A report query, which is also a view of the database.

    `title` says in Chinese what it lists.
    """

    name: str
    title: str
    sql: str


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What a query gave: the columns' names, and the rows as the database's own values."""

    columns: tuple[str, ...]
    rows: tuple[QueryRow, ...]
    cut: bool = False
    """Whether there are more rows than the limits let through."""


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """How far a query may go. `size` counts the bytes of the rows as UTF-8 text."""

    seconds: float = 60.0
    rows: int = 10_000
    size: int = 20_000_000


USUAL_LIMITS = QueryLimits()


class QueryStore(Protocol):
    """Report queries: they only read, and are refused the contacts."""

    def all(self) -> Sequence[NamedQuery]:
        """All named queries, by name."""

    async def run(
        self, sql: str, now: Sequence[SweepAccount] = (), limits: QueryLimits = USUAL_LIMITS
    ) -> QueryResult:
        """Run one statement on a connection that only reads and is refused the contacts.

        UserError where it fails, or takes longer than the limits allow.

        With `now`, accounts are shown as they are judged now, in place of what is stored of them.
        Without it, an account is 待人工核查 if anything became known since it was judged. That
        holds in all queries and views that would accuse it.
        """

    async def send(
        self, sql: str, take: TakeRows[T], now: Sequence[SweepAccount] = (), seconds: float = 60.0
    ) -> T:
        """As `run`, but every row goes to `take`, in another thread; returns what that returns."""

    async def judged_sweeps(self, sql: str) -> list[int]:
        """The sweeps whose judgements named queries show.

        These are the newest two inspections, and each account's newest judged sweep. Empty where
        the statement asks for no judgement.
        """
