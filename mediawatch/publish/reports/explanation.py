"""Why an account has its verdict. Pure, Chinese.

It says what was used, what counted for nothing and why, what is missing, what would change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mediawatch.domain import (
    BY_OTHERS,
    PROVISIONAL,
    AccountState,
    Code,
    DateKind,
    Finding,
    Hint,
    Judgement,
    LookKind,
    Post,
    ProblemAnswer,
    Reading,
    Sweep,
    SweepAccount,
    Verdict,
    latest_of,
    of_identity,
    rests_on_name,
)
from mediawatch.domain.clock import chinese_day, day_of, minute
from mediawatch.people.forms.hint_words import HINTS, hint_lines
from mediawatch.people.suspects import Suspect
from mediawatch.ports import Dossier
from mediawatch.publish.reports.account_page import (
    LOOKS,
    PROBLEM_LOOK,
    describe_problem,
    kind_labels,
    verdict_words,
)
from mediawatch.publish.reports.lists import heading
from mediawatch.rules import backing as trust
from mediawatch.rules import due, sentences, ties
from mediawatch.rules.account_policy import AccountPolicy, account_policy
from mediawatch.rules.ahead import next_due_before
from mediawatch.rules.found_problems import is_open_by_people
from mediawatch.rules.policy import Policy
from mediawatch.rules.post_lists import complete, posts_of
from mediawatch.rules.problem_proofs import ProblemState, problem_proofs
from mediawatch.rules.proofs import says_usable
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.rules.sentences import in_chinese

_SILENT = frozenset({Code.ZOMBIE, Code.STALE_2W, Code.STALE_3M, Code.STALE_6M})
_CHANGES: Mapping[Code, str] = {
    Code.NOT_FOUND: "按备案ID、单位提供的链接或二维码能打开该账号，该结论即不成立。",
    Code.CANCELLED_NOT_CLOSED: "再次核查时平台显示该账号仍在，或台账改为已注销，该结论即不成立。",
    Code.BANNED: "再次核查时平台恢复显示该账号，该结论即不成立。",
    Code.EMPTY_ACCOUNT: "看到该账号的任何一条发布，该结论即不成立。",
    Code.CLOSED_BUT_ALIVE: "再次核查时平台上已无该账号，该结论即不成立。",
}
_OPEN = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)
_NAMED = "平台上再次显示备案名称，或台账按现名变更备案，该结论即不成立。"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCase:
    """All that the explanation of one account is made of."""

    sweep: Sweep
    entry: SweepAccount
    policy: Policy
    known: Dossier
    """What it is judged by."""
    readings: tuple[Reading, ...]
    """All of its readings, oldest first."""
    suspects: tuple[Suspect, ...]
    state: AccountState | None
    now: datetime
    surfaces: Mapping[str, str]
    ahead: datetime | None = None
    """The next as_of, where only a rationed surface can prove the account fresh for it."""
    hints: tuple[Hint, ...] = ()
    """What others say of it."""

    @property
    def own(self) -> AccountPolicy:
        """The account's own policy, by its filed values in the sweep."""
        return account_policy(self.policy, self.entry.account.filed)


def explanation(subject: AccountCase) -> str:
    """The whole explanation, line by line."""
    judged = as_reviewed(subject.entry, include_open=True).judgement or subject.entry.judgement
    filed = subject.entry.account.filed
    lines = [f"“{filed.name}”（{filed.printed_type}）", heading(subject.sweep)]
    if judged is None:
        return "\n".join([*lines, "结论：本次检查尚未判定。", *_due(subject)])
    windows_differ = any(
        each.window or each.judged_by_updates is not None for each in subject.policy.exceptions
    )
    if windows_differ or not subject.own.judged_by_updates:
        lines.append(
            f"适用规则：{subject.policy.title}；该账号{sentences.rule_words(subject.own)}。"
        )
    lines += [f"结论：{verdict_words(judged.verdict, filed)}。{judged.sentence}"]
    lines += [
        f"  问题：{finding.label}（{finding.review.label}）。{finding.sentence}"
        for finding in judged.findings
    ]
    lines += [f"  注意：{note}" for note in judged.notes]
    lines += ["核查记录及用途："] if subject.readings else ["核查记录：无。"]
    lines += [f"  {_reading(subject, reading)}" for reading in subject.readings]
    if subject.hints:
        lines += [f"{HINTS}：", *(f"  {line}" for line in hint_lines(subject.hints))]
    lines += _listed("还缺什么", what_is_missing(subject, judged))
    lines += _listed("什么会改变结论", what_would_change(subject, judged))
    return "\n".join([*lines, *_due(subject)])


def _listed(title: str, items: Sequence[str]) -> list[str]:
    return [f"{title}：", *(f"  {item}" for item in items)] if items else [f"{title}：无。"]


def _reading(subject: AccountCase, reading: Reading) -> str:
    seen = in_chinese(sorted({sight.surface for sight in reading.sights}), subject.surfaces)
    who = f"，{reading.by}" if reading.by else ""
    if reading.problem:
        return (
            f"第{reading.id}号 {minute(reading.read_at)} {PROBLEM_LOOK}（{reading.by}）："
            f"{describe_problem(reading, kind_labels(subject.policy))}，"
            f"{_problem_use(subject, reading)}"
        )
    return (
        f"第{reading.id}号 {minute(reading.read_at)} {LOOKS[reading.look]}（{seen}{who}）："
        f"{use(subject, reading)}"
    )


def _problem_use(subject: AccountCase, reading: Reading) -> str:
    """What a look for a problem counts for."""
    judged, known = subject.entry.judgement, subject.known
    if judged and any(reading.id in finding.reading_ids for finding in judged.findings):
        return "据此认定。"
    if reading.sweep_id != subject.sweep.id:
        return "不计入：属于另一次检查。"
    if reading.id not in {look.id for look in known.problem_looks}:
        return "不计入：在通报印发之后，属于复查。"
    if against := next((each for each in known.reposts if each.look_id == reading.id), None):
        return f"不计入：{against.words}。"
    proofs = problem_proofs(known, subject.sweep.as_of, subject.policy)
    code = reading.problem.code if reading.problem else None
    proof = next((each for each in proofs if each.code is code), None)
    if proof is not None and reading.id in {each.id for each in proof.readings}:
        return (
            "与另一名检查人的结论不一致，待复核。"
            if proof.state is ProblemState.DISPUTED
            else "仅一人所见，须第二人核查。"
        )
    if proof is not None and reading.id in {each.id for each in proof.absent}:
        return "计入。"
    if reading.problem and reading.problem.answer is ProblemAnswer.WITHDRAWN:
        return "此前所答不再计入。"
    return "不计入：已由本人撤回，或不能与该账号对应，或另有两人所见在先。"


def use(subject: AccountCase, reading: Reading) -> str:
    """What a reading counts for in the judgement, or why it counts for nothing."""
    judged, known, as_of = subject.entry.judgement, subject.known, subject.sweep.as_of
    proved = (
        [finding.label for finding in judged.findings if reading.id in finding.reading_ids]
        if judged
        else []
    )
    if proved:
        return f"据此认定“{'、'.join(proved)}”。"
    if _shows_use(subject, reading):
        return f"证明能打开、使用（{chinese_day(day_of(reading.read_at))}）。"
    if reading.outcome.about_us and not any(sight.is_dated for sight in reading.sights):
        return f"未取得结果：{sentences.trouble(reading)}。"
    said = of_identity(reading, ties.identity_of(known))
    led = {sight.provisional for sight in reading.sights if sight.is_dated} - {""}
    kept = {sight.provisional for sight in said.sights} if said else set()
    if led - kept and not (said and said.posts):
        return f"不计入：所依{PROVISIONAL}已终止，或不是该账号。"
    if said is None:
        return "不计入：核查时的备案身份与现在的备案不同。"
    speaking = ties.keep_speaking(known, as_of)
    if reading.look is LookKind.PERSON and reading.id not in {
        each.id for each in speaking.readings
    }:
        return "不计入：同一核查人另有更新的答复。"
    shown = [post for _, post in posts_of(said, subject.policy)]
    start = subject.sweep.period_from or subject.own.window_start(day_of(as_of))
    if any(start <= post.on <= day_of(as_of) for post in shown):
        newest = max(post.on for post in shown if post.on <= day_of(as_of))
        by_name = [
            sight
            for sight, post in posts_of(said, subject.policy)
            if post.on == newest and rests_on_name(sight, ties.identity_of(known))
        ]
        ground = f"，{sentences.by_name_alone(ties.ground_of(by_name))}" if by_name else ""
        where = "检查时段" if subject.sweep.period_from else "监测窗口"
        return f"证明{where}内有更新（{chinese_day(newest)}{ground}）。"
    if any(
        trust.backing_of_sight(sight, reading, known.checks) is trust.Backing.WITHDRAWN
        for sight in reading.sights
    ):
        return "对账号不利的部分不计入：对照账号读取异常。"
    if reading.read_at < as_of:
        if reading.outcome.negative:
            return f"早于{_end(subject)}，不能据此认定。"
        return f"{_latest(shown)}早于{_end(subject)}，只能证明更新，不能证明其后无更新。"
    if reading.outcome.negative:
        return (
            "仅一次看到，未经第二次核查或对照核查，不能据此认定。"
            if not known.checks
            else "未与其他核查相互印证，不能据此认定。"
        )
    if reading.exact_sight is not None and not complete(said, speaking):
        return f"{_latest(shown)}列表未能按账号ID对应到该账号，不能证明无更新。"
    if reading.exact_sight is not None:
        return f"{_latest(shown)}列表完整，须两次核查一致才能认定。"
    return f"{_latest(shown)}该来源不显示全部发布，不能证明无更新。"


def _shows_use(subject: AccountCase, reading: Reading) -> bool:
    """Whether a person says of an account that is not judged by its posts that it works."""
    return (
        not subject.own.judged_by_updates
        and reading.read_at >= subject.sweep.as_of
        and says_usable(reading)
        and of_identity(reading, ties.identity_of(subject.known)) is not None
    )


def _end(subject: AccountCase) -> str:
    return "检查时段结束" if subject.sweep.period_from else "监测时间点"


def _latest(shown: Sequence[Post]) -> str:
    newest = latest_of(shown)
    return f"最近发布{chinese_day(newest.on)}；" if newest else ""


def what_is_missing(subject: AccountCase, judged: Judgement) -> list[str]:
    """What a conclusion, or its confirmation, still lacks."""
    lacks: list[str] = []
    since = [
        reading
        for reading in subject.readings
        if reading.read_at >= subject.sweep.as_of and reading.problem is None
    ]
    lacks += _missing_of_people(subject)
    if judged.verdict is Verdict.UNPROVEN and not is_open_by_people(judged):
        if judged.second_look:
            lacks.append("第二次核查：首次核查疑似有问题，须再看一次才能认定。")
        elif not since:
            lacks.append(f"{_end(subject)}之后的核查：此后尚未看过该账号。")
        elif all(reading.outcome.about_us for reading in since):
            lacks.append(f"一次成功的核查：{_end(subject)}之后的核查均未取得结果。")
        elif judged.date_kind is not DateKind.EXACT:
            lacks.append("能显示全部发布的信息来源（平台登录），或人工核查。")
        else:
            lacks.append("相互印证的第二次核查，或人工核查。")
        now = ties.identity_of(subject.known)
        if now.shares_name or now.found_by_name:
            lacks.append("备案标识：另有或可能另有同名账号，仅凭名称不能认定有问题，请补报账号ID。")
    if judged.provisional:
        by_others = ties.named_only_by(subject.known) == BY_OTHERS
        came = "他人提供的链接仅与名称相符" if by_others else f"{PROVISIONAL}按名称检索所得"
        lacks.append(f"人工看一眼：{came}，须确认是该单位的账号，或补报备案标识。")
    if judged.verdict is Verdict.OUT_OF_SCOPE:
        lacks.append("人工核查：该平台由人工检查。")
    for suspect in subject.suspects:
        if suspect.finding not in judged.findings or suspect.standing.state.value == "confirmed":
            continue
        hearing = suspect.hearing
        until = f"，反馈期限{hearing.term}" if hearing.term else ""
        if not hearing.state.has_ended:
            lacks.append(f"“{suspect.finding.label}”的下发核实：{hearing.state.label}{until}。")
        lacks.append(f"“{suspect.finding.label}”的审核认定：目前为{suspect.standing.state.label}。")
        if suspect.backing is trust.Backing.UNCHECKED:
            lacks.append(f"“{suspect.finding.label}”的对照账号校验。")
    return lacks


def _missing_of_people(subject: AccountCase) -> list[str]:
    """What is missing where one person found a problem, or two differ."""
    proofs = problem_proofs(subject.known, subject.sweep.as_of, subject.policy)
    lacks = []
    for proof in proofs:
        label = subject.policy.kind_label(proof.code)
        if proof.state is ProblemState.CLAIMED:
            lacks.append(f"“{label}”的第二人核查：须由{proof.readings[0].by}以外的人员检查。")
        elif proof.state is ProblemState.DISPUTED:
            lacks.append(f"“{label}”的复核：由看错的一方撤回后，另行检查。")
        open_words = (each.words for each in proof.reposts if not each.is_certain)
        lacks += [f"“{label}”：{words}。" for words in dict.fromkeys(open_words)]
    return lacks


def what_would_change(subject: AccountCase, judged: Judgement) -> list[str]:
    """What would change the verdict."""
    if not subject.own.judged_by_updates and judged.verdict in _OPEN:
        return ["经人工核查能下载、打开、使用的，即可认定正常；发布的多少和早晚不作认定依据。"]
    last = day_of(subject.sweep.as_of)
    first = subject.sweep.period_from or subject.own.window_start(last)
    window = f"{chinese_day(first)}至{chinese_day(last)}"
    said = []
    for finding in judged.findings:
        if finding.code in _SILENT:
            said.append(
                _shorter_gap(subject, finding)
                if subject.sweep.period_from
                else f"看到{window}内的任何一条发布，“{finding.label}”即不成立。"
            )
        elif finding.code in _CHANGES:
            said.append(_CHANGES[finding.code])
        elif finding.code in (Code.NAME_MISMATCH, Code.RENAMED_UNREPORTED):
            said.append(_NAMED)
        elif finding.code.found_by_people:
            said.append(f"检查人撤回所答，致所见不足两人的，“{finding.label}”即不成立。")
            if finding.code is Code.NOT_REPOSTED:
                said.append(f"看到该账号转载的该信息，“{finding.label}”即不成立。")
    match judged.verdict:
        case Verdict.UNPROVEN if is_open_by_people(judged):
            said.append("另一人检查后，或检查人撤回所答，该问题即有结论；更新情况已经查明。")
        case Verdict.UNPROVEN | Verdict.OUT_OF_SCOPE:
            said.append(
                f"{window}各条发布的链接，更新间隔均不超过{subject.own.stale_gap - 1}天的，"
                "即可证明正常更新。"
                if subject.sweep.period_from
                else f"一条{window}内发布的内容的链接，即可证明正常更新。"
            )
            said.append("两次一致的完整核查，或人工核查，才能认定有问题。")
        case Verdict.FRESH if not subject.own.judged_by_updates:
            said.append("此后的人工核查另有结论的，以其为准；备案信息变更后，此前的核查不再计入。")
        case Verdict.FRESH | Verdict.DUE_SOON | Verdict.AT_LIMIT:
            said.append("已有的发布记录长期有效；备案ID变更后，此前的核查不再计入。")
    return said


def _shorter_gap(subject: AccountCase, finding: Finding) -> str:
    """What refutes a gap of a period: posts within it, and no other gap as long.

    A post elsewhere in the period is known, perhaps, and the finding stands.
    """
    where = "该间隔内"
    if finding.gap_since is not None and finding.gap_days is not None:
        until = finding.gap_since + timedelta(days=finding.gap_days)
        where = f"{chinese_day(finding.gap_since)}与{chinese_day(until)}之间"
    return (
        f"看到{where}的发布，使检查时段内的更新间隔均不超过{subject.own.stale_gap - 1}天的，"
        f"“{finding.label}”即不成立。"
    )


def _due(subject: AccountCase) -> list[str]:
    filed = subject.entry.account.filed
    state, policy, now = subject.state, subject.policy, subject.now
    day: date = (
        next_due_before(state, filed, policy, now, subject.ahead)
        if subject.ahead
        else due.next_due(state, filed, policy, now)
    )
    return [f"下次应核查：{chinese_day(day)}。" if day != date.max else "下次应核查：无。"]
