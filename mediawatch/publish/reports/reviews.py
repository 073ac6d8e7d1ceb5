"""The lists a reviewer reads. Chinese throughout.

They are the suspects, one suspect in full, and what a second person is to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mediawatch.domain import ReviewAction, ReviewEvent, ReviewState, Stance, Sweep
from mediawatch.domain.clock import minute
from mediawatch.people.second_looks import SecondLook
from mediawatch.people.suspects import Suspect
from mediawatch.publish.reports.account_page import filed_lines, reading_lines
from mediawatch.publish.reports.lists import ATTESTED, heading
from mediawatch.rules.backing import Backing
from mediawatch.rules.hearing import HearingState
from mediawatch.rules.sentences import in_chinese
from mediawatch.table import Table, join_filled

BRIEF = (
    "编号",
    "政务新媒体名称",
    "类型",
    "所属组织",
    "存在的突出问题",
    "审核状态",
    "核实情况",
    "信息来源",
    "来源依据",
    "对照账号",
    "备注",
)
"""The columns that fit a terminal; the CSV has all of them."""


def suspects(sweep: Sweep, found: Sequence[Suspect], surfaces: Mapping[str, str]) -> Table:
    """One row a finding, in registry order. `surfaces`: the Chinese of each surface's name."""
    columns = (
        "编号",
        "备案单号",
        "政务新媒体名称",
        "类型",
        "所属组织",
        "主管单位",
        "地市",
        "县区",
        "存在的突出问题",
        "结论",
        "说明",
        "信息来源",
        "来源依据",
        "对照账号",
        "人工核查人",
        "审核状态",
        "核实情况",
        "审核人",
        "审核时间",
        "理由",
        "备注",
    )
    return Table(
        f"问题审核清单 {heading(sweep)}",
        columns,
        tuple(_row(suspect, surfaces) for suspect in found),
    )


def _row(suspect: Suspect, surfaces: Mapping[str, str]) -> tuple[str, ...]:
    filed, finding, last = suspect.account.filed, suspect.finding, suspect.standing.by
    done = ("", "", "") if last is None else (last.by, minute(last.at), _why(last))
    return (
        suspect.versioned_key,
        filed.filing_number,
        filed.name,
        filed.type,
        filed.organiser,
        filed.supervisor,
        filed.prefecture,
        filed.county,
        finding.label,
        finding.effect.label,
        finding.sentence,
        in_chinese(suspect.surfaces, surfaces),
        attestation_words(suspect),
        suspect.backing.label,
        "、".join(suspect.lookers),
        suspect.standing.state.label,
        hearing_words(suspect),
        *done,
        join_filled((*_remarks(suspect), _answer(suspect))),
    )


def _why(event: ReviewEvent) -> str:
    return join_filled(
        tuple(dict.fromkeys((event.excuse.value if event.excuse else "", event.reason)))
    )


def attestation_words(suspect: Suspect) -> str:
    """来源依据: whether recordings attest the surfaces that the finding rests on."""
    return Backing.PERSON.label if suspect.backing is Backing.PERSON else ATTESTED[suspect.attested]


def hearing_words(suspect: Suspect) -> str:
    """核实情况: the state of its hearing; "" for what was confirmed without one and not sent down."""
    needed = suspect.must_be_heard or suspect.hearing.state is not HearingState.NOT_SENT
    return suspect.hearing.label if needed else ""


def _unheard(suspect: Suspect) -> str:
    decided = suspect.standing.by
    unheard = (
        decided is not None and decided.unheard and suspect.standing.state is ReviewState.CONFIRMED
    )
    return f"未经核实认定：{decided.reason}" if decided and unheard else ""


def _remarks(suspect: Suspect) -> tuple[str, ...]:
    return (suspect.remark, _unheard(suspect), _late(suspect), suspect.caution)


def _late(suspect: Suspect) -> str:
    undecided = suspect.is_late and suspect.standing.state.is_undecided
    return f"读取晚于监测时间点{suspect.rule.late_days}天以上，须经下发核实" if undecided else ""


def _answer(suspect: Suspect) -> str:
    """The unit's latest explanation."""
    answers = [event for event in suspect.events if event.action is ReviewAction.ANSWERED]
    if not answers:
        return ""
    last = answers[-1]
    shots = f"发表记录截图{len(last.pictures)}张" if last.pictures else ""
    return f"单位反馈（{last.by}）：{join_filled((_stance(last), last.reason, shots))}"


def _stance(answer: ReviewEvent) -> str:
    return (
        answer.stance.value if answer.stance else f"未答是否有异议（按{Stance.DISPUTES.value}处理）"
    )


def in_full(suspect: Suspect, surfaces: Mapping[str, str]) -> str:
    """One finding for its reviewer: as filed, the rule, every look it rests on, every decision so
    far.

    It never has contacts. `surfaces`: the Chinese of each surface's name.
    """
    finding = suspect.finding
    parts = [
        (
            f"问题 {suspect.versioned_key}  {finding.label}（{finding.effect.label}）  "
            f"{suspect.standing.state.label}"
        ),
        f"  {finding.sentence}",
    ]
    parts += [f"  来源依据：{attestation_words(suspect)}；对照账号：{suspect.backing.label}"]
    parts += [f"  核实情况：{hearing_words(suspect)}"] if hearing_words(suspect) else []
    remarks = join_filled(_remarks(suspect))
    parts += [f"  备注：{remarks}"] if remarks else []
    parts += ["", "备案信息", *filed_lines(suspect.account), "", "依据的核查记录"]
    kinds = {finding.code: finding.label}
    for reading in suspect.readings:
        parts += reading_lines(reading, surfaces, kinds)
    parts += ["", "审核记录" if suspect.events else "审核记录  尚无", *_record(suspect.events)]
    return "\n".join(parts)


def _record(events: Sequence[ReviewEvent]) -> Iterator[str]:
    for event in events:
        yield f"  {event_line(event)}"
        for shot in event.pictures:
            yield f"    单位所附截图 evidence/{shot.path}  SHA-256 {shot.sha256}"


def event_line(event: ReviewEvent) -> str:
    """One decision in one line."""
    source = f"（{event.source}）" if event.source else ""
    more = (
        f"反馈期限{event.term}" if event.term else "",
        _stance(event) if event.action is ReviewAction.ANSWERED else "",
        "未经核实认定" if event.unheard else "",
        event.excuse.value if event.excuse else "",
    )
    words = (
        f"{minute(event.at)} {event.action.label} {event.by}{source}",
        *more,
        event.reason,
        f"当时结论：{event.sentence}",
    )
    return join_filled(tuple(dict.fromkeys(words)))


def second_looks(sweep: Sweep, found: Sequence[SecondLook]) -> Table:
    """人工答“有”而无链接、抽出由他人复核的账号."""
    rows = []
    for item in found:
        filed = item.account.filed
        given = (filed.filing_number, filed.name, filed.type, filed.organiser, filed.prefecture)
        rows.append(
            (
                str(item.account.id),
                *given,
                item.by,
                minute(item.first.read_at),
                item.first.sights[0].detail,
            )
        )
    columns = (
        "编号",
        "备案单号",
        "政务新媒体名称",
        "类型",
        "所属组织",
        "地市",
        "首次核查人",
        "核查时间",
        "首次答复",
    )
    return Table(
        f"抽查复核清单（须由首次核查人以外的人员复核） {heading(sweep)}", columns, tuple(rows)
    )
