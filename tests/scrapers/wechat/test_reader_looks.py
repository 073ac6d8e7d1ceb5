"""微信读书: cover, article and list, by the real surfaces in a real Chromium before the replica."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from browsers import facing, key
from tables import short

from mediawatch.domain import (
    DAY_FULL,
    Account,
    Attestation,
    DateKind,
    DayEnd,
    Filing,
    LookKind,
    MatchedBy,
    Need,
    Outcome,
    Post,
    ProvisionalId,
    Reading,
    Sight,
)
from mediawatch.ports import See, Visit
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.pool import Browser, Launch, Session
from scrapers.browser.shared_pages import SharedPages
from scrapers.look import LookTask, look
from scrapers.platforms import SCRAPERS
from scrapers.replica import Replica, TrueAccount, World

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
NEED = Need(fresh_after=date(2022, 12, 17))
LONG = ";".join(f"2022-{month:02d}-{day:02d}" for month in (11, 12) for day in range(3, 17))


def rows() -> str:
    """One account each: what 微信读书 has of it."""
    columns = {
        "读书": ("2022-12-30;2022-12-20", "yes", "", ""),
        "迟到": ("2022-12-30;2022-11-01", "unfiled", "5", ""),
        "未推": ("2022-12-30 unpushed;2022-12-20;2022-09-01", "unfiled", "", ""),
        "旧闻": (LONG, "unfiled", "16", ""),
        "禁列": ("2022-12-28", "unfiled", "", "barred"),
        "无时": ("2022-12-28", "unfiled", "", "undated"),
        "混排": ("2022-10-28", "unfiled", "", "others"),
        "空白": ("", "unfiled", "", ""),
        "搜得": ("2022-12-29", "unfiled", "", ""),
    }
    heading = "platform,type,name,filing_number,true_id,original_id,truth,posts,reader,reader_lag,reader_list\n"
    return heading + "".join(
        f"wechat,微信公众号,示例市{name}局,Y{number},{biz(number)},gh_{number:012x},alive,"
        f"{posts},{reader},{lag},{listed}\n"
        for number, (name, (posts, reader, lag, listed)) in enumerate(columns.items(), 1)
    )


def biz(number: int) -> str:
    return b64encode(str(3_900_000_000 + number).encode()).decode()


WORLD = World.parse(rows())


def true(name: str) -> TrueAccount:
    return next(each for each in WORLD.accounts if each.name == f"示例市{name}局")


class Desk:
    """Looks with a login at 微信读书; by calls where `pages` are given."""

    def __init__(
        self, browser: Browser, replica: Replica, folder: Path, logins: tuple[str, ...]
    ) -> None:
        self.browser, self.replica, self.folder = browser, replica, folder
        self.sessions = [Session(each, "office", folder / f"{each}.json") for each in logins]
        for each in logins:
            state = replica.storage_state(each)
            (folder / f"{each}.json").write_text(json.dumps(state), "utf-8")

    async def look(
        self, name: str, *, pages: SharedPages | None = None, need: Need = NEED, **filed: str
    ) -> Reading:
        known = true(name)
        values = {"platform_id": known.id, "reader_url": "", **filed}
        account = Account(
            id=1, filed=Filing(name=known.name, platform="wechat", **values), links=()
        )
        return await self.look_at(account, pages=pages, need=need)

    async def look_at(
        self, account: Account, *, pages: SharedPages | None = None, need: Need = NEED
    ) -> Reading:
        sights = await look(
            LookTask(
                SCRAPERS["wechat"],
                self.browser,
                self.sessions,
                account,
                need,
                Pacing(scale=0),
                pages,
            )
        )
        return Reading(
            account_id=1, look=LookKind.FIRST, started_at=NOW, read_at=NOW, sights=sights
        )


@pytest.fixture(scope="module")
async def desk(executable: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    folder = tmp_path_factory.mktemp("sessions")
    logged_in = frozenset({"weread", "wechat"})
    async with Replica(WORLD, now=lambda: NOW, logged_in=logged_in, key=key()) as replica:
        async with facing(replica, executable, lambda: NOW) as browser:
            yield Desk(browser, replica, folder, ("weread",))
        assert not replica.strangers


def told(reading: Reading) -> list[str]:
    return [f"{each.surface.removeprefix('wechat.')} {each.outcome}" for each in reading.sights]


def newest(reading: Reading) -> date | None:
    return reading.latest.on if reading.latest else None


@pytest.mark.parametrize("by_call", short([True, False]))
async def test_cover_and_article_prove_the_newest_push(desk: Desk, by_call: bool) -> None:
    pages = SharedPages(desk.browser) if by_call else None
    reading = await desk.look("未推", pages=pages)
    if pages:
        await pages.rest()
    assert told(reading) == ["reader_cover ok", "article ok"]
    # The newest was published without a push: 微信读书 has not got it.
    assert (newest(reading), reading.date_kind) == (date(2022, 12, 20), DateKind.AT_LEAST)
    assert (reading.name, reading.matched_by) == ("示例市未推局", MatchedBy.ID)
    cover, article = reading.sights
    assert (cover.posts, cover.name, cover.matched_by) == ((), "", None)
    assert (cover.attested, article.attested) == (Attestation.DESCRIBED, Attestation.RECORDED)
    assert (article.link_from, article.original_id, article.session) == (
        "wechat.reader_cover",
        f"gh_{3:012x}",
        "",
    )
    # Opening the page, and asking for the cover.
    assert (cover.calls, article.calls) == (2, 1)


async def test_one_open_page_asks_for_every_account(desk: Desk) -> None:
    pages, before = SharedPages(desk.browser), len(desk.replica.requests)
    calls = []
    for name in ("读书", "未推", "禁列"):
        reading = await desk.look(name, pages=pages)
        assert told(reading) == ["reader_cover ok", "article ok"]
        calls.append(reading.sights[0].calls)
    await pages.rest()
    served = [each.url for each in desk.replica.requests[before:]]
    assert sum("/web/mp/reader/" in url for url in served) == 1
    assert calls == [2, 1, 1]


async def test_an_old_article_has_the_list_asked_and_stays_a_lower_bound(desk: Desk) -> None:
    reading = await desk.look("迟到")
    assert told(reading) == ["reader_cover ok", "article ok", "reader_list ok"]
    assert (newest(reading), reading.date_kind) == (date(2022, 11, 1), DateKind.AT_LEAST)


async def test_a_barred_list_leaves_the_cover_its_proof(desk: Desk) -> None:
    assert told(await desk.look("禁列")) == ["reader_cover ok", "article ok"]
    desk.replica.weread.refusals["cover"] = -2013
    try:
        reading = await desk.look("禁列")
    finally:
        desk.replica.weread.refusals.clear()
    assert told(reading) == ["reader_cover changed", "reader_list captcha"]
    assert "params error (node)" in reading.sights[0].detail
    assert reading.sights[1].ends_day is DayEnd.SURFACE


async def test_an_undated_list_leads_to_its_newest_article(desk: Desk) -> None:
    desk.replica.weread.refusals["cover"] = -2013
    try:
        reading = await desk.look("无时")
    finally:
        desk.replica.weread.refusals.clear()
    assert told(reading) == ["reader_cover changed", "reader_list ok", "article ok"]
    assert (newest(reading), reading.sights[2].link_from) == (
        date(2022, 12, 28),
        "wechat.reader_list",
    )


async def test_another_accounts_article_in_the_list_is_no_proof(desk: Desk) -> None:
    reading = await desk.look("混排")
    assert newest(reading) == date(2022, 10, 28)
    assert "1 articles of other accounts left out" in reading.sights[-1].detail


async def test_a_period_is_read_page_by_page(desk: Desk) -> None:
    need = Need(fresh_after=date.max, back_to=date(2022, 11, 10))
    reading = await desk.look("旧闻", need=need)
    assert told(reading) == ["reader_cover ok", "article ok", "reader_list ok"]
    listed = reading.sights[-1]
    assert (len(listed.posts), listed.calls, listed.complete_since) == (27, 2, None)


async def test_nothing_there_is_no_silence(desk: Desk) -> None:
    reading = await desk.look("空白")
    assert told(reading) == ["reader_cover no_evidence", "reader_list no_evidence"]
    assert reading.outcome.about_us


async def test_the_filed_address_of_another_account_is_no_evidence(desk: Desk) -> None:
    reading = await desk.look("空白", reader_url=true("读书").reader_page)
    assert told(reading)[0] == "reader_cover no_evidence"
    assert "the filed reader page is that of MP_WXS_3900000001" in reading.sights[0].detail
    assert reading.posts == ()


async def test_a_filed_address_alone_leads_to_the_account(desk: Desk) -> None:
    reading = await desk.look("读书", platform_id="", reader_url=true("读书").reader_page)
    assert told(reading) == ["reader_cover ok", "article ok"]
    assert (newest(reading), reading.matched_by) == (date(2022, 12, 30), MatchedBy.NAME)


async def test_a_number_that_the_search_has_found_leads_there(desk: Desk, tmp_path: Path) -> None:
    both = Desk(desk.browser, desk.replica, tmp_path, ("weread", "wechat"))
    reading = await both.look("搜得", platform_id="")
    assert told(reading) == ["search ok", "list rate_limited", "reader_cover ok", "article ok"]
    assert (newest(reading), reading.sights[-1].matched_by) == (
        date(2022, 12, 29),
        MatchedBy.NAME,
    )


async def test_a_renamed_page_of_a_number_found_by_name_proves_nothing_and_tells_its_name(
    desk: Desk,
) -> None:
    known, name = true("搜得"), "示例市原名局"
    found = ProvisionalId(account_id=1, value=known.id, name=name, on=NOW.date())
    filed = Filing(name=name, platform="wechat")
    reading = await desk.look_at(Account(id=1, filed=filed, provisional=found))
    (article,) = (sight for sight in reading.sights if sight.surface == "wechat.article")
    assert (article.outcome, article.name) == (Outcome.NO_EVIDENCE, known.name)
    assert (article.matched_by, article.provisional) == (None, known.id)
    assert newest(reading) is None


async def test_the_picture_check_ends_the_logins_day(desk: Desk) -> None:
    desk.replica.weread.checks = True
    try:
        reading = await desk.look("读书")
        pages = SharedPages(desk.browser)
        called = await desk.look("读书", pages=pages)
        await pages.rest()
    finally:
        desk.replica.weread.checks = False
    for each in (reading, called):
        assert told(each) == ["reader_cover captcha"]
        assert each.sights[0].ends_day is DayEnd.LOGIN


async def test_too_often_is_a_rate_limit_and_the_list_is_spared(desk: Desk) -> None:
    desk.replica.weread.refusals["cover"] = -2014
    try:
        assert told(await desk.look("读书")) == ["reader_cover rate_limited"]
    finally:
        desk.replica.weread.refusals.clear()


async def test_the_answers_alone_are_the_evidence(desk: Desk) -> None:
    reading = await desk.look("禁列", need=replace(NEED, second=True))
    cover, article = reading.sights
    kept = b" ".join(gzip.decompress(each.body) + each.url.encode() for each in cover.captures)
    assert b"reviewId" in kept
    secrets = [each["value"] for each in desk.replica.storage_state("weread")["cookies"]]
    assert not any(secret.encode() in kept for secret in secrets)
    assert b"x-wrpa-0" not in kept
    assert article.captures


@pytest.mark.parametrize(
    ("renews", "expected"),
    [(True, ["reader_cover ok", "article ok"]), (False, ["reader_cover login_required"])],
)
async def test_a_login_that_is_over_is_renewed_by_the_page_or_not(
    executable: Path, tmp_path: Path, renews: bool, expected: list[str]
) -> None:
    async with (
        Replica(WORLD, now=lambda: NOW, logged_in=frozenset({"weread"}), key=key()) as replica,
        facing(replica, executable, lambda: NOW) as browser,
    ):
        desk = Desk(browser, replica, tmp_path, ("weread",))
        pages = SharedPages(browser)
        assert told(await desk.look("读书", pages=pages))[0] == "reader_cover ok"
        replica.weread.end_key(renews=renews)
        assert told(await desk.look("读书", pages=pages)) == expected
        await pages.rest()
        replica.end_login("weread")
        assert told(await desk.look("禁列")) == ["reader_cover login_required"]


async def test_after_its_rest_the_cover_leads_to_its_article_too(desk: Desk) -> None:
    resting = replace(NEED, only="wechat.reader_cover", goes_on=True)
    reading = await desk.look("未推", need=resting)
    assert told(reading) == ["reader_cover ok", "article ok"]
    control = replace(NEED, only="wechat.reader_cover")
    assert told(await desk.look("未推", need=control)) == []


class Answered:
    """A gate that lets nobody through, and answers for the surfaces that are named."""

    def __init__(self, *sights: Sight) -> None:
        self.sights = {sight.surface: sight for sight in sights}
        self.asked: list[str] = []

    async def visit(self, visit: Visit, see: See) -> Sight | None:
        self.asked.append(visit.surface.removeprefix("wechat."))
        return self.sights.get(visit.surface)

    async def pause(self, visit: Visit) -> None:
        raise AssertionError("nothing is asked")


def shown(surface: str, **values: Any) -> Sight:
    return Sight(surface=f"wechat.{surface}", read_at=NOW, **values)


ARTICLE = shown(
    "article", platform_id=biz(7), matched_by=MatchedBy.URL, posts=(Post(on=date(2022, 11, 1)),)
)
LINK = "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAB"


@pytest.mark.parametrize(
    ("earlier", "only", "asked"),
    [
        # The article has shown the number that leads to the cover; without it nothing does.
        ((ARTICLE,), "wechat.reader_cover", ["reader_cover", "article"]),
        ((), "wechat.reader_cover", []),
        # What was seen before is not seen again; what rested is.
        ((), "", ["article", "reader_cover", "article", "reader_list"]),
        ((ARTICLE,), "", ["reader_cover", "article", "reader_list"]),
        ((ARTICLE, shown("reader_list")), "", ["reader_cover", "article"]),
    ],
)
async def test_a_look_goes_on_after_a_rest_with_what_it_has_learned(
    tmp_path: Path, earlier: tuple[Sight, ...], only: str, asked: list[str]
) -> None:
    cover = shown("reader_cover", links=(LINK,))
    gate = Answered(cover, *(() if earlier else (ARTICLE,)))
    filed = Filing(name="示例市某局", platform="wechat")
    account = Account(
        id=1, filed=filed, links=("https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA",)
    )
    need = replace(NEED, only=only, goes_on=bool(only), earlier=earlier)
    sessions = [Session("weread", "office", tmp_path / "office.json")]
    browser = Browser(Launch(tmp_path / "no-browser"), now=lambda: NOW)
    sights = await look(LookTask(SCRAPERS["wechat"], browser, sessions, account, need, gate))
    assert gate.asked == asked
    assert [sight.surface for sight in sights].count("wechat.reader_cover") == (1 if asked else 0)
    assert not set(sights) & set(earlier)


@pytest.mark.parametrize(
    ("cover", "asked"),
    [
        # The named article was opened, and is old; or 微信读书 has none.
        (shown("reader_cover", links=(LINK,)), ["reader_cover", "article"]),
        (shown("reader_cover", outcome=Outcome.NO_EVIDENCE), ["reader_cover"]),
        # The cover has said nothing of the account: the list is asked.
        (shown("reader_cover", outcome=Outcome.CHANGED), ["reader_cover", "reader_list"]),
        # Its login had no call left; another login may have.
        (
            shown("reader_cover", outcome=Outcome.NO_EVIDENCE, detail=DAY_FULL),
            ["reader_cover", "reader_list"],
        ),
    ],
)
async def test_a_spared_list_is_asked_only_where_the_cover_did_not_answer(
    tmp_path: Path, cover: Sight, asked: list[str]
) -> None:
    gate = Answered(cover, ARTICLE)
    account = Account(id=1, filed=Filing(name="示例市某局", platform="wechat", platform_id=biz(7)))
    need = replace(NEED, spared=frozenset({"wechat.reader_list"}))
    sessions = [Session("weread", "office", tmp_path / "office.json")]
    browser = Browser(Launch(tmp_path / "no-browser"), now=lambda: NOW)
    await look(LookTask(SCRAPERS["wechat"], browser, sessions, account, need, gate))
    assert gate.asked == asked
