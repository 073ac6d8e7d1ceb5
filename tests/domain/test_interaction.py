"""What parts of a page show of interaction, taken together: the better word counts."""

from __future__ import annotations

from datetime import datetime

import pytest

from mediawatch.domain import InteractionSeen, PayloadFacts, comments_of, merge_interaction
from mediawatch.domain.clock import BEIJING
from scrapers.look import merge_facts
from scrapers.platforms import SCRAPERS

CLOSED = InteractionSeen(comments=False, posts=10)
OPEN = InteractionSeen(comments=True, posts=3)
MENU = InteractionSeen(messages=True)


@pytest.mark.parametrize(
    ("parts", "together"),
    [
        ((), None),
        ((None, None), None),
        ((InteractionSeen(posts=5),), None),
        ((CLOSED,), CLOSED),
        ((CLOSED, None, CLOSED), CLOSED),
        ((CLOSED, OPEN), InteractionSeen(comments=True, posts=10)),
        ((CLOSED, MENU), InteractionSeen(comments=False, messages=True, posts=10)),
        ((MENU, InteractionSeen(messages=False)), MENU),
        (
            (InteractionSeen(replies=0, posts=2), InteractionSeen(replies=4, posts=1)),
            InteractionSeen(replies=4, posts=2),
        ),
    ],
)
def test_the_better_word_of_several_parts_counts(
    parts: tuple[InteractionSeen | None, ...], together: InteractionSeen | None
) -> None:
    assert merge_interaction(parts) == together
    assert merge_interaction(reversed(parts)) == together


@pytest.mark.parametrize(
    ("allowed", "seen"),
    [
        ([], None),
        ([None, None], None),
        ([False, None, False], InteractionSeen(comments=False, posts=2)),
        ([False, True, None], InteractionSeen(comments=True, posts=2)),
    ],
)
def test_comments_are_closed_only_where_each_post_says_so(
    allowed: list[bool | None], seen: InteractionSeen | None
) -> None:
    assert comments_of(allowed) == seen


def test_a_sight_keeps_what_its_facts_show_of_interaction() -> None:
    surface = SCRAPERS["weibo"].surfaces[0]
    facts = (PayloadFacts(name="示例发布", interaction=MENU), PayloadFacts(interaction=CLOSED))
    at = datetime(2031, 3, 1, 10, tzinfo=BEIJING)
    merged = merge_facts(surface, facts, session="", read_at=at)
    assert merged.interaction == InteractionSeen(comments=False, messages=True, posts=10)
    assert merge_facts(surface, facts[:0], session="", read_at=at).interaction is None
