"""`mediawatch query`: the named report queries, and own queries on a read-only connection."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import partial
from textwrap import indent
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.app.queries import answer_query, send_answer
from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.cli.outputs import output
from mediawatch.cli.terminal import write_data
from mediawatch.domain import UserError
from mediawatch.ops.settings import QuerySettings
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.ports import NamedQuery, QueryResult, QueryRow
from mediawatch.table import Table, csv_lines, to_text
from mediawatch.visible import make_visible


class Format(StrEnum):
    """How rows are printed."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    app.command("query")(query)


def query(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Which query; `--list` names them.")] = "",
    list_: Annotated[bool, typer.Option("--list", help="List the named queries.")] = False,
    sql: Annotated[
        str,
        typer.Option("--sql", metavar="SELECT", help="A query of your own instead of a named one."),
    ] = "",
    format_: Annotated[
        Format, typer.Option("--format", help="text, csv (for Excel) or json.")
    ] = Format.TEXT,
    out: Annotated[
        Output | None, output("--out", metavar="FILE", help="Write there instead of printing.")
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(
            "--seconds", metavar="N", help="Until it must have ended; else [query] seconds."
        ),
    ] = None,
) -> None:
    """Run a report query. No query can write, and no query shows contacts."""
    if sum(map(bool, (name, list_, sql))) != 1:
        raise UserError("query needs the NAME of a query, or --sql, or --list")
    given: dict[str, object] = {} if seconds is None else {"seconds": seconds}

    async def listed() -> QueryResult:
        async with open_home(ctx) as app:
            rows = tuple((each.name, each.title) for each in app.store.queries.all())
            return QueryResult(("名称", "内容"), rows)

    async def sent(file: Output) -> int:
        async with open_home(ctx, query=given) as app:
            chosen = _choose(app, name, sql)
            return await send_answer(app, chosen.sql, partial(_send, format_, file))

    async def answered() -> tuple[str, QueryResult, QuerySettings]:
        async with open_home(ctx, query=given) as app:
            chosen = _choose(app, name, sql)
            return chosen.title, await answer_query(app, chosen.sql), app.settings.query

    if list_:
        _give("查询", run(listed()), format_, out)
    elif out is not None and format_ is not Format.TEXT:
        typer.echo(f"{out}: {count_of(run(sent(out)), 'row')}")
    else:
        title, answer, limits = run(answered())
        _give(title, answer, format_, out)
        if answer.cut:
            _tell_cut(len(answer.rows), limits)


def _choose(app: App, name: str, sql: str) -> NamedQuery:
    """The query of that name, or the statement under no name. UserError for an unknown name."""
    if sql:
        return NamedQuery("", "查询结果", sql)
    named = {each.name: each for each in app.store.queries.all()}
    if name not in named:
        raise UserError(f"no query {name!r}: there are {', '.join(named)}")
    return named[name]


def _give(title: str, answer: QueryResult, format_: Format, out: Output | None) -> None:
    if format_ is Format.TEXT:
        table = Table(title, answer.columns, tuple(map(_words, answer.rows)))
        body = make_visible(f"{to_text(table) if out else fit_table(table)}\n").encode()
    else:
        body = b"".join(_LINES[format_](answer.columns, iter(answer.rows)))
    if out is None:
        write_data(body)
    else:
        out.write(body)
        typer.echo(f"{out}: {count_of(len(answer.rows), 'row')}")


def _send(format_: Format, out: Output, columns: Sequence[str], rows: Iterator[QueryRow]) -> int:
    """Write the rows into the file as they come, and return their number."""
    written = 0

    def counted() -> Iterator[QueryRow]:
        nonlocal written
        for row in rows:
            written += 1
            yield row

    with out.whole() as file:
        file.writelines(_LINES[format_](columns, counted()))
    return written


def _tell_cut(shown: int, limits: QuerySettings) -> None:
    typer.echo(
        f"mediawatch: cut after {count_of(shown, 'row')}, for {count_of(limits.rows, 'row')} and {limits.mb:g} MB are "
        "printed at most: `--format csv --out FILE` writes all of them, and [query] in "
        "mediawatch.toml moves the limits",
        err=True,
    )


def _words(row: QueryRow) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell) for cell in row)


def _csv(columns: Sequence[str], rows: Iterator[QueryRow]) -> Iterator[bytes]:
    return csv_lines(columns, map(_words, rows))


def _json(columns: Sequence[str], rows: Iterator[QueryRow]) -> Iterator[bytes]:
    """One object a row; values that JSON cannot hold (dates) become text.

    Hidden characters stand as JSON spells them, which keeps the data.
    """
    before = "["
    for row in rows:
        named = dict(zip(columns, row, strict=True))
        words = make_visible(json.dumps(named, ensure_ascii=False, indent=1, default=str))
        yield f"{before}\n{indent(words, ' ')}".encode()
        before = ","
    yield b"[]\n" if before == "[" else b"\n]\n"


_LINES = {Format.CSV: _csv, Format.JSON: _json}
