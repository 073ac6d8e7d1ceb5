"""`mediawatch hints`: dates and links of monitoring services, and of the office's own notes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.app import App, only_one
from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.cli.links import (
    CARD,
    AnswerOption,
    exit_code_of,
    print_report,
    refuse_answer,
    send_back,
    show_links_done,
    tell_unopened,
    tell_unwritten,
)
from mediawatch.cli.out import CsvOption, print_or_write
from mediawatch.domain import Account, Hint, UserError
from mediawatch.domain.clock import minute
from mediawatch.people.hints.entry import HintEntry
from mediawatch.people.hints.intake import HintImport, HintOrigin, answer_hints, import_hints
from mediawatch.people.link_report import LinkReport
from mediawatch.people.links import open_links
from mediawatch.plurals import count_of
from mediawatch.registry.problems import Remarks
from mediawatch.table import Table, plain

_SHOWN = 50
_REFUSED = 2
group = typer.Typer(
    no_args_is_help=True,
    help="Take in what others say of accounts (提示): links are opened, dates prove nothing.",
)


def register(app: typer.Typer) -> None:
    group.command("import")(import_)
    group.command("list")(list_)
    app.add_typer(group, name="hints")


def import_(
    ctx: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="xlsx, xls, csv, or a chat as .txt or .docx."),
    ],
    source: Annotated[
        str,
        typer.Option("--source", metavar="NAME", help="Who says it: the service, or the office."),
    ],
    contract: Annotated[
        str, typer.Option("--contract", metavar="NUMBER", help="The contract with the service.")
    ] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who handed the file in.")] = "",
    skip_bad_rows: Annotated[
        bool,
        typer.Option("--skip-bad-rows", help="Keep the good rows although others are refused."),
    ] = False,
    answer: AnswerOption = None,
    dry_run: DryRun = False,
) -> None:
    """Open the links that a service or the office's own notes name, and keep the dates as hints.

    A date never proves anything: it stands beside the question on the worklist. Nothing is kept
    while a row is refused.
    """
    if not source.strip():
        raise UserError("--source is empty: name the service, or the office itself")
    refuse_answer(answer)
    origin = HintOrigin(source=" ".join(source.split()), contract=contract.strip(), by=by.strip())

    if not dry_run:
        stops.promise(stops.RESUMES)

    async def work() -> tuple[HintImport, LinkReport, int]:
        async with open_home(ctx, dry_run=dry_run) as app:
            if not await app.store.accounts.all():
                raise UserError("no account is filed: import a registry first")

            async def plan(planning: App) -> HintImport:
                now = app.clock()
                made = await import_hints(
                    planning.store, files, origin, now=now, skip_bad_rows=skip_bad_rows
                )
                if made.links and made.written:
                    # Links that cannot be opened here are refused before anything is kept.
                    app.looker()
                return made

            if dry_run:
                foreseen = await app.decide(plan)
                tell_unwritten(answer)
                return foreseen, LinkReport(), 0
            # Held from the start: else dates would be kept, and then no link could be opened.
            with only_one(app.home):
                done = await app.decide(plan)
                report, code = await _open(app, done) if done.written else (LinkReport(), 0)
            send_back(app, answer, answer_hints(done, report))
            return done, report, code

    done, report, code = run(work())
    _tell(done, dry_run=dry_run)
    if report.entries:
        print_report(report)
    if done.problems and not done.written and not dry_run:
        typer.echo(
            "nothing was kept: correct the rows, or keep the good ones with --skip-bad-rows",
            err=True,
        )
    if code := code | (0 if done.written else _REFUSED):
        sys.exit(code)


async def _open(app: App, done: HintImport) -> tuple[LinkReport, int]:
    """What became of the links, and the exit bits of the site's failures."""
    if not done.links:
        return LinkReport(), 0
    gate = app.pacing()
    report = await open_links(
        done.links,
        store=app.store,
        looker=app.looker(),
        gate=gate,
        now=app.clock,
        progress=show_links_done,
    )
    return report, exit_code_of(report, gate)


def _tell(done: HintImport, *, dry_run: bool) -> None:
    for problem in done.problems[:_SHOWN]:
        typer.echo(plain(f"error: {problem}"), err=True)
    if len(done.problems) > _SHOWN:
        typer.echo(
            f"error: and {len(done.problems) - _SHOWN} more; --answer FILE.xlsx lists them all",
            err=True,
        )
    for line in (*done.left_out, *_places_of(done.idle)):
        typer.echo(plain(f"note: {line}"), err=True)
    if done.other_contracts:
        under = ", ".join(contract or "none" for contract in done.other_contracts)
        typer.echo(
            f"note: what is known already stays under its contract ({under}): --contract is not "
            "noted for it",
            err=True,
        )
    tell_unopened(
        [(entry.place, address) for entry, address in done.unopened], "--answer FILE.xlsx"
    )
    for entry in done.cards:
        typer.echo(plain(f"{entry.place}: {CARD}: {entry.card}"), err=True)
    how = "(dry run) " if dry_run else "" if done.written else "(not kept) "
    typer.echo(
        f"{how}{count_of(len(done.hints), 'hint')}, {done.repeated} known already, "
        f"{count_of(done.older, 'row')} with an older day, {len(done.idle) + len(done.useless)} not counted, "
        f"{count_of(len(done.links), 'link')} to open, "
        f"{count_of(len(done.problems), 'row')} refused"
    )


def _places_of(entries: Sequence[HintEntry]) -> tuple[str, ...]:
    """The rows and lines of which nothing can be kept, with the reason and their places."""
    remarks = Remarks()
    for entry in entries:
        remarks.add(f"not counted: {entry.idle}", entry.place)
    return remarks.lines()


def list_(
    ctx: typer.Context,
    csv: CsvOption = None,
    source: Annotated[
        str, typer.Option("--source", metavar="NAME", help="Only what this source says.")
    ] = "",
) -> None:
    """List the hints: of whom, from whom, received when; the newest first."""

    async def work() -> tuple[list[Hint], dict[int, Account]]:
        async with open_home(ctx) as app:
            accounts = await app.store.accounts.all(include_retired=True)
            hints = await app.store.hints.all()
            chosen = [hint for hint in hints if source in ("", hint.source)]
            return chosen, {account.id: account for account in accounts}

    hints, accounts = run(work())
    if not hints and csv is None:
        typer.echo("无。")
        return
    print_or_write(_table(hints, accounts), csv)


def _table(hints: list[Hint], accounts: dict[int, Account]) -> Table:
    columns = (
        "备案单号",
        "政务新媒体名称",
        "类型",
        "称最近更新",
        "链接",
        "提示来源",
        "合同编号",
        "收到时间",
        "文件",
        "工作表",
        "行",
        "提供人",
        "发送时间",
    )
    return Table(
        "提示（仅供参考，不作为认定依据）", columns, tuple(_cells(hint, accounts) for hint in hints)
    )


def _cells(hint: Hint, accounts: dict[int, Account]) -> tuple[str, ...]:
    filed = accounts[hint.account_id].filed
    at: datetime | None = hint.at
    return (
        filed.filing_number,
        filed.name,
        filed.type,
        minute(at) if at else str(hint.on or ""),
        hint.link,
        hint.source,
        hint.contract,
        minute(hint.received_at),
        hint.file,
        hint.sheet,
        str(hint.row),
        hint.given_by,
        minute(hint.given_at) if hint.given_at else "",
    )
