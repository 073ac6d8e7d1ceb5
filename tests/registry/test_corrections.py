"""`registry corrections`: what units are told of their filings, and what they corrected."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from commands import in_process
from registry_files import text as csv_file
from rich.cells import cell_len

from mediawatch import app
from mediawatch.domain import (
    Account,
    AccountChange,
    Filing,
    FilingRemark,
    LookKind,
    MatchedBy,
    NameHit,
    ProvisionalEnd,
    Reading,
    Sight,
)
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.registry.remarks import RemarkResult, standings

HEADINGS = (
    "备案单号", "政务新媒体名称", "类型", "所属组织", "主管单位", "地市", "县区", "平台ID", "原始ID", "微信号",
    "链接地址", "联系人", "联系电话",
)  # fmt: skip
NAMED = (
    "71001",
    "示例第一发布",
    "微信公众号",
    "示例市第一测试局",
    "示例市测试委",
    "示例市",
    "示例县",
)
LINKED = (
    "71002",
    "示例第二发布",
    "微信公众号",
    "示例市第二测试局",
    "示例市测试委",
    "示例市",
    "示例区",
)
RENAMED = ("71003", "示例第三发布", "新浪微博", "示例市第三测试局", "示例市办公室", "示例市", "")
AT = datetime.now(UTC) - timedelta(days=1)
BIZ = {"71001": "MzAwMDAwMDAwMQ==", "71002": "MzAwMDAwMDAwMg=="}


def registry(path: Path, rows: Sequence[tuple[str, ...]], **changed: dict[str, str]) -> Path:
    """`changed`: by filing number (`n71001`), the fields that are filed otherwise."""
    more = {
        "71002": {"链接地址": "https://mp.weixin.qq.com/s/ExampleOfCorrect00001"},
        "71003": {"平台ID": "2000000003"},
    }
    cells = []
    for row in rows:
        values = dict(zip(HEADINGS, row, strict=False)) | more.get(row[0], {})
        values |= {"联系人": "张三", "联系电话": "13800000000"} | changed.get(f"n{row[0]}", {})
        cells.append([values.get(heading, "") for heading in HEADINGS])
    return csv_file(path, [HEADINGS, *cells])


def seen(account: Account, surface: str, **facts: Any) -> Reading:
    sight = Sight(surface=surface, read_at=AT, **facts)
    return Reading(
        account_id=account.id, look=LookKind.FIRST, started_at=AT, read_at=AT, sights=(sight,),
        filed_as=account.filed.identity,
    )  # fmt: skip


async def look(store: Store) -> None:
    """A name search, a link that shows an id, and a page under another name."""
    of = {each.filed.filing_number: each for each in await store.accounts.all()}
    hit = NameHit(value=BIZ["71001"], name="示例第一发布", alias="shili_1")
    for reading in (
        seen(
            of["71001"], "wechat.search", name=hit.name, platform_id=hit.value,
            matched_by=MatchedBy.NAME, name_hit=hit,
        ),
        seen(
            of["71002"], "wechat.article", name="示例第二发布", platform_id=BIZ["71002"],
            matched_by=MatchedBy.URL,
        ),
        seen(
            of["71003"], "weibo.mobile", name="示例市第三发布", platform_id="2000000003",
            matched_by=MatchedBy.ID,
        ),
    ):  # fmt: skip
        await store.readings.keep(reading)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    folder = tmp_path / "home"
    assert in_process("--home", folder, "init").returncode == 0
    given = registry(tmp_path / "一.csv", (NAMED, LINKED, RENAMED))
    assert in_process("--home", folder, "registry", "import", given).returncode == 0

    async def fill() -> None:
        async with app.open_app(Home(folder)) as opened:
            await look(opened.store)

    asyncio.run(fill())
    return Home(folder)


def run(home: Home, *words: str | Path) -> str:
    done = in_process("--home", home.root, "registry", *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_unit_gets_what_was_seen_of_its_filings(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = run(home, "corrections", out)
    assert sorted(file.name for file in out.iterdir()) == [
        "台账更正提示单-示例市办公室.xlsx",
        "台账更正提示单-示例市测试委.xlsx",
    ]
    assert told.count("1 row") == 1
    book = openpyxl.load_workbook(out / "台账更正提示单-示例市测试委.xlsx")
    sheet = book.worksheets[0]
    rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    assert rows[0][5:] == [
        "字段",
        "备案值",
        "核查所见",
        "依据（日期，信息来源）",
        "更正情况（已更正，或不更正及原因）",
    ]
    day = f"{AT.astimezone().date().year}年"
    by_number = {row[0]: row for row in rows[1:]}
    assert by_number["71001"][5:8] == [
        "平台ID",
        "未填",
        f"暂用标识：{BIZ['71001']}，请核对是否为本单位账号，并补报",
    ]
    assert "微信公众平台账号搜索" in by_number["71001"][8]
    assert "微信号“shili_1”" in by_number["71001"][8]
    assert by_number["71002"][5:8] == ["平台ID", "未填", BIZ["71002"]]
    assert by_number["71002"][8].startswith(day)
    assert "微信文章链接" in by_number["71002"][8]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == ("9", "landscape") or (
        sheet.page_setup.paperSize == 9
    )
    every = "".join(
        str(cell.value or "") for one in book.worksheets[:2] for row in one for cell in row
    )
    assert "张三" not in every
    assert "13800000000" not in every
    assert str(home.root) not in every
    assert not re.findall(r"[一-鿿][,;:()]|[,;:()][一-鿿]", every)
    # What the office has to do before it accepts is no matter of the units'.
    others = openpyxl.load_workbook(out / "台账更正提示单-示例市办公室.xlsx").worksheets[0]
    told = [str(cell.value or "") for cell in list(others.rows)[1]]
    assert told[5:8] == ["名称", "示例第三发布", "示例市第三发布"]
    assert told[8].endswith("：平台名称为“示例市第三发布”")
    assert "再接受" not in every
    run(home, "proposals", "--csv", tmp_path / "all.csv")
    assert "确认该单位已报送更名后再接受" in (tmp_path / "all.csv").read_text("utf-8-sig")


def test_no_unit_is_told_to_take_another_filed_accounts_name(home: Home, tmp_path: Path) -> None:
    sister = (
        "71004",
        "示例市第三发布",
        "新浪微博",
        "示例市第四测试局",
        "示例市办公室",
        "示例市",
        "",
    )
    run(home, "import", registry(tmp_path / "二.csv", (NAMED, LINKED, RENAMED, sister)))
    run(home, "corrections", tmp_path / "out")
    sheet = openpyxl.load_workbook(
        tmp_path / "out" / "台账更正提示单-示例市办公室.xlsx"
    ).worksheets[0]
    told = [str(cell.value or "") for cell in list(sheet.rows)[1]]
    assert told[0] == "71003"
    assert told[5:8] == ["平台ID", "2000000003", "备案值疑似有误，请核对后更正"]
    assert "与另一备案账号的名称相同" in told[8]


def test_the_next_import_says_what_was_corrected(home: Home, tmp_path: Path) -> None:
    assert "台账更正提示" not in run(home, "import", registry(tmp_path / "0.csv", (NAMED,)))
    run(home, "corrections", tmp_path / "out", "--by", "county")
    # Pointed out once more, it is the same.
    run(home, "corrections", tmp_path / "out", "--by", "county", "--overwrite")
    given = registry(
        tmp_path / "二.csv",
        (NAMED, LINKED, RENAMED),
        n71001={"平台ID": "3000000001"},
        n71003={"政务新媒体名称": "示例第三在线"},
    )
    dry = run(home, "import", given, "--dry-run")
    told = run(home, "import", given)
    for said in (dry, told):
        assert "台账更正提示：共3项，已更正1项，未更正1项，改为其他值1项，已移出台账0项" in said
        assert "已更正：71001 示例第一发布，平台ID" in said
        assert "未更正：71002 示例第二发布，平台ID" in said
        assert "改为其他值：71003 示例第三在线，名称，现为“示例第三在线”" in said
    # What is settled is told once; it can be asked again.
    assert "共1项，已更正0项，未更正1项" in run(home, "import", given)
    listed = run(home, "corrections", "--csv", tmp_path / "now.csv")
    rows = (tmp_path / "now.csv").read_text("utf-8-sig").splitlines()
    assert [row.split(",")[7] for row in rows[1:]] == ["已更正", "未更正", "改为其他值"], listed

    async def ended() -> ProvisionalEnd | None:
        async with app.open_app(home) as opened:
            (found,) = await opened.store.accounts.provisional_ids()
            return found.why

    assert asyncio.run(ended()) is ProvisionalEnd.FILED_SAME


def test_what_the_office_accepted_nobody_corrected(home: Home, tmp_path: Path) -> None:
    run(home, "corrections", tmp_path / "out")
    key = re.findall(r"([0-9a-f]{6})\W+补充ID", run(home, "proposals"))[0]
    run(home, "proposals", "--accept", key, "--by", "张三")
    run(home, "corrections", "--csv", tmp_path / "now.csv")
    rows = (tmp_path / "now.csv").read_text("utf-8-sig").splitlines()
    assert [row.split(",")[7] for row in rows[1:]] == ["未更正", "已由本单位采纳", "未更正"]
    # In a pipe as on a terminal it is the columns that are read; a CSV has all of them.
    listed = run(home, "corrections").splitlines()
    assert max(map(cell_len, listed)) < 120
    assert "已由本单位采纳" in "".join(listed)
    # Later imports leave it open whether the unit filed the same.
    assert "共2项，已更正0项，未更正2项" in run(
        home, "import", registry(tmp_path / "二.csv", (NAMED, LINKED, RENAMED))
    )


@pytest.mark.parametrize(
    ("sources", "result"),
    [
        (("registry.csv",), RemarkResult.CORRECTED),
        (("proposal(张三)",), RemarkResult.ADOPTED),
        (("proposal",), RemarkResult.ADOPTED),
        (("proposals-2026.csv",), RemarkResult.CORRECTED),
        (("proposal", "registry.csv", "registry.csv"), RemarkResult.CORRECTED),
        (("registry.csv", "registry.csv", "proposal"), RemarkResult.ADOPTED),
    ],
)
def test_the_change_that_brought_the_value_counts(
    sources: tuple[str, ...], result: RemarkResult
) -> None:
    """Every second change takes the value away again."""
    values = ["", *("旧" if place % 2 else "新" for place in range(len(sources)))]
    changes = [
        AccountChange(account_id=1, field="alias", old=old, new=new, at=AT, source=source)
        for old, new, source in zip(values, values[1:], sources, strict=False)
    ]
    remark = FilingRemark(account_id=1, field="alias", filed="", seen="新", ground="示例", at=AT)
    account = Account(id=1, filed=replace(FILED, alias="新"))
    assert [each.result for each in standings([remark], {1: account}, changes)] == [result]


def test_a_link_that_was_accepted_stays_so_when_others_follow() -> None:
    changes = [
        AccountChange(account_id=1, field="article_links", old=old, new=new, at=AT, source=source)
        for old, new, source in (
            ("", "https://a", "proposal"),
            ("https://a", "https://a\nhttps://b", "registry.csv"),
        )
    ]
    remark = FilingRemark(
        account_id=1, field="article_links", filed="", seen="https://a", ground="示例", at=AT
    )
    account = Account(id=1, filed=replace(FILED, article_links=("https://a", "https://b")))
    (found,) = standings([remark], {1: account}, changes)
    assert found.result is RemarkResult.ADOPTED


def test_a_file_with_answers_is_not_written_over(home: Home, tmp_path: Path) -> None:
    run(home, "corrections", tmp_path / "out")
    again = in_process("--home", home.root, "registry", "corrections", tmp_path / "out")
    assert again.returncode == 2
    assert "--overwrite" in again.stderr
    wrong = in_process(
        "--home", home.root, "registry", "corrections", tmp_path / "x", "--csv", tmp_path / "y.csv"
    )
    assert wrong.returncode == 2
    assert not (tmp_path / "x").exists()


def test_a_refused_provisional_id_is_proposed_no_more(home: Home) -> None:
    listed = run(home, "proposals")
    assert "暂用标识" in listed
    (key,) = re.findall(r"([0-9a-f]{6})\W+暂用标识", listed)
    assert "1 accepted" in run(home, "proposals", "--all")
    assert "1 refused" in run(home, "proposals", "--refuse", key)
    assert "暂用标识" not in run(home, "proposals")


FILED = Filing(name="示例发布", platform="wechat", platform_id="")


@pytest.mark.parametrize(
    ("field", "filed", "seen", "now", "result"),
    [
        ("platform_id", "", BIZ["71001"], {}, RemarkResult.UNCHANGED),
        ("platform_id", "", BIZ["71001"], {"platform_id": "3000000001"}, RemarkResult.CORRECTED),
        ("platform_id", "", BIZ["71001"], {"platform_id": "3000000009"}, RemarkResult.OTHERWISE),
        ("original_id", "", "gh_a", {"original_id": "GH_A"}, RemarkResult.CORRECTED),
        ("name", "示例发布", "示例在线", {"name": "示例 在线"}, RemarkResult.CORRECTED),
        ("name", "示例发布", "示例在线", {}, RemarkResult.UNCHANGED),
        ("article_links", "", "https://a", {"article_links": ("https://b", "https://a")}, RemarkResult.CORRECTED),
        ("article_links", "", "https://a", {"article_links": ("https://b",)}, RemarkResult.OTHERWISE),
        # A doubt proposes no value: any other one is told as such.
        ("alias", "", "", {"alias": "neu"}, RemarkResult.OTHERWISE),
        ("alias", "", "", {}, RemarkResult.UNCHANGED),
    ],
)  # fmt: skip
def test_what_became_of_a_remark(
    field: str, filed: str, seen: str, now: dict[str, Any], result: RemarkResult
) -> None:
    remark = FilingRemark(account_id=1, field=field, filed=filed, seen=seen, ground="示例", at=AT)
    account = Account(id=1, filed=replace(FILED, **now))
    assert [each.result for each in standings([remark], {1: account}, ())] == [result]
    gone = replace(account, retired_on=date(2031, 1, 1))
    left = RemarkResult.LEFT if result is RemarkResult.UNCHANGED else result
    assert [each.result for each in standings([remark], {1: gone}, ())] == [left]
    assert standings([remark], {}, ()) == []
