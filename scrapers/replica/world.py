"""The world: a CSV of true accounts, and what an office filed about each.

The columns are described in docs/world.md.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mediawatch.domain.clock import BEIJING, parse_as_of
from mediawatch.inputs import InputFault, read_text
from scrapers.replica.truth import TrueAccount
from scrapers.replica.world_row import HEADINGS, WorldError, WorldRow

TRUTH_COLUMNS = (
    "platform",
    "truth",
    "shown_name",
    "true_id",
    "true_original_id",
    "true_alias",
    "verified_as",
    "posts",
    "pinned",
    "visitors_miss",
    "articles",
    "searchable",
    "album",
    "reader",
    "reader_lag",
    "reader_list",
    "own",
    "migrated_to",
    "registered",
    "titles",
    "retitled",
    "withdrawn",
)
_MOST_BYTES = 100 * 2**20
_FOR_EVER = datetime(9000, 1, 1, tzinfo=BEIJING)


@dataclass(frozen=True, slots=True)
class World:
    accounts: tuple[TrueAccount, ...] = ()
    as_of: datetime | None = None
    """The moment that the world was made for (`# as_of = 2022-12-31` above the headings)."""

    @classmethod
    def read(cls, path: Path) -> World:
        """UTF-8 CSV, with or without BOM. WorldError names row and column."""
        try:
            text = read_text(path, _MOST_BYTES)
        except InputFault as fault:
            raise WorldError(str(fault)) from None
        try:
            return cls.parse(text)
        except WorldError as error:
            raise WorldError(f"{path.name}: {error}") from error

    @classmethod
    def parse(cls, text: str) -> World:
        lines = text.splitlines(keepends=True)
        start = next(
            (index for index, line in enumerate(lines) if not line.startswith("#")), len(lines)
        )
        accounts = tuple(_accounts(lines[start:], start))
        _refuse_twins(accounts)
        return cls(accounts, _as_of(lines[:start]))

    def of(self, platform: str) -> tuple[TrueAccount, ...]:
        return tuple(account for account in self.accounts if account.platform == platform)

    def filed_rows(self) -> list[dict[str, str]]:
        """The registry as the office's table has it: Chinese heading to text, one row an account.

        Empty columns are left out, and so are accounts that nobody registered.
        """
        rows = [_filed_row(account) for account in self.accounts if account.registered]
        used = [column for column in HEADINGS if any(row[column] for row in rows)]
        return [{HEADINGS[column]: row[column] for column in used} for row in rows]


def _filed_row(account: TrueAccount) -> dict[str, str]:
    links = [link for link in re.split(r"[\s;]+", account.filed.get("article_links", "")) if link]
    row = {column: account.filed.get(column, "") for column in HEADINGS}
    known = account.read and account.reader_filed
    reader = account.filed.get("reader_url", "") or (account.reader_page if known else "")
    return row | {"article_links": "\n".join([*account.known_links, *links]), "reader_url": reader}


def _as_of(comments: Sequence[str]) -> datetime | None:
    for number, line in enumerate(comments, 1):
        if found := re.match(r"#\s*as_of\s*=\s*(\S+)", line):
            try:
                return parse_as_of(found[1], _FOR_EVER)
            except ValueError as error:
                raise WorldError(f"line {number}: {error}") from error
    return None


def _accounts(lines: Sequence[str], skipped: int) -> Iterator[TrueAccount]:
    reader = csv.DictReader(io.StringIO("".join(lines)), strict=True)
    try:
        columns = list(reader.fieldnames or ())
        _check_columns(columns)
        for cells in reader:
            row = reader.line_num + skipped
            if None in cells or None in cells.values():
                raise WorldError(f"row {row}: {len(columns)} cells expected")
            values = {column: value.strip() for column, value in cells.items()}
            if any(values.values()):
                yield WorldRow(row, values).account()
    except csv.Error as error:
        raise WorldError(f"row {reader.line_num + skipped}: {error}") from error


def _check_columns(columns: Sequence[str]) -> None:
    known = {*HEADINGS, *TRUTH_COLUMNS}
    for column in columns:
        if column not in known:
            raise WorldError(
                f"column {column!r} is not known; known are {', '.join(sorted(known))}"
            )
        if columns.count(column) > 1:
            raise WorldError(f"column {column!r} stands there twice")
    for column in ("name", "type", "platform", "truth"):
        if column not in columns:
            raise WorldError(f"column {column!r} is missing")


def _refuse_twins(accounts: Sequence[TrueAccount]) -> None:
    """WorldError where two accounts have what the platform gives to one alone."""
    seen: dict[tuple[str, str, str], int] = {}
    for account in accounts:
        for column, value in _unique(account):
            first = seen.setdefault((account.platform, column, value), account.row)
            if first != account.row:
                raise WorldError(
                    f"row {account.row}, column {column}: {value} is already that of row {first}"
                )


def _unique(account: TrueAccount) -> Iterator[tuple[str, str]]:
    """Column and value of what no two accounts of a platform bear.

    Weibo gives a name, and a custom domain, to one account, whose page stands under it.
    """
    if account.platform:
        yield "true_id", account.id
    if account.platform == "weibo" and account.is_shown:
        yield "shown_name", account.name
        if account.alias:
            yield "true_alias", account.alias
