"""judge: from what is known of an account to its verdict and findings; next_due: when to look again. Pure."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from mediawatch import periods, proofs, trust
from mediawatch.clock import day_of
from mediawatch.domain import (
    AccountState,
    Code,
    DateKind,
    Effect,
    Filed,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Verdict,
)  # fmt: skip
from mediawatch.names import similarity
from mediawatch.policy import VERDICTS, Freshness, Policy, Standing, standing
from mediawatch.ports import Known
from mediawatch.proofs import FreshnessProof, Gap, NameProof, PresenceProof
from mediawatch.workdays import festivals_between, working_days_after


def judge(known: Known, as_of: datetime, policy: Policy, period_from: date | None = None) -> Judgement:
    """The verdict on one account at `as_of` under `policy`, from every reading ever kept of it.

    With `period_from` (a Beijing day) by the longest gap from that day to as_of (时段制), else by the last two weeks (时点制).

    What a surface said while its canaries did not read well is withdrawn, except what it showed in the account's favour.
    """
    heard = trust.heard(known, as_of)
    judged = _judged(heard, as_of, policy, period_from)
    if heard is not known:
        undisturbed = _judged(known, as_of, policy, period_from)
        if undisturbed.findings or undisturbed.second_look:
            sentence = trust.WITHDRAWN if judged.verdict is Verdict.UNPROVEN else judged.sentence
            judged = replace(judged, sentence=sentence, notes=(*judged.notes, trust.WITHDRAWN))
    if known.paused and judged.verdict is Verdict.UNPROVEN:
        judged = _paused(judged, known, as_of)
    behind = {trust.behind(finding, known.filed, known.readings, known.checks) for finding in judged.findings}
    return replace(judged, notes=(*judged.notes, f"{trust.UNCHECKED}。")) if trust.Backing.UNCHECKED in behind else judged


def _judged(known: Known, as_of: datetime, policy: Policy, period_from: date | None) -> Judgement:
    as_of_day = day_of(as_of)
    if not known.supported and not any(reading.look is LookKind.PERSON for reading in known.readings):
        return Judgement(verdict=Verdict.OUT_OF_SCOPE, sentence="该平台暂不支持自动核查,请人工核查。")
    fresh = periods.freshness(known, period_from, as_of, policy) if period_from else proofs.freshness(known, as_of, policy)
    there, named = proofs.presence(known, as_of, policy), proofs.name(known, as_of)
    how_filed = standing(known.filed, as_of_day, policy)
    gap = fresh.gap.days if fresh.gap else (as_of_day - fresh.latest_on).days if fresh.latest_on else None
    notes = _notes(fresh, there, named, as_of_day, policy)
    if proofs.people_disagree(known, as_of, policy):
        return Judgement(
            verdict=Verdict.UNPROVEN, sentence="两名核查人的结论不一致,待复核。", notes=notes, latest_on=fresh.latest_on,
            date_kind=fresh.date_kind, gap_days=gap,
        )  # fmt: skip
    verdict, code = VERDICTS[how_filed, there.state, fresh.state]
    if code is Code.CLOSED_BUT_ALIVE:
        there = replace(there, **asdict(proofs.alive(known, as_of)))
        if not there.reading_ids:
            verdict, code = Verdict.UNPROVEN, None
    findings = _findings(known, code, verdict, how_filed, fresh, there, named, as_of_day, policy)
    pending = _pending(how_filed, fresh, there, named, verdict)
    verdict = _with_effects(verdict, findings, how_filed, named, policy)
    return Judgement(
        verdict=verdict,
        sentence=_sentence(known, verdict, how_filed, findings, fresh, named, pending, as_of_day, policy),
        findings=findings,
        latest_on=fresh.latest_on,
        date_kind=fresh.date_kind,
        gap_days=gap,
        second_look=pending,
        notes=notes,
    )


RECENT = timedelta(weeks=4)
"""An account that was read exactly within this time is one that the machine can settle."""


def next_due(state: AccountState | None, filed: Filed, policy: Policy, now: datetime) -> date:
    """The Beijing day on which a look could first change the verdict, or name and existence are due anyway; today where it is overdue.

    From the current state alone (docs/rules.md, "When an account is due"): never read, or in vain: today.
    """
    today = day_of(now)
    return today if state is None else max(today, _due(state, filed, policy, today))


class Due(StrEnum):
    """Why an account is due."""

    NEVER_READ = "never read"
    SECOND_LOOK = "second look"
    IN_VAIN = "last look failed"
    GAP = "gap"
    """Its newest known post is so old that the verdict could change."""
    IDENTITY = "name"
    """Its name and existence are due by the policy's rhythm, or what its filing says of it ends."""


def why_due(state: AccountState | None, filed: Filed, policy: Policy, now: datetime) -> Due:
    """The reason, for an account that `next_due` holds for due."""
    if state is None or state.last_read_at is None or state.last_outcome is None:
        return Due.NEVER_READ
    if state.second_look:
        return Due.SECOND_LOOK
    if state.last_outcome.about_us and state.last_outcome is not Outcome.NO_EVIDENCE:
        return Due.IN_VAIN
    running = standing(filed, day_of(now), policy) is Standing.RUNNING
    old = state.latest_on is not None and day_of(now) - state.latest_on >= timedelta(days=policy.window.due_soon_from)
    return Due.GAP if running and old else Due.IDENTITY


def urgency(state: AccountState | None, filed: Filed, policy: Policy, now: datetime) -> tuple[date, date]:
    """Sorts by who could become a finding soonest: never read first, then by how long a look is due and the newest post is old."""
    if state is None or state.last_read_at is None:
        return date.min, date.min
    return _due(state, filed, policy, day_of(now)), state.latest_on or date.min


def _due(state: AccountState, filed: Filed, policy: Policy, today: date) -> date:
    if state.last_read_at is None or state.last_outcome is None:
        return today
    read_on = day_of(state.last_read_at)
    tomorrow = read_on + timedelta(days=1)
    if state.second_look:
        return tomorrow
    if ends := _standing_ends(filed, today, policy):
        return min(ends, _turn(state.account_id, read_on, policy.identity.closed_days))
    exact_on = day_of(state.exact_read_at) if state.exact_read_at else None
    settles = exact_on is not None and today - exact_on <= RECENT
    newest = state.latest_on if policy.updates.reposts and policy.updates.unpushed else state.original_on
    if newest is not None and newest == state.person_fresh_on and not settles:
        asked_again = newest + timedelta(days=policy.window.days)
        if asked_again > today:
            return asked_again
    if state.last_outcome.about_us and state.last_outcome is not Outcome.NO_EVIDENCE:
        return today
    turn = _turn(state.account_id, read_on, policy.identity.due_days)
    if settles and state.verdict is Verdict.UNPROVEN:
        return tomorrow
    proved_on = exact_on if settles and exact_on else read_on
    gaps = (policy.window.due_soon_from, policy.stale_gap)
    changes = [day for gap in gaps if newest is not None and (day := newest + timedelta(days=gap)) > proved_on]
    return min((turn, *changes))


def _turn(account_id: int, read_on: date, every: int) -> date:
    """The account's own day of a rhythm, the first after a look. By its number: a census puts no load on one night of the next week."""
    return read_on + timedelta(days=1 + (account_id - read_on.toordinal() - 1) % every)


def _standing_ends(filed: Filed, today: date, policy: Policy) -> date | None:
    """For an account that is exempt, closing or closed: the day from which that no longer holds (date.max: never). None: it runs."""
    match standing(filed, today, policy):
        case Standing.RUNNING:
            return None
        case Standing.EXEMPT if filed.exempt_until:
            return filed.exempt_until + timedelta(days=1)
        case Standing.CLOSING if filed.closing_requested_on:
            return working_days_after(filed.closing_requested_on, policy.closing.working_days) + timedelta(days=1)
        case _:
            return date.max


def _findings(
    known: Known, code: Code | None, verdict: Verdict, how_filed: Standing, fresh: FreshnessProof, there: PresenceProof,
    named: NameProof, as_of_day: date, policy: Policy,
) -> tuple[Finding, ...]:  # fmt: skip
    findings: list[Finding] = []
    if code is not None:
        findings.append(_presence_finding(known, code, verdict, fresh, there, as_of_day, policy))
    if how_filed is not Standing.RUNNING:
        return tuple(findings)
    if fresh.state is Freshness.STALE and code is None and fresh.gap:
        findings.append(_stale_finding(fresh, fresh.gap, as_of_day, policy))
    if named.reading_ids and named.seen and code is None:
        findings.append(_name_finding(known, named, policy))
    return tuple(sorted(findings, key=lambda finding: _rank(finding.code, policy)))


def _rank(code: Code, policy: Policy) -> int:
    return policy.precedence.index(code) if code in policy.precedence else len(policy.precedence)


def _presence_finding(
    known: Known, code: Code, verdict: Verdict, fresh: FreshnessProof, there: PresenceProof, as_of_day: date, policy: Policy
) -> Finding:
    texts = {
        Code.NOT_FOUND: f"报送系统中为正常运行,{_how_missed(known, there)}。",
        Code.CANCELLED_NOT_CLOSED: "平台显示该账号已注销,报送系统中仍为正常运行。",
        Code.BANNED: "平台显示该账号已被封禁或停用。",
        Code.EMPTY_ACCOUNT: "账号开设后未发布过内容。",
        Code.CLOSED_BUT_ALIVE: f"报送系统中为{known.filed.status.label},平台上该账号仍在。",
    }
    ids = there.reading_ids or fresh.reading_ids or tuple(reading.id for reading in known.readings[-1:])
    effect = Effect.LISTED if verdict is Verdict.LISTED else policy.effect(code)
    gap = (as_of_day - fresh.latest_on).days if fresh.latest_on else None
    return Finding(
        code=code, label=policy.label(code), effect=effect, sentence=texts[code], reading_ids=ids, latest_on=fresh.latest_on, gap_days=gap
    )


def _how_missed(known: Known, there: PresenceProof) -> str:
    """What was asked for in vain, so that the reviewer can ask again."""
    filed = known.filed
    proving = [reading for reading in known.readings if reading.id in there.reading_ids]
    if any(reading.look is LookKind.PERSON for reading in proving):
        return "经人工核查,在平台上搜索不到该账号"
    if any(sight.matched_by is MatchedBy.NAME for reading in proving for sight in reading.sights if sight.outcome is Outcome.NOT_FOUND):
        alias = f"和微信号“{filed.alias}”" if filed.alias else ""
        return f"按备案名称“{filed.name}”{alias}在平台搜索不到该账号"
    return f"备案的平台ID“{filed.platform_id or filed.original_id}”在平台上不存在"


def _stale_finding(fresh: FreshnessProof, gap: Gap, as_of_day: date, policy: Policy) -> Finding:
    code = policy.tier_of(gap.since, gap.until)
    least = "不少于" if gap.minimum else ""
    if fresh.period_from:
        seen = f"{_period(fresh.period_from, as_of_day)}内最长更新间隔{least}{gap.days}天({_cn(gap.since)}至{_cn(gap.until)})"
    elif gap.minimum:
        seen = f"自{_cn(gap.since + timedelta(days=1))}至监测时间点{_cn(as_of_day)}无更新,间隔{least}{gap.days}天"
    else:
        seen = f"最近一次更新为{_cn(gap.since)},至监测时间点{_cn(as_of_day)}间隔{gap.days}天"
    if fresh.after_on:
        seen += f"(监测时间点后于{_cn(fresh.after_on)}有更新)"
    return Finding(
        code=code,
        label=policy.label(code),
        effect=policy.effect(code),
        sentence=f"{seen},属“{policy.label(code)}”(依据:{policy.basis})。",
        reading_ids=fresh.reading_ids,
        gap_days=gap.days,
        gap_is_minimum=gap.minimum,
        latest_on=fresh.latest_on,
    )


def _name_finding(known: Known, named: NameProof, policy: Policy) -> Finding:
    code = Code.RENAMED_UNREPORTED if named.once_as_filed else Code.NAME_MISMATCH
    alike = similarity(known.filed.name, named.seen)
    return Finding(
        code=code,
        label=policy.label(code),
        effect=policy.effect(code),
        sentence=f"备案名称为“{known.filed.name}”,平台上同一账号现名为“{named.seen}”(相似度{alike})。",
        reading_ids=named.reading_ids,
        name_seen=named.seen,
    )


def _pending(how_filed: Standing, fresh: FreshnessProof, there: PresenceProof, named: NameProof, verdict: Verdict) -> bool:
    """Whether a second look could turn something seen once into a finding."""
    if how_filed in (Standing.EXEMPT, Standing.CLOSING) or verdict is Verdict.FAILED:
        return False
    return there.pending or fresh.pending or (named.pending and how_filed is Standing.RUNNING)


def _with_effects(verdict: Verdict, findings: tuple[Finding, ...], how_filed: Standing, named: NameProof, policy: Policy) -> Verdict:
    """A proved failing code fails the account, whatever its freshness; a code that this policy only lists does not fail it."""
    if any(finding.effect is Effect.FAILS for finding in findings):
        return Verdict.FAILED
    if verdict is Verdict.FAILED:
        return Verdict.LISTED
    name_would_fail = policy.effect(Code.RENAMED_UNREPORTED if named.once_as_filed else Code.NAME_MISMATCH) is Effect.FAILS
    if named.doubtful and name_would_fail and how_filed is Standing.RUNNING:
        return Verdict.UNPROVEN
    return verdict


def _notes(fresh: FreshnessProof, there: PresenceProof, named: NameProof, as_of_day: date, policy: Policy) -> tuple[str, ...]:
    notes: list[str] = []
    if fresh.odd_dates:
        notes.append("发布时间异常:有内容的发布时间晚于核查时间,已不计入。")
    if named.style_only:
        notes.append(f"备案填写不规范:备案名称带平台后缀,平台显示“{named.seen}”。")
    if named.doubtful:
        notes.append(f"平台显示名称“{named.seen}”与备案名称不同,尚未经两次核查证实。")
    if there.doubtful:
        notes.append("曾有一次核查未见该账号,尚未经两次核查证实。")
    if fresh.state in (Freshness.STALE, Freshness.AFTER_ONLY):
        festivals = festivals_between(policy.window_start(as_of_day), as_of_day)
        notes.extend(f"监测窗口含{festival},请审核时注意。" for festival in festivals)
    return tuple(notes)


TROUBLE = {
    Outcome.LOGIN_REQUIRED: "平台要求登录后查看",
    Outcome.CAPTCHA: "平台要求人工验证",
    Outcome.RATE_LIMITED: "平台限制访问,未取得发布列表",
    Outcome.CHANGED: "页面与已知格式不符,未能读取",
    Outcome.UNREACHABLE: "网络不可达或平台无响应",
    Outcome.NO_EVIDENCE: "未取得可用信息(无链接、链接失效或同名账号无法区分)",
    Outcome.PRIVATE: "账号设为私密,看不到发布内容",
    Outcome.MIGRATED: "账号已迁移,请核对新账号",
}


_PAUSED = "信息来源暂停——"


def why_paused(why: Outcome | str) -> str:
    """In Chinese, why a source is not asked now: what opened its breaker, or a reason that is Chinese already."""
    return TROUBLE.get(why, "暂停") if isinstance(why, Outcome) else why


def _paused(judged: Judgement, known: Known, as_of: datetime) -> Judgement:
    """With what could not be asked; where nothing at all was read since `as_of`, that is why."""
    notes = (*judged.notes, *(f"{_PAUSED}{each}。" for each in known.paused))
    read = any(reading.read_at >= as_of for reading in known.readings)
    return replace(judged, notes=notes, sentence=judged.sentence if read else f"本次未能核查:{';'.join(known.paused)}。")


def paused_then(judgement: Judgement) -> tuple[str, ...]:
    """The sources that an earlier judgement of the same sweep says could not be asked, and why."""
    return tuple(note.removeprefix(_PAUSED).removesuffix("。") for note in judgement.notes if note.startswith(_PAUSED))


def _sentence(
    known: Known, verdict: Verdict, how_filed: Standing, findings: tuple[Finding, ...], fresh: FreshnessProof, named: NameProof,
    pending: bool, as_of_day: date, policy: Policy,
) -> str:  # fmt: skip
    """Why, in one sentence for the inspector."""
    if findings and verdict in (Verdict.FAILED, Verdict.LISTED):
        return findings[0].sentence
    match verdict:
        case Verdict.FRESH | Verdict.DUE_SOON | Verdict.AT_LIMIT if fresh.period_from and fresh.gap:
            return f"{_period(fresh.period_from, as_of_day)}内更新间隔最长不超过{fresh.gap.days}天。"
        case Verdict.FRESH | Verdict.DUE_SOON | Verdict.AT_LIMIT if fresh.latest_on:
            kind = "" if fresh.date_kind is DateKind.EXACT else "不早于"
            return f"最近一次更新{kind}{_cn(fresh.latest_on)},距监测时间点{(as_of_day - fresh.latest_on).days}天。"
        case Verdict.LISTED:
            return _listed_sentence(known, how_filed, fresh)
        case _:
            return _unproven_sentence(known.readings, fresh, named, pending, policy)


def _listed_sentence(known: Known, how_filed: Standing, fresh: FreshnessProof) -> str:
    if how_filed is Standing.EXEMPT:
        return f"已批准不纳入考核:{known.filed.exempt_reason}。"
    if how_filed is Standing.CLOSING:
        return "申请关停,在办理期限内。"
    if fresh.state is Freshness.AFTER_ONLY:
        return "监测窗口内无更新,监测时间点后才更新。"
    return f"报送系统中为{known.filed.status.label},平台上未见该账号。"


def _unproven_sentence(readings: tuple[Reading, ...], fresh: FreshnessProof, named: NameProof, pending: bool, policy: Policy) -> str:
    if not readings:
        return "本次未能核查:信息来源已暂停,或缺少链接、账号ID、平台登录。"
    if pending:
        return "首次核查疑似有问题,待第二次核查。"
    if fresh.doubtful or named.doubtful:
        return "两次核查结果不一致或第二次核查未成功,不能认定。"
    readings = tuple(reading for reading in readings if reading.look is not LookKind.CONTROL) or readings
    last = max(readings, key=lambda reading: (reading.read_at, reading.id))
    if last.outcome.negative:
        return "平台显示未见账号或无内容,但未经对照核查或两次核查证实,不能认定。"
    if last.outcome is Outcome.OK and fresh.latest_on:
        by_name = ",按名称匹配" if last.matched_by is MatchedBy.NAME else ""
        lacking = "检查时段内的更新间隔" if fresh.period_from else "其后无更新"
        return f"已知最近发布不早于{_cn(fresh.latest_on)}{by_name};现有信息来源不能证明{lacking},不能认定超期。"
    return f"{TROUBLE.get(last.outcome, '现有信息来源未能证明其更新情况')}。"


def _period(first: date, last: date) -> str:
    return f"检查时段{_cn(first)}至{_cn(last)}"


def _cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
