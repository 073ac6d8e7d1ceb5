"""Paces as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from mediawatch.domain import Pace


def pace_values(pace: Pace) -> dict[str, Any]:
    return {
        "every": pace.every,
        "jitter": pace.jitter,
        "per_hour": pace.per_hour,
        "per_day": pace.per_day,
        "quiet": [each.isoformat() for each in pace.quiet or ()],
    }


def pace_of(values: Mapping[str, Any]) -> Pace:
    begins_ends = [time.fromisoformat(each) for each in values["quiet"]]
    quiet = (begins_ends[0], begins_ends[1]) if begins_ends else None
    return Pace(**{**values, "quiet": quiet})
