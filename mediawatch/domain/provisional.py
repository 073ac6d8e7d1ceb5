"""暂用标识: the id of the one account that a search found under the filed name.

It stands in for an id only where the registry holds nothing but a name. It steers looks, and what is
seen through it may show that the account posts. It never speaks against the account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mediawatch.domain.identity import FiledIdentity, bears_any

PROVISIONAL = "暂用标识"
SEVERAL_BEAR_THE_NAME = "accounts bear this very name"
"""Stands in the detail of a search that found more than one account of the filed name."""
ANOTHER_BEARS_THE_NAME = "the account of this name is"
"""Stands in the detail of a search whose one account of the filed name is somebody else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameHit:
    """The one account that a search found under exactly the filed name.

    `verified`: whether the platform shows it as certified, None where that is not shown. `body`: its
    认证主体, "" where the search shows none.
    """

    value: str
    name: str
    alias: str = ""
    verified: bool | None = None
    body: str = ""


class ProvisionalEnd(StrEnum):
    """Why a provisional id ended."""

    FILED_SAME = "filed_same"
    FILED_OTHER = "filed_other"
    FILED_ELSE = "filed_else"
    """The registry filed an id of another kind: the two cannot be compared."""
    NAME_CORRECTED = "name_corrected"
    SEVERAL_HITS = "several_hits"
    OTHER_NAME = "other_name"
    OTHER_ID = "other_id"
    TAKEN = "taken"
    RELEASED = "released"
    """It was taken, and the other filing has gone: a new search may find it again."""
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {
            "filed_same": "台账已登记该标识",
            "filed_other": "台账登记了其他标识",
            "filed_else": "台账已登记其他种类的标识",
            "name_corrected": "台账已更正名称",
            "several_hits": "检索到多个同名账号",
            "other_name": "该账号显示其他名称",
            "other_id": "备案链接或人工核查指向其他账号",
            "taken": "该标识对应另一备案账号",
            "released": "所对应的另一备案账号已撤销或更正，可重新检索",
            "refused": "人工核对后排除",
        }[self.value]

    @property
    def takes_back(self) -> bool:
        """Whether its proofs go with it: the account was another one, or may have been.

        A reading under another name says nothing of the account anyway (`identity_speech`).
        """
        return self not in (
            ProvisionalEnd.FILED_SAME,
            ProvisionalEnd.FILED_ELSE,
            ProvisionalEnd.NAME_CORRECTED,
        )

    @property
    def bars(self) -> bool:
        """Whether the id is not taken again by itself, and says nothing, whoever brings it."""
        return self.takes_back and self is not ProvisionalEnd.RELEASED

    @property
    def may_return(self) -> bool:
        """Whether it ended for another filing's sake alone: a person may still accept it."""
        return self in (ProvisionalEnd.TAKEN, ProvisionalEnd.RELEASED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionalId:
    """One provisional id of an account, as it was found on the Beijing day `on`.

    `name` is the name seen, `alias` the 微信号. `reading_id` is the reading that it comes from, None
    where retention has deleted it. While `ended_on` is None it stands.
    """

    account_id: int
    value: str
    name: str
    on: date
    field: str = "platform_id"
    alias: str = ""
    verified: bool | None = None
    body: str = ""
    reading_id: int | None = None
    ended_on: date | None = None
    why: ProvisionalEnd | None = None

    @classmethod
    def of_hit(
        cls, account_id: int, hit: NameHit, on: date, reading_id: int | None = None
    ) -> ProvisionalId:
        return cls(
            account_id=account_id,
            value=hit.value,
            name=hit.name,
            alias=hit.alias,
            verified=hit.verified,
            body=hit.body,
            on=on,
            reading_id=reading_id,
        )


def ids_of(found: ProvisionalId, original_ids: Iterable[str]) -> frozenset[str]:
    """All that the account of a provisional id is known by, with the gh_ ids that it showed."""
    return frozenset(filter(None, (found.value, found.alias.strip(), *original_ids)))


def is_filed(ids: Iterable[str], filed: FiledIdentity) -> bool:
    """Whether one of the ids is filed, of whatever kind and in whatever field."""
    own = (filed.platform_id, filed.original_id, filed.alias)
    return bears_any(ids, filter(None, own), filed.platform)
