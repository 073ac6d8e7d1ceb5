"""报送情况 and 催报名单: who has handed in, who has not, and what was refused and why."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.domain import HandedFile, HandedState
from mediawatch.domain.clock import beijing, chinese_day, day_end
from mediawatch.publish.collect.states import OfficeState, RoundState
from mediawatch.publish.inspection import PRELIMINARY
from mediawatch.publish.reports.xlsx import BookCover, workbook
from mediawatch.table import Table


def state_table(state: RoundState) -> Table:
    """报送情况: every expected office."""
    rows = tuple(
        (
            str(number),
            one.office.name,
            one.office.group,
            chinese_day(one.deadline) if one.deadline else "",
            one.label,
            _received(one),
            _version(one),
            _reason(one),
        )
        for number, one in enumerate(state.states, 1)
    )
    columns = (
        "序号", "报送单位", "类别", "报送期限", "状态", "接收时间", "版本", "说明",
    )  # fmt: skip
    return Table(f"{state.offices.round.name}检查结果报送情况", columns, rows)


def urging_book(state: RoundState, issuer: str, marks: Sequence[str]) -> bytes:
    """报送情况 and 催报名单 as a workbook, to be handed on; files of nobody stand apart."""
    owed = [one for one in state.states if one.is_owing]
    owed += [one for one in state.states if one not in owed and _is_preliminary(one)]
    urging = Table(
        f"{state.offices.round.name}检查结果催报名单",
        ("序号", "报送单位", "报送期限", "情形", "请补报、补正的事项"),
        tuple(
            (
                str(number),
                one.office.name,
                chinese_day(one.deadline) if one.deadline else "",
                one.label + ("（初步结果）" if one.standing and not one.misfit else ""),
                _owed(one),
            )
            for number, one in enumerate(owed, 1)
        ),
    )
    unknown = Table(
        "无法确认报送单位的文件",
        ("文件", "接收时间", "退回原因"),
        tuple((each.file, _moment(each), each.reason) for each in state.unknown),
    )
    tables = [("报送情况", state_table(state)), ("催报名单", urging)]
    tables += [("无法确认的文件", unknown)] if unknown.rows else []
    return workbook(
        tables,
        counts=(),
        rates=(),
        marks=marks,
        cover=BookCover(title=urging.title, issuer=issuer, made_at=day_end(state.today)),
    )


def _is_preliminary(one: OfficeState) -> bool:
    return one.standing is not None and PRELIMINARY in one.standing.reason


def _received(one: OfficeState) -> str:
    file = one.standing or one.last
    return _moment(file) if file else ""


def _moment(file: HandedFile) -> str:
    return f"{beijing(file.received_at):%Y-%m-%d %H:%M}"


def _version(one: OfficeState) -> str:
    file = one.standing
    if file is None:
        return ""
    return f"{file.notice}第{file.version}版" if file.notice else "未印发"


def _reason(one: OfficeState) -> str:
    """What is to be minded of what counts; of a newer file that was refused, that."""
    said = (
        [one.misfit, one.unexplained, one.key_remark, one.standing.reason] if one.standing else []
    )
    if one.last is not None and one.last is not one.standing:
        said.append(f"{_moment(one.last)}收到的文件为{one.last.state.label}：{one.last.reason}")
    return "；".join(filter(None, said))


def _owed(one: OfficeState) -> str:
    """What it is asked for. Why a file was withdrawn is the business of who withdrew it."""
    if one.misfit:
        return f"{one.misfit}，请重新报送"
    if one.standing is not None:
        return "报送最终结果（现为初步结果，尚有待核查的账号）"
    if one.last is not None and one.last.state is HandedState.REFUSED:
        return one.last.reason
    again = "重新" if one.last is not None else ""
    return f"{again}报送检查结果（交接文件及签名文件）"
