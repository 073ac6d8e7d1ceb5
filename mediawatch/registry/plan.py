"""What an import will do to the registry, decided before anything is written. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date

from mediawatch.domain import (
    Account,
    AccountChange,
    Contact,
    FiledStatus,
    Filing,
    NewAccount,
    RegistryChanges,
    Source,
    UpdatedAccount,
)
from mediawatch.names import fold
from mediawatch.registry.headings import field_of, label
from mediawatch.registry.kinds import OTHER, platform_label
from mediawatch.registry.matching import Match, RegistryIndex, match
from mediawatch.registry.problems import Remarks, RowProblem
from mediawatch.registry.repetitions import find_repetitions
from mediawatch.registry.rows import RegistryRow
from mediawatch.workbooks.refusals import Unusable

_FIELDS = tuple(each.name for each in fields(Filing))
_NO_SCOPE = frozenset({"name", "url", "article_links", "reader_url", "person", "phone", "contact"})

NEW_NUMBER = "known under another filing number: matched, the number is changed"
NEW_ID = (
    "the platform id differs from the one known under this filing number: matched, the id is "
    "changed"
)
TWICE = "重复备案: the id stands under another filing number too; both are kept"
OTHER_BODY = (
    "both name and organiser differ from those known under this number or id: matched, both are "
    "changed"
)
MOVED = (
    "the filing number is known for an account on another platform: that one is retired, this one "
    "is new"
)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What the rows change.

    `changes` hold the good rows only; the caller decides whether they are applied while there are
    `errors`.
    """

    changes: RegistryChanges
    errors: tuple[RowProblem, ...] = ()
    warnings: tuple[str, ...] = ()
    retiring: tuple[Account, ...] = ()
    """The accounts behind `changes.retired`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledBefore:
    """What the registry holds before an import; retired accounts included."""

    accounts: Sequence[Account]
    history: Sequence[AccountChange] = ()
    contacts: Mapping[int, Contact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of what the files are the whole: accounts in service that they lack are then retired."""

    covers: Mapping[str, str] = field(default_factory=dict)
    """Field to value, as `parse_cover` gives it."""
    complete: bool = False
    """They are the whole registry."""
    left_out: Sequence[str] = ()
    """What was not read: absence then proves nothing."""


def plan(
    rows: Sequence[RegistryRow], before: FiledBefore, source: Source, coverage: Coverage
) -> ImportPlan:
    """Match the rows against all accounts ever filed, and say what changes.

    No account is retired while a row is refused or something was left unread. Raises Unusable where
    `covers` fits no row.
    """
    known = RegistryIndex(before.accounts, before.history)
    refused = find_repetitions(rows)
    good = [row for index, row in enumerate(rows) if index not in refused]
    decisions = match(good, known)
    errors = [
        *refused.values(),
        *(decision for decision in decisions if isinstance(decision, RowProblem)),
    ]
    builder = _Builder(before.contacts)
    for row, decision in zip(good, decisions, strict=True):
        if not isinstance(decision, RowProblem):
            builder.add(row, decision)
    builder.warn_of_double_filings(good)
    retiring: list[Account] = []
    if coverage.covers or coverage.complete:
        builder.extra += _outside(rows, coverage.covers).lines()
        absent = _absent(before.accounts, builder.seen, coverage.covers)
        doubts = [
            *coverage.left_out,
            *([f"{len({error.place for error in errors})} refused rows"] if errors else []),
        ]
        if doubts and absent:
            builder.extra.append(
                f"{len(absent)} absent accounts are not retired, for the files were not read "
                f"whole: {'; '.join(doubts)}"
            )
        retiring = [] if doubts else absent
    changes = RegistryChanges(
        source=source,
        new=tuple(builder.new),
        updated=tuple(builder.updated),
        retired=tuple(sorted({account.id for account in retiring} | builder.replaced)),
        unchanged=builder.unchanged,
    )
    return ImportPlan(
        changes, tuple(errors), (*builder.remarks.lines(), *builder.extra), tuple(retiring)
    )


def parse_cover(pairs: Sequence[str]) -> dict[str, str]:
    """`地市=拉萨市` (or `prefecture=拉萨市`) to field -> value. Raises Unusable."""
    found: dict[str, str] = {}
    for pair in pairs:
        heading, mark, value = pair.partition("=")
        named = field_of(heading)
        name = named[0] if named else heading.strip()
        if not mark or not value.strip() or name not in _FIELDS or name in _NO_SCOPE:
            raise Unusable(
                f"--covers {pair!r}: write FIELD=VALUE, for example 地市=拉萨市, 所属组织=… "
                "or 类型=微信公众号"
            )
        if found.setdefault(name, value.strip()) != value.strip():
            raise Unusable(f"--covers names {label(name)} twice: import the parts one by one")
    return found


def _in_scope(filed: Filing, covers: Mapping[str, str]) -> bool:
    return all(
        fold(_as_text(getattr(filed, name))) == fold(value) for name, value in covers.items()
    )


def _outside(rows: Sequence[RegistryRow], covers: Mapping[str, str]) -> Remarks:
    remarks = Remarks()
    said = ", ".join(f"{label(name)}={value}" for name, value in covers.items())
    for row in rows:
        if not _in_scope(row.filed, covers):
            remarks.add(f"not of {said}", row.place)
    if covers and sum(map(len, remarks.places.values())) == len(rows):
        raise Unusable(f"--covers: no row of the files has {said}")
    return remarks


def _absent(
    existing: Sequence[Account], seen: set[int], covers: Mapping[str, str]
) -> list[Account]:
    return [
        account
        for account in existing
        if account.retired_on is None
        and account.id not in seen
        and _in_scope(account.filed, covers)
    ]


def _as_text(value: object) -> str:
    match value:
        case None:
            return ""
        case FiledStatus():
            return value.value
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case tuple():
            return " ".join(map(str, value))
    return str(value)


def merge_row(known: Filing, row: RegistryRow) -> Filing:
    """The account as the row now has it.

    Fields that the row does not speak of stay, and known article links are never lost.
    """
    given = {name: getattr(row.filed, name) for name in row.given}
    if "article_links" in given or row.filed.article_links:
        given["article_links"] = tuple(
            dict.fromkeys((*row.filed.article_links, *known.article_links))
        )
    filed = replace(known, **given)
    if filed.platform == "wechat" and filed.kind and not filed.type_certain:
        filed = replace(filed, type_certain=True)
    return filed


class _Builder:
    """Gathers what the rows change."""

    def __init__(self, contacts: Mapping[int, Contact]) -> None:
        self.new: list[NewAccount] = []
        self.updated: list[UpdatedAccount] = []
        self.unchanged = 0
        self.seen: set[int] = set()
        self.replaced: set[int] = set()
        self.remarks = Remarks()
        self.extra: list[str] = []
        self._contacts = contacts

    def add(self, row: RegistryRow, found: Match | None) -> None:
        if found is None:
            self.new.append(NewAccount(filed=row.filed, contact=row.contact))
            return
        account = found.account
        self.seen.add(account.id)
        if row.filed.platform != account.platform and OTHER not in (
            row.filed.platform,
            account.platform,
        ):
            # Another platform is another account: what was read of the old one must not speak for
            # the new one.
            self.remarks.add(f"{MOVED} ({platform_label(account.platform)})", row.place)
            self.replaced |= {account.id} if account.retired_on is None else set()
            self.new.append(NewAccount(filed=row.filed, contact=row.contact))
            return
        filed = merge_row(account.filed, row)
        self._warn(row, account.filed, filed)
        contact = row.contact if row.contact != self._contacts.get(account.id) else None
        differing = [
            name for name in _FIELDS if getattr(account.filed, name) != getattr(filed, name)
        ]
        if not differing and contact is None and account.retired_on is None:
            self.unchanged += 1
            return
        changes = tuple(
            (name, _as_text(getattr(account.filed, name)), _as_text(getattr(filed, name)))
            for name in differing
        )
        self.updated.append(
            UpdatedAccount(account_id=account.id, filed=filed, changes=changes, contact=contact)
        )

    def _warn(self, row: RegistryRow, old: Filing, new: Filing) -> None:
        if old.filing_number and old.filing_number != new.filing_number:
            self.remarks.add(NEW_NUMBER, row.place)
        if old.platform_id and old.platform_id != new.platform_id:
            self.remarks.add(NEW_ID, row.place)
        if (
            old.organiser
            and fold(old.name) != fold(new.name)
            and fold(old.organiser) != fold(new.organiser)
        ):
            self.remarks.add(OTHER_BODY, row.place)

    def warn_of_double_filings(self, rows: Sequence[RegistryRow]) -> None:
        first: dict[tuple[str, str, str], RegistryRow] = {}
        for row in rows:
            for key in row.filed.ids:
                if first.setdefault(key, row) is not row:
                    self.remarks.add(TWICE, row.place)
