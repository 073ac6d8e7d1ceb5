"""Made-up WeChat accounts: what each source would show of their true rhythm.

Every share here is an assumption but the span of the lag, which was reported
(docs/platforms/wechat.md): nobody has measured how it is spread.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from lives import Life, midnight

from mediawatch.domain import Filing
from mediawatch.domain.clock import day_of
from scrapers.wechat.identity import encode_biz

LAG = ((0.50, 0, 1), (0.25, 1, 3), (0.15, 3, 7), (0.10, 7, 15))
"""Share of accounts, and between how many days 微信读书 is behind them: none to half a month.

An account keeps its lag, so that one that lags much cannot be caught on a better day.
"""
UNPUSHED, NEVER_PUSHED = 0.20, 0.03
"""Of articles, those published without a push; of accounts, those that never push. 微信读书 lacks
both."""
ALBUMS, IN_ALBUM = 0.40, 0.50
"""Of accounts, those that keep an album; of their articles, those that they put in it."""
HIDDEN = 0.05
"""Of accounts, those that the name search does not find, or not as the only one of the name."""
HINTED = 0.50
"""Of accounts, those that a monitoring service knows."""
SERVICE_BEHIND = timedelta(days=1)
"""How far the service is behind when its file is handed in."""
FIRST_NUMBER = 3_000_000_000


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What is true of one WeChat account, and what of it each source has."""

    life: Life
    lag: timedelta
    pushed: Sequence[datetime]
    """The posts that were pushed, oldest first."""
    album: Sequence[datetime]
    """Those in its album, oldest first; empty where it keeps none."""
    hidden: bool
    hinted: bool

    @property
    def biz(self) -> str:
        return encode_biz(str(FIRST_NUMBER + self.life.number))

    @property
    def album_link(self) -> str:
        return (
            f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={self.biz}&action=getalbum"
            f"&album_id={self.life.number}"
        )

    def article_link(self, post: datetime) -> str:
        return f"https://mp.weixin.qq.com/s/{self.life.number:08}-{bisect_left(self.life.posts, post):08}"

    def article(self, link: str) -> datetime:
        """When the article of that link was published."""
        return self.life.posts[int(link.rpartition("-")[2])]

    def links_on(self, post: datetime, at: datetime) -> tuple[str, ...]:
        """What the page of an article shows then: the next article of its album, and the album."""
        if post not in self.album:
            return ()
        following = [later for later in self.album if post < later <= at][:1]
        return (*map(self.article_link, following), self.album_link)

    def in_reader(self, at: datetime) -> datetime | None:
        """The newest article that 微信读书 has."""
        return newest(self.pushed, at - self.lag)

    def active(self, night: int, window_start: date) -> bool:
        """Whether it lives on that night, and posted since the window's first day."""
        latest = newest(self.life.posts, midnight(night + 1))
        gone = self.life.gone is not None and night >= self.life.gone
        return not gone and latest is not None and day_of(latest) >= window_start


def newest(posts: Sequence[datetime], at: datetime) -> datetime | None:
    end = bisect_right(posts, at)
    return posts[end - 1] if end else None


def feeds(some: Sequence[Life], seed: int) -> list[Feed]:
    random = Random(f"feeds {seed}")
    return [_feed(life, random) for life in some]


def _feed(life: Life, random: Random) -> Feed:
    life.filed = Filing(name=f"示例{life.number}", platform="wechat", type="微信公众号")
    _, least, most = random.choices(LAG, [share for share, *_ in LAG])[0]
    never, keeps = random.random() < NEVER_PUSHED, random.random() < ALBUMS
    pushed = [post for post in life.posts if random.random() >= UNPUSHED]
    album = [post for post in life.posts if random.random() < IN_ALBUM]
    return Feed(
        life=life,
        lag=timedelta(days=random.uniform(least, most)),
        pushed=[] if never else pushed,
        album=album if keeps else [],
        hidden=random.random() < HIDDEN,
        hinted=random.random() < HINTED,
    )
