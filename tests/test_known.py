"""What the store gives to judge by is little, and says what all readings say; and so does what retention leaves of them: over random
histories, policies and moments, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import NOW, PLAIN, enter

import db
from db.history import own_posts
from mediawatch.clock import EVER, day_start
from mediawatch.domain import (
    Account,
    CanaryCheck,
    Evidence,
    EvidenceKind,
    Filed,
    FiledStatus,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
)
from mediawatch.policy import load, parse
from mediawatch.ports import Known, Store
from mediawatch.registry.proposals import proposals
from mediawatch.rules import judge
from mediawatch.worklist.todo import ids_of

NATIONAL = load("national")
STRICT = parse(NATIONAL.toml.replace("reposts = true", "reposts = false").replace("unpushed = true", "unpushed = false"))
NO_REPOSTS = parse(NATIONAL.toml.replace("reposts = true", "reposts = false").replace('edge = "exceeds"         #', 'edge = "reaches" #'))
POLICIES = (NATIONAL, load("tibet"), STRICT, NO_REPOSTS)
TODAY = date(2031, 3, 5)
NAMES = ("示例发布", "示例发布2", "别名")
PROOF = Evidence(kind=EvidenceKind.SCREENSHOT, media_type="image/jpeg", path="a.jpg", sha256="0" * 64, size=1, taken_at=NOW)
FILED = (
    replace(PLAIN, platform_id="1", opened_on=date(2020, 1, 1)),
    replace(PLAIN, name="别名", alias="x"),
    replace(PLAIN, platform_id="1", status=FiledStatus.CLOSED),
)


def moment(days_ago: int, minute: int) -> datetime:
    return day_start(TODAY - timedelta(days=days_ago)) + timedelta(minutes=minute)


minutes = st.sampled_from((0, 3, 600, 1435))
"""About midnight, where a post of a look may be of the next day."""
posts = st.builds(
    lambda gap, minute, timed, id, **more: Post(
        id=id, link=id and f"https://mp.weixin.qq.com/s/{id}", on=TODAY - timedelta(days=gap),
        at=moment(gap, minute) if timed else None,
        kind=PostKind.SEEN if minute == 3 else PostKind.OTHER,
        **more,
    ),
    st.integers(-2, 60), minutes, st.booleans(), id=st.sampled_from(("", "a", "b")), repost=st.booleans(),
    pushed=st.sampled_from((None, None, True, False)),
)  # fmt: skip


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    read_at = moment(draw(st.sampled_from((-1, 0, 0, 0, 1, 9, 16, 30, 90))), draw(minutes))
    look = draw(st.sampled_from((LookKind.FIRST, LookKind.SECOND, LookKind.SECOND, LookKind.CONTROL, LookKind.PERSON)))
    sights = tuple(
        Sight(
            surface="person" if look is LookKind.PERSON else draw(st.sampled_from(("s", "t"))), read_at=read_at,
            outcome=draw(st.sampled_from((*[Outcome.OK] * 5, Outcome.NOT_FOUND, Outcome.NO_POSTS, Outcome.CAPTCHA))),
            name=draw(st.sampled_from(("", *NAMES))), matched_by=draw(st.sampled_from((MatchedBy.ID, MatchedBy.ID, MatchedBy.URL, None))),
            platform_id=draw(st.sampled_from(("", "1", "2"))), verified_as=draw(st.sampled_from(("", "示例机关"))),
            posts=tuple(draw(st.lists(posts, max_size=3))), control=draw(st.sampled_from(("", "示例对照"))),
            complete_since=draw(st.sampled_from((None, EVER, moment(40, 0), moment(70, 0)))),
            evidence=(PROOF,) if draw(st.booleans()) else (),
        )
        for _ in range(draw(st.integers(1, 2)))
    )  # fmt: skip
    by = draw(st.sampled_from(("张三", "李四"))) if look is LookKind.PERSON else ""
    return Reading(account_id=0, look=look, started_at=read_at, read_at=read_at, sights=sights, by=by)


checks = st.builds(
    lambda surface, days, minute, fresh: CanaryCheck(
        surface=surface, session="", account_name="示例对照", platform_id="9", at=moment(days, minute), fresh=fresh, outcome=Outcome.OK
    ),
    st.sampled_from(("s", "t")), st.sampled_from((-1, 0, 1)), minutes, st.booleans(),
)  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Store]]:
    """One store for all histories: each is an account of its own."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('known') / 'mediawatch.db'}"
    else:
        url = str(request.getfixturevalue("postgres").url())
    with asyncio.Runner() as runner:
        store = runner.run(db.open_store(url, clock=lambda: NOW))
        yield runner, store
        runner.run(store.close())


async def said_alike(store: Store, filed: Filed, history: list[Reading], seen: tuple[CanaryCheck, ...]) -> None:
    (account,) = await enter(store, filed)
    # As they are kept, which need not be as they were read: a worklist returns late.
    for each in history:
        await store.keep(replace(each, account_id=account.id))
    everything = tuple((await store.readings([account.id])).get(account.id, ()))
    await known_says(store, account, seen, everything, (moment(1, 1439), moment(0, 600), moment(17, 0), moment(-1, 0)))
    shown = (await store.links_shown([account.id])).get(account.id, set())
    sights = [sight for reading in everything for sight in reading.sights if sight.matched_by]
    dated = {post.link for reading in everything for _, post in own_posts(reading) if post.link}
    assert dated <= shown <= {post.link for sight in sights for post in sight.posts}
    told = tuple((await store.told([account.id])).get(account.id, ()))
    assert said_of(account, told) == said_of(account, everything)
    # What is gone may only be lacking where it was too old to speak.
    edge = moment(5, 0)
    idle, _ = await store.idle_readings(edge, everything[0].id - 1 if everything else 0, 1_000)
    assert await store.forget([each.id for each in idle], edge) == len(idle)
    left = tuple((await store.readings([account.id])).get(account.id, ()))
    assert set(left) == {each for each in everything if each.id not in {gone.id for gone in idle}}
    assert set(told) <= set(left)
    await known_says(store, account, seen, everything, (edge, moment(1, 1439), moment(0, 600), moment(-1, 0)))
    for period in (date(2031, 1, 1), date(2031, 2, 20)):
        some, whole = (Known(filed=filed, readings=readings, checks=seen) for readings in (left, everything))
        assert judge(some, edge, NATIONAL, period) == judge(whole, edge, NATIONAL, period)


async def known_says(
    store: Store, account: Account, seen: tuple[CanaryCheck, ...], everything: tuple[Reading, ...], moments: tuple[datetime, ...]
) -> None:
    for place, as_of in enumerate(moments):
        some = tuple((await store.known([account.id], as_of)).get(account.id, ()))
        assert set(some) <= set(everything)
        for policy in POLICIES:
            for supported in (True, False):
                bounded, whole = (
                    Known(filed=account.filed, readings=known, checks=seen, supported=supported) for known in (some, everything)
                )
                assert judge(bounded, as_of, policy) == judge(whole, as_of, policy)
        first = TODAY - timedelta(days=24 if place % 2 else 60)
        some = tuple((await store.known([account.id], as_of, first)).get(account.id, ()))
        assert set(some) <= set(everything)
        for policy in (NATIONAL, STRICT):
            bounded, whole = (Known(filed=account.filed, readings=known, checks=seen) for known in (some, everything))
            assert judge(bounded, as_of, policy, first) == judge(whole, as_of, policy, first)


def said_of(account: Account, readings: tuple[Reading, ...]) -> tuple[object, ...]:
    """What is learned of who an account is."""
    unfiled = replace(account, filed=replace(account.filed, platform_id="", organiser="示例机关"))
    return proposals([account], {account.id: readings}), proposals([unfiled], {account.id: readings}), {*ids_of(unfiled, readings)}


HISTORIES = given(st.sampled_from(FILED), st.lists(readings(), max_size=10), st.lists(checks, max_size=4).map(tuple))


@settings(max_examples=12)
@HISTORIES
def test_the_known_readings_say_what_all_of_them_say(
    kept: tuple[asyncio.Runner, Store], filed: Filed, history: list[Reading], seen: tuple[CanaryCheck, ...]
) -> None:
    runner, store = kept
    runner.run(said_alike(store, filed, history, seen))


@pytest.mark.soak
@settings(max_examples=500)  # on each of the two databases; some ten minutes of CPU together
@HISTORIES
def test_the_known_readings_of_a_thousand_histories(
    kept: tuple[asyncio.Runner, Store], filed: Filed, history: list[Reading], seen: tuple[CanaryCheck, ...]
) -> None:
    runner, store = kept
    runner.run(said_alike(store, filed, history, seen))
