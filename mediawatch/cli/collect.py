"""`mediawatch collect`: the hand-offs of lower offices, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediawatch.cli.base import fit_table, home_of, open_home, run
from mediawatch.cli.collect_handoff import handoff
from mediawatch.cli.collect_results import circular, differences, figures, sample
from mediawatch.cli.outputs import output
from mediawatch.cli.review_options import name_one_person
from mediawatch.domain import HandedFile, HandedState
from mediawatch.outputs import Output
from mediawatch.plurals import count_of

# Whatever a command needs besides is imported where it is used.
if TYPE_CHECKING:
    from mediawatch.publish.collect.states import RoundState


def _name_somebody(text: str) -> str:
    """One person's name; this is for options that must be given."""
    if not text.strip():
        raise typer.BadParameter("it names nobody: write the person's full name")
    return name_one_person(text).strip()


def _say_something(text: str) -> str:
    """What was written, in one line."""
    if not (said := " ".join(text.split())):
        raise typer.BadParameter("it says nothing: write why, in a few words")
    return said


ByOption = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who does this.", callback=_name_somebody)
]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True,
        help="Collect the hand-offs of lower offices; make figures, lists and a circular of them.",
    )
    group.command("key")(key)
    group.command("offices")(offices)
    group.command("add")(add)
    group.command("withdraw")(withdraw)
    group.command("status")(status)
    group.command("figures")(figures)
    group.command("circular")(circular)
    group.command("sample")(sample)
    group.command("differences")(differences)
    group.command("handoff")(handoff)
    app.add_typer(group, name="collect")


def key(ctx: typer.Context) -> None:
    """Print the public key of this office, for the one above; the first time a key is made. The
    private part stays in the home (handoff.key).
    """
    from mediawatch.ops.signing import public_key

    typer.echo(public_key(home_of(ctx).require().root, make=True))


def offices(
    ctx: typer.Context,
    example: Annotated[
        bool, typer.Option("--example", help="Print an offices.toml to be filled in.")
    ] = False,
) -> None:
    """List the offices that are to hand in (offices.toml), and how their files are known."""
    from mediawatch.ops.settings.lower_offices import EXAMPLE, read_lower_offices
    from mediawatch.publish.collect.offices_table import offices_table

    if example:
        typer.echo(EXAMPLE, nl=False)
        return
    typer.echo(fit_table(offices_table(read_lower_offices(home_of(ctx).require().root))))


def add(
    ctx: typer.Context,
    by: ByOption,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Hand-offs with their signatures, also zipped, or folders; default the offices'."
        ),
    ] = None,
    again: Annotated[
        str,
        typer.Option(
            "--again", metavar="REASON", help="Take what was withdrawn nevertheless, and why."
        ),
    ] = "",
) -> None:
    """Take in hand-offs of lower offices: each is proved, refused with its reason, or replaces the
    one before.
    """
    from mediawatch.app.receiving import receive

    async def work() -> list[HandedFile]:
        async with open_home(ctx) as app:
            return await receive(app, files or [], by, " ".join(again.split()))

    said = run(work())
    for each in said:
        whose = each.office or "（无法确认报送单位）"
        reason = f"：{each.reason}" if each.reason else ""
        refused = each.state in (HandedState.REFUSED, HandedState.WITHDRAWN)
        typer.echo(f"{each.file} {whose} {each.state.label}{reason}", err=refused)
    counts = [sum(each.state is state for each in said) for state in HandedState]
    accepted, older, refused_count, withdrawn = counts
    left = f", {withdrawn} withdrawn before (--again REASON takes them)" if withdrawn else ""
    typer.echo(
        f"{count_of(accepted, 'file')} accepted, {older} older, {refused_count} refused{left}"
        if said
        else "nothing new"
    )
    if refused_count or withdrawn:
        raise typer.Exit(1)


def withdraw(
    ctx: typer.Context,
    office: Annotated[str, typer.Argument(help="The office whose file no longer counts.")],
    by: ByOption,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why.", callback=_say_something)
    ],
) -> None:
    """Take back the file of an office that counts; what was received stays on record."""
    from mediawatch.app import receiving

    async def work() -> HandedFile:
        async with open_home(ctx) as app:
            return await receiving.withdraw(app, office, by, reason)

    typer.echo(f"{office}: {run(work()).file} no longer counts")


def status(
    ctx: typer.Context,
    out: Annotated[
        Output | None,
        output("--out", metavar="FILE", help="Write 报送情况 and 催报名单 as a workbook."),
    ] = None,
) -> None:
    """Show which offices have sent, are late or missing, and whose file was refused and why."""
    from mediawatch.app.round_states import round_state
    from mediawatch.publish.collect.state_papers import state_table, urging_book

    async def work() -> tuple[RoundState, str, tuple[str, ...]]:
        async with open_home(ctx) as app:
            return await round_state(app), app.issuer, app.marks

    state, issuer, marks = run(work())
    if out is None:
        typer.echo(fit_table(state_table(state)))
        for each in state.unknown:
            typer.echo(f"{each.file}: {each.reason}", err=True)
        _tell_unlisted(state)
        return
    out.write(urging_book(state, issuer, marks), shared=True)
    sent = sum(one.standing is not None for one in state.states)
    typer.echo(f"{out}: {sent} of {count_of(len(state.states), 'office')} sent")
    _tell_unlisted(state)


def _tell_unlisted(state: RoundState) -> None:
    for each in state.unlisted:
        typer.echo(
            f"{each.office}: its accepted file counts no more, for offices.toml does not name this "
            "office: write the name under `former_names` of the office that bore it, or give it back",
            err=True,
        )
