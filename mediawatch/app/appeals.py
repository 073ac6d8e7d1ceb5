"""复核: taken in with its term, decided by somebody who had no part in the finding, and answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mediawatch.app.corrections import CORRECTED_MARK, refuse_due
from mediawatch.app.root import App
from mediawatch.domain import (
    Code,
    LookKind,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Reconsideration,
    UserError,
    standing_item,
)
from mediawatch.domain.clock import day_of
from mediawatch.names import same_person
from mediawatch.publish.notices.deadlines import deadline
from mediawatch.publish.rounds import Issues
from mediawatch.rules.appeals import (
    Appeal,
    appeals_of,
    left_to_withdraw,
    open_appeals,
    refuse_appeal,
    why_not_decide,
)
from mediawatch.rules.policy import load, parse
from mediawatch.workdays import working_days_after


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRequest:
    """提出复核, as somebody notes it."""

    item: int
    by: str
    reason: str
    unit: str = ""
    """提出单位; "" for the account's own 所属组织."""
    received_on: date | None = None
    """None for today."""
    term: str = ""
    """`2023-03-06` or `+5工作日`; "" for the policy's working days, which count Monday to Friday in
    a year that nobody knows: a request is taken in on any day.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealDecision:
    """复核意见."""

    item: int
    by: str
    reason: str
    action: NoticeAction
    """UPHELD or REJECTED."""
    codes: tuple[Code, ...] = ()
    """Of an upheld one: the findings to be withdrawn; none means the whole item."""
    signer_reason: str = ""
    """Why the 签发人 decides, who may have had a part in the finding."""


async def note_appeal(app: App, notice: Notice, request: AppealRequest) -> Appeal:
    """Take a 复核 in. UserError where the item does not stand, or a day cannot be."""
    events = await app.store.notices.events(notice.id)
    today = day_of(app.clock())
    received = request.received_on or today
    if request.received_on and not notice.issued_on <= received <= today:
        raise UserError(
            f"--received {received} is not between the day of issue, {notice.issued_on}, and today"
        )
    event = NoticeEvent(
        notice_id=notice.id,
        item=request.item,
        action=NoticeAction.APPEALED,
        at=app.clock(),
        by=request.by.strip(),
        reason=request.reason.strip(),
    )
    refuse_appeal(event, notice, events)
    item = _item_of(notice, request.item)
    noted = Reconsideration(
        unit=request.unit.strip() or item.filed.organiser,
        received_on=received,
        term=deadline(request.term, received)
        if request.term
        else working_days_after(received, await _policy_days(app, notice)),
    )
    event = replace(event, reconsideration=noted)
    await app.store.notices.add_events([event])
    return next(
        each for each in open_appeals(notice, [*events, event]) if each.item.number == request.item
    )


async def decide_appeal(app: App, notice: Notice, decision: AppealDecision) -> Appeal:
    """Decide the open 复核 of an item. UserError where there is none, or for who had a part in it."""
    events = await app.store.notices.events(notice.id)
    event = NoticeEvent(
        notice_id=notice.id,
        item=decision.item,
        action=decision.action,
        at=app.clock(),
        by=decision.by.strip(),
        reason=decision.reason.strip(),
        codes=decision.codes,
        reconsideration=Reconsideration(signer_reason=decision.signer_reason.strip()),
    )
    if decision.codes and decision.action is not NoticeAction.UPHELD:
        raise UserError("--code names what is to be withdrawn: it goes with --result upheld")
    refuse_appeal(event, notice, events)
    item = _item_of(notice, decision.item)
    if decision.codes and {held.finding.code for held in item.findings} <= {*decision.codes}:
        event = replace(event, codes=())
    appeal = next(
        each for each in open_appeals(notice, events) if each.item.number == decision.item
    )
    await _refuse_untrue(app, notice, item, event, events)
    if event.reconsideration and event.reconsideration.signer_reason:
        await _refuse_other_signer(app, notice, event.by)
    involved = await involved_persons(app, notice, item)
    if why := why_not_decide(event.by, involved, appeal, decision.signer_reason.strip()):
        raise UserError(
            f"{notice.number}第{item.number}项“{item.filed.name}”：{why}（--by, --as-signer）"
        )
    await app.store.notices.add_events([event])
    return next(
        each
        for each in reversed(appeals_of(notice, [*events, event]))
        if each.item.number == decision.item
    )


def _item_before(
    item: NoticeItem, events: Sequence[NoticeEvent], decision: NoticeEvent
) -> NoticeItem | None:
    """What stood of an item when it was decided; None where it was withdrawn by then."""
    before = [each for each in events if not decision.id or each.id < decision.id]
    return standing_item(item, before)


async def _refuse_untrue(
    app: App,
    notice: Notice,
    item: NoticeItem,
    decision: NoticeEvent,
    events: Sequence[NoticeEvent],
) -> None:
    """UserError where a decision maintains what was withdrawn, or what has to be."""
    if decision.action is NoticeAction.UPHELD and not decision.codes:
        return
    before, now = _item_before(item, events, decision), standing_item(item, events)
    kept = {held.finding.code for held in before.findings} - {*decision.codes} if before else set()
    left = {held.finding.code for held in now.findings} if now else set()
    if (decision.action is NoticeAction.REJECTED and now is None) or not kept <= left:
        raise UserError(
            f"item {item.number} of {notice.number}, “{item.filed.name}”, was corrected: what was "
            "withdrawn is not maintained; `mediawatch notice correction-papers` tells the correction"
        )
    if kept or decision.action is NoticeAction.REJECTED:
        await refuse_due(app, notice, {item.number}, kept)


async def _refuse_other_signer(app: App, notice: Notice, by: str) -> None:
    """UserError where the notice was signed by somebody else than who decides as its 签发人."""
    drafts = await app.store.notices.drafts()
    draft = next((each for each in drafts if each.notice_number == notice.number), None)
    signer = draft.approval.by if draft and draft.approval else ""
    if signer and not same_person(by, signer):
        raise UserError(f"--as-signer: {notice.number} was signed by {signer}, not by {by}")


async def involved_persons(app: App, notice: Notice, item: NoticeItem) -> dict[str, str]:
    """Who looked at an item's account, answered for it or reviewed it, by name, and which.

    All filings of the account count. A review that only followed a correction is no part in the
    finding. Nobody is known of another system's notice.
    """
    if notice.sweep_id is None or item.account_id is None:
        return {}
    twins = await app.store.accounts.twins([item.account_id])
    accounts = {item.account_id, *twins.get(item.account_id, ())}
    wanted = {number for held in item.findings for number in held.finding.reading_ids}
    resting = (await app.store.readings.by_id(wanted)) if wanted else {}
    seen = await app.store.readings.by_account(sorted(accounts), sweep_id=notice.sweep_id)
    looked = await app.store.readings.problem_looks(notice.sweep_id, sorted(accounts))
    found: dict[str, str] = {}
    shown = (*resting.values(), *seen.values(), *looked.values())
    for reading in (each for some in shown for each in some):
        if reading.look is LookKind.PERSON and reading.by:
            found.setdefault(reading.by, "人工核查")
    for event in await app.store.reviews.events(notice.sweep_id):
        if event.account_id in accounts and not (
            event.at > notice.kept_at and event.reason.startswith(CORRECTED_MARK)
        ):
            found.setdefault(event.by, event.action.label)
    return found


async def opinion_document(app: App, notice: Notice, item: int) -> tuple[bytes, Appeal]:
    """The newest 复核意见 on an item as a .docx. UserError where none was given."""
    events = await app.store.notices.events(notice.id)
    given = [each for each in appeals_of(notice, events) if each.item.number == item]
    if not given or given[-1].decision is None:
        raise UserError(
            f"item {item} of {notice.number} has no 复核意见: `mediawatch notice appeal "
            f"{notice.number} {item} --result … --by … --reason …` gives it"
        )
    appeal, decision = given[-1], given[-1].decision
    await _refuse_untrue(app, notice, appeal.item, decision, events)
    before = _item_before(appeal.item, events, decision)
    if decision.action is NoticeAction.REJECTED and before:
        # What was withdrawn by then is not maintained.
        appeal = replace(appeal, item=before)
    # Imported here: `status` asks for open 复核 and writes no letter.
    from mediawatch.ops.settings.office import read_office
    from mediawatch.publish.reports.letters import letter_document
    from mediawatch.publish.reports.opinions import opinion_letter

    office = read_office(app.home.root)
    corrected = left_to_withdraw(appeal, events) is None
    letter = opinion_letter(appeal, office, corrected=corrected, marks=app.marks)
    return letter_document(letter, decision.at), appeal


def all_open_appeals(issues: Issues) -> list[Appeal]:
    """What waits for its 复核意见 in every notice, the first term first."""
    found = [each for notice in issues.notices for each in open_appeals(notice, issues.events)]
    return sorted(found, key=lambda each: (each.term or date.max, each.received_on))


async def _policy_days(app: App, notice: Notice) -> int:
    sweep = next(
        (each for each in await app.store.sweeps.all() if each.id == notice.sweep_id), None
    )
    policy = parse(sweep.policy_toml) if sweep else load(app.settings.sweep.policy)
    return policy.appeal.working_days


def _item_of(notice: Notice, number: int) -> NoticeItem:
    return next(each for each in notice.items if each.number == number)
