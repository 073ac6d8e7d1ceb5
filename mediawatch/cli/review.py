"""`mediawatch review`: a named person confirms, dismisses or reopens findings, with a reason."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.app.judged import judged_scope
from mediawatch.cli.base import opened, run
from mediawatch.cli.out import SweepOption, none_and_open, print_or_write, sweep_of, tell_additions
from mediawatch.domain import (
    PLATFORM_LABELS,
    Attested,
    Code,
    Excuse,
    ReviewAction,
    ReviewState,
    Sweep,
    UserError,
)
from mediawatch.people import review
from mediawatch.people.review import Decision
from mediawatch.people.second_looks import second_looks
from mediawatch.people.suspects import Suspect, Wanted, suspects, twins
from mediawatch.ports import Rejudgement
from mediawatch.publish.reports import reviews
from mediawatch.registry.find import find_account
from mediawatch.sweep import checks_for
from mediawatch.table import Table

REFUSED = 2
EXCUSES = ", ".join(f"{excuse.value} ({excuse.name.lower()})" for excuse in Excuse)
group = typer.Typer(
    no_args_is_help=True, help="Decide about findings (审核): nothing leaves that nobody confirmed."
)
Keys = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FINDING]...",
        help="As listed (12/stale_2w@3f2a), or an account: all of its findings.",
    ),
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it for more than one finding.")]
CodeOption = Annotated[
    list[Code] | None,
    typer.Option("--code", metavar="CODE", help="Only this code (stale_2w …); may be repeated."),
]
Prefecture = Annotated[str, typer.Option(metavar="地市", help="Only this prefecture.")]
Platform = Annotated[str, typer.Option(metavar="KEY", help="Only this platform (wechat …).")]
Supervisor = Annotated[str, typer.Option(metavar="主管单位", help="Only this 主管单位.")]
Surface = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Only what rests on this surface (微博手机版主页, or weibo.mobile)."
    ),
]
AttestedOption = Annotated[
    Attested | None,
    typer.Option("--attested", help="Only what recordings attest, or what only text describes."),
]


def register(app: typer.Typer) -> None:
    group.command("list")(list_)
    group.command("show")(show)
    group.command("confirm")(confirm)
    group.command("dismiss")(dismiss)
    group.command("reopen")(reopen)
    app.add_typer(group, name="review")


def list_(
    ctx: typer.Context,
    sweep: SweepOption = None,
    state: Annotated[ReviewState | None, typer.Option(help="Only findings in this state.")] = None,
    code: CodeOption = None,
    prefecture: Prefecture = "",
    platform: Platform = "",
    supervisor: Supervisor = "",
    surface: Surface = "",
    attested: AttestedOption = None,
    second: Annotated[
        bool,
        typer.Option(
            "--second",
            help="Instead: the manual 有 without a link that another person is to look at.",
        ),
    ] = False,
    csv: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="Write a CSV for Excel instead of printing."),
    ] = None,
) -> None:
    """List the findings of a sweep with their review."""
    wanted = Wanted(
        state=state,
        codes=tuple(code or ()),
        prefecture=prefecture,
        platform=platform,
        supervisor=supervisor,
        surface=surface,
        attested=attested,
    )
    if second and wanted != Wanted():
        raise UserError("--second stands alone: it lists accounts, not findings")

    async def work() -> Table | str:
        async with opened(ctx) as app:
            chosen = await sweep_of(app, sweep)
            judged = await judged_scope(app, chosen)
            if second:
                return reviews.second_looks(
                    chosen,
                    await second_looks(app.store, chosen, judged.entries, judged.policy),
                )
            known = _by_name(app, wanted)
            found = [
                suspect for suspect in (await _suspects(app, chosen))[0] if known.takes(suspect)
            ]
            table = reviews.suspects(chosen, found, _surfaces(app, found))
            if table.rows or csv:
                return table if csv else table.only(*reviews.BRIEF)
            return await none_and_open(app, judged)

    found = run(work())
    if isinstance(found, str):
        typer.echo(found)
    else:
        print_or_write(found, csv)


def show(
    ctx: typer.Context,
    finding: Annotated[
        str,
        typer.Argument(
            metavar="FINDING",
            help="As listed (12/stale_2w@3f2a), or an account: all of its findings.",
        ),
    ],
    sweep: SweepOption = None,
) -> None:
    """Show a finding in full: the rule, every look it rests on, every decision so far."""

    async def work() -> list[str]:
        async with opened(ctx) as app:
            chosen = await sweep_of(app, sweep)
            found = _named((await _suspects(app, chosen))[0], await _keys(app, [finding]))
            return [reviews.in_full(suspect, _surfaces(app, found)) for suspect in found]

    typer.echo("\n\n".join(_plain(text) for text in run(work())))


def confirm(
    ctx: typer.Context,
    by: By,
    findings: Keys = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = review.CONFIRM_REASON,
    without_hearing: Annotated[
        bool,
        typer.Option(
            "--without-hearing",
            help="Although the hearing has not ended; with --reason, for findings by name.",
        ),
    ] = False,
    sweep: SweepOption = None,
    code: CodeOption = None,
    prefecture: Prefecture = "",
    platform: Platform = "",
    supervisor: Supervisor = "",
    surface: Surface = "",
    attested: AttestedOption = None,
    yes: Yes = False,
) -> None:
    """Confirm findings (认定) after their hearing: they may leave in a hand-off. Nobody confirms
    what rests on their own look.

    By filter only what units answered with 无异议; every other one by its own key.
    """
    wanted = Wanted(
        codes=codes(code),
        prefecture=prefecture,
        platform=platform,
        supervisor=supervisor,
        surface=surface,
        attested=attested,
    )
    if without_hearing and not findings:
        raise UserError(
            "--without-hearing goes with findings by name, and never with a filter alone"
        )
    made = Decision(ReviewAction.CONFIRMED, by, reason, without_hearing=without_hearing)
    _decide(ctx, made, findings or [], wanted, sweep, yes)


def dismiss(
    ctx: typer.Context,
    by: By,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why; not needed with --excuse.")
    ] = "",
    findings: Keys = None,
    excuse: Annotated[
        str, typer.Option("--excuse", metavar="WORD", help=f"Why nobody is blamed: {EXCUSES}.")
    ] = "",
    sweep: SweepOption = None,
    code: CodeOption = None,
    prefecture: Prefecture = "",
    platform: Platform = "",
    supervisor: Supervisor = "",
    surface: Surface = "",
    attested: AttestedOption = None,
    yes: Yes = False,
) -> None:
    """Dismiss findings (排除): they leave in nothing."""
    wanted = Wanted(
        codes=codes(code),
        prefecture=prefecture,
        platform=platform,
        supervisor=supervisor,
        surface=surface,
        attested=attested,
    )
    made = Decision(ReviewAction.DISMISSED, by, reason, excuse=review.excuse_of(excuse))
    _decide(ctx, made, findings or [], wanted, sweep, yes)


def reopen(
    ctx: typer.Context,
    by: By,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    findings: Keys = None,
    sweep: SweepOption = None,
    code: CodeOption = None,
    yes: Yes = False,
) -> None:
    """Take decisions back: the findings are 疑似 again. The decision stays on record."""
    _decide(
        ctx,
        Decision(ReviewAction.REOPENED, by, reason),
        findings or [],
        Wanted(codes=codes(code)),
        sweep,
        yes,
    )


def codes(given: list[Code] | None) -> tuple[Code, ...]:
    """What `--code` said, as often as it was said."""
    return tuple(given or ())


def _decide(
    ctx: typer.Context,
    made: Decision,
    texts: list[str],
    wanted: Wanted,
    sweep: int | None,
    yes: bool,
) -> None:
    """By name or by filter; what may not be decided is told, and the rest is done (then exit 2)."""
    if not texts and wanted == Wanted():
        raise UserError(
            "name the findings, or choose them by --code, --prefecture, --platform, "
            "--supervisor, --surface or --attested"
        )

    async def work() -> list[str]:
        async with opened(ctx) as app:
            chosen = await sweep_of(app, sweep, surely=True)
            newest = max(
                (event.id for event in await app.store.review_events(chosen.id)), default=0
            )
            everything, rejudged = await _suspects(app, chosen)
            if made.action is not ReviewAction.REOPENED:
                _refuse_unversioned(texts, everything)
            keys = await _keys(app, texts)
            if made.action is ReviewAction.CONFIRMED:
                _refuse_accounts(keys, everything)
            named = (
                _named(everything, keys)
                if texts
                else [each for each in everything if review.leads_on(each, made.action)]
            )
            known = _by_name(app, wanted)
            found = [suspect for suspect in named if known.takes(suspect)]
            also = {
                twin.key: twin
                for each in found
                for twin in twins(everything, each)
                if review.leads_on(twin, made.action)
            }
            found += [twin for key, twin in also.items() if key not in {each.key for each in found}]
            refused = review.refusals(found, everything, made, frozenset(keys))
            able = [suspect for suspect in found if suspect.key not in refused]
            typer.echo(_counts(made.action, able, len(refused)))
            if not found and not texts:
                typer.echo(
                    (
                        "none that these options name is left to be decided so: `mediawatch "
                        "review list` shows the findings"
                    ),
                    err=True,
                )
            for each in able:
                for twin in twins(able, each):
                    typer.echo(
                        _plain(
                            f"{each.key} "
                            f"{each.account.filed.name}:与{twin.key}为同一账号重复备案,"
                            f"一并{made.action.label}"
                        )
                    )
            if len(able) > 1 and not yes:
                raise UserError(
                    f"that is more than one finding: add --yes to do it for all {len(able)}"
                )
            now = app.clock()
            events = [made.of(suspect, now) for suspect in able]
            concerned = rejudged.of(event.account_id for event in events)
            await app.store.note_reviews(chosen.id, events, after=newest, rejudged=concerned)
            return [
                f"{each.key} {each.account.filed.name}:{refused[each.key]}"
                for each in found
                if each.key in refused
            ]

    refused = run(work())
    for line in refused:
        typer.echo(_plain(line), err=True)
    if refused:
        sys.exit(REFUSED)


def _counts(action: ReviewAction, able: list[Suspect], refused: int) -> str:
    kinds = Counter(suspect.finding.label for suspect in able)
    weak = sum(
        suspect.attested is Attested.DESCRIBED or suspect.backing.value == "unchecked"
        for suspect in able
    )
    parts = [
        f"{action.value}: {len(able)} findings",
        *(f"{count} {label}" for label, count in kinds.most_common()),
    ]
    parts += [f"{weak} rest on described surfaces or unchecked canaries"] if weak else []
    return ", ".join(parts + ([f"{refused} refused"] if refused else []))


async def _suspects(app: App, sweep: Sweep) -> tuple[list[Suspect], Rejudgement]:
    judged = await judged_scope(app, sweep)
    tell_additions(judged)
    return await suspects(
        app.store, sweep, judged.entries, await checks_for(app.store, sweep)
    ), judged.rejudged


def _refuse_unversioned(texts: list[str], found: list[Suspect]) -> None:
    """UserError for a finding that is named without the version that was shown, or by another one
    than it has now.
    """
    for text in texts:
        key, at, _ = text.partition("@")
        meant = next((suspect for suspect in found if suspect.key == key), None)
        if meant is None or text == meant.versioned:
            continue
        why = "the finding has changed since" if at else "name the version that you decide on"
        raise UserError(f"{text}: {why}, it is {meant.versioned} now: {meant.finding.sentence}")


def _surfaces(app: App, found: list[Suspect]) -> dict[str, str]:
    return app.surface_labels({suspect.account.platform for suspect in found})


def _by_name(app: App, wanted: Wanted) -> Wanted:
    """The filter with a surface by the name that sights have; lists print its Chinese. UserError
    where there is no such surface.
    """
    labels = app.surface_labels(PLATFORM_LABELS)
    name = {label: name for name, label in labels.items()}.get(wanted.surface, wanted.surface)
    if name and name not in labels:
        raise UserError(f"--surface: no surface {name!r}: give one of {', '.join(labels.values())}")
    return replace(wanted, surface=name)


def _refuse_accounts(keys: list[str], found: list[Suspect]) -> None:
    """UserError for an account in place of its findings: what is confirmed is named as it was
    shown.
    """
    for key in keys:
        if meant := [suspect.versioned for suspect in found if str(suspect.account.id) == key]:
            raise UserError(
                f"account {key}: name the version that you decide on, it is {', '.join(meant)} now"
            )


async def _keys(app: App, texts: list[str]) -> list[str]:
    """What people typed as keys: a finding as listed, or any word for an account."""
    accounts = await app.store.accounts(include_retired=True)
    keys = []
    for text in texts:
        account, slash, rest = text.rpartition("/")
        code, at, version = rest.partition("@")
        if slash and code in list(Code):
            keys.append(f"{find_account(accounts, account).id}/{code}{at}{version}")
        elif slash and any(account == str(each.id) for each in accounts):
            raise UserError(
                f"account {account} can have no finding {code!r}: the codes are {', '.join(Code)}"
            )
        else:
            keys.append(str(find_account(accounts, text).id))
    return keys


def _named(found: list[Suspect], keys: list[str]) -> list[Suspect]:
    """UserError where a key names nothing."""
    for key in keys:
        if not any(replace(Wanted(), keys=(key,)).takes(suspect) for suspect in found):
            raise UserError(f"no finding {key} in this sweep: `mediawatch review list` names them")
    return [suspect for suspect in found if Wanted(keys=tuple(keys)).takes(suspect)]


def _plain(text: str) -> str:
    """Names come from outside: nothing in them may steer a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
