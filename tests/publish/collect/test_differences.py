"""Both results of one account: alike, different, or of two times. No difference blames anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from handed_offices import AS_OF, filed_in

from mediawatch.domain import (
    Account,
    CheckedSpan,
    Code,
    Effect,
    Finding,
    Judgement,
    Sweep,
    SweepAccount,
    Verdict,
)
from mediawatch.domain.clock import day_end
from mediawatch.publish.collect.difference_papers import results_table
from mediawatch.publish.collect.differences import (
    AccountDifference,
    Agreement,
    compare,
    disproving_day,
)
from mediawatch.publish.collect.rebuild import ReportedAccount
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.policy import load

POLICY = load("national")
LATER = date(2023, 1, 20)
EARLIER = date(2022, 12, 30)
SAME, DIFFERENT, APART = Agreement


def judged(verdict: Verdict, code: Code | None, latest: date | None) -> SweepAccount:
    findings = ()
    if code:
        label = POLICY.codes[code].label
        fails = Finding(
            code=code,
            label=label,
            effect=Effect.FAILS,
            sentence="。",
            reading_ids=(),
            latest_on=latest,
        )
        findings = (fails,)
    said = Judgement(verdict=verdict, sentence="。", findings=findings, latest_on=latest)
    return SweepAccount(
        sweep_id=0, account=Account(id=1, filed=filed_in("甲市", 1)), judgement=said
    )


def told(
    theirs: tuple[Verdict, Code | None],
    ours: tuple[Verdict, Code | None, date | None],
    *,
    on: date = AS_OF,
    posted: tuple[date, ...] = (),
    window: int | None = 14,
) -> AccountDifference:
    reported = ReportedAccount(
        office="甲市", entry=judged(*theirs, date(2022, 12, 1)), window_days=window
    )
    sweep = Sweep(as_of=day_end(on), policy="national", policy_toml="", started_at=day_end(on))
    # Of an inspection nothing but its moment and its rules is asked for.
    inspection = cast(Inspection, SimpleNamespace(sweep=sweep, policy=POLICY))
    return compare(reported, judged(*ours), CheckedSpan(AS_OF), inspection, posted)


FRESH, FAILED = Verdict.FRESH, Verdict.FAILED
SILENT, LONG, GONE = Code.STALE_2W, Code.STALE_3M, Code.NOT_FOUND
CASES: dict[str, tuple[Any, Any, dict[str, Any], Agreement, str]] = {
    "both fresh": ((FRESH, None), (FRESH, None, None), {}, SAME, ""),
    "both silent, other tiers": ((FAILED, SILENT), (FAILED, LONG, None), {}, SAME, ""),
    "both silent, later": ((FAILED, SILENT), (FAILED, SILENT, None), {"on": LATER}, SAME, ""),
    "a post in their window": (
        (FAILED, SILENT), (FRESH, None, date(2023, 1, 18)),
        {"on": LATER, "posted": (date(2022, 12, 20),)}, DIFFERENT, "本级见该账号2022年12月20日有更新",
    ),
    "the first day of their window": (
        (FAILED, SILENT), (FRESH, None, None), {"posted": (date(2022, 12, 17),)}, DIFFERENT, "12月17日有更新",
    ),
    "the day before it": (
        (FAILED, SILENT), (FRESH, None, date(2023, 1, 18)),
        {"on": LATER, "posted": (date(2022, 12, 16),)}, APART, "之后有更新",
    ),
    "posted since": (
        (FAILED, SILENT), (FRESH, None, date(2023, 1, 18)), {"on": LATER}, APART, "之后有更新",
    ),
    "fresh at the same moment": ((FAILED, SILENT), (FRESH, None, None), {}, DIFFERENT, "未发现"),
    "silent at the same moment": (
        (FRESH, None), (FAILED, SILENT, date(2022, 12, 10)), {}, DIFFERENT, "其间可能删除过内容",
    ),
    "silent since": (
        (FRESH, None), (FAILED, SILENT, date(2022, 12, 28)), {"on": LATER}, APART, "之后才超期",
    ),
    "silent since long before": (
        (FRESH, None), (FAILED, LONG, date(2022, 9, 1)), {"on": LATER}, DIFFERENT, "可能删除",
    ),
    "silent on an unknown day": (
        (FRESH, None), (FAILED, SILENT, None), {"on": LATER}, DIFFERENT, "可能删除",
    ),
    "theirs is open": ((Verdict.UNPROVEN, None), (FAILED, SILENT, None), {}, APART, "报送单位待核查"),
    "ours is open": ((FAILED, SILENT), (Verdict.UNPROVEN, None, None), {}, APART, "本级待核查"),
    "other windows": (
        (FRESH, None), (FAILED, SILENT, None), {"window": 7}, APART, "报送单位7天，本级14天",
    ),
    "fresh before": ((FAILED, SILENT), (FRESH, None, None), {"on": EARLIER}, APART, "时间点不同"),
    "silent before": (
        (FRESH, None), (FAILED, LONG, date(2022, 9, 1)), {"on": EARLIER}, APART, "时间点不同",
    ),
    "gone at the same moment": ((FRESH, None), (FAILED, GONE, None), {}, DIFFERENT, "本级认定"),
    "gone since": ((FRESH, None), (FAILED, GONE, None), {"on": LATER}, APART, "可能已变化"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_two_results_of_one_account(name: str) -> None:
    theirs, ours, more, agreement, says = CASES[name]
    found = told(theirs, ours, **more)
    assert (found.agreement, says in found.reason) == (agreement, True), found.reason


def test_no_rate_of_the_comparable_praises_whom_the_others_may_fail() -> None:
    sound = told((FRESH, None), (FRESH, None, None))
    silent_since = told((FRESH, None), (FAILED, SILENT, date(2022, 12, 28)), on=LATER)
    ours_is_open = told((FAILED, SILENT), (Verdict.UNPROVEN, None, None))
    rows = results_table([sound, silent_since, ours_is_open], 2).rows
    assert rows[-1] == ("合计", "3", "1", "1", "0", "0", "待核查", "0", "待核查", "1", "1")
    assert results_table([sound], 2).rows[-1][6:9:2] == ("100%", "100%")


def test_a_difference_never_says_who_is_wrong() -> None:
    said = [told(a, b, **more).reason for a, b, more, _, _ in CASES.values()]
    assert not [each for each in said if any(word in each for word in ("错", "虚", "瞒", "假"))]


def test_a_post_clears_only_whom_a_silence_is_held_against() -> None:
    day = date(2022, 12, 20)
    reported = ReportedAccount(
        office="甲市", entry=judged(FAILED, SILENT, date(2022, 12, 1)), window_days=14
    )
    gone = replace(reported, entry=judged(FAILED, GONE, None))
    assert disproving_day(reported, POLICY, CheckedSpan(AS_OF), [day, date(2023, 1, 4)]) == day
    assert disproving_day(reported, POLICY, CheckedSpan(AS_OF), [date(2022, 12, 16)]) is None
    assert disproving_day(gone, POLICY, CheckedSpan(AS_OF), [day]) is None
