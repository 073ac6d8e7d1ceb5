"""互动回应: what looks saw of it, as the person reads it who is asked. Pure.

A lead: it stands in the question alone. No proof, verdict or finding reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from mediawatch.domain import Filing, InteractionSeen, Reading, Sight, of_identity
from mediawatch.domain.clock import day_of, minute
from mediawatch.people.worklist.todo import is_of_account

LEAD = "以上为线索，须人工核实，不作为认定依据。"
"""Stands behind whatever pages show of interaction."""


def interaction_lead(
    readings: Iterable[Reading],
    filed: Filing,
    since: date,
    labels: Mapping[str, str],
) -> str:
    """What pages showed of the account since a Beijing day, "" where they showed nothing.

    `labels`: each surface's name for inspectors. Of each surface its newest look counts that showed
    anything. What only a name led to may be another account's, and is left out.
    """
    noun = "留言" if filed.platform == "wechat" else "评论"
    newest: dict[str, Sight] = {}
    for reading in sorted(readings, key=lambda each: (each.read_at, each.id)):
        said = of_identity(reading, filed.identity)
        for sight in said.sights if said and day_of(reading.read_at) >= since else ():
            if sight.interaction and is_of_account(sight, filed):
                newest[sight.surface] = sight
    shown = "；".join(_words(sight, noun, labels) for sight in newest.values())
    return f"页面显示：{shown}。{LEAD}" if shown else ""


def _words(sight: Sight, noun: str, labels: Mapping[str, str]) -> str:
    """评论已关闭（2026-11-20 10:12，微博手机版主页，佐证1/示例.jpg）."""
    assert sight.interaction is not None
    label = labels.get(sight.surface, sight.surface)
    files = "、".join(each.path for each in sight.evidence)
    behind = (minute(sight.read_at), label, f"佐证{files}" if files else "")
    said = "，".join(_parts(sight.interaction, noun))
    return f"{said}（{'，'.join(filter(None, behind))}）"


def _parts(seen: InteractionSeen, noun: str) -> Iterator[str]:
    of = f"所见{seen.posts}条发布" if seen.posts else "所见发布"
    if seen.comments is not None:
        yield f"{of}中有可{noun}的" if seen.comments else f"{of}{noun}已关闭"
    if seen.messages is not None:
        yield "提供菜单或私信入口" if seen.messages else "未提供菜单或私信入口"
    if seen.replies is not None:
        yield f"{of}下有本账号回复{seen.replies}条" if seen.replies else f"{of}下未见本账号回复"
