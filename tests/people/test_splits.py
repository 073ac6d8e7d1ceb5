"""In whose file an account stands: nobody sees what is said of another office."""

from __future__ import annotations

import pytest

from mediawatch.domain import Filing
from mediawatch.people.forms.splits import DispatchSplit


def filed(name: str, **more: str) -> Filing:
    return Filing(name=name, platform="weibo", prefecture="甲市", **more)


@pytest.mark.parametrize(
    ("by", "account", "part"),
    [
        (DispatchSplit.SUPERVISOR, filed("示例", supervisor="甲局", organiser="乙站"), "甲局"),
        (DispatchSplit.SUPERVISOR, filed("示例", organiser="乙站"), "未填主管单位 甲市 乙站"),
        (DispatchSplit.SUPERVISOR, filed("示例"), "未填主管单位 甲市 未填所属组织 示例"),
        (DispatchSplit.UNIT, filed("示例", county="丙县", organiser="乙站"), "甲市 丙县 乙站"),
        (DispatchSplit.UNIT, filed("示例"), "甲市 未填所属组织 示例"),
    ],
)
def test_who_is_not_filed_shares_a_file_with_nobody(
    by: DispatchSplit, account: Filing, part: str
) -> None:
    assert by.of(account) == part
    assert by.contacts_in(part, {}) == {}
