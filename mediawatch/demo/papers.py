"""Sixth chapter: what leaves the office after the review."""

from __future__ import annotations

from mediawatch.app.documents import handoff_of, issued_inspection
from mediawatch.demo.scene import Scene
from mediawatch.domain import Notice, UserError
from mediawatch.domain.clock import day_of
from mediawatch.files import whole_file, write_whole
from mediawatch.people.worklist.export import part_name
from mediawatch.plurals import count_of
from mediawatch.publish import handoff
from mediawatch.publish.reports import reminders, word
from mediawatch.publish.reports.annexes import annex_book
from mediawatch.publish.reports.region_pages import report_files
from mediawatch.publish.reports.sheets import bundles


async def remind(scene: Scene) -> None:
    """After the sweep the units are asked for what no look has proved, before people look."""
    app = scene.app
    folder, taken = app.home.root / "documents" / "提醒", set[str]()
    texts = reminders.reminders(
        await scene.judged_scope(),
        await app.store.accounts.contacts(),
        today=day_of(app.clock()),
        opens=app.opens_links,
        marks=app.marks,
    )
    for text in texts:
        name = part_name(folder / "提醒.txt", text.unit, taken)
        write_whole(folder / name, text.text.encode())
    scene.tell(f"reminders to {count_of(len(texts), 'unit')}")


async def write(scene: Scene, notice: Notice) -> None:
    """The hand-off, the annexes, the circular, the page, the 佐证材料 by prefecture."""
    app, root = scene.app, scene.app.home.root
    write_whole(
        root / "handoff.json",
        handoff.to_bytes(await handoff_of(app, scene.sweep, include_open=False)),
    )
    inspection = await issued_inspection(app, notice)
    folder = root / "documents"
    write_whole(folder / "通报附件.xlsx", annex_book(inspection))
    for name, page in report_files(inspection, app.evidence, "检查报告.html"):
        write_whole(folder / name, page)
    try:
        write_whole(folder / "通报.docx", word.circular(inspection))
    except UserError as error:  # without the extra `word`
        scene.tell(str(error))
    for bundle in bundles(inspection, inspection.problems):
        with whole_file(folder / "佐证材料" / bundle.name) as file:
            bundle.write(app.evidence, file)
    whole = inspection.statistics.whole
    scene.tell(
        f"documents: {count_of(whole.failed, 'account')} failed of {whole.checked} checked, "
        f"{whole.open} open"
    )
