"""互动回应: what a page shows of an account's interaction. A lead for a person, never a finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class InteractionSeen:
    """What one place showed. None: the place does not show it, which says nothing.

    It goes into the question that a person is asked (人工检查), and nowhere else: nothing that
    judges reads it. A closed comment area may be the site's, or one post's.
    """

    comments: bool | None = None
    """Whether its last posts take comments: False only where each of the `posts` refuses them."""
    messages: bool | None = None
    """Whether a menu or a message (私信) is offered to its readers."""
    replies: int | None = None
    """The account's own replies that stand under its last posts."""
    posts: int = 0
    """So many of its last posts were looked at, for comments and replies."""

    def __bool__(self) -> bool:
        return not (self.comments is self.messages is self.replies is None)


def merge_interaction(shown: Iterable[InteractionSeen | None]) -> InteractionSeen | None:
    """What several parts of one page show together; None where no part shows anything.

    The better word counts. Parts may show the same posts, so numbers are never added up.
    """
    parts = [each for each in shown if each]
    if not parts:
        return None
    replies = [each.replies for each in parts if each.replies is not None]
    return InteractionSeen(
        comments=_any_offered(each.comments for each in parts),
        messages=_any_offered(each.messages for each in parts),
        replies=max(replies, default=None),
        posts=max(each.posts for each in parts),
    )


def comments_of(allowed: Iterable[bool | None]) -> InteractionSeen | None:
    """Of what each post of a list says about comments; None where no post says anything.

    A post that does not say it is not counted among those looked at.
    """
    said = [each for each in allowed if each is not None]
    return InteractionSeen(comments=any(said), posts=len(said)) if said else None


def _any_offered(words: Iterable[bool | None]) -> bool | None:
    said = [each for each in words if each is not None]
    return any(said) if said else None
