"""Fold and compare account names. Equal after folding is the same name; nothing else ever is."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

# OpenCC and rapidfuzz are imported where they are used: most commands compare no names.
if TYPE_CHECKING:
    from opencc import OpenCC

# Quotes and brackets of both widths: an office writes “发布”, the platform shows "发布".
# One middle dot and one dash, whichever an input method made.
_SIGNS = str.maketrans({**dict.fromkeys("•・‧∙⋅･", "·"), **dict.fromkeys("‐‑‒–—―－﹣−", "-")})
_DASHES = re.compile("-{2,}")
# Signs that show nothing: variation selectors and the like are marks (Mn), the Hangul fillers are
# letters (Lo).
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_MARKS = str.maketrans("", "", "\"'“”‘’`´「」『』《》〈〉<>()（）[]【】{}〔〕")
_POST = re.compile(r"[(\[【{〔〈<][^)\]】}〕〉>]*(?:[)\]】}〕〉>]|$)")
# What offices append to a filed name although the platform's own name has no such part (rules:
# 备案填写不规范, never a mismatch).
_SUFFIX = re.compile(
    r"(?:官方)?(?:微信)?(?:公众|订阅|服务|视频|政务微信)号$|(?:官方)?(?:新浪|腾讯|政务)?微博$|(?:官方)?微信$"
    r"|(?:官方)?(?:抖音|头条|今日头条|快手)(?:短视频)?(?:官方)?(?:账?帐?号)?$|微信公众平台$|官方(?:账?帐?号)$"
)

_NO_LETTERS = re.compile(r"[\W_\u115f\u1160\u3164]+")


def fold(name: str) -> str:
    """Fold a name: two names with one fold are the same name.

    NFKC, lower case, one kind of dot, one dash for a run of them. Signs that show nothing go:
    spaces, control, bidi, variation and filling signs. Quotes and brackets go, too.
    """
    if name.isascii() and name.isalnum():
        return name.casefold()
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", name).translate(_SIGNS))
    text = "".join(
        char
        for char in _UNSEEN.sub("", text)
        if not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc")
    )
    return _DASHES.sub("-", text.translate(_SIGNS).translate(_MARKS)).casefold()


def same(one: str, other: str) -> bool:
    """True when both say the same name.

    Two names that fold to nothing (only marks) are compared as they are.
    """
    if one == other:
        return True
    folded, shown = fold(one), fold(other)
    return folded == shown if folded and shown else one.strip() == other.strip()


def same_person(one: str, other: str) -> bool:
    """True when two typed names may be one person's, whatever signs, spaces, width or script.

    What stands in brackets is a post, not a name: 甲某（信息科） is 甲某.
    In doubt it is one person: that only costs a second person's decision.
    """
    return _person(one) == _person(other)


def _person(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name)
    folded = _simplified(fold(_POST.sub("", plain)) or fold(name))
    return "".join(char for char in folded if char.isalnum()) or folded or name.strip()


def differs_by_suffix(filed: str, seen: str) -> bool:
    """True when the filed name is the seen one plus a platform suffix (备案填写不规范).

    Such suffixes are 微信公众号 and 官方微博.
    """
    folded, shown = fold(filed), fold(seen)
    return (
        folded != shown
        and bool(shown)
        and folded.startswith(shown)
        and bool(_SUFFIX.fullmatch(folded[len(shown) :]))
    )


def letters_of(name: str) -> str:
    """The letters and digits of a name, without a platform suffix.

    Quick to make: names that are one name, but for their script, have the same. `alike` decides.
    """
    letters = _NO_LETTERS.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return _SUFFIX.sub("", letters) or letters


def differs_by_script(filed: str, seen: str) -> bool:
    """True when one of the names is the other in traditional characters (備案 for 备案).

    That is 备案填写不规范, never a mismatch.
    """
    folded, shown = fold(filed), fold(seen)
    return (
        folded != shown
        and bool(shown)
        and not {folded, _simplified(folded)}.isdisjoint({shown, _simplified(shown)})
    )


def alike(filed: str, seen: str) -> bool:
    """True when the filed name is the seen one, or differs by the style of filing alone.

    Such a difference is a suffix, the script, or both.
    """
    if same(filed, seen) or differs_by_suffix(filed, seen) or differs_by_script(filed, seen):
        return True
    folded, shown = fold(filed), fold(seen)
    return any(
        differs_by_suffix(one, other)
        for one in (folded, _simplified(folded))
        for other in (shown, _simplified(shown))
    )


def _simplified(text: str) -> str:
    """By OpenCC's dictionaries, which know words as well as characters: 乾縣 is 乾县, not 干县."""
    return str(_converter().convert(text))


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


_OF_PLATFORM = re.compile(
    r"(?:(?:官方|政务|新浪)*(?:微博|抖音号?|头条号|微信|(?:微信)?公众号|账号|帐号)|官方)+[。.]?$"
)
"""What platforms add to the name of a certified body."""


def same_body(certified: str, body: str, prefecture: str = "", county: str = "") -> bool:
    """Whether a 认证主体 is a filed body, as a whole.

    西安市公安局高新区公安分局 is no other place's 高新区公安分局. Only what platforms add
    (官方微博) is left out. A body that is filed without its place may be certified with it: the
    filed county, or the prefecture where no county is filed.
    """
    shown = fold(_OF_PLATFORM.sub("", certified.strip())) or fold(certified)
    filed, city, district = fold(body), fold(prefecture), fold(county)
    if not shown or not filed:
        return False
    of_county = filed if not district or filed.startswith(district) else district + filed
    placed = [of_county, city + of_county] if not filed.startswith(city) or not city else []
    return shown in (filed, *(each for each in placed if each))
