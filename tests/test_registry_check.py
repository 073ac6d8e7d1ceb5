"""Findings of the registry itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from registry_files import account

from mediawatch.domain import Account, Code, Contact, FiledStatus, UserError
from mediawatch.registry import AbolishedBody, check, read_bodies

BODIES = (AbolishedBody("国土资源", "自然资源部门", "2018年机构改革", unless=("国土资源学院",)),)
WHOLE = {"prefecture": "示例市", "url": "https://a.example"}


def codes(*accounts: Account, contacts: dict[int, Contact] | None = None) -> list[tuple[Code, int]]:
    findings, _ = check(accounts, contacts or {}, BODIES)
    return [(finding.code, finding.account.id) for finding in findings]


def sound(id: int, name: str = "示例发布", **more: Any) -> Account:
    return account(id, name, **({"filing_number": str(id), "organiser": f"示例市第{id}测试局"} | WHOLE | more))


def test_a_sound_registry_has_no_findings() -> None:
    assert codes(sound(1), sound(2)) == []


def test_gaps_are_those_of_single_accounts() -> None:
    full = {1: Contact(person="小示"), 2: Contact(phone="1")}
    findings, remarks = check([sound(1), sound(2, filing_number="", url="")], full, ())
    assert [(finding.code, finding.account.id, finding.sentence) for finding in findings] == [
        (Code.REGISTRY_INCOMPLETE, 2, "未填写备案单号;未填写链接地址;未填写联系人")
    ]
    assert remarks == []


def test_a_column_that_nobody_has_is_a_remark_and_no_finding() -> None:
    findings, remarks = check([sound(1, url=""), sound(2, url="")], {}, ())
    assert findings == []
    assert [remark.split()[3] for remark in remarks] == ["链接地址:", "联系人:"]


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"type": "微信", "type_certain": False}, "未写明是公众号"),
        ({"status": FiledStatus.CLOSING}, "未填写申请关停日期"),
        ({"exempt_reason": "机构改革"}, "未填写豁免依据"),
    ],
)
def test_what_else_is_incomplete(more: dict[str, Any], part: str) -> None:
    findings, _ = check([sound(1, **more)], {}, ())
    assert [finding.code for finding in findings] == [Code.REGISTRY_INCOMPLETE]
    assert part in findings[0].sentence


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("示例发布微信公众号", "微信公众号"),
        ("示例发布官方微博", "官方微博"),
        ("示例发布", ""),
        ("微博示例", ""),
        ("示例发布(公众号)", "(公众号)"),
    ],
)
def test_suffixes_in_filed_names(name: str, suffix: str) -> None:
    findings, _ = check([sound(1, name)], {}, ())
    assert [finding.code for finding in findings] == ([Code.FILING_NAME_STYLE] if suffix else [])
    assert all(f"“{suffix}”" in finding.sentence for finding in findings)


def test_one_id_filed_twice() -> None:
    assert codes(sound(1, platform_id="X"), sound(2, platform_id="X"), sound(3, platform_id="X", platform="weibo")) == [
        (Code.DUPLICATE_FILING, 1),
        (Code.DUPLICATE_FILING, 2),
    ]
    # Closed and filed anew is no double filing.
    assert codes(sound(1, platform_id="X", status=FiledStatus.CLOSED), sound(2, platform_id="X")) == []
    assert codes(sound(1, platform_id="X", retired_on=date(2022, 1, 1)), sound(2, platform_id="X")) == []


def test_several_accounts_of_one_body_are_a_hint_by_kind() -> None:
    same = {"organiser": "示例市第一测试局"}
    assert codes(sound(1, **same), sound(2, **same)) == [(Code.SAME_BODY_ACCOUNTS, 1), (Code.SAME_BODY_ACCOUNTS, 2)]
    assert codes(sound(1, **same, kind="订阅号"), sound(2, **same, kind="服务号")) == []
    assert codes(sound(1, **same), sound(2, **same, platform="weibo")) == []


def sentences(accounts: Sequence[Account]) -> list[str]:
    return [finding.sentence for finding in check(accounts, {}, BODIES)[0]]


def test_abolished_bodies_are_a_hint() -> None:
    (sentence,) = sentences([sound(1, organiser="示例县国土资源局")])
    assert "国土资源" in sentence
    assert "自然资源部门" in sentence
    assert sentences([sound(1, organiser="示例国土资源学院")]) == []


def test_the_shipped_list_of_abolished_bodies_reads() -> None:
    words = [body.word for body in read_bodies()]
    assert {"国土资源", "扶贫", "卫计"} <= set(words)
    assert len(words) == len(set(words))


@pytest.mark.parametrize("text", ["[[body]]\nword = 1", "x = [", "y = 1", "body = 3", "[[body]]\nnow = 'a'"])
def test_a_list_that_is_none_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"own\.toml is no list"):
        read_bodies(tmp_path / "own.toml")
    with pytest.raises(UserError, match="cannot read"):
        read_bodies(tmp_path / "none.toml")
