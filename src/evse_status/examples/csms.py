"""Where do EVSEs and their statuses come from? A small CSMS: an OCPI sender of a file of Locations.

    python -m evse_status.examples.csms FILE --port 0 --token A [--still] [--keep FILE]

prints its addresses as JSON once it serves. Registered, it tells its peer of every status by
PATCH; a peer that doesn't know the EVSE gets it whole. What couldn't be told is told as it is by
then. Beside the control addresses of `counterparty`:

    GET  /state           statuses by evse_id, and what waits to be told
    POST /report          {"evse_id": …, "status": …}: the charger says so
    POST /avoid           {"evse_ids": […]}: drivers keep away from these
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from evse_status.examples import running
from evse_status.examples.counterparty import Counterparty, Identity, Peer
from evse_status.examples.envelope import (
    GENERIC_CLIENT_ERROR,
    INVALID,
    UNKNOWN,
    Refused,
    answer,
    envelope,
    instant,
)
from evse_status.examples.exchange import control
from evse_status.examples.journal import Journal
from evse_status.examples.objects import check_instant, check_status, comparable
from evse_status.examples.traffic import STEP, Traffic

Document = dict[str, Any]
_SEED = 20261122
_PAGE, _LONGEST_PAGE = 50, 200


class Csms:
    """A network of chargers, and the one peer that is told of it."""

    def __init__(
        self, network: list[Document], identity: Identity, *, token: str, keep: Path | None
    ) -> None:
        self._locations = network
        self._evses: dict[str, tuple[Document, Document]] = {}
        started = instant()
        for location in network:
            for evse in location["evses"]:
                evse["last_updated"] = started  # whoever asks gets the statuses of now
                self._evses[evse["evse_id"]] = (location, evse)
            location["last_updated"] = started
        self._journal = Journal(keep)
        self.counterparty = Counterparty(
            identity, invitation=token, journal=self._journal, module=self._tell, seed=_SEED
        )
        for entry in self._journal.entries():
            if "peer" in entry:
                self.counterparty.recall(entry)
            elif entry["evse_id"] in self._evses:
                self._note(**entry)
        self._journal.begin(self._kept)
        self._traffic = Traffic(now=datetime.now(UTC), seed=_SEED)
        self._untold: dict[str, None] = {}

    def application(self, *, still: bool) -> web.Application:
        """Everything that is served; `still`: chargers say only what `/report` lets them."""
        app = self.counterparty.application()
        app.router.add_get("/state", self._state)
        app.router.add_post("/report", control(self._report))
        app.router.add_post("/avoid", control(self._avoid))

        async def living(_app: web.Application) -> AsyncIterator[None]:
            tasks = [asyncio.create_task(self._push())]
            if not still:
                tasks.append(asyncio.create_task(self._live()))
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        app.cleanup_ctx.append(living)
        return app

    async def _tell(
        self, request: web.Request, version: str, names: list[str], _body: Any
    ) -> web.Response:
        if request.method != "GET":
            raise Refused(405, GENERIC_CLIENT_ERROR, f"{request.method} is not allowed here")
        if names:
            return answer(request, envelope(data=self._find([name.upper() for name in names])))
        asked = request.query
        since = comparable(
            check_instant(asked.get("date_from", "2000-01-01T00:00:00Z"), "date_from")
        )
        until = comparable(check_instant(asked.get("date_to", "2100-01-01T00:00:00Z"), "date_to"))
        found = [one for one in self._locations if since <= comparable(one["last_updated"]) < until]
        offset = _whole(asked.get("offset", "0"), "offset")
        limit = min(_whole(asked.get("limit", str(_PAGE)), "limit") or _PAGE, _LONGEST_PAGE)
        headers = {"X-Total-Count": str(len(found)), "X-Limit": str(limit)}
        if offset + limit < len(found):
            query = urlencode({**asked, "offset": offset + limit, "limit": limit})
            base = f"{self.counterparty.url}/ocpi/{version}/locations"
            headers["Link"] = f'<{base}?{query}>; rel="next"'
        page = found[offset : offset + limit]
        return answer(request, envelope(data=page), headers=headers)

    def _find(self, names: list[str]) -> Document:
        held: Document = {"evses": self._locations}
        for name, part, key in zip(
            names, ("evses", "evses", "connectors"), ("id", "uid", "id"), strict=False
        ):
            found = next((one for one in held[part] if one[key].upper() == name), None)
            if found is None:
                raise Refused(404, UNKNOWN, f"{name} is unknown")
            held = found
        return held

    async def _live(self) -> None:
        while True:
            await asyncio.sleep(STEP.total_seconds())
            statuses = {name: evse["status"] for name, (_, evse) in self._evses.items()}
            for name, status in self._traffic.step(statuses, datetime.now(UTC)).items():
                self._change(name, status)

    async def _push(self) -> None:
        """Tell the peer what it hasn't been told; after a failure again, a second later."""
        while True:
            peer = self.counterparty.peer
            if peer is not None and "locations RECEIVER" in peer.endpoints:
                for name in list(self._untold):
                    with contextlib.suppress(Refused):
                        del self._untold[name]
                        await self._push_one(peer, name)
            await asyncio.sleep(1 if self._untold else 0.1)

    async def _push_one(self, peer: Peer, name: str) -> None:
        location, evse = self._evses[name]
        place = (location["country_code"], location["party_id"], location["id"], evse["uid"])
        address = "/".join((peer.endpoints["locations RECEIVER"].rstrip("/"), *place))
        told = {"status": evse["status"], "last_updated": evse["last_updated"]}
        try:
            await self.counterparty.request("PATCH", address, told)
        except Refused as refused:
            if refused.http_status != 404 and refused.status_code != UNKNOWN:
                self._untold[name] = None
                raise
            await self.counterparty.request("PUT", address, evse)

    def _change(self, name: str, status: str) -> None:
        entry = {"evse_id": name, "status": status, "at": instant()}
        self._note(**entry)
        self._journal.write(entry)
        self._untold[name] = None

    def _note(self, evse_id: str, status: str, at: str) -> None:
        location, evse = self._evses[evse_id]
        evse["status"] = status
        evse["last_updated"] = location["last_updated"] = max(at, evse["last_updated"])

    def _kept(self) -> Iterator[dict[str, Any]]:
        yield from self.counterparty.kept()
        for name, (_, evse) in self._evses.items():
            yield {"evse_id": name, "status": evse["status"], "at": evse["last_updated"]}

    async def _state(self, _request: web.Request) -> web.Response:
        statuses = {name: evse["status"] for name, (_, evse) in self._evses.items()}
        return web.json_response({"statuses": statuses, "untold": list(self._untold)})

    async def _report(self, told: Any) -> Any:
        check_status(told["status"])
        if told["evse_id"] not in self._evses:
            raise Refused(404, UNKNOWN, f"EVSE {told['evse_id']} is unknown")
        self._change(told["evse_id"], told["status"])
        return {}

    async def _avoid(self, told: Any) -> Any:
        self._traffic.avoided = frozenset(told["evse_ids"])
        return {}


def _whole(text: str, name: str) -> int:
    if not text.isdecimal():
        raise Refused(400, INVALID, f"{name}: a whole number")
    return int(text)


def main() -> None:
    """Serve until told to stop."""
    options = running.ocpi_arguments("A small CSMS that tells of its chargers by OCPI.")
    options.add_argument("network", type=Path, help="a file of OCPI Locations")
    options.add_argument("--still", action="store_true", help="nothing happens by itself")
    chosen = options.parse_args()
    network = json.loads(chosen.network.read_text(encoding="utf-8"))
    parties = dict.fromkeys((one["country_code"], one["party_id"]) for one in network)
    csms = Csms(
        network,
        running.identity(
            chosen, "Example CSMS", role="CPO", locations_role="SENDER", parties=tuple(parties)
        ),
        token=chosen.token,
        keep=chosen.keep,
    )
    asyncio.run(running.serve_ocpi(csms.counterparty, csms.application(still=chosen.still), chosen))


if __name__ == "__main__":
    main()
