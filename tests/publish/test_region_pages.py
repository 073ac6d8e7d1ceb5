"""Reports whose lists are too long for one page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from published_inspections import BuiltInspection, suizhou

from mediawatch.publish.reports import region_pages


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> BuiltInspection:
    """Three counties; one account failed, and two are of nobody's county."""
    told = suizhou()
    return BuiltInspection(
        tmp_path_factory.mktemp("regions"), replace(told, watched=told.watched[:24], previous=None)
    )


def written(home: BuiltInspection, folder: Path) -> dict[str, str]:
    """The pages of a report by their paths, and what the command said."""
    said = home.run("report", "html", "--out", folder / "检查报告.html")
    pages = {
        str(path.relative_to(folder)): path.read_text("utf-8") for path in folder.rglob("*.html")
    }
    return pages | {"said": said}


def test_short_lists_stand_on_one_page(home: BuiltInspection, tmp_path: Path) -> None:
    assert written(home, tmp_path).keys() == {"检查报告.html", "said"}


def test_long_lists_are_split_by_region(
    home: BuiltInspection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = written(home, tmp_path)["检查报告.html"]
    (tmp_path / "split").mkdir()
    monkeypatch.setattr(region_pages, "MOST_ROWS", 1)
    pages = written(home, tmp_path / "split")
    first = pages.pop("检查报告.html")
    assert f"{len(pages) - 1} pages of regions" in pages.pop("said")
    led_to = {unquote(each) for each in re.findall(r'<td[^>]*><a href="([^"]+)"', first)}
    assert led_to == pages.keys()
    named = re.findall(r'id="(account-\d+)"', whole)
    assert named
    assert "account-" not in first
    assert sorted(re.findall(r'id="(account-\d+)"', "".join(pages.values()))) == sorted(named)
    assert all('href="../%E6%A3%80' in page for page in pages.values())
    card = re.search(r"<b>\d+</b><span>不合格数</span>", whole)
    assert card
    assert card[0] in first


def test_pages_of_an_earlier_report_are_not_left_beside_it(
    home: BuiltInspection, tmp_path: Path
) -> None:
    """They may accuse somebody who is in order by now."""
    older = tmp_path / "检查报告（分地区）" / "001 某县.html"
    older.parent.mkdir()
    older.write_text("older")
    with pytest.raises(AssertionError, match="holds pages of an earlier report"):
        written(home, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [older.parent.name]


def test_a_page_that_goes_on_says_of_no_list_that_it_is_empty(
    home: BuiltInspection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(region_pages, "MOST_ROWS", 1)
    monkeypatch.setattr(region_pages.Dimension, "of", lambda *given: "某县")
    pages = written(home, tmp_path)
    first, further = (
        page for path, page in sorted(pages.items()) if path.startswith("检查报告（分地区）")
    )
    assert "某县（续1）" in further
    assert 'id="problems"' in first
    assert 'id="problems"' not in further
    assert "<h2>一、其他需关注情形</h2>" in further
