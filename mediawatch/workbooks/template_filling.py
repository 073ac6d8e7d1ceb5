"""An office's Word template in the reading process, filled in by docxtpl.

Its tags are Jinja's, and Jinja is a language: in the sandbox a template reaches the words that it
is given and nothing else.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from docxtpl import DocxTemplate
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from mediawatch.workbooks.column_widths import fit_columns
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.ooxml import declares_type, require_sane_sizes

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no place for."""


class _Template(DocxTemplate):  # type: ignore[misc]
    """docxtpl repairs markup that a template has broken, and loses words in doing so."""

    def fix_tables(self, xml: str) -> Any:
        # A name with such a character must not cost the office its document.
        xml = _FORBIDDEN.sub("", xml)
        etree.fromstring(xml.encode())
        return super().fix_tables(xml)


def filled_document(file: BinaryIO, said: Mapping[str, Any]) -> bytes:
    """The .docx with the words of `said`, its parts dated `said["moment"]`.

    Raises FileFault, and whatever a wrong template makes Jinja, docxtpl or python-docx raise.
    """
    with file:
        body = file.read()
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        require_sane_sizes(said["name"], package)
        for info in package.infolist():
            if info.filename.endswith((".xml", ".rels")) and declares_type(package.read(info)):
                raise FileFault(
                    f"{said['name']} has a document type ({info.filename} inside it), which no "
                    "Word document has"
                )
    document = _Template(io.BytesIO(body))
    # Names are hostile input: `&` and `<` must not become markup.
    environment = ImmutableSandboxedEnvironment(autoescape=True)
    document.render(said["words"], jinja_env=environment, autoescape=True)
    fit_columns(document.docx, [(tuple(columns), rows) for columns, rows in said["tables"]])
    stream = io.BytesIO()
    document.save(stream)
    return _dated(stream.getvalue(), said["moment"])


def _dated(body: bytes, moment: Sequence[int]) -> bytes:
    """The same parts, each with the given time: one state gives one document, byte for byte."""
    year, month, day, hour, minute, second = moment
    at = (year, month, day, hour, minute, second)
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(body)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, at), old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()
