"""未能以备案标识核对: what was not found by one key alone says so wherever it is read."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from commands import in_process
from evidence_files import lay_down, make_evidence
from samples import enter

import db
from mediawatch.domain import (
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sight,
    Sweep,
    SweepState,
)
from mediawatch.domain.clock import day_end
from mediawatch.ops.settings import Home
from mediawatch.rules.policy import load
from mediawatch.sweep.judging import rejudge

AS_OF = day_end(date(2022, 12, 31))
READ = AS_OF + timedelta(hours=9)
POLICY = load("national")
FILED = Filing(
    name="示例一",
    platform="wechat",
    type="微信公众号",
    organiser="示例局",
    supervisor="示例委",
    filing_number="B001",
    prefecture="示例市",
    platform_id="MzAwMDAwMDAwMQ==",
    alias="shili",
)
CAUTION = (
    "仅以名称和微信号检索，未能以备案的平台ID核对（平台ID可用微信读书登录核对，核查时未用），"
    "可能因隐藏检索或标识填报有误，请人工核实。"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An account that two searches did not find."""
    home = Home(tmp_path / "home").create()
    picture = make_evidence("a.jpg", READ)
    lay_down(home.evidence, picture)

    async def prepare() -> None:
        store = await db.open_store(f"sqlite:///{home.database}")
        (account,) = await enter(store, FILED)
        begun = Sweep(as_of=AS_OF, policy="national", policy_toml=POLICY.toml, started_at=AS_OF)
        sweep = await store.sweeps.open(begun, [account])
        for hour, look in enumerate((LookKind.FIRST, LookKind.SECOND)):
            at = READ + timedelta(hours=hour)
            sight = Sight(
                surface="wechat.search",
                read_at=at,
                outcome=Outcome.NOT_FOUND,
                matched_by=MatchedBy.NAME,
                control="别的账号",
                evidence=(picture,),
            )
            reading = Reading(
                account_id=account.id,
                look=look,
                started_at=at,
                read_at=at,
                sights=(sight,),
                sweep_id=sweep.id,
                filed_as=account.filed.identity,
            )
            await store.readings.keep(reading)
        await rejudge(store, lambda platform: True, sweep.id)
        await store.sweeps.close(sweep.id, SweepState.FINISHED, READ + timedelta(hours=2))
        await store.close()

    asyncio.run(prepare())
    return home


def test_what_one_search_did_not_find_says_so_wherever_it_is_read(
    home: Home, tmp_path: Path
) -> None:
    def run(*words: str | Path) -> str:
        done = in_process("--home", home.root, *words)
        assert done.returncode == 0, done.stderr
        return "".join(done.stdout.split())

    assert f"注意：{CAUTION}" in run("explain", "B001")
    assert CAUTION.removesuffix("。") in run("review", "show", "1/not_found")
    run("review", "list", "--csv", tmp_path / "list.csv")
    assert CAUTION.removesuffix("。") in (tmp_path / "list.csv").read_text("utf-8-sig")
    run("findings", "dispatch", tmp_path / "sent", "--person", "张三")
    (sent,) = (tmp_path / "sent").iterdir()
    cells = [str(cell.value) for row in openpyxl.load_workbook(sent).worksheets[0] for cell in row]
    assert [cell for cell in cells if cell.endswith(CAUTION)]
    run("evidence", "sheet", "--out", tmp_path / "sheets", "--include-open")
    (zipped,) = (tmp_path / "sheets").iterdir()
    with ZipFile(zipped) as pages:
        assert [name for name in pages.namelist() if CAUTION in pages.read(name).decode()]
