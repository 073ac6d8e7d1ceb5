"""The home folder: where everything of one office lies."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from mediawatch.domain import UserError
from mediawatch.files import (
    PRIVATE_FOLDER,
    keep_tree_private,
    write_whole,
)
from mediawatch.ops.settings import office
from mediawatch.ops.settings.served import CONFIG, require_named
from mediawatch.ops.settings.tree import Settings
from mediawatch.refusals import refusal

__all__ = ["CONFIG", "Home"]


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds everything of one office: database, evidence, sessions, settings,
    logs.
    """

    root: Path

    @classmethod
    def at(cls, option: str | Path | None = None, environ: Mapping[str, str] | None = None) -> Home:
        """`--home`, else `MEDIAWATCH_HOME`, else the user's data folder. Touches nothing on disk."""
        environ = os.environ if environ is None else environ
        chosen = (
            option
            or environ.get("MEDIAWATCH_HOME")
            or platformdirs.user_data_path("mediawatch", appauthor=False)
        )
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
        """The SQLite file, used where the settings name no other database."""
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
        # A pipe or a link to nothing in its place is told when it is read.
        return os.path.lexists(self.config)

    def database_url(self, settings: Settings) -> str:
        """What the store opens. May hold a password: never log it.

        UserError where the home's data lie elsewhere than where the settings say.
        """
        url = settings.database.url.get_secret_value()
        require_named(self.root, url)
        return url or f"sqlite:///{self.database}"

    def create(self, *marks: str) -> Home:
        """Make the folders, a commented mediawatch.toml and office.toml; what is there stays.

        An older home and all in it becomes its owner's alone.

        `marks` become `[output] marks` of a new mediawatch.toml. UserError where the place cannot
        be written.
        """
        is_old = self.exists
        try:
            self._make_root()
            for folder in (self.evidence, self.logs, self.sessions):
                folder.mkdir(PRIVATE_FOLDER, exist_ok=True)
            if not self.config.exists():
                text = (
                    TEMPLATE.replace(
                        "# marks = []", f"marks = {json.dumps(marks, ensure_ascii=False)}"
                    )
                    if marks
                    else TEMPLATE
                )
                write_whole(self.config, text.encode())
            if not (self.root / office.FILE).exists():
                write_whole(self.root / office.FILE, office.TEMPLATE.encode())
            if is_old:
                keep_tree_private(self.root)
        except OSError as error:
            raise UserError(
                f"cannot set up the home {self.root}: {error.filename or self.root}: {refusal(error)}"
            ) from error
        return self

    def _make_root(self) -> None:
        """The home is its owner's alone.

        The mode of a folder that is there is set only where it is empty or a home, and ours.
        """
        self.root.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            self.root.mkdir(PRIVATE_FOLDER)
        if self.exists or not any(self.root.iterdir()):
            found = self.root.stat()
            if found.st_uid == os.geteuid() and found.st_mode & 0o077:
                self.root.chmod(PRIVATE_FOLDER)

    def owner_apart(self) -> str:
        """Name or number of the user who owns the home, where root works on it; else empty."""
        owner = self.root.stat().st_uid
        if os.geteuid() != 0 or owner == 0:
            return ""
        try:
            return pwd.getpwuid(owner).pw_name
        except KeyError:
            return str(owner)

    def require(self) -> Home:
        """UserError where `mediawatch init` was not run here.

        A mistyped --home must not become an empty registry.
        """
        if not self.exists:
            raise UserError(
                f"{self.root} is no mediawatch home: run `mediawatch --home {self.root} "
                "init`, or name another with --home"
            )
        return self


TEMPLATE = """\
# Settings of this mediawatch home; docs/settings.md describes every key. Commented lines show the defaults.
# A command's option overrides the environment (MEDIAWATCH_SWEEP__POLICY=tibet), which overrides this file.

[database]
# url = ""                    # empty: SQLite, mediawatch.db in this folder
# copy_first = true           # a copy is made before a new version changes the tables

[evidence]                    # docs/evidence.md
# place = ""                  # empty: evidence/ in this folder; another folder, or "s3://BUCKET/PREFIX"
# endpoint = ""               # of s3://, such as "https://storage.example.gov.cn:9000"
# region = "us-east-1"
# access_key = ""
# secret_key = ""

[browser]
# executable = ""             # empty: found by `mediawatch browser`
# proxy = ""
# concurrency = 4
# sites = 2                    # with a page open at the same time, some 50 MB each
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

[inspection]                  # the next one; docs/inspection.md
# as_of = ""                  # its 监测时间点, such as "2026-12-31": the nights before it are spent on what it needs

[pace]                        # of single surfaces; docs/pace.md
# [pace."weibo.desktop"]
#   every = 10.0
#   quiet = ["22:00", "06:00"]
# [pace."wechat.reader"]      # both surfaces of 微信读书, each login
#   per_day = 40              # calls

[worker]                      # where several machines look for one PostgreSQL database
# address = ""                # a name for the address by which sites see this machine; docs/pace.md

[canaries]                    # 对照账号, canaries.toml
# every_looks = 50
# every_minutes = 30.0

[registry]                    # 台账
# contacts = true             # false: no contact persons and telephones in this home

[output]
# marks = []                  # printed with every result, such as 演示数据

[notify]                      # digests and alerts, docs/running.md
# urls = []                   # such as "mailtos://office:PASSWORD@example.gov.cn?smtp=mail.example.gov.cn&to=duty@example.gov.cn"
# lines = 30

[query]                       # `query` and `browse`, docs/queries.md
# seconds = 60.0
# rows = 10000
# mb = 20.0

[log]
# level = "warning"           # debug, info, warning, error
# format = "auto"             # auto, text, json
# file_mb = 10.0              # logs/mediawatch.log is put aside at this size
# files_kept = 5              # how many older ones stay
"""
