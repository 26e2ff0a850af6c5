"""May a partner be told now? What every worker keeps of its lease, its pauses and how the partner fares."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from evse_status.service.hub_sending import HubResult
from evse_status.service.known_partners import Partner
from evse_status.service.sending import Result
from evse_status.store.database import Database

T = TypeVar("T")

AFTER_TROUBLE = 1.0
"""Seconds until a worker goes on that met trouble of its own."""
_IDLE = 60.0


class Desk(Protocol):
    """What a worker needs of the sender."""

    db: Database
    name: str

    async def do(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        """Run something that waits for the store in a thread."""
        ...

    def now(self) -> datetime:
        """The product's instant."""
        ...

    def hand_in(self, result: Result | HubResult) -> None:
        """Have an answer kept; `settled` of the worker is called when it is."""
        ...


class PaceLike(Protocol):
    """How many requests may go."""

    def left(self) -> int:
        """How many may go at once."""
        ...

    def wait_seconds(self) -> float:
        """How long until one may go."""
        ...

    def spend(self) -> Awaitable[None]:
        """Count one."""
        ...


class Attendant:
    """One partner's worker as far as it doesn't matter how the partner is talked to."""

    def __init__(self, desk: Desk, partner: Partner, pace: PaceLike) -> None:
        self.partner = partner
        self._desk, self._pace = desk, pace
        self._awake = asyncio.Event()
        self._lease_ends = 0.0  # by time.monotonic
        self._not_before = _monotonic_of(partner.try_at, desk.now())
        self._held_until = 0.0
        self._ill = partner.failures > 0
        self._unsettled_failures = 0
        self._next_at: datetime | None = None
        self._compared: object = None

    @property
    def form(self) -> object:
        """What moves when everything has to be compared anew."""
        one = self.partner
        return (one.version, one.resync_at, one.registered_at, one.locations_url)

    def compared(self, form: object) -> None:
        """Everything was compared with what the partner should know, as it is set in `form`."""
        self._compared = form
        self.wake()

    def wake(self) -> None:
        """Something may be due."""
        self._awake.set()

    def follow(self, partner: Partner) -> None:
        """Go on with what is known of the partner now."""
        if partner == self.partner:
            return
        self.partner = partner
        if partner.try_at is None and not self._unsettled_failures:  # somebody edited or resumed it
            self._not_before, self._ill = min(self._not_before, self._held_until), False
        self.wake()

    def leased_until(self, ends: float) -> None:
        """No request lasts beyond this instant (time.monotonic)."""
        could_send = self._may_send()
        self._lease_ends = ends
        if not could_send:
            self.wake()

    def hold_until(self, at: float) -> None:
        """Send nothing before this instant (time.monotonic)."""
        self._held_until = self._not_before = max(self._not_before, at)

    def _fared(self, *, ill: bool, try_at: datetime | None) -> None:
        """An answer is kept; the partner isn't told anything before `try_at`."""
        self._unsettled_failures -= ill
        self._ill = try_at is not None
        self._not_before = max(self._held_until, _monotonic_of(try_at, self._desk.now()))
        self.wake()

    def _is_to_wait(self) -> bool:
        """Whether nothing may be sent now; when to look again is noted."""
        self._next_at = None
        if self.partner.paused or self._unsettled_failures:
            return True
        pause = max(self._not_before - time.monotonic(), self._pace.wait_seconds())
        if pause > 0:
            self._next_at = self._desk.now() + timedelta(seconds=pause)
            return True
        return not self._may_send()  # the next renewal wakes it

    def _look_again(self, due_at: datetime | None) -> None:
        """Nothing could be sent though something is due at `due_at`, `None`: never."""
        self._next_at = due_at
        if due_at is not None and due_at <= self._desk.now():
            # Due, but on its way already, or about to be withdrawn: not a reason to spin.
            self._next_at = self._desk.now() + timedelta(seconds=AFTER_TROUBLE)

    async def _wait(self) -> None:
        seconds = _IDLE
        if self._next_at is not None:
            seconds = max(0.0, (self._next_at - self._desk.now()).total_seconds())
        try:
            async with asyncio.timeout(min(seconds, _IDLE)):
                await self._awake.wait()
        except TimeoutError:
            pass
        self._awake.clear()

    def _may_send(self) -> bool:
        return time.monotonic() + self.partner.settings.timeout_seconds < self._lease_ends


def _monotonic_of(at: datetime | None, now: datetime) -> float:
    return 0.0 if at is None else time.monotonic() + (at - now).total_seconds()
