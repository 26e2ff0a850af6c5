"""How is one hub told what is due? One push after the other, each as soon as the one before was answered.

What becomes due meanwhile goes out together. A hub that isn't well is tried with a single record.
"""

import asyncio
import time
from datetime import datetime

from evse_status.channels.oicp.client import Answer, HubClient, HubPeer
from evse_status.core.delivery import Outcome
from evse_status.core.errors import StoreUnusable
from evse_status.core.hub import Action
from evse_status.sender.attendant import AFTER_TROUBLE, Attendant, Desk, PaceLike
from evse_status.sender.portions import Portions
from evse_status.service.hub_sending import (
    MOST_RECORDS,
    HubItem,
    HubJob,
    HubResult,
    body_of,
    due_to_hub,
    everything_held,
)
from evse_status.service.known_partners import Partner
from evse_status.service.sending import next_due

MOST_PUSHES = 1_950
"""A minute. Hubject takes 2,000; what may go at once in a second comes on top."""
_BEHIND = 100  # so many more are read, for what is told apart must not hide all that is new
_FULL_LOADS = 3
_NOTHING_HELD = Answer(Outcome.REFUSED, words="it has acknowledged none, so none was sent")
_LEFT = Answer(Outcome.ACKNOWLEDGED)


class HubWorker(Attendant):
    """Tells one hub. Address, operator and certificate are those of `peer`; another one needs another worker."""

    def __init__(self, desk: Desk, partner: Partner, peer: HubPeer, pace: PaceLike) -> None:
        super().__init__(desk, partner, pace)
        self.peer = peer
        self._portions = Portions(insert_unknown=partner.settings.insert_unknown)
        self._busy: set[int] = set()
        self._pushing: asyncio.Task[None] | None = None
        self._full_loads = 0
        self._waits_for_full_load = False
        self._swept: datetime | None = None  # when the full load was asked for that is over

    def settled(self, result: HubResult, try_at: datetime | None) -> None:
        """An answer is kept: its EVSEs may be told the next thing, nothing before `try_at` if that is set."""
        self._busy -= {item.evse for item in result.job.items}
        if result.job.action is Action.FULL_LOAD:
            self._waits_for_full_load = False
            if result.is_over:
                self._swept, self._full_loads = result.job.asked_at, 0
        self._fared(ill=result.answer.is_ill, try_at=try_at)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is on its way or waits for its receipt."""
        pushed = self._pushing is None or self._pushing.done()
        return pushed and not self._busy and not self._waits_for_full_load

    async def run(self) -> None:
        """Push what is due until cancelled."""
        async with HubClient(self.peer) as client:
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
                if self._pushing is not None:
                    await asyncio.gather(self._pushing, return_exceptions=True)

    async def _round(self, client: HubClient) -> None:
        if self._is_to_wait() or self._waits_for_full_load:
            return
        db, most = self._desk.db, 1 if self._ill else MOST_RECORDS
        due = await self._desk.do(
            due_to_hub, db, self.partner, limit=MOST_RECORDS + _BEHIND, busy=frozenset(self._busy)
        )
        if not due and not self._busy:
            self._portions.forget()
        left = [item for item in due if item.action is None]
        chosen = self._portions.choose([item for item in due if item.action is not None], most=most)
        if left:
            self._leave(left)
        if chosen:
            await self._push(client, HubJob(self.partner.id, chosen[0].action, tuple(chosen)))
            self.wake()
        elif not left and not await self._load_fully(client):
            found = await self._desk.do(next_due, db, [self.partner.id])
            self._look_again(found.get(self.partner.id))

    async def _load_fully(self, client: HubClient) -> bool:
        """Send everything at once, where that was asked for and all of it has been acknowledged by itself."""
        asked_at = self.partner.full_load_at
        ready = self._compared == self.form and not self._busy
        if asked_at in (None, self._swept) or not ready:
            return False
        if not self.partner.settings.insert_unknown:  # set otherwise meanwhile
            return False
        items = await self._desk.do(everything_held, self._desk.db, self.partner)
        if items is None:
            return False
        self._full_loads += 1
        self._waits_for_full_load = True
        last_try = self._full_loads >= _FULL_LOADS
        job = HubJob(self.partner.id, Action.FULL_LOAD, tuple(items), asked_at, last_try)
        if items:
            await self._push(client, job)
        else:  # it would sweep away everything
            self._desk.hand_in(HubResult(job, _NOTHING_HELD, self._desk.now()))
        return True

    def _leave(self, items: list[HubItem]) -> None:
        """Note that these records are left to other EVSEs; nothing is sent."""
        self._busy |= {item.evse for item in items}
        job = HubJob(self.partner.id, None, tuple(items))
        self._desk.hand_in(HubResult(job, _LEFT, self._desk.now()))

    async def _push(self, client: HubClient, job: HubJob) -> None:
        self._busy |= {item.evse for item in job.items}
        await self._pace.spend()
        self._pushing = asyncio.create_task(self._send(client, job))
        await asyncio.shield(self._pushing)

    async def _send(self, client: HubClient, job: HubJob) -> None:
        answer, undecided = Answer(Outcome.FAILED, words="not sent"), False
        try:
            body = body_of(job, self.partner.settings)
            async with asyncio.timeout(self._lease_ends - time.monotonic()):
                answer = await client.push(body)
        except TimeoutError:
            answer = Answer(Outcome.FAILED, words="took longer than this sender may tell it")
        finally:
            if job.action is not Action.FULL_LOAD:
                undecided = self._portions.learn(job.items, answer)
            self._unsettled_failures += answer.is_ill
            self._desk.hand_in(HubResult(job, answer, self._desk.now(), undecided))


def hub_peer_of(partner: Partner, certificate: str) -> HubPeer:
    """A hub as it is talked to; `certificate` is PEM text or empty."""
    settings = partner.settings
    return HubPeer(
        url=partner.locations_url or "",
        operator_id=settings.operator_id,
        certificate=certificate,
        allowed=partner.addresses,
        timeout_seconds=settings.timeout_seconds,
    )
