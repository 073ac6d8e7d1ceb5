"""`make year`: a year of nights over 2 432 accounts without a browser, through `rules.next_due` and
`rules.judge`.

Next to a nightly census that looks at everything and fails in the same looks: looks a night, and
how long a silence, another name or a deregistration goes unseen. The rhythms and rates are
assumptions, not measurements; they stand in `lives.py`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from lives import BEGIN, NIGHT, Life, lives, midnight
from watches import ListWatch

from mediawatch.domain import Code, Finding
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.due import next_due
from mediawatch.rules.policy import Policy, load

NAMES = (Code.RENAMED_UNREPORTED, Code.NAME_MISMATCH)


@dataclass
class YearWatch(ListWatch):
    """What the nightly sweeps found when."""

    stale: dict[date, int] = field(default_factory=dict)
    renamed: int | None = None
    gone: int | None = None

    def night(self, night: int, policy: Policy) -> None:
        """Sweep, and note what was found."""
        judged = self.sweep(night, midnight(night) + NIGHT, self.life.looked_at(night), policy)
        for finding in judged.findings if judged else ():
            self._note(finding, night)

    def _note(self, finding: Finding, night: int) -> None:
        if finding.code in NAMES:
            self.renamed = night if self.renamed is None else self.renamed
        elif finding.code is Code.CANCELLED_NOT_CLOSED:
            self.gone = night if self.gone is None else self.gone
        elif finding.latest_on:
            self.stale.setdefault(finding.latest_on, night)


def year(count: int, nights: int, policy: Policy, seed: int = 1) -> dict[str, Any]:
    """Run the nights; figures by name."""
    watches = [YearWatch(life) for life in lives(count, nights, seed)]
    looked: list[int] = []
    looks: list[int] = []
    due = [BEGIN] * count
    for night in range(nights):
        now = midnight(night) + NIGHT
        wanted = [index for index, day in enumerate(due) if day <= now.date()]
        before = sum(watch.looks for watch in watches)
        for index in wanted:
            watches[index].night(night, policy)
            # From the next night on: a look of tonight is never due tonight again.
            state, filed = watches[index].known_state(), watches[index].life.filed
            due[index] = max(next_due(state, filed, policy, now), now.date() + timedelta(days=1))
        looked.append(len(wanted))
        looks.append(sum(watch.looks for watch in watches) - before)
    later = looked[1:]
    # A census, too, looks twice at whatever is silent.
    silent = sum(
        len(shown)
        for watch in watches
        if watch.life.complete
        for _, shown in watch.life.silences(
            nights, account_policy(policy, watch.life.filed).stale_gap
        )
    )
    census = count + silent / nights
    found = _delays(watches, nights, policy)
    return {
        "accounts": count, "nights": nights, "first_night": looked[0], "mean_share": sum(later) / len(later) / count,
        "greatest_share": max(later) / count, "mean_share_with_second_looks": sum(looks[1:]) / len(later) / census, **found,
    }  # fmt: skip


def _delays(watches: Sequence[YearWatch], nights: int, policy: Policy) -> dict[str, Any]:
    stale: list[int] = []
    missed = 0
    for watch in watches:
        life = watch.life
        for newest, shown in life.silences(
            nights, account_policy(policy, watch.life.filed).stale_gap
        ):
            clear = (
                night for night in shown if not life.fails(night, 1) and not life.fails(night, 2)
            )
            census = next(clear, None) if life.complete else None
            if census is not None:
                ours = watch.stale.get(newest)
                missed += ours is None
                stale += [] if ours is None else [ours - census]
    names = [
        (watch.renamed, since)
        for watch in watches
        if (since := _readable(watch.life, nights)) is not None
    ]
    renamed = [found - since for found, since in names if found is not None]
    unseen = sum(found is None and since + 14 < nights for found, since in names)
    gone = [
        watch.gone - watch.life.gone
        for watch in watches
        if watch.gone is not None and watch.life.gone is not None
    ]
    return {
        "silences": len(stale) + missed,
        "silences_later_than_census": sum(delay > 0 for delay in stale),
        "silences_missed": missed,
        "greatest_silence_delay": max(stale, default=0),
        "names": len(renamed),
        "names_within_7_days": sum(delay <= 7 for delay in renamed),
        "greatest_name_delay": max(renamed, default=0),
        "names_missed": unseen,
        "gone": len(gone),
        "greatest_gone_delay": max(gone, default=0),
    }


def _readable(life: Life, nights: int) -> int | None:
    """The night from which another name shows, if the account lives on for a while."""
    if life.renamed is None or (life.gone is not None and life.gone < life.renamed + 14):
        return None
    return life.renamed if life.renamed < nights else None


def main() -> None:
    count, nights = (int(word) for word in sys.argv[1:3]) if len(sys.argv) > 2 else (2_432, 365)
    figures = year(count, nights, load("national"))
    for name, value in figures.items():
        print(
            f"{name.replace('_', ' '):<28} {value:>10.1%}"
            if isinstance(value, float)
            else f"{name.replace('_', ' '):<28} {value:>10}"
        )
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
