"""What is kept of a merged double, and serves the account that stays from then on.

Readings, links, hints and the contact go by their own ways (`registry.merge`). What stays with the
double is its past: changes of its filing, sweeps, findings and notices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection, insert, update

from db.accounts.closures import add_closures, closures
from db.accounts.identities import identity
from db.accounts.provisional import end_standing, ever, standing_of
from db.accounts.provisional_filings import release_taken
from db.accounts.refusals import add_refusals, refusals
from db.accounts.remarks import add_remarks, remarks
from db.mapping.accounts import provisional_values
from db.models import LinkReceiptRow, ProvisionalIdRow
from mediawatch.domain import ProvisionalId, bears_any
from mediawatch.domain.clock import day_of


def carry_over(conn: Connection, keep: int, dropped: Sequence[int], at: datetime) -> None:
    """Let what was kept for the doubles serve `keep`. What follows from readings is made anew then."""
    # A link came in once: it is the one account's now.
    of_them = update(LinkReceiptRow).where(LinkReceiptRow.account_id.in_(dropped))
    conn.execute(of_them.values(account_id=keep))
    said = [each for each in remarks(conn) if each.account_id in dropped]
    add_remarks(conn, [replace(each, account_id=keep) for each in said])
    noted = [each for each in closures(conn) if each.account_id in dropped]
    add_closures(conn, [replace(each, account_id=keep) for each in noted])
    found = ever(conn, ProvisionalIdRow.account_id.in_(dropped))
    for number in dropped:
        for each in found.get(number, ()):
            _carry_id(conn, replace(each, account_id=keep), day_of(at))
    refused = [each for each in refusals(conn) if each.account_id in dropped]
    add_refusals(conn, [replace(each, account_id=keep) for each in refused])
    release_taken(conn)


def _carry_id(conn: Connection, found: ProvisionalId, day: date) -> None:
    """What was found under the double's name was found under the account's.

    What was taken back there stands here no longer.
    """
    now = identity(conn, found.account_id)
    own = ever(conn, ProvisionalIdRow.account_id == found.account_id).get(found.account_id, [])
    alike = [each for each in own if bears_any([each.value], [found.value], now.platform)]
    standing = standing_of(alike)
    if found.ended_on is None:
        if standing_of(own) or not now.only_named or any(each.why for each in alike):
            return
    elif standing and found.why and found.why.bars and not found.why.may_return:
        end_standing(conn, {found.account_id: found.why}, day)
        return
    elif standing or any(each.why is found.why for each in alike):
        return
    conn.execute(insert(ProvisionalIdRow).values(provisional_values(found)))
