"""The numbers that an office reports to the one above it, out of its store."""

from __future__ import annotations

from datetime import date, datetime

from mediawatch.app.choice import OF_ITS_OWN
from mediawatch.app.documents import inspection_of, issued_inspection
from mediawatch.app.root import App
from mediawatch.domain import Notice, Sweep, SweepState, UserError
from mediawatch.domain.clock import chinese_day, day_of, day_start
from mediawatch.publish.results import recheck_results
from mediawatch.publish.upward import (
    RectifiedAccounts,
    RegistryMovement,
    UpwardReport,
    movement_between,
    upward_report,
)
from mediawatch.registry.history import known_since, registries_at


async def report_upward(
    app: App, sweep: Sweep, notice: Notice | None, *, since: date | None
) -> UpwardReport:
    """The report on a sweep; as its newest notice says it, where one was issued.

    `since`: the first day of 新增 and 关停; None for the previous inspection. UserError for a day
    after the inspection.
    """
    if since is not None and since > day_of(sweep.as_of):
        raise UserError(f"--since {since} is after the inspection ({day_of(sweep.as_of)})")
    issued = notice or max(
        (each for each in await app.store.notices.all() if each.sweep_id == sweep.id),
        key=lambda each: (each.issued_on, each.id),
        default=None,
    )
    # First: the registries of two days are let go before the inspection is loaded.
    movement = await _movement(app, sweep, since)
    inspection = await (issued_inspection(app, issued) if issued else inspection_of(app, sweep))
    whole, counted = inspection.statistics.whole, movement.total
    if not movement.unknown and whole.registry_known and counted != whole.total:
        movement = RegistryMovement(
            unknown=f"按台账变更记录在管账号为{counted}个，与检查时的总数{whole.total}个不一致"
        )
    return upward_report(inspection, movement, await _rectified(app, issued))


async def _movement(app: App, sweep: Sweep, since: date | None) -> RegistryMovement:
    begun = await _begin(app, sweep, since)
    if begun is None:
        return RegistryMovement(unknown="没有上一次检查可比，也未指定起始日期")
    moment, day = begun
    known = await known_since(app.store)
    # By days: on the day of the first import the registry is known as that import has it.
    if known is None or day_of(known) > day:
        first = f"台账自{chinese_day(day_of(known))}起才有记录" if known else "没有台账导入记录"
        return RegistryMovement(unknown=f"{first}，晚于{chinese_day(day)}")
    before, now = await registries_at(app.store, max(moment, known), sweep.started_at)
    return movement_between(before, now, day)


async def _begin(app: App, sweep: Sweep, since: date | None) -> tuple[datetime, date] | None:
    """The moment from which the registry is compared, and its day."""
    if since is not None:
        return day_start(since), since
    earlier = [
        each
        for each in await app.store.sweeps.all()
        if each.as_of < sweep.as_of
        and each.state is SweepState.FINISHED
        and each.kind not in OF_ITS_OWN
    ]
    previous = max(earlier, key=lambda each: (each.as_of, each.id), default=None)
    return (previous.started_at, day_of(previous.as_of)) if previous else None


async def _rectified(app: App, notice: Notice | None) -> RectifiedAccounts:
    if notice is None:
        return RectifiedAccounts(unknown="本次检查尚未印发通报")
    results = recheck_results(notice, await app.store.notices.events(notice.id))
    if not results:
        return RectifiedAccounts(unknown=f"{notice.number}所列账号尚未复查")
    return RectifiedAccounts(results=tuple(results))
