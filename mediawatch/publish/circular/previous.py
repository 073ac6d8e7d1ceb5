"""上期通报整改情况: what became of the notice before."""

from __future__ import annotations

from collections import Counter

from mediawatch.domain import Rectification
from mediawatch.publish.circular.naming import names_with_types
from mediawatch.publish.circular.omissions import omission_words
from mediawatch.publish.circular.text import MANY, CircularParagraph, References
from mediawatch.publish.inspection import AccountProblem, Inspection
from mediawatch.publish.repeats import is_unrectified


def previous(inspection: Inspection, references: References) -> tuple[CircularParagraph, ...]:
    """The results of the re-check in counts, and who has still not put right what was found."""
    notice = inspection.past.previous
    if notice is None or not inspection.past.rechecked:
        return ()
    counts = Counter(each.result for each in inspection.past.rechecked)
    measure = inspection.office.measure
    results = "，".join(
        f"{result.label}{counts[result]}{measure}" for result in Rectification if counts[result]
    )
    which = "所列本次检查范围内的" if inspection.past.partly else "所列"
    besides = omission_words((each.item.unnamed for each in inspection.rechecked), measure)
    said = (
        f"对上期通报（{notice.number}）{which}{len(inspection.past.rechecked)}{measure}"
        f"政务新媒体{f'（{besides}）' if besides else ''}进行了复查：{results}。"
    )
    if still := find_unrectified(inspection):
        count = f"上期通报指出的问题仍未整改的有{len(still)}{measure}"
        shown = [each for each in still if not _was_unnamed(each, inspection)]
        names = names_with_types(shown) if len(still) <= MANY else ""
        more = "等" if len(shown) < len(still) or any(each.unnamed for each in shown) else ""
        said += f"{count}{f'：{names}{more}' if names else ''}。"
    if where := references.get("recheck"):
        said += f"复查情况详见{where}。"
    return (CircularParagraph(said),)


def _was_unnamed(problem: AccountProblem, inspection: Inspection) -> bool:
    """Whether the notice before did not name it: who was in that notice is told by no other."""
    return any(
        each.item.unnamed and each.item.account_id == problem.entry.account.id
        for each in inspection.rechecked
    )


def find_unrectified(inspection: Inspection) -> list[AccountProblem]:
    """The failed accounts whose problem of the notice before was never put right.

    Only who is held to fail by this inspection too is named.
    """
    notice = inspection.past.previous
    if notice is None:
        return []
    items = {
        each.item.account_id: each.item
        for each in inspection.past.rechecked
        if each.result is Rectification.NOT_DONE
    }
    return [
        problem
        for problem in inspection.failed
        if problem.updated_on is None
        and (item := items.get(problem.entry.account.id)) is not None
        and is_unrectified(problem.entry, notice, item, inspection.sweep, inspection.past.rechecked)
    ]
