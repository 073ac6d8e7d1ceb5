"""Who an account is: what was filed at a moment, and whether two ids are the same.

Pure. A platform may know an account by several ids.
"""

from __future__ import annotations

import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

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
    provisional: frozenset[str] = field(default=frozenset(), compare=False)
    """暂用标识 (`domain.provisional`) through which sights may count for the account.

    The store knows them: those that stand, and those that ended without a doubt about whose they
    were. Readings are stored without them.
    """
    disowned: frozenset[str] = field(default=frozenset(), compare=False)
    """Ids of every kind (number, gh_, 微信号) of what was taken for this account and taken back.

    Each is, or may be, another account's. None of them is filed.
    """
    found_by_name: bool = field(default=False, compare=False)
    """Whether a machine ever saw an account under its name: a person may have looked at that one."""
    shares_name: bool = field(default=False, compare=False)
    """Whether several bear its name, or another does: the name alone says not who it is.

    Another filing bears it, or a search found several accounts of it, or somebody else's.
    """

    def disowns(self, platform_id: str, original_id: str) -> bool:
        """Whether shown ids are of an account that was taken for this one, and are not filed."""
        if not self.disowned or same_ids(platform_id, original_id, self):
            return False
        return bears_any((platform_id, original_id), self.disowned, self.platform)

    @property
    def only_named(self) -> bool:
        """Whether nothing but the name is filed of who it is."""
        return not (self.platform_id or self.original_id or self.alias or self.links)

    @property
    def has_id(self) -> bool:
        """Whether the platform's own id is filed, so that a tie by it can be asked for."""
        return bool(self.platform_id or self.original_id)

    @property
    def filed_word(self) -> str:
        """The 微信号 (抖音号) that stands in the place of the id; "" where a number or token does."""
        plain = _comparable(self.platform_id, self.platform)
        return plain if plain and _form(plain, self.platform) == "word" else ""

    @property
    def plain_name(self) -> str:
        """The name in its plainest writing, to be compared."""
        return "".join(unicodedata.normalize("NFKC", self.name).casefold().split())

    @property
    def plain_alias(self) -> str:
        """The 微信号 or 抖音号, to be compared."""
        return self.alias.strip().casefold()


def bears_any(shown: Iterable[str], ids: Iterable[str], platform: str) -> bool:
    """Whether one of the shown ids is one of these, of whatever kind and in whatever spelling."""
    plain = {plain_id(each, platform) for each in shown} - {""}
    return not plain.isdisjoint(plain_id(each, platform) for each in ids)


def plain_id(id: str, platform: str) -> str:
    """An id in the one spelling by which it is compared; a chosen word (微信号) in lower case."""
    text = _comparable(id, platform)
    return text.casefold() if _form(text, platform) == "word" else text


def contradicts(platform_id: str, original_id: str, id: str, platform: str) -> bool:
    """Whether shown ids are surely another account's than the one of this platform id."""
    meant = FiledIdentity(platform=platform, name="", platform_id=id)
    return same_ids(platform_id, original_id, meant) is False


def goes_on(before: FiledIdentity, now: FiledIdentity) -> bool:
    """Whether the account filed `now` is surely the one filed `before`: by id, else by name."""
    kept = (
        same_ids(before.platform_id, before.original_id, now)
        if before.platform == now.platform
        else False
    )
    return kept if kept is not None else before.plain_name == now.plain_name


def same_ids(platform_id: str, original_id: str, now: FiledIdentity) -> bool | None:
    """Whether ids are those filed now.

    False where one of a kind differs; None where no two of a kind can be compared. A platform may
    know an account by ids of two forms (a number, a token). An office, too, files a 微信号 or
    抖音号 as the id. Ids of two forms contradict nothing.
    """
    kinds = [
        _same_id(one, other, now.platform)
        for one, other in ((platform_id, now.platform_id), (original_id, now.original_id))
        if one and other
    ]
    return False if False in kinds else True if True in kinds else None


def _same_id(one: str, other: str, platform: str) -> bool | None:
    """The same of two ids of one kind, which are given."""
    if one == other:
        return True
    mine, theirs = _comparable(one, platform), _comparable(other, platform)
    if mine == theirs:
        return True
    return False if _form(mine, platform) == _form(theirs, platform) else None


def _form(id: str, platform: str) -> str:
    """The form of a comparable id: a number, a token of the platform, or a chosen word."""
    if id.startswith(("MS4wLjABAAAA", "tb.1.")):
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


@lru_cache(maxsize=4096)  # The filed id is compared with each sight's.
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
