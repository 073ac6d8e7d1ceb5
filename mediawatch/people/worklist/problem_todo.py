"""Which accounts people are asked about for which kinds of problems (人工检查)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mediawatch.domain import (
    Account,
    Code,
    Reading,
    Sweep,
    SweepAccount,
    SweepKind,
    Verdict,
    standing_item,
)
from mediawatch.figures.filings import filings_of_one
from mediawatch.names import same_person
from mediawatch.people.forms.rowkey import Window
from mediawatch.people.repost_refutations import seen_reposts
from mediawatch.people.second_looks import is_drawn
from mediawatch.people.worklist.interaction_leads import interaction_lead
from mediawatch.people.worklist.todo import all_that_is_known, row_about
from mediawatch.ports import Dossier, Store
from mediawatch.registry.merge import follow_merges
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.problem_proofs import ProblemProof, ProblemState, problem_proofs, until_issue
from mediawatch.rules.problems import codes_of

_GONE = frozenset({Code.NOT_FOUND, Code.CANCELLED_NOT_CLOSED, Code.BANNED})
"""Of an account that cannot be seen nobody can say what it shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRequest:
    """What is to be looked for, and where, besides what waits for somebody in any case.

    `sample`: of so many accounts a kind, drawn by a hash of inspection, account and kind, so that
    the draw can be repeated; 0 for all.
    """

    kinds: tuple[Code, ...] = ()
    wants: Callable[[Account], bool] = lambda account: True
    sample: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)
    """Each surface's name for inspectors, for what pages show of 互动回应差."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemQuestion:
    """One row of the sheet 人工检查."""

    account: Account
    code: Code
    page: str
    """Link of the account's page, else of its newest article, else ""."""
    ids: tuple[str, ...]
    first: Reading | None = None
    """The look of the first person, where another one is to look."""
    lead: str = ""
    """What pages show, of 互动回应差; it proves nothing."""

    @property
    def not_by(self) -> str:
        """Who has looked already, where another person is to look."""
        return self.first.by if self.first else ""


async def problem_proofs_of(
    store: Store, judged: JudgedScope
) -> dict[int, tuple[ProblemProof, ...]]:
    """What people's looks prove of the accounts of an inspection; without looks no entry."""
    looks = await store.readings.problem_looks(judged.sweep.id)
    scope = {entry.account.id: entry.account for entry in judged.entries}
    numbers = [number for number in looks if number in scope]
    known = await all_that_is_known(store, numbers, judged.sweep)
    now = await store.accounts.current(numbers)
    issued = await store.notices.issued_at(judged.sweep.id)
    reposts = await seen_reposts(store, [scope[number] for number in numbers], looks, issued)
    found = {}
    for number in numbers:
        dossier = Dossier(
            filed=scope[number].filed,
            identity=now[number].identity,
            readings=tuple(known[number]),
            problem_looks=until_issue(looks[number], issued.get(number)),
            reposts=reposts.get(number, ()),
        )
        found[number] = problem_proofs(dossier, judged.sweep.as_of, judged.policy)
    return found


async def problem_questions(
    store: Store, judged: JudgedScope, request: ProblemRequest
) -> list[ProblemQuestion]:
    """The rows of the sheet, in the order of the judged scope.

    What one person found comes first to a second one, whatever was requested. So do the questions
    of a re-check, and whether an application can be used.
    """
    proofs = await problem_proofs_of(store, judged)
    due = await _due_again(store, judged.sweep)
    drawn = _draw(judged, request, proofs)
    asked = [
        (entry, code, proof)
        for entry in judged.entries
        if entry.account.filed.in_service and entry.judgement is not None
        for code in judged.policy.problem_kinds
        for proof in [_of(code, proofs.get(entry.account.id, ()))]
        if (proof is not None and proof.claims)
        or _is_drawn_again(entry, proof, judged)
        or (
            not _is_answered(proof)
            and (
                code in due.get(entry.account.id, ())
                or (entry.account.id, code) in drawn
                or (code is Code.UNUSABLE and is_question_of_use(entry))
            )
        )
    ]
    known = await all_that_is_known(
        store, list(dict.fromkeys(entry.account.id for entry, _, _ in asked)), judged.sweep
    )
    found = []
    for entry, code, proof in asked:
        row = row_about(entry, known[entry.account.id], judged.policy, judged.sweep.as_of)
        looked = proof.claims or (*proof.readings, *proof.absent) if proof else ()
        first = looked[0] if looked else None
        found.append(
            ProblemQuestion(
                account=row.account,
                code=code,
                page=row.page,
                ids=row.ids,
                first=first,
                lead=_lead(entry.account, code, known[entry.account.id], judged, request),
            )
        )
    return found


def _lead(
    account: Account,
    code: Code,
    readings: Sequence[Reading],
    judged: JudgedScope,
    request: ProblemRequest,
) -> str:
    """What pages showed of the account's interaction in the days that the inspection asks about."""
    if code is not Code.INTERACTION_POOR:
        return ""
    own = account_policy(judged.policy, account.filed)
    since = Window.asked_about(judged.sweep, own).start
    return interaction_lead(readings, account.filed, since, request.labels)


def is_question_of_use(entry: SweepAccount) -> bool:
    """Whether it is an application of which nothing is settled: people say whether it works."""
    return (
        entry.judgement is not None
        and entry.judgement.verdict is Verdict.OUT_OF_SCOPE
        and entry.account.filed.is_application
    )


def _is_drawn_again(entry: SweepAccount, proof: ProblemProof | None, judged: JudgedScope) -> bool:
    """Whether one person alone says that an application works, and the lot falls on it.

    The same share as of accounts that are sound by one person's 有.
    """
    return (
        proof is not None
        and proof.code is Code.UNUSABLE
        and proof.state is ProblemState.NONE
        and bool(proof.absent)
        and entry.account.filed.is_application
        and all(same_person(look.by, proof.absent[0].by) for look in proof.absent)
        and is_drawn(judged.sweep.id, entry.account.id, judged.policy.review.second_person_share)
    )


def _of(code: Code, proofs: Sequence[ProblemProof]) -> ProblemProof | None:
    return next((proof for proof in proofs if proof.code is code), None)


def _is_answered(proof: ProblemProof | None) -> bool:
    """Whether somebody looked and found nothing, or nobody's further look would settle it."""
    return proof is not None and (proof.state is not ProblemState.NONE or bool(proof.absent))


def _draw(
    judged: JudgedScope,
    request: ProblemRequest,
    proofs: Mapping[int, Collection[ProblemProof]],
) -> set[tuple[int, Code]]:
    """(account, kind) of what is requested. What was drawn before stays drawn.

    An account that is filed twice is asked about once.
    """
    running = [entry for entry in judged.entries if entry.account.filed.in_service]
    open_to_look = [
        group[0].account
        for group in filings_of_one(running)
        if request.wants(group[0].account) and not any(map(_is_gone, group))
    ]
    return {
        (number, code)
        for code in request.kinds
        for number in _first(
            request.sample,
            judged.sweep,
            code,
            # Of other accounts nobody asks whether they can be downloaded and used.
            [
                each
                for each in open_to_look
                if code is not Code.UNUSABLE or each.filed.is_application
            ],
        )
    }


def _first(count: int, sweep: Sweep, code: Code, accounts: Sequence[Account]) -> Iterator[int]:
    numbers = [account.id for account in accounts]
    if not count:
        yield from numbers
        return

    def place(number: int) -> bytes:
        return hashlib.sha256(f"{sweep.id}.{number}.{code.value}".encode()).digest()

    yield from sorted(numbers, key=place)[:count]


def _is_gone(entry: SweepAccount) -> bool:
    return entry.judgement is not None and any(
        finding.code in _GONE for finding in entry.judgement.findings
    )


async def _due_again(store: Store, sweep: Sweep) -> dict[int, set[Code]]:
    """By account the kinds that a re-check asks people about: those that its notice holds."""
    if sweep.kind is not SweepKind.RECHECK:
        return {}
    notices = await store.notices.all()
    notice = next(
        (each for each in notices if sweep.scope.startswith(f"recheck of {each.number}:")), None
    )
    if notice is None:
        return {}
    events = await store.notices.events(notice.id)
    accounts = follow_merges(await store.accounts.all(include_retired=True))
    due: dict[int, set[Code]] = {}
    for item in notice.items:
        stands = standing_item(item, events)
        if stands is None or item.account_id not in accounts:
            continue
        codes = {code for code in codes_of(stands) if code.found_by_people}
        due.setdefault(accounts[item.account_id].id, set()).update(codes)
    return due
