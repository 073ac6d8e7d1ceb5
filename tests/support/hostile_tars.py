"""Backups as somebody would forge them: each a tar that `mediawatch restore` must refuse.

Made of a good backup's files. Nothing here is larger than a few megabytes on the disk.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import sqlite3
import tarfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

Files = dict[str, bytes]
FLIPS = 40


def files_of(body: bytes) -> Files:
    """The files of a good backup by name, the manifest among them."""
    with tarfile.open(fileobj=io.BytesIO(body)) as tar:
        return {each.name: tar.extractfile(each).read() for each in tar}  # type: ignore[union-attr]


def packed(
    files: Files,
    manifest: Callable[[dict[str, Any]], object] = lambda made: made,
    more: Callable[[tarfile.TarFile], object] = lambda tar: None,
    format: int = tarfile.PAX_FORMAT,
    mtime: float = 0,
) -> bytes:
    """A tar of the files whose hashes are right, with a manifest that was changed, and more."""
    files = dict(files)
    made = json.loads(files.pop("manifest.json"))
    made["sha256"] = {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    changed = manifest(made)
    body = changed if isinstance(changed, bytes) else json.dumps(changed).encode()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as tar:
        for name, content in files.items():
            add(tar, name, content, mtime=mtime)
        more(tar)
        add(tar, "manifest.json", body)
    return out.getvalue()


def add(tar: tarfile.TarFile, name: str, body: bytes = b"", **values: Any) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(body)
    for key, value in values.items():
        setattr(info, key, value)
    tar.addfile(info, io.BytesIO(body))


def hostile_tars(good: bytes, scratch: Path) -> Iterator[tuple[str, bytes]]:
    """Every forged backup with its name; `scratch` takes the databases that are changed."""
    files = files_of(good)
    yield from _names(files, scratch)
    yield from _kinds(files)
    yield from _manifests(files)
    yield from _extra_headers(files)
    yield from _databases(files, scratch)
    yield from _settings(files)
    yield from _damage(good)


def _names(files: Files, scratch: Path) -> Iterator[tuple[str, bytes]]:
    for name, path in {
        "absolute": str(scratch / "outside"),
        "parent": "../outside",
        "parent below": "evidence/../../outside",
        "dot": "./mediawatch.toml",
        "empty part": "evidence//x",
        "nul": "evidence/a\0b",
        "long": "n" * 5000,
        "long part": "evidence/" + "名" * 90,
        "deep": "/".join(["evidence"] * 1500),
        "deeper than evidence": "evidence/1/2/3/4/5/6/7",
        "surrogate": "evidence/a\udcffb",
        "backslash": "evidence/..\\x",
        "escape": "evidence/\x1b[31mred",
        "override": "evidence/\u202etxt.exe",
        "newline": "evidence/a\nb",
        "hidden": ".bashrc",
        "hidden settings": ".own.toml",
        "program": "run.sh",
        "python": "sitecustomize.py",
        "another database": "mediawatch.db",
        "a log of SQLite": "mediawatch.db-wal",
        "an older copy": "mediawatch.db.before-0013",
        "lock": "sweep.lock",
        "log": "logs/errors.log",
        "scratch": "tmp/x",
        "sessions as a file": "sessions",
        "evidence as a file": "evidence",
        "login of no platform": "sessions/x.json",
        "login too deep": "sessions/weibo/x/y.json",
        "login that is none": "sessions/weibo/x.sh",
        "half evidence": "evidence/x.part",
        "another template": "other.docx",
        "settings in a folder": "own/policy.toml",
        "parent of a session": "sessions/../x.json",
        "tilde": "~/x.toml",
        "no name": "",
    }.items():
        yield f"name: {name}", packed({**files, path: b"x"})
    both = {**files, "evidence/a": b"x", "evidence/a/b": b"y"}
    yield "name: file and folder", packed(both)
    for name in ("database", "mediawatch.toml", "manifest.json"):
        yield (
            f"twice: {name}",
            packed(files, more=lambda tar, name=name: add(tar, name, files[name])),  # type: ignore[misc]
        )
    for name in ("database", "mediawatch.toml"):
        yield f"lacks {name}", packed({key: body for key, body in files.items() if key != name})


def _kinds(files: Files) -> Iterator[tuple[str, bytes]]:
    kinds = {
        "symbolic link": tarfile.SYMTYPE,
        "hard link": tarfile.LNKTYPE,
        "fifo": tarfile.FIFOTYPE,
        "character device": tarfile.CHRTYPE,
        "block device": tarfile.BLKTYPE,
        "folder": tarfile.DIRTYPE,
        "contiguous": tarfile.CONTTYPE,
        "GNU sparse": tarfile.GNUTYPE_SPARSE,
        "Solaris extra": tarfile.SOLARIS_XHDTYPE,
        "global extra": tarfile.XGLTYPE,
        "unknown": b"Z",
        "old regular": tarfile.AREGTYPE,
    }
    for name, kind in kinds.items():
        for link in ("/etc/passwd", "mediawatch.toml") if "link" in name else ("",):
            yield (
                f"kind: {name} {link}",
                packed(
                    files,
                    more=lambda tar, k=kind, to=link: add(tar, "evidence/x", type=k, linkname=to),
                ),  # type: ignore[misc]
            )
    # A link in the place of a folder, through which the next file would leave.
    yield (
        "kind: link before a file",
        packed(
            {"evidence/day/x": b"x", **files},
            more=lambda tar: add(tar, "evidence/day", type=tarfile.SYMTYPE, linkname="/tmp"),
        ),
    )
    yield (
        "kind: GNU long name",
        packed({**files, "evidence/" + "d/" * 60: b"x"}, format=tarfile.GNU_FORMAT),
    )


def _manifests(files: Files) -> Iterator[tuple[str, bytes]]:
    for key in ("schema", "version", "made_at", "database", "sha256"):
        yield (
            f"manifest lacks {key}",
            packed(files, lambda made, k=key: {a: b for a, b in made.items() if a != k}),
        )  # type: ignore[misc]
    wrong: Mapping[str, object] = {
        "schema 2": {"schema": "mediawatch.backup/2"}, "schema 5": {"schema": 5},
        "schema list": {"schema": ["mediawatch.backup/1"]}, "kind": {"database": "oracle"},
        "kind number": {"database": 5}, "kind null": {"database": None},
        "other kind": {"database": "postgresql"}, "moment": {"made_at": "\x1b[31mred\n"},
        "moment number": {"made_at": 0}, "moment without zone": {"made_at": "2026-01-01T00:00:00"},
        "version": {"version": "\x1b]0;title\x07"}, "version long": {"version": "1" * 10_000},
        "unknown field": {"run": "rm -rf /"}, "home number": {"home": 5},
        "home long": {"home": "/x" * 9000}, "hashes list": {"sha256": [1, 2]},
        "hashes null": {"sha256": None}, "hashes empty": {"sha256": {}},
    }  # fmt: skip
    for name, values in wrong.items():
        yield f"manifest: {name}", packed(files, lambda made, v=values: {**made, **v})  # type: ignore[misc]
    for name, value in {
        "number": 5, "null": None, "short": "ab", "upper": "A" * 64, "another": "0" * 64,
    }.items():  # fmt: skip
        yield (
            f"manifest: hash {name}",
            packed(
                files, lambda made, v=value: {**made, "sha256": {**made["sha256"], "database": v}}
            ),  # type: ignore[misc]
        )
    yield (
        "manifest: a file that is missing",
        packed(files, lambda made: {**made, "sha256": {**made["sha256"], "evidence/x": "0" * 64}}),
    )
    for name, body in {
        "list": b"[]", "null": b"null", "text": b'"x"', "empty": b"", "deep": b"[" * 200_000,
        "deep object": b'{"sha256":' * 2000, "UTF-16": "{}".encode("utf-16"), "no UTF-8": b"\xff\xfe",
        "cut": b'{"schema": "mediawatch', "large": b" " * 5_000_000 + b"{}", "number": b"9" * 20_000,
    }.items():  # fmt: skip
        yield f"manifest: {name}", packed(files, lambda made, b=body: b)  # type: ignore[misc]


def _extra_headers(files: Files) -> Iterator[tuple[str, bytes]]:
    for name, headers in {
        "size negative": {"size": "-5"}, "size huge": {"size": "9" * 20}, "size text": {"size": "abc"},
        "size smaller": {"size": "1"}, "size terabyte": {"size": str(1 << 40)}, "mtime nan": {"comment": "x"},
        "path": {"path": "../outside"}, "linkpath": {"linkpath": "/etc/passwd"}, "charset": {"hdrcharset": "BINARY"},
        "sparse 1.0": {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "x", "GNU.sparse.realsize": "10"},
        "sparse 0.1": {"GNU.sparse.map": "0,1", "GNU.sparse.size": "100"},
        "sparse terabyte": {"GNU.sparse.map": "0,3", "GNU.sparse.size": str(1 << 40), "GNU.sparse.numblocks": "1"},
        "large": {"comment": "x" * 3_000_000}, "owner": {"uid": "99999999"}, "acl": {"SCHILY.acl.access": "user::rwx"},
    }.items():  # fmt: skip
        yield (
            f"extra: {name}",
            packed(
                files, more=lambda tar, h=headers: add(tar, "evidence/x", b"abc", pax_headers=h)
            ),  # type: ignore[misc]
        )
    record = b"30 path=evidence/a\n12 path=b\n"
    for name, body in {
        "length": record, "no length": b"path=x\n", "zero length": b"0 path=x\n", "endless": b"9999999 path=x\n",
    }.items():  # fmt: skip
        yield (
            f"extra: {name}",
            packed(files, more=lambda tar, b=body: add(tar, "x", b, type=tarfile.XHDTYPE)),  # type: ignore[misc]
        )
    huge = tarfile.TarInfo("evidence/x")
    huge.size = 1 << 45
    head = huge.tobuf(tarfile.GNU_FORMAT)
    yield "size of the header", packed(files)[: -tarfile.RECORDSIZE] + head
    yield "size of the first header", head + packed(files)


def _databases(files: Files, scratch: Path) -> Iterator[tuple[str, bytes]]:
    def changed(*statements: str, empty: bool = False) -> bytes:
        path = scratch / "changed.db"
        path.write_bytes(b"" if empty else files["database"])
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = DELETE")
        for statement in statements:
            connection.execute(statement)
        connection.close()
        body = path.read_bytes()
        path.unlink()
        return body

    flipped = bytearray(files["database"])
    for place in range(5000, len(flipped), 997):
        flipped[place] ^= 0xFF
    writable = "PRAGMA writable_schema = ON"
    bodies = {
        "newer": changed("UPDATE alembic_version SET version_num = '9999'"),
        "unknown revision": changed("UPDATE alembic_version SET version_num = 'ae1027a6f'"),
        "no revision": changed("DELETE FROM alembic_version"),
        "two revisions": changed("INSERT INTO alembic_version VALUES ('0001')"),
        "older than its tables": changed("UPDATE alembic_version SET version_num = '0003'"),
        "foreign": changed("CREATE TABLE x (a)", empty=True),
        "foreign with a revision": changed(
            "CREATE TABLE alembic_version (version_num TEXT)",
            "INSERT INTO alembic_version VALUES ('0013')",
            empty=True,
        ),
        "empty": b"",
        "garbage": random.Random(1).randbytes(9000),
        "header only": files["database"][:100],
        "half": files["database"][: len(files["database"]) // 2],
        "flipped": bytes(flipped),
        "a text": b"CREATE TABLE account (id INTEGER)",
        "trigger": changed(
            "CREATE TRIGGER t AFTER INSERT ON reading BEGIN DELETE FROM finding; END"
        ),
        "trigger in the place of ours": changed(
            "DROP TRIGGER reading_is_never_updated",
            "CREATE TRIGGER reading_is_never_updated BEFORE UPDATE ON reading BEGIN DELETE FROM finding; END",
        ),
        "trigger missing": changed("DROP TRIGGER reading_is_never_updated"),
        "view": changed("CREATE VIEW v AS SELECT * FROM contact"),
        "view over a table's name": changed(
            "ALTER TABLE contact RENAME TO contact2", "CREATE VIEW contact AS SELECT * FROM contact2"
        ),
        "table": changed("CREATE TABLE extra (a)"),
        "virtual table": changed("CREATE VIRTUAL TABLE extra USING fts5(a)"),
        "column": changed("ALTER TABLE account ADD COLUMN extra TEXT"),
        "column missing": changed("ALTER TABLE contact DROP COLUMN phone"),
        "table missing": changed("DROP TABLE backup"),
        "index": changed("CREATE INDEX extra ON account (name)"),
        "unique index": changed("CREATE UNIQUE INDEX extra ON account (platform)"),
        "generated column": changed("ALTER TABLE account ADD COLUMN extra AS (name || 'x')"),
        "broken schema": changed(writable, "UPDATE sqlite_schema SET sql = 'x' WHERE name = 'account'"),
        "root of another table": changed(
            writable,
            "UPDATE sqlite_schema SET rootpage = 99999 WHERE name = 'account'",
        ),
    }  # fmt: skip
    for name, body in bodies.items():
        yield f"database: {name}", packed({**files, "database": body})


def _settings(files: Files) -> Iterator[tuple[str, bytes]]:
    for name, body in {
        "no TOML": b"[[[[", "deep": b"x = " + b"[" * 100_000, "UTF-16": "[log]\n".encode("utf-16"),
        "GBK": "[output]\nmarks = ['演示']\n".encode("gbk"), "unknown": b"[run]\nprogram = 'x'\n",
        "bad value": b"[browser]\nconcurrency = 999\n", "inline table": b"browser = {executable = '/tmp/x'}\n",
        "dotted": b"browser.executable = '/tmp/x'\n", "quoted key": b"[browser]\n\"executable\" = '/tmp/x'\n",
        "quoted table": b"[\"browser\"]\nexecutable = '/tmp/x'\n", "large": b"#" * 3_000_000, "binary": b"\0\1\2",
    }.items():  # fmt: skip
        yield f"settings: {name}", packed({**files, "mediawatch.toml": body})


def _damage(good: bytes) -> Iterator[tuple[str, bytes]]:
    yield "empty", b""
    yield "zeros", bytes(10_240)
    yield "noise", random.Random(2).randbytes(10_240)
    yield "compressed", gzip.compress(good)
    yield "two in one", good + good
    yield "something behind", good + b"x" * 512
    yield "zeros behind", good + bytes(100_000)
    yield "half", good[: len(good) // 2]
    yield "700 bytes", good[:700]
    yield "without its end", good.rstrip(b"\0")
    for seed in range(FLIPS):
        drawn, body = random.Random(seed), bytearray(good)
        # Within headers and contents, never in the padding, which says nothing.
        places = [at for at in range(len(body)) if body[at]] if seed == 0 else _PLACES[id(good)]
        _PLACES[id(good)] = places
        for place in drawn.sample(places, drawn.choice((1, 3, 8))):
            body[place] ^= drawn.randrange(1, 256)
        yield f"flipped {seed}", bytes(body)


_PLACES: dict[int, list[int]] = {}


def left_in(folder: Path) -> list[str]:
    """Whatever lies in a folder, hidden names too."""
    return sorted(os.listdir(folder))
