"""What a platform's name search says: which account it proposes, what an empty result means."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediawatch.domain import (
    ID_IN_DOUBT,
    Account,
    Attestation,
    Filing,
    MatchedBy,
    Outcome,
    Sight,
)
from scrapers.searches import (
    Hit,
    Results,
    agrees,
    is_due,
    is_gone,
    join_results,
    match_hits_to_filed,
)
from scrapers.weibo.surfaces import Search

NAME, OTHER = "示例发布", "示例发布厅"
AT = datetime(2022, 12, 31, tzinfo=UTC)
NOBODY = Results(nobody="抱歉，未找到“示例发布”相关结果。")


def filed(**values: Any) -> Filing:
    return Filing(**{"name": NAME, "platform": "weibo", **values})


def hits(*names: str, more: bool = False, **values: str) -> Results:
    return Results(
        hits=tuple(
            Hit(id=str(number), name=name, **values) for number, name in enumerate(names, 1)
        ),
        more=more,
    )


@pytest.mark.parametrize(
    ("account", "own", "found", "outcome", "name", "by"),
    [
        pytest.param(
            filed(), "", hits(NAME), Outcome.OK, NAME, MatchedBy.NAME, id="one bears the name"
        ),
        pytest.param(
            filed(),
            "",
            hits("“示例 发布”", OTHER),
            Outcome.OK,
            "“示例 发布”",
            MatchedBy.NAME,
            id="the same name after folding",
        ),
        pytest.param(
            filed(), "", hits(OTHER), Outcome.NO_EVIDENCE, "", None, id="only names like it"
        ),
        pytest.param(
            filed(), "", hits(NAME, NAME), Outcome.NO_EVIDENCE, NAME, None, id="two bear it"
        ),
        pytest.param(
            filed(),
            "",
            hits(NAME, more=True),
            Outcome.NO_EVIDENCE,
            NAME,
            None,
            id="the last one read is exact: more may follow",
        ),
        pytest.param(
            filed(),
            "",
            hits(NAME, OTHER, more=True),
            Outcome.OK,
            NAME,
            MatchedBy.NAME,
            id="no more exact ones follow a near one",
        ),
        pytest.param(
            filed(organiser="示例局"),
            "",
            hits(NAME, certified="别的局官方"),
            Outcome.NO_EVIDENCE,
            NAME,
            None,
            id="another body's",
        ),
        pytest.param(
            filed(organiser="示例局"),
            "",
            hits(NAME, certified="示例局官方"),
            Outcome.OK,
            NAME,
            MatchedBy.NAME,
            id="the body's own",
        ),
        pytest.param(
            filed(organiser="示例局"),
            "",
            hits(NAME),
            Outcome.OK,
            NAME,
            MatchedBy.NAME,
            id="nothing certified",
        ),
        pytest.param(
            filed(alias="shili"),
            "",
            hits(NAME, alias="other"),
            Outcome.NO_EVIDENCE,
            NAME,
            None,
            id="another 抖音号",
        ),
        pytest.param(
            filed(alias="Shili"),
            "",
            hits(NAME, alias="shili"),
            Outcome.OK,
            NAME,
            MatchedBy.ID,
            id="the filed 抖音号",
        ),
        pytest.param(
            filed(alias="Shili"),
            "",
            hits(OTHER, alias="shili"),
            Outcome.OK,
            OTHER,
            MatchedBy.ID,
            id="under another name",
        ),
        pytest.param(
            filed(platform_id="shili"),
            "",
            hits(OTHER, alias="Shili"),
            Outcome.OK,
            OTHER,
            MatchedBy.ID,
            id="filed as the id",
        ),
        pytest.param(
            filed(platform_id="shili", url="x"),
            "1",
            hits(NAME),
            Outcome.OK,
            NAME,
            MatchedBy.URL,
            id="the link's id is no filed id",
        ),
        pytest.param(
            filed(platform_id="2"),
            "2",
            hits("别的", OTHER),
            Outcome.OK,
            OTHER,
            MatchedBy.ID,
            id="the filed id under another name",
        ),
        pytest.param(
            filed(url="x"),
            "2",
            hits(NAME, OTHER),
            Outcome.OK,
            OTHER,
            MatchedBy.URL,
            id="the id of the filed link",
        ),
        pytest.param(
            filed(platform_id="9"),
            "9",
            hits(NAME),
            Outcome.OK,
            NAME,
            None,
            id="the name under another id is tied to nothing",
        ),
        pytest.param(
            filed(platform_id="9"),
            "9",
            hits(OTHER),
            Outcome.NO_EVIDENCE,
            "",
            None,
            id="an id, and nobody of the name",
        ),
        pytest.param(
            filed(platform_id="9"),
            "9",
            NOBODY,
            Outcome.NO_EVIDENCE,
            "",
            None,
            id="against an id nobody is no absence",
        ),
        pytest.param(
            filed(platform_id="shili"),
            "",
            NOBODY,
            Outcome.NO_EVIDENCE,
            "",
            None,
            id="nor against what is no id of the platform",
        ),
        pytest.param(
            filed(),
            "",
            NOBODY,
            Outcome.NOT_FOUND,
            "",
            MatchedBy.NAME,
            id="only a name, and nobody bears it",
        ),
        pytest.param(
            filed(),
            "",
            Results(),
            Outcome.NO_EVIDENCE,
            "",
            None,
            id="nothing shown, and not in words",
        ),
        pytest.param(
            filed(name="示例发布官方微博"),
            "",
            hits(OTHER, NAME),
            Outcome.NO_EVIDENCE,
            NAME,
            None,
            id="without its suffix one bears it",
        ),
        pytest.param(
            filed(url="x"), "", NOBODY, Outcome.NO_EVIDENCE, "", None, id="a link may lead to it"
        ),
        pytest.param(
            filed(type_certain=False),
            "",
            NOBODY,
            Outcome.NO_EVIDENCE,
            "",
            None,
            id="perhaps on another platform",
        ),
        pytest.param(
            filed(name="示例发布官方微博"),
            "",
            NOBODY,
            Outcome.NO_EVIDENCE,
            "",
            None,
            id="a suffix that nobody bears",
        ),
    ],
)
def test_the_account_that_a_search_finds(
    account: Filing, own: str, found: Results, outcome: Outcome, name: str, by: MatchedBy | None
) -> None:
    seen = match_hits_to_filed(account, own, found, gone=False)
    assert (seen.outcome, seen.name, seen.matched_by) == (outcome, name, by)
    assert seen.posts == ()
    assert seen.platform_id == (
        ""
        if by is None or outcome is Outcome.NOT_FOUND
        else next(hit.id for hit in found.hits if hit.name == name)
    )
    assert (seen.attested is Attestation.DESCRIBED) == (outcome is Outcome.NOT_FOUND)


@pytest.mark.parametrize(
    ("values", "own", "found"),
    [
        pytest.param(
            {"platform_id": "9", "alias": "shili"},
            "9",
            hits(OTHER, alias="shili"),
            id="the filed id is another",
        ),
        pytest.param(
            {"url": "x", "alias": "shili"},
            "9",
            hits(OTHER, alias="shili"),
            id="the filed link leads to another",
        ),
        pytest.param(
            {"alias": "shili"},
            "",
            Results(hits=(Hit(id="1", name=OTHER, alias="shili"), Hit(id="2", name=NAME))),
            id="the name is another's",
        ),
        pytest.param(
            {"platform_id": "1"},
            "1",
            Results(hits=(Hit(id="2", name=NAME), Hit(id="1", name=OTHER))),
            id="the filed name lives under another id",
        ),
        pytest.param(
            {"platform_id": "2", "alias": "shili"},
            "2",
            Results(hits=(Hit(id="2", name=NAME), Hit(id="1", name=OTHER, alias="shili"))),
            id="the filed 抖音号 leads to another than the filed id",
        ),
    ],
)
def test_a_hit_with_one_right_and_one_wrong_key_is_a_doubt(
    values: dict[str, str], own: str, found: Results
) -> None:
    for gone in (False, True):
        seen = match_hits_to_filed(filed(**values), own, found, gone=gone)
        assert (seen.outcome, seen.name, seen.platform_id, seen.matched_by) == (
            Outcome.NO_EVIDENCE,
            OTHER,
            "1",
            None,
        )
        assert seen.detail.startswith(ID_IN_DOUBT)


def test_an_empty_search_needs_all_filed_keys_for_an_absence() -> None:
    account = filed(alias="shili")
    assert match_hits_to_filed(account, "", NOBODY, gone=False).outcome is Outcome.NO_EVIDENCE
    seen = match_hits_to_filed(account, "", NOBODY, gone=False, searched=("shili",))
    assert (seen.outcome, seen.matched_by) == (Outcome.NOT_FOUND, MatchedBy.NAME)
    assert seen.detail.startswith("searched for 示例发布, shili: ")


def test_two_empty_searches_count_only_together() -> None:
    assert join_results(NOBODY, NOBODY).nobody
    assert join_results(NOBODY, hits(OTHER)) == hits(OTHER)
    assert join_results(hits(OTHER, more=True), hits(OTHER)) == hits(OTHER, more=True)


def test_an_empty_search_is_an_absence_where_the_link_is_gone() -> None:
    assert match_hits_to_filed(filed(url="x"), "9", NOBODY, gone=True).outcome is Outcome.NOT_FOUND
    assert (
        match_hits_to_filed(filed(platform_id="9"), "9", NOBODY, gone=True).outcome
        is Outcome.NO_EVIDENCE
    )


@given(
    st.lists(st.sampled_from([NAME, OTHER, "别的"]), max_size=5),
    st.sampled_from(["", "1", "9"]),
    st.booleans(),
    st.booleans(),
)
def test_a_search_with_an_id_or_hits_never_says_absent(
    names: list[str], own: str, more: bool, gone: bool
) -> None:
    seen = match_hits_to_filed(filed(platform_id=own), own, hits(*names, more=more), gone=gone)
    assert seen.outcome is not Outcome.NOT_FOUND


def sight(outcome: Outcome, **values: Any) -> Sight:
    return Sight(surface="weibo.desktop", read_at=AT, outcome=outcome, **values)


NAMED = sight(Outcome.OK, name=NAME, matched_by=MatchedBy.ID)


@pytest.mark.parametrize(
    ("values", "earlier", "due"),
    [
        ({}, [], True),
        ({}, [sight(Outcome.NO_EVIDENCE)], True),
        ({}, [sight(Outcome.CAPTCHA)], True),
        ({}, [NAMED], False),
        ({"platform_id": "9"}, [], False),
        ({"platform_id": "9"}, [NAMED], False),
        ({"platform_id": "9"}, [sight(Outcome.NOT_FOUND)], True),
        ({"platform_id": "9"}, [sight(Outcome.NO_EVIDENCE)], False),
        ({"platform_id": "9"}, [sight(Outcome.CAPTCHA)], False),
        ({"platform_id": "9"}, [sight(Outcome.NOT_FOUND), NAMED], False),
        ({"url": "x"}, [], False),
        ({"url": "x"}, [sight(Outcome.CAPTCHA)], False),
        ({"url": "x"}, [sight(Outcome.NO_EVIDENCE)], True),
        ({"url": "x"}, [sight(Outcome.NOT_FOUND)], True),
    ],
)
def test_when_a_search_could_add_something(
    values: dict[str, str], earlier: list[Sight], due: bool
) -> None:
    assert is_due(filed(**values), earlier) is due
    assert is_gone(earlier) == any(each.outcome is Outcome.NOT_FOUND for each in earlier)


def test_a_search_hides_nobody_whom_a_page_has_shown() -> None:
    """The name's own page showed an account, and whose it is remained open."""
    page = sight(Outcome.NO_EVIDENCE, name=NAME)
    for earlier, outcome in (
        ([], Outcome.NOT_FOUND),
        ([sight(Outcome.NO_EVIDENCE)], Outcome.NOT_FOUND),
        ([sight(Outcome.NO_EVIDENCE), page], Outcome.NO_EVIDENCE),
        ([sight(Outcome.LOGIN_REQUIRED, name=NAME)], Outcome.NO_EVIDENCE),
        ([sight(Outcome.NO_EVIDENCE, name=OTHER)], Outcome.NO_EVIDENCE),
    ):
        search = Search().given_earlier(Account(id=1, filed=filed()), earlier)
        assert isinstance(search, Search)
        seen = match_hits_to_filed(filed(), "", NOBODY, gone=search.gone, bearer=search.bearer)
        assert seen.outcome is outcome


@pytest.mark.parametrize(
    ("organiser", "certified", "agreed"),
    [
        ("示例市第一测试局", "示例市第一测试局官方微博", True),
        ("示例市第一测试局", "示例市第二测试局官方微博", False),
        ("", "示例市第二测试局官方微博", True),
        ("示例市第一测试局", " ", True),
    ],
)
def test_a_certification_speaks_for_the_organiser_or_for_another(
    organiser: str, certified: str, agreed: bool
) -> None:
    assert agrees(filed(organiser=organiser), certified) is agreed
