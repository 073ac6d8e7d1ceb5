"""Updates after as_of and before the notice. Pure.

They help no account, but what is printed of it must not deny them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

from mediawatch.domain import Code, Effect, Reading
from mediawatch.domain.clock import day_of
from mediawatch.ports import Dossier
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.rules.policy import Policy
from mediawatch.rules.post_lists import first_after
from mediawatch.rules.problem_proofs import ProblemProof
from mediawatch.rules.problems import SILENT
from mediawatch.rules.ties import keep_speaking


def with_later_updates(
    inspection: Inspection,
    readings: Mapping[int, Sequence[Reading]],
    proofs: Mapping[int, Sequence[ProblemProof]] = MappingProxyType({}),
) -> Inspection:
    """The inspection whose failed accounts know on which day they posted again.

    `readings`: by account, those from as_of on. Of a notice only what was read until its issue
    counts. `proofs`: what people's looks prove, which may show that a problem of theirs is gone.
    """
    return replace(
        inspection,
        problems=tuple(
            _with_update(
                problem,
                readings.get(problem.entry.account.id, ()),
                proofs.get(problem.entry.account.id, ()),
                inspection,
            )
            if problem.fails
            else problem
            for problem in inspection.problems
        ),
    )


def _with_update(
    problem: AccountProblem,
    readings: Sequence[Reading],
    proofs: Sequence[ProblemProof],
    inspection: Inspection,
) -> AccountProblem:
    notice = inspection.issued.notice if inspection.issued else None
    until = notice.issued_on if notice else None
    kept_at = notice.kept_at if notice else None
    known = Dossier(
        filed=problem.entry.account.filed,
        readings=tuple(each for each in readings if kept_at is None or each.read_at <= kept_at),
    )
    on = _first_update(known, inspection.sweep.as_of, until, inspection.policy)
    apart = inspection.policy.rectified_before_notice == "apart"
    gone = {proof.code for proof in proofs if proof.gone_on}
    return replace(problem, updated_on=on, rectified=apart and _is_put_right(problem, on, gone))


def _first_update(
    known: Dossier, as_of: datetime, until: date | None, policy: Policy
) -> date | None:
    return first_after(keep_speaking(known, as_of), day_of(as_of), until, policy)


def _is_put_right(problem: AccountProblem, on: date | None, gone: Collection[Code]) -> bool:
    """Whether all that fails the account is: a silence by a post, what people found by their look.

    A post puts no other problem right.
    """
    return all(
        on is not None if finding.code in SILENT else finding.code in gone
        for finding in problem.findings
        if finding.effect is Effect.FAILS
    )
