"""What programs that we start find in their environment."""

from __future__ import annotations

import os
from collections.abc import Mapping


def inherited_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment (default: ours) without our settings and the database's password.

    Settings may hold passwords, and no program that we start reads them. Chromium above all
    shows pages that others write.
    """
    return {
        name: value
        for name, value in (os.environ if environ is None else environ).items()
        if not name.upper().startswith("MEDIAWATCH_") and name != "PGPASSWORD"
    }
