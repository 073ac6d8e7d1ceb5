"""Which shared places a home has taken, by a file of its folder that no backup holds.

A home that was restored or copied has the id of the first one, and would take that one's newer
evidence for strays.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from mediawatch.files import write_whole

FILE = "places.json"
_SCHEMA = "mediawatch.places/1"


def known_number(root: Path, location: str) -> str:
    """The number of a place that this folder has taken; "" where it has not."""
    return _known(root).get(location, "")


def note_number(root: Path, location: str, number: str) -> None:
    told = {
        "schema": _SCHEMA,
        "folder": os.path.realpath(root),
        "places": {**_known(root), location: number},
    }
    write_whole(root / FILE, f"{json.dumps(told, indent=1)}\n".encode())


def _known(root: Path) -> Mapping[str, str]:
    """Nothing where the file is missing, damaged, or of another folder."""
    try:
        told = json.loads((root / FILE).read_text("utf-8"))
        if (told["schema"], told["folder"]) != (_SCHEMA, os.path.realpath(root)):
            return {}
        return {str(place): str(number) for place, number in told["places"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
