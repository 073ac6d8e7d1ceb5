"""The list of an account's works, read into dates.

Pure; an empty list is what the site answers when it blocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from mediawatch.domain import (
    Attestation,
    Changed,
    LoginRequired,
    Outcome,
    PayloadFacts,
    Post,
    PostKind,
    RateLimited,
    comments_of,
)
from mediawatch.domain.clock import CLOCK_SKEW, EVER, day_of, from_epoch
from scrapers.douyin.replies import record_in, refuse, status_words
from scrapers.lists import complete_back_to, needs_older_page
from scrapers.titles import title_of

_OPENED = datetime(2016, 9, 1, tzinfo=UTC)
_PICTURES, _VIDEOS = frozenset({2, 68, 150}), frozenset({0, 4, 55, 61, 109, 201})


def more_of(value: object) -> bool | None:
    """What `has_more` says: the site writes it as a number, a truth value or a text.

    None where it says neither.
    """
    match value:
        case bool() | 0 | 1:
            return bool(value)
        case str():
            return {"0": False, "false": False, "1": True, "true": True}.get(value.strip().lower())
    return None


def next_cursor(payload: object) -> int | None:
    """Where an empty list that promises more goes on (milliseconds); None for any other answer."""
    match payload:
        case {
            "status_code": 0,
            "aweme_list": [],
            "has_more": more,
            "max_cursor": int() as cursor,
        } if more_of(more) and cursor > 0:
            return cursor
    return None


def older_cursor(
    payload: object, now: datetime, back_to: date | None, owner: str = ""
) -> int | None:
    """Where a list goes on that does not reach back to before this Beijing day.

    None where it does, or ends. A page is a stretch of time: one without works goes on like any
    other.
    """
    match payload:
        case {
            "status_code": 0,
            "aweme_list": [_, *_] as items,
            "has_more": more,
            "max_cursor": int() as cursor,
        } if more_of(more) and cursor > 0:
            found = OwnPosts(owner)
            for item in items:
                found.add(item, now)
            return cursor if needs_older_page(found.posts, back_to) else None
    return next_cursor(payload) if back_to is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """How a list was asked for."""

    known: bool
    """Whether the page knows the operator: visitors may miss the newest."""
    visitor: bool
    """Whether it was asked for without a login."""
    first: bool = True
    """Whether its first page was asked for."""
    owner: str = ""
    """The sec_uid of the account that was asked for; "" where that is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    """One page of a list, as the site answered it."""

    items: Sequence[object] | None
    has_more: bool | None
    first: bool
    invited: bool
    """It invites to log in: whatever the page says, the call was answered as a visitor's."""
    months: object
    """The months in which something was posted, perhaps: the form is not known."""


def read_posts(
    payload: object, works: int | None, now: datetime, asked: ListRequest
) -> PayloadFacts:
    """/aweme/v1/web/aweme/post/. `works`: how many the profile counts.

    `complete_since` only if the page knows the operator.

    Works made together (共创) carry their leading account as author: they belong to every account
    among their creators. A list without a single work of its owner is another account's, `Changed`;
    one that is left out as another's leaves a gap.
    """
    page = _list_in(payload, asked)
    if not page.items:
        return _without_works(page, works, asked)
    named = [item for item in page.items if _author(item)]
    if asked.owner and named and not any(_owned(item, asked.owner) for item in named):
        raise Changed(f"{len(page.items)} works, none of them by {asked.owner}")
    found = OwnPosts(asked.owner)
    for item in page.items:
        found.add(item, now)
    if not found.posts:
        return PayloadFacts(
            outcome=Outcome.NO_EVIDENCE,
            detail=f"no dated post among {len(page.items)}; {found.note}",
        )
    if not page.first:
        found.miss("not the first page")
    if page.invited:
        found.miss("invites to log in")
    if page.months:
        found.notes.append(f"time_list {str(page.months)[:100]}")
    whole = page.has_more is False and len(found.ids) == works
    since = EVER if whole else complete_back_to(found.posts)
    return PayloadFacts(
        posts=tuple(found.posts),
        complete_since=since if asked.known and not found.gaps else None,
        interaction=comments_of(found.comments),
        detail=found.note,
    )


def _list_in(payload: object, asked: ListRequest) -> _List:
    refuse(payload)
    match payload:
        case {"status_code": 0, "aweme_list": list() | None as items, **rest}:
            return _List(
                items=items,
                has_more=more_of(rest.get("has_more")),
                first=asked.first and rest.get("request_item_cursor") in (0, None),
                invited=bool(record_in(rest.get("not_login_module")).get("guide_login_tip_exist")),
                months=rest.get("time_list"),
            )
    raise Changed(status_words(payload) or payload)


def _without_works(page: _List, works: int | None, asked: ListRequest) -> PayloadFacts:
    """What an empty list says.

    An empty page that promises more is a stretch of time without works: it proves nothing, and
    refuses nothing.
    """
    if page.items is not None and not page.invited:
        if works == 0 and page.first and page.has_more is False:
            return PayloadFacts(
                outcome=Outcome.NO_POSTS,
                attested=Attestation.DESCRIBED,
                detail="aweme_count 0 and an empty list",
            )
        if page.has_more:
            return PayloadFacts(
                outcome=Outcome.NO_EVIDENCE,
                detail=f"empty pages as far as was read, more to come, {works} works counted",
            )
    login = page.invited or (asked.visitor and page.first and not page.has_more)
    blocked = LoginRequired if login else RateLimited
    raise blocked(f"aweme_list {page.items}, has_more {page.has_more}, {works} works counted")


def _author(item: object) -> str:
    match item:
        case {"author": {"sec_uid": str(author)}}:
            return author
    return ""


def _owned(item: object, owner: str) -> bool | None:
    """Whether a work is the account's: its author's, or of one of its creators.

    None where it was made together and does not name its creators. A work that names no author is
    the account's, as the request asked for it.
    """
    author = _author(item)
    if not isinstance(item, dict) or not owner or author in ("", owner):
        return True
    together = record_in(item.get("cooperation_info"))
    creators = together.get("co_creators")
    if isinstance(creators, list) and creators:
        return any(record_in(creator).get("sec_uid") == owner for creator in creators)
    return None if together else False


@dataclass(slots=True)
class OwnPosts:
    """The posts of one list, in the order shown.

    `gaps`: a post is missing among them for want of a sound date, state or author.
    """

    owner: str = ""
    posts: list[Post] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    gaps: bool = False
    notes: list[str] = field(default_factory=list)
    comments: list[bool | None] = field(default_factory=list)
    """Of each post that it made alone: whether it takes comments, None where it does not say."""

    def add(self, item: object, now: datetime) -> None:
        match item if isinstance(item, dict) else {}:
            case {"aweme_id": str(number)} as work:
                self.ids.add(number)
                if self.public(work) and self.own(work):
                    self.date(number, work, now)
            case _:
                self.miss("item without an id")

    def public(self, item: Mapping[str, object]) -> bool:
        """Deleted, rejected, unreviewed and owner-only works are no updates.

        The list is complete without them.
        """
        status = record_in(item.get("status"))
        if (
            any(status.get(key) for key in ("is_delete", "is_prohibited", "in_reviewing"))
            or status.get("private_status") == 1
        ):
            self.notes.append("deleted, unreviewed or private work left out")
            return False
        if status.get("private_status") or status.get("part_see"):
            self.miss("work shown to some only set aside")
            return False
        return True

    def own(self, item: Mapping[str, object]) -> bool:
        """A work of other accounts is left out.

        It may stand in the place of an own one, so the list has a gap.
        """
        owned = _owned(item, self.owner)
        if owned is None:
            self.miss("work made together that does not name its creators")
        elif not owned:
            self.miss("work of another account left out")
        return owned is not False

    def date(self, number: str, item: Mapping[str, object], now: datetime) -> None:
        try:
            at = from_epoch(item.get("create_time"))
        except Changed as error:
            self.miss(f"work without a sound date: {error.detail}")
            return
        if not _OPENED <= at <= now + CLOCK_SKEW:
            self.miss(f"work dated {at:%Y-%m-%d %H:%M} UTC set aside")
            return
        pictures = bool(item.get("images")) or item.get("aweme_type") in _PICTURES
        kind = (
            PostKind.PICTURES
            if pictures
            else PostKind.VIDEO
            if item.get("aweme_type", 0) in _VIDEOS
            else PostKind.OTHER
        )
        link = f"https://www.douyin.com/{'note' if pictures else 'video'}/{number}"
        self.posts.append(
            Post(
                on=day_of(at),
                at=at,
                id=number,
                kind=kind,
                pinned=item.get("is_top") in (1, True),
                link=link,
                title=title_of(item.get("desc")),
            )
        )
        if _author(item) in ("", self.owner):
            said = record_in(item.get("aweme_control")).get("can_comment")
            self.comments.append(said if isinstance(said, bool) else None)

    def miss(self, note: str) -> None:
        self.gaps = True
        self.notes.append(note)

    @property
    def note(self) -> str:
        return "; ".join(dict.fromkeys(self.notes))
