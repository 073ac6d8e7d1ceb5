"""Numbers in the sentences of a circular, as far as their patterns are certain.

A sentence with more than one number of a kind is left to a person: it says 未核对.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from mediawatch.figures.printed.headings import FigureRole
from mediawatch.figures.printed.lines import FigureLine
from mediawatch.figures.printed.rates import PrintedRate
from mediawatch.figures.printed.remarks import PrintedPlace, PrintedRemark, RemarkKind
from mediawatch.figures.printed.tables import subject_of
from mediawatch.typesetting import typeset

_SHOWN = 30
"""Characters by which a remark names a sentence."""
_UNIT = r"(?:个|家)"
_THING = r"(?:的)?(?:政府系统)?(?:政务新媒体|政府网站|新媒体|网站|账号)?(?:账号)?"
_COUNTS: Sequence[tuple[FigureRole, re.Pattern[str]]] = (
    (
        FigureRole.FAILED,
        re.compile(
            rf"不合格{_THING}(?:有|共|共有|数为|为)?(\d+){_UNIT}|(\d+){_UNIT}{_THING}(?:为|被评为|检查)?不合格"
        ),
    ),
    (
        FigureRole.PASSED,
        re.compile(
            rf"(?<!不)合格{_THING}(?:有|共|共有|数为|为)?(\d+){_UNIT}|(\d+){_UNIT}{_THING}合格(?!率)"
        ),
    ),
    (
        FigureRole.CHECKED,
        re.compile(
            rf"(?:检查|抽查|监测|普查|抽取)(?:了)?(?:全[省市县区州])?{_THING}(?:共|共计)?(\d+){_UNIT}"
        ),
    ),
    (
        FigureRole.TOTAL,
        re.compile(
            rf"(?:共有|现有|在管|正常运行|在运行|开设|备案){_THING}(?:共|共计|总数)?(?:为)?(\d+){_UNIT}|总数(?:为)?(\d+){_UNIT}?"
        ),
    ),
)
_RATES: Sequence[tuple[FigureRole, re.Pattern[str]]] = (
    (FigureRole.FAILURE_RATE, re.compile(r"不合格率(?:为|达|达到|是)?(\d+(?:\.\d+)?%)")),
    (FigureRole.RATE, re.compile(r"(?<!不)合格率(?:为|达|达到|是)?(\d+(?:\.\d+)?%)")),
    (
        FigureRole.COVERAGE,
        re.compile(r"(?:检查率|抽查率|抽查比例|检查比例|覆盖率)(?:为|达|达到|是)?(\d+(?:\.\d+)?%)"),
    ),
)  # fmt: skip
_SENTENCE = re.compile(r"[!\u3002]")
_NUMBER = re.compile(rf"\d+(?:\.\d+)?\s*(?:%|{_UNIT})")
_EARLIER = re.compile("上期|上季|上次|上一|去年|上年|此前")
_PLATFORM = re.compile("微信|微博|抖音|头条|快手|视频号|小程序|客户端|百家号|贴吧|小红书|哔哩")
_LISTED = re.compile(rf"^(?:.*[,，、])?([^,，、:：()（）\d]{{1,20}})(\d+){_UNIT}[:：](.+)$")
_COLON = re.compile(rf"\d+{_UNIT}[:：]")
_QUOTED = re.compile("“[^”]+”")
_PART = re.compile(rf"(.{{1,24}}?)(\d+){_UNIT}")
_BREAKDOWN = re.compile(rf"(\d+){_UNIT}([^,，。;；:：\d]{{0,16}})[,，:：(（]其?中?[,，:：]?(.+)")
_KIND = re.compile(
    rf"^[(（][一二三四五六七八九十]+[)）][^。]{{1,30}}。(?:共有|共计|共)(\d+){_UNIT}[^。:：]*。"
)
_LISTED_COUNT = re.compile(rf"(\d+){_UNIT}[:：]")
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_DEADLINE = re.compile(
    r"(?:于|在)?(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?:\d{1,2}(?::\d\d|时))?(?:之?前|以前)"
)


@dataclass(frozen=True, slots=True)
class TextFigures:
    """What a text tells: its lines of figures, and what contradicts itself at once."""

    lines: list[FigureLine] = field(default_factory=list)
    remarks: list[PrintedRemark] = field(default_factory=list)


def read_text(paragraphs: Sequence[str]) -> TextFigures:
    """The figures of paragraphs, by their places in the sequence."""
    found = TextFigures()
    texts = [re.sub(r"\s+", "", unicodedata.normalize("NFKC", each)) for each in paragraphs]
    for number, text in enumerate(texts):
        kind = _KIND.match(text)
        for sentence in _sentences(text[kind.end() :] if kind else text):
            _read_sentence(sentence, PrintedPlace("", number), found)
    failed = [
        line.counts[FigureRole.FAILED][0]
        for line in found.lines
        if line.is_whole and FigureRole.FAILED in line.counts
    ]
    found.remarks.extend(_kind_remarks(texts, failed))
    found.remarks.extend(_platform_remarks(found))
    found.remarks.extend(_deadline_remarks(texts))
    return found


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a paragraph, each clause apart that ends with a semicolon.

    `检查10个；不合格4个，合格率60%` is one: the clauses tell of one whole, and each of other figures.
    """
    for sentence in filter(None, _SENTENCE.split(text)):
        clauses = [clause for clause in sentence.split(";") if clause]
        figures = [set(_figures(clause)) for clause in clauses]
        together = sum(map(len, figures)) == len(set().union(*figures))
        if together and not _PLATFORM.search(sentence) and not _COLON.search(sentence):
            yield sentence
        else:
            yield from clauses


def _figures(text: str) -> Iterator[FigureRole]:
    return (role for role, pattern in (*_COUNTS, *_RATES) for _ in _numbers(pattern, text))


def _read_sentence(sentence: str, place: PrintedPlace, found: TextFigures) -> None:
    listed = list(_list_remarks(sentence, place))
    broken_down = list(_breakdown_remarks(sentence, place))
    found.remarks.extend([*filter(None, listed), *filter(None, broken_down)])
    head = sentence
    if (breakdown := _BREAKDOWN.search(sentence)) and broken_down:
        head = sentence[: breakdown.start(3)]
    counts = {role: _numbers(pattern, head) for role, pattern in _COUNTS}
    rates = {role: _numbers(pattern, head) for role, pattern in _RATES}
    read = sum(map(len, (*counts.values(), *rates.values())))
    several = any(len(each) > 1 for each in (*counts.values(), *rates.values()))
    roles = [role for role, each in counts.items() if each]
    platform = bool(_PLATFORM.search(sentence))
    if read and not several:
        found.lines.append(
            FigureLine(
                name=_quoted(sentence),
                counts={role: (int(each[0]), place) for role, each in counts.items() if each},
                rates={
                    role: (PrintedRate((each[0],)), place) for role, each in rates.items() if each
                },
                subject=subject_of(sentence),
                is_whole=not platform
                and not _EARLIER.search(sentence)
                and (FigureRole.CHECKED in roles or len(roles) > 1),
                names_platform=platform,
            )
        )
    unread = len(_NUMBER.findall(head)) - (0 if several else read)
    if unread > 0 and not (listed or broken_down):
        found.remarks.append(
            PrintedRemark(
                RemarkKind.UNCHECKED,
                place,
                f"{_quoted(sentence)}有{unread}个数字未核对。",
            )
        )


def _numbers(pattern: re.Pattern[str], text: str) -> list[str]:
    return [next(filter(None, match.groups())) for match in pattern.finditer(text)]


def _quoted(sentence: str) -> str:
    """The beginning of a sentence, as a remark names it."""
    shown = typeset(sentence)
    return f"“{shown if len(shown) <= _SHOWN else f'{shown[: _SHOWN - 1]}…'}”"


def _list_remarks(sentence: str, place: PrintedPlace) -> Iterator[PrintedRemark | None]:
    """`微信公众号11个：甲、乙`: the number against the names; None where they agree."""
    match = _LISTED.search(sentence)
    if match is None or len(_COLON.findall(sentence)) > 1:
        return
    what, number, names = match.groups()
    quoted = _QUOTED.findall(names)
    count = len(quoted) if quoted else len([each for each in re.split("、", names) if each])
    if count == int(number):
        yield None
    elif quoted or count > 1:
        words = f"“{what}{number}个”后列出{count}个：差{abs(count - int(number))}个。"
        yield PrintedRemark(RemarkKind.SLIP, place, words)


def _kind_remarks(paragraphs: Sequence[str], failed: Sequence[int]) -> Iterator[PrintedRemark]:
    """Paragraphs of kinds of problems, `（一）…。共有10个`: each against its lists, all against 不合格数.

    An account may have two problems, so all kinds may come to more. They never come to less.
    """
    kinds: list[int] = []
    last = PrintedPlace("")
    for number, text in enumerate(paragraphs):
        match = _KIND.match(text)
        if match is None:
            continue
        last = PrintedPlace("", number)
        kinds.append(int(match[1]))
        listed = [int(each) for each in _LISTED_COUNT.findall(text[match.end() :])]
        if listed and sum(listed) != kinds[-1]:
            words = (
                f"所列合计{sum(listed)}个，写{kinds[-1]}个：差{abs(sum(listed) - kinds[-1])}个。"
            )
            yield PrintedRemark(RemarkKind.SLIP, last, words)
    if len(kinds) < 2 or len(set(failed)) != 1 or sum(kinds) == failed[0]:
        return
    less = sum(kinds) < failed[0]
    words = f"各类问题合计{sum(kinds)}个，不合格数写{failed[0]}：差{abs(sum(kinds) - failed[0])}个"
    end = "。" if less else "，一个账号存在多类问题的除外。"
    yield PrintedRemark(RemarkKind.SLIP if less else RemarkKind.NOTE, last, words + end)


def _platform_remarks(found: TextFigures) -> Iterator[PrintedRemark]:
    """The platforms of one paragraph against the whole: `分平台看，微信公众号检查79个…；微博…`."""
    for role in (FigureRole.TOTAL, FigureRole.CHECKED, FigureRole.FAILED):
        wholes = {
            line.counts[role][0] for line in found.lines if line.is_whole and role in line.counts
        }
        parts: dict[PrintedPlace, list[int]] = {}
        for line in found.lines:
            if role in line.counts and line.names_platform:
                count, place = line.counts[role]
                parts.setdefault(place, []).append(count)
        several = {place: counts for place, counts in parts.items() if len(counts) > 1}
        if len(wholes) == 1 and len(several) == 1:
            (whole,), ((place, counts),) = wholes, several.items()
            if sum(counts) != whole:
                words = f"各平台{role.value}合计{sum(counts)}，总体写{whole}：差{abs(sum(counts) - whole)}。"
                yield PrintedRemark(RemarkKind.SLIP, place, words)


def _breakdown_remarks(sentence: str, place: PrintedPlace) -> Iterator[PrintedRemark | None]:
    """`36个不合格，其中超2周24个、长期未更新7个`: the parts against their sum; None where they agree."""
    match = _BREAKDOWN.search(sentence)
    if match is None:
        return
    rest = match[3].rstrip(")）")
    matches = [_PART.fullmatch(each) for each in re.split("[,、]", rest) if each]
    parts = [match.groups() for match in matches if match]
    if len(parts) < 2 or len(parts) != len(matches):
        return
    whole, total = int(match[1]), sum(int(number) for _, number in parts)
    if total == whole:
        yield None
        return
    words = "、".join(f"{what}{number}" for what, number in parts)
    more = "大于" if total > whole else "小于"
    yield PrintedRemark(
        RemarkKind.SLIP,
        place,
        f"{words}合计{total}，{more}所写的{whole}：差{abs(total - whole)}。",
    )


def _deadline_remarks(texts: Sequence[str]) -> Iterator[PrintedRemark]:
    """Deadlines before the day on which the text was issued: its last line that is a day alone."""
    issued = None
    for text in texts:
        if (match := _DAY.fullmatch(text)) and (day := _day(*map(int, match.groups()))):
            issued = day
    if issued is None:
        return
    for number, text in enumerate(texts):
        for match in _DEADLINE.finditer(text):
            year, month, day_number = match.groups()
            day = _day(int(year or issued.year), int(month), int(day_number))
            # Without a year, a month of spring in a text of December is next year's.
            if day and not year and (issued - day).days > 180:
                continue
            if day and day < issued:
                yield PrintedRemark(
                    RemarkKind.SLIP,
                    PrintedPlace("", number),
                    f"期限“{match[0]}”早于成文日期{issued.year}年{issued.month}月{issued.day}日。",
                )


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
