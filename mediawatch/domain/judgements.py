"""Verdicts, findings, sweeps, and what is known of an account now."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from mediawatch.domain.outcomes import DateKind, MatchedBy, Outcome


class Verdict(StrEnum):
    """The state of an account in a sweep."""

    FRESH = "fresh"
    DUE_SOON = "due_soon"
    AT_LIMIT = "at_limit"
    FAILED = "failed"
    LISTED = "listed"
    UNPROVEN = "unproven"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def label(self) -> str:
        return _VERDICT_LABELS[self]


_VERDICT_LABELS: Mapping[Verdict, str] = {
    Verdict.FRESH: "正常更新",
    Verdict.DUE_SOON: "即将超期",
    Verdict.AT_LIMIT: "临界（满规定天数）",
    Verdict.FAILED: "不合格",
    Verdict.LISTED: "其他需关注情形",
    Verdict.UNPROVEN: "待人工核查",
    Verdict.OUT_OF_SCOPE: "人工检查",
}


class Code(StrEnum):
    """问题类型. Labels and effects are the policy's.

    An office may have kinds of its own for what its people find: any code that begins with `own_`
    is a member. Each exists once, as other members do.
    """

    NOT_FOUND = "not_found"
    CANCELLED_NOT_CLOSED = "cancelled_not_closed"
    BANNED = "banned"
    ZOMBIE = "zombie"
    STALE_6M = "stale_6m"
    STALE_3M = "stale_3m"
    STALE_2W = "stale_2w"
    EMPTY_ACCOUNT = "empty_account"
    RENAMED_UNREPORTED = "renamed_unreported"
    NAME_MISMATCH = "name_mismatch"
    OWNER_MISMATCH = "owner_mismatch"
    CLOSED_BUT_ALIVE = "closed_but_alive"
    FILING_NAME_STYLE = "filing_name_style"
    REGISTRY_INCOMPLETE = "registry_incomplete"
    DUPLICATE_FILING = "duplicate_filing"
    SAME_BODY_ACCOUNTS = "same_body_accounts"
    ABOLISHED_BODY = "abolished_body"
    INTERACTION_POOR = "interaction_poor"
    UNUSABLE = "unusable"
    NOT_REPOSTED = "not_reposted"
    WRONG_WORDS = "wrong_words"
    ADVERTISING = "advertising"

    @classmethod
    def _missing_(cls, value: object) -> Code | None:
        if not isinstance(value, str) or not _OWN.fullmatch(value):
            return None
        member = str.__new__(cls, value)
        member._name_, member._value_ = value.upper(), value
        # Two threads may get here with one value: the first of them makes the member.
        known = cls._value2member_map_.setdefault(value, member)
        assert isinstance(known, cls)
        return known

    @property
    def found_by_people(self) -> bool:
        """Whether no list of posts shows it: a person finds it (人工发现的问题)."""
        return self in _PEOPLES or _OWN.fullmatch(self.value) is not None


_OWN = re.compile("own_[a-z0-9_]{1,28}")
"""Codes that an office's own policy may name."""
_PEOPLES = frozenset(
    {
        Code.INTERACTION_POOR,
        Code.UNUSABLE,
        Code.NOT_REPOSTED,
        Code.WRONG_WORDS,
        Code.ADVERTISING,
    }
)


class Effect(StrEnum):
    """What a code does under a policy."""

    FAILS = "fails"
    DEDUCTS = "deducts"
    """It costs points, and does not fail the account."""
    LISTED = "listed"
    HINT = "hint"

    @property
    def label(self) -> str:
        return _EFFECT_LABELS[self]


_EFFECT_LABELS: Mapping[Effect, str] = {
    Effect.FAILS: "不合格", Effect.DEDUCTS: "扣分", Effect.LISTED: "其他需关注情形", Effect.HINT: "提示",
}  # fmt: skip


WORDS_END = "。；;."
"""Signs that are cut off the end of people's words, where these stand within a sentence."""


def plain_words(words: str) -> str:
    """People's words in one line, without their last stop."""
    return " ".join(words.split()).rstrip(WORDS_END)


class ReviewState(StrEnum):
    """疑似 until a person decides. Only confirmed findings leave in a hand-off."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        return {
            "open": "疑似",
            "dispatched": "已下发核实",
            "confirmed": "认定",
            "dismissed": "排除",
        }[self.value]

    @property
    def is_undecided(self) -> bool:
        """Whether a person still has to confirm or dismiss it."""
        return self in (ReviewState.OPEN, ReviewState.DISPATCHED)


class Tie(StrEnum):
    """By what a finding is tied to its account."""

    ID = "id"
    """By the platform's own id."""
    SEARCH = "search"
    """By a full search for the filed name, where no id is filed or known."""
    REGISTRY = "registry"
    """By the filing alone: nothing was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a finding says, without its prose: a decision holds for these facts.

    None stands for what was not yet kept then.
    """

    code: Code
    latest_on: date | None = None
    gap_days: int | None = None
    gap_since: date | None = None
    gap_is_minimum: bool = False
    name_seen: str = ""
    ids: tuple[str, ...] | None = None
    tie: Tie | None = None
    words: str = ""

    def agree(self, other: Facts) -> bool:
        """Whether both say the same, as far as both were kept."""
        kept = ((self.ids, other.ids), (self.tie, other.tie), (self.gap_since, other.gap_since))
        known = all(one is None or two is None or one == two for one, two in kept)
        return known and self._plain == other._plain

    @property
    def _plain(self) -> tuple[object, ...]:
        """What was kept of every finding, from the first version on."""
        dated = (self.latest_on, self.gap_days, self.gap_is_minimum)
        return (self.code, *dated, self.name_seen, self.words)

    @property
    def version(self) -> str:
        """Four signs that name this version of the finding: another date, name or id changes them."""
        said = (
            self.code,
            self.latest_on,
            self.gap_days,
            self.gap_since,
            self.gap_is_minimum,
            self.name_seen,
            self.ids,
            self.tie,
            *filter(None, [self.words]),
        )
        return hashlib.sha256(
            "|".join(map(str, said)).encode("utf-8", "backslashreplace")
        ).hexdigest()[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """问题: one code against one account, with the readings that prove it.

    `sentence` is the rule in Chinese.
    """

    code: Code
    label: str
    effect: Effect
    sentence: str
    reading_ids: tuple[int, ...]
    gap_days: int | None = None
    """Days from the newest post's day to the as_of day; None where no post is known.

    In a period (时段制) its longest gap. A lower bound if `gap_is_minimum`.
    """
    gap_is_minimum: bool = False
    gap_since: date | None = None
    """The Beijing day from which the gap counts; None for a finding that is about no gap."""
    latest_on: date | None = None
    name_seen: str = ""
    ids: tuple[str, ...] | None = None
    """The filed ids under which the account was looked at; None in findings older than this."""
    tie: Tie | None = None
    """None in findings older than this field."""
    words: str = ""
    """What people wrote of it, of a finding of theirs."""
    points: float | None = None
    """What it costs, where its effect is `deducts`."""
    review: ReviewState = ReviewState.OPEN
    """What its review events come to; the store fills it in."""
    excuse: str = ""
    """The `Excuse` with which it was dismissed, "" for none; the store fills it in, too."""

    @property
    def cost(self) -> str:
        """扣2.5分; "" where it costs nothing."""
        return "" if self.points is None else f"扣{self.points:g}分"

    @property
    def remark(self) -> str:
        """What people wrote of it, on one line and without a full stop."""
        return plain_words(self.words)

    @property
    def details(self) -> str:
        """What it costs, and what people wrote of it, as it is printed behind the label."""
        return "，".join(filter(None, [self.cost, self.remark]))

    @property
    def printed(self) -> str:
        """The label as a list prints it: with its details, where it has any."""
        return f"{self.label}（{self.details}）" if self.details else self.label

    @property
    def facts(self) -> Facts:
        return Facts(
            code=self.code,
            latest_on=self.latest_on,
            gap_days=self.gap_days,
            gap_since=self.gap_since,
            gap_is_minimum=self.gap_is_minimum,
            name_seen=self.name_seen,
            ids=self.ids,
            tie=self.tie,
            words=self.words,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What `rules.judge` says of one account: the verdict, why, and the findings.

    The reason is one Chinese sentence.
    """

    verdict: Verdict
    sentence: str
    findings: tuple[Finding, ...] = ()
    latest_on: date | None = None
    date_kind: DateKind | None = None
    gap_days: int | None = None
    second_look: bool = False
    """True when only the second look is missing for a conclusion."""
    notes: tuple[str, ...] = ()
    """Remarks for the reviewer, in Chinese (发布时间异常, 监测窗口含春节 …)."""
    provisional: bool = False
    """Whether it is proved sound through a 暂用标识 alone: a person should glance at the account."""
    otherwise: Verdict | None = None
    """The verdict once its findings are no longer held against the account.

    They were dismissed, or withdrawn by a correction. None in judgements older than this.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """What is known of an account now, in one row.

    Due dates are reckoned from it alone, never from history. `latest_*` is the newest post ever
    seen; `last_*` is the newest reading. `exact_*` is the newest exact reading; `name_*` is the
    newest one that read a name. `judged_*` is the judgement of the sweep with the latest as_of.
    None stands for a missing value.
    """

    account_id: int
    latest_on: date | None = None
    """A lower bound for ever.

    Posts dated after their own look, or of a page not tied to the account, do not count.
    """
    latest_at: datetime | None = None
    original_on: date | None = None
    """The same for posts that count under every policy: no reposts, nothing unpushed."""
    person_fresh_on: date | None = None
    """The newest day on which a person saw a post (有) whose link is not known."""
    last_read_at: datetime | None = None
    last_outcome: Outcome | None = None
    exact_read_at: datetime | None = None
    complete_since: datetime | None = None
    name_seen: str = ""
    name_matched_by: MatchedBy | None = None
    name_read_at: datetime | None = None
    judged_as_of: datetime | None = None
    verdict: Verdict | None = None
    second_look: bool = False
    """Whether that judgement lacks only the second look."""
    judged_on: date | None = None
    """The Beijing day up to which an exact list was judged.

    A look after midnight may be judged for the day before it.
    """
