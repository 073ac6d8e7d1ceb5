"""The fault table itself: it is whole, and docs/faults.md says the same."""

from __future__ import annotations

import fault_docs
import pytest
from fault_scenes import ASIDE, SCENES, SURFACES, TruthOf
from fault_table import (
    ASIDE_IN_TURN,
    EVERYWHERE,
    IN_CALLS,
    IN_PAGES,
    OVERRIDES,
    ROWS,
    STRUCK_BY,
    cells,
)
from replica_faults import PLACES, Fault

from scrapers.platforms import SCRAPERS


def test_every_fault_has_its_row_and_its_places() -> None:
    assert set(ROWS) == set(PLACES) == set(Fault)


@pytest.mark.parametrize("platform", list(SURFACES))
def test_every_fault_is_played_on_every_platform(platform: str) -> None:
    full = cells(platform, full=True)
    assert {cell.fault for cell in full} == set(Fault)
    assert {cell.truth for cell in full} == set(TruthOf)
    quick = cells(platform, full=False)
    assert {cell.fault for cell in quick} >= {*EVERYWHERE}
    assert set(quick) <= set(full)


def test_every_fault_and_surface_is_played_in_short() -> None:
    quick = [cell for platform in SURFACES for cell in cells(platform, full=False)]
    assert {cell.fault for cell in quick} == set(Fault)
    assert {cell.scene for cell in quick} == {*SCENES.values(), *ASIDE}
    assert {name for cell in quick for name in cell.struck} == set(STRUCK_BY)
    assert {cell.truth for cell in quick} == set(TruthOf)
    assert {cell.fault for cell in quick if cell.scene.aside} == {*ASIDE_IN_TURN}


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
