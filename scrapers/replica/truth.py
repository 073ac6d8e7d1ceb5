"""True accounts and their posts, as the sites of the replica see them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from mediawatch.domain import PostKind


class Truth(StrEnum):
    """What is true of an account."""

    ALIVE = "alive"
    EMPTY = "empty"
    GONE = "gone"
    CANCELLED = "cancelled"
    BANNED = "banned"
    PRIVATE = "private"


class ArticleState(StrEnum):
    """What a WeChat article link shows."""

    OK = "ok"
    DELETED = "deleted"
    VIOLATION = "violation"
    CAPTCHA = "captcha"


class ReaderQuirk(StrEnum):
    """What is odd about an account's list in 微信读书."""

    BARRED = "barred"
    """The list wants a verification, while the cover answers."""
    UNDATED = "undated"
    """Its entries have no time."""
    OTHERS = "others"
    """It begins with an article of another account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePost:
    """One post.

    `number` counts from the newest (1); `serial` is a made-up number that grows with time.
    """

    number: int
    at: datetime
    kind: PostKind
    repost: bool = False
    pushed: bool = True
    pinned: bool = False
    article: ArticleState = ArticleState.OK
    linked: bool = False
    """WeChat: the registry holds the link of this article."""
    collected: bool = False
    """WeChat: it stands in the account's album."""
    title: str = ""
    """"" for one that the site's stand-in makes up."""
    retitled: tuple[datetime, str] | None = None
    """When its author changed the title, and to what."""
    withdrawn: datetime | None = None
    """When its author took it down."""

    def as_of(self, now: datetime) -> TruePost:
        """With the title that it bears by then."""
        if self.retitled is None or self.retitled[0] > now:
            return self
        return replace(self, title=self.retitled[1])

    def is_up(self, now: datetime) -> bool:
        return self.at <= now and (self.withdrawn is None or now < self.withdrawn)

    @property
    def serial(self) -> int:
        return int(self.at.timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueAccount:
    """One row: what was filed (column to value, as text), and the truth."""

    row: int
    filed: Mapping[str, str]
    platform: str
    """`wechat`, `weibo`, `douyin`, `toutiao`, `bilibili`, `kuaishou`, `tieba`, or "" where no site stands for it."""
    truth: Truth
    name: str
    """The name that the platform shows."""
    id: str
    original_id: str
    alias: str
    verified_as: str
    posts: tuple[TruePost, ...] = field(repr=False)
    """Newest first."""
    visitors_miss: int = 0
    searchable: bool = True
    migrated_to: str = ""
    """WeChat: id of the account that this one became."""
    read: bool = False
    """WeChat: 微信读书 has it."""
    reader_filed: bool = True
    """Whether the registry then holds the address of its page there."""
    reader_lag: int = 0
    """Days that an article takes to come there."""
    reader_quirks: frozenset[ReaderQuirk] = frozenset()
    own: bool = False
    """WeChat: the operator's login is this account's."""
    registered: bool = True
    """Whether the office's registry has it."""

    @property
    def is_shown(self) -> bool:
        """Whether the platform shows it: what is gone, cancelled or banned has left its name."""
        return self.truth in (Truth.ALIVE, Truth.EMPTY, Truth.PRIVATE)

    def posts_at(self, now: datetime) -> tuple[TruePost, ...]:
        """What stands there by then, newest first."""
        return tuple(post.as_of(now) for post in self.posts if post.is_up(now))

    def profile_list(self, now: datetime, *, visitor: bool) -> tuple[TruePost, ...]:
        """The list as a profile shows it: pinned first, then newest first.

        The newest are withheld from visitors.
        """
        posts = self.posts_at(now)
        ordinary = [post for post in posts if not post.pinned]
        return (
            *(post for post in posts if post.pinned),
            *ordinary[self.visitors_miss if visitor else 0 :],
        )

    def article_token(self, post: TruePost) -> str:
        """The 22 characters of the short link."""
        return make_up("article", f"{self.id} {post.at.isoformat()}", 22)

    def article_link(self, post: TruePost) -> str:
        return f"https://mp.weixin.qq.com/s/{self.article_token(post)}"

    @property
    def known_links(self) -> tuple[str, ...]:
        """The article links that the registry holds."""
        return tuple(self.article_link(post) for post in self.posts if post.linked)

    @property
    def album(self) -> str:
        """Id of its only album."""
        return str(
            1_000_000_000_000_000_000 + number_of(f"album {self.id}", 8_000_000_000_000_000_000)
        )

    @property
    def biz_number(self) -> str:
        """The number that a WeChat biz encodes."""
        return base64.b64decode(self.id + "=" * (-len(self.id) % 4)).decode("ascii", "replace")

    @property
    def reader_page(self) -> str:
        """Its page in 微信读书: the address holds the book's name, between check digits of it."""
        name = f"MP_WXS_{self.biz_number}"
        check, chunk = _md5(name), name.encode().hex()
        body = check[:3] + "42" + check[-2:] + f"{len(chunk):02x}" + chunk
        return f"https://weread.qq.com/web/mp/reader/{body}{_md5(body)[:3]}"

    @property
    def number_id(self) -> str:
        """A made-up numeric id beside the text id (Douyin uid, Toutiao media id).

        A filed `/c/user/NUMBER/` wins.
        """
        found = re.search(r"/c/user/(\d+)", self.filed.get("url", ""))
        return (
            found[1]
            if found
            else str(1_000_000_000 + number_of(f"number {self.platform} {self.id}", 9_000_000_000))
        )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def book_in(code: str) -> str:
    """The book's name in the address of a reader page; "" where it holds none."""
    try:
        return bytes.fromhex(code[9 : 9 + int(code[7:9], 16)]).decode("ascii")
    except ValueError:
        return ""


def number_of(key: str, below: int) -> int:
    """A number in [0, below), the same for the same key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % below


def make_up(salt: str, key: str, length: int) -> str:
    """Letters, digits, `-` and `_`, the same for the same key."""
    return base64.urlsafe_b64encode(hashlib.sha512(f"{salt} {key}".encode()).digest()).decode()[
        :length
    ]
