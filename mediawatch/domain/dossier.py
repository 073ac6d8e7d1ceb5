"""What an account is judged by."""

from __future__ import annotations

from dataclasses import dataclass

from mediawatch.domain import CanaryCheck, FiledIdentity, Filing, Reading, SeenRepost


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that is known of one account when it is judged.

    That is the filed values of the sweep, and every reading ever kept.
    """

    filed: Filing
    identity: FiledIdentity | None = None
    """Who the account is now, where the registry changed since; None: as `filed` says."""
    readings: tuple[Reading, ...] = ()
    supported: bool = True
    """Whether the platform has a scraper; without one only a person can settle the account."""
    checks: tuple[CanaryCheck, ...] = ()
    """Checks of canaries (对照账号) on the platform's surfaces, oldest first."""
    others_names: frozenset[str] = frozenset()
    """Names (folded) under which other accounts of the platform are filed, of those that pages of
    this one's id bear (`rules.filed_names`)."""
    problem_looks: tuple[Reading, ...] = ()
    """人工检查: what people of this inspection said of problems that no list shows, oldest first."""
    reposts: tuple[SeenRepost, ...] = ()
    """What speaks against those of them that say 重要信息未转载."""
    paused: tuple[str, ...] = ()
    """Sources (`label:why`, in Chinese) that could not be asked for the account in this sweep."""
