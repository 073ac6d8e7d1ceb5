"""How far back a list of posts is to be read, and how far back it shows everything. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise

from mediawatch.domain import Post
from mediawatch.domain.clock import day_end

PAGES_BACK = 12
"""Pages of one list that are read for a period at most: three months of two to three posts a
day.
"""


def ends_short(posts: Iterable[Post], back_to: date | None) -> bool:
    """Whether a list is to be read further back: no post from before this Beijing day stands in it
    yet. Pinned ones tell nothing.
    """
    days = [post.on for post in posts if not post.pinned]
    return back_to is not None and bool(days) and min(days) >= back_to


def reach(posts: Sequence[Post]) -> datetime | None:
    """How far back a list, in the order it was shown, is without gaps: to its oldest post that is
    not pinned.

    None where those do not stand newest first (then an unknown order may hide anything), and where
    there are none.
    """
    listed = [post for post in posts if not post.pinned]
    if not listed or any(later.order > earlier.order for earlier, later in pairwise(listed)):
        return None
    return listed[-1].at or day_end(listed[-1].on)
