"""`mediawatch doctor`: what an inspection needs, whether it is there, and the remedy."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from mediawatch.app import App
from mediawatch.app.doctor_checks import DoctorCheck, Level, check_of
from mediawatch.app.home_checks import OLDEST_CLOCK
from mediawatch.domain import (
    CLOCK_OFF,
    CanaryCheck,
    Outcome,
    SessionState,
    UserError,
)
from mediawatch.domain.clock import BEIJING, beijing
from mediawatch.files import open_to_others
from mediawatch.ops import install_browser
from mediawatch.ops import logins as sessions
from mediawatch.ops.settings import Home, Settings
from mediawatch.ops.settings.holidays import read_office_days
from mediawatch.ops.settings.served import SECRETS
from mediawatch.rules import policy
from mediawatch.sweep.gate import canaries
from mediawatch.sweep.gate.canary_gate import CanaryGate, CheckTools
from mediawatch.workdays import FILE, how_to_add, knows, office_calendar

_LITTLE, _TOO_LITTLE = 2_000, 200
"""MB. A second look keeps about 0.4 MB; a province makes some hundreds a sweep, every month."""

_ANNOUNCED = 11
"""The month in which the State Council's notice for the next year has come in recent years."""
_NAMED = 3
"""Files and folders that a line names."""


def on_host(home: Home, settings: Settings, now: datetime) -> Iterator[DoctorCheck]:
    """The checks that need no database: browser, font, disk, clock, zone, calendar, policy,
    canaries."""
    try:
        found = install_browser.find(settings.browser.executable)
        yield DoctorCheck(
            Level.OK, "browser", f"Chromium {found.version}, {found.path} ({found.source})"
        )
    except UserError as error:
        yield DoctorCheck(Level.FAIL, "browser", str(error), "mediawatch browser --install")
    font = install_browser.chinese_font()
    yield check_of(
        bool(font),
        "font",
        font or "none for Chinese: pictures kept as evidence will show boxes",
        "mediawatch browser --install",
    )
    yield _disk(home.root)
    if settings.evidence.place.startswith("/"):
        yield _disk(Path(settings.evidence.place))
    yield from _modes(home)
    yield check_of(
        now >= OLDEST_CLOCK,
        "clock",
        f"{now:%Y-%m-%d %H:%M} UTC",
        "set the host's clock: dates decide everything here",
    )
    offset = now.astimezone(BEIJING).utcoffset()
    yield check_of(
        offset == timedelta(hours=8),
        "zone",
        f"Beijing is UTC+{offset}",
        "update the package tzdata: pip install -U tzdata",
    )
    yield _calendar(home, beijing(now).date())
    try:
        yield DoctorCheck(Level.OK, "policy", policy.load(settings.sweep.policy).title)
    except UserError as error:
        yield DoctorCheck(
            Level.FAIL,
            "policy",
            str(error),
            "correct [sweep] policy in mediawatch.toml, or the file it names",
        )
    try:
        canaries.read(home.canaries)
    except UserError as error:
        yield DoctorCheck(Level.FAIL, "canaries", str(error), f"correct {home.canaries}")


def _calendar(home: Home, today: date) -> DoctorCheck:
    """Whether the working days are known as far as terms reach."""
    try:
        own = read_office_days(home.root)
    except UserError as error:
        return DoctorCheck(
            Level.FAIL,
            "calendar",
            str(error),
            f"correct {home.root / FILE}: no command runs before",
        )
    with office_calendar(own):
        unknown = [year for year in (today.year, today.year + 1) if not knows(year)]
    if not unknown:
        return DoctorCheck(Level.OK, "calendar", "working days known to next year")
    if unknown == [today.year + 1] and today.month < _ANNOUNCED:
        text = f"working days of {unknown[0]} are announced in November: known to this year"
        return DoctorCheck(Level.OK, "calendar", text)
    text = (
        f"working days of {' and '.join(map(str, unknown))} are not known: the terms of "
        "dispatches and closings count Monday to Friday there; a notice refuses +10工作日 and "
        "needs the day itself"
    )
    remedy = f"after the State Council's notice (November): {how_to_add(unknown)}"
    return DoctorCheck(Level.WARN, "calendar", text, remedy)


def _modes(home: Home) -> Iterator[DoctorCheck]:
    """What of the home others than its owner may read."""
    if not home.exists:
        return
    # Logins have a line each.
    opened = [path for path in open_to_others(home.root) if not path.is_relative_to(home.sessions)]
    named = [
        f"{path.name if path == home.root else path.relative_to(home.root)} "
        f"({stat.S_IMODE(path.stat().st_mode):04o})"
        for path in opened[:_NAMED]
        if path.exists()
    ]
    yield from _secret_modes()
    if named:
        more = len(opened) - len(named)
        yield DoctorCheck(
            Level.FAIL,
            "modes",
            f"others may read {', '.join(named)}{f' and {more} more' if more else ''}: contacts and "
            "passwords may be in it",
            "mediawatch init (it closes what is there to others, and changes nothing else)",
        )


def _secret_modes() -> Iterator[DoctorCheck]:
    """What others than its owner may read in the folder of secrets."""
    folder = Path(os.environ.get(SECRETS) or "/nonexistent")
    # What a container gets there has the modes of the host, and nobody else is in it.
    if folder.is_relative_to("/run") or not folder.is_dir():
        return
    opened = [str(path) for path in open_to_others(folder) if path.is_file()]
    # In a folder that is closed nobody else reaches them.
    if opened and folder.stat().st_mode & stat.S_IXOTH:
        yield DoctorCheck(
            Level.WARN,
            "modes",
            f"others may read {', '.join(opened[:_NAMED])}: secrets of this home are in it",
            f"chmod 700 {folder}; chmod 600 {folder}/*",
        )


def _disk(root: Path) -> DoctorCheck:
    place = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(place).free // 1_000_000
    level = Level.FAIL if free < _TOO_LITTLE else Level.WARN
    return check_of(
        free >= _LITTLE,
        "disk",
        f"{free} MB free at {place}",
        "free some: a finding needs its evidence",
        otherwise=level,
    )


async def live(app: App) -> AsyncIterator[DoctorCheck]:
    """The checks that ask the sites: every login, every canary by every surface that it fits."""
    for each in await sessions.list_logins(app.sessions, app.logins()):
        name = f"{each.session.platform}/{each.session.name}"
        state, why = await sessions.check(app.sessions, app.looker(), each.session)
        text = f"{name}: the site says {state.value}" if not why else f"{name}: {why}"
        remedy = f"mediawatch login {each.session.platform} --name {each.session.name}"
        yield check_of(state is SessionState.VALID, "login", text, remedy, otherwise=Level.WARN)
    met: list[str] = []
    chosen = app.canaries()
    checking = CheckTools(
        look=app.looker().look,
        surfaces=app.surfaces,
        policy=policy.load(app.settings.sweep.policy),
        clock=app.clock,
        note=app.store.operator.add_canary_check,
    )
    for platform in sorted({canary.platform for canary in chosen.listed}):
        gate = CanaryGate(app.pacing(), platform, chosen, checking)
        for surface in [
            facts.name for facts in app.surfaces(platform) if not facts.declared_closed
        ]:
            read: dict[str, CanaryCheck] = {}
            for _ in chosen.of(platform):
                if check := await gate.check(surface, ""):
                    read[check.platform_id] = check
            if not read:
                yield DoctorCheck(
                    Level.WARN,
                    "canary",
                    f"{surface}: no canary fits it, or it wants a login",
                    f"see docs/canaries.md; {app.home.canaries}",
                )
            for check in read.values():
                if check.outcome is not Outcome.UNREACHABLE:
                    met.append(check.detail)
                yield _read(check)
    off = next((detail for detail in met if detail.startswith(CLOCK_OFF)), "")
    if met:
        yield check_of(
            not off,
            "clock",
            off or "no site's replies are dated otherwise than by this machine's clock",
            "set the host's clock",
        )


def _read(check: CanaryCheck) -> DoctorCheck:
    by = f"{check.surface} ({check.session or 'visitor'})"
    text = (
        f"{by}: {check.account_name} reads "
        f"{'as it must' if check.fresh else f'otherwise: {check.outcome.value} {check.detail}'.rstrip()}"
    )
    remedy = (
        "open it by hand: if it posts daily, its findings cannot be trusted now (login? "
        "throttled?); if not, name another"
    )
    return check_of(check.fresh, "canary", text, remedy)
