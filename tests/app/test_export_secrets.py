"""What leaves the home bears no secret: after a night and an inspection by 微信读书 and by an official
interface, every export is searched for the cookies, the AppSecret and the tokens.
"""

from __future__ import annotations

import base64
import gzip
import json
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from commands import in_process
from keys import WORD
from samples import enter

from mediawatch.app import Route, open_app
from mediawatch.domain import Filing
from mediawatch.ops.settings import Home
from mediawatch.ports import NewLogin
from mediawatch.rules.policy import load
from mediawatch.sweep.request import Request
from scrapers.browser.sessions import write_new
from scrapers.replica import Replica, World

NOW = datetime.fromisoformat("2022-12-31T22:00:00+08:00")
NAMES = {
    "甲": ("2022-12-26", "yes", ""),
    "乙": ("2022-10-05", "yes", ""),
    "丙": ("2022-12-28", "", "yes"),
}
"""Who posts, is silent, and is the office's own."""


def biz(number: int) -> str:
    return base64.b64encode(str(3_700_000_010 + number).encode()).decode()


WORLD = World.parse(
    "platform,type,name,filing_number,platform_id,truth,posts,reader,own\n"
    + "".join(
        f"wechat,微信公众号,示例{name}局,R{number},{biz(number)},alive,{posts},{reader},{own}\n"
        for number, (name, (posts, reader, own)) in enumerate(NAMES.items())
    )
)
_LEAST = 6
"""Characters of a cookie's value that could not stand in a file by chance."""
EXPORTS = (
    ("worklist", "export", "{out}/人工核查.xlsx"),
    ("handoff", "--include-open", "--out", "{out}/handoff.json"),
    ("report", "xlsx", "--include-open", "--out", "{out}/报告.xlsx"),
    ("report", "docx", "--include-open", "--out", "{out}/报告.docx"),
    ("report", "html", "--include-open", "--out", "{out}/报告.html"),
    ("report", "reminders", "{out}/提醒"),
    ("registry", "corrections", "{out}/更正"),
    ("registry", "proposals", "--csv", "{out}/proposals.csv"),
    ("evidence", "sheet", "--include-open", "--out", "{out}/佐证材料"),
    ("figures", "--csv", "{out}/figures"),
    ("backup", "{out}/backup.tar"),
    ("show", "1"),
    ("explain", "2"),
    ("status",),
    ("doctor",),
    ("sessions",),
    ("plan",),
    ("next", "--json"),
)
"""Everything that prints or writes a file for others. A backup with `--with-sessions` holds logins."""


@pytest.fixture(scope="module")
async def inspected(
    executable: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Home, tuple[bytes, ...]]:
    """A home after a night and an inspection, and the secrets that its logins had by then."""
    home = Home(tmp_path_factory.mktemp("office") / "home").create()
    async with Replica(WORLD, now=lambda: NOW, logged_in=frozenset({"weread", WORD})) as replica:
        log_in(home, replica, "weread")
        log_in(home, replica, WORD)
        route = Route(replica.proxy, replica.chromium_args, replica.ca_pem)
        async with open_app(home, clock=lambda: NOW, route=route) as app:
            app.pace = 0
            await enter(app.store, *filings())
            for request in (
                Request(policy=load("national"), nightly=True, second_look_after=timedelta(0)),
                Request(policy=load("national"), second_look_after=timedelta(0)),
            ):
                summary = await app.engine().run(request)
            kept = await app.store.readings.by_account()
            used = {sight.surface for its in kept.values() for each in its for sight in each.sights}
            assert {"wechat.reader_cover", "wechat.reader_list", "wechat.statistics"} <= used
            assert summary.looks
        return home, (*secrets(home), *tokens(replica))


def log_in(home: Home, replica: Replica, word: str) -> None:
    new = NewLogin(platform=word, name="office", custodian="张三")
    write_new(home.sessions / word / "office.json", replica.storage_state(word), NOW, new)


def secrets(home: Home) -> Iterator[bytes]:
    """The AppSecret, and the values of all cookies, as they are stored after the looks."""
    for path in home.sessions.rglob("*.json"):
        state = json.loads(path.read_text("utf-8"))
        for cookie in state.get("cookies", ()):
            if len(cookie["value"]) >= _LEAST:
                yield cookie["value"].encode()
        if "app_secret" in state:
            yield state["app_secret"].encode()


def tokens(replica: Replica) -> Iterator[bytes]:
    for served in replica.requests:
        if "access_token=" in served.url:
            yield served.url.partition("access_token=")[2].partition("&")[0].encode()


def exported(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of the folder, with what is packed into it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield from unpacked(path.name, path.read_bytes())


def unpacked(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, data
    if zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as packed:
            for each in packed.namelist():
                yield from unpacked(f"{name}/{each}", packed.read(each))
    elif data[:2] == b"\x1f\x8b":
        yield from unpacked(f"{name}/", gzip.decompress(data))
    elif name.endswith(".tar"):
        with tarfile.open(fileobj=BytesIO(data)) as tar:
            for member in tar:
                if (file := tar.extractfile(member)) is not None:
                    yield from unpacked(f"{name}/{member.name}", file.read())


@pytest.mark.soak
def test_no_export_bears_a_secret(
    inspected: tuple[Home, tuple[bytes, ...]], tmp_path: Path
) -> None:
    home, hidden = inspected
    assert len(set(hidden)) >= 4
    said = b""
    for words in EXPORTS:
        done = in_process("--home", home.root, *(word.format(out=tmp_path) for word in words))
        assert done.returncode in (0, 1), (words, done.stderr)
        said += (done.stdout + done.stderr).encode()
    files = dict(exported(tmp_path))
    assert len([name for name in files if "/" not in name]) >= 8, sorted(files)
    for secret in hidden:
        assert secret not in said
        assert [name for name, data in files.items() if secret in data] == []


def test_the_search_finds_what_is_packed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("b.gz", gzip.compress(b"canary" * 9))
    assert [name for name, data in exported(tmp_path) if b"canary" in data] == ["a.xlsx/b.gz/"]


def filings() -> list[Filing]:
    return [
        Filing(
            name=row["政务新媒体名称"],
            type="微信公众号",
            platform="wechat",
            filing_number=f"R{number}",
            platform_id=row["平台ID"],
        )
        for number, row in enumerate(WORLD.filed_rows())
    ]
