"""The composed cases of `tests/cases`: every row of the sites' state tables that can be composed,
through the real scrapers.

Format: docs/cases.md. All of them are invented, bodies and accounts; a platform's own file of
docs/platforms says what is attested.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import pytest_asyncio

from mediawatch import app
from mediawatch.ops.settings import Settings
from mediawatch.ops.verify import VerifyResult
from scrapers import SCRAPERS
from scrapers.replica import Case, case_folders

CASES = Path(__file__).resolve().parents[1] / "cases"
FOLDERS = case_folders([CASES])
SETTINGS = Settings.model_validate(
    {"timeouts": {"reply": 5, "challenge": 5}, "browser": {"concurrency": 6}}
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def results() -> dict[str, VerifyResult]:
    """All cases in one browser: while one waits for a reply that never comes, others are read."""
    return {result.case: result async for result in app.verify([CASES], SETTINGS)}


@pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}"
)
def test_composed_cases_are_read_as_they_expect(
    results: dict[str, VerifyResult], folder: Path
) -> None:
    result = results[f"{folder.parent.name}/{folder.name}"]
    assert result.ok, result.line()


def test_every_platform_has_a_dozen() -> None:
    counts = {
        platform: sum(folder.parent.name == platform for folder in FOLDERS) for platform in SCRAPERS
    }
    assert {platform: count for platform, count in counts.items() if count < 12} == {}


@pytest.mark.parametrize(
    "folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}"
)
def test_a_composed_case_says_so_and_what_it_expects(folder: Path) -> None:
    case = Case.read(folder)
    assert (case.kind, case.platform) == ("composed", folder.parent.name)
    assert case.expect
    assert (folder / "case.toml").read_text(encoding="utf-8").startswith("# ")
