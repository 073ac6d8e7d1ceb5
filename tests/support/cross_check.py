"""A cross-checker: everything that reports one inspection must say the same of it.

Figures, Word document, workbook, page, hand-off, `flagged` and the report queries are made of one
home. Other programs read them back, and parse them as their readers do.
"""

from __future__ import annotations

import io
import json
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from docx import Document
from docx.table import Table as WordTable
from lxml import html  # type: ignore[import-untyped]
from openpyxl import load_workbook

from mediawatch.app import App
from mediawatch.app.documents import inspection_of, issued_inspection
from mediawatch.app.judged import judged_scope
from mediawatch.app.queries import answer_query
from mediawatch.cli.figures import judged_of
from mediawatch.domain import Notice, Sweep, Verdict, standing_item
from mediawatch.figures.counts import statistics
from mediawatch.figures.dimensions import Dimension, keys
from mediawatch.ops.settings.office import read_office
from mediawatch.publish import handoff
from mediawatch.publish.inspection import Inspection, expected_regions
from mediawatch.publish.reports import lists, pages, word
from mediawatch.publish.reports import statistics as tables
from mediawatch.publish.reports.annexes import annex_book, open_book
from mediawatch.sweep.judging import checks_for
from mediawatch.sweep.scope import totals_of

_REGION = Dimension.REGION.label
_TOLD = re.compile(
    r"监测时间点为[^。]+。(?:(?:正常运行的|在管)政务新媒体共(?P<total>\d+)个，(?:另有申请关停的(?P<closing>\d+)个，)?)?本次.*?(?:全覆盖检查|检查(?P<checked>\d+)个)[^，]*，"
    r"发现不合格(?P<failed>\d+)个，(?:所检查账号)?合格率(?P<rate>[^。]+)。"
)
"""总体情况 of a circular."""
_FOLDER = tempfile.TemporaryDirectory()
"""Gone when the tests end."""
Row = tuple[str, str, str, str, str]
"""备案单号, name, 类型, 所属组织, and the problems or the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What one document says of an inspection. A field that it does not print is None."""

    whole: tuple[str, ...] | None = None
    """在管数, 检查数, "", 不合格数, "", 待核查."""
    parts: Mapping[str, tuple[str, ...]] | None = None
    """The same by region, with 检查率 and 合格率."""
    failed: Sequence[Row] | None = None
    listed: Sequence[Row] | None = None
    open: Sequence[Row] | None = None


async def check(app: App, sweep: Sweep) -> None:
    """AssertionError where two of them disagree about an inspection."""
    checks = await checks_for(app.store, sweep)
    for include_open in (False, True):
        told = await inspection_of(app, sweep, include_open=include_open)
        agree(
            f"sweep {sweep.id}, include_open {include_open}",
            documents(told, app, handoff.to_bytes(handoff.of(told, checks))),
        )
    whole = await inspection_of(app, sweep, include_open=True)
    said = from_handoff(handoff.to_bytes(handoff.of(whole, checks)))
    agree(
        f"sweep {sweep.id}, figures", {"hand-off": said, "figures": await from_figures(app, sweep)}
    )
    await _lists_agree(app, sweep, said)
    await _queries_agree(app, sweep, whole, said)
    await _no_view_accuses_anybody_with_news(app, sweep)


async def check_notice(app: App, notice: Notice) -> None:
    """The same of a notice as it stands after its corrections: its documents name the accounts that
    its items do.
    """
    told = await issued_inspection(app, notice)
    body = handoff.to_bytes(handoff.of(told, await checks_for(app.store, told.sweep)))
    found = documents(told, app, body)
    agree(f"notice {notice.number}", found)
    events = await app.store.notices.events(notice.id)
    standing = [left for item in notice.items if (left := standing_item(item, events)) is not None]
    said = found["hand-off"]
    for fails, rows in ((True, said.failed), (False, said.listed)):
        assert sorted(_names(rows)) == sorted(
            item.filed.name for item in standing if item.fails is fails
        ), (notice.number, fails, rows)
    (asked,) = [query.sql for query in app.store.queries.all() if query.name == "recheck"]
    answer = await app.store.queries.run(asked)
    shown = [
        row[answer.columns.index("政务新媒体名称")]
        for row in answer.rows
        if row[answer.columns.index("文号")] == notice.number
    ]
    assert shown == [item.filed.name for item in standing], (notice.number, shown)


def documents(inspection: Inspection, app: App, body: bytes) -> dict[str, Printed]:
    """By document, what it says."""
    return {
        "hand-off": from_handoff(body),
        "workbook": from_workbook(annex_book(inspection)),
        "open list": from_open_book(open_book(inspection)),
        "page": from_page(pages.report(inspection, app.evidence)),
        "Word": from_word(word.circular(inspection, template=_template())),
    }


@cache
def _template() -> Path:
    """Ours, made once: to make it anew costs as much as to fill it in."""
    path = Path(_FOLDER.name) / word.TEMPLATE
    path.write_bytes(word.shipped_template())
    return path


def agree(where: str, found: Mapping[str, Printed]) -> None:
    """AssertionError names the first two documents that say two things, and what they say."""
    for field in Printed.__dataclass_fields__:
        told = [
            (name, getattr(one, field))
            for name, one in found.items()
            if getattr(one, field) is not None
        ]
        for name, value in told[1:]:
            assert value == told[0][1], (
                f"{where}: {field}: {name} says {value}, {told[0][0]} says {told[0][1]}"
            )
    for name, one in found.items():
        if one.whole is not None and one.failed is not None and one.open is not None:
            assert (one.whole[3], one.whole[5]) == (str(len(one.failed)), str(len(one.open))), (
                f"{where}: {name} counts others than it lists"
            )
        if one.parts is not None and one.whole is not None:
            for place in (0, 1, 3, 5):
                assert sum(int(part[place]) for part in one.parts.values()) == int(
                    one.whole[place]
                ), f"{where}: {name} sums otherwise"


def from_handoff(body: bytes) -> Printed:
    """The counts and lists of a hand-off."""
    told = json.loads(body)
    counts = told["counts"]
    by_account: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for finding in told["findings"]:
        by_account.setdefault(_who(finding["account"]), []).append(finding)
    rows = {
        fails: [
            _row(
                some[0]["account"],
                "、".join(
                    dict.fromkeys(each["label"] for each in some if each["effect"] != "hint")
                ),
            )
            for some in by_account.values()
            if any(each["effect"] == "fails" for each in some) is fails
        ]
        for fails in (True, False)
    }
    (regions,) = [split["parts"] for split in told["figures"] if split["heading"] == _REGION]
    parts = {
        part["name"]: _cells(part, part["coverage"], part["rate"], part["open"]) for part in regions
    }
    return Printed(
        whole=(
            str(counts["total"]),
            str(counts["checked"]),
            "",
            str(counts["failed"]),
            "",
            str(counts["unproven"] + counts["out_of_scope"]),
        ),
        parts=parts,
        failed=rows[True],
        listed=rows[False],
        open=[_row(each["account"], "") for each in told["unproven"]],
    )


def from_workbook(body: bytes) -> Printed:
    """The sheets of the annexes."""
    book = load_workbook(io.BytesIO(body))

    def rows(name: str) -> list[list[str]]:
        if name not in book.sheetnames:
            return []
        cells = [
            ["" if cell is None else str(cell) for cell in row]
            for row in book[name].iter_rows(values_only=True)
        ]
        top = next(place for place, row in enumerate(cells) if row[0] in ("序号", "备案单号"))
        return [row for row in cells[top + 1 :] if row[0] != "无"]

    return _printed(rows("检查情况统计表"), rows("突出问题名单"), rows("其他需关注情形"))


def from_open_book(body: bytes) -> Printed:
    """人工核查清单."""
    rows = load_workbook(io.BytesIO(body))["人工核查清单"].iter_rows(min_row=4, values_only=True)
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    return Printed(open=[(row[0], row[1], row[2], row[3], "") for row in cells if row[0] != "无"])


def from_word(body: bytes) -> Printed:
    """The annexed tables of a circular; its text must tell the whole as they do."""
    document = Document(io.BytesIO(body))
    found = [_word_rows(table) for table in document.tables]
    by_heading = {
        heading: rows
        for heading, *rows in ((each[0], *each[1:]) for each in map(_keyed, found[2:]))
    }
    printed = _printed(
        found[0][1:],
        [row for row in found[1][1:] if row[0] != "无"],
        by_heading.get("listed", []),
    )
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    told = _TOLD.search(text)
    assert told is not None, text
    assert printed.whole is not None
    if told["total"] is not None:
        # 总数 holds what is to be closed, too; the text tells it apart.
        assert str(int(told["total"]) + int(told["closing"] or 0)) == printed.whole[0], told[0]
    for place, name in ((1, "checked"), (3, "failed")):
        assert told[name] in (None, printed.whole[place]), told[0]
    return printed


def from_page(body: bytes) -> Printed:
    """The tables and articles of the report's page; its cards must tell the whole as they do."""
    page = html.fromstring(body.decode())

    def rows(section: str) -> list[list[str]]:
        return [
            [cell.text_content() for cell in row]
            for row in page.xpath(f"//section[@id='{section}']//tbody/tr")
        ]

    problems = [
        [*_filed(article), _text(article, "p[@class='label']")]
        for article in page.xpath("//article[@class='problem']")
    ]
    printed = _printed(rows("regions"), [], rows("listed"), rows("open"))
    cards = {
        _text(card, "span"): _text(card, "b") for card in page.xpath("//ul[@class='cards']/li")
    }
    assert printed.whole is not None
    said = tuple(
        cards[name] for name in ("在管数", "检查数", "检查率", "不合格数", "合格率", "待人工核查")
    )
    assert (said[0], said[1], said[3], said[5]) == tuple(
        printed.whole[place] for place in (0, 1, 3, 5)
    ), cards
    failed = [_problem(row) for row in problems]
    return Printed(
        whole=printed.whole,
        parts=printed.parts,
        failed=failed,
        listed=printed.listed,
        open=printed.open,
    )


async def from_figures(app: App, sweep: Sweep) -> Printed:
    """What `figures` prints."""
    judged, office = await judged_of(app, sweep), read_office(app.home.root)
    counted = statistics(
        judged.scope,
        judged.policy,
        keys([Dimension.REGION]),
        totals=totals_of(sweep, judged.scope),
        expected=expected_regions(office),
    )
    table = tables.split_table(counted.splits[0], counted.whole, office.decimals)
    printed = _printed([list(row) for row in table.rows], [], [])
    return Printed(whole=printed.whole, parts=printed.parts)


async def _lists_agree(app: App, sweep: Sweep, said: Printed) -> None:
    """`flagged` names the accounts that the documents hold something against, with the same
    problems.
    """
    entries = (await judged_scope(app, sweep)).entries
    table = lists.findings_table(sweep, entries, {}, (), {})
    rows = table.only("备案单号", "政务新媒体名称", "存在的突出问题", "结论").rows
    _same_problems("flagged", rows, said)


async def _no_view_accuses_anybody_with_news(app: App, sweep: Sweep) -> None:
    """A reader of the views cannot judge without us.

    So an account with news stands in none that accuses, unless retention has passed it.
    """
    before = await app.store.readings.pruned_before()
    if before is not None and sweep.as_of < before:
        return
    moved = {
        entry.account.filed.filing_number
        for entry in await app.store.sweeps.scope(sweep.id)
        if entry.has_news
    }
    flagged = await app.store.queries.run("SELECT * FROM flagged")
    assert not moved & {str(row[0]) for row in flagged.rows}, flagged.rows
    status = await app.store.queries.run("SELECT * FROM latest_status")
    places = [status.columns.index(column) for column in ("备案单号", "结论", "检查批次")]
    accused = {
        str(row[places[0]])
        for row in status.rows
        if row[places[1]] == "不合格" and row[places[2]] == sweep.id
    }
    assert not moved & accused, status.rows


async def _queries_agree(app: App, sweep: Sweep, inspection: Inspection, said: Printed) -> None:
    answers = {query.name: await answer_query(app, query.sql) for query in app.store.queries.all()}

    def rows(name: str, *columns: str) -> list[tuple[str, ...]]:
        places = [answers[name].columns.index(column) for column in columns]
        return [
            tuple("" if row[place] is None else str(row[place]) for place in places)
            for row in answers[name].rows
        ]

    _same_problems(
        "the view flagged",
        rows("flagged", "备案单号", "政务新媒体名称", "存在的突出问题", "结论"),
        said,
    )
    assert sorted(_names(said.open)) == sorted(
        name for (name,) in rows("unproven", "政务新媒体名称")
    ), rows("unproven", "政务新媒体名称")
    splits = {split.heading: dict(split.parts) for split in inspection.statistics.splits}
    for name, heading in (("by_region", _REGION), ("by_platform", Dimension.PLATFORM.label)):
        counted = {
            row[0]: tuple(map(int, row[1:]))
            for row in rows(name, answers[name].columns[0], *answers[name].columns[1:])
        }
        figures = {
            part: (
                one.drawn,
                one.checked + one.apart,
                one.failed,
                one.verdicts[Verdict.LISTED],
                one.open,
            )
            for part, one in splits[heading].items()
        }
        assert {part: row for part, row in counted.items() if any(row)} == {
            part: row for part, row in figures.items() if any(row)
        }, name
    verdicts = {
        entry.account.id: entry.judgement.verdict.label if entry.judgement else ""
        for entry in inspection.scope
    }
    newest = dict(rows("latest_status", "编号", "结论"))
    of_sweep = {
        number
        for number, sweep_id in rows("latest_status", "编号", "检查批次")
        if sweep_id == str(sweep.id)
    }
    assert {number: newest[number] for number in of_sweep} == {
        str(key): label for key, label in verdicts.items() if str(key) in of_sweep
    }


def _same_problems(where: str, rows: Iterable[Sequence[str]], said: Printed) -> None:
    by_account: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for number, name, problem, effect in rows:
        by_account.setdefault((number, name), []).append((problem, effect))
    for fails, told in ((True, said.failed), (False, said.listed)):
        found = sorted(
            (*who, "、".join(sorted({problem for problem, effect in some if effect != "提示"})))
            for who, some in by_account.items()
            if any(effect == "不合格" for _, effect in some) is fails
        )
        listed = sorted(
            (row[0], row[1], "、".join(sorted(row[4].split("、")))) for row in told or ()
        )
        assert found == listed, f"{where} says {found}, the hand-off {listed}"


def _printed(
    regions: Sequence[Sequence[str]],
    failed: Sequence[Sequence[str]],
    listed: Sequence[Sequence[str]],
    left: Sequence[Sequence[str]] | None = None,
) -> Printed:
    return Printed(
        whole=_whole(regions[-1]) if regions else None,
        parts={row[1]: tuple(row[2:8]) for row in regions[:-1]} if regions else None,
        failed=[_problem(row) for row in failed],
        listed=[_problem(row) for row in listed],
        open=None if left is None else [(row[0], row[1], row[2], row[3], "") for row in left],
    )


def _whole(row: Sequence[str]) -> tuple[str, ...]:
    """Rates are held against the counts by the product itself; here against those of the parts."""
    assert row[1] == "合计", row
    return row[2], row[3], "", row[5], "", row[7]


def _problem(row: Sequence[str]) -> Row:
    return row[0], row[1], row[2], row[3], _labels(row[4])


def _labels(printed: str) -> str:
    """The problems of a list, without the remarks in brackets behind them."""
    return re.sub(r"（(?:重复问题|同一账号)[^）]*）$", "", printed)


def _word_rows(table: WordTable) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def _keyed(rows: list[list[str]]) -> list[Any]:
    """What the table is by its headings, then its rows."""
    heading = rows[0]
    return ["rechecked" if "复查结果" in heading else "listed", *rows[1:]]


def _cells(part: Mapping[str, Any], coverage: str, rate: str, left: int) -> tuple[str, ...]:
    return str(part["total"]), str(part["checked"]), coverage, str(part["failed"]), rate, str(left)


def _who(account: Mapping[str, str]) -> tuple[str, str]:
    return account["filing_number"], account["name"]


def _row(account: Mapping[str, str], problems: str) -> Row:
    return (
        account["filing_number"],
        account["name"],
        account["type"],
        account["organiser"],
        problems,
    )


def _names(rows: Sequence[Row] | None) -> list[str]:
    return [row[1] for row in rows or ()]


def _filed(article: Any) -> list[str]:
    """The filing number, 类型 and 所属组织 stand first in the line of filed values."""
    number, type_, organiser, *_ = _text(article, "p[@class='filed'][1]").split(" · ")
    return [number, _text(article, "h3"), type_, organiser]


def _text(element: Any, path: str) -> str:
    found = element.xpath(path)
    return str(found[0].text_content()) if found else ""
