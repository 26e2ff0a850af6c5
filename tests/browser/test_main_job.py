"""The product's main job, as an operations manager does it: plan, watch it hold, see it end, clear another."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from browser import charts
from browser.conftest import Dashboard, clear_ours, screenshot_folder
from browser.patience import click, settle
from evse_status.bootstrap import App, open_app
from evse_status.core.override import Override
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import Phase
from evse_status.core.translation import Words
from evse_status.service.audit import OverrideFilter, list_overrides
from evse_status.service.look_up import display, find_evse
from evse_status.service.schedule import extend_overrides

pytestmark = pytest.mark.browser

EVSE = "DK*DMO*E3310*1"


@pytest.fixture
def store(dashboard: Dashboard) -> Iterator[App]:
    """The dashboard's own database, as another process sees it; nothing is placed by hand yet."""
    app = open_app(dashboard.database_url)
    clear_ours(app)
    yield app
    app.database.close()


def _active(store: App) -> list[Override]:
    which = OverrideFilter(search=EVSE, phase=Phase.ACTIVE)
    found = list_overrides(store.database, LOCAL, which, now=store.now(), limit=10)
    return [row.override for row in found.rows]


def _number(store: App) -> int:
    return find_evse(store.database, LOCAL, EVSE).id


def _shown(store: App) -> Words:
    return display(store.database, LOCAL, _number(store), at=store.now()).words


def _heading(page: Page) -> Locator:
    return page.get_by_role("heading", name="Plan an override", exact=True)


def _plan(page: Page, dashboard: Dashboard, *, preset: str, reason: str) -> None:
    page.goto(f"{dashboard.url}/plan?evse={EVSE}")
    expect(page.get_by_text("1 EVSE at 1 location")).to_be_visible()
    settle(page)
    page.get_by_role("radio", name="Maintenance").first.click()
    settle(page)
    page.get_by_text(preset, exact=True).click()
    length = preset.lower() if preset == "Until cleared" else f"for {preset[1:]}"
    expect(page.get_by_text(f"Now, {length}", exact=True)).to_be_visible()
    settle(page)  # what is placed is what was shown
    page.get_by_label("Reason").fill(reason)
    page.get_by_label("Reason").press("Tab")
    place = page.get_by_role("button", name="Place 1 override")
    expect(place).to_be_enabled()
    settle(page)
    place.click()
    expect(page.get_by_text("1 override placed")).to_be_visible()


def test_an_override_is_planned_seen_active_and_seen_ending_by_itself(
    dashboard: Dashboard, store: App, page: Page, new_page: Callable[..., Page]
) -> None:
    before = _shown(store)
    _plan(page, dashboard, preset="+4 h", reason="Cooling fan, planned in a browser")
    [made] = _active(store)
    assert (made.reason, made.created_by) == ("Cooling fan, planned in a browser", "local")
    assert _shown(store) == Words("Out of Service", "OutOfService", "INOPERATIVE")

    timeline = new_page()
    timeline.goto(f"{dashboard.url}/?q={EVSE}")
    active = timeline.get_by_text(f"#{made.id} · active")
    charts.click(timeline, "override", made.id, opens=active)
    expect(timeline.get_by_text("Cooling fan, planned in a browser")).to_be_visible()
    expect(timeline.get_by_text("INOPERATIVE", exact=True)).to_be_visible()
    timeline.screenshot(path=screenshot_folder() / "main-job-active.png")

    soon = store.now() + timedelta(seconds=4)
    extend_overrides(store.database, LOCAL, [made.id], until=soon)
    expect(timeline.get_by_text(f"#{made.id} · ended")).to_be_visible()
    assert _active(store) == []
    assert _shown(store) == before


def test_an_override_is_cleared_early_from_the_timeline(
    dashboard: Dashboard, store: App, page: Page, new_page: Callable[..., Page]
) -> None:
    before = _shown(store)
    _plan(page, dashboard, preset="Until cleared", reason="Cleared early")
    [made] = _active(store)
    assert made.valid_to is None

    elsewhere = new_page()
    elsewhere.goto(f"{dashboard.url}/override?id={made.id}")
    expect(elsewhere.get_by_text(f"#{made.id} · active")).to_be_visible()

    page.goto(f"{dashboard.url}/?q={EVSE}")
    charts.click(page, "override", made.id, opens=page.get_by_text(f"#{made.id} · active"))
    settle(page)
    page.get_by_role("button", name="Clear now").click()
    expect(page.get_by_text(f"#{made.id} · cleared")).to_be_visible()
    assert _shown(store) == before
    # the other window follows without a reload
    expect(elsewhere.get_by_text(f"#{made.id} · cleared")).to_be_visible()


def test_what_was_placed_by_mistake_is_undone(dashboard: Dashboard, store: App, page: Page) -> None:
    before = _shown(store)
    _plan(page, dashboard, preset="+1 h", reason="By mistake")
    assert _shown(store) != before
    settle(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert _active(store) == []
    assert _shown(store) == before


def test_an_empty_row_starts_planning_for_that_evse(
    dashboard: Dashboard, store: App, page: Page
) -> None:
    page.goto(f"{dashboard.url}/?q={EVSE}&window=7d")
    charts.click(page, "evse", _number(store), opens=_heading(page))
    expect(page.get_by_text("1 EVSE at 1 location")).to_be_visible()


@pytest.mark.parametrize("path", ["?q=1302", "?overridden=true", "overrides?q=E3318"])
def test_planning_can_start_from_a_filtered_view(
    path: str, dashboard: Dashboard, page: Page
) -> None:
    page.goto(f"{dashboard.url}/{path}")
    click(page.get_by_role("button", name="Plan an override").first, opens=_heading(page))
