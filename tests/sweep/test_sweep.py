"""The engine over a real store and a scripted looker: what is looked at, how often, what is kept,
how it resumes.
"""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sweeps import AS_OF, FACTS, NOW, TIBET, Scripted, Stage, by_name, request, sight

from db import open_store
from mediawatch import stops
from mediawatch.domain import (
    Account,
    Code,
    Ending,
    LookKind,
    MatchedBy,
    Need,
    Outcome,
    Pace,
    Reading,
    RegistryChanges,
    Sight,
    Source,
    SweepAccount,
    SweepKind,
    SweepState,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import day_of
from mediawatch.figures.counts import statistics
from mediawatch.ports import Gate, Store
from mediawatch.rules.due import next_due
from mediawatch.sweep import nights
from mediawatch.sweep.gate.pacing import OVER, Pacing, as_declared
from mediawatch.sweep.judging import ScopeJudgement, judge_scope, rejudge
from mediawatch.sweep.rates import LookRates
from mediawatch.sweep.scope import totals_of


@pytest.fixture
def stage(store: Store, tmp_path: Path) -> Stage:
    return Stage(store, tmp_path / "evidence")


async def test_only_what_speaks_against_an_account_is_looked_at_twice(stage: Stage) -> None:
    await stage.file("鲜1", "鲜13", "旧40", "无1", "名1", "卡1")
    summary = await stage.engine.run(request())
    assert await stage.verdicts() == {
        "鲜1": Verdict.FRESH,
        "鲜13": Verdict.DUE_SOON,
        "旧40": Verdict.FAILED,
        "无1": Verdict.FAILED,
        "名1": Verdict.FAILED,
        "卡1": Verdict.UNPROVEN,
    }
    seconds = sorted(name for name, need in stage.looker.asked if need.second)
    assert seconds == sorted(["旧40", "无1", "名1"])
    assert summary.exit_code == 0
    assert summary.sweep.as_of == AS_OF
    assert (await stage.store.sweeps.all())[-1].state is SweepState.FINISHED


async def test_a_sweep_keeps_the_totals_of_the_whole_registry(stage: Stage) -> None:
    """As it is when the sweep is opened, whatever part of it is looked at."""
    await stage.file("鲜1", "鲜2")
    await stage.file("快1", "快2", "快3", platform="kuaishou")
    summary = await stage.engine.run(request(platforms=("toutiao",)))
    await stage.file("鲜3")
    (kept,) = await stage.store.sweeps.all()
    assert kept.totals == summary.sweep.totals
    assert (kept.totals or {})["平台"] == {"今日头条": 2, "快手": 3}
    found = statistics(summary.scope, TIBET, {}, totals=totals_of(kept, summary.scope))
    assert (found.whole.checked, found.whole.total, found.whole.full_cover) == (2, 5, False)


async def test_every_finding_has_evidence_on_disk(stage: Stage) -> None:
    await stage.file("旧40", "鲜1")
    await stage.engine.run(request())
    proving = [reading for reading in await stage.readings() if reading.look is LookKind.SECOND]
    assert len(proving) == 1
    evidence = proving[0].evidence[0]
    assert stage.engine.evidence.check(evidence) == ""
    (Path(stage.engine.evidence.label) / evidence.path).write_bytes(b"other")
    assert "altered" in stage.engine.evidence.check(evidence)


async def test_a_negative_needs_somebody_who_answered(stage: Stage) -> None:
    await stage.file("无1", "无2", "无3")
    await stage.engine.run(request())
    assert set((await stage.verdicts()).values()) == {Verdict.UNPROVEN}


async def test_an_empty_list_is_vouched_for_only_by_one_that_was_not(
    store: Store, tmp_path: Path
) -> None:
    def script(account: Account, need: Need) -> Sight:
        if account.filed.name[0] == "空":
            return replace(sight(account.filed.name), outcome=Outcome.NO_POSTS)
        return sight(account.filed.name, 1 if account.filed.name == "鲜1" else None)

    stage = Stage(store, tmp_path, script)
    await stage.file("名在", "空1")
    await stage.engine.run(request())
    assert (await stage.verdicts())["空1"] is Verdict.UNPROVEN
    await stage.file("鲜1")
    await stage.engine.run(request(again=True))
    assert (await stage.verdicts())["空1"] is Verdict.LISTED


async def test_the_second_look_uses_another_surface_where_there_is_one(stage: Stage) -> None:
    await stage.file("旧40")
    await stage.engine.run(request())
    assert stage.looker.asked[-1][1].not_by == {"toutiao.profile"}


async def test_an_unforeseen_error_is_our_trouble_and_stops_nothing(
    store: Store, tmp_path: Path
) -> None:
    def script(account: Account, need: Need) -> Sight:
        if account.filed.name == "卡1":
            raise ZeroDivisionError("a bug of ours")
        return by_name(account, need)

    stage = Stage(store, tmp_path, script)
    await stage.file("卡1", "鲜1")
    summary = await stage.engine.run(request())
    assert summary.exit_code == 1
    assert await stage.verdicts() == {"卡1": Verdict.UNPROVEN, "鲜1": Verdict.FRESH}
    broken = next(
        reading for reading in await stage.readings() if reading.outcome is Outcome.CHANGED
    )
    assert "ZeroDivisionError" in broken.sights[0].detail


async def test_an_error_that_a_stop_became_is_no_look(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python wraps what a signal raises while a class is built. Nothing is kept of such a look."""
    monkeypatch.setattr(stops, "_state", stops._State())

    def script(account: Account, need: Need) -> Sight:
        stops.ask(signal.SIGTERM)
        raise RuntimeError("Error calling __set_name__")

    stage = Stage(store, tmp_path, script)
    await stage.file("卡1")
    with pytest.raises(ExceptionGroup) as caught:
        await nights.run(stage.engine, request(concurrency=1), lambda step: None)
    assert await stage.readings() == []
    assert nights.ended_by(caught.value) == (Ending.STOPPED, "SIGTERM")
    assert [night.ending for night in await store.runs.latest(1)] == [Ending.STOPPED]


async def test_a_cancellation_from_within_is_a_bug_like_any_other(
    store: Store, tmp_path: Path
) -> None:
    def script(account: Account, need: Need) -> Sight:
        if account.filed.name == "卡1":
            raise asyncio.CancelledError
        return by_name(account, need)

    stage = Stage(store, tmp_path, script)
    await stage.file("卡1", "鲜1")
    assert (await stage.engine.run(request(concurrency=1))).exit_code == 1
    assert await stage.verdicts() == {"卡1": Verdict.UNPROVEN, "鲜1": Verdict.FRESH}


async def test_a_sweep_that_reached_nothing_says_so(store: Store, tmp_path: Path) -> None:
    stage = Stage(
        store,
        tmp_path,
        lambda account, need: sight(account.filed.name, outcome=Outcome.UNREACHABLE),
    )
    await stage.file("鲜1", "鲜2")
    assert (await stage.engine.run(request())).exit_code == 8


async def test_a_breaker_leaves_the_rest_unproven_in_the_exit_code(
    store: Store, tmp_path: Path
) -> None:
    stage = Stage(
        store, tmp_path, lambda account, need: sight(account.filed.name, outcome=Outcome.CAPTCHA)
    )
    await stage.file(*[f"卡{number}" for number in range(20)])
    summary = await stage.engine.run(request(concurrency=1))
    assert summary.exit_code == 16
    assert summary.looks == 1
    assert set((await stage.verdicts()).values()) == {Verdict.UNPROVEN}


async def test_an_unfinished_sweep_is_continued(store: Store, tmp_path: Path) -> None:
    calls = 0

    def script(account: Account, need: Need) -> Sight:
        nonlocal calls
        calls += 1
        if calls == 4:
            run.cancel()
        return by_name(account, need)

    stage = Stage(store, tmp_path, script)
    names = ["鲜1", "旧40", "旧50", *(f"鲜{number}" for number in range(2, 12))]
    await stage.file(*names)
    run = asyncio.create_task(stage.engine.run(request(concurrency=1)))
    with pytest.raises(asyncio.CancelledError):
        await run
    kept = {reading.account_id for reading in await stage.readings()}
    assert 3 <= len(kept) < len(names)
    again = Stage(store, tmp_path)
    await again.engine.run(request(concurrency=1))
    assert len(await store.sweeps.all()) == 1
    first_looks = [
        reading.account_id for reading in await again.readings() if reading.look is LookKind.FIRST
    ]
    assert sorted(first_looks) == list(range(1, len(names) + 1))
    assert len([need for _, need in again.looker.asked if not need.second]) == len(names) - len(
        kept
    )
    assert (await again.verdicts())["旧50"] is Verdict.FAILED


async def test_a_finished_sweep_is_not_repeated_without_again(stage: Stage) -> None:
    await stage.file("鲜1")
    await stage.engine.run(request())
    looks = len(stage.looker.asked)
    summary = await stage.engine.run(request())
    assert summary.repeated
    assert len(stage.looker.asked) == looks
    assert not (await stage.engine.run(request(again=True))).repeated
    assert len(await stage.store.sweeps.all()) == 2


async def left_running(
    stage: Stage, started: timedelta, read: timedelta | None, **more: object
) -> int:
    """An unfinished sweep that was begun and last read so long before NOW; its number."""
    asked = request(**more)
    opened = await stage.store.sweeps.open(
        asked.sweep(NOW - started), await stage.store.accounts.all()
    )
    if read is not None:
        seen = replace(sight("鲜1", 1), read_at=NOW - read)
        await stage.store.readings.keep(
            Reading(
                account_id=1,
                sweep_id=opened.id,
                look=LookKind.FIRST,
                started_at=seen.read_at,
                read_at=seen.read_at,
                sights=(seen,),
            )
        )
    return opened.id


@pytest.mark.parametrize(
    ("started", "read", "asked", "gone_on"),
    [
        (40, 1, {"as_of": None}, True),
        (40, 13, {"as_of": None}, False),
        (13, None, {"as_of": None}, False),
        (11, None, {"as_of": None}, True),
        (40, 13, {"as_of": AS_OF}, True),
        (40, 13, {"as_of": AS_OF, "nightly": True}, False),
        (40, 13, {"as_of": AS_OF - timedelta(days=1)}, False),
        (40, 1, {"as_of": AS_OF, "platforms": ("toutiao",)}, None),
    ],
)
async def test_a_sweep_is_gone_on_with_as_long_as_it_read_anything_lately(
    stage: Stage, started: int, read: int | None, asked: dict[str, object], gone_on: bool | None
) -> None:
    """True: continued; False: closed as incomplete, of whatever scope; None: left to a sweep of its
    own scope.
    """
    await stage.file("鲜1", "鲜2")
    old = await left_running(
        stage, timedelta(hours=started), None if read is None else timedelta(hours=read)
    )
    summary = await stage.engine.run(request(**asked))
    states = {one.id: one.state for one in await stage.store.sweeps.all()}
    assert (summary.sweep.id == old) == bool(gone_on)
    assert (
        states[old]
        is {True: SweepState.FINISHED, False: SweepState.INCOMPLETE, None: SweepState.RUNNING}[
            gone_on
        ]
    )


async def test_trouble_with_our_own_files_ends_the_sweep_with_its_sentence(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Many looks fail at once; the operator reads one sentence, no group of exceptions."""
    store = await open_store(sqlite_url, clock=lambda: NOW, busy_timeout=0.05)
    holder = sqlite3.connect(tmp_path / "mediawatch.db", isolation_level=None)

    def script(account: Account, need: Need) -> Sight:
        if not holder.in_transaction:
            holder.execute("BEGIN IMMEDIATE")
        return by_name(account, need)

    stage = Stage(store, tmp_path / "evidence", script)
    await stage.file("鲜1", "鲜2", "旧40")
    with pytest.raises(UserError, match="locked by another process"):
        await stage.engine.run(request())
    holder.close()
    await store.close()


async def test_an_empty_scope_is_a_clear_error(stage: Stage) -> None:
    with pytest.raises(UserError, match="import a registry first"):
        await stage.engine.run(request())


async def test_an_unsupported_platform_is_out_of_scope(stage: Stage) -> None:
    await stage.file("某号", platform="kuaishou")
    await stage.engine.run(request())
    assert await stage.verdicts() == {"某号": Verdict.OUT_OF_SCOPE}
    assert stage.looker.asked == []


async def test_the_frozen_scope_keeps_what_was_filed_then(stage: Stage) -> None:
    await stage.file("名1")
    sweep = (await stage.engine.run(request())).sweep
    from mediawatch.domain import UpdatedAccount

    account = (await stage.store.accounts.all())[0]
    changed = UpdatedAccount(
        account_id=account.id,
        filed=replace(account.filed, name="改了的名"),
        changes=(("name", "名1", "改了的名"),),
    )
    await stage.store.accounts.apply(
        RegistryChanges(source=Source(file="y.xlsx", sha256="1" * 64, at=NOW), updated=(changed,))
    )
    scope = await rejudge(stage.store, stage.looker.supports, sweep.id)
    assert scope[0].account.filed.name == "名1"
    assert scope[0].judgement
    assert scope[0].judgement.findings[0].code is Code.NAME_MISMATCH


async def test_a_persons_reading_is_judged_like_any_other(stage: Stage) -> None:
    await stage.file("卡1")
    sweep = (await stage.engine.run(request())).sweep
    seen = replace(sight("卡1", 3), surface="person", complete_since=None)
    await stage.store.readings.keep(
        Reading(
            account_id=1,
            look=LookKind.PERSON,
            started_at=NOW,
            read_at=NOW,
            sights=(seen,),
            sweep_id=sweep.id,
            by="张三",
        )
    )
    await rejudge(stage.store, stage.looker.supports, sweep.id)
    assert await stage.verdicts() == {"卡1": Verdict.FRESH}


async def test_accounts_of_a_slow_platform_hold_up_no_others(store: Store, tmp_path: Path) -> None:
    waiting = asyncio.Event()
    done: list[str] = []

    class Slow(Scripted):
        async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
            if account.platform == "douyin":
                await waiting.wait()
            seen = await super().look(account, need, gate)
            done.append(account.platform)
            if done.count("toutiao") == 5:
                waiting.set()
            return seen

    stage = Stage(store, tmp_path)
    stage.engine.looker = Slow(by_name)
    await stage.file(*[f"鲜{number}" for number in range(8)], platform="douyin")
    await stage.file(*[f"鲜{number}" for number in range(5)])
    await asyncio.wait_for(stage.engine.run(request()), 30)
    assert done[:5] == ["toutiao"] * 5


def test_the_scope_in_words_does_not_depend_on_order() -> None:
    assert (
        request(platforms=("b", "a"), account_ids=(2, 1)).scope
        == request(platforms=("a", "b"), account_ids=(1, 2)).scope
    )
    assert request().scope == "all"


def test_now_is_the_clock_not_as_of() -> None:
    assert datetime.fromisoformat("2023-01-01T08:59:59+08:00") == NOW


async def test_links_of_pages_tied_by_id_stay_with_the_account(
    store: Store, tmp_path: Path
) -> None:
    seen = tuple(f"https://mp.weixin.qq.com/s/Example{number:02}Example" for number in range(12))

    def script(account: Account, need: Need) -> Sight:
        tie = MatchedBy.ID if account.filed.name == "鲜1" else MatchedBy.URL
        return replace(by_name(account, need), links=seen, matched_by=tie)

    stage = Stage(store, tmp_path, script)
    await stage.file("鲜1", "鲜2")
    await store.accounts.add_links(1, [seen[3]], "x.txt")
    await stage.engine.run(request())
    one, two = await store.accounts.all()
    assert one.links == (*seen[:3], *seen[4:11], seen[3]), (
        "the ten newest that were not known, before the known one"
    )
    assert two.links == ()


async def test_a_period_wants_whole_lists_and_is_a_sweep_of_its_own(stage: Stage) -> None:
    """One post on the day before settles a moment; in a period it leaves the eleven weeks before
    it.
    """
    await stage.file("鲜1", opened_on=date(2020, 1, 1))
    summary = await stage.engine.run(
        request(period_from=date(2022, 10, 10), round="2022年第四季度")
    )
    assert await stage.verdicts() == {"鲜1": Verdict.FAILED}
    assert {need.fresh_after for _, need in stage.looker.asked} == {date.max}
    again = await rejudge(stage.store, stage.looker.supports, summary.sweep.id)
    assert [entry.judgement.verdict for entry in again if entry.judgement] == [Verdict.FAILED]
    await stage.engine.run(request())
    assert await stage.verdicts() == {"鲜1": Verdict.FRESH}


async def test_a_nightly_sweep_keeps_rows_only_for_due_accounts(
    store: Store, tmp_path: Path
) -> None:
    stage = Stage(store, tmp_path)
    await stage.file("旧40", *(f"鲜{gap}" for gap in range(1, 10)))
    census = await stage.engine.run(request(as_of=None))
    assert (census.looks, census.sweep.kind) == (11, SweepKind.CENSUS)
    await stage.file("鲜0")
    tonight = NOW + timedelta(days=1)
    states = await store.readings.account_states()
    accounts = {account.filed.name: account for account in await store.accounts.all()}
    due = {
        name
        for name, each in accounts.items()
        if next_due(states[each.id], each.filed, TIBET, tonight) <= day_of(tonight)
    }
    assert "鲜0" in due, "never read"
    assert "鲜8" in due, "it becomes 即将超期 that day"
    assert len(due) < 6
    night = Stage(store, tmp_path)
    night.engine.clock = lambda: tonight
    nightly = await night.engine.run(request(nightly=True, as_of=None))
    assert {name for name, _ in night.looker.asked} == due
    assert (nightly.sweep.kind, nightly.sweep.scope) == (SweepKind.NIGHTLY, "due")
    assert {entry.account.filed.name for entry in nightly.scope} == due
    assert (await store.readings.account_states())[accounts["鲜0"].id].verdict is Verdict.FRESH


async def test_what_does_not_fit_the_night_stays_for_the_next(store: Store, tmp_path: Path) -> None:
    stage = Stage(store, tmp_path)
    stage.pacing = stage.engine.pacing = Pacing(scale=0, clock=lambda: NOW)
    await stage.file("鲜1", "旧40")
    summary = await stage.engine.run(request(nightly=True, as_of=None, until=NOW))
    assert (summary.looks, summary.left, summary.exit_code) == (0, 2, 0)
    assert {entry.judgement.sentence for entry in summary.scope if entry.judgement} == {
        f"本次未能核查：示例：{OVER}。"
    }
    again = Stage(store, tmp_path)
    assert (await again.engine.run(request(nightly=True, as_of=None))).looks == 3


async def test_stored_posts_settle_a_census_without_a_look(
    stage: Stage,
) -> None:
    await stage.file("鲜1", "鲜13", "旧40")
    await stage.engine.run(request())
    before = len(stage.looker.asked)
    later = await stage.engine.run(request(as_of=AS_OF - timedelta(hours=1)))
    assert {name for name, _ in stage.looker.asked[before:]} == {"旧40"} | {"鲜13"}
    assert (later.looks_saved, later.verdicts[Verdict.FRESH]) == (1, 1)
    assert later.scope == await stage.store.sweeps.scope(later.sweep.id)
    before = len(stage.looker.asked)
    await stage.engine.run(request(again=True))
    assert {name for name, _ in stage.looker.asked[before:]} == {"鲜1", "鲜13", "旧40"}


@pytest.mark.parametrize("news", [False, True])
async def test_what_known_posts_settle_is_judged_once_without_news(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, news: bool
) -> None:
    await stage.file("鲜1", "旧40")
    fresh, stale = await stage.store.accounts.all()
    await stage.engine.run(request())
    (known,) = (await stage.store.readings.by_account())[fresh.id]
    judged: list[int] = []

    async def counted(store: Store, accounts: Sequence[Account], *terms: Any) -> ScopeJudgement:
        judged.extend(account.id for account in accounts)
        return await judge_scope(store, accounts, *terms)

    class Telling(Scripted):
        async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
            if news:
                await stage.store.readings.keep(replace(known, id=0, sweep_id=None))
            return await super().look(account, need, gate)

    monkeypatch.setattr("mediawatch.sweep.run.judge_scope", counted)
    stage.engine.looker = Telling(by_name)
    later = await stage.engine.run(request(as_of=AS_OF - timedelta(hours=1)))
    assert [later.verdicts[each] for each in (Verdict.FRESH, Verdict.FAILED)] == [1, 1]
    assert later.surfaces == {fresh.id: known.sights[0].surface}
    assert later.scope == await stage.store.sweeps.scope(later.sweep.id)
    assert (judged.count(fresh.id) > 1) is news
    assert judged.count(stale.id) > 1


async def test_the_scope_of_a_new_sweep_is_read_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its end, with its judgements: a nation's takes minutes. What was frozen is at hand."""
    await stage.file("鲜1", "旧40")
    read: list[int] = []
    scope = stage.store.sweeps.scope

    async def counted(sweep_id: int, *given: Any) -> list[SweepAccount]:
        read.append(sweep_id)
        return await scope(sweep_id, *given)

    monkeypatch.setattr(stage.store.sweeps, "scope", counted)
    made = await stage.engine.run(request())
    assert read == [made.sweep.id]
    assert [entry.account for entry in made.scope] == await stage.store.accounts.all()


async def test_a_name_that_was_read_long_ago_is_read_again(stage: Stage) -> None:
    await stage.file("鲜1")
    await stage.engine.run(request())
    stage.engine.clock = lambda: NOW + timedelta(days=8)
    assert (await stage.engine.run(request(as_of=AS_OF - timedelta(hours=1)))).looks == 1


async def test_accounts_left_by_a_breaker_name_the_paused_source(
    store: Store, tmp_path: Path
) -> None:
    stage = Stage(
        store, tmp_path, lambda account, need: sight(account.filed.name, outcome=Outcome.CAPTCHA)
    )
    await stage.file("卡1", "卡2")
    sweep = (await stage.engine.run(request(concurrency=1))).sweep
    for _ in range(2):
        judged = [
            entry.judgement for entry in await store.sweeps.scope(sweep.id) if entry.judgement
        ]
        assert [each.verdict for each in judged] == [Verdict.UNPROVEN] * 2
        assert "本次未能核查：示例：平台要求人工验证。" in {each.sentence for each in judged}
        await rejudge(store, stage.looker.supports, sweep.id)


async def test_a_browser_that_does_not_start_accuses_no_one(store: Store, tmp_path: Path) -> None:
    class NoBrowser(Scripted):
        async def ready(self) -> None:
            raise UserError("the browser does not start")

    stage = Stage(store, tmp_path)
    stage.engine.looker = NoBrowser(by_name)
    await stage.file("鲜1")
    with pytest.raises(UserError, match="does not start"):
        await stage.engine.run(request())
    assert await stage.readings() == []


async def test_only_looks_of_a_period_are_asked_to_read_back(stage: Stage) -> None:
    """And of them not the controls, which ask whether a surface answers at all."""
    await stage.file("鲜1", "旧20", "无")
    await stage.engine.run(request(period_from=date(2022, 10, 10)))
    assert {need.back_to for _, need in stage.looker.asked if not need.only} == {date(2022, 10, 10)}
    assert {need.back_to for _, need in stage.looker.asked if need.only} <= {None}
    stage.looker.asked.clear()
    await stage.engine.run(request())
    assert {need.back_to for _, need in stage.looker.asked} == {None}


async def test_a_night_before_a_known_as_of_spends_a_rationed_surface(
    store: Store, tmp_path: Path
) -> None:
    """Two looks a night: who is proved for as_of needs none, and who posted last comes first, while
    those who wait move up.
    """
    await Stage(store, tmp_path).file("旧20", "旧30", "鲜2", "鲜9", "旧40")
    await Stage(store, tmp_path).engine.run(request(as_of=None))
    rationed = replace(
        FACTS,
        needs_login=True,
        shows_all=False,
        shows_all_logged_in=False,
        pace=Pace(1.0, per_day=2),
        login="weread",
    )

    async def rates() -> LookRates:
        return LookRates(ways=lambda each: (rationed,), pace_of=as_declared, logins={"weread": 1})

    async def night(number: int, next_as_of: datetime | None) -> list[str]:
        stage, now = Stage(store, tmp_path), NOW + timedelta(days=number)
        stage.engine.rates, stage.engine.clock = rates, lambda: now
        wanted = request(nightly=True, as_of=None, next_as_of=next_as_of)
        await stage.engine.run(wanted)
        return [name for name, need in stage.looker.asked if not need.second]

    # The window of as_of begins on 26 December; 鲜2 has posted in it.
    ahead = NOW + timedelta(days=8)
    assert [set(await night(number, ahead)) for number in (1, 2, 3)] == [
        {"鲜9", "旧20"},
        {"鲜9", "旧30"},
        {"鲜9", "旧40"},
    ]
    assert "鲜2" in await night(4, None)
