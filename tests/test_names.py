"""Names and bodies: what is the same, what is filed in another style, what is another's."""

from __future__ import annotations

import pytest

from mediawatch.names import (
    PersonFault,
    alike,
    differs_by_script,
    fold,
    person_fault,
    same,
    same_body,
    same_person,
)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("甲某", "甲某（信息科）", True),
        ("甲某(信息科)", "甲 某【办公室】", True),
        ("甲某（信息科", "甲某", True),
        ("（甲某）", "甲某", True),
        ("（甲某）", "（乙某）", False),
        ("甲某（信息科）", "乙某（信息科）", False),
    ],
)
def test_a_post_in_brackets_makes_no_other_person(one: str, other: str, expected: bool) -> None:
    assert same_person(one, other) is expected


@pytest.mark.parametrize(
    "seen",
    [
        "示例️发布",
        "示例󠄀发布",
        "示例ㅤ发布",
        "ᅟ示例发布ᅠ",
        "示例ﾠ发布",
        "示例\u202e发布",
        "示\u2067例\u2069发布",
        "示例\u200b发布",
        "示例\x07发布",
        "﻿示例发布",
        " 示例 发布",
    ],
)
def test_signs_that_show_nothing_make_no_other_name(seen: str) -> None:
    assert fold(seen) == "示例发布"
    assert same("示例发布", seen)


@pytest.mark.parametrize("seen", ["甲——乙", "甲-乙", "甲—乙", "甲--乙", "甲－－乙", "甲―—乙"])
def test_a_run_of_dashes_is_one_dash(seen: str) -> None:
    assert same("甲—乙", seen)
    assert not same("甲乙", seen)


@pytest.mark.parametrize(
    ("filed", "seen", "script", "style"),
    [
        ("示例發佈", "示例发布", True, True),
        ("示例发布", "示例發佈", True, True),
        ("乾县发布", "乾縣發佈", True, True),
        ("示例發佈官方微博", "示例发布", False, True),
        ("示例发布官方微博", "示例發佈", False, True),
        ("示例发布", "示例发布厅", False, False),
        ("示例發佈", "示例发布厅", False, False),
        ("示例发布", "", False, False),
    ],
)
def test_traditional_characters_are_a_matter_of_style(
    filed: str, seen: str, script: bool, style: bool
) -> None:
    assert not same(filed, seen)
    assert (differs_by_script(filed, seen), alike(filed, seen)) == (script, style)


@pytest.mark.parametrize(
    ("certified", "body", "prefecture", "county", "expected"),
    [
        ("示例市公安局", "示例市公安局", "示例市", "", True),
        ("示例市公安局官方微博", "示例市公安局", "", "", True),
        ("示例市公安局", "公安局", "示例市", "", True),
        ("示例县公安局", "公安局", "示例市", "示例县", True),
        ("示例市示例县公安局", "示例县公安局", "示例市", "示例县", True),
        ("示例市公安局", "公安局", "示例市", "示例县", False),
        ("西安市公安局高新区公安分局", "高新区公安分局", "示例市", "", False),
        ("示例市公安局高新区公安分局", "示例市公安局", "示例市", "", False),
        ("示例市公安局", "示例市公安局高新区公安分局", "示例市", "", False),
        ("别市公安局", "公安局", "示例市", "", False),
        ("示例市公安局官方政务微博", "示例市公安局", "", "", True),
        ("示例市公安局政务官方新浪微博。", "示例市公安局", "", "", True),
        ("示例市公安局官方微博账号", "示例市公安局", "", "", True),
        ("示例市政务新媒体官方微博", "示例市公安局", "", "", False),
        ("官方微博", "示例市公安局", "示例市", "", False),
        ("", "示例市公安局", "", "", False),
        ("示例市公安局", "", "示例市", "", False),
    ],
)
def test_bodies_are_compared_whole(
    certified: str, body: str, prefecture: str, county: str, expected: bool
) -> None:
    assert same_body(certified, body, prefecture, county) is expected


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("张三", None), ("张 三", None), ("欧阳娜娜", None), ("买买提·艾力", None), ("陈和平", None), ("欧阳和平", None),
        ("乌兰", None), ("Anna Smith", None), ("", None), ("张三、李四", PersonFault.SEVERAL), ("张三 李四", PersonFault.SEVERAL),
        ("张三和李四", PersonFault.SEVERAL), ("张三/李四", PersonFault.SEVERAL), ("张三（复核）", PersonFault.BRACKETS),
        ("张三2", PersonFault.DIGITS), ("张三②", PersonFault.DIGITS), ("张三科长", PersonFault.TITLE),
        ("复核张三", PersonFault.TITLE), ("张三复核", PersonFault.TITLE), ("复核人", None),
    ],
)  # fmt: skip
def test_a_person_is_named_by_one_name_alone(name: str, fault: PersonFault | None) -> None:
    assert person_fault(name) is fault


@pytest.mark.parametrize(
    ("one", "other", "same_one"),
    [
        ("张三", "张 三", True), ("张三", "張三", True), ("张三", "张三（复核）", True), ("张三", "复核张三", True),
        ("张三、李四", "李四，张三", True), ("欧阳娜", "欧阳娜娜", True), ("买买提", "买买提·艾力", True), ("张三", "李四", False),
        ("张三", "张四", False), ("", "张三", False),
    ],
)  # fmt: skip
def test_names_that_contain_each_other_are_not_surely_two_persons(
    one: str, other: str, same_one: bool
) -> None:
    assert same_person(one, other) is same_person(other, one) is same_one
