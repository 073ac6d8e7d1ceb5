"""Other people on the sites' pages: covered in the picture, gone from what is kept of the page.

The replica paints whatever shows people red, and shows them where the sites do.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from browsers import SHORT
from PIL import Image
from stages import staged

from mediawatch.domain import Capture, EvidenceKind, Filing
from scrapers.bilibili.surfaces import SCRAPER as BILIBILI
from scrapers.douyin.surfaces import SCRAPER as DOUYIN
from scrapers.replica import World
from scrapers.surface import Scraper
from scrapers.tieba.surfaces import SCRAPER as TIEBA
from scrapers.toutiao.surfaces import SCRAPER as TOUTIAO
from scrapers.wechat.surfaces import SCRAPER as WECHAT
from scrapers.weibo.surfaces import SCRAPER as WEIBO

NOW = datetime(2022, 12, 31, 12, tzinfo=UTC)
NAME = "示例沉睡"
SEC, BIZ = "MS4wLjABAAAA" + "b" * 43, "MzAwMDAwMDAwMg=="
MID = "3500000000000002"
PORTRAIT = "tb.1.00000002.bbbbbbbbbbbbbbbbbbbbbb"
IDS = {
    "weibo": "5000000002",
    "douyin": SEC,
    "toutiao": SEC,
    "wechat": BIZ,
    "bilibili": MID,
    "tieba": PORTRAIT,
}
WORLD = World.parse(
    "platform,type,name,filing_number,platform_id,true_id,truth,posts,articles,visitors_miss\n"
    f"weibo,新浪微博,{NAME},W2,,5000000002,alive,2022-11-01T08:00,,0\n"
    f"douyin,抖音短视频,{NAME},D2,,{SEC},alive,2022-11-01T08:00,,0\n"
    f"toutiao,今日头条,{NAME},T2,,{SEC},alive,2022-11-01T08:00,,\n"
    f"wechat,微信公众号,{NAME},X2,{BIZ},,alive,2022-11-01T08:00,1,\n"
    f"bilibili,哔哩哔哩,{NAME},B2,,{MID},alive,2022-11-01T08:00,,\n"
    f"tieba,贴吧号,{NAME},B3,,{PORTRAIT},alive,2022-11-01T08:00,,\n"
)
LOOKS = [
    (WEIBO, True),
    (DOUYIN, True),
    (DOUYIN, False),
    (TOUTIAO, False),
    (WECHAT, False),
    (BILIBILI, True),
    (TIEBA, True),
]
NAMES = [f"{scraper.platform}-{'login' if session else 'visitor'}" for scraper, session in LOOKS]
PEOPLE = ("演示网友甲", "演示网友乙", "来看看", "演示操作员", "私信 12", "消息 12", "通知 3")


async def evidence(
    scraper: Scraper, executable: Path, folder: Path, *, session: bool
) -> list[Capture]:
    async with staged(
        scraper, executable, folder, WORLD, NOW, session=session, timeouts=SHORT
    ) as stage:
        (account,) = (each for each in WORLD.accounts if each.platform == scraper.platform)
        filed = Filing(
            name=NAME,
            platform=scraper.platform,
            platform_id=IDS[scraper.platform],
            article_links=account.known_links,
        )
        reading = await stage.look(filed, second=True, fresh_after=date(2022, 12, 17))
    return [capture for sight in reading.sights for capture in sight.captures]


def pixels(captures: Sequence[Capture]) -> tuple[int, int]:
    """How many points of the pictures are red as people are, and how many grey as their cover."""
    red = grey = 0
    for capture in captures:
        if capture.kind is EvidenceKind.SCREENSHOT:
            with Image.open(io.BytesIO(capture.body)) as image:
                colours = image.convert("RGB").getcolors(1 << 24) or []
            for count, (r, g, b) in colours:
                red += count * (r > 140 and g < 70 and b < 70)
                grey += count * (max(r, g, b) - min(r, g, b) < 6 and abs(r - 0x77) < 4)
    return red, grey


def words(captures: Sequence[Capture]) -> str:
    packed = (each.body for each in captures if each.media_type == "application/gzip")
    return "".join(gzip.decompress(body).decode() for body in packed)


@pytest.mark.parametrize(("scraper", "session"), LOOKS, ids=NAMES)
async def test_other_people_are_covered_and_the_account_is_not(
    executable: Path, tmp_path: Path, scraper: Scraper, session: bool
) -> None:
    captures = await evidence(scraper, executable, tmp_path, session=session)
    red, grey = pixels(captures)
    assert red == 0
    assert grey > 5_000, "the boxes stand where people stood"
    kept = words(captures)
    assert [word for word in PEOPLE if word in kept] == []
    assert NAME in kept
    assert any(each.kind is EvidenceKind.SCREENSHOT for each in captures)


async def test_without_the_marks_they_would_be_seen(executable: Path, tmp_path: Path) -> None:
    bare = replace(WECHAT, viewer_marks=(), others_marks=())
    captures = await evidence(bare, executable, tmp_path, session=False)
    assert pixels(captures)[0] > 5_000
    assert "演示网友乙" in words(captures)
