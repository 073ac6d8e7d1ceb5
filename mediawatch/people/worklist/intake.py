"""Returned worklists into the store.

Each good row becomes a reading, each bad one goes back with its reason.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from mediawatch.addresses import address_fault
from mediawatch.domain import (
    Account,
    Evidence,
    FiledIdentity,
    LinkWay,
    LookKind,
    Reading,
    rests_on_name,
    same_ids,
)
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.people.forms.columns import SEALED, Column, given_text, typed_links
from mediawatch.people.forms.hyperlinks import clickable
from mediawatch.people.forms.read import ReturnedWorklist, WorklistRow
from mediawatch.people.forms.returned import source_of
from mediawatch.people.forms.rowkey import (
    ALTERED,
    RowKey,
    Window,
    is_marked,
    misfit,
    parse_key,
    sealed_key,
)
from mediawatch.people.link_files import read_answer, read_links
from mediawatch.people.worklist.answers import accuses, answer, why_uncounted
from mediawatch.people.worklist.earlier_answers import repeats, short_answer, with_shared_picture
from mediawatch.people.worklist.imported import Conflict, WorklistImport
from mediawatch.people.worklist.parse import RowQuestion
from mediawatch.people.worklist.problem_intake import ProblemIntake
from mediawatch.people.worklist.problem_rows import ProblemRows
from mediawatch.people.worklist.states import says_none
from mediawatch.people.worklist.todo import account_links, all_that_is_known, ids_of
from mediawatch.ports import Dossier, Store
from mediawatch.registry.problems import RowProblem
from mediawatch.rules.account_policy import AccountPolicy, account_policy
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.periods import freshness
from mediawatch.rules.post_lists import posts_of
from mediawatch.rules.proofs import people_disagree
from mediawatch.rules.ties import keep_speaking, tie_of

Keep = Callable[[Reading], Awaitable[Reading]]
"""Puts the captures of a reading on disk: `EvidenceFolder.keep`."""


async def import_files(
    store: Store,
    paths: Sequence[Path],
    judged: JudgedScope,
    *,
    now: datetime,
    keep_evidence: Keep,
    sites: Callable[[str], Collection[str]] = lambda platform: (),
    read_evidence: Callable[[Evidence], bytes] = lambda item: b"",
    rejudge: Callable[[int], Awaitable[object]] | None = None,
) -> WorklistImport:
    """Read returned worklists of a judged sweep, and keep what holds.

    The sweep is judged again where anything was kept. Rows are independent: good ones are kept
    although others are bad. Importing a file again changes nothing. `sites`: the hosts of a
    platform's pages. `read_evidence`: `EvidenceFolder.read`, by which pictures of two persons are
    told apart.
    """
    intake = _Intake(store, judged, now, keep_evidence, sites)
    intake.looks.read_evidence = read_evidence
    await intake.load()
    for path in paths:
        await intake.take(path)
    intake.note_conflicts()
    # Repeated answers too: the import that kept them may have been cut short before it judged.
    if intake.done.accepted and rejudge is not None:
        await rejudge(judged.sweep.id)
    return intake.done


class _Intake:
    def __init__(
        self,
        store: Store,
        judged: JudgedScope,
        now: datetime,
        keep_evidence: Keep,
        sites: Callable[[str], Collection[str]],
    ) -> None:
        self.store, self.now, self.keep_evidence = store, now, keep_evidence
        self.sweep, self.policy = judged.sweep, judged.policy
        self.done = WorklistImport()
        self.scope = {row.account.id: row for row in judged.entries}
        self.readings: dict[int, list[Reading]] = {}
        self.home = ""
        self.filed_now: Mapping[int, Account] = {}
        self.identities: dict[int, FiledIdentity] = {}
        self.looks = ProblemIntake(store, judged, now, keep_evidence, sites)
        # A picture serves one account, on whichever sheet it is handed in.
        self.pictures = self.looks.pictures

    async def load(self) -> None:
        self.home = await self.store.operator.home_id()
        self.filed_now = {
            account.id: account for account in await self.store.accounts.all(include_retired=True)
        }
        await self.looks.load()

    async def take(self, path: Path) -> None:
        before, found = self.done.accepted, self.done.found
        with ReturnedWorklist(path) as returned:
            for rows in self.done.batches(path, returned.rows()):
                await self._load_known(rows)
                await self._load_pictures(rows)
                for row in rows:
                    await self._take_row(row)
            problems = ProblemRows(self.looks, self.home, found)
            for some in found.batches(path, returned.problem_rows()):
                await problems.load(some)
                for each in some:
                    await problems.take(each)
        if self.done.accepted > before:
            source = source_of(path, self.now)
            if source.sha256 not in {
                known.sha256 for known, _ in await self.store.accounts.sources()
            }:
                await self.store.accounts.add_source(source, "worklist")

    async def _take_row(self, row: WorklistRow) -> None:
        account = self._account_of(row)
        if isinstance(account, RowProblem):
            if not row.blank:
                self.done.refuse(row, [account])
            else:
                self.done.blank += 1
            return
        known = self.readings[account.id]
        links = self._links(row, account, known)
        self._note_links(row, account, links)
        if row.blank:
            self.done.blank += not links
            return
        given = answer(row, self._asked(account, known), self.now)
        if isinstance(given, Reading) and (missing := why_uncounted(given)):
            self.done.remarks.append(f"{row.place.spot} {row.text(Column.NAME)}：该行答案{missing}")
        if isinstance(given, Reading) and any(repeats(given, old) for old in known):
            self.done.repeated += 1
            return
        if isinstance(given, Reading) and (others := self._others_pictured(row, account)):
            given = with_shared_picture(row, given, others)
        if isinstance(given, Reading):
            await self._keep(row, given, known)
        else:
            self.done.refuse(row, given)

    def _account_of(self, row: WorklistRow) -> Account | RowProblem:
        """The account of a row, by its key.

        The key must fit the sweep, the registry and the row's own texts.
        """
        key = row.key(Column.KEY, self.home, self.sweep.id)
        if isinstance(key, RowProblem):
            return key
        found = self.scope.get(key.account_id)
        if found is None or given_text(found.account.filed.name) != given_text(
            row.text(Column.NAME)
        ):
            return row.problem(Column.KEY, "本次检查中没有这个账号")
        filed, sealed = found.account.filed, [row.text(column) for column in SEALED]

        own = account_policy(self.policy, filed)
        asked = Window.asked_about(self.sweep, own)
        self.done.windows.add(asked)

        def made(home: str, window: Window = asked) -> RowKey:
            return sealed_key(home, key.sweep_id, key.account_id, window, sealed, filed)

        wrong = misfit(
            key,
            self.home,
            made,
            told_apart=bool(row.text(Column.IDS)),
            marked=is_marked(self.sweep),
        )
        if wrong == ALTERED and made(self.home, Window.of(self.sweep, own)) == key:
            wrong = "这一行由旧版本导出，所问的不是整个检查时段，请重新导出后填写"
        if wrong is not None:
            return row.problem(
                Column.KEY,
                wrong
                or "行键与本行的备案名称、类型、原始ID对不上：这几列被改动，或只对部分列作了排序",
            )
        now = self.filed_now.get(found.account.id, found.account).filed
        if same_ids(filed.platform_id, filed.original_id, now.identity) is False:
            return row.problem(
                Column.KEY,
                (
                    "该账号的备案ID在清单导出后已更正，"
                    "所答可能是另一个账号：请在下次检查的清单中重新核查"
                ),
            )
        return found.account

    async def _load_known(self, rows: Sequence[WorklistRow]) -> None:
        keys = (parse_key(row.text(Column.KEY)) for row in rows)
        wanted = {
            key.account_id for key in keys if key and key.account_id in self.scope
        } - self.readings.keys()
        self.readings.update(await all_that_is_known(self.store, sorted(wanted), self.sweep))
        now = await self.store.accounts.current(sorted(wanted))
        self.identities |= {key: each.identity for key, each in now.items()}

    async def _load_pictures(self, rows: Iterable[WorklistRow]) -> None:
        hashes = {digest for row in rows for digest in _digests(row)} - self.pictures.keys()
        self.pictures |= await self.store.evidence.owners(hashes)

    def _others_pictured(self, row: WorklistRow, account: Account) -> list[str]:
        """The other accounts for which a picture of the row was handed in before.

        Further filings of this account do not count.
        """
        ids = set(self._filed_now(account).filed.ids)
        owners = {owner for digest in _digests(row) for owner in self.pictures.get(digest, ())} - {
            account.id
        }
        others = [self.filed_now[owner] for owner in sorted(owners) if owner in self.filed_now]
        return [other.filed.name for other in others if not ids & set(other.filed.ids)]

    def _filed_now(self, account: Account) -> Account:
        return self.filed_now.get(account.id, account)

    def _asked(self, account: Account, known: Sequence[Reading]) -> RowQuestion:
        by_machine = [reading for reading in known if reading.look is not LookKind.PERSON]
        now = self.identities[account.id]
        days: frozenset[date] = frozenset(
            post.on
            for reading in by_machine
            for sight, post in posts_of(reading, self.policy)
            if not rests_on_name(sight, now)
        )
        return RowQuestion(
            account=account,
            sweep_id=self.sweep.id,
            window=Window.asked_about(self.sweep, self._own(account.id)),
            posted_on=days,
            ids=tuple(
                dict.fromkeys((*ids_of(self._filed_now(account), known), *ids_of(account, ())))
            ),
            linked=bool(account_links(account, known)),
        )

    def _links(self, row: WorklistRow, account: Account, known: Sequence[Reading]) -> list[str]:
        """Links answered in the link column that were not known before."""
        written = row.cells.get(Column.LINK)
        found = dict.fromkeys(typed_links(written) if isinstance(written, str) else ())
        old = account_links(account, known)
        if not found and row.text(Column.LINK) and not says_none(row.text(Column.LINK)):
            self.done.remarks.append(
                row.problem(Column.LINK, "不是 http(s) 链接，没有打开").sentence
            )
        new = [link for link in found if link not in old]
        for link in new:
            if fault := address_fault(link):
                self.done.remarks.append(
                    row.problem(Column.LINK, f"{fault.label}，没有打开：{link[:200]}").sentence
                )
            elif not clickable(link):
                self.done.remarks.append(
                    row.problem(Column.LINK, f"链接过长，没有打开：{link[:80]}…").sentence
                )
            elif account.platform == "wechat" and read_links(link).others:
                self.done.remarks.append(
                    row.problem(Column.LINK, f"不是微信文章链接，没有打开：{link[:200]}").sentence
                )
        return [link for link in new if clickable(link)]

    def _note_links(self, row: WorklistRow, account: Account, links: Sequence[str]) -> None:
        for link in links:
            if (account.id, link) not in self.done.links:
                self.done.links.append((account.id, link))
                by = row.text(Column.PERSON)
                read = read_answer([link], row.place, account.id, LinkWay.WORKLIST, by)
                self.done.articles += read.articles

    async def _keep(self, row: WorklistRow, given: Reading, known: list[Reading]) -> None:
        for digest in _digests(row):
            self.pictures.setdefault(digest, set()).add(given.account_id)
        kept = await self.store.readings.keep(await self.keep_evidence(given))
        known.append(kept)
        self.done.readings.append(kept)
        if accuses(kept) and not why_uncounted(kept) and not self._counts(kept, known):
            now = self.identities[kept.account_id]
            words = (
                "该行答案暂不计入：按名称检索到过同名账号，或台账中另有同名账号，"
                "所见可能是其他单位的账号，请先由台账登记账号ID"
                if now.found_by_name or now.shares_name
                else "该行答案暂不计入：该账号的备案信息在清单导出后有变动，"
                "或系统已读到它的ID而本行只有名称，请以备案ID重新核查"
            )
            self.done.remarks.append(f"{row.place.spot} {row.text(Column.NAME)}：{words}")
        elif words := self._open_gap(kept, known):
            self.done.remarks.append(f"{row.place.spot} {row.text(Column.NAME)}：{words}")

    def _open_gap(self, kept: Reading, readings: Sequence[Reading]) -> str:
        """Of a period: the gap that stays too long after a 有, as a clause; "" where none does."""
        first = self.sweep.period_from
        if first is None or accuses(kept) or not kept.sights[0].posts:
            return ""
        known = keep_speaking(self._dossier(kept.account_id, readings), self.sweep.as_of)
        own = self._own(kept.account_id)
        gap = freshness(known, first, self.sweep.as_of, own).gap
        if gap is None or not own.judged_by_updates or not own.exceeds(gap.days):
            return ""
        return (
            f"该行答案已收入，尚不足以结案：检查时段看更新间隔，{chinese_day(gap.since)}至"
            f"{chinese_day(gap.until)}间隔{gap.days}天（应不超过{own.stale_gap - 1}天），"
            "请补填其间各条发布的日期，或粘贴链接"
        )

    def _own(self, account_id: int) -> AccountPolicy:
        """The policy of an account, by its filed values in the sweep."""
        return account_policy(self.policy, self.scope[account_id].account.filed)

    def _dossier(self, account_id: int, readings: Sequence[Reading]) -> Dossier:
        return Dossier(
            filed=self.scope[account_id].account.filed,
            readings=tuple(readings),
            identity=self.identities[account_id],
        )

    def _counts(self, kept: Reading, readings: Sequence[Reading]) -> bool:
        """Whether the answer is tied to the account as it is filed now: the judge's own question."""
        known = keep_speaking(self._dossier(kept.account_id, readings), self.sweep.as_of)
        own_readings = [reading for reading in known.readings if reading.id == kept.id]
        return any(
            tie_of(sight, reading, known) is not None
            for reading in own_readings
            for sight in reading.sights
        )

    def note_conflicts(self) -> None:
        for account_id in dict.fromkeys(reading.account_id for reading in self.done.readings):
            account, readings = self.scope[account_id].account, self.readings[account_id]
            known = self._dossier(account_id, readings)
            if people_disagree(
                known, self.sweep.as_of, self._own(account_id), self.sweep.period_from
            ):
                people = (
                    each
                    for each in readings
                    if each.look is LookKind.PERSON and each.read_at >= self.sweep.as_of
                )
                latest = {reading.by: reading for reading in people}
                said = tuple(
                    f"{by}（{day_of(reading.read_at)}）{short_answer(reading)}"
                    for by, reading in latest.items()
                )
                self.done.conflicts.append(Conflict(account, said))


def _digests(row: WorklistRow) -> list[str]:
    return [shot.sha256 for shot in row.shots if not shot.problem]
