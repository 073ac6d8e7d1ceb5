"""Which keys lead to accounts, and what each login, link or number would add: by the surfaces' own
word.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from commands import in_process
from registry_files import text as csv_file

from mediawatch.domain import Account, Attestation, Filing, Pace, ProvisionalId
from mediawatch.ports import SurfaceFacts
from mediawatch.sweep.forecast import forecast
from mediawatch.sweep.forecast_keys import (
    KeyKind,
    Reach,
    count_keys,
    gains_of,
    keys_of,
    reached_by_key,
)
from scrapers.platforms import SCRAPERS, ways_with

BIZ = "MzAwMDAwMDAwMQ=="
LINK = "https://mp.weixin.qq.com/s/ExampleOfForecast00001"
NAMED = Account(id=1, filed=Filing(name="示例", platform="wechat", type="微信公众号"))
FOUND = ProvisionalId(account_id=1, value=BIZ, name="示例", on=date(2031, 1, 1))


def held(links: tuple[str, ...] = (), **filed: str) -> Account:
    return replace(NAMED, filed=replace(NAMED.filed, **filed), links=links)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("account", "keys"),
    [
        (NAMED, [KeyKind.NAME]),
        (held(platform_id=BIZ, alias="shili"), [KeyKind.NUMBER, KeyKind.ALIAS]),
        (held(original_id="gh_1"), [KeyKind.ORIGINAL]),
        # A link that was learned leads there, too.
        (held((LINK,)), [KeyKind.ARTICLE]),
        (held(reader_url="https://weread.qq.com/web/mp/reader/1"), [KeyKind.READER]),
        (replace(NAMED, provisional=FOUND), [KeyKind.PROVISIONAL]),
    ],
)
def test_the_keys_of_an_account(account: Account, keys: list[KeyKind]) -> None:
    assert keys_of(account) == keys


def facts(name: str, *, finds: bool = False) -> SurfaceFacts:
    return SurfaceFacts(
        name=name,
        label="示例",
        attested=Attestation.DESCRIBED,
        needs_login=True,
        shows_all=False,
        shows_all_logged_in=False,
        pace=Pace(1.0),
        finds_ids=finds,
    )


def ways(account: Account, logins: Collection[str]) -> list[SurfaceFacts]:
    """A link is read by anybody, a number with the reader's login; a search finds a number."""
    known = account.filed.platform_id or account.provisional
    return [
        *([facts("link")] if account.links else []),
        *([facts("reader")] if known and "weread" in logins else []),
        *([facts("search", finds=True)] if "wechat" in logins else []),
    ]


REACH = Reach(
    ways=ways,
    logins=lambda key: ("wechat", "weread"),
    examples=lambda key: {"platform_id": BIZ, "article_links": LINK},
)
ACCOUNTS = [NAMED, NAMED, held((LINK,)), held(platform_id=BIZ), replace(NAMED, provisional=FOUND)]


@pytest.mark.parametrize(
    ("logins", "read", "gains"),
    [
        (
            set(),
            1,
            {
                "one article link each": 4,
                "a number each with a weread login": 2,
                "a weread login": 2,
            },
        ),
        ({"weread"}, 3, {"a number each": 2, "one article link each": 2}),
    ],
)
def test_what_each_login_link_or_number_would_add(
    logins: set[str], read: int, gains: dict[str, int]
) -> None:
    now, found = gains_of("wechat", ACCOUNTS, replace(REACH, held=frozenset(logins)))
    assert (now, {gain.what: gain.accounts for gain in found}) == (read, gains)
    assert [gain.accounts for gain in found] == sorted(gains.values(), reverse=True)


def test_the_sentence_names_keys_and_gains() -> None:
    (one,) = forecast(ACCOUNTS, lambda key: [facts("x")], lambda key: True, REACH)
    assert one.key_sentence == (
        "keys: 号码 1, 文章链接 1, 暂用标识 1, 只有名称 2; posts of 1 can be read; "
        "one article link each would reach 4 more; a weread login would reach 2 more; "
        "a number each with a weread login would reach 2 more; "
        "a wechat login would search for 4 names, once each"
    )
    assert sum(count_keys(ACCOUNTS).values()) == len(ACCOUNTS)
    assert one.list_command == (
        "mediawatch registry list --platform wechat --reached-by link (or weread, number+weread)"
    )


@pytest.mark.parametrize("logins", [frozenset(), frozenset({"weread"})])
def test_each_gain_names_as_many_accounts_as_it_counts(logins: frozenset[str]) -> None:
    reach = replace(REACH, held=logins)
    _, gains = gains_of("wechat", ACCOUNTS, reach)
    reached = reached_by_key("wechat", ACCOUNTS, reach)
    assert {gain.key: gain.accounts for gain in gains} == {
        key: len(those) for key, those in reached.items() if those
    }


def test_the_real_surfaces_say_what_a_link_adds() -> None:
    reach = replace(REACH, ways=ways_with, logins=lambda key: SCRAPERS[key].session_platforms)
    now, found = gains_of("wechat", ACCOUNTS, reach)
    gains = {gain.what: gain.accounts for gain in found}
    assert (now, gains["one article link each"]) == (1, 4)
    # A number that is known is a number: nothing is asked for such accounts.
    assert not reach.searches(replace(NAMED, provisional=FOUND), {"wechat"})
    assert reach.searches(NAMED, {"wechat"})


def test_doctor_and_plan_say_which_keys_there_are(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert in_process("--home", home, "init").returncode == 0
    rows = [
        ("备案单号", "政务新媒体名称", "类型", "所属组织", "文章链接"),
        ("71001", "示例第一发布", "微信公众号", "示例局", ""),
        ("71002", "示例第二发布", "微信公众号", "示例局", LINK),
    ]
    given = csv_file(tmp_path / "台账.csv", rows)
    assert in_process("--home", home, "registry", "import", given).returncode == 0
    for command in ("doctor", "plan"):
        told = in_process("--home", home, command).stdout
        assert "keys: 文章链接 1, 只有名称 1; posts of 1 can be read" in told
        assert "one article link each would reach 1 more" in told
        assert "a wechat login would search for 1 name, once each" in told
        # What is counted can be listed.
        (which,) = re.findall(r"which: mediawatch (registry list .*--reached-by [\w+]+)", told)
        listed = in_process("--home", home, *which.split()).stdout
        assert ("71001" in listed, "71002" in listed) == (True, False)
    wrong = in_process("--home", home, "registry", "list", "--reached-by", "x")
    assert wrong.returncode == 2
    assert (
        "--reached-by 'x': what can reach more accounts here is link, link+wechat," in wrong.stderr
    )
