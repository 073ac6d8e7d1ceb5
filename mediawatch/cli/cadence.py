"""`mediawatch cadence`: how often accounts and units publish, month by month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.app.cadence import count_cadences
from mediawatch.cli.base import fit_prose, fit_table, open_home, run
from mediawatch.cli.outputs import output
from mediawatch.cli.sweep_options import Platforms, PolicyName, ScopeFile
from mediawatch.domain import Account, Filing, UserError
from mediawatch.domain.clock import day_of
from mediawatch.figures.cadence import unit_cadences
from mediawatch.figures.regions import Regions
from mediawatch.names import fold
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output, OutputKind
from mediawatch.plurals import count_of
from mediawatch.publish.reports import cadence as papers
from mediawatch.rules.cadence import months_between
from mediawatch.rules.policy import load
from mediawatch.sweep import scope_files
from mediawatch.sweep.scope import office_regions
from mediawatch.table import to_csv

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_MOST_MONTHS = 24
_MOST_ROWS = 400_000
"""Of a workbook by account: with more of them office programs do not open it in reasonable time."""


def register(app: typer.Typer) -> None:
    app.command("cadence")(cadence)


def cadence(
    ctx: typer.Context,
    first: Annotated[
        str, typer.Option("--from", metavar="MONTH", help="First month, as 2022-10.")
    ] = "",
    last: Annotated[
        str,
        typer.Option("--to", metavar="MONTH", help="Last month; default the last that is over."),
    ] = "",
    scope: ScopeFile = None,
    platform: Platforms = None,
    region: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this prefecture, county, township or department."),
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only accounts of this 所属组织.")
    ] = None,
    policy: PolicyName = "",
    csv: Annotated[
        Output | None,
        output(
            "--csv",
            metavar="DIR",
            help="Write a CSV a table there instead of printing; made if need be.",
            kind=OutputKind.FOLDER,
        ),
    ] = None,
    xlsx: Annotated[
        Output | None, output("--xlsx", metavar="FILE", help="Write the tables as a workbook.")
    ] = None,
) -> None:
    """Count by account and unit how often they published in each month (发布条数, 最长更新间隔, 不达标天数,
    连续未发布月数). For the office alone; says "at least" where no complete list reaches.
    """

    async def work() -> tuple[papers.CadenceReport, str]:
        async with open_home(ctx) as app:
            months = _months(first, last, day_of(app.clock()))
            rule = load(policy or app.settings.sweep.policy)
            office = read_office(app.home.root)
            accounts = await _accounts(app, scope)
            accounts = _chosen(accounts, platform, region, unit, office_regions(office))
            if xlsx:
                _check_size(len(accounts) * len(months))
            counted = await count_cadences(app, accounts, months, rule)
            report = papers.CadenceReport(
                accounts=counted,
                units=unit_cadences(counted, months),
                months=months,
                policy=rule,
                made_at=app.clock(),
                marks=app.marks,
            )
            return report, office.issuer

    report, issuer = run(work())
    files = [csv.file(f"更新频次（{name}）.csv") for name in papers.SHEETS] if csv else []
    for file in (*files, *([xlsx] if xlsx else [])):
        file.check()
    if files:
        for file, table in zip(files, papers.tables(report), strict=True):
            file.write(to_csv(table), shared=True)
            typer.echo(f"{file}: {count_of(len(table.rows), 'row')}")
    if xlsx:
        xlsx.write(papers.book(report, issuer), shared=True)
        typer.echo(f"{xlsx}: {count_of(len(report.accounts), 'account')}")
    if not files and not xlsx:
        *listed, explained = papers.tables(report)
        typer.echo("；".join((papers.INTERNAL_ONLY, *report.marks)))
        typer.echo("\n".join(fit_table(table) for table in listed if table.rows))
        typer.echo(fit_prose("\n".join("：".join(row) for row in explained.rows)))


def _months(first: str, last: str, today: date) -> list[date]:
    """The months that are meant, by their first days; the present one as far as it is over."""
    before = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    end = (
        _month("--to", last) if last else max(before, _month("--from", first)) if first else before
    )
    start = _month("--from", first) if first else end
    if start > end:
        raise UserError(f"--from {start:%Y-%m} lies after --to {end:%Y-%m}: exchange them")
    if end >= today:
        raise UserError(f"{end:%Y-%m} has no day that is over yet: name an earlier month")
    found = months_between(start, end)
    if len(found) > _MOST_MONTHS:
        raise UserError(f"{len(found)} months are too many: name at most {_MOST_MONTHS}")
    return found


def _check_size(rows: int) -> None:
    """UserError where a workbook would have too many rows."""
    if rows > _MOST_ROWS:
        raise UserError(
            f"{count_of(rows, 'row')} are too many for a workbook, a row an account and month: name "
            "fewer months, or one --region or --platform after the other, or write them by --csv"
        )


def _month(option: str, text: str) -> date:
    match = _MONTH.fullmatch(text)
    try:
        if match:
            return date(int(match[1]), int(match[2]), 1)
    except ValueError:
        pass
    raise UserError(f"{option} {text}: that is no month: write it as 2022-10")


async def _accounts(app: App, scope: Path | None) -> Sequence[Account]:
    accounts = await app.store.accounts.all()
    if scope is None:
        return accounts
    return scope_files.read(scope, accounts, home=await app.store.operator.home_id()).accounts


def _chosen(
    accounts: Sequence[Account],
    platforms: Sequence[str] | None,
    regions: Sequence[str] | None,
    units: Sequence[str] | None,
    divided: Regions,
) -> list[Account]:
    """The accounts of these platforms, regions and units. UserError where a word means none."""
    words = {"--platform": platforms, "--region": regions, "--unit": units}
    found = list(accounts)
    for option, given in words.items():
        if given:
            for word in given:
                if not any(_bears(each.filed, option, divided, [word]) for each in found):
                    raise UserError(f"{option} {word}: none of the accounts has that")
            found = [each for each in found if _bears(each.filed, option, divided, given)]
    return found


def _bears(filed: Filing, option: str, divided: Regions, words: Sequence[str]) -> bool:
    """Whether what is filed of an account is one of these words, for that option."""
    of = {
        "--platform": (filed.platform,),
        "--region": (filed.prefecture, filed.county, filed.township, divided.of(filed)),
        "--unit": (filed.organiser,),
    }[option]
    return not {fold(word) for word in of}.isdisjoint(map(fold, words))
