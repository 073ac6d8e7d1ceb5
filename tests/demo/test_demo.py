"""The main job, end to end, as a user runs it: the command line, a real browser, SQLite, files on
disk.

On a few accounts (tests/support/small_demo.py), and at full size on the shipped ones.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from commands import in_process as mediawatch
from paper_words import faults_in, papers_in
from small_demo import failing_accounts, use_few_accounts

from mediawatch.demo import MARK, prepare, shipped_world
from mediawatch.demo.machine import CONTACT, PHONE
from mediawatch.figures.printed.circulars import load_shipped

MEDIAWATCH = Path(sys.executable).with_name("mediawatch")


def demonstrated(out: Path) -> str:
    """As a user starts it: a process of its own."""
    done = subprocess.run(
        [MEDIAWATCH, "demo", "--out", out],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def played(out: Path, world: Path) -> None:
    """The demonstration of another world, without an interpreter's start."""
    done = mediawatch("demo", "--out", out, "--world", world)
    assert done.returncode == 0, done.stderr


def failing(out: Path) -> dict[tuple[str, str], str]:
    """(name, type) -> label of the leading failing finding, from the hand-off."""
    document = json.loads((out / "handoff.json").read_bytes())
    found: dict[tuple[str, str], str] = {}
    for finding in document["findings"]:
        if finding["effect"] == "fails":
            found.setdefault(
                (finding["account"]["name"], finding["account"]["type"]), finding["label"]
            )
    return found


@dataclass(frozen=True)
class Shown:
    """A demonstration that was run once: its home, what it printed, and what must come of it."""

    home: Path
    told: str
    failing: dict[tuple[str, str], str]
    verdicts: dict[str, int]
    again: int
    """Accounts to be looked at again, after the reviews."""
    papers: int
    said: tuple[str, ...]
    """What the people did, and what the re-check found."""
    results: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int:
        return sum(self.verdicts.values())

    @property
    def world(self) -> Path:
        """The world that its sites showed."""
        few = self.home.parent / "tibet-2022q4.csv"
        return few if few.exists() else shipped_world()


@pytest.fixture(scope="module", params=["few", pytest.param("shipped", marks=pytest.mark.soak)])
def shown(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("demo")
    return few(folder) if request.param == "few" else shipped(folder / "home")


def few(folder: Path) -> Shown:
    """On a few accounts, some of them altered; without an interpreter's start."""
    with pytest.MonkeyPatch.context() as patch:
        use_few_accounts(patch, folder)
        done = mediawatch("demo", "--out", folder / "home")
    assert done.returncode == 0, done.stderr
    return Shown(
        folder / "home",
        done.stdout,
        failing_accounts(),
        {"failed": 11, "fresh": 8, "at_limit": 1, "unproven": 1, "out_of_scope": 1},
        again=2,
        papers=50,
        said=(
            "演示核查员 may confirm 7 of 12 findings, 5 rest on the same person's look",
            "13 suspects of 6 prefectures sent down by 演示经办人, to be answered by 2023-01-04",
            "7 无异议, 3 有异议, 3 without; 1 link opened; judged again: 8 fresh, 1 at_limit, "
            "12 failed",
            "11 confirmed (7 that units agreed to, 4 one by one), 1 dismissed",
            "演示办函〔2023〕1号：复查11个，已完成整改2个，已不在报送系统台账内1个，无法核实2个，"
            "未整改5个，已申报关停1个",
            "重复问题5个：",
        ),
        results=(
            ("0001", "已完成整改"),
            ("0002", "已不在报送系统台账内"),
            ("0003", "无法核实"),
            ("0018", "未整改"),
            ("0046", "已完成整改"),
            ("0055", "已申报关停"),
            ("0059", "未整改"),
        ),
    )


def shipped(out: Path) -> Shown:
    """The shipped demonstration, in a process of its own."""
    return Shown(
        out,
        demonstrated(out),
        {(one.name, one.type): one.kind for one in load_shipped("tibet-2022q4-circular").named},
        {"failed": 59, "fresh": 83, "due_soon": 1, "unproven": 1, "out_of_scope": 2},
        again=4,
        papers=90,
        said=(
            "演示核查员 may confirm 21 of 60 findings, 39 rest on the same person's look",
            "61 suspects of 7 prefectures sent down by 演示经办人, to be answered by 2023-01-04",
            "55 无异议, 3 有异议, 3 without; 1 link opened; judged again: 83 fresh, 1 due_soon, "
            "60 failed",
            "59 confirmed (55 that units agreed to, 4 one by one), 1 dismissed",
            "演示办函〔2023〕1号：复查59个，已完成整改20个，已不在报送系统台账内17个，"
            "无法核实11个，未整改9个，已申报关停2个",
            "重复问题9个：",
        ),
        # Posted again; left the registry; a person would have to look; stale still; filed anew;
        # renamed back; 已注销; found again; gone still.
        results=(
            ("0001", "已完成整改"),
            ("0002", "已不在报送系统台账内"),
            ("0003", "无法核实"),
            ("0012", "未整改"),
            ("0046", "已完成整改"),
            ("0049", "已完成整改"),
            ("0055", "已申报关停"),
            ("0056", "已完成整改"),
            ("0059", "未整改"),
        ),
    )


@pytest.mark.soak
@pytest.mark.parametrize("shown", ["shipped"], indirect=True)
def test_the_figures_of_the_shipped_one_are_the_circulars(shown: Shown) -> None:
    assert Counter(shown.failing.values()) == {
        "长期未更新": 13, "半年以上未更新": 5, "超过2周及以上未更新": 27, "名称变动未报备": 4, "搜索不到": 10,
    }  # fmt: skip
    for slip in ("名单中抖音短视频有7个，正文写6个", "合计58，总数写59", "差3个", "59.59%"):
        assert slip in shown.told
    assert "一致59个，通报有而未检出0个，检出而通报无0个" in shown.told


def test_exactly_who_must_fail_fails(shown: Shown) -> None:
    assert failing(shown.home) == shown.failing


def test_the_rest_is_fresh_and_who_was_dismissed_is_looked_at_again(
    shown: Shown, tmp_path: Path
) -> None:
    document = json.loads((shown.home / "handoff.json").read_bytes())
    verdicts = {name: count for name, count in document["counts"]["verdicts"].items() if count}
    assert verdicts == shown.verdicts
    unchecked = shown.verdicts["unproven"] + shown.verdicts["out_of_scope"]
    counts = document["counts"]["total"], document["counts"]["checked"]
    assert counts == (shown.total, shown.total - unchecked)
    again = ("worklist", "export", tmp_path / "again.xlsx", "--sweep", "1", "--by", "whole")
    done = mediawatch("--home", shown.home, *again)
    assert (done.returncode, f"again.xlsx: {shown.again} " in done.stdout) == (0, True), done.stdout


def test_how_often_accounts_publish_agrees_with_the_world(shown: Shown, tmp_path: Path) -> None:
    """Where lists do not reach, the tables say 至少; the circular that goes out has no slip."""
    months = ("--from", "2022-10", "--to", "2022-12")
    done = mediawatch("--home", shown.home, "cadence", *months, "--csv", tmp_path)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "更新频次（按账号）.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = shown.world.read_text("utf-8-sig").splitlines()
    world = csv.DictReader(line for line in lines if not line.startswith("#"))
    posts = {
        row["filing_number"]: re.findall(r"(\d{4})-(\d\d)-\d\d", row["posts"]) for row in world
    }
    kinds: Counter[str] = Counter()
    for row in rows:
        year, month = re.findall(r"\d+", row["月份"])
        truth = posts[row["备案单号"]].count((year, f"{month:0>2}"))
        number = int("".join(re.findall(r"\d", row["发布条数"])) or 0)
        kinds[row["发布条数"][:2] if not row["发布条数"][0].isdigit() else "exact"] += 1
        assert truth == number if row["发布条数"][0].isdigit() else truth >= number, row
        assert row["连续未发布月数"] in ("0", "不详") or not truth, row
    assert min(kinds["exact"], kinds["至少"], kinds["不详"]) > shown.total / 5
    document = shown.home / "documents" / "通报.docx"
    assert mediawatch("circular", "check", document).returncode == 0


def test_the_machine_says_what_it_could_not_prove(shown: Shown) -> None:
    book = openpyxl.load_workbook(shown.home / "worklist" / "worklist.xlsx")
    assert any(sheet.max_row > shown.total / 5 for sheet in book.worksheets)
    told = shown.told
    assert " unproven" in told.split("judged again")[0]
    assert " unproven" not in told.split("judged again")[1].splitlines()[0]
    assert f"`mediawatch --home {shown.home} flagged`" in told.splitlines()[-1]


def test_what_the_machine_proved_is_told_before_peoples_part(shown: Shown) -> None:
    before, _, after = shown.told.partition("worklist.xlsx: ")
    told = r"(\S+)：共(\d+)个账号，系统已证实正常更新(\d+)个，疑似(\d+)个，待人工核查(\d+)个"
    lines = {name: [*map(int, counts)] for name, *counts in re.findall(told, before)}
    assert sum(counts[0] for counts in lines.values()) == shown.total
    assert sum(counts[3] for counts in lines.values()) == int(after.split()[0])
    total, proved, suspects, left = lines["微信公众号"]
    assert (proved > 0, proved + suspects + left) == (True, total)
    sources = before.partition("微信公众号：")[2].splitlines()[1]
    counted = dict(re.findall(r"(微信[^、：]+?)(\d+)个", sources))
    assert "微信文章链接" in counted
    assert sum(map(int, counted.values())) == proved


def test_the_handoff_is_valid_whole_and_says_what_it_is(shown: Shown) -> None:
    out = shown.home
    document = json.loads((out / "handoff.json").read_bytes())
    schema = json.loads(mediawatch("handoff", "--schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert document["schema"] == "mediawatch.handoff/1"
    assert not document["includes_open"]
    assert {finding["review_state"] for finding in document["findings"]} == {"confirmed"}
    assert document["preliminary"]
    assert "演示数据" in document["marks"]
    assert {finding["canary"] for finding in document["findings"]} == {"checked", "person"}
    assert "演示数据" in (out / "canaries.toml").read_text(encoding="utf-8")
    for finding in document["findings"]:
        for item in finding["evidence"]:
            body = (out / item["path"]).read_bytes()
            assert hashlib.sha256(body).hexdigest() == item["sha256"]
            assert not any(
                secret in item["url"]
                for secret in ("_signature", "msToken", "a_bogus", "&token=1", "lang=zh_CN&token")
            )


def texts_of(path: Path) -> str:
    """All words of a file: of an archive those of its parts, of a database those of its views and
    tables. The table of contacts itself is left out.
    """
    if path.name == "mediawatch.db":
        with closing(sqlite3.connect(path)) as base:
            names = base.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
            wanted = [name for (name,) in names if name != "contact"]
            return "".join(
                repr(row) for name in wanted for row in base.execute(f'SELECT * FROM "{name}"')
            )
    if path.suffix in (".xlsx", ".docx", ".zip"):
        with zipfile.ZipFile(path) as archive:
            return "".join(
                archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
            )
    body = path.read_bytes()
    return (gzip.decompress(body) if path.suffix == ".gz" else body).decode("utf-8", "replace")


def test_no_contact_stands_in_any_file_but_its_own_units(shown: Shown) -> None:
    """The registry came with them, and each reminder holds those of its own unit."""
    out = shown.home
    found = re.compile(f"{CONTACT}\\d*|{PHONE}\\d*")
    held = {path: set(found.findall(texts_of(path))) for path in out.rglob("*") if path.is_file()}
    holders = {path.relative_to(out).as_posix() for path, people in held.items() if people}
    own = {path for path in holders if path.startswith("documents/提醒/")}
    # SQLite's log may hold the rows of the table of contacts.
    assert holders - own <= {"registry.xlsx", "mediawatch.db-wal"}
    assert own, "a reminder to a unit names its own contact"
    assert len(held[out / "registry.xlsx"]) == 2 * shown.total
    with closing(sqlite3.connect(out / "mediawatch.db")) as base:
        rows = base.execute(
            "SELECT person, phone, organiser, supervisor, name FROM contact JOIN account "
            "ON account.id = contact.account_id"
        ).fetchall()
    units = {word: row[2] or row[3] or row[4] for row in rows for word in row[:2]}
    for name in own:
        text = (out / name).read_text("utf-8")
        assert all(f"{units[word]}：" in text.splitlines()[0] for word in held[out / name]), name
    kinds = {Path(path).suffix for path in held}
    assert {".xlsx", ".html", ".json", ".db", ".docx", ".zip"} <= {path.suffix for path in held}, (
        kinds
    )


def test_a_demonstration_is_its_owners_alone(shown: Shown) -> None:
    assert [path for path in shown.home.rglob("*") if path.stat().st_mode & 0o077] == []


def test_the_same_state_gives_the_same_bytes(shown: Shown, tmp_path: Path) -> None:
    out = shown.home
    done = mediawatch("--home", out, "handoff", "--out", tmp_path / "again.json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "again.json").read_bytes() == (out / "handoff.json").read_bytes()


def test_only_confirmed_findings_leave_without_being_asked(shown: Shown, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(shown.home, home, ignore=shutil.ignore_patterns("documents"))
    assert (
        mediawatch(
            "--home", home, "review", "reopen", "非遗拉萨", "--by", "复核人", "--reason", "另行核实"
        ).returncode
        == 0
    )
    for words, kept in ((), -1), (("--include-open",), 0):
        target = ("--out", tmp_path / "again.json", "--force")
        done = mediawatch("--home", home, "handoff", *target, *words)
        assert done.returncode == 0, done.stderr
        document = json.loads((tmp_path / "again.json").read_bytes())
        said = len(document["findings"]), document["counts"]["failed"]
        assert said == (len(shown.failing) + kept,) * 2
        assert (
            document["includes_open"],
            "含未经审核的疑似问题，不得公开" in document["marks"],
        ) == (bool(words), bool(words))


def test_people_err_and_are_set_right(shown: Shown) -> None:
    """Of two accounts that a person took for silent, its unit's link clears one, the reviewer the
    other. Each is on record.
    """
    home, told = shown.home, shown.told
    assert [words for words in shown.said if words not in told] == []
    assert "2023-01-05: the term is over, 3 findings noted as 逾期未反馈" in told
    dismissed = mediawatch("--home", home, "review", "list", "--state", "dismissed").stdout
    keys = [word for word in dismissed.split() if "/stale_2w@" in word]
    assert len(keys) == 1
    assert "首次核查看漏" in mediawatch("--home", home, "review", "show", keys[0]).stdout
    assert {"核实-演示市.xlsx", "核实-演示市-反馈.xlsx", "复查"} <= {
        path.name for path in (home / "dispatch").iterdir()
    }
    sent = re.findall(r"suspects of (\d+) prefectures", told)[0]
    assert len(list((home / "dispatch").glob("*.xlsx"))) == 2 * int(sent)
    heard = mediawatch("--home", home, "review", "list", "--sweep", "1").stdout
    assert all(word in heard for word in ("无异议", "有异议", "逾期未反馈"))
    assert "未经核实认定" not in heard


def test_the_documents_stand_beside(shown: Shown) -> None:
    folder = shown.home / "documents"
    again = openpyxl.load_workbook(folder / "复查附件.xlsx").sheetnames
    assert ("复查情况" in again, "检查情况统计表" in again) == (True, False)
    first = {"通报附件.xlsx", "通报.docx", "检查报告.html", "佐证材料", "提醒"}
    assert {path.name for path in folder.iterdir()} == first | {"复查清单.csv", "复查附件.xlsx"}
    names = [
        name
        for path in (folder / "佐证材料").iterdir()
        for name in zipfile.ZipFile(path).namelist()
    ]
    assert len(names) == len({*names}) == len(shown.failing)
    assert "DEMO-0124" in "".join(
        path.read_text(encoding="utf-8") for path in (folder / "提醒").iterdir()
    )


def test_no_paper_says_what_only_we_know(shown: Shown, tmp_path: Path) -> None:
    """No English, no codes or numbers of ours, no path, no narrow punctuation, none of our former
    words: in whatever leaves, and in what its receivers fill in.
    """
    home = tmp_path / "home"
    shutil.copytree(shown.home, home)
    out = tmp_path / "out"
    out.mkdir()
    for command in (
        ("registry", "corrections", out / "更正", "--by", "prefecture"),
        ("notice", "feedback", "export", "1", "--out", out / "反馈"),
        ("evidence", "sheet", "DEMO-0001", "--out", out / "内部", "--notice", "1", "--internal"),
        ("report", "open", "--out", out / "清单.xlsx", "--notice", "1"),
        ("worklist", "export", out / "再核.xlsx", "--sweep", "1"),
        ("notice", "consult", "--out", out / "会商.xlsx", "--sweep", "1"),
        ("notice", "overdue", "1", "--letters", out / "催办", "--word"),
        ("notice", "appeal", "1", "2", "--by", "演示联络员", "--reason", "已更新"),
        (
            "notice",
            "appeal",
            "1",
            "2",
            "--by",
            "演示复核员",
            "--reason",
            "维持",
            "--result",
            "rejected",
        ),
        ("notice", "opinion", "1", "2", "--out", out / "复核意见.docx"),
        ("notice", "correct", "1", "3", "--by", "演示审核员", "--reason", "有误", "--yes"),
        ("notice", "correction-papers", "1", "--out", out / "更正材料"),
        ("report", "upward", "--notice", "1", "--out", out / "报告.docx"),
        ("report", "docx", "--part", "--notice", "1", "--out", out / "部分.docx"),
    ):
        done = mediawatch("--home", home, *command)
        assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(home / "mediawatch.db")) as base:
        columns = "name, organiser, supervisor, filing_number, platform_id, original_id, alias, url"
        rows = base.execute(f"SELECT {columns} FROM account").fetchall()
    filed = {value for row in rows for value in row if value and len(value) > 1}
    filed |= {"registry.xlsx", "registry-next.xlsx"}  # the office's own names of its files
    papers = {
        name: text
        for folder in (home / "documents", home / "dispatch", home / "worklist", out)
        for path in sorted(folder.rglob("*"))
        # What people wrote into their answers is theirs.
        if path.suffix in (".xlsx", ".docx", ".html", ".txt", ".csv", ".zip")
        and "answered" not in path.name
        and "反馈.xlsx" not in path.name
        for name, text in papers_in(path)
    }
    said = {name: faults for name, text in papers.items() if (faults := faults_in(text, filed))}
    assert not said, {name: (len(each), each[:3]) for name, each in said.items()}
    assert len(papers) > shown.papers


def test_the_lists_of_an_inspector(shown: Shown, tmp_path: Path) -> None:
    home = shown.home
    told = mediawatch("--home", home, "show", "康马妇女之家").stdout
    assert "长期未更新" in told
    assert "人工核查 演示核查员" in told
    assert mediawatch("--home", home, "show", "没有这个账号").returncode == 2
    assert mediawatch("--home", home, "flagged", "--csv", tmp_path / "list.csv").returncode == 0
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(
        {(row["政务新媒体名称"], row["类型"]) for row in rows if row["审核状态"] == "认定"}
    ) == len(shown.failing)
    assert {row["审核状态"] for row in rows} == {"认定"}, "who was dismissed is on no list"
    assert {row["对照账号"] for row in rows} == {"已校验", "人工核查"}
    assert (
        {"有实录", "人工核查"}
        <= {row["来源依据"] for row in rows}
        <= {"有实录", "人工核查", "含仅有文字描述、无实录的来源"}
    )
    assert "搜索不到" in mediawatch("--home", home, "flagged").stdout
    assert "视频号" in mediawatch("--home", home, "unproven").stdout


def test_a_quarter_later_every_item_of_the_notice_has_its_result(
    shown: Shown, tmp_path: Path
) -> None:
    home = shown.home
    with (home / "documents" / "复查清单.csv").open(encoding="utf-8-sig", newline="") as file:
        results = {row["备案单号"]: row["复查结果"] for row in csv.DictReader(file)}
    said = [(number, results[f"DEMO-{number}"]) for number, _ in shown.results]
    assert said == [*shown.results]
    book = openpyxl.load_workbook(home / "documents" / "复查附件.xlsx")
    assert len(
        [row for row in book["复查情况"].iter_rows(values_only=True) if row[0] in results]
    ) == len(shown.failing)
    (repeated,) = re.findall(r"重复问题(\d+)个", shown.told)
    assert shown.told.count("（连续2次）") == int(repeated) > 1
    # What was rectified is no correction of what was said.
    assert "correction due" not in mediawatch("--home", home, "notice", "show", "1").stdout
    again = mediawatch(
        "--home",
        home,
        "recheck",
        "演示办函〔2023〕1号",
        "--sweep",
        "2",
        "--csv",
        tmp_path / "again.csv",
    )
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.csv").read_bytes() == (
        home / "documents" / "复查清单.csv"
    ).read_bytes()


def test_a_world_whose_accounts_have_no_ids_goes_through(tmp_path: Path) -> None:
    """A person's other name proves nothing there: the id that he saw is a proposal, and the account
    waits. So does one that a search alone leads to: he may have looked at one of the same name.
    """
    world = tmp_path / "world.csv"
    world.write_text(
        "# as_of = 2022-12-31\nfiling_number,name,type,platform,organiser,status,truth,shown_name,"
        "posts\n"
        "W1,改名前发布,微信公众号,wechat,乙局,正常运行,alive,改名后发布,2022-05-01\n"
        "W2,旧发布,微信公众号,wechat,丙局,正常运行,alive,,2022-05-01\nW3,无发布,微信公众号,wechat,"
        "丁局,正常运行,gone,,\n",
        encoding="utf-8",
    )
    played(tmp_path / "home", world)
    document = json.loads((tmp_path / "home" / "handoff.json").read_bytes())
    assert {finding["account"]["name"] for finding in document["findings"]} == {"无发布"}
    assert document["counts"]["verdicts"]["unproven"] == 2
    target = tmp_path / "proposals.csv"
    assert (
        mediawatch("--home", tmp_path / "home", "registry", "proposals", "--csv", target).returncode
        == 0
    )
    (row,) = [
        row
        for row in csv.DictReader(target.open(encoding="utf-8-sig"))
        if "改名后发布" in row["依据"]
    ]
    assert "演示核查员人工核查时看到（附截图）" in row["依据"]
    accept = ("--home", tmp_path / "home", "registry", "proposals", "--accept", row["编号"])
    for words, told in (
        ((), "accept it with --by NAME"),
        (("--by", "演示核查员"), "somebody else accepts it"),
    ):
        refused = mediawatch(*accept, *words)
        assert (refused.returncode, told in refused.stderr) == (2, True)
    assert "1 accepted" in mediawatch(*accept, "--by", "演示审核员").stdout


def test_lists_are_those_of_the_latest_finished_whole_sweep(shown: Shown) -> None:
    home = shown.home
    listed = mediawatch("--home", home, "sweeps").stdout
    assert "2022-12-31 23:59" in listed
    assert "已完成" in listed
    assert mediawatch("--home", home, "flagged", "--sweep", "9").returncode == 2
    assert "第1号检查 普查 监测时间点2022-12-31" in mediawatch("--home", home, "flagged").stdout


def test_a_demonstration_never_goes_to_the_real_sites(shown: Shown) -> None:
    done = mediawatch("--home", shown.home, "sweep", "--account", "DEMO-0018")
    assert done.returncode == 2
    assert "real sites" in done.stderr


def test_a_home_without_its_database_is_not_an_empty_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert mediawatch("--home", home, "init").returncode == 0
    assert "there is no sweep yet" in mediawatch("--home", home, "flagged").stderr
    (home / "mediawatch.db").unlink()
    done = mediawatch("--home", home, "flagged")
    assert (done.returncode, (home / "mediawatch.db").exists()) == (2, False)
    assert "missing or empty" in done.stderr


def test_what_a_stopped_demonstration_left_is_made_anew(tmp_path: Path) -> None:
    """Whatever it left, the mark was made first, and goes last."""
    out = tmp_path / "out"
    out.mkdir(mode=0o755)
    for left in (("evidence", "canaries.toml"), ()):
        home = prepare(out)
        assert (home.exists, (out / MARK).exists(), out.stat().st_mode & 0o077) == (True, True, 0)
        assert not any((out / name).exists() for name in ("canaries.toml", "evidence/2031-01-01"))
        for path in out.iterdir():
            if path.name not in (MARK, *left):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if left:
            (out / "canaries.toml").touch()
            (out / "evidence" / "2031-01-01").mkdir()


def test_a_folder_that_is_no_demonstration_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("mine")
    done = mediawatch("demo", "--out", tmp_path)
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert (tmp_path / "keep.txt").read_text() == "mine"
