"""Into which queue an account's look goes: that of a login which may help, else of visitors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from mediawatch.domain import Account
from mediawatch.ports import SurfaceFacts
from mediawatch.ports.store import WorkerState
from mediawatch.ports.tasks import queue_of

Ways = Callable[[Account, Collection[str]], Sequence[SurfaceFacts]]
"""The surfaces that could be asked about an account with some login of each of these words."""


class QueueChoice:
    """Chooses among the queues that live workers serve.

    A look goes to one worker. Of those with a useful login it goes to the one that holds most kinds
    of them, and among equals to the login that was given fewest looks.
    """

    def __init__(self, workers: Iterable[WorkerState], ways: Ways) -> None:
        self.workers = tuple(worker for worker in workers if worker.alive)
        self.served = frozenset(queue for each in self.workers for queue in each.card.queues)
        self._ways = ways
        self._given: Counter[str] = Counter()
        self._holders: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        """By word, its logins, each with the words that its worker holds."""
        self._own: dict[int, str] = {}
        """By account, the login that is its own."""
        for worker in self.workers:
            words = frozenset(login.partition(":")[0] for login in worker.card.logins)
            for login in worker.card.logins:
                self._holders[login.partition(":")[0]].append((login, words))
            for login, accounts in worker.card.own_accounts.items():
                self._own |= dict.fromkeys(accounts, login)

    @property
    def logins(self) -> Counter[str]:
        """How many logins of each word there are."""
        return Counter({word: len(held) for word, held in self._holders.items()})

    def queue_for(self, account: Account) -> str:
        """The queue of an account's look."""
        if own := self._own.get(account.id):
            return queue_of(account.platform, own)
        useful = {
            facts.login
            for facts in self._ways(account, self._holders.keys())
            if facts.login and not facts.for_some
        }
        logins = [held for word in useful for held in self._holders.get(word, ())]
        if not logins:
            return queue_of(account.platform)
        login, _ = min(
            logins, key=lambda held: (-len(held[1] & useful), self._given[held[0]], held[0])
        )
        self._given[login] += 1
        return queue_of(account.platform, login)
