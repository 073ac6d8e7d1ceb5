"""`explain`: why an account has its verdict, what counted for nothing and why, what is missing,
what would change it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from review_homes import ONE, mediawatch
from review_homes import home as home
from review_homes import prepared as prepared

from mediawatch.domain import (
    Account,
    AccountState,
    CanaryCheck,
    Evidence,
    EvidenceKind,
    Filing,
    Hint,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    Reading,
    Sight,
    Sweep,
    SweepAccount,
)
from mediawatch.ops.settings import Home
from mediawatch.ports import Dossier
from mediawatch.publish.reports.explanation import AccountCase, explanation, use
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import Policy, load
from tests.support.policies import with_exceptions

AS_OF = datetime(2022, 12, 31, 15, 59, 59, tzinfo=UTC)
FILED = Filing(
    name="示例发布",
    platform="weibo",
    type="新浪微博",
    platform_id="1000000001",
    url="https://weibo.com/u/1000000001",
)
POLICY = load("national")
SWEEP = Sweep(id=3, as_of=AS_OF, policy="national", policy_toml=POLICY.toml, started_at=AS_OF)


def reading(
    number: int,
    *days: date,
    outcome: Outcome = Outcome.OK,
    hours: int = 1,
    whole: bool = False,
    **more: Any,
) -> Reading:
    at = AS_OF + timedelta(hours=hours + number)
    tie = MatchedBy.ID if outcome is Outcome.OK or outcome.negative else None
    sight = Sight(
        surface="weibo.mobile",
        read_at=at,
        outcome=outcome,
        matched_by=tie,
        name="示例发布" if tie else "",
        platform_id="1000000001",
        posts=tuple(Post(on=day, at=None, id=str(day)) for day in days),
        complete_since=AS_OF - timedelta(days=900) if whole else None,
    )
    given: dict[str, Any] = {"look": LookKind.FIRST, "filed_as": FILED.identity} | more
    return Reading(id=number, account_id=1, started_at=at, read_at=at, sights=(sight,), **given)


def told(
    *readings: Reading,
    checks: tuple[CanaryCheck, ...] = (),
    policy: Policy = POLICY,
    filed: Filing = FILED,
) -> AccountCase:
    account = Account(id=1, filed=filed)
    known = Dossier(filed=filed, readings=readings, checks=checks)
    entry = SweepAccount(sweep_id=3, account=account, judgement=judge(known, AS_OF, policy))
    return AccountCase(
        sweep=SWEEP,
        entry=entry,
        policy=policy,
        known=known,
        readings=readings,
        suspects=(),
        state=None,
        now=AS_OF + timedelta(days=1),
        surfaces={"weibo.mobile": "微博手机版主页"},
    )


OLD, IN_TIME = date(2022, 11, 1), date(2022, 12, 30)
OTHER = replace(FILED, platform_id="2000000002").identity
FOREIGN = reading(1, IN_TIME, filed_as=OTHER)
FOREIGN = replace(
    FOREIGN, sights=tuple(replace(sight, platform_id="2000000002") for sight in FOREIGN.sights)
)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (FOREIGN, "不计入：核查时的备案身份与现在的备案不同。"),
        (reading(1, IN_TIME), "证明监测窗口内有更新（2022年12月30日）。"),
        (
            reading(1, OLD, hours=-50, whole=True),
            "最近发布2022年11月1日；早于监测时间点，只能证明更新，不能证明其后无更新。",
        ),
        (reading(1, OLD, whole=True), "最近发布2022年11月1日；列表完整，须两次核查一致才能认定。"),
        (reading(1, OLD), "最近发布2022年11月1日；该来源不显示全部发布，不能证明无更新。"),
        (reading(1, outcome=Outcome.CAPTCHA), "未取得结果：平台要求人工验证。"),
        (reading(1, outcome=Outcome.NOT_FOUND, hours=-50), "早于监测时间点，不能据此认定。"),
        (
            reading(1, outcome=Outcome.NOT_FOUND),
            "仅一次看到，未经第二次核查或对照核查，不能据此认定。",
        ),
    ],
)
def test_what_a_reading_is_good_for(one: Reading, said: str) -> None:
    assert use(told(one), one) == said


def test_what_a_canary_withdrew_is_said() -> None:
    one = replace(reading(1, OLD, whole=True), sweep_id=3)
    bad = CanaryCheck(
        platform_id="9",
        account_name="示例对照",
        surface="weibo.mobile",
        session="",
        at=one.read_at,
        sweep_id=3,
        outcome=Outcome.OK,
        fresh=False,
    )
    assert use(told(one, checks=(bad,)), one) == "对账号不利的部分不计入：对照账号读取异常。"


def test_what_others_say_is_named_apart_from_what_was_used() -> None:
    hint = Hint(
        account_id=1,
        source="某某服务单位",
        contract="合同1号",
        received_at=AS_OF,
        on=IN_TIME,
        file="监测.xlsx",
        row=7,
    )
    bare = told(reading(1, OLD))
    text = explanation(replace(bare, hints=(hint,)))
    said = (
        "他人提示（仅供核对参考，不作为认定依据）：\n"
        "  2022年12月31日 “某某服务单位”称最近更新为2022年12月30日（监测.xlsx第7行，合同编号合同1号）\n"
    )
    assert said in text
    assert text.replace(said, "") == explanation(bare)


def test_two_exact_looks_are_what_a_silence_rests_on() -> None:
    picture = Evidence(
        kind=EvidenceKind.SCREENSHOT,
        media_type="image/jpeg",
        path="a",
        sha256="a" * 64,
        size=1,
        taken_at=AS_OF,
        url="",
    )
    second = reading(2, OLD, whole=True, look=LookKind.SECOND)
    second = replace(
        second, sights=tuple(replace(sight, evidence=(picture,)) for sight in second.sights)
    )
    looks = (reading(1, OLD, whole=True), second)
    text = explanation(told(*looks))
    assert text.count("据此认定“") == 2
    assert "看到2022年12月17日至2022年12月31日内的任何一条发布，" in text
    assert "下次应核查：2023年1月1日。" in text


def test_the_next_look_waits_for_a_known_moment() -> None:
    """A reader's look is not spent on an account that a known post proves for the next as_of."""
    known = AccountState(
        account_id=1,
        latest_on=IN_TIME,
        original_on=IN_TIME,
        last_read_at=AS_OF - timedelta(hours=1),
        last_outcome=Outcome.OK,
    )
    subject = replace(told(reading(1, IN_TIME)), state=known)
    ahead = AS_OF + timedelta(days=10)
    assert "下次应核查：2023年1月11日。" in explanation(replace(subject, ahead=ahead))
    assert "下次应核查：2023年1月11日。" not in explanation(subject)


def test_the_rule_and_the_days_are_the_accounts_own() -> None:
    policy = with_exceptions(
        '[[for]]\nlevels = ["乡镇街道"]\nwindow = { days = 7, due_soon_from = 4 }\n'
        'codes = { stale_2w = { label = "超1周未更新" } }\n'
    )
    town = replace(FILED, level="乡镇街道")
    look = reading(1, date(2022, 12, 20))
    text = explanation(told(look, policy=policy, filed=town))
    assert "适用规则：本单位口径；该账号更新间隔超过7天为超期。" in text
    assert "一条2022年12月24日至2022年12月31日内发布的内容的链接" in text
    assert "证明监测窗口内有更新" not in text
    assert "证明监测窗口内有更新（2022年12月20日）" in explanation(told(look, policy=policy))
    assert "适用规则" not in explanation(told(look))


def test_an_app_is_explained_by_what_a_person_used() -> None:
    app = replace(FILED, platform="app", type="移动客户端", platform_id="")
    used = reading(1, look=LookKind.PERSON, by="甲某", filed_as=app.identity)
    text = explanation(told(used, filed=app))
    assert "按检查规则不以更新情况认定" in text
    assert "证明能打开、使用（2023年1月1日）。" in text
    assert "一条" not in text.partition("什么会改变结论")[2]


def test_one_exact_look_lacks_the_second() -> None:
    text = explanation(told(reading(1, OLD, whole=True)))
    assert "结论：待人工核查。" in text
    assert "第二次核查：首次核查疑似有问题" in text


def test_an_account_is_explained_with_its_hearing(home: Home) -> None:
    done = mediawatch(home, "explain", ONE)
    assert done.exit_code == 0, done.stderr
    for words in (
        f"“{ONE}”",
        "第1号检查",
        "据此认定“超2周未更新”",
        "下发核实：未下发核实",
        "审核认定：目前为疑似",
        "什么会改变结论",
    ):
        assert words in done.stdout, words
    assert "sweep 1" not in done.stdout
    assert "there is no sweep 7" in mediawatch(home, "explain", ONE, "--sweep", "7").stderr


def test_a_gap_of_a_period_stands_beside_known_posts() -> None:
    """One was published the day before the end, so it is no post of the period that refutes it."""
    first, sooner = date(2022, 10, 1), date(2022, 10, 10)
    days = (sooner, OLD, date(2022, 12, 20), IN_TIME)
    picture = Evidence(
        kind=EvidenceKind.SCREENSHOT,
        media_type="image/jpeg",
        path="a",
        sha256="a" * 64,
        size=1,
        taken_at=AS_OF,
        url="",
    )
    second = reading(2, *days, whole=True, look=LookKind.SECOND)
    second = replace(
        second, sights=tuple(replace(sight, evidence=(picture,)) for sight in second.sights)
    )
    subject = told(reading(1, *days, whole=True), second)
    judged = judge(subject.known, AS_OF, POLICY, first)
    text = explanation(
        replace(
            subject,
            sweep=replace(SWEEP, period_from=first),
            entry=replace(subject.entry, judgement=judged),
        )
    )
    assert judged.findings
    assert "任何一条" not in text
    assert (
        "看到2022年11月1日与2022年12月20日之间的发布，使检查时段内的更新间隔均不超过14天的，"
        in text
    )


def test_one_post_proves_no_period() -> None:
    one = reading(1, IN_TIME)
    subject = told(one)
    judged = judge(subject.known, AS_OF, POLICY, date(2022, 10, 1))
    subject = replace(
        subject,
        sweep=replace(SWEEP, period_from=date(2022, 10, 1)),
        entry=replace(subject.entry, judgement=judged),
    )
    text = explanation(subject)
    assert "证明检查时段内有更新（2022年12月30日）。" in text
    assert "一条2022" not in text
    assert "更新间隔均不超过14天的，即可证明正常更新。" in text
