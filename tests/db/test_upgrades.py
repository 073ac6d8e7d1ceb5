"""A home of an older version is opened by this one.

Decisions stand, notices print what they printed, readings know which account they speak of.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from older_homes import ROWS_REVISION, restore
from programs import mediawatch
from samples import sql
from sqlalchemy import text

import db
from db import copies
from db.engine import migration_engine, normal_url
from db.errors import StoreError
from db.migrate import Safeguard, revisions, upgrade
from db.schema_check import require_own_file
from mediawatch.app import open_app
from mediawatch.app.documents import issued_inspection
from mediawatch.domain import Code, ReviewState, SweepAccount
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.sweep.judging import rejudge

NOW = datetime(2032, 1, 6, 4, 0, tzinfo=UTC)
STATES = {
    1: ReviewState.CONFIRMED, 2: ReviewState.DISMISSED, 3: ReviewState.DISPATCHED, 4: ReviewState.OPEN, 6: ReviewState.DISMISSED,
    7: ReviewState.DISMISSED, 10: ReviewState.CONFIRMED,
}  # fmt: skip
"""What the decisions came to in that home, by account."""


@pytest.fixture
def old_url(database_url: str, tmp_path: Path) -> str:
    restore(database_url, tmp_path)
    return database_url


def run(url: str, statement: str) -> None:
    engine = migration_engine(normal_url(url))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


async def states(store: Store) -> dict[int, ReviewState]:
    scope: Sequence[SweepAccount] = await store.sweeps.scope(1)
    return {
        entry.account.id: finding.review
        for entry in scope
        if entry.judgement
        for finding in entry.judgement.findings
    }


async def test_decisions_stand_after_an_upgrade_whatever_words_tell_the_finding(
    old_url: str,
) -> None:
    store = await db.open_store(old_url, clock=lambda: NOW)
    assert await states(store) == STATES
    events = await store.reviews.events(1)
    # The facts of the decision about an earlier date are no longer known.
    assert {event.account_id for event in events if event.facts is None} == {4}
    await store.close()
    engine = migration_engine(normal_url(old_url))
    with engine.begin() as connection:
        reworded = (
            "UPDATE sweep SET policy_toml = replace(policy_toml, '超2周未更新', '超过两周没有更新')"
        )
        connection.execute(text(reworded))
    engine.dispose()
    store = await db.open_store(old_url, clock=lambda: NOW)
    scope = {
        entry.account.id: entry
        for entry in await rejudge(store, lambda platform: platform == "weibo", 1)
    }
    judged = scope[1].judgement
    assert judged
    (finding,) = judged.findings
    assert (finding.code, finding.label) == (Code.STALE_2W, "超过两周没有更新")
    assert finding.sentence != events[0].sentence
    assert await states(store) == STATES
    # Other facts have not been decided.
    (mine,) = [entry for entry in await store.sweeps.scope(1) if entry.account.id == 2]
    assert mine.judgement
    changed = replace(
        mine.judgement,
        findings=tuple(
            replace(each, latest_on=date(2031, 12, 2)) for each in mine.judgement.findings
        ),
    )
    await store.sweeps.keep_judgements(1, {2: changed})
    assert (await states(store))[2] is ReviewState.OPEN
    await store.close()


async def test_an_old_notice_prints_the_same_counts_after_an_upgrade(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    home.database.unlink(missing_ok=True)
    restore(f"sqlite:///{home.database}", tmp_path)
    async with open_app(home, clock=lambda: NOW) as app:
        (notice,) = await app.store.notices.all()
        told = await issued_inspection(app, notice)
        whole = told.statistics.whole
        assert (
            whole.total,
            whole.checked,
            whole.failed,
            whole.unproven,
            whole.out_of_scope,
            whole.closed,
        ) == (9, 6, 1, 3, 0, 1)
        assert [problem.entry.account.filed.name for problem in told.problems] == ["示例1"]
        assert [entry.account.filed.name for entry in told.open] == ["示例3", "示例4", "示例10"]


@pytest.mark.parametrize("document", [True, False])
def test_the_scope_of_an_old_notice_is_that_after_review(old_url: str, document: bool) -> None:
    if not document:
        engine = migration_engine(normal_url(old_url))
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM notice_document"))
        engine.dispose()
    upgrade(old_url)
    found = dict(sql(old_url, "SELECT account_id, verdict FROM notice_account ORDER BY account_id"))
    assert found == {
        1: "failed", 2: "listed", 3: "unproven", 4: "unproven", 5: "fresh", 6: "failed", 7: "listed", 8: "fresh", 9: "unproven",
        10: "unproven",
    }  # fmt: skip
    words = dict(sql(old_url, "SELECT account_id, sentence FROM notice_account"))
    assert [words[key] for key in (2, 3, 7, 10)] == [
        "疑似问题经人工审核排除。", "疑似问题待审核。", "疑似问题经人工审核排除。", "疑似问题待审核。"
    ]  # fmt: skip


async def test_old_readings_know_under_which_id_they_were_taken(old_url: str) -> None:
    store = await db.open_store(old_url, clock=lambda: NOW)
    readings = (await store.readings.by_account([8]))[8]
    assert [(reading.sweep_id, reading.filed_as and reading.filed_as.platform_id) for reading in readings] == [
        (None, "1008"), (None, "2008"), (1, "2008"), (None, "2008")
    ]  # fmt: skip
    # The first showed 1008: what follows from readings is without it, as if identities had been
    # kept from the beginning.
    known = (await store.readings.for_judgement([8], NOW))[8]
    assert readings[0].id not in {reading.id for reading in known}
    assert sql(old_url, f"SELECT count(*) FROM first_seen WHERE reading_id = {readings[0].id}") == [
        (0,)
    ]
    assert (await store.readings.account_states([8]))[8].latest_on == date(2032, 1, 2)
    await store.close()


def contents(url: str) -> list[list[tuple[object, ...]]]:
    return [
        sql(url, f"SELECT * FROM {name} ORDER BY 1, 2")
        for name in ("account", "reading", "review_event", "finding")
    ]


def test_a_failed_change_leaves_the_database_and_a_copy_as_they_were(
    old_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    before = contents(old_url)
    run(old_url, "CREATE TABLE notice_account (x INTEGER)")
    folder = tmp_path / "home"
    folder.mkdir()
    with pytest.raises(StoreError, match="notice_account"):
        upgrade(old_url, safeguard=Safeguard(folder=folder))
    assert contents(old_url) == before
    assert sql(old_url, "SELECT version_num FROM alembic_version") == [(ROWS_REVISION,)]
    copy = (
        tmp_path / f"mediawatch.db.revision-{ROWS_REVISION}"
        if old_url.startswith("sqlite")
        else folder / f"mediawatch.dump.revision-{ROWS_REVISION}"
    )
    assert str(copy) in capsys.readouterr().err
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    # As docs/running.md says: the copy is a database of the version before. It is brought up to
    # date once nothing is in the way.
    if old_url.startswith("sqlite"):
        restored = f"sqlite:///{tmp_path / 'restored.db'}"
        shutil.copy(copy, tmp_path / "restored.db")
    else:
        restored = str(request.getfixturevalue("postgres").url())
        copies._run(normal_url(restored), "pg_restore", "--no-owner", str(copy))
    assert contents(restored) == before
    run(old_url, "DROP TABLE notice_account")
    upgrade(old_url, safeguard=Safeguard(folder=folder))
    assert capsys.readouterr().err.count(str(copy)) == 1
    assert sorted(path.name for path in copy.parent.iterdir() if "revision" in path.name) == [
        copy.name
    ]
    upgrade(old_url, safeguard=Safeguard(folder=folder))
    assert capsys.readouterr().err == ""


def test_an_older_database_of_ours_is_known_as_such(tmp_path: Path) -> None:
    """And only that of its own revision: a restore takes it, and the next command brings it up."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    restore(url, tmp_path)
    copies.dump(url, tmp_path / "copy")
    assert require_own_file(tmp_path / "copy", "the copy") == ROWS_REVISION
    copies.load(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "copy", "sqlite")
    upgrade(f"sqlite:///{tmp_path / 'new.db'}")
    copies.dump(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "new")
    assert require_own_file(tmp_path / "new", "the new one") > ROWS_REVISION
    run(url, "UPDATE alembic_version SET version_num = '0011'")
    copies.dump(url, tmp_path / "mixed")
    with pytest.raises(StoreError, match="the mixed one"):
        require_own_file(tmp_path / "mixed", "the mixed one")


def test_a_new_database_is_not_copied(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    upgrade(database_url, safeguard=Safeguard(folder=tmp_path))
    assert capsys.readouterr().err == ""
    assert [path.name for path in tmp_path.iterdir() if "revision" in path.name] == []


def test_without_room_or_program_for_a_copy_nothing_is_changed(
    old_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if old_url.startswith("sqlite"):
        monkeypatch.setattr("db.migrate._SPARE", 2**62)
    else:
        monkeypatch.setattr("db.copies._found", lambda program: str(tmp_path / program))
    with pytest.raises(
        StoreError, match=r"nothing was changed: .*`copy_first = false` under \[database\]"
    ):
        upgrade(old_url, safeguard=Safeguard(folder=tmp_path))
    assert sql(old_url, "SELECT version_num FROM alembic_version") == [(ROWS_REVISION,)]
    upgrade(old_url, safeguard=Safeguard(copy=False, folder=tmp_path))
    assert sql(old_url, "SELECT version_num FROM alembic_version") == [(revisions()[-1],)]


def test_the_copy_of_a_home_is_told_to_the_operator(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    home.database.unlink(missing_ok=True)
    restore(f"sqlite:///{home.database}", tmp_path)
    done = mediawatch("--home", str(home.root), "sweeps")
    assert done.returncode == 0
    told = done.stderr
    assert f"kept in {home.database}.revision-{ROWS_REVISION}" in told
    assert len(told.strip().splitlines()) == 1
