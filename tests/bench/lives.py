"""Made-up accounts as they live: when they post, bear another name, are gone.

The rhythms and rates are assumptions, not measurements.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import blake2b
from random import Random

from mediawatch.domain import Filing
from mediawatch.domain.clock import day_of, day_start

BEGIN = date(2030, 1, 1)
NIGHT, LENGTH = timedelta(hours=22, minutes=30), timedelta(hours=7, minutes=30)
"""A night begins in the evening (docs/running.md). Most of its looks are made after midnight."""
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
LIST = 20
"""Posts of one page."""
LOWER_BOUNDS = 0.15
"""Accounts of which only single articles are seen, never a complete list."""
RENAMED, GONE, FAILS = 0.06, 0.01, 0.02
"""Shares of accounts in a year; of looks that fail on our side."""


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

    def fails(self, night: int, look: int, *what: int) -> bool:
        """The same for every caller."""
        return chance(self.number, night, look, *what) < FAILS

    def name_on(self, night: int) -> str:
        renamed = self.renamed is not None and night >= self.renamed
        return "别名" if renamed else self.filed.name

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
