"""人工检查 as people hand it in: what is kept, what is refused, and what is told at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from problem_looks import AT, give, given, intake_of, shot
from worklists import AS_OF, DAY, GH, NOW, Inspection, filed

from mediawatch.domain import (
    Account,
    Code,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    ProblemAnswer,
    Reading,
    Sight,
    Verdict,
)
from mediawatch.people.forms.pictures import Shot
from mediawatch.people.forms.problem_columns import ProblemColumn
from mediawatch.people.worklist.problem_refusals import FiledPages
from mediawatch.ports import Store
from mediawatch.rules.problem_proofs import ProblemState
from mediawatch.sweep.judging import rejudge


async def verdict(inspection: Inspection) -> Verdict:
    await rejudge(inspection.store, lambda platform: True, inspection.sweep.id)
    return (await inspection.verdicts())[0]


async def test_two_persons_make_a_finding_and_one_does_not(
    any_store: Store, tmp_path: Path
) -> None:
    inspection = await Inspection.of(any_store, tmp_path, [filed()])
    first = await give(inspection, given())
    assert (first.state, first.remark, first.faults) == (ProblemState.CLAIMED, "", ())
    assert await verdict(inspection) is Verdict.UNPROVEN
    second = await give(inspection, given("乙某", read_at=AT + timedelta(hours=1)))
    assert second.state is ProblemState.PROVED
    assert await verdict(inspection) is Verdict.FAILED
    (entry,) = (await inspection.scope()).values()
    assert entry.judgement is not None
    assert [each.code for each in entry.judgement.findings] == [Code.INTERACTION_POOR]
    assert "评论区关闭" in entry.judgement.findings[0].sentence


@pytest.mark.parametrize(
    ("more", "column", "words"),
    [
        ({"person": ""}, ProblemColumn.PERSON, "请填写检查人"),
        ({"read_at": None}, ProblemColumn.TIME, "请填写检查时间"),
        ({"read_at": NOW + DAY}, ProblemColumn.TIME, "晚于现在"),
        ({"read_at": AS_OF - 15 * DAY}, ProblemColumn.TIME, "早于本次检查所看的日期"),
        ({"shots": ()}, ProblemColumn.SHOT, "必须附截图"),
        ({"shots": (Shot("a", b"", "图片超过 20 MB"),)}, ProblemColumn.SHOT, "图片超过 20 MB"),
        ({"seen_id": ""}, ProblemColumn.SEEN_ID, "必须填写所见ID"),
        ({"seen_id": "gh_0000000000a9"}, ProblemColumn.SEEN_ID, "可能是另一个账号"),
        ({"seen_id": "somebody"}, ProblemColumn.SEEN_ID, "不能证明是同一个账号"),
        ({"words": "字" * 201}, ProblemColumn.WORDS, "不超过200字"),
        ({"words": "评论区关闭，张某13800000000"}, ProblemColumn.WORDS, "不能写电话"),
        ({"words": "请拨 ０７３６-7200000"}, ProblemColumn.WORDS, "不能写电话"),
        ({"words": "联系人：张某"}, ProblemColumn.WORDS, "不能写电话和联系人"),
        ({"words": "见https://weibo.com/1"}, ProblemColumn.WORDS, "不能写网址"),
        ({"words": "见www.shili.gov.cn"}, ProblemColumn.WORDS, "不能写网址"),
        ({"link": "https://weibo.com/1"}, ProblemColumn.LINK, "不是该平台的链接（weibo.com）"),
        ({"person": "甲某（复核）"}, ProblemColumn.PERSON, "不能有括号"),
        (
            {"code": Code.WRONG_WORDS, "words": ""},
            ProblemColumn.WORDS,
            "必须写明具体情况：错误的文字",
        ),
        ({"code": Code.ADVERTISING, "words": ""}, ProblemColumn.WORDS, "必须写明具体情况"),
        ({"code": Code.NOT_REPOSTED, "words": ""}, ProblemColumn.WORDS, "请以《》写明"),
        ({"link": "评论区"}, ProblemColumn.LINK, "不是 http(s) 链接"),
    ],
)
async def test_what_would_not_count_is_refused_with_its_place(
    store: Store, tmp_path: Path, more: dict[str, Any], column: ProblemColumn, words: str
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    receipt = await give(inspection, given(**more))
    assert receipt.kept is None
    assert [where for where, _ in receipt.faults] == [column]
    assert words in receipt.faults[0][1]
    assert await store.readings.problem_looks(inspection.sweep.id) == {}


async def test_a_look_of_long_after_the_inspection_is_of_another_one(
    store: Store, tmp_path: Path
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()], as_of=AS_OF - 27 * DAY)
    last, late = given(read_at=AS_OF + 4 * DAY), given(read_at=AS_OF + 4 * DAY + timedelta(hours=1))
    (fault,) = (await give(inspection, late)).faults
    assert (fault[0], "晚于监测时间点31天以上" in fault[1]) == (ProblemColumn.TIME, True)
    assert (await give(inspection, last)).kept
    repaired = replace(late, answer=ProblemAnswer.ABSENT, words="")
    assert (await give(inspection, repaired)).kept


async def test_an_answer_that_nothing_ties_settles_nothing_and_is_told_so(
    store: Store, tmp_path: Path
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    absent = given(answer=ProblemAnswer.ABSENT, shots=(), words="", seen_id="")
    assert "不能证明看的是该账号" in (await give(inspection, absent)).remark
    assert (await give(inspection, replace(absent, person="乙某", seen_id=GH))).remark == ""


async def test_an_id_in_the_link_ties_the_answer(store: Store, tmp_path: Path) -> None:
    weibo = filed(platform="weibo", type="微博", original_id="", platform_id="1234567890")
    inspection = await Inspection.of(store, tmp_path, [weibo])
    link = "https://weibo.com/1234567890/Nabc"
    receipt = await give(inspection, given(seen_id="", link=link))
    assert receipt.state is ProblemState.CLAIMED
    assert receipt.kept is not None
    assert receipt.kept.sights[0].url == link
    assert receipt.kept.sights[0].platform_id == "1234567890"


LINKED = {"platform": "weibo", "type": "微博", "original_id": ""}
ARTICLE = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"


def test_accounts_are_listed_once_for_the_links_of_all_answers() -> None:
    """A nation has 100 000 of them: to go through all took a second for each answer."""

    class Listed(dict[int, Account]):
        times = 0

        def values(self) -> Any:
            self.times += 1
            return super().values()

    filings = [
        filed(**LINKED, platform_id="1234567890"),
        filed(2, **LINKED, platform_id="2222222222", url="https://weibo.com/example2"),
    ]
    accounts = Listed(
        {number: Account(id=number, filed=each) for number, each in enumerate(filings, 1)}
    )
    pages = FiledPages(accounts)
    links = ("weibo.com/u/1234567890", "www.weibo.com/example2?from=a", "weibo.com/9999999999")
    held = [pages.holders(f"https://{link}", "weibo") for link in links]
    assert (held, accounts.times) == ([{1}, {2}, set()], 2)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://weibo.com/1234567890/Nabc", ""),
        ("https://m.weibo.cn/status/5123456789012345?luicode=10000011", ""),
        ("https://weibo.com/9999999999/Nabc", "所指的是另一个账号"),
        ("https://weibo.com/9999999999/Nabc?from=1234567890", "所指的是另一个账号"),
        ("https://m.weibo.cn/u/2222222222", "所指的是另一个账号"),
        ("https://weibo.com/example2", "另一个账号“示例市第2测试局”"),
    ],
)
async def test_a_link_of_another_account_is_no_evidence(
    store: Store, tmp_path: Path, link: str, words: str
) -> None:
    accounts = [
        filed(**LINKED, platform_id="1234567890"),
        filed(2, **LINKED, platform_id="2222222222", url="https://weibo.com/example2"),
    ]
    inspection = await Inspection.of(store, tmp_path, accounts)
    intake = await intake_of(inspection)
    intake.sites = lambda platform: ("weibo.com", "weibo.cn")
    receipt = await intake.take(await inspection.account(), given(seen_id="1234567890", link=link))
    assert [words in why for _, why in receipt.faults] == ([True] if words else [])


async def test_a_post_that_a_look_showed_of_another_account_is_no_evidence(
    any_store: Store, tmp_path: Path
) -> None:
    sight = Sight(
        surface="wechat.article", read_at=AS_OF, matched_by=MatchedBy.ID, outcome=Outcome.OK,
        original_id="gh_0000000000a2", posts=(Post(on=AS_OF.date(), link=ARTICLE),),
    )  # fmt: skip
    shown = Reading(
        account_id=2, look=LookKind.FIRST, started_at=AS_OF, read_at=AS_OF, sights=(sight,)
    )
    inspection = await Inspection.of(any_store, tmp_path, [filed(1), filed(2)], [shown])
    refused = await give(inspection, given(link=ARTICLE))
    assert [where for where, _ in refused.faults] == [ProblemColumn.LINK]
    assert "“示例市第2测试局”" in refused.faults[0][1]
    own = given(link=ARTICLE, seen_id="gh_0000000000a2")
    assert (await give(inspection, own, 2)).kept


async def test_a_second_person_is_surely_another_one(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await give(inspection, given("欧阳娜"))
    doubtful = await give(inspection, given("欧阳娜娜", shots=(shot(31),)))
    assert [where for where, _ in doubtful.faults] == [ProblemColumn.PERSON]
    assert "“欧阳娜”姓名互相包含" in doubtful.faults[0][1]
    absent = given("欧阳娜娜", answer=ProblemAnswer.ABSENT, shots=(), words="")
    assert (await give(inspection, absent)).kept
    intake, account = await intake_of(inspection), await inspection.account()
    assert await intake.withdraw(account, Code.INTERACTION_POOR, "欧阳", "看错") is None


async def test_a_second_person_confirms_the_words_of_the_first(
    store: Store, tmp_path: Path
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    typo = given(code=Code.WRONG_WORDS, words="防讯应为防汛(标题)")
    assert (await give(inspection, typo)).state is ProblemState.CLAIMED
    second = given("乙某", code=Code.WRONG_WORDS, words="")
    (fault,) = (await give(inspection, second)).faults
    assert (fault[0], "是哪一处" in fault[1]) == (ProblemColumn.WORDS, True)
    (fault,) = (await give(inspection, replace(second, same_as="丙某"))).faults
    assert fault[0] is ProblemColumn.WORDS
    other = await give(inspection, replace(second, words="帐户应为账户"))
    assert (other.state, other.remark) == (
        ProblemState.CLAIMED,
        "与甲某所见“防讯应为防汛（标题）”不是同一处，另待第二人核查",
    )
    asked = "请由甲某以外的人员独立核查：甲某于1月2日发现该问题（防讯应为防汛（标题））。"
    for confirming in ({"shown": asked}, {"same_as": "甲某"}):
        done = await give(inspection, replace(second, **confirming))
        assert (done.faults, done.state) == ((), ProblemState.PROVED)
    last = await give(inspection, given("丙某", code=Code.WRONG_WORDS, words="", same_as="乙某"))
    assert [where for where, _ in last.faults] == [ProblemColumn.WORDS]


async def test_without_an_id_the_filed_name_ties_unless_others_bear_it(
    store: Store, tmp_path: Path
) -> None:
    bare = filed(original_id="")
    twin = filed(2, name=bare.name, original_id="", organiser="别处")
    inspection = await Inspection.of(store, tmp_path, [bare])
    missing = await give(inspection, given(seen_id=""))
    assert "只能以名称核对" in missing.faults[0][1]
    other = await give(inspection, given(seen_id="", name="别的名称"))
    assert "可能是另一个账号" in other.faults[0][1]
    named = await give(inspection, given(seen_id="", name=bare.name))
    assert (named.state, named.remark) == (ProblemState.CLAIMED, "")
    doubled = await Inspection.of(store, tmp_path, [twin])
    told = await give(doubled, given("乙某", seen_id="", name=bare.name))
    assert told.kept is not None
    assert told.remark.startswith("暂不计入：")
    assert "同名账号" in told.remark


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("评论区关闭,私信无回复", "评论区关闭，私信无回复"),
        ("12345热线的联系电话无人接听", "12345热线的联系电话无人接听"),
        ("将“网站,公众号”误写为“网占,公众号”", "将“网站,公众号”误写为“网占,公众号”"),
        (
            "未转载（国办〔2021〕11号，2021年10月25日）",
            "未转载（国办〔2021〕11号，2021年10月25日）",
        ),
    ],
)
async def test_words_are_kept_as_they_are_printed(
    store: Store, tmp_path: Path, typed: str, kept: str
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    receipt = await give(inspection, given(words=typed))
    assert receipt.kept is not None
    assert receipt.kept.problem is not None
    assert receipt.kept.problem.words == kept


async def test_the_same_answer_again_is_a_repeat(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await give(inspection, given())
    assert (await give(inspection, given(shots=(shot(99),)))).repeated
    later = given(read_at=AT + timedelta(hours=2))
    assert (await give(inspection, later, untimed=True)).repeated
    assert (await give(inspection, later)).kept
    intake = await intake_of(inspection)
    account = await inspection.account()
    taken = await intake.withdraw(account, Code.INTERACTION_POOR, "甲 某", "看错了账号")
    assert taken is not None
    assert (await give(inspection, later, untimed=True)).kept


async def test_nobody_withdraws_what_another_one_said(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await give(inspection, given())
    intake, account = await intake_of(inspection), await inspection.account()
    assert await intake.withdraw(account, Code.INTERACTION_POOR, "乙某", "看错") is None
    assert await intake.withdraw(account, Code.ADVERTISING, "甲某", "看错") is None
    assert await intake.withdraw(account, Code.INTERACTION_POOR, "甲某", "看错") is not None
    assert await intake.withdraw(account, Code.INTERACTION_POOR, "甲某", "看错") is None


async def test_a_picture_serves_one_account_and_one_person(store: Store, tmp_path: Path) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed(1), filed(2)])
    await give(inspection, given())
    own = {"seen_id": "gh_0000000000a2", "shots": (shot(10),)}
    refused = await give(inspection, given("乙某", **own), 2)
    assert "同一张截图已用于“示例市第1测试局”" in refused.faults[0][1]
    shared = given("乙某", **own, remark="截图含多个账号")
    assert (await give(inspection, shared, 2)).kept
    copied = await give(inspection, given("乙某", shots=(shot(10),), remark="截图含多个账号"))
    assert "该截图是甲某检查时所附" in copied.faults[0][1]
    absent = given("乙某", answer=ProblemAnswer.ABSENT, shots=(), seen_id="", words="")
    assert (await give(inspection, absent)).state is ProblemState.DISPUTED


def screenshot(clock: str, kind: str = "PNG", width: int = 720, **how: Any) -> Shot:
    """A page with its clock; the same page whenever it is the same time."""
    page = Image.new("RGB", (720, 1280), "white")
    draw = ImageDraw.Draw(page)
    draw.text((40, 20), clock, "black", font_size=28)
    for line in range(12):
        draw.rectangle((40, 120 + 90 * line, 300 + 30 * line, 160 + 90 * line), "navy")
    buffer = BytesIO()
    page.resize((width, width * 1280 // 720)).save(buffer, kind, **how)
    return Shot("图", buffer.getvalue())


@pytest.mark.parametrize(
    ("shown", "refused"),
    [
        (screenshot("09:30", "JPEG", quality=60), True),
        (screenshot("09:30", "WEBP", width=540), True),
        (screenshot("09:31"), False),
        (screenshot("09:31", "JPEG", quality=60), False),
    ],
    ids=["compressed", "scaled", "another", "another compressed"],
)
async def test_a_picture_compressed_anew_is_still_the_first_ones(
    store: Store, tmp_path: Path, shown: Shot, refused: bool
) -> None:
    inspection = await Inspection.of(store, tmp_path, [filed()])
    await give(inspection, given(shots=(screenshot("09:30"),)))
    receipt = await give(inspection, given("乙某", shots=(shown,)))
    assert [where for where, _ in receipt.faults] == ([ProblemColumn.SHOT] if refused else [])


async def test_an_application_is_sound_once_a_person_used_it(store: Store, tmp_path: Path) -> None:
    app = filed(platform="app", type="移动客户端", original_id="")
    inspection = await Inspection.of(store, tmp_path, [app])
    used = given(code=Code.UNUSABLE, answer=ProblemAnswer.ABSENT, shots=(), words="", seen_id="")

    async def judged() -> tuple[Verdict, str]:
        await rejudge(store, lambda platform: False, inspection.sweep.id)
        (entry,) = (await inspection.scope()).values()
        assert entry.judgement is not None
        return entry.judgement.verdict, entry.judgement.sentence

    assert (await judged())[0] is Verdict.OUT_OF_SCOPE
    await give(inspection, used)
    # Without the name nobody knows which one was used.
    assert (await judged())[0] is Verdict.OUT_OF_SCOPE
    await give(inspection, replace(used, name=app.name, read_at=AT + DAY))
    assert await judged() == (
        Verdict.FRESH,
        "经人工检查（2032年1月3日），可以正常下载、使用。",
    )
    broken = given("乙某", code=Code.UNUSABLE, name=app.name, words="无法安装", seen_id="")
    await give(inspection, broken)
    assert (await judged())[0] is Verdict.OUT_OF_SCOPE
