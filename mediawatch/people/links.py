"""Article links that units hand in: each is opened once.

The page says whose it is, under what name, and that it posted on that day. An id ties a link to its
account. So does a person who named the account, where the page bears its name. Anything else is a
proposal, which is reported and not written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from mediawatch.articles import article_key
from mediawatch.domain import (
    Account,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sight,
    Source,
    same_ids,
)
from mediawatch.files import FileWriter
from mediawatch.names import alike, same
from mediawatch.ops.drafts import decide
from mediawatch.people.link_files import CollectedLinks, FoundLink
from mediawatch.people.link_report import LinkEntry, LinkReport, LinkResult
from mediawatch.ports import Clock, Gate, Looker, Store

PLATFORM = "wechat"
UNDATED = "the page shows no time of publishing"
_NO_SUCH_PAGE = re.compile(r"链接已过期|参数错误")
"""What the site says of an address that never leads anywhere again.

It is expired, or mistyped.
"""


Progress = Callable[[int, int], None]
"""Called after each link: links done, links in all."""


async def import_links(
    collected: CollectedLinks,
    *,
    store: Store,
    looker: Looker,
    gate: Gate,
    now: Clock,
    progress: Progress = lambda done, total: None,
) -> LinkReport:
    """Open what `linkfiles.collect` found, keep what belongs to filed accounts, note the files."""
    report = await open_links(
        collected.links, store=store, looker=looker, gate=gate, now=now, progress=progress
    )

    async def note(noting: Store, _: FileWriter) -> None:
        for file, sha256 in collected.files:
            await noting.accounts.add_source(Source(file=file, sha256=sha256, at=now()), "links")

    await decide(store, note)
    report.skipped, report.unused = collected.skipped, collected.unused
    return report


async def open_links(
    links: Sequence[FoundLink],
    *,
    store: Store,
    looker: Looker,
    gate: Gate,
    now: Clock,
    progress: Progress = lambda done, total: None,
) -> LinkReport:
    """Open each link once.

    Every match is kept at once, so that an interrupted import is simply run again. When the gate
    closes (a captcha, a rate limit) the rest is reported as not opened.
    """
    filed = _FiledAccounts(store)
    read_before = await _read_before(links, await filed.at_present(), store)
    entries: dict[int, LinkEntry] = {}
    # Long links last: one of them may bring the captcha that ends it for all.
    order = sorted(range(len(links)), key=lambda index: links[index].long)
    for done, index in enumerate(order, 1):
        link = links[index]
        key = article_key(link.url)
        if key in read_before:
            entries[index] = LinkEntry(
                link=link, result=LinkResult.KNOWN, accounts=read_before[key]
            )
        else:
            entries[index] = await _opened(link, filed, looker, gate, now)
        progress(done, len(links))
    return LinkReport(entries=[entries[index] for index in range(len(links))])


async def foresee(collected: CollectedLinks, store: Store) -> LinkReport:
    """What an import would do: which links are known, and which would be opened.

    Nothing is opened.
    """
    accounts = [account for account in await store.accounts.all() if account.platform == PLATFORM]
    known = await _read_before(collected.links, accounts, store)
    entries = [
        LinkEntry(link=link, result=LinkResult.KNOWN, accounts=known[article_key(link.url)])
        if article_key(link.url) in known
        else LinkEntry(link=link, result=LinkResult.NOT_OPENED, detail="would be opened")
        for link in collected.links
    ]
    return LinkReport(entries=entries, skipped=collected.skipped)


async def _read_before(
    links: Iterable[FoundLink], accounts: Iterable[Account], store: Store
) -> dict[str, tuple[Account, ...]]:
    """Articles that a reading of a filed account has shown already as its own, by key."""
    wanted = {article_key(link.url) for link in links}
    holders = {
        account.id: account
        for account in accounts
        if any(article_key(url) in wanted for url in account.links)
    }
    found: dict[str, tuple[Account, ...]] = {}
    for number, shown in (await store.readings.post_links(holders)).items():
        for key in {article_key(link) for link in shown} & wanted:
            found[key] = (*found.get(key, ()), holders[number])
    return found


class _FiledAccounts:
    """The filed accounts of the platform, read again where anything was filed meanwhile."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._revision = -1
        self._accounts: list[Account] = []

    async def at_present(self) -> list[Account]:
        revision = await self.store.revision()
        if revision != self._revision:
            everything = await self.store.accounts.all()
            self._accounts = [each for each in everything if each.platform == PLATFORM]
            self._revision = revision
        return self._accounts


async def _opened(
    link: FoundLink, filed: _FiledAccounts, looker: Looker, gate: Gate, now: Clock
) -> LinkEntry:
    started = now()
    sights = await looker.open_link(link.url, gate)
    if not sights:
        return LinkEntry(
            link=link,
            result=LinkResult.NOT_OPENED,
            detail="links are not being opened any more in this run",
        )

    async def keep(store: Store, _: FileWriter) -> LinkEntry:
        entry = place(link, sights[-1], await filed.at_present())
        if entry.result is LinkResult.MATCHED and entry.sight:
            for account in entry.accounts:
                await store.readings.keep(_reading(account, entry.sight, started))
                await store.accounts.add_links(account.id, [link.url], _source(link))
        return entry

    # A page is opened once; whose it is, is decided by the registry as it is by then.
    return await decide(filed.store, keep)


def place(link: FoundLink, sight: Sight, accounts: Sequence[Account]) -> LinkEntry:
    """Whose link it is, by what its page shows. Pure."""
    by_id = tuple(account for account in accounts if _tie(account, sight))
    if sight.outcome is not Outcome.OK:
        return _without_page(link, sight, by_id)
    if by_id:
        detail = "; ".join(
            ["filed twice"] * (len(by_id) > 1) + [sight.detail or UNDATED] * (not sight.posts)
        )
        return LinkEntry(
            link=link,
            result=LinkResult.MATCHED,
            accounts=by_id,
            sight=replace(sight, matched_by=MatchedBy.ID),
            detail=detail,
        )
    return _by_filing(link, sight, accounts) or _by_name(link, sight, accounts)


def _without_page(link: FoundLink, sight: Sight, by_id: tuple[Account, ...]) -> LinkEntry:
    """A link that led to no article: not opened, not read, or dead."""
    entry = LinkEntry(link=link, result=LinkResult.DEAD, sight=sight, detail=sight.detail)
    if sight.outcome in (Outcome.CAPTCHA, Outcome.RATE_LIMITED, Outcome.LOGIN_REQUIRED):
        return replace(
            entry, result=LinkResult.NOT_OPENED, detail=sight.detail or sight.outcome.value
        )
    if sight.outcome is Outcome.CHANGED and _NO_SUCH_PAGE.search(sight.detail):
        return entry
    if sight.outcome in (Outcome.CHANGED, Outcome.UNREACHABLE):
        return replace(entry, result=LinkResult.UNREAD, detail=sight.detail or sight.outcome.value)
    return replace(entry, accounts=by_id)


def _by_filing(link: FoundLink, sight: Sight, accounts: Sequence[Account]) -> LinkEntry | None:
    """The accounts that the link was given for, unless the page shows another id than theirs."""
    given = tuple(
        account
        for account in accounts
        if _given_for(account, link) and _tie(account, sight) is not False
    )
    if bearing := tuple(
        account for account in given if not sight.name or alike(account.filed.name, sight.name)
    ):
        tie = MatchedBy.NAME if sight.name else MatchedBy.URL
        return LinkEntry(
            link=link,
            result=LinkResult.MATCHED,
            accounts=bearing,
            sight=replace(sight, matched_by=tie),
            detail="filed for this account",
        )
    if given:
        detail = "filed for this account, but it shows another name and no id to check it by"
        return LinkEntry(
            link=link, result=LinkResult.PROPOSED, accounts=given, sight=sight, detail=detail
        )
    return None


def _by_name(link: FoundLink, sight: Sight, accounts: Sequence[Account]) -> LinkEntry:
    """A link that is given for no account: whose name the page shows."""
    named = tuple(
        account for account in accounts if sight.name and same(account.filed.name, sight.name)
    )
    free = tuple(account for account in named if _tie(account, sight) is not False)
    if len(free) > 1:
        detail = f"{len(free)} filed accounts bear this name"
        return LinkEntry(
            link=link, result=LinkResult.AMBIGUOUS, accounts=free, sight=sight, detail=detail
        )
    if free:
        detail = "same name, no filed id to check it by"
        return LinkEntry(
            link=link, result=LinkResult.PROPOSED, accounts=free, sight=sight, detail=detail
        )
    detail = "a filed account bears this name under another id" if named else ""
    return LinkEntry(
        link=link, result=LinkResult.FOREIGN, accounts=named, sight=sight, detail=detail
    )


def _given_for(account: Account, link: FoundLink) -> bool:
    """Whether somebody named this account for the link: the registry, or the row of a worklist."""
    if link.account_id is not None:
        return account.id == link.account_id
    key = article_key(link.url)
    return any(
        article_key(url) == key
        for url in (*account.links, *account.filed.article_links, account.filed.url)
        if url
    )


def _tie(account: Account, sight: Sight) -> bool | None:
    """Whether the shown ids are the filed ones; None where no two can be compared.

    A 微信号 filed as the id contradicts no biz.
    """
    return same_ids(sight.platform_id, sight.original_id, account.filed.identity)


def _reading(account: Account, sight: Sight, started: datetime) -> Reading:
    return Reading(
        account_id=account.id,
        look=LookKind.LINK,
        started_at=started,
        read_at=sight.read_at,
        sights=(sight,),
        filed_as=account.filed.identity,
    )


def _source(link: FoundLink) -> str:
    return str(link.places[0]) if link.places else "worklist"
