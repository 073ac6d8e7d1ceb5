"""What an import of links came to, link by link."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from mediawatch.domain import (
    Account,
    LinkSort,
    Outcome,
    Sight,
)
from mediawatch.domain.clock import minute
from mediawatch.names import same
from mediawatch.people.link_files import NOBODY, FoundLink, why_unopened
from mediawatch.table import Table
from mediawatch.workbooks.places import Place

NO_ADDRESS = "只复制了卡片的标题，没有网址，无法打开"
ASK = "请回复本账号最新一篇文章链接"
"""The one line that asks for a link."""


class LinkResult(StrEnum):
    """What became of one link."""

    MATCHED = "matched"
    KNOWN = "known"
    """Opened before, with the same result."""
    PROPOSED = "proposed"
    AMBIGUOUS = "ambiguous"
    FOREIGN = "foreign"
    DEAD = "dead"
    UNREAD = "unread"
    NOT_OPENED = "not opened"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    LinkResult.MATCHED: "已对应账号",
    LinkResult.KNOWN: "此前已读取",
    LinkResult.PROPOSED: "无ID可核对，请确认",
    LinkResult.AMBIGUOUS: "多个账号同名，无法对应",
    LinkResult.FOREIGN: "不是台账内账号的文章",
    LinkResult.DEAD: "链接失效，读不到文章",
    LinkResult.UNREAD: "未能读取，请重新导入",
    LinkResult.NOT_OPENED: "未打开，请稍后重新导入",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEntry:
    """One link with its result.

    `accounts` are those it was matched to, or those that bear the name seen.
    """

    link: FoundLink
    result: LinkResult
    accounts: tuple[Account, ...] = ()
    sight: Sight | None = None
    detail: str = ""
    named: Account | None = None
    """The account that it was given for, None where nobody named one."""

    @property
    def is_unreached(self) -> bool:
        """Whether it was opened in vain, for the network or the site did not answer."""
        return self.result is LinkResult.UNREAD and (
            self.sight is not None and self.sight.outcome is Outcome.UNREACHABLE
        )

    @property
    def names(self) -> tuple[Account, ...]:
        """The accounts that people read beside it: whose it is, else for whom it was given."""
        return self.accounts or ((self.named,) if self.named else ())

    @property
    def name_seen(self) -> str:
        return self.sight.name if self.sight else ""

    @property
    def published_on(self) -> date | None:
        return self.sight.latest.on if self.sight and self.sight.latest else None

    @property
    def sort(self) -> LinkSort:
        """Whose it is; of another filed account than it was given for, it is somebody else's."""
        match self.result:
            case LinkResult.MATCHED | LinkResult.KNOWN:
                named = self.link.named_id
                own = named is None or named in {account.id for account in self.accounts}
                return LinkSort.OWN if own else LinkSort.FOREIGN
            case LinkResult.FOREIGN:
                return LinkSort.FOREIGN
            case LinkResult.DEAD:
                return LinkSort.DEAD
            case _:
                return LinkSort.UNDECIDED

    @property
    def is_renamed(self) -> bool:
        """Matched by id, under another name than filed."""
        return self.result is LinkResult.MATCHED and any(
            not same(account.filed.name, self.name_seen) for account in self.accounts
        )


@dataclass(slots=True)
class LinkReport:
    """What an import of links came to, in the order in which the links were found."""

    entries: list[LinkEntry] = field(default_factory=list)
    skipped: tuple[str, ...] = ()
    unused: tuple[tuple[Place, str], ...] = ()
    """Addresses that are no WeChat article, with their places."""
    cards: tuple[tuple[Place, str], ...] = ()
    """Shared cards that were copied without their address, with their titles."""

    @property
    def counts(self) -> Counter[LinkResult]:
        return Counter(entry.result for entry in self.entries)

    @property
    def unreached(self) -> list[LinkEntry]:
        """Links that were not read, for the network or the site did not answer.

        Those that were not tried any more are among them, unless the site itself turned us away.
        """
        missed = [entry for entry in self.entries if entry.is_unreached]
        untried = [each for each in self.entries if each.result is LinkResult.NOT_OPENED]
        if not missed or any(each.sight for each in untried):
            return missed
        return [*missed, *untried]


def as_table(report: LinkReport) -> Table:
    """For people: one row a place where a link stands."""
    rows: list[tuple[str, ...]] = []
    for entry in report.entries:
        sight = entry.sight
        seen = (entry.name_seen, sight.platform_id, sight.original_id) if sight else ("", "", "")
        accounts = "；".join(account.filed.name for account in entry.names)
        numbers = "；".join(
            account.filed.filing_number for account in entry.names if account.filed.filing_number
        )
        day = entry.published_on.isoformat() if entry.published_on else ""
        what = (entry.link.url, entry.result.label, accounts, numbers, *seen, day, entry.detail)
        for place in entry.link.places:
            said = entry.link.sayings.get(place, NOBODY)
            sent = (said.by, minute(said.at) if said.at else "")
            rows.append((place.file, place.sheet, str(place.row), *what, *sent))
    for place, address in report.unused:
        why = why_unopened(address)
        rows.append((place.file, place.sheet, str(place.row), address, why, *[""] * 9))
    for place, title in report.cards:
        rows.append((place.file, place.sheet, str(place.row), title, NO_ADDRESS, *[""] * 9))
    columns = (
        "文件",
        "工作表",
        "行",
        "链接",
        "结果",
        "台账账号",
        "备案编号",
        "文章页名称",
        "平台ID",
        "原始ID",
        "发布日期",
        "说明",
        "提供人",
        "发送时间",
    )
    return Table("文章链接导入结果", columns, tuple(rows))
