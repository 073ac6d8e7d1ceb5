"""One row to a filed account: every cell read, every fault of the row gathered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from mediawatch.domain import Contact, FiledStatus, Filing
from mediawatch.registry import cells
from mediawatch.registry.headings import Heading, label
from mediawatch.registry.kinds import (
    OTHER,
    Classification,
    body_kind_of,
    classify,
    function_kind_of,
    is_function_kind,
    status_of,
)
from mediawatch.registry.problems import BadCell, RowProblem
from mediawatch.visible import hidden_in
from mediawatch.workbooks.places import column_letter
from mediawatch.workbooks.sheet import Sheet, Value

T = TypeVar("T")

_TEXTS = (
    "organiser",
    "supervisor",
    "prefecture",
    "county",
    "township",
    "jurisdiction",
    "level",
    "exempt_reason",
    "exempt_document",
)
_PAST_DAYS = ("closing_requested_on", "opened_on", "filed_on")
_SILENT = frozenset(
    {
        "filing_number",
        "kind",
        "platform_id",
        "original_id",
        "alias",
        "url",
        "article_links",
        "reader_url",
        "status",
    }
)
"""Fields whose empty cell says nothing.

A list without ids must not take away the ids that an account is known by.
"""
_ALWAYS = frozenset({"name", "type", "platform", "type_certain"})
_NOT_FILED = frozenset({"person", "phone", "contact"})
_ORIGINAL_ID = re.compile(r"gh_[0-9a-z]{8,20}", re.IGNORECASE)
_OF_WECHAT = frozenset({"wechat", "channels", "miniprogram", OTHER})
_ALIAS = re.compile(r"[A-Za-z0-9_.-]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LONGEST = {"name": 100}

VAGUE = (
    "类型 is just 微信: taken as 公众号, but it may be 视频号 or 小程序, so 搜索不到 will not be "
    "concluded from it"
)
NO_STATUS = "运行状态 is empty: a new account counts as 正常运行, a known one keeps its state"


@dataclass(slots=True)
class ReadAccount:
    """What became of a row: `filed`, or None there and the reasons in `errors`."""

    filed: Filing | None
    given: frozenset[str]
    contact: Contact | None
    errors: list[RowProblem]
    warnings: list[str]


def read_account(sheet: Sheet, heading: Heading, index: int, today: date) -> ReadAccount:
    """Read one data row, counted from 0.

    `today` is the Beijing day: opened, filed and closed later than that is an error.
    """
    reader = _Reader(sheet, heading, index)
    kind = reader.classified()
    values: dict[str, Any] = {name: reader.read(name, cells.text_of, "") for name in _TEXTS}
    values |= {
        name: reader.read(name, cells.id_of, "")
        for name in ("filing_number", "platform_id", "original_id", "alias")
    }
    values |= {
        name: reader.read(name, lambda value: _past(value, today), None) for name in _PAST_DAYS
    }
    values["exempt_until"] = reader.read("exempt_until", cells.day_of, None)
    values["name"] = reader.read("name", _name, "")
    values["body_kind"] = reader.read(
        "body_kind", lambda value: body_kind_of(cells.text_of(value)), ""
    )
    values["function_kind"] = reader.function_kind()
    values["url"] = reader.read("url", cells.url_of, "")
    if values["url"] and (
        others := reader.read("url", lambda value: " ".join(cells.further_links(value)), "")
    ):
        reader.warnings.append(
            f"the share text holds several links: {values['url']} is filed, {others} left out"
        )
    values["closing_notice_url"] = reader.read("closing_notice_url", cells.notice_url_of, "")
    values["reader_url"] = reader.read("reader_url", cells.reader_of, "")
    refused = len(reader.errors)
    values["status"] = reader.read("status", _status, None)
    status_refused = len(reader.errors) > refused
    reader.check_ids(values, kind.platform)
    values["article_links"] = reader.article_links(kind.platform, values["url"])
    contact = reader.contact()
    reader.check_width()
    if "status" in heading.columns and values["status"] is None and not status_refused:
        reader.warnings.append(NO_STATUS)
    given = frozenset(
        (_ALWAYS | heading.columns.keys())
        - _NOT_FILED
        - {name for name in _SILENT if not values.get(name)}
    )
    values |= {"status": values["status"] or FiledStatus.RUNNING, "kind": kind.kind}
    filed = (
        Filing(type=kind.type, platform=kind.platform, type_certain=kind.certain, **values)
        if not reader.errors
        else None
    )
    reader.errors.sort(key=lambda error: (len(error.column.partition(" ")[0]), error.column))
    return ReadAccount(
        filed,
        given | {name for name in ("kind", "function_kind") if values[name]},
        contact,
        reader.errors,
        reader.warnings,
    )


def _refuse_truth(value: Value) -> None:
    """BadCell for a TRUE or FALSE, which a comparing formula gives."""
    if isinstance(value, bool):
        raise BadCell("单元格的内容是逻辑值（TRUE/FALSE），请改为文字")


def _name(value: Value) -> str:
    _refuse_truth(value)
    name = cells.text_of(value)
    if not name:
        raise BadCell("名称未填写")
    if len(name) > _LONGEST["name"]:
        raise BadCell(f"名称超过{_LONGEST['name']}个字，疑似填错列")
    return name


def _status(value: Value) -> FiledStatus | None:
    _refuse_truth(value)
    text = cells.text_of(value)
    return status_of(text) if text else None


def _past(value: Value, today: date) -> date | None:
    day = cells.day_of(value)
    if day and day > today:
        raise BadCell(f"日期晚于导入当天（{today}）")
    return day


@dataclass(slots=True)
class _Reader:
    """Reads the cells of one row and gathers what is wrong with them."""

    sheet: Sheet
    heading: Heading
    index: int
    errors: list[RowProblem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def value(self, column: int) -> Value:
        row = self.sheet.rows[self.index]
        return row[column] if column < len(row) else ""

    def read(self, name: str, parse: Callable[[Value], T], default: T) -> T:
        columns = self.heading.columns.get(name, ())
        for column in columns[:1]:
            value = self.value(column)
            if found := self.sheet.defect_at(self.index, [column]):
                self.refuse(name, found[1].chinese, found[1].quote(cells.show(value)))
                return default
            self.note_hidden(value, self.heading.title(name))
            try:
                return parse(value)
            except BadCell as bad:
                self.refuse(name, str(bad), cells.show(value))
        return default

    def note_hidden(self, value: Value, title: str) -> None:
        """Warn of characters that nobody sees and that are not kept."""
        found = hidden_in(value) if isinstance(value, str) else ()
        if found:
            warning = f"column {title}: hidden characters taken out: {' '.join(found)}"
            self.warnings += [] if warning in self.warnings else [warning]

    def refuse(self, name: str, reason: str, value: str = "") -> None:
        self.errors.append(
            RowProblem(self.sheet.place(self.index), self.heading.title(name), value[:200], reason)
        )

    def classified(self) -> Classification:
        before = len(self.errors)
        texts = {name: self.read(name, cells.text_of, "") for name in ("type", "platform", "kind")}
        # A 账号类型 that is neither a platform nor 订阅号/服务号 says nothing of either beside a
        # 类型 column.
        if len(self.errors) == before:
            try:
                kind = classify(texts["type"], texts["platform"], texts["kind"])
            except BadCell as bad:
                column = next((name for name in texts if name in self.heading.columns), "type")
                self.refuse(column, str(bad), " / ".join(text for text in texts.values() if text))
            else:
                if not kind.certain:
                    self.warnings.append(VAGUE)
                if not kind.known:
                    self.warnings.append(
                        f"类型 {kind.type} is not known: kept as filed, looked at by persons only"
                    )
                return kind
        return Classification("", OTHER)

    def function_kind(self) -> str:
        """功能类型: of its own column, else of a 账号类别 that says 发布类 or 服务类."""
        if "function_kind" in self.heading.columns:
            return self.read(
                "function_kind", lambda value: function_kind_of(cells.text_of(value)), ""
            )
        value = next((self.value(column) for column in self.heading.columns.get("kind", ())), "")
        text = cells.text_of(value)
        return function_kind_of(text) if is_function_kind(text) else ""

    def check_ids(self, values: dict[str, Any], platform: str) -> None:
        """The forms of ids that do not depend on a site.

        gh_… is WeChat's 原始ID wherever it was written.
        """
        for name in ("alias", "platform_id"):
            if _ORIGINAL_ID.fullmatch(values[name]) and platform in _OF_WECHAT:
                if values["original_id"] and values["original_id"].lower() != values[name].lower():
                    self.refuse(
                        name,
                        f"与{label('original_id')}“{values['original_id']}”不一致",
                        values[name],
                    )
                values["original_id"], values[name] = values["original_id"] or values[name], ""
        original = values["original_id"]
        if original and not _ORIGINAL_ID.fullmatch(original):
            self.refuse("original_id", "原始ID应为 gh_ 开头的一串字母数字", original)
        elif original and platform not in _OF_WECHAT:
            self.refuse("original_id", "原始ID（gh_…）只属于微信账号，与类型不符", original)
        if "://" in values["platform_id"] or _CHINESE.search(values["platform_id"]):
            self.refuse("platform_id", "应为平台内部ID，不是网址或名称", values["platform_id"])
        if values["alias"] and not _ALIAS.fullmatch(values["alias"]):
            self.refuse("alias", "应为字母、数字组成的账号，不是名称", values["alias"])

    def article_links(self, platform: str, url: str) -> tuple[str, ...]:
        found: list[str] = []
        for column in self.heading.columns.get("article_links", ()):
            value = self.value(column)
            title = f"{column_letter(column)} {self.heading.titles[column]}"
            try:
                if found_defect := self.sheet.defect_at(self.index, [column]):
                    raise BadCell(found_defect[1].chinese)
                self.note_hidden(value, title)
                links = cells.links_of(value)
                cells.refuse_faulty(links)
                if platform == "wechat" and not all(map(cells.is_article, links)):
                    raise BadCell("不是微信文章链接，应以 https://mp.weixin.qq.com/s 开头")
                found += links
            except BadCell as bad:
                self.errors.append(
                    RowProblem(
                        self.sheet.place(self.index), title, cells.show(value)[:200], str(bad)
                    )
                )
        if platform == "wechat" and cells.is_article(url):
            found.append(url)
        return tuple(dict.fromkeys(found))

    def contact(self) -> Contact | None:
        person, phone = self.read("contact", cells.person_and_phone, ("", ""))
        person = self.read("person", cells.text_of, "") or person
        phone = self.read("phone", cells.phone_of, "") or phone
        return Contact(person=person, phone=phone) if person or phone else None

    def check_width(self) -> None:
        """A csv row that is longer than its heading: all its cells are shifted.

        It was cut at a comma that should have been quoted.
        """
        row = self.sheet.rows[self.index]
        width = max(self.heading.titles) + 1
        if not self.sheet.name and any(cell != "" for cell in row[width:]):
            self.errors.append(
                RowProblem(
                    self.sheet.place(self.index),
                    "",
                    "",
                    f"本行有{len(row)}个单元格，表头只有{width}列：可能有未加引号的逗号",
                )
            )
