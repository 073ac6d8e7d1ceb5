"""Without a network nothing is found out: it is said once before the first look and at the end, and
nothing comes out of it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog
from commands import in_process
from sweeps import NOW, Stage, request, sight

import db
from mediawatch.domain import Account, Need, Outcome, Sight, Sweep, SweepRun
from mediawatch.ops import digest
from mediawatch.ops.settings import Home
from mediawatch.sweep import nights
from mediawatch.sweep.gate.breakers import EXIT_BITS
from mediawatch.sweep.summary import no_progress
from scrapers.browser.network import unreachable

BIT = EXIT_BITS[Outcome.UNREACHABLE]


def silent(account: Account, need: Need) -> Sight:
    return sight(account.filed.name, outcome=Outcome.UNREACHABLE)


async def no_way(platforms: Collection[str]) -> str:
    return f"none of {', '.join(platforms)} answers"


@asynccontextmanager
async def proxy(answer: bytes) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(answer)
        writer.close()

    asked: list[bytes] = []
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://office:secret@127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@pytest.mark.parametrize(
    ("answer", "reached"),
    [
        (b"HTTP/1.1 200 Connection established\r\n\r\n", True),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", True),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", False),
        (b"", False),
    ],
)
async def test_a_proxy_without_a_way_out_is_no_network(answer: bytes, reached: bool) -> None:
    async with proxy(answer) as url:
        why = await unreachable(["www.posts.example"], url, 1.0)
    assert why == ("" if reached else "none of www.posts.example answers")


async def test_a_proxy_that_is_not_there_is_named_without_its_password() -> None:
    async with proxy(b"") as url:
        pass
    why = await unreachable(["www.posts.example"], url, 1.0)
    assert why.startswith("the proxy 127.0.0.1:")
    assert "secret" not in why


@pytest.fixture
def home(tmp_path: Path) -> Home:
    assert in_process("--home", tmp_path / "home", "init").returncode == 0
    return Home.at(tmp_path / "home")


async def a_sweep_without_network(home: Home) -> tuple[Sweep, list[SweepRun], list[str]]:
    """And the same once more."""
    store = await db.open_store(f"sqlite:///{home.database}", clock=lambda: NOW)
    stage = Stage(store, home.evidence, silent)
    stage.engine.why_unreachable = no_way
    await stage.file("鲜1", "旧20")
    with structlog.testing.capture_logs() as lines:
        summary, _ = await nights.run(stage.engine, request(), no_progress)
    await nights.run(stage.engine, request(), no_progress)
    kept = await store.runs.latest(5)
    await store.close()
    assert summary.unanswered
    return summary.sweep, kept, [line["event"] for line in lines]


async def test_no_network_is_said_before_the_first_look_and_once(home: Home) -> None:
    _, _, events = await a_sweep_without_network(home)
    assert [event.startswith("no network: none of toutiao answers") for event in events].count(
        True
    ) == 1
    assert events[0].startswith("no network")


async def test_a_second_run_does_not_hide_the_exit_bits_of_the_first(home: Home) -> None:
    _, kept, _ = await a_sweep_without_network(home)
    assert [night.exit_code for night in kept] == [BIT, BIT]


def test_nothing_comes_out_of_a_sweep_without_network(home: Home, tmp_path: Path) -> None:
    sweep, kept, _ = asyncio.run(a_sweep_without_network(home))
    refused: tuple[tuple[str | Path, ...], ...] = (
        ("worklist", "export", tmp_path / "核查.xlsx"),
        ("report", "reminders"),
        ("report", "xlsx", "--out", tmp_path / "附件.xlsx"),
        ("handoff", "--out", tmp_path / "handoff.json"),
        ("figures",),
        ("findings", "dispatch", tmp_path, "--person", "张三"),
    )
    for words in refused:
        done = in_process("--home", home.root, *words)
        assert done.returncode == 2, words
        assert f"no network: no site answered any look of sweep {sweep.id}" in done.stderr
    assert not (tmp_path / "核查.xlsx").exists()
    listed = in_process("--home", home.root, "unproven")
    assert "本次未能核查的政务新媒体" in listed.stdout
    assert "待人工核查" not in listed.stdout
    told = in_process("--home", home.root, "status").stdout
    assert told.count("no network: no site answered any look") == 2
    assert "unproven, and why" not in told
    status = json.loads(in_process("--home", home.root, "status", "--json").stdout)
    assert [night["answered"] for night in status["nights"]] == [False, False]
    told_of_it = digest.SweepDigest(sweep, kept[0], [], {}, {}, unanswered=True)
    title, body = told_of_it.compose(lines=30, size=2000)
    assert "网络不可用" in body
    assert "待人工核查" not in title + body


async def test_one_answer_is_a_network(home: Home) -> None:
    store = await db.open_store(f"sqlite:///{home.database}", clock=lambda: NOW)
    stage = Stage(
        store,
        home.evidence,
        lambda account, need: (
            silent(account, need) if account.filed.name == "鲜1" else sight("旧20", 20)
        ),
    )
    await stage.file("鲜1", "旧20")
    summary, _ = await nights.run(stage.engine, request(), no_progress)
    await store.close()
    assert not summary.unanswered
