"""`make scale`: what every command costs with 113, 2 432, 6 206 and 100 000 accounts.

`python tests/bench/scale.py CACHE --sizes 113 6206 --only flagged figures --group sweep`: homes are
made in the folder CACHE, and used again on the same day. Each command is a process of its own; one
that writes gets a copy of the database. Counted are CPU seconds (user and system, with children)
and the greatest memory of one process.

It ends with 1 where a command is above its targets, or grows faster than 1.2 times as much as the
accounts, what it costs at the smallest size taken off.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from scale_commands import COMMANDS, MeasuredCommand
from scale_forms import answer_all

from mediawatch.domain.clock import day_of
from mediawatch.rules.policy import load

ROOT = Path(__file__).resolve().parents[2]
SIZES = (113, 2_432, 6_206, 100_000)
TARGETS = {6_206: (6.0, 250.0), 100_000: (60.0, 700.0)}
"""By accounts: CPU seconds and MB."""
STEEPEST = 1.2
"""By how much a command may grow faster than its accounts."""
NOISE = 0.4
"""CPU seconds: less of a growth says nothing."""
_CALM = re.compile(r"(due_days\s*=\s*)\d+")
NOTICE = "演示〔2026〕1号"


@dataclass(frozen=True, slots=True)
class MeasuredCost:
    cpu: float
    """Seconds."""
    mb: float


def measure(argv: Sequence[str], codes: Sequence[int] = (0,)) -> MeasuredCost:
    """RuntimeError where the command ends with another code."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            argv, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()[-600:]
            raise RuntimeError(f"{' '.join(argv)} ended with {process.returncode}: {said}")
    return MeasuredCost(cpu=usage.ru_utime + usage.ru_stime, mb=usage.ru_maxrss / 1024)


def cost_of(command: MeasuredCommand, home: Path) -> MeasuredCost:
    """What one command costs in a home, which stays as it is."""
    with tempfile.TemporaryDirectory(prefix="scale-", dir=home.parent) as scratch:
        out = Path(scratch) / "out"
        out.mkdir()
        forms = out / "forms"
        forms.mkdir()
        used = _copied(home, Path(scratch)) if command.writes else home
        calm = Path(scratch) / "calm.toml"
        calm.write_text(_CALM.sub(r"\g<1>1000000", load("national").toml), "utf-8")
        accounts, day = _inspected(home / "mediawatch.db")
        month = day.replace(day=1)
        values = {
            "calm": str(calm),
            "out": str(out), "forms": str(forms), "used": str(used), "accounts": str(accounts),
            "settled": str(home / "settled.txt"), "registry": str(home / "registry.csv"),
            "number": NOTICE, "account": "77000005", "sample": "部门 10%",
            "first": str(day - timedelta(days=13)), "last": str(day),
            "since": f"{month.replace(year=month.year - 1):%Y-%m}", "until": f"{month - timedelta(days=1):%Y-%m}",
        }  # fmt: skip
        program = (
            [str(Path(__file__).with_name(command.script))]
            if command.script
            else ["-m", "mediawatch", "--home", str(used)]
        )
        for words in command.before:
            measure([sys.executable, *program, *words.format(**values).split()])
        if files := sorted(map(str, forms.iterdir())):
            answer_all(forms, day)
        return measure([sys.executable, *program, *command.argv(values, files)], command.codes)


def _inspected(database: Path) -> tuple[int, date]:
    """The number of accounts, and the Beijing day of the newest inspection."""
    with closing(sqlite3.connect(database)) as connection:
        (accounts,) = connection.execute("SELECT count(*) FROM account").fetchone()
        (as_of,) = connection.execute("SELECT max(as_of) FROM sweep").fetchone()
    return accounts, day_of(datetime.fromisoformat(as_of).replace(tzinfo=UTC))


def _copied(home: Path, scratch: Path) -> Path:
    """The home with a database of its own; evidence is linked."""
    copy = scratch / "home"
    shutil.copytree(home, copy, copy_function=os.link)
    for file in copy.glob("mediawatch.db*"):
        file.unlink()
    with sqlite3.connect(home / "mediawatch.db") as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(home / "mediawatch.db", copy / "mediawatch.db")
    return copy


def made(cache: Path, accounts: int) -> Path:
    """The home of so many accounts; made in a process of its own, for memory counts from here."""
    cache.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("scale_homes.py")), str(cache), str(accounts)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return Path(done.stdout.strip().splitlines()[-1])


def faults(found: dict[int, MeasuredCost]) -> list[str]:
    """What is wrong with the costs of a command by size."""
    told = []
    for accounts, cost in found.items():
        seconds, mb = TARGETS.get(accounts, (float("inf"), float("inf")))
        if cost.cpu > seconds:
            told.append(f"{cost.cpu:.1f} s at {accounts}, at most {seconds:.0f}")
        if cost.mb > mb:
            told.append(f"{cost.mb:.0f} MB at {accounts}, at most {mb:.0f}")
    sizes = sorted(found)
    for smaller, larger in pairwise(sizes[1:]):
        least = sizes[0]
        before = found[smaller].cpu - found[least].cpu
        after = found[larger].cpu - found[least].cpu
        times = (larger - least) / (smaller - least)
        if after > STEEPEST * times * max(before, 0.0) + NOISE * times / 2:
            told.append(f"{after:.1f} s more at {larger}, {before:.1f} at {smaller}")
    return told


def row(command: MeasuredCommand, found: dict[int, MeasuredCost]) -> str:
    cells = (f"{cost.cpu:.1f} / {cost.mb:.0f}" for cost in found.values())
    return f"| `{command.name}` | {' | '.join(cells)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--group", nargs="+", help="only commands of these groups")
    parser.add_argument("--only", nargs="+", metavar="WORDS", help="only commands so named")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    given = parser.parse_args()
    homes = {accounts: made(given.cache.resolve(), accounts) for accounts in sorted(given.sizes)}
    chosen = [
        each
        for each in COMMANDS
        if (not given.group or each.group in given.group)
        and (not given.only or any(each.name.startswith(words) for words in given.only))
    ]
    print(f"CPU seconds / MB; load {os.getloadavg()[0]:.1f}")
    print(f"| command | {' | '.join(map(str, homes))} |\n|---|{'---|' * len(homes)}", flush=True)
    wrong, figures = [], {}
    for command in chosen:
        found = {}
        for accounts, home in homes.items():
            try:
                found[accounts] = cost_of(command, home)
            except RuntimeError as error:
                wrong.append(f"{command.name}: {error}")
        print(row(command, found), flush=True)
        wrong += [f"{command.name}: {fault}" for fault in faults(found)]
        figures[command.name] = {accounts: (cost.cpu, cost.mb) for accounts, cost in found.items()}
        if given.json:
            given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
