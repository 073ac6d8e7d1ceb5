"""使用审批: one reader login a home, further ones by an approval each, up to its last day."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from commands import in_process

from mediawatch.app import open_app
from mediawatch.domain import SessionState
from mediawatch.ops import logins as sessions
from mediawatch.ops.approvals import why_barred
from mediawatch.ops.settings import Home
from mediawatch.ports import StoredSession, UseApproval
from scrapers.browser.sessions import Session, approval_of, write_renewed

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 4, tzinfo=UTC)
EXPORT = ".weread.qq.com\tTRUE\t/\tTRUE\t4102444800\twr_skey\tSECRETCOOKIE\n"
WHO = ("--custodian", "张三")
APPROVED = ("--approved-by", "王五", "--purpose", "第四季度核查", "--until", "2099-12-31")


def stored(name: str, until: date | None = None) -> StoredSession:
    approval = UseApproval(by="王五", purpose="核查", until=until) if until else None
    return StoredSession(
        platform="weread",
        name=name,
        path=Path(name),
        mode=0o600,
        made_at=NOW,
        approval=approval,
    )


@pytest.mark.parametrize(
    ("had", "used"),
    [
        ([], []),
        ([stored("office")], ["office"]),
        ([stored("second")], ["second"]),
        ([stored("office"), stored("second")], ["office"]),
        ([stored("second"), stored("office"), stored("third")], ["office"]),
        ([stored("office"), stored("second", TODAY)], ["office", "second"]),
        ([stored("office"), stored("second", TODAY - timedelta(days=1))], ["office"]),
        # What is approved needs no place of the home's own, which another one then has.
        ([stored("a", TODAY), stored("b"), stored("c")], ["a", "b"]),
        ([stored("only", TODAY - timedelta(days=1))], []),
    ],
)
def test_which_logins_may_be_used(had: list[StoredSession], used: list[str]) -> None:
    barred = why_barred(had, TODAY)
    assert sorted({each.name for each in had} - barred.keys()) == used
    assert all("mediawatch sessions assign weread" in why for why in barred.values())


def run(home: Path, *words: str | Path, code: int = 0) -> str:
    done = in_process("--home", str(home), *map(str, words))
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "SECRETCOOKIE" not in said
    return said


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "cookies.txt"
    path.write_text(EXPORT, encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    run(tmp_path / "home", "init")
    return tmp_path / "home"


def test_a_further_login_is_refused_without_its_approval(home: Path, export: Path) -> None:
    run(home, "sessions", "import", "weread", export, *WHO)
    second = ("sessions", "import", "weread", export, "--name", "second", *WHO)
    refused = run(home, *second, code=2)
    assert "weread has one login a home, office" in refused
    assert "--approved-by" in refused
    assert not (home / "sessions" / "weread" / "second.json").exists()
    assert "weread has one login a home" in run(
        home, "login", "weread", "--name", "second", *WHO, code=2
    )
    run(home, *second, *APPROVED)
    kept = approval_of(Session("weread", "second", home / "sessions" / "weread" / "second.json"))
    assert kept == UseApproval(by="王五", purpose="第四季度核查", until=date(2099, 12, 31))
    listed = next(line for line in run(home, "sessions").splitlines() if "second" in line)
    assert "王五，至2099-12-31" in listed
    assert "使用审批 王五 until 2099-12-31" in run(home, "status")
    # Both are renewed without a word: the first is the home's own, the second keeps its approval.
    run(home, "sessions", "import", "weread", export)
    run(home, "sessions", "import", "weread", export, "--name", "second")
    shown = json.loads(run(home, "status", "--json"))["sessions"]
    assert [(each["approval"] is not None, each["why_barred"]) for each in shown] == [
        (False, ""),
        (True, ""),
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--approved-by", "王五"), "--purpose TEXT --until DAY"),
        (("--approved-by", "王五", "--purpose", "核查", "--until", "月底"), "is no day"),
        (("--approved-by", "王五", "--purpose", "核查", "--until", "2020-01-01"), "is over"),
        (("--approved-by", " ", "--purpose", "核查", "--until", "2099-01-01"), "--approved-by"),
        (("--approved-by", "王五", "--purpose", "", "--until", "2099-01-01"), "--purpose"),
    ],
)
def test_an_approval_that_says_too_little_is_refused(
    home: Path, export: Path, words: tuple[str, ...], says: str
) -> None:
    given = ("sessions", "import", "weread", export, *WHO, *words)
    assert says in run(home, *given, code=2)
    assert not (home / "sessions" / "weread").exists()


def test_other_platforms_take_no_approval(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "weibo.txt"
    path.write_text(EXPORT.replace("weread.qq.com", "weibo.com"), encoding="utf-8")
    for name in ("one", "two"):
        run(home, "sessions", "import", "weibo", path, "--name", name, *WHO)
    refused = run(home, "sessions", "import", "weibo", path, *WHO, *APPROVED, code=2)
    assert "further logins of weread alone" in refused


def backdate(home: Path, name: str) -> None:
    """The approval ends yesterday, as time would have it."""
    path = home / "sessions" / "weread" / f"{name}.json"
    path.write_text(path.read_text("utf-8").replace("2099-12-31", "2020-01-01"), "utf-8")


def test_an_approval_that_is_over_is_told_and_renewed(home: Path, export: Path) -> None:
    run(home, "sessions", "import", "weread", export, *WHO)
    second = ("sessions", "import", "weread", export, "--name", "second")
    run(home, *second, *WHO, *APPROVED)
    backdate(home, "second")
    ended = "使用审批 ended on 2020-01-01"
    assert "the 使用审批 of weread/second ended on 2020-01-01" in run(home, *second, code=2)
    assert f"weread second is not used: its {ended}" in run(home, "sessions")
    assert f"not used: its {ended}" in run(home, "status")
    doctor = run(home, "doctor", code=1)
    assert f"weread/second: not used: its {ended}" in doctor
    assert "-> mediawatch sessions assign weread second PERSON --approved-by" in doctor
    # Another person answers for it: that renews no approval.
    run(home, "sessions", "assign", "weread", "second", "李四")
    assert ended in run(home, "status")
    assert "使用审批: 王五, until 2099-12-31: 第四季度核查" in run(
        home, "sessions", "assign", "weread", "second", "李四", *APPROVED
    )
    assert "not used" not in run(home, "status").partition("last backup")[0]
    run(home, *second)


def test_a_used_login_keeps_its_approval(home: Path, export: Path) -> None:
    run(home, "sessions", "import", "weread", export, *WHO, *APPROVED)
    session = Session("weread", "office", home / "sessions" / "weread" / "office.json")
    before = approval_of(session)
    write_renewed(session, {"cookies": [], "origins": []}, NOW)
    assert approval_of(session) == before is not None


def test_a_backup_carries_the_approval_with_the_login(
    home: Path, export: Path, tmp_path: Path
) -> None:
    run(home, "sessions", "import", "weread", export, *WHO, *APPROVED)
    run(home, "backup", tmp_path / "a.tar", "--with-sessions")
    run(home, "restore", tmp_path / "a.tar", tmp_path / "other")
    assert "王五，至2099-12-31" in run(tmp_path / "other", "sessions")


def test_a_sweep_leaves_a_barred_login_out_and_says_so_once(home: Path, export: Path) -> None:
    imported = ("sessions", "import", "weread", export, *WHO)
    run(home, *imported)
    run(home, *imported, "--name", "second", *APPROVED)
    backdate(home, "second")

    async def work() -> tuple[SessionState, str]:
        async with open_app(Home.at(home), clock=lambda: NOW) as app:
            for _ in range(3):
                assert await app.sessions.usable("weread", ("office", "second")) == ("office",)
            assert (await app.rates()).logins == {"weread": 1}
            listed = await sessions.list_logins(app.sessions, app.logins())
            # A login that must not be used is not tried on the site either: no browser starts.
            return await sessions.check(app.sessions, app.looker(), listed[1].session)

    with structlog.testing.capture_logs() as lines:
        state, why = asyncio.run(work())
    assert state is SessionState.UNKNOWN
    assert "使用审批 ended on 2020-01-01" in why
    left_out = [line for line in lines if line["event"] == "session left out"]
    assert [(line["session"], "ended on 2020-01-01" in line["why"]) for line in left_out] == [
        ("second", True)
    ]
