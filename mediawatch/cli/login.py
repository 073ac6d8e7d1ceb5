"""`mediawatch login`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from mediawatch.app import App
from mediawatch.cli.base import is_asked, open_home, run
from mediawatch.cli.keys import ask_key, place_of_key, refuse_account
from mediawatch.cli.qr_text import as_text
from mediawatch.cli.terminal import unwrap_stream
from mediawatch.domain import SessionState, UserError
from mediawatch.domain.clock import day_of
from mediawatch.ops import install_browser
from mediawatch.ops.approvals import GivenApproval, admission
from mediawatch.ops.logins import custodian_for, log_in_by_code, log_in_by_hand, take_key
from mediawatch.ports import Modules, NewLogin, StoredSession

PLATFORM_HELP = (
    "weibo, douyin, bilibili, kuaishou, tieba, wechat (an 公众号's back office), weread, or wechat-api (AppID and "
    "AppSecret of an 公众号 that the office itself runs)."
)
CustodianOption = Annotated[
    str | None,
    typer.Option(
        "--custodian",
        metavar="NAME",
        help="保管人, who answers for this login; asked for where it is not known.",
    ),
]

ApprovedByOption = Annotated[
    str | None,
    typer.Option(
        "--approved-by",
        metavar="NAME",
        help="使用审批 of a further weread login: who gave it, and not its 保管人.",
    ),
]
PurposeOption = Annotated[
    str | None, typer.Option("--purpose", metavar="TEXT", help="使用审批: what the login is for.")
]
UntilDayOption = Annotated[
    str | None,
    typer.Option("--until", metavar="DAY", help="使用审批: the last day of use, within a year."),
]
AccountOption = Annotated[
    str | None,
    typer.Option(
        "--account",
        metavar="ACCOUNT",
        help="For wechat-api: whose key it is; filing number, name or id of a filed account.",
    ),
]


def register(app: typer.Typer) -> None:
    app.command("login")(login)


def login(
    ctx: typer.Context,
    platform: Annotated[
        str,
        typer.Argument(help=PLATFORM_HELP),
    ],
    name: Annotated[
        str,
        typer.Option(
            "--name", metavar="NAME", help="What this login is called; a platform may have several."
        ),
    ] = "office",
    qr: Annotated[
        bool, typer.Option("--qr", help="By the site's QR code, as on a machine without a screen.")
    ] = False,
    account: AccountOption = None,
    custodian: CustodianOption = None,
    approved_by: ApprovedByOption = None,
    purpose: PurposeOption = None,
    until: UntilDayOption = None,
    limit: Annotated[
        float,
        typer.Option(
            "--limit", metavar="SECONDS", help="How long to wait for somebody to scan it.", min=1
        ),
    ] = 180,
) -> None:
    """Log in and keep the session: in a window, or where there is no screen by a QR code. Use a
    work account, never a personal one.
    """

    async def work() -> tuple[StoredSession, SessionState]:
        async with open_home(ctx, any_home=True) as app:
            book, logins = app.sessions, app.logins()
            approval = GivenApproval(by=approved_by, purpose=purpose, until=until)
            if platform in logins.keys:
                place = await place_of_key(app, platform, name, account)
                new = new_login(app, platform, name, custodian, approval)
                return await take_key(book, logins, new, ask_key(place)), SessionState.UNKNOWN
            refuse_account(platform, account)
            new = new_login(app, platform, name, custodian, approval)
            if qr or not install_browser.has_screen():
                return await log_in_by_code(book, logins, new, show_code, limit), SessionState.VALID
            return await log_in_by_hand(book, logins, new, _enter)

    session, state = run(work())
    typer.echo(
        f"{session.path}: {state.value}. A person who has this file is logged in: keep it in "
        "this home."
    )
    if session.account:
        typer.echo(
            f"bound to {session.account}; whether the interface takes it: mediawatch sessions "
            f"check {platform}"
        )
    elif state is SessionState.UNKNOWN:
        typer.echo(
            (
                "the site did not say whether it knows the login: try `mediawatch sessions check "
                f"{platform}`"
            ),
            err=True,
        )


def new_login(
    app: App, platform: str, name: str, custodian: str | None, given: GivenApproval
) -> NewLogin:
    """A login that is to be made, with the person who answers for it and its approval.

    UserError where nobody is named and nobody can be asked, or where an approval is missing.
    """
    logins = app.logins()
    admitted = admission(logins, platform, name, given, day_of(app.clock()))
    named = custodian_for(logins, platform, name, custodian)
    if named is None:
        if not is_asked():
            raise UserError(
                "a login has a person who answers for it: name him by --custodian NAME (保管人)"
            )
        asked = typer.prompt("保管人 (who answers for this login)")
        named = custodian_for(logins, platform, name, asked)
    admitted.refuse_own_word(named or "")
    return NewLogin(platform=platform, name=name, custodian=named or "", approve=admitted.approve)


async def _enter() -> None:
    await asyncio.to_thread(
        typer.prompt, "Log in in the window, then press Enter here", default="", show_default=False
    )


def show_code(picture: Path, code: Modules | None) -> None:
    """The code as blocks where the terminal can show it, and the path of its picture."""
    if code is not None:
        # Blocks and our own colours alone.
        print(
            as_text(code, colours=sys.stdout.isatty()), file=unwrap_stream(sys.stdout), flush=True
        )
    typer.echo(
        "Scan the code with the work account's app and confirm there. As a picture: "
        f"{picture} (removed afterwards)"
    )
