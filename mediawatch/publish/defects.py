"""Evidence that is missing or altered when a document is written, and what it takes away. Pure.

A file that is not the one that was kept proves nothing. A finding that rests on such files alone
is no finding of the document: its account is 待人工核查 there until it is looked at again. A
finding with other sound evidence stays, and its line bears a mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mediawatch.domain import (
    Account,
    Evidence,
    EvidenceFault,
    EvidenceKind,
    Finding,
    Reading,
    SweepAccount,
    Verdict,
)
from mediawatch.rules.reviewed import bearing_findings

Faults = Mapping[str, EvidenceFault]
"""What is wrong with files of the evidence folder, by `Evidence.path`; sound ones are not in it."""
MARK = "部分佐证材料缺失或与记录不符"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDefect:
    """One file that is not what was kept, and the finding that rests on it.

    `withheld`: no other evidence shows it, so that the document does not hold it.
    """

    account: Account
    finding: Finding
    item: Evidence
    fault: EvidenceFault
    withheld: bool

    @property
    def sentence(self) -> str:
        """For the operator."""
        then = (
            "the document lists the account as 待人工核查: put the file back from a backup, or "
            "look again"
            if self.withheld
            else "its line is marked: put the file back from a backup"
        )
        return (
            f"evidence/{self.item.path} is {self.fault.value}: account {self.account.id} "
            f"({self.account.filed.name}), {self.finding.code.value}; {then}"
        )


def resting_on(findings: Iterable[Finding]) -> frozenset[int]:
    """The readings that prove these findings."""
    return frozenset(number for finding in findings for number in finding.reading_ids)


def defects_of(
    entry: SweepAccount, readings: Sequence[Reading], faults: Faults, *, issued: bool
) -> tuple[EvidenceDefect, ...]:
    """What is wrong with the evidence of the entry's findings.

    Nothing is withheld from a notice that was `issued`: its documents say what it says.
    """
    if not faults or entry.judgement is None:
        return ()
    found = []
    for finding in entry.judgement.findings:
        proving = resting_on([finding])
        items = [item for each in readings if each.id in proving for item in each.evidence]
        # A manifest lists what was taken. Alone it shows nothing.
        sound = any(
            item.path not in faults and item.kind is not EvidenceKind.MANIFEST for item in items
        )
        found += [
            EvidenceDefect(
                account=entry.account,
                finding=finding,
                item=item,
                fault=faults[item.path],
                withheld=not sound and not issued,
            )
            for item in items
            if item.path in faults
        ]
    return tuple(found)


def without_unproven(entry: SweepAccount, defects: Sequence[EvidenceDefect]) -> SweepAccount:
    """The reviewed entry without the findings that its defects withhold."""
    judged = entry.judgement
    withheld = {each.finding.code for each in defects if each.withheld}
    if judged is None or not withheld:
        return entry
    kept = tuple(finding for finding in judged.findings if finding.code not in withheld)
    verdict, sentence = judged.verdict, judged.sentence
    if bears := bearing_findings(judged):
        standing = [finding for finding in bears if finding in kept]
        verdict = verdict if standing else Verdict.UNPROVEN
        sentence = standing[0].sentence if standing else _why(defects)
    return replace(
        entry, judgement=replace(judged, verdict=verdict, sentence=sentence, findings=kept)
    )


def mark_of(defects: Iterable[EvidenceDefect]) -> str:
    """What the line of an account bears: 佐证材料缺失, 佐证材料与记录不符, or both; "" for none."""
    found = {each.fault for each in defects}
    return "、".join(fault.label for fault in EvidenceFault if fault in found)


def _why(defects: Sequence[EvidenceDefect]) -> str:
    withheld = [each for each in defects if each.withheld]
    labels = "、".join(dict.fromkeys(each.finding.label for each in withheld))
    return f"{mark_of(withheld)}（{labels}），重新取证前不作认定。"
