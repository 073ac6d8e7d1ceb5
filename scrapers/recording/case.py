"""The answers of a case folder (docs/cases.md), made of what the tabs of one look logged.

For `mediawatch record`. A case holds only the answers that surfaces read, never what else a page
loads. These are the platform's documents, and the calls that surfaces listen for. A document whose
surface shows the operator's own back office is left out. At the replay the replica's page stands in
for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urljoin, urlsplit

from mediawatch.domain import Account, Outcome, Sight, UserError
from scrapers.browser.reply import Reply
from scrapers.browser.traffic_log import LoggedReply, TrafficLog
from scrapers.privacy.scrubbing import KEYS, Scrubber
from scrapers.privacy.secrets import cookie_values, identity_in
from scrapers.surface import Scraper, Surface
from scrapers.urls import host_and_path, on_host, query_of

_TEXTUAL = re.compile(r"text/|json|javascript|xml|^$", re.IGNORECASE)
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """One response of a case, scrubbed.

    `calls` are what the page's own scripts asked for, to be asked again at the replay; behind
    `POST ` one that carried the fields of its query as JSON.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    location: str = ""
    calls: tuple[str, ...] = ()


def answers_of(
    log: TrafficLog, scraper: Scraper, account: Account, sights: Sequence[Sight]
) -> tuple[CaseAnswer, ...]:
    """The scrubbed answers of a case, most particular addresses first (the first that matches
    answers).

    UserError where a secret would stay all the same: then nothing may be written.
    """
    surfaces = {
        surface.name: surface
        for surface in (*scraper.surfaces, *([scraper.links] if scraper.links else []))
    }
    lost = {sight.surface for sight in sights if sight.outcome is Outcome.LOGIN_REQUIRED}
    texts = [
        each
        for each in sorted(log.replies, key=lambda each: each.number)
        if _TEXTUAL.search(each.reply.content_type)
    ]
    scrubber = _scrubber(log, scraper, account, sights, texts)
    chosen: dict[str, LoggedReply] = {}
    for each in texts:
        surface = surfaces[each.surface]
        if each.reply.cut or not _belongs(each, scraper, surface, lost):
            continue
        url = scrubber.url(_address_of(each.reply), surface.url_keys)
        if url not in chosen or each.used or each.document or not chosen[url].used:
            chosen[url] = each
    made = [
        replace(
            _answer(each, url, scrubber),
            calls=_calls(log, each, chosen) if each.document else (),
        )
        for url, each in chosen.items()
    ]
    for answer in made:
        _refuse_secrets(answer, scrubber)
    return tuple(sorted(made, key=lambda answer: -len(query_of(answer.url))))


def _belongs(logged: LoggedReply, scraper: Scraper, surface: Surface, lost: set[str]) -> bool:
    """Whether a case needs a response: always a call.

    Documents of the surface's own hosts where they show the account, or the login that stands in
    their place.
    """
    if not logged.document:
        return True
    own = on_host(urlsplit(logged.reply.url).hostname, *(surface.hosts or scraper.hosts))
    return own and (surface.page_shows or surface.name in lost)


def _address_of(reply: Reply) -> str:
    """The address of a reply, with the fields that its request carried as if they stood in the query.

    One address answers many posted questions.
    """
    if not (fields := reply.asked_fields):
        return reply.url
    return f"{reply.url}{'&' if '?' in reply.url else '?'}{urlencode(fields)}"


def _calls(
    log: TrafficLog, page: LoggedReply, chosen: Mapping[str, LoggedReply]
) -> tuple[str, ...]:
    """What the scripts of this document asked for until the next document came."""
    documents = sorted(
        each.number for each in log.replies if each.document and each.number > page.number
    )
    end = documents[0] if documents else log.begun + 1
    return tuple(
        f"POST {url}" if each.reply.asked_fields else url
        for url, each in chosen.items()
        if not each.document
        and page.number < each.number < end
        and each.reply.url not in log.fetched
        and not page.reply.location
    )


def _refuse_secrets(answer: CaseAnswer, scrubber: Scrubber) -> None:
    text = "\n".join(
        (
            answer.url,
            answer.location,
            *answer.calls,
            _text_of(answer.content_type, answer.body),
        )
    )
    if shapes := scrubber.leaks(text):
        raise UserError(
            f"the answer of {host_and_path(answer.url)} still holds a secret of the "
            f"shape {shapes[0]}: nothing was written"
        )


def _scrubber(
    log: TrafficLog,
    scraper: Scraper,
    account: Account,
    sights: Sequence[Sight],
    texts: Iterable[LoggedReply],
) -> Scrubber:
    secrets = {secret for state in log.states for secret in _secrets_in(state)}
    for each in texts:
        for record in scraper.viewer(_text_of(each.reply.content_type, each.reply.body)):
            secrets.update(identity_in(record))
    return Scrubber(frozenset(secrets), frozenset(_own(account, sights)))


def _secrets_in(state: Mapping[str, object]) -> Iterable[str]:
    match state:
        case {"cookies": [*cookies], "origins": [*origins]}:
            yield from cookie_values(cookies)
            for origin in origins:
                yield from _stored_secrets(origin)


def _answer(logged: LoggedReply, url: str, scrubber: Scrubber) -> CaseAnswer:
    reply = logged.reply
    location = scrubber.url(urljoin(reply.url, reply.location)) if reply.location else ""
    charset = _charset(reply.content_type)
    body = scrubber.text(_text_of(reply.content_type, reply.body)).encode(
        charset, "surrogateescape"
    )
    return CaseAnswer(
        url, reply.status, reply.content_type or "application/octet-stream", body, location
    )


def _text_of(content_type: str, body: bytes) -> str:
    return body.decode(_charset(content_type), "surrogateescape")


def _charset(content_type: str) -> str:
    """UTF-8 unless another encoding is declared that keeps ASCII; some error pages are GBK."""
    found = _CHARSET.search(content_type)
    return "gb18030" if found and found[1].casefold() in ("gbk", "gb2312", "gb18030") else "utf-8"


def _own(account: Account, sights: Sequence[Sight]) -> Iterable[str]:
    """Ids and names of the account under record: they stay."""
    filed = account.filed
    links = (filed.url, *filed.article_links, *account.links)
    parts = [
        part
        for link in links
        for part in (*urlsplit(link).path.split("/"), *query_of(link).values())
    ]
    texts = (filed.name, filed.platform_id, filed.original_id, filed.alias, *parts)
    seen = (text for sight in sights for text in (sight.name, sight.platform_id, sight.original_id))
    return {text.strip() for text in (*texts, *seen) if len(text.strip()) > 1}


def _stored_secrets(origin: object) -> Iterable[str]:
    match origin:
        case {"localStorage": [*items]}:
            named = (
                item
                for item in items
                if isinstance(item, Mapping) and str(item.get("name", "")).casefold() in KEYS
            )
            return list(cookie_values(named))
    return ()
