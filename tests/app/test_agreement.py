"""Every output says the same over random homes and histories.

Figures, Word, workbook, page, hand-off, `flagged`, queries and notices.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from cross_check import check, check_notice
from evidence_files import lay_down, make_evidence
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from postgres import Cluster

import db
from mediawatch.app import App
from mediawatch.app.choice import choose_sweep
from mediawatch.app.corrections import Correction, correct
from mediawatch.app.judged import judged_scope
from mediawatch.app.notices import IssueTerms, issue
from mediawatch.domain import (
    Account,
    Evidence,
    Excuse,
    FiledStatus,
    Filing,
    LookKind,
    MatchedBy,
    NewAccount,
    Outcome,
    Post,
    PostKind,
    Reading,
    RegistryChanges,
    ReviewAction,
    ReviewEvent,
    Sight,
    Source,
    Sweep,
    SweepKind,
    SweepState,
    UpdatedAccount,
    UserError,
    of_identity,
)
from mediawatch.domain.clock import BEIJING, EVER, day_of
from mediawatch.ops.settings import Home, Settings
from mediawatch.people import review
from mediawatch.people.suspects import suspects
from mediawatch.publish.notices.issuing import NoticeHeading
from mediawatch.rules.hearing import SILENCES
from mediawatch.rules.policy import load
from mediawatch.rules.post_lists import posts_of
from mediawatch.sweep.judging import checks_for, rejudge
from mediawatch.sweep.scope import registry_totals
from tests.support.policies import own

AS_OF = datetime(2032, 1, 1, 0, 0, tzinfo=BEIJING) - timedelta(microseconds=1)
TODAY = day_of(AS_OF)
PLATFORMS = (("weibo", "新浪微博"), ("wechat", "微信"), ("toutiao", "今日头条"), ("tieba", "贴吧"))
PLACES = (
    {"prefecture": "甲示例市"},
    {"prefecture": "乙示例市"},
    {"supervisor": "示例厅"},
    {"jurisdiction": "系统归口", "supervisor": "示例局"},
)
STATUSES = (FiledStatus.RUNNING,) * 6 + (
    FiledStatus.CLOSING,
    FiledStatus.CLOSED,
    FiledStatus.DEREGISTERED,
)
LOOKS = (
    "fresh",
    "stale",
    "silent",
    "renamed",
    "gone",
    "cancelled",
    "captcha",
    "by_link",
    "by_name",
    "person_no",
    "person_yes",
    "after",
)
CHANGES = ("name", "id", "no_id", "twin", "status", "place")
ACTIONS = (
    ReviewAction.DISPATCHED,
    ReviewAction.ANSWERED,
    ReviewAction.OVERDUE,
    ReviewAction.CONFIRMED,
    ReviewAction.CONFIRMED,
    ReviewAction.DISMISSED,
    ReviewAction.REOPENED,
)

# Which account, by its place; what is looked at, changed or decided; a day before as_of, or a turn.
PLACE = st.integers(0, 9)
DECISIONS = (ReviewAction.CONFIRMED, ReviewAction.DISMISSED)
STEPS = st.one_of(
    st.tuples(st.just("look"), PLACE, st.sampled_from(LOOKS), st.integers(0, 40)),
    st.tuples(st.just("look"), PLACE, st.sampled_from(LOOKS), st.integers(0, 40)),
    st.tuples(st.just("registry"), PLACE, st.sampled_from(CHANGES), st.integers(0, 9)),
    st.tuples(st.just("review"), PLACE, st.sampled_from(ACTIONS), st.integers(0, 5)),
    st.tuples(st.just("review"), PLACE, st.sampled_from(ACTIONS), st.integers(0, 5)),
    st.tuples(st.just("sweep"), PLACE, st.sampled_from(list(SweepKind)), st.integers(0, 9)),
    st.tuples(st.just("judge"), PLACE, st.just(""), st.just(0)),
    st.tuples(st.just("issue"), PLACE, st.just(""), st.just(0)),
    st.tuples(st.just("correct"), PLACE, st.just(""), st.integers(0, 3)),
)
ACCUSING = ("stale", "gone", "renamed", "person_no", "cancelled")
# Platform, place, status, whether its id is filed, what is seen of it. Also which earlier account
# the id belongs to, if any.
ACCOUNTS = st.lists(
    st.tuples(
        st.sampled_from(PLATFORMS),
        st.sampled_from(PLACES),
        st.sampled_from(STATUSES),
        st.sampled_from([True, True, False]),
        st.sampled_from(["", *LOOKS, *ACCUSING, *ACCUSING]),
        st.sampled_from([None, None, None, 1, 2]),
    ),
    min_size=6,
    max_size=10,
)
DECIDED = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(DECISIONS), st.integers(0, 5)), max_size=6
)
HISTORIES = st.tuples(
    st.sampled_from(["national", "tibet", "hunan"]), ACCOUNTS, DECIDED, st.lists(STEPS, max_size=10)
)
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""A history takes most of a second: to shrink one that disagrees would take minutes."""


@dataclass
class History:
    """A home, and what happens in it. The clock goes on a minute with each step."""

    app: App
    policy: str
    turn: int = 0

    @property
    def now(self) -> datetime:
        return AS_OF + timedelta(days=2, minutes=self.turn)

    async def file(self, drawn: Sequence[Any]) -> None:
        new = []
        for number, ((platform, type_), place, status, has_id, _, before) in enumerate(drawn, 1):
            if before is not None and number > before:
                twin = new[number - 1 - before].filed
                platform, type_, id_ = twin.platform, twin.type, twin.platform_id
            else:
                id_ = {
                    "weibo": f"20000000{number:02}",
                    "wechat": f"30000000{number:02}",
                    "toutiao": f"700000000{number:02}",
                }.get(platform, "")
            values: dict[str, Any] = {
                "platform_id": id_ if has_id else "",
                "organiser": f"示例{number}局",
                **place,
            }
            given = Filing(
                name=f"示例{number}",
                platform=platform,
                type=type_,
                filing_number=f"9{number:04}",
                status=status,
                **values,
            )
            new.append(NewAccount(filed=given))
        await self.app.store.accounts.apply(RegistryChanges(source=self._source(), new=tuple(new)))

    async def inspect(self, drawn: Sequence[Any]) -> None:
        """Two looks at each account, then the inspection is judged."""
        for account, (*_, looked, _) in zip(
            await self.app.store.accounts.all(), drawn, strict=True
        ):
            if looked:
                for look in (LookKind.FIRST, LookKind.SECOND):
                    await self.look(account, looked, 20, look)
        await self.sweep(SweepKind.CENSUS, 0)

    async def step(self, what: str, place: int, how: Any, number: int) -> None:
        self.turn += 1
        accounts = await self.app.store.accounts.all()
        account = accounts[place % len(accounts)]
        match what:
            case "look":
                await self.look(account, how, number)
            case "registry":
                await self.refile(account, how, accounts[number % len(accounts)])
            case "review":
                await self.decide(place, how, number)
            case "sweep":
                await self.sweep(how, number)
            case "judge":
                await rejudge(
                    self.app.store, self.app.supports, (await choose_sweep(self.app, None)).id
                )
            case "issue":
                await self.issue()
            case "correct":
                await self.correct(place, number)

    async def look(
        self, account: Account, how: str, days: int, look: LookKind = LookKind.SECOND
    ) -> None:
        self.turn += 1
        filed = account.filed
        seen_id = filed.platform_id or "9999999999"
        values: dict[str, Any] = {
            "name": filed.name,
            "platform_id": seen_id,
            "matched_by": MatchedBy.ID if filed.platform_id else MatchedBy.URL,
        }
        posts: tuple[date, ...] = ()
        match how:
            case "fresh":
                posts = (TODAY - timedelta(days=days % 14),)
            case "stale":
                posts = (TODAY - timedelta(days=15 + days),)
                values["complete_since"] = EVER
            case "silent":
                values |= {"outcome": Outcome.NO_POSTS, "control": "对照"}
            case "renamed":
                posts = (TODAY - timedelta(days=days % 14),)
                values["name"] = "示例新名"
            case "gone":
                values |= {
                    "outcome": Outcome.NOT_FOUND,
                    "control": "对照",
                    "name": "",
                    "platform_id": "",
                }
                values["matched_by"] = MatchedBy.ID if filed.platform_id else MatchedBy.NAME
            case "cancelled":
                values |= {"outcome": Outcome.CANCELLED, "control": "对照", "name": ""}
            case "captcha":
                values = {"outcome": Outcome.CAPTCHA}
            case "by_link":
                look = LookKind.LINK
                await self.app.store.accounts.add_links(
                    account.id, [f"https://mp.weixin.qq.com/s/Example{self.turn:015}"], "示例"
                )
                posts = (TODAY - timedelta(days=days % 14),)
                values |= {"platform_id": "", "matched_by": MatchedBy.URL}
            case "by_name":
                posts = (TODAY - timedelta(days=days % 14),)
                values |= {"platform_id": "", "matched_by": MatchedBy.NAME}
            case "after":
                posts = (TODAY + timedelta(days=1),)
                values["complete_since"] = EVER
            case "person_no" | "person_yes":
                await self.answer(account, how, days)
                return
        shown = tuple(
            Post(on=on, at=datetime.combine(on, time(9), BEIJING).astimezone(UTC), id=str(on))
            for on in posts
        )
        sight = Sight(
            surface=f"{account.platform}.page",
            read_at=self.now,
            posts=shown,
            evidence=self._evidence(),
            **values,
        )
        await self.app.store.readings.keep(
            Reading(
                account_id=account.id,
                look=look,
                started_at=self.now,
                read_at=self.now,
                sights=(sight,),
            )
        )

    async def answer(self, account: Account, how: str, days: int) -> None:
        """A person's row of the worklist: the newest post is long ago, or there is one in the
        window.
        """
        on = TODAY - timedelta(days=15 + days if how == "person_no" else days % 14)
        filed = account.filed
        sight = Sight(
            surface="person",
            read_at=self.now,
            name=filed.name,
            platform_id=filed.platform_id,
            matched_by=MatchedBy.ID,
            posts=(Post(on=on, kind=PostKind.SEEN),),
            complete_since=EVER if how == "person_no" else None,
            evidence=self._evidence(),
        )
        by = f"甲某{days % 2}"
        await self.app.store.readings.keep(
            Reading(
                account_id=account.id,
                look=LookKind.PERSON,
                started_at=self.now,
                read_at=self.now,
                by=by,
                sights=(sight,),
            )
        )

    async def refile(self, account: Account, how: str, other: Account) -> None:
        filed = account.filed
        match how:
            case "name":
                changed = replace(filed, name=f"{filed.name}新")
            case "id":
                changed = replace(filed, platform_id=f"4{self.turn:09}")
            case "no_id":
                changed = replace(filed, platform_id="")
            case "twin":
                changed = replace(
                    filed,
                    platform=other.platform,
                    type=other.filed.type,
                    platform_id=other.filed.platform_id,
                )
            case "status":
                changed = replace(filed, status=other.filed.status)
            case _:
                changed = replace(
                    filed, prefecture=other.filed.prefecture, supervisor=other.filed.supervisor
                )
        fields = [
            name
            for name in (
                "name",
                "platform",
                "type",
                "platform_id",
                "status",
                "prefecture",
                "supervisor",
            )
            if getattr(filed, name) != getattr(changed, name)
        ]
        history = tuple(
            (name, str(getattr(filed, name)), str(getattr(changed, name))) for name in fields
        )
        if history:
            updated = (UpdatedAccount(account_id=account.id, filed=changed, changes=history),)
            await self.app.store.accounts.apply(
                RegistryChanges(source=self._source(), updated=updated)
            )

    async def sweep(self, kind: SweepKind, number: int) -> None:
        accounts = [
            account for account in await self.app.store.accounts.all() if account.retired_on is None
        ]
        whole = kind in (SweepKind.CENSUS, SweepKind.NIGHTLY)
        chosen = (
            accounts
            if whole
            else [account for account in accounts if (account.id + number) % 2] or accounts[:1]
        )
        policy = load(self.policy)
        opened = await self.app.store.sweeps.open(
            Sweep(
                as_of=AS_OF,
                policy=policy.name,
                policy_toml=policy.toml,
                started_at=self.now,
                kind=kind,
                totals=registry_totals(accounts, chosen),
                scope="all" if kind is SweepKind.CENSUS else "due" if whole else "platform=weibo",
            ),
            chosen,
        )
        await rejudge(self.app.store, self.app.supports, opened.id)
        await self.app.store.sweeps.close(opened.id, SweepState.FINISHED, self.now)

    async def decide(self, place: int, action: ReviewAction, number: int) -> None:
        sweep = await choose_sweep(self.app, None)
        judged = await judged_scope(self.app, sweep)
        found = await suspects(
            self.app.store, sweep, judged.entries, await checks_for(self.app.store, sweep)
        )
        if not found:
            return
        suspect = found[place % len(found)]
        if action not in (ReviewAction.ANSWERED, ReviewAction.OVERDUE) and not review.leads_on(
            suspect, action
        ):
            return
        excuses = [None, *Excuse]
        event = ReviewEvent(
            sweep_id=sweep.id,
            account_id=suspect.account.id,
            code=suspect.finding.code,
            action=action,
            at=self.now,
            by="乙某",
            reason="示例",
            sentence=suspect.finding.sentence,
            facts=suspect.finding.facts,
            excuse=excuses[number % len(excuses)] if action is ReviewAction.DISMISSED else None,
        )
        newest = max(
            (known.id for known in await self.app.store.reviews.events(sweep.id)), default=0
        )
        await self.app.store.reviews.add(sweep.id, [event], after=newest, rejudged=judged.rejudged)

    async def issue(self) -> None:
        heading = NoticeHeading(
            number=f"示例〔2032〕{self.turn}号",
            title="示例通报",
            issued_on=TODAY + timedelta(days=9),
            by="丙某",
        )
        with _allowed():
            await issue(
                self.app,
                await choose_sweep(self.app, None),
                heading,
                IssueTerms(preliminary=True, leave_out_open=True),
            )

    async def correct(self, place: int, number: int) -> None:
        notices = await self.app.store.notices.all()
        if not notices:
            return
        notice = notices[place % len(notices)]
        item = notice.items[number % len(notice.items)]
        codes = [held.finding.code for held in item.findings][: number % 3]
        with _allowed():
            await correct(
                self.app,
                notice,
                Correction(item=item.number, codes=tuple(codes), by="丙某", reason="申诉成立"),
            )

    def _source(self) -> Source:
        return Source(file="台账.xlsx", sha256="0" * 64, at=self.now)

    def _evidence(self) -> tuple[Evidence, ...]:
        item = make_evidence(f"{self.turn}.jpg", self.now)
        lay_down(self.app.home.evidence, item)
        return (item,)


class _allowed:
    """What the product refuses with a reason is no fault."""

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: object
    ) -> bool:
        return isinstance(error, UserError)


async def no_post_is_passed_over(app: App, sweep: Sweep) -> None:
    """No output calls an account silent that posted in the window.

    As any kept look at the identity that is filed now shows.
    """
    judged = await judged_scope(app, sweep)
    start, end = own(judged.policy).window_start(day_of(sweep.as_of)), day_of(sweep.as_of)
    silent = [
        entry.account.id
        for entry in judged.entries
        if entry.judgement and any(finding.code in SILENCES for finding in entry.judgement.findings)
    ]
    now = await app.store.accounts.current(silent)
    for number, readings in (await app.store.readings.by_account(silent)).items():
        told = (
            said
            for reading in readings
            if (said := of_identity(reading, now[number].identity)) is not None
        )
        shown = [
            (sight, post)
            for reading in told
            for sight, post in posts_of(reading, judged.policy)
            if sight.matched_by is MatchedBy.ID
        ]
        assert not [post for _, post in shown if start <= post.on <= end], (
            f"account {number} posted in the window"
        )


async def lived(
    url: str,
    folder: Path,
    policy: str,
    drawn: Sequence[Any],
    decisions: Sequence[Any],
    steps: Sequence[Any],
) -> None:
    """One home from its first inspection on; at the end everything that tells of it must agree."""
    home = Home.at(folder)
    store = await db.open_store(
        url or f"sqlite:///{folder / 'mediawatch.db'}", clock=lambda: history.now
    )
    history = History(App(home, Settings(), store, lambda: history.now), policy)
    try:
        await history.file(drawn)
        await history.inspect(drawn)
        for place, action, excuse in decisions:
            await history.step("review", place, action, excuse)
        for step in steps:
            await history.step(*step)
        await check(history.app, await choose_sweep(history.app, None))
        await no_post_is_passed_over(history.app, await choose_sweep(history.app, None))
        for notice in await store.notices.all():
            await check_notice(history.app, notice)
    finally:
        await store.close()


def live(url: str, history: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(lived(url, Path(folder), *history))


@settings(max_examples=4, phases=UNSHRUNK, suppress_health_check=[HealthCheck.too_slow])
@given(HISTORIES)
def test_everything_that_tells_of_an_inspection_says_the_same(history: Any) -> None:
    live("", history)


@pytest.mark.soak
@settings(max_examples=200, phases=UNSHRUNK, suppress_health_check=[HealthCheck.too_slow])
@given(HISTORIES)
def test_many_histories_on_sqlite(history: Any) -> None:
    live("", history)


@pytest.mark.soak
def test_many_histories_on_postgresql(postgres: Cluster) -> None:
    @settings(max_examples=200, phases=UNSHRUNK, suppress_health_check=[HealthCheck.too_slow])
    @given(HISTORIES)
    def all_agree(history: Any) -> None:
        live(postgres.migrated_url(), history)

    all_agree()
