"""The accounts of the benchmark: a mix of platforms as a province files them, and what each of them
must be read as.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapers.replica import TrueAccount, World

AS_OF = date(2026, 3, 31)
MIX = {"wechat": 118, "weibo": 8, "douyin": 12, "toutiao": 5}
"""The Tibet registry of 2022."""
_TYPES = {
    "wechat": "微信公众号",
    "weibo": "新浪微博",
    "douyin": "抖音短视频",
    "toutiao": "今日头条",
}
_SLEEPS = 9
"""Every ninth account has not posted for two months: it wants a second look with evidence."""
_SEARCHED = 3
"""Of three WeChat accounts one is known by its name alone."""
_COLUMNS = "platform,type,name,filing_number,platform_id,truth,posts,articles,opened_on"


@dataclass(frozen=True)
class Answer:
    """What a look must come to: the name, and the newest day where the way shows one."""

    name: str
    latest: date | None


def world(counts: Mapping[str, int], *, sleepers: bool) -> World:
    """So many accounts a platform; with `sleepers`, or all of them awake."""
    # Imported late: what stands for the sites is in no sweep's memory.
    from scrapers.replica import World

    rows = [
        _row(platform, number, sleepers)
        for platform, count in counts.items()
        for number in range(1, count + 1)
    ]
    return World.parse("\n".join([f"# as_of = {AS_OF}", _COLUMNS, *rows]))


def _row(platform: str, number: int, sleepers: bool) -> str:
    newest = AS_OF - timedelta(days=60 if sleepers and number % _SLEEPS == 0 else number % 7)
    posts = ";".join(f"{newest - timedelta(days=3 * nth)}T08:30" for nth in range(12))
    linked = platform == "wechat" and number % _SEARCHED
    named = (
        f"{platform},{_TYPES[platform]},示例{platform}{number}号,{platform}-{number},"
        f"{_id(platform, number)}"
    )
    return f"{named},alive,{posts},{'1' if linked else ''},2015-01-01"


def _id(platform: str, number: int) -> str:
    match platform:
        case "weibo":
            return str(5_000_000_000 + number)
        case "wechat":
            return base64.b64encode(str(9_000_000_000 + number).encode()).decode()
    return f"MS4wLjABAAAA{number:043d}"


def answer_of(true: TrueAccount) -> Answer:
    """By the world's truth. A name search shows no date."""
    seen = bool(true.known_links) if true.platform == "wechat" else True
    return Answer(true.name, true.posts[0].at.date() if seen else None)
