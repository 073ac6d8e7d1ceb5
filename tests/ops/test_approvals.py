"""使用审批: one reader login a home, further ones by an approval each, up to its last day."""

from __future__ import annotations

import asyncio
import json
import shutil
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog
from commands import in_process
from hypothesis import given, settings
from hypothesis import strategies as st

from mediawatch.app import open_app
from mediawatch.domain import SessionState, UserError
from mediawatch.ops import logins as sessions
from mediawatch.ops.approvals import GivenApproval, admission, why_barred
from mediawatch.ops.settings import Home
from mediawatch.ports import NewLogin, StoredSession, UseApproval
from scrapers.browser.sessions import Session, approval_of, write_renewed, write_state
from scrapers.declarations import LOGINS_BY_APPROVAL, LoginsByWord
from scrapers.logins.cookies import storage_state
from scrapers.logins.store import LoginFiles

TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 4, tzinfo=UTC)
UNTIL = (datetime.now(UTC) + timedelta(days=200)).date().isoformat()
WHO = ("--custodian", "张三")
APPROVED = ("--approved-by", "王五", "--purpose", "第四季度核查", "--until", UNTIL)


def exported(person: str) -> str:
    """A browser's cookies of that person's login."""
    return "".join(
        f".weread.qq.com\tTRUE\t/\tTRUE\t4102444800\t{name}\t{value}\n"
        for name, value in (("wr_skey", "SECRETCOOKIE"), ("wr_vid", PEOPLE[person]))
    )


PEOPLE = {"甲": "912345671", "乙": "912345672", "丙": "912345673"}


def files_in(folder: Path) -> LoginFiles:
    return LoginFiles(
        known=LoginsByWord(),
        folder=folder,
        now=lambda: NOW,
        window=lambda: folder,
        headless=lambda: folder,
        holder_cookies=LOGINS_BY_APPROVAL,
    )


def stored(
    name: str, until: date | None = None, holder: str = "", approved: str = ""
) -> StoredSession:
    """A login of the account that has its name, if not of `holder`."""
    holder = holder or name
    approval = (
        UseApproval(by="王五", purpose="核查", until=until, holder=approved or holder)
        if until
        else None
    )
    return StoredSession(
        platform="weread",
        name=name,
        path=Path(name),
        mode=0o600,
        made_at=NOW,
        approval=approval,
        holder=holder,
    )


@pytest.mark.parametrize(
    ("had", "own", "used"),
    [
        ([], "", []),
        ([stored("office")], "office", ["office"]),
        ([stored("second")], "second", ["second"]),
        ([stored("office"), stored("second")], "office", ["office"]),
        # Whose the home's own is does not follow from names.
        ([stored("office"), stored("second")], "second", ["second"]),
        ([stored("renamed", holder="office"), stored("a")], "office", ["renamed"]),
        ([stored("office", TODAY), stored("second", TODAY)], "", ["office", "second"]),
        ([stored("office"), stored("second", TODAY)], "office", ["office", "second"]),
        ([stored("office"), stored("second", TODAY - timedelta(days=1))], "office", ["office"]),
        ([stored("only", TODAY - timedelta(days=1))], "", []),
        # An approval is for one account's login, and an account counts once.
        ([stored("office"), stored("second", TODAY, approved="third")], "office", ["office"]),
        ([stored("office"), stored("copied", holder="office")], "office", ["copied"]),
        ([stored("a", TODAY, "x"), stored("b", TODAY, "x")], "", ["a"]),
        # The home's own was removed: another one still needs its approval.
        ([stored("third")], "office", []),
    ],
)
def test_which_logins_may_be_used(had: list[StoredSession], own: str, used: list[str]) -> None:
    barred = why_barred(had, own, TODAY)
    assert sorted({each.name for each in had} - barred.keys()) == used
    assert all("mediawatch sessions " in why.rpartition(": ")[2] for why in barred.values())


def run(home: Path, *words: str | Path, code: int = 0) -> str:
    done = in_process("--home", str(home), *map(str, words))
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert not [word for word in ("SECRETCOOKIE", *PEOPLE.values()) if word in said]
    return said


@pytest.fixture
def exports(tmp_path: Path) -> dict[str, Path]:
    for person in PEOPLE:
        (tmp_path / f"{person}.txt").write_text(exported(person), encoding="utf-8")
    return {person: tmp_path / f"{person}.txt" for person in PEOPLE}


@pytest.fixture
def export(exports: dict[str, Path]) -> Path:
    return exports["甲"]


@pytest.fixture
def other(exports: dict[str, Path]) -> Path:
    return exports["乙"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    run(tmp_path / "home", "init")
    return tmp_path / "home"


def test_a_further_login_is_refused_without_its_approval(
    home: Path, export: Path, other: Path
) -> None:
    run(home, "sessions", "import", "weread", export, *WHO)
    second = ("sessions", "import", "weread", other, "--name", "second", *WHO)
    refused = run(home, *second, code=2)
    assert "weread has one login a home, and that is office" in refused
    assert "--approved-by" in refused
    assert not (home / "sessions" / "weread" / "second.json").exists()
    assert "weread has one login a home" in run(
        home, "login", "weread", "--name", "second", *WHO, code=2
    )
    run(home, *second, *APPROVED)
    kept = approval_of(Session("weread", "second", home / "sessions" / "weread" / "second.json"))
    assert kept is not None
    assert kept == UseApproval(
        by="王五", purpose="第四季度核查", until=date.fromisoformat(UNTIL), holder=kept.holder
    )
    listed = next(line for line in run(home, "sessions").splitlines() if "second" in line)
    assert f"王五，至{UNTIL}" in listed
    assert f"使用审批 王五 until {UNTIL}" in run(home, "status")
    # Both are renewed without a word: the first is the home's own, the second keeps its approval.
    run(home, "sessions", "import", "weread", export)
    run(home, "sessions", "import", "weread", other, "--name", "second")
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
        (
            ("--approved-by", "王五", "--purpose", "核查", "--until", "2099-01-01"),
            "for a year at most",
        ),
        (("--approved-by", " ", "--purpose", "核查", "--until", UNTIL), "--approved-by is empty"),
        (("--approved-by", "王五", "--purpose", "", "--until", UNTIL), "--purpose is empty"),
        (
            ("--approved-by", "王五", "--purpose", "核" * 81, "--until", UNTIL),
            "give at most 80 letters",
        ),
    ],
)
def test_an_approval_that_says_too_little_is_refused(
    home: Path, export: Path, words: tuple[str, ...], says: str
) -> None:
    given = ("sessions", "import", "weread", export, *WHO, *words)
    assert says in run(home, *given, code=2)
    assert not (home / "sessions" / "weread").exists()


@pytest.mark.parametrize(
    ("today", "latest"),
    [
        (date(2026, 11, 30), date(2027, 11, 30)),
        (date(2027, 6, 1), date(2028, 6, 1)),
        (date(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_an_approval_ends_on_the_same_day_next_year_at_the_latest(
    tmp_path: Path, today: date, latest: date
) -> None:
    files, words = files_in(tmp_path), {"by": "王五", "purpose": "核查"}
    given = GivenApproval(**words, until=latest.isoformat())
    made = admission(files, "weread", "second", given, today).given
    assert made is not None
    assert made.until == latest
    late = GivenApproval(**words, until=(latest + timedelta(days=1)).isoformat())
    with pytest.raises(UserError, match=f"for a year at most, until {latest}"):
        admission(files, "weread", "second", late, today)


def test_other_platforms_take_no_approval(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "weibo.txt"
    path.write_text(exported("甲").replace("weread.qq.com", "weibo.com"), encoding="utf-8")
    for name in ("one", "two"):
        run(home, "sessions", "import", "weibo", path, "--name", name, *WHO)
    refused = run(home, "sessions", "import", "weibo", path, *WHO, *APPROVED, code=2)
    assert "further logins of weread alone" in refused


def backdate(home: Path, name: str) -> None:
    """The approval ends yesterday, as time would have it."""
    path = home / "sessions" / "weread" / f"{name}.json"
    path.write_text(path.read_text("utf-8").replace(UNTIL, "2020-01-01"), "utf-8")


def test_an_approval_that_is_over_is_told_and_renewed(
    home: Path, export: Path, other: Path
) -> None:
    run(home, "sessions", "import", "weread", export, *WHO)
    second = ("sessions", "import", "weread", other, "--name", "second")
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
    assert f"使用审批: 王五, until {UNTIL}: 第四季度核查" in run(
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
    assert f"王五，至{UNTIL}" in run(tmp_path / "other", "sessions")
    assert barred_lines(tmp_path / "other") == []
    kept = (tmp_path / "other" / "sessions" / "holders.json").stat()
    assert kept.st_mode & 0o777 == 0o600


def test_a_sweep_leaves_a_barred_login_out_and_says_so_once(
    home: Path, export: Path, other: Path
) -> None:
    run(home, "sessions", "import", "weread", export, *WHO)
    run(home, "sessions", "import", "weread", other, *WHO, "--name", "second", *APPROVED)
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


def barred_lines(home: Path) -> list[str]:
    return [line for line in run(home, "sessions").splitlines() if " is not used: " in line]


def test_an_approval_is_for_one_account(home: Path, exports: dict[str, Path]) -> None:
    run(home, "sessions", "import", "weread", exports["甲"], *WHO)
    second = ("--name", "second", *WHO)
    run(home, "sessions", "import", "weread", exports["乙"], *second, *APPROVED)
    before = (home / "sessions" / "weread" / "second.json").read_bytes()
    refused = run(home, "sessions", "import", "weread", exports["丙"], *second, code=2)
    assert "使用审批 of weread/second is for the login of another account" in refused
    assert (home / "sessions" / "weread" / "second.json").read_bytes() == before
    run(home, "sessions", "import", "weread", exports["丙"], *second, *APPROVED)
    assert barred_lines(home) == []
    # An approval that somebody wrote beside another login's cookies does not count.
    own = home / "sessions" / "weread" / "second.json"
    held = json.loads(own.read_text("utf-8"))
    held["mediawatch"]["approval"]["holder"] = "0" * 32
    own.write_text(json.dumps(held), "utf-8")
    assert "second is not used: its 使用审批 is for the login of another account" in run(
        home, "sessions"
    )


def test_the_homes_own_login_is_one_account(home: Path, exports: dict[str, Path]) -> None:
    """Neither its approval nor its removal frees its place for another account."""
    office = ("sessions", "import", "weread", exports["甲"], *WHO)
    run(home, *office)
    needless = run(home, "sessions", "assign", "weread", "office", "张三", *APPROVED, code=2)
    assert "the home's own login, which needs no 使用审批" in needless
    other = ("sessions", "import", "weread", exports["乙"], *WHO)
    assert "this is another account's" in run(home, *other, code=2)
    run(home, "sessions", "remove", "weread", "office")
    assert "this is another account's" in run(home, *other, code=2)
    run(home, *other, *APPROVED)
    # It comes back under any name, once.
    run(home, *office, "--name", "first")
    again = run(home, *office, "--name", "again", code=2)
    assert "has one login a home, and that is first" in again
    assert barred_lines(home) == []


def test_an_account_is_one_login(home: Path, exports: dict[str, Path]) -> None:
    """By two names it would have two days' calls."""
    run(home, "sessions", "import", "weread", exports["甲"], *WHO)
    twice = ("sessions", "import", "weread", exports["甲"], "--name", "second", *WHO, *APPROVED)
    assert "logged in already as weread/office" in run(home, *twice, code=2)
    shutil.copy(home / "sessions/weread/office.json", home / "sessions/weread/second.json")
    (line,) = barred_lines(home)
    assert "account that is kept as office: mediawatch sessions remove weread second" in line


def test_nobody_approves_his_own_login(home: Path, exports: dict[str, Path]) -> None:
    run(home, "sessions", "import", "weread", exports["甲"], *WHO)
    by_himself = ("--approved-by", " 张 三", *APPROVED[2:])
    second = ("sessions", "import", "weread", exports["乙"], "--name", "second", *WHO)
    assert "somebody else gives the 使用审批" in run(home, *second, *by_himself, code=2)
    run(home, *second, *APPROVED)
    # Nor does who approved it answer for it later.
    for words in (("王五",), ("王五", *APPROVED)):
        assert "somebody else" in run(
            home, "sessions", "assign", "weread", "second", *words, code=2
        )
    assert "somebody else" in run(home, *second[:-1], "王五", code=2)


def test_an_export_that_names_nobody_is_refused(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "half.txt"
    path.write_text(exported("甲").splitlines()[0], encoding="utf-8")
    refused = run(home, "sessions", "import", "weread", path, *WHO, code=2)
    assert f"{path}: the cookie wr_vid is missing" in refused
    path.write_text(exported("甲") + exported("乙"), encoding="utf-8")
    assert "wr_vid names two accounts" in run(
        home, "sessions", "import", "weread", path, *WHO, code=2
    )


def test_what_an_older_version_kept_is_the_homes_own(home: Path, exports: dict[str, Path]) -> None:
    folder = home / "sessions" / "weread"
    for name, person in (("office", "甲"), ("second", "乙")):
        state = storage_state(exported(person), {"weread.qq.com"}, NOW, "x")
        write_state(folder / f"{name}.json", state)
    (line,) = barred_lines(home)
    assert line.startswith("weread second is not used: weread has one login a home")
    run(home, "sessions", "remove", "weread", "office")
    assert barred_lines(home) == [line]
    run(home, "sessions", "assign", "weread", "second", "张三", *APPROVED)
    assert barred_lines(home) == []


ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["import", "approved", "assign", "remove", "rename", "copy", "restore"]),
        st.sampled_from(sorted(PEOPLE)),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from(["a", "b", "c"]),
    ),
    max_size=8,
)


@settings(max_examples=30, deadline=None)
@given(orders=ORDERS)
def test_one_account_at_most_is_used_without_approval(orders: list[tuple[str, ...]]) -> None:
    """By any order of what can be done to logins, also over the home's whole life."""
    with TemporaryDirectory() as root:
        folder = Path(root) / "sessions"
        files = files_in(folder)
        unapproved: set[str] = set()
        for order in orders:
            with suppress(UserError):
                act(files, folder, *order)
            had = files.sessions("weread")
            barred = why_barred(had, files.own_holder("weread"), TODAY)
            used = [each for each in had if each.name not in barred]
            assert len({each.holder for each in used}) == len(used)
            for each in used:
                if each.approval is None:
                    unapproved.add(each.holder)
                else:
                    assert each.approval.holder == each.holder
        assert len(unapproved) <= 1


def act(files: LoginFiles, folder: Path, what: str, person: str, name: str, to: str) -> None:
    options = GivenApproval()
    if what in ("approved", "assign"):
        options = GivenApproval(by="王五", purpose="核查", until="2027-03-31")
    path = folder / "weread" / f"{name}.json"
    match what:
        case "import" | "approved":
            new = NewLogin(
                platform="weread",
                name=name,
                custodian="张三",
                approve=admission(files, "weread", name, options, TODAY).approve,
            )
            files.take(new, exported(person), "x")
        case "assign":
            approve = admission(files, "weread", name, options, TODAY).approve
            files.assign(NewLogin(platform="weread", name=name, custodian="张三", approve=approve))
        case "remove":
            files.remove("weread", name)
        case "rename" | "copy" if path.exists() and name != to:
            (shutil.move if what == "rename" else shutil.copy)(path, path.with_name(f"{to}.json"))
        case "restore" if folder.exists():
            # A backup with its logins, restored.
            shutil.copytree(folder, folder.with_name("kept"))
            shutil.rmtree(folder)
            folder.with_name("kept").rename(folder)
