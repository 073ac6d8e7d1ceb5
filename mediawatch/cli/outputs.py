"""Options by which a person names what a command writes, and `--force`.

Each is judged before the command begins. A test walks over all commands: a path that is neither
such an option nor a known input fails it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from mediawatch.outputs import Output, OutputKind, Replacing

_FORCE = "mediawatch.force"
Overwrite = Annotated[
    bool,
    typer.Option(
        "--force",
        "--overwrite",
        is_eager=True,
        help="Replace files that exist already; they may hold answers.",
    ),
]


def output(
    *names: str,
    metavar: str,
    help: str,
    kind: OutputKind = OutputKind.FILE,
    replacing: Replacing = Replacing.ASKED,
    check: Callable[[Output], None] = Output.check,
) -> Any:
    """The declaration of an `Output`: of an option by its names, else of an argument.

    `check` is what is held before the command begins.
    """

    def parse(text: str | Output) -> Output:
        return text if isinstance(text, Output) else Output(Path(text), kind, replacing)

    def complete(ctx: typer.Context, value: Output | None) -> Output | None:
        if value is None or ctx.resilient_parsing:
            return None
        root = ctx.find_root().obj  # `RootOptions` of `base`, which loads the commands
        force = bool(ctx.meta.get(_FORCE) or ctx.params.get("overwrite"))
        given = replace(value, force=force, home=root.home.root)
        check(given)
        return given

    declare: Callable[..., Any] = typer.Option if names else typer.Argument
    return declare(*names, metavar=metavar, help=help, parser=parse, callback=complete)


def add_force(commands: Mapping[str, Any]) -> None:
    """Give `--force` to every command, also of groups, that asks before it replaces a file."""
    for command in commands.values():
        add_force(getattr(command, "commands", {}))
        if any("--force" in param.opts for param in command.params):
            continue
        if any(asks_for_force(param) for param in command.params):
            command.params.append(_force_option())


def asks_for_force(param: Any) -> bool:
    """Whether a parameter names a file that is replaced with `--force` alone."""
    if param.type_descriptor.annotation is not Output:
        return False
    parsed: Output = param.type_descriptor.parameter_info.parser("x")
    return parsed.replacing is Replacing.ASKED


def _note(ctx: typer.Context, value: bool) -> bool:
    ctx.meta[_FORCE] = value
    return value


@cache
def _force_option() -> Any:
    """The option itself, as Typer makes it of a command."""

    def command(
        force: Annotated[
            bool,
            typer.Option(
                "--force",
                is_eager=True,
                expose_value=False,
                callback=_note,
                help="Replace a file that exists already.",
            ),
        ] = False,
    ) -> None: ...

    made = typer.Typer(add_completion=False)
    made.command()(command)
    return typer.main.get_command(made).params[0]
