"""核查记录: posts, sights, readings, and what a look is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from mediawatch.domain.evidence import Capture, Evidence
from mediawatch.domain.identity import FiledIdentity
from mediawatch.domain.interaction import InteractionSeen
from mediawatch.domain.outcomes import Attestation, DateKind, DayEnd, MatchedBy, Outcome
from mediawatch.domain.problem_looks import ProblemSeen
from mediawatch.domain.provisional import NameHit

# Among sights without a date the first of these speaks for the reading.
_RANK = (
    Outcome.CANCELLED,
    Outcome.BANNED,
    Outcome.MIGRATED,
    Outcome.PRIVATE,
    Outcome.NOT_FOUND,
    Outcome.NO_POSTS,
    Outcome.CAPTCHA,
    Outcome.LOGIN_REQUIRED,
    Outcome.RATE_LIMITED,
    Outcome.CHANGED,
    Outcome.UNREACHABLE,
)


_GROUND: Mapping[MatchedBy | None, int] = {each: place for place, each in enumerate(MatchedBy)}
"""The strongest ground first."""
TITLE_CUT = "…"
"""What a title ends with of which only the beginning is kept."""


class PostKind(StrEnum):
    ARTICLE = "article"
    MICRO = "micro"
    VIDEO = "video"
    PICTURES = "pictures"
    ANSWER = "answer"
    OTHER = "other"
    SEEN = "seen"
    """A person saw a post; its form was not written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post.

    `on` is its Beijing day; `at` its instant, or None where the site shows only the day.
    """

    on: date
    at: datetime | None = None
    id: str = ""
    kind: PostKind = PostKind.OTHER
    pinned: bool = False
    repost: bool = False
    pushed: bool | None = None
    link: str = ""
    title: str = ""
    """What the site shows as its title, else the beginning of its text (`TITLE_CUT`).

    "" where it shows neither, and for posts that were kept before titles were.
    """
    original_title: str = ""
    """The same of the post that this one passes on, where it is shown."""
    original_link: str = ""
    """Where the site says that it comes from: the original, or the page behind 阅读原文."""

    @property
    def order(self) -> tuple[date, float]:
        """Sorts posts by time.

        A post known only by its day stands before those of that day with an instant.
        """
        return self.on, self.at.timestamp() if self.at else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadFacts:
    """What a pure `read_*` function makes of a payload: facts, without where and when.

    `complete_since` is set only when this list shows every post from that instant up to the look.
    The newest post is then included, and every own item has a date. `EVER` in clock.py stands for
    "back to the first post".
    """

    outcome: Outcome = Outcome.OK
    name: str = ""
    platform_id: str = ""
    original_id: str = ""
    verified_as: str = ""
    """认证主体, where the surface shows it."""
    matched_by: MatchedBy | None = None
    posts: tuple[Post, ...] = ()
    complete_since: datetime | None = None
    attested: Attestation | None = None
    """`described` where no recording attests the wording.

    The sight is then no better than that, whatever the surface is.
    """
    links: tuple[str, ...] = ()
    """Further links of this very account, newest first, as the page shows them.

    Such are the next article, or an album. The sweep keeps them with the account; readings are
    stored without them.
    """
    link_from: str = ""
    """The surface that named the link which was opened, earlier in the same look.

    "" where the link was known before.
    """
    ends_day: DayEnd | None = None
    name_hit: NameHit | None = None
    """The one account that a search found under the filed name, where nothing else is filed.

    It may become a 暂用标识. Readings are stored without it.
    """
    interaction: InteractionSeen | None = None
    """What it shows of comments, messages and replies; None where it shows nothing of them."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight(PayloadFacts):
    """What one surface gave within one look: `PayloadFacts` plus its provenance."""

    surface: str
    read_at: datetime
    session: str = ""
    """Name of the operator's session, "" for a visitor."""
    login: str = ""
    """A fingerprint of the login file that was used.

    "" for a visitor, and where it was not kept.
    """
    address: str = ""
    """For a visitor: the address of the machine (`[worker] address`), stamped by the gate."""
    attested: Attestation = Attestation.DESCRIBED
    url: str = ""
    control: str = ""
    """For a negative: the filed name of the account that answered in the same session.

    It answered on this surface. "" where no account did.
    """
    calls: int = 1
    """Turns at the gate that it took: its visit, and every pause within it."""
    provisional: str = ""
    """The 暂用标识 through which it was taken; "" where a filed value led there.

    Such a sight is tied by name at most, and says nothing against the account.
    """
    by_call: bool = False
    """Whether calls from an already open page gave it, and no page was loaded for it.

    Readings are stored without it.
    """
    captures: tuple[Capture, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def latest(self) -> Post | None:
        return latest_of(self.posts)

    @property
    def is_dated(self) -> bool:
        return bool(self.posts)

    @property
    def exact(self) -> bool:
        return self.complete_since is not None

    @property
    def speaks_of_life(self) -> bool:
        """Whether it shows posts, or a complete list without any.

        False where it says itself that the account is banned or gone.
        """
        if self.outcome in (Outcome.BANNED, Outcome.CANCELLED):
            return False
        return self.is_dated or (self.exact and self.outcome is Outcome.OK)


class LookKind(StrEnum):
    FIRST = "first"
    SECOND = "second"
    CONTROL = "control"
    LINK = "link"
    """An article link that somebody handed in was opened."""
    PERSON = "person"
    """A row of the worklist came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """核查记录: what came of one look at one account. Speaks for its `read_at`; never updated."""

    account_id: int
    look: LookKind
    started_at: datetime
    read_at: datetime
    sights: tuple[Sight, ...]
    sweep_id: int | None = None
    by: str = ""
    """The person, where a person looked."""
    filed_as: FiledIdentity | None = None
    """The identity filed when it was taken; None where that is unknown.

    The store then keeps the present one for it.
    """
    problem: ProblemSeen | None = None
    """What a person looked for, who did not look at the updates (人工检查).

    Such a reading proves or refutes that problem of its sweep, and nothing else: the store gives it
    by `problem_looks` and by number alone.
    """
    id: int = 0

    @property
    def outcome(self) -> Outcome:
        """What its sights come to.

        A dated sight gives `ok`, and so does a complete list in which no post fell. Without these a
        positive negative decides; without that, the trouble that a person should learn of first.
        Old posts that one page shows beside its own word "banned" or "deregistered" do not take
        that word back; posts that another sight shows do.
        """
        if any(sight.speaks_of_life for sight in self.sights):
            return Outcome.OK
        outcomes = {sight.outcome for sight in self.sights}
        return next((outcome for outcome in _RANK if outcome in outcomes), Outcome.NO_EVIDENCE)

    @property
    def identity(self) -> Sight | None:
        """The sight that names the account on the strongest ground."""
        named = [sight for sight in self.sights if sight.name and sight.matched_by]
        return min(named, key=lambda sight: _GROUND[sight.matched_by], default=None)

    @property
    def name(self) -> str:
        return self.identity.name if self.identity else ""

    @property
    def matched_by(self) -> MatchedBy | None:
        return self.identity.matched_by if self.identity else None

    @property
    def posts(self) -> tuple[Post, ...]:
        return tuple(post for sight in self.sights for post in sight.posts)

    @property
    def latest(self) -> Post | None:
        return latest_of(self.posts)

    @property
    def exact_sight(self) -> Sight | None:
        """The exact sight, unless another sight of this look shows a newer post.

        Then nothing here is exact.
        """
        exact = [sight for sight in self.sights if sight.exact]
        if not exact or len(self.sights) == 1:
            return exact[0] if exact else None
        latest = self.latest
        for sight in exact:
            if latest is None or (sight.latest is not None and sight.latest.order >= latest.order):
                return sight
        return None

    @property
    def complete_since(self) -> datetime | None:
        exact = self.exact_sight
        return exact.complete_since if exact else None

    @property
    def date_kind(self) -> DateKind | None:
        if self.latest is None:
            return None
        return DateKind.EXACT if self.exact_sight else DateKind.AT_LEAST

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(item for sight in self.sights for item in sight.evidence)


def latest_of(posts: Iterable[Post]) -> Post | None:
    """The newest post, pinned ones included; never "the first item"."""
    return max(posts, key=lambda post: post.order, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a look has to settle.

    `fresh_after`: a post on or after this Beijing day settles the account. Where `identity` is due,
    name and id must be read as well. `back_to`: lists are read back to before this Beijing day
    (时段制). None ends them at the first page with a post. `second`: this is the second look. It
    loads afresh, by a surface outside `not_by` where another one can prove as much. It captures
    evidence from the whole page.
    """

    fresh_after: date
    back_to: date | None = None
    identity: bool = True
    second: bool = False
    not_by: frozenset[str] = frozenset()
    only: str = ""
    """Name of the one surface to use: a control look asks whether that surface still answers."""
    goes_on: bool = False
    """Whether `only` is asked after its rest, for the account's own sake, not as a control."""
    earlier: tuple[Sight, ...] = ()
    """What the same look has seen before a rest: it learns from it, and shows it no second time."""
    session: str = ""
    """Name of the one login to use: a control must have answered in the same session."""
    spared: frozenset[str] = frozenset()
    """Surfaces that are not asked where another one has led to a dated article: their calls are few."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often one surface may be visited with one session.

    Seconds between two visits: `every` plus up to `jitter`.
    """

    every: float
    jitter: float = 0.0
    per_hour: int | None = None
    """At most so many visits in any 60 minutes: the next one waits. None: no cap."""
    per_day: int | None = None
    """At most so many in any 24 hours: the surface then rests. None: no cap."""
    quiet: tuple[time, time] | None = None
    """Hours of rest, Beijing wall clock; from 22:00 to 06:00 is over midnight."""

    @property
    def mean(self) -> float:
        """Seconds a visit takes up in the long run, the hour's cap included."""
        return max(self.every + self.jitter / 2, 3600 / self.per_hour if self.per_hour else 0.0)

    def within(self, limit: Pace) -> Pace:
        """The stricter of the two, in each part; of two quiet times that of the limit."""
        return Pace(
            every=max(self.every, limit.every),
            jitter=max(self.jitter, limit.jitter),
            per_hour=_fewer(self.per_hour, limit.per_hour),
            per_day=_fewer(self.per_day, limit.per_day),
            quiet=limit.quiet or self.quiet,
        )


def _fewer(one: int | None, other: int | None) -> int | None:
    """The smaller of two caps, of which None is no cap."""
    return min((cap for cap in (one, other) if cap is not None), default=None)
