"""`mediawatch query`: how far it goes, and that what is cut is said."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from commands import in_process
from review_homes import prepared as prepared

from mediawatch.ops.settings import Home

NUMBERS = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n{}) SELECT x, '示例' AS s FROM n"
)
TEN, ENDLESS = NUMBERS.format(" WHERE x < 10"), NUMBERS.format("")


def asked(home: Home, *words: str | Path) -> tuple[int, str, str]:
    done = in_process("--home", home.root, "query", *words)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("kind", ["text", "csv", "json"])
def test_what_is_printed_is_cut_and_that_is_said(
    prepared: Home, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIAWATCH_QUERY__ROWS", "3")
    code, out, err = asked(prepared, "--sql", TEN, "--format", kind)
    assert (code, out.count("示例")) == (0, 3)
    assert err.startswith("mediawatch: cut after 3 rows, for 3 rows and 20 MB are printed at most:")
    assert "--format csv --out FILE" in err
    monkeypatch.setenv("MEDIAWATCH_QUERY__ROWS", "10")
    code, out, err = asked(prepared, "--sql", TEN, "--format", kind)
    assert (code, out.count("示例"), err) == (0, 10, "")
    monkeypatch.setenv("MEDIAWATCH_QUERY__MB", "0.00002")
    code, out, err = asked(prepared, "--sql", TEN, "--format", kind)
    assert (code, out.count("示例")) == (0, 2), "7 bytes a row"
    assert "cut after 2 rows" in err


def test_a_file_gets_all_rows_as_they_come(
    prepared: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIAWATCH_QUERY__ROWS", "3")
    many = NUMBERS.format(" WHERE x < 2345")
    for kind in ("csv", "json"):
        out = tmp_path / f"all.{kind}"
        assert asked(prepared, "--sql", many, "--format", kind, "--out", out) == (
            0,
            f"{out}: 2345 rows\n",
            "",
        )
    rows = json.loads((tmp_path / "all.json").read_bytes())
    assert rows == [{"x": x, "s": "示例"} for x in range(1, 2346)]
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["x", "s"], *([str(row["x"]), "示例"] for row in rows)]
    none = ("--sql", "SELECT 1 AS one WHERE 1 = 2", "--format", "json")
    assert asked(prepared, *none) == (0, "[]\n", "")


def test_a_query_that_does_not_end_is_ended(prepared: Home, tmp_path: Path) -> None:
    out = tmp_path / "all.csv"
    for words in (
        ("--sql", f"SELECT count(*) FROM ({ENDLESS})"),
        ("--sql", ENDLESS, "--format", "csv", "--out", out),
    ):
        code, printed, err = asked(prepared, *words, "--seconds", "0.3")
        assert (code, printed) == (2, "")
        assert "was ended after 0.3 s: ask for less, or give it more time by --seconds" in err
    assert list(tmp_path.iterdir()) == [], "no half of a file"
    code, _, err = asked(prepared, "--sql", "SELECT 1", "--seconds", "0")
    assert (code, "query.seconds" in err) == (2, True)


def test_one_value_cannot_take_all_memory(prepared: Home) -> None:
    code, _, err = asked(prepared, "--sql", "SELECT hex(zeroblob(900000000))")
    assert (code, err.count("\n")) == (2, 1)


@pytest.mark.soak
def test_what_is_sorted_cannot_take_all_memory(prepared: Home) -> None:
    code, _, err = asked(
        prepared, "--sql", f"SELECT x, randomblob(9999) AS r FROM ({ENDLESS}) ORDER BY r"
    )
    assert (code, "needs more than 512 MB of memory" in err) == (2, True)
