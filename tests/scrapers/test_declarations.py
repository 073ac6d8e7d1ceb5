"""The table that spares a command loading the scrapers says what they say."""

from __future__ import annotations

from scrapers.declarations import (
    FORMER_LABELS,
    INDEX_NAMES,
    KEY_WORDS,
    LOGINS_BY_APPROVAL,
    SITES,
    SURFACE_LABELS,
    LoginsByWord,
)
from scrapers.platforms import LOGINS, SCRAPERS


def test_the_table_says_of_every_surface_what_it_says_itself() -> None:
    own = {
        platform: {surface.name: surface.label for surface in scraper.surfaces}
        for platform, scraper in SCRAPERS.items()
    }
    assert own == SURFACE_LABELS
    # Also the order, by which they are tried.
    assert [list(labels) for labels in own.values()] == [
        list(labels) for labels in SURFACE_LABELS.values()
    ]


def test_the_sites_of_a_platform_are_the_hosts_of_its_scraper() -> None:
    assert {platform: scraper.hosts for platform, scraper in SCRAPERS.items()} == SITES


def test_the_words_for_logins_are_those_of_the_scrapers() -> None:
    assert dict(LoginsByWord()) == dict(LOGINS)
    assert list(LoginsByWord()) == list(LOGINS)
    assert all(word in LoginsByWord() for word in LOGINS)
    assert "toutiao" not in LoginsByWord()
    cookies = {word: login.holder_cookie for word, login in LOGINS.items()}
    assert {word: cookie for word, cookie in cookies.items() if cookie} == LOGINS_BY_APPROVAL


def test_readings_of_surfaces_that_are_used_no_more_keep_a_label() -> None:
    for platform, labels in FORMER_LABELS.items():
        assert labels
        assert not labels.keys() & SURFACE_LABELS[platform].keys()
    every = {*SURFACE_LABELS["wechat"], *FORMER_LABELS["wechat"]}
    assert set(INDEX_NAMES) <= every
    assert FORMER_LABELS["wechat"]["wechat.reader"] == "微信读书公众号页"


def test_the_words_for_keys_are_those_of_the_scrapers() -> None:
    own = {key.platform: scraper.platform for scraper in SCRAPERS.values() for key in scraper.keys}
    assert own == KEY_WORDS
    assert not set(KEY_WORDS) & set(LOGINS)
