"""重要信息未转载 by command, from the task to a notice that a later look refutes."""

from __future__ import annotations

import csv
import shlex
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from review_homes import mediawatch, within
from worklists import GH, Inspection, filed, png

from mediawatch.domain import LookKind, MatchedBy, Outcome, Post, Reading, Sight
from mediawatch.domain.clock import EVER, beijing
from mediawatch.ops.settings import Home
from mediawatch.ports import Store

HOST_NOW = datetime.now(UTC)
AS_OF = HOST_NOW - timedelta(days=3)
NAME = "示例市第1测试局"
TITLE = "国务院办公厅关于做好今冬明春防汛抗旱工作的通知"
LINK = "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"
NUMBER = "示例〔2026〕1号"
TODAY, LAST = beijing(HOST_NOW).date(), beijing(AS_OF).date()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An inspection, and a task whose title was not reposted."""
    made = Home(tmp_path / "home").create()

    async def work(store: Store) -> None:
        await Inspection.of(store, made.root, [filed(1)], as_of=AS_OF)

    within(made, work)
    days = ("--from", str(LAST - timedelta(days=3)), "--until", str(LAST), "--by", "甲某")
    assert run(made, "repost", "add", "--title", TITLE, *days).startswith("task 1:")
    return made


def run(home: Home, *words: str, code: int = 0) -> str:
    done = mediawatch(home, *words)
    assert done.exit_code == code, done.output
    return done.output


def denied(home: Home, by: str, *more: str, code: int = 0) -> str:
    shot = home.root.parent / f"{by}.png"
    shot.write_bytes(png(len(list(home.root.parent.iterdir()))))
    words = ("problem", "add", NAME, "--kind", "重要信息未转载", "--by", by, "--picture", str(shot))
    return run(home, *words, "--id-seen", GH, *(more or ("--repost", "1/1")), code=code)


def looked(home: Home, on: date, title: str = TITLE, **more: Any) -> None:
    async def work(store: Store) -> None:
        at = datetime.now(UTC)
        sight = Sight(
            surface="wechat.article",
            read_at=at,
            outcome=Outcome.OK,
            name=NAME,
            original_id=GH,
            matched_by=MatchedBy.ID,
            posts=(Post(on=on, id="p1", title=title, link=LINK),),
            **more,
        )
        look = LookKind.FIRST
        await store.readings.keep(
            Reading(account_id=1, look=look, started_at=at, read_at=at, sights=(sight,))
        )

    within(home, work)


def confirmed(home: Home) -> None:
    path = home.root.parent / "审.csv"
    run(home, "review", "list", "--csv", str(path), "--force")
    (key,) = [
        row["编号"]
        for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())
        if "not_reposted" in row["编号"]
    ]
    why = ("--without-hearing", "--reason", "约谈时当面确认", "--by", "丙某")
    run(home, "review", "confirm", key, *why)


def issue(home: Home) -> str:
    told = ("--number", NUMBER, "--title", "通报", "--by", "丁某", "--date", str(TODAY))
    return run(home, "notice", "issue", *told, "--preliminary")


def test_the_printed_commands_are_taken_as_they_stand(home: Home) -> None:
    pieces = home.root.parent / "任务.csv"
    pieces.write_text(f"标题\n{TITLE}\n演示：关于开展安全生产大检查的通知\n", "utf-8")
    days = ("--from", str(LAST - timedelta(days=3)), "--until", str(LAST), "--by", "甲某")
    run(home, "repost", "add", str(pieces), *days)
    looked(home, LAST, "演示：其他", complete_since=EVER)
    told = mediawatch(home, "repost", "show", "2").stderr
    lines = [line.strip() for line in told.splitlines() if "problem add" in line]
    assert [line.partition(" --repost ")[2] for line in lines] == [
        f"2/1  # {NAME}",
        f"2/2  # {NAME}",
    ]
    for number, line in enumerate(lines):
        shot = home.root.parent / f"{number}.png"
        shot.write_bytes(png(90 + number))
        given = {"NAME": "甲某", "FILE": str(shot), "ID": GH}
        words = [given.get(word, word) for word in shlex.split(line, comments=True)]
        assert words[0] == "mediawatch"
        assert "one person found it" in run(home, *words[1:])


def test_a_post_found_after_the_notice_makes_a_correction_due(home: Home) -> None:
    assert "one person found it" in denied(home, "甲某")
    sheet = home.root.parent / "人工.xlsx"
    run(home, "worklist", "export", str(sheet))
    head, row = load_workbook(sheet)["人工检查"].iter_rows(values_only=True)
    asked = str(row[head.index("检查要求")])
    assert f"甲某于{TODAY.month}月{TODAY.day}日发现该问题（《{TITLE}》）" in asked
    assert "请以《》写明未转载信息的标题" in asked
    assert "two persons found it" in denied(home, "乙某")
    explained = run(home, "explain", NAME)
    assert f"《{TITLE}》" in explained
    confirmed(home)
    issue(home)
    assert "看到该账号转载的该信息" in run(home, "explain", NAME)
    assert "correction due" not in run(home, "notice", "show", NUMBER)
    looked(home, LAST)
    shown = run(home, "notice", "show", NUMBER)
    assert "correction due" in shown
    assert f"《{TITLE}》已转载：" in shown
    assert LINK in shown
    again = run(home, "explain", NAME)
    assert "不计入：" in again


def test_what_is_found_after_the_signature_is_not_issued(home: Home) -> None:
    denied(home, "甲某")
    denied(home, "乙某")
    confirmed(home)
    run(home, "notice", "draft", "--by", "甲某", "--title", "通报", "--preliminary")
    run(home, "notice", "approve", "--by", "戊某", "--on", str(TODAY))
    looked(home, LAST)
    told = run(home, "notice", "issue", "--number", NUMBER, "--date", str(TODAY), code=2)
    assert "no confirmed finding: nothing to issue" in told
    table = home.root.parent / "表.csv"
    run(home, "problem", "list", "--csv", str(table))
    (row,) = csv.DictReader(table.read_text("utf-8-sig").splitlines())
    assert (row["认定程度"], row["尚缺"]) == ("已见转载", "")


def test_an_answer_that_a_kept_post_refutes_is_refused(home: Home) -> None:
    bare = denied(home, "甲某", "--words", "没有转", code=2)
    assert "--words: 请以《》写明未转载信息的标题" in bare
    assert "task 1 has the items 1 to 1" in denied(home, "甲某", "--repost", "1/2", code=2)
    looked(home, LAST)
    told = denied(home, "甲某", code=2)
    assert f"《{TITLE}》已转载：" in told
    wrong = ("problem", "add", NAME, "--kind", "互动回应差", "--by", "甲某", "--repost", "1/1")
    assert "--repost goes with --kind not_reposted alone" in run(home, *wrong, code=2)
