"""`mediawatch doctor`: it names each missing thing with its remedy, and counts what is ahead.

Only --live asks the sites.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from commands import in_process
from samples import enter, open_sweep, plain_reading

from mediawatch import app as root
from mediawatch.app import App, doctor, home_checks
from mediawatch.app.doctor_checks import DoctorCheck, Level
from mediawatch.domain import (
    CLOCK_OFF,
    Account,
    Attestation,
    Canary,
    Filing,
    Outcome,
    Pace,
    SessionState,
    Sweep,
    UserError,
)
from mediawatch.ops.settings import Home, read_settings
from mediawatch.ports import NewLogin, Store, SurfaceFacts
from mediawatch.publish.notices.deadlines import deadline
from mediawatch.rules.later_readings import warn_of_later_readings
from mediawatch.sweep.forecast import Forecast, forecast, spell
from mediawatch.sweep.forecast_keys import Reach
from mediawatch.sweep.gate.canaries import to_toml
from mediawatch.workdays import FILE, knows

NOW = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
CANARY = Canary(platform="weibo", platform_id="9990000001", name="对照示例日报", source="演示数据")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("MEDIAWATCH_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


@pytest_asyncio.fixture
async def app(home: Home) -> AsyncIterator[App]:
    async with root.open_app(home, clock=lambda: NOW) as opened:
        yield opened


def levels(checks: list[DoctorCheck]) -> dict[str, Level]:
    """The worst level by name."""
    order = list(Level)
    found: dict[str, Level] = {}
    for check in checks:
        found[check.name] = max(found.get(check.name, Level.OK), check.level, key=order.index)
    return found


def on_host(home: Home, now: datetime = NOW) -> list[DoctorCheck]:
    return list(doctor.on_host(home, read_settings(home), now))


async def in_home(app: App) -> list[DoctorCheck]:
    return [check async for check in home_checks.in_home(app)]


def test_a_sound_host(home: Home) -> None:
    checks = on_host(home)
    assert {name for name, level in levels(checks).items() if level is Level.FAIL} == set()
    assert {"browser", "font", "disk", "clock", "zone", "calendar", "policy"} == set(levels(checks))
    assert [check.name for check in checks if check.remedy and check.level is Level.OK] == []
    assert all(check.remedy for check in checks if check.level is not Level.OK)


WRONG: list[tuple[str, str, datetime, str, Level]] = [
    ("browser", "[browser]\nexecutable = '/nowhere/chromium'", NOW, "browser", Level.FAIL),
    ("policy", "[sweep]\npolicy = 'of nobody'", NOW, "policy", Level.FAIL),
    ("clock", "", datetime(2020, 1, 1, tzinfo=UTC), "clock", Level.FAIL),
    ("calendar", "", datetime(2090, 1, 1, tzinfo=UTC), "calendar", Level.WARN),
]


@pytest.mark.parametrize(
    ("case", "settings", "now", "name", "level"), WRONG, ids=[row[0] for row in WRONG]
)
def test_what_lacks_is_named_with_its_remedy(
    case: str, settings: str, now: datetime, name: str, level: Level, home: Home
) -> None:
    home.config.write_text(settings, encoding="utf-8")
    checks = on_host(home, now)
    assert levels(checks)[name] is level
    assert all(
        check.remedy for check in checks if check.name == name and check.level is not Level.OK
    )


def test_an_unknown_calendar_is_said_for_dispatches_and_notices_alike(home: Home) -> None:
    (check,) = [
        check
        for check in on_host(home, datetime(2090, 1, 1, tzinfo=UTC))
        if check.name == "calendar"
    ]
    assert "dispatches and closings count Monday to Friday" in check.text
    assert "a notice refuses +10工作日" in check.text
    assert "workdays.toml" in check.remedy
    with pytest.raises(UserError, match="does not have 2090 yet"):
        deadline("+10工作日", date(2090, 1, 1))


@pytest.mark.parametrize(
    ("month", "level"), [(10, Level.OK), (11, Level.WARN)], ids=["october", "november"]
)
def test_a_missing_next_year_is_told_from_november_on(
    home: Home, month: int, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whatever years the installed table has: the office's own year is the last known one.
    last = next(year for year in range(2026, 2100) if not knows(year))
    year = f"[{last}]\n[{last}.off]\n" + "\n".join(
        f'"{name}" = "{days}"'
        for name, days in (
            ("元旦", "1月1日"), ("春节", "2月1日"), ("清明节", "4月4日"), ("劳动节", "5月1日至2日"),
            ("端午节", "6月6日"), ("中秋节", "9月9日"), ("国庆节", "10月1日至3日"),
        )
    )  # fmt: skip
    (home.root / FILE).write_text(year, encoding="utf-8")
    checks = on_host(home, datetime(last, month, 20, tzinfo=UTC))
    assert levels(checks)["calendar"] is level
    assert str(last + 1) in next(check.text for check in checks if check.name == "calendar")


def test_a_wrong_calendar_of_the_office_is_told(home: Home) -> None:
    (home.root / FILE).write_text("[2090]\nwork = []\n", encoding="utf-8")
    (check,) = [check for check in on_host(home) if check.name == "calendar"]
    assert check.level is Level.FAIL
    assert FILE in check.remedy


def test_a_wrong_canary_file_is_said_once(home: Home) -> None:
    home.canaries.write_text("[[canary]]\nplatform = 'weibo'\n", encoding="utf-8")
    (wrong,) = [check for check in on_host(home) if check.name == "canaries"]
    assert wrong.level is Level.FAIL
    assert "canary 1" in wrong.text


async def test_an_empty_home_wants_a_registry_and_logins(app: App) -> None:
    checks = await in_home(app)
    assert levels(checks) == {
        "database": Level.OK,
        "evidence": Level.OK,
        "sessions": Level.WARN,
        "registry": Level.FAIL,
        "names": Level.OK,
    }
    assert any("mediawatch login" in check.remedy for check in checks)


async def test_canaries_are_wanted_where_the_registry_has_accounts(app: App, home: Home) -> None:
    await enter(
        app.store,
        Filing(name="示例", platform="weibo"),
        Filing(name="示例", platform="toutiao"),
        Filing(name="示例", platform="channels"),
    )
    home.canaries.write_text(to_toml([CANARY], "演示数据"), encoding="utf-8")
    found = {
        check.text.partition(":")[0]: check.level
        for check in await in_home(app)
        if check.name == "canaries"
    }
    assert found == {"weibo": Level.OK, "toutiao": Level.WARN}
    home.canaries.write_text("[[canary]]\n", encoding="utf-8")
    assert "canaries" not in levels(await in_home(app)), "said by the host's checks"


def login(home: Home, name: str = "office", mode: int = 0o600) -> Path:
    folder = home.sessions / "weibo"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text('{"mediawatch": {"custodian": "张三"}}', encoding="utf-8")
    path.chmod(mode)
    moment = NOW.timestamp()
    os.utime(path, (moment, moment))
    return path


def test_secrets_that_others_may_read(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(0o755)
    file = folder / "mediawatch_notify__urls"
    file.write_text("[]", "utf-8")
    file.chmod(0o644)
    monkeypatch.setenv("MEDIAWATCH_SECRETS", str(folder))
    told = f"others may read {file}"
    assert told in in_process("--home", home.root, "doctor").stdout
    folder.chmod(0o700)
    assert told not in in_process("--home", home.root, "doctor").stdout


async def test_logins_are_looked_over(app: App, home: Home) -> None:
    login(home)
    mine = [check for check in await in_home(app) if "weibo/office" in check.text]
    assert [check.level for check in mine] == [Level.OK]
    login(home, "shared", 0o644)
    await app.sessions.note_made("weibo", "gone", SessionState.INVALID, "probe")
    login(home, "gone")
    home.sessions.chmod(0o755)
    bad = {
        check.text.partition(":")[0]: check
        for check in await in_home(app)
        if check.name == "sessions" and check.level is not Level.OK
    }
    assert bad["weibo/shared"].remedy.startswith("chmod 600")
    assert bad["weibo/gone"].remedy == "mediawatch login weibo --name gone"
    assert any(check.remedy.startswith("chmod 700") for check in bad.values())


async def test_a_login_that_nobody_answers_for_is_told(app: App, home: Home) -> None:
    login(home).write_text("{}", "utf-8")
    (mine,) = [check for check in await in_home(app) if check.name == "custodian"]
    assert (mine.level, mine.remedy) == (
        Level.WARN,
        "mediawatch sessions assign weibo office PERSON",
    )
    assert app.logins().assign(NewLogin(platform="weibo", name="office", custodian="张三"))
    assert "custodian" not in levels(await in_home(app))


async def test_an_old_login_is_worth_a_question(app: App, home: Home) -> None:
    path = login(home)
    long_ago = (NOW - timedelta(days=40)).timestamp()
    os.utime(path, (long_ago, long_ago))
    (mine,) = [check for check in await in_home(app) if "weibo/office" in check.text]
    assert mine.level is Level.WARN


async def test_a_clock_that_was_set_back_is_seen(app: App) -> None:
    accounts = await enter(app.store, Filing(name="示例", platform="weibo"))
    await app.store.sweeps.open(
        Sweep(as_of=NOW, policy="national", policy_toml="", started_at=NOW + timedelta(days=1)),
        accounts,
    )
    assert levels(await in_home(app))["clock"] is Level.FAIL


async def test_readings_of_a_clock_that_was_ahead_are_told(app: App) -> None:
    """Until their moment has come: then they are like any others."""
    accounts = await enter(
        app.store, Filing(name="示例一", platform="weibo"), Filing(name="示例二", platform="weibo")
    )
    ahead = NOW + timedelta(days=1)
    await app.store.readings.keep(plain_reading(accounts[0].id, ahead))
    await app.store.readings.keep(plain_reading(accounts[0].id, NOW))
    await app.store.readings.keep(plain_reading(accounts[1].id, NOW))
    (told,) = [check for check in await in_home(app) if check.name == "clock"]
    assert told.level is Level.WARN
    assert told.text.startswith("1 account of this home: the newest reading is dated after now")
    assert "2026-03-06 12:00" in told.text
    states = await app.store.readings.account_states()
    assert warn_of_later_readings(states.values(), NOW) == told.text
    assert warn_of_later_readings(states.values(), ahead) == ""


async def test_described_surfaces_in_use_want_a_recording(app: App) -> None:
    (account,) = await enter(app.store, Filing(name="示例", platform="weibo"))
    sweep = await open_sweep(app.store, [account])
    await app.store.readings.keep(
        plain_reading(account.id, sweep_id=sweep.id, outcome=Outcome.UNREACHABLE)
    )
    (told,) = [check for check in await in_home(app) if check.name == "recordings"]
    assert "got no site's answer" in told.text
    await app.store.readings.keep(
        plain_reading(
            account.id, sweep_id=sweep.id, outcome=Outcome.OK, attested=Attestation.RECORDED
        )
    )
    assert levels(await in_home(app))["recordings"] is Level.OK
    await app.store.readings.keep(
        plain_reading(
            account.id, sweep_id=sweep.id, outcome=Outcome.OK, attested=Attestation.DESCRIBED
        )
    )
    (told,) = [check for check in await in_home(app) if check.name == "recordings"]
    assert told.level is Level.WARN
    assert "s (1 sight)" in told.text
    assert "mediawatch record" in told.remedy


async def test_what_a_sweep_met_is_counted_without_loading_its_looks(
    any_store: Store,
) -> None:
    """Those of a nation were loaded twice: 675 MB."""
    first, second = await enter(
        any_store, Filing(name="示例一", platform="weibo"), Filing(name="示例二", platform="weibo")
    )
    sweep = await open_sweep(any_store, [first, second])
    off = f"{CLOCK_OFF}10%"
    for account_id, detail in ((first.id, off), (second.id, "10%"), (first.id, f"{off}!")):
        await any_store.readings.keep(
            plain_reading(account_id, sweep_id=sweep.id, outcome=Outcome.OK, detail=detail)
        )
    (alike,) = await any_store.readings.sights_alike(sweep.id)
    assert (alike.count, alike.outcome) == (3, Outcome.OK)
    assert await any_store.readings.sight_details(sweep.id, off) == {off, f"{off}!"}
    assert await any_store.readings.sight_details(sweep.id, "1%") == set()


def account(number: int, platform: str = "wechat", **filed: str) -> Account:
    links = tuple(filter(None, [filed.pop("link", "")]))
    return Account(
        id=number, filed=Filing(name=f"示例{number}", platform=platform, **filed), links=links
    )  # type: ignore[arg-type]


def facts(
    name: str, *, login: bool, visitor: bool = False, known: bool = False, some: bool = False
) -> SurfaceFacts:
    return SurfaceFacts(
        name=name,
        label="示例",
        attested=Attestation.RECORDED,
        needs_login=login,
        shows_all=visitor,
        shows_all_logged_in=visitor or known,
        for_some=some,
        pace=Pace(1.0),
    )


NOWHERE = Reach(ways=lambda account, logins: (), logins=lambda key: (), examples=lambda key: {})
SURFACES = {
    "wechat": [
        facts("wechat.article", login=False),
        facts("wechat.own", login=True, known=True, some=True),
    ],
    "weibo": [facts("weibo.desktop", login=True, known=True)],
    "toutiao": [facts("toutiao.profile", login=False, visitor=True)],
}


@pytest.mark.parametrize(
    ("platform", "logged_in", "by_hand", "complete", "helps"),
    [
        ("wechat", False, 4, False, False),
        ("wechat", True, 4, False, False),
        ("weibo", False, 4, False, True),
        ("weibo", True, 1, True, True),
        ("toutiao", False, 1, True, True),
        ("channels", False, 4, False, False),
    ],
)
def test_what_is_ahead(
    platform: str, logged_in: bool, by_hand: int, complete: bool, helps: bool
) -> None:
    held = [
        account(1, platform), account(2, platform, platform_id="1"), account(3, platform, url="https://example.org"),
        account(4, platform, original_id="gh_0", link="https://example.org/1"),
    ]  # fmt: skip
    reach = replace(NOWHERE, held=frozenset({platform} if logged_in else ()))
    (one,) = forecast(held, lambda key: SURFACES.get(key, []), lambda key: key == "wechat", reach)
    assert (one.accounts, one.with_id, one.with_link, one.with_neither) == (4, 2, 2, 1)
    assert (one.by_hand, one.complete, one.login_helps) == (by_hand, complete, helps)
    assert one.without_article == (3 if platform == "wechat" else 0)
    assert spell(one.minutes) in one.sentence
    assert ("a login would" in one.sentence) is (not complete and helps)


def test_the_greatest_platform_comes_first() -> None:
    held = [account(1, "weibo"), account(2, "toutiao"), account(3, "toutiao")]
    found: list[Forecast] = forecast(held, lambda key: SURFACES[key], lambda key: False, NOWHERE)
    assert [one.platform for one in found] == ["toutiao", "weibo"]
    assert (spell(45), spell(300)) == ("45 minutes", "5.0 hours")


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return in_process("--home", home, "doctor", *words)


@pytest.fixture
def registered(home: Home) -> Home:
    import asyncio

    async def register() -> None:
        async with root.open_app(home) as opened:
            await enter(opened.store, Filing(name="示例", platform="toutiao", platform_id="1"))

    asyncio.run(register())
    return home


def test_the_exit_code_is_one_where_a_check_fails(registered: Home, tmp_path: Path) -> None:
    done = run(registered.root)
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        "toutiao    1 account: 1 with id, 0 with a link, 0 with neither; by hand at most 0 rows"
        in done.stdout
    )
    assert not any(line.startswith("fail") for line in done.stdout.splitlines())
    registered.config.write_text("[sweep]\npace = 0\n", encoding="utf-8")
    wrong = run(registered.root)
    assert wrong.returncode == 1
    assert "sweep.pace" in wrong.stdout
    nowhere = run(tmp_path / "nowhere")
    assert nowhere.returncode == 1
    assert f"mediawatch --home {tmp_path / 'nowhere'} init" in nowhere.stdout
    assert not (tmp_path / "nowhere").exists()


WORLD = """# as_of = 2022-12-31
name,type,platform,platform_id,truth,posts
对照示例日报,今日头条,toutiao,MS4wLjABAAAADemoDoctor001,alive,2022-12-30;2022-12-29;2022-12-28
睡着的示例,今日头条,toutiao,MS4wLjABAAAADemoDoctor002,alive,2022-10-01;2022-09-29;2022-09-28
"""


async def test_live_reads_every_canary_by_every_surface(home: Home, tmp_path: Path) -> None:
    world = tmp_path / "world.csv"
    world.write_text(WORLD, encoding="utf-8")
    async with root.open_stage(home, world) as (app, stage):
        (sound,) = [canary for canary in stage.canaries() if canary.platform == "toutiao"]
        asleep = replace(sound, name="睡着的示例", platform_id="MS4wLjABAAAADemoDoctor002")
        home.canaries.write_text(to_toml([sound, asleep], "演示数据"), encoding="utf-8")
        checks = [check async for check in doctor.live(app)]
        kept = await app.store.operator.canary_checks()
    canaries = {
        check.text.split(": ")[1].split(" reads")[0]: check
        for check in checks
        if check.name == "canary"
    }
    assert {name: check.level for name, check in canaries.items()} == {
        "对照示例日报": Level.OK,
        "睡着的示例": Level.FAIL,
    }
    assert canaries["睡着的示例"].remedy
    assert sorted((check.account_name, check.fresh, check.sweep_id) for check in kept) == [
        ("对照示例日报", True, None),
        ("睡着的示例", False, None),
    ]
    assert {check.level for check in checks if check.name == "login"} == {Level.OK}, (
        "the world's office is logged in"
    )
