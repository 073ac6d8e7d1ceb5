"""Invented accounts and readings for the tests of the store, and a look into its tables by plain
SQL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import text

from db.engine import migration_engine, normal_url
from mediawatch.domain import (
    Account,
    Attestation,
    Capture,
    Code,
    DayEnd,
    Effect,
    Evidence,
    EvidenceKind,
    FiledStatus,
    Filing,
    Finding,
    InteractionSeen,
    LookKind,
    MatchedBy,
    NewAccount,
    Outcome,
    Post,
    PostKind,
    Reading,
    RegistryChanges,
    Sight,
    Source,
    Sweep,
    SweepKind,
)
from mediawatch.domain.clock import BEIJING, EVER
from mediawatch.ports import Dossier, Store

NOW = datetime(2031, 3, 5, 4, 0, tzinfo=UTC)
FILE = Source(file="示例市台账.xlsx", sha256="0" * 64, at=NOW)
ODD = Filing(
    name='=HYPERLINK("http://x")<script>\'示例市;--',
    platform="wechat",
    type="微信",
    type_certain=False,
    filing_number="0123456789012345",
    kind="订阅号",
    organiser="示例市第一测试局",
    supervisor="示例市办公室",
    prefecture="示例市",
    county="示例县",
    township="示例镇",
    jurisdiction="属地",
    level="市级",
    body_kind="部门",
    function_kind="服务类",
    platform_id="00000000000000000007",
    original_id="gh_0",
    alias="示例 😀",
    url="https://example.org/?a=1&b=%2F",
    article_links=("https://example.org/2", "https://example.org/1"),
    reader_url="https://weread.qq.com/web/mp/reader/example",
    status=FiledStatus.CLOSING,
    closing_requested_on=date(2031, 2, 28),
    closing_notice_url="https://example.org/n",
    opened_on=date(2012, 2, 29),
    filed_on=date(2019, 1, 1),
    exempt_reason="机构改革",
    exempt_document="示例发〔2031〕1号",
    exempt_until=date(2031, 12, 31),
)
PLAIN = Filing(name="示例发布", platform="weibo")
LATE = datetime(2031, 3, 1, 23, 59, 59, 999999, tzinfo=BEIJING)
"""Microseconds, and another day in UTC than in Beijing."""


def known_as(filed: Filing, readings: Iterable[Reading], **more: Any) -> Dossier:
    """What is known of an account whose readings were taken under what is filed, where they do not
    say otherwise.
    """
    taken = tuple(
        replace(reading, filed_as=reading.filed_as or filed.identity) for reading in readings
    )
    return Dossier(filed=filed, readings=taken, **more)


async def enter(store: Store, *filed: Filing) -> list[Account]:
    before = len(await store.accounts.all(include_retired=True))
    await store.accounts.apply(
        RegistryChanges(source=FILE, new=tuple(NewAccount(filed=each) for each in filed))
    )
    return (await store.accounts.all(include_retired=True))[before:]


def post(on: date, at: datetime | None = None, **more: Any) -> Post:
    return Post(on=on, at=at, **more)


def rich_reading(account_id: int, sweep_id: int | None = None) -> Reading:
    """Every field of a reading, its sights, posts and evidence away from its default."""
    evidence = Evidence(
        kind=EvidenceKind.SCREENSHOT,
        media_type="image/jpeg",
        path="1/示例.jpg",
        sha256="a" * 64,
        size=2**40,
        taken_at=LATE,
        url="https://x",
    )
    first = Sight(
        surface="m.weibo.cn feed",
        read_at=LATE,
        outcome=Outcome.OK,
        name="示例发布😀",
        platform_id="0012",
        original_id="gh_1",
        verified_as="示例市第一测试局",
        matched_by=MatchedBy.ID,
        complete_since=EVER,
        detail="d",
        session="office",
        login="ab12",
        address="省局",
        calls=3,
        link_from="weread cover",
        ends_day=DayEnd.SURFACE,
        interaction=InteractionSeen(comments=False, messages=True, replies=0, posts=3),
        attested=Attestation.RECORDED,
        url="https://x/1",
        control="示例对照",
        evidence=(evidence, replace(evidence, path="2.gz")),
        captures=(
            Capture(kind=EvidenceKind.TEXT, media_type="text/plain", body=b"x", taken_at=LATE),
        ),
        posts=(
            post(
                date(2031, 2, 1),
                id="0009",
                kind=PostKind.ARTICLE,
                pinned=True,
                repost=True,
                pushed=True,
                link="https://x/9",
            ),
            post(date(2031, 3, 1), LATE, id="10", kind=PostKind.VIDEO, pushed=False),
            post(date(2031, 1, 1)),
        ),
    )
    second = Sight(surface="person", read_at=LATE, outcome=Outcome.CAPTCHA)
    return Reading(
        account_id=account_id,
        sweep_id=sweep_id,
        look=LookKind.PERSON,
        started_at=LATE,
        read_at=LATE,
        by="张三",
        sights=(first, second),
    )


def plain_reading(
    account_id: int,
    read_at: datetime = NOW,
    *posts: Post,
    sweep_id: int | None = None,
    **sight: Any,
) -> Reading:
    one = Sight(surface="s", read_at=read_at, posts=posts, **sight)
    return Reading(
        account_id=account_id,
        look=LookKind.FIRST,
        started_at=read_at,
        read_at=read_at,
        sights=(one,),
        sweep_id=sweep_id,
    )


def without_captures(reading: Reading) -> Reading:
    return replace(reading, sights=tuple(replace(sight, captures=()) for sight in reading.sights))


def sql(url: str, statement: str) -> list[tuple[Any, ...]]:
    engine = migration_engine(normal_url(url))
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(statement))]
    engine.dispose()
    return rows


def change(url: str, *statements: str) -> None:
    """What no method of the store does."""
    engine = migration_engine(normal_url(url))
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def finding(*reading_ids: int, code: Code = Code.STALE_2W, **more: Any) -> Finding:
    values: dict[str, Any] = {
        "label": "超过2周未更新",
        "effect": Effect.FAILS,
        "sentence": "示例",
        "gap_days": 15,
        "gap_is_minimum": True,
    }
    return Finding(
        code=code,
        reading_ids=reading_ids,
        latest_on=date(2031, 2, 1),
        name_seen="示例发布",
        **values | more,
    )


async def open_sweep(store: Store, accounts: list[Account], as_of: datetime = LATE) -> Sweep:
    sweep = Sweep(
        as_of=as_of,
        policy="tibet",
        policy_toml="[policy]\n名 = 1",
        scope="平台=weibo",
        kind=SweepKind.SAMPLE,
        started_at=NOW,
        scope_spec='{"seed": "示例"}',
        round="2031年第一次",
        period_from=date(2030, 12, 31),
    )
    return await store.sweeps.open(sweep, accounts)
