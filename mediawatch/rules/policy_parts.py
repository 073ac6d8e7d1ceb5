"""The parts of a policy that an exception of it (`[[for]]`) may change. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, PositiveInt

from mediawatch.domain import Code
from mediawatch.typesetting import typeset

PrintedText = Annotated[str, AfterValidator(typeset)]
"""Chinese as documents print it: policies that sweeps keep have narrow punctuation, too."""


class PolicyPart(BaseModel):
    """A table of a policy's TOML."""

    model_config = ConfigDict(frozen=True, extra="forbid")


NATIONAL_DAYS = 14
"""监测时间点前2周 (国办秘函〔2019〕19号, annex 1): of no other window may that document be quoted."""


class WindowRule(PolicyPart):
    days: PositiveInt
    edge: Literal["exceeds", "reaches"]
    due_soon_from: PositiveInt
    requirement: PrintedText = ""
    """What a place asks for (每周至少更新一次), where no document of its own is known for that."""

    def start(self, as_of_day: date) -> date:
        """The first day on which a post still counts.

        gap <= days, or gap < days where the edge is `reaches`.
        """
        return as_of_day - timedelta(days=self.days - (self.edge == "reaches"))


class Tier(PolicyPart):
    """A staleness tier. Without `months` it is the window's own tier."""

    code: Code
    months: PositiveInt | None = None
    edge: Literal["exceeds", "reaches"] = "exceeds"
