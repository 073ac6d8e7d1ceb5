"""`mediawatch sessions`: the operator's logins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.cli.base import fit_table, open_home, run
from mediawatch.cli.keys import place_of_key, read_key_file, refuse_account
from mediawatch.cli.login import (
    PLATFORM_HELP,
    AccountOption,
    ApprovedByOption,
    CustodianOption,
    PurposeOption,
    UntilDayOption,
    new_login,
)
from mediawatch.domain import SessionState, UserError
from mediawatch.domain.clock import day_of, minute
from mediawatch.files import PRIVATE
from mediawatch.ops import logins as sessions
from mediawatch.ops.approvals import GivenApproval, LoginAdmission, admission
from mediawatch.ops.logins import ListedLogin
from mediawatch.plurals import count_of
from mediawatch.ports import NewLogin, StoredSession
from mediawatch.table import Table

group = typer.Typer(
    help="The operator's logins: list, check, import, assign, remove.", invoke_without_command=True
)
_NONE = "there is no login {!r} on {}: `mediawatch sessions` lists them"
_COLUMNS = (
    "platform",
    "name",
    "账号",
    "保管人",
    "使用审批",
    "state",
    "since",
    "seen by",
    "age",
    "last use",
    "mode",
)


def register(app: typer.Typer) -> None:
    group.callback()(list_)
    group.command("check")(check)
    group.command("import")(import_)
    group.command("assign")(assign)
    group.command("remove")(remove)
    app.add_typer(group, name="sessions")


def list_(ctx: typer.Context) -> None:
    """The logins of this home, as they were last seen: state, age, last use, mode of the file."""
    if ctx.invoked_subcommand is not None:
        return

    async def work() -> tuple[list[ListedLogin], datetime]:
        async with open_home(ctx, any_home=True) as app:
            return await sessions.list_logins(app.sessions, app.logins()), app.clock()

    found, now = run(work())
    if not found:
        typer.echo(
            "no logins in this home: `mediawatch login PLATFORM`, or `mediawatch sessions "
            "import PLATFORM FILE`"
        )
        return
    typer.echo(
        fit_table(
            Table("sessions (times in Beijing)", _COLUMNS, tuple(_row(each, now) for each in found))
        )
    )
    for each in found:
        if each.session.mode != PRIVATE:
            typer.echo(
                (
                    f"others may read {each.session.path}: chmod 600 it, and log in anew if this "
                    "is no machine of your own"
                ),
                err=True,
            )
        name = f"{each.session.platform} {each.session.name}"
        if each.why_barred:
            typer.echo(f"{name} is not used: {each.why_barred}", err=True)
        if each.is_unused(now):
            typer.echo(
                f"{name} was not used for 30 days: `mediawatch sessions remove {name}` if nobody "
                "needs it",
                err=True,
            )
        if not each.session.custodian:
            typer.echo(
                f"nobody answers for {name}: `mediawatch sessions assign {name} PERSON`", err=True
            )


def check(
    ctx: typer.Context,
    platform: Annotated[str | None, typer.Argument(help="Only this platform's logins.")] = None,
) -> None:
    """Ask each site, by its own page, whether it knows the login. Exit code 32 where one is no
    longer valid.
    """

    async def work() -> list[SessionState]:
        states = []
        async with open_home(ctx, any_home=True) as app:
            for each in await sessions.list_logins(app.sessions, app.logins(), platform):
                state, why = await sessions.check(app.sessions, app.looker(), each.session)
                typer.echo(
                    f"{each.session.platform}/{each.session.name}: {state.value}"
                    + (f" ({why})" if why else "")
                )
                states.append(state)
        return states

    states = run(work())
    if not states:
        typer.echo("no logins to check")
    if SessionState.INVALID in states:
        raise typer.Exit(32)


def import_(
    ctx: typer.Context,
    platform: Annotated[str, typer.Argument(help=PLATFORM_HELP)],
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="cookies.txt, a cookie editor's JSON, or a Playwright storage state; for "
            "wechat-api a TOML file with app_id and app_secret.",
        ),
    ],
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What this login is called.")
    ] = "office",
    account: AccountOption = None,
    custodian: CustodianOption = None,
    approved_by: ApprovedByOption = None,
    purpose: PurposeOption = None,
    until: UntilDayOption = None,
) -> None:
    """Take in a browser's exported cookies: those of the platform's hosts only. Use a work account,
    never a personal one. Or the AppID and AppSecret of an 公众号 that the office itself runs.
    """

    async def work() -> str:
        async with open_home(ctx, any_home=True) as app:
            approval = GivenApproval(by=approved_by, purpose=purpose, until=until)
            if platform in app.logins().keys:
                place = await place_of_key(app, platform, name, account)
                key = read_key_file(place, file)
                # Before anybody is asked who answers for it; so below.
                sessions.refuse_key(app.logins(), platform, name, key)
                new = new_login(app, platform, name, custodian, approval)
                kept = await sessions.take_key(app.sessions, app.logins(), new, key)
                return (
                    f"{kept.path}: bound to {kept.account}. A person who has this file, or {file}, "
                    "can use the account's interfaces: delete the file."
                )
            refuse_account(platform, account)
            sessions.read_export(app.logins(), platform, file)
            new = new_login(app, platform, name, custodian, approval)
            session, count = await sessions.take(app.sessions, app.logins(), new, file)
            return (
                f"{session.path}: {count_of(count, 'cookie')} kept. A person who has this file, or "
                f"{file}, is "
                "logged in: delete the export."
            )

    typer.echo(run(work()))
    typer.echo(f"whether the site knows it: mediawatch sessions check {platform}")


def assign(
    ctx: typer.Context,
    platform: Annotated[str, typer.Argument(help=PLATFORM_HELP)],
    name: Annotated[str, typer.Argument(help="As `mediawatch sessions` lists it.")],
    person: Annotated[str, typer.Argument(metavar="PERSON", help="保管人: who answers for it.")],
    approved_by: ApprovedByOption = None,
    purpose: PurposeOption = None,
    until: UntilDayOption = None,
) -> None:
    """Note who answers for a login that is here already, and the 使用审批 of a further one."""
    given = GivenApproval(by=approved_by, purpose=purpose, until=until)

    async def work() -> StoredSession | None:
        async with open_home(ctx, any_home=True) as app:
            logins = app.logins()
            known = [each for each in logins.sessions(platform) if each.name == name]
            if not known:
                return None
            named = sessions.custodian_for(logins, platform, name, person) or ""
            new = NewLogin(
                platform=platform, name=name, custodian=named, approval=known[0].approval
            )
            if given != GivenApproval():
                admitted = admission(logins, platform, name, given, day_of(app.clock()))
                new = replace(new, approve=admitted.approve)
            else:
                admitted = LoginAdmission(
                    logins=logins, platform=platform, name=name, given=known[0].approval
                )
            admitted.refuse_own_word(named)
            logins.assign(new)
            return next((each for each in logins.sessions(platform) if each.name == name), None)

    assigned = run(work())
    if assigned is None:
        raise UserError(_NONE.format(name, platform))
    approval = assigned.approval
    approved = (
        f", 使用审批: {approval.by}, until {approval.until}: {approval.purpose}" if approval else ""
    )
    typer.echo(f"{platform}/{name}: 保管人 {assigned.custodian}{approved}")


def remove(
    ctx: typer.Context,
    platform: Annotated[
        str | None,
        typer.Argument(help=PLATFORM_HELP),
    ] = None,
    name: Annotated[str | None, typer.Argument(help="As `mediawatch sessions` lists it.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every login of this home, in place of one.")
    ] = False,
) -> None:
    """Delete a login's file. The site itself still knows the login until it is ended there."""
    if everything != (platform is None) or everything != (name is None):
        raise UserError("name one login, PLATFORM NAME, or all of them by --all")
    if platform is None or name is None:
        _remove_all(ctx)
        return

    async def work() -> bool:
        async with open_home(ctx, any_home=True) as app:
            return await sessions.remove(app.sessions, app.logins(), platform, name)

    if not run(work()):
        raise UserError(_NONE.format(name, platform))
    typer.echo(
        f"{platform}/{name} removed here; to end it for good, log the account out on the site "
        "(or change its password; of a key: reset the AppSecret there)"
    )


def _remove_all(ctx: typer.Context) -> None:
    async def work() -> list[StoredSession]:
        async with open_home(ctx, any_home=True) as app:
            return await sessions.remove_all(app.sessions, app.logins())

    removed = run(work())
    for each in removed:
        typer.echo(f"{each.platform}/{each.name} removed here")
    typer.echo(
        f"{count_of(len(removed), 'login')} removed; to end them for good, log the accounts out on the sites"
    )


def _row(each: ListedLogin, now: datetime) -> tuple[str, ...]:
    session, event = each.session, each.event
    return (
        session.platform,
        session.name,
        session.account,
        session.custodian,
        _approval(each),
        each.state.value,
        minute(event.at) if event else "",
        event.how if event else "",
        _span(now - session.made_at),
        minute(session.used_at) if session.used_at else "never",
        f"{session.mode:04o}",
    )


def _approval(each: ListedLogin) -> str:
    approval = each.session.approval
    told = f"{approval.by}，至{approval.until}" if approval else ""
    return f"{told or '无'}（不使用）" if each.why_barred else told


def _span(span: timedelta) -> str:
    minutes = max(int(span.total_seconds()) // 60, 0)
    days, rest = divmod(minutes, 24 * 60)
    return f"{days} d {rest // 60} h" if days else f"{rest // 60} h {rest % 60} min"
