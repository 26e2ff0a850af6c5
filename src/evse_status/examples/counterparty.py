"""What do all example partners have in common? Versions, credentials, tokens, a log, a control.

Addresses of OCPI: `/ocpi/versions`, `/ocpi/{version}`, `/ocpi/{version}/credentials` and the
modules. Control addresses, for whoever watches it (they aren't OCPI's, and open to this machine):

    GET  /log?after=N     what was asked and how it was answered, from entry N
    GET  /peer            with whom it is registered, or null
    POST /behave          {"mode": "slow", "share": 1, "seconds": 2, "words": "", "unknown": "404"}
    POST /register        {"url": versions address, "token": token A}: it starts the handshake
    POST /reconnect       {"url": versions address}: where its peer is now
    POST /invite          {"token": token A}: it forgets who was registered and awaits this token
"""

import random
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import aiohttp
from aiohttp import web

from evse_status.examples.behaviour import Behaviour, Mode
from evse_status.examples.envelope import (
    CANNOT_USE_YOURS,
    GENERIC_CLIENT_ERROR,
    INVALID,
    MISSING_ENDPOINTS,
    OK,
    SERVER_ERROR,
    TOO_LITTLE,
    UNKNOWN,
    UNSUPPORTED_VERSION,
    Refused,
    answer,
    authorization,
    envelope,
    instant,
    shown_token,
)
from evse_status.examples.exchange import BODY_LIMIT, control, hang_up, read_json
from evse_status.examples.journal import Journal

_TIMEOUT = aiohttp.ClientTimeout(total=15)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who an example partner is and what it offers; `role` is EMSP or CPO, the first party speaks."""

    name: str
    role: str
    parties: tuple[tuple[str, str], ...]  # country code and party id
    locations_role: str  # the interface of module Locations: RECEIVER or SENDER
    versions: tuple[str, ...] = ("2.2.1", "2.3.0")
    base64_token: bool = True
    static_token: bool = False  # the invitation's token opens everything, without a handshake


@dataclass(frozen=True, slots=True)
class Peer:
    """The one it is registered with; `token` is what it shows us, `secret` what we show it."""

    token: str
    secret: str
    url: str
    version: str
    endpoints: dict[str, str]  # "locations SENDER" → address
    country_code: str
    party_id: str


Handler = Callable[[web.Request, str, list[str], Any], Coroutine[Any, Any, web.Response]]


class Counterparty:
    """An OCPI server with one peer at most. A module's own requests go to `module`."""

    def __init__(
        self, identity: Identity, *, invitation: str, journal: Journal, module: Handler, seed: int
    ) -> None:
        self.identity, self.journal = identity, journal
        self.invitation: str | None = invitation
        self.peer: Peer | None = None
        self.behaviour = Behaviour()
        self.log: list[dict[str, Any]] = []
        self.url = ""
        self._module, self._chance = module, random.Random(seed)
        self._session: aiohttp.ClientSession | None = None

    def application(self) -> web.Application:
        """Everything that is served."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_route("*", "/ocpi/{tail:.*}", self._ocpi)
        app.router.add_get("/log", self._show_log)
        app.router.add_get("/peer", self._show_peer)
        app.router.add_post("/behave", control(self._behave))
        app.router.add_post("/register", control(self._register))
        app.router.add_post("/reconnect", control(self._reconnect))
        app.router.add_post("/invite", control(self._invite))
        app.cleanup_ctx.append(self._client)
        return app

    def recall(self, entry: dict[str, Any]) -> None:
        """Take over what the journal kept of the registration."""
        self.peer = Peer(**entry["peer"]) if entry["peer"] else None
        self.invitation = entry["invitation"]

    def kept(self) -> Iterator[dict[str, Any]]:
        """The registration, for the journal."""
        if self.peer is not None:
            yield {"peer": asdict(self.peer), "invitation": self.invitation}

    async def request(
        self, method: str, url: str, body: Any = None, *, token: str | None = None
    ) -> tuple[Any, dict[str, str]]:
        """Ask the peer as OCPI says: the envelope's data, and the headers. Raises Refused."""
        assert self._session is not None
        peer = self.peer
        headers = {
            "X-Request-ID": secrets.token_hex(8),
            "X-Correlation-ID": secrets.token_hex(8),
            "Authorization": authorization(
                token or (peer.secret if peer else ""), base64_token=self.identity.base64_token
            ),
        }
        if peer is not None and token is None:
            headers |= {
                "OCPI-from-country-code": self.identity.parties[0][0],
                "OCPI-from-party-id": self.identity.parties[0][1],
                "OCPI-to-country-code": peer.country_code,
                "OCPI-to-party-id": peer.party_id,
            }
        try:
            async with self._session.request(method, url, json=body, headers=headers) as response:
                told = await response.json(content_type=None)
                code = told.get("status_code") if isinstance(told, dict) else None
                if response.status >= 300 or not isinstance(code, int) or code >= 2000:
                    words = told.get("status_message", "") if isinstance(told, dict) else ""
                    raise Refused(response.status, code or SERVER_ERROR, f"{url}: {words}")
                return told.get("data"), dict(response.headers)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Refused(
                502, CANNOT_USE_YOURS, f"{url}: {type(error).__name__} {error}"
            ) from error

    async def register(self, url: str, token: str) -> Peer:
        """Start the handshake with token A. Raises Refused; nothing is half-registered."""
        version, endpoints = await self._understand(url, token)
        fresh = secrets.token_urlsafe(32)
        before, self.invitation = self.invitation, fresh  # the peer looks at our versions with it
        try:
            address = endpoints.get("credentials SENDER") or endpoints["credentials RECEIVER"]
            told, _ = await self.request("POST", address, self._credentials(fresh), token=token)
        except Refused:
            self.invitation = before
            raise
        return self._keep(fresh, told, version, endpoints)

    async def reconnect(self, url: str) -> Peer:
        """Look at the peer's addresses again, at another versions address."""
        if self.peer is None:
            raise Refused(409, GENERIC_CLIENT_ERROR, "Not registered.")
        version, endpoints = await self._understand(url, self.peer.secret)
        kept = asdict(self.peer) | {"url": url, "version": version, "endpoints": endpoints}
        self._remember(Peer(**kept))
        return Peer(**kept)

    async def _ocpi(self, request: web.Request) -> web.Response:
        entry: dict[str, Any] = {
            "number": len(self.log),
            "at": instant(),
            "method": request.method,
            "path": request.path_qs,
            "body": None,
            "status": None,
        }
        self.log.append(entry)
        began = time.perf_counter()
        try:
            entry["body"] = await read_json(request)
            mode = await self.behaviour.before(self._chance)
            if mode is Mode.HANG_UP:
                return hang_up(request)
            response = await self._answer(request, entry, mode)
            if mode is Mode.LOSE_ANSWER:
                return hang_up(request)
            entry |= {"status": response.status, "status_code": OK}
        except Refused as refused:
            entry |= {"status": refused.http_status, "status_code": refused.status_code}
            entry["words"] = refused.words
            busy = refused.http_status == 429
            response = answer(
                request,
                envelope(refused.status_code, words=refused.words),
                http_status=refused.http_status,
                headers={"Retry-After": str(round(self.behaviour.seconds))} if busy else None,
            )
        entry["took_ms"] = round(1000 * (time.perf_counter() - began), 2)
        return response

    async def _answer(
        self, request: web.Request, entry: dict[str, Any], mode: Mode
    ) -> web.Response:
        self._require_ids(request)
        shown = shown_token(request, base64_token=self.identity.base64_token)
        registered = self.peer is not None and shown == self.peer.token
        if not registered and (shown is None or shown != self.invitation):
            raise Refused(401, INVALID, "The token is unknown")
        body = entry["body"]
        first, *path = request.path.removeprefix("/ocpi/").rstrip("/").split("/")
        if first == "versions" and not path:
            _only(request, "GET")
            return answer(request, envelope(data=self._versions()))
        if first not in self.identity.versions:
            raise Refused(404, UNSUPPORTED_VERSION, "This version is not spoken here")
        if not path:
            _only(request, "GET")
            return answer(request, envelope(data=self._details(first)))
        if path == ["credentials"]:
            return await self._credentials_module(request, body, registered=registered)
        if path[0] != "locations":
            raise Refused(404, GENERIC_CLIENT_ERROR, "There is no such module")
        if not registered and not self.identity.static_token:
            raise Refused(401, INVALID, "The token is for the registration alone")
        if registered:
            self._require_routing(request)
        if mode is Mode.REFUSE_SCHEDULE and _has_schedule(body):
            raise Refused(400, INVALID, self.behaviour.said(mode))
        return await self._module(request, first, path[1:], body)

    async def _credentials_module(
        self, request: web.Request, body: Any, *, registered: bool
    ) -> web.Response:
        _only(request, "GET", "POST", "PUT", "DELETE")
        if request.method != "GET" and registered == (request.method == "POST"):
            raise Refused(
                405, GENERIC_CLIENT_ERROR, "Registered already" if registered else "Not registered"
            )
        if request.method == "GET":
            shown = self.peer.token if registered and self.peer else self.invitation or ""
            return answer(request, envelope(data=self._credentials(shown)))
        if request.method == "DELETE":
            self.invitation = None
            self._remember(None)
            return answer(request, envelope())
        _check_credentials(body)
        try:
            version, endpoints = await self._understand(body["url"], body["token"])
        except Refused as refused:
            code = refused.status_code
            mutual = code in (UNSUPPORTED_VERSION, MISSING_ENDPOINTS)
            raise Refused(200, code if mutual else CANNOT_USE_YOURS, refused.words) from refused
        peer = self._keep(secrets.token_urlsafe(32), body, version, endpoints)
        return answer(request, envelope(data=self._credentials(peer.token)))

    async def _understand(self, url: str, token: str) -> tuple[str, dict[str, str]]:
        """The highest version in common, and its addresses."""
        versions, _ = await self.request("GET", url, token=token)
        offered = {one["version"]: one["url"] for one in versions}
        mutual = sorted(set(offered) & set(self.identity.versions))
        if not mutual:
            raise Refused(200, UNSUPPORTED_VERSION, f"No version in common with {sorted(offered)}")
        details, _ = await self.request("GET", offered[mutual[-1]], token=token)
        endpoints = {
            f"{one['identifier']} {one['role']}": one["url"] for one in details["endpoints"]
        }
        if not {"credentials SENDER", "credentials RECEIVER"} & set(endpoints):
            raise Refused(200, MISSING_ENDPOINTS, "No module credentials")
        return mutual[-1], endpoints

    def _keep(self, token: str, told: Any, version: str, endpoints: dict[str, str]) -> Peer:
        _check_credentials(told)
        party = told["roles"][0]
        self.invitation = None  # token A is dead
        peer = Peer(
            token,
            told["token"],
            told["url"],
            version,
            endpoints,
            party["country_code"],
            party["party_id"],
        )
        self._remember(peer)
        return peer

    def _remember(self, peer: Peer | None) -> None:
        self.peer = peer
        told = asdict(peer) if peer else None
        self.journal.write({"peer": told, "invitation": self.invitation})

    def _credentials(self, token: str) -> dict[str, Any]:
        us = self.identity
        roles = [
            {
                "role": us.role,
                "country_code": country_code,
                "party_id": party_id,
                "business_details": {"name": us.name},
            }
            for country_code, party_id in us.parties
        ]
        return {"token": token, "url": f"{self.url}/ocpi/versions", "roles": roles}

    def _versions(self) -> list[dict[str, str]]:
        return [{"version": one, "url": f"{self.url}/ocpi/{one}"} for one in self.identity.versions]

    def _details(self, version: str) -> dict[str, Any]:
        base = f"{self.url}/ocpi/{version}"
        offered = [("credentials", "SENDER"), ("credentials", "RECEIVER")]
        offered.append(("locations", self.identity.locations_role))
        endpoints = [
            {"identifier": name, "role": role, "url": f"{base}/{name}"} for name, role in offered
        ]
        return {"version": version, "endpoints": endpoints}

    def _require_ids(self, request: web.Request) -> None:
        for name in ("X-Request-ID", "X-Correlation-ID"):
            if name not in request.headers:
                raise Refused(400, TOO_LITTLE, f"The header {name} is missing")

    def _require_routing(self, request: web.Request) -> None:
        for name in ("from-country-code", "from-party-id", "to-country-code", "to-party-id"):
            if f"OCPI-{name}" not in request.headers:
                raise Refused(400, TOO_LITTLE, f"The header OCPI-{name} is missing")
        country_code, party_id = (
            request.headers[f"OCPI-to-{part}"].upper() for part in ("country-code", "party-id")
        )
        if (country_code, party_id) not in self.identity.parties:
            raise Refused(400, UNKNOWN, f"{country_code}*{party_id} is unknown here")

    async def _show_log(self, request: web.Request) -> web.Response:
        return web.json_response(self.log[int(request.query.get("after", 0)) :])

    async def _show_peer(self, _request: web.Request) -> web.Response:
        told = asdict(self.peer) if self.peer else None
        if told:
            told["token"] = told["secret"] = "…"
        return web.json_response(told)

    async def _behave(self, told: Any) -> Any:
        self.behaviour = Behaviour.from_json(told)
        return asdict(self.behaviour)

    async def _register(self, told: Any) -> Any:
        peer = await self.register(told["url"], told["token"])
        return {"version": peer.version, "endpoints": peer.endpoints}

    async def _reconnect(self, told: Any) -> Any:
        peer = await self.reconnect(told["url"])
        return {"version": peer.version, "endpoints": peer.endpoints}

    async def _invite(self, told: Any) -> Any:
        self.invitation = told["token"]
        self._remember(None)
        return {}

    async def _client(self, _app: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as self._session:
            yield


def _only(request: web.Request, *methods: str) -> None:
    if request.method not in methods:
        raise Refused(405, GENERIC_CLIENT_ERROR, f"{request.method} is not allowed here")


def _has_schedule(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    return bool(body.get("status_schedule")) or any(map(_has_schedule, body.get("evses") or []))


def _check_credentials(told: Any) -> None:
    good = isinstance(told, dict) and all(told.get(name) for name in ("token", "url", "roles"))
    parts: Sequence[str] = ("role", "country_code", "party_id", "business_details")
    if not good or any(not role.get(part) for role in told["roles"] for part in parts):
        raise Refused(400, TOO_LITTLE, "Credentials need token, url, and roles with their parties")
