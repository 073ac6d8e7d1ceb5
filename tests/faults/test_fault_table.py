"""The fault table itself: it is whole, and docs/faults.md says the same."""

from __future__ import annotations

import fault_docs
import pytest
from fault_scenes import ASIDE, SURFACES, TruthOf
from fault_table import IN_CALLS, IN_PAGES, OF_THE_BROWSER, OVERRIDES, ROWS, STRUCK_BY, cells
from replica_faults import PLACES, Fault

from scrapers.platforms import SCRAPERS


def test_every_fault_has_its_row_and_its_places() -> None:
    assert set(ROWS) == set(PLACES) == set(Fault)


@pytest.mark.parametrize("platform", list(SURFACES))
def test_every_fault_is_played_on_every_platform(platform: str) -> None:
    quick, full = cells(platform, full=False), cells(platform, full=True)
    left_out = set() if platform == "weibo" else OF_THE_BROWSER
    assert {cell.fault for cell in quick} == set(Fault) - left_out
    assert {cell.fault for cell in full} == set(Fault)
    assert {cell.truth for cell in full} == set(TruthOf)


def test_the_table_speaks_of_surfaces_that_exist() -> None:
    there = {surface.name for scraper in SCRAPERS.values() for surface in scraper.surfaces}
    named = {name for names in SURFACES.values() for name in names}
    aside = {name for scene in ASIDE for name in scene.surfaces}
    assert named | aside == set(STRUCK_BY) == there
    assert {name for table in (OVERRIDES, IN_PAGES, IN_CALLS) for _, name in table} <= named


def test_the_docs_say_what_the_table_says() -> None:
    assert fault_docs.FILE.read_text("utf-8") == fault_docs.text(), (
        "run: python tests/support/fault_docs.py"
    )
