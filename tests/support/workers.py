"""Tests in several processes, forked off one that has collected them: `--workers 3`.

pytest-xdist starts each worker as an interpreter that imports and collects everything by itself.
That took a twentieth of all CPU time of a run.

A worker takes a file at a time, and the next one before its last test: so it keeps what both use.
"""

from __future__ import annotations

import multiprocessing
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
import warm

_FORK = multiprocessing.get_context("fork")
_PATIENCE = 20
"""Seconds for a worker to end its test and what its tests share, where the run is broken off."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("workers").addoption(
        "--workers", type=int, default=0, help="processes that share the test files; 0: this one"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.option.workers > 1:
        warm.start()  # it imports while tests are collected, and once for all workers


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """None: the usual loop runs."""
    option = session.config.option
    files: dict[Path, list[int]] = {}
    for number, item in enumerate(session.items):
        files.setdefault(item.path, []).append(number)
    count = min(option.workers, len(files))
    if count < 2 or option.collectonly or session.testsfailed:
        return None
    # Theirs lie in ours, which the end of the run removes.
    folder = session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    workers: list[Worker] = []
    try:
        for number in range(count):
            workers.append(Worker.forked(session, folder / f"worker-{number}", workers))
        _serve(session, workers, deque(files.values()))
    finally:
        for worker in workers:
            worker.channel.close()  # it ends what it has made when it next tells something
        for worker in workers:
            worker.process.join(_PATIENCE)
            worker.process.kill()
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)
    return True


@dataclass(eq=False)
class Worker:
    """A process that runs tests, as the one that forked it knows it."""

    process: BaseProcess
    channel: Connection
    running: tuple[str, Any] | None = None
    """The test that it began last: its id and location."""
    left: list[int] = field(default_factory=list)
    """Tests that it took and that have not ended."""

    @classmethod
    def forked(cls, session: pytest.Session, folder: Path, others: Sequence[Worker]) -> Worker:
        ours, theirs = _FORK.Pipe()

        def work() -> None:
            for channel in (ours, *(other.channel for other in others)):
                channel.close()  # a worker must see when the process that gives out is gone
            with suppress(KeyboardInterrupt, EOFError, OSError):
                _work(session, theirs, folder)

        process = _FORK.Process(target=work)
        process.start()
        theirs.close()
        return cls(process, ours)


def _serve(session: pytest.Session, workers: Sequence[Worker], files: deque[list[int]]) -> None:
    """Give out files and report what comes of their tests, until all workers have ended."""
    hook = session.config.hook
    by_channel = {worker.channel: worker for worker in workers}
    while by_channel:
        for channel in wait([*by_channel]):
            worker = by_channel[channel]  # type: ignore[index]
            try:
                kind, *said = worker.channel.recv()
            except (EOFError, ConnectionResetError):
                del by_channel[worker.channel]
                worker.process.join()
                if worker.left:
                    hook.pytest_runtest_logreport(report=_died(worker))
                continue
            match kind:
                case "next":
                    stop = session.shouldfail or session.shouldstop
                    taken = [] if stop or not files else files.popleft()
                    worker.left += taken
                    worker.channel.send(taken)
                case "begun":
                    worker.running = said[0], said[1]
                case "ended":
                    worker.left.remove(said[0])
                case "report":
                    report = hook.pytest_report_from_serializable(
                        config=session.config, data=said[0]
                    )
                    hook.pytest_runtest_logreport(report=report)
                case "warning":
                    message, when, nodeid, location = said
                    hook.pytest_warning_recorded.call_historic(
                        kwargs={
                            "warning_message": warnings.WarningMessage(*message),
                            "when": when,
                            "nodeid": nodeid,
                            "location": location,
                        }
                    )


def _died(worker: Worker) -> pytest.TestReport:
    nodeid, location = worker.running or ("", ("", None, ""))
    said = (
        f"the worker died here ({worker.process.exitcode}), and {len(worker.left)} of its tests "
        "have not ended"
    )
    return pytest.TestReport(nodeid, location, {}, "failed", said, "call")


def _work(session: pytest.Session, channel: Connection, folder: Path) -> None:
    """Run what is given out, in a process of its own."""
    config = session.config
    folder.mkdir(mode=0o700)
    config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]
    if capture := config.pluginmanager.getplugin("capturemanager"):
        # What is captured goes to files, and a fork shares those.
        capture.stop_global_capturing()
        capture.start_global_capturing()
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(_Sender(config, channel))
    try:
        for number, following in _given(channel):
            config.hook.pytest_runtest_protocol(
                item=session.items[number],
                nextitem=None if following is None else session.items[following],
            )
            channel.send(("ended", number))
            if session.shouldfail or session.shouldstop:
                break
    finally:
        session._setupstate.teardown_exact(None)


def _given(channel: Connection) -> Iterator[tuple[int, int | None]]:
    """Each test, and the one that follows it."""

    def ask() -> list[int]:
        channel.send(("next",))
        taken: list[int] = channel.recv()
        return taken

    taken = ask()
    while taken:
        yield from pairwise(taken)
        last, taken = taken[-1], ask()
        yield last, taken[0] if taken else None


class _Sender:
    """Tells the process that forked this one what becomes of the tests."""

    def __init__(self, config: pytest.Config, channel: Connection) -> None:
        self._config, self._channel = config, channel

    def pytest_runtest_logstart(self, nodeid: str, location: object) -> None:
        self._channel.send(("begun", nodeid, location))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._channel.send(("report", data))

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: object
    ) -> None:
        told = warning_message
        message = (str(told.message), told.category, told.filename, told.lineno)
        self._channel.send(("warning", message, when, nodeid, location))
