"""A coordinator's and a worker's home on one PostgreSQL, the sites' stand-in, and a real browser."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
import warm
from browsers import key
from commands import in_process
from ordered_sweeps import database_of
from postgres import Cluster
from prometheus_client.parser import text_string_to_metric_families

import db
from db.engine import normal_url
from db.revisions import revisions
from db.tasks.queue import open_queue
from db.tasks.schema import prepare
from mediawatch.app import Route, open_app
from mediawatch.app.evidence_moves import move_evidence
from mediawatch.app.workers import make_worker, open_coordinator
from mediawatch.cli.worker import OUTDATED_EXIT
from mediawatch.demo.machine import write_registry
from mediawatch.domain import LookKind, UserError, Verdict
from mediawatch.domain.clock import day_end, day_of
from mediawatch.ops import retention
from mediawatch.ops.settings import Home
from mediawatch.ports.store import LookOrder, WorkerCard
from mediawatch.registry.service import import_files
from mediawatch.rules.policy import load
from mediawatch.sweep.request import Request
from mediawatch.sweep.worker_metrics import write_worker
from scrapers.browser.sessions import write_state
from scrapers.replica import Replica, World


def now() -> datetime:
    return datetime.now(UTC)


def world() -> World:
    yesterday = day_of(now()) - timedelta(days=1)

    def row(platform: str, name: str, number: int, days: int) -> str:
        posts = ";".join(f"{yesterday - timedelta(days=days + 3 * nth)}T08:30" for nth in range(8))
        key = {
            "toutiao": f"MS4wLjABAAAA{number:043d}",
            "weibo": str(5_000_000_000 + number),
            "wechat": base64.b64encode(str(9_000_000_000 + number).encode()).decode(),
        }[platform]
        type_ = {"toutiao": "今日头条", "weibo": "新浪微博", "wechat": "微信公众号"}[platform]
        return f"{platform},{type_},{name},{platform}-{number},{key},alive,{posts},1,2015-01-01"

    return World.parse(
        "\n".join(
            [
                f"# as_of = {yesterday}",
                "platform,type,name,filing_number,platform_id,truth,posts,articles,opened_on",
                row("toutiao", "示例头条1号", 1, 1),
                row("toutiao", "示例头条2号", 2, 60),
                row("weibo", "示例微博1号", 1, 60),
                row("wechat", "示例微信1号", 1, 2),
            ]
        )
    )


def home_on(url: str, folder: Path, place: Path | None = None) -> Home:
    home = Home.at(folder).create()
    settings = f'[database]\nurl = "{url}"\n'
    if place is not None:
        settings += f'[evidence]\nplace = "{place}"\n'
    home.config.write_text(settings, "utf-8")
    return home


async def test_a_worker_with_a_real_browser_and_a_login(
    postgres: Cluster, executable: Path, tmp_path: Path
) -> None:
    url = postgres.migrated_url()
    place = tmp_path / "evidence"
    async with open_app(home_on(url, tmp_path / "upper")) as app:
        await move_evidence(app, str(place))
    upper, lower = (home_on(url, tmp_path / name, place) for name in ("upper", "lower"))
    figures = tmp_path / "worker.prom"
    true = world()
    async with Replica(true, now=now, logged_in=frozenset({"weibo"}), key=key()) as replica:
        write_state(lower.sessions / "weibo" / "office.json", replica.storage_state("weibo"))
        route = Route(replica.proxy, replica.chromium_args, replica.ca_pem)
        write_registry(tmp_path / "registry.xlsx", true.filed_rows())
        async with (
            open_app(upper, patience=60) as coordinating,
            open_app(lower, route=route, patience=60, any_home=True) as working,
        ):
            await import_files(coordinating.store, [tmp_path / "registry.xlsx"], now=now())
            coordinating.pace = working.pace = 0
            with pytest.raises(UserError, match=r"--logins weibo:nobody: this home holds no such"):
                await make_worker(working, ["weibo:nobody"])
            worker = await make_worker(working, None, partial(write_worker, figures))
            assert worker.card.logins == ("weibo:office",)
            async with working.tasks() as queues:
                running = asyncio.create_task(worker.run(queues))
                async with open_coordinator(coordinating) as engine:
                    request = Request(
                        policy=load("tibet"),
                        as_of=day_end(day_of(now()) - timedelta(days=1)),
                        second_look_after=timedelta(0),
                    )
                    summary = await engine.run(request)
                assert coordinating._looker is None, "the coordinator needs no browser"
                await worker._tell_figures()
                words = [sys.executable, "-m", "mediawatch", "--home", str(upper.root), "workers"]
                listed = await asyncio.to_thread(warm.run, words, dict(os.environ))
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running
            readings = await coordinating.store.readings.by_account()
            found = await retention.verify_evidence(coordinating.store, coordinating.evidence)
            assert not found.wrong
    verdicts = {
        entry.account.filed.name: entry.judgement.verdict
        for entry in summary.scope
        if entry.judgement
    }
    assert verdicts == {
        "示例头条1号": Verdict.FRESH,
        "示例头条2号": Verdict.FAILED,
        "示例微博1号": Verdict.FAILED,
        "示例微信1号": Verdict.FRESH,
    }
    kinds = sorted(each.look for some in readings.values() for each in some)
    assert kinds == sorted([LookKind.FIRST] * 4 + [LookKind.SECOND] * 2)
    logins = {
        sight.session
        for some in readings.values()
        for each in some
        for sight in each.sights
        if sight.surface.startswith("weibo.") and each.look is LookKind.SECOND
    }
    assert "office" in logins
    assert "weibo:office" in listed.stdout
    assert "alive" in listed.stdout
    secrets = [cookie["value"] for cookie in replica.storage_state("weibo")["cookies"]]
    assert not any(secret in listed.stdout + listed.stderr for secret in secrets)

    samples = [
        sample
        for family in text_string_to_metric_families(figures.read_text("utf-8"))
        for sample in family.samples
    ]
    looks = [each for each in samples if each.name == "mediawatch_worker_looks_total"]
    assert sum(each.value for each in looks) == 6
    assert {each.labels["platform"] for each in looks} == {"toutiao", "weibo", "wechat"}
    tasks = {each.labels["end"]: each.value for each in samples if "tasks_total" in each.name}
    assert (tasks["failed"], tasks["put_back"]) == (0, 0)
    assert tasks["done"] >= 6


@pytest.mark.parametrize("words", [["worker"], ["sweep", "--workers"]])
def test_workers_need_one_place_of_the_evidence(
    postgres: Cluster, tmp_path: Path, words: list[str]
) -> None:
    url = postgres.migrated_url()
    home = home_on(url, tmp_path / "home")
    (said,) = refused(home, words)
    assert f"this home's lies in {home.evidence}: run `mediawatch evidence move --to" in said
    # A folder that no coordinator has taken, as where nothing is mounted.
    (tmp_path / "mount").mkdir()
    home = home_on(url, home.root, tmp_path / "mount")
    (said,) = refused(home, words)
    assert f"{tmp_path / 'mount'} " in said
    assert "`mediawatch evidence move --to PLACE`" in said
    assert not [*(tmp_path / "mount").iterdir()], "a worker takes no place"


def refused(home: Home, words: list[str]) -> list[str]:
    done = in_process("--home", home.root, *words)
    assert done.returncode == 2
    return done.stderr.splitlines()


def test_figures_that_cannot_be_read_are_refused(postgres: Cluster, tmp_path: Path) -> None:
    home = home_on(postgres.migrated_url(), tmp_path / "home")
    (said,) = refused(home, ["worker", "--metrics", str(tmp_path / "worker.txt")])
    assert "only names that end in .prom" in said


def test_workers_need_postgresql(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home").create()
    assert in_process("--home", home.root, "init").returncode == 0
    for words in (["worker"], ["workers"], ["sweep", "--workers"]):
        done = in_process("--home", home.root, *words)
        assert done.returncode == 2
        assert (
            "workers share a PostgreSQL database, and this home's is an SQLite file" in done.stderr
        )


def test_a_worker_of_an_older_version_asks_for_an_update(postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.migrated_url()
    home = home_on(url, tmp_path / "home")
    host, name = database_of(url)
    with psycopg.connect(host=host, user="postgres", dbname=name, autocommit=True) as server:
        server.execute("UPDATE alembic_version SET version_num = '9999'")
        try:
            done = in_process("--home", home.root, "worker")
        finally:
            server.execute("UPDATE alembic_version SET version_num = %s", [revisions()[-1]])
    assert done.returncode == OUTDATED_EXIT
    (said,) = done.stderr.splitlines()
    assert "was written by a newer mediawatch (revision 9999" in said
    assert said.endswith("; update this worker")


def test_workers_and_queues_are_listed(postgres: Cluster, tmp_path: Path) -> None:
    url = postgres.migrated_url()
    home = home_on(url, tmp_path / "home")
    assert "no worker has registered" in in_process("--home", home.root, "workers").stdout

    async def furnish() -> None:
        prepare(normal_url(url))
        store, queue = await db.open_store(url), await open_queue(normal_url(url))
        card = WorkerCard(
            name="looker-1:/srv/worker",
            host="looker-1",
            process=7,
            version="1.0",
            logins=("weibo:office",),
            queues=("weibo:visitor", "weibo:office"),
        )
        await store.ledger.register(card)
        await store.ledger.beat(card, 12, {"3:first:88": "2031-01-01T00:00:00+00:00"})
        orders = [LookOrder(sweep_id=3, platform="weibo", account_id=each) for each in range(3)]
        await queue.defer([(each, "weibo:office", 0) for each in orders[:2]])
        await queue.defer([(orders[2], "weibo:other", 0)])
        await queue.close()
        await store.close()

    asyncio.run(furnish())
    listed = in_process("--home", home.root, "workers").stdout
    assert re.search(r"looker-1:/srv/worker +alive .* weibo:office .* 12 +first:88 since", listed)
    assert re.search(r"weibo:office +2 +0 +looker-1:/srv/worker", listed)
    assert re.search(r"weibo:other +1 +0 +nobody", listed)
    file = tmp_path / "workers.csv"
    assert in_process("--home", home.root, "workers", "--csv", file).returncode == 0
    assert file.read_text("utf-8-sig").splitlines()[1].startswith("looker-1:/srv/worker,alive,")
