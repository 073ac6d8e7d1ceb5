"""Readings speak of the identity that is filed now, and of every filing of one id.

State, due dates, what is known and learned follow.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from samples import FILE, NOW, PLAIN, enter, plain_reading, post, sql

from db.accounts.identities import _SPELLINGS
from mediawatch.domain import (
    Account,
    AccountState,
    FiledIdentity,
    Filing,
    MatchedBy,
    Reading,
    RegistryChanges,
    UpdatedAccount,
    of_identity,
    spellings,
)
from mediawatch.domain.clock import EVER
from mediawatch.ports import Store
from mediawatch.rules.due import next_due
from mediawatch.rules.policy import load

DAY = timedelta(days=1)
ONE = replace(PLAIN, platform_id="1", url="https://weibo.com/u/1")
TWO = replace(ONE, platform_id="2", url="https://weibo.com/u/2")
BIZ = "MzA5MDAwMDAwMQ=="


def seen(account: Account, days: int, on: date, **more: Any) -> Reading:
    """A look by the filed id, so many days ago, which saw one post."""
    values: dict[str, Any] = {
        "name": account.filed.name,
        "matched_by": MatchedBy.ID,
        "complete_since": EVER,
    } | more
    return plain_reading(
        account.id, NOW - days * DAY, post(on, id=f"{on}", link=f"https://x/{on}"), **values
    )


async def file(store: Store, account: Account, filed: Filing) -> Account:
    await store.accounts.apply(
        RegistryChanges(source=FILE, updated=(UpdatedAccount(account_id=account.id, filed=filed),))
    )
    found = await store.accounts.get(account.id)
    assert found
    return found


async def speaking(store: Store, account: Account) -> list[int]:
    """The numbers of the readings from which the account is judged."""
    known = (await store.readings.for_judgement([account.id], NOW)).get(account.id, [])
    now: FiledIdentity = account.filed.identity
    return [
        reading.id
        for reading in known
        if reading.account_id != account.id or of_identity(reading, now)
    ]


async def test_readings_of_another_id_speak_no_more_and_come_back_with_it(
    any_store: Store, migrated_url: str
) -> None:
    (account,) = await enter(any_store, ONE)
    kept = await any_store.readings.keep(seen(account, 3, date(2031, 3, 1)))
    await any_store.accounts.add_links(account.id, ["https://x/learned"], "links.txt")
    before = (await any_store.readings.account_states())[account.id]
    assert before.latest_on == date(2031, 3, 1)
    other = await file(any_store, account, TWO)
    assert (await any_store.readings.account_states())[account.id] == AccountState(
        account_id=account.id
    )
    assert next_due(
        (await any_store.readings.account_states())[account.id], TWO, load("national"), NOW
    ) == date(2031, 3, 5)
    assert await speaking(any_store, other) == []
    assert sql(migrated_url, "SELECT count(*) FROM first_seen") == [(0,)]
    assert (
        await any_store.readings.identity_readings([account.id]),
        await any_store.readings.post_links([account.id]),
    ) == (
        {},
        {},
    )
    assert other.links == ()
    back = await file(any_store, account, ONE)
    assert (await any_store.readings.account_states())[account.id] == before
    assert await speaking(any_store, back) == [kept.id]
    assert await any_store.readings.by_account() == {account.id: [kept]}


async def test_a_corrected_id_starts_due_dates_and_verdicts_anew(any_store: Store) -> None:
    (account,) = await enter(any_store, ONE)
    await any_store.readings.keep(seen(account, 3, date(2031, 3, 1)))
    corrected = await file(any_store, account, TWO)
    later = await any_store.readings.keep(seen(corrected, 1, date(2031, 2, 1), platform_id="2"))
    state = (await any_store.readings.account_states())[account.id]
    assert (state.latest_on, state.last_read_at) == (date(2031, 2, 1), NOW - DAY)
    assert await speaking(any_store, corrected) == [later.id]


async def test_a_late_answer_about_the_old_identity_moves_nothing(any_store: Store) -> None:
    (account,) = await enter(any_store, ONE)
    corrected = await file(any_store, account, TWO)
    late = seen(account, 0, date(2031, 3, 4))
    await any_store.readings.keep(replace(late, filed_as=ONE.identity))
    assert (await any_store.readings.account_states())[account.id] == AccountState(
        account_id=account.id
    )
    # Of the account that is filed now it tells what it shows itself.
    shows = replace(late.sights[0], platform_id="2", posts=(post(date(2031, 3, 2)),))
    kept = await any_store.readings.keep(
        replace(late, filed_as=ONE.identity, sights=(*late.sights, shows))
    )
    assert (await any_store.readings.account_states())[account.id].latest_on == date(2031, 3, 2)
    assert await speaking(any_store, corrected) == [kept.id]


async def test_a_sight_of_another_id_proves_nothing_of_the_filed(
    any_store: Store,
) -> None:
    (account,) = await enter(any_store, ONE)
    kept = await any_store.readings.keep(
        seen(
            account,
            1,
            date(2031, 3, 1),
            matched_by=MatchedBy.URL,
            platform_id="9",
            verified_as="别的机关",
        )
    )
    state = (await any_store.readings.account_states())[account.id]
    assert (state.latest_on, state.name_seen, state.exact_read_at) == (None, "", None)
    assert state.last_read_at == kept.read_at, "it was looked for: it is not due again at once"
    assert await speaking(any_store, account) == []
    assert await any_store.readings.identity_readings([account.id]) == {account.id: [kept]}


async def test_a_new_name_of_the_same_id_changes_nothing_that_was_seen(any_store: Store) -> None:
    (account,) = await enter(any_store, ONE)
    kept = await any_store.readings.keep(seen(account, 3, date(2031, 3, 1)))
    await any_store.accounts.add_links(account.id, ["https://x/learned"], "links.txt")
    before = (await any_store.readings.account_states())[account.id]
    renamed = await file(any_store, account, replace(ONE, name="新名"))
    assert (await any_store.readings.account_states())[account.id] == before
    assert await speaking(any_store, renamed) == [kept.id]
    assert renamed.links == ("https://x/learned",)


async def test_a_reading_serves_every_filing_of_its_id(any_store: Store) -> None:
    one, other, apart = await enter(any_store, ONE, replace(ONE, name="示例二", url=""), TWO)
    before = await any_store.accounts.current([one.id, other.id, apart.id])
    older = await any_store.readings.keep(seen(other, 20, date(2031, 1, 1)))
    newer = await any_store.readings.keep(seen(one, 0, date(2031, 3, 4)))
    states = await any_store.readings.account_states()
    assert [states[each.id].latest_on for each in (one, other, apart)] == [
        date(2031, 3, 4),
        date(2031, 3, 4),
        None,
    ]
    known = (await any_store.readings.for_judgement([other.id], NOW))[other.id]
    assert [(reading.id, reading.account_id) for reading in known] == [
        (older.id, other.id),
        (newer.id, one.id),
    ]
    assert await any_store.accounts.twins([one.id, other.id, apart.id]) == {
        one.id: (other.id,),
        other.id: (one.id,),
    }
    # Both may be judged by it: the counter of news of both was raised.
    news = await any_store.accounts.current([one.id, other.id, apart.id])
    assert [news[each.id].news - before[each.id].news for each in (one, other, apart)] == [2, 2, 0]


async def test_only_what_is_tied_by_the_id_serves_a_twin(any_store: Store) -> None:
    one, other = await enter(any_store, ONE, replace(ONE, name="示例二"))
    for tie in (MatchedBy.NAME, MatchedBy.URL, None):
        await any_store.readings.keep(seen(one, 0, date(2031, 3, 4), matched_by=tie))
    assert (await any_store.readings.account_states())[other.id] == AccountState(
        account_id=other.id
    )
    assert await any_store.readings.for_judgement([other.id], NOW) == {}


async def test_an_id_that_unfolds_to_nul_has_no_twin_before_it(any_store: Store) -> None:
    """A database may end a text at a NUL: 示例甲 would be taken for 示例乙."""
    filed = [
        replace(PLAIN, platform="wechat", name=name, platform_id=id)
        for name, id in (("示例甲", "example-1%00x"), ("示例乙", "example-1"))
    ]
    accounts = await enter(any_store, *filed)
    assert await any_store.accounts.twins([account.id for account in accounts]) == {}


async def test_twins_are_found_in_every_spelling(any_store: Store) -> None:
    filed = [
        replace(PLAIN, platform="wechat", name=f"示例{spelling}", platform_id=spelling)
        for spelling in (BIZ, BIZ.rstrip("="), "3090000001")
    ]
    gh = [
        replace(PLAIN, platform="wechat", original_id=spelling)
        for spelling in ("gh_00000000abcd", "GH_00000000ABCD")
    ]
    accounts = await enter(any_store, *filed, *gh, replace(PLAIN, platform_id=BIZ))
    ids = [account.id for account in accounts]
    first = set(ids[:3])
    assert (
        max(
            len(spellings(each, "wechat"))
            for each in (BIZ, "3090000001", "gh_0Aa", " gh_0a ", "MzA5%3D")
        )
        <= _SPELLINGS
    )
    # One reading at a time finds them in the same spellings.
    for account, others in ((accounts[1], first), (accounts[3], {ids[3], ids[4]})):
        before = await any_store.accounts.current(ids)
        await any_store.readings.keep(seen(account, 0, date(2031, 3, 4)))
        after = await any_store.accounts.current(ids)
        assert {key for key in ids if after[key].news != before[key].news} == others
    assert await any_store.accounts.twins(ids) == {
        key: tuple(sorted(first - {key})) for key in first
    } | {
        ids[3]: (ids[4],),
        ids[4]: (ids[3],),
    }


async def test_a_filing_that_comes_later_has_what_was_read_of_its_twin(any_store: Store) -> None:
    (one,) = await enter(any_store, ONE)
    kept = await any_store.readings.keep(seen(one, 1, date(2031, 3, 4)))
    (late,) = await enter(any_store, replace(ONE, name="示例二"))
    assert (await any_store.readings.account_states())[late.id].latest_on == date(2031, 3, 4)
    assert await speaking(any_store, late) == [kept.id]
    # A filing that turns out to be another account loses it again.
    corrected = await file(any_store, late, replace(TWO, name="示例二"))
    assert (await any_store.readings.account_states())[late.id] == AccountState(account_id=late.id)
    assert await speaking(any_store, corrected) == []


async def test_retention_keeps_what_twins_and_old_identities_need(
    any_store: Store,
) -> None:
    one, other, changed, plain = await enter(
        any_store,
        ONE,
        replace(ONE, name="示例二"),
        replace(PLAIN, platform_id="3"),
        replace(PLAIN, platform_id="4"),
    )
    old = {
        each.id: [
            await any_store.readings.keep(seen(each, days, date(2031, 1, 1)))
            for days in (50, 40, 30, 20)
        ]
        for each in (one, changed, plain)
    }
    await any_store.readings.keep(
        replace(
            seen(other, 1, date(2031, 3, 4)),
            sights=seen(other, 1, date(2031, 3, 4), matched_by=None).sights,
        )
    )
    await file(any_store, changed, replace(PLAIN, platform_id="5"))
    idle, _ = await any_store.readings.find_idle(NOW - 10 * DAY, 0, 1_000)
    assert {each.id for each in idle} == {
        old[key][place].id for key in (one.id, plain.id) for place in (1, 2)
    }
