"""The id that a search of a look has found for a name: it leads the rest of the look. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mediawatch.domain.accounts import Account
from mediawatch.domain.clock import day_of
from mediawatch.domain.identity import contradicts
from mediawatch.domain.provisional import ProvisionalId
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
    if id in account.disowned or any(
        each.matched_by and contradicts(each.platform_id, each.original_id, id, account.platform)
        for each in sights
    ):
        return account
    provisional = ProvisionalId.of_hit(account.id, found.name_hit, day_of(found.read_at))
    return replace(account, provisional=provisional)
