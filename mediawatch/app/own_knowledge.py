"""What we know ourselves of the accounts that lower offices reported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mediawatch.app.root import App
from mediawatch.domain import Account, CheckedSpan, Verdict
from mediawatch.domain.clock import chinese_day
from mediawatch.domain.dossier import Dossier
from mediawatch.figures.dimensions import Dimension
from mediawatch.ops.settings.lower_offices import LowerOffices
from mediawatch.ops.settings.office import Office
from mediawatch.publish.collect.differences import Agreement, disproving_day
from mediawatch.publish.collect.office_reports import OfficeReport
from mediawatch.publish.collect.own_looks import OwnLooks, failing_looks, is_contradicted
from mediawatch.publish.collect.registry_match import RegistryMatch
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.known_days import known_days
from mediawatch.rules.policy import Policy
from mediawatch.sweep.scope import office_regions


@dataclass(frozen=True, slots=True)
class OwnFailures:
    """Of whom our own inspections found an account failing."""

    names: frozenset[str] = frozenset()
    """Offices and platforms: no 100% is said of them."""
    contradicted: frozenset[str] = frozenset()
    """Of the offices those whose report cannot be right, as far as both can be compared."""


def own_failures(
    offices: LowerOffices,
    office: Office,
    reports: Sequence[OfficeReport],
    match: RegistryMatch,
    looks: OwnLooks,
    policy: Policy,
) -> OwnFailures:
    """The offices that have, or reported, an account that we found failing, and the platforms of
    these accounts. Who has not reported is left out. `policy`: the round's."""
    failing = failing_looks(looks)
    if not failing:
        return OwnFailures()
    span, regions = offices.round.span, office_regions(office)
    office_of = offices.office_of_part
    accounts = {number: found[0].entry.account for number, found in failing.items()}
    sent: set[tuple[str, int]] = set()
    contradicted: set[str] = set()
    for report in reports:
        for each in report.accounts:
            ours = match.accounts.get(each.entry.account.id)
            if ours is None or ours.id not in failing:
                continue
            sent.add((report.office, ours.id))
            if is_contradicted(each, failing[ours.id], span, policy):
                contradicted.add(report.office)
    # Whoever it is of by our registry, and whoever reported it.
    owned = {
        (owner, number)
        for number, account in accounts.items()
        if (owner := office_of.get(regions.of(account.filed)))
    }
    there = {report.office for report in reports}
    pairs = {(name, number) for name, number in sent | owned if name in there}
    contradicted |= {
        name
        for name, number in pairs - sent
        if any(each.is_of(span, policy) for each in failing[number])
    }
    return OwnFailures(
        names=frozenset(
            said
            for name, number in pairs
            for said in (name, Dimension.PLATFORM.of(accounts[number].filed))
        ),
        contradicted=frozenset(contradicted),
    )


def foreign_failures(
    reports: Sequence[OfficeReport], match: RegistryMatch, looks: OwnLooks, span: CheckedSpan
) -> dict[int, str]:
    """Accounts that an office reports as failed, and that our registry gives to another one: what
    is said of them. Whom we found failing ourselves, as far as both can be compared, is left out.

    One office's word fails no account of another's. Where that other one reported the account too,
    its report is the one that counts.
    """
    failing = failing_looks(looks)
    return {
        number: f"{each.sender}报送为不合格；本级台账属于{owner}，待核对。"
        for report in reports
        for each in report.accounts
        if each.verdict is Verdict.FAILED
        if (owner := match.owners.get(number := each.entry.account.id))
        if owner != report.office
        # One that is not surely ours we did not look at.
        if (ours := match.accounts.get(number)) is None
        or all(
            look.beside(each, span).agreement is Agreement.INCOMPARABLE
            for look in failing.get(ours.id, ())
        )
    }


async def find_disputes(
    app: App,
    reports: Sequence[OfficeReport],
    match: RegistryMatch,
    span: CheckedSpan,
    looks: OwnLooks,
    policy: Policy,
) -> dict[int, str]:
    """By the number of an account that is reported as failed what we know against it, in Chinese."""
    accused = [
        (report, each, match.accounts[each.entry.account.id])
        for report in reports
        for each in report.accounts
        if each.verdict is Verdict.FAILED and each.entry.account.id in match.accounts
    ]
    posted = await posted_days(app, [account for _, _, account in accused], policy)
    found: dict[int, str] = {}
    for report, each, account in accused:
        days = posted.get(account.id, ())
        number = each.entry.account.id
        if day := disproving_day(each, report.policy, span, days):
            found[number] = f"报送为不合格；本级见该账号{chinese_day(day)}有更新，待核对。"
            continue
        for look in looks.get(account.id, ()):
            said = look.beside(each, span, days)
            if said.agreement is Agreement.DIFFERENT and not look.fails:
                found[number] = f"报送为不合格；{said.reason}，待核对。"
    return found


async def posted_days(
    app: App, accounts: Sequence[Account], policy: Policy
) -> dict[int, Sequence[date]]:
    """The days on which accounts surely posted, by all that is kept of them."""
    ids = [account.id for account in accounts]
    now = await app.store.accounts.current(ids)
    readings = await app.store.readings.by_account(ids)
    return {
        account.id: known_days(
            Dossier(
                filed=account.filed,
                identity=now[account.id].identity,
                readings=tuple(readings.get(account.id, ())),
            ),
            account_policy(policy, account.filed),
        ).days
        for account in accounts
    }
