"""The policy of one account: the edges of each shipped policy, and the exceptions of one (`[[for]]`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from samples import known_as

from mediawatch.domain import (
    AccountState,
    Code,
    DateKind,
    Effect,
    Evidence,
    EvidenceKind,
    Filing,
    Judgement,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import day_end, day_start
from mediawatch.rules.account_policy import account_policy, unmet_words
from mediawatch.rules.ahead import is_proved_for, wants_proof
from mediawatch.rules.due import DueReason, next_due, why_due
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import Policy, load, parse, shipped_policies
from mediawatch.rules.tier_labels import days_named
from tests.support.policies import own, with_exceptions

LAST = date(2023, 5, 31)
FROM = date(2023, 1, 1)
_ids = count(1)


def picture(at: datetime) -> Evidence:
    return Evidence(
        kind=EvidenceKind.PICTURE, media_type="image/jpeg", path="a.jpg", sha256="0" * 64, size=1, taken_at=at
    )  # fmt: skip


def twice(*days: date, until: date = LAST) -> list[Reading]:
    """Two looks at a list that shows everything, the second one with evidence."""
    found = []
    for look, hours in ((LookKind.FIRST, 10), (LookKind.SECOND, 11)):
        at = day_end(until) + timedelta(hours=hours)
        found.append(
            _reading(
                look,
                Sight(
                    surface="toutiao.profile",
                    read_at=at,
                    name="示例发布",
                    matched_by=MatchedBy.ID,
                    posts=tuple(Post(on=day, id=f"p{day}") for day in days),
                    complete_since=day_start(date(2019, 1, 1)),
                    evidence=(picture(at),),
                ),
            )
        )
    return found


def said_by_a_person(*, posted: bool | None, by: str = "张三") -> Reading:
    """Of the days since 2023-05-17: 有, 无, or not asked."""
    at = day_end(LAST) + timedelta(hours=12)
    asked = date(2023, 5, 17)
    sight = Sight(
        surface="person",
        read_at=at,
        name="示例发布",
        matched_by=MatchedBy.NAME,
        posts=(Post(on=asked, kind=PostKind.SEEN),) if posted else (),
        complete_since=day_start(asked) if posted is False else None,
        evidence=(picture(at),),
    )
    return _reading(LookKind.PERSON, sight, by)


def _reading(look: LookKind, sight: Sight, by: str = "") -> Reading:
    return Reading(
        account_id=1, look=look, started_at=sight.read_at, read_at=sight.read_at, sights=(sight,), by=by, id=next(_ids)
    )  # fmt: skip


def filed(**more: object) -> Filing:
    return Filing(**({"name": "示例发布", "platform": "toutiao", "platform_id": "id-1"} | more))  # type: ignore[arg-type]


def judged(
    policy: Policy,
    readings: Sequence[Reading],
    account: Filing | None = None,
    period_from: date | None = None,
    **more: bool,
) -> Judgement:
    return judge(known_as(account or filed(), readings, **more), day_end(LAST), policy, period_from)


def ago(days: int) -> date:
    return LAST - timedelta(days=days)


FRESH, SOON, LIMIT, FAILED = Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT, Verdict.FAILED
TWO_WEEKS = [(9, FRESH), (10, SOON), (13, SOON), (14, LIMIT), (15, FAILED)]
EDGES = {
    "national": (TWO_WEEKS, "超2周未更新"),
    "tibet": (TWO_WEEKS, "超过2周及以上未更新"),
    "hunan": (TWO_WEEKS, "监测时间点前2周内无内容更新"),
    "gansu": ([(3, FRESH), (4, SOON), (6, SOON), (7, LIMIT), (8, FAILED)], "超1周未更新"),
    "minhou": ([(6, FRESH), (7, SOON), (9, SOON), (10, LIMIT), (11, FAILED)], "超10天未更新"),
}


def test_every_shipped_policy_has_its_table() -> None:
    assert set(EDGES) == set(shipped_policies())


@pytest.mark.parametrize("name", EDGES)
def test_the_edges_of_a_shipped_policy(name: str) -> None:
    edges, label = EDGES[name]
    for gap, verdict in edges:
        found = judged(load(name), twice(ago(gap)))
        assert (found.verdict, found.gap_days) == (verdict, gap), gap
        assert [each.label for each in found.findings] == ([label] if verdict is FAILED else [])
        assert [each.code for each in found.findings] == [Code.STALE_2W] * (verdict is FAILED)


@pytest.mark.parametrize("name", EDGES)
def test_the_edges_of_a_shipped_policy_in_a_period(name: str) -> None:
    """The longest gap lies in the middle of the period; the account posts daily at its end."""
    edges, _ = EDGES[name]
    limit = next(gap for gap, verdict in edges if verdict is LIMIT)
    length = "1周" if limit == 7 else "10天" if limit == 10 else "2周"
    first = FROM - timedelta(days=1)
    for gap, verdict in ((limit - 1, FRESH), (limit, LIMIT), (limit + 1, FAILED)):
        days = [FROM + timedelta(days=number) for number in range(60)]
        days += [days[-1] + timedelta(days=gap + number) for number in range(90)]
        days = [first, *(day for day in days if day <= LAST)]
        found = judged(load(name), twice(*days), period_from=FROM)
        assert found.verdict is verdict, gap
        if verdict is FAILED:
            (finding,) = found.findings
            assert f"内最长更新间隔{limit + 1}天" in finding.sentence
            assert length in finding.label


@pytest.mark.parametrize(
    ("latest", "national", "tibet"),
    [
        (date(2023, 2, 28), Code.STALE_2W, Code.STALE_2W),  # 05-31 less 3 months is clamped
        (date(2023, 2, 27), Code.STALE_3M, Code.STALE_2W),
        (date(2022, 12, 1), Code.STALE_3M, Code.STALE_2W),
        (date(2022, 11, 30), Code.STALE_6M, Code.STALE_6M),  # clamped, and 以上 includes it
        (date(2022, 5, 31), Code.ZOMBIE, Code.ZOMBIE),
    ],
)
def test_months_are_clamped_under_every_policy(latest: date, national: Code, tibet: Code) -> None:
    """`hunan` has no tier of half a year or a year."""
    shortened = {Code.STALE_6M: Code.STALE_3M, Code.ZOMBIE: Code.STALE_3M}
    wanted = dict.fromkeys(EDGES, national)
    wanted |= {"tibet": tibet, "hunan": shortened.get(national, national)}
    found = {name: judged(load(name), twice(latest)).findings[0].code for name in EDGES}
    assert found == wanted


@pytest.mark.parametrize(
    ("name", "asked"), [("gansu", "每周至少更新一次"), ("minhou", "10天内更新")]
)
def test_the_ground_of_a_stricter_window_is_not_the_national_document(
    name: str, asked: str
) -> None:
    (finding,) = judged(load(name), twice(ago(12))).findings
    assert "2周" not in finding.sentence + finding.label
    assert finding.sentence.endswith(f"（按本地要求：{asked}）。")
    assert load(name).documents == load("national").documents


VARIED = with_exceptions(
    """
[[for]]
platforms = ["wechat"]
kinds = ["服务号"]
window = { days = 30, due_soon_from = 25 }
codes = { stale_2w = { label = "超30天未更新" } }
[[for]]
levels = ["乡镇街道"]
regions = ["兰州市"]
window = { days = 7, due_soon_from = 4 }
codes = { stale_2w = { label = "超1周未更新" } }
[[for]]
regions = ["福州市/闽侯县", "城关区"]
window = { days = 10, due_soon_from = 7, edge = "reaches" }
codes = { stale_2w = { label = "10天以上未更新", effect = "listed" } }
[[for]]
functions = ["服务类"]
judged_by_updates = false
[[for]]
types = ["政务APP"]
judged_by_updates = true
"""
)


@pytest.mark.parametrize(
    ("account", "days"),
    [
        ({}, 14),
        ({"platform": "wechat", "kind": "服务号"}, 30),
        ({"platform": "wechat", "kind": "订阅号"}, 14),
        # The first that fits counts alone.
        ({"platform": "wechat", "kind": "服务号", "level": "乡镇街道", "prefecture": "兰州市"}, 30),
        ({"level": "乡镇街道", "prefecture": "兰州市"}, 7),
        ({"level": "乡镇 街道", "prefecture": "兰州市", "county": "城关区"}, 7),
        ({"level": "市级", "prefecture": "兰州市"}, 14),
        ({"level": "乡镇街道", "prefecture": "兰州"}, 14),
        ({"prefecture": "兰州市", "county": "城关区"}, 10),
        ({"prefecture": "福州市", "county": "闽侯县"}, 10),
        ({"prefecture": "别处市", "county": "闽侯县"}, 14),
        ({"function_kind": "发布类"}, 14),
        ({"function_kind": "服务类"}, None),
        ({"platform": "app"}, None),
        ({"platform": "app", "type": "政务APP"}, 14),
        ({"platform": "other", "type": "快应用"}, None),
    ],
)
def test_who_is_judged_by_which_window(account: dict[str, str], days: int | None) -> None:
    found = own(VARIED, **account)
    assert (found.window.days if found.judged_by_updates else None) == days


def test_an_exception_changes_window_label_and_effect() -> None:
    town = filed(level="乡镇街道", prefecture="兰州市")
    assert judged(VARIED, twice(ago(7)), town).verdict is LIMIT
    (finding,) = judged(VARIED, twice(ago(8)), town).findings
    assert (finding.label, finding.effect) == ("超1周未更新", Effect.FAILS)
    # The policy's document asks for two weeks: it is no ground of one.
    assert finding.sentence.endswith("（按检查规则：更新间隔超过7天为超期）。")
    assert judged(VARIED, twice(ago(8)), filed()).verdict is FRESH
    county = filed(prefecture="福州市", county="闽侯县")
    listed = judged(VARIED, twice(ago(10)), county)
    assert (listed.verdict, listed.findings[0].label) == (Verdict.LISTED, "10天以上未更新")
    # Three months are three months for everybody.
    assert judged(VARIED, twice(ago(120)), town).findings[0].label == "超过3个月未更新"


def test_an_exception_may_quote_a_ground_of_its_own() -> None:
    policy = with_exceptions(
        '[[for]]\nregions = ["兰州市"]\nbasis = "《示例市政务新媒体管理办法》:每周至少更新一次"\n'
        'window = { days = 7, due_soon_from = 4 }\ncodes = { stale_2w = { label = "超1周未更新" } }\n'
    )
    (finding,) = judged(policy, twice(ago(8)), filed(prefecture="兰州市")).findings
    assert "（依据：《示例市政务新媒体管理办法》：每周至少更新一次）" in finding.sentence
    (other,) = judged(policy, twice(ago(15)), filed()).findings
    assert "监测时间点前2周内无更新的" in other.sentence


@pytest.mark.parametrize("name", EDGES)
def test_an_application_that_cannot_be_used_fails(name: str) -> None:
    """It is the veto item 内容不更新 for applications; of other accounts it stays listed."""
    effects = {
        platform: account_policy(load(name), filed(platform=platform)).effect(Code.UNUSABLE)
        for platform in ("app", "miniprogram", "weibo")
    }
    assert effects == {
        "app": Effect.FAILS, "miniprogram": Effect.FAILS, "weibo": Effect.LISTED,
    }  # fmt: skip


def test_an_exception_cannot_cite_the_national_document_for_its_days() -> None:
    policy = with_exceptions(
        '[[for]]\nregions = ["兰州市"]\nwindow = { days = 7, due_soon_from = 4 }\n'
        'basis = "国办秘函〔2019〕19号：每周至少更新一次"\n'
        'codes = { stale_2w = { label = "超1周未更新" } }'
    )
    (finding,) = judged(policy, twice(ago(8)), filed(prefecture="兰州市")).findings
    assert finding.sentence.endswith("（按检查规则：更新间隔超过7天为超期）。")


@pytest.mark.parametrize(("days", "verdict"), [(20, Verdict.LISTED), (31, Verdict.FAILED)])
def test_an_empty_account_is_given_its_own_window(days: int, verdict: Verdict) -> None:
    """Opened 20 days ago under a window of 30: the grace of 14 days alone would fail it."""
    account = filed(platform="wechat", kind="服务号", opened_on=ago(days))
    empty = [
        _reading(each.look, Sight(
            surface="toutiao.profile", read_at=each.read_at, outcome=Outcome.NO_POSTS, name="示例发布",
            matched_by=MatchedBy.ID, control="1", evidence=each.sights[0].evidence,
        ))
        for each in twice()
    ]  # fmt: skip
    assert judged(VARIED, empty, account).verdict is verdict


def test_labels_of_a_period_follow_the_accounts_own_window() -> None:
    """The label of the exception speaks of a moment, that of the policy does not."""
    policy = with_exceptions(
        '[[for]]\nregions = ["兰州市"]\nwindow = { days = 7, due_soon_from = 4 }\n'
        'codes = { stale_2w = { label = "监测时间点前1周内无更新" } }\n'
    )
    days = [ago(number) for number in (200, 160, 150, 142, *range(135))]
    found = judged(policy, twice(*days), filed(prefecture="兰州市"), FROM)
    assert [each.label for each in found.findings] == ["检查时段内更新间隔超过1周"]
    assert own(policy.of_period()).label(Code.STALE_2W) == "超2周未更新"


REFUSED = {
    'platforms = ["wx"]\nwindow = { days = 7 }': r"\[\[for\]\] 1.platforms: .*no platform 'wx'",
    'levels = []\nwindow = { days = 7 }': r"\[\[for\]\] 1.levels: ",
    'level = "县级"': r"\[\[for\]\] 1.level: ",
    'regions = ["福州市/"]\njudged_by_updates = false': r"\[\[for\]\] 1.regions: .*福州市/闽侯县",
    "window = { days = 7, due_soon_from = 4 }": r"\[\[for\]\] 1: it is for every account",
    'levels = ["县级"]': r"\[\[for\]\] 1: it changes nothing",
    'levels = ["县级"]\nwindow = { days = 14 }': r"\[\[for\]\] 1: it changes nothing",
    'levels = ["县级"]\ncodes = { stale_2w = { label = "超2周未更新" } }': "changes nothing",
    'levels = ["县级"]\nwindow = { days = 7 }': r"window.due_soon_from \(10\) is greater than window.days \(7\)",
    'levels = ["县级"]\nwindow = { days = 7, due_soon_from = 4 }': (
        r"codes.stale_2w.label '超2周未更新' names 14 days, but window.days is 7"
    ),
    'levels = ["县级"]\nwindow = { days = 21 }\ncodes = { stale_2w = { label = "超二周未更新" } }': "names 14 days",
    'levels = ["县级"]\ntiers = [{ code = "stale_3m", months = 3 }]': "the last of",
    'levels = ["县级"]\njudged_by_updates = false\n[[for]]\nlevels = ["县级"]\nplatforms = ["wechat"]\n'
    "judged_by_updates = true": r"\[\[for\]\] 2 never counts: \[\[for\]\] 1 fits every account",
}  # fmt: skip


@pytest.mark.parametrize("table", REFUSED)
def test_an_exception_that_misleads_is_refused(table: str) -> None:
    with pytest.raises(UserError, match=REFUSED[table]):
        with_exceptions(f"[[for]]\n{table}\n")


def test_an_exception_for_a_code_that_the_policy_lacks_is_refused() -> None:
    table = '[[for]]\nlevels = ["县级"]\ncodes = { zombie = { effect = "hint" } }\n'
    with pytest.raises(UserError, match=r"\[\[for\]\] 1: \[codes\] has no zombie"):
        with_exceptions(table, "hunan")


def test_a_narrower_exception_may_stand_before_a_wider_one() -> None:
    policy = with_exceptions(
        '[[for]]\nlevels = ["县级"]\nplatforms = ["wechat"]\njudged_by_updates = false\n'
        '[[for]]\nlevels = ["县级"]\nwindow = { days = 21 }\ncodes = { stale_2w = { label = "超3周未更新" } }\n'
    )
    assert own(policy, level="县级", platform="wechat").window.days == 14
    assert own(policy, level="县级").window.days == 21


def test_a_label_that_names_another_window_is_refused_in_a_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Sweeps of before keep such policies: they are still read."""
    toml = with_exceptions("").toml.replace("days = 14 ", "days = 21 ")
    assert parse(toml).window.days == 21
    (tmp_path / "own.toml").write_text(toml, encoding="utf-8")
    with pytest.raises(UserError, match=r"names 14 days, but window.days is 21"):
        load(str(tmp_path / "own.toml"))


@pytest.mark.parametrize(
    ("label", "days"),
    [
        ("超2周未更新", {14}),
        ("超两个星期（15天以上）未更新", {14, 15}),
        ("十天内未更新", {10}),
        ("超过二十一天未更新", {21}),
        ("超过十五日未更新", {15}),
        ("每周更新不及时", set()),
        ("长期未更新（1年以上）", set()),
        ("超过3个月未更新", set()),
    ],
)
def test_the_days_that_a_label_names(label: str, days: set[int]) -> None:
    assert days_named(label) == days


APP = {"platform": "app", "type": "移动客户端", "platform_id": ""}


def test_an_app_is_no_matter_of_updates() -> None:
    """A person who saw no post of two weeks says nothing against it, and nothing for it."""
    app = filed(**APP)
    national = load("national")
    assert judged(national, [], app, supported=False).verdict is Verdict.OUT_OF_SCOPE
    silent = judged(national, [said_by_a_person(posted=False)], app, supported=False)
    assert (silent.verdict, silent.findings) == (Verdict.UNPROVEN, ())
    assert silent.sentence == "按检查规则不以更新情况认定，待人工核查能否打开、使用。"
    used = judged(national, [said_by_a_person(posted=None)], app, supported=False)
    assert (used.verdict, used.gap_days) == (FRESH, None)
    assert (
        used.sentence
        == "经人工核查（2023年6月1日），能正常打开、使用；按检查规则不以更新情况认定。"
    )
    assert judged(national, [said_by_a_person(posted=True)], app, supported=False).verdict is FRESH


def test_an_app_is_judged_by_updates_where_the_policy_says_so() -> None:
    app = filed(**APP | {"type": "政务APP"})
    found = judged(VARIED, [said_by_a_person(posted=False)], app, supported=False)
    assert (found.verdict, found.findings[0].label) == (FAILED, "超2周未更新")


def test_persons_who_differ_about_posts_alone_agree_that_it_works() -> None:
    both = [said_by_a_person(posted=None), said_by_a_person(posted=True, by="李四")]
    assert judged(load("national"), both, filed(**APP), supported=False).verdict is FRESH


def test_persons_who_differ_about_its_use_are_told_apart() -> None:
    """One could not use it (看不到内容), the other one could: 待复核."""
    hidden = said_by_a_person(posted=None, by="李四")
    hidden = replace(
        hidden, sights=tuple(replace(each, outcome=Outcome.NO_EVIDENCE) for each in hidden.sights)
    )
    app = filed(**APP)
    alone = judged(load("national"), [hidden], app, supported=False)
    assert alone.verdict is Verdict.UNPROVEN
    both = [said_by_a_person(posted=None), hidden]
    found = judged(load("national"), both, app, supported=False)
    assert (found.verdict, found.sentence) == (
        Verdict.UNPROVEN,
        "两名核查人的结论不一致，待复核。",
    )


def test_a_list_says_nothing_against_who_is_not_judged_by_it() -> None:
    service = filed(function_kind="服务类")
    found = judged(VARIED, twice(ago(100)), service)
    assert (found.verdict, found.second_look) == (Verdict.UNPROVEN, False)
    assert judged(VARIED, twice(ago(100)), service, FROM).verdict is Verdict.UNPROVEN
    assert judged(VARIED, twice(ago(3)), service).verdict is FRESH
    gone = [
        _reading(each.look, Sight(
            surface="toutiao.profile", read_at=each.read_at, outcome=Outcome.CANCELLED, matched_by=MatchedBy.ID,
            control="1", evidence=each.sights[0].evidence,
        ))
        for each in twice()
    ]  # fmt: skip
    assert [each.code for each in judged(VARIED, gone, service).findings] == [
        Code.CANCELLED_NOT_CLOSED
    ]


def test_days_of_the_next_look_follow_the_accounts_own_window() -> None:
    """Read on 05-31 with a post of that day: due when it can turn 即将超期, else by name."""
    now = day_end(LAST) + timedelta(hours=1)
    state = AccountState(
        account_id=7,
        last_read_at=now,
        last_outcome=Outcome.OK,
        exact_read_at=now,
        latest_on=LAST,
        original_on=LAST,
        verdict=FRESH,
    )
    rhythm = VARIED.model_copy(
        update={"identity": VARIED.identity.model_copy(update={"due_days": 60})}
    )
    due = {
        days: next_due(state, account, rhythm, now) - LAST
        for days, account in (
            (7, filed(level="乡镇街道", prefecture="兰州市")),
            (14, filed()),
            (30, filed(platform="wechat", kind="服务号")),
        )
    }
    assert {days: each.days for days, each in due.items()} == {7: 4, 14: 10, 30: 25}
    town, service = filed(level="乡镇街道", prefecture="兰州市"), filed(function_kind="服务类")
    # A person settles it: another list tomorrow would not.
    open_ = replace(state, verdict=Verdict.UNPROVEN)
    assert next_due(open_, filed(), rhythm, now) == LAST + timedelta(days=2)
    assert next_due(open_, service, rhythm, now) > LAST + timedelta(days=2)
    later = now + timedelta(days=20)
    assert why_due(state, town, rhythm, later) is DueReason.GAP
    assert why_due(state, service, rhythm, later) is DueReason.IDENTITY
    moment = day_end(LAST + timedelta(days=12))
    assert [wants_proof(state, each, VARIED, now, moment) for each in (town, filed(), service)] == [
        True,
        False,
        False,
    ]
    assert is_proved_for(state, account_policy(VARIED, filed()), moment)


def test_the_policy_of_one_account_is_none_of_another() -> None:
    with pytest.raises(TypeError):
        account_policy(own(VARIED), filed())


def test_words_that_no_account_is_filed_with_are_told() -> None:
    registry = [
        filed(platform="wechat", kind="服务号", function_kind="服务类"),
        filed(level="乡镇街道", prefecture="兰州市", county="城关区"),
        filed(type="政务APP", prefecture="福州市", county="长乐区"),
    ]
    (unmet,) = unmet_words(VARIED, registry)
    assert unmet == (
        "[[for]] 3 of policy ours: no account is filed with '福州市/闽侯县' (regions); compare it with the registry"
    )


def test_the_widest_window_is_that_of_any_exception() -> None:
    assert VARIED.widest_window_start(LAST) == LAST - timedelta(days=30)
    assert load("gansu").widest_window_start(LAST) == LAST - timedelta(days=7)


def test_a_lower_bound_proves_by_the_accounts_own_window() -> None:
    """Nine days old: it lies in two weeks, and not in one."""
    seen = [
        _reading(LookKind.FIRST, Sight(
            surface="toutiao.profile", read_at=each.read_at, name="示例发布", matched_by=MatchedBy.ID,
            posts=(Post(on=ago(9), id="p"),),
        ))
        for each in twice()
    ]  # fmt: skip
    found = judged(VARIED, seen, filed())
    assert (found.verdict, found.date_kind) == (FRESH, DateKind.AT_LEAST)
    town = filed(level="乡镇街道", prefecture="兰州市")
    assert judged(VARIED, seen, town).verdict is Verdict.UNPROVEN
