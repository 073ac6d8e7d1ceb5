"""`mediawatch problem`: what people found when looking for a kind of problem (人工检查)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App, without_sweep
from mediawatch.app.judged import judged_scope
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import CsvOption, SweepOption, print_or_write, sweep_of
from mediawatch.cli.outputs import output
from mediawatch.domain import Account, Code, Effect, ProblemAnswer, UserError
from mediawatch.domain.clock import day_of
from mediawatch.inputs import InputFault
from mediawatch.ops.retention import still_judged
from mediawatch.outputs import Output
from mediawatch.people.forms.columns import text_of
from mediawatch.people.forms.pictures import load_picture
from mediawatch.people.forms.problem_columns import ProblemColumn
from mediawatch.people.repost_refutations import find_item, name_item
from mediawatch.people.suspects import suspects
from mediawatch.people.worklist.problem_answer import GivenProblem
from mediawatch.people.worklist.problem_intake import ProblemIntake, ProblemReceipt
from mediawatch.people.worklist.problem_list import PROBLEMS_BRIEF, problems_table
from mediawatch.people.worklist.problem_refusals import UNTIED
from mediawatch.people.worklist.problem_rows import said_words, seen_name
from mediawatch.people.worklist.problem_todo import problem_proofs_of
from mediawatch.people.worklist.values import BadValue, moment_in
from mediawatch.registry.find import find_account
from mediawatch.rules.account_policy import account_policy
from mediawatch.rules.judged_scope import JudgedScope
from mediawatch.rules.policy import Policy
from mediawatch.rules.problem_proofs import ProblemState
from mediawatch.sweep.judging import checks_for, rejudge
from mediawatch.table import Table, plain

group = typer.Typer(
    no_args_is_help=True,
    help="Take in what people find that no list of posts shows (人工检查), two persons each.",
)
_OPTIONS = {
    ProblemColumn.PERSON: "--by",
    ProblemColumn.TIME: "--at",
    ProblemColumn.LINK: "--link",
    ProblemColumn.SEEN_ID: "--id-seen",
    ProblemColumn.SEEN_NAME: "--name-seen",
    ProblemColumn.SHOT: "--picture",
    ProblemColumn.WORDS: "--words",
}
_PROGRESS = {
    ProblemState.NONE: "nothing is held against the account",
    ProblemState.CLAIMED: "one person found it: a second one has to look (`worklist export`)",
    ProblemState.DISPUTED: "two persons differ: who was wrong takes it back (`problem withdraw`)",
    ProblemState.PROVED: "two persons found it: the finding goes to its hearing and review",
}


def _progress(state: ProblemState, effect: Effect) -> str:
    if state is ProblemState.PROVED and effect is Effect.HINT:
        return "two persons found it: a hint (提示), which stays in the office"
    return _PROGRESS[state]


Who = Annotated[
    str,
    typer.Argument(
        metavar="ACCOUNT", help="Filing number, name, platform id, gh_ id, or our own id."
    ),
]
Kind = Annotated[
    str,
    typer.Option(
        metavar="KIND", help="Label or code of the policy (互动回应差, interaction_poor …)."
    ),
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who looked.")]


def register(app: typer.Typer) -> None:
    group.command("add")(add)
    group.command("withdraw")(withdraw)
    group.command("list")(list_)
    app.add_typer(group, name="problem")


def add(
    ctx: typer.Context,
    account: Who,
    kind: Kind,
    by: By,
    picture: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="PNG, JPEG or WebP, needed where it is found; may be repeated."
        ),
    ] = None,
    link: Annotated[str, typer.Option(metavar="URL", help="The page that shows it.")] = "",
    name_seen: Annotated[
        str,
        typer.Option(
            "--name-seen", metavar="NAME", help="The account's name as shown; 一致: as filed."
        ),
    ] = "",
    id_seen: Annotated[
        str, typer.Option("--id-seen", metavar="ID", help="The account's id as shown.")
    ] = "",
    at: Annotated[
        str, typer.Option(metavar="WHEN", help="When it was seen, 2023-01-03 09:30; default now.")
    ] = "",
    words: Annotated[
        str, typer.Option(metavar="TEXT", help="What exactly; printed with the finding.")
    ] = "",
    same_as: Annotated[
        str,
        typer.Option("--same-as", metavar="NAME", help="Who found the very same: his words count."),
    ] = "",
    remark: Annotated[
        str,
        typer.Option(metavar="TEXT", help="For the reviewer (截图含多个账号 …); never printed."),
    ] = "",
    absent: Annotated[
        bool, typer.Option("--absent", help="It was looked for, and is not there (未见).")
    ] = False,
    repost: Annotated[
        str,
        typer.Option(metavar="TASK/ITEM", help="What was not reposted, as `repost show` has it."),
    ] = "",
    sweep: SweepOption = None,
) -> None:
    """Take in that a person looked for a kind of problem of an account, and found it or not."""

    async def work() -> tuple[Account, str, Effect, ProblemReceipt]:
        try:
            shots = tuple(load_picture(each) for each in picture or ())
        except InputFault as fault:
            raise UserError(f"--picture: {fault}") from None
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep, surely=True)
            await still_judged(app.store, chosen)
            judged = await judged_scope(app, chosen)
            code, found = kind_of(kind, judged.policy), await _account_of(app, judged, account)
            if repost and code is not Code.NOT_REPOSTED:
                raise UserError("--repost goes with --kind not_reposted alone")
            said = said_words(text_of(words))
            task, item = await find_item(app.store, repost, found) if repost else (None, None)
            given = GivenProblem(
                code=code,
                answer=ProblemAnswer.ABSENT if absent else ProblemAnswer.FOUND,
                person=text_of(by),
                read_at=_moment(at, app.clock()),
                words=name_item(item, said) if item else said,
                task=task.id if task else None,
                item=item.number if item else None,
                link=text_of(link),
                name=seen_name(text_of(name_seen), found.filed.name),
                seen_id=text_of(id_seen),
                remark=text_of(remark),
                same_as=text_of(same_as),
                shots=shots,
            )

            async def plan(planning: App) -> ProblemReceipt:
                intake = await _intake(planning, judged)
                return await intake.take(found, given, untimed=not at)

            with without_sweep(app.home):
                receipt = await app.decide(plan)
            if receipt.faults:
                wrong = "; ".join(f"{_OPTIONS[column]}: {why}" for column, why in receipt.faults)
                raise UserError(f"{found.id} {found.filed.name}: {wrong}")
            # Known ones too: the command that kept them may have been cut short before it judged.
            await rejudge(app.store, app.supports, chosen.id, [found.id])
            effect = account_policy(judged.policy, found.filed).effect(code)
            return found, judged.policy.kind_label(code), effect, receipt

    found, label, effect, receipt = run(work())
    done = "known already" if receipt.repeated else "kept"
    answer = ProblemAnswer.ABSENT if absent else ProblemAnswer.FOUND
    progress = _progress(receipt.state, effect)
    if receipt.remark == UNTIED and receipt.state is ProblemState.NONE:
        progress = "it settles nothing, for nothing ties it to the account (--id-seen, --name-seen)"
    typer.echo(plain(f"{found.id} {found.filed.name} {label} {answer.label}: {done}; {progress}"))
    if receipt.remark:
        typer.echo(plain(f"{found.filed.name}：该答案{receipt.remark}"), err=True)


def withdraw(
    ctx: typer.Context,
    account: Who,
    kind: Kind,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Whose answers were wrong.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    sweep: SweepOption = None,
) -> None:
    """Take back what a person said of a kind of problem of an account (撤回): it was wrong."""
    if not reason.strip():
        raise UserError("--reason: say why the answer was wrong")

    async def work() -> tuple[Account, str, Effect, ProblemState]:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep, surely=True)
            await still_judged(app.store, chosen)
            judged = await judged_scope(app, chosen)
            code, found = kind_of(kind, judged.policy), await _account_of(app, judged, account)
            label = judged.policy.kind_label(code)

            async def plan(planning: App) -> None:
                intake = await _intake(planning, judged)
                if await intake.withdraw(found, code, text_of(by), text_of(reason)) is None:
                    raise UserError(
                        f"{found.id} {found.filed.name}: {by} has no answer about {label} that "
                        "stands in this inspection: `mediawatch problem list` names them"
                    )

            with without_sweep(app.home):
                await app.decide(plan)
            await rejudge(app.store, app.supports, chosen.id, [found.id])
            proofs = (await problem_proofs_of(app.store, judged)).get(found.id, ())
            state = next((each.state for each in proofs if each.code is code), ProblemState.NONE)
            effect = account_policy(judged.policy, found.filed).effect(code)
            return found, label, effect, state

    found, label, effect, state = run(work())
    typer.echo(
        plain(f"{found.id} {found.filed.name} {label}: withdrawn; {_progress(state, effect)}")
    )


def list_(
    ctx: typer.Context,
    sweep: SweepOption = None,
    csv: CsvOption = None,
    out: Annotated[
        Output | None, output("--out", metavar="FILE.xlsx", help="Write the list as a workbook.")
    ] = None,
) -> None:
    """List what people looked for: who, when, how far it is proved, and what is missing."""

    async def work() -> Table:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep)
            judged = await judged_scope(app, chosen)
            table = problems_table(
                judged,
                await app.store.readings.problem_looks(chosen.id),
                await problem_proofs_of(app.store, judged),
                await suspects(
                    app.store, chosen, judged.entries, await checks_for(app.store, chosen)
                ),
            )
            if out:
                # Imported here: with it comes the writer of workbooks.
                from mediawatch.publish.reports.xlsx import BookCover, workbook

                cover = BookCover(title=table.title, issuer=app.issuer, made_at=app.clock())
                out.write(
                    workbook(
                        [("人工检查", table)], counts=(), rates=(), marks=app.marks, cover=cover
                    )
                )
                typer.echo(str(out))
            return table

    table = run(work())
    if csv is None and out is None and not table.rows:
        typer.echo("无。")
    elif csv is not None or out is None:
        print_or_write(table if csv else table.only(*PROBLEMS_BRIEF), csv)


def kind_of(text: str, policy: Policy) -> Code:
    """The kind of problem by its label or code. UserError where the policy has no such kind."""
    for code in policy.problem_kinds:
        if text.strip() in (code.value, policy.kind_label(code), policy.codes[code].wording):
            return code
    known = ", ".join(f"{policy.kind_label(code)} ({code.value})" for code in policy.problem_kinds)
    raise UserError(
        f"no kind {text!r} that people look for in policy {policy.name}: "
        + (f"give one of {known}" if known else "it names none under [codes]")
    )


async def _account_of(app: App, judged: JudgedScope, text: str) -> Account:
    found = find_account(await app.store.accounts.all(include_retired=True), text)
    scope = {entry.account.id: entry.account for entry in judged.entries}
    if found.id not in scope:
        raise UserError(
            f"sweep {judged.sweep.id} did not have {found.filed.name} in scope: `mediawatch "
            "sweeps` lists the others"
        )
    return scope[found.id]


async def _intake(app: App, judged: JudgedScope) -> ProblemIntake:
    read = app.kept_evidence.read
    intake = ProblemIntake(app.store, judged, app.clock(), app.evidence.keep, app.sites, read)
    await intake.load()
    return intake


def _moment(text: str, now: datetime) -> datetime:
    try:
        return moment_in(text, day_of(now)) or now
    except BadValue as bad:
        raise UserError(f"--at {text}: {bad}") from None
