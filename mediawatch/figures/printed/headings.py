"""What the headings of somebody's table of figures mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mediawatch.figures.printed.rates import count_in, plain, quote_cell

_DEEPEST = 12
"""Rows above a table's figures: title, unit, two rows of headings."""


class FigureRole(StrEnum):
    """What a column of figures counts. The value is its word in remarks."""

    TOTAL = "总数"
    CHECKED = "检查数"
    FAILED = "不合格数"
    PASSED = "合格数"
    RATE = "合格率"
    FAILURE_RATE = "不合格率"
    COVERAGE = "检查率"
    SHARE = "占比"
    ROW_SUM = "合计"

    @property
    def is_rate(self) -> bool:
        return self in _RATES


_RATES = (FigureRole.RATE, FigureRole.FAILURE_RATE, FigureRole.COVERAGE, FigureRole.SHARE)
_UNIT_NOTE = re.compile(r"单位\W")
_LONGEST_GROUP = 16
"""Characters of a heading over several columns; a title is longer."""
_COUNT = r"(?:的?(?:账号|新媒体|网站))?(?:总?数量?|个数|家数)?"
_ROLES: Sequence[tuple[FigureRole, re.Pattern[str]]] = [
    (role, re.compile(f"(?P<group>.*?)(?:{pattern})"))
    for role, pattern in (
        (FigureRole.FAILURE_RATE, "不合格率|问题率|不合格占比"),
        (FigureRole.RATE, "合格率"),
        (FigureRole.COVERAGE, "检查率|抽查率|抽查比例|检查比例|覆盖率|监测率|抽查占比"),
        (
            FigureRole.FAILED,
            f"不合格{_COUNT}|(?:存在)?(?:突出)?问题(?:的?(?:账号|新媒体|网站))(?:数量?|个数|家数)",
        ),
        (FigureRole.PASSED, f"合格{_COUNT}"),
        (FigureRole.CHECKED, f"(?:实际)?(?:检查|抽查|监测|巡查|应查|受检){_COUNT}"),
        (
            FigureRole.TOTAL,
            "(?:在管|开设|备案|运行|正常运行|现有)?(?:账号|新媒体|网站)?(?:总数量?|总量|在管数|账号数量?|数量|个数|家数)",
        ),
        (FigureRole.SHARE, "占比|比重|所占比例"),
        (FigureRole.ROW_SUM, "合计|总计|小计"),
    )
]  # fmt: skip
_IGNORED = re.compile(r"\(.*?\)|政务新媒体|政府系统|[::]")
_UNITS = re.compile(r"\((?:个|家|条|项|%|个账号|单位:?.*?)\)")
_NAMES = re.compile("名称|账号名|新媒体$|网站$|账号$")
_IDS = re.compile("备案(?:编|单)?号|标识|编码|ID$|id$|微信号|原始")
_TYPES = re.compile("^(?:账号|新媒体)?(?:类型|平台|类别|渠道|平台类型|所属平台)")
_NUMBER = re.compile(r"[+\-\u2191\u2193]?\d[\d,]*(?:\.\d+)?(?:%|万|[个家条次项分])?")
_ORDINALS = re.compile("^(?:序号|编号|No\\.?)$", re.IGNORECASE)
_OTHER = re.compile("排名|名次|年份|月份|日期|时间|电话|期限|备注")
"""Columns of numbers that are no figures."""
_NO_SUM = re.compile(
    "得分|分数|扣分|总分|率$|率[((]|比$|环比|同比|增长|增幅|增减|降幅|比例|平均|均值|[((]万|万[人次条)]"
)
"""Columns of figures whose rows do not sum."""
_PROBLEMS = re.compile("问题|不合格(?:原因|情形)")
_WHOLE = "全(?:省|市|区|州|县|国|镇|乡|盟|旗|系统)"
_SUM = "(?:合计|总计|共计|总数|汇总|累计)"
_TOTAL = re.compile(f"{_WHOLE}|(?:{_WHOLE})?{_SUM}|{_SUM}数")
_ASIDE = re.compile("平均|均值|占比|比例|比重|同比|环比|上期|上季|上年|去年|增减|增长")


@dataclass(frozen=True, slots=True)
class FigureColumn:
    """A column of figures: what it counts, and under which heading of several columns."""

    role: FigureRole | None
    """None: a number whose heading is not known, such as a kind of problem."""
    group: str
    heading: str
    is_within: bool = False
    """It counts a part of the column before it: 其中."""


@dataclass(frozen=True, slots=True)
class TableHeading:
    """The headings of a table: the last row they take up, and what each column is."""

    last_row: int
    figures: Mapping[int, FigureColumn] = field(default_factory=dict)
    names: Sequence[int] = ()
    """Columns that name what a row is about."""
    ids: Sequence[int] = ()
    types: Sequence[int] = ()
    ordinal: int | None = None
    problem: int | None = None
    unread: Mapping[int, str] = field(default_factory=dict)
    """Columns of figures of which nothing is compared."""
    is_beside: bool = False
    """Two tables stand side by side: their names have the same heading."""

    @property
    def is_list(self) -> bool:
        """Whether it heads a list of accounts, not figures."""
        roles = {column.role for column in self.figures.values()} - {None}
        return not roles and bool(self.names)


def role_of(text: str) -> tuple[FigureRole, str] | None:
    """What a heading counts, and what stands before that: 微信公众号检查数 is (检查数, 微信公众号)."""
    bare = _IGNORED.sub("", _UNITS.sub("", plain(text)))
    for role, pattern in _ROLES:
        if found := pattern.fullmatch(bare):
            return role, found["group"].removesuffix("账号").removesuffix("新媒体")
    return None


def is_total(text: str) -> bool:
    """Whether a row's name is that of all rows together."""
    return bool(_TOTAL.fullmatch(_row_name(text)))


def is_subtotal(text: str) -> bool:
    """Whether it is that of the rows of one block: 小计, 省直合计."""
    return not is_total(text) and _row_name(text).endswith(("小计", "合计", "总计"))


def is_aside(text: str) -> bool:
    """Whether a row counts nothing that is summed with the others: 平均, 占比, 上期."""
    return bool(_ASIDE.match(_row_name(text)))


def _row_name(text: str) -> str:
    bare = plain(text)
    return re.sub(r"\(.*?\)|[:\uff1a]", "", bare.strip("()") if bare.startswith("(") else bare)


def find_heading(rows: Sequence[Sequence[object]]) -> TableHeading | None:
    """The headings of a table; None where no row of its first ones can be one."""
    best: tuple[int, int] | None = None
    first = next((place for place, row in enumerate(rows) if any(map(plain, row))), 0)
    for place, row in enumerate(rows[first : first + _DEEPEST], first):
        score = sum(_is_heading(str(cell)) for cell in row if plain(cell))
        if score >= 2 and (best is None or score > best[0]):
            best = score, place
    if best is None:
        return None
    return _heading(rows, best[1])


def heads_figures(row: Sequence[object]) -> bool:
    """Whether a row can only be the headings of a table of figures."""
    cells = [plain(cell) for cell in row if plain(cell)]
    known = [
        cell
        for cell in cells
        if role_of(cell) or _ORDINALS.search(cell) or cell.partition("(")[0] in _PLACES
    ]
    counted = any(count_in(cell) is not None for cell in cells)
    return len(known) >= 2 and not counted and not any(map(is_total, cells[:1]))


def _is_heading(text: str) -> bool:
    if count_in(text) is not None:
        return False
    bare = plain(text)
    known = (_NAMES, _IDS, _TYPES, _ORDINALS, _PROBLEMS)
    return len(bare) <= 30 and (
        role_of(text) is not None
        or any(each.search(bare) for each in known)
        or bare.partition("(")[0] in _PLACES
    )


_PLACES = frozenset(
    ["地区", "市州", "县区", "县市区", "区县", "单位", "部门", "主管单位", "主办单位", "所属组织", "指标", "项目", "名称"]
)  # fmt: skip


def _heading(rows: Sequence[Sequence[object]], place: int) -> TableHeading:
    row = rows[place]
    above = _groups(rows[place - 1]) if place else {}
    figures: dict[int, FigureColumn] = {}
    names: list[int] = []
    ids: list[int] = []
    types: list[int] = []
    unread: dict[int, str] = {}
    ordinal = problem = None
    for column, cell in enumerate(row):
        text = plain(cell)
        if not text and column not in above:
            if not _is_text(rows, place, column):
                unread[column] = "（无表头）"
            continue
        if _ORDINALS.search(text):
            ordinal = column
        elif found := role_of(text):
            over = above.get(column, "")
            of_over = role_of(over)
            is_group = over != text and (of_over is None or of_over[0] is FigureRole.ROW_SUM)
            group = found[1] or (over if is_group else "")
            figures[column] = FigureColumn(
                found[0],
                group,
                quote_cell(cell),
                is_within=text.startswith("其中") or over.startswith("其中"),
            )
        elif _IDS.search(text):
            ids.append(column)
        elif _TYPES.search(text):
            types.append(column)
            names.append(column)
        elif text.partition("(")[0] in _PLACES or (
            _NAMES.search(text) and not _all_counts(rows, place, column)
        ):
            names.append(column)
        elif _PROBLEMS.search(text) and _is_text(rows, place, column):
            problem = column
        elif not text or _OTHER.search(text) or _is_text(rows, place, column):
            continue
        elif _NO_SUM.search(text) or not _has_counts(rows, place, column):
            unread[column] = quote_cell(cell)
        else:
            within = text.startswith("其中") or above.get(column, "").startswith("其中")
            figures[column] = FigureColumn(None, "", quote_cell(cell), is_within=within)
    _release_running(figures)
    words = [plain(row[column]) for column in (*names, *ids)]
    beside = len(set(words)) < len(words) and not any(each.group for each in figures.values())
    return TableHeading(place, figures, names, ids, types, ordinal, problem, unread, beside)


def _release_running(figures: dict[int, FigureColumn]) -> None:
    """正常运行 behind 检查数 counts a part of the checked, not all accounts."""
    for place, column in figures.items():
        before = (each for at, each in figures.items() if at < place)
        if (
            column.role is FigureRole.TOTAL
            and "运行" in column.heading
            and any(each.role is FigureRole.CHECKED for each in before)
        ):
            figures[place] = FigureColumn(None, "", column.heading)


def _groups(row: Sequence[object]) -> dict[int, str]:
    """What stands over each column: a merged heading stands in its first column."""
    found: dict[int, str] = {}
    over = ""
    if sum(bool(plain(cell)) for cell in row) < 2:
        return found  # a title
    for column, cell in enumerate(row):
        text = plain(cell)
        if len(text) > _LONGEST_GROUP or _UNIT_NOTE.match(text):
            continue
        over = text or over
        if over:
            found[column] = over
    return found


def _is_text(rows: Sequence[Sequence[object]], place: int, column: int) -> bool:
    """Whether no cell below a heading holds a number, or would hold one."""
    below = (plain(row[column]) for row in rows[place + 1 :] if column < len(row))
    return not any(_NUMBER.fullmatch(cell) or cell.startswith("#") for cell in below)


def _has_counts(rows: Sequence[Sequence[object]], place: int, column: int) -> bool:
    below = (row[column] for row in rows[place + 1 :] if column < len(row))
    return any(count_in(cell) is not None or plain(cell).startswith("#") for cell in below)


def _all_counts(rows: Sequence[Sequence[object]], place: int, column: int) -> bool:
    """Whether a column holds counts alone: 名称变动, 僵尸账号 are kinds of problems then."""
    below = [row[column] for row in rows[place + 1 :] if column < len(row) and plain(row[column])]
    return bool(below) and all(count_in(cell) is not None for cell in below)
