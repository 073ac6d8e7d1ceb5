"""One setting changed in the text of mediawatch.toml; everything else stays as a person wrote it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from mediawatch.domain import UserError


def put_setting(text: str, section: str, key: str, value: str) -> str:
    """The text with the setting; "" takes it out. The old value is not kept: it may be a secret.

    UserError where the text is wrong, or sets it in a way that cannot be found.
    """
    lines = text.splitlines(keepends=True)
    new = [f"{key} = {quote_value(value)}\n"] if value else []
    filed = tomllib.loads(text)
    if key in filed.get(section, {}):
        span = find_setting(lines, section, key)
        if span is None:
            raise UserError(_TANGLED.format(section, key))
        changed = [*lines[: span[0]], *new, *lines[span[1] :]]
    elif (place := _head(lines, section)) is not None:
        changed = [*lines[: place + 1], *new, *lines[place + 1 :]]
    else:
        end = [] if not lines or lines[-1].endswith("\n") else ["\n"]
        changed = [*lines, *end, *([f"[{section}]\n", *new] if new else [])]
    made = "".join(changed)
    if _without(tomllib.loads(made), section, key) != _without(filed, section, key):
        raise UserError(_TANGLED.format(section, key))
    return made


_TANGLED = "mediawatch.toml sets {}.{} in a way that cannot be changed: write it by hand"


def find_setting(lines: list[str], section: str, key: str) -> tuple[int, int] | None:
    """The lines of one setting: the first, and the one after its last; None where it is not found."""
    table = ""
    for number, line in enumerate(lines):
        table = _table(line) or table
        if table == section and re.match(rf"\s*{key}\s*=", line):
            for after in range(number + 1, len(lines) + 1):
                try:
                    tomllib.loads("".join(lines[number:after]))
                except tomllib.TOMLDecodeError:
                    continue
                return number, after
    return None


def quote_value(value: str) -> str:
    """The value as TOML has it; it must be printable."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _head(lines: list[str], section: str) -> int | None:
    return next((place for place, line in enumerate(lines) if _table(line) == section), None)


def _table(line: str) -> str:
    head = re.match(r"\s*\[\s*([\w-]+)\s*\]\s*(?:#.*)?$", line)
    return head[1] if head else ""


def _without(filed: Mapping[str, object], section: str, key: str) -> dict[str, object]:
    table = filed.get(section, {})
    assert isinstance(table, Mapping), "the settings were read"
    return {**filed, section: {name: each for name, each in table.items() if name != key}}
