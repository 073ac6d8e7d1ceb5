"""A reason names the one cause that applies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mediawatch.domain import Filing, LookKind, MatchedBy, Outcome, Reading, Sight
from mediawatch.ports import Dossier
from mediawatch.rules import sentences
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import load

AS_OF = datetime(2022, 12, 31, 15, 59, 59, tzinfo=UTC)
FILED = Filing(
    name="示例发布",
    platform="weibo",
    platform_id="1000000001",
    url="https://weibo.com/u/1000000001",
)
POLICY = load("national")


def reading(
    number: int,
    outcome: Outcome,
    detail: str = "",
    look: LookKind = LookKind.FIRST,
    control: str = "",
) -> Reading:
    at = AS_OF + timedelta(minutes=number)
    tie = MatchedBy.ID if outcome.negative else None
    sight = Sight(
        surface="weibo.mobile",
        read_at=at,
        outcome=outcome,
        detail=detail,
        matched_by=tie,
        control=control,
    )
    return Reading(
        id=number,
        account_id=1,
        look=look,
        started_at=at,
        read_at=at,
        sights=(sight,),
        filed_as=FILED.identity,
    )


def why(*readings: Reading, filed: Filing = FILED) -> str:
    return judge(Dossier(filed=filed, readings=readings), AS_OF, POLICY).sentence


@pytest.mark.parametrize(
    ("filed", "cause"),
    [
        (FILED, "尚未轮到"),
        (replace(FILED, url=""), "备案信息中没有可以打开的链接"),
        (replace(FILED, url="", platform_id=""), "备案信息中没有链接和账号ID"),
    ],
)
def test_why_nothing_was_looked_at(filed: Filing, cause: str) -> None:
    assert why(filed=filed) == f"本次未能核查：{cause}。"


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ((reading(1, Outcome.UNREACHABLE),), "未能连接平台。"),
        (
            (reading(1, Outcome.NO_EVIDENCE, "no usable id or link is filed"),),
            "备案信息中没有可用的链接和账号ID。",
        ),
        (
            (reading(1, Outcome.NO_EVIDENCE, "2 accounts bear this very name"),),
            "有同名账号，不能确定是哪一个。",
        ),
        ((reading(1, Outcome.NO_EVIDENCE, "该内容已被发布者删除"),), "链接的内容已删除。"),
        ((reading(1, Outcome.NO_EVIDENCE, "something new"),), "页面上没有可用的发布信息。"),
        ((reading(1, Outcome.NOT_FOUND),), "平台上未见该账号，但未经对照核查证实，不能认定。"),
    ],
)
def test_a_look_that_proved_nothing_says_its_one_cause(
    readings: tuple[Reading, ...], said: str
) -> None:
    assert why(*readings) == said


def test_no_reason_offers_a_choice() -> None:
    told = [
        *sentences.TROUBLE.values(),
        *(cause for _, cause in sentences._NO_EVIDENCE),
        *sentences._NEGATIVE.values(),
    ]
    assert [cause for cause in told if "或" in cause] == []
