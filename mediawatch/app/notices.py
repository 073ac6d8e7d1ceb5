"""Notices as commands and the demonstration make them: issued, and looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from mediawatch.app.documents import checks_behind, inspection_for, issued_inspection
from mediawatch.app.judged import judged_scope
from mediawatch.app.root import App
from mediawatch.domain import (
    IssuedDocument,
    Notice,
    Sweep,
    UserError,
)
from mediawatch.domain.clock import day_of
from mediawatch.plurals import count_of
from mediawatch.publish import handoff
from mediawatch.publish.notices.issuing import (
    NoticeHeading,
    count_unreviewed,
    draw_up,
    issued_before,
    version_of,
)
from mediawatch.publish.notices.recheck import refuse_older
from mediawatch.publish.results import standing_items
from mediawatch.registry.merge import follow_merges
from mediawatch.rules.policy import Policy, load, parse
from mediawatch.sweep.request import Request
from mediawatch.sweep.scope import scope_of


async def issue(
    app: App,
    sweep: Sweep,
    heading: NoticeHeading,
    *,
    preliminary: bool = False,
    leave_out_open: bool = False,
    again: str = "",
) -> tuple[Notice, IssuedDocument]:
    """Freeze what is confirmed of a sweep as a notice, with the whole scope on which it is issued.

    `again`: why accounts may stand in it that stand in an earlier notice of the sweep. UserError
    where something is undecided, open, missing or issued already and was not allowed.
    """
    heading = heading.check()
    if heading.issued_on < day_of(sweep.as_of):
        raise UserError(
            f"--date {heading.issued_on} is before the inspection's own day, "
            f"{day_of(sweep.as_of)}: a notice follows it"
        )
    judged = await judged_scope(app, sweep)
    left = count_unreviewed(judged.entries)
    if left and not leave_out_open:
        raise UserError(
            f"sweep {sweep.id}: {count_of(left, 'finding')} neither confirmed nor dismissed: "
            "`mediawatch review list` shows them; "
            "--leave-out-open issues the notice without them"
        )
    inspection = await inspection_for(app, judged)
    if inspection.preliminary and not preliminary:
        count = inspection.statistics.whole.open
        raise UserError(
            f"sweep {sweep.id}: {count_of(count, 'account')} open (初步结果): settle them, or add "
            "--preliminary"
        )
    notice = draw_up(inspection, heading, app.clock())
    if not notice.items:
        raise UserError(f"sweep {sweep.id} has no confirmed finding: nothing to issue")
    moments = {each.id: each.as_of for each in await app.store.sweeps.all()}
    if twice := issued_before(
        notice,
        judged.entries,
        await app.store.notices.all(),
        await app.store.notices.events(),
        moments,
    ):
        if not again.strip():
            raise UserError(
                f"{twice}: `notice correct` changes that notice; --again --reason TEXT issues "
                "them once more"
            )
        notice = replace(notice, again=again.strip())
    issued = await issued_inspection(app, notice, scope=inspection.scope)
    body = handoff.to_bytes(handoff.of(issued, await checks_behind(app, issued)))
    document = version_of(body, 1, app.clock())
    return await app.store.notices.issue(
        notice, document, scope=issued.scope, rejudged=judged.rejudged
    ), document


async def recheck_request(
    app: App, notice: Notice, *, as_of: datetime | None = None, policy: Policy | None = None
) -> Request:
    """The sweep that looks again at what still stands of a notice.

    UserError where the registry has none of its accounts any more.
    """
    known = follow_merges(await app.store.accounts.all(include_retired=True))
    wanted = {
        known[item.account_id].id
        for item in standing_items(notice, await app.store.notices.events(notice.id))
        if item.account_id in known
    }
    sweeps = await app.store.sweeps.all()
    refuse_older(notice, as_of or app.clock(), sweeps)
    accounts = await app.store.accounts.all()
    chosen = [account for account in accounts if account.id in wanted]
    if not chosen:
        raise UserError(
            f"no account of {notice.number} is in the registry any more: `recheck --sweep N` "
            "lists what became of them"
        )
    own = [sweep for sweep in sweeps if sweep.id == notice.sweep_id]
    settings = app.settings
    return Request(
        policy=policy or (parse(own[0].policy_toml) if own else load(settings.sweep.policy)),
        as_of=as_of,
        drawn=scope_of(accounts, chosen),
        recheck_of=notice.number,
        again=True,
        second_look_after=timedelta(minutes=settings.sweep.second_look_minutes),
        concurrency=settings.browser.concurrency,
    )
