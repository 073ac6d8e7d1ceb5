"""An office's Word template in the reading process, filled in by docxtpl.

Its tags are Jinja's, and Jinja is a language: in the sandbox a template reaches the words that it
is given and nothing else.
"""

from __future__ import annotations

import io
import re
import traceback
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from docx.opc.exceptions import PackageNotFoundError
from docx.opc.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from lxml import etree

from mediawatch.workbooks.column_widths import fit_columns
from mediawatch.workbooks.document_end import lay_out_end
from mediawatch.workbooks.document_properties import FORBIDDEN, sign_properties
from mediawatch.workbooks.faults import FileFault
from mediawatch.workbooks.ooxml import ZIP_DAMAGE, declares_type, require_sane_sizes
from mediawatch.workbooks.template_tags import (
    Tag,
    TagFault,
    check_line,
    checked_tags,
    refuse_tags,
)

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
_PARTS = {
    "document": "the text",
    "header": "a header",
    "footer": "a footer",
    "footnotes": "a footnote",
}
"""The parts that docxtpl fills in."""
_NEVER_FILLED = re.compile(r"/(?:endnotes\d*\.xml|diagrams/|charts/)")
"""Other parts whose text is printed."""
_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")
"""Those that docxtpl fills in."""
_PROPERTY_PLACE = "the properties of the document"
_OPENING = re.compile(r"\{[{%]")


class _Template(DocxTemplate):  # type: ignore[misc]
    """docxtpl, which tells where it was, and loses no words.

    It repairs markup that a template has broken, and loses words in doing so.
    """

    place = "the text"
    """The part of the document that is being filled in."""
    source = ""
    """Its XML. A line begins within each tag, so that Jinja's line numbers tell the tags apart."""
    tags: Mapping[str, Sequence[Tag]] = {}
    """The tags of each part, by the part's name, as they stood in the file."""
    here: Sequence[Tag] = ()
    """Those of the part that is being filled in."""

    def check(self) -> None:
        """Raise TagFault for the first slip in a tag, whatever part it stands in."""
        self.tags = {}
        main = self.docx.part
        for part in main.package.iter_parts():
            name = str(part.partname)
            if part is main:
                self.tags[name] = checked_tags(main.element.body, self.place)
            elif _is_filled(name):
                self.tags[name] = checked_tags(parse_xml(part.blob), _PARTS[_kind(name)])
            elif name.endswith(".xml") and _NEVER_FILLED.search(name):
                refuse_tags(parse_xml(part.blob), f"the part {name}")
        for name in _PROPERTIES:
            check_line(getattr(self.docx.core_properties, name), _PROPERTY_PLACE)

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> Any:
        name = str(part.partname)
        self.place = _PARTS.get(_kind(name), name)
        self.here = self.tags.get(name, ())
        src_xml = re.sub(r"\{[{%][-+]?", r"\g<0>\n", src_xml)
        self.source = re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml)
        return super().render_xml_part(src_xml, part, context, jinja_env)

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        self.place, self.here = _PROPERTY_PLACE, ()
        super().render_properties(context, jinja_env)

    def fix_tables(self, xml: str) -> Any:
        # A name with such a character must not cost the office its document.
        xml = FORBIDDEN.sub("", xml)
        self.here = ()
        etree.fromstring(xml.encode())
        return super().fix_tables(xml)

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
        # docxtpl moves the tags of a cell's width or colour, and makes others of them.
        if len(_OPENING.findall(self.source)) != len(self.here):
            return self.place
        before = "\n".join(self.source.split("\n")[: number - 1])
        count = len(_OPENING.findall(before))
        if not count:
            return self.place
        tag = self.here[count - 1]
        return tag.paragraph.place.named(tag.at)


def _kind(name: str) -> str:
    """What a part is, by its name: `document`, `header`, `footer` …"""
    return re.sub(r"\d+$", "", PurePosixPath(name).stem)


def _is_filled(name: str) -> bool:
    """Whether docxtpl fills a part in. Building blocks have parts of the same names."""
    return name.endswith(".xml") and _kind(name) in _PARTS and "/glossary/" not in name


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


def filled_document(file: BinaryIO, said: Mapping[str, Any]) -> tuple[bytes, list[str]]:
    """The .docx with the words of `said`, its parts dated `said["moment"]`; the words it lacks.

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
    try:
        document.check()
    except TagFault as fault:
        raise FileFault(f"{said['name']} cannot be filled in: {fault}") from None
    except _DAMAGE as error:
        raise FileFault(f"{said['name']} {_NO_DOCUMENT}") from error
    _render(document, said["name"], said["words"])
    fit_columns(document.docx, [(tuple(columns), rows) for columns, rows in said["tables"]])
    lay_out_end(document.docx)
    sign_properties(document.docx, said["words"], said["moment"])
    stream = io.BytesIO()
    document.save(stream)
    return _dated(stream.getvalue(), said["moment"]), _left_out(document, said["words"])


def _left_out(document: _Template, words: Mapping[str, Any]) -> list[str]:
    """The words of which something is not in the document, whatever the reason."""
    parts = [
        part
        for part in document.docx.part.package.iter_parts()
        if part is document.docx.part or _is_filled(str(part.partname))
    ]
    text = _squeezed("".join("".join(etree.fromstring(part.blob).itertext()) for part in parts))
    return [
        name
        for name, value in words.items()
        if any(_squeezed(each) not in text for each in _texts(value))
    ]


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", FORBIDDEN.sub("", text))


def _texts(value: Any) -> Iterator[str]:
    """The texts of a word. Of a table's rows the first and the last stand for all."""
    match value:
        case str():
            yield value
        case Mapping():
            for each in value.values():
                yield from _texts(each)
        case [[*_], *_]:
            for row in (value[0], value[-1]):
                yield from _texts(row)
        case list() | tuple():
            for each in value:
                yield from _texts(each)


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
