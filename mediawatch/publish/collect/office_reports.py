"""What each office reported, and which accounts several of them reported. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mediawatch.domain import HandedFile, Verdict
from mediawatch.figures.dimensions import Dimension
from mediawatch.figures.region_parts import PartGroup
from mediawatch.publish.collect.account_keys import Key, keys_of
from mediawatch.publish.collect.rebuild import SOUND, ReportedAccount
from mediawatch.publish.collect.recount import split_of
from mediawatch.publish.defects import MARK
from mediawatch.publish.handoff.collected_parts import CollectedOut
from mediawatch.publish.handoff.parts import Handoff
from mediawatch.publish.inspection import PRELIMINARY
from mediawatch.rules.policy import Policy

OF_ITSELF = frozenset({PRELIMINARY, MARK})
"""Marks that a document bears by what is in it: no word of its office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigures:
    """What of a document is still needed once its accounts were read: evidence fills most of it."""

    total: int
    """总数 of the office's own registry."""
    by_platform: Mapping[str, int]
    """The same by platform."""
    marks: tuple[str, ...]
    """Of those that it bears by what is in it: an office's own words stand in no paper of ours."""
    preliminary: bool
    collected: CollectedOut | None = None
    """Of whose hand-offs it is made, where its office collected itself."""

    @classmethod
    def of(cls, document: Handoff) -> ReportFigures:
        rows = split_of(document, Dimension.PLATFORM)
        return cls(
            total=document.counts.total,
            by_platform={row.name: row.total for row in rows.parts} if rows else {},
            marks=tuple(mark for mark in document.marks if mark in OF_ITSELF),
            preliminary=document.preliminary,
            collected=document.collected,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeReport:
    """The hand-off of one office that counts."""

    office: str
    group: PartGroup
    file: HandedFile
    figures: ReportFigures
    policy: Policy
    accounts: tuple[ReportedAccount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedAccount:
    """One account that several offices reported, each with what it says."""

    reported: tuple[ReportedAccount, ...]
    standing: ReportedAccount
    """The report by which it counts."""
    is_contested: bool
    """Whether one office holds it for failed and another one for sound."""

    @property
    def opposites(self) -> str:
        """What each says of it, in Chinese."""
        said = "，".join(f"{each.sender}报送为{each.verdict.label}" for each in self.reported)
        return f"{said}，待核对。"


def shared_accounts(
    reports: Sequence[OfficeReport], owners: Mapping[int, str]
) -> tuple[SharedAccount, ...]:
    """Accounts that several offices reported: by a platform's id, or by platform and 备案单号."""
    groups: dict[int, list[ReportedAccount]] = defaultdict(list)
    holder: dict[Key, int] = {}
    for report in reports:
        for each in report.accounts:
            keys = keys_of(each.filed)
            known = sorted({holder[key] for key in keys if key in holder})
            place = known[0] if known else each.entry.account.id
            for other in known[1:]:
                groups[place] += groups.pop(other)
            groups[place].append(each)
            holder |= {key: place for member in groups[place] for key in keys_of(member.filed)}
    return tuple(
        _as_shared(members, owners)
        for members in groups.values()
        if len({each.office for each in members}) > 1
    )


def unnamed_in(kept: Sequence[ReportedAccount], shared: Sequence[SharedAccount]) -> dict[int, str]:
    """How names are left out: where any of the offices that reported an account does so."""
    found = {each.entry.account.id: each.unnamed for each in kept if each.unnamed}
    for one in shared:
        if said := [each.unnamed for each in one.reported if each.unnamed]:
            found.setdefault(one.standing.entry.account.id, said[0])
    return found


def _as_shared(members: Sequence[ReportedAccount], owners: Mapping[int, str]) -> SharedAccount:
    """It counts with the office to which our registry gives it, else with the first that told it."""
    own = [each for each in members if owners.get(each.entry.account.id) == each.office]
    verdicts = {each.verdict for each in members if each.filed.in_service}
    return SharedAccount(
        reported=tuple(members),
        standing=(own or list(members))[0],
        is_contested=Verdict.FAILED in verdicts and bool(verdicts & SOUND),
    )
