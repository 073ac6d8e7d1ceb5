"""`mediawatch registry proposals`: what readings teach about filed accounts, as tables; accepting
over a real store and the command.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from samples import enter
from typer.testing import CliRunner

from mediawatch import app
from mediawatch.cli import app as commands
from mediawatch.domain import (
    ID_IN_DOUBT,
    Account,
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    Reading,
    Refusal,
    Sight,
    UserError,
)
from mediawatch.ops.settings import Home
from mediawatch.registry.decisions import changes, choose, current, refusals
from mediawatch.registry.proposal import Kind, Proposal
from mediawatch.registry.proposals import ProposalSearch

AT = datetime(2031, 3, 1, 2, 0, tzinfo=UTC)
LINK = "https://mp.weixin.qq.com/s/ExampleOfProposal00001"
FILED = Filing(
    name="示例发布",
    platform="wechat",
    type="微信公众号",
    organiser="示例市第一测试局",
    url="https://example.org/1",
)
POST = Post(on=date(2031, 2, 27), link=LINK)
MOVED = "公众号已迁移; new account: 示例市新号 biz=MzAwMDAwMDAwOQ== gh_00000000000c"


def account(number: int = 1, **filed: Any) -> Account:
    return Account(id=number, filed=replace(FILED, **filed))


def seen(
    by: MatchedBy | None = MatchedBy.URL,
    day: int = 0,
    look: LookKind = LookKind.FIRST,
    of: int = 1,
    **facts: Any,
) -> Reading:
    values: dict[str, Any] = {
        "name": "示例发布",
        "platform_id": "MzAwMDAwMDAwMQ==",
        "matched_by": by,
        **facts,
    }
    at = AT + timedelta(days=day)
    sight = Sight(surface="s", read_at=at, **values)
    return Reading(account_id=of, look=look, started_at=at, read_at=at, sights=(sight,))


def told(of: Account, *readings: Reading) -> list[tuple[str, str, str, bool]]:
    return [
        (each.kind.value, each.field, each.new, each.sure)
        for each in proposed([of], {of.id: readings})
    ]


def proposed(
    accounts: Sequence[Account],
    readings: Mapping[int, Sequence[Reading]],
    refused: Iterable[Refusal] = (),
) -> list[Proposal]:
    """From readings that were taken under what is filed."""
    identities = {each.id: each.filed.identity for each in accounts}
    taken = {
        key: [replace(reading, filed_as=identities.get(key)) for reading in some]
        for key, some in readings.items()
    }
    search = ProposalSearch(accounts, refused)
    search.read(accounts, taken)
    return search.proposals()


ID = ("learned", "platform_id", "MzAwMDAwMDAwMQ==", True)
UNSURE = (*ID[:3], False)
DOUBT = ("doubt", "platform_id", "", True)


@pytest.mark.parametrize(
    ("filed", "readings", "expected"),
    [
        pytest.param({}, [], [], id="never read"),
        pytest.param({}, [seen()], [ID], id="by the filed link, under the filed name"),
        pytest.param({}, [seen(name="示例发布 ")], [ID], id="the same name but for white space"),
        pytest.param({"original_id": "gh_1"}, [seen(MatchedBy.ID)], [ID], id="by another filed id"),
        pytest.param({}, [seen(name="别的名称")], [UNSURE], id="the link leads to another name"),
        pytest.param(
            {},
            [seen(name="别的名称", verified_as="示例市第一测试局")],
            [ID],
            id="another name, certified for the organiser",
        ),
        pytest.param({}, [seen(MatchedBy.NAME)], [], id="by name alone"),
        pytest.param(
            {},
            [seen(MatchedBy.NAME, verified_as="别的单位")],
            [],
            id="by name, certified for another body",
        ),
        pytest.param(
            {},
            [seen(MatchedBy.NAME, verified_as="示例市第一测试局官方微博")],
            [ID],
            id="by name, certified for the organiser",
        ),
        pytest.param(
            {"organiser": ""},
            [seen(MatchedBy.NAME, verified_as="示例市第一测试局")],
            [],
            id="no organiser is filed",
        ),
        pytest.param({}, [seen(None)], [], id="tied to nobody (ambiguous)"),
        pytest.param({}, [seen(look=LookKind.CONTROL)], [], id="a control look"),
        pytest.param({"platform_id": "x"}, [seen()], [], id="an id is filed already"),
        pytest.param(
            {},
            [seen(), seen(day=1, platform_id="MzAwMDAwMDAwMg==")],
            [DOUBT],
            id="two looks, two ids",
        ),
        pytest.param({}, [seen(day=1), seen(platform_id="")], [ID], id="one look without an id"),
        pytest.param(
            {},
            [seen(original_id="gh_2")],
            [ID, ("learned", "original_id", "gh_2", True)],
            id="both ids",
        ),
    ],
)
def test_which_ids_are_learned(
    filed: dict[str, Any], readings: list[Reading], expected: list[tuple[str, str, str, bool]]
) -> None:
    assert told(account(**filed), *readings) == expected


RENAMED = ("renamed", "name", "示例新名", False)
OWN = {"platform_id": "MzAwMDAwMDAwMQ=="}


@pytest.mark.parametrize(
    ("filed", "readings", "expected"),
    [
        pytest.param(OWN, [seen(MatchedBy.ID, name="示例新名")], [RENAMED], id="renamed"),
        pytest.param(
            {**OWN, "alias": "shili"},
            [seen(None, name="示例新名", platform_id="x", detail=f"{ID_IN_DOUBT}: two")],
            [DOUBT],
            id="its 微信号 leads to another id",
        ),
        pytest.param(
            {**OWN, "alias": "shili"},
            [seen(None, platform_id="x", detail=f"{ID_IN_DOUBT}: two"), seen(MatchedBy.ID, 1)],
            [],
            id="since then the keys agree",
        ),
        pytest.param(
            OWN,
            [seen(MatchedBy.URL, name="示例新名", platform_id="")],
            [],
            id="a filed link proves no new name",
        ),
        pytest.param(
            OWN,
            [seen(MatchedBy.ID, name="示例新名"), seen(MatchedBy.ID, 1)],
            [],
            id="and back again",
        ),
        pytest.param(
            {**OWN, "name": "示例发布微信公众号"},
            [seen(MatchedBy.ID)],
            [],
            id="a suffix is no new name",
        ),
        pytest.param(
            OWN,
            [seen(MatchedBy.ID, name="示例新名", verified_as="示例市第一测试局")],
            [RENAMED],
            id="same body, new name",
        ),
        pytest.param(
            OWN,
            [seen(MatchedBy.ID, name="某某商店", verified_as="某某有限公司")],
            [DOUBT],
            id="another body's account",
        ),
        pytest.param(
            {**OWN, "organiser": ""},
            [seen(MatchedBy.ID, name="示例新名", verified_as="某局")],
            [RENAMED],
            id="none filed",
        ),
        pytest.param(
            {**OWN, "supervisor": "示例市政府"},
            [seen(MatchedBy.ID, name="示例新名", verified_as="示例市政府官方微博")],
            [RENAMED],
            id="the supervising body",
        ),
        pytest.param(
            {**OWN, "organiser": "高新区公安分局", "prefecture": "示例市"},
            [seen(MatchedBy.ID, name="示例新名", verified_as="别市公安局高新区公安分局")],
            [DOUBT],
            id="a body of the same name elsewhere",
        ),
        pytest.param(
            {**OWN, "organiser": "第一测试局", "prefecture": "示例市"},
            [seen(MatchedBy.ID, name="示例新名", verified_as="示例市第一测试局")],
            [RENAMED],
            id="a body that is filed without its place",
        ),
        pytest.param(
            OWN,
            [
                seen(MatchedBy.ID, verified_as="旧单位"),
                seen(MatchedBy.ID, 1, name="示例新名", verified_as="新单位"),
            ],
            [RENAMED],
            id="once under the filed name: certified anew, not wrongly filed",
        ),
    ],
)
def test_new_names_and_doubtful_ids(
    filed: dict[str, Any], readings: list[Reading], expected: list[tuple[str, str, str, bool]]
) -> None:
    assert told(account(**filed), *readings) == expected


@pytest.mark.parametrize(
    ("filed", "readings", "expected"),
    [
        pytest.param(
            {**OWN, "original_id": "gh_1"},
            [seen(outcome=Outcome.MIGRATED, name="", detail=MOVED)],
            [
                ("migrated", "platform_id", "MzAwMDAwMDAwOQ==", False),
                ("migrated", "original_id", "gh_00000000000c", False),
            ],
            id="both ids of the new account",
        ),
        pytest.param(
            {**OWN, "original_id": "gh_1"},
            [
                seen(
                    outcome=Outcome.MIGRATED,
                    name="",
                    detail="moved; new account: biz=MzAwMDAwMDAwOQ==",
                )
            ],
            [
                ("migrated", "platform_id", "MzAwMDAwMDAwOQ==", False),
                ("migrated", "original_id", "", False),
            ],
            id="the old gh_ id goes too",
        ),
        pytest.param(
            OWN,
            [seen(outcome=Outcome.MIGRATED, name="", detail="moved")],
            [],
            id="nobody knows where to",
        ),
        pytest.param(
            OWN,
            [seen(outcome=Outcome.MIGRATED, name="", detail=MOVED), seen(MatchedBy.ID, 1)],
            [],
            id="seen alive since",
        ),
        pytest.param(
            OWN,
            [
                seen(outcome=Outcome.MIGRATED, name="", detail=MOVED),
                seen(None, 1, outcome=Outcome.CAPTCHA, name="", platform_id=""),
            ],
            [
                ("migrated", "platform_id", "MzAwMDAwMDAwOQ==", False),
                ("migrated", "original_id", "gh_00000000000c", False),
            ],
            id="a captcha since says nothing",
        ),
        pytest.param(
            {"platform_id": "MzAwMDAwMDAwOQ==", "original_id": "gh_00000000000c"},
            [seen(outcome=Outcome.MIGRATED, name="", detail=MOVED)],
            [],
            id="accepted already",
        ),
        pytest.param(
            OWN,
            [seen(posts=(POST,))],
            [("link", "article_links", LINK, True)],
            id="an article, and no link is filed",
        ),
        pytest.param(
            {**OWN, "article_links": ("https://mp.weixin.qq.com/s/ExampleOfProposal00002",)},
            [seen(posts=(POST,))],
            [],
            id="a link is filed",
        ),
        pytest.param(
            OWN,
            [seen(MatchedBy.NAME, platform_id="", posts=(POST,))],
            [],
            id="an article by name alone",
        ),
        pytest.param(
            {**OWN, "platform": "weibo"}, [seen(posts=(POST,))], [], id="no articles there"
        ),
    ],
)
def test_migrations_and_links(
    filed: dict[str, Any], readings: list[Reading], expected: list[tuple[str, str, str, bool]]
) -> None:
    assert told(account(**filed), *readings) == expected


def test_an_id_that_two_accounts_would_bear_is_a_doubt() -> None:
    one, two, holder = (
        account(1),
        account(2, name="示例二"),
        account(3, name="示例三", platform_id="MzAwMDAwMDAwMQ=="),
    )
    both = proposed([one, two], {1: [seen()], 2: [seen(of=2, name="示例二")]})
    assert [each.kind for each in both] == [Kind.DOUBT, Kind.DOUBT]
    held = proposed([one, holder], {1: [seen()]})
    assert [(each.kind, each.new) for each in held] == [(Kind.DOUBT, "")]
    elsewhere = proposed(
        [one, replace(holder, filed=replace(holder.filed, platform="weibo"))], {1: [seen()]}
    )
    assert [each.kind for each in elsewhere] == [Kind.LEARNED]


READINGS = {
    1: [seen()],
    2: [seen(MatchedBy.ID, of=2, name="示例新名")],
    3: [seen(of=3, outcome=Outcome.MIGRATED, name="", detail=MOVED)],
    4: [seen(MatchedBy.ID, of=4, platform_id="9", name="某某商店", verified_as="某某有限公司")],
}


def listed() -> list[Proposal]:
    sure, renamed, moved, doubt = (
        account(1),
        account(2, **OWN),
        account(3, platform_id="old", original_id="gh_1"),
        account(4, platform_id="9"),
    )
    return proposed(
        [replace(sure, filed=replace(sure.filed, platform="weibo")), renamed, moved, doubt],
        READINGS,
    )


def test_all_takes_only_what_needs_no_eyes() -> None:
    assert [each.kind for each in choose(listed(), (), everything=True)] == [Kind.LEARNED]


def test_a_migration_is_accepted_whole_or_not_at_all() -> None:
    key = next(each.key for each in listed() if each.kind is Kind.MIGRATED)
    taken = choose(listed(), [key], everything=False)
    assert [(each.account.id, each.field) for each in taken] == [
        (3, "platform_id"),
        (3, "original_id"),
    ]
    [update] = changes(taken, AT).updated
    assert (update.filed.platform_id, update.filed.original_id) == (
        "MzAwMDAwMDAwOQ==",
        "gh_00000000000c",
    )
    assert update.changes == (
        ("platform_id", "old", "MzAwMDAwMDAwOQ=="),
        ("original_id", "gh_1", "gh_00000000000c"),
    )


def test_a_key_names_a_value_and_a_doubt_cannot_be_accepted() -> None:
    first = listed()[0]
    assert replace(first, new="another").key != first.key
    with pytest.raises(UserError, match="no proposal 'abcdef'"):
        choose(listed(), ["abcdef"], everything=False)
    with pytest.raises(UserError, match="is a doubt"):
        choose(
            listed(),
            [next(each.key for each in listed() if each.kind is Kind.DOUBT)],
            everything=False,
        )


def refused_of(*listed: Proposal) -> list[Refusal]:
    return refusals(listed, AT)


def test_what_was_refused_is_not_proposed_again_and_disputes_nothing() -> None:
    one, readings = (
        account(**OWN | {"platform_id": ""}),
        {1: [seen(platform_id="1"), seen(day=1, platform_id="2")]},
    )
    assert [each.kind for each in proposed([one], readings)] == [Kind.DOUBT]
    first = proposed([one], {1: readings[1][:1]})
    again = proposed([one], readings, refused_of(*first))
    assert [(each.kind, each.new) for each in again] == [(Kind.LEARNED, "2")]
    assert proposed([one], readings, refused_of(*first, *again)) == []
    # For another account the same value is news.
    assert [
        each.new
        for each in proposed([replace(one, id=2)], {2: readings[1][:1]}, refused_of(*first))
    ] == ["1"]


def test_each_kind_can_be_refused_but_a_doubt() -> None:
    all_but_doubts = [each for each in listed() if each.acceptable]
    accounts = list({each.account.id: each.account for each in listed()}.values())
    left = proposed(accounts, READINGS, refused_of(*all_but_doubts))
    assert [each.kind for each in left] == [Kind.DOUBT]
    moved = next(each for each in listed() if each.kind is Kind.MIGRATED)
    assert [each.field for each in choose(listed(), [moved.key], everything=False)] == [
        "platform_id",
        "original_id",
    ]


def test_the_command_remembers_a_refusal(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home").create()

    async def prepared() -> list[Proposal]:
        async with app.open_app(home, clock=lambda: AT) as opened:
            (one,) = await enter(opened.store, FILED)
            await opened.store.readings.keep(seen(of=one.id, posts=(POST,)))
            return await current(opened.store)

    def command(*words: str) -> Any:
        return CliRunner().invoke(
            commands, ["--home", str(home.root), "registry", "proposals", *words]
        )

    learned, link = asyncio.run(prepared())
    ran = command("--refuse", learned.key, "--all")
    assert (ran.exit_code, ran.stdout.splitlines()[-1]) == (0, "1 accepted, 1 refused, 0 left")
    assert f"{learned.key} 示例发布: platform_id 'MzAwMDAwMDAwMQ==' refused" in ran.stdout
    assert f"{link.key} 示例发布: article_links '' -> '{LINK}'" in ran.stdout
    again = command("--refuse", learned.key)
    assert (again.exit_code, "no proposal" in again.stderr) == (2, True)


def test_the_command_lists_accepts_and_forgets(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "home").create()

    async def prepared() -> None:
        async with app.open_app(home, clock=lambda: AT) as opened:
            one, two = await enter(
                opened.store,
                FILED,
                replace(FILED, name="示例旧名", platform="weibo", platform_id="5000000001"),
            )
            await opened.store.readings.keep(seen(of=one.id))
            await opened.store.readings.keep(
                seen(MatchedBy.ID, of=two.id, name="示例新名", platform_id="5000000001")
            )

    async def history() -> list[tuple[str, str, str, str]]:
        async with app.open_app(home, clock=lambda: AT) as opened:
            return [
                (change.field, change.old, change.new, change.source)
                for change in await opened.store.accounts.changes()
            ]

    def command(*words: str) -> Any:
        return CliRunner().invoke(
            commands, ["--home", str(home.root), "registry", "proposals", *words]
        )

    asyncio.run(prepared())
    assert command("--csv", str(tmp_path / "p.csv")).exit_code == 0
    rows = list(csv.DictReader((tmp_path / "p.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["事项"], row["建议值"], row["核对"]) for row in rows] == [
        ("补充ID", "MzAwMDAwMDAwMQ==", ""),
        ("更名", "示例新名", "须核对"),
    ]
    ran = command("--all")
    assert (ran.exit_code, ran.stdout.splitlines()[-1]) == (0, "1 accepted, 0 refused, 1 left")
    ran = command("--accept", rows[1]["编号"])
    assert (ran.exit_code, ran.stdout.splitlines()[-1]) == (0, "1 accepted, 0 refused, 0 left")
    assert asyncio.run(history()) == [
        ("platform_id", "", "MzAwMDAwMDAwMQ==", "proposal"),
        ("name", "示例旧名", "示例新名", "proposal"),
    ]
    again = command("--accept", rows[1]["编号"])
    assert (again.exit_code, "list them again" in again.stderr) == (2, True)
    assert "示例" not in command().stdout
