"""`mediawatch links import`: article links that units hand in."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from mediawatch import stops
from mediawatch.app import App, only_one
from mediawatch.cli.base import DryRun, open_home, run
from mediawatch.cli.outputs import output
from mediawatch.domain import LinkSort, Outcome, UserError
from mediawatch.domain.clock import day_of
from mediawatch.outputs import Output
from mediawatch.people import link_report, links
from mediawatch.people.forms.link_answer import LinkAnswer, answers_of, write_answer
from mediawatch.people.link_files import CollectedLinks, collect
from mediawatch.people.link_naming import note_names
from mediawatch.people.link_report import LinkEntry, LinkReport, LinkResult
from mediawatch.plurals import agree, count_of
from mediawatch.table import plain, to_csv
from mediawatch.workbooks.places import Place

if TYPE_CHECKING:
    from mediawatch.sweep.gate.pacing import Pacing

_STEP = 20
"""Links between two lines of progress: at the site's pace about two minutes."""
_SHOWN = 20
"""Addresses that are no articles, and cards, as the terminal shows them."""
_IN_SENTENCE = 3
"""Places that one sentence names."""
CARD = (
    "only the title of a shared card was copied: open the article, choose 复制链接 and paste the "
    "address"
)
AnswerOption = Annotated[
    Output | None,
    output(
        "--answer",
        metavar="FILE.xlsx",
        help="Write what became of each row, to be sent back to whoever sent it.",
    ),
]
group = typer.Typer(no_args_is_help=True, help="Take in the article links that units send.")


def register(app: typer.Typer) -> None:
    group.command("import")(import_)
    app.add_typer(group, name="links")


def import_(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|DIR|-…",
            help="Texts, csv, xlsx, xls, docx, folders of them; - is standard input.",
        ),
    ],
    dry_run: DryRun = False,
    report: Annotated[
        Output | None,
        output("--report", metavar="FILE.csv", help="Write every link and what became of it."),
    ] = None,
    answer: AnswerOption = None,
) -> None:
    """Open every WeChat article link once and keep what belongs to filed accounts. Run it again for
    what was not opened.
    """
    refuse_answer(answer)

    if not dry_run:
        stops.promise(stops.RESUMES)

    async def work() -> tuple[LinkReport, int]:
        async with open_home(ctx, dry_run=dry_run) as app:
            collected = collect(files, sys.stdin.buffer, today=day_of(app.clock()))
            accounts = [
                account
                for account in await app.store.accounts.all()
                if account.platform == links.PLATFORM
            ]
            if not collected.links:
                raise UserError(_none_in(files, collected))
            if not accounts:
                raise UserError("no WeChat account is filed: import a registry first")
            collected = note_names(collected, accounts)
            looker = app.looker()
            if dry_run:
                done, code = await links.foresee(collected, app.store), 0
            else:
                gate = app.pacing()
                with only_one(app.home):
                    done = await links.import_links(
                        collected,
                        store=app.store,
                        looker=looker,
                        gate=gate,
                        now=app.clock,
                        progress=show_links_done,
                    )
                code = exit_code_of(done, gate)
            if dry_run:
                tell_unwritten(answer)
            else:
                send_back(app, answer, answers_of(collected.rows, done))
            return done, code

    done, code = run(work())
    print_report(done, dry_run=dry_run)
    if report is not None:
        table = link_report.as_table(done)
        report.write(to_csv(table))
        typer.echo(f"{report}: {count_of(len(table.rows), 'row')}")
    if code:
        sys.exit(code)


def _none_in(files: Sequence[str], collected: CollectedLinks) -> str:
    """That no article link is there, and what stands there instead."""
    others = [f"{place}: {address} is none" for place, address in collected.unused]
    cards = [f"{place}: {CARD}: {title}" for place, title in collected.cards]
    none = f"no article link (https://mp.weixin.qq.com/s…) in {', '.join(files)}"
    return "; ".join((none, *_first(others), *_first(cards), *_first(collected.skipped)))


def _first(said: Sequence[str]) -> list[str]:
    """As many as a sentence holds, and the number of the others."""
    left = len(said) - _IN_SENTENCE
    return [*said[:_IN_SENTENCE], *([f"and {left} more such"] if left > 0 else [])]


def refuse_answer(answer: Output | None) -> None:
    """UserError for an answer under a name that no workbook has, before anything is opened."""
    if answer is not None and answer.path.suffix.lower() != ".xlsx":
        raise UserError(f"--answer {answer}: an answer is an .xlsx file")


def send_back(app: App, out: Output | None, answers: Sequence[LinkAnswer]) -> None:
    """Write the answer, where one is wanted."""
    if out is not None:
        write_answer(
            out.path,
            answers,
            now=app.clock(),
            marks=app.marks,
            overwrite=out.force,
            write=out.writer(),
        )
        typer.echo(f"{out}: {count_of(len(answers), 'row')} to send back")


def tell_unwritten(answer: Output | None) -> None:
    """Say that a dry run writes no answer: it opens nothing, so it could only be a wrong one."""
    if answer is not None:
        typer.echo(
            f"{answer} is not written in a dry run: what became of a link is known once it is opened",
            err=True,
        )


def exit_code_of(report: LinkReport, gate: Pacing) -> int:
    """The exit bits of the sites' failures, and that of links which the network kept from us."""
    from mediawatch.sweep.gate.breakers import EXIT_BITS

    return gate.exit_bits | (EXIT_BITS[Outcome.UNREACHABLE] if report.unreached else 0)


def show_links_done(done: int, total: int) -> None:
    if done % _STEP == 0 and done < total:
        print(f"opened {done} of {count_of(total, 'link')}", file=sys.stderr, flush=True)


def print_report(report: LinkReport, *, dry_run: bool = False) -> None:
    """One line for each link that needs a person, then the counts; renamed accounts among them."""
    unreached = report.unreached
    for entry in report.entries:
        if entry in unreached:
            continue
        if entry.is_renamed or entry.result not in (LinkResult.MATCHED, LinkResult.KNOWN):
            typer.echo(plain(_line(entry)))
    for sentence in report.skipped:
        typer.echo(plain(f"skipped: {sentence}"), err=True)
    tell_unopened(report.unused, "--report FILE.csv")
    for place, title in report.cards[:_SHOWN]:
        typer.echo(plain(f"{place}: {CARD}: {title}"), err=True)
    if (more := len(report.cards) - _SHOWN) > 0:
        what = agree(more, "card has no address", "cards have no address")
        typer.echo(f"{more} more {what}: --report FILE.csv lists them all", err=True)
    counts = report.counts
    typer.echo(
        f"{count_of(len(report.entries), 'link')}: "
        + ", ".join(f"{counts[result]} {result.value}" for result in LinkResult if counts[result])
    )
    sorts = Counter(entry.sort for entry in report.entries)
    typer.echo(
        "、".join(f"{sort.label}{sorts[sort]}条" for sort in LinkSort if sorts[sort]), err=True
    )
    if unreached:
        typer.echo(
            f"{count_of(len(unreached), 'link')} not read, for the network or the site did not "
            "answer: `mediawatch doctor --live` says which; then run the same import again",
            err=True,
        )
    if counts[LinkResult.NOT_OPENED] and not dry_run:
        typer.echo("what was not opened is not lost: run the same import again later", err=True)


def tell_unopened(unused: Sequence[tuple[Place, str]], option: str) -> None:
    """One line for each address that is no article; `option` lists them all."""
    for place, address in unused[:_SHOWN]:
        typer.echo(plain(f"{place}: {address}: no WeChat article, not opened"), err=True)
    if (more := len(unused) - _SHOWN) > 0:
        what = agree(more, "address is no WeChat article", "addresses are no WeChat articles")
        typer.echo(f"{more} more {what}: {option} lists them all", err=True)


def _line(entry: LinkEntry) -> str:
    filed = ", ".join(account.filed.name for account in entry.names)
    seen = f' "{entry.name_seen}"' if entry.name_seen else ""
    match entry.result:
        case LinkResult.MATCHED:
            what = f"now called{seen}, filed as {filed}"
        case LinkResult.PROPOSED | LinkResult.AMBIGUOUS:
            what = f"{entry.result.value}{seen}: {filed}"
        case _:
            what = f"{entry.result.value}{seen}" + (f", given for {filed}" if entry.named else "")
    places = "; ".join(map(str, entry.link.places))
    return f"{places}: {entry.link.url}: {what}" + (f" ({entry.detail})" if entry.detail else "")
