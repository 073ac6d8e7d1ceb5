"""Fixtures for all tests; each lives in a module of its own."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

pytest_plugins = ["browsers", "postgres", "stores"]

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The project stands without ../shared: what reads it runs where it lies beside a checkout, and never in CI."""
    reason = "never in CI" if os.environ.get("CI") else "" if SHARED.is_dir() else "../shared is not here"
    for item in items:
        if reason and item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=reason))
