"""What one look makes of several facts and surfaces, and the looks behind the core's port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from browsers import SHORT
from local_site import HOSTS, Answer, served

from mediawatch.domain import (
    Account,
    Attestation,
    Captcha,
    Changed,
    Filing,
    LookKind,
    MatchedBy,
    Need,
    Outcome,
    Pace,
    PayloadFacts,
    Post,
    Reading,
    Sight,
    UserError,
)
from mediawatch.domain.clock import EVER
from mediawatch.ports import Looker
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.pool import Browser, Launch, Tab
from scrapers.look import is_settled, merge_facts, with_links
from scrapers.platforms import SCRAPERS, SiteLooker
from scrapers.surface import Scraper, SessionUse, Shows, Surface

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
OLD, NEW = Post(on=date(2025, 10, 1), id="1"), Post(on=date(2026, 1, 4), id="2")
NEED = Need(fresh_after=date(2025, 12, 22))
NAMED = PayloadFacts(name="示例", platform_id="7", matched_by=MatchedBy.ID)


class Plain(Surface):
    """A surface of a platform that does not exist."""

    name, label = "plain.page", "示例"
    attested = Attestation.DESCRIBED
    session = SessionUse.VISITOR
    shows = Shows.ALL
    pace = Pace(every=0)

    def __init__(self, url: str = "", facts: tuple[PayloadFacts | Exception, ...] = ()) -> None:
        self.url, self.facts = url, facts

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        if self.url or account.links:
            await tab.open(self.url or account.links[0])
        for fact in self.facts:
            if isinstance(fact, Exception):
                raise fact
            yield fact


class Some(Plain):
    shows = Shows.SOME


class Known(Plain):
    shows = Shows.ALL_LOGGED_IN


def sight(*facts: PayloadFacts, surface: Surface | None = None, session: str = "") -> Sight:
    return merge_facts(surface or Plain(), facts, session=session, read_at=NOW)


def test_facts_become_one_sight() -> None:
    got = sight(
        PayloadFacts(name="别处的名"),
        NAMED,
        PayloadFacts(posts=(OLD, NEW)),
        PayloadFacts(posts=(NEW,), complete_since=EVER, detail="b"),
    )
    assert (got.name, got.platform_id, got.matched_by, got.outcome) == (
        "示例",
        "7",
        MatchedBy.ID,
        Outcome.OK,
    )
    assert (got.posts, got.complete_since, got.detail) == ((OLD, NEW), EVER, "b")
    assert sight().outcome is Outcome.NO_EVIDENCE
    assert sight(NAMED, PayloadFacts(outcome=Outcome.BANNED)).outcome is Outcome.BANNED


def test_a_negative_is_tied_no_better_than_it_was_itself() -> None:
    gone = PayloadFacts(outcome=Outcome.CANCELLED, matched_by=MatchedBy.URL)
    assert (sight(NAMED, gone).name, sight(NAMED, gone).matched_by) == ("示例", MatchedBy.URL)
    assert sight(NAMED, PayloadFacts(outcome=Outcome.NO_POSTS)).matched_by is MatchedBy.ID
    assert (
        sight(NAMED, PayloadFacts(outcome=Outcome.CAPTCHA, matched_by=MatchedBy.URL)).matched_by
        is MatchedBy.ID
    )


@pytest.mark.parametrize(
    ("surface", "session", "exact"),
    [
        (Plain(), "", True),
        (Plain(), "s", True),
        (Some(), "", False),
        (Some(), "s", False),
        (Known(), "", False),
        (Known(), "s", True),
    ],
)
def test_no_surface_proves_more_than_it_declares(
    surface: Surface, session: str, exact: bool
) -> None:
    assert (
        sight(
            NAMED, PayloadFacts(posts=(OLD,), complete_since=EVER), surface=surface, session=session
        ).exact
        is exact
    )


@pytest.mark.parametrize(
    ("facts", "need", "done"),
    [
        ([NAMED, PayloadFacts(posts=(NEW,))], NEED, True),
        ([NAMED, PayloadFacts(posts=(OLD,))], NEED, False),
        ([NAMED, PayloadFacts(posts=(OLD,), complete_since=EVER)], NEED, True),
        ([PayloadFacts(posts=(NEW,))], NEED, False),
        ([PayloadFacts(posts=(OLD,), complete_since=EVER)], NEED, False),
        ([PayloadFacts(posts=(NEW,))], Need(fresh_after=NEED.fresh_after, identity=False), True),
        ([NAMED], NEED, False),
        ([PayloadFacts(outcome=Outcome.CANCELLED)], NEED, True),
        ([PayloadFacts(outcome=Outcome.NOT_FOUND)], NEED, False),
        ([PayloadFacts(outcome=Outcome.NO_POSTS)], NEED, False),
        ([PayloadFacts(outcome=Outcome.CAPTCHA)], NEED, False),
    ],
)
def test_settled(facts: list[PayloadFacts], need: Need, done: bool) -> None:
    assert is_settled([sight(*facts)], need) is done


def filed(**values: Any) -> Account:
    return Account(id=1, filed=Filing(name="示例", platform="plain", **values))


async def look(browser: Browser, *surfaces: Surface, **need: Any) -> Reading:
    scraper = Scraper(
        platform="plain", surfaces=surfaces, hosts=HOSTS, heavy=frozenset({"*/heavy/*"})
    )
    looks = SiteLooker(browser, Path("/nowhere"), {"plain": scraper})
    sights = await looks.look(
        filed(), Need(**{"fresh_after": NEED.fresh_after, **need}), Pacing(scale=0)
    )
    return Reading(account_id=1, look=LookKind.FIRST, started_at=NOW, read_at=NOW, sights=sights)


async def test_a_failure_keeps_what_was_read_and_nothing_is_complete(browser: Browser) -> None:
    reading = await look(
        browser,
        Plain(facts=(NAMED, PayloadFacts(posts=(OLD,), complete_since=EVER), Captcha("slide"))),
    )
    assert [each.outcome for each in reading.sights] == [Outcome.CAPTCHA]
    assert (reading.name, reading.posts, reading.complete_since) == ("示例", (OLD,), None)


async def test_surfaces_are_tried_until_the_need_is_settled(browser: Browser) -> None:
    surfaces = (
        Some(facts=(Changed("odd"),)),
        Plain(facts=(NAMED, PayloadFacts(posts=(NEW,)))),
        Known(facts=(NAMED,)),
    )
    assert [each.outcome for each in (await look(browser, *surfaces)).sights] == [
        Outcome.CHANGED,
        Outcome.OK,
    ]
    assert len((await look(browser, *surfaces, only="other.page")).sights) == 0


async def test_what_is_heavy_is_for_the_second_look(browser: Browser) -> None:
    with served(
        {"/": "<img src=/heavy/1><p>字</p>", "/heavy/1": Answer(b"", "image/jpeg")}
    ) as site:
        first = await look(browser, Plain(site.url("/"), (NAMED,)))
        assert (site.count("/heavy/1"), [each.captures for each in first.sights]) == (0, [()])
        second = await look(browser, Plain(site.url("/"), (NAMED,)), second=True)
        assert (site.count("/heavy/1"), len(second.sights[0].captures)) == (1, 3)


async def test_a_look_without_a_browser_is_a_sight(tmp_path: Path) -> None:
    browser = Browser(Launch(tmp_path / "no-browser", timeouts=SHORT), now=lambda: NOW)
    reading = await look(browser, Plain(facts=(NAMED,)))
    assert [(each.outcome, each.read_at) for each in reading.sights] == [(Outcome.UNREACHABLE, NOW)]
    await browser.close()


@pytest.mark.parametrize(
    ("content", "mode"), [(None, 0), ("no program", 0o755), ("#!/bin/sh\nexit 1\n", 0o755)]
)
async def test_looks_are_not_begun_with_a_browser_that_does_not_start(
    tmp_path: Path, content: str | None, mode: int
) -> None:
    """Missing, no program, one that ends at once: the operator learns it once, not from every
    account.
    """
    executable = tmp_path / "chromium"
    if content is not None:
        executable.write_text(content)
        executable.chmod(mode)
    looks = SiteLooker(Browser(Launch(executable, ports=None), now=lambda: NOW), tmp_path)
    with pytest.raises(
        UserError, match=r"the browser does not start: .*`mediawatch doctor` says what is missing"
    ) as said:
        await looks.ready()
    assert "\n" not in str(said.value)
    await looks.close()


async def test_a_lone_link_goes_to_the_platform_of_its_host(browser: Browser) -> None:
    with served({"/article": "<p>文</p>"}) as site:
        scraper = Scraper(
            platform="plain",
            surfaces=(),
            hosts=(*HOSTS, "plain.example.cn"),
            links=Plain(site.url("/article?x=1"), (NAMED,)),
        )
        looks: Looker = SiteLooker(
            browser, Path("/nowhere"), {"other": SCRAPERS["toutiao"], "plain": scraper}
        )
        (seen,) = await looks.open_link("请看 https://plain.example.cn/article", Pacing(scale=0))
        assert (seen.name, seen.url) == ("示例", site.url("/article"))
        assert await looks.open_link("https://elsewhere.test/s/1", Pacing(scale=0)) == ()
        assert await looks.open_link("没有链接", Pacing(scale=0)) == ()
        assert await looks.open_link(site.url("/article"), Pacing(scale=0)) == (), "a port"
        assert (looks.supports("plain"), looks.supports("tieba")) == (True, False)


def test_every_platform_has_a_scraper_under_its_own_key() -> None:
    assert {key: scraper.platform for key, scraper in SCRAPERS.items()} == {
        key: key
        for key in ("wechat", "weibo", "douyin", "toutiao", "bilibili", "kuaishou", "tieba")
    }
    for scraper in SCRAPERS.values():
        # One that opens what another has named comes again, under its own name.
        names = [surface.name for surface in scraper.surfaces if not surface.link_source]
        assert names
        assert all(name.startswith(f"{scraper.platform}.") for name in names)
        assert len(set(names)) == len(names)
        assert all(surface.pace.every >= 1 and surface.label for surface in scraper.surfaces)


def test_lasting_links_of_posts_come_newest_first() -> None:
    scraper = replace(SCRAPERS["wechat"], surfaces=())
    links = [f"https://mp.weixin.qq.com/s/Example{number}Example" for number in range(3)]
    long = "https://mp.weixin.qq.com/s?__biz=MzAwMA%3D%3D&mid=1"
    posts = (
        Post(on=date(2026, 1, 2), id="1", link=links[1]),
        Post(on=date(2026, 1, 1), id="0", link=links[0]),
        Post(on=date(2026, 1, 3), id="2", link=links[2]),
        Post(on=date(2026, 1, 4), id="3", link=long),
        Post(on=date(2026, 1, 5), id="4"),
    )
    seen = sight(NAMED, PayloadFacts(posts=posts, links=(links[0],)))
    assert with_links(seen, scraper).links == (links[0], links[2], links[1])
    assert with_links(seen, SCRAPERS["weibo"]).links == (links[0],)


def test_a_described_wording_marks_its_sight() -> None:
    class Recorded(Plain):
        attested = Attestation.RECORDED

    assert sight(NAMED, surface=Recorded()).attested is Attestation.RECORDED
    assert (
        sight(
            NAMED,
            PayloadFacts(outcome=Outcome.BANNED, attested=Attestation.DESCRIBED),
            surface=Recorded(),
        ).attested
        is Attestation.DESCRIBED
    )
    assert (
        sight(NAMED, PayloadFacts(attested=Attestation.RECORDED)).attested is Attestation.DESCRIBED
    ), "a wording is no better than its surface"
