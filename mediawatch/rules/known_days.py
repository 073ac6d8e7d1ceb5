"""What is known of the days of an account: posts, and days on which it surely posted nothing.

Pure. Posts that are surely the account's count, wherever they were seen. A day without a post is
known from a complete list alone (`post_lists.complete`). Every other day is open.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from mediawatch.domain import LookKind, Post, PostKind, Reading, ReviewAction, ReviewEvent, Sight
from mediawatch.domain.clock import EVER, day_of, day_start
from mediawatch.ports import Dossier
from mediawatch.rules import backing
from mediawatch.rules.hearing import SILENCES
from mediawatch.rules.policy import Policy
from mediawatch.rules.post_lists import complete, posts_of
from mediawatch.rules.ties import keep_speaking, tie_of

_CLOSE = timedelta(minutes=1)
"""Two posts so close are one where an id is missing, as `post_lists` compares them."""
_DAY = timedelta(days=1)
_DECISIONS = (ReviewAction.CONFIRMED, ReviewAction.DISMISSED, ReviewAction.REOPENED)

Span = tuple[date, date]
"""The first and the last of some days in a row."""


@dataclass(frozen=True)
class KnownDays:
    """What all readings of an account tell of its days. Days are Beijing days."""

    posts: tuple[Post, ...] = ()
    """Posts that are surely the account's and count as updates, each once, oldest first."""
    spans: tuple[Span, ...] = ()
    """Whole days over which complete lists show everything; apart, in order."""
    doubtful: tuple[Post, ...] = ()
    """Posts that may be another's, or whose day is a lower bound: they count for nothing.

    No silence stands against their days.
    """

    @cached_property
    def days(self) -> list[date]:
        """The days of `posts`, each once, in order."""
        return sorted({post.on for post in self.posts})

    @cached_property
    def not_silent(self) -> list[date]:
        """The days of all posts, the doubtful ones too, each once, in order."""
        return sorted({*self.days, *(post.on for post in self.doubtful)})

    def covers(self, first: date, last: date) -> bool:
        """Whether complete lists show every post of these days."""
        place = bisect_right(self.spans, (first, date.max)) - 1
        return place >= 0 and self.spans[place][0] <= first and last <= self.spans[place][1]

    def are_silent(self, first: date, last: date) -> bool:
        """Whether the account surely posted nothing on any of these days."""
        return self.covers(first, last) and not days_within(self.not_silent, first, last)

    def perhaps_posted(self, first: date, last: date) -> list[date]:
        """The days from `first` to `last` that are not surely without a post, in order."""
        silent = {
            day
            for since, until in self.spans
            for day in each_day(max(since, first), min(until, last))
        }.difference(self.not_silent)
        return [day for day in each_day(first, last) if day not in silent]

    def last_perhaps_before(self, day: date) -> date:
        """The newest day before `day` that is not surely without a post."""
        before = day - _DAY
        place = bisect_right(self.spans, (before, date.max)) - 1
        if place < 0 or before > self.spans[place][1]:
            return before
        start = self.spans[place][0] - _DAY
        posted = bisect_left(self.not_silent, day)
        return max(start, self.not_silent[posted - 1]) if posted else start


def each_day(first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last`, both included."""
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def days_within(days: Sequence[date], first: date, last: date) -> Sequence[date]:
    """Those of ordered days that lie in [first, last]."""
    return days[bisect_left(days, first) : bisect_right(days, last)]


def known_days(known: Dossier, policy: Policy, disproved: Iterable[Span] = ()) -> KnownDays:
    """What the readings of an account tell of its days.

    Of surfaces whose canaries did not read well no list is complete. A person's list needs a
    picture. Over `disproved` days no list is complete (`disproved_spans`), and one that shows none
    of their posts is complete nowhere.
    """
    speaking = backing.without_withdrawn(keep_speaking(known, EVER), EVER)
    dismissed = list(disproved)
    own: list[Post] = []
    others: list[Post] = []
    spans: list[Span] = []
    for reading in speaking.readings:
        sure = {
            id(sight)
            for sight in reading.sights
            if sight.posts and tie_of(sight, reading, speaking) is not None
        }
        for sight, post in posts_of(reading, policy):
            certain = id(sight) in sure and _is_dated(post, sight)
            (own if certain else others).append(post)
        exact = reading.exact_sight
        if exact is not None and lacks_posts(exact, dismissed):
            continue
        if span := _span(reading, speaking):
            spans.append(span)
    posts = distinct(own)
    left = _without(_merged(spans), dismissed)
    return KnownDays(tuple(posts), tuple(left), tuple(_further(others, posts)))


def disproved_spans(events: Iterable[ReviewEvent], as_of: date) -> dict[int, list[Span]]:
    """By account, the days of silences of one inspection that were dismissed (排除).

    `events` are those of its review, oldest first; `as_of` is its Beijing day.
    """
    newest = {
        (event.account_id, event.code): event
        for event in events
        if event.code in SILENCES and event.action in _DECISIONS
    }
    found: dict[int, list[Span]] = {}
    for (account_id, _), event in newest.items():
        if event.action is ReviewAction.DISMISSED:
            since = event.facts.gap_since or event.facts.latest_on if event.facts else None
            found.setdefault(account_id, []).append((since or date.min, as_of))
    return found


def lacks_posts(sight: Sight, disproved: Iterable[Span]) -> bool:
    """Whether a complete list shows no post of days on which a person knows of some.

    It lacks something, so it is complete nowhere. The first of the days is that of the post before
    the silence.
    """
    assert sight.complete_since is not None
    begin, end = day_of(sight.complete_since), day_of(sight.read_at)
    return any(
        first <= end and begin <= last and not any(first < post.on <= last for post in sight.posts)
        for first, last in disproved
    )


def _is_dated(post: Post, sight: Sight) -> bool:
    """Whether its day is that of the post.

    "There is one since the window began" of a person, without days, bears the window's first day.
    """
    return post.kind is not PostKind.SEEN or sight.exact or len(sight.posts) > 1


def _span(reading: Reading, known: Dossier) -> Span | None:
    """The whole days over which a reading's list shows everything, if it is complete."""
    since = reading.complete_since
    if since is None or (reading.look is LookKind.PERSON and not reading.evidence):
        return None
    first, last = day_of(since), day_of(reading.read_at) - _DAY
    if since > day_start(first):
        first += _DAY
    return (first, last) if first <= last and complete(reading, known) else None


def distinct(posts: Iterable[Post]) -> list[Post]:
    """The posts, each once, by day: never more than there are.

    One id is one post. Without an id, those within a minute are one, and so are a post without an
    instant and any other of its day.
    """
    by_id: dict[str, Post] = {}
    timed: list[Post] = []
    by_day: list[Post] = []
    for post in posts:
        if post.id:
            before = by_id.get(post.id)
            by_id[post.id] = max(before, post, key=_certainty) if before else post
        else:
            (timed if post.at else by_day).append(post)
    found = list(by_id.values())
    instants = sorted(post.at for post in found if post.at)
    undated = {post.on for post in found if not post.at}
    for post in sorted(timed, key=lambda each: each.order):
        assert post.at is not None
        place = bisect_left(instants, post.at - _CLOSE)
        near = place < len(instants) and instants[place] <= post.at + _CLOSE
        if not near and post.on not in undated:
            instants.insert(bisect_left(instants, post.at), post.at)
            found.append(post)
    days = {post.on for post in found}
    for post in by_day:
        if post.on not in days:
            days.add(post.on)
            found.append(post)
    return sorted(found, key=lambda each: (each.order, each.id))


def _certainty(post: Post) -> tuple[bool, date]:
    """Of two dates of one post an instant counts, else the later day: days are lower bounds."""
    return post.at is not None, post.on


def _further(others: Iterable[Post], counted: Sequence[Post]) -> list[Post]:
    """Of doubtful posts those that are none of the counted ones."""
    known, ids = {id(post) for post in counted}, {post.id for post in counted if post.id}
    left = [post for post in others if post.id not in ids]
    return [post for post in distinct([*counted, *left]) if id(post) not in known]


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + _DAY:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def _without(spans: Iterable[Span], disproved: Iterable[Span]) -> list[Span]:
    left = list(spans)
    for since, until in disproved:
        left = [
            part
            for first, last in left
            for part in (
                (first, min(last, since - _DAY) if since > date.min else date.min),
                (max(first, until + _DAY), last),
            )
            if part[0] <= part[1]
        ]
    return left
