"""The accounts that Hunan named in 2022 Q3, from the sites' pages to the circular's own sentences.

The world is made up (演示数据): of the circular are names, kinds, and how long each was silent.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import published_inspections as published
import pytest
from docx import Document

from mediawatch.app import staging
from mediawatch.demo import machine, people
from mediawatch.demo.scene import MARK, Scene
from mediawatch.domain import Code, LookKind
from mediawatch.files import write_whole
from mediawatch.rules.policy import load
from mediawatch.sweep import nights
from mediawatch.sweep.gate import canaries
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import no_progress
from scrapers.replica.world import World

WORLD = Path(__file__).parents[1] / "data" / "hunan-2022q3.csv"
SENTENCES = (
    "全省正常运行的政务新媒体共8个，本次全覆盖检查",
    "发现不合格4个，合格率50.00%",
    "监测时间点前2周内无内容更新。共有4个政务新媒体",
    "超过3个月无内容更新的有3个",
    "微信服务号1个：通报未载“衡阳城管”",
    "贴吧号1个：通报未载“湖南网警巡查执法”",
    "头条号1个：通报未载“衡阳网警执法巡查”",
    "“衡阳城管”（微信服务号）在上期通报（演示湘政务函〔2022〕0号）中已被指出“超过3个月无内容更新”，仍未整改",
    "于2022年10月14日前完成整改",
)
"""What the circular says of them, in our words; counts are those of this world."""


class SeenInspection(published.BuiltInspection):
    """The same inspection, by looks at the world's sites and by a person who asks a telephone."""

    def _register(self, file: Path) -> None:
        machine.write_registry(file, World.read(WORLD).filed_rows())
        self.run("registry", "import", file)

    def inspect(self, told: published.PublishedInspection) -> int:
        return asyncio.run(self._look(told))

    async def _look(self, told: published.PublishedInspection) -> int:
        policy = load(told.policy)
        async with staging.open_stage(self.home, WORLD) as (app, stage):
            write_whole(app.home.canaries, canaries.to_toml(stage.canaries(), MARK).encode())
            request = Request(
                policy=policy,
                as_of=stage.as_of,
                second_look_after=timedelta(0),
                round=told.round,
            )
            summary, _ = await nights.run(app.engine(), request, no_progress)
            scene = Scene(app, stage, summary.sweep, policy, lambda _: None)
            await people.answer(scene)
            scope = await scene.scope()
            events = list(published.confirmations(scope, summary.sweep, told))
            await app.store.reviews.add(summary.sweep.id, events, after=0)
        return summary.sweep.id


def test_the_named_accounts_come_from_their_pages_to_the_circulars_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "DEMO_LOGINS", staging.DEMO_LOGINS | {"tieba"})
    monkeypatch.setattr(people, "OVERLOOKED", 0)
    told = replace(published.hunan(), watched=())
    built = SeenInspection(tmp_path, told)
    by_name = built.within(lambda store: _looks(store, built.sweep))
    assert {name for name, (codes, _) in by_name.items() if codes} == {
        "衡阳城管", "湖南网警巡查执法", "衡阳网警执法巡查", "演示第四个"
    }  # fmt: skip
    for name in ("湖南网警巡查执法", "衡阳网警执法巡查", "演示第四个"):
        assert by_name[name][1] >= {LookKind.FIRST, LookKind.SECOND}, "the machine proves it, twice"
    built.issue()
    built.run("report", "docx", "--notice", told.number, "--out", tmp_path / "通报.docx")
    text = "\n".join(each.text for each in Document(str(tmp_path / "通报.docx")).paragraphs)
    assert [each for each in SENTENCES if each not in text] == []


async def _looks(store: object, sweep: int) -> dict[str, tuple[set[Code], set[LookKind]]]:
    """By account: what was found, and by which looks."""
    found = {}
    readings = await store.readings.by_account(sweep_id=sweep)  # type: ignore[attr-defined]
    for entry in await store.sweeps.scope(sweep):  # type: ignore[attr-defined]
        codes = {each.code for each in entry.judgement.findings} if entry.judgement else set()
        looks = {each.look for each in readings.get(entry.account.id, ())}
        found[entry.account.filed.name] = (codes, looks)
    return found
