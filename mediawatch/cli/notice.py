"""`mediawatch notice`: confirmed findings become a notice (通报), which stays as it was issued;
what follows are events.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import corrections, notices
from mediawatch.cli import feedback
from mediawatch.cli.base import DryRun, confirm, opened, run
from mediawatch.cli.out import (
    NumberArgument,
    SweepOption,
    check_answered,
    notice_of,
    print_or_write,
    sweep_of,
)
from mediawatch.cli.report import day_option
from mediawatch.domain import (
    Code,
    IssuedDocument,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    UserError,
    is_closed,
)
from mediawatch.domain.clock import day_of
from mediawatch.ops.files import write_whole
from mediawatch.ops.settings.office import read_office
from mediawatch.publish.notices.annex import Annex, read_annex
from mediawatch.publish.notices.deadlines import deadline
from mediawatch.publish.notices.issuing import Heading, appealed
from mediawatch.publish.notices.results import standing_items
from mediawatch.publish.reports import notices as lists
from mediawatch.rules.corrections_due import CORRECTION_DUE, CorrectionDue
from mediawatch.table import Table, to_text

group = typer.Typer(
    no_args_is_help=True, help="Issue notices (通报), correct them, and see what became of them."
)
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it.")]
ItemArgument = Annotated[
    int, typer.Argument(metavar="ITEM", help="Its 序号 in `notice show`.", min=1)
]


Corrections = tuple[
    list[tuple[Notice, int, IssuedDocument | None]],
    list[tuple[Notice, NoticeItem, tuple[Code, ...]]],
]


class AppealResult(StrEnum):
    """申诉结果."""

    UPHELD = "upheld"
    REJECTED = "rejected"


def register(app: typer.Typer) -> None:
    group.command("issue")(issue)
    group.command("import")(import_)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("correct")(correct)
    group.command("appeal")(appeal)
    group.command("close")(close)
    feedback.register(group)
    app.add_typer(group, name="notice")


def issue(
    ctx: typer.Context,
    title: Annotated[str, typer.Option(metavar="TEXT", help="标题.")],
    by: By,
    number: Annotated[
        str, typer.Option(metavar="TEXT", help="文号; default `number` of office.toml.")
    ] = "",
    sweep: SweepOption = None,
    signed_on: Annotated[
        str, typer.Option("--date", metavar="DAY", help="成文日期, 2023-02-09; default today.")
    ] = "",
    rectify_by: Annotated[
        str, typer.Option(metavar="DAY|+10工作日", help="整改期限; +14日 counts every day.")
    ] = "",
    report_by: Annotated[str, typer.Option(metavar="DAY|+12工作日", help="报送期限.")] = "",
    preliminary: Annotated[
        bool,
        typer.Option(
            "--preliminary", help="Although it is 初步结果: accounts are still 待人工核查."
        ),
    ] = False,
    leave_out_open: Annotated[
        bool,
        typer.Option(
            "--leave-out-open",
            help=(
                "Although findings are not decided: they are not in it, their accounts count as "
                "open."
            ),
        ),
    ] = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="Although accounts stand in an earlier notice of this sweep; with --reason.",
        ),
    ] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why they are issued again.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write its hand-off, too.")
    ] = None,
) -> None:
    """Freeze the confirmed findings of a sweep as a notice, with its deadlines and its hand-off."""

    if again != bool(reason.strip()):
        raise UserError("issuing accounts again needs both --again and --reason")

    async def work() -> tuple[Notice, IssuedDocument]:
        async with opened(ctx) as app:
            chosen = await sweep_of(app, sweep, surely=True)
            await check_answered(app, chosen)
            chosen_number = number or read_office(app.home.root).number
            heading = _heading(
                chosen_number,
                title,
                by,
                day_option(signed_on) or day_of(app.clock()),
                rectify_by,
                report_by,
            )
            return await notices.issue(
                app,
                chosen,
                heading,
                preliminary=preliminary,
                leave_out_open=leave_out_open,
                again=reason,
            )

    notice, document = run(work())
    failed = sum(item.fails for item in notice.items)
    typer.echo(
        f"{notice.number}: {len(notice.items)} accounts, {failed} failed; hand-off version 1, "
        f"SHA-256 {document.sha256}"
    )
    for what, day in (("整改期限", notice.rectify_by), ("报送期限", notice.report_by)):
        if day:
            typer.echo(f"{what}: {day}")
    if out:
        write_whole(out, document.body.encode())
        typer.echo(str(out))


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Its annex: xlsx, xls or csv.")],
    number: Annotated[str, typer.Option(metavar="TEXT", help="文号.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="标题.")],
    signed_on: Annotated[str, typer.Option("--date", metavar="DAY", help="成文日期, 2023-02-09.")],
    by: By,
    rectify_by: Annotated[str, typer.Option(metavar="DAY|+10工作日", help="整改期限.")] = "",
    report_by: Annotated[str, typer.Option(metavar="DAY|+12工作日", help="报送期限.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Take a notice in that another system issued, by its annex (备案单号, 政务新媒体名称, 类型,
    所属组织, 存在的突出问题, 复查结果).
    """

    async def work() -> tuple[Notice, Annex]:
        async with opened(ctx, dry_run=dry_run) as app:
            heading = _heading(
                number, title, by, day_option(signed_on), rectify_by, report_by
            ).checked()
            accounts = await app.store.accounts(include_retired=True)
            annex = read_annex(file, accounts, await app.store.changes(), day_of(app.clock()))
            notice = Notice(
                number=heading.number,
                title=heading.title,
                issued_on=heading.issued_on,
                rectify_by=heading.rectify_by,
                report_by=heading.report_by,
                by=heading.by,
                kept_at=app.clock(),
                source=annex.file,
                items=annex.items,
            )
            return await app.store.issue(notice), annex

    notice, annex = run(work())
    typer.echo(
        f"{notice.number}: {len(notice.items)} accounts, {len(annex.unmatched)} of them in no "
        "registry of ours"
    )
    if annex.unmatched:
        typer.echo(to_text(lists.unmatched(annex.unmatched)), err=True)


def _heading(
    number: str, title: str, by: str, issued_on: date | None, rectify_by: str, report_by: str
) -> Heading:
    if issued_on is None:
        raise UserError("a notice needs --date")
    return Heading(
        number=number.strip(),
        title=title.strip(),
        by=by.strip(),
        issued_on=issued_on,
        rectify_by=deadline(rectify_by, issued_on) if rectify_by else None,
        report_by=deadline(report_by, issued_on) if report_by else None,
    )


def list_(ctx: typer.Context) -> None:
    """List the notices: number, day, accounts, deadlines, version, state."""

    async def work() -> tuple[Table, list[CorrectionDue]]:
        async with opened(ctx) as app:
            table = lists.notices(await app.store.notices(), await app.store.notice_events())
            return table, await corrections.all_corrections_due(app)

    table, due = run(work())
    print_or_write(table, None)
    _tell(due)


def _tell(due: Sequence[CorrectionDue]) -> None:
    for each in due:
        typer.echo(f"{CORRECTION_DUE}: {each.words}")


def show(
    ctx: typer.Context,
    number: NumberArgument,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write the items as a CSV for Excel instead."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write its hand-off, byte for byte."),
    ] = None,
    version: Annotated[
        int | None, typer.Option(metavar="N", help="This version of it; default the newest.", min=1)
    ] = None,
) -> None:
    """Show a notice: each item, what still stands of it, every event; `--out` gives its hand-off as
    it was issued or corrected.
    """

    async def work() -> tuple[Table, Table, bytes, list[CorrectionDue]]:
        async with opened(ctx) as app:
            notice, events = await notice_of(app, number)
            documents = await app.store.notice_documents(notice.id)
            wanted = [document for document in documents if version in (None, document.version)]
            if out and not wanted:
                raise UserError(
                    f"{notice.number} has no hand-off{f' of version {version}' if version else ''}"
                )
            body = wanted[-1].body.encode() if wanted else b""
            due = [] if out else await corrections.corrections_due(app, notice)
            return lists.items(notice, events), lists.events(notice, events, documents), body, due

    items, happened, body, due = run(work())
    if out:
        write_whole(out, body)
        typer.echo(str(out))
        return
    print_or_write(items, csv)
    if not csv:
        print_or_write(happened, None)
        _tell(due)


def correct(
    ctx: typer.Context,
    number: NumberArgument,
    item: ItemArgument,
    by: By,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    code: Annotated[
        list[Code] | None,
        typer.Option(
            "--code", metavar="CODE", help="Withdraw only this finding of it; may be repeated."
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
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the corrected hand-off, too."),
    ] = None,
) -> None:
    """Correct a notice (更正): withdraw an item, or some of its findings. What was issued stays;
    the hand-off gets its next version.
    """

    async def work() -> Corrections:
        async with opened(ctx) as app:
            notice, events = await notice_of(app, number)
            named = next(
                (each for each in standing_items(notice, events) if each.number == item), None
            )
            if named and {*(code or ())} <= {
                held.finding.code for held in named.findings
            }:  # else it is refused anyhow
                _ask(notice, named, yes=yes)
            return await corrections.correct_everywhere(
                app, notice, item, codes=code or (), by=by, reason=reason, everywhere=everywhere
            )

    done, left = run(work())
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
    _, _, document = done[0]
    if out and document:
        write_whole(out, document.body.encode())
        typer.echo(str(out))


def _ask(notice: Notice, item: NoticeItem, *, yes: bool) -> None:
    """Names the account before it is withdrawn. UserError where nobody says yes."""
    filed = item.filed
    body = f"，{filed.organiser}" if filed.organiser else ""
    what = f"{notice.number}第{item.number}项：“{filed.name}”（{filed.type}{body}），{item.problem}"
    typer.echo("".join(char if char.isprintable() else " " for char in what))
    if not yes:
        confirm(
            "Withdraw it?",
            (
                f"item {item.number} of {notice.number} is “{filed.name}”: add --yes if it is the "
                "one to be corrected"
            ),
        )


def appeal(
    ctx: typer.Context,
    number: NumberArgument,
    item: ItemArgument,
    by: Annotated[
        str, typer.Option("--by", metavar="NAME", help="Who appeals; with --result who decides.")
    ],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    result: Annotated[
        AppealResult | None,
        typer.Option(
            help=(
                "Decide it: upheld (then `notice correct`) or rejected; without it an appeal is "
                "taken in."
            )
        ),
    ] = None,
) -> None:
    """Take an appeal (申诉) in, or decide one. It changes nothing by itself: one that is upheld is
    followed by a correction.
    """

    async def work() -> str:
        async with opened(ctx) as app:
            notice, events = await notice_of(app, number)
            event = appealed(
                notice,
                events,
                item,
                NoticeAction(result.value) if result else NoticeAction.APPEALED,
                by,
                reason,
                app.clock(),
            )
            await app.store.note_notice([event])
            return f"{notice.number}: item {item}, {event.action.value}"

    typer.echo(run(work()))


def close(
    ctx: typer.Context,
    number: NumberArgument,
    by: By,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="How it ended.")] = "",
) -> None:
    """Close a notice (办结): only then may the evidence of its findings leave by age."""

    async def work() -> str:
        async with opened(ctx) as app:
            notice, events = await notice_of(app, number)
            if is_closed(events):
                raise UserError(f"{notice.number} is closed already")
            event = NoticeEvent(
                notice_id=notice.id,
                action=NoticeAction.CLOSED,
                at=app.clock(),
                by=by,
                reason=reason,
            )
            await app.store.note_notice([event])
            return f"{notice.number}: closed"

    typer.echo(run(work()))
