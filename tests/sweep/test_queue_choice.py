"""Into which queue a look goes, by the logins that live workers hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sweeps import FACTS

from mediawatch.domain import Account, Filing
from mediawatch.ports import SurfaceFacts
from mediawatch.ports.store import SILENCE, WorkerCard, WorkerState
from mediawatch.ports.tasks import queue_at, queue_of
from mediawatch.sweep.queues import QueueChoice

NOW = datetime(2031, 1, 1, tzinfo=UTC)


def worker(name: str, *logins: str, silent: timedelta = timedelta(), **more: object) -> WorkerState:
    card = WorkerCard(
        name=name,
        host=name,
        process=1,
        version="1",
        logins=logins,
        queues=("wechat:visitor", "weibo:visitor", *logins),
    )
    return WorkerState(
        card=replace(card, **more),  # type: ignore[arg-type]
        started_at=NOW,
        seen_at=NOW - silent,
        now=NOW,
    )


def account(number: int, platform: str = "wechat") -> Account:
    return Account(id=number, filed=Filing(name=f"示例{number}", platform=platform))


def ways(account: Account, words: Collection[str]) -> tuple[SurfaceFacts, ...]:
    of_platform = {"wechat": ("weread", "search", "mp"), "weibo": ("weibo",)}[account.platform]
    return tuple(
        replace(FACTS, name=word, login=word, for_some=word == "mp")
        for word in of_platform
        if word in words
    )


def chosen(*workers: WorkerState, count: int = 6, platform: str = "wechat") -> Counter[str]:
    choice = QueueChoice(workers, ways)
    return Counter(choice.queue_for(account(number, platform)) for number in range(count))


def test_without_a_useful_login_a_look_is_a_visitors() -> None:
    assert chosen(worker("a", "weibo:office")) == {"wechat:visitor": 6}
    assert chosen() == {"wechat:visitor": 6}


def test_logins_of_a_kind_are_given_as_many_looks_each() -> None:
    two = chosen(worker("a", "weread:one"), worker("b", "weread:two"))
    assert two == {"weread:one": 3, "weread:two": 3}


def test_the_worker_with_most_kinds_of_logins_is_preferred() -> None:
    found = chosen(worker("a", "weread:one"), worker("b", "search:s", "weread:two"))
    assert found == {"weread:two": 3, "search:s": 3}


def test_the_login_of_a_dead_worker_is_not_served() -> None:
    dead = worker("a", "weread:one", silent=SILENCE + timedelta(seconds=1))
    assert chosen(dead) == {"wechat:visitor": 6}
    assert "weread:one" not in QueueChoice([dead], ways).served


def test_a_back_office_gets_its_own_account_alone() -> None:
    found = chosen(worker("a", "mp:own", own_accounts={"mp:own": (2, 4)}))
    assert found == {"wechat:visitor": 4, "mp:own": 2}


def test_queues_are_named_by_platform_login_and_address() -> None:
    assert queue_of("weibo") == "weibo:visitor"
    assert queue_at("weibo", "north") == "weibo:visitor@north"
    assert queue_of("wechat", "weread:a") == "weread:a"
