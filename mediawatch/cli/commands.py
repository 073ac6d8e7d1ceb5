"""Which command lives in which file. A file is loaded when its command is wanted: all of them
together cost a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer

_FILES = {
    "home": ("init",), "browser": ("browser",), "doctor": ("doctor",), "demo": ("demo",), "registry": ("registry",), "scope": ("scope",),
    "login": ("login",), "sessions": ("sessions",), "links": ("links",), "plan": ("plan",), "sweep": ("sweep",), "status": ("status",),
    "notify": ("notify",), "worklist": ("unproven", "worklist"), "review": ("review",), "findings": ("findings",),
    "out": ("sweeps", "flagged", "show", "explain", "handoff"), "figures": ("figures",), "query": ("query",), "browse": ("browse",),
    "report": ("report",), "evidence": ("evidence",), "notice": ("notice",), "recheck": ("recheck",), "backup": ("backup", "restore"),
    "units": ("units",), "verify": ("verify",), "record": ("record",),
}  # fmt: skip
"""Commands by file, in the order in which `--help` lists them."""
_FILE_OF = {command: file for file, commands in _FILES.items() for command in commands}


class Commands(Mapping[str, Any]):
    """Every command by its name."""

    def __getitem__(self, name: str) -> Any:
        return _registered(_FILE_OF[name])[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_FILE_OF)

    def __len__(self) -> int:
        return len(_FILE_OF)


@cache
def _registered(file: str) -> Mapping[str, Any]:
    group = typer.Typer(rich_markup_mode=None)
    import_module(f"mediawatch.cli.{file}").register(group)
    return typer.main.get_group(group).commands
