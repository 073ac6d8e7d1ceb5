"""The demonstration: one whole inspection on a made-up world, from the office's registry to the hand-off. 演示数据 throughout.

The world's sites are the replica; the person who answers the worklist is played by the world's truth.
"""

from __future__ import annotations

import asyncio
import shutil
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path

import openpyxl
import xlsxwriter

from mediawatch import canaries, circular, figures, handoff, registry, worklist
from mediawatch.app import DEMONSTRATION, App, only_one
from mediawatch.clock import beijing, day_of
from mediawatch.domain import Sweep, SweepAccount, UserError, Verdict
from mediawatch.files import write_whole
from mediawatch.policy import Policy, load
from mediawatch.ports import Shown, Stage
from mediawatch.reports import lists
from mediawatch.reports.table import Table, to_text
from mediawatch.settings import Home
from mediawatch.sweep import Request, checks_for, proving, rejudge
from mediawatch.worklist.columns import Column, match_headings

MARK = DEMONSTRATION
PERSON = "演示核查员"
POLICY = "tibet"
CIRCULAR = "tibet-2022q4-circular"
Tell = Callable[[str], None]


def prepare(out: Path) -> Home:
    """A fresh home in `out`. UserError where something else than an earlier demonstration stands there, or one that still runs."""
    home = Home.at(out)
    if home.root.exists() and any(home.root.iterdir()):
        if not (home.root / MARK).exists():
            raise UserError(f"{out} is not empty and holds no earlier demonstration: name another folder with --out")
        with only_one(home):  # nobody may be in the midst of one
            shutil.rmtree(home.root)
    home.create(MARK)
    (home.root / MARK).write_text("本目录由 mediawatch demo 生成,全部为演示数据。\n", encoding="utf-8")
    return home


async def run(app: App, stage: Stage, tell: Tell) -> int:
    """Registry in, sweep, worklist out and back, hand-off out; tells each step. Returns the sweep's exit code."""
    began = asyncio.get_running_loop().time()
    root = app.home.root
    app.home.canaries.write_text(canaries.to_toml(stage.canaries(), MARK), encoding="utf-8")
    write_registry(root / "registry.xlsx", stage.registry())
    report = await registry.import_files(app.store, [root / "registry.xlsx"], now=app.clock())
    tell(f"registry.xlsx: {len(report.changes.new)} accounts imported")
    policy = load(POLICY)
    request = Request(policy=policy, as_of=stage.as_of, second_look_after=timedelta(0), concurrency=app.settings.browser.concurrency)
    tell(f"sweep as of {day_of(stage.as_of)} under policy {policy.name}: every account is looked at, and twice before a finding")
    summary = await app.engine().run(request)
    tell(f"{summary.looks} looks in {asyncio.get_running_loop().time() - began:.0f} s: {_counts(summary.scope)}")
    await _ask_people(app, stage, summary.sweep, policy, tell)
    scope = await app.store.scope(summary.sweep.id)
    tell(f"judged again: {_counts(scope)}")
    readings = await proving(app.store, scope)
    checks = await checks_for(app.store, summary.sweep)
    document = handoff.build(summary.sweep, scope, readings, policy, include_open=True, marks=app.marks, checks=checks)
    write_whole(root / "handoff.json", handoff.to_bytes(document))
    printed = circular.shipped(CIRCULAR)
    tibet = {one.name for one in printed.named} <= {entry.account.filed.name for entry in scope}
    tell(compared(scope, policy, printed) if tibet else to_text(lists.flagged(summary.sweep, scope, readings, checks).only(*lists.BRIEF)))
    tell(f"{root}: handoff.json (no review yet, so the findings in it are marked as unconfirmed), worklist/, evidence/, mediawatch.db")
    return summary.exit_code


def write_registry(target: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """The office's table as an office would send it: a title row above the headings, every cell text."""
    book = xlsxwriter.Workbook(target)
    sheet, text = book.add_worksheet("台账"), book.add_format({"num_format": "@"})
    headings = list(rows[0]) if rows else ["政务新媒体名称", "类型"]
    sheet.merge_range(0, 0, 0, max(1, len(headings) - 1), f"政务新媒体台账({MARK})", text)
    for number, row in enumerate([{heading: heading for heading in headings}, *rows], 1):
        for column, heading in enumerate(headings):
            sheet.write_string(number, column, row.get(heading, ""), text)
    book.close()


async def _ask_people(app: App, stage: Stage, sweep: Sweep, policy: Policy, tell: Tell) -> None:
    folder = app.home.root / "worklist"
    folder.mkdir()
    written = await worklist.export(app.store, folder / "worklist.xlsx", sweep=sweep, policy=policy, marks=app.marks)
    tell(f"worklist.xlsx: {sum(one.rows for one in written)} accounts that only people can settle")
    (folder / "screenshot.png").write_bytes(picture())
    answered = fill_in(folder / "worklist.xlsx", folder / "worklist-answered.xlsx", stage, sweep, policy, app.clock())
    done = await worklist.import_files(
        app.store,
        [folder / "worklist-answered.xlsx"],
        sweep=sweep,
        policy=policy,
        now=app.clock(),
        keep_evidence=app.evidence.keep,
        rejudge=lambda number: rejudge(app.store, app.supports, number),
    )
    if done.problems:
        raise UserError(f"the demonstration's own answers were refused: {done.problems[0]}")
    tell(
        f"worklist-answered.xlsx: {answered} answers of {PERSON} ({MARK}), {len(done.readings)} readings kept, {done.blank} rows left blank"
    )


def fill_in(source: Path, target: Path, stage: Stage, sweep: Sweep, policy: Policy, looked_at: datetime) -> int:
    """What a person would do with the worklist, by the world's truth. Returns the number of answered rows."""
    book = openpyxl.load_workbook(source)
    as_of_day, answered = day_of(sweep.as_of), 0
    for sheet in book.worksheets:
        places: dict[Column, int] = {}
        for row in sheet.iter_rows():
            texts = ["" if cell.value is None else str(cell.value) for cell in row]
            if not places:
                found = match_headings(texts)
                places = found if Column.KEY in found and Column.POSTED in found else {}
                continue
            shown = stage.look_up(texts[places[Column.NAME]], texts[places[Column.TYPE]])
            if shown is None or not texts[places[Column.KEY]]:
                continue
            answered += 1
            for column, value in _answers(shown, as_of_day, looked_at, policy).items():
                row[places[column]].value = value
    book.save(target)
    return answered


def _answers(shown: Shown, as_of_day: date, looked_at: datetime, policy: Policy) -> dict[Column, str]:
    before = [day for day in shown.days if day <= as_of_day]
    posted = bool(before) and before[0] >= policy.window_start(as_of_day)
    cells = {Column.PERSON: PERSON, Column.TIME: f"{beijing(looked_at):%Y-%m-%d %H:%M}", Column.SEEN_ID: shown.id}
    cells[Column.SHOT] = "screenshot.png"
    states = {"not_found": "搜索不到", "cancelled": "已注销", "banned": "已封禁", "empty": "从未发布"}
    if shown.state in states:
        return {**cells, Column.STATE: states[shown.state]}
    cells |= {Column.POSTED: "有" if posted else "无", Column.STATE: "正常", Column.SEEN_NAME: shown.name}
    return {**cells, Column.POSTED_ON: before[0].isoformat()} if before else cells


def picture() -> bytes:
    """A small grey PNG that is plainly no screenshot: the demonstration has no telephone."""
    width, height = 64, 32
    rows = b"".join(b"\x00" + b"\xc8" * width for _ in range(height))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Comment\x00mediawatch demo"),
        (b"IDAT", zlib.compress(rows)),
    ]
    chunks = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in [*parts, (b"IEND", b"")]
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _counts(scope: Sequence[SweepAccount]) -> str:
    counts = Counter(entry.judgement.verdict for entry in scope if entry.judgement)
    return ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])


def compared(scope: Sequence[SweepAccount], policy: Policy, printed: circular.Circular) -> str:
    """The circular's own table beside what was found, who differs, and what is off in the circular."""
    parts = figures.by(scope, policy, lambda entry: entry.account.filed.type)
    whole = figures.figures(scope, policy)
    rows = [
        (
            kind,
            str(printed.checked[kind]),
            str(printed.failed_of[kind]),
            str(parts[kind].checked),
            str(parts[kind].failed),
            figures.percent(parts[kind].rate),
        )
        for kind in printed.checked
        if kind in parts
    ]
    rows.append(("合计", str(printed.drawn), str(printed.failed), str(whole.checked), str(whole.failed), figures.percent(whole.rate)))
    by_type = Table(
        f"{printed.title}:通报与检出对照({MARK})", ("平台", "通报检查数", "通报不合格", "检查数", "不合格", "合格率"), tuple(rows)
    )
    kinds = [(kind, str(count), str(whole.kinds.get(kind, 0))) for kind, count in printed.kinds.items()]
    by_kind = Table("问题类型", ("问题", "通报", "检出"), tuple(kinds))
    return "\n".join(
        [to_text(by_type), to_text(by_kind), *_differences(scope, policy, printed), "通报中的出入:", *_bullets(circular.remarks(printed))]
    )


def _differences(scope: Sequence[SweepAccount], policy: Policy, printed: circular.Circular) -> list[str]:
    named = {(one.name, one.type, one.kind) for one in printed.named}
    found = {
        (entry.account.filed.name, entry.account.filed.type, figures.leading(entry, policy).label)
        for entry in scope
        if entry.judgement and entry.judgement.verdict is Verdict.FAILED
    }
    both, missed, added = len(named & found), len(named - found), len(found - named)
    lines = [f"名单逐一比对(名称、类型、问题):一致{both}个,通报有而未检出{missed}个,检出而通报无{added}个。"]
    lines += [f"  未检出:{' '.join(one)}" for one in sorted(named - found)]
    lines += [f"  多检出:{' '.join(one)}" for one in sorted(found - named)]
    return lines


def _bullets(lines: Sequence[str]) -> list[str]:
    return [f"  · {line}" for line in lines]


def shipped_world() -> Path:
    """The world of Tibet's inspection of 2022 Q4."""
    return Path(str(resources.files("mediawatch") / "data" / "tibet-2022q4.csv"))
