"""What the store gives to judge by is little, and says what all readings say.

So does what retention leaves of them: over random histories, policies and moments, on both
databases.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import FILE, NOW, PLAIN, enter

import db
from db.readings.following import bearing
from db.readings.state import own_posts
from mediawatch.domain import (
    Account,
    CanaryCheck,
    Evidence,
    EvidenceKind,
    FiledIdentity,
    FiledStatus,
    Filing,
    LookKind,
    MatchedBy,
    NameHit,
    Outcome,
    Post,
    PostKind,
    Reading,
    RegistryChanges,
    Sight,
    UpdatedAccount,
    of_identity,
    of_twin,
)
from mediawatch.domain.clock import EVER, day_start
from mediawatch.people.worklist.todo import ids_of
from mediawatch.ports import Dossier, Store
from mediawatch.registry.proposal import Proposal
from mediawatch.registry.proposals import ProposalSearch
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import load, parse

NATIONAL = load("national")
STRICT = parse(
    NATIONAL.toml.replace("reposts = true", "reposts = false").replace(
        "unpushed = true", "unpushed = false"
    )
)
NO_REPOSTS = parse(
    NATIONAL.toml.replace("reposts = true", "reposts = false").replace(
        'edge = "exceeds"         #', 'edge = "reaches" #'
    )
)
POLICIES = (NATIONAL, load("tibet"), STRICT, NO_REPOSTS)
TODAY = date(2031, 3, 5)
NAMES = ("示例发布", "示例发布2", "别名")
HITS = tuple(NameHit(value=id, name="别名") for id in ("1", "1", "2"))
PROOF = Evidence(
    kind=EvidenceKind.SCREENSHOT,
    media_type="image/jpeg",
    path="a.jpg",
    sha256="0" * 64,
    size=1,
    taken_at=NOW,
)
NAMED = replace(PLAIN, name="别名")
"""A search may find an id for it."""
FILED = (
    replace(PLAIN, platform_id="1", opened_on=date(2020, 1, 1)),
    replace(PLAIN, name="别名", alias="x"),
    replace(PLAIN, platform_id="1", status=FiledStatus.CLOSED),
    replace(PLAIN, platform_id="2"),
    NAMED,
)
NUMBERS = count(1)
WHO: dict[int, FiledIdentity] = {}
"""By account, who it is as filed now, with the 暂用标识 that count for it."""
T = TypeVar("T", bound=Filing | FiledIdentity | Sight | Reading)


def moment(days_ago: int, minute: int) -> datetime:
    return day_start(TODAY - timedelta(days=days_ago)) + timedelta(minutes=minute)


minutes = st.sampled_from((0, 3, 600, 1435))
"""About midnight, where a post of a look may be of the next day."""
posts = st.builds(
    lambda gap, minute, timed, id, **more: Post(
        id=id,
        link=id and f"https://mp.weixin.qq.com/s/{id}",
        on=TODAY - timedelta(days=gap),
        at=moment(gap, minute) if timed else None,
        kind=PostKind.SEEN if minute == 3 else PostKind.OTHER,
        **more,
    ),
    st.integers(-2, 60),
    minutes,
    st.booleans(),
    id=st.sampled_from(("", "a", "b")),
    repost=st.booleans(),
    pushed=st.sampled_from((None, None, True, False)),
)


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    read_at = moment(draw(st.sampled_from((-1, 0, 0, 0, 1, 9, 16, 30, 90))), draw(minutes))
    look = draw(
        st.sampled_from(
            (LookKind.FIRST, LookKind.SECOND, LookKind.SECOND, LookKind.CONTROL, LookKind.PERSON)
        )
    )
    sights = tuple(
        Sight(
            surface="person" if look is LookKind.PERSON else draw(st.sampled_from(("s", "t"))),
            read_at=read_at,
            outcome=draw(
                st.sampled_from(
                    (*[Outcome.OK] * 5, Outcome.NOT_FOUND, Outcome.NO_POSTS, Outcome.CAPTCHA)
                )
            ),
            name=draw(st.sampled_from(("", *NAMES))),
            matched_by=draw(st.sampled_from((MatchedBy.ID, MatchedBy.ID, MatchedBy.URL, None))),
            platform_id=draw(st.sampled_from(("", "1", "2"))),
            verified_as=draw(st.sampled_from(("", "示例机关"))),
            posts=tuple(draw(st.lists(posts, max_size=3))),
            control=draw(st.sampled_from(("", "示例对照"))),
            complete_since=draw(st.sampled_from((None, EVER, moment(40, 0), moment(70, 0)))),
            evidence=(PROOF,) if draw(st.booleans()) else (),
            name_hit=None
            if look is LookKind.PERSON
            else draw(st.sampled_from((*[None] * 5, *HITS))),
            provisional=""
            if look is LookKind.PERSON
            else draw(st.sampled_from(("", "", "", "1", "2"))),
        )
        for _ in range(draw(st.integers(1, 2)))
    )
    by = draw(st.sampled_from(("张三", "李四"))) if look is LookKind.PERSON else ""
    taken = draw(st.sampled_from((None, None, None, *FILED)))
    return Reading(
        account_id=draw(st.sampled_from((0, 0, 1))),
        look=look,
        started_at=read_at,
        read_at=read_at,
        sights=sights,
        by=by,
        filed_as=taken and taken.identity,
    )


@dataclass(frozen=True)
class History:
    """What is kept of two filings, and how the first one is filed before, meanwhile and in the
    end.
    """

    filed: tuple[Filing, ...]
    other: Filing
    kept: tuple[Reading, ...]


histories = st.builds(
    History,
    st.lists(st.sampled_from(FILED), min_size=1, max_size=3).map(tuple),
    st.sampled_from(FILED),
    st.lists(readings(), max_size=10).map(tuple),
)


checks = st.builds(
    lambda surface, days, minute, fresh: CanaryCheck(
        surface=surface,
        session="",
        account_name="示例对照",
        platform_id="9",
        at=moment(days, minute),
        fresh=fresh,
        outcome=Outcome.OK,
    ),
    st.sampled_from(("s", "t")),
    st.sampled_from((-1, 0, 1)),
    minutes,
    st.booleans(),
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[asyncio.Runner, Store]]:
    """One store for all histories: each is an account of its own."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('known') / 'mediawatch.db'}"
    else:
        url = str(request.getfixturevalue("postgres").url())
    with asyncio.Runner() as runner:
        store = runner.run(db.open_store(url, clock=lambda: NOW))
        yield runner, store
        runner.run(store.close())


async def said_alike(store: Store, history: History, seen: tuple[CanaryCheck, ...]) -> None:
    number = next(NUMBERS)
    accounts = await enter(store, own(history.filed[0], number), own(history.other, number))
    times = len(history.filed)
    for place, filed in enumerate(history.filed):
        if place:
            updated = UpdatedAccount(account_id=accounts[0].id, filed=own(filed, number))
            await store.accounts.apply(RegistryChanges(source=FILE, updated=(updated,)))
        # As they are kept, which need not be as they were read: a worklist returns late.
        for each in history.kept[place::times]:
            await store.readings.keep(
                replace(own(each, number), account_id=accounts[each.account_id].id)
            )
    now = [account for each in accounts if (account := await store.accounts.get(each.id))]
    current = await store.accounts.current([account.id for account in now])
    WHO.update((key, each.identity) for key, each in current.items())
    kept = await store.readings.by_account([account.id for account in now])
    both = sorted(
        (reading for some in kept.values() for reading in some),
        key=lambda reading: (reading.read_at, reading.id),
    )
    twins = len({account.filed.platform_id for account in now} - {""}) == 1 and all(
        account.filed.platform_id for account in now
    )
    for account in now:
        everything = [reading for reading in both if twins or reading.account_id == account.id]
        whole = heard(account, everything)
        await known_says(
            store,
            account,
            seen,
            whole,
            (moment(1, 1439), moment(0, 600), moment(17, 0), moment(-1, 0)),
        )
        shown = (await store.readings.post_links([account.id])).get(account.id, set())
        assert {
            post.link
            for reading in whole
            for sight, post in own_posts(reading)
            if post.link and not sight.provisional
        } <= shown
        assert shown <= {
            post.link for reading in everything for sight in reading.sights for post in sight.posts
        }
        told = tuple((await store.readings.identity_readings([account.id])).get(account.id, ()))
        assert said_of(account, told) == said_of(
            account, tuple(filter(None, (as_told(account, reading) for reading in everything)))
        )
    # What is gone may only be lacking where it was too old to speak.
    edge = moment(5, 0)
    first = min((reading.id for reading in both), default=1)
    idle, _ = await store.readings.find_idle(edge, first - 1, 1_000)
    assert await store.readings.delete([each.id for each in idle], edge) == len(idle)
    gone = {each.id for each in idle}
    left = [each for each in both if each.id not in gone]
    assert {
        reading
        for some in (await store.readings.by_account([account.id for account in now])).values()
        for reading in some
    } == set(left)
    for account in now:
        everything = [reading for reading in both if twins or reading.account_id == account.id]
        whole, rest = (
            heard(account, everything),
            heard(account, (each for each in everything if each.id not in gone)),
        )
        await known_says(
            store, account, seen, whole, (edge, moment(1, 1439), moment(0, 600), moment(-1, 0))
        )
        for period in (date(2031, 1, 1), date(2031, 2, 20)):
            some, all_of_them = (
                Dossier(filed=account.filed, identity=WHO[account.id], readings=each, checks=seen)
                for each in (rest, whole)
            )
            assert judge(some, edge, NATIONAL, period) == judge(all_of_them, edge, NATIONAL, period)


def own(thing: T, number: int) -> T:
    """With ids that no other history has."""
    if isinstance(thing, Sight) and (thing.provisional or thing.name_hit):
        hit = thing.name_hit
        plain = replace(
            thing,
            provisional="",
            name_hit=None,
        )
        return replace(
            own(plain, number),
            provisional=thing.provisional and f"{number}.{thing.provisional}",
            name_hit=hit and replace(hit, value=f"{number}.{hit.value}"),
        )
    if isinstance(thing, Filing | FiledIdentity | Sight):
        return replace(thing, platform_id=thing.platform_id and f"{number}.{thing.platform_id}")
    assert isinstance(thing, Reading)
    return replace(
        thing,
        filed_as=thing.filed_as and own(thing.filed_as, number),
        sights=tuple(own(sight, number) for sight in thing.sights),
    )


def heard(account: Account, readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """What readings of both filings say of one as it is filed now."""
    now = WHO[account.id]
    said = (
        of_identity(each, now) if each.account_id == account.id else of_twin(each, now)
        for each in readings
    )
    return tuple(each for each in said if each)


def as_told(account: Account, reading: Reading) -> Reading | None:
    return bearing(reading, account.id, WHO[account.id]).whole


async def known_says(
    store: Store,
    account: Account,
    seen: tuple[CanaryCheck, ...],
    everything: tuple[Reading, ...],
    moments: tuple[datetime, ...],
) -> None:
    for place, as_of in enumerate(moments):
        some = heard(
            account, (await store.readings.for_judgement([account.id], as_of)).get(account.id, ())
        )
        assert set(some) <= set(everything)
        for policy in POLICIES:
            for supported in (True, False):
                bounded, whole = (
                    Dossier(
                        filed=account.filed,
                        identity=WHO[account.id],
                        readings=known,
                        checks=seen,
                        supported=supported,
                    )
                    for known in (some, everything)
                )
                assert judge(bounded, as_of, policy) == judge(whole, as_of, policy)
        first = TODAY - timedelta(days=24 if place % 2 else 60)
        some = heard(
            account,
            (await store.readings.for_judgement([account.id], as_of, first)).get(account.id, ()),
        )
        assert set(some) <= set(everything)
        for policy in (NATIONAL, STRICT):
            bounded, whole = (
                Dossier(filed=account.filed, identity=WHO[account.id], readings=known, checks=seen)
                for known in (some, everything)
            )
            assert judge(bounded, as_of, policy, first) == judge(whole, as_of, policy, first)


def said_of(account: Account, readings: tuple[Reading, ...]) -> tuple[object, ...]:
    """What is learned of who an account is."""
    unfiled = replace(account, filed=replace(account.filed, platform_id="", organiser="示例机关"))
    return (
        learned(account, readings),
        learned(unfiled, readings),
        {*ids_of(unfiled, readings)},
    )


def learned(account: Account, readings: tuple[Reading, ...]) -> list[Proposal]:
    search = ProposalSearch([account])
    search.read([account], {account.id: readings})
    return search.proposals()


HISTORIES = given(histories, st.lists(checks, max_size=4).map(tuple))


@settings(max_examples=3)  # `make soak` has five hundred
@HISTORIES
def test_the_known_readings_say_what_all_of_them_say(
    kept: tuple[asyncio.Runner, Store], history: History, seen: tuple[CanaryCheck, ...]
) -> None:
    runner, store = kept
    runner.run(said_alike(store, history, seen))


@pytest.mark.soak
@settings(max_examples=500)  # on each of the two databases; some ten minutes of CPU together
@HISTORIES
def test_the_known_readings_of_a_thousand_histories(
    kept: tuple[asyncio.Runner, Store], history: History, seen: tuple[CanaryCheck, ...]
) -> None:
    runner, store = kept
    runner.run(said_alike(store, history, seen))
