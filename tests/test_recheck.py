"""复查: every combination of what was held, how the account is filed now, and what the new look came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from mediawatch.domain import (
    Account,
    Code,
    Effect,
    Filed,
    FiledStatus,
    Finding,
    Held,
    Judgement,
    NoticeItem,
    Rectified,
    ReviewState,
    Verdict,
)
from mediawatch.notices.recheck import Look, recheck

ISSUED = date(2032, 1, 10)
AS_OF = date(2032, 3, 31)
FILED = Filed(name="示例发布", platform="wechat", type="微信", organiser="示例局")
SILENT = [Code.ZOMBIE, Code.STALE_6M, Code.STALE_3M, Code.STALE_2W, Code.EMPTY_ACCOUNT]
CONFIRMED, OPEN, DISMISSED = ReviewState.CONFIRMED, ReviewState.OPEN, ReviewState.DISMISSED
DONE, NOT, GONE, UNKNOWN = Rectified.DONE, Rectified.NOT_DONE, Rectified.DEREGISTERED, Rectified.UNVERIFIED


def found(code: Code, review: ReviewState = CONFIRMED, effect: Effect = Effect.LISTED, name_seen: str = "") -> Finding:
    return Finding(
        code=code, label=code.value, effect=effect, sentence=f"{code.value}。", reading_ids=(1,), review=review, name_seen=name_seen
    )


def item(*codes: Code, problem: str = "", name_seen: str = "") -> NoticeItem:
    held = tuple(Held(found(code, name_seen=name_seen)) for code in codes)
    return NoticeItem(number=1, filed=FILED, problem=problem or "、".join(codes), fails=True, account_id=7, findings=held)


def result(
    what: NoticeItem, verdict: Verdict | None, *findings: Finding, filed: Filed = FILED, retired: date | None = None, **look: Any
) -> tuple[Rectified, str]:
    account = Account(id=7, filed=filed, retired_on=retired)
    looks = {}
    if verdict is not None:
        judged = Judgement(verdict=verdict, sentence="说明。", findings=findings, latest_on=date(2032, 3, 30))
        looks = {7: Look(judgement=judged, on=AS_OF, **look)}
    (one,) = recheck([what], {7: account}, looks, since=ISSUED, source="台账.xlsx")
    assert one.registry == "台账.xlsx"
    return one.result, one.basis


@pytest.mark.parametrize("code", [*SILENT, Code.NOT_FOUND, Code.CANCELLED_NOT_CLOSED, Code.BANNED])
@pytest.mark.parametrize("verdict", [*Verdict, None])
def test_a_silence_or_an_absence_ends_by_a_fresh_post_alone(code: Code, verdict: Verdict | None) -> None:
    fresh = verdict in (Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT)
    got, basis = result(item(code), verdict)
    assert got is (DONE if fresh else UNKNOWN)
    assert basis == ("2032-03-31复查:已正常更新,最近更新2032-03-30。" if fresh else "2032-03-31复查:说明。" if verdict else "尚未复查。")


FAILS = replace(found(Code.STALE_2W), effect=Effect.FAILS)


@pytest.mark.parametrize("status", FiledStatus)
@pytest.mark.parametrize("review", ReviewState)
@pytest.mark.parametrize("held", [Code.STALE_2W, Code.NAME_MISMATCH, Code.NOT_FOUND, Code.CLOSED_BUT_ALIVE])
def test_only_what_a_person_confirmed_again_is_not_rectified(held: Code, review: ReviewState, status: FiledStatus) -> None:
    """A failing finding of any kind, whatever was held before; one that waits for its review settles nothing."""
    got, _ = result(item(held), Verdict.FAILED, replace(FAILS, review=review), filed=replace(FILED, status=status))
    assert (got is NOT) == (review is CONFIRMED)
    if review in (OPEN, ReviewState.DISPATCHED):
        assert got is UNKNOWN


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("review", ReviewState)
def test_the_same_problem_again(code: Code, review: ReviewState) -> None:
    got, basis = result(item(code), Verdict.LISTED, found(code, review))
    assert (got is NOT) == (review is CONFIRMED)
    assert ("待审核" in basis) == (review in (OPEN, ReviewState.DISPATCHED))


@pytest.mark.parametrize("held", [Code.STALE_2W, Code.NAME_MISMATCH])
@pytest.mark.parametrize(("again", "expected"), [(Code.CANCELLED_NOT_CLOSED, GONE), (Code.NOT_FOUND, UNKNOWN), (Code.BANNED, UNKNOWN)])
def test_an_account_that_is_gone_since(held: Code, again: Code, expected: Rectified) -> None:
    assert result(item(held), Verdict.LISTED, found(again))[0] is expected


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("status", [FiledStatus.CLOSED, FiledStatus.DEREGISTERED])
@pytest.mark.parametrize("verdict", [Verdict.LISTED, Verdict.UNPROVEN, None])
def test_a_completed_closure_rectifies_anything(code: Code, status: FiledStatus, verdict: Verdict | None) -> None:
    got, basis = result(item(code), verdict, filed=replace(FILED, status=status))
    assert (got, basis) == (GONE, f"台账运行状态已变更为“{status.label}”。")
    alive = found(Code.CLOSED_BUT_ALIVE)
    assert result(item(code), Verdict.LISTED, alive, filed=replace(FILED, status=status))[0] is NOT


@pytest.mark.parametrize("code", [Code.NAME_MISMATCH, Code.RENAMED_UNREPORTED])
@pytest.mark.parametrize(
    ("filed", "look", "expected"),
    [
        # The filing follows the platform, or the platform the filing: a name read since then says so.
        ("示例新名", {}, DONE), ("“示例新名”", {}, DONE), ("示例别名", {}, UNKNOWN),
        ("示例发布", {"name": "示例发布", "named_on": AS_OF}, DONE),
        ("示例发布", {"name": "示例发布", "named_on": date(2032, 1, 9)}, UNKNOWN),
        ("示例发布", {"name": "示例新名", "named_on": AS_OF}, UNKNOWN), ("示例发布", {}, UNKNOWN),
    ],
)  # fmt: skip
def test_a_name_is_rectified_on_either_side(code: Code, filed: str, look: dict[str, Any], expected: Rectified) -> None:
    assert result(item(code, name_seen="示例新名"), Verdict.FRESH, filed=replace(FILED, name=filed), **look)[0] is expected


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
        (Code.CLOSED_BUT_ALIVE, FILED, DONE), (Code.REGISTRY_INCOMPLETE, FILED, DONE), (Code.DUPLICATE_FILING, FILED, DONE),
        (Code.OWNER_MISMATCH, FILED, UNKNOWN), (Code.OWNER_MISMATCH, replace(FILED, organiser="另一局"), DONE),
    ],
)  # fmt: skip
def test_a_changed_filing_is_a_rectification(code: Code, filed: Filed, expected: Rectified) -> None:
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
def test_the_words_of_another_system(problem: str, expected: Rectified) -> None:
    assert result(item(problem=problem), Verdict.FRESH)[0] is expected


def test_who_left_the_registry_or_never_stood_in_it() -> None:
    assert result(item(Code.STALE_2W), None, retired=AS_OF) == (GONE, "自2032-03-31起台账中已无此账号。")
    (one,) = recheck([replace(item(Code.STALE_2W), account_id=None)], {}, {}, since=ISSUED)
    assert one.result is UNKNOWN
