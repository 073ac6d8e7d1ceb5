"""`make scale`: what every command costs with 113, 2 432, 6 206 and 100 000 accounts.

`python tests/bench/scale.py CACHE --sizes 113 6206 --only flagged figures --group sweep`: homes are
made in the folder CACHE, and used again on the same day. Each command is a process of its own; one
that writes gets a copy of the database. Counted are CPU seconds (user and system, with children)
and the greatest memory of one process. Each cost is kept in CACHE/costs.jsonl as it is measured, so a
run that was broken off goes on there; `--again` measures anew.

It ends with 1 where a command is above its targets, or grows faster than 1.2 times as much as the
accounts, what it costs at the smallest size taken off.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from scale_commands import COMMANDS, MeasuredCommand
from scale_costs import ROOT, CostFile, MeasuredCost, code_state, faults, table

from mediawatch.domain.clock import day_of
from mediawatch.rules.policy import load

SIZES = (113, 2_432, 6_206, 100_000)
_CALM = re.compile(r"(due_days\s*=\s*)\d+")
NOTICE = "演示〔2026〕1号"


def measure(argv: Sequence[str], codes: Sequence[int] = (0,)) -> MeasuredCost:
    """RuntimeError where the command ends with another code."""
    # As installed: modules that were compiled once stay compiled.
    environ = {name: os.environ[name] for name in os.environ if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            argv, cwd=ROOT, env=environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=errors,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()[-600:]
            raise RuntimeError(f"{' '.join(argv)} ended with {process.returncode}: {said}")
    cpu = usage.ru_utime + usage.ru_stime
    return MeasuredCost(cpu, usage.ru_maxrss / 1024, os.getloadavg()[0])


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
            # Elsewhere: what a process holds counts for each that it starts.
            answering = str(Path(__file__).with_name("scale_forms.py"))
            measure([sys.executable, answering, "answer", str(forms), day.isoformat()])
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
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("scale_homes.py")), str(cache), str(accounts)],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return Path(done.stdout.strip().splitlines()[-1])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--group", nargs="+", help="only commands of these groups")
    parser.add_argument("--only", nargs="+", metavar="WORDS", help="only commands so named")
    parser.add_argument("--again", action="store_true", help="measure what is kept, too")
    given = parser.parse_args()
    chosen = [
        each
        for each in COMMANDS
        if (not given.group or each.group in given.group)
        and (not given.only or any(each.name.startswith(words) for words in given.only))
    ]
    cache, sizes = given.cache.resolve(), sorted(given.sizes)
    cache.mkdir(parents=True, exist_ok=True)
    kept = CostFile(cache / "costs.jsonl", code_state())
    costs: dict[str, dict[int, MeasuredCost]] = {each.name: {} for each in chosen}
    failed = 0
    for accounts in sizes:
        for command in chosen:
            cost = None if given.again else kept.get(accounts, command.words)
            if cost is None:
                try:
                    cost = cost_of(command, made(cache, accounts))
                except RuntimeError as error:
                    failed += 1
                    print(f"{accounts} {command.name}: {error}", file=sys.stderr, flush=True)
                    continue
                kept.keep(accounts, command.words, cost)
                print(
                    f"{accounts} {command.name}: {cost.cpu:.1f} s, {cost.mb:.0f} MB",
                    file=sys.stderr,
                )
            costs[command.name][accounts] = cost
    loads = [cost.load for found in costs.values() for cost in found.values()]
    print(f"CPU seconds / MB; load {min(loads, default=0):.1f} to {max(loads, default=0):.1f}\n")
    print(table(costs, sizes), flush=True)
    wrong = [f"{name}: {fault}" for name, found in costs.items() for fault in faults(found)]
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong or failed else 0


if __name__ == "__main__":
    sys.exit(main())
