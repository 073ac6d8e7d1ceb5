"""重复问题: where an account was named before, and whether that was never put right. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from mediawatch.domain import Effect, Notice, NoticeItem, Rectification, Sweep, SweepAccount
from mediawatch.domain.clock import day_of
from mediawatch.figures.filings import once
from mediawatch.publish.results import RecheckResult
from mediawatch.rules.problems import SILENT, codes_of


def last_items(
    repeats: Collection[int],
    scope: Iterable[SweepAccount],
    before: Sequence[tuple[Notice, Sequence[NoticeItem]]],
) -> dict[int, tuple[Notice, NoticeItem]]:
    """By account of `repeats`: the newest notice that names it as failed, and its item there.

    `before`: the earlier notices, newest first, each with the items that still stand.
    """
    found: dict[int, tuple[Notice, NoticeItem]] = {}
    for one in once(scope):
        named = (
            (notice, item)
            for notice, items in before
            for item in items
            if item.fails and item.account_id in one.ids
        )
        if not one.ids.isdisjoint(repeats) and (last := next(named, None)):
            found |= dict.fromkeys(one.ids, last)
    return found


def is_unrectified(
    entry: SweepAccount,
    notice: Notice,
    item: NoticeItem,
    sweep: Sweep,
    rechecked: Iterable[RecheckResult],
) -> bool:
    """Whether what the notice said of an account that fails now was never put right (仍未整改).

    To fail twice is not enough: the account may have been in order in between. Its re-check must
    say so, or one silence must reach from before the notice to the moment of this inspection. Of a
    silence the re-check is not enough where a post of the time since the notice is known.
    """
    here = f"{day_of(sweep.as_of)}复查"
    # Items are large: most differ by their number already.
    same = (each for each in rechecked if each.item.number == item.number and each.item == item)
    parts = [part for each in same for part in each.parts]
    still = {
        part.code
        for part in parts
        # An older re-check says nothing of what came after it.
        if part.result is Rectification.NOT_DONE and part.basis.startswith(here)
    }
    if still:
        # The words name every problem of the item: all of them must be as they were.
        return all(part.code in still for part in parts) and (
            still.isdisjoint(SILENT) or not _posted_since(entry, notice, sweep)
        )
    codes = codes_of(item)
    if sweep.period_from is not None or not codes or not SILENT.issuperset(codes):
        # The longest gap of a period may have ended before its last day. Of another problem beside
        # the silence nothing says that it was there all the time.
        return False
    return any(
        finding.effect is Effect.FAILS
        and finding.code in SILENT
        and finding.gap_since is not None
        and finding.gap_since < notice.issued_on
        for finding in (entry.judgement.findings if entry.judgement else ())
    )


def _posted_since(entry: SweepAccount, notice: Notice, sweep: Sweep) -> bool:
    """Whether an account that is silent is known to have posted on the notice's day or later."""
    silences = [
        finding
        for finding in (entry.judgement.findings if entry.judgement else ())
        if finding.effect is Effect.FAILS and finding.code in SILENT
    ]
    days = {finding.latest_on for finding in silences}
    if sweep.period_from is None:
        # In a period the gap may count from the period's first day, which is no post.
        days |= {finding.gap_since for finding in silences}
    return any(day is not None and day >= notice.issued_on for day in days)
