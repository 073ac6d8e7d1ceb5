"""重要信息转载任务: entered by people, and held against all that looks have shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from mediawatch.app.disproved import find_disproved
from mediawatch.app.root import App
from mediawatch.domain import (
    Account,
    RepostAction,
    RepostEvent,
    RepostItem,
    RepostTask,
    UserError,
)
from mediawatch.domain.clock import day_start
from mediawatch.people.repost_refutations import (
    DossierTerms,
    dossier_terms,
    end_of,
    repost_dossiers,
)
from mediawatch.registry.find import find_account
from mediawatch.rules.known_days import Span
from mediawatch.rules.repost_views import RepostView, SeenPost, view
from mediawatch.rules.reposts import RepostResult, RepostState, judge_repost
from mediawatch.sweep import scope_files
from mediawatch.sweep.scope import in_service

_AT_ONCE = 200
"""Accounts whose readings are held at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostRequest:
    """A task as somebody enters it."""

    name: str
    from_day: date
    until_day: date
    items: tuple[RepostItem, ...]
    scope: Path | None
    source: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostRow:
    """One account and one item of a task."""

    account: Account
    item: RepostItem
    result: RepostResult


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostReport:
    """A task with what is known of it now."""

    task: RepostTask
    ended: RepostEvent | None
    rows: tuple[RepostRow, ...]
    views: Mapping[int, RepostView] = field(repr=False)
    """What is known of the accounts, where some were asked for: a nation's are not held at once."""

    @property
    def unsettled(self) -> tuple[RepostRow, ...]:
        """Those of which a unit is asked, or a person decides."""
        return self.of(RepostState.NOT_SEEN, RepostState.OPEN, RepostState.SUSPECTED)

    def of(self, *states: RepostState) -> tuple[RepostRow, ...]:
        return tuple(row for row in self.rows if row.result.state in states)


async def add_task(app: App, request: RepostRequest) -> RepostTask:
    """Keep a task for the accounts of a list, else for all in service. UserError for what is odd."""
    if not request.by.strip():
        raise UserError("a task needs the name of who enters it (--by)")
    if request.until_day < request.from_day:
        raise UserError(f"--until {request.until_day} lies before --from {request.from_day}")
    accounts = await app.store.accounts.all()
    if request.scope is None:
        chosen, words = in_service(accounts), "全部在管账号"
    else:
        home = await app.store.operator.home_id()
        drawn = scope_files.read(request.scope, accounts, home=home)
        chosen, words = list(drawn.accounts), f"名单（{request.scope.name}）"
    if not chosen:
        raise UserError("no account is in service: import a registry first")
    return await app.store.reposts.add(
        RepostTask(
            name=" ".join(request.name.split()) or f"重要信息转载（{request.from_day}起）",
            from_day=request.from_day,
            until_day=request.until_day,
            scope=words,
            account_ids=tuple(each.id for each in chosen),
            items=request.items,
            source=request.source,
            by=request.by.strip(),
            at=app.clock(),
        )
    )


async def end_task(app: App, number: int, action: RepostAction, reason: str, by: str) -> RepostTask:
    """Close or withdraw a task. UserError where it has ended, or a name or reason is missing."""
    task = await find_task(app, number)
    if not by.strip():
        raise UserError("the name of who decides is missing (--by)")
    if action is RepostAction.WITHDRAWN and not reason.strip():
        raise UserError("taking a task back needs --reason")
    if ended := end_of(await app.store.reposts.events(), task):
        raise UserError(f"task {number} has ended already ({ended.action.label}, by {ended.by})")
    event = RepostEvent(
        task_id=task.id, action=action, reason=reason.strip(), by=by.strip(), at=app.clock()
    )
    await app.store.reposts.add_events([event])
    return task


@dataclass(frozen=True, slots=True, kw_only=True)
class RepostDecision:
    """What a person found of a post: of that with `link`, else of the one that `show` names."""

    task: int
    account: str
    item: int
    action: RepostAction
    by: str
    link: str = ""
    reason: str = ""


async def decide_post(app: App, decision: RepostDecision) -> tuple[RepostRow, SeenPost]:
    """Keep whether a post is a repost; the row as it stood, and the post.

    UserError where no look has shown such a post: a person's word alone makes no repost. A link
    that a unit names is opened (`links import`), and then shows itself.
    """
    if not decision.by.strip():
        raise UserError("the name of who decides is missing (--by)")
    accounts = await app.store.accounts.all(include_retired=True)
    account = find_account(accounts, decision.account)
    report = await repost_report(app, decision.task, [account.id])
    if report.ended is not None:
        raise UserError(f"task {decision.task} has ended ({report.ended.action.label})")
    row = next((each for each in report.rows if each.item.number == decision.item), None)
    if row is None:
        raise UserError(
            f"task {decision.task} does not ask {account.filed.name} for an item {decision.item}: "
            f"`mediawatch repost show {decision.task}` lists them"
        )
    match = row.result.match
    seen = (
        report.views[account.id].find(decision.link)
        if decision.link
        else match.seen
        if match
        else None
    )
    if seen is None:
        what = f"has the link {decision.link}" if decision.link else f"is like item {decision.item}"
        raise UserError(
            f"no post of {account.filed.name} that a look has shown {what}: take the unit's link in "
            "with `mediawatch links import`, or look at the account again"
        )
    event = RepostEvent(
        task_id=report.task.id,
        action=decision.action,
        item=decision.item,
        account_id=account.id,
        post=seen.key,
        reason=decision.reason.strip(),
        by=decision.by.strip(),
        at=app.clock(),
    )
    await app.store.reposts.add_events([event])
    return row, seen


async def find_task(app: App, number: int) -> RepostTask:
    """UserError where there is no task of this number."""
    tasks = {task.id: task for task in await app.store.reposts.all()}
    if number not in tasks:
        raise UserError(f"there is no task {number}: `mediawatch repost list` lists them")
    return tasks[number]


async def repost_report(app: App, number: int, only: Collection[int] | None = None) -> RepostReport:
    """A task against all that is kept now; `only`: accounts instead of the whole scope."""
    task = await find_task(app, number)
    events = await app.store.reposts.events()
    decided: dict[tuple[int, int], list[RepostEvent]] = defaultdict(list)
    for event in events:
        if event.task_id == task.id and event.account_id is not None:
            decided[event.account_id, event.item].append(event)
    accounts = {each.id: each for each in await app.store.accounts.all(include_retired=True)}
    wanted = [key for key in task.account_ids if only is None or key in only]
    disproved = await find_disproved(app.store)
    ground = await dossier_terms(app.store, day_start(task.from_day))
    rows: list[RepostRow] = []
    kept: dict[int, RepostView] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = [accounts[key] for key in wanted[start : start + _AT_ONCE]]
        views = await _views(app, task, some, disproved, ground)
        rows += [
            RepostRow(
                account=account,
                item=item,
                result=judge_repost(
                    item, views[account.id], task, decided[account.id, item.number]
                ),
            )
            for account in some
            for item in task.items
        ]
        if only is not None:
            kept |= views
    return RepostReport(task=task, ended=end_of(events, task), rows=tuple(rows), views=kept)


async def _views(
    app: App,
    task: RepostTask,
    accounts: Sequence[Account],
    disproved: Mapping[int, Sequence[Span]],
    ground: DossierTerms,
) -> dict[int, RepostView]:
    found = {
        each.id: RepostView(not_asked="已移出台账")
        for each in accounts
        if each.retired_on is not None
    }
    standing = [each for each in accounts if each.retired_on is None]
    pruned = await app.store.readings.pruned_before()
    files = await repost_dossiers(app.store, standing, ground)
    for account in standing:
        known = replace(files[account.id], supported=app.supports(account.platform))
        refuted = disproved.get(account.id, ())
        found[account.id] = view(known, task, app.clock(), pruned, refuted)
    return found
