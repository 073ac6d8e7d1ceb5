"""Sentences as offices write them: sound ones give no slip, and no number is passed over in silence."""

from __future__ import annotations

import pytest

from mediawatch.figures.printed.check import check_figures
from mediawatch.figures.printed.grids import PrintedGrid

ISSUED = "2024年4月1日"


def told(*paragraphs: str) -> list[tuple[str, str]]:
    return [(each.kind.label, each.words) for each in check_figures([], paragraphs).remarks]


@pytest.mark.parametrize(
    "sentence",
    [
        "合格24个，不合格6个，共30个。",
        "整改完成5个，未完成1个，共计6个。",
        "正常更新25个，占83.3%；不合格5个，占16.7%；共30个。",
        "检查30个，发现3个问题：更新不及时2个、搜索不到1个，共计3个。",
        "全市共监测政务新媒体1,021个，其中政务微信800个、政务微博200个、其他21个。",
        "全市共监测政务新媒体1，021个，其中政务微信800个、政务微博200个、其他21个。",
        "发现不合格6个，其中4个长期未更新，2个搜索不到。",
        "长期未更新的3个：“甲、乙”发布、丙发布、丁发布。",
        "微信公众号2个：“甲”“乙”。",
        "检查20个账号，其中微信公众号12个、微博5个、抖音3个，发现不合格4个，合格率80%。",
        "检查20个，其中合格16个、不合格4个，合格率80%。",
        "不合格4个（微信公众号3个、微博1个），占20%，共检查20个。",
        "共检查账号60个（微信40个、微博20个），不合格6个。",
        "抖音2个：甲发布和乙发布。",
    ],
)
def test_a_sound_sentence_is_read_whole(sentence: str) -> None:
    assert told(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "remark"),
    [
        (
            "整改完成5个，未完成1个，共计7个。",
            ("差错", "整改完成5、未完成1合计6，“共计”写7：差1。"),
        ),
        (
            "共监测政务新媒体1,021个，其中政务微信800个、政务微博200个、其他22个。",
            ("差错", "政务微信800、政务微博200、其他22合计1022，大于所写的1021：差1。"),
        ),
        (
            "检查20个，其中合格16个、不合格4个，合格率90%。",
            (
                "差错",
                "“检查20个，其中合格16个、不合格4个，合格率90%”：合格率写90%，按16/20应为80%。",
            ),
        ),
        (
            "发现3个问题：更新不及时2个、搜索不到2个。",
            ("差错", "更新不及时2、搜索不到2合计4，大于所写的3：差1。"),
        ),
        (
            # 整改完成 and 注销关停 come to 7, too.
            "各单位整改完成5个，正在整改1个，注销关停2个，合计整改7个。",
            (
                "提示",
                "各单位整改完成5、正在整改1、注销关停2合计8，“合计整改”写7：差1，其中有不计入的除外。",
            ),
        ),
        (
            "发现不合格账号6个，其中长期未更新4个，搜索不到3个。",
            (
                "提示",
                "长期未更新4、搜索不到3合计7，大于所写的6：差1，一个账号存在多类问题的除外。",
            ),
        ),
        (
            "检查30个，其中微信12个、微博8个。",
            ("提示", "微信12、微博8合计20，小于所写的30：差10，未列全的除外。"),
        ),
        (
            "全市共有60个，关停10个，新增5个，目前运行55个。",
            (
                "未核对",
                "“全市共有60个，关停10个，新增5个，目前运行55个”中“10个”“5个”“55个”未核对。",
            ),
        ),
        (
            "本次检查30个，其中正常运行的24个，占80%。",
            ("未核对", "“本次检查30个，其中正常运行的24个，占80%”中“24个”未核对。"),
        ),
        (
            "本次检查30个，其中正常运行的24个，占70%。",
            ("未核对", "“本次检查30个，其中正常运行的24个，占70%”中“24个”“70%”未核对。"),
        ),
        (
            "发现不合格账号6个，其中长期未更新4个，搜索不到2个，另有名称变动1个。",
            (
                "未核对",
                "“发现不合格账号6个，其中长期未更新4个，搜索不到2个，另有…”中“1个”未核对。",
            ),
        ),
        (
            "检查三十个，不合格六个，合格率百分之七十。",
            (
                "未核对",
                "“检查三十个，不合格六个，合格率百分之七十”中“三十个”“六个”“百分之七十”未核对。",
            ),
        ),
        (
            "微信1，234个。",
            ("未核对", "“微信1，234个”未核对：分不清“，”是分节还是分隔。"),
        ),
    ],
)
def test_what_is_said_of_a_sentence(sentence: str, remark: tuple[str, str]) -> None:
    assert told(sentence) == [remark]


def test_a_quotation_is_as_printed() -> None:
    assert told("“甲，乙（试）”发布３个。")[0][1] == "““甲，乙（试）”发布３个”中“３个”未核对。"


@pytest.mark.parametrize(
    "sentence",
    [
        "对2024年2月1日前开设的账号进行了检查。",
        "请各单位对2024年2月1日前开设的账号进行检查。",
        "对2023年12月31日前未更新的账号予以通报。",
        "监测2024年3月15日前发布的信息。",
        "请将2024年3月5日前形成的整改情况报送。",
        "上期通报要求于2024年2月1日前完成整改的账号，均已整改。",
        "请于2024年4月10日前报送。",
        "有三个方面的问题，自2月29日起一个月内整改。",
    ],
)
def test_a_day_that_is_no_deadline(sentence: str) -> None:
    assert told(sentence, ISSUED) == []


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("请于2024年2月1日前整改。", "期限“于2024年2月1日前”早于成文日期2024年4月1日。"),
        ("整改情况3月1日前报送。", "期限“3月1日前”早于成文日期2024年4月1日。"),
        ("务必在3月8日17:00前反馈。", "期限“在3月8日17:00前”早于成文日期2024年4月1日。"),
        ("请于4月31日前报送。", "没有“4月31日”这一天。"),
        ("截至2023年2月29日，检查完毕。", "没有“2023年2月29日”这一天。"),
    ],
)
def test_a_deadline_that_cannot_be(sentence: str, words: str) -> None:
    assert told(sentence, ISSUED) == [("差错", words)]


def test_a_deadline_without_a_day_of_issue_is_unchecked() -> None:
    assert told("请于3月8日前反馈。") == [
        ("未核对", "期限“于3月8日前”未核对：正文没有单独成行的成文日期。")
    ]


def test_accounts_beside_the_whole_are_no_slip() -> None:
    whole = "全市正常运行的共19个，另有申请关停的1个，本次检查18个（检查率90%），发现不合格7个。"
    table = PrintedGrid("表", [["地区", "总数", "检查数"], ["甲县", 20, 18], ["合计", 20, 18]])
    kinds = [
        "（一）超2周未更新。共有3个政务新媒体。微博3个：甲、乙、丙。",
        "（二）互动回应差。微博互动回应差，未提供有效功能，共有4个政务新媒体。微博4个：甲、乙、丙、丁。",
    ]
    assert not check_figures([table], [whole, *kinds]).slips
    short = check_figures([], [whole, kinds[0], kinds[1].replace("4", "3").replace("、丁", "")])
    assert [each.words for each in short.remarks if each.kind.label == "差错"] == [
        "各类问题合计6个，不合格数写7：差1个。"
    ]
    other = check_figures([], [whole, *kinds[:1], kinds[0], "（三）搜索不到。有1个账号搜索不到。"])
    assert not other.slips
