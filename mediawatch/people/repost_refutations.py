"""重要信息未转载, held against the posts that looks have shown: a repost takes the word away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from mediawatch.domain import (
    Account,
    Code,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    RepostAction,
    RepostEvent,
    RepostItem,
    RepostTask,
    SeenRepost,
    UserError,
)
from mediawatch.domain.clock import chinese_day, day_end, day_of, day_start
from mediawatch.ports import Dossier, Store
from mediawatch.rules.backing import RESUMABLE, KnownChecks
from mediawatch.rules.filed_names import NamesInService
from mediawatch.rules.repost_titles import fold_title, titles_in
from mediawatch.rules.repost_views import RepostView, view
from mediawatch.rules.reposts import RepostResult, RepostState, judge_repost

_BACK = timedelta(days=366)
"""So long before a person's word a post counts, where no task says from which day on."""


async def seen_reposts(
    store: Store,
    accounts: Collection[Account],
    looks: Mapping[int, Sequence[Reading]],
    issued: Mapping[int, datetime],
) -> dict[int, tuple[SeenRepost, ...]]:
    """By account what speaks against the looks that say 重要信息未转载.

    Nothing is read of accounts without such a look. `issued`: when a notice named an account. What
    it posted on a later day is rectified, and leaves the notice true.
    """
    filed = {account.id: account for account in accounts}
    said = [(key, look) for key in filed for look in looks.get(key, ()) if _denies(look)]
    if not said:
        return {}
    tasks = {task.id: task for task in await store.reposts.all()}
    events = await store.reposts.events()
    asked = [(number, look, list(_pieces(look, tasks))) for number, look in said]
    wanted: dict[date, set[int]] = {}
    for number, _, pieces in asked:
        for task, _ in pieces:
            wanted.setdefault(task.from_day, set()).add(number)
    known = {
        first: await repost_dossiers(
            store,
            [filed[key] for key in sorted(ids)],
            await dossier_terms(store, day_start(first)),
        )
        for first, ids in wanted.items()
    }
    found: dict[int, list[SeenRepost]] = {}
    for number, look, pieces in asked:
        results = []
        for task, item in pieces:
            # Only posts are asked for: what may not be said of a silence does not matter here.
            seen = view(known[task.from_day][number], task, day_end(task.until_day), None)
            seen = _until(seen, issued.get(number))
            results.append((task, item, _result(seen, task, item, events, number)))
        found.setdefault(number, []).extend(_against(look, results))
    return {number: tuple(some) for number, some in found.items() if some}


@dataclass(frozen=True, slots=True)
class DossierTerms:
    """What the dossiers of all accounts share, since the moment `begin`."""

    begin: datetime
    checks: KnownChecks
    names: NamesInService


async def dossier_terms(store: Store, begin: datetime) -> DossierTerms:
    return DossierTerms(
        begin=begin,
        checks=KnownChecks(await store.operator.canary_checks(since=begin - RESUMABLE)),
        names=NamesInService.of(await store.accounts.names_in_service()),
    )


async def repost_dossiers(
    store: Store, accounts: Sequence[Account], ground: DossierTerms
) -> dict[int, Dossier]:
    """All that is known of accounts since a moment, as tasks of reposts are judged by it."""
    ids = [account.id for account in accounts]
    current = await store.accounts.current(ids)
    # Since that moment it gives every reading, and of the past what tells whose they are.
    readings = await store.readings.for_judgement(ids, ground.begin)
    found = {}
    for account in accounts:
        own = tuple(readings.get(account.id, ()))
        found[account.id] = Dossier(
            filed=account.filed,
            identity=current[account.id].identity,
            readings=own,
            others_names=ground.names.borne_by_others(account.id, account.platform, own),
            checks=ground.checks,
        )
    return found


def end_of(events: Sequence[RepostEvent], task: RepostTask) -> RepostEvent | None:
    """By what a task ended; None while it goes on."""
    ends = (RepostAction.CLOSED, RepostAction.WITHDRAWN)
    return next((each for each in events if each.task_id == task.id and each.action in ends), None)


async def find_item(store: Store, text: str, account: Account) -> tuple[RepostTask, RepostItem]:
    """The item that TASK/ITEM names, of a task that asks the account for it. UserError."""
    number, _, place = text.strip().partition("/")
    task = next((each for each in await store.reposts.all() if str(each.id) == number), None)
    if task is None:
        raise UserError(
            f"--repost {text}: give TASK/ITEM (1/2) of a task: `mediawatch repost list` lists them"
        )
    item = next((each for each in task.items if str(each.number) == (place or "1")), None)
    if item is None or (not place and len(task.items) > 1):
        raise UserError(f"--repost {text}: task {task.id} has the items 1 to {len(task.items)}")
    if account.id not in task.account_ids:
        raise UserError(f"--repost {text}: task {task.id} does not ask {account.filed.name}")
    if _is_withdrawn(task, await store.reposts.events()):
        raise UserError(f"--repost {text}: task {task.id} was taken back")
    return task, item


async def find_by_title(
    store: Store, words: str, account: Account
) -> tuple[RepostTask, RepostItem] | None:
    """The newest task's item whose title the words name in 《》; None where there is no such."""
    titles = {fold_title(title) for title in titles_in(words)}
    if len(titles) != 1:
        return None
    events = await store.reposts.events()
    found = [
        (task, item)
        for task in await store.reposts.all()
        if account.id in task.account_ids and not _is_withdrawn(task, events)
        for item in task.items
        if fold_title(item.title) in titles
    ]
    return found[-1] if found else None


def name_item(item: RepostItem, words: str) -> str:
    """What a person says of an item, with its title: the finding prints it."""
    named = {fold_title(title) for title in titles_in(words)}
    if item.title and fold_title(item.title) in named:
        return words
    asked = f"《{item.title}》" if item.title else item.link
    return "，".join(filter(None, [asked, words]))


def _is_withdrawn(task: RepostTask, events: Sequence[RepostEvent]) -> bool:
    return (end := end_of(events, task)) is not None and end.action is RepostAction.WITHDRAWN


def _seen(look: Reading) -> ProblemSeen:
    assert look.problem is not None, "a look for a problem"
    return look.problem


def _denies(look: Reading) -> bool:
    seen = look.problem
    return (
        seen is not None and seen.code is Code.NOT_REPOSTED and seen.answer is ProblemAnswer.FOUND
    )


def _pieces(
    look: Reading, tasks: Mapping[int, RepostTask]
) -> Iterator[tuple[RepostTask, RepostItem]]:
    """What a look says was not reposted: the item of its task, else the titles that it names."""
    seen = _seen(look)
    if seen.task is not None:
        task = tasks[seen.task]
        yield from ((task, item) for item in task.items if item.number == seen.item)
        return
    on = day_of(look.read_at)
    for title in titles_in(seen.words):
        item = RepostItem(number=1, title=title)
        yield (
            RepostTask(
                name="", from_day=on - _BACK, until_day=on, scope="", account_ids=(look.account_id,),
                items=(item,), by=look.by, at=look.read_at,
            ),
            item,
        )  # fmt: skip


def _until(seen: RepostView, issued: datetime | None) -> RepostView:
    if issued is None:
        return seen
    last = day_of(issued)
    return replace(seen, posts=tuple(each for each in seen.posts if each.post.on <= last))


def _result(
    seen: RepostView,
    task: RepostTask,
    item: RepostItem,
    events: Sequence[RepostEvent],
    account_id: int,
) -> RepostResult:
    own = [each for each in events if task.id and each.task_id == task.id]
    if _is_withdrawn(task, own):
        return RepostResult(state=RepostState.NOT_ASKED, reasons=("转载任务已撤回",))
    decided = [e for e in own if e.account_id == account_id and e.item == item.number]
    return judge_repost(item, seen, task, decided)


def _against(
    look: Reading, results: Sequence[tuple[RepostTask, RepostItem, RepostResult]]
) -> Iterator[SeenRepost]:
    """One for a look of which any piece was, or may have been, reposted: it says too much."""
    certain = (RepostState.REPOSTED, RepostState.NOT_ASKED)
    telling = [each for each in results if each[2].state in (*certain, RepostState.SUSPECTED)]
    if telling:
        yield SeenRepost(
            look_id=look.id,
            is_certain=any(result.state in certain for _, _, result in telling),
            words="；".join(_words(*each) for each in telling),
        )


def _words(task: RepostTask, item: RepostItem, result: RepostResult) -> str:
    asked = f"《{item.title}》" if item.title else item.link
    if result.match is None:
        return f"{asked}不适用（{'、'.join(result.reasons)}）"
    post, match = result.match.seen.post, result.match
    shown = "，".join(filter(None, [f"“{post.title}”" if post.title else "", post.link]))
    said = f"{chinese_day(post.on)}发布{shown or '的信息'}"
    if result.state is RepostState.SUSPECTED:
        doubt = f"，{match.doubt}" if match.doubt else ""
        return f"{asked}疑似已转载，待人工确认：{said}（{match.ground.label}{doubt}）"
    late = (
        f"，晚于任务期限{chinese_day(task.until_day)}，属逾期转载"
        if task.id and result.late
        else ""
    )
    return f"{asked}已转载：{said}（{match.ground.label}{late}）"
