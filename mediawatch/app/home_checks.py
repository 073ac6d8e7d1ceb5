"""What the doctor checks in a home: canaries, ways to look, logins, clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from mediawatch.app import App
from mediawatch.app.data_checks import data_checks
from mediawatch.app.doctor_checks import DoctorCheck, Level, check_of
from mediawatch.domain import (
    CLOCK_OFF,
    Account,
    Attestation,
    LookKind,
    SessionState,
    UserError,
)
from mediawatch.domain.clock import CLOCK_SKEW, day_of, minute
from mediawatch.files import PRIVATE
from mediawatch.ops import logins as sessions
from mediawatch.ops.personal import over_since
from mediawatch.plurals import count_of
from mediawatch.rules.later_readings import warn_of_later_readings
from mediawatch.rules.policy import load

OLDEST_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
"""The clock is wrong before this moment: this version was made later."""


async def in_home(app: App) -> AsyncIterator[DoctorCheck]:
    """What the home holds.

    Database, sessions, registry, canaries by platform, surfaces without a recording.
    """
    now = app.clock()
    # A write transaction without a row: a read-only file, a full disk or another's lock show here.
    try:
        await app.store.accounts.add_links(0, [], "doctor")
        yield DoctorCheck(Level.OK, "database", "opens, is up to date and can be written")
    except UserError as error:  # it says what to do; what can be read is checked all the same
        yield DoctorCheck(Level.FAIL, "database", str(error))
    async for check in data_checks(app):
        yield check
    sweeps = await app.store.sweeps.all()
    later = [sweep for sweep in sweeps if sweep.started_at > now + CLOCK_SKEW]
    if later:
        text = (
            f"sweep {later[-1].id} began at {minute(later[-1].started_at)}, which is still to come"
        )
        yield DoctorCheck(
            Level.FAIL, "clock", text, "the host's clock was set back, or was wrong then: set it"
        )
    states = await app.store.readings.account_states()
    if warning := warn_of_later_readings(states.values(), now):
        yield DoctorCheck(
            Level.WARN, "clock", warning, "set the host's clock; a formal inspection waits for it"
        )
    async for check in _logins(app, now):
        yield check
    accounts = await app.store.accounts.all()
    yield check_of(
        bool(accounts),
        "registry",
        count_of(len(accounts), "account"),
        "mediawatch registry import FILE",
    )
    for check in _canaries(app, accounts):
        yield check
    if accounts:
        yield _ways(app, {account.platform for account in accounts})
    for notice in await app.store.notices.unarchived():
        yield DoctorCheck(
            Level.WARN,
            "archive",
            f"{notice.number} is closed, and its evidence waits for an archive",
            f"mediawatch notice archive {notice.number} --out DIR, then --acknowledge",
        )
    for check in await _people(app, now):
        yield check
    if sweeps:
        yield await _described(app, sweeps[-1].id)
        if clock := await _clock_seen(app, sweeps[-1].id):
            yield clock


async def _people(app: App, now: datetime) -> list[DoctorCheck]:
    """Whether names or contacts are kept longer than the policy says, and which wait for what."""
    try:
        days = load(app.settings.sweep.policy).retention.personal_days
    except UserError:
        return []  # said already
    edge, kept = now - timedelta(days=days), await app.store.personal.all()
    due = sum(each.names for each in over_since(kept, edge))
    lost = len(await app.store.personal.lost_contacts(day_of(edge)))
    text = (
        f"{count_of(due, 'name')} and {count_of(lost, 'contact')} kept longer than "
        f"{count_of(days, 'day')} after 办结"
    )
    checks = [
        check_of(
            not due and not lost, "names", text, "mediawatch evidence prune", otherwise=Level.WARN
        )
    ]
    waiting = [each for each in kept if each.waits_for and each.names]
    if waiting:
        first = waiting[0]
        whose = f"sweep {first.sweep_id}" if first.sweep_id else "a notice of another system"
        told = (
            f"names in {count_of(len(waiting), 'inspection')} stay until all is done: {whose}: "
            f"{first.waits_for}"
        )
        checks.append(DoctorCheck(Level.OK, "names", told))
    return checks


def _canaries(app: App, accounts: Sequence[Account]) -> Iterator[DoctorCheck]:
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
        yield check_of(bool(known), "canaries", text, remedy, otherwise=Level.WARN)


def _ways(app: App, platforms: Iterable[str]) -> DoctorCheck:
    surfaces = [facts for platform in sorted(platforms) for facts in app.surfaces(platform)]
    called = ", ".join(facts.name for facts in surfaces if facts.by_call) or "none"
    asked = ", ".join(facts.name for facts in surfaces if facts.by_interface)
    return DoctorCheck(
        Level.OK,
        "surfaces",
        (
            f"{count_of(len(surfaces), 'surface')} for this registry's platforms; first looks by "
            f"call: {called}; {f'by key, without a page: {asked}; ' if asked else ''}all others "
            "load a page"
        ),
    )


async def _logins(app: App, now: datetime) -> AsyncIterator[DoctorCheck]:
    mode = app.home.sessions.stat().st_mode & 0o777
    yield check_of(
        not mode & 0o077, "sessions", f"folder is {mode:04o}", f"chmod 700 {app.home.sessions}"
    )
    found = await sessions.list_logins(app.sessions, app.logins())
    for each in found:
        stored, name = each.session, f"{each.session.platform}/{each.session.name}"
        age = now - each.last_use
        again = f"mediawatch login {stored.platform} --name {stored.name}"
        if stored.mode != PRIVATE:
            yield DoctorCheck(
                Level.FAIL,
                "sessions",
                f"{name}: others may read it ({stored.mode:04o})",
                f"chmod 600 {stored.path}",
            )
        if not stored.custodian:
            yield DoctorCheck(
                Level.WARN,
                "custodian",
                f"{name}: nobody is named who answers for it (保管人)",
                f"mediawatch sessions assign {stored.platform} {stored.name} PERSON",
            )
        if each.why_barred:
            told, _, remedy = each.why_barred.rpartition(": ")
            yield DoctorCheck(Level.WARN, "approval", f"{name}: not used: {told}", remedy)
        if each.state is SessionState.INVALID:
            yield DoctorCheck(Level.WARN, "sessions", f"{name}: was last seen invalid", again)
        else:
            text = f"{name}: last seen {each.state.value}, used {count_of(age.days, 'day')} ago"
            yield check_of(
                not each.is_unused(now),
                "sessions",
                text,
                f"mediawatch doctor --live asks the site; else {again}, or, if nobody needs it, "
                f"mediawatch sessions remove {stored.platform} {stored.name}",
                otherwise=Level.WARN,
            )
    lacking = [
        platform
        for platform in app.logins().platforms
        # A key is for offices that run accounts of their own.
        if platform not in app.logins().keys
        and platform not in {each.session.platform for each in found}
    ]
    if lacking:
        text = f"no login for {', '.join(lacking)}: see below for what that leaves to people"
        yield DoctorCheck(
            Level.WARN, "sessions", text, "mediawatch login PLATFORM, with a work account"
        )


async def _described(app: App, sweep_id: int) -> DoctorCheck:
    """Surfaces and wordings that the sweep met, and that only text attests."""
    answered = [
        sights
        for sights in await app.store.readings.sights_alike(sweep_id)
        if sights.look is not LookKind.PERSON and not sights.outcome.about_us
    ]
    if not answered:
        none = f"sweep {sweep_id} got no site's answer, so it tells nothing of their forms"
        return DoctorCheck(Level.OK, "recordings", none)
    used: Counter[str] = Counter()
    for sights in answered:
        if sights.attested is Attestation.DESCRIBED:
            used[sights.surface] += sights.count
    met = ", ".join(
        f"{surface} ({count_of(count, 'sight')})" for surface, count in used.most_common()
    )
    text = (
        f"sweep {sweep_id} rests in part on what only text attests: {met}"
        if met
        else f"sweep {sweep_id} met recorded forms only"
    )
    return check_of(
        not met,
        "recordings",
        text,
        "record one of them: mediawatch record ACCOUNT",
        otherwise=Level.WARN,
    )


async def _clock_seen(app: App, sweep_id: int) -> DoctorCheck | None:
    """What the sites' replies of the last sweep said of this machine's clock; None where it is
    right."""
    said = await app.store.readings.sight_details(sweep_id, CLOCK_OFF)
    if not said:
        return None
    text = f"sweep {sweep_id}: {max(said)}"
    return DoctorCheck(
        Level.FAIL,
        "clock",
        text,
        "set the host's clock, then mediawatch sweep --again; doctor --live asks the sites",
    )
