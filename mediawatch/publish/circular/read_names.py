"""What people gave of a circular's text: put aside before its numbers are read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mediawatch.domain import Filing
from mediawatch.figures.dimensions import Dimension
from mediawatch.publish.inspection import Inspection
from mediawatch.publish.naming import place_in_words

_FIRST_SIGN = 0xE000
_LAST_SIGN = 0xF8FF
GIVEN = chr(_LAST_SIGN)
"""Stands for words of the office that hold a number: 文号, 引据, 联系人 …"""
NAME = f"[{chr(_FIRST_SIGN)}-{chr(_LAST_SIGN - 1)}]"
"""Stands for an account with its organiser."""


TYPED_NAMES = rf"{NAME}（[^）\d]*）(?:、{NAME}（[^）\d]*）)*等?"
"""Accounts with their types. What holds a number there was put aside, or nothing vouches for it."""


def alternatives(words: set[str]) -> str:
    """A pattern for any of these words, the longer ones first; one that matches nothing for none."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


def given_texts(inspection: Inspection, checked_during: str) -> dict[str, str]:
    """By text, the sign that is put in its place; each account has one of its own.

    Longer texts come first: one may be a part of another.
    """
    found = {
        text: framed.replace(text_of, GIVEN)
        for text, framed, text_of in _framed(inspection, checked_during)
    }
    for number, name in enumerate(sorted(account_names(inspection))):
        # More names than signs: those of a long list are not printed.
        found[name] = chr(_FIRST_SIGN + number % (_LAST_SIGN - _FIRST_SIGN))
    for problem in inspection.problems:
        # What people wrote is put aside with the name and the type that it stands behind.
        filed = problem.entry.account.filed
        name, said = printed_name(filed), {each.remark for each in problem.findings} - {""}
        found |= {
            f"{name}（{type_of(filed)}，{each}）": f"{found[name]}（{GIVEN}）" for each in said
        }
    return {text: found[text] for text in sorted(found, key=len, reverse=True)}


def account_names(inspection: Inspection) -> set[str]:
    return {printed_name(problem.entry.account.filed) for problem in inspection.problems}


def filed_types(inspection: Inspection) -> set[str]:
    """类型 of all accounts that a text may name."""
    return {type_of(problem.entry.account.filed) for problem in inspection.problems}


def type_of(filed: Filing) -> str:
    """类型 as filed, else the platform."""
    return filed.type or Dimension.PLATFORM.of(filed)


def printed_name(filed: Filing) -> str:
    return f"{filed.organiser or place_in_words(filed)}“{filed.name}”"


def _framed(inspection: Inspection, checked_during: str) -> Iterator[tuple[str, str, str]]:
    """(the text with what stands around it, the same, the text).

    Without its surroundings a short text, such as a contact that is one digit, would vouch for
    numbers of ours.
    """
    office, sweep, past = inspection.office, inspection.sweep, inspection.past
    basis = "、".join(office.basis or inspection.policy.documents)
    again = re.match(r"recheck of (.+?): ", sweep.scope)
    earlier = [
        *([past.previous] if past.previous else []),
        *(last[0] for last in past.last.values()),
    ]
    words = [
        (office.issuer, "{}关于"),
        (office.issuer, "要求，{}"),
        *((office.reach, frame) for frame in ("{}正常运行", "{}在管", "{}政务新媒体")),
        (sweep.round, "关于{}"),
        (basis, "根据{}要求"),
        (checked_during, "于{}组织"),
        (office.contact, "联系人：{}"),
        (office.phone, "联系方式：{}。"),
        (again[1] if again else "", "复查{}所列账号"),
        *((each, "（{}）") for each in sorted(filed_types(inspection))),
        *((each.number, "（{}）") for each in earlier),
        *((each.title, "《{}》") for each in earlier),
        *((item.problem, "“{}”") for _, item in past.last.values()),
    ]
    for text, frame in words:
        if re.search(r"\d", text):
            framed = frame.format(text)
            yield framed, framed, text
