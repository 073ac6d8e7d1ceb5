"""Toutiao: which page is opened and whose it is; looks in a real Chromium, the replica standing for
toutiao.com.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from browsers import SHORT
from stages import Stage, composed, staged
from tables import short

from mediawatch.domain import (
    Attestation,
    Changed,
    DateKind,
    Failure,
    Filing,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    PayloadFacts,
    PostKind,
    Reading,
)
from mediawatch.domain.clock import EVER
from scrapers.replica import World
from scrapers.replica.cases import RecordedReply
from scrapers.toutiao.identity import Target, match_to_filed, target_of, token_at
from scrapers.toutiao.surfaces import SCRAPER

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
TOKENS = {letter: "MS4wLjABAAAA" + letter * 43 for letter in "abcdefgh"}
TOKEN, OTHER, ODD = TOKENS["a"], TOKENS["b"], "Cifx50zd" + "x" * 40
NAME = "示例市第一测试局"
U = "https://www.toutiao.com/c/user/"
WANTED: list[tuple[str, str, Target | None]] = [
    (TOKEN, "", Target(f"{U}token/{TOKEN}/", TOKEN)),
    (f" {TOKEN} ", f"{U}token/{OTHER}/", Target(f"{U}token/{TOKEN}/", TOKEN)),
    ("", f"{U}token/{TOKEN}/?source=feed&tab=wtt", Target(f"{U}token/{TOKEN}/")),
    ("", f"www.toutiao.com/c/user/token/{TOKEN}", Target(f"{U}token/{TOKEN}/")),
    ("", f"{U}70000000001/", Target(f"{U}70000000001/")),
    ("1700000000000001", f"{U}70000000001/", Target(f"{U}70000000001/", "1700000000000001")),
    ("70000000001", "", Target(f"{U}70000000001/", "70000000001")),
    ("", "https://toutiao.com.example.test/c/user/1/", None),
    ("", "https://weibo.com/u/1", None),
    ("", "", None),
]


@pytest.mark.parametrize(("platform_id", "url", "target"), WANTED)
def test_wanted(platform_id: str, url: str, target: Target | None) -> None:
    assert (
        target_of(Filing(name=NAME, platform="toutiao", platform_id=platform_id, url=url)) == target
    )


@pytest.mark.parametrize(
    ("url", "target", "result"),
    [
        (f"{U}token/{TOKEN}/?wid=1", Target(f"{U}70000000001/"), TOKEN),
        (f"{U}70000000001/", Target(f"{U}70000000001/"), ""),
        ("https://sso.toutiao.com/login/", Target(f"{U}1/"), LoginRequired),
        ("https://www.toutiao.com/", Target(f"{U}token/{TOKEN}/", TOKEN), Changed),
        ("https://www.toutiao.com/", Target("https://m.toutiao.com/is/abc/"), NoEvidence),
    ],
)
def test_landed(url: str, target: Target, result: str | type[Failure]) -> None:
    if isinstance(result, str):
        assert token_at(url, target) == result
        return
    with pytest.raises(result):
        token_at(url, target)


BY_TOKEN, BY_URL = Target(f"{U}token/{TOKEN}/", TOKEN), Target(f"{U}70000000001/")
BY_NUMBER = Target(f"{U}70000000001/", "1700000000000001")


@pytest.mark.parametrize(
    ("shown", "number", "token", "target", "platform_id", "by"),
    [
        (TOKEN, "1", TOKEN, BY_TOKEN, TOKEN, MatchedBy.ID),
        (TOKEN, "1", ODD, Target(f"{U}token/{ODD}/", ODD), ODD, MatchedBy.ID),
        (TOKEN, "1", TOKEN, Target(f"{U}token/{ODD}/", TOKEN), TOKEN, MatchedBy.ID),
        (TOKEN, "1", "", BY_URL, TOKEN, MatchedBy.URL),
        (TOKEN, "1", ODD, BY_URL, TOKEN, MatchedBy.URL),
        (TOKEN, "1700000000000001", TOKEN, BY_NUMBER, TOKEN, MatchedBy.ID),
        (TOKEN, "1", TOKEN, BY_NUMBER, TOKEN, MatchedBy.URL),
    ],
)
def test_tie(
    shown: str, number: str, token: str, target: Target, platform_id: str, by: MatchedBy
) -> None:
    seen = match_to_filed(PayloadFacts(name=NAME, platform_id=shown), number, token, target)
    assert (seen.platform_id, seen.matched_by) == (platform_id, by)


def test_tie_refuses_other_accounts_and_doubtful_absences() -> None:
    for shown, token, target in (
        (OTHER, OTHER, BY_TOKEN),
        (OTHER, TOKEN, BY_TOKEN),
        (OTHER, TOKEN, BY_URL),
        (ODD, ODD, BY_TOKEN),
    ):
        with pytest.raises(Changed):
            match_to_filed(PayloadFacts(name=NAME, platform_id=shown), "1", token, target)
    with pytest.raises(NoEvidence):
        match_to_filed(
            PayloadFacts(outcome=Outcome.NOT_FOUND),
            "",
            "",
            Target(f"{U}70000000001/", "70000000001"),
        )
    assert (
        match_to_filed(PayloadFacts(outcome=Outcome.NOT_FOUND), "", TOKEN, BY_TOKEN).matched_by
        is MatchedBy.ID
    )


def test_an_absence_elsewhere_says_nothing_of_the_filed_id() -> None:
    with pytest.raises(Changed):
        match_to_filed(PayloadFacts(outcome=Outcome.NOT_FOUND), "", OTHER, BY_TOKEN)


MANY = ";".join(f"2022-11-{day:02}T08:00" for day in range(1, 26))
WORLD = World.parse(
    "platform,type,name,filing_number,true_id,url,truth,shown_name,posts,pinned\n"
    f"toutiao,今日头条,示例活跃,T1,{TOKENS['a']},{U}70000000001/,alive,,2022-12-30T09:00 "
    "micro;2022-12-01;2020-01-01,3\n"
    f"toutiao,今日头条,示例沉睡,T2,{TOKENS['b']},,alive,示例沉睡新名,{MANY};2020-01-01,26\n"
    f"toutiao,今日头条,示例转发,T3,{TOKENS['c']},,alive,,2022-10-01;2022-12-01T07:00 "
    "repost;2022-11-01 answer;2022-09-01 video,\n"
    f"toutiao,今日头条,示例无踪,T4,{TOKENS['d']},,gone,,,\n"
    f"toutiao,今日头条,示例注销,T5,{TOKENS['e']},,cancelled,,,\n"
    f"toutiao,今日头条,示例封禁,T6,{TOKENS['f']},,banned,,2022-12-30,\n"
    f"toutiao,今日头条,示例空号,T7,{TOKENS['g']},,empty,,,\n"
)


def filed(letter: str, **values: Any) -> Filing:
    return Filing(
        **{"name": "示例", "platform": "toutiao", "platform_id": TOKENS.get(letter, ""), **values}
    )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage(executable: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(
        SCRAPER, executable, tmp_path_factory.mktemp("visitor"), WORLD, NOW
    ) as running:
        yield running


async def test_a_visitor_proves_an_account_fresh(stage: Stage) -> None:
    reading = await stage.look(filed("a"))
    assert (reading.outcome, reading.name, reading.matched_by) == (
        Outcome.OK,
        "示例活跃",
        MatchedBy.ID,
    )
    assert (reading.date_kind, reading.complete_since) == (DateKind.EXACT, EVER)
    assert reading.latest is not None
    assert (reading.latest.at, reading.latest.kind) == (
        datetime.fromisoformat("2022-12-30T09:00:00+08:00"),
        PostKind.MICRO,
    )
    assert [post.pinned for post in reading.posts] == [True, False, False]


async def test_a_visitor_proves_a_renamed_account_stale(stage: Stage) -> None:
    reading = await stage.look(filed("b", name="示例沉睡"))
    assert (reading.name, reading.matched_by, reading.date_kind) == (
        "示例沉睡新名",
        MatchedBy.ID,
        DateKind.EXACT,
    )
    assert reading.latest is not None
    assert reading.latest.on == date(2022, 11, 25)
    # The first page: the pinned post and nineteen more.
    assert reading.complete_since == datetime.fromisoformat("2022-11-07T08:00:00+08:00")


async def test_reposts_and_answers_are_dated_by_their_own_fields(stage: Stage) -> None:
    reading = await stage.look(filed("c"))
    dated = [(post.on.isoformat(), post.kind, post.repost) for post in reading.posts]
    assert dated == [
        ("2022-12-01", PostKind.MICRO, True), ("2022-11-01", PostKind.ANSWER, False),
        ("2022-10-01", PostKind.ARTICLE, False), ("2022-09-01", PostKind.VIDEO, False),
    ]  # fmt: skip
    titles = ["转发", "", "演示文章 3（10月01日）", "演示视频 4"]
    assert [post.title for post in reading.posts] == titles
    assert reading.complete_since == EVER


@pytest.mark.parametrize(
    ("letter", "outcome"),
    short(
        [
            ("d", Outcome.NOT_FOUND),
            ("e", Outcome.CANCELLED),
            ("g", Outcome.NO_POSTS),
            ("h", Outcome.NOT_FOUND),
        ]
    ),
)
async def test_what_the_site_says_of_an_account(
    stage: Stage, letter: str, outcome: Outcome
) -> None:
    reading = await stage.look(filed(letter))
    assert (reading.outcome, reading.posts, reading.date_kind) == (outcome, (), None)
    assert [(sight.matched_by, sight.attested) for sight in reading.sights] == [
        (MatchedBy.ID, Attestation.DESCRIBED)
    ]


async def test_a_ban_stands_beside_the_posts_that_are_still_shown(stage: Stage) -> None:
    reading = await stage.look(filed("f"))
    assert (reading.outcome, reading.name, reading.date_kind) == (
        Outcome.BANNED,
        "示例封禁",
        DateKind.AT_LEAST,
    )
    assert [post.on for post in reading.posts] == [date(2022, 12, 30)]


async def test_a_link_alone_leads_to_the_account(stage: Stage) -> None:
    (sight,) = (await stage.look(filed("", url=f"{U}70000000001/"))).sights
    assert (sight.name, sight.matched_by, sight.platform_id) == (
        "示例活跃",
        MatchedBy.URL,
        TOKENS["a"],
    )
    assert sight.url == f"{U}token/{TOKENS['a']}/"


async def test_nothing_is_looked_at_without_an_address(stage: Stage) -> None:
    assert (await stage.look(filed(""))).sights == ()


async def test_the_second_look_takes_evidence(stage: Stage) -> None:
    (sight,) = (
        await stage.look(filed("b"), second=True, not_by=frozenset({"toutiao.profile"}))
    ).sights
    assert {capture.kind.value for capture in sight.captures} == {"screenshot", "payload", "text"}
    assert sight.exact
    assert not any("_signature" in capture.url for capture in sight.captures)
    assert any(
        capture.url.endswith(f"token={TOKENS['b']}&max_behot_time=0") for capture in sight.captures
    )


API = "https://www.toutiao.com/api/pc/list/user/feed?category=profile_all"
USER = {"userId": TOKEN, "mediaId": "1700000000000001", "name": NAME, "banStatus": False}


def shell(script: str, user: object = USER, text: str = "") -> str:
    data = quote(json.dumps({"data": {"profileUserInfo": user} if user else {}}))
    return (
        '<title>页</title><script id="RENDER_DATA" '
        f'type="application/json">{data}</script><body><p>{text}</p><script>{script}</script>'
    )


def asking(more: str = "") -> str:
    return f"fetch('{API}&token={TOKEN}&max_behot_time=0{more}').then(answer => answer.text())"


def feed(*ages: int, more: bool = True, **rest: Any) -> dict[str, Any]:
    """A page of the feed: articles of these ages in days, negative ones pinned."""
    items = [
        {
            "cell_type": 60,
            "id": str(100 + abs(age)),
            "publish_time": int((NOW - timedelta(days=abs(age))).timestamp()),
            "is_stick": age < 0,
        }
        for age in ages
    ]
    return {"message": "success", "data": items, "has_more": more} | rest


@dataclass(frozen=True)
class Trouble:
    page: str
    feed: object = None
    status: int = 200
    outcome: Outcome = Outcome.CHANGED
    name: str = NAME
    pages: int = 1
    """How often the page is loaded."""


CAPTCHA_FRAME = "<iframe src='/captcha/check' width=300 height=300></iframe>"
TROUBLES = {
    "blank": Trouble(shell(asking()), "", outcome=Outcome.RATE_LIMITED, pages=3),
    "refused": Trouble(
        shell(asking()),
        {"message": "error", "data": [], "has_more": False},
        outcome=Outcome.RATE_LIMITED,
        pages=3,
    ),
    "no JSON": Trouble(shell(asking()), "<p>sorry</p>"),
    "never asked": Trouble(shell(""), outcome=Outcome.RATE_LIMITED, pages=3),
    "not from the top": Trouble(
        shell(asking().replace("time=0", "time=50")),
        feed(20, 40),
        outcome=Outcome.RATE_LIMITED,
        pages=3,
    ),
    "another channel": Trouble(
        shell(asking().replace("profile_all", "__all__")),
        feed(1),
        outcome=Outcome.RATE_LIMITED,
        pages=3,
    ),
    "another account's list": Trouble(
        shell(asking().replace(TOKEN, OTHER)), feed(1), outcome=Outcome.RATE_LIMITED, pages=3
    ),
    "another account's page": Trouble(shell(asking(), USER | {"userId": OTHER}), feed(1), name=""),
    "items without dates": Trouble(
        shell(asking()), feed() | {"data": [{"cell_type": 7, "id": "1"}]}
    ),
    "captcha frame": Trouble(shell("", text=CAPTCHA_FRAME), outcome=Outcome.CAPTCHA),
    "captcha call": Trouble(
        shell(f"fetch('/captcha/get'); {asking()}"), "", outcome=Outcome.CAPTCHA
    ),
    "challenge stays": Trouble(
        "<body></body><script>var byted_acrawler = {}</script>",
        outcome=Outcome.RATE_LIMITED,
        name="",
    ),
    "no profile, no words": Trouble(shell("", None, "热榜"), name=""),
    "no profile, gone": Trouble(shell("", None, "用户不存在"), outcome=Outcome.NOT_FOUND, name=""),
    "no profile, cancelled": Trouble(
        shell("", None, "该账号已注销"), outcome=Outcome.CANCELLED, name=""
    ),
    "404 of a proxy": Trouble("<p>not found</p>", status=404, name=""),
    "404 without words": Trouble(
        shell("", None, "热榜"), status=404, outcome=Outcome.NOT_FOUND, name=""
    ),
    "captcha in place of the page": Trouble(
        f"<p>请完成验证</p>{CAPTCHA_FRAME}", outcome=Outcome.CAPTCHA, name=""
    ),
    "captcha over the challenge": Trouble(
        f"<script>var byted_acrawler = {{}}; fetch('/captcha/get')</script>{CAPTCHA_FRAME}",
        outcome=Outcome.CAPTCHA,
        name="",
    ),
    "sent to the front page": Trouble("<script>location.href = '/'</script>", name=""),
    "forbidden": Trouble("<p>no</p>", status=403, outcome=Outcome.RATE_LIMITED, name=""),
    "too many": Trouble("<p>no</p>", status=429, outcome=Outcome.RATE_LIMITED, name=""),
    "broken": Trouble("<p>no</p>", status=502, outcome=Outcome.UNREACHABLE, name="", pages=3),
}
ODD_PAGES = (
    "blank, then good",
    "pinned",
    "pinned alone",
    "a page is lost",
    "a page is skipped",
    "cards",
)
TOKEN_OF = {
    name: f"MS4wLjABAAAA{number:043d}" for number, name in enumerate((*ODD_PAGES, *TROUBLES))
}
COUNT = "const at = +(sessionStorage.at || 0) + 1; sessionStorage.at = at;"
SCROLL = (
    "let page = 98; addEventListener('scroll', () => {"
    f" if (page < 100) fetch('{API}&token={TOKEN}&max_behot_time=' + ++page).then(answer => "
    "answer.text());"
    " scrollTo(0, 0); });"
)
CARDS = """<div class=profile-tab-feed><div class=feed-card-wrapper><a href=/article/7000000000000000001/>甲</a>
<div class=feed-card-footer-time-cmp>3天前</div></div>
<div class=feed-card-wrapper><div class=feed-card-wtt-header><div class=time>昨天21:06</div></div>
<a href=/w/1800000000000001/>乙</a><div class=origin-card-wrapper><div class=feed-card-footer-time-cmp>刚刚</div></div></div></div>
<div class=side><div class=feed-card-footer-time-cmp>刚刚</div></div>"""


def recorded(
    name: str, page: str, *feeds: tuple[str, object], status: int = 200
) -> Iterator[RecordedReply]:
    token = TOKEN_OF[name]
    yield RecordedReply(
        f"{U}token/{token}/",
        page.replace(TOKEN, token).encode(),
        "text/html; charset=utf-8",
        status,
    )
    for more, payload in feeds:
        body = payload if isinstance(payload, str) else json.dumps(payload)
        yield RecordedReply(
            f"{API}&token={token}{more}", body.encode(), "application/json; charset=utf-8"
        )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def odd(executable: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A site that answers each account in its own odd way, and a browser that soon loses
    patience.
    """
    replies = [
        *recorded("blank, then good", shell(COUNT + asking("&try=' + at + '")), ("&try=1", ""), ("&try=2", feed(1, 2))),
        *recorded(
            "pinned", shell(SCROLL + asking(), text="<div style='height:5000px'></div>"),
            ("&max_behot_time=99", feed(-91, next={"max_behot_time": 100})), ("&max_behot_time=100", feed(20, 40, more=False)),
            ("", feed(-90, next={"max_behot_time": 99})),
        ),
        *recorded(
            "a page is lost", shell(SCROLL + asking(), text="<div style='height:5000px'></div>"),
            ("&max_behot_time=99", ""), ("&max_behot_time=100", feed(20, 40, more=False)), ("", feed(-90, next={"max_behot_time": 99})),
        ),
        *recorded(
            "a page is skipped", shell(SCROLL + asking(), text="<div style='height:5000px'></div>"),
            ("&max_behot_time=100", feed(20, 40, more=False)), ("", feed(-90, next={"max_behot_time": 98})),
        ),
        *recorded("cards", shell(asking(), text=CARDS), ("", "")),
        *recorded("pinned alone", shell(asking()), ("", feed(-90))),
    ]  # fmt: skip
    for name, trouble in TROUBLES.items():
        replies += recorded(
            name,
            trouble.page,
            *([] if trouble.feed is None else [("", trouble.feed)]),
            status=trouble.status,
        )
    case = replace(composed(platform="toutiao"), responses=tuple(replies))
    folder, quick = tmp_path_factory.mktemp("odd"), replace(SHORT, reply=1, body=0.5, challenge=1)
    async with staged(
        SCRAPER, executable, folder, World(), NOW, overlay=case, timeouts=quick
    ) as running:
        yield running


async def look(odd: Stage, name: str) -> Reading:
    return await odd.look(filed("", platform_id=TOKEN_OF[name]))


OF_THE_PAGE = (
    "blank", "never asked", "another account's list", "captcha call", "challenge stays",
    "sent to the front page", "broken",
)  # fmt: skip
"""What a page that runs makes of it. The others are answers that tests of `read_*` functions read."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def troubled(odd: Stage, request: pytest.FixtureRequest) -> dict[str, Reading]:
    """All that are asked for at once: most of them wait for what does not come."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    names = [
        item.callspec.params["name"]
        for item in items
        if item.originalname == test_trouble_gives_no_date.__name__
    ]
    readings = await asyncio.gather(*(look(odd, name) for name in names))
    return dict(zip(names, readings, strict=True))


@pytest.mark.parametrize(
    "name", short(sorted(TROUBLES, key=lambda name: name not in OF_THE_PAGE), len(OF_THE_PAGE))
)
def test_trouble_gives_no_date(odd: Stage, troubled: dict[str, Reading], name: str) -> None:
    trouble, reading = TROUBLES[name], troubled[name]
    assert (reading.outcome, reading.name, reading.posts, reading.date_kind) == (
        trouble.outcome,
        trouble.name,
        (),
        None,
    )
    assert odd.paths.count(f"www.toutiao.com/c/user/token/{TOKEN_OF[name]}/") == trouble.pages


async def test_a_blank_feed_is_asked_again(odd: Stage) -> None:
    reading = await look(odd, "blank, then good")
    assert (reading.outcome, reading.date_kind, len(reading.posts)) == (
        Outcome.OK,
        DateKind.EXACT,
        2,
    )


async def test_the_cards_are_lower_bounds_where_the_feed_is_missing(odd: Stage) -> None:
    reading = await look(odd, "cards")
    assert (reading.outcome, reading.sights[0].outcome) == (Outcome.OK, Outcome.RATE_LIMITED)
    assert (reading.date_kind, reading.complete_since) == (DateKind.AT_LEAST, None)
    assert [(post.on, post.at, post.id) for post in reading.posts] == [
        (date(2022, 12, 27), None, "7000000000000000001"), (date(2022, 12, 30), None, "1800000000000001"),
    ]  # fmt: skip


async def test_a_page_of_pinned_posts_is_followed_by_the_next(odd: Stage) -> None:
    reading = await look(odd, "pinned")
    assert (reading.latest and reading.latest.on, reading.complete_since) == (
        date(2022, 12, 11),
        EVER,
    )
    reading = await look(odd, "pinned alone")
    assert (reading.latest and reading.latest.on, reading.date_kind) == (
        date(2022, 10, 2),
        DateKind.AT_LEAST,
    )


async def test_a_list_with_a_hole_is_no_whole_list(odd: Stage) -> None:
    lost, skipped = await look(odd, "a page is lost"), await look(odd, "a page is skipped")
    for reading in (lost, skipped):
        assert (reading.latest and reading.latest.on, reading.complete_since) == (
            date(2022, 10, 2),
            None,
        )
    # The site's refusal of a further page is reported; a page that did not scroll on is not.
    assert [each.sights[0].outcome for each in (lost, skipped)] == [
        Outcome.RATE_LIMITED,
        Outcome.OK,
    ]
