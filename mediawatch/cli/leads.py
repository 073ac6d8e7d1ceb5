"""`mediawatch registry leads` and `lead`: what searches showed, and what persons decide of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.cli.out import CsvOption, print_or_write
from mediawatch.cli.outputs import output
from mediawatch.cli.review_options import name_one_person
from mediawatch.domain import PLATFORM_LABELS, LeadAction, LeadSort, UserError
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.table import Table, plain

_SORTS = "应补登记 (to-file), 仿冒 (impostor), 不属政府系统 (not-government), 同名不属本地区 (elsewhere), 已登记 (filed)"
SortOption = Annotated[str, typer.Option("--as", metavar="SORT", help=f"One of {_SORTS}.")]


def leads(
    ctx: typer.Context,
    sort: Annotated[
        str,
        typer.Option(
            "--as",
            metavar="SORT",
            help="The list to hand over: 应补登记 (未按规定登记备案), or 仿冒 (for 网信). Only what two "
            "persons found.",
        ),
    ] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Also what was sorted out, and what is filed by now.")
    ] = False,
    csv: CsvOption = None,
    out: Annotated[
        Output | None, output("--out", metavar="FILE.xlsx", help="Write a workbook instead.")
    ] = None,
) -> None:
    """List the leads of `registry search` (疑似未登记, 闭后重现, 名称相同), for persons to sort.
    None of them is a finding, and no figure or circular knows of them."""
    from mediawatch.registry import lead_tables

    chosen = sort_of(sort) if sort else None
    if chosen and not chosen.leaves_house:
        raise UserError(
            f"--as {sort}: only 应补登记 and 仿冒 are handed over; --all lists the rest"
        )

    async def work() -> tuple[Table, Table, list[str]]:
        from mediawatch.app.leads import hand_over_faults, lead_standings, search_extent
        from mediawatch.registry.search_extent import extent_lines

        async with open_home(ctx) as app:
            standings = await lead_standings(app)
            labels, notes = app.surface_labels(PLATFORM_LABELS), list[str]()
            if chosen:
                found = lead_tables.leads_to_hand_over(standings, chosen)
                faults = hand_over_faults(app, found)
                notes = [f"lead {number} is left out: {fault}" for number, fault in faults.items()]
                found = [each for each in found if each.lead.id not in faults]
                waiting = sum(each.sort is chosen and each.needs_second for each in standings)
                if waiting:
                    notes.append(f"{count_of(waiting, 'lead')} not listed: no second person yet")
                write = (
                    lead_tables.unfiled_table
                    if chosen is LeadSort.TO_FILE
                    else lead_tables.impostor_table
                )
                table = brief = write(found)
            else:
                shown = [
                    each
                    for each in standings
                    if everything or each.is_open or (each.sort and each.sort.leaves_house)
                ]
                table = lead_tables.leads_table(shown, labels)
                brief = table.only(*lead_tables.BRIEF)
                notes.append(
                    f"{count_of(len(standings), 'lead')}, "
                    f"{sum(each.is_open for each in standings)} to sort, "
                    f"{sum(each.needs_second for each in standings)} for a second person"
                )
            extent = await search_extent(app)
            notes += extent_lines(extent)
            if out:
                _write_book(app, out, table, extent)
            return table, brief, notes

    table, brief, notes = run(work())
    if csv or not out:
        print_or_write(table if csv else brief, csv)
    for note in notes:
        typer.echo(note, err=True)


def lead(
    ctx: typer.Context,
    number: Annotated[
        int, typer.Argument(metavar="N", help="The lead's 编号 in `registry leads`.")
    ],
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who decides.", callback=name_one_person)
    ],
    sort: SortOption = "",
    unit: Annotated[
        str,
        typer.Option(
            "--unit", metavar="NAME", help="Of 应补登记: whose it is, where several may be meant."
        ),
    ] = "",
    confirm: Annotated[
        bool,
        typer.Option(
            "--confirm", help="As a second person: 应补登记 or 仿冒 may then be handed over."
        ),
    ] = False,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take the decision back; the lead is open again.")
    ] = False,
    reason: Annotated[
        str,
        typer.Option("--reason", metavar="TEXT", help="Why: what was seen. Each person says it."),
    ] = "",
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Of the account's own page: PNG, JPEG, WebP or PDF; kept as evidence. 仿冒 needs one "
            "of each person.",
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Sort a lead, confirm what another person sorted, or take a decision back. What was decided
    before stays on record."""
    from mediawatch.app.leads import LeadRequest, decide_lead
    from mediawatch.registry.lead_standing import LeadStanding

    if [bool(sort), confirm, withdraw].count(True) != 1:
        raise UserError("give one of --as SORT, --confirm and --withdraw")
    request = LeadRequest(
        lead=number,
        action=LeadAction.CONFIRMED
        if confirm
        else LeadAction.WITHDRAWN
        if withdraw
        else LeadAction.SORTED,
        by=by,
        reason=reason,
        sort=sort_of(sort) if sort else None,
        unit=unit,
        picture=picture,
    )

    async def work() -> LeadStanding:
        async with open_home(ctx, dry_run=dry_run) as app:

            async def plan(planning: App) -> LeadStanding:
                return await decide_lead(planning, request)

            return await app.decide(plan)

    made = run(work())
    seen = made.lead.latest
    platform = PLATFORM_LABELS[made.lead.platform]
    typer.echo(plain(f"{number}  {seen.name}（{platform}）：{made.words}"))
    if made.needs_second:
        typer.echo(
            f"another person confirms it: `mediawatch registry lead {number} --confirm --by NAME`",
            err=True,
        )


def sort_of(text: str) -> LeadSort:
    """By its Chinese or its English word. UserError for another one."""
    for each in LeadSort:
        if text.strip() in (each.value, each.label, each.label.replace("，", "")):
            return each
    raise UserError(f"--as {text!r} is none of {_SORTS}")


def _write_book(app: App, out: Output, table: Table, extent: Table) -> None:
    # Imported here: with it comes the writer of workbooks.
    from mediawatch.ops.settings.office import read_office
    from mediawatch.publish.reports.xlsx import BookCover, workbook
    from mediawatch.registry.lead_tables import COLUMNS, PRINTED
    from mediawatch.registry.search_extent import extent_words

    sheet = table.only(*PRINTED) if table.columns == COLUMNS else table
    cover = BookCover(
        title=table.title, issuer=read_office(app.home.root).issuer, made_at=app.clock()
    )
    body = workbook(
        [(table.title, sheet), (extent.title, extent)],
        counts={"序号", *extent.columns[2:6]},
        rates=(),
        marks=(extent_words(extent), *app.marks),
        cover=cover,
    )
    out.write(body, shared=True)
    typer.echo(str(out))
