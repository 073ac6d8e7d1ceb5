"""Whose a place of evidence is, and the evidence of a home on its way to another one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from itertools import islice

from pydantic import ValidationError

from mediawatch.app import wiring
from mediawatch.app.root import App
from mediawatch.domain import UserError
from mediawatch.ops.evidence import DiskPlace, EvidenceFolder, EvidencePlace, take_place
from mediawatch.ops.evidence.known_places import known_number, note_number
from mediawatch.ops.evidence.moving import MoveCount, copy_evidence, refuse_same
from mediawatch.ops.evidence.places import (
    NoteNumber,
    mark_in,
    mark_own,
    require_home,
    require_owner,
    take_again,
)
from mediawatch.ops.retention import FEW_STRAYS, all_are_strays, kept_portions, pruned_paths
from mediawatch.ops.settings.tree import EvidenceSettings

_COMPARED = 1_000
"""Files of a place without a mark that are looked for in the database."""


async def move_evidence(app: App, to: str) -> MoveCount:
    """Copy the evidence there, and note in that place whose it is. The settings stay as they are.

    UserError where it is no place, or another home's, or where one of the two fails.
    """
    try:
        EvidenceSettings(place=to)
    except ValidationError as error:
        raise UserError(f"--to: {error.errors()[0]['msg'].removeprefix('Value error, ')}") from None
    if not to:
        raise UserError("--to needs a place: the full path of a folder, or s3://BUCKET/PREFIX")
    new = wiring.evidence_place(app.settings, to)
    refuse_same(app.evidence, new)
    hashes: dict[str, str] = {}
    async for portion in kept_portions(app.store):
        hashes |= {each.evidence.path: each.evidence.sha256 for each in portion}
    home_id = await app.store.operator.home_id()

    def copy() -> MoveCount:
        _take(app, new, home_id)
        return copy_evidence(app.evidence, new, hashes, pruned_paths(app.evidence))

    return await asyncio.to_thread(copy)


async def take_first_place(app: App) -> str:
    """Take the empty place that the settings name, for a database that has kept no evidence yet.

    Returns the place, "" where nothing was to be taken. UserError where the place fails.
    """
    chosen = app.settings.evidence.place
    if not chosen:
        return ""
    async for portion in kept_portions(app.store):
        if portion:
            return ""
    place = wiring.evidence_place(app.settings, chosen)
    home_id = await app.store.operator.home_id()

    def take() -> str:
        place.prepare()
        if mark_in(place) or any(True for _ in place.files()):
            return ""
        _take(app, place, home_id)
        return place.label

    return await asyncio.to_thread(take)


async def settle_own_folder(app: App, *, dry_run: bool = False) -> None:
    """See that the home's own evidence folder is its own, and mark it where it has no mark yet.

    UserError where it bears another home's mark, or has none and only files that no reading of this
    database names. A shared place is compared where it is first used.
    """
    if app.settings.evidence.place:
        return
    place, home_id = DiskPlace(app.home.evidence), await app.store.operator.home_id()
    if mark := await asyncio.to_thread(mark_in, place):
        require_home(place, mark, home_id)
        return
    await _refuse_strays(app, place)
    if not dry_run:
        with suppress(UserError, OSError):  # A home that is only read stays as it is.
            await asyncio.to_thread(mark_own, place, home_id)


async def take_evidence(app: App) -> str:
    """Make the place that the settings name this home's where it is now; returns it.

    UserError where it is another home's, and where all its files are strays.
    """
    chosen = app.settings.evidence.place
    place = wiring.evidence_place(app.settings, chosen) if chosen else DiskPlace(app.home.evidence)
    await _refuse_strays(app, place)
    home_id = await app.store.operator.home_id()
    if chosen:
        await asyncio.to_thread(take_again, place, home_id, _noting(app, place))
    else:
        await asyncio.to_thread(mark_own, place, home_id)
    return place.label


def _take(app: App, place: EvidencePlace, home_id: str) -> None:
    """Take a place that is nobody's. UserError where it is not this folder's then."""
    take_place(place, home_id, _noting(app, place))
    require_owner(place, home_id, known_number(app.home.root, place.location))


def _noting(app: App, place: EvidencePlace) -> NoteNumber:
    return partial(note_number, app.home.root, place.location)


async def _refuse_strays(app: App, place: EvidencePlace) -> None:
    """UserError where the first files of the place are many, and none is of this database."""
    files = EvidenceFolder(place).files()
    some = await asyncio.to_thread(lambda: {each.path for each in islice(files, _COMPARED)})
    if len(some) < FEW_STRAYS:
        return
    async for portion in kept_portions(app.store):
        if any(each.evidence.path in some for each in portion):
            return
    raise all_are_strays(place.label, len(some))
