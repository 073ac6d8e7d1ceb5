"""Which keys lead to the accounts of a platform, and what more would reach. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from mediawatch.domain import PROVISIONAL, Account
from mediawatch.plurals import count_of
from mediawatch.ports import SurfaceFacts


class KeyKind(StrEnum):
    """What an account can be found by; the value is how it is called."""

    NUMBER = "号码"
    ORIGINAL = "gh_"
    ALIAS = "微信号"
    PAGE = "主页链接"
    ARTICLE = "文章链接"
    READER = "阅读页"
    PROVISIONAL = PROVISIONAL
    NAME = "只有名称"


def keys_of(account: Account) -> list[KeyKind]:
    """The keys of an account; NAME where it has no other one."""
    filed = account.filed
    has = {
        KeyKind.NUMBER: bool(filed.platform_id),
        KeyKind.ORIGINAL: bool(filed.original_id),
        KeyKind.ALIAS: bool(filed.alias),
        KeyKind.PAGE: bool(filed.url) and filed.url not in account.links,
        KeyKind.ARTICLE: bool(account.links),
        KeyKind.READER: bool(filed.reader_url),
        KeyKind.PROVISIONAL: account.provisional is not None,
    }
    return [key for key, held in has.items() if held] or [KeyKind.NAME]


def count_keys(accounts: Iterable[Account]) -> Mapping[KeyKind, int]:
    """How many accounts have each key. An account may have several."""
    counted = Counter(key for account in accounts for key in keys_of(account))
    return {key: counted[key] for key in KeyKind}


@dataclass(frozen=True, slots=True)
class Reach:
    """What the platforms say of how accounts are reached.

    `now`: the surfaces that can be asked about an account by the logins and keys that may be used;
    `held`: the words of those. `ways`: the surfaces that could be asked about an account with logins of these platforms.
    `logins`: the words of the logins that a platform's surfaces use. `examples`: values of nobody, by
    the field of the registry.
    """

    ways: Callable[[Account, Collection[str]], Sequence[SurfaceFacts]]
    logins: Callable[[str], Sequence[str]]
    examples: Callable[[str], Mapping[str, str]]
    now: Callable[[Account], Sequence[SurfaceFacts]] = lambda account: ()
    held: frozenset[str] = frozenset()

    def reads_now(self, account: Account) -> bool:
        """Whether its posts can be read now; also by a login or a key of its own."""
        by_its_own = any(
            facts.has_its_login and not (facts.declared_closed or facts.finds_ids)
            for facts in self.now(account)
        )
        return by_its_own or self.reads(account, self.held)

    def reads(self, account: Account, logins: Collection[str]) -> bool:
        """Whether a surface that is open to all accounts would read its posts."""
        return any(
            not (facts.declared_closed or facts.for_some or facts.finds_ids)
            for facts in self.ways(account, logins)
        )

    def searches(self, account: Account, logins: Collection[str]) -> bool:
        """Whether a search would be asked for its name, to find an id."""
        return account.filed.identity.only_named and any(
            facts.finds_ids for facts in self.ways(account, logins)
        )


@dataclass(frozen=True, slots=True)
class Gain:
    """What one more login, link or number would add: so many accounts.

    `key` is what `registry list --reached-by` takes; "" where nothing lists them.
    """

    what: str
    accounts: int
    key: str = ""


_EACH = {"platform_id": "a number each", "article_links": "one article link each"}
_KEYS = {"platform_id": "number", "article_links": "link"}


def gains_of(
    platform: str, accounts: Sequence[Account], reach: Reach
) -> tuple[int, tuple[Gain, ...]]:
    """(accounts whose posts can be read now, what would add to them), what adds most first."""
    beyond = _beyond(accounts, reach)
    reached = _reached(platform, beyond, reach)
    found = [Gain(_what(key), len(those), key) for key, those in reached.items() if those]
    found.sort(key=lambda gain: -gain.accounts)
    return len(accounts) - len(beyond), tuple(found)


def reached_by_key(
    platform: str, accounts: Sequence[Account], reach: Reach
) -> dict[str, list[Account]]:
    """By the key of each gain that there could be, the accounts that it would reach."""
    return _reached(platform, _beyond(accounts, reach), reach)


def _reached(platform: str, beyond: Sequence[Account], reach: Reach) -> dict[str, list[Account]]:
    """The same, of accounts whose posts nothing can read now."""
    logins = reach.held
    lacking = [word for word in reach.logins(platform) if word not in logins]
    found = {
        word: [each for each in beyond if reach.reads(each, {*logins, word})] for word in lacking
    }
    for field, value in reach.examples(platform).items():
        pairs = [(_with(account, field, value), account) for account in beyond]
        found[_KEYS[field]] = [bare for one, bare in pairs if reach.reads(one, logins)]
        for word in lacking:
            more = {*logins, word}
            found[f"{_KEYS[field]}+{word}"] = [
                bare
                for one, bare in pairs
                if reach.reads(one, more)
                and not (reach.reads(one, logins) or reach.reads(bare, more))
            ]
    return found


def _beyond(accounts: Sequence[Account], reach: Reach) -> list[Account]:
    """Those whose posts nothing can read now."""
    return [account for account in accounts if not reach.reads_now(account)]


def _what(key: str) -> str:
    """`number+weread`: a number each with a weread login."""
    given, _, word = key.partition("+")
    each = next((_EACH[field] for field, short in _KEYS.items() if short == given), "")
    if not each:
        return f"a {given} login"
    return f"{each} with a {word} login" if word else each


def _with(account: Account, field: str, value: str) -> Account:
    if field == "article_links":
        filed = replace(account.filed, article_links=(value,))
        return replace(account, filed=filed, links=(value,))
    return replace(account, filed=replace(account.filed, platform_id=value))


def names_to_search(platform: str, accounts: Sequence[Account], reach: Reach) -> tuple[Gain, ...]:
    """How many names a search would be asked for, by the login that it needs."""
    logins = reach.held
    now = sum(reach.searches(account, logins) for account in accounts)
    found = [Gain("", now)]
    for word in reach.logins(platform):
        if word not in logins:
            more = sum(reach.searches(account, {*logins, word}) for account in accounts) - now
            found.append(Gain(f"a {word} login", more))
    return tuple(gain for gain in found if gain.accounts)


def words_of_search(gain: Gain) -> str:
    names = count_of(gain.accounts, "name")
    if not gain.what:
        return f"{names} will be searched for, once each"
    return f"{gain.what} would search for {names}, once each"
