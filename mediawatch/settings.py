"""The home folder and the one settings tree.

Precedence, highest first: a command's option, the environment (`MEDIAWATCH_SWEEP__POLICY`), `mediawatch.toml` in the home,
the defaults below. Every key is described in docs/settings.md.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from mediawatch import office
from mediawatch.domain import Pace, UserError

PREFIX = "MEDIAWATCH_"
CONFIG = "mediawatch.toml"
_NOT_SETTINGS = frozenset({"MEDIAWATCH_HOME"})

Seconds = Annotated[float, Field(gt=0, le=600)]


class Section(BaseModel):
    """One table of mediawatch.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(Section):
    url: SecretStr = SecretStr("")
    """SQLAlchemy URL, `postgresql+psycopg://…`; empty: SQLite, `mediawatch.db` in the home. May hold a password."""


class BrowserSettings(Section):
    executable: str = ""
    """Path of a Chromium; empty: `mediawatch browser` tells which one is taken."""
    proxy: SecretStr = SecretStr("")
    """`http://user:password@host:port`, as the office's network needs it; empty: none."""
    concurrency: int = Field(default=4, ge=1, le=16)
    """Pages open at the same time. About 4 is the best on 2 cores."""
    memory_mb: int = Field(default=1500, ge=200, le=1_000_000)
    """What the browser's processes may hold together before its contexts are renewed; looked at every 50 pages."""


class TimeoutSettings(Section):
    """Seconds."""

    launch: Seconds = 30.0
    """Until the browser has started, or a page has opened."""
    navigation: Seconds = 30.0
    """Until a page's document has come."""
    reply: Seconds = 15.0
    """Until the page has made the call that carries the data."""
    challenge: Seconds = 15.0
    """Until a site's JavaScript challenge has cleared by itself."""


class SweepSettings(Section):
    policy: str = "national"
    """Name of a shipped policy or path of a policy file."""
    second_look_minutes: float = Field(default=30.0, ge=0, le=24 * 60)
    """Least distance between the first and the second look at an account."""
    pace: float = Field(default=1.0, ge=0.5, le=100)
    """Factor on every surface's declared distance between two visits: 2 is half as fast."""


class PaceSettings(Section):
    """What the office declares of one surface instead of its platform file. None: as declared there."""

    every: float | None = Field(default=None, ge=1.5, le=3600)
    """Seconds between two visits; a person could not read faster than the least."""
    jitter: float | None = Field(default=None, ge=0, le=3600)
    per_hour: int | None = Field(default=None, ge=1)
    per_day: int | None = Field(default=None, ge=1)
    quiet: tuple[time, time] | None = None
    """Hours of rest, Beijing wall clock."""

    def over(self, declared: Pace) -> Pace:
        """The declared pace with what is set here."""
        return replace(declared, **self.model_dump(exclude_none=True))


class CanariesSettings(Section):
    """How often a canary (对照账号, canaries.toml) is read by each surface in use."""

    every_looks: int = Field(default=50, ge=1, le=10_000)
    every_minutes: float = Field(default=30.0, gt=0, le=24 * 60)


class OutputSettings(Section):
    marks: tuple[str, ...] = ()
    """Words printed on everything that leaves this home, such as 演示数据."""


class NotifySettings(Section):
    """Where digests and alerts go (docs/running.md)."""

    urls: tuple[SecretStr, ...] = ()
    """Apprise URLs: `mailtos://…`, `wecombot://…`, `dingtalk://…`, `feishu://…`. They hold passwords and keys."""
    lines: int = Field(default=30, ge=5, le=200)
    """Lines of a digest at most: a telephone shows them."""


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = "warning"
    format: Literal["auto", "text", "json"] = "auto"
    """auto: coloured lines on a terminal, plain lines elsewhere; json: one object a line."""
    file_mb: float = Field(default=10.0, gt=0, le=1000)
    """Megabytes of `logs/mediawatch.log` after which it is put aside."""
    files_kept: int = Field(default=5, ge=1, le=100)
    """How many such older files stay."""


class Settings(BaseSettings):
    """The whole tree. Read it by `read_settings`; frozen, so a variant is a `model_copy`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, nested_model_default_partial_update=False
    )

    database: DatabaseSettings = DatabaseSettings()
    browser: BrowserSettings = BrowserSettings()
    timeouts: TimeoutSettings = TimeoutSettings()
    sweep: SweepSettings = SweepSettings()
    pace: dict[str, PaceSettings] = Field(default_factory=dict)
    """By surface."""
    canaries: CanariesSettings = CanariesSettings()
    output: OutputSettings = OutputSettings()
    notify: NotifySettings = NotifySettings()
    log: LogSettings = LogSettings()


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds everything of one office: database, evidence, sessions, settings, logs."""

    root: Path

    @classmethod
    def at(cls, option: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Home:
        """`--home` before `MEDIAWATCH_HOME` before the user's data folder. Touches nothing on disk."""
        environ = os.environ if environ is None else environ
        chosen = option or environ.get("MEDIAWATCH_HOME") or platformdirs.user_data_path("mediawatch", appauthor=False)
        return cls(Path(chosen).expanduser().absolute())

    @property
    def config(self) -> Path:
        return self.root / CONFIG

    @property
    def canaries(self) -> Path:
        """对照账号 of this office."""
        return self.root / "canaries.toml"

    @property
    def database(self) -> Path:
        """The SQLite file, where no other database is set."""
        return self.root / "mediawatch.db"

    @property
    def evidence(self) -> Path:
        return self.root / "evidence"

    @property
    def sessions(self) -> Path:
        """Logins, `PLATFORM/NAME.json`; readable by the owner only."""
        return self.root / "sessions"

    @property
    def scratch(self) -> Path:
        """The browser's temporary files, a folder a run; swept at the next start."""
        return self.root / "tmp"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def log(self) -> Path:
        return self.logs / "mediawatch.log"

    @property
    def exists(self) -> bool:
        return self.config.is_file()

    def database_url(self, settings: Settings) -> str:
        """What the store opens. May hold a password: never log it."""
        return settings.database.url.get_secret_value() or f"sqlite:///{self.database}"

    def create(self, *marks: str) -> Home:
        """Make the folders, a commented mediawatch.toml and office.toml; what is there stays. UserError where the place cannot be written.

        `marks` become `[output] marks` of a new mediawatch.toml.
        """
        try:
            for folder in (self.root, self.evidence, self.logs):
                folder.mkdir(parents=True, exist_ok=True)
            self.sessions.mkdir(mode=0o700, exist_ok=True)
            self.sessions.chmod(0o700)
            if not self.config.exists():
                text = _TEMPLATE.replace("# marks = []", f"marks = {json.dumps(marks, ensure_ascii=False)}") if marks else _TEMPLATE
                self.config.write_text(text, encoding="utf-8")
            if not (self.root / office.FILE).exists():
                (self.root / office.FILE).write_text(office.TEMPLATE, encoding="utf-8")
        except OSError as error:
            raise UserError(f"cannot set up the home {self.root}: {error.strerror}: {error.filename}") from error
        return self

    def require(self) -> Home:
        """UserError where `mediawatch init` was not run here: a mistyped --home must not become an empty registry."""
        if not self.exists:
            raise UserError(f"{self.root} is no mediawatch home: run `mediawatch --home {self.root} init`, or name another with --home")
        return self


_TEMPLATE = """\
# Settings of this mediawatch home; docs/settings.md describes every key. Commented lines show the defaults.
# A command's option overrides the environment (MEDIAWATCH_SWEEP__POLICY=tibet), which overrides this file.

[database]
# url = ""                    # empty: SQLite, mediawatch.db in this folder

[browser]
# executable = ""             # empty: found by `mediawatch browser`
# proxy = ""
# concurrency = 4
# memory_mb = 1500            # above it contexts are renewed

[timeouts]                    # seconds
# launch = 30
# navigation = 30
# reply = 15
# challenge = 15

[sweep]
# policy = "national"
# second_look_minutes = 30
# pace = 1.0                  # 2 is half as fast

[pace]                        # of single surfaces; docs/pace.md
# [pace."weibo.desktop"]
#   every = 10.0
#   quiet = ["22:00", "06:00"]

[canaries]                    # 对照账号, canaries.toml
# every_looks = 50
# every_minutes = 30.0

[output]
# marks = []                  # printed with every result, such as 演示数据

[notify]                      # digests and alerts, docs/running.md
# urls = []                   # such as "mailtos://office:PASSWORD@example.gov.cn?smtp=mail.example.gov.cn&to=duty@example.gov.cn"
# lines = 30

[log]
# level = "warning"           # debug, info, warning, error
# format = "auto"             # auto, text, json
# file_mb = 10.0              # logs/mediawatch.log is put aside at this size
# files_kept = 5              # how many older ones stay
"""


def read_settings(home: Home, overrides: Mapping[str, Mapping[str, object]] | None = None) -> Settings:
    """The settings of a home; `overrides` are a command's options, by section and key.

    Raises UserError for an unknown key, a bad value or an unreadable file; names key and place, never a secret's value.
    """
    options = {section: dict(keys) for section, keys in (overrides or {}).items()}
    filed = _read_toml(home.config)
    _refuse_unknown_variables()

    class Loaded(Settings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
            return init_settings, env_settings, InitSettingsSource(settings_cls, filed)

    values: dict[str, Any] = dict(options)
    try:
        return Loaded(**values)
    except ValidationError as error:
        raise UserError(_sentence(error, options, filed, home.config)) from None
    except SettingsError as error:
        raise UserError(f"the environment does not parse as settings: {error}; write MEDIAWATCH_SECTION__KEY=value") from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        # utf-8-sig: Windows' Notepad puts a BOM in front, which TOML does not know.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path} is not valid TOML: {error}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not UTF-8: save it as UTF-8") from None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error


def _refuse_unknown_variables() -> None:
    """A misspelt section in the environment would be ignored by pydantic-settings, and with it the setting."""
    for name in os.environ:
        section = name.upper().removeprefix(PREFIX).partition("__")[0].lower()
        if name.upper().startswith(PREFIX) and name.upper() not in _NOT_SETTINGS and section not in Settings.model_fields:
            known = ", ".join(f"{PREFIX}{each.upper()}__…" for each in Settings.model_fields)
            raise UserError(f"unknown environment variable {name}: known are MEDIAWATCH_HOME, {known}")


def _sentence(error: ValidationError, options: Mapping[str, Any], filed: Mapping[str, Any], config: Path) -> str:
    first = error.errors()[0]
    loc = tuple(str(part) for part in first["loc"])
    key = ".".join(loc)
    if _holds(options, loc):
        place = "the command line"
    elif any(name.upper() == PREFIX + "__".join(loc).upper() for name in os.environ) or not _holds(filed, loc):
        place = f"the environment ({PREFIX}{'__'.join(loc).upper()})"
    else:
        place = str(config)
    if first["type"] == "extra_forbidden":
        known = _fields(loc[0]) if len(loc) > 1 else Settings.model_fields
        return f"unknown setting {key} in {place}: known are {', '.join(known)}"
    secret = bool({"url", "urls", "proxy"} & set(loc))
    given = "" if secret or isinstance(first["input"], Mapping) else f" (got {first['input']!r})"
    return f"bad setting {key} in {place}: {first['msg']}{given}"


def _fields(section: str) -> Mapping[str, object]:
    kind = PaceSettings if section == "pace" else Settings.model_fields[section].annotation
    return kind.model_fields if kind else {}


def _holds(tree: object, loc: tuple[str, ...]) -> bool:
    for part in loc:
        if not isinstance(tree, Mapping) or part not in tree:
            return False
        tree = tree[part]
    return True
