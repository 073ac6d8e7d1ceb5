"""What a sweep that was stopped says of itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import typer

from mediawatch.domain import Account, Reading
from mediawatch.sweep import Progress as OnLook


@contextmanager
def told_when_stopped(shown: OnLook, began: datetime) -> Iterator[OnLook]:
    """A callback that passes on to `shown`; where the sweep is cancelled meanwhile, what was done since `began` and what is left goes
    to standard error."""
    looks, so_far, scope = 0, 0, 0

    def on_look(done: int, total: int, account: Account, reading: Reading | None) -> None:
        nonlocal looks, so_far, scope
        # A continued sweep passes over what was looked at before.
        looks += reading is not None and reading.started_at >= began
        so_far, scope = done, total
        shown(done, total, account, reading)

    try:
        yield on_look
    except asyncio.CancelledError:
        if not scope:
            typer.echo("mediawatch: no look was finished", err=True)
        elif so_far < scope:
            typer.echo(f"mediawatch: {looks} looks; {so_far} of {scope} accounts are done, {scope - so_far} are left", err=True)
        else:
            typer.echo(f"mediawatch: {looks} looks; all {scope} accounts were looked at, second looks may be left", err=True)
        raise
