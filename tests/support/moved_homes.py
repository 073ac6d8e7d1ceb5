"""One home twice, on SQLite and on PostgreSQL, and what commands tell of each."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from commands import in_process
from postgres import Cluster
from samples import sql
from sqlalchemy import text

from db.base import Base
from db.engine import careful_engine, normal_url
from db.moves import move_database
from mediawatch.app import root
from mediawatch.app.home_data import keep_owner, new_owner
from mediawatch.ops.settings import Home
from mediawatch.ops.settings.edits import put_setting

ZH = "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'zh' TEMPLATE template0"
"""A database that orders text by pinyin, as a server set up in Chinese may."""


@dataclass(frozen=True)
class HomeTwins:
    """The same rows; PostgreSQL's lie in another order on its disk."""

    sqlite: Home
    postgres: Home
    url: str
    now: datetime

    def differences(self, command: str, monkeypatch: pytest.MonkeyPatch) -> str:
        """What a command tells or writes otherwise on PostgreSQL; "" for nothing."""
        monkeypatch.setattr(root, "host_clock", lambda: self.now)
        one, other = (_outcome(home, command) for home in (self.sqlite, self.postgres))
        for name in sorted(one.keys() | other.keys()):
            if one.get(name) != other.get(name):
                return f"{command}: {name}:\n{one.get(name)!r}\n{other.get(name)!r}"
        return ""


def make_twins(home: Home, folder: Path, cluster: Cluster, now: datetime) -> HomeTwins:
    twins = [Home(folder / name / "home") for name in ("sqlite", "postgres")]
    for each in twins:
        shutil.copytree(home.root, each.root)
    url = cluster.url(ZH)
    owner = new_owner(twins[1])
    moved = move_database(f"sqlite:///{twins[1].database}", url, "2032-01-06", owner)
    keep_owner(twins[1], url, moved.home_id, owner)
    twins[1].database.unlink()
    settings = put_setting(twins[1].config.read_text("utf-8"), "database", "url", url)
    twins[1].config.write_text(settings, "utf-8")
    _shuffle(url)
    return HomeTwins(twins[0], twins[1], url, now)


def newest(home: Home) -> datetime:
    """A moment after all that the home holds."""
    (found,) = sql(f"sqlite:///{home.database}", "SELECT max(read_at) FROM reading")
    return datetime.fromisoformat(found[0]).replace(tzinfo=UTC) + timedelta(hours=5)


def _shuffle(url: str) -> None:
    """Every second row goes to the end of its table, as any change of it would bring it there."""
    engine = careful_engine(normal_url(url))
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.sorted_tables:
            column = next(iter(table.primary_key)).name
            connection.execute(
                text(
                    f"UPDATE {table.name} SET {column} = {column} WHERE ctid IN (SELECT ctid FROM (SELECT "
                    f"ctid, row_number() OVER (ORDER BY ctid) AS place FROM {table.name}) AS t WHERE "
                    "place % 2 = 1)"
                )
            )
    engine.dispose()


def _outcome(home: Home, command: str) -> dict[str, object]:
    """Exit code, both streams, and every file that it wrote, by name."""
    out = home.root.parent / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    before = os.getcwd()
    os.chdir(out)
    try:
        done = in_process("--home", home.root, *command.split())
    finally:
        os.chdir(before)
    parent = str(home.root.parent)
    global _LAST
    _LAST = (
        done.returncode,
        len(list(out.rglob("*"))),
        (done.stdout + done.stderr)[-100:] if done.returncode else "",
    )
    found: dict[str, object] = {
        "exit code": done.returncode,
        "stdout": done.stdout.replace(parent, "…"),
        "stderr": done.stderr.replace(parent, "…"),
    }
    for path in sorted(out.rglob("*")):
        if path.is_file():
            found[str(path.relative_to(out))] = path.read_bytes()
    return found


READING = """\
registry check --csv check.csv
registry proposals
registry list
registry list --csv list.csv
registry list --retired
registry corrections corrections
registry leads
registry leads --all --csv leads.csv
registry closing list --csv closing.csv
sessions
hints list
plan
plan --list
next
next --json
status
status --json
unproven --csv unproven.csv
problem list --csv problems.csv
review list
review list --csv review.csv
review list --second
sweeps
flagged
flagged --csv flagged.csv
figures --csv figures.csv
figures --by region
cadence --from 2022-01 --to 2022-12 --csv cadence.csv
repost list
query --list
query latest_status --format json
query flagged
query unproven --format csv
query by_platform
query by_region
query oldest_silence --format csv
query recheck --format csv
query rename_history --format json
query repeat_offenders
query sweep_comparison
evidence verify
evidence prune --dry-run
notice list
evidence sheet --out sheets --internal""".splitlines()
"""Commands that tell or write what the home holds, and change nothing in it."""
WRITING = """\
report xlsx --out 附件.xlsx --include-open
report open --out open.docx --include-open
report docx --out 通报.docx --include-open
report html --out report.html --include-open
report reminders reminders
report upward --out upward.docx
handoff --out handoff.json --include-open
worklist export worklist.xlsx
evidence sheet --out sheets --include-open""".splitlines()
"""Commands that write documents."""


OF_NOTICE = """\
notice show {0} --csv items.csv
notice show {0} --out papers
recheck {0} --csv recheck.csv
notice letters {0} --out letters
notice overdue {0} --out 督办.docx
notice feedback export {0} --out feedback
report docx --notice {0} --out 通报.docx
report html --notice {0} --out report.html
report xlsx --notice {0} --out 附件.xlsx
handoff --notice {0} --out handoff.json
notice correction-papers {0} --out corrections
evidence sheet --notice {0} --out sheets
notice correct {0} 1 --by 丁某 --reason 试 --yes
notice appeal {0} 2 --by 戊某 --reason 试 --unit 某局
notice close {0} --by 丁某 --reason 试
notice archive {0} --out archive
sweep judge 1
sweep judge 2
registry undo
review list
notice show {0} --csv items.csv
status
next""".splitlines()
"""Commands about one notice, in this order: some of them change it."""


def commands_of_accounts(home: Home) -> list[str]:
    """`show` and `explain` of a few accounts."""
    rows = sql(f"sqlite:///{home.database}", "SELECT id FROM account ORDER BY id")
    keys = [row[0] for row in rows][:: max(1, len(rows) // 8)]
    return [f"{command} {key}" for key in keys for command in ("show", "explain")]
