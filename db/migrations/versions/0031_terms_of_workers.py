"""The coordinator's paces, and the mark of its evidence, among the terms of a sweep"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A new run writes all of its terms anew: what older ones had matters to nobody.
    with op.batch_alter_table("sweep_terms") as terms:
        terms.add_column(sa.Column("paces", sa.JSON, nullable=False, server_default="{}"))
        terms.add_column(sa.Column("scale", sa.Float, nullable=False, server_default="0"))
        terms.add_column(sa.Column("evidence", sa.Text, nullable=False, server_default=""))
