"""What all command groups share: `--home`, running coroutines, the open app, printing, and the
meaning of exceptions.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections import ChainMap
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from mediawatch import __version__, stops
from mediawatch.cli.commands import HELP, Commands
from mediawatch.cli.terminal import make_streams_visible, note_names
from mediawatch.visible import make_visible

# Whatever a command needs besides is imported where it is used: `--help` and `--version` need none.
if TYPE_CHECKING:
    from mediawatch.app import App
    from mediawatch.ops.settings import Home, Settings
    from mediawatch.ports import Clock
    from mediawatch.table import Table

T = TypeVar("T")
SIGPIPE_EXIT = 141


_USAGE: Any = typer.BadParameter.__base__
"""What a command line that cannot be read raises: Typer names only one of its kinds in public."""


def _wrong_usage(error: Any) -> Exception:
    """Tells it in one sentence with place and remedy. A group's help, which is all there is to say
    of a group alone, shows itself.
    """
    if type(error).show is not _USAGE.show:
        return error  # type: ignore[no-any-return]
    context = error.ctx
    place = (
        f"mediawatch{context.command_path.removeprefix(context.find_root().command_path)}"
        if context
        else "mediawatch"
    )
    said = error.format_message().replace("Value error, ", "").rstrip(".")
    end = "" if said.endswith("?") else ";"
    typer.echo(f"{place}: {said[:1].lower()}{said[1:]}{end} see `{place} --help`", err=True)
    return typer.Exit(2)


def _repeated_option(ctx: Any, words: list[str]) -> str:
    """See `repeats`; "" where the command itself will tell what is wrong with its words."""
    from mediawatch.cli.repeats import repeated_option

    try:
        return repeated_option(ctx, words)
    except _USAGE:
        return ""


class Root(TyperGroup):
    """Loads a command when it is wanted; turns the foreseen exceptions of every one into one
    sentence and an exit code.
    """

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = ChainMap(self.commands, Commands())  # type: ignore[arg-type]  # only ever read

    def main(self, *args: Any, **given: Any) -> Any:
        with make_streams_visible():
            try:
                return super().main(*args, **given)
            except stops.Stop:
                stops.tell()
                raise

    def make_context(self, info_name: str | None, args: list[str], *more: Any, **given: Any) -> Any:
        words = list(args)  # the parser empties its own
        note_names(words)
        try:
            ctx = super().make_context(info_name, args, *more, **given)
            if option := _repeated_option(ctx, words):
                raise _USAGE(f"{option} is given twice, and one value alone can count", ctx)
            return ctx
        except _USAGE as error:
            raise _wrong_usage(error) from error

    def resolve_command(self, *args: Any, **given: Any) -> Any:
        """Loads the command, which writes nothing, and takes longest of all that goes before."""
        found = super().resolve_command(*args, **given)
        stops.note_beginning()
        return found

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """As Typer does it, of the table: loading the commands themselves costs a second."""
        listed = [TyperCommand(name, help=text) for name, text in HELP.items()]
        TyperGroup(commands=listed, rich_markup_mode=None).format_commands(ctx, formatter)

    def invoke(self, ctx: Any) -> Any:
        from mediawatch.domain import UserError

        try:
            try:
                result = super().invoke(ctx)
                sys.stdout.flush()
                return result
            except Exception:
                # Other code may have made this error of a stop.
                stops.raise_if_asked()
                raise
        except UserError as error:
            typer.echo(f"mediawatch: {error.again or error}", err=True)
            raise typer.Exit(2) from error
        except _USAGE as error:
            raise _wrong_usage(error) from error
        except BrokenPipeError:
            # `mediawatch show … | head`: the reader has enough. Python would complain again when it
            # flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(SIGPIPE_EXIT) from None
        except OSError as error:
            from mediawatch.refusals import is_of_disk, refusal

            if not is_of_disk(error):
                raise
            place = error.filename or "a file"
            typer.echo(f"mediawatch: cannot write {place}: {refusal(error)}", err=True)
            raise typer.Exit(2) from error


@dataclass(frozen=True)
class RootOptions:
    """What the root options say; `ctx.obj` of every command."""

    home: Home
    verbose: bool
    log_json: bool


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mediawatch {__version__}")
        raise typer.Exit


def root(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(
            "--home",
            metavar="DIR",
            help="Home folder; else MEDIAWATCH_HOME, else the user's data folder.",
        ),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log what is being done to standard error.")
    ] = False,
    log_json: Annotated[
        bool,
        typer.Option(
            "--log-json", help="Standard error is JSON lines and nothing else, one for each look."
        ),
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
) -> None:
    """Find out which filed government social media accounts stopped posting, changed their name or
    vanished.
    """
    from mediawatch.cli import logs
    from mediawatch.cli.jsonlines import JsonLines
    from mediawatch.ops.settings import Home

    ctx.obj = RootOptions(Home.at(home), verbose, log_json)
    if log_json and not isinstance(sys.stderr, JsonLines):
        sys.stderr = lines = JsonLines(sys.stderr)
        ctx.call_on_close(lines.finish)
    logs.set_up("info" if verbose or log_json else "warning", "json" if log_json else "auto")


def root_options(ctx: typer.Context) -> RootOptions:
    found = ctx.find_object(RootOptions)
    assert found is not None, "the root callback sets it"
    return found


DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")
]


def home_of(ctx: typer.Context) -> Home:
    """The chosen home, whether it exists or not."""
    return root_options(ctx).home


def settings_of(ctx: typer.Context, **overrides: dict[str, object]) -> Settings:
    """The settings of the chosen home; a command's options by section: `sweep={"policy": "tibet"}`.
    Sets up the log by them.
    """
    from mediawatch.cli import logs
    from mediawatch.ops.settings import read_settings

    options, home = root_options(ctx), home_of(ctx)
    settings = read_settings(home, overrides)
    log_settings = settings.log
    level = (
        "info"
        if (options.verbose or options.log_json) and log_settings.level in ("warning", "error")
        else log_settings.level
    )
    file = (
        logs.LogFile(home.log, round(log_settings.file_mb * 1e6), log_settings.files_kept)
        if home.logs.is_dir()
        else None
    )
    logs.set_up(
        level,
        "json" if options.log_json else log_settings.format,
        file=file,
        secrets=logs.secrets_of(settings),
    )
    return settings


@asynccontextmanager
async def open_home(
    ctx: typer.Context,
    *,
    clock: Clock | None = None,
    create: bool = False,
    dry_run: bool = False,
    patience: float = 0,
    any_home: bool = False,
    **overrides: dict[str, object],
) -> AsyncIterator[App]:
    """The app over the chosen home; closed in the end. In a `dry_run` it writes nothing.
    `patience` and `any_home` as for `open_app`.

    UserError where the home is not set up, or has lost its database.
    """
    from mediawatch.app import open_app
    from mediawatch.domain import UserError

    home = home_of(ctx).require()
    if owner := home.owner_apart():
        typer.echo(
            f"this is root, and {home.root} belongs to {owner}: files made now may be closed to "
            f"{owner}; run as {owner}, or `chown -R {owner} {home.root}` afterwards",
            err=True,
        )
    settings = settings_of(ctx, **overrides)
    home.database_url(settings)  # a home whose server is not named says so first
    own = not settings.database.url.get_secret_value()
    if own and not create and not (home.database.is_file() and home.database.stat().st_size):
        raise UserError(
            f"{home.database} is missing or empty: put it back from a backup, or start anew "
            "with `mediawatch init`"
        )
    opened = open_app(home, settings=settings, clock=clock, patience=patience, any_home=any_home)
    async with opened as app:
        if dry_run:
            app.let_go()
        elif not (settings.registry.contacts or app.for_another):
            await _delete_contacts(app)
        yield app
        if dry_run:
            typer.echo("dry run: nothing was written", err=True)


async def _delete_contacts(app: App) -> None:
    """What the settings no longer allow to be kept goes with the first command."""
    from mediawatch.plurals import count_of

    if not await app.store.accounts.contacts():
        return
    count = await app.store.accounts.delete_contacts()
    typer.echo(
        f"{count_of(count, 'contact')} deleted, for [registry] contacts is false; delete registry files, "
        f"backups and copies ({app.home.database.name}… and *.revision-… in the home) that still hold them",
        err=True,
    )


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine. Typer accepts `async def` commands and never awaits them, so every
    command goes through here.

    Ctrl-C and SIGTERM cancel it, so that the browser is closed and nothing is half written; exit
    codes 130 and 143. The second one ends the process at once, which loses nothing that was kept.
    """
    try:
        import asyncio

        from mediawatch.cli.task_stops import TaskStops

        if not gc.isenabled():
            # `main` stopped it. What was imported by now lasts, and is not searched again.
            gc.freeze()
            gc.enable()
        task_stops = TaskStops()
        try:
            with task_stops.heeded():
                result = asyncio.run(task_stops.result_of(work))
        except asyncio.CancelledError:
            raise typer.Exit(task_stops.code) from None
        stops.raise_if_asked()
        return result
    finally:
        work.close()  # It may not have begun.


def confirm(question: str, otherwise: str) -> None:
    """Ask the person at the terminal. UserError where he says no, and with the sentence `otherwise`
    where nobody can be asked.
    """
    from mediawatch.domain import UserError

    if not is_asked():
        raise UserError(otherwise)
    if not typer.confirm(question):
        raise UserError("nothing was done")


def is_asked() -> bool:
    """Whether a person sits at the terminal."""
    return sys.stdin.isatty()


def fit_table(table: Table) -> str:
    """The table as a person reads it: within the terminal where standard output is one, whole
    columns where a program reads on.
    """
    from mediawatch.table import to_text

    return to_text(table, width=shutil.get_terminal_size().columns if sys.stdout.isatty() else None)


def fit_prose(text: str, indent: int = 0) -> str:
    """The text with its lines ended between words where standard output is a terminal.

    Further lines begin at `indent`. Programs read whole lines.
    """
    from mediawatch.table import wrap

    if not sys.stdout.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return "\n".join(wrap(text, width, indent))


def keep_traceback(text: str) -> str:
    """Append a traceback to the home's log, or print it where there is no home; says where it
    is.
    """
    from mediawatch.app import host_clock
    from mediawatch.files import open_private
    from mediawatch.ops.settings import Home

    home = Home.at(_home_argument())
    path = home.logs / "errors.log"
    try:
        with open(path, "a", encoding="utf-8", opener=open_private) as log:
            log.write(
                f"{host_clock():%Y-%m-%dT%H:%M:%SZ} "
                f"{make_visible(f'{chr(32).join(sys.argv[1:])}{chr(10)}{text}')}\n"
            )
    except OSError:
        print(text, file=sys.stderr)
        return text.strip().rpartition("\n")[2]
    return f"{text.strip().rpartition(chr(10))[2]} (details in {path})"


def _home_argument() -> str | None:
    """--home from the raw command line: the last resort has no context any more."""
    for index, word in enumerate(sys.argv):
        if word == "--home" and index + 1 < len(sys.argv):
            return sys.argv[index + 1]
        if word.startswith("--home="):
            return word.removeprefix("--home=")
    return None
