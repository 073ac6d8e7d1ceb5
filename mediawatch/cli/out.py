"""What leaves: `mediawatch flagged`, `show`, `explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.app.choice import choose_sweep
from mediawatch.app.explained import account_case
from mediawatch.app.judged import judged_scope, last_entry
from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.cli.outputs import output
from mediawatch.domain import Notice, NoticeEvent, Sweep, UserError
from mediawatch.outputs import Output
from mediawatch.people.suspects import proving_readings
from mediawatch.plurals import count_of
from mediawatch.publish.reports import account_page, lists
from mediawatch.publish.reports.explanation import explanation
from mediawatch.registry.find import find_account
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.sweep.judging import checks_for
from mediawatch.table import Table, plain, to_csv

CsvOption = Annotated[
    Output | None,
    output("--csv", metavar="FILE", help="Write a CSV for Excel instead of printing."),
]
SweepOption = Annotated[
    int | None,
    typer.Option("--sweep", metavar="N", help="Number of the sweep; default the latest."),
]

NumberArgument = Annotated[
    str, typer.Argument(metavar="NUMBER", help="文号 of the notice, or its place in `notice list`.")
]
NoticeOption = Annotated[
    str,
    typer.Option(
        "--notice",
        metavar="NUMBER",
        help="Instead of a sweep: this notice, as issued and corrected since.",
    ),
]


NO_NETWORK = (
    "no network: no site answered any look of sweep {sweep}, so nothing was found out; mend it "
    "and run `mediawatch sweep --again`"
)


def register(app: typer.Typer) -> None:
    app.command("sweeps")(sweeps)
    app.command("flagged")(list_flagged)
    app.command("show")(show)
    app.command("explain")(explain)


def list_flagged(
    ctx: typer.Context,
    sweep: SweepOption = None,
    csv: CsvOption = None,
) -> None:
    """List the accounts with findings (存在突出问题的政务新媒体名单)."""

    async def work() -> tuple[Table, str]:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep)
            judged = await judged_scope(app, chosen)
            tell_additions(judged)
            scope = judged.entries
            readings = await proving_readings(app.store, scope)
            surfaces = app.surface_labels({entry.account.platform for entry in scope})
            table = lists.findings_table(
                chosen, scope, readings, await checks_for(app.store, chosen), surfaces
            )
            return table, await none_and_open(app, judged)

    table, none = run(work())
    if csv is None and not table.rows:
        typer.echo(none)
        return
    print_or_write(table if csv else table.only(*lists.BRIEF), csv)


def sweeps(ctx: typer.Context) -> None:
    """List the inspections so far: number, moment, policy, scope, state."""

    async def work() -> Table:
        async with open_home(ctx) as app:
            return lists.sweeps(await app.store.sweeps.all())

    typer.echo(fit_table(run(work())))


def show(
    ctx: typer.Context,
    account: Annotated[
        str, typer.Argument(help="Filing number, name, platform id, gh_ id, or our own id.")
    ],
) -> None:
    """Show one account in full: as filed, as seen, every sight, the verdict and the rule."""

    async def work() -> str:
        async with open_home(ctx) as app:
            store = app.store
            found = find_account(await store.accounts.all(include_retired=True), account)
            readings = (await store.readings.by_account([found.id])).get(found.id, [])
            looks = (await store.readings.problem_looks(None, [found.id])).get(found.id, [])
            readings = sorted([*readings, *looks], key=lambda each: (each.read_at, each.id))
            entry = await last_entry(app, found.id)
            chosen = await choose_sweep(app, entry.sweep_id) if entry else None
            checks = await checks_for(store, chosen) if chosen else []
            record = account_page.AccountRecord(
                account=found,
                entry=entry,
                sweep=chosen,
                readings=readings,
                changes=await store.accounts.changes(found.id),
                checks=checks,
                hints=(await store.hints.of_accounts([found.id])).get(found.id, ()),
                receipts=(await store.hints.receipts([found.id])).get(found.id, ()),
            )
            return account_page.account_in_full(record, app.surface_labels([found.platform]))

    typer.echo(run(work()))


def explain(
    ctx: typer.Context,
    account: Annotated[
        str, typer.Argument(help="Filing number, name, platform id, gh_ id, or our own id.")
    ],
    sweep: Annotated[
        int | None,
        typer.Option(
            "--sweep",
            metavar="N",
            help="Number of the sweep; default the last that judged the account.",
        ),
    ] = None,
) -> None:
    """Say why an account has its verdict: what was used, what counted for nothing and why, what is
    missing, what would change it.
    """

    async def work() -> str:
        async with open_home(ctx) as app:
            found = find_account(await app.store.accounts.all(include_retired=True), account)
            return explanation(await account_case(app, found, sweep))

    typer.echo(plain(run(work()), keep="\n"))


async def sweep_of(app: App, number: int | None, *, surely: bool = False) -> Sweep:
    """The inspection that is meant (`choose_sweep`), named on standard error.

    The line has label, day, scope and number. A second line says so where no site answered it.
    """
    chosen = await choose_sweep(app, number, surely=surely)
    typer.echo(lists.heading(chosen), err=True)
    if await app.store.sweeps.is_unanswered(chosen.id):
        typer.echo(NO_NETWORK.format(sweep=chosen.id), err=True)
    return chosen


async def check_answered(app: App, sweep: Sweep) -> None:
    """UserError where no site answered any look of the sweep.

    People must not be asked about accounts that a missing network left open.
    """
    if await app.store.sweeps.is_unanswered(sweep.id):
        raise UserError(NO_NETWORK.format(sweep=sweep.id))


async def none_and_open(app: App, judged: JudgedScope) -> str:
    """The text for an empty list: nothing is in it, and how many accounts are open."""
    from mediawatch.people.worklist.todo import NOT_LOOKED_AT, open_ones

    found = await open_ones(
        app.store, judged.sweep, judged.entries, judged.policy, include_open=True
    )
    if not found:
        return "无。"
    unanswered = await app.store.sweeps.is_unanswered(judged.sweep.id)
    word = NOT_LOOKED_AT if unanswered else "尚待人工核查"
    return f"无。另有{len(found)}个账号{word}：mediawatch unproven --sweep {judged.sweep.id}"


def tell_additions(judged: JudgedScope) -> None:
    """Print what only later looks hold against accounts of an inspection.

    It is printed apart, for no list or count of the inspection has it.
    """
    for each in judged.additions:
        labels = "、".join(finding.label for finding in each.findings)
        typer.echo(
            f"另有{each.since}起新增疑似，未计入本次检查：{each.account.filed.name} {labels}",
            err=True,
        )
    if judged.additions:
        typer.echo(
            (
                f"{count_of(len(judged.additions), 'account')}: `mediawatch sweep judge "
                f"{judged.sweep.id}` "
                "takes them in"
            ),
            err=True,
        )


async def notice_of(app: App, number: str) -> tuple[Notice, list[NoticeEvent]]:
    """The notice of that 文号, or that place in the list, with its events.

    UserError where no notice matches.
    """
    kept = await app.store.notices.all()
    found = [notice for notice in kept if number in (notice.number, str(notice.id))]
    if not found:
        known = ", ".join(notice.number for notice in kept[-5:])
        raise UserError(
            f"there is no notice {number!r}: "
            + (f"the latest are {known}" if known else "none was issued yet")
        )
    notice = next((notice for notice in found if notice.number == number), found[0])
    return notice, await app.store.notices.events(notice.id)


def print_or_write(table: Table, csv: Output | None) -> None:
    """The table on standard output, or as CSV in a file."""
    if csv is None:
        typer.echo(fit_table(table))
        return
    csv.write(to_csv(table))
    typer.echo(f"{csv}: {count_of(len(table.rows), 'row')}")
