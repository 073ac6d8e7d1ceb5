"""Masks the operator's own name and picture, and other people: they are no evidence.

They are covered in our copy of the page, and cut from what is kept of it. The page itself says who
the operator is (`Scraper.viewer`). The platform declares where else it shows him
(`Scraper.viewer_marks`), and where it shows other people (`Scraper.others_marks`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from mediawatch.domain import Filing, Sight
from scrapers.privacy.scrubbing import Scrubber
from scrapers.privacy.secrets import identity_in

_ADDRESS = re.compile(r"(?:https?:)?//\S+")
_SHORTEST_PATH = 12
"""Characters. A shorter path of a picture may belong to others."""
# An element becomes a box of one colour and the same size. Running text becomes blocks.
_COVER = """([marks, secrets, pictures, own]) => {
  const cover = (shown) => {
    const box = shown.getBoundingClientRect(), how = getComputedStyle(shown);
    const el = document.createElement('span');
    el.className = shown.className;
    el.style.cssText = shown.style.cssText;
    el.style.removeProperty('background');
    const size = {width: box.width + 'px', height: box.height + 'px', 'min-width': '0', background: '#777', 'box-sizing': 'border-box'};
    size.display = how.display.startsWith('inline') ? 'inline-block' : 'block';
    for (const [name, value] of Object.entries(size)) el.style.setProperty(name, value, 'important');
    shown.replaceWith(el);
  };
  const area = (el) => el.scrollWidth * el.scrollHeight, root = document.documentElement;
  const whole = area(root);
  // A site that renames its parts must not lose the account itself behind a box.
  const isSubject = (el) => el === root || el === document.body ||
    area(el) > whole / 2 && own.some((name) => (el.innerText || '').includes(name));
  for (const mark of marks) for (const el of document.querySelectorAll(mark)) if (!isSubject(el)) cover(el);
  const holds = (text) => text && secrets.some((secret) => text.includes(secret));
  const shows = (text) => text && pictures.some((path) => text.includes(path));
  for (const el of document.querySelectorAll('[src], [srcset], [style], [data-src]')) {
    if (['SCRIPT', 'LINK', 'IFRAME'].includes(el.tagName)) continue;
    if (['src', 'srcset', 'style', 'data-src'].some((name) => shows(el.getAttribute(name)))) cover(el);
  }
  for (const el of document.querySelectorAll('[title], [alt], [aria-label]'))
    for (const name of ['title', 'alt', 'aria-label']) if (holds(el.getAttribute(name))) el.removeAttribute(name);
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode())
    if (!['SCRIPT', 'STYLE'].includes(text.parentNode.tagName) && holds(text.data))
      for (const secret of secrets) text.data = text.data.split(secret).join('█'.repeat(secret.length));
}"""


def nobody(text: str) -> Iterable[object]:
    """The viewer of a page without a login."""
    return ()


@dataclass(frozen=True, slots=True)
class Mask:
    """What to hide in one look: the viewer's `records`, and CSS selectors of what is covered.

    `kept` are the account's own names and ids: where an office looks at itself, it stays visible.
    """

    records: Callable[[str], Iterable[object]]
    marks: tuple[str, ...] = ()
    kept: frozenset[str] = frozenset()

    @classmethod
    def for_account(
        cls,
        filed: Filing,
        sight: Sight,
        records: Callable[[str], Iterable[object]],
        marks: tuple[str, ...],
    ) -> Mask:
        """The mask for evidence about this account."""
        own = (
            filed.name,
            filed.platform_id,
            filed.original_id,
            filed.alias,
            sight.name,
            sight.platform_id,
            sight.original_id,
        )
        return cls(records, marks, frozenset(text.strip() for text in own) - {""})

    def cover_for(self, texts: Iterable[str]) -> OperatorCover:
        """The cover for a page that said all this."""
        found = {
            secret
            for text in texts
            for record in self.records(text)
            for secret in identity_in(record)
        }
        secrets = frozenset(
            secret for secret in found if not any(secret in own for own in self.kept)
        )
        return OperatorCover(self.marks, secrets, self.kept)


@dataclass(frozen=True, slots=True)
class OperatorCover:
    marks: tuple[str, ...]
    secrets: frozenset[str]
    kept: frozenset[str]

    @property
    def script(self) -> str:
        """JavaScript that covers the operator in the page where it runs."""
        paths = sorted(
            path
            for secret in self.secrets
            if _ADDRESS.fullmatch(secret) and len(path := urlsplit(secret).path) >= _SHORTEST_PATH
        )
        names = sorted(
            (secret for secret in self.secrets if not _ADDRESS.fullmatch(secret)),
            key=len,
            reverse=True,
        )
        return f"({_COVER})({json.dumps([list(self.marks), names, paths, sorted(self.kept)])})"

    def bytes(self, body: bytes) -> bytes:
        """A payload with dummies in the operator's place.

        The very bytes that came where he is not in it.
        """
        text = body.decode("utf-8", "surrogateescape")
        covered = Scrubber(self.secrets, self.kept).without_secrets(text)
        return body if covered == text else covered.encode("utf-8", "surrogateescape")
