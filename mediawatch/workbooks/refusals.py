"""A file that was handed in and is refused, in the language of who reads it."""

from __future__ import annotations

from mediawatch.domain import UserError


class Unusable(UserError):
    """Whole files cannot be read.

    One English sentence a file, each with the remedy.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class BadFile(Exception):
    """A returned file that cannot be read at all. The message is Chinese, for the inspector."""
