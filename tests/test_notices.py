"""`mediawatch notice` over a real home: what is issued, refused and corrected; nothing that was issued ever changes."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from samples import NOW, PLAIN, enter, finding, plain_reading
from samples import open_sweep as opened_sweep
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from test_review_commands import ONE, TWO, mediawatch, within
from test_review_commands import prepared as prepared

from db.engine import migration_engine, normal_url
from db.models import ISSUED
from mediawatch.domain import (
    Code,
    Held,
    IssuedDocument,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Rectified,
    ReviewState,
    UserError,
)
from mediawatch.notices.deadlines import deadline
from mediawatch.ports import Store
from mediawatch.settings import Home

ISSUE = ("notice", "issue", "--number", "示例办函〔2032〕1号", "--title", "示例通报", "--date", "2032-01-10", "--by", "丙某")


@pytest.fixture
def home(prepared: Home, tmp_path: Path) -> Home:
    shutil.copytree(prepared.root, tmp_path / "home")
    home = Home(tmp_path / "home")
    assert mediawatch(home, "review", "confirm", "--by", "丙某", "--code", "stale_2w", "--yes").exit_code == 0
    return home


def test_confirmed_findings_are_issued_with_their_hand_off(home: Home, tmp_path: Path) -> None:
    done = mediawatch(home, *ISSUE, "--rectify-by", "2032-01-20", "--report-by", "+12日", "--out", str(tmp_path / "一.json"))
    assert done.exit_code == 0, done.stderr
    assert "示例办函〔2032〕1号: 2 accounts, 2 failed; hand-off version 1, SHA-256" in done.stdout
    assert "报送期限: 2032-01-22" in done.stdout
    body = (tmp_path / "一.json").read_bytes()
    assert hashlib.sha256(body).hexdigest() in done.stdout
    document = json.loads(body)
    assert document["notice"] == {
        "number": "示例办函〔2032〕1号", "title": "示例通报", "issued_on": "2032-01-10", "rectify_by": "2032-01-20",
        "report_by": "2032-01-22", "version": 1,
    }  # fmt: skip
    assert (document["counts"]["failed"], document["corrections"]) == (2, [])
    (notice,) = within(home, lambda store: store.notices())
    one, two = notice.items
    assert (one.filed.name, two.filed.name, one.problem, one.fails) == (ONE, TWO, "超2周未更新", True)
    (held,) = one.findings
    assert held.finding.review is ReviewState.CONFIRMED
    assert "间隔59天" in held.finding.sentence
    kept = within(home, lambda store: store.readings_by_id(held.finding.reading_ids))
    assert held.evidence == tuple(item.sha256 for readings in kept.values() for reading in readings for item in reading.evidence)
    # Reviewed otherwise afterwards, the notice says what it said.
    assert mediawatch(home, "review", "reopen", "1/stale_2w", "--by", "丙某", "--reason", "重看").exit_code == 0
    assert within(home, lambda store: store.notices()) == [notice]
    shown = mediawatch(home, "notice", "show", "1", "--out", str(tmp_path / "再.json"))
    assert shown.exit_code == 0
    assert (tmp_path / "再.json").read_bytes() == body
    assert "示例办函〔2032〕1号" in mediawatch(home, "notice", "list").stdout
    assert all(words in mediawatch(home, "notice", "show", "示例办函〔2032〕1号").stdout for words in (ONE, "超2周未更新", "移交件第1版"))


@pytest.mark.parametrize(
    ("before", "words", "told"),
    [
        (("review", "reopen", "1/stale_2w", "--by", "丙某", "--reason", "x"), (), "1 findings of sweep 1 are neither confirmed nor"),
        (("review", "reopen", "1/stale_2w", "--by", "丙某", "--reason", "x"), ("--leave-out-open",), "1 accounts of sweep 1 are open"),
        ((*ISSUE,), (), "there is a notice 示例办函〔2032〕1号 already"),
        ((), ("--rectify-by", "+10工作日"), "the calendar of working days does not have 2032 yet"),
        ((), ("--rectify-by", "2032-01-09"), "lies before the day of issue"),
        ((), ("--report-by", "下周"), "write a day (2023-03-06), +10工作日 or +14日"),
        ((), ("--title", " "), "a notice needs --title"),
    ],
)
def test_what_may_not_be_issued(home: Home, before: tuple[str, ...], words: tuple[str, ...], told: str) -> None:
    if before:
        assert mediawatch(home, *before).exit_code == 0
    count = len(within(home, lambda store: store.notices()))
    done = mediawatch(home, *ISSUE, *words)
    assert (done.exit_code, told in done.stderr, len(within(home, lambda store: store.notices()))) == (2, True, count), done.stderr


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023-03-06", date(2023, 3, 6)), ("+14日", date(2023, 1, 29)), ("+ 14 天", date(2023, 1, 29)),
        # 2023 春节 is 01-21 to 01-27; the Saturday and Sunday after it are worked.
        ("+5工作日", date(2023, 1, 20)), ("+6个工作日", date(2023, 1, 28)), ("+10工作日", date(2023, 2, 1)),
    ],
)  # fmt: skip
def test_a_deadline(text: str, day: date) -> None:
    assert deadline(text, date(2023, 1, 15)) == day


async def test_what_was_issued_cannot_be_changed_even_by_sql(any_store: Store, migrated_url: str) -> None:
    (account,) = await enter(any_store, PLAIN)
    kept = await any_store.keep(plain_reading(account.id))
    sweep = await opened_sweep(any_store, [account])
    held = Held(finding(kept.id, review=ReviewState.CONFIRMED), ("a" * 64,))
    items = (
        NoticeItem(number=1, filed=PLAIN, problem="超2周未更新", fails=True, account_id=account.id, findings=(held,)),
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
    issued = await any_store.issue(notice, document)
    events = [
        NoticeEvent(
            notice_id=issued.id, item=1, action=NoticeAction.CORRECTED, at=NOW, by="丙某", reason="r", codes=(Code.STALE_2W,),
            source="s",
        ),
        NoticeEvent(
            notice_id=issued.id, item=2, action=NoticeAction.RECHECKED, at=NOW, by="丙某", result=Rectified.DONE, sweep_id=sweep.id
        ),
    ]  # fmt: skip
    second = IssuedDocument(version=2, sha256="c" * 64, body="{}\n", at=NOW)
    await any_store.note_notice(events, second)
    with pytest.raises(UserError, match="somebody else has corrected"):
        await any_store.note_notice(events, second)
    with pytest.raises(UserError, match="there is a notice 一 already"):
        await any_store.issue(notice)
    assert await any_store.notices() == [issued]
    assert [event.item for event in await any_store.notice_events()] == [1, 2]
    assert await any_store.notice_documents(issued.id) == [document, second]
    engine = migration_engine(normal_url(migrated_url))
    for table in ISSUED:
        column = "notice_id" if table != "notice" else "id"
        with pytest.raises(DBAPIError, match=f"a {table} is never updated"), engine.begin() as connection:
            connection.execute(text(f"UPDATE {table} SET {column} = {column}"))
    engine.dispose()
