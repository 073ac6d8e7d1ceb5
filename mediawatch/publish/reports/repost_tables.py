"""Tables of a 重要信息转载任务: how many accounts stand where, and each account with its ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mediawatch.domain import Account, RepostItem, RepostTask
from mediawatch.domain.clock import minute
from mediawatch.rules.reposts import RepostResult, RepostState, count_states
from mediawatch.table import Table

Row = tuple[Account, RepostItem, RepostResult]
BRIEF = ("账号编号", "账号名称", "类型", "项", "情况", "依据", "发布日期", "说明")
PRINTED = (
    "序号", "主管单位", "所属组织", "账号名称", "类型", "转载任务标题", "情况", "依据", "账号所发标题", "发布日期", "链接",
    "首次所见", "核查记录", "说明",
)  # fmt: skip
NOTE = "“未见转载”和“待核查”均为线索，听取单位说明后由人认定。"


def summary_table(task: RepostTask, rows: Sequence[Row]) -> Table:
    """One row an item: the accounts asked, and how many stand where."""
    states = list(RepostState)
    lines = []
    for item in task.items:
        counts = count_states([result for _, each, result in rows if each == item])
        asked = sum(counts.values()) - counts[RepostState.NOT_ASKED]
        lines.append(
            (str(item.number), item.words, str(asked), *(str(counts[state]) for state in states))
        )
    columns = ("项", "转载任务标题", "应转载账号数", *(state.label for state in states))
    title = f"{task.name}情况汇总（任务{task.id}，{task.from_day}至{task.until_day}，{task.scope}）"
    return Table(title, columns, tuple(lines))


def detail_table(task: RepostTask, rows: Sequence[Row], surfaces: Mapping[str, str]) -> Table:
    """One row an account and item, those that a person must look at first."""
    order = list(RepostState)
    ordered = sorted(rows, key=lambda row: (row[1].number, order.index(row[2].state), row[0].id))
    columns = ("账号编号", "项", *PRINTED)
    lines = tuple(
        (str(account.id), str(item.number), str(number), *_cells(account, item, result, surfaces))
        for number, (account, item, result) in enumerate(ordered, 1)
    )
    return Table(f"{task.name}情况", columns, lines)


def _cells(
    account: Account, item: RepostItem, result: RepostResult, surfaces: Mapping[str, str]
) -> tuple[str, ...]:
    filed, match = account.filed, result.match
    about = (filed.supervisor, filed.organiser, filed.name, filed.printed_type, item.words)
    if match is None:
        shown = (
            f"{surfaces.get(each.surface, each.surface)}，{minute(each.read_at)}读取"
            for each in result.lists
        )
        said_of = f"有{result.within}条信息，均非该标题" if result.within else "没有信息"
        lists = f"完整列表（{'；'.join(shown)}）中，任务期间{said_of}"
        said = "；".join(result.reasons) or (lists if result.lists else "")
        numbers = "、".join(str(each.reading_id) for each in result.lists)
        return (*about, result.state.label, "", "", "", "", "", numbers, said)
    seen = match.seen
    alike = (
        f"（相似度{match.score}%）" if match.score < 100 else f"（{match.by}）" if match.by else ""
    )
    remarks = [
        match.doubt,
        "发布日期晚于任务期限" if result.late else "",
        "此后的完整列表中未再见到" if result.gone else "",
    ]
    return (
        *about,
        result.state.label,
        f"{match.ground.label}{alike}",
        seen.post.title or seen.post.original_title or match.text,
        str(seen.post.on),
        seen.post.link,
        f"{minute(seen.read_at)}（{surfaces.get(seen.surface, seen.surface)}）",
        str(seen.reading_id),
        "；".join(filter(None, remarks)),
    )
