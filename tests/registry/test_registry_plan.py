"""What an import does to known accounts: every key, disagreeing keys, history, and who is retired
when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from registry_files import NOW, SOURCE, account, rows_of

from mediawatch.domain import Account, AccountChange, Contact, FiledStatus
from mediawatch.registry.plan import Coverage, FiledBefore, ImportPlan, parse_cover, plan
from mediawatch.workbooks.refusals import Unusable

NAME, TYPE, NUMBER, ID, BODY = "政务新媒体名称", "类型", "备案单号", "平台ID", "所属组织"
GZH = "微信公众号"
BASE = {NAME: "示例发布", TYPE: GZH, BODY: "示例市第一测试局"}


def planned(
    tmp_path: Path,
    existing: Sequence[Account],
    *records: Mapping[str, str],
    history: Sequence[AccountChange] = (),
    contacts: Mapping[int, Contact] | None = None,
    **more: Any,
) -> ImportPlan:
    before = FiledBefore(accounts=existing, history=history, contacts=contacts or {})
    return plan(rows_of(tmp_path, *records), before, SOURCE, Coverage(**more))


def change(account_id: int, field: str, old: str, new: str) -> AccountChange:
    return AccountChange(account_id, field, old, new, NOW, "旧.xlsx")


KNOWN = account(
    1,
    "示例发布",
    filing_number="71001",
    platform_id="Mz1==",
    original_id="gh_0123456789ab",
    alias="slb-1",
)

MATCHES: list[tuple[str, Account, list[AccountChange], dict[str, str], set[str]]] = [
    (
        "number",
        KNOWN,
        [],
        {NUMBER: "71001", NAME: "示例新名", TYPE: GZH, BODY: "示例市第一测试局"},
        {"name"},
    ),
    (
        "id",
        KNOWN,
        [],
        {ID: "Mz1==", NAME: "示例新名", TYPE: GZH, BODY: "示例市第一测试局"},
        {"name"},
    ),
    (
        "gh_, whatever the case",
        KNOWN,
        [],
        {"原始ID": "GH_0123456789AB", NAME: "示例新名", TYPE: GZH},
        {"name", "original_id"},
    ),
    ("name, platform and body", KNOWN, [], {**BASE, "微信号": "slb-2"}, {"alias"}),
    ("name folded", KNOWN, [], {**BASE, NAME: "“示例 发布”"}, {"name"}),
    (
        "former number",
        KNOWN,
        [change(1, "filing_number", "60001", "71001")],
        {**BASE, NUMBER: "60001"},
        {"filing_number"},
    ),
    (
        "former name",
        KNOWN,
        [change(1, "name", "示例旧名", "示例发布")],
        {**BASE, NAME: "示例旧名"},
        {"name"},
    ),
    ("a new number for the same name", KNOWN, [], {**BASE, NUMBER: "80001"}, {"filing_number"}),
    (
        "retired, and back",
        replace(KNOWN, retired_on=date(2022, 1, 1)),
        [],
        {**BASE, NUMBER: "71001"},
        set(),
    ),
]


@pytest.mark.parametrize(
    ("case", "known", "history", "record", "fields"), MATCHES, ids=[one[0] for one in MATCHES]
)
def test_every_key_finds_the_account(
    case: str,
    known: Account,
    history: list[AccountChange],
    record: dict[str, str],
    fields: set[str],
    tmp_path: Path,
) -> None:
    made = planned(tmp_path, [known], record, history=history)
    assert (made.errors, made.changes.new) == ((), ())
    (updated,) = made.changes.updated
    assert updated.account_id == 1
    assert {field for field, _, _ in updated.changes} == fields


NEW: list[tuple[str, dict[str, str]]] = [
    ("another platform", {**BASE, TYPE: "抖音"}),
    ("another body", {**BASE, BODY: "示例市第二测试局"}),
    ("another id", {**BASE, ID: "Mz2=="}),
    ("another gh_", {**BASE, "原始ID": "gh_ba9876543210"}),
    ("the id on another platform", {NAME: "另名", TYPE: "抖音", ID: "Mz1=="}),
]


@pytest.mark.parametrize(("case", "record"), NEW, ids=[one[0] for one in NEW])
def test_what_makes_another_account(case: str, record: dict[str, str], tmp_path: Path) -> None:
    made = planned(tmp_path, [KNOWN], record)
    assert (len(made.changes.new), made.changes.updated, made.errors) == (1, (), ())


OTHER = account(
    2, "示例乙", filing_number="71002", platform_id="Mz9==", organiser="示例市第二测试局"
)
CONFLICTS: list[tuple[str, list[Account], list[dict[str, str]], dict[int, str]]] = [
    (
        "number and id disagree",
        [KNOWN, OTHER],
        [{**BASE, NUMBER: "71001", ID: "Mz9=="}],
        {2: "指向不同账号"},
    ),
    (
        "number and name disagree",
        [KNOWN, OTHER],
        [{NUMBER: "71001", NAME: "示例乙", TYPE: GZH, BODY: "示例市第二测试局"}],
        {2: "请核对编号"},
    ),
    (
        "a name that two accounts bear",
        [KNOWN, account(3, "示例发布", filing_number="71003")],
        [BASE],
        {2: "与台账中多个账号相符"},
    ),
    (
        "two rows mean one account",
        [KNOWN],
        [{**BASE, NUMBER: "71001"}, {NAME: "另名", TYPE: GZH, NUMBER: "", ID: "Mz1=="}],
        {3: "对应台账中的同一账号"},
    ),
]


@pytest.mark.parametrize(
    ("case", "existing", "records", "reasons"), CONFLICTS, ids=[one[0] for one in CONFLICTS]
)
def test_keys_that_disagree_are_an_error_of_the_row(
    case: str,
    existing: list[Account],
    records: list[dict[str, str]],
    reasons: dict[int, str],
    tmp_path: Path,
) -> None:
    made = planned(tmp_path, existing, *records)
    assert {error.place.row for error in made.errors} == reasons.keys()
    assert all(reasons[error.place.row] in error.reason for error in made.errors)


def test_two_accounts_that_swap_their_names_are_no_conflict(tmp_path: Path) -> None:
    second = account(2, "示例乙", filing_number="71002")
    records = [
        {**BASE, NUMBER: "71001", NAME: "示例乙"},
        {**BASE, NUMBER: "71002", NAME: "示例发布"},
    ]
    made = planned(tmp_path, [KNOWN, second], *records)
    assert made.errors == ()
    assert {update.account_id: update.filed.name for update in made.changes.updated} == {
        1: "示例乙",
        2: "示例发布",
    }


def test_a_former_name_taken_over_by_another_account(tmp_path: Path) -> None:
    renamed = replace(
        KNOWN,
        filed=replace(
            KNOWN.filed, name="示例今名", platform_id="", original_id="", filing_number=""
        ),
    )
    history = [change(1, "name", "示例发布", "示例今名")]
    made = planned(tmp_path, [renamed], {**BASE, NAME: "示例今名"}, BASE, history=history)
    assert (made.errors, made.changes.unchanged, [new.filed.name for new in made.changes.new]) == (
        (),
        1,
        ["示例发布"],
    )


def test_a_double_filing_is_kept_twice_and_found_again(tmp_path: Path) -> None:
    records = [{**BASE, NUMBER: "1", ID: "Mz1=="}, {**BASE, NUMBER: "2", ID: "Mz1=="}]
    first = planned(tmp_path, [], *records)
    existing = [
        Account(id=number, filed=new.filed) for number, new in enumerate(first.changes.new, 1)
    ]
    again = planned(tmp_path, existing, *records)
    assert (len(existing), again.changes.unchanged, again.changes.new, again.errors) == (
        2,
        2,
        (),
        (),
    )


def test_a_list_without_a_column_changes_nothing_of_it(tmp_path: Path) -> None:
    rich = replace(
        KNOWN,
        filed=replace(
            KNOWN.filed,
            url="https://a.example",
            article_links=("https://mp.weixin.qq.com/s/a",),
            status=FiledStatus.CLOSING,
            county="示例县",
        ),
    )
    assert planned(tmp_path, [rich], {**BASE, NUMBER: "71001"}).changes.unchanged == 1


def test_empty_cells_clear_what_was_filed_but_never_an_id_or_a_state(tmp_path: Path) -> None:
    rich = replace(
        KNOWN,
        filed=replace(
            KNOWN.filed,
            status=FiledStatus.CLOSING,
            county="示例县",
            exempt_reason="机构改革",
            url="https://a.example",
        ),
    )
    record = {
        **BASE,
        NUMBER: "71001",
        "县区": "",
        "豁免原因": "",
        ID: "",
        "原始ID": "",
        "微信号": "",
        "链接地址": "",
        "运行状态": "",
    }
    (updated,) = planned(tmp_path, [rich], record).changes.updated
    assert updated.changes == (("county", "示例县", ""), ("exempt_reason", "机构改革", ""))


def test_article_links_gather(tmp_path: Path) -> None:
    links = [f"https://mp.weixin.qq.com/s/{letter}" for letter in "ab"]
    known = replace(KNOWN, filed=replace(KNOWN.filed, article_links=(links[0],)))
    (updated,) = planned(
        tmp_path, [known], {**BASE, NUMBER: "71001", "文章链接": links[1]}
    ).changes.updated
    assert updated.filed.article_links == (links[1], links[0])


def test_contacts_change_without_leaving_a_trace_in_the_history(tmp_path: Path) -> None:
    record = {**BASE, NUMBER: "71001", "联系人": "小示"}
    (updated,) = planned(tmp_path, [KNOWN], record).changes.updated
    assert (updated.contact, updated.changes) == (Contact(person="小示"), ())
    assert (
        planned(tmp_path, [KNOWN], record, contacts={1: Contact(person="小示")}).changes.unchanged
        == 1
    )
    assert (
        planned(
            tmp_path, [KNOWN], {**record, "联系人": ""}, contacts={1: Contact(person="小示")}
        ).changes.unchanged
        == 1
    )


def test_changes_are_text(tmp_path: Path) -> None:
    known = replace(
        KNOWN,
        filed=replace(KNOWN.filed, opened_on=date(2020, 1, 2), type="微信", type_certain=False),
    )
    (updated,) = planned(
        tmp_path, [known], {**BASE, NUMBER: "71001", "开设时间": "2021-03-05", "运行状态": "已关停"}
    ).changes.updated
    assert set(updated.changes) == {
        ("type", "微信", GZH), ("type_certain", "no", "yes"), ("opened_on", "2020-01-02", "2021-03-05"), ("status", "running", "closed"),
    }  # fmt: skip


def test_another_platform_under_the_same_number_is_another_account(tmp_path: Path) -> None:
    """What was read on the old platform must never speak for the new one."""
    made = planned(tmp_path, [KNOWN], {**BASE, NUMBER: "71001", TYPE: "抖音"})
    assert (
        made.changes.retired,
        [new.filed.platform for new in made.changes.new],
        made.changes.updated,
    ) == ((1,), ["douyin"], ())
    assert any("another platform" in warning for warning in made.warnings)
    unknown = planned(tmp_path, [KNOWN], {**BASE, NUMBER: "71001", TYPE: "示例号外"})
    assert [update.filed.platform for update in unknown.changes.updated] == ["other"]


@pytest.mark.parametrize(
    ("record", "part"),
    [
        ({**BASE, NUMBER: "80001"}, "another filing number"),
        ({**BASE, NUMBER: "71001", ID: "Mz7=="}, "platform id differs"),
        (
            {NUMBER: "71001", NAME: "全新", TYPE: GZH, BODY: "示例市第三测试局"},
            "both name and organiser differ",
        ),
    ],
)
def test_a_person_is_told_of_doubtful_matches(
    record: dict[str, str], part: str, tmp_path: Path
) -> None:
    assert any(
        part in warning and "row 2" in warning
        for warning in planned(tmp_path, [KNOWN], record).warnings
    )


LHASA = account(5, "示例丙", filing_number="5", prefecture="示例甲市")
SHANNAN = account(6, "示例丁", filing_number="6", prefecture="示例乙市")
GONE = account(7, "示例戊", filing_number="7", prefecture="示例甲市", retired_on=date(2022, 1, 1))
ROW = {**BASE, NUMBER: "71001", "地市": "示例甲市"}


@pytest.mark.parametrize(
    ("more", "retired"),
    [
        ({}, ()),
        ({"complete": True}, (5, 6)),
        ({"covers": {"prefecture": "示例甲市"}}, (5,)),
        ({"covers": {"prefecture": "示例甲市", "platform": "wechat"}}, (5,)),
        ({"complete": True, "covers": {"prefecture": "示例甲市"}}, (5,)),
        ({"complete": True, "left_out": ["hidden rows"]}, ()),
    ],
)
def test_absence_retires_only_where_the_file_is_whole(
    more: dict[str, Any], retired: tuple[int, ...], tmp_path: Path
) -> None:
    made = planned(tmp_path, [KNOWN, LHASA, SHANNAN, GONE], ROW, **more)
    assert made.changes.retired == retired
    assert [account.id for account in made.retiring] == list(retired)
    assert any(
        "not retired" in warning and "hidden rows" in warning for warning in made.warnings
    ) == ("left_out" in more)


def test_a_refused_row_keeps_everybody_in_scope(tmp_path: Path) -> None:
    """The account of the refused row would otherwise be retired for our refusal."""
    made = planned(
        tmp_path,
        [KNOWN, LHASA],
        ROW,
        {**ROW, NUMBER: "5", NAME: "甲"},
        {**ROW, NUMBER: "5", NAME: "乙"},
        complete=True,
    )
    assert (len(made.errors), made.changes.retired) == (2, ())


def test_covers_that_fit_no_row_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="no row of the files has 地市=示例市"):
        planned(tmp_path, [KNOWN], ROW, covers={"prefecture": "示例市"})


def test_rows_outside_what_the_file_covers_are_told(tmp_path: Path) -> None:
    made = planned(
        tmp_path,
        [],
        ROW,
        {**BASE, NUMBER: "9", NAME: "外", "地市": "示例乙市"},
        covers={"prefecture": "示例甲市"},
    )
    assert any("row 3: not of 地市=示例甲市" in warning for warning in made.warnings)


def test_covers_speak_chinese_or_english() -> None:
    assert parse_cover(["地市=示例市", "platform=wechat", "主办单位 = 示例局"]) == {
        "prefecture": "示例市", "platform": "wechat", "organiser": "示例局",
    }  # fmt: skip


@pytest.mark.parametrize("pair", ["地市", "地市=", "粉丝数=1", "名称=甲", "联系人=小示", "=x"])
def test_covers_that_say_nothing_are_refused(pair: str) -> None:
    with pytest.raises(Unusable, match="FIELD=VALUE"):
        parse_cover([pair])


def test_an_account_in_service_precedes_a_retired_one(
    tmp_path: Path,
) -> None:
    old = account(1, "示例发布", filing_number="71001", retired_on=date(2022, 1, 1))
    new = account(2, "示例发布", filing_number="71001", platform="douyin", type="抖音")
    made = planned(tmp_path, [old, new], {**BASE, NUMBER: "71001", TYPE: "抖音"})
    assert (made.changes.unchanged, made.changes.new, made.changes.updated, made.errors) == (
        1,
        (),
        (),
        (),
    )


def test_a_former_number_beside_the_present_one_is_no_second_filing(tmp_path: Path) -> None:
    history = [change(1, "filing_number", "60001", "71001")]
    made = planned(
        tmp_path,
        [KNOWN],
        {**BASE, NUMBER: "71001"},
        {**BASE, NUMBER: "60001", NAME: "示例旧名"},
        history=history,
    )
    assert [(error.place.row, "同一账号" in error.reason) for error in made.errors] == [(3, True)]
    assert made.changes.new == ()
