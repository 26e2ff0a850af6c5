"""The demo as somebody new meets it: it lives, it guides, and a whole job takes at most twelve actions."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser import charts
from browser.conftest import Dashboard, clear_ours, screenshot_folder, served
from browser.patience import click, settle
from evse_status.bootstrap import open_app
from evse_status.core.principal import LOCAL
from evse_status.service.look_up import find_evse

pytestmark = pytest.mark.browser

CITY, SITE = "Aarhus", "DK*DMO*E1041*1"


@pytest.fixture(scope="module")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The demo, with its simulator."""
    folder: Path = tmp_path_factory.mktemp("living")
    with served("demo", f"sqlite:///{folder / 'demo.db'}", still=False) as running:
        yield running


def test_it_lives_and_what_is_typed_survives(living: Dashboard, page: Page) -> None:
    page.goto(f"{living.url}/plan?evse=DK*DMO*E3501*1")
    reason = page.get_by_label("Reason")
    reason.press_sequentially("Half a sentence")
    other = page.context.new_page()
    other.goto(f"{living.url}/overrides?phase=all&q=Demo+simulator")
    expect(other.get_by_text(re.compile(r"^[1-9]\d* overrides? on"))).to_be_visible(timeout=60_000)
    other.goto(living.url)
    available = other.get_by_test_id("stMetric").filter(has_text="Available")
    before = available.get_by_test_id("stMetricValue").inner_text()
    expect(available.get_by_test_id("stMetricValue")).not_to_have_text(before, timeout=60_000)
    expect(reason).to_have_value("Half a sentence")
    expect(reason).to_be_focused()


def test_it_guides_through_a_first_minute_until_it_is_closed(living: Dashboard, page: Page) -> None:
    page.goto(living.url)
    expect(page.get_by_text("Your first minute")).to_be_visible()
    expect(page.get_by_text(re.compile("EVSEs 1–"))).to_be_visible()  # all is drawn
    aarhus = page.get_by_text("EVSEs 1–12 of 21")
    click(page.get_by_role("button", name="2. Find work in one city"), opens=aarhus)
    expect(page).to_have_url(re.compile("q=Aarhus"))
    preview = page.get_by_role("heading", name="Preview", exact=True)
    click(page.get_by_role("button", name="4. See it as a driver"), opens=preview)
    page.go_back()
    expect(page.get_by_text("EVSEs 1–12 of 21")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Close the guide").click()
    expect(page.get_by_text("Your first minute")).to_have_count(0)
    page.reload()
    expect(page.get_by_text(re.compile("EVSEs 1–"))).to_be_visible()
    expect(page.get_by_text("Your first minute")).to_have_count(0)


def test_a_whole_job_in_at_most_twelve_actions(dashboard: Dashboard, page: Page) -> None:
    """Find every charger under maintenance in one city, plan four hours for a whole site, extend
    them, clear one EVSE of it. Each numbered line is what a person does."""
    app = open_app(dashboard.database_url)
    clear_ours(app)
    place = find_evse(app.database, LOCAL, SITE).location_id
    app.database.close()
    page.goto(f"{dashboard.url}/?guide=off")  # 1
    page.get_by_placeholder("EVSE, location, city, bay").fill(CITY)  # 2
    expect(page.get_by_text("EVSEs 1–12 of 21")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Maintenance").click()  # 3
    expect(page.get_by_text("EVSEs 1–12 of 21")).to_have_count(0)
    expect(page.get_by_text(re.compile(r"EVSEs 1–\d of \d"))).to_be_visible()
    plan = page.get_by_role("button", name="Plan for all 4 EVSEs")
    charts.click(page, "place", place, opens=plan)  # 4
    click(plan, opens=page.get_by_text("4 EVSEs at 1 location"))  # 5
    settle(page)
    page.get_by_text("+4 h", exact=True).click()  # 6
    settle(page)
    page.get_by_role("button", name="Place 4 overrides").click()  # 7
    expect(page.get_by_text("4 overrides placed")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="+1 h").click()  # 8
    expect(page.get_by_text("4 overrides extended.")).to_be_visible()
    page.screenshot(path=screenshot_folder() / "plan-extended.png")
    link = page.get_by_role("link", name="See it on the timeline")
    click(link, opens=page.get_by_text("EVSEs 1–4 of 4"))  # 9
    settle(page)
    page.get_by_role("button", name="Clear now").click()  # 10
    expect(page.get_by_text(re.compile(r"#\d+ · cleared"))).to_be_visible()
    page.screenshot(path=screenshot_folder() / "timeline-after-the-job.png")

    listed = json.loads(dashboard.run("override", "list", "--phase", "active", "--json"))
    mine = [one for one in listed if one["createdBy"] == "local"]
    assert len(mine) == 3
    assert len({one["validTo"] for one in mine}) == 1
