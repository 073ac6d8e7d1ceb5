"""docs/containers, as far as a machine without Docker can tell: the schema of compose files, commands
and settings that there are, secrets that fit each other.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml  # type: ignore[import-untyped]
from commands import commands

from db.engine import normal_url
from mediawatch.cli.commands import Commands
from mediawatch.ops.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "containers"
SCHEMA = ROOT / "tests" / "data" / "compose-spec.json"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def ours(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Our own services, by name."""
    return {
        name: each for name, each in compose["services"].items() if each["image"] == "mediawatch"
    }


def test_the_compose_file_keeps_to_the_specification(compose: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    faults = jsonschema.Draft7Validator(schema).iter_errors(compose)
    assert [f"{list(fault.path)}: {fault.message[:80]}" for fault in faults] == []
    wrong = {**compose, "services": {"x": {"image": "y", "helthcheck": {}}}}
    assert not jsonschema.Draft7Validator(schema).is_valid(wrong)


def test_whatever_a_service_names_is_declared(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        assert set(service.get("secrets", ())) <= compose["secrets"].keys(), name
        assert set(service["networks"]) <= compose["networks"].keys(), name
        volumes = [each.partition(":")[0] for each in service.get("volumes", ())]
        assert {each for each in volumes if "/" not in each} <= compose["volumes"].keys(), name
        for other, how in service.get("depends_on", {}).items():
            healthy = how["condition"] == "service_healthy"
            assert "healthcheck" in services[other] or not healthy, (name, other)
    used = {each for service in services.values() for each in service.get("secrets", ())}
    assert used == compose["secrets"].keys()
    outside = {name for name, service in services.items() if "outside" in service["networks"]}
    assert {"coordinator", "worker-1", "worker-2"} == outside
    assert not [name for name, service in services.items() if "ports" in service]


def test_homes_are_apart_and_services_without_rights(ours: dict[str, dict[str, Any]]) -> None:
    assert len(ours) == 3
    homes = [service["volumes"][0] for service in ours.values()]
    assert len(set(homes)) == 3
    for service in ours.values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_every_command_and_setting_is_one_of_ours(ours: dict[str, dict[str, Any]]) -> None:
    # One by one: to load every command takes longer than the test.
    known = Commands()
    tops = {
        word: known[word]
        for word in ("init", "database", "evidence", "sweep", "worker")
        if word in known
    }
    real = {**tops}
    for word, command in tops.items():
        real |= dict(commands(command, (word,)))
    lines = [
        " ".join(words)
        for service in ours.values()
        for words in (service["command"], service["healthcheck"]["test"])
    ]
    lines.append((FOLDER / "nightly").read_text("utf-8"))
    called = [
        line.split()
        for text in lines
        for line in re.findall(r"mediawatch ((?:[a-z]+ ?)+(?:--?[\w:-]+ ?)*[\d:]*)", text)
    ]
    assert len(called) > 6
    ahead = {"worker"} - real.keys()  # where this version knows no workers yet
    for words in called:
        name = next((n for n in (" ".join(words[:2]), words[0]) if n in real), words[0])
        assert name in real.keys() | ahead, words
        options = {
            option for param in getattr(real.get(name), "params", ()) for option in param.opts
        }
        given = {word for word in words if word.startswith("--")}
        assert given <= options | ({"--workers"} if ahead else set()), words
    for service in ours.values():
        names = [*service["environment"], *(each.upper() for each in service["secrets"])]
        assert_settings([name for name in names if name != "MEDIAWATCH_SECRETS"])


def assert_settings(names: list[str]) -> None:
    assert names
    for name in names:
        section, key = name.removeprefix("MEDIAWATCH_").lower().split("__")
        if section == "evidence" and section not in Settings.model_fields:
            continue  # where evidence lies in the home alone
        kind = Settings.model_fields[section].annotation
        assert key in getattr(kind, "model_fields", {}), name


def dockerfile() -> str:
    """Each instruction on one line."""
    return (FOLDER / "Dockerfile").read_text("utf-8").replace("\\\n", " ")


def packages() -> list[str]:
    return [
        word
        for line in re.findall(r"apt-get install (.+?) &&", dockerfile())
        for word in line.split()
        if not word.startswith("-")
    ]


def test_the_image_is_of_files_and_packages_that_there_are() -> None:
    text = dockerfile()
    ignored = (FOLDER / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = [
        word
        for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", text)
        for word in line.split()[:-1]
        if not word.startswith("--")
    ]
    assert len(copied) > 6
    for name in copied:
        assert (ROOT / name).exists(), name
        assert f"!{name}" in ignored, name
    assert "docs/containers/nightly" in copied
    assert os.access(FOLDER / "nightly", os.X_OK)
    *_, last = re.findall(r"(?m)^USER (\S+)$", text)
    assert last == "mediawatch"
    assert {"python3", "chromium-headless-shell", "postgresql-client"} <= set(packages())


@pytest.mark.soak
def test_debian_has_the_packages_of_the_image() -> None:
    listed = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=True)
    assert set(packages()) <= set(listed.stdout.split())


def test_a_broken_night_goes_on_before_a_new_one_and_an_error_ends_the_container(
    tmp_path: Path,
) -> None:
    """By a stand-in of mediawatch that notes what it is called with, and ends with an error."""
    stub, calls = tmp_path / "mediawatch", tmp_path / "calls"
    stub.write_text(f'#!/bin/sh\necho "$*" >>{calls}\n[ "$1" != sweep ] || exit 2\n')
    stub.chmod(0o755)
    environ = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "MEDIAWATCH_EVIDENCE__PLACE": "s3://mediawatch/evidence",
    }
    done = subprocess.run([FOLDER / "nightly"], env=environ, check=False, timeout=60)
    assert done.returncode == 2
    assert calls.read_text().splitlines() == [
        "init",
        "evidence move --to s3://mediawatch/evidence",
        "sweep --nightly --workers --until 06:00 --resume",
    ]


def test_papers_and_backups_leave_the_coordinator(compose: dict[str, Any], tmp_path: Path) -> None:
    """They are the office's own, in folders of the user of the image."""
    mounted = compose["services"]["coordinator"]["volumes"]
    assert {"./papers:/papers", "./backups:/backups"} <= set(mounted)
    made = (FOLDER / "make-secrets").read_text("utf-8")
    (user,) = re.findall(r"useradd --uid (\d+)", dockerfile())
    assert f"chown {user} import papers backups" in made
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    for name in ("import", "papers", "backups", "secrets"):
        assert f"/docs/containers/{name}/" in ignored


def test_the_secrets_fit_each_other(compose: dict[str, Any], tmp_path: Path) -> None:
    shutil.copy(FOLDER / "make-secrets", tmp_path)
    subprocess.run([tmp_path / "make-secrets"], check=True)
    made = {path.name: path.read_text("utf-8") for path in (tmp_path / "secrets").iterdir()}
    assert made.keys() == compose["secrets"].keys()
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    url = normal_url(made["mediawatch_database__url"])
    database = compose["services"]["database"]["environment"]
    assert (url.username, url.database, url.host) == (
        database["POSTGRES_USER"],
        database["POSTGRES_DB"],
        "database",
    )
    assert url.password == made["postgres_password"]
    assert len(made["postgres_password"]) == 48
    (identity,) = json.loads(made["storage.json"])["identities"]
    assert identity["credentials"] == [
        {
            "accessKey": made["mediawatch_evidence__access_key"],
            "secretKey": made["mediawatch_evidence__secret_key"],
        }
    ]
    again = subprocess.run([tmp_path / "make-secrets"], capture_output=True, text=True, check=False)
    assert (again.returncode, again.stderr) == (2, "secrets/ exists: nothing was changed\n")
