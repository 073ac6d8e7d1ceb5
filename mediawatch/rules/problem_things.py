"""Which looks of people speak of the same particular thing: a wrong word, an advertisement. Pure.

互动回应差 and 功能无法使用 are of the whole account, whatever words people find for them. Of the other
kinds, what one person found is another thing than what a second one did, unless both name the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.domain import Code, ProblemAnswer, Reading
from mediawatch.names import fold
from mediawatch.rules.repost_titles import fold_title, titles_in

NEEDS_WORDS = frozenset({Code.WRONG_WORDS, Code.ADVERTISING})
"""Kinds of which nobody can confirm anything, unless the first person says what he found.

重要信息未转载 names a piece instead, by a task or by its title.
"""
_OF_THE_WHOLE = frozenset({Code.INTERACTION_POOR, Code.UNUSABLE})


def is_particular(code: Code) -> bool:
    """Whether a problem of this kind is one thing among several that an account may show."""
    return code not in _OF_THE_WHOLE


def thing_of(look: Reading) -> str:
    """What a look names, so that two looks for one thing are equal; "" where it names nothing."""
    seen = look.problem
    if seen is None:
        return ""
    return named_thing(seen.code, seen.words, seen.task, seen.item)


def named_thing(code: Code, words: str, task: int | None = None, item: int | None = None) -> str:
    """The same of a person's words. What was not reposted is the task's item, else its titles."""
    if not is_particular(code):
        return ""
    if code is Code.NOT_REPOSTED:
        if task is not None:
            return f"{task}/{item}"
        if titles := titles_in(words):
            return "；".join(sorted(map(fold_title, titles)))
    return fold(words).strip("。.，,；;")


def by_thing(looks: Sequence[Reading]) -> list[list[Reading]]:
    """The looks for one kind of problem, apart by what they say was found. At least one group.

    Who found nothing, or took all back, speaks of each thing, unless he names one of them. So does
    nobody who found something.
    """
    things = dict.fromkeys(thing_of(look) for look in looks if _answer(look) is ProblemAnswer.FOUND)
    return [[look for look in looks if _speaks_of(look, thing, things)] for thing in things] or [
        list(looks)
    ]


def _speaks_of(look: Reading, thing: str, things: dict[str, None]) -> bool:
    answer, named = _answer(look), thing_of(look)
    if answer is ProblemAnswer.FOUND:
        return named == thing
    if answer is ProblemAnswer.WITHDRAWN or not named or named == thing:
        return True
    # 未见 of another piece says nothing of this one; of other kinds its words name no thing.
    return not _names_piece(look) and named not in things


def _names_piece(look: Reading) -> bool:
    """Whether it names a piece that was to be reposted, by a task or by a title."""
    seen = look.problem
    return (
        seen is not None
        and seen.code is Code.NOT_REPOSTED
        and (seen.task is not None or bool(titles_in(seen.words)))
    )


def _answer(look: Reading) -> ProblemAnswer | None:
    return look.problem.answer if look.problem else None
