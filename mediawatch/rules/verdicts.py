"""The table that gives a verdict: filed standing by presence by freshness. Pure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from itertools import product

from mediawatch.domain import Code, FiledStatus, Filing, Verdict
from mediawatch.rules.policy import Policy
from mediawatch.workdays import term_ends


class FiledStanding(StrEnum):
    """How the registry holds the account at as_of."""

    RUNNING = "running"
    EXEMPT = "exempt"
    CLOSING = "closing"
    CLOSED = "closed"


class Presence(StrEnum):
    """What is proved of the account's being there."""

    SEEN = "seen"
    EMPTY = "empty"
    EMPTY_NEW = "empty_new"
    """No posts, but opened too lately (or on an unknown day) for that to fail."""
    NOT_FOUND = "not_found"
    CANCELLED = "cancelled"
    BANNED = "banned"
    UNKNOWN = "unknown"


class Freshness(StrEnum):
    """What is proved of its updates."""

    FRESH = "fresh"
    DUE_SOON = "due_soon"
    AT_LIMIT = "at_limit"
    STALE = "stale"
    AFTER_ONLY = "after_only"
    """Posts after as_of only, and none for the whole window before it."""
    UNKNOWN = "unknown"


def filed_standing(filed: Filing, as_of_day: date, policy: Policy) -> FiledStanding:
    """已关停/已注销 are closed; exempt until its day; 申请关停 within the closing time.

    Everything else runs, an overdue closing too. So does closing without a filed day, which could
    go on for ever.
    """
    if filed.status in (FiledStatus.CLOSED, FiledStatus.DEREGISTERED):
        return FiledStanding.CLOSED
    if filed.exempt_reason and (filed.exempt_until is None or filed.exempt_until >= as_of_day):
        return FiledStanding.EXEMPT
    since = (
        filed.closing_requested_on
        if filed.status is FiledStatus.CLOSING and not policy.closing.judged
        else None
    )
    if since is not None and as_of_day <= term_ends(since, policy.closing.working_days):
        return FiledStanding.CLOSING
    return FiledStanding.RUNNING


_GONE = {
    Presence.NOT_FOUND: Code.NOT_FOUND,
    Presence.CANCELLED: Code.CANCELLED_NOT_CLOSED,
    Presence.BANNED: Code.BANNED,
}


_BY_FRESHNESS = {
    Freshness.FRESH: Verdict.FRESH,
    Freshness.DUE_SOON: Verdict.DUE_SOON,
    Freshness.AT_LIMIT: Verdict.AT_LIMIT,
    Freshness.STALE: Verdict.FAILED,
    Freshness.AFTER_ONLY: Verdict.LISTED,
    Freshness.UNKNOWN: Verdict.UNPROVEN,
}


def _cell(
    standing: FiledStanding, presence: Presence, freshness: Freshness
) -> tuple[Verdict, Code | None]:
    if standing in (FiledStanding.EXEMPT, FiledStanding.CLOSING):
        return Verdict.LISTED, None
    if standing is FiledStanding.CLOSED:
        if presence in _GONE:
            return Verdict.LISTED, None
        alive = presence is not Presence.UNKNOWN or freshness is not Freshness.UNKNOWN
        return (Verdict.LISTED, Code.CLOSED_BUT_ALIVE) if alive else (Verdict.UNPROVEN, None)
    if presence in _GONE:
        return Verdict.FAILED, _GONE[presence]
    if freshness is Freshness.UNKNOWN and presence in (Presence.EMPTY, Presence.EMPTY_NEW):
        return (
            Verdict.FAILED if presence is Presence.EMPTY else Verdict.LISTED
        ), Code.EMPTY_ACCOUNT
    return _BY_FRESHNESS[freshness], None


VERDICTS: dict[tuple[FiledStanding, Presence, Freshness], tuple[Verdict, Code | None]] = {
    cell: _cell(*cell) for cell in product(FiledStanding, Presence, Freshness)
}
"""Total: every combination has a verdict, and the code that carries it.

A stale one's tier is the policy's `tier_of`. `failed` here means "fails where the policy lets the
code fail, else is listed".
"""
