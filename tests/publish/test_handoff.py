"""The hand-off is a contract: its schema and an example are frozen here.

A document that is made again is the same, byte for byte.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pydantic
import pytest

from mediawatch.domain import (
    Account,
    Code,
    Effect,
    Evidence,
    EvidenceKind,
    FiledStatus,
    Filing,
    Finding,
    Judgement,
    LookKind,
    MatchedBy,
    Notice,
    NoticeAction,
    NoticeEvent,
    NoticeItem,
    Post,
    Reading,
    Rectification,
    ReviewState,
    Sight,
    Sweep,
    SweepAccount,
    SweepState,
    UserError,
    Verdict,
)
from mediawatch.figures.dimensions import Dimension
from mediawatch.ops.settings.office import Office
from mediawatch.publish import handoff
from mediawatch.publish.inspection import Imprint, Inspection, inspection
from mediawatch.publish.rounds import IssuedNotice, Issues, past
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import load
from mediawatch.sweep.clauses import Spec, clause
from mediawatch.sweep.scope import draw
from tests.support.policies import own

FROZEN = Path(__file__).resolve().parents[1] / "handoff"
AT = datetime(2031, 12, 31, 15, 59, 59, tzinfo=UTC)
LOOKED = datetime(2032, 1, 3, 1, 30, tzinfo=UTC)
POLICY = load("national").model_copy(update={"toml": "# the whole policy as it was\n"})
RUNNING, CLOSED, GONE = FiledStatus.RUNNING, FiledStatus.CLOSED, FiledStatus.DEREGISTERED


def entry(
    number: int,
    verdict: Verdict,
    code: Code | None = None,
    status: FiledStatus = RUNNING,
    review: ReviewState = ReviewState.CONFIRMED,
) -> SweepAccount:
    filed = Filing(
        name=f"示例{number}",
        platform="weibo",
        type="新浪微博",
        filing_number=f"302571600656602{number}",
        organiser="示例局",
        prefecture="甲示例市",
        platform_id=f"000{number}",
        status=status,
    )
    effect = Effect.FAILS if verdict is Verdict.FAILED else Effect.LISTED
    stale = {"gap_days": 59, "latest_on": date(2031, 11, 2)} if code is Code.STALE_2W else {}
    findings = (
        (
            Finding(
                code=code,
                label=own(POLICY).label(code),
                effect=effect,
                sentence=f"{own(POLICY).label(code)}。",
                reading_ids=(number,),
                review=review,
                excuse="平台限制发布" if review is ReviewState.DISMISSED else "",
                **stale,  # type: ignore[arg-type]
            ),
        )
        if code
        else ()
    )
    judged = Judgement(verdict=verdict, sentence="说明。", findings=findings)
    return SweepAccount(sweep_id=2, account=Account(id=number, filed=filed), judgement=judged)


def reading(number: int) -> Reading:
    shown = Evidence(
        kind=EvidenceKind.SCREENSHOT,
        media_type="image/jpeg",
        path=f"示例/{number}.jpg",
        sha256=str(number) * 64,
        size=1,
        taken_at=LOOKED,
        url="https://example.org/1",
    )
    posted = datetime(2031, 11, 2, 4, 0, tzinfo=UTC)
    sight = Sight(
        surface="weibo.desktop",
        read_at=LOOKED,
        name=f"示例{number}",
        matched_by=MatchedBy.ID,
        platform_id=f"000{number}",
        posts=(Post(on=date(2031, 11, 2), at=posted),),
        complete_since=posted,
        evidence=(shown,),
    )
    return Reading(
        id=number,
        account_id=number,
        look=LookKind.SECOND,
        started_at=LOOKED,
        read_at=LOOKED,
        sights=(sight,),
    )


SCOPE = [
    entry(1, Verdict.FAILED, Code.STALE_2W), entry(2, Verdict.LISTED, Code.NOT_FOUND), entry(3, Verdict.LISTED, Code.CANCELLED_NOT_CLOSED),
    entry(4, Verdict.LISTED, Code.CLOSED_BUT_ALIVE, CLOSED), entry(5, Verdict.LISTED, Code.CLOSED_BUT_ALIVE, GONE),
    entry(6, Verdict.UNPROVEN), entry(7, Verdict.FAILED, Code.STALE_2W, review=ReviewState.DISMISSED), entry(8, Verdict.FRESH),
]  # fmt: skip


def told(**more: Any) -> Inspection:
    """An inspection with every section: issued, corrected, after a notice whose accounts were
    looked at again.
    """
    sweep = Sweep(
        as_of=AT,
        policy="national",
        policy_toml="",
        started_at=LOOKED,
        id=2,
        round="2031年第四季度",
        state=SweepState.FINISHED,
    )
    filed = {one.account.id: one.account.filed for one in SCOPE}
    items = tuple(
        NoticeItem(
            number=place, filed=filed[key], problem="超2周未更新", fails=True, account_id=key
        )
        for place, key in enumerate((1, 8), 1)
    )
    before = Notice(
        number="示例办函〔2031〕3号",
        title="上期",
        issued_on=date(2031, 10, 9),
        by="丙某",
        kept_at=LOOKED,
        items=items,
        sweep_id=1,
        id=1,
    )
    results = (
        (1, Rectification.NOT_DONE, "2031-12-31复查：超2周未更新。"),
        (2, Rectification.DONE, "2031-12-31复查：已正常更新。"),
    )
    events = [
        NoticeEvent(
            notice_id=1, item=item, action=NoticeAction.RECHECKED, at=LOOKED, by="mediawatch", result=result, reason=why,
            source="台账.xlsx（2031-12-01导入）",
        )
        for item, result, why in results
    ]  # fmt: skip
    notice = Notice(
        number="示例办函〔2032〕1号",
        title="示例通报",
        issued_on=date(2032, 1, 10),
        rectify_by=date(2032, 1, 20),
        report_by=date(2032, 1, 22),
        sweep_id=2,
        by="丙某",
        kept_at=LOOKED,
        items=(replace(items[0], account_id=7, filed=filed[7]),),
        id=2,
    )
    corrected = NoticeEvent(
        notice_id=2,
        item=1,
        action=NoticeAction.CORRECTED,
        at=LOOKED,
        by="丙某",
        reason="申诉成立",
        id=3,
    )
    issues = Issues(
        notices=[before],
        events=events,
        moments={1: datetime(2031, 9, 30, 15, 59, tzinfo=UTC)},
        rounds={1: "2031年第三季度"},
    )
    given = {
        "past": past(issues, sweep, SCOPE),
        "issued": IssuedNotice.of(notice, [corrected]),
    } | more
    readings = {each.account.id: [reading(each.account.id)] for each in SCOPE}
    return inspection(
        JudgedScope(sweep=sweep, policy=POLICY, entries=tuple(SCOPE)),
        readings,
        Imprint(office=Office(regions=("甲示例市", "乙示例市"))),
        include_open=False,
        **given,
    )


def test_the_schema_is_the_frozen_one() -> None:
    """A field may be added. Taken away, or with another meaning, it breaks every reader.

    That takes another version of the schema, not another file.
    """
    assert handoff.json_schema() == (FROZEN / "schema.json").read_bytes()
    jsonschema.Draft202012Validator.check_schema(json.loads(handoff.json_schema()))


def test_the_example_is_made_again_byte_for_byte() -> None:
    first, again = handoff.to_bytes(handoff.of(told())), handoff.to_bytes(handoff.of(told()))
    assert first == again
    assert first == (FROZEN / "example.json").read_bytes()


@pytest.mark.parametrize("name", ["example.json", "example-as-first-published.json"])
def test_the_frozen_examples_are_valid_and_open_to_more(name: str) -> None:
    schema, example = (json.loads((FROZEN / each).read_bytes()) for each in ("schema.json", name))
    reader = jsonschema.Draft202012Validator(schema)
    more = {**example, "more": 1, "counts": {**example["counts"], "more": 1}}
    assert list(reader.iter_errors(more)) == []
    for spoilt in (
        {**example, "schema": "mediawatch.publish.handoff/2"},
        {k: v for k, v in example.items() if k != "counts"},
        {**example, "counts": {**example["counts"], "failed": "一"}},
    ):
        assert list(reader.iter_errors(spoilt))


def test_our_own_documents_have_no_field_that_the_schema_does_not_describe() -> None:
    schema = json.loads((FROZEN / "schema.json").read_bytes())
    for name, part in {"the document": schema, **schema["$defs"]}.items():
        assert part.get("description"), name
        bare = [field for field, said in part["properties"].items() if not said.get("description")]
        assert bare == [], name
    example = json.loads((FROZEN / "example.json").read_bytes())
    assert handoff.Handoff.model_validate(example)
    with pytest.raises(pydantic.ValidationError, match="more"):
        handoff.Handoff.model_validate({**example, "more": 1})


def test_nothing_of_the_first_example_was_taken_away_or_changed() -> None:
    before, now = (
        json.loads((FROZEN / name).read_bytes())
        for name in ("example-as-first-published.json", "example.json")
    )

    def lost(old: Any, new: Any, path: str = "") -> list[str]:
        if isinstance(old, dict):
            gone = [f"{path}/{key}" for key in old.keys() - new.keys()]
            return gone + [
                each
                for key in old.keys() & new.keys()
                for each in lost(old[key], new[key], f"{path}/{key}")
            ]
        if isinstance(old, list):
            pairs = zip(old, new, strict=True)
            return [each for at, pair in enumerate(pairs) for each in lost(*pair, f"{path}/{at}")]
        return [] if old == new else [path]

    # The shipped policy names its document by the full title since.
    assert lost(before, now) == ["/policy/basis"]


def test_rates_stand_as_text_and_as_fractions() -> None:
    document = json.loads(handoff.to_bytes(handoff.of(told())))
    counts, parts = document["counts"], document["figures"][0]["parts"]
    assert counts["rate"] == {"text": "80.00%", "numerator": 4, "denominator": 5}
    assert counts["coverage"] == {"text": "83.33%", "numerator": 5, "denominator": 6}
    assert (counts["drawn"], counts["nested"]) == (6, False)
    assert [part["rate_ratio"] for part in parts] == [counts["rate"], None]
    assert [part["rate"] for part in parts] == ["80.00%", "—"]


def test_one_finding_of_a_failed_account_leads() -> None:
    document = json.loads(handoff.to_bytes(handoff.of(told())))
    leading = [one["account"]["name"] for one in document["findings"] if one["leading"]]
    assert leading == ["示例1"]


def test_a_drawn_scope_stands_as_an_object_too() -> None:
    accounts = [each.account for each in SCOPE if each.account.id in (1, 6, 8)]
    drawn = draw(accounts, Spec((clause("2个"),), (Dimension.PREFECTURE,), "一"))
    sweep = replace(told().sweep, scope=drawn.words, scope_spec=drawn.spec)
    found = replace(told(), sweep=sweep)
    scope = json.loads(handoff.to_bytes(handoff.of(found)))["scope"]
    assert scope["drawn"] == drawn.spec
    assert scope["drawing"] == {
        "kind": "sample",
        "seed": "一",
        "clauses": ["每层2个"],
        "by": ["prefecture"],
        "level": "",
        "strata": [{"name": "甲示例市", "clause": "每层2个", "total": 3, "drawn": 2}],
    }
    assert {(one["organiser"], one["region"]) for one in scope["accounts"]} == {
        ("示例局", "甲示例市"),
    }  # fmt: skip


def test_a_re_check_says_of_which_notice_and_inspection() -> None:
    document = json.loads(handoff.to_bytes(handoff.of(told())))
    assert {name: document["recheck"][name] for name in ("notice", "title", "round")} == {
        "notice": "示例办函〔2031〕3号", "title": "上期", "round": "2031年第三季度",
    }  # fmt: skip


def test_its_sections_agree_with_each_other() -> None:
    document = json.loads(handoff.to_bytes(handoff.of(told())))
    counts = document["counts"]
    failing = {one["account"]["name"] for one in document["findings"] if one["effect"] == "fails"}
    assert (counts["total"], counts["checked"], counts["failed"], failing) == (6, 5, 1, {"示例1"})
    for split in document["figures"]:
        sums = {
            key: sum(part[key] for part in split["parts"])
            for key in ("total", "checked", "failed", "open")
        }
        assert sums == {"total": 6, "checked": 5, "failed": 1, "open": 1}
    assert [one["name"] for one in document["figures"][0]["parts"]] == ["甲示例市", "乙示例市"]
    assert [one["account"]["name"] for one in document["unproven"]] == ["示例6"]
    assert len(document["scope"]["accounts"]) == len(SCOPE)
    assert [one["kind"] for one in document["registry_mismatches"]] == [
        "running_not_found", "running_cancelled", "closed_alive", "deregistered_alive",
    ]  # fmt: skip
    # 示例1 stood in the notice before, and stands again.
    assert {one["account"]["name"]: one["times"] for one in document["findings"]}["示例1"] == 2
    assert [one["label"] for one in document["recheck"]["items"]] == ["未整改", "已完成整改"]
    assert (document["notice"]["version"], document["corrections"][0]["account"]["name"]) == (
        2,
        "示例7",
    )


def test_a_section_that_is_not_there_is_left_out() -> None:
    document = json.loads(handoff.to_bytes(handoff.of(told(past=None, issued=None))))
    assert {"recheck", "notice", "corrections"} & set(document) == set()
    jsonschema.validate(document, json.loads((FROZEN / "schema.json").read_bytes()))


def test_a_finding_without_evidence_leaves_in_nothing() -> None:
    bare = replace(
        told(),
        problems=tuple(
            replace(
                problem,
                readings=problem.readings
                and (
                    replace(
                        problem.readings[0],
                        sights=(replace(problem.readings[0].sights[0], evidence=()),),
                    ),
                ),
            )
            for problem in told().problems
        ),
    )
    with pytest.raises(UserError, match="has no evidence"):
        handoff.of(bare)
