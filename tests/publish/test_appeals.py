"""复核: taken in with its term, decided by somebody apart, answered by a letter, and followed up."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from docx import Document
from offices import Office, filed, reading
from samples import post

from mediawatch.domain import (
    Code,
    LookKind,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Reading,
    Reconsideration,
)
from mediawatch.domain.clock import day_end
from mediawatch.ops.settings import Home
from mediawatch.ops.settings.office import Office as OfficeSettings
from mediawatch.ports import Store
from mediawatch.publish.reports.opinions import opinion_letter
from mediawatch.rules.appeals import AppealState, appeals_of, open_appeals, why_not_decide
from mediawatch.rules.corrections_due import find_upheld

Q4, ISSUED = date(2022, 12, 31), date(2023, 1, 10)
BOTH = [Code.STALE_2W, Code.NAME_MISMATCH]
ASK = ("--by", "乙局张三", "--reason", "12月28日已更新")
ON = ("--received", "2023-02-10")


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """文1 names account 1 by one and account 2 by two findings; 甲某 looked at 2, 丙某 confirmed."""
    made = Office.of(tmp_path_factory.mktemp("issued"), *(filed(number) for number in (1, 2, 3)))

    def shown(account: int, at: datetime, sweep: int | None = None) -> Reading:
        look = {2: LookKind.PERSON}.get(account, LookKind.SECOND)
        by = "甲某" if look is LookKind.PERSON else ""
        return replace(reading(account, at, sweep), look=look, by=by)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("offices.reading", shown)
        sweep = made.sweep(Q4, {1: [Code.STALE_2W], 2: BOTH})
    made.issue(sweep, "文1", ISSUED, "--rectify-by", "2023-03-06")
    (made.home.root / "office.toml").write_text(
        'issuer = "示例市人民政府办公室"\ncontact = "李四"\nphone = "0000-0000000"\n',
        encoding="utf-8",
    )
    return made


@pytest.fixture
def office(issued: Office, tmp_path: Path) -> Office:
    shutil.copytree(issued.home.root, tmp_path / "home")
    return Office(Home(tmp_path / "home"))


def appeal(item: int, *more: str) -> tuple[str, ...]:
    return ("notice", "appeal", "文1", str(item), *more)


def letter(office: Office, item: int) -> str:
    out = office.home.root.parent / f"复核意见{item}.docx"
    office.run("notice", "opinion", "文1", str(item), "--out", out, "--force")
    return "\n".join(each.text for each in Document(str(out)).paragraphs if each.text.strip())


def test_a_request_has_a_unit_a_day_and_a_term_in_working_days(office: Office) -> None:
    told = office.run(*appeal(2, *ASK, *ON)).stdout
    # Ten working days after the 10th of February: no festival lies between.
    assert "示例2局2023-02-10提出复核，应于2023-02-24前作出复核意见，已逾期" in told
    shown = office.run("notice", "show", "文1").stdout
    for words in ("逾期未复核", "示例2局", "12月28日已更新", "appeal open: 文1第2项“示例2”"):
        assert words in shown
    status = json.loads(office.run("status", "--json").stdout)
    assert [(each["item"], each["term"], each["overdue"]) for each in status["appeals_open"]] == [
        (2, "2023-02-24", True)
    ]
    assert "appeal open: 文1第2项" in office.run("status").stdout
    following = office.run("next").stdout
    assert "待复核1" in following
    assert "应于2023年2月24日前（已逾期）用 notice appeal 作出复核意见" in following


def test_nobody_who_had_a_part_decides(office: Office) -> None:
    office.run(*appeal(2, *ASK, *ON, "--unit", "示例市教育局", "--term", "2023-02-20"))
    decided = ("--reason", "经核属实", "--result", "upheld")
    for by, why in (
        ("甲某", "甲某参与过该问题的人工核查"),
        (" 丙 某", "参与过该问题的认定"),
        ("乙局张三", "复核由乙局张三本人提出"),
    ):
        assert why in office.refused(*appeal(2, "--by", by, *decided))
    alone = ("--as-signer", "本单位仅此一人")
    assert "本人提出" in office.refused(*appeal(2, "--by", "乙局张三", *decided, *alone))
    done = office.run(*appeal(2, "--by", "丙某", *decided, *alone)).stdout
    assert "复核意见为撤销" in done
    assert "mediawatch notice correct 文1 2 --by NAME --reason TEXT" in done
    shown = office.run("notice", "show", "文1").stdout
    assert "由签发人复核：本单位仅此一人" in shown
    assert "correction due: 文1第2项“示例2”" in shown
    assert "has no open 复核" in office.refused(*appeal(2, "--by", "戊某", *decided))


def test_the_letter_says_what_was_asked_and_decided(office: Office) -> None:
    office.run(*appeal(2, *ASK, *ON))
    assert "has no 复核意见" in office.refused(
        "notice", "opinion", "文1", "2", "--out", office.home.root.parent / "x.docx"
    )
    office.run(
        *appeal(2, "--by", "戊某", "--reason", "公众号12月28日有更新", "--result", "upheld"),
        "--code", "stale_2w",
    )  # fmt: skip
    words = letter(office, 2)
    for said in (
        "关于“示例2”有关问题的复核意见",
        "示例2局：",
        "你单位提出的复核申请于2023年2月10日收悉。",
        "《通报》（文1，2023年1月10日）第2项：“示例2”（新浪微博，示例2局）",
        "你单位提出：12月28日已更新。",
        "二、复核情况。公众号12月28日有更新。",
        "予以更正：撤销“超2周未更新”的认定，维持“名称不一致”的认定。我单位将按程序更正有关内容，并书面告知。",
        "示例市人民政府办公室",
        "（联系人：李四，0000-0000000）",
    ):
        assert said in words
    assert "戊某" not in words
    office.run(
        "notice",
        "correct",
        "文1",
        "2",
        "--code",
        "stale_2w",
        "--yes",
        "--by",
        "戊某",
        "--reason",
        "r",
    )
    assert "有关内容已予更正。" in letter(office, 2)
    assert "correction due" not in office.run("notice", "show", "文1").stdout


def test_what_is_maintained_keeps_its_deadline(office: Office) -> None:
    office.run(*appeal(1, *ASK, *ON))
    assert "open 复核 of item 1" in office.refused("notice", "close", "文1", "--by", "丁某")
    office.run(*appeal(1, "--by", "戊某", "--reason", "仍无更新", "--result", "rejected"))
    # The letter is of today.
    assert (
        "维持通报的认定。原定整改期限（2023年3月6日）已过，请尽快完成整改，并按要求反馈整改情况。"
        in letter(office, 1)
    )
    office.run("notice", "close", "文1", "--by", "丁某")


def test_a_letter_asks_for_a_day_that_is_to_come() -> None:
    asked = event(NoticeAction.APPEALED, 1)
    notice = replace(NOTICE, rectify_by=date(2023, 2, 10))
    (one,) = appeals_of(notice, [asked, event(NoticeAction.REJECTED, 2)])
    told = opinion_letter(one, OfficeSettings(), corrected=False).paragraphs[-1]
    assert "请于2023年2月10日前完成整改" in told
    late = replace(one, notice=replace(notice, rectify_by=date(2023, 2, 9)))
    told = opinion_letter(late, OfficeSettings(), corrected=False).paragraphs[-1]
    assert "原定整改期限（2023年2月9日）已过，请尽快完成整改" in told


def test_nothing_is_maintained_that_is_to_be_corrected(office: Office) -> None:
    office.run(*appeal(1, *ASK, *ON))
    office.run(*appeal(2, *ASK, *ON))
    by = ("--by", "戊某", "--reason", "仍无更新")
    office.run(*appeal(2, *by, "--result", "rejected"))
    shown = [
        reading(each, day_end(date(2023, 1, 20)), None, post(date(2022, 12, 28))) for each in (1, 2)
    ]

    async def learn(store: Store) -> None:
        for each in shown:
            await store.readings.keep(each)

    office.within(learn)
    told = office.refused(*appeal(1, *by, "--result", "rejected"))
    assert "文1第1项“示例1”（超2周未更新）" in told
    assert "`mediawatch notice correct` it first" in told
    out = ("--out", office.home.root.parent / "复核意见.docx")
    assert "文1第2项“示例2”" in office.refused("notice", "opinion", "文1", "2", *out)
    done = ("--yes", "--by", "戊某", "--reason", "r")
    office.run("notice", "correct", "文1", "2", "--code", "stale_2w", *done)
    told = office.refused("notice", "opinion", "文1", "2", *out)
    assert "item 2 of 文1, “示例2”, was corrected: what was withdrawn is not maintained" in told
    office.run(*appeal(1, *by, "--result", "upheld"))
    assert "予以撤销" in letter(office, 1)


def test_only_what_stands_is_maintained(office: Office) -> None:
    done = ("--by", "戊某", "--reason", "r")
    for item in (1, 2):
        office.run(*appeal(item, *ASK, *ON))
    office.run("notice", "correct", "文1", "1", "--yes", *done)
    office.run("notice", "correct", "文1", "2", "--code", "stale_2w", "--yes", *done)
    assert "no item 1 that stands" in office.refused(*appeal(1, *done, "--result", "rejected"))
    office.run(*appeal(1, *done, "--result", "upheld"))
    office.run(*appeal(2, *done, "--result", "rejected"))
    told = letter(office, 2)
    assert "存在的突出问题为“名称不一致”" in told
    assert "超2周未更新" not in told


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((*ASK, "--received", "2023-01-09"), "is not between the day of issue, 2023-01-10, and today"),
        ((*ASK, "--received", "2090-01-09"), "is not between the day of issue"),
        ((*ASK, *ON, "--term", "2023-02-09"), "lies before the day of issue"),
        ((*ASK, "--code", "stale_2w"), "--code and --as-signer go with --result"),
        ((*ASK, "--result", "upheld", "--unit", "x"), "belong to a request"),
        ((*ASK, "--result", "upheld"), "has no open 复核"),
    ],
)  # fmt: skip
def test_what_no_request_may_say(issued: Office, words: tuple[str, ...], why: str) -> None:
    assert why in issued.refused(*appeal(1, *words))


AT = datetime(2023, 2, 10, 4, tzinfo=UTC)
ITEM = NoticeItem(number=1, filed=filed(1), problem="长期未更新", fails=True)
NOTICE = Notice(
    number="文1", title="通报", issued_on=ISSUED, by="丙某", kept_at=AT, items=(ITEM,), id=1
)  # fmt: skip


def event(action: NoticeAction, number: int, **more: object) -> NoticeEvent:
    values = {
        "notice_id": 1,
        "item": 1,
        "action": action,
        "at": AT,
        "by": "某",
        "reason": "r",
        "id": number,
    }
    return NoticeEvent(**values | more)  # type: ignore[arg-type]


def test_events_of_older_versions_are_read_as_before() -> None:
    asked = event(NoticeAction.APPEALED, 1)
    (one,) = open_appeals(NOTICE, [asked])
    assert (one.received_on, one.term, one.unit) == (date(2023, 2, 10), None, "某")
    assert one.state(date(2032, 1, 1)) is AppealState.OPEN
    granted = event(NoticeAction.UPHELD, 2)
    assert len(find_upheld(NOTICE, [ITEM], [asked, granted])) == 1
    corrected = event(NoticeAction.CORRECTED, 3, codes=(Code.BANNED,))
    assert find_upheld(NOTICE, [ITEM], [asked, granted, corrected]) == []


def test_a_second_letter_joins_the_open_one_and_the_first_term_holds() -> None:
    def asked(number: int, unit: str, term: date) -> NoticeEvent:
        said = Reconsideration(unit=unit, received_on=date(2023, 2, number), term=term)
        return event(NoticeAction.APPEALED, number, reconsideration=said)

    events = [
        asked(1, "甲局", date(2023, 2, 15)),
        asked(3, "乙市", date(2023, 2, 17)),
        event(NoticeAction.REJECTED, 4),
        asked(5, "甲局", date(2023, 2, 19)),
    ]
    first, second = appeals_of(NOTICE, events)
    assert (first.unit, first.term, first.received_on) == (
        "甲局、乙市",
        date(2023, 2, 15),
        date(2023, 2, 1),
    )
    assert first.state(date(2023, 2, 20)) is AppealState.MAINTAINED
    assert second.state(date(2023, 2, 19)) is AppealState.OPEN
    assert second.state(date(2023, 2, 20)) is AppealState.OVERDUE


def test_names_that_were_cleared_leave_only_the_signer() -> None:
    (one,) = open_appeals(NOTICE, [event(NoticeAction.APPEALED, 1, by="己某")])
    assert "已按期清除" in why_not_decide("戊某", {"已按期清除3": "人工核查"}, one)
    assert why_not_decide("戊某", {"已按期清除3": "人工核查"}, one, "无他人") == ""
