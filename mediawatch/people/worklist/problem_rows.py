"""Rows of the sheet 人工检查 that came back: whose each is, and what it answers."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from mediawatch.domain import Account, Code, ProblemAnswer, Reading
from mediawatch.domain.clock import day_of
from mediawatch.names import same
from mediawatch.people.forms.columns import Cell, given_text, typed_links
from mediawatch.people.forms.problem_columns import PROBLEM_SEALED, PROBLEM_WORDS, ProblemColumn
from mediawatch.people.forms.read import ProblemRow
from mediawatch.people.forms.returned import ReturnedRows
from mediawatch.people.forms.rowkey import Window, is_marked, misfit, parse_key, sealed_key
from mediawatch.people.worklist.problem_answer import GivenProblem
from mediawatch.people.worklist.problem_intake import ProblemIntake
from mediawatch.people.worklist.states import SAME_NAME_WORDS, says_none
from mediawatch.people.worklist.values import BadValue, id_in, moment_in
from mediawatch.registry.problems import RowProblem
from mediawatch.rules.account_policy import account_policy

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class ProblemImport(ReturnedRows[ProblemColumn]):
    """What the sheets 人工检查 of returned files came to."""

    readings: list[Reading] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """Rows that hold, new or known."""
        return len(self.readings) + self.repeated


class ProblemRows:
    """Takes the rows in, each by itself."""

    def __init__(self, intake: ProblemIntake, home: str, done: ProblemImport) -> None:
        self.intake, self.home, self.done = intake, home, done
        policy = intake.policy
        self.kinds = {given_text(policy.kind_label(code)): code for code in policy.problem_kinds}

    async def load(self, rows: Iterable[ProblemRow]) -> None:
        """Read what the rows are held against, all at once."""
        keys = (parse_key(row.text(ProblemColumn.KEY)) for row in rows if not row.blank)
        wanted = {key.account_id for key in keys if key is not None}
        await self.intake.load_accounts(wanted & self.intake.scope.keys())

    async def take(self, row: ProblemRow) -> None:
        """Keep a row's answer, or give the row back."""
        if row.blank:
            self.done.blank += 1
            return
        account = self._account_of(row)
        if isinstance(account, RowProblem):
            self.done.refuse(row, [account])
            return
        given = self._given(row, account)
        if not isinstance(given, GivenProblem):
            self.done.refuse(row, given)
            return
        receipt = await self.intake.take(account, given)
        if receipt.faults:
            self.done.refuse(row, [row.problem(column, why) for column, why in receipt.faults])
        elif receipt.kept is None:
            self.done.repeated += 1
        else:
            self.done.readings.append(receipt.kept)
        if receipt.remark:
            self.done.remarks.append(
                f"{row.place.spot} {row.text(ProblemColumn.NAME)}：该行答案{receipt.remark}"
            )

    def _account_of(self, row: ProblemRow) -> Account | RowProblem:
        sweep = self.intake.sweep
        key = row.key(ProblemColumn.KEY, self.home, sweep.id)
        if isinstance(key, RowProblem):
            return key
        account = self.intake.scope.get(key.account_id)
        if account is None:
            return row.problem(ProblemColumn.KEY, "本次检查中没有这个账号")
        sealed = [row.text(column) for column in PROBLEM_SEALED]
        window = Window.asked_about(sweep, account_policy(self.intake.policy, account.filed))
        wrong = misfit(
            key,
            self.home,
            # It never fits a row of the worklist: the kind is sealed, too.
            lambda home: sealed_key(home, sweep.id, account.id, window, sealed, account.filed),
            told_apart=bool(row.text(ProblemColumn.IDS)),
            marked=is_marked(sweep),
        )
        if wrong is None:
            return account
        altered = (
            "行键与本行的备案名称、类型、原始ID、检查项目对不上：这几列被改动，或只对部分列作了排序"
        )
        return row.problem(ProblemColumn.KEY, wrong or altered)

    def _given(self, row: ProblemRow, account: Account) -> GivenProblem | list[RowProblem]:
        problems: list[RowProblem] = []

        def read(column: ProblemColumn, reader: Callable[[Cell], T]) -> T | None:
            try:
                return reader(row.cells.get(column))
            except BadValue as bad:
                problems.append(row.problem(column, str(bad)))
                return None

        now = self.intake.now
        code = read(ProblemColumn.KIND, lambda _: self._kind(row.text(ProblemColumn.KIND)))
        answer = read(ProblemColumn.ANSWER, lambda _: _answer(row.text(ProblemColumn.ANSWER)))
        read_at = read(ProblemColumn.TIME, lambda cell: _moment(cell, now))
        seen_id = read(ProblemColumn.SEEN_ID, lambda cell: _bare(id_in(cell)))
        link = read(ProblemColumn.LINK, lambda _: _link(row.text(ProblemColumn.LINK)))
        if problems or code is None or answer is None:
            return problems
        return GivenProblem(
            code=code,
            answer=answer,
            person=row.text(ProblemColumn.PERSON),
            read_at=read_at,
            words=said_words(row.text(ProblemColumn.WORDS)),
            link=link or "",
            name=seen_name(row.text(ProblemColumn.SEEN_NAME), account.filed.name),
            seen_id=seen_id or "",
            remark=row.text(ProblemColumn.REMARK),
            shown=row.text(ProblemColumn.ASKED),
            shots=row.shots,
        )

    def _kind(self, text: str) -> Code:
        code = self.kinds.get(text)
        if code is None:
            raise BadValue(f"本次检查的规则中没有这一项目，应为：{'、'.join(self.kinds)}")
        return code


def said_words(text: str) -> str:
    """具体情况 as a part of a sentence; "" where it says that there is nothing to say."""
    return _bare(text).rstrip("\u3002.\uff1b;")


def seen_name(text: str, filed: str) -> str:
    """The name that was seen, "" without one; 一致 stands for the filed name."""
    if same(text, filed):
        return text
    return filed if text in SAME_NAME_WORDS else _bare(text)


def _answer(text: str) -> ProblemAnswer:
    found = PROBLEM_WORDS.get(unicodedata.normalize("NFKC", text).replace(" ", "").rstrip("。."))
    if found is None:
        raise BadValue("请选择“存在”或“未见”")
    return found


def _moment(cell: Cell, now: datetime) -> datetime | None:
    return moment_in(cell, day_of(now))


def _bare(text: str) -> str:
    return "" if says_none(text) else text


def _link(text: str) -> str:
    """The one address that stands in the cell."""
    if not _bare(text):
        return ""
    found = typed_links(text)
    if not found:
        raise BadValue("不是 http(s) 链接")
    return found[0]
