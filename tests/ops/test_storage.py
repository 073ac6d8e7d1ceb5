"""Evidence in S3-compatible storage: what is kept there, compared, refused, and let go."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from evidence_files import compared
from storages import BUCKET, KEY, SECRET, Storage, serve_storage, spoil

from mediawatch.domain import Capture, Evidence, EvidenceFault, EvidenceKind, UserError
from mediawatch.ops.evidence import DiskPlace, EvidenceFolder, EvidencePlace, take_place
from mediawatch.ops.evidence.bucket import BucketPlace
from mediawatch.ops.evidence.moving import copy_evidence
from mediawatch.ops.retention import orphans, prune, pruned_paths
from mediawatch.ports import KeptEvidence

NOW = datetime(2031, 3, 5, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    with serve_storage(tmp_path_factory.mktemp("storage")) as storage:
        yield storage


@pytest.fixture
def storage(served: Storage, request: pytest.FixtureRequest) -> Iterator[Storage]:
    """The server without what another test asked of it."""
    served.asked.clear()
    yield served
    served.refuses, served.knows_conditions, served.etag, served.spoils = None, True, "", b""


@pytest.fixture
def prefix(request: pytest.FixtureRequest) -> str:
    """A prefix of each test's own."""
    return f"p{abs(hash(request.node.nodeid))}"


@pytest.fixture(params=["folder", "bucket"])
def place(
    request: pytest.FixtureRequest, storage: Storage, prefix: str, tmp_path: Path
) -> EvidencePlace:
    return DiskPlace(tmp_path / "shared") if request.param == "folder" else storage.place(prefix)


def where(place: EvidencePlace, storage: Storage, path: str) -> Path:
    """The file itself, behind the place's back."""
    if isinstance(place, DiskPlace):
        return place.root / path
    return storage.root / place.label.removeprefix("s3://") / path


def capture(body: bytes) -> Capture:
    return Capture(kind=EvidenceKind.SCREENSHOT, media_type="image/jpeg", body=body, taken_at=NOW)


def kept(item: Evidence) -> KeptEvidence:
    return KeptEvidence(evidence=item, reading_id=1, account_id=1, sweep_id=1, read_at=NOW)


async def test_what_was_altered_or_lost_is_told_and_never_read(
    place: EvidencePlace, storage: Storage
) -> None:
    folder = EvidenceFolder(place)
    sound, altered, cut, lost = [
        await folder.file(capture(body)) for body in (b"one", b"two" * 999, b"three", b"four")
    ]
    spoil(where(place, storage, altered.path))
    where(place, storage, cut.path).write_bytes(b"thr")
    where(place, storage, lost.path).unlink()
    assert folder.faults_in([sound, altered, cut, lost, sound]) == {
        altered.path: EvidenceFault.ALTERED,
        cut.path: EvidenceFault.ALTERED,
        lost.path: EvidenceFault.MISSING,
    }
    assert [folder.read(item) for item in (sound, altered, cut, lost)] == [b"one", b"", b"", b""]
    assert folder.present([sound.path, lost.path, "2000-01-01/aa/none.jpg"]) == {sound.path}


async def test_the_same_bytes_again_put_right_what_was_altered(
    place: EvidencePlace, storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    folder = EvidenceFolder(place)
    item = await folder.file(capture(b"page"))
    spoil(where(place, storage, item.path))
    with caplog.at_level(logging.ERROR):
        assert await folder.file(capture(b"page")) == item
    assert "has other bytes than were kept under its name" in caplog.text
    assert folder.fault_of(item) is None


def test_two_who_keep_the_same_bytes_at_once_do_no_harm(
    place: EvidencePlace, storage: Storage
) -> None:
    bodies = [bytes([number]) * 50_000 for number in range(4)]
    start = threading.Barrier(8)

    def keep(number: int) -> None:
        start.wait()
        for index, body in enumerate(bodies):
            place.write(f"2031-03-05/aa/{index}.jpg", body)

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(keep, range(8)))
    assert [each.size for each in place.files("2031-03-05")] == [50_000] * 4
    for index, body in enumerate(bodies):
        assert where(place, storage, f"2031-03-05/aa/{index}.jpg").read_bytes() == body


async def test_retention_and_checks_work_there(place: EvidencePlace, storage: Storage) -> None:
    folder = EvidenceFolder(place)
    leaving, lost, stays = [await folder.file(capture(body)) for body in (b"a", b"b", b"c")]
    rows = [kept(item) for item in (leaving, lost, stays)]
    assert prune(folder, rows[:1], NOW) == (1, 1)
    assert prune(folder, rows[:1], NOW + timedelta(days=1)) == (0, 0)
    place.write("2031-03-05/zz/stray.jpg", b"between file and row")
    where(place, storage, lost.path).unlink()
    assert pruned_paths(folder) == {leaving.path}
    check = compared(folder, rows)
    assert (check.sound, check.pruned, check.missing, check.altered) == (1, 1, 1, 0)
    assert check.orphans == ["2031-03-05/zz/stray.jpg"]
    today = datetime.now(UTC)
    assert orphans(folder, {row.evidence.path for row in rows}, today) == [], (
        "its row may be about to come"
    )
    assert (
        orphans(folder, {row.evidence.path for row in rows}, today + timedelta(days=2))
        == check.orphans
    )
    folder.remove([*check.orphans, "2031-03-05/zz/none.jpg"])
    assert compared(folder, rows).orphans == []


def test_a_place_belongs_to_one_home(place: EvidencePlace) -> None:
    folder = EvidenceFolder(place, "home-1")
    with pytest.raises(UserError, match=r"no evidence of this home: is it mounted.*evidence move"):
        folder.present(["2031-03-05/aa/1.jpg"])
    take_place(place, "home-1")
    take_place(place, "home-1")
    assert folder.present(["2031-03-05/aa/1.jpg"]) == set()
    with pytest.raises(UserError, match="the evidence of another home"):
        EvidenceFolder(place, "home-2").place.remove(["2031-03-05/aa/1.jpg"])
    with pytest.raises(UserError, match="the evidence of another home"):
        take_place(place, "home-2")
    place.write("mediawatch.json", b"{}")
    with pytest.raises(UserError, match="is damaged"):
        take_place(place, "home-1")


async def test_a_copy_goes_on_and_leaves_out_what_was_altered(
    place: EvidencePlace, storage: Storage, tmp_path: Path
) -> None:
    old = EvidenceFolder(tmp_path / "home")
    items = [await old.file(capture(bytes([number]))) for number in range(5)]
    prune(old, [kept(items[0])], NOW)
    spoil(tmp_path / "home" / items[1].path)
    (tmp_path / "home" / items[2].path).unlink()
    place.write(items[3].path, b"another")
    hashes = {item.path: item.sha256 for item in items}
    count = copy_evidence(old, place, hashes, pruned_paths(old))
    assert (count.copied, count.there) == (3, 0), "two files and the journal"
    assert count.wrong == [
        f"{items[1].path}: altered since it was kept; not copied",
        f"{items[2].path}: missing",
    ]
    new = EvidenceFolder(place)
    assert new.faults_in(items[3:]) == {}
    assert pruned_paths(new) == {items[0].path}
    again = copy_evidence(old, place, hashes, pruned_paths(old))
    assert (again.copied, again.there) == (1, 2), "the journal has no hash: it is written again"


def test_what_was_stored_is_read_back_where_the_answer_proves_nothing(
    storage: Storage, prefix: str
) -> None:
    place = storage.place(prefix)
    place.write("d/a", b"plain")
    assert not [line for line in storage.asked if line.startswith('"GET')]
    storage.etag = "0" * 32
    place.write("d/b", b"encrypted by a key service")
    assert [line for line in storage.asked if line.startswith('"GET')]
    storage.spoils = b"!"
    with pytest.raises(UserError, match="stored otherwise than it was sent"):
        place.write("d/c", b"spoilt on the way to the disk")


def test_two_conditional_writes_of_which_the_server_refuses_both(
    storage: Storage, prefix: str, caplog: pytest.LogCaptureFixture
) -> None:
    storage.conflicts = 1
    place = storage.place(prefix)
    place.write("d/a", b"one")
    assert b"".join(place.chunks("d/a")) == b"one"
    assert not caplog.records, "nothing was altered"


def test_a_server_without_conditional_writes_serves_too(storage: Storage, prefix: str) -> None:
    storage.knows_conditions = False
    place = storage.place(prefix)
    place.write("d/a", b"one")
    place.write("d/a", b"one")
    place.write("d/b", b"two")
    assert b"".join(place.chunks("d/b")) == b"two"
    assert sum(" 501 " in line for line in storage.asked) == 1, "it is asked once"


TOUCHES: list[Callable[[BucketPlace], object]] = [
    lambda place: place.write("d/a", b"1"),
    lambda place: b"".join(place.chunks("d/a")),
    lambda place: list(place.files()),
    lambda place: place.remove(["d/a"]),
]


def refused(place: BucketPlace) -> str:
    """The one sentence of all four ways to ask; nothing secret stands in it."""
    said = set()
    for touch in TOUCHES:
        with pytest.raises(UserError) as caught:
            touch(place)
        said.add(str(caught.value))
        assert caught.value.__cause__ is None
    (sentence,) = said
    assert "\n" not in sentence
    assert not {KEY, SECRET, "nobody"} & set(sentence.replace(";", " ").split())
    return sentence


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((403, "AccessDenied"), r"refuses it: access is denied \(AccessDenied\); .* access_key"),
        ((403, "SignatureDoesNotMatch"), "the secret key is not that of the access key"),
        ((403, "RequestTimeTooSkewed"), "clock differs from its own: set the clock"),
        ((403, "QuotaExceeded"), "no space is left for it"),
        ((507, "InsufficientStorage"), "no space is left for it"),
        ((503, "SlowDown"), "answers 503 SlowDown: ask its administrator"),
        ((404, "NoSuchBucket"), "has no such bucket: let the storage's administrator make it"),
    ],
)
def test_what_the_server_refuses_is_one_sentence(
    storage: Storage, answer: tuple[int, str], words: str
) -> None:
    storage.refuses = answer
    with pytest.raises(UserError, match=words):
        raise UserError(refused(storage.place()))


def test_keys_bucket_and_network_are_told_apart(storage: Storage) -> None:
    assert "does not know the access key" in refused(storage.place(access_key="nobody"))
    assert "has no such bucket" in refused(storage.place(bucket="mw-none"))
    assert "cannot be reached" in refused(storage.place(endpoint="http://127.0.0.1:9"))
    tls = storage.endpoint.replace("http:", "https:")
    assert "TLS connection" in refused(storage.place(endpoint=tls))
    assert SECRET not in repr(storage.address())
    assert KEY not in repr(storage.address())


def test_an_own_certificate_is_trusted_by_the_system_s_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve_storage(tmp_path, tls=True) as storage:
        assert "TLS connection" in refused(storage.place())
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        storage.place().write("d/a", b"1")
        assert (storage.bucket / "office/d/a").read_bytes() == b"1"


def test_variables_of_other_tools_change_nothing(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_ENDPOINT": "http://127.0.0.1:9", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9", "AWS_SESSION_TOKEN": "stray",
        "AWS_ACCESS_KEY_ID": "stray", "AWS_SKIP_SIGNATURE": "true",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    storage.place().write("variables/a", b"1")
    assert (storage.bucket / "office/variables/a").read_bytes() == b"1"


def test_an_address_with_the_bucket_s_name_is_asked_without_it_in_the_path(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a proxy, for no name below localhost leads here."""
    monkeypatch.setenv("http_proxy", storage.endpoint)
    (storage.root / "office").mkdir()
    endpoint = f"http://{BUCKET}.storage.example"
    storage.place(endpoint=endpoint).write("d/a", b"1")
    assert storage.asked == [f'"PUT {endpoint}/office/d/a HTTP/1.1" 200 -']


def test_a_signal_ends_the_waiting_for_a_server_that_never_answers(storage: Storage) -> None:
    def leave(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, leave)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        place = storage.place(endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}")
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            with pytest.raises(KeyboardInterrupt):
                place.write("d/a", b"1")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def test_a_bucket_that_vanishes_is_no_loss_of_files(storage: Storage) -> None:
    """Nothing may be called missing of which nothing is known."""
    place = storage.place(bucket="mw-gone")
    with pytest.raises(UserError, match="no such bucket"):
        EvidenceFolder(place).faults_in(
            [
                Evidence(
                    kind=EvidenceKind.TEXT,
                    media_type="",
                    path="d/a",
                    sha256="",
                    size=1,
                    taken_at=NOW,
                )
            ]
        )
