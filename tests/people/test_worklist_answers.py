"""One row, one reading: what a person's word may prove, and everything that is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worklists import (
    AS_OF,
    BROKEN,
    FRESH,
    GH,
    GONE,
    LOOKED_AT,
    NOW,
    POLICY,
    STALE,
    WINDOW,
    asked,
    filed,
    png,
    read,
    refused,
    row,
    typed,
)

from mediawatch.domain import (
    Evidence,
    EvidenceKind,
    FiledStatus,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    Reading,
    Sight,
    Verdict,
)
from mediawatch.domain.clock import BEIJING, day_start
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.pictures import Shot
from mediawatch.people.forms.rowkey import Window
from mediawatch.people.worklist.answers import answer
from mediawatch.ports import Dossier
from mediawatch.registry.problems import RowProblem
from mediawatch.rules.judge import judge


def test_the_window_is_fourteen_days_and_the_day_itself() -> None:
    assert (WINDOW.start, WINDOW.end) == (date(2031, 12, 17), date(2031, 12, 31))
    assert WINDOW.question(FiledStatus.RUNNING) == "12月17日（含）至12月31日有无发布？"
    over_new_year = Window(datetime(2032, 1, 8, 23, 59, 59, tzinfo=BEIJING), date(2031, 12, 25))
    assert over_new_year.words == "2031年12月25日（含）至2032年1月8日"
    assert "是否还能看到" in WINDOW.question(FiledStatus.CLOSED)


def test_a_positive_needs_nothing_but_a_name_under_it() -> None:
    reading = read(FRESH, shots=())
    (sight,) = reading.sights
    assert (reading.look, reading.by, reading.read_at, reading.sweep_id) == (
        LookKind.PERSON,
        "甲某",
        NOW,
        3,
    )
    assert sight.posts == (Post(on=WINDOW.start, kind=sight.posts[0].kind),), (
        "without a day: a lower bound"
    )
    assert (sight.complete_since, sight.outcome, sight.name) == (None, Outcome.OK, "")
    dated = read({**FRESH, Column.POSTED_ON: date(2031, 12, 20)}, shots=())
    assert dated.posts[0].on == date(2031, 12, 20)


def test_a_negative_says_from_when_the_list_was_seen_whole() -> None:
    reading = read(STALE)
    assert reading.read_at == LOOKED_AT.replace(tzinfo=BEIJING)
    assert (reading.posts[0].on, reading.complete_since) == (
        date(2031, 11, 2),
        day_start(date(2031, 11, 2)),
    )
    (capture,) = reading.sights[0].captures
    assert (capture.kind, capture.media_type, capture.body, capture.taken_at) == (
        EvidenceKind.PICTURE,
        "image/png",
        png(),
        reading.read_at,
    )
    blank = read({**STALE, Column.POSTED_ON: ""})
    assert (blank.posts, blank.complete_since, blank.outcome) == (
        (),
        day_start(WINDOW.start),
        Outcome.OK,
    )
    judged = judge(Dossier(filed=filed(), readings=(as_kept(blank),)), AS_OF, POLICY)
    assert (judged.verdict, judged.findings[0].gap_days, judged.findings[0].gap_is_minimum) == (
        Verdict.FAILED,
        15,
        True,
    )
    later = read({**STALE, Column.POSTED_ON: date(2032, 1, 2)})
    assert later.complete_since == day_start(WINDOW.start), (
        "only a post after as_of: silent over the window all the same"
    )
    long_ago = filed(opened_on=date(2020, 1, 1))
    assert (
        judge(Dossier(filed=long_ago, readings=(as_kept(later),)), AS_OF, POLICY).verdict
        is Verdict.LISTED
    )
    assert (
        judge(Dossier(filed=filed(), readings=(as_kept(later),)), AS_OF, POLICY).verdict
        is Verdict.UNPROVEN
    ), "opened since, perhaps"


def as_kept(reading: Reading) -> Reading:
    """As the store gives it back: the pictures are evidence."""
    sights = [
        replace(
            sight,
            captures=(),
            evidence=tuple(
                Evidence(
                    kind=one.kind,
                    media_type=one.media_type,
                    path="a",
                    sha256="0" * 64,
                    size=1,
                    taken_at=one.taken_at,
                )
                for one in sight.captures
            ),
        )
        for sight in reading.sights
    ]
    return replace(reading, id=1, sights=tuple(sights))


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("搜索不到", Outcome.NOT_FOUND),
        ("已注销", Outcome.CANCELLED),
        ("已封禁", Outcome.BANNED),
        ("从未发布", Outcome.NO_POSTS),
        ("已迁移", Outcome.MIGRATED),
        ("看不到内容", Outcome.NO_EVIDENCE),
    ],
)
def test_a_state_is_an_outcome(state: str, outcome: Outcome) -> None:
    reading = read({**GONE, Column.STATE: state})
    assert (reading.outcome, reading.posts, reading.complete_since) == (outcome, (), None)
    if outcome.negative:
        assert read({**GONE, Column.STATE: state, Column.POSTED: "无"}).outcome is outcome
        assert set(refused({Column.STATE: state, Column.PERSON: "甲某"}, shots=())) == {
            Column.SEEN_ID,
            Column.TIME,
            Column.SHOT,
        }
    else:
        assert read({Column.STATE: state, Column.PERSON: "甲某"}, shots=()).outcome is outcome


POSTED_ON, TIME, SEEN_ID, STATE, NAME = (
    Column.POSTED_ON,
    Column.TIME,
    Column.SEEN_ID,
    Column.STATE,
    Column.SEEN_NAME,
)


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({**FRESH, Column.PERSON: " "}, Column.PERSON, "请填写核查人"),
        ({**FRESH, Column.POSTED: "不知道"}, Column.POSTED, "请选择"),
        ({**FRESH, Column.POSTED: "", POSTED_ON: date(2031, 12, 20)}, Column.POSTED, "请选择"),
        ({**FRESH, STATE: "挺好"}, STATE, "下拉列表"),
        ({**FRESH, STATE: "搜索不到"}, STATE, "矛盾"),
        ({**STALE, STATE: "看不到内容", POSTED_ON: ""}, Column.POSTED, "不能证明无发布"),
        ({**GONE, STATE: "从未发布", POSTED_ON: date(2031, 1, 1)}, POSTED_ON, "不应有发布日期"),
        ({**FRESH, POSTED_ON: date(2031, 12, 16)}, POSTED_ON, "12月17日（含）至12月31日之内"),
        ({**FRESH, POSTED_ON: date(2032, 1, 1)}, POSTED_ON, "之内"),
        ({**FRESH, POSTED_ON: date(2032, 1, 7)}, POSTED_ON, "晚于今天"),
        (
            {**FRESH, TIME: typed("2031-12-20 08:00"), POSTED_ON: date(2031, 12, 21)},
            POSTED_ON,
            "晚于核查时间",
        ),
        ({**FRESH, TIME: typed("2031-12-16 08:00")}, TIME, "早于所问的日期"),
        ({**FRESH, TIME: typed("2032-01-06 12:01")}, TIME, "晚于现在"),
        ({**FRESH, POSTED_ON: "上个月"}, POSTED_ON, "无法识别"),
        ({**FRESH, POSTED_ON: "12月32日"}, POSTED_ON, "没有这一天"),
        ({**FRESH, TIME: "昨天"}, TIME, "时间无法识别"),
        ({**FRESH, NAME: "同上"}, NAME, "照原样填写"),
        ({**STALE, POSTED_ON: date(2031, 12, 17)}, POSTED_ON, "应选“有”"),
        ({**STALE, POSTED_ON: date(2031, 12, 31)}, POSTED_ON, "应选“有”"),
        ({**STALE, POSTED_ON: date(2032, 1, 4)}, POSTED_ON, "晚于核查时间"),
        ({**STALE, TIME: ""}, TIME, "必须填写核查时间"),
        ({**STALE, TIME: typed("2031-12-31 23:59")}, TIME, "早于监测时间点"),
        ({**STALE, TIME: date(2031, 12, 31)}, TIME, "早于监测时间点"),
        ({**STALE, SEEN_ID: ""}, SEEN_ID, "必须填写核对ID"),
        ({**STALE, SEEN_ID: "gh_0000000000b9"}, SEEN_ID, "可能是另一个账号"),
        ({**FRESH, SEEN_ID: "gh_0000000000b9"}, SEEN_ID, "可能是另一个账号"),
        ({**FRESH, SEEN_ID: 1.234567890123457e16}, SEEN_ID, "超过15位"),
        ({**GONE, **FRESH, NAME: "别的名字", SEEN_ID: "别的号"}, SEEN_ID, "不能证明是同一个账号"),
    ],
)
def test_what_is_refused(cells: Mapping[Column, Any], column: Column, words: str) -> None:
    reasons = refused(cells)
    assert set(reasons) == {column}
    assert words in reasons[column]


def test_a_refusal_names_file_row_field_value_and_remedy() -> None:
    (problem,) = answer(row(FRESH, POSTED_ON=date(2031, 12, 1)), asked(), NOW)  # type: ignore[misc]
    assert isinstance(problem, RowProblem)
    assert problem.sentence.startswith("甲.xlsx 待核查清单 第7行「最近发布日期」：选了“有”")
    assert "（填写的是“2031-12-01”）" in problem.sentence


@pytest.mark.parametrize("shots", [(), BROKEN])
def test_whatever_speaks_against_an_account_needs_a_picture(shots: tuple[Shot, ...]) -> None:
    renamed = {**GONE, **FRESH, NAME: "示例市改名局"}
    for cells, ask in (
        (STALE, asked()),
        (renamed, asked()),
        ({**GONE, **FRESH}, asked(status=FiledStatus.CLOSED)),
    ):
        reasons = refused(cells, ask, shots)
        assert set(reasons) == {Column.SHOT}
        assert all(shot.problem in reasons[Column.SHOT] for shot in shots)
        assert read(cells, ask).sights[0].captures
    assert set(refused({**FRESH, NAME: "示例市改名局"}, asked(linked=True), shots)) == {
        Column.SHOT,
        SEEN_ID,
        TIME,
    }
    assert read(FRESH, shots=shots).sights[0].captures == (), "a positive stands without"


@pytest.mark.parametrize(
    ("cells", "seen", "column"),
    [
        (STALE, date(2031, 11, 3), POSTED_ON),
        ({**STALE, POSTED_ON: ""}, date(2031, 12, 17), Column.POSTED),
        ({**STALE, POSTED_ON: date(2032, 1, 2)}, date(2031, 12, 20), Column.POSTED),
        ({**GONE, STATE: "从未发布"}, date(2029, 1, 1), STATE),
        ({**FRESH, POSTED_ON: date(2031, 12, 18)}, date(2031, 12, 19), POSTED_ON),
    ],
)
def test_a_person_does_not_unsee_what_a_machine_saw(
    cells: Mapping[Column, Any], seen: date, column: Column
) -> None:
    assert set(refused(cells, asked(posted_on=(seen,)))) == {column}


def test_what_came_after_the_look_or_after_as_of_is_no_contradiction() -> None:
    read(STALE, asked(posted_on=(date(2031, 11, 2), date(2032, 1, 4))))
    read({**FRESH, POSTED_ON: date(2031, 12, 18)}, asked(posted_on=(date(2032, 1, 2),)))
    assert set(refused(STALE, asked(posted_on=(date(2032, 1, 3),)))) == {POSTED_ON}, (
        "the person looked that day and saw less"
    )


@pytest.mark.parametrize(
    ("seen_id", "values", "linked", "matched"),
    [
        (GH, {}, False, MatchedBy.ID),
        (f"原始ID:{GH.upper()}", {}, True, MatchedBy.ID),
        ("ｓｈｉｌｉ０１", {"alias": "Shili01"}, False, MatchedBy.ID),
        (
            "https://weibo.example.test/u/1234567890",
            {"platform": "weibo", "platform_id": "1234567890"},
            False,
            MatchedBy.ID,
        ),
        (1234567890.0, {"original_id": "", "platform_id": "1234567890"}, False, MatchedBy.ID),
        ("shili01", {}, True, MatchedBy.URL),
        ("shili01", {}, False, MatchedBy.NAME),
        ("", {}, True, MatchedBy.URL),
        ("", {}, False, MatchedBy.NAME),
    ],
)
def test_how_a_row_is_tied_to_its_account(
    seen_id: object, values: dict[str, Any], linked: bool, matched: MatchedBy
) -> None:
    assert (
        read({**FRESH, SEEN_ID: seen_id}, asked(linked=linked, **values)).sights[0].matched_by
        is matched
    )


@pytest.mark.parametrize(
    ("seen_id", "values"),
    [
        ("shili02", {"alias": "shili01"}),
        ("1234567891", {"original_id": "", "platform_id": "1234567890"}),
    ],
)
def test_another_id_of_the_same_kind_is_another_account(
    seen_id: str, values: dict[str, Any]
) -> None:
    assert set(refused({**FRESH, SEEN_ID: seen_id}, asked(linked=True, **values))) == {SEEN_ID}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("", ""),
        ("一致", "示例市第1测试局"),
        ("√", "示例市第1测试局"),
        ("无", ""),
        ("示例市第 1 测试局", "示例市第 1 测试局"),
        ("=1+1", "=1+1"),
    ],
)
def test_a_name_is_what_was_read(written: str, name: str) -> None:
    assert read({**STALE, NAME: written}).sights[0].name == name


def test_an_account_that_is_called_like_a_remark() -> None:
    assert read({**FRESH, NAME: "正常"}, asked(name="正常")).sights[0].name == "正常"


@given(
    posted=st.booleans(),
    offset=st.integers(-40, 8),
    looked_after=st.integers(-20, 6),
    hour=st.integers(0, 23),
)
def test_around_the_edges_nothing_false_gets_through(
    posted: bool, offset: int, looked_after: int, hour: int
) -> None:
    on = WINDOW.end + timedelta(days=offset)
    looked = datetime.combine(WINDOW.end, time(hour)) + timedelta(days=looked_after)
    cells = {**STALE, Column.POSTED: "有" if posted else "无", POSTED_ON: on, TIME: looked}
    got = answer(row(cells), asked(), NOW)
    at = looked.replace(tzinfo=BEIJING)
    possible = on <= looked.date() and at <= NOW
    holds = possible and (on in WINDOW if posted else on not in WINDOW and at >= AS_OF)
    assert isinstance(got, Reading) is holds
    if isinstance(got, Reading):
        judged = judge(
            Dossier(filed=filed(opened_on=date(2020, 1, 1)), readings=(as_kept(got),)),
            AS_OF,
            POLICY,
        )
        expected = (
            {Verdict.FRESH}
            if posted
            else {Verdict.FAILED}
            if on < WINDOW.start
            else {Verdict.LISTED}
        )
        assert judged.verdict in expected


@given(days=st.sets(st.integers(-40, 6), max_size=4), offset=st.integers(-40, 3))
def test_no_negative_survives_a_machines_sight_of_the_window(days: set[int], offset: int) -> None:
    """Whatever machines saw: an accepted 无 never turns an account with a post in the window into a
    finding.
    """
    seen = tuple(WINDOW.end + timedelta(days=day) for day in days)
    on = WINDOW.end + timedelta(days=offset)
    got = answer(row({**STALE, POSTED_ON: on}), asked(posted_on=seen), NOW)
    if isinstance(got, Reading):
        assert not any(day in WINDOW for day in seen)
        machine = Sight(
            surface="wechat.article",
            read_at=NOW,
            matched_by=MatchedBy.ID,
            posts=tuple(Post(on=day) for day in seen),
        )
        look = Reading(
            account_id=1, look=LookKind.FIRST, started_at=NOW, read_at=NOW, sights=(machine,), id=1
        )
        judged = judge(Dossier(filed=filed(), readings=(look, replace(got, id=2))), AS_OF, POLICY)
        assert judged.verdict in (Verdict.FAILED, Verdict.LISTED, Verdict.UNPROVEN)
