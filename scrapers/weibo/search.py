"""What s.weibo.com shows for a name, read into results. Pure.

Written from public descriptions, no recording of the page exists. A page with neither cards nor the
element 未找到…相关结果 is the outcome `changed`. Emptiness needs the site's own words, to an operator it
knows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from mediawatch.domain import Changed, LoginRequired
from mediawatch.names import fold
from scrapers.searches import Hit, Results
from scrapers.weibo.identity import target_in

SHOWS_RESULT = (
    "document.readyState !== 'loading' && (document.querySelector('.card-user-b, "
    ".card-no-result') || /404错误/.test(document.title))"
)
FOUND = """(() => {
  const config = typeof $CONFIG === 'undefined' ? {} : $CONFIG;
  const text = (box, selector) => { const found = box.querySelector(selector); return found ? found.textContent.trim() : ''; };
  const shown = [...document.querySelectorAll('.card-no-result')].filter((box) => box.getClientRects().length);
  return {
    login: String(config.islogin ?? ''),
    title: document.title,
    nobody: shown.map((box) => box.innerText.trim()).join(' '),
    hits: [...document.querySelectorAll('.card-user-b')].map((card) => {
      const link = card.querySelector('a.name'), button = card.querySelector('a.s-btn-c[uid]');
      return {name: text(card, 'a.name'), link: link ? link.href : '', uid: button ? button.getAttribute('uid') : '', text: card.innerText};
    }),
  };
})()"""
_CERTIFIED = re.compile(r"认证(?:信息)?[：:]\s*(.+)")


def read_search(page: object, name: str) -> Results:
    """Read the value of `FOUND`.

    `LoginRequired` unless the page itself says that it knows the operator (`$CONFIG.islogin`).
    """
    match page:
        case {"login": "1", "nobody": str(nobody), "hits": list(hits)}:
            found = tuple(_hit(hit) for hit in hits)
        case {"login": str(login), "title": str(title)} if login != "1":
            raise LoginRequired(f"the search does not know the operator ({title})")
        case _:
            raise Changed(page)
    if nobody and not ("未找到" in nobody and fold(name) in fold(nobody)):
        raise Changed(f"no result, in unknown words: {nobody}")
    if not found and not nobody:
        raise Changed("neither results nor the word that nothing was found")
    # What stands below that word are recommendations.
    return Results(hits=found, nobody="" if found else nobody)


def _hit(card: object) -> Hit:
    match card:
        case {
            "name": str(name),
            "link": str(link),
            "uid": str() | None as uid,
            "text": str(text),
        } if name:
            linked = target_in(urlsplit(link))
            ids = {number for number in (linked.uid if linked else "", uid) if number}
            if len(ids) == 1:
                return Hit(id=ids.pop(), name=name, certified=_certified(text))
    raise Changed(_shown(card))


def _certified(text: str) -> str:
    found = _CERTIFIED.search(text)
    return found[1].strip() if found else ""


def _shown(card: object) -> object:
    return (
        {key: card[key] for key in ("name", "link", "uid") if key in card}
        if isinstance(card, Mapping)
        else card
    )
