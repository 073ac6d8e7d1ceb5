"""An account's newest judgement is found without reading its older ones"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_sweep_account_account_id", "sweep_account")
    op.create_index(
        "ix_sweep_account_account_id_sweep_id", "sweep_account", ["account_id", "sweep_id"]
    )
