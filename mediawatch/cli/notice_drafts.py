"""`mediawatch notice draft`, `approve`, `unname`: what comes before the issue of a notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.app.choice import choose_sweep
from mediawatch.app.notice_drafts import (
    DrawnDraft,
    approve_draft,
    draw_up_draft,
    omit_name,
)
from mediawatch.app.notices import IssueTerms
from mediawatch.cli.base import open_home, run
from mediawatch.cli.notice_changes import By, ItemArgument
from mediawatch.cli.out import SweepOption, check_answered, sweep_of
from mediawatch.cli.outputs import output
from mediawatch.cli.report import day_option
from mediawatch.cli.review_options import name_one_person
from mediawatch.domain import (
    NameOmission,
    NoticeDraft,
    Sweep,
    UnnamedAccount,
    UserError,
    open_draft,
)
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output
from mediawatch.plurals import count_of
from mediawatch.publish.circular.frame import title as title_of
from mediawatch.publish.notices.drafting import DraftWords, fingerprint
from mediawatch.table import plain

RectifyBy = Annotated[
    str, typer.Option(metavar="DAY|+10工作日", help="整改期限; +14日 counts every day.")
]
ReportBy = Annotated[str, typer.Option(metavar="DAY|+12工作日", help="报送期限.")]
Addressees = Annotated[str, typer.Option(metavar="TEXT", help="主送机关; default office.toml's.")]
Copies = Annotated[str, typer.Option(metavar="TEXT", help="抄送机关; default office.toml's.")]
Publicity = Annotated[str, typer.Option(metavar="TEXT", help="公开属性; default office.toml's.")]
Preliminary = Annotated[
    bool,
    typer.Option("--preliminary", help="Issue it as 初步结果: accounts are still 待人工核查."),
]
LeaveOutOpen = Annotated[
    bool,
    typer.Option(
        "--leave-out-open",
        help=(
            "Issue it although findings are undecided: it leaves them out, and their accounts "
            "count as open."
        ),
    ),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again",
        help="Issue it although accounts stand in an earlier notice of this sweep; with --reason.",
    ),
]
AgainReason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why they are issued again.")
]


def read_terms(preliminary: bool, leave_out_open: bool, again: bool, reason: str) -> IssueTerms:
    """What these options let a notice leave open. UserError for --again or its reason alone."""
    if again != bool(reason.strip()):
        raise UserError("issuing accounts again needs both --again and --reason")
    return IssueTerms(preliminary=preliminary, leave_out_open=leave_out_open, again=reason)


def draft(
    ctx: typer.Context,
    by: Annotated[
        str,
        typer.Option(
            "--by", metavar="NAME", help="Who draws it up (拟稿人).", callback=name_one_person
        ),
    ],
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="标题; default the last draft's, else made.")
    ] = "",
    sweep: SweepOption = None,
    addressees: Addressees = "",
    copies: Copies = "",
    publicity: Publicity = "",
    rectify_by: RectifyBy = "",
    report_by: ReportBy = "",
    preliminary: Preliminary = False,
    leave_out_open: LeaveOutOpen = False,
    again: Again = False,
    reason: AgainReason = "",
    out: Annotated[
        Output | None, output("--out", metavar="FILE", help="Write the 送审稿 (.docx), too.")
    ] = None,
) -> None:
    """Draw up a notice for its signature (拟稿). Drawn up again, it takes the place of the draft
    before; words that are not given stay, and names that are left out stay so."""
    given = DraftWords(
        title=title,
        addressees=addressees,
        copies=copies,
        publicity=publicity,
        rectify_by=rectify_by,
        report_by=report_by,
    )
    terms = read_terms(preliminary, leave_out_open, again, reason)

    async def work() -> DrawnDraft:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep, surely=True)
            await check_answered(app, chosen)

            async def plan(planning: App) -> DrawnDraft:
                words = await _filled(planning, chosen, given)
                made = await draw_up_draft(planning, chosen, words, terms, by)
                _write(planning, made, out)
                return made

            return await _with_number(app, await app.decide(plan))

    _tell(run(work()), out)


def approve(
    ctx: typer.Context,
    by: Annotated[
        str,
        typer.Option("--by", metavar="NAME", help="Who signed (签发人).", callback=name_one_person),
    ],
    signed_on: Annotated[
        str, typer.Option("--on", metavar="DAY", help="The day of the signature, 2023-02-09.")
    ],
    sweep: SweepOption = None,
) -> None:
    """Note that the draft was signed (签发). It is refused where the draft would print something
    else by now."""
    day = day_option(signed_on, "--on")

    async def work() -> NoticeDraft:
        async with open_home(ctx) as app:
            chosen = await sweep_with_draft(app, sweep)
            if day is None:
                raise UserError("a signature needs its day (--on)")
            return await app.decide(lambda planning: approve_draft(planning, chosen, by, day))

    signed = run(work())
    typer.echo(
        f"{signed.label}: signed by {signed.approval.by if signed.approval else ''} on {day}; "
        "`mediawatch notice issue --number 文号` issues it"
    )


def unname(
    ctx: typer.Context,
    item: ItemArgument,
    by: By,
    how: Annotated[
        NameOmission | None,
        typer.Option(help="unnamed: 不在正文点名; letter: 另行函告, in a letter of its own."),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Name it again.")] = False,
    sweep: SweepOption = None,
    out: Annotated[
        Output | None, output("--out", metavar="FILE", help="Write the 送审稿 (.docx), too.")
    ] = None,
) -> None:
    """Leave the name of an item of the draft out of the text and the annexes that are published. It
    stays in every count; ITEM is its 序号 in `notice show 稿N`. The draft is to be signed anew."""
    if undo == (how is not None) or not by.strip() or not (undo or reason.strip()):
        raise UserError("give --how and --reason, or --undo; either with a name (--by)")

    async def work() -> DrawnDraft:
        async with open_home(ctx) as app:
            chosen = await sweep_with_draft(app, sweep)

            async def plan(planning: App) -> DrawnDraft:
                omission = (
                    UnnamedAccount(
                        account_id=0,
                        how=how,
                        by=by.strip(),
                        reason=reason.strip(),
                        at=planning.clock(),
                    )
                    if how
                    else None
                )
                made = await omit_name(planning, chosen, item, omission, by)
                _write(planning, made, out)
                return made

            return await _with_number(app, await app.decide(plan))

    _tell(run(work()), out)


async def sweep_with_draft(app: App, sweep: int | None) -> Sweep:
    """The sweep of that number, else the newest inspection, whose draft waits.

    UserError where the draft of an older one waits: it may have been given up.
    """
    if sweep is None:
        drafts, newest = await app.store.notices.drafts(), await choose_sweep(app, None)
        if open_draft(drafts, newest.id):
            sweep = newest.id
        elif waiting := [each for each in drafts if open_draft(drafts, each.sweep_id) is each]:
            named = "、".join(f"{each.label} (sweep {each.sweep_id})" for each in waiting)
            raise UserError(
                f"{named} waits, and sweep {newest.id} is newer: name the inspection with --sweep"
            )
    return await sweep_of(app, sweep, surely=True)


async def _filled(app: App, sweep: Sweep, given: DraftWords) -> DraftWords:
    """The words of a draft: as given, else of the draft that waits, else of the office."""
    before = open_draft(await app.store.notices.drafts(), sweep.id)
    office = read_office(app.home.root)

    def word(name: str, otherwise: str) -> str:
        typed: str = getattr(given, name).strip()
        return typed or (getattr(before, name) if before else otherwise)

    title = word("title", "")
    if not title:
        from mediawatch.app.documents import inspection_of

        title = title_of(await inspection_of(app, sweep))
    return DraftWords(
        title=title,
        addressees=word("addressees", office.addressees),
        copies=word("copies", office.copies),
        publicity=word("publicity", office.publicity),
        rectify_by=word("rectify_by", ""),
        report_by=word("report_by", ""),
    )


def _write(app: App, made: DrawnDraft, out: Output | None) -> None:
    if out is None:
        return
    # Imported here: with it come the Word template and its filling.
    from mediawatch.publish.reports import word

    body = word.circular(made.inspection, template=word.own_template(app.home.root))
    out.writer(app.write_file)(out.path, body)


async def _with_number(app: App, made: DrawnDraft) -> DrawnDraft:
    """The draft as it was kept: its number is known once it is written."""
    kept = open_draft(await app.store.notices.drafts(), made.draft.sweep_id)
    return (
        made
        if kept is None
        else DrawnDraft(draft=kept, inspection=made.inspection, changes=made.changes)
    )


def _tell(made: DrawnDraft, out: Output | None) -> None:
    drawn, listed = made.draft, made.draft.content["items"]
    unnamed = sum(bool(each["unnamed"]) for each in listed)
    typer.echo(
        f"{drawn.label}: {count_of(len(listed), 'account')}, "
        f"{sum(bool(each['fails']) for each in listed)} failed"
        + (f", {unnamed} of them not named" if unnamed else "")
        + f"; fingerprint {fingerprint(drawn.content)[:16]}"
    )
    tell_changes(made.changes)
    if out:
        typer.echo(str(out))


def tell_changes(changes: Sequence[str]) -> None:
    """What a draft prints otherwise than the one before, on standard output."""
    if changes:
        typer.echo(plain(f"与前稿不同：{'；'.join(changes)}"))
