"""The offices whose hand-offs an upper office expects, from `offices.toml` in its home."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from mediawatch.domain import UserError
from mediawatch.domain.clock import parse_day
from mediawatch.inputs import InputFault, read_toml

LOWER_OFFICES = "offices.toml"
EXAMPLE = """\
# 报送单位：本次由哪些地区、部门报送检查结果。示例：

# [round]
# name = "2022年第四季度"                 # 与 mediawatch sweep --round 一致
# as_of = "2022-12-31"                    # 统一的监测时间点
# policy = "national"                     # 统一的检查规则
# deadline = "2023-01-10"                 # 报送期限

# [[office]]
# name = "甲市"                           # 与统计表中的地区（部门）一致
# group = "地区"                          # 地区 或 部门
# keys = ["ed25519:…"]                    # 该单位 mediawatch collect key 印出的公钥
#
# [[office]]
# name = "省乙厅"
# group = "部门"
# folder = "/srv/报送/省乙厅"             # 没有公钥时：只有该单位能写入的文件夹
# own_rules = true                        # 同意其按更严的本地规则判定（统计表中注明）
"""
_KEY = re.compile(r"ed25519:[A-Za-z0-9+/]{43}=")


class LowerOffice(BaseModel):
    """One office that hands in: who it is, and how its files are known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=40)]
    group: Literal["地区", "部门"] = "地区"
    keys: tuple[str, ...] = ()
    """Its public keys; more than one while a new one takes over."""
    folder: str = ""
    """Without a key: files that lie in this folder are its."""
    parts: tuple[str, ...] = ()
    """The 地区（部门） of our registry that are its; empty for the one of its name."""
    deadline: date | None = None
    """Its own 报送期限; None for that of the round."""
    own_rules: bool = False
    """Whether it may judge by other rules than the round's; its figures say so."""

    @field_validator("deadline", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        return parse_day(value) if isinstance(value, str) else value

    @field_validator("name")
    @classmethod
    def _plain(cls, value: str) -> str:
        # A number in a name could not be told from a figure of the text.
        if re.search(r"\d", value) or value != value.strip():
            raise ValueError("write it without digits and without blanks at its ends")
        return value

    @field_validator("keys")
    @classmethod
    def _keys(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [each for each in value if not _KEY.fullmatch(each)]:
            raise ValueError(f"{wrong[0]!r} is no key as `mediawatch collect key` prints it")
        return value

    @property
    def own_parts(self) -> tuple[str, ...]:
        """The parts of our registry that are its."""
        return self.parts or (self.name,)


class RoundSettings(BaseModel):
    """The inspection that the offices hand in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=60)]
    as_of: date
    """The Beijing day of the 监测时间点 that all of them have."""
    policy: str
    """The rules that all of them apply: a name or a file, as `sweep --policy` takes it."""
    deadline: date | None = None
    """报送期限; None where none was set."""

    @field_validator("as_of", "deadline", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        return parse_day(value) if isinstance(value, str) else value


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
            for word in (office.name, *office.keys, *filter(None, [folder])):
                if word in taken:
                    raise ValueError(f"{word} stands for {taken[word]} and for {office.name}")
                taken[word] = office.name
            if not office.keys and not office.folder:
                raise ValueError(f"{office.name} has neither keys nor a folder: give it one")
        parts: dict[str, str] = {}
        for office in self.offices:
            for part in office.own_parts:
                if part in parts:
                    raise ValueError(f"part {part} is of {parts[part]} and of {office.name}")
                parts[part] = office.name
        return self

    def deadline_of(self, office: LowerOffice) -> date | None:
        return office.deadline or self.round.deadline

    def named(self, name: str) -> LowerOffice | None:
        return next((each for each in self.offices if each.name == name), None)


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
