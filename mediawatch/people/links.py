"""Article links that people hand in: each is opened once, and its page says whose it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePath

from mediawatch.articles import article_key
from mediawatch.domain import (
    Account,
    LinkReceipt,
    LookKind,
    Reading,
    Sight,
    Source,
)
from mediawatch.files import FileWriter
from mediawatch.ops.drafts import decide
from mediawatch.people.link_files import NOBODY, CollectedLinks, FoundLink
from mediawatch.people.link_matching import place
from mediawatch.people.link_report import LinkEntry, LinkReport, LinkResult
from mediawatch.ports import Clock, Gate, Looker, Store

PLATFORM = "wechat"

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
    """Open what `link_files.collect` found, keep what belongs to filed accounts, note the files."""
    report = await open_links(
        collected.links, store=store, looker=looker, gate=gate, now=now, progress=progress
    )

    async def note(noting: Store, _: FileWriter) -> None:
        for file, sha256 in collected.files:
            await noting.accounts.add_source(Source(file=file, sha256=sha256, at=now()), "links")

    await decide(store, note)
    report.skipped, report.unused = collected.skipped, collected.unused
    report.cards = collected.cards
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
    present = {account.id: account for account in await store.accounts.all()}
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
    report = LinkReport(
        entries=[
            replace(entries[index], named=present.get(link.named_id or 0))
            for index, link in enumerate(links)
        ]
    )
    receipts = [each for entry in report.entries for each in receipts_of(entry, now())]

    async def note(noting: Store, _: FileWriter) -> None:
        await noting.hints.keep_receipts(receipts)

    if receipts:
        await decide(store, note)
    return report


def receipts_of(entry: LinkEntry, now: datetime) -> list[LinkReceipt]:
    """A link as it came in, once for each of its places, with what became of it."""
    link = entry.link
    sorted_to = entry.accounts if entry.result in (LinkResult.MATCHED, LinkResult.KNOWN) else ()
    account_id = sorted_to[0].id if sorted_to else link.named_id
    return [
        LinkReceipt(
            url=link.url,
            way=link.way,
            sort=entry.sort,
            received_at=now,
            account_id=account_id,
            name_seen=entry.name_seen,
            published_on=entry.published_on,
            file=PurePath(place.file).name,
            sheet=place.sheet,
            row=place.row,
            source=link.source,
            given_by=said.by,
            given_at=said.at,
        )
        for place in link.places
        for said in (link.sayings.get(place, NOBODY),)
    ]


async def foresee(collected: CollectedLinks, store: Store) -> LinkReport:
    """What an import would do: which links are known, and which would be opened.

    Nothing is opened.
    """
    present = {account.id: account for account in await store.accounts.all()}
    accounts = [account for account in present.values() if account.platform == PLATFORM]
    known = await _read_before(collected.links, accounts, store)
    entries = [
        LinkEntry(link=link, result=LinkResult.KNOWN, accounts=known[article_key(link.url)])
        if article_key(link.url) in known
        else LinkEntry(link=link, result=LinkResult.NOT_OPENED, detail="would be opened")
        for link in collected.links
    ]
    return LinkReport(
        entries=[replace(each, named=present.get(each.link.named_id or 0)) for each in entries],
        skipped=collected.skipped,
        unused=collected.unused,
        cards=collected.cards,
    )


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
