"""`mediawatch browse` as a browser, another user of this machine and another site meet it."""

from __future__ import annotations

import http.client
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from commands import in_process
from disks import SmallDisk
from disks import disk as disk
from programs import clean
from review_homes import home as home
from review_homes import prepared as prepared
from warm import Program

from mediawatch.ops.settings import Home

HANGS = 60
"""Seconds that only a server which hangs reaches."""
ENDLESS = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) AS c FROM n"
)


@dataclass
class Served:
    """A server of its own; `seconds` is its deadline for a statement."""

    home: Home
    seconds: float = 60
    really: bool = False
    """Whether its process is really started, with words and an environment of its own."""
    token: str = ""
    visited: dict[str, str] = field(default_factory=dict)
    """The headers that answered the first visit."""
    port: int = 0
    process: subprocess.Popen[str] = field(init=False)

    def start(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        start = subprocess.Popen if self.really else Program
        self.process = start(
            [sys.executable, "-m", "mediawatch", "browse", "--port", str(self.port)],
            env=clean(self.home.root, MEDIAWATCH_QUERY__SECONDS=str(self.seconds)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        line = self.process.stderr.readline()
        found = re.search(rf"http://127\.0\.0\.1:{self.port}/\?token=(\S+) ", line)
        assert found, line + self.process.stderr.read()
        self.token = found[1]

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body; `host=""` sends no Host header."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=HANGS)) as asked:
            asked.putrequest("GET", path, skip_host="host" in headers)
            for name, value in headers.items():
                if value:
                    asked.putheader(name, value)
            asked.endheaders()
            answer = asked.getresponse()
            heads = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, heads, answer.read().decode(errors="replace")

    def cookie(self) -> str:
        """What a browser keeps of the first visit, which can be made only once."""
        if not self.visited:
            status, self.visited, _ = self.get(f"/?token={self.token}")
            assert (status, self.visited["location"]) == (303, "/")
        return self.visited["set-cookie"].split(";")[0]


@pytest.fixture
def served(home: Home) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(seconds: float = 60, really: bool = False) -> Served:
        one = Served(home, seconds, really)
        one.start()
        started.append(one)
        return one

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()


@pytest.fixture(scope="module")
def one(prepared: Home) -> Iterator[Served]:
    """A server for tests that leave it as it is."""
    shared = Served(prepared)
    shared.start()
    yield shared
    shared.process.kill()
    shared.process.communicate()


def test_only_who_has_the_token_sees_anything(one: Served) -> None:
    closed = ("/", "/-/static/app.css", "/favicon.ico", "/-/auth-token", "/mediawatch.db", "/-/x")
    for path in closed:
        for cookie in ("", "mediawatch-1=x", f"mediawatch-{one.port}=x", "ds_actor=x"):
            assert one.get(path, cookie=cookie)[0] == 403, (path, cookie)
    assert one.get("/?token=")[0] == 403
    assert one.get("/?token=wrong%C3%A4")[0] == 403
    assert one.token not in one.cookie()
    heads = one.visited
    name, *rules = heads["set-cookie"].split("; ")
    assert set(rules) == {"HttpOnly", "SameSite=Strict", "Path=/"}
    assert (heads["location"], heads["referrer-policy"]) == ("/", "no-referrer")
    for path in ("/", "/-/static/app.css", "/favicon.ico", "/mediawatch/flagged.json"):
        assert one.get(path, cookie=f"a[b]=1; {name}")[0] == 200, path
    assert one.get("/mediawatch/contact.json", cookie=name)[0] == 403


def test_the_address_opens_once_and_its_browser_may_reload(one: Served) -> None:
    cookie, address = one.cookie(), f"/?token={one.token}"
    for other in ("", "ds_actor=x", f"mediawatch-{one.port}={one.token}"):
        status, heads, text = one.get(address, cookie=other)
        assert (status, "set-cookie" in heads) == (403, False), other
        assert "was opened already" in text
        assert "start it again" in text
    assert one.get("/", cookie=cookie)[0] == 200
    status, heads, _ = one.get(address, cookie=cookie)
    assert (status, heads["location"]) == (303, "/")
    assert "set-cookie" not in heads


def test_another_host_name_is_refused_even_with_the_token(one: Served) -> None:
    cookie = one.cookie()
    for host in ("evil.example", f"evil.example:{one.port}", "127.0.0.1", "localhost:1", ""):
        assert one.get("/", host=host, cookie=cookie)[0] in (400, 403), host
        assert one.get(f"/?token={one.token}", host=host)[0] in (400, 403), host
    assert one.get("/", host=f"localhost:{one.port}", cookie=cookie)[0] == 200


def test_the_token_is_in_no_log_and_in_no_list_of_processes(
    served: Callable[..., Served], home: Home
) -> None:
    one = served(really=True)
    one.get("/mediawatch?sql=select", cookie=one.cookie())
    words = Path(f"/proc/{one.process.pid}/cmdline").read_text()
    environ = Path(f"/proc/{one.process.pid}/environ").read_text()
    one.process.send_signal(signal.SIGTERM)
    out, err = one.process.communicate(timeout=HANGS)
    kept = "".join(path.read_text("utf-8") for path in home.logs.iterdir())
    assert one.token not in words + environ + out + err + kept


@pytest.mark.parametrize(
    ("sent", "code"),
    [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.soak)],
)
def test_one_signal_ends_it_while_a_query_runs(
    served: Callable[..., Served], home: Home, sent: signal.Signals, code: int
) -> None:
    with closing(sqlite3.connect(home.database)) as database:
        database.execute(f"CREATE VIEW endless AS {ENDLESS}")
    one = served(seconds=3600)
    cookie = one.cookie()
    asked = socket.create_connection(("127.0.0.1", one.port))
    asked.sendall(
        f"GET /mediawatch/endless HTTP/1.1\r\nHost: localhost:{one.port}\r\nCookie: {cookie}\r\n\r\n".encode()
    )
    stat = Path(f"/proc/{one.process.pid}/stat")
    began, waits = _ticks(stat), threading.Event()
    while _ticks(stat) < began + 30:  # it computes
        waits.wait(0.02)
    one.process.send_signal(sent)
    _, err = one.process.communicate(timeout=HANGS)
    asked.close()
    assert one.process.returncode == code
    assert err.splitlines() == ["mediawatch: stopped"]


def test_a_page_has_the_deadline_of_a_query(served: Callable[..., Served], home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as database:
        database.execute(f"CREATE VIEW endless AS {ENDLESS}")
    one = served(seconds=0.2)
    status, _, text = one.get("/mediawatch/endless.json", cookie=one.cookie())
    assert (status, "interrupted" in text.lower()) == (400, True)


def test_a_refused_page_is_one_line(served: Callable[..., Served], home: Home) -> None:
    with closing(sqlite3.connect(home.database)) as database:
        database.execute("CREATE VIEW broken AS SELECT missing FROM account_of_nobody")
    one = served()
    for path, status in (
        ("/mediawatch/sqlite_master", 404),
        ("/mediawatch/account?_sort=secret", 500),
        ("/mediawatch/broken", 400),
        ("/mediawatch/account?_size=x", 400),
        ("/mediawatch/account/nobody~ZZ", 404),
    ):
        assert one.get(path, cookie=one.cookie())[0] == status, path
    one.process.send_signal(signal.SIGTERM)
    _, err = one.process.communicate(timeout=HANGS)
    *lines, end = err.splitlines()
    assert (len(lines), end) == (5, "mediawatch: stopped"), err
    assert all("page refused" in line for line in lines)
    assert "/mediawatch/sqlite_master" in lines[0]


def test_a_taken_port_is_said(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = in_process("--home", home.root, "browse", "--port", str(port))
    assert done.returncode == 2
    assert f"port {port} of this machine cannot be used" in done.stderr
    assert "token" not in done.stderr


def test_a_disk_that_datasette_cannot_read_is_said(disk: SmallDisk, prepared: Home) -> None:
    home = Home(disk.folder / "home")
    shutil.copytree(prepared.root, home.root, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    disk.make_read_only()
    done = in_process("--home", home.root, "browse")
    assert done.returncode == 2
    assert f"Datasette cannot read {home.database}" in done.stderr
    assert "token" not in done.stderr


def _ticks(stat: Path) -> int:
    """CPU time of the process, in hundredths of a second."""
    fields = stat.read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
