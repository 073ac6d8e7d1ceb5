"""By what two filings are held for one account across offices. Pure."""

from __future__ import annotations

import unicodedata

from mediawatch.domain import Filing
from mediawatch.names import fold

Key = tuple[str, str, str]
"""(kind, platform, value)."""


def keys_of(filed: Filing) -> list[Key]:
    """备案单号 within its platform, then the platform's ids.

    Offices write the same number in other widths, with blanks or in small letters; ids are held
    apart by their case, for platforms give both.
    """
    number = fold(filed.filing_number)
    return [*([("filing_number", filed.platform, number)] if number else []), *ids_of(filed)]


def ids_of(filed: Filing) -> list[Key]:
    plain = ((kind, platform, _plain(id)) for kind, platform, id in filed.ids)
    return [key for key in plain if key[2]]


def have_other_ids(one: Filing, other: Filing) -> bool:
    """Whether both have an id of the same kind, and it is another one."""
    ids = {kind: id for kind, _, id in ids_of(one)}
    return any(kind in ids and ids[kind] != id for kind, _, id in ids_of(other))


def _plain(id: str) -> str:
    return "".join(unicodedata.normalize("NFKC", id).split())
