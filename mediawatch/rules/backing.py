"""Whether what a surface said may speak against an account.

Pure. The checks of canaries (对照账号) around it decide. Proof is asymmetric here too: posts that a
distrusted surface showed were posted all the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from operator import attrgetter

from mediawatch.domain import (
    Attestation,
    CanaryCheck,
    FiledStatus,
    Filing,
    Finding,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sight,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import alike
from mediawatch.ports import Dossier
from mediawatch.rules.policy import Policy
from mediawatch.rules.post_lists import posts_of

WITHDRAWN = "对照账号读取异常，本批次结论撤回。"
UNCHECKED = "未经对照账号校验"
RESUMABLE = timedelta(hours=12)
"""An unfinished sweep that has kept no reading for so long is closed as incomplete.

So old may a check be that stands behind a look of it.
"""


class Backing(StrEnum):
    """How far a canary stands behind what was said."""

    CHECKED = "checked"
    """The check before it and the one after it both read well."""
    UNCHECKED = "unchecked"
    """The surface has no canary, or one of the two checks is missing."""
    WITHDRAWN = "withdrawn"
    """One of the two did not read well."""
    PERSON = "person"
    """A person looked."""

    @property
    def label(self) -> str:
        return {
            "checked": "已校验",
            "unchecked": UNCHECKED,
            "withdrawn": "已撤回",
            "person": "人工核查",
        }[self.value]


HOLDS = timedelta(hours=2)
"""How long a good check stands behind what its surface says.

Checks come every half hour or so. Over two hours the site may have withheld anything meanwhile. A
check that did not read well withdraws what follows, however long ago it was.
"""
CANARY_DAYS = timedelta(days=3)
"""How old the newest post of an account that posts daily may look.

A site was seen to withhold about a week from visitors.
"""


def reads_well(sight: Sight, policy: Policy, *, complete: bool) -> bool:
    """Whether a canary reads as it must, at the moment of its own look.

    It must be found under its id. Where the surface is to show complete lists, it must show a post
    of the last days. It posts daily, so an older newest post means that newer ones are withheld. A
    surface that shows single articles or names cannot show more than that.
    """
    if sight.outcome is not Outcome.OK or sight.matched_by is None:
        return False
    if not complete:
        return True
    alone = Reading(
        account_id=0,
        look=LookKind.CONTROL,
        started_at=sight.read_at,
        read_at=sight.read_at,
        sights=(sight,),
    )
    start = day_of(sight.read_at) - CANARY_DAYS
    return any(post.on >= start for _, post in posts_of(alone, policy))


class KnownChecks(tuple[CanaryCheck, ...]):
    """Checks of canaries, found by their batch: a nation's sweep has thousands of them."""

    @classmethod
    def of(cls, checks: Iterable[CanaryCheck]) -> KnownChecks:
        """These checks; themselves where they are `KnownChecks` already."""
        return checks if isinstance(checks, cls) else cls(checks)

    @cached_property
    def all_fresh(self) -> bool:
        return all(check.fresh for check in self)

    @cached_property
    def by_batch(self) -> Mapping[tuple[str, str, str, int | None], Sequence[CanaryCheck]]:
        """By surface, session, address and sweep, oldest first; without those that no sweep made."""
        found: defaultdict[tuple[str, str, str, int | None], list[CanaryCheck]] = defaultdict(list)
        for check in sorted(self, key=_AT):
            if check.sweep_id is not None:
                found[check.surface, check.session, check.address, check.sweep_id].append(check)
        return found


_AT = attrgetter("at")


def backing_of_sight(sight: Sight, reading: Reading, checks: Iterable[CanaryCheck]) -> Backing:
    """How far the last check before a sight and the next one after it stand behind it.

    Both are of the same surface, session, login file, address and sweep.
    """
    if reading.look is LookKind.PERSON:
        return Backing.PERSON
    batch = (sight.surface, sight.session, sight.address, reading.sweep_id)
    of_batch = KnownChecks.of(checks).by_batch.get(batch, ())
    earlier = range(bisect_right(of_batch, sight.read_at, key=_AT) - 1, -1, -1)
    later = range(bisect_left(of_batch, sight.read_at, key=_AT), len(of_batch))
    before, after = (
        next((of_batch[at].at for at in places if _by_one_login(of_batch[at], sight)), None)
        for places in (earlier, later)
    )
    # Several checks of one instant: one good check among them does not suffice.
    for moment in filter(None, (before, after)):
        first, end = (find(of_batch, moment, key=_AT) for find in (bisect_left, bisect_right))
        if any(
            not of_batch[at].fresh and _by_one_login(of_batch[at], sight)
            for at in range(first, end)
        ):
            return Backing.WITHDRAWN
    near = (
        before is not None
        and after is not None
        and sight.read_at - before <= HOLDS
        and after - sight.read_at <= HOLDS
    )
    return Backing.CHECKED if near else Backing.UNCHECKED


def _by_one_login(check: CanaryCheck, sight: Sight) -> bool:
    """Whether both were read with one login file, as far as it was kept: older data do not say."""
    return not check.login or not sight.login or check.login == sight.login


def without_withdrawn(known: Dossier, as_of: datetime) -> Dossier:
    """What may be judged: of a withdrawn sight only what speaks for the account is left.

    The same object where nothing is withdrawn.
    """
    if KnownChecks.of(known.checks).all_fresh:
        return known
    readings = tuple(
        _without_withdrawn(reading, known) if reading.read_at >= as_of else reading
        for reading in known.readings
    )
    return known if readings == known.readings else replace(known, readings=readings)


def _without_withdrawn(reading: Reading, known: Dossier) -> Reading:
    sights = tuple(
        keep_favourable(sight, known.filed)
        if _speaks_against(sight, known.filed)
        and backing_of_sight(sight, reading, known.checks) is Backing.WITHDRAWN
        else sight
        for sight in reading.sights
    )
    return reading if sights == reading.sights else replace(reading, sights=sights)


def _speaks_against(sight: Sight, filed: Filing) -> bool:
    """Whether a sight can carry a finding: a negative, a complete list, another name.

    For an account filed as closed, also that it is there at all.
    """
    there = _closed(filed) and (sight.matched_by is not None or sight.is_dated)
    return sight.outcome.negative or sight.exact or not named_as_filed(sight, filed) or there


def keep_favourable(sight: Sight, filed: Filing) -> Sight:
    """What of a sight speaks for the account.

    Nothing does for an account filed as closed: that it is there would accuse it.
    """
    if _closed(filed):
        return replace(
            sight,
            outcome=Outcome.NO_EVIDENCE,
            name="",
            matched_by=None,
            posts=(),
            complete_since=None,
            control="",
        )
    outcome = Outcome.NO_EVIDENCE if sight.outcome.negative else sight.outcome
    # Another name is still a sign of life. It is no longer tied by id, and so makes no finding.
    matched = (
        sight.matched_by
        if sight.matched_by is None or named_as_filed(sight, filed)
        else MatchedBy.URL
    )
    return replace(sight, outcome=outcome, matched_by=matched, complete_since=None, control="")


def named_as_filed(sight: Sight, filed: Filing) -> bool:
    return not sight.name or alike(filed.name, sight.name)


def _closed(filed: Filing) -> bool:
    return filed.status in (FiledStatus.CLOSED, FiledStatus.DEREGISTERED)


def backing_of(
    finding: Finding, filed: Filing, readings: Sequence[Reading], checks: Sequence[CanaryCheck]
) -> Backing:
    """How far canaries stand behind a finding: as far as behind the weakest look it rests on."""
    proving = [
        reading
        for reading in readings
        if reading.id in finding.reading_ids and reading.look is not LookKind.PERSON
    ]
    if not proving:
        return Backing.PERSON
    backings = {
        backing_of_sight(sight, reading, checks)
        for reading in proving
        for sight in reading.sights
        if _speaks_against(sight, filed)
    }
    return Backing.CHECKED if backings == {Backing.CHECKED} else Backing.UNCHECKED


def attestation_of(finding: Finding, readings: Sequence[Reading]) -> Attestation:
    """`described` where the finding rests on a surface or wording that no recording attests.

    A person's word needs no recording.
    """
    proving = [
        reading
        for reading in readings
        if reading.id in finding.reading_ids and reading.look is not LookKind.PERSON
    ]
    described = any(
        sight.attested is Attestation.DESCRIBED
        for reading in proving
        for sight in reading.sights
        if not sight.outcome.about_us
    )
    return Attestation.DESCRIBED if described else Attestation.RECORDED
