"""The id that a search has found for a name: where it leads, and what is then seen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mediawatch.domain.accounts import Account
from mediawatch.domain.clock import day_of
from mediawatch.domain.identity import bears_any, contradicts
from mediawatch.domain.outcomes import MatchedBy
from mediawatch.domain.provisional import PROVISIONAL, ProvisionalId
from mediawatch.domain.readings import Sight


def with_found_id(account: Account, sights: Sequence[Sight]) -> Account:
    """The account with the id that a search among these sights found for its name.

    The same object where one stands already, or none was found. Not where the id was disowned, or
    another sight shows another id of the account.
    """
    found = next((sight for sight in sights if sight.name_hit), None)
    if found is None or found.name_hit is None or account.provisional is not None:
        return account
    id = found.name_hit.value
    ids = (id, found.original_id, found.name_hit.alias)
    if bears_any(ids, account.disowned, account.platform) or any(
        each.matched_by and contradicts(each.platform_id, each.original_id, id, account.platform)
        for each in sights
    ):
        return account
    provisional = ProvisionalId.of_hit(account.id, found.name_hit, day_of(found.read_at))
    return replace(account, provisional=provisional)


def as_led_by_name(sight: Sight, account: Account) -> Sight:
    """The sight, tied by name at most and never complete, and marked in its detail."""
    assert account.provisional is not None
    id = account.provisional.value
    return replace(
        sight,
        provisional=id,
        matched_by=MatchedBy.NAME if sight.matched_by else None,
        complete_since=None,
        detail="; ".join(filter(None, (sight.detail, f"依{PROVISIONAL} {id}"))),
    )
