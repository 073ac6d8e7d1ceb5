"""What pages show of 互动回应: a lead in the person's question, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from worklists import Inspection, filed, judged_by

from mediawatch.domain import (
    Code,
    Evidence,
    EvidenceKind,
    InteractionSeen,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sight,
    Verdict,
)
from mediawatch.domain.clock import BEIJING
from mediawatch.people.forms.problem_columns import ProblemColumn
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.worklist.export import export
from mediawatch.people.worklist.interaction_leads import LEAD, interaction_lead
from mediawatch.people.worklist.problem_todo import ProblemRequest
from mediawatch.ports import Store
from mediawatch.sweep.judging import rejudge

SINCE = date(2031, 12, 17)
AT = datetime(2032, 1, 2, 10, 12, tzinfo=BEIJING)
UID = "9000000001"
WEIBO = filed(1, platform="weibo", type="新浪微博", platform_id=UID, original_id="")
LABELS = {"weibo.mobile": "微博手机版主页", "weibo.desktop": "微博网页版主页（登录）"}
CLOSED = InteractionSeen(comments=False, posts=10)


def look(
    interaction: InteractionSeen | None, at: datetime = AT, account_id: int = 1, **more: object
) -> Reading:
    values = {
        "surface": "weibo.mobile", "read_at": at, "outcome": Outcome.OK, "platform_id": UID,
        "matched_by": MatchedBy.ID, "interaction": interaction, **more,
    }  # fmt: skip
    return Reading(
        account_id=account_id,
        look=LookKind.FIRST,
        started_at=at,
        read_at=at,
        sights=(Sight(**values),),  # type: ignore[arg-type]
        filed_as=WEIBO.identity,
    )


def lead(*readings: Reading) -> str:
    return interaction_lead(readings, WEIBO, SINCE, LABELS)


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (CLOSED, "所见10条发布评论已关闭"),
        (InteractionSeen(comments=True, posts=3), "所见3条发布中有可评论的"),
        (InteractionSeen(messages=True), "提供菜单或私信入口"),
        (InteractionSeen(messages=False), "未提供菜单或私信入口"),
        (InteractionSeen(replies=0, posts=5), "所见5条发布下未见本账号回复"),
        (
            InteractionSeen(comments=True, messages=True, replies=2, posts=5),
            "所见5条发布中有可评论的，提供菜单或私信入口，所见5条发布下有本账号回复2条",
        ),
    ],
)
def test_a_lead_says_what_the_page_showed_with_time_and_place(
    seen: InteractionSeen, words: str
) -> None:
    assert lead(look(seen)) == f"页面显示：{words}（2032-01-02 10:12，微博手机版主页）。{LEAD}"


def test_evidence_is_named_where_the_look_kept_any() -> None:
    file = Evidence(
        kind=EvidenceKind.SCREENSHOT, media_type="image/jpeg", path="1/示例.jpg", sha256="a" * 64,
        size=1, taken_at=AT, url="https://weibo.com/u/1",
    )  # fmt: skip
    assert "微博手机版主页，佐证1/示例.jpg）" in lead(look(CLOSED, evidence=(file,)))


def test_nothing_shown_is_no_lead() -> None:
    assert lead() == lead(look(None)) == lead(look(InteractionSeen(posts=4))) == ""


def test_the_newest_look_of_each_page_counts() -> None:
    later = AT.replace(day=3)
    found = lead(
        look(InteractionSeen(comments=True, posts=2), later),
        look(CLOSED),
        look(InteractionSeen(messages=True), surface="weibo.desktop"),
    )
    assert found == (
        "页面显示：所见2条发布中有可评论的（2032-01-03 10:12，微博手机版主页）；"
        f"提供菜单或私信入口（2032-01-02 10:12，微博网页版主页（登录））。{LEAD}"
    )


def test_another_accounts_page_and_an_old_one_are_no_lead() -> None:
    assert lead(look(CLOSED, AT.replace(year=2031, month=12, day=16))) == ""
    assert lead(look(CLOSED, matched_by=MatchedBy.NAME, platform_id="")) == ""
    assert lead(look(CLOSED, matched_by=None, platform_id="")) == ""
    assert lead(look(CLOSED, matched_by=MatchedBy.URL, platform_id="", name="别的")) == ""
    assert lead(look(CLOSED, platform_id="9000000002")) == ""


def questions(path: Path) -> list[tuple[str, str]]:
    """(检查项目, 检查要求) of each row of the sheet 人工检查."""
    sheet = openpyxl.load_workbook(path)["人工检查"]
    head, *rows = sheet.iter_rows(values_only=True)
    places = [head.index(each.value) for each in (ProblemColumn.KIND, ProblemColumn.ASKED)]
    return [(str(row[places[0]]), str(row[places[1]])) for row in rows]


async def test_the_question_holds_the_lead_and_no_verdict_does(
    store: Store, tmp_path: Path
) -> None:
    accounts = [WEIBO, replace(WEIBO, name="示例二", platform_id="9000000002", filing_number="2")]
    inspection = await Inspection.of(store, tmp_path, accounts)
    await rejudge(store, lambda platform: True, inspection.sweep.id)
    before = [entry.judgement for entry in (await inspection.scope()).values()]
    for seen in (CLOSED, InteractionSeen(messages=False, replies=0, posts=3)):
        await store.readings.keep(replace(look(seen), sweep_id=inspection.sweep.id))
    await rejudge(store, lambda platform: True, inspection.sweep.id)
    judged = await judged_by(store, inspection.sweep)
    request = ProblemRequest(kinds=(Code.INTERACTION_POOR, Code.ADVERTISING), labels=LABELS)
    path = tmp_path / "清单.xlsx"
    await export(store, FormTarget(path=path), judged, request=request)
    asked = questions(path)
    (first, advert, second, _) = asked
    assert first[0] == second[0] == "互动回应差"
    assert first[1].endswith(
        f"未提供菜单或私信入口，所见3条发布下未见本账号回复（2032-01-02 10:12，微博手机版主页）。{LEAD}"
    )
    assert "页面显示" not in second[1]
    assert "页面显示" not in advert[1]
    # Closed comments on every page: still no finding, and the same judgement as without them.
    after = [entry.judgement for entry in (await inspection.scope()).values()]
    assert [each and each.findings for each in after] == [(), ()]
    assert [each and each.verdict for each in after] == [Verdict.UNPROVEN] * 2
    assert before[1] == after[1]
