"""Whether two titles are of one piece of information. Pure.

Titles are compared without white space, quotation marks, brackets and all other punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from mediawatch.domain import TITLE_CUT, Post

SIMILAR_FROM = 75
"""Of 100: from here on titles are so alike that a person decides.

`rapidfuzz.fuzz.ratio` of the folded titles. Of a longer text its most similar part counts.
"""
SHORT = 8
"""Signs. Equal titles that are shorter may be of different pieces (通知公告)."""
_WITHIN = 6
"""Signs. A shorter title within another one says nothing."""
_SHARED = SIMILAR_FROM / (200 - SIMILAR_FROM)
"""So much of a title stands in any text that is as like it as `SIMILAR_FROM`."""
_SEPARATORS = frozenset("丨ー")
"""Signs that are written like a stroke between the parts of a title, and count as letters."""
_HEADING = re.compile(r"\s*(?:#[^#]{1,40}#\s*)*【([^】]{1,100})】")
_DOTS = ("...", "……", "。。。")


class TitleMatch(StrEnum):
    """How a title agrees with the one that is looked for, the strongest first."""

    EQUAL = "equal"
    HEADING = "heading"
    """The text begins with the very title in brackets (【…】)."""
    CONTAINED = "contained"
    SIMILAR = "similar"


def fold_title(text: str) -> str:
    """NFKC, without case, white space, punctuation, symbols and signs that cannot be seen."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(
        sign
        for sign in folded
        if unicodedata.category(sign)[0] not in "PSZC" and sign not in _SEPARATORS
    )


def titles_in(text: str) -> tuple[str, ...]:
    """What a text names in 《》, with the titles that such a title names within it."""
    found, depth, begin = [], 0, 0
    for place, sign in enumerate(text):
        if sign == "《":
            begin = place + 1 if depth == 0 else begin
            depth += 1
        elif sign == "》" and depth:
            depth -= 1
            if depth == 0 and fold_title(text[begin:place]):
                found.append(text[begin:place].strip())
    return tuple(found)


def is_whole(title: str) -> bool:
    """Whether a title is known from its beginning to its end."""
    return bool(title) and not title.endswith((TITLE_CUT, *_DOTS))


def shows_whole_words(post: Post) -> bool:
    """Whether all is known by which a post could be told for a repost of something."""
    if not post.repost:
        return is_whole(post.title)
    return is_whole(post.original_title) and (not post.title or is_whole(post.title))


@dataclass(frozen=True, slots=True)
class FoldedTitle:
    """A title or text of a post, made ready to be compared with many titles."""

    text: str
    folded: str
    heading: str
    signs: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, text: str) -> FoldedTitle:
        found = _HEADING.match(text)
        folded = fold_title(text)
        return cls(text, folded, fold_title(found[1]) if found else "", frozenset(folded))

    def compare(self, wanted: str) -> tuple[TitleMatch, int] | None:
        """How it agrees with a folded title, and how much of 100; None for not at all."""
        if not wanted or not self.folded:
            return None
        if self.folded == wanted:
            return TitleMatch.EQUAL, 100
        if self.heading == wanted:
            return TitleMatch.HEADING, 100
        shorter, longer = sorted((self.folded, wanted), key=len)
        if len(shorter) >= _WITHIN and shorter in longer:
            return TitleMatch.CONTAINED, 100
        # A text that lacks more of the title's signs cannot be so like it: ratios take long.
        if sum(sign in self.signs for sign in wanted) < _SHARED * len(wanted):
            return None
        # Imported here: most commands compare no titles.
        from rapidfuzz import fuzz

        score = fuzz.ratio(self.folded, wanted, score_cutoff=SIMILAR_FROM)
        if not score and len(self.folded) > len(wanted) >= _WITHIN:
            score = fuzz.partial_ratio(wanted, self.folded, score_cutoff=SIMILAR_FROM)
        return (TitleMatch.SIMILAR, int(score)) if score else None
