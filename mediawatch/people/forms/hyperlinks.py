"""Which links a workbook may make clickable."""

from __future__ import annotations

_MAX_URL = 2000
"""Excel's own limit is 2 079 characters."""


def clickable(link: str) -> bool:
    """Only http(s) becomes a hyperlink: `javascript:`, `file:` and `external:` stay text."""
    return (
        link.lower().startswith(("http://", "https://"))
        and len(link) <= _MAX_URL
        and not any(char.isspace() for char in link)
    )
