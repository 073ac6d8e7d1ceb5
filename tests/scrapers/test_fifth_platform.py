"""The least that a platform can be: a made-up fifth site in one file, looked at by the real
browser, swept and judged by the real engine. What the real ones cost is held to the docs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import fifth_platform
import pytest
from browsers import facing, key
from samples import enter
from stages import composed

from mediawatch.domain import (
    Captcha,
    Changed,
    Code,
    Failure,
    Filing,
    MatchedBy,
    Outcome,
    RateLimited,
    Verdict,
)
from mediawatch.domain.clock import day_end
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ports import Store
from mediawatch.rules.policy import load
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.request import Request
from scrapers.platforms import SCRAPERS, SiteLooker
from scrapers.replica import Replica, World

FILE = Path(fifth_platform.__file__)
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "adding-a-platform.md"
STAND_INS = {
    "toutiao": ("toutiao",),
    "douyin": ("douyin", "douyin_items"),
    "weibo": ("weibo", "weibo_items"),
    "wechat": ("wechat", "wechat_office", "weread", "wechat_interface"),
    "bilibili": ("bilibili", "bilibili_items"),
    "kuaishou": ("kuaishou", "kuaishou_items"),
    "tieba": ("tieba",),
}
"""The replica's files by platform."""
LINES_OF_A_PAGE = 100
AS_OF = day_end(date(2022, 12, 31))
NOW = AS_OF + timedelta(hours=9)


def test_it_is_under_a_page_and_the_page_of_the_docs() -> None:
    text = FILE.read_text("utf-8")
    assert len(text.splitlines()) < LINES_OF_A_PAGE
    assert f"```python\n{text}```\n" in PAGE.read_text("utf-8")


def lines_of(files: Iterable[Path]) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in files)


def test_the_docs_tell_what_the_real_platforms_cost() -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \|$", PAGE.read_text("utf-8"))
    told = {name: tuple(map(int, figures)) for name, *figures in rows}
    assert set(told) == set(SCRAPERS) == set(STAND_INS)
    for name, figures in told.items():
        replica = (ROOT / "scrapers" / "replica" / f"{part}.py" for part in STAND_INS[name])
        measured = (
            lines_of((ROOT / "scrapers" / name).glob("*.py")),
            len(list((ROOT / "tests" / "cases" / name).glob("*/case.toml"))),
            lines_of(replica),
        )
        assert figures == pytest.approx(measured, rel=0.1), f"{name}: {measured}"


def seconds(day: str) -> int:
    return int(datetime.fromisoformat(f"{day}T10:00:00+08:00").timestamp())


def item(number: int, day: str, *, pinned: bool = False) -> dict[str, Any]:
    return {"id": str(number), "at": seconds(day), "pinned": pinned}


def user(uid: str, name: str) -> dict[str, Any]:
    return {"code": 0, "user": {"id": uid, "name": name, "body": "示例市第一测试局"}}


def posts(*items: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {"code": 0, "total": len(items) if total is None else total, "posts": list(items)}


SITE = {
    "1": (user("1", "示例鲜"), posts(item(1, "2020-01-01", pinned=True), item(9, "2022-12-30"))),
    "2": (user("2", "示例旧"), posts(item(2, "2022-11-01"), item(1, "2022-10-01"))),
    "3": (user("3", "示例空"), posts(total=7)),
    "4": (user("999", "别的号"), posts(item(3, "2022-12-30"))),
    "5": ({"code": 404, "message": "用户不存在"}, posts(total=0)),
}


def site() -> Any:
    pages = (
        (
            f"https://www.posts.example/u/{uid}",
            (
                "<script>for (const what of ['user', 'posts']) "
                f"fetch(`/api/${{what}}?id={uid}`).then((reply) => reply.text())</script>"
            ),
        )
        for uid in SITE
    )
    users = (
        (f"https://www.posts.example/api/user?id={uid}", replies[0])
        for uid, replies in SITE.items()
    )
    lists = (
        (f"https://www.posts.example/api/posts?id={uid}", replies[1])
        for uid, replies in SITE.items()
    )
    return composed(*pages, *users, *lists, platform="shili")


async def test_a_sweep_judges_its_accounts(store: Store, executable: Path, tmp_path: Path) -> None:
    names = {"1": "示例鲜", "2": "示例旧", "3": "示例空", "4": "示例四", "5": "示例无"}
    accounts = await enter(
        store,
        *(
            Filing(name=name, platform="shili", type="示例号", platform_id=uid)
            for uid, name in names.items()
        ),
    )
    async with (
        Replica(World(), now=lambda: NOW, overlay=site(), key=key()) as replica,
        facing(replica, executable, lambda: NOW) as browser,
    ):
        looks = SiteLooker(
            browser,
            tmp_path / "sessions",
            MappingProxyType({**SCRAPERS, "shili": fifth_platform.SCRAPER}),
        )
        engine = Engine(
            store, looks, EvidenceFolder(tmp_path / "evidence"), lambda: NOW, Pacing(scale=0)
        )
        summary = await engine.run(
            Request(policy=load("tibet"), as_of=AS_OF, second_look_after=timedelta(0))
        )
    judged = {
        entry.account.filed.name: entry.judgement
        for entry in await store.sweeps.scope(summary.sweep.id)
    }
    verdicts = {name: judgement.verdict for name, judgement in judged.items() if judgement}
    assert verdicts == {
        "示例鲜": Verdict.FRESH, "示例旧": Verdict.FAILED, "示例空": Verdict.UNPROVEN, "示例四": Verdict.UNPROVEN,
        "示例无": Verdict.FAILED,
    }  # fmt: skip
    stale = judged["示例旧"]
    assert stale is not None
    assert [(finding.code, finding.gap_days) for finding in stale.findings] == [(Code.STALE_2W, 60)]
    first, second = (await store.readings.by_account([accounts[1].id]))[accounts[1].id]
    assert (first.name, first.matched_by, bool(second.evidence)) == ("示例旧", MatchedBy.ID, True)


READ_AT = datetime(2022, 12, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("payload", "days", "complete"),
    [
        (posts(item(1, "2022-12-30")), ["2022-12-30"], True),
        (posts(item(1, "2022-12-30"), total=99), ["2022-12-30"], True),
        (
            posts(item(1, "2022-11-30"), item(2, "2022-12-30"), total=99),
            ["2022-11-30", "2022-12-30"],
            False,
        ),
        (
            posts(item(1, "2020-01-01", pinned=True), item(2, "2022-12-30"), total=99),
            ["2020-01-01", "2022-12-30"],
            True,
        ),
        (posts(item(1, "2023-01-02"), item(2, "2022-12-30")), ["2022-12-30"], False),
    ],
)
def test_what_a_list_proves(payload: object, days: list[str], complete: bool) -> None:
    seen = fifth_platform.read_posts(payload, READ_AT)
    assert ([post.on.isoformat() for post in seen.posts], seen.complete_since is not None) == (
        days,
        complete,
    )


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        {},
        {"code": 1},
        posts(total=3),
        posts({"id": "1", "at": 1672365600000, "pinned": False}),
    ],
)
def test_what_is_not_known_is_changed(payload: object) -> None:
    with pytest.raises(Changed):
        fifth_platform.read_posts(payload, READ_AT)
    assert fifth_platform.read_posts(posts(total=0), READ_AT).outcome is Outcome.NO_POSTS


@pytest.mark.parametrize(
    ("payload", "failure"),
    [({"code": 429}, RateLimited), ({"code": 430}, Captcha), (user("2", "别的号"), Changed)],
)
def test_whose_trouble_it_is(payload: object, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        fifth_platform.read_user(payload, "1")
