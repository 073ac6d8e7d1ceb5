"""WeChat's own list, albums and migrations: the real surfaces in a real Chromium
before the replica.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from browsers import facing, key
from tables import short

from mediawatch.domain import (
    Account,
    Attestation,
    DateKind,
    Filing,
    LookKind,
    MatchedBy,
    Need,
    Outcome,
    Reading,
)
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.platforms import SiteLooker
from scrapers.replica import Replica, TrueAccount, World

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
NEW_ID = "MzkwMDAwMDAwNw=="
WORLD = World.parse(
    "platform,type,name,filing_number,platform_id,original_id,alias,truth,posts,articles,album,"
    "reader,own,migrated_to,reader_url\n"
    "wechat,微信公众号,示例市本局,Y1,MzkwMDAwMDAwMQ==,gh_0000000000a1,shili_own,alive,"
    "2022-10-02 unpushed;2022-10-01;2022-09-01,2,,,yes,,\n"
    "wechat,微信公众号,示例市合集局,Y2,MzkwMDAwMDAwMg==,gh_0000000000a2,,alive,2022-12-20;"
    "2022-10-01;2022-09-01,3,1;2;3,,,,\n"
    "wechat,微信公众号,示例市独篇局,Y3,MzkwMDAwMDAwMw==,,,alive,2022-10-01;2022-09-01,1,1,,,,\n"
    "wechat,微信公众号,示例市读书局,Y4,MzkwMDAwMDAwNA==,,,alive,2022-12-30 "
    "unpushed;2022-12-20;2022-09-01,,,yes,,,\n"
    "wechat,微信公众号,示例市迁移局,Y5,MzkwMDAwMDAwNQ==,,,alive,2022-09-01,1,,,,MzkwMDAwMDAwNw==,\n"
    "wechat,微信公众号,示例市新迁局,Y7,MzkwMDAwMDAwNw==,gh_0000000000a7,,alive,2022-12-29,,,,,,\n"
)


def true(name: str) -> TrueAccount:
    return next(each for each in WORLD.accounts if each.name == name)


class Office:
    """Looks with the operator's logins at the back office and, unless otherwise given, at 微信读书."""

    def __init__(self, looks: SiteLooker, replica: Replica) -> None:
        self.looks, self.replica = looks, replica

    async def look(
        self, name: str, *, links: tuple[str, ...] = (), second: bool = False, **changed: Any
    ) -> Reading:
        filed = WORLD.filed_rows()[[each.name for each in WORLD.accounts].index(name)]
        known = true(name)
        ids = {key: known.filed[key] for key in ("platform_id", "original_id", "alias")}
        values = {
            "article_links": known.known_links,
            "reader_url": filed["微信读书链接"],
            **ids,
            **changed,
        }
        account = Account(
            id=1,
            filed=Filing(name=name, platform="wechat", **values),
            links=(*values["article_links"], *links),
        )
        need = Need(fresh_after=date(2022, 12, 17), second=second)
        sights = await self.looks.look(account, need, Pacing(scale=0))
        return Reading(
            account_id=1, look=LookKind.FIRST, started_at=NOW, read_at=NOW, sights=sights
        )


@pytest.fixture(scope="module")
async def office(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("sessions")
    async with Replica(
        WORLD, now=lambda: NOW, logged_in=frozenset({"wechat", "weread"}), key=key()
    ) as replica:
        for platform in ("wechat", "weread"):
            (folder / platform).mkdir()
            (folder / platform / "office.json").write_text(
                json.dumps(replica.storage_state(platform)), "utf-8"
            )
        async with facing(replica, executable, lambda: NOW) as browser:
            yield Office(SiteLooker(browser, folder), replica)
        assert not replica.strangers


def surfaces(reading: Reading) -> list[str]:
    return [f"{sight.surface.removeprefix('wechat.')} {sight.outcome}" for sight in reading.sights]


async def test_the_own_list_is_exact_and_counts_what_was_not_pushed(office: Office) -> None:
    reading = await office.look("示例市本局")
    assert surfaces(reading) == ["own ok"]
    assert (reading.name, reading.matched_by, reading.date_kind) == (
        "示例市本局",
        MatchedBy.ID,
        DateKind.EXACT,
    )
    assert (reading.latest and reading.latest.on) == date(2022, 10, 2)
    (own,) = reading.sights
    assert (own.attested, own.original_id, len(own.posts)) == (
        Attestation.DESCRIBED,
        "gh_0000000000a1",
        3,
    )
    assert all("token" not in post.link for post in own.posts)


async def test_the_own_list_and_an_article_speak_of_one_post(office: Office) -> None:
    own = await office.look("示例市本局")
    article = await office.look("示例市本局", platform_id="", alias="", original_id="")
    assert surfaces(article)[0] == "article ok"
    assert article.sights[0].posts[0].id in {post.id for post in own.posts}


@pytest.mark.parametrize(
    "changed",
    short(
        [
            {"platform_id": "MzkwMDAwMDAwOQ=="},
            {"platform_id": "", "original_id": "gh_ffffffffffff", "alias": ""},
            {"platform_id": "", "original_id": "", "alias": ""},
        ]
    ),
)
async def test_another_accounts_list_is_not_taken_for_its_own(
    office: Office, changed: dict[str, str]
) -> None:
    filed: dict[str, Any] = {**changed, "article_links": ()}
    reading = await office.look("示例市本局", **filed)
    assert "wechat.own" not in {sight.surface for sight in reading.sights}


async def test_the_operators_token_stays_out_of_the_evidence(office: Office) -> None:
    reading = await office.look("示例市本局", second=True)
    own = next(sight for sight in reading.sights if sight.surface == "wechat.own")
    kept = b" ".join(
        gzip.decompress(capture.body) + capture.url.encode() for capture in own.captures
    )
    token = (
        next(served.url for served in office.replica.requests if "token=" in served.url)
        .partition("token=")[2]
        .partition("&")[0]
    )
    assert b"content_url" in kept
    assert token.encode() not in kept


async def test_an_article_leads_to_its_album_and_the_next_article(office: Office) -> None:
    known = true("示例市合集局")
    reading = await office.look("示例市合集局")
    assert surfaces(reading)[:2] == ["article ok", "album ok"]
    article, album = reading.sights[:2]
    assert article.links[0] == known.article_link(known.posts[1])
    assert f"album_id={known.album}" in article.links[1]
    assert (album.name, album.original_id, album.matched_by) == (
        "示例市合集局",
        "gh_0000000000a2",
        MatchedBy.ID,
    )
    assert (reading.latest and reading.latest.on, reading.date_kind) == (
        date(2022, 12, 20),
        DateKind.AT_LEAST,
    )
    assert {post.id for post in article.posts} < {post.id for post in album.posts}


async def test_an_album_of_one_article_stands_there_without_a_list(office: Office) -> None:
    reading = await office.look("示例市独篇局", article_links=(), links=(album_of("示例市独篇局"),))
    album = next(sight for sight in reading.sights if sight.surface == "wechat.album")
    assert [post.on for post in album.posts] == [date(2022, 10, 1)]


def album_of(name: str) -> str:
    known = true(name)
    return f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={known.id}&action=getalbum&album_id={known.album}"


async def test_another_accounts_album_is_no_evidence(office: Office) -> None:
    reading = await office.look("示例市独篇局", article_links=(), links=(album_of("示例市合集局"),))
    album = next(sight for sight in reading.sights if sight.surface == "wechat.album")
    assert (album.outcome, album.posts, album.matched_by) == (Outcome.NO_EVIDENCE, (), None)


async def test_a_migrated_account_proposes_the_new_one(office: Office) -> None:
    reading = await office.look("示例市迁移局")
    migrated = reading.sights[0]
    assert (migrated.surface, migrated.outcome, migrated.attested) == (
        "wechat.article",
        Outcome.MIGRATED,
        Attestation.DESCRIBED,
    )
    assert (migrated.platform_id, migrated.posts) == ("", ())
    assert f"new account: 示例市新迁局 biz={NEW_ID} gh_0000000000a7" in migrated.detail
