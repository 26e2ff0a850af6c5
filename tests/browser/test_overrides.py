"""Overrides as two people meet them: a stale tab is told, 120 are cleared at once, one time is skipped."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Dashboard, screenshot_folder
from browser.patience import click, settle
from evse_status.bootstrap import App, open_app
from evse_status.core.override import Override, Wish
from evse_status.core.principal import LOCAL
from evse_status.core.series import Series
from evse_status.core.statuses import Phase, TemporaryStatus
from evse_status.service.audit import OverrideFilter, list_overrides, override_detail
from evse_status.service.fleet import FleetFilter, select_evses
from evse_status.service.schedule import clear_overrides, place_overrides
from evse_status.service.series import SeriesWish, place_repeating
from evse_status.service.series_change import Scope, clear_series
from evse_status.service.series_list import series_detail

pytestmark = pytest.mark.browser

EVSE = "DK*DMO*E3310*1"
COPENHAGEN = "Europe/Copenhagen"


@pytest.fixture
def store(dashboard: Dashboard) -> Iterator[App]:
    """The dashboard's own database, as another process sees it."""
    app = open_app(dashboard.database_url)
    yield app
    app.database.close()


@pytest.fixture
def made(store: App) -> Iterator[Override]:
    until = store.now() + timedelta(hours=5)
    wish = Wish(TemporaryStatus.MAINTENANCE, valid_to=until, reason="Cable")
    [override] = place_overrides(store.database, LOCAL, [EVSE], wish).done
    yield override
    clear_overrides(store.database, LOCAL, [override.id])


@pytest.fixture
def nightly(store: App) -> Iterator[Series]:
    tomorrow = store.now().astimezone(ZoneInfo(COPENHAGEN)).date() + timedelta(days=1)
    first = datetime(tomorrow.year, tomorrow.month, tomorrow.day, 22)
    wish = SeriesWish("FREQ=DAILY", COPENHAGEN, first, 7 * 60, TemporaryStatus.MAINTENANCE)
    [row] = place_repeating(store.database, LOCAL, [([EVSE], wish)]).series
    yield row.series
    clear_series(store.database, LOCAL, row.series.id, scope=Scope.ALL)


def test_a_stale_tab_is_told_who_changed_what_and_can_go_on(
    dashboard: Dashboard, store: App, made: Override, new_page: Callable[..., Page]
) -> None:
    address = f"{dashboard.url}/override?id={made.id}"
    mine, theirs = new_page(), new_page()
    for tab in (mine, theirs):
        tab.goto(address)
        click(
            tab.get_by_role("button", name="Change", exact=True),
            opens=tab.get_by_role("dialog").get_by_label("Ticket"),
        )
    mine.get_by_label("Ticket").fill("SRV-MINE")
    mine.get_by_label("Ticket").press("Tab")
    theirs.get_by_label("Reason").fill("Plug")
    theirs.get_by_label("Reason").press("Tab")
    settle(theirs)
    theirs.get_by_role("button", name="Save").click()
    expect(theirs.get_by_text(f"Override #{made.id} is changed.")).to_be_visible()

    settle(mine)
    mine.get_by_role("button", name="Save").click()
    dialog = mine.get_by_role("dialog")
    expect(dialog.get_by_text("It was changed since you opened it.")).to_be_visible()
    expect(dialog.get_by_text("Changed by local")).to_be_visible()
    expect(dialog.get_by_text("Cable → Plug")).to_be_visible()
    expect(dialog.get_by_label("Reason")).to_have_value("Plug")
    expect(dialog.get_by_label("Ticket")).to_have_value("SRV-MINE")
    mine.screenshot(path=screenshot_folder() / "stale-edit.png")
    current = override_detail(store.database, LOCAL, made.id, now=store.now()).override
    assert (current.reason, current.ticket) == ("Plug", "")
    settle(mine)
    dialog.get_by_role("button", name="Save").click()
    expect(mine.get_by_text(f"Override #{made.id} is changed.")).to_be_visible()
    saved = override_detail(store.database, LOCAL, made.id, now=store.now()).override
    assert (saved.reason, saved.ticket) == ("Plug", "SRV-MINE")


def test_120_selected_are_cleared_at_once_and_undone(
    dashboard: Dashboard, store: App, page: Page
) -> None:
    cards = select_evses(store.database, LOCAL, FleetFilter(), now=store.now())[:120]
    wish = Wish(TemporaryStatus.BLOCKED, reason="Snowstorm")
    placed = place_overrides(store.database, LOCAL, [one.id for one in cards], wish).done
    assert len(placed) == 120
    page.goto(f"{dashboard.url}/overrides?q=Snowstorm")
    all_of_them = page.get_by_role("button", name="Select all 120")
    click(all_of_them, opens=page.get_by_text("120 selected"))
    settle(page)
    page.get_by_role("button", name="Clear 120 now").click()
    expect(page.get_by_text("120 overrides cleared.")).to_be_visible()
    one = placed[0]
    said = page.get_by_text(f"{cards[0].evse_id}, Blocked #{one.id}: cleared")
    click(page.get_by_text("Each of them"), opens=said)
    page.screenshot(path=screenshot_folder() / "cleared-120.png")

    which = OverrideFilter(search="Snowstorm", phase=Phase.CLEARED)
    assert list_overrides(store.database, LOCAL, which, now=store.now(), limit=1).total == 120
    page.keyboard.press("Escape")
    settle(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone for 120 overrides.")).to_be_visible()
    assert list_overrides(store.database, LOCAL, which, now=store.now(), limit=1).total == 0
    clear_overrides(store.database, LOCAL, [each.id for each in placed])


def test_one_time_of_a_series_is_skipped(
    dashboard: Dashboard, store: App, nightly: Series, page: Page
) -> None:
    first, second = series_detail(store.database, LOCAL, nightly.id, now=store.now()).next[:2]
    page.goto(f"{dashboard.url}/overrides?phase=active")
    click(page.get_by_text("Series", exact=True), opens=page.get_by_text("Next and Since in"))
    page.goto(f"{dashboard.url}/series?id={nightly.id}")
    skip = page.get_by_role("button", name="Skip").first
    skip.wait_for()
    settle(page)
    skip.click()
    expect(page.get_by_text("is skipped on 1 EVSE")).to_be_visible()
    detail = series_detail(store.database, LOCAL, nightly.id, now=store.now())
    assert detail.skipped == (first.local_start,)
    assert detail.next[0] == second
    page.screenshot(path=screenshot_folder() / "series-skipped.png")
    settle(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone for 1 override.")).to_be_visible()
    assert series_detail(store.database, LOCAL, nightly.id, now=store.now()).next[0] == first


def test_a_chosen_zone_is_kept_for_new_tabs(
    dashboard: Dashboard, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(f"{dashboard.url}/overrides")
    zones = page.get_by_label("Times are shown in")
    click(page.get_by_role("button", name="Copenhagen, UTC"), opens=zones)
    zones.fill("America/New_York")
    page.get_by_role("option", name="America/New_York").click()
    expect(page.get_by_text("Periods in America/New_York")).to_be_visible()
    expect(page).to_have_url(f"{dashboard.url}/overrides?zone=America%2FNew_York")
    tab = page.context.new_page()
    tab.goto(f"{dashboard.url}/overrides")
    expect(tab.get_by_text("Periods in America/New_York")).to_be_visible()
