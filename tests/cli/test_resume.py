"""`mediawatch sweep --nightly --resume`: a night that was broken off goes on, and no new one begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import in_process
from samples import PLAIN, enter

from mediawatch.app import App, open_app
from mediawatch.cli.sweep import _of_broken_night
from mediawatch.domain import SweepState
from mediawatch.ops.settings import Home
from mediawatch.rules.policy import load
from mediawatch.sweep.request import Request

BEGAN = datetime(2031, 3, 5, 14, 30, tzinfo=UTC)
"""22:30 in Beijing."""
REQUEST = Request(policy=load("national"), nightly=True)


async def resumed(home: Home, after: timedelta, until: str | None = "06:00") -> Request | None:
    async with open_app(home, clock=lambda: BEGAN + after) as app:
        return await _of_broken_night(app, REQUEST, until)


async def begin(app: App) -> int:
    accounts = await enter(app.store, PLAIN)
    sweep = await app.store.sweeps.open(REQUEST.sweep(BEGAN, accounts, ""), accounts)
    return sweep.id


async def test_a_night_goes_on_until_its_own_end(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home").create()
    async with open_app(home, clock=lambda: BEGAN) as app:
        assert await _of_broken_night(app, REQUEST, "06:00") is None
        number = await begin(app)
    found = await resumed(home, timedelta(hours=3))
    assert found is not None
    assert found.until == datetime(2031, 3, 5, 22, 0, tzinfo=UTC), "06:00 of that night"
    assert await resumed(home, timedelta(hours=8)) is None, "its time is over"
    assert await resumed(home, timedelta(hours=8), until=None) is not None
    assert await resumed(home, timedelta(hours=13), until=None) is None, "a new one begins"
    async with open_app(home, clock=lambda: BEGAN) as app:
        await app.store.sweeps.close(number, SweepState.FINISHED, BEGAN)
    assert await resumed(home, timedelta(hours=3)) is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--resume",), 2, "give --nightly with it"),
        (("--nightly", "--resume"), 0, "no night was broken off"),
    ],
)
def test_the_command_says_that_nothing_is_to_be_done(
    tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    home = Home.at(tmp_path / "home").create()
    assert in_process("--home", home.root, "init").returncode == 0
    done = in_process("--home", home.root, "sweep", *words)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "nothing was done" in done.stdout or code
