"""What becomes of a judgement when more is known.

Pure. What it holds against an account may fall by itself, never grow. A later reading, link, answer
or change of the registry takes a finding away, or makes it say less. What it would add stands
apart, until the inspection is judged as a whole. That happens by `mediawatch sweep judge`, or when
answers to it are imported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mediawatch.domain import Code, Effect, Finding, Judgement, Verdict
from mediawatch.rules.reviewed import bearing_findings

CHANGED = "已有新证据，结论改变。"
"""A note of a judgement that holds less against the account than the one before it."""
_KINDS = (
    (Code.ZOMBIE, Code.STALE_6M, Code.STALE_3M, Code.STALE_2W),
    (Code.RENAMED_UNREPORTED, Code.NAME_MISMATCH),
    (Code.NOT_FOUND, Code.CANCELLED_NOT_CLOSED, Code.BANNED),
)
"""Codes that say the same of an account, more or less of it."""
_KIND = {code: kind for kind in _KINDS for code in kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """`judgement` is what holds now.

    `added` are findings that only later knowledge makes: they stand apart.
    """

    judgement: Judgement
    added: tuple[Finding, ...] = ()


def revise(before: Judgement, now: Judgement) -> Revision:
    """What holds of an account that was judged `before`, and that would be judged as `now`."""
    kinds = {_kind(finding) for finding in before.findings}
    kept = tuple(finding for finding in now.findings if _kind(finding) in kinds)
    added = tuple(finding for finding in now.findings if finding not in kept)
    fell = kinds - {_kind(finding) for finding in kept}
    notes = now.notes if not fell or CHANGED in now.notes else (*now.notes, CHANGED)
    if not added:
        return Revision(judgement=replace(now, notes=notes))
    left = replace(now, verdict=_without(before, now, kept), findings=kept, notes=notes)
    otherwise = before.sentence if left.verdict is before.verdict else CHANGED
    return Revision(judgement=_with_sentence(left, otherwise), added=added)


def _with_sentence(left: Judgement, otherwise: str) -> Judgement:
    """The judgement with the sentence of the first finding that bears it, where one does."""
    borne = bearing_findings(left)
    return replace(left, sentence=borne[0].sentence if borne else otherwise)


def _without(before: Judgement, now: Judgement, kept: tuple[Finding, ...]) -> Verdict:
    """The verdict that what is kept bears, without what was added."""
    if any(finding.effect is Effect.FAILS for finding in kept):
        return Verdict.FAILED
    if before.verdict is Verdict.LISTED and bearing_findings(replace(before, findings=kept)):
        return Verdict.LISTED
    return now.otherwise or Verdict.UNPROVEN


_FRESH = (Verdict.FRESH, Verdict.DUE_SOON, Verdict.AT_LIMIT)
_CONTRADICTED = (*_KINDS[0], Code.EMPTY_ACCOUNT, Code.NOT_FOUND)
"""Codes that a post in the window refutes."""


def with_updates(before: Judgement, now: Judgement) -> Judgement:
    """`before`, where too little is kept to judge again.

    Only posts in the window that are known `now` change it.
    """
    kept = tuple(finding for finding in before.findings if finding.code not in _CONTRADICTED)
    if now.otherwise not in _FRESH or len(kept) == len(before.findings):
        return before
    verdict, notes = _without(before, now, kept), (*before.notes, CHANGED)
    left = replace(now, verdict=verdict, findings=kept, notes=notes)
    return _with_sentence(left, CHANGED)


def without_refuted(before: Judgement, looks: frozenset[int]) -> Judgement:
    """`before` without the findings that rest on one of these looks, which a repost refutes.

    Such a finding never fails an account: its verdict and sentence stay.
    """
    kept = tuple(each for each in before.findings if looks.isdisjoint(each.reading_ids))
    if len(kept) == len(before.findings):
        return before
    return replace(before, findings=kept, notes=(*before.notes, CHANGED))


def _kind(finding: Finding) -> object:
    return _KIND.get(finding.code, finding.code)
