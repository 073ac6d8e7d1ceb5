"""The table that spares a command loading the scrapers says what they say."""

from __future__ import annotations

from scrapers.declarations import KEY_WORDS, SURFACE_LABELS, LoginsByWord
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


def test_the_words_for_logins_are_those_of_the_scrapers() -> None:
    assert dict(LoginsByWord()) == dict(LOGINS)
    assert list(LoginsByWord()) == list(LOGINS)
    assert all(word in LoginsByWord() for word in LOGINS)
    assert "toutiao" not in LoginsByWord()


def test_the_words_for_keys_are_those_of_the_scrapers() -> None:
    own = {key.platform: scraper.platform for scraper in SCRAPERS.values() for key in scraper.keys}
    assert own == KEY_WORDS
    assert not set(KEY_WORDS) & set(LOGINS)
