"""Hand-offs of lower offices come in: whose each is, whether it holds, and which one counts."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mediawatch.app.handed_versions import HandedCandidate, files_of_round, keep_files
from mediawatch.app.root import App
from mediawatch.app.senders import office_by_folder, sender_of
from mediawatch.app.wiring import DEMONSTRATION
from mediawatch.domain import HandedFile, HandedState, UserError, standing_files
from mediawatch.domain.clock import beijing, day_of
from mediawatch.ops.settings.lower_offices import LowerOffice, LowerOffices, read_lower_offices
from mediawatch.ops.signing import HandoffSignature, read_signature
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reception:
    """What holds for all files that come in at once."""

    offices: LowerOffices
    policy: Policy
    marks: tuple[str, ...]
    now: datetime
    by: str
    signatures: Mapping[str, Sequence[HandoffSignature]]
    stray: frozenset[Path]
    """Archives and folders with a signature that is of no document at hand."""

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

    def has_stray(self, path: Path) -> bool:
        return not self.stray.isdisjoint({path, path.parent})

    def expectation(self, office: LowerOffice, signed_at: datetime | None) -> Expectation:
        return Expectation(
            office=office.name,
            span=self.offices.round.span,
            policy=self.policy,
            own_rules=office.own_rules,
            demonstration=DEMONSTRATION,
            marks=self.marks,
            received_on=day_of(self.now),
            signed_at=signed_at,
        )


async def receive(app: App, paths: Sequence[Path], by: str, again: str = "") -> list[HandedFile]:
    """Take in files, or without any what lies in the offices' folders; what came of each.

    A file that counts, or was told as older before, is left out; one that was refused, or that a
    person withdrew, is told again. `again`: why a withdrawn one is taken nevertheless. UserError
    where there is nothing to read, or `offices.toml` cannot be read.
    """
    offices = read_lower_offices(app.home.root)
    files = list(_files(paths, offices))
    if not files:
        raise UserError(
            "there is no file to take in: name files, or put them into the folders of offices.toml"
        )
    documents, spoiled = await asyncio.to_thread(_read_all, files)
    signatures: dict[str, list[HandoffSignature]] = {}
    signature_files: list[tuple[Path, str]] = []
    handed: list[SentDocument] = []
    for each in documents:
        if (signature := read_signature(each.body)) is not None:
            signatures.setdefault(signature.sha256, []).append(signature)
            signature_files.append((each.path, signature.sha256))
        else:
            handed.append(each)
    desk = _Reception(
        offices=offices,
        policy=load(offices.round.policy),
        marks=app.marks,
        now=app.clock(),
        by=by,
        signatures=signatures,
        stray=_stray_places(signature_files, handed),
    )
    damaged = [_damaged(desk, path, why) for path, why in spoiled]
    judged = [_judged(desk, each) for each in handed]

    async def plan(planning: App) -> list[HandedFile]:
        taken = {
            (each.office, each.sha256)
            for each in await files_of_round(planning.store, offices)
            if each.state is not HandedState.REFUSED
        }
        candidates = [*damaged, *_in_order(judged, taken)]
        return await keep_files(planning.store, offices, candidates, again)

    return await app.decide(plan)


def _stray_places(
    signed: Sequence[tuple[Path, str]], handed: Sequence[SentDocument]
) -> frozenset[Path]:
    at_hand = {each.sha256 for each in handed}
    paths = [path for path, sha256 in signed if sha256 not in at_hand]
    return frozenset(place for path in paths for place in (path, path.parent))


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
    standing = standing_files(await files_of_round(app.store, offices)).get(name)
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


def _damaged(desk: _Reception, path: Path, why: str) -> HandedCandidate:
    office = office_by_folder(desk.offices, path)
    blank = desk.blank(path.name)
    return HandedCandidate(replace(blank, office=office.name if office else "", reason=why))


def _judged(desk: _Reception, sent: SentDocument) -> HandedCandidate:
    """Whose the document is, and whether it holds by itself."""
    blank = desk.blank(sent.name, sha256=sent.sha256, size=len(sent.body))
    office, signature, why = sender_of(
        sent,
        desk.offices,
        desk.signatures.get(sent.sha256, ()),
        desk.now,
        desk.has_stray(sent.path),
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
        return HandedCandidate(replace(blank, reason=str(refused)))
    told = _with_facts(blank, document)
    if office is None or why:
        return HandedCandidate(replace(told, reason=why))
    expected = desk.expectation(office, blank.signed_at)
    if faults := check(document, expected):
        more = [f"等共{len(faults)}处"] if len(faults) > _TOLD else []
        return HandedCandidate(replace(told, reason="；".join([*faults[:_TOLD], *more])))
    remarks = "；".join(remarks_on(document, expected))
    return HandedCandidate(replace(told, state=HandedState.ACCEPTED, reason=remarks), sent.body)


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


def _in_order(
    candidates: Sequence[HandedCandidate], taken: Collection[tuple[str, str]]
) -> list[HandedCandidate]:
    """Older versions before newer ones. Of one office two new ones that nothing orders are refused.

    `taken`: (office, SHA-256) of what was taken before. It came before what is new beside it.
    """

    def is_new(each: HandedCandidate) -> bool:
        return (each.file.office, each.file.sha256) not in taken

    unordered: dict[tuple[object, ...], set[str]] = {}
    for each in candidates:
        if each.file.state is HandedState.ACCEPTED and each.file.signed_at is None and is_new(each):
            unordered.setdefault((each.file.office, each.file.rank), set()).add(each.file.sha256)
    found = [
        HandedCandidate(replace(each.file, state=HandedState.REFUSED, reason=_TWO))
        if each.file.signed_at is None
        and is_new(each)
        and len(unordered.get((each.file.office, each.file.rank), ())) > 1
        and each.file.state is HandedState.ACCEPTED
        else each
        for each in candidates
    ]
    oldest = (
        datetime.min.replace(tzinfo=beijing(found[0].file.received_at).tzinfo) if found else None
    )
    return sorted(
        found, key=lambda each: (each.file.rank, each.file.signed_at or oldest, is_new(each))
    )
