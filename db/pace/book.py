"""The whole book of one process at one address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from db.pace.breakers import SqlBreakers
from db.pace.checks import SqlChecks
from db.pace.rows import PaceRows
from db.pace.run import PaceRun
from db.pace.turns import SqlTurns
from mediawatch.ports import BreakerState


class SqlPaceBook(SqlTurns, SqlBreakers, SqlChecks):
    """Implements `ports.PaceBook`, for one run."""

    def __init__(
        self, pace_rows: PaceRows, address: str, breaker: Callable[[], BreakerState]
    ) -> None:
        """`breaker`: makes a closed one, which knows what follows from an outcome."""
        run = PaceRun(pace_rows, address)
        SqlTurns.__init__(self, run, breaker().rest)
        SqlBreakers.__init__(self, run, breaker)
        SqlChecks.__init__(self, run)
        self.address = address

    def begin_run(self, began: datetime | None = None) -> None:
        """See `ports.TurnBook`."""
        self._run.began = began
        self._run.open = {}

    @property
    def began(self) -> datetime | None:
        """See `ports.TurnBook`."""
        return self._run.began

    def now(self) -> datetime | None:
        """See `ports.TurnBook`."""
        return self._run.now()
