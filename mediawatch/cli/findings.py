"""`mediawatch findings`: suspects are sent down to their units (下发核实), and answers come back.

Units that did not answer are noted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.app import App, only_one, without_sweep
from mediawatch.app.judged import judged_scope
from mediawatch.app.overdue import OverdueAnswers, note_overdue
from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.cli.links import exit_code_of, print_report
from mediawatch.cli.out import SweepOption, check_answered, sweep_of
from mediawatch.cli.outputs import Overwrite, output
from mediawatch.cli.progress import show_progress
from mediawatch.domain import Sweep, UserError
from mediawatch.ops.retention import still_judged
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output, OutputKind
from mediawatch.people import dispatch as sheets
from mediawatch.people.dispatch import DispatchFile, DispatchOrder, DispatchSplit, UnitAnswers
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.links import open_links
from mediawatch.people.suspects import Suspect, suspects
from mediawatch.plurals import count_of
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import parse
from mediawatch.sweep.judging import checks_for, judge_news
from mediawatch.sweep.request import Request
from mediawatch.sweep.scope import office_regions
from mediawatch.table import plain
from mediawatch.workdays import how_to_add

BAD_ROWS = 2
group = typer.Typer(
    no_args_is_help=True, help="Send suspects down to their units, and take the answers in."
)


def register(app: typer.Typer) -> None:
    group.command("dispatch")(dispatch)
    group.command("import")(import_)
    group.command("overdue")(overdue)
    app.add_typer(group, name="findings")


def dispatch(
    ctx: typer.Context,
    folder: Annotated[
        Output,
        output(
            metavar="DIR",
            help="Where the files go: 核实-PART.xlsx each; made if need be.",
            kind=OutputKind.FOLDER,
        ),
    ],
    person: Annotated[str, typer.Option(metavar="NAME", help="Who sends them down.")],
    by: Annotated[
        DispatchSplit | None,
        typer.Option(
            help="One file a region or department, a prefecture, a county, a 主管单位, or a unit "
            "(所属组织) with its own contact. Default region where office.toml says a level, else "
            "prefecture."
        ),
    ] = None,
    sweep: SweepOption = None,
    overwrite: Overwrite = False,
) -> None:
    """Write the undecided findings as xlsx files, with evidence, a term and columns to answer in.
    They become 已下发核实."""

    async def work() -> list[DispatchFile]:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep, surely=True)
            await check_answered(app, chosen)
            divided = office_regions(read_office(app.home.root))

            async def plan(planning: App) -> list[DispatchFile]:
                newest, judged, found = await _suspects(planning, chosen)
                order = DispatchOrder(
                    by=by or DispatchSplit.usual(divided),
                    regions=divided,
                    person=person,
                    at=planning.clock(),
                    after=newest,
                    evidence=planning.evidence,
                    labels=planning.surface_labels({each.account.platform for each in found}),
                )
                target = FormTarget(
                    path=folder.path,
                    marks=app.marks,
                    issuer=app.issuer,
                    overwrite=overwrite,
                    write=folder.writer(planning.write_file),
                )
                return await sheets.dispatch(planning.store, target, found, judged, order)

            return await app.decide(plan)

    written = run(work())
    for each in written:
        typer.echo(
            f"{each.path}: {count_of(each.accounts, 'account')}, {count_of(each.new, 'finding')} "
            "sent for the first "
            f"time, to be answered by {each.term}"
        )
    for year in sorted({year for each in written for year in each.years_by_weekdays}):
        typer.echo(
            (
                f"the State Council's calendar of {year} is not known: its terms are counted by "
                f"Monday to Friday; {how_to_add([year])}"
            ),
            err=True,
        )
    if not written:
        typer.echo("no finding is left to be decided in this sweep", err=True)


async def _suspects(app: App, sweep: Sweep) -> tuple[int, JudgedScope, list[Suspect]]:
    """The newest review event, the scope as it is judged now, and what is suspected in it."""
    events = await app.store.reviews.events(sweep.id)
    judged = await judged_scope(app, sweep)
    found = await suspects(app.store, sweep, judged.entries, await checks_for(app.store, sweep))
    return max((event.id for event in events), default=0), judged, found


def import_(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Returned files.")],
    sweep: SweepOption = None,
    errors: Annotated[
        Output | None,
        output("--errors", metavar="FILE.xlsx", help="Give the refused rows back in this file."),
    ] = None,
    look_again: Annotated[
        bool,
        typer.Option(
            "--look-again", help="Look at the answered accounts once more, in a sweep of their own."
        ),
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Take answers in, open the article links in them, and judge the sweep again.

    Good rows are kept even where others are refused (then exit 2).
    """

    if errors:
        errors.refuse_inputs(files)
    if not dry_run:
        stops.promise(stops.RESUMES)

    async def work() -> tuple[UnitAnswers, int]:
        async with open_home(ctx, dry_run=dry_run) as app:
            with without_sweep(app.home):
                chosen = await sweep_of(app, sweep)
                if missing := [file for file in files if not file.exists()]:
                    raise UserError(f"no such file: {missing[0]}")
                await still_judged(app.store, chosen)

                async def plan(planning: App) -> UnitAnswers:
                    judged = await judged_scope(planning, chosen)
                    made = await sheets.import_answers(
                        planning.store, files, judged, evidence=app.evidence, now=app.clock()
                    )
                    if made.articles or (look_again and made.accounts):
                        # What cannot be opened here is refused before anything is kept.
                        app.looker()
                    return made

                answers = await app.decide(plan)
                if errors and answers.bad_rows:
                    sheets.write_bad_rows(
                        errors.path, answers, sweep=chosen, marks=app.marks, write=errors.writer()
                    )
                _print(answers)
                if dry_run:
                    return answers, 0
                looks = bool(answers.articles) or (look_again and bool(answers.accounts))
                if not looks:
                    await _judge_again(app, chosen, answers)
                    return answers, 0
            with only_one(app.home):
                return answers, await _follow(app, chosen, answers, look_again=look_again)

    answers, code = run(work())
    if errors and answers.bad_rows:
        typer.echo(f"{errors}: {count_of(len(answers.bad_rows), 'row')} to correct", err=True)
    if code | (BAD_ROWS if answers.problems else 0):
        sys.exit(code | (BAD_ROWS if answers.problems else 0))


def overdue(
    ctx: typer.Context,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who notes it.")],
    sweep: SweepOption = None,
) -> None:
    """Note 逾期未反馈 for every finding that was sent down and not answered, once its term is
    over.
    """

    async def work() -> OverdueAnswers:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep, surely=True)
            return await app.decide(lambda planning: note_overdue(planning, chosen, by))

    answers = run(work())
    if not answers.noted:
        raise UserError(
            f"no term is over: the first one ends with {answers.terms[0]}"
            if answers.terms
            else "nothing waits for an answer in this sweep"
        )
    keys = ", ".join(each.key for each in answers.noted)
    typer.echo(f"{count_of(len(answers.noted), 'finding')} noted as 逾期未反馈: {keys}")
    if answers.terms:
        typer.echo(
            f"{len(answers.terms)} more may be answered until {answers.terms[0]} or later", err=True
        )


async def _follow(app: App, sweep: Sweep, answers: UnitAnswers, *, look_again: bool) -> int:
    """Open the links, look again where asked, judge again; returns the exit bits of the sites'
    failures."""
    code = 0
    if answers.articles:
        gate = app.pacing()
        report = await open_links(
            answers.articles, store=app.store, looker=app.looker(), gate=gate, now=app.clock
        )
        print_report(report)
        code |= exit_code_of(report, gate)
    if look_again and answers.accounts:
        code |= await _look_again(app, sweep, answers.accounts)
    await _judge_again(app, sweep, answers)
    return code


async def _judge_again(app: App, sweep: Sweep, answers: UnitAnswers) -> None:
    # Repeated answers count, too: the import that kept them may have been cut short before it
    # judged.
    if answers.accounts:
        await judge_news(app.store, app.supports, sweep.id)


async def _look_again(app: App, sweep: Sweep, accounts: Sequence[int]) -> int:
    """Fresh looks for the same moment; what they read counts in the first sweep too."""
    settings = app.settings
    request = Request(
        policy=parse(sweep.policy_toml),
        as_of=sweep.as_of,
        account_ids=tuple(sorted(set(accounts))),
        again=True,
        second_look_after=timedelta(minutes=settings.sweep.second_look_minutes),
        concurrency=settings.browser.concurrency,
    )
    with show_progress() as progress:
        return (await app.engine().run(request, progress)).exit_code


def _print(answers: UnitAnswers) -> None:
    """Print the result of an import; what people have to read is Chinese."""
    typer.echo(
        f"{count_of(len(set(answers.accounts)), 'account')} answered, {answers.repeated} known "
        f"already, {count_of(answers.blank, 'row')} not answered, "
        f"{count_of(len(answers.bad_rows), 'row')} refused, "
        f"{count_of(len(answers.articles), 'link')} to open, "
        f"{count_of(answers.pictures, 'picture')} kept for the reviewer"
    )
    if answers.others:
        typer.echo(
            (
                "not opened, for they lead to no WeChat article: "
                f"{count_of(len(answers.others), 'link')}; see `mediawatch review show`:"
            ),
            err=True,
        )
        for place, link in answers.others:
            typer.echo(
                plain(f"{place}: {link}"),
                err=True,
            )
    for problem in answers.problems:
        typer.echo(plain(problem.sentence), err=True)
