"""What came of a look: outcomes, the failures that become them, and the worth of a date or match."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Outcome(StrEnum):
    """What came of a sight or a reading.

    The docstring line of each member says what the engine does about it.
    """

    OK = "ok"
    """The surface answered about this account. Closes the breaker."""
    NO_POSTS = "no_posts"
    """A positive count or wording says the account never posted.

    Closes the breaker; needs a second look.
    """
    NOT_FOUND = "not_found"
    """The platform positively says there is no such account.

    Closes the breaker; needs a control and a second look.
    """
    CANCELLED = "cancelled"
    """The platform says the account was deregistered. Closes the breaker; needs a second look."""
    BANNED = "banned"
    """The platform says the account is banned or frozen.

    Closes the breaker; needs a second look.
    """
    PRIVATE = "private"
    """The owner hides the posts.

    Closes the breaker; never a finding, the account stays unproven.
    """
    MIGRATED = "migrated"
    """The account moved to another id.

    Closes the breaker; never a finding, the registry gets a proposal.
    """
    LOGIN_REQUIRED = "login_required"
    """The surface wants a (valid) login.

    Not retried; with a session in use that session counts as invalid.
    """
    CAPTCHA = "captcha"
    """A verification page or overlay. Not retried; opens the breaker at once."""
    RATE_LIMITED = "rate_limited"
    """The site says slower, or blocks without words. Not retried; two in a row open the breaker."""
    CHANGED = "changed"
    """The answer is not of the known shape.

    Not retried; five in a row open the breaker: the site changed.
    """
    UNREACHABLE = "unreachable"
    """Network or server trouble. Retried three times; five accounts in a row open the breaker."""
    NO_EVIDENCE = "no_evidence"
    """The surface answered, but nothing in it speaks about this account. Nothing is done."""

    @property
    def label(self) -> str:
        """For inspectors, in Chinese."""
        return _LABELS[self]

    @property
    def about_us(self) -> bool:
        """True where the outcome is a fact about us, never about the account.

        Design law: our trouble is never theirs.
        """
        return self in _ABOUT_US

    @property
    def negative(self) -> bool:
        """True for the positive statements that an account is not there or empty."""
        return self in _NEGATIVE


_LABELS = {
    Outcome.OK: "正常读取", Outcome.NO_POSTS: "无发布内容", Outcome.NOT_FOUND: "未见该账号", Outcome.CANCELLED: "已注销",
    Outcome.BANNED: "被封禁或停用", Outcome.PRIVATE: "私密账号", Outcome.MIGRATED: "已迁移", Outcome.LOGIN_REQUIRED: "要求登录",
    Outcome.CAPTCHA: "要求验证", Outcome.RATE_LIMITED: "限制访问", Outcome.CHANGED: "页面格式不符", Outcome.UNREACHABLE: "网络不可达",
    Outcome.NO_EVIDENCE: "未取得信息",
}  # fmt: skip
_ABOUT_US = frozenset(
    {
        Outcome.LOGIN_REQUIRED,
        Outcome.CAPTCHA,
        Outcome.RATE_LIMITED,
        Outcome.CHANGED,
        Outcome.UNREACHABLE,
        Outcome.NO_EVIDENCE,
    }
)

_NEGATIVE = frozenset({Outcome.NO_POSTS, Outcome.NOT_FOUND, Outcome.CANCELLED, Outcome.BANNED})


class DayEnd(StrEnum):
    """What may not be visited again for 24 hours, because the site wants a person."""

    SURFACE = "surface"
    """This surface with this login."""
    LOGIN = "login"
    """All that shares the login's pace."""


class Failure(Exception):
    """A look went wrong in a foreseen way.

    `outcome` is what the sight will say; the message is for logs, in English.
    """

    outcome: ClassVar[Outcome]
    ends_day: DayEnd | None = None
    name: str = ""
    """What the account is called to which the filed name led, whosever it is.

    "" where it led to none, and where something better than the name led there. It is tied to
    nothing; but the name is borne, so it is not `not_found`.
    """

    def __init__(self, detail: object = "") -> None:
        text = detail if isinstance(detail, str) else repr(detail)
        super().__init__(text[:300])

    @property
    def detail(self) -> str:
        return str(self.args[0])


class LoginRequired(Failure):
    """The site sends us to its login."""

    outcome = Outcome.LOGIN_REQUIRED


class Captcha(Failure):
    """The site wants a human check."""

    outcome = Outcome.CAPTCHA

    def __init__(self, detail: object = "", ends_day: DayEnd | None = None) -> None:
        super().__init__(detail)
        self.ends_day = ends_day


class RateLimited(Failure):
    """The site throttles or blocks us."""

    outcome = Outcome.RATE_LIMITED


class Changed(Failure):
    """The answer does not have the known shape. Give the payload: the log shows it shortened."""

    outcome = Outcome.CHANGED


class Unreachable(Failure):
    """No answer: network, DNS, TLS, 5xx, a dead browser."""

    outcome = Outcome.UNREACHABLE


class NoEvidence(Failure):
    """The surface answered, and says nothing about this account (a dead link, homonyms)."""

    outcome = Outcome.NO_EVIDENCE

    def __init__(self, detail: object = "", name: str = "") -> None:
        super().__init__(detail)
        self.name = name


class UserError(Exception):
    """Bad input: one English sentence that names the place and the remedy.

    The CLI prints it and exits with 2.
    """

    again = ""
    """Said instead where standard error shows the sentence already."""


def foremost(errors: BaseExceptionGroup) -> BaseException:
    """What ended tasks that ran side by side.

    It is the sentence for the operator, where every error has one; else all errors.
    """
    foreseen, others = errors.split(UserError)
    found: BaseException = errors if others or foreseen is None else foreseen
    while isinstance(found, BaseExceptionGroup) and found is not errors:
        found = found.exceptions[0]
    return found


class DateKind(StrEnum):
    """What the newest date seen proves."""

    EXACT = "exact"
    """确定为最新: nothing newer was on show when it was read."""
    AT_LEAST = "at_least"
    """不早于: posted at least as late as this."""


class Attestation(StrEnum):
    """How well a surface or wording is known."""

    RECORDED = "recorded"
    DESCRIBED = "described"


class MatchedBy(StrEnum):
    """How a sight is tied to the filed account, strongest first."""

    ID = "id"
    URL = "url"
    NAME = "name"
