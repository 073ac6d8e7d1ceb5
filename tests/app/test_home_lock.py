"""The home's lock: imports run side by side, a sweep alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediawatch.app import only_one, runs_now, without_sweep
from mediawatch.domain import UserError
from mediawatch.ops.settings import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def test_imports_do_not_refuse_each_other_but_a_sweep(home: Home) -> None:
    with without_sweep(home), without_sweep(home):
        assert not runs_now(home)
        with pytest.raises(UserError, match="another sweep or import runs"), only_one(home):
            pass
    with only_one(home):
        assert runs_now(home)


def test_a_lock_that_cannot_be_opened_is_named(home: Home) -> None:
    """As of a lock that another user made; a folder refuses root, too."""
    (home.root / "sweep.lock").mkdir()
    for held in (only_one(home), without_sweep(home)):
        with pytest.raises(UserError, match=r"cannot open .*sweep\.lock"), held:
            pass


def test_a_sweep_refuses_imports(home: Home) -> None:
    with (
        only_one(home),
        pytest.raises(UserError, match="another sweep or import runs"),
        without_sweep(home),
    ):
        pass
