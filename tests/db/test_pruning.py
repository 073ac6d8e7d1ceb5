"""Readings that prove nothing leave; whatever something still refers to stays. (What is judged
without them: test_known.py.)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from evidence_files import all_evidence
from samples import NOW, PLAIN, enter, finding, open_sweep, plain_reading, post

from mediawatch.domain import (
    Capture,
    EvidenceKind,
    Judgement,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    SweepState,
    UserError,
    Verdict,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ops.retention import find_prunable, prune, prune_readings, still_judged
from mediawatch.ports import Store
from mediawatch.sweep.judging import rejudge

DAYS = 60
OWN: dict[str, Any] = {"name": "示例发布", "matched_by": MatchedBy.ID}
SEEN = post(date(2030, 1, 1), id="a")


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


async def kept_ids(store: Store) -> list[int]:
    return sorted(
        reading.id for some in (await store.readings.by_account()).values() for reading in some
    )


async def test_what_nothing_refers_to_leaves(any_store: Store, tmp_path: Path) -> None:
    store, folder = any_store, EvidenceFolder(tmp_path)
    (account,) = await enter(store, PLAIN)
    first, *between, newest_before, young, last = [
        await store.readings.keep(plain_reading(account.id, ago(days), SEEN, **OWN))
        for days in (200, 190, 180, 100, 59, 1)
    ]
    trouble = await store.readings.keep(
        plain_reading(account.id, ago(150), outcome=Outcome.CAPTCHA)
    )
    assert await prune_readings(store, folder, NOW, DAYS, dry_run=True) == 4
    assert (await store.readings.pruned_before(), len(await kept_ids(store))) == (None, 7)
    assert await prune_readings(store, folder, NOW, DAYS) == 4
    assert await kept_ids(store) == [first.id, young.id, last.id]
    assert not {trouble.id, newest_before.id, *(each.id for each in between)} & {
        *await kept_ids(store)
    }
    assert await store.readings.pruned_before() == ago(DAYS)
    assert await prune_readings(store, folder, NOW, DAYS) == 0
    again = await store.readings.keep(plain_reading(account.id, NOW, SEEN, **OWN))
    assert again.id > trouble.id


async def test_a_reading_of_the_current_state_stays_however_old(
    any_store: Store, tmp_path: Path
) -> None:
    (account,) = await enter(any_store, PLAIN)
    for kind, days in ((LookKind.FIRST, 300), (LookKind.FIRST, 299), (LookKind.CONTROL, 298)):
        await any_store.readings.keep(
            replace(plain_reading(account.id, ago(days), outcome=Outcome.CAPTCHA), look=kind)
        )
    assert await prune_readings(any_store, EvidenceFolder(tmp_path), NOW, DAYS) == 1
    assert [reading.read_at for reading in (await any_store.readings.by_account())[account.id]] == [
        ago(299),
        ago(298),
    ]


async def test_proofs_people_and_running_sweeps_keep_their_readings(
    any_store: Store, tmp_path: Path
) -> None:
    store = any_store
    (account,) = await enter(store, PLAIN)
    done, running = (
        await open_sweep(store, [account], ago(300)),
        await open_sweep(store, [account], ago(290)),
    )

    async def kept(
        days: int, look: LookKind = LookKind.FIRST, sweep_id: int | None = None
    ) -> Reading:
        reading = replace(
            plain_reading(account.id, ago(days), outcome=Outcome.CAPTCHA),
            look=look,
            sweep_id=sweep_id,
        )
        return await store.readings.keep(
            replace(reading, by="张三") if look is LookKind.PERSON else reading
        )

    proving, idle, by_person = (
        await kept(299, sweep_id=done.id),
        await kept(298, sweep_id=done.id),
        await kept(297, LookKind.PERSON),
    )
    of_running, last = await kept(289, sweep_id=running.id), await kept(1)
    judged = Judgement(verdict=Verdict.FAILED, sentence="示例", findings=(finding(proving.id),))
    await store.sweeps.keep_judgements(done.id, {account.id: judged})
    await store.sweeps.close(done.id, SweepState.FINISHED, ago(299))
    assert await prune_readings(store, EvidenceFolder(tmp_path), NOW, DAYS) == 1
    assert await kept_ids(store) == [proving.id, by_person.id, of_running.id, last.id]
    assert idle.id not in await kept_ids(store)
    (entry,) = await store.sweeps.scope(done.id)
    assert entry.judgement == judged


async def test_a_reading_stays_while_its_evidence_stands(store: Store, tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    (account,) = await enter(store, PLAIN)
    picture = Capture(
        kind=EvidenceKind.SCREENSHOT, media_type="image/jpeg", body=b"x", taken_at=ago(300)
    )
    seen = plain_reading(account.id, ago(300), outcome=Outcome.CAPTCHA)
    await store.readings.keep(
        await folder.keep(replace(seen, sights=(replace(seen.sights[0], captures=(picture,)),)))
    )
    await store.readings.keep(plain_reading(account.id, NOW))
    assert await prune_readings(store, folder, NOW, DAYS) == 0
    prune(folder, (await find_prunable(store, NOW, 100))[0], NOW)
    assert await prune_readings(store, folder, NOW, DAYS) == 1
    assert await all_evidence(store) == []


async def test_a_sweep_of_before_then_is_not_judged_again(store: Store, tmp_path: Path) -> None:
    (account,) = await enter(store, PLAIN)
    old, young = (
        await open_sweep(store, [account], ago(DAYS + 1)),
        await open_sweep(store, [account], ago(DAYS)),
    )
    await still_judged(store, old)
    await store.readings.begin_pruning(NOW, ago(DAYS))
    await still_judged(store, young)
    with pytest.raises(
        UserError,
        match=rf"sweep {old.id} \(2031-01-03\) is not judged again: readings from before 2031-01-04 have left",
    ):
        await rejudge(store, lambda platform: True, old.id)
    # A longer limit, set later, brings nothing back.
    await store.readings.begin_pruning(NOW, ago(900))
    with pytest.raises(UserError, match="is not judged again"):
        await still_judged(store, old)


async def test_what_is_needed_again_meanwhile_stays(store: Store) -> None:
    (account,) = await enter(store, PLAIN)
    one, _ = [
        await store.readings.keep(plain_reading(account.id, ago(days), outcome=Outcome.CAPTCHA))
        for days in (100, 1)
    ]
    (idle,), _ = await store.readings.find_idle(ago(DAYS), 0, 10)
    sweep = await open_sweep(store, [account])
    await store.sweeps.keep_judgements(
        sweep.id,
        {
            account.id: Judgement(
                verdict=Verdict.FAILED, sentence="示例", findings=(finding(one.id),)
            )
        },
    )
    assert (idle.id, await store.readings.delete([idle.id], ago(DAYS))) == (one.id, 0)
    assert one.id in await kept_ids(store)
