"""Scopes: what a sample is a function of, what it takes, and its way through files into a sweep."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from printed_sheets import printed_size
from samples import NOW, enter

from mediawatch.domain import (
    Account,
    FiledStatus,
    Filing,
    Judgement,
    SweepAccount,
    SweepKind,
    UserError,
    Verdict,
)
from mediawatch.figures.counts import statistics
from mediawatch.figures.dimensions import Dimension, keys
from mediawatch.paper import LEGIBLE
from mediawatch.ports import Store
from mediawatch.publish.reports.lists import scope_words
from mediawatch.rules.policy import load
from mediawatch.sweep import scope_files
from mediawatch.sweep.clauses import Spec, clause
from mediawatch.sweep.request import Request
from mediawatch.sweep.scope import draw, identity, scope_of, totals_of

HOSTILE = '=HYPERLINK("http://x")<script>alert(1)</script>'


def filed(
    number: int,
    prefecture: str = "甲市",
    body: str = "部门",
    platform: str = "weibo",
    **more: object,
) -> Filing:
    base = Filing(
        name=f"示例{number}",
        platform=platform,
        type="新浪微博",
        filing_number=f"30257160065{number:05}",
        prefecture=prefecture,
        body_kind=body,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def registry(*rows: Filing) -> list[Account]:
    return [Account(id=number, filed=one) for number, one in enumerate(rows, 1)]


ROWS = st.lists(
    st.builds(
        filed,
        st.integers(1, 99_999),
        st.sampled_from(["甲市", "乙市", "丙市"]),
        st.sampled_from(["政府", "部门"]),
        st.sampled_from(["weibo", "wechat"]),
        status=st.sampled_from(FiledStatus),
        platform_id=st.sampled_from(["", "", "7"]),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda one: one.filing_number,
)
MIXED = Spec(
    (clause("政府 全部"), clause("部门 10%")), (Dimension.PREFECTURE, Dimension.PLATFORM), "2024-1"
)


def who(accounts: tuple[Account, ...]) -> set[str]:
    return {identity(account.filed) for account in accounts}


@given(
    ROWS,
    st.randoms(use_true_random=False),
    st.sampled_from(["1", "2"]),
    st.sampled_from(["25%", "2个", "全部"]),
)
def test_a_sample_is_a_function_of_the_registry_and_the_seed(
    rows: list[Filing], shuffler: random.Random, seed: str, amount: str
) -> None:
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
def test_figures_of_a_sample_hold_against_its_registry(rows: list[Filing]) -> None:
    accounts = registry(*rows)
    if not any(one.in_service for one in rows):
        return
    drawn = draw(accounts, MIXED)
    sweep = Request(policy=load("national"), drawn=drawn).sweep(NOW)
    judged = [
        SweepAccount(
            sweep_id=1, account=one, judgement=Judgement(verdict=Verdict.FRESH, sentence="…")
        )
        for one in drawn.accounts
    ]
    found = statistics(judged, load("national"), keys(Dimension), totals=totals_of(sweep, judged))
    assert found.whole.drawn == len(drawn.accounts)
    assert (
        found.whole.total == sum(drawn.totals["平台"].values())
        if sweep.scope_spec
        else found.whole.total == len(drawn.accounts)
    )


def test_all_of_one_kind_and_a_part_of_the_other() -> None:
    rows = [
        filed(number, "甲市" if number % 2 else "乙市", "政府" if number <= 20 else "部门")
        for number in range(1, 121)
    ]
    drawn = draw(
        registry(*rows),
        Spec((clause("政府 全部"), clause("部门 10%")), (Dimension.PREFECTURE,), "2024-1"),
    )
    assert [(one.name, one.clause, one.total, one.drawn, one.ratio) for one in drawn.strata] == [
        ("甲市", "主体类别=政府 全部", 10, 10, "100%"),
        ("乙市", "主体类别=政府 全部", 10, 10, "100%"),
        ("甲市", "主体类别=部门 每层10%", 50, 5, "10.00%"),
        ("乙市", "主体类别=部门 每层10%", 50, 5, "10.00%"),
    ]
    other = draw(
        registry(*rows),
        Spec((clause("政府 全部"), clause("部门 10%")), (Dimension.PREFECTURE,), "2024-2"),
    )
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
    twice = [
        filed(1, platform_id="7"),
        filed(2, "乙市", platform_id="7"),
        filed(3, status=FiledStatus.CLOSED),
    ]
    drawn = draw(registry(*twice), Spec((clause("全部"),)))
    assert (len(drawn.accounts), drawn.kind, drawn.words, drawn.spec) == (
        1,
        SweepKind.CENSUS,
        "all",
        "",
    )
    accounts = registry(*twice)
    assert [one.id for one in scope_of(accounts, accounts[1:]).accounts] == [2, 3]
    assert scope_of(accounts, accounts[1:]).totals["地市"] == {"乙市": 1}


@pytest.mark.parametrize("text", ["", "0个", "0%", "120%", "10% 5个", "颜色=红 10%"])
def test_clauses_that_mean_nothing(text: str) -> None:
    with pytest.raises(UserError):
        clause(text)


@pytest.mark.parametrize("text", ["政府 五个", "十二个"])
def test_a_number_in_words_is_told_from_a_category(text: str) -> None:
    with pytest.raises(UserError, match="in digits, as in 5个"):
        clause(text)


def test_what_clauses_mean() -> None:
    found = clause("地市=甲市,乙市 平台=微信公众号 12.5%")
    assert (found.ratio, found.size, dict(found.where)[Dimension.PREFECTURE]) == (
        Fraction(1, 8),
        None,
        ("甲市", "乙市"),
    )
    assert found.holds(filed(1, "乙市", platform="wechat"))
    assert not found.holds(filed(1, "丙市", platform="wechat"))
    with pytest.raises(UserError, match="--seed"):
        draw(registry(filed(1)), Spec((clause("50%"),)))


def test_a_drawn_list_goes_out_and_comes_back(tmp_path: Path) -> None:
    accounts = registry(*(filed(number) for number in range(1, 31)), filed(31, name=HOSTILE))
    drawn = draw(accounts, Spec((clause("20%"),), (Dimension.PREFECTURE,), "2024-1"))
    target = tmp_path / "抽查名单.xlsx"
    scope_files.write(drawn, target, ["演示数据"], home="home")
    book = openpyxl.load_workbook(target)
    assert [cell.value for cell in book["抽查名单"][1]][:4] == [
        "序号",
        "备案单号",
        "政务新媒体名称",
        "类型",
    ]
    assert printed_size(book["抽查名单"]) >= LEGIBLE
    assert book["抽查名单"].print_title_rows == "$1:$1"
    assert book["抽查名单"]["B2"].value == drawn.accounts[0].filed.filing_number
    how = {row[0]: row[1:] for row in book["抽样说明"].iter_rows(values_only=True) if row[0]}
    assert (how["随机种子"][0], how["抽查数"][0], how["在管数"][0], how["甲市"][-1]) == (
        "2024-1",
        "7",
        "31",
        "22.58%",
    )
    back = scope_files.read(target, accounts, home="home")
    assert (back.kind, back.spec, back.accounts, back.words) == (
        drawn.kind,
        drawn.spec,
        drawn.accounts,
        drawn.words,
    )
    book["抽查名单"].delete_rows(2)
    book.save(target)
    with pytest.raises(UserError, match="does not hold the list that was drawn"):
        scope_files.read(target, accounts, home="home")
    del book["抽样说明"]
    book.save(target)
    assert (
        scope_files.read(target, accounts, home="home").kind,
        len(scope_files.read(target, accounts, home="home").accounts),
    ) == (
        SweepKind.LIST,
        6,
    )


@pytest.mark.parametrize("name", ["名单.txt", "名单.csv", "名单.xlsx"])
def test_lists_of_numbers_or_names(tmp_path: Path, name: str) -> None:
    accounts = registry(filed(1), filed(2), filed(3, name=HOSTILE))
    path = tmp_path / name
    cells = [
        "备案单号" if name != "名单.txt" else "3025716006500001",
        accounts[1].filed.filing_number,
        "示例1",
        HOSTILE,
    ]
    if name.endswith("xlsx"):
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
        sheet = book.add_worksheet()
        for number, cell in enumerate(cells):
            sheet.write_string(number, 0, cell)
        book.close()
    else:
        path.write_text(
            "\n".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in cells), encoding="utf-8"
        )
    assert {one.id for one in scope_files.read(path, accounts, home="home").accounts} == {1, 2, 3}
    path.write_text("示例1\n不存在的账号\n另一个\n", encoding="utf-8") if not name.endswith(
        "xlsx"
    ) else None
    if not name.endswith("xlsx"):
        with pytest.raises(
            UserError, match=r"row 2: no account '不存在的账号'[\s\S]*row 3: no account '另一个'"
        ):
            scope_files.read(path, accounts, home="home")


@pytest.mark.parametrize(
    ("nightly", "platforms", "recheck_of", "drawn", "words"),
    [
        (False, (), "", False, "全部账号"),
        (True, (), "", False, "到期账号"),
        (True, ("weibo", "douyin"), "", False, "到期账号、抖音短视频、新浪微博"),
        (False, (), "", True, "2个账号（%s）"),
        (False, (), "示例办函〔2031〕 1号", True, "示例办函〔2031〕 1号所列2个账号（%s）"),
    ],
)
def test_an_inspector_reads_the_scope_in_chinese(
    nightly: bool, platforms: tuple[str, ...], recheck_of: str, drawn: bool, words: str
) -> None:
    accounts = [Account(id=number, filed=filed(number)) for number in (1, 2, 3)]
    scope = scope_of(accounts, accounts[:2]) if drawn else None
    request = Request(
        policy=load("national"),
        nightly=nightly,
        platforms=platforms,
        recheck_of=recheck_of,
        drawn=scope,
    )
    assert scope_words(request.scope) == (words % scope.words[-13:-1] if scope else words)
    assert (
        scope_words(
            replace(
                request, drawn=None, recheck_of="", nightly=False, platforms=(), account_ids=(7,)
            ).scope
        )
        == "编号7"
    )


async def test_a_sweep_keeps_how_its_scope_was_drawn(store: Store) -> None:
    accounts = await enter(store, *(filed(number) for number in range(1, 31)))
    drawn = draw(accounts, Spec((clause("10%"),), (), "2024-1"))
    request = Request(
        policy=load("national"),
        drawn=drawn,
        round="2024年第一次",
        period_from=date(2030, 10, 10),
        as_of=datetime(2031, 1, 1, tzinfo=UTC),
    )
    wanted = [account for account in accounts if request.wants(account)]
    assert wanted == list(drawn.accounts)
    opened = await store.sweeps.open(request.sweep(NOW), wanted)
    (kept,) = await store.sweeps.all()
    assert kept == opened
    assert (kept.kind, kept.round, kept.period_from, kept.scope) == (
        SweepKind.SAMPLE,
        "2024年第一次",
        date(2030, 10, 10),
        drawn.words,
    )
    assert (totals_of(kept, []) or {})["地市"] == {"甲市": 30}
    # As earlier versions kept them, with narrow brackets.
    old = replace(kept, totals={"地区(部门)": {"甲市(新区)": 29, "(未填报)": 1}})
    assert totals_of(old, []) == {"地区（部门）": {"甲市(新区)": 29, "（未填报）": 1}}
    assert request.equals(kept)
    assert not replace(request, period_from=None).equals(kept)


def judged_fresh(accounts: Iterable[Account]) -> list[SweepAccount]:
    fresh = Judgement(verdict=Verdict.FRESH, sentence="…")
    return [SweepAccount(sweep_id=1, account=one, judgement=fresh) for one in accounts]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "备案单号,政务新媒体名称\nB999,示例1\n",
            (
                "no account in the registry has 备案单号 'B999', and the name beside it may be a "
                "namesake's"
            ),
        ),
        (
            "备案单号,政务新媒体名称\n3025716006500001,示例2\n",
            "is 示例1 .* whose 政务新媒体名称 is '示例1', not '示例2'",
        ),
        ("政务新媒体名称,所属组织\n示例1,别处局\n", "whose 所属组织 is '示例局', not '别处局'"),
        ("政务新媒体名称,类型\n示例1,微信公众号\n", "whose 类型 is '新浪微博', not '微信公众号'"),
        ("政务新媒体名称,地市\n示例1,乙市\n", "whose 地市 is '甲市', not '乙市'"),
        ("1\n3\n", "row 1: no account '1'"),
        ("序号,账号名\n1,示例1\n", "several columns and no heading"),
    ],
)
def test_a_row_that_the_registry_contradicts_is_refused(
    tmp_path: Path, text: str, words: str
) -> None:
    """No serial number is our own id, and no unknown number falls to a namesake."""
    accounts = registry(*(filed(number, organiser="示例局") for number in (1, 2, 3)))
    path = tmp_path / ("名单.csv" if "," in text else "名单.txt")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=words):
        scope_files.read(path, accounts, home="home")


def test_a_column_tells_namesakes_apart(tmp_path: Path) -> None:
    accounts = registry(
        filed(1, name="县公安局", organiser="甲县"), filed(2, name="县公安局", organiser="乙县")
    )
    path = tmp_path / "名单.csv"
    path.write_text("政务新媒体名称,所属组织,类型\n县公安局,乙县,微博\n", encoding="utf-8")
    assert [one.id for one in scope_files.read(path, accounts, home="home").accounts] == [2]
    path.write_text("政务新媒体名称,类型\n县公安局,微博\n", encoding="utf-8")
    with pytest.raises(UserError, match="means 2 accounts"):
        scope_files.read(path, accounts, home="home")


def test_what_was_drawn_is_sealed(tmp_path: Path) -> None:
    accounts = registry(
        *(filed(number, "甲市" if number < 11 else "乙市") for number in range(1, 21))
    )
    target = tmp_path / "抽查名单.xlsx"
    scope_files.write(
        draw(accounts, Spec((clause("2个"),), (Dimension.PREFECTURE,), "s")), target, home="home"
    )
    with pytest.raises(UserError, match="drawn in another home"):
        scope_files.read(target, accounts, home="another")
    for name, old, new in (
        ("机读说明", '"甲市": 10', '"甲市": 100'),
        ("机读分层", "甲市", "丙市"),
        ("封签", "", "0"),
    ):
        book = openpyxl.load_workbook(target)
        row = next(row for row in book["抽样说明"].iter_rows() if row[0].value == name)
        row[1].value = str(row[1].value).replace(old, new, 1)
        book.save(tmp_path / "改.xlsx")
        with pytest.raises(UserError, match="was changed"):
            scope_files.read(tmp_path / "改.xlsx", accounts, home="home")
    book = openpyxl.load_workbook(target)
    how = book["抽样说明"]
    how.delete_rows(next(row[0].row for row in how.iter_rows() if row[0].value == "封签"))
    book.save(tmp_path / "旧.xlsx")
    with pytest.raises(UserError, match="earlier version"):
        scope_files.read(tmp_path / "旧.xlsx", accounts, home="home")


def test_an_account_that_moved_is_counted_where_it_was_drawn(tmp_path: Path) -> None:
    """And the totals are those of the registry when the sweep was opened: it had grown since the
    draw.
    """
    rows = [filed(number, "甲市" if number < 11 else "乙市") for number in range(1, 13)]
    drawn = draw(registry(*rows), Spec((clause("10个"),), (Dimension.PREFECTURE,), "s"))
    target = tmp_path / "抽查名单.xlsx"
    scope_files.write(drawn, target, home="home")
    moved = [
        replace(rows[0], prefecture="丙市"),
        replace(rows[1], prefecture="乙市"),
        replace(rows[2], status=FiledStatus.CLOSED),
        *rows[3:],
    ]
    later = registry(*moved, *(filed(100 + number, "丁市") for number in range(30)))
    request = Request(policy=load("national"), drawn=scope_files.read(target, later, home="home"))
    sweep, scope = request.sweep(NOW, later), judged_fresh(request.in_scope(later))
    found = statistics(
        scope, load("national"), keys([Dimension.PREFECTURE]), totals=totals_of(sweep, scope)
    )
    assert {name: (part.total, part.checked) for name, part in found.splits[0].parts} == {
        "甲市": (9, 9),
        "乙市": (2, 2),
        "丁市": (30, 0),
    }
    assert (found.whole.full_cover, found.whole.coverage_text()) == (False, "26.83%")


@given(ROWS, st.randoms(use_true_random=False))
def test_the_figures_of_a_part_hold_against_the_whole_registry(
    rows: list[Filing], shuffler: random.Random
) -> None:
    """Whichever part of the registry is looked at, whatever is filed twice, and whatever its
    verdicts are.
    """
    accounts = registry(*rows)
    request = Request(policy=load("national"), platforms=("weibo",))
    chosen = request.in_scope(accounts)
    verdicts = [
        shuffler.choice([Verdict.FRESH, Verdict.UNPROVEN, Verdict.DUE_SOON]) for _ in chosen
    ]
    scope = [
        SweepAccount(sweep_id=1, account=one, judgement=Judgement(verdict=verdict, sentence="…"))
        for one, verdict in zip(chosen, verdicts, strict=True)
    ]
    found = statistics(
        scope,
        load("national"),
        keys(Dimension),
        totals=totals_of(request.sweep(NOW, accounts), scope),
    )
    assert found.whole.registry_known or not any(one.in_service for one in rows)
    held_all = all(one.platform == "weibo" for one in rows if one.in_service)
    assert found.whole.full_cover == (found.whole.checked == found.whole.drawn > 0 and held_all)


def test_an_unknown_registry_gives_no_word_of_coverage() -> None:
    accounts = registry(filed(1), filed(2))
    scope = judged_fresh(accounts[:1])
    old = replace(Request(policy=load("national"), account_ids=(1,)).sweep(NOW), totals=None)
    found = statistics(
        scope, load("national"), keys([Dimension.PREFECTURE]), totals=totals_of(old, scope)
    )
    assert (found.whole.full_cover, found.whole.coverage_text(), found.whole.rate_text()) == (
        False,
        "—",
        "100%",
    )
    outlived = replace(
        old,
        kind=SweepKind.SAMPLE,
        scope="sample of 1 accounts",
        scope_spec='{"totals": {"地市": {"乙市": 2}}}',
    )
    assert totals_of(outlived, scope) is None, (
        "a part has more accounts than its total: it does not die in printing"
    )
    assert totals_of(replace(old, scope="all"), judged_fresh(accounts)) == {}
