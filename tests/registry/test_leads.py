"""Which hits of a search are leads: no unit is named for a name alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mediawatch.domain import Account, FiledStatus, Filing, LeadKind, ProvisionalId, SearchHit
from mediawatch.registry.leads import FiledAccounts, leads_among
from mediawatch.registry.units import UnitIndex, units_of
from scrapers.platforms import leads_to

BODY = "示例县公安局"
POLICE = Account(
    id=1,
    filed=Filing(
        name="示例公安",
        platform="weibo",
        organiser=BODY,
        prefecture="样板市",
        county="示例县",
        platform_id="5000000001",
    ),
)
CLOSED = Account(
    id=2,
    filed=replace(
        POLICE.filed, name="示例交警", platform_id="5000000002", status=FiledStatus.CLOSED
    ),
)
LEFT = Account(
    id=3,
    filed=replace(POLICE.filed, name="示例特警", platform_id="5000000003"),
    retired_on=date(2030, 1, 1),
)
NAMED = Account(id=4, filed=replace(POLICE.filed, name="示例户政", platform_id=""))
LINKED = Account(
    id=5,
    filed=replace(
        POLICE.filed, name="示例法制", platform_id="", url="https://weibo.com/u/5000000005"
    ),
)
ALL = (POLICE, CLOSED, LEFT, LINKED)


def found(
    hit: SearchHit, accounts: tuple[Account, ...] = ALL, seen: dict[int, list[str]] | None = None
) -> tuple[LeadKind, str] | None:
    """The kind of the lead and its ground; None where the hit is none."""
    index = UnitIndex(units_of(accounts))
    filed = FiledAccounts(accounts, seen or {}, leads_to)
    leads = leads_among("weibo", [hit], index, filed)
    return (leads[0].kind, leads[0].ground) if leads else None


def hit(id: str, name: str = "示例公安直播", body: str = f"{BODY}官方微博") -> SearchHit:
    return SearchHit(id=id, name=name, verified_as=body)


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        (hit("5000000009"), LeadKind.UNFILED),
        (hit("5000000009", name="警民之声"), LeadKind.UNFILED),
        (hit("5000000009", body="样板市示例县公安局"), LeadKind.UNFILED),
        # By name alone: no 疑似未登记, whoever bears it.
        (hit("5000000009", name="示例公安", body="某某文化传播有限公司"), LeadKind.LOOKALIKE),
        (hit("5000000009", name=BODY, body=""), LeadKind.LOOKALIKE),
        (hit("5000000009", name="示例公安官方微博", body=""), LeadKind.LOOKALIKE),
        (hit("5000000009", name=BODY, body="另市示例县公安局"), LeadKind.LOOKALIKE),
        (hit("5000000009", body="某某文化传播有限公司"), None),
        (hit("5000000009", name="示例公安粉丝团", body=""), None),
        (hit("5000000009", body=f"{BODY}交通警察大队"), None),
        # Filed, whatever it is called and certified as.
        (hit("5000000001"), None),
        (hit("5000000001", name="示例公安", body="某某文化传播有限公司"), None),
        (hit("5000000005"), None),
        # Closed, and shown all the same: by id, also where the search shows no 认证主体.
        (hit("5000000002"), LeadKind.REOPENED),
        (hit("5000000002", name="改名", body=""), LeadKind.REOPENED),
        # Gone from the platform.
        (replace(hit("5000000002"), gone=True), None),
        (replace(hit("5000000009"), gone=True), None),
        # It has left the registry: unfiled where the unit's 认证主体 is shown.
        (hit("5000000003"), LeadKind.UNFILED),
        (hit("5000000003", name="别名", body=""), None),
    ],
)
def test_what_a_hit_is(shown: SearchHit, kind: LeadKind | None) -> None:
    lead = found(shown)
    assert (lead and lead[0]) == kind


def test_the_ground_is_told() -> None:
    assert found(hit("5000000009")) == (
        LeadKind.UNFILED,
        "认证主体与所属组织一致（未写明所属地市）",
    )
    placed = hit("5000000009", body="样板市示例县公安局")
    assert found(placed) == (LeadKind.UNFILED, "认证主体与所属组织一致")
    left = found(hit("5000000003"))
    assert left
    assert left[1].endswith("曾在台账登记，自2030-01-01起不在台账内")
    closed = found(hit("5000000002"))
    assert closed
    assert closed[1] == "台账运行状态为“已关停”，平台搜索仍显示该账号"
    other = found(hit("5000000009", name="示例公安", body="某某文化传播有限公司"))
    assert other
    assert other[1] == "与台账名称“示例公安”相同；认证主体为“某某文化传播有限公司”，不是该单位"


@pytest.mark.parametrize("status", [FiledStatus.RUNNING, FiledStatus.CLOSING])
def test_an_account_in_service_is_no_lead(status: FiledStatus) -> None:
    moving = replace(CLOSED, filed=replace(CLOSED.filed, status=status))
    assert found(hit("5000000002"), (moving,)) is None


def test_a_second_filing_in_service_outweighs_a_closed_one() -> None:
    again = replace(CLOSED, id=9, filed=replace(CLOSED.filed, status=FiledStatus.RUNNING))
    assert found(hit("5000000002"), (CLOSED, again)) is None


def test_an_id_that_readings_tied_to_an_account_is_filed() -> None:
    assert found(hit("5000000009"), (NAMED,), {4: ["5000000009"]}) is None


def test_an_account_that_a_provisional_id_leads_to_is_filed() -> None:
    stands = ProvisionalId(account_id=4, value="5000000009", name="示例户政", on=date(2031, 3, 1))
    assert found(hit("5000000009"), (replace(NAMED, provisional=stands),)) is None


def test_the_one_filed_by_name_alone_is_not_called_unfiled() -> None:
    """Its name and its 认证主体 are those of the filed account: who else should it be."""
    assert found(hit("5000000009", name="示例户政"), (NAMED,)) is None
    assert found(hit("5000000009", name="示例户政", body=""), (NAMED,)) is None
    other = found(hit("5000000009", name="示例户政", body="某某文化传播有限公司"), (NAMED,))
    assert other
    assert other[0] is LeadKind.LOOKALIKE


def test_two_units_that_may_be_meant_are_both_named() -> None:
    one = replace(POLICE, filed=replace(POLICE.filed, organiser="公安局"))
    two = replace(POLICE, id=8, filed=replace(POLICE.filed, organiser=BODY, platform_id="5"))
    index = UnitIndex(units_of((one, two)))
    filed = FiledAccounts((one, two), {}, leads_to)
    (lead,) = leads_among("weibo", [hit("5000000009")], index, filed)
    assert lead.units == ("公安局（样板市示例县）", f"{BODY}（样板市）")
