"""The tags of a Word template, checked in each paragraph before docxtpl joins anything.

docxtpl looks for the end of a tag beyond its paragraph, and takes what lies between away. A brace
that begins no tag is printed. So every slip is refused here, with its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from mediawatch.workbooks.template_text import (
    TemplateParagraph,
    TemplatePlace,
    holds_more_than_text,
    lone_text,
    paragraphs,
)

_MARK = re.compile(r"\{\{|\{%|\{#|\}\}|%\}|#\}")
_END = {"{{": "}}", "{%": "%}", "{#": "#}"}
_ESCAPED = re.compile(r"\{_\{|\}_\}|\{_%|%_\}")
"""docxtpl's way to print braces."""
_TAG = "\ufffc"
"""What stands for a tag where only the text around it is read."""
_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff]*")
_MEANT = re.compile(f"[A-Za-z_%#{{}}{_TAG}]")
"""What a single brace has on its inside where a tag may be meant."""
_CARRIER = re.compile(r"(p|r|tr|tc) (.*)", re.DOTALL)
_CARRIERS = {"p": ("w:p", "paragraph"), "tr": ("w:tr", "table row"), "tc": ("w:tc", "table cell")}
_WORD = re.compile(r"\s*([A-Za-z_]\w*)")
_BLOCKS = frozenset(("if", "for", "set", "macro", "call", "filter", "with", "autoescape", "block"))
_MIDDLE = {"else": ("if", "for"), "elif": ("if",)}
_CELL_TAGS = frozenset(("colspan", "cellbg", "vm", "hm"))
"""docxtpl's own tags."""
_BARRED = frozenset(("include", "import", "from", "extends", "raw"))
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_JINJA = ImmutableSandboxedEnvironment(autoescape=True)


class TagFault(Exception):
    """A template's tag is wrong. The message names the place and what is wrong."""

    def __init__(self, place: TemplatePlace, at: int, why: str) -> None:
        super().__init__(f"in {place.named(at)}: {why}")


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag that closes in its paragraph: its kind (`{{`, `{%`), what is inside, the offset."""

    kind: str
    inside: str
    at: int
    paragraph: TemplateParagraph

    @property
    def whole(self) -> str:
        return f"{self.kind}{self.inside}{_END[self.kind]}"

    @property
    def carrier(self) -> str:
        """`p`, `tr` or `tc` for a tag that takes that element's place."""
        found = _CARRIER.match(self.inside) if self.kind != "{{" else None
        return found[1] if found and found[1] in _CARRIERS else ""

    @property
    def said(self) -> str:
        """A statement without its carrier, as Jinja gets it."""
        found = _CARRIER.match(self.inside)
        return (found[2] if found else self.inside).translate(_QUOTES).strip()

    @property
    def level(self) -> tuple[bool, Any]:
        """What a block begins and ends in: otherwise it would cut the markup."""
        tag = _CARRIERS[self.carrier][0] if self.carrier else "w:p"
        element = self.paragraph.ancestor(tag)
        return bool(self.carrier), None if element is None else element.getparent()

    def fault(self, why: str) -> TagFault:
        return TagFault(self.paragraph.place, self.at, why)


def checked_tags(root: Any, part: str) -> list[Tag]:
    """The tags of a part (an element of python-docx's) that Jinja will see, in their order.

    Raises TagFault for the first slip.
    """
    # python-docx's own elements give the text of all that lies in them as theirs.
    return _check(paragraphs(etree.fromstring(etree.tostring(root)), part))


def check_line(text: str, part: str) -> None:
    """Check a text that is no paragraph, such as a property. Raises TagFault."""
    _check([TemplateParagraph(place=TemplatePlace(part, 0, text), element=None)])


def refuse_tags(root: Any, part: str) -> None:
    """Raise TagFault for any tag in a part that is never filled in."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.rpartition("}")[2] == "p":
            text = "".join(element.itertext())
            if found := _MARK.search(text):
                raise TagFault(
                    TemplatePlace(part, 0, text),
                    found.start(),
                    "tags there are not filled in: the text, tables, text boxes, headers, footers "
                    "and footnotes may have them",
                )


def _check(found: Iterable[TemplateParagraph]) -> list[Tag]:
    tags: list[Tag] = []
    for paragraph in found:
        if paragraph.deleted:
            raise TagFault(
                paragraph.place,
                0,
                f'a tracked deletion has a brace ("{paragraph.deleted}"): accept all changes',
            )
        if paragraph.hidden:
            raise TagFault(
                paragraph.place,
                0,
                "a tag stands in a description or a name, as of a picture, where none may be",
            )
        tags += _tags_in(paragraph)
    tags = sorted(tags, key=lambda tag: tag.paragraph.order(tag.at))
    for tag in tags:
        if tag.kind == "{{":
            _check_expression(tag)
        elif tag.kind == "{%" or tag.carrier:
            _check_carrier(tag)
    _check_blocks(tag for tag in tags if tag.kind == "{%")
    return [tag for tag in tags if tag.kind != "{#"]


def _tags_in(paragraph: TemplateParagraph) -> Iterator[Tag]:
    text = _ESCAPED.sub("\ufffd\ufffd\ufffd", paragraph.place.text)
    rest, at = list(text), 0
    while opening := _MARK.search(text, at):
        mark, start = opening[0], opening.start()
        if mark not in _END:
            raise TagFault(
                paragraph.place, start, f'"{mark}" ends no tag: a tag begins with {{{{ or {{%'
            )
        closing = _MARK.search(text, opening.end())
        if closing is None or closing[0] != _END[mark]:
            raise TagFault(
                paragraph.place,
                start,
                "a tag is not closed: {{ needs }}, and {% needs %}, in the same paragraph",
            )
        at = closing.end()
        if text[opening.end()] == "{" or text[at : at + 1] == "}":
            raise TagFault(paragraph.place, start, "a tag has one brace too many")
        yield Tag(mark, paragraph.place.text[opening.end() : closing.start()], start, paragraph)
        rest[start:at] = _TAG * (at - start)
    _check_single_braces(paragraph.place, "".join(rest))


def _check_single_braces(place: TemplatePlace, text: str) -> None:
    """Raise TagFault for a brace, half or full width, that may be meant as a tag's."""
    text = "".join(wide if len(wide := normalize("NFKC", each)) == 1 else each for each in text)
    still_open = 0
    for at, each in enumerate(text):
        if each == "{":
            inner = _next_seen(text, at + 1)
            still_open += 1
            # At a paragraph's end docxtpl would join it with the next one's.
            meant = not inner or (inner != "}" and _MEANT.match(inner))
        elif each == "}":
            inner = _UNSEEN.sub("", text[max(0, at - 20) : at])[-1:]
            meant = inner in ("%", "#", "}", _TAG) or (
                not still_open and (not inner or _MEANT.match(inner))
            )
            still_open = max(0, still_open - 1)
        else:
            continue
        if meant:
            raise TagFault(
                place,
                at,
                f'the brace "{place.text[at]}" belongs to no tag and would be printed: a tag is '
                "written {{ word }} or {% … %}, in half-width braces without a space between them",
            )


def _next_seen(text: str, at: int) -> str:
    found = _UNSEEN.match(text, at)
    end = found.end() if found else at
    return text[end : end + 1]


def _check_expression(tag: Tag) -> None:
    if re.match(r"(p|r|tr|tc)\s", tag.inside):
        raise tag.fault("words are plain text: write {{ word }}, with a space after the braces")
    _require_readable(tag, f"{{{{{tag.inside.translate(_QUOTES)}}}}}")


def _check_carrier(tag: Tag) -> None:
    """Raise TagFault where a {%p, {%tr or {%tc tag would take more away than itself."""
    inside = tag.inside.strip()
    if inside.startswith("-") or inside.endswith("-"):
        raise tag.fault("{%- and -%} take text around them away: leave out the hyphen")
    if not _CARRIER.match(tag.inside) and (found := re.match(r"\s*(p|r|tr|tc)\b", tag.inside)):
        raise tag.fault(f"write {{%{found[1]} with no space before and one after {found[1]}")
    if not tag.carrier:
        return
    element_tag, what = _CARRIERS[tag.carrier]
    element = tag.paragraph.ancestor(element_tag)
    if element is None:
        raise tag.fault(f"{tag.kind}{tag.carrier} stands outside a {what}")
    if re.search("[}%#]", tag.inside):
        raise tag.fault(f"a {tag.kind}{tag.carrier} tag may hold no %, # or brace")
    if lone_text(element) != tag.whole or holds_more_than_text(element):
        raise tag.fault(
            f"{tag.kind}{tag.carrier} takes its whole {what} away: what else is in it (text, another "
            f"tag, a picture, a break) needs a {what} of its own"
        )


def _check_blocks(tags: Iterable[Tag]) -> None:
    """Raise TagFault for an unknown statement, and for a block without its end or beginning."""
    begun: list[tuple[str, Tag]] = []
    for tag in tags:
        found = _WORD.match(tag.said)
        word = found[1] if found else ""
        if word in _BARRED:
            raise tag.fault(f"{{% {word} %}} is not available in a template")
        if word in _CELL_TAGS:
            if tag.paragraph.ancestor("w:tc") is None:
                raise tag.fault(f"{{% {word} %}} stands outside a table cell")
        elif word in _BLOCKS:
            if _begins(tag, word):
                begun.append((word, tag))
        elif word in _MIDDLE or word.removeprefix("end") in _BLOCKS:
            asked = _MIDDLE.get(word, (word.removeprefix("end"),))
            if not any(block in asked for block, _ in begun):
                raise tag.fault(f"{tag.whole} has no {' or '.join(asked)} before it")
            if begun[-1][0] not in asked:
                block, unclosed = begun[-1]
                raise unclosed.fault(
                    f"{unclosed.whole} has no {{% end{block} %}} before the next {tag.whole}"
                )
            _check_end(tag, word, begun[-1][1])
            if word not in _MIDDLE:
                begun.pop()
        else:
            raise tag.fault(f"no statement is called {word or tag.whole}")
    if begun:
        word, tag = begun[-1]
        raise tag.fault(f"{tag.whole} has no {{% end{word} %}} after it")


def _begins(tag: Tag, word: str) -> bool:
    """Whether a statement begins a block; one kind of `set` does not."""
    alone = f"{{% {tag.said} %}}"
    if word == "set" and _is_readable(alone):
        return False
    _require_readable(tag, f"{alone}{{% end{word} %}}")
    return True


def _check_end(tag: Tag, word: str, beginning: Tag) -> None:
    if word == "elif":
        _require_readable(tag, f"{{% if 1 %}}{{% {tag.said} %}}{{% endif %}}")
    elif tag.said != word and word != "endblock":
        raise tag.fault(f"{tag.whole} says more than {word}")
    if tag.level != beginning.level:
        raise tag.fault(
            f"{beginning.whole} and {tag.whole} need the same kind of place: both {{%p, both {{%tr "
            "or both {%tc, in one table, row, cell or text"
        )


def _require_readable(tag: Tag, source: str) -> None:
    if not _is_readable(source):
        raise tag.fault(f"{tag.whole} cannot be read as a tag")


def _is_readable(source: str) -> bool:
    try:
        _JINJA.parse(source)
    except (TemplateError, RecursionError):
        return False
    return True
