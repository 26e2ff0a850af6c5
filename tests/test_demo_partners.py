"""The demo's example partners are registered once, keep ports and registrations, and start over when asked."""

import socket
from contextlib import suppress
from pathlib import Path

import pytest

from api.servers import Server, furnish, serving
from evse_status import demo_partners
from evse_status.bootstrap import App, open_app
from evse_status.core.errors import EvseStatusError
from evse_status.core.principal import LOCAL
from evse_status.demo_partners import EXAMPLES, Running, introduce, started
from evse_status.service.partners import list_partners
from support import PROJECT

NETWORK = PROJECT / "data" / "demo-network.json"


def registered(app: App) -> dict[str, int]:
    """The numbers of the partners that are registered, by name."""
    lines = list_partners(app.database, LOCAL)
    return {one.partner.name: one.partner.id for one in lines if one.partner.is_connected}


def introduced(app: App, running: list[Running], server: Server) -> None:
    """Have them registered as the demo does: again where a busy machine answered too late."""
    for _ in range(4):
        with suppress(EvseStatusError):
            introduce(app, running, address=server.url)
            return
    introduce(app, running, address=server.url)


def addresses(running: list[Running]) -> list[str]:
    return [one.control for one in running]


def test_they_are_registered_once_and_start_over_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "EVSE_STATUS_SECRET_KEY": "a key that is long enough for the tests of the demo",
        "EVSE_STATUS_OCPI_COUNTRY_CODE": "DK",
        "EVSE_STATUS_OCPI_PARTY_ID": "EVS",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    token = furnish(url)
    app = open_app(url)
    with serving(url, token, **settings) as server:
        with started(app.database, NETWORK) as running:
            introduced(app, running, server)
            first, there = registered(app), addresses(running)
            assert set(first) == {one.name for one in EXAMPLES}
            introduced(app, running, server)
            assert registered(app) == first
        with started(app.database, NETWORK) as running:
            assert addresses(running) == there
            introduced(app, running, server)
            assert registered(app) == first
        demo_partners.forget(app.database)
        with started(app.database, NETWORK) as running:
            introduced(app, running, server)
            again = registered(app)
            assert set(again) == set(first)
            assert set(again.values()).isdisjoint(first.values())
    app.database.close()


def test_one_whose_port_is_taken_meanwhile_serves_on_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_app(f"sqlite:///{tmp_path / 'demo.db'}", create=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(demo_partners, "kept_port", lambda file: port)
        monkeypatch.setattr(demo_partners, "EXAMPLES", EXAMPLES[-1:])
        with started(app.database, NETWORK) as [running]:
            assert not running.control.endswith(f":{port}")
    app.database.close()
