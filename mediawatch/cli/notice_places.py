"""`mediawatch notice published`, `retract`, `correction-papers`: where a notice is published."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from mediawatch.app import App
from mediawatch.app.judged import judged_scope
from mediawatch.app.publications import note_publication, note_retraction
from mediawatch.cli.base import open_home, run
from mediawatch.cli.notice_changes import By
from mediawatch.cli.out import (
    NumberArgument,
    SweepOption,
    check_answered,
    notice_of,
    sweep_of,
)
from mediawatch.cli.outputs import output
from mediawatch.cli.report import day_option
from mediawatch.domain import (
    UNFINISHED,
    NoticeAction,
    NoticeEvent,
    UserError,
    outdated_places,
)
from mediawatch.outputs import Output, OutputKind
from mediawatch.people.suspects import suspects
from mediawatch.plurals import count_of
from mediawatch.sweep.judging import checks_for

On = Annotated[str, typer.Option("--on", metavar="DAY", help="When, 2023-02-10.")]


class PlaceChange(StrEnum):
    """What a place did with a notice that was corrected."""

    REMOVED = "removed"
    """撤稿."""
    REPLACED = "replaced"
    """替换."""

    @property
    def action(self) -> NoticeAction:
        removed = self is PlaceChange.REMOVED
        return NoticeAction.TAKEN_DOWN if removed else NoticeAction.REPLACED


def publish(
    ctx: typer.Context,
    number: NumberArgument,
    on: On,
    by: By,
    url: Annotated[str, typer.Option(metavar="URL", help="Its address there.")] = "",
    where: Annotated[
        str,
        typer.Option(metavar="PLACE", help="The place, 示例市政府网站; default the URL's host."),
    ] = "",
    version: Annotated[
        int | None,
        typer.Option(metavar="N", help="The version it shows; default what stood then.", min=1),
    ] = None,
) -> None:
    """Note where and when a notice was published (发布); may be given for several places. They are
    the places to be put right when it is corrected."""
    address, day = url.strip(), day_option(on, "--on")
    host = urlsplit(address).hostname or ""
    if address and (not host or urlsplit(address).scheme not in ("http", "https")):
        raise UserError(f"--url {address}: that is no address of a page: write it with https://")
    place = where.strip() or host
    if not place:
        raise UserError("name the place: --url, or --where for one without an address")

    async def work() -> NoticeEvent:
        async with open_home(ctx) as app:

            async def plan(planning: App) -> NoticeEvent:
                notice, _ = await notice_of(planning, number)
                event = NoticeEvent(
                    notice_id=notice.id,
                    action=NoticeAction.PUBLISHED,
                    at=planning.clock(),
                    by=_name(by),
                    source=address,
                    place=place,
                    on=day,
                )
                return await note_publication(planning, notice, event, version)

            return await app.decide(plan)

    made = run(work())
    typer.echo(f"{number}: published at {made.place} on {made.on}, version {made.version}")


def retract(
    ctx: typer.Context,
    number: NumberArgument,
    place: Annotated[
        str, typer.Argument(metavar="PLACE", help="The place as `notice published` noted it.")
    ],
    how: Annotated[
        PlaceChange, typer.Option(help="removed: 撤稿; replaced: 替换 by the corrected text.")
    ],
    on: On,
    by: By,
    url: Annotated[
        str, typer.Option(metavar="URL", help="Where the corrected text is, if that is new.")
    ] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="A remark.")] = "",
) -> None:
    """Note that a place took a notice down (撤稿), or replaced it by the corrected text (替换). A
    correction is unfinished (更正未完成) until each place did."""
    day = day_option(on, "--on")

    async def work() -> tuple[NoticeEvent, int]:
        async with open_home(ctx) as app:

            async def plan(planning: App) -> NoticeEvent:
                notice, _ = await notice_of(planning, number)
                event = NoticeEvent(
                    notice_id=notice.id,
                    action=how.action,
                    at=planning.clock(),
                    by=_name(by),
                    reason=reason.strip(),
                    source=url.strip(),
                    place=place.strip(),
                    on=day,
                )
                return await note_retraction(planning, notice, event)

            made = await app.decide(plan)
            _, events = await notice_of(app, number)
            return made, len(outdated_places(events))

    made, left = run(work())
    typer.echo(f"{number}: {made.place}, {made.action.label} {made.on}")
    typer.echo(f"{UNFINISHED}：尚余{left}处" if left else "更正已完成")


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

            chosen = await sweep_of(app, sweep)
            await check_answered(app, chosen)
            judged = await judged_scope(app, chosen)
            checks = await checks_for(app.store, chosen)
            found = await suspects(app.store, chosen, judged.entries, checks)
            table = consultation_table(chosen, found)
            if not table.rows:
                raise UserError(f"sweep {chosen.id} holds nothing against any account")
            out.write(consultation_book(table, app.marks, chosen.as_of), shared=True)
            return len(table.rows)

    typer.echo(f"{out}: {count_of(run(work()), 'account')}")


def _name(by: str) -> str:
    if not by.strip():
        raise UserError("a name is needed (--by)")
    return by.strip()
