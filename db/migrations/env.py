"""Alembic's entry. `db.migrate` hands over an open connection; there is no offline mode."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Enum
from sqlalchemy.types import TypeDecorator

import db.models  # noqa: F401 - fills the metadata
from db.base import Base


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Migrations spell plain types: they must mean the same in ten years, whatever becomes of
    `db.types`.
    """
    if kind == "type" and isinstance(item, TypeDecorator) and item.__module__ == "db.types":
        return f"sa.{item.impl!r}"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String({item.length})"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
    compare_server_default=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
