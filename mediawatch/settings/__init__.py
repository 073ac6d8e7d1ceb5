"""The home folder and the one settings tree."""

from mediawatch.settings.home import CONFIG, Home
from mediawatch.settings.read import read_settings
from mediawatch.settings.tree import BrowserSettings, NotifySettings, Settings

__all__ = ["CONFIG", "BrowserSettings", "Home", "NotifySettings", "Settings", "read_settings"]
