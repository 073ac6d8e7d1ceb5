"""Fold and compare account names. Equal after folding is the same name; nothing else ever is."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache
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
    return name.casefold() if name.isascii() and name.isalnum() else _fold(name)


@lru_cache(maxsize=4096)  # A name is folded again and again while its account is judged.
def _fold(name: str) -> str:
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", name).translate(_SIGNS))
    text = _UNSEEN.sub("", text)
    if not text.isalnum():  # Letters and digits are all seen, and most names have nothing else.
        text = "".join(
            char
            for char in text
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
    张三 and 张三科长, or 张三（复核）: where one name contains the other nobody knows that they are
    two. So it is where both name one of several. In doubt it is one person: that only costs a
    second person's decision.
    """
    if surely_same_person(one, other):
        return True
    return any(
        mine and his and (mine in his or his in mine)
        for mine in map(_person, _SEVERAL.split(one))
        for his in map(_person, _SEVERAL.split(other))
    )


def surely_same_person(one: str, other: str) -> bool:
    """True when two typed names are the same, apart from signs, spaces, width and script.

    Who takes his word back, does it by this: never another one's.
    """
    return _person(one) == _person(other)


class PersonFault(StrEnum):
    """What keeps a typed name from naming one person; the value is English, with the remedy."""

    SEVERAL = "names several persons: give one person's name"
    BRACKETS = "has brackets: give the person's name alone"
    DIGITS = "has digits: give the person's full name"
    TITLE = "has a title or a task: give the person's full name alone"

    @property
    def label(self) -> str:
        return {
            "SEVERAL": "只写一名人员的姓名，不能写多人",
            "BRACKETS": "姓名中不能有括号：请只写一名人员的姓名",
            "DIGITS": "姓名中不能有数字：请写人员的全名",
            "TITLE": "姓名前后不能带职务、称呼或“复核”等字样：请只写人员的全名",
        }[self.name]


def person_fault(name: str) -> PersonFault | None:
    """Why a typed name is not surely one person's; None for a name, or for no text at all.

    A second person counts only where he is surely another one: a name must not vary by what stands
    around it. People's names of all scripts pass, with a dot between their parts too.
    """
    text = unicodedata.normalize("NFKC", name).strip()
    words = text.split()
    if _SEVERAL.search(text) or _JOINED.fullmatch(text):
        return PersonFault.SEVERAL
    if len(words) > 1 and all(len(word) > 1 and _HAN.fullmatch(word) for word in words):
        return PersonFault.SEVERAL
    if _BRACKETS.search(text):
        return PersonFault.BRACKETS
    if any(char.isdigit() for char in text):
        return PersonFault.DIGITS
    if _TITLE.search("".join(words)):
        return PersonFault.TITLE
    return None


_SEVERAL = re.compile("[、,，;；/／|&＆+＋\n]")
_HAN = re.compile("[\u3400-\u9fff]+")
_JOINED = re.compile("[\u3400-\u9fff]{2,4}[和与及][\u3400-\u9fff]{2,4}")
_BRACKETS = re.compile(r"[()\[\]{}<>【】〔〕《》〈〉「」『』]")
_TITLE = re.compile(
    r"^(?:复核|初核|审核|复审|初审|检查|核查|复查|校对|经办)(?!(?:人|员)$)."
    r"|.(?:科长|处长|局长|组长|部长|队长|所长|站长|主任|书记|经理|干事|科员|老师|同志|先生|女士)$"
    r"|.(?:复核|审核|初审|复审|复查)$"
)
"""What people add to a name: 张三科长, 复核张三."""


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


def may_have_suffix(name: str) -> bool:
    """Whether the name ends like a platform suffix: only then it can be another one plus a suffix."""
    return _SUFFIX.search(fold(name)) is not None


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
