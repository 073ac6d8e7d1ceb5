"""What the core asks of the kept runs."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from mediawatch.domain import Alert, AlertState, Backup, SweepRun


class RunStore(Protocol):
    """The runs themselves: sweeps as they ran, alerts, backups."""

    async def begin(self, run: SweepRun) -> SweepRun:
        """Keep that a run has begun; returned with its id."""

    async def end(self, run: SweepRun) -> None: ...
    async def latest(self, limit: int) -> list[SweepRun]:
        """The newest first."""

    async def add_alert(self, alert: Alert) -> bool:
        """Keep a message that is to be sent.

        False where its place has had one of its key, which is never sent again.
        """

    async def alerts(self, *states: AlertState) -> list[Alert]:
        """Oldest first."""

    async def move_alert(self, alert: Alert, state: AlertState, at: datetime) -> bool:
        """Move an alert from the state it is given in; False where another process has moved it."""

    async def add_backup(self, backup: Backup) -> None: ...
    async def last_backup(self) -> Backup | None: ...
