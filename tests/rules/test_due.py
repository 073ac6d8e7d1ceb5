"""When an account is due: by the day up to which it was judged.

This holds where its look came after midnight or days after as_of, too.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from samples import PLAIN, enter, plain_reading, post

from mediawatch.domain import (
    Account,
    AccountState,
    FiledStatus,
    Filing,
    Judgement,
    MatchedBy,
    Outcome,
    Sweep,
    Verdict,
)
from mediawatch.domain import DateKind as Kind
from mediawatch.domain.clock import BEIJING, day_end, day_start
from mediawatch.ports import Store
from mediawatch.registry.check import check
from mediawatch.rules.due import next_due
from mediawatch.rules.policy import load, parse
from mediawatch.rules.verdicts import FiledStanding, filed_standing

POLICY = load("national")
POSTED = date(2023, 3, 1)
FAILS_FROM = POSTED + timedelta(days=15)


def state(read_at: datetime, judged_as_of: datetime) -> AccountState:
    """An account whose whole list was read then, judged for the moment before."""
    return AccountState(
        account_id=1,
        latest_on=POSTED,
        original_on=POSTED,
        last_read_at=read_at,
        last_outcome=Outcome.OK,
        exact_read_at=read_at,
        complete_since=day_start(date(2023, 1, 1)),
        judged_as_of=judged_as_of,
        verdict=Verdict.DUE_SOON,
        judged_on=judged_as_of.astimezone(BEIJING).date(),
    )


@pytest.mark.parametrize(
    ("read_at", "judged_as_of"),
    [
        # The night of the 15th, its look before and after midnight.
        (
            datetime(2023, 3, 15, 22, 40, tzinfo=BEIJING),
            datetime(2023, 3, 15, 22, 30, tzinfo=BEIJING),
        ),
        (
            datetime(2023, 3, 16, 0, 40, tzinfo=BEIJING),
            datetime(2023, 3, 15, 22, 30, tzinfo=BEIJING),
        ),
        # A formal inspection of the 14th, read on the 16th.
        (datetime(2023, 3, 16, 10, 0, tzinfo=BEIJING), day_end(date(2023, 3, 14))),
    ],
)
def test_a_silence_is_due_on_the_day_on_which_it_fails(
    read_at: datetime, judged_as_of: datetime
) -> None:
    now = datetime(2023, 3, 16, 22, 30, tzinfo=BEIJING)
    assert next_due(state(read_at, judged_as_of), PLAIN, POLICY, now) == FAILS_FROM


def test_a_second_look_that_is_missing_is_due_in_the_next_night() -> None:
    read = state(
        datetime(2023, 3, 16, 0, 40, tzinfo=BEIJING), datetime(2023, 3, 15, 22, 30, tzinfo=BEIJING)
    )
    waiting = AccountState(
        **{name: getattr(read, name) for name in read.__slots__} | {"second_look": True}
    )
    assert next_due(waiting, PLAIN, POLICY, datetime(2023, 3, 16, 22, 30, tzinfo=BEIJING)) == date(
        2023, 3, 16
    )


async def test_the_state_keeps_the_day_up_to_which_a_list_was_judged(any_store: Store) -> None:
    (account,) = await enter(any_store, PLAIN)
    as_of = datetime(2023, 3, 15, 22, 30, tzinfo=BEIJING)
    sweep = await any_store.sweeps.open(
        Sweep(as_of=as_of, policy="national", policy_toml=POLICY.toml, started_at=as_of), [account]
    )
    whole = plain_reading(
        account.id,
        as_of + timedelta(hours=3),
        post(POSTED),
        matched_by=MatchedBy.ID,
        complete_since=day_start(POSTED),
    )
    await any_store.readings.keep(whole)

    async def judged(kind: Kind | None) -> date | None:
        judgement = Judgement(
            verdict=Verdict.FRESH, sentence="示例。", latest_on=POSTED, date_kind=kind
        )
        await any_store.sweeps.keep_judgements(sweep.id, {account.id: judgement})
        return (await any_store.readings.account_states())[account.id].judged_on

    assert await judged(Kind.AT_LEAST) is None
    assert await judged(Kind.EXACT) == date(2023, 3, 15)


def test_closing_since_an_unknown_day_is_judged_and_flagged() -> None:
    closing = Filing(
        name="示例发布", platform="weibo", organiser="示例局", status=FiledStatus.CLOSING
    )
    dated = Filing(
        name="示例发布",
        platform="weibo",
        status=FiledStatus.CLOSING,
        closing_requested_on=date(2023, 3, 10),
    )
    assert filed_standing(closing, date(2023, 3, 15), POLICY) is FiledStanding.RUNNING
    assert filed_standing(dated, date(2023, 3, 15), POLICY) is FiledStanding.CLOSING
    findings, _ = check([Account(id=1, filed=closing)], {}, [])
    assert any(
        "申请关停但未填写" in finding.sentence and "检查时按正常运行判定" in finding.sentence
        for finding in findings
    )


def test_a_policy_may_judge_closing_accounts_until_they_are_gone() -> None:
    strict = parse(POLICY.toml.replace("judged = false", "judged = true"))
    closing = Filing(
        name="示例发布",
        platform="weibo",
        status=FiledStatus.CLOSING,
        closing_requested_on=date(2023, 3, 10),
    )
    assert filed_standing(closing, date(2023, 3, 15), strict) is FiledStanding.RUNNING
