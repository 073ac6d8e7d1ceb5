"""`--log-json`: every line of standard error is one JSON object, from every writer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import in_process
from programs import mediawatch


@pytest.mark.parametrize(
    "words",
    [
        ("registry", "check"),
        ("registry", "import", "{folder}/a.csv"),
        ("review", "confirm"),
        *(
            pytest.param(words, marks=pytest.mark.soak)
            for words in (
                ("registry", "import", "{folder}/none.csv"),
                ("flagged",),
                ("sweep", "--account", "nobody"),
                ("report", "reminders", "--sweep", "7"),
            )
        ),
    ],
)
def test_standard_error_is_json_lines_alone(tmp_path: Path, words: tuple[str, ...]) -> None:
    home = tmp_path / "home"
    in_process("--home", home, "init")
    file = tmp_path / "a.csv"
    file.write_text("政务新媒体名称,类型\n示例发布,微信\n示例发布,\n", encoding="utf-8")
    done = mediawatch("--log-json", *(word.format(folder=tmp_path) for word in words), home=home)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    assert lines or words == ("registry", "check")
    # Without the option the lines are plain; its exit code and output need no process.
    plain = in_process("--home", home, *(word.format(folder=tmp_path) for word in words))
    assert done.returncode == plain.returncode
    assert done.stdout == plain.stdout


def test_lines_without_an_end_are_told_too(tmp_path: Path) -> None:
    done = mediawatch("--log-json", "flagged", home=tmp_path)
    (line,) = (json.loads(line) for line in done.stderr.splitlines())
    assert "is no mediawatch home" in line["event"]
