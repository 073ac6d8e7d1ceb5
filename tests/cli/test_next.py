"""`mediawatch next` on homes in each state: without an inspection, before one, within its sweep, with
suspects, after its notice.
"""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import in_process
from review_homes import mediawatch, within
from sweeps import Stage, request

from mediawatch.app import DEMONSTRATION
from mediawatch.domain import Sweep
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.rules.policy import load


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """An inspection of 2022 with two suspects."""
    home = Home(tmp_path_factory.mktemp("next") / "home").create()

    async def work(store: Store) -> None:
        stage = Stage(store, home.evidence)
        await stage.file("旧20", "旧30", "鲜1", prefecture="甲市")
        await stage.engine.run(request(policy=load("national")))

    within(home, work)
    return home


@pytest.fixture
def home(inspected: Home, tmp_path: Path) -> Home:
    shutil.copytree(inspected.root, tmp_path / "home")
    return Home(tmp_path / "home")


def shown(home: Home) -> dict[str, Any]:
    done = in_process("--home", home.root, "next", "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    # Each command names the home that was named; here it is left out again.
    for each in (found["next"], *found["steps"]):
        typed = f"mediawatch --home {home.root} "
        assert not each["command"] or each["command"].startswith(typed)
        each["command"] = each["command"].replace(typed, "mediawatch ")
    return found


def states(found: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["state"] for step in found["steps"]}


def set_as_of(home: Home, days: int) -> str:
    day = day_of(datetime.now(UTC)) + timedelta(days=days)
    home.config.write_text(f"[inspection]\nas_of = {day}\n", encoding="utf-8")
    return day.isoformat()


def test_an_empty_home_begins_with_its_registry(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    assert in_process("--home", home.root, "init").returncode == 0
    found = shown(home)
    assert set(states(found).values()) == {"later"}
    assert found["next"]["command"] == "mediawatch registry import 台账.xlsx"
    day = set_as_of(home, 5)
    found = shown(home)
    assert (found["as_of"], found["next_as_of"]) == (f"{day}T23:59:59+08:00",) * 2
    assert found["next"]["command"] == "mediawatch registry import 台账.xlsx"


def test_suspects_wait_for_their_units_then_for_their_notice(home: Home) -> None:
    found = shown(home)
    assert "未设置下一次检查" in found["remarks"][-1]
    now = [name for name, state in states(found).items() if state == "now"]
    assert now == ["下发核实"]
    steps = {step["name"]: step for step in found["steps"]}
    assert steps["下发核实"]["figures"] == "未下发2"
    # Its own command does what it says, and moves the inspection on.
    words = found["next"]["command"].split()
    assert words[:3] == ["mediawatch", "findings", "dispatch"]
    folder = home.root.parent / "下发"
    sent = mediawatch(home, "findings", "dispatch", str(folder), *words[4:])
    assert sent.exit_code == 0, sent.output
    found = shown(home)
    steps = {step["name"]: step for step in found["steps"]}
    assert steps["下发核实"]["figures"] == "待反馈2"
    assert steps["下发核实"]["days"].endswith("前反馈")
    assert found["next"]["command"].startswith("mediawatch findings import")
    keys = re.findall(r"\d+/stale_2w@\w+", mediawatch(home, "review", "list").output)
    confirmed = mediawatch(
        home,
        *("review", "confirm", *keys, "--by", "李四", "--yes"),
        *("--without-hearing", "--reason", "试验"),
    )
    assert confirmed.exit_code == 0, confirmed.output
    found = shown(home)
    assert found["next"]["command"].startswith("mediawatch notice issue --number 文号")
    number = found["next"]["command"].rpartition(" ")[2]
    issued = mediawatch(
        home,
        *("notice", "issue", "--number", "示例办函〔2026〕1号", "--title", "标题", "--by", "李四"),
        *("--rectify-by", "2099-01-01", "--report-by", "2099-01-08", "--sweep", number),
    )
    assert issued.exit_code == 0, issued.output
    found = shown(home)
    steps = {step["name"]: step for step in found["steps"]}
    assert [name for name, state in states(found).items() if state == "now"] == ["督促整改"]
    assert (steps["签发通报"]["figures"], steps["督促整改"]["figures"]) == (
        "示例办函〔2026〕1号，已编号印发",
        "已反馈0/2",
    )
    assert steps["复查"]["figures"] == "未复查2"
    # Days are those on which something was done: here all today, and none is left of the plan.
    today = day_of(datetime.now(UTC))
    day = f"{today.month}月{today.day}日"
    assert (steps["下发核实"]["days"], steps["下发核实"]["state"]) == (f"{day}下发", "done")
    assert (steps["会商认定"]["days"], steps["签发通报"]["days"]) == (day, day)
    assert [step["name"] for step in found["steps"] if step["pressing"]] == []
    words = found["next"]["command"].split()
    assert words[1:4] == ["notice", "feedback", "export"]
    # The forms went out: the next thing is to take the answers in.
    for _ in range(2):
        folder = str(home.root.parent / "整改")
        sent = mediawatch(home, *words[1:5], "--out", folder, "--overwrite")
        assert sent.exit_code == 0, sent.output
        waits = shown(home)["next"]["command"]
        assert waits == "mediawatch notice feedback import 示例办函〔2026〕1号 整改反馈/*.xlsx"
    told = mediawatch(home, "notice", "show", "示例办函〔2026〕1号").output
    assert "反馈表发出" in told
    assert "1份，2个账号" in told
    # Once the nights of the next inspection begin, they are shown, and the notice is named.
    set_as_of(home, 5)
    found = shown(home)
    assert next(name for name, state in states(found).items() if state == "now") == "夜间核查"
    assert found["remarks"] == ["示例办函〔2026〕1号尚未办结：未反馈2，未复查2。"]
    closed = mediawatch(home, "notice", "close", "示例办函〔2026〕1号", "--by", "李四")
    assert closed.exit_code == 0, closed.output
    assert shown(home)["remarks"] == []


def test_the_next_moment_is_named_until_its_nights_begin(home: Home) -> None:
    set_as_of(home, 60)
    found = shown(home)
    assert states(found)["正式检查"] == "done"
    assert found["remarks"][-1].startswith("下一次检查：")
    day = set_as_of(home, 3)
    found = shown(home)
    assert found["as_of"].startswith(day)
    assert found["remarks"][0].startswith("第1号检查尚未签发通报")
    assert found["next"]["command"] == "mediawatch sweep --nightly --until 06:00"
    # A moment that has come without a sweep: the sweep is due.
    day = set_as_of(home, -1)
    assert shown(home)["next"]["command"] == f"mediawatch sweep --as-of {day}"


def test_a_sweep_that_was_begun_is_gone_on_with(home: Home) -> None:
    policy = load("national")
    as_of = datetime.now(UTC) - timedelta(hours=2)

    async def begin(store: Store) -> None:
        accounts = await store.accounts.all()
        sweep = Sweep(as_of=as_of, policy=policy.name, policy_toml=policy.toml, started_at=as_of)
        await store.sweeps.open(sweep, accounts)

    within(home, begin)
    found = shown(home)
    steps = {step["name"]: step for step in found["steps"]}
    assert (steps["正式检查"]["state"], steps["正式检查"]["figures"]) == ("now", "已核查0/3")
    assert found["next"]["command"].startswith("mediawatch sweep --as-of ")


def test_what_is_printed_has_the_table_and_the_one_next_step(home: Home) -> None:
    text = in_process("--home", home.root, "next").stdout
    lines = text.splitlines()
    assert lines[0].startswith("检查日程：监测时间点")
    assert lines[-2].startswith("下一步：下发核实：")
    command = "findings dispatch 下发/ --person 姓名 --sweep 1"
    assert lines[-1] == f"  mediawatch --home {home.root} {command}"
    assert len(lines) <= 24


def test_what_was_confirmed_unheard_is_not_called_heard(home: Home) -> None:
    keys = re.findall(r"\d+/stale_2w@\w+", mediawatch(home, "review", "list").output)
    confirmed = mediawatch(
        home,
        *("review", "confirm", *keys, "--by", "李四", "--yes"),
        *("--without-hearing", "--reason", "试验"),
    )
    assert confirmed.exit_code == 0, confirmed.output
    steps = {step["name"]: step for step in shown(home)["steps"]}
    heard = steps["下发核实"]
    assert (heard["state"], heard["days"], heard["figures"]) == ("skipped", "", "2处未下发即认定")


def test_a_demonstration_refuses_no_command_that_is_named(home: Home) -> None:
    (home.root / DEMONSTRATION).touch()
    found = shown(home)
    assert found["next"]["command"].startswith("mediawatch findings dispatch")
    set_as_of(home, 5)
    found = shown(home)
    assert states(found)["夜间核查"] == "now"
    assert [
        step["command"] for step in found["steps"] if "sweep --nightly" in step["command"]
    ] == []
    assert found["next"]["command"] == "mediawatch report reminders 提醒/"


def test_a_past_moment_makes_nothing_done(tmp_path: Path) -> None:
    """In an empty home no step has begun, in a new one nobody worked at night."""
    home = Home(tmp_path / "home")
    assert in_process("--home", home.root, "init").returncode == 0
    set_as_of(home, -3)
    assert set(states(shown(home)).values()) == {"later"}
    given = tmp_path / "台账.csv"
    given.write_text("政务新媒体名称,类型\n示例发布,微信公众号\n", encoding="utf-8")
    assert in_process("--home", home.root, "registry", "import", given).returncode == 0
    found = shown(home)
    assert (states(found)["夜间核查"], states(found)["征集链接"]) == ("skipped", "skipped")
    assert [step["name"] for step in found["steps"] if step["pressing"]] == ["正式检查"]
    assert found["next"]["command"].startswith("mediawatch sweep --as-of ")


def test_a_home_of_the_environment_is_not_typed_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIAWATCH_HOME", str(home.root))
    found = json.loads(in_process("next", "--json").stdout)
    assert found["next"]["command"].startswith("mediawatch findings dispatch ")


@pytest.mark.parametrize("value", ['"31.12.2026"', '"bald"', "5"])
def test_a_moment_that_is_none_is_refused(home: Home, value: str) -> None:
    home.config.write_text(f"[inspection]\nas_of = {value}\n", encoding="utf-8")
    done = in_process("--home", home.root, "next")
    assert done.returncode == 2
    assert "inspection.as_of" in done.stderr
