"""Which partners does this sender tell, and who does it? A worker per partner that it owns."""

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from evse_status.channels.ocpi.push import Peer
from evse_status.channels.oicp.client import HubPeer
from evse_status.core.errors import EvseStatusError, NotFound
from evse_status.core.translation import Channel
from evse_status.sender.attendant import Desk
from evse_status.sender.hub_worker import MOST_PUSHES, HubWorker, hub_peer_of
from evse_status.sender.pace import Pace
from evse_status.sender.worker import Worker, peer_of
from evse_status.service import leases
from evse_status.service.hub_sending import HubResult
from evse_status.service.known_partners import Partner
from evse_status.service.sending import Result
from evse_status.service.told_partners import partners_with_tokens
from evse_status.service.vault import Vault

_LOOK = 0.01


class Office(Desk, Protocol):
    """What workers and their staff need of the sender."""

    def complain(self, sentence: str) -> None:
        """Say once what goes wrong."""
        ...


class Staff:
    """The workers of one sender."""

    def __init__(self, office: Office, vault: Vault) -> None:
        self._office, self._vault = office, vault
        self._workers: dict[int, tuple[Worker | HubWorker, asyncio.Task[None]]] = {}
        self._tokens: dict[str, str] = {}
        self.tells_everybody = False  # then no other sender makes anything due to ours

    @property
    def numbers(self) -> list[int]:
        """The partners that are told here."""
        return list(self._workers)

    def forms(self) -> Mapping[int, object]:
        """Of each partner what moves when everything has to be compared anew."""
        return {number: worker.form for number, (worker, _) in self._workers.items()}

    def compared(self, number: int, form: object) -> None:
        """Everything was compared for a partner, as it is set in `form`."""
        if number in self._workers:
            self._workers[number][0].compared(form)

    def wake(self, number: int) -> None:
        """Something may be due to a partner."""
        if number in self._workers:
            self._workers[number][0].wake()

    def settled(self, result: Result | HubResult, try_at: datetime | None) -> None:
        """An answer is kept."""
        worker, _ = self._workers.get(result.job.partner_id, (None, None))
        if isinstance(result, HubResult):
            if isinstance(worker, HubWorker):
                worker.settled(result, try_at)
        elif isinstance(worker, Worker):
            worker.settled(result, try_at)

    async def follow(self) -> None:
        """Renew leases, take over partners that nobody tells, follow what was set otherwise.

        Raises StoreUnusable.
        """
        office = self._office
        asked_at = time.monotonic()
        found = {
            one.id: (one, kept) for one, kept in await office.do(partners_with_tokens, office.db)
        }
        lasting = {
            number: timedelta(seconds=one.settings.timeout_seconds) + leases.BEYOND_A_TIMEOUT
            for number, (one, _) in found.items()
        }
        most_new = max(1, (len(found) - len(self._workers) + 1) // 2)
        owned = await office.do(leases.claim, office.db, office.name, lasting, most_new=most_new)
        self.tells_everybody = len(owned.partners) == len(found)
        await self._end([number for number in self._workers if number not in owned.partners])
        for number in owned.partners:
            partner, kept = found[number]
            try:
                worker = await self._employ(partner, kept)
            except EvseStatusError as error:  # of this partner alone
                office.complain(f"{partner.name}: {error.message}")
                continue
            if number in owned.after_a_crash:
                # What the last owner sent must have ended before something newer is sent.
                worker.hold_until(asked_at + partner.settings.timeout_seconds)
            lease = lasting[number].total_seconds()
            worker.leased_until(float("inf") if office.db.is_sqlite else asked_at + lease)

    async def end_requests(self) -> None:
        """Begin nothing more, and wait for what has begun."""
        ending = [task for _, task in self._workers.values()]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)

    async def _employ(self, partner: Partner, kept: str | None) -> Worker | HubWorker:
        peer = self._peer(partner, kept)
        if partner.id in self._workers:
            worker, task = self._workers[partner.id]
            same = worker.peer == peer and worker.partner.settings == partner.settings
            if same and not task.done():
                worker.follow(partner)
                return worker
            await self._end([partner.id])
        worker = self._hired(partner, peer)
        task = asyncio.create_task(worker.run())
        task.add_done_callback(self._ended)
        self._workers[partner.id] = (worker, task)
        return worker

    def _peer(self, partner: Partner, kept: str | None) -> Peer | HubPeer:
        if partner.settings.channel is Channel.HUBJECT:
            return hub_peer_of(partner, "" if kept is None else self._token(kept))
        return peer_of(partner, self._token(kept))

    def _hired(self, partner: Partner, peer: Peer | HubPeer) -> Worker | HubWorker:
        per_minute = partner.settings.requests_per_minute
        if isinstance(peer, Peer):
            return Worker(self._office, partner, peer, Pace(per_minute, time.monotonic))
        pace = Pace(min(per_minute or MOST_PUSHES, MOST_PUSHES), time.monotonic)
        return HubWorker(self._office, partner, peer, pace)

    async def _end(self, numbers: list[int]) -> None:
        """Let workers finish what they have begun, and its receipts be kept."""
        ending = [self._workers[number] for number in numbers]
        for _, task in ending:
            task.cancel()
        await asyncio.gather(*(task for _, task in ending), return_exceptions=True)
        while not all(worker.is_idle for worker, _ in ending):
            await asyncio.sleep(_LOOK)
        for number in numbers:
            del self._workers[number]

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._office.complain(
                f"Something unexpected went wrong ({type(error).__name__}: {error})."
            )

    def _token(self, kept: str | None) -> str:
        """The token that we show a partner; decrypted once."""
        if kept is None:
            raise NotFound("There is no token to show this partner.", field="token")
        if kept not in self._tokens:
            self._tokens[kept] = self._vault.decrypt(kept)
        return self._tokens[kept]
