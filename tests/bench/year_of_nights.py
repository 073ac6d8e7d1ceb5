"""`make year`: a year of nights over 2 432 accounts without a browser, through `rules.next_due` and
`rules.judge`.

Next to a nightly census that looks at everything and fails in the same looks: looks a night, and
how long a silence, another name or a deregistration goes unseen. The rhythms and rates are
assumptions, not measurements; they stand in `RHYTHMS` and beside it.
"""

from __future__ import annotations

import json
import sys
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from random import Random
from types import SimpleNamespace
from typing import Any

from db.readings.state import state_after
from mediawatch.domain import (
    AccountState,
    Code,
    DateKind,
    Evidence,
    EvidenceKind,
    Filing,
    Finding,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    Reading,
    Sight,
)
from mediawatch.domain.clock import EVER, day_of, day_start
from mediawatch.ports import Dossier
from mediawatch.rules.due import next_due
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import Policy, load

BEGIN = date(2030, 1, 1)
NIGHT, LENGTH = timedelta(hours=22, minutes=30), timedelta(hours=7, minutes=30)
"""A night begins in the evening (docs/running.md). Most of its looks are made after midnight."""
LIST = 20
"""Posts of one page."""
RHYTHMS = {
    "daily": 30,
    "several a week": 25,
    "weekly": 15,
    "monthly": 8,
    "seasonal": 5,
    "bursts": 7,
    "dying": 10,
}
"""In per cent of the accounts."""
LOWER_BOUNDS = 0.15
"""Accounts of which only single articles are seen, never a complete list."""
RENAMED, GONE, FAILS = 0.06, 0.01, 0.02
"""Shares of accounts in a year; of looks that fail on our side."""
NAMES = (Code.RENAMED_UNREPORTED, Code.NAME_MISMATCH)
PROOF = Evidence(
    kind=EvidenceKind.SCREENSHOT,
    media_type="image/jpeg",
    path="a.jpg",
    sha256="0" * 64,
    size=1,
    taken_at=datetime(2030, 1, 1, tzinfo=UTC),
)


def chance(*what: int) -> float:
    """The same number between 0 and 1 for the same event, for every caller."""
    return (
        int.from_bytes(blake2b("/".join(map(str, what)).encode(), digest_size=8).digest()) / 2**64
    )


def midnight(day: int) -> datetime:
    return day_start(BEGIN + timedelta(days=day))


@dataclass
class Life:
    """What is true of one account: instants of its posts, the nights from which it bears another
    name or is gone.
    """

    number: int
    rhythm: str
    posts: list[datetime]
    complete: bool
    renamed: int | None
    gone: int | None
    filed: Filing = field(init=False)

    def __post_init__(self) -> None:
        self.filed = Filing(
            name=f"示例{self.number}", platform="weibo", platform_id=str(self.number)
        )

    def fails(self, night: int, look: int) -> bool:
        """The same for every caller."""
        return chance(self.number, night, look) < FAILS

    def looked_at(self, night: int) -> datetime:
        """When a night comes to this account. The same for every caller."""
        return midnight(night) + NIGHT + LENGTH * chance(self.number, night, 0)

    def silences(self, nights: int, gap: int) -> Iterator[tuple[date, range]]:
        """The newest post's day of each silence that fails, and the nights on which a list shows
        it.
        """
        for post, following in zip(self.posts, [*self.posts[1:], None], strict=True):
            first = (day_of(post) - BEGIN).days + gap
            after = (
                nights
                if following is None
                else bisect_left(
                    range(nights), True, key=lambda night: self.looked_at(night) > following
                )
            )
            end = min(after, nights if self.gone is None else self.gone)
            if max(first, 0) < end:
                yield day_of(post), range(max(first, 0), end)


def lives(count: int, nights: int, seed: int) -> list[Life]:
    random = Random(seed)
    kinds = random.choices([*RHYTHMS], [*RHYTHMS.values()], k=count)
    return [_life(number, kind, nights, random) for number, kind in enumerate(kinds, 1)]


def _life(number: int, rhythm: str, nights: int, random: Random) -> Life:
    def sometime(share: float) -> int | None:
        return random.randrange(10, nights) if random.random() < share else None

    days = sorted(set(_days(rhythm, nights, random)) | {-random.randrange(60, 90)})
    posts = sorted(midnight(day) + timedelta(hours=random.uniform(6, 23)) for day in days)
    return Life(
        number, rhythm, posts, random.random() >= LOWER_BOUNDS, sometime(RENAMED), sometime(GONE)
    )


def _days(rhythm: str, nights: int, random: Random) -> Iterator[int]:
    every = {
        "daily": 1.2,
        "several a week": 2.5,
        "weekly": 7.0,
        "monthly": 30.0,
        "seasonal": 3.0,
        "bursts": 1.0,
        "dying": 2.0,
    }[rhythm]
    death = random.randrange(nights)
    back = death + random.randrange(20, 200) if random.random() < 0.5 else nights
    awake = 0
    day = -60.0
    while (day := day + random.expovariate(1 / every)) < nights:
        asleep = {"seasonal": int(day // 45) % 3 == 2, "dying": death <= day < back}.get(
            rhythm, False
        )
        if rhythm == "bursts" and (awake := awake - 1) < -random.randrange(3, 12):
            day, awake = day + random.uniform(5, 40), 0
        if not asleep:
            yield int(day)


@dataclass
class Watch:
    """What the nightly sweeps know of one account, and what they found when."""

    life: Life
    state: SimpleNamespace
    last: Reading | None = None
    named: Reading | None = None
    looks: int = 0
    stale: dict[date, int] = field(default_factory=dict)
    renamed: int | None = None
    gone: int | None = None

    def known_state(self) -> AccountState:
        return AccountState(
            **{each.name: getattr(self.state, each.name) for each in fields(AccountState)}
        )

    def night(self, night: int, policy: Policy) -> None:
        """Look, judge, look again where it takes that, and note what was found."""
        as_of, at = midnight(night) + NIGHT, self.life.looked_at(night)
        tonight = [self._look(night, 1, at)]
        judged = judge(self._known(tonight), as_of, policy)
        if judged.second_look:
            tonight.append(self._look(night, 2, at + timedelta(minutes=30)))
            judged = judge(self._known(tonight), as_of, policy)
        self.state.verdict, self.state.second_look, self.state.judged_as_of = (
            judged.verdict,
            judged.second_look,
            as_of,
        )
        if judged.date_kind is DateKind.EXACT:
            self.state.judged_on = day_of(as_of)
        self.last = tonight[-1]
        self.named = self.named or next((reading for reading in tonight if reading.name), None)
        for finding in judged.findings:
            self._note(finding, night)

    def _known(self, tonight: Sequence[Reading]) -> Dossier:
        """As `Store.known` gives it: tonight's, the last one, the first under the filed name."""
        earlier = {reading.id: reading for reading in (self.named, self.last) if reading}
        return Dossier(filed=self.life.filed, readings=(*earlier.values(), *tonight))

    def _note(self, finding: Finding, night: int) -> None:
        if finding.code in NAMES:
            self.renamed = night if self.renamed is None else self.renamed
        elif finding.code is Code.CANCELLED_NOT_CLOSED:
            self.gone = night if self.gone is None else self.gone
        elif finding.latest_on:
            self.stale.setdefault(finding.latest_on, night)

    def _look(self, night: int, look: int, at: datetime) -> Reading:
        self.looks += 1
        kind = LookKind.FIRST if look == 1 else LookKind.SECOND
        reading = Reading(
            account_id=self.life.number,
            filed_as=self.life.filed.identity,
            look=kind,
            started_at=at,
            read_at=at,
            sights=(self._sight(night, look, at),),
            id=self.looks,
        )
        for name, value in state_after(self.state, reading, reading).items():  # type: ignore[arg-type]
            setattr(self.state, name, value)
        return reading

    def _sight(self, night: int, look: int, at: datetime) -> Sight:
        life, seen = (
            self.life,
            Sight(surface="s", read_at=at, evidence=(PROOF,) if look == 2 else ()),
        )
        facts: dict[str, Any] = {each.name: getattr(seen, each.name) for each in fields(Sight)}
        if life.fails(night, look):
            return Sight(**facts | {"outcome": Outcome.RATE_LIMITED})
        if life.gone is not None and night >= life.gone:
            return Sight(
                **facts
                | {"outcome": Outcome.CANCELLED, "matched_by": MatchedBy.ID, "control": "示例对照"}
            )
        shown = life.posts[max(0, (end := bisect_left(life.posts, at)) - LIST) : end]
        name = "别名" if life.renamed is not None and night >= life.renamed else life.filed.name
        since = EVER if len(shown) < LIST else shown[0]
        if not life.complete:
            shown = shown[-2:][: 1 + (chance(life.number, night) < 0.7)]
        posts = tuple(Post(on=day_of(post), at=post) for post in shown)
        return Sight(
            **facts
            | {
                "name": name,
                "matched_by": MatchedBy.ID,
                "posts": posts,
                "complete_since": since if life.complete else None,
            }
        )


def year(count: int, nights: int, policy: Policy, seed: int = 1) -> dict[str, Any]:
    """Run the nights; figures by name."""
    watches = []
    for life in lives(count, nights, seed):
        empty: dict[str, Any] = {each.name: None for each in fields(AccountState)}
        state = SimpleNamespace(
            **empty | {"account_id": life.number, "name_seen": "", "second_look": False}
        )
        watches.append(Watch(life, state))
    looked: list[int] = []
    looks: list[int] = []
    due = [BEGIN] * count
    for night in range(nights):
        now = midnight(night) + NIGHT
        wanted = [index for index, day in enumerate(due) if day <= now.date()]
        before = sum(watch.looks for watch in watches)
        for index in wanted:
            watches[index].night(night, policy)
            # From the next night on: a look of tonight is never due tonight again.
            state, filed = watches[index].known_state(), watches[index].life.filed
            due[index] = max(next_due(state, filed, policy, now), now.date() + timedelta(days=1))
        looked.append(len(wanted))
        looks.append(sum(watch.looks for watch in watches) - before)
    later = looked[1:]
    # A census, too, looks twice at whatever is silent.
    silent = sum(
        len(shown)
        for watch in watches
        if watch.life.complete
        for _, shown in watch.life.silences(nights, policy.stale_gap)
    )
    census = count + silent / nights
    found = _delays(watches, nights, policy)
    return {
        "accounts": count, "nights": nights, "first_night": looked[0], "mean_share": sum(later) / len(later) / count,
        "greatest_share": max(later) / count, "mean_share_with_second_looks": sum(looks[1:]) / len(later) / census, **found,
    }  # fmt: skip


def _delays(watches: Sequence[Watch], nights: int, policy: Policy) -> dict[str, Any]:
    stale: list[int] = []
    missed = 0
    for watch in watches:
        life = watch.life
        for newest, shown in life.silences(nights, policy.stale_gap):
            clear = (
                night for night in shown if not life.fails(night, 1) and not life.fails(night, 2)
            )
            census = next(clear, None) if life.complete else None
            if census is not None:
                ours = watch.stale.get(newest)
                missed += ours is None
                stale += [] if ours is None else [ours - census]
    names = [
        (watch.renamed, since)
        for watch in watches
        if (since := _readable(watch.life, nights)) is not None
    ]
    renamed = [found - since for found, since in names if found is not None]
    unseen = sum(found is None and since + 14 < nights for found, since in names)
    gone = [
        watch.gone - watch.life.gone
        for watch in watches
        if watch.gone is not None and watch.life.gone is not None
    ]
    return {
        "silences": len(stale) + missed,
        "silences_later_than_census": sum(delay > 0 for delay in stale),
        "silences_missed": missed,
        "greatest_silence_delay": max(stale, default=0),
        "names": len(renamed),
        "names_within_7_days": sum(delay <= 7 for delay in renamed),
        "greatest_name_delay": max(renamed, default=0),
        "names_missed": unseen,
        "gone": len(gone),
        "greatest_gone_delay": max(gone, default=0),
    }


def _readable(life: Life, nights: int) -> int | None:
    """The night from which another name shows, if the account lives on for a while."""
    if life.renamed is None or (life.gone is not None and life.gone < life.renamed + 14):
        return None
    return life.renamed if life.renamed < nights else None


def main() -> None:
    count, nights = (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (2_432, 365)
    figures = year(count, nights, load("national"))
    for name, value in figures.items():
        print(
            f"{name.replace('_', ' '):<28} {value:>10.1%}"
            if isinstance(value, float)
            else f"{name.replace('_', ' '):<28} {value:>10}"
        )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
