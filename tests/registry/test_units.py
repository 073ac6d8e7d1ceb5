"""Units as the registry has them: what they are searched for by, and which 认证主体 is theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mediawatch.domain import Account, AccountChange, Filing
from mediawatch.registry.units import FiledUnit, UnitIndex, units_of

FILED = Filing(
    name="示例公安",
    platform="weibo",
    organiser="示例县公安局",
    prefecture="样板市",
    county="示例县",
)
NOW = datetime(2031, 3, 5, 4, 0, tzinfo=UTC)


def account(number: int, **changed: object) -> Account:
    return Account(id=number, filed=replace(FILED, **changed))  # type: ignore[arg-type]


def only(*accounts: Account, **more: object) -> FiledUnit:
    (unit,) = units_of(accounts, **more)  # type: ignore[arg-type]
    return unit


def test_a_unit_is_asked_for_by_its_name_then_by_those_of_its_accounts() -> None:
    unit = only(account(1), account(2, platform="douyin"), account(3, name="示例县公安局"))
    assert unit.queries == ("示例县公安局", "示例公安")


@pytest.mark.parametrize(
    ("organiser", "county", "queries"),
    [
        ("公安局", "示例县", ("示例县公安局", "示例公安", "公安局")),
        ("公安局", "", ("样板市公安局", "示例公安", "公安局")),
        ("示例公安局", "示例县", ("示例公安局", "示例公安")),
        ("样板公安局", "示例县", ("样板公安局", "示例公安")),
        ("示例公安", "", ("样板市示例公安", "示例公安")),
    ],
)
def test_a_name_without_any_place_is_asked_for_with_it_first(
    organiser: str, county: str, queries: tuple[str, ...]
) -> None:
    assert only(account(1, organiser=organiser, county=county)).queries == queries


def test_units_of_one_name_in_two_places_are_two() -> None:
    units = units_of(
        [account(1, organiser="公安局"), account(2, organiser="公安局", county="另县")]
    )
    assert [unit.label for unit in units] == [
        "公安局（样板市示例县）",
        "公安局（样板市另县）",
    ]


def test_no_two_units_of_filed_places_have_one_label() -> None:
    places = [("甲市", "城关区"), ("乙市", "城关区"), ("甲市", "新城区")]
    units = units_of(
        account(number, organiser=name, prefecture=city, county=county)
        for number, (name, city, county) in enumerate(
            (name, *place) for name in ("公安局", "城关区公安局", "甲市公安局") for place in places
        )
    )
    assert len({unit.label for unit in units}) == len(units) == 9


def test_a_label_finds_its_unit_also_where_its_place_was_filed_since() -> None:
    index = UnitIndex(units_of([account(1), account(2, county="另县")]))
    assert [unit.county for unit in index.of_label("示例县公安局（样板市）")] == ["示例县"]
    assert [unit.county for unit in index.of_label("示例县公安局")] == ["示例县", "另县"]
    assert index.of_label("示例县公安局交警大队") == []


def test_accounts_without_a_unit_belong_to_none() -> None:
    assert units_of([account(1, organiser=" ")]) == []


def test_a_unit_all_of_whose_accounts_left_is_not_filed() -> None:
    left = replace(account(1), retired_on=date(2031, 1, 1))
    assert not only(left).is_filed
    assert only(left, account(2)).is_filed


@pytest.mark.parametrize(
    ("certified", "ground"),
    [
        ("示例县公安局", "认证主体与所属组织一致（未写明所属地市）"),
        ("示例县公安局官方微博", "认证主体与所属组织一致（未写明所属地市）"),
        ("样板市示例县公安局", "认证主体与所属组织一致"),
        ("示例县公安局交通警察大队", ""),
        ("另县公安局", ""),
        ("公安局", ""),
        ("", ""),
        ("示例县公安处", "认证主体与该单位曾用名称“示例县公安处”一致"),
        ("示例县警务中心", "认证主体与该单位已登记账号的认证主体“示例县警务中心官方微博”一致"),
    ],
)
def test_which_certified_body_is_the_unit(certified: str, ground: str) -> None:
    changes = [
        AccountChange(1, "organiser", "示例县公安处", "示例县公安局", NOW, "台账.xlsx"),
        AccountChange(1, "name", "示例警方", "示例公安", NOW, "台账.xlsx"),
    ]
    unit = only(account(1), changes=changes, bodies={1: ["示例县警务中心官方微博"]})
    assert unit.ground_of(certified) == ground


def test_a_body_that_certifies_accounts_of_several_units_is_nobodys() -> None:
    other = account(2, organiser="示例县教育局")
    units = units_of([account(1), other], bodies={1: ["示例县融媒体中心"], 2: ["示例县融媒体中心"]})
    assert [unit.bodies for unit in units] == [(), ()]


def test_the_index_finds_units_by_body_and_by_name() -> None:
    units = units_of([account(1), account(2, organiser="公安局"), account(3, organiser="教育局")])
    index = UnitIndex(units)
    assert [unit.label for unit, _ in index.of_body("示例县公安局官方微博")] == [
        "示例县公安局（样板市）",
        "公安局（样板市示例县）",
    ]
    assert [name for _, name in index.of_name("示例公安官方微博")] == ["示例公安"] * 3
    assert index.of_name("示例公安分局") == []
