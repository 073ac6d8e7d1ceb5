"""First chapter: the office's registry comes in, and the machine looks."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from mediawatch.app import App
from mediawatch.demo.scene import MARK, Tell
from mediawatch.domain import UserError
from mediawatch.domain.clock import day_of
from mediawatch.files import write_whole
from mediawatch.plurals import count_of
from mediawatch.ports import Stage
from mediawatch.registry.service import ImportOptions, ImportReport, import_files
from mediawatch.rules.policy import Policy
from mediawatch.sheets import TextWorkbook
from mediawatch.sweep import nights
from mediawatch.sweep.gate import canaries
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Summary, no_progress

_OFFICE = """\
# 演示数据
issuer = "演示市人民政府办公室"
reach = "全区"
level = "省"
addressees = "各地（市）演示办公室："
number = "演示办函〔2023〕1号"
regions = {regions}
"""
CONTACT, PHONE = "演示联系人", "0000-00001"
"""How the made-up contacts begin, by which they are found wherever they stand."""
_ABOVE = 2
"""Rows of the office's table above its accounts: title and headings."""
_REGIONS = ("拉萨市", "日喀则市", "昌都市", "林芝市", "山南市", "自治区直属")
"""In their usual order."""


async def register(app: App, stage: Stage, tell: Tell) -> None:
    """The registry, the canaries and the office's own words."""
    root = app.home.root
    write_whole(app.home.canaries, canaries.to_toml(stage.canaries(), MARK).encode())
    rows = [{**row, **_contact(number)} for number, row in enumerate(stage.registry(), 1)]
    there = [place for place in _REGIONS if any(row.get("地市") == place for row in rows)]
    write_whole(
        root / "office.toml", _OFFICE.format(regions=json.dumps(there, ensure_ascii=False)).encode()
    )
    write_registry(root / "registry.xlsx", rows)
    options = ImportOptions(contacts=app.settings.registry.contacts)
    report = await import_files(app.store, [root / "registry.xlsx"], options, now=app.clock())
    refuse_bad_rows(report, rows)
    tell(f"registry.xlsx: {count_of(len(report.changes.new), 'account')} imported")


def refuse_bad_rows(report: ImportReport, rows: Sequence[Mapping[str, str]]) -> None:
    """UserError where the registry refuses a row of the world: nothing was imported then."""
    for problem in report.errors[:1]:
        place = problem.place.row - _ABOVE - 1
        name = rows[place].get("政务新媒体名称", "") if 0 <= place < len(rows) else ""
        more = len(report.errors) - 1
        raise UserError(
            f"the world files what no registry takes: {name or 'account'} "
            f"(account {place + 1} of the world): {problem}"
            + (f"; and {more} more" if more else "")
            + ": correct the world's file"
        )


def _contact(number: int) -> dict[str, str]:
    """A made-up person; no telephone has such a number."""
    return {"联系人": f"{CONTACT}{number:03}", "联系电话": f"{PHONE}{number:03}"}


async def sweep(app: App, stage: Stage, policy: Policy, tell: Tell) -> Summary:
    """Look at every account, and twice before a finding."""
    request = Request(
        policy=policy,
        as_of=stage.as_of,
        second_look_after=timedelta(0),
        concurrency=app.settings.browser.concurrency,
    )
    tell(
        f"sweep as of {day_of(stage.as_of)} under policy {policy.name}: every account is "
        "looked at, and twice before a finding"
    )
    summary, _ = await nights.run(app.engine(), request, no_progress)
    return summary


def write_registry(target: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """The office's table as an office would send it.

    A title row stands above the headings, and every cell is text.
    """
    body = io.BytesIO()
    book = TextWorkbook(body)
    sheet, text = book.add_worksheet("台账"), book.add_format({"num_format": "@"})
    headings = list(rows[0]) if rows else ["政务新媒体名称", "类型"]
    sheet.merge_range(0, 0, 0, max(1, len(headings) - 1), f"政务新媒体台账（{MARK}）", text)
    for number, row in enumerate([{heading: heading for heading in headings}, *rows], _ABOVE - 1):
        for column, heading in enumerate(headings):
            sheet.write_string(number, column, row.get(heading, ""), text)
    book.close()
    write_whole(target, body.getvalue())
