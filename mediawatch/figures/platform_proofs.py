"""What the machine proved of a sweep's accounts, by platform and source, and what it leaves to
people.

Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from mediawatch.domain import (
    PLATFORM_LABELS,
    PROVISIONAL,
    FiledIdentity,
    Judgement,
    LookKind,
    Reading,
    SweepAccount,
    Verdict,
    of_identity,
)
from mediawatch.figures.values import OPEN_VERDICTS
from mediawatch.rules.policy import Policy
from mediawatch.rules.post_lists import posts_of
from mediawatch.rules.reviewed import as_reviewed

_WIDTH = 80
"""Cells of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformProofs:
    """The accounts of one platform. Each is counted once, so that the parts sum to `accounts`."""

    platform: str
    accounts: int
    by_surface: Mapping[str, int]
    """正常更新, by the surface that showed the newest post, the most frequent first."""
    by_name: int
    """Those of `by_surface` that only a 暂用标识 proves."""
    by_people: int
    """正常更新, where only a person saw the newest post."""
    suspects: int
    """With a finding that nobody has dismissed."""
    open: int
    """待人工核查, and 人工检查."""
    others: Mapping[Verdict, int]

    @property
    def proved(self) -> int:
        return sum(self.by_surface.values())

    def lines(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """In Chinese; `labels` are those of surfaces."""
        found = [
            f"{PLATFORM_LABELS.get(self.platform, self.platform)}：共{self.accounts}个账号，"
            f"系统已证实正常更新{self.proved}个，疑似{self.suspects}个，待人工核查{self.open}个"
        ]
        rest = [(verdict.label, count) for verdict, count in self.others.items()]
        if rest := [*rest, *([("人工证实正常更新", self.by_people)] if self.by_people else [])]:
            found += _list_counts("  另有：", rest)
        if self.by_surface:
            sources = [(labels.get(name, name), count) for name, count in self.by_surface.items()]
            found += _list_counts("  证实所据：", sources)
        if self.by_name:
            found.append(f"  其中{self.by_name}个仅依名称（{PROVISIONAL}或他人提供的链接）")
        return tuple(found)


def _list_counts(head: str, counts: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Lines that a narrow terminal holds, the further ones indented as far as the first."""
    line, indent = head, " " * cell_len(head)
    for label, count in counts:
        item = f"{label}{count}个"
        if line in (head, indent):
            line += item
        elif cell_len(f"{line}、{item}、") <= _WIDTH:
            line += f"、{item}"
        else:
            yield f"{line}、"
            line = f"{indent}{item}"
    yield line


def platform_proofs(
    scope: Iterable[SweepAccount], surfaces: Mapping[int, str]
) -> list[PlatformProofs]:
    """By platform, the greatest first.

    `surfaces`: by account, what `proving_surface` says; at least of those judged `fresh`.
    """
    of: dict[str, list[SweepAccount]] = {}
    for entry in scope:
        of.setdefault(entry.account.platform, []).append(as_reviewed(entry, include_open=True))
    found = [_proofs(platform, its, surfaces) for platform, its in of.items()]
    return sorted(found, key=lambda one: (-one.accounts, one.platform))


def _proofs(
    platform: str, entries: Sequence[SweepAccount], surfaces: Mapping[int, str]
) -> PlatformProofs:
    sources: Counter[str] = Counter()
    others: Counter[Verdict] = Counter()
    by_name = by_people = suspects = left = 0
    for entry in entries:
        judged = entry.judgement
        if judged is None or judged.verdict in OPEN_VERDICTS:
            left += 1
        elif judged.findings:
            suspects += 1
        elif judged.verdict is not Verdict.FRESH:
            others[judged.verdict] += 1
        elif source := surfaces.get(entry.account.id):
            sources[source] += 1
            by_name += judged.provisional
        else:
            by_people += 1
    return PlatformProofs(
        platform=platform,
        accounts=len(entries),
        by_surface=dict(sources.most_common()),
        by_name=by_name,
        by_people=by_people,
        suspects=suspects,
        open=left,
        others={verdict: others[verdict] for verdict in Verdict if others[verdict]},
    )


def proving_surface(
    judged: Judgement | None, readings: Iterable[Reading], policy: Policy, now: FiledIdentity
) -> str:
    """The surface that showed the newest post of the judgement; "" where only a person saw it.

    Where another one had named the post's link, that one. `readings` are those by which the account is judged.
    `now` is who it is by now, with its 暂用标识.
    """
    if judged is None:
        return ""
    for reading in readings:
        said = of_identity(reading, now)
        if said is None or said.look is LookKind.PERSON:
            continue
        for sight, post in posts_of(said, policy):
            if post.on == judged.latest_on:
                return sight.link_from or sight.surface
    return ""
