"""The words of mediawatch: what every other module speaks of.

Frozen, typed, standard library only. Shapes and units: every `datetime` is timezone-aware (the store keeps UTC), every
`date` is a day in Beijing, every id is text even where it looks like a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar


class Outcome(StrEnum):
    """What came of a sight or a reading. The docstring line of each member says what the engine does about it."""

    OK = "ok"
    """The surface answered about this account. Closes the breaker."""
    NO_POSTS = "no_posts"
    """A positive count or wording says the account never posted. Closes the breaker; needs a second look."""
    NOT_FOUND = "not_found"
    """The platform positively says there is no such account. Closes the breaker; needs a control and a second look."""
    CANCELLED = "cancelled"
    """The platform says the account was deregistered. Closes the breaker; needs a second look."""
    BANNED = "banned"
    """The platform says the account is banned or frozen. Closes the breaker; needs a second look."""
    PRIVATE = "private"
    """The owner hides the posts. Closes the breaker; never a finding, the account stays unproven."""
    MIGRATED = "migrated"
    """The account moved to another id. Closes the breaker; never a finding, the registry gets a proposal."""
    LOGIN_REQUIRED = "login_required"
    """The surface wants a (valid) login. Not retried; with a session in use that session counts as invalid."""
    CAPTCHA = "captcha"
    """A verification page or overlay. Not retried; opens the breaker at once."""
    RATE_LIMITED = "rate_limited"
    """The site says slower, or blocks without words. Not retried; two in a row open the breaker."""
    CHANGED = "changed"
    """The answer is not of the known shape. Not retried; five in a row open the breaker: the site changed."""
    UNREACHABLE = "unreachable"
    """Network or server trouble. Retried three times; five accounts in a row open the breaker."""
    NO_EVIDENCE = "no_evidence"
    """The surface answered, but nothing in it speaks about this account. Nothing is done."""

    @property
    def about_us(self) -> bool:
        """True where the outcome is a fact about us, never about the account (design law: our trouble is never theirs)."""
        return self in _ABOUT_US

    @property
    def negative(self) -> bool:
        """True for the positive statements that an account is not there or empty."""
        return self in _NEGATIVE


_ABOUT_US = frozenset(
    {Outcome.LOGIN_REQUIRED, Outcome.CAPTCHA, Outcome.RATE_LIMITED, Outcome.CHANGED, Outcome.UNREACHABLE, Outcome.NO_EVIDENCE}
)
_NEGATIVE = frozenset({Outcome.NO_POSTS, Outcome.NOT_FOUND, Outcome.CANCELLED, Outcome.BANNED})
# Among sights without a date the first of these speaks for the reading.
_RANK = (
    Outcome.CANCELLED, Outcome.BANNED, Outcome.MIGRATED, Outcome.PRIVATE, Outcome.NOT_FOUND, Outcome.NO_POSTS,
    Outcome.CAPTCHA, Outcome.LOGIN_REQUIRED, Outcome.RATE_LIMITED, Outcome.CHANGED, Outcome.UNREACHABLE,
)  # fmt: skip


class Failure(Exception):
    """A look went wrong in a foreseen way. `outcome` is what the sight will say; the message is for logs, in English."""

    outcome: ClassVar[Outcome]

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


class RateLimited(Failure):
    """The site throttles or blocks us."""

    outcome = Outcome.RATE_LIMITED


class Changed(Failure):
    """The answer does not have the known shape; give it the payload, it is shortened for the log."""

    outcome = Outcome.CHANGED


class Unreachable(Failure):
    """No answer: network, DNS, TLS, 5xx, a dead browser."""

    outcome = Outcome.UNREACHABLE


class NoEvidence(Failure):
    """The surface answered, and says nothing about this account (a dead link, homonyms)."""

    outcome = Outcome.NO_EVIDENCE


class UserError(Exception):
    """Bad input: one English sentence that names the place and the remedy. The CLI prints it and exits with 2."""


class DateKind(StrEnum):
    """What the newest date seen proves."""

    EXACT = "exact"
    """确定为最新: nothing newer was on show when it was read."""
    AT_LEAST = "at_least"
    """不早于: posted at least as late as this."""


class Attested(StrEnum):
    """How well a surface or wording is known."""

    RECORDED = "recorded"
    DESCRIBED = "described"


class MatchedBy(StrEnum):
    """How a sight is tied to the filed account, strongest first."""

    ID = "id"
    URL = "url"
    NAME = "name"


class PostKind(StrEnum):
    ARTICLE = "article"
    MICRO = "micro"
    VIDEO = "video"
    PICTURES = "pictures"
    ANSWER = "answer"
    OTHER = "other"
    SEEN = "seen"
    """A person saw a post; its form was not written down."""


class EvidenceKind(StrEnum):
    SCREENSHOT = "screenshot"
    PAYLOAD = "payload"
    TEXT = "text"
    PICTURE = "picture"
    """A person's picture from the worklist."""
    MANIFEST = "manifest"
    """What was taken in one reading: paths, hashes, times, addresses."""


class FiledStatus(StrEnum):
    """运行状态 as filed in the national reporting system."""

    RUNNING = "running"
    CLOSING = "closing"
    CLOSED = "closed"
    DEREGISTERED = "deregistered"

    @property
    def label(self) -> str:
        return {"running": "正常运行", "closing": "申请关停", "closed": "已关停", "deregistered": "已注销"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One account as the registry (台账) holds it. `type` is 类型 exactly as filed, `platform` our key for it."""

    name: str
    platform: str
    type: str = ""
    type_certain: bool = True
    """False where 类型 does not tell what it is ("微信" may be 公众号, 服务号, 视频号 or 小程序)."""
    filing_number: str = ""
    kind: str = ""
    """订阅号 or 服务号, where filed."""
    organiser: str = ""
    supervisor: str = ""
    prefecture: str = ""
    county: str = ""
    jurisdiction: str = ""
    """属地/系统归口."""
    level: str = ""
    body_kind: str = ""
    """政府 or 部门."""
    platform_id: str = ""
    original_id: str = ""
    alias: str = ""
    url: str = ""
    article_links: tuple[str, ...] = ()
    reader_url: str = ""
    """微信读书 reader page of a WeChat account."""
    status: FiledStatus = FiledStatus.RUNNING
    closing_requested_on: date | None = None
    closing_notice_url: str = ""
    opened_on: date | None = None
    filed_on: date | None = None
    exempt_reason: str = ""
    exempt_document: str = ""
    exempt_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """联系人. Kept apart from the account; leaves only in its own unit's file."""

    person: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A filed account with the store's key. `links` are all article links known for it (filed and learned), newest first."""

    id: int
    filed: Filed
    links: tuple[str, ...] = ()
    retired_on: date | None = None

    @property
    def platform(self) -> str:
        return self.filed.platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post. `on` is its Beijing day; `at` its instant, or None where the site shows only the day."""

    on: date
    at: datetime | None = None
    id: str = ""
    kind: PostKind = PostKind.OTHER
    pinned: bool = False
    repost: bool = False
    pushed: bool | None = None
    link: str = ""

    @property
    def order(self) -> tuple[date, float]:
        """Sorts posts by time; a post known only by its day stands before those of that day with an instant."""
        return self.on, self.at.timestamp() if self.at else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Bytes that show what was seen, on their way to the evidence folder. `url` is already scrubbed of secrets."""

    kind: EvidenceKind
    media_type: str
    body: bytes
    taken_at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """佐证材料: a kept capture. `path` is relative to the home's evidence folder."""

    kind: EvidenceKind
    media_type: str
    path: str
    sha256: str
    size: int
    taken_at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a pure `read_*` function makes of a payload: facts, without where and when they were seen.

    `complete_since` is set only when this list shows every post from that instant up to the moment of the look, newest
    included, and every own item of it has a date. `EVER` in clock.py stands for "back to the first post".
    """

    outcome: Outcome = Outcome.OK
    name: str = ""
    platform_id: str = ""
    original_id: str = ""
    verified_as: str = ""
    """认证主体, where the surface shows it."""
    matched_by: MatchedBy | None = None
    posts: tuple[Post, ...] = ()
    complete_since: datetime | None = None
    attested: Attested | None = None
    """Set to `described` by a wording that no recording attests: its sight is then no better, whatever the surface is."""
    links: tuple[str, ...] = ()
    """Further links of this very account, newest first, as the page shows them (the next article, an album). The sweep keeps them
    with the account; readings are stored without them."""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight(Seen):
    """What one surface gave within one look: `Seen` plus its provenance."""

    surface: str
    read_at: datetime
    session: str = ""
    """Name of the operator's session, "" for a visitor."""
    attested: Attested = Attested.DESCRIBED
    url: str = ""
    control: str = ""
    """For a negative: who answered on this surface in the same session (a filed name), "" where nobody did."""
    captures: tuple[Capture, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def latest(self) -> Post | None:
        return latest_of(self.posts)

    @property
    def dated(self) -> bool:
        return bool(self.posts)

    @property
    def exact(self) -> bool:
        return self.complete_since is not None

    @property
    def speaks_of_life(self) -> bool:
        """Whether it shows posts, or a complete list without any, and does not say itself that the account is banned or gone."""
        if self.outcome in (Outcome.BANNED, Outcome.CANCELLED):
            return False
        return self.dated or (self.exact and self.outcome is Outcome.OK)


class LookKind(StrEnum):
    FIRST = "first"
    SECOND = "second"
    CONTROL = "control"
    LINK = "link"
    """An article link that somebody handed in was opened."""
    PERSON = "person"
    """A row of the worklist came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """核查记录: what came of one look at one account. Speaks for its `read_at`; never updated."""

    account_id: int
    look: LookKind
    started_at: datetime
    read_at: datetime
    sights: tuple[Sight, ...]
    sweep_id: int | None = None
    by: str = ""
    """The person, where a person looked."""
    id: int = 0

    @property
    def outcome(self) -> Outcome:
        """A dated sight gives `ok`, and so does a complete list in which no post fell; else a positive negative; else the trouble
        that a person should hear of first. Old posts that one page shows beside its own word "banned" or "deregistered" do not
        take that word back; posts that another sight shows do."""
        if any(sight.speaks_of_life for sight in self.sights):
            return Outcome.OK
        outcomes = {sight.outcome for sight in self.sights}
        return next((outcome for outcome in _RANK if outcome in outcomes), Outcome.NO_EVIDENCE)

    @property
    def identity(self) -> Sight | None:
        """The sight that names the account on the strongest ground."""
        named = [sight for sight in self.sights if sight.name and sight.matched_by]
        return min(named, key=lambda sight: list(MatchedBy).index(sight.matched_by or MatchedBy.NAME), default=None)

    @property
    def name(self) -> str:
        return self.identity.name if self.identity else ""

    @property
    def matched_by(self) -> MatchedBy | None:
        return self.identity.matched_by if self.identity else None

    @property
    def posts(self) -> tuple[Post, ...]:
        return tuple(post for sight in self.sights for post in sight.posts)

    @property
    def latest(self) -> Post | None:
        return latest_of(self.posts)

    @property
    def exact_sight(self) -> Sight | None:
        """The exact sight, unless another sight of this look shows a newer post: then nothing here is exact."""
        exact = [sight for sight in self.sights if sight.exact]
        latest = self.latest
        for sight in exact:
            if latest is None or (sight.latest is not None and sight.latest.order >= latest.order):
                return sight
        return None

    @property
    def complete_since(self) -> datetime | None:
        return self.exact_sight.complete_since if self.exact_sight else None

    @property
    def date_kind(self) -> DateKind | None:
        if self.latest is None:
            return None
        return DateKind.EXACT if self.exact_sight else DateKind.AT_LEAST

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(item for sight in self.sights for item in sight.evidence)


def latest_of(posts: Iterable[Post]) -> Post | None:
    """The newest post, pinned ones included; never "the first item"."""
    return max(posts, key=lambda post: post.order, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a look has to settle.

    `fresh_after`: a post on or after this Beijing day settles the account (with name and id where `identity` is due).
    `second`: this is the second look: load afresh, by a surface outside `not_by` where another one can prove as much,
    and capture evidence from the whole page.
    """

    fresh_after: date
    identity: bool = True
    second: bool = False
    not_by: frozenset[str] = frozenset()
    only: str = ""
    """Name of the one surface to use: a control look asks whether that surface still answers."""
    session: str = ""
    """Name of the one login to use: a control must have answered in the same session."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two visits to one surface with one session: `every` plus up to `jitter`."""

    every: float
    jitter: float = 0.0


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
    Verdict.AT_LIMIT: "临界(满14天)",
    Verdict.FAILED: "不合格",
    Verdict.LISTED: "异常单列",
    Verdict.UNPROVEN: "待人工核查",
    Verdict.OUT_OF_SCOPE: "暂不支持自动核查",
}


class Code(StrEnum):
    """问题类型. Labels and effects are the policy's."""

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


class Effect(StrEnum):
    """What a code does under a policy."""

    FAILS = "fails"
    LISTED = "listed"
    HINT = "hint"


class ReviewState(StrEnum):
    """疑似 until a person decides. Only confirmed findings leave in a hand-off."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        return {"open": "疑似", "dispatched": "已下发核实", "confirmed": "认定", "dismissed": "排除"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """问题: one code against one account, with the readings that prove it. `sentence` is the rule in Chinese."""

    code: Code
    label: str
    effect: Effect
    sentence: str
    reading_ids: tuple[int, ...]
    gap_days: int | None = None
    """as_of day minus the newest post's day; None where no post is known. A gap is a lower bound if `gap_is_minimum`."""
    gap_is_minimum: bool = False
    latest_on: date | None = None
    name_seen: str = ""
    review: ReviewState = ReviewState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What `rules.judge` says of one account: the verdict, why in one Chinese sentence, and the findings."""

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


class SweepState(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """检查: one inspection. `policy_toml` is the whole policy as it was; `scope` says in words what was asked for."""

    as_of: datetime
    policy: str
    policy_toml: str
    scope: str = "all"
    kind: str = "census"
    started_at: datetime
    state: SweepState = SweepState.RUNNING
    finished_at: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepAccount:
    """One row of a sweep's frozen scope: the account as filed then, and the judgement so far."""

    sweep_id: int
    account: Account
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """对照账号: an account known to post every day. By its id only; `source` is where anybody can read that the id is that account."""

    platform: str
    platform_id: str
    name: str
    source: str
    original_id: str = ""
    url: str = ""
    reader_url: str = ""
    article_links: tuple[str, ...] = ()

    @property
    def account(self) -> Account:
        """As a look wants it. It has no number, for it stands in no registry."""
        filed = Filed(
            name=self.name, platform=self.platform, platform_id=self.platform_id, original_id=self.original_id, url=self.url,
            reader_url=self.reader_url, article_links=self.article_links,
        )  # fmt: skip
        return Account(id=0, filed=filed, links=self.article_links)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryCheck:
    """A 对照账号 was read by one surface with one session. `fresh`: its newest post lay in the window of the moment `at`."""

    surface: str
    session: str
    """Name of the operator's session, "" for a visitor."""
    account_name: str
    platform_id: str
    at: datetime
    fresh: bool
    outcome: Outcome
    sweep_id: int | None = None
    detail: str = ""


class SessionState(StrEnum):
    """What is known of an operator's login."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """A login was seen in a state. `how`: by what it was seen (a login, a probe, a page of a sweep)."""

    platform: str
    name: str
    at: datetime
    state: SessionState
    how: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One changed field of a filed account (变更记录)."""

    account_id: int
    field: str
    old: str
    new: str
    at: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that was imported: its name without folders, its hash, when."""

    file: str
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    filed: Filed
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedAccount:
    account_id: int
    filed: Filed
    changes: tuple[tuple[str, str, str], ...] = ()
    """(field, old, new) as text."""
    contact: Contact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryChanges:
    """What an import will do, decided before anything is written; applied in one transaction."""

    source: Source
    new: tuple[NewAccount, ...] = ()
    updated: tuple[UpdatedAccount, ...] = ()
    retired: tuple[int, ...] = ()
    unchanged: int = 0
