"""Writes docs/commands.md from the command line itself: `python tests/support/command_docs.py`."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from commands import commands

from mediawatch.cli import app
from mediawatch.cli.base import SIGPIPE_EXIT
from mediawatch.cli.worker import OUTDATED_EXIT
from mediawatch.sweep.gate.breakers import EXIT_BITS

FILE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
PAGES = {
    "init": "settings.md",
    "demo": "world.md",
    "registry": "registry.md",
    "scope": "scope.md",
    "links": "hints.md",
    "hints": "hints.md",
    "login": "sessions.md",
    "sessions": "sessions.md",
    "plan": "rules.md",
    "sweep": "inspection.md",
    "worker": "workers.md",
    "workers": "workers.md",
    "status": "running.md",
    "notify": "running.md",
    "problem": "problems.md",
    "worklist": "worklist.md",
    "review": "review.md",
    "findings": "review.md",
    "explain": "rules.md",
    "handoff": "handoff.md",
    "figures": "figures.md",
    "cadence": "figures.md",
    "circular": "figures.md",
    "repost": "reposts.md",
    "query": "queries.md",
    "report": "documents.md",
    "evidence": "evidence.md",
    "notice": "notices.md",
    "recheck": "notices.md",
    "backup": "running.md",
    "restore": "running.md",
    "database": "postgresql.md",
    "units": "running.md",
    "verify": "cases.md",
    "record": "cases.md",
}
"""The page that says more, by the first word of a command."""
CODES = {
    "0": "done",
    "1": "an unexpected error: `logs/errors.log` of the home has the traceback. In a sweep it concerns one "
    "account, and the sweep goes on. `verify`: a case differs. `evidence verify`, `evidence move`, `notice archive`: a file is missing or "
    "altered. `doctor`: a check fails (a warning does not count). `notify`: a message could not be sent. "
    "`circular check`: printed figures contradict each other",
    "2": "wrong usage or input (also an import that refused rows, unless `--skip-bad-rows` was given), "
    "a browser that does not start, a database that is locked or cannot be "
    "written, a disk that is full or read-only. One sentence on standard error says where, and what to do",
    "4": "a sweep with `--fail-on-findings` found accounts that fail",
    "8": "a sweep: a site could not be reached (a surface five times in a row, or no look reached anything). An "
    "import with links: one was not read, for the network or the site did not answer; run it again",
    "16": "a sweep: a site throttled us, or wanted a human check",
    "32": "a sweep or `sessions check`: a login is no longer valid",
    "64": "a sweep: a site changed, or this machine's clock is off (the message says which)",
    str(
        OUTDATED_EXIT
    ): "`worker`: the database has become newer than this version; install that version, "
    "and start the worker again",
    f"{128 + signal.SIGINT}, {128 + signal.SIGTERM}": "stopped by Ctrl-C or by SIGTERM, wherever the "
    "command is: in order, and it says what that means. The second signal ends it at once",
    str(SIGPIPE_EXIT): "the reader of a pipe went away",
}
"""The exit codes with their meaning; `codes` holds them to the program."""
_INTRO = """# Commands

[中文](commands.zh-CN.md) · Made from the command line by `python tests/support/command_docs.py`; do not edit.

Every command takes `--help`. Every import but `sessions import` takes `--dry-run`: it says what would be done and
writes nothing. These options stand before the command:

"""
_CODES = """
## Exit codes
The code of a sweep is the sum of what happened. What such a trouble leaves open is `unproven`, never failed.

| code | meaning |
|---|---|
"""


def text() -> str:
    """The whole page."""
    real = [(words, command) for words, command in commands() if not command.hidden]
    leaves = [(words, command) for words, command in real if _does_something(command)]
    rows = [
        f"| [`mediawatch {words}`](#{_anchor(words)}) | {_help(it)[0]} |" for words, it in leaves
    ]
    codes = [f"| {code} | {meaning} |" for code, meaning in CODES.items()]
    parts = [
        _INTRO + "\n".join(_options(root())),
        "## All commands\n| command | what it does |\n|---|---|\n" + "\n".join(rows),
        _CODES.strip() + "\n" + "\n".join(codes),
        "## The commands one by one",
        *("\n".join(_section(words, command)) for words, command in leaves),
    ]
    return "\n\n".join(parts) + "\n"


def root() -> Any:
    """The command line itself, with the options that stand before every command."""
    return typer.main.get_command(app)


def codes() -> list[int]:
    """Every code that the program can end with."""
    stopped = {128 + signal.SIGINT, 128 + signal.SIGTERM, SIGPIPE_EXIT}
    return sorted({0, 1, 2, 4, *EXIT_BITS.values()} | stopped | {OUTDATED_EXIT})


def _does_something(command: Any) -> bool:
    """A group that only holds commands does nothing alone; `sweep` and `sessions` do."""
    return not hasattr(command, "commands") or command.invoke_without_command


def _section(words: str, command: Any) -> Iterator[str]:
    yield f"### mediawatch {words}"
    usage = [_argument(param) for param in command.params if param.param_type_name == "argument"]
    options = any(param.param_type_name == "option" for param in command.params)
    yield f"`{' '.join(['mediawatch', words, *usage, *(['[OPTIONS]'] if options else [])])}`"
    yield ""
    yield from "\n\n".join(_help(command)).splitlines()
    page = PAGES.get(words.split()[0])
    if page:
        yield ""
        yield f"More: [{page}]({page})"
    rows = list(_options(command))
    if rows:
        yield ""
        yield from rows


def _options(command: Any) -> Iterator[str]:
    rows = [
        f"| {_names(param)} | {_cell(param.help or '')} |"
        for param in command.params
        if (param.param_type_name == "argument" and getattr(param, "help", ""))
        or (param.param_type_name == "option" and "--help" not in param.opts)
    ]
    if rows:
        yield "| option | meaning |"
        yield "|---|---|"
        yield from rows


def _names(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"`{_argument(param)}`"
    names = " ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts))
    given = "" if param.is_flag else f" `{_cell(_metavar(param))}`"
    return f"{names}{given}{' (needed)' if param.required else ''}"


def _argument(param: Any) -> str:
    name = _metavar(param)
    return name if param.required else f"[{name}]"


def _metavar(param: Any) -> str:
    return str(param.metavar or param.name.strip("_").upper().replace("_", "-"))


def _help(command: Any) -> list[str]:
    """The paragraphs of a command's help, each on one line."""
    return [_cell(paragraph) for paragraph in re.split(r"\n\s*\n", command.help.strip())]


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


def _anchor(words: str) -> str:
    return f"mediawatch-{words.replace(' ', '-')}"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
