"""What the core asks by named queries, and by statements of the operator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mediawatch.domain import SweepAccount


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
    rows: tuple[tuple[object, ...], ...]


class QueryStore(Protocol):
    """Report queries: they only read, and are refused the contacts."""

    def all(self) -> Sequence[NamedQuery]:
        """All named queries, by name."""

    async def run(self, sql: str, now: Sequence[SweepAccount] = ()) -> QueryResult:
        """Run one statement on a connection that only reads and is refused the contacts.

        UserError where it fails.

        With `now`, accounts are shown as they are judged now, in place of what is stored of them.
        Without it, an account is 待人工核查 if anything became known since it was judged. That
        holds in all queries and views that would accuse it.
        """

    async def judged_sweeps(self, sql: str) -> list[int]:
        """The sweeps whose judgements named queries show.

        These are the newest two inspections, and each account's newest judged sweep. Empty where
        the statement asks for no judgement.
        """
