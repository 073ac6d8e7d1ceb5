"""`--dry-run` of every import, and `registry undo`: what would be done is said, and nothing is
written.
"""

from __future__ import annotations

import inspect
import sqlite3
import typing
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from commands import commands, in_process
from review_homes import ONE
from samples import FILE, NOW, PLAIN, enter, open_sweep, plain_reading
from worklists import NOW as LATER
from worklists import STALE, exported, filed, fill, png

from mediawatch.app import open_app
from mediawatch.cli.worklist import take_in
from mediawatch.domain import Code, FiledStatus, LookKind, ProblemAnswer, ProblemSeen, UserError
from mediawatch.ops.drafts import WRITES
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.registry.service import ImportOptions, import_files
from mediawatch.registry.undo import undo

READS = {
    "accounts": "added_by all changes closures contacts current get names_in_service news provisional_ids refusals remarks sources twins",
    "evidence": "owners page",
    "hints": "all of_accounts receipts",
    "notices": "all coverage documents drafts events issued_at scope unarchived",
    "operator": "canary_checks home_id session_events visits",
    "personal": "all cleared lost_contacts old_givers",
    "queries": "all judged_sweeps run send",
    "readings": "account_states by_account by_id find_idle for_judgement identity_readings post_links "
    "outlines post_owners problem_looks pruned_before sight_details sights_alike",
    "handed": "bodies of_round",
    "leads": "all searches",
    "reposts": "all events",
    "reviews": "events events_about",
    "runs": "alerts last_backup latest",
    "sweeps": "all finding_changes is_unanswered last_entry last_read_at scope",
}


OF_SWEEPS = {"ledger", "readings.keep_look"}
"""What only sweeps and workers ask: no plan does."""


def methods_of(protocol: type) -> set[str]:
    return {
        name
        for name, _ in inspect.getmembers(protocol, inspect.isfunction)
        if not name.startswith("_")
    }


def test_every_method_of_the_store_is_known_to_read_or_to_write() -> None:
    aggregates = inspect.getmembers(Store, lambda member: isinstance(member, property))
    named = {
        f"{aggregate}.{name}"
        for aggregate, found in aggregates
        for name in methods_of(typing.get_type_hints(found.fget)["return"])
    }
    named = {each for each in named if not {each, each.partition(".")[0]} & OF_SWEEPS}
    reads = {f"{aggregate}.{name}" for aggregate, names in READS.items() for name in names.split()}
    assert named == reads | WRITES
    assert methods_of(Store) == {"apply", "close", "revision"}


def test_every_import_takes_a_dry_run() -> None:
    """`sessions import` alone takes in a login, which is a file of its own."""
    lacking = [
        words
        for words, command in commands()
        if words.endswith("import")
        and words != "sessions import"
        and "--dry-run" not in {each for one in command.params for each in one.opts}
    ]
    assert lacking == []


def content(home: Home) -> list[str]:
    with closing(sqlite3.connect(home.database)) as connection:
        return list(connection.iterdump())


@pytest.fixture
def home(tmp_path: Path) -> Home:
    assert in_process("--home", tmp_path / "home", "init").returncode == 0
    return Home.at(tmp_path / "home")


def test_dry_imports_write_nothing(home: Home, tmp_path: Path) -> None:
    (tmp_path / "links.txt").write_text(
        "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv", encoding="utf-8"
    )
    (tmp_path / "台账.csv").write_text("政务新媒体名称,类型\n示例一,微信公众号\n", encoding="utf-8")
    (tmp_path / "a.csv").write_text(
        "备案单号,政务新媒体名称,类型,存在的突出问题\n9,示例,微信公众号,超2周未更新\n",
        encoding="utf-8",
    )
    (tmp_path / "提示.csv").write_text("公众号名称,日期\n示例一,2022-01-01\n", encoding="utf-8")
    assert (
        in_process("--home", home.root, "registry", "import", tmp_path / "台账.csv").returncode == 0
    )
    before = content(home)
    bad = tmp_path / "坏行.csv"
    bad.write_text("政务新媒体名称,类型\n示例二,微信公众号\n示例三,\n", encoding="utf-8")
    words = ("--home", home.root, "registry", "import", bad, "--dry-run")
    assert in_process(*words).returncode == 2
    assert in_process(*words, "--skip-bad-rows").returncode == 0, "as without --dry-run"
    notice = ("--number", "文1", "--title", "示例", "--date", "2022-10-01", "--by", "甲")
    tried = {
        ("registry", "import", tmp_path / "a.csv"): "(dry run) 1 new",
        ("registry", "undo"): "台账.csv: taken back: 1 retired",
        ("links", "import", tmp_path / "links.txt"): "1 link: 1 not opened",
        ("hints", "import", tmp_path / "提示.csv", "--source", "本单位"): "(dry run) 1 hint",
        ("notice", "import", tmp_path / "a.csv", *notice): "文1: 1 account",
    }
    for words, told in tried.items():
        done = in_process("--home", home.root, *words, "--dry-run")
        assert told in done.stdout + done.stderr, (words, done.stdout, done.stderr)
        assert "run the same import again" not in done.stderr
    assert content(home) == before


async def test_a_dry_worklist_keeps_neither_answers_nor_pictures(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    async with open_app(home, clock=lambda: LATER) as app:
        _, path = await exported(app.store, home.root, [filed(1)])
        (sweep,) = await app.store.sweeps.all()
        answered = fill(path, tmp_path / "答.xlsx", {ONE: STALE}, {ONE: png(1)})
        before = content(home)
        app.let_go()
        done = await take_in(app, sweep, [answered])
        assert len(done.readings) == 1
        assert content(home) == before
        assert list(home.evidence.iterdir()) == []


async def test_the_last_import_is_taken_back_and_stays_in_the_history(
    any_store: Store, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    head = "备案单号,政务新媒体名称,类型,运行状态,申请关停日期\n"
    file.write_text(
        head + "1,示例一,新浪微博,正常运行,\n2,示例二,新浪微博,正常运行,\n", encoding="utf-8"
    )
    await import_files(any_store, [file], now=NOW)
    before = await any_store.accounts.all()
    file.write_text(
        head + "1,示例新名,新浪微博,申请关停,2031-01-02\n3,示例三,新浪微博,正常运行,\n",
        encoding="utf-8",
    )
    await import_files(
        any_store, [file], ImportOptions(complete=True), now=NOW + timedelta(hours=1)
    )
    changed = await any_store.accounts.all()
    assert changed != before
    assert changed[0].filed.status is FiledStatus.CLOSING
    done = await undo(any_store, NOW + timedelta(hours=2))
    assert await any_store.accounts.all() == before
    assert done.source.file == "a.csv"
    told = [
        (change.field, change.old, change.new)
        for change in await any_store.accounts.changes(before[0].id)
    ]
    assert ("name", "示例一", "示例新名") in told
    assert ("name", "示例新名", "示例一") in told
    with pytest.raises(UserError, match="taken back already"):
        await undo(any_store, NOW + timedelta(hours=3))


async def test_what_people_looked_for_since_is_not_taken_back(store: Store) -> None:
    accounts = await enter(store, PLAIN)
    at = FILE.at + timedelta(minutes=1)
    look = replace(
        plain_reading(accounts[0].id, at),
        look=LookKind.PERSON,
        by="甲某",
        problem=ProblemSeen(code=Code.ADVERTISING, answer=ProblemAnswer.ABSENT),
    )
    await store.readings.keep(look)
    with pytest.raises(UserError, match="were looked at since its import"):
        await undo(store, NOW)


async def test_what_something_rests_on_is_not_taken_back(store: Store) -> None:
    with pytest.raises(UserError, match="no registry was imported"):
        await undo(store, NOW)
    accounts = await enter(store, PLAIN)
    await store.readings.keep(plain_reading(accounts[0].id, FILE.at + timedelta(minutes=1)))
    with pytest.raises(UserError, match="were looked at since its import"):
        await undo(store, NOW)
    await open_sweep(store, accounts)
    with pytest.raises(UserError, match="sweep 1 rests on the import of"):
        await undo(store, NOW)
