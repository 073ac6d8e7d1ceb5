"""`mediawatch sweep`: one inspection, from its scope to its verdicts."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.app import App, only_one, runs_now
from mediawatch.app.choice import choose_sweep
from mediawatch.app.platform_proofs import proof_lines
from mediawatch.app.workers import PATIENCE
from mediawatch.cli.base import open_home, run
from mediawatch.cli.summary import print_summary, run_sweep
from mediawatch.cli.sweep_options import (
    Accounts,
    Again,
    AsOf,
    FailOnFindings,
    FirstDay,
    MetricsFile,
    Nightly,
    Platforms,
    PolicyName,
    Resume,
    Round,
    ScopeFile,
    SecondLookAfter,
    Until,
    Workers,
)
from mediawatch.domain import (
    Account,
    Effect,
    SweepRun,
    UserError,
)
from mediawatch.domain.clock import beijing, day_of, next_time, parse_as_of, parse_day
from mediawatch.log import get_logger
from mediawatch.ops import logins as sessions
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.registry.find import find_account
from mediawatch.registry.kinds import PLATFORMS
from mediawatch.rules.later_readings import warn_of_later_readings
from mediawatch.rules.policy import load
from mediawatch.sweep import metrics, scope_files
from mediawatch.sweep.engine import broken_off
from mediawatch.sweep.judging import rejudge_with_surfaces
from mediawatch.sweep.plan import duration
from mediawatch.sweep.request import Request
from mediawatch.sweep.summary import Summary

log = get_logger(__name__)
_LONG = timedelta(hours=1)
"""A sweep that takes longer is announced before it begins."""


def register(app: typer.Typer) -> None:
    group = typer.Typer(help=sweep.__doc__, invoke_without_command=True)
    group.callback()(sweep)
    group.command("judge")(judge)
    app.add_typer(group, name="sweep")


def judge(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="Number of the sweep.", min=1)],
) -> None:
    """Judge a finished sweep as a whole, on all that is known by now. What became known later
    counts against accounts, too."""

    async def work() -> Summary:
        async with open_home(ctx) as app:
            with only_one(app.home):
                chosen = await choose_sweep(app, number)
                scope, surfaces = await rejudge_with_surfaces(app.store, app.supports, chosen.id)
            proofs = await proof_lines(app, chosen, scope, surfaces)
            return Summary(sweep=chosen, scope=scope, repeated=True, proofs=proofs)

    print_summary(run(work()))


def sweep(
    ctx: typer.Context,
    as_of: AsOf = "",
    platform: Platforms = None,
    policy: PolicyName = "",
    account: Accounts = None,
    scope: ScopeFile = None,
    round_: Round = "",
    from_: FirstDay = "",
    nightly: Nightly = False,
    until: Until = None,
    again: Again = False,
    second_look_after: SecondLookAfter = None,
    figures: MetricsFile = None,
    fail_on_findings: FailOnFindings = False,
    workers: Workers = False,
    resume: Resume = False,
) -> None:
    """Look at every account in scope, look again before a finding, judge. Resumes an unfinished
    sweep with the same options."""
    if ctx.invoked_subcommand:
        return
    if nightly and (as_of or from_):
        raise UserError(
            "--nightly is about now: leave --as-of and --from out, or make a census of that moment"
        )
    if resume and not nightly:
        raise UserError("--resume is about a night: give --nightly with it")
    if figures:
        metrics.check(figures.path)

    stops.promise(stops.RESUMES)

    async def work() -> Summary | None:
        async with open_home(ctx, patience=PATIENCE if workers else 0) as app:
            app.alerts.check()
            settings = app.settings.sweep
            minutes = (
                settings.second_look_minutes if second_look_after is None else second_look_after
            )
            moment = as_of_option(as_of, app.clock())
            registry = await app.store.accounts.all() if scope or not workers else []
            request = Request(
                policy=load(policy or settings.policy),
                nightly=nightly,
                until=until_of(until, app.clock()),
                as_of=moment,
                drawn=scope_files.read(scope, registry, home=await app.store.operator.home_id())
                if scope
                else None,
                round=round_,
                period_from=_first_day(from_, day_of(moment or app.clock())),
                platforms=tuple(_require_platform(key) for key in platform or ()),
                account_ids=await _account_ids(app, account or []),
                again=again,
                second_look_after=timedelta(minutes=minutes),
                next_as_of=app.settings.inspection.moment,
                concurrency=app.settings.browser.concurrency,
            )
            if resume:
                found = await _of_broken_night(app, request, until)
                if found is None:
                    return None
                request = found
            if not workers:
                await _foretell(app, request, registry)
            del registry  # a nation's, which the sweep would hold to its end
            ended = partial(_write_metrics, app, figures) if figures else None
            return await run_sweep(app, request, ended, workers=workers)

    summary = run(work())
    if summary is None:
        typer.echo("no night was broken off that may still go on; nothing was done")
        return
    print_summary(summary)
    failed = any(finding.effect is Effect.FAILS for _, finding in summary.findings)
    code = summary.exit_code | (4 if failed and fail_on_findings else 0)
    if code:
        sys.exit(code)


async def _of_broken_night(app: App, request: Request, until: str | None) -> Request | None:
    """The request with the end of the night that it is to go on with; None where none may."""
    now = app.clock()
    found = None if runs_now(app.home) else await broken_off(app.store, request, now)
    if found is None:
        return None
    ends = until_of(until, found.started_at)
    return replace(request, until=ends) if ends is None or ends > now else None


async def _foretell(app: App, request: Request, registry: Sequence[Account]) -> None:
    """Say, before the first look, that a sweep without an end takes hours, and until when. And
    which accounts it can find nothing against, for a clock was ahead.
    """
    now = app.clock()
    accounts = [account for account in registry if request.wants(account)]
    states = await app.store.readings.account_states([account.id for account in accounts])
    if warning := warn_of_later_readings(states.values(), now):
        typer.echo(f"mediawatch: {warning}", err=True)
    if request.until is not None:
        return
    rates = await app.rates()
    due = request.night(now, rates).due(accounts, states) if request.nightly else accounts
    found = duration(due, now, rates)
    if found.ends - now >= _LONG:
        log.info(
            "a long sweep",
            accounts=len(due),
            ends=beijing(found.ends).isoformat(),
            quiet_minutes=dict(found.quiet),
        )
        typer.echo(
            (
                f"{count_of(len(due), 'account')}: {found.sentence}; less what is settled already; "
                "--until ends it earlier"
            ),
            err=True,
        )


async def _write_metrics(app: App, target: Output, night: SweepRun) -> None:
    logins = Counter(
        (each.session.platform, each.state)
        for each in await sessions.list_logins(app.sessions, app.logins())
    )
    complete = metrics.last_complete(await app.store.sweeps.all())
    metrics.write(target.path, night, logins, complete, target.writer())


def as_of_option(text: str, now: datetime) -> datetime | None:
    """The option `--as-of`; None where it is not given.

    UserError where it is no moment, or a future one.
    """
    try:
        return parse_as_of(text, now) if text else None
    except ValueError as error:
        raise UserError(f"--as-of: {error}") from error


def _first_day(text: str, last: date) -> date | None:
    if not text:
        return None
    try:
        first = parse_day(text)
    except ValueError as error:
        raise UserError(f"--from {text}: {error}") from error
    if first >= last:
        raise UserError(
            f"--from {first} is not before the day of the sweep, {last}: a period begins "
            "earlier than it ends"
        )
    return first


def until_of(text: str | None, now: datetime) -> datetime | None:
    """The option `--until`; None where it is not given. UserError where it is no time of day."""
    try:
        return next_time(text, now) if text is not None else None
    except ValueError as error:
        raise UserError(f"--until: {error}") from error


async def _account_ids(app: App, texts: list[str]) -> tuple[int, ...]:
    accounts = await app.store.accounts.all() if texts else []
    return tuple(find_account(accounts, text).id for text in texts)


def _require_platform(key: str) -> str:
    if key not in PLATFORMS:
        raise UserError(f"no platform {key!r}: give one of {', '.join(PLATFORMS)}")
    return key
