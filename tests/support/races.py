"""Two commands at once: each in a process of its own, on one home, both planned before either
writes.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import openpyxl
import pytest
from commands import in_process
from postgres import Cluster
from samples import sql
from sweeps import Scripted
from worklists import GH, NOW, STALE, Inspection, exported, filed, fill, png

import db
from mediawatch.app import root, wiring
from mediawatch.domain import LookKind, MatchedBy, Post, Reading, ReviewAction, ReviewEvent, Sight
from mediawatch.files import FileBatch
from mediawatch.ops.settings import Home
from mediawatch.people.forms.columns import Column
from mediawatch.ports import Gate, PlannedWrite, Store

T = TypeVar("T")
LINK = "https://mp.weixin.qq.com/s/ExampleOfARace00000001"
AT = datetime(2032, 1, 4, 9, 0, tzinfo=UTC)
_FORK = multiprocessing.get_context("fork")
BARRIER_WAIT = 20.0
"""Seconds after which a command goes on although the other one never came."""


class MeetingStore:
    """The real store; before it applies its first plan it waits until another has planned, too."""

    def __init__(self, store: Store, meet: Callable[[], None]) -> None:
        self._store, self._meet, self._met = store, meet, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def apply(
        self, writes: Sequence[PlannedWrite], *, revision: int, files: FileBatch
    ) -> None:
        if not self._met:
            self._met = True
            await asyncio.to_thread(self._meet)
        await self._store.apply(writes, revision=revision, files=files)


class LinkOpener(Scripted):
    """Opens every link as an article of account 1."""

    async def open_link(self, url: str, gate: Gate) -> tuple[Sight, ...]:
        return (
            Sight(
                surface="wechat.article",
                read_at=AT,
                name="示例市第1测试局",
                original_id=GH,
                posts=(Post(on=date(2031, 11, 2), link=url),),
            ),
        )


@dataclass(frozen=True, slots=True)
class RaceHome:
    """A home with work for every planning command, and the files that they take in."""

    home: Home

    @property
    def files(self) -> Path:
        return self.home.root / "files"

    @property
    def out(self) -> Path:
        """Where the commands write."""
        return self.home.root / "documents" / "out"

    def words(self, command: str) -> tuple[str, ...]:
        name, *rest = command.split("|")
        files = {path.name: str(path) for path in self.files.iterdir()}
        self.out.parent.mkdir(mode=0o700, exist_ok=True)
        return tuple(
            files.get(word, word.replace("OUT", str(self.out))) for word in (*name.split(), *rest)
        )

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(root, "host_clock", lambda: NOW)
            return in_process("--home", self.home.root, *self.words(command))

    @property
    def url(self) -> str:
        return (
            root.read_settings(self.home).database.url.get_secret_value()
            or f"sqlite:///{self.home.database}"
        )

    def copy(self, to: Path, cluster: Cluster | None = None) -> RaceHome:
        """On PostgreSQL where its `cluster` is given."""
        shutil.copytree(self.home.root, to)
        made = RaceHome(Home(to))
        if cluster is not None:
            made.keep_in(cluster.copy(self.url))
            made.take_database()
        return made

    def keep_in(self, url: str) -> None:
        """Name a PostgreSQL database in the home's settings."""
        self.home.config.write_text(f'[database]\nurl = "{url}"\n', "utf-8")

    def take_database(self) -> None:
        """A server's database is one home's: nothing else of it runs before."""
        done = self.run("database take|--yes")
        assert done.returncode == 0, done.stderr


COMMANDS = {
    "registry import": "registry import|新.csv",
    "registry proposals": "registry proposals|--all|--by|己某",
    "findings dispatch": "findings dispatch|OUT|--person|丙某|--overwrite",
    "findings import": "findings import|回.xlsx",
    "worklist import": "worklist import|答四.xlsx",
    "review dismiss": "review dismiss|--prefecture|乙示例市|--by|戊某|--reason|有更新|--yes",
    "notice issue": "notice issue|--number|文1|--title|通报|--by|丙某|--preliminary|--leave-out-open|--date|2032-01-05",
    "notice feedback import": "notice feedback import|省1|反馈.xlsx",
    "worklist export": "worklist export|OUT/清单.xlsx|--overwrite",
    "notice import": "notice import|附件.csv|--number|省2|--title|省|--date|2032-01-06|--by|丙某",
    "links import": "links import|链接.txt",
    "registry undo": "registry undo",
}
"""What races: the word before the first bar are the command, the others its words and files."""
EIGHT = tuple(COMMANDS)[:8]


def build(folder: Path, cluster: Cluster | None = None) -> RaceHome:
    made = RaceHome(Home(folder / "home").create())
    if cluster is not None:
        made.keep_in(cluster.url())
    made.files.mkdir()
    within(made, lambda store: _furnish(made, store))
    if cluster is not None:
        made.take_database()
    _send(made)
    return made


async def _furnish(made: RaceHome, store: Store) -> None:
    accounts = [
        filed(1),
        filed(2, prefecture="乙示例市"),
        filed(3, prefecture="丙示例市"),
        filed(4),
        filed(5, original_id="", url="https://example.org/5"),
    ]
    inspection, path = await exported(store, made.home.root, accounts)
    sheets = {1: "一", 2: "二", 3: "三", 4: "四"}
    for number, name in sheets.items():
        answer = {**STALE, Column.SEEN_ID: f"gh_0000000000a{number}"}
        fill(
            path,
            made.files / f"答{name}.xlsx",
            {f"示例市第{number}测试局": answer},
            {f"示例市第{number}测试局": png(number)},
        )
    await inspection.take(*(made.files / f"答{name}.xlsx" for name in ("一", "三")))
    sight = Sight(
        surface="s",
        read_at=AT,
        name="示例市第5测试局",
        original_id="gh_0000000000a5",
        matched_by=MatchedBy.URL,
    )
    await store.readings.keep(
        Reading(account_id=5, look=LookKind.FIRST, started_at=AT, read_at=AT, sights=(sight,))
    )


def _send(made: RaceHome) -> None:
    """What went out before, and came back: a dispatch, a circular, answers to both."""
    done = made.run("findings dispatch|OUT|--person|丙某")
    assert done.returncode == 0, done.stderr
    _answer(
        made.out / "核实-甲示例市.xlsx",
        made.files / "回.xlsx",
        {"是否有异议": "无异议", "责任人": "丁某"},
    )
    within(made, _confirm)

    async def second(store: Store) -> None:
        (sweep,) = await store.sweeps.all()
        await Inspection(store, sweep, root.EvidenceFolder(made.home.evidence)).take(
            made.files / "答二.xlsx"
        )

    within(made, second)
    heads = "备案单号,政务新媒体名称,类型,所属组织"
    (made.files / "附件.csv").write_text(
        f"{heads},存在的突出问题\n900004,示例市第4测试局,微信,示例市政府,超2周未更新\n", "utf-8"
    )
    done = made.run("notice import|附件.csv|--number|省1|--title|省|--date|2022-01-05|--by|丙某")
    assert done.returncode == 0, done.stderr
    done = made.run("notice feedback export|省1|--out|OUT")
    assert done.returncode == 0, done.stderr
    (sheet,) = made.out.glob("整改反馈-*.xlsx")
    _answer(sheet, made.files / "反馈.xlsx", {"整改情况": "已更新", "责任人": "丁某"})
    (made.files / "新.csv").write_text(
        f"{heads},地市\n"
        + "".join(f"91000{n},新示例{n},微信公众号,新示例{n}局,甲示例市\n" for n in range(5))
        + "900004,示例市第4测试局,微信,示例市新政府,甲示例市\n",
        "utf-8",
    )
    (made.files / "旧.csv").write_text(f"{heads}\n920001,旧示例,微信公众号,旧局\n", "utf-8")
    done = made.run("registry import|旧.csv")
    assert done.returncode == 0, done.stderr
    (made.files / "链接.txt").write_text(LINK, "utf-8")


async def _confirm(store: Store) -> None:
    (sweep,) = await store.sweeps.all()
    events = [
        ReviewEvent(
            sweep_id=sweep.id,
            account_id=3,
            code=finding.code,
            action=ReviewAction.CONFIRMED,
            at=AT,
            by="丙某",
            reason="属实",
            sentence=finding.sentence,
            facts=finding.facts,
        )
        for entry in await store.sweeps.scope(sweep.id, [3])
        if entry.judgement
        for finding in entry.judgement.findings
    ]
    assert events
    known = await store.reviews.events(sweep.id)
    await store.reviews.add(sweep.id, events, after=max(event.id for event in known))


def _answer(source: Path, target: Path, answers: dict[str, str]) -> None:
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for heading, value in answers.items():
        sheet.cell(2, places[heading]).value = value
    book.save(target)


def within(made: RaceHome, work: Callable[[Store], Awaitable[T]]) -> T:
    async def opened() -> T:
        store = await db.open_store(made.url)
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(opened())


_STATE = {
    "account": "filing_number, name, organiser, original_id, retired_on",
    "account_link": "account_id, url",
    "account_change": "account_id, field, old, new",
    "source": "file, sha256, kind",
    "proposal_refusal": "account_id, field, new",
    "reading": "account_id, look, person",
    "review_event": "account_id, code, action, by, reason, stance",
    "finding": "account_id, code, review_state",
    "sweep_account": "account_id, verdict",
    "notice": "number",
    "notice_item": "notice_id, number, account_id",
    "notice_event": "notice_id, item, action, by, reason",
    "notice_document": "notice_id, version",
}


def state(made: RaceHome) -> Counter[tuple[str, ...]]:
    """What the home holds, but for numbers and moments."""
    return Counter(
        (table, *map(str, row))
        for table, columns in _STATE.items()
        for row in sql(
            made.url,
            "SELECT " + columns.replace("by", '"by"') + f" FROM {table}",
        )
    )


def race(made: RaceHome, *commands: str) -> list[subprocess.CompletedProcess[str]]:
    """What each command ended with. They meet between their plans and their first writes."""
    barrier = _FORK.Barrier(len(commands))
    runs = []
    for command in commands:
        mine, theirs = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=_run, args=(made, command, barrier, theirs))
        process.start()
        theirs.close()
        runs.append((process, mine))
    done = [mine.recv() for _, mine in runs]
    for process, _ in runs:
        process.join()
    return done


def _run(made: RaceHome, command: str, barrier: Any, answer: Any) -> None:
    def meet() -> None:
        with suppress(threading.BrokenBarrierError):  # the other one has ended without a plan
            barrier.wait(BARRIER_WAIT)

    try:
        done = _run_with(made, command, meet)
    except BaseException as error:
        done = subprocess.CompletedProcess([command], 1, "", repr(error))
    barrier.abort()
    answer.send(done)
    answer.close()


def _run_with(
    made: RaceHome, command: str, meet: Callable[[], None]
) -> subprocess.CompletedProcess[str]:
    opened = root.open_store

    async def meeting(*given: Any, **named: Any) -> Any:
        return MeetingStore(await opened(*given, **named), meet)

    def looker(*given: Any) -> LinkOpener:
        return LinkOpener(lambda account, need: Sight(surface="s", read_at=AT))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(root, "open_store", meeting)
        patch.setattr(wiring, "looker", looker)
        return made.run(COMMANDS[command])


def kill_in_apply(made: RaceHome, command: str, after: float) -> None:
    """Run a command, and kill it so many seconds after it begins to apply its plan."""

    def killed() -> None:
        end = threading.Timer(after, lambda: os.kill(os.getpid(), signal.SIGKILL))
        _run_with(made, command, end.start)
        end.join()

    process = _FORK.Process(target=killed)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
