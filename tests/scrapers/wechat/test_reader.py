"""What 微信读书 answers, and whose page is whose: pure functions against composed payloads."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from mediawatch.domain import (
    Account,
    Captcha,
    Changed,
    DayEnd,
    Failure,
    Filing,
    LoginRequired,
    MatchedBy,
    NoEvidence,
    Outcome,
    PayloadFacts,
    ProvisionalId,
    RateLimited,
    Sight,
)
from scrapers.browser.pool import Reply
from scrapers.replica.truth import book_in
from scrapers.wechat.article_page import Page
from scrapers.wechat.reader_address import (
    ReaderBook,
    book_of,
    code_of_book,
    number_in_page,
    page_of,
)
from scrapers.wechat.reader_cover import ReaderArticle, ReaderCover
from scrapers.wechat.reader_list import ReaderList
from scrapers.wechat.reader_replies import (
    facts_of_list,
    read_cover,
    read_list,
    refuse_captcha,
    says,
)

NUMBER, OTHER_NUMBER = "3900000001", "3900000002"
BIZ = b64encode(NUMBER.encode()).decode()
OTHER = b64encode(OTHER_NUMBER.encode()).decode()
NAME = "示例市测试局"
AT = 1_671_500_000
WHEN = datetime.fromtimestamp(AT, UTC)
NOW = datetime.fromtimestamp(AT + 86_400, UTC)
BOOK = ReaderBook(number=NUMBER, tie=MatchedBy.ID, page=page_of(NUMBER))
TOKEN = "ExampleArticleToken_01"


def account(**filed: str) -> Account:
    return Account(id=1, filed=Filing(name=NAME, platform="wechat", **filed))


def reply(payload: object, path: str = "web/mp/articles", book: str = f"MP_WXS_{NUMBER}") -> Reply:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Reply(f"https://weread.qq.com/{path}?bookId={book}", 200, "application/json", body)


# the address


def test_the_code_of_a_book_is_that_of_public_pairs() -> None:
    assert code_of_book("695233") == "ce032b305a9bc1ce0b0dd2a"
    assert code_of_book("MP_WXS_3073282833") == "e7442e4224d505f5758535f333037333238323833335e1"


@pytest.mark.parametrize("number", ["3073282833", "3900000101", "1", "9999999999", "2390000003"])
def test_an_address_leads_back_to_its_number(number: str) -> None:
    assert number_in_page(page_of(number)) == number
    assert number_in_page(f"{page_of(number)}?from=share") == number
    # The replica's own reckoning, which shares nothing with ours, reads the same book.
    assert book_in(page_of(number).rpartition("/")[2]) == f"MP_WXS_{number}"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://weread.qq.com/web/reader/e7442e4224d505f5758535f333037333238323833335e1",
        "https://weread.qq.com.example.org/web/mp/reader/e7442e4224d505f5758535f333037333238323833335e1",
        "https://weread.qq.com/web/mp/reader/e7442e4224d505f5758535f333037333238323833335e2",
        "https://weread.qq.com/web/mp/reader/abc42de22",
    ],
)
def test_an_address_with_other_check_digits_tells_no_number(address: str) -> None:
    assert number_in_page(address) == ""


def sight(number: str, tie: MatchedBy | None, surface: str = "wechat.search", **more: Any) -> Sight:
    biz = b64encode(number.encode()).decode() if number else ""
    return Sight(surface=surface, read_at=NOW, platform_id=biz, matched_by=tie, **more)


@pytest.mark.parametrize(
    ("filed", "earlier", "number", "tie", "page"),
    [
        ({"platform_id": BIZ}, [], NUMBER, MatchedBy.ID, page_of(NUMBER)),
        (
            {"platform_id": BIZ, "reader_url": page_of(OTHER_NUMBER)},
            [],
            NUMBER,
            MatchedBy.ID,
            page_of(OTHER_NUMBER),
        ),
        ({"reader_url": page_of(NUMBER)}, [], NUMBER, MatchedBy.URL, page_of(NUMBER)),
        (
            {"reader_url": "https://weread.qq.com/web/mp/reader/odd1"},
            [],
            "",
            MatchedBy.URL,
            "https://weread.qq.com/web/mp/reader/odd1",
        ),
        ({}, [sight(NUMBER, MatchedBy.NAME)], NUMBER, MatchedBy.NAME, page_of(NUMBER)),
        (
            {},
            [sight(NUMBER, MatchedBy.NAME), sight(NUMBER, MatchedBy.ID)],
            NUMBER,
            MatchedBy.ID,
            page_of(NUMBER),
        ),
    ],
)
def test_the_number_is_the_filed_one_else_what_the_look_learned(
    filed: dict[str, str], earlier: list[Sight], number: str, tie: MatchedBy, page: str
) -> None:
    found = book_of(account(**filed), earlier)
    assert found == ReaderBook(number=number, tie=tie, page=page)


@pytest.mark.parametrize(
    "earlier",
    [
        [],
        [sight(NUMBER, None)],
        [sight("", MatchedBy.ID)],
        [sight(NUMBER, MatchedBy.NAME), sight(OTHER_NUMBER, MatchedBy.URL)],
    ],
)
def test_without_one_certain_number_there_is_no_page(earlier: list[Sight]) -> None:
    assert book_of(account(), earlier) is None
    assert ReaderCover().given_earlier(account(), earlier) is None


def test_a_number_that_was_taken_back_leads_nowhere() -> None:
    doubted = replace(account(), disowned=frozenset({BIZ}))
    assert book_of(doubted, [sight(NUMBER, MatchedBy.NAME)]) is None
    assert book_of(doubted, [sight(OTHER_NUMBER, MatchedBy.URL)]) is not None
    filed = replace(account(platform_id=BIZ), disowned=frozenset({BIZ}))
    assert book_of(filed, []) is not None


# refusals


@pytest.mark.parametrize(
    ("payload", "failure", "ends"),
    [
        ({"errCode": -2010, "errMsg": "用户不存在"}, LoginRequired, None),
        ({"errcode": -2012, "errmsg": "登录超时"}, LoginRequired, None),
        ({"errCode": -2014, "errMsg": "-2014"}, RateLimited, None),
        ({"errCode": -2041, "errMsg": "-2041"}, Captcha, DayEnd.LOGIN),
        ({"errCode": -2013, "errMsg": "params error (node)"}, Changed, None),
        ({"errCode": -2013, "errMsg": "请求过于频繁,请稍后再试"}, RateLimited, None),
        ({"errCode": -2050, "errMsg": "请完成验证"}, Captcha, DayEnd.LOGIN),
        ({"errCode": -2050, "errMsg": "请先登录"}, LoginRequired, None),
        ({"errCode": -1}, Changed, None),
        (b"<title>\xe5\xae\x89\xe5\x85\xa8\xe9\xaa\x8c\xe8\xaf\x81</title>", Captcha, DayEnd.LOGIN),
        (b"<p>502</p>", Changed, None),
        (b"", RateLimited, None),
    ],
)
def test_what_each_refusal_is_and_whose_day_it_ends(
    payload: object, failure: type[Failure], ends: DayEnd | None
) -> None:
    with pytest.raises(failure) as cover:
        read_cover(reply(payload, "api/mp/cover"), BOOK)
    assert cover.value.ends_day is ends
    with pytest.raises(failure) as listed:
        read_list(reply(payload))
    by_page = isinstance(payload, bytes)
    assert listed.value.ends_day is (ends if by_page or ends is None else DayEnd.SURFACE)


@pytest.mark.parametrize("unread", [b"", b"<p>502</p>", b'{"errCode": -20'])
def test_what_cannot_be_read_says_no_number(unread: bytes) -> None:
    assert says(reply({"errCode": -2012, "errMsg": "登录超时"}), -2012)
    assert not says(reply(unread), -2012)


def test_a_refusal_is_told_with_its_number_and_text_and_no_token() -> None:
    token = "a8f7e6d5c4b3a29180f7e6d5"
    said = {"errCode": -2013, "errMsg": f"params error (node) {token}", "errLog": token}
    with pytest.raises(Changed) as changed:
        read_cover(reply(said), BOOK)
    assert "-2013" in changed.value.detail
    assert "params error (node)" in changed.value.detail
    assert token not in changed.value.detail


def test_a_picture_check_is_known_by_its_marks() -> None:
    script = "<script src='https://turing.captcha.example/TCaptcha.js'></script>"
    refuse_captcha(f"<html><title>微信读书</title>{script}</html>", "a page that may show it")
    for marks in ("<title>安全验证</title>", '<div class="a" id="tcaptcha_iframe">'):
        with pytest.raises(Captcha):
            refuse_captcha(f"<html>{marks}</html>", "a page")
    with pytest.raises(Captcha):
        read_cover(reply(f"<html>{script}</html>".encode()), BOOK)


# the cover


def cover(review: object = f"MP_WXS_{NUMBER}_{TOKEN}") -> dict[str, Any]:
    return {"name": NAME, "title": "自拟", "pic": "", "reviewId": review}


@pytest.mark.parametrize(
    ("token", "link"),
    [
        ("ExampleArticleToken_01", "ExampleArticleToken_01"),
        ("Example~Article~Token1", "Example_Article_Token1"),
        ("Example-Article_Token1", "Example-Article_Token1"),
    ],
)
def test_the_cover_names_a_link_and_proves_nothing(token: str, link: str) -> None:
    seen = read_cover(reply(cover(f"MP_WXS_{NUMBER}_{token}")), BOOK)
    assert seen == PayloadFacts(links=(f"https://mp.weixin.qq.com/s/{link}",))


@pytest.mark.parametrize(
    ("payload", "failure"),
    [
        (cover(""), NoEvidence),
        (cover(None), NoEvidence),
        ({"name": NAME, "title": ""}, NoEvidence),
        (cover(7), Changed),
        (cover(TOKEN), Changed),
        (cover(f"MP_WXS_{OTHER_NUMBER}_{TOKEN}"), Changed),
        (cover(f"MP_WXS_{NUMBER}_"), Changed),
        (cover(f"MP_WXS_{NUMBER}_../cgi-bin/home"), Changed),
        (cover(f"MP_WXS_{NUMBER}_短"), Changed),
        ({}, Changed),
        ([], Changed),
        ({"data": {}}, Changed),
    ],
)
def test_covers_that_lead_to_no_article(payload: object, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        read_cover(reply(payload), BOOK)


# the list


def entry(
    owner: str = NUMBER, *, info: dict[str, Any] | None = None, **review: Any
) -> dict[str, Any]:
    about = {"time": AT, "originalId": TOKEN} if info is None else info
    named = {"reviewId": f"MP_WXS_{owner}_{TOKEN}", "bookId": ""} if owner else {}
    return {"review": {"createTime": AT + 9, **named, **review, "mpInfo": about}}


def listed(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"reviews": [{"subReviews": [each]} for each in entries]}


def facts(payload: object, book: ReaderBook = BOOK, **filed: str) -> PayloadFacts:
    return facts_of_list([read_list(reply(payload))], account(**filed), book, NOW)


@pytest.mark.parametrize(
    ("filed", "tie", "shown", "name", "expected"),
    [
        ({"platform_id": BIZ}, MatchedBy.ID, NAME, NAME, MatchedBy.ID),
        ({"platform_id": BIZ}, MatchedBy.ID, "示例市旧名", "", MatchedBy.ID),
        ({}, MatchedBy.URL, NAME, NAME, MatchedBy.NAME),
        ({}, MatchedBy.URL, "示例市旧名", "", MatchedBy.URL),
    ],
)
def test_the_list_gives_dates_and_may_confirm_the_name(
    filed: dict[str, str], tie: MatchedBy, shown: str, name: str, expected: MatchedBy
) -> None:
    book = ReaderBook(number=NUMBER, tie=tie, page=page_of(NUMBER))
    info = {"time": AT, "originalId": TOKEN, "mp_name": shown}
    seen = facts(listed(entry(info=info)), book, **filed)
    assert (seen.name, seen.platform_id, seen.matched_by) == (name, BIZ, expected)
    assert seen.complete_since is None
    assert [post.at for post in seen.posts] == [WHEN]
    assert seen.posts[0].link == f"https://mp.weixin.qq.com/s/{TOKEN}"


def test_the_newest_article_without_a_time_is_to_be_opened() -> None:
    undated = entry(info={"originalId": "NewestArticleToken_001"})
    link = "https://mp.weixin.qq.com/s/NewestArticleToken_001"
    assert facts(listed(undated, entry())).links == (link,)
    assert facts(listed(undated)).posts == ()
    assert facts(listed(entry(), undated)).links == (), "an older one would show nothing new"
    odd = entry(info={"time": AT * 1000, "originalId": "NewestArticleToken_001"})
    assert facts(listed(odd, entry())).links == (link,), "a time of unknown unit is no date"


@pytest.mark.parametrize(
    "guest",
    [
        entry(OTHER_NUMBER),
        entry(NUMBER, belongBookId=f"MP_WXS_{OTHER_NUMBER}"),
        entry("", bookId=f"MP_WXS_{OTHER_NUMBER}"),
        entry("", info={"time": AT, "doc_url": f"https://mp.weixin.qq.com/s?__biz={OTHER}&mid=1"}),
    ],
)
def test_an_article_of_another_account_is_left_out(guest: dict[str, Any]) -> None:
    guest["review"]["mpInfo"]["mp_name"] = NAME
    own = entry(info={"time": AT - 86_400, "originalId": TOKEN})
    seen = facts(listed(guest, own))
    assert ([post.at for post in seen.posts], seen.name) == (
        [datetime.fromtimestamp(AT - 86_400, UTC)],
        "",
    )
    assert "1 articles of other accounts left out" in seen.detail
    with pytest.raises(NoEvidence):
        facts(listed(guest))


def test_the_link_of_an_entry_is_its_own_short_one() -> None:
    short, long = (
        "https://mp.weixin.qq.com/s/ShortLinkOfTheEntry_01",
        f"https://mp.weixin.qq.com/s?__biz={BIZ}&mid=1&idx=1&sn=a",
    )
    token = f"https://mp.weixin.qq.com/s/{TOKEN}"
    for info, link in (
        ({"doc_url": short, "originalId": TOKEN}, short),
        ({"doc_url": long, "originalId": TOKEN}, token),
        ({"doc_url": long}, long.replace("==", "%3D%3D")),
    ):
        (post,) = facts(listed(entry(info={"time": AT, **info}))).posts
        assert post.link == link


def test_a_push_of_several_articles_is_one_group() -> None:
    several = {"reviews": [{"subReviews": [entry(), entry(info={"time": AT - 60})]}]}
    page = read_list(reply(several))
    assert (page.groups, len(page.entries)) == (1, 2)


@pytest.mark.parametrize(
    ("payload", "failure"),
    [
        ({"reviews": []}, Changed),
        (listed(entry(info={"mp_name": NAME})), Changed),
        (listed(entry(info={"time": AT + 40 * 86_400})), Changed),
        ({"reviews": [{"subReviews": [{"review": {}}]}]}, Changed),
        ({"reviews": [{}]}, Changed),
        ({}, Changed),
        ([], Changed),
    ],
)
def test_lists_that_prove_nothing(payload: object, failure: type[Failure]) -> None:
    with pytest.raises(failure):
        facts(payload)


def test_a_list_of_another_number_than_the_filed_one_is_no_evidence() -> None:
    with pytest.raises(NoEvidence):
        facts(listed(entry()), platform_id=OTHER)


FOUND = ProvisionalId(account_id=1, value=BIZ, name=NAME, on=NOW.date())


@pytest.mark.parametrize(
    ("found", "tie"), [(None, MatchedBy.NAME), (FOUND, MatchedBy.NAME), (FOUND, MatchedBy.URL)]
)
def test_a_number_found_by_name_is_nobodys_under_another_name(
    found: ProvisionalId | None, tie: MatchedBy
) -> None:
    filed = replace(account(), provisional=found)
    book = replace(BOOK, tie=tie)

    def shown(name: str) -> PayloadFacts:
        info = {"time": AT, "originalId": TOKEN, "mp_name": name}
        return facts_of_list([read_list(reply(listed(entry(info=info))))], filed, book, NOW)

    assert shown(NAME).matched_by is MatchedBy.NAME
    with pytest.raises(NoEvidence, match="别的局"):
        shown("别的局")


@pytest.mark.parametrize("found", [None, FOUND])
def test_the_article_of_a_number_found_by_name_bears_the_filed_name(
    found: ProvisionalId | None,
) -> None:
    filed = replace(account(), provisional=found)
    article = ReaderArticle(ReaderCover.name, "", replace(BOOK, tie=MatchedBy.NAME))
    page = Page(outcome=Outcome.OK, name=NAME, biz=BIZ)
    assert article.tie_of(filed, page) is MatchedBy.NAME
    for name in ("别的局", ""):
        with pytest.raises(NoEvidence):
            article.tie_of(filed, replace(page, name=name))
    by_id = ReaderArticle(ReaderCover.name, "", BOOK)
    assert by_id.tie_of(account(platform_id=BIZ), replace(page, name="改名")) is MatchedBy.ID


# what follows from what in one look


def seen_by(surface: str, outcome: Outcome = Outcome.OK, *links: str) -> Sight:
    return Sight(surface=surface, read_at=NOW, outcome=outcome, links=links)


@pytest.mark.parametrize(
    ("outcome", "asked"),
    [
        (Outcome.OK, True),
        (Outcome.NO_EVIDENCE, True),
        (Outcome.CHANGED, True),
        (Outcome.LOGIN_REQUIRED, False),
        (Outcome.RATE_LIMITED, False),
        (Outcome.CAPTCHA, False),
    ],
)
def test_the_list_is_not_asked_where_the_site_has_just_turned_us_away(
    outcome: Outcome, asked: bool
) -> None:
    found = ReaderList().given_earlier(
        account(platform_id=BIZ), [seen_by("wechat.reader_cover", outcome)]
    )
    assert (found is not None) is asked


def test_the_named_article_is_opened_unless_a_page_has_shown_it() -> None:
    link = "https://mp.weixin.qq.com/s/NewestArticleToken_001"
    article = ReaderArticle(ReaderCover.name)
    filed = account(platform_id=BIZ)
    cover_sight = seen_by(ReaderCover.name, Outcome.OK, link)
    tried = seen_by("wechat.article", Outcome.NO_EVIDENCE)
    assert article.given_earlier(filed, [tried, cover_sight]) is not None
    assert article.given_earlier(filed, [tried]) is None
    assert ReaderArticle(ReaderList.name).given_earlier(filed, [cover_sight]) is None
    page = facts(listed(entry(info={"time": AT, "originalId": "NewestArticleToken_001"})))
    shown = Sight(surface="wechat.article", read_at=NOW, posts=page.posts)
    assert article.given_earlier(filed, [shown, cover_sight]) is None


def test_no_control_and_no_canary_spends_the_calls_of_a_login() -> None:
    for surface in (ReaderCover(), ReaderList(), ReaderArticle(ReaderCover.name)):
        assert surface.as_control(account(platform_id=BIZ)) is None
