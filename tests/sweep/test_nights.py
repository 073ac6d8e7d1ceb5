"""A run of a sweep as a night: its counts, what became of the findings, the textfile, `status`;
over a real store.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from commands import in_process
from prometheus_client.parser import text_string_to_metric_families
from samples import LATE, NOW, PLAIN, enter, finding, open_sweep, plain_reading
from sweeps import AS_OF, TIBET, Stage
from sweeps import NOW as STAGED
from typer.testing import CliRunner

from mediawatch.app import only_one
from mediawatch.cli import app as cli
from mediawatch.domain import (
    Alert,
    AlertState,
    Backup,
    Code,
    Ending,
    FindingChangeKind,
    Judgement,
    SessionState,
    SweepRun,
    UserError,
    Verdict,
)
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.sweep import metrics, nights
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Step, no_progress

REQUEST = Request(policy=TIBET, as_of=AS_OF, second_look_after=timedelta(0))
NIGHT = SweepRun(
    id=1,
    sweep_id=1,
    started_at=LATE,
    ended_at=NOW,
    ending=Ending.OUT_OF_TIME,
    why="示例",
    exit_code=16,
    left=2,
    looks={"weibo ok": 3, "weibo captcha": 1},
    verdicts={"fresh": 3},
    reasons={"示例,某日。": 1},
    turns={"new": 1},
    breakers=("weibo.mobile visitor: captcha",),
)
ALERT = Alert(
    id=1,
    key="digest 1",
    place="0a",
    title="示例",
    body="示例😀",
    made_at=LATE,
    state=AlertState.SENDING,
    tried_at=NOW,
)
BACKUP = Backup(at=LATE, place="/srv/示例", files=3, size=2**40)


@pytest.mark.parametrize("sample", [NIGHT, ALERT, BACKUP])
def test_the_samples_leave_no_field_at_its_default(sample: SweepRun | Alert | Backup) -> None:
    assert [
        field.name for field in fields(sample) if getattr(sample, field.name) == field.default
    ] == []


async def test_nights_alerts_and_backups_come_back_as_they_were_kept(any_store: Store) -> None:
    await open_sweep(any_store, await enter(any_store, PLAIN))
    for _ in range(3):
        begun = await any_store.runs.begin(SweepRun(started_at=LATE))
    assert await any_store.runs.latest(2) == [
        SweepRun(started_at=LATE, id=3),
        SweepRun(started_at=LATE, id=2, ending=Ending.KILLED),
    ]
    await any_store.runs.end(replace(NIGHT, id=begun.id))
    assert await any_store.runs.latest(1) == [replace(NIGHT, id=3)]
    assert await any_store.runs.last_backup() is None
    await any_store.runs.add_backup(BACKUP)
    assert await any_store.runs.last_backup() == BACKUP
    assert [
        await any_store.runs.add_alert(each) for each in (ALERT, ALERT, replace(ALERT, place="0b"))
    ] == [True, False, True]
    assert await any_store.runs.alerts(AlertState.SENDING) == [
        ALERT,
        replace(ALERT, place="0b", id=2),
    ]
    # Two processes go for one alert: one of them gets it.
    assert [await any_store.runs.move_alert(ALERT, AlertState.SENT, NOW) for _ in range(2)] == [
        True,
        False,
    ]
    assert await any_store.runs.alerts(AlertState.SENT, AlertState.WAITING) == [
        replace(ALERT, state=AlertState.SENT)
    ]


async def test_findings_stand_beside_the_last_conclusive_judgement(any_store: Store) -> None:
    """Not next to the sweep before: what that one could not prove is neither gone nor new again."""
    accounts = await enter(
        any_store, *(replace(PLAIN, name=name) for name in ("新", "旧", "消", "疑", "好"))
    )
    reading = await any_store.readings.keep(plain_reading(accounts[0].id))
    stale = (finding(reading.id),)
    failed = Judgement(verdict=Verdict.FAILED, sentence="示例", findings=stale)
    fresh, unproven = (
        Judgement(verdict=Verdict.FRESH, sentence=""),
        Judgement(verdict=Verdict.UNPROVEN, sentence="示例"),
    )
    by_sweep = (
        (fresh, failed, failed, failed, fresh),
        (unproven,) * 5,
        (failed, failed, fresh, unproven, fresh),
    )
    for judgements in by_sweep:
        sweep = await open_sweep(any_store, accounts)
        await any_store.sweeps.keep_judgements(
            sweep.id, dict(zip([account.id for account in accounts], judgements, strict=True))
        )
    told = [(each.name, each.turn) for each in await any_store.sweeps.finding_changes(sweep.id)]
    assert told == [
        ("新", FindingChangeKind.NEW),
        ("旧", FindingChangeKind.STILL),
        ("消", FindingChangeKind.GONE),
        ("疑", FindingChangeKind.UNSETTLED),
    ]
    assert stale[0].code is Code.STALE_2W


async def test_a_run_is_kept_as_a_night_and_every_look_is_a_line(
    store: Store, tmp_path: Path
) -> None:
    stage = Stage(store, tmp_path)
    await stage.file("鲜1", "旧20", "卡1")
    with structlog.testing.capture_logs() as lines:
        summary, night = await nights.run(stage.engine, REQUEST, no_progress)
    assert await store.runs.latest(5) == [night]
    assert (night.sweep_id, night.exit_code, night.ended_at) == (
        summary.sweep.id,
        summary.exit_code,
        STAGED,
    )
    assert (night.looks, night.turns) == ({"toutiao ok": 3, "toutiao no_evidence": 1}, {"new": 1})
    assert night.verdicts == {"fresh": 1, "failed": 1, "unproven": 1}
    assert night.reasons == {"页面上没有可用的发布信息。": 1}
    looks = [line for line in lines if line["event"] == "look"]
    assert [(line["platform"], line["surface"], line["look"], line["outcome"]) for line in looks][
        :2
    ] == [("toutiao", "toutiao.profile", "first", "ok")] * 2
    assert {"account", "ms"} <= looks[0].keys()
    assert len(looks) == 4
    # The equal sweep is finished: no look, and nothing turns.
    _, repeated = await nights.run(stage.engine, REQUEST, no_progress)
    assert (repeated.looks, repeated.sweep_id) == ({}, night.sweep_id)


async def test_a_run_that_fails_is_a_night_without_a_sweep(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no account"):
        await nights.run(Stage(store, tmp_path).engine, REQUEST, no_progress)
    (night,) = await store.runs.latest(5)
    assert (night.ended_at, night.exit_code, night.sweep_id, night.ending) == (
        STAGED,
        None,
        None,
        Ending.FAILED,
    )
    assert night.why.startswith("no account is in scope (all)")
    # The one after it leaves it as it is.
    await store.runs.begin(SweepRun(started_at=LATE))
    assert (await store.runs.latest(2))[1] == night


def refuse(database: Path, what: str) -> None:
    """From now on the database refuses this of nights."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            f"CREATE TRIGGER refused BEFORE {what} ON night BEGIN SELECT RAISE(ABORT, "
            "'nothing of nights'); END"
        )


async def test_the_error_that_ended_a_run_stands_where_the_store_fails_too(
    store: Store, tmp_path: Path
) -> None:
    told: list[SweepRun] = []

    async def ended(night: SweepRun) -> None:
        told.append(night)
        raise OSError(28, "No space left on device")

    refuse(tmp_path / "mediawatch.db", "UPDATE")
    with (
        pytest.raises(UserError, match="no account is in scope"),
        structlog.testing.capture_logs() as lines,
    ):
        await nights.run(Stage(store, tmp_path).engine, REQUEST, no_progress, ended)
    assert [(night.id, night.ending, night.ended_at) for night in told] == [
        (1, Ending.FAILED, STAGED)
    ]
    whys = [line["why"] for line in lines if line["event"] == "how the run ended could not be kept"]
    assert ["nothing of nights" in whys[0], whys[1:]] == [
        True,
        ["OSError: No space left on device"],
    ]


async def test_a_run_that_could_not_be_kept_is_reported_as_failed(
    store: Store, tmp_path: Path
) -> None:
    stage = Stage(store, tmp_path)
    await stage.file("鲜1")
    told: list[SweepRun] = []

    async def ended(night: SweepRun) -> None:
        told.append(night)

    refuse(tmp_path / "mediawatch.db", "UPDATE")
    with pytest.raises(UserError, match="nothing of nights"):
        await nights.run(stage.engine, REQUEST, no_progress, ended)
    assert [(night.ending, night.exit_code, night.looks) for night in told] == [
        (Ending.FAILED, None, {"toutiao ok": 1})
    ]


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        (asyncio.CancelledError("SIGTERM"), (Ending.STOPPED, "SIGTERM")),
        (RuntimeError("key=secret"), (Ending.FAILED, "RuntimeError")),
        (
            OSError(28, "No space left on device", "/srv/示例"),
            (Ending.FAILED, "OSError: No space left on device"),
        ),
        (
            ExceptionGroup("", [UserError("示例"), ExceptionGroup("", [KeyError("secret")])]),
            (Ending.FAILED, "KeyError"),
        ),
        (ExceptionGroup("", [UserError("示例")]), (Ending.FAILED, "示例")),
    ],
)
def test_how_a_run_ended_tells_no_more_than_is_meant_to_be_read(
    error: BaseException, ended: tuple[Ending, str]
) -> None:
    assert nights.ended_by(error) == ended


async def test_a_run_says_that_its_time_was_over(store: Store, tmp_path: Path) -> None:
    stage = Stage(store, tmp_path)
    await stage.file("鲜1", "鲜2", "鲜3")
    stage.engine.pacing = Pacing(scale=0, clock=stage.engine.clock)
    _, night = await nights.run(stage.engine, replace(REQUEST, until=STAGED), no_progress)
    assert (night.ending, night.left, night.verdicts) == (Ending.OUT_OF_TIME, 3, {"unproven": 3})


async def test_a_run_that_is_stopped_says_by_what(store: Store, tmp_path: Path) -> None:
    stage = Stage(store, tmp_path)
    await stage.file("鲜1")

    def stop(step: Step) -> None:
        running.cancel("SIGINT")

    running = asyncio.create_task(nights.run(stage.engine, REQUEST, stop))
    with pytest.raises(asyncio.CancelledError):
        await running
    (night,) = await store.runs.latest(5)
    assert (night.ending, night.why, night.looks) == (Ending.STOPPED, "SIGINT", {"toutiao ok": 1})


async def test_a_run_that_is_stopped_while_it_begins_says_so(store: Store, tmp_path: Path) -> None:
    running = asyncio.create_task(nights.run(Stage(store, tmp_path).engine, REQUEST, no_progress))
    await asyncio.sleep(0)
    running.cancel("SIGTERM")
    with pytest.raises(asyncio.CancelledError):
        await running
    (night,) = await store.runs.latest(5)
    assert (night.ending, night.why) == (Ending.STOPPED, "SIGTERM")


def test_the_textfile_is_read_by_prometheus(tmp_path: Path) -> None:
    target = tmp_path / "mediawatch.prom"
    metrics.check(target)
    verdicts = {"fresh": 6, "failed": 1, "unproven": 2, "out_of_scope": 1}
    metrics.write(
        target, replace(NIGHT, verdicts=verdicts), {("weibo", SessionState.VALID): 2}, NOW
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mediawatch.prom"]
    read = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(target.read_text("utf-8"))
        for sample in family.samples
    }
    assert {key: value for key, value in read.items() if value} == {
        ("mediawatch_looks", "ok", "weibo"): 3, ("mediawatch_looks", "captcha", "weibo"): 1,
        ("mediawatch_accounts", "fresh"): 6, ("mediawatch_accounts", "failed"): 1, ("mediawatch_accounts", "unproven"): 2,
        ("mediawatch_accounts", "out_of_scope"): 1, ("mediawatch_findings", "new"): 1, ("mediawatch_unproven_ratio",): 0.2,
        ("mediawatch_sessions", "weibo", "valid"): 2, ("mediawatch_breakers_open",): 1, ("mediawatch_exit_code",): 16,
        ("mediawatch_duration_seconds",): (NOW - LATE).total_seconds(),
        ("mediawatch_last_run_timestamp_seconds",): NOW.timestamp(),
        ("mediawatch_last_complete_sweep_timestamp_seconds",): NOW.timestamp(),
        ("mediawatch_ended", "out_of_time"): 1, ("mediawatch_accounts_left",): 2,
    }  # fmt: skip


def test_the_textfile_of_a_run_that_judged_nothing_shows_no_zeros(tmp_path: Path) -> None:
    target = tmp_path / "mediawatch.prom"
    metrics.write(
        target, SweepRun(started_at=LATE, ended_at=NOW, ending=Ending.FAILED, why="示例"), {}, None
    )
    read = target.read_text("utf-8")
    assert 'mediawatch_ended{how="failed"} 1.0' in read
    assert "mediawatch_exit_code -1.0" in read
    assert [
        word in read for word in ("mediawatch_accounts", "unproven_ratio", "mediawatch_findings")
    ] == [False] * 3


def test_an_unreadable_textfile_is_refused_before_the_night(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"end in \.prom"):
        metrics.check(tmp_path / "mediawatch.txt")


@pytest.fixture
def invoke(tmp_path: Path) -> Callable[..., str]:
    home = Home(tmp_path / "home")

    def call(*words: str) -> str:
        done = CliRunner().invoke(cli, ["--home", str(home.root), *words])
        assert done.exit_code == 0, done.output
        return done.stdout

    call("init")
    return call


def test_a_sweep_that_could_not_be_begun_writes_no_figures_of_another(
    invoke: Callable[..., str], tmp_path: Path
) -> None:
    home, target = tmp_path / "home", tmp_path / "mediawatch.prom"
    words = ("--home", home, "sweep", "--metrics", target)
    done = in_process(*words)
    assert (done.returncode, "no account is in scope" in done.stderr) == (2, True)
    assert 'mediawatch_ended{how="failed"} 1.0' in target.read_text("utf-8")
    target.unlink()
    refuse(home / "mediawatch.db", "INSERT")
    done = in_process(*words)
    assert (done.returncode, "nothing of nights" in done.stderr, target.exists()) == (
        2,
        True,
        False,
    ), "not the night before's"
    with closing(sqlite3.connect(home / "mediawatch.db", isolation_level=None)) as connection:
        connection.execute("DELETE FROM night")
    done = in_process(*words)
    assert (done.returncode, "nothing of nights" in done.stderr, target.exists()) == (
        2,
        True,
        False,
    )


def test_status_tells_the_last_nights(invoke: Callable[..., str], tmp_path: Path) -> None:
    import db

    assert "no night yet" in invoke("status")

    async def fill() -> None:
        store = await db.open_store(f"sqlite:///{tmp_path}/home/mediawatch.db", clock=lambda: NOW)
        await open_sweep(store, await enter(store, PLAIN))
        stopped = SweepRun(started_at=LATE, ended_at=NOW, ending=Ending.STOPPED, why="SIGTERM")
        for night in (
            SweepRun(started_at=LATE),
            replace(NIGHT, verdicts={"fresh": 3, "unproven": 2}),
            stopped,
            SweepRun(started_at=LATE),
        ):
            begun = await store.runs.begin(SweepRun(started_at=LATE))
            await store.runs.end(replace(night, id=begun.id))
        await store.runs.add_backup(BACKUP)
        await store.close()

    asyncio.run(fill())
    told = invoke("status", "--last", "4")
    assert [
        word in told
        for word in (
            "night 3 stopped: SIGTERM",
            "night 2 out of time: 示例",
            "/srv/示例",
            "1099511.6 MB",
        )
    ] == [True] * 4
    as_json = json.loads(invoke("status", "--json"))
    assert [(night["ending"], night["exit_code"]) for night in as_json["nights"]] == [
        ("killed", None), ("stopped", None), ("out_of_time", 16), ("killed", None),
    ]  # fmt: skip
    assert as_json["nights"][2]["verdicts"] == {"fresh": 3, "unproven": 2}
    with only_one(Home(tmp_path / "home")):
        running = json.loads(invoke("status", "--json"))
    assert [night["ending"] for night in running["nights"]] == [
        "running",
        "stopped",
        "out_of_time",
        "killed",
    ]
    assert (as_json["sessions"], as_json["backup"]["at"]) == ([], LATE.isoformat())
