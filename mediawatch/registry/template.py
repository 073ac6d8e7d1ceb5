"""The empty registry that is given out.

Every column is text, so that no id can lose digits; a sheet explains the columns.
"""

from __future__ import annotations

import io
from pathlib import Path

from mediawatch.domain import PLATFORM_LABELS, Excuse, FiledStatus
from mediawatch.files import FileWriter, write_whole
from mediawatch.paper import in_chinese, lay_out, page_widths, row_points
from mediawatch.registry.headings import label
from mediawatch.sheets import TextWorkbook

_ROWS = 100_000
"""Rows that get the drop-down lists."""
_ID = "文本格式，按系统中的编号完整填写"
_DAY = "年-月-日"
COLUMNS: tuple[tuple[str, str, str, str], ...] = (
    ("filing_number", "应填", f"全国政务新媒体信息报送系统中的备案单号；{_ID}", "3000000000000001"),
    ("name", "必填", "与报送系统一致，不加“微信公众号”“官方微博”等后缀", "示例市第一测试局"),
    (
        "type",
        "必填",
        "写明平台：微信公众号、微信视频号、新浪微博、抖音短视频、今日头条等；不要只写“微信”",
        "微信公众号",
    ),
    ("kind", "选填", "微信公众号填写 订阅号 或 服务号", "订阅号"),
    ("organiser", "应填", "主办单位全称，与平台认证主体一致", "示例市第一测试局"),
    ("supervisor", "选填", "上级主管单位", "示例省第一测试厅"),
    ("prefecture", "应填", "所属市（州、地区）", "示例市"),
    ("county", "选填", "所属县（市、区）；市本级填写“市本级”", "市本级"),
    ("township", "选填", "所属乡镇、街道；县直部门留空", ""),
    ("jurisdiction", "选填", "垂直管理单位按属地统计还是按系统统计", "属地"),
    ("level", "选填", "如 省级部门、市州政府及部门、县级及乡镇街道", "市州政府及部门"),
    ("body_kind", "选填", "代表主体为 政府 或 部门", "部门"),
    ("function_kind", "选填", "发布类（发布信息为主）或 服务类（办事服务为主）", "发布类"),
    (
        "platform_id",
        "选填",
        f"平台内部ID（微博UID、抖音和头条主页网址中的一串字符等）；{_ID}",
        "1000000001",
    ),
    ("original_id", "选填", "微信账号的原始ID,gh_ 开头", "gh_0000000000aa"),
    ("alias", "选填", "微信号（或抖音号），字母数字", "shili-test-1"),
    ("url", "应填", "账号主页网址；APP 填写下载页网址", "https://weibo.example/u/1000000001"),
    (
        "article_links",
        "选填",
        "任意一篇已发文章的链接，可填多个，用换行分隔；微信账号建议填写",
        "https://mp.weixin.qq.com/s/…",
    ),
    (
        "reader_url",
        "选填",
        "微信读书网页版中该公众号页面的网址",
        "https://weread.qq.com/web/mp/reader/…",
    ),
    ("status", "应填", "正常运行、申请关停、已关停、已注销 之一；空白按正常运行", "正常运行"),
    ("closing_requested_on", "选填", f"申请关停的日期，{_DAY}", "2022-11-01"),
    ("closing_notice_url", "选填", "停更公告的网址", ""),
    ("opened_on", "选填", f"平台上开设的日期，{_DAY}", "2021-03-05"),
    ("filed_on", "选填", f"在报送系统备案的日期，{_DAY}", "2021-03-10"),
    ("exempt_reason", "选填", f"经批准暂不检查的原因，如 {'、'.join(Excuse)}", ""),
    ("exempt_document", "选填", "批准文件名称或文号", ""),
    ("exempt_until", "选填", f"暂不检查的截止日期，{_DAY}", ""),
    ("person", "选填", "账号联系人；只用于向本单位下发核实", ""),
    ("phone", "选填", "联系电话", ""),
)
"""(field, 必填/应填/选填, how to fill it, example). Examples are visibly invented."""
_LISTS = {
    "type": [word for key, word in PLATFORM_LABELS.items() if key not in ("dayu", "qie", "zhihu")],
    "kind": ["订阅号", "服务号"],
    "status": [status.label for status in FiledStatus],
    "body_kind": ["政府", "部门"],
    "function_kind": ["发布类", "服务类"],
    "exempt_reason": [*Excuse],
}
_STRICT = frozenset({"status"})
_WIDE = frozenset({"name", "organiser", "url", "article_links"})
_PRINTED = 30
"""Rows of an empty page."""
_CONTACTS = frozenset({"person", "phone"})


def write_template(target: Path, *, contacts: bool = True, write: FileWriter = write_whole) -> None:
    """Write the empty registry. `contacts`: whether it asks for a person and a telephone.

    Raises UserError where `target` cannot be written.
    """
    columns = [each for each in COLUMNS if contacts or each[0] not in _CONTACTS]
    stream = io.BytesIO()
    with TextWorkbook(stream) as book:
        book.set_properties({"title": "政务新媒体台账"})
        text = book.add_format({"num_format": "@"})
        wrapped = book.add_format({"num_format": "@", "text_wrap": True, "valign": "vcenter"})
        head = book.add_format(
            {"num_format": "@", "bold": True, "border": 1, "bg_color": "#DDEBF7", "text_wrap": True}
        )
        table = book.add_worksheet("台账")
        table.freeze_panes(1, 2)
        wished = [24 if name in _WIDE else 16 for name, *_ in columns]
        widths = page_widths(wished)
        table.set_row(0, row_points([label(name) for name, *_ in columns], widths))
        for column, (name, need, how, _) in enumerate(columns):
            table.set_column(column, column, widths[column], text)
            table.write_string(0, column, label(name), head)
            table.write_comment(0, column, f"{need}：{how}")
            if name in _LISTS:
                options = {
                    "validate": "list",
                    "source": _LISTS[name],
                    "error_type": "stop" if name in _STRICT else "warning",
                }
                table.data_validation(1, column, _ROWS, column, options)
        lay_out(table, heading=0, rows=_PRINTED, columns=len(columns))
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 1, 16)
        notes.set_column(2, 3, 60)
        for line, cells in enumerate(
            [
                ("列名", "是否必填", "填写要求", "示例"),
                *((label(name), *rest) for name, *rest in columns),
            ]
        ):
            for column, cell in enumerate(cells):
                notes.write_string(line, column, cell, wrapped if line else head)
        lay_out(notes, heading=0, rows=len(columns) + 1, columns=4)
    write(target, in_chinese(stream), shared=True)
