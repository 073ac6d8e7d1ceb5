"""Where transactions begin and end.

Each runs in a thread of its own; one of them writes at a time. One thread serves a whole
transaction: handing each statement to another thread cost as much as the statements.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial, wraps
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine

from db.engine import (
    BUSY_TIMEOUT,
    WRITES,
    careful_engine,
    file_of,
    interrupt,
    name_database,
)
from db.errors import NewerDatabase, NotWritable, StoreAway, StoreError, as_store_error
from db.moved import refuse_moved
from db.patience import patiently
from db.revisions import MIGRATION_LOCK, revisions

A = TypeVar("A", bound="Aggregate")
P = ParamSpec("P")
G = TypeVar("G")
R = TypeVar("R")
T = TypeVar("T")
Undo = Callable[[], None]
WRITERS_PATIENCE = 2.0
"""Seconds that a write transaction has to end, once its caller is cancelled."""


class Transactions:
    """The transactions of one database. Belongs to the event loop in which it is first used."""

    def __init__(
        self,
        url: URL,
        busy_timeout: float = BUSY_TIMEOUT,
        unwritable: str = "",
        patience: float = 0,
        *,
        guarded: bool = False,
    ) -> None:
        """`patience`: seconds to wait for a PostgreSQL that does not answer any more. `guarded`:
        nothing is written to it once its tables are those of a newer version.
        """
        self._patience, self._guarded = patience, guarded
        self._name, self._file = name_database(url), file_of(url)
        self._unwritable = unwritable
        """Why nothing can be written; "" where it can."""
        self.engine = careful_engine(url, busy_timeout, pings=not patience)
        self._writer = self.engine.execution_options(**WRITES)
        # Several statements must see one state: SQLite's BEGIN gives that by itself.
        snapshot = (
            {}
            if file_of(url)
            else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        self._reader = self.engine.execution_options(**snapshot)
        at_once = {} if file_of(url) else {"isolation_level": "AUTOCOMMIT"}
        self._asker = self.engine.execution_options(**at_once)
        self._lock = asyncio.Lock()

    async def read(self, work: Callable[..., T], /, *given: Any, **named: Any) -> T:
        """What `work(connection, *given, **named)` returns."""
        return await self._patiently(
            partial(self._read_once, _bound(work, given, named), self._reader)
        )

    async def _read_once(self, work: Callable[[Connection], T], engine: Engine) -> T:
        one = OneTransaction(patience=0)
        return await one.to_its_end(asyncio.to_thread(self._within, one, engine, work))

    async def ask(self, work: Callable[..., T], /, *given: Any, **named: Any) -> T:
        """As `read`, but each statement sees a state of its own on PostgreSQL.

        BEGIN and COMMIT cost as much as the one statement between them.
        """
        return await self._patiently(
            partial(self._read_once, _bound(work, given, named), self._asker)
        )

    async def _patiently(self, attempt: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What the attempt returns; made again while the server is away, as long as we wait.

        A commit whose answer was lost may so be made twice: what is written by waiting processes
        is the same when it is written again.
        """
        return await patiently(attempt, StoreAway, self._patience)

    async def write(
        self, work: Callable[..., T], /, *given: Any, undo: Undo = lambda: None, **named: Any
    ) -> T:
        """The same for what writes. Committed when it returns.

        `undo` takes back what the work did outside of the database. It is called in the
        transaction's thread where that one fails, at its commit, too.
        Waits for this process's writers in a queue: waiting in SQLite's busy loop would be unfair
        and could time out.
        """
        if self._unwritable:
            error = NotWritable(self._unwritable)
            error.again = "nothing was written, for that reason"  # told when the store was opened
            raise error
        ready = _bound(work, given, named)
        return await self._patiently(partial(self._write_once, ready, undo))

    async def _write_once(self, work: Callable[[Connection], T], undo: Undo) -> T:
        one = OneTransaction(patience=WRITERS_PATIENCE, undo=undo)

        async def alone() -> T:
            async with self._lock:
                return await asyncio.to_thread(self._within, one, self._writer, work)

        return await one.to_its_end(alone())

    def _within(
        self,
        one: OneTransaction,
        engine: Engine,
        work: Callable[[Connection], T],
    ) -> T:
        try:
            with (
                as_store_error(self._name, self._file),
                engine.begin() as conn,
                one.running_on(conn),
            ):
                if engine is self._writer and self._guarded and self._file is None:
                    refuse_newer(conn, self._name)
                return work(conn)
        except BaseException:
            one.undo()
            raise

    async def close(self) -> None:
        await asyncio.to_thread(self.engine.dispose)


def _bound(
    work: Callable[..., T], given: Sequence[Any], named: Mapping[str, Any]
) -> Callable[[Connection], T]:
    """The work, which lacks its connection alone."""
    return lambda conn: work(conn, *given, **named)


def refuse_newer(conn: Connection, name: str) -> None:
    """NewerDatabase where another process has brought PostgreSQL's tables to a newer revision, and
    MovedDatabase where it has moved what they held.

    No migration begins before the transaction ends: else a row of this version could follow it.
    """
    # Two statements: the second one must see what a migration that was waited for has committed.
    conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({MIGRATION_LOCK})")
    revision = conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    refuse_moved(conn, str(revision), name)
    if revision not in revisions():
        raise NewerDatabase(
            f"{name} was brought to revision {revision} by a newer mediawatch, and this one knows "
            f"{revisions()[-1]}: nothing was written; install that version"
        )


class OneTransaction:
    """A transaction in a thread of its own, and what becomes of it where its caller is cancelled.

    It has `patience` seconds to begin (after the queue, another process's lock, the server) and to
    end: what a look found must be kept. After them it is given up if it has not begun. Else what it
    is doing is interrupted, and it is rolled back. Its thread must have ended before its caller
    goes on: he could close the store under it.
    """

    def __init__(self, patience: float, undo: Undo = lambda: None) -> None:
        self._patience, self.undo = patience, undo
        self._lock = Lock()
        self._begun = self._given_up = False
        self._connection: Connection | None = None

    @contextmanager
    def running_on(self, connection: Connection) -> Iterator[None]:
        """Around the transaction's work, in its thread."""
        with self._lock:
            if self._given_up:
                raise StoreError("the transaction was given up before it began")
            self._begun, self._connection = True, connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None

    async def to_its_end(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns, which runs the transaction; cancelled only as described."""
        task = asyncio.create_task(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await self._await_end(task)
            task.cancel()
            if task.done() and not task.cancelled():
                task.exception()  # asked for, or asyncio would report it as never retrieved
            raise

    def _give_up(self) -> bool:
        """Whether it has not begun; then it never will."""
        with self._lock:
            self._given_up = not self._begun
            return self._given_up

    async def _await_end(self, task: asyncio.Task[Any]) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience
        while not task.done():
            if loop.time() >= until:
                if self._give_up():
                    return
                with self._lock:
                    if self._connection is not None:
                        interrupt(self._connection)
            # As an impatient user cancels it again.
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task], timeout=0.05)


class Aggregate:
    """Tables that belong together, with the methods that read and write them.

    A method holds its SQL and takes the connection first. `@reads` or `@writes` makes it a
    coroutine function without the connection: one call is one transaction.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions


def reads(
    method: Callable[Concatenate[A, Connection, P], T],
) -> Callable[Concatenate[A, P], Coroutine[Any, Any, T]]:
    """The method in a transaction that sees one state and writes nothing."""
    return _within_one(method, Transactions.read)


def asks(
    method: Callable[Concatenate[A, Connection, P], T],
) -> Callable[Concatenate[A, P], Coroutine[Any, Any, T]]:
    """As `reads`, for a method whose one statement tells it all."""
    return _within_one(method, Transactions.ask)


def writes(
    method: Callable[Concatenate[A, Connection, P], T],
) -> Callable[Concatenate[A, P], Coroutine[Any, Any, T]]:
    """The method in a transaction that writes all or nothing."""
    return _within_one(method, Transactions.write)


def _within_one(
    method: Callable[Concatenate[A, Connection, P], T], run: Callable[..., Coroutine[Any, Any, T]]
) -> Callable[Concatenate[A, P], Coroutine[Any, Any, T]]:
    @wraps(method)
    async def transaction(self: A, /, *given: P.args, **named: P.kwargs) -> T:
        return await run(
            self._transactions,
            partial(method, self),
            *map(_own, given),
            **{name: _own(each) for name, each in named.items()},
        )

    return transaction


def _own(given: object) -> object:
    """The thread's own copy of what the caller may change meanwhile, or iterate only once."""
    match given:
        case str() | bytes():
            return given
        case Mapping():
            return dict(given)
        case Iterable():
            return list(given)
        case _:
            return given


def writes_ready(
    prepare: Callable[[A, G], R],
) -> Callable[[Callable[[A, Connection, R], T]], Callable[[A, G], Coroutine[Any, Any, T]]]:
    """As `writes`, for a method whose argument `prepare` makes ready before the transaction."""

    def marked(method: Callable[[A, Connection, R], T]) -> Callable[[A, G], Coroutine[Any, Any, T]]:
        @wraps(method)
        async def transaction(self: A, given: G) -> T:
            ready = await asyncio.to_thread(prepare, self, given)
            return await self._transactions.write(partial(method, self), ready)

        transaction.prepare = prepare  # type: ignore[attr-defined]
        return transaction

    return marked


def make_ready(method: Any, given: Sequence[Any], named: Mapping[str, Any]) -> Callable[..., Any]:
    """A call of a method that `@writes` or `@writes_ready` marks, to be made with a connection.

    What needs no transaction is done here.
    """
    if prepare := getattr(method, "prepare", None):
        given = [prepare(method.__self__, *given)]
    own = {name: _own(each) for name, each in named.items()}
    values = [_own(each) for each in given]
    return lambda conn: method.__wrapped__(method.__self__, conn, *values, **own)
