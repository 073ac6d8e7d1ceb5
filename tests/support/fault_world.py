"""The accounts that the cells of the fault table are played on."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import date

from fault_scenes import Scene, TruthOf
from fault_table import Cell
from replica_faults import Fault

from mediawatch.domain import Filing
from scrapers.replica import TrueAccount

_OLDER = "2022-11-20T08:00;2022-11-10T08:00;2022-11-01T08:00;2020-01-01T08:00"
_FRESH = f"2022-12-30T09:00;{_OLDER}"


def filed(scene: Scene, true: TrueAccount) -> Filing:
    bare = Filing(
        name=true.filed["name"],
        platform=true.platform,
        organiser=true.filed["organiser"],
        opened_on=date(2015, 1, 1),
    )
    if scene.by_name:
        return bare
    return replace(
        bare,
        platform_id=true.id,
        original_id=true.filed["original_id"],
        alias=true.filed["alias"],
        article_links=true.known_links,
        reader_url=true.reader_page if true.read else "",
    )


_COLUMNS = (
    "platform",
    "type",
    "name",
    "organiser",
    "platform_id",
    "original_id",
    "truth",
    "shown_name",
    "posts",
    "pinned",
    "articles",
    "album",
    "alias",
    "reader",
    "own",
)
HEADINGS = ",".join(_COLUMNS)
_TYPES = {
    "wechat": "微信公众号",
    "weibo": "新浪微博",
    "douyin": "抖音短视频",
    "toutiao": "今日头条",
    "bilibili": "哔哩哔哩",
    "kuaishou": "快手",
    "tieba": "百度贴吧",
}


def sleeping(scene: Scene) -> Cell:
    """An account whose reply stands for another one's."""
    return Cell(scene, Fault.OTHER_ACCOUNT, frozenset(), TruthOf.STALE)


def row(cell: Cell, number: int) -> str:
    scene = cell.scene
    wechat, name = scene.platform == "wechat", f"示例{cell.truth.value}{number}号"
    posts = (
        _OLDER
        if cell.truth is TruthOf.STALE
        else _FRESH
        if wechat or cell.truth is not TruthOf.GONE
        else ""
    )
    if scene.by_key and cell.truth is TruthOf.STALE:
        # The interface is asked for the last month.
        posts = f"2022-12-10T08:00;{posts}"
    if scene.platform == "bilibili":
        # Texts are counted nowhere: what is withheld of them leaves no trace in the counts.
        posts = ";".join(
            f"{post} micro" if number < 2 else post
            for number, post in enumerate(filter(None, posts.split(";")))
        )
    count = len(posts.split(";")) if posts else 0
    values = {
        "platform": scene.platform, "type": _TYPES[scene.platform], "name": name, "platform_id": true_id(scene.platform, number),
        # Found by its name alone, a list proves a gap only where the platform certifies it for the
        # organiser.
        "organiser": "示例市测试局" if scene.by_name else "",
        "original_id": f"gh_{number:012x}" if wechat else "", "truth": "gone" if cell.truth is TruthOf.GONE else "alive",
        "shown_name": f"演示改名{number}号" if cell.truth is TruthOf.RENAMED else "",
        "posts": posts, "pinned": str(count) if count and not wechat else "",
        # Without one a name search never says that an account is not there.
        "alias": f"demo_gone_{number}" if wechat and cell.truth is TruthOf.GONE else "",
        # The list is needed: the article that is known lies outside the window.
        "articles": "3" if wechat else "", "album": "1;3" if wechat else "",
        "reader": "yes" if wechat else "", "own": "yes" if scene.own else "",
    }  # fmt: skip
    return ",".join(values[key] for key in _COLUMNS)


def true_id(platform: str, number: int) -> str:
    match platform:
        case "weibo":
            return str(5_000_000_000 + number)
        case "bilibili":
            return str(3_500_000_000_000_000 + number)
        case "kuaishou":
            return f"3x{number:013d}"
        case "tieba":
            return f"tb.1.{number:08x}.replica{number:015d}"
        case "wechat":
            return b64encode(str(9_000_000_000 + number).encode()).decode()
    return f"MS4wLjABAAAA{number:043d}"
