"""Which addresses may be talked to: when they are given, and again when a connection is made."""

import asyncio
import socket

import aiohttp
import httpx
import pytest

from evse_status.channels.addresses import (
    AddressRefused,
    Allowed,
    GuardedTransport,
    guarded_connector,
    is_loopback,
    require_address,
)
from evse_status.core.errors import InvalidInput
from peers import good, peer

NOTHING, HERE = Allowed(), Allowed(loopback=True)
EVERYTHING = Allowed(private=True, loopback=True)


@pytest.mark.parametrize(
    "address",
    ["https://emsp.example/ocpi/versions", " https://emsp.example ", "https://8.8.8.8/v", "https://[2a00::1]/v"],
)  # fmt: skip
def test_a_public_address_over_https_is_allowed(address: str) -> None:
    assert require_address(address, NOTHING) == address.strip()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://emsp.example/v", "must begin with https://"),
        ("ftp://emsp.example/v", "is no web address"),
        ("emsp.example/v", "is no web address"),
        ("https://", "is no web address"),
        ("https://emsp.example:99999/", "is no web address"),
        ("https://[::1", "is no web address"),
        ("https://emsp.example/" + "x" * 2_100, "is no web address"),
        ("https://emsp.example/a b", "has characters"),
        ("https://emsp.example\\@10.0.0.1/", "has characters"),
        ("https://user:secret@emsp.example/", "leave user and password out"),
        ("http://localhost:9000/v", "is this machine itself"),
        ("http://127.1/v", "is this machine itself"),
        ("https://2130706433/v", "is this machine itself"),
        ("https://[::ffff:127.0.0.1]/v", "is this machine itself"),
        ("https://10.0.0.1/v", "lies in a private network"),
        ("https://192.168.1.9/v", "lies in a private network"),
        ("https://169.254.169.254/latest", "lies in a private network"),
        ("https://[fd00::1]/v", "lies in a private network"),
        ("https://[::ffff:10.0.0.1]/v", "lies in a private network"),
        ("https://0.0.0.0/v", "lies in a private network"),
    ],
)
def test_others_are_refused_with_the_reason(address: str, why: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_address(address, NOTHING, field="url")
    assert getattr(refused.value, "field", None) == "url"
    assert why in str(refused.value)
    assert "secret" not in str(refused.value)


def test_what_is_allowed_is_allowed() -> None:
    require_address("http://localhost:9000/v", HERE)
    require_address("http://[::1]:9000/v", HERE)
    require_address("https://10.0.0.1/v", EVERYTHING)
    for never in ("https://169.254.169.254/", "https://0.0.0.0/", "https://224.0.0.1/"):
        with pytest.raises(AddressRefused):
            require_address(never, EVERYTHING)
    with pytest.raises(AddressRefused):
        require_address("http://10.0.0.1/v", EVERYTHING)


def test_loopback_in_every_way_of_writing() -> None:
    assert all(map(is_loopback, ("http://localhost", "http://a.localhost.:1/", "http://127.9.9.9")))
    assert not any(
        map(is_loopback, ("http://localhost.example", "https://emsp.example", "http://["))
    )


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """`emsp.example` means this machine: what a name means isn't known before a connection is made."""
    known = socket.getaddrinfo

    def lookup(host: object, *args: object, **options: object) -> object:
        named = host == "emsp.example"
        return known("127.0.0.1" if named else host, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.mark.usefixtures("names")
def test_a_name_that_leads_to_this_machine_is_not_followed_by_httpx() -> None:
    with peer() as there:
        there.answers["GET", "/"] = good("hello")
        address = there.url.replace("127.0.0.1", "emsp.example")
        with (
            httpx.Client(transport=GuardedTransport(NOTHING)) as client,
            pytest.raises(httpx.ConnectError, match=r"leads to 127\.0\.0\.1"),
        ):
            client.get(address)
        assert there.asked == []
        with httpx.Client(transport=GuardedTransport(HERE)) as client:
            assert client.get(address).json()["data"] == "hello"
        assert there.asked[0].headers["host"].startswith("emsp.example")


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("host", ["emsp.example", "127.0.0.1"])
def test_a_name_that_leads_to_this_machine_is_not_followed_by_aiohttp(host: str) -> None:
    async def got(address: str, allowed: Allowed) -> object:
        async with (
            aiohttp.ClientSession(connector=guarded_connector(allowed)) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            return (await answer.json(content_type=None))["data"]

    with peer() as there:
        there.answers["GET", "/"] = good("hello")
        address = there.url.replace("127.0.0.1", host)
        with pytest.raises(aiohttp.ClientConnectorError, match="leads to"):
            asyncio.run(got(address, NOTHING))
        assert there.asked == []
        assert asyncio.run(got(address, HERE)) == "hello"


def test_a_host_without_address_is_a_connection_error() -> None:
    with (
        httpx.Client(transport=GuardedTransport(NOTHING)) as client,
        pytest.raises(httpx.ConnectError),
    ):
        client.get("https://emsp.invalid/")
