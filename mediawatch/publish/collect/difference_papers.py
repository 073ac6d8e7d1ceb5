"""What lower offices and our own inspection say of the same accounts, for both sides."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mediawatch.domain import Effect, SweepAccount, Verdict
from mediawatch.domain.clock import chinese_day
from mediawatch.figures.values import OPEN_RATE, percent
from mediawatch.publish.collect.differences import (
    AccountDifference,
    Agreement,
    SampleResult,
    sample_results,
    whole_result,
)
from mediawatch.publish.collect.papers import FILED, filed_row
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.reports.statistics import WHOLE
from mediawatch.publish.reports.xlsx import BookCover, workbook
from mediawatch.table import Table

TITLE = "自查抽查核对表"
_APART = ("不可比中报送不合格数", "不可比中本级不合格数")
_COUNTS = ("抽查数", "可比数", "一致数", "待核对数", "报送不合格数", "本级不合格数", *_APART)
_RATES = ("报送合格率", "本级合格率")


def different_table(found: Sequence[AccountDifference]) -> Table:
    """待核对: where both, at comparable moments, say different things."""
    different = [each for each in found if each.agreement is Agreement.DIFFERENT]
    return differences_table("自查与抽查结论不同、待核对的账号", different)


def difference_book(
    found: Sequence[AccountDifference], own: Inspection, title: str, marks: Sequence[str]
) -> bytes:
    """What both sides say: the rates, what is to be checked, what cannot be compared."""
    apart = [each for each in found if each.agreement is Agreement.INCOMPARABLE]
    tables = [
        ("抽查核对统计", results_table(found, own.office.decimals)),
        ("待核对", different_table(found)),
        ("不可比", differences_table("不可直接比较的账号", apart)),
    ]
    return workbook(
        tables,
        counts=_COUNTS,
        rates=_RATES,
        marks=list(dict.fromkeys([*own.marks, *marks])),
        cover=BookCover(title=title, issuer=own.office.issuer, made_at=own.sweep.as_of),
    )


def results_table(found: Sequence[AccountDifference], decimals: int) -> Table:
    """Of each office the accounts of the sample, both rates of those that can be compared.

    AssertionError where parts do not sum to the whole.
    """
    parts, whole = sample_results(found), whole_result(found, WHOLE)
    for name in (
        "drawn",
        "comparable",
        "same",
        "different",
        "their_failed",
        "our_failed",
        "their_failed_apart",
        "our_failed_apart",
    ):
        total = sum(getattr(each, name) for each in parts)
        if total != getattr(whole, name):
            raise AssertionError(f"{name}: the parts sum to {total}, not {getattr(whole, name)}")
    for each in (*parts, whole):
        if each.same + each.different != each.comparable:
            raise AssertionError(f"{each.name}: 一致 and 待核对 are not the comparable ones")
    columns = (
        "报送单位", "抽查数", "可比数", "一致数", "待核对数", "报送不合格数", "报送合格率", "本级不合格数", "本级合格率", *_APART,
    )  # fmt: skip
    rows = tuple(_result_row(each, decimals) for each in (*parts, whole))
    return Table(
        "抽查账号的自查结论与本级结论（合格率为可比账号的合格率；有不可比账号的，不计100%，记待核查）",
        columns,
        rows,
    )


def _result_row(one: SampleResult, decimals: int) -> tuple[str, ...]:
    def rate(failed: int) -> str:
        # What cannot be compared may have failed, or be open: nobody is praised for the rest.
        if one.comparable and not failed and not one.is_whole:
            return OPEN_RATE
        passed = Fraction(one.comparable - failed, one.comparable) if one.comparable else None
        return percent(passed, decimals)

    counts = (one.drawn, one.comparable, one.same, one.different)
    return (
        one.name,
        *map(str, counts),
        str(one.their_failed),
        rate(one.their_failed),
        str(one.our_failed),
        rate(one.our_failed),
        str(one.their_failed_apart),
        str(one.our_failed_apart),
    )


def differences_table(title: str, found: Sequence[AccountDifference]) -> Table:
    """Account by account what the office says, and what we say, each with its moment."""
    columns = (
        "报送单位", *FILED, "自查结论", "自查监测时间点（时段）", "自查最近更新（仅列问题账号）",
        "本级结论", "本级监测时间点（时段）", "本级最近更新", "说明",
    )  # fmt: skip
    rows = tuple(
        (
            each.reported.sender,
            *filed_row(each.reported.filed),
            _conclusion(each.reported.entry),
            each.reported_span.label,
            _latest(each.reported.entry),
            _conclusion(each.own),
            each.own_span.label,
            _latest(each.own),
            each.reason,
        )
        for each in found
    )
    return Table(title, columns, rows)


def _conclusion(entry: SweepAccount) -> str:
    judged = entry.judgement
    if judged is None:
        return Verdict.UNPROVEN.label
    if judged.verdict is Verdict.OUT_OF_SCOPE:
        # Nobody has looked yet: 人工检查 would read as if a person had.
        return Verdict.UNPROVEN.label
    labels = "、".join(
        dict.fromkeys(each.label for each in judged.findings if each.effect is Effect.FAILS)
    )
    return f"{judged.verdict.label}（{labels}）" if labels else judged.verdict.label


def _latest(entry: SweepAccount) -> str:
    latest = entry.judgement.latest_on if entry.judgement else None
    return chinese_day(latest) if latest else ""
