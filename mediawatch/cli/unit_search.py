"""`mediawatch registry search`: asks the platforms' own searches for accounts that are not filed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from mediawatch import stops
from mediawatch.app import App, only_one
from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.domain import PLATFORM_LABELS, LeadKind, UserError
from mediawatch.plurals import agree, count_of

if TYPE_CHECKING:
    from mediawatch.app.leads import SearchPlan
    from mediawatch.registry.unit_searches import PlatformQueries, PlatformResult

_STEP = 20
"""Searches between two lines of progress."""


def search(
    ctx: typer.Context,
    units: Annotated[
        list[str] | None,
        typer.Option("--unit", metavar="NAME", help="Only this 所属组织; may be given again."),
    ] = None,
    region: Annotated[
        str,
        typer.Option(
            "--region", metavar="NAME", help="Only units of this 地市, 县区, 乡镇 or 归口."
        ),
    ] = "",
    platforms: Annotated[
        list[str] | None,
        typer.Option(
            "--platform",
            metavar="KEY",
            help="Only this platform; may be given again. Default: those whose search shows the 认证主体.",
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many searches.")
    ] = None,
    again_after: Annotated[
        int,
        typer.Option(
            "--again-after", min=0, metavar="DAYS", help="Ask again what was answered before then."
        ),
    ] = 30,
    dry_run: DryRun = False,
) -> None:
    """Ask the platforms' own searches for the units' names, and list what bears their 认证主体 and is
    not filed (疑似未登记), for persons to sort. Run it again: it goes on where it stopped."""
    from mediawatch.app.leads import SearchRequest, plan_search, run_search

    request = SearchRequest(
        units=tuple(units or ()),
        region=region.strip(),
        platforms=tuple(platforms or ()),
        limit=limit,
        again_after=again_after,
    )
    if not dry_run:
        stops.promise(stops.RESUMES)

    async def work() -> int:
        async with open_home(ctx, dry_run=dry_run) as app:
            plan = await plan_search(app, request)
            _tell_plan(app, plan)
            if dry_run or not any(each.due for each in plan.queries):
                return 0
            if not any(plan.logins.values()):
                words = " or ".join(f"`mediawatch login {key}`" for key in plan.logins)
                raise UserError(f"these searches answer the operator alone: {words}")
            with only_one(app.home):
                results, code = await run_search(app, plan, _show_done)
            _tell_results(results)
            return code

    if code := run(work()):
        sys.exit(code)


def _tell_plan(app: App, plan: SearchPlan) -> None:
    if plan.skipped:
        typer.echo(
            f"{count_of(plan.skipped, 'account')} without 所属组织: of no unit, not searched for",
            err=True,
        )
    for each in plan.queries:
        facts = plan.surfaces[each.platform]
        typer.echo(f"{PLATFORM_LABELS[each.platform]}: {describe_extent(app, plan, each)}")
        if not facts.shows_bodies:
            typer.echo(
                "  its search shows no 认证主体: it can only list accounts of the same name, never "
                "疑似未登记",
                err=True,
            )
    silent = [
        label
        for key, label in PLATFORM_LABELS.items()
        if key not in app.unit_searches() and app.supports(key)
    ]
    if silent:
        typer.echo(
            f"not searched, no search of accounts is attested: {'、'.join(silent)}", err=True
        )


def describe_extent(app: App, plan: SearchPlan, each: PlatformQueries) -> str:
    """How many searches, and how long they take."""
    facts, logins = plan.surfaces[each.platform], len(plan.logins[each.platform])
    known = f", {each.answered} answered already" if each.answered else ""
    searches = agree(len(each.due), "search", "searches")
    count = f"{len(each.due)} {searches} for {count_of(plan.units, 'unit')}"
    if not each.due:
        return f"nothing to ask{known}"
    if not logins:
        return f"{count}{known}; no login: `mediawatch login {facts.login}`"
    pace = app.pace_of()(facts.pace_name, facts.pace)
    seconds = max(pace.every + pace.jitter / 2, 3600 / pace.per_hour if pace.per_hour else 0)
    hours = len(each.due) * seconds / logins / 3600
    days = -(-len(each.due) // (pace.per_day * logins)) if pace.per_day else 1
    length = (
        count_of(days, "day")
        if days > 1
        else f"{hours:.0f} h"
        if hours >= 2
        else f"{max(1, round(hours * 60))} min"
    )
    return f"{count}{known}; about {length} with {count_of(logins, 'login')}"


def _show_done(done: int, total: int) -> None:
    if done % _STEP == 0 and done < total:
        print(f"asked {done} of {total}", file=sys.stderr, flush=True)


def _tell_results(results: Mapping[str, PlatformResult]) -> None:
    for platform, result in results.items():
        kinds = Counter(result.leads.values())
        found = "，".join(f"{kind.label}{kinds[kind]}个" for kind in LeadKind if kinds[kind])
        typer.echo(f"{PLATFORM_LABELS[platform]}: {result.asked} asked: {found or '无线索'}")
        for outcome, count in result.failures.items():
            typer.echo(f"  {count} not answered: {outcome.value}", err=True)
        if result.unasked:
            typer.echo(
                f"  {result.unasked} not asked: the search is paused or its day is full; run it "
                "again later",
                err=True,
            )
    if any(result.leads for result in results.values()):
        typer.echo(
            "`mediawatch registry leads` lists them; none is a finding until persons sort it"
        )
