"""An office with a home of its own: inspections whose judgements are made up, and the commands that
make notices of them.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from commands import in_process
from evidence_files import lay_down, make_evidence
from openpyxl import load_workbook

import db
from mediawatch.domain import (
    Code,
    Effect,
    Filing,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    NewAccount,
    Outcome,
    Post,
    Reading,
    RegistryChanges,
    ReviewAction,
    ReviewEvent,
    Sight,
    Source,
    Sweep,
    SweepState,
    Verdict,
)
from mediawatch.domain.clock import day_end, day_start
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.rules.policy import load
from mediawatch.sweep.scope import scope_of

T = TypeVar("T")
NAMES = {
    Code.STALE_2W: "超2周未更新",
    Code.NAME_MISMATCH: "名称不一致",
    Code.CANCELLED_NOT_CLOSED: "已注销未报备",
}
FRESH = Judgement(verdict=Verdict.FRESH, sentence="更新。")


def filed(number: int, **more: Any) -> Filing:
    values = {
        "name": f"示例{number}", "platform": "weibo", "type": "新浪微博", "organiser": f"示例{number}局", "prefecture": "甲市",
        "filing_number": f"B00{number}", "platform_id": f"100{number}",
    } | more  # fmt: skip
    return Filing(**values)


@dataclass
class Office:
    """Its home.

    Every inspection is finished, and everything that it found is confirmed unless it is said
    otherwise.
    """

    home: Home

    @classmethod
    def of(cls, folder: Path, *accounts: Filing) -> Office:
        office = cls(Home(folder / "home").create())
        source = Source(file="台账.csv", sha256="0" * 64, at=day_start(date(2022, 1, 1)))
        new = tuple(NewAccount(filed=one) for one in accounts)
        if new:
            office.within(
                lambda store: store.accounts.apply(RegistryChanges(source=source, new=new))
            )
        return office

    def within(self, work: Callable[[Store], Awaitable[T]]) -> T:
        async def opened() -> T:
            store = await db.open_store(f"sqlite:///{self.home.database}")
            try:
                return await work(store)
            finally:
                await store.close()

        return asyncio.run(opened())

    def run(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """A command that must succeed."""
        done = in_process("--home", self.home.root, *words)
        assert done.returncode == 0, done.stderr
        return done

    def refused(self, *words: str | Path) -> str:
        done = in_process("--home", self.home.root, *words)
        assert done.returncode == 2, done.stdout
        return done.stderr

    def sweep(
        self,
        on: date,
        failed: Mapping[int, Sequence[Code]],
        *,
        otherwise: Verdict = Verdict.UNPROVEN,
        only: Sequence[int] = (),
        confirm: bool = True,
        verdicts: Mapping[int, Verdict] | None = None,
        since: date | None = None,
    ) -> int:
        """An inspection as of the end of a day, of the accounts `only` or of all; its number.

        Who is not in `failed` is fresh. `since`: the first day of a period.
        """

        async def work(store: Store) -> int:
            accounts = await store.accounts.all()
            chosen = [account for account in accounts if not only or account.id in only]
            policy, as_of = load("national"), day_end(on)
            scope = (
                {
                    "scope": scope_of(accounts, chosen).words,
                    "scope_spec": scope_of(accounts, chosen).spec,
                }
                if only
                else {}
            )
            sweep = await store.sweeps.open(
                Sweep(
                    as_of=as_of,
                    policy="national",
                    policy_toml=policy.toml,
                    started_at=as_of,
                    period_from=since,
                    **scope,
                ),
                chosen,  # type: ignore[arg-type]
            )
            judged = {
                account.id: replace(FRESH, verdict=(verdicts or {}).get(account.id, Verdict.FRESH))
                for account in chosen
            }
            for number, codes in failed.items():
                kept = await store.readings.keep(
                    reading(number, as_of + timedelta(hours=1), sweep.id)
                )
                lay_down(self.home.evidence, *kept.evidence)
                judged[number] = Judgement(
                    verdict=Verdict.FAILED,
                    sentence="失格。",
                    findings=tuple(held(kept.id, code, on) for code in codes),
                    otherwise=otherwise,
                )
            await store.sweeps.keep_judgements(sweep.id, judged)
            await store.sweeps.close(sweep.id, SweepState.FINISHED, as_of + timedelta(hours=2))
            return sweep.id

        number = self.within(work)
        if confirm:
            self.decide(number, ReviewAction.CONFIRMED)
        return number

    def decide(self, sweep: int, action: ReviewAction) -> None:
        async def work(store: Store) -> None:
            events = [
                ReviewEvent(
                    sweep_id=sweep, account_id=entry.account.id, code=finding.code, action=action, at=day_start(date(2022, 12, 1)),
                    by="丙某", reason="属实", sentence=finding.sentence, facts=finding.facts,
                )
                for entry in await store.sweeps.scope(sweep)
                if entry.judgement
                for finding in entry.judgement.findings
            ]  # fmt: skip
            known = await store.reviews.events(sweep)
            await store.reviews.add(
                sweep, events, after=max((event.id for event in known), default=0)
            )

        self.within(work)

    def issue(self, sweep: int, number: str, on: date, *more: str) -> None:
        self.run(*self.words_to_issue(sweep, number, on), *more)

    def import_published(self, number: int, on: date) -> None:
        """Take in 省1, another system's circular, which says 超2周未更新 of one account."""
        annex = self.home.root / "附件.csv"
        annex.write_text(
            "备案单号,政务新媒体名称,类型,所属组织,存在的突出问题\n"
            f"B00{number},示例{number},新浪微博,示例{number}局,超2周未更新\n",
            "utf-8",
        )
        told = ("--number", "省1", "--title", "省", "--date", str(on), "--by", "丙某")
        self.run("notice", "import", annex, *told)

    def words_to_issue(self, sweep: int, number: str, on: date) -> tuple[str, ...]:
        return (
            "notice",
            "issue",
            "--sweep",
            str(sweep),
            "--number",
            number,
            "--title",
            "通报",
            "--date",
            str(on),
            "--by",
            "丙某",
        )

    def handoff(self, *words: str) -> dict[str, Any]:
        target = self.home.root.parent / "交.json"
        self.run("handoff", *words, "--out", target, "--force")
        document: dict[str, Any] = json.loads(target.read_text("utf-8"))
        return document

    def sheets(self, *words: str) -> dict[str, list[tuple[Any, ...]]]:
        """The workbook's sheets, row by row."""
        target = self.home.root.parent / "附.xlsx"
        self.run("report", "xlsx", *words, "--out", target, "--force")
        return {
            sheet.title: list(sheet.iter_rows(values_only=True))
            for sheet in load_workbook(target).worksheets
        }


def held(reading_id: int, code: Code, on: date) -> Finding:
    return Finding(
        code=code,
        label=NAMES[code],
        effect=Effect.FAILS,
        sentence=f"{NAMES[code]}。",
        reading_ids=(reading_id,),
        latest_on=on - timedelta(days=30),
        gap_days=30,
        ids=(),
        name_seen="别名" if code is Code.NAME_MISMATCH else "",
    )


def reading(
    account_id: int, at: datetime, sweep_id: int | None = None, *posts: Post, **more: Any
) -> Reading:
    shown = make_evidence(f"{account_id}/{at:%Y%m%d%H}.jpg", at)
    values: dict[str, Any] = {
        "outcome": Outcome.OK,
        "name": f"示例{account_id}",
        "matched_by": MatchedBy.ID,
    }
    values |= {"platform_id": f"100{account_id}", "evidence": (shown,)} | more
    sight = Sight(surface="weibo.desktop", read_at=at, posts=posts, **values)
    return Reading(
        account_id=account_id,
        sweep_id=sweep_id,
        look=LookKind.SECOND,
        started_at=at,
        read_at=at,
        sights=(sight,),
    )
