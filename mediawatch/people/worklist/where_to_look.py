"""What a person opens, and which date counts, on platforms that no machine looks at. Pure.

How these sites and apps show dates is described by their users; no recording attests it. So the
words say what counts, and leave open where exactly a version of an app prints it. What a date must
be follows from the rules of proof (docs/rules.md, Proof).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mediawatch.domain import PLATFORM_LABELS, Filing

_UPDATES: Mapping[str, str] = {
    "channels": "请在微信“搜一搜”的“视频号”中打开账号主页，点开作品看发布日期，置顶的不一定最新。",
    "xiaohongshu": "请在小红书打开账号主页，点开笔记看发布日期，置顶的不一定最新，“编辑于”不算。",
    "baijiahao": "请打开百家号作者主页，点开各栏最近一条看发布日期，置顶的不一定最新。",
    "app": "请下载、打开客户端，看其中最近一条信息的发布日期，版本更新不算。",
    "miniprogram": "请打开小程序，看其中最近一条信息的发布日期，版本更新不算。",
}
"""Behind the question of a row, by platform, where the account is judged by its updates."""
_USE: Mapping[str, str] = {
    "app": "请在应用商店搜索、下载、打开；版本更新不算发布内容。",
    "miniprogram": "请在其所在平台内搜索、打开；版本更新不算发布内容。",
}
"""The same where it is asked whether the account can be used."""
_NEWEST = "置顶的不一定是最新的，以各条中最近的发布日期为准；只写“几天前”的，按查看当天推算。"
_IN_FULL: Mapping[str, str] = {
    "channels": (
        "打开微信“搜一搜”，搜索备案名称，在“视频号”中打开该账号主页（不是同名公众号），逐个点开最上面的作品看发布日期。"
        f"{_NEWEST}“赞过”“收藏”不算。"
    ),
    "xiaohongshu": (
        "打开小红书App或网页版（www.xiaohongshu.com），按备案名称或小红书号找到该账号主页，点开笔记看发布日期。"
        f"{_NEWEST}写明“编辑于”的是修改日期，不算发布日期；“收藏”“赞过”不算。"
    ),
    "baijiahao": (
        "打开链接，或在百度App、www.baidu.com搜索备案名称，进入该百家号的作者主页，查看文章、视频、动态等各栏，"
        f"点开最近一条看发布日期。{_NEWEST}"
    ),
    "app": (
        "在手机应用商店搜索备案名称，核对开发者后下载、打开。应用商店的“更新时间”“版本记录”是软件版本的日期，"
        "不算发布内容；问有无发布的，看客户端内最近一条信息的发布日期。"
    ),
    "miniprogram": (
        "在其所在平台内搜索备案名称，核对主体后打开。版本更新的日期不算发布内容；问有无发布的，"
        "看小程序内最近一条信息的发布日期。"
    ),
}
"""The paragraph of 填写说明, by platform."""


def where_to_look(filed: Filing, *, by_updates: bool) -> str:
    """The sentence behind the question of a row, "" where the platform needs none."""
    return (_UPDATES if by_updates else _USE).get(filed.platform, "")


def where_in_full(platforms: Collection[str]) -> tuple[str, ...]:
    """What 填写说明 says of these platforms, a paragraph each."""
    return tuple(
        f"{PLATFORM_LABELS[key]}：{words}" for key, words in _IN_FULL.items() if key in platforms
    )
