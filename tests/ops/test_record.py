"""`mediawatch record`: what it takes away with a page and what never, and that `verify` reads the
same from the case.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from mediawatch import app
from mediawatch.app import App, Route
from mediawatch.cli import app as commands
from mediawatch.domain import Account, DateKind, Filing, Outcome, UserError
from mediawatch.ops.record import RecordedCase, case_toml, record
from mediawatch.ops.settings import Home, Settings
from mediawatch.ops.verify import CaseFacts
from scrapers.browser.reply import Reply
from scrapers.browser.sessions import write_state
from scrapers.browser.traffic_log import TrafficLog
from scrapers.platforms import SCRAPERS
from scrapers.privacy.scrubbing import Scrubber, dummy
from scrapers.privacy.secrets import cookie_values, identity_in
from scrapers.recording.case import answers_of
from scrapers.replica import Case, Replica, World

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
SEC, TOKEN = "MS4wLjABAAAA" + "d" * 43, "MS4wLjABAAAA" + "t" * 43
EID = "3x" + "k" * 13
WORKS = ";".join(f"2022-11-{day:02}T08:00" for day in range(1, 26))
WORLD = World.parse(
    "platform,type,name,filing_number,true_id,true_original_id,truth,shown_name,verified_as,posts,"
    "articles,reader\n"
    "weibo,新浪微博,示例活跃,W1,5000000001,,alive,,,2022-12-30T09:00;2022-11-01,,\n"
    "weibo,新浪微博,示例沉睡,W2,5000000002,,alive,示例沉睡新名,示例市第一测试局,2022-11-01T08:00;"
    "2022-10-01,,\n"
    "weibo,新浪微博,示例无踪,W5,5000000005,,gone,,,,,\n"
    f"douyin,抖音,示例抖音,D1,{SEC},,alive,,示例市第一测试局,2022-11-03T10:00;2022-10-01,,\n"
    f"toutiao,今日头条,示例头条,T1,{TOKEN},,alive,,,2022-11-20T12:00,,\n"
    f"kuaishou,快手,示例快手,K1,{EID},,alive,,,{WORKS},,\n"
    "wechat,微信公众号,示例有链,X1,MzAwMDAwMDAwMQ==,gh_00000000000a,alive,,,2022-12-30T07:30;"
    "2022-11-01,1;2,\n"
    "wechat,微信公众号,示例无链,X2,MzAwMDAwMDAwMg==,,alive,,,2022-12-30,,\n"
    "wechat,微信公众号,示例验证,X3,MzAwMDAwMDAwMw==,,alive,,,2022-12-30,1:captcha,\n"
    "wechat,微信公众号,示例读书,X4,MzAwMDAwMDAwNA==,gh_00000000000d,alive,,,2022-12-29T08:00,,unfiled\n"
)
LOGINS = frozenset({"weibo", "douyin", "wechat", "weread", "kuaishou"})
OPERATOR = (
    "演示操作员",
    "2000000001",
    "1000000001",
    "3x0000000000000",
    "gh_000000000000",
    "MS4wLjABAAAA" + "0" * 43,
)
"""As the replica's pages name the one who is logged in."""


def account(name: str) -> Account:
    """As an office filed it, with the ids and links that it knows."""
    true = next(each for each in WORLD.accounts if each.filed["name"] == name)
    known = "" if name == "示例无链" else true.id
    filed = Filing(
        name=name,
        platform=true.platform,
        organiser="示例市第一测试局",
        article_links=true.known_links,
        platform_id=known,
    )
    return Account(id=1, filed=filed, links=true.known_links)


Looking = Callable[[Account, str | None, Path], Awaitable[RecordedCase]]
Stage = tuple[App, Replica, Looking]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """The app before the replica, and its recorder: one browser for all."""
    folder = tmp_path_factory.mktemp("stage")
    home = Home.at(folder / "home").create()
    config = Settings.model_validate({"timeouts": {"reply": 4, "challenge": 4}})
    async with Replica(WORLD, now=lambda: NOW, logged_in=LOGINS) as replica:
        for platform in LOGINS:
            write_state(home.sessions / platform / "office.json", replica.storage_state(platform))
        async with app.open_app(
            home,
            settings=config,
            clock=lambda: NOW,
            route=Route(replica.proxy, replica.chromium_args),
        ) as opened:
            opened.pace = 0
            recorder = opened.recorder()

            async def look(each: Account, session: str | None, out: Path) -> RecordedCase:
                return await record(
                    each,
                    recorder=recorder,
                    gate=opened.pacing(),
                    now=opened.clock,
                    out=out,
                    session=session,
                )

            try:
                yield opened, replica, look
            finally:
                await recorder.close()


def secrets_of(replica: Replica) -> set[str]:
    """Every cookie and token of the replica, and who its operator is."""
    cookies = {
        cookie["value"]
        for platform in LOGINS
        for cookie in replica.storage_state(platform)["cookies"]
    }
    weibo, wechat = replica._sites["weibo"], replica._sites["wechat"]
    # A cookie of "0" is a switch.
    return {value for value in cookies if len(value) > 3} | {
        weibo._visitor_sub,
        wechat._office._token,
        replica.weread._seal,
        *OPERATOR,
    }  # type: ignore[attr-defined]


def dressed(secret: str) -> Iterator[str]:
    yield from (
        secret,
        quote(secret, safe=""),
        html.escape(secret),
        json.dumps(secret)[1:-1],
        quote(json.dumps(secret)[1:-1], safe=""),
    )


def leaked(folder: Path, secrets: set[str]) -> list[tuple[str, str]]:
    texts = {
        path.name: path.read_bytes().decode("utf-8", "replace")
        for path in folder.rglob("*")
        if path.is_file()
    }
    return [
        (name, secret)
        for name, text in texts.items()
        for secret in secrets
        for dress in dressed(secret)
        if dress in text
    ]


USUAL = [
    ("示例沉睡", None, Outcome.OK, DateKind.EXACT, 1),
    ("示例有链", "", Outcome.OK, DateKind.AT_LEAST, 0),
    ("示例读书", None, Outcome.OK, DateKind.AT_LEAST, 1),
    # Two pages of one address, told apart by what the page posted.
    ("示例快手", None, Outcome.OK, DateKind.EXACT, 1),
]
MORE = [
    ("示例抖音", None, Outcome.OK, DateKind.EXACT, 1),
    ("示例无链", None, None, None, 2),
    ("示例头条", None, Outcome.OK, DateKind.EXACT, 0),
    ("示例活跃", "", Outcome.OK, DateKind.AT_LEAST, 0),
    ("示例抖音", "", Outcome.OK, DateKind.AT_LEAST, 0),
    ("示例沉睡", "", Outcome.OK, DateKind.AT_LEAST, 0),
    ("示例无踪", "", Outcome.LOGIN_REQUIRED, None, 0),
    ("示例无踪", None, Outcome.NOT_FOUND, None, 1),
    ("示例验证", "", Outcome.CAPTCHA, None, 0),
]
CALLING = re.compile(r"<script>(?:(?!</script>).)*fetch\(.*?</script>", re.DOTALL)


async def compared(
    stage: Stage,
    out: Path,
    looks: Sequence[tuple[str, str | None, Outcome | None, DateKind | None, int]],
) -> None:
    """Record them all, look for leaks, replay them all."""
    opened, replica, look = stage
    for name, session, outcome, date_kind, logins in looks:
        made = await look(account(name), session, out)
        assert outcome in (None, made.got.outcome), (name, made.got)
        assert (made.got.date_kind, len(Case.read(made.folder).sessions)) == (date_kind, logins), (
            name,
            made.got,
        )
    assert leaked(out, secrets_of(replica)) == []
    # The scan can find what it looks for: the operator was on these pages.
    assert leaked(opened.home.sessions, secrets_of(replica)) != []
    for page in (*(out / "weibo").rglob("*.html"), *(out / "kuaishou").rglob("*.html")):
        # The sites' own scripts are no part of a recording: what they asked for stands in `calls`.
        page.write_text(CALLING.sub("", page.read_text("utf-8")), "utf-8")
    config = Settings.model_validate({"timeouts": {"reply": 4, "challenge": 4}})
    results = [result async for result in app.verify([out], config)]
    assert len(results) == len(looks)
    assert [result.line() for result in results if not result.ok] == []


async def test_what_is_recorded_reads_the_same_and_holds_no_secret(
    stage: Stage, tmp_path: Path
) -> None:
    await compared(stage, tmp_path, USUAL)


@pytest.mark.soak
async def test_visitors_walls_and_absences_are_recorded_too(stage: Stage, tmp_path: Path) -> None:
    await compared(stage, tmp_path, MORE)


async def test_a_page_of_which_only_the_address_is_known(stage: Stage, tmp_path: Path) -> None:
    opened, _, look = stage
    link = account("示例有链").links[0]
    made = await look(opened.recorder().account_of(link), None, tmp_path)
    with pytest.raises(UserError, match="no login 'nobody' for wechat; there is wechat/office"):
        await look(account("示例无链"), "nobody", tmp_path)
    table = tomllib.loads((made.folder / "case.toml").read_text("utf-8"))
    assert (table["account"]["name"], table["account"]["article_url"], table["sessions"]) == (
        "示例有链",
        link,
        [],
    )
    assert table["expect"] == {
        "outcome": "ok", "name": "示例有链", "latest_post_at": "2022-12-30T07:30:00+08:00", "date_kind": "at_least",
    }  # fmt: skip


# the scrubber

SECRET, SELF, OTHER = "sEcret/Of_the+office=0123", "演示/操作员 一", "演示发布"
DRESSES = [
    pytest.param(lambda text: text, id="plain"),
    pytest.param(lambda text: json.dumps({"a": text}), id="JSON in ASCII"),
    pytest.param(lambda text: json.dumps({"a": text}, ensure_ascii=False), id="JSON"),
    pytest.param(
        lambda text: json.dumps({"a": text}, ensure_ascii=False).replace("/", "\\/"),
        id="JSON with escaped slashes",
    ),
    pytest.param(
        lambda text: json.dumps({"a": json.dumps({"b": text})}), id="JSON in JSON in ASCII"
    ),
    pytest.param(
        lambda text: json.dumps(
            {"a": json.dumps({"b": text}, ensure_ascii=False)}, ensure_ascii=False
        ),
        id="JSON in JSON",
    ),
    pytest.param(
        lambda text: quote(json.dumps({"a": text}, ensure_ascii=False), safe=""),
        id="percent-encoded JSON",
    ),
    pytest.param(
        lambda text: quote(json.dumps({"a": text}), safe=""), id="percent-encoded JSON in ASCII"
    ),
    pytest.param(lambda text: f"<p title='{html.escape(text)}'>{html.escape(text)}</p>", id="HTML"),
    pytest.param(
        lambda text: f"/path?next={quote(quote(text, safe=''), safe='')}",
        id="percent-encoded twice",
    ),
]


@pytest.mark.parametrize("dress", DRESSES)
def test_a_secret_is_found_in_every_dress(dress: Callable[[str], str]) -> None:
    scrubber = Scrubber(frozenset({SECRET, SELF}))
    for secret in (SECRET, SELF):
        assert scrubber.text(f"<{dress(secret)}>{OTHER}") == f"<{dress(dummy(secret))}>{OTHER}"
        assert scrubber.leaks(dress(secret))
        assert not scrubber.leaks(dress(dummy(secret)))


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ('{"token": "abC-12", "tokens": "abC-12"}', '{"token": "xxX-11", "tokens": "abC-12"}'),
        ('{"msToken":"a1","uin":12345678}', '{"msToken":"x1","uin":11111111}'),
        (r'{"a":"{\"csrf_token\":\"ab12\"}"}', r'{"a":"{\"csrf_token\":\"xx11\"}"}'),
        ("%7B%22web_id%22%3A%2271%22%7D", "%7B%22web_id%22%3A%2211%22%7D"),
        ("window.wx={data:{uin:'3071234567',t:1}}", "window.wx={data:{uin:'1111111111',t:1}}"),
        (
            "https://a.cn/b?msToken=Ab%2F1&a_bogus=x9&id=5",
            "https://a.cn/b?msToken=Xx%2F1&a_bogus=x1&id=5",
        ),
        ("<a href='/b?x=1&amp;token=77'>", "<a href='/b?x=1&amp;token=11'>"),
        (
            '{"signature":"one line about us","key":"tab"}',
            '{"signature":"one line about us","key":"tab"}',
        ),
        ('{"token":"5000000001"}', '{"token":"5000000001"}'),
    ],
)
def test_values_of_telling_keys_are_dummies(text: str, scrubbed: str) -> None:
    """The account's own id is what the case is about, whatever key it stands under."""
    assert Scrubber(frozenset(), frozenset({"5000000001"})).text(text) == scrubbed


def test_addresses_keep_only_harmless_keys() -> None:
    scrubber = Scrubber(frozenset({SECRET}))
    url = f"https://user:pw@a.cn/b?token=12&uid=5&sid={quote(SECRET)}#frag"
    assert scrubber.url(url, frozenset({"uid"})) == "https://a.cn/b?uid=5"
    assert scrubber.url(url) == f"https://a.cn/b?token=11&uid=5&sid={quote(dummy(SECRET), safe='')}"


@settings(max_examples=25)
@given(
    st.recursive(
        st.text() | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_scrubbed_json_keeps_its_shape(value: object) -> None:
    """Whatever the rest of a reply is: it stays JSON, and what is neither secret nor under a
    telling key stays as it is.
    """
    text = json.dumps({"rest": value, "token": SECRET, "who": SELF}, ensure_ascii=False)
    found = json.loads(Scrubber(frozenset({SECRET, SELF})).text(text))
    assert (found["token"], found["who"]) == (dummy(SECRET), dummy(SELF))
    assert list(found) == ["rest", "token", "who"]


def test_what_counts_as_identity() -> None:
    viewer = {
        "id": 2000000001,
        "idstr": "2000000001",
        "screen_name": "演示",
        "gender": "m",
        "vip": 1,
        "bio": "某人在此",
    }
    assert set(identity_in(viewer | {"deep": [{"avatar_large": "https://a.cn/1.jpg"}]})) == {
        "2000000001",
        "演示",
        "https://a.cn/1.jpg",
    }
    assert set(cookie_values([{"value": "short"}, {"value": "long%2Fenough"}, {}])) == {
        "long%2Fenough",
        "long/enough",
    }
    # An office that looks at itself: its own name is what the case is about.
    assert (
        Scrubber(frozenset({"演示", "演示操作员"}), frozenset({"演示发布"})).text(
            "演示发布 演示操作员"
        )
        == "演示发布 某某某某某"
    )


class StoppedAnswer:
    """An answer on whose body the command is stopped."""

    url, status, content_type, location, calls = "https://weibo.com/x", 200, "text/html", "", ()

    @property
    def body(self) -> bytes:
        raise asyncio.CancelledError


async def test_a_stop_between_two_bodies_leaves_no_case(tmp_path: Path) -> None:
    whole = SimpleNamespace(**{**vars(StoppedAnswer), "body": b"page"})
    looked = SimpleNamespace(sights=(), answers=(whole, StoppedAnswer()), logged_in=())

    async def look(*_: object, **__: object) -> SimpleNamespace:
        return looked

    with pytest.raises(asyncio.CancelledError):
        await record(
            account("示例沉睡"),
            recorder=SimpleNamespace(record=look),  # type: ignore[arg-type]
            gate=None,  # type: ignore[arg-type]
            now=lambda: NOW,
            out=tmp_path,
        )
    assert names_below(tmp_path) == ["weibo"]


def names_below(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*")]


def test_nothing_is_written_where_a_secret_stays_all_the_same() -> None:
    """One secret's dummy and its neighbours may spell another secret: what is left over is looked
    for once more.
    """
    log = TrafficLog("toutiao.profile")
    log.add_state({"cookies": [{"value": "abcdefgh"}, {"value": "xxxxxxxxZZ"}], "origins": []})
    url, scraper, own = (
        "https://www.toutiao.com/c/user/token/x/",
        SCRAPERS["toutiao"],
        account("示例头条"),
    )
    log.add(log.number(), Reply(url, 200, "text/html", b"<p>abcdefgh</p>"), document=True)
    assert [answer.body for answer in answers_of(log, scraper, own, ())] == [b"<p>xxxxxxxx</p>"]
    log.add(log.number(), Reply(url, 200, "text/html", b"<p>abcdefghZZ</p>"), document=True)
    with pytest.raises(UserError, match="still holds a secret"):
        answers_of(log, scraper, own, ())


def test_a_recording_expects_what_is_closed_too() -> None:
    got = CaseFacts(
        outcome=Outcome.OK,
        name="示例抖音",
        latest_post_at=None,
        latest_post_on=None,
        date_kind=None,
        comments=False,
        surfaces=(),
    )
    looked = SimpleNamespace(sights=(), answers=(), logged_in=())
    written = case_toml(account("示例抖音"), NOW, looked, got)
    assert tomllib.loads(written)["expect"] == {
        "outcome": "ok",
        "name": "示例抖音",
        "comments": False,
    }


# the command


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["示例无此号"], "no account '示例无此号' in the registry"),
        (["https://example.org/u/1"], "is on no host of"),
        (["示例", "--session", "office", "--visitor"], "exclude each other"),
    ],
)
def test_what_cannot_be_recorded_is_said(tmp_path: Path, words: list[str], message: str) -> None:
    assert CliRunner().invoke(commands, ["--home", str(tmp_path / "home"), "init"]).exit_code == 0
    ran = CliRunner().invoke(
        commands,
        ["--home", str(tmp_path / "home"), "record", *words, "--out", str(tmp_path / "cases")],
    )
    assert (ran.exit_code, message in ran.stderr) == (2, True)
    assert not (tmp_path / "cases").exists()
