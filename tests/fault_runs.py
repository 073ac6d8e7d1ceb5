"""Playing cells of the fault table: the real scrapers, one real Chromium, the replica spoiling one account a cell."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from fault_table import ALLOWED, EXACT, SURFACES, Cell, Proves, TruthOf

from mediawatch import rules
from mediawatch.domain import Account, Evidence, Filed, Judgement, LookKind, Need, Outcome, Pace, Reading, Sight
from mediawatch.pacing import Pacing
from mediawatch.policy import load
from mediawatch.ports import Gate, Known
from mediawatch.trust import reads_well
from scrapers import SCRAPERS
from scrapers.browser import Browser, Session, Timeouts
from scrapers.replica import Replica, TrueAccount, World
from scrapers.replica.faults import Fault, Part
from scrapers.warm import WarmPages

AS_OF = datetime.fromisoformat("2022-12-31T18:00:00+08:00")
NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
WINDOW = date(2022, 12, 17)
_OLDER = "2022-11-20T08:00;2022-11-10T08:00;2022-11-01T08:00;2020-01-01T08:00"
_FRESH = f"2022-12-30T09:00;{_OLDER}"
_LANES = 3
_SMALL_HEAP = "--js-flags=--max-old-space-size=64"
"""So that a page can end its renderer in a blink."""
QUICK = Timeouts(launch=30, navigation=5, reply=2.5, body=1, challenge=2.5, step=5, close=3)
PATIENT = Timeouts(launch=30, navigation=15, reply=6, body=3, challenge=10, step=10, close=5)


class Once(Gate):
    """No breaker, no pace, no second try: what one visit met closes nothing for the next."""

    async def visit(
        self, surface: str, session: str, pace: Pace, see: Callable[[], Awaitable[Sight]], *, declared_closed: bool = False
    ) -> Sight | None:
        return await see()

    async def pause(self, surface: str, session: str, pace: Pace) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a cell. `next` is the look at a sound account right after it: after each, or only after a lane's last one."""

    true: TrueAccount
    readings: tuple[Reading, ...]
    judgement: Judgement
    next: Reading | None


async def play(
    platform: str, cells: Sequence[Cell], executable: Path, folder: Path, *, full: bool = False, calls: bool = False
) -> dict[Cell, Played]:
    """Play all cells, some side by side, in one browser. `full`: real sizes, retries, second looks and next accounts throughout.
    `calls`: first looks ask by calls from warm pages, as a sweep's do."""
    world = World.parse("\n".join([_HEADINGS, *(_row(cell, number) for number, cell in enumerate([*cells, *_others(platform)]))]))
    played: dict[Cell, Played] = {}
    logged_in = frozenset({platform} - {"toutiao"})
    async with Replica(world, now=lambda: NOW, logged_in=logged_in, lists_open=True) as replica:
        sound, other = world.accounts[-2:]
        replica.faults.other[platform] = other.id
        replica.faults.clears_after, replica.faults.big = (3.0, 50_000_000) if full else (0.4, 21_000_000)
        args = (*replica.chromium_args, _SMALL_HEAP)
        browser = Browser(executable, now=lambda: NOW, args=args, proxy=replica.proxy, timeouts=PATIENT if full else QUICK)
        queue = iter([pair for pair in zip(cells, world.accounts, strict=False) if pair[0].fault is not Fault.CRASH])
        try:
            sessions = _sessions(replica, platform, folder) if logged_in else [None] * _LANES
            warm = WarmPages(browser) if calls else None
            lanes = [_Lane(replica, browser, session, sound, full, warm) for session in sessions]
            await asyncio.gather(*(lane.run(queue, played) for lane in lanes))
            # Tabs may share a renderer: nobody else is at work when one dies.
            await lanes[0].run(iter([pair for pair in zip(cells, world.accounts, strict=False) if pair[0] not in played]), played)
        finally:
            await browser.close()
    assert not replica.strangers
    return played


@dataclass(frozen=True, slots=True)
class _Lane:
    """A session's worth of work: one look after another, behind a gate of its own each."""

    replica: Replica
    browser: Browser
    session: Session | None
    sound: TrueAccount
    full: bool
    warm: WarmPages | None

    async def run(self, queue: Iterator[tuple[Cell, TrueAccount]], played: dict[Cell, Played]) -> None:
        cell = None
        for cell, true in queue:
            played[cell] = await self.play(cell, true)
        if cell is not None and not self.full:
            # Whatever these faults left behind in this browser and session, a sound account must still read right.
            played[cell] = replace(played[cell], next=await self.look(self.sound, LookKind.FIRST))

    async def play(self, cell: Cell, true: TrueAccount) -> Played:
        self.replica.faults.strike(cell.platform, true.id, cell.fault, cell.parts)
        first = await self.look(true, LookKind.FIRST)
        judgement = _judged(true, first)
        readings: tuple[Reading, ...] = (first,)
        if judgement.second_look or self.full:
            readings = (first, await self.look(true, LookKind.SECOND, frozenset(sight.surface for sight in first.sights)))
            judgement = _judged(true, *readings)
        following = await self.look(self.sound, LookKind.FIRST) if self.full else None
        return Played(true, readings, judgement, following)

    async def look(self, true: TrueAccount, kind: LookKind, not_by: frozenset[str] = frozenset()) -> Reading:
        scraper = SCRAPERS[true.platform]
        scraper = replace(scraper, surfaces=tuple(each for each in scraper.surfaces if each.name in SURFACES[true.platform]))
        need = Need(fresh_after=WINDOW, second=kind is LookKind.SECOND, not_by=not_by)
        account = Account(id=1, filed=filed(true), links=true.known_links)
        gate = Pacing(scale=0) if self.full else Once()
        sights = await scraper.look(self.browser, [self.session] if self.session else [], account, need, gate, self.warm)
        number = 2 if kind is LookKind.SECOND else 1
        kept = tuple(_kept(sight) for sight in sights)
        return Reading(account_id=1, look=kind, started_at=NOW, read_at=NOW, sights=kept, id=number)


def _kept(sight: Sight) -> Sight:
    """As the engine keeps it, at its most dangerous: with evidence, and its negative vouched for by somebody else's answer."""
    evidence = tuple(
        Evidence(kind=each.kind, media_type=each.media_type, path="x", sha256="0" * 64, size=len(each.body), taken_at=each.taken_at)
        for each in sight.captures
    )
    return replace(sight, captures=(), evidence=evidence, control="对照" if sight.outcome.negative else "")


def _judged(true: TrueAccount, *readings: Reading) -> Judgement:
    return rules.judge(Known(filed=filed(true), readings=readings), AS_OF, load("tibet"))


def filed(true: TrueAccount) -> Filed:
    return Filed(
        name=true.filed["name"], platform=true.platform, platform_id=true.id, original_id=true.filed["original_id"],
        alias=true.filed["alias"], article_links=true.known_links, opened_on=date(2015, 1, 1),
    )  # fmt: skip


# the world


_HEADINGS = "platform,type,name,platform_id,original_id,truth,shown_name,posts,pinned,articles,alias"
_TYPES = {"wechat": "微信公众号", "weibo": "新浪微博", "douyin": "抖音短视频", "toutiao": "今日头条"}


def _others(platform: str) -> tuple[Cell, Cell]:
    """A sound account, to be read after a fault, and a sleeping one, whose reply stands for another account's."""
    return (
        Cell(platform, Fault.NONE, frozenset(), TruthOf.FRESH),
        Cell(platform, Fault.OTHER_ACCOUNT, frozenset(), TruthOf.STALE),
    )


def _row(cell: Cell, number: int) -> str:
    wechat, name = cell.platform == "wechat", f"示例{cell.truth.value}{number}号"
    posts = _OLDER if cell.truth is TruthOf.STALE else _FRESH if wechat or cell.truth is not TruthOf.GONE else ""
    count = len(posts.split(";")) if posts else 0
    values = {
        "platform": cell.platform, "type": _TYPES[cell.platform], "name": name, "platform_id": _id(cell.platform, number),
        "original_id": f"gh_{number:012x}" if wechat else "", "truth": "gone" if cell.truth is TruthOf.GONE else "alive",
        "shown_name": f"演示改名{number}号" if cell.truth is TruthOf.RENAMED else "",
        "posts": posts, "pinned": str(count) if count and not wechat else "",
        # Without one a name search never says that an account is not there.
        "alias": f"demo_gone_{number}" if wechat and cell.truth is TruthOf.GONE else "",
        # The list is needed: the article that is known lies outside the window.
        "articles": "3" if wechat else "",
    }  # fmt: skip
    return ",".join(values[key] for key in _HEADINGS.split(","))


def _id(platform: str, number: int) -> str:
    match platform:
        case "weibo":
            return str(5_000_000_000 + number)
        case "wechat":
            return b64encode(str(9_000_000_000 + number).encode()).decode()
    return f"MS4wLjABAAAA{number:043d}"


def _sessions(replica: Replica, platform: str, folder: Path) -> list[Session | None]:
    sessions: list[Session | None] = []
    for lane in range(_LANES):
        state = folder / f"{lane}.json"
        state.write_text(json.dumps(replica.storage_state(platform)), "utf-8")
        sessions.append(Session(platform, f"office{lane}", state))
    return sessions


# the checks


def check(cell: Cell, played: Played, *, calls: bool = False) -> None:
    """What the table says of the cell; and that nothing is said against the account that is not true.

    `calls`: first looks went by calls. They load no page of Weibo's, so a spoiled one does them no harm; nor are they ever exact.
    """
    for reading in played.readings:
        for sight in reading.sights:
            unharmed = calls and cell.platform == "weibo" and cell.parts == {Part.DOCUMENT} and sight.outcome is Outcome.OK
            _check_sight(replace(cell, fault=Fault.NONE) if unharmed and not sight.exact else cell, played.true, sight)
    _check_judgement(cell, played)
    if played.next is not None:
        assert (played.next.outcome, played.next.latest and played.next.latest.on) == (Outcome.OK, date(2022, 12, 30)), played.next


def _check_sight(cell: Cell, true: TrueAccount, sight: Sight) -> None:
    gone = cell.truth is TruthOf.GONE
    expected = cell.expected(sight.surface if sight.surface in cell.struck else "")
    days = {post.at for post in true.posts_at(NOW)}
    shown = [post for post in sight.posts if post.at is None or post.at <= NOW]
    assert all(post.at in days for post in shown), (sight.outcome, sight.detail, sight.posts)
    if gone:
        assert not sight.exact
        assert sight.outcome is not Outcome.OK or not sight.posts or expected.proves is Proves.REFUTED
        return
    if sight.surface == "wechat.search" and cell.truth is TruthOf.RENAMED and sight.outcome in (Outcome.NOT_FOUND, Outcome.NO_EVIDENCE):
        return  # nobody bears the filed name
    if sight.surface not in cell.struck:
        assert sight.outcome is Outcome.OK, (sight.surface, sight.outcome, sight.detail)
        return
    assert sight.outcome in expected.outcomes, (sight.surface, sight.outcome, sight.detail)
    newest = (true.known_links and sight.surface == "wechat.article" and true.posts[2].at) or true.posts[0].at
    match expected.proves:
        case Proves.NOTHING:
            assert not sight.posts
        case Proves.LOWER:
            assert not sight.exact
        case Proves.FRESH | Proves.ALL if sight.surface != "wechat.search":
            assert newest in [post.at for post in sight.posts], sight.posts
            assert expected.proves is Proves.FRESH or sight.exact is (sight.surface in EXACT), sight.detail
        case Proves.CANARY if cell.truth in (TruthOf.FRESH, TruthOf.RENAMED):
            # A canary, read like this, would not read as it must: by that its surface's findings are withdrawn.
            assert not reads_well(sight, load("tibet"), complete=True)


def _check_judgement(cell: Cell, played: Played) -> None:
    judgement, newest = played.judgement, played.true.posts[0].at.date() if played.true.posts else None
    if cell.canary_only:
        return
    assert {finding.code for finding in judgement.findings} <= ALLOWED[cell.truth], judgement
    assert judgement.latest_on is None or newest is None or judgement.latest_on <= newest, judgement
    if newest is not None and cell.truth is TruthOf.STALE:
        gap = (AS_OF.date() - newest).days
        assert all((finding.gap_days or 0) <= gap for finding in judgement.findings), judgement
    if cell.fault is Fault.NONE:
        assert {finding.code for finding in judgement.findings} >= ALLOWED[cell.truth] - _EITHER, judgement
        assert cell.truth in (TruthOf.GONE, TruthOf.STALE) or judgement.latest_on == newest


_EITHER = ALLOWED[TruthOf.RENAMED]
