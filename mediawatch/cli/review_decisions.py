"""`mediawatch review confirm`, `dismiss`, `reopen`: decisions about findings."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import SweepOption, sweep_of
from mediawatch.cli.review_keys import (
    find_keys,
    load_suspects,
    pick_named,
    refuse_accounts,
    refuse_unversioned,
    resolve_surface,
)
from mediawatch.cli.review_options import (
    EXCUSES,
    AttestedOption,
    By,
    CodeOption,
    Keys,
    Platform,
    Prefecture,
    Supervisor,
    Surface,
    Yes,
    filter_of,
)
from mediawatch.domain import (
    Attestation,
    ReviewAction,
    Sweep,
    UserError,
)
from mediawatch.people import review
from mediawatch.people.review import ReviewDecision
from mediawatch.people.suspects import Suspect, SuspectFilter, twins
from mediawatch.plurals import agree, count_of
from mediawatch.table import plain

REFUSED = 2


def confirm(
    ctx: typer.Context,
    by: By,
    findings: Keys = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = review.CONFIRM_REASON,
    without_hearing: Annotated[
        bool,
        typer.Option(
            "--without-hearing",
            help="Confirm although the hearing has not ended; with --reason, for findings by name.",
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
    """Confirm findings (认定) after their hearing: they may leave in a hand-off. Reviewers cannot
    confirm what rests on their own look.

    A filter takes only what units answered with 无异议; name every other finding by its own key.
    """
    wanted = filter_of(
        code,
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
    made = ReviewDecision(ReviewAction.CONFIRMED, by, reason, without_hearing=without_hearing)
    _decide(ctx, made, findings or [], wanted, sweep, yes)


def dismiss(
    ctx: typer.Context,
    by: By,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why; not needed with --excuse.")
    ] = "",
    findings: Keys = None,
    excuse: Annotated[
        str,
        typer.Option("--excuse", metavar="WORD", help=f"Why the unit is not to blame: {EXCUSES}."),
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
    """Dismiss findings (排除): no list of problems, document or hand-off has them."""
    wanted = filter_of(
        code,
        prefecture=prefecture,
        platform=platform,
        supervisor=supervisor,
        surface=surface,
        attested=attested,
    )
    made = ReviewDecision(ReviewAction.DISMISSED, by, reason, excuse=review.excuse_of(excuse))
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
        ReviewDecision(ReviewAction.REOPENED, by, reason),
        findings or [],
        filter_of(code),
        sweep,
        yes,
    )


def _decide(
    ctx: typer.Context,
    made: ReviewDecision,
    texts: list[str],
    wanted: SuspectFilter,
    sweep: int | None,
    yes: bool,
) -> None:
    """Decide by name or by filter; refused findings are listed, and the rest is done (then exit 2)."""
    if not texts and wanted == SuspectFilter():
        raise UserError(
            "name the findings, or choose them by --code, --prefecture, --platform, "
            "--supervisor, --surface or --attested"
        )

    async def work() -> list[str]:
        async with open_home(ctx) as app:
            chosen = await sweep_of(app, sweep, surely=True)
            choice = await app.decide(
                lambda planning: _choose(planning, chosen, made, texts, wanted, yes=yes)
            )
            choice.tell(made.action)
            return choice.refused

    refused = run(work())
    for line in refused:
        typer.echo(plain(line, keep="\n"), err=True)
    if refused:
        sys.exit(REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """The findings that are decided on, and the refused ones, a line each."""

    able: list[Suspect]
    refused: list[str]
    by_filter: bool

    def tell(self, action: ReviewAction) -> None:
        typer.echo(_counts(action, self.able, len(self.refused)))
        if self.by_filter and not self.able and not self.refused:
            typer.echo(_NOTHING_LEFT, err=True)
        _tell_twins(self.able, action)


async def _choose(
    app: App,
    sweep: Sweep,
    made: ReviewDecision,
    texts: list[str],
    wanted: SuspectFilter,
    *,
    yes: bool,
) -> _Choice:
    newest = max((event.id for event in await app.store.reviews.events(sweep.id)), default=0)
    everything, rejudged = await load_suspects(app, sweep)
    if made.action is not ReviewAction.REOPENED:
        refuse_unversioned(texts, everything)
    keys = await find_keys(app, texts)
    if made.action is ReviewAction.CONFIRMED:
        refuse_accounts(keys, everything)
    named = (
        pick_named(everything, keys)
        if texts
        else [each for each in everything if review.leads_on(each, made.action)]
    )
    found = _with_twins(named, everything, resolve_surface(app, wanted), made.action)
    refused = review.refusals(found, everything, made, frozenset(keys))
    choice = _Choice(
        able=[suspect for suspect in found if suspect.key not in refused],
        refused=[
            f"{each.key} {each.account.filed.name}：{refused[each.key]}"
            for each in found
            if each.key in refused
        ],
        by_filter=not texts,
    )
    if len(choice.able) > 1 and not yes:
        choice.tell(made.action)
        raise UserError(
            f"that is more than one finding: add --yes to do it for all {len(choice.able)}"
        )
    now = app.clock()
    events = [made.of(suspect, now) for suspect in choice.able]
    concerned = rejudged.of(event.account_id for event in events)
    await app.store.reviews.add(sweep.id, events, after=newest, rejudged=concerned)
    return choice


_NOTHING_LEFT = (
    "no finding that these options name is left for this decision: `mediawatch review list` shows "
    "the "
    "findings"
)


def _with_twins(
    named: list[Suspect], everything: list[Suspect], wanted: SuspectFilter, action: ReviewAction
) -> list[Suspect]:
    """The named findings that the filter takes, and the same findings of further filings."""
    found = [suspect for suspect in named if wanted.takes(suspect)]
    keys = {each.key for each in found}
    also = {
        twin.key: twin
        for each in found
        for twin in twins(everything, each)
        if review.leads_on(twin, action) and twin.key not in keys
    }
    return [*found, *also.values()]


def _tell_twins(able: list[Suspect], action: ReviewAction) -> None:
    for each in able:
        for twin in twins(able, each):
            text = (
                f"{each.key} {each.account.filed.name}：与{twin.key}为同一账号重复备案，"
                f"一并{action.label}"
            )
            typer.echo(plain(text, keep="\n"))


def _counts(action: ReviewAction, able: list[Suspect], refused: int) -> str:
    kinds = Counter(suspect.finding.label for suspect in able)
    weak = sum(
        suspect.attested is Attestation.DESCRIBED or suspect.backing.value == "unchecked"
        for suspect in able
    )
    parts = [
        f"{action.value}: {count_of(len(able), 'finding')}",
        *(f"{count} {label}" for label, count in kinds.most_common()),
    ]
    parts += (
        [f"{weak} {agree(weak, 'rests', 'rest')} on described surfaces or unchecked canaries"]
        if weak
        else []
    )
    return ", ".join(parts + ([f"{refused} refused"] if refused else []))
