"""What nightly sweeps know of made-up accounts: looks, judgements, current state, by the product's
own rules.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from lives import LIST, Life, chance

from db.readings.state import state_after
from mediawatch.domain import (
    AccountState,
    DateKind,
    Evidence,
    EvidenceKind,
    Filing,
    Judgement,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    Reading,
    Sight,
)
from mediawatch.domain.clock import EVER, day_of
from mediawatch.ports import Dossier
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import Policy

PROOF = Evidence(
    kind=EvidenceKind.SCREENSHOT,
    media_type="image/jpeg",
    path="a.jpg",
    sha256="0" * 64,
    size=1,
    taken_at=datetime(2030, 1, 1, tzinfo=UTC),
)
_LATER = timedelta(minutes=30)
"""Between a first look and the second one."""


@dataclass
class Watch(ABC):
    """One account, as far as sweeps have seen it."""

    life: Life
    state: SimpleNamespace = field(init=False)
    last: Reading | None = None
    named: Reading | None = None
    newest: Reading | None = None
    """The reading that shows the newest post."""
    looks: int = 0

    def __post_init__(self) -> None:
        empty: dict[str, Any] = {each.name: None for each in fields(AccountState)}
        self.state = SimpleNamespace(
            **empty | {"account_id": self.life.number, "name_seen": "", "second_look": False}
        )

    @property
    def filed(self) -> Filing:
        return self.life.filed

    @abstractmethod
    def sights(self, night: int, look: int, at: datetime) -> tuple[Sight, ...]:
        """What a look shows; `look` is 1 or 2. Empty where no surface could be asked."""

    def known_state(self) -> AccountState:
        return AccountState(
            **{each.name: getattr(self.state, each.name) for each in fields(AccountState)}
        )

    def sweep(self, night: int, as_of: datetime, at: datetime, policy: Policy) -> Judgement | None:
        """Look, judge, and look again where it takes that. None where no look could be made."""
        tonight = self.look(night, 1, at)
        if not tonight:
            return None
        judged = self.judged(tonight, as_of, policy)
        if judged.second_look:
            tonight += self.look(night, 2, at + _LATER)
            judged = self.judged(tonight, as_of, policy)
        self.state.verdict, self.state.second_look, self.state.judged_as_of = (
            judged.verdict,
            judged.second_look,
            as_of,
        )
        if judged.date_kind is DateKind.EXACT:
            self.state.judged_on = day_of(as_of)
        self._remember(tonight)
        return judged

    def judged(self, tonight: Sequence[Reading], as_of: datetime, policy: Policy) -> Judgement:
        """As `Store.known` gives it: tonight's, the last one, the first under the filed name, that
        of the newest post.
        """
        earlier = {
            reading.id: reading for reading in (self.named, self.newest, self.last) if reading
        }
        known = Dossier(filed=self.filed, readings=(*earlier.values(), *tonight))
        return judge(known, as_of, policy)

    def look(self, night: int, look: int, at: datetime) -> list[Reading]:
        """One look as it is kept; empty where no surface could be asked."""
        sights = self.sights(night, look, at)
        kind = LookKind.FIRST if look == 1 else LookKind.SECOND
        return [self.keep(kind, sights, at)] if sights else []

    def keep(self, kind: LookKind, sights: tuple[Sight, ...], at: datetime) -> Reading:
        """The reading, with the account's current state moved on by it."""
        self.looks += 1
        reading = Reading(
            account_id=self.life.number,
            filed_as=self.filed.identity,
            look=kind,
            started_at=at,
            read_at=at,
            sights=sights,
            id=self.looks,
        )
        for name, value in state_after(self.state, reading, reading).items():  # type: ignore[arg-type]
            setattr(self.state, name, value)
        return reading

    def _remember(self, tonight: Sequence[Reading]) -> None:
        self.last = tonight[-1]
        self.named = self.named or next((reading for reading in tonight if reading.name), None)
        for reading in tonight:
            shown = self.newest.latest if self.newest else None
            if reading.latest and (shown is None or reading.latest.order > shown.order):
                self.newest = reading


@dataclass
class ListWatch(Watch):
    """An account whose platform shows a complete list; of some only single articles are seen."""

    def sights(self, night: int, look: int, at: datetime) -> tuple[Sight, ...]:
        life, seen = (
            self.life,
            Sight(surface="s", read_at=at, evidence=(PROOF,) if look == 2 else ()),
        )
        facts: dict[str, Any] = {each.name: getattr(seen, each.name) for each in fields(Sight)}
        if life.fails(night, look):
            return (Sight(**facts | {"outcome": Outcome.RATE_LIMITED}),)
        if life.gone is not None and night >= life.gone:
            gone = {"outcome": Outcome.CANCELLED, "matched_by": MatchedBy.ID, "control": "示例对照"}
            return (Sight(**facts | gone),)
        shown = life.posts[max(0, (end := bisect_left(life.posts, at)) - LIST) : end]
        since = EVER if len(shown) < LIST else shown[0]
        if not life.complete:
            shown = shown[-2:][: 1 + (chance(life.number, night) < 0.7)]
        posts = tuple(Post(on=day_of(post), at=post) for post in shown)
        read = {
            "name": life.name_on(night),
            "matched_by": MatchedBy.ID,
            "posts": posts,
            "complete_since": since if life.complete else None,
        }
        return (Sight(**facts | read),)
