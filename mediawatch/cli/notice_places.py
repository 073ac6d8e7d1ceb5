"""`mediawatch notice published`, `retract`: where a notice is published."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

import typer

from mediawatch.app import App
from mediawatch.app.publications import note_publication, note_retraction
from mediawatch.cli.base import open_home, run
from mediawatch.cli.notice_changes import By
from mediawatch.cli.out import NumberArgument, notice_of
from mediawatch.cli.report import day_option
from mediawatch.domain import (
    UNFINISHED,
    NoticeAction,
    NoticeEvent,
    UserError,
    outdated_places,
)

On = Annotated[str, typer.Option("--on", metavar="DAY", help="When, 2023-02-10.")]


class PlaceChange(StrEnum):
    """What a place did with a notice that was corrected."""

    REMOVED = "removed"
    """撤稿."""
    REPLACED = "replaced"
    """替换."""

    @property
    def action(self) -> NoticeAction:
        removed = self is PlaceChange.REMOVED
        return NoticeAction.TAKEN_DOWN if removed else NoticeAction.REPLACED


def publish(
    ctx: typer.Context,
    number: NumberArgument,
    on: On,
    by: By,
    url: Annotated[str, typer.Option(metavar="URL", help="Its address there.")] = "",
    where: Annotated[
        str,
        typer.Option(metavar="PLACE", help="The place, 示例市政府网站; default the URL's host."),
    ] = "",
    version: Annotated[
        int | None,
        typer.Option(metavar="N", help="The version it shows; default what stood then.", min=1),
    ] = None,
) -> None:
    """Note where and when a notice was published (发布); may be given for several places. They are
    the places to be put right when it is corrected."""
    address, day = url.strip(), day_option(on, "--on")
    host = urlsplit(address).hostname or ""
    if address and (not host or urlsplit(address).scheme not in ("http", "https")):
        raise UserError(f"--url {address}: that is no address of a page: write it with https://")
    place = where.strip() or host
    if not place:
        raise UserError("name the place: --url, or --where for one without an address")

    async def work() -> tuple[NoticeEvent, str]:
        async with open_home(ctx) as app:

            async def plan(planning: App) -> tuple[NoticeEvent, str]:
                notice, _ = await notice_of(planning, number)
                event = NoticeEvent(
                    notice_id=notice.id,
                    action=NoticeAction.PUBLISHED,
                    at=planning.clock(),
                    by=_name(by),
                    source=address,
                    place=place,
                    on=day,
                )
                made = await note_publication(planning, notice, event, version)
                return made, notice.publicity

            return await app.decide(plan)

    made, publicity = run(work())
    typer.echo(f"{number}: published at {made.place} on {made.on}, version {made.version}")
    if any(word in publicity for word in ("不予公开", "不公开", "依申请公开")):
        typer.echo(f"its 公开属性 is {publicity}: see whether it may stand there", err=True)


def retract(
    ctx: typer.Context,
    number: NumberArgument,
    place: Annotated[
        str, typer.Argument(metavar="PLACE", help="The place as `notice published` noted it.")
    ],
    how: Annotated[
        PlaceChange, typer.Option(help="removed: 撤稿; replaced: 替换 by the corrected text.")
    ],
    on: On,
    by: By,
    url: Annotated[
        str, typer.Option(metavar="URL", help="Where the corrected text is, if that is new.")
    ] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="A remark.")] = "",
) -> None:
    """Note that a place took a notice down (撤稿), or replaced it by the corrected text (替换). A
    correction is unfinished (更正未完成) until each place did."""
    day = day_option(on, "--on")

    async def work() -> tuple[NoticeEvent, int]:
        async with open_home(ctx) as app:

            async def plan(planning: App) -> NoticeEvent:
                notice, _ = await notice_of(planning, number)
                event = NoticeEvent(
                    notice_id=notice.id,
                    action=how.action,
                    at=planning.clock(),
                    by=_name(by),
                    reason=reason.strip(),
                    source=url.strip(),
                    place=place.strip(),
                    on=day,
                )
                return await note_retraction(planning, notice, event)

            made = await app.decide(plan)
            _, events = await notice_of(app, number)
            return made, len(outdated_places(events))

    made, left = run(work())
    typer.echo(f"{number}: {made.place}, {made.action.label} {made.on}")
    typer.echo(f"{UNFINISHED}：尚余{left}处" if left else "更正已完成")


def _name(by: str) -> str:
    if not by.strip():
        raise UserError("a name is needed (--by)")
    return by.strip()
