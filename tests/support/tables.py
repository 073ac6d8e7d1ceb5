"""Tables of cases that go through an expensive part: some rows in `make test`, all in `make soak`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def short(rows: Iterable[Any], keep: int = 1) -> list[Any]:
    """The rows for `pytest.mark.parametrize`; all but the first `keep` are for `make soak`.

    What differs between them is held by tests of a cheaper layer.
    """
    return [
        pytest.param(
            *(row if isinstance(row, tuple) else (row,)),
            marks=[pytest.mark.soak] if number >= keep else [],
        )
        for number, row in enumerate(rows)
    ]
