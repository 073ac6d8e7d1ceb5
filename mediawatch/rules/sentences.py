"""What a judgement says to the inspector, in Chinese.

Pure. Why, what was found, what to mind, and what could not be asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from mediawatch.domain import (
    BY_OTHERS,
    ID_IN_DOUBT,
    PROVISIONAL,
    DateKind,
    Filing,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sweep,
    Verdict,
)
from mediawatch.domain import CLOCK_OFF as OUR_CLOCK
from mediawatch.domain.clock import chinese_day, chinese_span, day_of, minute
from mediawatch.names import differs_by_script
from mediawatch.ports import Dossier
from mediawatch.rules.account_policy import AccountPolicy
from mediawatch.rules.doubts import Doubt
from mediawatch.rules.ties import tie_of
from mediawatch.rules.verdict_basis import VerdictBasis
from mediawatch.rules.verdicts import FiledStanding, Freshness, Presence
from mediawatch.workdays import festivals_between

NOT_BY_UPDATES = "按检查规则不以更新情况认定"
"""Said of an account that is not judged by its posts (`judged_by_updates`)."""


def rule_words(own: AccountPolicy) -> str:
    """By which rule an account is judged, as a clause."""
    if not own.judged_by_updates:
        return NOT_BY_UPDATES
    return own.limit


def notes(basis: VerdictBasis) -> tuple[str, ...]:
    """What the inspector should mind besides the verdict."""
    known, fresh, there, named = basis.known, basis.fresh, basis.there, basis.named
    notes: list[str] = []
    if fresh.odd_dates:
        notes.append("发布时间异常：有内容的发布时间晚于核查时间，已不计入。")
    if named.style_only:
        how = "繁简字不同" if differs_by_script(known.filed.name, named.seen) else "带平台后缀"
        notes.append(f"备案填写不规范：备案名称{how}，平台显示“{named.seen}”。")
    if fresh.just_opened and known.filed.opened_on:
        notes.append(
            f"账号于{chinese_day(known.filed.opened_on)}开设，至监测时间点未超过规定天数，"
            "不作超期认定。"
        )
    if named.doubtful:
        notes.append(f"平台显示名称“{named.seen}”与备案名称不同，尚未经两次核查证实。")
    if there.doubtful:
        what = "显示该账号被封禁或停用" if there.claimed is Presence.BANNED else "未见该账号"
        notes.append(f"曾有一次核查{what}，尚未经两次核查证实。")
    if there.active_on:
        notes.append(
            f"平台显示该账号被封禁或停用，但{chinese_day(there.active_on)}仍有更新，请审核时核对。"
        )
    if fresh.state in (Freshness.STALE, Freshness.AFTER_ONLY):
        festivals = festivals_between(basis.policy.window_start(basis.as_of_day), basis.as_of_day)
        notes.extend(f"监测窗口含{festival}，请审核时注意。" for festival in festivals)
    return tuple(notes)


def read_late(policy: AccountPolicy) -> str:
    """A note on a silence that was read long after as_of."""
    return (
        f"发布情况读取于监测时间点{policy.hearing.late_days}天之后，其间内容可能已删除或撤稿，"
        "须经下发核实方可认定。"
    )


def id_in_doubt(doubt: Doubt) -> str:
    """Why nothing is said of an account whose filed id may be another's."""
    return f"{ID_IN_DOUBT}：{doubt.why}，核对备案ID前不作认定。"


TROUBLE = {
    Outcome.LOGIN_REQUIRED: "平台要求登录后查看",
    Outcome.CAPTCHA: "平台要求人工验证",
    Outcome.RATE_LIMITED: "平台限制访问，未取得发布列表",
    Outcome.CHANGED: "页面与已知格式不符，未能读取",
    Outcome.UNREACHABLE: "未能连接平台",
    Outcome.NO_EVIDENCE: "页面上没有可用的发布信息",
    Outcome.PRIVATE: "账号设为私密，看不到发布内容",
    Outcome.MIGRATED: "账号已迁移，请核对新账号",
}


_NO_EVIDENCE = (
    ("link is filed", "备案信息中没有可用的链接和账号ID"),
    ("name is filed", "备案信息中没有可用的链接和账号ID"),
    ("wrong form of link", "备案链接格式有误"),
    ("leads to", "备案链接指向其他账号"),
    ("belongs to", "链接属于其他账号"),
    ("删除", "链接的内容已删除"),
    ("违规", "链接的内容因违规无法查看"),
    ("rumour", "链接的内容被标为不实信息"),
    ("过期", "链接已失效"),
    ("a page of that name", "按备案名称打开的页面有账号，不能确定是否为该单位账号"),
    ("this very name", "有同名账号，不能确定是哪一个"),
    ("another body", "同名账号的认证主体与备案不同"),
    ("is another one", "同名账号的ID与备案不同"),
    ("no exact hit", "按备案名称未搜索到完全同名的账号"),
    ("login is that of", "现有登录不能查看该账号"),
    ("可能已隐藏动态", "主页未显示任何动态，账号可能已隐藏动态"),
)
"""Words in what a surface says of its own failure, and the one cause that an inspector reads."""
CLOCK_OFF = "本机时钟与平台时间相差超过10分钟，所读内容不作依据"
_PAUSED = "信息来源暂停——"


def why_paused(why: Outcome | str) -> str:
    """In Chinese, why a source is not asked now.

    What opened its breaker, or a reason that is Chinese already.
    """
    return TROUBLE.get(why, "暂停") if isinstance(why, Outcome) else why


def with_paused(judged: Judgement, known: Dossier, as_of: datetime) -> Judgement:
    """The judgement with what could not be asked.

    Where nothing at all was read since `as_of`, that is its reason.
    """
    notes = (*judged.notes, *(f"{_PAUSED}{each}。" for each in known.paused))
    read = any(reading.read_at >= as_of for reading in known.readings)
    return replace(
        judged,
        notes=notes,
        sentence=judged.sentence if read else f"本次未能核查：{'；'.join(known.paused)}。",
    )


def by_name_alone(ground: str) -> str:
    """The mark of a proof that the name alone ties. `ground`: what led to it (`ties`)."""
    return f"{ground}，未经备案标识核对"


def rests_on_a_name(judged: Judgement, ground: str) -> Judgement:
    """The judgement of an account that the name alone proves sound, marked so wherever it is read."""
    came = (
        "他人提供的链接仅与备案名称相符"
        if ground == BY_OTHERS
        else f"{PROVISIONAL}来自按备案名称的检索"
    )
    note = f"{came}，请人工看一眼是否为该单位账号。"
    sentence = f"{judged.sentence.removesuffix('。')}（{by_name_alone(ground)}）。"
    return replace(judged, provisional=True, sentence=sentence, notes=(*judged.notes, note))


def seen_otherwise(judged: Judgement, ground: str) -> Judgement:
    """Nothing is said where a person saw no such post: they may be two accounts of one name."""
    sentence = f"人工核查所见与{ground}所见不一致，可能是两个同名账号，待核对备案标识。"
    return replace(judged, verdict=Verdict.UNPROVEN, sentence=sentence, otherwise=Verdict.UNPROVEN)


def paused_then(judgement: Judgement) -> tuple[str, ...]:
    """The sources that an earlier judgement of the same sweep says could not be asked, and why."""
    return tuple(
        note.removeprefix(_PAUSED).removesuffix("。")
        for note in judgement.notes
        if note.startswith(_PAUSED)
    )


def verdict_sentence(
    basis: VerdictBasis, verdict: Verdict, findings: tuple[Finding, ...], *, pending: bool
) -> str:
    """Why, in one sentence for the inspector. `pending`: a second look is still to be made."""
    if findings and verdict in (Verdict.FAILED, Verdict.LISTED):
        return findings[0].sentence
    fresh, as_of_day = basis.fresh, basis.as_of_day
    match verdict:
        case Verdict.FRESH | Verdict.DUE_SOON | Verdict.AT_LIMIT if fresh.period_from and fresh.gap:
            return f"{period(fresh.period_from, as_of_day)}内更新间隔最长不超过{fresh.gap.days}天。"
        case Verdict.FRESH if fresh.used_on:
            return (
                f"经人工核查（{chinese_day(fresh.used_on)}），能正常打开、使用；{NOT_BY_UPDATES}。"
            )
        case Verdict.FRESH | Verdict.DUE_SOON | Verdict.AT_LIMIT if fresh.latest_on:
            kind = "" if fresh.date_kind is DateKind.EXACT else "不早于"
            return (
                f"最近一次更新{kind}{chinese_day(fresh.latest_on)}，"
                f"距监测时间点{(as_of_day - fresh.latest_on).days}天。"
            )
        case Verdict.LISTED:
            return _listed_sentence(basis)
        case _:
            return _unproven_sentence(basis, pending=pending)


def _listed_sentence(basis: VerdictBasis) -> str:
    known = basis.known
    if basis.how_filed is FiledStanding.EXEMPT:
        return f"已批准不纳入考核：{known.filed.exempt_reason}。"
    if basis.how_filed is FiledStanding.CLOSING:
        return "申请关停，在办理期限内。"
    if basis.fresh.state is Freshness.AFTER_ONLY:
        first = basis.fresh.period_from
        if first is None:
            return "监测窗口内无更新，监测时间点后才更新。"
        return f"{period(first, basis.as_of_day)}内无更新，时段结束后才更新。"
    return f"报送系统中为{known.filed.status.label}，平台上未见该账号。"


def _unproven_sentence(basis: VerdictBasis, *, pending: bool) -> str:
    known, fresh = basis.known, basis.fresh
    readings = known.readings
    if not readings:
        return f"本次未能核查：{_not_looked_at(known.filed)}。"
    if pending:
        return "首次核查疑似有问题，待第二次核查。"
    if fresh.doubtful or basis.named.doubtful:
        second = max(
            (reading for reading in readings if reading.look is LookKind.SECOND),
            key=lambda each: each.id,
            default=None,
        )
        if second is not None and second.outcome.about_us:
            return f"第二次核查未成功（{trouble(second)}），不能认定。"
        return "两次核查结果不一致，不能认定。"
    if not basis.policy.judged_by_updates and not basis.there.claimed_gone:
        return f"{NOT_BY_UPDATES}，待人工核查能否打开、使用。"
    readings = (
        tuple(reading for reading in readings if reading.look is not LookKind.CONTROL) or readings
    )
    last = max(readings, key=lambda reading: (reading.read_at, reading.id))
    against = [
        sight
        for sight in last.sights
        if sight.matched_by and (sight.outcome.negative or sight.exact)
    ]
    if against and not any(tie_of(sight, last, known) for sight in against):
        return "仅凭备案链接或名称读取，未能与账号ID对应，不能认定。"
    if last.outcome.negative:
        vouched = any(sight.control for sight in last.sights if sight.outcome is last.outcome)
        lacking = "两次核查" if vouched or last.look is LookKind.PERSON else "对照核查"
        return f"平台{_NEGATIVE[last.outcome]}，但未经{lacking}证实，不能认定。"
    if last.outcome is Outcome.OK and fresh.latest_on:
        by_name = "，按名称匹配" if last.matched_by is MatchedBy.NAME else ""
        lacking = "检查时段内的更新间隔" if fresh.period_from else "其后无更新"
        return (
            f"已知最近发布不早于{chinese_day(fresh.latest_on)}{by_name}；"
            f"现有信息来源不能证明{lacking}，不能认定超期。"
        )
    return f"{trouble(last)}。"


_NEGATIVE = {
    Outcome.NOT_FOUND: "上未见该账号", Outcome.NO_POSTS: "显示该账号无内容", Outcome.CANCELLED: "显示该账号已注销",
    Outcome.BANNED: "显示该账号被封禁",
}  # fmt: skip


def _not_looked_at(filed: Filing) -> str:
    """Why no look was made at an account whose sources were not paused: by what is filed of it."""
    linked = filed.url or filed.article_links or filed.reader_url
    if not linked and not filed.ids:
        return "备案信息中没有链接和账号ID"
    return "尚未轮到" if linked else "备案信息中没有可以打开的链接"


def trouble(reading: Reading) -> str:
    """Why a look proved nothing: the one cause that applies."""
    if reading.outcome is not Outcome.OK and any(
        sight.detail.startswith(OUR_CLOCK) for sight in reading.sights
    ):
        return f"{CLOCK_OFF}，请校准时钟后重新检查"
    if reading.outcome is not Outcome.NO_EVIDENCE:
        return TROUBLE.get(reading.outcome, "现有信息来源未能证明其更新情况")
    details = [sight.detail for sight in reading.sights if sight.outcome is Outcome.NO_EVIDENCE]
    found = (
        cause for detail in reversed(details) for word, cause in _NO_EVIDENCE if word in detail
    )
    return next(found, TROUBLE[Outcome.NO_EVIDENCE])


def period(first: date, last: date) -> str:
    """检查时段 by its first and last day; the year once where both have it."""
    return f"检查时段{chinese_span(first, last)}"


def moment(sweep: Sweep) -> tuple[str, str]:
    """What an inspection is about, as a heading names it: 监测时间点 or 检查时段, and its value."""
    if sweep.period_from is None:
        return "监测时间点", minute(sweep.as_of)
    return "检查时段", chinese_span(sweep.period_from, day_of(sweep.as_of))


def in_chinese(names: Sequence[str], surfaces: Mapping[str, str]) -> str:
    """信息来源: what inspectors call these surfaces."""
    return "、".join(surfaces.get(name, name) for name in names)
