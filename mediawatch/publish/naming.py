"""How a text names an account: by its body, or by its place where no body is filed."""

from __future__ import annotations

from mediawatch.domain import Filing
from mediawatch.figures.region_parts import is_own_level


def name_account(filed: Filing) -> str:
    """示例市第一局“示例”; 拉萨市达孜区“示例” where no 所属组织 is filed; else “示例” alone."""
    return f"{filed.organiser or place_in_words(filed)}“{filed.name}”"


def addressee_of(filed: Filing) -> str:
    """To whom a letter about an account goes: 所属组织, else 主管单位, else its place; "" for none."""
    return filed.organiser or filed.supervisor or place_in_words(filed)


def no_addressee(name: str, number: str) -> str:
    """Why nothing can be sent about an account of a notice, in English."""
    return (
        f"“{name}” of {number} has neither 所属组织 nor 主管单位 nor a place, so its letter has no "
        "addressee: `mediawatch registry import` a registry that has one of them"
    )


def place_in_words(filed: Filing) -> str:
    """The filed place as a text says it: 市本级 and the like add nothing to their city."""
    below = (filed.county, filed.township)
    named = [place for place in below if not is_own_level(place) and place != filed.prefecture]
    return "".join((filed.prefecture, *named))
