"""Every command tells of a home on PostgreSQL what it told of the same home on SQLite."""

from __future__ import annotations

import pytest
from moved_homes import (
    OF_NOTICE,
    READING,
    WRITING,
    HomeTwins,
    commands_of_accounts,
    make_twins,
    newest,
)
from postgres import Cluster
from programs import mediawatch
from review_homes import prepared as prepared
from small_demo import use_few_accounts

from mediawatch.ops.settings import Home

QUICK = (
    "registry list",
    "registry check --csv check.csv",
    "plan --list",
    "status --json",
    "unproven --csv unproven.csv",
    "review list",
    "flagged --csv flagged.csv",
    "figures --csv figures.csv",
    "query latest_status --format json",
    "query by_region",
    "query rename_history --format json",
    "evidence verify",
    "report upward --out upward.docx",
    "handoff --out handoff.json --include-open",
)
"""Of these the first test has a few; all of them, on a whole inspection, are for full size."""


@pytest.fixture(scope="module")
def twins(prepared: Home, tmp_path_factory: pytest.TempPathFactory, postgres: Cluster) -> HomeTwins:
    return make_twins(prepared, tmp_path_factory.mktemp("twins"), postgres, newest(prepared))


@pytest.mark.parametrize("command", QUICK)
def test_a_command_tells_the_same(
    twins: HomeTwins, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert twins.differences(command, monkeypatch) == ""


@pytest.mark.soak
def test_every_command_of_an_inspection_tells_the_same(
    tmp_path_factory: pytest.TempPathFactory, postgres: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a demonstration on a few accounts, with a notice; at the end some of them change it."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        use_few_accounts(patch, folder)
        done = mediawatch("demo", "--out", folder / "home")
    assert done.returncode == 0, done.stderr
    home = Home(folder / "home")
    shown = make_twins(home, folder, postgres, newest(home))
    ordered = [*READING, *WRITING, *commands_of_accounts(home)]
    ordered += [command.format("演示办函〔2023〕1号") for command in OF_NOTICE]
    assert len(ordered) > 90
    assert [told for each in ordered if (told := shown.differences(each, monkeypatch))] == []
