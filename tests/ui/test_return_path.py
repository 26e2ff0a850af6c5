"""Signing in leads back to the address that was opened, and never to another server."""

import asyncio

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from evse_status.ui.return_path import BackToTheAddress

BASE = "https://status.example.com"


async def to_provider(_: Request) -> RedirectResponse:
    return RedirectResponse("https://id.example.com/authorize")


async def to_start(_: Request) -> RedirectResponse:
    return RedirectResponse("/")


APP = BackToTheAddress(
    Starlette(
        routes=[
            Route("/auth/login", to_provider),
            Route("/oauth2callback", to_start),
            Route("/elsewhere", to_start),
        ]
    )
)


async def _got(path: str, headers: dict[str, str]) -> Response:
    async with AsyncClient(transport=ASGITransport(APP), base_url=BASE) as client:
        return await client.get(path, headers=headers)


def get(path: str, **headers: str) -> Response:
    return asyncio.run(_got(path, headers))


def led_to(referer: str) -> str:
    """Where somebody lands who pressed `Sign in` on this page."""
    cookie = get("/auth/login", referer=referer).headers.get("set-cookie", "").partition(";")[0]
    return get("/oauth2callback", cookie=cookie).headers["location"]


@pytest.mark.parametrize(
    "path", ["/override?id=42", "/overrides?q=DK*TST%2AE1&phase=active", "/plan"]
)
def test_one_lands_where_one_wanted_to_be(path: str) -> None:
    assert led_to(BASE + path) == path


@pytest.mark.parametrize(
    "referer",
    [
        "", "https://evil.example/override", "http://[", f"{BASE}//evil.example",
        f"{BASE}/\\evil.example", f"{BASE}@evil.example/", f"{BASE}/" + "x" * 3_000,
    ],
)  # fmt: skip
def test_anything_else_leads_to_the_start_page(referer: str) -> None:
    assert led_to(referer) == "/"


@pytest.mark.parametrize(
    "kept", ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2Fa%0D%0Ab", ""]
)
def test_a_cookie_from_elsewhere_leads_nowhere_else(kept: str) -> None:
    answer = get("/oauth2callback", cookie=f"evse_status_back={kept}")
    assert answer.headers["location"] == "/"


def test_the_way_to_the_provider_stays_and_scripts_cannot_read_the_cookie() -> None:
    answer = get("/auth/login", referer=f"{BASE}/plan")
    assert answer.headers["location"] == "https://id.example.com/authorize"
    assert "HttpOnly; SameSite=Lax" in answer.headers["set-cookie"]


def test_other_addresses_are_left_alone() -> None:
    answer = get("/elsewhere", referer=f"{BASE}/plan", cookie="evse_status_back=%2Fplan")
    assert answer.headers["location"] == "/"
    assert "set-cookie" not in answer.headers
