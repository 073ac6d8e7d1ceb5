"""`mediawatch plan`: a night's sweep before it begins."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from mediawatch.cli.base import fit_prose, fit_table, open_home, run
from mediawatch.cli.sweep import until_of
from mediawatch.domain.clock import beijing
from mediawatch.plurals import agree, count_of
from mediawatch.rules.due import DueReason
from mediawatch.rules.policy import load
from mediawatch.sweep.forecast import Forecast, forecast, spell
from mediawatch.sweep.plan import SweepPlan, plan
from mediawatch.sweep.request import Request
from mediawatch.sweep.steering import rates_with_hints
from mediawatch.table import Table

_SHOWN = 10
"""So many accounts are named one by one."""


def register(app: typer.Typer) -> None:
    app.command("plan")(plan_night)


def plan_night(
    ctx: typer.Context,
    until: Annotated[
        str | None,
        typer.Option(metavar="HH:MM", help="The night's end in Beijing, as for `sweep --until`."),
    ] = None,
    policy: Annotated[
        str,
        typer.Option(metavar="NAME|FILE", help="Inspection policy; default from mediawatch.toml."),
    ] = "",
    listed: Annotated[
        bool, typer.Option("--list", help="Name every account that is due, too.")
    ] = False,
) -> None:
    """Show what a nightly sweep would look at now and why, and how long it takes. Show what is left
    to people."""

    async def work() -> tuple[SweepPlan, datetime | None, list[Forecast]]:
        async with open_home(ctx) as app:
            now = app.clock()
            end = until_of(until, now)
            rule = load(policy or app.settings.sweep.policy)
            request = Request(
                policy=rule,
                nightly=True,
                until=end,
                next_as_of=app.settings.inspection.moment,
            )
            accounts = await app.store.accounts.all()
            states = await app.store.readings.account_states([account.id for account in accounts])
            rates = await rates_with_hints(app.store, await app.rates(), states, rule, now)
            ahead = forecast(accounts, app.surfaces, app.opens_links, await app.reach())
            return plan(accounts, states, request, now, rates), end, ahead

    found, end, ahead = run(work())
    typer.echo(plan_text(found, end))
    for one in ahead:
        told = f"{one.platform}, {count_of(one.accounts, 'account')}: {one.key_sentence}"
        typer.echo(fit_prose(told, 2))
        if one.list_command:
            typer.echo(f"  which: {one.list_command}")
    if listed and found.due:
        typer.echo(fit_table(_one_by_one(found)))


def _one_by_one(found: SweepPlan) -> Table:
    rows = tuple(
        (
            str(each.account.id),
            each.account.platform,
            each.account.filed.name,
            each.why.value,
            each.way.name if each.way else "",
            f"{beijing(each.begins):%m-%d %H:%M}" if each.begins else "",
        )
        for each in found.due
    )
    return Table(
        "due, the most urgent first",
        ("id", "platform", "name", "why", "asked first", "begins"),
        rows,
    )


def plan_text(found: SweepPlan, until: datetime | None) -> str:
    """The plan as text."""
    parts = [
        f"{len(found.due)} of {count_of(found.in_scope, 'account')} "
        f"{agree(len(found.due), 'is', 'are')} due"
    ]
    if found.due:
        platforms = sorted({each.account.platform for each in found.due})
        counts = found.by_reason
        rows = tuple(
            (platform, *(str(counts.get((platform, why), 0)) for why in DueReason))
            for platform in platforms
        )
        parts.append(
            fit_table(
                Table(
                    "due, by platform and reason",
                    ("platform", *(why.value for why in DueReason)),
                    rows,
                )
            )
        )
    lasting = sorted(found.minutes.items(), key=lambda each: -each[1])
    said = [f"{name}: {spell(minutes)} at the set pace" for name, minutes in lasting]
    if lasting:
        said.append(f"the night: {found.sentence}; second looks and further sources come on top")
    if found.outside:
        end = f" by {beijing(until):%H:%M}" if until else ""
        said.append(
            f"{count_of(len(found.outside), 'first look')} left for the next night: no time for "
            f"more{end}, or a day's cap"
        )
    if people := found.for_people:
        names = "、".join(account.filed.name for account in people[:_SHOWN])
        said.append(
            f"{len(people)} for people (no id, link or login leads to them): "
            f"{names}{'…' if len(people) > _SHOWN else ''}"
        )
    said += [sentence for budget in found.budgets for sentence in budget.sentences]
    parts += [fit_prose(line, 2) for line in said]
    return "\n".join(parts)
