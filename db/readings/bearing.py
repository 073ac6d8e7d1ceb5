"""How one reading bears on one account as it is filed now. Pure.

Its own readings, and those of other filings of the same account.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mediawatch.domain import FiledIdentity, Reading, of_identity, of_twin


@dataclass(frozen=True, slots=True)
class Bearing:
    """What one reading comes to for one account. Its `account_id` is that account's."""

    said: Reading | None
    """What it says about the identity filed now."""
    whole: Reading | None
    """The whole of it, where it was a look at the account as it is filed now.

    Then another id that it shows speaks of that account, too.
    """

    @property
    def look(self) -> Reading | None:
        """What moves due dates: a look for the account as filed now, even one that shows nothing of
        it.
        """
        return self.said or self.whole


def bearing(reading: Reading, account_id: int, now: FiledIdentity) -> Bearing:
    own = reading.account_id == account_id
    said = of_identity(reading, now) if own else of_twin(reading, now)
    if said is not None and not own:
        said = replace(said, account_id=account_id)
    return Bearing(said, reading if own and _looked_for(reading.filed_as, now) else said)


def _looked_for(taken: FiledIdentity | None, now: FiledIdentity) -> bool:
    """Whether a look that was made for the one was made for the other."""
    if taken is None or (taken.platform, taken.platform_id, taken.original_id) != (
        now.platform,
        now.platform_id,
        now.original_id,
    ):
        return False
    return now.has_id or taken.name == now.name
