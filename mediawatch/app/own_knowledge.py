"""What we know ourselves of the accounts that lower offices reported."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from mediawatch.app.root import App
from mediawatch.domain import Account, CheckedSpan, Verdict
from mediawatch.domain.clock import chinese_day
from mediawatch.domain.dossier import Dossier
from mediawatch.figures.dimensions import Dimension
from mediawatch.ops.settings.lower_offices import LowerOffices
from mediawatch.ops.settings.office import Office
from mediawatch.publish.collect.differences import Agreement, compare, disproving_day
from mediawatch.publish.collect.office_reports import OfficeReport
from mediawatch.publish.collect.registry_match import RegistryMatch
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.known_days import known_days
from mediawatch.rules.policy import Policy
from mediawatch.sweep.scope import office_regions


def found_failing(
    offices: LowerOffices,
    office: Office,
    reports: Sequence[OfficeReport],
    match: RegistryMatch,
    own: Inspection | None,
) -> frozenset[str]:
    """The offices that have, or reported, an account that our own inspection found failing, and the
    platforms of these accounts. Who has not reported is left out."""
    if own is None:
        return frozenset()
    regions = office_regions(office)
    reported = {report.office for report in reports}
    office_of = {
        part: each.name
        for each in offices.offices
        for part in each.own_parts
        if each.name in reported
    }
    failed = {each.entry.account.id: each.entry.account.filed for each in own.failed}
    # Whoever it is of by our registry, and whoever reported it.
    pairs = [
        (office_of[part], filed)
        for filed in failed.values()
        if (part := regions.of(filed)) in office_of
    ]
    pairs += [
        (report.office, failed[ours.id])
        for report in reports
        for each in report.accounts
        if (ours := match.accounts.get(each.entry.account.id)) and ours.id in failed
    ]
    return frozenset(name for one, filed in pairs for name in (one, Dimension.PLATFORM.of(filed)))


def foreign_failures(
    reports: Sequence[OfficeReport], match: RegistryMatch, failing: Collection[int]
) -> dict[int, str]:
    """Accounts that an office reports as failed, and that our registry gives to another one: what
    is said of them. Whom we found `failing` ourselves, by our own ids, is left out.

    One office's word fails no account of another's. Where that other one reported the account too,
    its report is the one that counts.
    """
    return {
        number: f"{each.sender}报送为不合格；本级台账属于{owner}，待核对。"
        for report in reports
        for each in report.accounts
        if each.verdict is Verdict.FAILED
        if (owner := match.owners.get(number := each.entry.account.id))
        if owner != report.office
        # One that is not surely ours we did not look at.
        if (ours := match.accounts.get(number)) is None or ours.id not in failing
    }


async def find_disputes(
    app: App,
    reports: Sequence[OfficeReport],
    match: RegistryMatch,
    span: CheckedSpan,
    own: Inspection | None,
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
    looked_at = {entry.account.id: entry for entry in own.scope} if own else {}
    found: dict[int, str] = {}
    for report, each, account in accused:
        days = posted.get(account.id, ())
        number = each.entry.account.id
        if day := disproving_day(each, report.policy, span, days):
            found[number] = f"报送为不合格；本级见该账号{chinese_day(day)}有更新，待核对。"
        elif own and (entry := looked_at.get(account.id)):
            said = compare(each, entry, span, own, days)
            if said.agreement is Agreement.DIFFERENT and said.own_verdict is not Verdict.FAILED:
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
