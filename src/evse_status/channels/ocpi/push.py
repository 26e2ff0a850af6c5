"""How is a partner told? Requests of OCPI's module Locations to a receiver, and what its answers mean.

Success is HTTP 2xx and an OCPI `status_code` of 1xxx (2.2.1, 4.1.7). What else it may say is sorted
into what concerns one object and what concerns the partner as a whole.
"""

import base64
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote
from uuid import uuid4

import aiohttp

from evse_status.channels.addresses import Allowed, guarded_connector
from evse_status.channels.ocpi import payload
from evse_status.channels.words import clean, pause_of, reason
from evse_status.core.delivery import Kind, Outcome
from evse_status.core.partner import Party

_MOST_WORDS = 300
_MOST_ANSWER = 64 * 1024
_MOST_OBJECT = 16 * 1024 * 1024
_UNKNOWN_OBJECT = (2001, 2003)  # 2001 invalid or missing parameters, 2003 unknown Location
_NOT_OFFERED = (405, 501)
_OF_ALL = (401, 403, 407, 408, 425, 429)  # HTTP statuses that say nothing of the object

Permit = Callable[[], Awaitable[None]]
"""Waited for before every request: the partner's rate."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One partner as it is talked to. `url` is its module Locations, without a slash at its end."""

    url: str
    token: str
    base64_token: bool
    party: Party | None  # to whom functional requests are routed
    allowed: Allowed
    timeout_seconds: float
    connections: int

    def __repr__(self) -> str:
        return f"<Peer {self.url}>"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object lies at the partner: country code, party id, Location, and EVSE if it is one."""

    country_code: str
    party_id: str
    location: str
    evse: str = ""

    def path(self) -> str:
        """The end of its address."""
        parts = (self.country_code, self.party_id, self.location, self.evse)
        return "".join(f"/{quote(part, safe='')}" for part in parts if part)


@dataclass(frozen=True, slots=True)
class Message:
    """What one request tells. `without_schedule` is the same without any schedule, if it has one."""

    kind: Kind
    place: Place
    body: dict[str, Any]
    without_schedule: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a request. `words` are the partner's own, cut; `took` seconds.

    `schedule_refused` says why the schedule was left out of what was taken. `pause` is how many
    seconds the partner wants to be left alone. `data` is what a GET brought.
    """

    outcome: Outcome
    http_status: int | None = None
    status_code: int | None = None
    words: str = ""
    took: float = 0.0
    pause: float | None = None
    schedule_refused: str = ""
    data: Any = None
    offered: bool = True

    @property
    def is_ill(self) -> bool:
        """Whether it says that the partner as a whole isn't well."""
        return self.outcome in (Outcome.FAILED, Outcome.UNREACHED)


class Client:
    """Talks to one partner's receiver interface. Use it as a context; not thread-safe."""

    def __init__(self, peer: Peer, *, permit: Permit | None = None) -> None:
        self._peer = peer
        self._permit = permit
        self._session: aiohttp.ClientSession | None = None
        token = peer.token.encode()
        shown = base64.b64encode(token).decode() if peer.base64_token else peer.token
        self._headers = {"Authorization": f"Token {shown}", "Accept": "application/json"}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=guarded_connector(self._peer.allowed, limit=self._peer.connections),
            timeout=aiohttp.ClientTimeout(total=self._peer.timeout_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            headers=self._headers,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def tell(self, message: Message) -> Answer:
        """Send a message and say what became of it; never raises for what a partner does.

        Whether an object is really unknown a GET decides; an object that is refused with its schedule
        is sent once more without.
        """
        method = "PATCH" if message.kind in (Kind.STATUS, Kind.SCHEDULE) else "PUT"
        answer = await self._send(method, message.place, message.body)
        if message.kind is Kind.SCHEDULE and _is_its_own_fault(answer):
            answer = replace(answer, outcome=Outcome.REFUSED)
        if answer.outcome is Outcome.REFUSED and method == "PATCH" and not answer.offered:
            return replace(answer, outcome=Outcome.UNKNOWN)  # no PATCH here: a PUT tells it
        if answer.outcome is Outcome.UNKNOWN:
            answer = await self._decide(message, answer)
        if message.without_schedule is not None and (
            answer.outcome is Outcome.REFUSED or _is_its_own_fault(answer)
        ):
            again = await self._send(method, message.place, message.without_schedule)
            if again.outcome is Outcome.ACKNOWLEDGED:
                return replace(again, schedule_refused=answer.words or "The schedule was refused.")
        return answer

    async def ask(self, place: Place) -> Answer:
        """What the partner has there, in `data`; UNKNOWN if nothing. `offered` is false where it offers no GET."""
        answer = await self._send("GET", place, None)
        data = answer.data
        if isinstance(data, list) and len(data) == 1:  # one receiver answers so
            data = data[0]
        if answer.outcome is Outcome.ACKNOWLEDGED and not isinstance(data, dict):
            return replace(answer, outcome=Outcome.UNKNOWN, data=None)
        bare = answer.http_status == 404 and answer.status_code is None
        return replace(answer, data=data, offered=answer.offered and not bare)

    async def _decide(self, message: Message, answer: Answer) -> Answer:
        """Is what a message is about really unknown? For the PUT of an EVSE that is its Location."""
        if message.kind is Kind.LOCATION:
            return replace(answer, outcome=Outcome.REFUSED)
        place = message.place
        if message.kind is Kind.EVSE:
            place = replace(place, evse="")
        found = await self.ask(place)
        if found.is_ill and found.offered:
            return replace(found, took=answer.took)
        is_there = found.outcome is Outcome.ACKNOWLEDGED
        return replace(answer, outcome=Outcome.REFUSED) if is_there else answer

    async def _send(self, method: str, place: Place, body: dict[str, Any] | None) -> Answer:
        if self._permit is not None:
            await self._permit()
        assert self._session is not None
        number = str(uuid4())
        headers = {"X-Request-ID": number, "X-Correlation-ID": str(uuid4())}
        headers |= {
            "OCPI-from-country-code": place.country_code,
            "OCPI-from-party-id": place.party_id,
        }
        if self._peer.party is not None:
            headers |= {
                "OCPI-to-country-code": self._peer.party.country_code,
                "OCPI-to-party-id": self._peer.party.party_id,
            }
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = payload.body(body)
        started = time.perf_counter()
        try:
            async with self._session.request(
                method,
                f"{self._peer.url}{place.path()}",
                data=data,
                headers=headers,
                allow_redirects=False,
            ) as response:
                most = _MOST_OBJECT if method == "GET" else _MOST_ANSWER
                content = await response.content.read(most)
                while len(content) < most and not response.content.at_eof():
                    content += await response.content.read(most - len(content))
                answer = _understood(response, content)
        except aiohttp.ClientConnectorError as error:
            answer = Answer(Outcome.UNREACHED, words=f"can't be reached: {reason(error)}")
        except TimeoutError:
            seconds = f"{self._peer.timeout_seconds:g}"
            answer = Answer(Outcome.FAILED, words=f"no answer within {seconds} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            answer = Answer(Outcome.FAILED, words=f"broke off: {reason(error)}")
        return replace(answer, took=time.perf_counter() - started)


def _understood(response: aiohttp.ClientResponse, content: bytes) -> Answer:
    status = response.status
    envelope = _envelope(content)
    code = envelope.get("status_code")
    code = code if type(code) is int and 0 <= code < 10_000 else None
    said = _said(response, envelope, content)
    outcome, offered = _outcome(status, code), status not in _NOT_OFFERED
    if 300 <= status < 400:
        said = f"HTTP {status}: it sends on elsewhere, which isn't followed"
    elif 200 <= status < 300 and code is None:
        said = f"HTTP {status} without OCPI's envelope: {said}"
    return Answer(
        outcome,
        status,
        code,
        said[:_MOST_WORDS],
        pause=pause_of(response.headers.get("Retry-After")),
        data=envelope.get("data"),
        offered=offered,
    )


def _outcome(status: int, code: int | None) -> Outcome:
    if status >= 500 and status not in _NOT_OFFERED:
        return Outcome.FAILED
    if status in _OF_ALL or 300 <= status < 400:
        return Outcome.FAILED
    if code is not None and code >= 3000:
        return Outcome.FAILED
    if status == 404 or code in _UNKNOWN_OBJECT:
        return Outcome.UNKNOWN
    if not 200 <= status < 300:
        return Outcome.REFUSED
    if code is None:
        return Outcome.FAILED
    return Outcome.ACKNOWLEDGED if 1000 <= code < 2000 else Outcome.REFUSED


def _is_its_own_fault(answer: Answer) -> bool:
    """Whether a request may have failed for what was in it, like a schedule that nobody expected."""
    status, code = answer.http_status or 0, answer.status_code or 0
    broke = answer.outcome is Outcome.FAILED and (status >= 500 or 3000 <= code < 3001)
    return broke and status not in (502, 503, 504)


def _envelope(content: bytes) -> dict[str, Any]:
    try:
        read = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _said(response: aiohttp.ClientResponse, envelope: dict[str, Any], content: bytes) -> str:
    message = envelope.get("status_message")
    if isinstance(message, str) and message.strip():
        return clean(message)
    if "status_code" in envelope:
        return f"status_code {envelope['status_code']}"
    return (
        clean(content[:2_000].decode("utf-8", "replace"))
        or f"HTTP {response.status} {response.reason or ''}".strip()
    )
