"""Tables of cases that go through an expensive part: some rows in `make test`, all in `make soak`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest


def short(rows: Iterable[Any], keep: int = 1) -> Iterator[Any]:
    """The rows for `pytest.mark.parametrize`; all but the first `keep` are for `make soak`.

    What differs between them is held by tests of a cheaper layer.
    """
    for number, row in enumerate(rows):
        values = row if isinstance(row, tuple) else (row,)
        yield pytest.param(*values, marks=[pytest.mark.soak] if number >= keep else [])
