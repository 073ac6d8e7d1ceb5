"""What an office has by our registry, and does not report itself. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from mediawatch.domain import Account
from mediawatch.publish.collect.office_reports import OfficeReport
from mediawatch.publish.collect.registry_match import RegistryMatch


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGaps:
    """Of the offices that reported, what their own accounts are that they did not."""

    accounts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """By office how many accounts in service it did not report; those without any are left out."""
    unpraised: frozenset[str] = frozenset()
    """Offices whose 100% praises nobody: of these, and of those that call an account closed which
    our registry has in service, or that reported none of their own."""


def find_gaps(
    reports: Sequence[OfficeReport], match: RegistryMatch, uncovered: Mapping[str, int]
) -> ReportGaps:
    """`uncovered`: by office the accounts in service that nobody reported."""
    gaps = Counter({report.office: uncovered.get(report.office, 0) for report in reports})
    owned: dict[str, dict[int, Account]] = defaultdict(dict)
    """By the office whose it is, every account that anybody reported."""
    for number, account in match.accounts.items():
        owned[match.owners[number]][account.id] = account
    unpraised: set[str] = set()
    for report in reports:
        told: dict[int, bool] = {}
        """By our number whether it is reported as in service."""
        has_own = False
        for each in report.accounts:
            number = each.entry.account.id
            if (ours := match.accounts.get(number)) is not None:
                told[ours.id] = told.get(ours.id, False) or each.filed.in_service
            has_own |= each.filed.in_service and match.owners.get(number, report.office) == (
                report.office
            )
        own = owned[report.office]
        # Another filing of the same account is the same account.
        keys = {key for number in told if number in own for key in own[number].filed.ids}
        running = [each for each in own.values() if each.filed.in_service]
        gaps[report.office] += sum(
            each.id not in told and not keys.intersection(each.filed.ids) for each in running
        )
        if (
            gaps[report.office]
            or not has_own
            or any(told.get(each.id) is False for each in running)
        ):
            unpraised.add(report.office)
    return ReportGaps(
        accounts={name: number for name, number in gaps.items() if number},
        unpraised=frozenset(unpraised),
    )
