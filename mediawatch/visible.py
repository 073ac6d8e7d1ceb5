"""Characters that a reader cannot see, written out. Pure.

A name comes from outside. A control character in it could steer a terminal; a bidi sign turns the
words around it; a tag or a space of no width hides what it says. Everything that people read
passes here: what commands print, the log, and the names in documents.
"""

from __future__ import annotations

import re

_PICTOGRAM = "[\u203c-\u3299\U0001f000-\U0001faff]"
_HIDDEN = re.compile(
    # Controls, but no line end; the soft hyphen; half a surrogate pair, as undecodable words of a
    # command line have.
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\ud800-\udfff"
    # Signs of format, among them the bidi ones and those of no width; separators of lines.
    "\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180b-\u180f\u200b\u200c\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    # Letters and marks that show nothing; what is no character at all.
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0d\ufdd0-\ufdef\ufffe\uffff]"
    # Parts of a pictogram stay: its style, and what joins two into one.
    f"|(?<!{_PICTOGRAM})(?<![#*0-9])[\ufe0e\ufe0f]"
    f"|\u200d(?!{_PICTOGRAM})|(?<!{_PICTOGRAM})(?<!\ufe0f)\u200d"
)

_PRINTABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""The hidden characters that `str.isprintable` takes for printable: lists of a nation hold millions
of cells, and to search one for all hidden characters takes eight times as long.
"""
_SPACE = "\t\r\x85\u2028\u2029"


def make_visible(text: str) -> str:
    r"""The text with its hidden characters as JSON spells them: U+202E as `\u202e`.

    JSON text stays the same JSON. Line ends stay, `\r\n` as `\n`; a tab becomes a space.
    """
    if _hides_nothing(text):
        return text
    return _HIDDEN.sub(_spell, text.replace("\r\n", "\n").replace("\t", " "))


def _hides_nothing(text: str) -> bool:
    """Whether it surely holds no hidden character. Tabs and line ends may be in no such text."""
    return text.isprintable() and (text.isascii() or not _PRINTABLE.search(text))


def make_one_line(text: str) -> str:
    r"""As `make_visible`, and a line end as `\u000a`: for names, which may hold one."""
    return make_visible(text.replace("\r", "\\u000d").replace("\n", "\\u000a"))


def remove_hidden(text: str) -> str:
    """The text without its hidden characters, for what comes in. White space stays."""
    if _hides_nothing(text):
        return text
    return _HIDDEN.sub(lambda found: found[0] if found[0] in _SPACE else "", text)


def hidden_in(text: str) -> tuple[str, ...]:
    """What `remove_hidden` takes out of a text, each once, as `make_visible` spells it."""
    if _hides_nothing(text):
        return ()
    found = (each for each in _HIDDEN.finditer(text) if each[0] not in _SPACE)
    return tuple(dict.fromkeys(_spell(each) for each in found))


def _spell(found: re.Match[str]) -> str:
    body = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{body[at : at + 2].hex()}" for at in range(0, len(body), 2))
