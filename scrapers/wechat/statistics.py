"""公众号数据接口: what an account of the office's own published, day by day, by the official interface.

`getarticletotaldetail` answers for the account whose AppID and AppSecret are used. A day with an
entry is a day of a post. Silence proves nothing: the data end yesterday and may be late, and nobody
has shown that they are complete. So its dates are lower bounds, always. Described only: no answer of
it is recorded. docs/platforms/wechat.md §7.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from mediawatch.domain import (
    Account,
    Attestation,
    Changed,
    Failure,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Pace,
    PayloadFacts,
    Post,
    PostKind,
    RateLimited,
    Unreachable,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import same
from mediawatch.ports import AccountKey
from scrapers.browser.reply import Reply
from scrapers.browser.sessions import Session
from scrapers.interfaces.calls import InterfaceCalls
from scrapers.interfaces.keys import read_key
from scrapers.surface import Key, SessionUse, Shows, Surface
from scrapers.wechat.articles import SHORT_LINK
from scrapers.wechat.back_office_replies import shape
from scrapers.wechat.identity import biz_in, compare_ids, encode_biz, number_of, tie_of_ids
from scrapers.wechat.links import storable_link

PLATFORM = "wechat-api"
"""The word for `mediawatch login`, and the folder in `sessions/`."""
_HOST = "https://api.weixin.qq.com"
_TOKEN = f"{_HOST}/cgi-bin/stable_token"
_DAY = f"{_HOST}/datacube/getarticletotaldetail"
_MOST_DAYS = 30
"""Days that one look asks for at most, a call each."""
_OVER = frozenset({40001, 40014, 42001})
"""Codes by which a token is no longer valid: a new one is asked for, once a look."""
_NO_KEY: Mapping[int, str] = {
    40001: "the AppSecret or the token is not valid",
    40013: "the AppID is not valid",
    40014: "the token is not valid",
    40125: "the AppSecret is not valid",
    40164: "this machine's address is not on the account's allow-list (IP白名单)",
    42001: "the token is over",
    48001: "the account may not use this interface: it is not verified, or lacks the permission",
    61003: "the account gave no authorisation to this caller",
    61004: "this machine's address may not call",
    61007: "the account's authorisation does not cover this interface",
}
"""What each code says of the key. docs/platforms/wechat.md §7 names the sources."""
_TOO_MUCH: Mapping[int, str] = {
    45009: "the interface's calls of the day are used up",
    45011: "too many calls a minute",
}
_BUSY = -1
_CLOSED = 47009
_PUSHED: Mapping[int, bool | None] = {0: True, 1: False, 2: None}
"""`publish_type`: 已通知, 未开启通知; 2 was seen in 2026-03, and no document explains it."""
_MESSAGE = re.compile(r"\d+_\d+")


class Statistics(Surface):
    """The days on which the account published, of the last month. Incomplete: a lower bound."""

    name = "wechat.statistics"
    label = "公众号数据接口"
    attested = Attestation.DESCRIBED
    session = SessionUse.REQUIRED
    session_platform = PLATFORM
    hosts = frozenset({"api.weixin.qq.com"})
    shows = Shows.SOME
    # About 1 000 calls a day are allowed: a look makes 33 at most (30 days, a token, both again).
    pace = Pace(every=2.0, jitter=1.0, per_day=30)
    page_shows = False
    by_interface = True
    url_keys = frozenset({"begin_date", "end_date"})

    def accepts_session(self, account: Account, session: Session) -> bool:
        """By what the operator bound the key to: only its own account is asked about."""
        try:
            return is_bound(account, read_key(session))
        except LoginRequired:
            return False

    async def see_by_interface(
        self, calls: InterfaceCalls, account: Account
    ) -> AsyncIterator[PayloadFacts]:
        refuse_other_account(account, calls.key)
        days: list[Day] = []
        try:
            await read_days(calls, days)
        except Failure as failure:
            calls.refused = failure  # the days before it stay
        if any(day.posts for day in days):
            yield facts_of(days, account)
        elif calls.refused is None:
            late = sum(day.late for day in days)
            raise NoEvidence(
                f"no entry in the last {len(days)} days"
                + (f", {late} of them not complete yet" if late else "")
                + ": what the interface does not list proves nothing"
            )


async def read_days(calls: InterfaceCalls, days: list[Day]) -> None:
    """Read day before day into `days`, from yesterday on, until one has an entry.

    For a period back to its first day. Failures as `read_day`.
    """
    asking, today = _Asking(calls), day_of(calls.now())
    for number in range(1, _MOST_DAYS + 1):
        on = today - timedelta(days=number)
        if any(day.posts for day in days) and (calls.back_to is None or on < calls.back_to):
            return
        days.append(read_day(await asking.day(on), on))
        calls.known = True


@dataclass(slots=True)
class _Asking:
    """Asks for one day after another; draws a token before the first, and anew where it is over."""

    calls: InterfaceCalls
    token: str = ""
    renewed: bool = False

    async def day(self, on: date) -> Reply:
        if not self.token:
            self.token = await draw_token(self.calls)
        reply = await self._ask(on)
        if code_of(reply) in _OVER and not self.renewed:
            self.renewed = True
            await self.calls.pause()
            self.token = await draw_token(self.calls)
            reply = await self._ask(on)
        return reply

    async def _ask(self, on: date) -> Reply:
        await self.calls.pause()
        days = {"begin_date": on.isoformat(), "end_date": on.isoformat()}
        return await self.calls.ask(_DAY, days, {"access_token": self.token})


async def draw_token(calls: InterfaceCalls) -> str:
    """A token for this key. `force_refresh` is false: nobody else's token ends by it.

    Failures as `refuse` and `Reply.good` have them.
    """
    reply = (
        await calls.post(
            _TOKEN,
            {
                "grant_type": "client_credential",
                "appid": calls.key.app_id,
                "secret": calls.key.app_secret,
                "force_refresh": False,
            },
        )
    ).good()
    try:
        payload = json.loads(reply.body)
    except (ValueError, RecursionError):
        # Half an answer may hold the token: it is not quoted.
        raise Changed(f"no JSON from {reply.path}") from None
    match payload:
        case {"access_token": str(token)} if token:
            calls.hide(token)
            return token
        case {"errcode": int(code)}:
            refuse(code)
    raise Changed(f"token of another shape: {shape(payload)}")


async def probe(calls: InterfaceCalls) -> bool:
    """Whether the interface gives a token and answers for yesterday. Failures as `refuse`."""
    yesterday = day_of(calls.now()) - timedelta(days=1)
    read_day(await _Asking(calls).day(yesterday), yesterday)
    return True


KEY = Key(platform=PLATFORM, probe=probe)


def is_bound(account: Account, key: AccountKey) -> bool:
    """Whether the operator bound the key to this account.

    By filing number, `biz`, `gh_…` or 微信号; by the name alone where they share none of these.
    """
    filed = account.filed
    pairs = (
        (key.filing_number, filed.filing_number),
        (number_of(key.platform_id), number_of(filed.platform_id)),
        (key.original_id.casefold(), filed.original_id.casefold()),
        (key.alias.casefold(), filed.alias.casefold()),
    )
    shared = [bound == now for bound, now in pairs if bound.strip() and now.strip()]
    return any(shared) if shared else same(key.name, filed.name)


def refuse_other_account(account: Account, key: AccountKey) -> None:
    """NoEvidence where the key was bound to ids that are no longer the filed ones."""
    biz = key.platform_id if number_of(key.platform_id).isdigit() else ""
    if contradiction := compare_ids(account, biz, key.original_id)[1]:
        raise NoEvidence(
            f"the key was bound to another account ({contradiction}): bind it anew by "
            f"`mediawatch login {PLATFORM}`"
        )


def code_of(reply: Reply) -> int:
    """`errcode` of an answer; 0 where it has none. Raises what `Reply.json` does."""
    match reply.json():
        case {"errcode": int(code)}:
            return code
    return 0


def refuse(code: int) -> None:
    """What a code that is not 0 means for us.

    LoginRequired, RateLimited, Unreachable, Changed. The interface's own words are not told: they
    may hold the address of this machine.
    """
    failure: Failure
    if code in _NO_KEY:
        failure = LoginRequired(f"errcode {code}: {_NO_KEY[code]}")
    elif code in _TOO_MUCH:
        failure = RateLimited(f"errcode {code}: {_TOO_MUCH[code]}")
    elif code == _BUSY:
        failure = Unreachable(f"errcode {code}: the interface is busy")
    elif code == _CLOSED:
        failure = Changed(f"errcode {code}: the interface was closed")
    else:
        failure = Changed(f"errcode {code}, which is not known")
    raise failure


@dataclass(frozen=True, slots=True)
class Day:
    """What the interface lists of one day. `late`: it says itself that the day is not complete."""

    posts: tuple[Post, ...]
    late: bool
    owners: tuple[str, ...]
    """Every `biz` that its links name."""


def read_day(reply: Reply, on: date) -> Day:
    """The entries of one day.

    Raises what `refuse` and `Reply.json` do. Changed for another shape, an entry of another day, and
    an unknown `publish_type`.
    """
    match reply.json():
        case {"errcode": int(code)} if code:
            refuse(code)
        case {"list": list(entries), "is_delay": bool(late)}:
            links = [_link(entry) for entry in entries]
            posts = tuple(
                _post(entry, link, on) for entry, link in zip(entries, links, strict=True)
            )
            owners = dict.fromkeys(biz for link in links if (biz := biz_in(link)))
            return Day(posts, late, tuple(owners))
    raise Changed(f"day of another shape: {shape(reply.json())}")


def _link(entry: object) -> str:
    """`content_url` of an entry; "" where it has none, or one that is no article's address."""
    match entry:
        case {"content_url": str(link)} if urlsplit(link).hostname == "mp.weixin.qq.com":
            return link
    return ""


def _post(entry: object, link: str, on: date) -> Post:
    match entry:
        case {"ref_date": str(day), "msgid": str(id), "publish_type": int(how)} if (
            how in _PUSHED and not isinstance(how, bool) and _MESSAGE.fullmatch(id)
        ):
            if day != on.isoformat():
                raise Changed(f"an entry of {day[:20]} in the answer for {on}")
            short = SHORT_LINK.match(link)
            return Post(
                on=on,
                # As articles and the back office's list number it.
                id=id,
                kind=PostKind.ARTICLE,
                pushed=_PUSHED[how],
                link=storable_link(short[0]) if short else "",
            )
        case {"publish_type": how}:
            raise Changed(f"entry of another shape, publish_type {how!r:.20}: {shape(entry)}")
    raise Changed(f"entry of another shape: {shape(entry)}")


def facts_of(days: Sequence[Day], account: Account) -> PayloadFacts:
    """The posts of the days, and whose they are.

    By the `biz` in their links; else the key's account is the one to which the operator bound it.
    NoEvidence where a link names another account: then nothing by this key is the account's.
    """
    owners = list(dict.fromkeys(number_of(biz) for day in days for biz in day.owners))
    ties = [tie_of_ids(account, "the key belongs to another account", biz) for biz in owners]
    if len(owners) > 1:
        raise NoEvidence(f"the links name several accounts: {', '.join(owners)}")
    tie = next(filter(None, ties), None)
    return PayloadFacts(
        platform_id=encode_biz(owners[0]) if owners else "",
        matched_by=tie or MatchedBy.URL,
        posts=tuple(post for day in days for post in day.posts),
        detail=""
        if tie
        else "tied by the operator's binding of the key: no link names its account",
    )
