"""An answer beside those that were given before: repeated, or with the same picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from unicodedata import normalize

from mediawatch.domain import (
    LookKind,
    Reading,
    Sight,
)
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.read import WorklistRow
from mediawatch.people.worklist.answers import SHARED_WORDS, UNTIMED, parts_of
from mediawatch.registry.problems import RowProblem


def with_shared_picture(
    row: WorklistRow, given: Reading, others: Sequence[str]
) -> Reading | tuple[RowProblem, ...]:
    """The answer with a mark for the reviewer that its picture serves other accounts.

    Refused unless the row says so itself.
    """
    (sight,) = given.sights
    if not sight.captures:
        return given
    if SHARED_WORDS not in row.text(Column.REMARK):
        return (row.problem(Column.SHOT, refuse_shared(others)),)
    shown = "，".join(parts_of(_some_of(others)))
    marked = f"{sight.detail}；截图同时用于{shown}，请核对"
    return replace(given, sights=(replace(sight, detail=marked),))


def refuse_shared(others: Sequence[str]) -> str:
    """Why a picture is refused that was handed in for these accounts before."""
    return (
        f"同一张截图已用于{_some_of(others)}：请附本账号的截图；一张截图确实显示多个账号的，在“备注”"
        f"中写明“截图含{SHARED_WORDS}”"
    )


def _some_of(names: Sequence[str]) -> str:
    return "、".join(f"“{name}”" for name in names[:3]) + ("等" if len(names) > 3 else "")


def short_answer(reading: Reading) -> str:
    """What a person answered, in short."""
    parts = [
        part
        for part in parts_of(reading.sights[0].detail)
        if part and not part.endswith((":", "：", "未填", "正常"))
    ]
    return "，".join(parts)


def repeats(given: Reading, old: Reading) -> bool:
    """The same look again: same person, sweep and words, and the same time.

    An untimed answer got the time of its import. Office suites compress pictures anew when they
    save, so other bytes are no other look. A first picture is another look.
    """
    if old.look is not LookKind.PERSON or (old.by, old.sweep_id) != (given.by, given.sweep_id):
        return False
    new_sight, old_sight = given.sights[0], old.sights[0]
    same_time = UNTIMED in new_sight.detail or old.read_at == given.read_at
    return (
        same_time
        and _words(new_sight) == _words(old_sight)
        and bool(old_sight.evidence or not new_sight.captures)
    )


def _words(sight: Sight) -> str:
    """What was answered, without what we remarked on it, whatever the width of its marks."""
    parts = (part for part in parts_of(sight.detail) if not part.startswith("截图同时用于"))
    return normalize("NFKC", "，".join(parts))
