"""The pace that the processes of a PostgreSQL database share; the address of a visitor's looks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
MEMBER = sa.String(32)

# Every moment of the pace comes from here.
CLOCK = """
CREATE FUNCTION mediawatch_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() $$
"""
# The row is locked before anything is counted, and the moment is asked for after that: each
# statement of a function sees what was committed before it.
TAKE = """
CREATE FUNCTION mediawatch_take_turn(
    of_name text, of_surface text, of_session text, at_address text,
    per_hour integer, per_day integer, quiet_from time, quiet_until time,
    spacing float8, longest float8, scale float8,
    run_began timestamptz, run_ends timestamptz, is_check boolean, is_further boolean,
    OUT wait float8, OUT refusal text, OUT moment timestamptz
) LANGUAGE plpgsql AS $$
DECLARE
    paced pace%ROWTYPE;
    opened breaker%ROWTYPE;
    one_hour CONSTANT interval := make_interval(secs => 3600 * scale);
    one_day CONSTANT interval := make_interval(secs => 86400 * scale);
    bound timestamptz;
    beijing timestamp;
    quiet_ends timestamp;
    called timestamptz;
    is_full boolean := false;
BEGIN
    SELECT * INTO paced FROM pace
        WHERE name = of_name AND session = of_session AND address = at_address FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO pace (name, session, address, pruned_at)
            VALUES (of_name, of_session, at_address, mediawatch_clock()) ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT paced FROM pace
            WHERE name = of_name AND session = of_session AND address = at_address FOR UPDATE;
    END IF;
    moment := mediawatch_clock();
    refusal := '';
    wait := greatest(0, coalesce(extract(epoch FROM paced.free_at - moment), 0));
    IF per_hour IS NOT NULL THEN
        SELECT at INTO bound FROM pace_call WHERE pace_id = paced.id AND at > moment - one_hour
            ORDER BY at DESC OFFSET per_hour - 1 LIMIT 1;
        wait := greatest(wait, coalesce(extract(epoch FROM bound + one_hour - moment), 0));
    END IF;
    IF per_day IS NOT NULL AND NOT is_check THEN
        PERFORM 1 FROM pace_call WHERE pace_id = paced.id AND at > moment - one_day
            OFFSET per_day - 1 LIMIT 1;
        is_full := FOUND;
    END IF;
    IF is_further THEN
        IF is_full THEN
            refusal := 'full';
        ELSIF NOT is_check AND wait > longest
                AND moment + make_interval(secs => wait) >= run_ends THEN
            refusal := 'over';
        END IF;
        wait := greatest(spacing, wait);
        called := moment + make_interval(secs => wait);
    ELSE
        IF quiet_from IS NOT NULL THEN
            beijing := moment AT TIME ZONE 'UTC' + interval '8 hours';
            IF (CASE WHEN quiet_from <= quiet_until
                    THEN beijing::time >= quiet_from AND beijing::time < quiet_until
                    ELSE beijing::time >= quiet_from OR beijing::time < quiet_until END) THEN
                quiet_ends := beijing::date + quiet_until;
                IF quiet_ends <= beijing THEN
                    quiet_ends := quiet_ends + interval '1 day';
                END IF;
                wait := greatest(wait, scale * extract(epoch FROM quiet_ends - beijing));
            END IF;
        END IF;
        SELECT * INTO opened FROM breaker
            WHERE surface = of_surface AND session = of_session AND address = at_address;
        IF paced.ended_until > moment THEN
            refusal := 'captcha';
        ELSIF opened.opened_by IS NOT NULL AND (CASE WHEN opened.admits_at IS NULL
                THEN opened.opened_at >= coalesce(run_began, moment)
                ELSE opened.admits_at > moment END) THEN
            refusal := opened.opened_by;
        ELSIF is_full THEN
            refusal := 'full';
        ELSIF NOT is_check AND moment + make_interval(secs => wait) >= run_ends THEN
            refusal := 'over';
        ELSIF wait <= 0 THEN
            called := moment;
        END IF;
    END IF;
    IF refusal = '' AND called IS NOT NULL THEN
        INSERT INTO pace_call (pace_id, at) VALUES (paced.id, called);
        IF paced.pruned_at < moment - interval '10 minutes' THEN
            DELETE FROM pace_call WHERE pace_id = paced.id
                AND at <= moment - greatest(one_day, interval '1 day');
            paced.pruned_at := moment;
        END IF;
        UPDATE pace SET pruned_at = paced.pruned_at,
            free_at = greatest(free_at, called + make_interval(secs => spacing))
            WHERE id = paced.id;
    END IF;
END $$
"""


def upgrade() -> None:
    for table in ("sight", "canary_check"):
        op.add_column(
            table, sa.Column("address", sa.Text, nullable=False, server_default=sa.text("''"))
        )
    _create_turns()
    _create_breakers()
    _create_checks()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(CLOCK)
        op.execute(TAKE)


def _create_turns() -> None:
    op.create_table(
        "pace",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("free_at", INSTANT),
        sa.Column("ended_until", INSTANT),
        sa.Column("pruned_at", INSTANT, nullable=False),
        sa.UniqueConstraint("name", "session", "address"),
    )
    op.create_table(
        "pace_call",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("pace_id", KEY, sa.ForeignKey("pace.id", ondelete="CASCADE"), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Index(None, "pace_id", "at"),
    )


def _source() -> list[sa.Column[str]]:
    return [
        sa.Column(name, sa.Text, primary_key=True) for name in ("surface", "session", "address")
    ]


def _create_breakers() -> None:
    op.create_table(
        "breaker",
        *_source(),
        sa.Column("in_row", sa.Text, nullable=False),
        sa.Column("newest", sa.Text, nullable=False),
        sa.Column("opened_by", MEMBER),
        sa.Column("opened_at", INSTANT),
        sa.Column("admits_at", INSTANT),
        sa.Column("rest", sa.Float, nullable=False),
        sa.Column("rests", sa.Integer, nullable=False),
        sa.Column("noted_at", INSTANT, nullable=False),
    )
    op.create_table(
        "breaker_opening",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("outcome", MEMBER, nullable=False),
        sa.Column("at", INSTANT, nullable=False, index=True),
        sa.Column("declared_closed", sa.Boolean, nullable=False),
    )


def _create_checks() -> None:
    op.create_table(
        "canary_turn",
        sa.Column("sweep_id", sa.BigInteger, primary_key=True, autoincrement=False),
        *_source(),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("fresh", sa.Boolean, nullable=False),
        sa.Column("checked_at", INSTANT),
        sa.Column("fits", sa.Boolean, nullable=False),
        sa.Column("login", sa.Text, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("lent_until", INSTANT),
        sa.Column("lent_to", sa.Text, nullable=False),
    )
    op.create_table(
        "page_answer",
        *_source(),
        sa.Column("dated", sa.Boolean, primary_key=True),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
