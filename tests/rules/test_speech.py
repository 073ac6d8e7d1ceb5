"""A reading speaks for the identity under which it was taken, and for no other one that is filed
later.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from samples import NOW, post

from mediawatch.domain import (
    FiledIdentity,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sight,
    Speech,
    of_identity,
    same_ids,
    speech,
)

WEIBO = FiledIdentity(
    platform="weibo",
    name="示例发布",
    platform_id="1000000001",
    links=("https://weibo.com/u/1000000001",),
)
NAMED = FiledIdentity(platform="weibo", name="示例发布")
ID, URL, NAME = MatchedBy


def sight(matched_by: MatchedBy | None = ID, **values: Any) -> Sight:
    return Sight(surface="s", read_at=NOW, matched_by=matched_by, **values)


@pytest.mark.parametrize(
    ("seen", "taken", "now", "said"),
    [
        (sight(platform_id="1000000001"), WEIBO, WEIBO, Speech.FULLY),
        (sight(), WEIBO, replace(WEIBO, name="改名"), Speech.FULLY),
        # The registry corrects the id: both ways.
        (
            sight(platform_id="1000000001"),
            WEIBO,
            replace(WEIBO, platform_id="1000000002"),
            Speech.NOT,
        ),
        (sight(), WEIBO, replace(WEIBO, platform_id="1000000002"), Speech.NOT),
        (
            sight(platform_id="1000000002"),
            WEIBO,
            replace(WEIBO, platform_id="1000000002"),
            Speech.FULLY,
        ),
        (
            sight(outcome=Outcome.NOT_FOUND),
            WEIBO,
            replace(WEIBO, platform_id="1000000002"),
            Speech.NOT,
        ),
        (sight(), WEIBO, replace(WEIBO, platform_id=""), Speech.NOT),
        (sight(), WEIBO, replace(WEIBO, platform="douyin"), Speech.NOT),
        # An id that is filed only now: what does not show it may speak in favour alone.
        (sight(NAME), NAMED, WEIBO, Speech.IN_FAVOUR),
        (sight(NAME, platform_id="1000000001"), NAMED, WEIBO, Speech.FULLY),
        (sight(NAME, platform_id="1000000009"), NAMED, WEIBO, Speech.NOT),
        # Names and links are ties while they are filed.
        (sight(NAME), NAMED, replace(NAMED, name="改名"), Speech.NOT),
        (sight(URL), replace(NAMED, links=("a",)), replace(NAMED, links=("a", "b")), Speech.FULLY),
        (sight(URL), replace(NAMED, links=("a",)), replace(NAMED, links=("b",)), Speech.NOT),
        # A tie that no filed link bears stands on what is filed besides.
        (sight(URL), NAMED, NAMED, Speech.FULLY),
        (sight(URL), NAMED, replace(NAMED, links=("a",)), Speech.FULLY),
        (sight(URL), NAMED, replace(NAMED, name="改名"), Speech.NOT),
        (sight(URL), replace(NAMED, alias="a"), replace(NAMED, alias="b"), Speech.NOT),
        (sight(URL), NAMED, replace(WEIBO, name="改名", links=()), Speech.NOT),
        (
            sight(URL),
            replace(NAMED, links=("a",)),
            replace(NAMED, name="改名", links=("a",)),
            Speech.FULLY,
        ),
        # The identity under which it was taken is not known.
        (sight(), None, WEIBO, Speech.NOT),
        (sight(platform_id="1000000001"), None, WEIBO, Speech.IN_FAVOUR),
    ],
)
def test_how_far_a_sight_speaks(
    seen: Sight, taken: FiledIdentity | None, now: FiledIdentity, said: Speech
) -> None:
    assert speech(seen, taken, now) is said


@pytest.mark.parametrize(
    ("platform", "one", "other", "same"),
    [
        ("wechat", "MzA3MzI4MjgzMw==", "3073282833", True),
        ("wechat", "MzA3MzI4MjgzMw%3D%3D", "MzA3MzI4MjgzMw", True),
        ("wechat", "MzA3MzI4MjgzMw==", "3073282834", False),
        ("weibo", "1000000001", "1000000002", False),
        # A number and a token of one account are two forms: nothing to compare.
        ("toutiao", "MS4wLjABAAAA" + "1" * 20, "1719833587832835", None),
        ("douyin", "MS4wLjABAAAA" + "1" * 20, "dy_number", None),
        ("douyin", "MS4wLjABAAAA" + "1" * 20, "MS4wLjABAAAA" + "2" * 20, False),
    ],
)
def test_ids_of_one_form_are_compared(
    platform: str, one: str, other: str, same: bool | None
) -> None:
    assert (
        same_ids(one, "", FiledIdentity(platform=platform, name="示例", platform_id=other)) is same
    )


def test_an_unknown_past_counts_against_no_account() -> None:
    seen = sight(
        platform_id="1000000001",
        name="改名",
        posts=(post(date(2031, 3, 1)),),
        complete_since=NOW - timedelta(days=40),
    )
    past = Reading(account_id=1, look=LookKind.FIRST, started_at=NOW, read_at=NOW, sights=(seen,))
    left = of_identity(past, WEIBO)
    assert left is not None
    (only,) = left.sights
    assert (only.posts, only.complete_since, only.matched_by) == (seen.posts, None, URL)
    assert of_identity(past, replace(WEIBO, platform_id="1000000002")) is None
