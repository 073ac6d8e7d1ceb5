"""One cell to text, id, day or link.

Pure. Every function raises BadCell with a Chinese reason for what the cell cannot be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from mediawatch.addresses import address_fault, addresses_in
from mediawatch.registry.problems import BadCell
from mediawatch.visible import remove_hidden
from mediawatch.workbooks.sheet import Value

_SAFE_DIGITS = 10**15
"""Excel keeps 15 significant digits: from here on the last digits of a number are made up."""
_NOTHING = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "暂无", "空", "(空)", "n/a", "null", "none"}
)
_CJK = r"[\u2e80-\u9fff\uff00-\uffef]"
_RETURN = "_x000D_"
"""How a workbook spells a carriage return."""
_BREAK = re.compile(rf"(?<={_CJK})\s*[\r\n]+\s*(?={_CJK})")
_SPACES = re.compile(r"\s+")
_EARLIEST, _SERIALS = date(2000, 1, 1), range(36526, 73050)
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]*\d{1,2}[::时].*)?"
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_SHARED = re.compile(r"复制|口令|打开|【")
"""What stands in the share texts of apps."""
_BARE_URL = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE
)
_HOST = re.compile(
    r"https?://(?:[^\s/?#@]+@)?(?:[\w-]+\.)+[\w-]{2,}(?::\d+)?(?:[/?#].*)?", re.IGNORECASE
)
_READER = re.compile(r"https://weread\.qq\.com/", re.IGNORECASE)
_PHONE = re.compile(r"\+?(?:\(\d{2,4}\)\s*)?\d[\d\s+*-]{3,}\d(?:\s*(?:转|-)\s*\d+)?")


@lru_cache(maxsize=65536)
def tidy(text: str) -> str:
    """Line breaks, odd spaces and invisible characters folded.

    A break between two Chinese characters is only layout.
    """
    text = remove_hidden(text).replace(_RETURN, "")
    return _SPACES.sub(" ", _BREAK.sub("", text.strip())).strip()


def is_nothing(text: str) -> bool:
    """True for the signs that people write into a cell that they have nothing for."""
    return text.casefold() in _NOTHING


def text_of(value: Value) -> str:
    """A cell as text; "" where nothing is filed. A number that is whole loses its ".0"."""
    shown = tidy(value) if isinstance(value, str) else show(value)
    return "" if is_nothing(shown) else shown


def show(value: Value) -> str:
    """A cell as messages print it, nothing hidden."""
    match value:
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case float():
            return repr(value)
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ")
        case _:
            return tidy(str(value))


def id_of(value: Value) -> str:
    """An id or number as text.

    Refuses what a spreadsheet may have rounded, turned into a date, or glued together.
    """
    match value:
        case bool() | date() | time() | timedelta():
            raise BadCell(
                "该列应为文本：单元格被当成了日期或逻辑值，请把该列设为“文本”格式后重新填写"
            )
        case int() | float():
            return _numeric_id(value)
    text = unicodedata.normalize("NFKC", tidy(value)).lstrip("'").strip()
    if is_nothing(text):
        return ""
    if re.search(r"\s", text):
        raise BadCell("编号中间有空格或换行，请填写一个完整的编号")
    if re.fullmatch(r"[-+]?\d(\.\d+)?e[-+]?\d+", text, re.IGNORECASE):
        raise BadCell(
            "编号变成了科学计数法，末尾数字已丢失：请把该列设为“文本”格式后重新填写完整编号"
        )
    if whole := re.fullmatch(r"(\d+)\.0+", text):
        return _numeric_id(int(whole[1]))
    return text


def _numeric_id(value: float) -> str:
    if value != value or value < 0 or value != int(value):
        raise BadCell("编号不应是负数或小数，请把该列设为“文本”格式后重新填写")
    if value >= _SAFE_DIGITS:
        raise BadCell(
            "数值超过15位，表格软件已改动末尾数字：请把该列设为“文本”格式后重新填写完整编号"
        )
    return str(int(value))


def day_of(value: Value) -> date | None:
    """A Beijing day from an Excel date or text, with or without a time.

    Texts: 2021-03-05, 2021/3/5, 2021.3.5, 2021年3月5日, 20210305.
    """
    match value:
        case datetime():
            return _not_ancient(value.date())
        case date():
            return _not_ancient(value)
        case bool() | time() | timedelta():
            raise BadCell("应为日期，如 2021-03-05")
    text = unicodedata.normalize("NFKC", text_of(value))
    if not text:
        return None
    if found := _DATE.fullmatch(text) or _COMPACT.fullmatch(text):
        try:
            return _not_ancient(date(int(found[1]), int(found[2]), int(found[3])))
        except ValueError as error:
            raise BadCell("没有这一天" if not isinstance(error, BadCell) else str(error)) from None
    if text.isdigit() and int(text) in _SERIALS:
        # 44260 may count from 1900 or from 1904; the file does not say once the date format is
        # lost.
        raise BadCell("日期变成了数字：请把该列设为日期格式，或写成 2021-03-05")
    raise BadCell("应为日期，精确到日，如 2021-03-05")


def _not_ancient(day: date) -> date:
    if day < _EARLIEST:
        raise BadCell("日期早于2000年")
    return day


def url_of(value: Value) -> str:
    """One link of a page that is visited, unwrapped.

    Refuses anything else, also what no platform's page has in its address (`address_fault`).
    Out of a share text ("复制打开抖音 … https://…") just its first link.
    """
    text = text_of(value)
    if not text:
        return ""
    link = notice_url_of(text)
    refuse_faulty([link])
    return link


def notice_url_of(value: Value) -> str:
    """One link that nobody visits: an office's own site may have a port. Refuses anything else."""
    text = text_of(value)
    if not text:
        return ""
    found = links_of(text)
    if len(found) > 1 and not _SHARED.search(text):
        raise BadCell("应只填写一个链接")
    return found[0]


def refuse_faulty(links: Sequence[str]) -> None:
    """BadCell where one of the links must not be visited, with the reason."""
    for link in links:
        if fault := address_fault(link):
            raise BadCell(f"{fault.label}，请填写平台上的原始链接")


def further_links(value: Value) -> tuple[str, ...]:
    """The links of a share text that `url_of` does not take."""
    text = text_of(value)
    return links_of(text)[1:] if _SHARED.search(text) else ()


def links_of(value: Value) -> tuple[str, ...]:
    """All links of a cell in their order, unwrapped, cut where Chinese text is glued on.

    Refuses a cell that has no link.
    """
    text = text_of(value) if not isinstance(value, str) else value.strip()
    plain = tidy(text)
    if is_nothing(plain):
        return ()
    found = list(addresses_in(text))
    if not found and _BARE_URL.fullmatch(plain):
        found = [
            address.removeprefix("https://") for address in addresses_in(plain, bare=True)
        ] or [plain]
    if not found or not all(_HOST.fullmatch(link) or _BARE_URL.fullmatch(link) for link in found):
        raise BadCell("不是有效的网址，应以 http:// 或 https:// 开头")
    return tuple(dict.fromkeys(found))


def is_article(link: str) -> bool:
    """True for the address of a WeChat article; only such a page shows whose article it is."""
    return bool(
        re.match(
            r"https?://mp\.weixin\.qq\.com/(?:s(?:[/?]|$)|mp/appmsg/show)", link, re.IGNORECASE
        )
    )


def reader_of(value: Value) -> str:
    """The address of an account's page in 微信读书. Refuses other addresses."""
    link = url_of(value)
    if link and not _READER.match(link):
        raise BadCell("不是微信读书网页版的链接，应以 https://weread.qq.com/ 开头")
    return link


def phone_of(value: Value) -> str:
    """A telephone number (or several) as filed. Refuses text without one."""
    text = id_of(value) if isinstance(value, int | float) else text_of(value)
    if text and not _PHONE.search(unicodedata.normalize("NFKC", text)):
        raise BadCell("应为电话号码")
    return text


def person_and_phone(value: Value) -> tuple[str, str]:
    """`张三 13800000000` to its two parts."""
    text = text_of(value)
    found = _PHONE.search(unicodedata.normalize("NFKC", text))
    if not found:
        return text, ""
    person = unicodedata.normalize("NFKC", text).replace(found[0], " ")
    return tidy(person).strip(" ,;:/()、"), found[0].strip()
