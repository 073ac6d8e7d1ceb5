"""Whose reading it is, and which account it may count against.

By id, by the identity filed now, by the newest answer.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest

from mediawatch.domain import (
    ID_IN_DOUBT,
    Code,
    Evidence,
    EvidenceKind,
    FiledStatus,
    Filing,
    Judgement,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
    Tie,
    Verdict,
)
from mediawatch.domain.clock import EVER, day_end, day_start
from mediawatch.ports import Dossier
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import Policy, load

AS_OF = day_end(date(2022, 12, 31))
READ = AS_OF + timedelta(hours=10)
NATIONAL, TIBET = load("national"), load("tibet")
LONG_AGO = date(2015, 1, 1)
FILED = Filing(
    name="示例发布",
    platform="weibo",
    platform_id="2000000001",
    organiser="示例市第一测试局",
    opened_on=LONG_AGO,
)
NAMELESS = replace(FILED, platform_id="")
CLOSED = replace(FILED, status=FiledStatus.CLOSED)
OTHER = replace(FILED, platform_id="2000000002")
PROOF = Evidence(
    kind=EvidenceKind.SCREENSHOT,
    media_type="image/jpeg",
    path="a.jpg",
    sha256="0" * 64,
    size=1,
    taken_at=READ,
)
NUMBERS = count(1)


def posts(*gaps: int) -> tuple[Post, ...]:
    days = [(gap, date(2022, 12, 31) - timedelta(days=gap)) for gap in gaps]
    return tuple(
        Post(on=day, at=day_start(day) + timedelta(hours=9), id=f"p{gap}") for gap, day in days
    )


def sight(*gaps: int, whole: bool = False, **facts: Any) -> Sight:
    since = EVER if whole else None
    base = Sight(
        surface="weibo.desktop",
        read_at=READ,
        name="示例发布",
        matched_by=MatchedBy.ID,
        posts=posts(*gaps),
        complete_since=since,
    )
    return replace(base, **facts)


def gone(outcome: Outcome = Outcome.NOT_FOUND, **facts: Any) -> Sight:
    return sight(**{"outcome": outcome, "name": "", "control": "别的账号", **facts})


def reading(
    *sights: Sight,
    look: LookKind = LookKind.FIRST,
    after: timedelta = timedelta(0),
    taken: Filing | None = FILED,
    **more: Any,
) -> Reading:
    at = READ + after
    evidence = (PROOF,) if look in (LookKind.SECOND, LookKind.PERSON) else ()
    seen = tuple(replace(one, read_at=at, evidence=evidence) for one in sights)
    filed_as = taken.identity if taken else None
    return Reading(
        account_id=1,
        look=look,
        started_at=at,
        read_at=at,
        sights=seen,
        id=next(NUMBERS),
        filed_as=filed_as,
        **more,
    )


def twice(*sights: Sight, taken: Filing | None = FILED, **more: Any) -> tuple[Reading, ...]:
    first = reading(*sights, taken=taken, **more)
    return first, reading(
        *sights, look=LookKind.SECOND, after=timedelta(minutes=30), taken=taken, **more
    )


def person(by: str, *sights: Sight, hours: int = 1, taken: Filing = FILED, **more: Any) -> Reading:
    seen = [replace(one, surface="person", control="") for one in sights]
    return reading(
        *seen,
        look=LookKind.PERSON,
        after=timedelta(hours=hours),
        taken=taken,
        by=by,
        sweep_id=1,
        **more,
    )


def judged(
    *readings: Reading, filed: Filing = FILED, policy: Policy = TIBET, **more: Any
) -> Judgement:
    return judge(Dossier(filed=filed, readings=readings, **more), AS_OF, policy)


def codes(*readings: Reading, **more: Any) -> list[Code]:
    return [finding.code for finding in judged(*readings, **more).findings]


STALE, FRESH = sight(40, whole=True), sight(3)


def test_readings_of_another_id_speak_neither_for_nor_against() -> None:
    """The registry was put right: the old account's silence fails no other account, its posts prove
    no other one fresh.
    """
    assert judged(*twice(STALE, taken=OTHER)).verdict is Verdict.UNPROVEN
    assert judged(reading(FRESH, taken=OTHER)).verdict is Verdict.UNPROVEN
    assert judged(*twice(gone(), taken=OTHER)).findings == ()
    assert judged(*twice(STALE), identity=OTHER.identity).findings == ()
    assert judged(reading(FRESH, taken=OTHER), identity=OTHER.identity).verdict is Verdict.FRESH
    assert judged(*twice(STALE, taken=OTHER), filed=OTHER).verdict is Verdict.FAILED
    stale = twice(STALE)
    assert judged(*stale, reading(FRESH, taken=OTHER)) == judged(*stale)


def test_a_later_filing_accuses_no_one_in_an_inspection() -> None:
    """A new filing accuses no account: an account was filed otherwise when the list was made.

    Another id or name makes no account silent, vanished or renamed.
    """
    renamed, without = replace(NAMELESS, name="胡乱填写的名称"), NAMELESS
    shown = replace(STALE, platform_id=OTHER.platform_id)
    for said in (STALE, shown, gone(), replace(shown, name="别的名称")):
        assert judged(*twice(said, taken=OTHER), identity=OTHER.identity).findings == ()
    searched = replace(gone(), matched_by=MatchedBy.NAME)
    assert judged(*twice(searched, taken=without), filed=without).findings != ()
    assert (
        judged(*twice(searched, taken=renamed), filed=without, identity=renamed.identity).findings
        == ()
    )
    # The id is struck out, and the name alone searched for.
    assert (
        judged(*twice(searched, taken=without), filed=FILED, identity=without.identity).findings
        == ()
    )
    assert judged(*twice(STALE, taken=OTHER), filed=CLOSED, identity=OTHER.identity).findings == ()


def test_a_sight_of_the_filed_id_counts_under_any_earlier_filing() -> None:
    own = {"platform_id": FILED.platform_id}
    assert judged(reading(replace(FRESH, **own), taken=OTHER)).verdict is Verdict.FRESH  # type: ignore[arg-type]
    stale = replace(STALE, matched_by=MatchedBy.URL, **own)  # type: ignore[arg-type]
    assert judged(*twice(stale, taken=NAMELESS)).verdict is Verdict.FAILED


def test_a_reading_of_unknown_identity_accuses_no_one() -> None:
    assert judged(*twice(STALE, taken=None)).findings == ()
    assert judged(*twice(replace(STALE, platform_id=FILED.platform_id), taken=None)).findings == ()
    assert judged(reading(FRESH, taken=None)).verdict is Verdict.UNPROVEN
    assert (
        judged(reading(replace(FRESH, platform_id=FILED.platform_id), taken=None)).verdict
        is Verdict.FRESH
    )


def test_a_finding_tells_its_ids_its_tie_and_where_its_gap_begins() -> None:
    both = replace(FILED, original_id="gh_1")
    (stale,) = judged(*twice(STALE, taken=both), filed=both).findings
    assert (stale.ids, stale.tie, stale.gap_since) == (
        ("2000000001", "gh_1"),
        Tie.ID,
        date(2022, 11, 21),
    )
    (absent,) = judged(*twice(gone())).findings
    assert (absent.ids, absent.tie, absent.gap_since) == (("2000000001",), Tie.ID, None)
    by_name = replace(gone(), matched_by=MatchedBy.NAME)
    (searched,) = judged(*twice(by_name, taken=NAMELESS), filed=NAMELESS).findings
    assert (searched.ids, searched.tie) == ((), Tie.SEARCH)
    (renamed,) = judged(*twice(sight(3, name="别的名称"))).findings
    assert (renamed.ids, renamed.tie, renamed.name_seen) == (("2000000001",), Tie.ID, "别的名称")


@pytest.mark.parametrize(
    ("filed", "seen", "expected"),
    [
        (FILED, twice(STALE), Verdict.UNPROVEN),
        (FILED, twice(gone()), Verdict.UNPROVEN),
        (FILED, twice(sight(3, name="别的名称")), Verdict.FRESH),
        (FILED, twice(sight(12, whole=True, name="别的名称")), Verdict.DUE_SOON),
        (FILED, twice(sight(14, whole=True, name="别的名称")), Verdict.AT_LIMIT),
        (FILED, twice(sight(40, whole=True, name="别的名称")), Verdict.UNPROVEN),
        (CLOSED, twice(FRESH), Verdict.LISTED),
        (replace(FILED, exempt_reason="机构改革"), twice(STALE), Verdict.LISTED),
    ],
)
def test_without_its_findings_an_account_is_judged_by_its_updates(
    filed: Filing, seen: tuple[Reading, ...], expected: Verdict
) -> None:
    assert judged(*seen, filed=filed).otherwise is expected


@pytest.mark.parametrize(
    "shown",
    [
        {"outcome": Outcome.NO_EVIDENCE},
        {"outcome": Outcome.NO_EVIDENCE, "name": "“示例 发布”"},
        {"outcome": Outcome.NO_EVIDENCE, "name": "示例融媒"},
        {"outcome": Outcome.NO_EVIDENCE, "platform_id": "2000000009"},
        {"outcome": Outcome.LOGIN_REQUIRED},
        {"outcome": Outcome.CHANGED},
        {"outcome": Outcome.OK},
    ],
    ids=["of another body", "folded", "led on", "its id", "login", "changed", "seen"],
)
@pytest.mark.parametrize("platform", ["weibo", "douyin", "toutiao", "wechat"])
def test_a_name_that_a_page_shows_is_never_not_found(platform: str, shown: dict[str, Any]) -> None:
    """Whose account it is, a person settles; whether the search hides it changes nothing."""
    filed = replace(NAMELESS, platform=platform)
    page = sight(matched_by=None, **shown)
    absent = gone(matched_by=MatchedBy.NAME)
    for policy in (TIBET, NATIONAL):
        assert codes(*twice(absent, taken=filed), filed=filed, policy=policy) == [Code.NOT_FOUND]
        for looks in (
            twice(page, absent, taken=filed),
            (reading(page, absent, taken=filed), twice(absent, taken=filed)[1]),
            (*twice(absent, taken=filed), reading(page, taken=filed, after=timedelta(hours=2))),
        ):
            found = judged(*looks, filed=filed, policy=policy)
            assert (found.verdict, found.findings) == (Verdict.UNPROVEN, ())
            assert not found.second_look


def test_what_the_filed_id_showed_before_a_login_was_wanted_is_there() -> None:
    page = sight(outcome=Outcome.LOGIN_REQUIRED)
    assert codes(*twice(page, gone())) == []


FOREIGN = {"name": "某某商店", "verified_as": "某某有限公司"}


@pytest.mark.parametrize(
    "seen",
    [
        twice(sight(3, **FOREIGN)),
        twice(sight(40, whole=True, **FOREIGN)),
        (*twice(gone()), reading(sight(**FOREIGN), after=timedelta(days=-1))),
        twice(sight(whole=True, outcome=Outcome.NO_POSTS, control="别的账号", **FOREIGN)),
        (
            reading(sight(3, **FOREIGN), after=timedelta(days=-20)),
            *twice(sight(40, whole=True, name="某某商店")),
        ),
    ],
    ids=["another name", "silent", "gone", "empty", "seen before as_of"],
)
def test_while_the_filed_id_is_somebody_elses_nothing_is_said(seen: tuple[Reading, ...]) -> None:
    for policy in (TIBET, NATIONAL):
        found = judged(*seen, policy=policy)
        assert (found.verdict, found.findings, found.second_look) == (Verdict.UNPROVEN, (), False)
        assert found.sentence.startswith(
            "备案ID疑似有误：该ID的主页为“某某商店”，认证主体“某某有限公司”"
        )
    assert judged(*seen, filed=replace(CLOSED, opened_on=LONG_AGO)).findings == ()


@pytest.mark.parametrize(
    ("name", "certified", "doubted"),
    [
        ("微家小店", "某某商贸有限公司", True),
        ("微家小店", "个人认证：知名美食博主", True),
        ("微家小店", "个人认证：示例市第一测试局", True),
        ("微家小店", "", False),
        ("示例融媒", "示例市第一测试局官方微博", False),
        ("示例融媒", "示例市第一测试局官方政务微博。", False),
        ("示例融媒", "示例市人民政府官方微博", False),
        ("示例融媒", "示例市政务新媒体官方微博", True),
        ("示例发布", "示例市政务新媒体官方微博", False),
        ("示例发布", "某某商贸有限公司", False),
    ],
)
def test_as_whom_a_silent_weibo_page_is_certified(name: str, certified: str, doubted: bool) -> None:
    """Weibo's 认证说明 may be the account's own words: they only doubt where the name differs."""
    account = replace(FILED, supervisor="示例市人民政府")
    page = sight(40, whole=True, name=name, verified_as=certified)
    for policy in (TIBET, NATIONAL):
        found = judged(*twice(page), filed=account, policy=policy)
        assert found.sentence.startswith(ID_IN_DOUBT) is doubted
        assert bool(found.findings) is not doubted


def test_a_persons_word_never_adopts_another_bodys_account() -> None:
    page = reading(sight(40, **FOREIGN))
    assert judged(page, person("张三", SILENT)).findings == ()
    assert judged(page, person("张三", gone()), policy=NATIONAL).findings == ()


def test_a_body_of_the_same_name_elsewhere_does_not_vouch() -> None:
    filed = replace(FILED, organiser="高新区公安分局", prefecture="示例市")
    elsewhere = sight(40, whole=True, name="高新警务", verified_as="西安市公安局高新区公安分局")
    assert judged(*twice(elsewhere), filed=filed).verdict is Verdict.UNPROVEN
    own = replace(elsewhere, verified_as="示例市高新区公安分局官方微博")
    assert codes(*twice(own), filed=filed) == [Code.STALE_2W, Code.NAME_MISMATCH]
    assert codes(*twice(elsewhere), reading(sight(50), after=timedelta(days=-60)), filed=filed) == [
        Code.STALE_2W,
        Code.RENAMED_UNREPORTED,
    ]


FOREIGN_LINK = sight(
    outcome=Outcome.NO_EVIDENCE,
    name="",
    matched_by=None,
    surface="wechat.article",
    detail="link belongs to 第三家: biz A is shown, B is filed",
)
NAMED_LINK = replace(FOREIGN_LINK, detail=f"{ID_IN_DOUBT}: {FOREIGN_LINK.detail}")
SILENT_AS_OTHER = sight(40, whole=True, name="别的名称")
NAMELESS_FRESH = sight(3, name="")


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (twice(FOREIGN_LINK, SILENT_AS_OTHER), Verdict.UNPROVEN),
        (
            (
                reading(SILENT_AS_OTHER),
                reading(FOREIGN_LINK, SILENT_AS_OTHER, look=LookKind.SECOND),
            ),
            Verdict.UNPROVEN,
        ),
        ((reading(NAMED_LINK), *twice(SILENT_AS_OTHER)), Verdict.UNPROVEN),
        ((reading(NAMED_LINK, NAMELESS_FRESH),), Verdict.UNPROVEN),
        # The filed id bears the filed name: the link alone is wrong, whoever's it is.
        (twice(FOREIGN_LINK, STALE), Verdict.FAILED),
        (twice(NAMED_LINK, STALE), Verdict.FAILED),
        ((reading(NAMED_LINK, FRESH),), Verdict.FRESH),
        ((reading(FOREIGN_LINK, NAMELESS_FRESH),), Verdict.FRESH),
    ],
)
def test_a_filed_link_to_another_account_disputes_an_id_under_another_name(
    seen: tuple[Reading, ...], found: Verdict
) -> None:
    judgement = judged(*seen)
    assert judgement.verdict is found
    assert ("备案链接与备案的平台ID" in judgement.sentence) is (found is Verdict.UNPROVEN)


SISTER: dict[str, Any] = {"name": "示例服务"}
NAMES = {"others_names": frozenset({"示例服务"})}


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (twice(sight(200, whole=True, **SISTER)), Verdict.UNPROVEN),
        (
            twice(sight(whole=True, outcome=Outcome.NO_POSTS, control="别", **SISTER)),
            Verdict.UNPROVEN,
        ),
        ((person("张三", replace(STALE, **SISTER)),), Verdict.UNPROVEN),
        ((*twice(gone()), reading(sight(3, **SISTER), after=timedelta(days=-1))), Verdict.UNPROVEN),
        # The id was the account's own once, or it bears a third name by now.
        (
            (reading(sight(60), after=timedelta(days=-60)), *twice(replace(STALE, **SISTER))),
            Verdict.FAILED,
        ),
        (
            (
                reading(sight(60, **SISTER), after=timedelta(days=-60)),
                *twice(sight(40, whole=True, name="别")),
            ),
            Verdict.FAILED,
        ),
        # Only what is tied by the id tells whose the id is.
        ((*twice(STALE), reading(sight(40, matched_by=MatchedBy.URL, **SISTER))), Verdict.FAILED),
    ],
    ids=["silent", "empty", "a person", "gone", "once its own", "a third name", "by link"],
)
def test_a_page_with_another_filed_accounts_name_says_nothing(
    seen: tuple[Reading, ...], found: Verdict
) -> None:
    judgement = judged(*seen, **NAMES)
    assert (judgement.verdict, bool(judgement.findings)) == (found, found is Verdict.FAILED)
    assert judgement.sentence.startswith(ID_IN_DOUBT) is (found is Verdict.UNPROVEN)


def test_two_keys_that_lead_to_two_accounts_leave_everything_open() -> None:
    doubted = sight(
        matched_by=None,
        name="别的名称",
        platform_id="2000000009",
        outcome=Outcome.NO_EVIDENCE,
        detail=f"{ID_IN_DOUBT}: two",
    )
    assert judged(*twice(STALE), reading(doubted, after=timedelta(hours=2))).sentence.startswith(
        ID_IN_DOUBT
    )
    assert (
        judged(*twice(STALE), reading(doubted, after=timedelta(hours=-2))).verdict is Verdict.FAILED
    ), "the keys agree since then"
    assert (
        judged(*twice(STALE), reading(doubted, after=timedelta(hours=2), taken=OTHER)).verdict
        is Verdict.FAILED
    )
    # The disputed id, seen once more under another name, settles nothing.
    again = twice(replace(STALE, name="别的名称"))
    doubt = reading(doubted, after=timedelta(hours=-2))
    assert judged(doubt, *again).verdict is Verdict.UNPROVEN


@pytest.mark.parametrize(
    "outcome", [Outcome.NOT_FOUND, Outcome.CANCELLED, Outcome.BANNED, Outcome.NO_POSTS]
)
def test_a_negative_needs_its_own_tie_by_id(outcome: Outcome) -> None:
    assert judged(*twice(gone(outcome))).findings != ()
    for tie in (MatchedBy.URL, MatchedBy.NAME, None):
        found = judged(*twice(gone(outcome, matched_by=tie)))
        assert (found.verdict, found.findings) == (Verdict.UNPROVEN, ())
    for tie in (MatchedBy.URL, None):
        assert (
            judged(*twice(gone(outcome, matched_by=tie), taken=NAMELESS), filed=NAMELESS).findings
            == ()
        )
    assert codes(person("张三", gone(outcome, matched_by=MatchedBy.URL))) == []
    assert len(codes(person("张三", gone(outcome)))) == 1


def test_a_search_by_name_counts_only_where_no_id_is_filed_or_known() -> None:
    searched = twice(gone(matched_by=MatchedBy.NAME), taken=NAMELESS)
    assert codes(*searched, filed=NAMELESS) == [Code.NOT_FOUND]
    assert "按备案名称“示例发布”" in judged(*searched, filed=NAMELESS).sentence
    known = reading(
        sight(90, matched_by=MatchedBy.URL, platform_id="2000000007"),
        taken=NAMELESS,
        after=timedelta(days=-60),
    )
    assert codes(*searched, known, filed=NAMELESS) == []
    silent = replace(STALE, matched_by=MatchedBy.NAME)
    assert codes(*twice(silent, taken=NAMELESS), filed=NAMELESS) == [Code.STALE_2W]
    assert codes(*twice(silent, taken=NAMELESS), known, filed=NAMELESS) == []
    assert codes(*twice(replace(silent, name="别的名称"), taken=NAMELESS), filed=NAMELESS) == []
    assert codes(*twice(silent)) == []


def test_wechats_search_for_the_filed_alias_is_one_for_an_id() -> None:
    filed = Filing(name="示例发布", platform="wechat", original_id="gh_1", alias="shili")
    searched = gone(matched_by=MatchedBy.NAME, surface="wechat.search")
    found = judged(*twice(searched, taken=filed), filed=filed)
    assert (found.findings[0].tie, "按备案名称“示例发布”和微信号“shili”" in found.sentence) == (
        Tie.ID,
        True,
    )
    assert codes(*twice(searched, taken=replace(filed, alias="old")), filed=filed) == [], (
        "another 微信号 was searched for"
    )
    assert (
        codes(*twice(searched, taken=replace(filed, alias="")), filed=replace(filed, alias=""))
        == []
    )


WECHAT = Filing(
    name="示例发布", platform="wechat", type="微信公众号", alias="shili", opened_on=LONG_AGO
)
BY_SEARCH = gone(matched_by=MatchedBy.NAME, surface="wechat.search")
MISSED = sight(
    outcome=Outcome.NO_EVIDENCE,
    name="",
    matched_by=None,
    surface="weibo.search",
    detail="no account",
)
READER = replace(MISSED, surface="wechat.reader_cover")
MAY_BE = "，可能因隐藏检索或标识填报有误，请人工核实。"


@pytest.mark.parametrize(
    ("filed", "sights", "note"),
    [
        (WECHAT, [BY_SEARCH], f"仅以名称和微信号检索，未能以其他备案标识核对{MAY_BE}"),
        (
            replace(WECHAT, platform_id="MzAwMDAwMDAwMQ==", original_id="gh_0123456789ab"),
            [BY_SEARCH],
            "仅以名称和微信号检索，未能以备案的平台ID、原始ID核对"
            f"（平台ID可用微信读书登录核对，核查时未用）{MAY_BE}",
        ),
        (
            replace(WECHAT, platform_id="MzAwMDAwMDAwMQ=="),
            [READER, BY_SEARCH],
            f"仅以名称和微信号检索，未能以备案的平台ID核对{MAY_BE}",
        ),
        (
            FILED,
            [gone()],
            f"仅以备案的平台ID核对，未能以名称核对（名称检索须用微博登录，核查时未用）{MAY_BE}",
        ),
        (
            replace(FILED, platform="toutiao"),
            [gone()],
            f"仅以备案的平台ID核对，未能以名称核对{MAY_BE}",
        ),
        (
            NAMELESS,
            [gone(matched_by=MatchedBy.NAME)],
            f"仅以名称检索，未能以其他备案标识核对{MAY_BE}",
        ),
        (FILED, [gone(), MISSED], f"仅以备案的平台ID和名称核对{MAY_BE}"),
        (replace(FILED, alias="shili"), [gone(), MISSED], ""),
    ],
    ids=[
        "hidden",
        "number not tried",
        "reader knew nothing",
        "weibo",
        "toutiao",
        "name",
        "id and name",
        "two ids",
    ],
)
def test_not_found_says_which_key_was_not_asked_for(
    filed: Filing, sights: list[Sight], note: str
) -> None:
    found = judged(*twice(*sights, taken=filed), filed=filed)
    assert [each.code for each in found.findings] == [Code.NOT_FOUND]
    assert [each for each in found.notes if "核实" in each] == ([note] if note else [])
    seen = person("张三", gone(), taken=filed)
    by_person = judged(*twice(*sights, taken=filed), seen, filed=filed)
    assert not [each for each in by_person.notes if "核实" in each]


@pytest.mark.parametrize("tie", [MatchedBy.URL, MatchedBy.NAME])
def test_closed_but_alive_is_found_by_the_id_only(tie: MatchedBy) -> None:
    assert codes(*twice(FRESH), filed=CLOSED) == [Code.CLOSED_BUT_ALIVE]
    for filed in (CLOSED, replace(CLOSED, platform_id="")):
        found = judged(*twice(replace(FRESH, matched_by=tie), taken=filed), filed=filed)
        assert (found.verdict, found.findings) == (Verdict.UNPROVEN, ())


NEW = sight(3, name="别的名称")


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ((NEW, NEW), [Code.RENAMED_UNREPORTED]),
        ((NEW, FRESH), []),
        ((FRESH, NEW), []),
        ((NEW, NEW, FRESH), []),
        ((FRESH, NEW, NEW), [Code.RENAMED_UNREPORTED]),
        ((NEW, FRESH, NEW), []),
        ((NEW, FRESH, NEW, NEW), [Code.RENAMED_UNREPORTED]),
    ],
)
def test_another_name_needs_two_looks_after_the_filed_one(
    looks: tuple[Sight, ...], expected: list[Code]
) -> None:
    seen = [
        reading(each, look=LookKind.SECOND, after=timedelta(minutes=30 * place))
        for place, each in enumerate(looks)
    ]
    once = reading(FRESH, after=timedelta(days=-30))
    found = judged(once, *seen)
    assert [finding.code for finding in found.findings] == expected
    assert found.verdict is (Verdict.FAILED if expected else Verdict.UNPROVEN)


def test_two_surfaces_that_show_different_names_settle_nothing() -> None:
    other = replace(FRESH, surface="weibo.mobile")
    for sights in ((NEW, other), (other, NEW)):
        found = judged(*twice(*sights))
        assert (found.verdict, found.findings) == (Verdict.UNPROVEN, ())
    assert judged(*twice(NEW), person("张三", sight(3), hours=3)).verdict is Verdict.FRESH, (
        "a person settles it in its favour"
    )


@pytest.mark.parametrize("name", ["示例發布", "示例ㅤ发布", "示例发布️"])
def test_another_script_or_an_unseen_sign_is_no_other_name(name: str) -> None:
    assert judged(*twice(sight(3, name=name))).verdict is Verdict.FRESH
    notes = judged(*twice(sight(3, name=name))).notes
    assert any("备案填写不规范：备案名称繁简字不同" in note for note in notes) is (
        name == "示例發布"
    )


def test_a_missing_id_proves_nothing_without_the_name_search() -> None:
    search = sight(surface="weibo.search", name="", matched_by=None)
    for trouble in (
        Outcome.LOGIN_REQUIRED,
        Outcome.CAPTCHA,
        Outcome.RATE_LIMITED,
        Outcome.CHANGED,
        Outcome.UNREACHABLE,
    ):
        assert codes(*twice(gone(), replace(search, outcome=trouble))) == []
    assert codes(*twice(gone(), replace(search, outcome=Outcome.NO_EVIDENCE))) == [Code.NOT_FOUND]
    searched = gone(surface="weibo.search", matched_by=MatchedBy.NAME)
    article = sight(surface="weibo.mobile", name="", matched_by=None, outcome=Outcome.RATE_LIMITED)
    assert codes(*twice(searched, article, taken=NAMELESS), filed=NAMELESS) == [Code.NOT_FOUND], (
        "the search itself answered"
    )
    mobile = sight(surface="weibo.mobile", name="", matched_by=None, outcome=Outcome.RATE_LIMITED)
    assert codes(*twice(mobile, gone())) == [Code.NOT_FOUND], (
        "what came before it is no search for what it missed"
    )


def test_not_found_ends_when_the_units_own_link_opens() -> None:
    absent = twice(gone(), sweep_id=1)
    opened = sight(90, surface="wechat.article", matched_by=MatchedBy.NAME)
    for link in (opened, replace(opened, matched_by=MatchedBy.ID)):
        late = reading(link, look=LookKind.LINK, after=timedelta(days=30))
        found = judged(*absent, late)
        assert (found.verdict, found.findings) == (Verdict.UNPROVEN, ())
    stranger = replace(opened, matched_by=None, name="别家饭店")
    assert codes(*absent, reading(stranger, look=LookKind.LINK, after=timedelta(days=30))) == [
        Code.NOT_FOUND
    ]


def test_what_is_seen_later_counts_until_the_notice_is_issued() -> None:
    """Also by another inspection, months later: what is there again was perhaps never gone. (After
    the issue: test_after_issue.)
    """
    later = timedelta(days=60)
    for before, after in ((gone(), sight(-40)), (NEW, sight(-40))):
        own = twice(before, sweep_id=1)
        assert judged(*own).findings
        afterwards = [
            replace(each, read_at=each.read_at + later) for each in twice(after, sweep_id=2)
        ]
        assert judged(*own, *afterwards).findings == ()
    stale = twice(STALE, sweep_id=1)
    found = [replace(each, read_at=each.read_at + later) for each in twice(FRESH, sweep_id=2)]
    assert judged(*stale, *found).verdict is Verdict.FRESH, (
        "a post in the window proves it, whenever it is seen"
    )


def test_no_gap_begins_before_the_opening() -> None:
    opened = replace(FILED, opened_on=date(2022, 12, 11))
    (finding,) = judged(*twice(sight(400, whole=True)), filed=opened).findings
    assert (finding.code, finding.gap_days, finding.gap_since) == (
        Code.STALE_2W,
        20,
        date(2022, 12, 11),
    )
    assert (
        "账号于2022年12月11日开设，其后至监测时间点2022年12月31日无更新，间隔20天"
        in finding.sentence
    )
    for days, on in ((0, 17), (400, 17), (400, 25), (400, 31)):
        found = judged(
            *twice(sight(*[days] if days else [], whole=True)),
            filed=replace(FILED, opened_on=date(2022, 12, on)),
        )
        assert (found.verdict, found.findings, found.second_look) == (Verdict.UNPROVEN, (), False)
    unborn = replace(FILED, opened_on=date(2023, 1, 5))
    for seen in (
        sight(400, whole=True),
        sight(-6, whole=True),
        gone(Outcome.NO_POSTS, complete_since=EVER),
    ):
        assert judged(*twice(seen), filed=unborn).findings == ()
        assert judged(*twice(seen), filed=unborn).verdict is Verdict.UNPROVEN


def test_an_unknown_opening_proves_no_silence_before_a_post() -> None:
    unknown = replace(FILED, opened_on=None)
    only_after = sight(-1, complete_since=day_start(date(2022, 11, 1)))
    assert judged(*twice(only_after), filed=unknown).verdict is Verdict.UNPROVEN
    assert judged(*twice(only_after)).verdict is Verdict.LISTED
    once = reading(sight(90), after=timedelta(days=-60))
    assert judged(once, *twice(only_after), filed=unknown).verdict is Verdict.LISTED


def test_another_accounts_article_proves_nothing_either_way() -> None:
    """No id is filed, and the page bears another name: a proposal.

    Nor does a silence stand against it.
    """
    article = reading(
        sight(3, surface="wechat.article", name="别家饭店", matched_by=MatchedBy.URL),
        taken=NAMELESS,
    )
    assert judged(article, filed=NAMELESS).verdict is Verdict.UNPROVEN
    silent = twice(replace(STALE, matched_by=MatchedBy.NAME), taken=NAMELESS)
    assert judged(*silent, filed=NAMELESS).verdict is Verdict.FAILED
    assert judged(*silent, article, filed=NAMELESS).verdict is Verdict.UNPROVEN
    named = reading(sight(3, surface="wechat.article", matched_by=MatchedBy.URL), taken=NAMELESS)
    assert judged(named, filed=NAMELESS).verdict is Verdict.FRESH


def test_a_list_that_ended_in_trouble_is_not_whole() -> None:
    for trouble in (one for one in Outcome if one.about_us):
        assert judged(*twice(replace(STALE, outcome=trouble))).findings == ()


HIDDEN = sight(outcome=Outcome.NO_EVIDENCE)
SILENT = sight(
    whole=False,
    posts=(Post(on=date(2022, 6, 30), kind=PostKind.SEEN),),
    complete_since=day_start(date(2022, 6, 30)),
)
SEEN = sight(posts=(Post(on=date(2022, 12, 25), kind=PostKind.SEEN),))


def test_a_persons_newest_answer_and_all_posts_count() -> None:
    assert codes(person("张三", gone())) == [Code.NOT_FOUND]
    corrected = judged(person("张三", gone()), person("张三", HIDDEN, hours=2))
    assert (corrected.verdict, corrected.findings) == (Verdict.UNPROVEN, ())
    assert "待复核" not in corrected.sentence
    assert (
        "待复核" not in judged(person("张三", gone()), person("张 三", HIDDEN, hours=2)).sentence
    ), "one person"
    newer = sight(
        posts=(Post(on=date(2022, 11, 20), kind=PostKind.SEEN),),
        complete_since=day_start(date(2022, 11, 20)),
    )
    assert [
        each.latest_on
        for each in judged(person("张三", SILENT), person("张三", newer, hours=2)).findings
    ] == [date(2022, 11, 20)]
    assert judged(person("张三", SEEN), person("张三", SILENT, hours=2)).verdict is Verdict.FRESH
    assert codes(person("张三", gone(Outcome.CANCELLED)), person("张三", SILENT, hours=2)) == [
        Code.STALE_6M
    ]
    assert (
        judged(person("张三", SILENT, hours=2), person("张三", gone())).findings[0].code
        is Code.STALE_6M
    )


@pytest.mark.parametrize("first", [Outcome.NOT_FOUND, Outcome.CANCELLED, Outcome.BANNED])
def test_who_sees_an_account_contradicts_who_says_that_it_is_gone(first: Outcome) -> None:
    for other in (HIDDEN, SILENT, SEEN):
        for answers in ((gone(first), other), (other, gone(first))):
            found = judged(person("张三", answers[0]), person("李四", answers[1], hours=2))
            assert (found.verdict, found.sentence) == (
                Verdict.UNPROVEN,
                "两名核查人的结论不一致，待复核。",
            )
    assert "待复核" not in judged(person("张三", SILENT), person("李四", HIDDEN, hours=2)).sentence


def test_a_silence_that_was_read_late_says_so() -> None:
    def noted(after: timedelta) -> bool:
        looks = [replace(each, read_at=each.read_at + after) for each in twice(STALE)]
        return any("须经下发核实方可认定" in note for note in judged(*looks).notes)

    assert not noted(timedelta(0))
    assert noted(timedelta(days=4))
