"""What the machine proved, by platform and source, and what it leaves to people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from rich.cells import cell_len

from mediawatch.domain import (
    Account,
    Code,
    Effect,
    Filing,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    Post,
    Reading,
    Sight,
    SweepAccount,
    Verdict,
)
from mediawatch.figures.platform_proofs import platform_proofs, proving_surface
from mediawatch.rules.policy import load

POLICY = load("national")
AT = datetime(2031, 3, 5, 4, tzinfo=UTC)
NEWEST, OLDER = date(2031, 3, 3), date(2031, 2, 1)
LABELS = {"wechat.article": "微信文章链接"}
FINDING = Finding(
    code=Code.STALE_2W, label="超2周未更新", effect=Effect.FAILS, sentence="…", reading_ids=(1,)
)


NOW = Filing(name="示例1", platform="wechat").identity
"""Who the account is by now."""


def entry(number: int, verdict: Verdict, *findings: Finding) -> SweepAccount:
    account = Account(id=number, filed=Filing(name=f"示例{number}", platform="wechat"))
    judged = Judgement(verdict=verdict, sentence="…", findings=findings, latest_on=NEWEST)
    return SweepAccount(sweep_id=1, account=account, judgement=judged)


def sight(surface: str, *days: date) -> Sight:
    posts = tuple(Post(on=day) for day in days)
    return Sight(surface=surface, read_at=AT, matched_by=MatchedBy.NAME, posts=posts)


def reading(*sights: Sight, look: LookKind = LookKind.FIRST) -> Reading:
    filed = Filing(name="示例1", platform="wechat").identity
    return Reading(
        account_id=1, look=look, started_at=AT, read_at=AT, sights=sights, filed_as=filed
    )


def surface_of(*readings: Reading) -> str:
    return proving_surface(entry(1, Verdict.FRESH).judgement, readings, POLICY, NOW)


def test_an_account_counts_for_the_source_of_its_newest_post() -> None:
    both = reading(sight("wechat.article", OLDER), sight("wechat.album", OLDER, NEWEST))
    assert surface_of(reading(sight("wechat.article", OLDER)), both) == "wechat.album"


def test_a_source_that_named_the_article_found_it() -> None:
    named = replace(sight("wechat.article", NEWEST), link_from="wechat.reader_cover")
    assert surface_of(reading(sight("wechat.article", OLDER), named)) == "wechat.reader_cover"


def test_what_only_a_person_saw_is_no_proof_of_the_machine() -> None:
    seen = reading(sight("person", NEWEST), look=LookKind.PERSON)
    assert surface_of(seen) == ""
    assert surface_of(seen, reading(sight("wechat.album", NEWEST))) == "wechat.album"
    (found,) = platform_proofs([entry(1, Verdict.FRESH)], {1: ""})
    assert (found.proved, found.by_people) == (0, 1)
    assert found.lines(LABELS)[1:] == ("  另有：人工证实正常更新1个",)


def test_what_a_name_alone_led_to_is_the_machines_and_told_so() -> None:
    led = reading(replace(sight("wechat.reader_list", NEWEST), provisional="MzAwMDAwMDAwMQ=="))
    assert surface_of(led) == "", "nothing vouches for that id"
    vouched = replace(NOW, provisional=frozenset({"MzAwMDAwMDAwMQ=="}))
    fresh = entry(1, Verdict.FRESH)
    assert proving_surface(fresh.judgement, [led], POLICY, vouched) == "wechat.reader_list"
    assert fresh.judgement
    by_name = replace(fresh, judgement=replace(fresh.judgement, provisional=True))
    scope = [by_name, entry(2, Verdict.FRESH)]
    (found,) = platform_proofs(scope, {1: "wechat.article", 2: "wechat.article"})
    assert (found.proved, found.by_name, found.by_people) == (2, 1, 0)
    assert found.lines(LABELS) == (
        "微信公众号：共2个账号，系统已证实正常更新2个，疑似0个，待人工核查0个",
        "  证实所据：微信文章链接2个",
        "  其中1个仅依名称（暂用标识或他人提供的链接）",
    )


def test_many_sources_stand_on_lines_of_their_own() -> None:
    scope = [entry(number, Verdict.FRESH) for number in range(1, 6)]
    labels = {str(number): f"微信公众平台信息来源第{number}项" for number in range(1, 6)}
    (found,) = platform_proofs(scope, {number: str(number) for number in range(1, 6)})
    _, first, *others = found.lines(labels)
    assert len(others) > 1
    assert all(cell_len(line) <= 80 for line in (first, *others))
    assert all(line.startswith(" " * cell_len("  证实所据：")) for line in others)
    told = "".join(line.strip() for line in (first, *others)).removeprefix("证实所据：")
    assert told.split("、") == [f"{label}1个" for label in labels.values()]


def test_every_account_is_counted_once_and_told() -> None:
    scope = [
        entry(1, Verdict.FRESH),
        entry(2, Verdict.FAILED, FINDING),
        entry(3, Verdict.LISTED, FINDING),
        entry(4, Verdict.LISTED),
        entry(5, Verdict.DUE_SOON),
        entry(6, Verdict.UNPROVEN),
        entry(7, Verdict.OUT_OF_SCOPE),
    ]
    (found,) = platform_proofs(scope, {1: "wechat.article"})
    parts = found.proved + found.by_people + found.suspects + found.open
    assert parts + sum(found.others.values()) == found.accounts == 7
    assert found.lines(LABELS) == (
        "微信公众号：共7个账号，系统已证实正常更新1个，疑似2个，待人工核查2个",
        "  另有：即将超期1个、其他需关注情形1个",
        "  证实所据：微信文章链接1个",
    )
