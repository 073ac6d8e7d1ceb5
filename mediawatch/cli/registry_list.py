"""`mediawatch registry list`: the accounts as filed, also by what would reach them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from mediawatch.cli.base import open_home, run
from mediawatch.cli.out import CsvOption, print_or_write
from mediawatch.domain import Account, UserError
from mediawatch.sweep.forecast_keys import Reach, reached_by_key
from mediawatch.table import Table

_COLUMNS = (
    "备案单号",
    "政务新媒体名称",
    "类型",
    "所属组织",
    "地市",
    "县区",
    "层级",
    "功能类型",
    "平台ID",
    "原始ID",
    "微信号",
    "运行状态",
    "链接地址",
    "退出日期",
)


def list_(
    ctx: typer.Context,
    csv: CsvOption = None,
    retired: Annotated[bool, typer.Option("--retired", help="Retired accounts too.")] = False,
    platform: Annotated[
        str, typer.Option("--platform", metavar="KEY", help="Only this platform: wechat, weibo …")
    ] = "",
    reached_by: Annotated[
        str,
        typer.Option(
            "--reached-by",
            metavar="KEY",
            help="Only accounts that nothing reads now, and that this would reach: number, link, "
            "weread, number+weread …, as `plan` and `doctor` name it.",
        ),
    ] = "",
) -> None:
    """List the accounts of the registry as filed (without contacts)."""

    async def work() -> list[Account]:
        async with open_home(ctx) as app:
            found = await app.store.accounts.all(include_retired=retired)
            if platform:
                found = [account for account in found if account.platform == platform]
            return _reached(await app.reach(), found, reached_by) if reached_by else found

    rows = tuple((*account_cells(account), *_more_cells(account)) for account in run(work()))
    print_or_write(Table("台账", _COLUMNS, rows), csv)


def _reached(reach: Reach, accounts: Sequence[Account], key: str) -> list[Account]:
    """The accounts that a gain of that key would reach. UserError where it can reach none."""
    found: dict[str, list[Account]] = defaultdict(list)
    for platform in sorted({account.platform for account in accounts}):
        its = [account for account in accounts if account.platform == platform]
        for gain, those in reached_by_key(platform, its, reach).items():
            found[gain] += those
    if key not in found:
        known = ", ".join(sorted(found)) or "nothing: no such account is filed"
        raise UserError(f"--reached-by {key!r}: what can reach more accounts here is {known}")
    return found[key]


def account_cells(account: Account) -> Iterable[str]:
    """An account in the lists of the registry: number, name, type and organiser as filed."""
    filed = account.filed
    return filed.filing_number, filed.name, filed.type, filed.organiser


def _more_cells(account: Account) -> Iterable[str]:
    filed = account.filed
    out = str(account.retired_on or "")
    return (
        filed.prefecture,
        filed.county,
        filed.level,
        filed.function_kind,
        filed.platform_id,
        filed.original_id,
        filed.alias,
        filed.status.label,
        filed.url,
        out,
    )
