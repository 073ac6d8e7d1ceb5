"""What our own side was worth: checks of canaries and states of logins, kept and read back."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, timedelta

import pytest
from samples import LATE, NOW, PLAIN, enter, open_sweep

from mediawatch.domain import CanaryCheck, Outcome, SessionEvent, SessionState
from mediawatch.ports import Store

CHECK = CanaryCheck(
    surface="weibo.mobile", session="office", account_name="示例日报😀", platform_id="0012", at=LATE, fresh=True, outcome=Outcome.OK,
    sweep_id=1, detail="d",
)  # fmt: skip
EVENT = SessionEvent(platform="weibo", name="office", at=LATE, state=SessionState.INVALID, how="sweep", detail="示例")


async def test_checks_come_back_by_surface_and_since(any_store: Store) -> None:
    sweep = await open_sweep(any_store, await enter(any_store, PLAIN))
    one = replace(CHECK, sweep_id=sweep.id)
    later = replace(one, at=LATE + timedelta(microseconds=1), fresh=False, outcome=Outcome.CAPTCHA)
    other = replace(one, surface="douyin.profile", session="", sweep_id=None, at=NOW, detail="")
    for check in (later, other, one):
        await any_store.note_canary(check)
    found = await any_store.canary_checks()
    assert found == sorted((one, later, other), key=lambda check: check.at)
    assert {check.at.tzinfo for check in found} == {UTC}
    assert await any_store.canary_checks("weibo.mobile") == [one, later]
    assert await any_store.canary_checks("weibo.mobile", later.at) == [later]
    assert await any_store.canary_checks(since=NOW + timedelta(days=1)) == []


async def test_session_events_come_back_by_platform(any_store: Store) -> None:
    later = replace(EVENT, at=NOW, state=SessionState.UNKNOWN, detail="")
    other = replace(EVENT, platform="wechat", at=NOW + timedelta(days=1), state=SessionState.VALID)
    for event in (other, later, EVENT):
        await any_store.note_session(event)
    assert await any_store.session_events() == [EVENT, later, other]
    assert await any_store.session_events("weibo") == [EVENT, later]


@pytest.mark.parametrize("sample", [CHECK, EVENT])
def test_the_samples_leave_no_field_at_its_default(sample: CanaryCheck | SessionEvent) -> None:
    assert [field.name for field in fields(sample) if getattr(sample, field.name) == field.default] == []
