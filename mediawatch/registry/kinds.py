"""The words of registries for platforms, account kinds, states and bodies, and our keys for them.

The platform synonyms are those of published circulars and of offices' own tables. 类型 itself is
kept exactly as filed: these functions only say what it means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from mediawatch.domain import PLATFORM_LABELS, FiledStatus
from mediawatch.registry.problems import BadCell

OTHER = "other"
PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "wechat": (
        "微信公众号", "微信公众平台", "微信公众账号", "公众号", "公众平台", "微信订阅号", "订阅号", "微信服务号", "服务号", "政务微信",
        "政务微信公众号", "官方微信公众号", "微信公号", "微信",
    ),
    "weibo": ("新浪微博", "微博", "政务微博", "官方微博", "新浪官方微博", "新浪政务微博", "微博账号", "微博号"),
    "douyin": ("抖音短视频", "抖音", "抖音号", "抖音账号", "官方抖音", "政务抖音", "政务抖音号", "抖音政务号", "抖音视频"),
    "toutiao": ("今日头条", "头条", "头条号", "今日头条号", "今日头条账号", "政务头条号", "政务头条", "头条政务号", "今日头条政务号"),
    "channels": ("微信视频号", "视频号", "政务视频号", "官方视频号"),
    "miniprogram": ("微信小程序", "小程序", "政务小程序", "支付宝小程序", "百度小程序", "百度智能小程序"),
    "app": ("移动客户端", "客户端", "app", "手机app", "移动app", "政务app", "手机客户端", "政务客户端", "移动应用", "移动应用程序"),
    "tieba": ("贴吧", "百度贴吧", "贴吧号", "百度贴吧号", "贴吧账号", "百度贴吧账号", "政务贴吧"),
    "kuaishou": ("快手", "快手号", "快手短视频", "快手账号", "快手政务号", "官方快手"),
    "bilibili": ("哔哩哔哩", "b站", "bilibili", "哔哩哔哩号", "b站账号", "b站号", "哔哩哔哩账号", "政务b站"),
    "xiaohongshu": ("小红书", "小红书号", "小红书账号"),
    "baijiahao": ("百家号", "百度百家号"),
    "dayu": ("大鱼号", "uc大鱼号"),
    "qie": ("企鹅号", "腾讯企鹅号"),
    "zhihu": ("知乎", "知乎号", "知乎机构号"),
    OTHER: ("其他", "其它", "其他平台", "其他类型", "其他政务新媒体"),
}  # fmt: skip
"""Platform key -> what registries write for it, the reporting system's own word first."""
_VAGUE = frozenset({"微信", "官方微信"})
"""May be 公众号, 服务号, 视频号 or 小程序."""
_KINDS = ("订阅号", "服务号")

_STATUS: Mapping[FiledStatus, tuple[str, ...]] = {
    FiledStatus.RUNNING: ("正常运行", "正常", "运行", "运行中", "正常运营", "正常运行中", "在用", "启用", "使用中", "运营中"),
    FiledStatus.CLOSING: (
        "申请关停", "拟关停", "关停中", "申请关停中", "待关停", "关停审核中", "申请关停审核中", "申请注销", "申请注销中",
        "拟注销", "注销中",
    ),
    FiledStatus.CLOSED: (
        "已关停", "关停", "已关停下线", "关停下线", "审核关停下线", "已下线", "下线", "已停用", "停用", "已关闭", "关闭", "已注销/关停",
        "已关停/注销",
    ),
    FiledStatus.DEREGISTERED: ("已注销", "注销", "已关停注销", "已关停并注销"),
}  # fmt: skip
_BODIES: Mapping[str, tuple[str, ...]] = {
    "政府": ("政府", "代表政府", "主体为政府", "人民政府", "地方政府", "代表主体为政府", "政府类"),
    "部门": ("部门", "政府部门", "代表部门", "主体为部门", "代表主体为部门", "部门类", "直属部门"),
}


_FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "发布类": ("发布类", "发布", "发布型", "信息发布", "信息发布类", "发布类账号", "资讯类", "宣传类"),
    "服务类": ("服务类", "服务", "服务型", "办事服务", "办事服务类", "政务服务", "政务服务类", "服务类账号"),
}  # fmt: skip


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """NFKC, without white space, lower case: how words of the registry are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _table(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {fold(word): key for key, synonyms in words.items() for word in synonyms}


_PLATFORM_OF = _table(PLATFORMS)
_BODY_OF = _table(_BODIES)
_FUNCTION_OF = _table(_FUNCTIONS)
_STATUS_OF = {fold(word): status for status, words in _STATUS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Classification:
    """What a row's words for the platform mean.

    `certain` is False for a bare 微信; `known` is False for words we never met.
    """

    type: str
    platform: str
    kind: str = ""
    certain: bool = True
    known: bool = True


@lru_cache(maxsize=65536)
def classify(type: str, platform: str = "", kind: str = "") -> Classification:
    """Platform and account kind from the cells 类型, 平台 and 账号类型, each "" where not filed.

    Raises BadCell where they name two platforms or nothing at all.
    """
    filed = type or platform or kind
    if not filed:
        raise BadCell("未填写类型，无法确定平台")
    found = [key for text in (type, platform, kind) for key in _platforms(text)]
    keys = {key for key in found if key != OTHER} or set(found)
    if len(keys) > 1:
        words = "、".join(dict.fromkeys(text for text in (type, platform, kind) if text))
        raise BadCell(f"“{words}”指向多个平台，一行只能填写一个账号")
    named = _kind(kind) or _kind(type) or _kind(platform)
    if not keys:
        return Classification(filed, "wechat" if named else OTHER, named, known=bool(named))
    key = keys.pop()
    texts = [text for text in (type, platform, kind) if key in _platforms(text)]
    certain = bool(named) or not all(fold(text) in _VAGUE for text in texts)
    return Classification(filed, key, named if key == "wechat" else "", certain)


def platforms_meant(word: str) -> frozenset[str]:
    """The platforms that one word for a platform or type may mean; none for any other word."""
    folded = fold(word)
    if folded in _VAGUE:
        return frozenset({"wechat", "channels", "miniprogram"})
    found = _PLATFORM_OF.get(folded, OTHER)
    return frozenset({found} - {OTHER})


PLATFORM_WORDS = tuple(
    sorted((word for word, key in _PLATFORM_OF.items() if key != OTHER), key=len, reverse=True)
)
"""Every such word, folded, the longest first."""


def _platforms(text: str) -> list[str]:
    """The platforms a cell names.

    As a whole, else without a bracketed remark, else part by part.
    """
    folded = fold(text)
    bare = re.sub(r"\([^()]*\)", "", folded)
    for whole in (folded, bare):
        if whole in _VAGUE | _PLATFORM_OF.keys():
            return [_PLATFORM_OF.get(whole, "wechat")]
    parts = [
        _PLATFORM_OF[part] for part in re.split(r"[、,;/|+()和及-]", folded) if part in _PLATFORM_OF
    ]
    return list(dict.fromkeys(parts))


def _kind(text: str) -> str:
    found = [kind for kind in _KINDS if kind in fold(text)]
    return found[0] if len(found) == 1 else ""


def status_of(text: str) -> FiledStatus:
    """运行状态.

    Raises BadCell for an unknown word. A guess here decides whether an account may be accused at
    all.
    """
    bare = re.sub(r"\([^()]*\)$", "", fold(text))
    status = _STATUS_OF.get(fold(text)) or _STATUS_OF.get(bare)
    if status is None:
        raise BadCell("运行状态应为 正常运行、申请关停、已关停、已注销 之一")
    return status


def body_kind_of(text: str) -> str:
    """政府 or 部门; anything else (事业单位 …) stays as filed."""
    return _BODY_OF.get(fold(text), text)


def function_kind_of(text: str) -> str:
    """发布类 or 服务类; anything else (综合类 …) stays as filed."""
    return _FUNCTION_OF.get(fold(text), text)


def is_function_kind(text: str) -> bool:
    """Whether a 账号类别 says 发布类 or 服务类: 服务 alone may mean a 服务号."""
    return fold(text).endswith("类") and fold(text) in _FUNCTION_OF


def platform_label(key: str) -> str:
    """The reporting system's word for a platform key."""
    return PLATFORM_LABELS.get(key, key)
