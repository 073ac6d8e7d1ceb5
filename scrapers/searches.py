"""A platform's own name search: when it is asked, and what its results say of an account.

Names never stand against an id. A search (`NameSearch`) is asked where nothing says which account
is meant, or where the filed id is gone. What it finds is a proposal. An empty result counts only in
the site's own words, and only where no id was filed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from typing import ClassVar

from mediawatch.domain import (
    ID_IN_DOUBT,
    Account,
    Attestation,
    Filing,
    MatchedBy,
    Outcome,
    PayloadFacts,
    SearchHit,
    Sight,
)
from mediawatch.names import alike, differs_by_suffix, same, same_body
from scrapers.surface import SessionUse, Shows, Surface

_NEAR = 3
"""Other names that the detail of a search without an exact hit shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One account among the results.

    `certified`: the platform's 认证说明, "" where the search shows none.
    """

    id: str
    name: str
    certified: str = ""
    alias: str = ""
    """抖音号, where the platform has such a thing."""

    @property
    def line(self) -> str:
        return f"{self.id} (认证 {self.certified or '-'})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All that one search showed.

    `nobody`: the site's own words that there is no result, "" where it did not say so.
    """

    hits: tuple[Hit, ...] = ()
    nobody: str = ""
    more: bool = False
    """Further hits exist that were not read."""

    def as_found(self, page_of: Callable[[str], str]) -> tuple[SearchHit, ...]:
        """The hits in the core's words. `page_of`: an id to the address of its page."""
        return tuple(
            SearchHit(
                id=hit.id,
                name=hit.name,
                verified_as=hit.certified,
                alias=hit.alias,
                link=page_of(hit.id),
            )
            for hit in self.hits
        )


@dataclass(frozen=True)
class NameSearch(Surface):
    """A search with the operator's login: under which id a name lives.

    For accounts to which no id leads, or whose filed id is gone.
    """

    attested: ClassVar[Attestation] = Attestation.DESCRIBED
    session: ClassVar[SessionUse] = SessionUse.REQUIRED
    shows: ClassVar[Shows] = Shows.SOME
    shows_newer: ClassVar[bool] = False

    gone: bool = False
    """The look has seen that the filed id or link leads to no account."""
    bearer: str = ""
    """The account to which the filed name led in this look; whose it is remained open."""

    def applies(self, account: Account) -> bool:
        return bool(account.filed.name.strip())

    def as_control(self, account: Account) -> Surface | None:
        return self

    def given_earlier(self, account: Account, earlier: Sequence[Sight]) -> Surface | None:
        if not is_due(account.filed, earlier):
            return None
        bearer = next((sight.name for sight in earlier if sight.name), "")
        return replace(self, gone=is_gone(earlier), bearer=bearer)


def is_gone(earlier: Sequence[Sight]) -> bool:
    """Whether this look has read that the filed id or link leads to no account."""
    return any(sight.outcome is Outcome.NOT_FOUND for sight in earlier)


def is_due(filed: Filing, earlier: Sequence[Sight]) -> bool:
    """Whether a search could add something.

    It could where nothing has named the account so far, and where no id is filed (nor a link that
    leads to one) or the filed one is gone.
    """
    if any(sight.name and sight.matched_by for sight in earlier):
        return False
    dead_end = not filed.url.strip() or any(
        sight.outcome is Outcome.NO_EVIDENCE for sight in earlier
    )
    return is_gone(earlier) or (not filed.platform_id.strip() and dead_end)


def agrees(filed: Filing, certified: str) -> bool:
    """Whether a 认证说明 speaks for the organiser.

    True where one of the two is not known: then nothing contradicts.
    """
    return not certified.strip() or not filed.organiser.strip() or vouches(filed, certified)


def vouches(filed: Filing, certified: str) -> bool:
    """Whether a 认证说明 is the organiser's.

    Only then is an account that was found by name alone surely the filed one.
    """
    return same_body(certified, filed.organiser, filed.prefecture, filed.county)


def aliases(filed: Filing, own_id: str) -> tuple[str, ...]:
    """What is filed as a 抖音号: also what is filed as the id and is no id of the platform."""
    id = filed.platform_id.strip()
    return tuple(
        dict.fromkeys(text for text in (filed.alias.strip(), "" if id == own_id else id) if text)
    )


def join_results(one: Results, other: Results) -> Results:
    """What two searches for one account showed together."""
    nobody = "; ".join((one.nobody, other.nobody)) if one.nobody and other.nobody else ""
    return Results(
        hits=tuple(dict.fromkeys((*one.hits, *other.hits))),
        nobody=nobody,
        more=one.more or other.more,
    )


def match_hits_to_filed(
    filed: Filing,
    own_id: str,
    found: Results,
    *,
    gone: bool,
    bearer: str = "",
    searched: Sequence[str] = (),
) -> PayloadFacts:
    """The results as facts about the filed account.

    `own_id`: the id it is filed under, by itself or in a link, "" where it is missing. `gone`: the
    account of the filed id or link was said not to exist. `bearer`: the account to which the name led
    elsewhere in this look. `searched`: what was searched for besides the name.

    A hit that bears a filed key is the account, whatever its name; where it contradicts another
    key, one was filed wrongly.
    """
    exact = [hit for hit in found.hits if same(hit.name, filed.name)]
    known = {text.casefold() for text in aliases(filed, own_id)}
    borne = next((hit for hit in found.hits if hit.alias.strip().casefold() in known), None)
    if own := next((hit for hit in found.hits if own_id and hit.id == own_id), None):
        if borne and borne is not own:
            return _in_doubt(borne, _led(borne), f"{own_id} is filed, too, and leads to {own.name}")
        if exact and own not in exact and own_id == filed.platform_id.strip():
            led = f"{own.id} is filed and leads to {own.name}"
            return _in_doubt(own, led, f"{exact[0].line} bears the filed name")
        by = MatchedBy.ID if own_id == filed.platform_id.strip() or own is borne else MatchedBy.URL
        return PayloadFacts(
            name=own.name, platform_id=own.id, verified_as=own.certified, matched_by=by
        )
    if borne and own_id:
        return _in_doubt(borne, _led(borne), f"{own_id} is filed")
    if borne and exact and borne not in exact:
        return _in_doubt(borne, _led(borne), f"{exact[0].id} bears the filed name")
    if borne:
        return PayloadFacts(
            name=borne.name,
            platform_id=borne.id,
            verified_as=borne.certified,
            matched_by=MatchedBy.ID,
        )
    if filed.platform_id.strip():
        return _besides(exact)
    if exact:
        return _by_name(filed, exact, found)
    if found.hits or not found.nobody:
        near = next((hit.name for hit in found.hits if alike(filed.name, hit.name)), "")
        return _nothing(f"no exact hit (first: {_first(found.hits)})", near)
    asked = ", ".join((filed.name.strip(), *searched))
    if bearer:
        return _nothing(
            f"searched for {asked}: {found.nobody}; but a page of that name is {bearer}'s"
        )
    if reason := _proves_nothing(filed, gone, set(aliases(filed, own_id)) - set(searched)):
        return _nothing(f"searched for {asked}: {found.nobody}; {reason}")
    detail = f"searched for {asked}: {found.nobody}"
    return PayloadFacts(
        outcome=Outcome.NOT_FOUND,
        matched_by=MatchedBy.NAME,
        attested=Attestation.DESCRIBED,
        detail=detail,
    )


def _led(borne: Hit) -> str:
    return f"{borne.alias} is filed and leads to {borne.name} ({borne.id})"


def _in_doubt(hit: Hit, led: str, contradiction: str) -> PayloadFacts:
    """The account to which a filed key led, which something else contradicts."""
    return PayloadFacts(
        outcome=Outcome.NO_EVIDENCE,
        name=hit.name,
        platform_id=hit.id,
        verified_as=hit.certified,
        detail=f"{ID_IN_DOUBT}: {led}, but {contradiction}",
    )


def _besides(exact: Sequence[Hit]) -> PayloadFacts:
    """The filed id is not among the hits.

    A namesake is shown, tied to nothing: the id may be filed wrongly.
    """
    if not exact:
        return _nothing("no account bears the filed name either")
    listed = ", ".join(hit.line for hit in exact)
    return PayloadFacts(
        name=exact[0].name, detail=f"the filed name lives under another id: {listed}"
    )


def _by_name(filed: Filing, exact: Sequence[Hit], found: Results) -> PayloadFacts:
    if len(exact) > 1 or (found.more and exact[0] is found.hits[-1]):
        # Exact names come first: where the last one read is exact, more of them may follow.
        return _nothing(
            f"{len(exact)} accounts or more bear this very name: "
            f"{', '.join(hit.line for hit in exact[:_NEAR])}",
            exact[0].name,
        )
    hit, alias = exact[0], filed.alias.strip()
    if not agrees(filed, hit.certified):
        return _nothing(f"{hit.line} bears the name, but is certified as another body", hit.name)
    if alias and hit.alias and alias.casefold() != hit.alias.casefold():
        return _nothing(
            f"{hit.line} bears the name, but {alias} is filed and {hit.alias} shown", hit.name
        )
    return PayloadFacts(
        name=hit.name, platform_id=hit.id, verified_as=hit.certified, matched_by=MatchedBy.NAME
    )


def _proves_nothing(filed: Filing, gone: bool, unasked: Set[str]) -> str:
    """Why a search without a result says nothing about this account; "" where it does.

    `unasked`: filed keys not searched for.
    """
    if unasked:
        return f"renamed, it would be found by {', '.join(sorted(unasked))} alone"
    if filed.url.strip() and not gone:
        return "the filed link may lead to it under another name"
    if not filed.type_certain:
        return f"the filed type {filed.type!r} may be another platform's"
    name = filed.name.strip()
    if any(differs_by_suffix(name, name[:end]) for end in range(1, len(name))):
        return "the filed name has a suffix that its account need not bear"
    return ""


def _nothing(detail: str, name: str = "") -> PayloadFacts:
    """`name`: what bears the filed name all the same, tied to nothing."""
    return PayloadFacts(outcome=Outcome.NO_EVIDENCE, name=name, detail=detail)


def _first(hits: Sequence[Hit]) -> str:
    return "; ".join(hit.name for hit in hits[:_NEAR]) or "none"
