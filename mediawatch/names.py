"""Fold and compare account names. Equal after folding is the same name; nothing else ever is."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz

# Quotes and brackets of both widths: an office writes “发布”, the platform shows "发布".
# One middle dot and one dash, whichever an input method made.
_SIGNS = str.maketrans({**dict.fromkeys("•・‧∙⋅･", "·"), **dict.fromkeys("‐‑‒–—―－﹣−", "-")})
_MARKS = str.maketrans("", "", "\"'“”‘’`´「」『』《》〈〉<>()（）[]【】{}〔〕")
# What offices append to a filed name although the platform's own name has no such part (rules: 备案填写不规范, never a mismatch).
_SUFFIX = re.compile(
    r"(?:官方)?(?:微信)?(?:公众|订阅|服务|视频|政务微信)号$|(?:官方)?(?:新浪|腾讯|政务)?微博$|(?:官方)?微信$"
    r"|(?:官方)?(?:抖音|头条|今日头条|快手)(?:短视频)?(?:官方)?(?:账?帐?号)?$|微信公众平台$|官方(?:账?帐?号)$"
)


def fold(name: str) -> str:
    """NFKC, without white space, quotes and brackets, one kind of dot and dash, lower case. Two names with one fold are the same name."""
    text = unicodedata.normalize("NFKC", name.translate(_SIGNS))
    text = "".join(char for char in text if not char.isspace() and unicodedata.category(char) != "Cf")
    return text.translate(_SIGNS).translate(_MARKS).casefold()


def same(one: str, other: str) -> bool:
    """True when both say the same name. Two names that fold to nothing (only marks) are compared as they are."""
    if not fold(one) or not fold(other):
        return one.strip() == other.strip()
    return fold(one) == fold(other)


def differs_by_suffix(filed: str, seen: str) -> bool:
    """True when the filed name is the seen one plus a platform suffix such as 微信公众号 or 官方微博 (备案填写不规范)."""
    folded, shown = fold(filed), fold(seen)
    return folded != shown and bool(shown) and folded.startswith(shown) and bool(_SUFFIX.fullmatch(folded[len(shown) :]))


def similarity(one: str, other: str) -> int:
    """0 to 100; grades a mismatch for the reviewer, never decides one."""
    return round(fuzz.ratio(fold(one), fold(other)))
