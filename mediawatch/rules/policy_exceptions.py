"""An exception of a policy, one `[[for]]` of its TOML: for which accounts, and what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, PositiveInt

from mediawatch.domain import PLATFORM_LABELS, Code, Effect, Filing
from mediawatch.names import fold as fold_name
from mediawatch.plurals import count_of
from mediawatch.rules.policy_parts import PolicyPart, PrintedText, Tier, WindowRule
from mediawatch.rules.tier_labels import days_named

RuleT = TypeVar("RuleT", bound=PolicyPart)


def _known_platforms(keys: tuple[str, ...]) -> tuple[str, ...]:
    for key in keys:
        if key not in PLATFORM_LABELS:
            raise ValueError(f"no platform {key!r}: give of {', '.join(PLATFORM_LABELS)}")
    return keys


def _whole_paths(regions: tuple[str, ...]) -> tuple[str, ...]:
    for region in regions:
        if not all(part.strip() for part in region.split("/")):
            raise ValueError(f"{region!r} is no region: write 福州市, or 福州市/闽侯县")
    return regions


fold = lru_cache(maxsize=4096)(fold_name)
"""Words of policies and of filings are few, and each is compared for every account."""
_Word = Annotated[str, Field(min_length=1, pattern=r"\S")]
_Words = Annotated[tuple[_Word, ...], Field(min_length=1)]


class WindowChange(PolicyPart):
    """What differs of the window; the rest is as in `[window]`."""

    days: PositiveInt | None = None
    edge: Literal["exceeds", "reaches"] | None = None
    due_soon_from: PositiveInt | None = None

    def of(self, window: WindowRule) -> WindowRule:
        changed = window.model_copy(update=self.model_dump(exclude_none=True))
        # What is asked of the others says nothing of another window.
        alike = changed == window
        return window if alike else changed.model_copy(update={"requirement": ""})


class CodeChange(PolicyPart):
    """What differs of one code; the rest is as in `[codes]`."""

    label: PrintedText | None = None
    effect: Effect | None = None
    wording: PrintedText | None = None
    points: Annotated[float, Field(gt=0)] | None = None

    def of(self, rule: RuleT) -> RuleT:
        """The rule with what differs. ValidationError where the two do not go together."""
        # What it costs belongs to the effect.
        left_out = {"points"} if self.effect else set()
        before = rule.model_dump(exclude_none=True, exclude=left_out)
        return type(rule).model_validate(before | self.model_dump(exclude_none=True))


class PolicyException(PolicyPart):
    """Accounts that meet every condition given are judged with what differs here.

    Words are compared whole with the filed ones, after folding as names are.
    """

    platforms: Annotated[_Words, AfterValidator(_known_platforms)] | None = None
    types: _Words | None = None
    """类型 as filed, or what it is where it is not filed."""
    kinds: _Words | None = None
    """订阅号 or 服务号."""
    levels: _Words | None = None
    """层级 as filed."""
    regions: Annotated[_Words, AfterValidator(_whole_paths)] | None = None
    """地市, 县区 or 乡镇街道; 福州市/闽侯县 where a name alone leaves it open."""
    functions: _Words | None = None
    """功能类型: 发布类, 服务类."""
    judged_by_updates: bool | None = None
    """False: only persons judge it. None: applications (`Filing.is_application`) so, others not."""
    basis: PrintedText | None = None
    """依据 of the other window: sentences of findings print it."""
    window: WindowChange | None = None
    tiers: tuple[Tier, ...] | None = None
    codes: Mapping[Code, CodeChange] = Field(default_factory=dict)

    def fits(self, filed: Filing) -> bool:
        """Whether an account with these filed values is one of them."""
        return (
            _meets(self.platforms, filed.platform)
            and _meets(self.types, filed.printed_type)
            and _meets(self.kinds, filed.kind)
            and _meets(self.levels, filed.level)
            and _meets(self.functions, filed.function_kind)
            and (self.regions is None or _lies_in(self.regions, filed))
        )

    @property
    def conditions(self) -> Mapping[str, Sequence[str]]:
        """The conditions that are given, by their key."""
        given = {name: getattr(self, name) for name in CONDITIONS}
        return {name: words for name, words in given.items() if words is not None}

    def covers(self, other: PolicyException) -> bool:
        """Whether it fits every account that the other one fits."""
        return all(
            name in other.conditions
            and set(map(fold, other.conditions[name])) <= set(map(fold, words))
            for name, words in self.conditions.items()
        )

    def codes_of(self, codes: Mapping[Code, RuleT]) -> dict[Code, RuleT]:
        """The rules of all codes, with what differs of some. ValidationError as `CodeChange.of`."""
        changed = {code: change.of(codes[code]) for code, change in self.codes.items()}
        return {**codes, **changed}

    @property
    def changes(self) -> bool:
        """Whether it says of anything that it differs."""
        given = self.judged_by_updates, self.window, self.tiers, self.basis
        return any(value is not None for value in given) or bool(self.codes)


CONDITIONS = ("platforms", "types", "kinds", "levels", "regions", "functions")
"""The keys of an exception that say for which accounts it is."""


def _meets(words: Sequence[str] | None, filed: str) -> bool:
    return words is None or fold(filed) in map(fold, words)


def _lies_in(regions: Iterable[str], filed: Filing) -> bool:
    places = {fold(place) for place in (filed.prefecture, filed.county, filed.township)}
    return any(set(map(fold, region.split("/"))) <= places for region in regions)


def fault_of_tiers(tiers: Sequence[Tier]) -> str:
    """What is wrong with a list of tiers; "" for nothing."""
    windows = [tier.months is None for tier in tiers]
    if not windows or not windows[-1] or any(windows[:-1]):
        return "the last of [[tiers]], and only it, must have no months"
    return ""


def first_fault(
    exceptions: Sequence[PolicyException],
    window: WindowRule,
    tiers: Sequence[Tier],
    labels: Mapping[Code, str],
) -> str:
    """What is wrong with the exceptions of a policy; "" for nothing.

    `window`, `tiers` and `labels` are the policy's own.
    """
    for number, each in enumerate(exceptions, 1):
        earlier = (
            place for place, one in enumerate(exceptions[: number - 1], 1) if one.covers(each)
        )
        if (place := next(earlier, None)) is not None:
            return (
                f"[[for]] {number} never counts: [[for]] {place} fits every account that it fits, and "
                "the first that fits counts alone; put the narrower one first"
            )
        if fault := _fault(each, window, tiers, labels):
            return f"[[for]] {number}: {fault}"
    return ""


def _fault(
    each: PolicyException, window: WindowRule, tiers: Sequence[Tier], labels: Mapping[Code, str]
) -> str:
    own = each.window.of(window) if each.window else window
    own_tiers = tiers if each.tiers is None else each.tiers
    own_labels = {**labels, **{code: said.label for code, said in each.codes.items() if said.label}}
    if not each.conditions:
        return f"it is for every account: give one of {', '.join(CONDITIONS)}, or change the rule itself"
    if not each.changes or (
        each.judged_by_updates is None
        and each.basis is None
        and own == window
        and tuple(own_tiers) == tuple(tiers)
        and own_labels == labels
        and not any(
            change.model_dump(exclude_none=True, exclude={"label"})
            for change in each.codes.values()
        )
    ):
        return "it changes nothing: give window, tiers, codes or judged_by_updates, or leave it out"
    unknown = [
        code.value
        for code in (*each.codes, *(tier.code for tier in own_tiers))
        if code not in labels
    ]
    if unknown:
        return f"[codes] has no {unknown[0]}"
    if fault := fault_of_tiers(own_tiers):
        return fault
    if own.due_soon_from > own.days:
        return (
            f"window.due_soon_from ({own.due_soon_from}) is greater than window.days ({own.days})"
        )
    tier = own_tiers[-1].code
    # Else the label is the policy's own, and no fault of the exception.
    differs = own != window or tier != tiers[-1].code or own_labels[tier] != labels[tier]
    return fault_of_label(own, tier, own_labels[tier]) if differs else ""


def fault_of_label(window: WindowRule, code: Code, label: str) -> str:
    """Why the label of the window's own tier misleads; "" where it names no other length.

    Units and readers are told by it how long was too long.
    """
    if (named := days_named(label)) and window.days not in named:
        said = ", ".join(count_of(days, "day") for days in sorted(named))
        return (
            f"codes.{code.value}.label {label!r} names {said}, but window.days is {window.days}: "
            "give the window's own tier a label of its own"
        )
    return ""
