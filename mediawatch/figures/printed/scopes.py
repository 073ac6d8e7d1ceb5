"""Of which accounts and which time figures tell, as far as their titles say it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mediawatch.figures.printed.breakdowns import PLATFORM
from mediawatch.figures.printed.headings import FigureRole
from mediawatch.figures.printed.lines import FigureLine, sums_of
from mediawatch.figures.printed.remarks import PrintedPlace, PrintedRemark, RemarkKind

_DAY = re.compile(r"\d{1,2}月\d{1,2}日")
_TIMES = (
    re.compile(r"(\d{4})年(?!\d{1,2}月\d{1,2}日)"),
    re.compile(r"([一二三四1-4])季度"),
    re.compile(r"([上下])半年"),
    re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,2})月(?![\d底])"),
    re.compile(r"第([一二三四五六七八九十\d]+)[次批轮期]"),
)
_PARTS = (
    ("地方", re.compile("县区|区县|县市区|市州|州市|乡镇|街道|(?:各|下辖)[市县区州]")),
    ("部门", re.compile("部门|[省市州区县]直|直属|垂管")),
)
_PLACE = re.compile(
    r"(?<![\u4e00-\u9fff])(?!各|全)([\u4e00-\u9fff]{1,8}?(?:省|市|州|县|区|镇|乡|街道|局|委|厅|办))"
    r"(?![\u4e00-\u9fff])"
)
_TOGETHER = (FigureRole.TOTAL, FigureRole.CHECKED, FigureRole.FAILED, FigureRole.PASSED)


@dataclass(frozen=True, slots=True)
class FigureScope:
    """What a title names: platforms, times of each kind, a part of the accounts, a place."""

    platforms: frozenset[str]
    times: tuple[frozenset[str], ...]
    parts: frozenset[str]

    def differs(self, other: FigureScope) -> bool:
        """Whether the two certainly tell of different accounts or times."""
        pairs = zip(self.times, other.times, strict=True)
        return (
            self.platforms != other.platforms
            or any(one and two and one != two for one, two in pairs)
            or bool(self.parts and other.parts and self.parts != other.parts)
        )

    def may_differ(self, other: FigureScope) -> bool:
        """Whether one of them says more of what it tells."""
        return self.differs(other) or self.parts != other.parts


def scope_of(title: str) -> FigureScope:
    """What a title, or a sentence, says of its scope."""
    bare = _DAY.sub("", title)
    parts = {word for word, pattern in _PARTS if pattern.search(bare)}
    return FigureScope(
        frozenset(PLATFORM.findall(bare)),
        tuple(frozenset(each.findall(bare)) for each in _TIMES),
        frozenset(parts if len(parts) == 1 else ()) | frozenset(_PLACE.findall(bare)),
    )


def disagreements(wholes: Sequence[FigureLine]) -> Iterator[PrintedRemark]:
    """Where two places of a file print another number for the same whole.

    Tables of different times or platforms are not compared, which is said.
    """
    for role in _TOGETHER:
        seen: list[FigureLine] = []
        for line in (each for each in wholes if role in each.counts):
            count, place = line.counts[role]
            told = [each for each in seen if each.subject == line.subject]
            seen.append(line)
            scope = scope_of(line.title)
            same = [each for each in told if not scope.differs(scope_of(each.title))]
            sure = [each for each in same if not scope.may_differ(scope_of(each.title))]
            if not told or any(each.count(role) == count for each in same):
                continue
            known, known_place = (sure or same or told)[0].counts[role]
            words = f"{role.value}写{count}，{_where(known_place)}写{known}"
            if known == count or known_place == place:
                continue
            beside = [
                other for each in (line, *sure) if "另" in each.title for other in each.others
            ]
            if sure and abs(known - count) not in sums_of(beside):
                yield PrintedRemark(RemarkKind.SLIP, place, f"{words}。")
            elif sure or same:
                yield PrintedRemark(RemarkKind.NOTE, place, f"{words}，口径不同的除外。")
            else:
                words += "：两处的时间、平台或范围不同，未互相核对。"
                yield PrintedRemark(RemarkKind.UNCHECKED, place, words)


def _where(place: PrintedPlace) -> str:
    if place.part:
        return f"“{place.part}”" + ("" if place.row is None else f"第{place.row + 1}行")
    return "正文" if place.row is None else f"正文第{place.row + 1}段"
