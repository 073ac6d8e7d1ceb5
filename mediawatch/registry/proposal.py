"""What an update of the registry may propose, and how it is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mediawatch.domain import (
    ID_IN_DOUBT,
    PROVISIONAL,
    Account,
)
from mediawatch.domain.clock import minute
from mediawatch.table import Table

_SOURCE = "proposal"


def source_of(by: str) -> str:
    """What the history of an account names where a proposal was accepted, with who did."""
    return f"{_SOURCE}({by.strip()})" if by.strip() else _SOURCE


def is_acceptance(source: str) -> bool:
    """Whether a source of the history is an accepted proposal. A file has a name with an ending."""
    return source == _SOURCE or (source.startswith(f"{_SOURCE}(") and source.endswith(")"))


CHECK = "请人工核对"


class Kind(StrEnum):
    LEARNED = "learned"
    PROVISIONAL = "provisional"
    LINK = "link"
    RENAMED = "renamed"
    MIGRATED = "migrated"
    DOUBT = "doubt"

    @property
    def label(self) -> str:
        return {
            "learned": "补充ID",
            "provisional": PROVISIONAL,
            "link": "补充文章链接",
            "renamed": "更名",
            "migrated": "账号迁移",
            "doubt": ID_IN_DOUBT,
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`new` for `field` of an account. A doubt proposes nothing: it says what does not fit."""

    account: Account
    kind: Kind
    field: str
    new: str
    why: str
    """What was seen, in Chinese, without a full stop: units read it, too."""
    read_at: datetime
    surface: str = ""
    """The surface that showed it."""
    sure: bool = True
    """False where the operator has to look before accepting: `--all` leaves it out."""
    advice: str = ""
    """What the office has to do first, in Chinese; units are not told."""
    seen_by: tuple[str, ...] = ()
    """Persons on whose own looks alone it rests: somebody else accepts it."""

    @property
    def key(self) -> str:
        """What `--accept` takes.

        Another value has another key, so only a value that was shown can be accepted.
        """
        return hashlib.sha256(
            f"{self.account.id}|{self.kind}|{self.field}|{self.new}".encode()
        ).hexdigest()[:6]

    @property
    def old(self) -> str:
        value = getattr(self.account.filed, self.field)
        return value if isinstance(value, str) else "\n".join(value)

    @property
    def acceptable(self) -> bool:
        return self.kind is not Kind.DOUBT


def as_table(listed: Sequence[Proposal]) -> Table:
    """For people. A doubt has no key: there is nothing to accept."""
    rows = tuple(
        (
            each.key if each.acceptable else "",
            each.kind.label,
            each.account.filed.filing_number,
            each.account.filed.name,
            each.account.filed.printed_type,
            each.account.filed.organiser,
            FIELDS[each.field],
            each.old,
            each.new,
            "" if each.sure and each.acceptable else "须核对",
            "；".join(filter(None, (each.why, each.advice))),
            minute(each.read_at),
        )
        for each in listed
    )
    columns = (
        "编号",
        "事项",
        "备案单号",
        "政务新媒体名称",
        "类型",
        "所属组织",
        "字段",
        "现备案值",
        "建议值",
        "核对",
        "依据",
        "读取时间",
    )
    return Table("台账更新建议", columns, rows)


FIELDS: Mapping[str, str] = {
    "platform_id": "平台ID",
    "original_id": "原始ID",
    "alias": "微信号（抖音号）",
    "name": "名称",
    "article_links": "文章链接",
}
