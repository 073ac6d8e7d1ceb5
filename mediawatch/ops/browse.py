"""浏览: the database in Datasette, for analysts.

Read-only. The named queries and facets are there; contacts and free SQL are not.
"""

from __future__ import annotations

import logging
import math
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from mediawatch.domain import UserError
from mediawatch.ops.owner_only import OwnerOnly
from mediawatch.ops.settings import QuerySettings
from mediawatch.ports import NamedQuery

if TYPE_CHECKING:
    from datasette.app import Datasette

FACETS: Mapping[str, Sequence[str]] = {
    "latest_status": ("类型", "地市", "结论", "核查情况"),
    "flagged": ("类型", "地市", "存在的突出问题", "审核状态"),
    "unproven": ("类型", "地市", "原因"),
    "account": ("platform", "prefecture", "level", "status"),
    "reading": ("look", "outcome", "date_kind"),
}
"""By view or table: the columns whose values are counted beside its rows."""

WITHHELD = frozenset(
    {
        "contact",
        "review_event",
        "notice_event",
        "sweep_account",
        "finding",
        "account_state",
        "home",
        "hint",
        "link_receipt",
        "part_counted",
        "part_moved",
        "part_ranked",
        "part_rechecked",
        "part_reviewed",
        "part_standing_item",
    }
)
"""Tables, and the parts of named queries, that no page shows.

They hold contacts, and what units, reviewers and others wrote, where a telephone number may stand. They
hold what the machine found before a person reviewed it; `latest_status` and `flagged` show that as
reviewed. They hold what rows are sealed with.
"""


def datasette(
    database: Path,
    queries: Sequence[NamedQuery],
    limits: QuerySettings,
    marks: Sequence[str] = (),
) -> Datasette:
    """The app over an SQLite file, which it opens for reading only.

    `limits` hold for each of its statements. UserError where the extra `browse` is not installed.
    Free SQL is off: it would reach the contacts.
    """
    try:
        from datasette.app import Datasette
    except ImportError:
        raise UserError(
            "browsing needs Datasette: run `pip install 'mediawatch[browse]'`"
        ) from None
    from mediawatch.ops.refused_pages import tell_in_one_line

    tell_in_one_line()
    tables: dict[str, object] = {
        name: {"facets": list(columns)} for name, columns in FACETS.items()
    }
    tables |= {name: {"allow": False} for name in WITHHELD}
    description = " ".join(("政务新媒体检查数据，只读。", *marks))
    metadata = {
        "title": "mediawatch",
        "description": description,
        "databases": {
            database.stem: {
                "description": description,
                "allow_sql": False,
                "tables": tables,
                "queries": {
                    f"query_{query.name}": {"title": query.title, "sql": query.sql}
                    for query in queries
                },
            }
        },
    }
    settings = {
        "allow_download": False,
        # A statement for each column of each page; FACETS names what is worth counting.
        "suggest_facets": False,
        "sql_time_limit_ms": round(limits.seconds * 1000),
        "max_returned_rows": limits.rows,
        "max_csv_mb": math.ceil(limits.mb),
    }
    return Datasette([str(database)], metadata=metadata, settings=settings)


async def serve(served: Datasette, port: int, tell: Callable[[str], None]) -> None:
    """Serve it on 127.0.0.1, to the one who reads the address that `tell` is called with.

    Goes on until it is cancelled. UserError where the port is taken.
    """
    import uvicorn  # comes with Datasette

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """None: whoever runs us hears them, and does not wait for open connections."""
            yield

    for name, database in served.databases.items():
        try:
            await database.execute("SELECT count(*) FROM sqlite_master")
        except sqlite3.Error as error:
            raise UserError(
                f"Datasette cannot read {database.path or name} ({error}): where its disk is full "
                "or read-only, use `mediawatch query`"
            ) from error
    try:
        listener = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise UserError(
            f"port {port} of this machine cannot be used ({error.strerror}): name another "
            "with --port"
        ) from error
    with listener:
        guarded = OwnerOnly(served.app(), port)
        tell(guarded.address)
        # No access log: it would hold the token.
        config = uvicorn.Config(guarded, log_level="warning", access_log=False, lifespan="on")
        try:
            await Server(config).serve(sockets=[listener])
        finally:
            # It would report a traceback for every request that the end cuts off.
            logging.getLogger("uvicorn.error").disabled = True
