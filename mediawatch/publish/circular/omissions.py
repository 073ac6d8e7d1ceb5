"""How a text says that accounts count and are not named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from mediawatch.domain import NameOmission

_PRINTED = {NameOmission.UNNAMED.label: "不予点名", NameOmission.LETTER.label: "另行函告"}


def omission_words(omitted: Iterable[str], measure: str) -> str:
    """其中1个不予点名，2个另行函告: how many of a count are named nowhere; "" for none.

    `omitted`: of each account that is counted how it is left out, "" where it is named.
    """
    counts = Counter(omitted)
    total = counts.total()
    counts.pop("", None)
    if list(counts.values()) == [total]:
        words = _PRINTED[next(iter(counts))]
        return f"均{words}" if total > 1 else words
    said = "，".join(
        f"{counts[how]}{measure}{words}" for how, words in _PRINTED.items() if counts[how]
    )
    return f"其中{said}" if said else ""
