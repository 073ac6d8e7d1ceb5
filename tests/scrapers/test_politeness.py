"""We come as what we are and ask for little.

The browser's and the tab's tests cover what a running browser does of it. The site learns what
looks at it; pictures are for evidence only. A login has one page at a time; downloads and foreign
hosts are refused.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scrapers.platforms import SCRAPERS
from scrapers.surface import Surface

FOLDER = Path(__file__).resolve().parents[2] / "scrapers"
SURFACES = [
    (platform, surface)
    for platform, scraper in SCRAPERS.items()
    for surface in (*scraper.surfaces, *([scraper.links] if scraper.links else []))
]
DISGUISE = {
    "AutomationControlled", "add_init_script", "addScriptToEvaluateOnNewDocument", "bypass_csp", "devices", "extra_http_headers",
    "ignore_default_args", "ignoreHTTPSErrors", "ignore_https_errors", "is_mobile", "playwright_stealth", "setExtraHTTPHeaders",
    "setUserAgentOverride", "set_extra_http_headers", "set_geolocation", "stealth", "user_agent", "webdriver",
}  # fmt: skip
"""Words of Playwright, of Chromium's protocol and of add-ons that disguise a browser or loosen its
checks.
"""
LOOSE = {"route", "unroute", "route_from_har"}
"""Requests are blocked by Chromium itself: a page's `route` would turn its cache off and make eight
times the traffic.
"""


def words(tree: ast.Module) -> set[str]:
    """Names, attributes and keywords, and of the texts that are no docstrings those that stand in
    DISGUISE.
    """
    notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.Attribute(attr=name)
                | ast.keyword(arg=str(name))
                | ast.Name(id=name)
                | ast.alias(name=name)
            ):
                found.add(name)
            case ast.Constant(value=str(text)) if id(node) not in notes:
                found.update(word for word in DISGUISE if word in text)
    return found


def test_nothing_disguises_the_browser() -> None:
    """The replica is left out: it plays the sites."""
    files = [file for file in FOLDER.rglob("*.py") if "replica" not in file.parts]
    assert len(files) > 15
    assert {
        path.name: found
        for path in files
        if (found := words(ast.parse(path.read_text("utf-8"))) & (DISGUISE | LOOSE))
    } == {}


@pytest.mark.parametrize(
    "line",
    [
        "browser.new_context(user_agent='x')",
        "page.add_init_script(x)",
        "cdp.send('Network.setUserAgentOverride')",
        "import stealth",
        "args = ['--disable-blink-features=AutomationControlled']",
        "page.route('**', handle)",
    ],
)
def test_a_disguise_is_seen(line: str) -> None:
    assert words(ast.parse(line)) & (DISGUISE | LOOSE)


@pytest.mark.parametrize(
    ("platform", "surface"), SURFACES, ids=lambda part: getattr(part, "name", part)
)
def test_every_surface_declares_its_pace_and_its_hosts(platform: str, surface: Surface) -> None:
    assert surface.pace.every >= 1.5, "seconds; a person could not read faster"
    assert surface.pace.jitter > 0
    hosts = surface.hosts or SCRAPERS[platform].hosts
    assert hosts
    assert all("." in host.strip(".") and not host.startswith((".", "*")) for host in hosts)
