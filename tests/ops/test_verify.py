"""`mediawatch verify`: the comparison as a table, made-up cases through the command, and the shared
recordings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from mediawatch import app
from mediawatch.cli import app as commands
from mediawatch.domain import (
    DateKind,
    InteractionSeen,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    Reading,
    Sight,
)
from mediawatch.ops.settings import Settings
from mediawatch.ops.verify import CaseFacts, Expect, ExpectError, VerifyResult, differences, need_at
from scrapers.replica import Case, CaseError, case_folders

SHARED = Path(__file__).resolve().parents[3] / "shared" / "cases"
AT = datetime(2022, 12, 29, 16, 30, tzinfo=UTC)  # the 30th in Beijing
GOT = CaseFacts(
    outcome=Outcome.OK,
    name="示例",
    latest_post_at=AT,
    latest_post_on=AT.date().replace(day=30),
    latest_title="演示",
    date_kind=DateKind.EXACT,
    surfaces=(),
)
SHOWN = replace(GOT, comments=False, messages=True)
NOTHING = CaseFacts(
    outcome=Outcome.CAPTCHA,
    name="",
    latest_post_at=None,
    latest_post_on=None,
    date_kind=None,
    surfaces=(),
)


@pytest.mark.parametrize(
    ("table", "got", "phrases"),
    [
        ({}, GOT, []),
        ({"outcome": "ok", "name": "示例", "date_kind": "exact"}, GOT, []),
        ({"outcome": ["captcha", "ok"]}, GOT, []),
        (
            {"outcome": ["captcha", "rate_limited"]},
            GOT,
            ["outcome is ok, not captcha or rate_limited"],
        ),
        ({"name": "示例一"}, GOT, ["name is '示例', not '示例一'"]),
        ({"name": ""}, NOTHING, []),
        ({"latest_title": "演示"}, GOT, []),
        ({"latest_title": "演示一"}, GOT, ["latest title is '演示', not '演示一'"]),
        ({"latest_title": ""}, NOTHING, []),
        ({"comments": False, "messages": True}, SHOWN, []),
        ({"comments": True}, SHOWN, ["comments is false, not true"]),
        ({"messages": False}, SHOWN, ["messages is true, not false"]),
        ({"comments": False}, GOT, ["comments is not shown, not false"]),
        ({"latest_post_at": "2022-12-30T00:30:00+08:00"}, GOT, []),
        ({"latest_post_at": "2022-12-29T16:30:00Z"}, GOT, []),
        (
            {"latest_post_at": "2022-12-30T00:30:01+08:00"},
            GOT,
            ["latest post is 2022-12-30T00:30:00+08:00, not 2022-12-30T00:30:01+08:00"],
        ),
        ({"latest_post_on": "2022-12-30"}, GOT, []),
        (
            {"latest_post_on": "2022-12-29"},
            GOT,
            ["latest post's day is 2022-12-30, not 2022-12-29"],
        ),
        (
            {"latest_post_at": AT, "latest_post_on": AT.date()},
            NOTHING,
            ["latest post is missing", "latest post's day is missing"],
        ),
        ({"date_kind": "at_least"}, GOT, ["date is exact, not at_least"]),
        ({"date_kind": "exact"}, NOTHING, ["date is missing, not exact"]),
    ],
)
def test_differences(table: Mapping[str, Any], got: CaseFacts, phrases: list[str]) -> None:
    found = differences(Expect.parse(table), got)
    assert len(found) == len(phrases)
    assert all(one.startswith(phrase) for one, phrase in zip(found, phrases, strict=True))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"outcome": "asleep"}, "'asleep' is not one of ok"),
        ({"outcome": []}, "names no outcome"),
        ({"outcome": 1}, "expect.outcome = 1 means nothing"),
        ({"date_kind": "about"}, "expect.date_kind = 'about' means nothing"),
        ({"latest_post_at": "2022-12-30T00:30:00"}, "has no offset"),
        ({"latest_post_on": "30.12."}, "is not a day"),
        ({"latest_post_on": AT}, "means nothing"),
        ({"latest": "2022-12-30"}, "expect.latest is not known"),
    ],
)
def test_expectations_that_mean_nothing(table: Mapping[str, Any], message: str) -> None:
    with pytest.raises(ExpectError, match=re.escape(message)):
        Expect.parse(table)


def test_a_result_as_json_and_as_a_line() -> None:
    sight = Sight(
        surface="weibo.mobile",
        read_at=AT,
        name="示例",
        matched_by=MatchedBy.ID,
        posts=(Post(on=GOT.latest_post_on or AT.date(), at=AT),),
        interaction=InteractionSeen(comments=False, posts=1),
    )
    reading = Reading(account_id=0, look=LookKind.FIRST, started_at=AT, read_at=AT, sights=(sight,))
    table = json.loads(VerifyResult.of("weibo/own", None, reading).as_json())
    assert table == {
        "case": "weibo/own",
        "ok": None,
        "expect": None,
        "got": {
            "outcome": "ok",
            "name": "示例",
            "latest_post_at": "2022-12-30T00:30:00+08:00",
            "latest_post_on": "2022-12-30",
            "latest_title": "",
            "date_kind": "at_least",
            "comments": False,
            "messages": None,
            "surfaces": ["weibo.mobile: ok"],
        },
    }
    wrong = VerifyResult.of("weibo/own", {"outcome": "captcha"}, reading)
    assert (wrong.ok, wrong.line()) == (False, "DIFF  weibo/own: outcome is ok, not captcha")
    assert (
        VerifyResult.of("weibo/own", {"outcome": "ok"}, reading).line()
        == "ok    weibo/own: ok, 示例, 2022-12-30 (at_least)"
    )


def test_a_look_at_a_case_needs_fourteen_days() -> None:
    assert (
        need_at(datetime(2022, 12, 31, 16, 30, tzinfo=UTC)).fresh_after.isoformat() == "2022-12-18"
    )


# the folders

TOKEN = "MS4wLjABAAAA" + "v" * 43
PROFILE = f"https://www.toutiao.com/c/user/token/{TOKEN}/"
FEED = f"https://www.toutiao.com/api/pc/list/user/feed?category=profile_all&token={TOKEN}"
CASE = f"""
platform = "toutiao"
as_of = "2022-12-31T20:00:00+08:00"
sessions = []
kind = "composed"
[account]
name = "示例头条"
platform_id = "{TOKEN}"
url = "{PROFILE}"
[[response]]
url = "{PROFILE}"
file = "profile.html"
[[response]]
url = "{FEED}"
file = "feed.json"
content_type = "application/json"
"""


def made(root: Path, slug: str, expect: str = "", text: str = CASE) -> Path:
    """A composed case: a profile page that calls for its feed, and one micro-post."""
    folder = root / "toutiao" / slug
    folder.mkdir(parents=True)
    user = {"userId": TOKEN, "mediaId": "9990000001", "name": "示例头条", "banStatus": False}
    data = quote(
        json.dumps(
            {
                "data": {
                    "profileUserInfo": user,
                    "identity": {"user_is_login": False},
                    "initialFeed": None,
                }
            }
        ),
        safe="",
    )
    (folder / "profile.html").write_text(
        '<!doctype html><meta charset="utf-8"><script id="RENDER_DATA" '
        f'type="application/json">{data}</script><p>示例</p>'
        f"<script>fetch({FEED.removeprefix('https://www.toutiao.com')!r}).then((reply) => "
        "reply.text())</script>",
        encoding="utf-8",
    )
    item = {
        "cell_type": 32,
        "id": "1",
        "content": "演示",
        "publish_time": int(AT.timestamp()),
        "user": {"name": "示例头条"},
    }
    (folder / "feed.json").write_text(
        json.dumps({"message": "success", "data": [item], "has_more": False}), encoding="utf-8"
    )
    (folder / "case.toml").write_text(text + expect, encoding="utf-8")
    return folder


def test_the_command_compares(tmp_path: Path) -> None:
    made(
        tmp_path,
        "a-right",
        '[expect]\noutcome = "ok"\nname = "示例头条"\nlatest_post_on = "2022-12-30"\n',
    )
    made(tmp_path, "b-wrong", '[expect]\nname = "别的名称"\n')
    made(tmp_path, "c-open")
    ran = CliRunner().invoke(commands, ["verify", "--json", str(tmp_path)])
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(line["case"], line["ok"]) for line in lines] == [
        ("toutiao/a-right", True),
        ("toutiao/b-wrong", False),
        ("toutiao/c-open", None),
    ]
    assert lines[2]["got"]["latest_post_at"] == "2022-12-30T00:30:00+08:00"
    assert ran.exit_code == 1
    ran = CliRunner().invoke(
        commands,
        ["verify", str(tmp_path / "toutiao" / "a-right"), str(tmp_path / "toutiao" / "c-open")],
    )
    assert ran.exit_code == 0
    assert ran.stdout.splitlines()[-1] == "2 cases: 1 as expected, 0 differ, 1 expects nothing"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('platform = "toutiao"', 'platform = "myspace"', "platform 'myspace' is not one of wechat"),
        ("as_of", "as_off", "as_of None is not an instant"),
        ("+08:00", "", "is not an instant with an offset"),
        ("sessions = []", 'sessions = "weibo"', "sessions must be a list"),
        ('kind = "composed"', 'kind = "made up"', "kind 'made up'"),
        ("[account]", "[acount]", "[account] is missing"),
        ('name = "示例头条"', "", "account.name is missing"),
        ('name = "示例头条"', 'name = "示例头条"\nuid = "1"', "account.uid = '1'"),
        ('file = "feed.json"', 'file = "nothing.json"', "nothing.json"),
        ('file = "feed.json"', 'file = "../profile.html"', "must lie in the case's own folder"),
        ('file = "feed.json"', 'file = "feed.json"\nstatus = "200"', "status '200'"),
        (f'url = "{FEED}"', 'url = "/api"', "names no host"),
        ("sessions = []", "sessions = [", "case.toml"),
        ("[[response]]", "[expect]\nmood = 'good'\n[[response]]", "expect.mood is not known"),
    ],
)
def test_malformed_cases_are_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    made(tmp_path, "own", text=CASE.replace(old, new, 1))
    ran = CliRunner().invoke(commands, ["verify", str(tmp_path)])
    assert ran.exit_code == 2
    assert message in ran.stderr
    assert "own" in ran.stderr


def test_a_folder_without_cases_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"no case\.toml"):
        case_folders([tmp_path])


@pytest.mark.parametrize(
    ("url", "answered"),
    [
        (FEED, True),
        (FEED + "&max_behot_time=0&_signature=abc", True),
        (FEED.replace("https:", "http:"), True),
        (FEED.replace("profile_all", "profile_wenda"), False),
        (FEED.replace("?category=profile_all", "?x=1"), False),
        (FEED.replace("www.", ""), False),
        (FEED.replace("/feed", "/feeds"), False),
        ("https://www.toutiao.com/c/user/token/" + quote(TOKEN) + "/?wid=1", True),
    ],
)
def test_which_requests_a_response_answers(tmp_path: Path, url: str, answered: bool) -> None:
    case = Case.read(made(tmp_path, "own"))
    assert (case.response(url) is not None) is answered


@pytest.mark.soak
@pytest.mark.shared
async def test_the_shared_recordings_are_read_as_they_expect() -> None:
    settings = Settings.model_validate({"timeouts": {"reply": 5, "challenge": 5}})
    results = [result async for result in app.verify([SHARED], settings)]
    assert len(results) >= 30
    assert [result.line() for result in results if result.ok is False] == []
