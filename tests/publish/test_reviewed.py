"""A dismissed finding stands in no list and no figure: the report queries, the figures and the
lists say the same of a reviewed sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import pytest
from samples import NOW, PLAIN, enter, finding, plain_reading, post

from mediawatch.domain import (
    ALL_DISMISSED,
    Account,
    AccountChange,
    Code,
    Effect,
    Excuse,
    FiledStatus,
    Filing,
    Finding,
    FindingChangeKind,
    IssuedFinding,
    Judgement,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    ReviewAction,
    ReviewEvent,
    ReviewState,
    Sweep,
    SweepAccount,
    SweepState,
    Verdict,
)
from mediawatch.figures.counts import by
from mediawatch.figures.dimensions import Dimension, keys
from mediawatch.figures.filings import each_once, once
from mediawatch.figures.values import Figures
from mediawatch.ports import Store
from mediawatch.publish.notices.service import note_recheck
from mediawatch.publish.reports import account_page, lists
from mediawatch.publish.results import standing_items
from mediawatch.rules.policy import load
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.rules.revision import CHANGED, revise
from mediawatch.sweep.summary import Summary

POLICY = load("national")
CODES = (Code.STALE_2W, Code.NAME_MISMATCH)
BY_PEOPLE = (CODES, (Code.NOT_FOUND, Code.ADVERTISING), (Code("own_menu"), Code.UNUSABLE))
"""Kinds that go with them in turn: those of the platform, one of each, those that people find."""
ACTIONS = {
    ReviewState.OPEN: (), ReviewState.DISPATCHED: (ReviewAction.DISPATCHED,), ReviewState.CONFIRMED: (ReviewAction.CONFIRMED,),
    ReviewState.DISMISSED: (ReviewAction.DISMISSED,),
}  # fmt: skip
HELD = tuple(product(Effect, ReviewState))
"""One finding as it can stand."""
FOUND = (*((one,) for one in HELD), *product(HELD, HELD))
FAILING = tuple(found for found in FOUND if any(effect is Effect.FAILS for effect, _ in found))
OTHERS = ((), *(found for found in FOUND if found not in FAILING))
SETTLED: tuple[tuple[Verdict | None, tuple[tuple[Effect, ReviewState], ...]], ...] = (
    *((verdict, ()) for verdict in (*Verdict, None) if verdict is not Verdict.FAILED),
    *((Verdict.FAILED, found) for found in FAILING),
    *product((Verdict.LISTED, Verdict.FRESH), OTHERS),
)
"""Every verdict with every one or two findings that go with it, each in every state of review."""
TYPES = (("weibo", "新浪微博"), ("weibo", "微博"), ("douyin", "抖音"), ("wechat", "微信"))
PLACES = (
    {"prefecture": "示例市"},
    {"prefecture": "另一市"},
    {"supervisor": "示例局"},
    {"jurisdiction": "系统归口", "supervisor": "示例厅"},
    {"jurisdiction": "示例区", "prefecture": "示例市"},
    {"organiser": "示例所"},
    {},
)


def filed(number: int) -> Filing:
    """Some are filed twice or in a chain of two ids, some are closed, all in turn."""
    platform, type_ = TYPES[number % len(TYPES)]
    known: dict[str, Any] = {
        "platform_id": str(number // 11) if number % 3 == 0 else "",
        "original_id": f"{'GH' if number % 2 else 'gh'}_{number // 7}" if number % 5 == 0 else "",
        "status": tuple(FiledStatus)[number % 4] if number % 6 == 0 else FiledStatus.RUNNING,
    }
    return Filing(
        name=f"示例{number}",
        platform=platform,
        type=type_,
        filing_number=f"{number:016d}",
        **PLACES[number % len(PLACES)],
        **known,
    )


def judgement(
    verdict: Verdict,
    found: Sequence[tuple[Effect, ReviewState]],
    reading_id: int,
    codes: Sequence[Code] = CODES,
) -> Judgement:
    findings = tuple(
        finding(
            reading_id, code=code, effect=effect, label=code.value, sentence=f"{code.value}的问题。"
        )
        for code, (effect, _) in zip(codes, found, strict=False)
    )
    said = (
        findings[0].sentence
        if findings and verdict in (Verdict.FAILED, Verdict.LISTED)
        else "示例。"
    )
    return Judgement(
        verdict=verdict,
        sentence=said,
        findings=findings,
        otherwise=(None, Verdict.FRESH, Verdict.UNPROVEN)[len(findings)],
    )


async def inspected(store: Store, accounts: Sequence[Account], turn: int, reading_id: int) -> Sweep:
    """A finished inspection in which the accounts stand as SETTLED says, `turn` places further,
    reviewed.
    """
    opened = await store.sweeps.open(
        Sweep(as_of=NOW, policy="national", policy_toml=POLICY.toml, started_at=NOW), accounts
    )
    cases = {
        account.id: SETTLED[(place + turn) % len(SETTLED)] for place, account in enumerate(accounts)
    }
    judged = {
        key: judgement(verdict, found, reading_id, BY_PEOPLE[key % 3])
        for key, (verdict, found) in cases.items()
        if verdict is not None
    }
    judged |= {
        key: replace(one, otherwise=Verdict.OUT_OF_SCOPE)
        for key, one in judged.items()
        if key % 4 == 0
    }
    await store.sweeps.keep_judgements(opened.id, judged)
    events = [
        ReviewEvent(
            sweep_id=opened.id, account_id=key, code=each.code, action=action, at=NOW, by="李四", reason="示例", sentence=each.sentence,
            excuse=Excuse.LIMITED if action is ReviewAction.DISMISSED and key % 2 else None,
        )
        for key, one in judged.items()
        for each, (_, state) in zip(one.findings, cases[key][1], strict=True)
        for action in ACTIONS[state]
    ]  # fmt: skip
    await store.reviews.add(opened.id, events, after=0)
    await store.sweeps.close(opened.id, SweepState.FINISHED, NOW)
    return opened


async def asked(store: Store, name: str) -> list[dict[str, Any]]:
    answer = await store.queries.run(
        next(query.sql for query in store.queries.all() if query.name == name)
    )
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


async def reviewed(store: Store, sweep: Sweep) -> list[SweepAccount]:
    return [as_reviewed(entry, include_open=True) for entry in await store.sweeps.scope(sweep.id)]


def counts(one: Figures) -> tuple[int, ...]:
    return one.total, one.checked + one.apart, one.failed, one.verdicts[Verdict.LISTED], one.open


async def test_queries_count_and_list_what_figures_and_lists_do(any_store: Store) -> None:
    accounts = await enter(any_store, *(filed(number) for number in range(len(SETTLED))))
    reading = await any_store.readings.keep(
        plain_reading(accounts[0].id, NOW, post(date(2031, 2, 1)))
    )
    before, now = (
        await inspected(any_store, accounts, 5, reading.id),
        await inspected(any_store, accounts, 0, reading.id),
    )
    was, scope = await reviewed(any_store, before), await reviewed(any_store, now)

    for name, dimension in (("by_region", Dimension.REGION), ("by_platform", Dimension.PLATFORM)):
        said = {
            next(iter(row.values())): tuple(row.values())[1:]
            for row in await asked(any_store, name)
        }
        parts = by(scope, POLICY, keys([dimension])[dimension.label])
        assert said == {part: counts(one) for part, one in parts.items()}

    verdicts = {entry.account.filed.filing_number: entry.judgement for entry in scope}
    assert {verdict for verdict, _ in SETTLED} == {
        one.verdict if one else None for one in verdicts.values()
    }
    listed = await asked(any_store, "flagged")
    table = lists.findings_table(now, await any_store.sweeps.scope(now.id), {}, (), {})
    printed = table.only("备案单号", "存在的突出问题", "结论", "审核状态", "说明").rows
    assert [
        tuple(row[each] for each in ("备案单号", "存在的突出问题", "结论", "审核状态", "说明"))
        for row in listed
    ] == list(printed)
    speaking = [entry.judgement for entry, _ in each_once(scope)]
    assert len(listed) == sum(len(one.findings) for one in speaking if one)
    assert len(speaking) < len(scope), "some are filed twice"
    left = [
        one.entry for one in once(scope) if one.verdict in (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)
    ]
    # Which filing speaks is settled; where it stands among others is not.
    assert [row["备案单号"] for row in await asked(any_store, "unproven")] == sorted(
        entry.account.filed.filing_number for entry in left
    )

    told = {
        row["备案单号"]: (row["结论"], row["说明"])
        for row in await asked(any_store, "latest_status")
    }
    earlier = {entry.account.filed.filing_number: entry.judgement for entry in was}
    for number, one in verdicts.items():
        # An account that the latest inspection did not judge stands as the one before it did.
        stands = one or earlier[number]
        assert stands is not None
        assert told[number] == (stands.verdict.label, stands.sentence), number

    changed = {
        number: (one.verdict.label, two.verdict.label, two.sentence)
        for number, two in verdicts.items()
        if (one := earlier[number]) and two and one.verdict is not two.verdict
    }
    compared = {
        row["备案单号"]: (row["上次结论"], row["本次结论"], row["说明"])
        for row in await asked(any_store, "sweep_comparison")
    }
    assert compared == changed


CONFIRMED, DISMISSED, OPEN = ReviewState.CONFIRMED, ReviewState.DISMISSED, ReviewState.OPEN


@pytest.mark.parametrize(
    ("verdict", "found", "otherwise", "excuse", "stands", "sentence"),
    [
        (
            Verdict.FAILED,
            [(Effect.FAILS, DISMISSED), (Effect.FAILS, CONFIRMED)],
            None,
            "",
            Verdict.FAILED,
            "name_mismatch的问题。",
        ),
        (
            Verdict.FAILED,
            [(Effect.FAILS, DISMISSED), (Effect.LISTED, CONFIRMED)],
            None,
            "",
            Verdict.UNPROVEN,
            ALL_DISMISSED,
        ),
        (
            Verdict.FAILED,
            [(Effect.FAILS, DISMISSED)],
            Verdict.FRESH,
            "",
            Verdict.FRESH,
            ALL_DISMISSED,
        ),
        (
            Verdict.FAILED,
            [(Effect.FAILS, DISMISSED)],
            Verdict.UNPROVEN,
            "平台限制发布",
            Verdict.LISTED,
            ALL_DISMISSED,
        ),
        (
            Verdict.LISTED,
            [(Effect.LISTED, DISMISSED)],
            Verdict.UNPROVEN,
            "",
            Verdict.UNPROVEN,
            ALL_DISMISSED,
        ),
        (
            Verdict.LISTED,
            [(Effect.LISTED, OPEN)],
            Verdict.FRESH,
            "",
            Verdict.LISTED,
            "疑似问题待审核。",
        ),
        (Verdict.FRESH, [(Effect.LISTED, DISMISSED)], Verdict.FRESH, "", Verdict.FRESH, "示例。"),
        (
            Verdict.FAILED,
            [(Effect.LISTED, CONFIRMED), (Effect.FAILS, CONFIRMED)],
            Verdict.FRESH,
            "",
            Verdict.FAILED,
            "name_mismatch的问题。",
        ),
    ],
)
def test_a_dismissed_finding_leaves_what_is_known_without_it(
    verdict: Verdict,
    found: list[tuple[Effect, ReviewState]],
    otherwise: Verdict | None,
    excuse: str,
    stands: Verdict,
    sentence: str,
) -> None:
    judged = replace(judgement(verdict, found, 1), otherwise=otherwise)
    states = [state for _, state in found]
    findings = (
        replace(one, review=state, excuse=excuse if state is DISMISSED else "")
        for one, state in zip(judged.findings, states, strict=True)
    )
    judged = replace(judged, findings=tuple(findings))
    entry = SweepAccount(sweep_id=1, account=Account(id=1, filed=PLAIN), judgement=judged)
    told = as_reviewed(entry, include_open=False).judgement
    assert told is not None
    assert (told.verdict, told.sentence) == (stands, sentence)
    assert all(one.review is CONFIRMED for one in told.findings)


@pytest.mark.parametrize(
    ("codes", "states", "otherwise", "stands", "sentence"),
    [
        ([Code.ADVERTISING], [DISMISSED], Verdict.LISTED, Verdict.LISTED, "有豁免。"),
        ([Code.ADVERTISING], [CONFIRMED], Verdict.LISTED, Verdict.LISTED, "有豁免。"),
        ([Code.UNUSABLE], [DISMISSED], Verdict.OUT_OF_SCOPE, Verdict.OUT_OF_SCOPE, ALL_DISMISSED),
        (
            [Code.NOT_FOUND, Code.ADVERTISING], [DISMISSED, CONFIRMED], Verdict.FRESH, Verdict.FRESH,
            ALL_DISMISSED,
        ),
    ],
)  # fmt: skip
def test_what_people_found_besides_makes_no_case_of_its_own(
    codes: list[Code],
    states: list[ReviewState],
    otherwise: Verdict,
    stands: Verdict,
    sentence: str,
) -> None:
    found = [(Effect.LISTED, state) for state in states]
    judged = judgement(Verdict.LISTED, found, 1, codes)
    findings = (
        replace(one, review=state) for one, state in zip(judged.findings, states, strict=True)
    )
    judged = replace(judged, sentence="有豁免。", otherwise=otherwise, findings=tuple(findings))
    entry = SweepAccount(sweep_id=1, account=Account(id=1, filed=PLAIN), judgement=judged)
    told = as_reviewed(entry, include_open=False).judgement
    assert told is not None
    assert (told.verdict, told.sentence) == (stands, sentence)


def test_what_people_found_besides_keeps_no_fallen_case_alive() -> None:
    def judged(verdict: Verdict, *codes: Code) -> Judgement:
        found = [(Effect.LISTED, CONFIRMED)] * len(codes)
        return replace(judgement(verdict, found, 1, codes), otherwise=Verdict.FRESH)

    before = judged(Verdict.LISTED, Code.NOT_FOUND, Code.ADVERTISING)
    now = judged(Verdict.FRESH, Code.ADVERTISING, Code.NAME_MISMATCH)
    left = revise(before, now)
    assert (left.judgement.verdict, left.judgement.sentence) == (Verdict.FRESH, CHANGED)
    assert [each.code for each in left.judgement.findings] == [Code.ADVERTISING]
    assert [each.code for each in left.added] == [Code.NAME_MISMATCH]


def held(code: Code, effect: Effect) -> Finding:
    more = {Effect.LISTED: {"words": "共2处。"}, Effect.DEDUCTS: {"points": 2.5}}
    return finding(code=code, effect=effect, label=code.value, **more.get(effect, {}))


CORRECTIONS: tuple[tuple[tuple[Code, ...], ...], ...] = (
    (),
    (CODES[:1],),
    (CODES[1:],),
    ((),),
    (CODES[:1], ()),
    (CODES,),
)
"""What the corrections of an item withdraw, one after the other; the empty one withdraws all."""


async def test_notices_stand_in_the_queries_as_they_were_corrected(any_store: Store) -> None:
    effects = (
        (Effect.FAILS, Effect.FAILS),
        (Effect.FAILS, Effect.LISTED),
        (Effect.LISTED, Effect.FAILS),
        (Effect.LISTED, Effect.DEDUCTS),
    )
    cases = [(pair, corrections) for pair in effects for corrections in CORRECTIONS]
    accounts = await enter(any_store, *(filed(number) for number in range(len(cases) + 1)))
    notices = []
    for number, month in (("一", 3), ("二", 6)):
        items = [
            NoticeItem(
                number=place, filed=account.filed, problem="、".join(CODES), fails=True, account_id=account.id,
                findings=tuple(IssuedFinding(held(code, effect)) for code, effect in zip(CODES, pair, strict=True)),
            )
            for place, (account, (pair, _)) in enumerate(zip(accounts, cases, strict=False), 1)
        ]  # fmt: skip
        foreign = NoticeItem(
            number=len(items) + 1,
            filed=accounts[-1].filed,
            problem="其他",
            fails=True,
            account_id=accounts[-1].id,
        )
        made = Notice(
            number=number,
            title="示例",
            issued_on=date(2031, month, 6),
            by="丙某",
            kept_at=NOW,
            items=(*items, foreign),
        )
        notices.append(await any_store.notices.issue(made))
    await any_store.notices.add_events(
        [
            NoticeEvent(
                notice_id=notices[0].id,
                item=place,
                action=NoticeAction.CORRECTED,
                at=NOW,
                by="丙某",
                codes=codes,
            )
            for place, (_, corrections) in enumerate(cases, 1)
            for codes in corrections
        ]
    )
    events = await any_store.notices.events()
    standing = [
        (notice.number, item.filed.filing_number, item.problem)
        for notice in notices
        for item in standing_items(notice, events)
    ]
    assert [
        (row["文号"], row["备案单号"], row["存在的突出问题"])
        for row in await asked(any_store, "recheck")
    ] == standing
    failing = [
        {item.filed.filing_number for item in standing_items(notice, events) if item.fails}
        for notice in notices
    ]
    assert {row["备案单号"] for row in await asked(any_store, "repeat_offenders")} == failing[
        0
    ] & failing[1]
    assert 1 < len(failing[0] & failing[1]) < len(cases)


async def test_what_was_dismissed_is_told_of_nowhere_else(store: Store) -> None:
    (account,) = await enter(store, PLAIN)
    reading = await store.readings.keep(plain_reading(account.id, NOW, post(date(2031, 2, 1))))
    now = await store.sweeps.open(
        Sweep(as_of=NOW, policy="national", policy_toml=POLICY.toml, started_at=NOW), [account]
    )
    failed = replace(
        judgement(Verdict.FAILED, [(Effect.FAILS, DISMISSED)], reading.id), otherwise=None
    )
    await store.sweeps.keep_judgements(now.id, {account.id: failed})
    events = [
        ReviewEvent(
            sweep_id=now.id, account_id=account.id, code=CODES[0], action=ReviewAction.DISMISSED, at=NOW, by="李四", reason="示例",
            sentence=failed.sentence,
        )
    ]  # fmt: skip
    await store.reviews.add(now.id, events, after=0)
    await store.sweeps.close(now.id, SweepState.FINISHED, NOW)

    summary = Summary(sweep=now, scope=await store.sweeps.scope(now.id), repeated=True)
    assert (summary.verdicts, summary.findings) == ({Verdict.UNPROVEN: 1}, [])
    shown = account_page.account_in_full(
        account_page.AccountRecord(account=account, entry=summary.scope[0], readings=[reading]), {}
    )
    assert f"待人工核查\n  {ALL_DISMISSED}" in shown
    assert "（不合格，排除）" in shown

    item = NoticeItem(
        number=1,
        filed=PLAIN,
        problem="超2周未更新",
        fails=True,
        account_id=account.id,
        findings=(IssuedFinding(failed.findings[0]),),
    )
    notice = await store.notices.issue(
        Notice(
            number="一",
            title="示例",
            issued_on=date(2031, 1, 6),
            by="丙某",
            kept_at=NOW,
            items=(item,),
        )
    )
    (rechecked,) = await note_recheck(
        store, notice, now, await store.sweeps.scope(now.id), by="丙某", now=NOW
    )
    assert failed.sentence not in rechecked.basis

    later = [await store.sweeps.open(replace(now, id=0), [account]) for _ in range(2)]
    await store.sweeps.keep_judgements(later[0].id, {account.id: failed})
    assert [each.turn for each in await store.sweeps.finding_changes(later[0].id)] == [
        FindingChangeKind.NEW
    ]
    await store.sweeps.keep_judgements(
        later[0].id, {account.id: Judgement(verdict=Verdict.UNPROVEN, sentence="示例。")}
    )
    await store.sweeps.keep_judgements(
        later[1].id, {account.id: Judgement(verdict=Verdict.FRESH, sentence="示例。")}
    )
    assert await store.sweeps.finding_changes(later[1].id) == []


def test_what_changed_of_an_account_is_told_in_chinese() -> None:
    changes = [
        AccountChange(account_id=1, field=field, old=old, new=new, at=NOW, source="台账.xlsx")
        for field, old, new in (
            ("status", "running", "closed"),
            ("platform_id", "", "0012"),
            ("retired_on", "", "2031-03-05"),
        )
    ]
    told = account_page.account_in_full(
        account_page.AccountRecord(account=Account(id=1, filed=PLAIN), changes=changes), {}
    )
    for words in (
        "运行状态：“正常运行”→“已关停”",
        "平台ID：“”→“0012”",
        "移出台账：“”→“2031-03-05”",
    ):
        assert f"  2031-03-05 {words}（台账.xlsx）" in told
