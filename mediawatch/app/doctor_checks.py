"""One line of the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """One line for the operator; `remedy` where something is to be done."""

    level: Level
    name: str
    text: str
    remedy: str = ""


def check_of(
    good: bool, name: str, text: str, remedy: str, *, otherwise: Level = Level.FAIL
) -> DoctorCheck:
    return DoctorCheck(Level.OK, name, text) if good else DoctorCheck(otherwise, name, text, remedy)
