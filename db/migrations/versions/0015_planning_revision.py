"""The planning revision, and one account in service for a filing number of a platform"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INDEX = "uq_account_in_service"
IN_SERVICE = "retired_on IS NULL AND filing_number <> ''"


def upgrade() -> None:
    op.add_column(
        "home", sa.Column("revision", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    )
    doubles = op.get_bind().scalar(
        sa.text(
            f"SELECT count(*) FROM (SELECT 1 FROM account WHERE {IN_SERVICE} "
            "GROUP BY platform, filing_number HAVING count(*) > 1) AS doubles"
        )
    )
    # Two imports at once could file accounts twice. Such a home gets the index when they are
    # merged: until then it must open.
    if not doubles:
        op.create_index(
            INDEX,
            "account",
            ["platform", "filing_number"],
            unique=True,
            sqlite_where=sa.text(IN_SERVICE),
            postgresql_where=sa.text(IN_SERVICE),
        )
