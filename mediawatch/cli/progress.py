"""How a running sweep shows itself: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from mediawatch.domain import LookKind
from mediawatch.sweep import Progress as OnLook
from mediawatch.sweep import Step

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

        def on_look(step: Step) -> None:
            outcome = step.reading.outcome.value if step.reading else "not looked at"
            last = f"{step.account.platform} {step.account.filed.name[:16]}: {outcome}"
            bar.update(task, completed=step.done, total=step.total, last=last)

        yield on_look


def _plain_line(step: Step) -> None:
    if step.reading is not None and step.reading.look is LookKind.SECOND:
        return
    if step.done % max(1, step.total // _LINES) == 0 or step.done == step.total:
        print(f"looked at {step.done} of {step.total} accounts", file=sys.stderr, flush=True)
