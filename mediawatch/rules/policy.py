"""检查规则: the inspection policy, one TOML file that is stored whole with each sweep."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from mediawatch.domain import Code, Effect, UserError
from mediawatch.domain.clock import months_before
from mediawatch.inputs import InputFault, parse_toml, read_text
from mediawatch.typesetting import typeset

PrintedText = Annotated[str, AfterValidator(typeset)]
"""Chinese as documents print it: policies that sweeps keep have narrow punctuation, too."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WindowRule(_Part):
    days: PositiveInt
    edge: Literal["exceeds", "reaches"]
    due_soon_from: PositiveInt


class IdentityRule(_Part):
    due_days: PositiveInt
    closed_days: PositiveInt = 30
    """The same for accounts that are filed as closed, or are exempt or closing."""


class OpeningRule(_Part):
    grace_days: PositiveInt


class ClosingRule(_Part):
    working_days: PositiveInt
    judged: bool = False
    """Whether accounts that are being closed are judged like any other until they are gone."""


class Updates(_Part):
    reposts: bool
    unpushed: bool


class Retention(_Part):
    evidence_days: Annotated[int, Field(ge=30)] = 400
    """Days after which evidence may leave that no finding rests on.

    An inspection and its review take weeks.
    """
    reading_days: Annotated[int, Field(ge=60)] = 400
    """Days after which readings may leave that prove nothing.

    A sweep from before then is not judged again.
    """
    personal_days: Annotated[int, Field(ge=30)] = 90
    """Days after 办结 for which names, people's own pictures and lost accounts' contacts stay."""


class Review(_Part):
    second_person_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    """The share of accounts fresh by one person's word alone that a second person looks at."""


class HearingRule(_Part):
    """核实: what is held against a unit is confirmed after its hearing."""

    required: bool = True
    """False lets findings be confirmed without a hearing, except a silence that was read late."""
    working_days: PositiveInt = 2
    """Working days that a unit has for its answer, after it was sent down."""
    late_days: Annotated[int, Field(ge=0)] = 3
    """A silence read more than so many days after as_of may be due to deleted or withdrawn posts.
    """


HEARING = HearingRule()


class AppealRule(_Part):
    """复核: a unit asks that an item of a notice be looked into again."""

    working_days: PositiveInt = 10
    """Working days within which it is decided, after it was received. Assumption."""


class Tier(_Part):
    """A staleness tier. Without `months` it is the window's own tier."""

    code: Code
    months: PositiveInt | None = None
    edge: Literal["exceeds", "reaches"] = "exceeds"


class CodeRule(_Part):
    label: PrintedText
    effect: Effect


class Policy(_Part):
    """One inspection policy. `toml` is the text it was read from."""

    name: str
    title: PrintedText
    basis: PrintedText
    tiers_counted: Literal["exclusive", "nested"]
    listed_counted: Literal["checked", "apart"] = "checked"
    """Whether accounts that are listed (其他需关注情形) stand in 检查数."""
    rectified_before_notice: Literal["counted", "apart"] = "counted"
    """Whether a circular counts those apart, among 不合格, that posted again before its issue
    (通报前已整改). They stay failed either way."""
    precedence: tuple[Code, ...]
    window: WindowRule
    identity: IdentityRule
    opening: OpeningRule
    closing: ClosingRule
    updates: Updates
    retention: Retention = Retention()
    review: Review = Review()
    hearing: HearingRule = HEARING
    appeal: AppealRule = AppealRule()
    tiers: tuple[Tier, ...]
    codes: dict[Code, CodeRule]
    toml: str = ""

    def window_start(self, as_of_day: date) -> date:
        """The first day on which a post still counts.

        gap <= days, or gap < days where the edge is `reaches`.
        """
        return as_of_day - timedelta(days=self.window.days - (self.window.edge == "reaches"))

    @property
    def short_basis(self) -> str:
        """依据 within a sentence: documents by their 文号 alone."""
        return _TITLE.sub(r"\1", self.basis)

    @property
    def documents(self) -> tuple[str, ...]:
        """引据 of a circular: the documents of the basis, without what is quoted of them.

        An earlier circular is left out: it gave a policy its words, it orders no inspection, and
        may be the office's own.
        """
        parts = (part.partition("：")[0] for part in self.basis.split("；"))
        return tuple(part for part in parts if part and "通报" not in part)

    @property
    def document_numbers(self) -> tuple[str, ...]:
        """The same by their 文号: files of earlier versions have no titles."""
        return tuple(_TITLE.sub(r"\1", document) for document in self.documents)

    @property
    def stale_gap(self) -> int:
        """The least gap in days that fails."""
        return self.window.days + (self.window.edge == "exceeds")

    def exceeds(self, gap_days: int) -> bool:
        """Whether a gap fails: gap > days, or gap >= days where the edge is `reaches`."""
        return gap_days >= self.window.days + (self.window.edge == "exceeds")

    def tier_of(self, latest_on: date, as_of_day: date) -> Code:
        """The longest tier that an account with this newest post has reached.

        Call it for stale ones only.
        """
        for tier in self.tiers:
            if tier.months is None:
                return tier.code
            edge = months_before(as_of_day, tier.months)
            if latest_on < edge or (tier.edge == "reaches" and latest_on == edge):
                return tier.code
        raise UserError(f"policy {self.name}: the last of [[tiers]] must have no months")

    def label(self, code: Code) -> str:
        return self.codes[code].label

    def effect(self, code: Code) -> Effect:
        return self.codes[code].effect


_TITLE = re.compile(r"《[^》]*》（([^（）]*〔\d{4}〕[^（）]*)）")
"""A document's title, and its 文号 behind it."""
_SHIPPED = resources.files("mediawatch") / "data" / "policies"


def shipped_policies() -> tuple[str, ...]:
    """Names of the policies that come with the package."""
    return tuple(
        sorted(
            entry.name.removesuffix(".toml")
            for entry in _SHIPPED.iterdir()
            if entry.name.endswith(".toml")
        )
    )


def load(name_or_path: str) -> Policy:
    """A shipped policy by name, or a TOML file by path. UserError names what is wrong in it."""
    if name_or_path in shipped_policies():
        return parse(
            (
                resources.files("mediawatch") / "data" / "policies" / f"{name_or_path}.toml"
            ).read_text(encoding="utf-8"),
            name_or_path,
        )
    path = Path(name_or_path)
    try:
        text = read_text(path)
    except InputFault as fault:
        if fault.kind != "missing":
            raise UserError(str(fault)) from None
        raise UserError(
            f"no policy {name_or_path!r}: give one of {', '.join(shipped_policies())} or the path of a "
            "TOML file"
        ) from None
    policy = parse(text, str(path))
    _refuse_borrowed(policy, str(path))
    return policy


def _refuse_borrowed(policy: Policy, where: str) -> None:
    """UserError for a file with the name or title of a shipped policy and other rules.

    Documents state the rules to their readers by these words.
    """
    for ours in map(load, shipped_policies()):
        if have_same_rules(policy, ours):
            return
        for key, own, theirs in (
            ("name", policy.name, ours.name),
            ("title", policy.title, ours.title),
        ):
            if own.strip().casefold() == theirs.strip().casefold():
                raise UserError(
                    f"{where}: {key}: {own!r} is that of a shipped policy, whose rules are "
                    "others: give yours one of its own"
                )


_HOUSE = {"toml", "retention", "review", "identity", "appeal", "basis"}
"""What an office may set without another rule for any account."""


def have_same_rules(one: Policy, other: Policy) -> bool:
    """Whether both judge alike, by the same documents and under the same name."""
    same_rules = one.model_dump(exclude=_HOUSE) == other.model_dump(exclude=_HOUSE)
    return same_rules and one.document_numbers == other.document_numbers


@lru_cache(maxsize=64)
def parse(toml: str, where: str = "policy") -> Policy:
    """The policy of a TOML text; UserError names the place.

    A command asks for the one of its sweep again and again.
    """
    try:
        policy = Policy.model_validate({**parse_toml(toml, where), "toml": toml})
    except InputFault as fault:
        raise UserError(str(fault)) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{where}: {place}: {first['msg']}") from error
    missing = [tier.code for tier in policy.tiers if tier.code not in policy.codes]
    missing += [code for code in (*_NEEDED, *policy.precedence) if code not in policy.codes]
    if missing:
        raise UserError(f"{where}: [codes] has no {missing[0].value}")
    if (
        not policy.tiers
        or policy.tiers[-1].months is not None
        or any(tier.months is None for tier in policy.tiers[:-1])
    ):
        raise UserError(f"{where}: the last of [[tiers]], and only it, must have no months")
    if policy.window.due_soon_from > policy.window.days:
        raise UserError(f"{where}: window.due_soon_from is greater than window.days")
    return policy


_NEEDED = (
    Code.NOT_FOUND,
    Code.CANCELLED_NOT_CLOSED,
    Code.BANNED,
    Code.EMPTY_ACCOUNT,
    Code.CLOSED_BUT_ALIVE,
    Code.NAME_MISMATCH,
    Code.RENAMED_UNREPORTED,
)
