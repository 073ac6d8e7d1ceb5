"""Logins as files: what browsers export, who may read them, what is noted beside them; and QR
codes, out of a picture and as text.
"""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from codes import code_of
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from mediawatch.cli import app
from mediawatch.cli.qr_text import QUIET, as_text
from mediawatch.domain import UserError
from mediawatch.ports import Modules, NewLogin
from scrapers.browser.pool import Session
from scrapers.browser.sessions import (
    fingerprint,
    moments,
    storage_state_of,
    write_new,
    write_renewed,
)
from scrapers.logins.cookies import storage_state
from scrapers.logins.qr import modules_of
from scrapers.logins.store import LoginFiles
from scrapers.platforms import LOGINS

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
LATER, PAST = int((NOW + timedelta(days=3)).timestamp()), int((NOW - timedelta(days=3)).timestamp())
SECRET = "made-up-secret-value"
NETSCAPE = (
    "# Netscape HTTP Cookie File\n\n"
    f".weibo.com\tTRUE\t/\tTRUE\t{LATER}\tA\t{SECRET}\n"
    f"#HttpOnly_m.weibo.cn\tFALSE\t/\tFALSE\t0\tB\t{SECRET}\n"
    f".example.com\tTRUE\t/\tTRUE\t{LATER}\tC\tnot ours\n"
    f".notweibo.com\tTRUE\t/\tTRUE\t{LATER}\tC\tnot ours\n"
    f".weibo.com\tTRUE\t/\tTRUE\t{PAST}\tD\trun out\n"
)
EDITOR: list[dict[str, Any]] = [
    {"domain": ".weibo.com", "expirationDate": LATER + 0.5, "hostOnly": False, "httpOnly": False, "name": "A", "path": "/",
     "sameSite": "no_restriction", "secure": True, "session": False, "storeId": "0", "value": SECRET},
    {"domain": "m.weibo.cn", "hostOnly": True, "httpOnly": True, "name": "B", "path": "/", "sameSite": None, "secure": False,
     "session": True, "storeId": None, "value": SECRET},
    {"domain": "weibo.com.example.com", "hostOnly": True, "name": "C", "path": "/", "value": "not ours", "sameSite": "unspecified"},
    {"domain": ".weibo.com", "expirationDate": PAST, "name": "D", "path": "/", "value": "run out"},
]  # fmt: skip
COMMON = {"value": SECRET, "path": "/"}
STATE = {
    "cookies": [
        {
            **COMMON,
            "name": "A",
            "domain": ".weibo.com",
            "expires": LATER,
            "httpOnly": False,
            "secure": True,
            "sameSite": "None",
        },
        {
            **COMMON,
            "name": "B",
            "domain": "m.weibo.cn",
            "expires": -1,
            "httpOnly": True,
            "secure": False,
            "sameSite": "Lax",
        },
    ],
    "origins": [
        {"origin": "https://m.weibo.cn", "localStorage": [{"name": "a", "value": "b"}]},
        {"origin": "https://example.com", "localStorage": [{"name": "c", "value": "d"}]},
    ],
}


def logins(folder: Path) -> LoginFiles:
    nowhere = Path("/nowhere")
    return LoginFiles(
        known=LOGINS,
        folder=folder,
        now=lambda: NOW,
        window=lambda: nowhere,
        headless=lambda: nowhere,
    )


@pytest.mark.parametrize(
    "exported",
    [
        NETSCAPE,
        "\ufeff" + NETSCAPE.replace("\n", "\r\n"),
        json.dumps(EDITOR),
        json.dumps({"url": "x", "cookies": EDITOR}),
        json.dumps(STATE),
    ],
    ids=[
        "cookies.txt",
        "cookies.txt of Windows",
        "editor",
        "editor with its page",
        "storage state",
    ],
)
def test_exported_cookies_of_the_platform_alone_are_taken(exported: str) -> None:
    found = storage_state(exported, LOGINS["weibo"].hosts, NOW, "file")
    short = [
        (each["name"], each["domain"], each["httpOnly"], each["secure"], each["value"])
        for each in found["cookies"]
    ]
    assert short == [
        ("A", ".weibo.com", False, True, SECRET),
        ("B", "m.weibo.cn", True, False, SECRET),
    ]
    assert [int(each["expires"]) for each in found["cookies"]] == [LATER, -1]
    assert all(each["sameSite"] in ("None", "Lax", "Strict") for each in found["cookies"])
    assert {each["origin"] for each in found["origins"]} <= {"https://m.weibo.cn"}


@pytest.mark.parametrize(
    ("exported", "says"),
    [
        ("", "0 of 0 cookies"),
        ("[]", "0 of 0 cookies"),
        (f".example.com\tTRUE\t/\tTRUE\t{LATER}\tC\t{SECRET}", "0 of 1 cookie for"),
        (f".weibo.com\tTRUE\t/\tTRUE\t{PAST}\tC\t{SECRET}", "have run out"),
        (f".weibo.com TRUE / TRUE {LATER} C {SECRET}", "line 1 is no line of a cookies.txt"),
        (f"SUB={SECRET}; SUBP={SECRET}", "line 1 is no line of a cookies.txt"),
        (f'[{{"name": "A", "value": "{SECRET}"}}]', "cookie 1 has no name, value and domain"),
        (f'[{{"name": "A", "value": "{SECRET}", "domain"', "damaged at line 1"),
        (f'{{"SUB": "{SECRET}"}}', "neither a list of cookies nor a storage state"),
        (f'["{SECRET}"]', "cookie 1 has no name"),
    ],
)
def test_what_is_no_export_is_refused_without_quoting_it(exported: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        storage_state(exported, LOGINS["weibo"].hosts, NOW, "a.txt")
    assert str(caught.value).startswith("a.txt: ")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_taken_login_is_private_and_keeps_its_date(
    tmp_path: Path,
) -> None:
    session, count = logins(tmp_path).take(
        NewLogin(platform="weibo", name="office"), NETSCAPE, "file"
    )
    assert (count, session.mode, session.made_at, session.used_at) == (2, 0o600, NOW, None)
    assert stat.S_IMODE(session.path.parent.stat().st_mode) == 0o700
    assert [each.name for each in session.path.parent.iterdir()] == ["office.json"]
    assert {
        cookie["name"]
        for cookie in storage_state_of(Session("weibo", "office", session.path))["cookies"]
    } == {"A", "B"}
    assert logins(tmp_path).sessions() == (session,)
    assert logins(tmp_path).sessions("douyin") == ()


def test_a_renewed_login_keeps_when_it_was_made(tmp_path: Path) -> None:
    session = Session("weibo", "office", tmp_path / "weibo" / "office.json")
    write_new(session.state, STATE, NOW)
    write_renewed(session, {"cookies": [], "origins": []}, NOW + timedelta(hours=1))
    assert moments(session) == (NOW, NOW + timedelta(hours=1))
    assert storage_state_of(session) == {"cookies": [], "origins": []}


def test_a_login_differs_from_a_newer_one_by_no_secret(tmp_path: Path) -> None:
    session = Session("weibo", "office", tmp_path / "weibo" / "office.json")
    assert fingerprint(session) == ""
    write_new(session.state, STATE, NOW)
    first = fingerprint(session)
    write_renewed(session, {"cookies": [], "origins": []}, NOW + timedelta(hours=1))
    assert (fingerprint(session), len(first)) == (first, 12)
    write_new(session.state, STATE, NOW)
    assert fingerprint(session) not in ("", first)


def test_a_copied_login_that_is_renewed_is_the_same_login(tmp_path: Path) -> None:
    session = Session("weibo", "office", tmp_path / "weibo" / "office.json")
    session.state.parent.mkdir()
    session.state.write_text(json.dumps(STATE))
    first = fingerprint(session)
    write_renewed(session, {"cookies": [], "origins": []}, NOW + timedelta(hours=1))
    assert fingerprint(session) == first != ""


def test_a_copied_file_is_a_login_too(tmp_path: Path) -> None:
    path = tmp_path / "weibo" / "office.json"
    path.parent.mkdir()
    path.write_text(json.dumps(STATE))
    path.chmod(0o644)
    (session,) = logins(tmp_path).sessions("weibo")
    assert (session.mode, session.used_at) == (0o644, None)
    assert abs(session.made_at.timestamp() - path.stat().st_mtime) < 1


@pytest.mark.parametrize(
    ("platform", "name"),
    [("toutiao", "office"), ("weibo", "../x"), ("weibo", "a.b"), ("weibo", "")],
)
def test_no_login_gets_out_of_its_folder(tmp_path: Path, platform: str, name: str) -> None:
    for work in (
        lambda: logins(tmp_path).take(NewLogin(platform=platform, name=name), NETSCAPE, "file"),
        lambda: logins(tmp_path).remove(platform, name),
    ):
        with pytest.raises(UserError):
            work()
    assert list(tmp_path.iterdir()) == []


def drawn(code: Modules, scale: float, margin: int, logo: int = 0) -> list[str]:
    """The code as rows of pixels; `logo` modules in its middle are light."""
    size = len(code)
    width = round(size * scale)
    middle = range((size - logo) // 2, (size + logo) // 2)
    rows = []
    for y in range(width):
        row = y * size // width
        cells = (
            not (row in middle and x * size // width in middle) and code[row][x * size // width]
            for x in range(width)
        )
        rows.append("0" * margin + "".join("1" if cell else "0" for cell in cells) + "0" * margin)
    blank = "0" * (width + 2 * margin)
    return [blank] * margin + rows + [blank] * margin


@settings(max_examples=12, deadline=None)
@given(text=st.text(min_size=1, max_size=40), scale=st.floats(2.5, 9), margin=st.integers(0, 20))
def test_a_code_in_a_picture_is_found_whatever_its_size(
    text: str, scale: float, margin: int
) -> None:
    code = code_of(text)
    assert modules_of(drawn(code, scale, margin)) == code


def test_a_logo_in_the_middle_hides_no_code() -> None:
    code = code_of("https://example.com/replica/scan?uuid=0000000000000000", "H")
    found = modules_of(drawn(code, 5, 8, logo=7))
    assert found is not None
    assert (
        sum(
            a != b
            for found_row, row in zip(found, code, strict=True)
            for a, b in zip(found_row, row, strict=True)
        )
        <= 49
    )


@pytest.mark.parametrize(
    "pixels",
    [[], ["0000"] * 4, ["1" * 200] * 200, ["1" * 200] * 3, [("10" * 100), ("01" * 100)] * 100],
    ids=["none", "light", "dark", "bar", "dots"],
)
def test_other_pixels_are_no_code(pixels: list[str]) -> None:
    assert modules_of(pixels) is None


def test_two_codes_are_no_code() -> None:
    one = drawn(code_of("a"), 4, 8)
    assert modules_of([row + row for row in one]) is None


def read_back(text: str) -> Modules:
    halves = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}
    rows: list[tuple[bool, ...]] = []
    for line in text.splitlines():
        pairs = [halves[letter] for letter in line]
        rows += [tuple(upper for upper, _ in pairs), tuple(lower for _, lower in pairs)]
    return tuple(rows)


@pytest.mark.parametrize("text", ["a", "https://example.com/" + "x" * 90])
def test_the_text_shows_every_module_and_the_margin(text: str) -> None:
    code = code_of(text)
    rows = read_back(as_text(code, colours=False))
    assert tuple(row[QUIET:-QUIET] for row in rows[QUIET : QUIET + len(code)]) == code
    outside = [
        *rows[:QUIET],
        *rows[QUIET + len(code) :],
        *(row[:QUIET] + row[-QUIET:] for row in rows),
    ]
    assert not any(any(row) for row in outside)
    assert len(rows[QUIET + len(code) :]) >= QUIET


def test_colours_are_dark_on_light_and_end_with_each_line() -> None:
    lines = as_text(code_of("a"), colours=True).splitlines()
    assert all(line.startswith("\x1b[30;107m") and line.endswith("\x1b[0m") for line in lines)


def told(home: Path, *words: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["--home", str(home), *map(str, words)])
    assert result.exit_code == code, result.output
    assert SECRET not in result.output
    return result.output


def test_the_commands_import_list_and_remove_logins(tmp_path: Path) -> None:
    home, export = tmp_path / "home", tmp_path / "cookies.txt"
    export.write_text(NETSCAPE.replace(str(LATER), "4102444800"))
    told(home, "init")
    assert "no logins" in told(home, "sessions")
    named = ("--name", "second", "--custodian", "张三")
    assert "--custodian" in told(home, "sessions", "import", "weibo", export, code=2)
    assert "2 cookies kept" in told(home, "sessions", "import", "weibo", export, *named)
    assert "no login is of use for 'toutiao'" in told(
        home, "sessions", "import", "toutiao", export, code=2
    )
    missing = told(home, "sessions", "import", "weibo", tmp_path / "none.txt", *named, code=2)
    assert "does not exist" in missing
    # The file comes first: nobody is asked who answers for a login that cannot be made.
    missing = told(home, "sessions", "import", "weibo", tmp_path / "none.txt", code=2)
    assert "does not exist" in missing
    export.with_name("no.csv").write_text("name,number\n发布,1\n", encoding="utf-8")
    said = told(home, "sessions", "import", "weibo", export.with_name("no.csv"), code=2)
    assert "no.csv" in said
    assert "--custodian" not in said
    row = next(line for line in told(home, "sessions").splitlines() if "second" in line)
    assert row.split()[:4] == ["weibo", "second", "张三", "unknown"]
    assert {"import", "never", "0600"} <= set(row.split())
    # A renewed login keeps its custodian; another one is named by hand.
    told(home, "sessions", "import", "weibo", export, "--name", "second")
    assert "张三" in told(home, "sessions")
    told(home, "sessions", "assign", "weibo", "second", "李四")
    assert ("李四" in told(home, "sessions"), "张三" in told(home, "sessions")) == (True, False)
    assert "李四" in told(home, "status")
    told(home, "sessions", "assign", "weibo", "third", "李四", code=2)
    told(home, "sessions", "assign", "weibo", "second", "\x1b[31m", code=2)
    (home / "sessions" / "weibo" / "second.json").chmod(0o640)
    assert "others may read" in told(home, "sessions")
    told(home, "sessions", "remove", "weibo", "second")
    assert "there is no login 'second'" in told(
        home, "sessions", "remove", "weibo", "second", code=2
    )
    assert "no logins to check" in told(home, "sessions", "check")


def test_all_logins_go_at_once(tmp_path: Path) -> None:
    told(tmp_path, "init")
    files = logins(tmp_path / "sessions")
    for name in ("one", "two"):
        files.take(NewLogin(platform="weibo", name=name, custodian="张三"), NETSCAPE, "file")
    told(tmp_path, "sessions", "remove", "weibo", code=2)
    told(tmp_path, "sessions", "remove", "weibo", "one", "--all", code=2)
    assert len(files.sessions()) == 2
    assert "2 logins removed" in told(tmp_path, "sessions", "remove", "--all")
    assert files.sessions() == ()


def test_a_login_that_is_not_used_is_told(tmp_path: Path) -> None:
    told(tmp_path, "init")
    session, _ = logins(tmp_path / "sessions").take(
        NewLogin(platform="weibo", name="office", custodian="张三"), NETSCAPE, "file"
    )
    text = session.path.read_text("utf-8")
    session.path.write_text(text.replace(NOW.isoformat(), "2020-01-01T00:00:00+00:00"), "utf-8")
    assert "was not used for 30 days" in told(tmp_path, "sessions")
    assert "not used since 2020-01-01" in told(tmp_path, "status")
    assert json.loads(told(tmp_path, "status", "--json"))["sessions"][0]["unused"]
    assert "sessions remove weibo office" in told(tmp_path, "doctor", code=1)


def test_who_answers_for_a_login_is_kept_with_it(tmp_path: Path) -> None:
    files = logins(tmp_path)
    session, _ = files.take(
        NewLogin(platform="weibo", name="office", custodian="张三"), NETSCAPE, "file"
    )
    kept = Session("weibo", "office", session.path)
    before = fingerprint(kept)
    used = NOW + timedelta(days=1)
    write_renewed(kept, STATE, used)
    assert files.sessions()[0].custodian == "张三"
    files.assign(NewLogin(platform="weibo", name="office", custodian="李四"))
    (told_now,) = files.sessions()
    assert (told_now.custodian, told_now.used_at, fingerprint(kept)) == ("李四", used, before)


@pytest.mark.parametrize(
    ("display", "words"), [("", ()), (":0", ("--qr",))], ids=["no screen", "asked for"]
)
def test_without_a_screen_a_login_goes_by_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, display: str, words: tuple[str, ...]
) -> None:
    """Nothing answers behind this proxy, and so no code comes: what is said is about the headless
    browser's login, not about a window.
    """
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("MEDIAWATCH_BROWSER__PROXY", "http://127.0.0.1:9")
    told(tmp_path, "init")
    words = (*words, "--custodian", "张三")
    said = told(tmp_path, "login", "weibo", *words, "--limit", "20", code=2)
    assert "the login did not come to its end" in said
    assert [each for each in (tmp_path / "sessions").rglob("*") if each.is_file()] == []
