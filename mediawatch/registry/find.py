"""Which account a person means by what they typed."""

from __future__ import annotations

from collections.abc import Sequence

from mediawatch.domain import Account, UserError


def find_account(accounts: Sequence[Account], text: str) -> Account:
    """The one account with this filing number, platform id or gh_ id, name or alias, or our own id, tried in that order.

    UserError when nothing matches, or when several accounts do.
    """
    for level in range(4):
        found = [account for account in accounts if text and text in _keys(account)[level]]
        in_service = [account for account in found if account.retired_on is None]
        if len(found) == 1 or len(in_service) == 1:
            return (in_service or found)[0]
        if found:
            listed = "; ".join(f"{one.id} {one.filed.name} ({one.filed.type} {one.filed.filing_number})" for one in found[:9])
            raise UserError(f"{text!r} means {len(found)} accounts: {listed}; give the filing number, or the id that stands first")
    raise UserError(f"no account {text!r} in the registry: give its filing number, exact name, platform id or gh_ id")


def _keys(account: Account) -> tuple[tuple[str, ...], ...]:
    filed = account.filed
    return (filed.filing_number,), (filed.platform_id, filed.original_id), (filed.name, filed.alias), (str(account.id),)
