"""台账: filed accounts, and what an import does to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from mediawatch.domain.identity import FiledIdentity
from mediawatch.domain.provisional import ProvisionalId


class FiledStatus(StrEnum):
    """运行状态 as filed in the national reporting system."""

    RUNNING = "running"
    CLOSING = "closing"
    CLOSED = "closed"
    DEREGISTERED = "deregistered"

    @property
    def label(self) -> str:
        return {
            "running": "正常运行",
            "closing": "申请关停",
            "closed": "已关停",
            "deregistered": "已注销",
        }[self.value]


PLATFORM_LABELS: Mapping[str, str] = {
    "wechat": "微信公众号", "weibo": "新浪微博", "douyin": "抖音短视频", "toutiao": "今日头条", "channels": "微信视频号",
    "miniprogram": "微信小程序", "app": "移动客户端", "tieba": "贴吧", "kuaishou": "快手", "bilibili": "哔哩哔哩",
    "xiaohongshu": "小红书", "baijiahao": "百家号", "dayu": "大鱼号", "qie": "企鹅号", "zhihu": "知乎", "other": "其他",
}  # fmt: skip
"""Our keys for platforms, with the words that the national reporting system has for them as 类型.

Only some keys have a scraper.
"""
_APPLICATIONS = frozenset({"app", "miniprogram"})
_APPLICATION_WORDS = ("快应用", "移动互联网应用")
"""In a 类型 that has no key of its own: 政务移动互联网应用程序 by 国办函〔2026〕12号."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One account as the registry (台账) holds it.

    `type` is 类型 exactly as filed; `platform` is our key for it.
    """

    name: str
    platform: str
    type: str = ""
    type_certain: bool = True
    """False where 类型 leaves open what it is: "微信" may be 公众号, 服务号, 视频号 or 小程序."""
    filing_number: str = ""
    kind: str = ""
    """订阅号 or 服务号, where filed."""
    organiser: str = ""
    supervisor: str = ""
    prefecture: str = ""
    county: str = ""
    township: str = ""
    """乡镇、街道."""
    jurisdiction: str = ""
    """属地/系统归口."""
    level: str = ""
    body_kind: str = ""
    """政府 or 部门."""
    function_kind: str = ""
    """功能类型: 发布类 or 服务类, else as filed."""
    platform_id: str = ""
    original_id: str = ""
    alias: str = ""
    url: str = ""
    article_links: tuple[str, ...] = ()
    reader_url: str = ""
    """微信读书 reader page of a WeChat account."""
    status: FiledStatus = FiledStatus.RUNNING
    closing_requested_on: date | None = None
    closing_notice_url: str = ""
    opened_on: date | None = None
    filed_on: date | None = None
    exempt_reason: str = ""
    exempt_document: str = ""
    exempt_until: date | None = None

    @property
    def printed_type(self) -> str:
        """类型 as filed, else the platform in Chinese."""
        return self.type or PLATFORM_LABELS.get(self.platform, self.platform)

    @property
    def is_application(self) -> bool:
        """Whether it is an APP, 小程序 or 快应用: software that people use, not a list of posts."""
        return self.platform in _APPLICATIONS or any(
            word in self.type for word in _APPLICATION_WORDS
        )

    @property
    def ids(self) -> tuple[tuple[str, str, str], ...]:
        """(field, platform, id) of every id by which a platform knows the account."""
        named = (("platform_id", self.platform_id), ("original_id", self.original_id.lower()))
        return tuple((field, self.platform, id) for field, id in named if id)

    @property
    def has_id(self) -> bool:
        """As `FiledIdentity.has_id`."""
        return bool(self.platform_id or self.original_id)

    @property
    def identity(self) -> FiledIdentity:
        """Who the account is, as filed: what its readings are tied to."""
        return FiledIdentity(
            platform=self.platform,
            name=self.name,
            platform_id=self.platform_id,
            original_id=self.original_id,
            alias=self.alias,
            links=tuple(filter(None, (self.url, self.reader_url, *self.article_links))),
        )

    @property
    def in_service(self) -> bool:
        """Whether it is filed as 正常运行 or 申请关停.

        Such accounts make the 总数; closed ones count in no denominator.
        """
        return self.status in (FiledStatus.RUNNING, FiledStatus.CLOSING)


PERSONAL_MARK = "已按期清除"
"""What stands where a name or a telephone number was, once its time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """联系人. Kept apart from the account; leaves only in its own unit's file."""

    person: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A filed account with the store's key.

    `links` are all article links known for it (filed and learned), newest first.
    """

    id: int
    filed: Filing
    links: tuple[str, ...] = ()
    retired_on: date | None = None
    provisional: ProvisionalId | None = None
    """暂用标识 that stands for it: what to look for, where only a name is filed."""
    disowned: frozenset[str] = frozenset()
    """Ids that were found under its name and are, or may be, another account's."""

    @property
    def platform(self) -> str:
        return self.filed.platform

    def disowns(self, platform_id: str, original_id: str) -> bool:
        """As `FiledIdentity.disowns`."""
        now = replace(self.filed.identity, disowned=self.disowned)
        return now.disowns(platform_id, original_id)


@dataclass(frozen=True, slots=True)
class AccountChange:
    """One changed field of a filed account (变更记录)."""

    account_id: int
    field: str
    old: str
    new: str
    at: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that was imported: its name without folders, its hash, when."""

    file: str
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A value that the operator refused for a field of an account: it is not proposed again."""

    account_id: int
    field: str
    new: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingRemark:
    """What a 台账更正提示单 pointed out to a unit: one filed value, and what was seen instead.

    `seen` is "" where only a doubt was told. `ground`: by what it was seen and on which day, in
    Chinese. `at` is when it was first pointed out.
    """

    account_id: int
    field: str
    filed: str
    seen: str
    ground: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    filed: Filing
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedAccount:
    account_id: int
    filed: Filing
    changes: tuple[tuple[str, str, str], ...] = ()
    """(field, old, new) as text."""
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryChanges:
    """What an import will do, decided before anything is written; applied in one transaction."""

    source: Source
    new: tuple[NewAccount, ...] = ()
    updated: tuple[UpdatedAccount, ...] = ()
    retired: tuple[int, ...] = ()
    unchanged: int = 0
