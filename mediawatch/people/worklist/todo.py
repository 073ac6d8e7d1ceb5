"""待人工核查: the accounts of a sweep that the machine could not settle.

Each comes with what is known of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain

from mediawatch.domain import (
    Account,
    Filing,
    Hint,
    LookKind,
    MatchedBy,
    Reading,
    Sight,
    Sweep,
    SweepAccount,
    Verdict,
    latest_of,
    of_identity,
    rests_on_name,
    without_disowned,
)
from mediawatch.domain.clock import day_of
from mediawatch.figures.filings import once
from mediawatch.names import same
from mediawatch.people.forms.hyperlinks import clickable
from mediawatch.people.second_looks import second_looks
from mediawatch.ports import Store
from mediawatch.rules.account_policy import AccountPolicy, account_policy
from mediawatch.rules.policy import Policy
from mediawatch.rules.post_lists import posts_of
from mediawatch.rules.reviewed import as_reviewed
from mediawatch.table import Table

NOT_LOOKED_AT = "本次未能核查"
"""Stands in place of 待人工核查 where no site answered any look: that is no work for people."""
CONFIRM_FIRST = "按名称检索到的账号，请先确认是否为该单位账号。"
"""Warns a person of an account that bears the filed name and may be another unit's."""
_TODO = (Verdict.UNPROVEN, Verdict.OUT_OF_SCOPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """待人工核查: an account of a sweep that only a person can settle.

    It comes with all that is known of it.
    """

    account: Account
    verdict: Verdict
    reason: str
    latest_on: date | None
    """Beijing day of the newest post until as_of that is known: 不早于."""
    page: str
    """Link of the account's page, else of its newest article, else ""."""
    article: str
    ids: tuple[str, ...]
    not_by: str = ""
    """Who has looked already, where another person is to look."""
    newest_by: Mapping[str, date] = field(default_factory=dict)
    """By surface, the day of the newest post that it showed or led to, in its last look."""
    hints: tuple[Hint, ...] = ()
    """What others say of it; no verdict rests on them."""


async def unproven(
    store: Store, sweep: Sweep, scope: Sequence[SweepAccount], policy: Policy
) -> list[Unproven]:
    """The accounts of a judged scope that are `unproven` or `out_of_scope` after review.

    They keep its order.
    """
    reviewed = (as_reviewed(row, include_open=True) for row in scope)
    todo = [row for row in reviewed if row.judgement and row.judgement.verdict in _TODO]
    known = await all_that_is_known(store, [row.account.id for row in todo], sweep)
    return [row_about(row, known.get(row.account.id, []), policy, sweep.as_of) for row in todo]


async def open_ones(
    store: Store,
    sweep: Sweep,
    scope: Sequence[SweepAccount],
    policy: Policy,
    *,
    include_open: bool = False,
) -> list[Unproven]:
    """What the documents of a sweep count as open: every account in service once.

    Unless `include_open`, an account counts also where a 疑似 waits for its review.
    """
    entries = [
        one.entry for one in once([as_reviewed(row, include_open=include_open) for row in scope])
    ]
    todo = [entry for entry in entries if entry.judgement and entry.judgement.verdict in _TODO]
    known = await all_that_is_known(store, [row.account.id for row in todo], sweep)
    return [row_about(row, known.get(row.account.id, []), policy, sweep.as_of) for row in todo]


async def all_that_is_known(
    store: Store, account_ids: Sequence[int], sweep: Sweep
) -> dict[int, list[Reading]]:
    """By account, oldest first, the readings that people's answers are held against.

    They show each newest post and all ids, or are of the sweep: enough, however long the history.
    """
    sources = (
        await store.readings.for_judgement(account_ids, sweep.as_of, sweep.period_from),
        await store.readings.identity_readings(account_ids),
        await store.readings.by_account(account_ids, sweep_id=sweep.id),
    )
    now = await store.accounts.current(account_ids)
    found: dict[int, list[Reading]] = {}
    for number in account_ids:
        together = {
            reading.id: without_disowned(reading, now[number].identity)
            for source in sources
            for reading in source.get(number, ())
        }
        found[number] = sorted(together.values(), key=lambda reading: (reading.read_at, reading.id))
    return found


async def for_a_second_person(
    store: Store, sweep: Sweep, scope: Sequence[SweepAccount], policy: Policy
) -> list[Unproven]:
    """What was set aside for a second person (`review.second_looks`), as rows of a worklist."""
    drawn = {look.account.id: look.by for look in await second_looks(store, sweep, scope, policy)}
    rows = [row for row in scope if row.account.id in drawn]
    known = await all_that_is_known(store, list(drawn), sweep)
    asked = [row_about(row, known.get(row.account.id, []), policy, sweep.as_of) for row in rows]
    return [
        replace(
            item,
            not_by=by,
            reason=f"抽查复核：{by}{_answered(item, policy)}，请由{by}以外的人员核查"
            + (f"；{CONFIRM_FIRST}" if item.account.provisional else ""),
        )
        for item in asked
        if (by := drawn[item.account.id])
    ]


def _answered(item: Unproven, policy: Policy) -> str:
    by_updates = account_policy(policy, item.account.filed).judged_by_updates
    return "已答“有”而无链接" if by_updates else "已答能打开、使用"


async def glances(
    store: Store, sweep: Sweep, scope: Sequence[SweepAccount], policy: Policy
) -> list[Unproven]:
    """Sound accounts that the name alone proves so: a glance by a person settles whose they are."""
    rows = [row for row in scope if row.judgement and row.judgement.provisional]
    known = await all_that_is_known(store, [row.account.id for row in rows], sweep)
    asked = [_with_known(row, known.get(row.account.id, []), policy, sweep.as_of) for row in rows]
    return [replace(item, reason=_glance(item)) for item in asked]


def _glance(item: Unproven) -> str:
    found = item.account.provisional
    if found is None:
        return "看一眼即可：他人提供的链接显示该名称的账号近期有更新，请确认是否为该单位账号"
    alias = f"，微信号{found.alias}" if found.alias else ""
    return f"看一眼即可：按名称检索到的账号{alias}近期有更新，请确认是否为该单位账号"


def row_about(
    row: SweepAccount, readings: Sequence[Reading], policy: Policy, as_of: datetime
) -> Unproven:
    """The row of an account, without what only a search for its name led to."""
    own = [_by_filing(reading, row.account) for reading in readings]
    item = _with_known(row, own, policy, as_of)
    doubt = CONFIRM_FIRST if row.account.provisional else ""
    return replace(item, reason=item.reason + doubt)


def _with_known(
    row: SweepAccount, readings: Sequence[Reading], policy: Policy, as_of: datetime
) -> Unproven:
    account, judgement = row.account, row.judgement
    assert judgement is not None
    known = [post for reading in readings for _, post in posts_of(reading, policy)]
    newest = latest_of(
        post for post in known if (post.at <= as_of if post.at else post.on <= day_of(as_of))
    )
    linked = latest_of(post for post in known if clickable(post.link))
    article = (
        linked.link
        if linked
        else next(filter(clickable, (*account.links, *account.filed.article_links)), "")
    )
    return Unproven(
        account=account,
        verdict=judgement.verdict,
        reason=judgement.sentence,
        latest_on=newest.on if newest else None,
        page=account.filed.url if clickable(account.filed.url) else article,
        article=article,
        ids=ids_of(account, readings),
        newest_by=_newest_by(readings, account_policy(policy, account.filed), as_of),
    )


def _by_filing(reading: Reading, account: Account) -> Reading:
    """The reading without what only a search for the name led to: that may be somebody else's."""
    now = account.filed.identity
    sights = tuple(sight for sight in reading.sights if not rests_on_name(sight, now))
    return replace(reading, sights=sights)


def _newest_by(
    readings: Sequence[Reading], policy: AccountPolicy, as_of: datetime
) -> Mapping[str, date]:
    """What each surface last showed, in looks since the window began: older ones have passed."""
    since, until = policy.window_start(day_of(as_of)), day_of(as_of)
    found: dict[str, date] = {}
    for reading in readings:
        if day_of(reading.read_at) < since:
            continue
        seen: dict[str, date] = {}
        for sight, post in posts_of(reading, policy):
            source = sight.link_from or sight.surface
            if post.on <= until:
                seen[source] = max(post.on, seen.get(source, post.on))
        found |= seen
    return found


def is_of_account(sight: Sight, filed: Filing) -> bool:
    """Whether an id or a link ties the sight, and a link not under another name."""
    return sight.matched_by is MatchedBy.ID or (
        sight.matched_by is MatchedBy.URL and (not sight.name or same(sight.name, filed.name))
    )


def ids_of(account: Account, readings: Iterable[Reading]) -> tuple[str, ...]:
    """The ids an account goes by: filed ones first, then those that a machine's sight showed.

    Such a sight was tied to it by id or link. A filed link may have passed to somebody else: under
    another name its id is not the account's.
    """
    filed = account.filed
    learned = (
        (sight.original_id, sight.platform_id)
        for reading in (of_identity(reading, filed.identity) for reading in readings)
        if reading is not None
        for sight in reading.sights
        if reading.look is not LookKind.PERSON and is_of_account(sight, filed)
    )
    return tuple(
        dict.fromkeys(
            filter(None, chain((filed.original_id, filed.alias, filed.platform_id), *learned))
        )
    )


def account_links(account: Account, known: Sequence[Reading]) -> set[str]:
    """The links by which a row leads to its account."""
    links = {account.filed.url, *account.links, *account.filed.article_links}
    # A link that a 暂用标识 led to is opened where a person hands it in: it then proves itself.
    links |= {
        post.link
        for reading in known
        for sight in reading.sights
        if not sight.provisional
        for post in sight.posts
    }
    return {link for link in links if clickable(link)}


def as_table(items: Sequence[Unproven], *, unanswered: bool = False) -> Table:
    """For the terminal and CSV, with the reasons.

    `unanswered`: no site answered any look of the sweep.
    """
    columns = (
        "备案单号",
        "政务新媒体名称",
        "类型",
        "所属组织",
        "地市",
        "结论",
        "已知最近发布（不早于）",
        "待核查原因",
    )
    rows = []
    for item in items:
        filed = item.account.filed
        latest = item.latest_on.isoformat() if item.latest_on else ""
        given = (
            filed.filing_number,
            filed.name,
            filed.printed_type,
            filed.organiser,
            filed.prefecture,
        )
        label = (
            NOT_LOOKED_AT if unanswered and item.verdict is Verdict.UNPROVEN else item.verdict.label
        )
        rows.append((*given, label, latest, item.reason))
    return Table(
        f"{NOT_LOOKED_AT if unanswered else Verdict.UNPROVEN.label}的政务新媒体",
        columns,
        tuple(rows),
    )
