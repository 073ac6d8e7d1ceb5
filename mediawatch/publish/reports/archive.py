"""案卷: what the file of a notice holds, and its index. Pure but for the evidence folder.

It is made of what is kept of the notice. Contacts of the registry (联系人) are not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum

from mediawatch import __version__
from mediawatch.domain import (
    PERSONAL_MARK,
    Evidence,
    EvidenceFault,
    EvidenceKind,
    IssuedDocument,
    Notice,
    NoticeAction,
    NoticeDraft,
    NoticeEvent,
    NoticeItem,
    Reading,
    ReviewEvent,
    Sweep,
)
from mediawatch.domain.clock import beijing, minute
from mediawatch.ops.archives import ArchiveMember, archive_manifest
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.publish.reports import notices as lists
from mediawatch.publish.reports.pages import tables_page
from mediawatch.publish.reports.sheets import safe
from mediawatch.rules.policy import parse
from mediawatch.rules.sentences import moment
from mediawatch.table import Table

INDEX = "目录.html"
_MISSING, _ALTERED, _PRUNED, _UNLISTED = "缺失", "已变动", PERSONAL_MARK, "登记已缺"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRecord:
    """All that is kept of a notice.

    `readings` are those that proved its findings, by id. `reviews` are the decisions on its
    accounts. `papers` are documents made of it: (file name, title, body).
    """

    notice: Notice
    sweep: Sweep | None = None
    """None for another system's notice."""
    events: Sequence[NoticeEvent] = ()
    documents: Sequence[IssuedDocument] = ()
    reviews: Sequence[ReviewEvent] = ()
    readings: Mapping[int, Reading]
    papers: Sequence[tuple[str, str, bytes]] = ()
    drafts: Sequence[NoticeDraft] = ()
    """Those that led to it, with the signature."""

    @property
    def happened(self) -> list[NoticeEvent]:
        """The events that the file tells: taking the file in does not change it."""
        return [event for event in self.events if event.action is not NoticeAction.ARCHIVED]

    @property
    def state_at(self) -> datetime:
        """When something was last done about the notice."""
        moments = [self.notice.kept_at, *(each.at for each in self.happened)]
        return max(
            [*moments, *(each.at for each in self.documents), *(each.at for each in self.reviews)]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceGap:
    """Evidence of an item that the file lacks. `state` is one of 缺失, 已变动, 已按期清除, 登记已缺."""

    item: int
    name: str
    sha256: str
    state: str
    path: str = ""

    @property
    def is_loss(self) -> bool:
        """Whether nobody let it go: what retention removed was in an archive before."""
        return self.state != _PRUNED

    @property
    def words(self) -> str:
        """In English, for the operator."""
        said = {
            _MISSING: "missing",
            _ALTERED: "altered since it was kept",
            _PRUNED: "left by `evidence prune`",
        }
        what = self.path or f"SHA-256 {self.sha256}"
        return f"item {self.item}, {self.name}: {what}: {said.get(self.state, 'no reading has it any more')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeArchive:
    """The file of a notice, ready to be written."""

    members: Sequence[ArchiveMember]
    gaps: Sequence[EvidenceGap]
    manifest: bytes
    state_at: datetime


def notice_archive(
    record: NoticeRecord, folder: EvidenceFolder, left: frozenset[str]
) -> NoticeArchive:
    """The file of a notice. `left` are the paths that retention has removed."""
    notice = record.notice
    gaps: list[EvidenceGap] = []
    proofs = sorted(_proofs(record, folder, left, gaps), key=lambda each: each.path)
    papers = [*_papers(record), *proofs]
    index = ArchiveMember.of_bytes(INDEX, "卷内目录", _index(record, papers, gaps))
    members = [index, *papers]
    heading = {
        "notice": notice.number,
        "title": notice.title,
        "issued_on": notice.issued_on.isoformat(),
        "state_at": beijing(record.state_at).isoformat(),
        "software": f"mediawatch {__version__}",
        "gaps": _plain(gaps),
    }
    return NoticeArchive(
        members=members,
        gaps=gaps,
        manifest=archive_manifest(heading, members),
        state_at=record.state_at,
    )


def _papers(record: NoticeRecord) -> Iterator[ArchiveMember]:
    for document in record.documents:
        what = "印发件" if document.version == 1 else "更正件"
        yield ArchiveMember.of_bytes(
            f"1 通报/移交数据 第{document.version}版.json",
            f"移交数据第{document.version}版（{what}，原件）",
            document.body.encode(),
        )
    for name, title, body in record.papers:
        yield ArchiveMember.of_bytes(f"1 通报/{name}", title, body)
    yield _data("1 通报/通报及条目.json", "通报、条目、所认定问题", record.notice)
    if record.drafts:
        yield _data("1 通报/拟稿和签发.json", "各次拟稿、不点名的账号、签发", record.drafts)
    if record.sweep is not None:
        yield ArchiveMember.of_bytes(
            "2 规则/检查规则.toml", "检查所用规则（原文）", record.sweep.policy_toml.encode()
        )
        yield _data("2 规则/检查批次.json", "检查批次", record.sweep)
    yield _data("3 审核/审核记录.json", "下发核实、单位反馈、认定、排除记录", record.reviews)
    yield _data("4 办理/办理经过.json", "更正、复核、整改反馈、复查、办结记录", record.happened)
    yield _data("5 佐证/核查记录.json", "认定所依据的核查记录", list(record.readings.values()))


def _data(path: str, title: str, value: object) -> ArchiveMember:
    text = json.dumps(_plain(value), ensure_ascii=False, indent=1, sort_keys=True)
    return ArchiveMember.of_bytes(path, title, f"{text}\n".encode())


def _proofs(
    record: NoticeRecord, folder: EvidenceFolder, left: frozenset[str], gaps: list[EvidenceGap]
) -> Iterator[ArchiveMember]:
    """The evidence of every item, and the pictures of its hearing. What is lacking goes to `gaps`."""
    items = record.notice.items
    of_items = [(_evidence_of(item, record.readings), _filed_of(item, record)) for item in items]
    faults = folder.faults_in(each for some in of_items for kept in some for each in kept)
    for item, (held, filed) in zip(items, of_items, strict=True):
        place = _place(item)
        for where, title, kept in (
            ("5 佐证", "佐证材料", held),
            ("6 单位反馈", "单位反馈图片", filed),
        ):
            for evidence in {each.sha256: each for each in kept}.values():
                if lack := _lack(evidence, faults, left):
                    gaps.append(_gap(item, evidence.sha256, lack, evidence.path))
                    continue
                name = evidence.path.rpartition("/")[2]
                yield ArchiveMember.of_evidence(
                    f"{where}/{place}/{name}",
                    f"第{item.number}项“{item.filed.name}”{title}（{minute(evidence.taken_at)}取得）",
                    evidence,
                    folder,
                )
        known = {each.sha256 for each in held}
        issued = dict.fromkeys(digest for each in item.findings for digest in each.evidence)
        gaps += (_gap(item, digest, _UNLISTED) for digest in issued if digest not in known)


def _evidence_of(item: NoticeItem, readings: Mapping[int, Reading]) -> list[Evidence]:
    ids = dict.fromkeys(number for held in item.findings for number in held.finding.reading_ids)
    return [
        evidence
        for number in ids
        if number in readings
        for sight in readings[number].sights
        for evidence in sight.evidence
    ]


def _filed_of(item: NoticeItem, record: NoticeRecord) -> list[Evidence]:
    """The pictures that came in with the unit's answers."""
    return [
        Evidence(
            kind=EvidenceKind.PICTURE, media_type=each.media_type, path=each.path, sha256=each.sha256, size=each.size,
            taken_at=event.at,
        )
        for event in record.reviews
        if event.account_id == item.account_id
        for each in event.pictures
    ]  # fmt: skip


def _lack(evidence: Evidence, faults: Mapping[str, EvidenceFault], left: frozenset[str]) -> str:
    match faults.get(evidence.path):
        case EvidenceFault.MISSING:
            return _PRUNED if evidence.path in left else _MISSING
        case EvidenceFault.ALTERED:
            return _ALTERED
    return ""


def _gap(item: NoticeItem, sha256: str, state: str, path: str = "") -> EvidenceGap:
    return EvidenceGap(
        item=item.number, name=item.filed.name, sha256=sha256, state=state, path=path
    )


def _place(item: NoticeItem) -> str:
    return f"{item.number:03} {safe(item.filed.name)}"


def _index(
    record: NoticeRecord, members: Sequence[ArchiveMember], gaps: Sequence[EvidenceGap]
) -> bytes:
    notice, happened = record.notice, record.happened
    facts = [
        ("文号", notice.number),
        ("题名", notice.title),
        ("成文日期", str(notice.issued_on)),
        ("印发经办", notice.by),
        ("整改期限", str(notice.rectify_by or "未定")),
        ("报送期限", str(notice.report_by or "未定")),
        ("检查批次", f"第{record.sweep.id}号检查" if record.sweep else "外部通报"),
        moment(record.sweep) if record.sweep else ("监测时间点", ""),
        ("检查规则", parse(record.sweep.policy_toml).title if record.sweep else ""),
        ("材料截至", minute(record.state_at)),
        ("所用软件", f"mediawatch {__version__}"),
    ]
    tables = (
        _contents(members),
        lists.items(notice, happened),
        _review_table(record),
        lists.events(notice, happened, record.documents, record.drafts),
        _gap_table(gaps),
    )
    note = (
        f"除本目录和manifest.json外，本卷共{len(members)}件；佐证材料缺{len(gaps)}件。"
        "各件的SHA-256见manifest.json。本卷不含台账所留联系人及电话；"
        "办理人、审核人、单位反馈人姓名及单位所填文字照录。"
    )
    return tables_page(f"{notice.number} 案卷", facts, tables, note)


def _contents(members: Sequence[ArchiveMember]) -> Table:
    rows = tuple(
        (str(number), each.title, each.path, str(each.size), each.sha256)
        for number, each in enumerate(members, 1)
    )
    return Table("卷内目录", ("件号", "题名", "文件", "字节", "SHA-256"), rows)


def _review_table(record: NoticeRecord) -> Table:
    """Who decided what about the accounts of the notice, and when."""
    places = {item.account_id: item for item in record.notice.items}
    labels = {
        held.finding.code: held.finding.label
        for item in record.notice.items
        for held in item.findings
    }
    rows = tuple(
        (
            str(event.id), minute(event.at), str(places[event.account_id].number), places[event.account_id].filed.name,
            labels.get(event.code, event.code.value), event.action.label, event.by, event.reason,
        )
        for event in record.reviews
    )  # fmt: skip
    columns = ("记录号", "时间", "通报序号", "政务新媒体名称", "问题", "事项", "经办", "理由")
    return Table("审核（认定）记录", columns, rows)


def _gap_table(gaps: Iterable[EvidenceGap]) -> Table:
    rows = tuple((str(each.item), each.name, each.state, each.path, each.sha256) for each in gaps)
    return Table(
        "备考表：缺件情况", ("通报序号", "政务新媒体名称", "情况", "原文件", "SHA-256"), rows
    )


def _plain(value: object) -> object:
    """As JSON has it: instants with Beijing's offset, days as text, words of the domain as kept."""
    match value:
        case Enum():
            return value.value
        case datetime():
            return beijing(value).isoformat()
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(each) for each in value]
        case _ if is_dataclass(value):
            return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    return value
