"""An override made through the API appears on an open timeline; /docs shows every call."""

import json
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser import charts
from browser.conftest import Dashboard

pytestmark = pytest.mark.browser

EVSE = "DK*DMO*E3310*1"


def test_override_made_through_the_api_appears_on_an_open_timeline(
    dashboard: Dashboard, page: Page
) -> None:
    dashboard.run("override", "create", EVSE, "--status", "BLOCKED", "--to", "+4h")
    [shown] = json.loads(
        dashboard.run("override", "list", "--evse", EVSE, "--limit", "1", "--json")
    )
    page.goto(f"{dashboard.url}/?q={EVSE}")
    charts.wait(page, "override", shown["id"])
    token = Path(f"{dashboard.database_url.removeprefix('sqlite:///')}.token").read_text().strip()
    body = {"evseId": EVSE, "temporaryStatus": "COMMISSIONING", "validTo": "2099-01-01T00:00:00Z"}
    request = urllib.request.Request(
        f"{dashboard.url}/v2/temporary-evse-statuses",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        made = json.load(answer)
    charts.wait(page, "override", made["id"])


def test_docs_ask_this_server_alone(dashboard: Dashboard, page: Page) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{dashboard.url}/docs")
    call = page.locator("#operations-Health-isHealthy")
    call.click()
    call.get_by_role("button", name="Execute").click()
    expect(call.locator(".live-responses-table")).to_contain_text('"healthy": true')
    assert not complaints
    assert all(one.startswith((dashboard.url, "data:")) for one in asked), asked
