"""Evidence in Ceph's S3 gateway, which compares whole signatures and every body's hash."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import obstore
import pytest
from commands import in_process
from evidence_files import compared
from places import make_short_folder
from radosgw import serve_radosgw
from storages import KEY, SECRET

from mediawatch.domain import Capture, Evidence, EvidenceFault, EvidenceKind, UserError
from mediawatch.ops.evidence import EvidenceFolder, take_place
from mediawatch.ops.evidence.bucket import BucketAddress, BucketPlace
from mediawatch.ops.evidence.moving import copy_evidence
from mediawatch.ops.retention import prune, pruned_paths
from mediawatch.ops.settings import Home
from mediawatch.ports import KeptEvidence

pytestmark = pytest.mark.soak
NOW = datetime(2031, 3, 5, 4, tzinfo=UTC)
MANY = 3_000


@pytest.fixture(scope="module")
def address() -> Iterator[BucketAddress]:
    # Names of sockets have 107 letters at most.
    with serve_radosgw(make_short_folder()) as served:
        yield served


def capture(body: bytes) -> Capture:
    return Capture(kind=EvidenceKind.SCREENSHOT, media_type="image/jpeg", body=body, taken_at=NOW)


def rows(items: list[Evidence]) -> list[KeptEvidence]:
    return [
        KeptEvidence(evidence=item, reading_id=1, account_id=1, sweep_id=1, read_at=NOW)
        for item in items
    ]


async def test_what_is_kept_compared_pruned_and_copied(
    address: BucketAddress, tmp_path: Path
) -> None:
    place = BucketPlace(replace(address, prefix="one"))
    take_place(place, "home-1")
    folder = EvidenceFolder(place, "home-1")
    items = [await folder.file(capture(number.to_bytes(4) * 20_000)) for number in range(8)]
    assert [folder.read(item)[:4] for item in items] == [n.to_bytes(4) for n in range(8)]
    large = await folder.file(capture(bytes(range(256)) * 60_000))  # 15 MB: more than one part
    assert folder.fault_of(large) is None
    store = place._store
    obstore.put(store, items[0].path, b"otherwise")
    obstore.delete(store, items[1].path)
    assert folder.faults_in(items) == {
        items[0].path: EvidenceFault.ALTERED,
        items[1].path: EvidenceFault.MISSING,
    }
    assert prune(folder, rows(items[2:4]), NOW) == (2, 160_000)
    check = compared(folder, rows([*items, large]))
    assert (check.sound, check.altered, check.missing, check.pruned) == (5, 1, 1, 2)
    assert check.orphans == []
    hashes = {item.path: item.sha256 for item in [*items, large]}
    other = BucketPlace(replace(address, prefix="two"))
    count = copy_evidence(folder, other, hashes, pruned_paths(folder))
    assert (count.copied, len(count.wrong)) == (6, 2)
    assert pruned_paths(EvidenceFolder(other)) == {item.path for item in items[2:4]}


def test_eight_who_write_the_same_at_once(address: BucketAddress) -> None:
    start = threading.Barrier(8)
    places = [BucketPlace(replace(address, prefix="race")) for _ in range(8)]

    def write(place: BucketPlace) -> None:
        start.wait()
        for number in range(40):
            place.write(f"2031-03-05/aa/{number}.jpg", bytes([number]) * 80_000)

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(write, places))
    assert [each.size for each in places[0].files()] == [80_000] * 40


def test_what_it_refuses_is_one_sentence(address: BucketAddress) -> None:
    for changed, words in (
        ({"access_key": "NOBODY"}, "does not know the access key"),
        ({"secret_key": "wrong"}, "the secret key is not that of the access key"),
        ({"bucket": "mw-none"}, "has no such bucket"),
    ):
        place = BucketPlace(replace(address, **changed))
        for ask in (
            lambda place=place: place.write("d/a", b"1"),
            lambda place=place: b"".join(place.chunks("d/a")),
            lambda place=place: list(place.files()),
            lambda place=place: place.remove(["d/a"]),
        ):
            with pytest.raises(UserError, match=words) as caught:
                ask()
            assert not [each for each in (KEY, SECRET) if each in str(caught.value)]


def test_a_home_moves_there_and_thousands_are_verified(
    address: BucketAddress, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    for words in (("init",), ("evidence", "verify")):  # The second marks the folder as its own.
        assert in_process("--home", home.root, *words).returncode == 0
    for number in range(MANY):
        path = home.evidence / f"2031-03-05/{number % 256:02x}/{number}.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(number.to_bytes(4) * 5_000)
    keys = f'access_key = "{KEY}"\nsecret_key = "{SECRET}"\nendpoint = "{address.endpoint}"\n'
    home.config.write_text(f"[evidence]\n{keys}", encoding="utf-8")
    to = f"s3://{address.bucket}/home"
    done = in_process("--home", home.root, "evidence", "move", "--to", to)
    assert done.returncode == 0, done.stderr
    assert f"{MANY} files copied" in done.stdout
    home.config.write_text(f'[evidence]\nplace = "{to}"\n{keys}', encoding="utf-8")
    done = in_process("--home", home.root, "evidence", "verify")
    assert done.stdout.splitlines()[-1].endswith(f"{MANY} belong to nothing")
