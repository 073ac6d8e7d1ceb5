"""CPU seconds of commands from their start to their end: user and system, the median of seven runs.

`python tests/bench/start_up.py HOME`: a home that holds an inspection, as `make demo` leaves one.
With `--against OTHER_TREE` the same commands of another checkout run in turn with these.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

RUNS = 7
COMMANDS = (["--version"], ["--help"], ["flagged"], ["figures"], ["status"])
ROOT = Path(__file__).resolve().parents[2]


def cpu_seconds(root: Path, words: Sequence[str]) -> float:
    """Of one run of the code in `root`. CalledProcessError where it fails."""
    # As installed: modules that were compiled once stay compiled.
    environ = {name: os.environ[name] for name in os.environ if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "mediawatch", *words],
        cwd=root,
        env=environ | {"PYTHONPATH": str(root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(roots: Sequence[Path], words: Sequence[str]) -> list[float]:
    """One for each tree. The trees take turns, so that a busy machine is as busy for all."""
    for root in roots:
        cpu_seconds(root, words)
    rounds = [[cpu_seconds(root, words) for root in roots] for _ in range(RUNS)]
    return [statistics.median(of_one) for of_one in zip(*rounds, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--against", type=Path, metavar="OTHER_TREE")
    given = parser.parse_args()
    roots = [ROOT, *([given.against.resolve()] if given.against else [])]
    for command in COMMANDS:
        here, *other = medians(roots, ["--home", str(given.home.resolve()), *command])
        compared = f", against {other[0]:5.2f} s: {here / other[0]:.2f}" if other else ""
        load = f"load {os.getloadavg()[0]:.1f}"
        print(f"{' '.join(command):<10} {here:5.2f} s{compared} ({load})", flush=True)


if __name__ == "__main__":
    main()
