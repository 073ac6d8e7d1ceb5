"""The composed cases of `tests/cases`: every row of the sites' state tables that can be composed,
through the real scrapers.

Format: docs/cases.md. All of them are invented, bodies and accounts; a platform's own file of
docs/platforms says what is attested.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from mediawatch import app
from mediawatch.domain import Outcome
from mediawatch.ops.settings import Settings
from mediawatch.ops.verify import VerifyResult
from scrapers.platforms import SCRAPERS
from scrapers.replica import Case, case_folders

FOLDER = Path(__file__).resolve().parents[1] / "cases"
FOLDERS = case_folders([FOLDER])
SETTINGS = Settings.model_validate(
    {"timeouts": {"reply": 5, "challenge": 5}, "browser": {"concurrency": 6}}
)


OF_A_PAGE = (
    "douyin/captcha-page", "douyin/refused-profile", "douyin/sent-to-a-login",
    "douyin/throttled-429", "toutiao/decision-beside-success", "toutiao/shell-without-profile",
    "wechat/album-empty", "wechat/check-drawn-by-script", "wechat/dead-drawn-by-script",
    "wechat/migrated-long-link", "wechat/reader-cover-anothers-article",
    "wechat/reader-cover-article-cancelled", "wechat/reader-cover-by-the-page",
    "wechat/reader-cover-empty-body", "wechat/reader-cover-namesake-article",
    "wechat/reader-date-to-come", "wechat/reader-page-two", "weibo/first-page-of-likes",
    "weibo/mobile-second-page", "weibo/ok-zero-without-words", "weibo/visitor-432-without-sub", "weibo/visitor-system-stays",
)  # fmt: skip
"""What the page itself does, so that no test of a `read_*` function shows it."""


def one_of_a_kind(cases: Sequence[Case]) -> Iterator[Case]:
    """`OF_A_PAGE`, and beside them the first case of each platform and expected outcome, and of
    each login and kind of date.

    What differs further between cases of a kind is in the answers, and the tests of the platforms'
    `read_*` functions read those without a page. They read our own trouble, too, which the fault
    matrix brings to pages.
    """
    seen = set[tuple[object, ...]]()
    for case in sorted(cases, key=lambda case: case.name not in OF_A_PAGE):
        expected = case.expect or {}
        by_key = "wechat-api" in case.sessions
        outcomes = expected["outcome"]
        if case.name not in OF_A_PAGE and not by_key and is_our_trouble(outcomes):
            continue
        kinds = {
            (case.platform, by_key, str(outcomes)),
            (case.platform, case.sessions, expected.get("date_kind")),
        }
        if case.name in OF_A_PAGE or not kinds <= seen:
            yield case
        seen |= kinds


def is_our_trouble(outcomes: str | list[str]) -> bool:
    """Whether all of what may come of a case is our own trouble.

    That a page proves nothing of an account is none.
    """
    said = [outcomes] if isinstance(outcomes, str) else outcomes
    return all(Outcome(each).about_us for each in said) and Outcome.NO_EVIDENCE not in said


CASES = {case.name: case for case in map(Case.read, FOLDERS)}
QUICK = [case.name for case in one_of_a_kind([*CASES.values()])]


async def verified(names: Sequence[str]) -> dict[str, VerifyResult]:
    """All in one browser: while one waits for a reply that never comes, others are read."""
    folders = [FOLDER / name for name in names]
    return {result.case: result async for result in app.verify(folders, SETTINGS)}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def results() -> dict[str, VerifyResult]:
    return await verified(QUICK)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def all_results() -> dict[str, VerifyResult]:
    return await verified([*CASES])


@pytest.mark.parametrize("name", QUICK)
def test_composed_cases_are_read_as_they_expect(
    results: dict[str, VerifyResult], name: str
) -> None:
    assert results[name].ok, results[name].line()


@pytest.mark.soak
@pytest.mark.parametrize("name", CASES)
def test_every_composed_case_is_read_as_it_expects(
    all_results: dict[str, VerifyResult], name: str
) -> None:
    assert all_results[name].ok, all_results[name].line()


def test_the_cases_of_a_page_are_there() -> None:
    assert set(OF_A_PAGE) <= set(QUICK)


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
