"""`mediawatch notice correct`, `close`: changes of a notice after its issue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from mediawatch.app import App, corrections
from mediawatch.cli.base import confirm, open_home, run
from mediawatch.cli.out import (
    NumberArgument,
    notice_of,
)
from mediawatch.cli.outputs import output
from mediawatch.cli.review_options import name_one_person, parse_code
from mediawatch.domain import (
    UNFINISHED,
    Code,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    UserError,
    is_closed,
    outdated_places,
    publications,
)
from mediawatch.outputs import Output
from mediawatch.publish.results import standing_items
from mediawatch.rules.appeals import open_appeals
from mediawatch.table import plain

By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who does it.", callback=name_one_person)
]


ItemArgument = Annotated[
    int, typer.Argument(metavar="ITEM", help="Its 序号 in `notice show`.", min=1)
]


def correct(
    ctx: typer.Context,
    number: NumberArgument,
    item: ItemArgument,
    by: By,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    code: Annotated[
        list[Code] | None,
        typer.Option(
            "--code",
            metavar="CODE",
            parser=parse_code,
            help="Withdraw only this finding of it; may be repeated.",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask whether it is this account.")
    ] = False,
    everywhere: Annotated[
        bool,
        typer.Option(
            "--everywhere",
            help="In every other notice, too, that holds the same against the account.",
        ),
    ] = False,
    out: Annotated[
        Output | None,
        output("--out", metavar="FILE", help="Write the corrected hand-off, too."),
    ] = None,
) -> None:
    """Correct a notice (更正): withdraw an item, or some of its findings. What was issued stays;
    the hand-off gets its next version.
    """

    async def work() -> tuple[corrections.Corrections, list[str]]:
        async with open_home(ctx) as app:
            notice, events = await notice_of(app, number)
            named = next(
                (each for each in standing_items(notice, events) if each.number == item), None
            )
            # An item without these findings is refused later in any case.
            if named and {*(code or ())} <= {held.finding.code for held in named.findings}:
                _ask(notice, named, yes=yes)
            correction = corrections.Correction(
                item=item, codes=tuple(code or ()), by=by, reason=reason
            )
            made = await corrections.correct_everywhere(
                app, notice, correction, everywhere=everywhere
            )
            return made, await _left_to_publish(app, [each for each, _, _ in made[0]])

    (done, left), places = run(work())
    for notice, place, made in done:
        typer.echo(f"{notice.number}: item {place} corrected")
        if made:
            typer.echo(f"hand-off version {made.version}, SHA-256 {made.sha256}")
    for notice, other, codes in left:
        options = "".join(f" --code {each}" for each in codes)
        typer.echo(
            f"{notice.number} still says {other.problem} of {other.filed.name} (item "
            f"{other.number}): "
            f"`mediawatch notice correct {notice.number} {other.number}{options} --by … --reason "
            "…` corrects it there, "
            "--everywhere all at once",
            err=True,
        )
    for line in places:
        typer.echo(line, err=True)
    _, _, document = done[0]
    if out and document:
        out.write(document.body.encode(), shared=True)
        typer.echo(str(out))


async def _left_to_publish(app: App, notices: Sequence[Notice]) -> list[str]:
    """What is left to do where corrected notices are published, a sentence each."""
    lines = []
    for notice in notices:
        events = await app.store.notices.events(notice.id)
        if places := outdated_places(events):
            lines.append(
                f"{UNFINISHED}：{notice.number}：{'、'.join(each.place for each in places)}: "
                f"`mediawatch notice correction-papers {notice.number} --out DIR` writes the "
                "papers, `notice retract` notes what each place did"
            )
        elif not publications(events):
            lines.append(
                f"{notice.number}: no place of publication is known: `notice published` notes "
                "where it stands"
            )
    return lines


def _ask(notice: Notice, item: NoticeItem, *, yes: bool) -> None:
    """Show the account, and ask before it is withdrawn. UserError without a yes."""
    filed = item.filed
    body = f"，{filed.organiser}" if filed.organiser else ""
    what = f"{notice.number}第{item.number}项：“{filed.name}”（{filed.type}{body}），{item.problem}"
    typer.echo(plain(what))
    if not yes:
        confirm(
            "Withdraw it?",
            (
                f"item {item.number} of {notice.number} is “{filed.name}”: add --yes if it is the "
                "one to be corrected"
            ),
        )


def close(
    ctx: typer.Context,
    number: NumberArgument,
    by: By,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="How it ended.")] = "",
) -> None:
    """Close a notice (办结). The evidence of its findings may leave by age once its archive is taken
    in, too (`notice archive`)."""

    async def work() -> str:
        async with open_home(ctx) as app:

            async def plan(planning: App) -> str:
                notice, events = await notice_of(planning, number)
                if is_closed(events):
                    raise UserError(f"{notice.number} is closed already")
                if left := outdated_places(events):
                    raise UserError(
                        f"{notice.number}: {UNFINISHED}: "
                        f"{'、'.join(each.place for each in left)} still shows what was corrected: "
                        "`notice retract` notes what each did"
                    )
                stands = {item.number for item in standing_items(notice, events)}
                for waiting in open_appeals(notice, events):
                    if waiting.item.number in stands:
                        raise UserError(
                            f"{notice.number} has an open 复核 of item {waiting.item.number}: decide "
                            "it by `mediawatch notice appeal … --result` first"
                        )
                event = NoticeEvent(
                    notice_id=notice.id,
                    action=NoticeAction.CLOSED,
                    at=planning.clock(),
                    by=by,
                    reason=reason,
                )
                await planning.store.notices.add_events([event])
                return f"{notice.number}: closed"

            return await app.decide(plan)

    typer.echo(run(work()))
