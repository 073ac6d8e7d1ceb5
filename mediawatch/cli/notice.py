"""`mediawatch notice`: confirmed findings become a notice (通报).

It stays as it was issued; all later changes are events.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.cli import feedback
from mediawatch.cli.appeals import appeal, opinion
from mediawatch.cli.archive import archive
from mediawatch.cli.arrears import overdue
from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.cli.notice_changes import By, close, correct
from mediawatch.cli.notice_drafts import RectifyBy, ReportBy, approve, draft, unname
from mediawatch.cli.notice_issue import issue
from mediawatch.cli.notice_lists import list_, show
from mediawatch.cli.notice_papers import consult, write_correction_papers, write_letters
from mediawatch.cli.notice_places import publish, retract
from mediawatch.cli.report import day_option
from mediawatch.domain import (
    Notice,
    UserError,
)
from mediawatch.domain.clock import day_of
from mediawatch.plurals import count_of
from mediawatch.publish.notices.annex import Annex, read_annex
from mediawatch.publish.notices.deadlines import deadline
from mediawatch.publish.notices.issuing import NoticeHeading
from mediawatch.publish.reports import notices as lists
from mediawatch.table import to_text

group = typer.Typer(
    no_args_is_help=True, help="Issue notices (通报), correct them, and see what became of them."
)


def register(app: typer.Typer) -> None:
    group.command("draft")(draft)
    group.command("approve")(approve)
    group.command("unname")(unname)
    group.command("issue")(issue)
    group.command("consult")(consult)
    group.command("letters")(write_letters)
    group.command("published")(publish)
    group.command("retract")(retract)
    group.command("correction-papers")(write_correction_papers)
    group.command("import")(import_)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("correct")(correct)
    group.command("appeal")(appeal)
    group.command("opinion")(opinion)
    group.command("overdue")(overdue)
    group.command("close")(close)
    group.command("archive")(archive)
    feedback.register(group)
    app.add_typer(group, name="notice")


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Its annex: xlsx, xls or csv.")],
    number: Annotated[str, typer.Option(metavar="TEXT", help="文号.")],
    title: Annotated[str, typer.Option(metavar="TEXT", help="标题.")],
    signed_on: Annotated[str, typer.Option("--date", metavar="DAY", help="成文日期, 2023-02-09.")],
    by: By,
    rectify_by: RectifyBy = "",
    report_by: ReportBy = "",
    dry_run: DryRun = False,
) -> None:
    """Import a notice that another system issued, by its annex (备案单号, 政务新媒体名称, 类型,
    所属组织, 存在的突出问题, 复查结果)."""

    async def work() -> tuple[Notice, Annex]:
        async with open_home(ctx, dry_run=dry_run) as app:
            heading = _heading(
                number, title, by, day_option(signed_on), rectify_by, report_by
            ).check()

            async def plan(planning: App) -> tuple[Notice, Annex]:
                store, now = planning.store, planning.clock()
                accounts = await store.accounts.all(include_retired=True)
                annex = read_annex(file, accounts, await store.accounts.changes(), day_of(now))
                notice = Notice(
                    number=heading.number,
                    title=heading.title,
                    issued_on=heading.issued_on,
                    rectify_by=heading.rectify_by,
                    report_by=heading.report_by,
                    by=heading.by,
                    kept_at=now,
                    source=annex.file,
                    items=annex.items,
                )
                return await store.notices.issue(notice), annex

            return await app.decide(plan)

    notice, annex = run(work())
    typer.echo(
        f"{notice.number}: {count_of(len(notice.items), 'account')}, {len(annex.unmatched)} of "
        "them not in our "
        "registry"
    )
    if annex.unmatched:
        typer.echo(to_text(lists.unmatched_table(annex.unmatched)), err=True)


def _heading(
    number: str, title: str, by: str, issued_on: date | None, rectify_by: str, report_by: str
) -> NoticeHeading:
    if issued_on is None:
        raise UserError("a notice needs --date")
    return NoticeHeading(
        number=number.strip(),
        title=title.strip(),
        by=by.strip(),
        issued_on=issued_on,
        rectify_by=deadline(rectify_by, issued_on) if rectify_by else None,
        report_by=deadline(report_by, issued_on) if report_by else None,
    )
