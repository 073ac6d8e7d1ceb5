"""公众号数据接口: what an account of the office's own published, day by day, by the official interface.

`getarticletotaldetail` answers for the account whose AppID and AppSecret are used. A day with an
entry is a day of a post. Silence proves nothing: the data end yesterday and may be late, and nobody
has shown that they are complete. So its dates are lower bounds, always. Described only: no answer of
it is recorded. docs/platforms/wechat.md §7.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from mediawatch.domain import (
    Account,
    Attestation,
    Changed,
    Failure,
    LoginRequired,
    NoEvidence,
    Pace,
    PayloadFacts,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import same
from mediawatch.ports import AccountKey
from scrapers.browser.reply import Reply
from scrapers.browser.sessions import Session, stamp_of
from scrapers.interfaces.calls import InterfaceCalls
from scrapers.interfaces.keys import read_key
from scrapers.surface import Key, SessionUse, Shows, Surface
from scrapers.wechat.back_office_replies import shape
from scrapers.wechat.identity import compare_ids, number_of
from scrapers.wechat.statistics_replies import Day, code_of, facts_of, read_day, refuse

PLATFORM = "wechat-api"
"""The word for `mediawatch login`, and the folder in `sessions/`."""
_HOST = "https://api.weixin.qq.com"
_TOKEN = f"{_HOST}/cgi-bin/stable_token"
_DAY = f"{_HOST}/datacube/getarticletotaldetail"
_MOST_DAYS = 30
"""Days that one look asks for at most, a call each."""
_OVER = frozenset({40001, 40014, 42001})
"""Codes by which a token is no longer valid: a new one is asked for, once a look."""


@lru_cache(maxsize=64)
def _binding(session: Session, stamp: tuple[int, int] | None) -> AccountKey | None:
    """To which account a key is bound, without its secret; None where it cannot be read.

    `stamp` tells one version from another: every look of a sweep asks.
    """
    try:
        return replace(read_key(session), app_secret="")
    except LoginRequired:
        return None


class StatisticsInterface(Surface):
    """The days on which the account published, of the last month. Incomplete: a lower bound."""

    name = "wechat.statistics"
    label = "公众号数据接口"
    attested = Attestation.DESCRIBED
    session = SessionUse.REQUIRED
    session_platform = PLATFORM
    hosts = frozenset({"api.weixin.qq.com"})
    shows = Shows.SOME
    # Calls. About 1 000 a day are allowed: 30 looks of 33 at most (30 days, a token, both again).
    pace = Pace(every=2.0, jitter=1.0, per_day=990)
    page_shows = False
    by_interface = True
    url_keys = frozenset({"begin_date", "end_date"})

    def accepts_session(self, account: Account, session: Session) -> bool:
        """By what the operator bound the key to: only its own account is asked about."""
        bound = _binding(session, stamp_of(session))
        return bound is not None and is_bound(account, bound)

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

    By filing number, `biz`, `gh_…` or 微信号. Where no id of it can be compared, the name must be
    the one filed then: a corrected name may be another account's.
    """
    filed = account.filed
    ids = _compared(
        (number_of(key.platform_id), number_of(filed.platform_id)),
        (key.original_id.casefold(), filed.original_id.casefold()),
        (key.alias.casefold(), filed.alias.casefold()),
    )
    numbers = _compared((key.filing_number, filed.filing_number))
    named = bool(ids) or same(key.name, filed.name)
    return named and (any(ids + numbers) or not ids + numbers)


def _compared(*pairs: tuple[str, str]) -> list[bool]:
    """Whether both of a pair are the same, of each pair that both have."""
    return [bound == now for bound, now in pairs if bound.strip() and now.strip()]


def refuse_other_account(account: Account, key: AccountKey) -> None:
    """NoEvidence where the key was bound to ids that are no longer the filed ones."""
    biz = key.platform_id if number_of(key.platform_id).isdigit() else ""
    if contradiction := compare_ids(account, biz, key.original_id)[1]:
        raise NoEvidence(
            f"the key was bound to another account ({contradiction}): bind it anew by "
            f"`mediawatch login {PLATFORM}`"
        )
