"""`mediawatch notice`: confirmed findings become a notice (通报), which stays as it was issued; what follows are events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mediawatch import handoff
from mediawatch.app import App
from mediawatch.app.documents import inspection_of
from mediawatch.cli.base import opened, run
from mediawatch.cli.out import SweepOption, print_or_write, sweep_of
from mediawatch.cli.report import day_option
from mediawatch.clock import day_of
from mediawatch.domain import Notice, NoticeEvent, UserError
from mediawatch.files import write_whole
from mediawatch.notices.deadlines import deadline
from mediawatch.notices.issuing import Heading, drawn_up, unreviewed, version_of
from mediawatch.notices.rounds import Issued
from mediawatch.office import read_office
from mediawatch.reports import notices as lists
from mediawatch.reports.table import Table
from mediawatch.sweep import checks_for

group = typer.Typer(no_args_is_help=True, help="Issue notices (通报), correct them, and see what became of them.")
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.")]
NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="文号 of the notice, or its place in `notice list`.")]


def register(app: typer.Typer) -> None:
    group.command("issue")(issue)
    group.command("list")(list_)
    group.command("show")(show)
    app.add_typer(group, name="notice")


def issue(
    ctx: typer.Context,
    title: Annotated[str, typer.Option(metavar="TEXT", help="标题.")],
    by: By,
    number: Annotated[str, typer.Option(metavar="TEXT", help="文号; default `number` of office.toml.")] = "",
    sweep: SweepOption = None,
    signed_on: Annotated[str, typer.Option("--date", metavar="DAY", help="成文日期, 2023-02-09; default today.")] = "",
    rectify_by: Annotated[str, typer.Option(metavar="DAY|+10工作日", help="整改期限; +14日 counts every day.")] = "",
    report_by: Annotated[str, typer.Option(metavar="DAY|+12工作日", help="报送期限.")] = "",
    preliminary: Annotated[bool, typer.Option("--preliminary", help="Although it is 初步结果: accounts are still 待人工核查.")] = False,
    leave_out_open: Annotated[
        bool, typer.Option("--leave-out-open", help="Although findings are not decided: they are not in it, their accounts count as open.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write its hand-off, too.")] = None,
) -> None:
    """Freeze the confirmed findings of a sweep as a notice, with its deadlines and its hand-off."""

    async def work() -> tuple[Notice, str, str]:
        async with opened(ctx) as app:
            chosen = await sweep_of(app, sweep)
            issued_on = day_option(signed_on) or day_of(app.clock())
            heading = Heading(
                number=(number or read_office(app.home.root).number).strip(), title=title.strip(), by=by.strip(), issued_on=issued_on,
                rectify_by=deadline(rectify_by, issued_on) if rectify_by else None,
                report_by=deadline(report_by, issued_on) if report_by else None,
            ).checked()  # fmt: skip
            left = unreviewed(await app.store.scope(chosen.id))
            if left and not leave_out_open:
                raise UserError(
                    f"{left} findings of sweep {chosen.id} are neither confirmed nor dismissed: `mediawatch review list` shows them; "
                    "--leave-out-open issues the notice without them"
                )
            told = await inspection_of(app, chosen)
            if told.preliminary and not preliminary:
                raise UserError(
                    f"{told.statistics.whole.open} accounts of sweep {chosen.id} are open (初步结果): settle them, or add --preliminary"
                )
            drawn = drawn_up(told, heading, app.clock())
            if not drawn.items:
                raise UserError(f"sweep {chosen.id} has no confirmed finding: nothing to issue")
            body = handoff.to_bytes(handoff.of(replace(told, issued=Issued(notice=drawn)), await checks_for(app.store, chosen)))
            document = version_of(body, 1, app.clock())
            kept = await app.store.issue(drawn, document)
            return kept, document.sha256, document.body

    notice, sha256, body = run(work())
    failed = sum(item.fails for item in notice.items)
    typer.echo(f"{notice.number}: {len(notice.items)} accounts, {failed} failed; hand-off version 1, SHA-256 {sha256}")
    for what, day in (("整改期限", notice.rectify_by), ("报送期限", notice.report_by)):
        if day:
            typer.echo(f"{what}: {day}")
    if out:
        write_whole(out, body.encode())
        typer.echo(str(out))


def list_(ctx: typer.Context) -> None:
    """List the notices: number, day, accounts, deadlines, version, state."""

    async def work() -> Table:
        async with opened(ctx) as app:
            return lists.notices(await app.store.notices(), await app.store.notice_events())

    print_or_write(run(work()), None)


def show(
    ctx: typer.Context,
    number: NumberArgument,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the items as a CSV for Excel instead.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write its hand-off, byte for byte.")] = None,
    version: Annotated[int | None, typer.Option(metavar="N", help="This version of it; default the newest.", min=1)] = None,
) -> None:
    """Show a notice: each item, what still stands of it, every event; `--out` gives its hand-off as it was issued or corrected."""

    async def work() -> tuple[Table, Table, bytes]:
        async with opened(ctx) as app:
            notice, events = await notice_of(app, number)
            documents = await app.store.notice_documents(notice.id)
            wanted = [document for document in documents if version in (None, document.version)]
            if out and not wanted:
                raise UserError(f"{notice.number} has no hand-off{f' of version {version}' if version else ''}")
            body = wanted[-1].body.encode() if wanted else b""
            return lists.items(notice, events), lists.events(notice, events, documents), body

    items, happened, body = run(work())
    if out:
        write_whole(out, body)
        typer.echo(str(out))
        return
    print_or_write(items, csv)
    if not csv:
        print_or_write(happened, None)


async def notice_of(app: App, number: str) -> tuple[Notice, list[NoticeEvent]]:
    """The notice of that 文号, or that place in the list, with its events. UserError where there is none."""
    notices = await app.store.notices()
    found = [notice for notice in notices if number in (notice.number, str(notice.id))]
    if not found:
        known = ", ".join(notice.number for notice in notices[-5:])
        raise UserError(f"there is no notice {number!r}: " + (f"the latest are {known}" if known else "none was issued yet"))
    notice = next((notice for notice in found if notice.number == number), found[0])
    return notice, await app.store.notice_events(notice.id)
