"""浏览: the database in Datasette, for analysts.

Read-only. The named queries and facets are there; contacts and free SQL are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mediawatch.domain import UserError
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

_WITHHELD = (
    "contact",
    "review_event",
    "notice_event",
    "sweep_account",
    "finding",
    "account_state",
    "home",
)
"""Tables that no page shows.

They hold contacts, and what units and reviewers wrote, where a telephone number may stand. They
hold what the machine found before a person reviewed it; `latest_status` and `flagged` show that as
reviewed. They hold what rows are sealed with.
"""


def datasette(
    database: Path, queries: Sequence[NamedQuery], marks: Sequence[str] = ()
) -> Datasette:
    """The app over an SQLite file, which it opens for reading only.

    UserError where the extra `browse` is not installed. Free SQL is off: it would reach the
    contacts.
    """
    try:
        from datasette.app import Datasette
    except ImportError:
        raise UserError(
            "browsing needs Datasette: run `pip install 'mediawatch[browse]'`"
        ) from None

    tables: dict[str, object] = {
        name: {"facets": list(columns)} for name, columns in FACETS.items()
    }
    tables |= {name: {"allow": False} for name in _WITHHELD}
    metadata = {
        "title": "mediawatch",
        "description": " ".join(("政务新媒体检查数据,只读。", *marks)),
        "databases": {
            database.stem: {
                "allow_sql": False,
                "tables": tables,
                "queries": {
                    f"query_{query.name}": {"title": query.title, "sql": query.sql}
                    for query in queries
                },
            }
        },
    }
    return Datasette([str(database)], metadata=metadata, settings={"allow_download": False})
