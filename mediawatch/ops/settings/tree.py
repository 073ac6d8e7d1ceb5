"""The settings tree: one class a table of mediawatch.toml. Every key is described in
docs/settings.md.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from mediawatch.domain import Pace
from mediawatch.domain.clock import parse_moment

PREFIX = "MEDIAWATCH_"

Seconds = Annotated[float, Field(gt=0, le=600)]


class Section(BaseModel):
    """One table of mediawatch.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(Section):
    url: SecretStr = SecretStr("")
    """SQLAlchemy URL, `postgresql+psycopg://…`; empty: SQLite, `mediawatch.db` in the home. May
    hold a password.
    """
    copy_first: bool = True
    """Whether a copy of the database is made before a new version changes its tables."""


def _a_place(value: str) -> str:
    if not value or value.startswith("/") or _BUCKET.fullmatch(value):
        return value
    # What stands there may hold a key: it is not quoted.
    raise ValueError("give the full path of a folder, or s3://BUCKET/PREFIX without keys")


def _an_endpoint(value: str) -> str:
    if value and not _ENDPOINT.fullmatch(value):
        raise ValueError("give https://HOST or https://HOST:PORT, without keys and path")
    return value.rstrip("/")


_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[\w.-]+)*/?", re.ASCII)
_ENDPOINT = re.compile(r"https?://(?:[\w.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?/?", re.ASCII)


class EvidenceSettings(Section):
    """Where the evidence lies, where several machines share it (docs/evidence.md)."""

    place: Annotated[str, AfterValidator(_a_place)] = ""
    """The full path of a folder, or `s3://BUCKET/PREFIX`; empty: `evidence/` in the home."""
    endpoint: Annotated[str, AfterValidator(_an_endpoint)] = ""
    """The storage's address, `https://host:port`; for `s3://` only."""
    region: str = "us-east-1"
    """The bucket's region; a storage of one's own mostly takes any."""
    access_key: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")


class BrowserSettings(Section):
    executable: str = ""
    """Path of a Chromium; empty: `mediawatch browser` says which one is used."""
    proxy: SecretStr = SecretStr("")
    """`http://user:password@host:port`, as the office's network needs it; empty: none."""
    concurrency: int = Field(default=4, ge=1, le=16)
    """Pages open at the same time. About 4 is best on 2 cores."""
    sites: int = Field(default=2, ge=1, le=16)
    """Sites that have a page open at the same time, some 50 MB each. The others wait."""
    memory_mb: int = Field(default=1500, ge=200, le=1_000_000)
    """Memory of all browser processes above which the contexts are renewed; checked every 50 pages.
    """


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


def _day_or_moment(value: object) -> object:
    """TOML may hold a day or a moment without quotation marks, too."""
    text = value.isoformat() if isinstance(value, date | datetime) else value
    if isinstance(text, str) and text:
        try:
            parse_moment(text)
        except ValueError:
            # The value may have been meant for a key that holds a secret: it is not quoted here.
            raise ValueError("give a day (2026-12-31) or a moment (2026-12-31T18:00)") from None
    return text


class WorkerSettings(Section):
    """This machine, where several look for one database."""

    address: str = ""
    """A name for the address by which sites see this machine's visitors. Machines of one name share
    a visitor's pace; empty: so do all that have none.
    """


class InspectionSettings(Section):
    """The next inspection."""

    as_of: Annotated[str, BeforeValidator(_day_or_moment)] = ""
    """Its 监测时间点: a day (its end) or a moment, Beijing time. Empty: it is not set."""

    @property
    def moment(self) -> datetime | None:
        """The instant that `as_of` means; None where it is not set."""
        return parse_moment(self.as_of) if self.as_of else None


class PaceSettings(Section):
    """What the office declares of one surface instead of its platform file. None: as declared
    there.
    """

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


class RegistrySettings(Section):
    contacts: bool = True
    """Whether contact persons and their telephones are kept. False: imports leave them out, and
    what is kept is deleted.
    """


class OutputSettings(Section):
    marks: tuple[str, ...] = ()
    """Words printed on everything that leaves this home, such as 演示数据."""


class NotifySettings(Section):
    """Where digests and alerts go (docs/running.md)."""

    urls: tuple[SecretStr, ...] = ()
    """Apprise URLs: `mailtos://…`, `wecombot://…`, `dingtalk://…`, `feishu://…`. They hold
    passwords and keys.
    """
    lines: int = Field(default=30, ge=5, le=200)
    """Lines of a digest at most, as many as a telephone shows."""


class QuerySettings(Section):
    """How far `query` and `browse` go."""

    seconds: float = Field(default=60.0, gt=0, le=86_400)
    """Until a statement must have ended."""
    rows: int = Field(default=10_000, ge=1, le=1_000_000)
    """Rows that are printed at most."""
    mb: float = Field(default=20.0, gt=0, le=200)
    """Megabytes of text that are printed at most."""


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
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=False,
    )

    database: DatabaseSettings = DatabaseSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    browser: BrowserSettings = BrowserSettings()
    timeouts: TimeoutSettings = TimeoutSettings()
    sweep: SweepSettings = SweepSettings()
    inspection: InspectionSettings = InspectionSettings()
    pace: dict[str, PaceSettings] = Field(default_factory=dict)
    """By surface."""
    worker: WorkerSettings = WorkerSettings()
    canaries: CanariesSettings = CanariesSettings()
    registry: RegistrySettings = RegistrySettings()
    output: OutputSettings = OutputSettings()
    notify: NotifySettings = NotifySettings()
    query: QuerySettings = QuerySettings()
    log: LogSettings = LogSettings()
