"""What the scripts of a WeChat page say: strings and numbers, without running them. Pure."""

from __future__ import annotations

import re
from html import unescape

_TOKEN = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[{}\[\]]|(?P<key>\b\w+)\s*:|(?P<number>\b\d+\b)",
    re.DOTALL,
)
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
# A script's own string ends on its line: an odd quotation mark must not reach further.
_OF_A_LINE = r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\""
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ENCODED = re.compile(r"\\x([0-9a-fA-F]{2})")


def object_in(scripts: str, name: str) -> dict[str, str]:
    """The strings and numbers directly inside `window.NAME = {…}`.

    Nested objects (advertisers, cards of others) are passed over.
    """
    start = re.search(rf"(?:^|[\s;{{])window\.{name}\s*=\s*(?=\{{)", scripts)
    fields: dict[str, str] = {}
    depth, key = 0, ""
    for token in _TOKEN.finditer(scripts, start.end()) if start else ():
        piece = token[0]
        if piece in "{[":
            depth += 1
        elif piece in "}]":
            depth -= 1
            if depth == 0:
                break
        elif token["key"]:
            key = token["key"] if depth == 1 else ""
            continue
        elif key:
            fields.setdefault(key, piece if token["number"] else decode(piece[1:-1]))
        key = ""
    return fields


def variable_in(scripts: str, name: str, of: str = "") -> str:
    """The first string that is not empty in `var NAME = "" || "…"` or `var NAME = htmlDecode("…")`.

    At the start of a statement. `of`: the object that the name belongs to (`d.NAME = "…"`).
    """
    before = rf"{of}\." if of else r"(?:var\s+|window\.)"
    found = re.search(
        rf"(?:^|;)[ \t]*{before}{name}\s*=\s*((?:{_OF_A_LINE}|[^;\n'\"])*)",
        scripts,
        re.MULTILINE,
    )
    texts = (decode(match[0][1:-1]) for match in _STRING.finditer(found[1])) if found else ()
    return next((text for text in texts if text), "")


def takes_comments(scripts: str) -> bool | None:
    """Whether an article takes messages (留言), by its `comment_id`: 0 where it takes none.

    In either layout; None where the page does not say it (docs/platforms/wechat.md).
    """
    number = variable_in(scripts, "comment_id") or object_in(scripts, "cgiDataNew").get(
        "comment_id", ""
    )
    return number.strip("0") != "" if number.isascii() and number.isdigit() else None


def decode(text: str) -> str:
    """A JavaScript string's content, also where the page decodes it once more (JsDecode,
    htmlDecode).
    """
    text = _ESCAPE.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2] else found[3], text
    )
    # The page's own decoding knows these alone: any other backslash belongs to the text.
    text = _ENCODED.sub(lambda found: chr(int(found[1], 16)), text)
    return unescape(text).strip()
