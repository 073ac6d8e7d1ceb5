"""What a stopped sweep reports."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from mediawatch import stops
from mediawatch.plurals import count_of
from mediawatch.sweep.summary import Progress as OnLook
from mediawatch.sweep.summary import Step


@contextmanager
def report_when_stopped(shown: OnLook) -> Iterator[OnLook]:
    """A callback that passes each step on to `shown`.

    Where the sweep is cancelled meanwhile, standard error gets what was done and what is left.
    """
    looks, so_far, scope = 0, 0, 0

    def on_look(step: Step) -> None:
        nonlocal looks, so_far, scope
        looks += step.reading is not None
        so_far, scope = step.done, step.total
        shown(step)

    try:
        yield on_look
    except BaseException as error:
        if not (stops.stop_signal() or isinstance(error, asyncio.CancelledError)):
            raise
        if not scope:
            typer.echo("mediawatch: no look was finished", err=True)
        elif so_far < scope:
            typer.echo(
                (
                    f"mediawatch: {count_of(looks, 'look')}; {so_far} of "
                    f"{count_of(scope, 'account')} done, {scope - so_far} left"
                ),
                err=True,
            )
        else:
            typer.echo(
                (
                    f"mediawatch: {count_of(looks, 'look')}; looked at "
                    f"{count_of(scope, 'account')} of {scope}, second looks may be left"
                ),
                err=True,
            )
        raise
