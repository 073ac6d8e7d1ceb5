"""How far back a list of posts is to be read, and how far back it shows everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import pairwise

from mediawatch.domain import Captcha, Failure, LoginRequired, Post, RateLimited
from mediawatch.domain.clock import day_end
from scrapers.browser.shared_pages import PageCalls
from scrapers.browser.tab import Tab

PAGES_BACK = 12
"""Pages of one list that are read for a period at most: three months at two to three posts a day.
"""


def needs_older_page(posts: Iterable[Post], back_to: date | None) -> bool:
    """Whether to read a list further back: it shows no post from before this Beijing day yet.

    Pinned ones do not count.
    """
    days = [post.on for post in posts if not post.pinned]
    return back_to is not None and bool(days) and min(days) >= back_to


def complete_back_to(posts: Sequence[Post]) -> datetime | None:
    """From which moment on a list, in the order shown, is without gaps: its oldest post not pinned.

    None where those do not stand newest first: then an unknown order may hide anything. None also
    where the list has no such post.
    """
    listed = [post for post in posts if not post.pinned]
    if not listed or any(later.order > earlier.order for earlier, later in pairwise(listed)):
        return None
    return listed[-1].at or day_end(listed[-1].on)


@contextmanager
def keep_earlier_pages(by: Tab | PageCalls) -> Iterator[None]:
    """For further pages of a list: where one fails, what the pages before it show stays.

    The sight's outcome is still that the site turned us away: the next visit must not ask on.
    """
    try:
        yield
    except (Captcha, RateLimited, LoginRequired) as refusal:
        by.refused = refusal
    except Failure:
        pass
