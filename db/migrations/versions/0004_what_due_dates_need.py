"""What due dates need of an account's current state: posts that always count, a person's word, the
last verdict
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)
SEEN = """
    SELECT max(post."on") FROM post JOIN sight ON sight.id = post.sight_id JOIN reading ON reading.id = sight.reading_id
    WHERE reading.account_id = account_state.account_id AND sight.matched_by IS NOT NULL AND {which}
"""
# A post seen by a look of the same day may be called later than it here; a due date then comes a
# day late at most, once.
ORIGINAL = (
    'NOT post.repost AND coalesce(post.pushed, {true}) AND post."on" <= account_state.latest_on'
)
BY_PERSON = "reading.look = 'person' AND post.kind = 'seen'"
LAST = (
    "SELECT max(sweep_id) FROM sweep_account AS last WHERE last.account_id = "
    "account_state.account_id AND last.verdict IS NOT NULL"
)


def upgrade() -> None:
    op.add_column("account_state", sa.Column("original_on", sa.Date, nullable=True))
    op.add_column("account_state", sa.Column("person_fresh_on", sa.Date, nullable=True))
    op.add_column("account_state", sa.Column("judged_as_of", INSTANT, nullable=True))
    op.add_column("account_state", sa.Column("verdict", MEMBER, nullable=True))
    op.add_column(
        "account_state",
        sa.Column("second_look", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    true = "TRUE" if op.get_bind().dialect.name == "postgresql" else "1"
    op.execute(
        f"UPDATE account_state SET original_on = ({SEEN.format(which=ORIGINAL.format(true=true))})"
    )
    op.execute(f"UPDATE account_state SET person_fresh_on = ({SEEN.format(which=BY_PERSON)})")
    of_last = (
        "FROM sweep_account JOIN sweep ON sweep.id = sweep_id WHERE account_id = "
        f"account_state.account_id AND sweep_id = ({LAST})"
    )
    op.execute(
        f"UPDATE account_state SET verdict = (SELECT verdict {of_last}), judged_as_of = "
        f"(SELECT as_of {of_last})"
    )
