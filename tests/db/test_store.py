"""What the store is given comes back as it was, on both databases; the registry keeps its
history.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import (
    FILE,
    NOW,
    ODD,
    PLAIN,
    change,
    enter,
    open_sweep,
    plain_reading,
    rich_reading,
    sql,
    without_captures,
)

import db
from db.errors import StoreError
from mediawatch.domain import (
    AccountChange,
    Contact,
    FiledStatus,
    Filing,
    Judgement,
    LookKind,
    MatchedBy,
    NewAccount,
    Post,
    PostKind,
    Reading,
    Refusal,
    RegistryChanges,
    Sight,
    Source,
    UpdatedAccount,
    Verdict,
)
from mediawatch.ports import Store


async def test_every_filed_field_comes_back(any_store: Store) -> None:
    defaults = Filing(name="", platform="")
    assert [
        field.name
        for field in fields(Filing)
        if getattr(ODD, field.name) == getattr(defaults, field.name)
    ] == []
    odd, plain = await enter(any_store, ODD, PLAIN)
    assert (odd.filed, plain.filed) == (ODD, PLAIN)
    assert odd.links == ODD.article_links
    assert await any_store.accounts.get(odd.id) == odd
    assert await any_store.accounts.get(odd.id + 100) is None


async def test_accounts_hold_their_common_words_once(any_store: Store) -> None:
    """A nation's list has a hundred thousand accounts, and some thousand places and units."""
    one, other = await enter(any_store, *[replace(PLAIN, county="示例县")] * 2)
    assert one.filed.county == "示例县"
    assert one.filed.county is other.filed.county


async def test_every_field_of_a_reading_comes_back(any_store: Store) -> None:
    account, other = await enter(any_store, PLAIN, ODD)
    given_in = rich_reading(account.id)
    kept = await any_store.readings.keep(given_in)
    assert kept == replace(without_captures(given_in), id=kept.id, filed_as=account.filed.identity)
    assert kept.id > 0
    assert await any_store.readings.by_account() == {account.id: [kept]}
    assert await any_store.readings.by_account([account.id, other.id]) == {account.id: [kept]}
    (back,) = (await any_store.readings.by_account([account.id]))[account.id]
    instants = [
        back.read_at,
        back.started_at,
        *(each.at for each in back.posts if each.at),
        *(item.taken_at for item in back.evidence),
    ]
    assert {at.tzinfo for at in instants} == {UTC}


async def test_a_reading_keeps_the_identity_that_was_filed_when_it_was_taken(
    any_store: Store,
) -> None:
    (account,) = await enter(any_store, ODD)
    taken = replace(
        account.filed.identity,
        name="旧名",
        platform_id="8",
        original_id="gh_8",
        alias="旧",
        links=("https://example.org/旧",),
    )
    given_in = await any_store.readings.keep(replace(plain_reading(account.id), filed_as=taken))
    now = await any_store.readings.keep(plain_reading(account.id))
    assert (given_in.filed_as, now.filed_as) == (taken, ODD.identity)
    await any_store.accounts.apply(
        RegistryChanges(source=FILE, updated=(UpdatedAccount(account_id=account.id, filed=PLAIN),))
    )
    assert await any_store.readings.by_account() == {account.id: [given_in, now]}
    assert await any_store.readings.by_id([now.id]) == {account.id: [now]}


async def test_many_new_accounts_keep_their_order_contacts_and_state(
    any_store: Store, migrated_url: str
) -> None:
    new = [
        NewAccount(
            filed=replace(PLAIN, name=f"示例{n}"),
            contact=Contact(person=f"联系人{n}", phone=f"0{n}") if n % 2 else None,
        )
        for n in range(1500)
    ]
    await any_store.accounts.apply(RegistryChanges(source=FILE, new=tuple(new)))
    accounts = await any_store.accounts.all()
    assert [account.filed for account in accounts] == [item.filed for item in new]
    contacts = await any_store.accounts.contacts()
    assert [contacts.get(account.id) for account in accounts] == [item.contact for item in new]
    assert sql(migrated_url, "SELECT count(*) FROM account_state") == [(1500,)]


@pytest.fixture(scope="module")
async def shared_store(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Store]:
    opened = await db.open_store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'mediawatch.db'}")
    yield opened
    await opened.close()


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001 - hypothesis wants naive bounds
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))
texts = {field.name: words for field in fields(Filing) if field.type == "str"}
optional_days = {
    field.name: st.none() | days for field in fields(Filing) if field.type == "date | None"
}
filed = st.builds(
    Filing,
    **texts,
    **optional_days,
    article_links=st.lists(words, max_size=3).map(tuple),
    status=st.sampled_from(FiledStatus),
    type_certain=st.booleans(),
)
posts = st.builds(
    Post,
    on=days,
    at=st.none() | instants,
    id=words,
    kind=st.sampled_from(PostKind),
    pinned=st.booleans(),
    repost=st.booleans(),
    pushed=st.none() | st.booleans(),
    link=words,
)
NUMBERS = count()
PROPERTY = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@PROPERTY
@given(st.lists(filed, min_size=1, max_size=4), st.lists(posts, max_size=6))
async def test_any_text_day_and_instant_comes_back(
    shared_store: Store, many: list[Filing], seen: list[Post]
) -> None:
    # In service a number stands once, and the examples share a store.
    many = [replace(one, filing_number=f"{next(NUMBERS)} {one.filing_number}") for one in many]
    accounts = await enter(shared_store, *many)
    assert [account.filed for account in accounts] == many
    kept = await shared_store.readings.keep(plain_reading(accounts[0].id, NOW, *seen))
    assert (await shared_store.readings.by_account([accounts[0].id]))[accounts[0].id] == [kept]
    assert list(kept.posts) == seen


async def test_text_that_no_database_takes_does_not_lose_the_reading(any_store: Store) -> None:
    (account,) = await enter(any_store, PLAIN)
    await any_store.readings.keep(
        plain_reading(account.id, name="a\0b\ud83d", matched_by=MatchedBy.ID)
    )
    assert (await any_store.readings.by_account())[account.id][0].name == "a�b�"


async def test_ids_stay_text_and_days_stay_days(store: Store, sqlite_url: str) -> None:
    (account,) = await enter(store, ODD)
    await store.readings.keep(rich_reading(account.id))
    assert sql(
        sqlite_url, "SELECT filing_number, typeof(filing_number), typeof(platform_id) FROM account"
    ) == [("0123456789012345", "text", "text")]
    assert sql(sqlite_url, 'SELECT post_id, "on", at FROM post ORDER BY id LIMIT 2') == [
        ("0009", "2031-02-01", None), ("10", "2031-03-01", "2031-03-01 15:59:59.999999"),
    ]  # fmt: skip


NAIVE = datetime(2031, 1, 1)  # noqa: DTZ001 - that is the point
WRONG: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"read_at": NAIVE}, ValueError),
    ({"started_at": NAIVE}, ValueError),
    ({"sights": (Sight(surface="s", read_at=NAIVE),)}, ValueError),
    (
        {
            "sights": (
                Sight(surface="s", read_at=NOW),
                Sight(surface="s", read_at=NOW, complete_since=NAIVE),
            )
        },
        ValueError,
    ),
    ({"read_at": date(2031, 1, 1)}, TypeError),
    ({"by": 7}, TypeError),
    ({"look": "glance"}, LookupError),
    ({"account_id": 999}, StoreError),
    ({"sweep_id": 999}, StoreError),
    ({"id": 1}, ValueError),
]


async def test_a_wrong_value_is_refused_and_nothing_is_kept(any_store: Store) -> None:
    (account,) = await enter(any_store, PLAIN)
    # A single sight without posts: so the value reaches the column and not only the domain's
    # arithmetic.
    bare = Reading(
        account_id=account.id,
        look=LookKind.FIRST,
        started_at=NOW,
        read_at=NOW,
        sights=(Sight(surface="s", read_at=NOW),),
    )
    for wrong, error in WRONG:
        with pytest.raises(error):
            await any_store.readings.keep(replace(bare, **wrong))
        assert await any_store.readings.by_account() == {}, wrong
    kept = await any_store.readings.keep(bare)
    assert await any_store.readings.by_account() == {account.id: [kept]}


async def test_a_kept_word_that_is_no_member_is_named(store: Store, sqlite_url: str) -> None:
    await enter(store, PLAIN)
    change(sqlite_url, "UPDATE account SET status = 'glance'")
    with pytest.raises(LookupError, match="'glance' is none of "):
        await store.accounts.all()


async def test_an_update_changes_values_and_writes_history(any_store: Store) -> None:
    first, second = await enter(any_store, PLAIN, ODD)
    later = Source(file="二季度.xlsx", sha256="1" * 64, at=NOW + timedelta(days=90))
    renamed = replace(PLAIN, name="示例市发布", status=FiledStatus.CLOSED)
    changes = (("name", "示例发布", "示例市发布"), ("status", "正常运行", "已关停"))
    update = UpdatedAccount(
        account_id=first.id,
        filed=renamed,
        changes=changes,
        contact=Contact(person="李四", phone="1"),
    )
    await any_store.accounts.apply(RegistryChanges(source=later, updated=(update,)))
    await any_store.accounts.apply(
        RegistryChanges(source=later, updated=(replace(update, changes=(), contact=None),))
    )
    assert await any_store.accounts.get(first.id) == replace(first, filed=renamed)
    assert await any_store.accounts.get(second.id) == second
    expected = [AccountChange(first.id, *change, later.at, "二季度.xlsx") for change in changes]
    assert (
        await any_store.accounts.changes(first.id) == await any_store.accounts.changes() == expected
    )
    assert await any_store.accounts.changes(second.id) == []
    assert await any_store.accounts.contacts() == {first.id: Contact(person="李四", phone="1")}
    assert [await any_store.accounts.delete_contacts() for _ in "12"] == [1, 0]
    assert await any_store.accounts.contacts() == {}
    assert await any_store.accounts.sources() == [
        (FILE, "registry"),
        (later, "registry"),
        (later, "registry"),
    ]


async def test_retired_accounts_leave_and_come_back(any_store: Store) -> None:
    first, second = await enter(any_store, PLAIN, ODD)
    # 17:00 UTC is the next day in Beijing.
    evening = Source(file="全量.xlsx", sha256="2" * 64, at=datetime(2031, 6, 30, 17, tzinfo=UTC))
    await any_store.accounts.apply(RegistryChanges(source=evening, retired=(first.id,)))
    again = replace(evening, file="再次.xlsx", at=evening.at + timedelta(days=1))
    await any_store.accounts.apply(RegistryChanges(source=again, retired=(first.id,)))
    gone = replace(first, retired_on=date(2031, 7, 1))
    assert await any_store.accounts.all() == [second]
    assert await any_store.accounts.all(include_retired=True) == [gone, second]
    assert await any_store.accounts.get(first.id) == gone
    back = replace(evening, file="三季度.xlsx", at=evening.at + timedelta(days=2))
    await any_store.accounts.apply(
        RegistryChanges(source=back, updated=(UpdatedAccount(account_id=first.id, filed=PLAIN),))
    )
    assert await any_store.accounts.all() == [first, second]
    assert await any_store.accounts.changes(first.id) == [
        AccountChange(first.id, "retired_on", "", "2031-07-01", evening.at, "全量.xlsx"),
        AccountChange(first.id, "retired_on", "2031-07-01", "", back.at, "三季度.xlsx"),
    ]


BAD: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"updated": (UpdatedAccount(account_id=999, filed=PLAIN),)}, LookupError),
    ({"retired": (999,)}, LookupError),
    (
        {
            "new": (
                NewAccount(filed=PLAIN),
                NewAccount(filed=replace(PLAIN, filing_number=1234567890123456)),
            )
        },
        TypeError,
    ),  # type: ignore[arg-type]
    ({"new": (NewAccount(filed=PLAIN, contact=Contact(person="x", phone=139)),)}, TypeError),  # type: ignore[arg-type]
]


async def test_an_import_is_all_or_nothing(any_store: Store) -> None:
    (first,) = await enter(any_store, PLAIN)
    good = UpdatedAccount(
        account_id=first.id, filed=ODD, changes=(("name", "a", "b"),), contact=Contact(person="x")
    )
    for bad, error in BAD:
        changes = RegistryChanges(
            source=FILE,
            new=(NewAccount(filed=ODD), *bad.get("new", ())),
            updated=(good, *bad.get("updated", ())),
            retired=bad.get("retired", ()),
        )
        with pytest.raises(error):
            await any_store.accounts.apply(changes)
        assert await any_store.accounts.all(include_retired=True) == [first], bad
        assert (await any_store.accounts.changes(), await any_store.accounts.contacts()) == ([], {})
        assert await any_store.accounts.sources() == [(FILE, "registry")]


async def test_learned_links_follow_the_filed_ones_newest_first(any_store: Store) -> None:
    account, _other = await enter(any_store, replace(ODD, article_links=("filed",)), PLAIN)
    await any_store.accounts.add_links(account.id, ["b", "a"], "回复.txt")
    await any_store.accounts.add_links(account.id, ["d", "b", "filed", "c", "d"], "回复2.txt")
    links = ("filed", "d", "c", "b", "a")
    assert [each.links for each in await any_store.accounts.all()] == [links, ()]
    found = await any_store.accounts.get(account.id)
    assert found is not None
    assert (found.links, found.filed.article_links) == (links, ("filed",))
    with pytest.raises(StoreError):
        await any_store.accounts.add_links(999, ["x"], "回复.txt")


async def test_imported_files_that_are_no_registry(any_store: Store) -> None:
    await any_store.accounts.add_source(FILE, "worklist")
    assert await any_store.accounts.sources() == [(FILE, "worklist")]


async def test_a_refusal_is_kept_once_and_for_good(any_store: Store) -> None:
    one, two = await enter(any_store, PLAIN, ODD)
    first = Refusal(account_id=two.id, field="platform_id", new="0012😀", at=NOW)
    other = [replace(first, new=""), replace(first, account_id=one.id)]
    await any_store.accounts.add_refusals([first])
    await any_store.accounts.add_refusals(
        [replace(first, at=NOW + timedelta(days=1)), *other, *other]
    )
    assert await any_store.accounts.refusals() == [other[1], first, other[0]]
    await any_store.accounts.add_refusals([])


async def test_the_last_entry_is_the_last_that_was_judged(any_store: Store) -> None:
    """A sweep that was stopped has judged no account."""
    (account,) = await enter(any_store, PLAIN)
    judged = await open_sweep(any_store, [account])
    await any_store.sweeps.keep_judgements(
        judged.id, {account.id: Judgement(verdict=Verdict.FRESH, sentence="示例")}
    )
    await open_sweep(any_store, [account], NOW)
    entry = await any_store.sweeps.last_entry(account.id)
    assert entry is not None
    assert (entry.sweep_id, entry.judgement is not None) == (judged.id, True)
