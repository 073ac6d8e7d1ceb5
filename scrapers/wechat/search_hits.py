"""What the hits of a name search say of an account. Pure.

A hit that bears a filed key is the account; a name alone proves little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mediawatch.domain import (
    ANOTHER_BEARS_THE_NAME,
    ID_IN_DOUBT,
    SEVERAL_BEAR_THE_NAME,
    Account,
    Attestation,
    Filing,
    MatchedBy,
    NameHit,
    NoEvidence,
    Outcome,
    PayloadFacts,
    SearchHit,
)
from mediawatch.names import alike, same, same_body
from scrapers.wechat.article_words import GONE_NICK, MOVED_NICK
from scrapers.wechat.back_office_replies import Hit
from scrapers.wechat.identity import (
    compare_ids,
    filed_aliases,
    filed_id,
    number_of,
    same_alias,
    tie_of_keys,
)

_NEAR = 3
"""Other names that the detail of a search without an exact hit shows."""


def own_hit(account: Account, hits: Sequence[Hit]) -> tuple[Hit, MatchedBy] | None:
    """The hit that bears a filed key and contradicts no filed id, under any name.

    A key is biz, gh_ id or 微信号.
    """
    ties = ((hit, tie) for hit in hits if (tie := _tie_of_hit(account, hit)))
    return min(ties, key=lambda found: list(MatchedBy).index(found[1]), default=None)


def _tie_of_hit(account: Account, hit: Hit) -> MatchedBy | None:
    try:
        return tie_of_keys(account, hit.biz, hit.original_id, hit.alias)
    except NoEvidence:
        return None


def _doubt(account: Account, hits: Sequence[Hit]) -> PayloadFacts | None:
    """The first hit that bears one filed key and contradicts a filed id, tied to nothing."""
    for hit in hits:
        try:
            tie_of_keys(account, hit.biz, hit.original_id, hit.alias)
        except NoEvidence as doubt:
            return _in_doubt(hit, doubt.detail)
    return None


def _rival_of(
    account: Account, found: tuple[Hit, MatchedBy], hits: Sequence[Hit]
) -> PayloadFacts | None:
    """What contradicts the hit that bears a filed key; None where nothing does.

    Another hit bears another filed key or the filed name, or the hit has neither the filed name nor
    the filed 微信号.
    """
    own, _ = found
    key = f"微信号 {own.alias}" if same_alias(account, own.alias) else own.biz
    others = [hit for hit in hits if number_of(hit.biz) != number_of(own.biz)]
    if doubt := _doubt(account, others):
        return doubt
    if tied := own_hit(account, others):
        return _in_doubt(
            own, f"{ID_IN_DOUBT}: {key} is filed and shown, but {tied[0].biz} bears a filed key too"
        )
    if is_same(account, own):
        return None
    if named := next((hit for hit in others if is_same(account, hit)), None):
        return _in_doubt(
            own,
            f"{ID_IN_DOUBT}: {key} is filed and shown, but {named.biz} bears the filed name",
        )
    if same_alias(account, own.alias) is False:
        return _in_doubt(
            own,
            f"{ID_IN_DOUBT}: {key} is filed and shown, but under another name and with the 微信号 "
            f"{own.alias}, {', '.join(sorted(filed_aliases(account)))} is filed",
        )
    return None


def _in_doubt(hit: Hit, why: str) -> PayloadFacts:
    detail = f"{why} ({hit.name})"
    return PayloadFacts(
        outcome=Outcome.NO_EVIDENCE,
        name=hit.name,
        platform_id=hit.biz,
        original_id=hit.original_id,
        detail=detail,
    )


def as_found(hit: Hit) -> SearchHit:
    """The hit in the core's words. WeChat renames what is gone or was moved."""
    return SearchHit(
        id=hit.biz,
        name=hit.name,
        verified_as=hit.body,
        alias=hit.alias,
        original_id=hit.original_id,
        gone=bool(GONE_NICK.fullmatch(hit.name) or MOVED_NICK.fullmatch(hit.name)),
    )


def queries(account: Account) -> tuple[str, ...]:
    """What an account is searched for by: its filed name, and its filed 微信号."""
    filed = account.filed
    texts = (
        filed.name,
        filed.alias,
        "" if number_of(filed.platform_id).isdigit() else filed.platform_id,
    )
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def is_same(account: Account, hit: Hit) -> bool:
    """Whether a hit bears exactly the filed name."""
    return same(account.filed.name, hit.name)


def match_hits_to_filed(account: Account, hits: Sequence[Hit], exhausted: bool) -> PayloadFacts:
    """What all hits say of the account.

    `exhausted`: every hit of every query (name, and 微信号 where filed) was seen.
    """
    exact = [hit for hit in hits if is_same(account, hit)]
    if found := own_hit(account, hits):
        seen = _of_hit(*found)
        doubt = None if seen.outcome is Outcome.MIGRATED else _rival_of(account, found, hits)
        return doubt or seen
    if doubt := _doubt(account, hits):
        return doubt
    free = [
        hit
        for hit in exact
        if not compare_ids(account, hit.biz, hit.original_id)[1]
        and same_alias(account, hit.alias) is not False
    ]
    by_id = bool(filed_id(account)[0]) or bool(
        account.filed.original_id and any(hit.original_id for hit in exact)
    )
    if len(free) == 1 and not by_id and _is_of_another_body(account.filed, free[0]):
        return _nothing(
            f"{ANOTHER_BEARS_THE_NAME} certified for another body ({free[0].biz}, 认证 "
            f"{free[0].body})",
            free[0].name,
        )
    if len(free) == 1 and not by_id:
        return replace(
            _of_hit(free[0], MatchedBy.NAME), name_hit=_name_hit(account.filed, free[0], hits)
        )
    if len(free) > 1:
        return _nothing(f"{len(free)} {SEVERAL_BEAR_THE_NAME}", free[0].name)
    if exact:
        return _nothing(
            f"{ANOTHER_BEARS_THE_NAME} another one ({exact[0].biz}, 微信号 {exact[0].alias or '-'})",
            exact[0].name,
        )
    shown = "; ".join(hit.name for hit in hits[:_NEAR])
    near = next((hit.name for hit in hits if alike(account.filed.name, hit.name)), "")
    if not exhausted:
        return _nothing(f"no exact hit, and not all hits were seen (first: {shown})", near)
    if not account.filed.type_certain:
        return _nothing(
            f"no exact hit, but the filed type {account.filed.type!r} may be no official account",
            near,
        )
    if not filed_aliases(account):
        # A renamed account, or one that hides from the search by name, would look the same.
        return _nothing(f"no exact hit, and no 微信号 is filed to search by (first: {shown})", near)
    if near:
        return _nothing(f"no exact hit, but one that is filed otherwise (found: {near})", near)
    looked = f"no exact hit among all {len(hits)} (first: {shown})" if hits else "no hits at all"
    detail = f"searched for {', '.join(queries(account))}: {looked}"
    # A page with hits is recorded, one without any is not.
    return PayloadFacts(
        outcome=Outcome.NOT_FOUND,
        matched_by=MatchedBy.NAME,
        attested=None if hits else Attestation.DESCRIBED,
        detail=detail,
    )


def _is_of_another_body(filed: Filing, hit: Hit) -> bool:
    return bool(hit.body and filed.organiser) and not any(
        same_body(hit.body, body, filed.prefecture, filed.county)
        for body in (filed.organiser, filed.supervisor)
    )


def _name_hit(filed: Filing, hit: Hit, hits: Sequence[Hit]) -> NameHit | None:
    """The one hit of the filed name, where it may stand in for an id; None where it may not.

    Nothing but the name is filed; no other hit bears nearly that name; and where the search shows its
    认证主体, that is the organiser or its supervisor.
    """
    near = any(
        other is not hit and (alike(filed.name, other.name) or alike(other.name, filed.name))
        for other in hits
    )
    unknown = bool(hit.body) and not filed.organiser
    if near or unknown or not filed.identity.only_named or not filed.type_certain:
        return None
    return NameHit(
        value=hit.biz, name=hit.name, alias=hit.alias, verified=hit.verified, body=hit.body
    )


def _nothing(detail: str, name: str = "") -> PayloadFacts:
    """`name`: what bears the filed name all the same, tied to nothing."""
    return PayloadFacts(outcome=Outcome.NO_EVIDENCE, name=name, detail=detail)


def _of_hit(hit: Hit, tie: MatchedBy) -> PayloadFacts:
    seen = PayloadFacts(
        name=hit.name,
        platform_id=hit.biz,
        original_id=hit.original_id,
        verified_as=hit.body,
        matched_by=tie,
    )
    outcome = (
        Outcome.CANCELLED
        if GONE_NICK.fullmatch(hit.name)
        else Outcome.MIGRATED
        if MOVED_NICK.fullmatch(hit.name)
        else None
    )
    if outcome is None:
        return seen
    # WeChat renames what is gone: such a nick is a state, not a name.
    detail = f"the account is shown as {hit.name}"
    return PayloadFacts(
        outcome=outcome,
        platform_id=hit.biz,
        matched_by=tie,
        attested=Attestation.DESCRIBED,
        detail=detail,
    )
