"""What a sweep is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mediawatch.domain import Account
from mediawatch.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for. `as_of` None means now, or that of the unfinished sweep which is continued."""

    policy: Policy
    as_of: datetime | None = None
    platforms: tuple[str, ...] = ()
    account_ids: tuple[int, ...] = ()
    again: bool = False
    second_look_after: timedelta = timedelta(minutes=30)
    concurrency: int = 4

    @property
    def scope(self) -> str:
        """The scope in words: what makes two sweeps equal besides as_of, policy and kind."""
        parts = [f"platform={name}" for name in sorted(self.platforms)]
        parts += [f"account={number}" for number in sorted(self.account_ids)]
        return " ".join(parts) or "all"

    def wants(self, account: Account) -> bool:
        """Whether the account is in scope."""
        return (not self.platforms or account.platform in self.platforms) and (not self.account_ids or account.id in self.account_ids)
