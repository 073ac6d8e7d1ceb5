"""Second chapter: a person answers what the machine could not prove, and overlooks something."""

from __future__ import annotations

import io
import re
import struct
import zlib
from datetime import date, datetime
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell

from mediawatch.demo.scene import MARK, PERSON, Named, Scene, counts
from mediawatch.domain import Sweep, UserError
from mediawatch.domain.clock import day_of, minute
from mediawatch.files import write_whole
from mediawatch.outputs import Output, OutputKind
from mediawatch.people.forms.columns import Column, match_headings
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.worklist.export import export as export_worklist
from mediawatch.people.worklist.intake import import_files
from mediawatch.people.worklist.problem_todo import ProblemRequest
from mediawatch.plurals import count_of
from mediawatch.ports import PhoneView, Stage
from mediawatch.rules.policy import Policy
from mediawatch.sweep.judging import judge_news

OVERLOOKED = 2
"""The person takes so many accounts with posts in the window for silent ones.

The later chapters have to notice this.
"""


async def answer(scene: Scene) -> tuple[Named, ...]:
    """The worklist out and back; returns the accounts that were overlooked."""
    app, tell = scene.app, scene.tell
    folder = app.home.root / "worklist"
    sheet = Output(folder, OutputKind.FOLDER, home=app.home.root).file("worklist.xlsx")
    target = FormTarget(path=sheet.path, marks=app.marks, issuer=app.issuer, write=sheet.writer())
    judged = await scene.judged_scope()
    labels = app.surface_labels({entry.account.platform for entry in judged.entries})
    written = await export_worklist(
        app.store,
        target,
        judged,
        indexes=app.index_names(),
        request=ProblemRequest(labels=labels),
    )
    tell(
        f"worklist.xlsx: {count_of(sum(one.rows for one in written), 'account')} that only people "
        "can settle"
    )
    answers = folder / "worklist-answered.xlsx"
    answered, overlooked = fill_in(
        folder / "worklist.xlsx", answers, scene.stage, scene.sweep, scene.policy, app.clock()
    )
    done = await import_files(
        app.store,
        [answers],
        await scene.judged_scope(),
        now=app.clock(),
        keep_evidence=app.evidence.keep,
        sites=app.sites,
        rejudge=lambda number: judge_news(app.store, app.supports, number),
    )
    if done.problems:
        raise UserError(f"the demonstration's own answers were refused: {done.problems[0]}")
    tell(
        f"{answers.name}: {count_of(answered, 'answer')} of {PERSON} ({MARK}), "
        f"{count_of(len(done.readings), 'reading')} kept, {count_of(done.blank, 'row')} left blank"
    )
    tell(
        f"judged again: {counts(await scene.scope())}; {PERSON} overlooked posts of "
        f"{count_of(len(overlooked), 'account')}"
    )
    return overlooked


def fill_in(
    source: Path, target: Path, stage: Stage, sweep: Sweep, policy: Policy, looked_at: datetime
) -> tuple[int, tuple[Named, ...]]:
    """Fill in the worklist as a person would, by the world's truth except for the oversights.

    Returns the number of answered rows, and the accounts that were overlooked.
    """
    book = openpyxl.load_workbook(source)
    as_of_day, answered, overlooked = day_of(sweep.as_of), 0, list[Named]()
    # The demonstration's policy has one window for all.
    start = policy.widest_window_start(as_of_day)
    for sheet in book.worksheets:
        places: dict[Column, int] = {}
        for row in sheet.iter_rows():
            texts = ["" if cell.value is None else str(cell.value) for cell in row]
            if not places:
                found = match_headings(texts)
                places = found if Column.KEY in found and Column.POSTED in found else {}
                continue
            name = texts[places[Column.NAME]], texts[places[Column.TYPE]]
            shown = stage.look_up(*name)
            if shown is None or not texts[places[Column.KEY]]:
                continue
            answered += 1
            days = [*([shown.later] if shown.later else []), *shown.days]
            if len(overlooked) < OVERLOOKED and _easily_overlooked(
                shown, start, texts[places[Column.LATEST]]
            ):
                overlooked.append(name)
                days = [day for day in days if day < start]
            asked = start, as_of_day
            shot = f"screenshot-{answered:03}.png"
            write_whole(target.parent / shot, picture("·".join(name)))
            for column, value in _answers(shown, days, asked, looked_at, shot).items():
                type_in(row[places[column]], value)
    save(book, target)
    return answered, tuple(overlooked)


def save(book: openpyxl.Workbook, target: Path) -> None:
    """As a file of the home: for its owner alone."""
    body = io.BytesIO()
    book.save(body)
    write_whole(target, body.getvalue())


def type_in(cell: Cell, text: str) -> None:
    """Type as a person does into a cell that is formatted as text: no text becomes a formula."""
    cell.value, cell.data_type = text, "s"


def _easily_overlooked(shown: PhoneView, start: date, known: str) -> bool:
    """Whether a person could take an older post for the newest.

    There must be a post in the window, which a link can prove, and an older one; none later. The
    row's known date, "未知" or at least so late, must not name a newer one.
    """
    older = [day.isoformat() for day in shown.days if day < start]
    named = re.search(r"\d{4}-\d\d-\d\d", known)
    if shown.later or not shown.link or not older or len(older) == len(shown.days):
        return False
    return named is None or named[0] <= older[0]


def _answers(
    shown: PhoneView, days: list[date], asked: tuple[date, date], looked_at: datetime, shot: str
) -> dict[Column, str]:
    """The cells of a row.

    `days` are those of the posts that the person saw, newest first; `asked` are the first and the
    last day of the question. Who finds no post between them writes down the newest of all.
    """
    cells = {Column.PERSON: PERSON, Column.TIME: minute(looked_at), Column.SEEN_ID: shown.id}
    cells[Column.SHOT] = shot
    states = {
        "not_found": "搜索不到",
        "cancelled": "已注销",
        "banned": "已封禁",
        "empty": "从未发布",
    }
    if shown.state in states:
        named = {} if shown.state == "not_found" else {Column.SEEN_NAME: shown.name}
        return {**cells, **named, Column.STATE: states[shown.state]}
    within = [day for day in days if asked[0] <= day <= asked[1]]
    cells |= {
        Column.POSTED: "有" if within else "无",
        Column.STATE: "正常",
        Column.SEEN_NAME: shown.name,
    }
    return {**cells, Column.POSTED_ON: (within or days)[0].isoformat()} if days else cells


def picture(of: str = "") -> bytes:
    """A small grey PNG that is plainly no screenshot: the demonstration has no telephone.

    Each account has its own, as in a real worklist.
    """
    width, height = 64, 32
    rows = b"".join(b"\x00" + b"\xc8" * width for _ in range(height))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Comment\x00mediawatch demo " + of.encode("ascii", "backslashreplace")),
        (b"IDAT", zlib.compress(rows)),
    ]
    chunks = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in [*parts, (b"IEND", b"")]
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
