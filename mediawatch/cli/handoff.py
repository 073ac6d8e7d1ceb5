"""`mediawatch handoff`: the document for other systems, and its signature for the office above."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.app.documents import checks_behind
from mediawatch.app.judged import keep_judgements
from mediawatch.cli.base import open_home, run
from mediawatch.cli.inspection_choice import InspectionChoice, with_choice
from mediawatch.cli.outputs import output
from mediawatch.domain import UserError
from mediawatch.outputs import Output
from mediawatch.plurals import count_of

SignOption = Annotated[
    bool,
    typer.Option(
        "--sign", help="Write a signature beside it (FILE.sig.json), for the office above."
    ),
]


def register(app: typer.Typer) -> None:
    app.command("handoff")(with_choice(handoff))


def handoff(
    ctx: typer.Context,
    choice: InspectionChoice,
    out: Annotated[
        Output | None, output("--out", metavar="FILE", help="Where the document goes.")
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema and leave.")
    ] = False,
    sign: SignOption = False,
) -> None:
    """Write the hand-off of a sweep or a notice (mediawatch.handoff/1) for whatever writes the
    circular.
    """
    # Imported here: its models of the document cost every command that writes none.
    from mediawatch.publish import handoff as documents

    if schema:
        sys.stdout.write(documents.json_schema().decode())
        return
    if out is None:
        raise UserError("handoff needs --out FILE (or --schema)")
    beside = signature_output(out)
    if sign:
        beside.check()

    async def work() -> tuple[documents.Handoff, bytes]:
        async with open_home(ctx) as app:
            document = await told_by(app)
            return document, signature_of(app, documents.to_bytes(document)) if sign else b""

    async def told_by(app: App) -> documents.Handoff:
        told = await choice.load(app)
        if not choice.notice:
            await keep_judgements(app, told.sweep)
        return documents.of(told, await checks_behind(app, told))

    document, signature = run(work())
    out.write(documents.to_bytes(document), shared=True)
    if sign:
        beside.write(signature, shared=True)
    typer.echo(
        f"{out}: {count_of(len(document.findings), 'finding')}, "
        f"{count_of(document.counts.failed, 'account')} failed of {document.counts.checked} checked"
    )
    if not choice.include_open and document.preliminary:
        typer.echo(
            (
                "only findings that a person confirmed are in it; --include-open adds the open "
                "ones and marks the document"
            ),
            err=True,
        )


def signature_output(out: Output) -> Output:
    """The file of the signature, beside that of its document."""
    return replace(out, path=out.path.with_name(f"{out.path.name}.sig.json"))


def signature_of(app: App, document: bytes) -> bytes:
    """UserError where the home has no key."""
    # Imported here: nobody else needs keys.
    from mediawatch.ops.signing import sign

    return sign(app.home.root, document, app.clock())
