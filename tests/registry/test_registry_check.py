"""Findings of the registry itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import in_process
from registry_files import account

from mediawatch.domain import Account, Code, Contact, FiledStatus, UserError
from mediawatch.registry.check import AbolishedBody, check, read_bodies

BODIES = (AbolishedBody("国土资源", "自然资源部门", "2018年机构改革", unless=("国土资源学院",)),)
WHOLE = {"prefecture": "示例市", "url": "https://a.example"}


def codes(*accounts: Account, contacts: dict[int, Contact] | None = None) -> list[tuple[Code, int]]:
    findings, _ = check(accounts, contacts or {}, BODIES)
    return [(finding.code, finding.account.id) for finding in findings]


def sound(id: int, name: str = "示例发布", **more: Any) -> Account:
    return account(
        id, name, **({"filing_number": str(id), "organiser": f"示例市第{id}测试局"} | WHOLE | more)
    )


def test_a_sound_registry_has_no_findings() -> None:
    assert codes(sound(1), sound(2)) == []


def test_gaps_are_those_of_single_accounts() -> None:
    full = {1: Contact(person="小示"), 2: Contact(phone="1")}
    findings, remarks = check(
        [sound(1), sound(2, filing_number="", url="", platform="weibo")], full, ()
    )
    assert [(finding.code, finding.account.id, finding.sentence) for finding in findings] == [
        (Code.REGISTRY_INCOMPLETE, 2, "未填写备案单号；未填写链接地址；未填写联系人")
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
    assert codes(
        sound(1, platform_id="X"),
        sound(2, platform_id="X"),
        sound(3, platform_id="X", platform="weibo"),
    ) == [
        (Code.DUPLICATE_FILING, 1),
        (Code.DUPLICATE_FILING, 2),
    ]
    # Closed and filed anew is no double filing.
    assert (
        codes(sound(1, platform_id="X", status=FiledStatus.CLOSED), sound(2, platform_id="X")) == []
    )
    assert (
        codes(sound(1, platform_id="X", retired_on=date(2022, 1, 1)), sound(2, platform_id="X"))
        == []
    )


def test_several_accounts_of_one_body_are_a_hint_by_kind() -> None:
    same = {"organiser": "示例市第一测试局"}
    assert codes(sound(1, **same), sound(2, **same)) == [
        (Code.SAME_BODY_ACCOUNTS, 1),
        (Code.SAME_BODY_ACCOUNTS, 2),
    ]
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
    assert {"国土资源", "扶贫办", "卫计"} <= set(words)
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "text", ["[[body]]\nword = 1", "x = [", "y = 1", "body = 3", "[[body]]\nnow = 'a'"]
)
def test_a_file_that_is_not_a_list_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=r"^[^\n]*own\.toml is not (a list|valid TOML)"):
        read_bodies(tmp_path / "own.toml")
    with pytest.raises(UserError, match="does not exist"):
        read_bodies(tmp_path / "none.toml")


PRESENT = [
    "示例省文化和旅游厅",
    "示例市文化和旅游局",
    "示例市文化广电旅游局",
    "示例县文体旅游局",
    "示例县文化体育和旅游局",
    "示例区商务和旅游局",
    "示例县文旅局",
    "示例景区旅游局",
    "示例山风景名胜区旅游局",
    "示例市生态环境局",
    "示例县生态环境保护局",
    "示例经济技术开发区建设环保局",
    "示例新区规划建设和环境保护局",
    "示例市农业农村局",
    "示例旗农牧局",
    "示例盟农牧局",
    "示例省农牧厅",
    "示例县畜牧农业局",
    "示例州农业农村和乡村振兴局",
    "示例市自然资源和规划局",
    "示例国土资源学院",
    "示例省国土资源勘测规划院",
    "示例市国土资源储备中心",
    "示例市卫生健康委员会",
    "示例区卫生和计划生育监督所",
    "示例市卫计综合监督执法支队",
    "示例县计划生育协会",
    "示例市蓝天保卫计划",
    "示例市应急管理局",
    "示例镇安全生产监督管理站",
    "示例市市场监督管理局",
    "示例市质量技术监督检验测试中心",
    "示例省药品监督管理局",
    "示例市食品药品检验所",
    "国家税务总局示例市税务局",
    "国家税务总局示例县税务局第一税务分局",
    "示例各地税务局",
    "示例市消费扶贫馆",
    "示例扶贫开发协会",
    "示例市发展和改革委员会",
    "示例市工商行政管理学会",
    "示例市工商业联合会",
    "示例市价格认证中心",
    "示例经济开发区安监局",
]
ABOLISHED = [
    "示例市旅游局",
    "旅游局",
    "示例县旅游发展委员会",
    "示例市环境保护局",
    "示例区环保局",
    "示例省环境保护厅",
    "示例县农业局",
    "示例市国土资源局",
    "示例省国土资源厅",
    "示例市国土资源局示例分局",
    "示例县卫生和计划生育委员会",
    "示例县卫计局",
    "示例市卫计委",
    "示例市安全生产监督管理局",
    "示例县安监局",
    "示例市工商行政管理局",
    "示例市质量技术监督局",
    "示例市食品药品监督管理局",
    "示例市国家税务局",
    "示例市地方税务局",
    "示例县地税局",
    "示例县扶贫办",
    "示例县扶贫开发办公室",
    "示例县扶贫开发领导小组办公室",
    "示例市物价局",
]


@pytest.mark.parametrize("body", PRESENT)
def test_no_present_day_body_is_taken_for_an_abolished_one(body: str) -> None:
    assert check([sound(1, organiser=body, county="示例县")], {}, read_bodies())[0] == []


@pytest.mark.parametrize("body", ABOLISHED)
def test_an_abolished_body_is_a_hint(body: str) -> None:
    assert [
        finding.code for finding in check([sound(1, organiser=body)], {}, read_bodies())[0]
    ] == [Code.ABOLISHED_BODY]


def test_a_place_may_stand_without_its_kind() -> None:
    """As account names have it: 示例旅游局 of 示例市."""
    assert [finding.code for finding in check([sound(1, "示例旅游局")], {}, read_bodies())[0]] == [
        Code.ABOLISHED_BODY
    ]
    assert check([sound(1, "文体旅游局")], {}, read_bodies())[0] == []


@pytest.mark.parametrize("platform", ["wechat", "channels", "miniprogram", "app"])
def test_what_has_no_homepage_lacks_none(platform: str) -> None:
    findings, _ = check([sound(1, platform="weibo"), sound(2, platform=platform, url="")], {}, ())
    assert findings == []


def test_gravest_kinds_come_first_then_what_changes_verdicts() -> None:
    accounts = [
        sound(1, "示例发布微信公众号"), sound(2, platform="weibo", url=""), sound(3, status=FiledStatus.CLOSING),
        sound(4, platform_id="X"), sound(5, platform_id="X"), sound(6, organiser="示例市旅游局"),
    ]  # fmt: skip
    found = [
        (finding.code, finding.account.id) for finding in check(accounts, {}, read_bodies())[0]
    ]
    assert found == [
        (Code.DUPLICATE_FILING, 4), (Code.DUPLICATE_FILING, 5), (Code.REGISTRY_INCOMPLETE, 3), (Code.REGISTRY_INCOMPLETE, 2),
        (Code.FILING_NAME_STYLE, 1), (Code.ABOLISHED_BODY, 6),
    ]  # fmt: skip


def test_the_command_counts_by_kind_and_says_that_there_is_none(tmp_path: Path) -> None:
    in_process("--home", tmp_path, "init")
    file = tmp_path / "a.csv"
    head = "备案单号,政务新媒体名称,类型,所属组织,地市\n"
    file.write_text(head + "1,示例发布,微信公众号,示例市办公室,示例市\n", encoding="utf-8")
    in_process("--home", tmp_path, "registry", "import", file)
    assert in_process("--home", tmp_path, "registry", "check").stdout == "台账自查：无\n"
    file.write_text(
        head
        + "2,示例之声微信公众号,微信公众号,示例市旅游局,示例市\n3,示例,微信,示例县旅游局,示例市\n",
        encoding="utf-8",
    )
    in_process("--home", tmp_path, "registry", "import", file)
    told = in_process("--home", tmp_path, "registry", "check").stdout
    assert told.startswith(
        "台账自查：备案信息不完整1条；备案填写不规范1条；名称含已撤并机构（提示）2条。共涉及2个账号\n"
    )
