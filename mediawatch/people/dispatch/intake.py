"""Units' answers in: 单位反馈 as events, links for the machine to open, and bad rows back.

A bad row goes back with its place and the remedy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from unicodedata import normalize

from mediawatch.domain import (
    Account,
    LinkWay,
    ReviewAction,
    ReviewEvent,
    ReviewPicture,
    Source,
    Stance,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.people.dispatch.answers import DispatchRow, UnitAnswers, read_rows
from mediawatch.people.dispatch.export import key_of
from mediawatch.people.dispatch.sheet import (
    DispatchColumn,
    version_of,
    versions_in,
)
from mediawatch.people.forms.columns import typed_links
from mediawatch.people.forms.hyperlinks import link_fault
from mediawatch.people.forms.returned import source_of
from mediawatch.people.forms.rowkey import Window, is_marked, misfit, parse_key
from mediawatch.people.link_files import read_answer
from mediawatch.ports import Store
from mediawatch.registry.problems import RowProblem
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.judged_scope import JudgedScope


async def import_answers(
    store: Store,
    paths: Sequence[Path],
    judged: JudgedScope,
    *,
    evidence: EvidenceFolder,
    now: datetime,
) -> UnitAnswers:
    """Read returned files of a judged sweep, and note what holds, in one go.

    Rows are independent; importing a file again changes nothing.
    """
    known: dict[int, list[ReviewEvent]] = {}
    for event in await store.reviews.events(judged.sweep.id):
        known.setdefault(event.account_id, []).append(event)
    newest = max((event.id for events in known.values() for event in events), default=0)
    intake = _Intake(store, evidence, judged, await store.operator.home_id(), known, now)
    sources = [source for path in paths if (source := await intake.take(path)) is not None]
    if intake.done.events:
        await store.reviews.add(judged.sweep.id, intake.done.events, after=newest)
    noted = {source.sha256 for source, _ in await store.accounts.sources()}
    for source in sources:
        if source.sha256 not in noted:
            await store.accounts.add_source(source, "dispatch")
    return intake.done


class _Intake:
    def __init__(
        self,
        store: Store,
        evidence: EvidenceFolder,
        judged: JudgedScope,
        home: str,
        known: Mapping[int, list[ReviewEvent]],
        now: datetime,
    ) -> None:
        self.store, self.evidence, self.sweep = store, evidence, judged.sweep
        self.home, self.known, self.now = home, known, now
        self.policy = judged.policy
        self.scope = {entry.account.id: entry.account for entry in judged.entries}
        self.done = UnitAnswers()

    async def take(self, path: Path) -> Source | None:
        """Read one file; what it was, if any of its rows holds."""
        before = len(self.done.accounts)
        for rows in self.done.batches(path, read_rows(path)):
            for row in await self._without_ours(rows):
                await self._take_row(row)
        return source_of(path, self.now) if len(self.done.accounts) > before else None

    async def _without_ours(self, rows: Sequence[DispatchRow]) -> list[DispatchRow]:
        """The rows without the pictures that went out in them.

        What is left was filed by the unit.
        """
        keys = [parse_key(row.text(DispatchColumn.KEY)) if row.shots else None for row in rows]
        readings = await self.store.readings.by_account(
            sorted(self.known.keys() & {key.account_id for key in keys if key})
        )
        ours = {
            number: {item.sha256 for reading in some for item in reading.evidence}
            for number, some in readings.items()
        }
        return [
            replace(
                row,
                shots=tuple(
                    shot for shot in row.shots if shot.sha256 not in ours.get(key.account_id, ())
                ),
            )
            if key
            else row
            for row, key in zip(rows, keys, strict=True)
        ]

    async def _take_row(self, row: DispatchRow) -> None:
        if row.blank:
            self.done.blank += 1
            return
        account = self._account_of(row)
        links = typed_links(row.text(DispatchColumn.LINK))
        problems = [account] if isinstance(account, RowProblem) else []
        if not row.text(DispatchColumn.PERSON):
            problems.append(row.problem(DispatchColumn.PERSON, "请填写责任人姓名"))
        if row.text(DispatchColumn.LINK) and (fault := link_fault(links)):
            problems.append(row.problem(DispatchColumn.LINK, fault))
        stance = row.text(DispatchColumn.STANCE)
        if stance and stance not in [*Stance]:
            problems.append(
                row.problem(
                    DispatchColumn.STANCE, f"请从下拉列表选择“{Stance.AGREES}”或“{Stance.DISPUTES}”"
                )
            )
        problems += [
            row.problem(DispatchColumn.RECORD, shot.problem) for shot in row.shots if shot.problem
        ]
        if problems or isinstance(account, RowProblem):
            self.done.refuse(row, problems)
            return
        await self._note(row, account, links, Stance(stance) if stance else None)

    def _account_of(self, row: DispatchRow) -> Account | RowProblem:
        """The account of a row, by its key.

        The key must fit the sweep, the row's own texts and a dispatch.
        """
        key = row.key(DispatchColumn.KEY, self.home, self.sweep.id)
        if isinstance(key, RowProblem):
            return key
        texts = {column: row.text(column) for column in DispatchColumn}
        account = self.scope.get(key.account_id)
        altered = (
            "行键与本行的备案单号、名称、类型、疑似依据对不上：这几列被改动，或只对部分列作了排序"
        )
        if account is None:
            return row.problem(DispatchColumn.KEY, altered)
        window = Window.of(self.sweep, account_policy(self.policy, account.filed))
        wrong = misfit(
            key,
            self.home,
            lambda home: key_of(home, key.sweep_id, account, window, texts),
            told_apart=bool(texts[DispatchColumn.NUMBER]),
            marked=is_marked(self.sweep),
        )
        if wrong is not None:
            return row.problem(DispatchColumn.KEY, wrong or altered)
        if not any(
            event.action is ReviewAction.DISPATCHED for event in self.known.get(account.id, ())
        ):
            return row.problem(
                DispatchColumn.KEY, "该账号未曾下发核实：请核对是否交回了另一套台账的表"
            )
        return account

    async def _note(
        self, row: DispatchRow, account: Account, links: Sequence[str], stance: Stance | None
    ) -> None:
        """An event for each finding that the row names, about what was sent down.

        What has changed since then is not answered.
        """
        self.done.accounts.append(account.id)
        reason = row.text(DispatchColumn.EXPLANATION)
        if links:
            reason = f"{reason}（最新链接：{' '.join(links)}）"
        before = self.known.get(account.id, [])
        named = versions_in(row.text(DispatchColumn.VERSION))
        sent = {
            event.code: event
            for event in before
            if event.action is ReviewAction.DISPATCHED
            and (not named or event.facts is None or version_of(event.facts) in named)
        }
        pictures = await self._pictures(row)
        said = {
            _word(event): bool(event.pictures)
            for event in (*before, *self.done.events)
            if event.account_id == account.id
        }
        answers = [
            ReviewEvent(
                sweep_id=self.sweep.id,
                account_id=account.id,
                code=code,
                action=ReviewAction.ANSWERED,
                at=self.now,
                by=row.text(DispatchColumn.PERSON),
                reason=reason,
                source=row.place.file,
                sentence=event.sentence,
                facts=event.facts,
                stance=stance,
                pictures=pictures,
            )
            for code, event in sent.items()
        ]
        # Office suites compress pictures anew when they save: other bytes are no other answer. A
        # first picture is another answer.
        new = [
            event
            for event in answers
            if _word(event) not in said or (event.pictures and not said[_word(event)])
        ]
        self.done.repeated += not new
        self.done.pictures += len(pictures) if new else 0
        self.done.events += new
        by = row.text(DispatchColumn.PERSON)
        read = read_answer(links, row.place, account.id, LinkWay.DISPATCH, by)
        self.done.articles += read.articles
        self.done.others += [(row.place, link) for link in read.others]

    async def _pictures(self, row: DispatchRow) -> tuple[ReviewPicture, ...]:
        """The pictures of a row, in the evidence folder, each once."""
        kept = {}
        for shot in row.shots:
            item = await self.evidence.file(shot.capture(self.now))
            kept[item.sha256] = ReviewPicture(
                path=item.path, sha256=item.sha256, media_type=item.media_type, size=item.size
            )
        return tuple(kept.values())


def _word(event: ReviewEvent) -> tuple[object, ...]:
    """What makes an answer another one, whatever the width of its punctuation."""
    reason = normalize("NFKC", event.reason)
    return event.action, event.code, event.facts, event.by, reason, event.stance
