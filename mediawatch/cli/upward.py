"""`mediawatch report upward`: what the office reports to the one above it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from mediawatch.app.upward import report_upward
from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.cli.out import NoticeOption, SweepOption, check_answered, notice_of, sweep_of
from mediawatch.cli.outputs import output
from mediawatch.domain import UserError
from mediawatch.domain.clock import parse_day
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.publish.upward import UpwardReport
from mediawatch.table import to_csv


def upward(
    ctx: typer.Context,
    out: Annotated[
        Output | None,
        output("--out", metavar="FILE.docx", help="Write the 报告 as a Word document."),
    ] = None,
    xlsx: Annotated[
        Output | None, output("--xlsx", metavar="FILE", help="Write the tables as a workbook.")
    ] = None,
    csv: Annotated[
        Output | None, output("--csv", metavar="FILE", help="Write all rows as a CSV for Excel.")
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            metavar="DAY",
            help="新增 and 关停 are counted from this day; default since the previous inspection.",
        ),
    ] = "",
    sweep: SweepOption = None,
    notice: NoticeOption = "",
    signed_on: Annotated[
        str, typer.Option("--date", metavar="DAY", help="成文日期; default left open.")
    ] = "",
) -> None:
    """Report to the office above by platform and 层级: 总数, 新增, 关停, 检查数, 不合格, 已整改. Without a
    file the tables are printed.
    """
    if notice and sweep is not None:
        raise UserError("--notice names its own sweep: it goes without --sweep")
    first, day = _day("--since", since), _day("--date", signed_on)

    async def work() -> UpwardReport:
        async with open_home(ctx) as app:
            issued = (await notice_of(app, notice))[0] if notice else None
            if issued and issued.sweep_id is None:
                raise UserError(
                    f"{issued.number} was issued by another system: it has no inspection here"
                )
            chosen = await sweep_of(app, issued.sweep_id if issued else sweep)
            await check_answered(app, chosen)
            return await report_upward(app, chosen, issued, since=first)

    report = run(work())
    # Imported here: with it comes the writer of workbooks.
    from mediawatch.publish.reports import upward as papers

    bodies: list[tuple[Output, bytes]] = []
    if out:
        bodies.append((out, papers.upward_letter(report, day)))
    if xlsx:
        bodies.append((xlsx, papers.upward_book(report)))
    if csv:
        bodies.append((csv, to_csv(papers.one_table(report))))
    for target, _ in bodies:
        target.check()
    for target, body in bodies:
        target.write(body, shared=True)
        typer.echo(f"{target}: {count_of(report.whole.checked, 'account')} checked")
    if not bodies:
        typer.echo("\n".join(map(fit_table, papers.tables(report))))
    for unknown in filter(None, (report.movement.unknown, report.rectified.unknown)):
        typer.echo(unknown, err=True)
    if out and not report.inspection.office.superior:
        typer.echo("office.toml has no `superior`: the report has no addressee", err=True)


def _day(option: str, text: str) -> date | None:
    try:
        return parse_day(text) if text else None
    except ValueError as error:
        raise UserError(f"{option} {text}: {error}") from None
