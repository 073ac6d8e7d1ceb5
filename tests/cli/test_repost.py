"""`mediawatch repost`: a task from its file to the list for the units, and to a person's decision."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from offices import Office, filed, reading
from openpyxl import Workbook, load_workbook
from samples import enter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.engine import migration_engine, normal_url
from mediawatch.domain import (
    FiledStatus,
    Post,
    RepostAction,
    RepostEvent,
    RepostItem,
    RepostTask,
)
from mediawatch.domain.clock import EVER, day_end, day_start
from mediawatch.people.link_files import collect
from mediawatch.people.link_naming import note_names
from mediawatch.ports import Store

TITLE = "国务院办公厅关于做好今冬明春防汛抗旱工作的通知"
SOURCE = "https://www.gov.cn/zhengce/content/202212/content_1.htm"
FIRST, LAST = date(2022, 12, 20), date(2022, 12, 24)
READ = day_end(LAST) + timedelta(hours=9)


def posted(title: str, day: int = 21) -> Post:
    at = datetime(2022, 12, day, 2, tzinfo=UTC)
    link = f"https://weibo.com/1001/R{day}"
    return Post(on=at.date(), at=at, id=f"p{day}", title=title, link=link)


TITLES = {1: TITLE, 2: f"转发《{TITLE}》请落实", 3: "演示：今日天气", 4: TITLE}


async def entered(store: Store) -> None:
    for number, title in TITLES.items():
        shown = posted(title)
        whole = {"complete_since": EVER if number != 4 else None}
        seen = reading(number, READ, None, shown, posted("演示：其他", 22), **whole)
        await store.readings.keep(replace(seen, filed_as=filed(number).identity))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """1 reposted, 2 perhaps, 3 did not, 4 did in an incomplete list; of 5 nothing is known."""
    folder = tmp_path_factory.mktemp("repost")
    closed = filed(6, status=FiledStatus.CLOSED)
    office = Office.of(folder, *(filed(number) for number in range(1, 6)), closed)
    office.within(entered)
    book = Workbook()
    book.active.append(["序号", "标题", "链接"])  # type: ignore[union-attr]
    book.active.append([1, TITLE, SOURCE])  # type: ignore[union-attr]
    book.save(folder / "任务.xlsx")
    days = ("--from", "2022-12-20", "--until", "2022-12-24", "--by", "演示员甲")
    told = office.run("repost", "add", folder / "任务.xlsx", *days, "--name", "防汛通知").stdout
    assert told == "task 1: 1 item, 5 accounts, 2022-12-20 to 2022-12-24\n"
    return office


def shown(office: Office, tmp_path: Path, number: int = 1) -> dict[str, dict[str, str]]:
    out = tmp_path / "转载.csv"
    office.run("repost", "show", str(number), "--csv", out, "--force")
    rows = csv.DictReader(out.read_text("utf-8-sig").splitlines())
    return {row["账号名称"]: row for row in rows}


def test_each_account_is_told_with_its_ground(office: Office, tmp_path: Path) -> None:
    rows = shown(office, tmp_path)
    assert {name: row["情况"] for name, row in rows.items()} == {
        "示例1": "已转载",
        "示例2": "疑似已转载，待核",
        "示例3": "未见转载",
        "示例4": "已转载",
        "示例5": "待核查",
    }
    assert (rows["示例1"]["依据"], rows["示例1"]["链接"]) == (
        "标题相同",
        "https://weibo.com/1001/R21",
    )
    assert rows["示例2"]["账号所发标题"] == TITLES[2]
    assert "任务期间有2条信息，均非该标题" in rows["示例3"]["说明"]
    assert rows["示例3"]["核查记录"] == "3"
    assert rows["示例5"]["说明"] == "2022-12-20至2022-12-24没有完整的信息列表"


def test_nothing_is_said_to_be_a_finding(office: Office) -> None:
    done = office.run("repost", "show", "1")
    assert "示例1" not in done.stdout.partition("防汛通知情况\n")[2]
    assert "均为线索，听取单位说明后由人认定" in done.stderr
    (line,) = (each for each in done.stderr.splitlines() if "problem add" in each)
    assert line == (
        "  mediawatch problem add 3 --kind not_reposted --by NAME --picture FILE "
        "--id-seen ID --repost 1/1  # 示例3"
    )
    assert "repost decide 1 2 --item 1 --as accepted" in done.stderr


def test_the_workbook_is_read_by_others(office: Office, tmp_path: Path) -> None:
    office.run("repost", "show", "1", "--xlsx", tmp_path / "转载.xlsx")
    book = load_workbook(tmp_path / "转载.xlsx")
    assert book.sheetnames == ["情况汇总", "转载情况"]
    summary = [[cell.value for cell in row] for row in book["情况汇总"].iter_rows(min_row=3)]
    assert summary == [
        ["项", "转载任务标题", "应转载账号数", "未见转载", "待核查", "疑似已转载，待核", "已转载", "不适用"],
        ["1", TITLE, "5", "1", "1", "1", "2", "0"],
    ]  # fmt: skip


def test_units_are_asked_and_their_links_find_the_account(office: Office, tmp_path: Path) -> None:
    out = tmp_path / "核实"
    told = office.run("repost", "export", "1", out, "--by", "prefecture").stdout
    (path,) = out.iterdir()
    assert (path.name, told.strip()) == ("转载情况核实表-甲市.xlsx", f"{path}: 3 rows")
    assert "--overwrite" in office.refused("repost", "export", "1", out, "--by", "prefecture")
    book = load_workbook(path)
    sheet = book["转载情况核实表"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(number for number, row in enumerate(rows) if "转载链接" in row)
    name, link = rows[top].index("政务新媒体名称"), rows[top].index("转载链接")
    assert [row[name] for row in rows[top + 1 :]] == ["示例2", "示例3", "示例5"]
    assert collect([str(path)], io.BytesIO()).links == (), "the source's link is no answer"
    url = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
    sheet.cell(top + 3, link + 1).value = url
    book.save(path)
    accounts = office.within(lambda store: store.accounts.all())
    (found,) = note_names(collect([str(path)], io.BytesIO()), accounts).links
    assert (found.url, found.hinted_id) == (url, 3)


def test_a_person_decides_what_is_like_it(office: Office, tmp_path: Path) -> None:
    decide = ("repost", "decide", "1", "示例2", "--item", "1", "--by", "演示员甲")
    office.run(*decide, "--as", "rejected")
    assert shown(office, tmp_path)["示例2"]["情况"] == "未见转载"
    told = office.refused(*decide, "--as", "accepted")
    assert "no post of 示例2 that a look has shown is like item 1" in told


def test_a_decision_may_be_taken_the_other_way(office: Office, tmp_path: Path) -> None:
    days = ("--from", "2022-12-20", "--until", "2022-12-24", "--by", "演示员甲")
    told = office.run("repost", "add", "--title", TITLE, *days).stdout
    number = told.split()[1].rstrip(":")
    decide = ("repost", "decide", number, "示例2", "--item", "1", "--by", "演示员甲")
    office.run(*decide, "--as", "accepted")
    row = shown(office, tmp_path, int(number))["示例2"]
    assert (row["情况"], row["依据"]) == ("已转载", "人工确认（演示员甲）")
    office.run(*decide, "--as", "rejected")
    assert shown(office, tmp_path, int(number))["示例2"]["情况"] == "未见转载"


def test_a_post_of_another_title_is_accepted_by_its_link(office: Office, tmp_path: Path) -> None:
    """A unit named the link, and its look showed a title of the unit's own."""
    days = ("--from", "2022-12-20", "--until", "2022-12-24", "--by", "演示员甲")
    number = office.run("repost", "add", "--title", TITLE, *days).stdout.split()[1].rstrip(":")
    decide = (
        "repost",
        "decide",
        number,
        "示例3",
        "--item",
        "1",
        "--as",
        "accepted",
        "--by",
        "甲某",
    )
    unseen = office.refused(*decide, "--link", "https://weibo.com/1001/R99")
    assert "no post of 示例3 that a look has shown has the link" in unseen
    told = office.run(*decide, "--link", "https://weibo.com/1001/R21").stdout
    assert told == "示例3: 演示：今日天气: 人工确认为转载\n"
    row = shown(office, tmp_path, int(number))["示例3"]
    assert (row["情况"], row["依据"]) == ("已转载", "人工确认（甲某）")


def test_a_task_ends_once_and_stays(office: Office, tmp_path: Path) -> None:
    names = tmp_path / "名单.txt"
    names.write_text("示例3\n示例5\n", "utf-8")
    days = ("--from", "2022-12-20", "--until", "2022-12-24", "--by", "演示员甲")
    told = office.run("repost", "add", "--link", SOURCE, *days, "--scope", names).stdout
    number = told.split()[1].rstrip(":")
    assert set(shown(office, tmp_path, int(number))) == {"示例3", "示例5"}
    assert "reason" in office.refused("repost", "withdraw", number, "--by", "甲某", "--reason", " ")
    office.run("repost", "withdraw", number, "--by", "甲某", "--reason", "发错")
    refused = office.refused("repost", "close", number, "--by", "甲某")
    assert "has ended already (已撤回, by 甲某)" in refused
    assert "has ended" in office.refused("repost", "export", number, tmp_path / "核实")
    decide = (
        "repost",
        "decide",
        number,
        "示例3",
        "--item",
        "1",
        "--as",
        "accepted",
        "--by",
        "甲某",
    )
    assert "has ended (已撤回)" in office.refused(*decide)
    listed = office.run("repost", "list").stdout
    assert "已撤回" in listed
    assert "发错" in listed
    engine = migration_engine(normal_url(f"sqlite:///{office.home.database}"))
    for table in ("repost_task", "repost_task_item", "repost_task_account", "repost_event"):
        with pytest.raises(DBAPIError, match="never updated"), engine.begin() as connection:
            connection.execute(text(f"UPDATE {table} SET task_id = 1" if "_task_" in table else f"UPDATE {table} SET by = ''"))  # fmt: skip
    engine.dispose()


DAYS = ("--from", "2022-12-20", "--until", "2022-12-24", "--by", "甲某")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", *DAYS), "give either a FILE of titles and links, or one by --title and --link"),
        (("add", "--title", "x", "--from", "2022-12-24", "--until", "2022-12-20", "--by", "甲某"),
         "--until 2022-12-20 lies before --from 2022-12-24"),
        (("add", "--link", "gov.cn/1", *DAYS), "give the address from http:// or https:// on"),
        (("add", "--title", "x", *DAYS[:4], "--by", " "), "needs the name of who enters it"),
        (("add", "--title", "x", *DAYS, "--scope", "没有.txt"), "没有.txt"),
        (("add", "没有.xlsx", *DAYS), "没有.xlsx"),
        (("show", "一"), "there is no task '一'"),
        (("show", "99"), "there is no task 99: `mediawatch repost list` lists them"),
        (("decide", "1", "示例3", "--item", "1", "--as", "accepted", "--by", "甲某"),
         "no post of 示例3 that a look has shown is like item 1"),
        (("decide", "1", "示例3", "--item", "7", "--as", "accepted", "--by", "甲某"),
         "does not ask 示例3 for an item 7"),
        (("decide", "1", "示例3", "--item", "1", "--as", "closed", "--by", "甲某"),
         "say accepted or rejected"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(office: Office, words: tuple[str, ...], why: str) -> None:
    assert why in office.refused("repost", *words)


def test_a_dry_run_keeps_nothing(office: Office) -> None:
    before = office.run("repost", "list").stdout
    told = office.run("repost", "add", "--title", "演示", *DAYS, "--dry-run").stdout
    assert "task: 1 item, 5 accounts" in told
    assert office.run("repost", "list").stdout == before


async def test_both_databases_keep_tasks_and_titles(any_store: Store) -> None:
    (account,) = await enter(any_store, filed(1))
    task = RepostTask(
        name="演示任务",
        from_day=FIRST,
        until_day=LAST,
        scope="全部在管账号",
        account_ids=(account.id,),
        items=(RepostItem(number=1, title=TITLE, link=SOURCE), RepostItem(number=2, title="演示")),
        source="任务.xlsx",
        by="演示员甲",
        at=day_start(FIRST),
    )
    kept = await any_store.reposts.add(task)
    assert kept == replace(task, id=kept.id)
    assert await any_store.reposts.all() == [kept]
    event = RepostEvent(
        task_id=kept.id,
        action=RepostAction.ACCEPTED,
        item=1,
        account_id=account.id,
        post="p21",
        by="演示员甲",
        at=READ,
    )
    ended = replace(event, action=RepostAction.CLOSED, item=0, account_id=None, post="")
    await any_store.reposts.add_events([event, ended])
    assert [replace(each, id=0) for each in await any_store.reposts.events()] == [event, ended]
    shown_once = replace(
        posted(f"演示\x00{TITLE}\ud83d"), original_title="演示：原文", original_link=SOURCE
    )
    await any_store.readings.keep(reading(account.id, READ, None, shown_once))
    (found,) = (await any_store.readings.by_account())[account.id]
    (post,) = found.posts
    assert (post.title, post.original_title) == (f"演示\ufffd{TITLE}\ufffd", "演示：原文")
    assert post.original_link == SOURCE
