"""What must hold of the accounts of a hand-off, in Chinese. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from mediawatch.domain import Effect, Verdict
from mediawatch.figures.filings import once
from mediawatch.publish.collect.account_keys import Key, have_other_ids, keys_of
from mediawatch.publish.collect.rebuild import SOUND, ReportedAccount
from mediawatch.rules.account_policy import every_policy
from mediawatch.rules.policy import Policy


def account_faults(accounts: Sequence[ReportedAccount], policy: Policy) -> Iterator[str]:
    """What the accounts say of themselves fits the rules, the findings and one another."""
    yield from _verdicts(accounts)
    yield from _opposites(accounts)
    yield from _windows(accounts, policy)


def _windows(accounts: Sequence[ReportedAccount], policy: Policy) -> Iterator[str]:
    """The 更新时限 of an account is one of the rules': else nothing could be compared with it.

    Which one is not said: an exception may go by what only findings tell of an account.
    """
    known = {each.window.days for each in every_policy(policy)}
    unjudged = any(each.judged_by_updates is False for each in policy.exceptions)
    for each in accounts:
        days = each.window_days
        if days not in known and not (days is None and (unjudged or each.filed.is_application)):
            said = "不按更新判定" if days is None else f"{days}天"
            yield f"账号“{each.filed.name}”的更新时限（{said}）与所附检查规则不符"


def _verdicts(accounts: Sequence[ReportedAccount]) -> Iterator[str]:
    """Who counts as failed has a problem that fails it, and the other way round."""
    by_id = {each.entry.account.id: each for each in accounts}
    for one in once(each.entry for each in accounts):
        entry = one.entry
        held = entry.judgement.findings if entry.judgement else ()
        fails = any(each.effect is Effect.FAILS for each in held)
        name = by_id[entry.account.id].filed.name
        if one.verdict is Verdict.FAILED and not fails:
            yield f"账号“{name}”计为不合格，但没有相应的问题和佐证材料"
        if one.verdict is not Verdict.FAILED and fails:
            yield f"账号“{name}”有不合格问题，但未计为不合格"


def _opposites(accounts: Sequence[ReportedAccount]) -> Iterator[str]:
    """One account, by number or id, is not failed and sound in one file: nobody above can choose."""
    told: dict[Key, dict[bool, ReportedAccount]] = defaultdict(dict)
    for each in accounts:
        if each.filed.in_service and (each.verdict is Verdict.FAILED or each.verdict in SOUND):
            for key in keys_of(each.filed):
                told[key].setdefault(each.verdict is Verdict.FAILED, each)
    pairs = ((both[True], both[False]) for both in told.values() if len(both) > 1)
    # With one number and two ids they are two accounts, one of them with a wrong number.
    pairs = (pair for pair in pairs if not have_other_ids(pair[0].filed, pair[1].filed))
    # Two filings may have both their number and their id in common.
    names = dict.fromkeys((failed.filed.name, sound.filed.name) for failed, sound in pairs)
    for failed, sound in names:
        yield (
            f"账号“{failed}”与“{sound}”的备案单号或平台标识相同，"
            "一条计为不合格，另一条不是，请核实后只按一种结论报送"
        )
