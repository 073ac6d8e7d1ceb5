"""`mediawatch registry …`: import the filed accounts (台账), check them, write the empty form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App, without_sweep
from mediawatch.cli import closing
from mediawatch.cli.base import DryRun, open_home, run, settings_of
from mediawatch.cli.corrections import corrections, tell_remarks
from mediawatch.cli.leads import lead, leads
from mediawatch.cli.merge import merge
from mediawatch.cli.out import CsvOption, print_or_write
from mediawatch.cli.outputs import output
from mediawatch.cli.proposals import proposals
from mediawatch.cli.registry_list import account_cells, list_
from mediawatch.cli.unit_search import search
from mediawatch.domain import Account, Code, UserError
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.registry.check import RegistryFinding, read_bodies
from mediawatch.registry.check import check as check_registry
from mediawatch.registry.merge import find_doubles
from mediawatch.registry.plan import parse_cover
from mediawatch.registry.service import (
    ImportOptions,
    ImportReport,
    RegistryFiles,
    import_registry,
)
from mediawatch.registry.template import write_template
from mediawatch.registry.undo import UndoResult
from mediawatch.registry.undo import undo as undo_import
from mediawatch.table import Table

group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The filed accounts (台账).")
_SHOWN_ERRORS = 50
_LABELS = {
    Code.REGISTRY_INCOMPLETE: "备案信息不完整",
    Code.FILING_NAME_STYLE: "备案填写不规范",
    Code.DUPLICATE_FILING: "重复备案",
    Code.SAME_BODY_ACCOUNTS: "同一单位同平台多个账号（提示）",
    Code.ABOLISHED_BODY: "名称含已撤并机构（提示）",
}


def register(app: typer.Typer) -> None:
    group.command()(proposals)
    group.command()(merge)
    group.command()(corrections)
    group.command("list")(list_)
    group.command()(search)
    group.command()(leads)
    group.command()(lead)
    group.add_typer(closing.group, name="closing")
    app.add_typer(group, name="registry")


@group.command("import")
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="xlsx, xls or csv; all sheets are read.")
    ],
    covers: Annotated[
        list[str] | None,
        typer.Option(
            "--covers",
            metavar="FIELD=VALUE",
            help=(
                "The files hold all accounts with this value (地市=拉萨市): absent ones are "
                "retired."
            ),
        ),
    ] = None,
    complete: Annotated[
        bool,
        typer.Option(
            "--complete", help="The files are the whole registry: absent accounts are retired."
        ),
    ] = False,
    skip_bad_rows: Annotated[
        bool,
        typer.Option("--skip-bad-rows", help="Import the good rows although others are refused."),
    ] = False,
    errors: Annotated[
        Output | None,
        output(
            "--errors",
            metavar="FILE.xlsx",
            help="Write the refused rows, with Chinese reasons, to this file.",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what would happen, write nothing to the registry."),
    ] = False,
) -> None:
    """Import registry files; nothing is imported while a row is refused. Importing again updates,
    and keeps the history.
    """
    given = ImportOptions(
        covers=parse_cover(covers or []),
        complete=complete,
        skip_bad_rows=skip_bad_rows,
        errors_path=errors.path if errors else None,
        dry_run=dry_run,
    )

    async def work() -> ImportReport:
        async with open_home(ctx) as app:
            options = replace(given, contacts=app.settings.registry.contacts)
            registry = RegistryFiles.read(files, options, now=app.clock())

            async def plan(planning: App) -> ImportReport:
                write = planning.write_file
                chosen = errors.writer(write) if errors else write
                return await import_registry(planning.store, registry, options, chosen)

            return await app.decide(plan)

    report = run(work())
    _tell(report)
    typer.echo(_summary(report, dry_run=dry_run))
    if report.written or dry_run:
        tell_remarks(report.remarks)
    if report.errors and not (report.written or (dry_run and skip_bad_rows)):
        if not dry_run:
            typer.echo(
                (
                    "nothing was imported: correct the rows, or import the good ones with "
                    "--skip-bad-rows"
                ),
                err=True,
            )
        raise typer.Exit(2)


def _tell(report: ImportReport) -> None:
    for note in report.notes:
        typer.echo(f"note: {note}", err=True)
    for warning in report.warnings:
        typer.echo(f"warning: {warning}", err=True)
    for account in report.retired:
        typer.echo(
            (
                f"retired: {account.filed.filing_number or '-'} {account.filed.name} "
                f"({account.filed.type})"
            ),
            err=True,
        )
    for error in report.errors[:_SHOWN_ERRORS]:
        typer.echo(f"error: {error}", err=True)
    if len(report.errors) > _SHOWN_ERRORS:
        typer.echo(
            (
                f"error: and {len(report.errors) - _SHOWN_ERRORS} more; --errors FILE.xlsx lists "
                "them all"
            ),
            err=True,
        )
    if report.errors_file:
        typer.echo(f"{report.errors_file}: {report.refused} refused rows with 错误说明", err=True)


def _summary(report: ImportReport, *, dry_run: bool) -> str:
    changes = report.changes
    counts = (
        f"{len(changes.new)} new, {len(changes.updated)} updated, {changes.unchanged} unchanged, "
        f"{len(changes.retired)} retired, {count_of(report.refused, 'row')} refused"
    )
    return (
        f"{changes.source.file}: "
        f"{'(dry run) ' if dry_run else '' if report.written else '(not imported) '}{counts}"
    )


@group.command()
def undo(ctx: typer.Context, dry_run: DryRun = False) -> None:
    """Take the last import back, while nothing was judged on it: its new accounts are retired,
    changed fields are as before.
    """

    async def work() -> UndoResult:
        async with open_home(ctx, dry_run=dry_run) as app:
            with without_sweep(app.home):
                return await app.decide(lambda planning: undo_import(planning.store, app.clock()))

    done = run(work())
    changes = done.changes
    typer.echo(
        f"{done.source.file}: taken back: {len(changes.retired)} retired, "
        f"{len(changes.updated)} as before; contacts stay"
    )


@group.command()
def template(
    ctx: typer.Context,
    file: Annotated[Output, output(metavar="FILE.xlsx", help="Where the empty workbook goes.")],
) -> None:
    """Write an empty registry workbook: text columns, so that no id loses digits, and a sheet that
    explains them.
    """
    if file.path.suffix.lower() != ".xlsx":
        raise UserError(f"{file}: the workbook needs a name that ends in .xlsx")
    kept = settings_of(ctx).registry.contacts
    write_template(file.path, contacts=kept, write=file.writer())
    typer.echo(f"{file}: empty registry")


@group.command()
def check(
    ctx: typer.Context,
    csv: CsvOption = None,
    abolished: Annotated[
        Path | None,
        typer.Option(
            "--abolished",
            metavar="FILE.toml",
            help="Own list of abolished bodies; default the shipped one.",
        ),
    ] = None,
) -> None:
    """List what the registry itself gets wrong, counted by kind, the gravest first: double filings,
    gaps, platform suffixes, hints.
    """
    bodies = read_bodies(abolished)

    async def work() -> tuple[list[RegistryFinding], list[str]]:
        async with open_home(ctx) as app:
            kept = app.settings.registry.contacts
            contacts = await app.store.accounts.contacts() if kept else None
            accounts = await app.store.accounts.all()
            found, remarks = check_registry(accounts, contacts, bodies)
            return found, [*map(_words_of_double, find_doubles(accounts)), *remarks]

    findings, remarks = run(work())
    for remark in remarks:
        typer.echo(f"note: {remark}", err=True)
    kinds = Counter(_LABELS[finding.code] for finding in findings)
    told = "；".join(f"{kind}{count}条" for kind, count in kinds.items()) or "无"
    typer.echo(
        f"台账自查：{told}"
        + (f"。共涉及{len({finding.account.id for finding in findings})}个账号" if findings else "")
    )
    if not findings and csv is None:
        return
    rows = tuple(
        (_LABELS[finding.code], *account_cells(finding.account), finding.sentence)
        for finding in findings
    )
    print_or_write(
        Table(
            "台账自查", ("问题类型", "备案单号", "政务新媒体名称", "类型", "所属组织", "说明"), rows
        ),
        csv,
    )


def _words_of_double(group: Sequence[Account]) -> str:
    numbers = " ".join(str(account.id) for account in group)
    filed = group[0].filed
    return (
        f"{filed.filing_number} {filed.name} is filed {len(group)} times by mistake: "
        f"`mediawatch registry merge {numbers}` makes it one"
    )
