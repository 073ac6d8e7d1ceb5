"""What is known of an account for a 重要信息转载任务: its posts, and whether they are all. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from mediawatch.domain import (
    LookKind,
    MatchedBy,
    Post,
    PostKind,
    Reading,
    RepostTask,
    Sight,
    rests_on_name,
)
from mediawatch.domain.clock import day_end, day_of, day_start
from mediawatch.ports import Dossier
from mediawatch.rules import backing, doubts
from mediawatch.rules.known_days import Span, lacks_posts
from mediawatch.rules.post_lists import complete, is_odd
from mediawatch.rules.repost_links import post_key
from mediawatch.rules.repost_titles import FoldedTitle, shows_whole_words
from mediawatch.rules.ties import identity_of, keep_speaking, proposes_only, tie_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPost:
    """A post with the first reading that showed it in these words."""

    post: Post
    reading_id: int
    read_at: datetime
    surface: str
    doubt: str
    """Why it may be another account's, in Chinese; "" where it surely is the account's."""
    words: tuple[FoldedTitle, ...]
    """Its own title, then that of the original."""

    @property
    def key(self) -> str:
        return key_of(self.post)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenList:
    """A list that shows every post of an account from `since` to `read_at`."""

    surface: str
    since: datetime
    read_at: datetime
    reading_id: int
    ids: frozenset[str] = field(repr=False)
    """Of its posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostView:
    """What is known of an account for one task: its posts, and whether they are all of the time."""

    posts: tuple[SeenPost, ...] = ()
    open: tuple[str, ...] = ()
    """Why it may not be said that something was not seen, in Chinese; empty where it may."""
    gone: frozenset[str] = frozenset()
    """Keys of posts that a later complete list no longer shows."""
    lists: tuple[SeenList, ...] = ()
    """The complete lists that together show the time, as far as they do."""
    within: int = 0
    """How many posts of the time were seen."""
    not_asked: str = ""
    """Why the account need not repost anything, in Chinese."""

    def find(self, link: str) -> SeenPost | None:
        """The post of this link, however it is written."""
        wanted = post_key(link)
        return next((each for each in self.posts if post_key(each.post.link) == wanted), None)


def key_of(post: Post) -> str:
    """What names a post of an account in a person's decision."""
    return post.id or post_key(post.link) or f"{post.on} {post.title}".strip()


def view(
    known: Dossier,
    task: RepostTask,
    now: datetime,
    pruned: datetime | None,
    disproved: Sequence[Span] = (),
) -> RepostView:
    """What all readings since the first day show of an account.

    `pruned`: up to when readings may have been deleted for their age. `disproved`: days of silences
    that were dismissed (`known_days.disproved_spans`), over which no list is complete.
    """
    filed = known.filed
    if filed.opened_on and filed.opened_on > task.until_day:
        return RepostView(not_asked=f"{filed.opened_on}开设，晚于任务期限")
    if not filed.in_service:
        return RepostView(not_asked="已关停")
    begin = day_start(task.from_day)
    raw, known = known, keep_speaking(known, begin)
    doubt = doubts.doubt(raw.readings, known.filed, identity_of(known), raw.others_names)
    if doubt is not None:
        return RepostView(open=("备案ID疑似有误，所见信息可能不属于该账号",))
    known = backing.without_withdrawn(known, begin)
    posts = _seen_posts(known)
    complete_lists = sorted(
        _lists_of(known, task, disproved), key=lambda each: (each.since, each.read_at)
    )
    uncovered, lists = _coverage(known, task, complete_lists)
    within = {each.key for each in posts if task.from_day <= each.post.on <= task.until_day}
    reasons = [
        f"转载期限（{task.until_day}）未到" if now <= day_end(task.until_day) else "",
        "部分核查记录已按保存期限清理" if pruned and pruned > begin else "",
        uncovered if known.supported or not uncovered else "该平台由人工检查",
        _dismissed(task, disproved),
        _without_words(known, task),
    ]
    return RepostView(
        posts=posts,
        open=tuple(filter(None, reasons)),
        gone=_gone_of(posts, complete_lists),
        lists=lists,
        within=len(within),
    )


def _seen_posts(known: Dossier) -> tuple[SeenPost, ...]:
    found: dict[tuple[object, ...], SeenPost] = {}
    for reading in sorted(known.readings, key=lambda each: (each.read_at, each.id)):
        for sight, post in _posts_of(reading):
            doubt = _doubt_of(sight, reading, known)
            words = (post.title, post.original_title, post.original_link)
            seen = (key_of(post), *words, bool(doubt))
            if seen in found or not (any(words) or post.link or post.id):
                continue
            found[seen] = SeenPost(
                post=post,
                reading_id=reading.id,
                read_at=sight.read_at,
                surface=sight.surface,
                doubt=doubt,
                words=tuple(
                    FoldedTitle.of(text) for text in (post.title, post.original_title) if text
                ),
            )
    return tuple(found.values())


def _gone_of(posts: Iterable[SeenPost], lists: Sequence[SeenList]) -> frozenset[str]:
    """Keys of those that the newest complete list over their moment lacks, on their surface."""
    gone = set()
    for seen in posts:
        post = seen.post
        if post.at is None or not post.id:
            continue
        over = [
            each
            for each in lists
            if each.surface == seen.surface and each.since <= post.at <= each.read_at
        ]
        newest = max(over, key=lambda each: each.read_at, default=None)
        if newest is not None and post.id not in newest.ids:
            gone.add(seen.key)
    return frozenset(gone)


def _posts_of(reading: Reading) -> Iterable[tuple[Sight, Post]]:
    """Those tied to the account, reposts and unpushed ones too, with a possible date."""
    for sight in reading.sights:
        if sight.matched_by is not None:
            yield from ((sight, post) for post in sight.posts if not is_odd(post, sight))


def _doubt_of(sight: Sight, reading: Reading, known: Dossier) -> str:
    if proposes_only(sight, reading, known.filed):
        return f"该处显示的名称为“{sight.name or reading.name}”"
    if rests_on_name(sight, identity_of(known)):
        return "仅凭名称找到"
    if sight.matched_by is MatchedBy.NAME and tie_of(sight, reading, known) is None:
        return "仅凭名称对应，可能有同名账号"
    return ""


def _coverage(
    known: Dossier, task: RepostTask, lists: Sequence[SeenList]
) -> tuple[str, tuple[SeenList, ...]]:
    """Over which days no complete list reaches ("" where lists show the whole time), and the lists
    that reach.
    """
    opened = known.filed.opened_on
    reached = day_start(max(task.from_day, opened) if opened else task.from_day)
    end = day_end(task.until_day)
    used: list[SeenList] = []
    for each in lists:
        if each.since > reached or reached >= end:
            break
        if each.read_at > reached:
            used.append(each)
            reached = each.read_at
    if reached >= end:
        return "", tuple(used)
    following = min((each.since for each in lists if each.since > reached), default=end)
    first, last = day_of(reached), min(day_of(following), task.until_day)
    over = f"{first}" if first >= last else f"{first}至{last}"
    return f"{over}没有完整的信息列表", tuple(used)


def _lists_of(known: Dossier, task: RepostTask, disproved: Sequence[Span]) -> Iterable[SeenList]:
    """The complete lists that name every post of the time."""
    for reading in known.readings:
        sight = reading.exact_sight
        if sight is None or sight.complete_since is None or not complete(reading, known):
            continue
        # A person notes days, and several posts may be of one day. Nothing without a picture.
        if reading.look is LookKind.PERSON and (
            not reading.evidence
            or any(task.from_day <= post.on <= task.until_day for post in sight.posts)
        ):
            continue
        if lacks_posts(sight, disproved):
            continue
        yield SeenList(
            surface=sight.surface,
            since=sight.complete_since,
            read_at=sight.read_at,
            reading_id=reading.id,
            ids=frozenset(post.id for post in sight.posts),
        )


def _dismissed(task: RepostTask, disproved: Sequence[Span]) -> str:
    """That a silence over days of the time was dismissed."""
    days = [
        (max(first, task.from_day), min(last, task.until_day))
        for first, last in disproved
        if first <= task.until_day and task.from_day <= last
    ]
    if not days:
        return ""
    first, last = min(first for first, _ in days), max(last for _, last in days)
    over = f"{first}" if first == last else f"{first}至{last}"
    return f"{over}的未更新问题曾经复核排除，信息列表可能不完整"


def _without_words(known: Dossier, task: RepostTask) -> str:
    """That posts of the time are known of which no title was kept, or only its beginning."""
    known_words: set[str] = set()
    days: set[date] = set()
    lacking: dict[str, Post] = {}
    for reading in known.readings:
        for _, post in _posts_of(reading):
            if not task.from_day <= post.on <= task.until_day or post.kind is PostKind.SEEN:
                continue
            names = {post.id, post_key(post.link)} - {""}
            if shows_whole_words(post):
                known_words |= names
                days.add(post.on)
            else:
                lacking.setdefault(" ".join(sorted(names)) or str(post.on), post)
    left = [
        post
        for post in lacking.values()
        if not ({post.id, post_key(post.link)} - {""}) & known_words
        # Known by its day alone: the list shows what was posted on that day.
        and not (not post.id and not post.link and post.at is None and post.on in days)
    ]
    bare = sum(not post.title and not post.original_title for post in left)
    said = [f"{bare}条信息未留存标题"] if bare else []
    said += [f"{len(left) - bare}条信息只见部分文字"] if len(left) > bare else []
    return "、".join(said)
