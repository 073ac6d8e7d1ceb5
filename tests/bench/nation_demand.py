"""What a registry of some size takes, by measured costs: `nation.py` prints it.

It measures nothing itself. Each cost names where it was measured; each assumption says that it is
one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from mediawatch.domain import Pace
from mediawatch.sweep.forecast import MINUTES_A_ROW
from scrapers.platforms import SCRAPERS, surface_facts

NIGHT = 8 * 3600.0
"""Seconds of a night: 22:00 to 06:00."""
MIX = {"wechat": 118 / 146, "douyin": 12 / 146, "weibo": 8 / 146, "toutiao": 5 / 146}
"""Share of a registry by platform, as Tibet filed it in 2022; the other 3 of 146 are for people."""
VISITED = {
    "wechat": "wechat.article",
    "douyin": "douyin.profile",
    "weibo": "weibo.mobile",
    "toutiao": "toutiao.profile",
}
"""The surface that a visitor's first look asks."""

# Looks. Simulated by the product's own rules over assumed rhythms (tests/bench/lives.py).
DUE = 0.171
"""Share of the accounts with complete lists that a mean night looks at: `make year` (rules.md)."""
SECONDS = 5_150 / (0.85 * 2_432 * 365)
"""Second looks a night by such an account: the silences of that year; 85 % of its lists complete."""
WECHAT_DUE = 178.7 / 1_824
"""Looks a night by WeChat account: `make coverage`, 2 432 accounts, numbers, four readers."""
WECHAT_A_READER = 1_824 / 4
"""WeChat accounts for each login of 微信读书 in that run, which proves 87.8 % of the active ones."""
LEFT, LISTS_SILENT, WECHAT_LEFT = 0.148, 0.123, 0.660
"""Looks of an inspection after a quarter of nights: by account with a complete list, first and
second, and by WeChat account: `nation_costs.py inspection`."""
SILENT, MISSED, OTHERS = 310 / 1_824, 184 / 1_824, 3 / 146
"""Rows of a worklist by WeChat account, silent and missed, in the run of `make coverage`; and by
account of the registry, of platforms without a scraper."""
FEW_SILENT = 0.03
"""The most that circulars name. Nothing says how many of a real registry are silent."""

# CPU seconds.
CALL, PAGE = 0.066 + 0.004, 0.63 + 0.004
"""A worker's by look, by call and by page of real weight: docs/benchmarks.md, mix: sweep and plain,
and what its being handed out costs the worker."""
COORDINATOR_LOOK, COORDINATOR_ACCOUNT = 0.0028, (3.2 + 14.0) / 6_206
"""The coordinator's by look; by account of the scope, to open and order it and to judge it in the
end: `nation_night.py night 6206 --scale 0`."""
COORDINATOR_DUE = 4.3 / 100_000
"""By account of the registry, to find who is due: docs/benchmarks.md, a long history."""
SERVER_LOOK, SERVER_WAITING, SERVER_ACCOUNT = 0.0079, 1.8e-8, (3.5 + 4.0) / 6_206
"""PostgreSQL's by look; by look for each order that waits meanwhile; by account of the scope.

Of two points, 8.0 ms with 3 100 orders in the mean and 9.7 with 96 000, the same runs.
"""

# Sizes.
WORKER_MB = 672.0
"""A sweep of 572 accounts with pages of real weight, all sites open: docs/benchmarks.md."""
COORDINATOR_MB, COORDINATOR_KB = 102.0, (155 - 104) / 6.0
"""The coordinator's with no account, and by account of the scope: the same run, and one of 200."""
EVIDENCE = 350_000.0
"""Bytes that a second look keeps. Assumed: a picture of 250 kB, a page of 85 kB, its answers."""
READING = {"SQLite": (576.0, 141.0), "PostgreSQL": (896.0, 179.0)}
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
PREFECTURES = 333
"""Of a nation. What was collected cannot be handed up again, so all hand theirs to one office."""
ADD, FIGURES, CIRCULAR = (
    (20.8 - 2.8) / 94_000,
    (42.9 - 3.9) / 94_000,
    (44.1 - 6.4) / 94_000,
)
"""CPU seconds by account of `collect add`, `figures`, `circular`: docs/benchmarks.md."""
COLLECT_MB, COLLECT_KB = 97.0, (424 - 117) / 94
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

    Each account is looked at once.
    """
    whole = sum(MIX.values())
    return max(
        due * share / whole * surface(VISITED[platform]).mean / addresses
        for platform, share in MIX.items()
    )


def mean_night(accounts: float) -> Looks:
    """Looks of a mean night, by due dates."""
    return looks_of(accounts, WECHAT_DUE, DUE, SECONDS)


def inspection(accounts: float) -> Looks:
    """Looks of a formal inspection after a quarter of nights: the scope less what is settled."""
    return looks_of(accounts, WECHAT_LEFT, LEFT, LISTS_SILENT)


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


def coordinator_cpu(accounts: float, looks: Looks, scope: float) -> float:
    """Seconds of one process, which is the sweep's: no worker shortens them."""
    return accounts * COORDINATOR_DUE + looks.total * COORDINATOR_LOOK + scope * COORDINATOR_ACCOUNT


def server_cpu(looks: Looks, scope: float) -> float:
    """Seconds. Half of the orders wait in the mean."""
    waiting = looks.total / 2
    return looks.total * (SERVER_LOOK + waiting * SERVER_WAITING) + scope * SERVER_ACCOUNT


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


def workers(accounts: int) -> int:
    """As many as addresses and logins want, or cores: one a worker."""
    wanted = inspection(accounts)
    return max(*lanes(wanted).values(), ceil(worker_cpu(wanted) / NIGHT))
