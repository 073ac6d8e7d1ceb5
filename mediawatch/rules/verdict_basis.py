"""What a verdict on one account rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mediawatch.domain.clock import day_of
from mediawatch.ports import Dossier
from mediawatch.rules.account_policy import AccountPolicy
from mediawatch.rules.name_proof import NameProof
from mediawatch.rules.presence import PresenceProof
from mediawatch.rules.proofs import FreshnessProof
from mediawatch.rules.verdicts import FiledStanding


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictBasis:
    """What is known of an account at a moment, how it is filed, and what a policy finds proved."""

    known: Dossier
    as_of: datetime
    policy: AccountPolicy
    how_filed: FiledStanding
    fresh: FreshnessProof
    there: PresenceProof
    named: NameProof

    @property
    def as_of_day(self) -> date:
        return day_of(self.as_of)

    @property
    def is_running(self) -> bool:
        """Whether it is filed as running normally: only then its updates and name are judged."""
        return self.how_filed is FiledStanding.RUNNING
