"""What a worker has done, as a textfile for Prometheus' node exporter.

The worker writes it anew with each sign of life: its age says whether it lives. No label names an
account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from mediawatch.domain import Outcome, Reading
from mediawatch.files import FileWriter, write_whole
from mediawatch.visible import make_visible

if TYPE_CHECKING:
    from prometheus_client import Metric

_Values = Mapping[tuple[str, ...], float]
TaskEnd = Literal["done", "failed", "put_back"]
"""What becomes of a task: its look is kept; it met an error; another worker is to take it up."""


@dataclass(kw_only=True)
class WorkerFigures:
    """Counted since the worker began; the worker itself fills it."""

    worker: str
    version: str
    began_at: datetime
    looks: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    """By platform and outcome."""
    tasks: Counter[TaskEnd] = field(default_factory=Counter)
    waited: Counter[str] = field(default_factory=Counter)
    """By platform the milliseconds for which looks waited for their turns."""
    breakers: int = 0
    """Surfaces that are paused at this moment."""
    in_hand: int = 0
    """Looks under way."""

    def note_look(self, platform: str, reading: Reading, begun_at: datetime) -> None:
        """Count a look that was taken up at `begun_at`; its first turn came when it started."""
        self.looks[platform, reading.outcome] += 1
        waited = max(timedelta(0), reading.started_at - begun_at)
        self.waited[platform] += round(waited / timedelta(milliseconds=1))


def write_worker(
    target: Path, figures: WorkerFigures, alive_at: datetime, put: FileWriter = write_whole
) -> None:
    """Write the file as a whole or not at all. `alive_at`: the last sign of life.

    UserError where the disk refuses it. `metrics.check` says before whether it can be written.
    """
    from prometheus_client import CollectorRegistry, generate_latest

    class Collected:
        def collect(self) -> Iterator[Metric]:
            return _metrics(figures, alive_at)

    registry = CollectorRegistry()
    registry.register(Collected())
    put(target, generate_latest(registry), shared=True)


def _metrics(figures: WorkerFigures, alive_at: datetime) -> Iterator[Metric]:
    # Families, not the client's own counters: those add a `_created` to each label.
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    def counted(name: str, help: str, values: _Values, *labels: str) -> Metric:
        made = CounterMetricFamily(f"mediawatch_worker_{name}", help, labels=("worker", *labels))
        for key, value in sorted(values.items()):
            made.add_metric([*map(make_visible, (figures.worker, *key))], value)
        return made

    def measured(name: str, help: str, value: float) -> Metric:
        made = GaugeMetricFamily(f"mediawatch_worker_{name}", help, labels=("worker",))
        made.add_metric([make_visible(figures.worker)], value)
        return made

    looks: _Values = {
        (platform, outcome.value): count for (platform, outcome), count in figures.looks.items()
    }
    yield counted("looks", "Looks by platform and outcome", looks, "platform", "outcome")
    tasks: _Values = {(end,): figures.tasks[end] for end in get_args(TaskEnd)}
    yield counted("tasks", "Tasks by what became of them", tasks, "end")
    waited: _Values = {(platform,): ms / 1000 for platform, ms in figures.waited.items()}
    words = "Seconds for which looks waited for their turns"
    yield counted("waited_seconds", words, waited, "platform")
    yield measured("breakers_open", "Surfaces that are paused", figures.breakers)
    yield measured("looks_in_hand", "Looks under way", figures.in_hand)
    began, alive = figures.began_at.timestamp(), alive_at.timestamp()
    yield measured("start_timestamp_seconds", "When the worker began", began)
    words = "The worker's last sign of life; its age is time() minus this"
    yield measured("alive_timestamp_seconds", words, alive)
    info = GaugeMetricFamily(
        "mediawatch_worker_info", "1, with the worker's version", labels=("worker", "version")
    )
    info.add_metric([make_visible(figures.worker), figures.version], 1)
    yield info
