"""One answered row to one reading, or to what is wrong with it. Pure: the law of a person's word
lives here.

A person's negative (stale, not found, cancelled, banned, never posted) and everything else that
speaks against an account needs a picture, a time not before as_of, and the account's own id where
any is filed or known, else its name; a date older than what a machine saw is refused. An answer
that lacks a tie is kept and proves nothing yet: its sight is tied to nobody, and `uncounted` says
why.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from mediawatch.domain import (
    Account,
    Attested,
    Capture,
    EvidenceKind,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
)
from mediawatch.domain.clock import day_of, day_start, minute
from mediawatch.names import same
from mediawatch.people import PERSON
from mediawatch.people.forms.columns import Cell, Column
from mediawatch.people.forms.read import Problem, Row
from mediawatch.people.forms.rowkey import CLOSED, Window
from mediawatch.people.worklist.identity import (
    IdKind,
    SeenId,
    asked_for,
    contradicts,
    own_ids,
    said_of,
    tied_by,
    typed_ids,
    wrong_kind,
)
from mediawatch.people.worklist.states import (  # fmt: skip
    AMBIGUOUS_NAME_WORDS,
    POSTED_WORDS,
    SAME_NAME_WORDS,
    STATE_WORDS,
    UNDATED,
    State,
    says_none,
)
from mediawatch.people.worklist.values import BadValue, day_in, id_in, moment_in

SURFACE = PERSON
UNTIMED = "核查时间未填"
"""Stands in the detail of a reading whose time is the import's: importing again must not make it
another look.
"""
UNCOUNTED = "暂不计入"
"""Begins the part of a detail that says why the answer proves nothing yet."""
SHARED_WORDS = "多个账号"
"""Written under 备注: the screenshot shows several accounts, so that it may stand in several
rows.
"""
T = TypeVar("T")
_Fault = tuple[Column, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of the account that a row asks about.

    `posted_on`: days of all posts that machines saw (valid ones that count under the policy).
    `ids`: every id it goes by. `linked`: the row led to the account by a link.
    """

    account: Account
    sweep_id: int
    window: Window
    posted_on: frozenset[date] = frozenset()
    ids: tuple[str, ...] = ()
    linked: bool = False

    @property
    def own(self) -> tuple[SeenId, ...]:
        return own_ids(self.account.filed, self.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """A row with its cells read."""

    posted: bool | None
    on: date | None
    state: State
    name: str
    seen_id: str
    person: str
    read_at: datetime | None
    remark: str = ""

    @property
    def negative(self) -> bool:
        return (self.posted is False and self.state is State.NORMAL) or self.state.outcome.negative

    def accuses(self, account: Account) -> bool:
        """Whether the answer can become a finding."""
        alive_though_closed = account.filed.status in CLOSED and self.state is State.NORMAL
        return self.negative or self.renames(account) or alive_though_closed

    def renames(self, account: Account) -> bool:
        return bool(self.name) and not same(self.name, account.filed.name)

    def names(self, account: Account) -> bool:
        """Whether the answer says under which name it was found: seen as filed, or searched for as
        filed.
        """
        return same(self.name, account.filed.name) or (
            self.state is State.NOT_FOUND and same(self.seen_id, account.filed.name)
        )


def answer(row: Row, asked: Asked, now: datetime) -> Reading | tuple[Problem, ...]:
    """The reading that an answered row is, or its problems. Do not call it for blank rows."""
    given, faults = _parse(row, asked.account, now)
    if given is not None:
        faults = list(_faults(given, row, asked, now))
    if given is None or faults:
        return tuple(problem(row, column, reason) for column, reason in faults)
    return _reading(given, row, asked, now)


def problem(row: Row, column: Column, reason: str) -> Problem:
    return Problem(
        file=row.file,
        sheet=row.sheet,
        row=row.number,
        column=column.short,
        value=row.text(column),
        reason=reason,
    )


def _parse(row: Row, account: Account, now: datetime) -> tuple[_Answer | None, list[_Fault]]:
    faults: list[_Fault] = []

    def read(column: Column, reader: Callable[[Cell], T]) -> T | None:
        try:
            return reader(row.cells.get(column))
        except BadValue as bad:
            faults.append((column, str(bad)))
            return None

    read_at = read(Column.TIME, lambda cell: moment_in(cell, day_of(now)))
    on = read(Column.POSTED_ON, lambda cell: day_in(cell, day_of(read_at or now)))
    posted = read(
        Column.POSTED, lambda _: _chosen(row.text(Column.POSTED), POSTED_WORDS, "请选择“有”或“无”")
    )
    state = read(
        Column.STATE,
        lambda _: _chosen(
            row.text(Column.STATE), STATE_WORDS, f"请从下拉列表中选择:{'、'.join(State)}"
        ),
    )
    name = read(Column.SEEN_NAME, lambda _: _name(row.text(Column.SEEN_NAME), account.filed.name))
    seen_id = read(Column.SEEN_ID, lambda cell: _id(id_in(cell)))
    if faults:
        return None, faults
    return _Answer(
        posted=posted,
        on=on,
        state=state or State.NORMAL,
        name=name or "",
        seen_id=seen_id or "",
        person=row.text(Column.PERSON),
        read_at=read_at,
        remark=row.text(Column.REMARK),
    ), []


def _chosen(text: str, words: dict[str, T], remedy: str) -> T | None:
    text = unicodedata.normalize("NFKC", text).replace(" ", "").rstrip("。.")
    if text and text not in words:
        raise BadValue(remedy)
    return words.get(text)


def _name(text: str, filed: str) -> str:
    """The name read, "" for none. The filed name wins over every reading of these words: an account
    may be called 正常.
    """
    if same(text, filed):
        return text
    if text in AMBIGUOUS_NAME_WORDS:
        raise BadValue("请照原样填写平台上显示的名称(与备案相同填“一致”)")
    return filed if text in SAME_NAME_WORDS else "" if says_none(text) else text


def _id(text: str) -> str:
    """What was typed as an id; "" where it means that there is none, or that somebody compared it
    and did not write it down.
    """
    return "" if says_none(text) or text in SAME_NAME_WORDS else text


def _faults(given: _Answer, row: Row, asked: Asked, now: datetime) -> Iterator[_Fault]:
    if not given.person:
        yield Column.PERSON, "请填写核查人"
    if contradictions := list(_contradictions(given)):
        # What else is wrong depends on which of the two was meant.
        yield from contradictions
        return
    yield from _time_faults(given, asked.window, now)
    yield from _date_faults(given, asked, now)
    yield from _identity_faults(given, asked)
    if given.accuses(asked.account):
        yield from _proof_faults(given, row)


def _contradictions(given: _Answer) -> Iterator[_Fault]:
    if given.posted is None and given.state is State.NORMAL:
        yield Column.POSTED, "请选择“有”或“无”;账号看不到的,请在“状态”中说明"
    if given.posted and given.state is not State.NORMAL:
        yield Column.STATE, f"“有发布”与状态“{given.state}”矛盾"
    if given.posted is False and given.state is State.HIDDEN:
        yield Column.POSTED, "看不到内容不能证明无发布:请清空“有无发布”,或看到发布列表后再选“无”"
    if given.on and given.state in UNDATED:
        yield Column.POSTED_ON, f"状态为“{given.state}”,不应有发布日期"


def _time_faults(given: _Answer, window: Window, now: datetime) -> Iterator[_Fault]:
    if given.read_at is None:
        if given.negative:
            yield Column.TIME, "此项回答必须填写核查时间"
    elif given.read_at > now:
        yield Column.TIME, "核查时间晚于现在"
    elif given.negative and given.read_at < window.as_of:
        yield (
            Column.TIME,
            f"核查时间早于监测时间点({minute(window.as_of)}),不能证明无发布:请在其后重新核查",
        )
    elif given.posted and day_of(given.read_at) < window.start:
        yield Column.TIME, f"核查时间早于所问的日期({window.words})"


def _date_faults(given: _Answer, asked: Asked, now: datetime) -> Iterator[_Fault]:
    window, looked_on = asked.window, day_of(given.read_at or now)
    # What counts against a typed date existed when the person looked, and lay in the days that were
    # asked about.
    seen = [day for day in asked.posted_on if day <= (window.end if given.posted else looked_on)]
    bound = max(seen, default=None)
    if given.on and (given.on > looked_on or given.on > day_of(now)):
        yield Column.POSTED_ON, "发布日期晚于核查时间" if given.read_at else "发布日期晚于今天"
    elif given.on and bound and given.on < bound:
        yield Column.POSTED_ON, f"早于系统已见到的发布日期({bound:%Y-%m-%d}),请重新核查"
    elif given.posted and given.on and given.on not in window:
        yield Column.POSTED_ON, f"选了“有”,日期应在{window.words}之内;该期间没有发布的请选“无”"
    elif given.posted is False and given.on and given.on in window:
        yield Column.POSTED_ON, f"日期在{window.words}之内,应选“有”"
    elif (
        given.posted is False and given.state is State.NORMAL and any(day in window for day in seen)
    ):
        yield (
            Column.POSTED,
            (
                f"系统已见到该账号在此期间的发布({max(day for day in seen if day in window):%Y-%m-%d}),"
                "请重新核查"
            ),
        )
    elif given.state is State.EMPTY and bound:
        yield Column.STATE, f"系统已见到该账号的发布({bound:%Y-%m-%d}),不是从未发布"


def _identity_faults(given: _Answer, asked: Asked) -> Iterator[_Fault]:
    """Every id is held against its kind; what accuses is tied by an id where any is filed or
    known.
    """
    filed, own = asked.account.filed, asked.own
    if kind := wrong_kind(given.seen_id, filed.platform):
        yield (
            Column.SEEN_ID,
            f"这是{kind},而该账号是{said_of(filed.platform)}:请填写{asked_for(filed.platform)}",
        )
    elif other := contradicts(given.seen_id, own, filed.platform):
        yield Column.SEEN_ID, f"与备案的“{other}”不一致,看到的可能是另一个账号"
    elif given.accuses(asked.account) and not tied_by(given.seen_id, own, filed.platform):
        if own and given.renames(asked.account):
            yield (
                Column.SEEN_ID,
                "实际名称与备案名称不同,而核对ID不能证明是同一个账号:请填写与备案一致的ID",
            )
        elif own and not given.seen_id:
            yield Column.SEEN_ID, "此项回答必须填写核对ID(搜索不到的填写搜索所用的ID)"
        elif own:
            yield (
                Column.SEEN_ID,
                (
                    "不是该账号备案或已知的ID,"
                    f"不能证明是同一个账号:请填写与备案一致的{asked_for(filed.platform)}"
                ),
            )
        elif given.renames(asked.account) and not typed_ids(given.seen_id, filed.platform):
            words = "实际名称与备案名称不同,而该账号没有备案ID"
            yield (
                Column.SEEN_ID,
                f"{words}:请填写看到的{asked_for(filed.platform)},经他人核对并补充备案后计入",
            )


def _proof_faults(given: _Answer, row: Row) -> Iterator[_Fault]:
    if not given.negative and given.read_at is None:
        yield Column.TIME, "此项回答必须填写核查时间"
    if not any(not shot.problem for shot in row.shots):
        reasons = ";".join(shot.problem for shot in row.shots)
        yield (
            Column.SHOT,
            f"此项回答必须附截图(贴在本行,二维码一列的图片不算){':' + reasons if reasons else ''}",
        )


def _uncounted(given: _Answer, asked: Asked) -> str:
    """Why an answer proves nothing yet: what is missing, as a clause; "" where it counts."""
    if asked.own or not given.accuses(asked.account):
        return ""
    if given.renames(asked.account):
        return (
            f"因缺少备案ID{UNCOUNTED}:实际名称与备案名称不同,看到的ID已列为台账更新建议,"
            "由他人核对接受后计入"
        )
    if not given.names(asked.account):
        missing = (
            "搜索所用的名称(填在“核对ID”一栏)"
            if given.state is State.NOT_FOUND
            else "“实际名称”(与备案名称相同填“一致”)"
        )
        return f"因缺少{missing}{UNCOUNTED}:该账号没有备案ID,只能以名称核对"
    return ""


def accuses(reading: Reading) -> bool:
    """Whether a person's reading can become a finding of silence or of absence."""
    return any(sight.outcome.negative or sight.exact for sight in reading.sights)


def uncounted(reading: Reading) -> str:
    """Why a person's reading proves nothing yet, as it was said at its import; "" where it
    counts.
    """
    parts = reading.sights[0].detail.split(";")
    return next((part for part in parts if UNCOUNTED in part and part.startswith("因缺少")), "")


def _tie(given: _Answer, asked: Asked) -> MatchedBy | None:
    """How the answer is tied to the account: by an id, by the link that the row led to, else by the
    name that the row told to look for.

    What accuses is tied by no link, which may have passed to somebody else. None for an accusing
    answer that lacks its tie: it proves nothing until the id that it shows is filed.
    """
    if tied_by(given.seen_id, asked.own, asked.account.platform):
        return MatchedBy.ID
    if _uncounted(given, asked):
        return None
    return MatchedBy.URL if asked.linked and not given.accuses(asked.account) else MatchedBy.NAME


def _shown_ids(given: _Answer, asked: Asked) -> tuple[str, str]:
    """(platform's id, gh_ id) that the answer shows: as the account's own are written where they
    are these, else as typed.

    What was searched for and not found was not seen. A number beside a filed token cannot be
    compared, and is left out.
    """
    filed = asked.account.filed
    own = tied_by(given.seen_id, asked.own, filed.platform)
    seen = (
        [own]
        if own
        else []
        if given.state is State.NOT_FOUND
        else list(typed_ids(given.seen_id, filed.platform))
    )
    kinds = {one.kind for one in asked.own if one.kind.of_platform}
    platform = [
        one.text for one in seen if one.kind.of_platform and (not kinds or one.kind in kinds)
    ]
    return next(iter(platform), ""), next(
        (one.text for one in seen if one.kind is IdKind.ORIGINAL), ""
    )


def _reading(given: _Answer, row: Row, asked: Asked, now: datetime) -> Reading:
    read_at, window = given.read_at or now, asked.window
    normal = given.state is State.NORMAL
    posts: tuple[Post, ...] = ()
    if normal and (given.on or given.posted):
        posts = (Post(on=given.on or window.start, kind=PostKind.SEEN),)
    complete_since = None
    if normal and given.posted is False:
        # Seen: nothing after the newest day, or nothing since the window began.
        complete_since = day_start(min(given.on, window.start) if given.on else window.start)
    good = [shot for shot in row.shots if not shot.problem]
    platform_id, original_id = _shown_ids(given, asked)
    sight = Sight(
        surface=SURFACE,
        read_at=read_at,
        attested=Attested.RECORDED,
        outcome=given.state.outcome if not normal else Outcome.OK,
        name=given.name,
        original_id=original_id,
        platform_id=platform_id,
        matched_by=_tie(given, asked),
        posts=posts,
        complete_since=complete_since,
        detail=_detail(given, asked),
        captures=tuple(
            Capture(
                kind=EvidenceKind.PICTURE,
                media_type=shot.media_type,
                body=shot.body,
                taken_at=read_at,
            )
            for shot in good
        ),
    )
    return Reading(
        account_id=asked.account.id,
        look=LookKind.PERSON,
        started_at=read_at,
        read_at=read_at,
        sights=(sight,),
        sweep_id=asked.sweep_id,
        by=given.person,
        filed_as=asked.account.filed.identity,
    )


def _detail(given: _Answer, asked: Asked) -> str:
    """The answer as it was given, for the reviewer."""
    parts = [
        f"有无发布:{'' if given.posted is None else '有' if given.posted else '无'}",
        f"最近发布日期:{given.on or '未填'}",
        f"状态:{given.state}",
        f"实际名称:{given.name or '未填'}",
        f"核对ID:{given.seen_id or '未填'}",
    ]
    parts += [f"备注:{given.remark}"] if given.remark else []
    parts += filter(None, [_uncounted(given, asked)])
    # A part ends where the next begins.
    parts = [part.replace(";", ",") for part in parts]
    return ";".join(parts + ([] if given.read_at else [UNTIMED]))
