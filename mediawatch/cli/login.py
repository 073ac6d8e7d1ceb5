"""`mediawatch login`."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from mediawatch.app import log_in
from mediawatch.cli.base import home_of, run, settings_of


def register(app: typer.Typer) -> None:
    app.command("login")(login)


def login(
    ctx: typer.Context,
    platform: Annotated[str, typer.Argument(help="wechat, weibo or douyin.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What this login is called.")] = "office",
) -> None:
    """Log in by hand in a browser window and keep the session. Use a work account, never a personal one."""

    async def operator() -> None:
        await asyncio.to_thread(typer.prompt, "Log in in the window, then press Enter here", default="", show_default=False)

    kept, path = run(log_in(home_of(ctx).require(), settings_of(ctx), platform, name, operator))
    typer.echo(f"{path}: {kept} cookies kept. Whoever has this file is logged in: it stays in this home.")
