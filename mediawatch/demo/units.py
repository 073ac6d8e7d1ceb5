"""Third chapter: the suspects of one prefecture go down to their units, and a unit's link speaks for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl

from mediawatch import dispatch
from mediawatch.demo.people import type_in
from mediawatch.demo.scene import CLERK, UNIT, Named, Scene, counts, named
from mediawatch.dispatch import Field, Split
from mediawatch.domain import UserError
from mediawatch.links import open_links
from mediawatch.ports import Stage
from mediawatch.sweep import rejudge


async def answer(scene: Scene, overlooked: Sequence[Named]) -> None:
    """The prefecture of whoever was overlooked gets its sheet and returns it; the links in it are opened."""
    app = scene.app
    everything = await scene.suspects()
    place = next((each.account.filed.prefecture for each in everything if named(each) in overlooked), "")
    found = [each for each in everything if each.account.filed.prefecture == place]
    written = await dispatch.dispatch(
        app.store, app.home.root / "dispatch", found, sweep=scene.sweep, policy=scene.policy, evidence=app.evidence, by=Split.PREFECTURE,
        person=CLERK, now=app.clock(), after=await scene.newest_event(),
        labels=app.surface_labels({each.account.platform for each in found}), marks=app.marks,
    )  # fmt: skip
    for one in written:
        scene.tell(f"{one.path.name}: {one.accounts} suspects sent down by {CLERK}")
        returned = _fill_in(one.path, one.path.with_stem(f"{one.path.stem}-反馈"), scene.stage, overlooked)
        answers = await dispatch.import_answers(
            app.store,
            [returned],
            sweep=scene.sweep,
            accounts=[entry.account for entry in await scene.scope()],
            policy=scene.policy,
            now=app.clock(),
        )
        if answers.problems:
            raise UserError(f"the demonstration's own answers were refused: {answers.problems[0]}")
        await open_links(answers.articles, store=app.store, looker=app.looker(), gate=app.pacing(), now=app.clock)
        await rejudge(app.store, app.supports, scene.sweep.id)
        told = counts(await scene.scope())
        scene.tell(f"{returned.name}: {len(answers.accounts)} answers, {len(answers.articles)} link opened; judged again: {told}")


def _fill_in(source: Path, target: Path, stage: Stage, overlooked: Sequence[Named]) -> Path:
    """What the units write: one has its newest link at hand, the other overlooked one only its word, the rest owns up."""
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    linked = False
    for number in range(2, sheet.max_row + 1):
        cells = {field: sheet.cell(number, places[field.value]) for field in Field if field.value in places}
        if not cells[Field.KEY].value:
            continue
        row = str(cells[Field.NAME].value), str(cells[Field.TYPE].value)
        shown = stage.look_up(*row) if row in overlooked else None
        type_in(cells[Field.PERSON], UNIT)
        type_in(cells[Field.EXPLANATION], "监测期内已正常更新。" if shown else "情况属实，立即整改。")
        if shown and not linked:
            type_in(cells[Field.LINK], shown.link)
            linked = True
    book.save(target)
    return target
