"""The app over PostgreSQL: whatever looks in a home goes by the rows of its database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pace_books import PaceDatabase
from postgres import Cluster
from sweeps import NOW, Stage, request, sight

from mediawatch.app.root import App, open_app
from mediawatch.domain import Account, Canary, Need, Outcome, Pace, Sight
from mediawatch.ops.settings.home import Home
from mediawatch.ops.settings.tree import Settings
from mediawatch.ports import Gate, Visit
from mediawatch.sweep.gate.canaries import Canaries


@pytest.fixture(scope="module")
def database(postgres: Cluster) -> Iterator[PaceDatabase]:
    made = PaceDatabase(postgres)
    yield made
    postgres.drop(made.url)


def home_of(folder: Path, url: str) -> tuple[Home, Settings]:
    home = Home(folder)
    home.create()
    given = {"database": {"url": url}, "worker": {"address": "省局"}}
    return home, Settings.model_validate(given)


async def refused(app: App) -> Outcome | str:
    """Why a gate of the app does not let a visit begin, after another one has met a captcha."""
    gates = [app.pacing(), app.pacing()]
    for gate in gates:
        await gate.visit(Visit(surface="t", pace=Pace(0)), lambda: answer(Outcome.OK))
    visit = Visit(surface="s", session="office", pace=Pace(0))
    await gates[0].visit(visit, lambda: answer(Outcome.CAPTCHA))
    await gates[1].visit(visit, lambda: answer(Outcome.OK))
    return gates[1].why_refused("s", "office")


async def answer(outcome: Outcome) -> Sight:
    return Sight(surface="s", read_at=NOW, outcome=outcome)


async def test_all_gates_of_a_home_on_postgresql_share_one_book(
    database: PaceDatabase, tmp_path: Path
) -> None:
    database.clear()
    home, settings = home_of(tmp_path, database.url)
    async with open_app(home, settings=settings) as app:
        app.pace = 0
        assert await refused(app) is Outcome.CAPTCHA
        # Sites count what a dry run opens.
        app.let_go()
        assert await refused(app) is Outcome.CAPTCHA
    assert database.execute("SELECT DISTINCT session, address FROM pace ORDER BY 1") == [
        ("", "省局"),
        ("office", ""),
    ]


async def test_sqlite_keeps_its_pace_in_memory(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.create()
    async with open_app(home) as app:
        app.pace = 0
        assert app.pace_book() is None
        assert await refused(app) == ""


class Visitor(Stage):
    """Looks as a visitor, by one surface."""

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        async def see() -> Sight:
            return sight(account.filed.name, 1)

        seen = await gate.visit(Visit(surface="toutiao.profile", pace=Pace(0)), see)
        return (seen,) if seen else ()


async def test_a_sweep_keeps_the_address_with_its_sights_and_checks(
    database: PaceDatabase, tmp_path: Path
) -> None:
    database.clear()
    home, settings = home_of(tmp_path, database.url)
    async with open_app(home, settings=settings, clock=lambda: NOW, any_home=True) as app:
        app.pace = 0
        stage = Visitor(app.store, tmp_path)
        stage.looker.look = stage.look  # type: ignore[method-assign]
        engine, book = stage.engine, app.pace_book()
        engine.pacing, engine.book = app.pacing(book), book
        engine.canaries = Canaries(
            listed=(Canary(platform="toutiao", platform_id="1", name="对照", source="演示"),)
        )
        await stage.file("鲜1", "鲜2", "鲜3")
        summary = await engine.run(request())
        sights = [each for reading in await stage.readings() for each in reading.sights]
        assert [each.address for each in sights] == ["省局"] * 3
        assert [each.address for each in summary.checks] == ["省局"] * 2
        assert await app.store.operator.canary_checks() == list(summary.checks)
    ((looks, fits),) = database.execute("SELECT looks, fits FROM canary_turn")
    assert (looks, fits) == (0, True), "the check at the end was the last"
    assert database.execute("SELECT count(*) FROM pace_call") == [(5,)]
    assert database.execute("SELECT name FROM page_answer WHERE dated")[0][0].startswith("鲜")
