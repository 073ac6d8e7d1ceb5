"""The scan of papers finds what it is for, and passes what offices print."""

from __future__ import annotations

import pytest
from paper_words import faults_in


@pytest.mark.parametrize(
    "text",
    [
        "名称相近（相似度87）",
        "规则：国办　第1号检查",
        "问题编号 stale_2w@3f2a",
        "间隔20天,不合格",
        "（依据:国办秘函）",
        "佐证 evidence/2023/ab.jpg",
        "请加 --sweep 2",
        "该账号 is private",
        "异常单列3个",
        "佐证单",
    ],
)
def test_what_no_paper_says(text: str) -> None:
    assert faults_in(text, ())


@pytest.mark.parametrize(
    "text",
    [
        "监测时间点 2022-12-31 23:59（北京时间），间隔20天。",
        "1. 请填写最新链接（以 http:// 或 https:// 开头），格式须为 xlsx。",
        "SHA-256 " + "0a" * 32,
        "原始ID gh_de00000001，主页 https://weibo.com/u/2000000001?from=x",
        "“wang卡动态”",
        "可以用 Excel、WPS 或 LibreOffice 保存；PNG、JPEG、WebP 均可，不超过 20 MB",
    ],
)
def test_what_offices_print(text: str) -> None:
    assert faults_in(text, ("wang卡动态",)) == []
