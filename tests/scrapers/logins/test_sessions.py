"""The operator's logins in use: asked of the site, and lost in the middle of a batch.

Taken in turn, written back, made by a QR code.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog
from browsers import SHORT, facing, key
from codes import code_of
from local_site import HOSTS, Answer, Asked, Site, served
from samples import enter
from tables import short

from mediawatch.app import Route, open_app
from mediawatch.domain import (
    Account,
    Attestation,
    Captcha,
    Filing,
    Need,
    Pace,
    PayloadFacts,
    Post,
    SessionEvent,
    SessionState,
    Unreachable,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import day_end
from mediawatch.ops import logins as sessions
from mediawatch.ops.logins import SessionBook
from mediawatch.ops.settings import Home
from mediawatch.ports import Modules, NewLogin, Store
from mediawatch.rules.policy import load
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Step
from scrapers.browser.pool import Browser, Launch, PageRules, Session, Tab
from scrapers.browser.sessions import storage_state_of, write_new
from scrapers.logins.store import LoginFiles
from scrapers.platforms import LOGINS, SiteLooker
from scrapers.replica import Replica, World
from scrapers.surface import Login, Scraper, SessionUse, Shows, Surface

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
NEED = Need(fresh_after=date(2025, 12, 22))
ACCOUNT = Account(id=1, filed=Filing(name="示例", platform="plain"))
KNOWN = frozenset({"weibo", "douyin", "wechat", "bilibili", "tieba"})


# On a made-up platform: a page that knows everybody whose cookie it has not ended, and renews it
# with every visit.


@dataclass
class Plain(Surface):
    name, label = "plain.page", "示例"
    attested = Attestation.DESCRIBED
    session = SessionUse.OPTIONAL
    shows = Shows.ALL_LOGGED_IN
    pace = Pace(every=0)

    site: Site

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        sign = "hello" in (await tab.open(self.site.url("/"))).text()
        tab.require_login(sign)
        yield PayloadFacts(name="示例", posts=(Post(on=date(2026, 1, 4)),))


class Checked(Plain):
    """The same, with a check in the way of the logins in `checked`."""

    checked: frozenset[str] = frozenset()

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        if tab.session in self.checked:
            raise Captcha("a check")
        async for seen in super().see(tab, account):
            yield seen


@dataclass
class Sessions:
    """Made-up logins `a`, `b` … of the platform `plain`; the site ends those in `ended`."""

    folder: Path
    browser: Browser
    book: SessionBook
    store: Store
    ended: set[str] = field(default_factory=set)
    looks: SiteLooker = field(init=False)
    site: Site = field(init=False)

    def start(self, site: Site, surface: type[Plain] = Plain, *logins: Login) -> None:
        self.site = site
        scraper = Scraper("plain", (surface(site),), HOSTS, logins=logins)
        self.looks = SiteLooker(self.browser, self.folder, {"plain": scraper}, self.book)

    def answer(self, asked: Asked) -> Answer:
        cookie = asked.headers.get("Cookie", "")
        name = cookie.removeprefix("login=")[:1]
        known = name in ("a", "b", "c") and name not in self.ended
        headers = (
            {"Set-Cookie": f"login={name}-renewed; Path=/; Max-Age=1000"}
            if known
            else {"Set-Cookie": "login=out; Path=/; Max-Age=1000"}
        )
        return Answer("hello" if known else "log in", headers=headers)

    def keep(self, *names: str) -> None:
        for name in names:
            write_new(self.folder / "plain" / f"{name}.json", state_of(name), NOW)

    async def look(self, gate: Pacing | None = None) -> str:
        """The session that a look used, with its outcome."""
        (sight,) = await self.looks.look(ACCOUNT, NEED, gate or Pacing(scale=0))
        return f"{sight.session}:{sight.outcome.value}"

    def cookie(self, name: str) -> str:
        (cookie,) = storage_state_of(
            Session("plain", name, self.folder / "plain" / f"{name}.json")
        )["cookies"]
        return cookie["value"]

    async def events(self) -> list[tuple[str, str, str]]:
        return [
            (event.name, event.state.value, event.how)
            for event in await self.store.operator.session_events("plain")
        ]


def state_of(name: str) -> dict[str, Any]:
    cookie = {
        "name": "login",
        "value": f"{name}-made-up-secret",
        "domain": "127.0.0.1",
        "path": "/",
    }
    return {
        "cookies": [
            {**cookie, "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
        ],
        "origins": [],
    }


@pytest_asyncio.fixture
async def plain(browser: Browser, tmp_path: Path, store: Store) -> AsyncIterator[Sessions]:
    own = Browser(Launch(None, timeouts=SHORT, ports=None), now=lambda: NOW, host=browser)
    stage = Sessions(tmp_path / "sessions", own, SessionBook(store, lambda: NOW), store)
    with served({"/": stage.answer}) as site:
        stage.start(site)
        yield stage
        await own.close()


async def test_the_valid_logins_are_taken_in_turn(plain: Sessions) -> None:
    plain.keep("a", "b", "c")
    await plain.book.note_state("plain", "b", valid=False, how="probe")
    assert [await plain.look() for _ in range(4)] == ["a:ok", "c:ok", "a:ok", "c:ok"]
    # A control looks with the login that it vouches for.
    (sight,) = await plain.looks.look(
        ACCOUNT, Need(fresh_after=NEED.fresh_after, only="plain.page", session="c"), Pacing(scale=0)
    )
    assert sight.session == "c"


async def test_a_lapsed_login_is_announced_once_and_not_used(
    plain: Sessions,
) -> None:
    plain.keep("a")
    with structlog.testing.capture_logs() as lines:
        assert await plain.look() == "a:ok"
        plain.ended.add("a")
        assert (
            await asyncio.gather(plain.look(), plain.look(), plain.look())
            == ["a:login_required"] * 3
        )
        assert [await plain.look(), await plain.look()] == [":ok", ":ok"]
    assert await plain.events() == [("a", "valid", "plain.page"), ("a", "invalid", "plain.page")]
    (said,) = [line for line in lines if line["event"].startswith("session")]
    assert (said["event"], said["session"], said["log_level"]) == (
        "session invalid",
        "a",
        "warning",
    )
    assert "mediawatch login plain --name a" in said["remedy"]


async def test_the_next_run_says_once_that_a_login_is_left_out(plain: Sessions) -> None:
    plain.keep("a")
    await SessionBook(plain.store, lambda: NOW).note_state("plain", "a", valid=False, how="probe")
    with structlog.testing.capture_logs() as lines:
        assert [await plain.look(), await plain.look()] == [":ok", ":ok"]
    assert [line["event"] for line in lines] == ["session left out"]


async def test_a_new_login_counts_in_the_middle_of_a_batch(plain: Sessions) -> None:
    plain.keep("a")
    assert await plain.look() == "a:ok"
    plain.ended.add("a")
    assert await plain.look() == "a:login_required"
    plain.ended.clear()
    plain.keep("a")
    await plain.book.note_made("plain", "a", SessionState.UNKNOWN, "import")
    # The open browser holds the old cookies, of which the site made "out".
    assert await plain.look() == "a:ok"
    assert (await plain.events())[-1] == ("a", "valid", "plain.page")


async def test_an_answer_that_a_note_overtook_is_not_remembered(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, noted = asyncio.Event(), asyncio.Event()
    ask = store.operator.session_events

    async def slow(platform: str | None = None) -> list[SessionEvent]:
        events = await ask(platform)
        if not read.is_set():
            read.set()
            await noted.wait()
        return events

    monkeypatch.setattr(store.operator, "session_events", slow)
    book = SessionBook(store, lambda: NOW)
    overtaken = asyncio.create_task(book.usable("plain", ("a",)))
    await read.wait()
    await book.note_state("plain", "a", valid=False, how="probe")
    noted.set()
    await overtaken
    assert await book.usable("plain", ("a",)) == ()
    await book.note_state("plain", "a", valid=False, how="plain.page")
    assert [event.how for event in await store.operator.session_events("plain")] == ["probe"]


async def test_a_host_clock_that_was_set_back_hides_no_new_login(plain: Sessions) -> None:
    await plain.book.note_state("plain", "a", valid=False, how="probe")
    earlier = SessionBook(plain.store, lambda: NOW.replace(year=2025))
    await earlier.note_made("plain", "a", SessionState.UNKNOWN, "import")
    assert await earlier.usable("plain", ("a",)) == ("a",)


async def test_other_logins_look_while_one_has_an_open_breaker(
    plain: Sessions,
) -> None:
    plain.start(plain.site, type("Barred", (Checked,), {"checked": frozenset({"a"})}))
    plain.keep("a", "b")
    gate = Pacing(scale=0)
    assert [await plain.look(gate) for _ in range(4)] == ["a:captcha", "b:ok", "b:ok", "b:ok"]


async def test_a_login_stays_when_only_one_host_turns_it_away(
    plain: Sessions,
) -> None:
    async def probe(tab: Tab) -> bool:
        return "hello" in (await tab.open(plain.site.url("/home"))).text()

    plain.start(plain.site, Plain, replace(login_of(), probe=probe))
    plain.site.routes = {**plain.site.routes, "/home": "hello"}
    plain.keep("a")
    plain.ended.add("a")
    assert [await plain.look(), await plain.look()] == ["a:login_required"] * 2
    assert await plain.events() == [("a", "valid", "plain.page")]
    plain.site.routes = {**plain.site.routes, "/home": "log in"}
    assert [await plain.look(), await plain.look()] == ["a:login_required", ":ok"]


async def test_no_failure_quotes_the_query_of_an_address(browser: Browser) -> None:
    async with browser.tab(None, PageRules(hosts=HOSTS, whole=False)) as tab:
        with pytest.raises(Unreachable) as caught:
            await tab.open("http://127.0.0.1:9/home?t=1&token=made-up-secret")
    assert "/home" in caught.value.detail
    assert "made-up-secret" not in caught.value.detail


async def test_a_batch_writes_back_what_the_site_renewed(plain: Sessions) -> None:
    plain.keep("a")
    assert await plain.look() == "a:ok"
    await plain.looks.rest("plain")
    path = plain.folder / "plain" / "a.json"
    assert (
        plain.cookie("a"),
        stat.S_IMODE(path.stat().st_mode),
        [each.name for each in path.parent.iterdir()],
    ) == (
        "a-renewed",
        0o600,
        ["a.json"],
    )
    (kept,) = LoginFiles(
        known={"plain": login_of()},
        folder=plain.folder,
        now=lambda: NOW,
        window=Path,
        headless=Path,
    ).sessions()
    assert (kept.made_at, kept.used_at) == (NOW, NOW)
    # What we wrote ourselves is no new login: the same context goes on.
    assert await plain.look() == "a:ok"
    await plain.looks.close()


async def test_a_sight_says_by_which_login_it_was_seen(plain: Sessions) -> None:
    async def login() -> str:
        (sight,) = await plain.looks.look(ACCOUNT, NEED, Pacing(scale=0))
        return sight.login

    assert await login() == "", "a visitor"
    plain.keep("a")
    first = await login()
    await plain.looks.rest("plain")
    assert (await login(), plain.cookie("a")) == (first, "a-renewed"), (
        "what the site renewed is the same login"
    )
    plain.keep("a")
    assert await login() not in ("", first)
    assert "secret" not in first


async def test_a_state_without_the_operator_is_never_written_back(plain: Sessions) -> None:
    plain.keep("a")
    assert await plain.look() == "a:ok"
    plain.ended.add("a")
    before = (plain.folder / "plain" / "a.json").read_bytes()
    assert await plain.look() == "a:login_required"
    await plain.looks.rest("plain")
    await plain.looks.close()
    assert (plain.folder / "plain" / "a.json").read_bytes() == before


async def test_what_other_hosts_stored_is_not_written_back(plain: Sessions) -> None:
    foreign = {**state_of("a")["cookies"][0], "name": "who", "domain": "third.example"}
    state = {"cookies": [*state_of("a")["cookies"], foreign], "origins": []}
    write_new(plain.folder / "plain" / "a.json", state, NOW)
    assert await plain.look() == "a:ok"
    await plain.looks.rest("plain")
    assert plain.cookie("a") == "a-renewed", "one cookie is left, renewed"
    await plain.looks.close()


async def test_a_new_login_keeps_what_its_own_hosts_stored(
    executable: Path, tmp_path: Path
) -> None:
    """The site shows another one's page, and leads through it."""

    async def known(tab: Tab) -> bool:
        return True

    page = "<script>localStorage.setItem('own', '1')</script>"
    foreign = "<script>localStorage.setItem('who', '1')</script>"
    cookie = {"Set-Cookie": "who=1; Max-Age=1000"}
    with served({"/": Answer(foreign, headers=cookie)}) as other, served({}) as site:
        site.routes = {
            "/": Answer(page, headers={"Set-Cookie": "login=made-up; Max-Age=1000"}),
            "/through": Answer(
                status=302, headers={"Location": other.url("/", "localhost"), **cookie}
            ),
        }
        login = replace(
            login_of(),
            url=site.url("/"),
            pages=(site.url("/through"),),
            scanned="true",
            probe=known,
        )
        made = LoginFiles(
            known={"plain": login},
            folder=tmp_path,
            now=lambda: NOW,
            window=Path,
            headless=lambda: executable,
            timeouts=SHORT,
        )
        new = NewLogin(platform="plain", name="office", custodian="张三")
        session = await made.by_code(new, lambda picture, code: None, limit=60)
        assert other.count("/") == 1
    state = json.loads(session.path.read_text("utf-8"))
    assert {each["domain"] for each in state["cookies"]} == {"127.0.0.1"}
    assert [each["origin"] for each in state["origins"]] == [site.url("/").rstrip("/")]


async def test_a_newer_login_is_never_overwritten(plain: Sessions) -> None:
    plain.keep("a")
    assert await plain.look() == "a:ok"
    plain.keep("a")
    (plain.folder / "plain" / "b.json").write_text("{}")
    await plain.looks.close()
    assert plain.cookie("a") == "a-made-up-secret"


def login_of() -> Login:
    async def never(tab: Tab) -> bool:
        raise AssertionError

    return Login(platform="plain", url="http://127.0.0.1/", hosts=HOSTS, probe=never)


# On the replica.


@pytest.mark.parametrize("known", short([True, False]))
async def test_every_site_is_asked_by_its_own_sign(
    executable: Path, tmp_path: Path, known: bool
) -> None:
    async with Replica(
        World(), now=lambda: NOW, logged_in=KNOWN if known else frozenset(), key=key()
    ) as replica:
        for platform in KNOWN:
            write_new(tmp_path / platform / "office.json", replica.storage_state(platform), NOW)
            write_new(tmp_path / platform / "other.json", {"cookies": [], "origins": []}, NOW)
            (tmp_path / platform / "bad.json").write_text("[")
        async with facing(replica, executable, lambda: NOW) as browser:
            looks = SiteLooker(browser, tmp_path)
            asked = {
                (platform, name): await looks.probe(platform, name)
                for platform in sorted(KNOWN)
                for name in ("office", "other", "bad")
            }
        assert asked == {
            (platform, name): known and name == "office"
            for platform in KNOWN
            for name in ("office", "other", "bad")
        }
        assert not replica.strangers


@pytest.mark.parametrize(
    ("platform", "text"),
    short(
        [
            ("weibo", "https://passport.weibo.cn/replica/scan?qr=000000000000000000000000"),
            ("douyin", "https://www.douyin.com/replica/scan?token=0000000000000000"),
            ("wechat", "https://mp.weixin.qq.com/replica/scan?uuid=0000000000000000"),
            ("bilibili", "https://account.bilibili.com/replica/scan?key=00000000"),
            ("tieba", "https://wappass.baidu.com/replica/scan?sign=0000000000000000"),
        ]
    ),
)
async def test_a_login_by_the_sites_code_on_a_machine_without_a_screen(
    executable: Path, tmp_path: Path, platform: str, text: str
) -> None:
    shown: list[tuple[Path, int, bytes, Modules | None]] = []
    async with Replica(
        World(), now=lambda: NOW, logged_in=KNOWN, scannable=True, key=key()
    ) as replica:

        def show(picture: Path, code: Modules | None) -> None:
            shown.append(
                (picture, stat.S_IMODE(picture.stat().st_mode), picture.read_bytes()[:4], code)
            )
            replica.scan(platform)

        session = await files(replica, executable, tmp_path).by_code(
            NewLogin(platform=platform, name="office"), show, limit=60
        )
        async with facing(replica, executable, lambda: NOW) as browser:
            assert await SiteLooker(browser, tmp_path).probe(platform, "office")
    ((picture, mode, head, code),) = shown
    assert (picture.parent, mode, head) == (tmp_path / platform, 0o600, b"\x89PNG")
    assert code == code_of(text)
    assert (session.mode, [each.name for each in picture.parent.iterdir()]) == (
        0o600,
        ["office.json"],
    )
    assert stat.S_IMODE(picture.parent.stat().st_mode) == 0o700


async def test_a_code_without_a_scan_leaves_nothing_behind(
    executable: Path, tmp_path: Path
) -> None:
    async with Replica(World(), now=lambda: NOW, logged_in=KNOWN, scannable=True) as replica:
        with pytest.raises(UserError, match="no login within 2 s"):
            await files(replica, executable, tmp_path).by_code(
                NewLogin(platform="weibo", name="office"), lambda picture, code: None, limit=2
            )
    assert list((tmp_path / "weibo").iterdir()) == []


def files(replica: Replica, executable: Path, folder: Path) -> LoginFiles:
    return LoginFiles(
        known=LOGINS,
        folder=folder,
        now=lambda: NOW,
        window=lambda: executable,
        headless=lambda: executable,
        args=replica.chromium_args,
        proxy=replica.proxy,
        timeouts=SHORT,
    )


FILED = {f"示例沉睡{number}": f"500000000{number}" for number in range(1, 4)}
WORLD = World.parse(
    "platform,type,name,filing_number,true_id,truth,posts\n"
    + "".join(
        f"weibo,新浪微博,{name},W{uid},{uid},alive,2022-08-01;2022-07-01\n"
        for name, uid in FILED.items()
    )
)
AS_OF = day_end(date(2022, 12, 31))


async def test_a_sweep_goes_on_without_a_lost_login_and_hides_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = Home.at(tmp_path / "home").create()
    async with Replica(WORLD, now=lambda: AS_OF, logged_in=KNOWN) as replica:
        state = replica.storage_state("weibo")
        write_new(home.sessions / "weibo" / "office.json", state, AS_OF)
        async with open_app(
            home, clock=lambda: AS_OF, route=Route(replica.proxy, replica.chromium_args)
        ) as app:
            app.pace = 0

            def lapse(step: Step) -> None:
                if step.done == 1:
                    replica.end_login("weibo")

            await enter(
                app.store,
                *(
                    Filing(name=name, type="新浪微博", platform="weibo", platform_id=uid)
                    for name, uid in FILED.items()
                ),
            )
            with structlog.testing.capture_logs() as lines:
                request = Request(
                    policy=load("national"),
                    as_of=AS_OF,
                    concurrency=1,
                    second_look_after=timedelta(0),
                )
                summary = await app.engine().run(request, lapse)
                (listed,) = await sessions.list_logins(app.sessions, app.logins())
                checked = await sessions.check(app.sessions, app.looker(), listed.session)
            events = [
                (event.state.value, event.how)
                for event in await app.store.operator.session_events()
            ]
    assert events[:2] == [("valid", "weibo.desktop"), ("invalid", events[1][1])]
    assert len(events) == 2
    assert (listed.state, checked) == (SessionState.INVALID, (SessionState.INVALID, ""))
    assert [line["event"] for line in lines].count("session invalid") == 1
    assert summary.exit_code & 32
    assert set(summary.verdicts) == {Verdict.UNPROVEN}
    secrets = {cookie["value"] for cookie in state["cookies"]}
    told = repr(lines) + "".join(capfd.readouterr()) + repr(summary)
    assert not [secret for secret in secrets if secret in told]
    assert not [
        path for path in kept_in(home) for secret in secrets if secret.encode() in bytes_of(path)
    ]


def kept_in(home: Home) -> list[Path]:
    found = [
        path
        for path in home.root.rglob("*")
        if path.is_file() and home.sessions not in path.parents
    ]
    assert home.database in found
    return found


def bytes_of(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
