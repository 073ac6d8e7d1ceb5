"""What is made of collected hand-offs: figures, a circular, a sample, differences."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediawatch.cli.base import fit_table, home_of, open_home, run
from mediawatch.cli.outputs import output
from mediawatch.domain import UserError
from mediawatch.domain.clock import parse_day
from mediawatch.outputs import Output, OutputKind
from mediawatch.plurals import count_of

# Whatever a command needs besides is imported where it is used.
if TYPE_CHECKING:
    from mediawatch.app import App
    from mediawatch.app.collection import CollectedRound
    from mediawatch.publish.inspection import Inspection

OwnOption = Annotated[
    int | None,
    typer.Option(
        "--sweep",
        metavar="N",
        help="Our own inspection of a sample; default the newest finished one of the round.",
    ),
]


def figures(
    ctx: typer.Context,
    out: Annotated[
        Output | None,
        output("--out", metavar="FILE", help="Write figures and lists as a workbook."),
    ] = None,
    sweep: OwnOption = None,
) -> None:
    """Show the figures of all that came in, by office and platform; every number says whose it is."""
    from mediawatch.publish.collect import papers

    told, own = run(_collected(ctx, sweep))
    inspection = told.collection.inspection
    if out is None:
        typer.echo(fit_table(papers.reported_table(inspection)))
        typer.echo(fit_table(papers.crossed_table(inspection)))
    else:
        out.write(papers.collection_book(told.collection, told.match, own), shared=True)
        whole = inspection.statistics.whole
        typer.echo(f"{out}: {whole.failed} failed of {whole.checked} checked, as reported")
    _tell(told)


def circular(
    ctx: typer.Context,
    out: Annotated[Output, output("--out", metavar="FILE", help="Where the document goes.")],
    sweep: OwnOption = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="FILE",
            help="Your own; default circular.docx in the home, else ours.",
        ),
    ] = None,
    signed_on: Annotated[
        str, typer.Option("--date", metavar="DAY", help="成文日期; default left open.")
    ] = "",
    checked_during: Annotated[
        str,
        typer.Option(
            "--checked-during",
            metavar="WORDS",
            help="检查时间 as people write it, such as 2月中下旬.",
        ),
    ] = "",
) -> None:
    """Write the circular on what was reported and on our own sample, as a Word document."""
    from mediawatch.publish.circular.collected import compose_collected
    from mediawatch.publish.reports import word

    day = _day(signed_on)
    told, own = run(_collected(ctx, sweep))
    found = compose_collected(
        told.collection.inspection, own, checked_during=checked_during, signed_on=day
    )
    chosen = template or word.own_template(home_of(ctx).root)
    body = word.collected_circular(found, template=chosen, marks=own.marks if own else ())
    out.write(body, shared=True)
    typer.echo(f"{out}: {count_of(len(told.collection.reports), 'office')} reported")
    if own is None:
        typer.echo("no own inspection of the round: the circular has no 本级抽查", err=True)
    _tell(told)


def sample(
    ctx: typer.Context,
    seed: Annotated[
        str,
        typer.Option(metavar="TEXT", help="The same seed draws the same accounts again."),
    ],
    out: Annotated[
        Output, output("--out", metavar="FILE", help="Write the list (xlsx) for `sweep --scope`.")
    ],
    per_office: Annotated[
        int | None,
        typer.Option("--per-office", metavar="N", min=1, help="So many of each 地区（部门）."),
    ] = None,
    share: Annotated[
        str, typer.Option("--share", metavar="10%", help="Such a share of each, rounded up.")
    ] = "",
) -> None:
    """Draw a reproducible sample of the reported accounts that our registry has."""
    from mediawatch.app.collection import draw_sample
    from mediawatch.publish.reports.statistics import strata_table
    from mediawatch.sweep import scope_files
    from mediawatch.sweep.clauses import clause
    from mediawatch.sweep.scope import Scope

    if (per_office is None) == (not share):
        raise UserError("give either --per-office N or --share 10%")
    taken = clause(f"{per_office}个" if per_office else share)
    if taken.ratio is None and share:
        raise UserError(f"--share {share}: give a share, as in 10%")

    async def work() -> tuple[Scope, CollectedRound, tuple[str, ...], str]:
        async with open_home(ctx) as app:
            drawn, told = await draw_sample(app, taken, seed)
            return drawn, told, app.marks, await app.store.operator.home_id()

    drawn, told, marks, home = run(work())
    typer.echo(fit_table(strata_table(drawn)))
    scope_files.write(drawn, out.path, marks, home=home, put=out.writer())
    round_ = told.offices.round
    period = f" --from {round_.period_from} --as-of {round_.as_of}" if round_.period_from else ""
    typer.echo(
        f"{out}: {count_of(len(drawn.accounts), 'account')}; inspect them with `mediawatch sweep "
        f"--scope {out} --round {round_.name}{period}`"
    )
    if missing := len(told.match.reasons):
        typer.echo(
            f"{count_of(missing, 'reported account')} could not be matched to the registry and were "
            "not drawn: `mediawatch collect figures --out FILE` lists them (台账比对)",
            err=True,
        )


def differences(
    ctx: typer.Context,
    out: Annotated[
        Output | None, output("--out", metavar="FILE", help="Write all of them as a workbook.")
    ] = None,
    by_office: Annotated[
        Output | None,
        output(
            "--by-office",
            metavar="DIR",
            help="Write a workbook for each office, with its own accounts alone.",
            kind=OutputKind.FOLDER,
        ),
    ] = None,
    sweep: OwnOption = None,
) -> None:
    """Compare what the offices and our own inspection say of the same accounts (待核对)."""
    from mediawatch.app.own_sample import find_differences
    from mediawatch.publish.collect import difference_papers as papers
    from mediawatch.publish.collect.differences import AccountDifference

    async def work() -> tuple[tuple[AccountDifference, ...], Inspection, tuple[str, ...]]:
        async with open_home(ctx) as app:
            told, own = await _round(app, sweep)
            if own is None:
                raise UserError(
                    "there is no own inspection of the round: draw a sample by `mediawatch collect "
                    "sample`, look at it by `mediawatch sweep --scope`, or name one with --sweep"
                )
            found = await find_differences(app, told, own)
            return found, own, told.collection.inspection.marks

    found, own, marks = run(work())
    if not found:
        raise UserError(
            f"sweep {own.sweep.id} looked at no account that an office reported: name another one "
            "with --sweep"
        )
    if out is None and by_office is None:
        typer.echo(fit_table(papers.results_table(found, own.office.decimals)))
        typer.echo(fit_table(papers.different_table(found)))
    if out is not None:
        out.write(papers.difference_book(found, own, papers.TITLE, marks), shared=True)
        typer.echo(f"{out}: {count_of(len(found), 'account')} compared")
    if by_office is not None:
        names = list(dict.fromkeys(each.office for each in found))
        targets = [by_office.file(f"{papers.TITLE}-{name}.xlsx") for name in names]
        for target in targets:
            target.check()
        for name, target in zip(names, targets, strict=True):
            theirs = [each for each in found if each.office == name]
            body = papers.difference_book(theirs, own, f"{papers.TITLE}（{name}）", marks)
            target.write(body, shared=True)
        typer.echo(f"{by_office}: {count_of(len(names), 'workbook')}")


async def _collected(
    ctx: typer.Context, sweep: int | None
) -> tuple[CollectedRound, Inspection | None]:
    async with open_home(ctx) as app:
        return await _round(app, sweep)


async def _round(app: App, sweep: int | None) -> tuple[CollectedRound, Inspection | None]:
    from mediawatch.app.collection import collected_round
    from mediawatch.app.own_sample import (
        own_inspections,
        with_names_left_out,
        without_praise_of_failing,
    )
    from mediawatch.ops.settings.lower_offices import read_lower_offices

    own = await own_inspections(app, read_lower_offices(app.home.root), sweep)
    told = await collected_round(app, own)
    if not own:
        return told, None
    return with_names_left_out(told, without_praise_of_failing(told, own[-1]))


def _tell(told: CollectedRound) -> None:
    """What whoever makes figures of it must know; the papers say it, too."""
    reporting = told.collection.inspection.reporting
    if reporting and reporting.missing:
        typer.echo(f"尚未报送：{'、'.join(reporting.missing)}", err=True)
    if told.besides:
        typer.echo(told.said_besides, err=True)
    for each in reporting.key_remarks if reporting else ():
        typer.echo(each, err=True)
    if number := len(told.match.reasons):
        typer.echo(f"{count_of(number, 'reported account')} not in the registry", err=True)
    if number := len(told.match.uncovered):
        typer.echo(f"{count_of(number, 'account')} of the registry reported by nobody", err=True)
    if number := len(told.collection.shared):
        typer.echo(f"{count_of(number, 'account')} reported by several offices", err=True)
    if reporting and reporting.disputed:
        typer.echo(
            f"{count_of(reporting.disputed, 'account')} reported as failed, which our own knowledge "
            "contradicts: open, and in no list",
            err=True,
        )


def _day(text: str) -> date | None:
    try:
        return parse_day(text) if text else None
    except ValueError as error:
        raise UserError(f"--date {text}: {error}") from None
