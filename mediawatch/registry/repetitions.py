"""Rows that stand twice in one import. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from mediawatch.domain import Filing
from mediawatch.registry.matching import MOST_COMPARED, are_distinct, name_key, numbers_differ
from mediawatch.registry.problems import RowProblem
from mediawatch.registry.rows import RegistryRow


def find_repetitions(rows: Sequence[RegistryRow]) -> dict[int, RowProblem]:
    """The rows that stand twice in one import, by index.

    Both are refused, for it is unknown which one is right. One id under two filing numbers is no
    repetition but a double filing, which the registry may well hold.
    """
    refused: dict[int, RowProblem] = {}
    by_number: defaultdict[str, list[int]] = defaultdict(list)
    by_id: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
    by_name: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        by_number[row.filed.filing_number].append(index)
        by_name[name_key(row.filed)].append(index)
        for key in row.filed.ids:
            by_id[key].append(index)
    by_number.pop("", None)
    groups = [
        *(("filing_number", indexes, False) for indexes in by_number.values()),
        *((key[0], indexes, True) for key, indexes in by_id.items()),
        *(("name", indexes, True) for indexes in by_name.values()),
    ]
    for name, indexes, may_differ in groups:
        for index in indexes if len(indexes) > 1 else ():
            others = (other for other in indexes[:MOST_COMPARED] if other != index)
            twin = next(
                (
                    other
                    for other in others
                    if not (may_differ and _differ(name, rows[index].filed, rows[other].filed))
                ),
                None,
            )
            if twin is not None:
                what = "平台、所属组织和名称均" if name == "name" else ""
                value = str(getattr(rows[index].filed, name))
                refused.setdefault(
                    index, rows[index].error(name, value, f"{what}与{rows[twin].place.chinese}重复")
                )
    return refused


def _differ(name: str, one: Filing, other: Filing) -> bool:
    return numbers_differ(one, other) or (name == "name" and are_distinct(one, other))
