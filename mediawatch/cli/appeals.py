"""`mediawatch notice appeal`, `opinion`: 复核, from a unit's request to the office's answer."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import typer

from mediawatch.app import App, appeals
from mediawatch.cli.base import open_home, run
from mediawatch.cli.notice_changes import ItemArgument
from mediawatch.cli.out import NumberArgument, notice_of
from mediawatch.cli.outputs import output
from mediawatch.cli.report import day_option
from mediawatch.cli.review_options import name_one_person, parse_code
from mediawatch.domain import Code, NoticeAction, UserError
from mediawatch.domain.clock import day_of
from mediawatch.outputs import Output
from mediawatch.rules.appeals import Appeal
from mediawatch.rules.calendar_notice import one_word
from mediawatch.table import plain
from mediawatch.workdays import how_to_add, knows


class AppealResult(StrEnum):
    """复核结果."""

    UPHELD = "upheld"
    REJECTED = "rejected"


def appeal(
    ctx: typer.Context,
    number: NumberArgument,
    item: ItemArgument,
    by: Annotated[
        str,
        typer.Option("--by", metavar="NAME", help="Who asks for it; with --result who decides."),
    ],
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="What the unit says; with --result the ground.")
    ],
    result: Annotated[
        AppealResult | None,
        typer.Option(
            help=(
                "Decide it: rejected (维持) or upheld (撤销; with --code 更正), which `notice correct` "
                "follows; without it a 复核 is taken in."
            )
        ),
    ] = None,
    unit: Annotated[
        str, typer.Option(metavar="UNIT", help="提出单位; default the account's 所属组织.")
    ] = "",
    received: Annotated[
        str, typer.Option(metavar="DAY", help="收到日期, 2023-02-09; default today.")
    ] = "",
    term: Annotated[
        str,
        typer.Option(
            metavar="DAY|+5工作日", help="复核期限; default the policy's working days (10)."
        ),
    ] = "",
    code: Annotated[
        list[Code] | None,
        typer.Option(
            "--code",
            metavar="CODE",
            parser=parse_code,
            help="With upheld: only this finding is to be withdrawn (更正); may be repeated.",
        ),
    ] = None,
    as_signer: Annotated[
        str,
        typer.Option(
            "--as-signer",
            metavar="TEXT",
            help="The 签发人 decides, though he had a part in it: why nobody else was there.",
        ),
    ] = "",
) -> None:
    """Take in a unit's request for a 复核 with its term, or decide it. Who looked, answered, reviewed
    or confirmed does not decide. One that is upheld is followed by a correction."""
    if result is not None:
        name_one_person(by)

    if result and (unit or received or term):
        raise UserError("--unit, --received and --term belong to a request, not to its --result")
    if not result and (code or as_signer):
        raise UserError("--code and --as-signer go with --result")

    async def work() -> tuple[Appeal, str]:
        async with open_home(ctx) as app:

            async def plan(planning: App) -> Appeal:
                notice, _ = await notice_of(planning, number)
                if result is None:
                    request = appeals.AppealRequest(
                        item=item,
                        by=by,
                        reason=reason,
                        unit=unit,
                        received_on=day_option(received, "--received"),
                        term=term,
                    )
                    return await appeals.note_appeal(planning, notice, request)
                decision = appeals.AppealDecision(
                    item=item,
                    by=by,
                    reason=reason,
                    action=NoticeAction(result.value),
                    codes=tuple(code or ()),
                    signer_reason=as_signer,
                )
                return await appeals.decide_appeal(planning, notice, decision)

            made = await app.decide(plan)
            return made, made.words(day_of(app.clock()))

    made, words = run(work())
    if result is None and not term and made.term:
        _tell_weekdays(range(made.received_on.year, made.term.year + 1))
    typer.echo(plain(words if made.decision is None else _decision_words(made)))
    if made.decision is not None:
        place = f"{one_word(made.notice.number)} {made.item.number}"
        if result is AppealResult.UPHELD:
            codes = "".join(f" --code {each}" for each in made.decision.codes)
            typer.echo(f"mediawatch notice correct {place}{codes} --by NAME --reason TEXT")
        typer.echo(f"mediawatch notice opinion {place} --out 复核意见.docx")


def _tell_weekdays(years: Iterable[int]) -> None:
    if unknown := [year for year in years if not knows(year)]:
        typer.echo(
            f"the State Council's calendar of {', '.join(map(str, unknown))} is not known: the term "
            f"is counted by Monday to Friday; {how_to_add(unknown)}",
            err=True,
        )


def opinion(
    ctx: typer.Context,
    number: NumberArgument,
    item: ItemArgument,
    out: Annotated[Output, output("--out", metavar="FILE.docx", help="Where the letter goes.")],
) -> None:
    """Write the 复核意见 on an item as a letter to the unit that asked: 维持, 更正 or 撤销. It names
    nobody who decided."""

    async def work() -> bytes:
        async with open_home(ctx) as app:
            notice, _ = await notice_of(app, number)
            body, _ = await appeals.opinion_document(app, notice, item)
            return body

    out.write(run(work()))
    typer.echo(str(out))


def _decision_words(made: Appeal) -> str:
    assert made.decision is not None, "only what was decided is told so"
    state = made.state(day_of(made.decision.at)).value
    return f"{made.notice.number}第{made.item.number}项“{made.item.filed.name}”：复核意见为{state}"
