"""What the database says, as one sentence for the operator.

No exception of SQLAlchemy leaves this package.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mediawatch.domain import UserError
from mediawatch.ports import OutdatedPlan


class StoreError(UserError):
    """The store cannot do what was asked; nothing of it was written."""


class StoreBusy(StoreError):
    """Another process holds the database's write lock for longer than the store waits.

    Trying again later may help.
    """


class StoreConflict(StoreError, OutdatedPlan):
    """What was to be written rests on what has changed meanwhile. Decided anew it may hold."""


class NewerDatabase(StoreError):
    """A newer mediawatch has migrated this database; an older one must not touch it."""


@contextmanager
def as_store_error(where: str) -> Iterator[None]:
    """Turn the driver's errors into `StoreError`; `where` names the database, without a password.

    A value that a column's type refuses stays ValueError, TypeError or LookupError: a bug of the
    caller.
    """
    try:
        yield
    except DBAPIError as error:
        raise _sentence(error, where) from error
    except StatementError as error:
        if isinstance(error.orig, ValueError | TypeError | LookupError):
            raise error.orig from error
        raise
    except PoolTimeout as error:
        raise StoreBusy(f"{where}: all connections are in use") from error


def _sentence(error: DBAPIError, where: str) -> StoreError:
    words = (
        str(error.orig).strip().splitlines()[0]
        if str(error.orig).strip()
        else type(error.orig).__name__
    )
    if (
        words in ("database is locked", "database table is locked")
        or getattr(error.orig, "sqlstate", "") == "55P03"
    ):
        return StoreBusy(
            f"{where} is locked by another process: wait until it is done, then try again"
        )
    if getattr(error.orig, "sqlstate", "") in ("40P01", "40001"):
        return StoreConflict(f"{where}: somebody else wrote at the same moment: try again")
    if words == "file is not a database":
        return StoreError(
            f"{where} is not a database of mediawatch: name another file, or move this one away"
        )
    if "unable to open database file" in words:
        return StoreError(
            f"{where} cannot be opened: its folder must exist and be writable; run "
            "`mediawatch init`"
        )
    if isinstance(error, IntegrityError):
        return StoreError(f"{where} refuses a row that contradicts what it holds: {words}")
    return StoreError(f"{where}: {words}")
