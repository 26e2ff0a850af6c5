"""What runs in a sender? It looks at what changed, compares everything now and then, and keeps a worker per partner.

Everything is read from the store again and again: no timer and no queue is the source of truth.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from evse_status.bootstrap import App
from evse_status.core.errors import EvseStatusError
from evse_status.sender.pace import Pace
from evse_status.sender.threads import in_a_thread_of_its_own
from evse_status.sender.worker import Worker, peer_of
from evse_status.service import leases
from evse_status.service.deliver import (
    compare_slice,
    latest_told,
    prune_receipts,
    survey,
    told_partners,
)
from evse_status.service.known_partners import Partner, outgoing_secret
from evse_status.service.sending import Result, next_due
from evse_status.service.settle import settle
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
        self._workers: dict[int, tuple[Worker, asyncio.Task[None]]] = {}
        self._results: list[Result] = []
        self._handed_in = asyncio.Event()
        self._to_compare: dict[int, object] = {}
        self._compared: dict[int, tuple[object, float]] = {}
        self._in_trouble = ""
        self._parties: dict[int, Partner] = {}

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
            )
        ]
        settling = asyncio.create_task(self._again(self._settle))
        await stop.wait()
        for one in loops:
            one.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await self._end_workers(list(self._workers))
        try:
            async with asyncio.timeout(_LAST_SETTLE):
                while self._results:
                    await asyncio.sleep(_COLLECT)
        except TimeoutError:
            _LOG.warning("The last receipts couldn't be kept; what they are about is told again.")
        settling.cancel()
        await asyncio.gather(settling, return_exceptions=True)
        with contextlib.suppress(EvseStatusError):  # then the leases run out
            await self.do(leases.release, self.db, self.name, list(self._parties))
        self._pool.shutdown()

    async def do(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        """Run something that waits for the store in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(work, *args, **named))

    def now(self) -> datetime:
        """The product's instant."""
        return self.app.clock.now()

    def hand_in(self, result: Result) -> None:
        """Have an answer kept."""
        self._results.append(result)
        self._handed_in.set()

    # --- the loops --------------------------------------------------------------------------

    async def _again(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something over and over; trouble is told once, and tried again."""
        while True:
            try:
                await work()
                self._in_trouble = ""
            except EvseStatusError as error:
                self._complain(error.message)
                await asyncio.sleep(_AFTER_TROUBLE)
            except Exception as error:
                self._complain(
                    f"Something unexpected went wrong ({type(error).__name__}: {error})."
                )
                _LOG.debug("A sender's loop failed", exc_info=error)
                await asyncio.sleep(_AFTER_TROUBLE)

    async def _until_done(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await work()
            except EvseStatusError as error:
                self._complain(error.message)
                await asyncio.sleep(_AFTER_TROUBLE)

    def _complain(self, sentence: str) -> None:
        if sentence != self._in_trouble:
            _LOG.warning("The sender goes on trying: %s", sentence)
        self._in_trouble = sentence

    async def _begin(self) -> None:
        told = await self.do(latest_told, self.db)
        if told is not None:  # a clock that was set back un-tells nothing (rule 22)
            self.app.clock.not_before(told)

    async def _look(self) -> None:
        found = await self.do(survey, self.db)
        for number in found.partners:
            self._wake(number)
        if found.looked_at:
            return
        seconds = POLL
        if found.again_at is not None:
            until = (found.again_at - self.now()).total_seconds()
            seconds = min(POLL, max(until, 0.001))
        await asyncio.sleep(seconds)

    async def _due_elsewhere(self) -> None:
        """What another sender's pass made due to our partners."""
        await asyncio.sleep(_NEXT_DUE)
        if self.db.is_sqlite or not self._workers:
            return
        now = self.now()
        for number, at in (await self.do(next_due, self.db, list(self._workers))).items():
            if at <= now:
                self._wake(number)

    async def _settle(self) -> None:
        await self._handed_in.wait()
        await asyncio.sleep(_COLLECT)
        some = self._results[:_MOST_RESULTS]
        if some:
            pauses = await self.do(settle, self.db, some, sender=self.name)
            del self._results[: len(some)]
            for one in some:
                worker, _ = self._workers.get(one.job.partner_id, (None, None))
                if worker is not None:
                    worker.settled(one, pauses.get(one.job.partner_id))
        if not self._results:
            self._handed_in.clear()

    async def _compare(self) -> None:
        """Compare everything for partners that are new, were changed or resynced, and once a day."""
        now = time.monotonic()
        asked = {
            number
            for number, form in self._to_compare.items()
            if self._compared.get(number, (None, 0.0))[0] != form
            or now - self._compared[number][1] > _COMPARE_AGAIN
        }
        if not asked:
            await asyncio.sleep(_ROUND / 2)
            return
        forms = {number: self._to_compare[number] for number in asked}
        after: int | None = 0
        while after is not None:
            started = time.monotonic()
            done = await self.do(compare_slice, self.db, asked, after)
            for number in done.partners:
                self._wake(number)
            after = done.after
            await asyncio.sleep(time.monotonic() - started)  # half of the time is others'
        for number, form in forms.items():
            self._compared[number] = (form, time.monotonic())

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
                limit_bytes=settings.feed_limit_bytes,
            )
        )
        await asyncio.sleep(_TEND)

    # --- partners ---------------------------------------------------------------------------

    async def _partners(self) -> None:
        """Renew leases, take over partners, follow their settings."""
        asked_at = time.monotonic()
        found = {one.id: one for one in await self.do(_read_partners, self.db)}
        lasting = {
            number: timedelta(seconds=one.settings.timeout_seconds) + leases.BEYOND_A_TIMEOUT
            for number, one in found.items()
        }
        most_new = max(1, (len(found) - len(self._workers) + 1) // 2)
        owned = await self.do(leases.claim, self.db, self.name, lasting, most_new=most_new)
        await self._end_workers([n for n in self._workers if n not in owned.partners])
        self._parties = {number: found[number] for number in owned.partners if number in found}
        for number, one in self._parties.items():
            await self._employ(one)
            worker, _ = self._workers[number]
            if number in owned.after_a_crash:
                # What the last owner sent must have ended before something newer is sent.
                worker.hold_until(asked_at + one.settings.timeout_seconds)
            endless = self.db.is_sqlite
            worker.leased_until(
                float("inf") if endless else asked_at + lasting[number].total_seconds()
            )
            worker.wake()
        self._to_compare = {number: _form(one) for number, one in self._parties.items()}
        await asyncio.sleep(_ROUND)

    async def _employ(self, one: Partner) -> None:
        secret = await self.do(_secret, self.app, one.id)
        peer = peer_of(one, secret)
        if one.id in self._workers:
            worker, task = self._workers[one.id]
            same = worker.peer == peer and worker.partner.settings == one.settings
            if same and not task.done():
                worker.follow(one)
                return
            await self._end_workers([one.id])
        pace = Pace(one.settings.requests_per_minute, time.monotonic)
        worker = Worker(self, one, peer, pace)
        task = asyncio.create_task(worker.run())
        task.add_done_callback(self._ended)
        self._workers[one.id] = (worker, task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._complain(f"Something unexpected went wrong ({type(error).__name__}: {error}).")

    async def _end_workers(self, numbers: list[int]) -> None:
        """Let workers finish what they have begun, and its receipts be kept."""
        ending = [self._workers[number] for number in numbers]
        for _, task in ending:
            task.cancel()
        await asyncio.gather(*(task for _, task in ending), return_exceptions=True)
        for worker, _ in ending:
            while not worker.is_idle and self._results:
                await asyncio.sleep(_COLLECT)
        for number in numbers:
            del self._workers[number]

    def _wake(self, number: int) -> None:
        if number in self._workers:
            self._workers[number][0].wake()


def _read_partners(db: Any) -> list[Partner]:
    with db.read() as conn:
        return told_partners(conn)


def _secret(app: App, number: int) -> str:
    with app.database.read() as conn:
        return outgoing_secret(conn, number, app.vault)


def _form(one: Partner) -> object:
    return (one.version, one.resync_at, one.registered_at, one.locations_url)
