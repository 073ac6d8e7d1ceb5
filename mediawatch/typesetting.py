"""Punctuation of Chinese sentences as it is printed."""

from __future__ import annotations

import re

_WIDE = str.maketrans(",;:?!()", "，；：？！（）")
_NARROW = re.compile(r"“[^”]*”|(?<=[\u3000-\u9fff“”])[,;:?!()]|[,;:?!()](?=[\u3000-\u9fff“”])")


def typeset(text: str) -> str:
    """A sentence as it is printed: punctuation beside Chinese characters is full-width.

    What stands in quotation marks is a name, and stays as it was filed or seen.
    """
    return _NARROW.sub(
        lambda mark: mark[0] if mark[0].startswith("“") else mark[0].translate(_WIDE), text
    )
