"""Findings as the hand-off has them: as filed, by what rule, on which looks and which evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from mediawatch.domain import (
    Account,
    CanaryCheck,
    DateKind,
    Filing,
    Finding,
    Reading,
    Sight,
    UserError,
)
from mediawatch.domain.clock import beijing
from mediawatch.publish.handoff.finding_parts import (
    AccountAsFiled,
    Canary,
    EvidenceOut,
    FindingOut,
    LatestPost,
    SightOut,
)
from mediawatch.rules import backing

_CANARY: Mapping[backing.Backing, Canary] = {
    backing.Backing.CHECKED: "checked", backing.Backing.UNCHECKED: "unchecked", backing.Backing.WITHDRAWN: "unchecked",
    backing.Backing.PERSON: "person",
}  # fmt: skip


def finding_out(
    account: Account,
    finding: Finding,
    readings: Sequence[Reading],
    checks: Sequence[CanaryCheck],
    *,
    times: int,
    leading: bool,
) -> FindingOut:
    """One finding of the hand-off; `times`: consecutive notices with it, including this one.

    `leading`: whether the account is counted by it.

    UserError where no evidence shows what was seen.
    """
    proving = [reading for reading in readings if reading.id in finding.reading_ids]
    evidence = [item for reading in proving for item in reading.evidence]
    if not evidence:
        raise UserError(
            f"account {account.id} ({account.filed.name}): finding {finding.code.value} has "
            "no evidence; look at it again"
        )
    newest = proving[-1]
    main = newest.exact_sight or newest.identity or newest.sights[-1]
    return FindingOut(
        account=as_filed(account.filed),
        code=finding.code.value,
        label=finding.label,
        leading=leading,
        effect=finding.effect.value,
        found_by="person" if finding.code.found_by_people else "machine",
        words=finding.words,
        points=finding.points,
        link=_link(proving) if finding.code.found_by_people else "",
        sentence=finding.sentence,
        gap_days=finding.gap_days,
        gap_is_minimum=finding.gap_is_minimum,
        gap_since=finding.gap_since,
        latest_post=_latest(finding, proving),
        name_seen=finding.name_seen,
        matched_by=matched.value if (matched := newest.matched_by or main.matched_by) else None,
        surface=main.surface,
        read_at=beijing(newest.read_at),
        sights=[_sight(reading, sight) for reading in proving for sight in reading.sights],
        evidence=[
            EvidenceOut(
                path=f"evidence/{item.path}",
                sha256=item.sha256,
                kind=item.kind.value,
                media_type=item.media_type,
                taken_at=beijing(item.taken_at),
                url=item.url,
            )
            for item in evidence
        ],
        attested=backing.attestation_of(finding, readings).value,
        canary=_CANARY[backing.backing_of(finding, account.filed, readings, checks)],
        review_state=finding.review.value,
        times=times,
    )


def _link(proving: Sequence[Reading]) -> str:
    """The newest page that a person names."""
    urls = [sight.url for reading in proving for sight in reading.sights if sight.url]
    return urls[-1] if urls else ""


def _latest(finding: Finding, proving: Sequence[Reading]) -> LatestPost | None:
    if finding.latest_on is None or finding.gap_is_minimum:
        return None
    instants = [
        post.at
        for reading in proving
        for post in reading.posts
        if post.on == finding.latest_on and post.at
    ]
    exact = any(reading.exact_sight for reading in proving)
    kind: Literal["exact", "at_least"] = DateKind.EXACT.value if exact else DateKind.AT_LEAST.value
    return LatestPost(
        on=finding.latest_on, date_kind=kind, at=beijing(max(instants)) if instants else None
    )


def _sight(reading: Reading, sight: Sight) -> SightOut:
    return SightOut(
        look=reading.look.value,
        surface=sight.surface,
        attested=sight.attested.value,
        outcome="" if reading.problem else sight.outcome.value,
        read_at=beijing(sight.read_at),
        name=sight.name,
        matched_by=sight.matched_by.value if sight.matched_by else None,
        control=sight.control,
        by=reading.by,
        answer=reading.problem.answer.value if reading.problem else "",
        url=sight.url if reading.problem else "",
    )


def as_filed(filed: Filing) -> AccountAsFiled:
    return AccountAsFiled(
        filing_number=filed.filing_number,
        name=filed.name,
        type=filed.type,
        platform=filed.platform,
        organiser=filed.organiser,
        supervisor=filed.supervisor,
        prefecture=filed.prefecture,
        county=filed.county,
        township=filed.township,
        level=filed.level,
        body_kind=filed.body_kind,
        function_kind=filed.function_kind,
        status=filed.status.value,
        platform_id=filed.platform_id,
        original_id=filed.original_id,
    )
