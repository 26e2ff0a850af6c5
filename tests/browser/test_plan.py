"""Plan as an operations manager does it: a window that repeats, a file, a world that moves, undo."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Dashboard, screenshot_folder
from browser.test_slow_line import SlowLine
from evse_status.bootstrap import App, open_app
from evse_status.core.override import Override, Wish
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.audit import OverrideFilter, list_overrides
from evse_status.service.schedule import place_overrides
from evse_status.service.series_list import list_series

pytestmark = pytest.mark.browser

SITES = ("Aire Arcade, Leeds (2)", "Calder Row, Edinburgh (2)", "Elbspeicher, Hamburg (4)")
EVSE = "DK*DMO*E3310*1"


@pytest.fixture
def store(dashboard: Dashboard) -> Iterator[App]:
    """The dashboard's own database, as another process sees it."""
    app = open_app(dashboard.database_url)
    yield app
    app.database.close()


class Manager:
    """Somebody who clicks and types, and counts it."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def open_plan(self, dashboard: Dashboard) -> None:
        self.page.goto(f"{dashboard.url}/plan")
        expect(self.page.get_by_text("No EVSE picked yet")).to_be_visible()

    def click(self, role: str, name: str | re.Pattern[str]) -> None:
        wanted = self.page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
        wanted.scroll_into_view_if_needed()
        self._settle()
        wanted.click()
        self.actions += 1

    def pick_locations(self, *names: str) -> None:
        self.page.get_by_label("Locations").click()
        self.actions += 1
        for name in names:
            self.click("option", name)
            expect(self.page.get_by_text(name).first).to_be_visible()
        self.page.keyboard.press("Escape")  # closes the list
        self.actions += 1

    def type_start(self, digits: str) -> None:
        field = self.page.get_by_test_id("stDateTimeInput").first
        field.get_by_role("spinbutton").first.click()
        self.page.keyboard.type(digits)
        self.page.keyboard.press("Enter")
        self.actions += 1
        day = datetime.strptime(digits[:8], "%d%m%Y")  # noqa: DTZ007  on any clock
        expect(self.page.get_by_text(f"{day.day} {day:%b %Y}").first).to_be_visible()

    def _settle(self) -> None:
        """Wait until no script runs, as whoever looks does."""
        expect(self.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning"
        )


def test_a_fortnightly_night_at_three_sites_in_two_zones_in_twelve_actions_and_back(
    dashboard: Dashboard, store: App, page: Page
) -> None:
    manager = Manager(page)
    manager.open_plan(dashboard)
    manager.pick_locations(*SITES)
    manager.click("radio", "Tonight 22:00–05:00")
    manager.type_start("161020272200")
    manager.click("combobox", "Repeat")
    manager.click("option", "Every 2 weeks on Saturday")
    expect(page.get_by_text("Every second Saturday, 22:00–05:00")).to_be_visible()
    touched = page.get_by_text(re.compile("London and Berlin: .*8 h instead of 7 h"))
    expect(touched).to_be_visible()
    expect(page.get_by_text("Sat 30 Oct 2027, 22:00–05:00")).to_be_visible()
    page.screenshot(path=screenshot_folder() / "plan-fortnight.png")
    manager.click("button", "Place on 8 EVSEs")
    expect(page.get_by_text("Repeats on 8 EVSEs")).to_be_visible()
    assert manager.actions <= 12

    found = list_series(store.database, LOCAL, now=store.now(), limit=10)
    assert {row.series.zone for row in found.rows} == {"Europe/London", "Europe/Berlin"}
    assert [row.next.starts_at.isoformat() for row in found.rows if row.next] == [
        "2027-10-16T20:00:00+00:00",
        "2027-10-16T21:00:00+00:00",
    ]

    manager.click("button", "Undo")
    expect(page.get_by_text("Undone: it doesn't repeat any more")).to_be_visible()
    assert manager.actions <= 12
    left = list_series(store.database, LOCAL, now=store.now(), limit=10)
    assert not [row for row in left.rows if row.next]


def test_a_file_with_three_bad_lines_places_the_good_ones(
    dashboard: Dashboard, store: App, page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "plan.csv"
    file.write_text(
        "evse_id;status;from;to;reason\n"
        "DK*DMO*E1041*1;MAINTENANCE;2027-06-01 22:00;2027-06-02 05:00;From a file\n"
        "DK*DMO*E999*1;BLOCKED;;2027-06-02 05:00;Unknown\n"
        "GB*DMO*E9401*1;BLOCKED;2027-03-28 01:30;2027-06-02 05:00;In the gap\n"
        "GB*DMO*E9401*2;REPAIR;;2027-06-02 05:00;No such word\n"
        "GB*DMO*E9201*1;RESERVED;2027-06-01 22:00;2027-06-02 05:00;From a file\n",
        encoding="utf-8",
    )
    page.goto(f"{dashboard.url}/plan")
    page.get_by_role("radio", name="CSV file").click()
    page.locator('input[type="file"]').set_input_files(file)
    expect(page.get_by_text("2 lines can be placed, 3 lines can't")).to_be_visible()
    for line in ("Line 3, evse_id", "Line 4, from", "Line 5, status"):
        expect(page.get_by_text(line)).to_be_visible()
    page.screenshot(path=screenshot_folder() / "plan-file.png")
    page.get_by_role("button", name="Place 2 overrides").click()
    expect(page.get_by_text("2 overrides placed")).to_be_visible()
    assert {one.starts_at.isoformat() for one in _of(store, "From a file")} == {
        "2027-06-01T20:00:00+00:00",
        "2027-06-01T21:00:00+00:00",
    }


def test_a_click_on_what_is_no_longer_so_places_nothing_and_is_asked_again(
    dashboard: Dashboard, store: App, page: Page
) -> None:
    line = SlowLine(page)
    page.goto(f"{dashboard.url}/plan?evse={EVSE}")
    expect(page.get_by_role("button", name="Place 1 override")).to_be_enabled()
    before = len(_of(store, ""))
    line.hold()
    other = Wish(TemporaryStatus.COMMISSIONING, reason="Came in between")
    place_overrides(store.database, LOCAL, [EVSE], other)
    line.wait_until_told("this changed since you were shown it")
    page.get_by_role("button", name="Place 1 override").click()  # as it was shown
    line.let_through()
    expect(page.get_by_text("this changed since you were shown it")).to_be_visible()
    expect(page.get_by_text(f"Overlaps with other overrides: {EVSE}.")).to_be_visible()
    again = page.get_by_role("button", name="Place 1 override all the same")
    expect(again).to_be_enabled()
    assert len(_of(store, "")) == before
    page.screenshot(path=screenshot_folder() / "plan-changed.png")
    again.click()
    expect(page.get_by_text("1 override placed")).to_be_visible()
    assert len(_of(store, "")) == before + 1


def _of(store: App, reason: str) -> list[Override]:
    """The overrides with exactly this reason; without one those on EVSE alone."""
    found = list_overrides(
        store.database,
        LOCAL,
        OverrideFilter(search=reason or EVSE),
        now=store.now(),
        limit=50,
    )
    return [row.override for row in found.rows if row.override.reason == reason]
