"""Rules of an office's own: stricter ones only, whoever they are for."""

from __future__ import annotations

import pytest

from mediawatch.publish.collect.checks_of_rules import rule_faults
from mediawatch.rules.policy import Policy, load, parse, shipped_policies

NATIONAL = load("national")
EXCEPTION = """
[[for]]
platforms = ["weibo"]
window = {{ days = {days}, due_soon_from = 3 }}
codes = {{ stale_2w = {{ label = "长期未更新" }} }}
"""


def changed(*pairs: tuple[str, str], more: str = "") -> Policy:
    text = NATIONAL.toml + more
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after)
    return parse(text)


def window(days: int) -> tuple[str, str]:
    return "days = 14 ", f"days = {days} "


def said(policy: Policy, common: Policy = NATIONAL) -> str:
    return "".join(rule_faults(policy, common, own_rules=True))


STRICTER = {
    "a shorter window": changed(window(10)),
    "a shorter window for some": changed(more=EXCEPTION.format(days=7)),
    "more that fails": changed(('"搜索不到", effect = "listed"', '"搜索不到", effect = "fails"')),
    "other tiers": load("tibet"),
}
LAXER = {
    "a longer window": (
        changed(window(60)),
        "更新间隔超过60天为超期，统一规则更新间隔超过14天为超期",
    ),
    "a longer window for some": (changed(more=EXCEPTION.format(days=30)), "更新间隔超过30天"),
    "nothing fails": (
        changed(('effect = "fails"', 'effect = "listed"')),
        "“超2周未更新”为其他需关注情形，统一规则为不合格",
    ),
    "a kind left out": (
        changed(("advertising", "own_advertising")),
        "没有“商业广告”",
    ),
}


@pytest.mark.parametrize("name", STRICTER)
def test_stricter_rules_are_allowed(name: str) -> None:
    assert said(STRICTER[name]) == ""
    assert rule_faults(STRICTER[name], NATIONAL, own_rules=False), "not without leave"


@pytest.mark.parametrize("name", LAXER)
def test_laxer_rules_are_refused_with_the_difference(name: str) -> None:
    policy, says = LAXER[name]
    assert says in said(policy)


def test_an_exception_of_the_round_holds_for_all() -> None:
    common = changed(more=EXCEPTION.format(days=7))
    assert "更新间隔超过10天" in said(changed(window(10)), common)
    assert said(changed(window(10), more=EXCEPTION.format(days=5)), common) == ""


@pytest.mark.parametrize("name", shipped_policies())
def test_the_same_rules_are_never_laxer(name: str) -> None:
    other = parse(load(name).toml.replace('title = "', 'title = "本地'))
    assert said(other, load(name)) == ""
