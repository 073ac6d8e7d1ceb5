"""What an inspection needs, whether it is there, and what to do where it is not: `mediawatch
doctor`.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from mediawatch.app import App
from mediawatch.domain import (
    CLOCK_OFF,
    Account,
    Attested,
    CanaryCheck,
    LookKind,
    SessionState,
    UserError,
)
from mediawatch.domain.clock import BEIJING, beijing, minute
from mediawatch.ops import install_browser
from mediawatch.ops import logins as sessions
from mediawatch.ops.settings import Home, Settings
from mediawatch.rules import policy
from mediawatch.sweep import canaries
from mediawatch.sweep.gate.canary_gate import CanaryGate
from mediawatch.workdays import knows

_OLDEST_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
"""This version is younger: a clock before it is wrong."""
_SKEW = timedelta(minutes=10)
_LITTLE, _TOO_LITTLE = 2_000, 200
"""MB. A second look keeps about 0.4 MB; a province has some hundreds a sweep, every month."""
_OLD_LOGIN = timedelta(days=30)


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One line for the operator; `remedy` where there is something to be done."""

    level: Level
    name: str
    text: str
    remedy: str = ""


def _judged(
    good: bool, name: str, text: str, remedy: str, *, otherwise: Level = Level.FAIL
) -> Check:
    return Check(Level.OK, name, text) if good else Check(otherwise, name, text, remedy)


def on_host(home: Home, settings: Settings, now: datetime) -> Iterator[Check]:
    """What needs no database: browser, font, disk, clock, zone, calendar, policy, the canaries'
    file.
    """
    try:
        found = install_browser.find(settings.browser.executable)
        yield Check(Level.OK, "browser", f"Chromium {found.version}, {found.path} ({found.source})")
    except UserError as error:
        yield Check(Level.FAIL, "browser", str(error), "mediawatch browser --install")
    font = install_browser.chinese_font()
    yield _judged(
        bool(font),
        "font",
        font or "none for Chinese: pictures kept as evidence will show boxes",
        "mediawatch browser --install",
    )
    yield _disk(home)
    yield _judged(
        now >= _OLDEST_CLOCK,
        "clock",
        f"{now:%Y-%m-%d %H:%M} UTC",
        "set the host's clock: dates decide everything here",
    )
    offset = now.astimezone(BEIJING).utcoffset()
    yield _judged(
        offset == timedelta(hours=8),
        "zone",
        f"Beijing is UTC+{offset}",
        "update the package tzdata: pip install -U tzdata",
    )
    unknown = [year for year in (beijing(now).year, beijing(now).year + 1) if not knows(year)]
    text = (
        (
            f"working days of {' and '.join(map(str, unknown))} are not known: Monday to Friday "
            "is taken"
        )
        if unknown
        else "known to next year"
    )
    remedy = "after the State Council's notice (November): pip install -U chinesecalendar"
    yield _judged(not unknown, "calendar", text, remedy, otherwise=Level.WARN)
    try:
        yield Check(Level.OK, "policy", policy.load(settings.sweep.policy).title)
    except UserError as error:
        yield Check(
            Level.FAIL,
            "policy",
            str(error),
            "correct [sweep] policy in mediawatch.toml, or the file it names",
        )
    try:
        canaries.read(home.canaries)
    except UserError as error:
        yield Check(Level.FAIL, "canaries", str(error), f"correct {home.canaries}")


def _disk(home: Home) -> Check:
    place = next(folder for folder in (home.root, *home.root.parents) if folder.exists())
    free = shutil.disk_usage(place).free // 1_000_000
    level = Level.FAIL if free < _TOO_LITTLE else Level.WARN
    return _judged(
        free >= _LITTLE,
        "disk",
        f"{free} MB free at {place}",
        "free some: a finding without its evidence is none",
        otherwise=level,
    )


async def in_home(app: App) -> AsyncIterator[Check]:
    """What the home holds: database, sessions, registry, canaries by platform, surfaces that nobody
    has recorded.
    """
    now = app.clock()
    # A write transaction without a row: a read-only file, a full disk or another's lock show here.
    await app.store.accounts.add_links(0, [], "doctor")
    yield Check(Level.OK, "database", "opens, is up to date and can be written")
    sweeps = await app.store.sweeps.all()
    later = [sweep for sweep in sweeps if sweep.started_at > now + _SKEW]
    if later:
        text = (
            f"sweep {later[-1].id} began at {minute(later[-1].started_at)}, which is still to come"
        )
        yield Check(
            Level.FAIL, "clock", text, "the host's clock was set back, or was wrong then: set it"
        )
    async for check in _logins(app, now):
        yield check
    accounts = await app.store.accounts.all()
    yield _judged(
        bool(accounts), "registry", f"{len(accounts)} accounts", "mediawatch registry import FILE"
    )
    for check in _canaries(app, accounts):
        yield check
    if accounts:
        yield _ways(app, {account.platform for account in accounts})
    if sweeps:
        yield await _described(app, sweeps[-1].id)
        if clock := await _clock_seen(app, sweeps[-1].id):
            yield clock


def _canaries(app: App, accounts: Sequence[Account]) -> Iterator[Check]:
    try:
        listed = app.canaries()
    except UserError:
        return  # said already
    for platform in sorted(
        {account.platform for account in accounts if app.supports(account.platform)}
    ):
        known = listed.of(platform)
        text = (
            f"{platform}: {len(known)}"
            if known
            else f"{platform}: none, so its findings will be marked 未经对照账号校验"
        )
        remedy = f"name accounts that post every day in {app.home.canaries} (docs/canaries.md)"
        yield _judged(bool(known), "canaries", text, remedy, otherwise=Level.WARN)


def _ways(app: App, platforms: Iterable[str]) -> Check:
    surfaces = [facts for platform in sorted(platforms) for facts in app.surfaces(platform)]
    called = ", ".join(facts.name for facts in surfaces if facts.by_call) or "none"
    return Check(
        Level.OK,
        "surfaces",
        (
            f"{len(surfaces)} of this registry's platforms; first looks by call: {called}; all "
            "others load a page"
        ),
    )


async def _logins(app: App, now: datetime) -> AsyncIterator[Check]:
    mode = app.home.sessions.stat().st_mode & 0o777
    yield _judged(
        not mode & 0o077, "sessions", f"folder is {mode:04o}", f"chmod 700 {app.home.sessions}"
    )
    found = await sessions.listed(app.sessions, app.logins())
    for each in found:
        stored, name = each.session, f"{each.session.platform}/{each.session.name}"
        age = now - (stored.used_at or stored.made_at)
        again = f"mediawatch login {stored.platform} --name {stored.name}"
        if stored.mode != sessions.PRIVATE:
            yield Check(
                Level.FAIL,
                "sessions",
                f"{name}: others may read it ({stored.mode:04o})",
                f"chmod 600 {stored.path}",
            )
        if each.state is SessionState.INVALID:
            yield Check(Level.WARN, "sessions", f"{name}: was last seen invalid", again)
        else:
            text = f"{name}: last seen {each.state.value}, used {age.days} days ago"
            yield _judged(
                age < _OLD_LOGIN,
                "sessions",
                text,
                f"mediawatch doctor --live asks the site; else {again}",
                otherwise=Level.WARN,
            )
    lacking = [
        platform
        for platform in app.logins().platforms
        if platform not in {each.session.platform for each in found}
    ]
    if lacking:
        text = f"no login for {', '.join(lacking)}: see below for what that leaves to people"
        yield Check(Level.WARN, "sessions", text, "mediawatch login PLATFORM, with a work account")


async def _described(app: App, sweep_id: int) -> Check:
    """Surfaces and wordings that were met, and that only text attests."""
    used: Counter[str] = Counter(
        sight.surface
        for readings in (await app.store.readings.by_account(sweep_id=sweep_id)).values()
        for reading in readings
        if reading.look is not LookKind.PERSON
        for sight in reading.sights
        if sight.attested is Attested.DESCRIBED and not sight.outcome.about_us
    )
    met = ", ".join(f"{surface} ({count} sights)" for surface, count in used.most_common())
    text = (
        f"sweep {sweep_id} rests in part on what only text attests: {met}"
        if met
        else f"sweep {sweep_id} met recorded forms only"
    )
    return _judged(
        not met,
        "recordings",
        text,
        "record one of them: mediawatch record ACCOUNT",
        otherwise=Level.WARN,
    )


async def _clock_seen(app: App, sweep_id: int) -> Check | None:
    """What the sites' replies of the last sweep said of this machine's clock; None where they
    agreed with it.
    """
    readings = [
        reading
        for kept in (await app.store.readings.by_account(sweep_id=sweep_id)).values()
        for reading in kept
    ]
    said = {
        sight.detail
        for reading in readings
        for sight in reading.sights
        if sight.detail.startswith(CLOCK_OFF)
    }
    if not said:
        return None
    text = f"sweep {sweep_id}: {max(said)}"
    return Check(
        Level.FAIL,
        "clock",
        text,
        "set the host's clock, then mediawatch sweep --again; doctor --live asks the sites",
    )


async def live(app: App) -> AsyncIterator[Check]:
    """What asks the sites: every login, every canary by every surface that it fits."""
    for each in await sessions.listed(app.sessions, app.logins()):
        name = f"{each.session.platform}/{each.session.name}"
        state, why = await sessions.check(app.sessions, app.looker(), each.session)
        text = f"{name}: the site says {state.value}" if not why else f"{name}: {why}"
        remedy = f"mediawatch login {each.session.platform} --name {each.session.name}"
        yield _judged(state is SessionState.VALID, "login", text, remedy, otherwise=Level.WARN)
    met: list[str] = []
    chosen, rule = app.canaries(), policy.load(app.settings.sweep.policy)
    for platform in sorted({canary.platform for canary in chosen.listed}):
        gate = CanaryGate(
            app.pacing(),
            app.looker().look,
            platform,
            chosen,
            complete=lambda *named: _complete(app, *named),
            policy=rule,
            clock=app.clock,
            note=app.store.operator.add_canary_check,
        )
        for surface in [
            facts.name for facts in app.surfaces(platform) if not facts.declared_closed
        ]:
            read: dict[str, CanaryCheck] = {}
            for _ in chosen.of(platform):
                if check := await gate.check(surface, ""):
                    read[check.platform_id] = check
            if not read:
                yield Check(
                    Level.WARN,
                    "canary",
                    f"{surface}: no canary fits it, or it wants a login",
                    f"see docs/canaries.md; {app.home.canaries}",
                )
            for check in read.values():
                met.append(check.detail)
                yield _read(check)
    off = next((detail for detail in met if detail.startswith(CLOCK_OFF)), "")
    if met:
        yield _judged(
            not off,
            "clock",
            off or "no site's replies are dated otherwise than by this machine's clock",
            "set the host's clock",
        )


def _complete(app: App, platform: str, surface: str, session: str) -> bool:
    return any(facts.complete(session) for facts in app.surfaces(platform) if facts.name == surface)


def _read(check: CanaryCheck) -> Check:
    by = f"{check.surface} ({check.session or 'visitor'})"
    text = (
        f"{by}: {check.account_name} reads "
        f"{'as it must' if check.fresh else f'otherwise: {check.outcome.value} {check.detail}'.rstrip()}"
    )
    remedy = (
        "open it by hand: if it posts daily, its findings cannot be trusted now (login? "
        "throttled?); if not, name another"
    )
    return _judged(check.fresh, "canary", text, remedy)
