"""How accounts are named in a circular's text, with types as filed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mediawatch.domain import Filing
from mediawatch.figures.dimensions import Dimension
from mediawatch.publish.inspection import AccountProblem
from mediawatch.publish.naming import name_account


def type_of(filed: Filing) -> str:
    """类型 as filed (微信服务号, 贴吧号); where none is, the platform."""
    return filed.type or Dimension.PLATFORM.of(filed)


def name_with_type(filed: Filing, remark: str = "") -> str:
    """甲局“甲”（微信公众号）, with a remark 甲局“甲”（微信公众号，评论区关闭）."""
    return f"{name_account(filed)}（{'，'.join(filter(None, [type_of(filed), remark]))}）"


def names_by_type(problems: Sequence[AccountProblem], measure: str) -> str:
    """微信公众号2个：甲局“甲”、乙局“乙”；贴吧号1个：…: types in the order of their first account.

    Who is not to be named stands in the count, and 等 says that there are more.
    """
    types: dict[str, list[AccountProblem]] = {}
    for problem in problems:
        types.setdefault(type_of(problem.entry.account.filed), []).append(problem)
    return "；".join(f"{type_}{len(some)}{measure}{_names(some)}" for type_, some in types.items())


def names_with_types(problems: Iterable[AccountProblem]) -> str:
    """甲局“甲”（微信公众号）、乙局“乙”（贴吧号）, those that are to be named."""
    return "、".join(
        name_with_type(each.entry.account.filed) for each in problems if not each.unnamed
    )


def _names(some: Sequence[AccountProblem]) -> str:
    shown = [name_account(each.entry.account.filed) for each in some if not each.unnamed]
    more = "等" if len(shown) < len(some) else ""
    return f"：{'、'.join(shown)}{more}" if shown else ""
