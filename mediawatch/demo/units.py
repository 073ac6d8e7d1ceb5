"""Third chapter: the hearing.

Every suspect goes down to its unit. Most agree, one proves itself, one disputes in vain, some do
not answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import openpyxl

from mediawatch.app.overdue import note_overdue
from mediawatch.demo.people import save, type_in
from mediawatch.demo.scene import CLERK, UNIT, Named, Scene, counts, name_of
from mediawatch.domain import ReviewAction, Stance, UserError
from mediawatch.domain.clock import day_end, day_of
from mediawatch.outputs import Output, OutputKind
from mediawatch.people import dispatch
from mediawatch.people.dispatch import DispatchColumn, DispatchOrder, DispatchSplit
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.link_files import FoundLink
from mediawatch.people.links import open_links
from mediawatch.plurals import count_of
from mediawatch.ports import Stage
from mediawatch.sweep.judging import judge_news

SILENT = 3
"""So many accounts get no answer within the term."""
_DISPUTES = "本单位对结论有异议，但未能提供监测期内的发布记录。"


async def answer(scene: Scene, overlooked: Sequence[Named], folder: str = "dispatch") -> None:
    """Every prefecture gets its sheet and returns it; the links in the answers are opened.

    Units that did not answer are noted after the term.
    """
    app = scene.app
    everything = await scene.suspects()
    order = DispatchOrder(
        by=DispatchSplit.PREFECTURE,
        person=CLERK,
        at=app.clock(),
        after=await scene.newest_event(),
        evidence=app.evidence,
        labels=app.surface_labels({each.account.platform for each in everything}),
    )
    place = Output(app.home.root / folder, OutputKind.FOLDER, home=app.home.root)
    target = FormTarget(path=place.path, marks=app.marks, issuer=app.issuer, write=place.writer())
    written = await dispatch.dispatch(
        app.store, target, everything, await scene.judged_scope(), order
    )
    if not written:
        return
    term = max(one.term for one in written)
    accounts = sum(one.accounts for one in written)
    scene.tell(
        f"{folder}/: {count_of(accounts, 'suspect')} of {count_of(len(written), 'prefecture')} "
        f"sent down by {CLERK}, "
        f"to be answered by {term}"
    )
    plan = _Plan(scene.stage, overlooked, [name_of(each) for each in everything])
    returned = [
        plan.fill_in(one.path, one.path.with_stem(f"{one.path.stem}-反馈")) for one in written
    ]
    answers = await dispatch.import_answers(
        app.store, returned, await scene.judged_scope(), evidence=app.evidence, now=app.clock()
    )
    if answers.problems:
        raise UserError(f"the demonstration's own answers were refused: {answers.problems[0]}")
    said = Counter(
        stance for _, stance in {(event.account_id, event.stance) for event in answers.events}
    )
    await _open(scene, answers.articles)
    stances = ", ".join(f"{said[stance]} {stance}" for stance in Stance if said[stance])
    scene.tell(
        f"{count_of(len(answers.accounts), 'answer')} of {UNIT}: {stances}, {answers.blank} without; "
        f"{count_of(len(answers.articles), 'link')} opened; judged again: "
        f"{counts(await scene.scope())}"
    )
    scene.pass_days(day_end(term) + timedelta(hours=9))
    await _note_overdue(scene)


async def _open(scene: Scene, articles: Sequence[FoundLink]) -> None:
    app = scene.app
    if articles:
        await open_links(
            articles, store=app.store, looker=app.looker(), gate=app.pacing(), now=app.clock
        )
        await judge_news(app.store, app.supports, scene.sweep.id)


async def _note_overdue(scene: Scene) -> None:
    answers = await note_overdue(scene.app, scene.sweep, CLERK)
    scene.tell(
        f"{day_of(scene.app.clock())}: the term is over, {count_of(len(answers.noted), 'finding')} "
        "noted as "
        f"{ReviewAction.OVERDUE.label}"
    )


class _Plan:
    """What the units write.

    One overlooked account has its newest link at hand, the other only its word. One more disputes.
    """

    def __init__(
        self, stage: Stage, overlooked: Sequence[Named], everybody: Sequence[Named]
    ) -> None:
        self.stage, self.overlooked, self.linked = stage, overlooked, False
        others = [one for one in dict.fromkeys(everybody) if one not in overlooked]
        self.silent = others[:SILENT] if len(others) > SILENT else []
        self.disputing = others[SILENT : SILENT + 1]

    def fill_in(self, source: Path, target: Path) -> Path:
        book = openpyxl.load_workbook(source)
        sheet = book.worksheets[0]
        places = {cell.value: cell.column for cell in sheet[1]}
        for number in range(2, sheet.max_row + 1):
            cells = {
                field: sheet.cell(number, places[field.value])
                for field in DispatchColumn
                if field.value in places
            }
            row = str(cells[DispatchColumn.NAME].value), str(cells[DispatchColumn.TYPE].value)
            if cells[DispatchColumn.KEY].value and row not in self.silent:
                for field, text in self._says(row).items():
                    type_in(cells[field], text)
        save(book, target)
        return target

    def _says(self, row: Named) -> dict[DispatchColumn, str]:
        shown = self.stage.look_up(*row) if row in self.overlooked else None
        disputes = shown is not None or row in self.disputing
        said = {
            DispatchColumn.PERSON: UNIT,
            DispatchColumn.STANCE: Stance.DISPUTES.value if disputes else Stance.AGREES.value,
        }
        if shown and not self.linked:
            self.linked = True
            said[DispatchColumn.LINK] = shown.link
        words = (
            "监测期内已正常更新。" if shown else _DISPUTES if disputes else "情况属实，立即整改。"
        )
        return said | {DispatchColumn.EXPLANATION: words}
