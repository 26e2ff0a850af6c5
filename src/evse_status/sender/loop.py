"""What runs in a sender? It looks at what changed, compares everything now and then, and keeps a worker per partner.

Everything is read from the store again and again: no timer and no queue is the source of truth.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from evse_status.bootstrap import App
from evse_status.core.errors import EvseStatusError
from evse_status.sender.staff import Staff
from evse_status.sender.threads import in_a_thread_of_its_own
from evse_status.service import leases
from evse_status.service.deliver import compare_slice, latest_told, survey
from evse_status.service.hub_sending import HubResult
from evse_status.service.sending import Result, next_due
from evse_status.service.series_fill import fill
from evse_status.service.settle import prune_receipts, settle
from evse_status.service.upstream import tend

T = TypeVar("T")

POLL = 0.1
"""Seconds between two looks for what was written."""
_ROUND = 1.0
_NEXT_DUE = 0.25
_COLLECT = 0.01
_MOST_RESULTS = 500
_AFTER_TROUBLE = 0.5
_COMPARE_AGAIN = 24 * 3_600.0
_PRUNE = 3_600.0
_SAY_AGAIN = 600.0
_TEND = 30.0
_LAST_SETTLE = 10.0

_LOG = logging.getLogger(__name__)


class Sender:
    """One sender. `run` it in an event loop until its event is set."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.db = app.database
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="store")
        self._staff = Staff(self, app.vault)
        self._results: list[Result | HubResult] = []
        self._handed_in = asyncio.Event()
        self._compared: dict[int, tuple[object, float]] = {}
        self._said: dict[str, float] = {}
        self._stopped = threading.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Tell partners until `stop`; then finish what is on its way, keep its receipts and let go."""
        await self._until_done(self._begin)
        loops = [
            asyncio.create_task(self._again(work))
            for work in (
                self._look,
                self._partners,
                self._compare,
                self._due_elsewhere,
                self._forget,
                self._tend_upstream,
                self._fill_series,
            )
        ]
        settling = asyncio.create_task(self._again(self._settle))
        await stop.wait()
        self._stopped.set()
        for one in loops:
            one.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await self._staff.end_requests()
        try:
            async with asyncio.timeout(_LAST_SETTLE):
                while self._results:
                    await asyncio.sleep(_COLLECT)
        except TimeoutError:
            _LOG.warning("The last receipts couldn't be kept; what they are about is told again.")
        settling.cancel()
        await asyncio.gather(settling, return_exceptions=True)
        with contextlib.suppress(EvseStatusError):  # then the leases run out
            await self.do(leases.release, self.db, self.name, self._staff.numbers)
        self._pool.shutdown()

    async def do(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        """Run something that waits for the store in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(work, *args, **named))

    def now(self) -> datetime:
        """The product's instant."""
        return self.app.clock.now()

    def hand_in(self, result: Result | HubResult) -> None:
        """Have an answer kept."""
        self._results.append(result)
        self._handed_in.set()

    # --- the loops --------------------------------------------------------------------------

    async def _again(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something over and over; trouble is said, and tried again."""
        while True:
            try:
                await work()
            except EvseStatusError as error:
                self.complain(error.message)
                await asyncio.sleep(_AFTER_TROUBLE)
            except Exception as error:
                self.complain(f"Something unexpected went wrong ({type(error).__name__}: {error}).")
                _LOG.debug("A sender's loop failed", exc_info=error)
                await asyncio.sleep(_AFTER_TROUBLE)

    async def _until_done(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await work()
            except EvseStatusError as error:
                self.complain(error.message)
                await asyncio.sleep(_AFTER_TROUBLE)

    def complain(self, sentence: str) -> None:
        """Say what goes wrong, the same not all the time."""
        now = time.monotonic()
        if now - self._said.get(sentence, -_SAY_AGAIN) >= _SAY_AGAIN:
            _LOG.warning("The sender goes on trying: %s", sentence)
            self._said = {one: at for one, at in self._said.items() if now - at < _SAY_AGAIN}
            self._said[sentence] = now

    async def _begin(self) -> None:
        told = await self.do(latest_told, self.db)
        if told is not None:  # a clock that was set back un-tells nothing (rule 22)
            self.app.clock.not_before(told)

    async def _look(self) -> None:
        if not self._staff.numbers:  # nobody to tell: what piles up meanwhile is compared then
            await asyncio.sleep(POLL)
            return
        found = await self.do(survey, self.db)
        for number in found.partners:
            self._staff.wake(number)
        if found.looked_at:
            return
        seconds = POLL
        if found.again_at is not None:
            until = (found.again_at - self.now()).total_seconds()
            seconds = min(POLL, max(until, 0.001))
        await asyncio.sleep(seconds)

    async def _due_elsewhere(self) -> None:
        """What another sender's pass made due to our partners."""
        alone = self.db.is_sqlite or self._staff.tells_everybody
        await asyncio.sleep(_ROUND if alone else _NEXT_DUE)
        ours = self._staff.numbers
        if self.db.is_sqlite or not ours:
            return
        now = self.now()
        for number, at in (await self.do(next_due, self.db, ours)).items():
            if at <= now:
                self._staff.wake(number)

    async def _settle(self) -> None:
        await self._handed_in.wait()
        await asyncio.sleep(_COLLECT)
        some = self._results[:_MOST_RESULTS]
        if some:
            pauses = await self.do(settle, self.db, some, sender=self.name)
            del self._results[: len(some)]
            for one in some:
                self._staff.settled(one, pauses.get(one.job.partner_id))
        if not self._results:
            self._handed_in.clear()

    async def _compare(self) -> None:
        """Compare everything for partners that are new, were changed or resynced, and once a day."""
        now = time.monotonic()
        forms = {
            number: form
            for number, form in self._staff.forms().items()
            if self._compared.get(number, (None, 0.0))[0] != form
            or now - self._compared[number][1] > _COMPARE_AGAIN
        }
        if not forms:
            await asyncio.sleep(_ROUND / 2)
            return
        after: int | None = 0
        while after is not None:
            started = time.monotonic()
            done = await self.do(compare_slice, self.db, list(forms), after)
            for number in done.partners:
                self._staff.wake(number)
            after = done.after
            await asyncio.sleep(time.monotonic() - started)  # half of the time is others'
        for number, form in forms.items():
            self._compared[number] = (form, time.monotonic())
            self._staff.compared(number, form)

    async def _forget(self) -> None:
        keep = timedelta(days=self.app.settings.receipt_days)
        await self.do(prune_receipts, self.db, keep=keep)
        await asyncio.sleep(_PRUNE)

    async def _tend_upstream(self) -> None:
        """Note upstream's silence, and ask it for everything when that is due, which may take minutes."""
        settings = self.app.settings
        await in_a_thread_of_its_own(
            partial(
                tend,
                self.db,
                self.app.vault,
                now=self.app.now,
                silent_after=timedelta(minutes=settings.upstream_silent_minutes),
                us=self.app.ourselves,
                limit_bytes=settings.feed_limit_bytes,
            )
        )
        await asyncio.sleep(_TEND)

    async def _fill_series(self) -> None:
        """Store what series have ahead; what they show doesn't wait for it."""
        await in_a_thread_of_its_own(partial(fill, self.db, stop=self._stopped.is_set))
        await asyncio.sleep(_TEND)

    async def _partners(self) -> None:
        """Renew leases, take over partners, follow their settings."""
        await self._staff.follow()
        await asyncio.sleep(_ROUND)
