"""What the operator sees of a page that Datasette refuses: one line.

Datasette prints a traceback, by `rich` with the values of all local variables. Nothing is wrong
with a page that is missing, and a value may be what no log holds.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any

from datasette import handle_exception as pages
from datasette import hookimpl
from datasette.plugins import pm
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from mediawatch.log import get_logger


@hookimpl(hookwrapper=True)  # type: ignore[untyped-decorator]
def handle_exception(
    datasette: Any, request: Any, exception: Exception
) -> Generator[None, Any, None]:
    """Datasette's own page, of an exception that it does not print. Datasette calls it."""
    answer = yield
    told: Any = exception
    if not isinstance(exception, Base400 | DatasetteError):
        told = DatasetteError(f"{type(exception).__name__}: {exception}", status=500)
    # Without the words behind the path: they may hold what somebody looked for.
    place = request.path.partition("?")[0]
    reason = " ".join(str(getattr(told, "message", told)).split())
    get_logger(__name__).warning("page refused", page=place, status=told.status, why=reason[:200])
    answer.force_result([pages.handle_exception(datasette, request, told)])


def tell_in_one_line() -> None:
    """From now on each refused page of this process is one line of the log."""
    ours = sys.modules[__name__]
    if not pm.is_registered(ours):
        pages.rich = None  # what it could not import prints nothing
        pm.register(ours)
