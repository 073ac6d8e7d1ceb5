"""复查: every combination of what was held, how the account is filed now, and what the new look
came to.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mediawatch.domain import (
    Account,
    AccountChange,
    Code,
    Effect,
    Evidence,
    EvidenceKind,
    FiledStatus,
    Filing,
    Finding,
    IssuedFinding,
    Judgement,
    LookKind,
    MatchedBy,
    NoticeItem,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    Rectification,
    ReviewState,
    Sight,
    UserError,
    Verdict,
)
from mediawatch.publish.notices.annex import Annex, read_annex
from mediawatch.publish.notices.recheck import RecheckLook, recheck
from mediawatch.rules.problem_proofs import ProblemProof, ProblemState

ISSUED = date(2032, 1, 10)
AS_OF = date(2032, 3, 31)
FILED = Filing(name="示例发布", platform="wechat", type="微信", organiser="示例局")
SILENT = [Code.ZOMBIE, Code.STALE_6M, Code.STALE_3M, Code.STALE_2W, Code.EMPTY_ACCOUNT]
CONFIRMED, OPEN, DISMISSED = ReviewState.CONFIRMED, ReviewState.OPEN, ReviewState.DISMISSED
DONE, NOT, GONE, UNKNOWN = (
    Rectification.DONE,
    Rectification.NOT_DONE,
    Rectification.DEREGISTERED,
    Rectification.UNVERIFIED,
)
CLOSED, ABSENT = Rectification.FILED_AS_CLOSED, Rectification.NOT_FILED


def found(
    code: Code, review: ReviewState = CONFIRMED, effect: Effect = Effect.LISTED, name_seen: str = ""
) -> Finding:
    return Finding(
        code=code,
        label=code.value,
        effect=effect,
        sentence=f"{code.value}。",
        reading_ids=(1,),
        review=review,
        name_seen=name_seen,
    )


def item(*codes: Code, problem: str = "", name_seen: str = "") -> NoticeItem:
    held = tuple(IssuedFinding(found(code, name_seen=name_seen)) for code in codes)
    return NoticeItem(
        number=1,
        filed=FILED,
        problem=problem or "、".join(codes),
        fails=True,
        account_id=7,
        findings=held,
    )


def result(
    what: NoticeItem,
    verdict: Verdict | None,
    *findings: Finding,
    filed: Filing = FILED,
    retired: date | None = None,
    **look: Any,
) -> tuple[Rectification, str]:
    account = Account(id=7, filed=filed, retired_on=retired)
    looks = {}
    if verdict is not None:
        judged = Judgement(
            verdict=verdict,
            sentence="说明。",
            findings=findings,
            latest_on=date(2032, 3, 30),
            provisional=look.pop("provisional", False),
        )
        looks = {7: RecheckLook(judgement=judged, on=AS_OF, **look)}
    (one,) = recheck([what], {7: account}, looks, since=ISSUED, source="台账.xlsx")
    assert one.registry == "台账.xlsx"
    return one.result, one.basis


def look_of(answer: ProblemAnswer, day: int, *, pictured: bool = True) -> Reading:
    at = datetime(2032, 3, day, tzinfo=UTC)
    evidence = Evidence(
        kind=EvidenceKind.PICTURE, media_type="image/png", path="a", sha256="0" * 64, size=1, taken_at=at
    )  # fmt: skip
    sight = Sight(
        surface="person",
        read_at=at,
        matched_by=MatchedBy.ID,
        evidence=(evidence,) if pictured else (),
    )
    seen = ProblemSeen(code=Code.INTERACTION_POOR, answer=answer)
    return Reading(
        account_id=7, look=LookKind.PERSON, started_at=at, read_at=at, by="甲", sights=(sight,), problem=seen
    )  # fmt: skip


FOUND_ON_2, ABSENT_ON_4 = look_of(ProblemAnswer.FOUND, 2), look_of(ProblemAnswer.ABSENT, 4)


@pytest.mark.parametrize(
    ("state", "readings", "absent", "review", "expected", "words"),
    [
        (None, (), (), None, UNKNOWN, "须人工检查，尚未检查。"),
        (ProblemState.NONE, (), (ABSENT_ON_4,), None, DONE, "未再发现该问题"),
        (
            ProblemState.NONE,
            (),
            (look_of(ProblemAnswer.ABSENT, 4, pictured=False),),
            None,
            UNKNOWN,
            "未附截图",
        ),
        (ProblemState.CLAIMED, (FOUND_ON_2,), (), None, UNKNOWN, "待第二人核查"),
        (ProblemState.DISPUTED, (FOUND_ON_2,), (ABSENT_ON_4,), None, UNKNOWN, "待复核"),
        (ProblemState.PROVED, (FOUND_ON_2,), (), OPEN, UNKNOWN, "待审核"),
        (ProblemState.PROVED, (FOUND_ON_2,), (), CONFIRMED, NOT, "interaction_poor"),
    ],
)
def test_what_people_find_is_put_right_by_a_look_and_stands_by_two(
    state: ProblemState | None,
    readings: tuple[Reading, ...],
    absent: tuple[Reading, ...],
    review: ReviewState | None,
    expected: Rectification,
    words: str,
) -> None:
    code = Code.INTERACTION_POOR
    proofs = (
        (ProblemProof(code=code, state=state, readings=readings, absent=absent),) if state else ()
    )
    again = (found(code, review),) if review else ()
    got, basis = result(item(code), Verdict.FRESH, *again, problems=proofs)
    assert got is expected
    assert words in basis


def test_a_look_of_before_the_notice_says_nothing_of_what_followed() -> None:
    code = Code.INTERACTION_POOR
    old, gone = look_of(ProblemAnswer.FOUND, 2), look_of(ProblemAnswer.ABSENT, 4)
    early = datetime(2032, 1, 10, 3, tzinfo=UTC)
    again = ProblemProof(
        code=code,
        state=ProblemState.PROVED,
        readings=(replace(old, read_at=early), FOUND_ON_2),
    )
    got, basis = result(item(code), Verdict.FAILED, found(code), problems=(again,))
    assert (got, "不在通报印发之后" in basis) == (UNKNOWN, True)
    before = replace(gone, read_at=early - timedelta(days=1))
    absent = ProblemProof(code=code, state=ProblemState.NONE, absent=(before,))
    assert result(item(code), Verdict.FRESH, problems=(absent,))[0] is UNKNOWN


def test_what_was_found_again_and_then_gone_is_put_right() -> None:
    code = Code.INTERACTION_POOR
    proof = ProblemProof(
        code=code,
        state=ProblemState.PROVED,
        readings=(FOUND_ON_2,),
        absent=(ABSENT_ON_4,),
        gone_on=date(2032, 3, 4),
    )
    got, basis = result(item(code), Verdict.FAILED, found(code), problems=(proof,))
    assert (got, "2032年3月4日" in basis) == (DONE, True)


@pytest.mark.parametrize("code", [*SILENT, Code.NOT_FOUND, Code.CANCELLED_NOT_CLOSED, Code.BANNED])
def test_posts_of_an_account_found_by_its_name_alone_end_nothing(code: Code) -> None:
    found_by_name = result(item(code), Verdict.FRESH, provisional=True)
    assert found_by_name == (UNKNOWN, "2032-03-31复查：说明。")


@pytest.mark.parametrize("code", [*SILENT, Code.NOT_FOUND, Code.CANCELLED_NOT_CLOSED, Code.BANNED])
@pytest.mark.parametrize("verdict", [*Verdict, None])
def test_a_silence_or_an_absence_ends_by_a_fresh_post_alone(
    code: Code, verdict: Verdict | None
) -> None:
    fresh = verdict in (Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT)
    got, basis = result(item(code), verdict)
    assert got is (DONE if fresh else UNKNOWN)
    assert basis == (
        "2032-03-31复查：已正常更新，最近更新2032-03-30。"
        if fresh
        else "2032-03-31复查：说明。"
        if verdict
        else "尚未复查。"
    )


FAILS = replace(found(Code.STALE_2W), effect=Effect.FAILS)


@pytest.mark.parametrize("status", FiledStatus)
@pytest.mark.parametrize("review", ReviewState)
@pytest.mark.parametrize(
    "held", [Code.STALE_2W, Code.NAME_MISMATCH, Code.NOT_FOUND, Code.CLOSED_BUT_ALIVE]
)
def test_only_what_a_person_confirmed_again_is_not_rectified(
    held: Code, review: ReviewState, status: FiledStatus
) -> None:
    """The same problem alone; one that waits for its review settles nothing."""
    got, _ = result(
        item(held),
        Verdict.FAILED,
        replace(FAILS, review=review),
        filed=replace(FILED, status=status),
    )
    assert (got is NOT) == (review is CONFIRMED and held is Code.STALE_2W)
    if review in (OPEN, ReviewState.DISPATCHED) and held is Code.STALE_2W:
        assert got is UNKNOWN


def test_another_problem_says_nothing_about_the_one_in_the_notice() -> None:
    """It posts again and bears another name: its silence is over, its name is not in order."""
    two = item(Code.STALE_2W, Code.NAME_MISMATCH)
    named = replace(found(Code.NAME_MISMATCH), effect=Effect.FAILS)
    judged = Judgement(
        verdict=Verdict.FAILED,
        sentence="名称。",
        findings=(named,),
        latest_on=date(2032, 3, 30),
        otherwise=Verdict.FRESH,
    )
    (one,) = recheck(
        [two],
        {7: Account(id=7, filed=FILED)},
        {7: RecheckLook(judgement=judged, on=AS_OF)},
        since=ISSUED,
    )
    assert [(part.code, part.result) for part in one.parts] == [
        (Code.STALE_2W, DONE),
        (Code.NAME_MISMATCH, NOT),
    ]
    # What is printed is the problem that the result is about.
    assert (one.result, one.about) == (NOT, "name_mismatch")
    (alone,) = recheck(
        [item(Code.STALE_2W)],
        {7: Account(id=7, filed=FILED)},
        {7: RecheckLook(judgement=judged, on=AS_OF)},
        since=ISSUED,
    )
    assert (alone.result, alone.basis) == (DONE, "2032-03-31复查：已正常更新，最近更新2032-03-30。")


def test_a_longer_silence_is_the_same_one() -> None:
    longer = replace(found(Code.STALE_6M), effect=Effect.FAILS)
    assert result(item(Code.STALE_2W), Verdict.FAILED, longer)[0] is NOT


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("review", ReviewState)
def test_the_same_problem_again(code: Code, review: ReviewState) -> None:
    got, basis = result(item(code), Verdict.LISTED, found(code, review))
    assert (got is NOT) == (review is CONFIRMED)
    assert ("待审核" in basis) == (review in (OPEN, ReviewState.DISPATCHED))


@pytest.mark.parametrize("held", [Code.STALE_2W, Code.NAME_MISMATCH])
@pytest.mark.parametrize(
    ("again", "expected"),
    [(Code.CANCELLED_NOT_CLOSED, GONE), (Code.NOT_FOUND, UNKNOWN), (Code.BANNED, UNKNOWN)],
)
def test_an_account_that_is_gone_since(held: Code, again: Code, expected: Rectification) -> None:
    assert result(item(held), Verdict.LISTED, found(again))[0] is expected


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("status", [FiledStatus.CLOSED, FiledStatus.DEREGISTERED])
@pytest.mark.parametrize("verdict", [Verdict.LISTED, Verdict.UNPROVEN, None])
def test_who_is_filed_as_closed_is_not_yet_deregistered(
    code: Code, status: FiledStatus, verdict: Verdict | None
) -> None:
    got, basis = result(item(code), verdict, filed=replace(FILED, status=status))
    assert (got, basis) == (CLOSED, f"台账运行状态已变更为“{status.label}”。")
    alive = found(Code.CLOSED_BUT_ALIVE)
    got, basis = result(item(code), Verdict.LISTED, alive, filed=replace(FILED, status=status))
    assert got is (NOT if code is Code.CLOSED_BUT_ALIVE else UNKNOWN)
    assert "closed_but_alive。" in basis


@pytest.mark.parametrize(
    ("look", "words"),
    [(LookKind.SECOND, "平台显示账号已注销。"), (LookKind.PERSON, "经人工核查，账号已注销。")],
)
def test_deregistered_is_the_platforms_word_or_a_persons(look: LookKind, words: str) -> None:
    got, basis = result(
        item(Code.STALE_2W),
        Verdict.LISTED,
        filed=replace(FILED, status=FiledStatus.CLOSED),
        cancelled_by=look,
    )
    assert (got, basis) == (GONE, f"台账运行状态已变更为“已关停”。2032-03-31复查：{words}")
    got, basis = result(
        item(Code.STALE_2W), Verdict.LISTED, found(Code.CANCELLED_NOT_CLOSED), cancelled_by=look
    )
    assert (got, "经人工核查" in basis) == (GONE, look is LookKind.PERSON)


@pytest.mark.parametrize("code", [Code.NAME_MISMATCH, Code.RENAMED_UNREPORTED])
@pytest.mark.parametrize(
    ("filed", "look", "expected"),
    [
        # The filing follows the platform, or the platform the filing: a name read since then says
        # so.
        ("示例新名", {}, DONE),
        ("“示例新名”", {}, DONE),
        ("示例别名", {}, UNKNOWN),
        ("示例发布", {"name": "示例发布", "named_on": AS_OF}, DONE),
        ("示例发布", {"name": "示例发布", "named_on": date(2032, 1, 9)}, UNKNOWN),
        ("示例发布", {"name": "示例新名", "named_on": AS_OF}, UNKNOWN),
        ("示例发布", {}, UNKNOWN),
    ],
)
def test_a_name_is_rectified_on_either_side(
    code: Code, filed: str, look: dict[str, Any], expected: Rectification
) -> None:
    assert (
        result(
            item(code, name_seen="示例新名"),
            Verdict.FRESH,
            filed=replace(FILED, name=filed),
            **look,
        )[0]
        is expected
    )


def test_every_problem_of_an_item_must_be_solved() -> None:
    both = item(Code.STALE_2W, Code.NAME_MISMATCH, name_seen="示例新名")
    assert result(both, Verdict.FRESH)[0] is UNKNOWN
    assert result(both, Verdict.FRESH, found(Code.NAME_MISMATCH))[0] is NOT
    renamed = replace(FILED, name="示例新名")
    assert result(both, Verdict.FRESH, filed=renamed)[0] is DONE
    assert result(both, Verdict.UNPROVEN, filed=renamed)[0] is UNKNOWN


@pytest.mark.parametrize(
    ("code", "filed", "expected"),
    [
        (Code.CLOSED_BUT_ALIVE, FILED, DONE),
        (Code.REGISTRY_INCOMPLETE, FILED, DONE),
        (Code.DUPLICATE_FILING, FILED, DONE),
        (Code.OWNER_MISMATCH, FILED, UNKNOWN),
        (Code.OWNER_MISMATCH, replace(FILED, organiser="另一局"), DONE),
    ],
)
def test_a_changed_filing_is_a_rectification(
    code: Code, filed: Filing, expected: Rectification
) -> None:
    assert result(item(code), Verdict.FRESH, filed=filed)[0] is expected


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("信息超2周未更新", DONE),
        ("僵尸账号", DONE),
        ("超过3个月未更新;账号名称与备案名称不一致", UNKNOWN),
        ("搜索不到", DONE),
        ("未提供有效互动功能", UNKNOWN),
        ("信息超2周未更新、内容表述错误", UNKNOWN),
    ],
)
def test_the_words_of_another_system(problem: str, expected: Rectification) -> None:
    assert result(item(problem=problem), Verdict.FRESH)[0] is expected


def test_who_left_the_registry_or_never_stood_in_it() -> None:
    assert result(item(Code.STALE_2W), None, retired=AS_OF) == (
        ABSENT,
        "自2032年3月31日起已不在报送系统台账内。",
    )
    (one,) = recheck([replace(item(Code.STALE_2W), account_id=None)], {}, {}, since=ISSUED)
    assert one.result is UNKNOWN


HEADINGS = "备案单号,政务新媒体名称,类型,所属组织,存在的突出问题,复查结果"
REGISTRY = [
    Account(id=1, filed=replace(FILED, filing_number="3025716006566021")),
    Account(id=2, filed=replace(FILED, name="示例市审计局", organiser="示例市审计局", original_id="gh_2")),
    Account(id=3, filed=replace(FILED, name="同名号", organiser="甲局")),
    Account(id=4, filed=replace(FILED, name="同名号", organiser="乙局")),
]  # fmt: skip
HISTORY = [
    AccountChange(
        2, "name", "审计之窗", "示例市审计局", datetime(2032, 1, 1, tzinfo=UTC), "台账.xlsx"
    ),
    AccountChange(
        1,
        "filing_number",
        "71244",
        "3025716006566021",
        datetime(2032, 1, 1, tzinfo=UTC),
        "台账.xlsx",
    ),
]


def annex(folder: Path, *rows: str) -> Annex:
    path = folder / "附件3.csv"
    path.write_text("\n".join(["随州附件", HEADINGS, *rows]), "utf-8")
    return read_annex(path, REGISTRY, HISTORY, AS_OF)


def test_an_annex_of_another_system_is_tied_to_accounts(
    tmp_path: Path,
) -> None:
    found = annex(
        tmp_path,
        "3025716006566021,示例发布,微信,示例局,信息超2周未更新,已完成整改",
        ",审计之窗,微信,市审计局,僵尸账号,",
        ",同名号,微信,乙局,信息超2周未更新,",
        ',"=HYPERLINK(""http://x"")",微信,某局,信息超2周未更新,',
    )
    assert [item.account_id for item in found.items] == [1, 2, 4, None]
    assert (found.items[0].problem, found.items[0].result, found.items[0].filed.filing_number) == (
        "信息超2周未更新",
        "已完成整改",
        "3025716006566021",
    )
    assert [item.filed.name for item in found.unmatched] == ['=HYPERLINK("http://x")']
    # A former filing number.
    assert annex(tmp_path, "71244,示例发布,微信,示例局,信息超2周未更新,").items[0].account_id == 1


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (",同名号,微信,丙局,信息超2周未更新,", "与台账中多个账号相符（“同名号”"),
        (",示例发布,微信,示例局,,", "没有填写存在的突出问题"),
        ("3.02572E+15,示例发布,微信,示例局,信息超2周未更新,", "科学计数法"),
        ("3025716006566021,示例市审计局,微信,示例市审计局,信息超2周未更新,", "请核对编号"),
    ],
)
def test_a_row_that_leaves_open_whom_it_means_is_refused(
    tmp_path: Path, row: str, told: str
) -> None:
    with pytest.raises(UserError, match=re.escape(told)):
        annex(tmp_path, row)


def test_a_list_without_problems_is_no_annex(tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text("备案单号,政务新媒体名称,类型,所属组织\n1,示例,微信,示例局\n", "utf-8")
    with pytest.raises(UserError, match="no sheet has a column 存在的突出问题"):
        read_annex(path, REGISTRY, [], AS_OF)
