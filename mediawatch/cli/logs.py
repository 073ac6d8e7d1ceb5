"""Where the log goes, and how its lines look.

Standard error gets what the operator asked for. The home's `logs/mediawatch.log`, which rotates,
gets JSON lines from info on: cron's mail stays short, and a night can be read afterwards. Secrets
of the settings are masked in both, also in lines of libraries.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mediawatch.cli.jsonlines import JsonLines
from mediawatch.cli.terminal import unwrap_stream
from mediawatch.files import open_private
from mediawatch.ops.settings import Settings
from mediawatch.refusals import refusal
from mediawatch.visible import make_visible

Format = Literal["auto", "text", "json"]
MASK = "***"
_PASSWORD_LETTERS, _KEY_LETTERS = 4, 8
"""A shorter word would mask half of every line."""


@dataclass(frozen=True, slots=True)
class LogFile:
    """Where the lines of a home go.

    After `size` bytes the file becomes `mediawatch.log.1`; `kept` such older ones stay.
    """

    path: Path
    size: int
    kept: int


def set_up(
    level: str, format: Format = "auto", *, file: LogFile | None = None, secrets: Sequence[str] = ()
) -> None:
    """Log lines of `level` and above to standard error; may be called again.

    `auto` colours them on a terminal only.
    """
    # Every line is made visible by its formatter, which knows our own colours from a name's.
    wire = logging.StreamHandler(
        unwrap_stream(sys.stderr.target if isinstance(sys.stderr, JsonLines) else sys.stderr)
    )
    wire.setLevel(level.upper())
    colors = format == "auto" and sys.stderr.isatty()
    wire.setFormatter(_LineFormatter(secrets, as_json=format == "json", colors=colors))
    handlers: list[logging.Handler] = [wire]
    if file is not None:
        # The file is opened with its first line: most commands log nothing.
        kept = _HomeLog(
            file.path, maxBytes=file.size, backupCount=file.kept, encoding="utf-8", delay=True
        )
        kept.setLevel(min(logging.INFO, wire.level))
        kept.setFormatter(_LineFormatter(secrets, as_json=True))
        handlers.append(kept)
    top = logging.getLogger()
    for old in top.handlers:
        old.close()
    top.handlers[:] = handlers
    top.setLevel(min(handler.level for handler in handlers))


class _HomeLog(RotatingFileHandler):
    """The home's log, its owner's alone whatever the umask.

    A disk that does not take it stops no command: that is said once.
    """

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=open_private)

    def handleError(self, record: logging.LogRecord) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._told:
            type(self)._told = True
            place = self.baseFilename
            print(f"mediawatch: no log is kept in {place}: {refusal(error)}", file=sys.stderr)

    _told = False


class _LineFormatter(logging.Formatter):
    """structlog's formatter, made with the first line: most commands log nothing."""

    def __init__(self, secrets: Sequence[str], *, as_json: bool, colors: bool = False) -> None:
        super().__init__()
        self._secrets, self._as_json, self._colors = secrets, as_json, colors

    def format(self, record: logging.LogRecord) -> str:
        return self._inner.format(record)

    @cached_property
    def _inner(self) -> logging.Formatter:
        import structlog

        from mediawatch.log import SHARED

        rendering: tuple[structlog.typing.Processor, ...] = (
            _visible_values,
            structlog.dev.ConsoleRenderer(
                colors=self._colors, exception_formatter=structlog.dev.plain_traceback
            ),
        )
        if self._as_json:
            rendering = (structlog.processors.JSONRenderer(ensure_ascii=False), _visible_line)
        processors: list[structlog.typing.Processor] = [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            *rendering,
            _masking(self._secrets),
        ]
        return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=SHARED, processors=processors)


def _visible_line(_: object, __: str, line: object) -> str:
    return make_visible(str(line))


def _visible_values(
    _: object, __: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Before colours are added. A line end begins no line of its own, except in a traceback."""
    return {
        make_visible(key): (
            make_visible(value if key == "exception" else " ".join(value.splitlines()))
            if isinstance(value, str)
            else value
        )
        for key, value in event.items()
    }


def _masking(secrets: Sequence[str]) -> Callable[[object, str, object], str]:
    """Mask the secrets in the whole rendered line: a message, a traceback or a key's value may hold
    one.

    The longest comes first, for one may be part of another; each also as JSON spells it.
    """
    spelt = {
        form
        for secret in secrets
        for form in (secret, json.dumps(secret, ensure_ascii=False)[1:-1])
    }
    words = sorted(spelt, key=len, reverse=True)

    def mask(_: object, __: str, line: object) -> str:
        text = str(line)
        for word in words:
            text = text.replace(word, MASK)
        return text

    return mask


def mask_secrets(text: str, settings: Settings) -> str:
    """The text without the secrets of the settings."""
    return _masking(secrets_of(settings))(None, "", text)


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """What no line may show.

    The passwords of URLs, and every part of a notification's URL that may be a key.
    """
    urls = [url.get_secret_value() for url in settings.notify.urls]
    with_password = [
        settings.database.url.get_secret_value(),
        settings.browser.proxy.get_secret_value(),
        *urls,
    ]
    keys = (settings.evidence.access_key, settings.evidence.secret_key)
    found = [
        *urls,
        *(word for key in keys if len(word := key.get_secret_value()) >= _PASSWORD_LETTERS),
        *(word for url in with_password for word in _password(url)),
        *(word for url in urls for word in _keys(url)),
    ]
    return tuple(dict.fromkeys(found))


def _password(url: str) -> list[str]:
    found = _split(url)
    if found is None:
        return []
    given = [
        found.password or "",
        *(value for name, value in parse_qsl(found.query) if name == "pass"),
    ]
    return [
        form for word in given for form in (word, unquote(word)) if len(form) >= _PASSWORD_LETTERS
    ]


def _keys(url: str) -> list[str]:
    """Services put their keys in the place of user, host, path or query."""
    found = _split(url)
    if found is None:
        return []
    parts = [
        *re.split("[:@]", found.netloc),
        *found.path.split("/"),
        *(value for _, value in parse_qsl(found.query)),
    ]
    return [word for part in parts for word in (part, unquote(part)) if len(word) >= _KEY_LETTERS]


def _split(url: str) -> SplitResult | None:
    """The parts of a URL; None where the text is no URL, which its user reports."""
    try:
        return urlsplit(url)
    except ValueError:
        return None
