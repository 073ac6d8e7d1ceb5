"""How a server that is away is waited for: the one way, for whatever is asked of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_delay,
    wait_exponential_jitter,
)

from mediawatch.domain import UserError

T = TypeVar("T")

PATIENCE = 600.0
"""Seconds for which workers, coordinators and whoever visits sites wait for the server.

A look in progress waits so long: an error would be noted as our trouble with the site.
"""


async def patiently(
    attempt: Callable[[], Awaitable[T]],
    trouble: type[Exception] | tuple[type[Exception], ...],
    seconds: float = PATIENCE,
    passes: Callable[[BaseException], bool] = lambda error: True,
) -> T:
    """What the attempt returns; made again, as long as `seconds` last, while it meets such trouble.

    A statement whose answer was lost may so be made twice. `passes`: whether it may help to wait.
    """
    try:  # mostly all goes well: then it costs nothing
        return await attempt()
    except trouble as error:
        if not seconds or not passes(error):
            raise
    attempts = AsyncRetrying(
        retry=retry_if_exception(lambda error: isinstance(error, trouble) and passes(error)),
        stop=stop_after_delay(seconds),
        wait=wait_exponential_jitter(multiplier=0.1, max=5, jitter=0.5),
        before_sleep=_tell_once,
        reraise=True,
    )

    async def again() -> T:
        return await attempt()

    return await attempts(again)


def _tell_once(tries: RetryCallState) -> None:
    if tries.attempt_number == 1:  # the second try: one that was ended is often there at once
        # Imported here: every command loads this file.
        from mediawatch.log import get_logger

        error = tries.outcome.exception() if tries.outcome else None
        get_logger(__name__).warning("the database does not answer: waiting", why=_reason(error))


def _reason(error: BaseException | None) -> str:
    """Its first line. What the queue's library raises says nothing: its cause does."""
    told = error if isinstance(error, UserError) or error is None else error.__cause__ or error
    return next(iter(str(told).strip().splitlines()), "") or type(told).__name__
