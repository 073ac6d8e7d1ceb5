"""Where the offices of a round stand: whose file counts, and whether it may."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping, Sequence

from mediawatch.app.handed_versions import files_of_round
from mediawatch.app.root import App
from mediawatch.domain import HandedFile, HandedState, standing_files
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.ops.settings.lower_offices import LowerOffice, LowerOffices, read_lower_offices
from mediawatch.publish.collect.checks import Expectation, read_round_facts, round_faults
from mediawatch.publish.collect.states import OfficeState, RoundState, came_in_time
from mediawatch.rules.policy import Policy, load


async def round_state(app: App) -> RoundState:
    """Who has sent what. UserError where `offices.toml` cannot be read."""
    offices = read_lower_offices(app.home.root)
    files = await files_of_round(app.store, offices)
    standing = standing_files(files)
    last = {each.office: each for each in files}
    known = {each.sha256 for each in files if each.office and each.sha256}
    misfits = await _misfits(app, offices, standing)
    misfits |= _merged_offices(await app.store.handed.of_round(offices.round.name), offices)
    today = day_of(app.clock())
    return RoundState(
        offices=offices,
        states=tuple(
            OfficeState(
                office=each,
                deadline=offices.deadline_of(each),
                standing=standing.get(each.name),
                came_in_time=came_in_time(files, each.name, offices.deadline_of(each)),
                last=last.get(each.name),
                misfit=misfits.get(each.name, ""),
                unexplained=_unexplained_key(each, offices, standing.get(each.name)),
                key_remark=_key_remark(each, standing.get(each.name)),
                today=today,
            )
            for each in offices.offices
        ),
        unknown=tuple(
            each
            for each in files
            # What came again with its signature is nobody's no more.
            if not each.office and each.state is HandedState.REFUSED and each.sha256 not in known
        ),
        unlisted=tuple(each for name, each in standing.items() if offices.named(name) is None),
        today=today,
    )


def is_as_received(file: HandedFile, bodies: Mapping[int, bytes]) -> bool:
    """Whether a kept document is still what came in."""
    return hashlib.sha256(bodies.get(file.id, b"")).hexdigest() == file.sha256


async def _misfits(
    app: App, offices: LowerOffices, standing: Mapping[str, HandedFile]
) -> dict[str, str]:
    """By office why the file that counts may count no more: `offices.toml` may have been changed
    since it came."""
    policy = load(offices.round.policy)
    bodies = await app.store.handed.bodies([each.id for each in standing.values()])

    def held_again() -> Iterator[tuple[str, str]]:
        for office in offices.offices:
            if (file := standing.get(office.name)) is None:
                continue
            faults = [
                *_round_faults(office, offices, policy, file, bodies),
                *_void_key_faults(office, file),
            ]
            if faults:
                yield office.name, "；".join(faults)

    return await asyncio.to_thread(lambda: dict(held_again()))


def _round_faults(
    office: LowerOffice,
    offices: LowerOffices,
    policy: Policy,
    file: HandedFile,
    bodies: Mapping[int, bytes],
) -> list[str]:
    # What is not as it was received is told where it is counted.
    if not is_as_received(file, bodies):
        return []
    expected = Expectation(
        office=office.name, span=offices.round.span, policy=policy, own_rules=office.own_rules
    )
    return round_faults(read_round_facts(bodies[file.id]), expected)


def _void_key_faults(office: LowerOffice, file: HandedFile) -> Iterator[str]:
    """Why the key of a file vouches for it no more.

    What counts is the day on which it was received: whoever has a stolen key may write any time of
    signing.
    """
    revoked = office.revocation_of(file.key)
    if revoked is not None and not office.came_in_time(file):
        yield (
            f"签名公钥自{chinese_day(revoked.on)}起作废（{revoked.reason}），"
            f"文件于{chinese_day(day_of(file.received_at))}接收"
        )


def _unexplained_key(office: LowerOffice, offices: LowerOffices, file: HandedFile | None) -> str:
    """What is unsaid of the key of a file that counts; "" where it is listed, or revoked."""
    if file is None or not file.key or file.key in office.keys or office.revocation_of(file.key):
        return ""
    if (other := offices.holder_of(file.key)) is not None:
        return f"签名公钥登记在{other.name}名下"
    sign = file.key.removeprefix("ed25519:")[:8]
    return f"签名公钥（{sign}…）已不在登记之列，又未写明何时、因何作废"


def _key_remark(office: LowerOffice, file: HandedFile | None) -> str:
    """What to mind of a file whose key was revoked after it came."""
    revoked = office.revocation_of(file.key) if file else None
    if file is None or revoked is None or not office.came_in_time(file):
        return ""
    return f"签名公钥自{chinese_day(revoked.on)}起作废（{revoked.reason}），文件在此前接收，仍计入"


def _merged_offices(files: Sequence[HandedFile], offices: LowerOffices) -> dict[str, str]:
    """Offices that several others became, whose files cannot count as one: by their name why."""
    standing = standing_files(list(files))
    found: dict[str, str] = {}
    for office in offices.offices:
        before = [name for name in office.former_names if name in standing]
        if len(before) > 1 and office.name not in standing:
            found[office.name] = f"{'、'.join(before)}各有文件，不能合为一份"
    return found
