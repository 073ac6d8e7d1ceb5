"""What is wrong with an answer of a worklist, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from mediawatch.domain.clock import day_of, minute
from mediawatch.names import person_fault
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.read import WorklistRow
from mediawatch.people.forms.rowkey import Window
from mediawatch.people.worklist.identity import (
    asked_for,
    contradicts,
    said_of,
    tied_by,
    typed_ids,
    wrong_kind,
)
from mediawatch.people.worklist.parse import CellFault, GivenAnswer, RowQuestion
from mediawatch.people.worklist.states import (  # fmt: skip
    UNDATED,
    State,
)


def faults_of(
    given: GivenAnswer, row: WorklistRow, asked: RowQuestion, now: datetime
) -> Iterator[CellFault]:
    if not given.person:
        yield Column.PERSON, "请填写核查人"
    elif fault := person_fault(given.person):
        yield Column.PERSON, fault.label
    by_updates = asked.window.by_updates
    if contradictions := list(_contradictions(given) if by_updates else _unusable(given, asked)):
        # What else is wrong depends on which of the two was meant.
        yield from contradictions
        return
    yield from _time_faults(given, asked.window, now)
    yield from _date_faults(given, asked, now)
    yield from _identity_faults(given, asked)
    if given.accuses(asked.account):
        yield from _proof_faults(given, row)


def _contradictions(given: GivenAnswer) -> Iterator[CellFault]:
    if given.posted is None and given.state is State.NORMAL:
        yield Column.POSTED, "请选择“有”或“无”；账号看不到的，请在“状态”中说明"
    if given.posted and given.state is not State.NORMAL:
        yield Column.STATE, f"“有发布”与状态“{given.state}”矛盾"
    if given.posted is False and given.state is State.HIDDEN:
        yield Column.POSTED, "看不到内容不能证明无发布：请清空“有无发布”，或看到发布列表后再选“无”"
    if given.on and given.state in UNDATED:
        yield Column.POSTED_ON, f"状态为“{given.state}”，不应有发布日期"


_WORKS = "能下载、打开、使用的选“正常”，不能的选“看不到内容”，在“备注”中写明并附截图"


def _unusable(given: GivenAnswer, asked: RowQuestion) -> Iterator[CellFault]:
    """Of a row that asks whether the account can be used.

    有 and 无 are read there as 能 and 不能 by some: 无 is no answer, and 正常 is said by its word.
    """
    if given.posted is False:
        yield (
            Column.POSTED,
            f"这一行问的是能否下载、打开、使用，不问有无发布：请清空此格，{_WORKS}",
        )
    elif given.posted and given.state is not State.NORMAL:
        yield Column.STATE, f"“有发布”与状态“{given.state}”矛盾"
    elif given.posted is None and not given.chosen:
        yield Column.STATE, f"请选择“状态”：{_WORKS}"
    elif given.state is State.EMPTY:
        yield Column.STATE, f"这一行不问发布情况：{_WORKS}"
    elif given.state is State.NORMAL and given.posted is None:
        if given.read_at is None:
            yield Column.TIME, "此项回答必须填写核查时间"
        elif given.read_at < asked.window.as_of:
            yield (
                Column.TIME,
                f"核查时间早于监测时间点（{minute(asked.window.as_of)}）：请在其后重新核查",
            )


def _time_faults(given: GivenAnswer, window: Window, now: datetime) -> Iterator[CellFault]:
    if given.read_at is None:
        if given.negative:
            yield Column.TIME, "此项回答必须填写核查时间"
    elif given.read_at > now:
        yield Column.TIME, "核查时间晚于现在"
    elif given.negative and given.read_at < window.as_of:
        yield (
            Column.TIME,
            f"核查时间早于{_end(window)}（{minute(window.as_of)}），不能证明无发布：请在其后重新核查",
        )
    elif given.posted and day_of(given.read_at) < window.start:
        yield Column.TIME, f"核查时间早于所问的日期（{window.words}）"


def _end(window: Window) -> str:
    return "检查时段结束" if window.longest else "监测时间点"


def _date_faults(given: GivenAnswer, asked: RowQuestion, now: datetime) -> Iterator[CellFault]:
    window, looked_on = asked.window, day_of(given.read_at or now)
    # What counts against a typed date existed when the person looked, and lay in the days that were
    # asked about.
    seen = [day for day in asked.posted_on if day <= (window.end if given.posted else looked_on)]
    bound = max(seen, default=None)
    if given.on and (given.on > looked_on or given.on > day_of(now)):
        yield Column.POSTED_ON, "发布日期晚于核查时间" if given.read_at else "发布日期晚于今天"
    elif given.posted and window.longest and not given.on:
        yield Column.POSTED_ON, "检查时段内的发布须写明日期，如 11-03、11-17"
    elif given.on and bound and given.on < bound and not (given.posted and window.longest):
        yield Column.POSTED_ON, f"早于系统已见到的发布日期（{bound:%Y-%m-%d}），请重新核查"
    elif given.posted and any(day not in window for day in given.days):
        yield Column.POSTED_ON, f"选了“有”，日期应在{window.words}之内；该期间没有发布的请选“无”"
    elif given.posted is False and given.on and given.on in window:
        yield Column.POSTED_ON, f"日期在{window.words}之内，应选“有”"
    elif (
        given.posted is False and given.state is State.NORMAL and any(day in window for day in seen)
    ):
        yield (
            Column.POSTED,
            (
                f"系统已见到该账号在此期间的发布（{max(day for day in seen if day in window):%Y-%m-%d}），"
                "请重新核查"
            ),
        )
    elif given.state is State.EMPTY and bound:
        yield Column.STATE, f"系统已见到该账号的发布（{bound:%Y-%m-%d}），不是从未发布"


def _identity_faults(given: GivenAnswer, asked: RowQuestion) -> Iterator[CellFault]:
    """Every id is held against its kind.

    What accuses is tied by an id where any is filed or known.
    """
    filed, own = asked.account.filed, asked.own
    if kind := wrong_kind(given.seen_id, filed.platform):
        yield (
            Column.SEEN_ID,
            f"这是{kind}，而该账号是{said_of(filed.platform)}：请填写{asked_for(filed.platform)}",
        )
    elif other := contradicts(given.seen_id, own, filed.platform):
        yield Column.SEEN_ID, f"与备案的“{other}”不一致，看到的可能是另一个账号"
    elif given.accuses(asked.account) and not tied_by(given.seen_id, own, filed.platform):
        if own and given.renames(asked.account):
            yield (
                Column.SEEN_ID,
                "实际名称与备案名称不同，而核对ID不能证明是同一个账号：请填写与备案一致的ID",
            )
        elif own and not given.seen_id:
            yield Column.SEEN_ID, "此项回答必须填写核对ID（搜索不到的填写搜索所用的ID）"
        elif own:
            yield (
                Column.SEEN_ID,
                (
                    "不是该账号备案或已知的ID，"
                    f"不能证明是同一个账号：请填写与备案一致的{asked_for(filed.platform)}"
                ),
            )
        elif given.renames(asked.account) and not typed_ids(given.seen_id, filed.platform):
            words = "实际名称与备案名称不同，而该账号没有备案ID"
            yield (
                Column.SEEN_ID,
                f"{words}：请填写看到的{asked_for(filed.platform)}，经他人核对并补充备案后计入",
            )


def _proof_faults(given: GivenAnswer, row: WorklistRow) -> Iterator[CellFault]:
    if not given.negative and given.read_at is None:
        yield Column.TIME, "此项回答必须填写核查时间"
    if not any(not shot.problem for shot in row.shots):
        reasons = "；".join(shot.problem for shot in row.shots)
        yield (
            Column.SHOT,
            f"此项回答必须附截图（贴在本行，二维码一列的图片不算）{'：' + reasons if reasons else ''}",
        )
