"""`mediawatch notice consult`, `correction-papers`, `letters`: papers around a notice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.app.corrections import refuse_due
from mediawatch.app.judged import judged_scope
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import (
    NumberArgument,
    SweepOption,
    check_answered,
    notice_of,
    sweep_of,
)
from mediawatch.cli.outputs import output
from mediawatch.domain import UserError
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output, OutputKind
from mediawatch.people.suspects import suspects
from mediawatch.plurals import count_of
from mediawatch.publish.results import standing_items
from mediawatch.registry.merge import follow_merges
from mediawatch.sweep.judging import checks_for


def write_correction_papers(
    ctx: typer.Context,
    number: NumberArgument,
    out: Annotated[
        Output,
        output("--out", metavar="DIR", help="Where the files go.", kind=OutputKind.FOLDER),
    ],
    since: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help=(
                "Tell the corrections after this version; default after the oldest that a place "
                "still shows, else the newest correction."
            ),
            min=1,
        ),
    ] = None,
) -> None:
    """Write the papers of a correction: a draft of the 更正通知, the corrected circular and annexes,
    the list of places that have to take it down or replace it."""

    async def work() -> list[Path]:
        async with open_home(ctx) as app:

            async def plan(planning: App) -> list[Path]:
                # Imported here: with it come the writers of Word documents and workbooks.
                from mediawatch.app.correction_papers import correction_papers

                notice, _ = await notice_of(planning, number)
                papers = await correction_papers(planning, notice, since)
                write = out.writer(planning.write_file)
                for name, body in papers.items():
                    write(out.path / name, body, shared=True)
                return [out.path / name for name in papers]

            return await app.decide(plan)

    for path in run(work()):
        typer.echo(str(path))


def consult(
    ctx: typer.Context,
    out: Annotated[
        Output, output("--out", metavar="FILE", help="The sheet (.xlsx), for A4 across.")
    ],
    sweep: SweepOption = None,
) -> None:
    """Write the 会商清单: each account with its problem, the ground and its unit's answer, and empty
    columns for what is agreed and who signs. It is internal."""

    async def work() -> int:
        async with open_home(ctx) as app:
            from mediawatch.publish.reports.consultation import (
                consultation_book,
                consultation_table,
            )
            from mediawatch.publish.reports.xlsx import BookCover

            chosen = await sweep_of(app, sweep)
            await check_answered(app, chosen)
            judged = await judged_scope(app, chosen)
            checks = await checks_for(app.store, chosen)
            found = await suspects(app.store, chosen, judged.entries, checks)
            table = consultation_table(chosen, found)
            if not table.rows:
                raise UserError(f"sweep {chosen.id} holds nothing against any account")
            # Answers of units are free text, telephone numbers included.
            cover = BookCover(
                title=table.title,
                issuer=read_office(app.home.root).issuer,
                made_at=chosen.as_of,
            )
            out.write(consultation_book(table, app.marks, cover))
            return len(table.rows)

    typer.echo(f"{out}: {count_of(run(work()), 'account')}")


def write_letters(
    ctx: typer.Context,
    number: NumberArgument,
    out: Annotated[
        Output,
        output("--out", metavar="DIR", help="Where the letters go.", kind=OutputKind.FOLDER),
    ],
) -> None:
    """Write the letters (函) to the units of the items that a notice does not name (另行函告), a
    Word document each."""

    async def work() -> list[Path]:
        async with open_home(ctx) as app:
            # Imported here: with it come the writers of Word documents.
            from mediawatch.publish.reports.letters import letter_document
            from mediawatch.publish.reports.unit_letters import letter_name, unit_letters

            notice, events = await notice_of(app, number)
            items = standing_items(notice, events)
            accounts = follow_merges(await app.store.accounts.all(include_retired=True))
            filed_now = {number: account.filed for number, account in accounts.items()}
            office = read_office(app.home.root)
            letters = unit_letters(notice, items, filed_now, office, app.marks)
            if not letters:
                raise UserError(f"{notice.number} has no item that stands with 另行函告")
            await refuse_due(app, notice, {item.number for item, _ in letters})
            write, paths = out.writer(app.write_file), []
            for item, letter in letters:
                paths.append(out.path / letter_name(item))
                write(paths[-1], letter_document(letter, notice.kept_at), shared=True)
            return paths

    for path in run(work()):
        typer.echo(str(path))
