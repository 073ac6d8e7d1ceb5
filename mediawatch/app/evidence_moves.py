"""The evidence of a home on its way to another place."""

from __future__ import annotations

import asyncio

from pydantic import ValidationError

from mediawatch.app import wiring
from mediawatch.app.root import App
from mediawatch.domain import UserError
from mediawatch.ops.evidence import take_place
from mediawatch.ops.evidence.moving import MoveCount, copy_evidence, refuse_same
from mediawatch.ops.evidence.places import owner_of
from mediawatch.ops.retention import kept_portions, pruned_paths
from mediawatch.ops.settings.tree import EvidenceSettings


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
        take_place(new, home_id)
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
        if owner_of(place) or any(True for _ in place.files()):
            return ""
        take_place(place, home_id)
        return place.label

    return await asyncio.to_thread(take)
