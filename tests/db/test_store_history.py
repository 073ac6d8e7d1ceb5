"""Readings are never changed, the current state follows them, judgements replace each other within
their sweep.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from evidence_files import all_evidence
from samples import (
    FILE,
    LATE,
    NOW,
    ODD,
    PLAIN,
    enter,
    finding,
    open_sweep,
    plain_reading,
    post,
    rich_reading,
    sql,
)
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.engine import migration_engine, normal_url
from db.errors import StoreError
from db.models import IMMUTABLE
from mediawatch.domain import (
    Account,
    AccountState,
    Code,
    DateKind,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    RegistryChanges,
    ReviewAction,
    ReviewEvent,
    ReviewPicture,
    ReviewState,
    Sweep,
    SweepState,
    UpdatedAccount,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import EVER
from mediawatch.ports import Store


async def test_the_past_cannot_be_changed_even_by_sql(any_store: Store, migrated_url: str) -> None:
    (account,) = await enter(any_store, PLAIN)
    kept = await any_store.readings.keep(rich_reading(account.id))
    sweep = await open_sweep(any_store, [account])
    shot = ReviewPicture(path="d/a.png", sha256="a" * 64, media_type="image/png", size=9)
    await any_store.reviews.add(
        sweep.id,
        [decision(sweep, account, finding(kept.id), ReviewAction.ANSWERED, pictures=(shot,))],
        after=0,
    )
    engine = migration_engine(normal_url(migrated_url))
    for table in IMMUTABLE:
        column = {"reading_identity": "reading_id", "review_picture": "event_id"}.get(table, "id")
        with (
            pytest.raises(DBAPIError, match=f"a {table} is never updated"),
            engine.begin() as connection,
        ):
            connection.execute(text(f"UPDATE {table} SET {column} = {column}"))
    assert await any_store.readings.by_account() == {account.id: [kept]}
    with engine.begin() as connection:  # retention may delete
        for table in ("first_seen", "identity_seen", *reversed(IMMUTABLE)):
            connection.execute(text(f"DELETE FROM {table}"))
    engine.dispose()


async def test_readings_are_chosen_by_account_and_sweep_oldest_first(any_store: Store) -> None:
    accounts = await enter(any_store, *[PLAIN] * 3)
    one, two, three = (account.id for account in accounts)
    sweep = await any_store.sweeps.open(
        Sweep(as_of=NOW, policy="national", policy_toml="", started_at=NOW), accounts
    )
    later = await any_store.readings.keep(
        plain_reading(one, NOW + timedelta(days=1), sweep_id=sweep.id)
    )
    # A worklist that comes back late tells of an earlier moment.
    earlier = await any_store.readings.keep(plain_reading(one, NOW))
    of_two = await any_store.readings.keep(plain_reading(two, NOW, sweep_id=sweep.id))
    assert await any_store.readings.by_account() == {one: [earlier, later], two: [of_two]}
    assert await any_store.readings.by_account([two, three, 999]) == {two: [of_two]}
    assert await any_store.readings.by_account([]) == {}
    assert await any_store.readings.by_account(sweep_id=sweep.id) == {one: [later], two: [of_two]}
    assert await any_store.readings.by_account([one], sweep_id=sweep.id) == {one: [later]}
    assert (
        await any_store.readings.by_account(range(7_000)) == await any_store.readings.by_account()
    )


STATE = "latest_on, last_reading_id, last_outcome, exact_reading_id, name_seen"


async def test_the_current_state_follows_each_reading(store: Store, sqlite_url: str) -> None:
    (account,) = await enter(store, PLAIN)
    day = timedelta(days=1)

    async def state_after(read_at: datetime, *seen: Post, **sight: Any) -> tuple[Any, ...]:
        await store.readings.keep(plain_reading(account.id, read_at, *seen, **sight))
        return sql(sqlite_url, f"SELECT {STATE} FROM account_state")[0]

    named = {"name": "示例发布", "matched_by": MatchedBy.ID}
    assert sql(sqlite_url, f"SELECT {STATE} FROM account_state") == [(None, None, None, None, "")]
    assert await state_after(NOW, post(date(2031, 3, 1)), **named) == (
        "2031-03-01",
        1,
        "ok",
        None,
        "示例发布",
    )
    assert await state_after(NOW + day, post(date(2031, 2, 1)), complete_since=EVER) == (
        "2031-03-01",
        2,
        "ok",
        2,
        "示例发布",
    )
    assert await state_after(NOW + 2 * day, outcome=Outcome.CAPTCHA) == (
        "2031-03-01",
        3,
        "captcha",
        2,
        "示例发布",
    )
    # Late and older than what is known: its post is news, all the rest is not.
    late = {"name": "旧名", "matched_by": MatchedBy.ID, "complete_since": EVER}
    assert await state_after(NOW - day, post(date(2031, 3, 2)), **late) == (
        "2031-03-02",
        3,
        "captcha",
        2,
        "示例发布",
    )
    # A post of the future counts for no account.
    assert await state_after(NOW + 3 * day, post(date(2032, 1, 1))) == (
        "2031-03-02",
        5,
        "ok",
        2,
        "示例发布",
    )
    assert sql(sqlite_url, "SELECT exact_read_at, complete_since FROM account_state") == [
        ("2031-03-06 04:00:00.000000", "1990-01-01 00:00:00.000000")
    ]


async def test_the_state_tells_what_due_dates_need(any_store: Store) -> None:
    one, two, gone = await enter(any_store, *[PLAIN] * 3)
    await any_store.accounts.apply(RegistryChanges(source=FILE, retired=(gone.id,)))
    seen = [
        post(date(2031, 3, 1), repost=True),
        post(date(2031, 2, 1), pushed=False),
        post(date(2031, 1, 1), LATE),
    ]
    mine = {"name": "示例发布", "matched_by": MatchedBy.ID, "complete_since": EVER}
    await any_store.readings.keep(plain_reading(one.id, NOW, *seen, **mine))
    # Of a page that nothing ties to the account.
    await any_store.readings.keep(
        plain_reading(one.id, NOW - timedelta(days=1), post(date(2031, 3, 3)))
    )
    known = AccountState(
        account_id=one.id,
        latest_on=date(2031, 3, 1),
        original_on=date(2031, 1, 1),
        last_read_at=NOW,
        last_outcome=Outcome.OK,
        exact_read_at=NOW,
        complete_since=EVER,
        name_seen="示例发布",
        name_matched_by=MatchedBy.ID,
        name_read_at=NOW,
    )
    assert await any_store.readings.account_states() == {
        one.id: known,
        two.id: AccountState(account_id=two.id),
    }
    assert await any_store.readings.account_states([gone.id, 999]) == {
        gone.id: AccountState(account_id=gone.id)
    }
    by_person = plain_reading(
        two.id, NOW, post(date(2031, 3, 4), kind=PostKind.SEEN), matched_by=MatchedBy.NAME
    )
    await any_store.readings.keep(replace(by_person, look=LookKind.PERSON))
    assert (await any_store.readings.account_states([two.id]))[two.id].person_fresh_on == date(
        2031, 3, 4
    )


async def test_the_state_keeps_the_verdict_of_the_latest_moment(any_store: Store) -> None:
    accounts = await enter(any_store, PLAIN)
    (account,) = accounts
    older, newer = (
        await open_sweep(any_store, accounts),
        await open_sweep(any_store, accounts, as_of=LATE + timedelta(days=1)),
    )

    async def verdict() -> tuple[Verdict | None, bool, datetime | None]:
        state = (await any_store.readings.account_states())[account.id]
        return state.verdict, state.second_look, state.judged_as_of

    pending = Judgement(verdict=Verdict.UNPROVEN, sentence="示例", second_look=True)
    await any_store.sweeps.keep_judgements(newer.id, {account.id: pending})
    assert await verdict() == (Verdict.UNPROVEN, True, newer.as_of)
    await any_store.sweeps.keep_judgements(
        older.id, {account.id: Judgement(verdict=Verdict.FAILED, sentence="示例")}
    )
    assert await verdict() == (Verdict.UNPROVEN, True, newer.as_of)
    await any_store.sweeps.keep_judgements(
        newer.id, {account.id: Judgement(verdict=Verdict.FRESH, sentence="示例")}
    )
    assert await verdict() == (Verdict.FRESH, False, newer.as_of)


async def test_a_sweep_freezes_its_scope(any_store: Store) -> None:
    first, second, _ = await enter(any_store, ODD, PLAIN, PLAIN)
    sweep = await open_sweep(any_store, [second, first])
    again = await open_sweep(any_store, [])
    assert await any_store.sweeps.all() == [sweep, again]
    assert again.id > sweep.id
    await any_store.accounts.apply(
        RegistryChanges(
            source=FILE,
            updated=(UpdatedAccount(account_id=first.id, filed=PLAIN),),
            retired=(second.id,),
        )
    )
    await any_store.accounts.add_links(second.id, ["learned"], "回复.txt")
    rows = await any_store.sweeps.scope(sweep.id)
    assert [(row.sweep_id, row.account, row.judgement) for row in rows] == [
        (sweep.id, first, None),
        (sweep.id, replace(second, links=("learned",)), None),
    ]
    assert await any_store.sweeps.scope(again.id) == []
    await any_store.sweeps.close(sweep.id, SweepState.FINISHED, NOW)
    assert (await any_store.sweeps.all())[0] == replace(
        sweep, state=SweepState.FINISHED, finished_at=NOW
    )
    with pytest.raises(LookupError):
        await any_store.sweeps.close(999, SweepState.FINISHED, NOW)
    with pytest.raises(ValueError, match="open already"):
        await any_store.sweeps.open(sweep, [])


async def test_judgements_come_back_and_replace_only_their_own(
    any_store: Store, migrated_url: str
) -> None:
    accounts = await enter(any_store, *[PLAIN] * 3)
    one, two, three = (account.id for account in accounts)
    read = [(await any_store.readings.keep(plain_reading(one))).id for _ in range(3)]
    sweep, other = await open_sweep(any_store, accounts), await open_sweep(any_store, accounts)
    renamed = finding(read[1], code=Code.RENAMED_UNREPORTED)
    failed = Judgement(
        verdict=Verdict.FAILED,
        sentence="示例",
        findings=(finding(read[2], read[0]), renamed),
        latest_on=date(2031, 2, 1),
        date_kind=DateKind.EXACT,
        gap_days=15,
        second_look=True,
        notes=("发布时间异常", "监测窗口含春节"),
    )
    fresh = Judgement(verdict=Verdict.FRESH, sentence="正常")

    async def judged(of: Sweep) -> list[Judgement | None]:
        return [row.judgement for row in await any_store.sweeps.scope(of.id)]

    await any_store.sweeps.keep_judgements(sweep.id, {one: failed, two: fresh})
    await any_store.sweeps.keep_judgements(other.id, {one: failed})
    assert await judged(sweep) == [failed, fresh, None]
    keys = sql(migrated_url, "SELECT id, review_state FROM finding ORDER BY id")
    assert {state for _, state in keys} == {"open"}
    changed = replace(failed, findings=(replace(renamed, name_seen="别名"), failed.findings[0]))
    await any_store.sweeps.keep_judgements(sweep.id, {one: changed, three: failed})
    assert await judged(sweep) == [changed, fresh, failed]
    await any_store.sweeps.keep_judgements(sweep.id, {one: fresh})
    await any_store.sweeps.keep_judgements(sweep.id, {})
    assert await judged(sweep) == [fresh, fresh, failed]
    assert await judged(other) == [failed, None, None]
    with pytest.raises(LookupError, match="has no account 999"):
        await any_store.sweeps.keep_judgements(sweep.id, {two: failed, 999: fresh})
    with pytest.raises(StoreError):
        await any_store.sweeps.keep_judgements(
            sweep.id, {two: replace(failed, findings=(finding(9999),))}
        )
    assert await judged(sweep) == [fresh, fresh, failed]


def decision(
    sweep: Sweep, account: Account, said: Finding, action: ReviewAction, **more: Any
) -> ReviewEvent:
    values: dict[str, Any] = {"at": LATE, "by": "张三", "sentence": said.sentence} | more
    return ReviewEvent(
        sweep_id=sweep.id, account_id=account.id, code=said.code, action=action, **values
    )


async def test_a_review_follows_events_while_the_finding_stays(
    any_store: Store, migrated_url: str
) -> None:
    (account,) = accounts = await enter(any_store, PLAIN)
    read = (await any_store.readings.keep(plain_reading(account.id))).id
    sweep, said = await open_sweep(any_store, accounts), finding(read)

    async def judged(*findings: Finding) -> list[ReviewState]:
        await any_store.sweeps.keep_judgements(
            sweep.id,
            {account.id: Judgement(verdict=Verdict.FAILED, sentence="示例", findings=findings)},
        )
        assert sql(migrated_url, "SELECT review_state FROM finding ORDER BY position") == [
            (each.review,) for each in await kept()
        ]
        return [each.review for each in await kept()]

    async def kept() -> tuple[Finding, ...]:
        (row,) = await any_store.sweeps.scope(sweep.id)
        assert row.judgement
        return row.judgement.findings

    assert await judged(said) == [ReviewState.OPEN]
    first = decision(
        sweep, account, said, ReviewAction.CONFIRMED, reason="证据属实", source="核实.xlsx"
    )
    await any_store.reviews.add(sweep.id, [first], after=0)
    (event,) = await any_store.reviews.events(sweep.id)
    assert replace(event, id=0) == first
    assert [each.review for each in await kept()] == [ReviewState.CONFIRMED]
    # The key, the numbers and the proofs may change; what was decided is the sentence.
    assert await judged(finding(read, code=Code.ZOMBIE), replace(said, gap_days=16)) == [
        ReviewState.OPEN,
        ReviewState.CONFIRMED,
    ]
    assert await judged(replace(said, sentence="另一句")) == [ReviewState.OPEN]
    assert await judged() == []
    assert await judged(said) == [ReviewState.CONFIRMED]
    with pytest.raises(UserError, match="decided about some of these findings meanwhile"):
        await any_store.reviews.add(
            sweep.id, [decision(sweep, account, said, ReviewAction.DISMISSED)], after=0
        )
    await any_store.reviews.add(
        sweep.id, [decision(sweep, account, said, ReviewAction.REOPENED)], after=event.id
    )
    assert [each.review for each in await kept()] == [ReviewState.OPEN]
    assert [event.action for event in await any_store.reviews.events(sweep.id)] == [
        ReviewAction.CONFIRMED,
        ReviewAction.REOPENED,
    ]


async def test_pictures_of_an_answer_are_kept_with_it_and_are_evidence(any_store: Store) -> None:
    (account,) = accounts = await enter(any_store, PLAIN)
    sweep, said = (
        await open_sweep(any_store, accounts),
        finding((await any_store.readings.keep(plain_reading(account.id))).id),
    )
    pictures = tuple(
        ReviewPicture(path=f"d/{sign}.png", sha256=sign * 64, media_type="image/png", size=9)
        for sign in "ab"
    )
    events = [
        decision(sweep, account, said, ReviewAction.DISPATCHED),
        decision(sweep, account, said, ReviewAction.ANSWERED, pictures=pictures),
    ]
    await any_store.reviews.add(sweep.id, events, after=0)
    assert [event.pictures for event in await any_store.reviews.events(sweep.id)] == [(), pictures]
    kept = [
        (item.evidence.path, item.account_id, item.proves) for item in await all_evidence(any_store)
    ]
    assert kept == [(picture.path, account.id, True) for picture in pictures]


async def test_a_province_is_judged_in_one_go(store: Store) -> None:
    accounts = await enter(store, *(replace(PLAIN, name=f"示例{n}") for n in range(6_000)))
    read = (await store.readings.keep(plain_reading(accounts[0].id))).id
    sweep = await open_sweep(store, accounts)
    verdicts = {
        account.id: Judgement(
            verdict=Verdict.FAILED,
            sentence=str(n),
            findings=(finding(read, gap_days=n),) if n % 3 == 0 else (),
        )
        for n, account in enumerate(accounts)
    }
    await store.sweeps.keep_judgements(sweep.id, verdicts)
    assert {row.account.id: row.judgement for row in await store.sweeps.scope(sweep.id)} == verdicts
