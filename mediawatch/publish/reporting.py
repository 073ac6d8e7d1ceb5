"""Whose figures an inspection prints, where lower offices looked and reported (自查). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """Offices whose 100% is 待核查, for a failed account is known besides; each stands once."""

    contradicted: tuple[str, ...] = ()
    """They report no failure, and our own inspection or another office does, of the same moment."""
    unsettled: tuple[str, ...] = ()
    """They report failures, and none of them counts with them."""
    apart: tuple[str, ...] = ()
    """We found a failure that cannot be compared with what they report: nothing contradicts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What lower offices reported: of an inspection that is made of it, every number is theirs."""

    until: date
    """The Beijing day as of which the files that came in are counted."""
    offices: tuple[str, ...]
    """Those that reported, in the order of `offices.toml`."""
    missing: tuple[str, ...] = ()
    """Those that have not, or whose file was refused."""
    office_of: Mapping[int, str] = field(default_factory=dict)
    """By the number of a reported account the office whose figures count it."""
    sender_of: Mapping[int, str] = field(default_factory=dict)
    """By the same number 报送单位 as a list prints it: with the office below, where there is one."""
    own_rules: tuple[tuple[str, int], ...] = ()
    """Offices that judge by rules of their own, with the days of their window."""
    shared: int = 0
    """Accounts that two offices or more reported; each counts once."""
    contested: int = 0
    """Of these the accounts of which the offices say opposite things; they count as open."""
    disputed: int = 0
    """Further accounts that were reported as failed, and of which we know what speaks against it;
    they count as open, too."""
    told_failing: bool = False
    """Whether any account is reported as failed, though none may count so."""
    doubts: Doubts = field(default_factory=Doubts)
    unreported: tuple[tuple[str, int], ...] = ()
    """By office how many accounts in service our registry gives it that it did not report."""
    collectors: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Offices that collected others' reports themselves, with those of theirs that are missing."""
    key_remarks: tuple[str, ...] = ()
    """For the office alone: whose key was revoked after the file came, each as a sentence."""
    not_due: tuple[str, ...] = ()
    """Of the missing ones those whose own 报送期限 has not come."""
    late: tuple[str, ...] = ()
    """Of those that reported the ones whose first file came after their 报送期限."""

    @property
    def basis(self) -> str:
        """Whose word the figures are."""
        whose = "已报送的地区、部门" if self.missing else "各地区、各部门"
        return f"据{whose}报送"

    def row_name(self, office: str) -> str:
        """An office as a row of a table: who judges by a window of its own says so, and beside a
        rate it says how many of its accounts are not in it."""
        days, left_out = dict(self.own_rules).get(office), dict(self.unreported).get(office)
        said = [f"按本地规则{days}天判定"] if days is not None else []
        said += [f"另有{left_out}个未在报送之列"] if left_out else []
        return f"{office}（{'，'.join(said)}）" if said else office

    @property
    def left_out(self) -> int:
        """Accounts of the offices that reported, and not in their reports."""
        return sum(number for _, number in self.unreported)

    @property
    def expected(self) -> int:
        """应报送."""
        return len(self.offices) + len(self.missing)
