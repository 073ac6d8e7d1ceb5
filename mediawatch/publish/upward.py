"""What an office reports to the one above it: how many accounts there are, and what became of them.

Pure. Every number is proved before it leaves; what is unknown stays unknown, and says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from mediawatch.domain import Account, Filing, Rectification, SweepAccount
from mediawatch.figures.comparison import compare_registries
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.filings import once
from mediawatch.figures.region_parts import level_rank
from mediawatch.figures.values import Figures
from mediawatch.publish.inspection import Inspection, statistics_of
from mediawatch.publish.results import RecheckResult

BY = (Dimension.PLATFORM, Dimension.LEVEL)
WHOLE = "合计"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryMovement:
    """新增 and 关停 between two moments; `unknown` says in Chinese why they are not known."""

    since: date | None = None
    """The Beijing day from which they are counted."""
    opened: tuple[SweepAccount, ...] = ()
    """In service at the later moment, and not at the earlier one."""
    closed: tuple[SweepAccount, ...] = ()
    """In service at the earlier moment and no longer, as they stood then."""
    total: int = 0
    """Accounts in service at the later moment."""
    gone: int = 0
    """Of the closed ones those that the registry no longer holds at all."""
    unknown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RectifiedAccounts:
    """What the re-check of the notice says of its accounts; `unknown` says why there is nothing."""

    results: tuple[RecheckResult, ...] = ()
    unknown: str = ""

    @property
    def failing(self) -> tuple[RecheckResult, ...]:
        return tuple(each for each in self.results if each.item.fails)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpwardRow:
    """The numbers of one part; None where a number is not known."""

    name: str
    total: int | None
    opened: int | None
    closed: int | None
    checked: int
    failed: int
    rectified: int | None

    @property
    def numbers(self) -> tuple[int | None, ...]:
        """总数, 新增, 关停, 检查数, 不合格, 已整改."""
        return self.total, self.opened, self.closed, self.checked, self.failed, self.rectified


@dataclass(frozen=True, slots=True, kw_only=True)
class UpwardReport:
    """The numbers of an inspection for the office above, by platform and by level."""

    inspection: Inspection
    whole: UpwardRow
    splits: Mapping[str, tuple[UpwardRow, ...]]
    movement: RegistryMovement
    rectified: RectifiedAccounts
    results: Mapping[Rectification, int] = field(default_factory=dict)
    """Failed accounts of the notice by 复查结果."""


def movement_between(
    before: Iterable[Account], now: Iterable[Account], since: date
) -> RegistryMovement:
    """新增 and 关停 from one state of the registry to a later one; each account counts once.

    Unknown where the earlier number, 新增 and 关停 do not give the later one: two filings turned out
    to be one account, or one to be two.
    """
    then, today = (
        [SweepAccount(sweep_id=0, account=account) for account in accounts]
        for accounts in (before, now)
    )
    opened, closed = compare_registries(then, today)
    kept = {entry.account.id for entry in today}
    was, is_now = len(once(then)), len(once(today))
    if was + len(opened) - len(closed) != is_now:
        return RegistryMovement(
            total=is_now, unknown="其间有重复备案归并或拆分，新增、关停与总数的增减不一致"
        )
    return RegistryMovement(
        total=is_now,
        since=since,
        opened=opened,
        closed=closed,
        gone=sum(entry.account.id not in kept for entry in closed),
    )


def upward_report(
    inspection: Inspection, movement: RegistryMovement, rectified: RectifiedAccounts
) -> UpwardReport:
    """Put the numbers together. AssertionError where they do not agree."""
    counted = statistics_of(
        inspection.sweep, inspection.scope, inspection.policy, inspection.office, by=BY
    )
    splits = {
        by.label: _rows(by, split.parts, movement, rectified)
        for by, split in zip(BY, counted.splits, strict=True)
    }
    report = UpwardReport(
        inspection=inspection,
        whole=_row(
            WHOLE,
            counted.whole,
            None if movement.unknown else (len(movement.opened), len(movement.closed)),
            None if rectified.unknown else len(_done(rectified)),
        ),
        splits=splits,
        movement=movement,
        rectified=rectified,
        results=Counter(each.result for each in rectified.failing),
    )
    for heading, rows in splits.items():
        assert_rows(heading, rows, report.whole)
    return report


def assert_rows(heading: str, rows: Sequence[UpwardRow], whole: UpwardRow) -> None:
    """AssertionError where parts do not sum to the whole, or a part is out of order."""
    for place, (name, expected) in enumerate(zip(_NUMBERS, whole.numbers, strict=True)):
        counts = [row.numbers[place] for row in rows]
        if expected is None:
            if any(count is not None for count in counts):
                raise AssertionError(f"{heading}: {name} is known of parts and not of the whole")
        elif sum(count or 0 for count in counts) != expected:
            raise AssertionError(f"{heading}: {name} of the parts {counts} is not {expected}")
    for row in (*rows, whole):
        order = [row.rectified, row.failed, row.checked, row.total]
        known = [number for number in order if number is not None]
        if known != sorted(known):
            raise AssertionError(f"{heading} {row.name}: {order} are out of order")


_NUMBERS = ("总数", "新增", "关停", "检查数", "不合格", "已整改")


def _rows(
    by: Dimension,
    parts: Sequence[tuple[str, Figures]],
    movement: RegistryMovement,
    rectified: RectifiedAccounts,
) -> tuple[UpwardRow, ...]:
    opened = _counted(by, (entry.account.filed for entry in movement.opened))
    closed = _counted(by, (entry.account.filed for entry in movement.closed))
    done = _counted(by, (each.item.filed for each in _done(rectified)))
    known = dict(parts)
    registry_known = all(part.registry_known for part in known.values())
    names = dict.fromkeys((*known, *opened, *closed, *done))
    ordered = sorted(names, key=level_rank) if by is Dimension.LEVEL else list(names)
    return tuple(
        _row(
            name,
            known.get(name) or _none(registry_known=registry_known),
            None if movement.unknown else (opened[name], closed[name]),
            None if rectified.unknown else done[name],
        )
        for name in ordered
    )


def _row(
    name: str, part: Figures, moved: tuple[int, int] | None, rectified: int | None
) -> UpwardRow:
    opened, closed = moved or (None, None)
    return UpwardRow(
        name=name,
        total=part.total if part.registry_known else None,
        opened=opened,
        closed=closed,
        checked=part.checked,
        failed=part.failed,
        rectified=rectified,
    )


def _none(*, registry_known: bool) -> Figures:
    """The figures of a part that has no account any more."""
    return Figures(
        total=0, drawn=0, checked=0, failed=0, unproven=0, out_of_scope=0, verdicts={}, kinds={},
        registry_known=registry_known,
    )  # fmt: skip


def _counted(by: Dimension, filings: Iterable[Filing]) -> Counter[str]:
    return Counter(by.of(filed) for filed in filings)


def _done(rectified: RectifiedAccounts) -> list[RecheckResult]:
    return [each for each in rectified.failing if each.result is Rectification.DONE]
