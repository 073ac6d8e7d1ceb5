"""A signature fits one document, one time and one key; a key file that is none is told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from mediawatch.domain import UserError
from mediawatch.ops.signing import KEY_FILE, is_public_key, public_key, read_signature, sign

AT = datetime(2023, 1, 5, 8, 0, tzinfo=UTC)
BODY = b'{"schema": "mediawatch.handoff/1"}\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("home")
    public_key(found, make=True)
    return found


def test_the_same_document_at_the_same_time_gives_the_same_bytes(home: Path) -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=-5)))
    assert sign(home, BODY, AT) == sign(home, BODY, elsewhere)
    found = read_signature(sign(home, BODY, AT))
    assert found is not None
    assert found.is_sound
    assert found.key == public_key(home)


CHANGES: dict[str, Any] = {
    "sha256": "0" * 64,
    "signed_at": "2023-01-05T16:00:01+08:00",
    "signature": "A" * 86 + "==",
    "key": f"ed25519:{'A' * 43}=",
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_part_breaks_it(home: Path, name: str) -> None:
    said = json.loads(sign(home, BODY, AT)) | {name: CHANGES[name]}
    found = read_signature(json.dumps(said).encode())
    assert found is not None
    assert not found.is_sound


@pytest.mark.parametrize(
    "change",
    [{"schema": "mediawatch.signature/2"}, {"more": 1}, {"key": "x"}, {"signed_at": "2023-01-05"}],
)
def test_another_form_is_no_signature(home: Path, change: dict[str, Any]) -> None:
    said = json.loads(sign(home, BODY, AT)) | change
    assert read_signature(json.dumps(said).encode()) is None


def test_only_what_is_a_key_is_one(home: Path) -> None:
    assert is_public_key(public_key(home))
    assert not any(map(is_public_key, ("", "ed25519:", "ed25519:AAAA", public_key(home)[8:])))


def test_a_file_that_is_no_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is missing"):
        sign(tmp_path, BODY, AT)
    (tmp_path / KEY_FILE).write_text("x")
    with pytest.raises(UserError, match="is no Ed25519 key"):
        public_key(tmp_path, make=True)
    assert (tmp_path / KEY_FILE).read_text() == "x", "it is never replaced"
