"""Digests and alerts, to a real HTTP server by the real Apprise: each once to each place, over
failures, restarts and kills.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import structlog
from apprise.plugins.custom_json import NotifyJSON
from commands import in_process
from nights import NIGHT, SWEEP, states
from programs import mediawatch
from samples import NOW

from mediawatch.app import DEMONSTRATION, open_app
from mediawatch.domain import (
    Alert,
    AlertState,
    Ending,
    FindingChange,
    FindingChangeKind,
    SessionState,
    SweepRun,
    UserError,
)
from mediawatch.ops import digest
from mediawatch.ops.alerts import Alerts
from mediawatch.ops.logins import ListedLogin, SessionBook
from mediawatch.ops.settings import Home, NotifySettings, Settings
from mediawatch.ports import Store, StoredSession

SURFACES = {"weibo.mobile": "微博手机版主页"}
TURNED = [
    FindingChange(turn=turn, name=f"示例{number}", type="新浪微博", label="超过2周未更新")
    for number, turn in enumerate(
        [FindingChangeKind.NEW] * 4
        + [FindingChangeKind.STILL] * 2
        + [FindingChangeKind.GONE, FindingChangeKind.UNSETTLED]
    )
]


class Inbox:
    """What arrived, by the path it was posted to; `refusing` paths answer 500."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, str, str]] = []
        self.refusing: set[str] = set()
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                refused = self.path in inbox.refusing
                if not refused:
                    inbox.posts.append((self.path, body["title"], body["message"]))
                self.send_response(500 if refused else 200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def url(self, path: str) -> str:
        return f"json://127.0.0.1:{self.server.server_port}{path}"

    @property
    def titles(self) -> list[str]:
        return [title for _, title, _ in self.posts]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    opened = Inbox()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


def alerts(store: Store, inbox: Inbox, *paths: str) -> Alerts:
    return Alerts(store, lambda: NOW, [inbox.url(path) for path in paths or ("/secret-key-1",)], 30)


def test_a_digest_tells_what_turned_and_what_people_must_do() -> None:
    title, body = digest.SweepDigest(
        SWEEP,
        NIGHT,
        TURNED,
        {"weibo/office": SessionState.INVALID, "wechat/a": SessionState.VALID},
        SURFACES,
    ).compose(lines=30, size=4000)
    assert title == "mediawatch 日常监测：监测时间点2031-03-01 23:59"
    assert body.splitlines() == [
        "共判定41个账号：正常更新30个、不合格6个、待人工核查5个",
        "疑似问题：新增4、仍存在2、已消失1、本次未能复核1",
        *[f"  新增：示例{number}（新浪微博）超过2周未更新" for number in range(4)],
        "  已消失：示例6（新浪微博）超过2周未更新",
        "待人工核查5个：",
        "  4个 平台要求人工验证。",
        "  1个 平台限制访问，未取得发布列表。",
        "已暂停的信息来源：微博手机版主页（访客）要求验证",
        "登录已失效：weibo/office",
        "核查41次，用时90分钟，退出码16",
    ]


@pytest.mark.parametrize("limit", range(5, 14))
def test_a_digest_keeps_to_its_lines_and_says_what_it_leaves_out(limit: int) -> None:
    lines = (
        digest.SweepDigest(SWEEP, NIGHT, TURNED, {"weibo/office": SessionState.INVALID}, SURFACES)
        .compose(lines=limit, size=4000)[1]
        .splitlines()
    )
    assert len(lines) <= limit
    assert lines[-1].startswith("核查41次")
    named = sum(line.startswith(("  新增：", "  已消失：")) for line in lines)
    assert named == 5 or len(lines) < 11 or f"  另有{5 - named}条，见 mediawatch flagged" in lines


@pytest.mark.parametrize("size", range(450, 1200, 50))
def test_a_digest_keeps_to_its_bytes_and_says_what_it_leaves_out(size: int) -> None:
    title, body = digest.SweepDigest(
        SWEEP, NIGHT, TURNED, {"weibo/office": SessionState.INVALID}, SURFACES
    ).compose(lines=30, size=size)
    lines = body.splitlines()
    taken = len("\r\n".join([title, *lines]).encode())
    named = sum(line.startswith(("  新增：", "  已消失：")) for line in lines)
    assert taken <= size
    assert lines[-1].startswith("核查41次")
    assert (
        named == 5
        or size < 700
        or (f"  另有{5 - named}条，见 mediawatch flagged" in lines and size - taken < 100)
    )


async def test_a_place_that_counts_bytes_gets_a_digest_it_takes(
    store: Store, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """企业微信 takes 2 048 of them, three a character."""
    monkeypatch.setattr(NotifyJSON, "body_maxlen", 260)
    await alerts(store, inbox).tell_night(SWEEP, NIGHT, SessionBook(store, lambda: NOW), {})
    ((_, title, body),) = inbox.posts
    assert 150 < len(f"{title}\r\n{body}".encode()) <= 260


async def test_a_digest_tells_of_the_runs_that_broke_off_since_the_last(
    store: Store, inbox: Inbox
) -> None:
    endings = (Ending.FAILED, Ending.COMPLETE, Ending.STOPPED, Ending.KILLED, Ending.OUT_OF_TIME)
    for hours, ending in enumerate(endings):
        begun = await store.runs.begin(SweepRun(started_at=NOW + timedelta(hours=hours)))
        last = replace(
            NIGHT, id=begun.id, sweep_id=None, started_at=begun.started_at, ending=ending, left=12
        )
        await store.runs.end(last)
    await alerts(store, inbox).tell_night(SWEEP, last, SessionBook(store, lambda: NOW), {})
    ((_, _, body),) = inbox.posts
    assert body.splitlines()[-4:-1] == [
        "此前2031-03-05 15:00开始的检查异常中断，见 mediawatch status",
        "此前2031-03-05 14:00开始的检查被停止，见 mediawatch status",
        "检查时段已结束，12个账号未及核查",
    ]


async def test_one_digest_a_sweep_also_after_a_restart(store: Store, inbox: Inbox) -> None:
    book = SessionBook(store, lambda: NOW)
    await alerts(store, inbox).tell_night(SWEEP, NIGHT, book, {})
    await alerts(store, inbox).tell_night(SWEEP, NIGHT, book, {})
    assert inbox.titles == ["mediawatch 日常监测：监测时间点2031-03-01 23:59"]
    await alerts(store, inbox).tell_night(replace(SWEEP, id=8), NIGHT, book, {})
    assert len(inbox.posts) == 2


async def test_a_failed_sending_is_tried_again_and_arrives_once(store: Store, inbox: Inbox) -> None:
    book = SessionBook(store, lambda: NOW)
    inbox.refusing = {"/secret-key-2"}
    with structlog.testing.capture_logs() as lines:
        await alerts(store, inbox, "/secret-key-1", "/secret-key-2").tell_night(
            SWEEP, NIGHT, book, {}
        )
    assert await states(store) == ["sent", "waiting"]
    assert [line["event"] for line in lines] == ["alert not sent, tried again with the next one"]
    assert "secret-key" not in str(lines)
    inbox.refusing = set()
    assert await alerts(store, inbox, "/secret-key-1", "/secret-key-2").send() == 0
    assert await states(store) == ["sent", "sent"]
    assert [path for path, _, _ in inbox.posts] == ["/secret-key-1", "/secret-key-2"]


@pytest.mark.parametrize(
    ("state", "ago", "after", "posts"),
    [
        (AlertState.SENDING, timedelta(hours=1), "given_up", 0),
        (AlertState.SENDING, timedelta(minutes=1), "sending", 0),
        (AlertState.WAITING, timedelta(hours=1), "sent", 1),
        (AlertState.WAITING, timedelta(days=4), "given_up", 0),
    ],
)
async def test_what_was_cut_short_is_not_sent_again(
    store: Store, inbox: Inbox, state: AlertState, ago: timedelta, after: str, posts: int
) -> None:
    ours = alerts(store, inbox)
    (place,) = ours._places
    await store.runs.add_alert(
        Alert(
            key="k",
            place=place,
            title="t",
            body="b",
            made_at=NOW - ago,
            state=state,
            tried_at=NOW - ago,
        )
    )
    await ours.send()
    assert (await states(store), len(inbox.posts)) == ([after], posts)


async def test_one_message_when_a_login_lapses(tmp_path: Path, inbox: Inbox) -> None:
    home = Home(tmp_path).create()
    settings = Settings(notify=NotifySettings(urls=(inbox.url("/key"),)))
    for _ in range(2):
        async with open_app(home, settings=settings) as app:
            await app.sessions.note_state("weibo", "office", valid=True, how="login")
            await app.sessions.note_state("weibo", "office", valid=False, how="page")
            await app.sessions.note_state("weibo", "office", valid=False, how="page")
            await app.alerts.tell_sessions(app.sessions)
    # The second round: valid again, and lapsed again.
    assert inbox.titles == ["mediawatch 登录已失效：weibo/office"] * 2
    assert "mediawatch login weibo --name office" in inbox.posts[0][2]


async def test_one_message_for_a_login_that_nobody_uses(store: Store, inbox: Inbox) -> None:
    def listed(days: int) -> list[ListedLogin]:
        used = NOW - timedelta(days=days)
        session = StoredSession(
            platform="weibo", name="office", path=Path("x"), mode=0o600, made_at=used,
            custodian="张三",
        )  # fmt: skip
        return [ListedLogin(session, None)]

    ours = alerts(store, inbox)
    for days in (29, 30, 30):
        await ours.tell_unused(listed(days))
    assert inbox.titles == ["mediawatch 登录闲置：weibo/office"]
    assert "保管人：张三" in inbox.posts[0][2]


async def test_a_demonstration_sends_nothing(tmp_path: Path, inbox: Inbox) -> None:
    home = Home(tmp_path).create(DEMONSTRATION)
    filed = home.config.read_text("utf-8").replace(
        "# urls = []", f'urls = ["{inbox.url("/key")}"] #'
    )
    home.config.write_text(filed, encoding="utf-8")
    async with open_app(Home(tmp_path)) as app:
        await app.sessions.note_state("weibo", "office", valid=False, how="page")
        await app.alerts.tell_night(SWEEP, NIGHT, app.sessions, {})
        assert await app.alerts.trial() == []
    assert inbox.posts == []


# The last one's password has an @ that is not written as %40.
@pytest.mark.parametrize(
    "url",
    [
        "nonsense-secret",
        "not a url secret",
        "mailtos://office:Ge@my_secret9@x.invalid?smtp=m.invalid&to=a@x.invalid",
    ],
)
def test_a_url_that_is_none_is_refused_without_naming_it(
    store: Store, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    caplog.set_level(0)
    with pytest.raises(UserError, match="number 1 is no Apprise URL") as caught:
        Alerts(store, lambda: NOW, [url], 30).check()
    assert "secret" not in str(caught.value) + caplog.text


def test_a_test_message_goes_to_every_place(tmp_path: Path, inbox: Inbox) -> None:
    home = tmp_path / "home"
    in_process("--home", home, "init")
    inbox.refusing = {"/secret-key-2"}
    urls = json.dumps([inbox.url("/secret-key-1"), inbox.url("/secret-key-2")])
    done = mediawatch("-v", "notify", "--test", home=home, MEDIAWATCH_NOTIFY__URLS=urls)
    first, second = done.stdout.splitlines()
    assert (done.returncode, first) == (1, "notify.urls, number 1: sent")
    assert second.startswith("notify.urls, number 2: not sent: Failed to send JSON")
    assert "error=" in second
    assert "secret-key" not in done.stdout + done.stderr + (
        home / "logs" / "mediawatch.log"
    ).read_text("utf-8")
    assert inbox.titles == ["mediawatch 测试消息"]
