"""What `scale.py` measures: every command that reads or writes what grows with the registry.

A word `{name}` stands for what differs by home: `{out}` is an empty folder, `{settled}` a list of
accounts that need no look, `{calm}` a policy by which names are not read again, `{registry}` the
registry as a table, `{number}` and `{account}` the notice and an account, `{first}` and `{last}` the days of the
inspection's window, `{since}` and `{until}` the twelve months before it, `{used}` the home, `{forms}` a folder for
forms and `{answered}` the forms in it, filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeasuredCommand:
    """`writes`: it changes its home, so it gets a copy of the database."""

    name: str
    group: str
    words: str
    writes: bool = False
    codes: tuple[int, ...] = (0,)
    """The exit codes that are no failure of the measurement."""
    before: tuple[str, ...] = ()
    """What is run before it, not counted. Then the forms that are in `{forms}` are answered."""
    script: str = ""
    """What it runs: a file of this folder; "" for mediawatch."""

    def argv(self, values: dict[str, str], answered: Sequence[str] = ()) -> list[str]:
        """Its words, the names of answered forms in the place of `{answered}`."""
        return [
            one
            for word in self.words.split()
            for one in (answered if word == "{answered}" else [word.format(**values)])
        ]


def _reads(group: str, *lines: str, writes: bool = False) -> list[MeasuredCommand]:
    """Each line is a command; its name is the line without the words in braces."""
    return [MeasuredCommand(_name(line), group, line, writes) for line in lines]


def _name(line: str) -> str:
    return " ".join(word for word in line.split() if "{" not in word)


_REPOST = "repost add --by 演示员 --from {first} --until {last} --title 演示转载标题"


def _returned(name: str, words: str, out: str) -> MeasuredCommand:
    """Taking in what the command `out` handed out."""
    return MeasuredCommand(name, "forms", words, True, before=(out,))


COMMANDS: tuple[MeasuredCommand, ...] = (
    *_reads("sweep", "sweep --scope {settled}", "sweep judge 2", writes=True),
    # Nothing that can be looked at is due: without a network each look would wait for its end.
    MeasuredCommand("sweep --nightly", "sweep", "sweep --nightly --policy {calm}", True),
    *_reads("sweep", "plan", "plan --list", "next", "status", "sweeps", "scope",
            "scope --seed 演示 --take {sample}", "scope --out {out}/scope.xlsx", "unproven --sweep 2",
            "unproven --sweep 2 --csv {out}/unproven.csv"),
    MeasuredCommand("doctor", "sweep", "doctor", codes=(0, 1)),
    *_reads("registry", "registry list", "registry list --csv {out}/list.csv", "registry check",
            "registry check --csv {out}/check.csv", "registry proposals", "registry corrections {out}/corrections",
            "registry leads", "registry closing list", "registry search --dry-run",
            "registry import --dry-run {registry}"),
    *_reads("registry", "registry import {registry}", writes=True),
    MeasuredCommand("registry undo --dry-run", "registry", "registry undo --dry-run", codes=(0, 2)),
    *_reads("lists", "flagged --sweep 2", "review list --sweep 2", "review list --sweep 2 --csv {out}/review.csv",
            "problem list --sweep 2", "show {account}", "explain {account}", "hints list", "repost list",
            "notice list", "notice show {number}", "notice overdue {number}", "cadence",
            "cadence --csv {out}/cadence", "cadence --xlsx {out}/cadence.xlsx"),
    # Refused where it has too many rows.
    MeasuredCommand("cadence --xlsx --from --to", "lists",
                    "cadence --xlsx {out}/year.xlsx --from {since} --to {until}", codes=(0, 2)),
    *_reads("lists", "query flagged", "query --list",
            "query latest_status --format csv --out {out}/status.csv"),
    *_reads("figures", "figures --sweep 2", "figures --sweep 2 --against 1",
            "figures --sweep 2 --by county --csv {out}/figures", "handoff --sweep 2 --out {out}/sweep.json",
            "handoff --notice {number} --out {out}/notice.json"),
    *_reads("operations", "evidence verify"),
    MeasuredCommand("browse", "operations", "{used}", True, script="scale_browse.py"),
    *_reads("operations", "evidence prune", "backup {out}/backup.tar", writes=True),
    *_reads("documents", "report xlsx --sweep 2 --out {out}/annexes.xlsx", "report html --sweep 2 --out {out}/page.html",
            "report docx --sweep 2 --out {out}/circular.docx", "report open --sweep 2 --out {out}/open.xlsx",
            "report reminders {out}/reminders", "report upward --out {out}/upward.docx --xlsx {out}/upward.xlsx",
            "evidence sheet --sweep 2 --out {out}/sheets",
            "notice consult --sweep 2 --out {out}/consult.xlsx", "notice feedback export {number} --out {out}/feedback"),
    MeasuredCommand("repost export", "documents", "repost export 1 {out}/reposts", True, before=(_REPOST,)),
    MeasuredCommand("reading a form", "forms", "read {out}/form.xlsx", script="scale_forms.py",
                    before=("write {accounts} {out}/form.xlsx",)),
    _returned("worklist import", "worklist import --sweep 2 {answered}", "worklist export --sweep 2 {forms}/list.xlsx --by whole"),
    _returned("findings import", "findings import --sweep 2 {answered}", "findings dispatch --sweep 2 --person 某 {forms}"),
    _returned("notice feedback import", "notice feedback import {number} {answered}",
              "notice feedback export {number} --out {forms}"),
    *_reads("documents", "worklist export --sweep 2 {out}/list.xlsx", "findings dispatch --sweep 2 --person 某 {out}/dispatch",
            "notice archive {number} --out {out}/archive", writes=True),
)  # fmt: skip
