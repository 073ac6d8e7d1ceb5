"""Findings before their reviewer, with all that bears on the decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mediawatch.domain import (
    Account,
    Attestation,
    CanaryCheck,
    Code,
    Finding,
    LookKind,
    Reading,
    ReviewEvent,
    ReviewStanding,
    ReviewState,
    Sweep,
    SweepAccount,
    is_about,
    review_standing,
    same_ids,
)
from mediawatch.ports import Store
from mediawatch.rules import cautions, hearing
from mediawatch.rules.backing import Backing, attestation_of, backing_of
from mediawatch.rules.hearing import Hearing
from mediawatch.rules.policy import HEARING, HearingRule, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A finding before its reviewer, with all that bears on the decision.

    `readings` are those that prove it, oldest first.
    """

    sweep_id: int
    account: Account
    finding: Finding
    readings: tuple[Reading, ...] = ()
    events: tuple[ReviewEvent, ...] = ()
    attested: Attestation = Attestation.RECORDED
    backing: Backing = Backing.UNCHECKED
    rule: HearingRule = HEARING
    as_of: datetime | None = None
    """Of the sweep."""

    @property
    def hearing(self) -> Hearing:
        return hearing.hearing_of(self.events, self.finding, self.rule)

    @property
    def is_late(self) -> bool:
        """Whether it rests on a silence that was read long after as_of."""
        read_at = [reading.read_at for reading in self.readings]
        return self.as_of is not None and hearing.is_read_late(
            self.finding, read_at, self.as_of, self.rule
        )

    @property
    def caution(self) -> str:
        """What to mind of its ground, in Chinese without a full stop; "" for nothing."""
        return cautions.of_finding(self.finding, self.account.filed, self.readings)

    @property
    def must_be_heard(self) -> bool:
        """Whether it is confirmed only after its hearing."""
        return self.is_late or hearing.is_required(self.finding, self.rule)

    @property
    def standing(self) -> ReviewStanding:
        return review_standing(self.events, self.finding)

    @property
    def key(self) -> str:
        """How people name the finding: `12/stale_2w`, our own id of the account and the code."""
        return f"{self.account.id}/{self.finding.code.value}"

    @property
    def versioned_key(self) -> str:
        """The same with the version that is shown: `12/stale_2w@3f2a`.

        A decision names it, so that only what was shown is decided.
        """
        return f"{self.key}@{self.finding.facts.version}"

    @property
    def surfaces(self) -> tuple[str, ...]:
        return tuple(
            sorted({sight.surface for reading in self.readings for sight in reading.sights})
        )

    @property
    def lookers(self) -> tuple[str, ...]:
        """Persons whose own looks the finding rests on."""
        return tuple(
            dict.fromkeys(
                reading.by for reading in self.readings if reading.look is LookKind.PERSON
            )
        )

    @property
    def remark(self) -> str:
        """What the reviewer must know of earlier decisions, in Chinese; "" for nothing."""
        last = self.standing.by
        if last is None or is_about(last, self.finding):
            return ""
        taken_back = "，须重新审核" if self.standing.outdated else ""
        return f"{last.by}{last.action.label}后结论有变{taken_back}（当时：{last.sentence}）"


def twins(found: Iterable[Suspect], suspect: Suspect) -> list[Suspect]:
    """The same finding of the same account, filed a second time.

    The other row of the registry has the same platform id.
    """
    one, said = suspect.account.filed.identity, replace(suspect.finding.facts, ids=None, tie=None)
    return [
        other
        for other in found
        if other.account.id != suspect.account.id
        and other.account.platform == suspect.account.platform
        and said.agree(other.finding.facts)
        and same_ids(other.account.filed.platform_id, other.account.filed.original_id, one)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectFilter:
    """A filter over suspects; an empty field wants everything.

    `keys` are findings by name: `12/stale_2w`, or an account's `12`.
    """

    keys: tuple[str, ...] = ()
    state: ReviewState | None = None
    codes: tuple[Code, ...] = ()
    prefecture: str = ""
    platform: str = ""
    supervisor: str = ""
    surface: str = ""
    attested: Attestation | None = None

    def takes(self, suspect: Suspect) -> bool:
        filed = suspect.account.filed
        return (
            (
                not self.keys
                or bool(
                    {suspect.key, suspect.versioned_key, str(suspect.account.id)} & {*self.keys}
                )
            )
            and (self.state is None or suspect.standing.state is self.state)
            and (not self.codes or suspect.finding.code in self.codes)
            and self.prefecture in ("", filed.prefecture)
            and self.platform in ("", filed.platform)
            and self.supervisor in ("", filed.supervisor)
            and (not self.surface or self.surface in suspect.surfaces)
            and self.attested in (None, suspect.attested)
        )


async def suspects(
    store: Store, sweep: Sweep, scope: Sequence[SweepAccount], checks: Sequence[CanaryCheck]
) -> list[Suspect]:
    """The findings of a sweep in the order of its judged scope.

    `checks` are those of the canaries around it.
    """
    scope = [entry for entry in scope if entry.judgement and entry.judgement.findings]
    readings = await proving_readings(store, scope)
    events: dict[tuple[int, Code], list[ReviewEvent]] = {}
    for event in await store.reviews.events(sweep.id):
        events.setdefault((event.account_id, event.code), []).append(event)
    rule = parse(sweep.policy_toml).hearing
    found = []
    for entry in scope:
        own = readings.get(entry.account.id, [])
        for finding in entry.judgement.findings if entry.judgement else ():
            backing = backing_of(finding, entry.account.filed, own, checks)
            found.append(
                Suspect(
                    sweep_id=sweep.id,
                    account=entry.account,
                    finding=finding,
                    readings=tuple(each for each in own if each.id in finding.reading_ids),
                    events=tuple(events.get((entry.account.id, finding.code), ())),
                    attested=attestation_of(finding, own),
                    backing=backing,
                    rule=rule,
                    as_of=sweep.as_of,
                )
            )
    return found


async def proving_readings(store: Store, scope: Iterable[SweepAccount]) -> dict[int, list[Reading]]:
    """The readings that the findings of a sweep rest on, by account, oldest first."""
    resting = {
        entry.account.id: {
            number for finding in entry.judgement.findings for number in finding.reading_ids
        }
        for entry in scope
        if entry.judgement and entry.judgement.findings
    }
    found = await store.readings.by_id(
        {number for numbers in resting.values() for number in numbers}
    )
    kept = {reading.id: reading for some in found.values() for reading in some}
    # A finding may rest on a reading of another filing of the same account.
    return {
        key: sorted(
            (kept[number] for number in numbers if number in kept),
            key=lambda reading: (reading.read_at, reading.id),
        )
        for key, numbers in resting.items()
    }
