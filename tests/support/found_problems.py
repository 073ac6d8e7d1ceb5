"""Inspections in which people found problems that no list of posts shows (人工检查)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from circulars import account, finding, inspect, row

from mediawatch.domain import Code, Effect, SweepAccount, Verdict
from mediawatch.publish.inspection import Inspection
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.policy import Policy, load, parse

OWN = Code("own_menu")


def costing_policy() -> Policy:
    """The national rules of an office that takes points off, and that has a kind of its own."""
    costs = {
        "advertising": '{ label = "商业广告", effect = "deducts", points = 2.5 }',
        "wrong_words": '{ label = "严重错别字", effect = "deducts", points = 5 }',
        "own_menu": '{ label = "菜单失效", effect = "fails", wording = "24小时内无法打开" }',
    }
    kept = [
        line
        for line in load("national").toml.splitlines()
        if line.split("=")[0].strip() not in costs
    ]
    return parse("\n".join([*kept, *(f"{code} = {rule}" for code, rule in costs.items())]))


def with_found(
    entry: SweepAccount, policy: Policy, *problems: tuple[Code, str], **more: Any
) -> SweepAccount:
    """An account of which people found these problems besides, with their words."""
    assert entry.judgement is not None
    rules = account_policy(policy, entry.account.filed)
    found = tuple(
        replace(
            finding(code, rules),
            words=words,
            points=rules.codes[code].points,
            sentence=f"经人工检查（2022年10月3日），{rules.label(code)}。",
            **more,
        )
        for code, words in problems
    )
    held = (*entry.judgement.findings, *found)
    fails = any(each.effect is Effect.FAILS for each in held)
    verdict = Verdict.FAILED if fails else entry.judgement.verdict
    return replace(
        entry,
        judgement=replace(entry.judgement, findings=held, verdict=verdict, otherwise=Verdict.FRESH),
    )


def people_found(**how: Any) -> Inspection:
    """Two poor interactions, one dead menu, three that cost points, two that are listed.

    The account that never updates costs points, too; one stands in both paragraphs of what fails
    nobody.
    """
    policy = costing_policy()
    types = ("微信", "微博", "微博", "12345热线号", "微信", "微博", "微信", "微博", "微信")
    scope = [
        row(account(number, type=type_), policy=policy) for number, type_ in enumerate(types, 1)
    ]
    scope[2] = row(account(3, type="微博"), Code.STALE_2W, policy=policy)
    poor, dead, advertising = Code.INTERACTION_POOR, OWN, Code.ADVERTISING
    wrong, missing = Code.WRONG_WORDS, Code.NOT_REPOSTED
    for number, problems in {
        1: [(poor, "留言3个月未回复")],
        2: [(poor, "")],
        3: [(wrong, "将“抓铁有痕”误写为“抓铁有恨”；共2处。")],
        4: [(dead, "")],
        5: [(advertising, "推送9.9元培训班")],
        6: [(advertising, ""), (missing, "《关于2022年国庆假期安排的通知》（国办〔2021〕11号）")],
        7: [(missing, "")],
        8: [(Code.UNUSABLE, "搜索栏1处打不开")],
    }.items():
        scope[number - 1] = with_found(scope[number - 1], policy, *problems)
    return inspect(scope, policy=policy, **how)
