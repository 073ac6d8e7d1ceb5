"""使用审批: of some platforms a home has one login, and each further one needs an approval.

The first of the logins without an approval, by name, is the home's own. A login with an approval is
used up to its last day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mediawatch.domain import UserError
from mediawatch.ports import Logins, StoredSession, UseApproval

_LONGEST_NAME, _LONGEST_PURPOSE = 40, 80
HOW = "--approved-by NAME --purpose TEXT --until DAY"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenApproval:
    """The options of a command as they were typed; None where one was left out."""

    by: str | None = None
    purpose: str | None = None
    until: str | None = None


def why_barred(sessions: Sequence[StoredSession], today: date) -> dict[str, str]:
    """Why logins of one such platform must not be used, by name; usable ones are missing.

    `sessions` are all that the home has of it.
    """
    own = min((each.name for each in sessions if each.approval is None), default=None)
    found = {}
    for each in sessions:
        command = f"mediawatch sessions assign {each.platform} {each.name} PERSON {HOW}"
        if each.approval is None and each.name != own:
            found[each.name] = (
                f"{each.platform} has one login a home, {own}, and this further one has no "
                f"使用审批: {command}"
            )
        elif each.approval is not None and each.approval.until < today:
            found[each.name] = f"its 使用审批 ended on {each.approval.until}: {command}"
    return found


def approval_for(
    logins: Logins, platform: str, name: str, given: GivenApproval, today: date
) -> UseApproval | None:
    """The approval of a login that is made or assigned now.

    A renewed login keeps its own. UserError where one is needed and missing, over or incomplete.
    """
    approval = _read(given, today)
    if platform not in logins.by_approval:
        if approval is not None:
            raise UserError(
                f"--approved-by: a 使用审批 is for further logins of "
                f"{', '.join(sorted(logins.by_approval))} alone"
            )
        return None
    known = logins.sessions(platform)
    kept = approval or next((each.approval for each in known if each.name == name), None)
    if kept is not None:
        if kept.until < today:
            raise UserError(
                f"the 使用审批 of {platform}/{name} ended on {kept.until}: give a new one by {HOW}"
            )
        return kept
    others = sorted(each.name for each in known if each.approval is None and each.name != name)
    renewed = any(each.name == name for each in known)
    if others and not (renewed and name < others[0]):
        raise UserError(
            f"{platform} has one login a home, {others[0]}: a further one needs a 使用审批, "
            f"given by {HOW} (docs/sessions.md)"
        )
    return None


def _read(given: GivenApproval, today: date) -> UseApproval | None:
    if given == GivenApproval():
        return None
    if given.by is None or given.purpose is None or given.until is None:
        raise UserError(f"a 使用审批 says who, what for and until when: {HOW}")
    by, purpose = given.by.strip(), given.purpose.strip()
    for option, text, longest in (
        ("--approved-by", by, _LONGEST_NAME),
        ("--purpose", purpose, _LONGEST_PURPOSE),
    ):
        if not text or len(text) > longest or not text.isprintable():
            raise UserError(f"{option} {text[:longest]!r}: give at most {longest} letters")
    try:
        until = date.fromisoformat(given.until)
    except ValueError:
        raise UserError(f"--until {given.until!r} is no day: write it as 2026-12-31") from None
    if until < today:
        raise UserError(f"--until {until} is over: today is {today} in Beijing")
    return UseApproval(by=by, purpose=purpose, until=until)
