"""What an inspection will cost, before it begins. Pure.

It counts accounts with and without id and link, and the rows left to people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mediawatch.domain import Account
from mediawatch.plurals import count_of
from mediawatch.ports import SurfaceFacts
from mediawatch.sweep.forecast_keys import (
    Gain,
    KeyKind,
    Reach,
    count_keys,
    gains_of,
    names_to_search,
    words_of_search,
)

MINUTES_A_ROW = 1.0
"""Assumed time for one look by telephone and one typed answer."""
_ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One platform of the registry.

    `by_hand` is the most that people may have to do; an article link of this fortnight saves a row.
    """

    platform: str
    accounts: int
    with_id: int
    with_link: int
    with_neither: int
    without_article: int
    """Accounts to which one article link would give a name and a date.

    0 where the platform opens no links.
    """
    by_hand: int
    supported: bool
    complete: bool
    """Whether a surface that can be used now proves silence."""
    login_helps: bool
    """Whether a surface that needs a missing login would prove silence."""
    keys: Mapping[KeyKind, int] = field(default_factory=dict)
    """How many accounts have each key."""
    read: int = 0
    """Accounts whose posts can be read with the logins and keys that may be used."""
    gains: tuple[Gain, ...] = ()
    """What each further login, link or number would add to them, the most first."""
    searches: tuple[Gain, ...] = ()
    """Names that a search is asked for, or would be."""

    @property
    def minutes(self) -> float:
        return self.by_hand * MINUTES_A_ROW

    @property
    def sentence(self) -> str:
        """For the operator, in English."""
        parts = [
            (
                f"{count_of(self.accounts, 'account')}: {self.with_id} with id, "
                f"{self.with_link} with a link, {self.with_neither} with neither"
            )
        ]
        if not self.supported:
            parts.append("no scraper: all by hand")
        elif not self.complete:
            parts.append(
                "what can be used now proves freshness only"
                + (", a login would prove silence too" if self.login_helps else "")
            )
        if self.without_article:
            parts.append(
                f"one article link each for {self.without_article} would settle their names, "
                "and all that posted since its date"
            )
        parts.append(f"by hand at most {count_of(self.by_hand, 'row')}, {spell(self.minutes)}")
        return "; ".join(parts)

    @property
    def key_sentence(self) -> str:
        """Which keys there are, and what would reach more accounts, in English."""
        held = ", ".join(f"{key.value} {count}" for key, count in self.keys.items() if count)
        parts = [f"keys: {held}"]
        if self.supported:
            parts.append(f"posts of {self.read} can be read")
        parts += [f"{gain.what} would reach {gain.accounts} more" for gain in self.gains]
        parts += [words_of_search(gain) for gain in self.searches]
        return "; ".join(parts)

    @property
    def list_command(self) -> str:
        """The command that lists the accounts of each gain; "" where there are none."""
        keys = [gain.key for gain in self.gains if gain.key]
        if not keys:
            return ""
        others = f" (or {', '.join(keys[1:])})" if keys[1:] else ""
        return f"mediawatch registry list --platform {self.platform} --reached-by {keys[0]}{others}"


def spell(minutes: float) -> str:
    """`45 minutes`, `3.5 hours`."""
    return count_of(round(minutes), "minute") if minutes < 120 else f"{minutes / 60:.1f} hours"


def forecast(
    accounts: Iterable[Account],
    surfaces: Callable[[str], Sequence[SurfaceFacts]],
    opens_links: Callable[[str], bool],
    reach: Reach,
) -> list[Forecast]:
    """By platform, the greatest first.

    `opens_links`: whether lone article links can be read; `reach`: what leads to an account.
    """
    of: dict[str, list[Account]] = {}
    for account in accounts:
        of.setdefault(account.platform, []).append(account)
    found = [
        _with_keys(
            _forecast(
                platform, held, surfaces(platform), platform in reach.held, opens_links(platform)
            ),
            held,
            reach,
        )
        for platform, held in of.items()
    ]
    return sorted(found, key=lambda one: (-one.accounts, one.platform))


def _with_keys(found: Forecast, accounts: Sequence[Account], reach: Reach) -> Forecast:
    read, gains = gains_of(found.platform, accounts, reach)
    return replace(
        found,
        keys=count_keys(accounts),
        read=read,
        gains=gains,
        searches=names_to_search(found.platform, accounts, reach),
    )


def _forecast(
    platform: str,
    accounts: Sequence[Account],
    surfaces: Sequence[SurfaceFacts],
    logged_in: bool,
    opens_links: bool,
) -> Forecast:
    general = [facts for facts in surfaces if not facts.declared_closed and not facts.for_some]
    complete = any(
        facts.complete(_ANY if logged_in else "")
        for facts in general
        if logged_in or not facts.needs_login
    )
    neither = [account for account in accounts if not _has_id(account) and not _has_link(account)]
    return Forecast(
        platform=platform,
        accounts=len(accounts),
        with_id=sum(map(_has_id, accounts)),
        with_link=sum(map(_has_link, accounts)),
        with_neither=len(neither),
        without_article=sum(not account.links for account in accounts) if opens_links else 0,
        by_hand=len(neither) if complete else len(accounts),
        supported=bool(surfaces),
        complete=complete,
        login_helps=any(facts.complete(_ANY) for facts in general),
    )


def _has_id(account: Account) -> bool:
    return bool(account.filed.platform_id or account.filed.original_id)


def _has_link(account: Account) -> bool:
    return bool(account.links or account.filed.url or account.filed.reader_url)
