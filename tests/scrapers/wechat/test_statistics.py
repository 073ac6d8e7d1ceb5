"""公众号数据接口: what a look by an account's own key makes of the interface. No page is opened."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from keys import ACCOUNT, BIZ, DAY, FILED, NEED, NOW, TOKEN, WORD, interface, world
from stages import composed

from mediawatch.domain import (
    DAY_FULL,
    Account,
    Attestation,
    Failure,
    LoginRequired,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    SessionState,
    Verdict,
)
from mediawatch.ops.record import record
from mediawatch.ports import AccountKey, Dossier, SurfaceVisit
from mediawatch.rules import judge as rules
from mediawatch.rules.policy import load
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.sessions import Session, moments, write_new
from scrapers.platforms import SCRAPERS
from scrapers.recording.recorder import LoggingBrowser, SiteRecorder
from scrapers.replica import Case
from scrapers.replica.web import Answer, Drop, Request, Response, Site
from scrapers.replica.wechat_interface import WeChatInterface
from scrapers.wechat.statistics import StatisticsInterface, is_bound
from scrapers.wechat.statistics_replies import refuse

WINDOW = ("2031-03-10T09:00", "2031-03-08T09:00", "2031-02-20T09:00")


async def test_the_newest_day_with_an_entry_ends_the_look(tmp_path: Path) -> None:
    async with interface(tmp_path, world(*WINDOW)) as office:
        sight = await office.look()
        assert (sight.outcome, sight.surface) == (Outcome.OK, "wechat.statistics")
        assert [(post.on, post.at) for post in sight.posts] == [(date(2031, 3, 10), None)]
        assert not sight.exact
        assert sight.attested is Attestation.DESCRIBED
        # One token, then yesterday and the days before it.
        assert office.calls == ["stable_token", *["getarticletotaldetail"] * 5]
        assert (sight.session, bool(sight.login), sight.name) == ("office", True, "")


async def test_a_period_is_read_day_by_day_back_to_its_beginning(tmp_path: Path) -> None:
    need = replace(NEED, back_to=date(2031, 3, 1))
    async with interface(tmp_path, world(*WINDOW)) as office:
        sight = await office.look(need=need)
        assert [post.on.day for post in sight.posts] == [10, 8]
        assert office.calls.count("getarticletotaldetail") == 14
        assert sight.complete_since is None


async def test_silence_asks_for_a_month_and_proves_nothing(tmp_path: Path) -> None:
    async with interface(tmp_path, world("2031-01-01T09:00")) as office:
        sight = await office.look(need=replace(NEED, back_to=date(2030, 12, 1)))
        assert (sight.outcome, sight.posts) == (Outcome.NO_EVIDENCE, ())
        assert "proves nothing" in sight.detail
        assert len(office.calls) == 31


@pytest.mark.parametrize("posts", [(), ("2031-02-20T09:00",)], ids=["silent", "old entry"])
async def test_nothing_that_it_leaves_out_becomes_a_finding(
    tmp_path: Path, posts: tuple[str, ...]
) -> None:
    """Not with two looks that agree, either."""
    filed = replace(FILED, opened_on=date(2020, 1, 1))
    async with interface(tmp_path, world(*posts)) as office:
        sights = [await office.look(need=replace(NEED, second=second)) for second in (False, True)]
    readings = tuple(
        Reading(
            id=number,
            account_id=1,
            look=look,
            started_at=NOW,
            read_at=NOW,
            sights=(replace(sight, captures=()),),
            filed_as=filed.identity,
        )
        for number, (look, sight) in enumerate(
            zip((LookKind.FIRST, LookKind.SECOND), sights, strict=True), 1
        )
    )
    judged = rules.judge(Dossier(filed=filed, readings=readings), NOW, load("national"))
    assert (judged.verdict, judged.findings) == (Verdict.UNPROVEN, ())


async def test_a_day_bears_thirty_of_the_longest_looks(tmp_path: Path) -> None:
    per_day = StatisticsInterface.pace.per_day
    assert per_day is not None
    # A token, thirty days, and both once more where the token is over.
    assert 30 * 33 <= per_day <= 1000
    gate = Pacing(scale=1e-6, seed=1)
    gate.begin(
        [SurfaceVisit(surface=StatisticsInterface.name, session="office", at=NOW, calls=29 * 33)],
        NOW,
        at_once=1,
    )
    async with interface(tmp_path, world("2031-01-01T09:00")) as office:
        sight = await office.look(gate=gate)
        assert "no entry in the last 30 days" in sight.detail
        assert len(office.calls) == 31


async def test_visits_of_a_day_are_counted_by_the_gate(tmp_path: Path) -> None:
    pace = replace(StatisticsInterface.pace, per_day=1)
    gate = Pacing(scale=0.001, pace_of=lambda surface, declared: pace)
    async with interface(tmp_path, world("2031-03-14T09:00")) as office:
        await office.look(gate=gate)
        assert await office.looker.look(ACCOUNT, NEED, gate) == ()
    assert gate.why_refused("wechat.statistics", "office") == DAY_FULL


async def test_an_unfinished_yesterday_is_passed_over(tmp_path: Path) -> None:
    async with interface(tmp_path, world("2031-03-14T09:00", "2031-03-12T09:00")) as office:
        office.times[0] = NOW.replace(hour=7)
        assert [post.on.day for post in (await office.look()).posts] == [12]
        office.times[0] = NOW
        assert [post.on.day for post in (await office.look()).posts] == [14]


async def test_today_is_never_asked_for(tmp_path: Path) -> None:
    async with interface(tmp_path, world("2031-03-15T09:00")) as office:
        assert (await office.look()).outcome is Outcome.NO_EVIDENCE


async def test_a_token_that_somebody_ended_is_drawn_anew_once(tmp_path: Path) -> None:
    left = [1]

    def end_once(site: Site, request: Request, usual: Answer) -> Response | Drop:
        if request.path.startswith("/datacube") and left:
            left.clear()
            assert isinstance(site, WeChatInterface)
            site.end_tokens()
        return usual(request)

    async with interface(tmp_path, world("2031-03-14T09:00"), before=[end_once]) as office:
        assert (await office.look()).outcome is Outcome.OK
        assert office.calls == ["stable_token", "getarticletotaldetail"] * 2


async def test_nobody_elses_token_ends_by_a_look(tmp_path: Path) -> None:
    async with interface(tmp_path, world("2031-03-14T09:00")) as office:
        site = office.replica.interface
        valid = site.token_of(site.accounts[0])
        await office.look()
        assert site.token_of(site.accounts[0]) == valid
        assert valid in office.secrets


async def test_a_token_of_two_hours_ago_is_not_kept(tmp_path: Path) -> None:
    async with interface(tmp_path, world("2031-03-14T09:00")) as office:
        await office.look()
        office.times[0] += timedelta(hours=3)
        assert (await office.look()).outcome is Outcome.OK


async def test_a_used_up_quota_keeps_what_was_read(tmp_path: Path) -> None:
    need = replace(NEED, back_to=date(2031, 3, 1))
    async with interface(tmp_path, world(*WINDOW)) as office:
        office.replica.interface.quota = 6
        sight = await office.look(need=need)
        assert sight.outcome is Outcome.RATE_LIMITED
        assert "45009" in sight.detail
        assert [post.on.day for post in sight.posts] == [10]


async def test_a_key_without_the_permission(tmp_path: Path) -> None:
    async with interface(tmp_path, world("2031-03-14T09:00")) as office:
        office.replica.interface.granted = False
        sight = await office.look()
        assert (sight.outcome, sight.posts) == (Outcome.LOGIN_REQUIRED, ())
        with pytest.raises(LoginRequired, match="48001"):
            await office.looker.probe(WORD, "office")
        office.replica.interface.granted = True
        assert await office.looker.probe(WORD, "office") is True
        with pytest.raises(LoginRequired, match="nobody cannot be read"):
            await office.looker.probe(WORD, "nobody")


async def test_a_second_look_keeps_the_answers_as_evidence(tmp_path: Path) -> None:
    async with interface(tmp_path, world("2031-03-13T09:00")) as office:
        sight = await office.look(need=replace(NEED, second=True))
        bodies = [json.loads(gzip.decompress(each.body)) for each in sight.captures]
        assert [len(body["list"]) for body in bodies] == [0, 1]
        assert [each.url.partition("?")[2] for each in sight.captures] == [
            f"begin_date=2031-03-{day}&end_date=2031-03-{day}" for day in (14, 13)
        ]
        assert sight.url == sight.captures[-1].url
        assert not any(secret in repr(sight) for secret in office.secrets)


async def test_a_wrong_clock_of_ours_voids_the_look(tmp_path: Path) -> None:
    async with interface(tmp_path, world("2031-03-14T09:00")) as office:
        office.browser.now = lambda: NOW + timedelta(days=2)
        sight = await office.look()
        assert (sight.outcome, sight.posts) == (Outcome.CHANGED, ())


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        *((code, Outcome.LOGIN_REQUIRED) for code in (40001, 40013, 40014, 40125, 40164, 42001)),
        *((code, Outcome.LOGIN_REQUIRED) for code in (48001, 61003, 61004, 61007)),
        *((code, Outcome.RATE_LIMITED) for code in (45009, 45011)),
        (-1, Outcome.UNREACHABLE),
        *((code, Outcome.CHANGED) for code in (47009, 61500, 61501, 43002, 1)),
    ],
)
def test_what_a_code_means(code: int, outcome: Outcome) -> None:
    with pytest.raises(Failure, match=f"errcode {code}") as caught:
        refuse(code)
    assert caught.value.outcome is outcome


# whose it is


def entries(*links: str) -> dict[str, object]:
    found = [
        {"ref_date": "2031-03-14", "msgid": f"2247000001_{number}", "publish_type": 0}
        | ({"content_url": link} if link else {})
        for number, link in enumerate(links, 1)
    ]
    return {"list": found, "is_delay": False}


LONG = "http://mp.weixin.qq.com/s?__biz={}&mid=1&idx=1&sn=abc&chksm=def#rd"
SHORT_LINK = "https://mp.weixin.qq.com/s/ComposedArticle0000090"


@pytest.mark.parametrize(
    ("links", "tie", "kept"),
    [
        ([""], MatchedBy.URL, [""]),
        ([SHORT_LINK + "?scene=1"], MatchedBy.URL, [SHORT_LINK]),
        ([SHORT_LINK.replace("https", "http")], MatchedBy.URL, [SHORT_LINK]),
        ([LONG.format(BIZ)], MatchedBy.ID, [""]),
        ([SHORT_LINK, LONG.format(BIZ)], MatchedBy.ID, [SHORT_LINK, ""]),
        (["https://elsewhere.example/s/ComposedArticle0000090"], MatchedBy.URL, [""]),
        (["https://mp.weixin.qq.com.elsewhere.example/s/Composed000"], MatchedBy.URL, [""]),
        ([LONG.format("OTAwMDAwMDAwMg==")], None, []),
        ([SHORT_LINK, LONG.format("OTAwMDAwMDAwMg==")], None, []),
    ],
)
async def test_whose_a_key_is(
    tmp_path: Path, links: list[str], tie: MatchedBy | None, kept: list[str]
) -> None:
    case = replace(
        composed((DAY, entries(*links)), platform="wechat"),
        bound={"filing_number": "W1", "name": FILED.name},
    )
    async with interface(tmp_path, world(own=False), overlay=case) as office:
        sight = await office.look()
    assert (sight.matched_by, [post.link for post in sight.posts]) == (tie, kept)
    assert sight.outcome is (Outcome.OK if tie else Outcome.NO_EVIDENCE)
    assert ("operator's binding" in sight.detail) is (tie is MatchedBy.URL)
    assert sight.links == tuple(link for link in kept if link)


async def test_another_account_on_a_later_day_voids_the_earlier_ones(tmp_path: Path) -> None:
    older = json.loads(json.dumps(entries(LONG.format("OTAwMDAwMDAwMg=="))).replace("-14", "-13"))
    case = replace(
        composed(
            (f"{DAY}?begin_date=2031-03-14", entries("")),
            (f"{DAY}?begin_date=2031-03-13", older),
            (DAY, {"list": [], "is_delay": False}),
            platform="wechat",
        ),
        bound={"filing_number": "W1", "name": FILED.name},
    )
    async with interface(tmp_path, world(own=False), overlay=case) as office:
        sight = await office.look(need=replace(NEED, back_to=date(2031, 3, 10)))
    assert (sight.outcome, sight.posts) == (Outcome.NO_EVIDENCE, ())


@pytest.mark.parametrize(
    ("bound", "filed", "is_its"),
    [
        ({"filing_number": "W1"}, {"filing_number": "W1"}, True),
        ({"filing_number": "W1"}, {"filing_number": "W2"}, False),
        ({"filing_number": "W1", "platform_id": BIZ}, {"platform_id": "9000000001"}, True),
        ({"filing_number": "W1", "original_id": "gh_A1"}, {"original_id": "gh_a1"}, True),
        ({"alias": "shili"}, {"alias": "Shili"}, True),
        ({"platform_id": BIZ}, {"platform_id": "OTAwMDAwMDAwMg=="}, False),
        ({}, {}, True),
        ({"name": "别的局"}, {}, False),
        # A name alone does not bind where a number does.
        ({"filing_number": "W1"}, {"filing_number": "W2", "name": FILED.name}, False),
        ({"filing_number": "W1"}, {}, True),
        # The registry corrects the name: the key may be the account's that was filed before.
        ({"filing_number": "W1"}, {"filing_number": "W1", "name": "别的局"}, False),
        ({"filing_number": "W1"}, {"filing_number": "W1", "name": f" {FILED.name}"}, True),
        (
            {"filing_number": "W1", "platform_id": BIZ},
            {"filing_number": "W1", "name": "改名", "platform_id": BIZ},
            True,
        ),
        ({"original_id": "gh_a1"}, {"original_id": "gh_a1", "name": "改名"}, True),
    ],
)
def test_a_key_is_asked_about_its_own_account_alone(
    bound: Mapping[str, str], filed: Mapping[str, str], is_its: bool
) -> None:
    key = AccountKey(**{"app_id": "", "app_secret": "", "name": FILED.name, **bound})
    bare = replace(FILED, filing_number="", platform_id="")
    assert is_bound(Account(id=2, filed=replace(bare, **filed)), key) is is_its


async def test_other_accounts_leave_no_sight_of_it(tmp_path: Path) -> None:
    other = replace(
        ACCOUNT, filed=replace(FILED, filing_number="W2", platform_id="OTAwMDAwMDAwMg==")
    )
    async with interface(tmp_path, world("2031-03-14T09:00")) as office:
        assert await office.looker.look(other, NEED, Pacing(scale=0)) == ()
        assert office.calls == []


async def test_a_key_that_was_bound_anew_is_read_anew(tmp_path: Path) -> None:
    other = replace(ACCOUNT, filed=replace(FILED, filing_number="W2", platform_id=""))
    async with interface(tmp_path, world("2031-03-14T09:00")) as office:
        assert await office.looker.look(other, NEED, Pacing(scale=0)) == ()
        held = office.replica.storage_state(WORD)
        bound = {"filing_number": "W2", "platform_id": "", "original_id": "", "alias": ""}
        write_new(tmp_path / WORD / "office.json", {**held, **bound}, NOW)
        assert (await office.look(other)).posts


async def test_a_corrected_id_wants_a_new_binding(tmp_path: Path) -> None:
    corrected = replace(ACCOUNT, filed=replace(FILED, platform_id="OTAwMDAwMDAwMg=="))
    async with interface(tmp_path, world("2031-03-14T09:00")) as office:
        sight = await office.look(corrected)
        assert (sight.outcome, office.calls) == (Outcome.NO_EVIDENCE, [])
        assert "bind it anew" in sight.detail


# the key


async def test_half_an_answer_with_a_token_is_not_quoted(tmp_path: Path) -> None:
    case = replace(
        composed((TOKEN, '{"access_token":"99_SECRETSECRETSECRET","expir'), platform="wechat"),
        bound={"filing_number": "W1", "name": FILED.name},
    )
    async with interface(tmp_path, world(own=False), overlay=case) as office:
        sight = await office.look()
    assert sight.outcome is Outcome.CHANGED
    assert "SECRET" not in repr(sight)


async def test_an_answer_that_repeats_a_secret_is_kept_without_it(tmp_path: Path) -> None:
    def echo(site: Site, request: Request, usual: Answer) -> Response | Drop:
        response = usual(request)
        if not request.path.startswith("/datacube"):
            return response
        assert isinstance(response, Response)
        said = json.loads(response.body)
        said["echo"] = [site.state["app_secret"], request.query["access_token"]]
        return replace(response, body=json.dumps(said).encode())

    async with interface(tmp_path, world("2031-03-14T09:00"), before=[echo]) as office:
        sight = await office.look(need=replace(NEED, second=True))
        body = gzip.decompress(sight.captures[0].body).decode()
        assert sight.posts
        assert "echo" in body
        assert len(office.secrets) == 2
        assert not [secret for secret in office.secrets if secret in body]


async def test_a_used_key_notes_when(tmp_path: Path) -> None:
    async with interface(tmp_path, world("2031-03-14T09:00")) as office:
        session = Session(WORD, "office", tmp_path / WORD / "office.json")
        before = session.state.read_text()
        assert moments(session)[1] is None
        await office.look()
        await office.looker.rest("wechat")
        assert moments(session)[1] == NOW
        assert session.state.stat().st_mode & 0o777 == 0o600
        kept, was = json.loads(session.state.read_text()), json.loads(before)
        assert {**kept, "mediawatch": {**kept["mediawatch"], "used_at": ""}} == {
            **was,
            "mediawatch": {**was["mediawatch"], "used_at": ""},
        }


async def test_what_a_look_shows_of_a_key_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, str, SessionState]] = []

    class Watch:
        async def usable(self, platform: str, names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(names)

        async def note_state(
            self, platform: str, name: str, *, valid: bool, how: str, detail: str = ""
        ) -> None:
            state = SessionState.VALID if valid else SessionState.INVALID
            told.append((platform, name, state))

    async with interface(tmp_path, world("2031-03-14T09:00")) as office:
        office.looker._watch = Watch()  # type: ignore[assignment]
        await office.look()
        office.replica.end_login(WORD)
        await office.look()
    assert told == [
        (WORD, "office", SessionState.VALID),
        (WORD, "office", SessionState.INVALID),
    ]


async def test_a_recorded_look_is_played_again_without_a_secret(tmp_path: Path) -> None:
    async with interface(tmp_path, world("2031-03-13T09:00")) as office:
        browser = LoggingBrowser(office.browser._launch, now=lambda: NOW)
        made = await record(
            ACCOUNT,
            recorder=SiteRecorder(browser, tmp_path, SCRAPERS),
            gate=Pacing(scale=0),
            now=lambda: NOW,
            out=tmp_path / "cases",
            session=None,
        )
        texts = [path.read_text("utf-8") for path in made.folder.iterdir()]
        assert not [secret for secret in office.secrets for text in texts if secret in text]
    case = Case.read(made.folder)
    assert (made.answers, case.sessions) == (2, {WORD})
    async with interface(tmp_path / "again", world(own=False), overlay=case) as office:
        assert [post.on.day for post in (await office.look()).posts] == [13]
