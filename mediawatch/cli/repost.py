"""`mediawatch repost`: what accounts were to repost (重要信息转载任务), and where it was seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.cli.out import CsvOption, print_or_write
from mediawatch.cli.report import day_option
from mediawatch.cli.repost_show import NumberArgument, export, show, task_number
from mediawatch.cli.review_options import name_one_person
from mediawatch.domain import RepostAction, RepostTask, UserError
from mediawatch.plurals import count_of
from mediawatch.table import Table, plain

if TYPE_CHECKING:
    from mediawatch.app.reposts import RepostRow
    from mediawatch.rules.repost_views import SeenPost

ByOption = Annotated[
    str,
    typer.Option(
        "--by", metavar="NAME", help="Who enters or decides it.", callback=name_one_person
    ),
]
group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Hold what looks have shown against what accounts were to repost (重要信息转载).",
)


def register(app: typer.Typer) -> None:
    group.command()(add)
    group.command("list")(list_)
    for command in (show, export, decide, close, withdraw):
        group.command()(command)
    app.add_typer(group, name="repost")


def add(
    ctx: typer.Context,
    by: ByOption,
    from_: Annotated[
        str, typer.Option("--from", metavar="DAY", help="The first day on which a repost counts.")
    ],
    until: Annotated[
        str, typer.Option("--until", metavar="DAY", help="The last day on which it is in time.")
    ],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Titles and links, one a row (xlsx, xls, csv)."),
    ] = None,
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="Instead of a file: the title of one piece.")
    ] = "",
    link: Annotated[
        str, typer.Option(metavar="URL", help="Instead of a file: the link of one piece.")
    ] = "",
    name: Annotated[
        str, typer.Option(metavar="TEXT", help="How the task is called in lists.")
    ] = "",
    scope: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Only the accounts of this list (`mediawatch scope --out`, or your own).",
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Enter a task: what accounts were to repost, and until which day."""
    from mediawatch.app.reposts import RepostRequest, add_task
    from mediawatch.people.reposts.items import items_of, read_items

    if (file is None) == (not title.strip() and not link.strip()):
        raise UserError("give either a FILE of titles and links, or one by --title and --link")
    first, last = day_option(from_, "--from"), day_option(until, "--until")
    if first is None or last is None:
        raise UserError("a task needs its days: --from 2026-11-02 --until 2026-11-04")
    if link.strip() and not link.strip().startswith(("http://", "https://")):
        raise UserError(f"--link {link}: give the address from http:// or https:// on")
    pieces = read_items(file) if file else items_of([(title, link)], "--title")
    request = RepostRequest(
        name=name,
        from_day=first,
        until_day=last,
        items=pieces.items,
        scope=scope,
        source=file.name if file else "",
        by=by,
    )

    async def work() -> RepostTask:
        async with open_home(ctx, dry_run=dry_run) as app:

            async def plan(planning: App) -> RepostTask:
                return await add_task(planning, request)

            made = await app.decide(plan)
            return made if dry_run else (await app.store.reposts.all())[-1]

    task = run(work())
    number = "" if dry_run else f" {task.id}"
    typer.echo(
        plain(
            f"task{number}: {count_of(len(task.items), 'item')}, "
            f"{count_of(len(task.account_ids), 'account')}, {task.from_day} to {task.until_day}"
        )
    )
    for item in task.items:
        typer.echo(plain(f"  {item.number} {item.title} {item.link}".rstrip()))
    for words in pieces.united:
        typer.echo(plain(f"named twice, taken once: {words}"), err=True)


def list_(ctx: typer.Context, csv: CsvOption = None) -> None:
    """List the tasks: number, days, scope, state."""
    from mediawatch.people.repost_refutations import end_of

    async def work() -> Table:
        async with open_home(ctx) as app:
            tasks, events = await app.store.reposts.all(), await app.store.reposts.events()
        lines = []
        for task in tasks:
            ended = end_of(events, task)
            state = ended.action.label if ended else "进行中"
            counts = str(len(task.items)), str(len(task.account_ids))
            days = str(task.from_day), str(task.until_day)
            why = ended.reason if ended else ""
            lines.append((str(task.id), task.name, *days, *counts, task.scope, task.by, state, why))
        columns = (
            "编号", "名称", "起始日", "期限", "项数", "账号数", "范围", "登记人", "状态", "原因",
        )  # fmt: skip
        return Table("重要信息转载任务", columns, tuple(lines))

    print_or_write(run(work()), csv)


def decide(
    ctx: typer.Context,
    number: NumberArgument,
    account: Annotated[
        str, typer.Argument(help="Filing number, name, platform id, gh_ id, or our own id.")
    ],
    item: Annotated[int, typer.Option(metavar="K", help="Which item of the task.")],
    as_: Annotated[
        RepostAction,
        typer.Option("--as", help="accepted: the post is a repost; rejected: it is none."),
    ],
    by: ByOption,
    link: Annotated[
        str,
        typer.Option(metavar="URL", help="Another post that looks have shown, by its link."),
    ] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    dry_run: DryRun = False,
) -> None:
    """Say whether a post of an account is a repost: the one that `show` names, or that of a link."""
    from mediawatch.app.reposts import RepostDecision, decide_post

    if as_ not in (RepostAction.ACCEPTED, RepostAction.REJECTED):
        raise UserError(f"--as {as_}: say accepted or rejected")
    decision = RepostDecision(
        task=task_number(number),
        account=account,
        item=item,
        action=as_,
        by=by,
        link=link,
        reason=reason,
    )

    async def work() -> tuple[RepostRow, SeenPost]:
        async with open_home(ctx, dry_run=dry_run) as app:

            async def plan(planning: App) -> tuple[RepostRow, SeenPost]:
                return await decide_post(planning, decision)

            return await app.decide(plan)

    row, seen = run(work())
    text = seen.post.title or seen.post.link or seen.key
    typer.echo(plain(f"{row.account.filed.name}: {text}: {as_.label}"))


def close(
    ctx: typer.Context,
    number: NumberArgument,
    by: ByOption,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    dry_run: DryRun = False,
) -> None:
    """End a task that is done with. What was entered stays."""
    _end(ctx, number, RepostAction.CLOSED, reason, by, dry_run)


def withdraw(
    ctx: typer.Context,
    number: NumberArgument,
    by: ByOption,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it was given in error.")],
    dry_run: DryRun = False,
) -> None:
    """Take a task back that was given in error. What was entered stays."""
    _end(ctx, number, RepostAction.WITHDRAWN, reason, by, dry_run)


def _end(
    ctx: typer.Context, number: str, action: RepostAction, reason: str, by: str, dry_run: bool
) -> None:
    from mediawatch.app.reposts import end_task

    async def work() -> RepostTask:
        async with open_home(ctx, dry_run=dry_run) as app:

            async def plan(planning: App) -> RepostTask:
                return await end_task(planning, task_number(number), action, reason, by)

            return await app.decide(plan)

    typer.echo(plain(f"task {run(work()).id}: {action.label}"))
