"""The pace that all processes of a PostgreSQL database share, as rows."""

from db.pace.book import SqlPaceBook
from db.pace.rows import PaceRows

__all__ = ["PaceRows", "SqlPaceBook"]
