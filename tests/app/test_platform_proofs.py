"""What a judged sweep says that the machine proved, from the registry as it is by now."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from commands import in_process
from samples import enter

import db
from mediawatch.domain import (
    Filing,
    LookKind,
    MatchedBy,
    NameHit,
    Post,
    Reading,
    Sight,
    Sweep,
    SweepState,
)
from mediawatch.domain.clock import BEIJING, day_end
from mediawatch.ops.settings import Home
from mediawatch.rules.policy import load

AS_OF = day_end(date(2022, 12, 31))
READ = datetime(2023, 1, 1, 9, 0, tzinfo=BEIJING)
NAME, BIZ = "示例市测试局", "MzkwMDAwMDAwMQ=="


async def inspect(home: Home) -> None:
    """A sweep whose look found the only account of a filed name, and an article of it."""
    store = await db.open_store(f"sqlite:///{home.database}")
    try:
        (account,) = await enter(store, Filing(name=NAME, platform="wechat", type="微信公众号"))
        policy = load("national")
        begun = Sweep(as_of=AS_OF, policy="national", policy_toml=policy.toml, started_at=AS_OF)
        sweep = await store.sweeps.open(begun, [account])
        tied: dict[str, Any] = {
            "name": NAME,
            "platform_id": BIZ,
            "matched_by": MatchedBy.NAME,
            "read_at": READ,
        }
        searched = Sight(surface="wechat.search", name_hit=NameHit(value=BIZ, name=NAME), **tied)
        posts = (Post(on=date(2022, 12, 30)),)
        led = Sight(surface="wechat.reader_list", posts=posts, provisional=BIZ, **tied)
        await store.readings.keep(
            Reading(
                account_id=account.id,
                look=LookKind.FIRST,
                started_at=READ,
                read_at=READ,
                sights=(searched, led),
                sweep_id=sweep.id,
                filed_as=account.filed.identity,
            )
        )
        await store.sweeps.close(sweep.id, SweepState.FINISHED, READ + timedelta(hours=1))
    finally:
        await store.close()


def test_what_a_name_alone_proved_is_no_persons_proof(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    asyncio.run(inspect(home))
    judged = in_process("--home", home.root, "sweep", "judge", "1")
    assert judged.returncode == 0, judged.stderr
    assert "共1个账号，系统已证实正常更新1个，疑似0个，待人工核查0个" in judged.stdout
    assert "其中1个仅依名称（暂用标识或他人提供的链接）" in judged.stdout
    assert "人工证实" not in judged.stdout
