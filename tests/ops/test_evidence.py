"""Evidence: files and manifests as they lie on disk, what `mediawatch evidence` says of them, what
may leave.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from evidence_files import all_evidence, compared
from samples import NOW, PLAIN, enter, finding, open_sweep, plain_reading
from typer.testing import CliRunner

import db
from mediawatch.cli import app
from mediawatch.domain import (
    Capture,
    Evidence,
    EvidenceKind,
    Judgement,
    Post,
    Reading,
    Sight,
    SweepState,
    UserError,
    Verdict,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.retention import OLD_JOURNAL, find_prunable, needed_paths, prune, pruned_paths
from mediawatch.ops.settings import Home
from mediawatch.ports import KeptEvidence, Store
from mediawatch.rules.policy import load, parse

PICTURE = Capture(
    kind=EvidenceKind.SCREENSHOT,
    media_type="image/jpeg",
    body=b"picture",
    taken_at=NOW,
    url="https://example.org/1",
)
TEXT = Capture(
    kind=EvidenceKind.TEXT,
    media_type="application/gzip",
    body=b"text",
    taken_at=NOW,
    url="https://example.org/2",
)


def seen(
    account_id: int = 1, *captures: Capture, sweep_id: int | None = None, age: int = 0
) -> Reading:
    """Two sights; the first one was photographed."""
    at = NOW - timedelta(days=age)
    reading = plain_reading(
        account_id, at, Post(on=date(2031, 1, 1)), sweep_id=sweep_id, captures=captures
    )
    return replace(reading, sights=(*reading.sights, Sight(surface="s.other", read_at=at)))


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence")


async def test_a_reading_is_kept_with_a_manifest_of_all_its_items(folder: EvidenceFolder) -> None:
    kept = await folder.keep(seen(7, PICTURE, TEXT, sweep_id=3))
    picture, text, manifest = kept.evidence
    assert [item.kind for item in kept.evidence] == [
        EvidenceKind.SCREENSHOT,
        EvidenceKind.TEXT,
        EvidenceKind.MANIFEST,
    ]
    assert not any(sight.captures for sight in kept.sights)
    assert kept.sights[1].evidence == ()
    body = folder.read(manifest)
    assert (hashlib.sha256(body).hexdigest(), len(body), manifest.media_type) == (
        manifest.sha256,
        manifest.size,
        "application/json",
    )
    table = json.loads(body)
    assert (table["account_id"], table["sweep_id"], table["read_at"], table["surfaces"]) == (
        7,
        3,
        "2031-03-05T12:00:00+08:00",
        ["s"],
    )
    assert [
        (item["path"], item["sha256"], item["size"], item["url"], item["kind"], item["surface"])
        for item in table["items"]
    ] == [
        (each.path, each.sha256, each.size, each.url, each.kind.value, "s")
        for each in (picture, text)
    ]
    assert {item["taken_at"] for item in table["items"]} == {"2031-03-05T12:00:00+08:00"}
    assert [folder.check(item) for item in kept.evidence] == ["", "", ""]
    assert sorted(each.path for each in folder.files()) == sorted(
        item.path for item in kept.evidence
    )


async def test_what_was_not_photographed_has_no_manifest(folder: EvidenceFolder) -> None:
    reading = seen(1)
    assert await folder.keep(reading) == reading
    assert list(folder.files()) == []


async def test_the_same_bytes_are_kept_once_and_a_refusing_disk_is_named(
    folder: EvidenceFolder, tmp_path: Path
) -> None:
    first, second = await folder.keep(seen(1, PICTURE)), await folder.keep(seen(2, PICTURE))
    assert first.evidence[0].path == second.evidence[0].path
    assert first.evidence[1].path != second.evidence[1].path
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="cannot write"):
        await EvidenceFolder(tmp_path / "file").keep(seen(1, PICTURE))


def item(
    path: str, *, age: int = 500, proves: bool = False, runs: bool = False, sweep_id: int = 1
) -> KeptEvidence:
    evidence = Evidence(
        kind=EvidenceKind.TEXT,
        media_type="",
        path=path,
        sha256=hashlib.sha256(b"x").hexdigest(),
        size=1,
        taken_at=NOW,
    )
    read_at = NOW - timedelta(days=age)
    return KeptEvidence(
        evidence=evidence,
        reading_id=1,
        account_id=1,
        sweep_id=sweep_id,
        read_at=read_at,
        proves=proves,
        sweep_runs=runs,
    )


@pytest.mark.parametrize(
    ("kept", "leaves"),
    [
        ([item("a")], {"a"}),
        ([item("a", age=399)], set()),
        ([item("a", age=401)], {"a"}),
        ([item("a", proves=True)], set()),
        ([item("a", runs=True)], set()),
        ([item("a"), item("a", proves=True), item("b")], {"b"}),
        ([item("a"), item("a", age=1)], set()),
        ([item("a", age=400)], set()),
    ],
)
def test_what_may_leave(kept: list[KeptEvidence], leaves: set[str]) -> None:
    assert {each.evidence.path for each in kept} - needed_paths(kept, NOW, 400) == leaves


def test_pruned_is_told_from_lost(folder: EvidenceFolder, tmp_path: Path) -> None:
    root = tmp_path / "evidence"
    items = [item("d/a"), item("d/b"), item("d/c"), item("e/d", sweep_id=2)]
    for each in items:
        (root / each.evidence.path).parent.mkdir(parents=True, exist_ok=True)
        (root / each.evidence.path).write_bytes(b"x")
    assert prune(folder, items[:1], NOW) == (1, 1)
    assert prune(folder, items[:1], NOW) == (0, 0)
    (root / "d/b").unlink()
    (root / "d/c").write_bytes(b"y")
    (root / "d/.z.part").write_bytes(b"")
    check = compared(folder, items)
    assert (check.sound, check.pruned, check.missing, check.altered, check.orphans) == (
        1,
        1,
        1,
        1,
        ["d/.z.part"],
    )
    assert [sentence.partition(": ")[0] for sentence, _ in check.wrong] == ["d/b", "d/c"]
    check = compared(folder, items, sweep_id=2)
    assert (check.sound, check.wrong, check.orphans) == (1, [], ["d/.z.part"])
    assert pruned_paths(folder) == {"d/a"}
    (root / OLD_JOURNAL).write_text('{"path": "d/old"}\n')
    assert pruned_paths(folder) == {"d/a", "d/old"}, "a journal of an earlier version"
    (root / OLD_JOURNAL).write_text("[]\n")
    with pytest.raises(UserError, match="damaged"):
        pruned_paths(folder)


def test_the_retention_is_the_policys() -> None:
    national = load("national")
    assert national.retention.evidence_days == 400
    assert national.retention.reading_days == 400
    assert national.retention.personal_days == 90
    without = (
        national.toml.replace("[retention]\n", "")
        .replace("evidence_days = 400", "#")
        .replace("reading_days = 400", "#")
        .replace("personal_days = 90", "#")
    )
    assert parse(without).retention == national.retention, (
        "policies of older sweeps have no such keys"
    )
    for key, days in (("evidence_days", 400), ("reading_days", 400), ("personal_days", 90)):
        with pytest.raises(UserError, match=rf"retention\.{key}"):
            parse(national.toml.replace(f"{key} = {days}", f"{key} = 5"))


async def _inspection(store: Store, folder: EvidenceFolder) -> list[Reading]:
    """A finished sweep: two looks that prove a finding, and a look of long ago at another account;
    then one of an unfinished sweep.
    """
    one, other = await enter(store, PLAIN, replace(PLAIN, name="示例二"))
    sweep = await open_sweep(store, [one, other])
    unique = [replace(PICTURE, body=f"picture {number}".encode()) for number in range(4)]
    kept = [
        await store.readings.keep(
            await folder.keep(seen(one.id, unique[number], sweep_id=sweep.id, age=age))
        )
        for number, age in enumerate((5000, 4999))
    ]
    kept.append(
        await store.readings.keep(
            await folder.keep(seen(other.id, unique[2], sweep_id=sweep.id, age=5000))
        )
    )
    judged = Judgement(
        verdict=Verdict.FAILED, sentence="示例", findings=(finding(kept[0].id, kept[1].id),)
    )
    await store.sweeps.keep_judgements(sweep.id, {one.id: judged})
    await store.sweeps.close(sweep.id, SweepState.FINISHED, NOW)
    running = await open_sweep(store, [other])
    kept.append(
        await store.readings.keep(
            await folder.keep(seen(other.id, unique[3], sweep_id=running.id, age=5000))
        )
    )
    return kept


async def test_the_store_tells_whose_evidence_it_is(any_store: Store, tmp_path: Path) -> None:
    kept = await _inspection(any_store, EvidenceFolder(tmp_path / "evidence"))
    told = await all_evidence(any_store)
    assert [
        (each.reading_id, each.account_id, each.sweep_id, each.proves, each.sweep_runs)
        for each in told[::2]
    ] == [
        (kept[0].id, kept[0].account_id, kept[0].sweep_id, True, False),
        (kept[1].id, kept[1].account_id, kept[1].sweep_id, True, False),
        (kept[2].id, kept[2].account_id, kept[2].sweep_id, False, False),
        (kept[3].id, kept[3].account_id, kept[3].sweep_id, False, True),
    ]
    assert [each.evidence for each in told] == [
        each for reading in kept for each in reading.evidence
    ]
    leaving, named = await find_prunable(any_store, NOW, 400)
    assert [each.evidence for each in leaving] == list(kept[2].evidence)
    assert named == {each.evidence.path for each in told}


def mediawatch(home: Home, *words: str) -> Any:
    return CliRunner().invoke(app, ["--home", str(home.root), "evidence", *words])


def test_the_commands(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()

    async def fill() -> list[Reading]:
        store = await db.open_store(f"sqlite:///{home.database}", clock=lambda: NOW)
        try:
            return await _inspection(store, EvidenceFolder(home.evidence))
        finally:
            await store.close()

    proving, _, old, running = asyncio.run(fill())
    done = mediawatch(home, "verify")
    assert (done.exit_code, done.stdout) == (
        0,
        "8 ok, 0 missing, 0 altered, 0 pruned, 0 belong to nothing\n",
    )

    done = mediawatch(home, "prune", "--dry-run")
    assert (done.exit_code, done.stdout) == (
        0,
        "2 files would leave, 0.0 MB, older than 400 days and no finding's\n0 files would leave "
        "that belong to nothing\n"
        "0 readings would leave, older than 400 days, that prove nothing\n"
        "0 names, 0 pictures of people (0.0 MB) and 0 contacts would leave, 90 days after 办结\n",
    )
    assert all((home.evidence / item.path).is_file() for item in old.evidence)
    done = mediawatch(home, "prune")
    assert (done.exit_code, done.stdout) == (
        0,
        "2 files removed, 0.0 MB, older than 400 days and no finding's\n0 files removed that "
        "belong to nothing\n"
        "0 readings removed, older than 400 days, that prove nothing\n"
        "0 names, 0 pictures of people (0.0 MB) and 0 contacts removed, 90 days after 办结\n",
    )
    assert not any((home.evidence / item.path).exists() for item in old.evidence)
    done = mediawatch(home, "verify")
    assert (done.exit_code, done.stdout) == (
        0,
        "6 ok, 0 missing, 0 altered, 2 pruned, 0 belong to nothing\n",
    )

    picture, manifest = proving.evidence
    (home.evidence / picture.path).write_bytes(b"another picture")
    (home.evidence / running.evidence[0].path).unlink()
    (home.evidence / "2031-01-01").mkdir()
    (home.evidence / "2031-01-01" / "left.part").write_bytes(b"")
    done = mediawatch(home, "verify")
    assert done.exit_code == 1
    altered, missing, orphan, summary = done.stdout.splitlines()
    assert altered.startswith(
        f"{picture.path}: altered since it was kept (account 1, sweep 1, read 2017-06-26 "
        "12:00, proves a finding)"
    )
    assert missing.startswith(f"{running.evidence[0].path}: missing (account 2, sweep 2,")
    assert orphan == "2031-01-01/left.part: belongs to no reading"
    assert summary == "4 ok, 1 missing, 1 altered, 2 pruned, 1 belongs to nothing"
    assert mediawatch(home, "verify", "--sweep", "2").exit_code == 1
    assert mediawatch(home, "verify", "--sweep", "9").exit_code == 2
    assert (home.evidence / manifest.path).is_file()

    left, young = (
        home.evidence / "2031-01-01" / "left.part",
        home.evidence / "2031-01-01" / "young.jpg",
    )
    young.write_bytes(b"its row is about to come")
    os.utime(left, (0, 0))
    assert "1 file removed that belongs to nothing" in mediawatch(home, "prune").stdout
    assert (left.exists(), young.exists()) == (False, True)
