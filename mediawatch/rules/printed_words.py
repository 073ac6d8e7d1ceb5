"""What people's words may not say, for circulars print them. Pure."""

from __future__ import annotations

import re
import unicodedata

_FAULTS = (
    (
        re.compile(r"(?<!\d)(?:1[3-9]\d(?:[ -]?\d{4}){2}|0\d{2,3}[ -]?\d{7,8})(?!\d)|联系人:"),
        "具体情况要写入通报，不能写电话和联系人：请删去",
    ),
    (
        re.compile(
            r"https?://|(?<![a-z0-9])www\.|[a-z0-9-]\.(?:com|cn|net|org)(?![a-z])", re.IGNORECASE
        ),
        "具体情况要写入通报，不能写网址：网址请填在“问题链接”",
    ),
)


def words_fault(words: str) -> str:
    """Why words of people cannot be printed, in Chinese with the remedy; "" where they can."""
    plain = unicodedata.normalize("NFKC", words)
    return next((fault for pattern, fault in _FAULTS if pattern.search(plain)), "")
