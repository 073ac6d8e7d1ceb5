"""What a sweep shows once its findings were reviewed.

Pure. That is the verdict, the sentence and the findings that may leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mediawatch.domain import (
    ALL_DISMISSED,
    DECIDED,
    Effect,
    Finding,
    Judgement,
    ReviewEvent,
    ReviewState,
    SweepAccount,
    Verdict,
    review_standing,
)


def with_reviews(judgement: Judgement, events: Sequence[ReviewEvent]) -> Judgement:
    """A judgement whose findings bear what the account's events come to, oldest first."""
    findings = []
    for finding in judgement.findings:
        found = review_standing((event for event in events if event.code is finding.code), finding)
        findings.append(replace(finding, review=found.state, excuse=found.excuse))
    return replace(judgement, findings=tuple(findings))


def count_unreviewed(scope: Iterable[SweepAccount]) -> int:
    """How many findings of a sweep are undecided; hints need no decision."""
    return sum(
        finding.review not in DECIDED and finding.effect is not Effect.HINT
        for entry in scope
        if entry.judgement
        for finding in entry.judgement.findings
    )


def bearing_findings(judged: Judgement) -> tuple[Finding, ...]:
    """The findings without which a judgement would have another verdict.

    Of 不合格 those that fail the account. Of 其他需关注情形 what the platform shows; what people
    found besides (人工检查) makes an account no case of its own, unless nothing else was to be seen
    of it.
    """
    if judged.verdict is Verdict.FAILED:
        return tuple(each for each in judged.findings if each.effect is Effect.FAILS)
    if judged.verdict is Verdict.LISTED:
        alone = judged.otherwise is Verdict.OUT_OF_SCOPE
        return tuple(each for each in judged.findings if alone or not each.code.found_by_people)
    return ()


def as_reviewed(entry: SweepAccount, *, include_open: bool) -> SweepAccount:
    """The entry with the findings that may leave, and the verdict and sentence that follow.

    Every document and figure is made of it. The report queries define it again, in
    db/reports/parts/reviewed.sql.

    An undecided finding leaves its account open. Where all were dismissed, the account is judged
    without them: by its updates alone, or as a case of its own where it was excused.
    """
    judged = entry.judgement
    if judged is None or not judged.findings:
        return entry
    printable = {
        ReviewState.CONFIRMED,
        *((ReviewState.OPEN, ReviewState.DISPATCHED) if include_open else ()),
    }
    kept = tuple(finding for finding in judged.findings if finding.review in printable)
    verdict, sentence = judged.verdict, judged.sentence
    if bears := bearing_findings(judged):
        if standing := [finding for finding in bears if finding in kept]:
            sentence = standing[0].sentence
        else:
            waits = any(finding.review is not ReviewState.DISMISSED for finding in bears)
            excused = any(finding.excuse for finding in bears)
            sentence = "疑似问题待审核。" if waits else ALL_DISMISSED
            if waits:
                verdict = Verdict.UNPROVEN if verdict is Verdict.FAILED else Verdict.LISTED
            else:
                verdict = Verdict.LISTED if excused else judged.otherwise or Verdict.UNPROVEN
    return replace(
        entry, judgement=replace(judged, verdict=verdict, sentence=sentence, findings=kept)
    )
