"""Which addresses may we talk to? https except on loopback, and no private network unless allowed.

What is allowed is checked twice: when an address is given or told (`require_address`), and again on
what its name turns out to mean when a connection is made (`guarded_connector` for aiohttp,
`GuardedTransport` for httpx), so that a name can't lead elsewhere afterwards. Redirects aren't followed.
"""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from errno import EACCES
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx

from evse_status.core.errors import InvalidInput

_LONGEST = 2_083
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefused(InvalidInput):
    """An address that we don't talk to."""

    code = "address_refused"


class LedElsewhere(OSError):
    """A name that means an address we don't talk to."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be talked to beside public addresses over https."""

    private: bool = False  # addresses of private networks
    loopback: bool = False  # this machine, also over http

    def includes(self, host: str) -> bool:
        """Whether a numeric address may be talked to."""
        found = _unwrapped(ipaddress.ip_address(host.partition("%")[0]))
        if found.is_loopback:
            return self.loopback
        if found.is_unspecified or found.is_multicast or _is_reserved(found):
            return False
        # Cloud machines hand out their keys on link-local addresses; no partner lives there.
        if found.is_link_local:
            return False
        return found.is_global or self.private


def require_address(address: str, allowed: Allowed, *, field: str = "url") -> str:
    """The address, without spaces around it, if it may be talked to. Raises AddressRefused."""
    bare = address.strip()
    try:
        parts = urlsplit(bare)
        host, _port = (parts.hostname or ""), parts.port
    except ValueError:
        raise _refused(field, bare, "is no web address. Write it whole, with https://") from None
    if parts.scheme not in ("https", "http") or not host or len(bare) > _LONGEST:
        raise _refused(field, bare, "is no web address. Write it whole, with https://")
    if not bare.isascii() or not bare.isprintable() or " " in bare or "\\" in bare:
        raise _refused(field, bare, "has characters that addresses can't have. Encode them")
    if parts.username or parts.password:
        raise InvalidInput(
            f"{field}: leave user and password out of the address; tokens are given by themselves.",
            field=field,
        )
    if is_loopback(bare):
        if not allowed.loopback:
            raise _refused(field, bare, "is this machine itself, which isn't allowed here")
        return bare
    if parts.scheme != "https":
        raise _refused(
            field, bare, "must begin with https://, or the token could be read on the way"
        )
    numeric = _numeric(host)
    if numeric is not None and not allowed.includes(str(numeric)):
        raise _refused(
            field,
            bare,
            "lies in a private network. Allow that with --private-network if it is meant",
        )
    return bare


def is_loopback(address: str) -> bool:
    """Whether an address names this machine."""
    try:
        host = (urlsplit(address.strip()).hostname or "").rstrip(".")
    except ValueError:
        return False
    numeric = _numeric(host)
    if numeric is not None:
        return _unwrapped(numeric).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def guarded_connector(allowed: Allowed, **options: Any) -> aiohttp.TCPConnector:
    """aiohttp's connector, which makes no connection to an address that isn't allowed.

    Such an attempt ends in aiohttp.ClientConnectorError. Use it with `allow_redirects=False`.
    """

    def make_socket(info: Any) -> socket.socket:
        family, kind, protocol, _name, where = info
        _require(str(where[0]), allowed)
        return socket.socket(family, kind, protocol)

    return aiohttp.TCPConnector(socket_factory=make_socket, **options)


class GuardedTransport(httpx.BaseTransport):
    """httpx's transport, which connects to what it has checked and to nothing else.

    Raises httpx.ConnectError for an address that isn't allowed. Use it with `trust_env=False`.
    """

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        # No connection is kept: one made under one name must not serve another on the same machine.
        one_each = httpx.Limits(max_keepalive_connections=0)
        self._inner = httpx.HTTPTransport(trust_env=False, limits=one_each)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request to the first address of its host that answers."""
        name = request.url.host
        failed: httpx.ConnectError | None = None
        for found in self._meant(request):
            request.url = request.url.copy_with(host=found)
            request.extensions = request.extensions | {"sni_hostname": name}
            try:
                return self._inner.handle_request(request)
            except httpx.ConnectError as error:
                failed = error
            finally:
                request.url = request.url.copy_with(host=name)
        raise failed or httpx.ConnectError(f"{name} has no address", request=request)

    def close(self) -> None:
        """Close all connections."""
        self._inner.close()

    def _meant(self, request: httpx.Request) -> Iterator[str]:
        host, port = request.url.host, request.url.port or 443
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            for where in dict.fromkeys(str(one[4][0]) for one in found):
                _require(where, self._allowed)
                yield where
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(str(error), request=request) from None


def _require(host: str, allowed: Allowed) -> None:
    if not allowed.includes(host):
        raise LedElsewhere(EACCES, f"its name leads to {host}, an address that isn't allowed")


def _refused(field: str, address: str, why: str) -> AddressRefused:
    shown = address.partition("?")[0].rpartition("@")[2][:80]
    return AddressRefused(f"{field}: {shown!r} {why}.", field=field)


def _numeric(host: str) -> _Address | None:
    """A host as a number in any way of writing: 127.1 and 2130706433 lead to this machine, too."""
    with suppress(ValueError):
        return ipaddress.ip_address(host.partition("%")[0])
    with suppress(OSError):
        return ipaddress.IPv4Address(socket.inet_aton(host))
    return None


def _unwrapped(address: _Address) -> _Address:
    """An IPv4 address that is written as IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address.sixtofour or _nat64(address) or address
    return address


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in ipaddress.IPv6Network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def _is_reserved(address: _Address) -> bool:
    return address.version == 4 and address.is_reserved
