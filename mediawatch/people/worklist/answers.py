"""One answered row to one reading, or to what is wrong with it.

Pure. The law of a person's word lives here. Everything that speaks against an account needs a
picture, a time not before as_of, and a tie. So does every negative: stale, not found, cancelled,
banned, never posted. The tie is the account's own id where any is filed or known, else its name. A
date older than what a machine saw is refused. An answer that lacks a tie is kept and proves nothing
yet: its sight has no tie, and `why_uncounted` says why.
"""

from __future__ import annotations

import re
from datetime import datetime

from mediawatch.domain import (
    Attestation,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    Sight,
)
from mediawatch.domain.clock import day_start
from mediawatch.people import PERSON
from mediawatch.people.forms.read import WorklistRow
from mediawatch.people.worklist.faults import faults_of
from mediawatch.people.worklist.identity import (
    IdKind,
    tied_by,
    typed_ids,
)
from mediawatch.people.worklist.parse import GivenAnswer, RowQuestion, parse_answer
from mediawatch.people.worklist.states import (  # fmt: skip
    State,
)
from mediawatch.registry.problems import RowProblem

UNTIMED = "核查时间未填"
"""Stands in the detail of a reading whose time is the import's.

Importing again must not make it another look.
"""
UNCOUNTED = "暂不计入"
"""Begins the part of a detail that says why the answer proves nothing yet."""
_ENDS = re.compile("[;；]")
SHARED_WORDS = "多个账号"
"""Written under 备注: the screenshot shows several accounts.

It may then stand in several rows.
"""


def answer(row: WorklistRow, asked: RowQuestion, now: datetime) -> Reading | tuple[RowProblem, ...]:
    """The reading that an answered row is, or its problems. Do not call it for blank rows."""
    given, faults = parse_answer(row, asked, now)
    if given is not None:
        faults = list(faults_of(given, row, asked, now))
    if given is None or faults:
        return tuple(row.problem(column, reason) for column, reason in faults)
    return _reading(given, row, asked, now)


def missing_tie(given: GivenAnswer, asked: RowQuestion) -> str:
    """Why an answer proves nothing yet: what is missing, as a clause; "" where it counts."""
    if asked.own or not given.accuses(asked.account):
        return ""
    if given.renames(asked.account):
        return (
            f"因缺少备案ID{UNCOUNTED}：实际名称与备案名称不同，看到的ID已列为台账更新建议，"
            "由他人核对接受后计入"
        )
    if not given.names(asked.account):
        missing = (
            "搜索所用的名称（填在“核对ID”一栏）"
            if given.state is State.NOT_FOUND
            else "“实际名称”（与备案名称相同填“一致”）"
        )
        return f"因缺少{missing}{UNCOUNTED}：该账号没有备案ID，只能以名称核对"
    return ""


def accuses(reading: Reading) -> bool:
    """Whether a person's reading can become a finding of silence or of absence."""
    return any(sight.outcome.negative or sight.exact for sight in reading.sights)


def why_uncounted(reading: Reading) -> str:
    """Why a person's reading proves nothing yet, as its import said; "" where it counts."""
    parts = parts_of(reading.sights[0].detail)
    return next((part for part in parts if UNCOUNTED in part and part.startswith("因缺少")), "")


def _tie(given: GivenAnswer, asked: RowQuestion) -> MatchedBy | None:
    """How the answer is tied to the account: by an id, by the row's link, else by the row's name.

    The row asks people to look for that name. An accusing answer is not tied by a link, which may
    have passed to somebody else. None for an accusing answer that lacks its tie: it proves nothing
    until the id that it shows is filed.
    """
    if tied_by(given.seen_id, asked.own, asked.account.platform):
        return MatchedBy.ID
    if missing_tie(given, asked):
        return None
    return MatchedBy.URL if asked.linked and not given.accuses(asked.account) else MatchedBy.NAME


def _shown_ids(given: GivenAnswer, asked: RowQuestion) -> tuple[str, str]:
    """(platform's id, gh_ id) that the answer shows.

    The account's own ids are written as filed, others as typed. What was searched for and not found
    was not seen. A number beside a filed token cannot be compared, and is left out.
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


def _reading(given: GivenAnswer, row: WorklistRow, asked: RowQuestion, now: datetime) -> Reading:
    read_at, window = given.read_at or now, asked.window
    normal = given.state is State.NORMAL
    posts: tuple[Post, ...] = ()
    if normal and (given.days or given.posted):
        posts = tuple(Post(on=day, kind=PostKind.SEEN) for day in given.days or (window.start,))
    complete_since = None
    if normal and given.posted is False:
        # Seen: nothing after the newest day, or nothing since the window began.
        complete_since = day_start(min(given.on, window.start) if given.on else window.start)
    good = [shot for shot in row.shots if not shot.problem]
    platform_id, original_id = _shown_ids(given, asked)
    sight = Sight(
        surface=PERSON,
        read_at=read_at,
        attested=Attestation.RECORDED,
        outcome=given.state.outcome if not normal else Outcome.OK,
        name=given.name,
        original_id=original_id,
        platform_id=platform_id,
        matched_by=_tie(given, asked),
        posts=posts,
        complete_since=complete_since,
        detail=_detail(given, asked),
        captures=tuple(shot.capture(read_at) for shot in good),
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


def parts_of(detail: str) -> list[str]:
    """The parts of an answer as it was kept, also of one with narrow punctuation."""
    return _ENDS.split(detail)


def _detail(given: GivenAnswer, asked: RowQuestion) -> str:
    """The answer as it was given, for the reviewer."""
    posted = "" if given.posted is None else "有" if given.posted else "无"
    used = "能" if given.state is State.NORMAL else ""
    parts = [
        f"有无发布：{posted}"
        if asked.window.by_updates or given.posted
        else f"能否下载、打开、使用：{used}",
        f"最近发布日期：{'、'.join(map(str, given.days)) or '未填'}",
        f"状态：{given.state}",
        f"实际名称：{given.name or '未填'}",
        f"核对ID：{given.seen_id or '未填'}",
    ]
    parts += [f"备注：{given.remark}"] if given.remark else []
    parts += filter(None, [missing_tie(given, asked)])
    # A part ends where the next begins.
    parts = [_ENDS.sub("，", part) for part in parts]
    return "；".join(parts + ([] if given.read_at else [UNTIMED]))
