"""使用审批: of some platforms a home has one login, and each further one needs an approval.

The home's own login is bound to whose it is: who was first logged in without an approval. That
stays, whatever becomes of the login's file or its name. An approval is bound in the same way. It is
given by somebody else than the 保管人, for at most a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mediawatch.domain import UserError
from mediawatch.domain.clock import months_before, parse_day
from mediawatch.names import same_person
from mediawatch.ports import Logins, StoredSession, UseApproval

_LONGEST_NAME, _LONGEST_PURPOSE = 40, 80
HOW = "--approved-by NAME --purpose TEXT --until DAY"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenApproval:
    """The options of a command as they were typed; None where one was left out."""

    by: str | None = None
    purpose: str | None = None
    until: str | None = None


def why_barred(sessions: Sequence[StoredSession], own: str, today: date) -> dict[str, str]:
    """Why logins of one such platform must not be used, by name; usable ones are missing.

    `sessions` are all that the home has of it, `own` says whose the home's own login is.
    """
    found = {}
    used: dict[str, str] = {}
    for each in sorted(sessions, key=lambda session: session.name):
        if why := _why_unapproved(each, own, today):
            command = f"mediawatch sessions assign {each.platform} {each.name} PERSON {HOW}"
            found[each.name] = f"{why}: {command}"
        elif first := used.get(each.holder):
            command = f"mediawatch sessions remove {each.platform} {each.name}"
            found[each.name] = f"it is the login of the account that is kept as {first}: {command}"
        else:
            used[each.holder] = each.name
    return found


def _why_unapproved(session: StoredSession, own: str, today: date) -> str:
    approval = session.approval
    if approval is None:
        further = f"{session.platform} has one login a home, and this further one has no 使用审批"
        return "" if session.holder == own else further
    if approval.holder != session.holder:
        return "its 使用审批 is for the login of another account"
    return f"its 使用审批 ended on {approval.until}" if approval.until < today else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginAdmission:
    """Says of a login that is being made whether the home may keep it, and by which approval."""

    logins: Logins
    platform: str
    name: str
    given: UseApproval | None
    """As it was typed now."""
    kept: UseApproval | None = None
    """That of the login that has this name."""

    def refuse_own_word(self, custodian: str) -> None:
        """UserError where the 保管人 gave the approval himself."""
        approval = self.given or self.kept
        if approval is not None and same_person(approval.by, custodian):
            raise UserError(
                f"{approval.by} is the 保管人 of {self.platform}/{self.name}: somebody else gives "
                f"the 使用审批 ({HOW}), or answers for the login (--custodian NAME)"
            )

    def approve(self, holder: str) -> UseApproval | None:
        """The approval of a login, once it is known whose it is; None for the home's own.

        UserError where it must not be kept.
        """
        if self.platform not in self.logins.by_approval:
            return None
        for each in self.logins.sessions(self.platform):
            if each.name != self.name and each.holder == holder:
                raise UserError(
                    f"this account is logged in already as {self.platform}/{each.name}: renew that "
                    f"login by --name {each.name}, or take another account"
                )
        own = self.logins.own_holder(self.platform)
        if self.given is not None:
            if holder == own:
                raise UserError(
                    "this is the home's own login, which needs no 使用审批: leave --approved-by, "
                    "--purpose and --until out"
                )
            return replace(self.given, holder=holder)
        if own in ("", holder):
            return None
        if self.kept is None:
            raise UserError(_further(self.platform, "this is another account's"))
        if self.kept.holder != holder:
            raise UserError(
                f"the 使用审批 of {self.platform}/{self.name} is for the login of another account: "
                f"give a new one by {HOW} (docs/sessions.md)"
            )
        return self.kept


def admission(
    logins: Logins, platform: str, name: str, given: GivenApproval, today: date
) -> LoginAdmission:
    """How a login that is made or assigned now is admitted.

    UserError for what can be said before it is known whose it is: an approval that is missing,
    over, or incomplete.
    """
    approval = _read(given, today)
    if platform not in logins.by_approval:
        if approval is not None:
            raise UserError(
                f"--approved-by: a 使用审批 is for further logins of "
                f"{', '.join(sorted(logins.by_approval))} alone"
            )
        return LoginAdmission(logins=logins, platform=platform, name=name, given=None)
    known = {each.name: each for each in logins.sessions(platform)}
    kept = known[name].approval if name in known and approval is None else None
    if kept is not None and kept.until < today:
        raise UserError(
            f"the 使用审批 of {platform}/{name} ended on {kept.until}: give a new one by {HOW}"
        )
    if approval is None and kept is None:
        own = logins.own_holder(platform)
        first = next((each.name for each in known.values() if each.holder == own != ""), name)
        if first != name:
            raise UserError(_further(platform, f"that is {first}"))
    return LoginAdmission(logins=logins, platform=platform, name=name, given=approval, kept=kept)


def _further(platform: str, why: str) -> str:
    return (
        f"{platform} has one login a home, and {why}: a further one needs a 使用审批, given by {HOW} "
        "(docs/sessions.md)"
    )


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
        if not text:
            raise UserError(f"{option} is empty: a 使用审批 says who, what for and until when")
        if len(text) > longest or not text.isprintable():
            raise UserError(f"{option} {text[:longest]!r}: give at most {longest} letters")
    try:
        until = parse_day(given.until)
    except ValueError as error:
        raise UserError(f"--until {given.until}: {error}") from None
    if until < today:
        raise UserError(f"--until {until} is over: today is {today} in Beijing")
    if until > (latest := months_before(today, -12)):
        raise UserError(f"--until {until}: a 使用审批 is for a year at most, until {latest}")
    return UseApproval(by=by, purpose=purpose, until=until)
