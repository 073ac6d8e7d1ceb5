"""`make nation`: what 6 206, 100 000 and 1 000 000 accounts take, reckoned from measured costs.

It measures nothing itself. Each cost names where it was measured; each assumption says that it is
one. docs/scale.md holds the tables that it prints, and what breaks first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from mediawatch.domain import Pace
from mediawatch.sweep.forecast import MINUTES_A_ROW
from scrapers.platforms import SCRAPERS, surface_facts

SIZES = (6_206, 100_000, 1_000_000)
NIGHT = 8 * 3600.0
"""Seconds of a night: 22:00 to 06:00."""
MIX = {"wechat": 118 / 146, "douyin": 12 / 146, "weibo": 8 / 146, "toutiao": 5 / 146}
"""Share of a registry by platform, as Tibet filed it in 2022; the other 3 of 146 are for people."""

# Looks. Simulated by the product's own rules over assumed rhythms (tests/bench/lives.py).
DUE = 0.171
"""Share of the accounts with complete lists that a mean night looks at: `make year` (rules.md)."""
SECONDS = 5_150 / (0.85 * 2_432 * 365)
"""Second looks a night by such an account: the silences of that year; 85 % of its lists complete."""
WECHAT_DUE = 178.7 / 1_824
"""Looks a night by WeChat account: `make coverage`, 2 432 accounts, numbers, four readers."""
WECHAT_A_READER = 1_824 / 4
"""WeChat accounts for each login of 微信读书 in that run, which proves 87.8 % of the active ones."""
LEFT, WECHAT_LEFT = 0.0, 0.0
"""Share that an inspection looks at after a quarter of nights, complete lists and WeChat:
`nation_costs.py inspection`."""
SILENT, MISSED, OTHERS = 310 / 1_824, 184 / 1_824, 3 / 146
"""Rows of a worklist by WeChat account, silent and missed, in the run of `make coverage`; and by
account of the registry, of platforms without a scraper."""
FEW_SILENT = 0.03
"""The most that circulars name. Nothing says how many of a real registry are silent."""

# CPU seconds.
CALL, PAGE = 0.066, 0.63
"""A worker's by look, by call and by page of real weight: docs/benchmarks.md, mix: sweep, plain."""
COORDINATOR_LOOK, COORDINATOR_OPENS, COORDINATOR_JUDGES = 0.006, 0.001, 0.003
"""The coordinator's by look; by account before the first and after the last: `make nation-night`."""
SERVER_LOOK, SERVER_ACCOUNT = 0.009, 0.001
"""PostgreSQL's by look, and by account of the scope besides: `make nation-night`."""

# Sizes.
WORKER_MB = 672.0
"""A sweep of 572 accounts with pages of real weight, all sites open: docs/benchmarks.md."""
COORDINATOR_MB, COORDINATOR_KB = 90.0, 10.0
"""The coordinator's at its start, and by account of the scope: `make nation-night`."""
EVIDENCE = 350_000.0
"""Bytes that a second look keeps. Assumed: a picture of 250 kB, a page of 85 kB, its answers."""
READING = {"SQLite": (0.0, 0.0), "PostgreSQL": (0.0, 0.0)}
"""Bytes of a reading, and of each post that it shows: `nation_costs.py bytes`."""
POSTS = 8
"""Posts that a list shows. Assumed: sites show 8 to 20 on a first page."""
INSPECTIONS = 4
"""A year."""

# People. All assumed but the first, which `mediawatch plan` assumes, too.
ROW_MINUTES = MINUTES_A_ROW
SILENCE_MINUTES = 2 * 3.0
"""A silence that people state: two of them, each with a picture."""
REVIEW_MINUTES = 2.0
"""For each finding, by one reviewer."""
DAY_MINUTES = 7 * 60

# Levels.
PREFECTURES, PROVINCES = 333, 31
"""Divisions of a nation."""
ADD, FIGURES, CIRCULAR = (
    (20.8 - 2.8) / 94_000,
    (42.9 - 3.9) / 94_000,
    (44.1 - 6.4) / 94_000,
)
"""CPU seconds by account of `collect add`, `figures`, `circular`: docs/benchmarks.md."""
COLLECT_MB, COLLECT_KB = 100.0, (423 - 117) / 94
HAND_OFF_KB = 0.46
"""Of a signed hand-off by account: 46 MB for 100 000."""


@dataclass(frozen=True, kw_only=True)
class Looks:
    """First and second looks by platform."""

    first: Mapping[str, float]
    second: Mapping[str, float]

    @property
    def firsts(self) -> float:
        return sum(self.first.values())

    @property
    def seconds(self) -> float:
        return sum(self.second.values())

    @property
    def total(self) -> float:
        return self.firsts + self.seconds


def looks_of(accounts: float, wechat: float, lists: float, second: float) -> Looks:
    """By the shares of WeChat accounts and of others that are looked at, and of others twice.

    No source proves that a WeChat account is silent, so none of them has a second look.
    """

    def by_platform(at_wechat: float, elsewhere: float) -> dict[str, float]:
        return {
            platform: accounts * share * (at_wechat if platform == "wechat" else elsewhere)
            for platform, share in MIX.items()
        }

    return Looks(first=by_platform(wechat, lists), second=by_platform(0.0, second))


def surface(name: str) -> Pace:
    """The pace that a surface declares."""
    platform = name.partition(".")[0]
    return next(
        facts.pace for facts in surface_facts(SCRAPERS[platform].surfaces) if facts.name == name
    )


def night_of(due: int, addresses: int) -> float:
    """Seconds that visitors behind so many addresses need for so many accounts of the mix.

    Each account is looked at once, by its platform's first surface that asks by call.
    """
    whole = sum(MIX.values())
    visited = {
        "wechat": "wechat.article",
        "douyin": "douyin.profile",
        "weibo": "weibo.mobile",
        "toutiao": "toutiao.profile",
    }
    return max(
        due * share / whole * surface(visited[platform]).mean / addresses
        for platform, share in MIX.items()
    )


def mean_night(accounts: float) -> Looks:
    """Looks of a mean night, by due dates."""
    return looks_of(accounts, WECHAT_DUE, DUE, SECONDS)


def inspection(accounts: float) -> Looks:
    """Looks of a formal inspection after a quarter of nights: the scope less what is settled."""
    return looks_of(accounts, WECHAT_LEFT, LEFT, SILENT)


def lanes(looks: Looks) -> dict[str, int]:
    """How many addresses and logins make these looks in a night at the declared paces.

    What proves silence by a login is asked by a login for each look; articles by visitors.
    """

    def count(platform: str, name: str) -> int:
        made = looks.first[platform] + looks.second[platform]
        return ceil(made * surface(name).mean / NIGHT)

    return {
        "addresses for articles of 微信": count("wechat", "wechat.article"),
        "addresses for 今日头条": count("toutiao", "toutiao.profile"),
        "logins of 微博": count("weibo", "weibo.desktop"),
        "logins of 抖音": count("douyin", "douyin.profile"),
    }


def worker_cpu(looks: Looks) -> float:
    return looks.firsts * CALL + looks.seconds * PAGE


def coordinator_cpu(looks: Looks, scope: float) -> float:
    """Seconds of one process, which is the sweep's: no worker shortens them."""
    return looks.total * COORDINATOR_LOOK + scope * (COORDINATOR_OPENS + COORDINATOR_JUDGES)


def server_cpu(looks: Looks, scope: float) -> float:
    return looks.total * SERVER_LOOK + scope * SERVER_ACCOUNT


def readers(accounts: float) -> int:
    return ceil(accounts * MIX["wechat"] / WECHAT_A_READER)


def year_bytes(accounts: int, kind: str) -> float:
    reading, post = READING[kind]
    return year_looks(accounts) * (reading + POSTS * post)


def year_looks(accounts: int) -> float:
    return 365 * mean_night(accounts).total + INSPECTIONS * inspection(accounts).total


def year_evidence(accounts: int) -> float:
    seconds = 365 * mean_night(accounts).seconds + INSPECTIONS * inspection(accounts).seconds
    return seconds * EVIDENCE


def person_days(accounts: float, silent: float = SILENT) -> float:
    """Of an inspection: its worklist, and the review of what was found."""
    wechat = accounts * MIX["wechat"]
    plain = wechat * MISSED + accounts * OTHERS
    minutes = plain * ROW_MINUTES + wechat * silent * SILENCE_MINUTES
    return (minutes + accounts * silent * REVIEW_MINUTES) / DAY_MINUTES


Row = tuple[str, ...]


def figure(value: float) -> str:
    """Two digits count; thousands stand apart."""
    digits = 0 if value >= 10 else 1 if value >= 1 else 2
    return f"{value:,.{digits}f}".replace(",", " ")


def rows(words: str, of: Callable[[int], float], sizes: Sequence[int]) -> Row:
    return (words, *(figure(of(size)) for size in sizes))


def looks_rows(looks: Callable[[float], Looks], sizes: Sequence[int], *, whole: bool) -> list[Row]:
    """What the looks of a night take. `whole`: its scope is the registry."""

    def scope(size: int) -> float:
        return size if whole else looks(size).total

    return [
        rows("first looks", lambda size: looks(size).firsts, sizes),
        rows("second looks", lambda size: looks(size).seconds, sizes),
        *(
            (words, *(figure(lanes(looks(size))[words]) for size in sizes))
            for words in lanes(looks(1))
        ),
        rows("CPU hours of the workers", lambda size: worker_cpu(looks(size)) / 3600, sizes),
        rows(
            "CPU minutes of the coordinator, one core",
            lambda size: coordinator_cpu(looks(size), scope(size)) / 60,
            sizes,
        ),
        rows(
            "CPU minutes of PostgreSQL",
            lambda size: server_cpu(looks(size), scope(size)) / 60,
            sizes,
        ),
    ]


def workers(accounts: int) -> int:
    """As many as addresses and logins want, or cores: one a worker."""
    wanted = inspection(accounts)
    return max(*lanes(wanted).values(), ceil(worker_cpu(wanted) / NIGHT))


def home_rows(sizes: Sequence[int]) -> list[Row]:
    """What one home takes, whatever the night."""
    return [
        rows("logins of 微信读书", readers, sizes),
        rows("workers", workers, sizes),
        rows("their memory, GB", lambda size: workers(size) * WORKER_MB / 1000, sizes),
        rows(
            "memory of the coordinator, GB",
            lambda size: (COORDINATOR_MB + size * COORDINATOR_KB / 1000) / 1000,
            sizes,
        ),
        rows("evidence a year, GB", lambda size: year_evidence(size) / 1e9, sizes),
        *(
            rows(f"{kind} a year, GB", lambda size, kind=kind: year_bytes(size, kind) / 1e9, sizes)  # type: ignore[misc]
            for kind in READING
        ),
        rows("person-days an inspection", person_days, sizes),
        rows(
            "the same where 3 % are silent", lambda size: person_days(size, FEW_SILENT), sizes
        ),
    ]


def level_rows(sizes: Sequence[int]) -> list[Row]:
    """A nation whose prefectures inspect and hand up: each home, then those that collect."""

    def home(size: int) -> int:
        return ceil(size / PREFECTURES)

    return [
        rows("accounts of a prefecture's home", home, sizes),
        rows("its first looks in a mean night", lambda size: mean_night(home(size)).firsts, sizes),
        rows("its addresses", lambda size: max(list(lanes(inspection(home(size))).values())[:2]), sizes),
        rows("its logins of 微信读书", lambda size: readers(home(size)), sizes),
        rows("its person-days an inspection", lambda size: person_days(home(size)), sizes),
        rows("logins of 微信读书 in all", lambda size: PREFECTURES * readers(home(size)), sizes),
        rows("hand-offs that a province collects", lambda _: ceil(PREFECTURES / PROVINCES), sizes),
        rows("hand-offs that the nation collects", lambda _: PROVINCES, sizes),
        rows("size of each of these, MB", lambda size: size / PROVINCES * HAND_OFF_KB / 1000, sizes),
        rows("`collect add` at the nation's, CPU minutes", lambda size: size * ADD / 60, sizes),
        rows("`figures` and `circular`, CPU minutes", lambda size: size * (FIGURES + CIRCULAR) / 60, sizes),
        rows("their memory, GB", lambda size: (COLLECT_MB + size * COLLECT_KB / 1000) / 1000, sizes),
    ]  # fmt: skip


def table(words: str, lines: Sequence[Row], sizes: Sequence[int]) -> str:
    head = (words, *(f"{size:,}".replace(",", " ") for size in sizes))
    return "\n".join(
        f"| {' | '.join(line)} |" for line in (head, tuple("---" for _ in head), *lines)
    )


def tables() -> list[str]:
    """The tables of docs/scale.md, in its order."""
    large = SIZES[1:]
    return [
        table("a mean night", looks_rows(mean_night, SIZES, whole=False), SIZES),
        table("an inspection in one night", looks_rows(inspection, SIZES, whole=True), SIZES),
        table("one home", home_rows(SIZES), SIZES),
        table("333 prefectures hand up", level_rows(large), large),
    ]


if __name__ == "__main__":
    print("\n\n".join(tables()))
