"""How are tokens exchanged with a partner that we call? OCPI 2.2.1 and 2.3.0, Versions and Credentials.

    with Handshake(token=…, allowed=…, encode_token=…, timeout_seconds=…) as call:
        details = call.look_up(url)                 # versions → details of the highest common one
        theirs = call.give(details, ours, renews=False)   # POST credentials, or PUT
        call.leave(details)                         # DELETE credentials

Whatever goes wrong is a HandshakeFailed, one sentence for people.
"""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, TracebackType
from typing import Any
from uuid import uuid4

import httpx

from evse_status.channels.addresses import Allowed, GuardedTransport, require_address
from evse_status.channels.ocpi.credentials import Credentials, credentials_form, read_credentials
from evse_status.core.errors import EvseStatusError, InvalidInput
from evse_status.core.partner import OcpiVersion, highest_common

CANNOT_USE, UNSUPPORTED_VERSION, NO_ENDPOINTS = 3001, 3002, 3003
"""OCPI's words for what goes wrong while registering (OCPI 2.2.1, 5.3)."""

_LARGEST_ANSWER = 2**20
_MOST_WORDS = 200
_SPOKEN = " and ".join(OcpiVersion)


class HandshakeFailed(EvseStatusError):
    """Tokens weren't exchanged. Unless `certain`, the other side may think that they were."""

    code = "handshake_failed"

    def __init__(
        self,
        message: str,
        *,
        status_code: int = CANNOT_USE,
        certain: bool = True,
        unknown_there: bool = False,
    ) -> None:
        super().__init__(message, field="url")
        self.status_code = status_code
        self.certain = certain
        self.unknown_there = unknown_there  # it says that it doesn't know us


@dataclass(frozen=True, slots=True)
class Details:
    """A version of a partner, and its addresses by (module, interface role)."""

    version: OcpiVersion
    endpoints: Mapping[tuple[str, str], str]

    @property
    def credentials_url(self) -> str:
        """Its module Credentials, whatever role it gives. Raises HandshakeFailed."""
        for (module, _interface), url in self.endpoints.items():
            if module == "credentials":
                return url
        raise HandshakeFailed(
            f"Its OCPI {self.version.value} has no module credentials. If it gave you a token for good, "
            "add it with --static.",
            status_code=NO_ENDPOINTS,
        )


class Handshake:
    """Calls one partner with one token, to the addresses that are allowed; close it afterwards."""

    def __init__(
        self, *, token: str, allowed: Allowed, encode_token: bool, timeout_seconds: float
    ) -> None:
        self._allowed = allowed
        shown = base64.b64encode(token.encode()).decode() if encode_token else token
        self._encoded = encode_token
        self._longest = 2 * timeout_seconds
        self._client = httpx.Client(
            transport=GuardedTransport(allowed),
            headers={"Authorization": f"Token {shown}", "Accept": "application/json"},
            timeout=timeout_seconds,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> "Handshake":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def look_up(self, url: str, *, wanted: OcpiVersion | None = None) -> Details:
        """The addresses of the highest common version, or of the wanted one. Raises HandshakeFailed."""
        offered = _versions(self._call("GET", url), url)
        version = wanted if wanted is not None and wanted in offered else highest_common(offered)
        if version is None or (wanted is not None and version is not wanted):
            listed = ", ".join(sorted(offered)) or "no version"
            raise HandshakeFailed(
                f"{_origin(url)} speaks OCPI {listed}; "
                + (
                    f"{_SPOKEN} are spoken here."
                    if wanted is None
                    else f"{wanted.value} is wanted."
                ),
                status_code=UNSUPPORTED_VERSION,
            )
        address = offered[version.value]
        found = _endpoints(self._call("GET", address), address)
        for name, one in found.items():
            self._require(one, f"{name[0]}: its address")
        return Details(version, MappingProxyType(found))

    def give(self, details: Details, ours: Credentials, *, renews: bool) -> Credentials:
        """POST our credentials, or PUT them, and get the partner's. Raises HandshakeFailed."""
        url = details.credentials_url
        answer = self._call("PUT" if renews else "POST", url, body=credentials_form(ours))
        if not isinstance(answer, dict):
            raise HandshakeFailed(
                f"{_origin(url)} answered without credentials. Ask its operator.", certain=False
            )
        try:
            return read_credentials(answer)
        except InvalidInput as error:
            raise HandshakeFailed(
                f"{_origin(url)} answered with credentials that can't be used: {error.message}",
                certain=False,
            ) from None

    def leave(self, details: Details) -> None:
        """DELETE our credentials there; one that says it doesn't know us has been told. Raises HandshakeFailed."""
        try:
            self._call("DELETE", details.credentials_url, needs_data=False)
        except HandshakeFailed as failed:
            if not failed.unknown_there:
                raise

    def may_call(self, url: str) -> bool:
        """Whether an address is allowed."""
        try:
            require_address(url, self._allowed)
        except InvalidInput:
            return False
        return True

    def _call(self, method: str, url: str, *, body: Any = None, needs_data: bool = True) -> Any:
        self._require(url, "url")
        changes = method != "GET"
        headers = {"X-Request-ID": str(uuid4()), "X-Correlation-ID": str(uuid4())}
        try:
            with self._client.stream(method, url, json=body, headers=headers) as response:
                answer = _read(response, ends_at=time.monotonic() + self._longest)
        except httpx.TimeoutException:
            raise HandshakeFailed(
                f"{_origin(url)} didn't answer in time. Try again later.", certain=not changes
            ) from None
        except httpx.ConnectError as error:
            raise HandshakeFailed(
                f"{_origin(url)} can't be reached: {_reason(error)}. Check the address and the network."
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise HandshakeFailed(
                f"{_origin(url)} broke off: {_reason(error)}. Try again.", certain=not changes
            ) from None
        return self._data(response.status_code, answer, url, changes, needs_data)

    def _data(
        self, http_status: int, answer: Any, url: str, changes: bool, needs_data: bool
    ) -> Any:
        code = answer.get("status_code") if isinstance(answer, dict) else None
        said = _words(answer)
        if http_status in (401, 403):
            other = "--plain-token" if self._encoded else "--base64-token"
            raise HandshakeFailed(
                f"{_origin(url)} refuses the token (HTTP {http_status}{said}). Check it, or try {other}.",
                unknown_there=http_status == 401,
            )
        if http_status == 405 and changes:
            raise HandshakeFailed(
                f"{_origin(url)} says that this can't be done now (HTTP 405{said}): it has us registered "
                "already, or no longer. Ask its operator for a new token.",
                unknown_there=True,
            )
        if not 200 <= http_status < 300:
            raise HandshakeFailed(
                f"{_origin(url)} answered HTTP {http_status}{said}. Check the address, or ask its operator.",
                certain=not changes or http_status < 500,
            )
        if not isinstance(code, int) or isinstance(code, bool):
            raise HandshakeFailed(
                f"{_origin(url)} doesn't answer as OCPI does. Check the address.",
                certain=not changes,
            )
        if not 1000 <= code < 2000:
            raise HandshakeFailed(f"{_origin(url)} refuses: status_code {code}{said}.")
        if needs_data and "data" not in answer:
            raise HandshakeFailed(
                f"{_origin(url)} answered without data. Ask its operator.", certain=not changes
            )
        return answer.get("data")

    def _require(self, url: str, field: str) -> None:
        try:
            require_address(url, self._allowed, field=field)
        except InvalidInput as error:
            raise HandshakeFailed(error.message) from None


def _read(response: httpx.Response, *, ends_at: float) -> Any:
    come = bytearray()
    for chunk in response.iter_bytes():
        come += chunk
        if time.monotonic() > ends_at:  # httpx limits each part of an answer, not the whole
            raise httpx.ReadTimeout("the answer is too slow")
        if len(come) > _LARGEST_ANSWER:
            return None
    try:
        return json.loads(bytes(come))
    except (ValueError, RecursionError):
        return None


def _versions(data: Any, url: str) -> dict[str, str]:
    if not isinstance(data, list):
        raise HandshakeFailed(f"{_origin(url)} lists no versions. Check the address.")
    return {
        one["version"].strip(): one["url"].strip()
        for one in data
        if isinstance(one, dict)
        and isinstance(one.get("version"), str)
        and isinstance(one.get("url"), str)
    }


def _endpoints(data: Any, url: str) -> dict[tuple[str, str], str]:
    listed = data.get("endpoints") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        raise HandshakeFailed(f"{_origin(url)} lists no modules. Ask its operator.")
    found: dict[tuple[str, str], str] = {}
    for one in listed:
        texts = (
            [one.get(key) for key in ("identifier", "role", "url")] if isinstance(one, dict) else []
        )
        if len(texts) == 3 and isinstance(texts[0], str) and isinstance(texts[2], str):
            role = texts[1].strip().upper() if isinstance(texts[1], str) else ""
            found[(texts[0].strip().lower(), role)] = texts[2].strip()
    return found


def _words(answer: Any) -> str:
    said = answer.get("status_message") if isinstance(answer, dict) else None
    if not isinstance(said, str) or not said.strip():
        return ""
    plain = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return f", {plain[:_MOST_WORDS]!r}"


def _origin(url: str) -> str:
    return url.partition("?")[0].partition("#")[0].rpartition("@")[2][:200]


def _reason(error: Exception) -> str:
    said = str(error).strip().partition("] ")[2] or str(error).strip()
    return said.rstrip(".")[:_MOST_WORDS] or type(error).__name__
