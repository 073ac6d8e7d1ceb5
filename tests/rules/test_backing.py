"""Checks of canaries around a sight, found by their batch: as if all of them were walked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from mediawatch.domain import CanaryCheck, LookKind, Outcome, Reading, Sight
from mediawatch.rules.backing import HOLDS, Backing, KnownChecks, backing_of_sight

NOW = datetime(2031, 3, 5, 4, 0, tzinfo=UTC)


def _check(
    hour: int, surface: str, sweep_id: int | None, login: str, *, fresh: bool
) -> CanaryCheck:
    return CanaryCheck(
        surface=surface,
        session="",
        account_name="示例",
        platform_id="1",
        at=NOW + timedelta(hours=hour),
        fresh=fresh,
        outcome=Outcome.OK,
        sweep_id=sweep_id,
        login=login,
    )


CHECKS = st.builds(
    _check,
    st.integers(-4, 4),
    st.sampled_from("ab"),
    st.sampled_from([1, 2, None]),
    st.sampled_from(["", "x", "y"]),
    fresh=st.booleans(),
)


def _walked(sight: Sight, reading: Reading, checks: list[CanaryCheck]) -> Backing:
    """The rule in its plainest form."""
    of_batch = [
        check
        for check in checks
        if (check.surface, check.sweep_id) == (sight.surface, reading.sweep_id)
        and check.sweep_id is not None
        and (not check.login or not sight.login or check.login == sight.login)
    ]
    before = max((check.at for check in of_batch if check.at <= sight.read_at), default=None)
    after = min((check.at for check in of_batch if check.at >= sight.read_at), default=None)
    if any(not check.fresh for check in of_batch if check.at in (before, after)):
        return Backing.WITHDRAWN
    if before is None or after is None:
        return Backing.UNCHECKED
    near = max(sight.read_at - before, after - sight.read_at) <= HOLDS
    return Backing.CHECKED if near else Backing.UNCHECKED


@settings(max_examples=150, deadline=None)
@given(checks=st.lists(CHECKS, max_size=12))
def test_checks_found_by_batch_say_what_a_walk_says(checks: list[CanaryCheck]) -> None:
    known = KnownChecks.of(checks)
    assert known.all_fresh == all(check.fresh for check in checks)
    for sweep_id, login in product((1, None), ("", "x")):
        sight = Sight(surface="a", read_at=NOW, login=login)
        reading = Reading(
            account_id=1,
            look=LookKind.FIRST,
            started_at=NOW,
            read_at=NOW,
            sights=(sight,),
            sweep_id=sweep_id,
        )
        assert backing_of_sight(sight, reading, known) is _walked(sight, reading, checks)
