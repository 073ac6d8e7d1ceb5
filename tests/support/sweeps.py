"""Sweeps by a scripted looker over a real store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from mediawatch.domain import (
    Account,
    Attestation,
    Capture,
    EvidenceKind,
    Filing,
    MatchedBy,
    Need,
    NewAccount,
    Outcome,
    Pace,
    Post,
    Reading,
    RegistryChanges,
    Sight,
    Source,
    Verdict,
)
from mediawatch.domain.clock import day_end, day_start
from mediawatch.ops.evidence import EvidenceFolder, EvidencePlace
from mediawatch.ports import Gate, Store, SurfaceFacts, Visit
from mediawatch.rules.policy import load
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.request import Request

AS_OF = day_end(date(2022, 12, 31))


NOW = AS_OF + timedelta(hours=9)


TIBET = load("tibet")


Script = Callable[[Account, Need], Sight]


FACTS = SurfaceFacts(
    name="toutiao.profile",
    label="示例",
    attested=Attestation.RECORDED,
    needs_login=False,
    shows_all=True,
    shows_all_logged_in=True,
    pace=Pace(1.0),
)


class Scripted:
    """A looker that answers by a script, through the gate; remembers who asked for what."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[tuple[str, Need]] = []

    def supports(self, platform: str) -> bool:
        return platform != "kuaishou"

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        self.asked.append((account.filed.name, need))

        async def see() -> Sight:
            seen = self.script(account, need)
            return replace(seen, captures=(picture(),) if need.second else ())

        sight = await gate.visit(Visit(surface="toutiao.profile", pace=Pace(1.0)), see)
        return (sight,) if sight else ()

    def surfaces(self, platform: str) -> tuple[SurfaceFacts, ...]:
        return (FACTS,)

    async def open_link(self, url: str, gate: Gate) -> tuple[Sight, ...]:
        return ()

    async def probe(self, platform: str, name: str) -> bool:
        return True

    async def ready(self) -> None:
        return None

    async def rest(self, platform: str) -> None:
        return None

    async def close(self) -> None:
        return None


def picture() -> Capture:
    return Capture(
        kind=EvidenceKind.SCREENSHOT, media_type="image/jpeg", body=b"picture", taken_at=NOW
    )


def sight(
    name: str, gap: int | None = None, outcome: Outcome = Outcome.OK, since: int | None = 400
) -> Sight:
    day = date(2022, 12, 31) - timedelta(days=gap or 0)
    return Sight(
        surface="toutiao.profile",
        read_at=NOW,
        attested=Attestation.RECORDED,
        outcome=outcome,
        name=name if outcome is Outcome.OK else "",
        matched_by=MatchedBy.ID if outcome is Outcome.OK or outcome.negative else None,
        posts=() if gap is None else (Post(on=day, at=day_start(day), id="1"),),
        complete_since=None
        if gap is None or since is None
        else day_start(day - timedelta(days=since)),
    )


def by_name(account: Account, need: Need) -> Sight:
    """鲜N was updated N days ago, 旧N too; 无 is not there; 名 has another name; 卡 is behind a
    captcha.
    """
    name = account.filed.name
    match name[0]:
        case "鲜" | "旧":
            return sight(name, int(name[1:]))
        case "无":
            return sight(name, outcome=Outcome.NOT_FOUND)
        case "名":
            return sight("改了的名", 1)
        case _:
            return sight(name, outcome=Outcome.NO_EVIDENCE)


class Stage:
    """An engine with its parts."""

    def __init__(
        self, store: Store, folder: Path | EvidencePlace, script: Script = by_name
    ) -> None:
        self.store = store
        self.looker = Scripted(script)
        self.pacing = Pacing(scale=0)
        self.engine = Engine(store, self.looker, EvidenceFolder(folder), lambda: NOW, self.pacing)

    async def file(self, *names: str, platform: str = "toutiao", **filed: Any) -> None:
        new = tuple(
            NewAccount(
                filed=Filing(
                    name=name, platform=platform, type="今日头条", platform_id=name, **filed
                )
            )
            for name in names
        )
        await self.store.accounts.apply(
            RegistryChanges(source=Source(file="x.xlsx", sha256="0" * 64, at=NOW), new=new)
        )

    async def verdicts(self) -> dict[str, Verdict]:
        sweeps = await self.store.sweeps.all()
        scope = await self.store.sweeps.scope(sweeps[-1].id)
        return {
            entry.account.filed.name: entry.judgement.verdict for entry in scope if entry.judgement
        }

    async def readings(self) -> list[Reading]:
        return [
            reading
            for readings in (await self.store.readings.by_account()).values()
            for reading in readings
        ]


def request(**more: object) -> Request:
    base = Request(policy=TIBET, as_of=AS_OF, second_look_after=timedelta(0))
    return replace(base, **more)  # type: ignore[arg-type]
