"""`mediawatch report reminders`: texts to the units."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch.app.judged import judged_scope
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import SweepOption, check_answered, sweep_of
from mediawatch.cli.outputs import output
from mediawatch.domain.clock import day_of
from mediawatch.outputs import Output, OutputKind
from mediawatch.people.worklist.export import part_name
from mediawatch.plurals import count_of
from mediawatch.publish.reports import reminders as texts
from mediawatch.publish.reports.reminders import Reminder, Unit


def reminders(
    ctx: typer.Context,
    folder: Annotated[
        Output | None,
        output(
            metavar="[DIR]",
            help="A file a unit goes here, made if need be; without it the texts are printed.",
            kind=OutputKind.FOLDER,
        ),
    ] = None,
    to: Annotated[
        Unit, typer.Option(help="One text a 所属组织 (with its contact persons), or a 主管单位.")
    ] = Unit.ORGANISER,
    sweep: SweepOption = None,
) -> None:
    """Write one text a unit: accounts that will soon be stale, with their deadline; and one line
    that asks for the newest link of those that no look has proved.
    """

    async def work() -> list[Reminder]:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep)
            await check_answered(app, chosen)
            judged, contacts = await judged_scope(app, chosen), await app.store.accounts.contacts()
            return texts.reminders(
                judged,
                contacts,
                today=day_of(app.clock()),
                opens=app.opens_links,
                to=to,
                marks=app.marks,
            )

    written = run(work())
    if folder is None:
        typer.echo("\n".join(reminder.text for reminder in written), nl=False)
    else:
        taken: set[str] = set()
        whole = folder.path / "提醒.txt"
        files = [folder.file(part_name(whole, each.unit, taken)) for each in written]
        for file in files:
            file.check()
        for file, reminder in zip(files, written, strict=True):
            file.write(reminder.text.encode())
    typer.echo(
        f"{count_of(len(written), 'unit')}, "
        f"{count_of(sum(reminder.accounts for reminder in written), 'account')}",
        err=True,
    )
