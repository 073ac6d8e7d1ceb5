"""What the platforms declare, as far as commands need it that look at nothing.

Loading the scrapers would cost each of these a tenth of a second. A test compares the table with
the scrapers' own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapers.surface import Login

SURFACE_LABELS: Mapping[str, Mapping[str, str]] = {
    "toutiao": {"toutiao.profile": "今日头条主页"},
    "weibo": {
        "weibo.mobile": "微博手机版主页",
        "weibo.desktop": "微博网页版主页（登录）",
        "weibo.search": "微博找人搜索（登录）",
    },
    "douyin": {"douyin.profile": "抖音主页", "douyin.search": "抖音用户搜索（登录）"},
    "wechat": {
        "wechat.statistics": "公众号数据接口",
        "wechat.own": "本单位公众号后台发表记录",
        "wechat.article": "微信文章链接",
        "wechat.album": "微信合集",
        "wechat.reader_cover": "微信读书封面",
        "wechat.reader_list": "微信读书目录",
        "wechat.search": "微信公众平台账号搜索",
        "wechat.list": "微信公众平台发表记录",
    },
    "bilibili": {
        "bilibili.dynamic": "哔哩哔哩动态",
        "bilibili.space": "哔哩哔哩空间（登录）",
        "bilibili.search": "哔哩哔哩用户搜索（登录）",
    },
    "kuaishou": {
        "kuaishou.profile": "快手主页",
        "kuaishou.search": "快手用户搜索（登录）",
    },
    "tieba": {"tieba.home": "贴吧个人主页"},
}
"""Platform key to its surfaces, each with what inspectors call it."""

SITES: Mapping[str, frozenset[str]] = {
    "toutiao": frozenset({"toutiao.com"}),
    "weibo": frozenset({"weibo.com", "weibo.cn", "sina.com.cn", "sina.cn", "t.cn"}),
    "douyin": frozenset({"douyin.com", "iesdouyin.com", "snssdk.com"}),
    "wechat": frozenset({"mp.weixin.qq.com"}),
    "bilibili": frozenset({"bilibili.com", "b23.tv"}),
    "kuaishou": frozenset({"kuaishou.com", "gifshow.com", "chenzhongtech.com"}),
    "tieba": frozenset({"tieba.baidu.com", "passport.baidu.com", "wappass.baidu.com"}),
}
"""Platform key to the hosts of its pages: what a person names as seen there stands under one."""

KEY_WORDS: Mapping[str, str] = {"wechat-api": "wechat"}
"""The words for `mediawatch login` that stand for a key to an official interface.

Each with the platform of its accounts.
"""
LOGINS_BY_APPROVAL: Mapping[str, str] = {"weread": "wr_vid"}
"""The words of logins of which a home has one, and further ones by a 使用审批 each.

Each with the cookie that says whose it is.
"""
FORMER_LABELS: Mapping[str, Mapping[str, str]] = {
    "wechat": {"wechat.reader": "微信读书公众号页"},
}
"""The same of surfaces that are used no more, for readings that were kept."""

INDEX_NAMES: Mapping[str, str] = dict.fromkeys(
    ("wechat.reader_cover", "wechat.reader_list", "wechat.reader"), "微信读书"
)
"""Surfaces that show what somebody else has indexed of an account, and whose index it is.

It may lag, so its newest article is what a person is asked to compare.
"""

_LOGIN_WORDS = ("weibo", "douyin", "wechat", "weread", "bilibili", "kuaishou", "tieba")


class LoginsByWord(Mapping[str, "Login"]):
    """The word for `mediawatch login` to what it is: `platforms.LOGINS`, loaded when one is used."""

    def __getitem__(self, word: str) -> Login:
        from scrapers.platforms import LOGINS

        return LOGINS[word]

    def __iter__(self) -> Iterator[str]:
        return iter(_LOGIN_WORDS)

    def __len__(self) -> int:
        return len(_LOGIN_WORDS)

    def __contains__(self, word: object) -> bool:
        return word in _LOGIN_WORDS
