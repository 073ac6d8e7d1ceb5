"""Searches for units and their leads, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from evidence_files import all_evidence
from samples import NOW
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.engine import migration_engine, normal_url
from db.models import LEADS
from mediawatch.domain import (
    DayEnd,
    Evidence,
    EvidenceKind,
    LeadAction,
    LeadDecision,
    LeadKind,
    LeadSight,
    LeadSort,
    Outcome,
    UnitSearch,
)
from mediawatch.ports import Store, SurfaceVisit

SHOWN = Evidence(
    kind=EvidenceKind.SCREENSHOT,
    media_type="image/jpeg",
    path="2031-03-05/00/0.jpg",
    sha256="0" * 64,
    size=3,
    taken_at=NOW,
    url="https://s.weibo.com/user?q=x",
)
SEARCH = UnitSearch(
    platform="weibo",
    query="示例县公安局",
    surface="weibo.search",
    session="office",
    at=NOW,
    outcome=Outcome.OK,
    url="https://s.weibo.com/user?q=x",
    calls=2,
    hits=3,
    evidence=(SHOWN,),
)
SIGHT = LeadSight(
    platform="weibo",
    platform_id="5000000009",
    kind=LeadKind.UNFILED,
    name="示例公安直播",
    verified_as="示例县公安局官方微博",
    alias="shili",
    link="https://weibo.com/u/5000000009",
    units=("示例县公安局", "公安局（示例县）"),
    ground="认证主体与所属组织一致",
)
DECISION = LeadDecision(
    lead_id=1,
    action=LeadAction.SORTED,
    sort=LeadSort.TO_FILE,
    unit="示例县公安局",
    by="张三",
    reason="已核对主页",
    at=NOW + timedelta(hours=1),
)


async def test_an_account_is_one_lead_with_all_that_was_seen_and_decided(any_store: Store) -> None:
    store = any_store.leads
    later = replace(SEARCH, at=NOW + timedelta(days=40), evidence=(), outcome=Outcome.OK)
    await store.add_search(SEARCH, [SIGHT, replace(SIGHT, platform_id="5000000008")])
    await store.add_search(later, [replace(SIGHT, name="改名后")])
    picture = replace(SHOWN, kind=EvidenceKind.PICTURE, url="", taken_at=DECISION.at)
    await store.add_decision(replace(DECISION, proof=picture))
    await store.add_decision(
        replace(DECISION, action=LeadAction.CONFIRMED, by="李四", reason="", sort=LeadSort.TO_FILE)
    )

    first, second = await store.all()
    assert (first.platform_id, second.platform_id) == ("5000000009", "5000000008")
    seen = replace(SIGHT, at=NOW, surface="weibo.search", query=SEARCH.query, evidence=(SHOWN,))
    assert first.sights[0] == seen
    assert first.latest.name == "改名后"
    assert [each.action for each in first.decisions] == [LeadAction.SORTED, LeadAction.CONFIRMED]
    assert first.decisions[0] == replace(DECISION, proof=picture, id=first.decisions[0].id)
    assert first.decisions[1].proof is None
    assert second.decisions == ()
    assert [each.at for each in await store.searches(NOW + timedelta(days=1))] == [later.at]
    kept = await store.searches()
    assert replace(kept[0], id=0) == replace(SEARCH, evidence=())


async def test_a_search_counts_as_a_visit_of_its_surface(any_store: Store) -> None:
    refused = replace(
        SEARCH, outcome=Outcome.CAPTCHA, calls=1, ends_day=DayEnd.LOGIN, evidence=(), hits=0
    )
    await any_store.leads.add_search(refused, [])
    assert await any_store.operator.visits(NOW) == [
        SurfaceVisit(
            surface="weibo.search", session="office", at=NOW, calls=1, ends_day=DayEnd.LOGIN
        )
    ]
    assert await any_store.operator.visits(NOW + timedelta(seconds=1)) == []


async def test_evidence_stays_until_a_lead_is_nobodys_business(any_store: Store) -> None:
    await any_store.leads.add_search(SEARCH, [SIGHT])
    (kept,) = await all_evidence(any_store)
    assert (kept.evidence, kept.proves, kept.sweep_id) == (SHOWN, True, None)
    dismissal = replace(DECISION, sort=LeadSort.NOT_GOVERNMENT, unit="")
    await any_store.leads.add_decision(dismissal)
    assert not any(each.proves for each in await all_evidence(any_store))
    taken_back = replace(DECISION, action=LeadAction.WITHDRAWN, sort=None, unit="")
    await any_store.leads.add_decision(taken_back)
    assert all(each.proves for each in await all_evidence(any_store))


async def test_no_row_of_a_lead_is_ever_updated(any_store: Store, migrated_url: str) -> None:
    await any_store.leads.add_search(SEARCH, [SIGHT])
    await any_store.leads.add_decision(DECISION)
    engine = migration_engine(normal_url(migrated_url))
    for table in LEADS:
        with (
            pytest.raises(DBAPIError, match=f"a {table} is never updated"),
            engine.begin() as connection,
        ):
            connection.execute(text(f"UPDATE {table} SET id = id"))
    engine.dispose()
