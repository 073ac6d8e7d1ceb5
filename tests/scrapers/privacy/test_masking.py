"""The operator in the evidence: covered in the picture, gone from what is kept of the page; the
account itself is not.
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from browsers import SHORT
from local_site import HOSTS, JSON, Answer, Routes, served
from PIL import Image, ImageStat
from stages import staged

from mediawatch.domain import (
    Account,
    Attestation,
    Capture,
    EvidenceKind,
    Filing,
    MatchedBy,
    Need,
    Pace,
    PayloadFacts,
)
from mediawatch.sweep.gate.pacing import Pacing
from scrapers.browser.pool import Browser, PageRules, Session, Tab
from scrapers.look import LookTask, look
from scrapers.privacy.masking import Mask
from scrapers.privacy.secrets import json_values_after
from scrapers.replica import World
from scrapers.surface import Scraper, SessionUse, Shows, Surface
from scrapers.weibo.surfaces import SCRAPER as WEIBO

NAME, FACE = "值班测试员甲", "/face/of-the-operator/180.jpg"
VIEWER = {"screen_name": NAME, "uid": "7700000001", "avatar_large": f"//127.0.0.1{FACE}?size=180"}
PAGE = f"""<!doctype html><meta charset=utf-8><script>window.me = {json.dumps(VIEWER)}</script><body style='margin:0;background:#fff'>
<div style='position:absolute;left:0;top:0;width:200px;height:50px;font:30px/50px serif' class=mine title={NAME}>{NAME}</div>
<img style='position:absolute;left:200px;top:0;width:50px;height:50px' src='{FACE}?size=50' alt={NAME}>
<main style='height:900px'>
<h1 style='position:absolute;left:300px;top:0;width:300px;height:50px;font:30px/50px serif;margin:0'>示例市第一测试局</h1></main>
<p style='position:absolute;left:0;top:100px'>{NAME}说:正文</p>
<script>fetch('/api/feed').then((answer) => answer.text())</script>"""
FEED = json.dumps(
    {"viewer": {"name": NAME}, "list": [{"id": 17700, "text": "正文"}]}, ensure_ascii=False
)
UNTOUCHED = '{"list":  [{"id": 17700}]}'
FACE_PICTURE = io.BytesIO()
Image.effect_noise((50, 50), 90).convert("RGB").save(FACE_PICTURE, "JPEG")


def me(text: str) -> Iterable[object]:
    return json_values_after(text, r"window\.me = ")


@dataclass
class Page(Surface):
    url: str = ""
    facts: tuple[PayloadFacts, ...] = field(default=())
    name, label = "plain.page", "示例"
    attested, session, shows, pace = (
        Attestation.DESCRIBED,
        SessionUse.OPTIONAL,
        Shows.ALL,
        Pace(every=0),
    )

    async def see(self, tab: Tab, account: Account) -> AsyncIterator[PayloadFacts]:
        async with tab.listen_for(r"/api/feed$") as waiter:
            await tab.open(self.url)
            await waiter.first()
        yield PayloadFacts(name=account.filed.name, matched_by=MatchedBy.ID)


async def evidence(
    browser: Browser,
    folder: Path,
    *,
    name: str,
    session: bool = True,
    feed: str = FEED,
    others: tuple[str, ...] = (),
) -> dict[str, list[Capture]]:
    state = folder / "office.json"
    state.write_text('{"cookies": [], "origins": []}')
    login = Session("plain", "office", state) if session else None
    routes: Routes = {
        "/": PAGE,
        "/api/feed": Answer(feed, JSON),
        FACE: Answer(FACE_PICTURE.getvalue(), "image/jpeg"),
    }
    with served(routes) as site:
        surface = Page(site.url("/"))
        scraper = Scraper(
            platform="plain",
            surfaces=(surface,),
            hosts=HOSTS,
            viewer=me,
            viewer_marks=(".mine",),
            others_marks=others,
        )
        account = Account(id=1, filed=Filing(name=name, platform="plain"))
        need = Need(fresh_after=date.max, second=True)
        logins = [login] if login else []
        (sight,) = await look(LookTask(scraper, browser, logins, account, need, Pacing(scale=0)))
    kinds: dict[str, list[Capture]] = {}
    for capture in sight.captures:
        kinds.setdefault(capture.kind.value, []).append(capture)
    return kinds


def region(kept: dict[str, list[Capture]], left: int, width: int) -> tuple[float, float]:
    """Mean and spread of the grey values within the page's first fifty lines."""
    (picture,) = kept["screenshot"]
    with Image.open(io.BytesIO(picture.body)) as image:
        found = ImageStat.Stat(image.convert("L").crop((left + 4, 4, left + width - 4, 46)))
    return found.mean[0], found.stddev[0]


def texts(kept: dict[str, list[Capture]]) -> Iterator[str]:
    for kind in ("payload", "text"):
        for capture in kept[kind]:
            yield gzip.decompress(capture.body).decode()


async def test_the_operator_is_covered_and_the_account_is_not(
    browser: Browser, tmp_path: Path
) -> None:
    kept = await evidence(browser, tmp_path, name="示例市第一测试局")
    for left, width in ((0, 200), (200, 50)):
        mean, spread = region(kept, left, width)
        assert abs(mean - 0x77) < 3
        assert spread < 3, "one colour, nothing to be read"
    assert region(kept, 300, 300)[1] > 20, "the account's own name is there to be read"
    feed, document, visible = texts(kept)
    for text in (feed, document, visible):
        assert NAME not in text
        assert "7700000001" not in text
        assert FACE not in text
    assert json.loads(feed) == {
        "viewer": {"name": "某" * len(NAME)},
        "list": [{"id": 17700, "text": "正文"}],
    }
    assert "window.me = {" in document, "that the page knew somebody is still to be seen"
    assert "示例市第一测试局" in document
    assert f"{'█' * len(NAME)}说:正文" in visible


async def test_a_visitors_page_is_kept_as_it_is(browser: Browser, tmp_path: Path) -> None:
    kept = await evidence(browser, tmp_path, name="示例市第一测试局", session=False)
    assert region(kept, 0, 200)[1] > 20
    assert all(NAME in text or "\\u" in text for text in texts(kept))


async def test_others_are_covered_for_a_visitor_and_the_subject_never_is(
    browser: Browser, tmp_path: Path
) -> None:
    kept = await evidence(
        browser,
        tmp_path,
        name="示例市第一测试局",
        session=False,
        others=(".mine", "html", "body", "main", "p"),
    )
    mean, spread = region(kept, 0, 200)
    assert (abs(mean - 0x77) < 3, spread < 3) == (True, True), "a small part is covered"
    assert region(kept, 300, 300)[1] > 20, "the whole page is not, for the account stands in it"
    *_, visible = texts(kept)
    assert "正文" not in visible


async def test_an_office_that_looks_at_itself_is_seen(browser: Browser, tmp_path: Path) -> None:
    kept = await evidence(browser, tmp_path, name=NAME)
    feed, _, visible = texts(kept)
    assert feed == FEED
    assert f"{NAME}说:正文" in visible


async def test_what_does_not_name_him_is_kept_byte_for_byte(
    browser: Browser, tmp_path: Path
) -> None:
    kept = await evidence(browser, tmp_path, name="示例市第一测试局", feed=UNTOUCHED)
    assert next(texts(kept)) == UNTOUCHED


async def test_a_page_in_which_he_cannot_be_covered_is_not_kept(
    browser: Browser, tmp_path: Path
) -> None:
    with served({"/": PAGE, "/api/feed": Answer(FEED, JSON)}) as site:
        async with (
            browser.tab(None, PageRules(hosts=HOSTS, whole=True)) as tab,
            tab.listen_for(r"/api/feed$") as waiter,
        ):
            await tab.open(site.url("/"))
            await waiter.first()
            captures = await tab.evidence.take(mask=Mask(me, marks=("[[",)))
    assert [capture.kind for capture in captures] == [EvidenceKind.PAYLOAD]
    assert NAME not in gzip.decompress(captures[0].body).decode()


async def test_the_replicas_operator_is_in_no_evidence(executable: Path, tmp_path: Path) -> None:
    now = datetime(2022, 12, 31, 12, tzinfo=UTC)
    world = World.parse(
        "platform,type,name,filing_number,true_id,alias,truth,shown_name,verified_as,posts,pinned,"
        "visitors_miss\n"
        "weibo,新浪微博,示例沉睡,W2,5000000002,,alive,,,2022-11-01T08:00;2022-10-01,,0\n"
    )
    async with staged(
        WEIBO, executable, tmp_path, world, now, session=True, timeouts=SHORT
    ) as stage:
        reading = await stage.look(
            Filing(name="示例沉睡", platform="weibo", platform_id="5000000002"),
            second=True,
            fresh_after=date(2022, 12, 17),
        )
    captures: list[Any] = [
        capture
        for sight in reading.sights
        for capture in sight.captures
        if capture.media_type == "application/gzip"
    ]
    bodies = [gzip.decompress(capture.body).decode() for capture in captures]
    assert any("█████" in body for body in bodies), "the page showed him"
    assert any("示例沉睡" in body for body in bodies)
    assert not any("演示操作员" in body or "2000000001" in body for body in bodies)
