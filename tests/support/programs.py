"""The program as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import warm

DRIVER = """
import asyncio, logging, os, sys, typer
from mediawatch.cli import app, base, main
from mediawatch.domain import UserError
from mediawatch.log import get_logger

@app.command()
def fail(kind: str) -> None:
    "For the test."
    if kind == "user":
        raise UserError("row 3 of a.xlsx has no name: fill it in")
    raise RuntimeError("nobody foresaw this")

@app.command()
def talk() -> None:
    "For the test."
    for number in range(100_000):
        print(number)

@app.command()
def wait() -> None:
    "For the test."
    async def forever() -> None:
        try:
            print("waiting", flush=True)
            await asyncio.sleep(60)
        finally:
            print("cleaned up", flush=True)
    base.run(forever())

@app.command()
def log(ctx: typer.Context) -> None:
    "For the test."
    base.settings_of(ctx)
    get_logger("mediawatch.test").warning("looked", platform="weibo", name="示例市第一测试局")
    logging.getLogger("playwright").warning("from %s", "elsewhere")
    logging.getLogger("sqlalchemy.pool").warning("via %s", os.environ.get("TOLD", ""))
    get_logger("mediawatch.test").info("quiet")
    print("answer")

main()
"""


def mediawatch(
    *words: str, home: Path | None = None, driver: bool = False, **environ: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *(("-c", DRIVER) if driver else ("-m", "mediawatch")), *words]
    return warm.run(command, clean(home, **environ))


def clean(home: Path | None, **environ: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("MEDIAWATCH_")
    }
    return kept | ({"MEDIAWATCH_HOME": str(home)} if home else {}) | {"COLUMNS": "100"} | environ


def has_ended(pid: int) -> bool:
    """Whether a program is gone, or waits to be reaped by who inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
