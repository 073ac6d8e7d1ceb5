"""What must come of each fault of the replica, on each platform: the one table.

docs/faults.md is made of it by tests/support/fault_docs.py.

A row is a fault at one place, a column a surface that it strikes. Whatever the fault and the truth,
no account may be said to be worse than it is; the table says what is expected beyond that. The
scenes aside from the table's columns (`ASIDE`) expect no more than this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from fault_scenes import ASIDE, SCENES, Scene, TruthOf
from replica_faults import PLACES, Fault, Part

from mediawatch.domain import Code, Outcome


class Proves(Enum):
    """What the sight of a struck surface may prove. The value stands in the docs."""

    ALL = "as without the fault"
    FRESH = "the newest date, as a lower bound at least"
    LOWER = "lower bounds only"
    TRUE = "what was read before"
    NOTHING = "no date"
    CANARY = "canary"
    """Nothing in the answers tells that posts are missing: only a canary account, read the same
    way, can.
    """
    REFUTED = "refuted"
    """A gap by itself; a post that another surface knows takes it back."""
    SAFE = "safe"
    """Whatever the outcome: only true dates, and a gap only where the newest is among them."""


@dataclass(frozen=True, slots=True)
class Expected:
    outcomes: frozenset[Outcome]
    proves: Proves
    note: str = ""


ALLOWED = {
    TruthOf.FRESH: frozenset[Code](),
    TruthOf.STALE: frozenset({Code.STALE_2W}),
    TruthOf.GONE: frozenset({Code.NOT_FOUND}),
    TruthOf.RENAMED: frozenset({Code.NAME_MISMATCH, Code.RENAMED_UNREPORTED}),
}
"""The findings that are true."""


STRUCK_BY = {
    "toutiao.profile": frozenset({Part.DOCUMENT, Part.LIST}),
    "weibo.mobile": frozenset(Part),
    "weibo.desktop": frozenset(Part),
    "douyin.profile": frozenset({Part.DOCUMENT, Part.LIST}),
    "wechat.article": frozenset({Part.DOCUMENT}),
    "wechat.search": frozenset({Part.PROFILE}),
    "wechat.list": frozenset({Part.LIST}),
    "weibo.search": frozenset({Part.DOCUMENT}),
    "douyin.search": frozenset({Part.DOCUMENT, Part.PROFILE}),
    "bilibili.dynamic": frozenset(Part),
    "bilibili.space": frozenset(Part),
    "bilibili.search": frozenset({Part.DOCUMENT, Part.PROFILE}),
    "kuaishou.profile": frozenset({Part.DOCUMENT, Part.LIST}),
    "kuaishou.search": frozenset({Part.DOCUMENT, Part.PROFILE}),
    "tieba.home": frozenset(Part),
    "wechat.album": frozenset({Part.LIST}),
    "wechat.reader_cover": frozenset({Part.DOCUMENT, Part.PROFILE}),
    "wechat.reader_list": frozenset({Part.DOCUMENT, Part.LIST}),
    "wechat.own": frozenset({Part.LIST}),
    "wechat.statistics": frozenset({Part.PROFILE, Part.LIST}),
}
"""Which answers about an account each surface reads.

The back office's own page is about the operator, never about an account.
"""
EXACT = frozenset(
    {
        "toutiao.profile",
        "weibo.desktop",
        "douyin.profile",
        "wechat.list",
        "bilibili.space",
        "kuaishou.profile",
    }
)
"""Surfaces that prove a gap when nothing is wrong."""


def _all(*outcomes: Outcome) -> frozenset[Outcome]:
    return frozenset(outcomes)


_OK, _CAPTCHA, _LOGIN = _all(Outcome.OK), _all(Outcome.CAPTCHA), _all(Outcome.LOGIN_REQUIRED)
_SLOW, _CHANGED, _SILENT, _VOID = (
    _all(Outcome.RATE_LIMITED),
    _all(Outcome.CHANGED),
    _all(Outcome.UNREACHABLE),
    _all(Outcome.NO_EVIDENCE),
)
_NO, _LOW, _FULL = Proves.NOTHING, Proves.LOWER, Proves.ALL

ROWS: dict[Fault, Expected] = {
    Fault.NONE: Expected(_OK, _FULL),
    Fault.CAPTCHA_PAGE: Expected(_CAPTCHA, _NO),
    Fault.CAPTCHA_OVERLAY: Expected(_CAPTCHA, _NO, "the page stands, the list call gets nothing"),
    Fault.LOGIN_WALL: Expected(_LOGIN, _NO),
    Fault.LAPSED: Expected(_LOGIN, _NO),
    Fault.LAPSED_SILENTLY: Expected(
        _LOGIN, _LOW, "the calls answer, the page does not know the operator"
    ),
    Fault.WITHHELD: Expected(_OK, Proves.CANARY, "page and calls claim that all is well"),
    Fault.EMPTY_BODY: Expected(_SLOW, _NO),
    **{fault: Expected(_SLOW, _NO) for fault in Fault if fault.name.startswith("STATUS_4")},
    Fault.STATUS_502: Expected(_SILENT, _NO),
    Fault.TRUNCATED: Expected(_CHANGED, _NO),
    Fault.HTML: Expected(_CHANGED, _NO),
    Fault.OTHER_ACCOUNT: Expected(_CHANGED, _NO),
    Fault.NULL_LIST: Expected(_CHANGED, _NO),
    Fault.EMPTY_LIST: Expected(_VOID, _NO),
    Fault.ONLY_PINNED: Expected(_OK, _LOW),
    Fault.UNDATED: Expected(_OK, _LOW),
    Fault.DATE_TEXT: Expected(_OK, _LOW),
    Fault.DATE_MILLISECONDS: Expected(_OK, _LOW),
    Fault.DATE_FUTURE: Expected(_OK, _LOW),
    Fault.DATE_1970: Expected(_OK, _LOW),
    Fault.UNKNOWN_CELLS: Expected(_OK, Proves.FRESH),
    Fault.REDIRECT_HOME: Expected(_CHANGED, _NO),
    Fault.REDIRECT_AWAY: Expected(_CHANGED, _NO),
    Fault.CHALLENGE_CLEARS: Expected(_OK, _FULL),
    Fault.CHALLENGE_STAYS: Expected(_LOGIN, _NO, "the visitor system does not let us pass"),
    Fault.HUNG: Expected(_SILENT, _NO),
    Fault.RESET: Expected(_SILENT, _NO),
    Fault.SELF_NAVIGATION: Expected(_OK, _FULL),
    Fault.DIALOG: Expected(_OK, _FULL),
    Fault.DOWNLOAD: Expected(_OK, _FULL, "refused"),
    Fault.POPUP: Expected(_OK, _FULL, "closed"),
    Fault.BIG_BODY: Expected(
        _CHANGED | _SILENT, _NO, "over the limit, never kept; or not here in time"
    ),
    Fault.CRASH: Expected(_SILENT | _OK, Proves.TRUE),
}
"""What holds on every surface that the fault strikes, but for the overrides."""

_SEEN_AS_VISITOR = Expected(_OK, _LOW, "reads on as a visitor")
_UNTOUCHED = Expected(_OK, _FULL, "needs no login")
_NO_SESSION_SIGN = Expected(_OK, Proves.CANARY, "this page has no sign of a login")
_WECHAT_BLIND = Expected(_OK, Proves.CANARY, "the list itself has no sign of a login")
_MINUTE = Expected(_CHANGED | _OK, Proves.TRUE, "the new layout prints the minute besides")
OVERRIDES: dict[tuple[Fault, str], Expected] = {
    (Fault.CAPTCHA_PAGE, "wechat.list"): Expected(_CHANGED, _NO, "no check of the back office is known"),
    (Fault.CAPTCHA_OVERLAY, "weibo.mobile"): Expected(_SLOW, _NO),
    (Fault.CAPTCHA_OVERLAY, "weibo.desktop"): Expected(_SLOW, _NO),
    (Fault.CAPTCHA_OVERLAY, "wechat.article"): Expected(_OK, _FULL, "the article is already there"),
    (Fault.CAPTCHA_OVERLAY, "wechat.list"): Expected(_SLOW, _NO),
    (Fault.LAPSED, "toutiao.profile"): _UNTOUCHED,
    (Fault.LAPSED, "weibo.mobile"): _SEEN_AS_VISITOR,
    (Fault.LAPSED, "douyin.profile"): Expected(_LOGIN, _LOW, "the list is still answered, as to a visitor"),
    (Fault.LAPSED, "wechat.article"): _UNTOUCHED,
    (Fault.LAPSED, "bilibili.dynamic"): _UNTOUCHED,
    (Fault.LAPSED, "tieba.home"): _SEEN_AS_VISITOR,
    (Fault.LAPSED_SILENTLY, "tieba.home"): Expected(_OK, _LOW, "a stranger's list"),
    (Fault.WITHHELD, "tieba.home"): Expected(_OK, _LOW, "a stranger's list"),
    (Fault.LAPSED_SILENTLY, "toutiao.profile"): _NO_SESSION_SIGN,
    (Fault.LAPSED_SILENTLY, "weibo.mobile"): _SEEN_AS_VISITOR,
    (Fault.LAPSED_SILENTLY, "wechat.article"): _UNTOUCHED,
    (Fault.LAPSED_SILENTLY, "wechat.search"): Expected(_OK, _NO),
    (Fault.LAPSED_SILENTLY, "wechat.list"): _WECHAT_BLIND,
    (Fault.LAPSED_SILENTLY, "bilibili.dynamic"): Expected(_OK, _LOW, "a visitor's list"),
    (Fault.WITHHELD, "weibo.mobile"): Expected(_OK, _LOW),
    (Fault.WITHHELD, "bilibili.dynamic"): Expected(_OK, _LOW, "a visitor's list"),
    (Fault.HTML, "douyin.profile"): Expected(_SLOW, _NO),
    (Fault.OTHER_ACCOUNT, "wechat.article"): Expected(_VOID, _NO),
    (Fault.OTHER_ACCOUNT, "wechat.search"): Expected(_OK, _FULL, "a search asks for no account: its hits carry their own ids"),
    (Fault.NULL_LIST, "douyin.profile"): Expected(_SLOW, _NO),
    (Fault.NULL_LIST, "toutiao.profile"): Expected(_SLOW, _NO),
    (Fault.EMPTY_LIST, "douyin.profile"): Expected(_SLOW, _NO),
    (Fault.EMPTY_LIST, "toutiao.profile"): Expected(_SLOW, _NO, "no count is shown; risk control's success lacks has_more and next"),
    (Fault.EMPTY_LIST, "wechat.list"): Expected(_CHANGED, _NO),
    (Fault.ONLY_PINNED, "wechat.list"): Expected(_CHANGED, _NO, "nothing is pinned there: the list is empty"),
    **{
        (fault, name): Expected(_CHANGED, _NO)
        for fault in (Fault.DATE_TEXT, Fault.DATE_MILLISECONDS, Fault.DATE_1970)
        for name in ("wechat.article", "wechat.list")
    },
    (Fault.DATE_FUTURE, "wechat.article"): Expected(_CHANGED, _NO),
    (Fault.OTHER_ACCOUNT, "wechat.list"): Expected(_OK, Proves.REFUTED, "its short links do not tell whose they are: a known article does"),
    (Fault.UNDATED, "wechat.article"): _MINUTE,
    (Fault.DATE_TEXT, "wechat.article"): _MINUTE,
    (Fault.CHALLENGE_CLEARS, "wechat.article"): Expected(
        _CHANGED | _OK, Proves.TRUE, "no challenge is known before articles; the next look may find it cleared"
    ),
    (Fault.CHALLENGE_STAYS, "wechat.article"): Expected(_CHANGED, _NO),
    (Fault.CHALLENGE_STAYS, "toutiao.profile"): Expected(_SLOW, _NO),
    (Fault.CHALLENGE_STAYS, "douyin.profile"): Expected(_CAPTCHA, _NO),
    **{
        (Fault.CHALLENGE_STAYS, name): Expected(_CHANGED, _NO, "no challenge of the space is known")
        for name in ("bilibili.dynamic", "bilibili.space")
    },
    (Fault.LAPSED, "kuaishou.profile"): Expected(_LOGIN, _LOW, "the list is still answered, as to a visitor"),
    (Fault.WITHHELD, "kuaishou.profile"): Expected(_OK, _LOW, "fewer works than the page counts"),
    (Fault.EMPTY_LIST, "kuaishou.profile"): Expected(_SLOW, _NO),
    (Fault.CHALLENGE_STAYS, "kuaishou.profile"): Expected(_CHANGED, _NO, "no challenge of the site is known"),
    (Fault.CHALLENGE_STAYS, "tieba.home"): Expected(_CHANGED, _NO, "no challenge of the home page is known"),
}  # fmt: skip
IN_PAGES: dict[tuple[Fault, str], Expected] = {
    **{(Fault.EMPTY_BODY, name): Expected(_CHANGED, _NO) for name in ("toutiao.profile", "weibo.mobile", "weibo.desktop")},
    (Fault.EMPTY_BODY, "kuaishou.profile"): Expected(_CHANGED, _NO),
    (Fault.EMPTY_BODY, "wechat.article"): Expected(_CHANGED, _NO),
    # Past the limit the document counts as not there, as behind a challenge; what the page has made
    # of it by then is read.
    (Fault.BIG_BODY, "douyin.profile"): Expected(
        _CHANGED | _SLOW | _SILENT | _OK, Proves.TRUE, "read off the page, where it stands in time"
    ),
    **{(Fault.BIG_BODY, name): Expected(_OK, _FULL, "its calls alone are read") for name in ("weibo.mobile", "weibo.desktop")},
}  # fmt: skip
"""Where the document itself is struck and something else holds than for a call."""
IN_CALLS: dict[tuple[Fault, str], Expected] = {
    (Fault.LOGIN_WALL, "toutiao.profile"): Expected(
        _SLOW, _NO, "the feed says error, for whatever reason"
    ),
    (Fault.CAPTCHA_PAGE, "toutiao.profile"): Expected(_CHANGED, _NO, "HTML for JSON"),
}
"""The other way round."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault at one place, in one scene, under one truth."""

    scene: Scene
    fault: Fault
    parts: frozenset[Part]
    truth: TruthOf

    def __str__(self) -> str:
        where = f"{self.scene.name}: " if self.scene.aside else ""
        return f"{where}{self.fault.value} [{place(self.parts)}] {self.truth.value}"

    @property
    def struck(self) -> tuple[str, ...]:
        """The surfaces that read something spoiled."""
        return tuple(name for name in self.scene.surfaces if STRUCK_BY[name] & self.parts)

    def expected(self, surface: str) -> Expected:
        if self.scene.aside:
            return CANARIES.get((self.fault, self.scene.name, surface), _SAFE)
        return expected(self.fault, self.parts, surface)

    @property
    def canary_only(self) -> bool:
        return any(self.expected(name).proves is Proves.CANARY for name in self.struck)


_SAFE = Expected(frozenset(Outcome), Proves.SAFE)
CANARIES = {
    (Fault.WITHHELD, "Douyin, name search", "douyin.profile"): Expected(_OK, Proves.CANARY),
    (Fault.WITHHELD, "Bilibili, name search", "bilibili.space"): Expected(_OK, Proves.CANARY),
    (Fault.WITHHELD, "WeChat, the office's own account", "wechat.own"): Expected(
        _OK, Proves.CANARY
    ),
    (Fault.LAPSED_SILENTLY, "WeChat, the office's own account", "wechat.own"): Expected(
        _OK, Proves.CANARY
    ),
    **{
        (fault, "Tieba, the account's own login", "tieba.home"): Expected(_OK, Proves.CANARY)
        for fault in (Fault.WITHHELD, Fault.LAPSED_SILENTLY)
    },
}


def expected(fault: Fault, parts: frozenset[Part], surface: str) -> Expected:
    special = IN_PAGES if Part.DOCUMENT in parts else IN_CALLS
    return special.get((fault, surface)) or OVERRIDES.get((fault, surface)) or ROWS[fault]


def place(parts: frozenset[Part]) -> str:
    return " + ".join(part.value for part in Part if part in parts) or "-"


EVERYWHERE = (Fault.LAPSED_SILENTLY, Fault.OTHER_ACCOUNT, Fault.EMPTY_LIST)
"""What looks most like a silent account: `make test` plays it on every platform."""
ONCE = {
    "toutiao": (
        Fault.LOGIN_WALL,
        Fault.STATUS_502,
        Fault.ONLY_PINNED,
        Fault.DATE_FUTURE,
        Fault.DATE_1970,
        Fault.REDIRECT_AWAY,
    ),
    "weibo": (
        Fault.WITHHELD,
        Fault.EMPTY_BODY,
        Fault.HUNG,
        Fault.TRUNCATED,
        Fault.UNKNOWN_CELLS,
        Fault.CHALLENGE_STAYS,
        # What no platform's own code answers.
        Fault.STATUS_414,
        Fault.STATUS_418,
        Fault.STATUS_432,
        Fault.SELF_NAVIGATION,
        Fault.DIALOG,
        Fault.DOWNLOAD,
        Fault.POPUP,
        Fault.CRASH,
    ),
    "douyin": (
        Fault.CAPTCHA_PAGE,
        Fault.CAPTCHA_OVERLAY,
        Fault.STATUS_403,
        Fault.HTML,
        Fault.DATE_TEXT,
        Fault.RESET,
        Fault.REDIRECT_HOME,
    ),
    "bilibili": (
        Fault.WITHHELD,
        Fault.CAPTCHA_PAGE,
        Fault.LAPSED,
        Fault.TRUNCATED,
        Fault.SELF_NAVIGATION,
    ),
    "kuaishou": (Fault.WITHHELD, Fault.CAPTCHA_PAGE, Fault.LAPSED, Fault.UNDATED),
    "wechat": (
        Fault.LAPSED,
        Fault.STATUS_429,
        Fault.NULL_LIST,
        Fault.UNDATED,
        Fault.DATE_MILLISECONDS,
        Fault.CHALLENGE_CLEARS,
        Fault.BIG_BODY,
    ),
    "tieba": (Fault.CAPTCHA_PAGE, Fault.LOGIN_WALL, Fault.LAPSED, Fault.UNDATED),
}
"""On which platform `make test` plays each of the others.

On the other platforms tests/cases and the tests of their `read_*` functions hold what their own
code makes of it.
"""
SOUND = {
    "toutiao": TruthOf.STALE,
    "weibo": TruthOf.GONE,
    "douyin": TruthOf.RENAMED,
    "bilibili": TruthOf.STALE,
    "kuaishou": TruthOf.STALE,
    "tieba": TruthOf.GONE,
}
"""Under which truth an account is looked at there without a fault. One that is fresh is looked at
after the faults of each scene.
"""
ASIDE_IN_TURN = (Fault.EMPTY_LIST, Fault.LAPSED, Fault.TRUNCATED, Fault.CAPTCHA_PAGE)
"""What `make test` plays in the scenes aside, one in each; where it strikes nothing, the next."""


def cells(platform: str, *, full: bool) -> list[Cell]:
    """All cells of a platform; or those of `make test`: a fault at its first place under the most
    dangerous truth, for nothing is worse than to call a fresh account stale.
    """
    scenes = [SCENES[platform], *(scene for scene in ASIDE if scene.platform == platform)]
    choose = _every_cell if full else _quick_cells
    return [cell for scene in scenes for cell in choose(scene)]


def _every_cell(scene: Scene) -> Iterator[Cell]:
    for fault in PLACES:
        for parts in _striking(scene, fault):
            for truth in scene.truths:
                yield Cell(scene, fault, parts, truth)


def _quick_cells(scene: Scene) -> Iterator[Cell]:
    if scene.aside:
        first = ASIDE.index(scene) % len(ASIDE_IN_TURN)
        turns = (*ASIDE_IN_TURN[first:], *ASIDE_IN_TURN[:first])
        played = [next(fault for fault in turns if _striking(scene, fault))]
    else:
        played = [fault for fault in PLACES if fault in (*EVERYWHERE, *ONCE[scene.platform])]
        if truth := SOUND.get(scene.platform):
            yield Cell(scene, Fault.NONE, frozenset(), truth)
    for fault in played:
        yield Cell(scene, fault, _striking(scene, fault)[0], TruthOf.FRESH)


def _striking(scene: Scene, fault: Fault) -> list[frozenset[Part]]:
    """The places where the fault spoils what a surface of this scene reads."""
    return [
        parts
        for parts in PLACES[fault]
        if fault is Fault.NONE or any(STRUCK_BY[name] & parts for name in scene.surfaces)
    ]
