"""Which account a person means by what they typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from mediawatch.domain import Account, Filing, UserError
from mediawatch.names import fold as fold_name
from mediawatch.registry.headings import label
from mediawatch.registry.kinds import classify, fold, platform_label
from mediawatch.registry.problems import BadCell


class UnclearRow(UserError):
    """A row means no account, or several. `chinese` says so to whoever corrects the row."""

    def __init__(self, sentence: str, chinese: str) -> None:
        super().__init__(sentence)
        self.chinese = chinese


def find_account(accounts: Sequence[Account], text: str) -> Account:
    """The one account that a text names.

    The text may be a filing number, platform id or gh_ id, name or alias, or our own id. They are
    tried in that order.

    UserError when nothing matches, or when several accounts do.
    """
    for level in range(4):
        found = [account for account in accounts if text and text in _keys(account)[level]]
        in_service = [account for account in found if account.retired_on is None]
        if len(found) == 1 or len(in_service) == 1:
            return (in_service or found)[0]
        if found:
            listed = "; ".join(
                f"{one.id} {one.filed.name} ({one.filed.type} {one.filed.filing_number})"
                for one in found[:9]
            )
            raise UserError(
                f"{text!r} means {len(found)} accounts: {listed}; give the filing number, or "
                "the id that stands first"
            )
    raise UserError(
        f"no account {text!r} in the registry: give its filing number, exact name, platform "
        "id or gh_ id"
    )


def _keys(account: Account) -> tuple[tuple[str, ...], ...]:
    filed = account.filed
    return (
        (filed.filing_number,),
        (filed.platform_id, filed.original_id),
        (filed.name, filed.alias),
        (str(account.id),),
    )


COMPARED = (
    "filing_number",
    "platform_id",
    "original_id",
    "alias",
    "name",
    "type",
    "organiser",
    "supervisor",
    "prefecture",
    "county",
    "township",
    "jurisdiction",
    "level",
    "body_kind",
    "function_kind",
)
"""What a row of a list may say of an account: all of it must agree."""
_KEYED = ("filing_number", "platform_id", "original_id", "alias", "name")
"""By what a row finds its account, the strongest first; the rest is only compared."""


class Finder:
    """Finds the accounts that rows of lists mean.

    Our own ids mean nothing in a file: a line `1` is a serial number, most likely.
    """

    def __init__(self, accounts: Iterable[Account]) -> None:
        self._by: dict[str, defaultdict[str, list[Account]]] = {
            field: defaultdict(list) for field in _KEYED
        }
        for account in accounts:
            for field in _KEYED:
                if text := getattr(account.filed, field):
                    self._by[field][_folded(field, text)].append(account)

    def of_text(self, text: str) -> Account:
        """The account of a line that is a filing number, an id or a name.

        UserError where it means no account, or several.
        """
        for fields in (("filing_number",), ("platform_id", "original_id"), ("name", "alias")):
            found = {
                each.id: each
                for field in fields
                for each in self._by[field].get(_folded(field, text), ())
            }
            if found:
                return _the_one(list(found.values()), repr(text))
        raise UserError(
            f"no account {text!r} in the registry: give its filing number, exact name, "
            "platform id or gh_ id"
        )

    def of_row(self, given: Mapping[str, str], loose: Collection[str] = ()) -> Account:
        """The account with which everything in a row agrees; fields in `loose` are not compared.

        UserError where a filing number or id is not known: the name alone may be a namesake's.
        UserError too where the row contradicts the registry, or means several accounts.
        """
        said = {
            field: text
            for field, text in given.items()
            if field in COMPARED and text and field not in loose
        }
        key = next((field for field in _KEYED if said.get(field)), None)
        if key is None:
            raise UnclearRow(
                "the row names no account: give a filing number, an id or a name",
                "该行没有写明账号，请填写备案单号、ID或名称",
            )
        found = self._by[key].get(_folded(key, said[key]), [])
        if not found:
            known = "" if key == "name" else ", and the name beside it may be a namesake's"
            raise UnclearRow(
                f"no account in the registry has {label(key)} {said[key]!r}{known}: correct "
                "it, or take the row out",
                f"台账中没有{label(key)}为“{said[key]}”的账号，请更正，或删去该行",
            )
        fitting = [account for account in found if not _differing(account.filed, said)]
        if not fitting:
            one = found[0].filed
            field = _differing(one, said)[0]
            there = getattr(one, field) or "nothing"
            raise UnclearRow(
                f"{label(key)} {said[key]!r} is {one.name} ({one.type} {one.filing_number}), "
                f"whose {label(field)} is {there!r}, "
                f"not {said[field]!r}: correct the row",
                f"{label(key)}“{said[key]}”在台账中是“{one.name}”，其{label(field)}为"
                f"“{getattr(one, field) or '未填'}”，不是“{said[field]}”，请更正该行",
            )
        return _the_one(fitting, f"{label(key)} {said[key]!r}")


def _the_one(found: Sequence[Account], what: str) -> Account:
    in_service = [account for account in found if account.retired_on is None]
    if len(found) == 1 or len(in_service) == 1:
        return (in_service or found)[0]
    listed = "; ".join(
        f"{one.filed.name} ({one.filed.type} {one.filed.organiser} {one.filed.filing_number})"
        for one in found[:9]
    )
    raise UnclearRow(
        f"{what} means {len(found)} accounts: {listed}; give the filing number",
        f"可能是台账中的{len(found)}个账号，请填写备案单号",
    )


def _differing(filed: Filing, said: Mapping[str, str]) -> list[str]:
    return [field for field, text in said.items() if not _agrees(filed, field, text)]


def _agrees(filed: Filing, field: str, text: str) -> bool:
    if field == "type":
        return (
            fold(text) in (fold(filed.type), fold(platform_label(filed.platform)))
            or _platform_of(text) == filed.platform
        )
    return _folded(field, text) == _folded(field, getattr(filed, field))


def _platform_of(text: str) -> str:
    try:
        return classify(text).platform
    except BadCell:
        return ""


def _folded(field: str, text: str) -> str:
    return fold_name(text) or text if field in ("name", "organiser", "supervisor") else fold(text)
