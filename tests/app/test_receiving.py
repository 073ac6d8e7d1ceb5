"""Hand-offs come in: each fault is refused and told; which version counts is never left to chance."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import in_process
from handed_offices import (
    AS_OF,
    SIGNED,
    Document,
    LowerOffice,
    filed_in,
    settings_of,
    to_body,
    told_by,
)
from offices import Office
from openpyxl import load_workbook

from mediawatch.app.backup_members import is_member
from mediawatch.domain import CheckedSpan, Code, HandedFile, HandedState, Verdict, standing_files
from mediawatch.domain.clock import day_end
from mediawatch.ops.settings import lower_offices as settings
from mediawatch.ops.signing import KEY_FILE
from mediawatch.publish.collect.checks import (
    Expectation,
    UnacceptableHandoff,
    check,
    read_handoff,
    remarks_on,
)
from mediawatch.publish.collect.office_reports import ReportFigures
from mediawatch.publish.collect.states import OfficeState, came_in_time
from mediawatch.rules.policy import load

ROUND = "2022年第四季度"
ACCOUNTS = [filed_in("甲市", number) for number in range(1, 7)]
SOUND = told_by(
    ACCOUNTS,
    {0: Code.STALE_2W, 1: Code.STALE_3M},
    verdicts={2: Verdict.LISTED, 5: Verdict.UNPROVEN},
)
EXPECTED = Expectation(
    office="甲市",
    span=CheckedSpan(AS_OF),
    policy=load("national"),
    demonstration="演示数据",
    received_on=date(2023, 1, 10),
)


def faults_of(document: Document, expected: Expectation = EXPECTED) -> str:
    try:
        return "；".join(check(read_handoff(to_body(document)), expected))
    except UnacceptableHandoff as refused:
        return str(refused)


def altered(*path: Any, to: Any) -> Callable[[Document], None]:
    """Write a value to a place of the document."""

    def alter(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return alter


def without(*path: Any) -> Callable[[Document], None]:
    def alter(document: Document) -> None:
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        del place[path[-1]]

    return alter


def as_if_fresh(document: Document) -> None:
    """An account that fails is called fresh, and all counts are made to fit."""
    document["scope"]["accounts"][0]["verdict"] = "fresh"


def without_a_finding(document: Document) -> None:
    """A failed account without what proves it."""
    del document["findings"][0]


def moved_region(document: Document) -> None:
    document["figures"][0]["parts"][0]["name"] = "乙市"


def noticed(**more: Any) -> Callable[[Document], None]:
    """The notice with which the document was issued."""
    told = {"number": "甲办〔2023〕1号", "title": "通报", "issued_on": "2023-01-06", "version": 1}
    return altered("notice", to={**told, "rectify_by": None, "report_by": None, **more})


def twice_told(document: Document) -> None:
    """The number of the first account, which fails, stands again at the fourth one, which does not."""
    accounts = document["scope"]["accounts"]
    accounts[3] |= {"filing_number": accounts[0]["filing_number"].lower(), "platform_id": ""}


FAULTS: dict[str, tuple[Callable[[Document], None], str]] = {
    "schema": (altered("schema", to="mediawatch.handoff/2"), "格式不是mediawatch.handoff/1"),
    "no schema": (without("schema"), "格式不是"),
    "a wrong type": (altered("counts", "failed", to="2"), "格式不符：counts.failed"),
    "a truth for a number": (altered("counts", "failed", to=True), "格式不符：counts.failed"),
    "a missing section": (without("counts"), "格式不符：counts"),
    "no evidence": (altered("findings", 0, "evidence", to=[]), "格式不符：findings.1.evidence"),
    "no scope": (without("scope"), "没有检查范围"),
    "an early version": (altered("scope", "accounts", 0, "status", to=""), "请升级后重新导出"),
    "an unknown verdict": (altered("scope", "accounts", 0, "verdict", to="great"), "无法识别"),
    "an unknown kind": (altered("findings", 0, "code", to="no such"), "无法识别"),
    "open findings": (altered("includes_open", to=True), "含未经审核的疑似问题"),
    "an open finding": (altered("findings", 0, "review_state", to="open"), "未经审核认定"),
    "a demonstration": (altered("marks", to=["演示数据", "初步结果"]), "是演示数据"),
    "unfinished": (altered("sweep", "state", to="running"), "检查尚未完成"),
    "a re-check": (altered("sweep", "kind", to="recheck"), "是复查或日常监测的结果"),
    "two moments": (altered("sweep", "as_of_day", to="2022-12-30"), "监测时间点与其日期不一致"),
    "a period": (
        altered("scope", "period_from", to="2022-10-01"),
        "检查时段为2022年10月1日至12月31日，本次统一为监测时间点2022年12月31日",
    ),
    "rules": (altered("policy", "toml", to=load("tibet").toml), "与本次统一规则"),
    "no rules": (altered("policy", "toml", to="x = ["), "无法识别"),
    "a finding of nobody": (
        altered("findings", 0, "account", "name", to="别人"),
        "问题所涉账号“别人”不在检查范围内",
    ),
    "a finding read too early": (
        altered("findings", 0, "read_at", to="2022-12-30T08:00:00+08:00"),
        "早于监测时间点",
    ),
    "a kind of their own words": (
        altered("findings", 0, "label", to="超2周未更新（含99个）"),
        "与所附检查规则不符",
    ),
    "an effect of their own": (altered("findings", 0, "effect", to="listed"), "与所附检查规则不符"),
    "a silence within the window": (altered("findings", 0, "gap_days", to=14), "未超过该账号"),
    "a silence of no length": (altered("findings", 0, "gap_days", to=None), "有效的间隔天数"),
    "a silence beyond all days": (altered("findings", 0, "gap_days", to=10**9), "有效的间隔天数"),
    "a silence that ended before": (
        altered("findings", 0, "gap_since", to="2022-11-01"),
        "的间隔截至2022年12月1日，与监测时间点2022年12月31日不符",
    ),
    "a longer tier than the silence": (
        altered("findings", 1, to={**SOUND["findings"][1], "gap_days": 30, "gap_since": None}),
        "与间隔30天不符",
    ),
    "a post within the window": (
        altered("findings", 0, "latest_post", "on", to="2022-12-17"),
        "所列最近更新为2022年12月17日，在更新时限之内",
    ),
    "a time without a zone": (
        altered("findings", 0, "read_at", to="2023-01-01T00:00:00"),
        "的核查时间或佐证材料没有时区",
    ),
    "a moment without a zone": (
        altered("sweep", "as_of", to="2022-12-31T23:59:59"),
        "监测时间点与其日期不一致",
    ),
    "a window of their own": (
        altered("scope", "accounts", 3, "window_days", to=365),
        "账号“甲市第4号”的更新时限（365天）与所附检查规则不符",
    ),
    "a window of nobody": (
        altered("scope", "accounts", 3, "window_days", to=None),
        "更新时限（不按更新判定）与所附检查规则不符",
    ),
    "a finding twice": (
        altered("findings", to=[*SOUND["findings"], SOUND["findings"][0]]),
        "出现2次",
    ),
    "a hash": (altered("findings", 0, "evidence", 0, "sha256", to="xyz"), "没有有效的SHA-256"),
    "a hash of nothing": (
        altered("findings", 0, "evidence", 0, "sha256", to="0" * 64),
        "没有有效的SHA-256",
    ),
    "looks that read nothing": (
        altered("findings", 0, "sights", 0, "outcome", to="blocked"),
        "没有读到信息列表的核查记录",
    ),
    "an account known by its name": (
        altered("findings", 0, "matched_by", to="name"),
        "只凭名称确认账号，而该账号有平台标识",
    ),
    "words of their own": (
        altered("marks", to=["经批准，无须复核", "初步结果"]),
        "带有本级不能照印的标注“经批准，无须复核”",
    ),
    "a notice of tomorrow": (
        noticed(issued_on="2023-01-11"),
        "2023年1月11日晚于接收日期2023年1月10日",
    ),
    "a notice of before": (
        noticed(issued_on="2022-12-30"),
        "2022年12月30日早于监测时间点2022年12月31日",
    ),
    "a number of two lines": (noticed(number="甲1\n乙市瞒报"), "通报文号“甲1 乙市瞒报”不规范"),
    "a number without end": (noticed(number="甲" * 61), "不规范：应为一行，不超过60个字"),
    "failed and sound": (twice_told, "的备案单号或平台标识相同，一条计为不合格"),
    "failed without a finding": (without_a_finding, "计为不合格，但没有相应的问题"),
    "a finding without failing": (as_if_fresh, "有不合格问题，但未计为不合格"),
    "failed": (altered("counts", "failed", to=1), "不合格数写1，按所列账号为2"),
    "checked": (altered("counts", "checked", to=6), "检查数写6，按所列账号为5"),
    "open": (altered("counts", "unproven", to=0), "待人工核查数写0，按所列账号为1"),
    "total": (altered("counts", "total", to=5), "总数写5，少于应查数6"),
    "a verdict's count": (altered("counts", "verdicts", "fresh", to=3), "各类结论的账号数"),
    "kinds": (altered("counts", "kinds", to=[]), "各类问题的账号数"),
    "a rate": (altered("counts", "rate", "text", to="99.00%"), "合格率写99.00%，与3/5不符"),
    "a fraction": (altered("counts", "rate", "numerator", to=5), "合格率写5/5，应为3/5"),
    "a rate of words": (altered("counts", "rate", "text", to="x%"), "合格率写x%"),
    "preliminary": (altered("preliminary", to=False), "却未标明初步结果"),
    "the open list": (altered("unproven", to=[]), "待核查名单有0个，按所列账号为1个"),
    "a region": (moved_region, "“甲市”与所列账号不符"),
    "a part": (altered("figures", 1, "parts", 0, "checked", to=9), "按平台的统计中"),
    "no figures": (without("figures"), "没有按地区（部门）的统计"),
}


def test_a_sound_document_is_taken() -> None:
    assert faults_of(SOUND) == ""
    later = {**SOUND, "more": 1, "sweep": {**SOUND["sweep"], "more": []}}
    assert faults_of(later) == "", "fields of later versions are passed over"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_refused_and_told(name: str) -> None:
    alter, says = FAULTS[name]
    document = json.loads(json.dumps(SOUND))
    alter(document)
    assert says in faults_of(document)


def test_the_last_quarter_is_refused_with_both_days() -> None:
    earlier = told_by(ACCOUNTS, on=date(2022, 9, 30))
    assert faults_of(earlier) == "监测时间点为2022年9月30日，本次统一为2022年12月31日"


def test_own_rules_need_leave_and_are_told() -> None:
    document = told_by(ACCOUNTS, policy=load("tibet"))
    assert "与本次统一规则" in faults_of(document)
    allowed = replace(EXPECTED, own_rules=True)
    assert faults_of(document, allowed) == ""
    assert "按本地规则" in "；".join(remarks_on(read_handoff(to_body(document)), allowed))


def test_marks_of_the_office_above_are_no_fault() -> None:
    document = told_by(ACCOUNTS, marks=("演示数据",))
    assert faults_of(document) == "是演示数据，不是实际检查结果"
    assert faults_of(document, replace(EXPECTED, marks=("演示数据",))) == ""


def test_words_of_an_office_that_were_once_taken_are_in_no_paper() -> None:
    document = read_handoff(to_body({**SOUND, "marks": ["经批准，无须复核", "初步结果"]}))
    assert ReportFigures.of(document).marks == ("初步结果",)


@pytest.fixture(scope="module")
def upper(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office.of(tmp_path_factory.mktemp("上级"), *ACCOUNTS)


@pytest.fixture
def lower(tmp_path: Path) -> LowerOffice:
    return LowerOffice(tmp_path, "甲市")


class Desk:
    """One round of the office above, with its own name: rounds share the module's home."""

    def __init__(self, upper: Office, round_name: str, *offices: LowerOffice, **more: Any) -> None:
        self._upper = upper
        text = settings_of(offices, round_name=round_name, **more)
        (upper.home.root / "offices.toml").write_text(text, "utf-8")
        self._round = round_name

    def add(self, *files: str | Path, refused: bool = False) -> str:
        done = in_process("--home", self._upper.home.root, "collect", "add", "--by", "丙某", *files)
        assert done.returncode == (1 if refused else 0), done.stderr + done.stdout
        return done.stdout + done.stderr

    def states(self) -> list[tuple[str, HandedState]]:
        kept = self._upper.within(lambda store: store.handed.of_round(self._round))
        return [(each.sha256[:6], each.state) for each in kept]


def test_a_corrected_version_takes_the_place_of_the_earlier_one(
    upper: Office, lower: LowerOffice
) -> None:
    desk = Desk(upper, "更正", lower)
    first = lower.send(SOUND, "一.json")
    second = lower.send(told_by(ACCOUNTS), "二.json", at=SIGNED + timedelta(days=1))
    assert "已接收" in desk.add(*first)
    assert "替换" in desk.add(*second)
    said = desk.add(*first)
    assert "早于已接收的版本，未采用" in said
    assert [state.value for _, state in desk.states()] == ["accepted", "accepted", "older"]
    assert "nothing new" in desk.add(*first, *second)


def test_the_version_of_a_notice_comes_before_the_time_of_signing(
    upper: Office, lower: LowerOffice
) -> None:
    desk = Desk(upper, "版本", lower)

    def version(number: int) -> Document:
        notice = {
            "number": "甲办〔2023〕1号",
            "title": "通报",
            "issued_on": "2023-01-06",
            "version": number,
        }
        more = {"rectify_by": None, "report_by": None}
        return {**told_by(ACCOUNTS), "notice": notice | more}

    new, old = (
        lower.send(version(2), "二.json"),
        lower.send(version(1), "一.json", at=SIGNED + timedelta(days=3)),
    )
    assert "已接收" in desk.add(*new)
    assert "早于已接收的版本" in desk.add(*old)
    unissued = lower.send(told_by(ACCOUNTS), "无.json", at=SIGNED + timedelta(days=4))
    assert "早于已接收的版本" in desk.add(*unissued)


def test_a_replaced_unsigned_file_does_not_come_back(upper: Office, lower: LowerOffice) -> None:
    desk = Desk(upper, "无签名", lower, by_folder=["甲市"])
    [first] = lower.send(SOUND, "一.json", signed=False)
    desk.add(first)
    [second] = lower.send(told_by(ACCOUNTS), "二.json", signed=False)
    assert "替换" in desk.add(second)
    assert "其后已被替换的版本相同" in desk.add(first)


def test_two_unsigned_versions_at_once_are_refused(upper: Office, lower: LowerOffice) -> None:
    desk = Desk(upper, "两份", lower, by_folder=["甲市"])
    lower.send(SOUND, "一.json", signed=False)
    lower.send(told_by(ACCOUNTS), "二.json", signed=False)
    assert desk.add(refused=True).count("无法判断先后") == 2
    assert [state for _, state in desk.states()] == [HandedState.REFUSED] * 2


def test_a_folder_office_corrects_what_still_lies_there(upper: Office, lower: LowerOffice) -> None:
    desk = Desk(upper, "更正放旁边", lower, by_folder=["甲市"])
    lower.send(SOUND, "二.json", signed=False)
    desk.add()
    lower.send(told_by(ACCOUNTS), "一.json", signed=False)
    assert "一.json 甲市 已接收：替换" in desk.add()
    assert "其后已被替换的版本相同" in desk.add(), "what was replaced does not come back"
    assert "nothing new" in desk.add()
    states = [state for _, state in desk.states()]
    assert states == [HandedState.ACCEPTED, HandedState.ACCEPTED, HandedState.OLDER]


def test_nothing_is_signed_before_the_moment(upper: Office, lower: LowerOffice) -> None:
    desk = Desk(upper, "签名", lower)
    early = lower.send(SOUND, at=SIGNED - timedelta(days=20))
    assert "早于监测时间点，请校准时钟" in desk.add(*early, refused=True)


def test_whose_a_file_is_must_be_proved(upper: Office, lower: LowerOffice, tmp_path: Path) -> None:
    stranger = LowerOffice(tmp_path, "丁市")
    other = LowerOffice(tmp_path, "省乙厅", "部门")
    desk = Desk(upper, "凭据", lower, other, by_folder=["省乙厅"])
    document, beside = lower.send(SOUND)
    assert "没有签名，也不在报送单位的文件夹中" in desk.add(document, refused=True)
    assert "不是报送单位登记的公钥" in desk.add(*stranger.send(SOUND), refused=True)
    spoiled = json.loads(beside.read_text())
    spoiled["signed_at"] = "2023-01-06T00:00:00+08:00"
    beside.write_text(json.dumps(spoiled))
    assert "签名无效" in desk.add(document, beside, refused=True)
    laid = [Path(shutil_copy(each, other.folder)) for each in lower.send(SOUND)]
    assert "由甲市签名，却放在省乙厅的文件夹" in desk.add(*laid, refused=True)
    ahead = lower.send(SOUND, at=SIGNED + timedelta(days=40_000))
    assert "晚于接收时间" in desk.add(*ahead, refused=True)
    link = other.folder / "链接.json"
    link.symlink_to(document)
    assert "没有签名" in desk.add(link, refused=True), "a link lies where it leads"


def shutil_copy(source: Path, folder: Path) -> str:
    target = folder / source.name
    target.write_bytes(source.read_bytes())
    return str(target)


def test_renamed_and_zipped_files_are_known_by_their_content(
    upper: Office, lower: LowerOffice, tmp_path: Path
) -> None:
    desk = Desk(upper, "压缩", lower)
    document, beside = lower.send(SOUND)
    target = tmp_path / "邮件附件(1).dat"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("报送/a", document.read_bytes())
        archive.writestr("报送/b", beside.read_bytes())
        archive.writestr("__MACOSX/._a", b"\0\1")
    assert "邮件附件(1).dat/报送/a 甲市 已接收" in desk.add(target)


def test_a_withdrawn_file_counts_no_more_and_may_come_again(
    upper: Office, lower: LowerOffice
) -> None:
    desk = Desk(upper, "撤回", lower)
    files = lower.send(SOUND)
    desk.add(*files)
    upper.run("collect", "withdraw", "甲市", "--by", "丙某", "--reason", "报错了")
    assert "已撤回" in upper.run("collect", "status").stdout
    assert "nothing of 甲市 counts" in upper.refused(
        "collect", "withdraw", "甲市", "--by", "丙某", "--reason", "再撤"
    )
    said = desk.add(*files, refused=True)
    assert "已撤回：该文件已于" in said
    assert "（报错了），未采用" in said
    assert desk.states()[-1][1] is HandedState.WITHDRAWN, "nothing of it is kept"
    again = ("--again", "核对无误")
    assert "撤回后重新采用：核对无误" in desk.add(*files, *again)


def test_an_earlier_version_of_a_withdrawn_file_does_not_come_back(
    upper: Office, lower: LowerOffice
) -> None:
    desk = Desk(upper, "撤回后", lower)
    first = lower.send(SOUND, "一.json")
    desk.add(*first)
    desk.add(*lower.send(told_by(ACCOUNTS), "二.json", at=SIGNED + timedelta(days=1)))
    upper.run("collect", "withdraw", "甲市", "--by", "丙某", "--reason", "佐证不实")
    assert "其后的版本已于" in desk.add(*first, refused=True)
    newer = told_by(ACCOUNTS, {0: Code.STALE_2W})
    assert "已接收" in desk.add(*lower.send(newer, "三.json", at=SIGNED + timedelta(days=2)))


def test_a_refused_file_is_told_again(upper: Office, lower: LowerOffice) -> None:
    desk = Desk(upper, "再退", lower)
    files = lower.send({**SOUND, "includes_open": True})
    desk.add(*files, refused=True)
    assert "已退回：含未经审核的疑似问题" in desk.add(*files, refused=True)
    assert [state.value for _, state in desk.states()] == ["refused"]


def test_a_signature_of_other_bytes_is_told_as_such(upper: Office, lower: LowerOffice) -> None:
    desk = Desk(upper, "改动", lower)
    document, beside = lower.send(SOUND)
    document.write_bytes(document.read_bytes() + b" ")
    assert "有签名文件，但与该文件不符" in desk.add(document, beside, refused=True)


ACCEPTED, REFUSED, WITHDRAWN = HandedState.ACCEPTED, HandedState.REFUSED, HandedState.WITHDRAWN


@pytest.mark.parametrize(
    ("came", "label"),
    [
        # A day after (+) or before the deadline, what came of the file, and which one it is.
        ([(0, ACCEPTED, "a"), (3, ACCEPTED, "b")], "已报送"),
        ([(3, ACCEPTED, "b")], "逾期报送"),
        ([(-2, ACCEPTED, "a"), (-1, WITHDRAWN, "a"), (3, ACCEPTED, "b")], "逾期报送"),
        ([(-2, ACCEPTED, "a"), (3, WITHDRAWN, "a"), (4, ACCEPTED, "b")], "已报送"),
        ([(-2, ACCEPTED, "a"), (-1, WITHDRAWN, "a"), (3, ACCEPTED, "a")], "已报送"),
        ([(-2, ACCEPTED, "a"), (-1, WITHDRAWN, "a")], "逾期未报送（已撤回）"),
        ([(-2, ACCEPTED, "a"), (3, WITHDRAWN, "a")], "已撤回"),
        ([(-1, REFUSED, "a")], "逾期未报送（已退回）"),
        ([], "逾期未报送"),
    ],
)
def test_a_correction_makes_no_office_late_and_a_useless_file_none_punctual(
    came: list[tuple[int, HandedState, str]], label: str
) -> None:
    day = date(2023, 1, 10)
    files = [
        HandedFile(
            round="x", office="甲市", state=state, file="", sha256=sha256, size=0,
            received_at=day_end(day + timedelta(days=after)), by="",
        )
        for after, state, sha256 in came
    ]  # fmt: skip
    found = OfficeState(
        office=settings.LowerOffice(name="甲市", folder="x"),
        deadline=day,
        standing=standing_files(files).get("甲市"),
        came_in_time=came_in_time(files, "甲市", day),
        last=files[-1] if files else None,
        today=day + timedelta(days=9),
    )
    assert (found.label, found.is_owing) == (label, "报送" not in label or "未报送" in label)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('as_of = "2022-12-31"', 'as_of = "2022-12-30"'), "本次统一为2022年12月30日"),
        (('policy = "national"', 'policy = "gansu"'), "与本次统一规则"),
    ],
)
def test_files_that_no_longer_fit_a_changed_round_count_for_nothing(
    upper: Office, lower: LowerOffice, change: tuple[str, str], says: str
) -> None:
    desk = Desk(upper, f"改期{change[1][:5]}", lower)
    desk.add(*lower.send(SOUND))
    path = upper.home.root / "offices.toml"
    path.write_text(path.read_text("utf-8").replace(*change), "utf-8")
    said = upper.refused("collect", "figures")
    assert says in said
    assert "甲市" in said
    assert "须重报" in upper.run("collect", "status").stdout


def test_status_tells_of_files_that_came_again_and_of_offices_that_are_named_no_more(
    upper: Office, lower: LowerOffice, tmp_path: Path
) -> None:
    desk = Desk(upper, "改名", lower)
    document, beside = lower.send(SOUND)
    outside = tmp_path / "x.json"
    outside.write_bytes(document.read_bytes())
    desk.add(outside, refused=True)
    assert "x.json" in upper.run("collect", "status").stderr
    desk.add(document, beside)
    assert "x.json" not in upper.run("collect", "status").stderr
    path = upper.home.root / "offices.toml"
    path.write_text(path.read_text("utf-8").replace('"甲市"', '"甲城市"'), "utf-8")
    assert "甲市: its accepted file counts no more" in upper.run("collect", "status").stderr


def test_the_state_of_the_offices_and_whom_to_urge(
    upper: Office, lower: LowerOffice, tmp_path: Path
) -> None:
    late, silent = LowerOffice(tmp_path, "乙市"), LowerOffice(tmp_path, "丙市")
    desk = Desk(upper, "催报", lower, late, silent, deadline="2099-01-01")
    desk.add(*lower.send(SOUND))
    desk.add(*late.send({**SOUND, "includes_open": True}), refused=True)
    out = tmp_path / "催报.xlsx"
    upper.run("collect", "status", "--out", out)
    book = load_workbook(out)
    rows = list(book["报送情况"].iter_rows(min_row=3, values_only=True))
    assert [row[4] for row in rows] == ["已报送", "已退回", "未报送"]
    urged = list(book["催报名单"].iter_rows(min_row=3, values_only=True))
    assert [row[1] for row in urged] == ["乙市", "丙市", "甲市"]
    assert urged[2][3:] == (
        "已报送（初步结果）",
        "报送最终结果（现为初步结果，尚有待核查的账号）",
    )
    assert "含未经审核" in urged[0][4]
    Desk(upper, "催报", lower, late, silent, deadline="2023-01-10")
    said = upper.run("collect", "status").stdout
    assert "逾期报送" in said
    assert "逾期未报送" in said


BAD_SETTINGS = {
    'name = "甲市1"': "without digits",
    'name = "本级"': "stands for our own inspection",
    'keys = ["x"]': "is no key",
    "keys = []": "neither keys nor a folder",
    'group = "县"': "office.1.group",
}


@pytest.mark.parametrize("line", BAD_SETTINGS)
def test_bad_settings_are_told_by_place(upper: Office, lower: LowerOffice, line: str) -> None:
    text = settings_of([lower])
    word = line.partition(" =")[0]
    lines = [line if each.startswith(f"{word} =") else each for each in text.splitlines()[6:]]
    (upper.home.root / "offices.toml").write_text(
        "\n".join([*text.splitlines()[:6], *lines]), "utf-8"
    )
    assert BAD_SETTINGS[line] in upper.refused("collect", "offices")


def test_who_takes_files_in_is_one_person(upper: Office, tmp_path: Path) -> None:
    for name in ("甲某、乙某", "  ", ""):
        assert "--by" in upper.refused("collect", "add", "--by", name, tmp_path / "x.json")
    blank = upper.refused("collect", "withdraw", "甲市", "--by", "丙某", "--reason", " ")
    assert "it says nothing" in blank


def test_a_missing_settings_file_is_told_with_the_remedy(upper: Office) -> None:
    (upper.home.root / "offices.toml").unlink(missing_ok=True)
    assert "collect offices --example" in upper.refused("collect", "status")
    example = upper.run("collect", "offices", "--example").stdout
    kept = "\n".join(line.removeprefix("# ") for line in example.splitlines()[2:])
    for placeholder, letter in (("ed25519:…", "A"), ("ed25519:旧…", "B")):
        kept = kept.replace(placeholder, f"ed25519:{letter * 43}=")
    shown = kept.replace("\n#\n", "\n")
    (upper.home.root / "offices.toml").write_text(shown, "utf-8")
    assert "省乙厅" in upper.run("collect", "offices").stdout


def test_a_hand_off_of_a_home_is_signed_and_taken(
    upper: Office, tmp_path: Path, lower: LowerOffice
) -> None:
    """Both ends as offices use them: key, signed hand-off, reception."""
    home = Office.of(tmp_path, *ACCOUNTS)
    home.sweep(AS_OF, {1: [Code.STALE_2W]})
    lower.key = home.run("collect", "key").stdout.strip()
    assert home.run("collect", "key").stdout.strip() == lower.key
    assert os.stat(home.home.root / "handoff.key").st_mode & 0o777 == 0o600
    out = tmp_path / "移交.json"
    home.run("handoff", "--out", out, "--sign")
    desk = Desk(upper, "往返", lower)
    assert "已接收" in desk.add(out, tmp_path / "移交.json.sig.json")


def test_signing_without_a_key_names_the_remedy(tmp_path: Path) -> None:
    home = Office.of(tmp_path, *ACCOUNTS)
    home.sweep(AS_OF, {})
    out = tmp_path / "移交.json"
    assert "collect key" in home.refused("handoff", "--out", out, "--sign")
    assert not out.exists()


def test_the_private_key_is_no_part_of_a_backup() -> None:
    assert is_member("offices.toml")
    assert not is_member(KEY_FILE)
