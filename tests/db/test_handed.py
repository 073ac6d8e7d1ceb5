"""Hand-offs of lower offices in the database: kept as they came, never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from db.errors import StoreError
from db.store import SqlStore
from mediawatch.domain import HandedFile, HandedState, standing_files

AT = datetime(2023, 1, 9, 1, 0, tzinfo=UTC)
FILE = HandedFile(
    round="2022年第四季度",
    office="甲市",
    state=HandedState.ACCEPTED,
    reason="初步结果",
    file="交.json",
    sha256="a" * 64,
    size=4,
    as_of=AT,
    notice="甲办〔2023〕1号",
    issued_on=date(2023, 1, 6),
    version=2,
    key="ed25519:x",
    signed_at=AT,
    received_at=AT,
    by="丙某",
)


async def test_files_come_back_as_they_were_kept(any_store: SqlStore) -> None:
    refused = replace(FILE, state=HandedState.REFUSED, as_of=None, issued_on=None, signed_at=None)
    await any_store.handed.add(FILE, "正文".encode())
    await any_store.handed.add(refused, b"hostile")
    await any_store.handed.add(replace(FILE, round="别的"), b"x")
    kept = await any_store.handed.of_round(FILE.round)
    assert [replace(each, id=0) for each in kept] == [FILE, refused]
    bodies = await any_store.handed.bodies([each.id for each in kept])
    assert bodies == {kept[0].id: "正文".encode()}, "of a refused file nothing is kept"


async def test_a_kept_file_is_never_changed(any_store: SqlStore) -> None:
    await any_store.handed.add(FILE, b"x")
    with pytest.raises(StoreError, match="never"):
        await any_store.transactions.write(
            lambda conn: conn.execute(text("UPDATE handed_file SET office = '乙市'"))
        )


def test_the_file_that_counts_is_the_last_accepted_one() -> None:
    older = replace(FILE, state=HandedState.OLDER, sha256="b" * 64)
    refused = replace(FILE, state=HandedState.REFUSED)
    withdrawn = replace(FILE, state=HandedState.WITHDRAWN)
    assert standing_files([FILE, older, refused]) == {"甲市": FILE}
    assert standing_files([FILE, withdrawn]) == {}
    assert standing_files([FILE, withdrawn, replace(FILE, id=7)])["甲市"].id == 7
