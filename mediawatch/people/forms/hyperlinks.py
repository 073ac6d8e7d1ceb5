"""Which links a workbook may make clickable."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.addresses import address_fault

_MAX_URL = 2000
"""Excel's own limit is 2 079 characters."""


def clickable(link: str) -> bool:
    """Only http(s) becomes a hyperlink: `javascript:`, `file:` and `external:` stay text, and so
    does an address that no platform's page has (`address_fault`).
    """
    return (
        link.lower().startswith(("http://", "https://"))
        and len(link) <= _MAX_URL
        and not any(char.isspace() for char in link)
        and address_fault(link) is None
    )


def link_fault(links: Sequence[str]) -> str:
    """What is wrong with the links of an answer, for the person who wrote them; "" for nothing."""
    faults = [fault for link in links if (fault := address_fault(link))]
    if faults:
        return f"{faults[0].label}，请填写平台上的原始链接；没有链接的请留空"
    if not any(map(clickable, links)):
        return "请填写以 http:// 或 https:// 开头的网址；没有链接的请留空"
    return ""
