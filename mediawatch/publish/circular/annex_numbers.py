"""附件序号 and 附件标题: the office's, or 1, 2, … and ours."""

from __future__ import annotations

from mediawatch.domain import UserError
from mediawatch.ops.settings.office import FILE, AnnexKey, Office
from mediawatch.publish.circular.text import AnnexEntry
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

    The table (none of a re-check) and the list of problems, the others where there is something in
    them; none that the office leaves out, and where it gave numbers only those that have one.
    UserError where the list of problems has none, though others have.
    """
    office, printed = inspection.office, annexes_with_content(inspection)
    numbers = _given(office)
    if numbers and inspection.failed and "list" in printed and "list" not in numbers:
        raise UserError(
            f"{FILE}: annexes: list has no number, though others have one, and all that fail stand "
            f"in it ({annex_title(office, 'list')}): give it one, as in "
            f"annexes = {{ list = {max(numbers.values()) + 1} }}, or leave it out: "
            'annexes_left_out = ["list"]'
        )
    if not numbers:
        alone = len(printed) == 1
        numbers = {key: 0 if alone else number for number, key in enumerate(printed, 1)}
    entries = (
        AnnexEntry(key, numbers[key], annex_title(office, key)) for key in printed if key in numbers
    )
    return tuple(sorted(entries, key=lambda entry: entry.number))


def annexes_without_number(inspection: Inspection) -> list[str]:
    """Titles of the annexes that have something in them and are left out for want of a number."""
    office = inspection.office
    numbers = _given(office)
    left = [key for key in annexes_with_content(inspection) if numbers and key not in numbers]
    return [annex_title(office, key) for key in left]


def annexes_with_content(inspection: Inspection) -> list[AnnexKey]:
    # Whom no list names stands in no annex: one of them alone would say 无.
    # A re-check has no statistics of its own: its accounts are those that failed before.
    printed: list[AnnexKey] = ["list"] if inspection.is_recheck else ["table", "list"]
    printed += ["listed"] if any(not each.unnamed for each in inspection.noteworthy) else []
    printed += ["recheck"] if any(not each.item.unnamed for each in inspection.rechecked) else []
    return [key for key in printed if key not in inspection.office.annexes_left_out]


def _given(office: Office) -> dict[AnnexKey, int]:
    numbers: dict[AnnexKey, int] = {key: getattr(office.annexes, key) for key in _TITLES}
    return {key: number for key, number in numbers.items() if number}
