"""Nights before a known as_of against the replica of 微信读书: two approved logins of one look a day
spend them in turn, and a login whose approval ends is used no more.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from samples import enter
from tables import short

from mediawatch.app import Route, open_app
from mediawatch.domain import Filing, SweepAccount, Verdict
from mediawatch.ops.settings import Home
from mediawatch.ports import NewLogin, UseApproval
from mediawatch.rules.policy import load
from mediawatch.sweep.request import Request
from scrapers.browser.sessions import write_new
from scrapers.platforms import SCRAPERS
from scrapers.replica import Replica, World

BEGIN = datetime.fromisoformat("2022-12-28T22:00:00+08:00")
POSTS = {"甲": "2022-12-01", "乙": "2022-12-26;2022-12-05", "丙": "2022-11-20"}
WORLD = World.parse(
    "platform,type,name,filing_number,platform_id,truth,posts,reader\n"
    + "".join(
        f"wechat,微信公众号,示例{name}局,R{number},"
        f"{base64.b64encode(str(3_900_000_000 + number).encode()).decode()},alive,{posts},yes\n"
        for number, (name, posts) in enumerate(POSTS.items())
    )
)
PACES = {
    surface.paced_as
    for surface in SCRAPERS["wechat"].surfaces
    if surface.session_platform == "weread"
}


def log_in(home: Home, replica: Replica, name: str, approval: UseApproval | None = None) -> None:
    new = NewLogin(platform="weread", name=name, custodian="张三", approval=approval)
    path = home.sessions / "weread" / f"{name}.json"
    # Each of another person: the replica knows one.
    write_new(path, replica.storage_state("weread"), BEGIN, new, holder=name)


def proved(scope: list[SweepAccount]) -> dict[str, bool]:
    return {
        entry.account.filed.name[2]: entry.judgement.verdict is Verdict.FRESH
        for entry in scope
        if entry.judgement
    }


@pytest.mark.parametrize("nights", short([2, 3]))
async def test_the_nights_spend_the_logins_that_may_be_used(tmp_path: Path, nights: int) -> None:
    home = Home(tmp_path / "home").create()
    home.config.write_text(
        "[inspection]\nas_of = 2022-12-31\n"
        + "".join(f'[pace."{name}"]\nper_day = 1\n' for name in PACES),
        encoding="utf-8",
    )
    found, now = [], BEGIN

    def clock() -> datetime:
        return now

    async with Replica(WORLD, now=clock, logged_in=frozenset({"weread"})) as replica:
        log_in(home, replica, "office")
        log_in(
            home,
            replica,
            "second",
            UseApproval(by="王五", purpose="核查", until=BEGIN.date(), holder="second"),
        )
        log_in(home, replica, "third")
        for night in range(nights):
            # A night begins a little later than the one before, whose visits then no longer count.
            now = BEGIN + timedelta(days=night, minutes=night * 10)
            route = Route(replica.proxy, replica.chromium_args)
            async with open_app(home, clock=clock, route=route) as app:
                app.pace = 0
                if not night:
                    await enter(app.store, *filings())
                wanted = Request(
                    policy=load("national"),
                    nightly=True,
                    next_as_of=app.settings.inspection.moment,
                    second_look_after=timedelta(0),
                )
                summary = await app.engine().run(wanted)
                kept = await app.store.readings.by_account(sweep_id=summary.sweep.id)
                used = {
                    sight.session
                    for its in kept.values()
                    for reading in its
                    for sight in reading.sights
                    if sight.surface.startswith("wechat.reader_")
                }
                found.append((proved(summary.scope), used))
    assert (
        found
        == [
            # Nobody was looked at before: two logins, two looks.
            ({"甲": False, "乙": True}, {"office", "second"}),
            # The approval has ended. Who had no look yet comes first.
            ({"丙": False}, {"office"}),
            # Then it begins again with who is not proved.
            ({"甲": False}, {"office"}),
        ][:nights]
    )


def filings() -> list[Filing]:
    return [
        Filing(
            name=row["政务新媒体名称"],
            type="微信公众号",
            platform="wechat",
            platform_id=row["平台ID"],
            reader_url=row["微信读书链接"],
        )
        for row in WORLD.filed_rows()
    ]
