"""How is one partner told what is due? Some requests at a time, one per EVSE, none after its lease.

A partner as a whole that isn't well is left alone for a while, then tried with a single request.
"""

import asyncio
import time
from datetime import datetime

from evse_status.channels.ocpi.push import Answer, Client, Peer
from evse_status.core.delivery import Outcome
from evse_status.core.errors import StoreUnusable
from evse_status.core.partner import Party
from evse_status.sender.attendant import AFTER_TROUBLE, Attendant, Desk, PaceLike
from evse_status.service.known_partners import Partner
from evse_status.service.read_back import (
    next_read_back,
    questions,
    read_back_done,
    take_answer,
)
from evse_status.service.sending import Job, Result, due, next_due

_STALE_AFTER = 0.5
"""Seconds after which what was read as due is read again rather than sent."""
_MOST_AT_ONCE = 200
_READ_BACK_LOOK = 5.0


class Worker(Attendant):
    """Tells one partner. `url` and token are those of `peer`; another peer needs another worker."""

    def __init__(self, desk: Desk, partner: Partner, peer: Peer, pace: PaceLike) -> None:
        super().__init__(desk, partner, pace)
        self.peer = peer
        self._slots = asyncio.Semaphore(partner.settings.concurrency)
        self._busy: set[int] = set()
        self._busy_locations: set[int] = set()
        self._requests: set[asyncio.Task[None]] = set()
        self._took = 0.05

    def settled(self, result: Result, try_at: datetime | None) -> None:
        """An answer is kept: the EVSE may be told the next thing, not before `try_at` if that is set."""
        job = result.job
        self._busy -= {item.evse for item in job.items}
        if job.evse is None:
            self._busy_locations.discard(job.location_id)
        self._fared(ill=result.answer.is_ill, try_at=try_at)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way or waits for its receipt."""
        return not self._requests and not self._busy and not self._busy_locations

    async def run(self) -> None:
        """Send what is due until cancelled."""
        async with Client(self.peer, permit=self._pace.spend) as client:
            asking = asyncio.create_task(self._read_back(client))
            try:
                while True:
                    await self._wait()
                    try:
                        await self._round(client)
                    except StoreUnusable:  # the sender says so
                        await asyncio.sleep(AFTER_TROUBLE)
                        self.wake()
            finally:
                # What has begun ends by itself: its time is limited, and its answer counts.
                asking.cancel()
                await asyncio.gather(asking, *self._requests, return_exceptions=True)

    async def _round(self, client: Client) -> None:
        if self._is_to_wait():
            return
        limit = 1 if self._ill else min(self._pace.left(), self._at_once())
        read_at = time.monotonic()
        jobs = await self._desk.do(
            due,
            self._desk.db,
            self.partner,
            limit=limit,
            busy=frozenset(self._busy),
            busy_locations=frozenset(self._busy_locations),
        )
        if not jobs:
            found = await self._desk.do(next_due, self._desk.db, [self.partner.id])
            self._look_again(found.get(self.partner.id))
            return
        for job in jobs:
            await self._slots.acquire()
            stale = time.monotonic() - read_at > _STALE_AFTER
            if stale or self._unsettled_failures or not self._may_send() or self._is_busy(job):
                self._slots.release()
                break
            self._begin(client, job)
        self.wake()

    def _is_busy(self, job: Job) -> bool:
        return job.location_id in self._busy_locations or any(
            item.evse in self._busy for item in job.items
        )

    def _begin(self, client: Client, job: Job) -> None:
        self._busy |= {item.evse for item in job.items}
        if job.evse is None:
            self._busy_locations.add(job.location_id)
        request = asyncio.create_task(self._send(client, job))
        self._requests.add(request)
        request.add_done_callback(self._requests.discard)

    async def _send(self, client: Client, job: Job) -> None:
        answer = Answer(Outcome.REFUSED, words=job.broken)
        try:
            if job.broken:
                return
            answer = Answer(Outcome.FAILED, words="not sent")
            async with asyncio.timeout(self._lease_ends - time.monotonic()):
                answer = await client.tell(job.message)
        except TimeoutError:
            answer = Answer(Outcome.FAILED, words="took longer than this sender may tell it")
        finally:
            self._slots.release()
            self._took += 0.1 * (answer.took - self._took)
            self._unsettled_failures += answer.is_ill
            self._desk.hand_in(Result(job, answer, self._desk.now()))

    async def _read_back(self, client: Client) -> None:
        """Once a day ask for everything, one Location at a time, while nothing else suffers."""
        after = 0
        while True:
            await asyncio.sleep(_READ_BACK_LOOK)
            at = next_read_back(self.partner)
            if at is None or at > self._desk.now() or self._ill:
                continue
            try:
                after = await self._ask_from(client, after)
            except StoreUnusable:
                continue

    async def _ask_from(self, client: Client, after: int) -> int:
        """Ask for all Locations behind `after`; where to go on, 0 once all were asked for."""
        db, number = self._desk.db, self.partner.id
        while asked := await self._desk.do(questions, db, number, after):
            for one in asked:
                await asyncio.sleep(self._pace.wait_seconds())
                if not self._may_send() or self._ill:
                    return after
                answer = await client.ask(one.place)
                if answer.is_ill and answer.offered:
                    return after
                if not answer.offered:
                    await self._desk.do(read_back_done, db, number)
                    return 0
                if await self._desk.do(
                    take_answer, db, number, one, answer, sender=self._desk.name
                ):
                    self.wake()
                after = one.location_id
        await self._desk.do(read_back_done, db, number)
        return 0

    def _at_once(self) -> int:
        """So many as go out before what was read is stale."""
        at_once = self.partner.settings.concurrency
        fitting = int(at_once * _STALE_AFTER / max(self._took, 0.001))
        return max(at_once, min(fitting, _MOST_AT_ONCE))


def peer_of(partner: Partner, token: str) -> Peer:
    """A partner as it is talked to."""
    settings = partner.settings
    return Peer(
        url=partner.locations_url or "",
        token=token,
        base64_token=settings.base64_token,
        party=_routed_to(partner),
        allowed=partner.addresses,
        timeout_seconds=settings.timeout_seconds,
        connections=settings.concurrency,
    )


def _routed_to(partner: Partner) -> Party | None:
    parties = () if partner.registered is None else partner.registered.parties
    receivers = [one for one in parties if one.role in ("EMSP", "NSP", "HUB")]
    return next(iter((*receivers, *parties)), None)
