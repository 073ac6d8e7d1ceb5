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

    Where the office gave numbers, those with a number. Else the table and the list of problems,
    and the others where there is something in them. UserError where the list of problems has none,
    though others have.
    """
    office, printed = inspection.office, _printed(inspection)
    numbers = _given(office)
    if numbers and inspection.failed and "list" not in numbers:
        raise UserError(
            f"{FILE}: annexes: list has no number, though others have one: every account that "
            f"fails stands in it ({annex_title(office, 'list')}): give it one, as in "
            f"annexes = {{ list = {max(numbers.values()) + 1} }}"
        )
    numbers = numbers or {key: number for number, key in enumerate(printed, 1)}
    entries = (
        AnnexEntry(key, numbers[key], annex_title(office, key)) for key in printed if key in numbers
    )
    return tuple(sorted(entries, key=lambda entry: entry.number))


def annexes_without_number(inspection: Inspection) -> list[str]:
    """Titles of the annexes that have something in them and are left out for want of a number."""
    numbers = _given(inspection.office)
    left = [key for key in _printed(inspection) if numbers and key not in numbers]
    return [annex_title(inspection.office, key) for key in left]


def _printed(inspection: Inspection) -> list[AnnexKey]:
    printed: list[AnnexKey] = ["table", "list"]
    printed += ["listed"] if inspection.noteworthy else []
    printed += ["recheck"] if inspection.past.rechecked else []
    return printed


def _given(office: Office) -> dict[AnnexKey, int]:
    numbers: dict[AnnexKey, int] = {key: getattr(office.annexes, key) for key in _TITLES}
    return {key: number for key, number in numbers.items() if number}
