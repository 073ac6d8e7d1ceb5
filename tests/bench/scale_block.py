"""113 made-up accounts with two finished inspections, kept by the store itself.

`scale_homes` makes larger homes of copies of them. Whatever tells one account from another (names,
ids, links, paths of evidence) holds `MARK`, which each copy replaces by its own number.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw

import db
from mediawatch.domain import (
    Account,
    Attestation,
    CanaryCheck,
    Contact,
    Evidence,
    EvidenceKind,
    Filing,
    LookKind,
    MatchedBy,
    NewAccount,
    Outcome,
    Post,
    Reading,
    RegistryChanges,
    ReviewAction,
    ReviewEvent,
    Sight,
    Source,
    Stance,
    Sweep,
    SweepAccount,
    SweepState,
)
from mediawatch.domain.clock import day_end, day_of, day_start
from mediawatch.domain.runs import Ending, SweepRun
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.registry.kinds import platform_label
from mediawatch.rules.policy import load
from mediawatch.sweep.judging import rejudge

BLOCK, MARK = 113, "77000"
SILENT, OPEN, DISMISSED, BEFORE = 5, 60, 100, 30
"""Accounts with a finding: a confirmed, an undecided, a dismissed one, one of the inspection before."""
FINDINGS = (SILENT, OPEN, DISMISSED, BEFORE)
PLACES = (
    "成都市", "自贡市", "攀枝花市", "泸州市", "德阳市", "绵阳市", "广元市", "遂宁市", "内江市", "乐山市", "南充市", "宜宾市", "广安市",
    "达州市", "雅安市", "巴中市", "眉山市", "资阳市", "阿坝州", "甘孜州", "凉山州",
)  # fmt: skip
OFFICE = f"""issuer = "演示省人民政府办公厅"
reach = "全省"
level = "省"
regions = [{", ".join(f'"{place}"' for place in PLACES)}]
"""
SURFACES = {
    "wechat": "wechat.list", "weibo": "weibo.desktop", "douyin": "douyin.profile",
    "toutiao": "toutiao.profile",
}  # fmt: skip
"""By platform the surface that saw its accounts; kuaishou has none."""
IDS = {"wechat": "MzA", "weibo": "1", "douyin": "MS4wLjABAAAA", "toutiao": "5", "kuaishou": "ks"}
_FROM = (("wechat", 1), ("weibo", 86), ("douyin", 96), ("toutiao", 104), ("kuaishou", 109))
ANSWERED = (109, 110)
"""Accounts without a scraper that a person looked at."""


def filing(number: int) -> Filing:
    platform = [name for name, first in _FROM if number >= first][-1]
    own = f"{MARK}{number:03}"
    link = f"https://mp.weixin.qq.com/s/{own}"
    return Filing(
        name=f"演示{own}发布",
        platform=platform,
        type=platform_label(platform),
        filing_number=own,
        organiser=f"演示{MARK}单位{number // 2}",
        supervisor=f"演示主管部门{number % 9}",
        prefecture=PLACES[number % len(PLACES)],
        county=f"演示{MARK}县{number % 3}",
        level="县级" if number % 5 else "市级",
        body_kind="部门" if number % 4 else "政府",
        function_kind="发布类",
        platform_id=f"{IDS[platform]}{own}",
        article_links=(link,) if platform == "wechat" else (),
    )


def file_body(path: str, media_type: str) -> bytes:
    """A page's picture, or text; no two paths have the same bytes."""
    return (_picture() if media_type == "image/jpeg" else b"{}\n") + path.encode()


_PICTURES: list[bytes] = []


def _picture() -> bytes:
    if not _PICTURES:
        image = Image.new("RGB", (1280, 1600), "white")
        draw = ImageDraw.Draw(image)
        for line in range(20, 1580, 22):
            draw.text((40, line), hashlib.sha256(str(line).encode()).hexdigest() * 3, "black")
        stream = io.BytesIO()
        image.save(stream, "JPEG", quality=40)
        _PICTURES.append(stream.getvalue())
    return _PICTURES[0]


def _evidence(path: str, at: datetime, kind: EvidenceKind, media_type: str) -> Evidence:
    body = file_body(path, media_type)
    return Evidence(
        kind=kind,
        media_type=media_type,
        path=path,
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
        taken_at=at,
        url=f"https://example.org/{path}",
    )


def make_block(root: Path, now: datetime) -> Home:
    """Its database has everything but evidence files and the notice."""
    home = Home(root).create()
    (home.root / "office.toml").write_text(OFFICE, "utf-8")

    async def made() -> None:
        store = await db.open_store(f"sqlite:///{home.database}", clock=lambda: now)
        try:
            await _fill(store, now)
        finally:
            await store.close()

    asyncio.run(made())
    return home


async def _fill(store: Store, now: datetime) -> None:
    source = Source(file="演示台账.xlsx", sha256="0" * 64, at=now - timedelta(days=200))
    new = tuple(
        NewAccount(filed=filing(number), contact=Contact(person="某人", phone=f"{MARK}{number:06}"))
        for number in range(1, BLOCK + 1)
    )
    await store.accounts.apply(RegistryChanges(source=source, new=new))
    today = day_of(now)
    for days, troubled in ((92, (BEFORE,)), (2, (SILENT, OPEN, DISMISSED))):
        await _inspect(store, today - timedelta(days=days), frozenset(troubled))


async def _inspect(store: Store, as_of: date, troubled: frozenset[int]) -> None:
    accounts = await store.accounts.all()
    policy = load("national")
    began = day_end(as_of)
    sweep = await store.sweeps.open(
        Sweep(
            as_of=began, policy="national", policy_toml=policy.toml, scope="all", started_at=began
        ),
        accounts,
    )
    run = await store.runs.begin(SweepRun(started_at=began, sweep_id=sweep.id))
    for at in (began, began + timedelta(minutes=50)):
        await _check_canaries(store, sweep, at)
    for account in accounts:
        for reading in _readings(account, sweep, as_of, silent=account.id in troubled):
            await store.readings.keep(reading)
    for at in (began + timedelta(hours=2), began + timedelta(hours=3)):
        await _check_canaries(store, sweep, at)
    scope = await rejudge(store, lambda platform: platform in SURFACES, sweep.id)
    await store.reviews.add(sweep.id, list(_decisions(scope, began)), after=0)
    ended = began + timedelta(hours=4)
    await store.sweeps.close(sweep.id, SweepState.FINISHED, ended)
    await store.runs.end(
        replace(run, ended_at=ended, ending=Ending.COMPLETE, exit_code=0, looks={"wechat ok": 85})
    )


async def _check_canaries(store: Store, sweep: Sweep, at: datetime) -> None:
    for surface in SURFACES.values():
        await store.operator.add_canary_check(
            CanaryCheck(
                surface=surface,
                session="",
                account_name="演示对照账号",
                platform_id="0",
                at=at,
                fresh=True,
                outcome=Outcome.OK,
                sweep_id=sweep.id,
            )
        )


def _readings(account: Account, sweep: Sweep, as_of: date, *, silent: bool) -> Iterator[Reading]:
    """A look; a second one where the account is silent; a person's where nothing else looks."""
    surface = SURFACES.get(account.platform)
    if surface is None and account.id not in ANSWERED:
        return
    latest = as_of - timedelta(days=60 if silent else 1 + account.id % 3)
    for kind in (LookKind.FIRST, LookKind.SECOND)[: 2 if silent else 1]:
        at = day_end(as_of) + timedelta(minutes=10 if kind is LookKind.FIRST else 70)
        path = f"{MARK}/{account.id}/{at:%Y%m%d%H%M}"
        evidence = [
            _evidence(f"{path}.jpg", at, EvidenceKind.SCREENSHOT, "image/jpeg"),
            _evidence(f"{path}.json", at, EvidenceKind.PAYLOAD, "application/json"),
        ]
        sight = Sight(
            surface=surface or "person",
            read_at=at,
            attested=Attestation.RECORDED,
            name=account.filed.name,
            platform_id=account.filed.platform_id,
            matched_by=MatchedBy.ID,
            posts=tuple(_posts(account, latest)),
            complete_since=day_start(as_of - timedelta(days=200)) if surface else None,
            url=f"https://example.org/{account.filed.platform_id}",
            evidence=tuple(evidence) if silent else tuple(evidence[:1]) if not surface else (),
        )
        yield Reading(
            account_id=account.id,
            look=kind if surface else LookKind.PERSON,
            started_at=at,
            read_at=at,
            sights=(sight,),
            sweep_id=sweep.id,
            by="" if surface else "演示核查员",
            filed_as=account.filed.identity,
        )


def _posts(account: Account, latest: date) -> Iterator[Post]:
    """Four, one a week."""
    for week in range(4):
        day = latest - timedelta(days=7 * week)
        link = f"https://mp.weixin.qq.com/s/{account.filed.filing_number}-{day}"
        yield Post(
            id=f"p{day}",
            on=day,
            at=day_start(day) + timedelta(hours=9),
            link=link,
            title=f"演示文章{day}",
        )


def _decisions(scope: list[SweepAccount], began: datetime) -> Iterator[ReviewEvent]:
    """Sent down, answered, confirmed; one stays undecided and one is dismissed."""
    heard = (
        (ReviewAction.DISPATCHED, "演示经办人", None, ""),
        (ReviewAction.ANSWERED, "演示联络员", Stance.AGREES, "属实"),
    )
    for entry in scope:
        number = entry.account.id
        for finding in entry.judgement.findings if entry.judgement else ():
            action = ReviewAction.DISMISSED if number == DISMISSED else ReviewAction.CONFIRMED
            last = () if number == OPEN else ((action, "演示审核员", None, "经核"),)
            for turn, (action, by, stance, reason) in enumerate((*heard, *last)):
                yield ReviewEvent(
                    sweep_id=entry.sweep_id,
                    account_id=number,
                    code=finding.code,
                    action=action,
                    stance=stance,
                    at=began + timedelta(hours=5 + turn),
                    by=by,
                    reason=reason,
                    sentence=finding.sentence,
                    facts=finding.facts,
                )
