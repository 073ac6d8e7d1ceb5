"""Which looks say that the same piece of information was not reposted. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.domain import Code, ProblemAnswer, ProblemSeen, Reading
from mediawatch.rules.repost_titles import fold_title, titles_in


def by_piece(looks: Sequence[Reading]) -> list[list[Reading]]:
    """The looks for one kind of problem, apart by what they say was not reposted.

    Looks for other kinds stay together. Who found nothing, or took all back, names no piece, and
    speaks of each. At least one group.
    """
    pieces = list(dict.fromkeys(key for look in looks if (key := _piece(look)) is not None))
    return [[look for look in looks if _piece(look) in (None, piece)] for piece in pieces] or [
        list(looks)
    ]


def _piece(look: Reading) -> tuple[object, ...] | None:
    seen = look.problem
    if seen is None or seen.code is not Code.NOT_REPOSTED:
        return ()
    if seen.answer is ProblemAnswer.WITHDRAWN:
        return None
    named = _named(seen)
    return named if named or seen.answer is ProblemAnswer.FOUND else None


def _named(seen: ProblemSeen) -> tuple[object, ...]:
    if seen.task is not None:
        return seen.task, seen.item
    return tuple(sorted(fold_title(title) for title in titles_in(seen.words)))
