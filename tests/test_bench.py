"""The benchmark stands on the product's own parts: moving one of them must not break it unseen."""

from __future__ import annotations

import importlib
import json
import re
import runpy
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from commands import in_process

from mediawatch.app import DEMO_LOGINS, clock_from
from mediawatch.rules.policy import load
from scrapers.replica import Replica
from scrapers.replica.web import Request, Response

BENCH = Path(__file__).parent / "bench"
SEARCH, READER = "wechat.search", "wechat.reader"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("sweep_cost")


def test_a_process_is_counted_from_where_its_work_begins(bench: ModuleType, tmp_path: Path) -> None:
    work = """
import os, pathlib, subprocess, sys
sys.path.insert(0, {!r})
import processes
processes.passed(pathlib.Path({!r}))
subprocess.run([sys.executable, "-c", "sum(range(5_000_000))"])  # it may end before anybody has seen it
pathlib.Path({!r}).write_text(str(sum(os.times()[:4])))
"""
    spent = tmp_path / "spent"
    cost = bench.measured(
        bench.python("-c", work.format(str(BENCH), str(tmp_path), str(spent))), tmp_path
    )
    assert 0 < cost.start_cpu < float(spent.read_text()) <= cost.cpu_seconds
    assert 0 < cost.start_wall < cost.wall
    assert cost.peak_mb > 1


@pytest.mark.usefixtures("bench")
def test_a_season_of_nights_finds_what_a_census_finds() -> None:
    simulated = runpy.run_path(str(BENCH / "year_of_nights.py"), run_name="bench")
    figures = simulated["year"](40, 100, load("national"))
    assert figures["silences"] > 20
    assert (
        figures["silences_later_than_census"],
        figures["silences_missed"],
        figures["names_missed"],
    ) == (0, 0, 0)
    assert figures["names_within_7_days"] == figures["names"] > 0
    assert figures["mean_share"] <= 0.2


@pytest.fixture
def coverage(bench: ModuleType) -> ModuleType:
    return importlib.import_module("wechat_coverage")


def test_every_start_proves_only_what_is_true(coverage: ModuleType) -> None:
    policy = load("national")
    found = {
        start.words: coverage.coverage(20, 20, start, policy, others=0)
        for start in coverage.STARTS
        if start.readers < 2
    }
    for each in found.values():
        assert (each.wechat, each.wrong, each.proved + each.missed) == (15, 0, each.active)
        assert each.rows == each.suspects + each.missed
    links, numbers = found["one link each, no login"], found["numbers, 1 reader"]
    assert 0 < links.proved < numbers.proved
    assert links.reader_calls == 0 < numbers.reader_calls


def test_no_login_makes_more_calls_than_its_pace_allows(coverage: ModuleType) -> None:
    """A name alone proves nothing: its search, once, gives the number that 微信读书 needs."""
    policy, lives = load("national"), coverage.lives(60, coverage.YEAR, 1)
    starts = {start.words: start for start in coverage.STARTS}
    calls = {}
    for words in ("names only, 1 reader", "numbers, 1 reader"):
        quarter = coverage.Quarter(lives, starts[words], policy, nights=5, seed=1)
        quarter.run()
        calls[words] = [(night.of(SEARCH), night.of(READER)) for night in quarter.calls]
    assert calls["numbers, 1 reader"][0] == (0, 40)
    assert calls["names only, 1 reader"][0] == (60, 0)
    assert max(reader for some in calls.values() for _, reader in some) <= 40
    searched = sum(search for search, _ in calls["names only, 1 reader"])
    assert 60 <= searched < 66, "again only where the search failed"


def test_a_reader_shows_only_what_was_pushed_and_after_its_lag(coverage: ModuleType) -> None:
    lives = coverage.lives(40, coverage.YEAR, 1)
    feed = next(each for each in coverage.feeds(lives, 1) if each.lag.days >= 7 and each.pushed)
    *_, before, last = feed.pushed
    assert feed.in_reader(last + feed.lag) == last
    assert feed.in_reader(last + feed.lag - timedelta(seconds=1)) == before
    assert set(feed.pushed) < set(feed.life.posts)


def test_a_long_history_gives_no_more_to_load() -> None:
    measured = runpy.run_path(str(BENCH / "history_cost.py"), run_name="bench")
    figures = measured["compare"](20, 30)
    short, long = figures["megabytes"]
    assert long > 1.5 * short, "the tables themselves take half a megabyte"
    loaded = {name: pair for name, pair in figures.items() if name.endswith("results")}
    assert loaded.pop("28 days of 500: results") == (20, 5 * 20), (
        "four weeks' posts, and the one before"
    )
    assert all(short == long > 0 for short, long in loaded.values()), loaded


@pytest.mark.soak
async def test_every_way_reads_every_account_as_it_is(bench: ModuleType, tmp_path: Path) -> None:
    stood_for = bench.world_of("few")
    begun: list[str] = []

    def begin() -> None:
        begun.append("")

    clock = clock_from(stood_for.as_of + timedelta(hours=9))
    async with Replica(stood_for, now=clock, logged_in=DEMO_LOGINS) as replica:
        states = {platform: replica.storage_state(platform) for platform in DEMO_LOGINS}
        ca_pem = replica.ca_pem.decode()
        await bench.prepare(
            bench.Place(
                lambda: stood_for,
                replica.proxy,
                replica.chromium_args,
                states,
                ca_pem,
                tmp_path,
                begin,
            )
        )
        for way, read in bench.WAYS.items():
            world = bench.world_of("few, unsigned") if way == "requests" else stood_for
            at = bench.Place(
                lambda world=world: world,
                replica.proxy,
                replica.chromium_args,
                states,
                ca_pem,
                tmp_path,
                begin,
            )
            answers = await read(at)
            read_back = json.loads(
                json.dumps({key: vars(each) for key, each in answers.items()}, default=str)
            )
            assert (way, bench.wrong(world, read_back)) == (way, 0)
    assert len(begun) == len(bench.WAYS)


@pytest.mark.soak
def test_the_way_of_a_look_is_counted_and_stays_short(tmp_path: Path) -> None:
    """From the command to the first page, and from the look to the kept reading."""
    figures = tmp_path / "path.json"
    program = [sys.executable, str(BENCH / "look_path.py"), "--platforms", "weibo"]
    subprocess.run([*program, "--json", str(figures)], check=True, capture_output=True)
    (weibo,) = json.loads(figures.read_text())
    assert (weibo["stack"][0], weibo["frames"] <= 20) == ("mediawatch/cli/__init__.py:main", True)
    files = {name.partition(":")[0] for name in weibo["entered"]}
    assert {"mediawatch/sweep/looks.py", "scrapers/look.py", "db/readings/store.py"} <= files
    assert weibo["functions"] < 300


@pytest.mark.usefixtures("bench")
def test_a_weighed_page_is_as_heavy_as_a_real_one() -> None:
    weighed = importlib.import_module("weights").weighed
    page = weighed(Request("GET", "www.toutiao.com", "/"), Response(b"<body>x</body>"))
    script = weighed(Request("GET", "www.toutiao.com", "/replica-weight/site.js"), Response(b""))
    assert (len(page.body) // 5_000, b"site.js" in page.body, len(script.body) // 500_000) == (
        39,
        True,
        4,
    )


def test_a_row_counts_the_start_apart(bench: ModuleType) -> None:
    row = bench.Row("light", "mix", "sweep", 50, 0, 9.0, 4.5, 60.0, 3.0, 321.0)
    assert str(row).split() == ["light", "mix", "sweep", "50", "0", "4.5", "6.0", "50", "321"]
    assert len(bench.HEAD) == len(str(row))


def test_a_wrong_answer_is_counted(bench: ModuleType) -> None:
    stood_for = bench.world_of("weibo")
    right = {
        true.filed["name"]: {"name": true.name, "latest": str(true.posts[0].at.date())}
        for true in stood_for.accounts
    }
    assert bench.wrong(stood_for, right) == 0
    first, second, *_ = right
    assert (
        bench.wrong(
            stood_for,
            {
                **right,
                first: {**right[first], "name": "别的"},
                second: {**right[second], "latest": None},
            },
        )
        == 2
    )


@pytest.fixture
def scale(bench: ModuleType) -> ModuleType:
    return importlib.import_module("scale")


def test_a_home_of_copies_holds_what_its_block_holds(bench: ModuleType, tmp_path: Path) -> None:
    """300 accounts are two whole copies of 113 and a part of a third one."""
    homes, block = (importlib.import_module(f"scale_{name}") for name in ("homes", "block"))
    home = block.make_block(tmp_path / "home", datetime.now(UTC))
    homes.multiply(home.database, 300)
    flagged = in_process("--home", home.root, "flagged", "--sweep", "2").stdout
    assert [flagged.count(f"7700{copy}005") for copy in range(3)] == [2, 2, 2]
    assert flagged.count("超2周未更新") == 6
    assert "7700" in in_process("--home", home.root, "registry", "list").stdout


def test_growth_beyond_the_accounts_is_a_fault(scale: ModuleType) -> None:
    def costs(*seconds: float, mb: float = 100.0) -> dict[int, Any]:
        pairs = zip((113, 2_432, 6_206, 100_000), seconds, strict=True)
        return {accounts: scale.MeasuredCost(cpu=cpu, mb=mb) for accounts, cpu in pairs}

    assert scale.faults(costs(1.0, 2.0, 3.6, 44.0)) == []
    assert len(scale.faults(costs(1.0, 1.2, 1.5, 59.0))) == 1  # quadratic, yet below the target
    assert len(scale.faults(costs(1.0, 2.0, 7.0, 44.0))) == 2  # above a target, too
    assert len(scale.faults(costs(1.0, 2.0, 3.6, 44.0, mb=300.0))) == 1


def test_a_run_of_costs_goes_on_where_it_was_broken_off(
    scale: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    measured: list[tuple[int, str]] = []

    def cost_of(command: Any, home: Path) -> Any:
        if len(measured) == 3:
            raise KeyboardInterrupt
        measured.append((int(home.name), command.name))
        return scale.MeasuredCost(cpu=1.0, mb=int(home.name))

    monkeypatch.setattr(scale, "made", lambda cache, accounts: cache / str(accounts))
    monkeypatch.setattr(scale, "code_state", lambda: "1a2b3c")
    monkeypatch.setattr(scale, "cost_of", cost_of)
    words = ["scale.py", str(tmp_path), "--sizes", "113", "300", "--only", "plan", "next"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(KeyboardInterrupt):
        scale.main()
    assert measured == [(113, "plan"), (113, "plan --list"), (113, "next")]
    measured.clear()
    assert scale.main() == 0
    assert measured == [(300, "plan"), (300, "plan --list"), (300, "next")]
    assert "| `next` | 1.0 / 113 | 1.0 / 300 |  |" in capsys.readouterr().out
    # What another state of the code cost is no cost of this one.
    measured.clear()
    monkeypatch.setattr(scale, "code_state", lambda: "4d5e6f")
    with pytest.raises(KeyboardInterrupt):
        scale.main()
    assert len(measured) == 3


@pytest.mark.soak
def test_every_command_is_measured(scale: ModuleType, tmp_path: Path) -> None:
    homes = [scale.made(tmp_path, accounts) for accounts in (113, 300)]
    for command in scale.COMMANDS:
        if command.name != "sweep --nightly":  # which waits for sites that cannot be reached
            assert all(scale.cost_of(command, home).cpu > 0 for home in homes)


@pytest.mark.soak
@pytest.mark.usefixtures("bench")
def test_orders_are_handed_out_and_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    measured = runpy.run_path(str(BENCH / "worker_cost.py"), run_name="bench")
    measured["main"](["defer", "50"])
    said = capsys.readouterr().out
    assert re.search(r"50 orders deferred .*\n50 orders reckoned .*\n50 orders taken back", said)


@pytest.fixture
def demand(bench: ModuleType) -> ModuleType:
    return importlib.import_module("nation_demand")


def test_the_plan_to_the_nation_prints_what_is_reckoned(bench: ModuleType) -> None:
    nation = importlib.import_module("nation")
    page = (BENCH.parent.parent / "docs" / "scale.md").read_text("utf-8")
    assert [table for table in nation.tables() if table not in page] == []


def test_a_login_looks_as_often_as_its_pace_allows(demand: ModuleType) -> None:
    """35 seconds a look at 抖音: 822 in eight hours."""
    looks = dict.fromkeys(demand.MIX, 0.0)
    lanes = [
        demand.lanes(demand.Looks(first=looks | {"douyin": 800.0}, second=looks | {"douyin": some}))
        for some in (22.0, 23.0)
    ]
    assert [each["logins of 抖音"] for each in lanes] == [1, 2]
    assert lanes[0]["logins of 微博"] == 0


def test_more_accounts_never_take_less(demand: ModuleType) -> None:
    for looks in (demand.mean_night, demand.inspection):
        small, large = looks(6_206), looks(100_000)
        assert 0 < small.seconds < small.firsts < 6_206
        assert large.total / small.total == pytest.approx(100_000 / 6_206)
        assert all(demand.lanes(small)[key] <= count for key, count in demand.lanes(large).items())


@pytest.mark.soak
@pytest.mark.usefixtures("bench")
async def test_a_night_goes_through_the_real_queue() -> None:
    looker = importlib.import_module("nation_looker")
    simulated = runpy.run_path(str(BENCH / "nation_night.py"), run_name="bench")
    terms = simulated["Terms"](due=100, workers=2, scale=1_000.0)
    phases = await simulated["night"](terms)
    ended = phases["ended"]
    silent = sum(looker.is_silent(f"示例{number}") for number in range(1, 101))
    assert ended["verdicts"] == {"fresh": 100 - silent, "failed": silent}
    assert (ended["left"], ended["looks"]) == (0, 100 + silent)
    assert "100 due, 2 workers" in simulated["told"](terms, phases)


@pytest.mark.soak
@pytest.mark.usefixtures("bench")
def test_a_reading_is_weighed_on_both_databases(capsys: pytest.CaptureFixture[str]) -> None:
    measured = runpy.run_path(str(BENCH / "nation_costs.py"), run_name="bench")
    measured["main"](["bytes", "3"])
    said = capsys.readouterr().out
    assert len(re.findall(r"posts: SQLite \d+, PostgreSQL \d+ bytes a reading", said)) == 3
