"""The options by which findings are chosen and decided."""

from __future__ import annotations

from typing import Annotated, TypedDict, Unpack

import typer

from mediawatch.domain import (
    Attestation,
    Code,
    Excuse,
    ReviewState,
)
from mediawatch.names import person_fault
from mediawatch.people.suspects import SuspectFilter

EXCUSES = ", ".join(f"{excuse.value} ({excuse.name.lower()})" for excuse in Excuse)
Keys = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FINDING]...",
        help="As listed (12/stale_2w@3f2a), or an account: all of its findings.",
    ),
]


def name_one_person(text: str) -> str:
    """A person's name as it was typed; refused where it is not surely that of one person."""
    if text and (fault := person_fault(text)):
        raise typer.BadParameter(f"{text} {fault}")
    return text


By = Annotated[
    str,
    typer.Option("--by", metavar="NAME", help="Who decides.", callback=name_one_person),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it for more than one finding.")]


def parse_code(text: str | Code) -> Code:
    """A code by its name, an office's own ones too."""
    try:
        return Code(text)
    except ValueError:
        known = ", ".join(Code)
        raise typer.BadParameter(
            f"there is no code {text!r}: give one of {known}, or one of the policy's own (own_…)"
        ) from None


CodeOption = Annotated[
    list[Code] | None,
    typer.Option(
        "--code",
        metavar="CODE",
        parser=parse_code,
        help="Only this code (stale_2w …); may be repeated.",
    ),
]
Prefecture = Annotated[str, typer.Option(metavar="地市", help="Only this prefecture.")]
Platform = Annotated[str, typer.Option(metavar="KEY", help="Only this platform (wechat …).")]
Supervisor = Annotated[str, typer.Option(metavar="主管单位", help="Only this 主管单位.")]
Surface = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Only what rests on this surface (微博手机版主页, or weibo.mobile)."
    ),
]
AttestedOption = Annotated[
    Attestation | None,
    typer.Option("--attested", help="Only what recordings attest, or what only text describes."),
]


class FilterOptions(TypedDict, total=False):
    """The values of the options that choose findings, apart from `--code`."""

    state: ReviewState | None
    prefecture: str
    platform: str
    supervisor: str
    surface: str
    attested: Attestation | None


def filter_of(codes: list[Code] | None, **options: Unpack[FilterOptions]) -> SuspectFilter:
    """The filter that a command's options make; `--code` may be repeated."""
    return SuspectFilter(codes=tuple(codes or ()), **options)
