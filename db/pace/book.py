"""The whole book of one process at one address."""

from __future__ import annotations

from collections.abc import Callable

from db.pace.checks import SqlChecks
from db.pace.rows import PaceRows
from db.pace.turns import SqlTurns
from mediawatch.ports import BreakerState


class SqlPaceBook(SqlTurns, SqlChecks):
    """Implements `ports.PaceBook`, for one run."""

    def __init__(
        self, pace_rows: PaceRows, address: str, breaker: Callable[[], BreakerState]
    ) -> None:
        """`breaker`: makes a closed one, which knows what follows from an outcome."""
        SqlTurns.__init__(self, pace_rows, address, breaker)
        SqlChecks.__init__(self, pace_rows, address)
