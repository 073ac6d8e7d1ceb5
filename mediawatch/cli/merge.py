"""`mediawatch registry merge`: accounts that were filed twice become one."""

from __future__ import annotations

from typing import Annotated

import typer

from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.plurals import count_of
from mediawatch.registry.merge import MergeResult
from mediawatch.registry.merge import merge as merge_doubles


def merge(
    ctx: typer.Context,
    keep: Annotated[int, typer.Argument(metavar="KEEP", help="The account that stays.")],
    drop: Annotated[
        list[int], typer.Argument(metavar="DROP...", help="Its doubles, as `registry check` names.")
    ],
    dry_run: DryRun = False,
) -> None:
    """Merge accounts that one import filed twice: the doubles are retired, and what was read of
    them speaks for the one that stays.
    """

    async def work() -> MergeResult:
        async with open_home(ctx, dry_run=dry_run) as app:
            return await app.decide(
                lambda planning: merge_doubles(planning.store, keep, drop, planning.clock())
            )

    done = run(work())
    for other in done.dropped:
        typer.echo(f"{other.id} {other.filed.name}: retired, merged into {done.kept.id}")
    typer.echo(
        f"{done.kept.id} {done.kept.filed.name}: "
        f"{count_of(done.readings, 'reading')} by name and {count_of(done.links, 'link')} "
        f"taken over{', and a contact' if done.contact else ''}; readings by id serve both"
    )
