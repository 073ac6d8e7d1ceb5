"""`mediawatch next`: the calendar of an inspection, where it stands, and the one next step."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import asdict
from typing import Annotated, TypeVar, cast

import typer

from mediawatch.app.calendar import inspection_now
from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.domain.clock import beijing, chinese_day, day_end, day_of
from mediawatch.rules.calendar import next_of, remarks_of, steps_of
from mediawatch.rules.calendar_facts import InspectionFacts, NextStep
from mediawatch.table import Table, plain

_COLUMNS = ("步骤", "状态", "日期", "情况")


def register(app: typer.Typer) -> None:
    app.command("next")(show_next)


def show_next(
    ctx: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object instead of a table.")
    ] = False,
) -> None:
    """Show the calendar of the inspection in Chinese: its steps with their days and figures, and
    the one next step with its command."""

    async def work() -> InspectionFacts:
        async with open_home(ctx) as app:
            return await inspection_now(app)

    facts = run(work())
    # As they must be typed again where the home was named.
    named = ctx.find_root().params.get("home")
    typed = f"mediawatch --home {shlex.quote(str(named))} " if named else "mediawatch "
    if as_json:
        found = _with_home(_as_json(facts), typed)
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        typer.echo(_with_home(_as_text(facts), typed))


T = TypeVar("T")


def _with_home(value: T, typed: str) -> T:
    """The text, or all texts in it, with `typed` at the beginning of each command."""
    found: object = value
    match value:
        case str():
            found = re.sub(r"\bmediawatch (?=[a-z])", lambda _: typed, value)
        case dict():
            found = {key: _with_home(each, typed) for key, each in value.items()}
        case list() | tuple():
            found = [_with_home(each, typed) for each in value]
    return cast("T", found)


def _as_text(facts: InspectionFacts) -> str:
    steps = steps_of(facts)
    rows = tuple((step.name.value, step.state.label, step.days, step.figures) for step in steps)
    lines = [fit_table(Table(_title(facts), _COLUMNS, rows))]
    lines += [plain(remark) for remark in remarks_of(facts)]
    return "\n".join([*lines, *_told(next_of(facts, steps))])


def _told(step: NextStep) -> list[str]:
    return [plain(f"下一步：{step.text}"), *([f"  {plain(step.command)}"] if step.command else [])]


def _title(facts: InspectionFacts) -> str:
    today = f"今天{chinese_day(day_of(facts.now))}"
    if facts.as_of is None:
        return f"检查日程（{today}）"
    day = day_of(facts.as_of)
    hour = "" if facts.as_of == day_end(day) else f"{beijing(facts.as_of):%H:%M}"
    return f"检查日程：监测时间点{chinese_day(day)}{hour}（{today}）"


def _as_json(facts: InspectionFacts) -> dict[str, object]:
    """Instants with Beijing's offset."""
    steps = steps_of(facts)
    return {
        "now": beijing(facts.now).isoformat(),
        "as_of": beijing(facts.as_of).isoformat() if facts.as_of else None,
        "next_as_of": beijing(facts.next_as_of).isoformat() if facts.next_as_of else None,
        "steps": [asdict(step) for step in steps],
        "remarks": remarks_of(facts),
        "next": asdict(next_of(facts, steps)),
    }
