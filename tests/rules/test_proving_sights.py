"""Which sight bears a finding out: its picture stands on the 佐证材料."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from mediawatch.domain import (
    Code,
    Effect,
    Evidence,
    EvidenceKind,
    Finding,
    LookKind,
    Outcome,
    Post,
    Reading,
    Sight,
)
from mediawatch.rules.proving_sights import proving_pictures, proving_sights

AT = datetime(2031, 1, 1, tzinfo=UTC)
POST = Post(on=date(2030, 12, 1))
EXACT = Sight(
    surface="list", read_at=AT, posts=(POST,), complete_since=AT - timedelta(days=60), name="甲"
)
BOUND = replace(EXACT, surface="article", complete_since=None)
GONE = Sight(surface="search", read_at=AT, outcome=Outcome.NOT_FOUND)
OTHER = replace(BOUND, name="乙", verified_as="乙局")
CAPTCHA = Sight(surface="page", read_at=AT, outcome=Outcome.CAPTCHA)
NEVER = replace(GONE, outcome=Outcome.NO_POSTS)


def finding(code: Code, *ids: int, name: str = "") -> Finding:
    return Finding(
        code=code, label="", effect=Effect.FAILS, sentence="", reading_ids=ids, name_seen=name
    )


def reading(number: int, *sights: Sight, look: LookKind = LookKind.SECOND) -> Reading:
    pictured = tuple(
        replace(sight, evidence=(picture(f"{number}-{sight.surface}"),)) for sight in sights
    )
    return Reading(id=number, account_id=1, look=look, started_at=AT, read_at=AT, sights=pictured)


def picture(path: str, kind: EvidenceKind = EvidenceKind.SCREENSHOT) -> Evidence:
    return Evidence(
        kind=kind, media_type="image/jpeg", path=path, sha256="0" * 64, size=1, taken_at=AT
    )


@pytest.mark.parametrize(
    ("code", "name", "surfaces"),
    [
        (Code.STALE_2W, "", ["list", "never"]),
        (Code.EMPTY_ACCOUNT, "", ["list", "never"]),
        (Code.NOT_FOUND, "", ["search"]),
        (Code.CANCELLED_NOT_CLOSED, "", []),
        (Code.RENAMED_UNREPORTED, "乙", ["other"]),
        (Code.OWNER_MISMATCH, "", ["other"]),
        (Code.CLOSED_BUT_ALIVE, "", ["article", "list", "other"]),
        (Code.DUPLICATE_FILING, "", []),
    ],
)
def test_only_what_shows_the_problem_proves_it(code: Code, name: str, surfaces: list[str]) -> None:
    """A captcha, an older article, and another surface's page show nothing of it."""
    sights = (
        EXACT,
        BOUND,
        GONE,
        replace(OTHER, surface="other"),
        CAPTCHA,
        replace(NEVER, surface="never"),
    )
    found = proving_sights(finding(code, 1, name=name), [reading(1, *sights), reading(2, *sights)])
    assert sorted(sight.surface for sight in found) == surfaces


def test_the_second_look_comes_first_then_the_newer_one() -> None:
    later = replace(EXACT, read_at=AT + timedelta(hours=5))
    looks = [
        reading(1, later, look=LookKind.FIRST),
        reading(2, EXACT),
        reading(3, replace(EXACT, read_at=AT + timedelta(hours=1)), look=LookKind.PERSON),
    ]
    shown = proving_pictures([finding(Code.STALE_3M, 1, 2, 3)], looks)
    assert [item.path for item in shown] == ["3-list", "2-list", "1-list"]


def test_the_leading_findings_picture_comes_first_and_other_files_are_none() -> None:
    named = replace(OTHER, surface="other")
    one = reading(1, EXACT, named)
    texts = replace(one.sights[0], evidence=(picture("x", EvidenceKind.TEXT), picture("list")))
    both = replace(one, sights=(texts, one.sights[1]))
    renamed, silent = (
        finding(Code.NAME_MISMATCH, 1, name="乙"),
        finding(Code.STALE_2W, 1),
    )
    assert [item.path for item in proving_pictures([renamed, silent], [both])] == [
        "1-other",
        "list",
    ]
    assert [item.path for item in proving_pictures([silent], [both])] == ["list"]
