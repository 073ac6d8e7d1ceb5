"""What one look heard and opened, as a case folder needs it (docs/cases.md): `mediawatch record`.

Only the answers that surfaces read are taken (the platform's documents, and the calls they listen
for), never what else a page loads. A document whose surface shows the operator's own back office is
left out: the replica's page stands in for it at the replay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from mediawatch.domain import Account, Outcome, Sight, UserError
from scrapers.browser.reply import Reply, host_and_path
from scrapers.privacy.scrubbing import KEYS, Scrubber, cookie_values, identity_in
from scrapers.surface import Scraper, Surface, on_host, query_of

_TEXTUAL = re.compile(r"text/|json|javascript|xml|^$", re.IGNORECASE)
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response of a case, scrubbed. `calls` are what the page's own scripts asked for, to be
    asked again at the replay.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    location: str = ""
    calls: tuple[str, ...] = ()


@dataclass(slots=True)
class _Taken:
    surface: str
    number: int
    reply: Reply
    document: bool
    used: bool = False


@dataclass(slots=True)
class Recording:
    """Listens while one account is looked at. The tabs tell it what came (`answered`, `used`,
    `asked`), the browser what it left.
    """

    surface: str = ""
    _taken: list[_Taken] = field(default_factory=list)
    _asked: set[str] = field(default_factory=set)
    _secrets: set[str] = field(default_factory=set)
    _numbers: int = 0

    def number(self) -> int:
        """The place of a response that has just begun: bodies come in another order."""
        self._numbers += 1
        return self._numbers

    def answered(self, number: int, reply: Reply, *, document: bool) -> None:
        self._taken.append(_Taken(self.surface, number, reply, document))

    def used(self, reply: Reply) -> None:
        """A surface read this reply."""
        for taken in self._taken:
            taken.used |= taken.reply is reply

    def asked(self, reply: Reply) -> None:
        """A surface asked for this itself: at the replay it will again, and the page need not."""
        self._asked.add(reply.url)
        self._taken.append(_Taken(self.surface, self.number(), reply, document=False, used=True))

    def left(self, state: Mapping[str, object]) -> None:
        """The storage state of a context that was in use: every cookie in it is a secret."""
        match state:
            case {"cookies": [*cookies], "origins": [*origins]}:
                self._secrets.update(cookie_values(cookies))
                for origin in origins:
                    self._secrets.update(_stored_secrets(origin))

    def answers(
        self, scraper: Scraper, account: Account, sights: Sequence[Sight]
    ) -> tuple[Answer, ...]:
        """What a case needs, most particular addresses first (the first that matches answers),
        scrubbed. UserError where a secret would stay all the same: then nothing may be written."""
        surfaces = {
            surface.name: surface
            for surface in (*scraper.surfaces, *([scraper.links] if scraper.links else []))
        }
        lost = {sight.surface for sight in sights if sight.outcome is Outcome.LOGIN_REQUIRED}
        heard = [
            each
            for each in sorted(self._taken, key=lambda each: each.number)
            if _TEXTUAL.search(each.reply.content_type)
        ]
        scrubber = self._scrubber(scraper, account, sights, heard)
        taken = [
            each
            for each in heard
            if not each.reply.cut and self._fit(each, scraper, surfaces[each.surface], lost)
        ]
        chosen: dict[str, _Taken] = {}
        for each in taken:
            url = scrubber.url(each.reply.url, surfaces[each.surface].url_keys)
            if url not in chosen or each.used or each.document or not chosen[url].used:
                chosen[url] = each
        made = [
            replace(
                _answer(each, url, scrubber),
                calls=self._calls(each, chosen) if each.document else (),
            )
            for url, each in chosen.items()
        ]
        for answer in made:
            if shapes := scrubber.leaks(
                "\n".join(
                    (
                        answer.url,
                        answer.location,
                        *answer.calls,
                        _text_of(answer.content_type, answer.body),
                    )
                )
            ):
                raise UserError(
                    f"the answer of {host_and_path(answer.url)} still holds a secret of the "
                    f"shape {shapes[0]}: nothing was written"
                )
        return tuple(sorted(made, key=lambda answer: -len(query_of(answer.url))))

    def _fit(self, taken: _Taken, scraper: Scraper, surface: Surface, lost: set[str]) -> bool:
        """Calls always; documents of the surface's own hosts where they show the account, or the
        login that stands in their place.
        """
        if not taken.document:
            return True
        own = on_host(urlsplit(taken.reply.url).hostname, *(surface.hosts or scraper.hosts))
        return own and (surface.page_shows or surface.name in lost)

    def _calls(self, page: _Taken, chosen: Mapping[str, _Taken]) -> tuple[str, ...]:
        """What the scripts of this document asked for until the next document came."""
        documents = sorted(
            each.number for each in self._taken if each.document and each.number > page.number
        )
        end = documents[0] if documents else self._numbers + 1
        return tuple(
            url
            for url, each in chosen.items()
            if not each.document
            and page.number < each.number < end
            and each.reply.url not in self._asked
            and not page.reply.location
        )

    def _scrubber(
        self, scraper: Scraper, account: Account, sights: Sequence[Sight], taken: Iterable[_Taken]
    ) -> Scrubber:
        secrets = set(self._secrets)
        for each in taken:
            for record in scraper.viewer(_text_of(each.reply.content_type, each.reply.body)):
                secrets.update(identity_in(record))
        return Scrubber(frozenset(secrets), frozenset(_own(account, sights)))


def _answer(taken: _Taken, url: str, scrubber: Scrubber) -> Answer:
    reply = taken.reply
    location = scrubber.url(urljoin(reply.url, reply.location)) if reply.location else ""
    charset = _charset(reply.content_type)
    body = scrubber.text(_text_of(reply.content_type, reply.body)).encode(
        charset, "surrogateescape"
    )
    return Answer(
        url, reply.status, reply.content_type or "application/octet-stream", body, location
    )


def _text_of(content_type: str, body: bytes) -> str:
    return body.decode(_charset(content_type), "surrogateescape")


def _charset(content_type: str) -> str:
    """UTF-8 unless another one is declared that leaves ASCII as it is; some error pages of these
    sites are GBK.
    """
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
