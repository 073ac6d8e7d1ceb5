"""Costs of commands for `scale.py`: kept as they are measured, compared, printed.

A cost is kept by the number of accounts, the command's words, and the code that was measured: the
last commit that touched it, with what was changed since. A run that was broken off goes on there.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {6_206: (6.0, 250.0), 100_000: (60.0, 700.0)}
"""By accounts: CPU seconds and MB."""
STEEPEST = 1.2
"""By how much a command may grow faster than its accounts."""
NOISE = 0.4
"""CPU seconds: less of a growth says nothing."""
_CODE = ("mediawatch", "scrapers", "db", "tests/bench", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class MeasuredCost:
    cpu: float
    """Seconds."""
    mb: float
    load: float = 0.0
    """Of the machine in the minute before the command ended."""


class CostFile:
    """The costs that are kept in a file, a line each: those of one state of the code are read.

    Several runs may add to it at once.
    """

    def __init__(self, file: Path, code: str) -> None:
        """Without a `code` nothing that is kept is used."""
        self._file, self._code = file, code
        self._kept: dict[tuple[int, str], MeasuredCost] = {}
        lines = file.read_text("utf-8").splitlines() if file.exists() and code else []
        for line in lines:
            of_code, accounts, words, cost = json.loads(line)
            if of_code == code:
                self._kept[accounts, words] = MeasuredCost(**cost)

    def get(self, accounts: int, words: str) -> MeasuredCost | None:
        return self._kept.get((accounts, words))

    def keep(self, accounts: int, words: str, cost: MeasuredCost) -> None:
        line = json.dumps([self._code, accounts, words, asdict(cost)], ensure_ascii=False)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def code_state() -> str:
    """The code that is measured in words; "" where no repository tells."""
    try:
        commit = _git("log", "-1", "--format=%h", "--", *_CODE).strip()
        changed = _git("diff", "HEAD", "--", *_CODE)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{commit}+{hashlib.sha256(changed.encode()).hexdigest()[:8]}" if changed else commit


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def faults(found: Mapping[int, MeasuredCost]) -> list[str]:
    """What is wrong with the costs of a command by size."""
    told = []
    for accounts, cost in found.items():
        seconds, mb = TARGETS.get(accounts, (float("inf"), float("inf")))
        if cost.cpu > seconds:
            told.append(f"{cost.cpu:.1f} s at {accounts}, at most {seconds:.0f}")
        if cost.mb > mb:
            told.append(f"{cost.mb:.0f} MB at {accounts}, at most {mb:.0f}")
    for step in _steps(found):
        if step.after > STEEPEST * step.times * max(step.before, 0.0) + NOISE * step.times / 2:
            told.append(
                f"{step.after:.1f} s more at {step.larger}, {step.before:.1f} at {step.smaller}"
            )
    return told


@dataclass(frozen=True, slots=True)
class _Step:
    """From one size to the next: CPU seconds beyond those of the least size."""

    smaller: int
    larger: int
    before: float
    after: float
    times: float
    """So many times as many accounts, those of the least size taken off."""


def _steps(found: Mapping[int, MeasuredCost]) -> list[_Step]:
    if not found:
        return []
    least, *sizes = sorted(found)
    return [
        _Step(
            smaller,
            larger,
            found[smaller].cpu - found[least].cpu,
            found[larger].cpu - found[least].cpu,
            (larger - least) / (smaller - least),
        )
        for smaller, larger in pairwise(sizes)
    ]


def table(costs: Mapping[str, Mapping[int, MeasuredCost]], sizes: Iterable[int]) -> str:
    """Markdown. Growth is that of the last step: 1.0 where a command grows as its accounts do."""
    columns = [f"{size:,}".replace(",", " ") for size in sizes]
    head = f"| command | {' | '.join(columns)} | growth |\n|---|{'---|' * len(columns)}---|"
    return "\n".join([head, *(_row(name, found, sizes) for name, found in costs.items())])


def _row(name: str, found: Mapping[int, MeasuredCost], sizes: Iterable[int]) -> str:
    cells = (
        f"{cost.cpu:.1f} / {cost.mb:.0f}" if (cost := found.get(size)) else "" for size in sizes
    )
    return f"| `{name}` | {' | '.join(cells)} | {_growth(found)} |"


def _growth(found: Mapping[int, MeasuredCost]) -> str:
    """Empty where the growth before is within the noise."""
    steps = [each for each in _steps(found) if each.before > NOISE]
    return f"{steps[-1].after / steps[-1].before / steps[-1].times:.2f}" if steps else ""
