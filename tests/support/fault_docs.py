"""Writes docs/faults.md from the fault table: `python tests/support/fault_docs.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fault_scenes import ASIDE, SURFACES, Scene
from fault_table import (
    ALLOWED,
    ASIDE_IN_TURN,
    CANARIES,
    EVERYWHERE,
    STRUCK_BY,
    Proves,
    expected,
    place,
)
from replica_faults import PLACES, Fault, Part

FILE = Path(__file__).resolve().parents[2] / "docs" / "faults.md"
_COLUMNS = [name for names in SURFACES.values() for name in names]
_INTRO = """# What may go wrong, and what comes of it

Made from `tests/support/fault_table.py` by `python tests/support/fault_docs.py`; do not edit. The replica can put
each of these faults on any account of any platform (`Faults.strike`): on its **document**, on the **profile**
call that says who it is, or on the **list** call that shows its posts. `make soak` plays every fault on all
platforms, every place under every truth, with second looks, retries, full sizes and a sound account read right after
each. `make test` plays each fault at its first place, on an account whose one recent post is what a wrong reading
would lose:

* on every platform: {everywhere};
* each of the others on one platform. On the others the cases of `tests/cases` and the tests of the platforms' `read_*`
  functions hold what their own code makes of it.

Breakers are off, and tested apart (`tests/sweep/test_pacing.py`).

Under each truth an account is looked at, and judged by the policy `tibet` as if every negative had been vouched for and every second
look had its evidence. Whatever the fault, these findings may follow and no others:

"""
_LEGEND = """
A cell says which outcome the look at this surface must have, then what it may prove:

"""
_WORDS = {
    Proves.ALL: "as if nothing were wrong: the newest date, exact where the surface is",
    Proves.FRESH: "the newest date; perhaps as a lower bound only (`at_least`)",
    Proves.LOWER: (
        "true dates, as lower bounds only (`at_least`): a fresh one proves an account fresh, none "
        "proves it stale"
    ),
    Proves.TRUE: "what was read before it happened",
    Proves.NOTHING: "no date at all",
    Proves.CANARY: "**wrongly exact**: nothing in the answers shows that posts are missing. Only a canary account can tell, which, read the"
    " same way, does not read as fresh; then the surface's findings are withdrawn. A canary must "
    "post daily, and its newest post must be"
    " demanded, not just any within the window",
    Proves.REFUTED: (
        "wrongly exact by itself, and taken back by a post that another surface knows. Without "
        "one it would stand"
    ),
}
_ASIDE = """
## The other surfaces, and visitors
The faults are played here too, wherever these surfaces can meet them (in `make test` one in each,
in turn: {in_turn}). Expected is only what holds always:
no date that is not true, no gap where the newest post is not among those read, no finding beyond the truth, and a sound account that
reads right afterwards. An account filed under a name alone is never `renamed`: to a search it is one that is not there.

"""
_SHORT = {
    Proves.ALL: "all", Proves.FRESH: "fresh", Proves.LOWER: "at_least", Proves.TRUE: "before", Proves.NOTHING: "no date",
    Proves.CANARY: "**canary**", Proves.REFUTED: "**refuted**",
}  # fmt: skip


def text() -> str:
    """The whole document."""
    truths = [
        f"| {truth.value} | {', '.join(f'`{code.value}`' for code in sorted(codes)) or 'none'} |"
        for truth, codes in ALLOWED.items()
    ]
    legend = [f"* {_SHORT[proves]}: {_WORDS[proves]}." for proves in _SHORT]
    notes: dict[str, int] = {}
    rows = [
        _row(fault, parts, notes)
        for fault, places in PLACES.items()
        if fault is not Fault.NONE
        for parts in places
    ]
    head = ["fault", "place", *(f"`{name}`" for name in _COLUMNS)]
    table = [_line(head), _line(["---"] * len(head)), *rows]
    return "\n".join(
        [
            _INTRO.format(everywhere=_names(EVERYWHERE)) + "| truth | findings that may follow |",
            "|---|---|",
            *truths,
            _LEGEND + "\n".join(legend),
            "",
            (
                "An empty cell: the fault does not touch what this surface reads, and it reads as "
                "ever."
            ),
            "",
            *table,
            "",
            *(f"{number}. {note}" for note, number in notes.items()),
            _ASIDE.format(in_turn=_names(ASIDE_IN_TURN)) + _line(_SCENE_HEAD),
            _line(["---"] * len(_SCENE_HEAD)),
            *map(_scene, ASIDE),
            "",
        ]
    )


def _names(faults: Sequence[Fault]) -> str:
    return "; ".join(fault.value for fault in faults if fault is not Fault.NONE)


_SCENE_HEAD = [
    "scene",
    "surfaces, in their order",
    "login",
    "filed",
    "wrongly exact: only a canary tells",
]


def _scene(scene: Scene) -> str:
    blind = [
        f"{fault.value} (`{surface}`)" for (fault, name, surface) in CANARIES if name == scene.name
    ]
    way = "a name" if scene.by_name else "id, links"
    return _line(
        [
            scene.name,
            ", ".join(f"`{name}`" for name in scene.surfaces),
            ", ".join(scene.logins) or "none",
            way,
            "; ".join(blind),
        ]
    )


def _row(fault: Fault, parts: frozenset[Part], notes: dict[str, int]) -> str:
    cells = [fault.value, place(parts)]
    for name in _COLUMNS:
        if not STRUCK_BY[name] & parts:
            cells.append("")
            continue
        said = expected(fault, parts, name)
        outcomes = " or ".join(f"`{outcome.value}`" for outcome in sorted(said.outcomes))
        note = f" ({notes.setdefault(said.note, len(notes) + 1)})" if said.note else ""
        cells.append(f"{outcomes} · {_SHORT[said.proves]}{note}")
    return _line(cells)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
