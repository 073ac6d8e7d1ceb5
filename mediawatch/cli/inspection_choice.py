"""The options by which a person names what a document tells of an inspection."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any

import typer

from mediawatch.app import App
from mediawatch.app.documents import inspection_of, issued_inspection
from mediawatch.cli.out import NoticeOption, SweepOption, check_answered, notice_of, sweep_of
from mediawatch.domain import UserError
from mediawatch.publish.inspection import Inspection

OpenOption = Annotated[
    bool, typer.Option("--include-open", help="Unconfirmed findings too; marks the document.")
]


@dataclass(frozen=True, slots=True)
class InspectionChoice:
    """A sweep or a notice, and whether what is unconfirmed counts. Each field is an option."""

    sweep: SweepOption = None
    notice: NoticeOption = ""
    include_open: OpenOption = False

    async def load(self, app: App, *, newest_notice: bool = False) -> Inspection:
        """What the documents of a sweep, or of a notice, print. UserError where both are named.

        `newest_notice`: of a sweep whose notice was issued, the newest of them, named on standard
        error; not with `include_open`, for a notice has nothing open.
        """
        if self.notice:
            if self.sweep is not None or self.include_open:
                raise UserError(
                    "--notice holds what was issued of its own sweep: it goes without --sweep and "
                    "--include-open"
                )
            return await issued_inspection(app, (await notice_of(app, self.notice))[0])
        chosen = await sweep_of(app, self.sweep)
        await check_answered(app, chosen)
        issued = [each for each in await app.store.notices.all() if each.sweep_id == chosen.id]
        if newest_notice and issued and not self.include_open:
            typer.echo(f"as issued: {issued[-1].number} {issued[-1].title}", err=True)
            return await issued_inspection(app, issued[-1])
        return await inspection_of(app, chosen, include_open=self.include_open)


_CHOICE = "choice"


def with_choice(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the options of an `InspectionChoice` in the place of its `choice`."""
    options = inspect.signature(InspectionChoice, eval_str=True).parameters
    own = inspect.signature(command, eval_str=True)

    @wraps(command)
    def chosen(**given: Any) -> None:
        choice = InspectionChoice(**{name: given.pop(name) for name in options})
        command(choice=choice, **given)

    parameters = [
        one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in own.parameters.items()
        for one in (options.values() if name == _CHOICE else [parameter])
    ]
    chosen.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    return chosen
