"""Word templates, filled in by the reading process: a template is a program of others."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from mediawatch.domain import UserError
from mediawatch.domain.clock import beijing
from mediawatch.inputs import InputFault, open_regular
from mediawatch.workbooks.faults import refuse_as
from mediawatch.workbooks.process import READING

_MOST_BYTES = 32 * 2**20
_REMEDY = "`mediawatch report template` writes one that works"


def fill_in(
    template: Path | bytes,
    words: Mapping[str, object],
    tables: Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]],
    at: datetime,
) -> bytes:
    """The .docx of a template (a file, or the bytes of our own) with plain words.

    `tables`: the (headings, rows) whose columns get their widths; `at` is the date of its parts.
    UserError, which names the template, where it cannot be filled in. The log warns of words of
    which the document lacks something.
    """
    name = str(template) if isinstance(template, Path) else "the template"
    said = {
        "name": name,
        "words": words,
        "tables": tables,
        "moment": beijing(at).timetuple()[:6],
    }
    descriptor = _descriptor(template)
    try:
        with refuse_as(
            lambda sentence: UserError(f"{sentence}; {_REMEDY}"),
            lambda failure: f"{name} cannot be filled in ({failure})",
        ):
            body, left_out = READING.ask("template", said, descriptor)
    finally:
        os.close(descriptor)
    if not isinstance(body, bytes):
        raise UserError(f"{name} cannot be filled in; {_REMEDY}")
    if left_out:
        _warn(name, left_out)
    return body


def _warn(name: str, left_out: Sequence[str]) -> None:
    # An office may leave words out on purpose, or by a condition that ends too late.
    from mediawatch.log import get_logger

    get_logger(__name__).warning(
        "the template leaves words out, wholly or in part",
        template=name,
        words=", ".join(left_out),
    )


def _descriptor(template: Path | bytes) -> int:
    if isinstance(template, Path):
        try:
            return open_regular(template, _MOST_BYTES)
        except InputFault as fault:
            raise UserError(f"{fault}; {_REMEDY}") from None
    descriptor, name = tempfile.mkstemp(suffix=".docx")
    with suppress(FileNotFoundError):
        os.unlink(name)
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(template)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
