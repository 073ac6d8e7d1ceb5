"""关停台账: steps are noted by people, and read together with what the registry and looks show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from mediawatch.app.root import App
from mediawatch.domain import (
    PLATFORM_LABELS,
    Account,
    AccountChange,
    Capture,
    ClosureNote,
    ClosureStep,
    EvidenceKind,
    FiledStatus,
    UserError,
)
from mediawatch.domain.clock import day_of
from mediawatch.inputs import InputFault, read_bytes
from mediawatch.registry.closures import ClosureEntry, ClosureFacts, ledger, standing_notes
from mediawatch.registry.find import find_account
from mediawatch.rules.policy import load
from mediawatch.workbooks.images import is_our_code, media_type

_MOST = 20_000_000
"""Bytes of a proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureRequest:
    """A step of an account, as somebody notes it. `on` None takes an earlier note back."""

    account: str
    step: ClosureStep
    by: str
    on: date | None = None
    approver: str = ""
    link: str = ""
    file: Path | None = None
    reason: str = ""


async def note_closure(app: App, request: ClosureRequest) -> tuple[Account, ClosureNote | None]:
    """Note a step with its proof; None where the same is noted already.

    UserError where a day or a name is missing, and where a note changes without a reason.
    """
    account = find_account(await app.store.accounts.all(include_retired=True), request.account)
    noted = [each for each in await app.store.accounts.closures() if each.account_id == account.id]
    before = standing_notes(noted).get(request.step)
    note = ClosureNote(
        account_id=account.id,
        step=request.step,
        on=request.on,
        approver=request.approver.strip(),
        link=request.link.strip(),
        reason=request.reason.strip(),
        by=request.by.strip(),
        at=app.clock(),
    )
    _refuse(note, before, day_of(app.clock()))
    if request.file is not None:
        note = replace(note, proof=await app.evidence.file(read_proof(request.file, app.clock())))
    elif before and before.on == note.on:
        note = replace(note, proof=before.proof)
    if before and _said(before) == _said(note):
        return account, None
    if before and not note.reason:
        raise UserError(
            f"{request.step.label} of {account.filed.name} is noted already ({before.on}, by "
            f"{before.by}): --reason says why that changes"
        )
    await app.store.accounts.add_closures([note])
    return account, note


def _said(note: ClosureNote) -> tuple[date | None, str, str, str]:
    return note.on, note.approver, note.link, note.proof.sha256 if note.proof else ""


def _refuse(note: ClosureNote, before: ClosureNote | None, today: date) -> None:
    if not note.by:
        raise UserError("a step needs the name of who notes it (--by)")
    if note.on is None and (before is None or not note.reason):
        raise UserError(
            f"{note.step.label} is not noted: there is nothing to take back"
            if before is None
            else "taking a note back needs --reason"
        )
    if note.on and note.on > today:
        raise UserError(f"--on {note.on} is still to come: note the step when it was taken")
    approved = note.step is ClosureStep.APPROVAL
    if note.on and approved and not note.approver:
        raise UserError("an approval needs --approver: which body or person gave it")
    if note.approver and not approved:
        raise UserError("--approver belongs to --step approval")
    if note.link and note.step is not ClosureStep.ANNOUNCEMENT:
        raise UserError("--link belongs to --step announcement; proofs are files (--file)")
    if note.link and not note.link.startswith(("http://", "https://")):
        raise UserError(f"--link {note.link}: give the address from http:// or https:// on")


def read_proof(file: Path, now: datetime) -> Capture:
    """A proof that a person names, for the evidence folder.

    UserError for anything but a PDF or a whole picture.
    """
    try:
        body = read_bytes(file, _MOST)
    except InputFault as fault:
        raise UserError(str(fault)) from None
    kind = media_type(body)
    if body.startswith(b"%PDF-") and b"%%EOF" in body[-2048:]:
        kind = "application/pdf"
    if not kind or is_our_code(body):
        raise UserError(f"{file} is no whole PDF, PNG, JPEG or WebP: name the proof itself")
    return Capture(kind=EvidenceKind.PICTURE, media_type=kind, body=body, taken_at=now)


async def closure_ledger(app: App) -> list[ClosureEntry]:
    """The ledger as it stands now, in the order of the registry."""
    store = app.store
    notes: dict[int, list[ClosureNote]] = defaultdict(list)
    for note in await store.accounts.closures():
        notes[note.account_id].append(note)
    accounts = [
        each
        for each in await store.accounts.all(include_retired=True)
        if each.id in notes
        or (each.retired_on is None and each.filed.status is not FiledStatus.RUNNING)
    ]
    ids = [each.id for each in accounts]
    readings = await store.readings.by_account(ids) if ids else {}
    changes: dict[int, list[AccountChange]] = defaultdict(list)
    for change in await store.accounts.changes() if ids else ():
        changes[change.account_id].append(change)
    since = await _filed_since(app, {each.id for each in accounts if _came_closed(each, changes)})
    known = [
        ClosureFacts(
            account=each,
            notes=notes.get(each.id, ()),
            changes=changes.get(each.id, ()),
            filed_since=since.get(each.id),
            readings=readings.get(each.id, ()),
        )
        for each in accounts
    ]
    policy = load(app.settings.sweep.policy)
    return ledger(known, policy, app.surface_labels(PLATFORM_LABELS), day_of(app.clock()))


def _came_closed(account: Account, changes: dict[int, list[AccountChange]]) -> bool:
    """Whether no change of its filing closed it: it came into the registry as closed."""
    moved = any(change.field == "status" for change in changes.get(account.id, ()))
    return not moved and not account.filed.in_service


async def _filed_since(app: App, wanted: Collection[int]) -> dict[int, date]:
    """The days of the imports that brought these accounts."""
    found: dict[int, date] = {}
    for source, kind in await app.store.accounts.sources() if wanted else ():
        if kind == "registry" and len(found) < len(wanted):
            for number in await app.store.accounts.added_by(source):
                if number in wanted:
                    found[number] = day_of(source.at)
    return found
