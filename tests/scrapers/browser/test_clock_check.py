"""Our clock against the time of the sites' replies: ten minutes off, and what is seen proves
nothing against anybody.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import structlog
from browsers import SHORT, facing, key
from samples import enter
from tables import short

from mediawatch.app import Route, home_checks, open_app
from mediawatch.domain import CLOCK_OFF, Account, Filing, Need, Outcome, Sight, Verdict
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings import Home
from mediawatch.rules.policy import load
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.request import Request
from scrapers.browser.clock_check import ClockCheck, sent_at
from scrapers.look import LookTask, look
from scrapers.replica import Replica, World
from scrapers.toutiao.surfaces import SCRAPER

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
TOKEN = "MS4wLjABAAAA" + "a" * 43
GONE = "MS4wLjABAAAA" + "b" * 43
WORLD = f"""name,type,platform,platform_id,truth,posts
示例静默,今日头条,toutiao,{TOKEN},alive,2022-10-01;2022-09-29
示例注销,今日头条,toutiao,{GONE},gone,
"""


def date_of(at: datetime) -> dict[str, str]:
    return {"date": format_datetime(at.astimezone(UTC), usegmt=True)}


@pytest.mark.parametrize(
    ("replies", "off"),
    [
        ([], ""),
        ([{}], ""),
        ([{"date": "gestern"}], ""),
        ([date_of(NOW - timedelta(minutes=9))], ""),
        ([date_of(NOW - timedelta(minutes=11))], "11 minutes ahead of"),
        ([date_of(NOW + timedelta(days=2))], "2880 minutes behind"),
        ([date_of(NOW - timedelta(hours=5)) | {"age": "18000"}], ""),
        ([date_of(NOW - timedelta(days=90)), date_of(NOW)], ""),
        ([date_of(NOW), date_of(NOW - timedelta(days=90))], ""),
        (
            [date_of(NOW - timedelta(days=90)), date_of(NOW - timedelta(hours=1))],
            "60 minutes ahead of",
        ),
    ],
)
def test_one_reply_that_agrees_clears_our_clock(replies: list[dict[str, str]], off: str) -> None:
    clock = ClockCheck(lambda: NOW)
    for headers in replies:
        clock.note(sent_at(headers))
    assert off in clock.trouble
    assert bool(off) == clock.trouble.startswith(CLOCK_OFF)


async def looked(
    executable: Path, platform_id: str, ours: timedelta, *, second: bool = False
) -> Sight:
    """One look at an account by a machine whose clock is `ours` off.

    The world's sites know the time.
    """
    here = NOW + ours
    async with (
        Replica(World.parse(WORLD), now=lambda: NOW, key=key()) as replica,
        facing(replica, executable, lambda: here, SHORT) as browser,
    ):
        account = Account(
            id=1, filed=Filing(name="示例", platform="toutiao", platform_id=platform_id)
        )
        need = Need(fresh_after=day_of(here) - timedelta(days=14), second=second)
        (sight,) = await look(LookTask(SCRAPER, browser, [], account, need, Pacing(scale=0)))
        return sight


async def test_a_clock_that_is_right_changes_nothing(executable: Path) -> None:
    for ours in (timedelta(), timedelta(minutes=8), -timedelta(minutes=8)):
        sight = await looked(executable, TOKEN, ours)
        assert (sight.outcome, sight.name, sight.exact) == (Outcome.OK, "示例静默", True)


@pytest.mark.parametrize(
    "ours", short([timedelta(minutes=30), timedelta(days=40), -timedelta(days=40)])
)
@pytest.mark.parametrize("platform_id", [TOKEN, GONE])
async def test_a_clock_that_is_off_proves_nothing(
    executable: Path, platform_id: str, ours: timedelta
) -> None:
    sight = await looked(executable, platform_id, ours, second=True)
    assert sight.outcome.about_us
    assert (sight.name, sight.posts, sight.exact, sight.matched_by) == ("", (), False, None)
    assert sight.detail.startswith(CLOCK_OFF)


async def test_a_wrong_clock_is_reported_once_and_accuses_no_one(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    request = Request(policy=load("national"), second_look_after=timedelta())
    async with Replica(World.parse(WORLD), now=lambda: NOW) as replica:
        route = Route(replica.proxy, replica.chromium_args)
        async with open_app(home, clock=lambda: NOW + timedelta(minutes=45), route=route) as app:
            app.pace = 0
            for name, token in (("示例静默", TOKEN), ("示例注销", GONE)):
                await enter(app.store, Filing(name=name, platform="toutiao", platform_id=token))
            with structlog.testing.capture_logs() as logs:
                summary = await app.engine().run(request)
            checks = [check async for check in home_checks.in_home(app) if check.name == "clock"]
    assert (summary.exit_code & 64, summary.findings, set(summary.verdicts)) == (
        64,
        [],
        {Verdict.UNPROVEN},
    )
    assert summary.clock_off.startswith(CLOCK_OFF)
    assert len([line for line in logs if line["event"].startswith(CLOCK_OFF)]) == 1
    sentences = {entry.judgement.sentence for entry in summary.scope if entry.judgement}
    assert sentences == {
        "本机时钟与平台时间相差超过10分钟，所读内容不作依据，请校准时钟后重新检查。"
    }
    assert [check.level for check in checks] == [home_checks.Level.FAIL]
    assert "45 minutes ahead" in checks[0].text
