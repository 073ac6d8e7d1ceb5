"""CPU seconds of commands from their start to their end: user and system, the median of nine runs.

`python tests/bench/start_up.py HOME`: a home that holds an inspection, as `make demo` leaves one.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence

RUNS = 9
COMMANDS = (["--version"], ["--help"], ["flagged"], ["figures"], ["status"])


def cpu_seconds(words: Sequence[str]) -> float:
    """Of one run. CalledProcessError where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # As installed: modules that were compiled once stay compiled.
    environ = {name: os.environ[name] for name in os.environ if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(words, env=environ, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(home: str) -> None:
    print(f"load average {os.getloadavg()[0]:.1f}")
    for command in COMMANDS:
        words = [sys.executable, "-m", "mediawatch", "--home", home, *command]
        cpu_seconds(words)
        seconds = statistics.median(cpu_seconds(words) for _ in range(RUNS))
        print(f"{' '.join(command):<10} {seconds:5.2f} s", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
