"""`mediawatch browser`."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch import browsers
from mediawatch.cli.base import settings_of


def register(app: typer.Typer) -> None:
    app.command("browser")(browser)


def browser(
    ctx: typer.Context,
    install: Annotated[bool, typer.Option("--install", help="Install a Chromium and a Chinese font where they are missing.")] = False,
) -> None:
    """Tell which Chromium is used and whether Chinese text can be drawn."""
    executable = settings_of(ctx).browser.executable
    found = browsers.install(executable, tell=lambda line: typer.echo(line, err=True)) if install else browsers.find(executable)
    font = browsers.chinese_font()
    typer.echo(f"path     {found.path}\nversion  {found.version}\nsource   {found.source}\nfont     {font or 'none for Chinese'}")
    if not font:
        typer.echo("mediawatch: screenshots will show boxes: install a Chinese font (Debian: apt-get install fonts-noto-cjk)", err=True)
