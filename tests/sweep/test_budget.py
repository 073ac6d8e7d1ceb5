"""The nights before a known as_of: how the looks of a rationed surface are spent, and what the plan
says of them.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from commands import in_process
from sweeps import NOW, Stage

from mediawatch.cli.plan import plan_text
from mediawatch.domain import Account, AccountState, Attestation, Filing, Outcome, Pace
from mediawatch.domain.clock import BEIJING, day_end, day_of
from mediawatch.ports import Store, StoredSession, SurfaceFacts
from mediawatch.rules.due import DueReason
from mediawatch.rules.policy import load
from mediawatch.sweep.budget import Night
from mediawatch.sweep.gate.pacing import as_declared
from mediawatch.sweep.plan import plan
from mediawatch.sweep.rates import LookRates
from mediawatch.sweep.request import Request
from scrapers.declarations import KEY_WORDS
from scrapers.platforms import LOGINS, SCRAPERS, surface_facts, ways
from tests.support.policies import own

POLICY = load("national")
AS_OF = day_end(date(2026, 12, 31))
READER = SurfaceFacts(
    name="wechat.reader",
    label="示例",
    attested=Attestation.DESCRIBED,
    needs_login=True,
    shows_all=False,
    shows_all_logged_in=False,
    pace=Pace(10.0, per_day=40),
    login="weread",
)
ARTICLE = replace(
    READER, name="wechat.article", needs_login=False, login="", shows_newer=False, pace=Pace(3.0)
)
LIST = replace(
    READER, name="weibo.desktop", shows_all_logged_in=True, login="weibo", pace=Pace(6.0)
)


def night(day: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, 22, tzinfo=BEIJING)


def account(number: int) -> Account:
    return Account(id=number, filed=Filing(name=f"示例{number}", platform="wechat"))


def read(number: int, newest: date | None, at: datetime) -> AccountState:
    return AccountState(
        account_id=number,
        latest_on=newest,
        original_on=newest,
        last_read_at=at,
        last_outcome=Outcome.OK,
    )


def rates(*surfaces: SurfaceFacts, logins: int = 1, spent: int = 0, others: int = 0) -> LookRates:
    return LookRates(
        ways=lambda each: surfaces,
        pace_of=as_declared,
        logins={"weread": logins, "weibo": others},
        spent={"wechat.reader": spent},
    )


def at(now: datetime, given: LookRates, ahead: datetime | None = AS_OF) -> Night:
    return Night(policy=POLICY, now=now, rates=given, ahead=ahead)


@pytest.mark.parametrize(
    ("surfaces", "others", "rationed"),
    [
        ((READER,), 0, True),
        # A known article shows nothing newer, so the proof still depends on the reader.
        ((ARTICLE, READER), 0, True),
        ((ARTICLE,), 0, False),
        ((LIST, READER), 1, False),
        ((LIST, READER), 0, True),
        # A login that may be another account's spares no look; the account's own does.
        ((replace(LIST, for_some=True), READER), 1, True),
        ((replace(LIST, for_some=True, has_its_login=True), READER), 1, False),
        ((replace(READER, declared_closed=True),), 0, False),
        ((replace(READER, pace=Pace(10.0)),), 0, False),
        ((replace(READER, shows_newer=False),), 0, False),
        ((), 0, False),
    ],
)
def test_which_accounts_depend_on_a_rationed_surface(
    surfaces: tuple[SurfaceFacts, ...], others: int, rationed: bool
) -> None:
    found = rates(*surfaces, others=others).ration_of(account(1))
    assert (found is not None) == rationed


BIZ = "MzkwMDAwMDAwMQ=="
KEYS = {"app_id": "wx0123456789abcdef", "app_secret": "0" * 32}


WEREAD = ("wr_skey", "wr_vid")


@pytest.mark.parametrize(
    ("word", "held", "rationed"),
    [
        ("wechat", {"cookies": [{"name": "bizuin", "value": "3900000001"}]}, False),
        ("wechat", {"cookies": [{"name": "bizuin", "value": "3900000002"}]}, True),
        # Whose login this is only the site's page will tell.
        ("wechat", {"cookies": [{"name": "data_ticket", "value": "x"}]}, True),
        ("wechat-api", {**KEYS, "platform_id": BIZ}, False),
        ("wechat-api", {**KEYS, "platform_id": "MzkwMDAwMDAwMg=="}, True),
    ],
)
def test_who_is_read_by_its_own_office_takes_no_readers_look(
    tmp_path: Path, word: str, held: dict[str, object], rationed: bool
) -> None:
    stored = []
    for platform, state in (("weread", {"cookies": []}), (word, held)):
        path = tmp_path / f"{platform}.json"
        path.write_text(json.dumps(state), "utf-8")
        stored.append(
            StoredSession(platform=platform, name="a", path=path, mode=0o600, made_at=NOW)
        )
    given = LookRates(
        ways=lambda each: ways(each, stored), pace_of=as_declared, logins={"weread": 1, word: 1}
    )
    filed = Filing(name="示例", platform="wechat", platform_id=BIZ)
    found = given.ration_of(Account(id=1, filed=filed))
    assert (found.pace_name if found else "") == ("wechat.reader" if rationed else "")


def test_a_pending_second_look_waits_for_no_ration_and_takes_none() -> None:
    accounts = [account(number) for number in range(1, 5)]
    states = {
        number: replace(read(number, date(2026, 11, 1), night(18)), second_look=number > 2)
        for number in range(1, 5)
    }
    for spent, due in ((40, [3, 4]), (39, [3, 4, 1]), (38, [3, 4, 1, 2])):
        found = at(night(20), rates(READER, spent=spent)).due(accounts, states)
        assert [each.id for each in found] == due


def test_the_cap_is_used_each_night_and_everybody_has_a_turn() -> None:
    """100 accounts that stopped posting on some day, two logins of 20 a night."""
    given = rates(replace(READER, pace=Pace(10.0, per_day=20)), logins=2)
    accounts = [account(number) for number in range(1, 101)]
    states = {
        each.id: read(each.id, date(2026, 9, 1) + timedelta(days=each.id * 37 % 100), night(14))
        for each in accounts
    }
    looks = Counter[int]()
    for day in range(17, 31):
        due = [each.id for each in at(night(day), given).due(accounts, states)]
        assert len(due) == 40
        looks.update(due)
        for number in due:
            states[number] = replace(states[number], last_read_at=night(day))
    assert looks.keys() == states.keys()
    # Who had posted lately was likelier to be proved, and had more of them.
    recent, silent = (
        sum(
            looks[number]
            for number in sorted(states, key=lambda n: states[n].latest_on or date.min)[some]
        )
        for some in (slice(-30, None), slice(30))
    )
    assert recent > silent


def test_whose_second_call_is_spared() -> None:
    second = replace(READER, name="wechat.reader_list", paced_as=READER.pace_name)
    given = rates(READER, second)
    accounts = [account(number) for number in range(1, 42)]

    def spared(count: int, **more: Any) -> frozenset[str]:
        return replace(at(night(20), given), **more).spared(accounts[:count], {})

    assert spared(41) == {second.name}
    # Calls for all of them twice.
    assert spared(20) == frozenset()
    # Neither where no as_of is known; but of a formal sweep of now.
    assert spared(41, ahead=None) == frozenset()
    assert spared(41, ahead=None, judged_at=night(20)) == {second.name}
    proved = {each.id: read(each.id, date(2026, 12, 19), night(19)) for each in accounts[21:]}
    assert at(night(20), given).spared(accounts, proved) == {second.name}
    proved = {each.id: read(each.id, date(2026, 12, 19), night(19)) for each in accounts[20:]}
    assert at(night(20), given).spared(accounts, proved) == frozenset()


def test_a_formal_sweep_asks_those_first_who_are_likely_to_be_proved() -> None:
    accounts = [account(number) for number in range(1, 4)]
    states = {
        1: read(1, None, night(16)),
        2: read(2, date(2026, 12, 10), night(16)),
        3: read(3, date(2026, 12, 15), night(16)),
    }
    request = Request(policy=POLICY, as_of=AS_OF)
    ordered = request.night(AS_OF, rates(READER)).in_order(accounts, states)
    assert [each.id for each in ordered] == [3, 2, 1]
    # In a period no single post settles an account.
    period = replace(request, period_from=date(2026, 10, 1))
    assert period.night(AS_OF, rates(READER)).proving is None


def test_who_is_proved_leaves_its_look_to_others() -> None:
    accounts = [account(number) for number in range(1, 4)]
    states = {
        1: read(1, date(2026, 12, 18), night(18)),
        2: read(2, date(2026, 12, 10), night(10)),
        3: read(3, None, night(10)),
    }
    given = rates(replace(READER, pace=Pace(10.0, per_day=1)))
    assert [each.id for each in at(night(20), given).due(accounts, states)] == [2]
    states[2] = read(2, date(2026, 12, 20), night(20))
    assert [each.id for each in at(night(21), given).due(accounts, states)] == [3]


def test_looks_of_the_last_day_are_taken_off() -> None:
    accounts = [account(number) for number in range(1, 61)]
    for spent, logins, fit in ((0, 1, 40), (30, 1, 10), (90, 1, 0), (30, 2, 50)):
        due = at(night(20), rates(READER, spent=spent, logins=logins)).due(accounts, {})
        assert len(due) == fit


def test_without_a_known_as_of_everything_stays_as_it_is() -> None:
    accounts = [account(number) for number in range(1, 101)]
    assert len(at(night(20), rates(READER), None).due(accounts, {})) == 100
    proved = {1: read(1, date(2026, 12, 1), night(1))}
    usual = at(night(8), rates(READER), None).due(accounts[:1], proved)
    assert usual
    assert not at(night(8), rates(READER)).due(accounts[:1], proved)
    # A moment that has come says nothing, and other sweeps do not ask for it.
    late = AS_OF + timedelta(hours=1)
    given = rates(READER)
    assert Request(policy=POLICY, nightly=True, next_as_of=AS_OF).night(late, given).ahead is None
    assert Request(policy=POLICY, next_as_of=AS_OF).night(night(20), given).ahead is None
    assert Request(policy=POLICY, nightly=True, next_as_of=AS_OF).night(night(20), given).ahead


def test_other_platforms_are_due_as_ever() -> None:
    accounts = [account(number) for number in range(1, 101)]
    due = at(night(20), rates(LIST, READER, others=1)).due(accounts, {})
    assert len(due) == 100


def text_of(now: datetime, accounts: int, logins: int = 1, spent: int = 0) -> str:
    request = Request(policy=POLICY, nightly=True, next_as_of=AS_OF)
    scope = [account(number) for number in range(1, accounts + 1)]
    found = plan(scope, {}, request, now, rates(READER, logins=logins, spent=spent))
    return plan_text(found, None)


def test_the_plan_prints_the_budget_and_what_would_help() -> None:
    enough = text_of(night(20), 85)
    assert (
        "wechat.reader before 2026-12-31 23:59: 40 calls a login a day, 1 login, 12 nights left: "
        "480 looks; 85 accounts lack a proof (85 not looked at yet)"
    ) in enough
    assert "will get no look" not in enough
    assert "; 1 account lacks a proof (1 not looked at yet)" in text_of(night(20), 1)
    short = text_of(night(30), 85, spent=5)
    assert "2 nights left: 75 looks" in short
    assert "10 accounts will get no look by wechat.reader before then" in short
    assert (
        "a further login with its 使用审批 adds 80 (`mediawatch login weread --name NAME`" in short
    )
    assert "will get no look" not in text_of(night(30), 85, logins=2)
    assert "wechat.reader before" not in plan_text(
        plan([account(1)], {}, Request(policy=POLICY, nightly=True), night(20), rates(READER)), None
    )


def test_a_quarter_of_active_accounts_is_proved_by_one_login() -> None:
    """113 accounts that post every 6 days: whoever posted since its last look is proved by one.

    40 calls × 15 nights are more than 113 × 1.2, and nobody is left.
    """
    accounts = [account(number) for number in range(1, 114)]
    states: dict[int, AccountState] = {}
    looks = count()
    for day in range(1, 32):
        now = night(day)
        for each in at(now, rates(READER)).due(accounts, states):
            next(looks)
            newest = day_of(now) - timedelta(days=(day + each.id) % 6)
            states[each.id] = read(each.id, newest, now)
    late = [
        number
        for number, known in states.items()
        if known.latest_on is None or known.latest_on < date(2026, 12, 17)
    ]
    assert (len(states), late) == (113, [])
    assert next(looks) < 113 * 4


def test_a_look_for_the_known_as_of_goes_on_until_a_post_lies_in_its_window() -> None:
    accounts = [account(number) for number in range(1, 4)]
    states = {1: read(1, date(2026, 12, 14), night(14)), 2: read(2, date(2026, 12, 19), night(19))}
    wanted = at(night(20), rates(READER)).wanted_from(accounts, states)
    assert wanted == dict.fromkeys((1, 3), date(2026, 12, 17))
    assert at(night(16), rates(READER)).wanted_from(accounts, states) == {}
    assert at(night(20), rates(READER), None).wanted_from(accounts, states) == {}
    assert at(night(20), rates(LIST, READER, others=1)).wanted_from(accounts, states) == {}


async def test_the_engine_asks_for_such_a_post(store: Store, tmp_path: Path) -> None:
    stage = Stage(store, tmp_path)
    await stage.file("鲜3", "鲜2", platform="wechat")

    second = replace(READER, name="wechat.reader_list", paced_as=READER.pace_name)

    async def rationed() -> LookRates:
        return rates(READER, second, spent=37)

    stage.engine.rates = rationed
    await stage.engine.run(Request(policy=POLICY, nightly=True, next_as_of=NOW + timedelta(days=3)))
    first = [
        need.fresh_after for _, need in stage.looker.asked if not need.second and not need.only
    ]
    assert first == [own(POLICY).window_start(day_of(NOW + timedelta(days=3)))] * 2
    assert first[0] > own(POLICY).window_start(day_of(NOW))
    spared = {need.spared for _, need in stage.looker.asked if not need.second and not need.only}
    assert spared == {frozenset({second.name})}


def test_the_plan_says_who_is_due_for_the_next_inspection() -> None:
    states = {1: read(1, date(2026, 12, 14), night(14)), 2: read(2, date(2026, 12, 19), night(19))}
    request = Request(policy=POLICY, nightly=True, next_as_of=AS_OF)
    scope = [account(number) for number in range(1, 4)]
    found = plan(scope, states, request, night(20), rates(READER))
    assert {each.account.id: each.why for each in found.due} == {
        1: DueReason.AHEAD,
        3: DueReason.NEVER_READ,
    }


def test_of_the_declared_surfaces_only_the_readers_are_rationed() -> None:
    declared = surface_facts(each for scraper in SCRAPERS.values() for each in scraper.surfaces)
    rationed = {
        facts.name for facts in declared if facts.is_rationed(facts.pace) and not facts.for_some
    }
    assert rationed
    assert all(name.startswith("wechat.reader") for name in rationed)
    assert {facts.login for facts in declared if facts.name in rationed} == {"weread"}
    logins = {facts.login for facts in declared if facts.needs_login}
    assert logins <= {*LOGINS, *KEY_WORDS}


def test_the_command_prints_the_budget_of_the_homes_own_logins(tmp_path: Path) -> None:
    """Of three accounts two have a reader page. The further login is not approved, and is not
    counted.
    """
    registry, export = tmp_path / "registry.csv", tmp_path / "cookies.txt"
    page = "https://weread.qq.com/web/mp/reader/ce032b305a9bc1ce0b0dd2a"
    registry.write_text(
        f"政务新媒体名称,类型,微信读书链接\n甲发布,微信公众号,{page}\n乙发布,微信公众号,{page}b\n"
        "丙发布,微信公众号,\n",
        encoding="utf-8",
    )
    cookies = [f".weread.qq.com\tTRUE\t/\tTRUE\t4102444800\t{name}\t1\n" for name in WEREAD]
    export.write_text("".join(cookies), encoding="utf-8")
    home = tmp_path / "home"

    def told(*words: str | Path) -> str:
        done = in_process("--home", home, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    told("init")
    told("registry", "import", registry)
    told("sessions", "import", "weread", export, "--custodian", "张三")
    shutil.copy(home / "sessions/weread/office.json", home / "sessions/weread/second.json")
    assert "a proof (" not in told("plan")
    ahead = day_of(datetime.now(UTC)) + timedelta(days=3)
    (home / "mediawatch.toml").write_text(f"[inspection]\nas_of = {ahead}\n", encoding="utf-8")
    shown = told("plan")
    assert "40 calls a login a day, 1 login, 4 nights left: 160 looks" in shown
    assert "2 accounts lack a proof (2 not looked at yet)" in shown
    # Without any number there is a budget, and nothing to spend it on.
    registry.write_text("政务新媒体名称,类型\n甲发布,微信公众号\n", encoding="utf-8")
    other = tmp_path / "other"
    for words in (
        ("init",),
        ("registry", "import", registry),
        ("sessions", "import", "weread", export, "--custodian", "张三"),
    ):
        assert in_process("--home", other, *words).returncode == 0
    shutil.copy(home / "mediawatch.toml", other / "mediawatch.toml")
    assert (
        "40 calls a login a day, 1 login, 4 nights left: 160 looks; no account that it can be asked "
        "about lacks a proof"
    ) in in_process("--home", other, "plan").stdout
