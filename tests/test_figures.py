"""Figures, the published circular, tables."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.circular import shipped, slips
from mediawatch.domain import Account, Code, Effect, Filed, FiledStatus, Finding, Judgement, SweepAccount, Verdict
from mediawatch.figures import by, figures, percent
from mediawatch.policy import load
from mediawatch.reports.table import Table, to_csv, to_text

POLICY = load("national")


def entry(number: int, verdict: Verdict, status: FiledStatus = FiledStatus.RUNNING, place: str = "示例市") -> SweepAccount:
    failing = Finding(code=Code.STALE_2W, label="超2周未更新", effect=Effect.FAILS, sentence="…", reading_ids=(1,))
    judged = Judgement(verdict=verdict, sentence="…", findings=(failing,) if verdict is Verdict.FAILED else ())
    filed = Filed(name=f"示例{number}", platform="weibo", prefecture=place, status=status)
    return SweepAccount(sweep_id=1, account=Account(id=number, filed=filed), judgement=judged)


SCOPES = st.lists(st.tuples(st.sampled_from(Verdict), st.sampled_from(FiledStatus), st.sampled_from(["甲市", "乙市", ""])), max_size=40)


@given(SCOPES)
def test_parts_always_sum(drawn: list[tuple[Verdict, FiledStatus, str]]) -> None:
    scope = [entry(number, *one) for number, one in enumerate(drawn, 1)]
    whole = figures(scope, POLICY)
    parts = by(scope, POLICY, lambda one: one.account.filed.prefecture)
    for name in ("total", "checked", "failed", "unproven", "out_of_scope", "closed"):
        assert sum(getattr(part, name) for part in parts.values()) == getattr(whole, name)
    assert whole.total + whole.closed == len(scope)
    assert whole.rate is None or 0 <= whole.rate <= 1
    assert whole.preliminary == bool(whole.unproven + whole.out_of_scope)


def test_closed_accounts_stand_in_no_denominator() -> None:
    whole = figures([entry(1, Verdict.LISTED, FiledStatus.CLOSED), entry(2, Verdict.FRESH)], POLICY)
    assert (whole.total, whole.checked, whole.closed) == (1, 1, 1)


@pytest.mark.parametrize(
    ("failed", "checked", "printed"),
    [
        (4, 2432, "99.84%"),
        (1, 113, "99.12%"),
        (23, 1400, "98.36%"),
        (59, 146, "59.59%"),
        (0, 5, "100%"),
        (0, 0, "—"),
        (1, 100000, "99.99%"),
    ],
)
def test_rates_as_printed(failed: int, checked: int, printed: str) -> None:
    assert percent(Fraction(checked - failed, checked) if checked else None) == printed


def test_rounding_is_half_up() -> None:
    assert percent(Fraction(1, 8), 2) == "12.50%"
    assert percent(Fraction(12345, 100000), 2) == "12.35%"


def test_the_circular_and_what_is_off_in_it() -> None:
    circular = shipped("tibet-2022q4-circular")
    assert len(circular.named) == circular.failed == 59
    found = "".join(slips(circular))
    assert len(slips(circular)) == 4
    assert "名单中抖音短视频有7个,正文写6个" in found
    assert "各平台不合格数合计58,总数写59" in found
    assert "合计143,抽查总数写146:差3个" in found
    assert "87/146为59.59%" in found


HOSTILE = ['=HYPERLINK("http://x")<script>alert(1)</script>', "+1", "-1", "@x", "\tx", "[red]名[/red]", "名\x1b[31m称", 'a,b\n"c"']


def test_csv_for_excel_neutralises_formulas() -> None:
    body = to_csv(Table("表", ("名称",), tuple((name,) for name in HOSTILE)))
    assert body.startswith(b"\xef\xbb\xbf")
    cells = [row[0] for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))]
    assert cells[0] == "名称"
    assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    assert [cell.removeprefix("'") for cell in cells[1:]] == HOSTILE


def test_terminal_text_shows_markup_and_controls_as_they_are() -> None:
    text = to_text(Table("表", ("名称", "说明"), tuple((name, "中文说明") for name in HOSTILE)))
    assert "\x1b" not in text
    assert "[red]名[/red]" in text
    assert text.count("中文说明") == len(HOSTILE)
