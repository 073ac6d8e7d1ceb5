"""The command line: `app` is the Typer tree, `main` the entry point. One file a command group,
loaded when it is wanted (`commands`).

Exit codes: 0 done, 1 unexpected error, 2 bad usage or input; a sweep adds 8, 16, 32, 64
(docs/commands.md).
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from typing import NoReturn

import typer

from mediawatch import stops
from mediawatch.cli import base
from mediawatch.cli.terminal import make_streams_visible

app = typer.Typer(
    name="mediawatch",
    cls=base.Root,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    callback=base.root,
)


def main() -> NoReturn:
    """Run the command line; the last resort for what nobody foresaw."""
    stops.heed()
    # Imports make a hundred thousand lasting objects: the collector waits until `base.run`.
    gc.set_threshold(50_000)
    gc.disable()
    # Pydantic would read the entry points of every installed package, in search of plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        try:
            app()
        except Exception:
            stops.raise_if_asked()
            with make_streams_visible():
                where = base.keep_traceback(traceback.format_exc())
                print(f"mediawatch: unexpected error, please report it: {where}", file=sys.stderr)
            sys.exit(1)
        sys.exit(os.EX_OK)
    except stops.Stop as stop:
        stops.tell()
        stops.leave_soon(stop.code)
        sys.exit(stop.code)
    finally:
        stops.note_end()
