"""Whether an account has reposted what a task asks for (重要信息转载). Pure.

A post that is surely the account's proves a repost, by its link, its source or its title. It does
so for ever, also where it is gone by now. That there is none is never proved. `NOT_SEEN` says that
complete lists of the whole time show no such title: a reason to ask the unit, and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from mediawatch.domain import Post, RepostAction, RepostEvent, RepostItem, RepostTask
from mediawatch.rules.repost_links import post_key
from mediawatch.rules.repost_titles import SHORT, TitleMatch, fold_title
from mediawatch.rules.repost_views import RepostView, SeenList, SeenPost


class RepostState(StrEnum):
    """What is known of one account and one item, in the order in which it is listed."""

    NOT_SEEN = "not_seen"
    OPEN = "open"
    SUSPECTED = "suspected"
    REPOSTED = "reposted"
    NOT_ASKED = "not_asked"

    @property
    def label(self) -> str:
        return {
            RepostState.NOT_SEEN: "未见转载",
            RepostState.OPEN: "待核查",
            RepostState.SUSPECTED: "疑似已转载，待核",
            RepostState.REPOSTED: "已转载",
            RepostState.NOT_ASKED: "不适用",
        }[self]


class RepostGround(StrEnum):
    """By what a post is told for a repost, the strongest first."""

    DECIDED = "decided"
    LINK = "link"
    SOURCE = "source"
    TITLE = "title"
    HEADING = "heading"
    CONTAINED = "contained"
    SIMILAR = "similar"

    @property
    def label(self) -> str:
        return {
            RepostGround.DECIDED: "人工确认",
            RepostGround.LINK: "链接相同",
            RepostGround.SOURCE: "来源链接相同",
            RepostGround.TITLE: "标题相同",
            RepostGround.HEADING: "文首标题相同",
            RepostGround.CONTAINED: "标题相互包含",
            RepostGround.SIMILAR: "标题相近",
        }[self]


_CERTAIN = frozenset(
    (
        RepostGround.DECIDED,
        RepostGround.LINK,
        RepostGround.SOURCE,
        RepostGround.TITLE,
        RepostGround.HEADING,
    )
)
_BY_LINK = frozenset((RepostGround.LINK, RepostGround.SOURCE))
_OF_TITLE = {
    TitleMatch.EQUAL: RepostGround.TITLE,
    TitleMatch.HEADING: RepostGround.HEADING,
    TitleMatch.CONTAINED: RepostGround.CONTAINED,
    TitleMatch.SIMILAR: RepostGround.SIMILAR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostMatch:
    """A post that is, or may be, a repost of an item."""

    ground: RepostGround
    seen: SeenPost
    text: str
    """What agrees with the item: the title, the text, or the link."""
    score: int = 100
    doubt: str = ""
    """Why a person must decide, in Chinese."""
    by: str = ""
    """Who found it to be a repost, where a person did."""

    @property
    def is_certain(self) -> bool:
        return self.ground in _CERTAIN and not self.doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostResult:
    """What is known of one account and one item."""

    state: RepostState
    match: RepostMatch | None = None
    gone: bool = False
    """The post that proves it is there no more."""
    late: bool = False
    """The repost is dated after the last day of the task."""
    reasons: tuple[str, ...] = ()
    """Why nothing can be said, in Chinese."""
    lists: tuple[SeenList, ...] = ()
    """Of what was not seen: the complete lists that do not show it."""
    within: int = 0
    """How many posts of the time these looks show."""


def judge_repost(
    item: RepostItem, seen: RepostView, task: RepostTask, events: Iterable[RepostEvent] = ()
) -> RepostResult:
    """What is known of an item. `events`: what people decided of this account and this item."""
    if seen.not_asked:
        return RepostResult(state=RepostState.NOT_ASKED, reasons=(seen.not_asked,))
    decided = {
        event.post: event
        for event in events
        if event.action in (RepostAction.ACCEPTED, RepostAction.REJECTED)
    }
    found = []
    for post in seen.posts:
        event = decided.get(post.key)
        if event is not None and event.action is RepostAction.REJECTED:
            continue
        match = _match(item, post, task)
        if event is not None and (match is None or not match.is_certain):
            match = _accepted(post, match, event)
        found += [match] if match else []
    certain = [match for match in found if match.is_certain]
    if certain:
        best = min(certain, key=lambda each: _order(each, task))
        return RepostResult(
            state=RepostState.REPOSTED,
            match=best,
            gone=best.seen.key in seen.gone,
            late=best.seen.post.on > task.until_day,
        )
    if found:
        best = min(found, key=lambda each: _order(each, task))
        return RepostResult(state=RepostState.SUSPECTED, match=best)
    reasons = seen.open
    if not reasons and not seen.within:
        # Nothing was posted at all: no title can be missed.
        return RepostResult(state=RepostState.NOT_SEEN, lists=seen.lists)
    if not item.title:
        reasons = (*reasons, "本项未给出标题，只能按链接核对")
    elif len(fold_title(item.title)) < SHORT:
        reasons = (*reasons, "标题过短，不足以核对")
    if reasons:
        return RepostResult(state=RepostState.OPEN, reasons=reasons)
    return RepostResult(state=RepostState.NOT_SEEN, lists=seen.lists, within=seen.within)


def _accepted(seen: SeenPost, match: RepostMatch | None, event: RepostEvent) -> RepostMatch:
    """What a person found to be a repost, whatever its title is."""
    text = match.text if match else seen.post.title or seen.post.link
    return RepostMatch(ground=RepostGround.DECIDED, seen=seen, text=text, by=event.by)


def _match(item: RepostItem, seen: SeenPost, task: RepostTask) -> RepostMatch | None:
    found = _by_link(item, seen) or _by_title(item, seen, task)
    if found is None:
        return None
    doubts_of_it = [
        seen.doubt,
        f"发布日期早于{task.from_day}" if seen.post.on < task.from_day else "",
        (
            "标题过短"
            if found.ground not in _BY_LINK and len(fold_title(item.title)) < SHORT
            else ""
        ),
    ]
    return replace(found, doubt="；".join(filter(None, doubts_of_it)))


def _by_link(item: RepostItem, seen: SeenPost) -> RepostMatch | None:
    wanted = post_key(item.link)
    if not wanted:
        return None
    platform, _, number = wanted.partition(":")
    post = seen.post
    if wanted == post_key(post.link) or (post.id and (platform, number) == _id_of(post, seen)):
        return RepostMatch(ground=RepostGround.LINK, seen=seen, text=post.link or post.id)
    if wanted == post_key(post.original_link):
        return RepostMatch(ground=RepostGround.SOURCE, seen=seen, text=post.original_link)
    return None


def _id_of(post: Post, seen: SeenPost) -> tuple[str, str]:
    """The platform and number of a post, as keys of links name them."""
    return seen.surface.partition(".")[0], post.id


def _by_title(item: RepostItem, seen: SeenPost, task: RepostTask) -> RepostMatch | None:
    wanted = fold_title(item.title)
    # 解读（一） is very like 解读（二）: what surely is another item is not this one.
    others = {fold_title(each.title) for each in task.items} - {wanted, ""}
    if any({words.folded, words.heading} & others for words in seen.words) and not any(
        wanted in (words.folded, words.heading) for words in seen.words
    ):
        return None
    found = [
        RepostMatch(ground=_OF_TITLE[agreed[0]], seen=seen, text=words.text, score=agreed[1])
        for words in seen.words
        if (agreed := words.compare(wanted)) is not None
    ]
    return min(
        found, key=lambda each: (list(RepostGround).index(each.ground), -each.score), default=None
    )


def _order(match: RepostMatch, task: RepostTask) -> tuple[bool, bool, int, int, date]:
    """Those in time first, then the best ground, then the earliest."""
    on = match.seen.post.on
    return (
        not task.from_day <= on <= task.until_day,
        bool(match.doubt),
        list(RepostGround).index(match.ground),
        -match.score,
        on,
    )


def count_states(results: Sequence[RepostResult]) -> dict[RepostState, int]:
    """How many accounts stand where, for one item."""
    return {state: sum(each.state is state for each in results) for state in RepostState}
