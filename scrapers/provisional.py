"""暂用标识 in a look: which surfaces it leads to an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mediawatch.domain import Account, Sight
from scrapers.surface import Surface


def is_needless(surface: Surface, account: Account) -> bool:
    """Whether a search need not be asked: what it found for the name stands."""
    return surface.finds_ids and account.provisional is not None


def is_led_by_name(surface: Surface, account: Account, own: Sequence[Sight]) -> bool:
    """Whether nothing but the 暂用标识 leads this surface to the account.

    What else leads to it is a filed value, a link, or what such a one has shown in this look (`own`).
    """
    if account.provisional is None:
        return False
    bare = without_id(account)
    return not surface.applies(bare) or surface.given_earlier(bare, own) is None


def without_id(account: Account) -> Account:
    """The account as it is filed: what its own surfaces are asked about."""
    return replace(account, provisional=None) if account.provisional else account


def on_own_ground(
    sights: Sequence[Sight], account: Account, surfaces: Sequence[Surface]
) -> list[Sight]:
    """The sights that no search for the name led to.

    Where nothing but the name is filed, an id that a search shows leads on as a 暂用标识 or not at
    all: the hit may be a homonym's. Nor of an account that was taken for this one by mistake.
    """
    searches = {each.name for each in surfaces if each.finds_ids}
    named = account.filed.identity.only_named
    return [
        sight
        for sight in sights
        if not sight.provisional
        and not (named and sight.surface in searches)
        and not account.disowns(sight.platform_id, sight.original_id)
    ]
