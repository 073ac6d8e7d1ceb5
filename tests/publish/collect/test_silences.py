"""What our own rules find silent passes as such when another office hands it up."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import known_as

from mediawatch.domain import (
    Account,
    CheckedSpan,
    Evidence,
    EvidenceKind,
    Filing,
    LookKind,
    MatchedBy,
    Post,
    Reading,
    Sight,
    Verdict,
)
from mediawatch.domain.clock import EVER, day_end, day_start
from mediawatch.publish.collect.checks_of_findings import silence_fault
from mediawatch.publish.handoff.findings import finding_out
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.judge import judge
from mediawatch.rules.policy import load
from mediawatch.rules.sweep_policy import policy_for

FIRST, LAST = date(2022, 10, 10), date(2022, 12, 31)
READ = day_end(LAST) + timedelta(hours=10)
FILED = Filing(name="示例发布", platform="toutiao", platform_id="id-1")
PROOF = Evidence(
    kind=EvidenceKind.SCREENSHOT, media_type="image/jpeg", path="a.jpg", sha256="0" * 64, size=1,
    taken_at=READ,
)  # fmt: skip


def looks(days: list[date], since: date | None) -> list[Reading]:
    """Two looks that show these posts, and everything since a day; None: everything."""
    numbers = count(1)
    posts = tuple(Post(on=each, at=day_start(each), id=str(each)) for each in days)
    found = []
    for look, surface in ((LookKind.FIRST, "toutiao.profile"), (LookKind.SECOND, "toutiao.feed")):
        at = READ + timedelta(minutes=30 * len(found))
        sight = Sight(
            surface=surface, read_at=at, name=FILED.name, matched_by=MatchedBy.ID, platform_id="id-1",
            posts=posts, complete_since=day_start(since) if since else EVER, evidence=(PROOF,),
        )  # fmt: skip
        found.append(
            Reading(
                id=next(numbers),
                account_id=1,
                look=look,
                started_at=at,
                read_at=at,
                sights=(sight,),
            )
        )
    return found


@pytest.mark.parametrize("name", ["national", "tibet", "gansu"])
@given(
    ago=st.sets(st.integers(0, 500), max_size=5),
    since=st.none() | st.integers(1, 500),
    in_period=st.booleans(),
)
def test_a_silence_of_our_own_rules_bears_its_name(
    name: str, ago: set[int], since: int | None, in_period: bool
) -> None:
    first = FIRST if in_period else None
    policy = policy_for(load(name), first)
    begin = LAST - timedelta(days=since) if since else None
    days = sorted(LAST - timedelta(days=each) for each in ago if since is None or each <= since)
    readings = looks(days, begin)
    judged = judge(known_as(FILED, readings), day_end(LAST), policy, first)
    if judged.verdict is not Verdict.FAILED:
        return
    for finding in judged.findings:
        if finding.gap_since is None:
            continue
        told = finding_out(Account(id=1, filed=FILED), finding, readings, (), times=1, leading=True)
        span = CheckedSpan(LAST, first)
        assert silence_fault(told, account_policy(policy, FILED), span) == ""
