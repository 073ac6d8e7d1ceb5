"""What a 暂用标识 leads to, case by case: never a finding, whatever two looks with evidence say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mediawatch.domain import (
    Evidence,
    EvidenceKind,
    FiledStatus,
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    Reading,
    Sight,
    Verdict,
    of_identity,
)
from mediawatch.domain.clock import EVER, day_end, day_start
from mediawatch.ports import Dossier
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import load

LAST = date(2022, 12, 31)
AS_OF = day_end(LAST)
BIZ = "MzkwMDAwMDAwMQ=="
FILED = Filing(name="示例发布", platform="wechat", type="微信公众号", opened_on=date(2015, 1, 1))
PROOF = Evidence(
    kind=EvidenceKind.SCREENSHOT, media_type="image/jpeg", path="a.jpg", sha256="0" * 64, size=1,
    taken_at=AS_OF,
)  # fmt: skip


def posted(days: int) -> tuple[Post, ...]:
    on = LAST - timedelta(days=days)
    return (Post(on=on, at=day_start(on)),)


def judged(filed: Filing = FILED, **facts: Any) -> tuple[Verdict, int, bool]:
    """Two looks that agree, each with evidence and a control; as `judge` has it."""
    readings = []
    for number, look in ((1, LookKind.FIRST), (2, LookKind.SECOND)):
        at = AS_OF + timedelta(hours=number)
        sight = Sight(
            **{
                "surface": "wechat.list", "read_at": at, "platform_id": BIZ, "provisional": BIZ,
                "control": "别的账号", "evidence": (PROOF,), "matched_by": MatchedBy.NAME,
                "name": filed.name,
            }
            | facts
        )  # fmt: skip
        readings.append(
            Reading(
                account_id=1, look=look, started_at=at, read_at=at, sights=(sight,), sweep_id=1,
                id=number, filed_as=filed.identity,
            )
        )  # fmt: skip
    now = replace(filed.identity, provisional=frozenset({BIZ}))
    known = Dossier(filed=filed, identity=now, readings=tuple(readings))
    found = judge(known, AS_OF, load("national"))
    return found.verdict, len(found.findings), found.provisional


AGAINST: list[dict[str, Any]] = [
    {"outcome": Outcome.CANCELLED},
    {"outcome": Outcome.BANNED},
    {"outcome": Outcome.NOT_FOUND},
    {"outcome": Outcome.NO_POSTS, "complete_since": EVER},
    {"posts": posted(200), "complete_since": EVER},
    {"posts": posted(200)},
    {"name": "别的名称", "posts": posted(1)},
    {"name": "别的名称"},
]


@pytest.mark.parametrize("facts", AGAINST)
@pytest.mark.parametrize("tie", MatchedBy)
def test_nothing_speaks_against_the_account(facts: dict[str, Any], tie: MatchedBy) -> None:
    assert judged(**facts, matched_by=tie) == (Verdict.UNPROVEN, 0, False)


def test_the_same_facts_do_where_the_id_is_filed() -> None:
    filed = replace(FILED, platform_id=BIZ)
    stale = {"posts": posted(200), "complete_since": EVER, "matched_by": MatchedBy.ID}
    assert judged(filed, provisional="", **stale)[:2] == (Verdict.FAILED, 1)
    # But not of a look that was made by the provisional one, although that very id is filed now.
    assert judged(filed, **stale)[:2] == (Verdict.UNPROVEN, 0)


def test_its_tie_grows_no_stronger_however_often_it_is_heard() -> None:
    filed = replace(FILED, platform_id=BIZ).identity
    sight = Sight(
        surface="wechat.list", read_at=AS_OF, name="别的名称", platform_id=BIZ, provisional=BIZ,
        matched_by=MatchedBy.NAME,
    )  # fmt: skip
    reading = Reading(
        account_id=1, look=LookKind.FIRST, started_at=AS_OF, read_at=AS_OF, sights=(sight,),
        filed_as=FILED.identity,
    )  # fmt: skip
    once = of_identity(reading, filed)
    assert once is not None
    again = of_identity(once, filed)
    assert again == once
    assert [each.matched_by for each in again.sights] == [MatchedBy.NAME]


def test_a_post_in_the_window_is_a_marked_proof() -> None:
    assert judged(posts=posted(3)) == (Verdict.FRESH, 0, True)
    # Exact dates would remind; these are lower bounds.
    assert judged(posts=posted(12), complete_since=EVER) == (Verdict.FRESH, 0, True)


@pytest.mark.parametrize(
    "answer",
    [
        {"outcome": Outcome.OK, "complete_since": day_start(LAST - timedelta(days=30))},
        {"outcome": Outcome.NOT_FOUND},
        {"outcome": Outcome.CANCELLED},
    ],
)
def test_a_person_who_saw_none_of_it_leaves_it_open(answer: dict[str, Any]) -> None:
    at = AS_OF + timedelta(hours=5)
    told = Sight(
        surface="person", read_at=at, name=FILED.name, matched_by=MatchedBy.NAME,
        evidence=(PROOF,), **answer,
    )  # fmt: skip
    seen = Sight(
        surface="wechat.list", read_at=at, name=FILED.name, platform_id=BIZ, provisional=BIZ,
        matched_by=MatchedBy.NAME, posts=posted(2),
    )  # fmt: skip
    readings = tuple(
        Reading(
            account_id=1, look=look, started_at=at, read_at=at, sights=(sight,), sweep_id=1,
            id=number, by=by, filed_as=FILED.identity,
        )
        for number, (look, by, sight) in enumerate(
            ((LookKind.FIRST, "", seen), (LookKind.PERSON, "甲某", told)), 1
        )
    )  # fmt: skip
    now = replace(FILED.identity, provisional=frozenset({BIZ}))
    for known in (readings, readings[::-1]):
        found = judge(Dossier(filed=FILED, identity=now, readings=known), AS_OF, load("national"))
        assert (found.verdict, found.findings, found.provisional) == (Verdict.UNPROVEN, (), False)
        assert "不一致" in found.sentence


@pytest.mark.parametrize("status", [FiledStatus.CLOSED, FiledStatus.DEREGISTERED])
def test_an_account_filed_as_closed_is_not_alive_by_its_name(status: FiledStatus) -> None:
    verdict, findings, _ = judged(replace(FILED, status=status), posts=posted(3))
    assert (verdict is Verdict.FAILED, findings) == (False, 0)
