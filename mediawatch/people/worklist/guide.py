"""填写说明: the instructions for those who fill in a worklist (guide.txt, one paragraph a line)."""

from __future__ import annotations

from importlib import resources

from mediawatch.people.worklist.states import State


def guide(reposts: bool) -> tuple[str, ...]:
    """The paragraphs; `reposts`: whether the policy counts them as updates."""
    text = (resources.files("mediawatch.people.worklist") / "guide.txt").read_text(encoding="utf-8")
    return tuple(
        text.replace("{states}", "、".join(State))
        .replace("{reposts}", "、转发" if reposts else "")
        .splitlines()
    )
