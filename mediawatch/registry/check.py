"""Findings of the registry itself, without a look at any platform.

Gaps, names as they should not be filed, double filings, hints.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from mediawatch.domain import Account, Code, Contact, FiledStatus, Filing, UserError
from mediawatch.inputs import InputFault, parse_toml, read_toml
from mediawatch.names import differs_by_suffix, fold, may_have_suffix
from mediawatch.registry.headings import label
from mediawatch.registry.kinds import PLATFORMS, platform_label

_GRAVEST_FIRST = (
    Code.DUPLICATE_FILING,
    Code.REGISTRY_INCOMPLETE,
    Code.FILING_NAME_STYLE,
    Code.SAME_BODY_ACCOUNTS,
    Code.ABOLISHED_BODY,
)
"""What changes counts and verdicts comes first, hints come last."""
_NO_HOMEPAGE = frozenset({"wechat", "channels", "miniprogram", "app"})
"""Platforms whose accounts have no page of their own on the web.

A filing without 链接地址 is complete there.
"""
_NOUN = "总局|分局|局|厅|委员会|委|办公室|办"
_NAMES_A_BODY = re.compile(f"(?:{_NOUN})$")
_PLACE = re.compile("(?:省|市|区|县|州|盟|旗|镇|乡|国)$")
_NO_PLACE = re.compile(
    "(?:景区|名胜区|度假区|保护区|示范区|开发区|高新区|经开区|园区|管理区|产业区|保税区|合作区|试验区|社区|小区|校区)$"
)
"""Zones have offices that they named themselves: no reform abolished these."""
_PLACE_END = re.compile("(?:自治州|自治县|自治旗|地区|省|市|区|县|州|盟|旗)$")
_EXPECTED = ("filing_number", "organiser", "prefecture", "url")
"""Fields that a complete filing has, besides name and 类型."""
Has = Callable[[Account], bool]


@dataclass(frozen=True, slots=True)
class RegistryFinding:
    """One code against one account, from the registry alone.

    `sentence` is Chinese; label and effect are the policy's.
    """

    code: Code
    account: Account
    sentence: str
    weight: int = 0
    """Within its code what is heavier comes first."""


@dataclass(frozen=True, slots=True)
class AbolishedBody:
    """A body that a reform did away with.

    Its name without the place, or how that name begins (国土资源: 局, 厅 …).
    """

    word: str
    now: str
    since: str
    unless: tuple[str, ...] = ()

    def named_in(self, text: str, places: Sequence[str]) -> bool:
        """Whether the text names this very body.

        It stands after a place or at the beginning, so that 文化和旅游局 is no 旅游局. `places`:
        those of the filing, as they may stand without 市 or 县.
        """
        if self.word not in text or any(word in text for word in self.unless):
            return False
        end = "" if _NAMES_A_BODY.search(self.word) else f"(?:{_NOUN})"
        return any(
            _is_place(text[: found.start()], places)
            for found in re.finditer(f"{re.escape(self.word)}{end}", text)
        )


def _is_place(before: str, places: Sequence[str]) -> bool:
    """Whether what stands before a body's name ends it off: nothing, a mark, or a place."""
    if not before or not before[-1].isalpha():
        return True
    named = any(
        before.endswith((place, _PLACE_END.sub("", place))) for place in places if len(place) > 1
    )
    return named or bool(_PLACE.search(before) and not _NO_PLACE.search(before))


def check(
    accounts: Sequence[Account],
    contacts: Mapping[int, Contact] | None,
    bodies: Sequence[AbolishedBody],
) -> tuple[list[RegistryFinding], list[str]]:
    """Findings on the accounts in service, the gravest kind first, and remarks in English.

    A remark is on the registry as a whole. A field that no account has is a remark, not a finding
    against every account: then the file lacked the column. `contacts` is None where the home keeps
    none: nobody misses them.
    """
    current = [
        account for account in accounts if account.retired_on is None and account.filed.in_service
    ]
    expected, remarks = _expected(current, contacts)
    findings = [finding for account in current for finding in _of_one(account, expected, bodies)]
    findings += _filed_twice(current)
    findings += _same_body(current)
    order = {code: position for position, code in enumerate(_GRAVEST_FIRST)}
    return sorted(
        findings, key=lambda finding: (order[finding.code], -finding.weight, finding.account.id)
    ), remarks


def _expected(
    accounts: Sequence[Account], contacts: Mapping[int, Contact] | None
) -> tuple[dict[str, Has], list[str]]:
    """(label -> whether the account has it) for the fields that the registry holds at all."""
    has: dict[str, Has] = {label(name): _has(name) for name in _EXPECTED}
    if contacts is not None:
        has[label("person")] = lambda account: bool(
            account.id in contacts and contacts[account.id].person
        )
    held = {**has, label("url"): lambda account: bool(account.filed.url)}
    used = {name: test for name, test in has.items() if any(map(held[name], accounts))}
    unused = [name for name in has if name not in used]
    return used, [
        f"no account has {name}: the registry was filed without that column" for name in unused
    ] if accounts else []


def _has(name: str) -> Has:
    return lambda account: (
        bool(getattr(account.filed, name)) or (name == "url" and account.platform in _NO_HOMEPAGE)
    )


def _of_one(
    account: Account, expected: Mapping[str, Has], bodies: Sequence[AbolishedBody]
) -> Iterable[RegistryFinding]:
    filed = account.filed
    gaps = [f"未填写{name}" for name, has in expected.items() if not has(account)]
    if not filed.type_certain:
        gaps.append(f"类型“{filed.type}”未写明是公众号、视频号还是小程序")
    if filed.status is FiledStatus.CLOSING and filed.closing_requested_on is None:
        gaps.append(f"申请关停但未填写{label('closing_requested_on')}，检查时按正常运行判定")
    if filed.exempt_reason and not filed.exempt_document:
        gaps.append(f"填写了{label('exempt_reason')}但未填写{label('exempt_document')}")
    if gaps:
        weight = 2 * sum(not gap.startswith("未填写") for gap in gaps) + (
            not filed.url and not filed.ids
        )
        yield RegistryFinding(Code.REGISTRY_INCOMPLETE, account, "；".join(gaps), weight)
    if suffix := _suffix(filed.name):
        yield RegistryFinding(
            Code.FILING_NAME_STYLE, account, f"名称“{filed.name}”带有平台后缀“{suffix}”"
        )
    places = [place for place in (filed.prefecture, filed.county) if place]
    for body in bodies:
        if found := next(
            (text for text in (filed.name, filed.organiser) if body.named_in(text, places)), ""
        ):
            sentence = f"“{found}”含“{body.word}”，该机构已由{body.now}承接（{body.since}），请核对"
            yield RegistryFinding(Code.ABOLISHED_BODY, account, sentence)
            break


def _suffix(name: str) -> str:
    """The platform suffix of a filed name, the longest one; "" where the name has none."""
    if not may_have_suffix(name):
        return ""
    return next(
        (name[cut:] for cut in range(1, len(name)) if differs_by_suffix(name, name[:cut])), ""
    )


def _filed_twice(accounts: Sequence[Account]) -> Iterable[RegistryFinding]:
    holders: defaultdict[tuple[str, str, str], list[Account]] = defaultdict(list)
    for account in accounts:
        for key in account.filed.ids:
            holders[key].append(account)
    seen: set[int] = set()
    for (name, platform, id), group in holders.items():
        for account in group if len(group) > 1 else ():
            if account.id not in seen:
                seen.add(account.id)
                others = _others(group, account)
                sentence = f"{platform_label(platform)}{label(name)}{id}另有备案：{others}"
                yield RegistryFinding(Code.DUPLICATE_FILING, account, sentence)


def _same_body(accounts: Sequence[Account]) -> Iterable[RegistryFinding]:
    """A neutral hint: one body may well have several accounts.

    订阅号 and 服务号 serve different ends, so they count apart.
    """
    groups: defaultdict[tuple[str, str, str], list[Account]] = defaultdict(list)
    for account in accounts:
        if account.filed.organiser and account.platform in PLATFORMS:
            groups[account.platform, fold(account.filed.organiser), account.filed.kind].append(
                account
            )
    for (platform, _, kind), group in groups.items():
        for account in group if len(group) > 1 else ():
            others = _others(group, account)
            sentence = f"{account.filed.organiser}在{platform_label(platform)}{kind and f'（{kind}）'}上另有账号：{others}"
            yield RegistryFinding(Code.SAME_BODY_ACCOUNTS, account, sentence)


def _others(group: Sequence[Account], account: Account) -> str:
    """The first of the group beside the account, and how many they are."""
    others = [other for other in group[:6] if other is not account][:5]
    named = "、".join(_said(other.filed) for other in others)
    return named + (f"等{len(group) - 1}个" if len(group) > 6 else "")


def _said(filed: Filing) -> str:
    return f"“{filed.name}”" + (f"（{filed.filing_number}）" if filed.filing_number else "")


def read_bodies(path: Path | None = None) -> tuple[AbolishedBody, ...]:
    """The list of abolished bodies: an operator's own TOML, or the shipped one.

    Raises UserError.
    """
    name = str(path) if path else "abolished.toml"
    try:
        shipped = resources.files("mediawatch.registry").joinpath("abolished.toml")
        tree = read_toml(path) if path else parse_toml(shipped.read_text("utf-8"), name)
        return tuple(
            AbolishedBody(one["word"], one["now"], one["since"], tuple(one.get("unless", ())))
            for one in tree["body"]
        )
    except InputFault as fault:
        raise UserError(str(fault)) from None
    except (KeyError, TypeError, AttributeError) as error:
        lacks = f": {error.args[0]} is missing" if isinstance(error, KeyError) else ""
        raise UserError(
            f"{name} is not a list of [[body]] tables with word, now and since{lacks}"
        ) from error
