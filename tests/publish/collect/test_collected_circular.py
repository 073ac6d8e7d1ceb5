"""Every number of a collected circular is read back, each against the figures of its own half."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

from docx import Document as WordDocument
from docx.shared import Pt
from handed_offices import AS_OF, SIGNED, filed_in, to_body, told_by

from mediawatch.domain import CheckedSpan, Code, HandedFile, HandedState, Verdict
from mediawatch.figures.region_parts import PartGroup
from mediawatch.ops.settings.office import AnnexNumbers, Office
from mediawatch.publish.circular.collected import compose_collected
from mediawatch.publish.circular.readback import FigureReader
from mediawatch.publish.collect.checks import accounts_of, read_handoff
from mediawatch.publish.collect.merge import Collection, RoundFrame, frame_sweep, merge
from mediawatch.publish.collect.office_reports import OfficeReport, ReportFigures
from mediawatch.publish.collect.papers import crossed_table
from mediawatch.publish.reports import annexes, word
from mediawatch.rules.policy import load

POLICY = load("national")
OFFICE = Office(issuer="示例省政府办公厅", reach="全省", level="省")
PLACES = ("长沙市", "株洲市", "湘潭市")


def report(place: str, number: int, first_id: int, *, policy: str = "national") -> OfficeReport:
    accounts = [filed_in(place, number + each) for each in range(4)]
    rules = load(policy)
    document = read_handoff(
        to_body(told_by(accounts, {0: Code.STALE_2W}, verdicts={3: Verdict.UNPROVEN}, policy=rules))
    )
    file = HandedFile(
        round="x", office=place, state=HandedState.ACCEPTED, file="", sha256="", size=0, received_at=SIGNED, by=""
    )  # fmt: skip
    return OfficeReport(
        office=place,
        group=PartGroup.REGION,
        file=file,
        figures=ReportFigures.of(document),
        policy=rules,
        accounts=accounts_of(document, place, first_id),
    )


def collection(office: Office = OFFICE, disputes: tuple[int, ...] = ()) -> Collection:
    frame = RoundFrame(
        name="2022年第四季度",
        as_of_sweep=frame_sweep("2022年第四季度", CheckedSpan(AS_OF), POLICY),
        policy=POLICY,
        office=office,
        until=date(2023, 1, 12),
        missing=("衡阳市",),
        not_due=("衡阳市",),
        late=("株洲市",),
        unreported={"长沙市": 2, "株洲市": 1},
    )
    reports = [
        report("长沙市", 1, 1),
        # The last account of the one before is in its report, too, and called fresh there.
        report("株洲市", 4, 5),
        report("湘潭市", 20, 9, policy="tibet"),
    ]
    return merge(reports, frame, {}, dict.fromkeys(disputes, "待核对。"))


WRONG = {
    "应报送检查结果的地区（部门）有4个": "应报送检查结果的地区（部门）有5个",
    "已报送3个": "已报送2个",
    "尚未报送1个": "尚未报送2个",
    "尚未报送1个：衡阳市": "尚未报送1个：长沙市",
    "未到报送期限的有1个：衡阳市": "未到报送期限的有2个：衡阳市",
    "逾期报送的有1个：株洲市": "逾期报送的有1个：长沙市",
    "截至2023年1月12日": "截至2023年1月13日",
    "在管政务新媒体共11个": "在管政务新媒体共12个",
    "不合格1个，合格率": "不合格2个，合格率",
    "湘潭市（14天）": "湘潭市（7天）",
    "有1个政务新媒体由两个以上": "有2个政务新媒体由两个以上",
    "另有3个未在其报送之列": "另有4个未在其报送之列",
    "待核对：长沙市2个、株洲市1个": "待核对：长沙市1个、株洲市1个",
    "、株洲市1个。": "、株洲市2个。",
    "有1个政务新媒体报送为不合格": "有2个政务新媒体报送为不合格",
}


def test_every_number_of_what_was_reported_is_read_back() -> None:
    told = collection(disputes=(9,)).inspection
    found = compose_collected(told, None)
    lines = [line for line in found.text.lines if not line.startswith(("1.", "2."))]
    text = "\n".join(lines)
    reader = FigureReader(told, found.text.annexes)
    assert [fault for line in lines for fault in reader.line_faults(line)] == []
    missed = [
        right
        for right, wrong in WRONG.items()
        if not any(map(list, map(reader.line_faults, text.replace(right, wrong).splitlines())))
    ]
    assert [right for right in WRONG if right not in text] == []
    assert missed == []


def test_tables_say_who_judges_by_a_window_of_its_own() -> None:
    told = collection().inspection
    assert "湘潭市（按本地规则14天判定）" in [row[1] for row in annexes.regions(told).rows]
    assert "湘潭市（按本地规则14天判定）" in [row[0] for row in crossed_table(told).rows]


def test_opposite_reports_make_an_account_open_and_it_counts_once() -> None:
    told = collection()
    [one] = told.shared
    assert one.is_contested is False, "what one office has not settled contradicts nothing"
    whole = told.inspection.statistics.whole
    assert (whole.total, whole.failed) == (11, 2), "it is open as its first office has it"
    assert crossed_table(told.inspection).rows[-1][-1] == f"{whole.checked}/{whole.failed}"


def test_the_numbers_of_annexes_go_on_over_both_halves() -> None:
    told = collection().inspection
    found = compose_collected(told, None)
    assert [each.number for each in found.text.annexes] == [1, 2]
    assert all("据已报送的地区、部门报送" in each.title for each in found.text.annexes)
    numbered = Office(issuer="甲", annexes=AnnexNumbers(list=4))
    again = compose_collected(collection(numbered).inspection, None)
    assert [each.number for each in again.text.annexes] == [1, 2], "those are of a joint circular"


def test_a_circular_without_any_annex_bears_the_marks() -> None:
    office = Office(issuer="甲", annexes_left_out=("table", "list"))
    found = compose_collected(collection(office).inspection, None)
    body = word.collected_circular(found)
    text = [each.text for each in WordDocument(BytesIO(body)).paragraphs]
    assert any("初步结果" in each for each in text[:3])


def test_the_list_with_its_senders_keeps_its_headings_on_two_lines() -> None:
    """Six columns leave 小四 two characters for 存在的突出问题: its text is 五号 then."""
    long = "湘西土家族苗族自治州"
    accounts = [
        filed_in(long, 4, filing_number=f"43000000{number:08}", organiser=f"{long}市场监督管理局")
        for number in range(3)
    ]
    document = read_handoff(to_body(told_by(accounts, dict.fromkeys(range(3), Code.STALE_3M))))
    one = replace(report(long, 1, 1), accounts=accounts_of(document, long))
    one = replace(one, figures=ReportFigures.of(document))
    frame = RoundFrame(
        name="第四季度",
        as_of_sweep=frame_sweep("第四季度", CheckedSpan(AS_OF), POLICY),
        policy=POLICY,
        office=OFFICE,
        until=date(2023, 1, 12),
    )
    found = compose_collected(merge([one], frame, {}).inspection, None)
    table = WordDocument(BytesIO(word.collected_circular(found))).tables[-1]
    cells = table.rows[0].cells
    assert [each.text for each in cells][-2:] == ["存在的突出问题", "报送单位"]
    [size] = {run.font.size for row in table.rows for cell in row.cells
              for run in cell.paragraphs[0].runs}  # fmt: skip
    assert size == Pt(10.5)
    assert [each.text for each in cells if (each.width or 0) < size * len(each.text) / 2] == []


def test_a_number_that_nothing_vouches_for_is_a_fault() -> None:
    reader = FigureReader(collection().inspection)
    [fault] = reader.line_faults("另有3处")
    assert "no figure stands behind it" in fault
