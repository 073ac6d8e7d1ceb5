"""人工检查: what a person found when looking for one kind of problem that no list of posts shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mediawatch.domain.judgements import Code, plain_words


class ProblemAnswer(StrEnum):
    """What the person says of the problem."""

    FOUND = "found"
    ABSENT = "absent"
    """The person looked, and it is not there at that time."""
    WITHDRAWN = "withdrawn"
    """The person takes his own earlier answers about it back: they were wrong."""

    @property
    def label(self) -> str:
        return {"found": "存在", "absent": "未见", "withdrawn": "撤回"}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemSeen:
    """What a person says of one kind of problem of an account, in one inspection.

    The reading that carries it says who, when, where (the sight's `url`), under which name and by
    which tie; its evidence is the person's picture. It says nothing about the account's updates.
    """

    code: Code
    answer: ProblemAnswer
    words: str = ""
    """What exactly, in the person's words: the wrong word and the right one, the missing title."""
    task: int | None = None
    """Of 重要信息未转载: the number of the task that asked for it; None where none did."""
    item: int | None = None
    """The place of the item in that task, from 1."""

    @property
    def described(self) -> str:
        """The answer with the person's words: 存在（评论区关闭）."""
        words = plain_words(self.words)
        return f"{self.answer.label}（{words}）" if words else self.answer.label
