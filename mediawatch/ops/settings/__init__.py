"""The home folder and the one settings tree."""

from mediawatch.ops.settings.home import CONFIG, Home
from mediawatch.ops.settings.read import filed_database, read_settings
from mediawatch.ops.settings.tree import (
    BrowserSettings,
    NotifySettings,
    PaceSettings,
    QuerySettings,
    Settings,
)

__all__ = [
    "CONFIG",
    "BrowserSettings",
    "Home",
    "NotifySettings",
    "PaceSettings",
    "QuerySettings",
    "Settings",
    "filed_database",
    "read_settings",
]
