"""How a running sweep shows its progress.

A terminal shows the present state, platform by platform; a log gets a plain line now and then.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from mediawatch.cli.terminal import unwrap_stream
from mediawatch.domain import LookKind
from mediawatch.plurals import count_of
from mediawatch.sweep.summary import Progress as OnLook
from mediawatch.sweep.summary import Step
from mediawatch.table import plain

_LINES = 10
"""So many plain lines a sweep of any size leaves in a log."""
_RATE_OVER = 300.0
"""Seconds over which the rate is taken: recent ones predict best."""


@contextmanager
def show_progress() -> Iterator[OnLook]:
    """The callback for `Engine.run`; everything goes to standard error."""
    if not sys.stderr.isatty():
        yield _plain_line
        return
    view = View()
    with Live(
        get_renderable=view.render,
        console=Console(file=unwrap_stream(sys.stderr)),
        refresh_per_second=2,
        transient=True,
    ):
        yield view


@dataclass
class PlatformProgress:
    """One platform: accounts done, second looks made, the last account and its outcome."""

    done: int = 0
    seconds: int = 0
    last: str = ""


@dataclass
class View:
    """What the terminal shows. `clock` gives seconds of a monotonic clock."""

    clock: Callable[[], float] = time.monotonic
    step: Step | None = None
    lanes: dict[str, PlatformProgress] = field(default_factory=dict)
    _looked: deque[float] = field(default_factory=deque)
    """When accounts were looked at; settled accounts cost no time and predict none."""

    def __post_init__(self) -> None:
        self._began = self.clock()

    def __call__(self, step: Step) -> None:
        lane = self.lanes.setdefault(step.account.platform, PlatformProgress())
        second = step.reading is not None and step.reading.look is LookKind.SECOND
        lane.seconds += second
        lane.done += not second
        if not second and step.reading is not None:
            self._looked.append(self.clock())
        lane.last = (
            f"{step.reading.outcome.value if step.reading else 'nothing to do'}: "
            f"{step.account.filed.name}"
        )
        self.step = step

    @property
    def rate(self) -> float:
        """Accounts looked at in a minute; 0 while the rate is unknown."""
        now = self.clock()
        while self._looked and now - self._looked[0] > _RATE_OVER:
            self._looked.popleft()
        span = min(_RATE_OVER, now - self._began)
        return len(self._looked) * 60 / span if span > 0 else 0.0

    def time_left(self, step: Step) -> str:
        """How long it still takes at the present rate."""
        looks = step.total - step.done + step.second_looks
        if not looks:
            return "finishing"
        if not self.rate:
            return "waiting"
        minutes = max(1, round(looks / self.rate))
        return (
            f"{minutes // 60}:{minutes % 60:02d} h left" if minutes >= 60 else f"{minutes} min left"
        )

    def render(self) -> RenderableType:
        """One line for the whole run, one for each platform; cut off where the terminal ends."""
        step = self.step
        if step is None:
            return Text("opening the sweep")
        waiting = (
            f"  {count_of(step.second_looks, 'second look')} to come" if step.second_looks else ""
        )
        figures = (
            f"{step.done}/{step.total}  {self.rate:.1f} accounts/min  "
            f"{self.time_left(step)}{waiting}"
        )
        bar = Table.grid(padding=(0, 1))
        bar.add_row(
            ProgressBar(total=step.total, completed=step.done, width=12),
            Text(figures, no_wrap=True),
        )
        name, count = max(map(len, self.lanes)), len(str(step.total))
        lines = [
            f"{platform:<{name}}  {lane.done:>{count}}  {self._state(step, platform, lane)}"
            for platform, lane in sorted(self.lanes.items())
        ]
        return Group(bar, *(Text(plain(line), no_wrap=True, overflow="ellipsis") for line in lines))

    def _state(self, step: Step, platform: str, lane: PlatformProgress) -> str:
        paused = [
            f"paused {surface.partition('.')[2]} ({session or 'visitor'}): {outcome.value}"
            for (surface, session), outcome in sorted(step.paused.items())
            if surface.partition(".")[0] == platform
        ]
        seconds = [f"second looks: {lane.seconds}"] if lane.seconds else []
        return "; ".join([*paused, *seconds, lane.last])


def _plain_line(step: Step) -> None:
    every = max(1, step.total // _LINES)
    if step.reading is not None and step.reading.look is LookKind.SECOND:
        return
    if step.done % every == 0 or step.done == step.total:
        print(
            f"looked at {step.done} of {count_of(step.total, 'account')}",
            file=sys.stderr,
            flush=True,
        )
