"""An office that collected hands up: its own accounts and the others', each once and by its sender."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import in_process
from docx import Document as WordDocument
from handed_offices import AS_OF, SIGNED, LowerOffice, filed_in, settings_of, to_body, told_by
from offices import Office
from openpyxl import load_workbook

from mediawatch.domain import CheckedSpan, Code, Filing, Sweep
from mediawatch.domain.clock import day_end
from mediawatch.ports import Store
from mediawatch.publish.collect.checks import Expectation, check, read_handoff
from mediawatch.rules.policy import load

CITY, A, B = "长沙市", "浏阳市", "宁乡市"
OFFICE = 'issuer = "{}"\nreach = "{}"\nlevel = "{}"\n'


def of_county(place: str, number: int) -> Filing:
    return filed_in(CITY, number, county=place, name=f"{place}第{number}号")


OF_A = [of_county(A, number) for number in range(1, 5)]
OF_B = [of_county(B, number) for number in range(5, 9)]
OF_CITY = [filed_in(CITY, number, organiser=f"{CITY}第{number}局") for number in range(9, 12)]


class City:
    """The office in the middle: what A and B report, and its own inspection."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.office = Office.of(root, *OF_A, *OF_B, *OF_CITY)
        self.lower = LowerOffice(root, A), LowerOffice(root, B)
        text = OFFICE.format("长沙市政府办公室", "全市", "市")
        (self.office.home.root / "office.toml").write_text(text, "utf-8")
        self.write(settings_of(self.lower))

    def write(self, settings: str) -> None:
        (self.office.home.root / "offices.toml").write_text(settings, "utf-8")

    def add(self, *documents: dict[str, Any], at: Any = SIGNED) -> None:
        for lower, document in zip(self.lower, documents, strict=False):
            self.office.run("collect", "add", "--by", "丙某", *lower.send(document, at=at))

    def inspect(self, failed: dict[int, list[Code]], on: date = AS_OF, **more: Any) -> int:
        """An own inspection, by the numbers of our own registry."""
        return self.office.sweep(on, failed, **more)

    def hand_up(self, *words: str) -> dict[str, Any]:
        self.said = self.office.run(
            "collect", "handoff", "--out", self.target, "--force", *words
        ).stderr
        document: dict[str, Any] = json.loads(self.target.read_text("utf-8"))
        return document

    @property
    def target(self) -> Path:
        return self.root / "上报.json"


@pytest.fixture
def city(tmp_path: Path) -> City:
    (tmp_path / "市").mkdir()
    return City(tmp_path / "市")


def verdicts(document: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    return {
        each["name"]: (each["verdict"], each["reported_by"])
        for each in document["scope"]["accounts"]
    }


def test_own_and_collected_accounts_stand_side_by_side(city: City) -> None:
    city.add(told_by(OF_A, {0: Code.STALE_2W}), told_by(OF_B))
    own = city.inspect({9: [Code.STALE_2W]}, only=[9, 10, 11])
    document = city.hand_up("--sweep", str(own))
    found = verdicts(document)
    assert found["浏阳市第1号"] == ("failed", [A])
    assert found["长沙市第9号"] == ("failed", [])
    assert len(found) == 11
    counts = document["counts"]
    assert (counts["total"], counts["checked"], counts["failed"]) == (11, 11, 2)
    assert [each["office"] for each in document["collected"]["sources"]] == [A, B]
    assert document["collected"]["sources"][0]["key"] == city.lower[0].key
    parts = {each["name"]: each["total"] for each in document["figures"][0]["parts"]}
    assert parts == {A: 4, B: 4, "本级": 3}
    assert all(each["evidence"] for each in document["findings"])


def test_an_account_counts_once_and_opposites_are_open(city: City) -> None:
    """B reports A's second account, and opposite to A; our own look contradicts B's third."""
    city.add(told_by(OF_A, {1: Code.STALE_2W}), told_by([*OF_B, OF_A[1]]))
    own = city.inspect({7: [Code.STALE_2W]}, only=[7])
    document = city.hand_up("--sweep", str(own))
    found = verdicts(document)
    assert found["浏阳市第2号"] == ("unproven", [A])
    assert found["宁乡市第7号"] == ("unproven", [B])
    assert document["findings"] == [], "nobody is accused of what is open"
    assert document["counts"]["total"] == 8
    assert document["preliminary"] is True
    shared = {each["account"]["name"]: each for each in document["collected"]["shared"]}
    assert shared["浏阳市第2号"]["reported"] == ["浏阳市：不合格", "宁乡市：正常更新"]
    assert shared["宁乡市第7号"]["contested"] is True
    assert len(shared) == 2


@pytest.mark.parametrize(
    ("days", "code", "verdict", "says"),
    [
        # Its last post is of 30 days before we looked: within the office's own window, or not.
        (5, Code.STALE_2W, "unproven", "本级检查认定不合格"),
        (20, Code.STALE_2W, "fresh", "说明。"),
        (20, Code.NAME_MISMATCH, "unproven", "与本级检查的结论不可比"),
    ],
)
def test_whom_a_later_inspection_found_failing_is_open_unless_it_fell_silent_since(
    city: City, days: int, code: Code, verdict: str, says: str
) -> None:
    city.add(told_by(OF_A), told_by(OF_B))
    own = city.inspect({1: [code]}, AS_OF + timedelta(days=days), only=[1, 9])
    document = city.hand_up("--sweep", str(own))
    found = verdicts(document)
    assert found["浏阳市第1号"] == (verdict, [A])
    assert says in document["scope"]["accounts"][0]["sentence"]
    assert "长沙市第9号" not in found, "it was looked at for another moment"
    assert "of another moment" in city.said


def test_what_an_older_inspection_of_the_round_found_stands(city: City) -> None:
    city.add(told_by(OF_A), told_by(OF_B))
    first = city.inspect({1: [Code.STALE_2W]}, AS_OF + timedelta(days=5), only=[1])
    city.inspect({}, only=[9])
    document = city.hand_up()
    assert verdicts(document)["浏阳市第1号"] == ("unproven", [A])
    assert verdicts(document)["长沙市第9号"] == ("fresh", [])
    assert f"other own inspections of the round ({first})" in city.said


def test_an_unfinished_inspection_is_not_handed_up(city: City) -> None:
    city.add(told_by(OF_A), told_by(OF_B))

    async def begin(store: Store) -> int:
        accounts = await store.accounts.all()
        policy, as_of = load("national"), day_end(AS_OF)
        sweep = Sweep(as_of=as_of, policy="national", policy_toml=policy.toml, started_at=as_of)
        return (await store.sweeps.open(sweep, accounts[8:])).id

    document = city.hand_up("--sweep", str(city.office.within(begin)))
    assert len(verdicts(document)) == 8
    assert "unfinished" in city.said


def test_whom_we_name_nowhere_is_not_handed_up_by_name(city: City) -> None:
    city.add(told_by(OF_A, {0: Code.STALE_2W}), told_by(OF_B))
    own = city.inspect({1: [Code.STALE_2W]}, AS_OF + timedelta(days=20), only=[1])
    words = ("--sweep", str(own), "--by", "甲某")
    city.office.run("notice", "draft", *words)
    city.office.run("notice", "unname", "1", *words, "--how", "unnamed", "--reason", "领导意见")
    document = city.hand_up("--sweep", str(own))
    assert [each["unnamed"] for each in document["findings"]] == ["不在正文点名"]


def test_missing_offices_make_it_preliminary(city: City) -> None:
    city.add(told_by(OF_A))
    document = city.hand_up()
    assert document["preliminary"] is True
    assert document["collected"]["missing"] == [B]
    assert "初步结果" in document["marks"]
    assert B in city.said


def test_suspects_of_an_office_below_make_it_preliminary(city: City) -> None:
    """Its figures are settled, and findings of it wait for a decision."""
    waiting = {**told_by(OF_A), "preliminary": True, "marks": ["初步结果"]}
    city.add(waiting, told_by(OF_B))
    document = city.hand_up()
    assert (document["preliminary"], document["marks"]) == (True, ["初步结果"])


def test_a_void_key_of_a_source_is_told_above(city: City, province: Province) -> None:
    city.add(told_by(OF_A), told_by(OF_B))
    void = f'revoked = [{{ key = "{city.lower[0].key}", on = "2099-01-01", reason = "电脑遗失" }}]'
    city.write(settings_of(city.lower).replace(f'keys = ["{city.lower[0].key}"]', void))
    said = province.take(city.hand_up())
    assert f"{A}：签名公钥自2099年1月1日起作废（电脑遗失），文件在此前接收，仍计入" in said


def test_offices_with_rules_of_their_own_cannot_be_handed_up(city: City) -> None:
    city.write(settings_of(city.lower, own_rules=[A]))
    city.add(told_by(OF_A, policy=load("tibet")), told_by(OF_B))
    refused = city.office.refused("collect", "handoff", "--out", city.target)
    assert f"{A} judge by rules of their own" in refused


class Province:
    """The office above: it expects the city, and a department."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "省").mkdir()
        self.office = Office.of(root / "省", *OF_A, *OF_B, *OF_CITY)
        text = OFFICE.format("示例省政府办公厅", "全省", "省")
        (self.office.home.root / "office.toml").write_text(text, "utf-8")
        self.city = LowerOffice(root / "省", CITY)
        self.other = LowerOffice(root / "省", "省教育厅", "部门")

    def take(self, document: dict[str, Any], *more: Path) -> str:
        text = settings_of([self.city, self.other])
        (self.office.home.root / "offices.toml").write_text(text, "utf-8")
        files = [*self.city.send(document), *more]
        done = in_process("--home", self.office.home.root, "collect", "add", "--by", "丁某", *files)
        return done.stdout + done.stderr

    def sheets(self) -> dict[str, list[tuple[Any, ...]]]:
        target = self.root / "省汇总.xlsx"
        self.office.run("collect", "figures", "--out", target, "--force")
        book = load_workbook(target)
        # Title and headings; no marks are printed where nothing waits.
        return {
            each.title: list(each.iter_rows(min_row=3, values_only=True))
            for each in book.worksheets
        }


@pytest.fixture
def province(tmp_path: Path) -> Province:
    return Province(tmp_path)


def test_the_office_above_sees_who_reported_what(city: City, province: Province) -> None:
    city.add(told_by(OF_A, {0: Code.STALE_2W}), told_by(OF_B))
    own = city.inspect({9: [Code.STALE_2W]}, only=[9, 10, 11])
    document = city.hand_up("--sweep", str(own))
    theirs = told_by([filed_in("省教育厅", 20), OF_B[0]])
    said = province.take(document, *province.other.send(theirs))
    assert "2 files accepted" in said
    assert "含所属2个单位报送的8个账号，由报送单位汇总并确认，所属单位的原件和签名未随附" in said
    sheets = province.sheets()
    listed = {row[1]: row[-1] for row in sheets["自查突出问题名单"]}
    assert listed == {"浏阳市第1号": f"{CITY}（{A}）", "长沙市第9号": CITY}
    [shared] = sheets["重复报送"]
    assert shared[4:6] == (f"{CITY}（{B}）：正常更新；省教育厅：正常更新", f"{CITY}（{B}）")
    row = next(row for row in sheets["自查统计表"] if row[1] == CITY)
    assert row[2:6] == (11, 11, "100%", 2)
    below = {(row[0], row[1]): row[2:6] for row in sheets["自查汇总来源"]}
    assert below[CITY, A] == (4, 4, 1, 0)
    assert below[CITY, "本级"] == (3, 3, 1, 0)
    assert below[CITY, B][0] == 4
    target = province.root / "通报.docx"
    province.office.run("collect", "circular", "--out", target)
    tables = WordDocument(str(target)).tables
    assert f"{CITY}（{A}）" in [cell.text for row in tables[1].rows for cell in row.cells]


def test_the_circular_tells_whose_offices_are_missing_below(city: City, province: Province) -> None:
    """All offices of the province reported; one of the city's did not."""
    city.add(told_by(OF_A))
    province.take(city.hand_up(), *province.other.send(told_by([filed_in("省教育厅", 20)])))
    target = province.root / "通报.docx"
    province.office.run("collect", "circular", "--out", target)
    text = "\n".join(each.text for each in WordDocument(str(target)).paragraphs)
    assert f"{CITY}所报结果包括其汇总的所属单位自查情况。" in text
    assert f"{CITY}所属单位中，{B}尚未报送，所报为初步结果。" in text
    assert "初步结果" in text.splitlines()[0]


def test_it_goes_on_to_a_third_office(city: City, province: Province, tmp_path: Path) -> None:
    city.add(told_by(OF_A, {0: Code.STALE_2W}), told_by(OF_B))
    province.take(city.hand_up())
    target = tmp_path / "省报.json"
    province.office.run("collect", "handoff", "--out", target)
    document = json.loads(target.read_text("utf-8"))
    assert verdicts(document)["浏阳市第1号"] == ("failed", [CITY, A])
    assert document["collected"]["missing"] == ["省教育厅"]
    assert "only what was reported" in city.said
    document["findings"][0]["account"]["name"] += "x"
    assert "不在检查范围内" in province.take(document)


FAULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "却未列明来源": lambda document: document.pop("collected"),
    "不在来源之列": lambda document: document["collected"]["sources"].pop(0),
    "出现两次": lambda document: document["collected"]["sources"].append(
        document["collected"]["sources"][0]
    ),
    "来源单位的名称": lambda document: document["collected"]["missing"].append("丙县2"),
    "来源单位的名称不": lambda document: document["collected"]["missing"].append("本级"),
    "没有有效的SHA-256": lambda document: document["collected"]["sources"][0].update(sha256="x"),
    "签名时间没有时区": lambda document: document["collected"]["sources"][0].update(
        signed_at="2023-01-01T00:00:00"
    ),
    "名称不规范": lambda document: document["scope"]["accounts"][0].update(
        reported_by=["浏阳市\n1"]
    ),
    "所属单位尚未报齐": lambda document: document["collected"]["missing"].append("丙县"),
}


def test_sources_that_do_not_hold_together_are_refused(city: City) -> None:
    city.add(told_by(OF_A), told_by(OF_B))
    whole = city.hand_up()
    expected = Expectation(office=CITY, span=CheckedSpan(AS_OF), policy=load("national"))
    assert check(read_handoff(to_body(whole)), expected) == []
    for says, alter in FAULTS.items():
        document = json.loads(json.dumps(whole))
        alter(document)
        assert says in "；".join(check(read_handoff(to_body(document)), expected))


def test_the_whole_is_signed_by_who_hands_it_up(city: City, province: Province) -> None:
    city.add(told_by(OF_A), told_by(OF_B))
    key = city.office.run("collect", "key").stdout.strip()
    city.hand_up("--sign")
    province.city.key = key
    text = settings_of([province.city])
    (province.office.home.root / "offices.toml").write_text(text, "utf-8")
    files = [city.target, city.target.with_name("上报.json.sig.json")]
    assert "1 file accepted" in province.office.run("collect", "add", "--by", "丁", *files).stdout


def test_an_own_hand_off_in_place_of_the_collected_one_is_told(
    city: City, province: Province
) -> None:
    """By its later signature it counts, and the offices below would be gone without a word."""
    city.add(told_by(OF_A), told_by(OF_B))
    province.take(city.hand_up())
    alone = province.city.send(told_by(OF_CITY), "自.json", at=SIGNED + timedelta(days=1))
    said = province.office.run("collect", "add", "--by", "丁某", *alone).stdout
    assert "替换" in said
    assert "接收的汇总结果，所属单位报送的账号不再计入" in said


def test_accounts_that_no_office_reports_are_told(city: City) -> None:
    """A reported three of its four accounts: its 检查率 says nothing of the fourth."""
    city.add(told_by(OF_A[:3]))
    target = city.root / "通报.docx"
    city.office.run("collect", "circular", "--out", target)
    text = "\n".join(each.text for each in WordDocument(str(target)).paragraphs)
    said = "本级台账中属于已报送地区（部门）的在管政务新媒体，另有1个未在其报送之列，待核对：浏阳市1个。"
    assert said in text
