"""Which ids a person typed, of what kind each is, and whether they are the account's own."""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mediawatch.domain import PLATFORM_LABELS, Filing


class IdKind(StrEnum):
    """What an id is.

    Two ids of one kind that differ are two accounts; ids of two kinds say nothing of each other.
    """

    ORIGINAL = "original"
    """WeChat's gh_ id."""
    BIZ = "biz"
    UID = "uid"
    SEC_UID = "sec_uid"
    TOKEN = "token"
    NUMBER = "number"
    """A number of Toutiao: two of one length are compared."""
    ALIAS = "alias"
    """微信号, 抖音号, 快手号, Weibo's own domain: readable, and chosen by the account."""
    OTHER = "other"

    @property
    def of_platform(self) -> bool:
        """Whether it stands in `Filed.platform_id`."""
        return self not in (IdKind.ORIGINAL, IdKind.ALIAS)


@dataclass(frozen=True, slots=True)
class SeenId:
    kind: IdKind
    text: str

    @property
    def key(self) -> tuple[IdKind, str]:
        """Equal for two writings of one id."""
        return self.kind, _number_of(self.text) if self.kind is IdKind.BIZ else self.text.casefold()


_GH = re.compile(r"gh_[0-9a-z]{6,24}", re.IGNORECASE)
_SEC_UID = re.compile(r"MS4wLjABAAAA[\w-]*", re.ASCII)
_TOKEN = re.compile(r"C[A-Za-z0-9_-]{20,}")
_UID = re.compile(r"[1-9]\d{4,10}")
_MID = re.compile(r"[1-9]\d{4,15}", re.ASCII)
_EID = re.compile(r"3x[0-9a-z]{6,22}", re.ASCII)
_PORTRAIT = re.compile(r"tb\.1\.[0-9a-f]{1,8}\.[\w-]{10,40}", re.ASCII)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{4,}")
_PART = re.compile(r"[A-Za-z0-9_.\-]+={0,2}")
_BIZ_IN_LINK = re.compile(r"__biz=([A-Za-z0-9%]+={0,2})")
_LINK = re.compile(
    r"://|\b(?:weibo|douyin|iesdouyin|toutiao|bilibili|kuaishou|baidu|qq)\.(?:com|cn)\b",
    re.IGNORECASE,
)
_MISTAKABLE = ("wechat", "weibo", "douyin", "toutiao", "bilibili", "kuaishou", "tieba")
_ASKED_FOR = {
    "wechat": "微信号或原始ID（gh_ 开头）", "weibo": "主页的数字UID", "douyin": "抖音号或主页链接中的ID", "toutiao": "主页链接中的ID",
    "bilibili": "空间的数字UID",
    "kuaishou": "主页链接中的ID（3x 开头）或快手号",
    "tieba": "主页链接中的ID（tb.1. 开头）或贴吧ID",
}  # fmt: skip


def asked_for(platform: str) -> str:
    """What a person is asked to type for an account of the platform."""
    return _ASKED_FOR.get(platform, "主页上的ID")


def kind_of(text: str, platform: str) -> IdKind | None:
    """What an id is on a platform; None for what is no id of it."""
    match platform:
        case "wechat":
            if _GH.fullmatch(text):
                return IdKind.ORIGINAL
            if _number_of(text).isdigit():
                return IdKind.BIZ if 8 <= len(_number_of(text)) <= 12 else None
            return IdKind.ALIAS if _WORD.fullmatch(text) else None
        case "weibo":
            return (
                IdKind.UID
                if _UID.fullmatch(text)
                else IdKind.ALIAS
                if _WORD.fullmatch(text)
                else None
            )
        case "douyin":
            if _SEC_UID.fullmatch(text):
                return IdKind.SEC_UID
            return IdKind.ALIAS if re.fullmatch(r"[A-Za-z0-9_.\-]{4,24}", text) else None
        case "toutiao":
            if text.isascii() and text.isdigit():
                return IdKind.NUMBER if len(text) >= 5 else None
            return IdKind.TOKEN if _SEC_UID.fullmatch(text) or _TOKEN.fullmatch(text) else None
        case "bilibili":
            return IdKind.UID if _MID.fullmatch(text) else None
        case "kuaishou":
            if _EID.fullmatch(text):
                return IdKind.TOKEN
            return IdKind.ALIAS if re.fullmatch(r"[A-Za-z0-9_.\-]{4,24}", text) else None
        case "tieba" if _PORTRAIT.fullmatch(text):
            return IdKind.TOKEN
    return IdKind.OTHER if re.fullmatch(r"[A-Za-z0-9_.\-=]{3,}", text) else None


def typed_ids(text: str, platform: str) -> tuple[SeenId, ...]:
    """The ids in what a person typed.

    People write `微信号:xzfabu / gh_…`, or paste the page's address. The words of an address are no
    readable ids, and of WeChat's only what `__biz` says.
    """
    folded, linked = unicodedata.normalize("NFKC", text).strip().strip("@"), is_link(text)
    words = _PART.findall(folded)
    if linked and platform == "wechat":
        words = [word for word in words if _GH.fullmatch(word)] + [
            word.replace("%3D", "=") for word in _BIZ_IN_LINK.findall(folded)
        ]
    found = [
        SeenId(kind, word.rstrip("."))
        for word in words
        if (kind := kind_of(word.rstrip("."), platform)) is not None
    ]
    return tuple(one for one in found if not (linked and one.kind in (IdKind.ALIAS, IdKind.OTHER)))


def link_ids(link: str, platform: str) -> tuple[SeenId, ...]:
    """The ids of the account whose page a link is, as far as its address says it.

    Other numbers of an address (of a post, of what shared it) are no account's.
    """
    if not link or platform == "wechat":
        return typed_ids(link, platform) if link else ()
    pattern = _OWNER.get(platform)
    found = pattern.search(link) if pattern else None
    text = next(filter(None, found.groups()), "") if found else ""
    kind = kind_of(text, platform) if text else None
    return (SeenId(kind, text),) if kind is not None and kind.of_platform else ()


def shows_another(link: str, own: Sequence[SeenId], platform: str) -> str:
    """The id of another account that a link shows; "" where it shows none, or the account's own."""
    shown = link_ids(link, platform)
    if {one.key for one in shown} & {one.key for one in own}:
        return ""
    return next((seen.text for seen in shown if any(_comparable(seen, one) for one in own)), "")


_OWNER = {
    "weibo": re.compile(r"weibo\.(?:com|cn)/(?:u/|profile/)?(\d{5,11})(?=[/?#]|$)", re.ASCII),
    "douyin": re.compile(r"/user/([\w-]+)|[?&]sec_u(?:ser_)?id=([\w-]+)", re.ASCII),
    "toutiao": re.compile(r"/c/user/(?:token/)?([\w-]+)", re.ASCII),
    "bilibili": re.compile(r"space\.bilibili\.com/(\d+)|bilibili\.com/space/(\d+)", re.ASCII),
    "kuaishou": re.compile(
        r"(?:^|//|www\.)kuaishou\.com/profile/(3x[0-9a-z]+)|/fw/user/(3x[0-9a-z]+)", re.ASCII
    ),
    "tieba": re.compile(r"/home/main/?\?(?:[^#]*&)?id=(tb\.1\.[\w.-]+)", re.ASCII),
}
"""Where the address of a platform says whose page, or whose post, it is."""


def is_link(text: str) -> bool:
    return bool(_LINK.search(text))


def own_ids(filed: Filing, ids: Iterable[str]) -> tuple[SeenId, ...]:
    """The ids that the account goes by, each with its kind: the filed ones and those in `ids`."""
    found = [SeenId(IdKind.ALIAS, filed.alias)] if filed.alias else []
    for text in dict.fromkeys((filed.original_id, filed.platform_id, *ids)):
        if text and text.casefold() != filed.alias.casefold():
            found.append(SeenId(kind_of(text, filed.platform) or IdKind.OTHER, text))
    return tuple(found)


def tied_by(text: str, own: Sequence[SeenId], platform: str) -> SeenId | None:
    """The account's own id that a person typed; None where it was not typed."""
    typed = {one.key for one in typed_ids(text, platform)}
    whole = unicodedata.normalize("NFKC", text).strip().strip("@").casefold()
    return next(
        (one for one in own if one.key in typed or (one.text and one.text.casefold() == whole)),
        None,
    )


def contradicts(text: str, own: Sequence[SeenId], platform: str) -> str:
    """The account's own id of the same kind that differs from the one typed; "" for no such id.

    A profile may show its 微信号 where the registry holds only the gh_ id: that contradicts
    nothing. An address contradicts nothing either.
    """
    if not text or is_link(text) or tied_by(text, own, platform):
        return ""
    typed = typed_ids(text, platform)
    return next((one.text for one in own for seen in typed if _comparable(seen, one)), "")


def wrong_kind(text: str, platform: str) -> str:
    """What kind of id was typed that this platform does not have, in Chinese; "" for none."""
    if is_link(text) or platform not in _MISTAKABLE:
        return ""
    for word in _PART.findall(unicodedata.normalize("NFKC", text)):
        if platform != "wechat" and _GH.fullmatch(word):
            return "微信的原始ID"
        if platform not in ("douyin", "toutiao") and _SEC_UID.fullmatch(word):
            return "抖音或今日头条的主页ID"
        if (
            platform != "wechat"
            and word.startswith("Mz")
            and not word.isdigit()
            and _number_of(word).isdigit()
        ):
            return "微信公众号的biz"
    return ""


def said_of(platform: str) -> str:
    return PLATFORM_LABELS.get(platform, platform)


def _comparable(one: SeenId, other: SeenId) -> bool:
    if one.kind is not other.kind or one.kind is IdKind.OTHER:
        return False
    return one.kind is not IdKind.NUMBER or len(one.text) == len(other.text)


def _number_of(biz: str) -> str:
    """The number that a biz encodes.

    It is written in base64, with or without padding, or as the number itself.
    """
    if biz.isascii() and biz.isdigit():
        return biz
    try:
        decoded = b64decode(
            biz.rstrip("=") + "=" * (-len(biz.rstrip("=")) % 4), validate=True
        ).decode("ascii")
    except ValueError:
        return biz
    return decoded if decoded.isdigit() else biz
