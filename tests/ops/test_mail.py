"""Digests and alerts by mail: the real Apprise to a real SMTP server, by STARTTLS with a login; and
how each kind of address is written.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import logging
import re
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

import apprise
import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from nights import NIGHT, SWEEP, states
from programs import mediawatch
from samples import NOW

from mediawatch.app import open_app
from mediawatch.cli.logs import LogFile, secrets_of, set_up
from mediawatch.domain import UserError
from mediawatch.ops import alerts as telling
from mediawatch.ops.alerts import Alerts
from mediawatch.ops.logins import SessionBook
from mediawatch.ops.settings import Home, NotifySettings, Settings
from mediawatch.ports import Store
from scrapers.replica.tls import identity

PASSWORD = "geheim-7-Wort"
BOX = "office@example.gov.cn"


@dataclass
class Post:
    """A mail server of the office.

    `refusing` it takes no mail, though it lets everybody in who knows the password.
    """

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refusing: bool = False
    logins: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusing:
            return "451 4.3.2 try again later"
        assert isinstance(envelope.content, bytes)
        assert session.ssl is not None
        self.mails.append(
            email.message_from_bytes(
                envelope.content, _class=EmailMessage, policy=email.policy.default
            )
        )
        return "250 OK"

    def admits(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        mechanism: str,
        given: LoginPassword,
    ) -> AuthResult:
        self.logins.append(given.login.decode())
        # Not handled: the server itself answers.
        return AuthResult(success=given.password.decode() == PASSWORD, handled=False)

    def url(self, *, password: str = PASSWORD, to: str = BOX) -> str:
        return f"mailtos://office:{password}@example.gov.cn:{self.port}?smtp=localhost&to={to}"

    def alerts(self, store: Store, **more: str) -> Alerts:
        return Alerts(store, lambda: NOW, [self.url(**more)], 30)


@pytest.fixture
async def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """This process, and every process it starts, trusts its certificate."""
    shown = identity(["localhost"])
    (tmp_path / "ca.pem").write_bytes(shown.ca_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    ours = Post(0)

    def smtp() -> SMTP:
        return SMTP(
            ours,
            hostname="localhost",
            tls_context=shown.context,
            require_starttls=True,
            auth_required=True,
            authenticator=ours.admits,
        )

    server = await asyncio.get_running_loop().create_server(
        smtp, "localhost", 0, family=socket.AF_INET
    )
    ours.port = server.sockets[0].getsockname()[1]
    yield ours
    server.close()


def logged(tmp_path: Path, url: str) -> Path:
    """A log of all there is to say, where the settings have this URL."""
    settings = Settings(notify=NotifySettings(urls=(url,)))
    set_up("debug", file=LogFile(tmp_path / "a.log", 10**6, 1), secrets=secrets_of(settings))
    return tmp_path / "a.log"


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    yield
    logging.getLogger().handlers.clear()


async def tell(ours: Alerts, store: Store) -> None:
    await ours.tell_night(SWEEP, NIGHT, SessionBook(store, lambda: NOW), {})


async def test_a_digest_comes_by_mail_once_and_is_read_as_it_was_written(
    store: Store, post: Post
) -> None:
    await tell(post.alerts(store), store)
    await tell(post.alerts(store), store)
    (mail,) = post.mails
    assert (mail["From"], mail["To"]) == (f"mediawatch <{BOX}>", BOX)
    assert mail["Subject"] == "mediawatch 日常监测：监测时间点2031-03-01 23:59"
    body = mail.get_body(("plain",))
    assert body is not None
    assert (
        body.get_content().splitlines()[0]
        == "共判定41个账号：正常更新30个、不合格6个、待人工核查5个"
    )
    assert body.get_content().splitlines()[-1] == "核查41次，用时90分钟，退出码16"
    assert post.logins == ["office"]
    assert await states(store) == ["sent"]


async def test_a_server_that_refuses_fails_no_sweep_and_gets_it_later(
    store: Store, post: Post, tmp_path: Path
) -> None:
    log = logged(tmp_path, post.url())
    post.refusing = True
    await tell(post.alerts(store), store)
    assert (await states(store), post.mails) == (["waiting"], [])
    assert "alert not sent, tried again with the next one" in log.read_text("utf-8")
    assert PASSWORD not in log.read_text("utf-8")
    post.refusing = False
    assert await post.alerts(store).send() == 0
    assert (await states(store), len(post.mails)) == (["sent"], 1)


@pytest.mark.parametrize("password", ["falsch-7-Wort", "%E5%AF%86%E7%A0%81-7-Wort"])
async def test_a_wrong_password_stands_in_no_line(
    store: Store, post: Post, tmp_path: Path, password: str
) -> None:
    log = logged(tmp_path, post.url(password=password))
    await tell(post.alerts(store, password=password), store)
    assert (await states(store), post.mails) == (["waiting"], [])
    assert log.read_text("utf-8").count("7-Wort") == 0


async def test_nobody_vouches_for_the_server_and_it_gets_no_password(
    store: Store, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    await tell(post.alerts(store), store)
    assert (await states(store), post.logins) == (["waiting"], [])


async def test_a_mail_without_an_answer_in_time_is_not_sent_twice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_LIMIT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"mailto://office@example.gov.cn:{silent.getsockname()[1]}?smtp=127.0.0.1&to={BOX}"
        await tell(Alerts(store, lambda: NOW, [url], 30), store)
    assert await states(store) == ["given_up"]


async def test_a_mail_server_that_is_away_is_told_without_its_password(
    post: Post, tmp_path: Path
) -> None:
    """By the command itself, whose exit code and words an administrator sees."""
    home = Home(tmp_path / "home")
    async with open_app(home.create()):
        pass
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    away = f"mailtos://office:{PASSWORD}@example.gov.cn:{port}?smtp=localhost&to={BOX}"
    urls = json.dumps([away, post.url()])
    done = await asyncio.to_thread(
        mediawatch,
        "-v",
        "notify",
        "--test",
        home=home.root,
        MEDIAWATCH_NOTIFY__URLS=urls,
        MEDIAWATCH_LOG__LEVEL="debug",
    )
    first, second = done.stdout.splitlines()
    assert (done.returncode, second) == (1, "notify.urls, number 2: sent")
    assert first.startswith("notify.urls, number 1: not sent: Connection error")
    assert "Connection refused" in first
    assert [mail["Subject"] for mail in post.mails] == ["mediawatch 测试消息"]
    assert "Connection error" in done.stderr
    for told in (done.stdout, done.stderr, home.log.read_text("utf-8")):
        assert PASSWORD not in told


@pytest.mark.parametrize(
    "to", ["a@example.gov.cn,b@example.gov.cn", "a@example.gov.cn&cc=b@example.gov.cn"]
)
def test_a_url_of_several_mailboxes_is_refused(store: Store, to: str) -> None:
    with pytest.raises(UserError, match="number 1 names several mailboxes") as caught:
        Alerts(store, lambda: NOW, [Post(25).url(to=to)], 30).check()
    assert PASSWORD not in str(caught.value)


def test_the_addresses_that_the_documentation_shows_are_recognised(store: Store) -> None:
    """Apprise reads out of them what is meant, letter for letter."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "running.md").read_text("utf-8")
    shown = re.findall(r"`(\w+://\S+)`", page.partition("| to | URL |")[2].partition("\n\n")[0])
    Alerts(store, lambda: NOW, shown, 30).check()
    read = []
    for url in shown:
        (each,) = apprise.Apprise(url)
        names = (
            "smtp_host",
            "port",
            "secure_mode",
            "user",
            "password",
            "from_addr",
            "targets",
            "key",
            "secret",
            "token",
        )
        read.append(
            (
                type(each).__name__,
                {name: getattr(each, name) for name in names if getattr(each, name, None)},
            )
        )
    office = {"targets": [(False, "duty@example.gov.cn")], "password": "PASSWORD"}
    mail = {
        "smtp_host": "mail.example.gov.cn",
        "user": "office",
        "from_addr": ["Apprise", BOX],
        "secure_mode": "starttls",
        "port": 587,
    }
    whole = {
        "smtp_host": "mail.example.gov.cn",
        "user": BOX,
        "from_addr": (False, BOX),
        "secure_mode": "ssl",
        "port": 465,
    }
    assert read == [
        ("NotifyEmail", mail | office),
        ("NotifyEmail", whole | office),
        ("NotifyEmail", {"smtp_host": "mail.example.gov.cn", "user": "office", "from_addr": ["Apprise", BOX], "secure_mode": "insecure",
                         "port": 25, "targets": office["targets"]}),
        ("NotifyWeComBot", {"key": "KEY"}),
        ("NotifyDingTalk", {"user": "SECRET", "secret": "SECRET", "token": "TOKEN"}),
        ("NotifyDingTalk", {"token": "TOKEN"}),
        ("NotifyFeishu", {"token": "TOKEN"}),
        ("NotifyLark", {"token": "TOKEN"}),
    ]  # fmt: skip
