"""A product of its own for each test, opened the way the dashboard opens it."""

from collections.abc import Iterator

import pytest

from evse_status.bootstrap import App, open_app
from evse_status.core.principal import LOCAL
from evse_status.service.fleet import FleetFilter, select_evses
from evse_status.ui import fleet_reads, session
from support import evse_json, location_json, take_in


@pytest.fixture(autouse=True)
def _on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest's visitor has no address; a browser on the server's own machine has none either."""
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.ip_address", None)


@pytest.fixture
def product(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The dashboard's own product on a fresh store with EVSEs `DK*TST*E1` to `E3` in Aarhus."""
    monkeypatch.setenv("EVSE_STATUS_DATABASE_URL", sqlite_url)
    opened = open_app(create=True)
    take_in(opened.database, location_json("L1", *(evse_json(str(n)) for n in (1, 2, 3))))
    session.app.clear()
    yield opened
    fleet_reads.counting().finish()
    session.app().database.close()
    session.app.clear()
    opened.database.close()


@pytest.fixture
def evses(product: App) -> dict[str, int]:
    """The numbers of its EVSEs by their ids."""
    cards = select_evses(product.database, LOCAL, FleetFilter(), now=product.now())
    return {card.evse_id: card.id for card in cards}
