"""人工检查 into the store: one answer at a time, held against all that was answered before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mediawatch.domain import (
    Account,
    Code,
    Evidence,
    FiledIdentity,
    LookKind,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    SeenRepost,
    Sight,
    SweepKind,
    same_ids,
)
from mediawatch.domain.clock import day_of, minute
from mediawatch.people import PERSON
from mediawatch.people.forms.problem_columns import ProblemColumn
from mediawatch.people.forms.rowkey import Window
from mediawatch.people.repost_refutations import find_by_title, seen_reposts
from mediawatch.people.worklist.answers import SHARED_WORDS, UNCOUNTED
from mediawatch.people.worklist.earlier_answers import refuse_shared
from mediawatch.people.worklist.parse import RowQuestion
from mediawatch.people.worklist.problem_answer import (
    GivenProblem,
    ProblemFault,
    is_repeat,
    problem_faults,
    problem_look,
)
from mediawatch.people.worklist.problem_refusals import (
    UNTIED,
    FiledPages,
    answers_of,
    doubtful_person,
    link_faults,
    other_thing,
    pictured_by,
    with_confirmed_words,
)
from mediawatch.people.worklist.todo import account_links, all_that_is_known, ids_of
from mediawatch.ports import Dossier, Store
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.problem_proofs import ProblemState, problem_proofs, standing_looks
from mediawatch.rules.ties import tie_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemReceipt:
    """What became of one answer: kept, known already, or refused."""

    kept: Reading | None = None
    repeated: bool = False
    faults: tuple[ProblemFault, ...] = ()
    remark: str = ""
    """What the person must know at once, in Chinese: that it does not count yet, and why."""
    state: ProblemState = ProblemState.NONE
    """How far the problem is proved now."""


class ProblemIntake:
    """Takes people's answers about problems of one inspection, each by itself."""

    def __init__(
        self,
        store: Store,
        judged: JudgedScope,
        now: datetime,
        keep_evidence: Callable[[Reading], Awaitable[Reading]],
        sites: Callable[[str], Collection[str]],
        read_evidence: Callable[[Evidence], bytes] = lambda item: b"",
    ) -> None:
        """`keep_evidence`, `read_evidence`: of `EvidenceFolder`; `sites`: hosts of a platform's pages."""
        self.read_evidence = read_evidence
        self.store, self.now, self.keep_evidence, self.sites = store, now, keep_evidence, sites
        self.sweep, self.policy = judged.sweep, judged.policy
        self.scope = {entry.account.id: entry.account for entry in judged.entries}
        self._pages = FiledPages({})
        self._issued: Mapping[int, datetime] = {}
        self.pictures: dict[str, set[int]] = {}
        """By SHA-256 the accounts for which a picture was handed in."""
        self._known: dict[int, list[Reading]] = {}
        self._identities: dict[int, FiledIdentity] = {}
        self._said: dict[int, list[Reading]] = {}
        """By account its looks for problems, with what was taken in since."""

    async def load(self) -> None:
        """Read what all answers are held against."""
        accounts = await self.store.accounts.all(include_retired=True)
        self._pages = FiledPages({account.id: account for account in accounts})
        self._issued = await self.store.notices.issued_at(self.sweep.id)

    async def load_accounts(self, numbers: Iterable[int]) -> None:
        """Read what is known of these accounts, all at once."""
        wanted = sorted({*numbers} - self._known.keys())
        if not wanted:
            return
        self._known |= await all_that_is_known(self.store, wanted, self.sweep)
        now = await self.store.accounts.current(wanted)
        self._identities |= {number: each.identity for number, each in now.items()}
        looks = await self.store.readings.problem_looks(self.sweep.id, wanted)
        self._said |= {number: list(looks.get(number, ())) for number in wanted}

    async def take(
        self, account: Account, given: GivenProblem, *, untimed: bool = False
    ) -> ProblemReceipt:
        """Keep an answer about an account of the scope, or say what is wrong with it.

        `untimed`: its time is that of the call, and makes no other look of the same answer.
        """
        await self.load_accounts([account.id])
        given = await self._of_task(account, given)
        known, now = self._known[account.id], self._identities[account.id]
        looks = self._looks(account.id, given.code)
        confirmed = with_confirmed_words(given, standing_looks(looks))
        if not isinstance(confirmed, GivenProblem):
            return ProblemReceipt(faults=(confirmed,))
        given = confirmed
        asked = RowQuestion(
            account=account,
            sweep_id=self.sweep.id,
            window=Window.asked_about(self.sweep, account_policy(self.policy, account.filed)),
            ids=tuple(
                dict.fromkeys(
                    (
                        *ids_of(self._pages.filed_now.get(account.id, account), known),
                        *ids_of(account, ()),
                    )
                )
            ),
            linked=bool(account_links(account, known)),
        )
        faults = [
            *problem_faults(given, asked, self.sites(account.platform), self.now),
            *self._late_faults(account, given),
            *doubtful_person(given, looks),
        ]
        if not faults and not given.own_link(asked):
            faults += await link_faults(self.store, account, given, self._pages)
        if faults:
            return ProblemReceipt(faults=tuple(faults))
        look = problem_look(given, asked, self.now)
        own_looks = answers_of(given.person, looks)
        if any(is_repeat(look, each, untimed=False) for each in own_looks) or (
            own_looks and untimed and is_repeat(look, own_looks[-1], untimed=True)
        ):
            state = await self._state(account, looks, now, known, look)
            return ProblemReceipt(repeated=True, state=state)
        against = await self._reposts(account, [look])
        if against and against[0].is_certain:
            return ProblemReceipt(faults=((ProblemColumn.WORDS, against[0].words),))
        if picture_faults := await self._picture_faults(account, given, looks):
            return ProblemReceipt(faults=tuple(picture_faults))
        kept = await self.store.readings.keep(await self.keep_evidence(look))
        self._said[account.id].append(kept)
        for shot in given.good_shots:
            self.pictures.setdefault(shot.sha256, set()).add(account.id)
        return ProblemReceipt(
            kept=kept,
            remark=self._why_uncounted(kept, account, now, known)
            or "".join(f"{UNCOUNTED}：{each.words}" for each in against)
            or other_thing(given, standing_looks(looks)),
            state=await self._state(account, [*looks, kept], now, known, kept),
        )

    async def _of_task(self, account: Account, given: GivenProblem) -> GivenProblem:
        """The answer with the item of a repost task whose title it names."""
        if given.code is not Code.NOT_REPOSTED or given.task is not None:
            return given
        found = await find_by_title(self.store, given.words, account)
        return replace(given, task=found[0].id, item=found[1].number) if found else given

    async def _reposts(self, account: Account, looks: Sequence[Reading]) -> tuple[SeenRepost, ...]:
        found = await seen_reposts(self.store, [account], {account.id: looks}, self._issued)
        return found.get(account.id, ())

    async def withdraw(self, account: Account, code: Code, by: str, reason: str) -> Reading | None:
        """A person takes his answers back; None where he has none that stands."""
        await self.load_accounts([account.id])
        own_looks = answers_of(by, self._looks(account.id, code))
        if not own_looks:
            return None
        # Under the name that he wrote before: the answer to take back is found by it.
        taken_back = await self.store.readings.keep(
            Reading(
                account_id=account.id,
                look=LookKind.PERSON,
                started_at=self.now,
                read_at=self.now,
                sights=(Sight(surface=PERSON, read_at=self.now, detail=f"撤回原因：{reason}"),),
                sweep_id=self.sweep.id,
                by=own_looks[-1].by,
                filed_as=account.filed.identity,
                problem=ProblemSeen(code=code, answer=ProblemAnswer.WITHDRAWN, words=reason),
            )
        )
        self._said[account.id].append(taken_back)
        return taken_back

    def _looks(self, account_id: int, code: Code) -> list[Reading]:
        return [
            each for each in self._said[account_id] if each.problem and each.problem.code is code
        ]

    def _late_faults(self, account: Account, given: GivenProblem) -> list[ProblemFault]:
        """Nothing is added to an inspection whose notice named the account.

        A re-check is about what is seen from its own day on.
        """
        first = day_of(self.sweep.as_of)
        if (
            self.sweep.kind is SweepKind.RECHECK
            and given.read_at is not None
            and day_of(given.read_at) < first
        ):
            return [(ProblemColumn.TIME, f"检查时间早于复查的时点（{first}），不能用于复查")]
        issued = self._issued.get(account.id)
        if issued is None or (not given.accuses and given.read_at and given.read_at <= issued):
            return []
        words = (
            f"该账号已于{minute(issued)}列入本次检查的通报：其后的检查属于复查，"
            "请用 recheck 开展复查，并以 --sweep 指明复查的编号"
        )
        return [(ProblemColumn.TIME, words)]

    async def _picture_faults(
        self, account: Account, given: GivenProblem, looks: Sequence[Reading]
    ) -> list[ProblemFault]:
        digests = {shot.sha256 for shot in given.good_shots}
        self.pictures |= await self.store.evidence.owners(digests - self.pictures.keys())
        ids = set(self._pages.filed_now.get(account.id, account).filed.ids)
        others = [
            other.filed.name
            for number in sorted(
                {each for digest in digests for each in self.pictures.get(digest, ())}
            )
            if number != account.id
            and (other := self._pages.filed_now.get(number)) is not None
            and not ids & set(other.filed.ids)
        ]
        if others and SHARED_WORDS not in given.remark:
            return [(ProblemColumn.SHOT, refuse_shared(others))]
        if given.accuses and (used_by := pictured_by(given, looks, self.read_evidence)):
            words = (
                f"该截图是{used_by}检查时所附：请附本人检查时的截图，"
                "截图应含时间等能与他人截图区别的内容"
            )
            return [(ProblemColumn.SHOT, words)]
        return []

    def _dossier(
        self,
        account: Account,
        now: FiledIdentity,
        known: Sequence[Reading],
        looks: Sequence[Reading],
    ) -> Dossier:
        return Dossier(
            filed=account.filed,
            identity=now,
            readings=tuple(known),
            problem_looks=tuple(looks),
        )

    async def _state(
        self,
        account: Account,
        looks: Sequence[Reading],
        now: FiledIdentity,
        known: Sequence[Reading],
        look: Reading,
    ) -> ProblemState:
        dossier = replace(
            self._dossier(account, now, known, looks),
            reposts=await self._reposts(account, looks),
        )
        proofs = problem_proofs(dossier, self.sweep.as_of, self.policy)
        code = look.problem.code if look.problem else None
        proof = next((each for each in proofs if each.code is code), None)
        if proof is None:
            return ProblemState.NONE
        of_look = (each for each in proof.others if look.id in {one.id for one in each.readings})
        return next(of_look, proof).state

    def _why_uncounted(
        self, kept: Reading, account: Account, now: FiledIdentity, known: Sequence[Reading]
    ) -> str:
        """Why an answer proves nothing yet; "" where it counts."""
        if _answer(kept) is not ProblemAnswer.FOUND:
            return "" if any(sight.matched_by for sight in kept.sights) else UNTIED
        if not account.filed.in_service:
            return f"{UNCOUNTED}：该账号在台账中为“{account.filed.status.label}”"
        if same_ids(account.filed.platform_id, account.filed.original_id, now) is False:
            return f"{UNCOUNTED}：该账号的备案ID在检查开始后已更正，所见可能是另一个账号"
        dossier = self._dossier(account, now, known, [kept])
        own = replace(account.filed, platform_id=now.platform_id, original_id=now.original_id)
        tied = (tie_of(sight, kept, replace(dossier, filed=own)) for sight in kept.sights)
        if any(tie is not None for tie in tied):
            return ""
        if now.found_by_name or now.shares_name:
            return (
                f"{UNCOUNTED}：按名称检索到过同名账号，或台账中另有同名账号，"
                "所见可能是其他单位的账号，请先由台账登记账号ID"
            )
        return f"{UNCOUNTED}：只有名称，不能证明是该账号，请以备案ID重新检查"


def _answer(look: Reading) -> ProblemAnswer | None:
    return look.problem.answer if look.problem else None
