"""`mediawatch evidence`: whether evidence is unchanged, and what may leave."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from mediawatch import stops
from mediawatch.app import only_one
from mediawatch.app.documents import reviewers_of
from mediawatch.app.evidence_moves import move_evidence, settle_own_folder, take_evidence
from mediawatch.cli.base import confirm, home_of, open_home, run
from mediawatch.cli.inspection_choice import InspectionChoice, with_choice
from mediawatch.cli.out import sweep_of
from mediawatch.cli.outputs import output
from mediawatch.domain import Notice, UserError
from mediawatch.domain.clock import minute
from mediawatch.ops import retention
from mediawatch.ops.archives import check_archive
from mediawatch.ops.evidence.moving import MoveCount
from mediawatch.ops.personal import PersonalCount, clear_personal
from mediawatch.outputs import Output, OutputKind
from mediawatch.plurals import agree, count_of
from mediawatch.ports import KeptEvidence
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.reports.sheets import OUTGOING, SheetCopy, bundles, file_name
from mediawatch.publish.reports.sheets import sheet as page
from mediawatch.registry.find import find_account
from mediawatch.rules.policy import Retention, load

group = typer.Typer(
    no_args_is_help=True, help="Check the kept evidence (佐证材料), and let old evidence go."
)


def register(app: typer.Typer) -> None:
    group.command("verify")(verify)
    group.command("prune")(prune)
    group.command("sheet")(with_choice(sheet))
    group.command("move")(move)
    group.command("take")(take)
    app.add_typer(group, name="evidence")


def verify(
    ctx: typer.Context,
    sweep: Annotated[
        int | None, typer.Option("--sweep", metavar="N", help="Only what this sweep kept.")
    ] = None,
    archive: Annotated[
        Path | None,
        typer.Option(
            "--archive",
            metavar="FILE.zip",
            help="Check this archive of a notice instead; needs no home.",
        ),
    ] = None,
) -> None:
    """Compare every kept file with its SHA-256; exit code 1 when any is missing or altered. Names
    files that belong to nothing.
    """
    if archive is not None:
        if sweep is not None:
            raise UserError("--archive goes without --sweep")
        _verify_archive(archive)
        return

    async def work() -> retention.EvidenceCheck:
        async with open_home(ctx) as app:
            number = None if sweep is None else (await sweep_of(app, sweep)).id
            await settle_own_folder(app)
            return await retention.verify_evidence(app.store, app.evidence, number)

    check = run(work())
    for sentence, item in check.wrong:
        typer.echo(f"{sentence} ({_whose(item)})")
    for path in check.orphans:
        typer.echo(f"{path}: belongs to no reading")
    typer.echo(
        f"{check.sound} ok, {check.missing} missing, {check.altered} altered, {check.pruned} "
        f"pruned, {len(check.orphans)} {agree(len(check.orphans), 'belongs', 'belong')} to nothing"
    )
    if check.wrong:
        sys.exit(1)


def _verify_archive(file: Path) -> None:
    check = check_archive(file)
    for sentence in check.wrong:
        typer.echo(sentence)
    typer.echo(f"{check.number}: {check.sound} ok, {len(check.wrong)} not; SHA-256 {check.sha256}")
    if check.wrong:
        sys.exit(1)


def prune(
    ctx: typer.Context,
    policy: Annotated[
        str,
        typer.Option(metavar="NAME|FILE", help="Inspection policy; default from mediawatch.toml."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would leave.")] = False,
) -> None:
    """Remove old evidence and old readings. Evidence: files older than the policy's
    `retention.evidence_days` that no finding rests on. Readings: those older than its
    `retention.reading_days` that prove nothing and have no file left. Files that belong to no
    reading leave, too. Names, people's own pictures and contacts of lost accounts:
    `retention.personal_days` after 办结."""

    if not dry_run:
        stops.promise(stops.RESUMES)

    async def work() -> tuple[Retention, int, int, int, int, PersonalCount, list[Notice]]:
        async with open_home(ctx) as app:
            limits, now = load(policy or app.settings.sweep.policy).retention, app.clock()
            with nullcontext() if dry_run else only_one(app.home):
                await settle_own_folder(app, dry_run=dry_run)
                items, named = await retention.find_prunable(app.store, now, limits.evidence_days)
                stray = retention.orphans(app.evidence, named, now)
                retention.refuse_all_strays(app.evidence, stray)
                if dry_run:
                    sizes = {item.evidence.path: item.evidence.size for item in items}
                    there = app.evidence.present(sizes)
                    count, size = len(there), sum(sizes[path] for path in there)
                else:
                    app.evidence.remove(stray)
                    count, size = retention.prune(app.evidence, items, now)
                readings = await retention.prune_readings(
                    app.store, app.evidence, now, limits.reading_days, dry_run=dry_run
                )
                people = await clear_personal(
                    app.store, app.evidence, now, limits.personal_days, dry_run=dry_run
                )
                waiting = await app.store.notices.unarchived()
                return limits, count, size, len(stray), readings, people, waiting

    limits, count, size, stray, readings, people, waiting = run(work())
    done = "would leave" if dry_run else "removed"
    typer.echo(
        f"{count_of(count, 'file')} {done}, {size / 1e6:.1f} MB, older than "
        f"{count_of(limits.evidence_days, 'day')} and no finding's"
    )
    typer.echo(
        f"{count_of(stray, 'file')} {done} that {agree(stray, 'belongs', 'belong')} to nothing"
    )
    typer.echo(
        f"{count_of(readings, 'reading')} {done}, older than "
        f"{count_of(limits.reading_days, 'day')}, that {agree(readings, 'proves', 'prove')} nothing"
    )
    typer.echo(
        f"{count_of(people.names, 'name')}, {count_of(people.pictures, 'picture')} of people "
        f"({people.size / 1e6:.1f} MB) and {count_of(people.contacts, 'contact')} {done}, "
        f"{count_of(limits.personal_days, 'day')} after 办结"
    )
    for notice in waiting:
        typer.echo(retention.archive_due(notice))


def move(
    ctx: typer.Context,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="PLACE",
            help="The full path of a folder, or s3://BUCKET/PREFIX; keys by [evidence].",
        ),
    ],
) -> None:
    """Copy the evidence to another place and compare every file there with its SHA-256; say then
    what to set. Run again, it goes on. Nothing leaves the old place. A new, empty home takes its
    shared place by this, too. Exit code 1 when any file was missing or altered before."""
    stops.promise(stops.RESUMES)

    async def work() -> MoveCount:
        async with open_home(ctx) as app:
            with only_one(app.home):
                await settle_own_folder(app)
                return await move_evidence(app, to)

    count = run(work())
    for sentence in count.wrong:
        typer.echo(sentence)
    typer.echo(
        f"{count_of(count.copied, 'file')} copied to {to}, {count.size / 1e6:.1f} MB, "
        f"{count.there} there already; all compared with their SHA-256, {len(count.wrong)} missing "
        "or altered"
    )
    setting = f'set [evidence] place = "{to}" in mediawatch.toml, on every machine'
    if count.wrong:
        typer.echo(
            "the new place is not complete: is the old one mounted? Put back there what is missing, and run "
            f"this again; where it cannot be found, {setting}, and keep the files of the old place"
        )
        sys.exit(1)
    typer.echo(f"now {setting}; then the files of the old place are needed no more")


def take(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Say that the place which the settings name is where this home's evidence lies from now on:
    after it was mounted or named otherwise, or in place of one that is lost. Another home's is
    refused.
    """
    if not yes:
        question = (
            f"keep the evidence of {home_of(ctx).root} where its settings say, and only there?"
        )
        confirm(question, "take needs --yes where nobody can be asked")

    async def work() -> str:
        async with open_home(ctx) as app:
            with only_one(app.home):
                return await take_evidence(app)

    typer.echo(
        f"{run(work())} is where this home's evidence lies; see `mediawatch evidence verify`"
    )


def sheet(
    ctx: typer.Context,
    out: Annotated[
        Output,
        output(
            "--out",
            metavar="DIR",
            help="Folder for the sheets, made if need be.",
            kind=OutputKind.FOLDER,
        ),
    ],
    choice: InspectionChoice,
    account: Annotated[
        list[str] | None, typer.Argument(help="Only these accounts: filing number, name or id.")
    ] = None,
    internal: Annotated[
        bool,
        typer.Option(
            "--internal",
            help="The copy that stays: it names who looked (检查人) and reviewed (审核人).",
        ),
    ] = False,
) -> None:
    """Write the 佐证材料 of each account with findings, a printable page each; all of them zipped by
    prefecture, or by region and department where office.toml says the level. They name no person
    of the office, but for `--internal`.
    """

    async def work() -> int:
        async with open_home(ctx) as app:
            told = await choice.load(app)
            copy = OUTGOING
            if internal:
                copy = SheetCopy(internal=True, reviewers=await reviewers_of(app, told))
            evidence = app.evidence
            if not account:
                made = bundles(told, told.problems, copy)
                for each in made:
                    out.file(each.name).check()
                for each in made:
                    with out.file(each.name).whole(shared=True) as file:
                        each.write(evidence, file)
                return len(made)
            chosen = _chosen(told, account)
            for problem in chosen:
                out.file(file_name(problem, copy)).check()
            for problem in chosen:
                body = page(told, problem, evidence, copy)
                out.file(file_name(problem, copy)).write(body, shared=True)
            return len(chosen)

    typer.echo(f"{out}: {count_of(run(work()), 'file')}")


def _chosen(told: Inspection, account: Sequence[str]) -> list[AccountProblem]:
    """The problems of the accounts that a person named. UserError where one has none."""
    everybody = [entry.account for entry in told.scope]
    wanted = {find_account(everybody, text).id for text in account}
    chosen = [problem for problem in told.problems if problem.entry.account.id in wanted]
    if without := wanted - {problem.entry.account.id for problem in chosen}:
        listed = ", ".join(map(str, sorted(without)))
        raise UserError(
            f"account {listed} has no finding that may be printed: confirm it, or add "
            "--include-open"
        )
    return chosen


def _whose(item: KeptEvidence) -> str:
    sweep = f"sweep {item.sweep_id}" if item.sweep_id is not None else "no sweep"
    whose = f"account {item.account_id}" if item.account_id else "a lead"
    return f"{whose}, {sweep}, read {minute(item.read_at)}" + (
        ", proves a finding" if item.proves else ""
    )
