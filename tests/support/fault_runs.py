"""Playing cells of the fault table: the real scrapers, one real Chromium, the replica spoiling one
account a cell.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import cycle
from pathlib import Path

from browsers import facing, key
from fault_scenes import SCENES, Scene, TruthOf
from fault_table import ALLOWED, EXACT, Cell, Proves
from fault_world import HEADINGS, filed, row, sleeping, true_id
from replica_faults import Fault, Faults, Part

from mediawatch.domain import (
    Account,
    Evidence,
    Judgement,
    LookKind,
    Need,
    Outcome,
    Reading,
    Sight,
)
from mediawatch.domain.clock import day_of
from mediawatch.ports import Dossier, Gate, See, Visit
from mediawatch.rules import judge as rules
from mediawatch.rules.backing import reads_well
from mediawatch.rules.policy import load
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.pool import Browser, Session, Timeouts
from scrapers.browser.shared_pages import SharedPages
from scrapers.look import LookTask, look
from scrapers.platforms import SCRAPERS
from scrapers.replica import Replica, TrueAccount, World

AS_OF = datetime.fromisoformat("2022-12-31T18:00:00+08:00")
NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
WINDOW = date(2022, 12, 17)
_LANES, _FULL_LANES = 2, 4
"""Looks side by side; each lane ends with a look at a sound account."""
_WAITS = {
    Fault.CAPTCHA_PAGE,
    Fault.LOGIN_WALL,
    Fault.HUNG,
    Fault.RESET,
    Fault.REDIRECT_HOME,
    Fault.REDIRECT_AWAY,
    Fault.CHALLENGE_STAYS,
}
"""Looks that meet these wait for what does not come."""
QUICK = Timeouts(launch=30, navigation=5, reply=2.5, body=1, challenge=2.5, step=5, close=3)
PATIENT = Timeouts(launch=30, navigation=15, reply=6, body=3, challenge=10, step=10, close=5)


class Once(Gate):
    """No breaker, no pace, no second try: what one visit met closes nothing for the next."""

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        return await see()

    async def pause(self, visit: Visit) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a cell.

    `next` is the look at a sound account right after it: after each, or only after a lane's last
    one.
    """

    true: TrueAccount
    readings: tuple[Reading, ...]
    judgement: Judgement
    next: Reading | None


async def play(
    platform: str,
    cells: Sequence[Cell],
    executable: Path,
    folder: Path,
    *,
    full: bool = False,
    calls: bool = False,
) -> dict[Cell, Played]:
    """Play all cells, some side by side, in one browser.

    `full`: real sizes, retries, second looks and next accounts throughout. `calls`: first looks ask
    by calls from warm pages, as a sweep's do.
    """
    played: dict[Cell, Played] = {}
    for share in _shares(cells):
        await _play(platform, share, executable, folder, full, calls, played)
    return played


def _shares(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """What one replica can play: its operator has one own account, which has one truth."""
    rest = [cell for cell in cells if not cell.scene.own]
    for truth in TruthOf:
        share = [*rest, *(cell for cell in cells if cell.scene.own and cell.truth is truth)]
        rest = []
        if share:
            yield share


async def _play(
    platform: str,
    cells: list[Cell],
    executable: Path,
    folder: Path,
    full: bool,
    calls: bool,
    played: dict[Cell, Played],
) -> None:
    scenes = list(dict.fromkeys(cell.scene for cell in cells))
    rows = {cell: number for number, cell in enumerate(cells)}
    if own := [cell for cell in cells if cell.scene.own]:
        rows |= dict.fromkeys(own, rows[own[0]])
    others = {scene: len(cells) + number for number, scene in enumerate(scenes)}
    texts = [row(cell, number) for number, cell in enumerate(cells) if rows[cell] == number]
    texts += [
        row(Cell(scene, Fault.NONE, frozenset(), TruthOf.FRESH), number)
        for scene, number in others.items()
        if not scene.own
    ]
    world = World.parse("\n".join([HEADINGS, *texts, row(sleeping(SCENES[platform]), 9999)]))
    accounts = {account.id: account for account in world.accounts}
    logins = {login for scene in scenes for login in scene.logins}
    other = dict.fromkeys((platform, "weread", "wechat-api"), true_id(platform, 9999))
    clears_after, big = (3.0, 50_000_000) if full else (0.4, 21_000_000)
    faults = Faults(clears_after, big, other)
    async with (
        Replica(
            world,
            now=lambda: NOW,
            logged_in=frozenset(logins),
            lists_open=True,
            before=[faults.answer],
            key=key(),
        ) as replica,
        facing(replica, executable, lambda: NOW, PATIENT if full else QUICK) as browser,
    ):
        # All cells share one key, and a silent account takes a month of calls.
        replica.interface.quota = 100_000
        sound = {
            scene: accounts[true_id(platform, rows[own[0]] if scene.own else number)]
            for scene, number in others.items()
        }
        warm = SharedPages(browser) if calls else None
        lanes = [
            _Lane(replica, faults, browser, sessions, sound, full, warm)
            for sessions in _sessions(replica, logins, folder, _FULL_LANES if full else _LANES)
        ]
        true = {cell: accounts[true_id(platform, number)] for cell, number in rows.items()}
        for lists_open in (True, False):
            due = [(cell, true[cell]) for cell in cells if cell.scene.lists_open is lists_open]
            # From both ends: while some lanes wait, the others work.
            queue = deque(sorted((pair for pair in due if not _alone(pair[0])), key=_wait))
            ends = cycle((queue.popleft, queue.pop))
            await asyncio.gather(
                *(
                    lane.run(_taken(queue, end), played)
                    for lane, end in zip(lanes, ends, strict=False)
                )
            )
            await lanes[0].run(iter([pair for pair in due if _alone(pair[0])]), played)
            if not full:
                await lanes[0].go_on([cell for cell, _ in due], played)
            replica.close_lists()
    assert not replica.strangers


_Due = tuple[Cell, TrueAccount]


def _wait(due: _Due) -> tuple[bool, bool]:
    """The longer a look waits, the later it is in the order."""
    cell, _ = due
    return cell.fault in _WAITS, not cell.scene.aside


def _taken(queue: deque[_Due], end: Callable[[], _Due]) -> Iterator[_Due]:
    while queue:
        yield end()


def _alone(cell: Cell) -> bool:
    """Tabs may share a renderer: no other tab is at work when one dies.

    An own account has one fault at a time.
    """
    return cell.fault is Fault.CRASH or cell.scene.own


@dataclass(frozen=True, slots=True)
class _Lane:
    """A session's worth of work: one look after another, behind a gate of its own each."""

    replica: Replica
    faults: Faults
    browser: Browser
    sessions: Mapping[str, Session]
    sound: Mapping[Scene, TrueAccount]
    full: bool
    pages: SharedPages | None

    async def run(self, queue: Iterator[_Due], played: dict[Cell, Played]) -> None:
        cell = None
        for cell, true in queue:
            played[cell] = await self.play(cell, true)
        if cell is not None and not self.full:
            # Whatever these faults left behind in this browser and session, a sound account must
            # still read right.
            played[cell] = replace(played[cell], next=await self.next(cell.scene))

    async def go_on(self, cells: Iterable[Cell], played: dict[Cell, Played]) -> None:
        """The same of each scene, after its last cell."""
        for cell in {cell.scene: cell for cell in cells}.values():
            if played[cell].next is None:
                played[cell] = replace(played[cell], next=await self.next(cell.scene))

    async def play(self, cell: Cell, true: TrueAccount) -> Played:
        self.faults.strike(cell.scene.site, true.id, cell.fault, cell.parts)
        first = await self.look(cell.scene, true, LookKind.FIRST)
        judgement = _judged(cell.scene, true, first)
        readings: tuple[Reading, ...] = (first,)
        if judgement.second_look or self.full:
            second = await self.look(
                cell.scene,
                true,
                LookKind.SECOND,
                frozenset(sight.surface for sight in first.sights),
            )
            readings = (first, second)
            judgement = _judged(cell.scene, true, *readings)
        return Played(true, readings, judgement, await self.next(cell.scene) if self.full else None)

    async def next(self, scene: Scene) -> Reading:
        self.faults.heal(scene.site, self.sound[scene].id)
        return await self.look(scene, self.sound[scene], LookKind.FIRST)

    async def look(
        self, scene: Scene, true: TrueAccount, kind: LookKind, not_by: frozenset[str] = frozenset()
    ) -> Reading:
        scraper = SCRAPERS[true.platform]
        scraper = replace(
            scraper,
            surfaces=tuple(each for each in scraper.surfaces if each.name in scene.surfaces),
        )
        need = Need(fresh_after=WINDOW, second=kind is LookKind.SECOND, not_by=not_by)
        account = Account(id=1, filed=filed(scene, true), links=true.known_links)
        gate = Pacing(scale=0) if self.full else Once()
        sessions = [self.sessions[login] for login in scene.logins]
        sights = await look(
            LookTask(scraper, self.browser, sessions, account, need, gate, self.pages)
        )
        number = 2 if kind is LookKind.SECOND else 1
        kept = tuple(_kept(sight) for sight in sights)
        return Reading(
            account_id=1,
            look=kind,
            started_at=NOW,
            read_at=NOW,
            sights=kept,
            id=number,
            filed_as=account.filed.identity,
        )


def _kept(sight: Sight) -> Sight:
    """As the engine keeps it, at its most dangerous: with evidence, and its negative vouched for by
    somebody else's answer.
    """
    evidence = tuple(
        Evidence(
            kind=each.kind,
            media_type=each.media_type,
            path="x",
            sha256="0" * 64,
            size=len(each.body),
            taken_at=each.taken_at,
        )
        for each in sight.captures
    )
    return replace(
        sight, captures=(), evidence=evidence, control="对照" if sight.outcome.negative else ""
    )


def _judged(scene: Scene, true: TrueAccount, *readings: Reading) -> Judgement:
    return rules.judge(Dossier(filed=filed(scene, true), readings=readings), AS_OF, load("tibet"))


def _sessions(
    replica: Replica, logins: Iterable[str], folder: Path, lanes: int
) -> Iterator[dict[str, Session]]:
    """A login of each kind for every lane."""
    for lane in range(lanes):
        sessions = {}
        for login in logins:
            state = folder / f"{login}{lane}.json"
            state.write_text(json.dumps(replica.storage_state(login)), "utf-8")
            sessions[login] = Session(login, f"office{lane}", state)
        yield sessions


# the checks


def check(cell: Cell, played: Played, *, calls: bool = False) -> None:
    """What the table says of the cell; and that nothing is said against the account that is not
    true.

    `calls`: first looks went by calls.
    """
    for reading in played.readings:
        for sight in reading.sights:
            unharmed = (
                calls and sight.by_call and sight.outcome is Outcome.OK and _spares_calls(cell)
            )
            _check_sight(replace(cell, fault=Fault.NONE) if unharmed else cell, played.true, sight)
    _check_judgement(cell, played)
    if played.next is not None:
        # The official interface ties its days, and names nobody.
        tied = [sight.matched_by for sight in played.next.sights]
        assert any(tied) if cell.scene.by_key else played.next.matched_by, played.next
        newest = played.true.posts[0].at.date() if cell.scene.own else cell.scene.newest
        assert (played.next.latest and played.next.latest.on) == newest, played.next


def _spares_calls(cell: Cell) -> bool:
    """Whether calls may show the account as it is all the same: they load no page of Weibo's, so a
    spoiled one does them no harm; and Douyin answers them as it answers a visitor."""
    match cell.scene.platform:
        case "weibo":
            return cell.parts == {Part.DOCUMENT}
        case "douyin":
            return cell.fault is Fault.LAPSED
    return False


def _check_sight(cell: Cell, true: TrueAccount, sight: Sight) -> None:
    gone = cell.truth is TruthOf.GONE
    expected = cell.expected(sight.surface if sight.surface in cell.struck else "")
    moments = {post.at for post in true.posts_at(NOW)}
    days = {day_of(at) for at in moments}
    shown = [post for post in sight.posts if post.at is None or post.at <= NOW]
    assert all(post.at in moments if post.at else post.on in days for post in shown), (
        sight.outcome,
        sight.detail,
        sight.posts,
    )
    if gone:
        assert not sight.exact
        if cell.scene.site != cell.scene.platform:
            return  # another site goes on showing what was posted, as a lower bound
        assert (
            sight.outcome is not Outcome.OK or not sight.posts or expected.proves is Proves.REFUTED
        )
        return
    if cell.scene.aside:
        newest = true.posts[0].at
        assert (
            expected.proves is Proves.CANARY
            or not sight.exact
            or newest in [post.at for post in sight.posts]
        ), sight
        return
    if (
        sight.surface == "wechat.search"
        and cell.truth is TruthOf.RENAMED
        and sight.outcome in (Outcome.NOT_FOUND, Outcome.NO_EVIDENCE)
    ):
        return  # no account bears the filed name
    if sight.surface not in cell.struck:
        assert sight.outcome is Outcome.OK, (sight.surface, sight.outcome, sight.detail)
        return
    assert sight.outcome in expected.outcomes, (sight.surface, sight.outcome, sight.detail)
    newest = (
        true.known_links and sight.surface == "wechat.article" and true.posts[2].at
    ) or true.posts[0].at
    match expected.proves:
        case Proves.NOTHING:
            assert not sight.posts
        case Proves.LOWER:
            assert not sight.exact
        case Proves.FRESH | Proves.ALL if sight.surface != "wechat.search":
            assert newest in [post.at for post in sight.posts], sight.posts
            assert expected.proves is Proves.FRESH or sight.exact is (
                sight.surface in EXACT and not sight.by_call
            ), sight.detail
        case Proves.CANARY if cell.truth in (TruthOf.FRESH, TruthOf.RENAMED):
            # A canary, read like this, would not read as it must: by that its surface's findings
            # are withdrawn.
            assert not reads_well(sight, load("tibet"), complete=True)


def _check_judgement(cell: Cell, played: Played) -> None:
    judgement, newest = (
        played.judgement,
        played.true.posts[0].at.date() if played.true.posts else None,
    )
    if cell.canary_only:
        return
    assert {finding.code for finding in judgement.findings} <= ALLOWED[cell.truth], judgement
    assert judgement.latest_on is None or newest is None or judgement.latest_on <= newest, judgement
    if newest is not None and cell.truth is TruthOf.STALE:
        gap = (AS_OF.date() - newest).days
        assert all((finding.gap_days or 0) <= gap for finding in judgement.findings), judgement
    if cell.fault is Fault.NONE and cell.scene.aside:
        assert cell.truth is not TruthOf.FRESH or judgement.latest_on == cell.scene.newest, (
            judgement
        )
    elif cell.fault is Fault.NONE:
        silent = (cell.truth is TruthOf.GONE and not cell.scene.tells_gone) or (
            cell.truth is TruthOf.STALE and not cell.scene.tells_stale
        )
        demanded = frozenset() if silent else ALLOWED[cell.truth] - _EITHER
        assert {finding.code for finding in judgement.findings} >= demanded, judgement
        assert cell.truth in (TruthOf.GONE, TruthOf.STALE) or judgement.latest_on == newest


_EITHER = ALLOWED[TruthOf.RENAMED]
