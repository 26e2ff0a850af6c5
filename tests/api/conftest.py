"""The API in this process, on both databases, at a time that is moved by hand."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from evse_status.api import product as parts
from evse_status.api.app import asgi
from evse_status.bootstrap import App
from evse_status.clock import Clock
from evse_status.core.principal import LOCAL
from evse_status.service.tokens import TokenWish, create_token
from evse_status.settings import Settings
from evse_status.store.database import Database
from support import Hands, Site, a_site

OVERRIDES = "/v2/temporary-evse-statuses"


async def answered(method: str, path: str, **more: Any) -> httpx.Response:
    over = httpx.ASGITransport(asgi(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=over, base_url="http://api.test") as client:
        return await client.request(method, path, **more)


@dataclass(frozen=True)
class Caller:
    """Somebody with a token, and the store behind the API."""

    token: str
    site: Site

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request with the token; `json`, `params`, `headers`, `content` as httpx takes them."""
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        return asyncio.run(answered(method, path, headers=headers, **more))

    def create(self, evse: str = "DK*TST*E1", **more: Any) -> dict[str, Any]:
        """One override made through the API."""
        body = {"evseId": evse, "temporaryStatus": "MAINTENANCE"} | more
        answer = self("POST", OVERRIDES, json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def refused(self, method: str, path: str, **more: Any) -> tuple[int, str, str | None]:
        """The status, code and field of a refusal, whose envelope is whole."""
        answer = self(method, path, **more)
        error = answer.json()["error"]
        assert set(error) - {"choices"} == {"type", "code", "message", "param", "request_id"}
        assert error["request_id"] == answer.headers["X-Request-ID"]
        assert error["message"]
        return answer.status_code, error["code"], error["param"]

    def with_token(self, **limits: Any) -> "Caller":
        """The same API, asked with another token."""
        made = create_token(self.site.db, LOCAL, TokenWish(**({"name": "Sensors"} | limits)))
        return Caller(made.secret, self.site)


@pytest.fixture
def ask(db: Database, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    """The API on a store with EVSEs `DK*TST*E1` to `E3` at location `L1`, asked by `Tester`."""
    site = a_site(db, hands)
    app = App(db, Settings(), Clock(hands.now, lambda: 0.0))
    monkeypatch.setattr(parts, "open_served", lambda: app)
    parts.product.cache_clear()
    token = create_token(db, LOCAL, TokenWish("Tester")).secret
    yield Caller(token, site)
    parts.product.cache_clear()
