"""What is known at the moment of printing decides: findings fall by later evidence, what would be
added stands apart, the past stays.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from commands import in_process
from evidence_files import lay_down, make_evidence
from samples import enter

import db
from db.errors import StoreError
from mediawatch.app.judged import PRUNED, judged_scope
from mediawatch.app.root import App
from mediawatch.domain import (
    Account,
    Code,
    FiledStatus,
    Filing,
    LookKind,
    MatchedBy,
    Post,
    Reading,
    RegistryChanges,
    ReviewAction,
    ReviewEvent,
    Sight,
    Source,
    Sweep,
    SweepKind,
    SweepState,
    UpdatedAccount,
    Verdict,
)
from mediawatch.domain.clock import BEIJING, day_end, day_start
from mediawatch.ops.settings import Home, read_settings
from mediawatch.ports import Rejudgement, Store
from mediawatch.rules.policy import load
from mediawatch.rules.revision import CHANGED
from mediawatch.sweep.judging import judge_news, rejudge

T = TypeVar("T")
POLICY = load("national")
AS_OF = day_end(date(2022, 12, 31))
READ = datetime(2023, 1, 1, 9, 0, tzinfo=BEIJING)
LATER = READ + timedelta(days=2)
ONE, TWO = "示例一", "示例二"
OLD = date(2022, 11, 1)
NEW = date(2022, 12, 25)
PICTURE = make_evidence("a.jpg", READ)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Two accounts that two looks of a census found stale."""
    home = Home(tmp_path / "home").create()
    lay_down(home.evidence, PICTURE)
    return home


def within(home: Home, work: Callable[[Store], Awaitable[T]]) -> T:
    async def opened() -> T:
        store = await db.open_store(f"sqlite:///{home.database}")
        try:
            return await work(store)
        finally:
            await store.close()

    return asyncio.run(opened())


def look(
    account: Account,
    *days: date,
    at: datetime = READ,
    second: bool = False,
    sweep: Sweep | None = None,
) -> Reading:
    """A whole list of the account's own page."""
    posts = tuple(
        Post(on=day, at=day_start(day) + timedelta(hours=9), id=f"p{day}") for day in days
    )
    sight = Sight(
        surface="toutiao.profile",
        read_at=at,
        name=account.filed.name,
        platform_id=account.filed.platform_id,
        matched_by=MatchedBy.ID,
        posts=posts,
        complete_since=day_start(date(2022, 6, 1)),
        evidence=(PICTURE,) if second else (),
    )
    kind = LookKind.SECOND if second else LookKind.FIRST
    return Reading(
        account_id=account.id,
        look=kind,
        started_at=at,
        read_at=at,
        sights=(sight,),
        sweep_id=sweep.id if sweep else None,
        filed_as=account.filed.identity,
    )


async def census(
    store: Store, days: dict[str, date], *, as_of: datetime = AS_OF, twice: bool = True, **more: Any
) -> Sweep:
    """A finished inspection in which each account's newest post was of that day."""
    accounts = await store.accounts.all() or await enter(
        store, *(filed(number, name) for number, name in enumerate(days, 1))
    )
    chosen = [account for account in accounts if account.filed.name in days]
    begun = Sweep(as_of=as_of, policy="national", policy_toml=POLICY.toml, started_at=as_of, **more)
    sweep = await store.sweeps.open(begun, chosen)
    for account in chosen:
        at = as_of + timedelta(hours=9)
        await store.readings.keep(look(account, days[account.filed.name], at=at, sweep=sweep))
        if twice:
            await store.readings.keep(
                look(
                    account,
                    days[account.filed.name],
                    at=at + timedelta(hours=1),
                    second=True,
                    sweep=sweep,
                )
            )
    await rejudge(store, lambda platform: True, sweep.id)
    await store.sweeps.close(sweep.id, SweepState.FINISHED, as_of + timedelta(hours=12))
    return sweep


def filed(number: int, name: str) -> Filing:
    return Filing(
        name=name,
        platform="toutiao",
        type="今日头条",
        organiser="示例局",
        filing_number=f"B{number:03}",
        prefecture="示例市",
        platform_id=f"MS4wLjABAAAA{number:020}",
    )


def mediawatch(home: Home, *words: str) -> Any:
    return in_process("--home", home.root, *words)


def stored(home: Home, sweep_id: int = 1) -> dict[str, Verdict]:
    async def work(store: Store) -> dict[str, Verdict]:
        return {
            entry.account.filed.name: entry.judgement.verdict
            for entry in await store.sweeps.scope(sweep_id)
            if entry.judgement
        }

    return within(home, work)


def keeps(home: Home, name: str, *days: date, at: datetime = LATER) -> None:
    """A later look that no inspection asked for shows these posts."""

    async def work(store: Store) -> None:
        account = next(
            account for account in await store.accounts.all() if account.filed.name == name
        )
        await store.readings.keep(look(account, *days, at=at))

    within(home, work)


def keys(home: Home) -> list[str]:
    listed = mediawatch(
        home, "review", "list", "--csv", str(home.root.parent / "list.csv"), "--force"
    )
    assert listed.returncode == 0
    lines = (home.root.parent / "list.csv").read_text("utf-8-sig").splitlines()[1:]
    return [line.partition(",")[0] for line in lines]


@pytest.mark.parametrize(
    "second_id", ["", "MS4wLjABAAAA00000000000000000009", filed(1, ONE).platform_id]
)
def test_the_page_of_another_filed_account_accuses_no_one(home: Home, second_id: str) -> None:
    """The one is filed under the other's id; the other with another id, none, or the same."""
    two = replace(filed(2, TWO), platform_id=second_id)

    async def work(store: Store) -> tuple[list[Verdict], bool]:
        (one,) = await enter(store, filed(1, ONE))
        begun = Sweep(as_of=AS_OF, policy="national", policy_toml=POLICY.toml, started_at=AS_OF)
        sweep = await store.sweeps.open(begun, [one])
        for hour, second in enumerate((False, True)):
            shown = look(one, OLD, at=READ + timedelta(hours=hour), second=second, sweep=sweep)
            as_two = replace(shown.sights[0], name=TWO)
            await store.readings.keep(replace(shown, sights=(as_two,)))
        before = (await rejudge(store, lambda platform: True, sweep.id))[0]
        await store.sweeps.close(sweep.id, SweepState.FINISHED, READ + timedelta(hours=2))
        await enter(store, two)
        (entry,) = await store.sweeps.scope(sweep.id)
        after = (await rejudge(store, lambda platform: True, sweep.id))[0]
        assert after.judgement
        assert before.judgement
        assert not after.judgement.findings
        assert after.judgement.sentence.startswith(f"备案ID疑似有误：该ID的主页为“{TWO}”")
        return [before.judgement.verdict, after.judgement.verdict], entry.has_news

    verdicts, has_news = within(home, work)
    assert verdicts == [Verdict.FAILED, Verdict.UNPROVEN]
    assert has_news, "whatever is printed now is judged anew"


def test_a_later_post_takes_a_finding_off_every_page(home: Home) -> None:
    within(home, lambda store: census(store, {ONE: OLD, TWO: OLD}))
    (first, second) = keys(home)
    keeps(home, ONE, NEW)
    assert keys(home) == [second]
    flagged = mediawatch(home, "flagged")
    assert TWO in flagged.stdout
    assert ONE not in flagged.stdout
    assert stored(home) == {ONE: Verdict.FAILED, TWO: Verdict.FAILED}, (
        "commands that read write nothing"
    )
    assert (
        ONE
        not in mediawatch(
            home, "report", "html", "--out", str(home.root.parent / "a.html"), "--include-open"
        ).stdout
    )
    assert ONE not in (home.root.parent / "a.html").read_text("utf-8")
    refused = mediawatch(home, "review", "confirm", first, "--by", "李四")
    assert (refused.returncode, "no finding" in refused.stderr) == (2, True)
    mediawatch(
        home, "review", "confirm", second, "--by", "李四", "--without-hearing", "--reason", "示例"
    )
    done = mediawatch(
        home,
        "notice",
        "issue",
        "--number",
        "一",
        "--title",
        "示例",
        "--by",
        "李四",
        "--out",
        str(home.root.parent / "h.json"),
    )
    assert done.returncode == 0, done.stderr
    accused = [
        finding["account"]["name"]
        for finding in json.loads((home.root.parent / "h.json").read_text("utf-8"))["findings"]
    ]
    assert accused == [TWO]
    assert stored(home)[ONE] is Verdict.FRESH, "written with what was issued"


def test_a_decision_falls_with_its_finding(home: Home) -> None:
    within(home, lambda store: census(store, {ONE: OLD, TWO: OLD}))
    first, _ = keys(home)
    assert (
        mediawatch(
            home,
            "review",
            "confirm",
            first,
            "--by",
            "李四",
            "--without-hearing",
            "--reason",
            "示例",
        ).returncode
        == 0
    )
    keeps(home, ONE, date(2022, 12, 10))
    (now, _) = keys(home)
    assert now != first, "a milder finding is another one"
    assert "疑似" in mediawatch(home, "review", "show", now).stdout
    shown = mediawatch(home, "show", ONE).stdout
    assert "2022年12月10日" in shown
    keeps(home, ONE, NEW, at=LATER + timedelta(hours=1))
    assert CHANGED in mediawatch(home, "show", ONE).stdout


def test_what_would_be_added_stands_apart_until_the_sweep_is_judged(home: Home) -> None:
    within(home, lambda store: census(store, {ONE: NEW, TWO: OLD}, twice=False))
    assert stored(home) == {ONE: Verdict.FRESH, TWO: Verdict.UNPROVEN}

    async def second(store: Store) -> None:
        account = (await store.accounts.all())[1]
        await store.readings.keep(look(account, OLD, at=LATER, second=True))

    within(home, second)
    listed = mediawatch(home, "flagged")
    assert TWO not in listed.stdout
    assert "2023-01-03" in listed.stderr
    assert "mediawatch sweep judge 1" in listed.stderr
    assert keys(home) == []
    judged = mediawatch(home, "sweep", "judge", "1")
    assert judged.returncode == 0
    assert "共2个账号，系统已证实正常更新1个，疑似1个，待人工核查0个" in judged.stdout
    assert TWO in mediawatch(home, "flagged").stdout
    assert stored(home)[TWO] is Verdict.FAILED


def test_a_decision_is_refused_when_news_came_in_between(home: Home) -> None:
    sweep = within(home, lambda store: census(store, {ONE: OLD}))

    async def work(store: Store) -> None:
        (entry,) = await store.sweeps.scope(sweep.id)
        assert entry.judgement is not None
        (finding,) = entry.judgement.findings
        event = ReviewEvent(
            sweep_id=sweep.id,
            account_id=entry.account.id,
            code=finding.code,
            action=ReviewAction.CONFIRMED,
            at=LATER,
            by="李四",
            facts=finding.facts,
            sentence=finding.sentence,
        )
        seen = Rejudgement(news={entry.account.id: entry.news})
        await store.readings.keep(look(entry.account, NEW, at=LATER))
        with pytest.raises(StoreError, match="something became known about 1 of these accounts"):
            await store.reviews.add(sweep.id, [event], after=0, rejudged=seen)
        other = replace(event, facts=replace(finding.facts, gap_days=1))
        with pytest.raises(StoreError, match="says something else by now"):
            await store.reviews.add(sweep.id, [other], after=0)
        assert await store.reviews.events(sweep.id) == []

    within(home, work)


def test_where_readings_were_pruned_the_stored_verdict_stands(home: Home) -> None:
    within(home, lambda store: census(store, {ONE: OLD}))
    keeps(home, ONE, date(2022, 12, 10))

    async def work(store: Store) -> tuple[Verdict, tuple[str, ...]]:
        await store.readings.begin_pruning(LATER, AS_OF + timedelta(days=1))
        app = App(home, read_settings(home), store, lambda: LATER)
        (sweep,) = await store.sweeps.all()
        (entry,) = (await judged_scope(app, sweep)).entries
        assert entry.judgement is not None
        return entry.judgement.verdict, entry.judgement.notes

    verdict, notes = within(home, work)
    assert (verdict, PRUNED in notes) == (Verdict.FAILED, True)


def test_a_post_in_the_window_counts_where_readings_were_pruned(home: Home) -> None:
    """Who lets readings go early cannot make a finding stand that a kept post refutes."""
    within(home, lambda store: census(store, {ONE: OLD, TWO: OLD}))
    first, second = keys(home)
    keeps(home, ONE, NEW)
    within(home, lambda store: store.readings.begin_pruning(LATER, AS_OF + timedelta(days=1)))
    assert keys(home) == [second]
    words = ("--by", "李四", "--without-hearing", "--reason", "示例")
    assert "no finding" in mediawatch(home, "review", "confirm", first, *words).stderr
    assert mediawatch(home, "review", "confirm", second, *words).returncode == 0
    issued = mediawatch(
        home,
        "notice",
        "issue",
        "--number",
        "一",
        "--title",
        "示例",
        "--by",
        "李四",
        "--out",
        str(home.root.parent / "h.json"),
    )
    assert issued.returncode == 0, issued.stderr
    accused = [
        finding["account"]["name"]
        for finding in json.loads((home.root.parent / "h.json").read_text("utf-8"))["findings"]
    ]
    assert accused == [TWO]


def test_lists_take_the_newest_inspection_whatever_its_scope(home: Home) -> None:
    within(
        home, lambda store: census(store, {ONE: OLD, TWO: OLD}, as_of=day_end(date(2022, 9, 30)))
    )
    sample = within(
        home,
        lambda store: census(
            store,
            {TWO: OLD},
            kind=SweepKind.SAMPLE,
            scope="sample of 1 accounts (00)",
            round="四季度抽查",
        ),
    )
    listed = mediawatch(home, "flagged")
    assert ONE not in listed.stdout
    assert TWO in listed.stdout
    assert f"第{sample.id}号检查（四季度抽查） 抽查" in listed.stderr
    assert TWO in mediawatch(home, "query", "flagged").stdout
    assert ONE not in mediawatch(home, "query", "flagged").stdout


def test_what_accuses_asks_which_inspection_is_meant(home: Home) -> None:
    within(
        home, lambda store: census(store, {ONE: OLD, TWO: OLD}, as_of=day_end(date(2022, 12, 30)))
    )
    within(
        home,
        lambda store: census(
            store, {TWO: OLD}, kind=SweepKind.SAMPLE, scope="sample of 1 accounts (00)"
        ),
    )
    (key,) = keys(home)
    words = ("--by", "李四", "--without-hearing", "--reason", "示例")
    refused = mediawatch(home, "review", "confirm", key, *words)
    assert (refused.returncode, "more than one inspection could be meant: 1" in refused.stderr) == (
        2,
        True,
    )
    assert mediawatch(home, "review", "confirm", key, "--sweep", "2", *words).returncode == 0
    refused = mediawatch(
        home, "notice", "issue", "--number", "一", "--title", "示例", "--by", "李四"
    )
    assert (refused.returncode, "name it with --sweep" in refused.stderr) == (2, True)


def test_a_home_with_a_sample_alone_prints_its_lists(home: Home) -> None:
    within(
        home,
        lambda store: census(
            store, {TWO: OLD}, kind=SweepKind.SAMPLE, scope="sample of 1 accounts (00)"
        ),
    )
    assert TWO in mediawatch(home, "query", "flagged").stdout


def test_a_later_inspection_accuses_no_one_in_an_earlier_one(home: Home) -> None:
    """A unit that took another name in spring bore its filed name in winter."""
    within(home, lambda store: census(store, {ONE: NEW, TWO: NEW}))
    spring = datetime(2023, 3, 20, 9, tzinfo=BEIJING)

    async def work(store: Store) -> None:
        accounts = await store.accounts.all()
        later = await store.sweeps.open(
            Sweep(
                as_of=day_end(date(2023, 3, 19)),
                policy="national",
                policy_toml=POLICY.toml,
                started_at=spring,
            ),
            accounts,
        )
        for account in accounts:
            for second in (False, True):
                at = spring + timedelta(hours=second)
                taken = look(account, date(2023, 3, 18), at=at, second=second, sweep=later)
                await store.readings.keep(
                    replace(
                        taken,
                        sights=tuple(replace(sight, name="示例新名") for sight in taken.sights),
                    )
                )
        await rejudge(store, lambda platform: True, later.id)
        await store.sweeps.close(later.id, SweepState.FINISHED, spring + timedelta(hours=3))

    within(home, work)
    assert mediawatch(home, "sweep", "judge", "1").returncode == 0
    assert set(stored(home, 1).values()) == {Verdict.FRESH}
    assert "示例新名" not in mediawatch(home, "flagged", "--sweep", "1").stdout
    assert "示例新名" in mediawatch(home, "flagged", "--sweep", "2").stdout


def test_an_opening_that_is_filed_later_ends_a_silence(home: Home) -> None:
    within(home, lambda store: census(store, {ONE: OLD, TWO: OLD}))

    async def work(store: Store) -> None:
        account = (await store.accounts.all())[0]
        opened = UpdatedAccount(
            account_id=account.id,
            filed=replace(account.filed, opened_on=date(2022, 12, 28)),
            changes=(("opened_on", "", "2022-12-28"),),
        )
        await store.accounts.apply(
            RegistryChanges(
                source=Source(file="台账.csv", sha256="1" * 64, at=LATER), updated=(opened,)
            )
        )

    within(home, work)
    listed = mediawatch(home, "flagged").stdout
    assert (ONE in listed, TWO in listed) == (False, True)


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_look_before_the_closing_was_filed_accuses_no_closed_account(
    home: Home, hours: int
) -> None:
    """It was alive while it was filed as running: only a look at the closed one tells more."""
    closed = replace(filed(1, ONE), status=FiledStatus.CLOSED)
    frozen = READ + timedelta(days=1)

    async def work(store: Store) -> list[Code]:
        (one,) = await enter(store, closed)
        for minutes, second in ((0, False), (30, True)):
            at = frozen + timedelta(hours=hours, minutes=minutes)
            await store.readings.keep(look(one, NEW, at=at, second=second))
        begun = Sweep(as_of=AS_OF, policy="national", policy_toml=POLICY.toml, started_at=frozen)
        sweep = await store.sweeps.open(begun, [one])
        (entry,) = await rejudge(store, lambda platform: True, sweep.id)
        assert entry.judgement
        return [finding.code for finding in entry.judgement.findings]

    assert within(home, work) == ([Code.CLOSED_BUT_ALIVE] if hours > 0 else [])


def test_an_import_judges_only_what_became_known(home: Home) -> None:
    """The others would be judged as they are."""

    async def work(store: Store) -> None:
        sweep = await census(store, {ONE: OLD, TWO: OLD})
        accounts = await store.accounts.all()
        assert await judge_news(store, lambda platform: True, sweep.id) == []
        await store.readings.keep(look(accounts[1], NEW, at=LATER))
        (judged,) = await judge_news(store, lambda platform: True, sweep.id)
        assert judged.account.filed.name == TWO
        kept = {entry.account.filed.name: entry for entry in await store.sweeps.scope(sweep.id)}
        assert {
            name: entry.judgement.verdict for name, entry in kept.items() if entry.judgement
        } == {ONE: Verdict.FAILED, TWO: Verdict.FRESH}
        again = await rejudge(store, lambda platform: True, sweep.id)
        assert [entry.judgement for entry in again] == [
            replace(entry.judgement) for entry in kept.values() if entry.judgement
        ]

    within(home, work)
