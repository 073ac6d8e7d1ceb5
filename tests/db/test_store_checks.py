"""What our own side was worth: checks of canaries and states of logins, kept and read back."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, timedelta

import pytest
from samples import LATE, NOW, PLAIN, enter, open_sweep, plain_reading, rich_reading

from mediawatch.domain import (
    CanaryCheck,
    DayEnd,
    LookKind,
    Outcome,
    SessionEvent,
    SessionState,
    SweepState,
)
from mediawatch.ports import Store, SurfaceVisit

DAY = timedelta(days=1)
CHECK = CanaryCheck(
    surface="weibo.mobile",
    session="office",
    account_name="示例日报😀",
    platform_id="0012",
    at=LATE,
    fresh=True,
    outcome=Outcome.OK,
    sweep_id=1,
    detail="d",
    login="ab12",
    calls=2,
    ends_day=DayEnd.LOGIN,
    address="省局",
)
EVENT = SessionEvent(
    platform="weibo", name="office", at=LATE, state=SessionState.INVALID, how="sweep", detail="示例"
)


async def test_checks_come_back_by_surface_and_since(any_store: Store) -> None:
    sweep = await open_sweep(any_store, await enter(any_store, PLAIN))
    one = replace(CHECK, sweep_id=sweep.id)
    later = replace(one, at=LATE + timedelta(microseconds=1), fresh=False, outcome=Outcome.CAPTCHA)
    other = replace(one, surface="douyin.profile", session="", sweep_id=None, at=NOW, detail="")
    for check in (later, other, one):
        await any_store.operator.add_canary_check(check)
    found = await any_store.operator.canary_checks()
    assert found == sorted((one, later, other), key=lambda check: check.at)
    assert {check.at.tzinfo for check in found} == {UTC}
    assert await any_store.operator.canary_checks("weibo.mobile") == [one, later]
    assert await any_store.operator.canary_checks("weibo.mobile", later.at) == [later]
    assert await any_store.operator.canary_checks(since=NOW + timedelta(days=1)) == []


async def test_session_events_come_back_by_platform(any_store: Store) -> None:
    later = replace(EVENT, at=NOW, state=SessionState.UNKNOWN, detail="")
    other = replace(EVENT, platform="wechat", at=NOW + timedelta(days=1), state=SessionState.VALID)
    for event in (other, later, EVENT):
        await any_store.operator.add_session_event(event)
    assert await any_store.operator.session_events() == [EVENT, later, other]
    assert await any_store.operator.session_events("weibo") == [EVENT, later]


@pytest.mark.parametrize("sample", [CHECK, EVENT])
def test_the_samples_leave_no_field_at_its_default(sample: CanaryCheck | SessionEvent) -> None:
    assert [
        field.name for field in fields(sample) if getattr(sample, field.name) == field.default
    ] == []


async def test_visits_are_those_of_sweeps_and_canaries_since_then(any_store: Store) -> None:
    """Neither what an import or a person read outside of a sweep, nor what is older."""
    one, other = await enter(any_store, PLAIN, replace(PLAIN, name="示例二"))
    before, now = await open_sweep(any_store, [one]), await open_sweep(any_store, [one, other])
    barred = plain_reading(one.id, NOW, sweep_id=now.id, session="office")
    (seen,) = barred.sights
    barred = replace(barred, sights=(replace(seen, calls=2, ends_day=DayEnd.SURFACE),))
    for reading in (
        plain_reading(one.id, NOW - 2 * DAY, sweep_id=before.id),
        barred,
        plain_reading(other.id, NOW - 2 * DAY, sweep_id=now.id),
        plain_reading(one.id, NOW),
    ):
        await any_store.readings.keep(reading)
    await any_store.sweeps.close(before.id, SweepState.FINISHED, NOW - DAY)
    for at in (NOW - 2 * DAY, NOW):
        await any_store.operator.add_canary_check(replace(CHECK, sweep_id=now.id, at=at))
    assert sorted(
        await any_store.operator.visits(NOW - DAY), key=lambda visited: visited.surface
    ) == [
        SurfaceVisit(surface="s", session="office", at=NOW, calls=2, ends_day=DayEnd.SURFACE),
        SurfaceVisit(
            surface=CHECK.surface,
            session=CHECK.session,
            at=NOW,
            calls=2,
            ends_day=DayEnd.LOGIN,
        ),
    ]
    assert [await any_store.sweeps.last_read_at(sweep.id) for sweep in (before, now)] == [
        NOW - 2 * DAY,
        NOW,
    ]


async def test_a_narrowed_sweep_keeps_the_named_accounts_alone(any_store: Store) -> None:
    entered = await enter(any_store, *(replace(PLAIN, name=f"示例{number}") for number in range(5)))
    narrowed, other = await open_sweep(any_store, entered), await open_sweep(any_store, entered)
    await any_store.sweeps.narrow(narrowed.id, {entered[1].id, entered[3].id, 10**6})
    assert [entry.account.id for entry in await any_store.sweeps.scope(narrowed.id)] == [
        entered[1].id,
        entered[3].id,
    ]
    assert len(await any_store.sweeps.scope(other.id)) == 5
    await any_store.sweeps.narrow(narrowed.id, ())
    assert await any_store.sweeps.scope(narrowed.id) == []
    assert await any_store.sweeps.last_read_at(narrowed.id) is None


async def test_whose_picture_it_is_is_found_over_all_readings(any_store: Store) -> None:
    one, other = await enter(any_store, PLAIN, replace(PLAIN, name="示例二"))
    for account in (one, one, other):
        await any_store.readings.keep(replace(rich_reading(account.id), look=LookKind.PERSON))
    assert await any_store.evidence.owners({"a" * 64, "b" * 64}) == {"a" * 64: {one.id, other.id}}
    assert await any_store.evidence.owners(()) == {}
    assert len(await any_store.operator.home_id()) == 16


async def test_a_check_is_news_of_all_that_was_seen_since_the_checks_before(
    any_store: Store,
) -> None:
    """Of its surface, login and sweep alone, and of the twins of those accounts; what lies two
    checks back is settled.
    """
    filed = (replace(PLAIN, name=f"示例{number}", platform_id=str(number)) for number in range(5))
    entered = await enter(any_store, *filed, replace(PLAIN, name="又一", platform_id="2"))
    first, second, third, fourth, never, twin = (account.id for account in entered)
    sweep, other = await open_sweep(any_store, entered), await open_sweep(any_store, entered)
    check = replace(CHECK, surface="s", session="office", sweep_id=sweep.id)

    async def read(account_id: int, sweep_id: int, session: str = "office") -> None:
        await any_store.readings.keep(
            plain_reading(account_id, NOW, sweep_id=sweep_id, session=session)
        )

    async def raised(check: CanaryCheck) -> set[int]:
        before = await any_store.accounts.current([account.id for account in entered])
        await any_store.operator.add_canary_check(check)
        after = await any_store.accounts.current([account.id for account in entered])
        return {key for key in after if after[key].news != before[key].news}

    assert await raised(check) == set()
    await read(first, sweep.id)
    assert await raised(check) == {first}
    await read(second, sweep.id)
    await read(third, sweep.id)
    await read(fourth, sweep.id, session="")
    await read(never, other.id)
    assert await raised(check) == {first, second, third, twin}
    assert await raised(check) == {second, third, twin}
    assert await raised(check) == set()
    assert await raised(replace(check, sweep_id=None)) == set()
