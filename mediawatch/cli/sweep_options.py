"""The options of `mediawatch sweep`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediawatch.cli.outputs import output
from mediawatch.outputs import Output, Replacing

AsOf = Annotated[
    str,
    typer.Option(
        metavar="WHEN", help="监测时间点: 2022-12-31 (end of that Beijing day) or an instant."
    ),
]
Platforms = Annotated[
    list[str] | None,
    typer.Option(metavar="KEY", help="Only this platform (wechat …); may be repeated."),
]
PolicyName = Annotated[
    str,
    typer.Option(metavar="NAME|FILE", help="Inspection policy; default from mediawatch.toml."),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option(metavar="ACCOUNT", help="Only this account: filing number, name or id."),
]
ScopeFile = Annotated[
    Path | None,
    typer.Option(
        "--scope",
        metavar="FILE",
        help="Only the accounts of this list (`mediawatch scope --out`, or your own).",
    ),
]
Round = Annotated[
    str,
    typer.Option(
        "--round", metavar="LABEL", help="What the office calls this inspection (2024年第一次)."
    ),
]
FirstDay = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="DAY",
        help="Judge the period from this Beijing day on by its longest gap.",
    ),
]
Nightly = Annotated[
    bool,
    typer.Option(
        "--nightly/--census",
        help="Only what is due (日常监测), or everything in scope (普查), the default.",
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        metavar="HH:MM",
        help=(
            "Begin no visit after this time in Beijing, tomorrow where it is past; the rest stays."
        ),
    ),
]
Again = Annotated[
    bool,
    typer.Option(
        "--again",
        help=(
            "Look again, even where a sweep with the same options is finished or stored posts "
            "settle an account."
        ),
    ),
]
Resume = Annotated[
    bool,
    typer.Option(
        "--resume",
        help="With --nightly: only go on with a night that was broken off, until its own --until.",
    ),
]
SecondLookAfter = Annotated[
    float | None,
    typer.Option(metavar="MINUTES", help="Least distance of the second look.", min=0),
]
MetricsFile = Annotated[
    Output | None,
    output(
        "--metrics",
        metavar="FILE",
        help="Write what the run came to for Prometheus (a textfile, *.prom); replaced each time.",
        replacing=Replacing.ALWAYS,
    ),
]
FailOnFindings = Annotated[
    bool, typer.Option("--fail-on-findings", help="Exit with 4 where accounts fail.")
]
Workers = Annotated[
    bool,
    typer.Option(
        "--workers",
        help="Have the database's workers look (`mediawatch worker`, PostgreSQL); judge here.",
    ),
]
