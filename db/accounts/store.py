"""The registry: accounts, their links, their history, imported files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from db.accounts.changes import RegistryRows, add_source, apply_changes, overwrite_deleted
from db.accounts.closures import add_closures, closures
from db.accounts.identities import identities, twins
from db.accounts.merging import carry_over
from db.accounts.news import counters, raise_news
from db.accounts.provisional import disowned_of, ever, standing_of, with_found
from db.accounts.refusals import add_refusals, refusals
from db.accounts.remarks import add_remarks, remarks
from db.accounts.shared_names import SharedNames
from db.base import rows, table
from db.mapping.accounts import account_of, filings_of
from db.models import (
    AccountChangeRow,
    AccountLinkRow,
    AccountRow,
    ContactRow,
    ProvisionalIdRow,
    SourceRow,
)
from db.readings.following import remake
from db.revision import raise_revision
from db.transactions import Aggregate, Transactions, reads, writes, writes_ready
from db.types import PORTION, AnyRow, among, portions
from mediawatch.domain import (
    Account,
    AccountChange,
    ClosureNote,
    Contact,
    Filing,
    FilingRemark,
    ProvisionalId,
    Refusal,
    RegistryChanges,
    Source,
)
from mediawatch.ports import AccountNow, Clock


class SqlAccounts(Aggregate):
    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        super().__init__(transactions)
        self._clock = clock
        self._shared_names = SharedNames()

    @reads
    def all(self, conn: Connection, *, include_retired: bool = False) -> list[Account]:
        wanted = rows(AccountRow).order_by(AccountRow.id)
        if not include_retired:
            wanted = wanted.where(AccountRow.retired_on.is_(None))
        links, known = learned_links(conn), ever(conn)
        # A portion at a time, so that a nation's rows are not held beside what is made of them.
        return [
            account
            for portion in conn.execute(wanted).partitions(PORTION)
            for account in _accounts(conn, portion, links, known)
        ]

    @reads
    def get(self, conn: Connection, account_id: int) -> Account | None:
        found = conn.execute(rows(AccountRow).where(AccountRow.id == account_id)).all()
        links = learned_links(conn, AccountLinkRow.account_id == account_id)
        known = ever(conn, ProvisionalIdRow.account_id == account_id)
        return next(iter(_accounts(conn, found, links, known)), None)

    @reads
    def provisional_ids(self, conn: Connection) -> list[ProvisionalId]:
        return [each for some in ever(conn).values() for each in some]

    @reads
    def current(self, conn: Connection, account_ids: Iterable[int]) -> dict[int, AccountNow]:
        """The counters, and who the accounts are as filed now, at one moment."""
        wanted = sorted(set(account_ids))
        news = counters(conn, wanted)
        filed: dict[int, Filing] = {}
        for portion in portions(wanted):
            of_them = among(conn, AccountRow.id, portion)
            found = conn.execute(select(table(AccountRow)).where(of_them)).all()
            filed |= {row.id: each for row, each in zip(found, filings_of(found), strict=True)}
        who = with_found(conn, {key: each.identity for key, each in filed.items()})
        who |= self._shared_names.mark(conn, filed, who)
        return {
            key: AccountNow(news=news.get(key, 0), identity=who[key], opened_on=each.opened_on)
            for key, each in filed.items()
        }

    @reads
    def news(self, conn: Connection, account_ids: Iterable[int]) -> dict[int, int]:
        return counters(conn, set(account_ids))

    @reads
    def names_in_service(self, conn: Connection) -> list[tuple[int, str, str]]:
        wanted = select(AccountRow.id, AccountRow.platform, AccountRow.name)
        in_service = wanted.where(AccountRow.retired_on.is_(None))
        return [(row[0], row[1], row[2]) for row in conn.execute(in_service)]

    @reads
    def twins(self, conn: Connection, account_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """An account that is filed once has no entry."""
        found = twins(conn, identities(conn, account_ids))
        return {key: tuple(others) for key, others in found.items()}

    def _as_rows(self, changes: RegistryChanges) -> RegistryRows:
        return RegistryRows.of(changes, self._transactions.engine.dialect)

    @writes_ready(_as_rows)
    def apply(self, conn: Connection, changes: RegistryRows) -> None:
        """Retiring notes the file and its Beijing day.

        Updating a retired account brings it back in scope.

        Both are history.
        """
        raise_revision(conn)
        apply_changes(conn, changes)

    @reads
    def changes(self, conn: Connection, account_id: int | None = None) -> list[AccountChange]:
        row = AccountChangeRow
        wanted = select(
            row.account_id, row.field, row.old, row.new, SourceRow.at, SourceRow.file
        ).join_from(row, SourceRow)
        if account_id is not None:
            wanted = wanted.where(row.account_id == account_id)
        return [
            AccountChange(*values) for values in conn.execute(wanted.order_by(SourceRow.at, row.id))
        ]

    @reads
    def added_by(self, conn: Connection, source: Source) -> list[int]:
        of_source = (
            SourceRow.at == source.at,
            SourceRow.file == source.file,
            SourceRow.sha256 == source.sha256,
        )
        return list(
            conn.scalars(
                select(AccountRow.id)
                .join_from(AccountRow, SourceRow, AccountRow.source_id == SourceRow.id)
                .where(*of_source)
            )
        )

    @writes
    def add_source(self, conn: Connection, source: Source, kind: str) -> None:
        raise_revision(conn)
        add_source(conn, source, kind)

    @reads
    def sources(self, conn: Connection) -> list[tuple[Source, str]]:
        found = conn.execute(rows(SourceRow).order_by(SourceRow.at, SourceRow.id))
        return [(Source(file=row.file, sha256=row.sha256, at=row.at), row.kind) for row in found]

    @writes
    def add_refusals(self, conn: Connection, refusals: Sequence[Refusal]) -> None:
        if not refusals:
            return
        raise_revision(conn)
        if moved := add_refusals(conn, refusals):
            remake(conn, moved)
            raise_news(conn, moved)

    @reads
    def refusals(self, conn: Connection) -> list[Refusal]:
        return refusals(conn)

    @writes
    def carry_over(self, conn: Connection, keep: int, dropped: Sequence[int]) -> None:
        raise_revision(conn)
        carry_over(conn, keep, dropped, self._clock())
        remake(conn, [keep])
        raise_news(conn, [keep])

    @writes
    def add_remarks(self, conn: Connection, given: Sequence[FilingRemark]) -> None:
        if given:
            raise_revision(conn)
            add_remarks(conn, given)

    @reads
    def remarks(self, conn: Connection) -> list[FilingRemark]:
        return remarks(conn)

    @writes
    def add_closures(self, conn: Connection, given: Sequence[ClosureNote]) -> None:
        if given:
            raise_revision(conn)
            add_closures(conn, given)

    @reads
    def closures(self, conn: Connection) -> list[ClosureNote]:
        return closures(conn)

    @reads
    def contacts(self, conn: Connection) -> Mapping[int, Contact]:
        found = conn.execute(rows(ContactRow).order_by(ContactRow.account_id))
        return {row.account_id: Contact(person=row.person, phone=row.phone) for row in found}

    @writes
    def delete_contacts(self, conn: Connection) -> int:
        overwrite_deleted(conn)
        return conn.execute(delete(ContactRow)).rowcount

    @writes
    def add_links(
        self, conn: Connection, account_id: int, links: Sequence[str], source: str
    ) -> None:
        """`links` are newest first, as `Account.links` gives them back."""
        wanted = select(AccountLinkRow.url).where(AccountLinkRow.account_id == account_id)
        known = set(conn.scalars(wanted))
        # The first of `links` is the newest: it gets the highest number, by which they are read
        # back.
        new = [link for link in dict.fromkeys(links) if link not in known][::-1]
        if new:
            at = self._clock()
            learned = [
                {"account_id": account_id, "url": link, "source": source, "added_at": at}
                for link in new
            ]
            conn.execute(insert(AccountLinkRow), learned)
            raise_news(conn, [account_id])


def _accounts(
    conn: Connection,
    found: Sequence[AnyRow],
    links: Mapping[int, Sequence[str]],
    known: Mapping[int, Sequence[ProvisionalId]],
) -> list[Account]:
    filings = filings_of(found)
    filed = {
        row.id: each.identity for row, each in zip(found, filings, strict=True) if row.id in known
    }
    disowned = disowned_of(conn, {key: known[key] for key in filed}, filed)
    return [
        account_of(
            row.id,
            each,
            row.retired_on,
            links.get(row.id, ()),
            standing_of(known.get(row.id, ())),
            disowned.get(row.id, frozenset()),
        )
        for row, each in zip(found, filings, strict=True)
    ]


def learned_links(conn: Connection, *of: ColumnElement[bool]) -> dict[int, list[str]]:
    """Learned article links by account, newest first."""
    found: dict[int, list[str]] = defaultdict(list)
    wanted = (
        select(AccountLinkRow.account_id, AccountLinkRow.url)
        .where(*of)
        .order_by(AccountLinkRow.id.desc())
    )
    for account_id, url in conn.execute(wanted):
        found[account_id].append(url)
    return found
