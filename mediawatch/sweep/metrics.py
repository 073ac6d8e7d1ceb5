"""The result of a night, as a textfile for Prometheus' node exporter.

A nightly job has ended before it could be scraped. No label names an account: a nation has 100 000
of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from mediawatch.domain import Ending, SessionState, Sweep, SweepRun, SweepState, UserError, Verdict
from mediawatch.files import FileWriter, write_whole
from mediawatch.sweep.nights import by_platform
from mediawatch.visible import make_visible


class _AddGauge(Protocol):
    def __call__(
        self, name: str, help: str, values: Mapping[tuple[str, ...], float], *labels: str
    ) -> None: ...


def check(target: Path) -> None:
    """UserError where `write` would fail: better before the night than after it."""
    if find_spec("prometheus_client") is None:
        raise UserError(
            "--metrics needs the Prometheus client: run `pip install 'mediawatch[metrics]'`"
        )
    if target.suffix != ".prom":
        raise UserError(f"--metrics {target}: the node exporter reads only names that end in .prom")


def last_complete(sweeps: Iterable[Sweep]) -> datetime | None:
    """When a sweep of the whole registry last ended; None where none has ended."""
    ended = [
        sweep.finished_at
        for sweep in sweeps
        if sweep.state is SweepState.FINISHED and sweep.scope == "all" and sweep.finished_at
    ]
    return max(ended, default=None)


def write(
    target: Path,
    night: SweepRun,
    sessions: Mapping[tuple[str, SessionState], int],
    complete: datetime | None,
    put: FileWriter = write_whole,
) -> None:
    """Write the file as a whole or not at all.

    `sessions`: logins by platform and state; `complete`: the value of `last_complete`.
    """
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()

    def gauge(name: str, help: str, values: Mapping[tuple[str, ...], float], *labels: str) -> None:
        """A gauge with its values by label; the key is () for a gauge without labels."""
        made = Gauge(f"mediawatch_{name}", help, labels, registry=registry)
        for key, value in values.items():
            (made.labels(*map(make_visible, key)) if labels else made).set(value)

    _gauge_looks(gauge, night)
    if night.exit_code is not None:
        # Without a judgement these figures are missing: zeros would be read as figures.
        _gauge_verdicts(gauge, night)
    by_state: dict[tuple[str, ...], float] = {
        (platform, state.value): count for (platform, state), count in sessions.items()
    }
    gauge("sessions", "Logins by platform and state", by_state, "platform", "state")
    _gauge_end(gauge, night)
    if complete is not None:
        words = "When a sweep of the whole registry last ended; its age is time() minus this"
        gauge("last_complete_sweep_timestamp_seconds", words, {(): complete.timestamp()})
    put(target, generate_latest(registry), shared=True)


def _gauge_looks(gauge: _AddGauge, night: SweepRun) -> None:
    gauge(
        "looks",
        "Looks of the last run, by platform and outcome",
        {
            (platform, outcome.value): count
            for (platform, outcome), count in by_platform(night).items()
        },
        "platform",
        "outcome",
    )
    gauge(
        "ended",
        "1 at how the last run ended: complete, out_of_time, stopped, failed",
        {
            (ending.value,): night.ending is ending
            for ending in Ending
            if ending is not Ending.KILLED  # a killed run writes no file
        },
        "how",
    )


def _gauge_verdicts(gauge: _AddGauge, night: SweepRun) -> None:
    gauge(
        "accounts",
        "Accounts of the last sweep, by verdict",
        {(verdict.value,): night.verdicts.get(verdict.value, 0) for verdict in Verdict},
        "verdict",
    )
    gauge(
        "findings",
        "Findings of the last sweep next to the judgement before it: new, still, gone, unsettled",
        {(turn,): count for turn, count in night.turns.items()},
        "turn",
    )
    judged = sum(night.verdicts.values())
    unproven = night.verdicts.get(Verdict.UNPROVEN.value, 0)
    gauge(
        "unproven_ratio",
        "Share of the last sweep's accounts that only a person can settle",
        {(): unproven / judged if judged else 0},
    )
    gauge(
        "accounts_left",
        "Accounts that were due, and that no surface could be asked about",
        {(): night.left},
    )


def _gauge_end(gauge: _AddGauge, night: SweepRun) -> None:
    gauge(
        "breakers_open",
        "Surfaces that were still paused when the last run ended",
        {(): len(night.breakers)},
    )
    gauge(
        "exit_code",
        "Exit code of the last run, -1 where it was stopped or failed",
        {(): -1 if night.exit_code is None else night.exit_code},
    )
    if night.ended_at is not None:
        lasted = (night.ended_at - night.started_at).total_seconds()
        gauge("duration_seconds", "How long the last run took", {(): lasted})
        gauge(
            "last_run_timestamp_seconds",
            "When the last run ended",
            {(): night.ended_at.timestamp()},
        )
