"""The frozen scope of a sweep, with the judgements kept so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, bindparam, exists, select

from db.accounts.provisional import disowned_of, ever, standing_of
from db.accounts.store import learned_links
from db.base import rows, table
from db.mapping.accounts import account_of, filed_of, filings_of
from db.mapping.sweeps import finding_of, judgement_of
from db.models import (
    AccountLinkRow,
    AccountStateRow,
    FindingReadingRow,
    FindingRow,
    ProvisionalIdRow,
    ReadingRow,
    SweepAccountRow,
    SweepRow,
)
from db.types import portions
from mediawatch.domain import Account, Finding, LookKind, SweepAccount, SweepState

_ITS = SweepAccountRow.account_id
# Made once: it runs before all ordered looks.
_FROZEN = (
    rows(SweepAccountRow)
    .add_columns(
        exists().where(AccountLinkRow.account_id == _ITS).label("has_links"),
        exists().where(ProvisionalIdRow.account_id == _ITS).label("has_found_ids"),
    )
    .join_from(SweepAccountRow, SweepRow, SweepRow.id == SweepAccountRow.sweep_id)
    .where(
        SweepAccountRow.sweep_id == bindparam("sweep"),
        _ITS.in_(bindparam("accounts", expanding=True)),
        SweepRow.state == SweepState.RUNNING,
        ~exists().where(
            ReadingRow.account_id == _ITS,
            ReadingRow.sweep_id == bindparam("sweep"),
            ReadingRow.look == bindparam("look", type_=table(ReadingRow).c.look.type),
        ),
    )
)


def scope_of(
    conn: Connection, sweep_id: int, account_ids: Collection[int] | None = None
) -> list[SweepAccount]:
    """Filed values as frozen; article links learned since then are added, for they help to look."""
    findings, column = findings_of(conn, sweep_id), SweepAccountRow.account_id
    if account_ids is not None:
        meant = [column.in_(portion) for portion in portions(sorted(account_ids))]
    else:
        # In portions, too: the rows of a nation take more memory than its accounts.
        of_sweep = select(column).where(SweepAccountRow.sweep_id == sweep_id).order_by(column)
        meant = [
            column.between(portion[0], portion[-1])
            for portion in portions(conn.scalars(of_sweep).all())
        ]
    return [entry for some in meant for entry in _entries(conn, sweep_id, findings, some)]


def frozen_accounts(
    conn: Connection, sweep_id: int, account_ids: Collection[int], before: LookKind | None = None
) -> dict[int, Account]:
    """A few accounts of a running sweep, as `scope_of` gives them; those that it lacks are left out.

    `before`: those are left out, too, of which the sweep has such a look. It costs as much in a
    sweep of a hundred thousand as in one of ten.
    """
    key = {"sweep": sweep_id, "accounts": [*account_ids], "look": before}
    found = {row.account_id: row for row in conn.execute(_FROZEN, key)}
    # Most accounts have neither: then one statement does.
    linked = [number for number, row in found.items() if row.has_links]
    led = [number for number, row in found.items() if row.has_found_ids]
    links = learned_links(conn, AccountLinkRow.account_id.in_(linked)) if linked else {}
    known = ever(conn, ProvisionalIdRow.account_id.in_(led)) if led else {}
    filed = {number: filed_of(row) for number, row in found.items()}
    identities = {number: filed[number].identity for number in known}
    disowned = disowned_of(conn, known, identities) if known else {}
    return {
        number: account_of(
            number,
            filed[number],
            row.retired_on,
            links.get(number, ()),
            standing_of(known.get(number, ())),
            disowned.get(number, frozenset()),
        )
        for number, row in found.items()
    }


def _entries(
    conn: Connection,
    sweep_id: int,
    findings: dict[int, list[tuple[int, Finding]]],
    some: ColumnElement[bool],
) -> list[SweepAccount]:
    meant = SweepAccountRow.sweep_id == sweep_id, some
    links = learned_links(
        conn, AccountLinkRow.account_id.in_(select(SweepAccountRow.account_id).where(*meant))
    )
    known = ever(
        conn,
        ProvisionalIdRow.account_id.in_(select(SweepAccountRow.account_id).where(*meant)),
    )
    state = AccountStateRow.account_id == SweepAccountRow.account_id
    wanted = rows(SweepAccountRow).add_columns(AccountStateRow.news)
    wanted = wanted.join_from(SweepAccountRow, AccountStateRow, state)
    wanted = wanted.where(*meant).order_by(SweepAccountRow.account_id)
    found = conn.execute(wanted).all()
    filings = filings_of(found)
    filed = {
        row.account_id: each.identity
        for row, each in zip(found, filings, strict=True)
        if row.account_id in known
    }
    disowned = disowned_of(conn, {key: known[key] for key in filed}, filed)
    return [
        SweepAccount(
            sweep_id=sweep_id,
            account=account_of(
                row.account_id,
                each,
                row.retired_on,
                links.get(row.account_id, ()),
                standing_of(known.get(row.account_id, ())),
                disowned.get(row.account_id, frozenset()),
            ),
            judgement=judgement_of(
                row, [finding for _, finding in findings.get(row.account_id, ())]
            ),
            news=row.news,
            judged_news=row.judged_news,
        )
        for row, each in zip(found, filings, strict=True)
    ]


def findings_of(conn: Connection, sweep_id: int) -> dict[int, list[tuple[int, Finding]]]:
    """Findings with their keys by account, in the judgement's order."""
    proofs: dict[int, list[int]] = defaultdict(list)
    wanted = (
        rows(FindingReadingRow)
        .join_from(FindingReadingRow, FindingRow)
        .where(FindingRow.sweep_id == sweep_id)
    )
    for row in conn.execute(
        wanted.order_by(FindingReadingRow.finding_id, FindingReadingRow.position)
    ):
        proofs[row.finding_id].append(row.reading_id)
    found: dict[int, list[tuple[int, Finding]]] = defaultdict(list)
    of_sweep = (
        rows(FindingRow)
        .where(FindingRow.sweep_id == sweep_id)
        .order_by(FindingRow.account_id, FindingRow.position)
    )
    for row in conn.execute(of_sweep):
        found[row.account_id].append((row.id, finding_of(row, proofs.get(row.id, ()))))
    return found
