"""Checks of canaries and events of logins, as rows and back."""

from __future__ import annotations

from dataclasses import fields

from db.types import AnyRow, Values, fields_of
from mediawatch.domain import CanaryCheck, SessionEvent

_CHECK = tuple(field.name for field in fields(CanaryCheck))
_EVENT = tuple(field.name for field in fields(SessionEvent))


def check_values(check: CanaryCheck) -> Values:
    return fields_of(check, _CHECK)


def check_of(row: AnyRow) -> CanaryCheck:
    return CanaryCheck(**fields_of(row, _CHECK))


def session_event_values(event: SessionEvent) -> Values:
    return fields_of(event, _EVENT)


def session_event_of(row: AnyRow) -> SessionEvent:
    return SessionEvent(**fields_of(row, _EVENT))
