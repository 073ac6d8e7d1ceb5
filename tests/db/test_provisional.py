"""暂用标识 as they are kept: what begins one, what ends it, and what of its proofs stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from samples import FILE, NOW, PLAIN, enter, post

from mediawatch.domain import (
    SEVERAL_BEAR_THE_NAME,
    Account,
    Filing,
    LookKind,
    MatchedBy,
    NameHit,
    NewAccount,
    Outcome,
    ProvisionalEnd,
    ProvisionalId,
    Reading,
    Refusal,
    RegistryChanges,
    Sight,
    UpdatedAccount,
    Verdict,
)
from mediawatch.ports import Dossier, Store
from mediawatch.registry.decisions import current, refusals
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import load

BIZ, OTHER = "MzkwMDAwMDAwMQ==", "MzkwMDAwMDAwMg=="
NAME = "示例市第一测试局"
NAMED = replace(
    PLAIN, name=NAME, platform="wechat", platform_id="", original_id="", alias="", url="",
    article_links=(), reader_url="",
)  # fmt: skip
HIT = NameHit(value=BIZ, name=NAME, alias="shili_ceshi", verified=True)
POSTED = date(2031, 3, 3)


def look(account: Account, *sights: Sight, days: int = 0, **more: Any) -> Reading:
    at = NOW - timedelta(days=days)
    return Reading(
        account_id=account.id,
        look=more.pop("look", LookKind.FIRST),
        started_at=at,
        read_at=at,
        sights=tuple(replace(each, read_at=at) for each in sights),
        filed_as=account.filed.identity,
        **more,
    )


def searched(hit: NameHit = HIT) -> Sight:
    return Sight(
        surface="wechat.search", read_at=NOW, name=hit.name, platform_id=hit.value,
        matched_by=MatchedBy.NAME, name_hit=hit,
    )  # fmt: skip


def page(**facts: Any) -> Sight:
    """What the number led to: a page that shows an article of the last days."""
    values: dict[str, Any] = {
        "name": NAME, "platform_id": BIZ, "original_id": "gh_abc", "matched_by": MatchedBy.NAME,
        "posts": (post(POSTED),), "provisional": BIZ,
    } | facts  # fmt: skip
    return Sight(surface="wechat.article", read_at=NOW, **values)


SEVERAL = Sight(
    surface="wechat.search", read_at=NOW, outcome=Outcome.NO_EVIDENCE,
    detail=f"2 {SEVERAL_BEAR_THE_NAME}",
)  # fmt: skip


ELSEWHERE = page(platform_id=OTHER, provisional="", matched_by=MatchedBy.URL, posts=())
"""A page of a link that somebody handed in."""


async def found(store: Store, *filed: Filing) -> Sequence[Account]:
    """Accounts of which a search found the first, and a page showed that it posts."""
    accounts = await enter(store, *(filed or (NAMED,)))
    first = look(accounts[0], searched(), page(), days=1)
    await store.readings.keep(first)
    return accounts


async def ids(store: Store) -> list[tuple[int, str, ProvisionalEnd | None]]:
    return [
        (each.account_id, each.value, each.why) for each in await store.accounts.provisional_ids()
    ]


async def file(store: Store, account: Account, **filed: Any) -> Account:
    changed = replace(account.filed, **filed)
    update = UpdatedAccount(
        account_id=account.id,
        filed=changed,
        changes=tuple((field, "", str(value)) for field, value in filed.items()),
    )
    await store.accounts.apply(RegistryChanges(source=FILE, updated=(update,)))
    now = await store.accounts.get(account.id)
    assert now
    return now


async def verdict(store: Store, account: Account) -> tuple[Verdict, bool]:
    """As a sweep judges it that began before the look."""
    as_of = NOW - timedelta(days=2)
    now = (await store.accounts.current([account.id]))[account.id]
    readings = (await store.readings.for_judgement([account.id], as_of)).get(account.id, [])
    known = Dossier(filed=account.filed, identity=now.identity, readings=tuple(readings))
    judged = judge(known, as_of, load("national"))
    return judged.verdict, judged.provisional


async def latest(store: Store, account: Account) -> date | None:
    return (await store.readings.account_states([account.id]))[account.id].latest_on


async def test_a_single_hit_becomes_a_provisional_id(any_store: Store) -> None:
    (account,) = await found(any_store)
    kept = (await any_store.readings.by_account([account.id]))[account.id][0]
    assert await any_store.accounts.provisional_ids() == [
        ProvisionalId(
            account_id=account.id, value=BIZ, name=NAME, alias="shili_ceshi", verified=True,
            on=date(2031, 3, 4), reading_id=kept.id,
        )
    ]  # fmt: skip
    now = await any_store.accounts.get(account.id)
    assert now is not None
    assert now.provisional is not None
    assert (now.provisional.value, now.filed.platform_id) == (BIZ, "")
    assert now in await any_store.accounts.all()
    assert kept.sights[1].provisional == BIZ
    assert await verdict(any_store, account) == (Verdict.FRESH, True)
    assert await latest(any_store, account) == POSTED


@pytest.mark.parametrize(
    "filed",
    [
        {"platform_id": OTHER}, {"original_id": "gh_x"}, {"alias": "shili"},
        {"article_links": ("https://mp.weixin.qq.com/s/abcdefgh",)},
        {"reader_url": "https://weread.qq.com/web/mp/reader/1"}, {"url": "https://x/1"},
    ],
)  # fmt: skip
async def test_an_account_with_any_other_key_gets_none(store: Store, filed: dict[str, Any]) -> None:
    (account,) = await enter(store, replace(NAMED, **filed))
    await store.readings.keep(look(account, searched()))
    assert await ids(store) == []


async def test_an_id_that_another_account_has_is_none(any_store: Store) -> None:
    accounts = await found(
        any_store, NAMED, replace(NAMED, name="别的名称", platform_id="3900000001")
    )
    assert await ids(any_store) == [(accounts[0].id, BIZ, ProvisionalEnd.TAKEN)]
    assert await verdict(any_store, accounts[0]) == (Verdict.UNPROVEN, False)


async def test_two_filings_of_one_name_both_get_none(any_store: Store) -> None:
    one, two = await found(any_store, NAMED, replace(NAMED, organiser="示例市第二测试局"))
    assert await ids(any_store) == [(one.id, BIZ, ProvisionalEnd.TAKEN)]
    await any_store.readings.keep(look(two, searched(), page()))
    taken = [(one.id, BIZ, ProvisionalEnd.TAKEN), (two.id, BIZ, ProvisionalEnd.TAKEN)]
    assert await ids(any_store) == taken
    # Nor later: the search goes on finding the same account for both.
    await any_store.readings.keep(look(one, searched(), page()))
    assert await ids(any_store) == taken
    for account in (one, two):
        assert await verdict(any_store, account) == (Verdict.UNPROVEN, False)
        assert await latest(any_store, account) is None


@pytest.mark.parametrize(
    "other", [{"original_id": "gh_other"}, {"alias": "bieren"}, {"name": "示例市 第一测试局 "}]
)  # fmt: skip
async def test_an_account_of_a_name_that_is_filed_twice_gets_none(
    any_store: Store, other: dict[str, str]
) -> None:
    """The hit may be the other one's: the search tells them not apart."""
    one, _ = await found(any_store, NAMED, replace(NAMED, **other))
    assert await ids(any_store) == [(one.id, BIZ, ProvisionalEnd.TAKEN)]
    assert await verdict(any_store, one) == (Verdict.UNPROVEN, False)


async def test_it_ends_where_another_account_of_the_name_is_filed(any_store: Store) -> None:
    (account,) = await found(any_store)
    other = NewAccount(filed=replace(NAMED, filing_number="9", original_id="gh_other"))
    await any_store.accounts.apply(RegistryChanges(source=FILE, new=(other,)))
    assert await ids(any_store) == [(account.id, BIZ, ProvisionalEnd.TAKEN)]
    assert await verdict(any_store, account) == (Verdict.UNPROVEN, False)


@pytest.mark.parametrize("tie", [MatchedBy.ID, MatchedBy.URL])
@pytest.mark.parametrize("first", [True, False])
async def test_an_id_that_another_accounts_page_shows_is_none(
    any_store: Store, tie: MatchedBy, first: bool
) -> None:
    other = replace(NAMED, name="别的名称", original_id="gh_abc", filing_number="9")
    one, two = await enter(any_store, NAMED, other)
    shown = look(two, page(provisional="", name="别的名称", matched_by=tie, posts=()), days=2)
    searching = look(one, searched(), page(), days=1)
    for each in (shown, searching) if first else (searching, shown):
        await any_store.readings.keep(each)
    assert await ids(any_store) == [(one.id, BIZ, ProvisionalEnd.TAKEN)]
    assert await verdict(any_store, one) == (Verdict.UNPROVEN, False)
    assert await latest(any_store, one) is None


@pytest.mark.parametrize(
    "sight",
    [
        page(provisional="", name="别的名称", matched_by=None),
        page(provisional="", name="别的名称", platform_id=OTHER, matched_by=MatchedBy.URL),
    ],
)
async def test_what_other_pages_show_besides_takes_nothing(any_store: Store, sight: Sight) -> None:
    one, two = await enter(any_store, NAMED, replace(NAMED, name="别的名称", filing_number="9"))
    await any_store.readings.keep(look(two, sight, days=2))
    await any_store.readings.keep(look(one, searched(), page(), days=1))
    assert await ids(any_store) == [(one.id, BIZ, None)]


@pytest.mark.parametrize(
    ("filed", "why", "judged"),
    [
        ({"platform_id": BIZ}, ProvisionalEnd.FILED_SAME, (Verdict.FRESH, False)),
        ({"platform_id": "3900000001"}, ProvisionalEnd.FILED_SAME, (Verdict.FRESH, False)),
        ({"platform_id": OTHER}, ProvisionalEnd.FILED_OTHER, (Verdict.UNPROVEN, False)),
        # Its page showed the gh_ id.
        ({"original_id": "GH_ABC"}, ProvisionalEnd.FILED_SAME, (Verdict.FRESH, False)),
        ({"original_id": "gh_else"}, ProvisionalEnd.FILED_OTHER, (Verdict.UNPROVEN, False)),
        ({"alias": "Shili_Ceshi"}, ProvisionalEnd.FILED_SAME, (Verdict.FRESH, True)),
        ({"alias": "bieren"}, ProvisionalEnd.FILED_OTHER, (Verdict.UNPROVEN, False)),
        ({"name": "示例市第二测试局"}, ProvisionalEnd.NAME_CORRECTED, (Verdict.UNPROVEN, False)),
        ({"organiser": "示例市第二测试局"}, None, (Verdict.FRESH, True)),
    ],
)  # fmt: skip
async def test_the_registry_ends_it(
    any_store: Store,
    filed: dict[str, Any],
    why: ProvisionalEnd | None,
    judged: tuple[Verdict, bool],
) -> None:
    (account,) = await found(any_store)
    changed = await file(any_store, account, **filed)
    assert await ids(any_store) == [(account.id, BIZ, why)]
    assert (changed.provisional is None) == (why is not None)
    assert await verdict(any_store, changed) == judged
    assert (await latest(any_store, changed) is None) == (judged[0] is Verdict.UNPROVEN)


async def test_it_ends_where_another_account_is_filed_with_it(any_store: Store) -> None:
    (account,) = await found(any_store)
    other = NewAccount(filed=replace(NAMED, name="别的名称", filing_number="9", platform_id=BIZ))
    await any_store.accounts.apply(RegistryChanges(source=FILE, new=(other,)))
    assert await ids(any_store) == [(account.id, BIZ, ProvisionalEnd.TAKEN)]
    assert await verdict(any_store, account) == (Verdict.UNPROVEN, False)
    assert await latest(any_store, account) is None


@pytest.mark.parametrize(
    ("sight", "why"),
    [
        (SEVERAL, ProvisionalEnd.SEVERAL_HITS),
        (searched(replace(HIT, value=OTHER)), ProvisionalEnd.OTHER_NAME),
        (page(name="别的名称"), ProvisionalEnd.OTHER_NAME),
        (ELSEWHERE, ProvisionalEnd.OTHER_ID),
        (searched(), None),
        (page(name="示例市 第一测试局"), None),
        # It may be anybody's: it is tied to nothing.
        (replace(ELSEWHERE, matched_by=None), None),
    ],
)  # fmt: skip
async def test_a_later_look_ends_it(
    any_store: Store, sight: Sight, why: ProvisionalEnd | None
) -> None:
    (account,) = await found(any_store)
    await any_store.readings.keep(look(account, sight))
    assert await ids(any_store) == [(account.id, BIZ, why)]
    assert await verdict(any_store, account) == (
        (Verdict.UNPROVEN, False) if why else (Verdict.FRESH, True)
    )
    assert await latest(any_store, account) == (None if why else POSTED)
    # The search finds it again: it is not taken again by itself.
    await any_store.readings.keep(look(account, searched()))
    assert await ids(any_store) == [(account.id, BIZ, why)]


@pytest.mark.parametrize("tie", [MatchedBy.NAME, None])
async def test_none_begins_where_its_own_page_bears_another_name(
    any_store: Store, tie: MatchedBy | None
) -> None:
    (account,) = await enter(any_store, NAMED)
    await any_store.readings.keep(
        look(account, searched(), page(name="别的名称", matched_by=tie), days=1)
    )
    ended = [(account.id, BIZ, ProvisionalEnd.OTHER_NAME)]
    assert await ids(any_store) == ended
    assert await verdict(any_store, account) == (Verdict.UNPROVEN, False)
    assert await latest(any_store, account) is None
    # Another page that bears the filed name does not bring the posts of that one back.
    await any_store.readings.keep(look(account, searched(), page()))
    assert await ids(any_store) == ended
    assert await verdict(any_store, account) == (Verdict.UNPROVEN, False)


async def test_none_begins_where_several_bear_the_name(store: Store) -> None:
    (account,) = await enter(store, NAMED)
    await store.readings.keep(look(account, searched(), SEVERAL, page()))
    assert await ids(store) == []


async def test_a_refused_id_ends_with_its_proofs(any_store: Store) -> None:
    (account,) = await found(any_store)
    refusal = Refusal(account_id=account.id, field="platform_id", new=BIZ, at=NOW)
    await any_store.accounts.add_refusals([refusal])
    assert await ids(any_store) == [(account.id, BIZ, ProvisionalEnd.REFUSED)]
    assert await verdict(any_store, account) == (Verdict.UNPROVEN, False)
    assert await latest(any_store, account) is None
    await any_store.readings.keep(look(account, searched(), page()))
    assert await verdict(any_store, account) == (Verdict.UNPROVEN, False)


@pytest.mark.parametrize("tie", [MatchedBy.NAME, MatchedBy.URL])
async def test_nothing_of_a_refused_id_proves(any_store: Store, tie: MatchedBy) -> None:
    (account,) = await found(any_store)
    refusal = Refusal(account_id=account.id, field="platform_id", new=BIZ, at=NOW)
    await any_store.accounts.add_refusals([refusal])
    # What a hint, a chat or a filed link brings: no search led to it.
    handed = page(provisional="", platform_id=BIZ.rstrip("="), original_id="", matched_by=tie)
    await any_store.readings.keep(look(account, handed, look=LookKind.LINK))
    assert await verdict(any_store, account) == (Verdict.UNPROVEN, False)
    assert await latest(any_store, account) is None
    linked = await file(any_store, account, article_links=("https://mp.weixin.qq.com/s/abcdefgh",))
    await any_store.readings.keep(look(linked, handed))
    assert await verdict(any_store, linked) == (Verdict.UNPROVEN, False)
    # Once the very id is filed, it does.
    filed = await file(any_store, linked, platform_id=BIZ)
    assert await verdict(any_store, filed) == (Verdict.FRESH, False)


async def test_own_proofs_are_told_from_those_of_the_id(any_store: Store) -> None:
    (account,) = await found(any_store)
    own = page(provisional="", platform_id="", original_id="", matched_by=MatchedBy.URL)
    linked = replace(account.filed.identity, links=())
    await any_store.readings.keep(replace(look(account, own), filed_as=linked))
    # The post is the same one. The newest look shows it without the id.
    assert await verdict(any_store, account) == (Verdict.FRESH, False)
    await any_store.accounts.add_refusals(
        [Refusal(account_id=account.id, field="platform_id", new=BIZ, at=datetime.now(UTC))]
    )
    assert await verdict(any_store, account) == (Verdict.FRESH, False)
    assert await latest(any_store, account) == POSTED


# What another filing had taken

BODY = "示例市第一测试局"
SAME_NAME = replace(NAMED, organiser="示例市第二测试局", filing_number="9")


async def taken(store: Store, other: Filing = SAME_NAME) -> tuple[Account, Account]:
    """One account whose id another filing of the name has taken."""
    one, two = await found(store, replace(NAMED, filing_number="8"), other)
    assert await ids(store) == [(one.id, BIZ, ProvisionalEnd.TAKEN)]
    return one, two


async def withdraw(store: Store, account: Account) -> None:
    await store.accounts.apply(RegistryChanges(source=FILE, retired=(account.id,)))


async def again(store: Store, account: Account, hit: NameHit = HIT) -> tuple[Verdict, bool]:
    """The verdict after a new search has found the account."""
    await store.readings.keep(look(account, searched(hit), page()))
    return await verdict(store, account)


async def test_a_taken_id_returns_where_the_other_filing_is_corrected(any_store: Store) -> None:
    one, two = await taken(any_store)
    await file(any_store, two, name="别的名称")
    assert await ids(any_store) == [(one.id, BIZ, ProvisionalEnd.RELEASED)]
    # What was seen before proves nothing: only a new search may find it again.
    assert await verdict(any_store, one) == (Verdict.UNPROVEN, False)
    assert await again(any_store, one) == (Verdict.FRESH, True)
    assert await ids(any_store) == [(one.id, BIZ, ProvisionalEnd.RELEASED), (one.id, BIZ, None)]
    # And it ends again where a filing of the name returns.
    await file(any_store, two, name=NAME)
    assert (await ids(any_store))[-1] == (one.id, BIZ, ProvisionalEnd.TAKEN)
    assert await verdict(any_store, one) == (Verdict.UNPROVEN, False)


@pytest.mark.parametrize(
    ("other", "filed", "released"),
    [
        (SAME_NAME, {"platform_id": OTHER}, True),
        (SAME_NAME, {"platform_id": BIZ}, False),
        # These cannot be compared with the number.
        (SAME_NAME, {"original_id": "gh_else"}, False),
        (SAME_NAME, {"alias": "bieren"}, False),
        (replace(SAME_NAME, name="别的名称", platform_id=BIZ), {"platform_id": OTHER}, True),
        (replace(SAME_NAME, name="别的名称", platform_id=BIZ), {"county": "示例县"}, False),
    ],
)
async def test_a_taken_id_returns_once_an_id_tells_the_two_apart(
    store: Store, other: Filing, filed: dict[str, str], released: bool
) -> None:
    one, two = await taken(store, other)
    await file(store, two, **filed)
    why = ProvisionalEnd.RELEASED if released else ProvisionalEnd.TAKEN
    assert await ids(store) == [(one.id, BIZ, why)]
    assert (await again(store, one) == (Verdict.FRESH, True)) == released


@pytest.mark.parametrize(
    ("other", "body", "released"),
    [
        # Of another office: its account may live on under the name, filed elsewhere.
        (SAME_NAME, "", False),
        (SAME_NAME, BODY, True),
        # The same account, filed twice or anew.
        (replace(SAME_NAME, organiser=BODY), "", True),
        (replace(SAME_NAME, organiser=BODY, platform_id=BIZ), "", True),
        (replace(SAME_NAME, name="别的名称", platform_id=BIZ), "", False),
    ],
)
async def test_a_taken_id_returns_where_the_withdrawn_filing_was_of_the_same_body(
    any_store: Store, other: Filing, body: str, released: bool
) -> None:
    hit = replace(HIT, body=body)
    own = replace(NAMED, organiser=BODY, filing_number="8")
    one, two = await enter(any_store, own, other)
    await any_store.readings.keep(look(one, searched(hit), page(), days=1))
    await withdraw(any_store, two)
    why = ProvisionalEnd.RELEASED if released else ProvisionalEnd.TAKEN
    assert await ids(any_store) == [(one.id, BIZ, why)]
    assert await verdict(any_store, one) == (Verdict.UNPROVEN, False)
    assert (await again(any_store, one, hit) == (Verdict.FRESH, True)) == released


async def test_an_id_that_a_withdrawn_filing_holds_does_not_begin_either(store: Store) -> None:
    one, two = await enter(store, NAMED, replace(SAME_NAME, name="别的名称", platform_id=BIZ))
    await withdraw(store, two)
    await store.readings.keep(look(one, searched(), page()))
    assert await ids(store) == [(one.id, BIZ, ProvisionalEnd.TAKEN)]


async def test_a_released_id_that_is_refused_does_not_return(store: Store) -> None:
    one, two = await taken(store)
    refusal = Refusal(account_id=one.id, field="platform_id", new=BIZ.rstrip("="), at=NOW)
    await store.accounts.add_refusals([refusal])
    await file(store, two, name="别的名称")
    assert await ids(store) == [(one.id, BIZ, ProvisionalEnd.REFUSED)]
    assert await again(store, one) == (Verdict.UNPROVEN, False)


async def test_it_is_proposed_again_once_the_other_filing_has_gone(store: Store) -> None:
    one, two = await taken(store)
    assert await current(store) == []
    await withdraw(store, two)
    # Not safe to use by itself: a person says whose it is.
    assert await ids(store) == [(one.id, BIZ, ProvisionalEnd.TAKEN)]
    (proposal,) = await current(store)
    assert (proposal.account.id, proposal.new, proposal.sure) == (one.id, BIZ, False)
    assert "曾对应另一备案账号" in proposal.why
    await store.accounts.add_refusals(refusals([proposal], NOW))
    assert await current(store) == []


# What was refused, by ids of other kinds


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("platform_id", BIZ.rstrip("=")),
        ("platform_id", "3900000001"),
        ("original_id", "GH_ABC"),
    ],
)
async def test_a_refusal_by_any_id_of_the_account_ends_it(
    any_store: Store, field: str, value: str
) -> None:
    (account,) = await found(any_store)
    refusal = Refusal(account_id=account.id, field=field, new=value, at=NOW)
    await any_store.accounts.add_refusals([refusal])
    assert await ids(any_store) == [(account.id, BIZ, ProvisionalEnd.REFUSED)]


@pytest.mark.parametrize(
    "shown",
    [
        {"platform_id": "3900000001", "original_id": ""},
        {"platform_id": "", "original_id": "GH_abc"},
        # As a person types what he sees.
        {"platform_id": "Shili_Ceshi", "original_id": ""},
    ],
)
async def test_a_refused_account_proves_nothing_by_its_other_ids(
    any_store: Store, shown: dict[str, str]
) -> None:
    (account,) = await found(any_store)
    refusal = Refusal(account_id=account.id, field="platform_id", new=BIZ, at=NOW)
    await any_store.accounts.add_refusals([refusal])
    handed = page(provisional="", matched_by=MatchedBy.NAME, **shown)
    await any_store.readings.keep(look(account, handed, look=LookKind.LINK))
    assert await verdict(any_store, account) == (Verdict.UNPROVEN, False)
    assert await latest(any_store, account) is None
    now = await any_store.accounts.get(account.id)
    assert now is not None
    assert now.disowned == {BIZ, "gh_abc", "shili_ceshi"}
    # The registry has the last word, by an id of any kind.
    filed = await file(any_store, account, original_id="gh_abc")
    assert filed.disowned == frozenset()


@pytest.mark.parametrize(
    "hit",
    [
        replace(HIT, value=BIZ.rstrip("=")),
        # One 微信号 is one account, whatever number the search shows.
        replace(HIT, value=OTHER, alias="SHILI_ceshi"),
    ],
)
async def test_a_refused_account_is_not_found_again_by_other_ids(
    any_store: Store, hit: NameHit
) -> None:
    (account,) = await found(any_store)
    refusal = Refusal(account_id=account.id, field="platform_id", new=BIZ, at=NOW)
    await any_store.accounts.add_refusals([refusal])
    await any_store.readings.keep(look(account, searched(hit)))
    assert await ids(any_store) == [(account.id, BIZ, ProvisionalEnd.REFUSED)]


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("Shili_Ceshi", ProvisionalEnd.FILED_SAME),
        ("bieren", ProvisionalEnd.FILED_OTHER),
    ],
)
async def test_an_id_that_is_filed_as_a_word_is_the_one_or_another(
    any_store: Store, word: str, why: ProvisionalEnd
) -> None:
    (account,) = await found(any_store)
    filed = await file(any_store, account, platform_id=word)
    assert await ids(any_store) == [(account.id, BIZ, why)]
    proved = (
        (Verdict.FRESH, True) if why is ProvisionalEnd.FILED_SAME else (Verdict.UNPROVEN, False)
    )
    assert await verdict(any_store, filed) == proved
    # What a link brings of the other one says nothing, though no id that can be compared is filed.
    linked = await file(any_store, filed, article_links=("https://mp.weixin.qq.com/s/abcdefgh",))
    handed = page(provisional="", original_id="", matched_by=MatchedBy.URL)
    await any_store.readings.keep(look(linked, handed))
    fresh = await verdict(any_store, linked)
    assert (fresh[0] is Verdict.FRESH) == (why is ProvisionalEnd.FILED_SAME)
