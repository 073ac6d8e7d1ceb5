"""One person's answer about one kind of problem to a reading, or to what is wrong with it. Pure.

What accuses needs a picture, a time, and a tie: an id of the account where any is filed or known,
else its filed name. What could be mended at once is refused. What could not is kept, and told that
it does not count yet.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from mediawatch.addresses import address_fault
from mediawatch.domain import (
    Attestation,
    Code,
    LookKind,
    MatchedBy,
    Outcome,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    Sight,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import person_fault, same
from mediawatch.people import PERSON
from mediawatch.people.forms.hyperlinks import clickable
from mediawatch.people.forms.pictures import Shot
from mediawatch.people.forms.problem_columns import ProblemColumn
from mediawatch.people.worklist.identity import (
    IdKind,
    SeenId,
    asked_for,
    contradicts,
    link_ids,
    said_of,
    shows_another,
    tied_by,
    typed_ids,
    wrong_kind,
)
from mediawatch.people.worklist.parse import RowQuestion
from mediawatch.rules.printed_words import words_fault
from mediawatch.rules.problem_proofs import COUNTS_FOR, last_look
from mediawatch.rules.repost_titles import titles_in
from mediawatch.typesetting import typeset

MOST_WORDS = 200
"""Characters that 具体情况 may have: it stands in the sentence of the finding."""
ProblemFault = tuple[ProblemColumn, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenProblem:
    """What a person says of one kind of problem of an account, as it was given."""

    code: Code
    answer: ProblemAnswer
    person: str
    read_at: datetime | None
    words: str = ""
    link: str = ""
    name: str = ""
    """As the platform shows it."""
    seen_id: str = ""
    remark: str = ""
    task: int | None = None
    """Of 重要信息未转载: the task that asked for it, and its item."""
    item: int | None = None
    shown: str = ""
    """What the person was asked: where it has the words of who found it first, he confirms them."""
    same_as: str = ""
    """Whose words the person confirms."""
    shots: tuple[Shot, ...] = ()

    @property
    def accuses(self) -> bool:
        return self.answer is ProblemAnswer.FOUND

    @property
    def good_shots(self) -> list[Shot]:
        return [shot for shot in self.shots if not shot.problem]

    def own_id(self, asked: RowQuestion) -> SeenId | None:
        """The account's own id that was typed, or that stands in the link."""
        typed = tied_by(self.seen_id, asked.own, asked.account.platform)
        return typed or self.own_link(asked)

    def own_link(self, asked: RowQuestion) -> SeenId | None:
        """The account's own id whose page, or whose post, the link says it is."""
        shown = {one.key for one in link_ids(self.link, asked.account.platform)}
        return next((one for one in asked.own if one.key in shown), None)


def problem_faults(
    given: GivenProblem, asked: RowQuestion, sites: Collection[str], now: datetime
) -> Iterator[ProblemFault]:
    """What is wrong with an answer, in Chinese. `sites`: the platform's hosts, empty for any."""
    if not given.person:
        yield ProblemColumn.PERSON, "请填写检查人"
    elif fault_of_name := person_fault(given.person):
        yield ProblemColumn.PERSON, fault_of_name.label
    yield from _time_faults(given, asked, now)
    if fault := _link_fault(given.link, sites):
        yield ProblemColumn.LINK, fault
    elif other := shows_another(given.link, asked.own, asked.account.platform):
        yield ProblemColumn.LINK, f"该链接显示的ID（{other}）不是该账号的，所指的是另一个账号"
    yield from _identity_faults(given, asked)
    if len(given.words) > MOST_WORDS:
        yield ProblemColumn.WORDS, f"具体情况要写入通报，不超过{MOST_WORDS}字"
    if (
        given.accuses
        and given.code is Code.NOT_REPOSTED
        and given.task is None
        and not titles_in(given.words)
    ):
        yield ProblemColumn.WORDS, "请以《》写明未转载信息的标题"
    if fault := words_fault(given.words):
        yield ProblemColumn.WORDS, fault
    if given.accuses and not given.good_shots:
        reasons = "；".join(shot.problem for shot in given.shots)
        yield ProblemColumn.SHOT, f"“存在”必须附截图{'：' + reasons if reasons else ''}"
    elif bad := [shot.problem for shot in given.shots if shot.problem]:
        yield ProblemColumn.SHOT, "；".join(bad)


def problem_look(given: GivenProblem, asked: RowQuestion, now: datetime) -> Reading:
    """The reading that an answer without faults is."""
    read_at = given.read_at or now
    platform_id, original_id = _shown_ids(given, asked)
    sight = Sight(
        surface=PERSON,
        read_at=read_at,
        attested=Attestation.RECORDED,
        outcome=Outcome.NO_EVIDENCE,
        name=given.name,
        platform_id=platform_id,
        original_id=original_id,
        matched_by=_match(given, asked),
        url=given.link,
        detail=f"备注：{given.remark}" if given.remark else "",
        captures=tuple(shot.capture(read_at, given.link) for shot in given.good_shots),
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
        problem=ProblemSeen(
            code=given.code,
            answer=given.answer,
            words=typeset(given.words),
            task=given.task,
            item=given.item,
        ),
    )


def _time_faults(given: GivenProblem, asked: RowQuestion, now: datetime) -> Iterator[ProblemFault]:
    if given.read_at is None:
        yield ProblemColumn.TIME, "请填写检查时间"
    elif given.read_at > now:
        yield ProblemColumn.TIME, "检查时间晚于现在"
    elif given.accuses and given.read_at > last_look(asked.window.as_of):
        yield (
            ProblemColumn.TIME,
            f"检查时间晚于监测时间点{COUNTS_FOR.days}天以上，不能用于本次检查：请列入下一次检查",
        )
    elif day_of(given.read_at) < asked.window.start:
        yield (
            ProblemColumn.TIME,
            f"检查时间早于本次检查所看的日期（{asked.window.words}），不能用于本次检查",
        )


def _link_fault(link: str, sites: Collection[str]) -> str:
    if not link:
        return ""
    if not clickable(link):
        return "不是 http(s) 链接，或链接过长"
    if fault := address_fault(link):
        return fault.label
    host = (urlsplit(link).hostname or "").lower()
    if sites and not any(host == site or host.endswith(f".{site}") for site in sites):
        return f"不是该平台的链接（{host}）：请填写问题所在的页面"
    return ""


def _identity_faults(given: GivenProblem, asked: RowQuestion) -> Iterator[ProblemFault]:
    filed, own = asked.account.filed, asked.own
    if kind := wrong_kind(given.seen_id, filed.platform):
        yield (
            ProblemColumn.SEEN_ID,
            f"这是{kind}，而该账号是{said_of(filed.platform)}：请填写{asked_for(filed.platform)}",
        )
    elif other := contradicts(given.seen_id, own, filed.platform):
        yield ProblemColumn.SEEN_ID, f"与备案的“{other}”不一致，看到的可能是另一个账号"
    elif not given.own_id(asked) and own and given.accuses:
        words = (
            "不是该账号备案或已知的ID，不能证明是同一个账号"
            if given.seen_id
            else "“存在”必须填写所见ID"
        )
        yield ProblemColumn.SEEN_ID, f"{words}：请填写与备案一致的{asked_for(filed.platform)}"
    elif not given.own_id(asked) and given.name and not same(given.name, filed.name):
        yield (
            ProblemColumn.SEEN_NAME,
            "与备案名称不同，又没有备案ID可核对，看到的可能是另一个账号：请先由台账登记账号ID",
        )
    elif not own and given.accuses and not given.name:
        yield (
            ProblemColumn.SEEN_NAME,
            "该账号没有备案ID，只能以名称核对：请填写平台上显示的名称（与备案名称相同填“一致”）",
        )


def _match(given: GivenProblem, asked: RowQuestion) -> MatchedBy | None:
    """How the answer is tied to the account: by an id, by its filed name, else by the row's link."""
    if given.own_id(asked):
        return MatchedBy.ID
    if given.name:
        return MatchedBy.NAME
    return MatchedBy.URL if asked.linked and not given.accuses else None


def _shown_ids(given: GivenProblem, asked: RowQuestion) -> tuple[str, str]:
    """(platform's id, gh_ id) that the answer shows: the account's own as filed, others as typed."""
    own = given.own_id(asked)
    seen = [own] if own else list(typed_ids(given.seen_id, asked.account.platform))
    kinds = {one.kind for one in asked.own if one.kind.of_platform}
    platform = [
        one.text for one in seen if one.kind.of_platform and (not kinds or one.kind in kinds)
    ]
    original = [one.text for one in seen if one.kind is IdKind.ORIGINAL]
    return next(iter(platform), ""), next(iter(original), "")


def is_repeat(given: Reading, earlier: Reading, *, untimed: bool) -> bool:
    """Whether a person said the same before: at the same time, or without a time of its own.

    Office suites compress pictures anew when they save, so other bytes are no other look.
    """
    if given.problem != earlier.problem or not same(given.by, earlier.by):
        return False
    (new,), (old,) = given.sights, earlier.sights
    said = [(each.name, each.platform_id, each.original_id, each.url) for each in (new, old)]
    timely = untimed or given.read_at == earlier.read_at
    return timely and said[0] == said[1] and bool(old.evidence or not new.captures)
