"""Every statement of five published circulars on new media beside our text, sentence by sentence.

Each circular is built as an inspection (`published_inspections`). What it says stands here in short;
beside it the words of our text, or the reason why we do not say it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import published_inspections as published
import pytest
from docx import Document


@dataclass(frozen=True)
class Statement:
    """One statement of a circular; `ours` are words of our text, "" where we do not say it."""

    theirs: str
    ours: str = ""
    why_not: str = ""


SITES = "政府网站不归本系统检查"
PICTURE = "附件只有图片，通报正文未载"
FULL = {
    "hunan": {"total": "2432", "rate": "99.84%"},
    "sichuan": {
        "total": "6206", "checked": "1400", "coverage": "22.56%", "rate": "98.36%", "governments": "755", "ofgov": "99.47%",
        "departments": "645", "ofdep": "97.05%",
    },
}  # fmt: skip
SMALL = {
    "hunan": {"total": "132", "rate": "96.97%"},
    "sichuan": {
        "total": "340", "checked": "100", "coverage": "29.41%", "rate": "77.00%", "governments": "40", "ofgov": "90.00%",
        "departments": "60", "ofdep": "68.33%",
    },
}  # fmt: skip

STATEMENTS: Mapping[str, tuple[Statement, ...]] = {
    "hunan": (
        Statement("标题：2022年第三季度检查情况", "湖南省政务管理服务局关于2022年第三季度全省政府网站与政务新媒体检查情况的通报"),
        Statement("发文字号", "湘政务函〔2022〕36号"),
        Statement("主送各市州人民政府，省政府各厅委、各直属机构", "各市州人民政府，省政府各厅委、各直属机构："),
        Statement("按国办检查指标组织检查", "（国办秘函〔2019〕19号）要求，湖南省政务管理服务局"),
        Statement("全省政务新媒体总数", "全省正常运行的政务新媒体共{total}个"),
        Statement("全部检查", "本次全覆盖检查"),
        Statement("不合格4个，合格率99.84%", "发现不合格4个，合格率{rate}"),
        Statement("合格率100%的地区", "政务新媒体检查合格率为100%的地区有"),
        Statement("4个在监测时间点前2周内无内容更新", "监测时间点前2周内无内容更新。共有4个政务新媒体"),
        Statement("其中3个超过3个月", "超过3个月无内容更新的有3个"),
        Statement("“衡阳城管”（微信服务号）超过3个月", "微信服务号1个：通报未载“衡阳城管”"),
        Statement("“湖南网警巡查执法”（贴吧号）超过3个月", "贴吧号1个：通报未载“湖南网警巡查执法”"),
        Statement("“衡阳网警执法巡查”（头条号）超过3个月", "头条号1个：通报未载“衡阳网警执法巡查”"),
        Statement(
            "“衡阳城管”二季度已被通报，仍未整改",
            "“衡阳城管”（微信服务号）在上期通报（演示湘政务函〔2022〕0号）中已被指出“超过3个月无内容更新”，仍未整改",
        ),
        Statement("第4个账号的名称", "", PICTURE),
        Statement("详见附件3、附件4", "情况详见附件3"),
        Statement("整改期限10月14日", "于2022年10月14日前完成整改"),
        Statement("政府网站检查数、合格率", "", SITES),
        Statement("署名与成文日期", "2022年9月23日"),
    ),
    "sichuan": (
        Statement("标题：2022年上半年", "四川省人民政府办公厅关于2022年上半年全省政府网站与政务新媒体检查情况的通报"),
        Statement("检查数与检查率22.56%", "{checked}个（检查率{coverage}）"),
        Statement("全省总数（由22.56%反推）", "在管政务新媒体共{total}个"),
        Statement("合格率98.36%", "合格率{rate}"),
        Statement("全覆盖检查代表主体为政府的政务新媒体", "全覆盖检查代表主体为政府的政务新媒体{governments}个"),
        Statement("抽查部门645个", "抽查代表主体为部门的政务新媒体{departments}个，抽查比例"),
        Statement("政府合格率99.47%", "政府检查{governments}个，不合格4个，合格率{ofgov}"),
        Statement("部门合格率97.05%", "部门检查{departments}个，不合格19个，合格率{ofdep}"),
        Statement("成都市公安局交通管理局的账号现名与备案名称不一致", "账号名称与备案名称不一致1个，为成都市公安局交通管理局"),
        Statement("数月未更新的称为僵尸账号", "超2周未更新。共有23个政务新媒体", "用词由检查规则定：国家口径不印“僵尸”"),
        Statement("名称、链接地址、联系人等信息维护不力", "", "只有名称可由平台核对；联系人不在任何通报中"),
        Statement("附件3、附件5", "附件5"),
        Statement("整改期限7月31日", "于2022年7月31日前完成整改"),
        Statement("成文日期", "2022年6月30日"),
        Statement("政府网站", "", SITES),
    ),
    "suizhou": (
        Statement("标题：2024年第一次", "关于2024年第一次全市政府网站与政务新媒体检查情况的通报"),
        Statement("政务新媒体113个", "正常运行的政务新媒体共113个，本次全覆盖检查"),
        Statement("1个不合格（附件3）", "发现不合格1个"),
        Statement("“随州统计”信息超2周未更新", "信息超2周未更新。共有1个政务新媒体。微信1个：随州市统计局“随州统计”"),
        Statement("重要信息未转载", "重要信息未转载1个，为演示单位101“演示00101”（微信，《演示信息》）", "账号和信息为演示"),
        Statement("上期2个均已完成整改（附件4）", "所列2个政务新媒体进行了复查：已完成整改2个。复查情况详见附件4"),
        Statement("整改3月6日、报送3月8日", "于2024年3月6日前完成整改，并于2024年3月8日前报送整改情况"),
        Statement("合格率（未公布）", "合格率99.12%", "通报未写，可由 print_rate = false 略去"),
        Statement("成文日期", "2024年2月28日"),
        Statement("政府网站（附件1、2），栏目（附件5、6）", "", SITES),
    ),
    "tibet": (
        Statement("标题：2022年第四季度抽查情况", "西藏自治区人民政府办公厅关于2022年第四季度全区政府网站和政务新媒体抽查情况的通报"),
        Statement("正常运行1203个", "在管政务新媒体共1203个"),
        Statement("随机抽查146个（不少于10%）", "抽查146个"),
        Statement("不合格59个，合格率60%", "发现不合格59个，所检查账号合格率60%"),
        Statement("微信公众号118个，不合格46个，合格率61%", "微信公众号检查118个，不合格46个，合格率61%"),
        Statement("新浪微博8个，不合格5个", "新浪微博检查8个，不合格5个"),
        Statement("今日头条5个，不合格1个", "今日头条检查5个，不合格1个"),
        Statement("抖音12个，不合格6个", "抖音短视频检查12个，不合格7个", "通报自己的名单有7个，正文写6个"),
        Statement("长期未更新13个", "长期未更新。共有13个"),
        Statement("半年以上未更新5个", "半年以上未更新。共有5个"),
        Statement("超过2周及以上未更新27个", "超过2周及以上未更新。共有27个"),
        Statement("名称变动未报备4个", "名称变动未报备。共有4个"),
        Statement("搜索不到10个", "搜索不到。共有10个"),
        Statement("逐一点名（附件2）", "“非遗拉萨”"),
        Statement("整改期限3月31日", "于2023年3月31日前完成整改"),
        Statement("成文日期", "2023年2月9日"),
        Statement("政府网站", "", SITES),
    ),
    "changde": (
        Statement("标题：2020年8月监测情况", "关于2020年8月全市政府网站与政务新媒体监测情况的通报"),
        Statement("采取系统监测加人工审核的方式", "采取系统监测加人工审核的方式"),
        Statement("检查时段8月1日至31日", "检查时段为2020年8月1日至8月31日"),
        Statement("总数与合格率（未载）", "正常运行的政务新媒体共202个", "数字为演示"),
        Statement("微信、微博账号互动回应差，未提供有效互动功能", "微信、微博账号互动回应差，未提供有效互动功能，共有2个政务新媒体"),
        Statement("相关单位和账号（未载）", "微信1个：演示单位3“演示互动”；微博1个：演示单位4“演示留言”", "账号为演示"),
        Statement("整改期限10月16日", "于2020年10月16日前完成整改"),
        Statement("成文日期", "2020年10月10日"),
        Statement("政府网站", "", SITES),
    ),
}  # fmt: skip
OURS_ALONE = ("分平台看", "监测时间点为")


def texts_of(file: Path) -> list[str]:
    return [paragraph.text for paragraph in Document(str(file)).paragraphs if paragraph.text]


def circular(folder: Path, told: published.PublishedInspection) -> tuple[list[str], list[str]]:
    """The whole circular, and our part of a joint one."""
    built = published.BuiltInspection(folder, told)
    built.issue()
    named = ("--notice", told.number)
    built.run("report", "docx", *named, "--out", folder / "通报.docx")
    built.run("report", "docx", "--part", *named, "--out", folder / "部分.docx")
    return texts_of(folder / "通报.docx"), texts_of(folder / "部分.docx")


def missing(said: Iterable[str], name: str, numbers: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The statements that our text should hold and does not."""
    text = "\n".join(said)
    wanted = ((each.theirs, each.ours.format(**numbers.get(name, {}))) for each in STATEMENTS[name])
    return [f"{theirs}: {ours}" for theirs, ours in wanted if ours and ours not in text]


SMALL_ONES: Mapping[str, Callable[[], published.PublishedInspection]] = {
    "hunan": lambda: published.hunan(128),
    "sichuan": lambda: published.sichuan(40, 300, 60),
    "suizhou": published.suizhou,
    "tibet": published.tibet,
    "changde": published.changde,
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[list[str], list[str]]]:
    """Circular and part of a small one, built once."""
    return cache(lambda name: circular(tmp_path_factory.mktemp(name), SMALL_ONES[name]()))


@pytest.mark.parametrize("name", list(STATEMENTS))
def test_our_text_says_what_the_published_circular_says(
    name: str, small: Callable[[str], tuple[list[str], list[str]]]
) -> None:
    whole, part = small(name)
    assert missing(whole, name, SMALL) == []
    assert all(each.ours or each.why_not for each in STATEMENTS[name])
    # Our part of a joint circular: the same paragraphs, without its frame.
    titles = {"title": whole[0], "day": whole[whole.index(next(filter(_is_day, whole)))]}
    assert not set(titles.values()) & set(part)
    assert {line for line in part if line.startswith("监测时间点为")} <= set(whole)


def _is_day(line: str) -> bool:
    return line.endswith("日") and line[:2] == "20"


@pytest.mark.soak
@pytest.mark.parametrize("name", ["hunan", "sichuan"])
def test_the_large_ones_at_their_own_size(name: str, tmp_path: Path) -> None:
    told = {"hunan": published.hunan, "sichuan": published.sichuan}[name]()
    whole, _ = circular(tmp_path, told)
    assert missing(whole, name, FULL) == []


def test_the_annexes_bear_the_numbers_of_the_joint_circular(
    small: Callable[[str], tuple[list[str], list[str]]],
) -> None:
    for said in small("suizhou"):
        numbers = [line for line in said if line.startswith("附件") and line[2:].isdigit()]
        assert numbers == ["附件2", "附件3", "附件4"]
        plain = [line.replace("\t", "").strip() for line in said]
        listed = list(itertools.dropwhile(lambda line: not line.startswith("附件："), plain))[:3]
        assert [line.removeprefix("附件：")[:2] for line in listed] == ["2.", "3.", "4."]
