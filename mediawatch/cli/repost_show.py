"""`mediawatch repost show` and `export`: where accounts stand, and what to ask their units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.cli.out import CsvOption, print_or_write
from mediawatch.cli.outputs import Overwrite, output
from mediawatch.domain import RepostTask, UserError
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output, OutputKind
from mediawatch.people.forms.splits import DispatchSplit
from mediawatch.people.forms.target import FormTarget
from mediawatch.plurals import count_of
from mediawatch.sweep.scope import office_regions
from mediawatch.table import Table, plain

if TYPE_CHECKING:
    from mediawatch.app.reposts import RepostReport, RepostRow
    from mediawatch.domain import Account, RepostItem
    from mediawatch.rules.reposts import RepostResult

_SHOWN = 20
"""Accounts for which the next command is printed."""
NumberArgument = Annotated[
    str, typer.Argument(metavar="N", help="Number of the task (`repost list`).")
]


def task_number(text: str) -> int:
    """UserError where it is no number."""
    if not text.isascii() or not text.isdigit():
        raise UserError(f"there is no task {text!r}: `mediawatch repost list` lists them")
    return int(text)


def show(
    ctx: typer.Context,
    number: NumberArgument,
    csv: CsvOption = None,
    xlsx: Annotated[
        Output | None, output("--xlsx", metavar="FILE.xlsx", help="Write a workbook instead.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--all", help="Print the accounts that reposted, too.")
    ] = False,
) -> None:
    """Show where each account stands: 已转载 with its post, 疑似 for a person, 待核查 with the reason,
    未见转载 where complete lists show nothing."""
    from mediawatch.publish.reports import repost_tables

    async def work() -> None:
        from mediawatch.app.reposts import repost_report

        async with open_home(ctx) as app:
            report = await repost_report(app, task_number(number))
            labels = app.surface_labels({row.account.platform for row in report.rows})
            rows = _rows(report.rows)
            summary = repost_tables.summary_table(report.task, rows)
            detail = repost_tables.detail_table(report.task, rows, labels)
            if xlsx:
                printed = detail.only(*repost_tables.PRINTED)
                sheets = [("情况汇总", summary), ("转载情况", printed)]
                _write(app, xlsx, sheets, report.task, repost_tables.NOTE)
        if csv:
            print_or_write(detail, csv)
        if csv or xlsx:
            return
        typer.echo(fit_table(summary))
        shown = rows if whole else _rows(report.unsettled)
        brief = repost_tables.detail_table(report.task, shown, labels)
        typer.echo(fit_table(brief.only(*repost_tables.BRIEF)))
        _tell_next(report)

    run(work())


def _rows(
    rows: tuple[RepostRow, ...],
) -> list[tuple[Account, RepostItem, RepostResult]]:
    return [(row.account, row.item, row.result) for row in rows]


def _write(
    app: App, out: Output, sheets: list[tuple[str, Table]], task: RepostTask, note: str
) -> None:
    # Imported here: with it comes the writer of workbooks.
    from mediawatch.publish.reports.xlsx import BookCover, workbook

    issuer = read_office(app.home.root).issuer
    cover = BookCover(title=task.name, issuer=issuer, made_at=app.clock())
    out.write(
        workbook(sheets, counts=(), rates=(), marks=(*app.marks, note), cover=cover), shared=True
    )
    typer.echo(str(out))


def _tell_next(report: RepostReport) -> None:
    """What a person may do now. Nothing here is a finding yet."""
    from mediawatch.publish.reports.repost_tables import NOTE
    from mediawatch.rules.reposts import RepostState

    task = report.task
    if report.ended is not None:
        typer.echo(plain(f"{report.ended.action.label} {report.ended.reason}".strip()), err=True)
        return
    typer.echo(NOTE, err=True)
    asked = report.unsettled
    if asked:
        typer.echo(
            f"ask the units: `mediawatch repost export {task.id} DIR`; their links come "
            "back with `mediawatch links import`",
            err=True,
        )
    if any("没有完整的信息列表" in reason for row in asked for reason in row.result.reasons):
        typer.echo(
            f"read lists back to the first day: `mediawatch sweep --from {task.from_day}`, of these "
            "accounts with --scope FILE",
            err=True,
        )
    doubtful = [
        f"mediawatch repost decide {task.id} {row.account.id} --item {row.item.number} "
        f"--as accepted --by NAME  # or rejected: {row.account.filed.name}"
        for row in report.of(RepostState.SUSPECTED)
    ]
    _tell(task, "whether a post is a repost, a person says:", doubtful)
    # The unit is heard first: the finding is a person's.
    missing = [
        f"mediawatch problem add {row.account.id} --kind not_reposted --by NAME --picture FILE "
        # Where no id is filed, the name ties the answer.
        f"{'' if row.account.filed.ids else '--name-seen NAME '}--id-seen ID "
        f"--repost {task.id}/{row.item.number}  # {row.account.filed.name}"
        for row in report.of(RepostState.NOT_SEEN)
    ]
    _tell(task, "once its unit was heard, two persons may enter a finding:", missing)


def _tell(task: RepostTask, what: str, commands: list[str]) -> None:
    if not commands:
        return
    typer.echo(what, err=True)
    for command in commands[:_SHOWN]:
        typer.echo(plain(f"  {command}"), err=True)
    if (more := len(commands) - _SHOWN) > 0:
        typer.echo(
            f"  and {more} more: `mediawatch repost show {task.id} --csv FILE` has the 账号编号 and 项 "
            "of all",
            err=True,
        )


def export(
    ctx: typer.Context,
    number: NumberArgument,
    folder: Annotated[
        Output,
        output(
            metavar="DIR",
            help="Where the files go: 转载情况核实表-PART.xlsx each; made if need be.",
            kind=OutputKind.FOLDER,
        ),
    ],
    by: Annotated[
        DispatchSplit | None,
        typer.Option(
            help="One file a region or department, a prefecture, a county, a 主管单位, or a unit. "
            "Default region where office.toml says a level, else prefecture."
        ),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Write what to ask the units: the link of each repost that was not surely seen, or why there is
    none. Their links come back with `links import`."""
    # Imported here: with it comes the writer of workbooks.
    from mediawatch.app.reposts import repost_report
    from mediawatch.people.reposts.questions import RepostFile, RepostQuestion, write_questions

    async def work() -> list[RepostFile]:
        async with open_home(ctx) as app:
            report = await repost_report(app, task_number(number))
            if report.ended is not None:
                raise UserError(f"task {number} has ended ({report.ended.action.label})")
            divided = office_regions(read_office(app.home.root))
            form = FormTarget(
                path=folder.path,
                marks=app.marks,
                issuer=app.issuer,
                overwrite=overwrite,
                write=folder.writer(),
            )
            questions = [
                RepostQuestion(account=row.account, item=row.item, state=row.result.state.label)
                for row in report.unsettled
            ]
            split = by or DispatchSplit.usual(divided)
            return write_questions(
                form, report.task, questions, lambda filed: split.of(filed, divided), app.clock()
            )

    written = run(work())
    for each in written:
        typer.echo(f"{each.path}: {count_of(each.rows, 'row')}")
    if not written:
        typer.echo("every account has reposted: there is nothing to ask", err=True)
