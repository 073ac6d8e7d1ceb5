"""更新频次 over the demonstration's world: readings in a real store, tables against the truth."""

from __future__ import annotations

import asyncio
import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from commands import in_process
from samples import enter, plain_reading

from mediawatch.app import open_app
from mediawatch.app.cadence import count_cadences
from mediawatch.demo import shipped_world
from mediawatch.domain import (
    Account,
    Code,
    Facts,
    Filing,
    MatchedBy,
    Outcome,
    Post,
    Reading,
    ReviewAction,
    ReviewEvent,
)
from mediawatch.domain.clock import BEIJING, EVER, day_of, day_start
from mediawatch.figures.cadence import AccountCadence, unit_cadences
from mediawatch.ops.settings import Home
from mediawatch.publish.reports.cadence import below_words, gap_words, posts_words, run_words
from mediawatch.rules.cadence import (
    Bounds,
    Cadence,
    MonthCadence,
    Silence,
    SilentRun,
    months_between,
)
from mediawatch.rules.known_days import disproved_spans
from mediawatch.rules.policy import load
from scrapers.replica import TrueAccount, World

READ = datetime(2023, 1, 1, 9, tzinfo=BEIJING)
MONTHS = months_between(date(2022, 7, 1), date(2022, 12, 31))
POLICY = load("tibet")


def look(account: Account, true: TrueAccount, number: int) -> list[Reading]:
    """What lists could show of an account: all of half a year, all of seven weeks, or some posts."""
    posts = [
        Post(on=day_of(each.at), at=each.at, id=f"{account.id}-{place}")
        for place, each in enumerate(true.posts_at(READ))
    ]
    since = (date(2022, 7, 1), date(2022, 11, 10), None)[number % 3]
    filed = account.filed
    tied = {
        "matched_by": MatchedBy.ID if filed.identity.has_id else MatchedBy.URL,
        "name": filed.name,
        "platform_id": filed.platform_id,
        "original_id": filed.original_id,
    }
    shown = [each for each in posts if since is None or each.on >= since]
    found = [
        plain_reading(
            account.id,
            READ,
            *(shown[:: 1 if since else 2]),
            complete_since=day_start(since) if since else None,
            outcome=Outcome.OK,
            **tied,
        )
    ]
    older = [each for each in posts if since and each.on < since]
    return [*found, plain_reading(account.id, READ, *older[::2], **tied)] if older else found


@pytest.fixture(scope="module")
def world() -> World:
    return World.read(Path(str(shipped_world())))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, world: World) -> Path:
    """A home with the 146 accounts, and readings of all of them."""
    folder = tmp_path_factory.mktemp("cadence")
    rows = world.filed_rows()
    with (folder / "registry.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    root = folder / "home"
    assert in_process("--home", root, "init").returncode == 0
    done = in_process("--home", root, "registry", "import", folder / "registry.csv")
    assert done.returncode == 0, done.stderr

    async def fill() -> None:
        async with open_app(Home.at(root), clock=lambda: READ) as app:
            accounts = await app.store.accounts.all()
            for number, (account, true) in enumerate(zip(accounts, world.accounts, strict=True)):
                for each in look(account, true, number):
                    await app.store.readings.keep(each)

    asyncio.run(fill())
    return root


def counted(home: Path, months: Sequence[date] = MONTHS) -> list[AccountCadence]:
    async def work() -> list[AccountCadence]:
        async with open_app(Home.at(home), clock=lambda: READ) as app:
            return await count_cadences(app, await app.store.accounts.all(), months, POLICY)

    return asyncio.run(work())


def test_the_tables_agree_with_the_world(home: Path, world: World) -> None:
    found = counted(home)
    assert len(found) == len(world.accounts) == 146
    kinds: Counter[str] = Counter()
    for number, (each, true) in enumerate(zip(found, world.accounts, strict=True)):
        days = [day_of(one.at) for one in true.posts_at(READ)]
        if each.why_none:
            kinds[each.why_none] += 1
            continue
        tied = each.account.filed.identity.has_id
        for month in each.cadence.months:
            truth = sum(month.first <= day <= month.last for day in days)
            assert month.posts.least <= truth, each
            if (number % 3 == 0 and tied) or (
                number % 3 == 1 and tied and month.month == date(2022, 12, 1)
            ):
                # No opening is filed: the first known post begins the account.
                begun = any(day <= month.last for day in days)
                assert month.posts == Bounds(truth, truth if begun else None), each
            elif month.month < date(2022, 11, 1) or number % 3 == 2 or not tied:
                assert month.posts.most is None, each
                assert month.silence in (Silence.POSTED, Silence.OPEN), each
            if month.silence is Silence.SILENT:
                assert not truth
            kinds[posts_words(month.posts)[:2]] += 1
    assert kinds["至少"] > 50
    assert kinds["不详"] > 50
    units = unit_cadences(found, MONTHS)
    assert sum(month.accounts for unit in units for month in unit.months) == sum(
        len(each.cadence.months) for each in found if each.has_unit
    )


def test_the_workbook_says_how_far_it_is_certain(home: Path, tmp_path: Path) -> None:
    book, folder = tmp_path / "频次.xlsx", tmp_path / "csv"
    done = in_process(
        "--home", home, "cadence", "--from", "2022-11", "--to", "2022-12", "--xlsx", book, "--csv", folder
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == ["按账号", "按单位", "未统计", "说明"]
    rows = [*sheets["按账号"].iter_rows(values_only=True)]
    assert rows[0][0] == "更新频次（按账号，2022年11月至12月）"
    assert str(rows[1][0]).startswith("内部使用")
    figures = [str(row[6]) for row in rows[3:]]
    assert all(re.fullmatch(r"(至少)?\d+条|不详", each) for each in figures)
    assert {"至少", "不详"} <= {each[:2] for each in figures}
    names = [row[2] for row in rows[3::2]]
    # The order of the registry; no ranking.
    assert names == [each.account.filed.name for each in counted(home) if not each.why_none]
    assert len([*folder.iterdir()]) == 4
    assert sheets["说明"]["A1"].value == "说明"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "2022-13"), "--from 2022-13: that is no month: write it as 2022-10"),
        (("--from", "2022-12", "--to", "2022-10"), "--from 2022-12 lies after --to 2022-10"),
        (("--to", "2999-01"), "2999-01 has no day that is over yet"),
        (("--from", "2019-01", "--to", "2022-10"), "46 months are too many"),
        (("--unit", "不存在的局"), "--unit 不存在的局: none of the accounts has that"),
        (("--platform", "weixin"), "--platform weixin: none of the accounts has that"),
    ],
)
def test_wrong_words_are_told(home: Path, words: tuple[str, ...], told: str) -> None:
    done = in_process("--home", home, "cadence", *words)
    assert (done.returncode, told in done.stderr) == (2, True), done.stderr


def test_a_workbook_of_too_many_rows_is_refused_before_any_is_counted(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediawatch.cli.cadence._MOST_ROWS", 100)
    words = ("--home", home, "cadence", "--to", "2022-12", "--xlsx", tmp_path / "频次.xlsx")
    done = in_process(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "rows are too many for a workbook" in done.stderr
    assert "--csv" in done.stderr
    assert not (tmp_path / "频次.xlsx").exists()
    done = in_process(*words, "--platform", "douyin")
    assert done.returncode == 0, done.stderr


def test_a_region_and_a_platform_narrow_the_tables(home: Path) -> None:
    done = in_process(
        "--home", home, "cadence", "--to", "2022-12", "--region", "达孜区", "--platform", "douyin"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("DEMO-") == 1
    assert "邦堆新时代" in done.stdout
    assert "内部使用" in done.stdout


def test_a_list_of_accounts_is_a_scope(home: Path, tmp_path: Path) -> None:
    (tmp_path / "名单.csv").write_text("备案单号\nDEMO-0040\nDEMO-0018\n", "utf-8-sig")
    done = in_process(
        "--home", home, "cadence", "--to", "2022-12", "--scope", tmp_path / "名单.csv"
    )
    assert done.returncode == 0, done.stderr
    assert re.findall(r"DEMO-\d+", done.stdout) == ["DEMO-0018", "DEMO-0040"]
    assert "2022年12月" in done.stdout


async def test_filings_of_one_account_count_once_and_a_dismissed_silence_is_none(
    tmp_path: Path,
) -> None:
    filed = Filing(
        name="示例发布",
        platform="weibo",
        platform_id="7",
        organiser="示例局",
        opened_on=date(2020, 1, 1),
    )
    async with open_app(Home.at(tmp_path / "home").create(), clock=lambda: READ) as app:
        accounts = await enter(app.store, filed, replace(filed, name="示例微博"))
        await app.store.readings.keep(
            plain_reading(
                accounts[1].id,
                READ,
                complete_since=EVER,
                matched_by=MatchedBy.ID,
                platform_id="7",
                outcome=Outcome.NO_POSTS,
            )
        )
        (found,) = await count_cadences(app, accounts, MONTHS, POLICY)
        assert found.account.id == accounts[0].id
        # What was seen of the other filing speaks for this one by the id.
        assert found.cadence.months[-1].posts == Bounds(0, 0)
        assert found.cadence.months[-1].run == SilentRun(36)
    event = ReviewEvent(
        sweep_id=1,
        account_id=4,
        code=Code.STALE_2W,
        action=ReviewAction.DISMISSED,
        at=READ,
        by="甲",
        facts=Facts(code=Code.STALE_2W, latest_on=date(2022, 11, 26)),
    )
    as_of = date(2022, 12, 31)
    assert disproved_spans([event], as_of) == {4: [(date(2022, 11, 26), as_of)]}
    assert disproved_spans([replace(event, facts=None)], as_of) == {4: [(date.min, as_of)]}
    reopened = replace(event, action=ReviewAction.REOPENED, at=READ + timedelta(days=1))
    assert disproved_spans([event, reopened], as_of) == {}
    assert disproved_spans([replace(event, code=Code.NAME_MISMATCH)], as_of) == {}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (posts_words(Bounds(3, 3)), "3条"),
        (posts_words(Bounds(3, None)), "至少3条"),
        (posts_words(Bounds(0, None)), "不详"),
        (gap_words(Bounds(15, 15)), "15天"),
        (gap_words(Bounds(1, 15)), "至多15天"),
        (gap_words(Bounds(9, 15)), "9至15天"),
        (gap_words(Bounds(9, None)), "至少9天"),
        (gap_words(Bounds(1, None)), "不详"),
        (below_words(Bounds(0, 0), 30), "0天"),
        (below_words(Bounds(0, 9), 30), "至多9天"),
        (below_words(Bounds(2, 9), 30), "2至9天"),
        (below_words(Bounds(0, 30), 30), "不详"),
        (run_words(None), "不详"),
        (run_words(SilentRun(0)), "0"),
        (run_words(SilentRun(2)), "2个月"),
        (run_words(SilentRun(2, minimum=True)), "至少2个月"),
    ],
)
def test_words_say_how_far_a_figure_is_certain(given: str, words: str) -> None:
    assert given == words


def counted_month(month: date) -> MonthCadence:
    return MonthCadence(
        month, month, month, Bounds(0, 0), Bounds(0, 1), Bounds(0, 0), Silence.SILENT, None
    )


def test_a_unit_is_silent_where_all_its_accounts_are() -> None:
    def account(number: int, *silences: Silence) -> AccountCadence:
        filed = Filing(name=str(number), platform="weibo", organiser="示例局")
        states = dict(zip(MONTHS, silences, strict=False))
        one = counted_month(MONTHS[2])
        return AccountCadence(Account(id=number, filed=filed), Cadence((one,), states))

    silent, posted, open_ = Silence.SILENT, Silence.POSTED, Silence.OPEN
    (unit,) = unit_cadences(
        [account(1, posted, silent, silent), account(2, silent, Silence.UNCOUNTED, silent)],
        MONTHS[:3],
    )
    assert [(each.accounts, each.run) for each in unit.months] == [(2, SilentRun(2))]
    (unit,) = unit_cadences(
        [account(1, posted, open_, silent), account(2, silent, silent, silent)], MONTHS[:3]
    )
    assert unit.months[0].run == SilentRun(1, minimum=True)
    (unit,) = unit_cadences([account(1, posted, silent, open_)], MONTHS[:3])
    assert unit.months[0].run is None
    # What is known of one account reaches further back than what is known of the other.
    older = replace(account(2, *[silent] * 3).cadence, silences=dict.fromkeys(MONTHS[1:3], silent))
    (unit,) = unit_cadences(
        [account(1, *[silent] * 3), replace(account(2), cadence=older)], MONTHS[:3]
    )
    assert unit.months[0].run == SilentRun(3)
