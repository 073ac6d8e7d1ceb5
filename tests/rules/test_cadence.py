"""更新频次: what lists and posts make certain of how often an account publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policies import own
from samples import known_as

from mediawatch.domain import (
    Attestation,
    CanaryCheck,
    ClosureNote,
    ClosureStep,
    FiledStatus,
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
)
from mediawatch.domain.clock import BEIJING, EVER, day_start, months_before
from mediawatch.rules.cadence import (
    Bounds,
    CountedTime,
    MonthCadence,
    Silence,
    SilentRun,
    cadence,
    counted_time,
    greatest,
    months_between,
)
from mediawatch.rules.known_days import KnownDays, distinct, known_days
from mediawatch.rules.policy import load

POLICY = own(load("national"))
FILED = Filing(name="示例发布", platform="weibo", platform_id="7")
JUNE, JULY, AUGUST = date(2031, 6, 1), date(2031, 7, 1), date(2031, 8, 1)
UNTIL = date(2031, 8, 31)


def post(on: date, **more: object) -> Post:
    at = datetime(on.year, on.month, on.day, 10, tzinfo=BEIJING)
    return replace(Post(on=on, at=at, id=on.isoformat()), **more)  # type: ignore[arg-type]


def reading(
    read_on: date, *posts: Post, since: date | datetime | None = None, **of_sight: object
) -> Reading:
    """A look at noon; with `since` its list is complete from the beginning of that day."""
    at = datetime(read_on.year, read_on.month, read_on.day, 12, tzinfo=BEIJING)
    start = (
        day_start(since) if isinstance(since, date) and not isinstance(since, datetime) else since
    )
    sight = Sight(
        surface="m.weibo.cn feed",
        read_at=at,
        platform_id="7",
        name="示例发布",
        matched_by=MatchedBy.ID,
        attested=Attestation.RECORDED,
        posts=posts,
        complete_since=start,
    )
    return Reading(
        account_id=1,
        look=LookKind.FIRST,
        started_at=at,
        read_at=at,
        sights=(replace(sight, **of_sight),),  # type: ignore[arg-type]
    )


def numbered(*readings: Reading) -> list[Reading]:
    return [replace(each, id=number) for number, each in enumerate(readings, 1)]


def days_of(*readings: Reading, filed: Filing = FILED, **more: object) -> KnownDays:
    return known_days(known_as(filed, numbered(*readings), **more), POLICY)


def month_of(known: KnownDays, month: date, time: CountedTime | None = None) -> MonthCadence:
    time = time or CountedTime(date(2030, 1, 1))
    (found,) = cadence(known, time, [month], UNTIL, POLICY).months
    return found


def test_a_whole_list_counts_exactly() -> None:
    known = days_of(reading(date(2031, 8, 2), post(date(2031, 7, 20)), since=date(2031, 6, 15)))
    found = month_of(known, JULY)
    assert found.posts == Bounds(1, 1)
    # From mid-June, where the list begins, to 07-20 at the least; nobody knows what came before.
    assert found.gap == Bounds(36, (date(2031, 7, 20) - date(2030, 1, 1)).days)
    # 06-15 to 06-29 are fifteen days: from 06-29 on each window is seen whole.
    assert found.below == Bounds(19, 19)
    assert (found.silence, found.run) == (Silence.POSTED, SilentRun(0))
    june = month_of(known, JUNE)
    assert june.posts == Bounds(0, None)
    assert (june.silence, june.run) == (Silence.OPEN, None)


def test_the_days_of_a_look_and_of_a_list_s_beginning_are_seen_in_part() -> None:
    noon = datetime(2031, 7, 1, 12, tzinfo=BEIJING)
    assert days_of(reading(date(2031, 7, 31), since=noon)).spans == (
        (date(2031, 7, 2), date(2031, 7, 30)),
    )
    assert days_of(reading(date(2031, 7, 31), since=JULY)).spans == ((JULY, date(2031, 7, 30)),)


def test_a_count_is_exact_only_where_each_post_can_be_told_apart() -> None:
    without_id = reading(date(2031, 8, 2), post(date(2031, 7, 20), id=""), since=JULY)
    assert month_of(days_of(without_id), JULY).posts == Bounds(1, None)
    listed = reading(date(2031, 8, 2), post(date(2031, 7, 20)), since=JULY)
    person = replace(
        reading(date(2031, 7, 30), Post(on=date(2031, 7, 16), kind=PostKind.SEEN)),
        look=LookKind.PERSON,
        by="甲",
    )
    # "There is one since the 16th" may be that of the 20th, or a further one.
    both = month_of(days_of(listed, person), JULY)
    assert (both.posts, both.doubtful) == (Bounds(1, None), 1)


def test_posts_without_a_list_are_at_least_so_many() -> None:
    known = days_of(reading(date(2031, 8, 2), post(date(2031, 7, 1)), post(date(2031, 7, 25))))
    found = month_of(known, JULY)
    assert found.posts == Bounds(2, None)
    assert found.gap.least == 1  # every day that no list shows may hold a post
    assert found.gap.most == (date(2031, 7, 1) - date(2030, 1, 1)).days
    assert found.below == Bounds(0, 9)  # 07-16 to 07-24


def test_months_of_silence_in_a_row() -> None:
    whole = reading(date(2031, 9, 1), post(date(2031, 5, 9)), since=date(2031, 5, 1))
    months, time = months_between(JUNE, AUGUST), CountedTime(date(2030, 1, 1))
    found = cadence(days_of(whole), time, months, UNTIL, POLICY).months
    assert [each.run for each in found] == [SilentRun(1), SilentRun(2), SilentRun(3)]
    cut = days_of(
        replace(whole, sights=(replace(whole.sights[0], complete_since=day_start(JULY)),))
    )
    assert month_of(cut, AUGUST).run == SilentRun(2, minimum=True)
    opened = CountedTime(date(2031, 6, 20))
    assert month_of(days_of(whole), AUGUST, opened).run == SilentRun(2)
    assert month_of(days_of(whole), JUNE, opened).run == SilentRun(0)


def test_months_of_silence_reach_as_far_back_as_the_gap() -> None:
    whole = reading(date(2031, 9, 1), post(date(2027, 12, 9)), since=date(2027, 11, 1))
    found = month_of(days_of(whole), AUGUST, CountedTime(date(2020, 1, 1)))
    assert found.gap == Bounds(*[(UNTIL - date(2027, 12, 9)).days] * 2)
    assert found.run == SilentRun(44)
    # Opened in mid-month, and never posted since.
    never = days_of(reading(date(2031, 9, 1), since=EVER, outcome=Outcome.NO_POSTS))
    assert month_of(never, AUGUST, CountedTime(date(2027, 12, 9))).run == SilentRun(44)
    cut = days_of(reading(date(2031, 9, 1), post(date(2027, 1, 9)), since=date(2027, 12, 9)))
    assert month_of(cut, AUGUST, CountedTime(date(2020, 1, 1))).run == SilentRun(44, minimum=True)


def test_nothing_is_silent_before_it_surely_existed() -> None:
    ever = reading(date(2031, 9, 1), since=EVER, outcome=Outcome.NO_POSTS)
    unknown = month_of(days_of(ever), JULY, CountedTime())
    assert (unknown.silence, unknown.below, unknown.gap) == (
        Silence.OPEN,
        Bounds(0, 31),
        Bounds(0, None),
    )
    assert unknown.posts == Bounds(0, None)
    begun = reading(date(2031, 9, 1), post(date(2031, 8, 9)), since=EVER)
    posted = cadence(days_of(begun), CountedTime(), [JULY, AUGUST], UNTIL, POLICY).months
    assert [each.posts for each in posted] == [Bounds(0, None), Bounds(1, 1)]
    opened = month_of(days_of(ever), JULY, CountedTime(date(2031, 6, 30)))
    assert opened.posts == Bounds(0, 0)
    # The opening stands for a post: fourteen days later the first day is below.
    assert opened.below == Bounds(17, 17)
    assert opened.gap == Bounds(31, 31)


@pytest.mark.parametrize("tie", [MatchedBy.URL, MatchedBy.NAME])
def test_what_may_be_another_s_counts_for_nothing(tie: MatchedBy) -> None:
    seen = reading(
        date(2031, 8, 2), post(date(2031, 7, 20)), since=JUNE, matched_by=tie, platform_id=""
    )
    known = days_of(seen)
    assert (known.posts, known.spans) == ((), ())
    assert month_of(known, JULY).doubtful == 1
    # A list by the id shows none of that day: no silence stands against it all the same.
    both = days_of(seen, reading(date(2031, 8, 3), since=JUNE, surface="other page"))
    assert month_of(both, JULY).silence is Silence.OPEN


def test_a_withdrawn_list_is_not_complete() -> None:
    seen = replace(reading(date(2031, 8, 2), post(date(2031, 6, 20)), since=JUNE), sweep_id=3)
    check = CanaryCheck(
        surface="m.weibo.cn feed",
        session="",
        account_name="对照",
        platform_id="9",
        at=seen.read_at - timedelta(minutes=5),
        fresh=False,
        outcome=Outcome.OK,
        sweep_id=3,
    )
    known = days_of(seen, checks=(check,))
    assert [each.on for each in known.posts] == [date(2031, 6, 20)]
    assert not known.spans


def test_a_person_s_list_needs_its_picture_and_counts_no_posts() -> None:
    person = replace(
        reading(date(2031, 8, 2), Post(on=date(2031, 6, 20), kind=PostKind.SEEN), since=JUNE),
        look=LookKind.PERSON,
        by="甲",
    )
    assert not days_of(person).spans
    window = replace(person, sights=(replace(person.sights[0], complete_since=None),))
    # "There is one", without a day: the window's first day stands for it.
    assert not days_of(window).posts
    assert [each.on for each in days_of(window).doubtful] == [date(2031, 6, 20)]


def test_a_list_that_was_found_wrong_is_complete_nowhere() -> None:
    """A silence until 20 July was dismissed: what follows in the same list is no silence either."""
    shown = post(date(2031, 6, 20))
    span = (shown.on, date(2031, 7, 20))
    wrong = known_as(FILED, numbered(reading(date(2031, 8, 2), shown, since=JUNE)))
    assert known_days(wrong, POLICY).are_silent(date(2031, 7, 21), date(2031, 7, 31))
    assert not known_days(wrong, POLICY, [span]).spans
    more = reading(date(2031, 8, 2), shown, post(date(2031, 7, 10)), since=JUNE)
    right = known_days(known_as(FILED, numbered(more)), POLICY, [span])
    assert right.are_silent(date(2031, 7, 21), date(2031, 7, 31))
    assert not right.covers(date(2031, 7, 11), date(2031, 7, 12))


def test_reposts_count_as_the_policy_says() -> None:
    seen = reading(date(2031, 8, 2), post(date(2031, 7, 20), repost=True), since=JULY)
    strict = POLICY.model_copy(
        update={"updates": POLICY.updates.model_copy(update={"reposts": False})}
    )
    known = known_as(FILED, numbered(seen))
    assert len(known_days(known, POLICY).posts) == 1
    assert known_days(known, strict).are_silent(JULY, date(2031, 7, 31))


def test_one_post_seen_twice_counts_once() -> None:
    on = date(2031, 7, 20)
    first = post(on)
    later = post(on, id="", at=first.at and first.at + timedelta(seconds=40))
    assert distinct([first, first, later, Post(on=on)]) == [first]
    assert len(distinct([first, post(on, id="b"), Post(on=date(2031, 7, 21))])) == 3
    # The instant of a post that another list knows by its day alone.
    assert distinct([post(on, at=None), first]) == [first]


@pytest.mark.parametrize(
    ("filed", "notes", "expected"),
    [
        ({}, (), CountedTime()),
        ({"opened_on": JUNE, "filed_on": JULY}, (), CountedTime(JULY)),
        ({"exempt_reason": "改版", "exempt_until": JUNE}, (), CountedTime(date(2031, 6, 2))),
        ({"exempt_reason": "改版"}, (), CountedTime(why_none="豁免")),
        ({"status": FiledStatus.CLOSING}, (), CountedTime()),
        (
            {"status": FiledStatus.CLOSING, "closing_requested_on": JULY},
            (),
            CountedTime(None, date(2031, 6, 30)),
        ),
        ({"status": FiledStatus.CLOSED}, (), CountedTime(why_none="已关停，日期不详")),
        (
            {"status": FiledStatus.DEREGISTERED, "opened_on": date(2031, 1, 1)},
            (JULY,),
            CountedTime(date(2031, 1, 1), date(2031, 6, 30)),
        ),
    ],
)
def test_from_when_to_when_an_account_counts(
    filed: dict[str, object], notes: Sequence[date], expected: CountedTime
) -> None:
    kept = [
        ClosureNote(
            account_id=1,
            step=ClosureStep.ANNOUNCEMENT,
            on=on,
            by="甲",
            at=datetime(2031, 8, 1, tzinfo=UTC),
        )
        for on in notes
    ]
    assert counted_time(replace(FILED, **filed), kept, POLICY) == expected  # type: ignore[arg-type]


def test_months_are_cut_where_the_account_is() -> None:
    known = days_of(reading(date(2031, 9, 1), post(date(2031, 7, 20)), since=date(2031, 5, 1)))
    time = CountedTime(date(2031, 6, 11), date(2031, 7, 15))
    june, july = cadence(known, time, months_between(JUNE, AUGUST), UNTIL, POLICY).months
    assert (june.first, june.last, june.is_part) == (date(2031, 6, 11), date(2031, 6, 30), True)
    assert (july.last, july.posts) == (date(2031, 7, 15), Bounds(0, 0))
    assert cadence(known, CountedTime(why_none="豁免"), [JUNE], UNTIL, POLICY).months == ()


def test_sums_and_the_greatest_keep_what_is_open() -> None:
    assert Bounds(1, 1) + Bounds(2, 3) == Bounds(3, 4)
    assert Bounds(1, 1) + Bounds(2, None) == Bounds(3, None)
    assert greatest([Bounds(1, 9), Bounds(4, 5)]) == Bounds(4, 9)
    assert greatest([Bounds(1, 9), Bounds(4, None)]) == Bounds(4, None)


FIRST = date(2031, 4, 1)
SPAN = (UNTIL - FIRST).days


@dataclass(frozen=True)
class World:
    """What an account truly did, and what was seen of it."""

    begun: date | None
    posts: tuple[Post, ...]
    readings: tuple[Reading, ...]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    with_ids = draw(st.booleans())
    offsets = draw(st.lists(st.integers(0, SPAN), max_size=12))
    opened = draw(st.none() | st.integers(-40, 60))
    begun = FIRST + timedelta(days=opened) if opened is not None else None
    posts = tuple(
        post(
            on,
            id=f"{on} {number}" if with_ids else "",
            at=datetime(on.year, on.month, on.day, 20, number, tzinfo=BEIJING),
        )
        for number, offset in enumerate(sorted(offsets))
        if (on := FIRST + timedelta(days=offset)) and (begun is None or on >= begun)
    )
    readings = []
    for _ in range(draw(st.integers(0, 4))):
        read_on = FIRST + timedelta(days=draw(st.integers(1, SPAN + 5)))
        past = [each for each in posts if each.on < read_on]
        surface = draw(st.sampled_from(["m.weibo.cn feed", "weibo.com page"]))
        if draw(st.booleans()):
            since = read_on - timedelta(days=draw(st.integers(0, 90)))
            shown = [each for each in past if each.on >= since]
            readings.append(reading(read_on, *shown, since=since, surface=surface))
        else:
            shown = [each for each in past if draw(st.booleans())]
            readings.append(reading(read_on, *shown, surface=surface))
    return World(begun, posts, tuple(readings))


def holds(bounds: Bounds, truth: int) -> bool:
    return bounds.least <= truth and (bounds.most is None or truth <= bounds.most)


def true_gap(world: World, first: date, last: date) -> int | None:
    days = sorted({each.on for each in world.posts})
    begun = world.begun or (days[0] if days else None)
    if begun is None or begun > last:
        return None
    known = [begun, *(day for day in days if begun < day <= last), last]
    return max((until - since).days for since, until in pairwise(known) if until >= first)


def true_below(world: World, first: date, last: date) -> int:
    days = {each.on for each in world.posts}
    begun = world.begun or min(days, default=date.max)
    return sum(
        not any(start + timedelta(days=back) in days for back in range(15)) and start > begun
        for number in range((last - first).days + 1)
        if (start := first + timedelta(days=number - 14))
    )


def true_run(world: World, month: date) -> int:
    days, count = [each.on for each in world.posts], 0
    while True:
        end = months_before(month, -1)
        if (world.begun or FIRST) > month or any(month <= day < end for day in days):
            return count
        count, month = count + 1, months_before(month, 1)


MONTHS = months_between(FIRST, UNTIL)


@given(worlds())
@settings(max_examples=25)
def test_the_truth_lies_within_every_figure(world: World) -> None:
    found = cadence(days_of(*world.readings), CountedTime(world.begun), MONTHS, UNTIL, POLICY)
    for each in found.months:
        inside = [one for one in world.posts if each.first <= one.on <= each.last]
        assert holds(each.posts, len(inside)), each
        gap = true_gap(world, each.first, each.last)
        assert each.gap.least == 0 if gap is None else holds(each.gap, gap), each
        below = true_below(world, each.first, each.last)
        assert each.below.least <= below, each
        assert world.begun is None or holds(each.below, below), each
        if each.silence is Silence.POSTED:
            assert inside
        elif each.silence is Silence.SILENT:
            assert not inside
            assert each.run is not None
            assert (
                each.run.minimum
                or world.begun is None
                or each.run.months == true_run(world, each.month)
            )
            assert world.begun is None or each.run.months <= true_run(world, each.month)


@given(worlds(), st.data())
@settings(max_examples=25)
def test_another_reading_makes_nothing_less_certain(world: World, data: st.DataObject) -> None:
    some = [each for each in world.readings if data.draw(st.booleans())]
    time = CountedTime(world.begun)
    before = cadence(days_of(*some), time, MONTHS, UNTIL, POLICY)
    after = cadence(days_of(*world.readings), time, MONTHS, UNTIL, POLICY)
    for less, more in zip(before.months, after.months, strict=True):
        for name in ("posts", "gap", "below"):
            old, new = getattr(less, name), getattr(more, name)
            assert old.least <= new.least, name
            assert old.most is None or (new.most is not None and new.most <= old.most), name
