"""Filed values and accounts, as rows and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from itertools import chain
from sys import intern

from db.types import AnyRow, Values, columns_of, fields_of
from mediawatch.domain import Account, Filing, ProvisionalId

_FILED = tuple(field.name for field in fields(Filing))
_SHARED = (
    "platform",
    "type",
    "kind",
    "organiser",
    "supervisor",
    "prefecture",
    "county",
    "township",
    "jurisdiction",
    "level",
    "body_kind",
    "function_kind",
)
"""What many accounts have in common: kept once, these words are half of a nation's list."""
_PROVISIONAL = tuple(field.name for field in fields(ProvisionalId))


def filed_values(filed: Filing) -> Values:
    return fields_of(filed, _FILED) | {"article_links": list(filed.article_links)}


def filed_of(row: AnyRow) -> Filing:
    return filings_of([row])[0]


def filings_of(found: Sequence[AnyRow]) -> list[Filing]:
    """Of rows of one statement, in their order."""
    return [_filing(dict(zip(_FILED, each, strict=True))) for each in columns_of(found, _FILED)]


def _filing(values: Values) -> Filing:
    for name in _SHARED:
        values[name] = intern(values[name])
    values["article_links"] = tuple(values["article_links"])
    return Filing(**values)


def account_of(
    key: int,
    filed: Filing,
    retired_on: date | None,
    learned: Sequence[str],
    provisional: ProvisionalId | None = None,
    disowned: frozenset[str] = frozenset(),
) -> Account:
    """`learned` are article links found since filing, newest first; they follow the filed ones."""
    links = filed.article_links
    if learned or len(links) > 1:
        links = tuple(dict.fromkeys(chain(links, learned)))
    return Account(
        id=key,
        filed=filed,
        links=links,
        retired_on=retired_on,
        provisional=provisional,
        disowned=disowned,
    )


def provisional_of(row: AnyRow) -> ProvisionalId:
    return ProvisionalId(**fields_of(row, _PROVISIONAL))


def provisional_values(found: ProvisionalId) -> Values:
    return fields_of(found, _PROVISIONAL)
