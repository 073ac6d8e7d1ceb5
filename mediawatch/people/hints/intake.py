"""Hints in: dates into a table of their own, links to be opened by us, bad rows back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from mediawatch.articles import article_key
from mediawatch.domain import Hint, LinkWay, Source
from mediawatch.domain.clock import chinese_day
from mediawatch.people.forms.link_answer import AnswerResult, LinkAnswer, answers_of, ask_of
from mediawatch.people.hints.entries import read_hints
from mediawatch.people.hints.entry import OLDER, HintEntry, HintFile
from mediawatch.people.link_files import FoundLink, LinkRow, is_for_a_person, links_of
from mediawatch.people.link_report import ASK, LinkReport
from mediawatch.ports import Store
from mediawatch.registry.problems import RowProblem
from mediawatch.workbooks.refusals import Unusable


@dataclass(frozen=True, slots=True, kw_only=True)
class HintOrigin:
    """Who says it: the service, or the office itself; the contract; who handed it in."""

    source: str
    contract: str = ""
    by: str = ""


@dataclass(slots=True)
class HintImport:
    """What an import of hints came to, or would come to."""

    files: tuple[HintFile, ...]
    hints: list[Hint] = field(default_factory=list)
    """New ones."""
    repeated: int = 0
    """Hints that were there already, from the same place of the same file."""
    other_contracts: tuple[str, ...] = ()
    """Contracts under which hints of these places are kept already, other than the one given."""
    links: tuple[FoundLink, ...] = ()
    written: bool = False

    @property
    def problems(self) -> list[RowProblem]:
        return [each.problem for file in self.files for each in file.entries if each.problem]

    @property
    def older(self) -> int:
        """Rows that name an older day than another row of their file."""
        return sum(each.idle == OLDER for file in self.files for each in file.entries)

    @property
    def idle(self) -> list[HintEntry]:
        """Rows and lines of which nothing can be kept, but for the older ones."""
        return [
            each for file in self.files for each in file.entries if each.idle and each.idle != OLDER
        ]

    @property
    def unopened(self) -> list[tuple[HintEntry, str]]:
        """Addresses that we cannot open, and that help nobody who looks at the account."""
        return [
            (each, address)
            for file in self.files
            for each in _good(file)
            for address in each.others
            if address not in _for_a_person(each)
        ]

    @property
    def useless(self) -> list[HintEntry]:
        """Rows that hold nothing but such addresses: nothing is kept of them."""
        found = {each.place: each for each, _ in self.unopened}
        return [
            each
            for each in found.values()
            if not each.on and not each.urls and not _for_a_person(each)
        ]

    @property
    def left_out(self) -> list[str]:
        """Sheets and rows that were not read, with their places."""
        return [sentence for file in self.files for sentence in file.left_out]

    @property
    def cards(self) -> list[HintEntry]:
        return [each for file in self.files for each in file.entries if each.card]


async def import_hints(
    store: Store,
    paths: Sequence[Path],
    origin: HintOrigin,
    *,
    now: datetime,
    skip_bad_rows: bool = False,
) -> HintImport:
    """Read files and keep their hints; nothing is kept while a row is refused.

    The links are for the caller to open. UserError for a file that cannot be read.
    """
    accounts = await store.accounts.all()
    files: list[HintFile] = []
    problems: list[str] = []
    for path in paths:
        try:
            files.append(read_hints(path, accounts, now))
        except Unusable as unusable:
            problems += unusable.problems
    if problems:
        raise Unusable(*problems)
    done = HintImport(tuple(files))
    made = [hint for file in files for hint in _hints(file, origin, now)]
    known = await store.hints.of_accounts({hint.account_id for hint in made})
    there = {_place(hint): hint.contract for some in known.values() for hint in some}
    done.hints = [hint for hint in made if _place(hint) not in there]
    done.repeated = len(made) - len(done.hints)
    under = {there[_place(hint)] for hint in made if _place(hint) in there}
    done.other_contracts = tuple(sorted(under - {origin.contract})) if origin.contract else ()
    done.links = _links(files, origin)
    done.written = skip_bad_rows or not done.problems
    if done.written:
        await store.hints.add(done.hints)
        noted = {source.sha256 for source, _ in await store.accounts.sources()}
        for file in files:
            if file.sha256 not in noted:
                source = Source(file=file.name, sha256=file.sha256, at=now)
                await store.accounts.add_source(source, "hints")
    return done


def _hints(file: HintFile, origin: HintOrigin, now: datetime) -> Iterator[Hint]:
    """What is kept of a file: days, and links that we cannot open. Articles are opened instead."""
    for entry in _good(file):
        if entry.account is None:
            continue
        for link in _for_a_person(entry) or ("",):
            if entry.on or link:
                yield Hint(
                    account_id=entry.account.id,
                    source=origin.source,
                    contract=origin.contract,
                    received_at=now,
                    on=entry.on,
                    at=entry.at,
                    link=link or next(iter(entry.urls), ""),
                    file=file.name,
                    sha256=file.sha256,
                    sheet=entry.place.sheet,
                    row=entry.place.row,
                    given_by=entry.saying.by or origin.by,
                    given_at=entry.saying.at,
                )


def _good(file: HintFile) -> Iterator[HintEntry]:
    return (each for each in file.entries if not each.problem and not each.idle)


def _for_a_person(entry: HintEntry) -> tuple[str, ...]:
    return tuple(link for link in entry.others if is_for_a_person(link, entry.account))


def _place(hint: Hint) -> tuple[object, ...]:
    return hint.sha256, hint.sheet, hint.row, hint.account_id, hint.link, hint.source


def _links(files: Sequence[HintFile], origin: HintOrigin) -> tuple[FoundLink, ...]:
    """The articles to open, with the one account that their rows name."""
    rows: list[LinkRow] = []
    named: dict[str, set[int]] = {}
    for file in files:
        for entry in _good(file):
            rows.append(_row(entry, origin))
            for url in entry.urls if entry.account else ():
                assert entry.account is not None
                named.setdefault(article_key(url), set()).add(entry.account.id)
    return tuple(
        replace(
            link,
            hinted_id=min(found) if len(found) == 1 else None,
            way=LinkWay.HINTS,
            source=origin.source,
        )
        for link in links_of(rows)
        for found in (named.get(article_key(link.url), set()),)
    )


def _row(entry: HintEntry, origin: HintOrigin) -> LinkRow:
    return LinkRow(
        place=entry.place,
        text=entry.text,
        urls=entry.urls,
        others=entry.others,
        card=entry.card,
        account=entry.account,
        saying=replace(entry.saying, by=entry.saying.by or origin.by),
    )


def answer_hints(done: HintImport, report: LinkReport) -> list[LinkAnswer]:
    """A row for each row that came in, in its order, with what became of it."""
    return [
        answer
        for file in done.files
        for entry in file.entries
        for answer in _answers(entry, report, done.written)
    ]


def _answers(entry: HintEntry, report: LinkReport, written: bool) -> Iterator[LinkAnswer]:
    name = entry.account.filed.name if entry.account else ""
    plain = LinkAnswer(
        place=entry.place,
        text=entry.text,
        saying=entry.saying,
        account=name,
        result=AnswerResult.REFUSED,
        reason="",
    )
    if entry.problem:
        yield replace(plain, reason=entry.problem.chinese, ask="请更正该行后重新提供")
    elif entry.idle:
        yield replace(plain, result=AnswerResult.NOT_COUNTED, reason=entry.idle)
    elif not written:
        yield replace(plain, reason="同一文件中有未收的行，整个文件尚未登记", ask="请更正其他行")
    else:
        linked = [
            replace(each, result=AnswerResult.KEPT, reason="不能自动打开，供人工核对", ask="")
            if each.url in _for_a_person(entry)
            else each
            for each in answers_of([_row(entry, HintOrigin(source=""))], report)
        ]
        yield from _with_day(entry, linked or [replace(plain, result=AnswerResult.KEPT)])


def _with_day(entry: HintEntry, answers: Sequence[LinkAnswer]) -> Iterator[LinkAnswer]:
    """The answers to a row; the first also says what its day is good for.

    An own article proves by itself: its day needs no word.
    """
    first, *rest = answers
    if entry.on and entry.account and all(each.result is not AnswerResult.OWN for each in answers):
        day = f"所称最近更新日期（{chinese_day(entry.on)}）已登记，仅供人工核对参考，不能证明更新"
        asked = entry.account.platform == "wechat" and first.result is AnswerResult.KEPT
        first = replace(
            first,
            reason="；".join(filter(None, (first.reason, day))),
            ask=first.ask or (ask_of(entry.account, ASK) if asked else ""),
        )
    yield from (first, *rest)
