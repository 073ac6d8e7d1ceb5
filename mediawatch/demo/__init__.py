"""The demonstration: an office's quarter on a made-up world, and the next quarter, in chapters.

演示数据 throughout. The world's sites are the replica. The people (who answer the worklist, who
answer for a unit, who review) are played by its truth.
"""

from __future__ import annotations

import asyncio
import shutil
from importlib import resources
from pathlib import Path

from mediawatch import stops
from mediawatch.app import App, only_one
from mediawatch.app.judged import judged_scope
from mediawatch.app.platform_proofs import proof_lines
from mediawatch.demo import decisions, machine, notice, papers, people, units
from mediawatch.demo.published import compare_with_circular
from mediawatch.demo.quarter import recheck
from mediawatch.demo.scene import MARK, Scene, Tell, counts
from mediawatch.domain import UserError
from mediawatch.domain.clock import day_of
from mediawatch.figures.printed import circulars
from mediawatch.files import keep_tree_private, write_whole
from mediawatch.ops.settings import Home
from mediawatch.people.suspects import proving_readings
from mediawatch.plurals import count_of
from mediawatch.ports import Stage
from mediawatch.publish.reports import lists
from mediawatch.rules.policy import load
from mediawatch.sweep.judging import checks_for
from mediawatch.table import to_text

__all__ = ["MARK", "next_quarter", "prepare", "recheck", "run", "shipped_world"]
POLICY = "tibet"
CIRCULAR = "tibet-2022q4-circular"


def prepare(out: Path) -> Home:
    """A fresh home in `out`.

    UserError where `out` holds something else than an earlier demonstration, or one that still
    runs.
    """
    home = Home.at(out)
    if home.root.exists() and any(home.root.iterdir()):
        if not (home.root / MARK).exists():
            raise UserError(
                f"{out} is not empty and holds no earlier demonstration: name another folder "
                "with --out"
            )
        with only_one(home):  # an earlier demonstration may still run
            for path in home.root.iterdir():
                # The mark stays to the end: what a stop leaves here must be known for ours.
                if path.name != MARK:
                    shutil.rmtree(
                        path
                    ) if path.is_dir() and not path.is_symlink() else path.unlink()
    stops.promise(
        f"stopped; {out} holds a part of a demonstration: run `mediawatch demo` to make it anew"
    )
    write_whole(home.root / MARK, "本目录由 mediawatch demo 生成，全部为演示数据。\n".encode())
    keep_tree_private(home.root)
    return home.create(MARK)


async def run(app: App, stage: Stage, tell: Tell) -> int:
    """Registry in, sweep, people, units, review, documents out; reports each step.

    Returns the sweep's exit code.
    """
    began = asyncio.get_running_loop().time()
    policy = load(POLICY)
    await machine.register(app, stage, tell)
    summary = await machine.sweep(app, stage, policy, tell)
    tell(
        f"{count_of(summary.looks, 'look')} in {asyncio.get_running_loop().time() - began:.0f} s: "
        f"{counts(summary.scope)}"
    )
    for line in await proof_lines(app, summary.sweep, summary.scope, summary.surfaces):
        tell(line)
    scene = Scene(app, stage, summary.sweep, policy, tell)
    await papers.remind(scene)
    overlooked = await people.answer(scene)
    await units.answer(scene, overlooked)
    await decisions.decide(scene, overlooked)
    issued = await notice.issue(scene, day_of(app.clock()))
    await papers.write(scene, issued)
    scope = (await judged_scope(app, summary.sweep)).entries
    printed = circulars.load_shipped(CIRCULAR)
    if {one.name for one in printed.named} <= {entry.account.filed.name for entry in scope}:
        tell(compare_with_circular(await scene.reviewed_scope(), policy, printed))
    else:
        readings, checks = (
            await proving_readings(app.store, scope),
            await checks_for(app.store, summary.sweep),
        )
        surfaces = app.surface_labels({entry.account.platform for entry in scope})
        tell(
            to_text(
                lists.findings_table(summary.sweep, scope, readings, checks, surfaces).only(
                    *lists.BRIEF
                )
            )
        )
    tell(
        f"{app.home.root}: handoff.json, documents/, dispatch/, worklist/, evidence/, mediawatch.db"
    )
    return summary.exit_code


def shipped_world() -> Path:
    """The world of Tibet's inspection of 2022 Q4."""
    return _world("tibet-2022q4.csv")


def next_quarter() -> Path:
    """The shipped world a quarter later."""
    return _world("tibet-2023q1.csv")


def _world(name: str) -> Path:
    return Path(str(resources.files("mediawatch") / "data" / name))
