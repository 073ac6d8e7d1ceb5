"""The `Looker`: the scrapers, as the sweep sees them, and what their surfaces declare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from mediawatch.domain import Account, Attestation, Need, Pace, Sight
from mediawatch.ports.gate import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceFacts:
    """What a surface declares of itself."""

    name: str
    label: str
    """For inspectors, in Chinese."""
    attested: Attestation
    needs_login: bool
    shows_all: bool
    """Whether its lists are complete for a visitor."""
    shows_all_logged_in: bool
    pace: Pace
    paced_as: str = ""
    """As `Visit.paced_as`."""
    declared_closed: bool = False
    for_some: bool = False
    """Whether a login helps with some accounts only.

    A back office lists its own account's posts alone.
    """
    has_its_login: bool = False
    """Of one `for_some`, among the ways to an account: whether a login is known to help with it."""
    login: str = ""
    """The word for `mediawatch login` whose logins it works with; "" where it uses none."""
    shows_newer: bool = True
    """Whether a later look may show a newer post. A known article and a name search do not."""
    finds_ids: bool = False
    """Whether it finds an id for a name, and shows no post."""
    by_call: bool = False
    """Whether first looks ask by calls from one open page of the site.

    The site's own pages ask in this way. Otherwise each look loads a page.
    """
    by_interface: bool = False
    """Whether it asks the site's official interface by a key, and no page at all."""
    finds_units: bool = False
    """Whether it can be asked for whatever bears a unit's name (`UnitSearcher`)."""
    shows_bodies: bool = False
    """Of such a search: whether its hits show the 认证主体."""

    def is_rationed(self, pace: Pace) -> bool:
        """Whether it proves freshness alone, by a login and only so often a day at this pace."""
        lower_bounds = self.shows_newer and not self.shows_all_logged_in
        return self.needs_login and lower_bounds and pace.per_day is not None

    @property
    def pace_name(self) -> str:
        """As `Visit.pace_name`: also the name under which settings set its pace."""
        return self.paced_as or self.name

    def complete(self, session: str) -> bool:
        """Whether its lists are complete with this session ("" for a visitor)."""
        return self.shows_all or (self.shows_all_logged_in and bool(session))


class PlatformFacts(Protocol):
    """What platforms can be looked at, and how, for who looks at none."""

    def supports(self, platform: str) -> bool: ...
    def surfaces(self, platform: str) -> Sequence[SurfaceFacts]:
        """What the surfaces of a platform declare, by cost; empty for an unsupported platform."""


class Looker(PlatformFacts, Protocol):
    """The scrapers, as the sweep sees them."""

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        """Visit one account. Foreseen failures are sights; only the unforeseen is raised."""

    async def open_link(self, url: str, gate: Gate) -> tuple[Sight, ...]:
        """Open one article link whose account is not known yet."""

    async def probe(self, platform: str, name: str) -> bool:
        """Whether the site knows this login now, by its own sign in its own page.

        `LoginRequired` is a no with its reason. Any other `Failure` means that the answer is
        unknown.
        """

    async def ready(self) -> None:
        """Start what looks need. UserError where it does not start."""

    async def rest(self, platform: str) -> None:
        """End a batch of looks on this platform: write its logins back as the site changed them."""

    async def close(self) -> None: ...
