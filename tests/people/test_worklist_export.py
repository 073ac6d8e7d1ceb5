"""Worklists out: what people get, how it is split, and that nothing in it is dangerous; and the
commands.
"""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner
from worklists import (
    DAY,
    FRESH,
    NOW,
    POLICY,
    Inspection,
    exported,
    filed,
    fill,
    judged_by,
    table,
    typed,
)

import db
from mediawatch.app import App
from mediawatch.cli import app
from mediawatch.cli.worklist import open_answered, take_in
from mediawatch.domain import (
    Account,
    FiledStatus,
    LookKind,
    MatchedBy,
    Need,
    Post,
    Reading,
    Sight,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import parse_as_of
from mediawatch.ops.settings import Home, Settings
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.worklist.export import WorklistSplit, export
from mediawatch.people.worklist.todo import unproven
from mediawatch.ports import Gate, Store

TWO, THREE = (f"示例市第{number}测试局" for number in (2, 3))
HOSTILE = '=HYPERLINK("http://x.example.test","点我")<script>alert(1)</script>'


def seen_by_machine(account_id: int, on: date, link: str = "", **values: Any) -> Reading:
    sight = Sight(
        surface="wechat.article",
        read_at=NOW - 2 * DAY,
        matched_by=MatchedBy.URL,
        posts=(Post(on=on, link=link),),
        **values,
    )
    return Reading(
        account_id=account_id,
        look=LookKind.FIRST,
        started_at=NOW - 2 * DAY,
        read_at=NOW - 2 * DAY,
        sights=(sight,),
    )


async def test_what_people_get(store: Store, tmp_path: Path) -> None:
    link = "https://mp.example.test/s/new"
    accounts = [
        filed(1, url="https://example.test/home"),
        filed(2, article_links=("https://mp.example.test/s/filed",), original_id=""),
        filed(3, platform="tieba", type="贴吧", status=FiledStatus.CLOSED),
    ]
    _, path = await exported(
        store,
        tmp_path,
        accounts,
        [seen_by_machine(2, date(2031, 12, 1), link, original_id="gh_00000000learned")],
    )
    one, two, three = table(path)
    assert list(one)[1:] == [
        column.value for column in Column if column not in (Column.KEY, Column.ERROR)
    ]
    assert two["已知最近发布（不早于）"] == "2031-12-01"
    assert two["最新文章链接"] == link, "the newest that is known, not the one filed"
    assert two["原始ID/微信号"] == "gh_00000000learned"
    assert (one["已知最近发布（不早于）"], one["核查问题"]) == (
        "未知",
        "12月17日（含）至12月31日有无发布？",
    )
    assert "已关停" in three["核查问题"]
    assert (one["二维码"], three["二维码"]) == (None, "无链接，请在平台内搜索备案名称")
    assert all(
        row[column.value] is None
        for row in (one, two, three)
        for column in (Column.POSTED, Column.STATE, Column.PERSON)
    )
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    assert len(sheet._images) == 2
    assert sheet.column_dimensions["A"].hidden
    assert sheet.freeze_panes == "D2"
    assert book["_mediawatch"].sheet_state == "hidden"
    assert "截图" in str([cell.value for cell in book["填写说明"]["A"]])
    choices = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert choices["K2:K4"] == '"有,无"'
    assert choices["N2:N4"] == '"正常,搜索不到,已注销,已封禁,从未发布,已迁移,看不到内容"'


async def test_only_what_is_left_to_people(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed(number) for number in (1, 2, 3, 4)])
    scope = await store.sweeps.scope(inspection.sweep.id)
    verdicts = (Verdict.FRESH, Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE, Verdict.FAILED)
    await store.sweeps.keep_judgements(
        inspection.sweep.id,
        {
            entry.account.id: replace(entry.judgement, verdict=one)
            for entry, one in zip(scope, verdicts, strict=True)
            if entry.judgement
        },
    )
    items = await unproven(
        store, inspection.sweep, await store.sweeps.scope(inspection.sweep.id), POLICY
    )
    assert [(item.account.filed.name, item.verdict) for item in items] == [
        (TWO, Verdict.UNPROVEN),
        (THREE, Verdict.OUT_OF_SCOPE),
    ]


async def test_hostile_names_stay_text(store: Store, tmp_path: Path) -> None:
    names = [HOSTILE, "+1", "-1+2", "@SUM(A1)", "\t=1", "&lt;<b>", "一\n二\x0b三", "长" * 40_000]
    accounts = [
        filed(number, name=name, organiser=name, url="javascript:alert(1)", prefecture=name)
        for number, name in enumerate(names, 1)
    ]
    accounts.append(
        filed(
            9,
            article_links=(
                "https://mp.example.test/s/a b",
                "file:///etc/passwd",
                "https://mp.example.test/s/good",
            ),
        )
    )
    inspection, path = await exported(store, tmp_path, accounts)
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        links = archive.read("xl/worksheets/_rels/sheet1.xml.rels").decode()
    assert "<f>" not in sheet
    assert 'Target="https://mp.example.test/s/good"' in links
    assert "javascript" not in links + sheet
    assert "passwd" not in links
    answers = {row[Column.NAME.value]: FRESH for row in table(path)}
    assert HOSTILE in answers
    done = await inspection.take(fill(path, tmp_path / "甲.xlsx", answers))
    assert [problem.sentence for problem in done.problems] == []
    assert len(done.readings) == len(accounts)
    files = await export(
        store,
        FormTarget(path=tmp_path / "分.xlsx"),
        await judged_by(store, inspection.sweep),
        by=WorklistSplit.PREFECTURE,
    )
    assert all(each.path.parent == tmp_path for each in files)


async def test_split_by_prefecture_and_by_person(store: Store, tmp_path: Path) -> None:
    places = ("甲市", "乙市", "甲市", "", "甲/市", "甲_市", "../..")
    inspection, _ = await exported(
        store, tmp_path, [filed(number, prefecture=place) for number, place in enumerate(places, 1)]
    )

    async def split(name: str, by: WorklistSplit, people: Sequence[str] = ()) -> dict[str, int]:
        path = tmp_path / name / "清单.xlsx"
        path.parent.mkdir()
        files = await export(
            store,
            FormTarget(path=path),
            await judged_by(store, inspection.sweep),
            by=by,
            people=people,
        )
        assert all(len(table(each.path)) == each.rows for each in files)
        return {str(each.path.relative_to(path.parent)): each.rows for each in files}

    assert await split("地市", WorklistSplit.PREFECTURE) == {
        "清单-甲市.xlsx": 2, "清单-乙市.xlsx": 1, "清单-未填地市.xlsx": 1, "清单-甲_市.xlsx": 1, "清单-甲_市_2.xlsx": 1,
        "清单-其他.xlsx": 1,
    }  # fmt: skip
    assert await split("人", WorklistSplit.PERSON, ["甲某", "乙某", "甲某", "丙某"]) == {
        "清单-甲某.xlsx": 2,
        "清单-乙某.xlsx": 2,
        "清单-丙某.xlsx": 3,
    }
    assert {row[Column.PERSON.value] for row in table(tmp_path / "人" / "清单-乙某.xlsx")} == {
        "乙某"
    }
    with pytest.raises(UserError, match="--people"):
        await split("空", WorklistSplit.PERSON, [" "])


async def test_a_file_that_may_hold_answers_is_not_written_over(
    store: Store, tmp_path: Path
) -> None:
    inspection, path = await exported(store, tmp_path, [filed(1)])
    before = path.read_bytes()
    with pytest.raises(UserError, match="may hold answers"):
        await export(
            store,
            FormTarget(path=path),
            await judged_by(store, inspection.sweep),
        )
    assert path.read_bytes() == before
    await export(
        store,
        FormTarget(path=path, overwrite=True),
        await judged_by(store, inspection.sweep),
    )
    with pytest.raises(UserError, match="xlsx"):
        await export(
            store,
            FormTarget(path=tmp_path / "清单.csv"),
            await judged_by(store, inspection.sweep),
        )


def test_at_the_command_line(tmp_path: Path) -> None:
    home, path, back = tmp_path / "home", tmp_path / "清单.xlsx", tmp_path / "更正.xlsx"

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["--home", str(home), *words])

    async def inspect() -> None:
        store = await db.open_store(f"sqlite:///{home / 'mediawatch.db'}")
        accounts = [filed(1, platform="toutiao", name=HOSTILE), filed(2, platform="tieba")]
        await Inspection.of(store, tmp_path, accounts, as_of=parse_as_of("2024-12-31", NOW))
        await store.close()

    assert run("unproven").exit_code == 2, "no home yet"
    assert run("init").exit_code == 0
    asyncio.run(inspect())
    listed = run("unproven")
    assert (listed.exit_code, "2 unproven" in listed.stdout) == (0, True), listed.output
    assert run("unproven", "--csv", str(tmp_path / "a.csv")).exit_code == 0
    assert (
        (tmp_path / "a.csv")
        .read_text(encoding="utf-8-sig")
        .splitlines()[1]
        .startswith("900001,\"'=HYPERLINK")
    )
    assert run("worklist", "export", str(path)).stdout == f"{path}: 2 rows\n"
    assert run("worklist", "export", str(path)).exit_code == 2, "it may hold answers by now"
    assert run("worklist", "export", str(path), "--people", "甲").exit_code == 2
    answers = {
        TWO: {**FRESH, Column.POSTED_ON: typed("2024-12-20")},
        HOSTILE: {**FRESH, Column.PERSON: ""},
    }
    # Links that cannot be opened in this home are refused before any answer is kept.
    (home / "演示数据").touch()
    link = "https://mp.weixin.qq.com/s/ExampleToken000000000A"
    linked = fill(path, tmp_path / "链.xlsx", {TWO: {**answers[TWO], Column.LINK: link}})
    refused = run("worklist", "import", str(linked))
    assert (refused.exit_code, "holds a demonstration" in refused.stderr) == (2, True)
    (home / "演示数据").unlink()
    done = run(
        "worklist", "import", str(fill(path, tmp_path / "甲.xlsx", answers)), "--errors", str(back)
    )
    assert done.exit_code == 2
    assert (
        done.stdout
        == "1 reading kept, 0 rows not answered, 0 known already, 1 row refused, 0 new links\n"
    )
    assert "第2行「核查人」：请填写核查人" in done.stderr
    assert [row[Column.NAME.value] for row in table(back)] == [HOSTILE]
    corrected = run(
        "worklist",
        "import",
        str(fill(back, tmp_path / "再交.xlsx", {HOSTILE: {Column.PERSON: "甲某"}})),
    )
    assert (corrected.exit_code, corrected.stderr.splitlines()[1:]) == (0, [])
    assert "0 unproven  0 out_of_scope" in run("unproven").stdout
    assert run("worklist", "import", str(tmp_path / "没有.xlsx")).exit_code == 2


class Articles:
    """A looker that can open links only: every article is of the account with this gh_ id, of that
    day.
    """

    def supports(self, platform: str) -> bool:
        return platform == "wechat"

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        raise AssertionError("nobody asked for a look")

    async def open_link(self, url: str, gate: Gate) -> tuple[Sight, ...]:
        post = Post(on=date(2031, 12, 20), link=url)
        return (
            Sight(
                surface="wechat.article",
                read_at=NOW,
                name=TWO,
                original_id="gh_0000000000a2",
                posts=(post,),
            ),
        )

    async def close(self) -> None:
        """Nothing is open."""


async def test_a_link_that_was_answered_is_opened(store: Store, tmp_path: Path) -> None:
    """The machine's own look at it settles the account; a link of somebody else's article settles
    nothing.
    """
    inspection, path = await exported(store, tmp_path, [filed(1), filed(2)])
    home = Home.at(tmp_path / "home")
    home.create()
    office = App(home, Settings(), store, lambda: NOW)
    office._looker = Articles()
    link = "https://mp.weixin.qq.com/s/ExampleToken000000000{}"
    cells = {f"示例市第{number}测试局": {Column.LINK: link.format(number)} for number in (1, 2)}
    cells[TWO][Column.LINK] += " https://example.test/other"
    done = await take_in(office, inspection.sweep, [fill(path, tmp_path / "甲.xlsx", cells)])
    assert (done.readings, len(done.links), len(done.articles)) == ([], 3, 2)
    assert await open_answered(office, inspection.sweep, done) == 0
    assert await inspection.verdicts() == [Verdict.UNPROVEN, Verdict.FRESH]


def seen_by_index(account_id: int, *sights: tuple[str, str, date]) -> Reading:
    """Sights as (surface, which surface named the link, day of the post)."""
    at = NOW - 7 * DAY
    return Reading(
        account_id=account_id,
        look=LookKind.FIRST,
        started_at=at,
        read_at=at,
        sights=tuple(
            Sight(
                surface=surface,
                link_from=source,
                read_at=at,
                matched_by=MatchedBy.ID,
                posts=(Post(on=on),),
            )
            for surface, source, on in sights
        ),
    )


async def test_a_row_says_what_an_index_has_as_the_newest(store: Store, tmp_path: Path) -> None:
    cover, listed = "wechat.reader_cover", "wechat.reader_list"
    readings = [
        seen_by_index(
            1,
            ("wechat.article", cover, date(2031, 10, 28)),
            (listed, "", date(2031, 10, 20)),
        ),
        seen_by_index(2, (listed, "", date(2030, 12, 5))),
        seen_by_index(3, ("wechat.article", "", date(2031, 10, 28))),
    ]
    inspection = await Inspection.of(store, tmp_path, [filed(1), filed(2), filed(3)], readings)
    judged = await judged_by(store, inspection.sweep)
    path = tmp_path / "w.xlsx"
    await export(
        store,
        FormTarget(path=path),
        judged,
        indexes={cover: "微信读书", listed: "微信读书"},
    )
    asked = [row[Column.QUESTION] for row in table(path)]
    question = "12月17日（含）至12月31日有无发布？"
    assert asked == [
        f"{question}微信读书最近一篇为10月28日，请核对。",
        f"{question}微信读书最近一篇为2030年12月5日，请核对。",
        question,
    ]
