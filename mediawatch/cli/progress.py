"""How a running sweep shows itself: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mediawatch.domain import Account, Reading
from mediawatch.sweep import Progress as OnLook

_LINES = 10
"""How many plain lines a sweep of any size leaves in a log."""


@contextmanager
def shown_progress() -> Iterator[OnLook]:
    """The callback for `Engine.run`; everything goes to standard error."""
    if sys.stderr.isatty():
        with _bar() as on_look:
            yield on_look
    else:
        yield _plain_line


@contextmanager
def _bar() -> Iterator[OnLook]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[last]}"), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking", total=None, last="")

        def on_look(done: int, total: int, account: Account, reading: Reading | None) -> None:
            outcome = reading.outcome.value if reading else "not tried"
            bar.update(task, completed=done, total=total, last=f"{account.platform} {account.filed.name[:16]}: {outcome}")

        yield on_look


def _plain_line(done: int, total: int, account: Account, reading: Reading | None) -> None:
    step = max(1, total // _LINES)
    if reading is not None and reading.look.value == "second":
        return
    if done % step == 0 or done == total:
        print(f"looked at {done} of {total} accounts", file=sys.stderr, flush=True)
