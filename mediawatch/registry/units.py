"""Units (所属组织) as the registry has them, with all by which a platform's search may show them. Pure.

Two units of one name in two places are two units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mediawatch.domain import Account, AccountChange, Filing
from mediawatch.names import fold, letters_of, same_body


@dataclass(frozen=True, kw_only=True)
class FiledUnit:
    """One 所属组织 of one place.

    `former`: names under which it was filed before. `bodies`: 认证主体 that readings showed of its
    accounts, by id or link, and of no other unit's; `shared_bodies`: those of several units.
    `accounts`: all of it, also those that were closed or have left the registry.
    """

    name: str
    prefecture: str = ""
    county: str = ""
    accounts: tuple[Account, ...] = ()
    former: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    shared_bodies: tuple[str, ...] = ()

    @cached_property
    def label(self) -> str:
        """The name, with what it does not say of its place.

        No two units of places that are wholly filed have one label.
        """
        place = "".join(
            part for part in (self.prefecture, self.county) if part and part not in self.name
        )
        return f"{self.name}（{place}）" if place else self.name

    @property
    def filing(self) -> Filing:
        """What its first account says of it: 主管单位, places, 归口."""
        return self.accounts[0].filed

    @property
    def is_filed(self) -> bool:
        """Whether any account of it is in the registry now, in whatever status."""
        return any(account.retired_on is None for account in self.accounts)

    @cached_property
    def queries(self) -> tuple[str, ...]:
        """What a platform is asked for: its name, with its place where it lacks any, then the names
        of its accounts. A name without a place is asked for by itself at the end.
        """
        places = (self.county, self.prefecture)
        said = any(stem and stem in self.name for stem in map(_stem, places))
        placed = self.name if said else f"{next(filter(None, places), '')}{self.name}"
        names = (account.filed.name.strip() for account in self.accounts)
        wanted: dict[str, str] = {}
        for name in filter(None, (placed, *names, self.name)):
            wanted.setdefault(fold(name), name)
        return tuple(wanted.values())

    def ground_of(self, certified: str) -> str:
        """Why a 认证主体 is this unit, in Chinese; "" where it is not."""
        if not certified.strip():
            return ""
        if same_body(certified, self.name, self.prefecture, self.county):
            # Counties of one name exist in several prefectures: a person rules the others out.
            stem = _stem(self.prefecture)
            return "认证主体与所属组织一致" + (
                "（未写明所属地市）" if stem and stem not in certified else ""
            )
        for name in self.former:
            if same_body(certified, name, self.prefecture, self.county):
                return f"认证主体与该单位曾用名称“{name}”一致"
        for body in self.bodies:
            if same_body(certified, body) or same_body(body, certified):
                return f"认证主体与该单位已登记账号的认证主体“{body}”一致"
        return ""


def _stem(place: str) -> str:
    """What names of bodies keep of a place: 拉萨 of 拉萨市."""
    return place[:-1] if len(place) > 2 and place[-1] in "省市县区" else place


def units_of(
    accounts: Iterable[Account],
    changes: Iterable[AccountChange] = (),
    bodies: Mapping[int, Sequence[str]] | None = None,
) -> list[FiledUnit]:
    """The units in the order of the registry. Accounts without 所属组织 belong to none.

    `bodies`: by account, the 认证主体 that its readings showed.
    """
    groups = defaultdict[tuple[str, str, str], list[Account]](list)
    for account in accounts:
        filed = account.filed
        if filed.organiser.strip():
            groups[fold(filed.organiser), fold(filed.prefecture), fold(filed.county)].append(
                account
            )
    former = defaultdict[int, list[str]](list)
    for change in changes:
        if change.field == "organiser" and change.old.strip():
            former[change.account_id].append(change.old.strip())
    shown = {
        key: {
            fold(body): body for each in group for body in (bodies or {}).get(each.id, ()) if body
        }
        for key, group in groups.items()
    }
    holders = defaultdict[str, int](int)
    for own in shown.values():
        for body in own:
            holders[body] += 1
    return [
        FiledUnit(
            name=(first := min(group, key=lambda each: each.retired_on is not None)).filed.organiser.strip(),
            prefecture=first.filed.prefecture.strip(),
            county=first.filed.county.strip(),
            accounts=tuple(sorted(group, key=lambda each: each.retired_on is not None)),
            former=_others(key[0], (name for each in group for name in former[each.id])),
            # A body that certifies accounts of several units says nothing of one of them.
            bodies=tuple(text for body, text in shown[key].items() if holders[body] == 1),
            shared_bodies=tuple(text for body, text in shown[key].items() if holders[body] > 1),
        )
        for key, group in groups.items()
    ]  # fmt: skip


def _others(own: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple({fold(name): name for name in names if fold(name) != own}.values())


class UnitIndex:
    """All units, found by a 认证主体 or by a name without walking over each of them."""

    def __init__(self, units: Sequence[FiledUnit]) -> None:
        self.units = units
        self._bodies = [
            (unit, tuple(fold(name) for name in (unit.name, *unit.former, *unit.bodies)))
            for unit in units
        ]
        self._names = defaultdict[str, dict[str, tuple[FiledUnit, str]]](dict)
        for unit in units:
            for name in (unit.name, *(account.filed.name for account in unit.accounts)):
                self._names[letters_of(name)][f"{unit.label} {name}"] = (unit, name)

    def of_label(self, label: str) -> list[FiledUnit]:
        """The units that a label meant when it was kept.

        All of the name where none has the label any more: places may have been filed since.
        """
        exact = [unit for unit in self.units if unit.label == label]
        return exact or [
            unit for unit in self.units if label == unit.name or label.startswith(f"{unit.name}（")
        ]

    def of_body(self, certified: str) -> list[tuple[FiledUnit, str]]:
        """The units that a 认证主体 may be, each with the ground in Chinese."""
        shown = fold(certified)
        return [
            (unit, ground)
            for unit, names in self._bodies
            if any(name in shown or shown in name for name in names)
            and (ground := unit.ground_of(certified))
        ]

    def names_of_body(self, certified: str) -> list[str]:
        """Whom of the registry a 认证主体 may be: units by their labels, 主管单位, and bodies that
        certify filed accounts of several units.
        """
        if not (shown := fold(certified)):
            return []
        found = [unit.label for unit, _ in self.of_body(certified)]
        found += [
            name
            for key, name, prefecture, county in self._further_bodies
            if (key in shown or shown in key)
            and (same_body(certified, name, prefecture, county) or same_body(name, certified))
        ]
        return list(dict.fromkeys(found))

    @cached_property
    def _further_bodies(self) -> list[tuple[str, str, str, str]]:
        """主管单位 with their places, and bodies of several units; each with its fold before it."""
        found = {
            (filed.supervisor.strip(), filed.prefecture.strip(), filed.county.strip())
            for unit in self.units
            for filed in (account.filed for account in unit.accounts)
            if filed.supervisor.strip()
        }
        found |= {(body, "", "") for unit in self.units for body in unit.shared_bodies}
        return sorted((fold(name), name, city, county) for name, city, county in found)

    def of_name(self, name: str) -> list[tuple[FiledUnit, str]]:
        """The units that bear a name or file an account of it, each with that very name."""
        return list(self._names.get(letters_of(name), {}).values())
