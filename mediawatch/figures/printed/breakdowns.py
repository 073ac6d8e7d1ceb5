"""Numbers of a sentence that sum: `其中A24个、B7个`, `A24个，B6个，共30个`, and their shares 占80%."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from mediawatch.figures.printed.rates import PrintedRate, Rounding
from mediawatch.figures.printed.remarks import PrintedPlace, PrintedRemark, RemarkKind
from mediawatch.figures.printed.wording import Wording

UNIT = r"(?:个|家)"
PLATFORM = re.compile("微信|微博|抖音|头条|快手|视频号|小程序|客户端|百家号|贴吧|小红书|哔哩")
_TOTAL = "共计|合计|总计|一共|共有|共"
_INTRO = re.compile(rf"(\d+){UNIT}([^,;:()\d]{{0,16}}?)(?:[,(:]*其中[,:]?|[:(])")
_LABEL_FIRST = re.compile(rf"(?P<label>.{{1,24}}?)(?P<count>\d+){UNIT}")
_NUMBER_FIRST = re.compile(rf"(?P<count>\d+){UNIT}(?P<label>[^\d]{{1,24}})")
_SHARE = re.compile(r"(?:各|约)?占(?:比|[^\d,、;%]{0,10})?(?:为|约)?(\d+(?:\.\d+)?%)")
_CLOSING = re.compile(
    rf"(?P<word>{_TOTAL})(?P<what>[^\d,、;:]{{0,8}})(?P<count>\d+){UNIT}.{{0,10}}"
)
_COUNT = re.compile(rf"(\d+){UNIT}")
_SEGMENT = re.compile(r"[^,、;()]+")
_PLAIN = re.compile(r"(?:的?(?:政务新媒体|新媒体|账号|网站|单位|问题))?")
_WHOLE = re.compile("(?:共|经)?(?:发现|查出|检出|检查|抽查|不合格|合格)")
_STATE = re.compile("合格|正常|运行")
_BRACKETS = re.compile(r"\([^()]*\)")
_OUTSIDE = ("另", "此外", "还有")
_REST = ("其他", "其它", "其余")
_MOST_PARTS = 12
"""Numbers of which all sums are tried."""


@dataclass(slots=True)
class SentenceSums:
    """What sums in a sentence: the places of the numbers that were compared, and what is wrong."""

    read: set[int] = field(default_factory=set)
    remarks: list[PrintedRemark] = field(default_factory=list)
    inside: tuple[int, int] = (0, 0)
    """Where the parts of a sum stand: they are no figures of the whole."""


@dataclass(frozen=True, slots=True)
class _Part:
    label: str
    count: int
    start: int
    outside: bool = False
    """It is told beside the parts: 另有."""


@dataclass(slots=True)
class _Parts:
    parts: list[_Part] = field(default_factory=list)
    closing: re.Match[str] | None = None
    end: int = 0


def read_sums(sentence: Wording, place: PrintedPlace) -> SentenceSums:
    """The sums of a sentence, as far as their parts are certain."""
    found = SentenceSums()
    intro = _INTRO.search(sentence.text)
    parts = _parts_after(sentence, intro) if intro else None
    if intro and parts and _counted(sentence, place, intro, parts, found):
        # 合格16个、不合格4个 are figures of the whole, and give its 合格率.
        if not {each.label.removesuffix("的") for each in parts.parts} <= {"合格", "不合格"}:
            found.inside = (intro.end(), parts.end)
    else:
        _read_closing(sentence, place, found)
    _read_shares(sentence.text, found)
    return found


def _parts_after(sentence: Wording, intro: re.Match[str]) -> _Parts | None:
    """The parts that a sentence lists; None where they are not certain.

    They end where a bracket closes, or where the whole's own figures go on: 发现不合格4个.
    """
    text, start = sentence.text, intro.end()
    found = _Parts(end=start)
    outside = ended = False
    for segment in _SEGMENT.finditer(text, start):
        words = segment[0]
        closed = "(" in intro[0] and text[segment.start() - 1] == ")"
        parts = found.parts
        if parts and (closed or (_WHOLE.match(words) and not _STATE.search(parts[0].label))):
            ended = True
            break
        outside = outside or words.startswith(_OUTSIDE)
        if _SHARE.fullmatch(words):
            continue
        if found.parts and (closing := _CLOSING.fullmatch(text, *segment.span())):
            found.closing, found.end = closing, segment.end()
            break
        part = _LABEL_FIRST.fullmatch(text, *segment.span())
        part = part or _NUMBER_FIRST.fullmatch(text, *segment.span())
        if part is None or words.startswith("等"):
            break
        label = sentence.quote(*part.span("label"))
        found.parts.append(_Part(label, int(part["count"]), part.start("count"), outside))
        found.end = segment.end()
    rest = text[found.end :]
    more = not ended and _COUNT.search(rest)
    if rest.startswith("等") or more or len(found.parts) < 2:
        return None
    return found


def _counted(
    sentence: Wording,
    place: PrintedPlace,
    intro: re.Match[str],
    found: _Parts,
    sums: SentenceSums,
) -> bool:
    """Hold the parts against their whole; False where nothing is certain."""
    whole, closing = int(intro[1]), found.closing
    inside = [each for each in found.parts if not each.outside]
    if len(inside) < 2:
        return False
    least, most = _sum(inside), _sum(found.parts)
    total = least if least >= whole else most
    sums.read |= {intro.start(1), *(each.start for each in inside)}
    if most == total:
        sums.read |= {each.start for each in found.parts}
    if closing and int(closing["count"]) in (whole, least, most):
        sums.read.add(closing.start("count"))
    if total == whole:
        return True
    kind, end = _verdict(sentence.text, intro, inside if total == least else found.parts)
    more = "大于" if total > whole else "小于"
    words = "、".join(
        f"{each.label}{each.count}" for each in (inside if total == least else found.parts)
    )
    words += f"合计{total}，{more}所写的{whole}：差{abs(total - whole)}{end}"
    sums.remarks.append(PrintedRemark(kind, place, words))
    return True


def _verdict(text: str, intro: re.Match[str], parts: Sequence[_Part]) -> tuple[RemarkKind, str]:
    """What it means that parts are not their whole.

    An account may have two problems. Parts behind 其中 need not be all parts.
    """
    about = text[max(0, intro.start() - 12) : intro.start()].rpartition(",")[2] + intro[2]
    problems = intro[2].removeprefix("突出") == "问题"
    apart = all(PLATFORM.search(each.label) or each.label in _REST for each in parts)
    states = {each.label.removesuffix("的") for each in parts}
    if _sum(parts) > int(intro[1]):
        if problems or apart or states >= {"合格", "不合格"}:
            return RemarkKind.SLIP, "。"
        return RemarkKind.NOTE, "，一个账号存在多类问题的除外。"
    listed = ":" in intro[0] and "其中" not in intro[0]
    named = any(each.label.startswith(_REST) for each in parts)
    failed = ("不合格" in about or "问题" in about) and "主要" not in text and not apart
    if named or failed or (listed and (problems or apart)):
        return RemarkKind.SLIP, "。"
    return RemarkKind.NOTE, "，未列全的除外。"


def _read_closing(sentence: Wording, place: PrintedPlace, found: SentenceSums) -> None:
    """`A24个，B6个，共30个`: the last number against those before it."""
    text = sentence.text
    segments = list(_SEGMENT.finditer(text))
    if not segments or not (closing := _CLOSING.fullmatch(text, *segments[-1].span())):
        return
    parts = []
    for segment in segments[:-1]:
        counts = list(_COUNT.finditer(text, *segment.span()))
        if len(counts) > 1:
            return
        for count in counts:
            label = sentence.quote(segment.start(), count.start()).removesuffix("的")
            parts.append(_Part(label, int(count[1]), count.start(1)))
    total = int(closing["count"])
    starts = [each.start for each in parts]
    for first in range(len(parts) - 1):
        if _sum(parts[first:]) == total:
            found.read |= {*starts[first:], closing.start("count")}
            return
    if parts and total == parts[0].count:
        found.read.add(closing.start("count"))
        return
    first_whole = parts and re.search("检查|抽查|监测|普查|发现|共|现有|在管|开设", parts[0].label)
    if len(parts) < 2 or first_whole or max(each.count for each in parts) > total:
        return
    certain = _PLAIN.fullmatch(closing["what"]) and not _some_sum(parts, total)
    found.read |= {*starts, closing.start("count")}
    words = "、".join(f"{each.label}{each.count}" for each in parts)
    what = sentence.quote(closing.start("word"), closing.end("what"))
    end = "。" if certain else "，其中有不计入的除外。"
    words += f"合计{_sum(parts)}，“{what}”写{total}：差{abs(_sum(parts) - total)}{end}"
    kind = RemarkKind.SLIP if certain else RemarkKind.NOTE
    found.remarks.append(PrintedRemark(kind, place, words))


def _read_shares(text: str, found: SentenceSums) -> None:
    """占80%: read where it is the count before it of any other count of the sentence."""
    bare = _BRACKETS.sub(lambda found: " " * len(found[0]), text)
    counts = [(match.start(1), int(match[1])) for match in _COUNT.finditer(bare)]
    for share in _SHARE.finditer(bare):
        before = [count for start, count in counts if start < share.start()]
        wholes = [count for _, count in counts if before and count >= before[-1] and count]
        rate = PrintedRate((share[1],))
        if any(rate.rounding(Fraction(before[-1], each)) is not Rounding.WRONG for each in wholes):
            found.read.add(share.start(1))


def _some_sum(parts: Sequence[_Part], total: int) -> bool:
    """Whether some of the parts, two at least, come to a total."""
    return len(parts) > _MOST_PARTS or total in set(_sums_of_some(parts))


def _sums_of_some(parts: Sequence[_Part]) -> Iterator[int]:
    return (_sum(some) for size in range(2, len(parts)) for some in combinations(parts, size))


def _sum(parts: Sequence[_Part]) -> int:
    return sum(each.count for each in parts)
