"""`mediawatch browser`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.cli.base import settings_of
from mediawatch.ops import install_browser


def register(app: typer.Typer) -> None:
    app.command("browser")(browser)


def browser(
    ctx: typer.Context,
    install: Annotated[
        bool,
        typer.Option(
            "--install", help="Install a Chromium and a Chinese font where they are missing."
        ),
    ] = False,
) -> None:
    """Tell which Chromium is used and whether Chinese text can be drawn."""
    if install:
        stops.promise(stops.RESUMES)
    executable = settings_of(ctx).browser.executable
    tell = partial(typer.echo, err=True)
    found = (
        install_browser.install(executable, tell=tell)
        if install
        else install_browser.find(executable)
    )
    font = install_browser.chinese_font()
    typer.echo(
        f"path     {found.path}\nversion  {found.version}\nsource   {found.source}\nfont     "
        f"{font or 'none for Chinese'}"
    )
    if not font:
        typer.echo(
            (
                "mediawatch: screenshots will show boxes: install a Chinese font (Debian: apt-get "
                "install fonts-noto-cjk)"
            ),
            err=True,
        )
