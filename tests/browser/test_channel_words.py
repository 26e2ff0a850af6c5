"""The three devices of Preview say every status in the words of the translation tables, in every profile."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import Dashboard, served
from browser.patience import settle
from evse_status.bootstrap import App, open_app
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service.look_up import find_evse
from evse_status.service.schedule import place_overrides
from support import evse_json, location_json, report, take_in, wish

pytestmark = pytest.mark.browser

_LOOKS, _BETWEEN_LOOKS_MS = 100, 100
NOT_SHOWN = ("not shown", "record deleted")
TEMPORARY = {  # design.md section 2; what an app makes of OCPI's word stands beside it
    "MAINTENANCE": ({"default": "Out of Service", "spirii-2025": "Unavailable"}, "OutOfService", "INOPERATIVE", "Out of service"),
    "COMMISSIONING": ({"default": "Out of Service", "spirii-2025": "Coming Soon"}, "OutOfService", "PLANNED", "Opening soon"),
    "BLOCKED": ({"default": "Occupied", "spirii-2025": "Blocked"}, "Occupied", "BLOCKED", "Blocked"),
    "RESERVED": ({"default": "Occupied", "spirii-2025": "Reserved"}, "Reserved", "RESERVED", "Reserved"),
}  # fmt: skip
ACTUAL = {
    "AVAILABLE": ("Available", "Available", "AVAILABLE", "Available"),
    "CHARGING": ("Occupied", "Occupied", "CHARGING", "In use"),
    "BLOCKED": ("Occupied", "Occupied", "BLOCKED", "Blocked"),
    "RESERVED": ("Occupied", "Reserved", "RESERVED", "Reserved"),
    "INOPERATIVE": ("Out of Service", "OutOfService", "INOPERATIVE", "Out of service"),
    "OUTOFORDER": ("Out of Service", "OutOfService", "OUTOFORDER", "Out of order"),
    "PLANNED": ("Out of Service", "OutOfService", "PLANNED", "Opening soon"),
    "REMOVED": (*NOT_SHOWN, "REMOVED", "No longer here"),
    "UNKNOWN": ("Unknown", "Unknown", "UNKNOWN", "Status unknown"),
}
CASES = [*TEMPORARY, *(f"actual {status}" for status in ACTUAL)]


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """One EVSE for each status, in the order of `CASES`, each at a bay of its name."""
    url = f"sqlite:///{tmp_path_factory.mktemp('words') / 'store.db'}"
    app = open_app(url, create=True)
    evses = [
        evse_json(str(n), physical_reference=f"Bay {case}") for n, case in enumerate(CASES, start=1)
    ]
    take_in(app.database, location_json("L1", *evses))
    for number, case in enumerate(CASES, start=1):
        _bring_about(app, f"DK*TST*E{number}", case)
    app.database.close()
    with served("serve", url) as running:
        yield running


def _bring_about(app: App, evse: str, case: str) -> None:
    if case in TEMPORARY:
        place_overrides(app.database, LOCAL, [evse], wish(TemporaryStatus(case)))
    else:
        number = find_evse(app.database, LOCAL, evse).id
        report(app.database, number, ActualStatus(case.removeprefix("actual ")))


def test_every_status_in_every_profile(preview: Dashboard, page: Page) -> None:
    address = "&".join(f"evse=DK*TST*E{n}" for n in range(1, len(CASES) + 1))
    wrong: dict[tuple[str, str], Any] = {}
    for profile in ("default", "spirii-2025"):
        page.goto(f"{preview.url}/preview?{address}&profile={profile}")
        for case in CASES:
            bay = f"Bay {case}"
            looked = page.locator(".ev-pins-row .ev-looked .ev-line")
            expect(looked.first).to_have_text(bay)
            expect(page.locator("[data-stale=true]")).to_have_count(0)
            expected = _expected(case, profile)
            told = _told_in_the_end(page, expected)
            if told != expected:
                wrong[profile, case] = (told, expected)
            settle(page)
            page.get_by_role("button", name="Next").click()
    assert not wrong


def _told_in_the_end(page: Page, expected: dict[str, Any]) -> dict[str, Any]:
    """What stands on the page once it is what is expected, or after a while."""
    for _ in range(_LOOKS):
        told = _told(page)
        if told == expected:
            break
        page.wait_for_timeout(_BETWEEN_LOOKS_MS)  # the pins are drawn before the phones
    return told


def _told(page: Page) -> dict[str, Any]:
    """What stands on the page: each channel's word, what each phone says aloud, what is on the wire."""
    found: dict[str, Any] = page.evaluate(_READ)
    app, hub, ocpi = (json.loads(text) for text in found.pop("wires")[:3])
    [record] = hub["OperatorEvseStatus"]["EvseStatusRecord"]
    sent = (app.get("label"), hub["ActionType"], record["EvseStatus"], ocpi["status"])
    return {**found, "sent": sent}


_READ = """() => {
    const phones = [...document.querySelectorAll('.ev-phone')];
    const blocks = phones.map(one => one.closest('[class*="preview-phone"]'));
    return {
        words: blocks.map(one =>
            one.querySelector('.stMarkdownBadge').innerText.replace(/^[a-z_]+\\s/, '')),
        aloud: phones.map(one => one.getAttribute('aria-label').split('. ')[0].split(', ').pop()),
        wires: [...document.querySelectorAll('[data-testid="stHtml"] pre')].map(one => one.innerText),
    };
}"""


def _expected(case: str, profile: str) -> dict[str, Any]:
    if case in TEMPORARY:
        apps, hub, ocpi, in_an_app = TEMPORARY[case]
        app = apps[profile]
    else:
        app, hub, ocpi, in_an_app = ACTUAL[case.removeprefix("actual ")]
    gone = (app, hub) == NOT_SHOWN
    on_hub = "Out of service" if hub == "OutOfService" else hub
    aloud = ["Not shown", "Not shown", in_an_app] if gone else [app, on_hub, in_an_app]
    sent = (None, "delete", "Unknown", ocpi) if gone else (app, "update", hub, ocpi)
    return {"words": [app, hub, ocpi], "aloud": aloud, "sent": sent}
