"""An office's Word template in the reading process, filled in by docxtpl.

Its tags are Jinja's, and Jinja is a language: in the sandbox a template reaches the words that it
is given and nothing else.
"""

from __future__ import annotations

import io
import re
import traceback
import zipfile
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from html import unescape
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from lxml import etree

from mediawatch.workbooks.column_widths import fit_columns
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.ooxml import ZIP_DAMAGE, declares_type, require_sane_sizes

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML has no place for."""


_LIST = 'The words are listed in docs/documents.md under "The Word template"'
_NO_DOCUMENT = "is no Word document: open it in Word or WPS and save it as .docx"
_DAMAGE = (*ZIP_DAMAGE, PackageNotFoundError, etree.XMLSyntaxError)
_MISUSE = (
    TemplateError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    RecursionError,
)
"""What a faulty tag can raise, besides what breaks the markup."""
_SHOWN = 60
_PARTS = {
    "document": "the text",
    "header": "a header",
    "footer": "a footer",
    "footnotes": "a footnote",
}


class _Template(DocxTemplate):  # type: ignore[misc]
    """docxtpl, which tells where it was, and loses no words.

    It repairs markup that a template has broken, and loses words in doing so.
    """

    place = "the text"
    """The part of the document that is being filled in."""
    source = ""
    """Its XML, a line for each paragraph, as the template's line numbers count them."""

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> Any:
        name = re.sub(r"\d+$", "", PurePosixPath(part.partname).stem)
        self.place = _PARTS.get(name, name)
        self.source = re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml)
        return super().render_xml_part(src_xml, part, context, jinja_env)

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        self.place, self.source = "the properties of the document", ""
        super().render_properties(context, jinja_env)

    def render_footnotes(self, context: Any, jinja_env: Any = None) -> None:
        self.place, self.source = "a footnote", ""
        super().render_footnotes(context, jinja_env)

    def fix_tables(self, xml: str) -> Any:
        # A name with such a character must not cost the office its document.
        xml = _FORBIDDEN.sub("", xml)
        self.source = ""
        etree.fromstring(xml.encode())
        return super().fix_tables(xml)

    def is_open(self, error: TemplateSyntaxError) -> bool:
        """Whether a tag in the paragraph of an error has no end."""
        line = self.source.split("\n")[error.lineno - 1 :][:1]
        return any(
            text.count("{{") > text.count("}}") or text.count("{%") > text.count("%}")
            for text in line
        )

    def spot(self, error: Exception) -> str:
        """Where an error arose: the part, whether in a table or a text box, and the words there."""
        number = getattr(error, "lineno", None) or max(
            (
                frame.lineno or 0
                for frame in traceback.extract_tb(error.__traceback__)
                if frame.filename == "<template>"
            ),
            default=0,
        )
        lines = self.source.split("\n")
        if not 0 < number <= len(lines):
            return self.place
        before = "\n".join(lines[: number - 1])
        inside = [
            words
            for words, tag in (("a table of ", "w:tbl"), ("a text box of ", "w:txbxContent"))
            if before.count(f"<{tag}>") > before.count(f"</{tag}>")
        ]
        shown = " ".join(unescape(re.sub("<[^>]*>", " ", lines[number - 1])).split())
        shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
        return f"{''.join(inside[-1:])}{self.place}" + (f', at "{shown}"' if shown else "")


def _unknown_word(known: Collection[str]) -> type[StrictUndefined]:
    """What a template gets for a word that it is not given: using it is an error that names it."""

    class UnknownWord(StrictUndefined):
        @property
        def _undefined_message(self) -> str:
            if self._undefined_hint:
                return str(self._undefined_hint)
            owner, name = self._undefined_obj, self._undefined_name
            if isinstance(name, int):
                return f"the list has no item {name}"
            words = known if owner is missing else owner if isinstance(owner, Mapping) else ()
            near = get_close_matches(str(name), words, 3, 0.5)
            all_of_them = f" (there are: {', '.join(words)})" if words else ""
            others = f" (nearest: {', '.join(near)})" if near else all_of_them
            return f"no word is called {name}{others}. {_LIST}"

    return UnknownWord


def filled_document(file: BinaryIO, said: Mapping[str, Any]) -> bytes:
    """The .docx with the words of `said`, its parts dated `said["moment"]`.

    Raises FileFault, and whatever a wrong template makes Jinja, docxtpl or python-docx raise.
    """
    with file:
        body = file.read()
    _require_document(said["name"], body)
    document = _Template(io.BytesIO(body))
    try:
        document.init_docx()
    except (*_DAMAGE, AttributeError) as error:
        raise FileFault(f"{said['name']} {_NO_DOCUMENT}") from error
    _render(document, said["name"], said["words"])
    fit_columns(document.docx, [(tuple(columns), rows) for columns, rows in said["tables"]])
    stream = io.BytesIO()
    document.save(stream)
    return _dated(stream.getvalue(), said["moment"])


def _require_document(name: str, body: bytes) -> None:
    """Raise FileFault for what is damaged, protected, no package, or declares entities."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
    except _DAMAGE as error:
        raise FileFault(f"{name} {_NO_DOCUMENT}") from error
    with archive as package:
        if any(info.flag_bits & 1 for info in package.infolist()):
            raise FileFault(f"{name} is protected by a password: remove it and save it again")
        require_sane_sizes(name, package)
        for info in package.infolist():
            try:
                declares = declares_type(package.read(info))
            except ZIP_DAMAGE as error:
                raise FileFault(
                    f"{name} is damaged ({info.filename} inside it): copy or save it again"
                ) from error
            if declares and info.filename.endswith((".xml", ".rels")):
                raise FileFault(
                    f"{name} has a document type ({info.filename} inside it), which no Word "
                    "document has"
                )


def _render(document: _Template, name: str, words: Mapping[str, Any]) -> None:
    # Names are hostile input: `&` and `<` must not become markup.
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=_unknown_word(words))
    # Jinja's own words (range, cycler, namespace …) are none of ours.
    environment.globals.clear()
    try:
        document.render(words, jinja_env=environment, autoescape=True)
    except etree.XMLSyntaxError as error:
        raise FileFault(
            f"{name} cannot be filled in: its tags break the markup of {document.place} "
            f"({error.msg})"
        ) from error
    except _MISUSE as error:
        said = " ".join(str(error).split()).rstrip(".")[:500] or type(error).__name__
        if isinstance(error, TemplateSyntaxError) and document.is_open(error):
            said = "a tag is not closed: {{ needs }}, and {% needs %}"
        raise FileFault(f"{name} cannot be filled in: in {document.spot(error)}: {said}") from error


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
