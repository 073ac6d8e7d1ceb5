"""Which account a reading speaks of: ids of one account in several forms."""

from __future__ import annotations

import pytest

from mediawatch.domain import FiledIdentity, same_ids

TOKEN, OTHER = "MS4wLjABAAAA" + "a" * 43, "MS4wLjABAAAA" + "b" * 43


@pytest.mark.parametrize(
    ("platform", "filed", "shown", "same"),
    [
        ("wechat", "MzAwMDAwMDAwMQ==", "MzAwMDAwMDAwMQ", True),
        ("wechat", "3000000001", "MzAwMDAwMDAwMQ==", True),
        ("wechat", "MzAwMDAwMDAwMQ==", "MzAwMDAwMDAwMg==", False),
        ("wechat", "shili_one", "MzAwMDAwMDAwMQ==", None),
        ("weibo", "2000000001", "2000000001", True),
        ("weibo", "2000000001", "2000000002", False),
        ("weibo", "shilifabu", "2000000001", None),
        ("douyin", TOKEN, TOKEN, True),
        ("douyin", TOKEN, OTHER, False),
        ("douyin", "shili_dy", TOKEN, None),
        ("toutiao", "70000000001", TOKEN, None),
        ("toutiao", TOKEN, OTHER, False),
        ("toutiao", "70000000001", "70000000002", False),
        ("bilibili", "3500000000000001", "3500000000000002", False),
        ("bilibili", "3500000000000001", "3500000000000001", True),
        ("bilibili", "示例发布", "3500000000000001", None),
        (
            "tieba",
            "tb.1.6ad0cd4a.aaaaaaaaaaaaaaaaaaaaaa",
            "tb.1.6ad0cd4b.bbbbbbbbbbbbbbbbbbbbbb",
            False,
        ),
        ("tieba", "示例发布", "tb.1.6ad0cd4b.bbbbbbbbbbbbbbbbbbbbbb", None),
        ("tieba", "900000001", "tb.1.6ad0cd4b.bbbbbbbbbbbbbbbbbbbbbb", None),
        ("weibo", "", "2000000001", None),
    ],
)
def test_ids_of_two_forms_contradict_nothing(
    platform: str, filed: str, shown: str, same: bool | None
) -> None:
    assert (
        same_ids(shown, "", FiledIdentity(platform=platform, name="示例", platform_id=filed))
        is same
    )
