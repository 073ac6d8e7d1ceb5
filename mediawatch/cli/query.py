"""`mediawatch query`: the named report queries, and own queries on a read-only connection."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app.queries import answer_query
from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.cli.terminal import write_data
from mediawatch.domain import UserError
from mediawatch.ops.files import write_whole
from mediawatch.ports import QueryResult
from mediawatch.table import Table, to_csv, to_text
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
        Path | None, typer.Option("--out", metavar="FILE", help="Write there instead of printing.")
    ] = None,
) -> None:
    """Run a report query. No query can write, and no query shows contacts."""
    if sum(map(bool, (name, list_, sql))) != 1:
        raise UserError("query needs the NAME of a query, or --sql, or --list")

    async def work() -> tuple[str, QueryResult]:
        async with open_home(ctx) as app:
            named = {each.name: each for each in app.store.queries.all()}
            if list_:
                return "查询", QueryResult(
                    ("名称", "内容"), tuple((each.name, each.title) for each in named.values())
                )
            if sql:
                return "查询结果", await answer_query(app, sql)
            if name not in named:
                raise UserError(f"no query {name!r}: there are {', '.join(named)}")
            return named[name].title, await answer_query(app, named[name].sql)

    title, answer = run(work())
    _give(title, answer, format_, out)


def _give(title: str, answer: QueryResult, format_: Format, out: Path | None) -> None:
    table = Table(
        title,
        answer.columns,
        tuple(tuple("" if cell is None else str(cell) for cell in row) for row in answer.rows),
    )
    match format_:
        case Format.TEXT:
            body = make_visible(f"{to_text(table) if out else fit_table(table)}\n").encode()
        case Format.CSV:
            body = to_csv(table)
        case Format.JSON:
            body = _json(answer)
    if out is None:
        write_data(body)
    else:
        write_whole(out, body)
        typer.echo(f"{out}: {len(answer.rows)} rows")


def _json(answer: QueryResult) -> bytes:
    """One object a row; values that JSON cannot hold (dates) become text.

    Hidden characters stand as JSON spells them, which keeps the data.
    """
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return make_visible(json.dumps(rows, ensure_ascii=False, indent=1, default=str) + "\n").encode()
