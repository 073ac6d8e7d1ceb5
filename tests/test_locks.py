"""The locks of the dependencies: they cover pyproject.toml, agree with each other, hold a hash for
every file, and name no index. `make lock` renews them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OFFICE, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"


def pins(lock: str) -> dict[str, str]:
    """Every locked distribution with its version."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", read(lock), re.MULTILINE))


def read(lock: str) -> str:
    return (ROOT / lock).read_text(encoding="utf-8")


def names(requirements: Iterable[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9._-]+", requirement) for requirement in requirements)
    return {re.sub(r"[-_.]+", "-", each[0]).lower() for each in found if each}


def project() -> dict[str, object]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


def test_the_locks_hold_everything_that_is_asked_for() -> None:
    match project():
        case {"project": {"dependencies": needed, "optional-dependencies": extras}}:
            office = [*needed, *(each for key in extras if key != "dev" for each in extras[key])]
            assert names(office) <= pins(OFFICE).keys()
            assert names([*office, *extras["dev"]]) <= pins(DEVELOPMENT).keys()
        case other:
            pytest.fail(f"no dependencies in {other}")


def test_the_build_backend_is_locked_with_the_tools() -> None:
    match project():
        case {"build-system": {"requires": backend}}:
            assert names(backend) <= pins(DEVELOPMENT).keys()
        case other:
            pytest.fail(f"no build-system in {other}")


def test_an_office_runs_the_versions_that_are_tested() -> None:
    assert pins(OFFICE).items() <= pins(DEVELOPMENT).items()


@pytest.mark.parametrize("lock", [OFFICE, DEVELOPMENT])
def test_every_pin_has_its_hashes_and_no_index_is_named(lock: str) -> None:
    entries = re.split(r"^(?=\S+==)", read(lock), flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(lock))
    assert [each for each in entries if "--hash=sha256:" not in each] == []
    assert re.findall(r"https?://|--(?:extra-)?index-url|--find-links", read(lock)) == []
