"""Group chats as people copy or export them from WeChat, 企业微信 and 钉钉. Pure.

What they look like is described by people, and attested by no recording. A header is a line with a
sender and a time, in either order, or the sender alone above the time. What stands below it, until
the next header, is his message. A text without a header is one message of nobody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from mediawatch.articles import ends_in_part, ends_whole
from mediawatch.domain import Saying
from mediawatch.domain.clock import BEIJING
from mediawatch.workbooks.places import Place

ChatLine = tuple[Place, str]

_DAY = r"(?:(?P<year>\d{4})\s*[-/.年]\s*)?(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
_NEAR = r"(?P<near>今天|昨天|前天|(?:星期|周)[一二三四五六日天])"
_TIME = r"(?P<half>凌晨|早上|上午|中午|下午|晚上)?\s*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
_WEEKDAY = r"(?:\s*(?:星期|周)[一二三四五六日天])?"
_WHEN = rf"(?:(?:{_DAY}{_WEEKDAY}|{_NEAR})[\sT]+)?{_TIME}"
_NAME = r"(?P<name>[^\s:](?:[^:\n]{0,58}?[^\s:])??)"
_MOMENT = re.compile(rf"\(?{_WHEN}\)?")
_HEADER = re.compile(rf"{_NAME}[\s:]+\(?{_WHEN}\)?\s*:?")
_TURNED = re.compile(rf"\[?\(?{_WHEN}\)?\]?\s+{_NAME}\s*:?")
_DATE_LINE = re.compile(rf"[\s—\-=*─_]*{_DAY}{_WEEKDAY}[\s—\-=*─_]*")
_ALONE = re.compile(r"[^\s:/()]{1,20}\([^()]{1,30}\)")
_QUOTE = re.compile(r"[「『](?P<by>[^「」『』:：\n]{1,60})\s*[:：]\s*(?P<text>[^「」『』]*)[」』]")
_OPEN = re.compile(r"[「『][^「」『』]*$")
_CLOSED = re.compile(r"[^「」『』]*[」』]")
_RULE = frozenset("-—─_=")
_CARD = re.compile(
    r"[\[【](?P<kind>链接|分享|图文|公众号|小程序|视频号|聊天记录|笔记|文章)[^\]】]{0,8}[\]】]"
    r"\s*(?P<title>.*)"
)
_PHONE = re.compile(r"\d[\d\- ]{6,}")
_REST = re.compile(r"[\w\-.~%&=+#:/?!$*@]+", re.ASCII)
_PIECES, _QUOTED = 4, 30
"""Lines that one link, and one quotation, may reach over."""
_LATER_HALF = ("中午", "下午", "晚上")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """What one person wrote at one time. `lines` are without what he quotes."""

    saying: Saying
    lines: tuple[ChatLine, ...]
    quotes: bool = False
    """Words of an earlier message: its own place may stand elsewhere in the same text."""

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.lines)

    @property
    def cards(self) -> Iterator[ChatLine]:
        """Shared cards, of which only kind and title were copied, each with its title."""
        for place, text in self.lines:
            if found := _CARD.fullmatch(text.strip()):
                yield place, found["title"].strip() or found["kind"]


@dataclass(slots=True)
class _OpenMessage:
    saying: Saying
    lines: list[ChatLine] = field(default_factory=list)


def read_messages(lines: Sequence[ChatLine], today: date | None) -> list[ChatMessage]:
    """The messages of a text in their order; links that were broken over lines are whole again.

    `today` is the Beijing day on which it came in: a day without a year is the last such day. None
    leaves such days open.
    """
    made: list[ChatMessage] = []
    for message in _split(lines, today):
        saying = message.saying
        own, quoted = _without_quotes(message.lines)
        made += [
            ChatMessage(saying=Saying(by=by), lines=tuple(join_lines([line])), quotes=True)
            for by, line in quoted
        ]
        if kept := tuple(join_lines(own)):
            made.append(ChatMessage(saying=saying, lines=kept))
    return made


def join_lines(lines: Sequence[ChatLine]) -> list[ChatLine]:
    """Lines in which no article link is broken: its rest is taken out of the lines below.

    Only where the line ends within a link, and the lines below make it whole.
    """
    joined: list[ChatLine] = []
    parts = [(place, part) for place, text in lines for part in text.splitlines() or [""]]
    at, carried = 0, ""
    while at < len(parts):
        (place, text), carried = (parts[at][0], carried or parts[at][1]), ""
        at += 1
        for count in range(1, min(_PIECES, len(parts) - at + 1)):
            if not ends_in_part(text):
                break
            *between, below = [part.strip() for _, part in parts[at : at + count]]
            rest = _REST.match(below)
            if rest is None or not all(map(_REST.fullmatch, between)):
                break
            whole = text.rstrip() + "".join(between) + rest[0]
            if ends_whole(whole):
                text, carried = whole, below[rest.end() :].strip()
                # What stands behind the link in its last line is a line of its own.
                at += count - bool(carried)
                break
        joined.append((place, text))
    return joined


def _split(lines: Sequence[ChatLine], today: date | None) -> list[_OpenMessage]:
    """The messages by their headers; of nobody where no line is a header."""
    folded = [unicodedata.normalize("NFKC", text).strip() for _, text in lines]
    dated = any(_header(text) for text in folded)
    made = [_OpenMessage(Saying())]
    day: date | None = None
    skip = False
    for number, line in enumerate(lines):
        if skip:
            skip = False
            continue
        text = folded[number]
        below = folded[number + 1] if number + 1 < len(folded) else ""
        if (found := _header(text)) and (found["month"] or found["near"] or day):
            made.append(_OpenMessage(_saying(found, found["name"], day, today)))
        elif text and (when := _MOMENT.fullmatch(below)) and _is_name(text):
            made.append(_OpenMessage(_saying(when, text, day, today)))
            skip = True
        elif found := _DATE_LINE.fullmatch(text):
            day = _day(found, None, today) or day
        elif not dated and _ALONE.fullmatch(text):
            made.append(_OpenMessage(Saying(by=sender_of(text))))
        else:
            made[-1].lines.append(line)
    return [message for message in made if any(text.strip() for _, text in message.lines)]


def _header(text: str) -> re.Match[str] | None:
    for shape in (_HEADER, _TURNED):
        if (found := shape.fullmatch(text)) and _is_name(found["name"]):
            return found
    return None


def _is_name(text: str) -> bool:
    """Whether a text may be a sender: no address, no sentence."""
    return (
        len(text) <= 60
        and not re.search(r"[,。!?;、]|https?|//|[「」『』]|链接|www\.|\.com|\.cn", text)
        and not _DATE_LINE.fullmatch(text)
        and bool(re.search(r"[^\W\d_]", text))
    )


def _saying(found: re.Match[str], name: str, day: date | None, today: date | None) -> Saying:
    return Saying(by=sender_of(name), at=_moment(found, day, today))


def sender_of(name: str) -> str:
    """The sender without a telephone number, which people write into their names."""
    return " ".join(_PHONE.sub("", name).strip(" :-_@").split())[:60]


def _moment(found: re.Match[str], day: date | None, today: date | None) -> datetime | None:
    on = _day(found, day, today)
    hour = int(found["hour"])
    if found["half"] in _LATER_HALF and hour < 12:
        hour += 12
    try:
        if on is None:
            return None
        clock = (hour, int(found["minute"]), int(found["second"] or 0))
        return datetime(on.year, on.month, on.day, *clock, tzinfo=BEIJING)
    except ValueError:
        return None


def _day(found: re.Match[str], day: date | None, today: date | None) -> date | None:
    """The Beijing day of a header; the day line above it where it names none. None: unknown."""
    named = found.groupdict()
    if not named.get("month"):
        # What 昨天 means depends on the day of copying, which nobody tells us.
        if named.get("near"):
            return None
        return day
    month, number = int(named["month"]), int(named["day"])
    years: Iterable[int] = [int(named["year"])] if named["year"] else []
    if today and not named["year"]:
        years = range(today.year, today.year - 5, -1)
    for year in years:
        try:
            found_day = date(year, month, number)
        except ValueError:
            continue
        if named["year"] or today is None or found_day <= today:
            return found_day
    return None


def _without_quotes(
    lines: Sequence[ChatLine],
) -> tuple[list[ChatLine], list[tuple[str, ChatLine]]]:
    """The lines without what they quote, and the quotes with whom they quote.

    A quotation may reach over lines. The rule that chat programs draw below it goes, too.
    """
    own: list[ChatLine] = []
    quotes: list[tuple[str, ChatLine]] = []
    at = 0
    while at < len(lines):
        place, text = lines[at]
        at += 1
        if _OPEN.search(text):
            below = lines[at : at + _QUOTED]
            end = next((n for n, (_, more) in enumerate(below, 1) if _CLOSED.match(more)), 0)
            text = "\n".join((text, *(more for _, more in below[:end])))
            at += end
        for found in _QUOTE.finditer(text):
            quotes.append((sender_of(found["by"]), (place, found["text"])))
        rest = _QUOTE.sub("", text)
        if rest.strip() and not _is_rule(rest):
            own.append((place, rest))
    return own, quotes


def _is_rule(text: str) -> bool:
    signs = "".join(text.split())
    return len(signs) >= 4 and _RULE.issuperset(signs)
