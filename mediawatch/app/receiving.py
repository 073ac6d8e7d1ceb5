"""Hand-offs of lower offices come in: whose each is, whether it holds, and which one counts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from mediawatch.app.root import App
from mediawatch.app.senders import office_by_folder, sender_of
from mediawatch.app.wiring import DEMONSTRATION
from mediawatch.domain import HandedFile, HandedState, UserError, standing_files
from mediawatch.domain.clock import beijing, chinese_day, day_of
from mediawatch.ops.settings.lower_offices import LowerOffice, LowerOffices, read_lower_offices
from mediawatch.ops.signing import HandoffSignature, read_signature
from mediawatch.ports import Store
from mediawatch.publish.collect.checks import (
    Expectation,
    UnacceptableHandoff,
    check,
    read_handoff,
    remarks_on,
)
from mediawatch.publish.handoff.parts import Handoff
from mediawatch.rules.policy import Policy, load
from mediawatch.workbooks.parcels import SentDocument, read_parcel
from mediawatch.workbooks.refusals import BadFile

_MOST_FILES = 2_000
_TWO = "同时报送了两份不同的结果，又未签名，无法判断先后：请只保留一份"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A file with what is decided of it so far, and its document where it can be read."""

    file: HandedFile
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reception:
    """What holds for all files that come in at once."""

    offices: LowerOffices
    policy: Policy
    marks: tuple[str, ...]
    now: datetime
    by: str
    signatures: Mapping[str, Sequence[HandoffSignature]]

    def blank(self, name: str, *, sha256: str = "", size: int = 0) -> HandedFile:
        return HandedFile(
            round=self.offices.round.name,
            office="",
            state=HandedState.REFUSED,
            file=name,
            sha256=sha256,
            size=size,
            received_at=self.now,
            by=self.by,
        )

    def expectation(self, office: LowerOffice) -> Expectation:
        return Expectation(
            office=office.name,
            as_of=self.offices.round.as_of,
            policy=self.policy,
            own_rules=office.own_rules,
            demonstration=DEMONSTRATION,
            marks=self.marks,
        )


async def receive(app: App, paths: Sequence[Path], by: str) -> list[HandedFile]:
    """Take in files, or without any what lies in the offices' folders; what came of each.

    A file that was taken in before, and of which the same comes now, is left out. UserError where
    there is nothing to read, or `offices.toml` cannot be read.
    """
    offices = read_lower_offices(app.home.root)
    files = list(_files(paths, offices))
    if not files:
        raise UserError(
            "there is no file to take in: name files, or put them into the folders of offices.toml"
        )
    documents, spoiled = await asyncio.to_thread(_read_all, files)
    signatures: dict[str, list[HandoffSignature]] = {}
    handed: list[SentDocument] = []
    for each in documents:
        if (signature := read_signature(each.body)) is not None:
            signatures.setdefault(signature.sha256, []).append(signature)
        else:
            handed.append(each)
    desk = _Reception(
        offices=offices,
        policy=load(offices.round.policy),
        marks=app.marks,
        now=app.clock(),
        by=by,
        signatures=signatures,
    )
    candidates = [_damaged(desk, path, why) for path, why in spoiled]
    candidates += _in_order([_judged(desk, each) for each in handed])

    async def plan(planning: App) -> list[HandedFile]:
        return await _keep(planning.store, desk, candidates)

    return await app.decide(plan)


async def withdraw(app: App, name: str, by: str, reason: str) -> HandedFile:
    """Take back the file of an office that counts: it has sent none then.

    UserError where it has none, or is not expected.
    """
    offices = read_lower_offices(app.home.root)
    if offices.named(name) is None:
        raise UserError(
            f"{name} is no office of offices.toml: give one of "
            f"{'、'.join(each.name for each in offices.offices)}"
        )
    standing = standing_files(await app.store.handed.of_round(offices.round.name)).get(name)
    if standing is None:
        raise UserError(f"nothing of {name} counts in {offices.round.name}: nothing to withdraw")
    taken_back = replace(
        standing, state=HandedState.WITHDRAWN, reason=reason, received_at=app.clock(), by=by, id=0
    )
    await app.store.handed.add(taken_back, b"")
    return taken_back


def _files(paths: Sequence[Path], offices: LowerOffices) -> Iterator[Path]:
    """The named files; of folders, and without any name of the offices' folders, what is in them."""
    folders = [Path(each.folder) for each in offices.offices if each.folder]
    count = 0
    for path in paths or [each for each in folders if each.is_dir()]:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        for each in inside:
            if path.is_dir() and (each.name.startswith(".") or each.is_dir()):
                continue
            count += 1
            if count > _MOST_FILES:
                raise UserError(f"more than {_MOST_FILES} files at once: name fewer")
            yield each


def _read_all(files: Iterable[Path]) -> tuple[list[SentDocument], list[tuple[Path, str]]]:
    documents: list[SentDocument] = []
    spoiled: list[tuple[Path, str]] = []
    for path in files:
        try:
            documents += read_parcel(path)
        except BadFile as fault:
            spoiled.append((path, str(fault)))
    return documents, spoiled


def _damaged(desk: _Reception, path: Path, why: str) -> _Candidate:
    office = office_by_folder(desk.offices, path)
    blank = desk.blank(path.name)
    return _Candidate(replace(blank, office=office.name if office else "", reason=why))


def _judged(desk: _Reception, sent: SentDocument) -> _Candidate:
    """Whose the document is, and whether it holds by itself."""
    blank = desk.blank(sent.name, sha256=sent.sha256, size=len(sent.body))
    office, signature, why = sender_of(
        sent, desk.offices, desk.signatures.get(sent.sha256, ()), desk.now
    )
    if office is not None:
        blank = replace(
            blank,
            office=office.name,
            key=signature.key if signature else "",
            signed_at=signature.signed_at if signature else None,
        )
    try:
        document = read_handoff(sent.body)
    except UnacceptableHandoff as refused:
        return _Candidate(replace(blank, reason=str(refused)))
    told = _with_facts(blank, document)
    if office is None or why:
        return _Candidate(replace(told, reason=why))
    expected = desk.expectation(office)
    if faults := check(document, expected):
        more = [f"等共{len(faults)}处"] if len(faults) > _TOLD else []
        return _Candidate(replace(told, reason="；".join([*faults[:_TOLD], *more])))
    remarks = "；".join(remarks_on(document, expected))
    return _Candidate(replace(told, state=HandedState.ACCEPTED, reason=remarks), sent.body)


_TOLD = 5
"""So many faults of one file are named."""


def _with_facts(file: HandedFile, document: Handoff) -> HandedFile:
    notice = document.notice
    as_of = document.sweep.as_of
    return replace(
        file,
        as_of=as_of if as_of.tzinfo else None,
        notice=notice.number if notice else "",
        issued_on=notice.issued_on if notice else None,
        version=notice.version if notice else 0,
    )


def _in_order(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Older versions before newer ones. Of one office two that nothing orders are refused."""
    unordered: dict[tuple[object, ...], set[str]] = {}
    for each in candidates:
        if each.file.state is HandedState.ACCEPTED and each.file.signed_at is None:
            unordered.setdefault((each.file.office, each.file.rank), set()).add(each.file.sha256)
    found = [
        _Candidate(replace(each.file, state=HandedState.REFUSED, reason=_TWO))
        if each.file.signed_at is None
        and len(unordered.get((each.file.office, each.file.rank), ())) > 1
        and each.file.state is HandedState.ACCEPTED
        else each
        for each in candidates
    ]
    oldest = (
        datetime.min.replace(tzinfo=beijing(found[0].file.received_at).tzinfo) if found else None
    )
    return sorted(found, key=lambda each: (each.file.rank, each.file.signed_at or oldest))


async def _keep(
    store: Store, desk: _Reception, candidates: Sequence[_Candidate]
) -> list[HandedFile]:
    """Append what is new, in the order of the candidates; what came of each that is new."""
    known = await store.handed.of_round(desk.offices.round.name)
    said: list[HandedFile] = []
    for each in candidates:
        if _stands_already(known, each.file):
            continue
        file = _against(known, each.file)
        before = next((k for k in reversed(known) if _is_same(k, file)), None)
        if before is not None and (before.state, before.reason) == (file.state, file.reason):
            continue
        await store.handed.add(file, each.body)
        known.append(file)
        said.append(file)
    return said


def _stands_already(known: list[HandedFile], file: HandedFile) -> bool:
    standing = standing_files(known).get(file.office)
    return (
        file.state is HandedState.ACCEPTED
        and standing is not None
        and standing.sha256 == file.sha256
    )


def _is_same(one: HandedFile, other: HandedFile) -> bool:
    same_bytes = one.sha256 == other.sha256 and (bool(one.sha256) or one.file == other.file)
    return same_bytes and one.office == other.office


def _against(known: list[HandedFile], file: HandedFile) -> HandedFile:
    """The file beside what its office sent before: an older version changes nothing."""
    if file.state is not HandedState.ACCEPTED:
        return file
    standing = standing_files(known).get(file.office)
    if standing is None:
        return file
    earlier = next(
        (k for k in known if k.state is HandedState.ACCEPTED and _is_same(k, file)), None
    )
    if file.is_older_than(standing):
        words = "早于已接收的版本，未采用"
    elif earlier is not None and not _is_newly_signed(file, standing):
        day = chinese_day(day_of(earlier.received_at))
        words = f"与{day}接收、其后已被替换的版本相同，未采用"
    else:
        return replace(
            file, reason="；".join(filter(None, [_replacing(file, standing), file.reason]))
        )
    return replace(file, state=HandedState.OLDER, reason=words)


def _is_newly_signed(file: HandedFile, standing: HandedFile) -> bool:
    """Whether its office signed it after what counts now: then it means to go back to it."""
    if file.signed_at is None or standing.signed_at is None:
        return False
    return file.signed_at > standing.signed_at


def _replacing(file: HandedFile, standing: HandedFile) -> str:
    """What to mind where one version takes the place of another."""
    day = chinese_day(day_of(standing.received_at))
    if file.notice and file.notice == standing.notice and file.version == standing.version:
        return f"替换{day}接收的文件，两者同为{file.notice}第{file.version}版而内容不同"
    if file.notice and file.notice == standing.notice:
        return f"{file.notice}第{file.version}版，替换{day}接收的第{standing.version}版"
    return f"替换{day}接收的文件"
