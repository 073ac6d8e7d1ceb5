"""Answers in: 单位反馈 as events, links for the machine to open, and bad rows back with place and
remedy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from mediawatch.domain import (
    Account,
    Capture,
    EvidenceKind,
    ReviewAction,
    ReviewEvent,
    ReviewPicture,
    Source,
    Stance,
    Sweep,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.people.dispatch.export import EMBEDDED, key_of
from mediawatch.people.dispatch.sheet import FORM, GUIDE, REQUIRED, Field, version_of, versions_in
from mediawatch.people.forms.book import Cover, FormRow, clickable, write_form
from mediawatch.people.forms.columns import Cell, given_text, text_of, typed_links
from mediawatch.people.forms.package import BadFile
from mediawatch.people.forms.pictures import Shot
from mediawatch.people.forms.read import Problem, pictured_rows
from mediawatch.people.forms.rowkey import Window, from_elsewhere, is_marked, misfit, parse_key
from mediawatch.people.link_files import FoundLink, links_in
from mediawatch.ports import Store
from mediawatch.registry.problems import Place
from mediawatch.rules.policy import Policy

_AT_ONCE = 50
"""Rows held in memory with their pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a returned file; `number` counts from 1 as the spreadsheet shows it."""

    file: str
    sheet: str
    number: int
    cells: Mapping[Field, Cell]
    shots: tuple[Shot, ...] = ()
    """Pictures in the row; in a sheet as it came in, the one that was sent with it too."""

    def text(self, column: Field) -> str:
        return text_of(self.cells.get(column))

    @property
    def blank(self) -> bool:
        """Not answered; a name alone (often filled down the column) says nothing."""
        said = (Field.STANCE, Field.EXPLANATION, Field.LINK, Field.RECORD)
        return not self.shots and not any(self.text(column) for column in said)

    def problem(self, column: Field, reason: str) -> Problem:
        return Problem(
            file=self.file,
            sheet=self.sheet,
            row=self.number,
            column=column.value,
            value=self.text(column),
            reason=reason,
        )


@dataclass(slots=True)
class Answers:
    """What an import came to. Rows are counted."""

    events: list[ReviewEvent] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)
    """Accounts that were answered for, newly or as before."""
    blank: int = 0
    repeated: int = 0
    """Answers that were there already, word for word."""
    articles: list[FoundLink] = field(default_factory=list)
    """Links that the machine can open, with the account that the row names."""
    others: list[tuple[Place, str]] = field(default_factory=list)
    """Links that it cannot open: for the reviewer, in the event."""
    pictures: int = 0
    """Pictures that units filed: for the reviewer, in the event."""
    problems: list[Problem] = field(default_factory=list)
    bad_rows: list[tuple[Row, tuple[Problem, ...]]] = field(default_factory=list)


async def import_answers(
    store: Store,
    paths: Sequence[Path],
    *,
    sweep: Sweep,
    accounts: Iterable[Account],
    policy: Policy,
    evidence: EvidenceFolder,
    now: datetime,
) -> Answers:
    """Read returned files of `sweep`, which has these accounts, and note what holds, in one go.

    Rows are independent; importing a file again changes nothing.
    """
    known: dict[int, list[ReviewEvent]] = {}
    for event in await store.reviews.events(sweep.id):
        known.setdefault(event.account_id, []).append(event)
    newest = max((event.id for events in known.values() for event in events), default=0)
    scope = {account.id: account for account in accounts}
    intake = _Intake(
        store,
        evidence,
        sweep,
        Window.of(sweep, policy),
        await store.operator.home_id(),
        scope,
        known,
        now,
    )
    sources = [source for path in paths if (source := await intake.take(path)) is not None]
    await store.reviews.add(sweep.id, intake.done.events, after=newest)
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
        sweep: Sweep,
        window: Window,
        home: str,
        scope: Mapping[int, Account],
        known: Mapping[int, list[ReviewEvent]],
        now: datetime,
    ) -> None:
        self.store, self.evidence = store, evidence
        self.sweep, self.window, self.home, self.scope, self.known, self.now = (
            sweep,
            window,
            home,
            scope,
            known,
            now,
        )
        self.done = Answers()

    async def take(self, path: Path) -> Source | None:
        """Read one file; what it was, if any of its rows holds."""
        before = len(self.done.accounts)
        try:
            rows = _rows(path)
            while some := list(islice(rows, _AT_ONCE)):
                for row in await self._without_ours(some):
                    await self._take_row(row)
        except BadFile as bad:
            self.done.problems.append(Problem(file=path.name, reason=str(bad)))
        if len(self.done.accounts) == before:
            return None
        return _source(path, self.now)

    async def _without_ours(self, rows: Sequence[Row]) -> list[Row]:
        """The rows without the pictures that went out in them: what is left was filed by the
        unit.
        """
        keys = [parse_key(row.text(Field.KEY)) if row.shots else None for row in rows]
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
                    shot for shot in row.shots if _hash(shot) not in ours.get(key.account_id, ())
                ),
            )
            if key
            else row
            for row, key in zip(rows, keys, strict=True)
        ]

    async def _take_row(self, row: Row) -> None:
        if row.blank:
            self.done.blank += 1
            return
        account = self._account_of(row)
        links = typed_links(row.text(Field.LINK))
        problems = [account] if isinstance(account, Problem) else []
        if not row.text(Field.PERSON):
            problems.append(row.problem(Field.PERSON, "请填写责任人姓名"))
        if row.text(Field.LINK) and not any(clickable(link) for link in links):
            problems.append(
                row.problem(Field.LINK, "请填写以 http:// 或 https:// 开头的网址;没有链接的请留空")
            )
        stance = row.text(Field.STANCE)
        if stance and stance not in [*Stance]:
            problems.append(
                row.problem(Field.STANCE, f"请从下拉列表选择“{Stance.AGREES}”或“{Stance.DISPUTES}”")
            )
        problems += [row.problem(Field.RECORD, shot.problem) for shot in row.shots if shot.problem]
        if problems or isinstance(account, Problem):
            self.done.problems.extend(problems)
            self.done.bad_rows.append((row, tuple(problems)))
            return
        await self._note(row, account, links, Stance(stance) if stance else None)

    def _account_of(self, row: Row) -> Account | Problem:
        """The account of a row, by its key, which must fit the sweep, the row's own texts and a
        dispatch.
        """
        key = parse_key(row.text(Field.KEY))
        if key is None:
            return row.problem(Field.KEY, "缺少行键或行键被改动:请在系统导出的原表中填写")
        if elsewhere := from_elsewhere(key, self.home):
            return row.problem(Field.KEY, elsewhere)
        if key.sweep_id != self.sweep.id:
            return row.problem(
                Field.KEY,
                (
                    f"这一行属于第{key.sweep_id}次检查,不是第{self.sweep.id}次:导入时请加 --sweep "
                    f"{key.sweep_id}"
                ),
            )
        texts = {column: row.text(column) for column in Field}
        account = self.scope.get(key.account_id)
        altered = (
            "行键与本行的备案单号、名称、类型、认定依据对不上:这几列被改动,或只对部分列作了排序"
        )
        if account is None:
            return row.problem(Field.KEY, altered)
        wrong = misfit(
            key,
            self.home,
            lambda home: key_of(home, key.sweep_id, account, self.window, texts),
            told_apart=bool(texts[Field.NUMBER]),
            marked=is_marked(self.sweep),
        )
        if wrong is not None:
            return row.problem(Field.KEY, wrong or altered)
        if not any(
            event.action is ReviewAction.DISPATCHED for event in self.known.get(account.id, ())
        ):
            return row.problem(Field.KEY, "该账号未曾下发核实:请核对是否交回了另一套台账的表")
        return account

    async def _note(
        self, row: Row, account: Account, links: Sequence[str], stance: Stance | None
    ) -> None:
        """An event for each finding that the row names, about what was sent down: what has changed
        since is not answered.
        """
        self.done.accounts.append(account.id)
        reason = row.text(Field.EXPLANATION)
        if links:
            reason = f"{reason}(最新链接:{' '.join(links)})"
        before = self.known.get(account.id, [])
        named = versions_in(row.text(Field.VERSION))
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
                sweep_id=self.sweep.id, account_id=account.id, code=code, action=ReviewAction.ANSWERED, at=self.now,
                by=row.text(Field.PERSON), reason=reason, source=row.file, sentence=event.sentence, facts=event.facts, stance=stance,
                pictures=pictures,
            )
            for code, event in sent.items()
        ]  # fmt: skip
        # Office suites compress pictures anew when they save: other bytes are no other answer; a
        # picture where there was none is.
        new = [
            event
            for event in answers
            if _word(event) not in said or (event.pictures and not said[_word(event)])
        ]
        self.done.repeated += not new
        self.done.pictures += len(pictures) if new else 0
        self.done.events += new
        place = (Place(row.file, row.sheet, row.number),)
        for link in links:
            articles = [FoundLink(url, place, account.id) for url in links_in(link)]
            self.done.articles += articles
            if not articles:
                self.done.others.append((place[0], link))

    async def _pictures(self, row: Row) -> tuple[ReviewPicture, ...]:
        """The pictures of a row, in the evidence folder, each once."""
        kept = {}
        for shot in row.shots:
            capture = Capture(
                kind=EvidenceKind.PICTURE,
                media_type=shot.media_type,
                body=shot.body,
                taken_at=self.now,
            )
            item = await self.evidence.file(capture)
            kept[item.sha256] = ReviewPicture(
                path=item.path, sha256=item.sha256, media_type=item.media_type, size=item.size
            )
        return tuple(kept.values())


def _source(path: Path, now: datetime) -> Source:
    return Source(file=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), at=now)


def _word(event: ReviewEvent) -> tuple[object, ...]:
    """What makes an answer another one."""
    return event.action, event.code, event.facts, event.by, event.reason, event.stance


def _hash(shot: Shot) -> str:
    return hashlib.sha256(shot.body).hexdigest()


def _rows(path: Path) -> Iterator[Row]:
    for sheet, number, cells, shots in pictured_rows(
        path, Field, Field.KEY, REQUIRED, shots=Field.RECORD, given=Field.PICTURE
    ):
        row = Row(file=path.name, sheet=sheet, number=number, cells=cells, shots=tuple(shots))
        if row.text(Field.KEY) or not row.blank:
            yield row


def write_bad_rows(path: Path, answers: Answers, *, sweep: Sweep, marks: Sequence[str] = ()) -> int:
    """The refused rows with their answers and a 错误说明 column, to be corrected and returned. The
    number of rows.
    """
    lines = [
        FormRow(
            cells={
                **row.cells,
                Field.ERROR: "\n".join(
                    f"{given_text(each.column)}:{each.reason}" for each in problems
                ),
            },
            filed={Field.RECORD: row.shots[0].body}
            if row.shots and row.shots[0].media_type in EMBEDDED
            else {},
        )
        for row, problems in answers.bad_rows
    ]
    cover = Cover(
        title="需要更正的核实反馈",
        made_at=sweep.as_of,
        meta={"sweep": str(sweep.id)},
        guide=GUIDE,
        marks=marks,
    )
    write_form(path, FORM, lines, cover, overwrite=True)
    return len(lines)
