"""Whose an opened link is. Pure.

The page says whose it is, under what name, and that it posted on that day. An id ties a link to its
account. So does somebody who named the account, where the page bears its name. Anything else is a
proposal, which is reported and not written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mediawatch.articles import article_key
from mediawatch.domain import (
    BY_OTHERS,
    Account,
    FiledIdentity,
    MatchedBy,
    Outcome,
    Sight,
    as_led_by_name,
    same_ids,
)
from mediawatch.names import alike, same
from mediawatch.people.link_files import FoundLink
from mediawatch.people.link_report import LinkEntry, LinkResult

UNREACHED = "网络不通，或网站没有应答"
UNDATED = "the page shows no time of publishing"
_NO_SUCH_PAGE = re.compile(r"链接已过期|参数错误")
"""What the site says of an address that never leads anywhere again.

It is expired, or mistyped.
"""


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
    return (
        _by_filing(link, sight, accounts)
        or _by_hint(link, sight, accounts)
        or _by_name(link, sight, accounts)
    )


def _without_page(link: FoundLink, sight: Sight, by_id: tuple[Account, ...]) -> LinkEntry:
    """A link that led to no article: not opened, not read, or dead."""
    entry = LinkEntry(link=link, result=LinkResult.DEAD, sight=sight, detail=sight.detail)
    if sight.outcome in (Outcome.CAPTCHA, Outcome.RATE_LIMITED, Outcome.LOGIN_REQUIRED):
        return replace(
            entry, result=LinkResult.NOT_OPENED, detail=sight.detail or sight.outcome.value
        )
    if sight.outcome is Outcome.CHANGED and _NO_SUCH_PAGE.search(sight.detail):
        return entry
    if sight.outcome is Outcome.UNREACHABLE:
        return replace(entry, result=LinkResult.UNREAD, detail=UNREACHED)
    if sight.outcome is Outcome.CHANGED:
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


def _by_hint(link: FoundLink, sight: Sight, accounts: Sequence[Account]) -> LinkEntry | None:
    """The account that a third party named beside the link, where the page bears its very name.

    And where no other filed account could be meant. What others say alone ties no page. A page with
    another id than the account's 暂用标识, or with a disowned one, is for a person to decide.
    """
    if link.hinted_id is None or not sight.name:
        return None
    bearing = [
        account
        for account in accounts
        if same(account.filed.name, sight.name) and _tie(account, sight) is not False
    ]
    if [account.id for account in bearing] != [link.hinted_id]:
        return None
    (account,) = bearing
    found = account.provisional
    agrees = found is not None and _shows(found.value, sight, account.platform)
    has_id = bool(sight.platform_id or sight.original_id)
    disowned = account.disowns(sight.platform_id, sight.original_id)
    if (found and has_id and not agrees) or disowned:
        return LinkEntry(
            link=link,
            result=LinkResult.PROPOSED,
            accounts=(account,),
            sight=sight,
            detail="named beside the link, but the page shows another id than the search found",
        )
    tied = replace(
        sight,
        matched_by=MatchedBy.NAME,
        detail="; ".join(filter(None, (sight.detail, BY_OTHERS))),
    )
    return LinkEntry(
        link=link,
        result=LinkResult.MATCHED,
        accounts=(account,),
        sight=as_led_by_name(tied, account) if agrees else tied,
        detail="named beside the link, and the page bears that name",
    )


def _shows(id: str, sight: Sight, platform: str) -> bool:
    """Whether the page shows this platform id."""
    meant = FiledIdentity(platform=platform, name="", platform_id=id)
    return bool(same_ids(sight.platform_id, sight.original_id, meant))


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
    if doubted := tuple(
        each for each in named if each.disowns(sight.platform_id, sight.original_id)
    ):
        detail = "found under this name before, and taken back: file the account's id"
        return LinkEntry(
            link=link, result=LinkResult.PROPOSED, accounts=doubted, sight=sight, detail=detail
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

    A 微信号 filed as the id contradicts no biz. What was once found under the account's name, and
    taken back, is not its own.
    """
    if account.disowns(sight.platform_id, sight.original_id):
        return False
    return same_ids(sight.platform_id, sight.original_id, account.filed.identity)
