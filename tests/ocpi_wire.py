"""OCPI in this process, asked by partners, at a time that is moved by hand."""

import asyncio
import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from evse_status.api import product as parts
from evse_status.api.app import asgi
from evse_status.bootstrap import App
from evse_status.clock import Clock
from evse_status.core.partner import PartnerRole, PartnerSettings
from evse_status.core.principal import LOCAL
from evse_status.service.known_partners import Partner
from evse_status.service.partners import NewPartner, add_partner, list_partners
from evse_status.settings import Settings
from evse_status.store.database import Database
from support import Hands, Site, a_site

KEY = "k" * 40


@dataclass(frozen=True)
class Wire:
    """What partners reach: our OCPI, and the store behind it."""

    site: Site
    app: App

    def __call__(
        self,
        method: str,
        path: str,
        token: str | None = None,
        *,
        shown: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One request with a token, encoded unless it is `shown` as it is."""
        headers = dict(more.pop("headers", {}))
        if token is not None:
            shown = base64.b64encode(token.encode()).decode()
        if shown is not None:
            headers["Authorization"] = f"Token {shown}"

        async def answer() -> httpx.Response:
            over = httpx.ASGITransport(asgi(), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=over, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, headers=headers, **more)

        return asyncio.run(answer())

    def data(self, path: str, token: str) -> Any:
        """What a successful GET tells."""
        answer = self("GET", path, token)
        assert (answer.status_code, answer.json()["status_code"]) == (200, 1000), answer.text
        return answer.json()["data"]

    def refused(
        self, method: str, path: str, token: str | None = None, **more: Any
    ) -> tuple[int, int, str]:
        """HTTP status, status code and sentence of a refusal, whose envelope is whole."""
        answer = self(method, path, token, **more)
        told = answer.json()
        assert set(told) == {"status_code", "status_message", "timestamp"}
        assert told["timestamp"].endswith("Z")
        assert answer.headers["X-Request-ID"]
        return answer.status_code, told["status_code"], told["status_message"]

    def invited(self, name: str = "Example", **settings: Any) -> NewPartner:
        """A partner that may register, and its token A."""
        return add_partner(
            self.site.db,
            LOCAL,
            name,
            PartnerSettings(**settings),
            vault=self.app.vault,
            nobody_else_tells=True,
        )

    def upstream(self, name: str = "CSMS", **settings: Any) -> NewPartner:
        """A CSMS that may register, and its token A."""
        return self.invited(name, role=PartnerRole.UPSTREAM, **settings)

    def known(self) -> list[Partner]:
        return [line.partner for line in list_partners(self.site.db, LOCAL)]


@contextmanager
def a_wire(db: Database, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Our OCPI on a store with EVSEs `DK*TST*E1` to `E3` at location `L1`."""
    site = a_site(db, hands)
    settings = Settings(
        secret_key=KEY,  # type: ignore[arg-type]
        ocpi_country_code="DK",
        ocpi_party_id="OWN",
        ocpi_name="Our own",
    )
    app = App(db, settings, Clock(hands.now, lambda: 0.0))
    monkeypatch.setattr(parts, "open_served", lambda: app)
    parts.product.cache_clear()
    yield Wire(site, app)
    parts.product.cache_clear()
