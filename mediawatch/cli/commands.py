"""Which command lives in which file, and what `--help` says of it. A file is loaded when its command
is wanted: all of them together cost a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import typer

HELP_BY_FILE: Mapping[str, Mapping[str, str]] = {
    "home": {
        "init": (
            "Set up the home: folders, a commented mediawatch.toml and canaries.toml, the database."
        ),
    },
    "browser": {
        "browser": "Tell which Chromium is used and whether Chinese text can be drawn.",
    },
    "doctor": {
        "doctor": "Check what an inspection needs, with the remedy where it lacks; tell what is ahead.",
    },
    "demo": {
        "demo": (
            "Run a whole inspection on made-up accounts and local stand-ins of the sites "
            "(演示数据)."
        ),
    },
    "registry": {
        "registry": "The filed accounts (台账).",
    },
    "scope": {
        "scope": (
            "Draw the scope of an inspection: a census, a reproducible sample by strata, or a list."
        ),
    },
    "login": {
        "login": "Log in and keep the session: in a window, or where there is no screen by a QR code.",
    },
    "sessions": {
        "sessions": "The operator's logins: list, check, import, assign, remove.",
    },
    "links": {
        "links": "Take in the article links that units send.",
    },
    "hints": {
        "hints": (
            "Take in what others say of accounts (提示): links are opened, dates prove nothing."
        ),
    },
    "plan": {
        "plan": "Show what a nightly sweep would look at now and why, and how long it takes.",
    },
    "sweep": {
        "sweep": "Look at every account in scope, look again before a finding, judge.",
    },
    "worker": {
        "worker": (
            "Look at accounts for `mediawatch sweep --workers`, with this home's browser and logins, "
            "until it is stopped."
        ),
        "workers": (
            "Show the workers of this database: who is alive, with which version and logins, what "
            "they look at."
        ),
    },
    "next": {
        "next": (
            "Show the calendar of the inspection in Chinese: its steps with their days and figures, and "
            "the one next step with its command."
        ),
    },
    "status": {
        "status": (
            "Show the last nights: looks, what was proven, why the rest was not, findings, exit "
            "codes."
        ),
    },
    "notify": {
        "notify": "Send the digests and alerts that have not gone out yet; every sweep does so too.",
    },
    "worklist": {
        "unproven": (
            "List the accounts that are open, as the documents count them (待人工核查, "
            "疑似问题待审核), with the reasons."
        ),
        "worklist": "Hand out what the machine cannot prove, and take the answers back.",
    },
    "problem": {
        "problem": (
            "Take in what people find that no list of posts shows (人工检查), two persons each."
        ),
    },
    "review": {
        "review": "Decide about findings (审核): nothing leaves unconfirmed.",
    },
    "findings": {
        "findings": "Send suspects down to their units, and take the answers in.",
    },
    "out": {
        "sweeps": "List the inspections so far: number, moment, policy, scope, state.",
        "flagged": "List the accounts with findings (存在突出问题的政务新媒体名单).",
        "show": "Show one account in full: as filed, as seen, every sight, the verdict and the rule.",
        "explain": (
            "Say why an account has its verdict: what was used, what counted for nothing and why, "
            "what is missing, what would change it."
        ),
    },
    "figures": {
        "figures": (
            "Count an inspection: 检查率, 合格率, kinds of problems, by region and platform or as "
            "asked; all sums are held first."
        ),
    },
    "cadence": {
        "cadence": (
            "Count by account and unit how often they published in each month (发布条数, "
            "最长更新间隔, 不达标天数, 连续未发布月数)."
        ),
    },
    "circular": {
        "circular": "Check an office's own circular or table of figures (通报).",
    },
    "repost": {
        "repost": (
            "Hold what looks have shown against what accounts were to repost (重要信息转载)."
        ),
    },
    "query": {
        "query": "Run a report query.",
    },
    "browse": {
        "browse": "Serve the database to this machine's browser (Datasette; extra `browse`).",
    },
    "report": {
        "report": "Write the documents of an inspection (xlsx, docx, html) and the texts to the units.",
    },
    "handoff": {
        "handoff": (
            "Write the hand-off of a sweep or a notice (mediawatch.handoff/1) for whatever writes "
            "the circular."
        ),
    },
    "collect": {
        "collect": (
            "Collect the hand-offs of lower offices; make figures, lists and a circular of them."
        ),
    },
    "evidence": {
        "evidence": "Check the kept evidence (佐证材料), and let old evidence go.",
    },
    "notice": {
        "notice": "Issue notices (通报), correct them, and see what became of them.",
    },
    "recheck": {
        "recheck": (
            "Look at a notice's accounts again and list each result (已完成整改, 未整改, 已注销 "
            "…), with basis and dates."
        ),
    },
    "backup": {
        "backup": (
            "Write database, evidence (but for a shared place's), settings and canaries into one "
            "tar file, while a sweep may run."
        ),
        "restore": "Make a new home from a backup, after its files, settings and database were checked.",
    },
    "database": {
        "database": (
            "Tell where the home's data lie, and move them between SQLite and PostgreSQL."
        ),
    },
    "units": {
        "units": (
            "Write systemd units for this home: the sweep of the night, a weekly backup, a "
            "message where one fails (docs/running.md)."
        ),
    },
    "verify": {
        "verify": "Run recorded cases through the real scrapers; exit code 1 when any differs.",
    },
    "record": {
        "record": "Look at an account once, and keep the site's answers as a case for `verify`.",
    },
}
"""What `--help` says of every command, in its order, by the file that the command lives in. A test
compares the sentences with the commands' own.
"""
HELP = {name: text for commands in HELP_BY_FILE.values() for name, text in commands.items()}
_FILE_OF = {command: file for file, commands in HELP_BY_FILE.items() for command in commands}


class Commands(Mapping[str, Any]):
    """Every command by its name."""

    def __getitem__(self, name: str) -> Any:
        return _registered(_FILE_OF[name])[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_FILE_OF)

    def __len__(self) -> int:
        return len(_FILE_OF)


@cache
def _registered(file: str) -> Mapping[str, Any]:
    # Not at the top: `base` imports this file.
    from mediawatch.cli.outputs import add_force

    group = typer.Typer(rich_markup_mode=None)
    import_module(f"mediawatch.cli.{file}").register(group)
    made = typer.main.get_group(group).commands
    add_force(made)
    return made
