"""`make nation`: what 6 206, 100 000 and 1 000 000 accounts take, reckoned from measured costs.

These stand with their sources in `nation_demand.py`. docs/scale.md holds the tables that this
prints, and what breaks first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

from nation_demand import (
    ADD,
    CIRCULAR,
    COLLECT_KB,
    COLLECT_MB,
    COORDINATOR_KB,
    COORDINATOR_MB,
    FEW_SILENT,
    FIGURES,
    HAND_OFF_KB,
    PREFECTURES,
    READING,
    WORKER_MB,
    Looks,
    coordinator_cpu,
    inspection,
    lanes,
    mean_night,
    person_days,
    readers,
    server_cpu,
    worker_cpu,
    workers,
    year_bytes,
    year_evidence,
)

SIZES = (6_206, 100_000, 1_000_000)
Row = tuple[str, ...]


def figure(value: float) -> str:
    """Two digits count, of what is counted all; thousands stand apart."""
    digits = 0 if isinstance(value, int) or value >= 10 else 1 if value >= 1 else 2
    return f"{value:,.{digits}f}".replace(",", " ")


def rows(words: str, of: Callable[[int], float], sizes: Sequence[int]) -> Row:
    return (words, *(figure(of(size)) for size in sizes))


def looks_rows(looks: Callable[[float], Looks], sizes: Sequence[int], *, whole: bool) -> list[Row]:
    """What the looks of a night take. `whole`: its scope is the registry."""

    def scope(size: int) -> float:
        return size if whole else looks(size).total

    return [
        rows("first looks", lambda size: looks(size).firsts, sizes),
        rows("second looks", lambda size: looks(size).seconds, sizes),
        *(
            (words, *(figure(lanes(looks(size))[words]) for size in sizes))
            for words in lanes(looks(1))
        ),
        rows("CPU hours of the workers", lambda size: worker_cpu(looks(size)) / 3600, sizes),
        rows(
            "CPU minutes of the coordinator, one core",
            lambda size: coordinator_cpu(size, looks(size), scope(size)) / 60,
            sizes,
        ),
        rows(
            "CPU minutes of PostgreSQL",
            lambda size: server_cpu(looks(size), scope(size)) / 60,
            sizes,
        ),
    ]


def home_rows(sizes: Sequence[int]) -> list[Row]:
    """What one home takes, whatever the night."""
    return [
        rows("logins of 微信读书", readers, sizes),
        rows("workers", workers, sizes),
        rows("their memory, GB", lambda size: workers(size) * WORKER_MB / 1000, sizes),
        rows(
            "memory of the coordinator, GB",
            lambda size: (COORDINATOR_MB + size * COORDINATOR_KB / 1000) / 1000,
            sizes,
        ),
        rows("evidence a year, GB", lambda size: year_evidence(size) / 1e9, sizes),
        *(
            rows(f"{kind} a year, GB", lambda size, kind=kind: year_bytes(size, kind) / 1e9, sizes)  # type: ignore[misc]
            for kind in READING
        ),
        rows("person-days an inspection", person_days, sizes),
        rows("the same where 3 % are silent", lambda size: person_days(size, FEW_SILENT), sizes),
    ]


def level_rows(sizes: Sequence[int]) -> list[Row]:
    """A nation whose prefectures inspect and hand up: each home, then those that collect."""

    def home(size: int) -> int:
        return ceil(size / PREFECTURES)

    return [
        rows("accounts of a prefecture's home", home, sizes),
        rows("its first looks in a mean night", lambda size: mean_night(home(size)).firsts, sizes),
        rows("its addresses", lambda size: max(list(lanes(inspection(home(size))).values())[:2]), sizes),
        rows("its logins of 微信读书", lambda size: readers(home(size)), sizes),
        rows("its person-days an inspection", lambda size: person_days(home(size)), sizes),
        rows("logins of 微信读书 in all", lambda size: PREFECTURES * readers(home(size)), sizes),
        rows("hand-offs that the nation collects", lambda _: PREFECTURES, sizes),
        rows("their size in all, MB", lambda size: size * HAND_OFF_KB / 1000, sizes),
        rows("`collect add` at the nation's, CPU minutes", lambda size: size * ADD / 60, sizes),
        rows("`figures` and `circular`, CPU minutes", lambda size: size * (FIGURES + CIRCULAR) / 60, sizes),
        rows("their memory, GB", lambda size: (COLLECT_MB + size * COLLECT_KB / 1000) / 1000, sizes),
    ]  # fmt: skip


def table(words: str, lines: Sequence[Row], sizes: Sequence[int]) -> str:
    head = (words, *(f"{size:,}".replace(",", " ") for size in sizes))
    return "\n".join(
        f"| {' | '.join(line)} |" for line in (head, tuple("---" for _ in head), *lines)
    )


def tables() -> list[str]:
    """The tables of docs/scale.md, in its order."""
    large = SIZES[1:]
    return [
        table("a mean night", looks_rows(mean_night, SIZES, whole=False), SIZES),
        table("an inspection in one night", looks_rows(inspection, SIZES, whole=True), SIZES),
        table("one home", home_rows(SIZES), SIZES),
        table("333 prefectures hand up", level_rows(large), large),
    ]


if __name__ == "__main__":
    print("\n\n".join(tables()))
