"""What readings have taught about filed accounts, for the operator to accept.

That is ids, links, new names, and new accounts after a migration. It is computed from the kept
readings each time, so nothing is stored twice. What was accepted is simply no longer news. The
rules:

- An id is learned from a sight that is tied to the account by another filed id or by the filed
  link. The name alone ties it only where the platform's own 认证主体 names the filed organiser.
  Sights that disagree about an id teach nothing: they are shown as a doubt.
- An id that a person typed into the worklist, with a picture, is proposed where it is lacking.
  Somebody else accepts it, never `--all`.
- A 暂用标识 that stands is proposed as the id; never accepted by `--all`. Refused, it ends. So is one
  that another filing had taken, once that filing has gone.
- A new name counts only where the sight is tied by id. It is a 更名, which the unit must have
  reported: never accepted by `--all`.
- The filed id is in doubt where its page bears another name and is certified for another body.
- It is in doubt, too, where what bears one filed key (id, gh_ id, 微信号) contradicts another one.
- A migrated account's new id is proposed as the old page leads there; never accepted by `--all`.
- An id that another account on the platform has (or is about to get) is a doubt.
- What the operator refused is not proposed again, and an id that he refused disputes no other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from mediawatch.domain import (
    Account,
    LookKind,
    MatchedBy,
    Outcome,
    ProvisionalId,
    Reading,
    Refusal,
    Sight,
    of_identity,
    plain_id,
)
from mediawatch.domain.clock import day_start
from mediawatch.names import same
from mediawatch.registry.learned_ids import learned_ids, shows_filed_name, sights_of_people
from mediawatch.registry.proposal import CHECK, Kind, Proposal
from mediawatch.rules import doubts
from mediawatch.rules.filed_names import NamesInService

_TARGET = re.compile(
    r"new account:\s*(?P<name>[^;]*?)\s*biz=(?P<biz>[^\s;]+)(?:\s+(?P<original>gh_\w+))?"
)


class ProposalSearch:
    """Proposals of accounts, whose readings are given in portions and not held.

    `accounts` are all that are in scope, so that an id which two of them would bear is seen. `ended`
    are 暂用标识, of which those are proposed that ended for the sake of a filing that has gone.
    """

    def __init__(
        self,
        accounts: Sequence[Account],
        refusals: Iterable[Refusal] = (),
        ended: Iterable[ProvisionalId] = (),
    ) -> None:
        self._accounts = accounts
        platforms = {account.id: account.platform for account in accounts}
        self._refused = {
            (each.account_id, each.field, plain_id(each.new, platforms.get(each.account_id, "")))
            for each in refusals
        }
        self._names = NamesInService.of(
            (each.id, each.platform, each.filed.name) for each in accounts
        )
        self._bearers = Counter(
            (each.platform, each.filed.identity.plain_name) for each in accounts
        )
        self._ended = {each.account_id: each for each in ended}
        self._found: list[Proposal] = []

    def read(self, accounts: Iterable[Account], readings: Mapping[int, Sequence[Reading]]) -> None:
        """Take in what the readings of these accounts show. Each account comes once."""
        for account in accounts:
            own = readings.get(account.id, ())
            found = list(_of(account, own, self._refused, self._names))
            self._found += found or self._found_again(account, own)

    def proposals(self) -> list[Proposal]:
        """What was found so far, in account order."""
        wanted = [
            each
            for each in self._found
            if not (each.acceptable and _key(each.account, each.field, each.new) in self._refused)
        ]
        return _without_twins(sorted(wanted, key=lambda each: each.account.id), self._accounts)

    def _found_again(self, account: Account, readings: Sequence[Reading]) -> Iterator[Proposal]:
        """What another filing had taken that has gone, of an account filed by name alone."""
        found, now = self._ended.get(account.id), account.filed.identity
        if (
            found is not None
            and found.why is not None
            and found.why.may_return
            and now.only_named
            and same(found.name, now.name)
            and self._bearers[account.platform, now.plain_name] == 1
        ):
            proposal = _found_by_name(account, found, readings)
            yield replace(proposal, why=f"{proposal.why}；曾对应另一备案账号，该备案已撤销或更正")


def _key(account: Account, field: str, value: str) -> tuple[int, str, str]:
    return account.id, field, plain_id(value, account.platform)


def _of(
    account: Account,
    readings: Sequence[Reading],
    refused: Set[tuple[int, str, str]],
    names: NamesInService,
) -> Iterator[Proposal]:
    now = account.filed.identity
    said = (left for reading in readings if (left := of_identity(reading, now)) is not None)
    looks = [
        reading
        for reading in sorted(said, key=lambda each: each.read_at)
        if reading.look is not LookKind.CONTROL
    ]
    sights = [
        sight
        for reading in looks
        if reading.look is not LookKind.PERSON
        for sight in reading.sights
    ]
    by_person = sights_of_people(looks)
    moved = _migrated(account, looks)
    if moved:
        yield from moved
        return
    others = names.borne_by_others(account.id, account.platform, readings)
    if doubt := doubts.doubt(readings, account.filed, now, others):
        kept = (key for key in ("platform_id", "original_id") if getattr(account.filed, key))
        field = next(kept, "alias")
        yield Proposal(
            account=account,
            kind=Kind.DOUBT,
            field=field,
            new="",
            why=doubt.why,
            advice=CHECK,
            read_at=doubt.sight.read_at,
            surface=doubt.sight.surface,
        )
        return
    learned: list[Proposal] = []
    for field in ("platform_id", "original_id"):
        known = [
            sight for sight in sights if _key(account, field, getattr(sight, field)) not in refused
        ]
        told = [
            (by, sight)
            for by, sight in by_person
            if _key(account, field, getattr(sight, field)) not in refused
        ]
        learned += learned_ids(account, known, told, field)
    yield from learned
    if account.provisional and not any(each.field == "platform_id" for each in learned):
        yield _found_by_name(account, account.provisional, readings)
    everybody = [sight for reading in looks for sight in reading.sights]
    yield from _renamed(account, everybody)
    yield from _link(account, everybody)


def _found_by_name(account: Account, found: ProvisionalId, readings: Sequence[Reading]) -> Proposal:
    """Refused, the 暂用标识 ends and proves nothing any more; accepted, it is a filed id."""
    alias = f"，微信号“{found.alias}”" if found.alias else ""
    body = f"，认证主体“{found.body}”" if found.body else "，认证主体未显示"
    why = f"按备案名称检索到的唯一同名账号{alias}{body}"
    return Proposal(
        account=account,
        kind=Kind.PROVISIONAL,
        field=found.field,
        new=found.value,
        why=why,
        advice="核对是否为该单位账号后再接受或排除",
        read_at=day_start(found.on),
        surface=next(
            (
                sight.surface
                for reading in readings
                if reading.id == found.reading_id
                for sight in reading.sights
                if sight.platform_id == found.value and not sight.provisional
            ),
            "",
        ),
        sure=False,
    )


def _renamed(account: Account, sights: Iterable[Sight]) -> Iterator[Proposal]:
    named = [sight for sight in sights if sight.name and sight.matched_by is MatchedBy.ID]
    if not named or shows_filed_name(named[-1], account.filed):
        return
    sight = named[-1]
    yield Proposal(
        account=account,
        kind=Kind.RENAMED,
        field="name",
        new=sight.name,
        why=f"平台名称为“{sight.name}”",
        advice="确认该单位已报送更名后再接受",
        read_at=sight.read_at,
        surface=sight.surface,
        sure=False,
    )


def _migrated(account: Account, looks: Sequence[Reading]) -> list[Proposal]:
    """Only where the newest word about the account is that it moved."""
    told = [reading for reading in looks if not reading.outcome.about_us or reading.name]
    if not told or told[-1].outcome is not Outcome.MIGRATED:
        return []
    for sight in told[-1].sights:
        target = _TARGET.search(sight.detail) if sight.outcome is Outcome.MIGRATED else None
        if target and target["biz"] != account.filed.platform_id:
            why = f"原账号页面提示已迁移至“{target['name'] or '新账号'}”"
            # The old gh_ id would contradict the new account's pages: it goes even where the new
            # one is unknown.
            values = {"platform_id": target["biz"], "original_id": target["original"] or ""}
            return [
                Proposal(
                    account=account,
                    kind=Kind.MIGRATED,
                    field=field,
                    new=value,
                    why=why,
                    advice="核对新账号后再接受",
                    read_at=sight.read_at,
                    surface=sight.surface,
                    sure=False,
                )
                for field, value in values.items()
                if value != getattr(account.filed, field)
            ]
    return []


def _link(account: Account, sights: Iterable[Sight]) -> Iterator[Proposal]:
    """The newest article's link, where the registry lacks one.

    What was learned is used anyway, but an exported registry should hold a link.
    """
    if account.platform != "wechat" or account.filed.article_links:
        return
    posts = [
        (post, sight)
        for sight in sights
        if sight.matched_by in (MatchedBy.ID, MatchedBy.URL)
        for post in sight.posts
        if post.link
    ]
    if posts:
        post, sight = max(posts, key=lambda each: each[0].order)
        why = f"{post.on}发布的文章，读取时与账号对应"
        yield Proposal(
            account=account,
            kind=Kind.LINK,
            field="article_links",
            new=post.link,
            why=why,
            read_at=sight.read_at,
            surface=sight.surface,
        )


def _without_twins(found: Iterable[Proposal], accounts: Sequence[Account]) -> list[Proposal]:
    """Proposals whose id belongs to another account become doubts."""
    listed = list(found)
    ids = ("platform_id", "original_id")
    filed = {
        (account.platform, field, getattr(account.filed, field).casefold())
        for account in accounts
        for field in ids
    }
    wanted = Counter(_id_of(each) for each in listed if each.field in ids)
    why = "该ID已备案于（或同时对应）另一个账号"
    return [
        replace(each, kind=Kind.DOUBT, why=f"{why}：{each.new}", advice=CHECK, new="")
        if each.field in ids and each.new and (_id_of(each) in filed or wanted[_id_of(each)] > 1)
        else each
        for each in listed
    ]


def _id_of(proposal: Proposal) -> tuple[str, str, str]:
    return proposal.account.platform, proposal.field, proposal.new.casefold()
