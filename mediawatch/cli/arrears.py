"""`mediawatch notice overdue`: what of a notice is overdue, by unit, and a text to each unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from mediawatch.app.arrears import overdue_of
from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.cli.out import NumberArgument, notice_of
from mediawatch.cli.outputs import output
from mediawatch.domain import NoticeAction, UserError
from mediawatch.domain.clock import day_of
from mediawatch.ops.settings.office import read_office
from mediawatch.outputs import Output, OutputKind
from mediawatch.people.worklist.export import part_name, safe_part
from mediawatch.plurals import count_of
from mediawatch.publish.naming import no_addressee
from mediawatch.publish.reports.reminders import Unit
from mediawatch.publish.reports.urgings import Urger, Urging, overdue_tables, urgings

if TYPE_CHECKING:
    from datetime import datetime

_NO_PLACE = "未填地市"


def overdue(
    ctx: typer.Context,
    number: NumberArgument,
    out: Annotated[
        Output | None, output("--out", metavar="FILE.xlsx", help="Write the lists as a workbook.")
    ] = None,
    letters: Annotated[
        Output | None,
        output(
            "--letters",
            metavar="DIR",
            help="Write a 催办 text a unit, a folder a prefecture where there are several.",
            kind=OutputKind.FOLDER,
        ),
    ] = None,
    to: Annotated[
        Unit, typer.Option(help="One text a 所属组织 (with its contact persons), or a 主管单位.")
    ] = Unit.ORGANISER,
    word: Annotated[bool, typer.Option("--word", help="The texts as Word documents.")] = False,
) -> None:
    """List by unit what of a notice is overdue today: 未按期反馈, 未按期整改 (proved by a re-check after
    the deadline), and what a re-check must settle first."""

    async def work() -> None:
        async with open_home(ctx) as app:
            notice, events = await notice_of(app, number)
            items = await overdue_of(app, notice)
            now, contacts = app.clock(), await app.store.accounts.contacts()
            by = Urger(office=read_office(app.home.root), today=day_of(now), marks=app.marks)
            texts = urgings(notice, items, contacts, by, to)
            tables = overdue_tables(notice, items)
            if out:
                # Imported here: with it comes the writer of workbooks.
                from mediawatch.publish.reports.xlsx import BookCover, workbook

                counts = ("账号数", *(name for name, _ in tables[:3]))
                cover = BookCover(
                    title=f"{notice.number}催办清单", issuer=by.office.issuer, made_at=now
                )
                body = workbook(tables, counts=counts, rates=(), marks=app.marks, cover=cover)
                out.write(body)
                typer.echo(str(out))
            if letters:
                _refuse_unaddressed(number, texts)
                _write(letters, texts, by, now if word else None)
            if not out and not letters:
                for _, table in tables:
                    if table.rows:
                        typer.echo(fit_table(table))
            told = Counter({name: len(table.rows) for name, table in tables[:3] if table.rows})
            if not any(each.action is NoticeAction.ASKED for each in events):
                typer.echo(
                    f"the forms of {notice.number} were not written here (`notice feedback export`): "
                    "units may have reported another way",
                    err=True,
                )
            words = (
                ", ".join(f"{name} {count}" for name, count in told.items()) or "nothing overdue"
            )
            typer.echo(
                f"{notice.number}: {words}; {count_of(len(texts), 'unit')} to urge", err=True
            )

    run(work())


def _refuse_unaddressed(number: str, texts: Sequence[Urging]) -> None:
    if found := [name for each in texts if not each.unit for name in each.names]:
        raise UserError(no_addressee(found[0], number))


def _write(folder: Output, texts: Sequence[Urging], by: Urger, word_at: datetime | None) -> None:
    """A file a unit; nothing is written where one of them is there already."""
    places = {each.prefecture for each in texts}
    alike = Counter((each.prefecture, each.unit) for each in texts)
    whole = folder.path / ("催办.docx" if word_at else "催办.txt")
    taken: dict[str, set[str]] = {}
    files = []
    for each in texts:
        place = safe_part(each.prefecture or _NO_PLACE) if len(places) > 1 else ""
        # Units of one name in two counties are two units.
        county = f"{each.county} " if alike[each.prefecture, each.unit] > 1 else ""
        name = part_name(whole, f"{county}{each.unit}", taken.setdefault(place, set()))
        files.append(folder.file(f"{place}/{name}" if place else name))
    for file in files:
        file.check()
    for file, each in zip(files, texts, strict=True):
        file.write(_body(each, by, word_at))


def _body(text: Urging, by: Urger, word_at: datetime | None) -> bytes:
    if word_at is None:
        return text.text.encode()
    from mediawatch.publish.reports.letters import letter_document

    return letter_document(text.letter(by), word_at)
