"""Ceph's own S3 gateway over a cluster of one: a monitor, a store in memory, nothing kept."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.store import S3Store
from storages import BUCKET, KEY, SECRET

from mediawatch.ops.evidence.bucket import BucketAddress

_CONF = """\
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{mon_port}/0
mon initial members = a
public addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
run dir = {folder}
admin socket = {folder}/$name.asok
pid file = {folder}/$name.pid
log file = {folder}/$name.log
keyring = {folder}/keyring
mon data = {folder}/mon
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd class load list = *
osd class default list = *
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{port}
"""


@contextmanager
def serve_radosgw(folder: Path) -> Iterator[BucketAddress]:
    """The address of an empty bucket. `.ci/test-tools soak` installs the programs."""
    port, mon_port, fsid = _free_port(), _free_port(), str(uuid.uuid4())
    for name in ("mon", "osd", "rgw"):
        (folder / name).mkdir(parents=True)
    conf, keyring = folder / "ceph.conf", str(folder / "keyring")
    conf.write_text(_CONF.format(fsid=fsid, folder=folder, port=port, mon_port=mon_port))

    def run(program: str, *words: str) -> None:
        subprocess.run([program, "-c", conf, *words], check=True, timeout=90, capture_output=True)

    def key(name: str, *caps: str) -> None:
        new = () if Path(keyring).exists() else ("--create-keyring",)
        given = [word for cap in caps for word in ("--cap", cap, "allow *")]
        words = ["ceph-authtool", keyring, *new, "--gen-key", "-n", name, *given]
        subprocess.run(words, check=True, capture_output=True)

    key("mon.", "mon")
    key("client.admin", "mon", "osd")
    key("osd.0", "mon", "osd")
    addressed = ["--addv", "a", f"[v2:127.0.0.1:{mon_port}]"]
    subprocess.run(
        ["monmaptool", "--create", "--fsid", fsid, *addressed, str(folder / "monmap")],
        check=True,
        capture_output=True,
    )
    try:
        run(
            "ceph-mon",
            "--mkfs",
            "-i",
            "a",
            "--monmap",
            str(folder / "monmap"),
            "--keyring",
            keyring,
        )
        run("ceph-mon", "-i", "a")
        own = str(uuid.uuid4())
        run("ceph", "osd", "new", own)
        run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", own)
        run("ceph-osd", "-i", "0")
        named = ("--uid", "office", "--display-name", "office")
        run("radosgw-admin", "user", "create", *named, "--access-key", KEY, "--secret-key", SECRET)
        run("radosgw", "-n", "client.admin")
        _wait_for(port)
        yield _with_bucket(f"http://127.0.0.1:{port}")
    finally:
        _end(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _with_bucket(endpoint: str) -> BucketAddress:
    store = S3Store(
        BUCKET, endpoint=endpoint, region="us-east-1", access_key_id=KEY, secret_access_key=SECRET,
        client_options={"allow_http": True},
    )  # fmt: skip
    url = obstore.sign(store, "PUT", "", timedelta(minutes=1))
    with urllib.request.urlopen(urllib.request.Request(url, method="PUT"), timeout=30) as answer:
        assert answer.status == 200
    return BucketAddress(
        bucket=BUCKET, prefix="office", endpoint=endpoint, region="us-east-1", access_key=KEY,
        secret_key=SECRET,
    )  # fmt: skip


def _wait_for(port: int) -> None:
    """It listens some time after it went to the background."""
    for _ in range(1200):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"radosgw does not listen at {port}")


def _end(folder: Path) -> None:
    """End the programs that wrote their numbers there, and wait until they have gone."""
    for file in folder.glob("*.pid"):
        with suppress(ValueError, ProcessLookupError):
            number = int(file.read_text())
            os.kill(number, signal.SIGKILL)
            for _ in range(100):
                os.kill(number, 0)
                time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port
