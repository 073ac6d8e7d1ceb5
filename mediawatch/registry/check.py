"""Findings of the registry itself, without looking at any platform: gaps, names as they should not be filed, double filings, hints."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from mediawatch.domain import Account, Code, Contact, Filed, FiledStatus, UserError
from mediawatch.names import differs_by_suffix, fold
from mediawatch.registry.headings import label
from mediawatch.registry.kinds import PLATFORMS, platform_label

_EXPECTED = ("filing_number", "organiser", "prefecture", "url")
"""Fields that a complete filing has, besides name and 类型."""
Has = Callable[[Account], bool]


@dataclass(frozen=True, slots=True)
class RegistryFinding:
    """One code against one account, from the registry alone. `sentence` is Chinese; label and effect are the policy's."""

    code: Code
    account: Account
    sentence: str


@dataclass(frozen=True, slots=True)
class AbolishedBody:
    """A word in names of bodies that a reform did away with."""

    word: str
    now: str
    since: str
    unless: tuple[str, ...] = ()


def check(
    accounts: Sequence[Account], contacts: Mapping[int, Contact], bodies: Sequence[AbolishedBody]
) -> tuple[list[RegistryFinding], list[str]]:
    """Findings on the accounts in service, in registry order of their codes, and remarks (English) on the registry as a whole.

    A field that no account has is a remark, not a finding against everybody: then the file lacked the column.
    """
    current = [account for account in accounts if account.retired_on is None and account.filed.in_service]
    expected, remarks = _expected(current, contacts)
    findings = [finding for account in current for finding in _of_one(account, expected, bodies)]
    findings += _filed_twice(current)
    findings += _same_body(current)
    order = {code: position for position, code in enumerate(Code)}
    return sorted(findings, key=lambda finding: (order[finding.code], finding.account.id)), remarks


def _expected(accounts: Sequence[Account], contacts: Mapping[int, Contact]) -> tuple[dict[str, Has], list[str]]:
    """(label -> whether the account has it) for the fields that the registry holds at all."""
    has: dict[str, Has] = {label(name): _has(name) for name in _EXPECTED}
    has[label("person")] = lambda account: bool(account.id in contacts and contacts[account.id].person)
    used = {name: test for name, test in has.items() if any(map(test, accounts))}
    unused = [name for name in has if name not in used]
    return used, [f"no account has {name}: the registry was filed without that column" for name in unused] if accounts else []


def _has(name: str) -> Has:
    return lambda account: bool(getattr(account.filed, name))


def _of_one(account: Account, expected: Mapping[str, Has], bodies: Sequence[AbolishedBody]) -> Iterable[RegistryFinding]:
    filed = account.filed
    gaps = [f"未填写{name}" for name, has in expected.items() if not has(account)]
    if not filed.type_certain:
        gaps.append(f"类型“{filed.type}”未写明是公众号、视频号还是小程序")
    if filed.status is FiledStatus.CLOSING and filed.closing_requested_on is None:
        gaps.append(f"申请关停但未填写{label('closing_requested_on')}，检查时按正常运行判定")
    if filed.exempt_reason and not filed.exempt_document:
        gaps.append(f"填写了{label('exempt_reason')}但未填写{label('exempt_document')}")
    if gaps:
        yield RegistryFinding(Code.REGISTRY_INCOMPLETE, account, ";".join(gaps))
    if suffix := _suffix(filed.name):
        yield RegistryFinding(Code.FILING_NAME_STYLE, account, f"名称“{filed.name}”带有平台后缀“{suffix}”")
    for body in bodies:
        found = next((text for text in (filed.name, filed.organiser) if body.word in text), "")
        if found and not any(word in found for word in body.unless):
            sentence = f"“{found}”含“{body.word}”,该机构已由{body.now}承接({body.since}),请核对"
            yield RegistryFinding(Code.ABOLISHED_BODY, account, sentence)
            break


def _suffix(name: str) -> str:
    """The platform suffix of a filed name, the longest one; "" where the name has none."""
    return next((name[cut:] for cut in range(1, len(name)) if differs_by_suffix(name, name[:cut])), "")


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
                sentence = f"{platform_label(platform)}{label(name)}{id}另有备案:{others}"
                yield RegistryFinding(Code.DUPLICATE_FILING, account, sentence)


def _same_body(accounts: Sequence[Account]) -> Iterable[RegistryFinding]:
    """A neutral hint: one body may well have several accounts. 订阅号 and 服务号 serve different ends, so they count apart."""
    groups: defaultdict[tuple[str, str, str], list[Account]] = defaultdict(list)
    for account in accounts:
        if account.filed.organiser and account.platform in PLATFORMS:
            groups[account.platform, fold(account.filed.organiser), account.filed.kind].append(account)
    for (platform, _, kind), group in groups.items():
        for account in group if len(group) > 1 else ():
            others = _others(group, account)
            sentence = f"{account.filed.organiser}在{platform_label(platform)}{kind and f'({kind})'}上另有账号:{others}"
            yield RegistryFinding(Code.SAME_BODY_ACCOUNTS, account, sentence)


def _others(group: Sequence[Account], account: Account) -> str:
    others = [_said(other.filed) for other in group if other is not account]
    return "、".join(others[:5]) + (f"等{len(others)}个" if len(others) > 5 else "")


def _said(filed: Filed) -> str:
    return f"“{filed.name}”" + (f"({filed.filing_number})" if filed.filing_number else "")


def read_bodies(path: Path | None = None) -> tuple[AbolishedBody, ...]:
    """The list of abolished bodies: an operator's own TOML, or the shipped one. Raises UserError."""
    name = str(path) if path else "abolished.toml"
    try:
        source = path or resources.files("mediawatch.registry").joinpath("abolished.toml")
        entries = tomllib.loads(source.read_bytes().decode("utf-8-sig"))["body"]
        return tuple(AbolishedBody(one["word"], one["now"], one["since"], tuple(one.get("unless", ()))) for one in entries)
    except OSError as error:
        raise UserError(f"cannot read {name}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise UserError(f"{name} is no list of [[body]] tables with word, now and since: {error}") from error
