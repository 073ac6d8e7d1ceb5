"""人工检查: what people's looks prove of problems that no list of posts shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediawatch.domain import (
    Code,
    Effect,
    Evidence,
    EvidenceKind,
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    SeenRepost,
    Sight,
    Tie,
    UserError,
    Verdict,
)
from mediawatch.ports import Dossier
from mediawatch.rules.cautions import of_finding
from mediawatch.rules.found_problems import is_open_by_people
from mediawatch.rules.hearing import is_required
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import HEARING, load, parse
from mediawatch.rules.problem_proofs import ProblemState, problem_proofs, until_issue
from mediawatch.rules.revision import CHANGED, without_refuted

AS_OF = datetime(2031, 3, 5, 15, 59, tzinfo=UTC)
FILED = Filing(name="示例发布", platform="weibo", platform_id="1234567890")
APP = Filing(name="示例通", platform="app", type="移动客户端")
POLICY = load("national")
INTERACTION = Code.INTERACTION_POOR
FOUND, ABSENT, WITHDRAWN = ProblemAnswer.FOUND, ProblemAnswer.ABSENT, ProblemAnswer.WITHDRAWN
PICTURE = Evidence(
    kind=EvidenceKind.PICTURE,
    media_type="image/png",
    path="a",
    sha256="0" * 64,
    size=1,
    taken_at=AS_OF,
)


def problem_look(
    day: int,
    by: str,
    answer: ProblemAnswer = FOUND,
    *,
    code: Code = INTERACTION,
    pictured: bool = True,
    tied: MatchedBy | None = MatchedBy.ID,
    words: str = "",
) -> Reading:
    at = AS_OF + timedelta(days=day)
    sight = Sight(
        surface="person",
        read_at=at,
        name="示例发布",
        platform_id="1234567890" if tied is MatchedBy.ID else "",
        matched_by=tied,
        url="https://weibo.com/u/1234567890",
        evidence=(PICTURE,) if pictured else (),
    )
    return Reading(
        id=day * 10 + len(by),
        account_id=1,
        look=LookKind.PERSON,
        started_at=at,
        read_at=at,
        by=by,
        sights=(sight,),
        filed_as=FILED.identity,
        problem=ProblemSeen(code=code, answer=answer, words=words),
    )


def fresh() -> Reading:
    sight = Sight(
        surface="weibo.mobile",
        read_at=AS_OF,
        name="示例发布",
        platform_id="1234567890",
        matched_by=MatchedBy.ID,
        posts=(Post(on=AS_OF.date()),),
        outcome=Outcome.OK,
    )
    return Reading(
        id=1, account_id=1, look=LookKind.FIRST, started_at=AS_OF, read_at=AS_OF, sights=(sight,),
        filed_as=FILED.identity,
    )  # fmt: skip


def known(*looks: Reading, filed: Filing = FILED) -> Dossier:
    return Dossier(filed=filed, readings=(fresh(),), problem_looks=looks)


A, B = problem_look(1, "甲"), problem_look(2, "乙乙")


@pytest.mark.parametrize(
    ("looks", "state"),
    [
        ((), None),
        ((A,), ProblemState.CLAIMED),
        ((A, problem_look(2, "甲")), ProblemState.CLAIMED),
        ((A, B), ProblemState.PROVED),
        ((A, problem_look(2, "乙乙", pictured=False)), ProblemState.CLAIMED),
        ((A, problem_look(2, "乙乙", tied=MatchedBy.URL)), ProblemState.CLAIMED),
        ((A, problem_look(2, "乙乙", tied=None)), ProblemState.CLAIMED),
        ((A, problem_look(2, "乙乙", ABSENT)), ProblemState.DISPUTED),
        ((A, problem_look(2, "丙丙丙", ABSENT), problem_look(3, "乙乙")), ProblemState.DISPUTED),
        ((A, B, problem_look(3, "丙丙丙", ABSENT)), ProblemState.PROVED),
        # Who looked earlier and did not find it differs, until he looks again or takes it back.
        ((problem_look(0, "丙丙丙", ABSENT), A), ProblemState.DISPUTED),
        ((problem_look(0, "丙丙丙", ABSENT), A, B), ProblemState.DISPUTED),
        ((problem_look(0, "丙丙丙", ABSENT), A, B, problem_look(3, "丙丙丙")), ProblemState.PROVED),
        (
            (problem_look(0, "丙丙丙", ABSENT), A, B, problem_look(3, "丙丙丙", WITHDRAWN)),
            ProblemState.PROVED,
        ),
        ((problem_look(0, "甲", ABSENT), A, B), ProblemState.PROVED),
        ((problem_look(0, "乙乙", ABSENT), A, B), ProblemState.PROVED),
        ((A, problem_look(2, "乙乙", ABSENT), problem_look(3, "乙乙")), ProblemState.PROVED),
        ((A, problem_look(2, "甲", ABSENT), problem_look(3, "乙乙")), ProblemState.DISPUTED),
        # One name contains the other: nobody knows that they are two persons.
        ((A, problem_look(2, "甲（复核）")), ProblemState.CLAIMED),
        ((problem_look(1, "张三"), problem_look(2, "张三科长")), ProblemState.CLAIMED),
        ((problem_look(1, "张三、李四"), problem_look(2, "李四、张三")), ProblemState.CLAIMED),
        # Only he himself takes his 未见 back.
        (
            (problem_look(0, "张三丰", ABSENT), A, B, problem_look(3, "张三", WITHDRAWN)),
            ProblemState.DISPUTED,
        ),
        ((A, problem_look(2, "甲", ABSENT)), ProblemState.CLAIMED),
        ((A, B, problem_look(3, "乙乙", WITHDRAWN)), ProblemState.CLAIMED),
        ((A, problem_look(3, "甲", WITHDRAWN)), ProblemState.NONE),
        ((A, B, problem_look(3, "甲", WITHDRAWN), problem_look(4, "甲")), ProblemState.PROVED),
        ((A, problem_look(2, "乙乙", code=Code.ADVERTISING)), ProblemState.CLAIMED),
    ],
)
def test_two_persons_with_pictures_and_ties_prove_a_problem(
    looks: tuple[Reading, ...], state: ProblemState | None
) -> None:
    states = {each.code: each.state for each in problem_proofs(known(*looks), AS_OF, POLICY)}
    assert states.get(INTERACTION) is state


TYPO, OTHER = "“防讯”应为“防汛”", "“帐户”应为“账户”"


def typo(
    day: int,
    by: str,
    words: str = TYPO,
    answer: ProblemAnswer = FOUND,
    code: Code = Code.WRONG_WORDS,
) -> Reading:
    return problem_look(day, by, answer, code=code, words=words)


@pytest.mark.parametrize(
    ("looks", "state", "found", "claimed"),
    [
        ((typo(1, "甲"), typo(2, "乙乙")), ProblemState.PROVED, [1, 2], []),
        ((typo(1, "甲"), typo(2, "乙乙", '"防讯" 应为 "防汛"。')), ProblemState.PROVED, [1, 2], []),
        ((typo(1, "甲"), typo(2, "乙乙", OTHER)), ProblemState.CLAIMED, [1], [1]),
        ((typo(1, "甲"), typo(2, "乙乙", "")), ProblemState.CLAIMED, [1], [1]),
        (
            (typo(1, "甲"), typo(2, "乙乙", OTHER), typo(3, "丙丙丙")),
            ProblemState.PROVED, [1, 3], [2],
        ),
        (
            (typo(1, "甲"), typo(2, "乙乙"), typo(3, "甲", OTHER), typo(4, "乙乙", OTHER)),
            ProblemState.PROVED, [1, 2, 3, 4], [],
        ),
        ((typo(1, "甲"), typo(2, "乙乙", "", ABSENT)), ProblemState.DISPUTED, [1], []),
        ((typo(1, "甲"), typo(2, "乙乙", "没有", ABSENT)), ProblemState.DISPUTED, [1], []),
        (
            (typo(1, "甲"), typo(2, "乙乙", OTHER), typo(3, "丙丙丙", OTHER, ABSENT), typo(4, "丁丁丁丁")),
            ProblemState.PROVED, [1, 4], [],
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("code", [Code.WRONG_WORDS, Code.ADVERTISING, Code.NOT_REPOSTED])
def test_two_persons_find_the_same_thing(
    looks: tuple[Reading, ...],
    state: ProblemState,
    found: list[int],
    claimed: list[int],
    code: Code,
) -> None:
    """The numbers are days: the looks that the proof rests on, and those that wait for another."""
    looks = tuple(
        replace(each, problem=replace(each.problem, code=code)) for each in looks if each.problem
    )
    (proof,) = problem_proofs(known(*looks), AS_OF, POLICY)
    assert proof.state is state
    assert [(each.read_at - AS_OF).days for each in proof.readings] == found
    assert [(each.read_at - AS_OF).days for each in proof.claims] == claimed


def test_words_of_a_problem_of_the_whole_account_need_not_agree() -> None:
    looks = (
        typo(1, "甲", "评论区关闭", code=INTERACTION),
        typo(2, "乙乙", "私信无回复", code=INTERACTION),
    )
    (finding,) = judge(known(*looks), AS_OF, POLICY).findings
    assert finding.words == "评论区关闭；私信无回复"


def test_the_same_words_are_printed_once_and_other_ones_are_noted() -> None:
    looks = (typo(1, "甲"), typo(2, "乙乙", TYPO + " "), typo(3, "丙丙丙", OTHER))
    judged = judge(known(*looks), AS_OF, POLICY)
    assert judged.findings[0].words == TYPO
    assert judged.notes == (f"严重错别字：{OTHER}，经1人检查发现，待第二人核查。",)


def test_a_proved_problem_fails_a_fresh_account_and_says_how_it_was_found() -> None:
    judged = judge(known(problem_look(1, "甲", words="评论区关闭"), B), AS_OF, POLICY)
    assert judged.verdict is Verdict.FAILED
    (finding,) = judged.findings
    assert (finding.code, finding.effect, finding.tie) == (INTERACTION, Effect.FAILS, Tie.ID)
    assert finding.reading_ids == (11, 22)
    assert finding.words == "评论区关闭"
    assert (
        finding.sentence
        == "经人工检查（2031年3月6日、2031年3月7日），未提供有效互动功能：评论区关闭。"
    )
    assert judged.otherwise is Verdict.FRESH
    assert is_required(finding, HEARING)


@pytest.mark.parametrize(
    ("looks", "said"),
    [
        ((A,), "互动回应差：经1人检查发现，待第二人核查。"),
        ((A, problem_look(2, "乙乙", ABSENT)), "互动回应差：两名检查人的结论不一致，待复核。"),
    ],
)
def test_one_persons_word_accuses_nobody_and_praises_nobody(
    looks: tuple[Reading, ...], said: str
) -> None:
    judged = judge(known(*looks), AS_OF, POLICY)
    assert (judged.verdict, judged.sentence, judged.findings) == (Verdict.UNPROVEN, said, ())


def test_a_listed_problem_leaves_the_verdict_alone() -> None:
    ads = (
        problem_look(1, "甲", code=Code.ADVERTISING),
        problem_look(2, "乙乙", code=Code.ADVERTISING),
    )
    judged = judge(known(*ads), AS_OF, POLICY)
    assert judged.verdict is Verdict.FRESH
    assert [each.effect for each in judged.findings] == [Effect.LISTED]
    assert judge(known(ads[0]), AS_OF, POLICY).verdict is Verdict.FRESH


def test_points_are_deducted_without_failing() -> None:
    toml = POLICY.toml.replace(
        'advertising          = { label = "商业广告", effect = "listed" }',
        'advertising = { label = "商业广告", effect = "deducts", points = 2.5 }\n'
        'own_menu = { label = "菜单失效", effect = "fails" }',
    )
    policy = parse(toml)
    looks = [
        problem_look(day, by, code=code)
        for code in (Code.ADVERTISING,)
        for day, by in ((1, "甲"), (2, "乙乙"))
    ]
    judged = judge(known(*looks), AS_OF, policy)
    assert judged.verdict is Verdict.FRESH
    assert [(each.effect, each.points) for each in judged.findings] == [(Effect.DEDUCTS, 2.5)]
    own = [problem_look(day, by, code=Code("own_menu")) for day, by in ((1, "甲"), (2, "乙乙"))]
    assert judge(known(*own), AS_OF, policy).verdict is Verdict.FAILED


def test_an_exempt_account_is_not_failed_and_a_closed_one_not_held() -> None:
    exempt = replace(FILED, exempt_reason="机构改革")
    judged = judge(known(A, B, filed=exempt), AS_OF, POLICY)
    assert judged.verdict is Verdict.LISTED
    assert INTERACTION in {each.code for each in judged.findings if each.effect is Effect.LISTED}


def test_a_later_look_that_finds_nothing_is_told_and_takes_nothing_back() -> None:
    judged = judge(known(A, B, problem_look(5, "丙丙丙", ABSENT)), AS_OF, POLICY)
    assert judged.verdict is Verdict.FAILED
    assert "互动回应差：2031年3月10日再次检查时未见。" in judged.notes


def test_looks_under_another_id_prove_nothing_of_the_account_filed_now() -> None:
    other = replace(FILED, platform_id="9999999999")
    assert judge(known(A, B, filed=other), AS_OF, POLICY).findings == ()


@given(
    st.lists(
        st.tuples(
            st.integers(0, 6),
            st.sampled_from(["甲", "甲 ", " 甲", "乙乙"]),
            st.sampled_from(list(ProblemAnswer)),
            st.booleans(),
            st.sampled_from([None, *MatchedBy]),
        ),
        max_size=7,
    ),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, deadline=None)
def test_one_person_alone_never_makes_a_finding(
    said: list[tuple[int, str, ProblemAnswer, bool, MatchedBy | None]], order: Random
) -> None:
    looks = [
        replace(problem_look(day, by, answer, pictured=pictured, tied=tied), id=number)
        for number, (day, by, answer, pictured, tied) in enumerate(said, 1)
    ]
    order.shuffle(looks)
    judged = judge(known(*looks), AS_OF, POLICY)
    held = [each for each in judged.findings if each.code is INTERACTION]
    counting = {
        look.by.strip()
        for look in looks
        if look.problem
        and look.problem.answer is FOUND
        and look.evidence
        and look.sights[0].matched_by is MatchedBy.ID
    }
    assert not held or len(counting) == 2
    assert (judged.verdict is Verdict.FAILED) is bool(held)
    for finding in held:
        resting = [look for look in looks if look.id in finding.reading_ids]
        assert {look.by.strip() for look in resting} == {"甲", "乙乙"}
        assert all(look.evidence and look.sights[0].matched_by for look in resting)


def test_a_look_of_long_after_the_inspection_accuses_nobody() -> None:
    late = known(problem_look(31, "甲"), problem_look(32, "乙乙"))
    (proof,) = problem_proofs(late, AS_OF, POLICY)
    assert [(each.read_at - AS_OF).days for each in proof.readings] == [31]
    assert proof.state is ProblemState.CLAIMED


@pytest.mark.parametrize(
    ("filed", "tied", "caution"),
    [
        (FILED, MatchedBy.ID, ""),
        (replace(FILED, platform_id=""), MatchedBy.NAME, "未经备案标识核对"),
        (APP, MatchedBy.NAME, ""),
    ],
)
def test_what_a_name_alone_ties_says_so(filed: Filing, tied: MatchedBy, caution: str) -> None:
    looks = tuple(
        replace(
            look,
            sights=tuple(replace(each, name=filed.name) for each in look.sights),
            filed_as=filed.identity,
        )
        for look in (problem_look(1, "甲", tied=tied), problem_look(2, "乙乙", tied=tied))
    )
    dossier = Dossier(filed=filed, supported=False, problem_looks=looks)
    (finding,) = judge(dossier, AS_OF, POLICY).findings
    assert caution in of_finding(finding, filed, looks)
    assert bool(of_finding(finding, filed, looks)) is bool(caution)


def test_what_a_third_person_adds_reopens_no_decision() -> None:
    two = judge(known(A, B), AS_OF, POLICY).findings[0]
    three = judge(known(A, B, problem_look(3, "丙丙丙", words="又见")), AS_OF, POLICY).findings[0]
    assert three.facts == two.facts


def test_a_repair_is_shown_by_a_picture_of_what_leads_to_the_account() -> None:
    for unshown in (
        problem_look(5, "丙丙丙", ABSENT, pictured=False),
        problem_look(5, "丙丙丙", ABSENT, tied=None),
    ):
        (proof,) = problem_proofs(known(A, B, unshown), AS_OF, POLICY)
        assert (proof.state, proof.gone_on) == (ProblemState.PROVED, None)


def test_who_takes_his_word_back_after_the_notice_was_wrong_before_it() -> None:
    taken = replace(problem_look(9, "乙乙", WITHDRAWN, tied=None), id=999)
    left = until_issue((A, B, taken), AS_OF + timedelta(days=3))
    assert left == (A, B, taken)
    assert judge(known(*left), AS_OF, POLICY).findings == ()


USE = Code.UNUSABLE


def used(day: int, by: str, answer: ProblemAnswer, name: str = "示例通") -> Reading:
    look = problem_look(day, by, answer, code=USE, tied=MatchedBy.NAME)
    (sight,) = look.sights
    return replace(look, sights=(replace(sight, name=name, url=""),), filed_as=APP.identity)


@pytest.mark.parametrize(
    ("looks", "verdict", "sentence"),
    [
        ((), Verdict.OUT_OF_SCOPE, "该平台由人工检查。"),
        (
            (used(1, "甲", ABSENT),),
            Verdict.FRESH,
            "经人工检查（2031年3月6日），可以正常下载、使用。",
        ),
        ((used(1, "甲", ABSENT, name="别的应用"),), Verdict.OUT_OF_SCOPE, "该平台由人工检查。"),
        (
            (used(1, "甲", FOUND),),
            Verdict.OUT_OF_SCOPE,
            "功能无法使用：经1人检查发现，待第二人核查。",
        ),
        (
            (used(1, "甲", FOUND), used(2, "乙乙", ABSENT)),
            Verdict.OUT_OF_SCOPE,
            "功能无法使用：两名检查人的结论不一致，待复核。",
        ),
        (
            (used(0, "丙丙丙", ABSENT), used(1, "甲", FOUND), used(2, "乙乙", FOUND)),
            Verdict.OUT_OF_SCOPE,
            "功能无法使用：两名检查人的结论不一致，待复核。",
        ),
        (
            (used(1, "甲", FOUND), used(2, "乙乙", FOUND)),
            Verdict.FAILED,
            "经人工检查（2031年3月6日、2031年3月7日），功能无法使用。",
        ),
    ],
)
def test_people_settle_an_application(
    looks: tuple[Reading, ...], verdict: Verdict, sentence: str
) -> None:
    known_app = Dossier(filed=APP, supported=False, problem_looks=looks)
    judged = judge(known_app, AS_OF, POLICY)
    assert (judged.verdict, judged.sentence) == (verdict, sentence)


def test_a_problem_of_one_person_keeps_what_nobody_looked_at_open() -> None:
    claimed = problem_look(2, "甲", tied=MatchedBy.NAME)
    claimed = replace(
        claimed,
        sights=tuple(replace(sight, name="示例通") for sight in claimed.sights),
        filed_as=APP.identity,
    )
    looks = (used(1, "甲", ABSENT), claimed)
    judged = judge(Dossier(filed=APP, supported=False, problem_looks=looks), AS_OF, POLICY)
    assert (judged.verdict, is_open_by_people(judged)) == (Verdict.UNPROVEN, True)
    untouched = Dossier(filed=APP, supported=False, problem_looks=(claimed,))
    judged = judge(untouched, AS_OF, POLICY)
    assert (judged.verdict, is_open_by_people(judged)) == (Verdict.OUT_OF_SCOPE, False)


def test_an_account_with_posts_is_not_settled_by_its_use() -> None:
    filed = replace(FILED, platform="kuaishou", platform_id="")
    look = problem_look(1, "甲", ABSENT, code=USE, tied=MatchedBy.NAME)
    unsupported = Dossier(
        filed=filed, supported=False, problem_looks=(replace(look, filed_as=filed.identity),)
    )
    assert judge(unsupported, AS_OF, POLICY).verdict is Verdict.OUT_OF_SCOPE


def test_looks_after_the_notice_are_of_its_recheck() -> None:
    assert until_issue((A, B), AS_OF + timedelta(days=1, hours=1)) == (A,)
    assert until_issue((A, B), None) == (A, B)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('not_reposted = { label = "x", effect = "fails" }', "never fails an account"),
        ('advertising = { label = "x", effect = "deducts" }', "needs points"),
        ('advertising = { label = "x", effect = "listed", points = 1 }', "needs points"),
        ('advertising = { label = "互动回应差", effect = "listed" }', "have the label 互动回应差"),
        ('own_ = { label = "x", effect = "listed" }', "codes.own_"),
    ],
)
def test_a_policy_with_an_impossible_kind_is_refused(line: str, why: str) -> None:
    name = line.split(" ", 1)[0]
    kept = [each for each in POLICY.toml.splitlines() if not each.startswith(f"{name} ")]
    with pytest.raises(UserError, match=why):
        parse("\n".join([*kept, line]))


def test_an_offices_own_kind_is_one_code() -> None:
    assert Code("own_menu") is Code("own_menu")
    assert Code("own_menu").found_by_people
    assert not Code.STALE_2W.found_by_people
    for wrong in ("own_", "OWN_X", "menu", "own_a b", "own_" + "x" * 29):
        with pytest.raises(ValueError, match="not a valid Code"):
            Code(wrong)


NOT = Code.NOT_REPOSTED


def denial(
    day: int, by: str, answer: ProblemAnswer = FOUND, item: int | None = 1, words: str = ""
) -> Reading:
    """A person's word that an item of task 1 was not reposted; of no task where `item` is None."""
    look = problem_look(day, by, answer, code=NOT, words=words)
    task = None if item is None else 1
    assert look.problem is not None
    return replace(look, problem=replace(look.problem, task=task, item=item))


TITLED = "《演示：关于做好防汛工作的通知》"


@pytest.mark.parametrize(
    ("looks", "state"),
    [
        ((denial(1, "甲"), denial(2, "乙乙")), ProblemState.PROVED),
        ((denial(1, "甲"), denial(2, "乙乙", item=2)), ProblemState.CLAIMED),
        ((denial(1, "甲"), denial(2, "乙乙", item=2), denial(3, "丙丙丙")), ProblemState.PROVED),
        ((denial(1, "甲"), denial(2, "乙乙", ABSENT, item=2)), ProblemState.CLAIMED),
        ((denial(1, "甲"), denial(2, "乙乙", ABSENT, item=None)), ProblemState.DISPUTED),
        (
            (denial(1, "甲"), denial(2, "乙乙"), denial(3, "甲", WITHDRAWN, None, TITLED)),
            ProblemState.CLAIMED,
        ),
        (
            (denial(1, "甲", item=None, words=TITLED), denial(2, "乙乙", item=None, words=f"未转{TITLED}")),
            ProblemState.PROVED,
        ),
        (
            (denial(1, "甲", item=None, words=TITLED), denial(2, "乙乙", item=None, words="《演示二》")),
            ProblemState.CLAIMED,
        ),
        # As they were kept before: no piece is named.
        ((denial(1, "甲", item=None), denial(2, "乙乙", item=None)), ProblemState.PROVED),
    ],
)  # fmt: skip
def test_two_persons_must_miss_the_same_piece(
    looks: tuple[Reading, ...], state: ProblemState
) -> None:
    (proof,) = problem_proofs(known(*looks), AS_OF, POLICY)
    assert proof.state is state


def test_several_pieces_make_one_finding() -> None:
    looks = [
        denial(day, by, item=item, words=f"《演示{item}》")
        for item in (1, 2)
        for day, by in ((item, "甲"), (item + 4, "乙乙"))
    ]
    judged = judge(known(*looks), AS_OF, POLICY)
    (finding,) = judged.findings
    assert len(finding.reading_ids) == 4
    assert finding.words == "《演示1》；《演示2》"


def test_a_second_piece_waits_for_its_second_person() -> None:
    third = denial(3, "甲", item=2, words="《演示2》")
    looks = known(denial(1, "甲"), denial(2, "乙乙"), third)
    (proof,) = problem_proofs(looks, AS_OF, POLICY)
    assert (proof.state, proof.claims) == (ProblemState.PROVED, (third,))
    judged = judge(looks, AS_OF, POLICY)
    assert judged.notes == ("重要信息未转载：《演示2》，经1人检查发现，待第二人核查。",)
    (finding,) = judged.findings
    assert third.id not in finding.reading_ids


@pytest.mark.parametrize("is_certain", [True, False])
def test_a_repost_takes_the_word_away_and_is_told_to_the_reviewer(is_certain: bool) -> None:
    first, second = denial(1, "甲"), denial(2, "乙乙")
    seen = tuple(
        SeenRepost(look_id=look.id, is_certain=is_certain, words="《演示》已转载：2031年3月4日发布")
        for look in (first, second)
    )
    before = judge(known(first, second), AS_OF, POLICY)
    assert [each.code for each in before.findings] == [NOT]
    judged = judge(replace(known(first, second), reposts=seen), AS_OF, POLICY)
    assert judged.findings == ()
    assert judged.verdict is Verdict.FRESH
    assert judged.notes == ("重要信息未转载：《演示》已转载：2031年3月4日发布。",)
    other = (denial(3, "甲", item=2), denial(4, "乙乙", item=2))
    both = replace(known(first, second, *other), reposts=seen)
    (left,) = judge(both, AS_OF, POLICY).findings
    assert left.reading_ids == tuple(each.id for each in other)


def test_of_what_is_judged_no_more_a_refuted_finding_falls_alone() -> None:
    """Old readings are deleted by then, and the verdict stays as it was."""
    other = tuple(
        problem_look(day, by, code=Code.ADVERTISING)
        for day, by in ((1, "丁丁丁丁"), (2, "戊戊戊戊戊"))
    )
    before = judge(known(denial(1, "甲"), denial(2, "乙乙"), *other), AS_OF, POLICY)
    assert {each.code for each in before.findings} == {NOT, Code.ADVERTISING}
    left = without_refuted(before, frozenset({denial(2, "乙乙").id}))
    assert [each.code for each in left.findings] == [Code.ADVERTISING]
    assert (left.verdict, left.notes) == (before.verdict, (*before.notes, CHANGED))
    assert without_refuted(left, frozenset({denial(2, "乙乙").id})) is left


def test_who_took_his_word_back_needs_no_repost_against_it() -> None:
    first = denial(1, "甲")
    seen = SeenRepost(look_id=first.id, is_certain=True, words="x")
    taken = known(first, denial(2, "甲", WITHDRAWN, None))
    assert judge(replace(taken, reposts=(seen,)), AS_OF, POLICY).notes == ()
