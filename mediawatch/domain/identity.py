"""Which account a reading speaks for: the identity filed then, against the one filed now.

Pure. A reading speaks for the identity under which it was taken. What contradicts the identity
filed now counts for nothing. Where the identity of then is unknown, only the id that a sight shows
ties it to the account.
"""

from __future__ import annotations

import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mediawatch.domain.outcomes import MatchedBy, Outcome

if TYPE_CHECKING:
    from mediawatch.domain.readings import Reading, Sight


ID_IN_DOUBT = "备案ID疑似有误"
"""Stands in the detail of a sight that bears one filed key of an account and contradicts another:
one of them was filed wrongly.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledIdentity:
    """What the registry holds at a moment of who an account is.

    `links` are its filed pages and articles.
    """

    platform: str
    name: str
    platform_id: str = ""
    original_id: str = ""
    alias: str = ""
    links: tuple[str, ...] = ()

    @property
    def has_id(self) -> bool:
        """Whether the platform's own id is filed, so that a tie by it can be asked for."""
        return bool(self.platform_id or self.original_id)


class Speech(StrEnum):
    """How far a sight may speak about the account that is filed now."""

    FULLY = "fully"
    IN_FAVOUR = "in_favour"
    """It may show that the account posts or exists, and nothing against it."""
    NOT = "not"


def speech(sight: Sight, taken: FiledIdentity | None, now: FiledIdentity) -> Speech:
    """How far a sight speaks about the account as filed `now`.

    `taken` is how the account was filed when the sight was taken; None: not known. An id that the
    sight shows decides. Another id than is filed now silences it; the filed one ties it, whatever
    was filed then. Without such an id its tie must stand on filed values that are still filed.
    """
    if taken is not None and taken.platform != now.platform:
        return Speech.NOT
    shown = same_ids(sight.platform_id, sight.original_id, now)
    if shown is not None:
        tied = shown and sight.matched_by is not None
        return Speech.NOT if not tied else Speech.FULLY if taken is not None else Speech.IN_FAVOUR
    if taken is None:
        return Speech.NOT
    kept = same_ids(taken.platform_id, taken.original_id, now)
    if kept is False or (kept is None and taken.has_id):
        return Speech.NOT
    match sight.matched_by:
        case None if kept:
            stands = True
        case MatchedBy.ID:
            # It shows no filed id: perhaps the 微信号 (抖音号) tied it.
            stands = _alias(taken) == _alias(now) or (bool(kept) and not _alias(taken))
        case MatchedBy.URL:
            stands = set(taken.links) <= set(now.links)
        case _:
            # Found by its name, and by the 微信号 that was searched for besides.
            stands = _plain(taken.name) == _plain(now.name) and (
                _alias(taken) == _alias(now) or not _alias(taken)
            )
    if not stands:
        return Speech.NOT
    # An id was filed since then, and the sight does not show it: whether the sight is of that
    # account is unknown.
    return Speech.FULLY if kept or not now.has_id else Speech.IN_FAVOUR


def of_identity(reading: Reading, now: FiledIdentity) -> Reading | None:
    """What a reading says about the account filed as `now`; None where it says nothing.

    A sight that shows the id filed now is tied by it, even if that id was filed later.
    """
    told = (_as_seen_by(reading.by, sight, now) for sight in reading.sights)
    sights = tuple(
        left for sight in told if (left := _left_of(sight, reading.filed_as, now)) is not None
    )
    if sights == reading.sights:
        return reading
    return replace(reading, sights=sights) if sights else None


def of_twin(reading: Reading, now: FiledIdentity) -> Reading | None:
    """What another filing's reading says about the account filed as `now`; None for nothing.

    Only its sights that are tied by the id of both filings are left. The reading keeps the number
    of the account that it was taken of.
    """
    taken = reading.filed_as
    filed = (
        taken is not None
        and taken.platform == now.platform
        and same_ids(taken.platform_id, taken.original_id, now)
    )
    sights = tuple(
        left
        for sight in (_as_seen_by(reading.by, each, now) for each in reading.sights)
        if (shown := same_ids(sight.platform_id, sight.original_id, now))
        or (shown is None and filed and sight.matched_by is MatchedBy.ID)
        if (left := _left_of(sight, taken, now)) is not None
    )
    return replace(reading, sights=sights) if sights else None


def _as_seen_by(person: str, sight: Sight, now: FiledIdentity) -> Sight:
    """A person's sight, tied where the id that it shows is filed by now.

    It had no tie before, for want of a filed id.
    """
    tied = (
        person and sight.matched_by is None and same_ids(sight.platform_id, sight.original_id, now)
    )
    return replace(sight, matched_by=MatchedBy.NAME) if tied else sight


def _left_of(sight: Sight, taken: FiledIdentity | None, now: FiledIdentity) -> Sight | None:
    match speech(sight, taken, now):
        case Speech.NOT:
            return None
        case Speech.IN_FAVOUR:
            return in_favour(sight)
        case Speech.FULLY:
            gained = sight.matched_by in (MatchedBy.URL, MatchedBy.NAME) and same_ids(
                sight.platform_id, sight.original_id, now
            )
            return replace(sight, matched_by=MatchedBy.ID) if gained else sight


def in_favour(sight: Sight) -> Sight:
    """What a sight says in the account's favour: its posts, and that it is there."""
    outcome = Outcome.NO_EVIDENCE if sight.outcome.negative else sight.outcome
    # Without its tie by id: another name that it shows must not become a finding.
    weaker = MatchedBy.URL if sight.matched_by is MatchedBy.ID else sight.matched_by
    return replace(sight, outcome=outcome, matched_by=weaker, complete_since=None, control="")


def goes_on(before: FiledIdentity, now: FiledIdentity) -> bool:
    """Whether the account filed `now` is surely the one filed `before`: by id, else by name."""
    kept = (
        same_ids(before.platform_id, before.original_id, now)
        if before.platform == now.platform
        else False
    )
    return kept if kept is not None else _plain(before.name) == _plain(now.name)


def same_ids(platform_id: str, original_id: str, now: FiledIdentity) -> bool | None:
    """Whether ids are those filed now.

    False where one of a kind differs; None where no two of a kind can be compared. A platform may
    know an account by ids of two forms (a number, a token). An office, too, files a 微信号 or
    抖音号 as the id. Ids of two forms contradict nothing.
    """
    pairs = ((platform_id, now.platform_id), (original_id, now.original_id))
    ids = [
        (_comparable(one, now.platform), _comparable(other, now.platform))
        for one, other in pairs
        if one and other
    ]
    compared = [
        one == other
        for one, other in ids
        if one == other or _form(one, now.platform) == _form(other, now.platform)
    ]
    return all(compared) if compared else None


def _form(id: str, platform: str) -> str:
    """The form of a comparable id: a number, a token of the platform, or a chosen word."""
    if id.startswith("MS4wLjABAAAA"):
        return "token"
    if platform == "wechat" and id[:3] != "gh_":
        try:
            return (
                "number"
                if b64decode(id + "=" * (-len(id) % 4), validate=True).isdigit()
                else "word"
            )
        except ValueError:
            return "word"
    return "number" if id.isascii() and id.isdigit() else "word"


def _comparable(id: str, platform: str) -> str:
    """A gh_ id in lower case; WeChat's biz in base64 without padding.

    The biz may be filed as the number that this encodes.
    """
    text = unquote(id).strip()
    if platform != "wechat":
        return text
    if text[:3].casefold() == "gh_":
        return text.casefold()
    return (
        b64encode(text.encode()).decode() if text.isascii() and text.isdigit() else text
    ).rstrip("=")


def spellings(id: str, platform: str) -> tuple[str, ...]:
    """All usual ways to write an id that `same_ids` takes for this one; empty for no id.

    They serve to look it up.
    """
    text = id.strip()
    if not text or platform != "wechat":
        return (text,) if text else ()
    plain = _comparable(text, platform)
    if plain.startswith("gh_"):
        return tuple(dict.fromkeys((text, plain, plain.upper(), f"GH_{plain[3:]}")))
    padded = plain + "=" * (-len(plain) % 4)
    found = [text, plain, padded, padded.replace("=", "%3D"), padded.replace("=", "%3d")]
    try:
        number = b64decode(padded, validate=True)
    except ValueError:
        number = b""
    if number.isdigit():
        found.append(number.decode())
    return tuple(dict.fromkeys(found))


def _alias(filed: FiledIdentity) -> str:
    return filed.alias.strip().casefold()


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
