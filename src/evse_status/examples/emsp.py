"""What does an eMSP hold of our Locations? A small strict OCPI receiver, in memory.

    python -m evse_status.examples.emsp --port 0 --token A [--static-token] [--keep FILE]

prints `{"url": …, "versions": …, "locations": …}` once it serves. With `--static-token` the token
opens module Locations at once, without a handshake; otherwise it is token A of a registration.
`GET /state` says what it holds; the other control addresses are in `counterparty`.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from aiohttp import web

from evse_status.examples import objects, running
from evse_status.examples.behaviour import Behaviour, Mode
from evse_status.examples.counterparty import Counterparty, Identity
from evse_status.examples.envelope import (
    GENERIC_CLIENT_ERROR,
    INVALID,
    TOO_LITTLE,
    Refused,
    answer,
    envelope,
)
from evse_status.examples.journal import Journal
from evse_status.examples.objects import check_instant, comparable

Document = dict[str, Any]
_FIRST_MOOD_AFTER = 20.0
_MOODS = (
    (Behaviour(Mode.SLOW, share=0.4, seconds=1.2), 100.0),
    (Behaviour(Mode.ERROR, words="Our database is being moved, back in a moment"), 30.0),
)


class Emsp:
    """Locations by (country, party, id) and their EVSEs by uid, all in upper case."""

    def __init__(self, identity: Identity, *, token: str, keep: Path | None, nulls: bool) -> None:
        self._nulls = nulls
        self._locations: dict[tuple[str, ...], Document] = {}
        self._evses: dict[tuple[str, ...], dict[str, Document]] = {}
        self._journal = Journal(keep)
        self.counterparty = Counterparty(
            identity, invitation=token, journal=self._journal, module=self._receive, seed=1
        )
        for entry in self._journal.entries():
            if "peer" in entry:
                self.counterparty.recall(entry)
            else:
                self._take(tuple(entry["path"]), entry["body"], patch=entry["patch"])
        self._journal.begin(self._kept)

    def application(self, *, moody: bool) -> web.Application:
        """Everything that is served; `moody`: it misbehaves by itself until it is told how to behave."""
        app = self.counterparty.application()
        app.router.add_get("/state", self._state)

        async def moods(_app: web.Application) -> AsyncIterator[None]:
            task = asyncio.create_task(self._change_moods())
            yield
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        if moody:
            app.cleanup_ctx.append(moods)
        return app

    async def _change_moods(self) -> None:
        await asyncio.sleep(_FIRST_MOOD_AFTER)
        set_last = self.counterparty.behaviour
        for mood, seconds in itertools.cycle(_MOODS):
            if self.counterparty.behaviour != set_last:
                return
            self.counterparty.behaviour = set_last = mood
            await asyncio.sleep(seconds)

    async def _receive(
        self, request: web.Request, _version: str, names: list[str], body: Any
    ) -> web.Response:
        path = tuple(name.upper() for name in names)
        if not 3 <= len(path) <= 5:
            raise Refused(404, GENERIC_CLIENT_ERROR, "/{country}/{party}/{location}[/{evse}]")
        if request.method == "GET":
            return answer(request, envelope(data=self._find(path)))
        if request.method not in ("PUT", "PATCH"):
            raise Refused(405, GENERIC_CLIENT_ERROR, f"{request.method} is not allowed here")
        patch = request.method == "PATCH"
        self._check(path, body, patch=patch)
        self._take(path, body, patch=patch)
        self._journal.write({"path": path, "body": body, "patch": patch})
        return answer(request, envelope())

    def _check(self, path: tuple[str, ...], body: Any, *, patch: bool) -> None:
        if not isinstance(body, dict):
            raise Refused(400, INVALID, "The body is no object")
        if not self._nulls:
            objects.check_nulls(body)
        if patch or len(path) > 3:
            held = self._find(path if patch else path[:3] if len(path) == 4 else path[:4])
        else:
            held = self._locations.get(path, {})
        objects.require(body, "last_updated", of="PATCH" if patch else "Object")
        fresh = check_instant(body["last_updated"], "last_updated")
        known = held if patch or len(path) == 3 else self._evses[path[:3]].get(path[3], {})
        if known and comparable(fresh) < comparable(known["last_updated"]):
            raise Refused(
                400, INVALID, f"last_updated: {fresh} is older than {known['last_updated']}"
            )
        if patch:
            _check_patch(body)
        elif len(path) == 3:
            objects.check_location(body)
            _same(path, body["country_code"], body["party_id"], body["id"])
        elif len(path) == 4:
            objects.check_evse(body)
            _same(path[3:], body["uid"])
        else:
            _same(path[4:], str(body.get("id")))

    def _find(self, path: tuple[str, ...]) -> Document:
        unknown = self.counterparty.behaviour.not_held
        if path[:3] not in self._locations:
            raise unknown(f"Location {path[2]}")
        if len(path) == 3:
            evses = list(self._evses[path].values())
            return self._locations[path] | ({"evses": evses} if evses else {})
        evse = self._evses[path[:3]].get(path[3])
        if evse is None:
            raise unknown(f"EVSE {path[3]}")
        if len(path) == 4:
            return evse
        for connector in evse["connectors"]:
            if connector["id"].upper() == path[4]:
                return dict(connector)
        raise unknown(f"Connector {path[4]}")

    def _take(self, path: tuple[str, ...], body: Document, *, patch: bool) -> None:
        place = path[:3]
        if len(path) == 3:
            before = self._locations.get(place, {}) if patch else {}
            self._locations[place] = {**before, **body}
            evses = self._locations[place].pop("evses", None)
            if evses is not None or not patch:
                self._evses[place] = {one["uid"].upper(): one for one in evses or []}
            return
        evses = self._evses[place]
        if len(path) == 4:
            evses[path[3]] = {**evses.get(path[3], {}), **body} if patch else body
        else:
            evse = evses[path[3]]
            others = [one for one in evse["connectors"] if one["id"].upper() != path[4]]
            before = next((one for one in evse["connectors"] if one not in others), {})
            mended = {**before, **body} if patch else body
            evses[path[3]] = {**evse, "connectors": [*others, mended]}
        location = self._locations[place]
        if comparable(body["last_updated"]) > comparable(location["last_updated"]):
            self._locations[place] = {**location, "last_updated": body["last_updated"]}

    def _kept(self) -> Iterator[dict[str, Any]]:
        yield from self.counterparty.kept()
        for path in self._locations:
            yield {"path": path, "body": self._find(path), "patch": False}

    async def _state(self, _request: web.Request) -> web.Response:
        """What it holds: EVSEs by "country/party/location/uid" in upper case."""
        names = ("evse_id", "status", "status_schedule", "last_updated")
        evses = {
            "/".join((*place, uid)): {name: evse.get(name) for name in names}
            for place, held in self._evses.items()
            for uid, evse in held.items()
        }
        return web.json_response({"locations": len(self._locations), "evses": evses})


def _check_patch(body: Document) -> None:
    if len(body) == 1:
        raise Refused(400, TOO_LITTLE, "PATCH: nothing but last_updated")
    if "status" in body and "status_schedule" in body:
        raise Refused(400, INVALID, "PATCH: status and status_schedule together")
    if "status" in body:
        objects.check_status(body["status"])
    if "status_schedule" in body:
        objects.check_schedule(body["status_schedule"])


def _same(path: tuple[str, ...], *names: str) -> None:
    told = tuple(name.upper() for name in names)
    if told != path:
        raise Refused(400, INVALID, f"The address says {path}, the object {told}")


def main() -> None:
    """Serve until told to stop."""
    options = running.ocpi_arguments("A small strict OCPI eMSP.")
    options.add_argument("--nulls", action="store_true", help="accept explicit nulls")
    options.add_argument("--moody", action="store_true", help="misbehave now and then by itself")
    options.add_argument("--party", default="NL-TSM", help="country and party id")
    chosen = options.parse_args()
    country_code, _, party_id = chosen.party.partition("-")
    emsp = Emsp(
        running.identity(
            chosen,
            "Example eMSP",
            role="EMSP",
            locations_role="RECEIVER",
            parties=((country_code, party_id),),
        ),
        token=chosen.token,
        keep=chosen.keep,
        nulls=chosen.nulls,
    )
    asyncio.run(running.serve_ocpi(emsp.counterparty, emsp.application(moody=chosen.moody), chosen))


if __name__ == "__main__":
    main()
