"""Where every expected office of a round stands. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mediawatch.domain import HandedFile
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings.lower_offices import LowerOffice, LowerOffices


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeState:
    """Where one office stands in a round."""

    office: LowerOffice
    deadline: date | None
    standing: HandedFile | None
    """The file that counts."""
    first: HandedFile | None
    """The first file of it that was accepted in the round: a correction makes nobody late."""
    last: HandedFile | None
    """The newest file of it, whatever came of it."""
    today: date
    misfit: str = ""
    """Why what counts no longer fits the round, in Chinese; "" where it does."""

    unexplained: str = ""
    """What our own offices.toml leaves unsaid of what counts, in Chinese: no fault of the office."""
    key_remark: str = ""
    """What to mind of the key that signed what counts, in Chinese; "" where it is listed."""

    @property
    def is_late(self) -> bool:
        """Whether its first sound file came in after its deadline, or is still missing then."""
        if self.deadline is None:
            return False
        day = day_of(self.first.received_at) if self.first else self.today
        return day > self.deadline

    @property
    def is_not_due(self) -> bool:
        """Whether it is missing, and its own deadline has not come."""
        return self.standing is None and self.deadline is not None and self.today <= self.deadline

    @property
    def label(self) -> str:
        """已报送, 逾期报送, 须重报, 已退回, 已撤回, 未报送, 逾期未报送."""
        if self.misfit:
            return "须重报"
        if self.standing is not None:
            return "逾期报送" if self.is_late else "已报送"
        if self.last is not None:
            return self.last.state.label
        return "逾期未报送" if self.is_late else "未报送"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundState:
    """Where a round stands: every expected office, and refused files of nobody."""

    offices: LowerOffices
    states: tuple[OfficeState, ...]
    unknown: tuple[HandedFile, ...]
    unlisted: tuple[HandedFile, ...]
    """Accepted files of offices that `offices.toml` no longer names: nothing counts them."""
    today: date
