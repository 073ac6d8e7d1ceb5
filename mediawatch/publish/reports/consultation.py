"""会商清单: the accounts that are to be agreed upon, on printed sheets with room for what is agreed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence

from mediawatch.domain import Effect, ReviewAction, ReviewState, Sweep
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.paper import in_chinese
from mediawatch.people.suspects import Suspect
from mediawatch.publish.reports.reviews import hearing_words
from mediawatch.publish.reports.xlsx import BookCover, begin_workbook
from mediawatch.table import Table, join_filled, lines_of
from mediawatch.typesetting import typeset

COLUMNS: Mapping[str, int] = {
    "序号": 5,
    "政务新媒体名称": 22,
    "所属组织": 18,
    "存在的突出问题": 15,
    "疑似（认定）依据": 36,
    "单位反馈": 24,
    "会商意见": 18,
    "签名": 9,
}
"""With their widths in characters: together an A4 page across."""
_LINE = 14
_ROOM = 42
"""Points of a row: what is agreed is written by hand."""


def consultation_table(sweep: Sweep, found: Sequence[Suspect]) -> Table:
    """One row an account, in registry order; what was dismissed is left out."""
    by_account: dict[int, list[Suspect]] = {}
    for suspect in found:
        dismissed = suspect.standing.state is ReviewState.DISMISSED
        if suspect.finding.effect is not Effect.HINT and not dismissed:
            by_account.setdefault(suspect.account.id, []).append(suspect)
    rows = tuple(
        (str(number), *_row(own), "", "") for number, own in enumerate(by_account.values(), 1)
    )
    named = f"{sweep.round or chinese_day(day_of(sweep.as_of))}政务新媒体检查会商清单"
    return Table(named, tuple(COLUMNS), rows)


def _row(own: Sequence[Suspect]) -> tuple[str, str, str, str, str]:
    filed = own[0].account.filed
    return (
        f"{filed.name}\n{filed.type}",
        filed.organiser,
        "、".join(dict.fromkeys(map(_problem, own))),
        "\n".join(_ground(each) for each in own),
        "\n".join(dict.fromkeys(filter(None, map(_answer, own)))),
    )


def _problem(suspect: Suspect) -> str:
    """What people wrote of it stands in its ground."""
    finding = suspect.finding
    return f"{finding.label}（{finding.cost}）" if finding.cost else finding.label


def _ground(suspect: Suspect) -> str:
    confirmed = suspect.standing.state is ReviewState.CONFIRMED
    caution = f"{suspect.caution}。" if suspect.caution else ""
    # The documents of the rule are the same for all.
    seen = typeset(suspect.finding.sentence).partition("（依据")[0].rstrip("。")
    return f"{'认定' if confirmed else '疑似'}依据：{seen}。{caution}"


def _answer(suspect: Suspect) -> str:
    """What its unit answered last; else where its hearing stands."""
    answers = [event for event in suspect.events if event.action is ReviewAction.ANSWERED]
    if not answers:
        return hearing_words(suspect)
    last = answers[-1]
    return join_filled((last.stance.value if last.stance else "", last.reason))


def consultation_book(table: Table, marks: Iterable[str], cover: BookCover) -> bytes:
    """The sheet as a workbook that prints on A4 across, with its heading on each page."""
    table, marks = table.with_visible_cells(), tuple(marks)
    stream = io.BytesIO()
    book = begin_workbook(stream, cover)
    title = book.add_format(
        {"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"}
    )
    plain = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
    cell = book.add_format({**plain, "border": 1, "num_format": "@"})
    centred = book.add_format({**plain, "border": 1, "num_format": "@", "align": "center"})
    head = book.add_format({**plain, "border": 1, "bold": True, "align": "center"})
    line = book.add_format({**plain, "text_wrap": False})
    sheet = book.add_worksheet("会商清单")
    last = len(table.columns) - 1
    sheet.merge_range(0, 0, 0, last, table.title, title)
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, "；".join(("内部资料，不得公开", *marks)), line)
    for place, (column, width) in enumerate(COLUMNS.items()):
        sheet.set_column(place, place, width)
        sheet.write_string(2, place, column, head)
    # Fonts that stand in for 宋体 have wider letters.
    widths = [max(4, width - 3) for width in COLUMNS.values()]
    for number, row in enumerate(table.rows, 3):
        sheet.set_row(number, max(_ROOM, _LINE * max(map(lines_of, row, widths)) + 4))
        for place, text in enumerate(row):
            sheet.write_string(number, place, text, centred if place == 0 else cell)
    foot = len(table.rows) + 4
    sheet.write_string(foot, 0, "会商时间：　　　　年　　月　　日　　　　地点：", line)
    sheet.write_string(foot + 1, 0, "参加人员：", line)
    sheet.repeat_rows(2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    book.close()
    return in_chinese(stream)
