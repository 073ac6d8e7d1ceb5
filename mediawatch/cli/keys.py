"""Entering the key to an official interface: at a prompt or by a file, never on the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mediawatch.cli.base import is_asked
from mediawatch.domain import UserError
from mediawatch.inputs import InputFault, read_toml
from mediawatch.ports import AccountKey
from mediawatch.registry.find import find_account

if TYPE_CHECKING:
    from mediawatch.app import App

_FIELDS = ("app_id", "app_secret")


async def place_of_key(app: App, platform: str, name: str, account: str | None) -> AccountKey:
    """An empty key with the account that it is for: the one that is named, else the kept key's.

    UserError where neither is there, and for an account of another platform.
    """
    logins = app.logins()
    if account is None:
        kept = logins.key_of(platform, name)
        if kept is None:
            raise UserError(
                f"a key of {platform} belongs to one filed account: name it by --account ACCOUNT"
            )
        return replace(kept, app_id="", app_secret="")
    filed = find_account(await app.store.accounts.all(), account).filed
    if filed.platform != logins.keys[platform]:
        raise UserError(
            f"{filed.name} is on {filed.type or filed.platform}: a key of {platform} is that of a "
            f"{logins.keys[platform]} account"
        )
    return AccountKey(
        app_id="",
        app_secret="",
        filing_number=filed.filing_number,
        name=filed.name,
        platform_id=filed.platform_id,
        original_id=filed.original_id,
        alias=filed.alias,
    )


def ask_key(place: AccountKey) -> AccountKey:
    """Ask the person at the terminal. UserError where nobody can be asked."""
    if not is_asked():
        raise UserError(
            "AppID and AppSecret are asked for at a terminal: without one take them in from a file "
            "by `mediawatch sessions import wechat-api FILE --account ACCOUNT`"
        )
    typer.echo(f"AppID and AppSecret of {place.name}, which the office itself runs:")
    app_id = typer.prompt("AppID")
    app_secret = typer.prompt("AppSecret (not shown)", hide_input=True)
    return replace(place, app_id=app_id.strip(), app_secret=app_secret.strip())


def read_key_file(place: AccountKey, file: Path) -> AccountKey:
    """Read `app_id` and `app_secret` of a TOML file. UserError, which never quotes them."""
    form = 'write app_id = "wx…" and app_secret = "…", a line each'
    try:
        table = read_toml(file)
    except InputFault as fault:
        raise UserError(f"{fault}; {form}") from None
    given = {key: table.get(key) for key in _FIELDS}
    if set(table) != set(_FIELDS) or not all(isinstance(each, str) for each in given.values()):
        raise UserError(f"{file} is no key: {form}, and nothing else")
    return replace(
        place, app_id=str(given["app_id"]).strip(), app_secret=str(given["app_secret"]).strip()
    )


def refuse_account(platform: str, account: str | None) -> None:
    """UserError where an account is named for a login that belongs to none."""
    if account is not None:
        raise UserError(f"--account is for keys: a login of {platform} is nobody's account alone")
