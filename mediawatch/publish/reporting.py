"""Whose figures an inspection prints, where lower offices looked and reported (自查). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


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
    doubted: tuple[str, ...] = ()
    """Offices that report 100%, and of which a failed account is known besides."""

    unreported: int = 0
    """Accounts in service that our registry gives to offices which reported, and not them."""
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
        """An office as a row of a table: who judges by a window of its own says so."""
        days = dict(self.own_rules).get(office)
        return office if days is None else f"{office}（按本地规则{days}天判定）"

    @property
    def expected(self) -> int:
        """应报送."""
        return len(self.offices) + len(self.missing)
