"""附件序号 and 附件标题: the office's, or 1, 2, … and ours."""

from __future__ import annotations

from mediawatch.domain import UserError
from mediawatch.ops.settings.office import FILE, Office
from mediawatch.publish.circular.text import AnnexEntry, AnnexKey
from mediawatch.publish.inspection import Inspection

_TITLES: dict[AnnexKey, str] = {
    "table": "{reach}政务新媒体检查情况统计表",
    "list": "检查发现存在突出问题的政务新媒体名单",
    "listed": "其他需关注情形的政务新媒体名单",
    "recheck": "上期通报存在突出问题的政务新媒体复查情况",
}


def annex_title(office: Office, key: AnnexKey) -> str:
    """The office's title of an annex, else ours."""
    own: str = getattr(office.annex_titles, key)
    return own or _TITLES[key].format(reach=office.reach)


def annex_entries(inspection: Inspection) -> tuple[AnnexEntry, ...]:
    """The annexes of a circular in the order of their numbers.

    The table and the list of problems always; the others where there is something in them.
    UserError where the office gave some annexes a number, and not all that are printed.
    """
    office = inspection.office
    printed: list[AnnexKey] = ["table", "list"]
    printed += ["listed"] if inspection.noteworthy else []
    printed += ["recheck"] if inspection.past.rechecked else []
    numbers = {key: int(getattr(office.annexes, key)) for key in _TITLES}
    if any(numbers.values()):
        for key in printed:
            if not numbers[key]:
                raise UserError(
                    f"{FILE}: annexes: {key} has no number, though the circular prints that annex "
                    f"({annex_title(office, key)}) and others have one: give it one, as in "
                    f"annexes = {{ {key} = {max(numbers.values()) + 1} }}"
                )
    else:
        numbers = {key: number for number, key in enumerate(printed, 1)}
    entries = (AnnexEntry(key, numbers[key], annex_title(office, key)) for key in printed)
    return tuple(sorted(entries, key=lambda entry: entry.number))
