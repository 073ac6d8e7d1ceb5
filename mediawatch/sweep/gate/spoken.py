"""What the end of a batch must check by a canary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mediawatch.domain import CanaryCheck, Sight


@dataclass(frozen=True, slots=True, order=True)
class SpokenSource:
    """A surface that has spoken with a session, and for a visitor at which address."""

    surface: str
    session: str
    address: str = ""


def sources_to_check(sights: Iterable[Sight], checks: Iterable[CanaryCheck]) -> list[SpokenSource]:
    """What has spoken since its last check, in order: the end of a batch checks each of them.

    A visitor's surface must be checked at the same address.
    """
    checked: dict[SpokenSource, datetime] = {}
    for check in checks:
        key = SpokenSource(check.surface, check.session, check.address)
        checked[key] = max(check.at, checked.get(key, check.at))
    spoken: set[SpokenSource] = set()
    for sight in sights:
        key = SpokenSource(sight.surface, sight.session, sight.address)
        said = not sight.outcome.about_us or sight.name or sight.exact
        if said and ((at := checked.get(key)) is None or at <= sight.read_at):
            spoken.add(key)
    return sorted(spoken)
