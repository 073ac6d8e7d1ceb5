"""Where every expected office of a round stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mediawatch.domain import HandedFile, HandedState, standing_files
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings.lower_offices import LowerOffice, LowerOffices


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeState:
    """Where one office stands in a round."""

    office: LowerOffice
    deadline: date | None
    standing: HandedFile | None
    """The file that counts."""
    came_in_time: bool
    """Whether a file of it stood when its deadline had passed, or what counts had been accepted
    before: a correction makes nobody late."""
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
        """Whether its first standing file came in after its deadline, or is still missing then."""
        return self.deadline is not None and self.today > self.deadline and not self.came_in_time

    @property
    def is_not_due(self) -> bool:
        """Whether it is missing, and its own deadline has not come."""
        return self.standing is None and self.deadline is not None and self.today <= self.deadline

    @property
    def label(self) -> str:
        """已报送, 逾期报送, 须重报, 未报送, 逾期未报送; of what was sent back or withdrawn that, too."""
        if self.misfit:
            return "须重报"
        if self.standing is not None:
            return "逾期报送" if self.is_late else "已报送"
        sent = self.last.state.label if self.last is not None else ""
        if self.is_late:
            return f"逾期未报送（{sent}）" if sent else "逾期未报送"
        return sent or "未报送"

    @property
    def is_owing(self) -> bool:
        """Whether nothing of it counts."""
        return bool(self.misfit) or self.standing is None


def came_in_time(files: Sequence[HandedFile], office: str, deadline: date | None) -> bool:
    """Whether a file of the office stood at the end of its deadline.

    One that had been accepted by then, and was taken again after it had been withdrawn, did not
    come late either. `files`: of the round, in the order of their ids.
    """
    own = [each for each in files if each.office == office]
    early = [each for each in own if deadline is None or day_of(each.received_at) <= deadline]
    if office in standing_files(early):
        return True
    standing = standing_files(own).get(office)
    return standing is not None and any(
        each.state is HandedState.ACCEPTED and each.sha256 == standing.sha256 for each in early
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundState:
    """Where a round stands: every expected office, and refused files of nobody."""

    offices: LowerOffices
    states: tuple[OfficeState, ...]
    unknown: tuple[HandedFile, ...]
    unlisted: tuple[HandedFile, ...]
    """Accepted files of offices that `offices.toml` no longer names: nothing counts them."""
    today: date
