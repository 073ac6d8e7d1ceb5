"""What a statement of others may use on PostgreSQL: our tables and views, and harmless functions.

PostgreSQL itself reads the statement, as a temporary view that is never run: its stored tree names
every function, operator and relation by number. Functions can read tables that no plan shows
(`query_to_xml`), and act where nothing may be written (`pg_terminate_backend`).
"""

from __future__ import annotations

import re
from collections.abc import Collection

import psycopg
from sqlalchemy import Connection

from db.errors import StoreError

_VIEW = "mediawatch_vetted"
_FIRST_OF_OTHERS = 16384
"""PostgreSQL numbers its own functions and operators below this."""
_FUNCTION = re.compile(r":(?:funcid|aggfnoid|winfnoid) (\d+)")
_OPERATOR = re.compile(r":opno (\d+)")
_RELATION = re.compile(r":relid (\d+)")
_SCHEMA_PAGES = ("tables", "columns", "views")
"""Of information_schema. Other pages of the server hold samples of every column (`pg_stats`)."""
_STABLE = (
    "age", "array_to_json", "array_to_string", "clock_timestamp", "concat", "concat_ws", "date", "date_part", "date_trunc", "extract",
    "format", "gen_random_uuid", "generate_series", "json_agg", "json_build_array", "json_build_object", "json_object_agg", "jsonb_agg",
    "jsonb_build_array", "jsonb_build_object", "jsonb_object_agg", "make_timestamptz", "now", "overlaps", "random", "row_to_json",
    "statement_timestamp", "time", "timestamp", "timestamptz", "timetz", "timezone", "to_char", "to_date", "to_json", "to_jsonb",
    "to_number", "to_timestamp", "transaction_timestamp",
)  # fmt: skip
"""Harmless ones whose answer depends on more than what they are given. All others that do may read
tables, settings or files.
"""


class ForbiddenPart(StoreError):
    """The statement uses a function or a page of the server that no report needs."""


class WithheldTable(StoreError):
    """The statement names a table that is in no report."""


def vet(connection: Connection, sql: str, withheld: Collection[str]) -> None:
    """Raises ForbiddenPart and WithheldTable; of psycopg what the server says of its words.

    Nothing of the statement is run. The transaction must be one that may write.
    """
    tree = _tree(connection, sql)
    _vet_functions(connection, tree)
    _vet_relations(connection, tree, withheld)


def _tree(connection: Connection, sql: str) -> str:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    # In brackets, since a view's columns need names that differ. A comment may end the last line.
    inner = sql.rstrip().rstrip(";")
    view = f"CREATE TEMPORARY VIEW {_VIEW} AS SELECT FROM ({inner}\n) AS asked"
    # Prepared: else the server would take several statements, and run all of them.
    driver.execute(view.encode(), prepare=True)
    found = connection.exec_driver_sql(
        "SELECT ev_action::text FROM pg_catalog.pg_rewrite "
        f"WHERE ev_class = 'pg_temp.{_VIEW}'::regclass"
    ).scalar_one()
    connection.exec_driver_sql(f"DROP VIEW pg_temp.{_VIEW}")
    return str(found)


def _vet_functions(connection: Connection, tree: str) -> None:
    called = sorted({int(found) for found in _FUNCTION.findall(tree)})
    refused = connection.exec_driver_sql(
        "SELECT proname FROM pg_catalog.pg_proc WHERE oid = ANY(%s::oid[]) AND (oid >= %s "
        "OR provolatile <> 'i' AND NOT proname = ANY(%s::name[])) ORDER BY proname",
        (called, _FIRST_OF_OTHERS, list(_STABLE)),
    ).scalars()
    if (name := refused.first()) is not None:
        raise ForbiddenPart(
            f"a query may not use the function {name}: only such as compute from what they are "
            "given, and those of dates, texts and JSON"
        )
    if any(int(found) >= _FIRST_OF_OTHERS for found in _OPERATOR.findall(tree)):
        raise ForbiddenPart("a query may not use operators that PostgreSQL does not bring itself")


def _vet_relations(connection: Connection, tree: str, withheld: Collection[str]) -> None:
    named = sorted({int(found) for found in _RELATION.findall(tree)} - {0})
    rows = connection.exec_driver_sql(
        "SELECT c.relname, n.nspname, n.nspname = current_schema() OR n.oid = pg_my_temp_schema() "
        "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.oid = ANY(%s::oid[]) AND c.relname <> %s ORDER BY c.relname",
        (named, _VIEW),
    )
    for name, schema, is_ours in rows:
        if is_ours and name in withheld:
            raise WithheldTable(name)
        if not is_ours and (schema != "information_schema" or name not in _SCHEMA_PAGES):
            raise ForbiddenPart(
                f"a query may not read {schema}.{name}: only mediawatch's own tables and views, "
                f"and information_schema.{', '.join(_SCHEMA_PAGES)}"
            )
