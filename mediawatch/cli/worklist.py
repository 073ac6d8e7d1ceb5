"""`mediawatch unproven` and `mediawatch worklist`: questions for people, out and in again."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.app import App, only_one, without_sweep
from mediawatch.app.judged import judged_scope
from mediawatch.cli.base import DryRun, home_of, open_home, run
from mediawatch.cli.links import exit_code_of, print_report
from mediawatch.cli.out import CsvOption, SweepOption, check_answered, print_or_write, sweep_of
from mediawatch.cli.outputs import Overwrite, output
from mediawatch.cli.problem import kind_of
from mediawatch.domain import Sweep, UserError, Verdict
from mediawatch.ops.retention import still_judged
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.links import open_links
from mediawatch.people.worklist.export import WorklistFile, WorklistSplit
from mediawatch.people.worklist.export import export as export_worklist
from mediawatch.people.worklist.imported import WorklistImport, write_bad_rows
from mediawatch.people.worklist.intake import import_files
from mediawatch.people.worklist.problem_todo import ProblemRequest
from mediawatch.people.worklist.todo import Unproven, as_table, open_ones
from mediawatch.plurals import count_of
from mediawatch.sweep import scope_files
from mediawatch.sweep.judging import judge_news
from mediawatch.sweep.scope import office_regions
from mediawatch.table import plain

BAD_ROWS = 2
group = typer.Typer(
    no_args_is_help=True, help="Hand out what the machine cannot prove, and take the answers back."
)


def register(app: typer.Typer) -> None:
    app.command("unproven")(unproven)
    group.command("export")(export)
    group.command("import")(import_)
    app.add_typer(group, name="worklist")


def unproven(
    ctx: typer.Context,
    sweep: SweepOption = None,
    csv: CsvOption = None,
) -> None:
    """List the accounts that are open, as the documents count them (待人工核查, 疑似问题待审核),
    with the reasons.
    """

    async def work() -> tuple[list[Unproven], bool]:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep)
            judged = await judged_scope(app, chosen)
            items = await open_ones(app.store, chosen, judged.entries, judged.policy)
            return items, await app.store.sweeps.is_unanswered(chosen.id)

    items, unanswered = run(work())
    print_or_write(as_table(items, unanswered=unanswered), csv)
    if csv is None:
        typer.echo(
            "  ".join(
                f"{sum(item.verdict is verdict for item in items)} {verdict.value}"
                for verdict in _ASKED
            )
        )


_ASKED = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)


def export(
    ctx: typer.Context,
    file: Annotated[
        Output,
        output(
            metavar="FILE.xlsx",
            help="Where it goes; with --by, FILE-PART.xlsx each.",
            check=Output.check_place,
        ),
    ],
    sweep: SweepOption = None,
    by: Annotated[
        WorklistSplit | None,
        typer.Option(
            help="One file a region or department, a prefecture or a person; `whole`: one file. "
            "Default region where office.toml says a level, else whole."
        ),
    ] = None,
    people: Annotated[str, typer.Option(metavar="甲,乙", help="Who looks, for --by person.")] = "",
    with_glances: Annotated[
        bool,
        typer.Option(
            "--glances", help="Add the accounts that a 暂用标识 alone proves sound, as last rows."
        ),
    ] = False,
    problems: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND",
            help="Also ask for this kind of problem (互动回应差 …) on a sheet of its own; may be "
            "repeated. What waits for a second person comes in any case.",
        ),
    ] = None,
    scope: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="With --problems: only the accounts of this list (`mediawatch scope --out`, or "
            "your own).",
        ),
    ] = None,
    region: Annotated[
        str, typer.Option(metavar="地区", help="With --problems: only this region or prefecture.")
    ] = "",
    sample: Annotated[
        int,
        typer.Option(
            metavar="N", min=0, help="With --problems: only so many accounts a kind, drawn by lot."
        ),
    ] = 0,
    overwrite: Overwrite = False,
) -> None:
    """Write the worklist of a sweep: one yes/no question a row, with QR code, drop-downs and
    instructions in Chinese."""
    if (scope or region or sample) and not problems:
        raise UserError("--scope, --region and --sample choose accounts for --problems")
    if people and by is not WorklistSplit.PERSON:
        raise UserError("--people goes with --by person")
    divided = office_regions(read_office(home_of(ctx).root))
    usual = WorklistSplit.REGION if divided.level else WorklistSplit.WHOLE
    if (by or usual) is WorklistSplit.WHOLE:
        file.check()

    async def work() -> tuple[list[WorklistFile], int]:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep)
            await check_answered(app, chosen)

            async def plan(planning: App) -> tuple[list[WorklistFile], int]:
                judged = await judged_scope(planning, chosen)
                kinds = tuple(kind_of(each, judged.policy) for each in problems or ())
                home = await planning.store.operator.home_id()
                listed = (
                    scope_files.read(scope, await planning.store.accounts.all(), home=home)
                    if scope
                    else None
                )
                written = await export_worklist(
                    planning.store,
                    FormTarget(
                        path=file.path,
                        marks=app.marks,
                        issuer=app.issuer,
                        overwrite=overwrite,
                        write=file.writer(planning.write_file),
                    ),
                    judged,
                    by=by or usual,
                    regions=divided,
                    people=_names(people),
                    indexes=planning.index_names(),
                    with_glances=with_glances,
                    request=ProblemRequest(
                        kinds=tuple(dict.fromkeys(kinds)),
                        wants=lambda account: (
                            region in ("", divided.of(account.filed), account.filed.prefecture)
                            and (listed is None or listed.holds(account))
                        ),
                        sample=sample,
                        labels=planning.surface_labels(
                            {entry.account.platform for entry in judged.entries}
                        ),
                    ),
                )
                return written, sum(
                    each.judgement is not None and each.judgement.provisional
                    for each in judged.entries
                )

            return await app.decide(plan)

    written, by_name = run(work())
    for each in written:
        besides = f", {each.problems} of them on the sheet 人工检查" if each.problems else ""
        typer.echo(f"{each.path}: {count_of(each.rows, 'row')}{besides}")
    _tell_glances(by_name, asked=with_glances)
    if not any(each.rows for each in written):
        typer.echo("nothing is left to people in this sweep", err=True)


def _tell_glances(by_name: int, *, asked: bool) -> None:
    """`by_name`: the accounts that the name alone proves sound."""
    if not asked and by_name:
        said = f"{count_of(by_name, 'account')} sound by the name alone: --glances adds a row "
        typer.echo(f"{said}each, for a glance", err=True)
    elif asked and by_name == 1:
        typer.echo("1 account is there for a glance: it is the last row", err=True)
    elif asked and by_name:
        typer.echo(
            f"{by_name} accounts are there for a glance: they are the last rows",
            err=True,
        )
    elif asked:
        typer.echo("--glances: no account is sound by the name alone", err=True)


def import_(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Returned worklists.")],
    sweep: SweepOption = None,
    errors: Annotated[
        Output | None,
        output("--errors", metavar="FILE.xlsx", help="Give the refused rows back in this file."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Take returned worklists in, open the article links in them, and judge the sweep again.

    Good rows are kept even where others are refused (then exit 2).
    """

    if errors:
        errors.refuse_inputs(files)
    if not dry_run:
        stops.promise(stops.RESUMES)

    async def work() -> tuple[WorklistImport, int]:
        async with open_home(ctx, dry_run=dry_run) as app:
            with without_sweep(app.home):
                chosen = await sweep_of(app, sweep)
                imported = await take_in(app, chosen, files)
            if errors and count_bad(imported):
                write_bad_rows(
                    errors.path, imported, sweep=chosen, marks=app.marks, write=errors.writer()
                )
            print_imported(imported)
            if dry_run or not imported.articles:
                return imported, 0
            with only_one(app.home):
                return imported, await open_answered(app, chosen, imported)

    imported, code = run(work())
    if errors and count_bad(imported):
        typer.echo(f"{errors}: {count_of(count_bad(imported), 'row')} to correct", err=True)
    code |= BAD_ROWS if imported.problems or imported.found.problems else 0
    if code:
        sys.exit(code)


def count_bad(imported: WorklistImport) -> int:
    """How many rows of both kinds of sheets go back."""
    return len(imported.bad_rows) + len(imported.found.bad_rows)


async def take_in(app: App, sweep: Sweep, files: Sequence[Path]) -> WorklistImport:
    """Import into a sweep and judge it again. UserError where a file is missing."""
    if missing := [file for file in files if not file.exists()]:
        raise UserError(f"no such file: {missing[0]}")
    await still_judged(app.store, sweep)

    async def plan(planning: App) -> WorklistImport:
        made = await import_files(
            planning.store,
            files,
            await judged_scope(planning, sweep),
            now=planning.clock(),
            keep_evidence=planning.evidence.keep,
            sites=planning.sites,
            read_evidence=app.kept_evidence.read,
        )
        if made.articles:
            # Links that cannot be opened here are refused before anything is kept.
            app.looker()
        return made

    imported = await app.decide(plan)
    # Repeated answers too: the import that kept them may have been cut short before it judged.
    if imported.accepted:
        await judge_news(app.store, app.supports, sweep.id)
    return imported


async def open_answered(app: App, sweep: Sweep, imported: WorklistImport) -> int:
    """Open the answered article links and judge again; returns the exit bits of the site's
    failures."""
    gate = app.pacing()
    report = await open_links(
        imported.articles, store=app.store, looker=app.looker(), gate=gate, now=app.clock
    )
    print_report(report)
    await judge_news(app.store, app.supports, sweep.id)
    return exit_code_of(report, gate)


def print_imported(imported: WorklistImport) -> None:
    """Print the result of an import; what people have to read is Chinese."""
    found = imported.found
    kept = len(imported.readings) + len(found.readings)
    counts = (
        f"{count_of(kept, 'reading')} kept, {count_of(imported.blank + found.blank, 'row')} "
        "not answered, "
        f"{imported.repeated + found.repeated} known already"
    )
    typer.echo(
        f"{counts}, {count_of(count_bad(imported), 'row')} refused, "
        f"{count_of(len(imported.links), 'new link')}"
    )
    if unopened := len(imported.links) - len(imported.articles):
        typer.echo(
            f"{unopened} of the new links are no WeChat articles; they are not opened", err=True
        )
    problems = (problem.sentence for problem in (*imported.problems, *found.problems))
    remarks = (*imported.remarks, *found.remarks)
    for line in (*map(str, imported.conflicts), *remarks, *problems):
        typer.echo(plain(line), err=True)


def _names(people: str) -> list[str]:
    return [name for name in re.split("[,;\uff0c\uff1b、\\s]+", people) if name]
