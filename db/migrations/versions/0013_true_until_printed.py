"""Identities of readings, facts of findings and decisions, counters of news, the scope of notices,
what tells a home from another
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MEMBER = sa.String(32)
NONE = sa.text("''")
ZERO = sa.text("0")
FILED = (
    "name",
    "platform",
    "type",
    "type_certain",
    "filing_number",
    "kind",
    "organiser",
    "supervisor",
    "prefecture",
    "county",
    "jurisdiction",
    "level",
    "body_kind",
    "platform_id",
    "original_id",
    "alias",
    "url",
    "article_links",
    "reader_url",
    "status",
    "closing_requested_on",
    "closing_notice_url",
    "opened_on",
    "filed_on",
    "exempt_reason",
    "exempt_document",
    "exempt_until",
)
IDENTITY = (
    "platform",
    "name",
    "platform_id",
    "original_id",
    "alias",
    "url",
    "reader_url",
    "article_links",
)


def upgrade() -> None:
    _new_columns()
    _new_tables()
    _keep_identities()
    _keep_facts()
    _keep_scopes_of_notices()
    for table in ("reading_identity", "notice_account", "review_event", "review_picture"):
        _never_updated(table)


def _new_columns() -> None:
    added: dict[str, list[sa.Column[Any]]] = {
        "sight": [sa.Column("login", sa.Text, nullable=False, server_default=NONE)],
        "account_state": [sa.Column("judged_on", sa.Date), sa.Column("news", sa.Integer, nullable=False, server_default=ZERO)],
        "sweep": [sa.Column("totals", sa.JSON)],
        "sweep_account": [sa.Column("otherwise", MEMBER), sa.Column("judged_news", sa.Integer)],
        "finding": [*_facts(), sa.Column("excuse", sa.Text, nullable=False, server_default=NONE)],
        "notice_finding": _facts(),
        "notice": [sa.Column("again", sa.Text, nullable=False, server_default=NONE)],
        "notice_event": [sa.Column("verdict", MEMBER)],
        "review_event": [
            sa.Column("facts", sa.JSON), sa.Column("excuse", MEMBER), sa.Column("stance", MEMBER), sa.Column("term", sa.Date),
            sa.Column("unheard", sa.Boolean, nullable=False, server_default=sa.false()),
        ],
        "canary_check": [
            sa.Column("login", sa.Text, nullable=False, server_default=NONE),
            sa.Column("last_reading", sa.Integer, nullable=False, server_default=ZERO),
        ],
    }  # fmt: skip
    for table, columns in added.items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_evidence_sha256", "evidence", ["sha256"])
    op.create_index("ix_account_platform_original_id", "account", ["platform", "original_id"])
    op.create_index(
        "ix_sweep_account_sweep_id_account_id_judged_news",
        "sweep_account",
        ["sweep_id", "account_id", "judged_news"],
    )


def _facts() -> list[sa.Column[Any]]:
    return [sa.Column("gap_since", sa.Date), sa.Column("ids", sa.JSON), sa.Column("tie", MEMBER)]


def _new_tables() -> None:
    op.create_table(
        "reading_identity",
        sa.Column(
            "reading_id",
            KEY,
            sa.ForeignKey("reading.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        *_columns(sa.Text, "platform", "name", "platform_id", "original_id", "alias"),
        *_columns(sa.JSON, "links"),
    )
    op.create_table(
        "notice_account",
        sa.Column(
            "notice_id", KEY, sa.ForeignKey("notice.id"), primary_key=True, autoincrement=False
        ),
        sa.Column(
            "account_id",
            KEY,
            sa.ForeignKey("account.id"),
            primary_key=True,
            autoincrement=False,
            index=True,
        ),
        *_columns(
            sa.Text,
            "name",
            "platform",
            "type",
            "filing_number",
            "kind",
            "organiser",
            "supervisor",
            "prefecture",
            "county",
        ),
        *_columns(
            sa.Text,
            "jurisdiction",
            "level",
            "body_kind",
            "platform_id",
            "original_id",
            "alias",
            "url",
            "closing_notice_url",
        ),
        *_columns(sa.Text, "exempt_reason", "exempt_document", "sentence"),
        sa.Column("reader_url", sa.Text, nullable=False, server_default=NONE),
        *_columns(sa.Boolean, "type_certain"),
        *_columns(sa.JSON, "article_links"),
        *_columns(MEMBER, "status"),
        *_columns(
            sa.Date,
            "closing_requested_on",
            "opened_on",
            "filed_on",
            "exempt_until",
            "retired_on",
            "latest_on",
            null=True,
        ),
        *_columns(MEMBER, "verdict", "date_kind", "otherwise", null=True),
        *_columns(sa.Integer, "gap_days", null=True),
        *_columns(sa.JSON, "notes", null=True),
    )
    op.create_table(
        "review_picture",
        sa.Column(
            "event_id", KEY, sa.ForeignKey("review_event.id"), primary_key=True, autoincrement=False
        ),
        sa.Column("sha256", sa.Text, primary_key=True),
        *_columns(sa.Text, "path", "media_type"),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
    home = op.create_table("home", sa.Column("id", sa.Text, primary_key=True))
    op.bulk_insert(home, [{"id": secrets.token_hex(8)}])


def _columns(
    kind: TypeEngine[Any] | type[TypeEngine[Any]], *names: str, null: bool = False
) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=null) for name in names]


def _keep_identities() -> None:
    """By the sweep's frozen filed values; else by the registry's history at `read_at`; an account
    with neither has today's values.
    """
    conn = op.get_bind()
    filed = {
        row.id: {name: getattr(row, name) for name in IDENTITY}
        for row in conn.execute(_select(f"SELECT id, {', '.join(IDENTITY)} FROM account"))
    }
    changes: dict[int, list[tuple[Any, str, str]]] = {}
    history = (
        "SELECT c.account_id, c.field, c.old, s.at FROM account_change c JOIN source s ON s.id = "
        "c.source_id ORDER BY s.at DESC, c.id DESC"
    )
    for row in conn.execute(sa.text(history).columns(at=sa.DateTime(timezone=True))):
        if row.field in IDENTITY:
            changes.setdefault(row.account_id, []).append((row.at, row.field, row.old))
    frozen = _select(
        "SELECT r.id, r.account_id, r.read_at, a.sweep_id, a.platform, a.name, a.platform_id, "
        "a.original_id, a.alias, a.url, "
        "a.reader_url, a.article_links FROM reading r "
        "LEFT JOIN sweep_account a ON a.sweep_id = r.sweep_id AND a.account_id = r.account_id "
        "ORDER BY r.id"
    )
    texts = ("platform", "name", "platform_id", "original_id", "alias")
    table = sa.table(
        "reading_identity",
        *(sa.column(name) for name in ("reading_id", *texts)),
        sa.column("links", sa.JSON),
    )
    batch: list[dict[str, Any]] = []
    for row in conn.execute(frozen):
        held = _at(filed, changes, row.account_id, row.read_at)
        if row.sweep_id is not None:
            held = {name: getattr(row, name) for name in IDENTITY}
        batch.append({"reading_id": row.id} | _identity(held))
        if len(batch) == 2_000:
            conn.execute(table.insert(), batch)
            batch = []
    if batch:
        conn.execute(table.insert(), batch)


def _select(sql: str) -> Any:
    return sa.text(sql).columns(article_links=sa.JSON, read_at=sa.DateTime(timezone=True))


def _at(
    filed: dict[int, dict[str, Any]],
    changes: dict[int, list[tuple[Any, str, str]]],
    account_id: int,
    read_at: Any,
) -> dict[str, Any]:
    """The filed values as they were at a moment: today's, with every later change taken back."""
    held = dict(filed[account_id])
    for at, field, old in changes.get(account_id, ()):
        if at <= read_at:
            break
        held[field] = old.split("\n") if field == "article_links" else old
    return held


def _identity(held: dict[str, Any]) -> dict[str, Any]:
    links = [
        link for link in (held["url"], held["reader_url"], *(held["article_links"] or ())) if link
    ]
    return {
        name: held[name] for name in ("platform", "name", "platform_id", "original_id", "alias")
    } | {"links": links}


def _keep_facts() -> None:
    """Decisions are held against facts from now on: those of the finding, or of the issued one,
    that says what the decision was about, word for word."""
    conn = op.get_bind()
    _let_update("review_event")
    of_finding = "JOIN finding f ON f.sweep_id = e.sweep_id AND f.account_id = e.account_id"
    of_notice = (
        "JOIN notice n ON n.sweep_id = e.sweep_id JOIN notice_item i ON i.notice_id = n.id AND "
        "i.account_id = e.account_id "
        "JOIN notice_finding f ON f.notice_id = i.notice_id AND f.item = i.number"
    )
    facts: dict[int, dict[str, Any]] = {}
    for joined in (of_notice, of_finding):
        found = sa.text(
            "SELECT e.id, f.code, f.latest_on, f.gap_days, f.gap_is_minimum, f.name_seen FROM "
            f"review_event e {joined} "
            "AND f.code = e.code AND f.sentence = e.sentence"
        ).columns(latest_on=sa.Date, gap_is_minimum=sa.Boolean)
        for row in conn.execute(found):
            facts[row.id] = {
                "code": row.code, "latest_on": row.latest_on.isoformat() if row.latest_on else None, "gap_days": row.gap_days,
                "gap_is_minimum": bool(row.gap_is_minimum), "name_seen": row.name_seen,
            }  # fmt: skip
    event = sa.table("review_event", sa.column("id", KEY), sa.column("facts", sa.JSON))
    if facts:
        statement = (
            event.update()
            .where(event.c.id == sa.bindparam("key"))
            .values(facts=sa.bindparam("said", type_=sa.JSON))
        )
        conn.execute(statement, [{"key": key, "said": said} for key, said in facts.items()])


def _keep_scopes_of_notices() -> None:
    """Notices of before are held to the scope of their sweep, with the verdicts that their first
    hand-off printed; to those that the review comes to where there is none, or where it is of other
    accounts."""
    judged = (
        "retired_on",
        "verdict",
        "sentence",
        "latest_on",
        "date_kind",
        "gap_days",
        "notes",
        *FILED,
    )
    op.execute(
        f"INSERT INTO notice_account (notice_id, account_id, {', '.join(judged)}) "
        f"SELECT n.id, a.account_id, {', '.join(f'a.{name}' for name in judged)} "
        "FROM notice n JOIN sweep_account a ON a.sweep_id = n.sweep_id"
    )
    conn = op.get_bind()
    written: list[dict[str, Any]] = []
    for notice_id, sweep_id in conn.execute(
        sa.text("SELECT id, sweep_id FROM notice WHERE sweep_id IS NOT NULL")
    ).all():
        wanted = (
            "SELECT account_id, filing_number, name, type, verdict, sentence FROM notice_account "
            "WHERE notice_id = :id"
        )
        entries = conn.execute(sa.text(f"{wanted} ORDER BY account_id"), {"id": notice_id}).all()
        printed = _printed(notice_id, entries) or _reviewed(notice_id, sweep_id, entries)
        said = {row.account_id: (row.verdict, row.sentence) for row in entries}
        written += (
            {"of": notice_id, "key": key, "said": verdict, "words": sentence}
            for key, (verdict, sentence) in printed.items()
            if said[key][0] is not None and said[key] != (verdict, sentence)
        )
    if written:
        changed = (
            "UPDATE notice_account SET verdict = :said, sentence = :words WHERE notice_id = :of "
            "AND account_id = :key"
        )
        conn.execute(sa.text(changed), written)


def _printed(notice_id: int, entries: Sequence[Any]) -> dict[int, tuple[str, str]]:
    """By account, what the hand-off said of it when the notice was issued; nothing where its list
    is not that of these accounts.
    """
    body = "SELECT body FROM notice_document WHERE notice_id = :id AND version = 1"
    kept = op.get_bind().execute(sa.text(body), {"id": notice_id}).scalar()
    listed = (json.loads(kept).get("scope") or {}).get("accounts", []) if kept else []
    same = [(each["filing_number"], each["name"], each["type"]) for each in listed] == [
        (row.filing_number, row.name, row.type) for row in entries
    ]
    return (
        {
            row.account_id: (each["verdict"], each["sentence"])
            for row, each in zip(entries, listed, strict=True)
        }
        if same
        else {}
    )


def _reviewed(notice_id: int, sweep_id: int, entries: Sequence[Any]) -> dict[int, tuple[str, str]]:
    """By account, what its judgement comes to after review: what was issued stands, nothing else
    that failed or was listed does.
    """
    conn = op.get_bind()
    issued = {
        row.account_id: row
        for row in conn.execute(
            sa.text(
                "SELECT i.account_id, i.fails, f.sentence FROM notice_item i JOIN notice_finding "
                "f ON f.notice_id = i.notice_id "
                "AND f.item = i.number AND f.position = 0 WHERE i.notice_id = :id AND "
                "i.account_id IS NOT NULL"
            ).columns(fails=sa.Boolean),
            {"id": notice_id},
        )
    }
    states: dict[int, list[tuple[str, str]]] = {}
    findings = sa.text("SELECT account_id, effect, review_state FROM finding WHERE sweep_id = :id")
    for row in conn.execute(findings, {"id": sweep_id}):
        states.setdefault(row.account_id, []).append((row.effect, row.review_state))
    found: dict[int, tuple[str, str]] = {}
    for row in entries:
        if item := issued.get(row.account_id):
            listed = "listed" if row.verdict == "failed" else row.verdict
            found[row.account_id] = ("failed" if item.fails else listed, item.sentence)
        elif row.verdict in ("failed", "listed") and row.account_id in states:
            bears = [
                state
                for effect, state in states[row.account_id]
                if row.verdict == "listed" or effect == "fails"
            ]
            waits = any(state != "dismissed" for state in bears)
            verdict = "unproven" if waits and row.verdict == "failed" else "listed"
            found[row.account_id] = (
                verdict,
                "疑似问题待审核。" if waits else "疑似问题经人工审核排除。",
            )
    return found


def _let_update(table: str) -> None:
    """For this migration alone; `_never_updated` refuses it again."""
    on = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER {table}_is_never_updated{on}")


def _never_updated(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        refuse = f"BEGIN SELECT RAISE(ABORT, 'a {table} is never updated'); END"
    else:
        refuse = "FOR EACH STATEMENT EXECUTE FUNCTION mediawatch_refuse_update()"
    op.execute(f"CREATE TRIGGER {table}_is_never_updated BEFORE UPDATE ON {table} {refuse}")
