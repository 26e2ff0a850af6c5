"""A driver app that asks the API in this process, on both databases, at a time that is moved by hand."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.conftest import Caller, answered
from apps import Event, add_app, events_in
from evse_status.core.principal import LOCAL
from evse_status.service.known_partners import Partner
from evse_status.service.schedule import clear_overrides
from support import Site

EVSES, CHANGES = "/driver-app/evses", "/driver-app/changes"


@dataclass
class AppCaller:
    """A driver app, its token, and the place up to which it knows everything."""

    app: Partner
    token: str
    site: Site
    place: str = ""

    def __call__(self, path: str = EVSES, **more: Any) -> httpx.Response:
        """One request with its token."""
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        return asyncio.run(answered("GET", path, headers=headers, **more))

    def fetch(self, **params: Any) -> dict[str, dict[str, Any]]:
        """Every EVSE by its id, page by page; it knows everything up to then."""
        found: dict[str, dict[str, Any]] = {}
        cursor = None
        while True:
            told = self(params=params | ({"cursor": cursor} if cursor else {})).json()
            found |= {one["evseId"]: one for one in told["data"]}
            self.place = told["lastEventId"]
            cursor = told["nextPageCursor"]
            if cursor is None:
                return found

    def heard(self) -> list[Event]:
        """What has changed since its place, which moves."""
        headers = {"Last-Event-ID": self.place} if self.place else {}
        told = self(CHANGES, params={"follow": "false"}, headers=headers)
        assert told.status_code == 200, told.text
        first, *events = events_in(told.text)
        assert first.name == "ready"
        self.place = next((one.id for one in reversed([first, *events]) if one.id), self.place)
        return events

    def labels(self) -> list[tuple[str, str]]:
        """What came, in short: the event's name, and the label or id that it is about."""
        return [
            (one.name, one.data.get("label") or one.data.get("evseId", "")) for one in self.heard()
        ]

    def refused(self, path: str = EVSES, **more: Any) -> tuple[int, str, str | None]:
        """The status, code and field of a refusal."""
        told = self(path, **more)
        error = told.json()["error"]
        assert error["message"]
        return told.status_code, error["code"], error["param"]

    def another(self, name: str, profile: str = "default", **more: Any) -> "AppCaller":
        """Another app on the same store."""
        made = add_app(self.site.db, name, profile, **more)
        return AppCaller(made.partner, made.token or "", self.site)

    def clear(self, *ids: int) -> None:
        """Somebody clears overrides."""
        clear_overrides(self.site.db, LOCAL, list(ids))


@pytest.fixture
def spirii_go(ask: Caller) -> AppCaller:
    """Spirii Go with its own profile, on a store with EVSEs `DK*TST*E1` to `E3` at location `L1`."""
    made = add_app(ask.site.db, "Spirii Go", "spirii-2025")
    return AppCaller(made.partner, made.token or "", ask.site)
