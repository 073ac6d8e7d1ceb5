"""One inspection against an earlier one (环比).

Pure. Rates, the registry's movements, and what became of the failed accounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from mediawatch.domain import SweepAccount, Verdict
from mediawatch.figures.counts import Key, by, figures
from mediawatch.figures.filings import CountedAccount, once
from mediawatch.figures.values import Figures, percent
from mediawatch.rules.policy import Policy

_UNSETTLED = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedInspection:
    """A judged scope with the policy it was judged by.

    `whole`: it is the whole registry, no sample or list of it.
    """

    scope: Sequence[SweepAccount]
    policy: Policy
    whole: bool = True


@dataclass(frozen=True, slots=True)
class RateChange:
    """合格率 of a part before and now; None where it had no account then or has none now."""

    name: str
    before: Figures | None
    now: Figures | None

    @property
    def points(self) -> Fraction | None:
        """The difference of the two rates, exact: 1/100 is one 百分点.

        None where one of them is open or missing.
        """
        rates = [
            one.rate if one and not one.preliminary else None for one in (self.before, self.now)
        ]
        return rates[1] - rates[0] if rates[0] is not None and rates[1] is not None else None

    @property
    def words(self) -> str:
        """`上升1.23个百分点`, `持平`, `—` where nothing can be compared."""
        if self.points is None:
            return "—"
        if not self.points:
            return "持平"
        return f"{'上升' if self.points > 0 else '下降'}{percent(abs(self.points)).removesuffix('%')}个百分点"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changed from one inspection to a later one.

    Entries are the present ones, but for accounts that the present registry no longer has in
    service.
    """

    whole: RateChange
    splits: Mapping[str, tuple[RateChange, ...]]
    """By heading, the parts of now and then."""
    opened: tuple[SweepAccount, ...] | None
    """新开设: in service now, not in service then.

    None where one of the two looked at a part of its registry only.
    """
    closed: tuple[SweepAccount, ...] | None
    """关停: in service then and no longer, as they stood then. None as for `opened`."""
    renamed: tuple[tuple[str, SweepAccount], ...]
    """更名: the filed name of then, and the account under its present one."""
    new: tuple[SweepAccount, ...]
    """新增: failed now, not then."""
    persisting: tuple[SweepAccount, ...]
    """持续: failed then and now."""
    settled: tuple[SweepAccount, ...]
    """销号: failed then, and now either conclusively not failed or out of service."""
    unverified: tuple[SweepAccount, ...]
    """无法核实: failed then, and not conclusively looked at now."""


def compare(
    before: JudgedInspection,
    now: JudgedInspection,
    keys: Mapping[str, Key],
    order: Mapping[str, Sequence[str]],
) -> Comparison:
    """What changed from one inspection to a later one, by every heading of `keys`.

    `order`: by heading, parts that stand first. AssertionError where 持续 + 销号 + 无法核实 are not
    all that failed before, or 新增 + 持续 not all that fail now.
    """
    then, today = once(before.scope), once(now.scope)
    of_then, of_today = _by_id(then), _by_id(today)
    looked_at_all = before.whole and now.whole
    failed = [one for one in today if one.verdict is Verdict.FAILED]
    failed_then = [one for one in then if one.verdict is Verdict.FAILED]
    persisting = [
        one
        for one in failed
        if any(other.verdict is Verdict.FAILED for other in _same(one, of_then))
    ]
    stays = {id(one) for one in persisting}
    closed = frozenset(
        entry.account.id for entry in now.scope if not entry.account.filed.in_service
    )
    fates = [(one, _fate(one, of_today, closed, whole=now.whole)) for one in failed_then]
    found = Comparison(
        whole=RateChange(
            "合计", figures(before.scope, before.policy), figures(now.scope, now.policy)
        ),
        splits={
            heading: _changes(before, now, key, order.get(heading, ()))
            for heading, key in keys.items()
        },
        opened=_missing_in(of_then, today) if looked_at_all else None,
        closed=_missing_in(of_today, then) if looked_at_all else None,
        renamed=tuple(_renamed(before.scope, now.scope)),
        new=tuple(one.entry for one in failed if id(one) not in stays),
        persisting=tuple(one.entry for one in persisting),
        settled=tuple(one.entry for one, fate in fates if fate == "settled"),
        unverified=tuple(one.entry for one, fate in fates if fate == "unverified"),
    )
    _assert_sums(found, len(failed_then), len(failed), sum(fate == "failed" for _, fate in fates))
    return found


def compare_registries(
    before: Sequence[SweepAccount], now: Sequence[SweepAccount]
) -> tuple[tuple[SweepAccount, ...], tuple[SweepAccount, ...]]:
    """新开设 and 关停 of two states of a whole registry, as in `Comparison`."""
    then, today = once(before), once(now)
    return _missing_in(_by_id(then), today), _missing_in(_by_id(today), then)


def _missing_in(
    others: Mapping[int, CountedAccount], counted: Sequence[CountedAccount]
) -> tuple[SweepAccount, ...]:
    return tuple(one.entry for one in counted if not _same(one, others))


def _by_id(counted: Sequence[CountedAccount]) -> dict[int, CountedAccount]:
    return {id: one for one in counted for id in one.ids}


def _same(one: CountedAccount, others: Mapping[int, CountedAccount]) -> list[CountedAccount]:
    """The account in the other inspection.

    More than one where filings of one account were not known to be one.
    """
    return list(
        {id(other): other for key in sorted(one.ids) if (other := others.get(key))}.values()
    )


def _fate(
    one: CountedAccount,
    of_today: Mapping[int, CountedAccount],
    closed: frozenset[int],
    *,
    whole: bool,
) -> str:
    """What became of an account that failed.

    `closed` are the filings that are out of service now, `whole` as in `JudgedInspection`.
    """
    verdicts = {other.verdict for other in _same(one, of_today)}
    if Verdict.FAILED in verdicts:
        return "failed"
    if not verdicts:
        return "settled" if whole or one.ids & closed else "unverified"
    return "unverified" if verdicts & set(_UNSETTLED) else "settled"


def _changes(
    before: JudgedInspection, now: JudgedInspection, key: Key, first: Sequence[str]
) -> tuple[RateChange, ...]:
    then, today = by(before.scope, before.policy, key), by(now.scope, now.policy, key)
    parts = dict.fromkeys((*today, *then))
    in_order = dict.fromkeys((*(name for name in first if name in parts), *parts))
    return tuple(RateChange(name, then.get(name), today.get(name)) for name in in_order)


def _renamed(
    before: Sequence[SweepAccount], now: Sequence[SweepAccount]
) -> list[tuple[str, SweepAccount]]:
    names = {entry.account.id: entry.account.filed.name for entry in before}
    return [
        (names[entry.account.id], entry)
        for entry in now
        if entry.account.filed.in_service
        and names.get(entry.account.id, entry.account.filed.name) != entry.account.filed.name
    ]


def _assert_sums(found: Comparison, failed_then: int, failed_now: int, still: int) -> None:
    gone, open = len(found.settled), len(found.unverified)
    if still + gone + open != failed_then:
        raise AssertionError(
            f"持续 {still} + 销号 {gone} + 无法核实 {open} is not the {failed_then} accounts "
            "that failed before"
        )
    if len(found.new) + len(found.persisting) != failed_now:
        raise AssertionError(
            f"新增 {len(found.new)} + 持续 {len(found.persisting)} is not 不合格数 {failed_now}"
        )
