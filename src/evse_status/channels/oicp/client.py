"""How is a hub told? One push after the other over TLS with our certificate, and what its answers mean.

Failure looks like success here: HTTP 200 with `"Result": false` and a StatusCode (OICP 2.3,
eRoamingAcknowledgment). Its codes are sorted into what concerns a record and what all of the partner.
"""

import json
import time
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

import aiohttp

from evse_status.channels.addresses import Allowed, guarded_connector
from evse_status.channels.oicp.certificate import CertificateUnusable, client_context
from evse_status.channels.oicp.payload import path
from evse_status.channels.words import clean, pause_of, reason
from evse_status.core.delivery import Outcome

_MOST_WORDS = 300
_MOST_ANSWER = 64 * 1024
_KEPT_OPEN = 4.0  # seconds; a connection that the hub has closed meanwhile would cost a push
_UNKNOWN_EVSE = 603
_OF_A_RECORD = (18, 19, 22)  # inconsistent EvseID, inconsistent EvcoID, data error
_OF_EVSES = range(600, 700)
_OF_CONTENT = (400, 413, 415, 422)  # HTTP statuses that concern what was sent
_MAY_BE_ITS_OWN = (1, 2, 9, 21)  # system errors: perhaps of everybody, perhaps of one record
_CERTIFICATE = "ssl certificate"
_ALERTS = ("ALERT_", "HANDSHAKE_FAILURE", "CERTIFICATE_REQUIRED")


@dataclass(frozen=True, slots=True)
class HubPeer:
    """One hub as it is talked to. `url` is the base of its services, without a slash at its end.

    `certificate` is PEM text with our certificate and its private key, empty where none is shown.
    """

    url: str
    operator_id: str
    certificate: str = field(repr=False)
    allowed: Allowed
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a push. `words` are the hub's own with its code, cut; `took` and `pause` seconds.

    `may_be_its_own`: the hub failed in a way that one of the records may have caused.
    """

    outcome: Outcome
    http_status: int | None = None
    status_code: int | None = None
    words: str = ""
    took: float = 0.0
    pause: float | None = None
    may_be_its_own: bool = False

    @property
    def is_ill(self) -> bool:
        """Whether it says that the partner as a whole isn't well."""
        return self.outcome in (Outcome.FAILED, Outcome.UNREACHED)

    @property
    def is_about_records(self) -> bool:
        """Whether at least one of the records wasn't taken, and perhaps all others were not, either."""
        return self.outcome in (Outcome.REFUSED, Outcome.UNKNOWN) or self.may_be_its_own


class HubClient:
    """Talks to one hub in the name of one operator. Use it as a context; one push at a time."""

    def __init__(self, peer: HubPeer) -> None:
        self._peer = peer
        self._session: aiohttp.ClientSession | None = None
        self._unusable = ""
        self._has_answered = False

    async def __aenter__(self) -> Self:
        try:
            context = client_context(self._peer.certificate)
        except CertificateUnusable as error:
            self._unusable = str(error)
            return self
        self._session = aiohttp.ClientSession(
            connector=guarded_connector(
                self._peer.allowed, limit=1, ssl=context, keepalive_timeout=_KEPT_OPEN
            ),
            timeout=aiohttp.ClientTimeout(total=self._peer.timeout_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            headers={"Accept": "application/json", "Content-Type": "application/json"},
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

    async def push(self, body: bytes) -> Answer:
        """Send a push and say what became of it; never raises for what a hub does."""
        if self._session is None:
            return Answer(Outcome.UNREACHED, words=self._unusable)
        started = time.perf_counter()
        try:
            async with self._session.post(
                f"{self._peer.url}{path(self._peer.operator_id)}", data=body, allow_redirects=False
            ) as response:
                content = await response.content.read(_MOST_ANSWER)
                while len(content) < _MOST_ANSWER and not response.content.at_eof():
                    content += await response.content.read(_MOST_ANSWER - len(content))
                answer = _understood(response, content)
                self._has_answered = True
        except aiohttp.ClientConnectorCertificateError as error:
            why = reason(error.certificate_error)
            answer = Answer(Outcome.UNREACHED, words=f"its certificate isn't trusted: {why}")
        except TimeoutError:
            # It may still be at work on this one, and must never get two at once.
            seconds = self._peer.timeout_seconds
            answer = Answer(Outcome.FAILED, words=f"no answer within {seconds:g} s", pause=seconds)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            answer = self._broken(error)
        return replace(answer, took=time.perf_counter() - started)

    def _broken(self, error: BaseException) -> Answer:
        why = reason(error)
        if any(alert in why.upper() for alert in _ALERTS):
            return Answer(Outcome.FAILED, words=f"refuses our certificate: {why}")
        if isinstance(error, aiohttp.ClientConnectorError):
            return Answer(Outcome.UNREACHED, words=f"can't be reached: {why}")
        if self._peer.url.startswith("https:") and not self._has_answered:
            # Many end the connection without a word where they don't take a certificate.
            shows = "doesn't take our" if self._peer.certificate else "wants a"
            why += f", perhaps because it {shows} certificate"
        return Answer(Outcome.FAILED, words=f"broke off: {why}")


def _understood(response: aiohttp.ClientResponse, content: bytes) -> Answer:
    status = response.status
    told = _object(content)
    code = _code(told)
    said = _said(response, told, content)
    outcome = _outcome(status, told.get("Result"), code)
    if status == 400 and _CERTIFICATE in said.casefold():  # what gates in front of a hub say
        outcome = Outcome.FAILED
    may_be_its_own = outcome is Outcome.FAILED and (
        status == 500 or (status == 200 and code in _MAY_BE_ITS_OWN)
    )
    if 300 <= status < 400:
        said = f"HTTP {status}: it sends on elsewhere, which isn't followed"
    elif status in (401, 403) or code == 17:
        said = f"doesn't let us push for this operator with this certificate: {said}"
    elif 200 <= status < 300 and type(told.get("Result")) is not bool:
        said = f"HTTP {status} without an acknowledgment: {said}"
    pause = pause_of(response.headers.get("Retry-After"))
    return Answer(
        outcome, status, code, said[:_MOST_WORDS], pause=pause, may_be_its_own=may_be_its_own
    )


def _outcome(status: int, result: object, code: int | None) -> Outcome:
    if status in _OF_CONTENT:
        return Outcome.REFUSED
    if not 200 <= status < 300 or type(result) is not bool:
        return Outcome.FAILED
    if result:
        return Outcome.ACKNOWLEDGED
    if code == _UNKNOWN_EVSE:
        return Outcome.UNKNOWN
    return Outcome.REFUSED if code in _OF_A_RECORD or code in _OF_EVSES else Outcome.FAILED


def _object(content: bytes) -> dict[str, Any]:
    try:
        read = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _code(told: dict[str, Any]) -> int | None:
    status = told.get("StatusCode")
    code = status.get("Code") if isinstance(status, dict) else None
    bare = str(code).strip() if isinstance(code, str | int) else ""
    return int(bare) if bare.isascii() and bare.isdecimal() and len(bare) <= 4 else None


def _said(response: aiohttp.ClientResponse, told: dict[str, Any], content: bytes) -> str:
    """The hub's words: of an acknowledgment, of what its gate says, or else the beginning of whatever came."""
    status = told.get("StatusCode")
    parts: list[object] = []
    if isinstance(status, dict):
        parts = [status.get(name) for name in ("Code", "Description", "AdditionalInfo")]
    elif "message" in told:
        errors = told.get("validationErrors")
        first = errors[0] if isinstance(errors, list) and errors else None
        told_of = first if isinstance(first, dict) else {}
        parts = [told["message"], told_of.get("fieldReference"), told_of.get("errorMessage")]
    said = " ".join(clean(str(one)) for one in parts if isinstance(one, str | int))
    return (
        said.strip()
        or clean(content[:2_000].decode("utf-8", "replace"))
        or f"HTTP {response.status} {response.reason or ''}".strip()
    )
