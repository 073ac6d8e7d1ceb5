"""What the hand-offs of 30 offices with 200 accounts, and of 100 with 1 000, cost to be collected.

    PYTHONPATH=.:tests/support python tests/bench/collected_cost.py [OFFICES ACCOUNTS]

CPU seconds of this process and of the reading process, and the peak of memory of both, command by
command, over a home on SQLite. Every hundredth account fails, with its evidence.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from handed_offices import LowerOffice, filed_in, settings_of, told_by
from offices import Office

from mediawatch.domain import Code, Filing

_SIZES = ((30, 200), (100, 1_000))
_FAILED = 100
_OFFICE = 'issuer = "示例省政府办公厅"\nreach = "全省"\nlevel = "省"\n'


def place(number: int) -> str:
    """A name without digits."""
    words = "甲乙丙丁戊己庚辛壬癸"
    return f"{words[number // 10]}{words[number % 10]}市"


def make(root: Path, offices: int, each: int) -> tuple[Path, list[Path]]:
    files: list[Path] = []
    lower: list[LowerOffice] = []
    registry: list[Filing] = []
    for number in range(offices):
        one = LowerOffice(root, place(number))
        accounts = [filed_in(one.name, number * each + account) for account in range(each)]
        failed = dict.fromkeys(range(0, each, _FAILED), Code.STALE_2W)
        files += one.send(told_by(accounts, failed))
        lower.append(one)
        registry += accounts
    upper = Office.of(root, *registry)
    (upper.home.root / "office.toml").write_text(_OFFICE, "utf-8")
    (upper.home.root / "offices.toml").write_text(settings_of(lower), "utf-8")
    return upper.home.root, files


def measure(home: Path, *words: str | Path) -> str:
    """One command in a process of its own."""
    code = (
        "import resource,sys\n"
        "from mediawatch.cli import app\n"
        "try:\n    app(sys.argv[1:])\n"
        "finally:\n"
        "    own, sub = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))\n"
        "    print('cost', own.ru_utime + own.ru_stime, own.ru_maxrss // 1024, file=sys.stderr)\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code, "--home", str(home), *map(str, words)],
        capture_output=True,
        text=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    memory = next(line.split()[2] for line in done.stderr.splitlines() if line.startswith("cost"))
    return f"{cpu:6.2f} CPU s {memory:>5} MB"


def main() -> None:
    given = [int(word) for word in sys.argv[1:]]
    for offices, each in [(given[0], given[1])] if given else _SIZES:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            home, files = make(root, offices, each)
            size = sum(file.stat().st_size for file in files) / 2**20
            print(f"{offices} offices with {each} accounts, {size:.0f} MB")
            for words in (
                ("collect", "add", "--by", "丙某", *files),
                ("collect", "status", "--out", root / "催报.xlsx"),
                ("collect", "figures", "--out", root / "汇总.xlsx"),
                ("collect", "circular", "--out", root / "通报.docx"),
                (
                    "collect",
                    "sample",
                    "--share",
                    "10%",
                    "--seed",
                    "一",
                    "--out",
                    root / "抽查.xlsx",
                ),
                ("collect", "handoff", "--out", root / "上报.json"),
            ):
                print(f"  {words[1]:10} {measure(home, *words)}", flush=True)


if __name__ == "__main__":
    main()
