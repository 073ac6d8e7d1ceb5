"""One row of a world: a true account, with errors that name row and column."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from mediawatch.domain import PostKind, UserError
from mediawatch.domain.clock import BEIJING
from scrapers.replica.truth import (
    ArticleState,
    ReaderQuirk,
    TrueAccount,
    TruePost,
    Truth,
    make_up,
    number_of,
)

HEADINGS: Mapping[str, str] = {
    "filing_number": "备案编号", "name": "政务新媒体名称", "type": "类型", "kind": "账号类别", "organiser": "所属组织",
    "supervisor": "主管单位", "prefecture": "地市", "county": "县区", "township": "乡镇街道",
    "jurisdiction": "属地/系统归口", "level": "级别",
    "body_kind": "主体类别", "function_kind": "功能类型",
    "platform_id": "平台ID", "original_id": "原始ID", "alias": "微信号", "url": "链接地址",
    "article_links": "文章链接", "reader_url": "微信读书链接", "status": "运行状态", "closing_requested_on": "申请关停日期",
    "closing_notice_url": "停更公告链接",
    "opened_on": "开设时间", "filed_on": "备案时间",
}  # fmt: skip
"""Filed columns, and how an office's table calls them."""
PLATFORMS = ("wechat", "weibo", "douyin", "toutiao", "bilibili", "kuaishou", "tieba")
_POST_WORDS = {
    "article": PostKind.ARTICLE, "micro": PostKind.MICRO, "video": PostKind.VIDEO,
    "pictures": PostKind.PICTURES, "answer": PostKind.ANSWER,
}  # fmt: skip
_USUAL_KIND = {
    "wechat": PostKind.ARTICLE,
    "weibo": PostKind.MICRO,
    "douyin": PostKind.VIDEO,
    "toutiao": PostKind.ARTICLE,
    "bilibili": PostKind.VIDEO,
    "kuaishou": PostKind.VIDEO,
    "tieba": PostKind.MICRO,
}
_ID_SHAPES = {
    "wechat": (r"[A-Za-z0-9+/]{12,24}={0,2}", "the base64 of a number, e.g. MzAwMDAwMDAwMQ=="),
    "weibo": (r"\d{5,11}", "a uid, e.g. 5000000001"),
    "douyin": (r"MS4wLjABAAAA[\w-]{20,80}", "a sec_uid, MS4wLjABAAAA…"),
    "toutiao": (r"[\w-]{20,120}", "a token, MS4wLjABAAAA…"),
    "bilibili": (r"[1-9]\d{0,15}", "a mid, e.g. 3500000000000001"),
    "kuaishou": (r"3x[0-9a-z]{6,22}", "an id of a profile's address, 3x…"),
    "tieba": (r"tb\.1\.[0-9a-f]{1,8}\.[\w-]{22}", "a portrait, tb.1.…"),
}
_USUAL_TIME = time(10, 0)


class WorldError(UserError):
    """The world file is not as docs/world.md says; the message names row and column."""


@dataclass(frozen=True, slots=True)
class WorldRow:
    """The cells of one row, and what they mean."""

    number: int
    values: Mapping[str, str]

    def wrong(self, column: str, value: object, wanted: str) -> WorldError:
        return WorldError(f"row {self.number}, column {column}: {value!r} is not {wanted}")

    def get(self, column: str) -> str:
        return self.values.get(column, "")

    def account(self) -> TrueAccount:
        platform, truth = self.get("platform"), self.get("truth")
        if platform not in ("", *PLATFORMS):
            raise self.wrong("platform", platform, f"one of {', '.join(PLATFORMS)} or empty")
        if truth not in [*Truth]:
            raise self.wrong("truth", truth, f"one of {', '.join(Truth)}")
        if truth == Truth.PRIVATE and platform not in ("douyin", "weibo", "tieba"):
            raise self.wrong(
                "truth", truth, "possible here: only Douyin, Weibo and Tieba hide posts"
            )
        if not self.get("name"):
            raise self.wrong("name", "", "a name")
        posts = self.posts(platform)
        if posts and truth == Truth.EMPTY:
            raise self.wrong("posts", self.get("posts"), "possible for an empty account")
        return TrueAccount(
            row=self.number,
            filed={column: self.get(column) for column in HEADINGS},
            platform=platform,
            truth=Truth(truth),
            name=self.get("shown_name") or self.get("name"),
            id=self.id(platform),
            original_id=self.get("true_original_id")
            or self.get("original_id")
            or f"gh_{number_of(f'gh {self.key}', 1 << 48):012x}",
            alias=self.get("true_alias") or self.get("alias"),
            verified_as=self.get("verified_as") or self.get("organiser"),
            posts=posts,
            visitors_miss=self.count("visitors_miss"),
            searchable=self.yes("searchable"),
            migrated_to=self.migrated_to(platform),
            read=self.get("reader") == "unfiled" or self.yes("reader", "no"),
            reader_filed=self.get("reader") != "unfiled",
            reader_lag=self.count("reader_lag"),
            reader_quirks=self.reader_quirks(),
            own=self.yes("own", "no"),
            registered=self.yes("registered"),
        )

    def id(self, platform: str) -> str:
        given = self.get("true_id") or self.get("platform_id")
        if not platform or not given:
            return self.made_up_id(platform)
        shape, wanted = _ID_SHAPES[platform]
        if not re.fullmatch(shape, given):
            raise self.wrong("true_id" if self.get("true_id") else "platform_id", given, wanted)
        return given

    @property
    def key(self) -> str:
        return f"{self.get('filing_number')} {self.get('type')} {self.get('name')}"

    def made_up_id(self, platform: str) -> str:
        """Of the right shape, and higher than any number that a platform has issued yet."""
        key = self.key
        if platform == "wechat":
            return base64.b64encode(
                str(9_000_000_000 + number_of(key, 999_999_999)).encode()
            ).decode()
        if platform == "tieba":
            return f"tb.1.{number_of(key, 1 << 32):08x}.{make_up(platform, key, 22)}"
        if platform == "weibo":
            return str(9_000_000_000 + number_of(key, 999_999_999))
        if platform == "bilibili":
            return str(9_000_000_000_000_000 + number_of(key, 999_999_999_999))
        if platform == "kuaishou":
            return f"3x{number_of(key, 16**12):012x}z"
        return "MS4wLjABAAAA" + make_up(platform, key, 43)

    def posts(self, platform: str) -> tuple[TruePost, ...]:
        found = [self.post(text, platform) for text in self.get("posts").split(";") if text.strip()]
        ordered = sorted(found, key=lambda post: post.at, reverse=True)
        pinned = {number for number, _ in self.positions("pinned", len(ordered), ())}
        linked = dict(self.positions("articles", len(ordered), [*ArticleState]))
        collected = {number for number, _ in self.positions("album", len(ordered), ())}
        titles = dict(self.texts("titles", len(ordered)))
        retitled = {
            number: self.moment_and_text("retitled", text)
            for number, text in self.texts("retitled", len(ordered))
        }
        withdrawn = {
            number: self.instant("withdrawn", text)
            for number, text in self.texts("withdrawn", len(ordered))
        }
        return tuple(
            replace(
                post,
                number=number,
                pinned=number in pinned,
                linked=number in linked,
                collected=number in collected,
                article=ArticleState(linked.get(number) or ArticleState.OK),
                title=titles.get(number, ""),
                retitled=retitled.get(number),
                withdrawn=withdrawn.get(number),
            )
            for number, post in enumerate(ordered, 1)
        )

    def post(self, text: str, platform: str) -> TruePost:
        when, *words = text.split()
        kinds = [_POST_WORDS[word] for word in words if word in _POST_WORDS]
        if len(kinds) > 1 or any(
            word not in (*_POST_WORDS, "repost", "unpushed") for word in words
        ):
            raise self.wrong(
                "posts",
                text.strip(),
                f"a date and words of {', '.join(_POST_WORDS)}, repost, unpushed",
            )
        return TruePost(
            number=0,
            at=self.instant("posts", when),
            kind=kinds[0] if kinds else _USUAL_KIND.get(platform, PostKind.OTHER),
            repost="repost" in words,
            pushed="unpushed" not in words,
        )

    def instant(self, column: str, text: str) -> datetime:
        """A day stands for its 10:00; in Beijing, unless the instant has an offset."""
        try:
            at = (
                datetime.combine(date.fromisoformat(text), _USUAL_TIME)
                if len(text) == 10
                else datetime.fromisoformat(text)
            )
        except ValueError as error:
            raise self.wrong(
                column, text, "an ISO date or instant (2022-12-31 or 2022-12-31T18:05)"
            ) from error
        return at if at.tzinfo else at.replace(tzinfo=BEIJING)

    def moment_and_text(self, column: str, value: str) -> tuple[datetime, str]:
        when, _, text = value.partition(" ")
        return self.instant(column, when), text.strip()

    def texts(self, column: str, posts: int) -> Iterator[tuple[int, str]]:
        """`1=…;3=…`: positions of posts, 1 = newest, each with a text."""
        for part in self.get(column).split(";"):
            if not part.strip():
                continue
            number, mark, text = part.partition("=")
            if (
                not mark
                or not number.strip().isdecimal()
                or not 1 <= int(number) <= posts
                or not text.strip()
            ):
                raise self.wrong(column, part, f"a position from 1 to {posts}, `=` and a text")
            yield int(number), text.strip()

    def positions(
        self, column: str, posts: int, states: Sequence[str]
    ) -> Iterator[tuple[int, str]]:
        """`1;3:deleted`: positions of posts, 1 = newest, each perhaps with a state."""
        for text in self.get(column).replace(" ", "").split(";"):
            number, _, state = text.partition(":")
            if not text:
                continue
            if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= posts:
                raise self.wrong(column, text, f"a position between 1 (the newest) and {posts}")
            if state and state not in states:
                raise self.wrong(
                    column, text, f"followed by one of {', '.join(states) or 'nothing'}"
                )
            yield int(number), state

    def count(self, column: str) -> int:
        value = self.get(column) or "0"
        if not value.isascii() or not value.isdigit():
            raise self.wrong(column, value, "a whole number")
        return int(value)

    def reader_quirks(self) -> frozenset[ReaderQuirk]:
        words = [word for text in self.get("reader_list").split(";") if (word := text.strip())]
        for word in words:
            if word not in [*ReaderQuirk]:
                raise self.wrong("reader_list", word, f"one of {', '.join(ReaderQuirk)}")
        return frozenset(map(ReaderQuirk, words))

    def migrated_to(self, platform: str) -> str:
        value = self.get("migrated_to")
        if value and (platform != "wechat" or not re.fullmatch(_ID_SHAPES["wechat"][0], value)):
            raise self.wrong(
                "migrated_to", value, f"a WeChat account's id: {_ID_SHAPES['wechat'][1]}"
            )
        return value

    def yes(self, column: str, usual: str = "yes") -> bool:
        value = self.get(column) or usual
        if value not in ("yes", "no"):
            raise self.wrong(column, value, "yes or no")
        return value == "yes"
