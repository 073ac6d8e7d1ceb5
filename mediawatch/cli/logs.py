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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mediawatch.cli.jsonlines import JsonLines
from mediawatch.ops.files import open_private
from mediawatch.ops.settings import Settings

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
    wire = logging.StreamHandler(
        sys.stderr.target if isinstance(sys.stderr, JsonLines) else sys.stderr
    )
    wire.setLevel(level.upper())
    colors = format == "auto" and sys.stderr.isatty()
    wire.setFormatter(_LineFormatter(secrets, as_json=format == "json", colors=colors))
    handlers: list[logging.Handler] = [wire]
    if file is not None:
        # The file is opened with its first line: most commands log nothing.
        kept = _PrivateLog(
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


class _PrivateLog(RotatingFileHandler):
    """The log file is its owner's alone, whatever the umask."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=open_private)


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
            (
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            )
            if self._as_json
            else (structlog.dev.ConsoleRenderer(colors=self._colors),)
        )
        processors = [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *rendering,
            _masking(self._secrets),
        ]
        return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=SHARED, processors=processors)


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
    found = [
        *urls,
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
