"""Which version of an office's hand-off counts: what came before is never forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mediawatch.domain import HandedFile, HandedState, standing_files
from mediawatch.domain.clock import chinese_day, day_of
from mediawatch.ops.settings.lower_offices import LowerOffices
from mediawatch.ports import Store
from mediawatch.publish.collect.checks_of_sources import SUMMED


@dataclass(frozen=True, slots=True)
class HandedCandidate:
    """A file with what is decided of it so far, and its document where it can be read."""

    file: HandedFile
    body: bytes = field(default=b"", repr=False)


async def files_of_round(store: Store, offices: LowerOffices) -> list[HandedFile]:
    """All files of the round in their order, each with the name that its office has now."""
    files = await store.handed.of_round(offices.round.name)
    return [replace(each, office=offices.current_name(each.office)) for each in files]


async def keep_files(
    store: Store, offices: LowerOffices, candidates: Sequence[HandedCandidate], again: str
) -> list[HandedFile]:
    """Append what is new, in the order of the candidates; what came of each that is to be told.

    `again`: why what was withdrawn is taken nevertheless; "" to leave it.
    """
    known = await files_of_round(store, offices)
    said: list[HandedFile] = []
    for each in candidates:
        if _stands_already(known, each.file, offices):
            continue
        if withdrawn := _withdrawn(known, each.file):
            if not again:
                said.append(_left_withdrawn(withdrawn, each.file))
                continue
            file = replace(
                each.file, reason="；".join(filter(None, [_AGAIN + again, each.file.reason]))
            )
        else:
            file = _against(known, each.file)
        before = next((k for k in reversed(known) if _is_same(k, file)), None)
        if before is not None and (before.state, before.reason) == (file.state, file.reason):
            if file.state is HandedState.REFUSED:
                day = chinese_day(day_of(before.received_at))
                said.append(replace(file, reason=f"{day}已退回：{file.reason}"))
            continue
        await store.handed.add(file, each.body)
        known.append(file)
        said.append(file)
    return said


_AGAIN = "撤回后重新采用："


def _withdrawn(known: list[HandedFile], file: HandedFile) -> HandedFile | None:
    """The withdrawn file that a sound one is again, or of which it is an earlier version."""
    if file.state is not HandedState.ACCEPTED:
        return None
    before = next((k for k in reversed(known) if _is_same(k, file)), None)
    if before is not None and before.state is HandedState.WITHDRAWN:
        return before
    if file.office in standing_files(known):
        return None
    last = next(
        (k for k in reversed(known)
         if k.office == file.office and k.state is HandedState.WITHDRAWN),
        None,
    )  # fmt: skip
    if last is None:
        return None
    replaced = before is not None and not _is_newly_signed(file, last)
    return last if replaced or file.is_older_than(last) else None


def _left_withdrawn(withdrawn: HandedFile, file: HandedFile) -> HandedFile:
    """What is said of it; nothing of it is kept: nothing changed."""
    day = chinese_day(day_of(withdrawn.received_at))
    whose = "该文件" if _is_same(withdrawn, file) else "其后的版本"
    return replace(
        file,
        state=HandedState.WITHDRAWN,
        reason=f"{whose}已于{day}撤回（{withdrawn.reason}），未采用",
    )


def _stands_already(known: list[HandedFile], file: HandedFile, offices: LowerOffices) -> bool:
    """Whether it is what counts. Signed by another key it is another file: the first key may be
    void. One that came before its key was void is not refused by coming again."""
    standing = standing_files(known).get(file.office)
    if standing is None or (standing.sha256, standing.key) != (file.sha256, file.key):
        return False
    office = offices.named(file.office)
    came_before = (
        office is not None
        and office.revocation_of(file.key) is not None
        and office.came_in_time(standing)
    )
    return file.state is HandedState.ACCEPTED or came_before


def _is_same(one: HandedFile, other: HandedFile) -> bool:
    same_bytes = one.sha256 == other.sha256 and (bool(one.sha256) or one.file == other.file)
    return same_bytes and one.office == other.office


def _against(known: list[HandedFile], file: HandedFile) -> HandedFile:
    """The file beside what its office sent before: an older version changes nothing."""
    if file.state is not HandedState.ACCEPTED:
        return file
    standing = standing_files(known).get(file.office)
    if standing is None:
        return file
    earlier = next(
        (k for k in known if k.state is HandedState.ACCEPTED and _is_same(k, file)), None
    )
    if file.is_older_than(standing):
        words = "早于已接收的版本，未采用"
    elif earlier is not None and not _is_newly_signed(file, standing):
        day = chinese_day(day_of(earlier.received_at))
        words = f"与{day}接收、其后已被替换的版本相同，未采用"
    else:
        return replace(
            file, reason="；".join(filter(None, [_replacing(file, standing), file.reason]))
        )
    return replace(file, state=HandedState.OLDER, reason=words)


def _is_newly_signed(file: HandedFile, standing: HandedFile) -> bool:
    """Whether its office signed it after what counts now: then it means to go back to it."""
    if file.signed_at is None or standing.signed_at is None:
        return False
    return file.signed_at > standing.signed_at


def _replacing(file: HandedFile, standing: HandedFile) -> str:
    """What to mind where one version takes the place of another."""
    day = chinese_day(day_of(standing.received_at))
    if file.notice and file.notice == standing.notice and file.version == standing.version:
        return f"替换{day}接收的文件，两者同为{file.notice}第{file.version}版而内容不同"
    if file.notice and file.notice == standing.notice:
        return f"{file.notice}第{file.version}版，替换{day}接收的第{standing.version}版"
    if SUMMED in standing.reason and SUMMED not in file.reason:
        return f"替换{day}接收的汇总结果，所属单位报送的账号不再计入"
    return f"替换{day}接收的文件"
