"""Published circulars: what is off in them, and that our figures from their counts are right."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from mediawatch.domain import (
    Account,
    Code,
    Effect,
    Filing,
    Finding,
    Judgement,
    SweepAccount,
    Verdict,
)
from mediawatch.figures.counts import figures
from mediawatch.figures.printed.circulars import (
    CircularLine,
    PrintedFigures,
    load_shipped,
    remarks,
    slips,
)
from mediawatch.figures.values import agrees
from mediawatch.rules.policy import load

POLICY = load("national")


def entry(number: int, verdict: Verdict) -> SweepAccount:
    failing = Finding(
        code=Code.STALE_2W, label="超2周未更新", effect=Effect.FAILS, sentence="…", reading_ids=(1,)
    )
    judged = Judgement(
        verdict=verdict, sentence="…", findings=(failing,) if verdict is Verdict.FAILED else ()
    )
    return SweepAccount(
        sweep_id=1,
        account=Account(id=number, filed=Filing(name="示例", platform="weibo")),
        judgement=judged,
    )


def test_the_circular_and_what_is_off_in_it() -> None:
    circular = load_shipped("tibet-2022q4-circular")
    assert len(circular.named) == circular.failed == 59
    found = "".join(remarks(circular))
    assert len(remarks(circular)) == 4
    assert "名单中抖音短视频有7个，正文写6个" in found
    assert "各平台不合格数合计58，总数写59" in found
    assert "各平台检查数合计143，总数写146：差3个" in found
    assert "87/146为59.59%" in found


def test_slips_of_any_table_are_named_with_their_numbers() -> None:
    whole = CircularLine(total=10, checked=8, failed=1, rate="87.5%", coverage="80%")
    assert slips(PrintedFigures(whole=whole, kinds={"甲": 1})) == []
    off = PrintedFigures(
        whole=replace(whole, rate="88.0%", coverage="81%"),
        kinds={"甲": 2},
        splits={"地市": (replace(whole, failed=2),)},
    )
    assert slips(off) == [
        "总数：检查率写81%，按8/10应为80%。", "总数：合格率写88.0%，按7/8应为87.5%。", "总数：合格率写87.5%，按6/8应为75.0%。",
        "各地市不合格数合计2，总数写1：差1个。", "各类问题合计2，总数写1：差1个。",
    ]  # fmt: skip
    assert slips(PrintedFigures(whole=CircularLine(total=21, checked=28))) == [
        "总数：检查数28大于总数21。"
    ]


PUBLISHED = Path(__file__).resolve().parents[3] / "shared" / "circulars" / "published.csv"
CHECK = re.compile(r"(\d+)/(\d+)=[\d.]+ 公布([\d.]+) (一致|不符)(?:\(应([\d.]+)\))?")
PARTS = re.compile(r"合计(\d+)(?:=总数|≠(\d+))")
PLATFORM = re.compile(r"(\D+)(\d+)(?:/(\d+))?(?:→(\d[\d.]*%))?")


def published() -> list[dict[str, str]]:
    with PUBLISHED.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(cell: str) -> int | None:
    """`4891(全面)` and `461?` are numbers; `3点名`, `(合格46)` and `27+2894` are remarks."""
    found = re.fullmatch(r"(\d+)(?:\?|\(.*\))?", cell)
    return int(found[1]) if found else None


def percentage(cell: str) -> str:
    return cell if re.fullmatch(r"[\d.]+%", cell) else ""


def as_printed(row: dict[str, str]) -> PrintedFigures:
    whole = CircularLine(
        total=number(row["total_accounts"]),
        checked=number(row["checked"]),
        failed=number(row["failed"]),
        rate=percentage(row["pass_rate_published"]),
        coverage=percentage(row["coverage_published"]),
    )
    found = [PLATFORM.fullmatch(part) for part in row["platforms"].split(";")]
    if not all(found):
        return PrintedFigures(whole=whole)
    counted = "checked" if "→" in row["platforms"] else "total"
    parts = [match.groups() for match in found if match]
    lines = tuple(
        CircularLine(
            name=name,
            failed=int(failed) if failed else None,
            rate=rate or "",
            **{counted: int(count)},
        )  # type: ignore[arg-type]
        for name, count, failed, rate in parts
    )
    return PrintedFigures(whole=whole, splits={"平台": lines})


def recomputed(part: int, whole: int, decimals: int) -> str:
    """Half up by the schoolbook, without our own arithmetic."""
    return str((Decimal(part * 100) / whole).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


@pytest.mark.shared
def test_figures_match_published_counts_and_reveal_slips() -> None:
    off = {row["nn"]: slips(as_printed(row)) for row in published()}
    assert {nn: found for nn, found in off.items() if found} == {
        "03": ["总数：检查率写20.1%，按1010/5038应为20.0%。"],
        "30": ["总数：合格率写95.0%，按437/461应为94.8%。"],
        "38": ["总数：检查率写64.6%，按151/240应为62.9%。"],
        "54": ["总数：检查数28大于总数21。"],
    }
    passes, fails = entry(1, Verdict.FRESH), entry(2, Verdict.FAILED)
    counted = 0
    for row in published():
        total, checked, failed = (
            number(row[name]) for name in ("total_accounts", "checked", "failed")
        )
        if checked is None or failed is None or (total or checked) < checked:
            continue
        counted += 1
        ours = figures([fails] * failed + [passes] * (checked - failed), POLICY, total=total)
        decimals = (
            len(row["pass_rate_published"].removesuffix("%").partition(".")[2])
            if percentage(row["pass_rate_published"])
            else 2
        )
        assert Decimal(ours.rate_text(decimals).removesuffix("%")) == Decimal(
            recomputed(checked - failed, checked, decimals)
        )
        assert Decimal(ours.coverage_text().removesuffix("%")) == Decimal(
            recomputed(checked, total or checked, 2)
        )
    assert counted == 28


@pytest.mark.shared
def test_all_ratios_and_sums_of_circulars_are_judged_alike() -> None:
    ratios = [
        (row["nn"], *found.groups())
        for row in published()
        for found in CHECK.finditer(row["arithmetic_check"])
    ]
    assert len(ratios) == 43
    assert {nn for nn, *_, verdict, _ in ratios if verdict == "不符"} == {"03", "09", "30", "38"}
    passes, fails = entry(1, Verdict.FRESH), entry(2, Verdict.FAILED)
    for nn, part, whole, printed, verdict, right in ratios:
        found = slips(
            PrintedFigures(
                whole=CircularLine(total=int(whole), checked=int(part), coverage=f"{printed}%")
            )
        )
        assert bool(found) == (verdict == "不符"), nn
        assert not found or f"应为{right}%" in found[0]
        ours = figures([passes] * int(part) + [fails] * (int(whole) - int(part)), POLICY)
        assert ours.rate is not None
        assert agrees(f"{printed}%", ours.rate) == (verdict == "一致"), nn
    sums = [
        (row["nn"], *found.groups())
        for row in published()
        for found in PARTS.finditer(row["arithmetic_check"])
    ]
    assert {nn for nn, _, other in sums if other} == {"34", "54"}
    for nn, parts, other in sums:
        assert bool(
            slips(
                PrintedFigures(
                    whole=CircularLine(failed=int(other or parts)), kinds={"各类": int(parts)}
                )
            )
        ) == bool(other), nn
