"""What the searches declare to be asked for units, and which hits belong to a filed account."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mediawatch.domain import Account, Filing, ProvisionalId, SearchHit
from scrapers.platforms import SCRAPERS, leads_to, surface_facts
from scrapers.surface import FindsUnits
from scrapers.wechat.back_office_replies import Hit
from scrapers.wechat.search_hits import as_found

BIZ, NUMBER = "MzA3MzI4MjgzMw==", "3073282833"
SEC = "MS4wLjABAAAA" + "a" * 43


def account(platform: str, provisional: str = "", **filed: Any) -> Account:
    stands = (
        ProvisionalId(account_id=1, value=provisional, name="示例", on=date(2022, 12, 1))
        if provisional
        else None
    )
    return Account(id=1, filed=Filing(name="示例", platform=platform, **filed), provisional=stands)


@pytest.mark.parametrize(
    ("filed", "hit", "leads"),
    [
        (account("weibo", platform_id=" 5000000001 "), SearchHit(id="5000000001", name="x"), True),
        (account("weibo", platform_id="5000000001"), SearchHit(id="500000000", name="示例"), False),
        (account("weibo", url="https://weibo.com/u/5000000001?refer=1"), SearchHit(id="5000000001", name="x"), True),
        (account("weibo", platform_id="5000000002", url="https://weibo.com/u/5000000001"), SearchHit(id="5000000001", name="x"), True),
        (account("weibo", url="https://weibo.com/n/示例"), SearchHit(id="5000000001", name="示例"), False),
        (account("weibo", provisional="5000000001"), SearchHit(id="5000000001", name="x"), True),
        (account("weibo"), SearchHit(id="5000000001", name="示例"), False),
        (account("douyin", platform_id=SEC), SearchHit(id=SEC, name="x"), True),
        (account("douyin", url=f"https://www.douyin.com/user/{SEC}?from=1"), SearchHit(id=SEC, name="x"), True),
        (account("douyin", alias="Shili01"), SearchHit(id=SEC, name="x", alias="shili01"), True),
        (account("douyin", platform_id="shili01"), SearchHit(id=SEC, name="x", alias="shili01"), True),
        (account("douyin", alias="shili01"), SearchHit(id=SEC, name="示例", alias=""), False),
        (account("douyin"), SearchHit(id=SEC, name="示例", alias="shili01"), False),
        (account("wechat", platform_id=NUMBER), SearchHit(id=BIZ, name="x"), True),
        (account("wechat", platform_id=BIZ), SearchHit(id=BIZ, name="x"), True),
        (account("wechat", original_id="GH_0123456789ab"), SearchHit(id=BIZ, name="x", original_id="gh_0123456789ab"), True),
        (account("wechat", alias="shilifabu"), SearchHit(id=BIZ, name="x", alias="ShiliFabu"), True),
        (account("wechat", platform_id="shilifabu"), SearchHit(id=BIZ, name="x", alias="shilifabu"), True),
        (account("wechat", article_links=(f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1",)), SearchHit(id=BIZ, name="x"), True),
        (account("wechat", provisional=BIZ), SearchHit(id=BIZ, name="x"), True),
        (account("wechat", platform_id="1"), SearchHit(id=BIZ, name="示例"), False),
        # One filed key is enough, also where another contradicts it: it is no unfiled account.
        (account("wechat", platform_id="1", alias="shilifabu"), SearchHit(id=BIZ, name="x", alias="shilifabu"), True),
        (account("toutiao", platform_id="x"), SearchHit(id="x", name="x"), False),
        (account("kuaishou", platform_id="3xabcdefgh"), SearchHit(id="3xabcdefgh", name="x"), True),
        (account("kuaishou", url="https://www.kuaishou.com/profile/3xabcdefgh"), SearchHit(id="3xabcdefgh", name="x"), True),
        (account("kuaishou", alias="shili01"), SearchHit(id="3xabcdefgh", name="示例"), False),
        (account("channels", platform_id="x"), SearchHit(id="x", name="x"), False),
    ],
)  # fmt: skip
def test_which_hit_belongs_to_a_filed_account(filed: Account, hit: SearchHit, leads: bool) -> None:
    assert leads_to(filed, hit) is leads


def test_each_platform_declares_what_its_search_shows() -> None:
    found = {
        platform: [
            (facts.name, facts.shows_bodies)
            for facts in surface_facts(scraper.surfaces)
            if facts.finds_units
        ]
        for platform, scraper in SCRAPERS.items()
    }
    assert found == {
        "toutiao": [],
        "weibo": [("weibo.search", True)],
        "douyin": [("douyin.search", True)],
        "wechat": [("wechat.search", False)],
        "bilibili": [("bilibili.search", False)],
        "kuaishou": [("kuaishou.search", False)],
        "tieba": [],
    }
    for scraper in SCRAPERS.values():
        search = scraper.unit_search
        assert search is None or isinstance(search, FindsUnits)
        assert search is None or search.name.endswith(".search")


@pytest.mark.parametrize(
    ("name", "gone"),
    [("账号已注销", True), ("该帐号已自主注销", True), ("transfer_abc", True), ("示例注销", False)],
)
def test_what_wechat_renamed_is_gone(name: str, gone: bool) -> None:
    assert as_found(Hit(BIZ, name)).gone is gone
