"""A cold deep link to any page passes through the frame and its gate, and shows that page.

That the gate turns away who isn't signed in: `test_sign_in.py`.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import served
from evse_status.bootstrap import open_app
from support import evse_json, location_json, take_in, wish

pytestmark = pytest.mark.browser

PAGES = {
    "timeline": "Timeline",
    "plan": "Plan an override",
    "overrides": "Overrides",
    "override?id=1": "Override 1",
    "preview?evse=DK*TST*E1": "Preview",
    "help": "Help",
    "": "Timeline",
}


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """A store with one EVSE and one override."""
    from evse_status.core.principal import LOCAL
    from evse_status.service.schedule import place_overrides

    url = f"sqlite:///{tmp_path / 'store.db'}"
    app = open_app(url, create=True)
    take_in(app.database, location_json("L1", evse_json("1")))
    place_overrides(app.database, LOCAL, ["DK*TST*E1"], wish())
    app.database.close()
    return url


@pytest.mark.parametrize(("path", "title"), PAGES.items(), ids=[path or "root" for path in PAGES])
def test_the_first_request_to_a_fresh_server_shows_frame_and_page(
    path: str, title: str, database_url: str, page: Page
) -> None:
    with served("serve", database_url) as running:
        page.goto(f"{running.url}/{path}")
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        expect(page.get_by_test_id("stTopNavLink").filter(has_text="Overrides")).to_be_visible()
        expect(page.get_by_text("Page not found")).to_have_count(0)
