"""Alerts: the store keeps each one first, then Apprise sends it once to each place.

The store says what is to be sent, not a run's memory: a run that was killed before it sent its
alert is made up for by the next run. A sending that failed is tried again by the next run. A
sending that was cut short, or that got no answer in time, may have arrived. It is given up, because
no alert may arrive twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from itertools import takewhile
from typing import TYPE_CHECKING

from mediawatch.domain import (
    Alert,
    AlertState,
    SessionState,
    Sweep,
    SweepRun,
    UnfinishedCorrection,
    UserError,
)
from mediawatch.ops import digest
from mediawatch.ops.logins import ListedLogin, SessionBook
from mediawatch.ports import Clock, Store
from mediawatch.rules.corrections_due import CorrectionDue

if TYPE_CHECKING:
    import apprise

TOO_OLD = timedelta(days=3)
"""Older news is of no use any more."""
_CUT_SHORT = timedelta(minutes=10)
"""After this time no process can still be sending."""
_LIMIT = 60.0
"""Seconds for one sending."""
_LOOKED_BACK = 20
"""The last runs, among which those that broke off since the last digest are searched."""
_ROOM = 2048
"""Bytes, where a service names no limit: that of 企业微信, the smallest."""


class Alerts:
    """Sends to `urls` of Apprise; without any, nothing is kept or sent.

    `lines`: how many a digest has at most.
    """

    def __init__(self, store: Store, clock: Clock, urls: Sequence[str], lines: int) -> None:
        self._store, self._clock, self._lines = store, clock, lines
        self._places = {place_of(url): url for url in urls}

    def __bool__(self) -> bool:
        return bool(self._places)

    def check(self) -> None:
        """UserError where nothing could be sent: better said before the night than after it.

        The message never names a URL.
        """
        if not self._places:
            return
        if find_spec("apprise") is None:
            raise UserError("[notify] urls need Apprise: run `pip install 'mediawatch[notify]'`")
        for number, url in enumerate(self._places.values(), 1):
            sender = _sender(url)
            if not sender:
                raise UserError(
                    f"notify.urls: number {number} is no Apprise URL: see docs/running.md for "
                    "examples"
                )
            if len(_mailboxes(sender)) > 1:
                raise UserError(
                    f"notify.urls: number {number} names several mailboxes; if one refuses, the "
                    "others would get the message twice: write a URL for each, or one of a mailing list"
                )

    async def tell_night(
        self,
        sweep: Sweep,
        night: SweepRun,
        book: SessionBook,
        surfaces: Mapping[str, str],
        due: Sequence[CorrectionDue] = (),
        unfinished: Sequence[UnfinishedCorrection] = (),
    ) -> None:
        """Send the digest of a finished sweep once, and all that is still waiting.

        `surfaces`: their Chinese names; `due`: the corrections that notices need; `unfinished`:
        those that places of publication have not followed.
        """
        if self._places:
            sessions = {name: event.state for name, event in (await book.last()).items()}
            changes, unanswered = (
                await self._store.sweeps.finding_changes(sweep.id),
                await self._store.sweeps.is_unanswered(sweep.id),
            )
            earlier = [
                each for each in await self._store.runs.latest(_LOOKED_BACK) if each.id < night.id
            ]
            broken = tuple(
                takewhile(
                    lambda each: each.ending is not None and not each.ending.has_judgement, earlier
                )
            )
            sweep_digest = digest.SweepDigest(
                sweep, night, changes, sessions, surfaces, broken, due, unanswered, unfinished
            )
            for place, url in self._places.items():
                message = sweep_digest.compose(lines=self._lines, size=_room(url))
                await self._keep(place, f"sweep {sweep.id}", *message)
            await self.tell_sessions(book)

    async def tell_sessions(self, book: SessionBook) -> None:
        """Send an alert, once, for every login whose newest event is that it became invalid.

        Sends all that is still waiting, too.
        """
        if not self._places:
            return
        for name, event in (await book.last()).items():
            if event.state is SessionState.INVALID:
                for place in self._places:
                    await self._keep(
                        place,
                        f"session {name} {event.at.isoformat()}",
                        *digest.describe_lapsed_login(event),
                    )
        await self.send()

    async def tell_unused(self, logins: Sequence[ListedLogin]) -> None:
        """Send an alert, once since its last use, for every login that was not used for 30 days."""
        for each in logins if self._places else ():
            if each.is_unused(self._clock()):
                name = f"{each.session.platform}/{each.session.name}"
                message = digest.describe_unused_login(name, each.session.custodian, each.last_use)
                for place in self._places:
                    await self._keep(place, f"unused {name} {each.last_use.isoformat()}", *message)
        await self.send()

    async def send(self) -> int:
        """Send what is waiting; returns how many alerts did not go out."""
        now, failed = self._clock(), 0
        for alert in await self._store.runs.alerts(AlertState.SENDING, AlertState.WAITING):
            url = self._places.get(alert.place)
            cut_short = alert.state is AlertState.SENDING
            if cut_short and now - (alert.tried_at or alert.made_at) < _CUT_SHORT:
                continue  # another process sends it now
            if cut_short or now - alert.made_at > TOO_OLD:
                if await self._store.runs.move_alert(alert, AlertState.GIVEN_UP, now):
                    _warn(
                        "alert given up",
                        alert=alert.key,
                        reason="its sending was cut short" if cut_short else "too old",
                    )
            elif url is not None:
                failed += not await self._send(alert, url)
        return failed

    async def tell_failed(self, service: str) -> int:
        """Send word that a service of the host failed; returns at how many places that failed.

        The store does not keep this message.
        """
        return sum(
            [
                await _sent(url, *digest.describe_failed_service(service, self._clock()))
                is not AlertState.SENT
                for url in self._places.values()
            ]
        )

    async def trial(self) -> list[str]:
        """Send a message to each place; returns why each did not go out ("" where it did).

        The reasons stand in the settings' order. The store does not keep the message. The words are
        those of Apprise and may quote a URL: mask them.
        """
        return [await _tried(url, *digest.trial(self._clock())) for url in self._places.values()]

    async def _keep(self, place: str, key: str, title: str, body: str) -> None:
        await self._store.runs.add_alert(
            Alert(key=key, place=place, title=title, body=body, made_at=self._clock())
        )

    async def _send(self, alert: Alert, url: str) -> bool:
        if not await self._store.runs.move_alert(alert, AlertState.SENDING, self._clock()):
            return True  # another process took it first
        taken = replace(alert, state=AlertState.SENDING)
        # A sending that is cancelled or killed here may have arrived. The state stays, and a later
        # run gives it up.
        state = await _sent(url, alert.title, alert.body)
        await self._store.runs.move_alert(taken, state, self._clock())
        match state:
            case AlertState.WAITING:
                _warn(
                    "alert not sent, tried again with the next one",
                    alert=alert.key,
                    place=alert.place,
                )
            case AlertState.GIVEN_UP:
                _warn(
                    "alert given up",
                    alert=alert.key,
                    reason="no answer in time, it may have arrived",
                )
        return state is AlertState.SENT


def place_of(url: str) -> str:
    """A fingerprint of the URL: equal for equal URLs, and the secret cannot be derived from it."""
    return hashlib.sha256(url.encode()).hexdigest()[:12]


def _sender(url: str) -> apprise.Apprise:
    """The sender of a URL; false as a truth value where Apprise does not know the URL."""
    from apprise import Apprise, AppriseAsset

    sender = Apprise(asset=AppriseAsset(app_id="mediawatch", secure_logging=True))
    said = logging.getLogger("apprise")
    # Apprise quotes parts of a URL that it cannot read, and the password may be among them.
    said.disabled = True
    try:
        sender.add(url)
    finally:
        said.disabled = False
    return sender


def _room(url: str) -> int:
    """Bytes of title and body that the service takes.

    Apprise counts its limits in characters where services count bytes.
    """
    return min((each.body_maxlen for each in _sender(url)), default=_ROOM)


def _mailboxes(sender: apprise.Apprise) -> list[object]:
    """The mailboxes that a mail URL names.

    Apprise reports on all of them together, so one refusal would be a refusal of all.
    """
    from apprise.plugins.email import NotifyEmail

    return [
        box
        for each in sender
        if isinstance(each, NotifyEmail)
        for box in (*each.targets, *each.cc, *each.bcc)
    ]


class _Heard(logging.Handler):
    """What Apprise says while it sends."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        # Only what the network or the server said: other details quote the message and the place.
        if record.levelno >= logging.WARNING or "Exception" in text:
            self.lines.append(" ".join(text.split()))


async def _tried(url: str, title: str, body: str) -> str:
    """Send a message; returns why it did not go out, "" where it did."""
    said, listener = logging.getLogger("apprise"), _Heard()
    level = said.level
    said.addHandler(listener)
    said.setLevel(logging.DEBUG)
    try:
        state = await _sent(url, title, body)
    finally:
        said.removeHandler(listener)
        said.setLevel(level)
    if state is AlertState.SENT:
        return ""
    if state is AlertState.GIVEN_UP:
        return f"no answer within {_LIMIT:.0f} seconds"
    return "; ".join(dict.fromkeys(listener.lines)) or "it was refused without a reason"


async def _sent(url: str, title: str, body: str) -> AlertState:
    """Send; SENT, WAITING after a refusal or without a connection, GIVEN_UP where that is unknown."""
    sender = _sender(url)
    if not sender:
        return AlertState.WAITING
    try:
        gone = await asyncio.wait_for(
            sender.async_notify(title=title, body=body, body_format="text"), _LIMIT
        )
    except TimeoutError:
        return AlertState.GIVEN_UP
    return AlertState.SENT if gone else AlertState.WAITING


def _warn(event: str, **values: str) -> None:
    # Imported here: every command loads this file, and few log anything.
    from mediawatch.log import get_logger

    get_logger(__name__).warning(event, **values)
