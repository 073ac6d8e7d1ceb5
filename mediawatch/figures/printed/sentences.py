"""Numbers in the sentences of a circular, as far as their patterns are certain.

A sentence with more than one number of a kind is left to a person: it says 未核对.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mediawatch.figures.printed.breakdowns import PLATFORM, UNIT, read_sums
from mediawatch.figures.printed.deadlines import day_remarks
from mediawatch.figures.printed.headings import FigureRole
from mediawatch.figures.printed.lines import FigureLine
from mediawatch.figures.printed.rates import PrintedRate
from mediawatch.figures.printed.remarks import PrintedPlace, PrintedRemark, RemarkKind
from mediawatch.figures.printed.tables import subject_of
from mediawatch.figures.printed.wording import Wording, read_wording

_THING = r"(?:的)?(?:政府系统)?(?:政务新媒体|政府网站|新媒体|网站|账号)?(?:账号)?"
_COUNTS: Sequence[tuple[FigureRole, re.Pattern[str]]] = (
    (
        FigureRole.FAILED,
        re.compile(
            rf"不合格{_THING}(?:有|共|共有|数为|为)?(\d+){UNIT}|(\d+){UNIT}{_THING}(?:为|被评为|检查)?不合格"
        ),
    ),
    (
        FigureRole.PASSED,
        re.compile(
            rf"(?<!不)合格{_THING}(?:有|共|共有|数为|为)?(\d+){UNIT}|(\d+){UNIT}{_THING}合格(?!率)"
        ),
    ),
    (
        FigureRole.CHECKED,
        re.compile(
            rf"(?:检查|抽查|监测|普查|抽取)(?:了)?(?:全[省市县区州])?{_THING}(?:共|共计)?(\d+){UNIT}"
        ),
    ),
    (
        FigureRole.TOTAL,
        re.compile(
            rf"(?:共有|现有|在管|正常运行|在运行|开设|备案){_THING}(?:共|共计|总数)?(?:为)?(\d+){UNIT}|总数(?:为)?(\d+){UNIT}?"
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
_SENTENCE = re.compile(r"[^!\u3002]+")
_CLAUSE = re.compile("[^;]+")
_NUMBER = re.compile(rf"(\d+(?:\.\d+)?)(?:%|{UNIT})")
_CHINESE = re.compile(
    r"百分之[〇零一二三四五六七八九十百点]+"
    r"|(?:(?<=[检抽]查)|(?<=合格)|(?<=[共为有达]))[〇零一二两三四五六七八九十百千]+[个家](?![月工方季阶环层])"
    r"|[〇零一二两三四五六七八九十百千]+[个家](?=(?:政务新媒体|账号|网站)?(?:不?合格|[,;]|$))"
)
_AMBIGUOUS = re.compile(r"\d，[1-9]\d\d(?!\d)")
"""1，234 may be one number or two."""
_EARLIER = re.compile("上期|上季|上次|上一|去年|上年|此前")
_LISTED = re.compile(rf"^(?:.*[,，、])?([^,，、:：()（）\d]{{1,20}})(\d+){UNIT}[:：](.+)$")
_COLON = re.compile(rf"\d+{UNIT}[:：]")
_QUOTED = re.compile("“[^”]+”")
_ITEM = re.compile("(?:“[^”]*”|[^“、])+")
_NUMBERED = re.compile("^[(（][一二三四五六七八九十]+[)）]")
_KIND = re.compile(
    rf"{_NUMBERED.pattern}[^。]{{1,30}}。(?:[^。:：\d]*,)?(?:共有|共计|共)(\d+){UNIT}[^。:：]*。"
)
_LISTED_COUNT = re.compile(rf"(\d+){UNIT}[:：]")


@dataclass(frozen=True, slots=True)
class TextFigures:
    """What a text tells: its lines of figures, and what contradicts itself at once."""

    lines: list[FigureLine] = field(default_factory=list)
    remarks: list[PrintedRemark] = field(default_factory=list)


def read_text(paragraphs: Sequence[str]) -> TextFigures:
    """The figures of paragraphs, by their places in the sequence."""
    found = TextFigures()
    texts = [read_wording(each) for each in paragraphs]
    for number, text in enumerate(texts):
        kind = _KIND.match(text.text)
        rest = text.part(kind.end(), len(text.text)) if kind else text
        for sentence in _sentences(rest):
            _read_sentence(sentence, PrintedPlace("", number), found)
    failed = [
        line.counts[FigureRole.FAILED][0]
        for line in found.lines
        if line.is_whole and FigureRole.FAILED in line.counts
    ]
    found.remarks.extend(_kind_remarks([each.text for each in texts], failed))
    found.remarks.extend(_platform_remarks(found))
    found.remarks.extend(day_remarks(texts))
    return found


def _sentences(text: Wording) -> Iterator[Wording]:
    """The sentences of a paragraph, each clause apart that ends with a semicolon.

    `检查10个；不合格4个，合格率60%` is one: the clauses tell of one whole, and each of other figures.
    """
    for span in _SENTENCE.finditer(text.text):
        sentence = text.part(*span.span())
        clauses = [sentence.part(*each.span()) for each in _CLAUSE.finditer(sentence.text)]
        figures = [set(_figures(clause.text)) for clause in clauses]
        together = sum(map(len, figures)) == len(set().union(*figures))
        if together and not PLATFORM.search(sentence.text) and not _COLON.search(sentence.text):
            yield sentence
        else:
            yield from clauses


def _figures(text: str) -> Iterator[FigureRole]:
    return (role for role, pattern in (*_COUNTS, *_RATES) for _ in _numbers(pattern, text))


def _read_sentence(sentence: Wording, place: PrintedPlace, found: TextFigures) -> None:
    text = sentence.text
    if _AMBIGUOUS.search(sentence.quote()):
        words = f"{sentence.name}未核对：分不清“，”是分节还是分隔。"
        found.remarks.append(PrintedRemark(RemarkKind.UNCHECKED, place, words))
        return
    sums = read_sums(sentence, place)
    found.remarks.extend(sums.remarks)
    read = set(sums.read)
    for start, remark in _list_remarks(sentence, place):
        read.add(start)
        found.remarks.extend([remark] if remark else [])
    first, end = sums.inside
    head = text[:first] + "#" * (end - first) + text[end:]
    counts = {role: _numbers(pattern, head) for role, pattern in _COUNTS}
    counts[FigureRole.TOTAL] = list(_totals(head, counts))
    rates = {role: _numbers(pattern, head) for role, pattern in _RATES}
    every = [*counts.values(), *rates.values()]
    several = any(len(each) > 1 for each in every)
    if not several:
        read |= {start for each in every for start, _ in each}
    unread = [match for match in _NUMBER.finditer(text) if match.start(1) not in read]
    if any(every) and not several:
        found.lines.append(_line(sentence, place, counts, rates, unread))
    shown = [sentence.quote(*match.span()) for match in unread]
    shown += [sentence.quote(*match.span()) for match in _CHINESE.finditer(text)]
    if shown:
        words = f"{sentence.name}中“{'”“'.join(shown)}”未核对。"
        found.remarks.append(PrintedRemark(RemarkKind.UNCHECKED, place, words))


_Numbers = dict[FigureRole, list[tuple[int, str]]]


def _line(
    sentence: Wording,
    place: PrintedPlace,
    counts: _Numbers,
    rates: _Numbers,
    unread: Sequence[re.Match[str]],
) -> FigureLine:
    text = sentence.text
    roles = [role for role, each in counts.items() if each]
    platform = bool(PLATFORM.search(text))
    return FigureLine(
        name=sentence.name,
        counts={role: (int(each[0][1]), place) for role, each in counts.items() if each},
        rates={role: (PrintedRate((each[0][1],)), place) for role, each in rates.items() if each},
        subject=subject_of(text),
        is_whole=not platform
        and not _EARLIER.search(text)
        and (FigureRole.CHECKED in roles or len(roles) > 1),
        names_platform=platform,
        title=text,
        others=tuple(int(each[1]) for each in unread if each[1].isdigit() and "%" not in each[0]),
    )


def _totals(text: str, counts: _Numbers) -> Iterator[tuple[int, str]]:
    """The numbers of all accounts: those in service after 检查 or 其中 are a part of the checked."""
    checked = min((start for start, _ in counts[FigureRole.CHECKED]), default=len(text))
    inside = text.find("其中")
    for start, number in counts[FigureRole.TOTAL]:
        before = text[:start].rpartition(",")[2]
        part = (start > checked and "运行" in before) or -1 < inside < start
        if not part or "总数" in before:
            yield start, number


def _numbers(pattern: re.Pattern[str], text: str) -> list[tuple[int, str]]:
    """The numbers that a pattern finds, and where each begins."""
    return [
        next((match.start(group), match[group]) for group in (1, 2) if match[group])
        if match.re.groups > 1
        else (match.start(1), match[1])
        for match in pattern.finditer(text)
    ]


def _list_remarks(
    sentence: Wording, place: PrintedPlace
) -> Iterator[tuple[int, PrintedRemark | None]]:
    """`微信公众号11个：甲、乙`: the number against the names; no remark where they agree.

    A name may hold 、 within quotation marks, or be one of several in an item.
    """
    match = _LISTED.search(sentence.text)
    if match is None or len(_COLON.findall(sentence.text)) > 1:
        return
    number, names = int(match[2]), match[3]
    quoted, items = len(_QUOTED.findall(names)), len(_ITEM.findall(names))
    start = match.start(2)
    joined = items + len(re.findall("[和及与]", _QUOTED.sub("", names)))
    if number in {items, quoted or joined} and "等" not in names[-4:]:
        yield start, None
    elif (
        (quoted == items or not quoted)
        and max(quoted, items) > 1
        and not re.search(r"等|\d|[和及与]", _QUOTED.sub("", names))
    ):
        words = f"“{sentence.quote(match.start(1), match.start(3) - 1)}”后列出{items}个："
        words += f"差{abs(items - number)}个。"
        yield start, PrintedRemark(RemarkKind.SLIP, place, words)


def _kind_remarks(paragraphs: Sequence[str], failed: Sequence[int]) -> Iterator[PrintedRemark]:
    """Paragraphs of kinds of problems, `（一）…。共有10个`: each against its lists, all against 不合格数.

    An account may have two problems, so all kinds may come to more. They never come to less,
    unless a paragraph writes its number otherwise.
    """
    kinds: list[int] = []
    last = PrintedPlace("")
    complete = True
    for number, text in enumerate(paragraphs):
        match = _KIND.match(text)
        if match is None:
            counted = _NUMBERED.match(text) and _NUMBER.search(text)
            complete = complete and (not counted or "不计入" in text or "不因此" in text)
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
    end = "，另有款项的数未计入的除外。" if less else "，一个账号存在多类问题的除外。"
    slip = less and complete
    kind = RemarkKind.SLIP if slip else RemarkKind.NOTE
    yield PrintedRemark(kind, last, words + ("。" if slip else end))


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
