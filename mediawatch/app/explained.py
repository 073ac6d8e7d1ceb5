"""Why an account has its verdict, from what is kept of it: for `mediawatch explain`. Nothing is
written.
"""

from __future__ import annotations

from datetime import datetime

from mediawatch.app.choice import choose_sweep
from mediawatch.app.judged import judged_scope, last_entry
from mediawatch.app.root import App
from mediawatch.domain import Account, UserError
from mediawatch.people.repost_refutations import seen_reposts
from mediawatch.people.suspects import suspects
from mediawatch.ports import Dossier
from mediawatch.publish.reports.explanation import AccountCase
from mediawatch.rules.problem_proofs import until_issue
from mediawatch.sweep.judging import checks_for


async def account_case(app: App, account: Account, number: int | None) -> AccountCase:
    """What the explanation of an account is made of.

    It is of the sweep of that number, else of the last that judged the account. UserError where no
    such sweep exists, or where the account was not in its scope.
    """
    store = app.store
    if number is None:
        entry = await last_entry(app, account.id)
        if entry is None:
            raise UserError(
                f"no sweep has had {account.filed.name} in scope yet: run `mediawatch sweep`"
            )
        number = entry.sweep_id
    sweep = await choose_sweep(app, number)
    judged = await judged_scope(app, sweep, [account.id])
    if not judged.entries:
        raise UserError(
            f"sweep {sweep.id} did not have {account.filed.name} in scope: `mediawatch "
            "sweeps` lists the others"
        )
    (entry,) = judged.entries
    checks = await checks_for(store, sweep)
    now = await store.accounts.current([account.id])
    readings = await store.readings.for_judgement([account.id], sweep.as_of, sweep.period_from)
    every_look = (await store.readings.problem_looks(None, [account.id])).get(account.id, [])
    looks = {account.id: [look for look in every_look if look.sweep_id == sweep.id]}
    issued = await store.notices.issued_at(sweep.id)
    reposts = await seen_reposts(store, [entry.account], looks, issued)
    every_reading = (await store.readings.by_account([account.id])).get(account.id, [])
    known = Dossier(
        filed=entry.account.filed,
        identity=now[account.id].identity,
        readings=tuple(readings.get(account.id, ())),
        problem_looks=until_issue(looks[account.id], issued.get(account.id)),
        reposts=reposts.get(account.id, ()),
        supported=app.supports(account.platform),
        checks=checks,
    )
    return AccountCase(
        sweep=sweep,
        entry=entry,
        policy=judged.policy,
        known=known,
        now=app.clock(),
        readings=tuple(
            sorted([*every_reading, *every_look], key=lambda each: (each.read_at, each.id))
        ),
        suspects=tuple(await suspects(store, sweep, judged.entries, checks)),
        state=(await store.readings.account_states([account.id])).get(account.id),
        surfaces=app.surface_labels([account.platform]),
        ahead=await _ahead(app, account),
        hints=tuple((await store.hints.of_accounts([account.id])).get(account.id, ())),
    )


async def _ahead(app: App, account: Account) -> datetime | None:
    """The next as_of, where the looks at the account are rationed until then."""
    moment = app.settings.inspection.moment
    if moment is None or moment <= app.clock():
        return None
    return moment if (await app.rates()).ration_of(account) else None
