"""What readings have taught about filed accounts, for the operator to accept: ids, links, new
names, new accounts after a migration.

Computed from the kept readings each time, so nothing is stored twice, and what was accepted is
simply no longer news. The rules:

- An id is learned from a sight that is tied to the account by another filed id; by the filed link;
  or by the name alone only where the platform's own 认证主体 names the filed organiser. Sights that
  disagree about it teach nothing: they are shown as a doubt.
- An id that a person typed into the worklist, with a picture, is proposed where none is filed:
  somebody else accepts it, never `--all`.
- A new name counts only where the sight is tied by id. It is a 更名, which the unit must have
  reported: never accepted by `--all`.
- Where the filed id's page is called otherwise and certified for another body than the filed
  organiser, the id itself is in doubt.
- So it is where what bears one filed key (id, gh_ id, 微信号) contradicts another one: they lead to
  two accounts.
- A migrated account's new id is proposed as the old page leads there; never accepted by `--all`.
- An id that another account on the platform has (or is about to get) is a doubt.
- What the operator refused is not proposed again, and an id that he refused disputes no other.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mediawatch.domain import (
    ID_IN_DOUBT,
    Account,
    EvidenceKind,
    Filed,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Refusal,
    Sight,
    of_identity,
)
from mediawatch.domain.clock import minute
from mediawatch.names import alike, same_body
from mediawatch.rules import ties
from mediawatch.table import Table

_TARGET = re.compile(
    r"new account:\s*(?P<name>[^;]*?)\s*biz=(?P<biz>[^\s;]+)(?:\s+(?P<original>gh_\w+))?"
)


class Kind(StrEnum):
    LEARNED = "learned"
    LINK = "link"
    RENAMED = "renamed"
    MIGRATED = "migrated"
    DOUBT = "doubt"

    @property
    def label(self) -> str:
        return {
            "learned": "补充ID", "link": "补充文章链接", "renamed": "更名", "migrated": "账号迁移", "doubt": ID_IN_DOUBT,
        }[self.value]  # fmt: skip


_FIELDS: Mapping[str, str] = {
    "platform_id": "平台ID",
    "original_id": "原始ID",
    "alias": "微信号(抖音号)",
    "name": "名称",
    "article_links": "文章链接",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`new` for `field` of an account. A doubt proposes nothing: it says what does not fit."""

    account: Account
    kind: Kind
    field: str
    new: str
    why: str
    read_at: datetime
    sure: bool = True
    """False where the operator has to look himself before he accepts: `--all` leaves it out."""
    seen_by: tuple[str, ...] = ()
    """Persons on whose own looks alone it rests: somebody else accepts it."""

    @property
    def key(self) -> str:
        """What `--accept` takes. Another value has another key, so nobody accepts what he has not
        seen.
        """
        return hashlib.sha256(
            f"{self.account.id}|{self.kind}|{self.field}|{self.new}".encode()
        ).hexdigest()[:6]

    @property
    def old(self) -> str:
        value = getattr(self.account.filed, self.field)
        return value if isinstance(value, str) else "\n".join(value)

    @property
    def acceptable(self) -> bool:
        return self.kind is not Kind.DOUBT


def proposals(
    accounts: Sequence[Account],
    readings: Mapping[int, Sequence[Reading]],
    refusals: Iterable[Refusal] = (),
) -> list[Proposal]:
    """In account order. `accounts` are all that are in scope, so that an id which two of them would
    bear is seen.
    """
    refused = {(each.account_id, each.field, each.new) for each in refusals}
    found = [
        each for account in accounts for each in _of(account, readings.get(account.id, ()), refused)
    ]
    wanted = [
        each
        for each in found
        if not (each.acceptable and (each.account.id, each.field, each.new) in refused)
    ]
    return _without_twins(wanted, accounts)


def _of(
    account: Account, readings: Sequence[Reading], refused: Set[tuple[int, str, str]]
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
    by_person = _by_person(looks)
    moved = _migrated(account, looks)
    if moved:
        yield from moved
        return
    if doubt := ties.doubt(readings, account.filed, now):
        field = (
            "platform_id"
            if account.filed.platform_id
            else "original_id"
            if account.filed.original_id
            else "alias"
        )
        why = f"{doubt.why},请人工核对"
        yield Proposal(
            account=account,
            kind=Kind.DOUBT,
            field=field,
            new="",
            why=why,
            read_at=doubt.sight.read_at,
        )
        return
    for field in ("platform_id", "original_id"):
        known = [
            sight for sight in sights if (account.id, field, getattr(sight, field)) not in refused
        ]
        told = [
            (by, sight)
            for by, sight in by_person
            if (account.id, field, getattr(sight, field)) not in refused
        ]
        yield from _learned(account, known, told, field)
    everybody = [sight for reading in looks for sight in reading.sights]
    yield from _renamed(account, everybody)
    yield from _link(account, everybody)


def _learned(
    account: Account, sights: Iterable[Sight], by_person: Sequence[tuple[str, Sight]], field: str
) -> Iterator[Proposal]:
    if getattr(account.filed, field):
        return
    telling = [
        (sight, ground)
        for sight in sights
        if getattr(sight, field) and (ground := _ground(sight, account.filed))
    ]
    seen = [(by, sight) for by, sight in by_person if getattr(sight, field)]
    values = {getattr(each, field) for each, _ in telling} | {
        getattr(each, field) for _, each in seen
    }
    if not telling and len(values) == 1:
        yield _seen_by_people(account, seen, field)
    if not telling and len(values) < 2:
        return
    sight, ground = telling[-1] if telling else (seen[-1][1], MatchedBy.NAME)
    if len(values) > 1:
        why = f"历次核查读到不同的{_FIELDS[field]}({'、'.join(sorted(values))}),请人工核对"
        yield Proposal(
            account=account, kind=Kind.DOUBT, field=field, new="", why=why, read_at=sight.read_at
        )
        return
    agrees = (
        ground is not MatchedBy.URL
        or _named(sight, account.filed)
        or certified(sight, account.filed)
    )
    why = {
        MatchedBy.ID: "由其他备案ID对应",
        MatchedBy.URL: "由备案链接对应"
        if agrees
        else f"由备案链接对应,但平台名称为“{sight.name}”,请先核对链接",
        MatchedBy.NAME: f"名称一致,平台认证主体“{sight.verified_as}”与所属组织相符",
    }[ground]
    value = str(getattr(sight, field))
    yield Proposal(
        account=account,
        kind=Kind.LEARNED,
        field=field,
        new=value,
        why=why,
        read_at=sight.read_at,
        sure=agrees,
    )


def _seen_by_people(account: Account, seen: Sequence[tuple[str, Sight]], field: str) -> Proposal:
    people = tuple(dict.fromkeys(by for by, _ in seen))
    sight = seen[-1][1]
    named = (
        "名称一致"
        if _named(sight, account.filed)
        else f"平台名称为“{sight.name}”"
        if sight.name
        else "名称未填"
    )
    why = f"{'、'.join(people)}人工核查时看到（附截图），{named}；由他人核对截图后再接受"
    return Proposal(
        account=account,
        kind=Kind.LEARNED,
        field=field,
        new=str(getattr(sight, field)),
        why=why,
        read_at=sight.read_at,
        sure=False,
        seen_by=people,
    )


def _by_person(looks: Iterable[Reading]) -> list[tuple[str, Sight]]:
    """Whom and what people saw there themselves, with a picture."""
    return [
        (reading.by, sight)
        for reading in looks
        if reading.look is LookKind.PERSON
        for sight in reading.sights
        if sight.outcome in (Outcome.OK, Outcome.NO_POSTS)
        and any(item.kind is EvidenceKind.PICTURE for item in sight.evidence)
    ]


def _ground(sight: Sight, filed: Filed) -> MatchedBy | None:
    """On what an id of this sight may be learned; None where on nothing."""
    if sight.matched_by is MatchedBy.NAME:
        return MatchedBy.NAME if certified(sight, filed) and _named(sight, filed) else None
    return sight.matched_by


def _renamed(account: Account, sights: Iterable[Sight]) -> Iterator[Proposal]:
    named = [sight for sight in sights if sight.name and sight.matched_by is MatchedBy.ID]
    if not named or _named(named[-1], account.filed):
        return
    sight = named[-1]
    why = f"平台名称为“{sight.name}”;确认该单位已报送更名后再接受"
    yield Proposal(
        account=account,
        kind=Kind.RENAMED,
        field="name",
        new=sight.name,
        why=why,
        read_at=sight.read_at,
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
            why = f"原账号页面提示已迁移至“{target['name'] or '新账号'}”;核对新账号后再接受"
            # The old gh_ id would contradict the new account's pages: it goes also where the new
            # one is not known.
            values = {"platform_id": target["biz"], "original_id": target["original"] or ""}
            return [
                Proposal(
                    account=account,
                    kind=Kind.MIGRATED,
                    field=field,
                    new=value,
                    why=why,
                    read_at=sight.read_at,
                    sure=False,
                )
                for field, value in values.items()
                if value != getattr(account.filed, field)
            ]
    return []


def _link(account: Account, sights: Iterable[Sight]) -> Iterator[Proposal]:
    """The newest article's link, where none is filed: what was learned is used anyway, but a
    registry that leaves us should hold one.
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
        why = f"{post.on}发布的文章,读取时与账号对应"
        yield Proposal(
            account=account,
            kind=Kind.LINK,
            field="article_links",
            new=post.link,
            why=why,
            read_at=sight.read_at,
        )


def _named(sight: Sight, filed: Filed) -> bool:
    return alike(filed.name, sight.name)


def certified(sight: Sight, filed: Filed) -> bool:
    """Whether the platform's 认证主体 is the filed organiser (the platforms add 官方微博 and the
    like).
    """
    return same_body(sight.verified_as, filed.organiser, filed.prefecture, filed.county)


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
    why = "该ID已备案于(或同时对应)另一个账号,请人工核对"
    return [
        replace(each, kind=Kind.DOUBT, why=f"{why}:{each.new}", new="")
        if each.field in ids and each.new and (_id_of(each) in filed or wanted[_id_of(each)] > 1)
        else each
        for each in listed
    ]


def _id_of(proposal: Proposal) -> tuple[str, str, str]:
    return proposal.account.platform, proposal.field, proposal.new.casefold()


def as_table(listed: Sequence[Proposal]) -> Table:
    """For people. A doubt has no key: there is nothing to accept."""
    rows = tuple(
        (
            each.key if each.acceptable else "",
            each.kind.label,
            each.account.filed.filing_number,
            each.account.filed.name,
            each.account.filed.type or each.account.platform,
            each.account.filed.organiser,
            _FIELDS[each.field],
            each.old,
            each.new,
            "" if each.sure and each.acceptable else "须核对",
            each.why,
            minute(each.read_at),
        )
        for each in listed
    )
    columns = (
        "编号",
        "事项",
        "备案单号",
        "政务新媒体名称",
        "类型",
        "所属组织",
        "字段",
        "现备案值",
        "建议值",
        "核对",
        "依据",
        "读取时间",
    )
    return Table("台账更新建议", columns, rows)
