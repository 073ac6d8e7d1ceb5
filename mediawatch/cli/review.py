"""`mediawatch review`: a named person confirms, dismisses or reopens findings, with a reason."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch.app.judged import judged_scope
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import CsvOption, SweepOption, none_and_open, print_or_write, sweep_of
from mediawatch.cli.review_decisions import confirm, dismiss, reopen
from mediawatch.cli.review_keys import (
    find_keys,
    load_suspects,
    pick_named,
    resolve_surface,
    surface_labels_of,
)
from mediawatch.cli.review_options import (
    AttestedOption,
    CodeOption,
    Platform,
    Prefecture,
    Supervisor,
    Surface,
    filter_of,
)
from mediawatch.domain import (
    ReviewState,
    UserError,
)
from mediawatch.people.second_looks import second_looks
from mediawatch.people.suspects import SuspectFilter
from mediawatch.publish.reports import reviews
from mediawatch.table import Table, plain

group = typer.Typer(
    no_args_is_help=True, help="Decide about findings (审核): nothing leaves unconfirmed."
)


def register(app: typer.Typer) -> None:
    group.command("list")(list_)
    group.command("show")(show)
    group.command("confirm")(confirm)
    group.command("dismiss")(dismiss)
    group.command("reopen")(reopen)
    app.add_typer(group, name="review")


def list_(
    ctx: typer.Context,
    sweep: SweepOption = None,
    state: Annotated[ReviewState | None, typer.Option(help="Only findings in this state.")] = None,
    code: CodeOption = None,
    prefecture: Prefecture = "",
    platform: Platform = "",
    supervisor: Supervisor = "",
    surface: Surface = "",
    attested: AttestedOption = None,
    second: Annotated[
        bool,
        typer.Option(
            "--second",
            help="Instead: the manual 有 without a link that another person is to look at.",
        ),
    ] = False,
    csv: CsvOption = None,
) -> None:
    """List the findings of a sweep with their review."""
    wanted = filter_of(
        code,
        state=state,
        prefecture=prefecture,
        platform=platform,
        supervisor=supervisor,
        surface=surface,
        attested=attested,
    )
    if second and wanted != SuspectFilter():
        raise UserError("--second stands alone: it lists accounts, not findings")

    async def work() -> Table | str:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep)
            judged = await judged_scope(app, chosen)
            if second:
                return reviews.second_looks(
                    chosen,
                    await second_looks(app.store, chosen, judged.entries, judged.policy),
                )
            known = resolve_surface(app, wanted)
            found = [
                suspect for suspect in (await load_suspects(app, chosen))[0] if known.takes(suspect)
            ]
            table = reviews.suspects(chosen, found, surface_labels_of(app, found))
            if table.rows or csv:
                return table if csv else table.only(*reviews.BRIEF)
            return await none_and_open(app, judged)

    found = run(work())
    if isinstance(found, str):
        typer.echo(found)
    else:
        print_or_write(found, csv)


def show(
    ctx: typer.Context,
    finding: Annotated[
        str,
        typer.Argument(
            metavar="FINDING",
            help="As listed (12/stale_2w@3f2a), or an account: all of its findings.",
        ),
    ],
    sweep: SweepOption = None,
) -> None:
    """Show a finding in full: the rule, every look it rests on, every decision so far."""

    async def work() -> list[str]:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep)
            found = pick_named(
                (await load_suspects(app, chosen))[0], await find_keys(app, [finding])
            )
            return [reviews.in_full(suspect, surface_labels_of(app, found)) for suspect in found]

    typer.echo("\n\n".join(plain(text, keep="\n") for text in run(work())))
