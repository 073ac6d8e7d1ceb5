"""Scopes: what a sample is a function of, what it takes, and its way through files into a sweep."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from samples import NOW, enter

from mediawatch import scopefiles
from mediawatch.domain import Account, Filed, FiledStatus, Judgement, SweepAccount, SweepKind, UserError, Verdict
from mediawatch.figures import statistics
from mediawatch.policy import load
from mediawatch.ports import Store
from mediawatch.reports.lists import scope_words
from mediawatch.scope import Spec, clause, draw, identity, listed, totals_of
from mediawatch.strata import Dimension, keys
from mediawatch.sweep import Request

HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'


def filed(number: int, prefecture: str = "甲市", body: str = "部门", platform: str = "weibo", **more: object) -> Filed:
    base = Filed(
        name=f"示例{number}",
        platform=platform,
        type="新浪微博",
        filing_number=f"30257160065{number:05}",
        prefecture=prefecture,
        body_kind=body,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def registry(*rows: Filed) -> list[Account]:
    return [Account(id=number, filed=one) for number, one in enumerate(rows, 1)]


ROWS = st.lists(
    st.builds(
        filed, st.integers(1, 99_999), st.sampled_from(["甲市", "乙市", "丙市"]), st.sampled_from(["政府", "部门"]),
        st.sampled_from(["weibo", "wechat"]), status=st.sampled_from(FiledStatus), platform_id=st.sampled_from(["", "", "7"]),
    ),
    min_size=1, max_size=40, unique_by=lambda one: one.filing_number,
)  # fmt: skip
MIXED = Spec((clause("政府 全部"), clause("部门 10%")), (Dimension.PREFECTURE, Dimension.PLATFORM), "2024-1")


def who(accounts: tuple[Account, ...]) -> set[str]:
    return {identity(account.filed) for account in accounts}


@given(ROWS, st.randoms(use_true_random=False), st.sampled_from(["1", "2"]), st.sampled_from(["25%", "2个", "全部"]))
def test_a_sample_is_a_function_of_the_registry_and_the_seed(rows: list[Filed], shuffler: random.Random, seed: str, amount: str) -> None:
    spec = Spec((clause(amount),), (Dimension.PREFECTURE,), seed)
    accounts = registry(*rows)
    shuffled = rows[:]
    shuffler.shuffle(shuffled)
    if not any(one.in_service for one in rows):
        with pytest.raises(UserError, match="no account in service"):
            draw(accounts, spec)
        return
    drawn, again = draw(accounts, spec), draw(registry(*shuffled), spec)
    assert who(drawn.accounts) == who(again.accounts)
    assert (drawn.words, set(drawn.strata)) == (again.words, set(again.strata))
    for stratum in drawn.strata:
        assert 1 <= stratum.drawn <= stratum.total
    assert sum(stratum.drawn for stratum in drawn.strata) == len(drawn.accounts)
    assert all(account.filed.in_service for account in drawn.accounts)


@given(ROWS)
def test_figures_of_a_sample_hold_against_its_registry(rows: list[Filed]) -> None:
    accounts = registry(*rows)
    if not any(one.in_service for one in rows):
        return
    drawn = draw(accounts, MIXED)
    sweep = Request(policy=load("national"), drawn=drawn).sweep(NOW)
    judged = [SweepAccount(sweep_id=1, account=one, judgement=Judgement(verdict=Verdict.FRESH, sentence="…")) for one in drawn.accounts]
    found = statistics(judged, load("national"), keys(Dimension), totals=totals_of(sweep))
    assert found.whole.drawn == len(drawn.accounts)
    assert found.whole.total == sum(drawn.totals["平台"].values()) if sweep.scope_spec else found.whole.total == len(drawn.accounts)


def test_all_of_one_kind_and_a_part_of_the_other() -> None:
    rows = [filed(number, "甲市" if number % 2 else "乙市", "政府" if number <= 20 else "部门") for number in range(1, 121)]
    drawn = draw(registry(*rows), Spec((clause("政府 全部"), clause("部门 10%")), (Dimension.PREFECTURE,), "2024-1"))
    assert [(one.name, one.clause, one.total, one.drawn, one.ratio) for one in drawn.strata] == [
        ("甲市", "主体类别=政府 全部", 10, 10, "100%"),
        ("乙市", "主体类别=政府 全部", 10, 10, "100%"),
        ("甲市", "主体类别=部门 每层10%", 50, 5, "10.00%"),
        ("乙市", "主体类别=部门 每层10%", 50, 5, "10.00%"),
    ]
    other = draw(registry(*rows), Spec((clause("政府 全部"), clause("部门 10%")), (Dimension.PREFECTURE,), "2024-2"))
    assert who(drawn.accounts) != who(other.accounts)
    assert drawn.kind is SweepKind.SAMPLE


def test_a_ratio_is_rounded_up_and_every_stratum_gives_one() -> None:
    rows = [*(filed(number) for number in range(1, 12)), filed(99, "乙市")]
    drawn = draw(registry(*rows), Spec((clause("10%"),), (Dimension.PREFECTURE,), "s"))
    assert [(one.name, one.drawn) for one in drawn.strata] == [("甲市", 2), ("乙市", 1)]


def test_a_new_account_elsewhere_changes_nobodys_lot() -> None:
    rows = [filed(number) for number in range(1, 51)]
    spec = Spec((clause("5个"),), (Dimension.PREFECTURE,), "s")
    before = draw(registry(*rows), spec)
    after = draw(registry(filed(77, "乙市"), *rows), spec)
    assert who(before.accounts) == {one for one in who(after.accounts) if "示例77" not in one}


def test_an_account_filed_twice_has_one_lot() -> None:
    twice = [filed(1, platform_id="7"), filed(2, "乙市", platform_id="7"), filed(3, status=FiledStatus.CLOSED)]
    drawn = draw(registry(*twice), Spec((clause("全部"),)))
    assert (len(drawn.accounts), drawn.kind, drawn.words, drawn.spec) == (1, SweepKind.CENSUS, "all", "")
    accounts = registry(*twice)
    assert [one.id for one in listed(accounts, accounts[1:]).accounts] == [2, 3]
    assert listed(accounts, accounts[1:]).totals["地市"] == {"乙市": 1}


@pytest.mark.parametrize("text", ["", "0个", "0%", "120%", "10% 5个", "颜色=红 10%"])
def test_clauses_that_mean_nothing(text: str) -> None:
    with pytest.raises(UserError):
        clause(text)


def test_what_clauses_mean() -> None:
    found = clause("地市=甲市,乙市 平台=微信公众号 12.5%")
    assert (found.ratio, found.size, dict(found.where)[Dimension.PREFECTURE]) == (Fraction(1, 8), None, ("甲市", "乙市"))
    assert found.holds(filed(1, "乙市", platform="wechat"))
    assert not found.holds(filed(1, "丙市", platform="wechat"))
    with pytest.raises(UserError, match="--seed"):
        draw(registry(filed(1)), Spec((clause("50%"),)))


def test_a_drawn_list_goes_out_and_comes_back(tmp_path: Path) -> None:
    accounts = registry(*(filed(number) for number in range(1, 31)), filed(31, name=HOSTILE))
    drawn = draw(accounts, Spec((clause("20%"),), (Dimension.PREFECTURE,), "2024-1"))
    target = tmp_path / "抽查名单.xlsx"
    scopefiles.write(drawn, target, ["演示数据"])
    book = openpyxl.load_workbook(target)
    assert [cell.value for cell in book["抽查名单"][1]][:4] == ["序号", "备案单号", "政务新媒体名称", "类型"]
    assert book["抽查名单"]["B2"].value == drawn.accounts[0].filed.filing_number
    how = {row[0]: row[1:] for row in book["抽样说明"].iter_rows(values_only=True) if row[0]}
    assert (how["随机种子"][0], how["抽查数"][0], how["在管数"][0], how["甲市"][-1]) == ("2024-1", "7", "31", "22.58%")
    back = scopefiles.read(target, accounts)
    assert (back.kind, back.spec, back.accounts, back.words) == (drawn.kind, drawn.spec, drawn.accounts, drawn.words)
    book["抽查名单"].delete_rows(2)
    book.save(target)
    with pytest.raises(UserError, match="does not hold the list that was drawn"):
        scopefiles.read(target, accounts)
    del book["抽样说明"]
    book.save(target)
    assert (scopefiles.read(target, accounts).kind, len(scopefiles.read(target, accounts).accounts)) == (SweepKind.LIST, 6)


@pytest.mark.parametrize("name", ["名单.txt", "名单.csv", "名单.xlsx"])
def test_lists_of_numbers_or_names(tmp_path: Path, name: str) -> None:
    accounts = registry(filed(1), filed(2), filed(3, name=HOSTILE))
    path = tmp_path / name
    cells = ["备案单号" if name != "名单.txt" else "3025716006500001", accounts[1].filed.filing_number, "示例1", HOSTILE]
    if name.endswith("xlsx"):
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
        sheet = book.add_worksheet()
        for number, cell in enumerate(cells):
            sheet.write_string(number, 0, cell)
        book.close()
    else:
        path.write_text("\n".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells), encoding="utf-8")
    assert {one.id for one in scopefiles.read(path, accounts).accounts} == {1, 2, 3}
    path.write_text("示例1\n不存在的账号\n另一个\n", encoding="utf-8") if not name.endswith("xlsx") else None
    if not name.endswith("xlsx"):
        with pytest.raises(UserError, match=r"row 2: no account '不存在的账号'[\s\S]*row 3: no account '另一个'"):
            scopefiles.read(path, accounts)


@pytest.mark.parametrize(
    ("nightly", "platforms", "recheck_of", "drawn", "words"),
    [
        (False, (), "", False, "全部账号"),
        (True, (), "", False, "到期账号"),
        (True, ("weibo", "douyin"), "", False, "到期账号、抖音短视频、新浪微博"),
        (False, (), "", True, "2个账号(%s)"),
        (False, (), "示例办函〔2031〕 1号", True, "示例办函〔2031〕 1号所列2个账号(%s)"),
    ],
)
def test_an_inspector_reads_the_scope_in_chinese(
    nightly: bool, platforms: tuple[str, ...], recheck_of: str, drawn: bool, words: str
) -> None:
    accounts = [Account(id=number, filed=filed(number)) for number in (1, 2, 3)]
    scope = listed(accounts, accounts[:2]) if drawn else None
    request = Request(policy=load("national"), nightly=nightly, platforms=platforms, recheck_of=recheck_of, drawn=scope)
    assert scope_words(request.scope) == (words % scope.words[-13:-1] if scope else words)
    assert scope_words(replace(request, drawn=None, recheck_of="", nightly=False, platforms=(), account_ids=(7,)).scope) == "编号7"


async def test_a_sweep_keeps_how_its_scope_was_drawn(store: Store) -> None:
    accounts = await enter(store, *(filed(number) for number in range(1, 31)))
    drawn = draw(accounts, Spec((clause("10%"),), (), "2024-1"))
    request = Request(
        policy=load("national"), drawn=drawn, round="2024年第一次", period_from=date(2030, 10, 10), as_of=datetime(2031, 1, 1, tzinfo=UTC)
    )
    wanted = [account for account in accounts if request.wants(account)]
    assert wanted == list(drawn.accounts)
    opened = await store.open_sweep(request.sweep(NOW), wanted)
    (kept,) = await store.sweeps()
    assert kept == opened
    assert (kept.kind, kept.round, kept.period_from, kept.scope) == (SweepKind.SAMPLE, "2024年第一次", date(2030, 10, 10), drawn.words)
    assert totals_of(kept)["地市"] == {"甲市": 30}
    assert request.equals(kept)
    assert not replace(request, period_from=None).equals(kept)
