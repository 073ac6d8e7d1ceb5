"""`mediawatch notify`: digests and alerts that have not gone out yet."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.cli.base import open_home, run
from mediawatch.cli.logs import mask_secrets
from mediawatch.domain import UserError


def register(app: typer.Typer) -> None:
    app.command("notify")(notify)


def notify(
    ctx: typer.Context,
    test: Annotated[
        bool, typer.Option("--test", help="Send a message to every place of [notify] urls.")
    ] = False,
    failed: Annotated[
        str,
        typer.Option(
            "--failed", metavar="SERVICE", help="Say that this service failed; systemd's OnFailure."
        ),
    ] = "",
) -> None:
    """Send the digests and alerts that have not gone out yet; every sweep does so too. Exit code 1
    where one could not be sent.
    """

    if not (test or failed):
        stops.promise(stops.RESUMES)

    async def work() -> int:
        async with open_home(ctx) as app:
            app.alerts.check()
            if not app.alerts:
                raise UserError(
                    "no message leaves this home: set [notify] urls in mediawatch.toml "
                    "(docs/running.md); a demonstration sends none"
                )
            if failed:
                return await app.alerts.tell_failed(failed)
            if not test:
                return await app.alerts.send()
            sent = await app.alerts.trial()
            for number, why in enumerate(sent, 1):
                typer.echo(
                    f"notify.urls, number {number}: "
                    f"{f'not sent: {mask_secrets(why, app.settings)}' if why else 'sent'}"
                )
            return len(sent) - sent.count("")

    if run(work()):
        sys.exit(1)
