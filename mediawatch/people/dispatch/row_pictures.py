"""The picture of a row that goes down to a unit: which one, its caption, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mediawatch.domain import Evidence, EvidenceFault, Reading
from mediawatch.domain.clock import minute
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.people.dispatch.sheet import DispatchColumn, texts_of
from mediawatch.people.forms.columns import Cell
from mediawatch.workbooks.images import EMBEDDED, dimensions, media_type

_MAX_PIXELS = 64_000_000
"""Decoded, more would fill the receiver's memory: a few bytes can hold any number of them."""
_MAX_PICTURE = 3_000_000
"""Bytes of a picture that still goes into the file: a unit gets it by mail."""


def best_picture(
    pictures: Sequence[Evidence], folder: EvidenceFolder, faults: Mapping[str, EvidenceFault]
) -> tuple[Evidence | None, bytes]:
    """The best picture that is still what was kept and that a program can show, with its bytes."""
    for item in pictures:
        if item.size <= _MAX_PICTURE and item.path not in faults:
            body = folder.read(item)
            width, height = dimensions(body)
            if media_type(body) in EMBEDDED and width * height <= _MAX_PIXELS:
                return item, body
    return None, b""


def fault_words(readings: Iterable[Reading], faults: Mapping[str, EvidenceFault]) -> str:
    """What is wrong with the row's evidence; "" where nothing is."""
    items = [item.path for reading in readings for item in reading.evidence]
    wrong = {faults[path] for path in items if path in faults}
    marks = "、".join(fault.label for fault in EvidenceFault if fault in wrong)
    return f"（{marks}）" if marks else ""


def caption_of(cells: Mapping[DispatchColumn, Cell], shown: Evidence) -> str:
    """Whose picture it is, of which suspicion, and when it was taken."""
    name, kind, organiser, problem = texts_of(
        cells,
        (
            DispatchColumn.NAME,
            DispatchColumn.TYPE,
            DispatchColumn.ORGANISER,
            DispatchColumn.PROBLEM,
        ),
    )
    unit = f"，{organiser}" if organiser else ""
    return f"“{name}”（{kind}{unit}）　疑似问题：{problem}　截图时间：{minute(shown.taken_at)}"
