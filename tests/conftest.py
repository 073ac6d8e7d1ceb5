"""Fixtures for all tests; each lives in a module of its own."""

import gc
import logging
import os
import shutil
import tempfile
from logging.handlers import RotatingFileHandler
from pathlib import Path

import places
import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

# As the program itself does: imports and tests make very many lasting objects.
gc.set_threshold(50_000)

settings.register_profile("untimed", deadline=None, max_examples=50)
settings.load_profile("untimed")

pytest_plugins = ["browsers", "commands", "postgres", "stores"]

LONG = (
    "test_demo",
    "test_cases",
    "test_sessions",
    "test_browser",
    "test_wheel",
    "test_kills",
    "test_faults_weibo",
    "test_archives",
    "test_upgrades",
    "test_tab",
    "test_calls",
    "test_races",
    "test_browser_care",
    "test_weibo_looks",
    "test_law",
    "test_notice_life",
    "test_published_inspections",
    "test_reader_looks",
    "test_restore",
    "test_faults_wechat",
    "test_replica",
    "test_hostile_names",
    "test_record",
    "test_faults_calls",
    "test_faults_douyin",
    "test_faults_toutiao",
    "test_store_trouble",
    "test_agreement",
    "test_cli",
    "test_install_browser",
    "test_stopping",
)
"""Begun first, the longest before the others: a long file that is begun last leaves the other
workers without work. Each worker takes two files at once, the second with the least of the six.
"""
SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_configure(config: pytest.Config) -> None:
    """What the workers inherit."""
    if config.option.markexpr == "not soak":
        # Hypothesis tries constants of our sources, too, and reads all of them for it: two seconds
        # of CPU for each worker on a fresh clone. The full sizes try them.
        providers.is_local_module_file = lambda _: False
    if hasattr(config, "workerinput"):
        share_compiling(config)
        return
    places.move_to_memory()
    # The browser's driver is started a hundred times; a quarter of its start is to compile itself.
    compiled = tempfile.mkdtemp(prefix="mw-node-")
    config.add_cleanup(lambda: shutil.rmtree(compiled, ignore_errors=True))
    os.environ.setdefault("NODE_COMPILE_CACHE", compiled)


def share_compiling(config: pytest.Config) -> None:
    """Each worker collects all tests. On a fresh clone each compiled all of them, too, in step with
    the others. So each begins at another place and finds there what the others have compiled.
    """
    whole = [str(config.rootpath / path) for path in config.getini("testpaths")]
    if [str(config.invocation_params.dir / path) for path in config.args] != whole:
        return
    parts = [str(each) for path in whole for each in sorted(Path(path).iterdir()) if _is_part(each)]
    number = int(config.workerinput["workerid"].removeprefix("gw"))
    begin = len(parts) * number // config.workerinput["workercount"]
    config.args = parts[begin:] + parts[:begin]


def _is_part(path: Path) -> bool:
    return path.match("test_*.py") or (path.is_dir() and any(path.rglob("test_*.py")))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """A command that ran in the test's own process leaves the log file of its home open; the home
    goes with the test.
    """
    top = logging.getLogger()
    for handler in [each for each in top.handlers if isinstance(each, RotatingFileHandler)]:
        top.removeHandler(handler)
        handler.close()


def pytest_collection_finish() -> None:
    """All that was imported and collected stays: no collection of garbage walks it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first, the others by name: every worker must have one order. The project
    stands without ../shared: what reads it runs where it lies beside a checkout, and never in CI.
    """
    reason = (
        "never in CI"
        if os.environ.get("CI")
        else ""
        if SHARED.is_dir()
        else "../shared is not here"
    )
    rank = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: (rank.get(item.path.stem, len(LONG)), str(item.path)))
    for item in items:
        if reason and item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_pycollect_makeitem(
    collector: pytest.Collector, name: str, obj: object
) -> list[pytest.Item] | None:
    """What `-m "not soak"` leaves out is not made first, thousands of tests: pytest would drop them
    afterwards.
    """
    left_out = collector.config.option.markexpr == "not soak" and "soak" in (
        mark.name for mark in getattr(obj, "pytestmark", ())
    )
    return [] if left_out and callable(obj) else None
