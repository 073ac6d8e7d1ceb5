"""`mediawatch evidence`: whether what was kept is still what it was, and what may leave."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import Annotated

import typer

from mediawatch import retention
from mediawatch.app import only_one
from mediawatch.cli.base import opened, run
from mediawatch.cli.out import sweep_of
from mediawatch.clock import beijing
from mediawatch.policy import load
from mediawatch.ports import KeptEvidence

group = typer.Typer(no_args_is_help=True, help="Check the kept evidence (佐证材料), and let old evidence go.")


def register(app: typer.Typer) -> None:
    group.command("verify")(verify)
    group.command("prune")(prune)
    app.add_typer(group, name="evidence")


def verify(
    ctx: typer.Context, sweep: Annotated[int | None, typer.Option("--sweep", metavar="N", help="Only what this sweep kept.")] = None
) -> None:
    """Compare every kept file with its SHA-256; exit code 1 when any is missing or altered. Names files that belong to nothing."""

    async def work() -> retention.Check:
        async with opened(ctx) as app:
            number = None if sweep is None else (await sweep_of(app, sweep)).id
            return retention.verified(app.evidence, await app.store.evidence(), number)

    check = run(work())
    for sentence, item in check.wrong:
        typer.echo(f"{sentence} ({_whose(item)})")
    for path in check.orphans:
        typer.echo(f"{path}: belongs to no reading")
    typer.echo(
        f"{check.sound} ok, {check.missing} missing, {check.altered} altered, {check.pruned} pruned, {len(check.orphans)} belong to nothing"
    )
    if check.wrong:
        sys.exit(1)


def prune(
    ctx: typer.Context,
    policy: Annotated[str, typer.Option(metavar="NAME|FILE", help="Inspection policy; default from mediawatch.toml.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would leave.")] = False,
) -> None:
    """Remove files older than the policy's `retention.evidence_days` that no finding rests on. Their rows and hashes stay."""

    async def work() -> tuple[int, int, int]:
        async with opened(ctx) as app:
            days = load(policy or app.settings.sweep.policy).retention.evidence_days
            with nullcontext() if dry_run else only_one(app.home):
                items = retention.prunable(await app.store.evidence(), app.clock(), days)
                if dry_run:
                    files = {item.evidence.path: item.evidence.size for item in items if (app.evidence.root / item.evidence.path).is_file()}
                    return len(files), sum(files.values()), days
                return *retention.prune(app.evidence, items, app.clock()), days

    count, size, days = run(work())
    typer.echo(f"{count} files{' would leave' if dry_run else ' removed'}, {size / 1e6:.1f} MB, older than {days} days and no finding's")


def _whose(item: KeptEvidence) -> str:
    sweep = f"sweep {item.sweep_id}" if item.sweep_id is not None else "no sweep"
    return f"account {item.account_id}, {sweep}, read {beijing(item.read_at):%Y-%m-%d %H:%M}" + (
        ", proves a finding" if item.proves else ""
    )
