"""`mediawatch collect handoff`: what was collected, as one hand-off for the office above."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch.cli.base import open_home, run
from mediawatch.cli.collect_results import OwnOption
from mediawatch.cli.handoff import SignOption, signature_of, signature_output
from mediawatch.cli.outputs import output
from mediawatch.outputs import Output
from mediawatch.plurals import count_of


def handoff(
    ctx: typer.Context,
    out: Annotated[Output, output("--out", metavar="FILE", help="Where the document goes.")],
    sweep: OwnOption = None,
    sign: SignOption = False,
) -> None:
    """Write what the offices reported, and our own inspection of the round, as one hand-off for the
    office above: each account once, with its 报送单位.
    """
    # Imported here: its models of the document cost every command that writes none.
    from mediawatch.app.handing_up import HandedUp, handed_up
    from mediawatch.publish.handoff import to_bytes

    beside = signature_output(out)
    if sign:
        beside.check()

    async def work() -> tuple[HandedUp, bytes, bytes]:
        async with open_home(ctx) as app:
            told = await handed_up(app, sweep)
            body = to_bytes(told.document)
            return told, body, signature_of(app, body) if sign else b""

    told, body, signature = run(work())
    out.write(body, shared=True)
    if sign:
        beside.write(signature, shared=True)
    counts, collected = told.document.counts, told.document.collected
    assert collected is not None
    typer.echo(
        f"{out}: {count_of(len(collected.sources), 'office')} and {told.own_accounts} of our own, "
        f"{count_of(counts.failed, 'account')} failed of {counts.checked} checked"
    )
    if collected.missing:
        typer.echo(f"尚未报送：{'、'.join(collected.missing)}", err=True)
    if told.left_out:
        typer.echo(told.left_out, err=True)
