"""One run of a sweep as `status`, the digest and the metrics show it.

It has the looks, the results, and the changes of the findings.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from mediawatch import stops
from mediawatch.domain import (
    Ending,
    FindingChange,
    Outcome,
    SourcePause,
    SweepAccount,
    SweepRun,
    UserError,
    Verdict,
)
from mediawatch.log import get_logger
from mediawatch.ports import Store
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Progress, Step, Summary

log = get_logger(__name__)
Ended = Callable[[SweepRun], Awaitable[None]]
_LOOKED_BACK = 100
"""The last runs, among which those of a repeated sweep are searched."""
_STOPPING = 3.0
"""Seconds that a stopped run has to be written down."""
_DAY = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")


async def run(
    engine: Engine, request: Request, progress: Progress, ended: Ended | None = None
) -> tuple[Summary, SweepRun]:
    """`Engine.run`, kept as a night from its start on, so that a killed run shows too.

    `ended` is called with the night, however it ended, but not where the night could not begin.
    Raises what ended the run, also where the night cannot be kept.
    """
    store = engine.store
    beginning = asyncio.create_task(store.runs.begin(SweepRun(started_at=engine.clock())))
    looks = LookCounter(progress)
    try:
        begun = await asyncio.shield(beginning)
        summary = await engine.run(request, looks)
        if summary.repeated:
            summary.exit_code = await _of_the_run(store, summary.sweep.id)
        night = _judged(
            engine,
            begun,
            summary,
            looks.counts,
            await store.sweeps.finding_changes(summary.sweep.id),
        )
        await store.runs.end(night)
    except BaseException as error:
        ending, why = ended_by(error)
        # Who stops it does not wait for another process's lock.
        longest = _STOPPING if ending is Ending.STOPPED else None
        try:
            # A run may be stopped while it begins: without an end it would count as killed.
            begun = await asyncio.wait_for(beginning, longest)
        except TimeoutError:
            raise error from None
        night = replace(
            begun,
            ended_at=engine.clock(),
            ending=ending,
            why=why,
            looks=looks.counts,
            breakers=open_breakers(engine.pacing),
        )
        with _first_error_stands():
            await asyncio.wait_for(store.runs.end(night), longest)
        if ended:
            with _first_error_stands():
                await ended(night)
        raise
    if ended:
        await ended(night)
    return summary, night


async def _of_the_run(store: Store, sweep_id: int) -> int:
    """The exit bits of the runs that made a finished sweep.

    A repeated request does not mend what those runs met.
    """
    bits = 0
    for night in await store.runs.latest(_LOOKED_BACK):
        bits |= (night.exit_code or 0) if night.sweep_id == sweep_id else 0
    return bits


def _judged(
    engine: Engine,
    begun: SweepRun,
    summary: Summary,
    looks: Mapping[str, int],
    turned: Iterable[FindingChange],
) -> SweepRun:
    return replace(
        begun,
        sweep_id=summary.sweep.id,
        ended_at=engine.clock(),
        ending=Ending.OUT_OF_TIME if engine.pacing.over else Ending.COMPLETE,
        exit_code=summary.exit_code,
        left=summary.left,
        looks=looks,
        verdicts={verdict.value: count for verdict, count in summary.verdicts.items()},
        reasons=reasons(summary.scope),
        turns=Counter(each.turn.value for each in turned),
        breakers=open_breakers(engine.pacing),
    )


@contextmanager
def _first_error_stands() -> Iterator[None]:
    """Log what fails while a run ends by an error; that error is raised in any case."""
    try:
        yield
    except (UserError, OSError) as error:
        log.warning("how the run ended could not be kept", why=ended_by(error)[1])


def ended_by(error: BaseException) -> tuple[Ending, str]:
    """How a run ended by this error, and why.

    The reason is the signal, or the sentence of a foreseen error, or the type of any other.
    """
    if number := stops.stop_signal():  # whatever other code made of it
        return Ending.STOPPED, stops.name_of(number)
    match error:
        case asyncio.CancelledError():
            return Ending.STOPPED, str(error)
        case UserError():
            return Ending.FAILED, str(error)
        case BaseExceptionGroup():
            return ended_by((error.split(UserError)[1] or error).exceptions[0])
        case OSError(strerror=str(words)):
            return Ending.FAILED, f"{type(error).__name__}: {words}"
    return Ending.FAILED, type(error).__name__


class LookCounter:
    """Counts the looks of this run by platform and outcome."""

    def __init__(self, progress: Progress) -> None:
        self.counts: Counter[str] = Counter()
        self._progress = progress

    def __call__(self, step: Step) -> None:
        if step.reading is not None:
            self.counts[f"{step.account.platform} {step.reading.outcome.value}"] += 1
        self._progress(step)


def reasons(scope: Iterable[SweepAccount]) -> Mapping[str, int]:
    """Why accounts are 待人工核查, most frequent first.

    The days in the sentences differ by account and are left out.
    """
    judged = [
        entry.judgement
        for entry in scope
        if entry.judgement and entry.judgement.verdict is Verdict.UNPROVEN
    ]
    return dict(Counter(_DAY.sub("某日", each.sentence) for each in judged).most_common())


def open_breakers(pacing: Pacing) -> tuple[str, ...]:
    return tuple(
        str(SourcePause(*source, outcome)) for source, outcome in pacing.open_breakers().items()
    )


def by_platform(night: SweepRun) -> Mapping[tuple[str, Outcome], int]:
    """Looks by platform and outcome."""
    found = {}
    for key, count in night.looks.items():
        platform, _, outcome = key.rpartition(" ")
        found[platform, Outcome(outcome)] = count
    return found
