"""What the chapters of the demonstration share: its people, and their inspection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mediawatch.app import DEMONSTRATION, App
from mediawatch.app.judged import judged_scope
from mediawatch.domain import Sweep, SweepAccount, Verdict
from mediawatch.people.suspects import Suspect, suspects
from mediawatch.ports import Stage
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import Policy
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.sweep.judging import checks_for

MARK = DEMONSTRATION
PERSON = "演示核查员"
"""Answers the worklist."""
CLERK = "演示经办人"
"""Sends suspects down to their units."""
UNIT = "演示联络员"
"""Answers for a unit."""
REVIEWER = "演示审核员"
Tell = Callable[[str], None]
Named = tuple[str, str]
"""Filed name and 类型: how people, and the world, know an account."""


def name_of(suspect: Suspect) -> Named:
    return suspect.account.filed.name, suspect.account.filed.type


@dataclass(frozen=True, slots=True)
class Scene:
    """One inspection of the demonstration."""

    app: App
    stage: Stage
    sweep: Sweep
    policy: Policy
    tell: Tell

    async def judged_scope(self) -> JudgedScope:
        """The inspection as it is judged now."""
        return await judged_scope(self.app, self.sweep)

    async def scope(self) -> Sequence[SweepAccount]:
        """The scope as it is judged now."""
        return (await self.judged_scope()).entries

    async def suspects(self) -> list[Suspect]:
        return await suspects(
            self.app.store,
            self.sweep,
            await self.scope(),
            await checks_for(self.app.store, self.sweep),
        )

    async def newest_event(self) -> int:
        """The newest review event, for the store's check that a decision is up to date."""
        return max(
            (event.id for event in await self.app.store.reviews.events(self.sweep.id)), default=0
        )

    def pass_days(self, until: datetime) -> None:
        """Set the clock of the office forward.

        The sites' own clock stays, since no look follows.
        """
        clock, ahead = self.app.clock, until - self.app.clock()
        self.app.clock = lambda: clock() + ahead

    async def reviewed_scope(self) -> list[SweepAccount]:
        """The scope as its documents print it: a dismissed finding is no failure."""
        return [as_reviewed(entry, include_open=False) for entry in await self.scope()]


def counts(scope: Sequence[SweepAccount]) -> str:
    """The verdicts of a scope in one line."""
    found = Counter(entry.judgement.verdict for entry in scope if entry.judgement)
    return ", ".join(f"{found[verdict]} {verdict.value}" for verdict in Verdict if found[verdict])
