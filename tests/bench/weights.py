"""Pages as heavy as measured real ones: what their scripts, styles and pictures cost a browser that
loads them.

Measured of the real sites (kB: document 195, scripts 2 000 with 0.2 to 0.3 s of work, styles 143,
thirty pictures of 15, an answer 83). Filler throughout: nothing in it means anything.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from scrapers.replica.web import Answer, Drop, Request, Response, Site

_FOLDER = "/replica-weight/"
_DOCUMENT, _SCRIPT, _STYLE, _PICTURE, _ANSWER = 195_000, 2_000_000, 143_000, 15_000, 83_000
_PICTURES = 30
_WORK = 50_000_000
"""Rounds of a plain loop: some 0.25 s of a 2020s core."""
_LASTS = (("Cache-Control", "max-age=86400"),)
_PARTS = (
    (
        f'<link rel="stylesheet" href="{_FOLDER}site.css"><script defer '
        f'src="{_FOLDER}site.js"></script>'
    )
    + "".join(f'<img alt="" src="{_FOLDER}{number}.jpg">' for number in range(_PICTURES))
).encode()


def real_weight(site: Site, request: Request, usual: Answer) -> Response | Drop:
    """Stands before a replica's sites (`scrapers.replica.web.Middleware`)."""
    response = usual(request)
    return weighed(request, response) if isinstance(response, Response) else response


def weighed(request: Request, response: Response) -> Response:
    """What a site answers, filled up to its real size; a page also loads the site's scripts, styles
    and pictures.
    """
    if request.path.startswith(_FOLDER):
        return _part(request.path.removeprefix(_FOLDER))
    if (
        response.content_type.startswith("text/html")
        and response.status == 200
        and b"</body>" in response.body
    ):
        before, after = response.body.rsplit(b"</body>", 1)
        filler = b"<!--" + b" " * max(0, _DOCUMENT - len(response.body) - len(_PARTS)) + b"-->"
        return replace(response, body=before + _PARTS + filler + b"</body>" + after)
    if response.content_type.startswith("application/json") and response.body:
        return replace(response, body=response.body + b" " * max(0, _ANSWER - len(response.body)))
    return response


@cache
def _part(name: str) -> Response:
    match name.rpartition(".")[2]:
        case "js":
            work = (
                f"(() => {{ let sum = 0; for (let round = 0; round < {_WORK}; round++) sum = (sum "
                f"* 31 + round) | 0; return sum; }})();"
            )
            functions = "".join(
                f"function filler{number}(a, b) {{ return a * {number} + b; }}\n"
                for number in range(_SCRIPT // 50)
            )
            return Response(
                (functions + work).encode(), content_type="text/javascript", headers=_LASTS
            )
        case "css":
            rules = "".join(
                f".filler-{number} {{ margin: {number}px; color: #123456; }}\n"
                for number in range(_STYLE // 50)
            )
            return Response(rules.encode(), content_type="text/css", headers=_LASTS)
    return Response(b"\xff\xd8\xff" + b"\0" * _PICTURE, content_type="image/jpeg", headers=_LASTS)
