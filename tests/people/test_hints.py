"""Dates and links of services and of notes: matched, refused by place, opened by us, answered."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from browsers import facing, key
from commands import in_process
from handed_files import S, table_file, text_file
from worklists import NOW, POLICY, Inspection, exported, filed, table, typed

from mediawatch.cli.links import exit_code_of, print_report
from mediawatch.domain import Account, Filing, Hint, LinkSort, LinkWay, Outcome, Sight, Verdict
from mediawatch.domain.clock import BEIJING, beijing
from mediawatch.people.forms.hint_words import hint_lines, questions_of, receipt_lines
from mediawatch.people.forms.link_answer import AnswerResult, answers_of, write_answer
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.hints.entries import read_hints
from mediawatch.people.hints.intake import HintImport, HintOrigin, answer_hints, import_hints
from mediawatch.people.link_files import FoundLink, collect
from mediawatch.people.link_matching import place as placed
from mediawatch.people.link_naming import note_names
from mediawatch.people.link_report import LinkEntry, LinkReport, LinkResult, as_table
from mediawatch.people.links import open_links
from mediawatch.people.worklist.export import export
from mediawatch.ports import Store
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.judging import rejudge
from mediawatch.workbooks.places import Place
from mediawatch.workbooks.refusals import Unusable
from scrapers.platforms import SiteLooker
from scrapers.replica import Replica, World

ONE, TWO = (f"{S}ExampleToken000000000{number}" for number in (1, 2))
SERVICE = HintOrigin(source="某某服务单位", contract="合同1号")
FILED = (
    filed(1),
    filed(2, alias="shili_two"),
    filed(3, platform_id="MzAwMDAwMDAwMw==", original_id=""),
    filed(4, platform="channels", type="视频号", name="示例视频", original_id=""),
    filed(5, name="示例视频", original_id=""),
    filed(6, name="同名", original_id="", filing_number=""),
    filed(7, name="同名", original_id="", filing_number=""),
    filed(8, opened_on=date(2031, 12, 1)),
)
TABLE = """备案单号,原始ID,微信号,平台ID,名称,类型,最近更新时间,链接
900001,,,,,,2031-12-26,
,gh_0000000000a1,,,,,2031/12/25 08:30,
,,shili_two,,,,12月24日,
,,,MzAwMDAwMDAwMw==,,,20311223,
,,,,示例视频,视频号,2031-10-26,https://channels.weixin.qq.com/x
,,,,示例视频,微信公众号,2031-12-22,
"""


async def imported(store: Store, *paths: Path, **more: Any) -> HintImport:
    return await import_hints(store, paths, SERVICE, now=NOW, **more)


async def kept(store: Store) -> list[tuple[int, str, str]]:
    return sorted(
        (hint.account_id, f"{beijing(hint.at):%H:%M}" if hint.at else "", str(hint.on or hint.link))
        for hint in await store.hints.all()
    )


async def test_rows_are_matched_by_whatever_names_an_account(store: Store, tmp_path: Path) -> None:
    await Inspection.of(store, tmp_path, FILED)
    done = await imported(store, text_file(tmp_path, TABLE, encoding="gb18030"))
    assert done.problems == []
    assert await kept(store) == [
        (1, "", "2031-12-26"),
        (2, "", "2031-12-24"),
        (3, "", "2031-12-23"),
        (4, "", "2031-10-26"),
        (5, "", "2031-12-22"),
    ]
    assert (done.older, len(done.hints)) == (1, 5)
    (hint,) = (await store.hints.of_accounts([4]))[4]
    assert (hint.link, hint.source, hint.contract, hint.file, hint.row) == (
        "https://channels.weixin.qq.com/x",
        "某某服务单位",
        "合同1号",
        "监测.csv",
        6,
    )
    again = await imported(store, text_file(tmp_path, TABLE, encoding="gb18030"))
    assert (again.hints, again.repeated) == ([], 5)
    assert len(await store.hints.all()) == 5


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("999,,,,2031-12-26,", "A 备案单号", "台账中没有备案单号为“999”的账号"),
        (",,同名,微信公众号,2031-12-26,", "C 名称", "可能是台账中的2个账号"),
        (",,示例视频,,2031-12-26,", "C 名称", "请补充类型"),
        ("900001,,别的,,2031-12-26,", "A 备案单号", "不是“别的”"),
        (",,,,2031-12-26,", "A 备案单号", "没有写明账号"),
        ("900001,,,,超过14天,", "E 最近更新时间", "日期无法识别"),
        ("900001,,,,2032-01-07,", "E 最近更新时间", "今天之后"),
        ("900001,,,,2032-01-06 12:01,", "E 最近更新时间", "今天之后"),
        ("900008,,,,2031-11-30,", "E 最近更新时间", "早于该账号的开设时间（2031年12月1日）"),
        ("900001,,,,1999-12-26,", "E 最近更新时间", "不可能"),
    ],
)
async def test_a_row_that_cannot_be_right_is_refused_by_place(
    store: Store, tmp_path: Path, row: str, column: str, reason: str
) -> None:
    await Inspection.of(store, tmp_path, FILED)
    path = text_file(
        tmp_path, f"备案单号,原始ID,名称,类型,最近更新时间,链接\n900002,,,,2031-12-20,\n{row}\n"
    )
    done = await imported(store, path)
    (problem,) = done.problems
    assert (problem.place.row, problem.column, done.written) == (3, column, False)
    assert reason in problem.reason
    assert await store.hints.all() == []
    assert (await imported(store, path, skip_bad_rows=True)).written
    assert await kept(store) == [(2, "", "2031-12-20")]


async def test_a_workbook_with_dates_and_hidden_links(store: Store, tmp_path: Path) -> None:
    await Inspection.of(store, tmp_path, FILED)
    rows: list[list[Any]] = [
        ["2031年12月监测结果"],
        ["序号", "公众号名称", "最新发布时间", "链接"],
        [1, FILED[0].name, typed("2031-12-26 18:30"), "点此查看"],
        [2, FILED[1].name, typed("2031-12-25"), TWO],
        [3, FILED[2].name, None, None],
    ]
    done = await imported(store, table_file(tmp_path, rows, {"D3": ONE}))
    assert done.problems == []
    assert await kept(store) == [(1, "18:30", "2031-12-26"), (2, "", "2031-12-25")]
    assert [(link.url, link.hinted_id, link.account_id) for link in done.links] == [
        (ONE, 1, None),
        (TWO, 2, None),
    ]


async def test_a_list_of_posts_is_as_good_as_its_newest(store: Store, tmp_path: Path) -> None:
    """As a unit's own statistics come: one row a post."""
    await Inspection.of(store, tmp_path, FILED)
    path = text_file(
        tmp_path,
        "公众号名称,原始ID,日期,标题,链接\n"
        f"{FILED[0].name},gh_0000000000a1,2031-12-20,旧,{ONE}\n"
        f"{FILED[0].name},gh_0000000000a1,2031-12-26,新,{TWO}\n",
    )
    done = await imported(store, path)
    assert ([link.url for link in done.links], done.older) == ([TWO], 1)
    assert await kept(store) == [(1, "", "2031-12-26")]


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.csv", "甲,乙\n1,2\n"), ("a.csv", "备案单号,日期\n"), ("a.txt", "没有链接\n")],
)
async def test_a_file_without_hints_is_refused(
    store: Store, tmp_path: Path, name: str, text: str
) -> None:
    await Inspection.of(store, tmp_path, FILED)
    with pytest.raises(Unusable, match=r"a\.(csv|txt)"):
        await imported(store, text_file(tmp_path, text, name))


async def test_a_chat_gives_links_days_and_cards(store: Store, tmp_path: Path) -> None:
    await Inspection.of(store, tmp_path, FILED)
    path = text_file(
        tmp_path,
        f"张三 2032-01-05 10:02:11\n{FILED[0].name}：{ONE}\n"
        f"李四 2032-01-05 10:05:00\n{FILED[1].name}，最近更新12月24日，请查收\n"
        f"王五 2032-01-05 10:06:00\n{FILED[2].name} 12月20日召开会议\n[链接] 标题\n",
        "群聊.txt",
    )
    done = await imported(store, path)
    (link,) = done.links
    assert (link.url, link.hinted_id, link.way) == (ONE, 1, LinkWay.HINTS)
    (hint,) = await store.hints.all()
    assert (hint.account_id, hint.on, hint.given_by) == (2, date(2031, 12, 24), "李四")
    assert hint.given_at == datetime(2032, 1, 5, 10, 5, tzinfo=BEIJING)
    assert [entry.card for entry in done.cards] == ["标题"]
    (line,) = hint_lines([hint])
    assert "李四，发送于2032-01-05 10:05，群聊.txt第4行" in line
    (said,) = link.sayings.values()
    assert (said.by, said.at) == ("张三", datetime(2032, 1, 5, 10, 2, 11, tzinfo=BEIJING))
    answer = tmp_path / "答复.xlsx"
    write_answer(answer, answer_hints(done, LinkReport()), now=NOW)
    assert {row["位置"]: row["提供人及时间"] for row in table(answer)}[
        "第4行"
    ] == "李四 2032-01-05 10:05"


async def test_every_row_and_line_is_answered_or_counted(store: Store, tmp_path: Path) -> None:
    await Inspection.of(store, tmp_path, FILED)
    rows: list[list[Any]] = [
        ["公众号名称", "日期", "链接"],
        [FILED[0].name, typed("2031-12-26"), None],
        [FILED[1].name, None, None],
        [FILED[2].name, typed("2031-12-25"), None],
    ]
    path = table_file(tmp_path, rows, {})
    book = openpyxl.load_workbook(path)
    book.worksheets[0].row_dimensions[4].hidden = True
    book.create_sheet("说明").append(["甲", "乙"])
    book.save(path)
    done = await imported(store, path)
    assert done.left_out == [
        f'{path}, sheet "监测结果", row 4: hidden, not read',
        f'{path}, sheet "说明", row 1: no heading of an account and a date or link: '
        "the sheet was not read",
    ]
    assert [(each.result, each.account) for each in answer_hints(done, LinkReport())] == [
        ("已登记", FILED[0].name),
        ("不计", ""),
    ]
    chat = text_file(
        tmp_path,
        f"张三 2032-01-05 10:02\n{FILED[0].name}、{FILED[1].name} 最近更新12月24日\n"
        f"李四 2032-01-05 10:03\n{FILED[1].name} 12月24日\n收到\n没有备案的号，最近更新12月24日\n"
        f"王五 2032-01-05 10:04\n{FILED[2].name} 最近更新12月24日 {ONE}\n",
        "群聊.txt",
    )
    done = await imported(store, chat)
    assert [(each.place.row, each.reason) for each in answer_hints(done, LinkReport())] == [
        (2, "写到几个账号，不能确定日期属于哪一个，请一行只写一个账号"),
        (6, "没有写明台账中的账号名称，日期无法对应账号"),
        (8, "所称最近更新日期（2031年12月24日）已登记，仅供人工核对参考，不能证明更新"),
    ]
    assert [(hint.account_id, hint.link) for hint in done.hints] == [(3, ONE)]


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (S, "链接不完整，没有打开"),
        (f"{S}ab", "链接不完整，没有打开"),
        ("https://example.com/x", "不是微信公众号文章的链接，没有打开"),
        ("https://10.0.0.1/x", "网址是数字地址，不是域名，没有打开"),
    ],
)
async def test_links_and_hints_answer_alike(
    store: Store, tmp_path: Path, link: str, reason: str
) -> None:
    await Inspection.of(store, tmp_path, FILED)
    path = text_file(tmp_path, f"公众号名称,链接\n{FILED[0].name},{link}\n")
    done = await imported(store, path)
    found = note_names(collect([str(path)], io.BytesIO()), await store.accounts.all())
    both = [*answer_hints(done, LinkReport()), *answers_of(found.rows, LinkReport())]
    assert [(each.result, each.account, each.reason) for each in both] == [
        ("待定", FILED[0].name, reason)
    ] * 2
    assert [each.ask for each in both] == [both[0].ask] * 2
    assert done.hints == []


def test_the_answer_explains_each_of_its_words(tmp_path: Path) -> None:
    path = tmp_path / "答复.xlsx"
    write_answer(path, [], now=NOW)
    guide = str([list(row) for row in openpyxl.load_workbook(path)["填写说明"].values])
    assert [word for word in AnswerResult if f"“{word}”，" not in guide] == []
    assert {sort.label for sort in LinkSort} <= set(AnswerResult)


WORLD = World.parse(
    "platform,type,name,filing_number,platform_id,truth,shown_name,true_id,posts,articles\n"
    "wechat,微信公众号,示例市第一测试局,L1,MzAwMDAwMDAwMQ==,alive,,,2031-12-30,1\n"
    "wechat,微信公众号,示例县第二测试站,L2,,alive,,MzAwMDAwMDAwMg==,2031-12-29,1\n"
    "wechat,微信公众号,没有备案的号,L3,,alive,,MzAwMDAwMDAwMw==,2031-12-28,1\n"
    "wechat,微信公众号,示例乡被删文章所,L4,,alive,,MzAwMDAwMDAwNA==,2031-12-27,1:deleted\n"
    "wechat,微信公众号,示例镇第五测试站,L5,MzAwMDAwMDAwNQ==,alive,,,2031-10-01,1\n"
)
BY_ID, BY_NAME, FOREIGN, DELETED, OLD = (each.known_links[0] for each in WORLD.accounts)


@pytest.fixture
async def looks(executable: Path, tmp_path: Path) -> AsyncIterator[SiteLooker]:
    async with (
        Replica(WORLD, now=lambda: NOW, key=key()) as replica,
        facing(replica, executable, lambda: NOW) as browser,
    ):
        yield SiteLooker(browser, tmp_path / "sessions")


def world_filed() -> list[Filing]:
    return [
        Filing(
            name=each.filed["name"],
            platform="wechat",
            type="微信公众号",
            filing_number=each.filed["filing_number"],
            platform_id=each.filed["platform_id"],
        )
        for each in WORLD.accounts
        if each.filed["name"] != "没有备案的号"
    ]


async def test_a_link_proves_by_our_look_and_a_date_never(
    store: Store, looks: SiteLooker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inspection = await Inspection.of(store, tmp_path, world_filed())
    rows = [
        f"L1,2031-12-30,{BY_ID}",
        f"L2,2031-12-29,{BY_NAME}",
        # A foreign article, a dead one, and a mere date: all within the window.
        f"L4,2031-12-28,{FOREIGN}",
        f"L5,2031-12-28,{DELETED}",
    ]
    path = text_file(tmp_path, "备案单号,最近更新时间,链接\n" + "\n".join(rows) + "\n")
    done = await imported(store, path)
    await rejudge(store, lambda platform: True, inspection.sweep.id)
    assert set(await inspection.verdicts()) == {Verdict.UNPROVEN}, "no date has proved anything"

    report = await open_links(
        done.links, store=store, looker=looks, gate=Pacing(scale=0), now=lambda: NOW
    )
    assert [entry.sort for entry in report.entries] == [
        LinkSort.OWN,
        LinkSort.OWN,
        LinkSort.FOREIGN,
        LinkSort.DEAD,
    ]
    await rejudge(store, lambda platform: True, inspection.sweep.id)
    assert await inspection.verdicts() == [
        Verdict.FRESH,
        Verdict.FRESH,
        Verdict.UNPROVEN,
        Verdict.UNPROVEN,
    ]
    receipts = await store.hints.receipts([1, 2, 3, 4])
    assert {number: [each.sort for each in some] for number, some in receipts.items()} == {
        1: [LinkSort.OWN],
        2: [LinkSort.OWN],
        3: [LinkSort.FOREIGN],
        4: [LinkSort.DEAD],
    }
    (line,) = receipt_lines(receipts[1])
    assert "提示导入（某某服务单位，监测.csv第2行）" in line
    assert "：本账号，文章页名称“示例市第一测试局”，发布于2031年12月30日" in line

    answer = tmp_path / "答复.xlsx"
    write_answer(answer, answer_hints(done, report), now=NOW, marks=("演示数据",))
    sheet = openpyxl.load_workbook(answer).worksheets[0]
    assert int(sheet.page_setup.paperSize) == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    answered = table(answer)
    assert [(row["位置"], row["结果"]) for row in answered] == [
        ("第2行", "本账号"),
        ("第3行", "本账号"),
        ("第4行", "他人"),
        ("第5行", "失效"),
    ]
    said = "所称最近更新日期（2031年12月28日）已登记，仅供人工核对参考，不能证明更新"
    assert [row["原因"].endswith(f"；{said}") for row in answered] == [False, False, True, True]
    assert {row["请补充"] for row in answered[2:]} == {"请回复本账号最新一篇文章链接"}
    assert {row["文件"] for row in answered} == {"监测.csv"}
    texts = " ".join(str(value) for row in answered for value in row.values())
    assert str(tmp_path) not in texts
    print_report(report)
    assert "本账号2条、他人1条、失效1条" in capsys.readouterr().err


async def test_the_page_decides_whose_link_a_chat_names(
    store: Store, looks: SiteLooker, tmp_path: Path
) -> None:
    inspection = await Inspection.of(store, tmp_path, world_filed())
    path = text_file(
        tmp_path,
        # 甲 names the account of its page, 乙 another one; 丙 names nobody.
        f"甲 2032-01-05 10:02\n示例县第二测试站 {BY_NAME}\n"
        f"乙 2032-01-05 10:03\n示例镇第五测试站：{BY_ID}\n"
        f"丙 2032-01-05 10:04\n{OLD}\n",
        "群聊.txt",
    )
    found = note_names(collect([str(path)], io.BytesIO()), await store.accounts.all())
    report = await open_links(
        found.links, store=store, looker=looks, gate=Pacing(scale=0), now=lambda: NOW
    )
    assert [
        ([account.filed.filing_number for account in entry.accounts], entry.sort)
        for entry in report.entries
    ] == [(["L2"], LinkSort.OWN), (["L1"], LinkSort.FOREIGN), (["L5"], LinkSort.OWN)]
    await rejudge(store, lambda platform: True, inspection.sweep.id)
    assert await inspection.verdicts() == [
        Verdict.FRESH,
        Verdict.FRESH,
        Verdict.UNPROVEN,
        Verdict.UNPROVEN,
    ]
    receipts = await store.hints.receipts([1, 2])
    assert [each.given_by for some in receipts.values() for each in some] == ["乙", "甲"]


def hint(account_id: int, on: str, received: datetime = NOW, **more: Any) -> Hint:
    day = date.fromisoformat(on) if on else None
    return Hint(account_id=account_id, source="某某服务单位", on=day, received_at=received, **more)


async def test_the_worklist_asks_about_what_others_say(store: Store, tmp_path: Path) -> None:
    channel = {"platform": "channels", "type": "视频号", "original_id": ""}
    accounts = [filed(number, **channel if number == 4 else {}) for number in range(1, 6)]
    inspection, _ = await exported(store, tmp_path, accounts)
    await store.hints.add(
        [
            hint(2, "2031-12-20", row=2),
            hint(3, "2031-10-26", row=3),
            hint(4, "", link="https://channels.weixin.qq.com/x", row=4),
            # Said before the window: it says nothing of it.
            hint(5, "2031-10-01", datetime(2031, 12, 1, tzinfo=BEIJING), row=5),
        ]
    )
    path = tmp_path / "提示后.xlsx"
    entries = tuple(await store.sweeps.scope(inspection.sweep.id))
    await export(
        store,
        FormTarget(path=path),
        JudgedScope(sweep=inspection.sweep, policy=POLICY, entries=entries),
    )
    asked = {row["备案名称"]: row["核查问题"] for row in table(path)}
    bare = asked[filed(1).name]
    assert list(asked) == [filed(number).name for number in (3, 1, 4, 5, 2)]
    assert asked[filed(5).name] == bare
    assert asked[filed(3).name] == f"{bare}“某某服务单位”2032年1月6日称最近更新为10月26日，请核对。"
    assert asked[filed(4).name].endswith(
        "“某某服务单位”2032年1月6日提供了链接（https://channels.weixin.qq.com/x），请核对。"
        "二维码为他人提供的链接，请先核对是不是该账号。"
    )


def test_days_of_another_year_bear_it() -> None:
    said = [
        hint(1, "2031-10-26", datetime(2031, 10, 28, tzinfo=BEIJING)),
        replace(hint(1, "2030-12-01", datetime(2031, 10, 27, tzinfo=BEIJING)), source="另一家"),
    ]
    assert questions_of(said, date(2031, 10, 15), date(2031, 10, 29)) == (
        "“某某服务单位”10月28日称最近更新为10月26日，请核对。"
        "“另一家”10月27日称最近更新为2030年12月1日，请核对。"
    )
    assert hint_lines(said[:1]) == ["2031年10月28日 “某某服务单位”称最近更新为2031年10月26日"]


async def test_an_answer_says_what_to_mend(store: Store, tmp_path: Path) -> None:
    await Inspection.of(store, tmp_path, FILED)
    path = text_file(tmp_path, "备案单号,最近更新时间\n900001,2031-12-26\n999,2031-12-26\n")
    done = await imported(store, path)
    first, second = answer_hints(done, LinkReport())
    assert (first.result, first.reason) == ("未收", "同一文件中有未收的行，整个文件尚未登记")
    assert second.result == "未收"
    assert "台账中没有备案单号为“999”的账号" in second.reason
    done = await imported(store, path, skip_bad_rows=True)
    first, second = answer_hints(done, LinkReport())
    assert (first.result, first.ask) == ("已登记", "请回复本账号最新一篇文章链接")
    assert second.result == "未收"


def test_the_commands(tmp_path: Path) -> None:
    home = tmp_path / "home"
    registry = text_file(tmp_path, "政务新媒体名称,类型,备案单号\n示例一,视频号,1\n", "台账.csv")
    assert in_process("--home", home, "init").returncode == 0
    assert in_process("--home", home, "registry", "import", registry).returncode == 0
    assert in_process("--home", home, "hints", "list").stdout == "无。\n"
    path = text_file(tmp_path, "备案单号,更新日期\n1,2022-10-26\n2,2022-10-26\n")
    words = ("--home", home, "hints", "import", path, "--source", "某某服务单位")
    refused = in_process(*words)
    assert refused.returncode == 2
    assert "监测.csv, row 3, column A 备案单号: '2'" in refused.stderr
    assert "--skip-bad-rows" in refused.stderr
    answer = tmp_path / "答复.xlsx"
    taken = in_process(*words, "--skip-bad-rows", "--answer", answer, "--contract", "合同1号")
    assert (taken.returncode, "1 hint, 0 known already" in taken.stdout) == (0, True)
    assert [row["结果"] for row in table(answer)] == ["已登记", "未收"]
    again = in_process(*words, "--skip-bad-rows", "--contract", "合同2号")
    assert (again.returncode, "stays under its contract (合同1号)" in again.stderr) == (0, True)
    twice = in_process(*words, "--contract", "合同1号", "--contract", "合同2号")
    assert (twice.returncode, "--contract is given twice" in twice.stderr) == (2, True)
    foreseen = in_process(*words, "--skip-bad-rows", "--dry-run", "--answer", tmp_path / "x.xlsx")
    assert (foreseen.returncode, "x.xlsx is not written in a dry run" in foreseen.stderr) == (
        0,
        True,
    )
    assert not (tmp_path / "x.xlsx").exists()
    over = in_process(*words, "--skip-bad-rows", "--answer", answer)
    assert (over.returncode, "exists already" in over.stderr) == (2, True)
    out = tmp_path / "提示.csv"
    assert in_process("--home", home, "hints", "list", "--csv", out).returncode == 0
    (row,) = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))
    assert (row["称最近更新"], row["提示来源"], row["合同编号"]) == (
        "2022-10-26",
        "某某服务单位",
        "合同1号",
    )
    shown = in_process("--home", home, "show", "1").stdout
    assert "他人提示（仅供核对参考，不作为认定依据）" in shown
    assert "“某某服务单位”称最近更新为2022年10月26日（监测.csv第2行，合同编号合同1号）" in shown


@pytest.mark.parametrize("command", ["hints", "links"])
def test_a_demonstration_refuses_links_before_anything_is_kept(
    tmp_path: Path, command: str
) -> None:
    home = tmp_path / "home"
    registry = text_file(tmp_path, "政务新媒体名称,类型,备案单号\n示例一,公众号,1\n", "台账.csv")
    assert in_process("--home", home, "init").returncode == 0
    assert in_process("--home", home, "registry", "import", registry).returncode == 0
    (home / "演示数据").touch()
    path = text_file(tmp_path, f"备案单号,更新日期,链接\n1,2022-10-26,{ONE}\n")
    words = ["--home", home, command, "import", path]
    words += ["--source", "某某服务单位"] if command == "hints" else []
    for more in ([], ["--dry-run"]):
        refused = in_process(*words, *more)
        assert (refused.returncode, "holds a demonstration" in refused.stderr) == (2, True)
    assert in_process("--home", home, "hints", "list").stdout == "无。\n"


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([Outcome.UNREACHABLE, None, Outcome.UNREACHABLE], "3 links not read, for the network"),
        # Turned away by the site: what was not tried is not the network's fault.
        ([Outcome.UNREACHABLE, Outcome.CAPTCHA, None], "1 link not read, for the network"),
    ],
)
def test_links_that_the_network_kept_from_us_are_one_sentence(
    capsys: pytest.CaptureFixture[str], outcomes: list[Outcome | None], said: str
) -> None:
    place = Place("群聊.txt", "", 1)
    sights = [
        Sight(
            surface="wechat.article",
            outcome=outcome,
            read_at=NOW,
            detail="net::ERR_TIMED_OUT" if outcome is Outcome.UNREACHABLE else "",
        )
        if outcome
        else None
        for outcome in outcomes
    ]
    entries = [
        placed(FoundLink(ONE, (place,)), sight, [])
        if sight
        else LinkEntry(link=FoundLink(TWO, (place,)), result=LinkResult.NOT_OPENED)
        for sight in sights
    ]
    report = LinkReport(entries=entries)
    print_report(report)
    printed = capsys.readouterr()
    assert said in printed.err
    assert "net::" not in printed.out + printed.err
    assert "net::" not in str(as_table(report).rows)
    assert exit_code_of(report, Pacing(scale=0)) == 8


@pytest.mark.parametrize(
    ("sent", "said", "day", "reason"),
    [
        ("2031-11-28", "12月25日", "", "日期晚于消息日期，请写明年份"),
        ("2031-11-28", "11月28日", "2031-11-28", ""),
        ("2032-01-03", "12月25日", "2031-12-25", ""),
        ("2031-11-28", "2031年12月25日", "", "日期晚于消息日期，请更正"),
        ("2031-11-28", "2030年12月25日", "2030-12-25", ""),
        ("2032-01-15", "1月5日", "", "消息日期在今天之后，请核对聊天记录的日期"),
    ],
)
def test_a_day_of_a_chat_never_jumps_back_a_year(
    tmp_path: Path, sent: str, said: str, day: str, reason: str
) -> None:
    chat = text_file(tmp_path, f"张三 {sent} 10:02\n{FILED[0].name}最近更新{said}\n", "群聊.txt")
    account = Account(id=1, filed=FILED[0])
    (entry,) = read_hints(chat, [account], NOW).entries
    assert str(entry.on or "") == day
    assert (entry.problem.reason if entry.problem else "") == reason


async def test_the_newest_link_is_opened_though_the_newest_row_has_none(
    store: Store, tmp_path: Path
) -> None:
    """A link proves; the units' own tables name days after it."""
    await Inspection.of(store, tmp_path, FILED)
    rows = f"900001,2031-12-26,\n900001,2031-12-24,{ONE}\n900001,2031-12-20,{TWO}\n"
    done = await imported(store, text_file(tmp_path, f"备案单号,最近更新时间,链接\n{rows}"))
    assert [(link.url, link.hinted_id) for link in done.links] == [(ONE, 1)]
    assert [(str(hint.on), hint.link) for hint in done.hints] == [("2031-12-26", "")]
    assert done.older == 1
    accounts = await store.accounts.all()
    opened = LinkEntry(
        link=done.links[0], result=LinkResult.MATCHED, accounts=(accounts[0],), named=accounts[0]
    )
    answers = answer_hints(done, LinkReport(entries=[opened]))
    assert [(each.place.row, each.url, each.result) for each in answers] == [
        (2, "", "已登记"),
        (3, ONE, "本账号"),
        (4, "", "不计"),
    ]


def test_rows_without_an_article_are_named_and_counted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    registry = text_file(
        tmp_path, "政务新媒体名称,类型,备案单号\n示例一,微信公众号,1\n", "台账.csv"
    )
    assert in_process("--home", home, "init").returncode == 0
    assert in_process("--home", home, "registry", "import", registry).returncode == 0
    rows = f"1,2022-10-26,\n1,,{S}abc\n1,,https://example.com/x\n"
    path = text_file(tmp_path, f"备案单号,最近更新时间,链接\n{rows}")
    done = in_process("--home", home, "hints", "import", path, "--source", "某某服务单位")
    assert done.returncode == 0, done.stderr
    assert "1 hint, 0 known already, 0 rows with an older day, 2 not counted" in done.stdout
    assert f"监测.csv, row 3: {S}abc: no WeChat article, not opened" in done.stderr
    assert "监测.csv, row 4: https://example.com/x: no WeChat article" in done.stderr


@pytest.mark.parametrize(
    ("words", "account", "reason"),
    [
        (
            "甲市发布",
            0,
            "台账中有2个账号用此名称：甲市发布（微信公众号，备案单号1）、甲市发布（新浪微博，备案单号2），"
            "请在名称旁写明类型，如“甲市发布（微信公众号）”",
        ),
        ("甲市发布（微信公众号）", 1, ""),
        ("甲市发布（微信）", 1, ""),
        ("公众号甲市发布", 1, ""),
        ("甲市发布微博", 2, ""),
        ("微博：甲市发布 ", 2, ""),
        ("甲市发布 新浪微博", 2, ""),
        (
            "甲市公安（抖音）",
            0,
            "所写的类型与台账不符，台账中该名称的账号为：甲市公安（微信公众号，备案单号3），请核对",
        ),
        ("甲市教育和甲市公安", 0, "写到几个账号，不能确定日期属于哪一个，请一行只写一个账号"),
        (
            "甲市公安局",
            0,
            "没有单独写明账号名称（文中含有“甲市公安”），请把名称与其他文字用空格或标点隔开",
        ),
        (
            "同名",
            0,
            "台账中有2个账号用此名称：同名（微信公众号，备案单号5）、同名（微信公众号），"
            "请改用表格，写明备案单号",
        ),
        ("乙市发布", 0, "没有写明台账中的账号名称，日期无法对应账号"),
    ],
)
def test_a_word_beside_the_name_says_which_filing_is_meant(
    tmp_path: Path, words: str, account: int, reason: str
) -> None:
    names = [
        ("甲市发布", "1"),
        ("甲市发布", "2"),
        ("甲市公安", "3"),
        ("甲市教育", "4"),
        ("同名", "5"),
        ("同名", ""),
    ]
    accounts = [
        Account(id=place, filed=filed(name=name, type="微信公众号", filing_number=number))
        for place, (name, number) in enumerate(names, 1)
    ]
    weibo = replace(accounts[1].filed, platform="weibo", type="新浪微博", original_id="")
    accounts[1] = replace(accounts[1], filed=weibo)
    chat = text_file(
        tmp_path,
        f"张三 2032-01-05 10:02\n{words}最近更新12月24日\n甲市教育最近更新12月24日\n",
        "群聊.txt",
    )
    entry, _ = read_hints(chat, accounts, NOW).entries
    assert (entry.account.id if entry.account else 0, entry.idle) == (account, reason)
