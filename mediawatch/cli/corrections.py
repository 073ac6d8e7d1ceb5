"""`mediawatch registry corrections`: what units should correct in their filings, and what they did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import CsvOption, print_or_write
from mediawatch.cli.outputs import Overwrite, output
from mediawatch.domain import PLATFORM_LABELS, UserError
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output, OutputKind
from mediawatch.people.forms.splits import DispatchSplit
from mediawatch.people.forms.target import FormTarget
from mediawatch.plurals import count_of
from mediawatch.registry.decisions import current
from mediawatch.registry.proposal import FIELDS
from mediawatch.registry.remarks import (
    STANDINGS_BRIEF,
    RemarkResult,
    RemarkStanding,
    standings,
    standings_table,
)
from mediawatch.sweep.scope import office_regions

_SHOWN = 30
"""So many remarks are listed after an import."""

if TYPE_CHECKING:
    from mediawatch.people.corrections.export import RemarksFile


def corrections(
    ctx: typer.Context,
    folder: Annotated[
        Output | None,
        output(
            metavar="DIR",
            help="Where the files go: 台账更正提示单-PART.xlsx each; made if need be. Without it: what "
            "became of them.",
            kind=OutputKind.FOLDER,
        ),
    ] = None,
    by: Annotated[
        DispatchSplit,
        typer.Option(
            help="One file a 主管单位, a county, a prefecture, a region or department, or a unit."
        ),
    ] = DispatchSplit.SUPERVISOR,
    overwrite: Overwrite = False,
    csv: CsvOption = None,
) -> None:
    """Write what readings have shown to be wrong or missing in the registry, for the units to
    correct, and what two persons found to be not filed. Without DIR, list what became of it."""
    if folder is None:
        table = standings_table(run(_became(ctx)))
        print_or_write(table if csv else table.only(*STANDINGS_BRIEF), csv)
        return
    if csv:
        raise UserError("--csv lists what became of it: leave DIR out")
    # Imported here: with it comes the writer of workbooks.
    from mediawatch.app.leads import find_confirmed_unfiled
    from mediawatch.people.corrections.export import Corrections, export_corrections

    target = folder

    async def work() -> list[RemarksFile]:
        async with open_home(ctx) as app:
            divided = office_regions(read_office(app.home.root))

            async def plan(planning: App) -> list[RemarksFile]:
                form = FormTarget(
                    path=target.path,
                    marks=app.marks,
                    issuer=app.issuer,
                    overwrite=overwrite,
                    write=target.writer(planning.write_file),
                )
                return await export_corrections(
                    planning.store,
                    form,
                    Corrections(
                        proposals=await current(planning.store),
                        unfiled=await find_confirmed_unfiled(planning),
                    ),
                    lambda filed: by.of(filed, divided),
                    planning.surface_labels(PLATFORM_LABELS),
                    planning.clock(),
                )

            return await app.decide(plan)

    written = run(work())
    for each in written:
        typer.echo(f"{each.path}: {count_of(each.rows, 'row')}")
    if not written:
        typer.echo("readings have shown nothing that the registry lacks", err=True)


def tell_remarks(found: Sequence[RemarkStanding]) -> None:
    """What became of what had been pointed out to units: counts, and the list."""
    if not found:
        return
    counted = Counter(each.result for each in found)
    # What was open before an import was not adopted by the office.
    told = "，".join(
        f"{result.value}{counted[result]}项"
        for result in RemarkResult
        if result is not RemarkResult.ADOPTED
    )
    typer.echo(f"台账更正提示：共{len(found)}项，{told}")
    for each in found[:_SHOWN]:
        filed = each.account.filed
        now = f"，现为“{each.filed_now}”" if each.result is RemarkResult.OTHERWISE else ""
        typer.echo(
            f"  {each.result.value}：{filed.filing_number or '-'} {filed.name}，"
            f"{FIELDS[each.remark.field]}{now}"
        )
    if len(found) > _SHOWN:
        typer.echo("  其余见 `mediawatch registry corrections`")


async def _became(ctx: typer.Context) -> list[RemarkStanding]:
    async with open_home(ctx) as app:
        accounts = await app.store.accounts.all(include_retired=True)
        given = await app.store.accounts.remarks()
        history = await app.store.accounts.changes()
        return standings(given, {account.id: account for account in accounts}, history)
