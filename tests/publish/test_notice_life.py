"""What a notice says stays what was issued; what follows it counts once, and is about its own
accounts and problems alone.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from offices import FRESH, Office, filed, reading

from mediawatch.domain import (
    Code,
    FiledStatus,
    Judgement,
    NoticeAction,
    NoticeEvent,
    Outcome,
    Post,
    Publication,
    Rectification,
    RegistryChanges,
    ReviewAction,
    Source,
    Sweep,
    SweepRun,
    UnfinishedCorrection,
    UpdatedAccount,
    UserError,
    Verdict,
)
from mediawatch.domain.clock import day_end
from mediawatch.ops.digest import SweepDigest
from mediawatch.ports import Store
from mediawatch.rules.corrections_due import CorrectionDue

STALE, NAMED = [Code.STALE_2W], [Code.NAME_MISMATCH]
Q4, Q1, Q2 = date(2022, 12, 31), date(2023, 3, 31), date(2023, 6, 30)
BY = ("--by", "戊某", "--reason", "误")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office.of(tmp_path, *(filed(number) for number in (1, 2, 3)))


def fresh(office: Office, sweep: int, *accounts: int) -> None:
    office.within(lambda store: store.sweeps.keep_judgements(sweep, dict.fromkeys(accounts, FRESH)))


def refiled(office: Office, account: int, **values: object) -> None:
    source = Source(file="新台账.csv", sha256="1" * 64, at=day_end(Q4))

    async def work(store: Store) -> None:
        changed = UpdatedAccount(
            account_id=account,
            filed=filed(account, **values),
            changes=(("prefecture", "甲市", "乙市"),),
        )
        await store.accounts.apply(RegistryChanges(source=source, updated=(changed,)))

    office.within(work)


def test_a_later_judgement_changes_nothing_that_was_issued(office: Office) -> None:
    sweep = office.sweep(Q4, {1: STALE, 2: STALE})
    office.issue(sweep, "文1", date(2023, 1, 10))
    before, tables = office.handoff("--notice", "文1"), office.sheets("--notice", "文1")
    assert (before["counts"]["failed"], before["counts"]["checked"]) == (2, 3)
    # Another verdict on an account that is in it, or on one that is not. Another prefecture, and a
    # notice that comes in later.
    office.within(
        lambda store: store.sweeps.keep_judgements(
            sweep, {1: FRESH, 3: Judgement(verdict=Verdict.UNPROVEN, sentence="待查。")}
        )
    )
    refiled(office, 3, prefecture="乙市")
    office.import_published(1, date(2022, 10, 12))
    assert office.handoff("--notice", "文1") == before
    assert office.sheets("--notice", "文1") == tables


def test_a_correction_is_counted_in_the_scope_of_the_notice(office: Office) -> None:
    sweep = office.sweep(Q4, {1: STALE, 2: STALE}, otherwise=Verdict.FRESH)
    office.issue(sweep, "文1", date(2023, 1, 10))
    office.within(
        lambda store: store.sweeps.keep_judgements(
            sweep, {3: Judgement(verdict=Verdict.UNPROVEN, sentence="待查。")}
        )
    )
    office.run("notice", "correct", "--yes", "文1", "2", *BY)
    corrected = office.handoff("--notice", "文1")
    assert {name: corrected["counts"][name] for name in ("total", "checked", "failed", "unproven")} == {
        "total": 3, "checked": 3, "failed": 1, "unproven": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("otherwise", "checked", "unproven"), [(Verdict.FRESH, 3, 0), (Verdict.UNPROVEN, 2, 1)]
)
def test_a_withdrawn_account_is_judged_without_its_finding(
    office: Office, otherwise: Verdict, checked: int, unproven: int
) -> None:
    sweep = office.sweep(Q4, {1: STALE, 2: STALE}, otherwise=otherwise)
    office.issue(sweep, "文1", date(2023, 1, 10))
    office.run("notice", "correct", "--yes", "文1", "2", *BY)
    (event,) = office.within(lambda store: store.notices.events())
    assert event.verdict is otherwise
    counts = office.handoff("--notice", "文1")["counts"]
    assert (counts["failed"], counts["checked"], counts["unproven"]) == (1, checked, unproven)


def test_what_is_left_of_an_item_still_fails_it(office: Office) -> None:
    sweep = office.sweep(Q4, {1: [*STALE, *NAMED]}, otherwise=Verdict.UNPROVEN)
    office.issue(sweep, "文1", date(2023, 1, 10))
    office.run("notice", "correct", "--yes", "文1", "1", "--code", "name_mismatch", *BY)
    (event,) = office.within(lambda store: store.notices.events())
    assert event.verdict is Verdict.FAILED
    document = office.handoff("--notice", "文1")
    assert (document["counts"]["failed"], [one["code"] for one in document["findings"]]) == (
        1,
        ["stale_2w"],
    )


def test_an_account_stands_in_one_notice_of_a_sweep(office: Office) -> None:
    sweep = office.sweep(Q4, {1: STALE, 2: STALE})
    office.issue(sweep, "文1", date(2023, 1, 10))
    told = office.refused(*office.words_to_issue(sweep, "文2", date(2023, 1, 12)))
    assert "文1 names 2 accounts of sweep 1 already (示例1, 示例2)" in told
    assert "--again --reason" in told
    assert "both --again and --reason" in office.refused(
        *office.words_to_issue(sweep, "文2", date(2023, 1, 12)), "--again"
    )
    office.issue(sweep, "文2", date(2023, 1, 12), "--again", "--reason", "附件印制有误")
    assert "附件印制有误" in office.run("notice", "show", "文2").stdout
    # Two documents of one inspection are one time.
    again = office.sweep(Q1, {1: STALE})
    assert [one["times"] for one in office.handoff("--sweep", str(again))["findings"]] == [2]
    assert (
        office.within(lambda store: store.queries.run("SELECT * FROM repeat_offenders")).rows == ()
    )


def test_a_second_sweep_of_the_same_moment_is_no_second_inspection(office: Office) -> None:
    first = office.sweep(Q4, {1: STALE})
    office.issue(first, "文1", date(2023, 1, 9))
    second = office.sweep(Q4, {1: STALE, 2: STALE})
    assert f"文1 names 1 account of sweep {first} already" in office.refused(
        *office.words_to_issue(second, "文2", date(2023, 1, 12))
    )
    office.issue(second, "文2", date(2023, 1, 12), "--again", "--reason", "补发")
    corrected = office.run("notice", "correct", "文1", "1", *BY, "--yes")
    assert "文2" in corrected.stdout + corrected.stderr, "what still says the same is named"


def test_a_withdrawn_account_may_be_issued_in_another_notice(office: Office) -> None:
    sweep = office.sweep(Q4, {1: STALE})
    office.issue(sweep, "文1", date(2023, 1, 10))
    office.run("notice", "correct", "--yes", "文1", "1", *BY)
    for action in (ReviewAction.REOPENED, ReviewAction.CONFIRMED):
        office.decide(sweep, action)
    office.issue(sweep, "文2", date(2023, 1, 12))


def test_the_same_circular_as_published_counts_once(office: Office) -> None:
    office.issue(office.sweep(Q4, {1: STALE}), "文1", date(2023, 1, 10))
    office.import_published(1, date(2023, 1, 12))
    for as_of, times in ((Q1, 2), (Q2, 2)):
        sweep = office.sweep(as_of, {1: STALE})
        assert [one["times"] for one in office.handoff("--sweep", str(sweep))["findings"]] == [
            times
        ]
    assert "重复问题，连续2次" in str(office.sheets("--sweep", str(sweep))["突出问题名单"])


def rectified(office: Office, notice: int, item: int, result: Rectification) -> None:
    event = NoticeEvent(
        notice_id=notice,
        item=item,
        action=NoticeAction.RECHECKED,
        at=day_end(date(2023, 2, 20)),
        by="丙某",
        result=result,
        reason="2023-02-20复查：说明。",
        codes=(Code.STALE_2W,),
    )
    office.within(lambda store: store.notices.add_events([event]))


@pytest.mark.parametrize(
    ("result", "times"),
    [(Rectification.DONE, 1), (Rectification.NOT_DONE, 2), (Rectification.UNVERIFIED, 2)],
)
def test_a_repeat_ends_where_the_problem_was_rectified(
    office: Office, result: Rectification, times: int
) -> None:
    office.issue(office.sweep(Q4, {1: STALE}), "文1", date(2023, 1, 10))
    rectified(office, 1, 1, result)
    sweep = office.sweep(Q1, {1: STALE})
    assert [one["times"] for one in office.handoff("--sweep", str(sweep))["findings"]] == [times]


def test_a_notice_of_another_place_is_not_the_one_before(office: Office) -> None:
    office.issue(office.sweep(Q4, {1: STALE}, only=[1]), "甲1", date(2023, 1, 10))
    office.issue(office.sweep(date(2023, 1, 11), {2: STALE}, only=[2]), "乙1", date(2023, 1, 20))
    rectified(office, 2, 1, Rectification.NOT_DONE)
    sweep = office.sweep(Q1, {1: STALE}, only=[1])
    document = office.handoff("--sweep", str(sweep))
    assert [one["times"] for one in document["findings"]] == [2]
    assert "recheck" not in document
    # Of a notice on both places, an inspection of one prints its own accounts alone.
    both = office.sweep(date(2023, 4, 10), {1: STALE, 2: STALE})
    office.issue(both, "两1", date(2023, 4, 11))
    for item in (1, 2):
        rectified(office, 3, item, Rectification.NOT_DONE)
    sweep = office.sweep(Q2, {1: STALE}, only=[1])
    document = office.handoff("--sweep", str(sweep))
    assert [one["account"]["name"] for one in document["recheck"]["items"]] == ["示例1"]


def test_a_quarter_in_which_it_passed_ends_the_row(office: Office) -> None:
    office.issue(office.sweep(Q4, {1: STALE}), "文1", date(2023, 1, 10))
    office.issue(office.sweep(Q1, {2: STALE}), "文2", date(2023, 4, 10))
    sweep = office.sweep(Q2, {1: STALE, 2: STALE})
    assert {
        one["account"]["name"]: one["times"]
        for one in office.handoff("--sweep", str(sweep))["findings"]
    } == {"示例1": 1, "示例2": 2}


def test_a_sweep_from_before_a_notice_cannot_recheck_it(office: Office) -> None:
    before = office.sweep(date(2022, 9, 30), {})
    own = office.sweep(Q4, {1: STALE})
    office.issue(own, "文1", date(2023, 1, 10))
    between = office.sweep(date(2023, 1, 5), {})
    for sweep, told in (
        (before, "is not later than the inspection of 文1"),
        (own, "is not later than the inspection of 文1"),
        (between, "lies before 文1 was issued (2023-01-10)"),
    ):
        assert told in office.refused("recheck", "文1", "--sweep", str(sweep))
    assert "is not later than the inspection of 文1" in office.refused(
        "recheck", "文1", "--as-of", "2022-12-30"
    )
    assert office.within(lambda store: store.notices.events()) == []


def test_results_are_those_of_what_still_stands(office: Office) -> None:
    office.issue(office.sweep(Q4, {1: [*STALE, *NAMED]}), "文1", date(2023, 1, 10))
    # It posts again, and bears the other name still.
    again = office.sweep(date(2023, 2, 20), {1: NAMED}, otherwise=Verdict.FRESH)
    done = office.run("recheck", "文1", "--sweep", str(again))
    assert "未整改" in done.stdout
    events = office.within(lambda store: store.notices.events())
    assert [(event.codes, event.result) for event in events] == [
        ((Code.STALE_2W,), Rectification.DONE), ((Code.NAME_MISMATCH,), Rectification.NOT_DONE),
    ]  # fmt: skip
    next_one = office.sweep(Q1, {1: NAMED})

    def printed() -> tuple[str, str]:
        (one,) = office.handoff("--sweep", str(next_one))["recheck"]["items"]
        row = office.sheets("--sweep", str(next_one))["复查情况"][-1]
        said = office.within(lambda store: store.queries.run("SELECT * FROM recheck"))
        query = dict(zip(said.columns, said.rows[0], strict=True))
        assert (
            (one["problem"], one["label"])
            == (row[4], row[5])
            == (query["存在的突出问题"], query["复查结果"])
        )
        return one["problem"], one["label"]

    assert printed() == ("名称不一致", "未整改")
    office.run("notice", "correct", "--yes", "文1", "1", "--code", "name_mismatch", *BY)
    assert printed() == ("超2周未更新", "已完成整改")


def test_a_result_of_the_whole_item_ends_with_a_correction(office: Office) -> None:
    office.issue(office.sweep(Q4, {1: [*STALE, *NAMED]}), "文1", date(2023, 1, 10))
    event = NoticeEvent(
        notice_id=1,
        item=1,
        action=NoticeAction.RECHECKED,
        at=day_end(date(2023, 2, 20)),
        by="丙某",
        result=Rectification.NOT_DONE,
        reason="2023-02-20复查：名称不一致。",
    )
    office.within(lambda store: store.notices.add_events([event]))
    next_one = office.sweep(Q1, {1: NAMED})
    assert [
        one["label"] for one in office.handoff("--sweep", str(next_one))["recheck"]["items"]
    ] == ["未整改"]
    office.run("notice", "correct", "--yes", "文1", "1", "--code", "name_mismatch", *BY)
    assert "recheck" not in office.handoff("--sweep", str(next_one))
    assert office.within(lambda store: store.queries.run("SELECT * FROM recheck")).rows[0][8] == ""


@pytest.mark.parametrize("cancelled", [True, False])
def test_filed_as_closed_is_deregistered_by_the_platforms_word_alone(
    office: Office, cancelled: bool
) -> None:
    office.issue(office.sweep(Q4, {1: STALE}), "文1", date(2023, 1, 10))
    refiled(office, 1, status=FiledStatus.CLOSED)
    again = office.sweep(date(2023, 2, 20), {}, verdicts={1: Verdict.LISTED})
    outcome = Outcome.CANCELLED if cancelled else Outcome.NO_EVIDENCE
    seen = reading(1, day_end(date(2023, 2, 20)), again, outcome=outcome, name="")

    async def looked(store: Store) -> None:
        await store.readings.keep(seen)
        await store.sweeps.keep_judgements(
            again, {1: Judgement(verdict=Verdict.LISTED, sentence="已关停。")}
        )

    office.within(looked)
    office.run("recheck", "文1", "--sweep", str(again))
    (event,) = office.within(lambda store: store.notices.events())
    assert event.result is (
        Rectification.DEREGISTERED if cancelled else Rectification.FILED_AS_CLOSED
    )
    assert event.result.label == ("已注销" if cancelled else "已申报关停")


def test_the_same_accusation_elsewhere_is_named_and_corrected_at_once(office: Office) -> None:
    sweep = office.sweep(Q4, {1: STALE, 2: STALE})
    office.issue(sweep, "文1", date(2023, 1, 10))
    office.issue(sweep, "文2", date(2023, 1, 12), "--again", "--reason", "补发")
    office.import_published(2, date(2023, 1, 12))
    told = office.run("notice", "correct", "--yes", "文1", "1", *BY).stderr
    assert "文2 still says 超2周未更新 of 示例1 (item 1): `mediawatch notice correct 文2 1" in told
    assert "省1" not in told
    done = office.run("notice", "correct", "--yes", "文1", "2", *BY, "--everywhere")
    assert [line for line in done.stdout.splitlines() if "corrected" in line] == [
        "文1: item 2 corrected", "文2: item 2 corrected", "省1: item 1 corrected",
    ]  # fmt: skip
    assert "still says" not in done.stderr
    assert [one["account"]["name"] for one in office.handoff("--notice", "文2")["findings"]] == [
        "示例1"
    ]


def test_one_account_filed_twice_stands_once_and_is_cleared_as_one(tmp_path: Path) -> None:
    office = Office.of(
        tmp_path, filed(1), filed(2, platform_id="1001", prefecture="乙市"), filed(3)
    )
    sweep = office.sweep(Q4, {1: STALE, 2: STALE}, otherwise=Verdict.FRESH)
    sheets = office.sheets("--sweep", str(sweep))
    (row,) = [row for row in sheets["突出问题名单"] if row[0] in ("B001", "B002")]
    assert (row[0], row[4]) == ("B001", "超2周未更新（同一账号另有备案：B002）")
    office.issue(sweep, "文1", date(2023, 1, 10))
    (notice,) = office.within(lambda store: store.notices.all())
    assert [(item.filed.filing_number, item.problem) for item in notice.items] == [
        ("B001", "超2周未更新（同一账号另有备案：B002）")
    ]
    document = office.handoff("--notice", "文1")
    assert (
        document["counts"]["failed"],
        [one["account"]["filing_number"] for one in document["findings"]],
    ) == (1, ["B001"])
    office.run("notice", "correct", "--yes", "文1", "1", *BY)
    document = office.handoff("--notice", "文1")
    assert (document["counts"]["failed"], document["findings"]) == (0, [])
    assert "B002" not in str(office.sheets("--sweep", str(sweep)).get("突出问题名单"))
    assert office.handoff("--sweep", str(sweep))["findings"] == []


def test_an_account_filed_twice_is_open_once(tmp_path: Path) -> None:
    office = Office.of(tmp_path, filed(1), filed(2, platform_id="1001"), filed(3))
    sweep = office.sweep(Q4, {3: STALE}, verdicts={1: Verdict.UNPROVEN, 2: Verdict.UNPROVEN})
    document = office.handoff("--sweep", str(sweep))
    assert len(document["unproven"]) == document["counts"]["unproven"] == 1


def later_post(office: Office, account: int, sweep: int) -> None:
    """A look four days after the issue shows a post in the window."""
    post = Post(on=date(2022, 12, 28), at=day_end(date(2022, 12, 28)), id="p1")
    office.within(
        lambda store: store.readings.keep(reading(account, day_end(date(2023, 1, 14)), None, post))
    )


def test_a_notice_that_would_not_be_issued_today_says_correction_due(office: Office) -> None:
    sweep = office.sweep(Q4, {1: STALE, 2: STALE})
    office.issue(sweep, "文1", date(2023, 1, 10))
    before = office.run("notice", "show", "文1", "--out", office.home.root.parent / "前.json")
    for words in (("notice", "show", "文1"), ("notice", "list"), ("status",)):
        assert "correction due" not in office.run(*words).stdout
    later_post(office, 2, sweep)
    due = (
        "correction due: 文1第2项“示例2”"
        "（超2周未更新）：2023-01-14微博网页版主页（登录）读到2022-12-28的内容"
    )
    for words in (("notice", "show", "文1"), ("notice", "list"), ("status",)):
        assert due in office.run(*words).stdout
    (said,) = json.loads(office.run("status", "--json").stdout)["corrections_due"]
    assert (said["notice"], said["item"], said["name"]) == ("文1", 2, "示例2")
    # What was issued stays until a person corrects it.
    office.run("notice", "show", "文1", "--out", office.home.root.parent / "后.json")
    assert before.returncode == 0
    assert (office.home.root.parent / "后.json").read_bytes() == (
        office.home.root.parent / "前.json"
    ).read_bytes()
    assert office.handoff("--notice", "文1")["counts"]["failed"] == 2
    office.run("notice", "correct", "--yes", "文1", "2", *BY)
    assert "correction due" not in office.run("notice", "list").stdout


def test_the_digest_names_what_notices_have_to_correct() -> None:
    due = CorrectionDue(
        notice="文1",
        item=2,
        name="示例2",
        problem="超2周未更新",
        cause="2023-01-14微博网页版读到2022-12-28的内容",
    )
    at = day_end(Q4)
    sweep = Sweep(as_of=at, policy="national", policy_toml="", started_at=at, id=1)
    night = SweepRun(started_at=at, sweep_id=1, verdicts={"fresh": 1})
    _, body = SweepDigest(sweep, night, [], {}, {}, due=[due]).compose(lines=20, size=2_000)
    assert "通报应更正（correction due）1处，见 mediawatch notice list" in body
    assert due.words in body
    assert (
        "correction due"
        not in SweepDigest(sweep, night, [], {}, {}).compose(lines=20, size=2_000)[1]
    )


def test_the_digest_names_places_that_a_correction_waits_for() -> None:
    place = Publication(place="示例网", url="", on=date(2023, 1, 11), version=1)
    left = UnfinishedCorrection(notice="文1", place=place)
    at = day_end(Q4)
    sweep = Sweep(as_of=at, policy="national", policy_toml="", started_at=at, id=1)
    night = SweepRun(started_at=at, sweep_id=1, verdicts={"fresh": 1})
    told = SweepDigest(sweep, night, [], {}, {}, unfinished=[left])
    _, body = told.compose(lines=20, size=2_000)
    assert "更正未完成1处，见 mediawatch notice list" in body
    assert "文1：示例网（2023-01-11发布）仍为更正前的内容" in body


def test_who_was_faster_has_issued_the_account(office: Office) -> None:
    sweep = office.sweep(Q4, {1: STALE})
    office.issue(sweep, "文1", date(2023, 1, 10))
    (notice,) = office.within(lambda store: store.notices.all())
    with pytest.raises(UserError, match="accounts of sweep 1 stand in 文1 already"):
        office.within(lambda store: store.notices.issue(replace(notice, number="文2")))
    office.within(lambda store: store.notices.issue(replace(notice, number="文2", again="补发")))


def test_the_offered_command_withdraws_no_more_than_before(office: Office) -> None:
    sweep = office.sweep(Q4, {1: [*STALE, *NAMED]})
    office.issue(sweep, "文1", date(2023, 1, 10))
    office.issue(sweep, "文2", date(2023, 1, 12), "--again", "--reason", "补发")
    told = office.run(
        "notice", "correct", "--yes", "文1", "1", "--code", "name_mismatch", *BY
    ).stderr
    assert "`mediawatch notice correct 文2 1 --code name_mismatch --by" in told
    assert (
        "still says"
        not in office.run(
            "notice", "correct", "--yes", "文2", "1", "--code", "name_mismatch", *BY
        ).stderr
    )
    assert [one["code"] for one in office.handoff("--notice", "文2")["findings"]] == ["stale_2w"]


@pytest.mark.parametrize(("read_on", "due"), [(date(2023, 1, 8), True), (date(2023, 2, 20), False)])
def test_what_was_put_right_after_the_issue_is_no_mistake(
    office: Office, read_on: date, due: bool
) -> None:
    """A name that a later look finds in order is rectified; one that was in order before the issue
    was printed in error.
    """
    sweep = office.sweep(Q4, {1: NAMED}, otherwise=Verdict.FRESH)
    office.issue(sweep, "文1", date(2023, 1, 10))

    async def looked(store: Store) -> None:
        await store.readings.keep(reading(1, day_end(read_on)))
        await store.sweeps.keep_judgements(sweep, {1: FRESH})

    office.within(looked)
    assert ("correction due" in office.run("notice", "list").stdout) is due
