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
    last: HandedFile | None
    """The newest file of it, whatever came of it."""
    today: date

    @property
    def is_late(self) -> bool:
        """Whether what counts came in after its deadline, or is still missing then."""
        if self.deadline is None:
            return False
        day = day_of(self.standing.received_at) if self.standing else self.today
        return day > self.deadline

    @property
    def label(self) -> str:
        """已报送, 逾期报送, 已退回, 已撤回, 未报送, 逾期未报送."""
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
    today: date
