"""Headings of registries: which column is which field.

Registries have no common form: offices export, retype and merge. So columns are known by alias. The
first alias is the heading of our own template and outranks the next. The heading row is looked for
below title rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mediawatch.workbooks.places import column_letter

ALIASES: Mapping[str, tuple[str, ...]] = {
    "filing_number": ("备案单号", "备案编号", "备案号", "政务新媒体备案单号", "政务新媒体标识码", "新媒体标识码", "备案标识码", "标识码"),
    "name": (
        "政务新媒体名称", "备案名称", "账号名称", "帐号名称", "新媒体名称", "政务新媒体账号名称", "新媒体账号名称", "公众号名称",
        "平台账号名称", "账号名", "名称",
    ),
    "type": ("类型", "政务新媒体类型", "新媒体类型", "媒体类型"),
    "platform": ("开设平台", "所属平台", "所在平台", "平台类型", "平台名称", "平台类别", "发布平台", "账号平台", "新媒体平台", "平台"),
    "kind": ("账号类型", "帐号类型", "账号类别", "公众号类型", "公众号类别", "微信公众号类型", "微信类型", "类别"),
    "organiser": (
        "所属组织", "主办单位", "主办单位名称", "责任单位", "开设单位", "开办单位", "开设主体", "开设主体名称", "运营单位", "所属单位",
        "单位名称", "单位",
    ),
    "supervisor": ("主管单位", "上级主管单位", "上级主管", "主管部门", "上级主管部门", "上级单位"),
    "prefecture": ("地市", "所属地市", "市州", "州市", "盟市", "地区", "设区市", "所属市州", "市"),
    "county": ("县区", "区县", "县市区", "旗县区", "所属县区", "县"),
    "township": ("乡镇街道", "乡镇", "镇街", "街道", "街镇", "镇乡", "乡镇/街道", "所属乡镇", "所属镇街", "所属街道", "所属乡镇街道"),
    "jurisdiction": ("属地/系统归口", "属地系统归口", "属地或系统归口", "系统归口", "统计归口", "归口", "属地"),
    "level": ("层级", "开设主体层级", "主体层级", "单位层级", "行政层级", "行政级别", "级别"),
    "body_kind": ("主体类别", "代表主体", "代表主体类型", "主体类型", "主体性质", "政府/部门"),
    "function_kind": (
        "功能类型", "功能类别", "功能分类", "账号功能", "账号功能类型", "政务新媒体功能类型", "新媒体功能类型", "服务类型",
        "发布类/服务类", "发布/服务",
    ),
    "platform_id": (
        "平台ID", "平台账号ID", "账号ID", "帐号ID", "用户ID", "平台唯一标识", "微博UID", "UID", "微博ID", "抖音ID", "头条号ID", "头条ID",
        "B站UID", "哔哩哔哩UID", "快手ID", "贴吧ID", "百度贴吧ID", "sec_uid", "__biz", "biz", "fakeid",
    ),
    "original_id": ("原始ID", "微信原始ID", "公众号原始ID", "原始号", "gh_id"),
    "alias": ("微信号", "公众号微信号", "抖音号", "快手号", "小红书号", "账号别名", "别名"),
    "url": (
        "链接地址", "账号链接", "主页链接", "主页地址", "首页地址", "首页链接", "账号主页", "账号地址", "访问地址", "下载地址", "网址",
        "链接", "URL",
    ),
    "article_links": ("文章链接", "最新文章链接", "近期文章链接", "已发文章链接", "微信文章链接", "推文链接", "图文链接"),
    "reader_url": ("微信读书链接", "微信读书地址"),
    "status": ("运行状态", "账号状态", "帐号状态", "运营状态", "当前状态", "使用状态", "状态"),
    "closing_requested_on": ("申请关停日期", "申请关停时间", "关停申请日期", "关停申请时间"),
    "closing_notice_url": ("停更公告链接", "停更公告地址", "停更公告网址", "关停公告链接", "停更公告"),
    "opened_on": ("开设时间", "开设日期", "开通时间", "开通日期", "开办时间", "注册时间", "注册日期", "上线时间"),
    "filed_on": ("备案时间", "备案日期", "登记时间", "登记日期"),
    "exempt_reason": ("豁免原因", "豁免理由", "免检原因"),
    "exempt_document": ("豁免依据", "豁免文件", "豁免文号"),
    "exempt_until": ("豁免截止日期", "豁免期限", "豁免至"),
    "person": ("联系人", "账号联系人", "联系人姓名", "管理人员", "账号管理人员", "管理员", "运维人员", "经办人"),
    "phone": ("联系电话", "联系人电话", "联系人手机", "手机号码", "手机号", "手机", "联系方式", "办公电话", "电话"),
    "contact": ("联系人及联系电话", "联系人及电话", "联系人和电话", "联系人及联系方式", "联系人与联系电话"),
}  # fmt: skip
"""Field -> headings, best first.

The fields are those of `domain.Filed` and `domain.Contact`; `platform` is a column that names the
platform beside or instead of 类型, `contact` holds person and telephone in one cell.
"""

ROW_MARKS = ("错误说明", "来源文件", "来源工作表", "来源行号")
"""The columns that our workbook of rejected rows adds; ignored when it comes back."""
_IGNORED = frozenset(
    {
        "序号",
        "备注",
        "存在的突出问题",
        "存在的问题",
        "存在问题",
        "主要问题",
        "问题类别",
        "问题",
        "复查结果",
        "整改情况",
        *ROW_MARKS,
    }
)
_SEVERAL = frozenset({"article_links"})
"""Fields that may have more than one column."""
TYPES = ("type", "platform", "kind")
"""Columns of which at least one must be there: they give the platform."""
_DEPTH = 50
"""Rows searched for the heading row."""
_REMARK = re.compile(r"\([^()]*\)$|\[[^\[\]]*\]$|【[^【】]*】$")


def label(name: str) -> str:
    """The heading of our own template for a field."""
    return ALIASES[name][0]


@lru_cache(maxsize=4096)
def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    folded = "".join(
        char for char in folded if not char.isspace() and unicodedata.category(char) != "Cf"
    )
    return folded.casefold().strip("*★※:")


_FIELDS = {
    _fold(alias): (name, rank)
    for name, aliases in ALIASES.items()
    for rank, alias in enumerate(aliases)
}


@lru_cache(maxsize=4096)
def field_of(heading: str) -> tuple[str, int] | None:
    """(field, rank of the alias) of a heading; None: unknown.

    Remarks in brackets, stars and a final number are ignored.
    """
    folded = _fold(heading)
    for text in (
        folded,
        _REMARK.sub("", folded),
        _REMARK.sub("", folded).rstrip("0123456789"),
        re.sub(r"[()、]", "", folded),
    ):
        if text in _FIELDS:
            return _FIELDS[text]
    return None


def is_ignored(heading: str) -> bool:
    return _REMARK.sub("", _fold(heading)) in _IGNORED


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading row of a sheet.

    `row` is its last row, counted from 0; `columns` gives each field's columns.
    """

    row: int
    columns: Mapping[str, tuple[int, ...]]
    titles: Mapping[int, str]
    """Every non-empty heading as it stands, by column."""
    unknown: tuple[str, ...] = ()
    """Headings that say nothing to us: "H 粉丝数"."""
    passed_over: tuple[str, ...] = ()
    """Columns left out because a better one holds the same field.

    "D 主办单位 (所属组织 is taken)".
    """
    twice: tuple[str, ...] = ()
    """Equal headings that leave open which column counts."""
    first_row: int = field(default=0)

    @property
    def missing(self) -> tuple[str, ...]:
        """Labels of the columns that every row needs: the name, and one that gives the platform."""
        lacks = [] if "name" in self.columns else [label("name")]
        return (*lacks, *([] if any(name in self.columns for name in TYPES) else [label("type")]))

    @property
    def convincing(self) -> bool:
        """True where this is the heading of a registry sheet, if perhaps a defective one."""
        return not self.missing or (
            len(self.columns) >= 3 and bool({"name", "filing_number", "type"} & set(self.columns))
        )

    def title(self, name: str) -> str:
        """`C 备案单号` for messages, the template's label where the sheet lacks the column."""
        if name not in self.columns:
            return label(name)
        column = self.columns[name][0]
        return f"{column_letter(column)} {self.titles[column]}"


def find_heading(rows: Sequence[Sequence[object]]) -> Heading | None:
    """The row that names most fields; None where no row names two.

    It may be two rows, the lower one completing the upper one. `rows` begin with row 1, column A;
    only text cells count.
    """
    texts = [
        [cell.strip() if isinstance(cell, str) else "" for cell in row] for row in rows[:_DEPTH]
    ]
    best: Heading | None = None
    for index, row in enumerate(texts):
        candidates = [_heading(index, index, row)]
        if index and _only_headings(row):
            above = texts[index - 1]
            above = above + [""] * (len(row) - len(above))
            candidates.append(
                _heading(
                    index - 1, index, [low or high for low, high in zip(row, above, strict=False)]
                )
            )
        for candidate in candidates:
            if len(candidate.columns) > (len(best.columns) if best else 1):
                best = candidate
    return best


def _only_headings(row: Sequence[str]) -> bool:
    cells = [cell for cell in row if cell]
    return bool(cells) and all(field_of(cell) or is_ignored(cell) for cell in cells)


def _heading(first: int, last: int, cells: Sequence[str]) -> Heading:
    titles = {column: " ".join(cell.split()) for column, cell in enumerate(cells) if cell}
    found: dict[str, list[tuple[int, int]]] = {}
    unknown: list[str] = []
    for column, title in titles.items():
        if named := field_of(title):
            found.setdefault(named[0], []).append((named[1], column))
        elif not is_ignored(title):
            unknown.append(f"{column_letter(column)} {title}")
    columns: dict[str, tuple[int, ...]] = {}
    passed_over: list[str] = []
    twice: list[str] = []
    for name, places in found.items():
        places.sort()
        if name in _SEVERAL:
            columns[name] = tuple(column for _, column in places)
            continue
        (rank, column), *others = places
        columns[name] = (column,)
        for other_rank, other in others:
            if other_rank == rank:
                twice.append(
                    f"{titles[column]} in columns {column_letter(column)} and "
                    f"{column_letter(other)}"
                )
            else:
                passed_over.append(
                    f"{column_letter(other)} {titles[other]} ({titles[column]} is taken)"
                )
    return Heading(last, columns, titles, tuple(unknown), tuple(passed_over), tuple(twice), first)
