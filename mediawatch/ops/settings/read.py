"""Where settings come from.

Precedence, highest first: a command's option, the environment (`MEDIAWATCH_SWEEP__POLICY`), a file
of that name in the folder of `MEDIAWATCH_SECRETS`, `mediawatch.toml` in the home, the defaults.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsError,
)

from mediawatch.domain import UserError
from mediawatch.inputs import InputFault, read_toml
from mediawatch.ops.settings.home import Home
from mediawatch.ops.settings.served import SECRETS
from mediawatch.ops.settings.tree import PREFIX, PaceSettings, Settings

_NOT_SETTINGS = frozenset({"MEDIAWATCH_HOME", SECRETS})
_FILED = ContextVar[Mapping[str, Any]]("filed")
"""What the home's file says, while settings are made of it."""


def read_settings(
    home: Home, overrides: Mapping[str, Mapping[str, object]] | None = None
) -> Settings:
    """The settings of a home; `overrides` are a command's options, by section and key.

    Raises UserError for an unknown key, a bad value or an unreadable file. The error names key and
    place, never a secret's value.
    """
    options = {section: dict(keys) for section, keys in (overrides or {}).items()}
    filed = _read_toml(home.config)
    _refuse_unknown_variables()
    _require_secrets()

    values: dict[str, Any] = dict(options)
    read = _FILED.set(filed)
    try:
        return _Loaded(**values)
    except ValidationError as error:
        raise UserError(_sentence(error, options, filed, home.config)) from None
    except SettingsError as error:
        raise UserError(
            f"the environment does not parse as settings: {error}; write "
            "MEDIAWATCH_SECTION__KEY=value"
        ) from None
    finally:
        _FILED.reset(read)


def filed_database(home: Home) -> str:
    """The database that mediawatch.toml names, whatever the environment says; "" for none."""
    table = _read_toml(home.config).get("database", {})
    return str(table.get("url", "")) if isinstance(table, Mapping) else ""


class _Loaded(Settings):
    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        filed = InitSettingsSource(settings_cls, dict(_FILED.get()))
        if folder := os.environ.get(SECRETS):
            kept = NestedSecretsSettingsSource(file_secret_settings, secrets_dir=folder)
            return init_settings, env_settings, kept, filed
        # It searches the whole environment for each section.
        named = _settings_among(os.environ)
        return (init_settings, env_settings, filed) if named else (init_settings, filed)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return read_toml(path)
    except InputFault as fault:
        if fault.kind == "missing":
            return {}
        raise UserError(str(fault)) from None


def _refuse_unknown_variables() -> None:
    """pydantic-settings would ignore a misspelt section in the environment, and with it the
    setting."""
    kept = os.environ.get(SECRETS)
    files = [path.name for path in Path(kept).glob("*")] if kept else []
    for name in _settings_among((*os.environ, *files)):
        section = name.upper().removeprefix(PREFIX).partition("__")[0].lower()
        if section not in Settings.model_fields:
            known = ", ".join(f"{PREFIX}{each.upper()}__…" for each in Settings.model_fields)
            what = "environment variable" if name in os.environ else "file in MEDIAWATCH_SECRETS"
            raise UserError(
                f"unknown {what} {name}: known are MEDIAWATCH_HOME, MEDIAWATCH_SECRETS, {known}"
            )


def _require_secrets() -> None:
    """A folder that is missing or closed must not become a home without its secrets."""
    folder = os.environ.get(SECRETS)
    if not folder:
        return
    try:
        for path in Path(folder).iterdir():
            if path.name.upper().startswith(PREFIX):
                path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{SECRETS} names {folder}, which cannot be read ({error}): name a folder with a file "
            "for each secret, such as mediawatch_database__url"
        ) from None


def _settings_among(names: Iterable[str]) -> list[str]:
    """Of these names of variables or files, those that are to be settings."""
    return [
        name
        for name in names
        if name.upper().startswith(PREFIX) and name.upper() not in _NOT_SETTINGS
    ]


def _sentence(
    error: ValidationError, options: Mapping[str, Any], filed: Mapping[str, Any], config: Path
) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    loc = tuple(
        part for part in first["loc"] if isinstance(part, str)
    )  # without the places within a list
    variable = PREFIX + "__".join(loc).upper()
    if _holds(options, loc):
        place = "the command line"
    elif any(name.upper() == variable for name in os.environ) or not _holds(filed, loc):
        place = f"the environment ({variable})"
    else:
        place = str(config)
    if first["type"] == "extra_forbidden":
        known = _fields(loc[0]) if len(loc) > 1 else Settings.model_fields
        return f"unknown setting {key} in {place}: known are {', '.join(known)}"
    table, depth = ('pace."SURFACE"', 2) if loc[0] == "pace" else (loc[0], 1)
    if len(loc) <= depth:
        return (
            f"bad setting {key} in {place}: it is a table; write [{table}] and below it: "
            f"{', '.join(_fields(loc[0]))}"
        )
    given = f" (got {first['input']!r})" if _quotable(loc, first["input"]) else ""
    return f"bad setting {key} in {place}: {first['msg']}{given}"


def _quotable(loc: tuple[str, ...], value: object) -> bool:
    """Only the plain value of a key that holds no secret.

    An address is left out, too: it may have been meant for a key that holds one.
    """
    kind = _fields(loc[0])[loc[-1]].annotation
    return (
        SecretStr not in (kind, *get_args(kind))
        and isinstance(value, str | int | float)
        and "://" not in str(value)
    )


def _fields(section: str) -> Mapping[str, FieldInfo]:
    kind = PaceSettings if section == "pace" else Settings.model_fields[section].annotation
    return kind.model_fields if kind else {}


def _holds(tree: object, loc: tuple[str, ...]) -> bool:
    for part in loc:
        if not isinstance(tree, Mapping) or part not in tree:
            return False
        tree = tree[part]
    return True
