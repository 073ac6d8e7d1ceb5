"""对照账号: accounts known to post every day, by which a surface is checked.

A surface is checked before and after it speaks of other accounts. The home's `canaries.toml` names
the canaries; mediawatch ships none, because the inspectors must know them. Ids only, each with a
public source.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mediawatch.addresses import address_fault
from mediawatch.domain import Canary, UserError
from mediawatch.files import write_whole
from mediawatch.inputs import InputFault, parse_toml, read_toml
from mediawatch.registry.kinds import PLATFORMS


class _Entry(BaseModel):
    """One [[canary]] of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    platform: str
    platform_id: str = Field(min_length=1)
    name: str = Field(min_length=1)
    source: str = Field(min_length=1)
    original_id: str = ""
    url: str = ""
    reader_url: str = ""
    article_links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries:
    """The canaries of a home, and how often one is read: after so many looks, or after so long."""

    listed: tuple[Canary, ...] = ()
    every_looks: int = 50
    every: timedelta = timedelta(minutes=30)

    def of(self, platform: str) -> tuple[Canary, ...]:
        return tuple(canary for canary in self.listed if canary.platform == platform)


def read(path: Path) -> tuple[Canary, ...]:
    """The canaries of a file; empty where the file is missing.

    UserError names the entry and what is wrong with it.
    """
    try:
        tree = read_toml(path)
    except InputFault as fault:
        if fault.kind == "missing":
            return ()
        raise UserError(str(fault)) from None
    return _canaries_in(tree, str(path))


def parse(text: str, place: str) -> tuple[Canary, ...]:
    """The canaries of such a text. UserError as `read`, naming the place."""
    try:
        return _canaries_in(parse_toml(text, place), place)
    except InputFault as fault:
        raise UserError(str(fault)) from None


def _canaries_in(tree: dict[str, Any], place: str) -> tuple[Canary, ...]:
    entries = tree.pop("canary", [])
    if tree or not isinstance(entries, list):
        raise UserError(
            f"{place}: only [[canary]] tables may stand "
            f"there{f', found {next(iter(tree))}' if tree else ''}"
        )
    canaries = tuple(
        _entry(entry, f"{place}: canary {number}") for number, entry in enumerate(entries, 1)
    )
    _refuse_twins(canaries, place)
    return canaries


def _entry(entry: object, where: str) -> Canary:
    try:
        canary = Canary(**_Entry.model_validate(entry).model_dump())
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        hint = (
            ": cite where anybody can read that this id is that account" if key == "source" else ""
        )
        raise UserError(f"{where}: {key}: {first['msg']}{hint}") from None
    for key, link in (
        ("url", canary.url),
        ("reader_url", canary.reader_url),
        *(("article_links", link) for link in canary.article_links),
    ):
        if link and (fault := address_fault(link)):
            raise UserError(f"{where}: {key}: {fault}: give the address that the platform shows")
    if canary.platform not in PLATFORMS:
        raise UserError(
            f"{where}: no platform {canary.platform!r}: give one of {', '.join(PLATFORMS)}"
        )
    return canary


def _refuse_twins(canaries: Sequence[Canary], place: str) -> None:
    seen: set[tuple[str, str]] = set()
    for canary in canaries:
        if (canary.platform, canary.platform_id) in seen:
            raise UserError(f"{place}: {canary.platform} {canary.platform_id} stands there twice")
        seen.add((canary.platform, canary.platform_id))


TEMPLATE = """\
# 对照账号: accounts that are known to post every day. Before a sweep uses a surface, and every so often, one of them is read by it.
# If it does not read as fresh, what that surface said against others is withdrawn. Without one, findings stand with the mark
# 未经对照账号校验. Ids only; `source` is where anybody can read that this id is that account, and is required.
#
# [[canary]]
# platform = "weibo"               # wechat, weibo, douyin, toutiao, bilibili, kuaishou, tieba
# platform_id = "…"                # Weibo uid, Douyin sec_uid, Toutiao token, WeChat biz, Bilibili mid, Kuaishou 3x…,
#                                  # Tieba portrait
# name = "…"
# source = "https://…"
# url = "https://…"                # its page, where the platform is looked at by page
# original_id = "gh_…"             # WeChat
# reader_url = "https://weread.qq.com/…"
# article_links = ["https://mp.weixin.qq.com/s/…"]
"""


def to_toml(canaries: Sequence[Canary], remark: str) -> str:
    """A file that `read` can read back; `remark` stands at the top."""
    lines = [f"# {remark}"]
    for canary in canaries:
        lines += ["", "[[canary]]"]
        for key, value in asdict(canary).items():
            if value:
                lines.append(
                    f"{key} = [{', '.join(map(_quoted, value))}]"
                    if isinstance(value, tuple)
                    else f"{key} = {_quoted(value)}"
                )
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # Of JSON's characters, TOML's basic strings forbid only this one.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def write_template(path: Path) -> None:
    """Write a commented file without any canary; an existing file stays.

    UserError where it cannot be written.
    """
    if not path.exists():
        write_whole(path, TEMPLATE.encode())
