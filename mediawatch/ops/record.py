"""`mediawatch record`: one look as a case folder that `mediawatch verify` replays (the format
stands in docs/cases.md).
"""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from mediawatch.domain import Account, LookKind, Need, Reading, Sight, UserError
from mediawatch.domain.clock import beijing
from mediawatch.files import whole_folder, write_whole
from mediawatch.ops.verify import CaseFacts, need_at
from mediawatch.ports import Clock, Gate

_HEAD = """\
# Recorded by mediawatch record. Cookies, tokens and the operator's name, id and picture are replaced by dummies of equal shape
# (1, x, 某). Look through the bodies before you give them to anybody: what a site says about the operator can change its form.
"""
_EXPECT = """\
# Proposed: what mediawatch made of it. Compare it with the page, and put right what mediawatch got wrong: then
# `mediawatch verify` shows the difference until it is mended.
"""


class RecordedAnswer(Protocol):
    """One scrubbed response."""

    @property
    def url(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def content_type(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def location(self) -> str: ...
    @property
    def calls(self) -> tuple[str, ...]: ...


class LookRecording(Protocol):
    """What a look gave, and the answers that it rests on."""

    @property
    def sights(self) -> tuple[Sight, ...]: ...
    @property
    def answers(self) -> Sequence[RecordedAnswer]: ...
    @property
    def logged_in(self) -> tuple[str, ...]: ...


class LookRecorder(Protocol):
    """The scrapers, as far as a recording needs them."""

    def account_of(self, url: str) -> Account: ...
    async def record(
        self, account: Account, need: Need, gate: Gate, *, session: str | None
    ) -> LookRecording: ...
    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCase:
    """The folder that was written, and what the look gave."""

    folder: Path
    got: CaseFacts
    answers: int


async def record(
    account: Account,
    *,
    recorder: LookRecorder,
    gate: Gate,
    now: Clock,
    out: Path,
    session: str | None = None,
) -> RecordedCase:
    """Look at the account as a sweep would, and write the case to a new folder below `out`.

    `session`: see `Recorder.record`. UserError where no answer came at all, and where the folder
    cannot be written.
    """
    as_of = now().replace(microsecond=0)
    looked = await recorder.record(account, need_at(as_of), gate, session=session)
    reading = Reading(
        account_id=account.id,
        look=LookKind.FIRST,
        started_at=as_of,
        read_at=now(),
        sights=looked.sights,
        filed_as=account.filed.identity,
    )
    got = CaseFacts.of(reading)
    if not looked.answers:
        surfaces = "; ".join(got.surfaces) or "no surface applies to what is filed"
        raise UserError(
            f"nothing was recorded of {account.filed.name or account.filed.url} ({surfaces})"
        )
    folder = _folder(out / account.platform, account, as_of)
    # A case without its case.toml would be no case, and nobody would look for it.
    with whole_folder(folder) as part:
        for name, answer in zip(_files(looked.answers), looked.answers, strict=True):
            if name:
                write_whole(part / name, answer.body)
        write_whole(part / "case.toml", case_toml(account, as_of, looked, got).encode())
    return RecordedCase(folder=folder, got=got, answers=len(looked.answers))


def case_toml(account: Account, as_of: datetime, looked: LookRecording, got: CaseFacts) -> str:
    """The case file. JSON strings are TOML strings."""
    lines = [
        _HEAD,
        _entry("platform", account.platform),
        _entry("as_of", beijing(as_of).isoformat()),
        _entry("sessions", list(looked.logged_in)),
        _entry("kind", "recorded"),
        "\n[account]\n",
        *(_entry(key, value) for key, value in _account(account, looked, got).items() if value),
    ]
    for name, answer in zip(_files(looked.answers), looked.answers, strict=True):
        lines += ["\n[[response]]\n", _entry("url", answer.url)]
        lines += [_entry("file", name), _entry("content_type", answer.content_type)] if name else []
        lines += [_entry("status", answer.status)] if answer.status != 200 else []
        lines += [_entry("location", answer.location)] if answer.location else []
        lines += [_entry("calls", list(answer.calls))] if answer.calls else []
    # A title is not scrubbed, and the bodies are: it may name the operator.
    apart = ("surfaces", "latest_post_on", "latest_title")
    table = {
        key: value
        for key, value in got.as_json().items()
        if value not in (None, "") and key not in apart
    }
    if got.latest_post_on and not got.latest_post_at:
        table["latest_post_on"] = got.latest_post_on.isoformat()
    lines += ["\n[expect]\n", _EXPECT, *(_entry(key, value) for key, value in table.items())]
    # The sights' details are left out: those may quote a reply.
    lines += [f"# {sight.surface}: {sight.outcome}\n" for sight in looked.sights]
    return "".join(lines)


def _account(account: Account, looked: LookRecording, got: CaseFacts) -> dict[str, str]:
    """What the replay must know of the filed account.

    A case names one article link: the one that answered, else the first.
    """
    filed = account.filed
    links = tuple(dict.fromkeys((*account.links, *filed.article_links)))
    answered = [answer.url for answer in looked.answers]
    article = next(
        (
            link
            for link in links
            if any(_same_page(link, url) for url in answered) and not _redirected(link, looked)
        ),
        "",
    )
    return {
        "name": filed.name or got.name or "未知",
        "platform_id": filed.platform_id,
        "original_id": filed.original_id,
        "alias": filed.alias,
        "organiser": filed.organiser,
        "url": filed.url,
        "reader_url": filed.reader_url,
        "article_url": article or next(iter(links), ""),
    }


def _same_page(link: str, url: str) -> bool:
    return urlsplit(link)[1:3] == urlsplit(url)[1:3]


def _redirected(link: str, looked: LookRecording) -> bool:
    return any(answer.location and _same_page(link, answer.url) for answer in looked.answers)


def _files(answers: Sequence[RecordedAnswer]) -> list[str]:
    """A name for each body, "" for a redirect: `02-getIndex.json`."""
    return [
        ("" if answer.location else f"{number:02}-{_stem(answer.url)}{_ending(answer)}")
        for number, answer in enumerate(answers, 1)
    ]


def _stem(url: str) -> str:
    parts = [part for part in re.split(r"[^A-Za-z0-9]+", urlsplit(url).path) if part]
    return parts[-1][:24] if parts else "page"


def _ending(answer: RecordedAnswer) -> str:
    return mimetypes.guess_extension(answer.content_type.partition(";")[0].strip()) or ".bin"


def _folder(parent: Path, account: Account, as_of: datetime) -> Path:
    """A new folder, `20221231-2000-示例发布`; numbered where the name is taken."""
    what = account.filed.name or _stem(account.filed.url)
    slug = f"{beijing(as_of):%Y%m%d-%H%M}-{''.join(letter for letter in what if letter.isalnum())[:30] or account.id}"
    names: Iterator[str] = (
        slug if number == 1 else f"{slug}-{number}" for number in range(1, 1000)
    )
    return next(parent / name for name in names if not (parent / name).exists())


def _entry(key: str, value: object) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}\n"
