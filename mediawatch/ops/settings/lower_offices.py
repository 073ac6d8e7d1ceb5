"""The offices whose hand-offs an upper office expects, from `offices.toml` in its home."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from mediawatch.domain import CheckedSpan, HandedFile, UserError
from mediawatch.domain.clock import day_of, parse_day
from mediawatch.inputs import InputFault, read_toml

LOWER_OFFICES = "offices.toml"
OWN = "本级"
"""Under it stand the accounts that an office looked at itself: no office below is called so."""
EXAMPLE = """\
# 报送单位：本次由哪些地区、部门报送检查结果。示例：

# [round]
# name = "2022年第四季度"                 # 与 mediawatch sweep --round 一致
# as_of = "2022-12-31"                    # 统一的监测时间点；按时段检查的，为时段的最后一天
# period_from = "2022-10-01"              # 按时段检查的，时段的第一天；按时间点检查的不写
# policy = "national"                     # 统一的检查规则
# deadline = "2023-01-10"                 # 报送期限

# [[office]]
# name = "甲市"                           # 与统计表中的地区（部门）一致
# group = "地区"                          # 地区 或 部门
# keys = ["ed25519:…"]                    # 该单位 mediawatch collect key 印出的公钥
# former_names = ["甲地区"]               # 曾用名：以旧名称报送的文件仍属该单位
# revoked = [{ key = "ed25519:旧…", on = "2023-01-20", reason = "电脑遗失" }]  # 作废的公钥：自该日起不再接收
#
# [[office]]
# name = "省乙厅"
# group = "部门"
# folder = "/srv/报送/省乙厅"             # 没有公钥时：只有该单位能写入的文件夹
# own_rules = true                        # 同意其按更严的本地规则判定（统计表中注明）
"""
_KEY = re.compile(r"ed25519:[A-Za-z0-9+/]{43}=")


def _read_day(value: object) -> object:
    return parse_day(value) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_read_day)]
"""A Beijing day, also as text."""


def _known_key(value: str) -> str:
    if not _KEY.fullmatch(value):
        raise ValueError(f"{value!r} is no key as `mediawatch collect key` prints it")
    return value


PublicKey = Annotated[str, AfterValidator(_known_key)]


class RevokedKey(BaseModel):
    """A key that an office no longer has: what it signed counts where it came before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: PublicKey
    on: Day
    """作废日期: from this Beijing day on nothing is received by it."""
    reason: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\n\r]+$")]


class LowerOffice(BaseModel):
    """One office that hands in: who it is, and how its files are known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=40)]
    group: Literal["地区", "部门"] = "地区"
    former_names: tuple[str, ...] = ()
    """曾用名: files that came under these names are its."""
    keys: tuple[PublicKey, ...] = ()
    """Its public keys; more than one while a new one takes over."""
    revoked: tuple[RevokedKey, ...] = ()
    """Those that it had before, each with the day from which it is void, and why."""
    folder: str = ""
    """Without a key: files that lie in this folder are its."""
    parts: tuple[str, ...] = ()
    """The 地区（部门） of our registry that are its; empty for those of its name and its former ones."""
    deadline: Day | None = None
    """Its own 报送期限; None for that of the round."""
    own_rules: bool = False
    """Whether it may judge by other rules than the round's; its figures say so."""

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        # A number in a name could not be told from a figure of the text.
        if re.search(r"\d", value) or value != value.strip():
            raise ValueError("write it without digits and without blanks at its ends")
        if value == OWN:
            raise ValueError(f"{OWN} stands for our own inspection: give the office its full name")
        return value

    @property
    def own_parts(self) -> tuple[str, ...]:
        """The parts of our registry that are its."""
        return self.parts or (self.name, *self.former_names)

    @property
    def must_sign(self) -> bool:
        """Whether only signed files are its."""
        return bool(self.keys or self.revoked)

    def revocation_of(self, key: str) -> RevokedKey | None:
        return next((each for each in self.revoked if each.key == key), None)

    def came_in_time(self, file: HandedFile) -> bool:
        """Whether a file was received before its key was void, if it is."""
        revoked = self.revocation_of(file.key)
        return revoked is None or day_of(file.received_at) < revoked.on


class RoundSettings(BaseModel):
    """The inspection that the offices hand in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=60)]
    as_of: Day
    """The Beijing day of the 监测时间点 that all of them have; of a period the last one."""
    period_from: Day | None = None
    """The first Beijing day of the period (时段制) that all of them judge; None for a moment."""
    policy: str
    """The rules that all of them apply: a name or a file, as `sweep --policy` takes it."""
    deadline: Day | None = None
    """报送期限; None where none was set."""

    @model_validator(mode="after")
    def _in_order(self) -> RoundSettings:
        if self.period_from is not None and self.period_from > self.as_of:
            raise ValueError(f"period_from {self.period_from} is after as_of {self.as_of}")
        return self

    @property
    def span(self) -> CheckedSpan:
        return CheckedSpan(self.as_of, self.period_from)


class LowerOffices(BaseModel):
    """Everything of `offices.toml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    round: RoundSettings
    offices: Annotated[tuple[LowerOffice, ...], Field(alias="office", min_length=1)]

    @model_validator(mode="after")
    def _told_apart(self) -> LowerOffices:
        taken: dict[str, str] = {}
        for office in self.offices:
            folder = str(Path(office.folder).resolve()) if office.folder else ""
            revoked = [each.key for each in office.revoked]
            words = (office.name, *office.former_names, *office.keys, *revoked)
            for word in (*words, *filter(None, [folder])):
                if word in taken:
                    raise ValueError(f"{word} stands for {taken[word]} and for {office.name}")
                taken[word] = office.name
            if not office.must_sign and not office.folder:
                raise ValueError(f"{office.name} has neither keys nor a folder: give it one")
        parts: dict[str, str] = {}
        for office in self.offices:
            for part in office.own_parts:
                if part in parts:
                    raise ValueError(f"part {part} is of {parts[part]} and of {office.name}")
                parts[part] = office.name
        return self

    @property
    def office_of_part(self) -> dict[str, str]:
        """By part of our registry the office whose it is."""
        return {part: each.name for each in self.offices for part in each.own_parts}

    def deadline_of(self, office: LowerOffice) -> date | None:
        return office.deadline or self.round.deadline

    def named(self, name: str) -> LowerOffice | None:
        return next((each for each in self.offices if each.name == name), None)

    def current_name(self, name: str) -> str:
        """What an office of this name is called now; the name itself where no office had it."""
        found = (each.name for each in self.offices if name in each.former_names)
        return next(found, name)

    def holder_of(self, key: str) -> LowerOffice | None:
        """The office that has, or had, a key."""
        return next(
            (each for each in self.offices if key in each.keys or each.revocation_of(key)), None
        )


def read_lower_offices(home: Path) -> LowerOffices:
    """The offices of a home. UserError names the key and the file, and what to write."""
    path = home / LOWER_OFFICES
    try:
        return LowerOffices.model_validate(read_toml(path))
    except InputFault as fault:
        if fault.kind == "missing":
            raise UserError(
                f"{path} is missing: name in it the offices that hand in, as `mediawatch collect "
                "offices --example` prints it"
            ) from None
        raise UserError(str(fault)) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(
            f"{int(part) + 1}" if isinstance(part, int) else str(part) for part in first["loc"]
        )
        said = first["msg"].removeprefix("Value error, ")
        raise UserError(f"{path}: bad setting {key or '[[office]]'}: {said}") from None
