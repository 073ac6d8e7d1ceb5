"""更新频次 from all stored readings, some hundred accounts at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from mediawatch.app.disproved import find_disproved
from mediawatch.app.root import App
from mediawatch.domain import Account, CanaryCheck, ClosureNote, Reading, SweepAccount, of_twin
from mediawatch.domain.clock import EVER, day_of
from mediawatch.figures.cadence import AccountCadence
from mediawatch.figures.filings import filings_of_one
from mediawatch.ports import AccountNow, Dossier
from mediawatch.rules import doubts
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.backing import KnownChecks
from mediawatch.rules.cadence import Cadence, cadence, counted_time
from mediawatch.rules.filed_names import NamesInService
from mediawatch.rules.known_days import Span, known_days
from mediawatch.rules.policy import Policy
from mediawatch.sweep.judging import as_opened

_AT_ONCE = 200
"""Accounts whose readings are held at once."""


@dataclass(frozen=True, slots=True)
class _Terms:
    """What the accounts of one report are counted by."""

    months: Sequence[date]
    until: date
    policy: Policy
    checks: KnownChecks
    notes: Mapping[int, Sequence[ClosureNote]]
    names: NamesInService
    disproved: Mapping[int, Sequence[Span]]


async def count_cadences(
    app: App, accounts: Sequence[Account], months: Sequence[date], policy: Policy
) -> list[AccountCadence]:
    """The figures of accounts, each account once, in their order.

    `months` are the first days of months in a row. Days until yesterday count.
    """
    notes: dict[int, list[ClosureNote]] = {}
    for note in await app.store.accounts.closures():
        notes.setdefault(note.account_id, []).append(note)
    terms = _Terms(
        months=months,
        until=day_of(app.clock()) - timedelta(days=1),
        policy=policy,
        checks=_telling(await app.store.operator.canary_checks(since=EVER)),
        notes=notes,
        names=NamesInService.of(await app.store.accounts.names_in_service()),
        disproved=await find_disproved(app.store),
    )
    once = _once(accounts)
    found: list[AccountCadence] = []
    for start in range(0, len(once), _AT_ONCE):
        found += await _of_portion(app, once[start : start + _AT_ONCE], terms)
    return found


def _once(accounts: Sequence[Account]) -> list[Account]:
    """Of the filings with one platform id the first that is in service, else the first."""
    groups = filings_of_one(SweepAccount(sweep_id=0, account=account) for account in accounts)
    chosen = {
        next((entry for entry in group if entry.account.filed.in_service), group[0]).account.id
        for group in groups
    }
    return [account for account in accounts if account.id in chosen]


def _telling(checks: Sequence[CanaryCheck]) -> KnownChecks:
    """The checks of batches in which one did not read well: the others withdraw nothing."""
    off = {_batch(check) for check in checks if not check.fresh}
    return KnownChecks(check for check in checks if _batch(check) in off)


def _batch(check: CanaryCheck) -> tuple[str, str, int | None]:
    return check.surface, check.session, check.sweep_id


async def _of_portion(app: App, accounts: Sequence[Account], terms: _Terms) -> list[AccountCadence]:
    ids = [account.id for account in accounts]
    now = await app.store.accounts.current(ids)
    twins = await app.store.accounts.twins(ids)
    wanted = {*ids, *(twin for some in twins.values() for twin in some)}
    readings = await app.store.readings.by_account(wanted)
    found = []
    for account in accounts:
        own = list(readings.get(account.id, ()))
        for twin in twins.get(account.id, ()):
            said = (of_twin(each, now[account.id].identity) for each in readings.get(twin, ()))
            own += [each for each in said if each is not None]
        found.append(_of_account(account, now[account.id], own, terms))
    return found


def _of_account(
    account: Account, now: AccountNow, readings: Sequence[Reading], terms: _Terms
) -> AccountCadence:
    filed = as_opened(account.filed, now.opened_on)
    own = account_policy(terms.policy, filed)
    if not own.judged_by_updates:
        return AccountCadence(account, Cadence(), "按检查规则不看更新")
    time = counted_time(filed, terms.notes.get(account.id, ()), own)
    if time.why_none:
        return AccountCadence(account, Cadence(), time.why_none)
    names = terms.names.borne_by_others(account.id, account.platform, readings)
    if doubts.doubt(readings, filed, now.identity, names):
        return AccountCadence(account, Cadence(), "备案ID疑似有误")
    known = known_days(
        Dossier(filed=filed, identity=now.identity, readings=tuple(readings), checks=terms.checks),
        own,
        terms.disproved.get(account.id, ()),
    )
    found = cadence(known, time, terms.months, terms.until, own)
    return AccountCadence(account, found, "" if found.months else "所选月份不在账号的统计期内")
