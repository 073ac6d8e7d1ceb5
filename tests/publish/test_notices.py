"""`mediawatch notice` over a real home: what is issued, refused and corrected; nothing that was
issued ever changes.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from evidence_files import all_evidence
from hearings import heard
from openpyxl import load_workbook
from review_homes import ONE, TWO, mediawatch, within
from review_homes import prepared as prepared
from samples import FILE, NOW, PLAIN, enter, finding, plain_reading
from samples import open_sweep as opened_sweep
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner
from worklists import POLICY

from db.engine import migration_engine, normal_url
from db.models import ISSUED, NoticeAccountRow
from mediawatch.cli import app, base
from mediawatch.domain import (
    Account,
    Code,
    Contact,
    IssuedDocument,
    IssuedFinding,
    Judgement,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Reconsideration,
    Rectification,
    RegistryChanges,
    ReviewState,
    Sweep,
    SweepAccount,
    SweepState,
    UpdatedAccount,
    UserError,
    Verdict,
)
from mediawatch.ops.settings import Home
from mediawatch.people.feedback import take
from mediawatch.ports import Store
from mediawatch.publish.notices.deadlines import deadline
from mediawatch.publish.reports import notices as reports
from mediawatch.publish.rounds import EarlierNotices, Issues, past

ISSUE = (
    "notice",
    "issue",
    "--number",
    "示例办函〔2032〕1号",
    "--title",
    "示例通报",
    "--date",
    "2032-01-10",
    "--by",
    "丙某",
)


@pytest.fixture
def home(prepared: Home, tmp_path: Path) -> Home:
    shutil.copytree(prepared.root, tmp_path / "home")
    home = Home(tmp_path / "home")
    within(home, lambda store: heard(store, 1, NOW))
    assert (
        mediawatch(
            home, "review", "confirm", "--by", "丙某", "--code", "stale_2w", "--yes"
        ).exit_code
        == 0
    )
    return home


def test_confirmed_findings_are_issued_with_their_hand_off(home: Home, tmp_path: Path) -> None:
    done = mediawatch(
        home,
        *ISSUE,
        "--rectify-by",
        "2032-01-20",
        "--report-by",
        "+12日",
        "--out",
        str(tmp_path / "一.json"),
    )
    assert done.exit_code == 0, done.stderr
    assert "示例办函〔2032〕1号: 2 accounts, 2 failed; hand-off version 1, SHA-256" in done.stdout
    assert "报送期限: 2032-01-22" in done.stdout
    body = (tmp_path / "一.json").read_bytes()
    assert hashlib.sha256(body).hexdigest() in done.stdout
    document = json.loads(body)
    assert document["notice"] == {
        "number": "示例办函〔2032〕1号", "title": "示例通报", "issued_on": "2032-01-10", "rectify_by": "2032-01-20",
        "report_by": "2032-01-22", "version": 1, "addressees": "", "copies": "", "publicity": "",
    }  # fmt: skip
    assert (document["counts"]["failed"], document["corrections"]) == (2, [])
    (notice,) = within(home, lambda store: store.notices.all())
    one, two = notice.items
    assert (one.filed.name, two.filed.name, one.problem, one.fails) == (
        ONE,
        TWO,
        "超2周未更新",
        True,
    )
    (held,) = one.findings
    assert held.finding.review is ReviewState.CONFIRMED
    assert "间隔59天" in held.finding.sentence
    kept = within(home, lambda store: store.readings.by_id(held.finding.reading_ids))
    assert held.evidence == tuple(
        item.sha256
        for readings in kept.values()
        for reading in readings
        for item in reading.evidence
    )
    # Reviewed otherwise afterwards, the notice says what it said.
    assert (
        mediawatch(
            home, "review", "reopen", "1/stale_2w", "--by", "丙某", "--reason", "重看"
        ).exit_code
        == 0
    )
    assert within(home, lambda store: store.notices.all()) == [notice]
    shown = mediawatch(home, "notice", "show", "1", "--out", str(tmp_path / "再.json"))
    assert shown.exit_code == 0
    assert (tmp_path / "再.json").read_bytes() == body
    assert "示例办函〔2032〕1号" in mediawatch(home, "notice", "list").stdout
    assert all(
        words in mediawatch(home, "notice", "show", "示例办函〔2032〕1号").stdout
        for words in (ONE, "超2周未更新", "移交件第1版")
    )


@pytest.mark.parametrize(
    ("before", "words", "told"),
    [
        (
            ("review", "reopen", "1/stale_2w", "--by", "丙某", "--reason", "x"),
            (),
            "sweep 1: 1 finding neither confirmed nor",
        ),
        (
            ("review", "reopen", "1/stale_2w", "--by", "丙某", "--reason", "x"),
            ("--leave-out-open",),
            "sweep 1: 1 account open",
        ),
        ((*ISSUE,), (), "there is a notice 示例办函〔2032〕1号 already"),
        ((), ("--rectify-by", "+10工作日"), "the calendar of working days does not have 2032 yet"),
        ((), ("--rectify-by", "2032-01-09"), "lies before the day of issue"),
        ((), ("--report-by", "下周"), "write it as 2022-12-31; or give +10工作日 or +14日"),
        ((), ("--title", " "), "a notice needs --title"),
    ],
)
def test_what_may_not_be_issued(
    home: Home, before: tuple[str, ...], words: tuple[str, ...], told: str
) -> None:
    if before:
        assert mediawatch(home, *before).exit_code == 0
    count = len(within(home, lambda store: store.notices.all()))
    given = list(ISSUE)
    if words and words[0] in given:
        place = given.index(words[0])
        del given[place : place + 2]
    done = mediawatch(home, *given, *words)
    assert (
        done.exit_code,
        told in done.stderr,
        len(within(home, lambda store: store.notices.all())),
    ) == (2, True, count), done.stderr


def test_a_notice_is_not_dated_before_its_inspection(home: Home) -> None:
    as_of = max(sweep.as_of for sweep in within(home, lambda store: store.sweeps.all()))
    early = (*ISSUE[:-4], "--date", str(as_of.date() - timedelta(days=1)), "--by", "丙某")
    done = mediawatch(home, *early)
    assert (done.exit_code, "is before the inspection's own day" in done.stderr) == (2, True), (
        done.stderr
    )
    assert within(home, lambda store: store.notices.all()) == []


def test_a_correction_names_the_account_and_asks(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mediawatch(home, *ISSUE).exit_code == 0
    words = ("notice", "correct", "1", "1", "--by", "丙某", "--reason", "有误")
    done = mediawatch(home, *words)
    assert (done.exit_code, within(home, lambda store: store.notices.events())) == (2, [])
    assert (
        f"item 1 of 示例办函〔2032〕1号 is “{ONE}”: add --yes if it is the one to be corrected"
        in done.stderr
    )
    monkeypatch.setattr(base, "is_asked", lambda: True)
    typed = ["--home", str(home.root), *words]
    no, yes = (CliRunner().invoke(app, typed, input=answer) for answer in ("n\n", "y\n"))
    assert (no.exit_code, yes.exit_code) == (2, 0)
    assert f"第1项：“{ONE}”" in no.stdout
    assert len(within(home, lambda store: store.notices.events())) == 1


def test_an_appeal_that_was_upheld_waits_for_its_correction(home: Home) -> None:
    assert mediawatch(home, *ISSUE).exit_code == 0
    for by, more in (("单位", ()), ("戊某", ("--result", "upheld"))):
        assert (
            mediawatch(
                home, "notice", "appeal", "1", "2", "--by", by, "--reason", "属实", *more
            ).exit_code
            == 0
        )
    due = "correction due: 示例办函〔2032〕1号第2项"
    for words in (("notice", "show", "1"), ("notice", "list"), ("status",)):
        done = mediawatch(home, *words)
        assert done.exit_code == 0, (words, done.output)
        told = done.stdout
        assert due in told, words
        assert "经戊某复核不予维持，尚未更正" in told
    assert (
        mediawatch(
            home, "notice", "correct", "1", "2", "--by", "丙某", "--reason", "申诉成立", "--yes"
        ).exit_code
        == 0
    )
    assert due not in mediawatch(home, "status").stdout


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-03-06", date(2023, 3, 6)),
        ("+14日", date(2023, 1, 29)),
        ("+ 14 天", date(2023, 1, 29)),
        # 2023 春节 is 01-21 to 01-27; the Saturday and Sunday after it are worked.
        ("+5工作日", date(2023, 1, 20)),
        ("+6个工作日", date(2023, 1, 28)),
        ("+10工作日", date(2023, 2, 1)),
    ],
)
def test_a_deadline(text: str, day: date) -> None:
    assert deadline(text, date(2023, 1, 15)) == day


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2023-02-30", "deadline 2023-02-30: there is no such day"),
        ("二月底", "that is no day: write it as 2022-12-31; or"),
    ],
)
def test_what_is_no_deadline(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        deadline(text, date(2023, 1, 15))


async def test_what_was_issued_cannot_be_changed_even_by_sql(
    any_store: Store, migrated_url: str
) -> None:
    (account,) = await enter(any_store, PLAIN)
    kept = await any_store.readings.keep(plain_reading(account.id))
    sweep = await opened_sweep(any_store, [account])
    held = IssuedFinding(finding(kept.id, review=ReviewState.CONFIRMED), ("a" * 64,))
    items = (
        NoticeItem(
            number=1,
            filed=PLAIN,
            problem="超2周未更新",
            fails=True,
            account_id=account.id,
            findings=(held,),
        ),
        NoticeItem(number=2, filed=PLAIN, problem="长期未更新", fails=True, result="已完成整改"),
    )
    notice = Notice(
        number="一",
        title="示例",
        issued_on=date(2031, 3, 6),
        report_by=date(2031, 3, 9),
        sweep_id=sweep.id,
        by="丙某",
        kept_at=NOW,
        items=items,
    )
    document = IssuedDocument(version=1, sha256="b" * 64, body='{"名": 1}\n', at=NOW)
    issued = await any_store.notices.issue(notice, document)
    events = [
        NoticeEvent(
            notice_id=issued.id, item=1, action=NoticeAction.CORRECTED, at=NOW, by="丙某", reason="r", codes=(Code.STALE_2W,),
            source="s",
        ),
        NoticeEvent(
            notice_id=issued.id, item=2, action=NoticeAction.RECHECKED, at=NOW, by="丙某", result=Rectification.DONE, sweep_id=sweep.id
        ),
        NoticeEvent(
            notice_id=issued.id, item=2, action=NoticeAction.APPEALED, at=NOW, by="丁某", reason="r",
            reconsideration=Reconsideration(unit="乙局", received_on=date(2031, 3, 7), term=date(2031, 3, 9)),
        ),
    ]  # fmt: skip
    second = IssuedDocument(version=2, sha256="c" * 64, body="{}\n", at=NOW)
    await any_store.notices.add_events(events, second)
    with pytest.raises(UserError, match="somebody else has corrected"):
        await any_store.notices.add_events(events, second)
    with pytest.raises(UserError, match="there is a notice 一 already"):
        await any_store.notices.issue(notice)
    assert await any_store.notices.all() == [issued]
    known = await any_store.notices.events()
    assert [event.item for event in known] == [1, 2, 2]
    assert [event.reconsideration for event in known] == [event.reconsideration for event in events]
    assert await any_store.notices.documents(issued.id) == [document, second]
    engine = migration_engine(normal_url(migrated_url))
    scope = ", ".join(
        column.name for column in NoticeAccountRow.__table__.columns if column.name != "notice_id"
    )
    with engine.begin() as connection:  # a row of it: SQLite's triggers go by the row
        connection.execute(
            text(
                f"INSERT INTO notice_account (notice_id, {scope}) SELECT {issued.id}, {scope} "
                "FROM sweep_account"
            )
        )
    for table in ISSUED:
        column = {"notice": "id", "notice_appeal": "event_id"}.get(table, "notice_id")
        with (
            pytest.raises(DBAPIError, match=f"a {table} is never updated"),
            engine.begin() as connection,
        ):
            connection.execute(text(f"UPDATE {table} SET {column} = {column}"))
    engine.dispose()


def test_a_correction_withdraws_and_keeps_the_original(home: Home, tmp_path: Path) -> None:
    mediawatch(home, *ISSUE, "--rectify-by", "2032-01-20", "--out", str(tmp_path / "一.json"))
    first = (tmp_path / "一.json").read_bytes()
    because = ("--by", "戊某", "--reason", "链接核实有更新")
    assert (
        mediawatch(
            home, "notice", "appeal", "1", "2", "--by", "单位", "--reason", "12月有更新"
        ).exit_code
        == 0
    )
    assert (
        mediawatch(
            home,
            "notice",
            "appeal",
            "1",
            "2",
            "--by",
            "戊某",
            "--reason",
            "属实",
            "--result",
            "upheld",
        ).exit_code
        == 0
    )
    done = mediawatch(
        home, "notice", "correct", "--yes", "1", "2", *because, "--out", str(tmp_path / "二.json")
    )
    assert done.exit_code == 0, done.stderr
    second = json.loads((tmp_path / "二.json").read_bytes())
    assert (second["counts"]["failed"], second["notice"]["version"], second["preliminary"]) == (
        1,
        2,
        True,
    )
    # Nothing else is known of the account: no one has checked it.
    assert (
        second["counts"]["checked"],
        [one["account"]["name"] for one in second["unproven"]],
    ) == (1, [TWO])
    assert [one["account"]["name"] for one in second["findings"]] == [ONE]
    (corrected,) = second["corrections"]
    assert (corrected["account"]["name"], corrected["by"], corrected["reason"]) == (
        TWO,
        "戊某",
        "链接核实有更新",
    )
    # The original stays, and both versions can be had again, byte for byte; the sweep's own review
    # follows.
    mediawatch(home, "notice", "show", "1", "--version", "1", "--out", str(tmp_path / "原.json"))
    assert (tmp_path / "原.json").read_bytes() == first
    mediawatch(home, "handoff", "--notice", "1", "--out", str(tmp_path / "今.json"))
    assert (tmp_path / "今.json").read_bytes() == (tmp_path / "二.json").read_bytes()
    assert [event.action.value for event in within(home, lambda store: store.reviews.events(1))][
        -2:
    ] == ["reopened", "dismissed"]
    shown = mediawatch(home, "notice", "show", "1").stdout
    assert all(
        words in shown
        for words in ("已撤销", "复核意见：不予维持", "更正", "移交件第2版", "链接核实有更新")
    )
    for words, told in (
        (("correct", "1", "2", *because), "has no item 2 any more: it was withdrawn"),
        (("correct", "1", "9", *because), "has no item 9, but 1 to 2"),
        (
            ("correct", "1", "1", "--code", "banned", *because),
            "item 1 of 示例办函〔2032〕1号 has no finding banned",
        ),
        (
            ("appeal", "1", "1", "--by", "戊某", "--reason", "x", "--result", "rejected"),
            "has no open 复核",
        ),
        (("appeal", "1", "2", "--by", "单位", "--reason", "x"), "has no item 2 that stands"),
        (("show", "没有"), "there is no notice '没有'"),
    ):
        refused = mediawatch(home, "notice", *words)
        assert (refused.exit_code, told in refused.stderr) == (2, True), refused.stderr


def test_the_documents_of_a_notice(home: Home, tmp_path: Path) -> None:
    mediawatch(home, *ISSUE, "--rectify-by", "2032-01-20", "--report-by", "2032-01-22")
    out = tmp_path / "通报.docx"
    assert mediawatch(home, "report", "docx", "--notice", "1", "--out", str(out)).exit_code == 0
    words = "\n".join(paragraph.text for paragraph in Document(str(out)).paragraphs)
    assert all(
        said in words
        for said in (
            "示例通报",
            "示例办函〔2032〕1号",
            "2032年1月10日",
            "请有关单位对照本通报指出的问题，于2032年1月20日前完成整改，并于2032年1月22日前报送整改情况。",
        )
    )
    assert (
        mediawatch(
            home, "evidence", "sheet", "--notice", "1", "--out", str(tmp_path / "佐证")
        ).exit_code
        == 0
    )
    assert len(list((tmp_path / "佐证").iterdir())) == 2
    refused = mediawatch(
        home, "report", "xlsx", "--notice", "1", "--sweep", "1", "--out", str(tmp_path / "x.xlsx")
    )
    assert (refused.exit_code, "goes without --sweep" in refused.stderr) == (2, True)


def test_evidence_stays_until_the_notice_is_closed_and_archived(home: Home) -> None:
    mediawatch(home, *ISSUE)

    def proving() -> list[bool]:
        return [item.proves for item in within(home, all_evidence)]

    before = proving()
    assert any(before)
    # The sweep finds nothing any more: the notice alone holds the evidence.
    judged = {number: Judgement(verdict=Verdict.FRESH, sentence="更新") for number in (1, 2)}
    within(home, lambda store: store.sweeps.keep_judgements(1, judged))
    assert proving() == before
    assert mediawatch(home, "notice", "close", "1", "--by", "丙某").exit_code == 0
    assert proving() == before
    file = home.root.parent / "卷.zip"
    assert mediawatch(home, "notice", "archive", "1", "--out", str(file)).exit_code == 0
    told = mediawatch(home, "notice", "archive", "1", "--acknowledge", str(file), "--by", "丁某")
    assert told.exit_code == 0
    assert not any(proving())
    assert "closed already" in mediawatch(home, "notice", "close", "1", "--by", "丙某").stderr
    assert "已办结" in mediawatch(home, "notice", "list").stdout


def test_a_recheck_says_what_became_of_each(home: Home, tmp_path: Path) -> None:
    mediawatch(home, *ISSUE)
    fresh = Judgement(verdict=Verdict.FRESH, sentence="更新", latest_on=date(2032, 1, 30))

    async def again(store: Store) -> None:
        accounts = await store.accounts.all()
        sweep = Sweep(
            as_of=datetime(2032, 1, 31, tzinfo=UTC),
            policy="national",
            policy_toml=POLICY.toml,
            started_at=NOW,
        )
        opened = await store.sweeps.open(sweep, accounts)
        kept = await store.readings.keep(plain_reading(2, datetime(2032, 2, 1, tzinfo=UTC)))
        late = Judgement(
            verdict=Verdict.FAILED,
            sentence="超期",
            findings=(finding(kept.id, label="超2周未更新", sentence="间隔90天。"),),
        )
        await store.sweeps.keep_judgements(opened.id, {1: fresh, 2: late})
        await store.sweeps.close(opened.id, SweepState.FINISHED, NOW)

    within(home, again)

    def results() -> list[str]:
        listed = ("--csv", str(tmp_path / "复查.csv"), "--force")
        done = mediawatch(home, "recheck", "1", "--sweep", "2", *listed)
        assert done.exit_code == 0, done.stderr
        return [
            row["复查结果"]
            for row in csv.DictReader((tmp_path / "复查.csv").read_text("utf-8-sig").splitlines())
        ]

    # What was not reviewed is held against no account.
    assert results() == ["已完成整改", "无法核实"]
    within(home, lambda store: heard(store, 2, NOW))
    done = mediawatch(
        home, "review", "confirm", "--code", "stale_2w", "--yes", "--sweep", "2", "--by", "丙某"
    )
    assert done.exit_code == 0, done.stderr
    assert results() == ["已完成整改", "未整改"]
    events = within(home, lambda store: store.notices.events())
    assert results() == ["已完成整改", "未整改"]
    # Said once: only what changed is noted.
    assert [(event.item, event.result) for event in events] == [
        (1, Rectification.DONE),
        (2, Rectification.UNVERIFIED),
        (2, Rectification.NOT_DONE),
    ]
    assert within(home, lambda store: store.notices.events()) == events
    assert "台账.xlsx" in events[0].source
    # The next documents carry it, and who failed twice is a repeat.
    book = tmp_path / "附件.xlsx"
    assert mediawatch(home, "report", "xlsx", "--sweep", "2", "--out", str(book)).exit_code == 0
    sheets = load_workbook(book)
    rows = list(sheets["复查情况"].iter_rows(values_only=True))
    assert [(row[0], row[1], row[-2], row[-1]) for row in rows[-2:]] == [
        ("900001", ONE, "超2周未更新", "已完成整改"), ("900002", TWO, "超2周未更新", "未整改"),
    ]  # fmt: skip
    listed = [row for row in sheets["突出问题名单"].iter_rows(values_only=True) if row[1] == TWO]
    assert listed[0][4] == "超2周未更新（重复问题，连续2次）"


def test_repeats_are_counted_back_from_the_last_notice() -> None:
    def notice(number: int, *accounts: int, **more: Any) -> Notice:
        items = tuple(
            NoticeItem(
                number=place, filed=PLAIN, problem="超2周未更新", fails=True, account_id=account
            )
            for place, account in enumerate(accounts, 1)
        )
        issued_on = date(2031 + (number - 1) // 12, (number - 1) % 12 + 1, 1)
        return Notice(
            number=str(number),
            title="",
            issued_on=issued_on,
            by="",
            kept_at=NOW,
            items=items,
            id=number,
            **more,
        )

    def before(notices: list[Notice], *events: NoticeEvent, **more: Any) -> EarlierNotices:
        return past(Issues(notices=notices, events=events, **more), sweep, scope)

    failed = Judgement(verdict=Verdict.FAILED, sentence="")
    scope = [
        SweepAccount(sweep_id=9, account=Account(id=number, filed=PLAIN), judgement=failed)
        for number in (5, 7, 8)
    ]
    sweep = Sweep(
        as_of=datetime(2032, 6, 30, tzinfo=UTC),
        policy="national",
        policy_toml="",
        started_at=NOW,
        id=9,
    )
    notices = [
        notice(1, 7, 8),
        notice(4, 7),
        notice(7, 7, 8, 5),
        notice(18, 7, sweep_id=9),
        notice(19, 7),
    ]
    # 8 was not in the second one; the sweep's own notice and later ones are not before it.
    assert dict(before(notices).repeats) == {7: 3, 8: 1, 5: 1}
    withdrawn = NoticeEvent(notice_id=7, item=1, action=NoticeAction.CORRECTED, at=NOW, by="")
    assert dict(before(notices, withdrawn).repeats) == {8: 1, 5: 1}
    assert before(notices[3:]).previous is None
    assert before([]).times(7) == 1
    # Two documents of one quarter count once; what was rectified in between is no repeat.
    assert before([notice(1, 7), notice(2, 7)]).times(7) == 2
    done = NoticeEvent(
        notice_id=4,
        item=1,
        action=NoticeAction.RECHECKED,
        at=NOW,
        by="",
        result=Rectification.DONE,
        codes=(Code.STALE_2W,),
    )
    assert before([notice(1, 7), notice(4, 7)], done).times(7) == 1


def reported(source: Path, target: Path, **answers: str) -> Path:
    book = load_workbook(source)
    sheet = book.worksheets[0]
    places = {cell.value: cell.column for cell in sheet[1]}
    for heading, value in answers.items():
        sheet.cell(2, places[heading], value)
    book.save(target)
    return target


def test_reports_of_what_was_done_go_out_and_come_back(home: Home, tmp_path: Path) -> None:
    mediawatch(home, *ISSUE, "--rectify-by", "2032-01-20")

    async def with_contacts(store: Store) -> None:
        updated = tuple(
            UpdatedAccount(
                account_id=each.id,
                filed=each.filed,
                contact=Contact(person=f"联络员{each.id}", phone=f"1380000000{each.id}"),
            )
            for each in await store.accounts.all()
        )
        await store.accounts.apply(RegistryChanges(source=FILE, updated=updated))

    within(home, with_contacts)
    out = tmp_path / "反馈"
    assert mediawatch(home, "notice", "feedback", "export", "1", "--out", str(out)).exit_code == 0
    one, two = out / "整改反馈-甲示例市.xlsx", out / "整改反馈-乙示例市.xlsx"
    sheet = load_workbook(two).worksheets[0]
    cells = [cell for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {TWO, "超2周未更新", "2032-01-20"} <= {cell.value for cell in cells}
    # A prefecture forwards its file, so no person stands in it.
    assert "联" not in "".join(str(cell.value) for cell in cells)
    own = tmp_path / "本单位"
    done = mediawatch(home, "notice", "feedback", "export", "1", "--out", str(own), "--by", "unit")
    assert done.exit_code == 0, done.stderr
    (of_two,) = own.glob("*乙示例市*.xlsx")
    texts = {cell.value for line in load_workbook(of_two).worksheets[0] for cell in line}
    assert ("联络员2" in texts, "联络员1" in texts) == (True, False)
    refused = mediawatch(home, "notice", "feedback", "export", "1", "--out", str(out))
    assert (refused.exit_code, "may hold answers" in refused.stderr) == (2, True)

    good = reported(
        one,
        tmp_path / "回1.xlsx",
        整改情况="已恢复更新",
        最新链接="https://weibo.com/1",
        责任人="丁某",
    )
    nobody = reported(two, tmp_path / "回2.xlsx", 最新链接="javascript:x", 责任人="丁某")
    altered = reported(
        two, tmp_path / "回3.xlsx", 政务新媒体名称="另一个", 整改情况="已注销", 责任人="丁某"
    )
    back = tmp_path / "退回.xlsx"
    files = (str(good), str(nobody), str(altered), str(two))
    done = mediawatch(home, "notice", "feedback", "import", "1", *files, "--errors", str(back))
    assert (
        done.exit_code,
        "1 report, 0 known already, 1 row not answered, 2 rows refused" in done.stdout,
    ) == (2, True)
    assert (
        "回2.xlsx 整改情况反馈 第2行「最新链接」：请填写以 http:// 或 https:// 开头的网址"
        in done.stderr
    )
    assert "回3.xlsx 整改情况反馈 第2行「行键（勿改）」：不是本期通报的反馈表" in done.stderr
    *asked, event = within(home, lambda store: store.notices.events())
    assert [(each.action, each.reason) for each in asked] == [
        (NoticeAction.ASKED, "2份，2个账号")
    ] * 2, "what was refused did not go out"
    assert (event.item, event.action, event.by, event.reason, event.source) == (
        1,
        NoticeAction.REPORTED,
        "丁某",
        "已恢复更新（最新链接：https://weibo.com/1）",
        "回1.xlsx",
    )
    assert f"{back}: 2 rows to correct" in done.stderr
    heading, *rows = load_workbook(back).worksheets[0].iter_rows(values_only=True)
    assert heading[:2] == ("行键（勿改）", "错误说明")
    assert [str(row[1]).partition("：")[0] for row in rows] == ["最新链接", "行键（勿改）"]
    # Corrected in place, the rows that came back are a report like any other.
    corrected = reported(back, tmp_path / "更正.xlsx", 最新链接="https://weibo.com/2")
    done = mediawatch(
        home,
        "notice",
        "feedback",
        "import",
        "1",
        str(corrected),
        "--errors",
        str(tmp_path / "再退.xlsx"),
    )
    assert (
        done.exit_code,
        "1 report, 0 known already" in done.stdout,
        "1 row refused" in done.stdout,
    ) == (2, True, True)
    again = mediawatch(home, "notice", "feedback", "import", "1", str(good))
    assert (again.exit_code, "0 reports, 1 known already" in again.stdout) == (0, True)
    (notice,) = within(home, lambda store: store.notices.all())
    link = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA"
    home_id = within(home, lambda store: store.operator.home_id())
    taken = take(
        [reported(one, tmp_path / "回4.xlsx", 最新链接=link, 责任人="丁某")],
        notice,
        [event],
        NOW,
        home=home_id,
    )
    assert [(article.url, article.account_id) for article in taken.articles] == [(link, 1)]


def test_a_report_form_goes_to_where_the_account_is_filed_now(home: Home, tmp_path: Path) -> None:
    mediawatch(home, *ISSUE)

    async def handed_over(store: Store) -> None:
        first = next(each for each in await store.accounts.all() if each.id == 1)
        moved = replace(first.filed, prefecture="丙示例市", supervisor="丙示例办公室")
        contact = Contact(person="丙联络员", phone="13800000009")
        await store.accounts.apply(
            RegistryChanges(
                source=FILE, updated=(UpdatedAccount(account_id=1, filed=moved, contact=contact),)
            )
        )

    within(home, handed_over)
    out = tmp_path / "反馈"
    assert mediawatch(home, "notice", "feedback", "export", "1", "--out", str(out)).exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "整改反馈-丙示例市.xlsx",
        "整改反馈-乙示例市.xlsx",
    ]
    heading, row = list(
        load_workbook(out / "整改反馈-丙示例市.xlsx").worksheets[0].iter_rows(values_only=True)
    )[:2]
    cells = dict(zip(heading, row, strict=True))
    assert "联系人" not in cells
    assert str(cells["地区"]).startswith("丙示例市（通报时：甲示例市")
    assert "主管单位：丙示例办公室（通报时：" in str(cells["地区"])
    # What is printed beside the old place is no part of the seal: the form comes back.
    back = reported(
        out / "整改反馈-丙示例市.xlsx",
        tmp_path / "回.xlsx",
        整改情况="已恢复更新",
        最新链接="https://weibo.com/1",
        责任人="丁某",
    )
    done = mediawatch(home, "notice", "feedback", "import", "1", str(back))
    assert (done.exit_code, "1 report" in done.stdout) == (0, True)
    assert "回.xlsx" in done.stderr
    assert "https://weibo.com/1: no WeChat article, not opened" in done.stderr


def test_another_systems_notice_is_looked_at_again_like_our_own(home: Home, tmp_path: Path) -> None:
    annex = tmp_path / "附件3.csv"
    rows = [
        "900001,示例市第1测试局,微信,示例市政府,信息超2周未更新",
        ",从未备案,微信,某局,信息超2周未更新",
    ]
    annex.write_text(
        "\n".join(["备案单号,政务新媒体名称,类型,所属组织,存在的突出问题", *rows]), "utf-8"
    )
    words = (
        "notice",
        "import",
        str(annex),
        "--number",
        "外",
        "--title",
        "外部通报",
        "--date",
        "2031-10-10",
        "--by",
        "丙某",
    )
    done = mediawatch(home, *words)
    assert (
        done.exit_code,
        "外: 2 accounts, 1 of them not in our registry" in done.stdout,
        "从未备案" in done.stderr,
    ) == (0, True, True)
    assert (
        mediawatch(
            home, "recheck", "外", "--sweep", "1", "--csv", str(tmp_path / "复查.csv")
        ).exit_code
        == 0
    )
    found = [
        row["复查结果"]
        for row in csv.DictReader((tmp_path / "复查.csv").read_text("utf-8-sig").splitlines())
    ]
    assert found == ["未整改", "无法核实"]
    refused = mediawatch(
        home, "report", "docx", "--notice", "外", "--out", str(tmp_path / "x.docx")
    )
    assert (refused.exit_code, "was issued by another system" in refused.stderr) == (2, True)


def test_what_a_correction_withdrew_is_told_by_its_label() -> None:
    held = tuple(
        IssuedFinding(finding(code=code, label=label))
        for code, label in ((Code.STALE_2W, "超2周未更新"), (Code.NAME_MISMATCH, "名称不一致"))
    )
    item = NoticeItem(
        number=1, filed=PLAIN, problem="超2周未更新、名称不一致", fails=True, findings=held
    )
    notice = Notice(
        number="一",
        title="",
        issued_on=date(2031, 3, 6),
        by="丙某",
        kept_at=NOW,
        items=(item,),
        id=1,
    )
    withdrawn = NoticeEvent(
        notice_id=1,
        item=1,
        action=NoticeAction.CORRECTED,
        at=NOW,
        by="丙某",
        reason="申诉成立",
        codes=(Code.NAME_MISMATCH,),
    )
    ((*_, words),) = reports.events(notice, [withdrawn], []).rows
    assert words == "申诉成立；名称不一致"
