"""Deliveries in the living demo: partners acknowledge within seconds, one misbehaves and is named, it catches up."""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Dashboard, clear_ours, screenshot_folder, served
from evse_status.bootstrap import open_app

pytestmark = pytest.mark.browser

EVSE, BROKEN = "DK*DMO*E1041*1", "DK*DMO*E1303*2"
WORDS = "Closed for <stocktaking> until *noon*"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deliveries")


@pytest.fixture(scope="module")
def living(folder: Path) -> Iterator[Dashboard]:
    """The demo with its example CSMS and eMSPs."""
    with served("demo", f"sqlite:///{folder / 'demo.db'}", still=False) as running:
        yield running


def until(holds: Callable[[], Any], seconds: float = 150) -> Any:
    """What `holds` returns as soon as that is true."""
    ends = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.1)
    return found


class Example:
    """One of the demo's example partners, watched over its control addresses."""

    def __init__(self, folder: Path, slug: str) -> None:
        self._port_file = folder / "demo.db.partners" / f"{slug}.port"

    def get(self, path: str) -> Any:
        try:
            return httpx.get(self._url(path)).json()
        except httpx.TransportError:
            return None

    def post(self, path: str, told: Any) -> None:
        httpx.post(self._url(path), json=told).raise_for_status()

    def shows(self, evse_id: str) -> str | None:
        """What an eMSP holds of an EVSE."""
        held = self.get("/state") if self._port_file.is_file() else None
        found = [one for one in held["evses"].values() if one["evse_id"] == evse_id] if held else []
        return found[0]["status"] if found else None

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port_file.read_text()}{path}"


@pytest.mark.timeout(400)
def test_partners_acknowledge_misbehave_and_catch_up(
    living: Dashboard, folder: Path, page: Page
) -> None:
    plugalong, tern = Example(folder, "plugalong"), Example(folder, "tern-drive")
    csms, hub = Example(folder, "demo-csms"), Example(folder, "hubject-example")
    until(lambda: plugalong.shows(EVSE) and tern.shows(EVSE))
    app = open_app(living.database_url)
    clear_ours(app)
    app.database.close()
    for one in (plugalong, tern):
        one.post("/behave", {"mode": "normal"})  # no moods today
    if tern.shows(BROKEN) == "OUTOFORDER":  # by an earlier try
        csms.post("/report", {"evse_id": BROKEN, "status": "AVAILABLE"})
        until(lambda: tern.shows(BROKEN) == "AVAILABLE")
    page.goto(f"{living.url}/deliveries?q={EVSE}")
    for name in ("Demo CSMS", "Plugalong", "Tern Drive", "Hubject (example)"):
        expect(page.get_by_text(name, exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile("Reachable"))).to_have_count(3)

    [made] = json.loads(
        living.run("override", "create", EVSE, "--status", "COMMISSIONING", "--to", "+1h", "--json")
    )
    until(lambda: plugalong.shows(EVSE) == tern.shows(EVSE) == "PLANNED")
    until(lambda: hub.get("/state")["statuses"]["DKDMO"][EVSE] == "OutOfService")
    page.screenshot(path=screenshot_folder() / "deliveries.png")

    plugalong.post("/behave", {"mode": "500", "words": WORDS})
    csms.post("/report", {"evse_id": BROKEN, "status": "OUTOFORDER"})
    until(lambda: tern.shows(BROKEN) == "OUTOFORDER")
    expect(page.get_by_text(re.compile("Not reachable")).first).to_be_visible()
    expect(page.get_by_text(WORDS).first).to_be_visible()
    living.run("override", "clear", str(made["id"]))
    until(lambda: tern.shows(EVSE) != "PLANNED")
    assert plugalong.shows(EVSE) == "PLANNED"
    page.screenshot(path=screenshot_folder() / "deliveries-failing.png")

    plugalong.post("/behave", {"mode": "normal"})
    until(lambda: plugalong.shows(BROKEN) == "OUTOFORDER" and plugalong.shows(EVSE) != "PLANNED")
    expect(page.get_by_text(re.compile("Reachable"))).to_have_count(3)
