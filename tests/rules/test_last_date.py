"""The last date until as_of is given where the newest post lies after it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from samples import PLAIN, enter, plain_reading, post

from mediawatch.app import WorldStage
from mediawatch.domain import Judgement, MatchedBy, Sweep, Verdict
from mediawatch.domain.clock import day_end
from mediawatch.people.worklist.todo import unproven
from mediawatch.ports import Store
from mediawatch.rules.policy import load
from scrapers.replica.world import World

AS_OF: datetime = day_end(date(2030, 12, 31))
POLICY = load("national")


async def test_a_worklist_tells_the_last_post_until_as_of(store: Store) -> None:
    accounts = await enter(store, PLAIN)
    sweep = await store.sweeps.open(
        Sweep(as_of=AS_OF, policy="national", policy_toml=POLICY.toml, started_at=AS_OF), accounts
    )
    shown = plain_reading(
        accounts[0].id,
        AS_OF + timedelta(days=9),
        post(date(2031, 1, 5)),
        post(date(2030, 12, 20)),
        matched_by=MatchedBy.ID,
        sweep_id=sweep.id,
    )
    await store.readings.keep(shown)
    await store.sweeps.keep_judgements(
        sweep.id, {accounts[0].id: Judgement(verdict=Verdict.UNPROVEN, sentence="示例")}
    )
    (item,) = await unproven(store, sweep, await store.sweeps.scope(sweep.id), POLICY)
    assert item.latest_on == date(2030, 12, 20)


def test_the_demonstration_shows_the_posts_until_its_moment(tmp_path: Path) -> None:
    file = tmp_path / "world.csv"
    file.write_text(
        "# as_of = 2030-12-31\nname,type,platform,truth,original_id,posts\n"
        "示例发布,微信公众号,wechat,alive,gh_0123456789ab,2031-01-05 article; 2030-12-20 article\n",
        encoding="utf-8",
    )
    world = World.read(file)
    shown = WorldStage(world, AS_OF).look_up("示例发布", "微信公众号")
    assert shown is not None
    assert shown.days == (date(2030, 12, 20),)
    (account,) = world.accounts
    assert shown.link == account.article_link(account.posts[1])
