"""拟稿: all that a notice would print, kept so that a leader signs that and nothing else. Pure.

What is judged later is held against it; each difference is told with the account's name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mediawatch.domain import Effect, NoticeDraft, Verdict
from mediawatch.figures.values import Figures
from mediawatch.publish.inspection import AccountProblem, Inspection

Content = Mapping[str, Any]
_TOLD = 20
"""So many differences are told; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWords:
    """What the office writes in a draft. Deadlines as they were given: a day, or +10工作日."""

    title: str
    addressees: str = ""
    copies: str = ""
    publicity: str = ""
    rectify_by: str = ""
    report_by: str = ""


_WORDS = {
    "title": "标题",
    "addressees": "主送",
    "copies": "抄送",
    "publicity": "公开属性",
    "rectify_by": "整改期限",
    "report_by": "报送期限",
}

_NOT_SIGNED = {"number", "addressees", "copies", "publicity", "approval"}
"""Keys of office.toml that the draft has in its own words, or that the issue gives."""


def draft_content(inspection: Inspection, words: DraftWords) -> dict[str, Any]:
    """What would be printed, as JSON has it: items in the notice's order, figures, verdicts of the
    scope, results of the re-check, the policy, the office's words.
    """
    items = [problem for problem in (*inspection.failed, *inspection.listed) if problem.labels]
    listed = {problem.entry.account.id for problem in items}
    statistics = inspection.statistics
    return {
        "words": {name: getattr(words, name) for name in _WORDS},
        "office": json.loads(
            inspection.office.model_dump_json(exclude_defaults=True, exclude=_NOT_SIGNED)
        ),
        "marks": list(inspection.marks),
        "policy": hashlib.sha256(inspection.policy.toml.encode()).hexdigest(),
        "figures": {
            "": _figures(statistics.whole),
            **{
                f"{split.heading}：{name}": _figures(part)
                for split in statistics.splits
                for name, part in split.parts
            },
        },
        "items": [_item(problem) for problem in items],
        # Fresh accounts are counted; each of the others is told by its name.
        "others": {
            str(entry.account.id): [entry.account.filed.name, entry.judgement.verdict.value]
            for entry in inspection.scope
            if entry.judgement
            and entry.account.id not in listed
            and entry.judgement.verdict is not Verdict.FRESH
        },
        "recheck": [
            [each.item.filed.name, each.about, each.result.value]
            for each in inspection.past.rechecked
        ],
        "previous": inspection.past.previous.number if inspection.past.previous else "",
    }


def _item(problem: AccountProblem) -> dict[str, Any]:
    account = problem.entry.account
    return {
        "account": account.id,
        "name": account.filed.name,
        "type": account.filed.type,
        "organiser": account.filed.organiser,
        "filing_number": account.filed.filing_number,
        "problem": problem.printed,
        "fails": problem.fails,
        "unnamed": problem.unnamed,
        "findings": [
            [finding.code.value, finding.sentence]
            for finding in problem.findings
            if finding.effect is not Effect.HINT
        ],
    }


def _figures(one: Figures) -> dict[str, Any]:
    counts = {name: getattr(one, name) for name in ("total", "drawn", "checked", "failed", "open")}
    return {**counts, "provisional": one.provisional, "kinds": dict(sorted(one.kinds.items()))}


def words_of(draft: NoticeDraft) -> DraftWords:
    """What the office wrote in a draft."""
    return DraftWords(**{name: getattr(draft, name) for name in _WORDS})


def fingerprint(content: Content) -> str:
    """SHA-256 of all that a draft would print."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def differences(before: Content, now: Content) -> list[str]:
    """What would be printed otherwise now, account by account, in Chinese; empty for nothing."""
    if fingerprint(before) == fingerprint(now):
        return []
    told = [
        *_changed_items(before, now),
        *_changed_others(before, now),
        *_changed_words(before, now),
    ]
    told = told or ["分项数字不同"]
    if len(told) > _TOLD:
        told = [*told[:_TOLD], f"另有{len(told) - _TOLD}处"]
    return told


def _changed_items(before: Content, now: Content) -> Iterator[str]:
    then = {each["account"]: each for each in before["items"]}
    today = {each["account"]: each for each in now["items"]}
    for key, item in then.items():
        if key not in today:
            yield f"“{item['name']}”不再列入（{item['problem']}）"
    for key, item in today.items():
        if key not in then:
            yield f"“{item['name']}”新列入（{item['problem']}）"
        elif item != then[key]:
            yield f"“{item['name']}”{_change(then[key], item)}"
    common = [key for key in then if key in today]
    if common != [key for key in today if key in then]:
        yield "名单次序不同"


def _change(then: Mapping[str, Any], item: Mapping[str, Any]) -> str:
    """The first difference that is printed between two states of an item."""
    if then["name"] != item["name"]:
        return f"原为“{then['name']}”"
    if then["problem"] != item["problem"] or then["fails"] != item["fails"]:
        return f"由{then['problem']}改为{item['problem']}"
    if then["unnamed"] != item["unnamed"]:
        return f"由{then['unnamed'] or '点名'}改为{item['unnamed'] or '点名'}"
    if then["findings"] != item["findings"]:
        return "的认定依据不同"
    return "的备案信息不同"


def _changed_others(before: Content, now: Content) -> Iterator[str]:
    listed = {str(each["account"]) for one in (before, now) for each in one["items"]}
    then, today = before["others"], now["others"]
    fresh = Verdict.FRESH.label
    for key in sorted({*then, *today} - listed, key=int):
        old, new = (_verdict(one.get(key), fresh) for one in (then, today))
        if old != new:
            name = (today.get(key) or then[key])[0]
            yield f"“{name}”由{old}改为{new}"


def _verdict(known: Sequence[str] | None, otherwise: str) -> str:
    return Verdict(known[1]).label if known else otherwise


def _changed_words(before: Content, now: Content) -> Iterator[str]:
    for name, label in _WORDS.items():
        if before["words"].get(name) != now["words"].get(name):
            yield f"{label}不同"
    office = sorted(
        name
        for name in {*before["office"], *now["office"]}
        if before["office"].get(name) != now["office"].get(name)
    )
    if office:
        yield f"office.toml不同（{'、'.join(office)}）"
    for name, words in (
        ("policy", "检查规则不同"),
        ("marks", "标注不同"),
        ("recheck", "上期复查结果不同"),
        ("previous", "上期通报不同"),
    ):
        if before[name] != now[name]:
            yield words
    whole, today = before["figures"][""], now["figures"][""]
    if whole != today:
        yield (
            f"检查数由{whole['checked']}改为{today['checked']}，"
            f"不合格数由{whole['failed']}改为{today['failed']}，"
            f"待核查由{whole['open']}改为{today['open']}"
        )
