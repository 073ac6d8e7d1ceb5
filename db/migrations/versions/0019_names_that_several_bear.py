"""Accounts known by their name alone are judged anew: several may bear it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# What is said of an account by its name alone, or by the link that somebody named it for, counts
# for less than before. Findings that are not printed yet must not stand until there is other news.
_BY_NAME = """
    UPDATE account_state SET news = news + 1
    WHERE account_id IN (SELECT id FROM account WHERE platform_id = '' AND original_id = '')
       OR account_id IN (
            SELECT reading.account_id FROM reading JOIN sight ON sight.reading_id = reading.id
            WHERE sight.detail LIKE :by_others
       )
"""


def upgrade() -> None:
    op.get_bind().execute(sa.text(_BY_NAME), {"by_others": "%依他人提供的链接%"})
