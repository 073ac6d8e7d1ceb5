"""What the worklist tests share: a made-up inspection, and people who fill in its xlsx."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image

from mediawatch.domain import (
    Account,
    Filing,
    Judgement,
    NewAccount,
    Reading,
    RegistryChanges,
    Source,
    Sweep,
    SweepAccount,
    SweepState,
    Verdict,
)
from mediawatch.domain.clock import BEIJING, day_of, parse_as_of
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.pictures import Shot
from mediawatch.people.forms.read import WorklistRow
from mediawatch.people.forms.rowkey import Window
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.worklist.answers import answer
from mediawatch.people.worklist.export import export
from mediawatch.people.worklist.imported import WorklistImport
from mediawatch.people.worklist.intake import import_files
from mediawatch.people.worklist.parse import RowQuestion
from mediawatch.ports import Store
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import Policy, load
from mediawatch.rules.sweep_policy import policy_of
from mediawatch.sweep.judging import rejudge
from mediawatch.workbooks.places import Place
from tests.support.policies import own

NOW = datetime(2032, 1, 6, 12, 0, tzinfo=BEIJING)
AS_OF = parse_as_of("2031-12-31", NOW)
POLICY: Policy = load("national")
GH = "gh_0000000000a1"


def typed(text: str) -> datetime:
    """A date cell: a naive clock in Beijing."""
    return datetime.fromisoformat(text)


LOOKED_AT = typed("2032-01-03 09:30")


def filed(number: int = 1, **values: Any) -> Filing:
    given = {
        "name": f"示例市第{number}测试局", "platform": "wechat", "type": "微信", "organiser": "示例市政府", "prefecture": "甲示例市",
        "original_id": f"gh_0000000000a{number}", "filing_number": f"90000{number}",
    }  # fmt: skip
    return Filing(**{**given, **values})


def png(colour: int = 200, size: tuple[int, int] = (60, 80), kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (colour, 10, 10)).save(buffer, kind)
    return buffer.getvalue()


@dataclass
class Inspection:
    """A sweep in a real store, all of its accounts unproven."""

    store: Store
    sweep: Sweep
    evidence: EvidenceFolder

    @classmethod
    async def of(
        cls,
        store: Store,
        folder: Path,
        accounts: Sequence[Filing],
        readings: Sequence[Reading] = (),
        as_of: datetime = AS_OF,
        period_from: date | None = None,
        policy: Policy = POLICY,
    ) -> Inspection:
        """`readings` say which account by its place in `accounts`, from 1."""
        new = tuple(NewAccount(filed=one) for one in accounts)
        await store.accounts.apply(
            RegistryChanges(source=Source(file="台账.xlsx", sha256="0" * 64, at=NOW), new=new)
        )
        kept = await store.accounts.all()
        sweep = await store.sweeps.open(
            Sweep(
                as_of=as_of,
                policy=policy.name,
                policy_toml=policy.toml,
                started_at=as_of,
                period_from=period_from,
            ),
            kept,
        )
        for reading in readings:
            await store.readings.keep(reading)
        unproven = Judgement(
            verdict=Verdict.UNPROVEN, sentence="现有信息来源不能证明其后无更新，不能认定超期。"
        )
        await store.sweeps.keep_judgements(sweep.id, {account.id: unproven for account in kept})
        await store.sweeps.close(sweep.id, SweepState.FINISHED, NOW)
        return cls(store, sweep, EvidenceFolder(folder / "evidence"))

    async def take(self, *paths: Path, now: datetime = NOW) -> WorklistImport:
        return await import_files(
            self.store,
            paths,
            await judged_by(self.store, self.sweep),
            now=now,
            keep_evidence=self.evidence.keep,
            rejudge=lambda number: rejudge(self.store, lambda platform: True, number),
        )

    async def scope(self) -> dict[str, SweepAccount]:
        return {
            entry.account.filed.name: entry
            for entry in await self.store.sweeps.scope(self.sweep.id)
        }

    async def verdicts(self) -> list[Verdict]:
        return [
            entry.judgement.verdict
            for entry in await self.store.sweeps.scope(self.sweep.id)
            if entry.judgement
        ]

    async def account(self, number: int = 1) -> Account:
        return (await self.store.accounts.all())[number - 1]


async def judged_by(store: Store, sweep: Sweep) -> JudgedScope:
    """The sweep's scope with the judgements that are kept, under its policy."""
    return JudgedScope(
        sweep=sweep, policy=policy_of(sweep), entries=tuple(await store.sweeps.scope(sweep.id))
    )


async def exported(
    store: Store,
    folder: Path,
    accounts: Sequence[Filing],
    readings: Sequence[Reading] = (),
    period_from: date | None = None,
    policy: Policy = POLICY,
) -> tuple[Inspection, Path]:
    inspection = await Inspection.of(
        store, folder, accounts, readings, period_from=period_from, policy=policy
    )
    path = folder / "清单.xlsx"
    await export(
        store,
        FormTarget(path=path),
        await judged_by(store, inspection.sweep),
    )
    return inspection, path


def table(path: Path) -> list[dict[str, Any]]:
    rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def fill(
    source: Path,
    target: Path,
    answers: Mapping[str, Mapping[Column, object]],
    shots: Mapping[str, bytes] | None = None,
) -> Path:
    """Type answers into the rows of these filed names, and paste pictures into their 截图 cells."""
    book = openpyxl.load_workbook(source)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for row in sheet.iter_rows(min_row=2):
        name = row[places[Column.NAME.value] - 1].value
        for column, value in answers.get(name, {}).items():
            row[places[column.value] - 1].value = value
        if shots and name in shots:
            image = SheetImage(io.BytesIO(shots[name]))
            sheet.add_image(image, row[places[Column.SHOT.value] - 1].coordinate)
    book.save(target)
    return target


FRESH: Mapping[Column, object] = {Column.POSTED: "有", Column.PERSON: "甲某"}
STALE: Mapping[Column, object] = {
    Column.POSTED: "无", Column.POSTED_ON: typed("2031-11-02"), Column.SEEN_ID: GH, Column.PERSON: "甲某", Column.TIME: LOOKED_AT,
}  # fmt: skip
DAY = timedelta(days=1)
WINDOW = Window(AS_OF, own(POLICY).window_start(day_of(AS_OF)))
SHOT = (Shot("a.png", png()),)
BROKEN = (Shot("a.png", problem="“a.png”不是完整的 PNG、JPEG 或 WebP 图片"),)
GONE: Mapping[Column, object] = {Column.SEEN_ID: GH, Column.PERSON: "甲某", Column.TIME: LOOKED_AT}
COLUMNS = {column.short: column for column in Column}


def row(cells: Mapping[Column, Any], shots: tuple[Shot, ...] = SHOT, **more: Any) -> WorklistRow:
    return WorklistRow(
        place=Place("甲.xlsx", "待核查清单", 7),
        cells={**cells, **{Column[key]: more[key] for key in more}},
        shots=shots,
    )


def asked(posted_on: tuple[date, ...] = (), linked: bool = False, **values: Any) -> RowQuestion:
    account = Account(id=1, filed=filed(**values))
    ids = tuple(
        filter(None, (account.filed.original_id, account.filed.alias, account.filed.platform_id))
    )
    return RowQuestion(
        account=account,
        sweep_id=3,
        window=WINDOW,
        posted_on=frozenset(posted_on),
        ids=ids,
        linked=linked,
    )


def read(
    cells: Mapping[Column, Any],
    ask: RowQuestion | None = None,
    shots: tuple[Shot, ...] = SHOT,
    now: datetime = NOW,
) -> Reading:
    got = answer(row(cells, shots), ask or asked(), now)
    assert isinstance(got, Reading), [str(problem) for problem in got]
    return got


def refused(
    cells: Mapping[Column, Any], ask: RowQuestion | None = None, shots: tuple[Shot, ...] = SHOT
) -> dict[Column, str]:
    got = answer(row(cells, shots), ask or asked(), NOW)
    assert not isinstance(got, Reading), "accepted"
    return {COLUMNS[problem.column]: problem.reason for problem in got}
