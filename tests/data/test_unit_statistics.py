"""The units' script: a file of its own, run without our package, that keeps the unit's secret."""

from __future__ import annotations

import ast
import asyncio
import csv
import io
import os
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browsers import key
from commands import in_process
from keys import BIZ, FILED, WORD, world

from mediawatch.domain.clock import beijing
from scrapers.replica import Replica
from scrapers.replica.web import Answer, Drop, Request, Response, Site, answer, page, redirect

SCRIPT = Path(__file__).resolve().parents[2] / "mediawatch" / "data" / "unit_statistics.py"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """As an office hands it on."""
    done = in_process("report", "statistics-script", "--out", tmp_path / "查询.py")
    assert done.returncode == 0, done.stderr
    return tmp_path / "查询.py"


def posted(*days_ago: int) -> list[str]:
    today = beijing(datetime.now(UTC)).replace(hour=9, minute=0)
    return [f"{today - timedelta(days=number):%Y-%m-%dT%H:%M}" for number in days_ago]


@dataclass
class Ran:
    """What came of a run."""

    code: int
    said: str
    files: list[Path]
    secrets: list[str]

    @property
    def rows(self) -> list[dict[str, str]]:
        text = self.files[0].read_text("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))


async def run(
    script: Path, *days_ago: int, secret: str = "", asked: int = 2, **given: object
) -> Ran:
    folder = script.parent
    # The script asks the host for the day; at noon the data of yesterday are there.
    noon = beijing(datetime.now(UTC)).replace(hour=12, minute=0)
    async with Replica(
        world(*posted(*days_ago)),
        now=lambda: noon,
        logged_in=frozenset({WORD}),
        key=key(),
        **given,  # type: ignore[arg-type]
    ) as replica:
        held = replica.storage_state(WORD)
        (folder / "ca.pem").write_bytes(replica.ca_pem)
        typed = [FILED.name, "gh_0123456789ab", held["app_id"], secret or held["app_secret"], asked]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(script),
            cwd=folder,
            # Without a terminal of its own it asks on its standard input.
            start_new_session=True,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={
                "PATH": os.environ["PATH"],
                "HTTPS_PROXY": replica.proxy,
                "SSL_CERT_FILE": str(folder / "ca.pem"),
                "PYTHONUTF8": "1",
            },
        )
        said, _ = await process.communicate("".join(f"{line}\n" for line in typed).encode())
        assert process.returncode is not None
        tokens = [
            served.url.partition("access_token=")[2]
            for served in replica.requests
            if "access_token=" in served.url
        ]
        return Ran(
            process.returncode,
            said.decode(),
            sorted(folder.glob("*.csv")),
            [held["app_secret"], held["app_id"], *tokens],
        )


async def test_it_lists_the_days_and_keeps_the_secret(script: Path) -> None:
    ran = await run(script, 1, 2, 2, 9, asked=3)
    assert ran.code == 0, ran.said
    day = beijing(datetime.now(UTC)).date()
    assert [row["日期"] for row in ran.rows] == [
        (day - timedelta(days=number)).isoformat() for number in (1, 2, 2)
    ]
    assert list(ran.rows[0]) == ["公众号名称", "原始ID", "日期", "标题", "链接"]
    assert {(row["公众号名称"], row["原始ID"]) for row in ran.rows} == {
        (FILED.name, "gh_0123456789ab")
    }
    assert all(
        not row["链接"]
        or row["链接"].startswith(("https://mp.weixin.qq.com/s/", "http://mp.weixin"))
        for row in ran.rows
    )
    told = ran.said + ran.files[0].read_text("utf-8-sig")
    assert len(ran.secrets) > 3
    assert not [secret for secret in ran.secrets if secret in told]


async def test_silence_is_told_to_be_no_proof(script: Path) -> None:
    ran = await run(script, 9)
    assert (ran.code, ran.rows) == (0, [])
    assert "不等于没有更新" in ran.said


async def test_a_result_is_never_written_over(script: Path) -> None:
    await run(script, 1, asked=1)
    ran = await run(script, 1, asked=1)
    assert len(ran.files) == 2


async def test_a_wrong_secret_is_told_in_a_sentence(script: Path) -> None:
    ran = await run(script, 1, secret="0" * 32)
    assert (ran.code, ran.files) == (1, [])
    assert "AppSecret无效" in ran.said
    assert "Traceback" not in ran.said


async def test_what_was_read_before_a_refusal_is_written(script: Path) -> None:
    calls = 0

    def refuse(site: Site, request: Request, usual: Answer) -> Response | Drop:
        nonlocal calls
        calls += request.path.startswith("/datacube")
        return answer({"errcode": 45009, "errmsg": "quota"}) if calls > 1 else usual(request)

    ran = await run(script, 1, 2, asked=3, before=[refuse])
    assert (ran.code, len(ran.rows)) == (1, 1)
    assert "以前没有查到：接口拒绝（45009）" in ran.said


@pytest.mark.parametrize(
    "response",
    [
        Drop.RESET,
        page("", status=502),
        page("<p>no JSON</p>"),
        redirect("https://elsewhere.example/"),
        answer(["no object"]),
    ],
    ids=["reset", "502", "page", "redirect", "list"],
)
async def test_trouble_is_a_sentence_without_the_address(
    script: Path, response: Response | Drop
) -> None:
    def spoil(site: Site, request: Request, usual: Answer) -> Response | Drop:
        return response if request.path.startswith("/datacube") else usual(request)

    ran = await run(script, 1, asked=1, before=[spoil])
    assert (ran.code, ran.rows) == (1, [])
    assert "Traceback" not in ran.said
    assert "access_token" not in ran.said
    assert not [secret for secret in ran.secrets if secret in ran.said]


async def test_a_title_cannot_be_a_formula(script: Path) -> None:
    day = (beijing(datetime.now(UTC)).date() - timedelta(days=1)).isoformat()
    entry = {"ref_date": day, "title": "=HYPERLINK(1)\n二", "content_url": "+1"}

    def title(site: Site, request: Request, usual: Answer) -> Response | Drop:
        said = usual(request)
        if not request.path.startswith("/datacube"):
            return said
        assert isinstance(said, Response)
        return replace(answer({"list": [entry], "is_delay": True}), headers=said.headers)

    ran = await run(script, 1, asked=1, before=[title])
    assert [(row["标题"], row["链接"]) for row in ran.rows] == [("'=HYPERLINK(1) 二", "'+1")]
    assert "1天的数据有延迟" in ran.said


def test_it_needs_nothing_but_python_3_8() -> None:
    tree = ast.parse(SCRIPT.read_text("utf-8"), feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names
    assert "mediawatch" not in imported


def test_it_says_in_chinese_what_a_unit_must_know() -> None:
    text = ast.get_docstring(ast.parse(SCRIPT.read_text("utf-8"))) or ""
    for word in ("AppSecret", "IP白名单", "不要发给任何人", "不等于没有更新"):
        assert word in text
    assert BIZ not in text
