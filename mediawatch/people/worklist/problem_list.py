"""人工检查 as a list: who found what when, how far that proves it, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mediawatch.domain import Account, ProblemAnswer, Reading, ReviewState
from mediawatch.domain.clock import minute
from mediawatch.people.suspects import Suspect
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.problem_proofs import ProblemProof, ProblemState
from mediawatch.table import Table, join_filled

PROBLEMS_BRIEF = ("编号", "政务新媒体名称", "类型", "检查项目", "认定程度", "检查情况", "尚缺")
"""The columns that fit a terminal; the CSV has all of them."""
_STATES: Mapping[ProblemState, str] = {
    ProblemState.NONE: "未见",
    ProblemState.CLAIMED: "一人所见",
    ProblemState.DISPUTED: "结论不一致",
    ProblemState.PROVED: "两人所见",
}


def problems_table(
    judged: JudgedScope,
    looks: Mapping[int, Sequence[Reading]],
    proofs: Mapping[int, Sequence[ProblemProof]],
    suspects: Sequence[Suspect],
) -> Table:
    """One row an account and kind for which anybody looked, in the order of the scope."""
    columns = (
        "编号", "备案单号", "政务新媒体名称", "类型", "所属组织", "检查项目", "认定程度", "检查情况", "具体情况", "链接",
        "尚缺", "审核状态",
    )  # fmt: skip
    open_findings = {(each.account.id, each.finding.code): each for each in suspects}
    rows = []
    for entry in judged.entries:
        number, filed = entry.account.id, entry.account.filed
        for code in judged.policy.problem_kinds:
            some = [
                each for each in looks.get(number, ()) if each.problem and each.problem.code is code
            ]
            if not some:
                continue
            proof = next((one for one in proofs.get(number, ()) if one.code is code), None)
            suspect = open_findings.get((number, code))
            rows.append(
                (
                    str(number), filed.filing_number, filed.name, filed.printed_type, filed.organiser,
                    judged.policy.kind_label(code),
                    _state(proof, some),
                    "；".join(_look_words(each) for each in some),
                    _each_once(each.problem.words for each in some if each.problem),
                    _each_once(sight.url for each in some for sight in each.sights),
                    _missing(proof, some, suspect, entry.account),
                    suspect.standing.state.label if suspect else "",
                )
            )  # fmt: skip
    return Table("人工检查发现的问题", columns, tuple(rows))


def _look_words(look: Reading) -> str:
    return f"{look.by} {minute(look.read_at)} {look.problem.answer.label if look.problem else ''}"


def _each_once(words: Iterable[str]) -> str:
    return join_filled(tuple(dict.fromkeys(words)), "；")


def _state(proof: ProblemProof | None, looks: Sequence[Reading]) -> str:
    if proof is not None and proof.state is ProblemState.NONE and proof.reposts:
        return "已见转载" if _is_refuted(proof) else "疑似已转载"
    if proof is None or (proof.state is ProblemState.NONE and not proof.absent):
        return "暂不计入" if _uncounted(proof, looks) else "已撤回"
    return _STATES[proof.state]


def _is_refuted(proof: ProblemProof) -> bool:
    return all(each.is_certain for each in proof.reposts)


def _uncounted(proof: ProblemProof | None, looks: Sequence[Reading]) -> list[Reading]:
    """Looks that found it and prove nothing: the last word of their person, without a tie."""
    newest = {look.by: look for look in looks}
    counted = {look.id for look in proof.readings} if proof else set()
    return [
        look
        for look in newest.values()
        if look.problem and look.problem.answer is ProblemAnswer.FOUND and look.id not in counted
    ]


def _missing(
    proof: ProblemProof | None,
    looks: Sequence[Reading],
    suspect: Suspect | None,
    account: Account,
) -> str:
    """What stands between what people found and a finding that may be issued."""
    if proof is not None and proof.state is ProblemState.NONE and proof.reposts:
        return "" if _is_refuted(proof) else "确认该信息是否为转载（repost decide）"
    if proof is None or proof.state is ProblemState.NONE:
        return "可与账号对应的ID" if _uncounted(proof, looks) else ""
    if proof.claims:
        return f"第二人核查（由{proof.claims[0].by}以外的人员）"
    match proof.state:
        case ProblemState.DISPUTED:
            return "复核：由看错的一方撤回（problem withdraw）后，另行检查"
    if suspect is None:
        return "" if account.filed.in_service else "账号已不在运行，不作认定"
    if suspect.standing.state in (ReviewState.CONFIRMED, ReviewState.DISMISSED):
        return ""
    if suspect.must_be_heard and not suspect.hearing.state.has_ended:
        return f"核实：{suspect.hearing.label}"
    return "审核认定"
