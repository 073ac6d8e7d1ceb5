"""检查规则: the inspection policy, one TOML file that is stored whole with each sweep."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveInt, PrivateAttr, ValidationError, model_validator

from mediawatch.domain import Code, Effect, UserError
from mediawatch.inputs import InputFault, parse_toml, read_text
from mediawatch.rules.policy_exceptions import (
    PolicyException,
    fault_of_label,
    fault_of_tiers,
    first_fault,
)
from mediawatch.rules.policy_parts import PolicyPart, PrintedText, Tier, WindowRule


class IdentityRule(PolicyPart):
    due_days: PositiveInt
    closed_days: PositiveInt = 30
    """The same for accounts that are filed as closed, or are exempt or closing."""


class OpeningRule(PolicyPart):
    grace_days: PositiveInt


class ClosingRule(PolicyPart):
    working_days: PositiveInt
    judged: bool = False
    """Whether accounts that are being closed are judged like any other until they are gone."""


class Updates(PolicyPart):
    reposts: bool
    unpushed: bool


class Retention(PolicyPart):
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


class Review(PolicyPart):
    second_person_share: Annotated[float, Field(ge=0, le=1)] = 0.05
    """The share of accounts fresh by one person's word alone that a second person looks at."""


class HearingRule(PolicyPart):
    """核实: what is held against a unit is confirmed after its hearing."""

    required: bool = True
    """False lets findings be confirmed without a hearing, except a silence that was read late."""
    working_days: PositiveInt = 2
    """Working days that a unit has for its answer, after it was sent down."""
    late_days: Annotated[int, Field(ge=0)] = 3
    """A silence read more than so many days after as_of may be due to deleted or withdrawn posts.
    """


HEARING = HearingRule()


class AppealRule(PolicyPart):
    """复核: a unit asks that an item of a notice be looked into again."""

    working_days: PositiveInt = 10
    """Working days within which it is decided, after it was received. Assumption."""


class CodeRule(PolicyPart):
    label: PrintedText
    effect: Effect
    wording: PrintedText = ""
    """What a circular says of it, where that is more than its label (未提供有效互动功能)."""
    points: Annotated[float, Field(gt=0)] | None = None
    """What it costs (扣分); given where, and only where, the effect is `deducts`."""

    @model_validator(mode="after")
    def _costs_points(self) -> CodeRule:
        if (self.effect is Effect.DEDUCTS) != (self.points is not None):
            raise ValueError('effect "deducts" needs points, and only it has points')
        return self


class Policy(PolicyPart):
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
    exceptions: tuple[PolicyException, ...] = Field(default=(), alias="for")
    """`[[for]]`: accounts that are judged otherwise. The first that fits an account counts alone."""
    toml: str = ""
    _in_period: bool = PrivateAttr(default=False)

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

    def of_period(self) -> Policy:
        """The same rules in the words of a period (时段制).

        The longest gap of a period may have ended long before as_of: a label that says
        监测时间点前2周 would hold against an account what it did not do.
        """
        policy = self.model_copy()
        policy._in_period = True
        return policy

    @property
    def in_period(self) -> bool:
        """Whether it is the policy of a period: `of_period`."""
        return self._in_period

    @property
    def problem_kinds(self) -> tuple[Code, ...]:
        """The kinds of problems that people look for (人工检查), in the order of `precedence`."""
        kinds = [code for code in self.codes if code.found_by_people]
        return tuple(sorted(kinds, key=self.rank))

    def kind_label(self, code: Code) -> str:
        """What a kind that people look for is called, whatever account it is about."""
        return self.codes[code].label

    def rank(self, code: Code) -> int:
        """Its place among the findings of an account; those that `precedence` lacks come last."""
        return self.precedence.index(code) if code in self.precedence else len(self.precedence)

    def widest_window_start(self, as_of_day: date) -> date:
        """The first day on which a post of any account still counts, whichever window is its own."""
        changes = (each.window.of(self.window) for each in self.exceptions if each.window)
        return min(window.start(as_of_day) for window in (self.window, *changes))


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
    tier = policy.tiers[-1].code
    # Sweeps of before keep such a policy, and must stay readable: `parse` does not ask.
    if wrong := fault_of_label(policy.window, tier, policy.codes[tier].label):
        raise UserError(f"{path}: {wrong}")
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


def _rules_of(policy: Policy) -> dict[str, object]:
    return policy.model_dump(exclude=_HOUSE) | {
        "window": policy.window.model_dump(exclude={"requirement"})
    }


def have_same_rules(one: Policy, other: Policy) -> bool:
    """Whether both judge alike, by the same documents and under the same name."""
    same_rules = _rules_of(one) == _rules_of(other)
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
        loc = [str(part) for part in first["loc"]]
        if loc[0] == "for" and len(loc) > 1:
            loc[:2] = [f"[[for]] {int(loc[1]) + 1}"]
        place = ".".join(loc)
        raise UserError(f"{where}: {place}: {first['msg']}") from error
    missing = [tier.code for tier in policy.tiers if tier.code not in policy.codes]
    missing += [code for code in (*_NEEDED, *policy.precedence) if code not in policy.codes]
    if missing:
        raise UserError(f"{where}: [codes] has no {missing[0].value}")
    _refuse_wrong_effects(policy, where)
    if wrong := fault_of_tiers(policy.tiers):
        raise UserError(f"{where}: {wrong}")
    if policy.window.due_soon_from > policy.window.days:
        raise UserError(f"{where}: window.due_soon_from is greater than window.days")
    labels = {code: rule.label for code, rule in policy.codes.items()}
    if wrong := first_fault(policy.exceptions, policy.window, policy.tiers, labels):
        raise UserError(f"{where}: {wrong}")
    for number, each in enumerate(policy.exceptions, 1):
        try:
            codes = each.codes_of(policy.codes)
            _refuse_other_labels(each, f"{where}: [[for]] {number}")
        except ValidationError as error:
            raise UserError(
                f"{where}: [[for]] {number}: codes: {error.errors()[0]['msg']}"
            ) from None
        _refuse_wrong_effects(
            policy.model_copy(update={"codes": codes}), f"{where}: [[for]] {number}"
        )
    return policy


def _refuse_other_labels(exception: PolicyException, where: str) -> None:
    """UserError where an exception calls a kind that people look for otherwise."""
    for code, change in exception.codes.items():
        if code.found_by_people and change.label is not None:
            raise UserError(
                f"{where}: codes.{code.value}.label: answers name the kind by its label, which is "
                "one for all accounts: leave it out"
            )


def _refuse_wrong_effects(policy: Policy, where: str) -> None:
    """UserError for an effect that a code can never have."""
    rule = policy.codes.get(Code.NOT_REPOSTED)
    if rule is not None and rule.effect is Effect.FAILS:
        raise UserError(
            f"{where}: [codes] not_reposted: a notice that was not reposted never fails an "
            'account: set effect to "listed", "deducts" or "hint"'
        )
    labels = [policy.kind_label(code) for code in policy.problem_kinds]
    if twice := next((label for label in labels if labels.count(label) > 1), ""):
        raise UserError(
            f"{where}: [codes]: two kinds that people look for have the label {twice}: answers name "
            "the kind by it, so give one of them another label"
        )
    for code, each in policy.codes.items():
        if each.effect is Effect.DEDUCTS and not code.found_by_people:
            raise UserError(
                f'{where}: [codes] {code.value}: "deducts" is for problems that people find; '
                'set effect to "fails", "listed" or "hint"'
            )


_NEEDED = (
    Code.NOT_FOUND,
    Code.CANCELLED_NOT_CLOSED,
    Code.BANNED,
    Code.EMPTY_ACCOUNT,
    Code.CLOSED_BUT_ALIVE,
    Code.NAME_MISMATCH,
    Code.RENAMED_UNREPORTED,
)
