"""What the machine proved, by platform and source, and what it leaves to people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from mediawatch.domain import (
    Account,
    Code,
    Effect,
    Filing,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    Post,
    Reading,
    Sight,
    SweepAccount,
    Verdict,
)
from mediawatch.figures.platform_proofs import PlatformProofs, platform_proofs
from mediawatch.rules.policy import load

POLICY = load("national")
AT = datetime(2031, 3, 5, 4, tzinfo=UTC)
NEWEST, OLDER = date(2031, 3, 3), date(2031, 2, 1)
ORDER = ("wechat.article", "wechat.album", "wechat.cover", "wechat.search")
LABELS = {"wechat.article": "微信文章链接", "wechat.cover": "微信读书封面"}
FINDING = Finding(
    code=Code.STALE_2W, label="超2周未更新", effect=Effect.FAILS, sentence="…", reading_ids=(1,)
)


def entry(number: int, verdict: Verdict, *findings: Finding) -> SweepAccount:
    account = Account(id=number, filed=Filing(name=f"示例{number}", platform="wechat"))
    judged = Judgement(verdict=verdict, sentence="…", findings=findings, latest_on=NEWEST)
    return SweepAccount(sweep_id=1, account=account, judgement=judged)


def sight(surface: str, *days: date) -> Sight:
    posts = tuple(Post(on=day) for day in days)
    return Sight(surface=surface, read_at=AT, matched_by=MatchedBy.NAME, posts=posts)


def reading(*sights: Sight, look: LookKind = LookKind.FIRST) -> Reading:
    filed = Filing(name="示例1", platform="wechat").identity
    return Reading(
        account_id=1, look=look, started_at=AT, read_at=AT, sights=sights, filed_as=filed
    )


def of_one(readings: Sequence[Reading]) -> PlatformProofs:
    (found,) = platform_proofs([entry(1, Verdict.FRESH)], {1: readings}, POLICY, ORDER)
    return found


def test_an_account_counts_for_the_source_of_its_newest_post() -> None:
    both = reading(sight("wechat.article", OLDER), sight("wechat.album", OLDER, NEWEST))
    assert of_one([reading(sight("wechat.article", OLDER)), both]).by_surface == {"wechat.album": 1}


def test_a_source_that_led_to_the_article_found_it() -> None:
    led = reading(
        sight("wechat.article", OLDER), sight("wechat.cover"), sight("wechat.article", NEWEST)
    )
    assert of_one([led]).by_surface == {"wechat.cover": 1}
    in_turn = reading(sight("wechat.article"), sight("wechat.album", NEWEST))
    assert of_one([in_turn]).by_surface == {"wechat.album": 1}


def test_what_only_a_person_saw_is_no_proof_of_the_machine() -> None:
    seen = reading(sight("person", NEWEST), look=LookKind.PERSON)
    found = of_one([seen])
    assert (found.proved, found.by_people) == (0, 1)
    assert of_one([seen, reading(sight("wechat.cover", NEWEST))]).proved == 1


def test_every_account_is_counted_once_and_told() -> None:
    scope = [
        entry(1, Verdict.FRESH),
        entry(2, Verdict.FAILED, FINDING),
        entry(3, Verdict.LISTED, FINDING),
        entry(4, Verdict.LISTED),
        entry(5, Verdict.DUE_SOON),
        entry(6, Verdict.UNPROVEN),
        entry(7, Verdict.OUT_OF_SCOPE),
    ]
    readings = {1: [reading(sight("wechat.article", NEWEST))]}
    (found,) = platform_proofs(scope, readings, POLICY, ORDER)
    parts = found.proved + found.by_people + found.suspects + found.open
    assert parts + sum(found.others.values()) == found.accounts == 7
    assert found.lines(LABELS) == (
        "微信公众号：共7个账号，系统已证实正常更新1个，疑似2个，待人工核查2个",
        "  另有：即将超期1个、异常单列1个",
        "  证实所据：微信文章链接1个",
    )
