"""Named queries and views, on both databases; what a query of one's own may not do."""

from __future__ import annotations

import asyncio
import csv
import json
import sqlite3
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from commands import in_process
from samples import FILE, NOW, ODD, PLAIN, finding, plain_reading, post, sql

import db
from db.queries.named import TO_BE_JUDGED
from mediawatch.domain import (
    Contact,
    Judgement,
    MatchedBy,
    NewAccount,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Outcome,
    Rectification,
    RegistryChanges,
    Sweep,
    SweepAccount,
    SweepState,
    UpdatedAccount,
    UserError,
    Verdict,
)
from mediawatch.ops.browse import WITHHELD, datasette
from mediawatch.ops.settings import QuerySettings
from mediawatch.ports import QueryLimits, QueryRow, Store
from mediawatch.rules.policy import load

SECRET = Contact(person="张三丰", phone="13900001111")
NAMES = {
    "by_platform", "by_region", "flagged", "latest_status", "oldest_silence", "recheck", "rename_history", "repeat_offenders",
    "sweep_comparison", "unproven",
}  # fmt: skip


async def filled(store: Store) -> None:
    """Two finished inspections of two accounts: one fails twice and was renamed, the other is
    unproven, then fresh.
    """
    await store.accounts.apply(
        RegistryChanges(
            source=FILE, new=tuple(NewAccount(filed=each, contact=SECRET) for each in (ODD, PLAIN))
        )
    )
    accounts = await store.accounts.all()
    odd, plain = accounts
    for verdict in (Verdict.UNPROVEN, Verdict.FRESH):
        sweep = await store.sweeps.open(
            Sweep(as_of=NOW, policy="national", policy_toml=load("national").toml, started_at=NOW),
            accounts,
        )
        seen = {"outcome": Outcome.OK, "name": "示例现名", "matched_by": MatchedBy.ID}
        reading = await store.readings.keep(
            plain_reading(odd.id, NOW, post(date(2031, 2, 1)), sweep_id=sweep.id, **seen)
        )
        failed = Judgement(
            verdict=Verdict.FAILED,
            sentence="超期",
            findings=(finding(reading.id),),
            latest_on=date(2031, 2, 1),
        )
        await store.sweeps.keep_judgements(
            sweep.id, {odd.id: failed, plain.id: Judgement(verdict=verdict, sentence="说明")}
        )
        await store.sweeps.close(sweep.id, SweepState.FINISHED, NOW)
    for month, number in enumerate(("一", "二", "三"), 1):
        items = tuple(
            NoticeItem(
                number=place, filed=filed, problem="超2周未更新", fails=True, account_id=account.id
            )
            for place, (account, filed) in enumerate(((odd, ODD), (plain, PLAIN)), 1)
        )
        notice = await store.notices.issue(
            Notice(
                number=number,
                title="示例",
                issued_on=date(2031, 3 * month, 6),
                by="丙某",
                kept_at=NOW,
                items=items,
            )
        )
        common: dict[str, Any] = {"notice_id": notice.id, "at": NOW, "by": "丙某"}
        events = [
            NoticeEvent(item=1, action=NoticeAction.RECHECKED, result=said, **common)
            for said in (Rectification.UNVERIFIED, Rectification.DONE)
        ]
        if number != "一":
            events.append(NoticeEvent(item=2, action=NoticeAction.CORRECTED, **common))
        await store.notices.add_events(events)
    renamed = ((plain.id, "name", "示例发布", "示例政务"),)
    changes = tuple(
        UpdatedAccount(account_id=key, filed=PLAIN, changes=((field, old, new),))
        for key, field, old, new in renamed
    )
    await store.accounts.apply(RegistryChanges(source=FILE, updated=changes))


async def test_every_query_answers_and_none_shows_a_contact(
    any_store: Store, migrated_url: str
) -> None:
    await filled(any_store)
    answers = {
        query.name: await any_store.queries.run(query.sql) for query in any_store.queries.all()
    }
    assert set(answers) == NAMES
    assert all(query.title for query in any_store.queries.all())
    for name, answer in answers.items():
        assert answer.rows or name == "unproven", name
        assert sql(migrated_url, f"SELECT count(*) FROM {name}") == [(len(answer.rows),)]
        text = json.dumps([answer.columns, answer.rows], ensure_ascii=False, default=str)
        assert SECRET.person not in text
        assert SECRET.phone not in text
        assert "contact" not in next(
            query.sql for query in any_store.queries.all() if query.name == name
        )


async def test_what_the_queries_say(any_store: Store) -> None:
    await filled(any_store)
    said = {query.name: await any_store.queries.run(query.sql) for query in any_store.queries.all()}

    def column(name: str, heading: str) -> list[object]:
        return [row[said[name].columns.index(heading)] for row in said[name].rows]

    assert column("latest_status", "结论") == ["不合格", "正常更新"]
    assert column("latest_status", "最近核查")[0] == "2031-03-05 12:00"
    assert column("flagged", "审核状态") == ["疑似"]
    assert column("flagged", "备案单号") == ["0123456789012345"]
    assert column("by_platform", "不合格数") == [1, 0]
    # The other account was in three notices, and withdrawn from two.
    assert column("repeat_offenders", "通报次数") == [3]
    assert column("recheck", "文号") == ["一", "一", "二", "三"]
    assert column("recheck", "复查结果") == ["已完成整改", "", "已完成整改", "已完成整改"]
    assert column("sweep_comparison", "本次结论") == ["正常更新"]
    assert column("rename_history", "新名称") == ["示例政务", "示例现名"]
    assert [str(day) for day in column("oldest_silence", "已知最近更新")] == ["2031-02-01"]


async def test_a_query_neither_writes_nor_sees_contacts(
    any_store: Store, migrated_url: str
) -> None:
    await filled(any_store)
    lite = migrated_url.startswith("sqlite")
    writes, withheld = (
        "^a query only reads: begin with SELECT or WITH$",
        "^contacts are in no report",
    )
    for statement, said in (
        ("DELETE FROM reading", writes),
        ("-- all of them\n UPDATE account SET name = 'x'", writes),
        ("insert into account (name) values ('x')", writes),
        ("DROP VIEW flagged", writes),
        ("CREATE TABLE mine (a int)", writes),
        ("VACUUM", writes),
        ("no statement", writes),
        *(
            [
                ("PRAGMA user_version = 3", writes),
                ("COMMIT", writes),
                ("ATTACH '/tmp/x' AS x", writes),
            ]
            if lite
            else ()
        ),
        ("SELECT * FROM contact", withheld),
        ("SELECT count(phone) FROM contact", withheld),
        ("WITH c AS (SELECT * FROM contact) SELECT * FROM c", withheld),
        ("SELECT * FROM home", withheld),
        ("SELECT sweep_id FROM sweep_account, home WHERE id > ''", withheld),
        ("SELECT nothing", "the query on .*nothing"),
    ):
        with pytest.raises(UserError, match=said):
            await any_store.queries.run(statement)
    assert sql(migrated_url, "SELECT count(*) FROM reading") == [(2,)]


async def test_views_are_made_again_where_they_are_not_of_this_version(database_url: str) -> None:
    await (await db.open_store(database_url, clock=lambda: NOW)).close()
    before = sql(database_url, "SELECT * FROM flagged")
    if database_url.startswith("sqlite:///"):
        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
            connection.execute("DROP VIEW flagged")
            connection.execute("CREATE VIEW of_somebody_else AS SELECT 1 AS one")
        await (await db.open_store(database_url, clock=lambda: NOW)).close()
        assert sql(database_url, "SELECT one FROM of_somebody_else") == [(1,)]
    assert sql(database_url, "SELECT * FROM flagged") == before


def test_the_command(tmp_path: Path) -> None:
    home = ("--home", str(tmp_path / "home"))

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return in_process(*home, *words)

    assert command("init").returncode == 0

    async def fill() -> None:
        store = await db.open_store(
            f"sqlite:///{tmp_path / 'home' / 'mediawatch.db'}", clock=lambda: NOW
        )
        await filled(store)
        await store.close()

    asyncio.run(fill())
    listed = command("query", "--list").stdout
    assert all(name in listed for name in NAMES)
    assert [
        row["备案单号"]
        for row in json.loads(command("query", "flagged", "--format", "json").stdout)
    ] == [ODD.filing_number]
    out = tmp_path / "flagged.csv"
    assert command("query", "flagged", "--format", "csv", "--out", str(out)).returncode == 0
    assert next(csv.DictReader(out.read_text("utf-8-sig").splitlines()))[
        "政务新媒体名称"
    ].startswith("'=HYPERLINK")
    for words in (
        ("query",),
        ("query", "nothing"),
        ("query", "flagged", "--list"),
        ("query", "--sql", "SELECT * FROM contact"),
    ):
        refused = command(*words)
        assert refused.returncode == 2, words
        assert "query" in refused.stderr or "contacts are in no report" in refused.stderr


async def test_browsing_reads_and_shows_no_contact(store: Store, sqlite_url: str) -> None:
    await filled(store)
    served = datasette(
        Path(sqlite_url.removeprefix("sqlite:///")),
        store.queries.all(),
        QuerySettings(),
        ["演示数据"],
    )
    await served.invoke_startup()
    flagged = (await served.client.get("/mediawatch/flagged.json?_shape=array")).json()
    assert [row["备案单号"] for row in flagged] == [ODD.filing_number]
    assert set((await served.client.get("/mediawatch/flagged.json")).json()["facet_results"]) >= {
        "类型",
        "地市",
    }
    assert (
        await served.client.get("/mediawatch/query_unproven.json?_shape=array")
    ).status_code == 200
    page = (await served.client.get("/mediawatch/latest_status")).text
    assert "<script>'示例市" not in page
    for refused in (
        "contact.json",
        "review_event.json",
        "sweep_account.json",
        "contact/1.json",
        "home.json",
        "part_moved.json",
        "?sql=select+*+from+contact",
        "query.json?sql=select+*+from+contact",
    ):
        answer = await served.client.get(
            f"/mediawatch{refused if refused.startswith('?') else '/' + refused}",
            follow_redirects=True,
        )
        assert SECRET.phone not in answer.text, refused
        assert answer.status_code in (403, 404), refused


async def test_no_page_shows_a_part_of_a_query(store: Store, sqlite_url: str) -> None:
    """Parts hold what the machine found before a person reviewed it."""
    views = {
        name for (name,) in sql(sqlite_url, "SELECT name FROM sqlite_master WHERE type = 'view'")
    }
    assert views - NAMES == {each for each in WITHHELD if each.startswith("part_")} != set()


async def with_news(store: Store) -> None:
    """A failed account posted within the window, which became known after it was judged."""
    await filled(store)
    odd = (await store.accounts.all())[0]
    seen = {
        "outcome": Outcome.OK,
        "name": odd.filed.name,
        "platform_id": odd.filed.platform_id,
        "matched_by": MatchedBy.ID,
    }
    await store.readings.keep(plain_reading(odd.id, NOW, post(date(2031, 3, 4)), **seen))


async def test_no_view_accuses_an_account_with_news(any_store: Store, migrated_url: str) -> None:
    await with_news(any_store)
    assert sql(migrated_url, "SELECT * FROM flagged") == []
    assert sql(migrated_url, 'SELECT "结论", "说明" FROM latest_status')[0] == (
        "待人工核查",
        TO_BE_JUDGED,
    )
    assert [row[7] for row in sql(migrated_url, "SELECT * FROM unproven")] == [TO_BE_JUDGED]
    assert [(row[3], row[5]) for row in sql(migrated_url, "SELECT * FROM by_platform")] == [
        (0, 1),
        (0, 0),
    ]
    assert [row[4] for row in sql(migrated_url, "SELECT * FROM sweep_comparison")] == ["待人工核查"]


async def test_a_query_answers_with_what_accounts_are_judged_now(
    any_store: Store, migrated_url: str
) -> None:
    await with_news(any_store)
    newest = (await any_store.sweeps.all())[-1]
    odd, plain = await any_store.sweeps.scope(newest.id)
    assert (odd.has_news, plain.has_news) == (True, True), "a post, and another filed name"
    assert odd.judgement is not None
    fresh = replace(
        odd,
        judgement=Judgement(verdict=Verdict.FRESH, sentence="更新了", latest_on=date(2031, 3, 4)),
    )
    kept = replace(
        odd,
        judgement=replace(
            odd.judgement, sentence="仍超期", findings=(finding(1, sentence="仍超期"),)
        ),
    )

    async def rows(sql: str, *now: SweepAccount) -> list[tuple[object, ...]]:
        return list((await any_store.queries.run(sql, now)).rows)

    for statement in (
        "SELECT * FROM flagged",
        next(query.sql for query in any_store.queries.all() if query.name == "flagged"),
    ):
        assert await rows(statement, fresh) == []
        assert [row[12] for row in await rows(statement, kept)] == ["仍超期"]
    assert [row[9:11] for row in await rows("SELECT * FROM latest_status", fresh)] == [
        ("正常更新", "更新了"),
        ("正常更新", "说明"),
    ]
    assert [row[3:6] for row in await rows("SELECT * FROM by_platform", kept)] == [
        (1, 0, 0),
        (0, 0, 0),
    ]
    assert await rows(
        "SELECT verdict, judged_news FROM sweep_account WHERE account_id = 1 AND sweep_id = 2",
        fresh,
    ) == [("fresh", odd.news)]
    for statement in (
        "DELETE FROM judged_now",
        "SELECT * FROM contact",
        "CREATE TEMPORARY TABLE mine (a int)",
        "DROP VIEW flagged",
    ):
        with pytest.raises(UserError, match=r"query|contacts"):
            await any_store.queries.run(statement, [fresh])
    assert [entry.has_news for entry in await any_store.sweeps.scope(newest.id)] == [True, True], (
        "nothing is written"
    )


async def test_only_statements_about_judgements_have_accounts_judged(store: Store) -> None:
    await filled(store)
    for statement, told in (
        ("SELECT * FROM flagged", [1, 2]),
        ("select verdict from sweep_account", [1, 2]),
        ("SELECT * FROM rename_history", []),
    ):
        assert await store.queries.judged_sweeps(statement) == told


def test_the_command_and_the_views_agree_with_figures_about_news(tmp_path: Path) -> None:
    home = ("--home", str(tmp_path / "home"))
    assert in_process(*home, "init").returncode == 0
    url = f"sqlite:///{tmp_path / 'home' / 'mediawatch.db'}"

    async def fill() -> None:
        store = await db.open_store(url, clock=lambda: NOW)
        await with_news(store)
        await store.close()

    asyncio.run(fill())
    assert json.loads(in_process(*home, "query", "flagged", "--format", "json").stdout) == []
    (platform, _) = json.loads(
        in_process(*home, "query", "--sql", "SELECT * FROM by_platform", "--format", "json").stdout
    )
    assert (platform["不合格数"], platform["待核查"]) == (0, 0)
    assert sql(url, "SELECT count(*) FROM flagged") == [(0,)]
    assert sql(url, "SELECT verdict FROM sweep_account WHERE sweep_id = 2 AND account_id = 1") == [
        ("failed",)
    ], "nothing is written"


async def test_a_statement_is_ended_in_time_and_when_it_is_cancelled(any_store: Store) -> None:
    """A test that hangs has failed: these statements do not end by themselves."""
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    )
    with pytest.raises(UserError, match=r"ended after 0\.2 s: .*--seconds"):
        await any_store.queries.run(endless, limits=QueryLimits(seconds=0.2))

    def forever(columns: Sequence[str], rows: Iterator[QueryRow]) -> int:
        return sum(1 for _ in rows)

    rows = endless.replace("count(*)", "x")
    with pytest.raises(UserError, match=r"ended after 0\.2 s"):
        await any_store.queries.send(rows, forever, seconds=0.2)
    threads = threading.active_count()
    running = asyncio.create_task(any_store.queries.send(rows, forever, seconds=600))
    await asyncio.sleep(0.2)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    # What is left of it is an idle thread, which takes the next statement.
    assert (await any_store.queries.run("SELECT 1 AS one")).rows == ((1,),)
    assert threading.active_count() <= threads + 1


async def test_limits_cut_rows_and_bytes(any_store: Store) -> None:
    three = "SELECT '一二' AS a UNION ALL SELECT '三' UNION ALL SELECT '四' ORDER BY 1 DESC"
    for limits, left, cut in (
        (QueryLimits(rows=3), 3, False),
        (QueryLimits(rows=2), 2, True),
        (QueryLimits(size=3), 1, True),
        (QueryLimits(size=12), 3, False),
    ):
        found = await any_store.queries.run(three, limits=limits)
        assert (len(found.rows), found.cut) == (left, cut), limits
